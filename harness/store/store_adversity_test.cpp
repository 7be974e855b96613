// SPDX-License-Identifier: Apache-2.0
//
// The store under kill -9, a full disk, a folder that cannot be written and other processes.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>

#include "harness/store/store.hpp"
#include "harness/testing/sample_runs.hpp"

namespace extproof::store {
namespace {

// A child that does `work` and ends with the number it returns.
pid_t forked(const std::function<int()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    _exit(work());
  }
  return child;
}

int wait_status(pid_t child) {
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return status;
}

class StoreUnder : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "store-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    path_ = folder_ + "/store.sqlite";
  }
  void TearDown() override {
    chmod(folder_.c_str(), 0700);
    std::filesystem::remove_all(folder_);
  }

  facts::Judged<Store> open(Store::Mode mode = Store::Mode::read_write) const {
    return Store::open(path_, mode);
  }

  std::string folder_;
  std::string path_;
};

TEST_F(StoreUnder, kill_9_nothing_that_was_saved_is_lost) {
  constexpr int k_enough = 25;
  int told[2] = {};
  ASSERT_EQ(pipe(told), 0);
  const pid_t child = forked([&] {
    facts::Judged<Store> store = open();
    if (!store.ok() || !store.value().begin_run({}).ok()) {
      return 1;
    }
    for (int i = 0;; ++i) {
      const auto id = std::to_string(i);
      if (!store.value().save_result(1, {.step_id = id, .end = facts::Exited{i}}).ok()) {
        return 2;
      }
      if (write(told[1], "x", 1) != 1) {
        return 3;
      }
    }
  });
  close(told[1]);
  int saved = 0;
  char byte = 0;
  while (saved < k_enough && read(told[0], &byte, 1) == 1) {
    ++saved;
  }
  kill(child, SIGKILL);
  while (read(told[0], &byte, 1) == 1) {
    ++saved;
  }
  close(told[0]);
  const int status = wait_status(child);
  ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself, with status " << status;

  for (const Store::Mode mode : {Store::Mode::read_only, Store::Mode::read_write}) {
    const facts::Judged<Store> store = open(mode);
    ASSERT_TRUE(store.ok()) << facts::render_refusal(store.error()[0]);
    const auto results = store.value().load_results(1);
    ASSERT_TRUE(results.ok());
    ASSERT_GE(results.value().size(), static_cast<std::size_t>(saved));
    for (std::size_t i = 0; i < results.value().size(); ++i) {
      EXPECT_EQ(results.value()[i].step_id, std::to_string(i));
    }
    EXPECT_EQ(store.value().runs().value()[0].outcome, "");
  }
}

TEST_F(StoreUnder, a_full_disk_refuses_and_keeps_what_was_there) {
  {
    facts::Judged<Store> store = open();
    ASSERT_TRUE(store.ok());
    ASSERT_TRUE(store.value().begin_run({.project_name = "before"}).ok());
    ASSERT_TRUE(store.value().save_report(1, testing::quiet_run()).ok());
  }
  // A limit on the size of files fails the same writes as a full disk does.
  const int status = wait_status(forked([&] {
    facts::Judged<Store> store = open();
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit = {300000, 300000};
    if (!store.ok() || setrlimit(RLIMIT_FSIZE, &limit) != 0) {
      return 1;
    }
    facts::RunReport large = testing::quiet_run();
    large.project_name = std::string(1000000, 'x');
    const auto refused = store.value().save_report(1, large);
    if (refused.ok() || refused.error()[0].code != "XP2004") {
      return 2;
    }
    if (facts::render_refusal(refused.error()[0]).find("kept") == std::string::npos) {
      return 3;
    }
    // The store goes on: what is there can be read, and what is small enough written.
    if (store.value().load_report(1).value()->project_name != "matrix") {
      return 4;
    }
    return store.value().save_started(1, "small", "now").ok() ? 0 : 5;
  }));
  EXPECT_EQ(status, 0) << "exit " << WEXITSTATUS(status);

  const facts::Judged<Store> store = open();
  ASSERT_TRUE(store.ok());
  EXPECT_EQ(store.value().load_report(1).value()->project_name, "matrix");
  EXPECT_EQ(store.value().load_started(1).value().size(), 1U);
}

TEST_F(StoreUnder, a_folder_that_cannot_be_written_refuses_a_run_and_still_reports) {
  {
    facts::Judged<Store> store = open();
    ASSERT_TRUE(store.ok());
    ASSERT_TRUE(store.value().begin_run({}).ok());
  }
  ASSERT_EQ(chmod(path_.c_str(), 0444), 0);
  ASSERT_EQ(chmod(folder_.c_str(), 0555), 0);
  const int status = wait_status(forked([&] {
    // Permissions do not hold for root, so the child becomes somebody else.
    constexpr uid_t k_nobody = 65534;
    if (getuid() == 0 && (setgid(k_nobody) != 0 || setuid(k_nobody) != 0)) {
      return 1;
    }
    const facts::Judged<Store> writer = open();
    if (writer.ok() || writer.error()[0].code != "XP2004") {
      return 2;
    }
    const facts::Judged<Store> reader = open(Store::Mode::read_only);
    if (!reader.ok()) {
      ADD_FAILURE() << facts::render_refusal(reader.error()[0]);
      return 3;
    }
    return reader.value().latest_run().value() == 1 ? 0 : 4;
  }));
  EXPECT_EQ(status, 0) << "exit " << WEXITSTATUS(status);
}

