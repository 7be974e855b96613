# SPDX-License-Identifier: Apache-2.0
"""A warm process that forks a child for each job and keeps what the jobs do apart.

The process has imported and collected what the jobs need and runs none of it itself, so each job
begins with the state of that moment. What a fork would share or leave behind is seen to:

    threads      a child has only the thread that forked, and whatever lock another one held stays
                 locked: a process with more than one thread must not fork (find_threads)
    processes    a child leads a group of its own and dies with the zygote; what it leaves behind
                 is ended with its job, also what has left the group
    folder       each child has a temporary folder of its own, which is removed after its job
    exit         a child ends by os._exit: no atexit function, no leak check, no second report
    time         a child that says nothing for too long is ended

One job runs at a time, so that whatever grows meanwhile is the job's. A child tells how far it is
by a board in shared memory, which no suite can close.

The event lines of a zygote, besides those that its children write through it:

    {"event": "job", "number": 1, "pid": 4711}                     a child begins
    {"event": "job-end", "number": 1, "how": "exit", "code": 0}    and ended; how: exit, signal, or
                                                                   timeout, which has no code

Loaded by path. What a suite may replace is bound when this file is loaded.
"""

import atexit
import collections
import ctypes
import mmap
import os
import shutil
import signal
import struct
import sys
import tempfile
import threading
import time
import traceback
import warnings

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36

_FAILED = 70  # exit code of a child whose job raised
_LONGEST_NAP = 0.02  # seconds between two looks at a child
_SWEEP_SECONDS = 5.0

_exit = os._exit
_fork = os.fork
_getpid = os.getpid
_getppid = os.getppid
_kill = os.kill
_killpg = os.killpg
_monotonic = time.monotonic
_rmtree = shutil.rmtree
_setpgid = os.setpgid
_sleep = time.sleep
_waitid = os.waitid
_waitpid = os.waitpid

# Modules whose threads do nothing but wait, so that no lock of theirs can be held in a child.
# pytest-rerunfailures has one for workers of xdist, of which there are none.
_IDLE = frozenset(("pytest_rerunfailures",))

JobEnd = collections.namedtuple("JobEnd", "how code")


def find_threads():
    """The names of the other threads of this process, also of those that Python does not know.

    Those that only wait are left out.
    """
    known, idle = {}, {_getpid()}
    for thread in threading.enumerate():
        number = getattr(thread, "native_id", None)
        known[number] = thread.name
        if getattr(getattr(thread, "_target", None), "__module__", None) in _IDLE:
            idle.add(number)
    numbers = {int(name) for name in os.listdir("/proc/self/task")}
    return [known.get(number) or _kernel_name(number) for number in sorted(numbers - idle)]


def _kernel_name(number):
    try:
        with open("/proc/self/task/%d/comm" % number, "rb") as file:
            return file.read().decode("utf-8", "backslashreplace").strip()
    except OSError:
        return "a thread that has ended"


def children_of_this_process():
    """Their process numbers. Requires: only one thread has ever started one."""
    pid = _getpid()
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid), "rb") as file:
            return {int(number) for number in file.read().split()}
    except FileNotFoundError:
        pass  # a kernel that does not keep the list
    children = set()
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name, "rb") as file:
                    if int(file.read().rpartition(b")")[2].split()[1]) == pid:
                        children.add(int(name))
            except OSError:
                pass  # it has ended
    return children


def _prctl(option, value):
    try:
        ctypes.CDLL(None).prctl(option, ctypes.c_ulong(value), 0, 0, 0)
    except (OSError, AttributeError):
        pass


def leave(status):
    """Ends this process at once: what it imported says goodbye, whoever called it does not."""
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        _flush(stream)
    _exit(status)


def _fork_quietly():
    # Python warns where there is any other thread; those that are there only wait.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _fork()


