# SPDX-License-Identifier: Apache-2.0
"""What a project lives with fails no run, and is missed once it is gone."""

from projects import OVERFLOW_SOURCE
from test_main_job import OVERFLOW_TESTS


def test_an_accepted_finding_fails_no_run_until_its_day_and_is_stale_once_it_is_gone(project):
    spam = project(source=OVERFLOW_SOURCE, functions=("twice", "spill"), tests=OVERFLOW_TESTS)
    assert spam.run("asan").code == 1

    bare = spam.call("accept", "F1")
    assert bare.code == 2 and "without a reason" in bare.err, bare.story()
    accepted = spam.call("accept", "F1", "--reason", 'a "known" one', "--until", "2999-01-31")
    assert accepted.code == 0, accepted.story()
    twice = spam.call("accept", "F1", "--reason", "again")
    assert twice.code == 2 and "accepted already" in twice.err, twice.story()

    run = spam.run("asan")
    assert run.code == 0, run.story()
    (finding,) = run.report["findings"]
    assert finding["state"] == "accepted"
    assert finding["reason"] == 'a "known" one'
    assert finding["until"] == "2999-01-31"

    listed = spam.folder / "extproof-accepted.toml"
    listed.write_text(listed.read_text().replace("2999-01-31", "2001-01-31"))
    run = spam.run("asan")
    assert run.code == 1, run.story()
    assert "accepted until 2001-01-31" in run.report["findings"][0]["hint"]

    source = spam.folder / "spam.c"
    source.write_text(source.read_text().replace("block[index] = 1;", ""))
    run = spam.run("asan")
    assert run.code == 0, run.story()
    assert [f["state"] for f in run.report["findings"]] == ["stale"]
    assert "no longer seen" in spam.call("report").out


def test_a_list_that_is_not_in_its_form_stops_the_run(project):
    run = project(files={"extproof-accepted.toml": "[[accepted]]\nreason = 'r'\n"}).call("run")

    assert run.code == 2, run.story()
    assert "error[XP1401]" in run.err
    assert "extproof-accepted.toml:1" in run.err
