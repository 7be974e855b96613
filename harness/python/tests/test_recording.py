# SPDX-License-Identifier: Apache-2.0
"""What a suite does is what the event lines say."""

import pytest
from conftest import PACKAGE

OUTCOMES = """
    import unittest
    import pytest

    def test_passes(): pass
    def test_fails(): assert "<script>" == 2
    def test_skips(): pytest.skip("no reason to run")

    @pytest.mark.xfail(reason="known")
    def test_xfails(): assert False

    @pytest.mark.xfail
    def test_xpasses(): pass

    @pytest.mark.xfail(strict=True)
    def test_xpasses_strictly(): pass

    @pytest.fixture
    def breaks_before():
        raise OSError("first line\\nsecond line")

    @pytest.fixture
    def breaks_after():
        yield
        raise OSError("late")

    @pytest.fixture
    def skips(): pytest.skip("in the fixture")

    def test_breaks_before(breaks_before): pass
    def test_breaks_after(breaks_after): pass
    def test_fails_and_breaks_after(breaks_after): assert False
    def test_skips_before(skips): pass

    class TestCase(unittest.TestCase):
        def test_subtests(self):
            for number in range(3):
                with self.subTest(number=number):
                    self.assertNotEqual(number, 1)
        def test_subtests_pass(self):
            for number in range(3):
                with self.subTest(number=number):
                    pass
        @unittest.expectedFailure
        def test_expected(self): self.fail("as expected")
"""


def test_each_test_has_one_line_with_its_outcome(suite_everywhere):
    run = suite_everywhere.write(test_outcomes=OUTCOMES).run()

    assert run.tests() == {
        "test_passes": "passed",
        "test_fails": "failed",
        "test_skips": "skipped",
        "test_xfails": "skipped",
        "test_xpasses": "passed",
        "test_xpasses_strictly": "failed",
        "test_breaks_before": "error",
        "test_breaks_after": "error",
        "test_fails_and_breaks_after": "failed",
        "test_skips_before": "skipped",
        "TestCase::test_subtests": "failed",
        "TestCase::test_subtests_pass": "passed",
        "TestCase::test_expected": "skipped",
    }, run.output
    assert run.status == 1
    assert [line["id"] for line in run.of("test")] == run.items()
    assert [line["index"] for line in run.of("item")] == list(range(13))
    xfails = {line["id"].split("::", 1)[1] for line in run.of("outcome") if line["xfail"]}
    assert xfails == {"test_xfails", "test_xpasses", "TestCase::test_expected"}

    message = run.test("test_fails")["message"]
    assert message.endswith("test_outcomes.py:6: AssertionError: assert '<script>' == 2") or (
        message.endswith("test_outcomes.py:6: assert '<script>' == 2")
    )
    broken = run.test("test_breaks_before")["message"]
    assert broken.endswith("test_outcomes.py:20: OSError: first line second line")
    assert run.test("test_skips")["message"].endswith(": Skipped: no reason to run")
    assert run.test("test_xfails")["message"] == "known"
    assert run.test("test_xpasses_strictly")["message"] == "[XPASS(strict)]"


def test_the_phases_of_a_run_are_in_order_and_paired(suite_everywhere):
    run = suite_everywhere.write(test_one="def test_a(): pass\ndef test_b(): pass\n").run()

    assert run.status == 0, run.output
    times = [line["t"] for line in run.events if "t" in line]
    assert times == sorted(times)
    assert run.phases("configure") == [("", "start"), ("", "end")]
    assert run.phases("import") == [("test_one.py", "start"), ("test_one.py", "end")]
    assert ("", "start") in run.phases("collection")
    assert run.phases("finish") == [("", "start"), ("", "end")]
    edges = [
        (line["id"][-6:], line["phase"], line["edge"])
        for line in run.of("phase")
        if line["phase"] in ("setup", "call", "teardown")
    ]
    assert edges == [
        (name, phase, edge)
        for name in ("test_a", "test_b")
        for phase in ("setup", "call", "teardown")
        for edge in ("start", "end")
    ]
    assert (run.events[0]["event"], run.events[0]["schema"]) == ("session", 4)
    assert run.events[0]["gil"] is True
    assert run.events[-1]["event"] == "finish" and run.events[-1]["exitstatus"] == 0


