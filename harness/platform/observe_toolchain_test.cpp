// SPDX-License-Identifier: Apache-2.0
//
// Compilers and interpreters that were made up: each is a copy of one small program, so that it is
// no shell script, which answers from the file beside it and counts its calls.
#include "harness/platform/observe_toolchain.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "harness/platform/files.hpp"

namespace extproof::platform {
namespace {

namespace fs = std::filesystem;
using facts::Toolchain;

class ObserveToolchain : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "observe-testXXXXXX").string();
    folder_ = fs::canonical(::mkdtemp(pattern.data())).string();
    fs::create_directories(bin());
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string bin() const { return folder_ + "/bin"; }
  std::string path(const std::string& name) const { return bin() + "/" + name; }
  // `answers` are lines "WORD TEXT": an argument that contains WORD is answered with TEXT.
  void put_program(const std::string& name, const std::string& answers) const {
    fs::copy_file(EXTPROOF_TEST_ANSWERING, path(name), fs::copy_options::overwrite_existing);
    ASSERT_EQ(write_file(path(name) + ".answers", answers), "");
  }
  void put_clang(const std::string& name, const std::string& version,
                 const std::string& more = "") const {
    put_program(name,
                "--version clang version " + version + "\n-dumpversion " + version + "\n" + more);
  }
  void put_python(const std::string& name, const std::string& version,
                  const std::string& more = "") const {
    const auto dot = version.find('.');
    const std::string minor = version.substr(dot + 1, version.find('.', dot + 1) - dot - 1);
    put_program(name, "import {\"base\":\"" + path(name) + "\",\"version\":\"" + version +
                          "\",\"major\":3,\"minor\":" + minor +
                          ",\"implementation\":\"cpython\",\"instrumented\":\"\"" + more + "}\n");
  }
  int calls(const std::string& name) const {
    const auto text = read_text(path(name) + ".calls");
    return text ? static_cast<int>(text->view.size()) : 0;
  }
  Environment environment() const {
    return {{"PATH", bin()},
            {"HOME", folder_ + "/home"},
            {"XDG_CACHE_HOME", folder_ + "/cache"},
            {"CFLAGS", "-O2"},
            {"UNRELATED", "x"}};
  }
  Toolchain observe() const { return observe_toolchain(environment()); }
  static std::vector<std::string> names(const Toolchain& toolchain) {
    std::vector<std::string> all;
    for (const facts::Compiler& one : toolchain.compilers) {
      all.push_back(one.name + " " + one.version);
    }
    return all;
  }
  static std::vector<std::string> versions(const Toolchain& toolchain) {
    std::vector<std::string> all;
    for (const facts::Interpreter& one : toolchain.interpreters) {
      all.push_back(one.version + (one.free_threaded ? "t" : ""));
    }
    return all;
  }

  std::string folder_;
};

TEST_F(ObserveToolchain, the_newest_clang_comes_first_and_gcc_last) {
  put_program("gcc-12", "--version gcc 12.2.0\n-dumpfullversion 12.2.0\n");
  put_clang("clang-14", "14.0.6");
  put_clang("clang-19", "19.1.7");

  EXPECT_EQ(names(observe()),
            (std::vector<std::string>{"clang-19 19.1.7", "clang-14 14.0.6", "gcc-12 12.2.0"}));
}

TEST_F(ObserveToolchain, one_program_under_two_names_is_one_compiler_with_both_paths) {
  put_clang("clang-19", "19.1.7");
  fs::create_symlink("clang-19", path("clang"));
  ASSERT_EQ(
      write_file(path("clang.answers"), std::string(read_text(path("clang-19.answers"))->view)),
      "");

  const Toolchain toolchain = observe();

  ASSERT_EQ(toolchain.compilers.size(), 1u);
  EXPECT_EQ(toolchain.compilers[0].paths,
            (std::vector<std::string>{path("clang"), path("clang-19")}));
}

TEST_F(ObserveToolchain, runtimes_symboliser_and_driver_are_found) {
  const std::string runtime = folder_ + "/libasan.so.8";
  ASSERT_EQ(write_file(runtime,
                       "\x7f"
                       "ELF"),
            "");
  // As Debian's gcc has it: a linker script that names the library.
  ASSERT_EQ(write_file(folder_ + "/libubsan.so", "INPUT ( " + runtime + " -lm )\n"), "");
  put_program("gcc",
              "--version gcc 12.2.0\n-dumpfullversion 12.2.0\n"
              "name=libasan.so " +
                  runtime + "\nname=libubsan.so " + folder_ +
                  "/libubsan.so\nname=libstdc++.so.6 libstdc++.so.6\n");
  put_program("g++", "");

  const Toolchain toolchain = observe();

  ASSERT_EQ(names(toolchain), std::vector<std::string>{"gcc 12.2.0"});
  const facts::Compiler& gcc = toolchain.compilers[0];
  EXPECT_EQ(gcc.runtimes.asan, runtime);
  EXPECT_EQ(gcc.runtimes.ubsan, runtime);
  EXPECT_EQ(gcc.runtimes.libstdcxx, "") << "a name that is only repeated was not found";
  EXPECT_EQ(gcc.cc, path("gcc"));
  EXPECT_EQ(gcc.cxx, path("g++"));
}

TEST_F(ObserveToolchain, clang_that_is_called_gcc_is_not_gcc) {
  put_program("gcc", "--version Apple clang version 15\n-dumpfullversion 15.0.0\n");

  EXPECT_TRUE(observe().compilers.empty());
}

