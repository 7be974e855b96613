// SPDX-License-Identifier: Apache-2.0
//
// For the tests beside it: the samples of ../testdata, and reports as short texts.

#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "sanitizers/parsers/parsed_log.hpp"

namespace extproof::sanitizers {

inline std::filesystem::path testdata() {
  return std::filesystem::path(EXTPROOF_SOURCE_DIR) / "sanitizers/testdata";
}

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// sample("asan/clang-19/heap_overflow") is the file of that name under testdata().
inline std::string sample(std::string_view name) {
  return read_text(testdata() / (std::string(name) + ".txt"));
}

// "heap-buffer-overflow", "crash[SEGV]".
inline std::string kind_of(const facts::Report& report) {
  std::string text(to_string(report.kind));
  if (!report.rule.empty())
    text += "[" + report.rule + "]";
  return text;
}

inline std::vector<std::string> kinds(const std::vector<facts::Report>& reports) {
  std::vector<std::string> texts;
  for (const facts::Report& report : reports)
    texts.push_back(kind_of(report));
  return texts;
}

inline std::string render(const std::vector<facts::Problem>& problems) {
  std::string text;
  for (const facts::Problem& problem : problems) {
    text += problem.code + " at " + std::to_string(problem.offset) + ": " + problem.message + "\n";
  }
  return text;
}

// `text` with a few bytes replaced, removed or doubled; the same for the same seed.
inline std::string mutated(std::string text, std::uint32_t seed) {
  std::mt19937 random(seed);
  const auto below = [&random](std::size_t limit) { return random() % limit; };
  for (int change = 0; change < 8 && !text.empty(); ++change) {
    const std::size_t at = below(text.size());
    switch (below(4)) {
      case 0:
        text[at] = static_cast<char>(below(256));
        break;
      case 1:
        text.erase(at, below(40));
        break;
      case 2:
        text.insert(at, text.substr(below(text.size()), below(200)));
        break;
      default:
        text.insert(at, std::string(1, "\n\r=:# ("[below(7)]));
    }
  }
  return text;
}

}  // namespace extproof::sanitizers
