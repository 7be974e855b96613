# SPDX-License-Identifier: Apache-2.0
"""`extproof debug`: the test of a finding in gdb, stopped at its report."""

import os
import pathlib
import pty
import re
import select
import shutil
import signal
import time

import pytest
from projects import CLEAN_SOURCE

pytestmark = pytest.mark.skipif(shutil.which("gdb") is None, reason="gdb is not installed")

SOURCE = CLEAN_SOURCE + """
    #include <unistd.h>
    static void store(char *block, long index) { block[index] = 1; }
    static PyObject *spill(PyObject *self, PyObject *arg) {
      volatile long index = PyLong_AsLong(arg);
      char *block = malloc(36);
      store(block, index);
      volatile char seen = block[0];
      (void)seen;
      free(block);
      Py_RETURN_NONE;
    }
    static PyObject *other(PyObject *self, PyObject *arg) {
      volatile char *block = malloc(20);
      block[20 + (PyLong_AsLong(arg) & 0)] = 1;
      free((void *)block);
      Py_RETURN_NONE;
    }
    static PyObject *add(PyObject *self, PyObject *arg) {
      volatile int value = (int)PyLong_AsLong(arg);
      value = value + 1;
      return PyLong_FromLong(value);
    }
    static PyObject *crash(PyObject *self, PyObject *arg) {
      volatile int *where = (int *)PyLong_AsLong(arg);
      *where = 1;
      Py_RETURN_NONE;
    }
    static PyObject *lose(PyObject *self, PyObject *arg) {
      char *volatile lost = malloc(4321 + (size_t)PyLong_AsLong(arg));
      lost[0] = 1;
      lost = NULL;
      Py_RETURN_NONE;
    }
    static PyObject *stay(PyObject *self, PyObject *arg) {
      for (;;) { usleep(1000); }
    }
"""
FUNCTIONS = ("twice", "spill", "other", "add", "crash", "lose", "stay")

# Ids with everything that a shell or gdb would take for a command.
HOSTILE = "\"]; shell touch pwned; $(touch pwned) `touch pwned` '\\n!touch pwned"

TESTS = """
    import subprocess
    import sys

    import pytest
    import spam

    @pytest.mark.parametrize("where", [36], ids=[%r])
    def test_spill(where):
        def inner():
            spam.spill(where)
        spam.other(0)
        inner()

    def test_add():
        assert spam.add(2**31 - 1)

    def test_lose():
        # More than one: an old copy of the last address may stay on the stack.
        for size in range(5):
            spam.lose(size)

    def test_child():
        subprocess.run([sys.executable, "-c", "import spam; spam.add(2**31 - 1)"], check=True)
""" % HOSTILE


def finding(run, **wanted):
    """The F-number of the one finding like this."""
    found = [f for f in run.report["findings"]
             if all(f[key] == value for key, value in wanted.items() if key != "function")
             and f["location"]["function"] == wanted.get("function", f["location"]["function"])]
    assert len(found) == 1, run.story()
    return found[0]["id"]


def line_of(text):
    """The line of SOURCE's module with that text, as spam.c has it."""
    def number(folder):
        lines = (folder / "spam.c").read_text().splitlines()
        return 1 + next(i for i, line in enumerate(lines) if text in line)
    return number


def test_it_stops_at_the_report_of_that_finding_with_both_stacks(project):
    spam = project(source=SOURCE, functions=FUNCTIONS, tests=TESTS)
    run = spam.run("asan", "--", "tests/test_spam.py::test_spill")
    name = finding(run, kind="heap-buffer-overflow", function="store")
    files = spam.listing()

    ended = spam.call("debug", name, "--batch")

    assert ended.code == 0, ended.story()
    assert "%s: stopped where its report is made" % name in ended.out, ended.story()
    # The report of `other` comes first in the same test, and is not what was asked for.
    assert "passed over: 1 other report" in ended.out, ended.story()
    native, python = ended.out.split("python stack\n")
    fault = re.search(r"^at fault: #(\d+)$", native, re.MULTILINE)
    assert fault, ended.story()
    line = line_of("block[index] = 1")(spam.folder)
    assert re.search(r"^#%s .*store .* at spam\.c:%d$" % (fault.group(1), line), native,
                     re.MULTILINE), ended.story()
    assert re.search(r"^#\d+ .*spill ", native, re.MULTILINE), ended.story()
    assert python.splitlines()[0].startswith("  tests/test_spam.py:"), ended.story()
    assert [line.split()[-1] for line in python.splitlines()[:2]] == ["inner", "test_spill"]
    # Nothing of a test's name was a command, and the project is as it was.
    assert not list(spam.folder.rglob("pwned")), ended.story()
    assert spam.listing() == files, ended.story()
    # Nothing was stored: the finding has its name still.
    assert spam.call("explain", name).code == 0


