#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the rules of harness/docs/DESIGN.md on layers, sizes and first lines. Prints each breach
with its place; exits 1 when there is one.

    python3 ci/check_layers.py [ROOT]
"""

import os
import re
import subprocess
import sys

# Folder -> level. What stands in no row may include nothing of ours and is reported.
LEVELS = {
    "harness/base": 0,
    "harness/facts": 1,
    "sanitizers/facts": 1,
    "harness/parsers": 2,
    "sanitizers/parsers": 2,
    "harness/engines": 3,
    "harness/store": 3,
    "harness/report": 3,
    "sanitizers/lanes": 3,
}
# Engines of their own, which never include one another.
ENGINES = ("sanitizers/lanes", "coverage", "fuzz", "harness/mutation", "harness/benchmarks",
           "harness/abi")
PLATFORM = "harness/platform"
PORTS = ("harness/engines/ports.hpp",)
CLI = "harness/cli"
TESTING = "harness/testing"
# Fuzzers of our own parsers: tests, so they see every layer.
FUZZERS = "fuzz/parsers"
# Programs that run inside or beside other processes: their own folder and the levels below 3.
PROGRAMS = ("harness/compiler", "harness/probe", "harness/launcher", "harness/reaper",
            "harness/worker")

SYSTEM_HEADERS = re.compile(
    r"<(unistd\.h|fcntl\.h|poll\.h|spawn\.h|dlfcn\.h|signal\.h|csignal|pthread\.h|sys/[\w/]+\.h"
    r"|linux/[\w/]+\.h|link\.h|elf\.h|filesystem|fstream|iostream|cstdlib|stdlib\.h)>")
TERMINAL = re.compile(r"\bstd::(cout|cerr|clog)\b|(?<![\w:.])f?printf\s*\(|\bfmt::print\b"
                      r"|(?<![\w:.])(?:std::)?(?:exit|_exit|quick_exit|abort)\s*\(")
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
ANY_SYSTEM_INCLUDE = re.compile(r"^\s*#\s*include\s+(<[^>]+>)")

# Exceptions, each with its reason.
ALLOWED = {
    # SQLite opens the store itself, so its size and presence are asked for where it is opened.
    ("harness/store/store.cpp", "<filesystem>"),
}

MAX_LINES = 600
SOURCES = (".cpp", ".hpp", ".c", ".h")
MEASURED = (*SOURCES, ".py", ".cmake")


def tracked_files(root):
    done = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=root,
                          stdout=subprocess.PIPE, check=True)
    names = done.stdout.decode("utf-8", "surrogateescape").split("\0")
    return sorted(n for n in names if n and os.path.exists(os.path.join(root, n)))


def folder_of(path):
    """The row of the tables above that the file belongs to."""
    for folder in (*LEVELS, PLATFORM, CLI, TESTING, FUZZERS, *PROGRAMS):
        if path.startswith(folder + "/"):
            return folder
    return None


def is_test(path):
    stem = os.path.splitext(os.path.basename(path))[0]
    return stem.endswith("_test") or path.startswith(TESTING + "/") or "/testdata/" in path \
        or stem.endswith("_program") or path.startswith(FUZZERS + "/")


def is_small_program(path):
    return any(path.startswith(folder + "/") for folder in PROGRAMS)


def may_include(path, target):
    """Why `path` may not include `target`; an empty text when it may."""
    here, there = folder_of(path), folder_of(target)
    if there is None:
        return "it lies in no known layer"
    if here == there or is_test(path):
        return ""
    if here in ENGINES and there in ENGINES:
        return "engines never include one another"
    if here == CLI:
        return "" if there not in PROGRAMS else "a program of its own is no library"
    if there in (CLI, PLATFORM):
        return "nobody includes the outer ring"
    if there in (TESTING, FUZZERS):
        return "only tests include it"
    if there in PROGRAMS:
        return "a program of its own is no library"
    level = LEVELS[there]
    if here == PLATFORM:
        return "" if level <= 1 or target in PORTS else "platform sees levels 0 and 1 and the ports"
    if here in PROGRAMS:
        return "" if level <= 2 else "a small program sees levels 0 to 2"
    return "" if level <= LEVELS[here] else "level %d is above level %d" % (level, LEVELS[here])


def check_source(path, lines, graph):
    breaches = []
    outer = folder_of(path) in (PLATFORM, *PROGRAMS) or is_test(path)
    speaks = outer or folder_of(path) == CLI
    for number, line in enumerate(lines, 1):
        include = INCLUDE.match(line)
        if include:
            target = include.group(1)
            graph.setdefault(path, []).append(target)
            reason = may_include(path, target)
            if reason:
                breaches.append("%s:%d: includes %s: %s" % (path, number, target, reason))
        system = ANY_SYSTEM_INCLUDE.match(line)
        excused = system and (path, system.group(1)) in ALLOWED
        if system and not outer and not excused and SYSTEM_HEADERS.match(system.group(1)):
            breaches.append("%s:%d: includes %s: only platform and the small programs touch the "
                            "operating system" % (path, number, system.group(1)))
        code = line.split("//")[0]
        if not speaks and not system and TERMINAL.search(code):
            breaches.append("%s:%d: writes to the terminal or ends the process: only cli does"
                            % (path, number))
    return breaches


def cycles(graph):
    """Files that include themselves through others."""
    state, found = {}, []

    def visit(node, trail):
        state[node] = "open"
        for target in graph.get(node, ()):
            if state.get(target) == "open":
                found.append(" -> ".join([*trail[trail.index(target):], target])
                             if target in trail else target)
            elif target not in state:
                visit(target, [*trail, target])
        state[node] = "done"

    for node in sorted(graph):
        if node not in state:
            visit(node, [node])
    return found


def check(root):
    breaches, graph = [], {}
    for path in tracked_files(root):
        suffix = os.path.splitext(path)[1]
        if suffix not in MEASURED or "/testdata/" in path:
            continue
        with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
            lines = file.read().splitlines()
        if len(lines) > MAX_LINES:
            breaches.append("%s:1: %d lines: over %d, which concern wants a file of its own?"
                            % (path, len(lines), MAX_LINES))
        if not any("SPDX-License-Identifier: Apache-2.0" in line for line in lines[:2]):
            breaches.append("%s:1: the first lines lack the SPDX line" % path)
        if suffix in SOURCES and path.startswith(("harness/", "sanitizers/", "coverage/", "fuzz/")):
            if folder_of(path) is None:
                breaches.append("%s:1: lies in no known layer" % path)
            else:
                breaches.extend(check_source(path, lines, graph))
    breaches.extend("include cycle: " + cycle for cycle in cycles(graph))
    return breaches


def main():
    default = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    breaches = check(sys.argv[1] if len(sys.argv) > 1 else default)
    for breach in breaches:
        print(breach)
    sys.exit(1 if breaches else 0)


if __name__ == "__main__":
    main()
