// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/source_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace extproof::parsers {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

struct Row {
  const char* name;
  std::vector<ListedFile> files;
  std::vector<std::string> selected;
};

const std::vector<Row> k_rows = {
    {"are_sorted_and_each_once", {{"b", true}, {"a", false}, {"b", true}}, {"a", "b"}},
    {"hold_no_caches_nor_environments",
     {{"a.py"},
      {".git/config"},
      {"src/.git"},
      {"pkg/__pycache__/a.cpython-313.pyc"},
      {".venv/bin/python"},
      {"sub/node_modules/x.js"},
      {".extproof/store.sqlite"}},
     {"a.py"}},
    {"hold_no_environment_under_another_name",
     {{"mine/pyvenv.cfg"}, {"mine/bin/python"}, {"pyvenv.cfg"}, {"mine2/a"}},
     {"mine2/a", "pyvenv.cfg"}},
    {"hold_no_byte_code_even_when_tracked", {{"a.pyc", true}, {"a.py", true}}, {"a.py"}},
    {"hold_native_objects_only_when_tracked",
     {{"a.so", true}, {"b.so"}, {"c.o"}, {"d.pyd"}, {"e.so.txt"}},
     {"a.so", "e.so.txt"}},
    {"hold_no_build_folder_of_cmake",
     {{"out/CMakeCache.txt"}, {"out/x/rules.ninja"}, {"CMakeCache.txt"}, {"src/a.c"}},
     {"CMakeCache.txt", "src/a.c"}},
    {"hold_no_build_folder_of_meson",
     {{"b/meson-private/coredata.dat"}, {"b/build.ninja"}, {"a.c"}},
     {"a.c"}},
    {"hold_no_build_folder_of_setuptools",
     {{"build/lib.linux-x86_64-cpython-313/p/a.py"}, {"build/x.txt"}, {"a.py"}},
     {"a.py"}},
    {"hold_a_folder_build_with_sources_in_it",
     {{"build/tools/a.py"}, {"build/library.py"}},
     {"build/library.py", "build/tools/a.py"}},
    {"hold_what_git_tracks_in_a_build_folder",
     {{"build/lib/a.py", true}, {"build/lib/b.py"}},
     {"build/lib/a.py"}},
    {"hold_no_metadata_that_the_build_makes_again",
     {{"pyproject.toml"}, {"src/p.egg-info/PKG-INFO"}},
     {"pyproject.toml"}},
    {"hold_metadata_that_nothing_can_make_again",
     {{"README"}, {"p.egg-info/PKG-INFO"}},
     {"README", "p.egg-info/PKG-INFO"}},
    {"of_a_source_distribution_are_all_but_objects",
     {{"PKG-INFO"}, {"setup.py"}, {"p.egg-info/PKG-INFO"}, {"build/lib/a.py"}, {"a.o"}, {"a.pyc"}},
     {"PKG-INFO", "build/lib/a.py", "p.egg-info/PKG-INFO", "setup.py"}},
    {"are_never_paths_that_escape",
     {{"../a", true},
      {"/etc/passwd", true},
      {"a/../../b", true},
      {"", true},
      {"a//b", true},
      {"./a", true},
      {"ok", true}},
     {"ok"}},
};

class SelectedSources : public ::testing::TestWithParam<Row> {};

TEST_P(SelectedSources, are_as_expected) {
  EXPECT_THAT(select_sources(GetParam().files, {}), ElementsAreArray(GetParam().selected));
}

INSTANTIATE_TEST_SUITE_P(rows, SelectedSources, ::testing::ValuesIn(k_rows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(SelectedSources, lack_what_is_to_be_left_out) {
  const std::vector<ListedFile> files = {
      {"a/b", true}, {"a/bc", true}, {"d/e/f", true}, {"g", true}};
  EXPECT_THAT(select_sources(files, {"a/b", "d", "nothing"}), ElementsAre("a/bc", "g"));
}

TEST(GitListing, tells_tracked_from_untracked) {
  const std::string_view text("H a b\0? new\nline\0H sub\0", 23);
  const auto files = parse_git_listing(text);
  ASSERT_EQ(files.size(), 3u);
  EXPECT_EQ(files[0].path, "a b");
  EXPECT_TRUE(files[0].tracked);
  EXPECT_EQ(files[1].path, "new\nline");
  EXPECT_FALSE(files[1].tracked);
}

SyncIndex sample() {
  SyncIndex index;
  index.written_ns = 1700000000123456789;
  const std::string digest(32, 'a');
  index.entries["a/b.c"] = {EntryKind::file, digest, {1, -2, 3, 4}, {5, 6, 7, 0100644}};
  index.entries["link"] = {EntryKind::link, digest, {}, {}};
  index.entries["odd \n%\x7f name"] = {EntryKind::file, "", {}, {}};
  return index;
}

TEST(SyncIndexText, is_read_back_as_it_was) {
  const SyncIndex index = sample();
  const auto parsed = parse_sync_index(render_sync_index(index));
  ASSERT_TRUE(parsed.ok()) << parsed.error();
  EXPECT_EQ(parsed.value().written_ns, index.written_ns);
  EXPECT_EQ(parsed.value().entries, index.entries);
}

TEST(SyncIndexText, that_was_cut_off_anywhere_is_refused) {
  const std::string text = render_sync_index(sample());
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(parse_sync_index(text.substr(0, size)).ok()) << size;
  }
}

TEST(SyncIndexText, with_a_path_that_escapes_is_refused) {
  const std::string states = " 0 0 0 0 0 0 0 0 ";
  for (const char* const path : {"../x", "/x", "a/../../x", "%2e%2e/x", "a%00b", ""}) {
    const std::string text = "extproof-sync 1 5\nf -" + states + path + "\nend\n";
    EXPECT_FALSE(parse_sync_index(text).ok()) << path;
  }
  EXPECT_TRUE(parse_sync_index("extproof-sync 1 5\nf -" + states + "x\nend\n").ok());
  EXPECT_FALSE(parse_sync_index("extproof-sync 2 5\nf -" + states + "x\nend\n").ok());
}

TEST(TreeDigest, changes_with_path_content_mode_and_kind_and_with_nothing_else) {
  const SyncIndex index = sample();
  const std::string digest = tree_digest(index);
  SyncIndex other = index;
  other.written_ns = 1;
  other.entries["a/b.c"].source = {};
  other.entries["a/b.c"].copy.mtime_ns = 0;
  EXPECT_EQ(tree_digest(other), digest);
  other = index;
  other.entries["a/b.c"].copy.mode = 0100755;
  EXPECT_NE(tree_digest(other), digest);
  other = index;
  other.entries["a/b.c"].digest[0] = 'b';
  EXPECT_NE(tree_digest(other), digest);
  other = index;
  other.entries["a/b.c"].kind = EntryKind::link;
  EXPECT_NE(tree_digest(other), digest);
  other = index;
  other.entries.erase("link");
  EXPECT_NE(tree_digest(other), digest);
}

TEST(Racy, is_a_file_that_changed_up_to_two_seconds_before_the_index_or_later) {
  constexpr std::int64_t k_second = 1'000'000'000;
  EXPECT_TRUE(is_racy(10 * k_second, 9 * k_second));
  EXPECT_TRUE(is_racy(10 * k_second, 12 * k_second));
  EXPECT_FALSE(is_racy(10 * k_second, 12 * k_second + 1));
}

}  // namespace
}  // namespace extproof::parsers
