# SPDX-License-Identifier: Apache-2.0
"""UBSan tells a place once per process; the report names every test that reaches it."""

import json
import os
import xml.etree.ElementTree

import pytest
from projects import CLEAN_SOURCE

OVERFLOWING_SOURCE = CLEAN_SOURCE + """
    static PyObject *next_int(PyObject *self, PyObject *arg) {
      volatile int value = (int)PyLong_AsLong(arg);
      volatile int next = value + 1;
      return PyLong_FromLong(next);
    }
    static PyObject *shift(PyObject *self, PyObject *arg) {
      volatile int places = (int)PyLong_AsLong(arg);
      volatile unsigned shifted = 1u << places;
      return PyLong_FromLong((long)shifted);
    }
"""

TEST_SPAM = """
    import pytest
    import spam

    @pytest.fixture(scope="module")
    def at_the_end():
        return spam.next_int(2**31 - 1)

    def test_before():
        spam.next_int(1)

    def test_direct():
        spam.next_int(2**31 - 1)

    def test_not(tmp_path):
        spam.next_int(2)

    def test_by_a_fixture(at_the_end):
        spam.shift(40)
"""

TEST_MORE = """
    import subprocess, sys
    import spam

    def test_by_a_child():
        code = "import spam; spam.next_int(2**31 - 1)"
        assert subprocess.call([sys.executable, "-c", code]) == 0

    def test_shifts():
        spam.shift(40)
"""


def spam_with(project, tests, more=None, compiler="clang-19"):
    files = {"extproof.toml": 'compiler = "%s"\n' % compiler}
    if more is not None:
        files["tests/test_more.py"] = more
    return project(source=OVERFLOWING_SOURCE, functions=("twice", "next_int", "shift"),
                   tests=tests, files=files)


def named(run, function):
    [found] = [f for f in run.findings() if f["location"]["function"] == function]
    return [(s["test"].rpartition("::")[2], s["phase"]) for s in found["sightings"]]


def blind_spots(run):
    return [one for one in run.lane("ubsan")["blind_spots"] if "already reported" in one]


@pytest.mark.parametrize("compiler", ["clang-19", "gcc"])
def test_exactly_the_tests_that_reach_a_place_are_named(project, compiler):
    spam = spam_with(project, TEST_SPAM, TEST_MORE, compiler)
    temporary = spam.folder / "temporary"
    temporary.mkdir()

    run = spam.run("ubsan", env={"TMPDIR": str(temporary)})

    assert run.code == 1, run.story()
    # test_more.py comes first.
    assert sorted(named(run, "next_int")) == [
        ("test_by_a_child", "call"), ("test_by_a_fixture", "setup"), ("test_direct", "call")
    ], run.story()
    assert sorted(named(run, "shift")) == [("test_by_a_fixture", "call"),
                                              ("test_shifts", "call")], run.story()
    assert blind_spots(run) == [], run.story()
    assert run.lane("ubsan")["tests"]["passed"] == 6
    assert len(run.findings()) == 2
    spam.call("report", "--format", "junit=j.xml,sarif=s.json,html=p.html")
    suite = xml.etree.ElementTree.parse(spam.folder / "j.xml").find("testsuite[@name='ubsan']")
    assert {case.get("name") for case in suite.iter("testcase") if case.find("failure") is not None
            } == {"test_by_a_child", "test_by_a_fixture", "test_direct", "test_shifts"}
    sarif = json.loads((spam.folder / "s.json").read_text())
    counts = [result["properties"]["sightingCount"] for result in sarif["runs"][0]["results"]]
    assert sorted(counts) == [2, 3]
    page = (spam.folder / "p.html").read_text()
    assert "test_by_a_fixture" in page and "test_direct" in page
    assert not [name for name in os.listdir(temporary) if name.startswith("extproof-")]
    [overflow] = run.findings(rule="signed-integer-overflow")
    for moment in overflow["sightings"]:
        with open(spam.folder / moment["log"], "rb") as log:
            assert b"next_int" in log.read()[slice(*moment["bytes"])]
    explained = spam.call("explain", overflow["id"])
    assert "test_by_a_fixture" in explained.out, explained.story()


def test_a_test_that_dies_in_its_fork_alone_is_said_and_hides_no_other(project):
    spam = spam_with(project, """
        import os
        import spam
        ran = []
        def test_first(): ran.append(1); spam.shift(40)
        def test_needs_the_first():
            if not ran: os.abort()
        def test_last(): spam.shift(40)
    """)

    run = spam.run("ubsan")

    assert run.code == 1, run.story()
    assert named(run, "shift") == [("test_first", "call"), ("test_last", "call")], run.story()
    [said] = blind_spots(run)
    assert said.endswith('ended early: "tests/test_spam.py::test_needs_the_first '
                         '(ended by SIGABRT)"'), said
    assert run.lane("ubsan")["outcome"] == "failed"
    assert run.lane("ubsan")["tests"]["passed"] == 3


def test_a_thread_of_the_import_is_named_as_what_is_in_the_way(project):
    spam = spam_with(project, """
        import threading, time
        import spam
        threading.Thread(target=time.sleep, args=(3,), name="feeder", daemon=True).start()
        def test_first(): spam.shift(40)
        def test_last(): spam.shift(40)
    """)

    run = spam.run("ubsan")

    assert run.code == 1, run.story()
    assert named(run, "shift") == [("test_first", "call")], run.story()
    [said] = blind_spots(run)
    assert 'threads before its first test ("feeder")' in said
    shown = spam.call("report")
    assert "feeder" in " ".join(shown.out.split()), shown.story()
