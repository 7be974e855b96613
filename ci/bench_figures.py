# SPDX-License-Identifier: Apache-2.0
"""The figures, each with both of its sides measured here and now."""

from __future__ import annotations

import json
import os
import pathlib
import statistics
import tempfile
from typing import Any

from bench_measure import Failed, Figure, alternate, medians, time_command, time_spawn
from demo import files_of_package, k_package, k_reference
from installed import (
    cache_folder,
    files_of,
    make_copy,
    plain_environment,
    run_extproof,
)

from fixtures.published.fetch import fetch
from fixtures.published.packages import load_published

k_nothing = "/bin/true"

# What the asan lane does at the end of its tests, and nothing else of it.
k_leak_check = """import ctypes

import pytest


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish():
    ctypes.CDLL(None).__lsan_do_recoverable_leak_check()
"""


def measure_lane(program: pathlib.Path, work: pathlib.Path, lane: str, rounds: int) -> Figure:
    """The tests of a published package in a lane, against pytest alone on the same build."""
    copy = copy_package(work)
    run_lanes(program, copy, [lane])
    build = find_build(copy, lane)
    tests = load_published()[k_package].tests
    with tempfile.TemporaryDirectory(prefix="extproof-bench-") as logs:
        by_hand = [str(build / "env/bin/python"), "-m", "pytest", f"--rootdir={build / 'run'}",
                   *tests]
        environment = plain_environment(EXTPROOF_LOGS=logs)
        if lane == "asan":
            pathlib.Path(logs, "bench_leak_check.py").write_text(k_leak_check, encoding="ascii")
            by_hand += ["-p", "bench_leak_check"]
            environment["PYTHONPATH"] = logs
        ours, theirs = medians(alternate(
            rounds,
            lambda: test_seconds(run_lanes(program, copy, [lane]), lane),
            lambda: time_command(by_hand, build / "run", environment),
        ))
    return Figure(
        f"tests of {k_package} in {lane}", "the lane's test step",
        "`python -m pytest` by hand, same build and launcher"
        + (", with a leak check at its end" if lane == "asan" else ""),
        ours, theirs, rounds, 1.03, 0.5, "nox -s bench -- --only lanes",
    )


def measure_forks(program: pathlib.Path, work: pathlib.Path, rounds: int) -> Figure:
    """Naming all tests that reach a place of a published package, against its test step."""
    copy = copy_package(work)
    run_lanes(program, copy, ["ubsan"])
    forks, tests = [], []
    for _ in range(rounds):
        report = run_lanes(program, copy, ["ubsan"])
        folder = copy / ".extproof" / "runs" / report["run"].rpartition("-")[2] / "ubsan"
        forks.append(recorded_seconds(folder / "forks" / "events.jsonl"))
        tests.append(recorded_seconds(folder / "logs" / "events.jsonl"))
    ours, theirs = medians([forks, tests])
    return Figure(
        f"forks of {k_package} in ubsan", "the step forked-tests, from its first event to its last",
        "the lane's test step, in the same run", ours, theirs, rounds, 2.0, 30.0,
        "nox -s bench -- --only forks",
    )


def recorded_seconds(events: pathlib.Path) -> float:
    """How long a pytest process was recorded. Raises Failed when it did not come to its end."""
    lines = [json.loads(line) for line in events.read_text(encoding="ascii").splitlines()]
    if not lines or lines[-1]["event"] != "finish":
        raise Failed(f"{events} has no end")
    return float(lines[-1]["t"]) - float(lines[0]["t"])


