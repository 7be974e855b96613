# SPDX-License-Identifier: Apache-2.0
"""The program that a sanitizer's runtime asks for functions and lines, started before a fork.

A runtime starts it at its first report and keeps it: forks that inherit it share it, one after
another. Otherwise each of them starts its own, which reads all debug information again and takes a
hundred times as long as the fork itself.
"""

import ctypes
import os
import signal
import sys

# The runtime starts it five more times at most, of which a fork may need one for itself.
_RENEWALS = 4

# gcc's runtimes read their options at the first report, and one that is asked before never finds a
# name. They have no such program, but read the debug information themselves.
_WITH_PROGRAM = b"/libclang_rt"

_kill = os.kill
_waitpid = os.waitpid


def _ask(addresses):
    """Has the runtime look up addresses of this process, if it has a program for that."""
    try:
        with open("/proc/self/maps", "rb") as maps:
            if _WITH_PROGRAM not in maps.read():
                return
        symbolize = ctypes.CDLL(None).__sanitizer_symbolize_pc
    except (OSError, AttributeError):
        return
    symbolize.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_size_t]
    symbolize.restype = None
    answer = ctypes.create_string_buffer(4096)
    for address in addresses:
        symbolize(address, b"%f %S", answer, len(answer))


def _addresses(module_names):
    """One in the interpreter, and one in each of the modules that are loaded."""
    functions = [(ctypes.pythonapi, "PyObject_Call")]
    for name in module_names:
        file = getattr(sys.modules.get(name), "__file__", None)
        if isinstance(file, str):
            try:
                functions.append((ctypes.PyDLL(file), "PyInit_" + name.rpartition(".")[2]))
            except OSError:
                pass  # not a shared object
    for library, name in functions:
        try:
            yield ctypes.cast(getattr(library, name), ctypes.c_void_p).value
        except AttributeError:
            pass


class Symbolizer:
    """Of this process. `children()` gives the numbers of its child processes."""

    def __init__(self, module_names, children):
        self._module_names = module_names
        self._children = children
        self._processes = set()
        self._renewals = 0

    def start(self):
        before = self._children()
        _ask(_addresses(self._module_names))
        self._processes = self._children() - before

    def renew(self):
        """After a fork that may have died while it asked: its answer must not reach the next."""
        for pid in self._processes & self._children():  # else the number may be another's by now
            try:
                _kill(pid, signal.SIGKILL)
                _waitpid(pid, 0)
            except OSError:
                pass
        self._renewals += 1
        if self._processes and self._renewals <= _RENEWALS:
            self.start()
