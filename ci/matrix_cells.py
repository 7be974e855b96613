# SPDX-License-Identifier: Apache-2.0
"""Which cells the matrix runs, and how often."""

from __future__ import annotations

import dataclasses
from typing import Collection, Iterable

from installed import k_root  # noqa: F401  (puts the root on the path)

from fixtures.catalogue import Cell, Fixture

k_lanes = ("asan", "ubsan", "release")
k_interpreter = "stock"
k_instrumented = "instrumented"
k_instrumented_lanes = ("asan",)
k_compilers = ("clang", "gcc")
k_repetitions = 50
k_processes = 3


@dataclasses.dataclass(frozen=True)
class Variant:
    """A cell, an optimisation level, and how often it is run."""

    cell: Cell
    optimisation: str  # "" for release, which keeps the project's own
    processes: int
    repetitions: int

    @property
    def name(self) -> str:
        """Names the folder of the copy; the same for every count."""
        interpreter = "" if self.cell.interpreter == k_interpreter else self.cell.interpreter
        parts = (self.cell.lane, interpreter, self.cell.compiler, self.optimisation.lstrip("-"))
        return "-".join(part for part in parts if part)

    def __str__(self) -> str:
        return f"{self.cell} {self.optimisation}".rstrip()


def make_variants(
    sample: bool,
    once: bool = False,
    lanes: Collection[str] = k_lanes,
    instrumented: Collection[str] = (),
) -> list[Variant]:
    """The sample: clang at -O1, once. Everything: clang at -O1 repeatedly in several processes,
    unless it is to be once, and every other compiler and level once. release has no level of its
    own. `instrumented` names the compilers for which an instrumented interpreter is installed;
    there it is run once, at -O1."""
    variants = []
    for lane in k_lanes:
        for optimisation in ("-O1", "-O2") if lane != "release" else ("",):
            for compiler in k_compilers:
                main = compiler == "clang" and optimisation != "-O2"
                if lane not in lanes or (sample and not (main and lane != "release")):
                    continue
                often = main and not sample and not once
                variants.append(
                    Variant(
                        Cell(lane, k_interpreter, compiler),
                        optimisation,
                        k_processes if often else 1,
                        k_repetitions if often else 1,
                    )
                )
        if lane in lanes and lane in k_instrumented_lanes:
            variants += [
                Variant(Cell(lane, k_instrumented, compiler), "-O1", 1, 1)
                for compiler in k_compilers
                if compiler in instrumented
            ]
    return variants


def is_built(pattern: Cell, instrumented: Collection[str] = ()) -> bool:
    """Whether some cell that can be run here fits the pattern."""
    return any(
        pattern.matches(one.cell) for one in make_variants(False, instrumented=instrumented)
    )


def cells_not_built(
    fixtures: Iterable[Fixture], instrumented: Collection[str] = ()
) -> list[tuple[str, list[str], list[str]]]:
    """Pattern, the fixtures that must be seen in it, the fixtures to which it is blind."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    for fixture in fixtures:
        for column, entries in enumerate((fixture.expects, fixture.blinds)):
            for entry in entries:
                for pattern in entry.cells:
                    if not is_built(pattern, instrumented):
                        names = found.setdefault(str(pattern), ([], []))[column]
                        if fixture.name not in names:
                            names.append(fixture.name)
    return [(pattern, *found[pattern]) for pattern in sorted(found)]
