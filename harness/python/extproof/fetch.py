# SPDX-License-Identifier: Apache-2.0
"""Brings one file of a known SHA-256 from the net.

    PYTHON fetch.py --url URL --sha256 HEX --to FILE [--patience SECONDS]

FILE is there afterwards with that digest, or it is as it was before: the download goes beside it
and is renamed. TLS certificates are verified. A server that says nothing for --patience seconds is
given up; one that is merely slow is not. Exits with 0, with 3 for another digest, with 4 when the
file could not be had; the last line on stderr says why.
"""

import argparse
import hashlib
import http.client
import os
import ssl
import sys
import urllib.error
import urllib.request

WRONG_DIGEST = 3
NOT_THERE = 4

_PIECE = 1 << 16


class FetchError(Exception):
    """The file could not be had; the text says why."""


class _SameScheme(urllib.request.HTTPRedirectHandler):
    """Follows redirects, but never from https to http."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):
        if req.full_url.startswith("https:") and not newurl.startswith("https:"):
            raise FetchError("redirected from https to %s" % newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def download(url, file, patience):
    """Writes what the URL holds to the file; its SHA-256. Raises FetchError."""
    digest = hashlib.sha256()
    got = 0
    try:
        opener = urllib.request.build_opener(
            _SameScheme, urllib.request.HTTPSHandler(context=ssl.create_default_context())
        )
        with opener.open(url, timeout=patience) as answer:
            length = answer.headers.get("Content-Length")
            while True:
                piece = answer.read(_PIECE)
                if not piece:
                    break
                digest.update(piece)
                file.write(piece)
                got += len(piece)
    except urllib.error.HTTPError as error:
        raise FetchError("the server answered %d %s" % (error.code, error.reason)) from None
    except urllib.error.URLError as error:
        raise FetchError(str(error.reason)) from None
    except (http.client.HTTPException, OSError, ValueError) as error:
        raise FetchError("%s: %s" % (type(error).__name__, error)) from None
    if length is not None and length.isdigit() and got != int(length):
        raise FetchError("cut off after %d of %s bytes" % (got, length))
    return digest.hexdigest()


def fetch(url, sha256, to, patience):
    """The exit code, and why it is not 0."""
    half = "%s.%d.half" % (to, os.getpid())
    os.makedirs(os.path.dirname(to), exist_ok=True)
    try:
        with open(half, "xb") as file:
            found = download(url, file, patience)
        if found != sha256:
            return WRONG_DIGEST, found
        os.replace(half, to)
    except FetchError as error:
        return NOT_THERE, str(error)
    except OSError as error:
        return NOT_THERE, "%s: %s" % (error.filename or to, error.strerror)
    finally:
        if os.path.exists(half):
            os.unlink(half)
    return 0, ""


def main():
    parser = argparse.ArgumentParser(prog="fetch.py", allow_abbrev=False)
    parser.add_argument("--url", required=True)
    parser.add_argument("--sha256", required=True)
    parser.add_argument("--to", required=True)
    parser.add_argument("--patience", type=float, default=60)
    options = parser.parse_args()
    code, reason = fetch(options.url, options.sha256, options.to, options.patience)
    if code:
        print(" ".join(reason.split()), file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
