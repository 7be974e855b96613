// SPDX-License-Identifier: Apache-2.0
//
// With real folders and the real git.

#include "harness/worker/sync.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "harness/worker/whole_file.hpp"

namespace extproof::worker {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::string shell(const std::string& command) {
  std::FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
  std::string text;
  char buffer[4096];
  std::size_t got = 0;
  while ((got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0) {
    text.append(buffer, got);
  }
  ::pclose(pipe);
  return text;
}

class Sync : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "sync testXXXXXX").string();
    folder_ = fs::canonical(::mkdtemp(pattern.data()));
    from_ = folder_ / "project";
    to_ = folder_ / "copy";
    fs::create_directories(from_);
    request_.from = from_;
    request_.to = to_;
    request_.index_path = folder_ / "index";
    request_.digest_path = folder_ / "digest";
    for (const char* const name : {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"}) {
      ::unsetenv(name);
    }
  }
  void TearDown() override { fs::remove_all(folder_); }

  void put(const fs::path& path, const std::string& content) {
    fs::create_directories(path.parent_path());
    ASSERT_TRUE(write_whole_file(path, content)) << path;
  }
  std::string get(const fs::path& path) { return read_whole_file(path).value_or("(none)"); }
  SyncOutcome sync() {
    auto outcome = synchronise(request_);
    EXPECT_TRUE(outcome.ok()) << outcome.error();
    return outcome.ok() ? outcome.value() : SyncOutcome{};
  }
  // As if all that happened until now was long ago, so that nothing is racy.
  void age() {
    const std::string in = "cd '" + folder_.string() + "' && ";
    shell(in + "find project copy -type f -exec touch -d '1 hour ago' {} +");
    sync();
  }
  // Files and links of the copy, relative.
  std::vector<std::string> copied() {
    std::vector<std::string> paths;
    for (const auto& entry : fs::recursive_directory_iterator(to_)) {
      if (!entry.is_directory() || entry.is_symlink()) {
        paths.push_back(entry.path().lexically_relative(to_));
      }
    }
    return paths;
  }
  void git(const std::string& arguments) {
    shell("cd '" + from_.string() +
          "' && git -c user.name=n -c user.email=e@example.org -c protocol.file.allow=always " +
          arguments);
  }

  fs::path folder_;
  fs::path from_;
  fs::path to_;
  SyncRequest request_;
};

TEST_F(Sync, copies_contents_and_executable_bits) {
  put(from_ / "a.txt", "alpha");
  put(from_ / "sub/run.sh", "#!");
  fs::permissions(from_ / "sub/run.sh", fs::perms::owner_all);
  const SyncOutcome outcome = sync();
  EXPECT_EQ(outcome.files, 2u);
  EXPECT_EQ(outcome.copied, 2u);
  EXPECT_THAT(outcome.changed, ElementsAre("a.txt", "sub/run.sh"));
  EXPECT_EQ(get(to_ / "a.txt"), "alpha");
  EXPECT_EQ(fs::status(to_ / "a.txt").permissions(), fs::perms(0644));
  EXPECT_EQ(fs::status(to_ / "sub/run.sh").permissions(), fs::perms(0755));
  EXPECT_EQ(get(request_.digest_path), outcome.digest + "\n");
}

TEST_F(Sync, a_second_time_writes_nothing) {
  put(from_ / "a.txt", "alpha");
  sync();
  age();
  const auto index_time = fs::last_write_time(request_.index_path);
  const auto digest_time = fs::last_write_time(request_.digest_path);
  const auto copy_time = fs::last_write_time(to_ / "a.txt");
  ::usleep(20000);
  // The first index after the change of times was written at once, the next ones are not.
  const SyncOutcome outcome = sync();
  EXPECT_EQ(outcome.copied, 0u);
  EXPECT_THAT(outcome.changed, IsEmpty());
  EXPECT_EQ(fs::last_write_time(request_.index_path), index_time);
  EXPECT_EQ(fs::last_write_time(request_.digest_path), digest_time);
  EXPECT_EQ(fs::last_write_time(to_ / "a.txt"), copy_time);
}

