# SPDX-License-Identifier: Apache-2.0
import re
import struct
import subprocess
import zipfile

import build_wheel
import pytest

NAME = "extproof-0.1.0-py3-none-linux_x86_64.whl"


@pytest.fixture(scope="module")
def shared_object(tmp_path_factory):
    """An object that asks the C library for a function with a version of its own."""
    folder = tmp_path_factory.mktemp("object")
    (folder / "a.c").write_text(
        "#include <string.h>\n#include <math.h>\n"
        "void *f(void *a, const void *b, unsigned long n) { return memcpy(a, b, n); }\n"
        "double g(double x) { return cbrt(x); }\n")
    subprocess.run(["cc", "-shared", "-fPIC", "-O0", "-fno-builtin", "a.c", "-o", "a.so", "-lm"],
                   cwd=folder, check=True)
    return (folder / "a.so").read_bytes()


def make_wheel(folder, files):
    path = folder / NAME
    about = "extproof-0.1.0.dist-info/"
    files = {about + "WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: false\n"
                              b"Tag: py3-none-linux_x86_64\n", **files}
    record = "".join("%s,sha256=x,%d\n" % (name, len(data)) for name, data in files.items())
    files[about + "RECORD"] = (record + about + "RECORD,,\n").encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o100755 << 16
            archive.writestr(entry, data)
    return path


def test_needs_are_those_that_readelf_prints(shared_object, tmp_path):
    (tmp_path / "a.so").write_bytes(shared_object)
    said = subprocess.run(["readelf", "-W", "-d", "-V", str(tmp_path / "a.so")], check=True,
                          stdout=subprocess.PIPE, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"})
    text = said.stdout.decode()

    needs = build_wheel.needs_of(shared_object)

    assert needs.machine in build_wheel.k_machines.values()
    assert list(needs.libraries) == re.findall(r"Shared library: \[(.+?)\]", text)
    assert "libm.so.6" in needs.libraries
    needed = text[text.index("Version needs section"):]
    assert list(needs.versions) == sorted(set(re.findall(r"Name: (GLIBC_\S+)", needed)))
    assert needs.versions


def test_a_version_above_the_floor_is_a_fault():
    needs = build_wheel.Needs("x86_64", ("libc.so.6",), ("GLIBC_2.17", "GLIBC_2.34"))

    assert build_wheel.faults_of("bin/x", needs, "x86_64", (2, 34)) == []
    assert build_wheel.faults_of("bin/x", needs, "x86_64", (2, 17)) == [
        "bin/x needs GLIBC_2.34, newer than glibc 2.17"]
    # Numbers are compared and not their texts.
    old = build_wheel.Needs("x86_64", (), ("GLIBC_2.2.5", "GLIBC_2.4"))
    assert build_wheel.faults_of("x", old, "x86_64", (2, 17)) == []


@pytest.mark.parametrize("needs, fault", [
    (build_wheel.Needs("aarch64", (), ()), "x is for aarch64"),
    (build_wheel.Needs("x86_64", ("libfmt.so.9",), ()),
     "x needs libfmt.so.9, which not every machine has"),
    (build_wheel.Needs("x86_64", ("libstdc++.so.6",), ()),
     "x needs libstdc++.so.6, which not every machine has"),
    (build_wheel.Needs("x86_64", (), ("GLIBCXX_3.4.30",)), "x needs GLIBCXX_3.4.30"),
    (build_wheel.Needs("x86_64", (), ("GLIBC_PRIVATE",)), "x needs GLIBC_PRIVATE"),
])
def test_what_not_every_machine_has_is_a_fault(needs, fault):
    assert build_wheel.faults_of("x", needs, "x86_64") == [fault]


def test_the_tag_says_the_floor_and_its_older_name():
    tag = build_wheel.platform_tag("x86_64", (2, 17))
    assert tag == "manylinux_2_17_x86_64.manylinux2014_x86_64"
    assert build_wheel.platform_tag("aarch64", (2, 28)) == "manylinux_2_28_aarch64"


def test_every_elf_file_of_a_wheel_is_looked_at(shared_object, tmp_path, monkeypatch):
    path = make_wheel(tmp_path, {"extproof/a.so": shared_object, "extproof/a.py": b"\x7fEL",
                                 "extproof-0.1.0.data/scripts/extproof": shared_object})
    assert sorted(build_wheel.objects_in(path)) == ["extproof-0.1.0.data/scripts/extproof",
                                              "extproof/a.so"]
    machine, faults = build_wheel.check(path)
    assert machine == build_wheel.needs_of(shared_object).machine
    monkeypatch.setattr(build_wheel, "k_libraries", set())
    assert len(build_wheel.check(path)[1]) == 4

    empty = make_wheel(tmp_path, {"extproof/a.py": b""})
    assert build_wheel.check(empty) == ("", [NAME + " holds no ELF file"])


def test_a_tagged_wheel_is_one_that_pip_takes_and_holds_the_same(shared_object, tmp_path):
    path = make_wheel(tmp_path, {"extproof/a.so": shared_object})
    out = tmp_path / "out"
    out.mkdir()

    copy = build_wheel.tagged(path, "x86_64", out)

    assert copy.name == ("extproof-0.1.0-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl")
    with zipfile.ZipFile(copy) as new, zipfile.ZipFile(path) as old:
        assert new.namelist() == old.namelist()
        assert new.read("extproof/a.so") == shared_object
        assert new.getinfo("extproof/a.so").external_attr == 0o100755 << 16
        about = new.read("extproof-0.1.0.dist-info/WHEEL").decode()
        record = new.read("extproof-0.1.0.dist-info/RECORD").decode()
    assert re.findall("Tag: (.*)", about) == ["py3-none-manylinux_2_17_x86_64",
                                              "py3-none-manylinux2014_x86_64"]
    assert "Root-Is-Purelib: false" in about
    assert "WHEEL,sha256=x" not in record and "extproof/a.so,sha256=x" in record


def test_hostile_objects_are_refused(shared_object):
    for data in [b"", b"#!/bin/sh", b"\x7fELF", b"\x7fELF\x01\x01" + b"\0" * 90,
                 b"\x7fELF\x02\x01" + b"\0" * 90]:
        with pytest.raises(build_wheel.NotElf):
            build_wheel.needs_of(data)
    for length in range(64, len(shared_object), 997):
        with pytest.raises(build_wheel.NotElf):
            build_wheel.needs_of(shared_object[:length])
    for at in range(40, 64):
        damaged = bytearray(shared_object)
        struct.pack_into("<B", damaged, at, 255)
        try:
            build_wheel.needs_of(bytes(damaged))
        except build_wheel.NotElf:
            pass


def test_the_readme_states_the_floor():
    readme = (build_wheel.k_root / "README.md").read_text()
    assert "glibc %s" % build_wheel.dotted(build_wheel.k_floor) in readme


def test_the_installed_programs_keep_the_promise():
    """What ./ci/bootstrap installed is what a wheel holds."""
    site = build_wheel.k_root / ".venv"
    programs = [*site.glob("bin/extproof"),
                *site.glob("lib/python3*/site-packages/extproof/libexec/*")]
    if not programs:
        pytest.skip("extproof is not installed in .venv")
    assert len(programs) == 6
    needs = {program.name: build_wheel.needs_of(program.read_bytes()) for program in programs}
    faults = [fault for name, one in needs.items()
              for fault in build_wheel.faults_of(name, one, needs["extproof"].machine)]
    assert faults == []
