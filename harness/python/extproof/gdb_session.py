# SPDX-License-Identifier: Apache-2.0
"""Runs inside gdb: starts the test of a finding and stops at its report.

    EXTPROOF_DEBUG=SESSION gdb -x gdb_session.py --args extproof-worker become

SESSION is a JSON file; what it holds is written by harness/engines/debug.cpp. No text of it becomes
a command of gdb. For the Python of gdb, 3.6 or newer, which is not that of the tests.
"""

import calendar
import glob
import json
import os
import threading
import time

import gdb

SCHEMA = 1

# How gdb ends in a session without a terminal. harness/engines/debug.hpp has the same numbers.
REACHED = 0
NOT_SEEN = 20
OTHER_STOP = 21
NOT_STARTED = 22

# What the runtimes call at each report, in the frame of the code at fault or of their own below it.
REPORT_FUNCTIONS = ("__asan_on_error", "__ubsan_on_report", "__tsan_on_report")
DEADLY = "SIGSEGV SIGBUS SIGFPE SIGILL SIGABRT SIGSYS"
MOST_FRAMES = 400
BEYOND = 2  # frames shown behind the outermost one of the project, as `extproof explain` does


def shown(text):
    """Text from outside, safe for a terminal and for one line."""
    return "".join(c if c.isprintable() else "\\x%02x" % ord(c) for c in text)


def quietly(command):
    return gdb.execute(command, to_string=True)


def frames():
    """The frames of the selected thread, innermost first."""
    frame = gdb.newest_frame()
    for _ in range(MOST_FRAMES):
        if frame is None:
            return
        yield frame
        try:
            frame = frame.older()
        except gdb.error:  # a stack that was overwritten
            return


def source_of(frame):
    """File as the debug information names it, and line; "" and 0 without."""
    place = frame.find_sal()
    return (place.symtab.filename, place.line) if place.symtab is not None else ("", 0)


def function_of(frame):
    """The name without namespaces, parameters and template arguments."""
    name = (frame.name() or "").split("(")[0].split("<")[0]
    return name.rpartition("::")[2]


class Place:
    """The finding's own frame, as the run has it."""

    def __init__(self, place, root, started):
        self.file, self.line = place["file"], place["line"]
        self.function = place["function"].split("(")[0].split("<")[0].rpartition("::")[2]
        path = os.path.join(root, self.file)
        try:
            # Lines may have moved in a file that was edited since.
            began = calendar.timegm(time.strptime(started, "%Y-%m-%dT%H:%M:%SZ"))
            self.is_edited = os.path.getmtime(path) > began
        except (OSError, ValueError):
            self.is_edited = False

    def is_known(self):
        return bool(self.file)

    def is_at(self, frame):
        file, line = source_of(frame)
        if os.path.basename(file) != os.path.basename(self.file):
            return False
        return function_of(frame) == self.function if self.is_edited else line == self.line

    def frame(self):
        """The innermost frame at this place, or None."""
        return next((f for f in frames() if self.is_at(f)), None) if self.is_known() else None


class ReportStop(gdb.Breakpoint):
    """Stops at the reports of the one finding and passes over those of others."""

    def __init__(self, function, session):
        super().__init__(function)
        self.session = session

    def stop(self):
        place = self.session.place
        if not place.is_known() or place.frame() is not None:
            return True
        self.session.passed_over += 1
        return False


class Silence(threading.Thread):
    """Stops a program whose tests have written nothing for a time, where nobody has a Ctrl-C."""

    def __init__(self, path, seconds):
        super().__init__(daemon=True)
        self._path, self._seconds = path, seconds
        self._is_over = threading.Event()

    def run(self):
        size, since = -1, time.monotonic()
        while not self._is_over.wait(0.2):
            try:
                now = os.stat(self._path).st_size
            except OSError:
                now = 0
            if now != size:
                size, since = now, time.monotonic()
            elif time.monotonic() - since > self._seconds:
                gdb.post_event(self._interrupt)
                return

    def end(self):
        self._is_over.set()

    @staticmethod
    def _interrupt():
        pid = gdb.selected_inferior().pid
        if pid:
            os.kill(pid, 2)  # SIGINT; gdb takes it, the program never sees it


