// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/init_text.hpp"

#include <gtest/gtest.h>

namespace extproof::cli {
namespace {

TEST(InitText, tells_what_was_seen_written_and_left_alone_and_what_comes_next) {
  const engines::init::Plan plan = {
      .detected = {{"backend", "setuptools.build_meta"}, {"name", "a\x1b[31m"}},
      .files = {{"noxfile.py", "...", "session extproof"}},
      .left_alone = {{"pyproject.toml", "it is a link to nothing", "[tool.extproof]\n"}}};

  EXPECT_EQ(render_init(plan, "/project", ""),
            "detected in /project\n"
            "  backend  setuptools.build_meta\n"
            "  name     a\\x1b[31m\n"
            "\n"
            "written\n"
            "  noxfile.py  session extproof\n"
            "\n"
            "left alone\n"
            "  pyproject.toml  it is a link to nothing\n"
            "\n"
            "to be added by hand, for pyproject.toml:\n"
            "\n"
            "[tool.extproof]\n"
            "\n"
            "next\n"
            "  extproof run\n");
}

TEST(InitText, says_so_when_nothing_was_written_and_names_the_folder_that_was_named) {
  EXPECT_EQ(render_init({}, "/project", "a b"),
            "\nnothing was written\n\nnext\n  extproof run --project 'a b'\n");
}

TEST(InitText, a_file_that_cannot_be_written_is_refused_by_its_name_in_the_project) {
  EXPECT_EQ(facts::render_refusal(
                unwritable_file("/project", "/project/noxfile.py", "Permission denied")),
            "error[XP1106]: \"noxfile.py\" cannot be written: Permission denied\n"
            "  /project/noxfile.py\n"
            "  so:   nothing was written; what came before it was taken back\n"
            "  try:  extproof init in a copy that you can write to\n"
            "  more: extproof explain XP1106\n");
}

}  // namespace
}  // namespace extproof::cli
