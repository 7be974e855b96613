# SPDX-License-Identifier: Apache-2.0
import copy

import demo
import pytest

from fixtures.published.packages import load_published

PACKAGE = load_published()["bitarray"]


def make_report(lane="ubsan", outcome="failed"):
    return {
        "lanes": [{"name": lane, "outcome": outcome, "reason": "", "tests": {"passed": 5}}],
        "findings": [
            {
                "kind": site.kind,
                "rule": site.rule,
                "owner": "extension",
                "location": {"file": site.file, "line": site.line, "function": site.function},
                "sightings": [{"lane": lane, "test": site.tests[-1]}],
                "stacks": [{"role": "access", "access": site.access or "", "frames": []}],
            }
            for site in PACKAGE.sites
        ],
    }


def changed(**changes):
    report = copy.deepcopy(make_report())
    report["findings"][0].update(changes)
    return report


def test_exactly_the_expected_places_are_as_expected():
    assert demo.compare_published(PACKAGE, 1, make_report()) == []


def test_the_order_of_findings_does_not_matter():
    report = make_report()
    report["findings"].reverse()
    assert demo.compare_published(PACKAGE, 1, report) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"rule": "null-pointer-use"},
        {"owner": "interpreter"},
        {"location": {"file": "bitarray/bitarray.h", "line": 1, "function": "popcnt_words"}},
        {"location": None},
        {"stacks": [{"role": "access", "access": "write", "frames": []}]},
    ],
    ids=str,
)
def test_a_finding_elsewhere_is_both_missing_and_found_besides(changes):
    problems = demo.compare_published(PACKAGE, 1, changed(**changes))
    assert [problem.split(":")[0] for problem in problems] == ["found besides", "missing"]


def test_a_finding_in_another_test_is_told():
    sightings = [{"lane": "ubsan", "test": "bitarray/test_util.py::never"}]
    (problem,) = demo.compare_published(PACKAGE, 1, changed(sightings=sightings))
    assert "must be in" in problem


def test_a_finding_may_be_in_any_tests_behind_its_first():
    further = {"lane": "ubsan", "test": "bitarray/test_util.py::another"}
    first = make_report()["findings"][0]["sightings"][0]
    assert demo.compare_published(PACKAGE, 1, changed(sightings=[first, further])) == []
    (problem,) = demo.compare_published(PACKAGE, 1, changed(sightings=[further, first]))
    assert "must be in" in problem


def test_the_same_place_twice_is_found_besides():
    report = make_report()
    report["findings"].append(report["findings"][0])
    (problem,) = demo.compare_published(PACKAGE, 1, report)
    assert problem.startswith("found besides")


def test_a_run_that_could_not_judge_is_not_as_expected():
    assert demo.compare_published(PACKAGE, 4, None) == ["no report; exit code 4"]
    report = make_report(outcome="refused")
    assert demo.compare_published(PACKAGE, 3, report) == ["ubsan refused",
                                                          "exit code 3, must be 1"]


def test_the_reference_must_be_clean_in_both_lanes():
    clean = {
        "lanes": [
            {"name": name, "outcome": "passed", "reason": "", "tests": {"passed": 9}}
            for name in ("release", "asan", "ubsan")
        ],
        "findings": [],
    }
    assert demo.compare_reference(0, clean) == []
    assert demo.compare_reference(1, clean) == ["exit code 1, must be 0"]
    missing = {**clean, "lanes": clean["lanes"][:2]}
    assert demo.compare_reference(0, missing) == ["ubsan missing", "ubsan: no test passed"]
    (problem,) = demo.compare_reference(0, {**clean, "findings": make_report()["findings"][:1]})
    assert problem.startswith("found: undefined-behavior")


def test_the_console_is_shortened_to_one_finding_and_the_rest():
    console = "D1: group\nfinding[a] 1\n  at x\n\nfinding[b] 2\n\nrun 1 of x\n\n2 findings\n"
    assert demo.shorten(console) == (
        "D1: group\nfinding[a] 1\n  at x\n\n... 1 more findings ...\n\nrun 1 of x\n\n2 findings"
    )


def test_the_configuration_names_modules_tests_and_compiler():
    assert demo.configuration(PACKAGE) == (
        'modules = ["bitarray._bitarray", "bitarray._util"]\n'
        'tests = ["bitarray/test_bitarray.py", "bitarray/test_util.py"]\n'
        'compiler = "clang"\n'
    )
