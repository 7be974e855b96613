# SPDX-License-Identifier: Apache-2.0
"""Bad input, and what it gets: a message with the place and the next step, the right exit code,
and nothing lost that was known."""

import json
import os
import pathlib
import signal
import time

import pytest
from projects import CLEAN_SOURCE, OVERFLOW_SOURCE

SLOW_TESTS = """
    import subprocess, sys, time
    import spam

    def test_first():
        assert spam.twice(2) == 4

    def test_slow():
        # A grandchild in a session of its own, which outlives what started it.
        subprocess.Popen(["setsid", "sleep", "%(marker)s"])
        time.sleep(600)
"""


def processes_with(word):
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            command = (entry / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
        except OSError:
            continue
        if entry.name.isdigit() and word in command:
            found.append(int(entry.name))
    return found


def wait_until(condition, seconds=120):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


def test_a_folder_that_is_no_project_is_refused(tmp_path, program):
    ended = program.run("run", cwd=tmp_path)

    assert ended.code == 2
    assert "error[XP1101]" in ended.err
    assert not (tmp_path / ".extproof").exists()


def test_a_project_without_a_native_module_cannot_be_judged(project):
    run = project(files={"setup.py": """
        from setuptools import setup
        setup(name="spam", version="1.0", py_modules=["spam"])
    """, "spam.py": "def twice(x): return 2 * x\n", "spam.c": None}).run("asan")

    assert run.code == 3, run.story()
    assert "XP1102" in run.codes()


def test_a_build_that_ignores_the_compiler_is_refused(project):
    # The absolute path goes round everything that extproof puts in front.
    run = project(files={"setup.py": """
        import subprocess, sysconfig
        from setuptools import Extension, setup
        from setuptools.command.build_ext import build_ext

        class Plain(build_ext):
            def build_extension(self, ext):
                out = self.get_ext_fullpath(ext.name)
                self.mkpath(__import__("os").path.dirname(out))
                subprocess.check_call(["/usr/bin/gcc", "-g", "-shared", "-fPIC",
                                       "-I" + sysconfig.get_path("include"), "spam.c", "-o", out])

        setup(name="spam", version="1.0", cmdclass={"build_ext": Plain},
              ext_modules=[Extension("spam", ["spam.c"])])
    """}).run("asan", "ubsan")

    assert run.code == 3, run.story()
    assert run.lane("asan")["outcome"] == "refused"
    assert run.lane("ubsan")["outcome"] == "refused"
    assert "XP3107" in run.codes()
    assert run.lane("release")["outcome"] == "passed"


@pytest.mark.parametrize("lane, flag", [("asan", "-fno-sanitize=address"),
                                        ("ubsan", "-fno-sanitize=undefined")])
def test_a_lane_whose_canary_is_gone_is_refused(project, lane, flag):
    run = project(files={"extproof.toml": """
        [lane.%s]
        flags = ["%s"]
    """ % (lane, flag)}).run(lane)

    assert run.code == 3, run.story()
    assert run.lane(lane)["outcome"] == "refused"
    assert "XP3102" in run.codes() and "XP3107" in run.codes(), run.story()
    canary = [c for c in run.lane(lane)["preflight"] if c["check"] == "canary"]
    assert [c["ok"] for c in canary] == [False]


def test_a_module_in_the_source_tree_does_not_shadow_the_one_that_was_built(project):
    spam = project(source=OVERFLOW_SOURCE, functions=("twice", "spill"))
    # What `build_ext --inplace` leaves behind, under a name that every interpreter would take.
    (spam.folder / "spam.abi3.so").write_bytes(b"\x7fELF is not what this is")
    (spam.folder / "spam.so").write_bytes(b"\x7fELF is not what this is")

    run = spam.run("asan")

    assert run.code == 0, run.story()
    assert run.lane("asan")["outcome"] == "passed"


def test_an_object_that_the_tests_load_from_elsewhere_refuses_the_lane(project):
    spam = project(files={"tests/conftest.py": """
        import importlib.machinery, importlib.util, pathlib, shutil, sys
        import spam as ours
        copy = pathlib.Path(__file__).with_name("spam_copy.so")
        shutil.copy(ours.__file__, copy)
        loader = importlib.machinery.ExtensionFileLoader("spam", str(copy))
        spec = importlib.util.spec_from_file_location("spam", copy, loader=loader)
        sys.modules["spam"] = importlib.util.module_from_spec(spec)
        sys.modules["spam"].__file__ = str(copy)
    """})

    run = spam.run("asan")

    assert run.code == 3, run.story()
    assert "XP3105" in run.codes(), run.story()


def test_failing_tests_are_no_findings_but_make_the_exit_code_1(project):
    run = project(tests="""
        def test_wrong():
            assert 1 == 2
    """).run("asan")

    assert run.code == 1, run.story()
    assert run.findings() == []
    assert run.lane("release")["tests"]["failed"] == 1


def test_a_test_that_fails_only_under_a_lane_is_a_finding(project):
    run = project(tests="""
        import os, pathlib
        def test_plain_memory():
            assert "libclang_rt" not in pathlib.Path("/proc/self/maps").read_text()
    """).run("asan")

    assert run.code == 1
    [finding] = run.report["findings"]
    assert finding["kind"] == "fails-only-in-lane", run.story()
    assert finding["sightings"][0]["test"] == "tests/test_spam.py::test_plain_memory"


def test_no_test_collected_cannot_be_judged(project):
    run = project(tests="x = 1\n").run("asan")

    assert run.code == 3, run.story()
    assert "XP1104" in run.codes()


def test_a_module_that_fails_collection_does_not_stop_the_others(project):
    run = project(files={"tests/test_broken.py": "import no_such_module\n"}).run("asan")

    assert run.code == 1, run.story()
    assert run.lane("asan")["tests"]["passed"] == 1
    assert run.lane("asan")["collection_problems"][0]["id"] == "tests/test_broken.py"


def test_an_import_that_crashes_is_a_finding(project):
    run = project(init="volatile int *nowhere = NULL; *nowhere = 1;").run("asan")

    assert run.code == 1, run.story()
    kinds = {(f["kind"], f["sightings"][0]["phase"]) for f in run.report["findings"]}
    assert ("crash", "import") in kinds, run.story()
    assert run.lane("asan")["outcome"] == "crashed"
    asan = next(f for f in run.report["findings"] if f["location"]["file"] == "spam.c")
    assert asan["location"]["function"] == "PyInit_spam"


def test_a_crash_names_its_test_and_the_others_run(project):
    run = project(source=CLEAN_SOURCE + """
        static PyObject *crash(PyObject *self, PyObject *arg) {
          volatile int *nowhere = (int *)PyLong_AsVoidPtr(arg);
          *nowhere = 1;
          Py_RETURN_NONE;
        }
    """, functions=("twice", "crash"), tests="""
        import spam

        def test_one():
            pass

        def test_two():
            spam.crash(8)

        def test_three():
            pass
    """).run("asan", "ubsan")

    assert run.code == 1, run.story()
    for lane in ("release", "asan", "ubsan"):
        assert run.lane(lane)["outcome"] == "crashed", run.story()
        assert run.lane(lane)["tests"] == {
            "passed": 2, "failed": 1, "skipped": 0, "errors": 0, "not_run": 0}, run.story()
    crashes = run.findings(kind="crash")
    assert {s["test"] for f in crashes for s in f["sightings"]} == {"tests/test_spam.py::test_two"}
    native = [f for f in crashes if f["location"]["file"] == "spam.c"]
    assert native and native[0]["location"]["function"] == "crash"


def test_hostile_test_ids_reach_the_report_unharmed_and_harm_nothing(project):
    spam = project(source=OVERFLOW_SOURCE, functions=("twice", "spill"), tests=r'''
        import pytest
        import spam

        @pytest.mark.parametrize("x", ["\"quotes\" 'and' `ticks`", "new\nline", "<script>alert(1)",
                                       "\x1b[2Jclear", "::error::x", "../../etc/passwd", "\udc80"])
        def test_id(x):
            spam.spill(36)
    ''')

    run = spam.run("asan")
    console = spam.call("report", "--run", "1")

    assert run.code == 1, run.story()
    assert run.lane("asan")["tests"]["passed"] == 7
    assert run.findings(kind="heap-buffer-overflow")
    assert "\x1b" not in console.out


def test_paths_with_spaces_and_letters_of_other_alphabets_work(project):
    spam = project("sp am ünï 测试", source=OVERFLOW_SOURCE, functions=("twice", "spill"),
                   tests="""
        import spam
        def test_spills():
            spam.spill(36)
    """)

    run = spam.run("asan", "ubsan")

    assert run.code == 1, run.story()
    [finding] = run.report["findings"]
    assert finding["location"]["file"] == "spam.c"
    assert finding["sightings"][0]["test"] == "tests/test_spam.py::test_spills"


def test_a_failed_build_shows_the_compilers_words_and_the_other_lane_runs(project):
    run = project(source=CLEAN_SOURCE + """
        #if defined(__has_feature)
        #if __has_feature(address_sanitizer)
        this does not compile
        #endif
        #endif
    """).run("asan", "ubsan")

    assert run.code == 3, run.story()
    assert run.lane("asan")["outcome"] == "refused"
    assert run.lane("ubsan")["outcome"] == "passed"
    refusal = next(r for r in run.lane("asan")["refusals"] if r["code"] == "XP3001")
    assert "this does not compile" in json.dumps(refusal)


def test_an_unknown_lane_and_a_wrong_key_are_shown_at_once(project):
    ended = project(files={"extproof.toml": 'lanes = ["asn"]\ntimeot = 3\n'}).call("run")

    assert ended.code == 2
    assert 'did you mean "asan"?' in ended.err
    assert "timeout" in ended.err
    assert "extproof.toml:1:10" in ended.err


@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_keeps_what_is_known_and_leaves_no_process(project, times):
    marker = "1234%d.5" % (os.getpid() * 10 + times)
    spam = project(tests=SLOW_TESTS % {"marker": marker})
    process = spam.program.start(["run", "asan"], spam.folder)
    assert wait_until(lambda: processes_with(marker)), process.communicate()[1].decode()

    for _ in range(times):
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
    out, err = process.communicate(timeout=60)

    assert process.returncode == 130, err.decode()
    assert wait_until(lambda: not processes_with(marker), 10)
    report = json.loads(spam.call("report", "--format", "json").out)
    assert report["outcome"] == "interrupted"
    assert report["exit_code"] == 130


def test_kill_9_leaves_no_process_and_the_next_run_says_what_it_found(project):
    marker = "5432%d.5" % os.getpid()
    spam = project(source=OVERFLOW_SOURCE, functions=("twice", "spill"),
                   tests=SLOW_TESTS.replace("assert spam.twice(2) == 4", "spam.spill(36)")
                   % {"marker": marker})
    process = spam.program.start(["run", "asan", "--jobs", "2"], spam.folder)

    def in_asan():
        logs = list(spam.folder.glob(".extproof/runs/1/asan/logs/san.*"))
        return len(processes_with(marker)) >= 2 and logs
    assert wait_until(in_asan)
    process.kill()
    process.communicate(timeout=60)
    assert wait_until(lambda: not processes_with(marker), 10)

    spam.write("tests/test_spam.py", "def test_nothing():\n    pass\n")
    second = spam.call("run", "asan")
    first = json.loads(spam.call("report", "--format", "json", "--run", "1").out)

    assert second.code == 0, second.story()
    assert "run 1 was killed" in second.err
    assert [f["kind"] for f in first["findings"]] == ["heap-buffer-overflow"]
    asan = next(lane for lane in first["lanes"] if lane["name"] == "asan")
    assert asan["tests"]["passed"] == 1 and asan["tests"]["not_run"] == 1


def test_a_hang_is_ended_and_named_with_its_python_stack(project):
    run = project(tests="""
        import time
        def inner():
            time.sleep(600)
        def test_hangs():
            inner()
    """, files={"extproof.toml": "timeout = 3\n"}).run("ubsan")

    assert run.code == 1, run.story()
    hangs = run.findings(kind="hang")
    assert hangs and hangs[0]["sightings"][0]["test"] == "tests/test_spam.py::test_hangs"
    python = [s for s in hangs[0]["stacks"] if s["role"] == "python"]
    assert any(f["function"] == "inner" for f in python[0]["frames"]), run.story()
