# SPDX-License-Identifier: Apache-2.0
"""Each test's own reports, from forks of a process that has collected and run nothing.

`places.reach` stands for a sanitizer's runtime: it tells a place once per process, by a flag that a
fork copies.
"""

import collections
import json
import os
import pathlib
import signal
import subprocess
import time

import pytest

PLACES = """
    import os
    told = set()
    def reach(name):
        if name not in told:
            told.add(name)
            with open(os.path.join(os.environ["LOGS"], "san.%d" % os.getpid()), "a") as log:
                log.write(name + chr(10))
"""


class Forks:
    """A suite whose tests run in forks."""

    def __init__(self, suite):
        self.suite = suite
        suite.write(places=PLACES)

    def write(self, **files):
        self.suite.write(**files)
        return self

    def argv(self, tests, timeout=30, budget=60, arguments=()):
        file = self.suite.folder / "forks.json"
        value = {"schema": 1, "tests": tests, "timeout": timeout, "budget": budget}
        file.write_text(json.dumps(value))
        return self.suite.argv(("-q", *arguments), options=("--forks", str(file)))

    def run(self, tests, environ=(), **told):
        arguments = told.get("arguments", ())
        modules = told.pop("modules", "")
        self.argv(tests, **told)
        run = self.suite.run(
            "-q",
            *arguments,
            options=("--forks", str(self.suite.folder / "forks.json"), "--modules", modules),
            environ={"LOGS": str(self.suite.folder / "logs"), **dict(environ)},
        )
        assert run.status == 0, run.output
        return run


@pytest.fixture
def forks(suite):
    return Forks(suite)


@pytest.fixture
def forks_everywhere(suite_everywhere):
    return Forks(suite_everywhere)


def reached(run):
    """place -> the tests, with the phase, in whose phases its line was written."""
    seen = collections.defaultdict(list)
    sizes, moment = {}, ("", "")
    for line in run.of("phase"):
        for name, size in line.get("logs", {}).items():
            text = (run.logs / name).read_bytes()[sizes.get(name, 0):size].decode()
            sizes[name] = size
            for place in text.split():
                seen[place].append(moment)
        moment = (line["id"].split("::")[-1], line["phase"])
    return dict(seen)


def last(run):
    (line,) = run.of("forks")
    assert run.events[-1]["event"] == "finish", run.output
    return line


def test_every_test_that_reaches_a_place_is_named_and_no_other(forks_everywhere):
    forks_everywhere.write(
        test_one="""
            import subprocess, sys
            import pytest
            from places import reach

            @pytest.fixture(scope="module")
            def careless():
                reach("P")

            def test_a(): reach("P")
            def test_b(): pass
            def test_c(careless): reach("Q")
        """,
        test_two="""
            import subprocess, sys
            from places import reach
            def test_d(): pass
            def test_e():
                subprocess.check_call([sys.executable, "-c", "import places; places.reach('P')"])
            def test_f(): reach("Q")
        """,
    )
    tests = ["test_one.py::test_" + name for name in "abc"]
    tests += ["test_two.py::test_" + name for name in "def"]

    run = forks_everywhere.run(tests)

    assert reached(run) == {
        "P": [("test_a", "call"), ("test_c", "setup"), ("test_e", "call")],
        "Q": [("test_c", "call"), ("test_f", "call")],
    }
    assert set(run.tests().values()) == {"passed"}
    assert [line["id"] for line in run.of("test")] == tests, "each ran once"
    assert len(run.of("job")) == 4
    assert {(line["how"], line["code"]) for line in run.of("job-end")} == {("exit", 0)}
    assert last(run) == {"event": "forks", "threads": [], "missing": 0, "left": 0}


def test_tests_that_report_nothing_share_one_child(forks):
    forks.write(test_one="import pytest\n@pytest.mark.parametrize('n', range(30))\n"
                         "def test_a(n): pass\n")

    run = forks.run(["test_one.py::test_a[%d]" % n for n in range(30)])

    assert len(run.of("job")) == 1
    assert len(run.of("test")) == 30


def test_only_the_chosen_tests_run_in_the_order_that_was_told(forks):
    forks.write(test_one="def test_a(): pass\ndef test_b(): pass\ndef test_c(): pass\n")

    run = forks.run(["test_one.py::test_c", "test_one.py::gone", "test_one.py::test_a"])

    assert run.items() == ["test_one.py::test_c", "test_one.py::test_a"]
    assert [line["id"] for line in run.of("test")] == run.items()
    assert last(run)["missing"] == 1