TEST_F(Sync, leaves_a_file_alone_that_was_only_touched_and_copies_one_that_changed) {
  put(from_ / "touched", "same");
  put(from_ / "edited", "old");
  sync();
  age();
  const auto touched_time = fs::last_write_time(to_ / "touched");
  const auto edited_time = fs::last_write_time(to_ / "edited");
  shell("touch '" + (from_ / "touched").string() + "'");
  put(from_ / "edited", "new");
  const SyncOutcome outcome = sync();
  EXPECT_THAT(outcome.changed, ElementsAre("edited"));
  EXPECT_EQ(fs::last_write_time(to_ / "touched"), touched_time);
  EXPECT_GT(fs::last_write_time(to_ / "edited"), edited_time + std::chrono::minutes(30));
}

TEST_F(Sync, sees_an_edit_of_the_same_size_and_time_right_after_the_index_was_written) {
  put(from_ / "a", "one");
  sync();
  struct stat before;
  ASSERT_EQ(::stat((from_ / "a").c_str(), &before), 0);
  const int fd = ::open((from_ / "a").c_str(), O_WRONLY);
  ASSERT_EQ(::write(fd, "two", 3), 3);
  ::close(fd);
  const timespec times[2] = {before.st_atim, before.st_mtim};
  ::utimensat(AT_FDCWD, (from_ / "a").c_str(), times, 0);
  EXPECT_EQ(sync().copied, 1u);
  EXPECT_EQ(get(to_ / "a"), "two");
}

TEST_F(Sync, brings_a_new_executable_bit_without_a_new_time) {
  put(from_ / "a", "x");
  const std::string first = sync().digest;
  age();
  const auto time = fs::last_write_time(to_ / "a");
  fs::permissions(from_ / "a", fs::perms(0755));
  const SyncOutcome outcome = sync();
  EXPECT_THAT(outcome.changed, ElementsAre("a"));
  EXPECT_EQ(fs::status(to_ / "a").permissions(), fs::perms(0755));
  EXPECT_EQ(fs::last_write_time(to_ / "a"), time);
  EXPECT_NE(outcome.digest, first);
}

TEST_F(Sync, removes_what_went_away_and_keeps_what_the_build_made) {
  put(from_ / "a", "a");
  put(from_ / "old/b", "b");
  put(from_ / "shared/c", "c");
  sync();
  put(to_ / "build/out.o", "object");
  put(to_ / "shared/generated", "g");
  fs::remove_all(from_ / "old");
  fs::remove_all(from_ / "shared");
  const SyncOutcome outcome = sync();
  EXPECT_EQ(outcome.removed, 2u);
  EXPECT_THAT(copied(), UnorderedElementsAre("a", "build/out.o", "shared/generated"));
  EXPECT_FALSE(fs::exists(to_ / "old"));
}

TEST_F(Sync, as_a_mirror_removes_everything_else) {
  request_.mirror = true;
  put(from_ / "a", "a");
  put(from_ / "sub/b", "b");
  sync();
  put(to_ / "sub/c", "c");
  put(to_ / "new/d", "d");
  fs::create_symlink(folder_, to_ / "out");
  const SyncOutcome outcome = sync();
  EXPECT_EQ(outcome.removed, 3u);
  EXPECT_THAT(copied(), UnorderedElementsAre("a", "sub/b"));
  EXPECT_TRUE(fs::exists(from_ / "a"));
}

TEST_F(Sync, restores_a_file_that_was_changed_in_the_copy) {
  put(from_ / "a", "alpha");
  put(from_ / "b", "beta");
  put(from_ / "c", "gamma");
  sync();
  age();
  put(to_ / "a", "wrote");
  fs::remove(to_ / "b");
  fs::remove(to_ / "c");
  fs::create_directories(to_ / "c/inner");
  EXPECT_EQ(sync().copied, 3u);
  EXPECT_EQ(get(to_ / "a"), "alpha");
  EXPECT_EQ(get(to_ / "b"), "beta");
  EXPECT_EQ(get(to_ / "c"), "gamma");
}

