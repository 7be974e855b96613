// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/doc_pages.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/facts/config_keys.hpp"
#include "harness/facts/refusal.hpp"
#include "harness/testing/golden.hpp"

namespace extproof::cli {
namespace {

TEST(GeneratedFiles, are_committed_as_the_tables_say) {
  for (const GeneratedFile& file : make_generated_files()) {
    EXPECT_EQ(
        testing::golden_difference(std::string(EXTPROOF_SOURCE_DIR "/") + file.path, file.text),
        "");
  }
}

TEST(ConfigurationSchema, describes_every_key_and_nothing_else) {
  const auto schema = nlohmann::json::parse(render_configuration_schema());

  EXPECT_EQ(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
  std::size_t described = 0;
  for (const facts::ConfigKey& key : facts::config_keys()) {
    auto section = schema;
    if (key.section == "build") {
      section = schema["properties"]["build"];
    } else if (key.section == "lane") {
      section = schema["properties"]["lane"]["additionalProperties"];
    }
    EXPECT_EQ(section["additionalProperties"], false) << key.section;
    EXPECT_TRUE(section["properties"].contains(key.name)) << key.name;
    ++described;
  }
  const std::size_t sections = 2 + facts::reserved_sections().size();
  EXPECT_EQ(schema["properties"].size() - sections +
                schema["properties"]["build"]["properties"].size() +
                schema["properties"]["lane"]["additionalProperties"]["properties"].size(),
            described);
}

TEST(MessagesPage, has_every_code) {
  const std::string page = render_messages_page();
  for (const facts::Message& message : facts::messages()) {
    EXPECT_NE(page.find("## " + std::string(message.code) + ": "), std::string::npos)
        << message.code;
  }
}

TEST(ConfigurationPage, has_every_key_with_its_example) {
  const std::string page = render_configuration_page();
  for (const facts::ConfigKey& key : facts::config_keys()) {
    EXPECT_NE(page.find("`" + std::string(key.name) + " = " + std::string(key.example) + "`"),
              std::string::npos)
        << key.name;
  }
}

}  // namespace
}  // namespace extproof::cli