def test_ids_with_hostile_characters_are_found_again(forks):
    forks.write(
        test_one="""
            import pytest
            TEXTS = ["<b>", "a\\nb", "::", "[x]", "\\udc80", "\\x1b[31m", "x" * 300, ""]
            @pytest.mark.parametrize("text", TEXTS, ids=TEXTS)
            def test_text(text): pass
        """
    )
    forks.suite.write_file(
        "conftest.py",
        """
        import pytest
        plain = pytest.Item.nodeid
        pytest.Function.nodeid = property(lambda self: plain.fget(self) + "\\udc80")
        """,
    )
    first = forks.suite.run("-q")
    ids = [line["id"] for line in first.of("test")]
    (forks.suite.folder / "events.jsonl").unlink()

    run = forks.run(ids)

    assert len(ids) == 8
    assert [line["id"] for line in run.of("test")] == ids
    assert last(run)["missing"] == 0


def test_a_test_that_ends_its_process_ends_no_other(forks_everywhere):
    forks_everywhere.write(
        test_one="""
            import os, signal
            from places import reach
            def test_a(): pass
            def test_dies(): reach("P"); os.kill(os.getpid(), signal.SIGKILL)
            def test_leaves(): os._exit(3)
            def test_z(): reach("P")
        """
    )
    names = ["test_a", "test_dies", "test_leaves", "test_z"]

    run = forks_everywhere.run(["test_one.py::" + name for name in names])

    assert reached(run) == {"P": [("test_dies", "call"), ("test_z", "call")]}
    assert [line["id"].split("::")[1] for line in run.of("job-lost")] == names[1:3]
    ends = [(line["how"], line.get("code")) for line in run.of("job-end")]
    assert ends == [("signal", int(signal.SIGKILL)), ("exit", 3), ("exit", 0)]
    assert run.tests() == {"test_a": "passed", "test_z": "passed"}


def test_a_test_that_hangs_is_ended_with_all_that_it_started(forks):
    forks.write(
        test_one="""
            import os, subprocess, time
            def test_hangs():
                child = subprocess.Popen(["sleep", "300"], start_new_session=True)
                open("child.pid", "w").write(str(child.pid))
                time.sleep(300)
            def test_z(): pass
        """
    )
    run = forks.run(["test_one.py::test_hangs", "test_one.py::test_z"], timeout=1)

    assert [line["how"] for line in run.of("job-end")] == ["timeout", "exit"]
    assert [line["id"] for line in run.of("job-lost")] == ["test_one.py::test_hangs"]
    assert run.tests() == {"test_z": "passed"}
    assert not is_alive(forks.suite.project / "child.pid")


def is_alive(file):
    try:
        status = pathlib.Path("/proc/%s/stat" % file.read_text()).read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] not in "ZX"


def test_a_daemon_ends_with_its_job_and_what_the_import_started_lives_on(forks):
    forks.write(
        conftest="""
            import atexit, subprocess
            server = subprocess.Popen(["sleep", "300"])
            atexit.register(server.kill)
        """,
        test_one="""
            import os, subprocess, sys, time
            import conftest
            DAEMON = '''if 1:
                import os, time
                if os.fork() == 0:
                    os.setsid()
                    if os.fork() == 0:
                        open("daemon.pid", "w").write(str(os.getpid()))
                        time.sleep(300)
                    os._exit(0)
                os._exit(0)
            '''
            def test_starts_a_daemon():
                from places import reach
                reach("P")
                subprocess.check_call([sys.executable, "-c", DAEMON])
                while not os.path.exists("daemon.pid") or not open("daemon.pid").read():
                    time.sleep(0.01)
            def test_the_daemon_is_gone():
                from places import reach
                with open("daemon.pid") as file:
                    assert not os.path.exists("/proc/" + file.read())
            def test_the_server_of_the_import_is_there():
                assert open("/proc/%d/stat" % conftest.server.pid).read().split()[2] == "S"
        """,
    )
    names = ["starts_a_daemon", "the_daemon_is_gone", "the_server_of_the_import_is_there"]

    run = forks.run(["test_one.py::test_" + name for name in names])

    assert set(run.tests().values()) == {"passed"}, run.output
    assert len(run.of("job")) == 2


