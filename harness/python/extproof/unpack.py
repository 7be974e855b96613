# SPDX-License-Identifier: Apache-2.0
"""Unpacks an archive of a known SHA-256.

    PYTHON unpack.py --archive FILE --sha256 HEX --into DIR

The digest is that of the very bytes that are unpacked, and nothing is written before it was
compared. Exits with 0, with 3 for another digest, with 4 when the archive cannot be read; the last
line on stderr is the digest found, or says why.
"""

import argparse
import hashlib
import sys
import tarfile

WRONG_DIGEST = 3
NOT_THERE = 4


def unpack(archive, sha256, into):
    """The exit code, and why it is not 0."""
    try:
        with open(archive, "rb") as file:
            digest = hashlib.sha256()
            for piece in iter(lambda: file.read(1 << 20), b""):
                digest.update(piece)
            if digest.hexdigest() != sha256:
                return WRONG_DIGEST, digest.hexdigest()
            file.seek(0)
            with tarfile.open(fileobj=file, mode="r:*") as tar:
                if hasattr(tarfile, "data_filter"):
                    tar.extractall(into, filter="data")
                else:
                    tar.extractall(into)
    except OSError as error:
        return NOT_THERE, "%s: %s" % (error.filename or archive, error.strerror)
    except (tarfile.TarError, EOFError) as error:
        return NOT_THERE, "%s: %s" % (archive, error)
    return 0, ""


def main():
    parser = argparse.ArgumentParser(prog="unpack.py", allow_abbrev=False)
    parser.add_argument("--archive", required=True)
    parser.add_argument("--sha256", required=True)
    parser.add_argument("--into", required=True)
    options = parser.parse_args()
    code, reason = unpack(options.archive, options.sha256, options.into)
    if code:
        print(" ".join(reason.split()), file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