TEST_F(Sync, never_writes_through_a_link_in_the_copy) {
  put(from_ / "sub/a", "new");
  put(from_ / "b", "new");
  put(folder_ / "victim/a", "precious");
  fs::create_directories(to_);
  fs::create_symlink(folder_ / "victim", to_ / "sub");
  fs::create_symlink(folder_ / "victim/a", to_ / "b");
  sync();
  EXPECT_EQ(get(folder_ / "victim/a"), "precious");
  EXPECT_EQ(get(to_ / "sub/a"), "new");
  EXPECT_FALSE(fs::is_symlink(to_ / "sub"));
  EXPECT_FALSE(fs::is_symlink(to_ / "b"));

  // Nor does it remove through one.
  fs::remove_all(to_ / "sub");
  fs::create_symlink(folder_ / "victim", to_ / "sub");
  fs::remove(from_ / "sub/a");
  sync();
  EXPECT_EQ(get(folder_ / "victim/a"), "precious");
}

TEST_F(Sync, never_writes_through_a_hard_link) {
  put(from_ / "a", "one");
  sync();
  fs::create_hard_link(to_ / "a", folder_ / "kept");
  put(from_ / "a", "two!");
  sync();
  EXPECT_EQ(get(folder_ / "kept"), "one");
}

TEST_F(Sync, keeps_links_inside_the_project_and_copies_files_from_outside) {
  put(from_ / "data/a", "a");
  put(folder_ / "outside/file", "content");
  fs::create_symlink("data/a", from_ / "relative");
  fs::create_symlink(from_ / "data", from_ / "absolute");
  fs::create_symlink("../project/data/a", from_ / "around");
  fs::create_symlink(folder_ / "outside/file", from_ / "file");
  fs::create_symlink(folder_ / "outside", from_ / "folder");
  fs::create_symlink("nowhere", from_ / "dangling");
  fs::create_symlink("/nowhere", from_ / "dangling-out");
  sync();
  EXPECT_THAT(copied(),
              UnorderedElementsAre("data/a", "relative", "absolute", "around", "file", "dangling"));
  EXPECT_EQ(fs::read_symlink(to_ / "relative"), "data/a");
  EXPECT_EQ(fs::read_symlink(to_ / "absolute"), "data");
  EXPECT_EQ(fs::read_symlink(to_ / "around"), "data/a");
  EXPECT_FALSE(fs::is_symlink(to_ / "file"));
  EXPECT_EQ(get(to_ / "file"), "content");
  EXPECT_EQ(sync().copied, 0u);

  put(folder_ / "outside/file", "other content");
  EXPECT_THAT(sync().changed, ElementsAre("file"));
}

TEST_F(Sync, leaves_special_files_out) {
  put(from_ / "a", "a");
  ASSERT_EQ(::mkfifo((from_ / "fifo").c_str(), 0644), 0);
  sync();
  EXPECT_THAT(copied(), ElementsAre("a"));
}

TEST_F(Sync, leaves_out_what_it_is_told_to_and_its_own_copy) {
  to_ = from_ / "out/copy";
  request_.to = to_;
  put(from_ / "a", "a");
  put(from_ / "data/big", "b");
  request_.leave_out = {"data"};
  sync();
  put(from_ / "out/x", "x");
  EXPECT_EQ(sync().files, 2u);
  EXPECT_THAT(copied(), UnorderedElementsAre("a", "out/x"));
}

TEST_F(Sync, puts_a_link_in_the_place_of_what_the_project_has) {
  put(from_ / "src/pkg/a.py", "a");
  put(from_ / "tests/test_a.py", "t");
  fs::create_directories(folder_ / "site/pkg");
  sync();
  request_.links = {{"src/pkg", folder_ / "site/pkg"}, {"pkg", folder_ / "site/pkg"}};
  request_.mirror = true;
  sync();
  EXPECT_THAT(copied(), UnorderedElementsAre("src/pkg", "tests/test_a.py"));
  EXPECT_EQ(fs::read_symlink(to_ / "src/pkg"), folder_ / "site/pkg");
  EXPECT_EQ(sync().copied, 0u);

  request_.links.clear();
  sync();
  EXPECT_EQ(get(to_ / "src/pkg/a.py"), "a");
}