def test_a_module_that_cannot_be_imported_leaves_the_others_to_run(suite_everywhere):
    suite_everywhere.write(test_broken="import no_such_module\n", test_good="def test_a(): pass\n")
    suite_everywhere.write(test_syntax="def broken(:\n")

    run = suite_everywhere.run()

    assert run.tests() == {"test_a": "passed"}
    messages = {line["id"]: line["message"] for line in run.of("collect-error")}
    assert messages == {
        "test_broken.py": "test_broken.py:1: ModuleNotFoundError: No module named 'no_such_module'",
        "test_syntax.py": messages["test_syntax.py"],
    }
    assert "SyntaxError" in messages["test_syntax.py"]
    assert run.of("finish")[0]["exitstatus"] == run.status == 1


def test_a_failure_has_the_innermost_line_of_the_test_file_and_the_error(suite_everywhere):
    suite_everywhere.write_file(
        "deep.py", "def refuse():\n    raise MemoryError('no room\\nfor more')\n"
    )
    suite_everywhere.write(
        test_one="import deep\n\n\ndef helper():\n    deep.refuse()\n\n\n"
        "def test_a():\n    helper()\n\n\ndef test_b(no_such_fixture):\n    pass\n\n\n"
        "def test_c():\n    pass\n"
    )

    run = suite_everywhere.run()

    where = {
        line["id"][-6:]: tuple(line.get(key) for key in ("file", "line", "error"))
        for line in run.of("test")
    }
    assert where["test_a"] == ("test_one.py", 5, "MemoryError: no room")
    assert where["test_b"][:2] == ("test_one.py", 12)
    assert "no_such_fixture" in where["test_b"][2] or "not found" in where["test_b"][2]
    assert where["test_c"] == (None, None, None)
    failed = [line for line in run.of("outcome") if line["outcome"] == "failed"]
    assert failed[0]["line"] == 5


def test_a_module_that_skips_itself_is_no_error(suite):
    suite.write(
        test_asks="import pytest\npytest.importorskip('no_such_module')\n",
        test_says="import pytest\npytest.skip('not here', allow_module_level=True)\n",
        test_good="def test_a(): pass\n",
    )

    run = suite.run()

    skips = {line["id"]: line["message"] for line in run.of("collect-skip")}
    assert set(skips) == {"test_asks.py", "test_says.py"}
    assert skips["test_says.py"].endswith("test_says.py:2: Skipped: not here")
    assert run.tests() == {"test_a": "passed"} and run.of("collect-error") == []


def test_strict_settings_and_warnings_as_errors_do_not_see_the_plugin(suite):
    suite.write(test_one="def test_a(): pass\n")
    suite.write_file("pytest.ini", "[pytest]\nfilterwarnings = error\nxfail_strict = true\n")

    run = suite.run("--strict-markers", "--strict-config", "-p", "no:faulthandler", "-W", "error")

    assert run.status == 0, run.output
    assert run.tests() == {"test_a": "passed"}


def test_the_options_of_a_project_cannot_ask_for_xdist(suite_everywhere):
    suite_everywhere.write(
        test_one="import os\ndef test_a(): assert 'PYTEST_XDIST_WORKER' not in os.environ\n"
    )
    suite_everywhere.write_file("pytest.ini", "[pytest]\naddopts = -n 2 --dist loadfile\n")

    run = suite_everywhere.run("-n", "auto", environ={"PYTEST_ADDOPTS": "--maxprocesses=2"})

    assert run.status == 0, run.output
    assert [line["code"] for line in run.of("note")] == ["xdist-off"]
    assert run.tests() == {"test_a": "passed"}


def test_the_options_of_xdist_are_no_usage_error_where_it_is_blocked(suite_everywhere):
    suite_everywhere.write(test_one="def test_a(): pass\n")
    options = "-p no:xdist -n 2 --dist=loadfile"
    suite_everywhere.write_file("pytest.ini", "[pytest]\naddopts = %s\n" % options)

    run = suite_everywhere.run()

    assert run.status == 0, run.output
    assert [line["code"] for line in run.of("note")] == ["xdist-off"]
    assert run.tests() == {"test_a": "passed"}


def test_without_options_for_xdist_there_is_no_note(suite):
    run = suite.write(test_one="def test_a(): pass\n").run("-n0")

    assert run.status == 0 and run.of("note") == []


def test_a_test_that_is_tried_again_counts_once_by_its_last_try(suite_in):
    suite = suite_in("py313-pytest9").write(
        test_flaky="""
        tries = []
        def test_a():
            tries.append(1)
            assert len(tries) == 3
        """
    )

    run = suite.run("--reruns", "5")

    assert run.status == 0, run.output
    assert run.tests() == {"test_a": "passed"}
    calls = [line["outcome"] for line in run.of("outcome") if line["phase"] == "call"]
    assert calls == ["failed", "failed", "passed"]


