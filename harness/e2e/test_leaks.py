# SPDX-License-Identifier: Apache-2.0
"""Leaks name the tests that lost the memory, though the process is asked once, at its end."""

import pytest
from projects import CLEAN_SOURCE

LEAKING_SOURCE = CLEAN_SOURCE + """
    static PyObject *lose(PyObject *self, PyObject *arg) {
      char *volatile block = malloc((size_t)PyLong_AsLong(arg));
      block[0] = 1;
      block = NULL;
      Py_RETURN_NONE;
    }
    static char *volatile kept;
    static PyObject *replace(PyObject *self, PyObject *arg) {
      free(kept);
      kept = malloc((size_t)PyLong_AsLong(arg));
      Py_RETURN_NONE;
    }
    static PyObject *forget(PyObject *self, PyObject *arg) {
      kept = NULL;
      Py_RETURN_NONE;
    }
"""

TESTS = """
    import pytest
    import spam

    spam.lose(33)

    @pytest.fixture
    def careless():
        yield
        spam.lose(44)

    def test_before():
        spam.twice(1)

    def test_loses_twice():
        spam.lose(55)
        spam.lose(55)

    def test_allocates_what_a_later_one_frees():
        spam.replace(66)

    def test_allocates_what_a_later_one_forgets():
        spam.replace(77)

    def test_forgets():
        spam.forget(0)

    def test_has_a_careless_fixture(careless):
        spam.twice(1)
"""


@pytest.mark.parametrize("compiler", ["clang-19", "gcc"])
def test_a_leak_is_one_finding_with_every_test_that_allocated_it(project, compiler):
    spam = project(source=LEAKING_SOURCE, functions=("twice", "lose", "replace", "forget"),
                   tests=TESTS, files={"extproof.toml": 'compiler = "%s"\n' % compiler})
    run = spam.run("asan")

    assert run.code == 1, run.story()
    leaks = {f["location"]["function"]: f for f in run.findings(kind="leak")}
    assert set(leaks) == {"lose", "replace"}, run.story()
    moments = [(s["test"].replace("tests/test_spam.py", ""), s["phase"])
               for s in leaks["lose"]["sightings"]]
    assert moments == [("", "import"), ("::test_loses_twice", "call"),
                       ("::test_has_a_careless_fixture", "teardown")], run.story()
    assert leaks["lose"]["title"] == "187 bytes in 4 allocations were lost", run.story()
    [allocated] = leaks["replace"]["sightings"]
    assert allocated["test"].endswith("::test_allocates_what_a_later_one_forgets")
    assert leaks["replace"]["again"][-1] == allocated["test"]
