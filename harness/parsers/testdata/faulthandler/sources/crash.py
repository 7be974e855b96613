# SPDX-License-Identifier: Apache-2.0
"""crash.py HOW: ends the interpreter, or prints its stacks, in the way that HOW says. See ../README.md."""

import ctypes
import faulthandler
import os
import signal
import sys
import threading


def wait(event):
    event.wait()


def read_null(depth):
    if depth:
        read_null(depth - 1)
    else:
        ctypes.string_at(0)


def main(how):
    event = threading.Event()
    threading.Thread(target=wait, args=(event,), name="worker", daemon=True).start()
    faulthandler.enable()
    if how == "segv":
        read_null(3)
    elif how == "deep":
        sys.setrecursionlimit(2000)
        read_null(150)
    elif how == "abort":
        os.abort()
    elif how == "fatal":
        ctypes.pythonapi.Py_FatalError(b"a capsule lost its name")
    elif how == "user":
        faulthandler.register(signal.SIGUSR1, all_threads=False, chain=False)
        exec(compile("def naïve():\n os.kill(os.getpid(), 10)\nnaïve()", 'a "b", line 3 in c.py', "exec"))
        event.set()


main(sys.argv[1])
