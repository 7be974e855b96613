# SPDX-License-Identifier: Apache-2.0
"""Asks a build backend which more requirements it has for building a wheel (PEP 517).

    PYTHON build_requires.py --backend NAME [--backend-path FOLDER...] [--config-settings JSON]

Runs in the build environment with the source tree as working folder. The last line of stdout is the
answer, {"schema":1,"requires":[...]}; all that the backend prints goes to stderr.
"""

import argparse
import importlib
import json
import os
import sys

SCHEMA = 1

_FOLDER = os.path.dirname(os.path.realpath(__file__))


def find_backend(name):
    """The backend object: `module` or `module:object.path`."""
    module, _, path = name.partition(":")
    backend = importlib.import_module(module)
    for part in filter(None, path.split(".")):
        backend = getattr(backend, part)
    return backend


def ask(name, config_settings):
    """The requirements; none where the backend lacks the hook, which is optional."""
    hook = getattr(find_backend(name), "get_requires_for_build_wheel", None)
    return [str(requirement) for requirement in hook(config_settings)] if hook else []


def parse_options(arguments):
    parser = argparse.ArgumentParser(prog="build_requires.py", allow_abbrev=False)
    parser.add_argument("--backend", required=True)
    parser.add_argument("--backend-path", nargs="*", action="append", default=[])
    parser.add_argument("--config-settings", type=json.loads, default=None)
    options = parser.parse_args(arguments)
    groups = options.backend_path
    options.backend_path = [os.path.abspath(path) for group in groups for path in group]
    return options


def main():
    options = parse_options(sys.argv[1:])
    if sys.path and os.path.realpath(sys.path[0]) == _FOLDER:
        del sys.path[0]  # a backend is never found in the working folder by chance
    sys.path[:0] = options.backend_path

    # Programs that the backend starts inherit descriptor 1, so the descriptor itself is turned.
    answer_fd = os.dup(1)
    os.dup2(2, 1)
    try:
        requires = ask(options.backend, options.config_settings)
    except ModuleNotFoundError as error:
        if error.name != options.backend.partition(":")[0].split(".")[0]:
            raise
        sys.stderr.write("extproof: there is no build backend %r here\n" % options.backend)
        return 1
    finally:
        sys.stdout.flush()
    answer = json.dumps({"schema": SCHEMA, "requires": requires})
    with os.fdopen(answer_fd, "w") as out:
        out.write(answer + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
