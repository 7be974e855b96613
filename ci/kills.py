#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`kill -9` at random moments of a run: what is left behind, lost or told twice.

    python ci/kills.py [--kills N] [--seed N]

A project with one bug and a suite that takes a moment is run in release and asan, again and again.
Each time, at a random moment, one process is killed: three times in four extproof itself, else any
process of the run. Then:

  orphans  processes of the run that live on 10 s later
  lost     a test whose outcome stood in the event file (a failed phase, or the line behind its
           teardown), or a report that stood whole in a log, and that `extproof report` does not
           know; a run whose store cannot be read
  doubled  a test that is counted in two states, a finding that is listed twice
  stuck    a run of which another process was killed and that does not end by itself

Exit code 0 when all four are 0, 1 when not. `--seed` repeats the same sequence of moments; when a
process dies is still up to the machine.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from typing import Any, Iterator

from installed import cache_folder, files_of, find_program, make_copy, only_one, plain_environment

k_root = pathlib.Path(__file__).resolve().parents[1]
k_project = k_root / "fixtures" / "bugs" / "heap_overflow_write" / "bug"
k_marker = "KILLS_MARKER"
k_seconds_to_vanish = 10.0
k_seconds_to_end = 180.0
k_judged = ("passed", "failed", "skipped", "errors")

# Long enough to be hit, with a report in the middle and children that outlive their test.
k_more_tests = b"""
import subprocess
import time
import pytest
import xbug_shout

@pytest.mark.parametrize("number", range(12))
def test_slowly(number):
    subprocess.Popen(["setsid", "sleep", "600"])
    time.sleep(0.04)
    assert xbug_shout.shout("a" * (704 if number == 6 else 5)).isupper()
"""


@dataclasses.dataclass
class Seen:
    kills: Counter[str] = dataclasses.field(default_factory=Counter)
    faults: Counter[str] = dataclasses.field(default_factory=Counter)
    stages: Counter[str] = dataclasses.field(default_factory=Counter)

    def fault(self, kind: str, run: int, what: str) -> None:
        self.faults[kind] += 1
        print(f"  {kind}: run {run}: {what}", flush=True)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="ci/kills.py", allow_abbrev=False)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    chance = random.Random(options.seed)
    program = find_program()
    work = cache_folder("kills")
    seen = Seen()
    with only_one(work):
        project = work / "project"
        make_copy({**files_of(k_project), "tests/test_slowly.py": k_more_tests}, project)
        # Builds what is built once, and says how long a run takes from then on.
        seconds = min(whole_run(program, project) for _ in range(2))
        print(f"a whole run takes {seconds:.1f} s; {options.kills} kills", flush=True)
        for number in range(1, options.kills + 1):
            kill_once(program, project, chance, seconds, f"{os.getpid()}-{number}", seen)
            if number % 20 == 0:
                print(f"{number} kills: {summary(seen)}", flush=True)
    print(f"killed: {dict(seen.kills)}; lanes that had begun their tests: {dict(seen.stages)}")
    print(summary(seen))
    return 1 if seen.faults else 0


def summary(seen: Seen) -> str:
    return ", ".join(f"{seen.faults[kind]} {kind}"
                     for kind in ("orphans", "lost", "doubled", "stuck"))


def command(program: pathlib.Path) -> list[str]:
    return [str(program), "run", "release", "asan", "--json"]


