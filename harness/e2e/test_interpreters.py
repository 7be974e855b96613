# SPDX-License-Identifier: Apache-2.0
"""`extproof interpreters`: what it refuses, and what an installation that ends early leaves."""

import http.server
import json
import os
import pathlib
import signal
import threading
import time

import pytest

ARCHIVE = "Python-3.14.6.tar.xz"
SOURCES = os.environ.get("EXTPROOF_CPYTHON_SOURCES", "")
needs_source = pytest.mark.skipif(not (pathlib.Path(SOURCES) / ARCHIVE).is_file() or not SOURCES,
                                  reason="EXTPROOF_CPYTHON_SOURCES names no folder with " + ARCHIVE)


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def call(program, cache, tmp_path):
    """`extproof interpreters ...` with a cache of its own."""

    def run(*arguments, **env):
        env = {"XDG_CACHE_HOME": str(cache), "EXTPROOF_CPYTHON_SOURCES": "", **env}
        return program.run("interpreters", *arguments, cwd=tmp_path, env=env)

    return run


def left_in(cache):
    """Everything below interpreters/ and sources/ but logs and the lock."""
    return sorted(str(path.relative_to(cache / "extproof"))
                  for folder in ("interpreters", "sources")
                  for path in (cache / "extproof" / folder).rglob("*")
                  if "logs" not in path.parts and path.name != ".lock")


def test_what_is_not_installed_is_listed_with_its_command(call):
    ended = call("list", "--json")
    assert ended.code == 0, ended.story()
    kinds = {kind["kind"]: kind for kind in json.loads(ended.out)["interpreters"]}
    assert set(kinds) >= {"asan", "release"}
    assert all(kind["installed"] == [] for kind in kinds.values())
    assert "extproof interpreters install asan" in call("list").out


@pytest.mark.parametrize("words, said", [
    ((), "lacks what to do"),
    (("instal", "asan"), 'perhaps'),
    (("install",), "lacks the kind"),
    (("install", "asam"), "perhaps asan"),
    (("list", "asan"), "one word more"),
])
def test_words_that_mean_nothing_are_refused(call, words, said):
    ended = call(*words)
    assert ended.code == 2, ended.story()
    assert said in ended.err


def test_an_archive_with_another_checksum_is_refused_and_nothing_is_kept(call, cache, tmp_path):
    (tmp_path / ARCHIVE).write_bytes(b"not the archive")
    for ended in (call("install", "asan", "--source", ARCHIVE),
                  call("install", "asan", EXTPROOF_CPYTHON_SOURCES=str(tmp_path))):
        assert ended.code == 3, ended.story()
        assert "XP1206" in ended.err
        assert left_in(cache) == []


def test_a_source_that_is_not_there_is_told(call, cache):
    ended = call("install", "asan", "--source", "/nowhere/" + ARCHIVE)
    assert ended.code == 4, ended.story()
    assert "XP1205" in ended.err and "/nowhere/" in ended.err
    assert left_in(cache) == []


class WrongArchive(http.server.BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def do_GET(self):
        if self.path != "/good/3.14.6/" + ARCHIVE:
            self.send_error(404)
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"another archive")


@pytest.mark.parametrize("base, code, message", [("good", 3, "XP1206"), ("bad", 4, "XP1205")])
def test_a_download_that_is_wrong_or_missing_is_refused_and_nothing_is_kept(
        call, cache, base, code, message):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), WrongArchive)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        ended = call("install", "asan", EXTPROOF_CPYTHON_URL="http://127.0.0.1:%d/%s" % (
            server.server_port, base), no_proxy="127.0.0.1")
    finally:
        server.shutdown()
    assert ended.code == code, ended.story()
    assert message in ended.err and ARCHIVE in ended.err
    assert left_in(cache) == []


def test_removing_what_is_not_there_is_no_error(call):
    ended = call("remove", "asan")
    assert ended.code == 0, ended.story()
    assert "nothing was removed" in ended.err


@needs_source
def test_ctrl_c_leaves_nothing_and_a_second_installation_waits_for_nobody(
        program, call, cache, tmp_path):
    env = {"XDG_CACHE_HOME": str(cache), "EXTPROOF_CPYTHON_SOURCES": SOURCES}
    first = program.start(["interpreters", "install", "release"], cwd=tmp_path, env=env)
    workshop = cache / "extproof" / "interpreters" / ".building-release"
    try:
        deadline = time.monotonic() + 120
        while not (workshop / "build" / "config.log").exists():
            assert first.poll() is None and time.monotonic() < deadline
            time.sleep(0.1)
        second = call("install", "asan")
        assert (second.code, "XP1211" in second.err) == (3, True), second.story()
        assert "building" in call("list").out
    finally:
        first.send_signal(signal.SIGINT)
        out, err = first.communicate(timeout=60)
    assert first.returncode == 130, err.decode()
    assert left_in(cache) == []
    assert "not installed" in call("list").out
