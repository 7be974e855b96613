# SPDX-License-Identifier: Apache-2.0
"""What a user gets from the first call on."""

import json

from projects import CLEAN_SOURCE, OVERFLOW_SOURCE

OVERFLOW_TESTS = """
    import spam

    def test_before():
        assert spam.twice(1) == 2

    def helper_that_calls():
        spam.spill(36)

    def test_spills():
        helper_that_calls()

    def test_after():
        assert spam.twice(2) == 4
"""

SHIFT_SOURCE = CLEAN_SOURCE + """
    static PyObject *shift(PyObject *self, PyObject *arg) {
      volatile int by = (int)PyLong_AsLong(arg);
      return PyLong_FromLong(1 << by);
    }
"""


def line_of(project, text):
    lines = (project.folder / "spam.c").read_text().splitlines()
    return 1 + next(i for i, line in enumerate(lines) if text in line)


def overflow(project):
    return project(source=OVERFLOW_SOURCE, functions=("twice", "spill"), tests=OVERFLOW_TESTS)


def test_a_clean_project_without_configuration_passes_in_every_lane(project):
    run = project().run()

    assert run.code == 0, run.story()
    assert {lane["name"]: lane["outcome"] for lane in run.report["lanes"]} == {
        "release": "passed", "asan": "passed", "ubsan": "passed"}, run.story()
    assert run.findings() == []
    assert run.lane("asan")["tests"]["passed"] == 1


def test_an_overflow_is_one_finding_with_test_line_both_stacks_and_the_command(project):
    spam = overflow(project)
    run = spam.run("asan")

    assert run.code == 1, run.story()
    assert len(run.report["findings"]) == 1, run.story()
    finding = run.report["findings"][0]
    assert finding["kind"] == "heap-buffer-overflow"
    assert finding["owner"] == "extension"
    assert finding["location"]["file"] == "spam.c"
    assert finding["location"]["function"] == "spill"
    assert finding["location"]["line"] == line_of(spam, "block[index] = 1;"), run.story()
    sighting = finding["sightings"][0]
    assert (sighting["lane"], sighting["test"], sighting["phase"]) == (
        "asan", "tests/test_spam.py::test_spills", "call")
    roles = [stack["role"] for stack in finding["stacks"]]
    assert roles[0] == "access" and "allocation" in roles and "python" in roles, run.story()
    python = next(s for s in finding["stacks"] if s["role"] == "python")
    assert [f["function"] for f in python["frames"][:2]] == ["helper_that_calls", "test_spills"]
    assert python["frames"][0]["file"] == "tests/test_spam.py"
    assert finding["again"] == ["extproof", "run", "asan", "--",
                                "tests/test_spam.py::test_spills"]
    assert run.lane("asan")["outcome"] == "failed"
    assert run.lane("asan")["tests"] == {
        "passed": 3, "failed": 0, "skipped": 0, "errors": 0, "not_run": 0}


def test_the_command_that_shows_it_again_shows_it_again(project):
    spam = overflow(project)
    first = spam.run("asan")
    again = first.report["findings"][0]["again"]

    second = spam.run(*again[2:])

    assert second.report["findings"][0]["fingerprint"] == \
        first.report["findings"][0]["fingerprint"], second.story()
    assert second.lane("asan")["tests"]["passed"] == 1


def test_the_fingerprint_survives_an_edit_elsewhere_in_the_file(project):
    spam = overflow(project)
    before = spam.run("asan").report["findings"][0]
    source = (spam.folder / "spam.c").read_text()
    (spam.folder / "spam.c").write_text("/* one\n * two */\n" + source)

    after = spam.run("asan").report["findings"][0]

    assert after["location"]["line"] == before["location"]["line"] + 2
    assert after["fingerprint"] == before["fingerprint"]