def measure_warm(program: pathlib.Path, work: pathlib.Path, rounds: int) -> Figure:
    """A run with nothing changed, without its pytest processes, against an empty pytest."""
    copy = work / "refext"
    make_copy(files_of(k_reference), copy)
    lanes = ["asan", "ubsan"]
    run_lanes(program, copy, lanes)
    python = find_build(copy, "ubsan") / "env/bin/python"
    with tempfile.TemporaryDirectory(prefix="extproof-bench-") as folder:
        empty = pathlib.Path(folder) / "test_empty.py"
        empty.write_text("def test_nothing():\n    pass\n", encoding="utf-8")
        pytest = [str(python), "-m", "pytest", "-q", str(empty)]
        environment = plain_environment(EXTPROOF_LOGS=folder)

        def rest_of_run() -> float:
            report = run_lanes(program, copy, lanes)
            return report["wall"] - sum(lane["test_seconds"] for lane in report["lanes"])

        ours, theirs = medians(alternate(
            rounds, rest_of_run, lambda: time_command(pytest, empty.parent, environment)
        ))
    return Figure(
        "warm run with nothing changed", "`extproof run asan ubsan --jobs 1` without its tests",
        "`python -m pytest` on one empty test", ours, theirs, rounds, 3.0, 0.0,
        "nox -s bench -- --only warm",
    )


def measure_wrapper(program: pathlib.Path, work: pathlib.Path, rounds: int) -> Figure:
    """What the wrapper adds to a compile, against spawning a program that does nothing."""
    copy = copy_package(work)
    run_lanes(program, copy, ["ubsan"])
    wrap = find_build(copy, "ubsan") / "wrap"
    with tempfile.TemporaryDirectory(prefix="extproof-bench-") as folder:
        place = pathlib.Path(folder)
        (place / "empty.c").write_text("int nothing;\n", encoding="ascii")
        profile = place / "wrapper.profile"
        database = place / "compile_commands.jsonl"
        profile.write_text(
            make_profile((wrap / "wrapper.profile").read_text(), str(database)), encoding="utf-8"
        )
        wrapped = [str(wrap / "extproof-cc"), "-c", str(place / "empty.c"),
                   "-o", str(place / "empty.o")]
        environment = plain_environment(EXTPROOF_WRAPPER=str(profile))
        time_spawn(wrapped, environment)
        # Exactly what the wrapper calls: the compiler with the lane's flags.
        alone = json.loads(database.read_text().splitlines()[0])["arguments"]
        with_it, without, nothing = alternate(
            rounds,
            lambda: time_spawn(wrapped, environment),
            lambda: time_spawn(alone, environment),
            lambda: time_spawn([k_nothing], environment),
        )
    added = statistics.median(one - other for one, other in zip(with_it, without))
    return Figure(
        "the wrapper's own cost", "wrapper and compiler minus the compiler alone",
        f"spawning {k_nothing}", added, statistics.median(nothing), rounds, 2.0, 0.0,
        "nox -s bench -- --only wrapper",
    )


def make_profile(text: str, database: str) -> str:
    """The lane's profile without ccache, which would spare the compiler its work."""
    kept = [line for line in text.splitlines() if line.split(" ")[0] not in ("ccache", "database")]
    return "\n".join([*kept, f"database {database}"]) + "\n"


def copy_package(work: pathlib.Path) -> pathlib.Path:
    package = load_published()[k_package]
    copy = work / k_package
    source = fetch(k_package, cache_folder("published"))
    make_copy(files_of_package(package, source), copy)
    return copy


def run_lanes(program: pathlib.Path, copy: pathlib.Path, lanes: list[str]) -> dict[str, Any]:
    """The report, with the command's own time as "wall". One step at a time, so that no other
    lane takes part of the machine. Raises Failed unless every lane judged."""
    run = run_extproof(program, copy, ["run", *lanes, "--jobs", "1", "--json"])
    if run.report is None or run.exit_code not in (0, 1):
        raise Failed(f"extproof run {' '.join(lanes)}: exit code {run.exit_code}\n{run.errors}")
    return {**run.report, "wall": run.seconds}


def test_seconds(report: dict[str, Any], lane: str) -> float:
    return next(one["test_seconds"] for one in report["lanes"] if one["name"] == lane)


def find_build(copy: pathlib.Path, lane: str) -> pathlib.Path:
    """The folder of the lane's newest configuration."""
    folders = [folder for folder in (copy / ".extproof/build").glob(f"{lane}-*")
               if (folder / "env/bin/python").exists()]
    if not folders:
        raise Failed(f"{lane} left no build in {copy.name}")
    return max(folders, key=lambda folder: os.stat(folder / "run").st_mtime_ns)
