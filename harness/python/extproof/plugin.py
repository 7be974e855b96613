# SPDX-License-Identifier: Apache-2.0
"""The pytest plugin: says what the suite does, as event lines. For pytest 7, 8 and 9.

Wrappers are of pluggy's older form, which all of these versions know.
"""

import os
import platform
import sys

import pytest

_XDIST_OPTIONS = (
    ("--numprocesses", "numprocesses", "store"),
    ("--maxprocesses", "maxprocesses", "store"),
    ("--max-worker-restart", "maxworkerrestart", "store"),
    ("--dist", "dist", "store"),
    ("--loadscope-reorder", "loadscopereorder", "store_true"),
    ("--no-loadscope-reorder", "loadscopereorder", "store_false"),
    ("--tx", "tx", "append"),
    ("--px", "px", "append"),
    ("--rsyncdir", "rsyncdir", "append"),
    ("--rsyncignore", "rsyncignore", "append"),
    ("--testrunuid", "testrunuid", "store"),
    ("--maxschedchunk", "maxschedchunk", "store"),
)


def has_gil():
    is_enabled = getattr(sys, "_is_gil_enabled", None)
    return bool(is_enabled()) if is_enabled is not None else True


def find_modules(names):
    """Where each of `names` that was imported came from."""
    found = []
    for name in names:
        file = getattr(sys.modules.get(name), "__file__", None)
        if isinstance(file, str):
            found.append({"name": name, "file": file, "realpath": os.path.realpath(file)})
    return found


class Recording:
    """What both plugins share: the event file, the log sizes and the phases."""

    def __init__(self, events, outcomes, writer, log_sizes, stacks, leak_check=None):
        self.outcomes = outcomes
        self.writer = writer
        self._events = events
        self._log_sizes = log_sizes
        self._stacks = stacks
        self._leak_check = leak_check
        self._edges = 0
        self.growths = 0  # phase boundaries at which a log had grown
        self.last_growth = ""  # the phase in which the last of them did; empty between two phases

    def write(self, event, **fields):
        self.writer.write(event=event, **fields)

    def now(self):
        return self._events.now()

    def edge(self, phase, nodeid, edge):
        """Writes a phase boundary, with the log files that grew since the last one."""
        if self.writer.is_ours():
            grown = self._log_sizes.changed()
            if grown:
                self.growths += 1
                self.last_growth = phase if edge == "end" else ""
            self.writer.write_edge(phase, nodeid, edge, grown)
            self._edges += 1
            if self._leak_check is not None:
                self._leak_check.enter(self._edges)

    def note_growth(self, phase, nodeid):
        """Writes a boundary if a log has grown since the last one."""
        if self.writer.is_ours():
            grown = self._log_sizes.changed()
            if grown:
                self.growths += 1
                self.last_growth = ""
                self.writer.write_edge(phase, nodeid, "end", grown)

    def adopt(self):
        """Goes on in this process, a fork of the one that began. Only one may write at a time."""
        self.writer.adopt()
        self._stacks.adopt()

    def check_leaks(self):
        """Once, at the end, where the process was asked for it."""
        if self._leak_check is not None:
            self.write("leak-check", **self._leak_check.run())

    def keep_open(self):
        """Takes back what a suite may have closed or replaced."""
        self.writer.keep()
        self._stacks.catch_crashes()