def whole_run(program: pathlib.Path, project: pathlib.Path) -> float:
    begin = time.monotonic()
    done = subprocess.run(command(program), cwd=project, env=plain_environment(), check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 1:
        raise SystemExit(f"error: the run without a kill ended with {done.returncode}:\n"
                         + done.stderr.decode("utf-8", "replace"))
    return time.monotonic() - begin


def kill_once(program: pathlib.Path, project: pathlib.Path, chance: random.Random,
              seconds: float, marker: str, seen: Seen) -> None:
    before = latest_run(project)
    process = subprocess.Popen(command(program), cwd=project, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, start_new_session=True,
                               env=plain_environment(**{k_marker: marker}))
    time.sleep(chance.uniform(0, seconds * 1.05))
    of_extproof = chance.random() < 0.75
    victims = [pid for pid in marked(marker) if pid != process.pid]
    victim = process.pid if of_extproof or not victims else chance.choice(victims)
    over = process.poll() is not None
    seen.kills["nobody, it was over" if over else name_of(victim)] += 1
    if not over:
        kill(victim)
    try:
        process.wait(timeout=k_seconds_to_end)
    except subprocess.TimeoutExpired:
        seen.fault("stuck", before + 1, f"{k_seconds_to_end:g} s after {victim} was killed")
        kill(process.pid)
        process.wait()
    end = time.monotonic() + k_seconds_to_vanish
    while (left := list(marked(marker))) and time.monotonic() < end:
        time.sleep(0.05)
    for pid in left:
        seen.fault("orphans", before + 1, f"{pid} {name_of(pid)}")
        kill(pid)
    run = latest_run(project)
    if run > before:
        judge(program, project, run, seen)


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass  # it has just ended by itself


def judge(program: pathlib.Path, project: pathlib.Path, run: int, seen: Seen) -> None:
    report = report_of(program, project, run)
    if report is None:
        seen.fault("lost", run, "extproof report cannot read it")
        return
    prints = Counter(finding["fingerprint"] for finding in report["findings"])
    for fingerprint, times in prints.items():
        if times > 1:
            seen.fault("doubled", run, f"finding {fingerprint}, {times} times")
    kinds = {finding["kind"] for finding in report["findings"]}
    lanes = {lane["name"]: lane for lane in report["lanes"]}
    for name in ("release", "asan"):
        folder = project / ".extproof" / "runs" / str(run) / name
        collected, judged = tests_of(folder)
        if not collected:
            continue
        seen.stages[name] += 1
        counts = lanes.get(name, {}).get("tests") or {}
        told = sum(counts.get(state, 0) for state in k_judged)
        if told < len(judged):
            seen.fault("lost", run, f"{name}: {len(judged)} outcomes on the disk, {told} told")
        if sum(counts.values()) > len(collected):
            seen.fault("doubled", run, f"{name}: {len(collected)} tests, {dict(counts)}")
        if whole_report(folder) and "heap-buffer-overflow" not in kinds:
            seen.fault("lost", run, f"{name}: a whole report, no finding")


def latest_run(project: pathlib.Path) -> int:
    runs = project / ".extproof" / "runs"
    return max((int(f.name) for f in runs.iterdir() if f.name.isdigit()), default=0) \
        if runs.is_dir() else 0


def report_of(program: pathlib.Path, project: pathlib.Path, run: int) -> dict[str, Any] | None:
    done = subprocess.run([str(program), "report", "--run", str(run), "--format", "json"],
                          cwd=project, env=plain_environment(), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    try:
        return json.loads(done.stdout)
    except ValueError:
        print(done.stderr.decode("utf-8", "replace"), file=sys.stderr)
        return None


def tests_of(folder: pathlib.Path) -> tuple[set[str], set[str]]:
    """Tests that the event files name, and those of them that have an outcome: the line of the test
    itself, which stands behind its teardown, or a failure in one of its phases."""
    collected: set[str] = set()
    judged: set[str] = set()
    for file in folder.glob("logs*/events.jsonl"):
        for line in file.read_bytes().split(b"\n")[:-1]:
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if event.get("event") == "item":
                collected.add(event["id"])
            elif event.get("event") == "test" or (event.get("event") == "outcome"
                                                  and event.get("outcome") == "failed"):
                judged.add(event["id"])
    return collected, judged


def whole_report(folder: pathlib.Path) -> bool:
    return any(b"SUMMARY: AddressSanitizer: heap-buffer-overflow" in log.read_bytes()
               for log in folder.glob("logs*/san.*"))


def marked(marker: str) -> Iterator[int]:
    word = f"{k_marker}={marker}".encode()
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        try:
            with open(f"/proc/{entry.name}/environ", "rb") as file:
                of_it = word in file.read().split(b"\0")
            with open(f"/proc/{entry.name}/stat", "rb") as file:
                of_it = of_it and file.read().rsplit(b")", 1)[-1].split()[0] != b"Z"
        except OSError:
            continue
        if of_it:
            yield int(entry.name)


def name_of(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as file:
            return file.read().strip()
    except OSError:
        return "gone"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
