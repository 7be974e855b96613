# SPDX-License-Identifier: Apache-2.0
"""Runs a cell on a copy of a fixture, and keeps what was observed until one of the two changes."""

from __future__ import annotations

import json
import os
import pathlib
import sys
from typing import Any, Optional

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

from installed import (
    digest,
    files_of,
    k_root,
    make_copy,
    program_identity,
    run_extproof,
)
from matrix_cells import Variant, k_instrumented, k_instrumented_lanes, k_interpreter
from matrix_judge import observe

from fixtures.catalogue import Fixture

# History: 1 is the first.
k_schema = 1

# Last, so that the number stands behind the parameters that a test has already.
k_repeat = '''# SPDX-License-Identifier: Apache-2.0
"""Every test several times in one process."""

import pytest


@pytest.hookimpl(trylast=True)
def pytest_generate_tests(metafunc):
    metafunc.fixturenames.append("repetition_of_the_matrix")
    metafunc.parametrize("repetition_of_the_matrix", range(%d))
'''


def make_files(files: dict[str, bytes], variant: Variant) -> dict[str, bytes]:
    """The project's files and what the variant adds to them."""
    added = {"extproof.toml": _configuration(files, variant).encode()}
    if variant.repetitions > 1:
        added["conftest.py"] = (k_repeat % variant.repetitions).encode()
    for name in added:
        if name in files:
            raise ValueError(f"the fixture has a {name}, which the matrix writes itself")
    return {**files, **added}


def _configuration(files: dict[str, bytes], variant: Variant) -> str:
    """The project's own [tool.extproof] with the variant in it: a file of its own wins over
    pyproject.toml as a whole."""
    project = tomllib.loads(files.get("pyproject.toml", b"").decode())
    settings = project.get("tool", {}).get("extproof", {})
    lanes = settings.pop("lane", {})
    settings["compiler"] = variant.cell.compiler
    if variant.optimisation:
        lanes.setdefault(variant.cell.lane, {})["flags"] = [variant.optimisation]
    if variant.cell.lane in k_instrumented_lanes:
        word = variant.cell.lane if variant.cell.interpreter == k_instrumented else k_interpreter
        lanes.setdefault(variant.cell.lane, {})["interpreter"] = word
    tables = [_render(settings)]
    tables += [f"[lane.{lane}]\n" + _render(keys) for lane, keys in lanes.items()]
    return "\n".join(tables)


def _render(keys: dict[str, Any]) -> str:
    """Texts, numbers, truth values and lists of them are the same in JSON and in TOML."""
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())


def instrumented_compilers(program: pathlib.Path) -> list[str]:
    """The families of compilers that built a proven instrumented interpreter, each once."""
    run = run_extproof(program, k_root, ["interpreters", "list", "--json"])
    families = set()
    for kind in (run.report or {}).get("interpreters", []):
        if kind["kind"] in k_instrumented_lanes:
            families |= {one["compiler"].split("-")[0].split(" ")[0]
                         for one in kind["installed"] if one["state"] == "verified"}
    return sorted(families)


def observe_cell(
    program: pathlib.Path,
    fixture: Fixture,
    which: str,
    variant: Variant,
    work: pathlib.Path,
    reuse: bool,
) -> tuple[list[dict[str, Any]], bool]:
    """What each process of the cell showed, and whether that was known from an earlier run."""
    files = make_files(files_of(fixture.folder / which), variant)
    key = digest(
        program_identity(program).encode(),
        f"{variant} {variant.processes} {variant.repetitions}".encode(),
        *(part for name in sorted(files) for part in (name.encode(), files[name])),
    )
    place = work / fixture.name / which
    kept = place / f"{variant.name}-{variant.processes}x{variant.repetitions}.json"
    known = load_observations(kept, key) if reuse else None
    if known is not None:
        return known, True
    copy = place / variant.name
    make_copy(files, copy)
    observations = []
    for _ in range(variant.processes):
        run = run_extproof(program, copy, ["run", variant.cell.lane, "--json"])
        observations.append(observe(run.exit_code, run.report, run.errors))
    save_observations(kept, key, observations)
    return observations, False


def load_observations(file: pathlib.Path, key: str) -> Optional[list[dict[str, Any]]]:
    """None unless the file is of this form and of this key."""
    try:
        kept = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(kept, dict) or (kept.get("schema"), kept.get("key")) != (k_schema, key):
        return None
    return kept["observations"]


def save_observations(file: pathlib.Path, key: str, observations: list[dict[str, Any]]) -> None:
    """Whole or not at all."""
    text = json.dumps({"schema": k_schema, "key": key, "observations": observations}, indent=1)
    half = file.with_name(file.name + ".half")
    half.write_text(text, encoding="utf-8")
    os.replace(half, file)