TEST_F(ObserveToolchain, scripts_and_programs_that_do_not_answer_are_no_compilers) {
  ASSERT_EQ(write_file(path("clang-18"), "#!/bin/sh\necho 18.0.0\n"), "");
  fs::permissions(path("clang-18"), fs::perms::owner_all);
  put_program("clang-17", "");
  put_program("clang-tidy-19", "--version clang version 19\n-dumpversion 19.1.7\n");

  EXPECT_TRUE(observe().compilers.empty());
  EXPECT_EQ(calls("clang-tidy-19"), 0);
}

TEST_F(ObserveToolchain, interpreters_come_newest_first_and_the_ordinary_one_before_its_kin) {
  put_python("python3.9", "3.9.2");
  put_python("python3.13", "3.13.0");
  put_python("python3.13t", "3.13.0", ",\"free_threaded\":true");
  put_python("python3.10", "3.10.11");
  put_python("python3.7", "3.7.1");

  const Toolchain toolchain = observe();

  EXPECT_EQ(versions(toolchain),
            (std::vector<std::string>{"3.13.0", "3.13.0t", "3.10.11", "3.9.2"}));
  EXPECT_EQ(toolchain.interpreters[1].tag, "cp313t");
}

TEST_F(ObserveToolchain, an_interpreter_is_known_by_every_path_that_led_to_it) {
  put_python("python3.13", "3.13.0");
  fs::create_symlink("python3.13", path("python3"));

  const Toolchain toolchain = observe();

  ASSERT_EQ(versions(toolchain), std::vector<std::string>{"3.13.0"});
  EXPECT_EQ(toolchain.interpreters[0].path, path("python3.13"));
  EXPECT_EQ(toolchain.interpreters[0].paths,
            (std::vector<std::string>{path("python3"), path("python3.13")}));
}

TEST_F(ObserveToolchain, another_implementation_and_nonsense_are_passed_over) {
  put_program("python3.11", "import {\"implementation\":\"pypy\",\"base\":\"/x\"}\n");
  put_program("python3.12", "import no json\n");
  put_program("python3.10", "import {\"implementation\":\"cpython\",\"base\":5,\"major\":\"x\"}\n");

  EXPECT_TRUE(observe().interpreters.empty());
}

TEST_F(ObserveToolchain, what_a_program_said_is_remembered_until_it_changes) {
  put_clang("clang-19", "19.1.7");
  put_python("python3.13", "3.13.0");
  observe();
  const int asked_compiler = calls("clang-19");
  const int asked_python = calls("python3.13");
  ASSERT_GT(asked_compiler, 0);

  EXPECT_EQ(names(observe()), std::vector<std::string>{"clang-19 19.1.7"});
  EXPECT_EQ(calls("clang-19"), asked_compiler);
  EXPECT_EQ(calls("python3.13"), asked_python);

  put_clang("clang-19", "19.1.8");
  EXPECT_EQ(names(observe()), std::vector<std::string>{"clang-19 19.1.8"});
  EXPECT_GT(calls("clang-19"), asked_compiler);
}

TEST_F(ObserveToolchain, a_cache_of_nonsense_is_as_none) {
  put_clang("clang-19", "19.1.7");
  put_python("python3.13", "3.13.0");
  observe();
  const std::string cache = folder_ + "/cache/extproof/observed.json";
  const std::string good(read_text(cache)->view);
  for (const std::string& text : {std::string("{"), std::string("[1]"),
                                  std::string("{\"schema\":\"1\"}"), std::string("\xff")}) {
    ASSERT_EQ(write_file(cache, text), "");
    EXPECT_EQ(names(observe()).size(), 1u) << text;
  }
  // The right keys with values of the wrong kind.
  for (const std::string value : {"\"major\"", "\"version\"", "\"minor\"", "\"prerelease\""}) {
    std::string wrong = good;
    for (auto at = wrong.find(value); at != std::string::npos; at = wrong.find(value, at + 1)) {
      const auto begin = wrong.find(':', at) + 1;
      wrong.replace(begin, wrong.find_first_of(",\n", begin) - begin, "[{}]");
    }
    ASSERT_EQ(write_file(cache, wrong), "");
    observe();
  }
}

TEST_F(ObserveToolchain, folders_of_path_that_are_relative_or_missing_are_passed_over) {
  Environment strange = environment();
  strange["PATH"] = ".::relative:/no/such/folder:" + bin() + ":" + bin();
  put_clang("clang-19", "19.1.7");

  EXPECT_EQ(names(observe_toolchain(strange)), std::vector<std::string>{"clang-19 19.1.7"});
}

TEST_F(ObserveToolchain, of_the_environment_only_what_decides_a_build_is_kept) {
  const Toolchain toolchain = observe();

  EXPECT_EQ(toolchain.build_variables, (std::map<std::string, std::string>{{"CFLAGS", "-O2"}}));
  EXPECT_GE(toolchain.processors, 1);
  EXPECT_NE(toolchain.kernel.find("randomize_va_space="), std::string::npos);
  EXPECT_EQ(toolchain.cache, folder_ + "/cache/extproof");
}

TEST_F(ObserveToolchain, parts_are_found_where_extproof_home_says) {
  EXPECT_EQ(observe_parts({{"EXTPROOF_HOME", folder_}}).reaper, "");
  ASSERT_EQ(write_file(folder_ + "/libexec/extproof-reaper", ""), "");

  const facts::Parts parts = observe_parts({{"EXTPROOF_HOME", folder_}});

  EXPECT_EQ(parts.reaper, folder_ + "/libexec/extproof-reaper");
  EXPECT_EQ(parts.python, folder_);
}

}  // namespace
}  // namespace extproof::platform
