# SPDX-License-Identifier: Apache-2.0
import dataclasses
import pathlib

import matrix
import matrix_page
import matrix_run
import pytest
from matrix_cells import Variant, cells_not_built, is_built, make_variants
from matrix_judge import judge_bug, judge_twin, observe, strip_repetition

from fixtures.catalogue import Blind, Cell, Expect, Fixture, Location, load_all, parse_cell
from fixtures.strict_toml import FixtureError

TEST = "tests/test_a.py::test_reads"
ASAN = Variant(Cell("asan", "stock", "clang"), "-O1", 3, 50)
UBSAN = Variant(Cell("ubsan", "stock", "gcc"), "-O2", 1, 1)


def make_fixture(name="late", cells=("asan/instrumented/*", "asan/stock/*"), rule=None):
    return Fixture(
        name=name,
        folder=pathlib.Path(name),
        title="read | after the end",
        number=1,
        expects=(
            Expect(
                cells=tuple(parse_cell(cell) for cell in cells),
                kind="use-after-free",
                rule=rule,
                location=Location("src/a.c", 30, 2),
                test=TEST,
            ),
        ),
        blinds=(Blind((parse_cell("ubsan/*/*"),), "the type is right"),),
    )


def make_finding(lane="asan", test=TEST + "[7]", **other):
    return {
        "kind": "use-after-free",
        "rule": "",
        "owner": "extension",
        "location": {"file": "src/a.c", "line": 31, "function": "read"},
        "sightings": [{"lane": lane, "test": test, "phase": "call"}],
        **other,
    }


def make_observation(*findings, lane="asan", outcome=None, passed=100, exit_code=None, **tests):
    counts = {"passed": passed, "failed": 0, "skipped": 0, "errors": 0, "not_run": 0, **tests}
    code = bool(findings) if exit_code is None else exit_code
    state = outcome or ("failed" if findings else "passed")
    report = {
        "lanes": [
            {"name": "release", "outcome": "passed", "reason": "", "tests": counts},
            {"name": lane, "outcome": state, "reason": "no canary", "tests": counts},
        ],
        "findings": list(findings),
    }
    return observe(int(code), report, "")


@pytest.mark.parametrize(
    ("test", "stripped"),
    [
        ("t.py::test_a[7]", "t.py::test_a"),
        ("t.py::test_a[x-7]", "t.py::test_a[x]"),
        ("t.py::test_a[3-4-49]", "t.py::test_a[3-4]"),
        ("t.py::test_a[x-50]", "t.py::test_a[x-50]"),
        ("t.py::test_a[x7]", "t.py::test_a[x7]"),
        ("t.py::test_a", "t.py::test_a"),
        ("", ""),
    ],
)
def test_the_number_of_a_repetition_is_stripped_and_nothing_else(test, stripped):
    assert strip_repetition(test, 50) == stripped


def test_a_test_that_is_not_repeated_keeps_its_own_number():
    assert strip_repetition("t.py::test_a[0]", 1) == "t.py::test_a[0]"


def test_a_star_in_a_cell_fits_every_compiler():
    fixture = make_fixture(cells=("asan/stock/*",))
    for compiler in ("clang", "gcc"):
        assert fixture.expected_in(Cell("asan", "stock", compiler))
    assert not fixture.expected_in(Cell("asan", "instrumented", "gcc"))


def test_the_sample_is_clang_at_o1_once_in_both_lanes():
    assert [str(variant) for variant in make_variants(sample=True)] == [
        "asan/stock/clang -O1",
        "ubsan/stock/clang -O1",
    ]
    assert {(one.processes, one.repetitions) for one in make_variants(True)} == {(1, 1)}