def test_it_stops_at_undefined_behaviour_also_in_a_child(project):
    spam = project(source=SOURCE, functions=FUNCTIONS, tests=TESTS)
    for test in ("test_add", "test_child"):
        run = spam.run("ubsan", "--", "tests/test_spam.py::" + test)
        name = finding(run, kind="undefined-behavior")

        ended = spam.call("debug", name, "--batch")

        assert ended.code == 0, ended.story()
        line = line_of("value = value + 1")(spam.folder)
        assert re.search(r"^#\d+ .*add .* at spam\.c:%d$" % line, ended.out,
                         re.MULTILINE), ended.story()
        if test == "test_add":
            assert re.search(r"^  tests/test_spam\.py:\d+  test_add$", ended.out,
                             re.MULTILINE), ended.story()


def test_a_crash_stops_at_the_instruction_in_the_uninstrumented_build_too(project):
    spam = project(source=SOURCE, functions=FUNCTIONS, tests="""
        import spam

        def test_crash():
            spam.crash(8)
    """)
    run = spam.run("release")
    name = finding(run, kind="crash")

    ended = spam.call("debug", name, "--batch")

    assert ended.code == 0, ended.story()
    assert "%s: stopped at its signal, SIGSEGV" % name in ended.out, ended.story()
    assert re.search(r"^#0 .*crash ", ended.out, re.MULTILINE), ended.story()
    assert re.search(r"^  tests/test_spam\.py:\d+  test_crash$", ended.out, re.MULTILINE)


def test_a_leak_stops_at_the_line_that_allocates(project):
    spam = project(source=SOURCE, functions=FUNCTIONS, tests=TESTS)
    run = spam.run("asan", "--", "tests/test_spam.py::test_lose")
    name = finding(run, kind="leak")

    ended = spam.call("debug", name, "--batch")

    assert ended.code == 0, ended.story()
    assert "%s: stopped where its block is allocated" % name in ended.out, ended.story()
    line = line_of("malloc(4321")(spam.folder)
    assert re.search(r"^#0 .*lose .* at spam\.c:%d$" % line, ended.out,
                     re.MULTILINE), ended.story()


def test_a_hang_is_interrupted_and_shows_every_thread(project):
    spam = project(source=SOURCE, functions=FUNCTIONS, tests="""
        import spam

        def test_stay():
            spam.stay(0)
    """, files={"extproof.toml": "timeout = 3\n"})
    run = spam.run("release")
    name = finding(run, kind="hang")

    ended = spam.call("debug", name, "--batch")

    assert ended.code == 0, ended.story()
    assert "%s: stopped in the hang" % name in ended.out, ended.story()
    assert re.search(r"^#\d+ .*stay ", ended.out, re.MULTILINE), ended.story()
    assert re.search(r"^  tests/test_spam\.py:\d+  test_stay$", ended.out, re.MULTILINE)


def test_a_finding_that_was_mended_is_not_seen_again(project):
    spam = project(source=SOURCE, functions=FUNCTIONS, tests=TESTS)
    run = spam.run("ubsan", "--", "tests/test_spam.py::test_add")
    name = finding(run, kind="undefined-behavior")
    source = (spam.folder / "spam.c").read_text()
    (spam.folder / "spam.c").write_text(source.replace("value = value + 1", "value = value / 2"))

    ended = spam.call("debug", name, "--batch")

    assert (ended.code, "XP2009" in ended.err) == (3, True), ended.story()
    assert "%s was not seen" % name in ended.out, ended.story()


def test_what_cannot_be_debugged_says_so_before_anything_runs(project, tmp_path):
    spam = project(source=SOURCE, functions=FUNCTIONS, tests=TESTS)
    run = spam.run("ubsan", "--", "tests/test_spam.py::test_add")
    name = finding(run, kind="undefined-behavior")

    ended = spam.call("debug", name)
    assert (ended.code, "XP1005" in ended.err) == (2, True), ended.story()

    # A PATH with every program but gdb.
    programs = tmp_path / "programs"
    programs.mkdir()
    for folder in os.environ["PATH"].split(os.pathsep):
        for path in pathlib.Path(folder).iterdir() if os.path.isdir(folder) else ():
            if path.name != "gdb" and not (programs / path.name).exists():
                (programs / path.name).symlink_to(path)
    ended = spam.call("debug", name, "--batch", env={"PATH": str(programs)})
    assert (ended.code, "XP1203" in ended.err) == (4, True), ended.story()
    assert "apt-get install gdb" in ended.err, ended.story()


