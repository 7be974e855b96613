// SPDX-License-Identifier: Apache-2.0
//
// The built program, in front of the compiler that built this test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace extproof::compiler {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Ended {
  int exit_code;
  std::string out;
  std::string err;
};

// A folder with a C file, and in bin/ the wrapper under the compilers' names, first in PATH.
class ExtproofCc : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "extproof cc XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    std::filesystem::create_directory(folder_ / "bin");
    for (const char* name : {"cc", "gcc", "clang-19", "strip"}) {
      std::filesystem::create_symlink(EXTPROOF_TEST_WRAPPER, folder_ / "bin" / name);
    }
    put("a.c", "int first(int *values) { return values[0]; }\n");
    put("main.c", "int main(void) { return 0; }\n");
    put_profile("compile -fsanitize=address\nlink -fsanitize=address\ndatabase " +
                (folder_ / "database.jsonl").string() + '\n');
  }

  void TearDown() override { std::filesystem::remove_all(folder_); }

  void put(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }

  void put_profile(const std::string& rest, const std::string& cc = EXTPROOF_TEST_CC) const {
    put("bin/wrapper.profile", "extproof-wrapper 1\nlane asan\nfamily " EXTPROOF_TEST_FAMILY
                               "\ncc " +
                                   cc + "\ncxx " + cc + '\n' + rest);
  }

  Ended run(const std::string& command) const {
    const std::string line = "cd '" + folder_.string() + "' && unset EXTPROOF_WRAPPER && PATH='" +
                             (folder_ / "bin").string() + "':\"$PATH\" && export PATH && { " +
                             command + "; } >out.txt 2>err.txt";
    const int status = std::system(line.c_str());
    return {.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
            .out = text_of(folder_ / "out.txt"),
            .err = text_of(folder_ / "err.txt")};
  }

  std::filesystem::path folder_;
};

TEST_F(ExtproofCc, strips_nothing_and_leaves_what_strip_would) {
  put("a.o", "an object");

  const Ended ended = run("strip --strip-unneeded a.o && strip -o b.o a.o");

  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_EQ(text_of(folder_ / "a.o"), "an object");
  EXPECT_EQ(text_of(folder_ / "b.o"), "an object");
  EXPECT_EQ(run("strip -o b.o missing.o").exit_code, 1);
}

TEST_F(ExtproofCc, an_object_compiled_through_it_is_instrumented) {
  const Ended ended = run("gcc -c a.c -o a.o");
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_THAT(ended.out + ended.err, IsEmpty());
  EXPECT_THAT(text_of(folder_ / "a.o"), HasSubstr("__asan_"));
  EXPECT_THAT(text_of(folder_ / "database.jsonl"), HasSubstr("\"file\": \"a.c\""));
}

TEST_F(ExtproofCc, ccache_takes_the_folder_into_account_whatever_its_user_has_set) {
  const std::filesystem::path ccache = folder_ / "ccache";
  put("ccache", "#!/bin/sh\necho \"hash $CCACHE_HASHDIR, not ${CCACHE_NOHASHDIR-there}\"\n");
  std::filesystem::permissions(ccache, std::filesystem::perms::owner_all);
  put_profile("ccache " + ccache.string() + '\n');

  const Ended ended = run("export CCACHE_NOHASHDIR=1 CCACHE_HASHDIR=; gcc -c a.c -o a.o");

  EXPECT_EQ(ended.out, "hash 1, not there\n") << ended.err;
}

TEST_F(ExtproofCc, the_same_object_compiled_without_it_is_not_instrumented) {
  ASSERT_EQ(run("'" EXTPROOF_TEST_CC "' -c a.c -o a.o").exit_code, 0);
  EXPECT_THAT(text_of(folder_ / "a.o"), Not(HasSubstr("__asan_")));
}

TEST_F(ExtproofCc, an_executable_is_linked_with_the_runtime) {
  const Ended ended = run("cc -c main.c && cc main.o -o program");
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_THAT(text_of(folder_ / "program"), HasSubstr("__asan_"));
}

TEST_F(ExtproofCc, the_version_is_that_of_the_real_compiler) {
  EXPECT_EQ(run("clang-19 --version").out, run("'" EXTPROOF_TEST_CC "' --version").out);
}

TEST_F(ExtproofCc, the_exit_code_and_the_message_of_a_failed_compile_come_through) {
  put("a.c", "int first(\n");
  const Ended ended = run("cc -c a.c");
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.err, HasSubstr("error"));
}

TEST_F(ExtproofCc, a_command_line_above_its_limit_compiles) {
  // Few and long: gcc hands its options on in one variable, which the system limits to 128 kB.
  std::string words = "a.c\n";
  for (const char* name : {"-DA", "-DB", "-DC"}) {
    words += name + std::string("='\"") + std::string(36'000, 'x') + " y\"'\n";
  }
  put("words.txt", words);
  const Ended ended = run("cc -c @words.txt -o a.o");
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_THAT(text_of(folder_ / "a.o"), HasSubstr("__asan_"));
}

TEST_F(ExtproofCc, lines_of_compiles_side_by_side_stay_whole) {
  const Ended ended = run("for n in 1 2 3 4 5 6 7 8; do cc -fsyntax-only a.c & done; wait");
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  std::istringstream database(text_of(folder_ / "database.jsonl"));
  int lines = 0;
  for (std::string line; std::getline(database, line); ++lines) {
    EXPECT_TRUE(line.starts_with("{\"schema\": 1, ") && line.ends_with("\"dropped\": []}")) << line;
  }
  EXPECT_EQ(lines, 8);
}

TEST_F(ExtproofCc, the_profile_named_by_the_environment_wins) {
  put("other.profile", text_of(folder_ / "bin/wrapper.profile") + "compile -DOTHER\n");
  put("a.c", "#ifndef OTHER\n#error\n#endif\n");
  EXPECT_EQ(run("EXTPROOF_WRAPPER=other.profile cc -c a.c").exit_code, 0);
  EXPECT_EQ(run("cc -c a.c").exit_code, 1);
}

TEST_F(ExtproofCc, a_missing_profile_is_refused) {
  const Ended ended = run("EXTPROOF_WRAPPER=missing cc -c a.c");
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.out, IsEmpty());
  EXPECT_EQ(ended.err,
            "error[XP1204]: \"missing\" cannot be read: No such file or directory\n"
            "  so:   nothing was compiled\n"
            "  try:  set EXTPROOF_WRAPPER to the profile of a lane\n");
}

TEST_F(ExtproofCc, a_profile_with_an_unknown_key_is_refused_with_its_line) {
  put_profile("colour red\n");
  const Ended ended = run("EXTPROOF_WRAPPER=bin/wrapper.profile cc -c a.c");
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_EQ(ended.err,
            "error[XP1204]: \"colour\" is not a key\n  bin/wrapper.profile:6\n"
            "  so:   nothing was compiled\n");
}

TEST_F(ExtproofCc, a_profile_that_names_the_wrapper_is_refused) {
  put_profile("", (folder_ / "bin/gcc").string());
  const Ended ended = run("cc -c a.c");
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.err, HasSubstr("is extproof-cc itself"));
}

TEST_F(ExtproofCc, a_compiler_that_is_not_there_is_a_missing_tool) {
  put_profile("", "/nowhere/gcc");
  const Ended ended = run("cc -c a.c");
  EXPECT_EQ(ended.exit_code, 4);
  EXPECT_EQ(ended.err,
            "error[XP1203]: \"/nowhere/gcc\" cannot be started: No such file or directory\n");
}

}  // namespace
}  // namespace extproof::compiler
