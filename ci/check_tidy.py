#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""clang-tidy over our sources, with the compile commands of a build folder.

    ci/check_tidy.py BUILD-FOLDER [--base REV]

With --base only sources that differ from that revision are looked at.
"""

import argparse
import concurrent.futures
import json
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def changed_since(base):
    done = subprocess.run(["git", "diff", "--name-only", base], cwd=ROOT, stdout=subprocess.PIPE,
                          check=True)
    return {os.path.join(ROOT, name) for name in done.stdout.decode().splitlines()}


def sources(folder, base):
    with open(os.path.join(folder, "compile_commands.json"), encoding="utf-8") as file:
        files = {entry["file"] for entry in json.load(file)}
    # Tests are full of what the checks dislike in GoogleTest's macros.
    files = {f for f in files if f.endswith(".cpp") and not f.endswith("_test.cpp")}
    return sorted(files & changed_since(base) if base else files)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--base")
    options = parser.parse_args()
    tidy = shutil.which("clang-tidy-19") or shutil.which("clang-tidy")
    if tidy is None:
        sys.exit("clang-tidy-19 is missing; ./ci/bootstrap installs it")

    def look(source):
        return source, subprocess.run([tidy, "-quiet", "-p", options.folder, source],
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    bad = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for source, done in pool.map(look, sources(options.folder, options.base)):
            if done.returncode != 0:
                bad += 1
                print(os.path.relpath(source, ROOT))
                print(done.stdout.decode("utf-8", "replace"))
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
