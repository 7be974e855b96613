# SPDX-License-Identifier: Apache-2.0
"""extproof proves native Python extensions; the program itself is a binary.

The other files of this folder run inside the tested interpreter or the build environment. They are
started by path, import nothing of this package, and need no more than Python 3.8.
"""

__version__ = "0.1.0"
