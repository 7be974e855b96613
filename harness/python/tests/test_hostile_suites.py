# SPDX-License-Identifier: Apache-2.0
"""Suites that crash, fork, close, change and replace things."""


def test_a_crash_loses_nothing_of_what_came_before(suite):
    suite.write(
        test_one="""
        import os
        def test_a(): pass
        def test_aborts():
            os.abort()
        def test_never(): pass
        """
    )

    run = suite.run()

    assert run.status == -6, run.output
    assert run.tests() == {"test_a": "passed"}
    assert [item.split("::")[1] for item in run.items()] == ["test_a", "test_aborts", "test_never"]
    last = run.events[-1]
    assert (last["event"], last["phase"], last["edge"]) == ("phase", "call", "start")
    assert last["id"].endswith("test_aborts")
    stack = run.log("crash.%d" % run.events[0]["pid"])
    assert "in test_aborts" in stack and 'test_one.py", line 5' in stack


def test_a_crash_during_an_import_is_within_the_import_phase(suite):
    suite.write(test_one="import os\nos.abort()\n")

    run = suite.run()

    last = run.events[-1]
    assert (last["phase"], last["edge"], last["id"]) == ("import", "start", "test_one.py")
    assert "test_one.py" in run.log("crash.*")


def test_ids_and_messages_may_hold_anything(suite):
    suite.write(
        test_one=r"""
        import pytest

        VALUES = ["<script>alert(1)</script>", "two\nlines", "\x00\x1b[31m", "\udc80",
                  "\U0001f600", "a::b"]

        @pytest.mark.parametrize("value", VALUES, ids=VALUES)
        def test_a(value): raise ValueError(value)

        def test_surrogate(): raise ValueError("\ud800 \udfff \\ud800")
        """
    ).write_file(
        "pytest.ini",
        "[pytest]\n"
        "disable_test_id_escaping_and_forfeit_all_rights_to_community_support = true\n",
    )

    run = suite.run("-p", "no:terminal", "-p", "no:cacheprovider", "-p", "no:junitxml")

    assert len(run.of("item")) == len(run.of("test")) == 7, run.output
    ids = " ".join(run.items())
    assert "<script>alert(1)</script>" in ids and "\U0001f600" in ids and "\\udc80" in ids
    for line in run.events:
        str(line).encode("utf-8")
        assert line.get("outcome") != "failed" or line["message"]
    assert run.test("test_surrogate")["message"].endswith(r"ValueError: \ud800 \udfff \ud800")


def test_a_suite_may_close_descriptors_and_change_the_folder(suite):
    suite.write(
        test_one="""
        import os, pytest

        @pytest.mark.parametrize("number", range(3))
        def test_closes(number, tmp_path):
            os.chdir(str(tmp_path))
            os.closerange(3, 4096)
            opened = [os.open("/dev/null", os.O_WRONLY) for _ in range(20)]
            assert max(opened) < 40

        def test_aborts(): os.abort()
        """
    )

    run = suite.run("-s", "-p", "no:faulthandler")

    assert list(run.tests().values()) == ["passed"] * 3, run.output
    assert "in test_aborts" in run.log("crash.*")


def test_a_suite_may_take_the_number_of_our_descriptor(suite):
    suite.write(
        test_one="""
        import os

        def test_takes():
            for name in os.listdir("/proc/self/fd"):
                try:
                    target = os.readlink("/proc/self/fd/" + name)
                except OSError:
                    continue
                if target.endswith("events.jsonl"):
                    global taken
                    taken = int(name)
                    mine = os.open("mine.txt", os.O_WRONLY | os.O_CREAT)
                    os.dup2(mine, taken)

        def test_after(): pass
        def test_mine():
            size = os.fstat(taken).st_size
            with open("size.txt", "w") as out:
                out.write(str(size))
        """
    )

    run = suite.run()

    # Until the next test begins the lines go to the wrong file; from then on to the right one.
    expected = {"test_after": "passed", "test_mine": "passed"}
    assert expected.items() <= run.tests().items(), run.output
    grown = (suite.project / "mine.txt").stat().st_size
    assert grown == int((suite.project / "size.txt").read_text())


def test_a_suite_may_replace_what_we_call(suite):
    suite.write(
        test_one="""
        import json, os, time
        import pytest

        @pytest.fixture(autouse=True)
        def replaced(monkeypatch):
            def refuse(*args, **kwargs):
                raise RuntimeError("replaced")
            for module, name in ((os, "write"), (os, "lstat"), (os, "listdir"), (os, "getpid"),
                                 (json, "dumps"), (time, "monotonic"), (os, "open")):
                monkeypatch.setattr(module, name, refuse)
            monkeypatch.setattr(json.JSONEncoder, "encode", refuse)
            yield
            monkeypatch.undo()

        def test_a(): pass
        """
    )

    run = suite.run("-p", "no:cacheprovider")

    assert run.tests() == {"test_a": "passed"}, run.output


def test_a_forked_child_writes_nothing(suite):
    suite.write(
        test_one="""
        import os

        def test_forks():
            child = os.fork()
            if child:
                os.waitpid(child, 0)

        def test_after(): pass
        """
    )

    run = suite.run("-s", options=["--leak-check"])

    # The child ran the rest of the suite too, down to its end.
    assert run.output.count("2 passed") == 2, run.output
    assert run.tests() == {"test_forks": "passed", "test_after": "passed"}
    assert len(run.of("finish")) == len(run.of("leak-check")) == 1
    assert len(run.phases("call")) == 4 and len(run.phases("finish")) == 2


def test_children_of_multiprocessing_start_without_the_plugin(suite):
    suite.write(
        work="def double(number):\n    return 2 * number\n",
        test_one="""
        import multiprocessing
        import work

        def test_spawns():
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                assert pool.map(work.double, [1, 2]) == [2, 4]
        """,
    )

    run = suite.run()

    assert run.tests() == {"test_spawns": "passed"}, run.output
    assert len(run.of("session")) == 1


def test_a_pytest_within_a_test_does_not_take_our_crash_file(suite):
    suite.write(
        test_one="""
        import os
        pytest_plugins = ["pytester"]

        def test_inner(pytester):
            pytester.makepyfile("def test_b(): pass")
            assert pytester.runpytest_inprocess().ret == 0

        def test_aborts(): os.abort()
        """
    )

    run = suite.run()

    assert run.tests() == {"test_inner": "passed"}, run.output
    assert "in test_aborts" in run.log("crash.*")


def test_a_log_that_grows_is_told_at_the_boundary_behind_it(suite):
    suite.write(
        test_one="""
        import os

        LOGS = os.environ["LOGS"]

        def append(name, text):
            with open(os.path.join(LOGS, name), "a") as log:
                log.write(text)

        append("san.1", "import")

        def test_a():
            append("san.1", "12345")
            append("san.2", "x")
        def test_b(): append("san.2", "y")
        def test_quiet(): pass
        """
    )

    run = suite.run(environ={"LOGS": str(suite.folder / "logs")})

    grown = [
        (line["id"].split("::")[-1], line["phase"], line["edge"], line["logs"])
        for line in run.of("phase")
        if "logs" in line
    ]
    assert grown == [
        ("test_one.py", "import", "end", {"san.1": 6}),
        ("test_a", "call", "end", {"san.1": 11, "san.2": 1}),
        ("test_b", "call", "end", {"san.2": 2}),
    ], run.output
