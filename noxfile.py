# SPDX-License-Identifier: Apache-2.0
"""The daily commands. `./ci/bootstrap nox -s NAME` makes the machine ready first."""

from __future__ import annotations

import os
import pathlib
import shutil

import nox

nox.needs_version = ">=2024.10.9"
# Everything runs in the environment that ci/bootstrap made: it holds the extproof that was built
# from this tree, and a second copy per session would only differ by being stale.
nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "unit", "e2e"]

ROOT = pathlib.Path(__file__).parent
BIN = ROOT / ".venv" / "bin"


def program(name: str) -> str:
    """The environment's program, or the one on PATH."""
    own = BIN / name
    return str(own) if own.exists() else name


def build(session: nox.Session, preset: str) -> pathlib.Path:
    """Configures and builds a preset of CMakePresets.json; returns its folder."""
    arguments = []
    # Relative to the clone, so that another clone on the same machine finds the same objects.
    environment = {"CCACHE_BASEDIR": str(ROOT), "CCACHE_NOHASHDIR": "1"}
    if shutil.which("ccache"):
        arguments = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache", "-DCMAKE_C_COMPILER_LAUNCHER=ccache"]
    session.run("cmake", "--preset", preset, *arguments, external=True, silent=True)
    session.run("cmake", "--build", "--preset", preset, external=True, env=environment)
    return ROOT / "build" / preset


@nox.session
def tests(session: nox.Session) -> None:
    """Every test: lint, unit, e2e, self, and a fixed sample of the matrix."""
    lint(session)
    unit(session)
    e2e(session)
    sample(session)
    self_(session)


@nox.session
def unit(session: nox.Session) -> None:
    """Unit tests of the C++ and of the Python that runs in the tested process."""
    folder = build(session, "dev")
    session.run("ctest", "--test-dir", str(folder), "--output-on-failure", external=True)
    session.run(program("python"), "-m", "pytest", "-q", "harness/python/tests", "fixtures/tests",
                "ci/tests", external=True)


@nox.session
def e2e(session: nox.Session) -> None:
    """The installed program on real projects with real compilers and interpreters."""
    session.run(program("python"), "-m", "pytest", "-q", "harness/e2e", *session.posargs,
                external=True)


@nox.session
def lint(session: nox.Session) -> None:
    """Formatting, layers and sizes, generated pages, Python style."""
    session.run(program("python"), "ci/check_layers.py", external=True)
    session.run(program("python"), "ci/check_format.py", external=True)
    session.run(program("ruff"), "check", "-q", ".", external=True)
    session.run(program("python"), "ci/check_docs.py", external=True)


@nox.session
def tidy(session: nox.Session) -> None:
    """clang-tidy over our own sources; slow, so it is no part of lint."""
    folder = build(session, "dev-clang")
    session.run(program("python"), "ci/check_tidy.py", str(folder), *session.posargs, external=True)


@nox.session(name="self")
def self_(session: nox.Session) -> None:
    """Our own unit tests under AddressSanitizer and UndefinedBehaviorSanitizer."""
    folder = build(session, "self")
    session.run("ctest", "--test-dir", str(folder), "--output-on-failure", external=True)


@nox.session(name="self-tsan")
def self_tsan(session: nox.Session) -> None:
    """Our own unit tests under ThreadSanitizer."""
    folder = build(session, "self-tsan")
    session.run("setarch", "-R", "ctest", "--test-dir", str(folder), "--output-on-failure",
                external=True)


@nox.session
def demo(session: nox.Session) -> None:
    """The main job on the reference suite and on a published extension; 0 when exactly the
    expected findings appear."""
    session.run(program("python"), "ci/demo.py", *session.posargs, external=True)


@nox.session
def published(session: nox.Session) -> None:
    """Every package of fixtures/published/published.toml, or those named, in the lanes in which
    something is known of it; 0 when each shows exactly that."""
    session.run(program("python"), "ci/published.py", *session.posargs, external=True)


@nox.session
def sample(session: nox.Session) -> None:
    """A fixed sample of the matrix: every bug and twin once, with clang, in the lanes that
    must see it."""
    session.run(program("python"), "ci/matrix.py", "--sample", external=True)


@nox.session
def matrix(session: nox.Session) -> None:
    """Lanes on seeded bugs and their twins: 50 repetitions in each of 3 processes. Writes
    harness/docs/matrix.md."""
    session.run(program("python"), "ci/matrix.py", *session.posargs, external=True)


@nox.session
def bench(session: nox.Session) -> None:
    """The figures of harness/docs/results.md, both sides in one run."""
    session.run(program("python"), "ci/bench.py", *session.posargs, external=True)


@nox.session
def wheel(session: nox.Session) -> None:
    """The wheel in dist/, named by the C library that it needs; refused when it needs a newer one
    than the README states."""
    session.run(program("python"), "ci/build_wheel.py", *session.posargs, external=True)


@nox.session
def page(session: nox.Session) -> None:
    """Size and opening time of a run's page with 1,000 findings, in Chromium."""
    build(session, "dev")
    session.run(program("python"), "ci/page_opening.py", *session.posargs, external=True)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Our own parsers under libFuzzer, 10 CPU minutes each; `-- --minutes N PARSER` for less."""
    build(session, "fuzz")
    session.run(program("python"), "ci/fuzz_parsers.py", *session.posargs, external=True)


@nox.session
def kills(session: nox.Session) -> None:
    """`kill -9` at 200 random moments of a run: nothing known is lost, nothing is left behind."""
    session.run(program("python"), "ci/kills.py", *session.posargs, external=True)


@nox.session(name="large-log")
def large_log(session: nox.Session) -> None:
    """A log of 1 GB with 100 reports in it, beside what `wc -l` takes for it."""
    build(session, "dev")
    session.run(program("python"), "ci/large_log.py", *session.posargs, external=True)


if __name__ == "__main__":
    os.chdir(ROOT)
    nox.main()
