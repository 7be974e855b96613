# SPDX-License-Identifier: Apache-2.0
"""fetch.py and unpack.py against a server of our own and archives of our own."""

import hashlib
import http.server
import io
import os
import pathlib
import subprocess
import sys
import tarfile
import threading
import time

import pytest

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "extproof"
CONTENT = bytes(range(256)) * 1000
DIGEST = hashlib.sha256(CONTENT).hexdigest()


class Answers(http.server.BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def whole(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()

    def do_GET(self):
        what = self.path.strip("/")
        if what == "good":
            self.whole()
            self.wfile.write(CONTENT)
        elif what == "unsized":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(CONTENT)
        elif what == "cut-off":
            self.whole()
            self.wfile.write(CONTENT[:1000])
        elif what == "redirect":
            self.send_response(302)
            self.send_header("Location", "/good")
            self.end_headers()
        elif what == "circle":
            self.send_response(302)
            self.send_header("Location", "/circle")
            self.end_headers()
        elif what == "slow":
            self.whole()
            for at in range(0, len(CONTENT), len(CONTENT) // 8):
                self.wfile.write(CONTENT[at:at + len(CONTENT) // 8])
                self.wfile.flush()
                time.sleep(0.2)
        elif what == "silent":
            self.whole()
            self.wfile.write(CONTENT[:1000])
            self.wfile.flush()
            time.sleep(5)
        else:
            self.send_error(404)


@pytest.fixture(scope="module")
def server():
    one = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    one.daemon_threads = True
    threading.Thread(target=one.serve_forever, daemon=True).start()
    yield "http://127.0.0.1:%d/" % one.server_port
    one.shutdown()


def call(script, *arguments):
    environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    return subprocess.run([sys.executable, str(FOLDER / script), *map(str, arguments)],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
                          timeout=60)


def fetch(url, to, digest=DIGEST, patience=10):
    return call("fetch.py", "--url", url, "--sha256", digest, "--to", to, "--patience", patience)


@pytest.mark.parametrize("what", ["good", "unsized", "redirect", "slow"])
def test_what_arrives_whole_is_kept_under_its_name_alone(server, tmp_path, what):
    file = tmp_path / "new" / "archive"
    # A tenth of what the slow answer takes altogether: only silence is given up.
    done = fetch(server + what, file, patience=1 if what == "slow" else 10)
    assert done.returncode == 0, done.stderr
    assert file.read_bytes() == CONTENT
    assert os.listdir(file.parent) == ["archive"]


@pytest.mark.parametrize("what, said", [
    ("cut-off", "IncompleteRead"),
    ("missing", "404"),
    ("circle", "302"),
    ("silent", "timed out"),
])
def test_what_does_not_arrive_leaves_nothing_and_the_reason(server, tmp_path, what, said):
    file = tmp_path / "archive"
    begin = time.monotonic()
    done = fetch(server + what, file, patience=1)
    assert (done.returncode, os.listdir(tmp_path)) == (4, [])
    assert said in done.stderr.decode() or "cut off after" in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert time.monotonic() - begin < 4.5


def test_another_checksum_is_told_and_nothing_is_kept(server, tmp_path):
    done = fetch(server + "good", tmp_path / "archive", digest="00" * 32)
    assert (done.returncode, os.listdir(tmp_path)) == (3, [])
    assert done.stderr.decode().strip() == DIGEST


def test_a_file_that_was_there_stays_when_the_new_one_is_wrong(server, tmp_path):
    file = tmp_path / "archive"
    file.write_bytes(b"old")
    assert fetch(server + "good", file, digest="00" * 32).returncode == 3
    assert file.read_bytes() == b"old"


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/x", "nonsense", "file:///etc/passwd-not"])
def test_an_address_that_leads_nowhere_is_no_traceback(tmp_path, url):
    done = fetch(url, tmp_path / "archive", patience=1)
    assert done.returncode == 4
    assert len(done.stderr.splitlines()) == 1


def make_archive(path, name="Python-3.14.6/configure", mode="w:xz"):
    with tarfile.open(path, mode) as tar:
        info = tarfile.TarInfo(name)
        info.size, info.mode = 4, 0o755
        tar.addfile(info, io.BytesIO(b"echo"))
    return hashlib.sha256(path.read_bytes()).hexdigest()


def unpack(archive, digest, into):
    return call("unpack.py", "--archive", archive, "--sha256", digest, "--into", into)


def test_an_archive_of_the_known_checksum_is_unpacked(tmp_path):
    archive = tmp_path / "a.tar.xz"
    done = unpack(archive, make_archive(archive), tmp_path / "into")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "into" / "Python-3.14.6" / "configure").stat().st_mode & 0o100


def test_an_archive_of_another_checksum_is_not_unpacked(tmp_path):
    archive = tmp_path / "a.tar.xz"
    digest = make_archive(archive)
    done = unpack(archive, "00" * 32, tmp_path / "into")
    assert (done.returncode, done.stderr.decode().strip()) == (3, digest)
    assert not (tmp_path / "into").exists()


def test_a_file_that_is_no_archive_or_not_there_is_told(tmp_path):
    wrong = tmp_path / "a.tar.xz"
    wrong.write_bytes(b"no archive")
    digest = hashlib.sha256(b"no archive").hexdigest()
    for archive in (wrong, tmp_path / "missing"):
        done = unpack(archive, digest, tmp_path / "into")
        assert done.returncode == 4
        assert len(done.stderr.splitlines()) == 1
