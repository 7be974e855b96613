# SPDX-License-Identifier: Apache-2.0
"""A project on a disk that is full, or that cannot be written at all. Only root may mount one."""

import json
import os
import subprocess

import pytest
from projects import OVERFLOW_SOURCE, Project

MIB = 1 << 20


def mount(*arguments):
    done = subprocess.run(["mount", *map(str, arguments)], stderr=subprocess.PIPE)
    if done.returncode != 0:
        pytest.skip("mount: " + done.stderr.decode("utf-8", "replace").strip())


@pytest.fixture
def disk(tmp_path):
    """A folder that is a disk of its own of 200 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount("-t", "tmpfs", "-o", "size=200m", "extproof-test", folder)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def spam(disk, program):
    return Project.make(disk / "spam", program, source=OVERFLOW_SOURCE,
                        functions=("twice", "spill"), tests="""
        import spam
        def test_twice(): assert spam.twice(2) == 4
        def test_spill(): spam.spill(36)
    """)


def fill(disk, left):
    """Leaves `left` bytes of the disk."""
    with open(disk / "filling", "wb") as file:
        try:
            while True:
                file.write(b"x" * MIB)
                file.flush()
        except OSError:
            pass
    os.truncate(disk / "filling", max(0, (disk / "filling").stat().st_size - left))


def kinds_of(spam, run):
    told = spam.call("report", "--format", "json", "--run", str(run))
    return [f["kind"] for f in json.loads(told.out)["findings"]], told


def test_on_a_full_disk_nothing_is_run_and_what_was_known_is_told(disk, spam):
    first = spam.run("asan")
    assert first.code == 1, first.story()
    fill(disk, left=0)

    full = spam.call("run", "asan")
    kinds, told = kinds_of(spam, 1)

    assert full.code == 3, full.story()
    assert "error[XP2004]" in full.err and "full disk" in full.err
    assert kinds == ["heap-buffer-overflow"], told.story()
    os.unlink(disk / "filling")
    first = spam.run("asan")
    assert first.code == 1, first.story()


@pytest.mark.parametrize("left", [1 * MIB, 8 * MIB])
def test_a_disk_that_gets_full_during_a_run_ends_it_with_what_it_knew(disk, spam, left):
    first = spam.run("asan")
    assert first.code == 1, first.story()
    subprocess.run(["rm", "-r", str(spam.folder / ".extproof" / "build")], check=True)
    fill(disk, left)

    ended = spam.call("run", "asan")
    kinds, told = kinds_of(spam, 1)

    # Never a pass: 3, cannot judge.
    assert ended.code == 3, ended.story()
    assert kinds == ["heap-buffer-overflow"], told.story()
    os.unlink(disk / "filling")
    again = spam.run("asan")
    assert again.code == 1 and len(again.findings(kind="heap-buffer-overflow")) == 1


def test_a_project_that_cannot_be_written_is_not_run_and_its_report_is_told(disk, spam):
    first = spam.run("asan")
    assert first.code == 1, first.story()
    mount("-o", "remount,ro", disk)

    refused = spam.call("run", "asan")
    kinds, told = kinds_of(spam, 1)

    assert refused.code in (2, 3), refused.story()
    assert "Read-only file system" in refused.err, refused.story()
    assert kinds == ["heap-buffer-overflow"], told.story()
