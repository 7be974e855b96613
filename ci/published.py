# SPDX-License-Identifier: Apache-2.0
"""Every published package of fixtures/published/published.toml in the lanes in which something is
known of it: exactly the places that it names must be found, and nothing where it names none.

    python ci/published.py [--fresh] [LABEL ...]

Exit code 0 exactly when all of them are so, 2 when a label is not known.
"""

from __future__ import annotations

import argparse
import pathlib
import sys

from demo import compare_published, files_of_package
from installed import (
    ProgramError,
    cache_folder,
    find_program,
    make_copy,
    only_one,
    remove_copy,
    run_extproof,
)

from fixtures.published.fetch import FetchError, fetch
from fixtures.published.packages import Package, load_published
from fixtures.strict_toml import FixtureError


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="ci/published.py", allow_abbrev=False)
    parser.add_argument("--fresh", action="store_true", help="build everything anew")
    parser.add_argument("labels", metavar="LABEL", nargs="*", help="only these packages")
    options = parser.parse_args(arguments)
    try:
        packages = load_published()
        unknown = [label for label in options.labels if label not in packages]
        if unknown:
            print(f"error: {', '.join(unknown)}: not in published.toml; it has "
                  f"{', '.join(packages)}", file=sys.stderr)
            return 2
        program = find_program()
        # The folder of the demo is another: neither makes the other's copies stale.
        work = cache_folder("published-runs")
        problems = 0
        with only_one(work):
            for label in options.labels or packages:
                found = judge(program, packages[label], work / label, options.fresh)
                print("\n".join(render(packages[label], found)), flush=True)
                problems += len(found)
    except (FetchError, FixtureError, ProgramError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 3
    return 1 if problems else 0


def judge(
    program: pathlib.Path, package: Package, copy: pathlib.Path, fresh: bool
) -> list[str]:
    """What is not as expected."""
    source = fetch(package.label, cache_folder("published"))
    if fresh:
        remove_copy(copy)
    make_copy(files_of_package(package, source), copy)
    run = run_extproof(program, copy, ["run", *package.lanes, "--json"])
    return compare_published(package, run.exit_code, run.report)


def render(package: Package, problems: list[str]) -> list[str]:
    expected = f"{len(package.sites)} places" if package.sites else "clean"
    verdict = "NOT as expected" if problems else "as expected"
    head = f"{package.name} {package.version}"
    return [f"{head:<22} {' '.join(package.lanes):<12} {expected:<10} {verdict}",
            *(f"  {problem}" for problem in problems)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
