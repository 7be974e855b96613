# SPDX-License-Identifier: Apache-2.0
"""What a run says of the by-products of a mistake, and of failures that are no mistake."""

from projects import CLEAN_SOURCE

# The write lands in a block of its own, far from its red zone, and damages what that block holds.
DAMAGE_SOURCE = CLEAN_SOURCE + """
    static char *volatile first;
    static long **volatile second;
    static PyObject *damage(PyObject *self, PyObject *arg) {
      second = malloc(64);
      first = malloc(8);
      second[0] = malloc(8);
      first[8] = 1;
      second[0] = (long *)0x4141414141414141;
      Py_RETURN_NONE;
    }
    static PyObject *use(PyObject *self, PyObject *arg) {
      return PyLong_FromLong(second[0][0]);
    }
"""


def test_a_crash_after_an_overflow_names_it_and_its_test_failed(project):
    spam = project(source=DAMAGE_SOURCE, functions=("twice", "damage", "use"), tests="""
        import spam

        def test_damages():
            spam.damage(0)

        def test_uses():
            spam.use(0)

        def test_runs_after_all():
            spam.twice(1)
    """)
    run = spam.run("asan")

    assert run.code == 1, run.story()
    [overflow] = run.findings(kind="heap-buffer-overflow")
    crash = next(f for f in run.findings(kind="crash") if f["sightings"][0]["lane"] == "asan")
    assert overflow["after"] == "", run.story()
    assert crash["after"] == overflow["id"], run.story()
    assert "%s, in the same process" % overflow["id"] in spam.call("explain", crash["id"]).out
    assert "after    %s, in the same process" % overflow["id"] in spam.call("report").out
    asan = run.lane("asan")
    assert asan["outcome"] == "crashed"
    assert asan["tests"] == {"passed": 2, "failed": 1, "skipped": 0, "errors": 0, "not_run": 0}
    records = {r["id"].split("::")[1]: r for r in asan["test_records"]}
    assert records["test_uses"]["outcome"] == "failed"
    assert "crash" in records["test_uses"]["message"], records
    assert set(records) == {"test_uses"}, records  # tests that passed are counted only


def test_a_limit_on_memory_that_only_asan_reaches_has_its_line_and_a_hint(project):
    spam = project(tests="""
        import resource
        import spam

        def test_fits_into_a_gigabyte():
            limits = resource.getrlimit(resource.RLIMIT_AS)
            resource.setrlimit(resource.RLIMIT_AS, (1 << 30, limits[1]))
            try:
                assert len([bytearray(1 << 22) for _ in range(40)]) == 40
            finally:
                resource.setrlimit(resource.RLIMIT_AS, limits)
    """)
    run = spam.run("asan")

    assert run.code == 1, run.story()
    [finding] = run.findings(kind="fails-only-in-lane")
    assert finding["location"]["file"] == "tests/test_spam.py", run.story()
    assert finding["location"]["line"] == 8, run.story()
    assert finding["title"].endswith("MemoryError"), run.story()
    assert "RLIMIT_AS" in finding["hint"], run.story()
    assert finding["sightings"][0]["bytes"] is None
    console = spam.call("report").out
    assert "hint     the runtime of this lane reserves" in console
    assert "bytes 0-0" not in console
