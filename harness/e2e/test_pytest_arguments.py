# SPDX-License-Identifier: Apache-2.0
"""`pytest-arguments`: words for pytest that stand for every run, with those of the command line."""

import json

from projects import CLEAN_SOURCE

SOURCE = CLEAN_SOURCE + """
    static PyObject *crash(PyObject *self, PyObject *arg) {
      volatile int *where = (int *)PyLong_AsLong(arg);
      *where = 1;
      Py_RETURN_NONE;
    }
    static PyObject *add(PyObject *self, PyObject *arg) {
      volatile int value = (int)PyLong_AsLong(arg);
      value = value + 1;
      return PyLong_FromLong(value);
    }
"""
FUNCTIONS = ("twice", "crash", "add")

FILES = {
    "extproof.toml": """
        pytest-arguments = ["-m", "not leaks"]

        [lane.ubsan]
        pytest-arguments = ["-m", "leaks"]
    """,
    "tests/conftest.py": """
        def pytest_addoption(parser):
            parser.addoption("--crash-too", action="store_true")

        def pytest_configure(config):
            config.addinivalue_line("markers", "leaks: runs for long")
    """,
    "tests/test_spam.py": """
        import pytest
        import spam

        def test_crash(request):
            spam.crash(8) if request.config.getoption("--crash-too") else spam.twice(1)

        @pytest.mark.leaks
        def test_leaks():
            assert spam.twice(1) == 2

        def test_add():
            assert spam.add(2**31 - 1)
    """,
}


def test_they_hold_in_every_lane_and_every_process_of_a_suite(project):
    spam = project(source=SOURCE, functions=FUNCTIONS, files=FILES)

    run = spam.run("asan", "ubsan", "--", "--crash-too")

    counts = {lane["name"]: lane["tests"] for lane in run.report["lanes"]}
    # test_crash ends the first process; test_add runs in the second, and test_leaks in none.
    for lane in set(counts) - {"ubsan"}:  # a baseline for each version of Python, and asan
        assert (counts[lane]["passed"], counts[lane]["failed"]) == (1, 1), run.story()
        assert counts[lane]["not_run"] == 0, run.story()
    assert (counts["ubsan"]["passed"], counts["ubsan"]["failed"]) == (1, 0), run.story()

    # The command that shows it again keeps the options of the command line.
    [crash] = {tuple(f["again"]) for f in run.findings(kind="crash")
               if f["sightings"][0]["lane"] == "asan"}
    assert crash == ("extproof", "run", "asan", "--", "--crash-too",
                     "tests/test_spam.py::test_crash"), run.story()
    again = spam.run(*crash[2:])
    assert [f["kind"] for f in again.report["findings"] if f["kind"] == "crash"], again.story()


def test_a_plan_shows_them(project):
    spam = project(source=SOURCE, functions=FUNCTIONS, files=FILES)

    plan = json.loads(spam.call("plan", "--json", "asan", "ubsan").out)

    words = {lane["name"]: lane["configuration"]["pytest_arguments"] for lane in plan["lanes"]}
    assert words["asan"] == ["-m", "not leaks"]
    assert words["ubsan"] == ["-m", "leaks"]
    assert "pytest:      -m 'not leaks'" in spam.call("plan", "asan").out


def test_words_that_would_defeat_a_lane_are_refused_wherever_they_stand(project):
    spam = project(source=SOURCE, functions=FUNCTIONS, files={
        "extproof.toml": 'pytest-arguments = ["--collect-only", "tests/test_spam.py"]\n'})

    ended = spam.call("run")
    assert (ended.code, ended.err.count("XP1303]")) == (2, 2), ended.story()
    assert "it runs no test" in ended.err and "names tests" in ended.err, ended.story()

    (spam.folder / "extproof.toml").unlink()
    ended = spam.call("run", "--", "--pdb")
    assert (ended.code, "XP1001" in ended.err) == (2, True), ended.story()
    assert not (spam.folder / ".extproof").exists(), ended.story()
