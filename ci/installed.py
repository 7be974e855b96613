# SPDX-License-Identifier: Apache-2.0
"""The installed program on copies of projects: what the matrix, the demo and the benchmark share.

Projects are copied into the user's cache and never run inside this tree.
"""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
from typing import Any, Iterator, Mapping, Optional, Sequence

k_root = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(k_root))

from fixtures.catalogue import k_left_behind  # noqa: E402

k_kept = ".extproof"  # what extproof leaves in a project; it makes the next run of a copy short
k_seconds_at_most = 3600.0


class ProgramError(Exception):
    """The program is not there or did not answer. The text says which and what to do."""


@dataclasses.dataclass(frozen=True)
class Run:
    exit_code: int
    report: Optional[dict[str, Any]]  # None when no JSON document was printed
    seconds: float
    errors: str  # what was written to stderr, unless it went to our own


def find_program() -> pathlib.Path:
    """EXTPROOF_PROGRAM, else the environment's extproof. Raises ProgramError when it is missing."""
    program = pathlib.Path(os.environ.get("EXTPROOF_PROGRAM") or k_root / ".venv/bin/extproof")
    if not program.is_file():
        raise ProgramError(f"{program} is missing; ./ci/bootstrap installs it")
    return program


def cache_folder(name: str) -> pathlib.Path:
    """Our folder of that name in the user's cache; nothing in it is needed to begin anew."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    folder = pathlib.Path(base) / "extproof" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextlib.contextmanager
def only_one(folder: pathlib.Path) -> Iterator[None]:
    """Waits until no other process holds the folder: two runs in one copy would mix."""
    with open(folder / ".lock", "w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("waiting for another run that uses the same copies", file=sys.stderr, flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def files_of(folder: pathlib.Path) -> dict[str, bytes]:
    """Every file that belongs to the project, by its relative path."""
    files: dict[str, bytes] = {}
    for place, folders, names in os.walk(folder):
        ignored = k_left_behind(place, folders + names)
        folders[:] = [name for name in folders if name not in ignored]
        for name in names:
            path = pathlib.Path(place) / name
            if name not in ignored and path.is_file() and not path.is_symlink():
                files[path.relative_to(folder).as_posix()] = path.read_bytes()
    return files


def make_copy(files: Mapping[str, bytes], target: pathlib.Path) -> None:
    """Makes the target hold these files alone, beside what extproof left there. A file that is
    already right is not written, so that builds stay warm."""
    target.mkdir(parents=True, exist_ok=True)
    for place, folders, names in os.walk(target, topdown=False):
        relative = pathlib.Path(place).relative_to(target)
        if relative.parts[:1] == (k_kept,):
            continue
        for name in names:
            if (relative / name).as_posix() not in files:
                os.unlink(os.path.join(place, name))
        for name in folders:
            path = pathlib.Path(place) / name
            if path.is_symlink() or (path != target / k_kept and not any(path.iterdir())):
                path.unlink() if path.is_symlink() else path.rmdir()
    for name, content in files.items():
        path = target / name
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def remove_copy(target: pathlib.Path) -> None:
    if target.exists():
        shutil.rmtree(target)


def digest(*parts: bytes) -> str:
    """Of parts whose boundaries count."""
    state = hashlib.sha256()
    for part in parts:
        state.update(b"%d:" % len(part))
        state.update(part)
    return state.hexdigest()


def program_identity(program: pathlib.Path) -> str:
    status = program.stat()
    return f"{status.st_size} {status.st_mtime_ns}"


def plain_environment(**more: str) -> dict[str, str]:
    """Ours without the variables that would change what extproof or pytest do."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("EXTPROOF_", "PYTEST_", "ASAN_", "UBSAN_", "LSAN_"))
    }
    return {**kept, **more}


def run_extproof(
    program: pathlib.Path,
    project: pathlib.Path,
    arguments: Sequence[str],
    progress: bool = False,
) -> Run:
    """`extproof ARGUMENTS` in the project. With progress, its stderr is ours. Raises ProgramError
    when it takes longer than any run here may."""
    begin = time.monotonic()
    try:
        done = subprocess.run(
            [str(program), *arguments],
            cwd=project,
            env=plain_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=None if progress else subprocess.PIPE,
            timeout=k_seconds_at_most,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ProgramError(f"extproof {' '.join(arguments)}: no end in sight") from None
    seconds = time.monotonic() - begin
    try:
        report = json.loads(done.stdout)
    except ValueError:
        report = None
    if not isinstance(report, dict):
        report = None
    errors = (done.stderr or b"").decode("utf-8", "replace")
    return Run(done.returncode, report, seconds, errors)