@pytest.mark.parametrize("name", ["py313-pytest8", "py313-pytest9"])
def test_a_failed_subtest_of_the_fixture_fails_its_test(suite_in, name):
    suite = suite_in(name).write(
        test_sub="""
        def test_a(subtests):
            for number in range(3):
                with subtests.test(number=number):
                    assert number != 1
        """
    )

    run = suite.run()

    assert run.tests() == {"test_a": "failed"}, run.output
    assert "assert 1 != 1" in run.test("test_a")["message"]


def test_doctests_and_items_that_are_not_python_are_recorded(suite_everywhere):
    suite_everywhere.write(
        conftest="""
        import pytest

        class Item(pytest.Item):
            def runtest(self):
                if self.name == "bad":
                    raise ValueError("a bad one")
            def repr_failure(self, excinfo):
                return "it failed\\nbecause: %s" % excinfo.value

        class File(pytest.File):
            def collect(self):
                for name in ("good", "bad"):
                    yield Item.from_parent(self, name=name)

        def pytest_collect_file(file_path, parent):
            if file_path.suffix == ".spec":
                return File.from_parent(parent, path=file_path)
        """,
        documented='def one():\n    """\n    >>> one()\n    2\n    """\n    return 1\n',
    ).write_file("things.spec", "")

    run = suite_everywhere.run("--doctest-modules")

    assert run.tests() == {"documented.one": "failed", "good": "passed", "bad": "failed"}
    assert run.test("bad")["message"] == "because: a bad one"


def test_where_the_native_modules_came_from_is_recorded(suite):
    suite.write(test_one="import json\ndef test_a(): pass\n")

    run = suite.run(options=["--modules", "json,no_such_module"])

    (line,) = run.of("modules")
    (module,) = line["modules"]
    assert module["name"] == "json" and module["realpath"].endswith("json/__init__.py")


def test_an_interruption_leaves_the_last_lines(suite):
    suite.write(
        test_one="""
        import pathlib, time
        def test_a(): pass
        def test_waits():
            pathlib.Path("waiting").write_text("")
            time.sleep(60)
        def test_never(): pass
        """
    )

    run = suite.run_until_interrupted("waiting")

    assert run.tests() == {"test_a": "passed"}, run.output
    assert run.phases("finish") == [("", "start"), ("", "end")]
    assert run.of("finish")[0]["exitstatus"] == run.status == 2


def test_a_usage_error_has_a_last_line_as_well(suite):
    run = suite.run("--no-such-option")

    assert run.of("finish")[0]["exitstatus"] == run.status == 4
    assert run.phases("configure") == [("", "start"), ("", "end")]


def test_an_environment_without_pytest_is_one_line_and_90(suite_in):
    suite = suite_in("py313-bare")

    run = suite.run()

    assert run.status == 90 and run.events == []
    assert run.output.count("\n") == 1 and "cannot run pytest" in run.output


def test_the_suite_can_import_nothing_of_ours_and_sees_its_own_folder_first(suite):
    ours = sorted(path.stem for path in PACKAGE.glob("*.py") if not path.stem.startswith("__"))
    suite.write(
        events="mine = True\n",
        test_one="""
        import importlib.util, os, sys
        import events

        def test_names():
            for name in %r:
                found = importlib.util.find_spec(name)
                assert found is None or found.origin == os.path.abspath("events.py"), name

        def test_path():
            assert events.mine
            assert sys.argv[0].endswith(os.path.join("pytest", "__main__.py"))
            assert not any("harness" in path for path in sys.path)
        """
        % ours,
    )

    run = suite.run("--import-mode=importlib")

    assert run.tests() == {"test_names": "passed", "test_path": "passed"}, run.output
    assert "events" in ours


def test_ids_that_occur_twice_are_two_items_and_two_tests(suite):
    suite.write(test_one="def test_a(): pass\n")

    run = suite.run("--keep-duplicates", "test_one.py", "test_one.py")

    assert run.items() == ["test_one.py::test_a"] * len(run.of("test"))
    assert len(run.of("item")) == 2, run.output


def test_two_modules_of_one_name_are_told_apart(suite):
    suite.write_file("a/test_same.py", "def test_a(): pass\n")
    suite.write_file("b/test_same.py", "def test_a(): assert False\n")

    run = suite.run("--import-mode=importlib")

    found = {line["id"]: line["outcome"] for line in run.of("test")}
    assert found == {"a/test_same.py::test_a": "passed", "b/test_same.py::test_a": "failed"}