class SessionPlugin:
    """Known to pytest before its command line is read; lives as long as the process."""

    def __init__(self, recording, modules):
        self._recording = recording
        self._modules = modules
        self._is_configuring = False
        self._is_finishing = False

    def begin(self, events):
        """Writes the session line; configuring begins here, before pytest reads its options."""
        record = self._recording
        record.write(
            "session",
            schema=events.SCHEMA,
            pid=os.getpid(),
            python=platform.python_version(),
            implementation=sys.implementation.name,
            pytest=str(pytest.__version__),
            gil=has_gil(),
            t=events.now(),
        )
        self._is_configuring = True
        record.edge("configure", "", "start")

    def end(self, exit_status):
        """Writes the last line, whether or not pytest came to its own end."""
        self._end_configuring()
        self._end_finishing()
        self._recording.write("finish", exitstatus=int(exit_status), t=self._recording.now())
        self._recording.keep_open()

    def _end_configuring(self):
        if self._is_configuring:
            self._is_configuring = False
            self._recording.edge("configure", "", "end")

    def _end_finishing(self):
        if self._is_finishing:
            self._is_finishing = False
            self._recording.edge("finish", "", "end")

    @pytest.hookimpl(tryfirst=True)
    def pytest_load_initial_conftests(self, early_config, parser):
        plugins = early_config.pluginmanager
        if plugins.hasplugin("xdist") or plugins.hasplugin("xdist.plugin"):
            return
        # Options that ask for xdist must not be usage errors where it is missing or blocked.
        group = parser.getgroup("xdist")
        add = getattr(group, "_addoption", None)  # the only way to a lower-case short option
        try:
            for name, dest, action in _XDIST_OPTIONS:
                names = ("-n", name) if name == "--numprocesses" and add else (name,)
                (add or group.addoption)(*names, dest=dest, action=action, help="ignored")
            if add:
                add("-d", dest="distload", action="store_true", help="ignored")
        except ValueError:
            pass  # another plugin has options of these names, and they keep its meaning

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_cmdline_main(self, config):
        option = config.option
        option.continue_on_collection_errors = True
        self._switch_xdist_off(option)
        yield

    def _switch_xdist_off(self, option):
        asked = (
            getattr(option, "numprocesses", None) not in (None, 0, "0")
            or getattr(option, "dist", None) not in (None, "no")
            or getattr(option, "tx", None)
            or getattr(option, "distload", False)
            or getattr(option, "looponfail", False)
        )
        if not asked:
            return
        neutral = (
            ("numprocesses", 0),
            ("dist", "no"),
            ("tx", []),
            ("distload", False),
            ("looponfail", False),
        )
        for name, value in neutral:
            if hasattr(option, name):
                setattr(option, name, value)
        self._recording.write(
            "note",
            code="xdist-off",
            message="the options ask for xdist; the tests run in this one process instead",
        )

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self):
        # pytest's own plugin has just sent the fault handler to stderr.
        self._recording.keep_open()

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_sessionstart(self, session):
        yield
        # Registered last, the recorder's wrappers lie around those of all other plugins.
        session.config.pluginmanager.register(RecorderPlugin(self._recording))

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self):
        self._end_configuring()

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_sessionfinish(self):
        self._end_configuring()
        if not self._is_finishing:
            self._is_finishing = True
            self._recording.edge("finish", "", "start")
        yield

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self):
        record = self._recording
        if record.writer.is_ours():
            if self._modules:
                record.write("modules", modules=find_modules(self._modules))
            record.check_leaks()
        self._end_finishing()


class RecorderPlugin:
    """Collection and tests."""

    def __init__(self, recording):
        self._recording = recording
        self._result = None

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_make_collect_report(self, collector):
        # In pytest 7 a package is a module as well.
        is_module = isinstance(collector, pytest.Module) and not isinstance(
            collector, pytest.Package
        )
        phase = "import" if is_module else "collection"
        self._recording.edge(phase, collector.nodeid, "start")
        yield
        self._recording.edge(phase, collector.nodeid, "end")

    @pytest.hookimpl(tryfirst=True)
    def pytest_collectreport(self, report):
        if report.outcome == "passed":
            return
        event = "collect-skip" if report.outcome == "skipped" else "collect-error"
        message = self._recording.outcomes.message_of(report.longrepr)
        self._recording.write(event, id=report.nodeid, message=message)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session):
        for index, item in enumerate(session.items):
            self._recording.write("item", index=index, id=item.nodeid)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item):
        self._recording.keep_open()
        self._result = result = self._recording.outcomes.TestResult(item.nodeid)
        outcome = yield
        self._result = None
        if outcome.excinfo is None and result.is_known():
            self._recording.write("test", id=result.nodeid, **result.fields())

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item):
        yield from self._phase("setup", item)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item):
        yield from self._phase("call", item)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item):
        yield from self._phase("teardown", item)

    def _phase(self, phase, item):
        nodeid = self._id_of(item)
        self._recording.edge(phase, nodeid, "start")
        yield
        self._recording.edge(phase, nodeid, "end")

    def _id_of(self, node):
        # Some suites change ids while a test runs; the one of the item line stays.
        return self._result.nodeid if self._result is not None else node.nodeid

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report):
        outcomes = self._recording.outcomes
        if self._result is not None:
            self._result.add(report)
        if outcomes.is_subtest(report) and report.outcome == "passed":
            return
        outcome = outcomes.plain_outcome(report)
        where = outcomes.failure_of(report) if outcome == "failed" else {}
        self._recording.write(
            "outcome",
            id=self._id_of(report),
            phase=outcomes.phase_of(report),
            outcome=outcome,
            xfail=outcomes.is_xfail(report),
            duration=round(float(getattr(report, "duration", 0.0) or 0.0), 6),
            message=outcomes.message_of_report(report),
            **where,
        )
