# SPDX-License-Identifier: Apache-2.0
"""What the reports of a cell mean: caught, missed, silent, refused. Pure functions."""

from __future__ import annotations

import dataclasses
import re
from typing import Any, Optional, Sequence

from matrix_cells import Variant

from fixtures.catalogue import Expect, Fixture

# Outcomes of a lane that has judged. One that found a bug may have crashed or hung over it.
k_judged = ("passed", "failed", "crashed", "timed-out")

# Verdicts that count, and whether they are good. The others inform.
k_good = {"caught": True, "clean": True, "missed": False, "not clean": False, "refused": False}


@dataclasses.dataclass(frozen=True)
class Verdict:
    state: str  # a key of k_good, or "silent", "speaks"
    good_processes: int
    processes: int
    detail: str = ""

    @property
    def counts(self) -> bool:
        return self.state in k_good

    @property
    def failed(self) -> bool:
        return not k_good.get(self.state, True)


def strip_repetition(test: str, repetitions: int) -> str:
    """The test's id without the number that the repetition added: [7], or the end of [x-7]."""
    match = re.search(r"(?:\[|-)([0-9]+)\]$", test)
    if repetitions == 1 or match is None or int(match.group(1)) >= repetitions:
        return test
    return test[: match.start()] + ("" if test[match.start()] == "[" else "]")


def observe(exit_code: int, report: Optional[dict[str, Any]], errors: str) -> dict[str, Any]:
    """What of a run is kept: enough to judge it again."""
    if report is None:
        return {"exit_code": exit_code, "error": errors.strip()[-2000:], "lanes": [],
                "findings": []}
    return {
        "exit_code": exit_code,
        "error": "",
        "lanes": [
            {key: lane[key] for key in ("name", "outcome", "reason", "tests")}
            for lane in report["lanes"]
        ],
        "findings": [
            {
                **{key: finding[key] for key in ("kind", "rule", "owner")},
                "location": finding.get("location"),
                "sightings": [
                    {"lane": sighting["lane"], "test": sighting["test"]}
                    for sighting in finding["sightings"]
                ],
            }
            for finding in report["findings"]
        ],
    }


def judge_bug(
    fixture: Fixture, variant: Variant, observations: Sequence[dict[str, Any]]
) -> Verdict:
    """A cell in which the bug is expected must show it, as expected, in every process."""
    refusal = next(filter(None, (_refusal(one, variant) for one in observations)), "")
    if refusal:
        return Verdict("refused", 0, len(observations), refusal)
    expected = fixture.expected_in(variant.cell)
    seen = [_findings_in(one, variant.cell.lane) for one in observations]
    if not expected:
        silent = sum(not findings for findings in seen)
        state = "silent" if silent == len(seen) else "speaks"
        return Verdict(state, silent, len(seen), _describe(seen))
    caught = sum(
        all(_is_met(expect, findings, variant) for expect in expected) for findings in seen
    )
    if caught == len(seen):
        return Verdict("caught", caught, len(seen))
    return Verdict("missed", caught, len(seen), _describe(seen) or "nothing was found")


def judge_twin(variant: Variant, observations: Sequence[dict[str, Any]]) -> Verdict:
    """Nothing found, every lane passed with every test, the baseline included."""
    refusal = next(filter(None, (_refusal(one, variant) for one in observations)), "")
    if refusal:
        return Verdict("refused", 0, len(observations), refusal)
    problems = [_twin_problem(one, variant) for one in observations]
    clean = problems.count("")
    if clean == len(problems):
        return Verdict("clean", clean, clean)
    return Verdict("not clean", clean, len(problems), next(filter(None, problems)))


def _refusal(one: dict[str, Any], variant: Variant) -> str:
    """Why the lane of the cell or its baseline did not judge; empty when both did."""
    if one["error"]:
        return f"exit code {one['exit_code']}: {one['error'].splitlines()[0]}"
    if variant.cell.lane not in [lane["name"] for lane in one["lanes"]]:
        return f"no lane {variant.cell.lane} in the report"
    for lane in one["lanes"]:
        if lane["outcome"] not in k_judged:
            return f"{lane['name']} {lane['outcome']}: {lane['reason']}"
    return ""


def _twin_problem(one: dict[str, Any], variant: Variant) -> str:
    if one["findings"]:
        return _describe([one["findings"]])
    for lane in one["lanes"]:
        tests = lane["tests"]
        bad = [f"{tests[key]} {key}" for key in ("failed", "errors", "not_run") if tests[key]]
        if lane["outcome"] != "passed" or bad:
            return f"{lane['name']} {lane['outcome']} {', '.join(bad)}".rstrip()
        # As many of each, or the repetition did not happen.
        if tests["passed"] == 0 or tests["passed"] % variant.repetitions:
            return f"{lane['name']} passed {tests['passed']} tests"
    return "" if one["exit_code"] == 0 else f"exit code {one['exit_code']}"


def _findings_in(one: dict[str, Any], lane: str) -> list[dict[str, Any]]:
    return [
        finding
        for finding in one["findings"]
        if any(sighting["lane"] == lane for sighting in finding["sightings"])
    ]


def _is_met(expect: Expect, findings: Sequence[dict[str, Any]], variant: Variant) -> bool:
    return any(_is_it(expect, finding, variant) for finding in findings)


def _is_it(expect: Expect, finding: dict[str, Any], variant: Variant) -> bool:
    place = finding["location"] or {"file": "", "line": 0}
    return (
        finding["kind"] == expect.kind
        and finding["owner"] == "extension"
        and expect.rule in (None, finding["rule"])
        and (expect.location is None or expect.location.covers(place["file"], place["line"]))
        and any(
            sighting["lane"] == variant.cell.lane
            and expect.test in (None, strip_repetition(sighting["test"], variant.repetitions))
            for sighting in finding["sightings"]
        )
    )


def _describe(seen: Sequence[Sequence[dict[str, Any]]]) -> str:
    """Each different finding once, in order of appearance."""
    texts: dict[str, None] = {}
    for findings in seen:
        for finding in findings:
            place = finding["location"] or {"file": "nowhere", "line": 0}
            tests = finding["sightings"]
            texts[
                f"{finding['kind']} {finding['rule']} of {finding['owner']} at "
                f"{place['file']}:{place['line']} in {tests[0]['test'] if tests else 'no test'}"
            ] = None
    return "; ".join(texts)