def test_everything_repeats_clang_at_o1_and_runs_the_rest_once():
    counts = {str(one): (one.processes, one.repetitions) for one in make_variants(sample=False)}
    assert counts.pop("asan/stock/clang -O1") == (3, 50)
    assert counts.pop("ubsan/stock/clang -O1") == (3, 50)
    assert counts.pop("release/stock/clang") == (3, 50)
    assert len(counts) == 7
    assert set(counts.values()) == {(1, 1)}


def test_a_sample_of_a_fixture_is_the_lanes_that_must_see_it():
    sample = matrix.variants_of(make_fixture(), matrix.read_options(["--sample"]))
    assert [str(one) for one in sample] == ["asan/stock/clang -O1"]
    everything = matrix.variants_of(make_fixture(), matrix.read_options([]))
    assert everything == make_variants(sample=False)


def test_every_fixture_is_in_the_sample():
    options = matrix.read_options(["--sample"])
    everywhere = [one.name for one in load_all()
                  if not matrix.variants_of(one, options, ["clang"])]
    assert everywhere == []


def test_once_is_everything_without_repetition():
    once, everything = make_variants(sample=False, once=True), make_variants(sample=False)
    assert [str(one) for one in once] == [str(one) for one in everything]
    assert {(one.processes, one.repetitions) for one in once} == {(1, 1)}


def test_lanes_that_are_not_named_are_left_out():
    named = make_variants(sample=False, lanes=("ubsan",))
    assert {one.cell.lane for one in named} == {"ubsan"}
    assert len(named) == 4


@pytest.mark.parametrize(
    ("arguments", "is_part"),
    [([], False), (["--fresh"], False), (["--lanes", "asan", "ubsan", "release"], False),
     (["--sample"], True), (["--once"], True), (["--lanes", "asan"], True)],
    ids=str,
)
def test_the_page_is_written_from_every_cell_alone(arguments, is_part):
    assert matrix.is_part(matrix.read_options(arguments)) == is_part


def test_no_two_variants_share_a_copy():
    names = [variant.name for variant in make_variants(sample=False)]
    assert len(set(names)) == len(names)


def test_a_pattern_is_built_when_one_of_its_cells_is():
    assert is_built(parse_cell("asan/*/*"))
    assert is_built(parse_cell("*/stock/gcc"))
    assert not is_built(parse_cell("asan/instrumented/*"))
    assert is_built(parse_cell("asan/instrumented/*"), ["clang"])
    assert not is_built(parse_cell("asan/instrumented/gcc"), ["clang"])
    assert not is_built(parse_cell("ubsan/instrumented/*"), ["clang"])
    assert not is_built(parse_cell("tsan/*/*"))


def test_cells_of_missing_lanes_are_listed_with_their_fixtures():
    fixtures = [make_fixture("late"), make_fixture("later")]
    assert cells_not_built(fixtures) == [("asan/instrumented/*", ["late", "later"], [])]


def test_a_bug_seen_in_every_process_is_caught():
    verdict = judge_bug(make_fixture(), ASAN, [make_observation(make_finding())] * 3)
    assert (verdict.state, verdict.good_processes, verdict.processes) == ("caught", 3, 3)
    assert verdict.counts and not verdict.failed


def test_a_bug_that_one_process_did_not_show_is_missed():
    seen = [make_observation(make_finding())] * 2 + [make_observation()]
    verdict = judge_bug(make_fixture(), ASAN, seen)
    assert (verdict.state, verdict.good_processes) == ("missed", 2)
    assert verdict.failed


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "heap-buffer-overflow"},
        {"owner": "interpreter"},
        {"location": None},
        {"location": {"file": "src/a.c", "line": 33, "function": "read"}},
        {"location": {"file": "src/b.c", "line": 30, "function": "read"}},
        {"test": "tests/test_a.py::test_writes[7]"},
        {"lane": "release"},
        {"sightings": []},
    ],
    ids=str,
)
def test_a_finding_that_differs_in_one_thing_is_not_the_bug(wrong):
    verdict = judge_bug(make_fixture(), ASAN, [make_observation(make_finding(**wrong))])
    assert verdict.state == "missed"


