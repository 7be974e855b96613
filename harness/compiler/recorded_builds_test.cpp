// SPDX-License-Identifier: Apache-2.0
//
// Command lines that real builds gave their compiler, against what becomes of them in two lanes.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "harness/compiler/wrap.hpp"

namespace extproof::compiler {
namespace {

const std::string k_folder = EXTPROOF_SOURCE_DIR "/harness/compiler/testdata/";

std::string file_text(const std::string& name) {
  std::ifstream file(k_folder + name, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string one_line(const std::vector<std::string>& args) {
  std::string text = render_response_text(args);
  for (char& byte : text) {
    if (byte == '\n') {
      byte = ' ';
    }
  }
  text.back() = '\n';
  return text;
}

struct Row {
  std::string build;
  std::string lane;
};

class RecordedBuild : public testing::TestWithParam<Row> {};

TEST_P(RecordedBuild, becomes_what_the_golden_file_says) {
  const auto parsed = parse_profile(file_text(GetParam().lane + ".profile"));
  const auto* profile = std::get_if<Profile>(&parsed);
  ASSERT_NE(profile, nullptr) << std::get<ProfileError>(parsed).what;
  std::istringstream recorded(file_text(GetParam().build + ".argv"));
  std::string actual;
  std::size_t commands = 0;
  for (std::string line; std::getline(recorded, line);) {
    if (line.empty() || line.front() == '#') {
      continue;
    }
    std::vector<std::string> args = parse_response_text(line);
    const std::string name = args.front();
    args.erase(args.begin());
    const Wrapped wrapped =
        wrap(*profile, {.called_as = name, .args = args, .folder = "/build/tree"},
             [](const std::string&) { return std::nullopt; });
    actual += "called  " + line + '\n';
    actual +=
        "kind    " + std::string(to_string(classify(args, parse_arguments(args)).kind)) + '\n';
    actual += "runs    " + one_line(wrapped.argv);
    actual += wrapped.database_lines + '\n';
    ++commands;
  }
  ASSERT_GE(commands, 3U) << "the recording is not there";
  const std::string golden = GetParam().build + '.' + GetParam().lane + ".golden";
  if (std::getenv("EXTPROOF_ACCEPT_GOLDEN") != nullptr) {
    std::ofstream(k_folder + golden, std::ios::binary) << actual;
  }
  EXPECT_EQ(actual, file_text(golden))
      << "to accept the change, run this test with EXTPROOF_ACCEPT_GOLDEN=1";
}

INSTANTIATE_TEST_SUITE_P(
    builds, RecordedBuild,
    testing::Values(
        Row{"setuptools_c_python311", "asan-clang"}, Row{"setuptools_c_python311", "ubsan-gcc"},
        Row{"setuptools_c_python313", "asan-clang"}, Row{"setuptools_c_python313", "ubsan-gcc"},
        Row{"setuptools_pybind11_python311", "asan-clang"},
        Row{"setuptools_pybind11_python311", "ubsan-gcc"},
        Row{"setuptools_pybind11_python313", "asan-clang"},
        Row{"setuptools_pybind11_python313", "ubsan-gcc"},
        Row{"scikit_build_core_gcc", "asan-clang"}, Row{"scikit_build_core_gcc", "ubsan-gcc"},
        Row{"scikit_build_core_clang", "asan-clang"}, Row{"scikit_build_core_clang", "ubsan-gcc"},
        Row{"plain_cmake_gcc", "asan-clang"}, Row{"plain_cmake_gcc", "ubsan-gcc"},
        Row{"plain_cmake_clang", "asan-clang"}, Row{"plain_cmake_clang", "ubsan-gcc"},
        Row{"maturin_gcc", "asan-clang"}, Row{"maturin_gcc", "ubsan-gcc"},
        Row{"maturin_clang", "asan-clang"}, Row{"maturin_clang", "ubsan-gcc"},
        Row{"meson_python_gcc", "asan-clang"}, Row{"meson_python_gcc", "ubsan-gcc"},
        Row{"meson_python_clang", "asan-clang"}, Row{"meson_python_clang", "ubsan-gcc"}),
    [](const auto& row) {
      std::string name = row.param.build + "_in_" + row.param.lane;
      name[name.rfind('-')] = '_';
      return name;
    });

}  // namespace
}  // namespace extproof::compiler
