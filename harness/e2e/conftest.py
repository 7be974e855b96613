# SPDX-License-Identifier: Apache-2.0
"""The real program on small real projects.

The program is the installed one (`.venv/bin/extproof`), or the one that EXTPROOF_PROGRAM names.
"""

import pathlib

import pytest
from projects import Program, Project

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def program():
    return Program.find(ROOT)


@pytest.fixture
def project(tmp_path, program):
    """A project in a fresh folder: `project("name", source=..., tests=...)`."""

    def make(name="spam", **parts):
        return Project.make(tmp_path / name, program, **parts)

    return make
