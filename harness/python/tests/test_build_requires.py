# SPDX-License-Identifier: Apache-2.0
"""The question to the build backend, and the answer on the last line."""

import json
import os
import subprocess

import pytest
from conftest import PACKAGE

BACKEND = """
import os, subprocess, sys

class Inner:
    @staticmethod
    def get_requires_for_build_wheel(settings=None):
        print("the backend talks")
        subprocess.run([sys.executable, "-c", "print('its child talks')"], check=True)
        return ["cmake>=3.15", str(settings), os.path.basename(os.getcwd())]

outer = Inner()
outer.deep = Inner()
"""


@pytest.fixture(params=["py313-bare", "py38-pytest8"])
def ask(request, environment, tmp_path):
    tree = tmp_path / "tree"
    (tree / "_build").mkdir(parents=True)
    (tree / "_build" / "own_backend.py").write_text(BACKEND)
    (tree / "in_tree.py").write_text("")

    def run(*arguments):
        return subprocess.run(
            [environment(request.param), str(PACKAGE / "build_requires.py"), *arguments],
            cwd=tree,
            env={k: v for k, v in os.environ.items() if not k.startswith("PYTHON")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return run


@pytest.mark.parametrize("name", ["own_backend:outer", "own_backend:outer.deep"])
def test_the_answer_is_alone_on_stdout(ask, name):
    done = ask(
        *("--backend", name, "--backend-path", "_build"),
        *("--config-settings", json.dumps({"a": ["b"]})),
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    assert json.loads(done.stdout) == {
        "schema": 1,
        "requires": ["cmake>=3.15", "{'a': ['b']}", "tree"],
    }
    assert "the backend talks" in done.stderr and "its child talks" in done.stderr


def test_a_backend_without_the_hook_requires_nothing(ask):
    done = ask("--backend", "own_backend", "--backend-path", "_build")

    assert json.loads(done.stdout) == {"schema": 1, "requires": []}


def test_a_backend_that_is_not_installed_is_one_line(ask):
    done = ask("--backend", "no_such_backend.api")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "extproof: there is no build backend 'no_such_backend.api' here\n"


@pytest.mark.parametrize("name", ["in_tree", "events"])
def test_neither_the_source_tree_nor_our_folder_is_searched(ask, name):
    assert ask("--backend", name).returncode == 1
