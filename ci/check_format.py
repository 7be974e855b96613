#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whether every C and C++ source is formatted as .clang-format says; `--fix` formats them."""

import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FOLDERS = ("harness/*.cpp", "harness/*.hpp", "sanitizers/*.cpp", "sanitizers/*.hpp", "fuzz/*.cpp",
           "fuzz/*.hpp")


def main():
    formatter = shutil.which("clang-format-19") or shutil.which("clang-format")
    if formatter is None:
        sys.exit("clang-format-19 is missing; ./ci/bootstrap installs it")
    done = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "--", *FOLDERS],
                          cwd=ROOT, stdout=subprocess.PIPE, check=True)
    files = [f for f in done.stdout.decode().splitlines() if "/testdata/" not in f]
    how = ["-i"] if "--fix" in sys.argv[1:] else ["--dry-run", "--Werror"]
    sys.exit(subprocess.run([formatter, *how, *files], cwd=ROOT).returncode)


if __name__ == "__main__":
    main()
