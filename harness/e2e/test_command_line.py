# SPDX-License-Identifier: Apache-2.0
"""What a newcomer types first, and what the program makes of it."""

import json
import subprocess


def test_a_path_without_the_dashes_is_answered_with_the_command_that_was_meant(project):
    ended = project().call("run", "asan", "tests/test_spam.py")

    assert ended.code == 2, ended.story()
    assert "extproof run asan -- tests/test_spam.py" in ended.err
    assert "is not a lane" not in ended.err


def test_a_report_that_the_shell_writes_into_the_project_is_no_source_of_it(project):
    spam = project()
    for _ in range(2):
        with open(spam.folder / "o.json", "wb") as out:
            subprocess.run([str(spam.program.path), "run", "release", "--json"], cwd=spam.folder,
                           stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE, check=True)

    report = json.loads((spam.folder / "o.json").read_text())
    assert report["outcome"] == "passed"
    copies = [str(p) for p in (spam.folder / ".extproof" / "build").rglob("o.json")]
    assert copies == []


def test_a_build_that_fails_in_each_lane_is_told_once(project):
    ended = project(source="int x = ;").call("run", "asan", "ubsan")

    assert ended.code == 3, ended.story()
    assert ended.out.count("error[XP3001]") == 1, ended.story()
    assert "release, asan, ubsan" in ended.out
    assert "other lanes" not in ended.out
