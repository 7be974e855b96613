# SPDX-License-Identifier: Apache-2.0
"""From pytest's reports to one message and one outcome. Nothing here has an effect."""

import os
import re

MESSAGE_LIMIT = 2000

_PLACE = re.compile(r"^(\S.*?:\d+): ")


def one_line(text):
    """`text` with every run of white space as one blank, cut at the limit."""
    return " ".join(text[: 4 * MESSAGE_LIMIT].split())[:MESSAGE_LIMIT]


def _text_of(value):
    try:
        return str(value)
    except Exception as error:  # the objects of a suite may do anything when they are shown
        return "(the failure cannot be shown: %s)" % type(error).__name__


def _last_line(text):
    """The error at the end of a failure that has no parts, behind the last place it names."""
    place = error = last = ""
    for line in text.splitlines():
        found = _PLACE.match(line)
        if found:
            place = found.group(1)
        if line.startswith("E  "):
            error = line[1:].strip()
        if line.strip():
            last = line.strip()
    if error:
        return "%s: %s" % (place, error) if place else error
    return last


def message_of(longrepr):
    """What a report's `longrepr` says, as one line: path:line: error."""
    if longrepr is None:
        return ""
    if isinstance(longrepr, tuple) and len(longrepr) == 3:  # a skip: path, line, reason
        return one_line("%s:%s: %s" % tuple(_text_of(part) for part in longrepr))
    crash = getattr(longrepr, "reprcrash", None)
    if crash is not None:
        parts = [_text_of(getattr(crash, name, "")) for name in ("path", "lineno", "message")]
        return one_line("%s:%s: %s" % tuple(parts))
    return one_line(_last_line(_text_of(longrepr)))


def _is_same_file(one, other):
    """Whether one of two paths is the end of the other; where they begin may differ."""
    parts = [[part for part in path.replace(os.sep, "/").split("/") if part not in ("", ".", "..")]
             for path in (one, other)]
    length = min(len(part) for part in parts)
    return length > 0 and parts[0][-length:] == parts[1][-length:]


def _lines_in(longrepr, file):
    """The lines of `file` that the failure went through, outermost first."""
    lines = []
    traceback = getattr(longrepr, "reprtraceback", None)
    for entry in getattr(traceback, "reprentries", None) or ():
        place = getattr(entry, "reprfileloc", None)
        if place is not None and _is_same_file(_text_of(getattr(place, "path", "")), file):
            lines.append(getattr(place, "lineno", 0))
    return [line for line in lines if isinstance(line, int) and line > 0]


def failure_of(report):
    """Of a failed report: the test's file, the innermost line there, and the error in one line.

    The exception may come from a library; its last line in the test's own file is where to look.
    """
    location = getattr(report, "location", None)
    if not (isinstance(location, tuple) and len(location) == 3):
        location = ("", None, "")
    file, first = _text_of(location[0]), location[1]
    lines = _lines_in(report.longrepr, file)
    line = lines[-1] if lines else first + 1 if isinstance(first, int) else 0
    crash = getattr(report.longrepr, "reprcrash", None)
    text = _text_of(getattr(crash, "message", "")) if crash is not None else ""
    if not text:
        text = _last_line(_text_of(report.longrepr))
    error = next((one.strip() for one in text.splitlines() if one.strip()), "")
    return {"file": file.replace(os.sep, "/"), "line": line, "error": one_line(error)}


def is_xfail(report):
    """Whether the test was marked as expected to fail, and that mark decided the outcome."""
    return hasattr(report, "wasxfail")


def message_of_report(report):
    if is_xfail(report):
        return one_line(_text_of(report.wasxfail))
    if report.outcome == "passed":
        return ""
    return message_of(report.longrepr)


def plain_outcome(report):
    """passed, failed or skipped; a failure that will be tried again is a failure."""
    return report.outcome if report.outcome in ("passed", "skipped") else "failed"


class TestResult:
    """One test while it runs. A new setup begins a new try, and the last try decides."""

    __test__ = False

    def __init__(self, nodeid):
        self.nodeid = nodeid
        self._begin_try()

    def _begin_try(self):
        self._phases = {}  # phase -> (outcome, message, of a failure: where)
        self._duration = 0.0
        self._failed_subtest = None

    def add(self, report):
        """Takes the report of a phase, or of a subtest within the call."""
        if report.when == "setup":
            self._begin_try()
        outcome, message = plain_outcome(report), message_of_report(report)
        where = failure_of(report) if outcome == "failed" else {}
        if is_subtest(report):
            if outcome == "failed" and self._failed_subtest is None:
                self._failed_subtest = (outcome, message, where)
            return
        phase = phase_of(report)
        self._phases[phase] = (outcome, message, where)
        self._duration += float(getattr(report, "duration", 0.0) or 0.0)

    def is_known(self):
        return bool(self._phases)

    def fields(self):
        """Outcome, duration and message of the whole test; of a failure also where it was."""
        outcome, message, where = self._verdict()
        fields = {"outcome": outcome, "duration": round(self._duration, 6), "message": message}
        fields.update(where)
        return fields

    def _verdict(self):
        passed = ("passed", "", {})
        setup, call, teardown = (
            self._phases.get(phase, passed) for phase in ("setup", "call", "teardown")
        )
        if setup[0] == "failed":
            return ("error", *setup[1:])
        if call[0] != "failed" and self._failed_subtest is not None:
            call = self._failed_subtest
        if call[0] == "failed":
            return call
        if teardown[0] == "failed":
            return ("error", *teardown[1:])
        for verdict in (setup, call, teardown):
            if verdict[0] == "skipped":
                return verdict
        return call


def is_subtest(report):
    return type(report).__name__.lower() == "subtestreport"


def phase_of(report):
    """setup, call or teardown; a plugin's own report of a dead child belongs to the call."""
    return report.when if report.when in ("setup", "call", "teardown") else "call"