class Session:
    def __init__(self, data):
        self.data = data
        self.place = Place(data["place"], data["root"], data["started"])
        self.passed_over = 0
        self.planted = []
        self.last_stop = None
        self.exit_code = None
        self.is_stopped_by_us = False

    # Before the start.

    def prepare(self):
        for setting in ("breakpoint pending on", "startup-with-shell off", "unwindonsignal on",
                        "disable-randomization off", "print thread-events off",
                        "print inferior-events off", "print frame-arguments scalars"):
            quietly("set " + setting)
        # The suite's own signals, and the one with which the Python stack is asked for.
        quietly("handle all nostop noprint pass")
        quietly("handle " + DEADLY + " stop print pass")
        if self.data["follow_children"]:
            for setting in ("detach-on-fork off", "schedule-multiple on"):
                quietly("set " + setting)
        if self.data["batch"]:
            for setting in ("confirm off", "debuginfod enabled off", "width 0"):
                try:
                    quietly("set " + setting)
                except gdb.error:
                    pass  # an older gdb has no debuginfod
        gdb.events.stop.connect(self._stopped)
        gdb.events.exited.connect(self._exited)

    def plant(self):
        """The breakpoints. Run by plant_quietly, since gdb tells of each that is still pending."""
        place = self.place
        if self.data["stop"] == "allocation":
            self.planted = [gdb.Breakpoint(source=place.file, line=place.line)]
        else:
            self.planted = [ReportStop(function, self) for function in REPORT_FUNCTIONS]

    def _stopped(self, event):
        self.last_stop = event

    def _exited(self, event):
        self.exit_code = getattr(event, "exit_code", None)

    # The run.

    def run(self):
        """Until the stop that was asked for, another one, or the end of the tests."""
        watch = None
        if self.data["interrupt_after"] > 0:
            watch = Silence(self.data["events"], self.data["interrupt_after"])
            watch.start()
        try:
            said = self._go("run")
            while self.data["follow_children"] and self._only_a_child_has_ended():
                said = self._go("continue")
        finally:
            if watch is not None:
                watch.end()
        return said

    def _go(self, command):
        self.last_stop = None
        self.exit_code = None
        return quietly(command)

    def _only_a_child_has_ended(self):
        """After an end: goes over to a process that lives, if there is one."""
        if self.last_stop is not None:
            return False
        for inferior in gdb.inferiors():
            if inferior.pid and inferior.threads():
                inferior.threads()[0].switch()
                return True
        return False

    # What it came to.

    def signal(self):
        return getattr(self.last_stop, "stop_signal", "")

    def is_at_our_stop(self):
        return bool(set(getattr(self.last_stop, "breakpoints", ())) & set(self.planted))

    def result(self):
        if self.last_stop is None:
            return NOT_SEEN
        wanted = self.data["stop"]
        if wanted == "interrupt":
            return REACHED if self.signal() == "SIGINT" else OTHER_STOP
        if wanted == "signal" and self.signal() in DEADLY.split():
            return REACHED
        return REACHED if self.is_at_our_stop() else OTHER_STOP

    def is_own(self, frame):
        """Whether the frame is of the project: its module lies below the build of the lane."""
        module = gdb.solib_name(frame.pc()) or ""
        return os.path.realpath(module).startswith(self.data["build"] + "/") if module else False

    def select_frame(self):
        """Selects the finding's own frame, else the innermost of the project. None without one."""
        frame = self.place.frame() or next((f for f in frames() if self.is_own(f)), None)
        if frame is not None:
            frame.select()
        return frame

    def native_stack(self):
        all_frames = list(frames())
        own = [i for i, f in enumerate(all_frames) if self.is_own(f) or self.place.is_at(f)]
        wanted = (own[-1] if own else 12) + 1 + BEYOND
        text = quietly("backtrace %d" % wanted).rstrip("\n") + "\n"
        text = "".join(line for line in text.splitlines(True)
                       if not line.startswith("(More stack frames follow"))
        left = len(all_frames) - wanted
        return text + ("and %d frames of the interpreter\n" % left if left > 0 else "")