class Terminal:
    """A program with a terminal of its own, as a person has it in front of them."""

    def __init__(self, argv, cwd):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(cwd)
            os.execve(argv[0], argv, dict(os.environ, TERM="dumb", NO_COLOR="1"))
        self.seen = ""
        self._read = 0  # of it, by what was waited for

    def wait_for(self, text, seconds=240):
        """What came since the last call, up to this text."""
        end = time.monotonic() + seconds
        start = self._read
        while text not in self.seen[start:]:
            assert time.monotonic() < end, "no %r in\n%s" % (text, self.seen)
            if select.select([self.fd], [], [], 0.2)[0]:
                try:
                    self.seen += os.read(self.fd, 65536).decode("utf-8", "replace")
                except OSError:
                    raise AssertionError("it ended before %r\n%s" % (text, self.seen)) from None
        self._read = self.seen.index(text, start) + len(text)
        return self.seen[start:self._read]

    def type(self, text):
        os.write(self.fd, text.encode())

    def foreground(self):
        return os.tcgetpgrp(self.fd)

    def end(self):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                os.read(self.fd, 65536) if select.select([self.fd], [], [], 0.1)[0] else b""
            except OSError:
                pass
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                os.close(self.fd)
                return os.waitstatus_to_exitcode(status)
        raise AssertionError("it did not end\n" + self.seen)


def processes_of(folder):
    """Processes whose command line or working folder is of that folder."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().decode("utf-8", "replace")
                if str(folder) in words or os.readlink(entry / "cwd").startswith(str(folder)):
                    found.append(int(entry.name))
            except OSError:
                pass
    return found


@pytest.fixture
def terminal(program):
    opened = []

    def open_one(project, *arguments):
        opened.append(Terminal([str(program.path), *arguments], project.folder))
        return opened[-1]

    yield open_one
    for one in opened:
        try:
            os.kill(one.pid, signal.SIGKILL)
        except OSError:
            pass


def test_a_person_gets_gdb_with_the_frame_at_fault_and_its_terminal(project, terminal):
    spam = project(source=SOURCE, functions=FUNCTIONS, tests=TESTS)
    run = spam.run("asan", "--", "tests/test_spam.py::test_spill")
    name = finding(run, kind="heap-buffer-overflow", function="store")

    debugger = terminal(spam, "debug", name)
    debugger.wait_for('"quit" to end')
    debugger.wait_for("(gdb)")
    debugger.type("info frame\n")
    assert "spam.c:%d" % line_of("block[index] = 1")(spam.folder) in debugger.wait_for("(gdb)")
    debugger.type("up\n")
    assert "spill" in debugger.wait_for("(gdb)")
    debugger.type("py-stack\n")
    assert "tests/test_spam.py" in debugger.wait_for("(gdb)")
    # gdb itself is not preloaded with anything of the lane.
    debugger.type("python import os; print(os.environ.get('LD_PRELOAD'), 'here')\n")
    assert "None here" in debugger.wait_for("(gdb)")
    # Ctrl-C at the prompt ends neither gdb nor extproof.
    debugger.type("\x03")
    debugger.wait_for("(gdb)")
    debugger.type("set confirm off\nquit\n")

    assert debugger.end() == 0, debugger.seen
    assert processes_of(spam.folder) == [], debugger.seen


def test_ctrl_c_reaches_the_program_that_hangs_and_nothing_survives_a_kill(project, terminal):
    spam = project(source=SOURCE, functions=FUNCTIONS, tests="""
        import spam

        def test_stay():
            spam.stay(0)
    """, files={"extproof.toml": "timeout = 3\n"})
    run = spam.run("release")
    name = finding(run, kind="hang")

    debugger = terminal(spam, "debug", name)
    debugger.wait_for("Ctrl-C stops it")
    debugger.wait_for("test_spam.py")
    time.sleep(2)
    assert debugger.foreground() != os.getpgid(debugger.pid)  # the program's own
    debugger.type("\x03")
    debugger.wait_for("stopped in the hang")
    debugger.wait_for("(gdb)")
    debugger.type("py-stack\n")
    assert "test_stay" in debugger.wait_for("(gdb)")
    os.kill(debugger.pid, signal.SIGKILL)
    os.waitpid(debugger.pid, 0)

    end = time.monotonic() + 20
    while processes_of(spam.folder) and time.monotonic() < end:
        time.sleep(0.1)
    assert processes_of(spam.folder) == []