TEST_F(Sync, refuses_a_copy_that_is_or_holds_the_project) {
  for (const fs::path& to : {from_, folder_}) {
    request_.to = to;
    const auto outcome = synchronise(request_);
    ASSERT_FALSE(outcome.ok());
    EXPECT_THAT(outcome.error(), HasSubstr("is the project itself or holds it"));
  }
  request_.to = to_;
  request_.links = {{"../out", "/tmp"}};
  EXPECT_FALSE(synchronise(request_).ok());
}

TEST_F(Sync, with_an_unreadable_index_trusts_nothing_in_the_copy) {
  put(from_ / "a", "a");
  put(from_ / "stale", "s");
  sync();
  put(to_ / "made", "m");
  fs::remove(from_ / "stale");
  put(request_.index_path, "extproof-sync 99 1\nend\n");
  sync();
  EXPECT_THAT(copied(), ElementsAre("a"));
}

TEST_F(Sync, takes_from_git_what_is_tracked_or_new_and_not_what_is_ignored) {
  put(from_ / "a.py", "a");
  put(from_ / "gone.py", "g");
  put(from_ / ".gitignore", "*.log\nout/\n");
  git("init -q");
  git("add -A");
  git("commit -q -m one");
  fs::remove(from_ / "gone.py");
  put(from_ / "new \xC3\xA9\n.py", "n");
  put(from_ / "x.log", "l");
  put(from_ / "out/y", "y");
  put(from_ / "built.so", "stale");
  EXPECT_EQ(sync().files, 3u);
  EXPECT_THAT(copied(), UnorderedElementsAre("a.py", ".gitignore", "new \xC3\xA9\n.py"));
}

TEST_F(Sync, takes_only_its_own_folder_from_a_larger_repository) {
  put(folder_ / "other.py", "o");
  put(from_ / "a.py", "a");
  shell("cd '" + folder_.string() + "' && git init -q && git add project");
  sync();
  EXPECT_THAT(copied(), ElementsAre("a.py"));
}

TEST_F(Sync, walks_a_project_that_the_repository_around_it_ignores) {
  put(folder_ / ".gitignore", "project\n");
  shell("cd '" + folder_.string() + "' && git init -q");
  put(from_ / "a.py", "a");
  sync();
  EXPECT_THAT(copied(), ElementsAre("a.py"));
}

TEST_F(Sync, enters_submodules_and_nested_repositories) {
  put(folder_ / "library/lib.c", "l");
  put(folder_ / "library/.gitignore", "*.tmp\n");
  shell("cd '" + (folder_ / "library").string() +
        "' && git init -q && git add -A && git -c user.name=n -c user.email=e commit -q -m one");
  put(from_ / "a.c", "a");
  git("init -q");
  git("submodule --quiet add '" + (folder_ / "library").string() + "' third/lib");
  put(from_ / "third/lib/x.tmp", "t");
  put(from_ / "third/lib/new.c", "n");
  put(from_ / "nested/n.c", "n");
  shell("cd '" + (from_ / "nested").string() + "' && git init -q && git add -A");
  request_.leave_out = {"third/lib/lib.c"};
  sync();
  EXPECT_THAT(copied(), UnorderedElementsAre("a.c", ".gitmodules", "third/lib/.gitignore",
                                             "third/lib/new.c", "nested/n.c"));
}

TEST_F(Sync, is_not_misled_by_variables_of_a_git_hook) {
  put(from_ / "a.py", "a");
  git("init -q");
  git("add -A");
  put(folder_ / "wrong/w.py", "w");
  shell("cd '" + (folder_ / "wrong").string() + "' && git init -q && git add -A");
  ::setenv("GIT_DIR", (folder_ / "wrong/.git").c_str(), 1);
  ::setenv("GIT_WORK_TREE", (folder_ / "wrong").c_str(), 1);
  sync();
  EXPECT_THAT(copied(), ElementsAre("a.py"));
}

