# SPDX-License-Identifier: Apache-2.0
"""Runs chosen tests once more, each in a process in which nothing was reported before it.

A runtime that tells a place once per process names only the first test that reaches it. Here the
tests run in forks of a process that has collected and run none: a child runs them in their order
until one of them makes a report; then it takes down its fixtures and ends, and the next child goes
on with the next test. So each test runs once, whatever it reports is its own, and there are as many
children as tests that report, and one.

What one child shares is what the first process shared: fixtures of a wider scope are made once in
it. A report while such a fixture is taken down comes in the last of its tests, so the others that
the child ran run once more, each in a child of its own, after everything else.

Told in a file {"schema": 1, "tests": [id, ...], "timeout": S, "budget": S}: the tests in the order
in which they run; seconds without a finished test; seconds for all of it. The last event line is

    {"event": "forks", "threads": [name, ...], "missing": M, "left": N}

threads that made it impossible, tests that were not collected again, tests that did not run because
the time was over. Behind each job whose child ended during a test stands
{"event": "job-lost", "number": 1, "id": ID}.
"""

import collections
import json
import pathlib

import pytest

SCHEMA = 1

# On the board: no test runs; a fixture made a report when it was taken down between two tests, or
# when the child ended.
_NOTHING = -1
_BETWEEN, _AT_THE_END = 1, 2


def read_forked_tests(path, recording, zygote, symbolizer, safe_text, finish):
    """The plugin for such a file. `zygote` is that module; `finish(status)` writes the last line.
    `symbolizer` is one that has not started."""
    with open(path, encoding="utf-8") as file:
        value = json.load(file)
    if value.get("schema") != SCHEMA:
        raise SystemExit("extproof: %s has schema %r, not %d" % (path, value.get("schema"), SCHEMA))
    return ForkedTests(value, recording, zygote, symbolizer, safe_text, finish)


def torn_down_with(item, following):
    """The collectors whose fixtures go when `item` is torn down before `following`."""
    stay = set(following.listchain()) if following is not None else set()
    return {node for node in item.listchain() if node is not item and node not in stay}


class ForkedTests:
    def __init__(self, value, recording, zygote, symbolizer, safe_text, finish):
        self._wanted = value["tests"]
        self._timeout = value["timeout"] or float("inf")
        self._budget = value["budget"]
        self._recording = recording
        self._zygote_module = zygote
        self._symbolizer = symbolizer
        self._safe_text = safe_text
        self._finish = finish
        self._missing = len(self._wanted)
        self._deadline = None
        self._board = zygote.Board(("running", "next", "teardown"))

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, config, items):
        yield  # what other plugins sort and take away comes first
        by_id = collections.defaultdict(collections.deque)
        for item in items:
            by_id[self._safe_text(item.nodeid)].append(item)
        chosen = [by_id[name].popleft() for name in self._wanted if by_id[name]]
        self._missing = len(self._wanted) - len(chosen)
        rest = [item for left in by_id.values() for item in left]
        if rest:
            config.hook.pytest_deselected(items=rest)
        items[:] = chosen

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session):
        if session.config.option.collectonly:
            return
        threads, left = self._zygote_module.find_threads(), len(session.items)
        if not threads:
            self._symbolizer.start()
            zygote = self._zygote_module.Zygote(self._recording.write)
            try:
                left = self._run_all(zygote, session)
            finally:
                zygote.close()
        self._recording.write("forks", threads=threads, missing=self._missing, left=left)
        # No session ends here: what plugins write at its end (JUnit XML, coverage, the cache of
        # failures) is about tests that this process has not run.
        self._finish(0)
        self._zygote_module.leave(0)

    def _run_all(self, zygote, session):
        """The number of tests that there was no time for."""
        now = self._recording.now
        self._deadline = now() + self._budget
        stretches = collections.deque([(0, len(session.items))])
        left = 0
        while stretches:
            begin, end = stretches.popleft()
            while begin < end and now() < self._deadline:
                reached = self._run_job(zygote, session, begin, end)
                if self._board["teardown"]:
                    stretches.extend(self._of_shared_fixtures(session.items, begin, reached))
                begin = reached
            left += end - begin
        return left

    def _run_job(self, zygote, session, begin, end):
        """One child; returns the first test that it did not run."""
        board = self._board
        board["running"], board["next"], board["teardown"] = _NOTHING, begin, 0
        ended = zygote.run(
            lambda folder: self._run_in_child(session, folder, begin, end),
            lambda: (board["running"], board["next"]),
            min(self._timeout, max(self._deadline - self._recording.now(), 1.0)),
        )
        # From here on nothing belongs to a test; what the child left behind has ended as well.
        self._recording.edge("finish", "", "start")
        if ended.how != "exit":
            self._symbolizer.renew()
            zygote.keep_children()
        if ended == ("exit", 0):
            return board["next"]
        lost = board["running"] if board["running"] != _NOTHING else board["next"]
        if lost == end:
            return end
        self._recording.write("job-lost", number=zygote.count, id=session.items[lost].nodeid)
        return lost + 1

    def _of_shared_fixtures(self, items, begin, reached):
        """Stretches of one test each: those before the last that shared what was taken down."""
        last = reached - 1
        goes_on = self._board["teardown"] == _BETWEEN and reached < len(items)
        gone = torn_down_with(items[last], items[reached] if goes_on else None)
        return [
            (index, index + 1)
            for index in range(begin, last)
            if not gone.isdisjoint(items[index].listchain())
        ]

    def _run_in_child(self, session, folder, begin, end):
        record, board = self._recording, self._board
        record.adopt()
        factory = getattr(session.config, "_tmp_path_factory", None)
        if factory is not None:
            factory._basetemp = pathlib.Path(folder)
        for index in range(begin, end):
            item = session.items[index]
            following = session.items[index + 1] if index + 1 < end else None
            board["running"] = index
            quiet = record.growths
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            record.note_growth("teardown", item.nodeid)
            if record.growths != quiet:
                if record.last_growth == "teardown":
                    board["teardown"] = _BETWEEN
                if following is not None:
                    self._take_down(session, item)
            board["next"], board["running"] = index + 1, _NOTHING
            if record.growths != quiet or record.now() > self._deadline:
                break

    def _take_down(self, session, item):
        """Takes down the fixtures that the next test would have used."""
        record = self._recording
        record.edge("teardown", item.nodeid, "start")
        quiet = record.growths
        try:
            session._setupstate.teardown_exact(None)
        except BaseException:  # noqa: B036 - what it raises is no result: the test has one
            pass
        record.edge("teardown", item.nodeid, "end")
        if record.growths != quiet:
            self._board["teardown"] = _AT_THE_END