def test_a_thread_that_the_import_started_forbids_to_fork_and_is_named(forks_everywhere):
    forks_everywhere.write(
        test_one="""
            import threading, time
            threading.Thread(target=time.sleep, args=(60,), name="feeder <1>", daemon=True).start()
            def test_a(): pass
        """
    )
    run = forks_everywhere.run(["test_one.py::test_a"])

    assert last(run)["threads"] == ["feeder <1>"]
    assert last(run)["left"] == 1
    assert run.of("job") == run.of("test") == []


def test_a_thread_that_python_does_not_know_is_named_as_the_kernel_does(forks, compile_library):
    library = compile_library(
        "native_thread",
        """
        #define _GNU_SOURCE
        #include <pthread.h>
        #include <unistd.h>
        static void* run(void* name) {
          pthread_setname_np(pthread_self(), name);
          for (;;) pause();
        }
        void start(void) {
          pthread_t thread;
          pthread_create(&thread, 0, run, "pool-7");
          usleep(100000);
        }
        """,
        "-pthread",
    )
    forks.write(test_one="import ctypes\nctypes.CDLL(%r).start()\ndef test_a(): pass\n" % library)

    run = forks.run(["test_one.py::test_a"])

    assert last(run)["threads"] == ["pool-7"]


@pytest.mark.parametrize("own, seen", [(None, "1"), ("3", "3")])
def test_numpy_is_asked_to_start_no_threads_unless_the_user_says_how_many(forks, own, seen):
    forks.write(test_one="""
        import os
        threads = os.environ["OPENBLAS_NUM_THREADS"]
        def test_a(): assert threads == %r
    """ % seen)

    run = forks.run(
        ["test_one.py::test_a"], environ={"OPENBLAS_NUM_THREADS": own} if own else {}
    )

    assert run.tests() == {"test_a": "passed"}, run.output


def test_each_child_has_a_temporary_folder_of_its_own_that_is_gone_afterwards(forks_everywhere):
    forks_everywhere.write(
        test_one="""
            import os
            from places import reach
            def test_a(tmp_path):
                reach("P")
                (tmp_path / "locked").mkdir()
                (tmp_path / "locked" / "file").write_text("")
                (tmp_path / "locked").chmod(0)
                open("a.txt", "w").write(str(tmp_path))
            def test_b(tmp_path_factory):
                base = tmp_path_factory.getbasetemp()
                assert not os.listdir(str(base))
                open("b.txt", "w").write(str(base))
        """
    )
    temporary = forks_everywhere.suite.folder / "temporary"
    temporary.mkdir()

    run = forks_everywhere.run(
        ["test_one.py::test_a", "test_one.py::test_b"], environ={"TMPDIR": str(temporary)}
    )

    assert set(run.tests().values()) == {"passed"}, run.output
    first, second = ((forks_everywhere.suite.project / name).read_text() for name in
                     ("a.txt", "b.txt"))
    assert first.startswith(str(temporary)) and second.startswith(str(temporary))
    assert os.path.dirname(first) != second
    assert os.listdir(str(temporary)) == []


def test_a_fixture_that_reports_when_it_is_taken_down_belongs_to_each_of_its_tests(forks):
    forks.write(
        test_one="""
            import pytest
            from places import reach
            @pytest.fixture(scope="module")
            def shared():
                yield
                reach("P")
            @pytest.fixture
            def own():
                yield
                reach("Q")
            def test_a(shared): pass
            def test_b(): pass
            def test_c(shared): pass
        """,
        test_two="""
            from test_one import own
            def test_d(): pass
            def test_e(own): pass
            def test_f(): pass
        """,
    )
    tests = ["test_one.py::test_" + name for name in "abc"]
    tests += ["test_two.py::test_" + name for name in "def"]

    run = forks.run(tests)

    told = reached(run)
    assert sorted(told["P"]) == [("test_a", "teardown"), ("test_c", "teardown")]
    assert told["Q"] == [("test_e", "teardown")]
    ran = collections.Counter(line["id"][-1] for line in run.of("test"))
    assert ran == {"a": 2, "b": 2, "c": 1, "d": 1, "e": 1, "f": 1}


def test_a_child_that_ends_early_takes_down_what_the_next_test_would_have_used(forks):
    forks.write(
        conftest="""
            import pytest
            @pytest.fixture(scope="session")
            def server():
                open("log.txt", "a").write("up ")
                yield
                open("log.txt", "a").write("down ")
        """,
        test_one="""
            from places import reach
            def test_a(server): reach("P")
            def test_b(server): pass
        """,
    )
    forks.run(["test_one.py::test_a", "test_one.py::test_b"])

    assert (forks.suite.project / "log.txt").read_text() == "up down up down "


