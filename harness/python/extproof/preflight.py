# SPDX-License-Identifier: Apache-2.0
"""Observes the process in which tests would run, before any test does.

    PYTHON preflight.py --out FILE --logs DIR [--probe LIB] [--canary LIB] [--modules a,b]
                        --kind asan|ubsan|none [--leaks]

Writes one JSON line for each observation at once, since any step may end the process. What the
runtimes wrote is judged elsewhere, by the sizes of the log files before and after each step.
Exits with 0 when it reached its end.
"""

import argparse
import gc
import importlib
import importlib.util
import os
import platform
import sys
import sysconfig
import time

_FOLDER = os.path.dirname(os.path.realpath(__file__))

_RUNTIME_SYMBOLS = {
    "asan": ("__asan_init",),
    "ubsan": ("__ubsan_handle_add_overflow", "__ubsan_handle_add_overflow_abort"),
}

# Debug hooks of the interpreter's allocator lie between the block and the object.
_OBJECT_OFFSETS = (0, 16, 32)


def load_sibling(stem):
    """A file of this folder as a module that no import statement finds."""
    path = os.path.join(_FOLDER, stem + ".py")
    spec = importlib.util.spec_from_file_location("_extproof_" + stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def extproof_canary_caller(canary):
    """The Python frame that must be seen in the stack of the canary's report."""
    return canary(0)


def allocator_name():
    """The allocator that the interpreter was told to use, or the one that it has by default."""
    if not sys.flags.ignore_environment and os.environ.get("PYTHONMALLOC"):
        return os.environ["PYTHONMALLOC"]
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        return "mimalloc"
    return "pymalloc" if sysconfig.get_config_var("WITH_PYMALLOC") else "malloc"


def parse_options(arguments):
    parser = argparse.ArgumentParser(prog="preflight.py", allow_abbrev=False)
    parser.add_argument("--out", required=True)
    parser.add_argument("--logs", required=True)
    parser.add_argument("--probe")
    parser.add_argument("--canary")
    parser.add_argument("--modules", default="")
    parser.add_argument("--kind", choices=("asan", "ubsan", "none"), required=True)
    parser.add_argument("--leaks", action="store_true")
    options = parser.parse_args(arguments)
    options.modules = [name for name in options.modules.split(",") if name]
    return options


class Preflight:
    def __init__(self, options, events):
        self._options = options
        self._events = events
        self._out = events.EventFile(options.out)
        self._log_sizes = events.LogSizes(options.logs)
        self._ctypes = None
        self._process = None  # the symbols that any object of this process can see
        self._canary = None

    def run(self):
        """All steps, in the order in which one could hide what the next must see."""
        self._describe_interpreter()
        self._load_ctypes()
        self._start_stacks()
        if self._process is not None:
            self._check_runtime()
            if self._options.kind == "asan":
                self._check_allocator()
            self._call_canary()
            if self._options.leaks:
                self._check_leaks()
        for name in self._options.modules:
            self._import(name)

    def _write(self, event, **fields):
        self._out.write(event=event, **fields)

    def _check(self, name, ok, detail):
        self._write("check", name=name, ok=bool(ok), detail=detail)

    def _describe_interpreter(self):
        gil = getattr(sys, "_is_gil_enabled", None)
        self._write(
            "preflight",
            schema=self._events.SCHEMA,
            pid=os.getpid(),
            python=platform.python_version(),
            implementation=sys.implementation.name,
            executable=sys.executable,
            prefix=sys.prefix,
            base_prefix=sys.base_prefix,
            gil=bool(gil()) if gil is not None else True,
            debug=hasattr(sys, "gettotalrefcount"),
            pymalloc=bool(sysconfig.get_config_var("WITH_PYMALLOC")),
            allocator=allocator_name(),
        )

    def _load_ctypes(self):
        try:
            import ctypes

            self._ctypes = ctypes
            self._process = ctypes.CDLL(None)
        except (ImportError, OSError) as error:
            self._check("ctypes", False, "this interpreter has no ctypes: %s" % error)

    def _start_stacks(self):
        stacks = load_sibling("report_stacks").ReportStacks(
            self._options.logs, self._events.AppendFile
        )
        stacks.catch_crashes()
        if self._options.probe:
            problem = stacks.start_probe(self._options.probe)
            detail = problem or "started, signal %d" % stacks.signal_number
            self._check("probe", not problem, detail)

    def _check_runtime(self):
        for symbol in _RUNTIME_SYMBOLS.get(self._options.kind, ()):
            if hasattr(self._process, symbol):
                self._check("runtime", True, "%s is visible" % symbol)
                return
        if self._options.kind in _RUNTIME_SYMBOLS:
            looked = ", ".join(_RUNTIME_SYMBOLS[self._options.kind])
            self._check("runtime", False, "not visible: %s" % looked)

    def _check_allocator(self):
        ctypes = self._ctypes
        owns = getattr(self._process, "__sanitizer_get_ownership", None)
        if owns is None:
            self._check("allocator", False, "not visible: __sanitizer_get_ownership")
            return
        owns.argtypes = [ctypes.c_void_p]
        owns.restype = ctypes.c_int
        malloc, free = self._process.malloc, self._process.free
        malloc.argtypes, malloc.restype = [ctypes.c_size_t], ctypes.c_void_p
        free.argtypes, free.restype = [ctypes.c_void_p], None
        block = malloc(300)
        has_block = owns(block) == 1
        free(block)
        subject = bytes(bytearray(300))  # small enough for pymalloc
        has_object = any(owns(id(subject) - offset) == 1 for offset in _OBJECT_OFFSETS)
        words = {True: "the runtime's", False: "not the runtime's"}
        self._check(
            "allocator",
            has_block and has_object,
            "malloc is %s; memory of objects is %s" % (words[has_block], words[has_object]),
        )

    def _stage(self, event, stage, **fields):
        self._write(event, stage=stage, logs=self._log_sizes.all(), **fields)

    def _call_canary(self):
        if not self._options.canary:
            return
        ctypes = self._ctypes
        try:
            self._canary = ctypes.CDLL(os.path.abspath(self._options.canary))
            function = self._canary.extproof_canary
        except (OSError, AttributeError) as error:
            self._check("canary", False, "the canary cannot be loaded: %s" % error)
            return
        function.argtypes = [ctypes.c_int]
        function.restype = ctypes.c_int
        self._stage("canary", "begin")
        extproof_canary_caller(function)
        self._stage("canary", "end")

    def _check_leaks(self):
        check = getattr(self._process, "__lsan_do_recoverable_leak_check", None)
        if check is None:
            self._check("leak-checker", False, "not visible: __lsan_do_recoverable_leak_check")
            return
        check.argtypes = []
        check.restype = self._ctypes.c_int
        self._check("leak-checker", True, "__lsan_do_recoverable_leak_check is visible")
        self._leak_stage("noise", check, None)
        leak = getattr(self._canary, "extproof_canary_leak", None)
        if leak is not None:
            leak.argtypes = []
            leak.restype = None
            self._leak_stage("canary-leak", check, leak)

    def _leak_stage(self, event, check, action):
        self._stage(event, "begin")
        if action is not None:
            action()
        gc.collect()
        begin = time.monotonic()
        result = int(check())
        seconds = round(time.monotonic() - begin, 6)
        self._stage(event, "end", result=result, seconds=seconds)

    def _import(self, name):
        self._write("import", name=name, edge="start", logs=self._log_sizes.all())
        file = None
        try:
            file = getattr(importlib.import_module(name), "__file__", None)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a module may raise anything, SystemExit too
            message = "%s: %s" % (type(error).__name__, " ".join(str(error).split()))
            self._write("import-error", name=name, message=message)
        fields = {"file": file, "realpath": os.path.realpath(file)} if file else {}
        self._write("import", name=name, edge="end", logs=self._log_sizes.all(), **fields)


def main():
    if sys.path and os.path.realpath(sys.path[0]) == _FOLDER:
        sys.path[0] = os.getcwd()
    options = parse_options(sys.argv[1:])
    Preflight(options, load_sibling("events")).run()
    sys.stdout.flush()
    sys.stderr.flush()
    # The leak of the canary would decide the exit status if the process ended in the usual way.
    os._exit(0)


if __name__ == "__main__":
    main()
