# SPDX-License-Identifier: Apache-2.0
"""A second process of a suite runs what the first one did not come to."""

import json


def go_on(suite, judged=(), left_out=(), arguments=()):
    file = suite.folder / "continuation.json"
    file.write_text(json.dumps({"schema": 1, "judged": list(judged), "left_out": list(left_out)}))
    (suite.folder / "events.jsonl").unlink(missing_ok=True)
    return suite.run(*arguments, options=("--continue", str(file)))


def test_what_was_judged_does_not_run_again(suite_everywhere):
    suite_everywhere.write(
        test_one="""
            import pytest
            def test_a(): assert False, "was judged"
            @pytest.mark.parametrize("text", ["<b>", "a\\nb", "::", "[x]", "\\udc80"])
            def test_text(text): assert text != "::"
            def test_z(): pass
        """
    )
    first = suite_everywhere.run()
    judged = [line["id"] for line in first.of("test")][:3]

    run = go_on(suite_everywhere, judged)

    assert run.items() == first.items()[3:]
    assert len(run.of("test")) == 4, run.output


def test_an_id_that_two_tests_have_is_left_out_as_often_as_it_was_judged(suite):
    suite.write_file(
        "conftest.py",
        """
        def pytest_collection_modifyitems(items):
            items += items + items
        """,
    )
    suite.write(test_one="def test_a(): pass\n")

    run = go_on(suite, ["test_one.py::test_a"] * 2)

    assert run.items() == ["test_one.py::test_a"]


def test_a_module_whose_import_ended_a_process_is_left_out_also_when_it_was_named(suite_everywhere):
    suite_everywhere.write(
        test_bad="import os\nos.abort()\n", test_good="def test_a(): pass\n"
    )

    run = go_on(suite_everywhere, (), ["test_bad.py"], ["test_bad.py", "test_good.py"])

    assert run.status == 0, run.output
    assert run.tests() == {"test_a": "passed"}
    (skip,) = run.of("collect-skip")
    assert skip["id"] == "test_bad.py"
    assert "its import ended an earlier process" in skip["message"]


def test_when_everything_was_judged_nothing_runs(suite):
    suite.write(test_one="def test_a(): pass\n")

    run = go_on(suite, ["test_one.py::test_a"])

    assert run.items() == []
    assert run.status == 5
    assert run.events[-1]["event"] == "finish"


def test_a_file_of_another_schema_is_refused(suite):
    suite.write(test_one="def test_a(): pass\n")
    file = suite.folder / "continuation.json"
    file.write_text('{"schema": 2}')

    run = suite.run(options=("--continue", str(file)))

    assert run.status == 1
    assert "has schema 2, not 1" in run.output
    assert run.items() == []
