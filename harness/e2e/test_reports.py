# SPDX-License-Identifier: Apache-2.0
"""The forms of a report in their places, as other programs read them."""

import json
import xml.etree.ElementTree

import pytest
from projects import CLEAN_SOURCE, Project

SHIFT_SOURCE = CLEAN_SOURCE + """
    static PyObject *shift(PyObject *self, PyObject *arg) {
      volatile int by = (int)PyLong_AsLong(arg);
      return PyLong_FromLong(1 << by);
    }
"""
SHIFT_TESTS = """
    import pytest
    import spam

    @pytest.mark.parametrize("by", [1, 40], ids=["<one>", "a&b"])
    def test_shift(by):
        spam.shift(by)
"""


@pytest.fixture(scope="module")
def stored(tmp_path_factory, program):
    """A project with one run in its store, which found something."""
    spam = Project.make(tmp_path_factory.mktemp("reports") / "spam", program, source=SHIFT_SOURCE,
                        functions=("twice", "shift"), tests=SHIFT_TESTS)
    ended = spam.call("run", "ubsan", "--format", "console,json=run.json")
    assert ended.code == 1, ended.story()
    assert "finding[" in ended.out
    assert "wrote run.json" in ended.err
    assert json.loads((spam.folder / "run.json").read_text())["exit_code"] == 1
    return spam


def test_junit_names_the_test_of_a_finding(stored):
    ended = stored.call("report", "--format", "junit")

    assert ended.code == 1, ended.story()
    root = xml.etree.ElementTree.fromstring(ended.out)
    suites = {suite.get("name"): suite for suite in root}
    assert set(suites) == {"release", "ubsan"}
    red = [case for case in suites["ubsan"] if case.find("failure") is not None]
    assert [(case.get("classname"), case.get("name")) for case in red] == [
        ("tests.test_spam", "test_shift[a&b]")]
    assert "spam.c:" in red[0].find("failure").text
    assert suites["release"].get("failures") == "0"


def test_reports_go_to_the_places_that_are_named(stored):
    ended = stored.call("report", "--format", "json,junit", "--output", "out/")

    assert ended.code == 1, ended.story()
    assert ended.out == ""
    assert json.loads((stored.folder / "out/extproof.json").read_text())["number"] == 1
    xml.etree.ElementTree.parse(stored.folder / "out/extproof-junit.xml")
    assert stored.call("report", "--format", "junit", "--output", "one.xml").code == 1
    xml.etree.ElementTree.parse(stored.folder / "one.xml")


def test_two_documents_on_one_stream_are_refused_before_anything_is_run(stored):
    ended = stored.call("run", "ubsan", "--format", "json,junit")

    assert ended.code == 2
    assert "would both go to standard output" in ended.err
    assert json.loads(stored.call("report", "--json").out)["number"] == 1


def test_a_report_that_cannot_be_written_is_told_and_the_others_are_given(stored):
    ended = stored.call("report", "--format", "junit=run.json/below.xml,console")

    assert ended.code == 1
    assert "error[XP2008]" in ended.err
    assert "finding[" in ended.out


def test_sarif_points_into_the_project(stored):
    ended = stored.call("report", "--format", "sarif")

    assert ended.code == 1, ended.story()
    run = json.loads(ended.out)["runs"][0]
    assert [result["ruleId"].split("/")[0] for result in run["results"]] == ["undefined-behavior"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "spam.c", "uriBaseId": "SRCROOT"}
    line = (stored.folder / "spam.c").read_text().splitlines()[place["region"]["startLine"] - 1]
    assert "1 << by" in line
    assert run["originalUriBaseIds"]["SRCROOT"]["uri"] == stored.folder.resolve().as_uri() + "/"
    steps = [step["location"]["physicalLocation"]["artifactLocation"]["uri"]
             for step in run["results"][0]["codeFlows"][0]["threadFlows"][0]["locations"]]
    assert steps[0] == "tests/test_spam.py" and steps[-1] == "spam.c"


def test_github_prints_annotations_and_adds_to_the_summary_of_the_step(stored, tmp_path):
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    ended = stored.call("report", "--format", "github", env={
        "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_WORKSPACE": str(stored.folder.parent)})

    assert ended.code == 1, ended.story()
    assert ended.out.startswith("::error title=undefined-behavior/invalid-shift-exponent in ")
    assert ",file=spam/spam.c,line=" in ended.out
    assert summary.read_text().startswith("before\n## extproof: 1 finding\n")
    assert "extproof run ubsan -- " in summary.read_text()


def test_html_is_one_page_with_the_finding_and_its_command(stored):
    assert stored.call("report", "--format", "html", "--output", "run.html").code == 1

    page = (stored.folder / "run.html").read_text(encoding="utf-8")
    assert 'id="F1"' in page
    assert "test_shift[a&amp;b]" in page
    assert "extproof run ubsan -- " in page
    assert "<script" not in page and "http" not in page.replace("http-equiv", "")
