#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How large a run's page is and how long a browser takes to open it.

    python ci/page_opening.py [--findings N] [--rounds N]

Needs the developer build (build/dev) and Chromium. The page is opened in a frame of a small page
that measures: from setting the frame's address until it is loaded and laid out, so the browser's
own start and the painting are not in it. Exit code 1 when a goal is not reached, 3 when it cannot
be measured.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

k_root = pathlib.Path(__file__).resolve().parents[1]
k_program = k_root / "build" / "dev" / "harness" / "cli" / "extproof-sample-report"
k_most_bytes = 3_000_000
k_most_seconds = 1.0

k_measuring_page = """<!DOCTYPE html><meta charset="utf-8"><title>measuring</title>
<iframe id="page" width="1200" height="2000"></iframe><script>
const frame = document.getElementById("page");
const begin = performance.now();
frame.onload = () => {
  const height = frame.contentDocument.documentElement.getBoundingClientRect().height;
  document.title = "opened in " + (performance.now() - begin).toFixed(1) + " ms, " + height;
};
frame.src = "page.html";
</script>"""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="ci/page_opening.py", allow_abbrev=False)
    parser.add_argument("--findings", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None or not k_program.exists():
        print("error: this needs chromium and the developer build, build/dev", file=sys.stderr)
        return 3
    with tempfile.TemporaryDirectory(prefix="extproof-page-") as folder:
        page = pathlib.Path(folder, "page.html")
        page.write_bytes(subprocess.run([str(k_program), "html", str(options.findings)],
                                        stdout=subprocess.PIPE, check=True).stdout)
        times = [opening_seconds(browser, pathlib.Path(folder)) for _ in range(options.rounds)]
        size = page.stat().st_size
    if None in times:
        print("error: the browser did not tell a time", file=sys.stderr)
        return 3
    seconds = statistics.median(times)
    reached = size <= k_most_bytes and seconds <= k_most_seconds
    print(f"page with {options.findings} findings: {size / 1e6:.2f} MB (at most "
          f"{k_most_bytes / 1e6:g}), opened in {seconds:.2f} s (at most {k_most_seconds:g}), "
          f"median of {options.rounds}, from {min(times):.2f} to {max(times):.2f}")
    return 0 if reached else 1


def opening_seconds(browser: str, folder: pathlib.Path) -> float | None:
    pathlib.Path(folder, "measure.html").write_text(k_measuring_page, encoding="utf-8")
    done = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu",
         "--allow-file-access-from-files", f"--user-data-dir={folder}/profile", "--dump-dom",
         f"file://{folder}/measure.html"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=120, check=False,
        env=dict(os.environ, HOME=str(folder)))
    told = re.search(rb"opened in ([0-9.]+) ms", done.stdout.split(b"<script>")[0])
    return float(told.group(1)) / 1000 if told else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
