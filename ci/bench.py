# SPDX-License-Identifier: Apache-2.0
"""What extproof costs beside what it stands for, both sides measured in one run.

    python ci/bench.py [--quick] [--only lanes|forks|warm|wrapper ...] [--cold]

Prints the table and, when everything was measured in full, writes harness/docs/results.md. Exit
code 1 when a goal is not reached, 3 when something could not be measured.
"""

from __future__ import annotations

import argparse
import sys
from typing import Callable

from bench_cold import measure_cold
from bench_figures import measure_forks, measure_lane, measure_warm, measure_wrapper
from bench_measure import Failed, Figure
from bench_page import render_cold, render_figures, render_page
from installed import ProgramError, cache_folder, find_program, k_root, only_one

from fixtures.published.fetch import FetchError
from fixtures.strict_toml import FixtureError

k_page = k_root / "harness" / "docs" / "results.md"
k_groups = ("lanes", "forks", "warm", "wrapper")


def main(arguments: list[str]) -> int:
    options = read_options(arguments)
    try:
        figures = measure(options.only or list(k_groups), options.quick)
        # Before the first run, which takes so long that it may be given up.
        print(render_figures(figures), end="", flush=True)
        cold = measure_cold() if options.cold else None
    except (Failed, FetchError, FixtureError, ProgramError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 3
    if cold is not None:
        print("\n" + render_cold(cold), end="")
    if not options.quick and not options.only:
        k_page.write_text(render_page(figures, cold), encoding="utf-8")
    missed = [figure.name for figure in figures if not figure.reached]
    for name in missed:
        print(f"goal not reached: {name}")
    return 1 if missed else 0


def read_options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ci/bench.py", allow_abbrev=False)
    parser.add_argument("--quick", action="store_true",
                        help="few repetitions; the page is not written")
    parser.add_argument("--only", nargs="+", choices=k_groups,
                        help="these figures; the page is not written")
    parser.add_argument("--cold", action="store_true",
                        help="also the first run, in a fresh clone; takes many minutes")
    return parser.parse_args(arguments)


def measure(groups: list[str], quick: bool) -> list[Figure]:
    program = find_program()
    # The demo's copies: they are built already, more often than not.
    work = cache_folder("demo")
    runs, spawns = (2, 20) if quick else (5, 200)
    steps: dict[str, list[Callable[[], Figure]]] = {
        "lanes": [lambda: measure_lane(program, work, "ubsan", runs),
                  lambda: measure_lane(program, work, "asan", runs)],
        "forks": [lambda: measure_forks(program, work, runs)],
        "warm": [lambda: measure_warm(program, work, runs)],
        "wrapper": [lambda: measure_wrapper(program, work, spawns)],
    }
    figures = []
    with only_one(work):
        for group in k_groups:
            for step in steps[group] if group in groups else []:
                figures.append(step())
                print(f"measured: {figures[-1].name}", file=sys.stderr, flush=True)
    return figures


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
