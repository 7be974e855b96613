# SPDX-License-Identifier: Apache-2.0
"""Small projects for end-to-end tests, and how a run of one is looked at."""

import json
import os
import pathlib
import signal
import subprocess
import textwrap

TIMEOUT = 300

CLEAN_SOURCE = """
    static PyObject *twice(PyObject *self, PyObject *arg) {
      long value = PyLong_AsLong(arg);
      if (value == -1 && PyErr_Occurred()) { return NULL; }
      return PyLong_FromLong(value * 2);
    }
"""

# What a heap overflow of one byte looks like to a suite that passes: malloc gives 40 usable bytes
# for 36, so the release build is not hurt. The volatile index keeps the optimiser from seeing that
# the store is dead.
OVERFLOW_SOURCE = CLEAN_SOURCE + """
    static PyObject *spill(PyObject *self, PyObject *arg) {
      volatile long index = PyLong_AsLong(arg);
      char *block = malloc(36);
      block[index] = 1;
      volatile char seen = block[0];
      (void)seen;
      free(block);
      Py_RETURN_NONE;
    }
"""

CLEAN_TESTS = """
    import spam

    def test_twice():
        assert spam.twice(21) == 42
"""

MODULE = """
    #define PY_SSIZE_T_CLEAN
    #include <Python.h>
    #include <stdlib.h>
    %(source)s
    static PyMethodDef methods[] = {%(methods)s {NULL, NULL, 0, NULL}};
    static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "spam", NULL, -1, methods};
    PyMODINIT_FUNC PyInit_spam(void) { %(init)s return PyModule_Create(&module); }
"""

SETUP = """
    from setuptools import Extension, setup
    setup(name="spam", version="1.0", ext_modules=[Extension("spam", ["spam.c"])])
"""


def dedented(text):
    return textwrap.dedent(text).lstrip("\n")


class Program:
    """The extproof under test."""

    def __init__(self, path):
        self.path = path

    @classmethod
    def find(cls, root):
        named = os.environ.get("EXTPROOF_PROGRAM")
        path = pathlib.Path(named) if named else root / ".venv" / "bin" / "extproof"
        assert path.exists(), "%s is missing: run ./ci/bootstrap first" % path
        return cls(path)

    def start(self, arguments, cwd, **more):
        environment = dict(os.environ, NO_COLOR="1", **more.pop("env", {}))
        return subprocess.Popen([str(self.path), *arguments], cwd=cwd, env=environment,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                stdin=subprocess.DEVNULL, **more)

    def run(self, *arguments, cwd, **more):
        process = self.start(list(arguments), cwd, **more)
        try:
            out, err = process.communicate(timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)
        return Ended(process.returncode, out.decode("utf-8", "replace"),
                     err.decode("utf-8", "replace"))


class Ended:
    """How a call of the program ended."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def story(self):
        return "exit %d\n--- stdout\n%s\n--- stderr\n%s" % (self.code, self.out, self.err)


class Run(Ended):
    """The same, with the run's report as JSON."""

    def __init__(self, ended, report):
        super().__init__(ended.code, ended.out, ended.err)
        self.report = report

    def lane(self, name):
        return next(lane for lane in self.report["lanes"] if lane["name"] == name)

    def findings(self, **wanted):
        return [f for f in self.report["findings"]
                if all(f[key] == value for key, value in wanted.items())]

    def codes(self):
        return {refusal["code"] for lane in self.report["lanes"] for refusal in lane["refusals"]}


class Project:
    def __init__(self, folder, program):
        self.folder, self.program = folder, program

    @classmethod
    def make(cls, folder, program, source=CLEAN_SOURCE, functions=("twice",), tests=CLEAN_TESTS,
             init="", files=None):
        methods = "".join('{"%s", %s, METH_O, NULL},' % (name, name) for name in functions)
        texts = {
            "setup.py": SETUP,
            "spam.c": MODULE % {"source": source, "methods": methods, "init": init},
            "tests/test_spam.py": tests,
        }
        texts.update(files or {})
        project = cls(folder, program)
        for name, text in texts.items():
            if text is not None:
                project.write(name, text)
        return project

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedented(text), encoding="utf-8")

    def listing(self):
        """Every file of the project but those under .extproof."""
        return sorted(str(p.relative_to(self.folder)) for p in self.folder.rglob("*")
                      if ".extproof" not in p.parts)

    def call(self, *arguments, **more):
        return self.program.run(*arguments, cwd=self.folder, **more)

    def run(self, *arguments, **more):
        """`extproof run --json ...`, which must give a report."""
        ended = self.call("run", "--json", *arguments, **more)
        try:
            report = json.loads(ended.out)
        except ValueError:
            raise AssertionError("no report\n" + ended.story()) from None
        return Run(ended, report)
