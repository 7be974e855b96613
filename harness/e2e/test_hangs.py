# SPDX-License-Identifier: Apache-2.0
"""A hang is told from a deadlock, and a deadlock names who waits for whom."""

import pytest
from projects import CLEAN_SOURCE

SOURCE = CLEAN_SOURCE + """
    #include <pthread.h>
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

    static PyObject *spin(PyObject *self, PyObject *arg) {
      volatile int on = 1;
      while (on) { }
      Py_RETURN_NONE;
    }
"""
FUNCTIONS = ("twice", "both", "with_python", "spin")


@pytest.mark.parametrize("function, rule, title, words", [
    ("both", "deadlock", "deadlock", ["waits for a lock of thread"]),
    ("with_python", "deadlock", "deadlock",
     ["waits for a lock of thread", "waits for Python's own lock"]),
    ("spin", "", "still at work", ["% of a processor"]),
])
def test_the_threads_of_a_hang_say_why(project, function, rule, title, words):
    spam = project(source=SOURCE, functions=FUNCTIONS,
                   files={"extproof.toml": "timeout = 4\n"}, tests="""
        import spam

        def test_hangs():
            spam.%s(0)

        def test_runs_after_all():
            assert spam.twice(2) == 4
    """ % function)
    run = spam.run("ubsan")

    assert run.code == 1, run.story()
    [hang] = run.findings(kind="hang")
    assert [s["lane"] for s in hang["sightings"]] == ["release", "ubsan"], run.story()
    assert (hang["rule"], hang["title"].split(": ")[-1]) == (rule, title), run.story()
    page = " ".join(spam.call("explain", hang["id"]).out.split())
    for text in words:
        assert text in page, page
    assert run.lane("ubsan")["tests"]["passed"] == 1
