# SPDX-License-Identifier: Apache-2.0
"""What a person's own settings of ccache can do to a run."""

import shutil

import pytest
from projects import OVERFLOW_SOURCE

TESTS = """
    import spam
    def test_spill(): spam.spill(36)
"""


@pytest.mark.skipif(shutil.which("ccache") is None, reason="there is no ccache")
def test_an_object_of_another_copy_of_the_project_does_not_bring_its_paths_along(
        project, tmp_path):
    # Two clones side by side, and `hash_dir = false`, which ccache's manual names for sharing.
    settings = {"CCACHE_NOHASHDIR": "1", "CCACHE_BASEDIR": "/",
                "CCACHE_DIR": str(tmp_path / "ccache")}
    runs = []
    for name in ("first", "second"):
        spam = project(name, source=OVERFLOW_SOURCE, functions=("twice", "spill"), tests=TESTS)
        runs.append(spam.run("asan", env=settings))

    for run in runs:
        assert run.code == 1, run.story()
        (finding,) = run.findings(kind="heap-buffer-overflow")
        assert finding["owner"] == "extension"
        assert finding["location"]["file"] == "spam.c"