def test_tests_for_which_there_is_no_time_are_counted(forks):
    forks.write(test_one="import pytest, time\n@pytest.mark.parametrize('n', range(20))\n"
                         "def test_a(n): time.sleep(0.3)\n")

    run = forks.run(["test_one.py::test_a[%d]" % n for n in range(20)], budget=1)

    ran = len(run.of("test"))
    assert 1 <= ran < 10
    assert last(run)["left"] == 20 - ran


def test_files_that_plugins_write_at_the_end_of_a_session_stay_as_they_are(forks):
    forks.write(test_one="def test_a(): pass\n")
    forks.suite.write_file("junit.xml", "of the suite itself")

    forks.run(["test_one.py::test_a"], arguments=("--junitxml=junit.xml",))

    assert (forks.suite.project / "junit.xml").read_text() == "of the suite itself"


def test_functions_for_the_end_run_in_the_zygote_and_in_no_child(forks):
    forks.write(
        test_one="""
            import atexit, os
            atexit.register(lambda: open("end.txt", "a").write("%d " % os.getpid()))
            from places import reach
            def test_a(): reach("P")
            def test_b(): reach("P")
        """
    )
    run = forks.run(["test_one.py::test_a", "test_one.py::test_b"])

    (session,) = run.of("session")
    assert (forks.suite.project / "end.txt").read_text() == "%d " % session["pid"]


def test_descriptors_that_a_test_closes_are_missed_by_nobody(forks):
    forks.write(
        test_one="""
            import os
            from places import reach
            def test_a(): os.closerange(3, 4096); reach("P")
            def test_b(): reach("P")
        """
    )
    run = forks.run(["test_one.py::test_a", "test_one.py::test_b"])

    assert reached(run) == {"P": [("test_a", "call"), ("test_b", "call")]}


def test_forks_share_one_symbolizer_until_one_of_them_dies(forks, compile_library):
    library = compile_library(
        "clang_rt_with_a_symbolizer",
        """
        #include <signal.h>
        #include <stdio.h>
        #include <sys/prctl.h>
        #include <unistd.h>
        void __sanitizer_symbolize_pc(void* pc, const char* format, char* out, size_t size) {
          static int started;
          if (started++ % 2) return;
          FILE* file = fopen("symbolizers.txt", "a");
          int pid = fork();
          if (pid == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            for (;;) pause();
          }
          fprintf(file, "%d ", pid);
          fclose(file);
        }
        """,
    )
    forks.write(
        conftest="import ctypes\nctypes.CDLL(%r, ctypes.RTLD_GLOBAL)\n" % library,
        test_one="""
            import os, signal
            from places import reach
            def symbolizers():
                with open("symbolizers.txt") as file:
                    return file.read().split()
            def state(pid):
                with open("/proc/%s/stat" % pid) as file:
                    return file.read().split()[2]
            def test_a(): reach("P"); assert state(*symbolizers()) == "S"
            def test_b(): reach("P"); assert state(*symbolizers()) == "S"
            def test_dies(): os.kill(os.getpid(), signal.SIGKILL)
            def test_c():
                first, second = symbolizers()
                assert not os.path.exists("/proc/" + first)
                assert state(second) == "S"
        """,
    )
    names = ["a", "b", "dies", "c"]

    run = forks.run(["test_one.py::test_" + name for name in names], modules="_ctypes")

    assert run.tests() == {"test_a": "passed", "test_b": "passed", "test_c": "passed"}, run.output


def test_children_die_with_a_zygote_that_is_killed(forks):
    forks.write(
        test_one="""
            import os, time
            def test_a():
                open("child.part", "w").write(str(os.getpid()))
                os.rename("child.part", "child.pid")
                time.sleep(300)
        """
    )
    marker = forks.suite.project / "child.pid"
    process = subprocess.Popen(
        forks.argv(["test_one.py::test_a"]),
        cwd=forks.suite.project,
        env=forks.suite.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 30
    while not marker.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert is_alive(marker)
    process.kill()
    process.wait()
    while is_alive(marker) and time.monotonic() < deadline:
        time.sleep(0.02)

    assert not is_alive(marker)


def test_a_file_of_another_schema_is_refused(forks):
    forks.write(test_one="def test_a(): pass\n")
    file = forks.suite.folder / "forks.json"
    file.write_text('{"schema": 2}')

    run = forks.suite.run(options=("--forks", str(file)))

    assert run.status == 1
    assert "has schema 2, not 1" in run.output
