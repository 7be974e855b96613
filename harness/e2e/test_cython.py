# SPDX-License-Identifier: Apache-2.0
"""Findings in modules of Cython stand where somebody wrote something: in the .pyx."""

import pytest

CORE = """
    from libc.stdlib cimport free, malloc

    from spam.helper cimport shifted

    cdef class Row:
        cdef char *data

        def __cinit__(self):
            self.data = <char *>malloc(36)

        def __dealloc__(self):
            free(self.data)

        def fill(self, int count):
            for index in range(count):
                self.data[index] = 1
            return count

    def times_two_to_the(int number, int exponent):
        return shifted(number, exponent)
"""

HELPER = """
    cdef inline int shifted(int number, int exponent):
        return number << exponent
"""

TESTS = """
    from spam.core import Row, times_two_to_the

    def test_fill():
        assert Row().fill(37) == 37

    def test_shift():
        times_two_to_the(1, 33)
"""


def files_of(requirement):
    return {
        "spam.c": None,
        "pyproject.toml": """
            [build-system]
            requires = ["setuptools", "%s"]
            build-backend = "setuptools.build_meta"
        """ % requirement,
        "setup.py": """
            from Cython.Build import cythonize
            from setuptools import Extension, setup
            setup(name="spam", version="1.0", packages=["spam"], ext_modules=cythonize(
                [Extension("spam.core", ["spam/core.pyx"])], language_level=3))
        """,
        "spam/__init__.py": "",
        "spam/core.pyx": CORE,
        "spam/helper.pxd": HELPER,
    }


@pytest.mark.parametrize("requirement", ["cython==3.0.12", "cython==3.2.4"])
def test_a_finding_stands_in_the_pyx_and_stays_the_same_when_lines_move(project, requirement):
    spam = project(files=files_of(requirement), tests=TESTS)
    run = spam.run("asan", "ubsan")

    assert run.code == 1, run.story()
    [overflow] = run.findings(kind="heap-buffer-overflow")
    assert overflow["location"]["file"] == "spam/core.pyx", run.story()
    assert overflow["location"]["line"] == 16, run.story()
    frame = next(f for f in overflow["stacks"][0]["frames"] if f["file"] == "spam/core.pyx")
    assert frame["own"]
    assert frame["generated"]["file"] == "spam/core.c", run.story()
    [shift] = run.findings(rule="invalid-shift-exponent")
    assert shift["location"]["file"] == "spam/helper.pxd", run.story()
    assert shift["location"]["line"] == 2, run.story()
    page = spam.call("explain", overflow["id"]).out
    assert "(spam/core.c:%d)" % frame["generated"]["line"] in page, page

    spam.write("spam/core.pyx", "# A line more.\n\n" + CORE.replace("\n    ", "\n").lstrip())
    again = spam.run("asan")
    [moved] = again.findings(kind="heap-buffer-overflow")
    assert moved["location"]["line"] == 18, again.story()
    assert moved["fingerprint"] == overflow["fingerprint"]
