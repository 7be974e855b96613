// SPDX-License-Identifier: Apache-2.0
#include "fuzz/parsers/parsers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace extproof::fuzz {
namespace {

namespace fs = std::filesystem;

const fs::path k_project = EXTPROOF_SOURCE_DIR;

std::string content_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::vector<fs::path> files_below(const fs::path& place) {
  if (fs::is_regular_file(place))
    return {place};
  std::vector<fs::path> files;
  if (fs::is_directory(place)) {
    for (const auto& entry : fs::recursive_directory_iterator(place)) {
      if (entry.is_regular_file())
        files.push_back(entry.path());
    }
  }
  return files;
}

// Examples that the parser must be able to read: its own, else those that its row names. An object
// file is no text to keep in a repository: this program is one.
std::vector<fs::path> own_seeds(const Parser& parser) {
  if (parser.name == "elf")
    return {"/proc/self/exe"};
  std::vector<fs::path> own = files_below(k_project / "fuzz/parsers/testdata" / parser.name);
  for (const std::string_view place : parser.seeds) {
    if (own.empty())
      own = files_below(k_project / place);
  }
  // Beside the recorded texts lie the programs that made them.
  std::erase_if(own, [](const fs::path& file) {
    return file.extension() == ".md" || file.parent_path().filename() == "sources";
  });
  return own;
}

class EachParser : public ::testing::TestWithParam<Parser> {};

TEST_P(EachParser, ReadsAnExampleOfItsFormat) {
  const auto seeds = own_seeds(GetParam());
  ASSERT_FALSE(seeds.empty());
  for (const fs::path& seed : seeds) {
    const Outcome outcome = GetParam().run(content_of(seed));
    EXPECT_TRUE(outcome.read) << seed;
    EXPECT_EQ(outcome.broken_law, "") << seed;
  }
}

TEST_P(EachParser, KeepsItsLawsOnFilesThatAreMeantForOthers) {
  for (const Parser& other : parsers()) {
    for (const fs::path& seed : own_seeds(other))
      EXPECT_EQ(GetParam().run(content_of(seed).substr(0, 1 << 18)).broken_law, "") << seed;
  }
}

TEST_P(EachParser, HasItsSeedsWhereItSaysTheyAre) {
  for (const std::string_view place : GetParam().seeds)
    EXPECT_FALSE(files_below(k_project / place).empty()) << place;
}

TEST_P(EachParser, KeepsItsLawsOnATextThatIsCutAnywhere) {
  for (const fs::path& seed : own_seeds(GetParam())) {
    const std::string text = content_of(seed);
    // Of a large one some places.
    for (std::size_t size = 0; size < text.size(); size += 1 + text.size() / 4000) {
      const Outcome outcome = GetParam().run(std::string_view(text).substr(0, size));
      ASSERT_EQ(outcome.broken_law, "") << seed << " cut to " << size;
    }
  }
}

std::string name_of(const ::testing::TestParamInfo<Parser>& parser) {
  std::string name(parser.param.name);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Parsers, EachParser, ::testing::ValuesIn(parsers()), name_of);

}  // namespace
}  // namespace extproof::fuzz