class PythonStack:
    """The stack of the Python code, as the process itself tells it.

    The probe raises the signal on which Python's fault handler writes it: so it needs no symbols
    of the interpreter, no lock of Python, and works in the middle of a report.
    """

    def __init__(self, session):
        self._session = session

    def ask(self):
        """Lines of the selected thread; none when it runs no Python or nothing would write it."""
        before = self._sizes()
        enabled = [b for b in gdb.breakpoints() if b.enabled]
        locking = gdb.parameter("scheduler-locking")
        frame = gdb.selected_frame()
        for breakpoint in enabled:
            breakpoint.enabled = False
        try:
            quietly("set scheduler-locking on")
            gdb.parse_and_eval("((void (*)(void))extproof_probe_show_stack)()")
        except gdb.error:
            return []
        finally:
            quietly("set scheduler-locking " + locking)
            for breakpoint in enabled:
                breakpoint.enabled = True
            if frame.is_valid():
                frame.select()
        return self._lines(self._grown(before))

    def text(self, with_pytest):
        lines = self.ask()
        if not with_pytest:
            lines, left = self._without_pytest(lines)
            if left:
                lines.append("and %d frames of pytest; \"py-stack all\" shows them" % left)
        if not lines and load_python_helper():
            # A child that was started anew has no fault handler that would write it.
            return quietly("py-bt")
        if not lines:
            return "this thread runs no Python, or its stack cannot be had here\n"
        return "".join("  %s\n" % line for line in lines)

    def _files(self):
        return glob.glob(os.path.join(glob.escape(self._session.data["logs"]), "stacks.*"))

    def _sizes(self):
        return {path: os.path.getsize(path) for path in self._files()}

    def _grown(self, before):
        for path in self._files():
            with open(path, "rb") as file:
                file.seek(before.get(path, 0))
                added = file.read()
            if added:
                return added.decode("utf-8", "replace")
        return ""

    def _lines(self, text):
        """"test_a.py:7  test_fill" for each line of the fault handler."""
        lines = []
        for line in text.splitlines():
            line = line.strip()
            if line.startswith("File ") and " in " in line:
                place, _, function = line[len("File "):].rpartition(" in ")
                file, _, number = place.rpartition(", line ")
                file = file.strip('"')
                for folder in (self._session.data["run_folder"], self._session.data["root"]):
                    if file.startswith(folder + "/"):
                        file = file[len(folder) + 1:]
                        break
                lines.append("%s:%s  %s" % (shown(file), number, shown(function)))
        return lines

    @staticmethod
    def _without_pytest(lines):
        """Up to the frames through which pytest calls every test."""
        for at, line in enumerate(lines):
            if "/site-packages/_pytest/" in line and at > 0:
                return lines[:at], len(lines) - at
        return lines, 0


class PythonStackCommand(gdb.Command):
    """The stack of the Python code of this thread: py-stack [all].

The process writes it itself, so this works without symbols of the interpreter."""

    def __init__(self, stack):
        super().__init__("py-stack", gdb.COMMAND_STACK)
        self._stack = stack

    def invoke(self, argument, from_tty):
        gdb.write(self._stack.text(argument.strip() == "all"))


def load_python_helper():
    """CPython's own commands (py-bt, py-up, py-locals), where they lie beside the interpreter.

    Returns whether py-bt works: it also needs the interpreter's debug information, and a thread
    that runs Python.
    """
    try:
        gdb.lookup_type("PyInterpreterState")
    except gdb.error:
        return False
    for objfile in gdb.objfiles():
        path = os.path.realpath(objfile.filename or "")
        if not os.path.basename(path).startswith(("python", "libpython")):
            continue
        folder = os.path.dirname(path)
        for candidate in (path + "-gdb.py", os.path.join(folder, "Tools", "gdb", "libpython.py"),
                          "/usr/share/gdb/auto-load" + path + "-gdb.py"):
            if os.path.isfile(candidate) and _has_worked(candidate):
                return True
    return False


