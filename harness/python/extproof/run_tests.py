# SPDX-License-Identifier: Apache-2.0
"""Runs a test suite under pytest and records it.

    PYTHON run_tests.py --events FILE --logs DIR [OPTION...] -- [PYTEST ARGUMENT...]

Behaves as `python -m pytest` does, and is never importable by the suite. Child processes that
multiprocessing spawns load this file again, under another name: loading it has no effect.
"""

import argparse
import importlib.util
import os
import sys

NO_PYTEST = 90

_FOLDER = os.path.dirname(os.path.realpath(__file__))


def load_sibling(stem):
    """A file of this folder as a module that no import statement finds."""
    path = os.path.join(_FOLDER, stem + ".py")
    spec = importlib.util.spec_from_file_location("_extproof_" + stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def replace_own_folder(path):
    """Puts the working folder where Python has put the folder of this script."""
    if path and os.path.realpath(path[0]) == _FOLDER:
        path[0] = os.getcwd()


def parse_options(arguments):
    """Our options and pytest's arguments."""
    split = arguments.index("--") if "--" in arguments else len(arguments)
    parser = argparse.ArgumentParser(prog="run_tests.py", allow_abbrev=False)
    parser.add_argument("--events", required=True)
    parser.add_argument("--logs", required=True)
    parser.add_argument("--probe")
    parser.add_argument("--modules", default="")
    parser.add_argument("--leak-check", action="store_true")
    parser.add_argument("--continue", dest="continuation")
    parser.add_argument("--forks")
    options = parser.parse_args(arguments[:split])
    options.modules = [name for name in options.modules.split(",") if name]
    return options, arguments[split + 1 :]


def import_pytest():
    """pytest, or None after one line on stderr."""
    try:
        import pytest

        pytest.main  # noqa: B018 - a folder named pytest would import, without it
    except (ImportError, AttributeError) as error:
        reason = " ".join(str(error).split())
        sys.stderr.write("extproof: %s cannot run pytest: %s\n" % (sys.executable, reason))
        return None
    return pytest


def run_pytest(pytest, arguments, plugins):
    """pytest.main as pytest's own program calls it: a closed pipe is no traceback."""
    sys.argv = [os.path.join(os.path.dirname(pytest.__file__), "__main__.py")] + arguments
    try:
        status = int(pytest.main(arguments, plugins=plugins))
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def main():
    replace_own_folder(sys.path)
    options, arguments = parse_options(sys.argv[1:])
    if options.forks:
        # OpenBLAS, which wheels of numpy and scipy bring along, starts its threads at import.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    events = load_sibling("events")
    stacks = load_sibling("report_stacks").ReportStacks(options.logs, events.AppendFile)
    stacks.catch_crashes()
    # Before anything that may be instrumented is loaded.
    problem = stacks.start_probe(options.probe) if options.probe else ""
    leak_check = None
    if options.leak_check:
        leak_check = load_sibling("leaks").LeakCheck(stacks.probe, options.logs)
        leak_check.follow()
    pytest = import_pytest()
    if pytest is None:
        return NO_PYTEST

    writer = events.EventFile(options.events)
    module = load_sibling("plugin")
    sys.modules["_extproof_plugin"] = module
    recording = module.Recording(
        events, load_sibling("outcomes"), writer, events.LogSizes(options.logs), stacks, leak_check
    )
    plugin = module.SessionPlugin(recording, options.modules)
    plugin.begin(events)
    if problem:
        recording.write("note", code="probe-off", message=problem)
    plugins = [plugin]
    if options.continuation:
        plugins.append(load_sibling("continuation").read_continuation(options.continuation))
    if options.forks:
        zygote = load_sibling("zygote")
        symbolizer = load_sibling("symbolizer").Symbolizer(
            options.modules, zygote.children_of_this_process
        )
        plugins.append(
            load_sibling("forked_tests").read_forked_tests(
                options.forks, recording, zygote, symbolizer, events.safe_text, plugin.end
            )
        )
    status = 3  # pytest's number for its own failures, which it may also raise
    try:
        status = run_pytest(pytest, arguments, plugins)
    except KeyboardInterrupt:
        status = 2
        raise
    finally:
        plugin.end(status)
    return status


if __name__ == "__main__":
    sys.exit(main())
