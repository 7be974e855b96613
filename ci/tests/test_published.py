# SPDX-License-Identifier: Apache-2.0
import dataclasses

import demo
import published
import pytest

from fixtures.published.packages import load_published
from fixtures.strict_toml import FixtureError

PACKAGES = load_published()
CLEAN = PACKAGES["markupsafe"]
BROKEN = PACKAGES["multidict-6.6.1"]


def make_report(lanes, outcome, findings=()):
    return {
        "lanes": [{"name": name, "outcome": outcome, "reason": "", "tests": {"passed": 9}}
                  for name in lanes],
        "findings": list(findings),
    }


def make_finding(site, **changes):
    return {
        "kind": site.kind,
        "rule": site.rule,
        "owner": "extension",
        "location": {"file": site.file, "line": site.line, "function": site.function},
        "sightings": [{"lane": "asan", "test": site.tests[0]}],
        "stacks": [{"role": "access", "access": site.access, "frames": []}],
        **changes,
    }


def test_a_package_in_which_nothing_is_expected_must_be_clean_in_each_of_its_lanes():
    clean = make_report(["release", "asan", "ubsan"], "passed")
    assert demo.compare_published(CLEAN, 0, clean) == []
    assert demo.compare_published(CLEAN, 1, clean) == ["exit code 1, must be 0"]
    missing = make_report(["release", "asan"], "passed")
    assert demo.compare_published(CLEAN, 0, missing) == ["ubsan missing", "ubsan: no test passed"]
    failed = make_report(["release", "asan", "ubsan"], "failed")
    assert demo.compare_published(CLEAN, 0, failed) == ["asan failed", "ubsan failed"]


def test_a_finding_in_a_package_that_must_be_clean_is_one_besides():
    report = make_report(["asan", "ubsan"], "passed", [make_finding(BROKEN.sites[0])])
    (problem,) = demo.compare_published(CLEAN, 0, report)
    assert problem.startswith("found besides: use-after-free read of extension at multidict/")


def test_a_read_and_a_write_in_one_line_are_two_places():
    findings = [make_finding(site) for site in BROKEN.sites]
    assert demo.compare_published(BROKEN, 1, make_report(["asan"], "failed", findings)) == []
    twice = [findings[0], findings[0], *findings[2:]]
    problems = demo.compare_published(BROKEN, 1, make_report(["asan"], "failed", twice))
    assert [problem.split(":")[0] for problem in problems] == [
        "found besides", "missing"]


def test_a_package_without_its_known_bug_is_not_as_expected():
    problems = demo.compare_published(BROKEN, 0, make_report(["asan"], "passed"))
    assert len(problems) == len(BROKEN.sites) + 2
    assert problems[-2:] == ["asan passed", "exit code 0, must be 1"]


@pytest.mark.parametrize(
    "changes, besides",
    [
        ({}, 0),
        ({"sightings": [{"lane": "asan", "test": ""}]}, 1),
        ({"sightings": [{"lane": "release", "test": ""}, {"lane": "asan", "test": ""}]}, 1),
        ({"kind": "hang"}, 1),
    ],
)
def test_only_a_crash_without_a_sanitizer_may_come_with_a_known_bug(changes, besides):
    crash = make_finding(BROKEN.sites[0], **{
        "kind": "crash", "location": None, "stacks": [],
        "sightings": [{"lane": "release", "test": ""}], **changes})
    findings = [*map(make_finding, BROKEN.sites), crash]
    report = make_report(["asan"], "failed", findings)
    problems = demo.compare_published(BROKEN, 1, report)
    assert len([p for p in problems if p.startswith("found besides: ")]) == besides
    strict = dataclasses.replace(BROKEN, release_may_crash=False)
    assert len(demo.compare_published(strict, 1, report)) >= 1


def test_our_tests_and_the_configuration_are_laid_beside_the_source(tmp_path):
    (tmp_path / "setup.py").write_text("pass\n")
    files = demo.files_of_package(BROKEN, tmp_path)
    assert sorted(files) == [
        "extproof.toml", "extproof_tests/test_multidict_shrinks.py", "setup.py"]
    assert files["extproof.toml"].decode() == (
        'modules = ["multidict._multidict"]\n'
        'tests = ["extproof_tests/test_multidict_shrinks.py"]\n'
        'compiler = "clang"\n'
        'test-requires = ["pytest", "pytest-cov"]\n'
    )


def test_a_file_of_the_package_is_never_replaced(tmp_path):
    (tmp_path / "extproof.toml").write_text("")
    with pytest.raises(FixtureError, match="extproof.toml of its own"):
        demo.files_of_package(BROKEN, tmp_path)


def test_a_package_is_one_line_and_a_line_for_each_problem():
    assert published.render(CLEAN, []) == [
        "markupsafe 3.0.4       asan ubsan   clean      as expected"]
    assert published.render(BROKEN, ["missing: x"]) == [
        "multidict 6.6.1        asan         6 places   NOT as expected", "  missing: x"]


def test_an_unknown_label_is_refused_before_anything_runs(capsys):
    assert published.main(["bitarray", "nothing"]) == 2
    assert "nothing: not in published.toml; it has bitarray," in capsys.readouterr().err
