# SPDX-License-Identifier: Apache-2.0
"""Times of processes, and figures made of them."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import statistics
import subprocess
import time
from typing import Callable, Mapping, Optional, Sequence


@dataclasses.dataclass(frozen=True)
class Figure:
    """Ours against theirs, measured in turns; the goal is about their medians."""

    name: str
    ours: str  # what was timed
    theirs: str
    ours_seconds: float
    theirs_seconds: float
    rounds: int
    factor: float  # the goal: ours at most factor x theirs + extra seconds
    extra: float
    command: str  # prints this figure

    @property
    def ratio(self) -> float:
        return self.ours_seconds / self.theirs_seconds

    @property
    def reached(self) -> bool:
        return self.ours_seconds <= self.factor * self.theirs_seconds + self.extra

    @property
    def goal(self) -> str:
        extra = f" + {self.extra:g} s" if self.extra else ""
        return f"at most {self.factor:g}x{extra}"


class Failed(Exception):
    """What should be timed did not end as it must, so its time says nothing."""


def alternate(rounds: int, *sides: Callable[[], float]) -> list[list[float]]:
    """Each side's times. In turns, so that what else the machine does meets all of them."""
    times: list[list[float]] = [[] for _ in sides]
    for _ in range(rounds):
        for side, own in zip(sides, times):
            own.append(side())
    return times


def medians(times: Sequence[Sequence[float]]) -> list[float]:
    return [statistics.median(own) for own in times]


def time_command(
    argv: Sequence[str], folder: pathlib.Path, environment: Mapping[str, str]
) -> float:
    """Seconds from start to end. Raises Failed when the exit code is not 0."""
    with open(os.devnull, "r+b") as nothing:
        begin = time.monotonic()
        done = subprocess.run(
            argv, cwd=folder, env=dict(environment),
            stdin=nothing, stdout=nothing, stderr=nothing, check=False,
        )
        seconds = time.monotonic() - begin
    if done.returncode != 0:
        raise Failed(f"{' '.join(argv)} ended with {done.returncode}")
    return seconds


def time_spawn(argv: Sequence[str], environment: Optional[Mapping[str, str]] = None) -> float:
    """As time_command, for very short processes: nothing but the system's own spawn."""
    environment = os.environ if environment is None else environment
    begin = time.perf_counter()
    pid = os.posix_spawn(argv[0], list(argv), dict(environment))
    _, status = os.waitpid(pid, 0)
    seconds = time.perf_counter() - begin
    if status != 0:
        raise Failed(f"{' '.join(argv)} ended with status {status}")
    return seconds