TEST_F(StoreUnder, two_writers_neither_loses_a_write_nor_a_number) {
  constexpr int k_runs = 15;
  // Both make the store, too.
  const auto writes = [&] {
    facts::Judged<Store> store = open();
    if (!store.ok()) {
      return 1;
    }
    for (int i = 0; i < k_runs; ++i) {
      const facts::Judged<int> run = store.value().begin_run({.pid = getpid()});
      if (!run.ok() || !store.value().save_report(run.value(), testing::hostile_run()).ok()) {
        return 2;
      }
    }
    return 0;
  };
  const pid_t first = forked(writes);
  const pid_t second = forked(writes);
  EXPECT_EQ(wait_status(first), 0);
  EXPECT_EQ(wait_status(second), 0);

  const facts::Judged<Store> store = open(Store::Mode::read_only);
  ASSERT_TRUE(store.ok());
  const std::vector<RunSummary> runs = store.value().runs().value();
  ASSERT_EQ(runs.size(), 2U * k_runs);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    EXPECT_EQ(runs[i].number, static_cast<int>(i) + 1);
    EXPECT_TRUE(store.value().load_report(runs[i].number).value().has_value());
  }
}

TEST_F(StoreUnder, a_filesystem_without_shared_memory_the_store_works_all_the_same) {
  const int status = wait_status(forked([&] {
    // One of SQLite's own ways to files that cannot serve WAL, as on some network filesystems.
    if (sqlite3_vfs_register(sqlite3_vfs_find("unix-dotfile"), 1) != SQLITE_OK) {
      return 1;
    }
    facts::Judged<Store> store = open();
    if (!store.ok() || !store.value().begin_run({}).ok()) {
      return 2;
    }
    if (std::filesystem::exists(path_ + "-wal")) {
      return 3;
    }
    return open(Store::Mode::read_only).value().latest_run().value() == 1 ? 0 : 4;
  }));
  EXPECT_EQ(status, 0) << "exit " << WEXITSTATUS(status);
}

// What a reader in a child of its own finds as the latest run on a full disk: nothing more fits
// into any file. 0 when it cannot read.
int latest_run_on_a_full_disk(const std::function<facts::Judged<Store>()>& open_for_reading) {
  const int status = wait_status(forked([&] {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit nothing = {.rlim_cur = 0, .rlim_max = 0};
    setrlimit(RLIMIT_FSIZE, &nothing);
    facts::Judged<Store> store = open_for_reading();
    if (!store.ok()) {
      return 0;
    }
    if (store.value().begin_run({}).ok()) {
      return 100;  // it was opened for reading
    }
    const auto run = store.value().latest_run();
    return run.ok() ? run.value().value_or(0) : 0;
  }));
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(StoreUnder, a_full_disk_it_can_be_read) {
  {
    facts::Judged<Store> store = open();
    ASSERT_TRUE(store.ok() && store.value().begin_run({}).ok());
  }
  ASSERT_FALSE(std::filesystem::exists(path_ + "-wal"));
  EXPECT_EQ(latest_run_on_a_full_disk([&] { return open(Store::Mode::read_only); }), 1);
}

TEST_F(StoreUnder, a_full_disk_what_a_killed_run_saved_can_be_read) {
  const int status = wait_status(forked([&] {
    facts::Judged<Store> store = open();
    static_cast<void>(store.value().begin_run({}));
    static_cast<void>(store.value().begin_run({}));
    raise(SIGKILL);
    return 0;
  }));
  ASSERT_TRUE(WIFSIGNALED(status));
  ASSERT_GT(std::filesystem::file_size(path_ + "-wal"), 0U);
  // What the dead process shared is in a file that a full disk need not make anew.
  std::filesystem::remove(path_ + "-shm");

  EXPECT_EQ(latest_run_on_a_full_disk([&] { return open(Store::Mode::read_only); }), 2);
  EXPECT_EQ(open(Store::Mode::read_only).value().latest_run().value(), 2);
}

TEST_F(StoreUnder, a_reader_sees_the_last_saved_state_while_a_run_writes) {
  facts::Judged<Store> writer = open();
  ASSERT_TRUE(writer.ok());
  ASSERT_TRUE(writer.value().begin_run({}).ok());
  const facts::Judged<Store> reader = open(Store::Mode::read_only);
  ASSERT_TRUE(reader.ok());
  EXPECT_FALSE(reader.value().load_report(1).value().has_value());
  ASSERT_TRUE(writer.value().save_report(1, testing::quiet_run()).ok());
  EXPECT_TRUE(reader.value().load_report(1).value().has_value());
  EXPECT_FALSE(open(Store::Mode::read_only).value().begin_run({}).ok());
}

}  // namespace
}  // namespace extproof::store
