#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whether what the documents name exists: paths in backticks, and the two commands of the README.

That the generated pages are those of the tables is a unit test (GeneratedFiles in
harness/cli/doc_pages_test.cpp): it needs the program."""

import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DOCUMENTS = ("README.md", "harness/docs/DESIGN.md", "harness/docs/terms.md",
             "fixtures/bugs/README.md")
TOP_FOLDERS = ("harness/", "sanitizers/", "fixtures/", "ci/", "coverage/", "fuzz/")
CODE = re.compile(r"`([^`\n]+)`")


def missing_paths(document, text):
    """Paths of this repository in backticks that do not exist."""
    for match in CODE.finditer(text):
        word = match.group(1).split("::")[0]
        if word.startswith(TOP_FOLDERS) and not re.search(r"[*<>{}\s]", word) \
                and not os.path.exists(os.path.join(ROOT, word)):
            line = text[: match.start()].count("\n") + 1
            yield "%s:%d: %s does not exist" % (document, line, word)


def readme_commands(text):
    """The README must show the two commands that CI runs."""
    for command in ("./ci/bootstrap nox -s demo", "./ci/bootstrap nox -s tests"):
        if command not in text:
            yield "README.md:1: the command \"%s\" is not shown" % command


def check():
    breaches = []
    for document in DOCUMENTS:
        path = os.path.join(ROOT, document)
        if not os.path.exists(path):
            breaches.append("%s does not exist" % document)
            continue
        with open(path, encoding="utf-8") as file:
            text = file.read()
        breaches.extend(missing_paths(document, text))
        if document == "README.md":
            breaches.extend(readme_commands(text))
    return breaches


def main():
    breaches = check()
    for breach in breaches:
        print(breach)
    sys.exit(1 if breaches else 0)


if __name__ == "__main__":
    main()
