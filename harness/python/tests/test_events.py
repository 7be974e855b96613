# SPDX-License-Identifier: Apache-2.0
"""The event lines and the log sizes, in the process of this test."""

import importlib.util
import json
import os
import resource
import time

import pytest
from conftest import PACKAGE


def load(stem):
    spec = importlib.util.spec_from_file_location("tested_" + stem, str(PACKAGE / (stem + ".py")))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


events = load("events")
outcomes = load("outcomes")


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("plain", "plain"),
        ("\udc80", "\\udc80"),
        ("a\ud800b\udfff", "a\\ud800b\\udfff"),
        ("\U0001f600\n\x00", "\U0001f600\n\x00"),
        ("\\ud800", "\\ud800"),
    ],
)
def test_text_becomes_valid_unicode_and_one_ascii_line(text, safe):
    assert events.safe_text(text) == safe

    line = events.line_of({"id": text, "parts": [text], "names": {text: 1}})

    assert line.isascii() and line.count(b"\n") == 1 and line.endswith(b"\n")
    assert json.loads(line) == {"id": safe, "parts": [safe], "names": {safe: 1}}


def test_a_descriptor_lies_above_those_that_suites_use(tmp_path):
    file = events.AppendFile(str(tmp_path / "log"))
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    try:
        assert file.fd >= min(soft, 1024) - 64
        assert not os.get_inheritable(file.fd)
    finally:
        os.close(file.fd)


def test_a_closed_descriptor_comes_back_on_its_number(tmp_path):
    file = events.AppendFile(str(tmp_path / "log"))
    number = file.fd
    os.write(number, b"one ")
    os.close(number)

    assert file.keep() and file.fd == number

    os.write(number, b"two")
    os.close(number)
    assert (tmp_path / "log").read_bytes() == b"one two"


def test_a_number_that_is_taken_stays_with_its_taker(tmp_path):
    file = events.AppendFile(str(tmp_path / "log"))
    number = file.fd
    other = os.open(str(tmp_path / "other"), os.O_WRONLY | os.O_CREAT)
    os.dup2(other, number)

    assert not file.keep()
    file.reopen()

    assert file.fd != number
    os.write(file.fd, b"x")
    assert (tmp_path / "other").read_bytes() == b""
    for fd in (file.fd, number, other):
        os.close(fd)


def test_only_files_that_changed_are_told(tmp_path):
    sizes = events.LogSizes(str(tmp_path))
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    (tmp_path / "san.1").write_bytes(b"123")

    assert sizes.changed() == {"san.1": 3}
    assert sizes.changed() == {}
    (tmp_path / "san.1").write_bytes(b"1234")
    (tmp_path / "san.2").write_bytes(b"1")
    assert sizes.changed() == {"san.1": 4, "san.2": 1}
    (tmp_path / "san.1").unlink()
    assert sizes.changed() == {}


def test_files_of_ours_are_not_told(tmp_path):
    sizes = events.LogSizes(str(tmp_path))
    for name in ("events.jsonl", "stacks.12", "crash.12"):
        (tmp_path / name).write_bytes(b"x")
    assert sizes.changed() == {}


def test_a_file_that_comes_right_after_a_listing_is_seen(tmp_path):
    sizes = events.LogSizes(str(tmp_path))
    stamp = time.time()
    for number in range(10):
        (tmp_path / ("san.%d" % number)).write_bytes(b"x")
        os.utime(str(tmp_path), (stamp, stamp))  # a clock too coarse to tell these files apart
        assert sizes.changed() == {"san.%d" % number: 1}


def test_a_file_that_comes_into_an_old_folder_is_seen(tmp_path):
    sizes = events.LogSizes(str(tmp_path))
    os.utime(str(tmp_path), (1, 1))
    assert sizes.changed() == {}
    (tmp_path / "san.1").write_bytes(b"x")
    assert sizes.changed() == {"san.1": 1}


def test_a_folder_that_is_gone_has_no_files(tmp_path):
    assert events.LogSizes(str(tmp_path / "none")).changed() == {}


class Report:
    def __init__(self, when, outcome, longrepr=None, **more):
        self.when, self.outcome, self.longrepr, self.duration = when, outcome, longrepr, 0.25
        self.__dict__.update(more)


PASSED = [Report("setup", "passed"), Report("call", "passed"), Report("teardown", "passed")]


@pytest.mark.parametrize(
    ("reports", "outcome"),
    [
        (PASSED, "passed"),
        ([Report("setup", "failed"), Report("teardown", "passed")], "error"),
        ([Report("setup", "skipped"), Report("teardown", "passed")], "skipped"),
        (PASSED[:2] + [Report("teardown", "failed")], "error"),
        ([PASSED[0], Report("call", "failed"), Report("teardown", "failed")], "failed"),
        ([PASSED[0], Report("call", "skipped"), Report("teardown", "failed")], "error"),
        ([PASSED[0], Report("call", "rerun")] + PASSED, "passed"),
        (PASSED[:1] + [Report("call", "rerun")], "failed"),
        ([PASSED[0], Report("???", "failed")], "failed"),
    ],
)
def test_the_reports_of_the_last_try_give_the_outcome(reports, outcome):
    result = outcomes.TestResult("a::b")
    for report in reports:
        result.add(report)

    assert result.fields()["outcome"] == outcome


def test_the_time_of_a_test_is_that_of_its_last_try():
    result = outcomes.TestResult("a::b")
    for report in PASSED + PASSED:
        result.add(report)

    assert result.fields()["duration"] == 0.75


class Unshowable:
    def __str__(self):
        raise RuntimeError("no")


@pytest.mark.parametrize(
    ("longrepr", "message"),
    [
        (None, ""),
        ("", ""),
        (("a.py", 3, "Skipped: why"), "a.py:3: Skipped: why"),
        ("x\na.py:1: in f\n    g()\nE   OSError: no\n", "a.py:1: OSError: no"),
        ("one\ntwo  words\n\n", "two words"),
        (Unshowable(), "(the failure cannot be shown: RuntimeError)"),
        ("y" * 5000, "y" * 2000),
    ],
)
def test_a_failure_becomes_one_line(longrepr, message):
    assert outcomes.message_of(longrepr) == message
