# SPDX-License-Identifier: Apache-2.0
"""Goes on where an earlier process of the same suite ended before its time.

What was judged there is not run again; a module whose import ended that process is left out.
"""

import json

import pytest

SCHEMA = 1


def read_continuation(path):
    """The plugin for a file of the form {"schema": 1, "judged": [id...], "left_out": [id...]}.

    An id that stands there twice was judged twice: some suites have several tests of one id.
    """
    with open(path, encoding="utf-8") as file:
        value = json.load(file)
    if value.get("schema") != SCHEMA:
        raise SystemExit("extproof: %s has schema %r, not %d" % (path, value.get("schema"), SCHEMA))
    return ContinuationPlugin(value["judged"], value["left_out"])


class ContinuationPlugin:
    def __init__(self, judged, left_out):
        self._judged = {}
        for nodeid in judged:
            self._judged[nodeid] = self._judged.get(nodeid, 0) + 1
        self._left_out = frozenset(left_out)

    @pytest.hookimpl(tryfirst=True)
    def pytest_make_collect_report(self, collector):
        # An argument of the command line cannot be ignored, but it can report that it was skipped.
        if collector.nodeid not in self._left_out:
            return None
        reason = "Skipped: its import ended an earlier process"
        return pytest.CollectReport(collector.nodeid, "skipped", (collector.nodeid, 1, reason), [])

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, config, items):
        yield  # what other plugins sort and take away comes first
        judged = dict(self._judged)
        rest, done = [], []
        for item in items:
            if judged.get(item.nodeid, 0) > 0:
                judged[item.nodeid] -= 1
                done.append(item)
            else:
                rest.append(item)
        if done:
            config.hook.pytest_deselected(items=done)
            items[:] = rest
