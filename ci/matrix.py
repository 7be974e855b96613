# SPDX-License-Identifier: Apache-2.0
"""Lanes on seeded bugs and on their fixed twins.

    python ci/matrix.py [--sample | --once] [--only FIXTURE...] [--lanes LANE...] [--fresh]

Prints a line for each cell as it ends. Exit code 1 when a bug is missed where it must be seen,
when a twin is not clean, or when a lane is refused. Results that are still true are taken from
the cache, except for a sample. When every cell has run, harness/docs/matrix.md is written.
"""

from __future__ import annotations

import argparse
import sys
from typing import Sequence

from installed import ProgramError, cache_folder, find_program, k_root, only_one
from matrix_cells import Variant, cells_not_built, k_lanes, make_variants
from matrix_judge import Verdict, judge_bug, judge_twin
from matrix_page import Row, render_bug, render_page, render_twin
from matrix_run import instrumented_compilers, observe_cell

from fixtures.catalogue import Fixture, load_all
from fixtures.strict_toml import FixtureError

k_page = k_root / "harness" / "docs" / "matrix.md"


def main(arguments: list[str]) -> int:
    options = read_options(arguments)
    try:
        everything = load_all()
        fixtures = choose(everything, options.only)
        instrumented = instrumented_compilers(find_program())
        rows = run_all(fixtures, options, instrumented)
    except (FixtureError, ProgramError) as error:
        print(error, file=sys.stderr)
        return 2
    for pattern, must, blind in cells_not_built(fixtures, instrumented):
        names = ", ".join(must + blind)
        print(f"not built  {pattern}  ({names})", flush=True)
    if not is_part(options) and len(fixtures) == len(everything):
        k_page.write_text(render_page(fixtures, rows, instrumented), encoding="utf-8")
    verdicts = [verdict for row in rows for verdict in (row.bug, row.twin)]
    passed, failed = count(verdicts)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def read_options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ci/matrix.py", allow_abbrev=False)
    how_often = parser.add_mutually_exclusive_group()
    how_often.add_argument("--sample", action="store_true",
                           help="clang at -O1 alone, once, in the lanes that must see the bug, and "
                                "nothing from the cache")
    how_often.add_argument("--once", action="store_true",
                           help="every compiler and level, once; the page is not written")
    parser.add_argument("--only", nargs="+", metavar="FIXTURE", default=[],
                        help="these fixtures; the page is not written")
    parser.add_argument("--lanes", nargs="+", metavar="LANE", choices=k_lanes, default=k_lanes,
                        help="these lanes; the page is not written")
    parser.add_argument("--fresh", action="store_true",
                        help="run also what an earlier run has finished")
    return parser.parse_args(arguments)


def is_part(options: argparse.Namespace) -> bool:
    """Whether cells are left out, so that the page would not be whole."""
    return options.sample or options.once or set(options.lanes) != set(k_lanes)


def choose(fixtures: list[Fixture], names: list[str]) -> list[Fixture]:
    """Raises FixtureError for a name that no fixture has."""
    known = {fixture.name: fixture for fixture in fixtures}
    for name in names:
        if name not in known:
            raise FixtureError(f"{name!r} is no fixture; there are {', '.join(sorted(known))}")
    return [known[name] for name in known if name in names or not names]


def run_all(fixtures: list[Fixture], options: argparse.Namespace,
            instrumented: list[str]) -> list[Row]:
    program = find_program()
    work = cache_folder("matrix")
    # A sample is a test: what it says must be true of this machine as it is now.
    reuse = not (options.fresh or options.sample)
    rows = []
    with only_one(work):
        for fixture in fixtures:
            for variant in variants_of(fixture, options, instrumented):
                seen = {}
                known = True
                for which in ("bug", "twin"):
                    seen[which], reused = observe_cell(
                        program, fixture, which, variant, work, reuse
                    )
                    known = known and reused
                row = Row(fixture, variant, judge_bug(fixture, variant, seen["bug"]),
                          judge_twin(variant, seen["twin"]))
                rows.append(row)
                print_row(row, known)
    return rows


def variants_of(fixture: Fixture, options: argparse.Namespace,
                instrumented: Sequence[str] = ()) -> list[Variant]:
    """Of a sample, those that must see the bug: it grows with the fixtures, and a test must end."""
    return [
        variant
        for variant in make_variants(options.sample, options.once, options.lanes, instrumented)
        if not options.sample or fixture.expected_in(variant.cell)
    ]


def print_row(row: Row, known: bool) -> None:
    mark = "FAILED" if row.bug.failed or row.twin.failed else "ok    "
    note = "  (from an earlier run)" if known else ""
    detail = f"; {row.bug.detail}" if row.bug.state == "missed" else ""
    print(f"{mark} {row.fixture.name}  {row.variant}  "
          f"bug {render_bug(row.fixture, row.variant, row.bug)}{detail}; "
          f"twin {render_twin(row.variant, row.twin)}{note}", flush=True)


def count(verdicts: list[Verdict]) -> tuple[int, int]:
    """Those that count: good ones, bad ones."""
    failed = sum(verdict.failed for verdict in verdicts)
    return sum(verdict.counts for verdict in verdicts) - failed, failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
