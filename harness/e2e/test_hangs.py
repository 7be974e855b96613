# SPDX-License-Identifier: Apache-2.0
"""A hang is told from a deadlock, a deadlock names who waits for whom, and every thread has its
native and its Python stack."""

import json

import pytest
from projects import CLEAN_SOURCE

SOURCE = CLEAN_SOURCE + """
    #include <pthread.h>
    #include <signal.h>
    #include <unistd.h>
    static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
    static pthread_mutex_t other = PTHREAD_MUTEX_INITIALIZER;

    /* one, then other; in a thread of its own the other way round. */
    static void *other_way_round(void *unused) {
      pthread_mutex_lock(&other);
      sleep(1);
      pthread_mutex_lock(&one);
      return unused;
    }
    static PyObject *both(PyObject *self, PyObject *arg) {
      pthread_t thread;
      Py_BEGIN_ALLOW_THREADS
      pthread_create(&thread, NULL, other_way_round, NULL);
      pthread_mutex_lock(&one);
      sleep(1);
      pthread_mutex_lock(&other);
      Py_END_ALLOW_THREADS
      Py_RETURN_NONE;
    }

    /* Holds the mutex and wants Python's lock; the caller holds that and wants the mutex. */
    static void *wants_python(void *unused) {
      pthread_mutex_lock(&one);
      sleep(1);
      PyGILState_STATE state = PyGILState_Ensure();
      PyGILState_Release(state);
      pthread_mutex_unlock(&one);
      return unused;
    }
    static PyObject *with_python(PyObject *self, PyObject *arg) {
      pthread_t thread;
      pthread_create(&thread, NULL, wants_python, NULL);
      usleep(300000);
      pthread_mutex_lock(&one);
      Py_RETURN_NONE;
    }

    static unsigned long step(unsigned long value) { return value * 3 + 1; }
    static PyObject *spin(PyObject *self, PyObject *arg) {
      volatile unsigned long on = 1;
      while (on) { on = step(on) | 1; }
      Py_RETURN_NONE;
    }

    /* A lock that is not recursive, and a callback that comes back for it. */
    static PyObject *visit(PyObject *self, PyObject *arg) {
      pthread_mutex_lock(&one);
      PyObject *result = PyObject_CallNoArgs(arg);
      pthread_mutex_unlock(&one);
      return result;
    }

    /* Many threads that wait, one of which keeps every signal away. */
    static void *waits_for_ever(void *is_deaf) {
      if (is_deaf != NULL) {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, NULL);
      }
      while (1) { pause(); }
      return NULL;
    }
    static PyObject *crowd(PyObject *self, PyObject *arg) {
      for (int i = 0; i < 200; ++i) {
        pthread_t thread;
        pthread_create(&thread, NULL, waits_for_ever, i == 0 ? arg : NULL);
      }
      sleep(1);
      pthread_mutex_lock(&one);
      pthread_mutex_lock(&one);
      Py_RETURN_NONE;
    }

    /* Keeps Python's lock and never runs Python again. */
    static PyObject *sit_on_python(PyObject *self, PyObject *arg) {
      while (1) { pause(); }
      Py_RETURN_NONE;
    }
    /* A call that comes last could take the place of its caller's frame. */
    static volatile int locked = 0;
    static void at_exit(void) {
      locked += pthread_mutex_lock(&one);
      locked += pthread_mutex_lock(&one);
    }
    static PyObject *leave_a_trap(PyObject *self, PyObject *arg) {
      atexit(at_exit);
      Py_RETURN_NONE;
    }
"""
FUNCTIONS = ("twice", "both", "with_python", "spin", "visit", "crowd", "sit_on_python",
             "leave_a_trap")


def own_places(finding, thread=None):
    """The extension's functions in the native stacks, innermost first; of one thread or of all."""
    return [(frame["function"], frame["file"], frame["line"])
            for stack in finding["stacks"] if stack["role"] != "python"
            and thread in (None, stack["thread"])
            for frame in stack["frames"] if frame["file"] == "spam.c"]


def text_of_line(spam, line):
    return (spam.folder / "spam.c").read_text().splitlines()[line - 1].strip()


# A process under ASan needs longer to come to its first test.
TIMEOUTS = """
    timeout = 4
    [lane.asan]
    timeout = 20
"""


def hanging(project, body, toml=TIMEOUTS, **more):
    return project(source=SOURCE, functions=FUNCTIONS, files={"extproof.toml": toml},
                   tests=body, **more)


@pytest.mark.parametrize("lane", ["ubsan", "asan"])
@pytest.mark.parametrize("function, rule, title, place, others, words", [
    ("both", "deadlock", "deadlock", "pthread_mutex_lock(&other);", ["other_way_round"],
     ["waits for a lock of thread"]),
    ("with_python", "deadlock", "deadlock", "pthread_mutex_lock(&one);", ["wants_python"],
     ["waits for a lock of thread", "waits for Python's own lock"]),
    ("spin", "", "still at work", None, [], ["% of a processor"]),
])
def test_the_threads_of_a_hang_say_why_and_where(project, function, rule, title, place, others,
                                                 words, lane):
    spam = hanging(project, """
        import spam

        def test_hangs():
            spam.%s(0)

        def test_runs_after_all():
            assert spam.twice(2) == 4
    """ % function)
    run = spam.run(lane)

    assert run.code == 1, run.story()
    # One finding: both lanes name the same line, whatever they did to the code.
    [hang] = run.findings(kind="hang")
    assert [s["lane"] for s in hang["sightings"]] == ["release", lane], run.story()
    assert (hang["rule"], hang["title"].split(": ")[-1]) == (rule, title), run.story()
    location = hang["location"]
    assert (location["file"], location["function"]) == ("spam.c", function), run.story()
    if place:
        assert text_of_line(spam, location["line"]) == place
    assert {name for name, _, _ in own_places(hang)} - {"step"} == {function, *others}, hang
    assert any(frame["function"] == "test_hangs" for stack in hang["stacks"]
               if stack["role"] == "python" for frame in stack["frames"]), hang
    page = " ".join(spam.call("explain", hang["id"]).out.split())
    for text in [*words, "at spam.c:%d %s" % (location["line"], function)]:
        assert text in page, page
    assert run.lane(lane)["tests"]["passed"] == 1


