# SPDX-License-Identifier: Apache-2.0
"""Which phases the lost blocks of a leak report were allocated in."""

import importlib.util
import pathlib

# The file of this tree: an installed copy of the package may be another one.
_file = pathlib.Path(__file__).resolve().parents[1] / "extproof" / "leaks.py"
_spec = importlib.util.spec_from_file_location("leaks_of_this_tree", _file)
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)
find_leaks = _module.find_leaks

REPORT = b"""
==7==ERROR: LeakSanitizer: detected memory leaks

Direct leak of 96 byte(s) in 3 object(s) allocated from:
    #0 0x7f in malloc

Objects leaked above:
0x602000000010 (32 bytes)
0x602000000050 (32 bytes)
0x602000000090 (32 bytes)

Indirect leak of 8 byte(s) in 1 object(s) allocated from:
    #0 0x7f in malloc

Objects leaked above:
0x6020000000d0 (8 bytes)

SUMMARY: AddressSanitizer: 104 byte(s) leaked in 4 allocation(s).
"""
DIRECT, INDIRECT = REPORT.index(b"Direct"), REPORT.index(b"Indirect")


def found(contexts, text=REPORT, offset=0):
    return find_leaks(text, offset, lambda address: contexts.get(address, 0))


def test_each_leak_has_the_phases_of_its_own_blocks_and_how_many_were_lost_in_each():
    assert found({0x602000000010: 9, 0x602000000050: 4, 0x602000000090: 9, 0x6020000000d0: 5}) == [
        {"at": DIRECT, "contexts": [[4, 1], [9, 2]]},
        {"at": INDIRECT, "contexts": [[5, 1]]},
    ]


def test_a_leak_is_named_by_where_its_line_stands_in_the_log():
    assert found({0x6020000000d0: 5}, offset=1000) == [
        {"at": 1000 + INDIRECT, "contexts": [[5, 1]]}]


def test_a_leak_of_which_no_block_is_known_is_left_out():
    assert found({0x602000000050: 4}) == [{"at": DIRECT, "contexts": [[4, 1]]}]
    assert found({}) == []


def test_a_block_that_stands_under_no_leak_and_a_line_that_only_looks_like_one_do_not_count():
    text = b"0x10 (8 bytes)\nDirect leak of\n0x20 (8 bytes)!\n 0x20 (8 bytes)\n"

    assert found({0x10: 1, 0x20: 1}, text) == []
