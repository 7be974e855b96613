# SPDX-License-Identifier: Apache-2.0
"""A crash or a hang does not hide the rest."""

from projects import CLEAN_SOURCE

# Three ways to die: a write past a block that ends the process under ASan only, a null pointer,
# an abort.
DEADLY_SOURCE = CLEAN_SOURCE + """
    static PyObject *die(PyObject *self, PyObject *arg) {
      volatile long how = PyLong_AsLong(arg);
      if (how == 0) { *(volatile int *)how = 1; }
      if (how == 1) { abort(); }
      Py_RETURN_NONE;
    }
"""

# Twenty tests, of which six crash and two hang.
DEADLY_TESTS = """
    import os, time
    import pytest
    import spam

    @pytest.mark.parametrize("number", range(20))
    def test_number(number):
        if number in (2, 3, 9):
            spam.die(0)
        if number in (4, 10, 19):
            spam.die(1)
        if number in (5, 12):
            time.sleep(600)
        assert spam.twice(number) == 2 * number
"""

SETTINGS = """
    timeout = 10
"""


def test_of_twenty_tests_of_which_six_crash_and_two_hang_all_are_judged(project):
    spam = project(source=DEADLY_SOURCE, functions=("twice", "die"), tests=DEADLY_TESTS,
                   files={"extproof.toml": SETTINGS})

    run = spam.run("asan")

    assert run.code == 1, run.story()
    asan = run.lane("asan")
    assert asan["tests"] == {"passed": 12, "failed": 8, "skipped": 0, "errors": 0, "not_run": 0}
    assert asan["outcome"] == "crashed"
    seen = [(finding["kind"], sighting["test"]) for finding in run.report["findings"]
            for sighting in finding["sightings"] if sighting["lane"] == "asan"]
    wanted = {"tests/test_spam.py::test_number[%d]" % n for n in (2, 3, 9, 4, 10, 19, 5, 12)}
    assert {test for _, test in seen} == wanted, run.story()
    assert sorted(kind for kind, _ in seen) == ["crash"] * 6 + ["hang"] * 2
    # Nine processes and two silences; twice that, because other tests run beside this one.
    one = spam.run("asan", "--", "-k", "number and 0]").lane("asan")["test_seconds"]
    assert asan["test_seconds"] < 2 * (9 * one + 2 * 10), (asan["test_seconds"], one)


def test_a_module_whose_import_crashes_leaves_the_others_to_run(project):
    spam = project(source=DEADLY_SOURCE, functions=("twice", "die"), files={
        "tests/test_bad.py": "import spam\nspam.die(1)\n\ndef test_never(): pass\n",
    })

    run = spam.run("ubsan")

    assert run.code == 1, run.story()
    assert run.lane("ubsan")["tests"]["passed"] == 1, run.story()
    assert [f["kind"] for f in run.report["findings"]] == ["crash"], run.story()
    assert run.report["findings"][0]["sightings"][0]["test"] == "tests/test_bad.py"