def test_a_bug_that_belongs_to_no_test_is_met_without_one():
    fixture = make_fixture()
    expect = dataclasses.replace(fixture.expects[0], test=None)
    fixture = dataclasses.replace(fixture, expects=(expect,))
    assert judge_bug(fixture, ASAN, [make_observation(make_finding(test=""))]).state == "caught"
    elsewhere = make_observation(make_finding(lane="release", test=""))
    assert judge_bug(fixture, ASAN, [elsewhere]).state == "missed"


def test_the_right_test_in_another_lane_does_not_stand_for_this_lane():
    sightings = [{"lane": "asan", "test": "tests/test_a.py::test_b"},
                 {"lane": "release", "test": TEST}]
    verdict = judge_bug(make_fixture(), ASAN, [make_observation(make_finding(sightings=sightings))])
    assert verdict.state == "missed"


def test_an_expected_rule_must_be_the_finding_s():
    fixture = make_fixture(rule="pointer-overflow")
    assert judge_bug(fixture, ASAN, [make_observation(make_finding())]).state == "missed"
    right = make_observation(make_finding(rule="pointer-overflow"))
    assert judge_bug(fixture, ASAN, [right]).state == "caught"


def test_a_lane_that_crashed_over_the_bug_has_caught_it():
    seen = make_observation(make_finding(), outcome="crashed")
    assert judge_bug(make_fixture(), ASAN, [seen]).state == "caught"


def test_a_refused_lane_fails_even_where_it_is_blind():
    for outcome in ("refused", "skipped"):
        seen = make_observation(lane="ubsan", outcome=outcome)
        verdict = judge_bug(make_fixture(), UBSAN, [seen])
        assert verdict.state == "refused" and verdict.failed
        assert judge_twin(UBSAN, [seen]).state == "refused"


def test_a_program_without_a_report_is_a_refusal_with_its_first_line():
    verdict = judge_twin(ASAN, [observe(2, None, "error: no such lane\n  known: asan\n")])
    assert verdict.state == "refused"
    assert "exit code 2: error: no such lane" in verdict.detail


def test_a_report_of_another_lane_is_a_refusal():
    assert judge_twin(UBSAN, [make_observation()]).state == "refused"


def test_what_a_blind_lane_says_informs_and_is_not_judged():
    silent = judge_bug(make_fixture(), UBSAN, [make_observation(lane="ubsan")])
    assert silent.state == "silent" and not silent.counts
    finding = make_finding(lane="ubsan", test=TEST)
    speaks = judge_bug(make_fixture(), UBSAN, [make_observation(finding, lane="ubsan")])
    assert speaks.state == "speaks" and not speaks.counts and not speaks.failed
    assert "use-after-free" in speaks.detail


def test_a_twin_without_findings_is_clean():
    verdict = judge_twin(ASAN, [make_observation()] * 3)
    assert (verdict.state, verdict.good_processes, verdict.processes) == ("clean", 3, 3)


@pytest.mark.parametrize(
    "observation",
    [
        make_observation(make_finding(owner="interpreter")),
        make_observation(failed=1),
        make_observation(errors=1),
        make_observation(not_run=1),
        make_observation(passed=0),
        make_observation(passed=101),
        make_observation(outcome="crashed"),
        make_observation(exit_code=3),
    ],
    ids=["finding", "failed", "error", "not_run", "no_test", "half_repeated", "crash", "code"],
)
def test_a_twin_that_is_not_silent_and_green_in_one_process_fails(observation):
    verdict = judge_twin(ASAN, [make_observation(), observation])
    assert verdict.state == "not clean" and verdict.failed and verdict.detail
    assert verdict.good_processes == 1


