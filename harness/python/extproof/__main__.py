# SPDX-License-Identifier: Apache-2.0
"""`python -m extproof` becomes the program `extproof`."""

import os
import shutil
import sys


def find_program():
    """The binary beside this interpreter, else the one on PATH, else None."""
    beside = os.path.join(os.path.dirname(sys.executable), "extproof")
    if os.access(beside, os.X_OK) and not os.path.isdir(beside):
        return beside
    return shutil.which("extproof")


def main():
    program = find_program()
    if program is None:
        sys.stderr.write(
            "extproof: the program is neither beside %s nor on PATH; install the wheel again\n"
            % sys.executable
        )
        return 127
    os.execv(program, [program] + sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
