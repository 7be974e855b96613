# SPDX-License-Identifier: Apache-2.0
"""Child processes of tests are watched, however they are started."""

import pytest
from projects import CLEAN_SOURCE, OVERFLOW_SOURCE

SHIFT_SOURCE = CLEAN_SOURCE + """
    static PyObject *spill(PyObject *self, PyObject *arg) {
      volatile int by = (int)PyLong_AsLong(arg);
      return PyLong_FromLong(1 << by);
    }
"""

TESTS = """
    import os
    import subprocess
    import sys

    import spam

    def child(script, **how):
        return subprocess.run([sys.executable, "-c", script], capture_output=True, **how)

    def test_before():
        assert child("import spam; print(spam.twice(2))").stdout.strip() == b"4"

    def test_starts_a_child():
        child("import spam; spam.spill(36)", %s)

    def test_after():
        # Nothing of ours is in the environment of a child that was given an empty one.
        names = child("import os; print(sorted(set(os.environ) - {'LC_CTYPE'}))", env={}).stdout
        assert names.strip() == b"[]", names
"""

HOW = {
    "the_environment_of_the_test": "env=None",
    "an_empty_environment": "env={}",
    "a_few_variables": 'env={"HOME": "/", "PATH": "/usr/bin:/bin"}',
}


@pytest.mark.parametrize("lane, source, kind", [
    ("asan", OVERFLOW_SOURCE, "heap-buffer-overflow"),
    ("ubsan", SHIFT_SOURCE, "undefined-behavior"),
], ids=["asan", "ubsan"])
@pytest.mark.parametrize("how", HOW.values(), ids=HOW)
def test_a_bug_in_a_child_with(how, lane, source, kind, project):
    run = project(source=source, functions=("twice", "spill"), tests=TESTS % how).run(lane)

    assert run.code == 1, run.story()
    assert [f["kind"] for f in run.report["findings"]] == [kind], run.story()
    [finding] = run.report["findings"]
    assert finding["owner"] == "extension"
    assert finding["location"]["function"] == "spill"
    assert {(s["lane"], s["test"], s["phase"]) for s in finding["sightings"]} == {
        (lane, "tests/test_spam.py::test_starts_a_child", "call")}, run.story()
    assert run.lane(lane)["tests"]["passed"] == 3, run.story()
    assert "empty environment" not in str(run.lane(lane)["blind_spots"])
