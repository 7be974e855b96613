# SPDX-License-Identifier: Apache-2.0
import dataclasses
import os
import pathlib

import bench_cold
import bench_figures
import bench_page
import pytest
from bench_measure import Failed, Figure, alternate, medians, time_command, time_spawn

FIGURE = Figure("warm", "run", "pytest", 0.9, 0.3, 5, 3.0, 0.0, "nox -s bench -- --only warm")


def test_a_goal_is_reached_at_its_very_border():
    assert dataclasses.replace(FIGURE, ours_seconds=0.75, theirs_seconds=0.25).reached
    assert not dataclasses.replace(FIGURE, ours_seconds=0.76, theirs_seconds=0.25).reached


def test_seconds_that_a_goal_allows_on_top_count():
    allowed = dataclasses.replace(FIGURE, factor=1.0, extra=0.5)
    assert dataclasses.replace(allowed, ours_seconds=0.79).reached
    assert not dataclasses.replace(allowed, ours_seconds=0.81).reached
    assert allowed.goal == "at most 1x + 0.5 s"


def test_sides_take_turns():
    calls = []
    times = alternate(2, lambda: calls.append("a") or 1.0, lambda: calls.append("b") or 2.0)
    assert calls == ["a", "b", "a", "b"]
    assert times == [[1.0, 1.0], [2.0, 2.0]]
    assert medians([[5.0, 1.0, 2.0], [4.0, 2.0]]) == [2.0, 3.0]


def test_the_time_of_a_command_that_failed_is_no_figure():
    with pytest.raises(Failed, match="ended with 1"):
        time_command(["/bin/false"], pathlib.Path("/"), os.environ)
    with pytest.raises(Failed, match="status"):
        time_spawn(["/bin/false"])
    assert time_spawn(["/bin/true"]) > 0


def test_the_table_tells_a_goal_that_was_not_reached():
    reached = dataclasses.replace(FIGURE, ours_seconds=0.0004, theirs_seconds=0.0008)
    table = bench_page.render_figures([FIGURE, dataclasses.replace(FIGURE, factor=2.0), reached])
    lines = table.splitlines()
    assert "| 900.00" not in table
    assert "| 0.90 s: run | 0.30 s: pytest | 3.00 | at most 2x | **no** | 5 |" in lines[3]
    assert "| 0.40 ms: run | 0.80 ms: pytest | 0.50 | at most 3x | yes |" in lines[4]


def test_the_page_tells_of_the_first_run_only_when_it_was_measured():
    assert "first run" not in bench_page.render_page([FIGURE], None)
    page = bench_page.render_page([FIGURE], [("packages", 12.34), ("all", 99.0)])
    assert "| packages | 12.3 s |" in page


def test_phases_are_read_from_between_other_output():
    output = (
        "nox > Running session demo\n"
        "bootstrap: environment        7.2 s\n"
        "demo: refext asan build          95.0 s\n"
        "demo: is described in the README\n"
        "release    build      1.0 s\n"
    )
    assert bench_cold.parse_phases(output) == [("environment", 7.2), ("refext asan build", 95.0)]


def test_the_profile_for_the_measurement_has_no_ccache_and_its_own_database():
    text = "extproof-wrapper 1\ncc /usr/bin/cc\nccache /usr/bin/ccache\ndatabase /old\n"
    assert bench_figures.make_profile(text, "/new") == (
        "extproof-wrapper 1\ncc /usr/bin/cc\ndatabase /new\n"
    )


def test_the_newest_build_of_a_lane_is_taken(tmp_path):
    for age, name in ((1, "asan-gcc"), (2, "asan-clang"), (3, "ubsan-clang")):
        folder = tmp_path / ".extproof/build" / name
        (folder / "env/bin").mkdir(parents=True)
        (folder / "env/bin/python").touch()
        (folder / "run").mkdir()
        os.utime(folder / "run", (age, age))
    assert bench_figures.find_build(tmp_path, "asan").name == "asan-clang"
    with pytest.raises(Failed, match="tsan left no build"):
        bench_figures.find_build(tmp_path, "tsan")
