# SPDX-License-Identifier: Apache-2.0
"""Python stacks at the moment of a crash and of a sanitizer report.

The fault handler writes the stacks of a crash to crash.<pid>. For a report, the probe's callback
raises a real-time signal, on which the fault handler appends the stack of that thread to
stacks.<pid>: it needs no interpreter lock, so nothing can deadlock.
"""

import faulthandler
import os
import signal

_enable = faulthandler.enable


class ReportStacks:
    """`append_file` is the class that opens a file for appending by its path."""

    def __init__(self, log_folder, append_file):
        self._folder = os.path.abspath(log_folder)
        self._append_file = append_file
        self._owner = os.getpid()
        self._crash = append_file(os.path.join(self._folder, "crash.%d" % self._owner))
        self._stacks = None
        self.probe = None  # the library; kept, so that it is never unloaded
        self.signal_number = 0

    def adopt(self):
        """Lets this process, forked from the one that opened the files, open them again."""
        self._owner = os.getpid()

    def catch_crashes(self):
        """Sends the stacks of a crash to our file, whoever has taken the fault handler since.

        In a forked child nothing is opened again: it goes on with what it inherited.
        """
        if os.getpid() == self._owner:
            if self._stacks is not None:
                # The probe holds this number, so a file of the suite that has taken it keeps it.
                self._stacks.keep()
            if not self._crash.keep():
                self._crash.reopen()
        _enable(file=self._crash.fd, all_threads=True)

    def start_probe(self, path):
        """Loads the probe and hands it the signal. Returns what went wrong, or an empty text."""
        try:
            import ctypes

            probe = ctypes.CDLL(os.path.abspath(path), mode=ctypes.RTLD_GLOBAL)
            start = probe.extproof_probe_start
        except (ImportError, OSError, AttributeError) as error:
            return "the probe cannot be loaded: %s" % error
        start.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.c_int]
        start.restype = ctypes.c_int
        self._stacks = self._append_file(os.path.join(self._folder, "stacks.%d" % self._owner))
        self.signal_number = self._register()
        if self.signal_number == 0:
            return "no real-time signal is free for the stacks of reports"
        status = start(os.fsencode(self._folder), self._stacks.fd, self.signal_number)
        if status != 0:
            faulthandler.unregister(self.signal_number)
            return "the probe refused to start: %d" % status
        self.probe = probe
        return ""

    def _register(self):
        for number in range(signal.SIGRTMAX - 3, signal.SIGRTMIN - 1, -1):
            if signal.getsignal(number) != signal.SIG_DFL:
                continue
            try:
                faulthandler.register(
                    number, file=self._stacks.fd, all_threads=False, chain=False
                )
            except (OSError, RuntimeError, ValueError):
                continue
            return int(number)
        return 0
