# SPDX-License-Identifier: Apache-2.0
"""Builds the wheel, reads what its programs need of a machine, and names it by that.

    build_wheel.py [--out DIR]             builds from this tree, checks, tags: dist/extproof-...whl
    build_wheel.py --check WHEEL [--tag]   checks a wheel that is there; --tag names it

Programs are linked statically, so that only what is loaded into Python needs the machine's C
library. What a wheel may need is k_floor, the one place that states it; a wheel that needs more is
refused, and pip installs one that is named so only where the C library is at least that old.
"""

from __future__ import annotations

import argparse
import base64
import dataclasses
import hashlib
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import zipfile
from typing import Iterator, Sequence

k_root = pathlib.Path(__file__).resolve().parent.parent

# The oldest glibc on which the wheel works. PEP 600 makes a tag of it; the older name of that tag
# is for an older pip.
k_floor = (2, 17)
k_older_names = {(2, 5): "manylinux1", (2, 12): "manylinux2010", (2, 17): "manylinux2014"}

# What every system of that tag has. Anything else has to come along or be linked statically.
k_libraries = {"libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1",
               "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}

k_machines = {62: "x86_64", 183: "aarch64"}


class NotElf(Exception):
    """The text says what does not fit."""


@dataclasses.dataclass(frozen=True)
class Needs:
    """What one object asks of the machine that loads it."""

    machine: str
    libraries: tuple[str, ...]  # DT_NEEDED
    versions: tuple[str, ...]  # "GLIBC_2.14", sorted


class _Elf:
    """A 64-bit little-endian object, read by its section headers."""

    def __init__(self, data: bytes) -> None:
        if data[:4] != b"\x7fELF":
            raise NotElf("no ELF file")
        if data[4:6] != b"\x02\x01":
            raise NotElf("an ELF file of another word size or byte order than is looked at")
        self._data = data
        machine, = self._unpack("<H", 18)
        self.machine = k_machines.get(machine, "machine %d" % machine)
        offset, = self._unpack("<Q", 40)
        size, count = self._unpack("<HH", 58)
        self._sections = [self._unpack("<IIQQQQIIQQ", offset + i * size) for i in range(count)]
        if offset == 0 or count == 0:
            raise NotElf("an ELF file without section headers, so what it needs cannot be read")

    def _unpack(self, form: str, at: int) -> tuple[int, ...]:
        try:
            return struct.unpack_from(form, self._data, at)
        except (struct.error, OverflowError):
            raise NotElf("an ELF file that is cut off") from None

    def _text(self, section: int, at: int) -> str:
        begin = self._sections[section][4] + at if section < len(self._sections) else -1
        end = self._data.find(b"\0", begin) if 0 <= begin < len(self._data) else -1
        if end < 0:
            raise NotElf("an ELF file that is cut off")
        return self._data[begin:end].decode("utf-8", "replace")

    def libraries(self) -> Iterator[str]:
        k_dynamic, k_needed = 6, 1
        for section in self._sections:
            if section[1] != k_dynamic:
                continue
            for at in range(section[4], section[4] + section[5], 16):
                tag, value = self._unpack("<QQ", at)
                if tag == k_needed:
                    yield self._text(section[6], value)

    def versions(self) -> Iterator[str]:
        k_version_needs = 0x6FFFFFFE
        for section in self._sections:
            if section[1] != k_version_needs:
                continue
            at = section[4]
            for _ in range(section[7]):
                _, count, _, first, following = self._unpack("<HHIII", at)
                version = at + first
                for _ in range(count):
                    _, _, _, name, next_version = self._unpack("<IHHII", version)
                    yield self._text(section[6], name)
                    if next_version == 0:
                        break
                    version += next_version
                if following == 0:
                    break
                at += following


def needs_of(data: bytes) -> Needs:
    """Raises NotElf for bytes that are no object, or one that cannot be read."""
    elf = _Elf(data)
    return Needs(elf.machine, tuple(elf.libraries()), tuple(sorted(set(elf.versions()))))


def version_of(text: str) -> tuple[int, ...] | None:
    """(2, 14) of "GLIBC_2.14"; None of GLIBC_PRIVATE and of other libraries' versions."""
    found = re.fullmatch(r"GLIBC_(\d+(?:\.\d+)+)", text)
    return tuple(int(part) for part in found[1].split(".")) if found else None


def faults_of(name: str, needs: Needs, machine: str, floor: tuple[int, ...] = k_floor) -> list[str]:
    """What in this file breaks the promise of a wheel for `machine` with this floor."""
    faults = []
    if needs.machine != machine:
        faults.append("%s is for %s" % (name, needs.machine))
    for library in needs.libraries:
        if library not in k_libraries:
            faults.append("%s needs %s, which not every machine has" % (name, library))
    for text in needs.versions:
        version = version_of(text)
        if version is None:
            faults.append("%s needs %s" % (name, text))
        elif version > floor:
            faults.append("%s needs %s, newer than glibc %s" % (name, text, dotted(floor)))
    return faults


def dotted(version: Sequence[int]) -> str:
    return ".".join(str(part) for part in version)


def platform_tag(machine: str, floor: tuple[int, ...] = k_floor) -> str:
    tag = "manylinux_%s_%s" % ("_".join(str(part) for part in floor), machine)
    older = k_older_names.get(floor)
    return "%s.%s_%s" % (tag, older, machine) if older else tag


def objects_in(wheel: pathlib.Path) -> dict[str, Needs]:
    """Every ELF file of the wheel, and what it needs."""
    found = {}
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            with archive.open(entry) as file:
                if file.read(4) != b"\x7fELF":
                    continue
            found[entry.filename] = needs_of(archive.read(entry))
    return found


def check(wheel: pathlib.Path) -> tuple[str, list[str]]:
    """The machine that the wheel is for, and its faults."""
    objects = objects_in(wheel)
    machines = sorted({needs.machine for needs in objects.values()})
    if not machines:
        return "", ["%s holds no ELF file" % wheel.name]
    faults = [fault for name, needs in sorted(objects.items())
              for fault in faults_of(name, needs, machines[0])]
    return machines[0], faults


def tagged(wheel: pathlib.Path, machine: str, folder: pathlib.Path) -> pathlib.Path:
    """A copy of the wheel in `folder` that says by its name and its metadata where it works."""
    stem = wheel.name[: -len(".whl")].rsplit("-", 1)[0]
    tag = platform_tag(machine)
    copy = folder / ("%s-%s.whl" % (stem, tag))
    python_tag, abi_tag = stem.split("-")[-2:]
    lines = ["Tag: %s-%s-%s" % (python_tag, abi_tag, one) for one in tag.split(".")]
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as new:
        record, = (entry for entry in old.infolist()
                   if entry.filename.endswith(".dist-info/RECORD"))
        about = record.filename[: -len("RECORD")] + "WHEEL"
        kept = [line for line in old.read(about).decode().splitlines()
                if line and not line.startswith("Tag:")]
        text = ("\n".join([*kept, *lines]) + "\n").encode()
        digest = base64.urlsafe_b64encode(hashlib.sha256(text).digest()).rstrip(b"=").decode()
        own = "%s,sha256=%s,%d" % (about, digest, len(text))
        rows = [own if row.startswith(about + ",") else row
                for row in old.read(record).decode().splitlines()]
        for entry in old.infolist():
            if entry.filename == about:
                new.writestr(entry, text)
            elif entry.filename == record.filename:
                new.writestr(entry, "\n".join(rows) + "\n")
            else:
                new.writestr(entry, old.read(entry), zipfile.ZIP_DEFLATED)
    return copy


def build(folder: pathlib.Path) -> pathlib.Path:
    """The wheel of this tree, by the backend that is installed beside this Python."""
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--disable-pip-version-check",
               "--no-build-isolation", "--no-deps", "--wheel-dir", str(folder), str(k_root)]
    subprocess.run(command, check=True)
    wheel, = folder.glob("extproof-*.whl")
    return wheel


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", type=pathlib.Path, metavar="WHEEL")
    parser.add_argument("--tag", action="store_true")
    parser.add_argument("--out", type=pathlib.Path, default=k_root / "dist")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        wheel = options.check or build(pathlib.Path(scratch))
        machine, faults = check(wheel)
        for fault in faults:
            print("wheel: %s" % fault, file=sys.stderr)
        if faults:
            return 1
        print("%s needs glibc %s at most" % (wheel.name, dotted(k_floor)))
        if options.tag or options.check is None:
            options.out.mkdir(parents=True, exist_ok=True)
            print(tagged(wheel, machine, options.out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
