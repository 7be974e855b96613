# SPDX-License-Identifier: Apache-2.0
"""The main job twice: on the reference extension, in which nothing must be found, and on a
published extension, in which exactly the places of fixtures/published/published.toml must be.

    python ci/demo.py [--fresh]

Exit code 0 exactly when both are so. Lines "demo: PHASE  SECONDS s" tell how long each phase took.
"""

from __future__ import annotations

import argparse
import pathlib
import subprocess
import sys
import textwrap
import time
from typing import Any, Optional

from installed import (
    ProgramError,
    Run,
    cache_folder,
    files_of,
    find_program,
    k_root,
    make_copy,
    only_one,
    plain_environment,
    remove_copy,
    run_extproof,
)

from fixtures.published.fetch import FetchError, fetch
from fixtures.published.packages import Package, Site, load_published
from fixtures.strict_toml import FixtureError

k_reference = k_root / "fixtures" / "reference" / "refext"
k_package = "bitarray"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="ci/demo.py", allow_abbrev=False)
    parser.add_argument("--fresh", action="store_true", help="build everything anew")
    options = parser.parse_args(arguments)
    try:
        program = find_program()
        work = cache_folder("demo")
        with only_one(work):
            good = [show_reference(program, work / "refext", options.fresh),
                    show_published(program, work / k_package, options.fresh)]
    except (FetchError, FixtureError, ProgramError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 3
    say("", "The demo ends as it must." if all(good) else "The demo does NOT end as it must.")
    return 0 if all(good) else 1


def show_reference(program: pathlib.Path, copy: pathlib.Path, fresh: bool) -> bool:
    say("1. The reference extension: bindings that are known to be clean",
        "Its own tests run three times: as it is built for users, with AddressSanitizer, and with "
        "UndefinedBehaviorSanitizer. The first build compiles it for each and takes minutes; "
        "later ones are kept.")
    if fresh:
        remove_copy(copy)
    make_copy(files_of(k_reference), copy)
    run = run_lanes(program, copy, ["asan", "ubsan"])
    tell_phases("refext", run)
    problems = compare_reference(run.exit_code, run.report)
    return tell(problems, "nothing was found, and every test of every lane passed")


def show_published(program: pathlib.Path, copy: pathlib.Path, fresh: bool) -> bool:
    package = load_published()[k_package]
    say(f"2. A published extension: {package.name} {package.version}",
        "Its source is fetched and left as it is; an extproof.toml beside it names its tests. "
        "Its own suite passes, and it still runs into undefined behaviour.")
    begin = time.monotonic()
    source = fetch(package.name, cache_folder("published"))
    tell_phase(f"{package.name} fetch", time.monotonic() - begin)
    if fresh:
        remove_copy(copy)
    make_copy(files_of_package(package, source), copy)
    run = run_lanes(program, copy, package.lanes)
    tell_phases(package.name, run)
    show_console(program, copy)
    problems = compare_published(package, run.exit_code, run.report)
    return tell(problems, f"exactly the {len(package.sites)} places that are expected, each with "
                          "the test that reaches it first")


def files_of_package(package: Package, source: pathlib.Path) -> dict[str, bytes]:
    """The source as it was published, with our tests and a configuration beside it."""
    added = {**package.added_files(), "extproof.toml": configuration(package).encode()}
    files = files_of(source)
    for name in sorted(added.keys() & files.keys()):
        raise FixtureError(f"{package.label}: the package has a {name} of its own")
    return {**files, **added}


def configuration(package: Package) -> str:
    # The modules by name: a package that falls back to Python alone must not pass for clean.
    lines = [f"modules = {in_toml(package.modules)}", f"tests = {in_toml(package.tests)}",
             f'compiler = "{package.cells[0].compiler}"']
    if package.test_requires:
        lines.append(f"test-requires = {in_toml(package.test_requires)}")
    return "\n".join(lines) + "\n"


def in_toml(texts: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"{text}"' for text in texts) + "]"


def run_lanes(program: pathlib.Path, copy: pathlib.Path, lanes: list[str]) -> Run:
    print(f"\n$ extproof run {' '.join(lanes)}", flush=True)
    return run_extproof(program, copy, ["run", *lanes, "--json"], progress=True)


def show_console(program: pathlib.Path, copy: pathlib.Path) -> None:
    """The first finding and the summary, as extproof prints them."""
    print("\n$ extproof report", flush=True)
    done = subprocess.run(
        [str(program), "report"], cwd=copy, env=plain_environment(NO_COLOR="1"),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False,
    )
    print(shorten(done.stdout.decode("utf-8", "replace")), flush=True)


def shorten(console: str) -> str:
    """One finding in full, of the others their number, and all that stands behind them."""
    blocks = console.rstrip("\n").split("\n\n")
    # A block may begin with the line of its group.
    findings = [block for block in blocks if "finding[" in block]
    if len(findings) < 2:
        return "\n\n".join(blocks)
    rest = [block for block in blocks if block not in findings]
    return "\n\n".join([findings[0], f"... {len(findings) - 1} more findings ...", *rest])


def tell_phases(name: str, run: Run) -> None:
    """Lanes build and run side by side, so their sum may be more than the whole."""
    print(flush=True)
    for lane in (run.report or {}).get("lanes", []):
        tell_phase(f"{name} {lane['name']} build", lane["build_seconds"])
        tell_phase(f"{name} {lane['name']} tests", lane["test_seconds"])
    tell_phase(f"{name} whole run", run.seconds)


def tell_phase(name: str, seconds: float) -> None:
    print(f"demo: {name:<24} {seconds:7.1f} s", flush=True)


def say(title: str, text: str) -> None:
    print(f"\n{title}\n" if title else "", flush=True)
    print(textwrap.fill(text, 80), flush=True)


def tell(problems: list[str], as_expected: str) -> bool:
    print(flush=True)
    if not problems:
        print(f"as expected: {as_expected}", flush=True)
    for problem in problems:
        print(f"NOT as expected: {problem}", flush=True)
    return not problems


def compare_reference(exit_code: int, report: Optional[dict[str, Any]]) -> list[str]:
    """What differs from a clean run of both lanes."""
    if report is None:
        return [f"no report; exit code {exit_code}"]
    problems = [f"found: {describe(finding)}" for finding in report["findings"]]
    problems += compare_lanes(report, {"asan": "passed", "ubsan": "passed"})
    if exit_code != 0:
        problems.append(f"exit code {exit_code}, must be 0")
    return problems


def compare_published(
    package: Package, exit_code: int, report: Optional[dict[str, Any]]
) -> list[str]:
    """What is missing, what is there besides, and what names another test. A package in which
    nothing is expected must be clean."""
    if report is None:
        return [f"no report; exit code {exit_code}"]
    problems = []
    left = list(package.sites)
    for finding in report["findings"]:
        if package.release_may_crash and is_crash_of_release(finding):
            continue
        site = next((site for site in left if is_at(site, finding)), None)
        if site is None:
            problems.append(f"found besides: {describe(finding)}")
            continue
        left.remove(site)
        for test in first_tests(finding).values():
            if test not in site.tests:
                problems.append(f"{describe(finding)}: must be in {' or '.join(site.tests)}")
    problems += [f"missing: {site.kind} {site.rule} {site.access or ''} at {site.file}:{site.line} "
                 f"in {site.function}" for site in left]
    problems += compare_lanes(
        report, dict.fromkeys(package.lanes, "failed" if package.sites else "passed")
    )
    if exit_code != bool(package.sites):
        problems.append(f"exit code {exit_code}, must be {int(bool(package.sites))}")
    return problems


def compare_lanes(report: dict[str, Any], outcomes: dict[str, str]) -> list[str]:
    problems = []
    lanes = {lane["name"]: lane for lane in report["lanes"]}
    for name, outcome in outcomes.items():
        lane = lanes.get(name, {"outcome": "missing", "reason": "", "tests": {"passed": 0}})
        if lane["outcome"] != outcome:
            problems.append(f"{name} {lane['outcome']} {lane['reason']}".rstrip())
        if lane["tests"]["passed"] == 0:
            problems.append(f"{name}: no test passed")
    return problems


def is_crash_of_release(finding: dict[str, Any]) -> bool:
    lanes = {sighting["lane"] for sighting in finding["sightings"]}
    return finding["kind"] == "crash" and lanes == {"release"}


def is_at(site: Site, finding: dict[str, Any]) -> bool:
    place = finding["location"] or {}
    return (
        (finding["kind"], finding["rule"]) == (site.kind, site.rule)
        and finding["owner"] == "extension"
        and (place.get("file"), place.get("line")) == (site.file, site.line)
        and place.get("function") == site.function
        and site.access in (None, access_of(finding))
    )


def access_of(finding: dict[str, Any]) -> str:
    """read, write, or empty where the report does not tell."""
    return next((stack["access"] for stack in finding["stacks"] if stack["role"] == "access"), "")


def first_tests(finding: dict[str, Any]) -> dict[str, str]:
    """The test that reached the place first in each lane; ubsan names the further ones too."""
    tests: dict[str, str] = {}
    for sighting in finding["sightings"]:
        tests.setdefault(sighting["lane"], sighting["test"])
    return tests


def describe(finding: dict[str, Any]) -> str:
    place = finding["location"] or {"file": "nowhere", "line": 0, "function": "nothing"}
    tests = ", ".join(first_tests(finding).values())
    words = (finding["kind"], finding["rule"], access_of(finding))
    return (f"{' '.join(filter(None, words))} of {finding['owner']} at "
            f"{place['file']}:{place['line']} in {place['function']}, seen in {tests}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
