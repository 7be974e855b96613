# SPDX-License-Identifier: Apache-2.0
"""What the preflight sees, with gcc's AddressSanitizer and without one."""

import os
import pathlib
import subprocess

import pytest
from conftest import PACKAGE, read_events

# Under the runtime, its report goes to san.<pid>; extproof_test_report is in the probe's stand-in.
CANARY = """
    #define _GNU_SOURCE
    #include <dlfcn.h>
    #include <stdlib.h>

    int extproof_canary(int zero) {
      int (*report)(int) = (int (*)(int))dlsym(RTLD_DEFAULT, "extproof_test_report");
      if (report) report(zero);
      volatile char* block = malloc(40);
      block[40 + zero] = 1;
      free((void*)block);
      return 0;
    }

    __attribute__((noinline)) void extproof_canary_leak(void) {
      void* volatile block = malloc(4321);
      block = 0;
    }
"""


@pytest.fixture(scope="session")
def asan_runtime():
    found = subprocess.run(
        ["gcc", "-print-file-name=libasan.so"], stdout=subprocess.PIPE, text=True, check=True
    )
    path = pathlib.Path(found.stdout.strip())
    if not path.is_absolute():
        pytest.skip("gcc has no libasan.so")
    return str(path.resolve())


@pytest.fixture
def preflight(environment, tmp_path):
    """Runs it in a folder with the modules `good`, `bad` and `leaves`."""
    (tmp_path / "logs").mkdir()
    (tmp_path / "good.py").write_text("")
    (tmp_path / "bad.py").write_text("raise ImportError('undefined symbol:\\n x')\n")
    (tmp_path / "leaves.py").write_text("raise SystemExit(3)\n")

    def run(*arguments, environ=(), name="py313-bare"):
        out = tmp_path / "out.jsonl"
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        command = [environment(name), str(PACKAGE / "preflight.py"), "--out", str(out)]
        done = subprocess.run(
            command + ["--logs", str(tmp_path / "logs")] + list(arguments),
            cwd=tmp_path,
            env={**inherited, **dict(environ)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
        )
        return done.returncode, read_events(out), done.stdout.decode()

    run.logs = tmp_path / "logs"
    return run


def checks(events):
    return {line["name"]: line["ok"] for line in events if line["event"] == "check"}


def growth(events, event):
    begin, end = [line["logs"] for line in events if line["event"] == event]
    return {name: (begin.get(name, 0), end[name]) for name in end if end[name] != begin.get(name)}


@pytest.mark.parametrize("name", ["py313-bare", "py38-pytest8"])
def test_the_modules_are_imported_one_by_one(preflight, name):
    arguments = ["--kind", "none", "--modules", "good,bad,leaves,no_such,json"]

    status, events, output = preflight(*arguments, name=name)

    assert status == 0, output
    first = events[0]
    assert (first["event"], first["schema"], first["allocator"]) == ("preflight", 4, "pymalloc")
    assert first["gil"] is True and first["prefix"] != first["base_prefix"]
    imports = [(line["name"], line["edge"]) for line in events if line["event"] == "import"]
    names = ("good", "bad", "leaves", "no_such", "json")
    assert imports == [(n, edge) for n in names for edge in ("start", "end")]
    errors = {line["name"]: line["message"] for line in events if line["event"] == "import-error"}
    assert errors == {
        "bad": "ImportError: undefined symbol: x",
        "leaves": "SystemExit: 3",
        "no_such": "ModuleNotFoundError: No module named 'no_such'",
    }
    files = {line["name"]: line["realpath"] for line in events if "realpath" in line}
    assert set(files) == {"good", "json"} and files["good"].endswith("good.py")


def test_a_process_without_the_runtime_is_seen_as_such(preflight):
    status, events, output = preflight("--kind", "asan", "--leaks")

    assert status == 0, output
    assert checks(events) == {"runtime": False, "allocator": False, "leak-checker": False}


def test_a_process_without_the_ubsan_runtime_is_seen_as_such(preflight):
    status, events, output = preflight("--kind", "ubsan")

    assert (status, checks(events)) == (0, {"runtime": False}), output


def test_the_canary_and_its_python_frame_are_seen(
    preflight, asan_runtime, compile_library, fake_probe
):
    canary = compile_library(
        "canary", CANARY, "-fsanitize=address", "-fsanitize-recover=address", "-ldl"
    )
    options = "detect_leaks=1:leak_check_at_exit=0:halt_on_error=0:log_path=%s/san"

    status, events, output = preflight(
        *("--kind", "asan", "--leaks", "--probe", fake_probe, "--canary", canary),
        *("--modules", "good"),
        environ={
            "LD_PRELOAD": asan_runtime,
            "PYTHONMALLOC": "malloc",
            "ASAN_OPTIONS": options % preflight.logs,
        },
    )

    assert status == 0, output
    assert checks(events) == {
        "probe": True,
        "runtime": True,
        "allocator": True,
        "leak-checker": True,
    }
    assert events[0]["allocator"] == "malloc"
    (log,) = preflight.logs.glob("san.*")
    written = log.read_bytes()
    begin, end = growth(events, "canary")[log.name]
    assert b"heap-buffer-overflow" in written[begin:end]
    begin, end = growth(events, "canary-leak")[log.name]
    assert b"4321 byte(s)" in written[begin:end] and b"extproof_canary_leak" in written[begin:end]
    (stacks,) = preflight.logs.glob("stacks.*")
    assert "in extproof_canary_caller" in stacks.read_text()
    names = [line["event"] for line in events if line["event"] != "check"]
    assert names == ["preflight"] + [
        event for event in ("canary", "noise", "canary-leak", "import") for _ in range(2)
    ]


def test_pymalloc_under_the_runtime_is_seen(preflight, asan_runtime):
    status, events, output = preflight(
        *("--kind", "asan"),
        environ={"LD_PRELOAD": asan_runtime, "ASAN_OPTIONS": "detect_leaks=0"},
    )

    assert status == 0, output
    assert checks(events) == {"runtime": True, "allocator": False}
    (detail,) = [line["detail"] for line in events if line.get("name") == "allocator"]
    assert detail == "malloc is the runtime's; memory of objects is not the runtime's"


def test_a_canary_that_ends_the_process_leaves_its_first_line(
    preflight, asan_runtime, compile_library
):
    canary = compile_library("fatal_canary", CANARY, "-fsanitize=address", "-ldl")

    status, events, output = preflight(
        *("--kind", "asan", "--canary", canary, "--modules", "good"),
        environ={"LD_PRELOAD": asan_runtime, "ASAN_OPTIONS": "detect_leaks=0"},
    )

    assert status != 0, output
    assert (events[-1]["event"], events[-1]["stage"]) == ("canary", "begin")


def test_a_canary_that_cannot_be_loaded_is_a_failed_check(preflight):
    status, events, output = preflight("--kind", "none", "--canary", "/no/such/canary.so")

    assert (status, checks(events)) == (0, {"canary": False}), output
