# SPDX-License-Identifier: Apache-2.0
"""A lane judges a module only where the module proves that it was compiled for the lane."""

import pytest

# Unsigned, so that there is nothing that the sanitizer would check.
HARMLESS_SOURCE = """
    unsigned long elsewhere(unsigned long value);
    static PyObject *twice(PyObject *self, PyObject *arg) {
      return PyLong_FromUnsignedLong(elsewhere(PyLong_AsUnsignedLong(arg)));
    }
"""

ELSEWHERE = """
    unsigned long elsewhere(unsigned long value) { return value * 2; }
"""

# Objects that a build compiles with a compiler named by its path: the wrapper never sees that.
PAST_THE_WRAPPER = """
    import os
    import subprocess
    import sysconfig
    from setuptools import Extension, setup
    def past(name):
        subprocess.check_call(["/usr/bin/gcc", "-g", "-O1", "-fPIC", "-I" +
                               sysconfig.get_paths()["include"], "-c", name + ".c", "-o",
                               name + "_past.o"])
        return name + "_past.o"
    setup(name="spam", version="1.0", ext_modules=[Extension(
        "spam", %(sources)s, extra_objects=[past(name) for name in %(past)s])])
"""


def make(project, sources, past):
    return project(source=HARMLESS_SOURCE, files={
        "setup.py": PAST_THE_WRAPPER % {"sources": sources, "past": past},
        "elsewhere.c": ELSEWHERE,
    })


def instrumented(run):
    return [check for check in run.lane("ubsan")["preflight"] if check["check"] == "instrumented"]


@pytest.fixture(params=["gcc", "clang-19"])
def compiler(request):
    return {"env": {"EXTPROOF_COMPILER": request.param}}


def test_a_module_in_which_nothing_can_go_wrong_passes(project, compiler):
    run = make(project, ["spam.c", "elsewhere.c"], []).run("ubsan", **compiler)

    assert run.code == 0, run.story()
    [check] = instrumented(run)
    assert check["ok"], check
    assert check["detail"].endswith(
        "calls nothing of the runtime; it was compiled with -fsanitize=undefined")
    assert not any("parts" in spot for spot in run.lane("ubsan")["blind_spots"]), run.story()


def test_objects_compiled_past_the_wrapper_and_linked_through_it_refuse_the_lane(project, compiler):
    run = make(project, [], ["spam", "elsewhere"]).run("ubsan", **compiler)

    assert run.code == 3, run.story()
    assert run.lane("ubsan")["outcome"] == "refused", run.story()
    assert run.codes() == {"XP3107"}, run.story()
    [check] = instrumented(run)
    assert not check["ok"], check


def test_one_object_compiled_past_the_wrapper_is_a_blind_spot(project, compiler):
    run = make(project, ["spam.c"], ["elsewhere"]).run("ubsan", **compiler)

    assert run.code == 0, run.story()
    spots = [spot for spot in run.lane("ubsan")["blind_spots"] if "parts of" in spot]
    assert len(spots) == 1, run.story()
    assert spots[0].endswith("that were compiled without -fsanitize=undefined")