TEST_F(Sync, runs_no_monitor_that_the_project_configures) {
  put(from_ / "a.py", "a");
  git("init -q");
  git("add -A");
  put(folder_ / "monitor", "#!/bin/sh\ntouch '" + (folder_ / "ran").string() + "'\n");
  fs::permissions(folder_ / "monitor", fs::perms::owner_all);
  git("config core.fsmonitor '" + (folder_ / "monitor").string() + "'");
  fs::remove(folder_ / "ran");
  sync();
  EXPECT_FALSE(fs::exists(folder_ / "ran"));
}

TEST_F(Sync, makes_a_copy_whose_version_git_can_tell_without_touching_the_index) {
  put(from_ / "a.py", "a");
  put(from_ / "b.py", "b");
  git("init -q");
  git("add -A");
  git("commit -q -m one");
  git("tag v1.2.3");
  age();
  request_.git_file = true;
  sync();
  const std::string index_before = get(from_ / ".git/index");
  // It refreshes the index, also where GIT_OPTIONAL_LOCKS forbids it.
  const std::string describe = "cd '" + to_.string() + "' && git describe --tags --dirty --long";
  EXPECT_THAT(shell(describe), ::testing::MatchesRegex("v1\\.2\\.3-0-g[0-9a-f]+\n"));
  EXPECT_EQ(shell("cd '" + to_.string() + "' && git status --porcelain"), "");
  EXPECT_EQ(get(from_ / ".git/index"), index_before);
  EXPECT_EQ(sync().copied, 0u);

  put(from_ / "a.py", "edited");
  sync();
  EXPECT_THAT(shell(describe), HasSubstr("-dirty"));
  git("commit -q -a -m two");
  sync();
  EXPECT_THAT(shell(describe), ::testing::MatchesRegex("v1\\.2\\.3-1-g[0-9a-f]+\n"));

  request_.git_file = false;
  sync();
  EXPECT_FALSE(fs::exists(to_ / ".git"));
}

TEST_F(Sync, tells_the_version_of_a_linked_work_tree) {
  put(from_ / "a.py", "a");
  git("init -q");
  git("add -A");
  git("commit -q -m one");
  git("tag v1");
  git("worktree add -q ../linked -b other");
  request_.from = folder_ / "linked";
  put(folder_ / "linked/b.py", "b");
  shell("cd '" + (folder_ / "linked").string() +
        "' && git add -A && git -c user.name=n -c user.email=e commit -q -m two");
  request_.git_file = true;
  sync();
  const std::string in = "cd '" + to_.string() + "' && ";
  EXPECT_THAT(shell(in + "git describe --tags --dirty --long"),
              ::testing::MatchesRegex("v1-1-g[0-9a-f]+\n"));
  EXPECT_EQ(shell(in + "git rev-parse --abbrev-ref HEAD"), "other\n");
}

TEST_F(Sync, makes_no_git_file_for_a_part_of_a_repository) {
  put(from_ / "a.py", "a");
  shell("cd '" + folder_.string() + "' && git init -q && git add project");
  request_.git_file = true;
  sync();
  EXPECT_THAT(copied(), ElementsAre("a.py"));
}

TEST_F(Sync, names_the_first_twenty_changed_paths) {
  for (int i = 0; i < 30; ++i) {
    put(from_ / ("f" + std::to_string(100 + i)), "x");
  }
  const SyncOutcome outcome = sync();
  EXPECT_EQ(outcome.copied, 30u);
  EXPECT_EQ(outcome.changed.size(), 20u);
}

TEST_F(Sync, with_equal_copies_gives_equal_digests) {
  put(from_ / "a", "a");
  put(from_ / "sub/b", "b");
  const std::string first = sync().digest;
  request_.to = folder_ / "second";
  request_.index_path = folder_ / "second.index";
  request_.digest_path = folder_ / "second.digest";
  EXPECT_EQ(sync().digest, first);
}

}  // namespace
}  // namespace extproof::worker
