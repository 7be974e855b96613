# SPDX-License-Identifier: Apache-2.0
"""Observes an interpreter that was just built, from inside; what it means is judged elsewhere.

    PYTHON prove_interpreter.py describe
    PYTHON prove_interpreter.py read FOLDER     calls the canary module of that folder
    PYTHON prove_interpreter.py throw LIBRARY   calls the canary that throws

`describe` prints one JSON object. `read` touches freed memory inside the interpreter's own code:
where nobody sees that, it prints "survived". `throw` prints what came back.
"""

import json
import os
import platform
import sys
import sysconfig

# Modules that are left out when a development package is missing.
_MODULES = ("bz2", "ctypes", "lzma", "sqlite3", "ssl", "zlib")


def imports(name):
    try:
        __import__(name)
    except ImportError:
        return False
    return True


def runtime():
    """The sanitizer's shared runtime in this process; empty when there is none."""
    with open("/proc/self/maps", encoding="utf-8", errors="surrogateescape") as file:
        for line in file:
            path = line.rstrip("\n").partition("/")[2]
            name = path.rpartition("/")[2]
            if name.startswith(("libclang_rt.asan", "libclang_rt.tsan", "libasan.", "libtsan.")):
                return os.path.realpath("/" + path)
    return ""


def describe():
    variables = sysconfig.get_config_vars()
    print(json.dumps({
        "version": platform.python_version(),
        "debug": hasattr(sys, "gettotalrefcount"),
        "free_threaded": bool(variables.get("Py_GIL_DISABLED")),
        "pymalloc": bool(variables.get("WITH_PYMALLOC")),
        "runtime": runtime(),
        "headers": os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")),
        "lacks": [name for name in _MODULES if not imports(name)],
    }))


def read(folder):
    sys.path.insert(0, folder)
    import extproof_interpreter_canary

    extproof_interpreter_canary.size_of_freed()
    print("survived")


def throw(library):
    import ctypes

    print(ctypes.CDLL(os.path.abspath(library)).extproof_throw_and_catch())


def main():
    actions = {"describe": describe, "read": read, "throw": throw}
    actions[sys.argv[1]](*sys.argv[2:])


if __name__ == "__main__":
    main()
