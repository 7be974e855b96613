# SPDX-License-Identifier: Apache-2.0
import os

from installed import digest, files_of, make_copy, plain_environment


def test_a_copy_loses_what_the_source_lost_and_keeps_what_extproof_left(tmp_path):
    copy = tmp_path / "copy"
    make_copy({"src/a.c": b"a", "old/b.c": b"b"}, copy)
    (copy / ".extproof/build").mkdir(parents=True)
    (copy / ".extproof/build/kept").write_text("x")
    make_copy({"src/a.c": b"A"}, copy)
    assert (copy / "src/a.c").read_bytes() == b"A"
    assert not (copy / "old").exists()
    assert (copy / ".extproof/build/kept").exists()


def test_a_file_that_is_already_right_is_not_written_again(tmp_path):
    make_copy({"a.c": b"a"}, tmp_path / "copy")
    os.utime(tmp_path / "copy/a.c", (1, 1))
    make_copy({"a.c": b"a"}, tmp_path / "copy")
    assert os.stat(tmp_path / "copy/a.c").st_mtime == 1


def test_what_building_left_behind_is_no_file_of_the_project(tmp_path):
    for name in ("src/a.c", "build/a.o", "__pycache__/a.pyc", ".extproof/store.sqlite", "a.so"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert files_of(tmp_path) == {"src/a.c": b"x"}


def test_the_boundaries_of_parts_count_in_a_digest():
    assert digest(b"ab", b"c") != digest(b"a", b"bc")


def test_variables_that_steer_the_program_are_not_inherited(monkeypatch):
    for name in ("EXTPROOF_LANES", "PYTEST_ADDOPTS", "ASAN_OPTIONS"):
        monkeypatch.setenv(name, "x")
    assert not {"EXTPROOF_LANES", "PYTEST_ADDOPTS", "ASAN_OPTIONS"} & set(plain_environment())
    assert plain_environment(EXTPROOF_LOGS="here")["EXTPROOF_LOGS"] == "here"