def test_a_lock_that_a_callback_takes_again_has_both_calls_in_its_threads_stack(project):
    spam = hanging(project, """
        import spam

        def test_hangs():
            spam.visit(lambda: spam.visit(print))
    """, toml='timeout = 4\ncompiler = "gcc"\n')
    run = spam.run("ubsan")

    [hang] = run.findings(kind="hang")
    assert hang["rule"] == "deadlock", run.story()
    assert len(hang["sightings"]) == 2, run.story()
    inner, outer = own_places(hang, hang["stacks"][0]["thread"])
    assert text_of_line(spam, inner[2]) == "pthread_mutex_lock(&one);"
    assert text_of_line(spam, outer[2]) == "PyObject *result = PyObject_CallNoArgs(arg);"
    assert "waits for a lock that it holds itself" in spam.call("explain", hang["id"]).out


def test_two_hundred_threads_have_their_stacks_and_share_them(project):
    spam = hanging(project, """
        import spam

        def test_hangs():
            spam.crowd(1)
    """)
    run = spam.run("release")

    [hang] = run.findings(kind="hang")
    assert hang["rule"] == "deadlock", run.story()
    assert hang["location"]["function"] == "crowd"
    waiting = [stack for stack in hang["stacks"]
               if any(f["function"] == "waits_for_ever" for f in stack["frames"])]
    assert len(waiting) <= 2, waiting
    assert any("more" in stack["thread"] for stack in waiting), waiting
    natives = list(spam.folder.glob(".extproof/runs/1/release/logs/native.*"))
    assert natives[0].read_text().count("\nend ") >= 200


def test_a_thread_that_never_gives_python_back_has_its_place_in_the_extension(project):
    spam = hanging(project, """
        import threading
        import spam

        def test_hangs():
            thread = threading.Thread(target=spam.sit_on_python, args=(0,), daemon=True)
            thread.start()
            sum(range(10 ** 9))
    """)
    run = spam.run("release")

    [hang] = run.findings(kind="hang")
    assert hang["location"]["function"] == "sit_on_python", run.story()
    page = " ".join(spam.call("explain", hang["id"]).out.split())
    assert "a thread waits and keeps Python's own lock from others" in page, page
    assert "waits for Python's own lock (it asks " in page, page


@pytest.mark.parametrize("start", ["multiprocessing.get_context('fork').Process(target=run)",
                                   "subprocess.Popen([sys.executable, '-c', CODE])"])
def test_the_threads_of_a_child_process_are_looked_at_too(project, start):
    spam = hanging(project, """
        import multiprocessing
        import subprocess
        import sys
        import spam

        CODE = "import spam; spam.both(0)"

        def run():
            spam.both(0)

        def test_hangs():
            child = %s
            getattr(child, "start", int)()
            getattr(child, "join", getattr(child, "wait", None))()
    """ % start)
    run = spam.run("ubsan")

    hang = next(f for f in run.findings(kind="hang")
                if "ubsan" in [s["lane"] for s in f["sightings"]])
    assert hang["rule"] == "deadlock", run.story()
    assert hang["location"]["function"] == "both", json.dumps(hang, indent=1)
    assert {"both", "other_way_round"} == {place[0] for place in own_places(hang)}
    assert " of process " in spam.call("explain", hang["id"]).out


def test_a_process_that_hangs_behind_its_last_test_says_in_which_threads(project):
    spam = hanging(project, """
        import spam

        def test_passes():
            spam.leave_a_trap(0)
    """)
    run = spam.run("ubsan")

    assert run.code == 1, run.story()
    [hang] = run.findings(kind="hang")
    assert hang["title"].startswith("the process did not end for "), run.story()
    assert (hang["rule"], hang["location"]["function"]) == ("deadlock", "at_exit"), hang
    assert [(s["lane"], s["phase"]) for s in hang["sightings"]] == [
        ("release", "finish"), ("ubsan", "finish")], run.story()
    assert run.lane("ubsan")["tests"]["passed"] == 1


def test_every_form_of_the_report_has_the_threads_of_a_hang(project):
    spam = hanging(project, """
        import spam

        def test_hangs():
            spam.both(0)
    """)
    ended = spam.call("run", "release", "--format", "console,sarif=out.sarif,html=out.html")

    assert ended.code == 1, ended.story()
    lines = ended.out.splitlines()
    assert any(line.split()[:1] == ["at"] and "both" in line for line in lines), ended.story()
    assert any(line.split()[:1] == ["other"] and "other_way_round" in line for line in lines), (
        ended.story())
    [result] = json.loads((spam.folder / "out.sarif").read_text())["runs"][0]["results"]
    assert "other_way_round" in json.dumps(result["stacks"])
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "spam.c"
    assert "other_way_round" in (spam.folder / "out.html").read_text()