def test_undefined_behaviour_is_found_though_the_interpreter_was_built_with_fwrapv(project):
    run = project(source=SHIFT_SOURCE, functions=("twice", "shift"), tests="""
        import spam

        def test_shifts_too_far():
            spam.shift(40)
    """).run("ubsan")

    assert run.code == 1, run.story()
    [finding] = run.report["findings"]
    assert (finding["kind"], finding["rule"]) == ("undefined-behavior",
                                                  "invalid-shift-exponent")
    assert finding["location"]["file"] == "spam.c"
    assert finding["sightings"][0]["test"] == "tests/test_spam.py::test_shifts_too_far"
    assert any(stack["role"] == "python" for stack in finding["stacks"]), run.story()


def test_a_leak_is_found_once_at_the_end_with_its_allocation(project):
    run = project(source=CLEAN_SOURCE + """
        static PyObject *lose(PyObject *self, PyObject *arg) {
          char *volatile block = malloc(1234);
          block[0] = 1;
          block = NULL;
          Py_RETURN_NONE;
        }
    """, functions=("twice", "lose"), tests="""
        import spam

        def test_loses():
            for _ in range(10):
                spam.lose(1)
    """).run("asan")

    assert run.code == 1, run.story()
    leaks = run.findings(kind="leak")
    assert len(leaks) == 1, run.story()
    assert leaks[0]["location"]["function"] == "lose"


def test_nothing_is_left_in_the_project_but_one_folder(project):
    spam = project()
    before = spam.listing()

    spam.run("asan")

    assert spam.listing() == before
    assert (spam.folder / ".extproof" / ".gitignore").read_text() == "*\n"


def test_a_second_run_builds_nothing_and_an_edit_is_seen(project):
    spam = project()
    spam.run("asan")
    second = spam.run("asan")
    assert second.lane("asan")["build_seconds"] == 0, second.story()

    spam.write("spam.c", (spam.folder / "spam.c").read_text().replace("value * 2", "value * 3"))
    third = spam.run("asan")

    assert third.lane("asan")["build_seconds"] > 0
    assert third.lane("asan")["tests"]["failed"] == 1


def test_an_edited_header_is_rebuilt(project):
    spam = project(files={"factor.h": "#define FACTOR 2\n"},
                   source=CLEAN_SOURCE.replace("value * 2", "value * FACTOR"))
    text = (spam.folder / "spam.c").read_text()
    (spam.folder / "spam.c").write_text('#include "factor.h"\n' + text)
    assert spam.run("asan").code == 0

    spam.write("factor.h", "#define FACTOR 5\n")

    assert spam.run("asan").lane("asan")["tests"]["failed"] == 1


def test_the_console_report_says_where_and_what_to_do_next(project):
    spam = overflow(project)
    ended = spam.call("run", "asan")

    assert ended.code == 1
    assert "finding[heap-buffer-overflow]" in ended.out
    assert "spam.c:%d  spill" % line_of(spam, "block[index] = 1;") in ended.out
    assert "extproof run asan -- tests/test_spam.py::test_spills" in ended.out


def test_a_stored_run_is_rendered_again_and_a_finding_explained(project):
    spam = overflow(project)
    run = spam.run("asan")

    again = spam.call("report", "--format", "json")
    page = spam.call("explain", "F1")

    assert json.loads(again.out) == run.report
    assert "spam.c:%d" % line_of(spam, "block[index] = 1;") in page.out
    assert "helper_that_calls" in page.out
    assert "malloc" in page.out


def test_plan_shows_compiler_interpreter_flags_and_steps_and_runs_nothing(project):
    spam = project()

    plan = json.loads(spam.call("plan", "asan", "--json").out)

    assert plan["schema"] == 1
    asan = next(lane for lane in plan["lanes"] if lane["name"] == "asan")
    assert "-fsanitize=address" in asan["configuration"]["flags"]
    assert {"id", "lane", "argv", "env", "cwd", "needs", "leaves", "limits"} <= set(
        plan["steps"][0])
    assert not (spam.folder / ".extproof").exists()
