# SPDX-License-Identifier: Apache-2.0
"""The leak check at the end of a process, and in which phases the lost blocks were allocated.

The probe remembers the phase of every living block of the sanitizer's allocator; the report of the
leak checker names the lost ones by their addresses (option report_objects).
"""

import gc
import os
import re
import time

_collect_garbage = gc.collect
_monotonic = time.monotonic

# What the runtime writes for each stack, and for each block that was lost there.
_LINE = re.compile(
    rb"^(?:(?P<leak>(?:Direct|Indirect) leak of )|0x(?P<address>[0-9a-f]{1,16}) \(\d+ bytes\)$)",
    re.MULTILINE,
)


def find_leaks(text, offset, context_of):
    """The leaks of a piece of log that begins at `offset`, with the contexts of their blocks.

    `context_of` gives the context of an address, 0 where it is not known. Each leak is
    {"at": offset of its line, "contexts": [[context, blocks], ...]}; one without any is left out.
    """
    leaks, counts = [], None
    for line in _LINE.finditer(text):
        if line.group("leak"):
            counts = {}
            leaks.append((offset + line.start(), counts))
        elif counts is not None:
            context = context_of(int(line.group("address"), 16))
            if context:
                counts[context] = counts.get(context, 0) + 1
    return [{"at": at, "contexts": sorted(map(list, c.items()))} for at, c in leaks if c]


class LeakCheck:
    """Of one process. A context is a number that grows with each phase, from 1."""

    def __init__(self, library, log_folder):
        self._library = library  # the probe as ctypes has it, or None
        self._log = os.path.join(os.path.abspath(log_folder), "san.%d" % os.getpid())
        self._context = None
        self._unfollowed = "nobody asked"
        # What a frame alone refers to, the runtime takes for lost: it does not see into frames.
        self._begin = self._size_before = None

    def follow(self):
        """Begins to remember blocks. Where that fails, the event says why."""
        self._unfollowed = self._start()

    def _start(self):
        if self._library is None:
            return "the probe is not there"
        try:
            import ctypes

            pointer = self._library.extproof_probe_context
            pointer.restype = ctypes.POINTER(ctypes.c_uint32)
            self._library.extproof_probe_context_of.argtypes = [ctypes.c_size_t]
            self._library.extproof_probe_context_of.restype = ctypes.c_uint32
            status = self._library.extproof_probe_follow_blocks()
        except (ImportError, AttributeError) as error:
            return "the probe cannot follow blocks: %s" % error
        if status != 0:
            return "the probe cannot follow blocks: %s" % os.strerror(status)
        self._context = pointer().contents
        return ""

    def enter(self, context):
        """Blocks that are allocated from now on belong to `context`."""
        if self._context is not None:
            self._context.value = context

    def run(self):
        """Checks now, while the interpreter is whole: the fields of the event."""
        self._begin = _monotonic()
        _collect_garbage()
        self._size_before = self._log_size()
        try:
            import ctypes

            check = getattr(ctypes.CDLL(None), "__lsan_do_recoverable_leak_check")
        except (ImportError, OSError, AttributeError):
            return {"ran": False, "result": 0, "seconds": self._seconds()}
        check.argtypes = []
        check.restype = ctypes.c_int
        self.enter(0)
        fields = {"ran": True, "result": int(check())}
        fields["seconds"] = self._seconds()
        if self._unfollowed:
            fields["unfollowed"] = self._unfollowed
        else:
            fields["log"] = os.path.basename(self._log)
            fields["leaks"] = self._leaks_since(self._size_before)
        return fields

    def _seconds(self):
        return round(_monotonic() - self._begin, 6)

    def _log_size(self):
        try:
            return os.stat(self._log).st_size
        except OSError:
            return 0

    def _leaks_since(self, offset):
        try:
            with open(self._log, "rb") as file:
                file.seek(offset)
                text = file.read()
        except OSError:
            return []
        return find_leaks(text, offset, self._library.extproof_probe_context_of)