def test_only_what_must_be_seen_or_clean_is_counted():
    fixture = make_fixture()
    verdicts = [
        judge_bug(fixture, ASAN, [make_observation(make_finding())]),
        judge_bug(fixture, ASAN, [make_observation()]),
        judge_bug(fixture, UBSAN, [make_observation(lane="ubsan")]),
        judge_twin(ASAN, [make_observation()]),
    ]
    assert matrix.count(verdicts) == (2, 1)


def test_a_fixture_that_is_not_there_is_named():
    with pytest.raises(FixtureError, match="'never' is no fixture; there are late"):
        matrix.choose([make_fixture()], ["never"])


def test_the_page_has_every_fixture_in_every_lane_and_escapes_its_text():
    fixture = make_fixture()
    rows = [
        matrix_page.Row(fixture, ASAN, judge_bug(fixture, ASAN, [make_observation()] * 3),
                        judge_twin(ASAN, [make_observation()] * 3)),
        matrix_page.Row(fixture, UBSAN,
                        judge_bug(fixture, UBSAN, [make_observation(lane="ubsan")]),
                        judge_twin(UBSAN, [make_observation(lane="ubsan")])),
    ]
    page = matrix_page.render_page([fixture], rows)
    assert "read \\| after the end" in page
    assert "| `late` | bug | **missed**: 0/3 processes, 50 repetitions |" in page
    assert "|  | twin | clean: 3/3 processes, 50 repetitions |" in page
    assert "| `late` | bug | silent (blind) |" in page
    assert "| `asan/instrumented/*` | late |  |" in page


def test_the_copy_says_compiler_and_level_and_repeats_its_tests():
    files = matrix_run.make_files({"src/a.c": b""}, ASAN)
    assert files["extproof.toml"] == (
        b'compiler = "clang"\n\n[lane.asan]\nflags = ["-O1"]\ninterpreter = "stock"\n')
    assert b"range(50)" in files["conftest.py"]
    assert "conftest.py" not in matrix_run.make_files({}, UBSAN)


def test_the_fixture_s_own_settings_stay_beside_the_variant():
    own = b"""
[project]
name = "a"
[tool.extproof]
timeout = 60
[tool.extproof.lane.ubsan]
checks = ["implicit-conversion"]
"""
    made = matrix_run.make_files({"pyproject.toml": own}, UBSAN)["extproof.toml"]
    assert matrix_run.tomllib.loads(made.decode()) == {
        "timeout": 60,
        "compiler": "gcc",
        "lane": {"ubsan": {"checks": ["implicit-conversion"], "flags": ["-O2"]}},
    }


def test_a_fixture_s_own_conftest_is_not_overwritten():
    with pytest.raises(ValueError, match=r"conftest\.py"):
        matrix_run.make_files({"conftest.py": b""}, ASAN)


def test_kept_observations_are_used_for_their_own_key_alone(tmp_path):
    file = tmp_path / "cell.json"
    matrix_run.save_observations(file, "key", [make_observation()])
    assert matrix_run.load_observations(file, "key") == [make_observation()]
    assert matrix_run.load_observations(file, "other") is None
    file.write_text("[1")
    assert matrix_run.load_observations(file, "key") is None
    assert matrix_run.load_observations(tmp_path / "missing.json", "key") is None


def test_an_instrumented_interpreter_adds_a_cell_for_the_compiler_that_built_it():
    added = [str(one) for one in make_variants(True, instrumented=["clang"])
             if one not in make_variants(True)]
    assert added == ["asan/instrumented/clang -O1"]
    names = [one.name for one in make_variants(False, instrumented=["clang", "gcc"])]
    assert len(names) == len(set(names))


def test_each_cell_of_asan_says_which_interpreter_it_means():
    texts = {one.cell.interpreter: matrix_run.make_files({}, one)["extproof.toml"].decode()
             for one in make_variants(True, instrumented=["clang"]) if one.cell.lane == "asan"}
    assert 'interpreter = "asan"' in texts["instrumented"]
    assert 'interpreter = "stock"' in texts["stock"]
