# SPDX-License-Identifier: Apache-2.0
"""Writes event lines, and notices how the files of the log folder grow.

Loaded by path, under a name that the tested suite cannot import. What a suite may replace
(os.write, json, time) is bound when this file is loaded.
"""

import errno
import fcntl
import json
import os
import resource
import stat
import time

SCHEMA = 4
LOG_PREFIX = "san."  # of the files that the runtimes write, each with its process number behind

_STAMP_STEP = 0.1  # seconds; ten times the coarsest tick of a kernel's clock

_close = os.close
_dup2 = os.dup2
_fcntl = fcntl.fcntl
_fstat = os.fstat
_getpid = os.getpid
_listdir = os.listdir
_lstat = os.lstat
_monotonic = time.monotonic
_open = os.open
_stat = os.stat
_time = time.time
_write = os.write
_encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


def now():
    """Seconds of the monotonic clock, in microsecond steps."""
    return round(_monotonic(), 6)


def safe_text(value):
    """`value` as text that is valid Unicode: a lone surrogate becomes its escape, `\\udc80`."""
    text = value if type(value) is str else str(value)
    if text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _safe(value):
    if isinstance(value, str):
        return safe_text(value)
    if isinstance(value, dict):
        return {safe_text(key): _safe(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_safe(item) for item in value]
    return value


def line_of(fields):
    """One event as the bytes of one line: JSON, ASCII only, ending in a line break."""
    text = _encode(fields)
    if "\\ud" in text:  # the escape of a surrogate, which may lack its other half
        text = _encode(_safe(fields))
    return text.encode("ascii") + b"\n"


def _high_number():
    # Suites close ranges of low descriptors, and a file that they open takes the lowest free
    # number. A descriptor that lies high survives the first and is never taken for the second.
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if soft == resource.RLIM_INFINITY or soft > 1024:
        soft = 1024
    return max(soft - 64, 3)


class AppendFile:
    """A descriptor for appending, which is opened again when the suite has closed it."""

    def __init__(self, path):
        self.path = os.path.abspath(path)
        self.fd = -1
        self._identity = None
        self.reopen()

    def reopen(self):
        """Opens the file on a new high number. Whatever has the old number keeps it."""
        low = self._open_low()
        try:
            self.fd = _fcntl(low, fcntl.F_DUPFD_CLOEXEC, _high_number())
        except OSError:
            self.fd = low
        else:
            _close(low)
        self._remember()

    def keep(self):
        """Opens the file again, on the same number, if that number was closed.

        Returns False when another file has the number now; then nothing was changed.
        """
        try:
            status = _fstat(self.fd)
        except OSError:
            low = self._open_low()
            if low != self.fd:
                _dup2(low, self.fd, inheritable=False)
                _close(low)
            self._remember()
            return True
        return (status.st_dev, status.st_ino) == self._identity

    def _open_low(self):
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        return _open(self.path, flags, 0o644)

    def _remember(self):
        status = _fstat(self.fd)
        self._identity = (status.st_dev, status.st_ino)


class EventFile:
    """The event lines of one process. A forked child writes nothing."""

    def __init__(self, path):
        self._file = AppendFile(path)
        self._owner = _getpid()
        self._last_id = self._last_quoted = None

    def adopt(self):
        """Lets this process, forked from the one that opened the file, write in its place."""
        self._owner = _getpid()

    def is_ours(self):
        """False in a forked child, however it was forked."""
        return _getpid() == self._owner

    def write(self, **fields):
        """Writes one line with one system call, so that a kill loses this line at most."""
        if _getpid() == self._owner:
            self._append(line_of(fields))

    def write_edge(self, phase, nodeid, edge, logs):
        """A phase boundary, the most frequent line by far. Not to be called in a forked child."""
        if nodeid != self._last_id:
            self._last_id, self._last_quoted = nodeid, _encode(safe_text(nodeid))
        line = '{"event":"phase","id":%s,"phase":"%s","edge":"%s","t":%.6f%s}\n' % (
            self._last_quoted,
            phase,
            edge,
            _monotonic(),
            ',"logs":' + _encode(logs) if logs else "",
        )
        self._append(line.encode("ascii"))

    def _append(self, line):
        try:
            done = _write(self._file.fd, line)
        except OSError as error:
            if error.errno != errno.EBADF:
                raise
            self._take_back()
            done = _write(self._file.fd, line)
        while done < len(line):
            done += _write(self._file.fd, line[done:])

    def keep(self):
        """Makes sure that the descriptor is still ours; to be called now and then."""
        if _getpid() == self._owner:
            self._take_back()

    def _take_back(self):
        # The old number if it is free: other files of ours are waiting for theirs.
        if not self._file.keep():
            self._file.reopen()


class LogSizes:
    """The sizes of the runtimes' logs, asked for so often that it is worth some care.

    The folder holds files of ours as well, among them the event file, which grows with each
    question; they are none of the runtimes' and are not looked at.
    """

    def __init__(self, folder):
        self._folder = os.path.abspath(folder)
        self._paths = {}  # name -> path, as of the last listing
        self._listed_at = None  # the folder's time stamp at that listing, once it can be trusted
        self._known = {}

    def all(self):
        """Each file with its size in bytes. A folder that cannot be read has no files."""
        self._list_if_needed()
        sizes = {}
        for name, path in self._paths.items():
            try:
                status = _lstat(path)
            except OSError:
                continue  # removed since it was listed
            if stat.S_ISREG(status.st_mode):
                sizes[name] = status.st_size
        return sizes

    def changed(self):
        """Those whose size differs from the last answer; a file that is empty is not mentioned."""
        known = self._known
        changed = {}
        for name, size in self.all().items():
            if known.get(name, 0) != size:
                known[name] = changed[name] = size
        return changed

    def _list_if_needed(self):
        # A new file changes the time stamp of its folder; but stamps are coarse, so one that is
        # fresh says nothing about a file that comes next.
        try:
            stamp = _stat(self._folder).st_mtime
            if stamp == self._listed_at:
                return
            is_settled = abs(_time() - stamp) > _STAMP_STEP
            names = _listdir(self._folder)
        except OSError:
            names, stamp, is_settled = [], None, False
        self._paths = {
            safe_text(name): self._folder + "/" + name
            for name in names
            if name.startswith(LOG_PREFIX)
        }
        self._listed_at = stamp if is_settled else None