class Board:
    """A few whole numbers that a child writes and the zygote reads."""

    def __init__(self, names):
        self._places = {name: 8 * index for index, name in enumerate(names)}
        self._memory = mmap.mmap(-1, mmap.PAGESIZE)

    def __getitem__(self, name):
        return struct.unpack_from("=q", self._memory, self._places[name])[0]

    def __setitem__(self, name, value):
        struct.pack_into("=q", self._memory, self._places[name], value)


class Zygote:
    """`write` writes an event line. Requires: find_threads() is empty."""

    def __init__(self, write):
        self._write = write
        self.count = 0
        self._scratch = tempfile.mkdtemp(prefix="extproof-")
        # What leaves its group and loses its parent then becomes a child of this process.
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)
        self.keep_children()

    def run(self, job, sign_of_life, timeout):
        """Runs `job(folder)` in a child; `folder` is there and empty.

        The child is ended once `sign_of_life()`, asked here, has had one value for `timeout`
        seconds.
        """
        self.count += 1
        folder = os.path.join(self._scratch, str(self.count))
        os.mkdir(folder, 0o700)
        for stream in (sys.stdout, sys.stderr):
            _flush(stream)
        pid = _fork_quietly()
        if pid == 0:
            self._be_child(job, folder)
        self._write("job", number=self.count, pid=pid)
        try:
            _setpgid(pid, pid)  # here as well, so that the group is there whoever comes first
        except OSError:
            pass
        try:
            end = self._watch(pid, sign_of_life, timeout)
        finally:
            self._sweep(pid)
            _remove(folder)
        self._write("job-end", number=self.count, **_without_none(end._asdict()))
        return end

    def keep_children(self):
        """The children of now outlive the jobs: this process has started them itself."""
        self._older = children_of_this_process()

    def close(self):
        _remove(self._scratch)

    def _be_child(self, job, folder):
        status = _FAILED
        try:
            parent = _getppid()
            _setpgid(0, 0)
            _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if _getppid() == parent:  # else it died before the signal was asked for
                job(folder)
                status = 0
        except BaseException:  # noqa: B036 - a child never goes on with what its parent was at
            traceback.print_exc()
        finally:
            for stream in (sys.stdout, sys.stderr):
                _flush(stream)
            _exit(status)

    def _watch(self, pid, sign_of_life, timeout):
        began = heard = _monotonic()
        last = sign_of_life()
        while True:
            # Left unreaped, so that the number of its group stays its own until the sweep.
            ended = _waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if ended is not None:
                is_exit = ended.si_code == os.CLD_EXITED
                return JobEnd("exit" if is_exit else "signal", ended.si_status)
            now, sign = _monotonic(), sign_of_life()
            if sign != last:
                last, heard = sign, now
            if now - heard > timeout:
                return JobEnd("timeout", None)
            _sleep(min(_LONGEST_NAP, 0.0005 + (now - began) / 20))

    def _sweep(self, group):
        """Ends the child's group and everything that has come to this process since."""
        try:
            _killpg(group, signal.SIGKILL)
        except OSError:
            pass
        deadline = _monotonic() + _SWEEP_SECONDS
        while _monotonic() < deadline:
            left = children_of_this_process() - self._older
            if not left:
                return
            for pid in left:
                try:
                    _kill(pid, signal.SIGKILL)
                except OSError:
                    pass
                try:
                    _waitpid(pid, os.WNOHANG)
                except OSError:
                    pass
            _sleep(0.0005)


def _without_none(fields):
    return {name: value for name, value in fields.items() if value is not None}


def _flush(stream):
    try:
        stream.flush()
    except (AttributeError, OSError, ValueError):
        pass  # the suite has closed it or put something else there


def _remove(folder):
    """Removes a folder, also when the suite has taken away the right to."""
    _rmtree(folder, ignore_errors=True)
    if os.path.isdir(folder):
        for inner, _, _ in os.walk(folder):
            for name in [inner, *_folders_in(inner)]:
                try:
                    os.chmod(name, 0o700)
                except OSError:
                    pass
        _rmtree(folder, ignore_errors=True)


def _folders_in(folder):
    try:
        with os.scandir(folder) as entries:
            return [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []
