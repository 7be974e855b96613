#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long our reader of logs takes for a large one, beside `wc -l` on the same file.

    python ci/large_log.py [--megabytes N] [--reports N] [--rounds N]

Needs the developer build (build/dev). The log holds recorded reports among other output: plain
lines, NUL bytes, bytes that are no UTF-8, terminal escapes, beginnings of reports that do not go
on. Exit code 1 when it takes more than ten times as long as `wc -l` (median of rounds in turns),
needs more than 64 MiB beside the file, or finds another number of reports; 3 when it cannot be
measured.
"""

from __future__ import annotations

import argparse
import pathlib
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time

k_root = pathlib.Path(__file__).resolve().parents[1]
k_reader = k_root / "build" / "dev" / "sanitizers" / "extproof-read-log"
k_samples = k_root / "sanitizers" / "testdata"
k_most_ratio = 10.0
k_most_own_kib = 64 << 10

k_other_output = (
    b"INFO 2026-01-01 worker 17: request 1234567 answered in 12 ms\n",
    b"\n",
    b"==12345==\n",
    b"=================================================================\n",
    b"==1==ERROR: \n",
    b"\x00\x00\x00\x00 nothing \x00\n",
    b"\xff\xfe\xfa no text \xc3\x28\n",
    b"\x1b[31;1mred\x1b[0m \x1b]0;title\x07\n",
    b"a runtime error: of another program\n",
    b"#0 0x0000 in nothing\n",
    b"x" * 300 + b"\n",
)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="ci/large_log.py", allow_abbrev=False)
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--reports", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    if not k_reader.exists():
        print("error: this needs the developer build, build/dev", file=sys.stderr)
        return 3
    with tempfile.TemporaryDirectory(prefix="extproof-log-") as folder:
        log = pathlib.Path(folder, "san.1")
        write_log(log, options.megabytes * 1_000_000, options.reports)
        counting, reading, own = [], [], []
        for _ in range(options.rounds):
            counting.append(seconds_of(["wc", "-l", str(log)]))
            said = subprocess.run([str(k_reader), str(log)], stdout=subprocess.PIPE,
                                  check=True).stdout.decode()
            numbers = dict(re.findall(r"(\w+) ([0-9.]+)", said))
            reading.append(float(numbers["seconds"]))
            own.append(int(numbers["own_kib"]))
        size = log.stat().st_size
    ratio = statistics.median(reading) / statistics.median(counting)
    found = int(numbers["reports"])
    reached = (found == options.reports and ratio <= k_most_ratio
               and max(own) <= k_most_own_kib)
    print(f"log of {size / 1e6:.0f} MB: {found} of {options.reports} reports in "
          f"{statistics.median(reading):.2f} s, wc -l {statistics.median(counting):.2f} s, "
          f"{ratio:.1f} times (at most {k_most_ratio:g}), {max(own) / 1024:.1f} MiB beside the "
          f"file (at most {k_most_own_kib >> 10}), medians of {options.rounds}")
    return 0 if reached else 1


def one_report_samples() -> list[bytes]:
    """Recorded logs that hold one report each, as the reader itself counts them."""
    samples = []
    for path in sorted(k_samples.glob("*/*/*")):
        if not path.is_file():
            continue
        said = subprocess.run([str(k_reader), str(path)], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, check=False).stdout
        if said.startswith(b"reports 1 problems 0 "):
            samples.append(path.read_bytes().rstrip(b"\n") + b"\n")
    return samples


def write_log(path: pathlib.Path, size: int, reports: int) -> None:
    chance = random.Random(1)
    samples = one_report_samples()
    # One block of other output, repeated: making a gigabyte line by line takes minutes.
    block = b"".join(chance.choice(k_other_output) for _ in range(20000)) + b"end of a block\n"
    with path.open("wb") as file:
        for number in range(reports):
            until = size * (number + 1) // reports
            while file.tell() + len(block) < until:
                file.write(block)
            file.write(samples[number % len(samples)])


def seconds_of(argv: list[str]) -> float:
    begin = time.monotonic()
    subprocess.run(argv, stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - begin


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
