# SPDX-License-Identifier: Apache-2.0
"""Runs the real files in environments of their own, as a user's suite has them."""

import glob
import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import textwrap
import time

import pytest

PACKAGE = pathlib.Path(__file__).resolve().parent.parent / "extproof"

# name -> Python version and packages. The last one lacks pytest.
ENVIRONMENTS = {
    "py313-pytest9": ("3.13", ("pytest>=9", "pytest-xdist", "pytest-rerunfailures")),
    "py313-pytest8": ("3.13", ("pytest>=8,<9", "pytest-xdist", "pytest-subtests")),
    "py310-pytest7": ("3.10", ("pytest>=7,<8", "pytest-xdist")),
    "py38-pytest8": ("3.8", ("pytest>=8.3,<9", "pytest-xdist")),
    "py313-bare": ("3.13", ()),
}

WITH_PYTEST = [name for name in ENVIRONMENTS if not name.endswith("-bare")]
NEWEST_AND_OLDEST = ["py313-pytest9", "py38-pytest8"]


def find_python(version):
    """A Python of this version that is installed here, or None."""
    uv = ["uv", "python", "find", "--no-python-downloads", "--system", version]
    found = subprocess.run(uv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    if found.returncode == 0:
        return found.stdout.strip()
    pattern = os.path.expanduser("~/.pyenv/versions/%s.*/bin/python" % version)
    return next(iter(sorted(glob.glob(pattern))), None)


def make_environment(name):
    """The interpreter of the environment, which is made once and kept in the user's cache."""
    version, packages = ENVIRONMENTS[name]
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"))
    key = hashlib.sha256(repr(ENVIRONMENTS[name]).encode()).hexdigest()[:12]
    folder = cache / "extproof" / "tests" / ("%s-%s" % (name, key))
    python = folder / "bin" / "python"
    complete = folder / "complete"
    if complete.exists() and python.exists():
        return str(python)
    base = find_python(version)
    if base is None:
        pytest.skip("Python %s is not installed" % version)
    subprocess.run(["uv", "venv", "-q", "--clear", "-p", base, str(folder)], check=True)
    if packages:
        install = ["uv", "pip", "install", "-q", "-p", str(python)]
        subprocess.run(install + list(packages), check=True)
    complete.write_text("")
    return str(python)


@pytest.fixture(scope="session")
def environment():
    """name -> interpreter."""
    made = {}

    def get(name):
        if name not in made:
            made[name] = make_environment(name)
        return made[name]

    return get


def read_events(path):
    """Every line of the file, which must all be whole, ASCII and valid."""
    if not path.exists():
        return []
    lines = path.read_bytes().decode("ascii").splitlines(keepends=True)
    assert all(line.endswith("\n") for line in lines)
    return [json.loads(line) for line in lines]


class Run:
    def __init__(self, folder, status, output):
        self.folder = folder
        self.logs = folder / "logs"
        self.status = status
        self.output = output
        self.events = read_events(folder / "events.jsonl")

    def of(self, event):
        return [line for line in self.events if line["event"] == event]

    def tests(self):
        """Name of the test function -> its outcome; a second line for one id is an error."""
        ids = [line["id"] for line in self.of("test")]
        assert len(ids) == len(set(ids)), ids
        return {line["id"].split("::", 1)[1]: line["outcome"] for line in self.of("test")}

    def test(self, name):
        (line,) = [line for line in self.of("test") if line["id"].endswith("::" + name)]
        return line

    def items(self):
        return [line["id"] for line in self.of("item")]

    def phases(self, phase):
        return [(line["id"], line["edge"]) for line in self.of("phase") if line["phase"] == phase]

    def log(self, pattern):
        return "".join(path.read_text() for path in sorted(self.logs.glob(pattern)))


class Suite:
    """A generated suite in a folder of its own; `write` adds files, `run` runs it."""

    def __init__(self, folder, python):
        self.folder = folder
        self.python = python
        self.project = folder / "project"
        self.project.mkdir()
        (folder / "logs").mkdir()
        self.environ = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("PYTEST_", "PYTHON"))
        }

    def write(self, **files):
        for name, text in files.items():
            self.write_file(name + ".py", text)
        return self

    def write_file(self, name, text):
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return self

    def argv(self, pytest_arguments=(), options=()):
        return [
            self.python,
            str(PACKAGE / "run_tests.py"),
            "--events",
            str(self.folder / "events.jsonl"),
            "--logs",
            str(self.folder / "logs"),
            *options,
            "--",
            *pytest_arguments,
        ]

    def run(self, *pytest_arguments, options=(), environ=()):
        done = subprocess.run(
            self.argv(pytest_arguments, options),
            cwd=self.project,
            env={**self.environ, **dict(environ)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
        )
        return Run(self.folder, done.returncode, done.stdout.decode("utf-8", "replace"))

    def run_until_interrupted(self, marker):
        """Sends SIGINT once the suite has written the file `marker`."""
        output = self.folder / "output.txt"
        with output.open("wb") as stream:
            process = subprocess.Popen(
                self.argv(),
                cwd=self.project,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
            )
            deadline = time.monotonic() + 30
            while not (self.project / marker).exists() and time.monotonic() < deadline:
                time.sleep(0.02)
            process.send_signal(signal.SIGINT)
            status = process.wait(timeout=30)
        return Run(self.folder, status, output.read_text())


@pytest.fixture(params=NEWEST_AND_OLDEST)
def suite(request, environment, tmp_path):
    """An empty suite, in the newest and in the oldest environment."""
    return Suite(tmp_path, environment(request.param))


@pytest.fixture(params=WITH_PYTEST)
def suite_everywhere(request, environment, tmp_path):
    """An empty suite, once for each environment that has pytest."""
    return Suite(tmp_path, environment(request.param))


@pytest.fixture
def suite_in(environment, tmp_path):
    """name of the environment -> an empty suite in it."""
    return lambda name: Suite(tmp_path, environment(name))


@pytest.fixture(scope="session")
def compile_library(tmp_path_factory):
    """C source, extra flags -> path of a shared library."""
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    folder = tmp_path_factory.mktemp("libraries")

    def compile_one(name, source, *flags):
        code, library = folder / (name + ".c"), folder / ("lib%s.so" % name)
        code.write_text(textwrap.dedent(source))
        command = ["gcc", "-shared", "-fPIC", "-g", "-O0", *flags, "-o", str(library), str(code)]
        subprocess.run(command, check=True)
        return str(library)

    return compile_one


@pytest.fixture(scope="session")
def fake_probe(compile_library):
    """Stands for the probe: a call of extproof_test_report stands for a sanitizer's report."""
    return compile_library(
        "fake_probe",
        """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <signal.h>
        #include <stdio.h>
        #include <unistd.h>

        static int stack_fd, report_signal;

        int extproof_probe_start(const char* log_dir, int fd, int signum) {
          char path[4096];
          snprintf(path, sizeof path, "%s/probe.started", log_dir);
          int out = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
          dprintf(out, "%s %d\\n", log_dir, signum);
          close(out);
          stack_fd = fd;
          report_signal = signum;
          return 0;
        }

        int extproof_test_report(int number) {
          dprintf(stack_fd, "== report %d\\n", number);
          return raise(report_signal);
        }
        """,
    )
