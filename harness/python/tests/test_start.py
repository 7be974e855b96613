# SPDX-License-Identifier: Apache-2.0
"""What happens when an interpreter starts: the scrubbing of variables, and `python -m extproof`."""

import json
import os
import pathlib
import re
import subprocess
import sys
import time

import pytest
from conftest import PACKAGE

SHOW = "import json, os; print(json.dumps(dict(os.environ)))"
SHOW_CHILD = "import subprocess; subprocess.run(['env', '-0'], check=True)"


@pytest.fixture(params=["py313-bare", "py38-pytest8"])
def scrubbed(request, environment):
    """Starts the environment's interpreter with the .pth file in its site-packages."""
    python = environment(request.param)
    find = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
    folder = subprocess.run([python, "-c", find], stdout=subprocess.PIPE, text=True, check=True)
    installed = pathlib.Path(folder.stdout.strip()) / "extproof_scrub.pth"
    installed.write_bytes((PACKAGE / "extproof_scrub.pth").read_bytes())

    def run(code, **environ):
        plain = {"PATH": os.environ["PATH"]}
        done = subprocess.run(
            [python, "-c", code],
            env={**plain, **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    yield run
    installed.unlink()


def ours(variables):
    names = re.compile("LD_PRELOAD$|ASAN_OPTIONS$|EXTPROOF_|UNRELATED$")
    return {name: value for name, value in variables.items() if names.match(name)}


def test_the_named_variables_are_gone_and_the_originals_back(scrubbed):
    environ = {
        "EXTPROOF_SCRUB": "LD_PRELOAD,ASAN_OPTIONS,NOT_SET",
        "EXTPROOF_RESTORE_LD_PRELOAD": "",
        "EXTPROOF_RESTORE_ASAN_OPTIONS": "detect_leaks=0",
        "ASAN_OPTIONS": "log_path=x",
        "UNRELATED": "stays",
    }
    expected = {"LD_PRELOAD": "", "ASAN_OPTIONS": "detect_leaks=0", "UNRELATED": "stays"}

    assert ours(json.loads(scrubbed(SHOW, **environ))) == expected
    child = dict(part.split("=", 1) for part in scrubbed(SHOW_CHILD, **environ).split("\0") if part)
    assert ours(child) == expected


def test_without_the_request_nothing_is_touched(scrubbed):
    environ = {"ASAN_OPTIONS": "a=b", "EXTPROOF_RESTORE_ASAN_OPTIONS": "c"}

    assert ours(json.loads(scrubbed(SHOW, **environ))) == environ


def test_odd_names_do_no_harm(scrubbed):
    shown = json.loads(scrubbed(SHOW, EXTPROOF_SCRUB=",,A=B,\udcff, ,", UNRELATED="stays"))

    assert ours(shown) == {"UNRELATED": "stays"}


def test_scrubbing_takes_less_than_a_millisecond():
    lines = (PACKAGE / "extproof_scrub.pth").read_text().splitlines()
    (line,) = [line for line in lines if line and not line.startswith("#")]
    assert line.startswith("import ")

    times = []
    for _ in range(20):
        os.environ["EXTPROOF_SCRUB"] = "EXTPROOF_TEST_A"
        os.environ["EXTPROOF_TEST_A"] = "1"
        begin = time.perf_counter()
        exec(line, {})
        times.append(time.perf_counter() - begin)
        assert "EXTPROOF_SCRUB" not in os.environ and "EXTPROOF_TEST_A" not in os.environ

    assert min(times) < 0.001


def test_the_module_becomes_the_program_on_the_path(tmp_path):
    program = tmp_path / "extproof"
    program.write_text('#!/bin/sh\necho "$@"\nexit 7\n')
    program.chmod(0o755)
    environ = {"PATH": "%s:/usr/bin:/bin" % tmp_path, "PYTHONPATH": str(PACKAGE.parent)}

    # An interpreter that has no such program beside it.
    beside = tmp_path / "bin"
    beside.mkdir()
    (beside / "python").symlink_to(os.path.realpath(sys.executable))
    done = subprocess.run(
        [str(beside / "python"), "-m", "extproof", "run", "a b"],
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
    )

    assert (done.returncode, done.stdout) == (7, "run a b\n")


def test_without_the_program_the_module_says_what_is_missing(tmp_path):
    (tmp_path / "python").symlink_to(os.path.realpath(sys.executable))
    environ = {"PATH": str(tmp_path), "PYTHONPATH": str(PACKAGE.parent)}

    done = subprocess.run(
        [str(tmp_path / "python"), "-m", "extproof"], env=environ, stderr=subprocess.PIPE, text=True
    )

    assert done.returncode == 127 and "install the wheel again" in done.stderr
