#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Our own parsers under libFuzzer, with AddressSanitizer and UndefinedBehaviorSanitizer.

    python ci/fuzz_parsers.py [--minutes N] [PARSER ...]

Each parser gets N minutes of CPU time (default 10) and begins with what the last call found, in the
user's cache. Ends badly on a crash, a law that does not hold, an input that takes over 10 s, and
memory above what the parser's row allows (ten times the input for all that may be large); the input
is kept and named. Needs the preset `fuzz` built.
Exit code 0 when nothing was found, 1 when something was, 2 for an unknown parser, 3 without the
fuzzer.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass

from installed import cache_folder

k_root = pathlib.Path(__file__).resolve().parents[1]
k_program = k_root / "build" / "fuzz" / "fuzz" / "extproof-fuzz-parsers"
k_parsers = k_root / "fuzz" / "parsers"
k_most_seconds_per_input = 10
# Of an input; a gigabyte is another measurement (ci/large_log.py).
k_most_bytes = 1 << 16
# One process at a time is asked for at most this long, so that an interruption loses little.
k_round_seconds = 120


@dataclass
class Fuzzed:
    parser: str
    executions: int = 0
    cpu_seconds: float = 0.0
    features: int = 0
    memory_per_byte: float = 0.0
    kept: pathlib.Path | None = None  # the input that it ended at
    said: str = ""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="ci/fuzz_parsers.py", allow_abbrev=False)
    parser.add_argument("--minutes", type=float, default=10.0, help="of CPU time for each parser")
    parser.add_argument("parsers", metavar="PARSER", nargs="*", help="only these")
    options = parser.parse_args(arguments)
    if not k_program.exists():
        print(f"error: {k_program.relative_to(k_root)} is missing; `nox -s fuzz` builds it",
              file=sys.stderr)
        return 3
    known = names_of_parsers()
    unknown = [name for name in options.parsers if name not in known]
    if unknown:
        print(f"error: {', '.join(unknown)}: no such parser; there are {', '.join(known)}",
              file=sys.stderr)
        return 2
    bad = 0
    print(f"{'parser':<18}{'CPU s':>8}{'inputs':>12}{'features':>10}{'bytes/byte':>12}  ended")
    for name in options.parsers or known:
        done = fuzz(name, options.minutes * 60)
        ended = "well" if done.kept is None else f"at {done.kept}"
        print(f"{name:<18}{done.cpu_seconds:>8.0f}{done.executions:>12}{done.features:>10}"
              f"{done.memory_per_byte:>12.1f}  {ended}", flush=True)
        if done.kept is not None:
            bad += 1
            print(f"  {done.said}\n  again: EXTPROOF_PARSER={name} {k_program} {done.kept}",
                  flush=True)
    return 1 if bad else 0


def names_of_parsers() -> list[str]:
    """As the table says; the program itself prints them when it is asked for none."""
    done = subprocess.run([str(k_program)], stderr=subprocess.PIPE, check=False,
                          env=dict(os.environ, EXTPROOF_PARSER=""))
    return done.stderr.decode().split("one of", 1)[-1].split()


def places_of_seeds(name: str, built: pathlib.Path) -> list[pathlib.Path]:
    """Folders and files of the table's row, the parser's own, and for elf small objects."""
    table = (k_parsers / "parsers.cpp").read_text(encoding="utf-8")
    row = re.search(r'\{"%s",\s*\{(.*?)\}' % re.escape(name), table, re.DOTALL)
    places = [k_root / place for place in re.findall(r'"([^"]+)"', row.group(1) if row else "")]
    own = k_parsers / "testdata" / name
    if own.is_dir():
        places.append(own)
    if name == "elf":
        places.append(built)
    return places


def make_objects(folder: pathlib.Path) -> None:
    """Small shared objects of both compilers, with and without debug information."""
    source = folder / "a.c"
    source.write_text("extern int puts(const char*);\nint f(int x) { return puts(\"a\") + x; }\n",
                      encoding="utf-8")
    for compiler in ("gcc", "clang-19"):
        for extra in (["-g"], ["-g", "-gdwarf-4", "-grecord-gcc-switches"], ["-s"]):
            name = f"{compiler}{''.join(extra)}.so"
            subprocess.run([compiler, "-shared", "-fPIC", "-nostdlib", "-Wl,-z,max-page-size=64",
                            *extra, "-o", str(folder / name), str(source)], check=False,
                           stderr=subprocess.DEVNULL)
    source.unlink()


def copy_seeds(places: list[pathlib.Path], corpus: pathlib.Path) -> None:
    number = 0
    for place in places:
        files = [place] if place.is_file() else sorted(f for f in place.rglob("*") if f.is_file())
        for file in files:
            number += 1
            (corpus / f"seed-{number}").write_bytes(file.read_bytes()[:k_most_bytes])


def fuzz(name: str, cpu_seconds: float) -> Fuzzed:
    done = Fuzzed(name)
    corpus = cache_folder("fuzz") / name
    corpus.mkdir(parents=True, exist_ok=True)
    found = cache_folder("fuzz") / "found"
    found.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="extproof-fuzz-") as folder:
        make_objects(pathlib.Path(folder))
        copy_seeds(places_of_seeds(name, pathlib.Path(folder)), corpus)
    while done.cpu_seconds < cpu_seconds and done.kept is None:
        seconds = max(1, round(min(k_round_seconds, cpu_seconds - done.cpu_seconds)))
        run_once(done, corpus, found, seconds)
    return done


def run_once(done: Fuzzed, corpus: pathlib.Path, found: pathlib.Path, seconds: int) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = subprocess.run(
        [str(k_program), f"-max_total_time={seconds}", f"-timeout={k_most_seconds_per_input}",
         f"-max_len={k_most_bytes}", "-rss_limit_mb=2048", "-print_final_stats=1",
         "-use_value_profile=1",
         f"-artifact_prefix={found}/{done.parser}-", str(corpus)],
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, check=False,
        env=dict(os.environ, EXTPROOF_PARSER=done.parser))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    done.cpu_seconds += (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)
    said = ended.stderr.decode("utf-8", "replace")
    executions = re.search(r"stat::number_of_executed_units:\s*(\d+)", said)
    done.executions += int(executions.group(1)) if executions else 0
    features = re.findall(r"\bft: (\d+)", said)
    done.features = int(features[-1]) if features else done.features
    memory = re.search(r"most memory per byte of input.*: ([0-9.]+)", said)
    done.memory_per_byte = max(done.memory_per_byte, float(memory.group(1)) if memory else 0.0)
    if ended.returncode != 0:
        kept = re.search(r"Test unit written to (\S+)", said)
        done.kept = pathlib.Path(kept.group(1)) if kept else found / f"{done.parser}-unknown"
        reason = re.search(r"^(?:error: .*|==\d+==ERROR: .*|.*runtime error: .*)$", said,
                           re.MULTILINE)
        summary = re.search(r"^SUMMARY: .*$", said, re.MULTILINE)
        reason = reason or summary
        done.said = reason.group(0) if reason else f"exit {ended.returncode}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