def _has_worked(path):
    try:
        quietly("help py-bt")
    except gdb.error:
        try:
            # Not by "source", whose argument gdb would take apart.
            with open(path, encoding="utf-8") as file:
                exec(compile(file.read(), path, "exec"), {"__name__": "extproof_libpython"})
        except Exception:
            return False
    try:
        return "File " in quietly("py-bt")
    except Exception:
        return False


def tell(session, result, said):
    """What a person reads first at the prompt; in a session without one, all there is."""
    data = session.data
    write = gdb.write
    name = shown(data["finding"])
    if result in (NOT_SEEN, NOT_STARTED):
        if result == NOT_STARTED:
            write(said + "\n")
        elif session.exit_code is None:
            write("the tests ended, and %s was not seen\n" % name)
        else:
            write("the tests ended with exit code %d, and %s was not seen\n"
                  % (session.exit_code, name))
    else:
        where = {"report": "where its report is made", "signal": "at its signal",
                 "allocation": "where its block is allocated", "interrupt": "in the hang"}
        by = session.signal()
        if result == REACHED:
            at = where[data["stop"]] + (", " + by if data["stop"] == "signal" and by else "")
            write("%s: stopped %s\n" % (name, at))
        else:
            write("stopped by %s, which is not %s\n" % (by or "another breakpoint", name))
    if session.passed_over:
        write("passed over: %d other report%s\n"
              % (session.passed_over, "" if session.passed_over == 1 else "s"))


def describe_all_threads(session, stack):
    for thread in gdb.selected_inferior().threads():
        thread.switch()
        gdb.write("\nthread %d\n%s" % (thread.num, session.native_stack()))
        gdb.write("python stack\n" + stack.text(False))


def describe(session, stack):
    """Both stacks, for a session without a prompt."""
    if session.data["stop"] == "interrupt":
        describe_all_threads(session, stack)
        return
    frame = session.select_frame()
    gdb.write("\nnative stack\n" + session.native_stack())
    if frame is not None:
        gdb.write("at fault: #%d\n" % frame.level())
    gdb.write("\npython stack\n" + stack.text(False))


def open_prompt(session):
    """The selected frame, and in one line what to type."""
    frame = session.select_frame()
    if frame is not None:
        gdb.write(quietly("frame"))
    commands = ['"up" and "down" for its callers', '"py-stack" for the Python code']
    if load_python_helper():
        commands.append('"py-bt" with values')
    gdb.write("type " + ", ".join(commands) + ', "continue" to go on, "quit" to end\n')


def main():
    with open(os.environ["EXTPROOF_DEBUG"], encoding="utf-8") as file:
        data = json.load(file)
    if data["schema"] != SCHEMA:
        raise gdb.GdbError("the session is of schema %s, not %d" % (data["schema"], SCHEMA))
    session = Session(data)
    stack = PythonStack(session)
    PythonStackCommand(stack)
    had_pages = gdb.parameter("pagination")
    quietly("set pagination off")
    session.prepare()
    # Through a command, since only that of a command can be kept from the screen.
    main.plant = session.plant
    quietly("python main.plant()")
    if not data["batch"]:
        gdb.write(shown(data["about"]) + "\n")
        gdb.flush()
    try:
        said = session.run()
        result = session.result()
    except gdb.error as error:
        said, result = str(error), NOT_STARTED
    tell(session, result, said)
    is_alive = result in (REACHED, OTHER_STOP)
    if data["batch"]:
        if is_alive:
            describe(session, stack)
        gdb.flush()
        gdb.execute("quit %d" % result)
    if is_alive:
        open_prompt(session)
    quietly("set pagination " + ("on" if had_pages else "off"))


main()
