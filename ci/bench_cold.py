# SPDX-License-Identifier: Apache-2.0
"""The two commands of the README on a machine that has nothing of ours yet."""

from __future__ import annotations

import pathlib
import re
import subprocess
import tempfile
import time

from bench_measure import Failed
from installed import k_root, plain_environment

k_phase = re.compile(r"^(?:bootstrap|demo): (.+?) +([0-9]+\.[0-9]) s$")


def measure_cold() -> list[tuple[str, float]]:
    """Phases of `./ci/bootstrap nox -s demo` in a fresh clone, with empty caches."""
    with tempfile.TemporaryDirectory(prefix="extproof-cold-") as folder:
        place = pathlib.Path(folder)
        clone = place / "clone"
        subprocess.run(["git", "clone", "-q", "--no-local", str(k_root), str(clone)], check=True)
        environment = plain_environment(XDG_CACHE_HOME=str(place / "cache"))
        for name in ("CCACHE_DIR", "UV_CACHE_DIR", "PIP_CACHE_DIR", "VIRTUAL_ENV"):
            environment.pop(name, None)
        begin = time.monotonic()
        done = subprocess.run(
            ["./ci/bootstrap", "nox", "-s", "demo"], cwd=clone, env=environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )
        seconds = time.monotonic() - begin
    output = done.stdout.decode("utf-8", "replace")
    if done.returncode != 0:
        raise Failed(f"the cold demo ended with {done.returncode}\n{output[-4000:]}")
    return [*parse_phases(output), ("all", seconds)]


def parse_phases(output: str) -> list[tuple[str, float]]:
    """The lines with which bootstrap and demo tell a phase's time, in their order."""
    matches = (k_phase.match(line.strip()) for line in output.splitlines())
    return [(match.group(1), float(match.group(2))) for match in matches if match]
