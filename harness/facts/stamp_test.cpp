// SPDX-License-Identifier: Apache-2.0
#include "harness/facts/stamp.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace extproof::facts {
namespace {

using Contents = std::vector<std::optional<std::string_view>>;

Step step() {
  Step made;
  made.id = "asan/build";
  made.argv = {"/bin/cc", "a.c"};
  made.cwd = "/project";
  made.environment = {{"A", "1"}};
  made.files = {{"/f", "content"}};
  made.facts = {"python 3.13"};
  made.inputs = {"/i"};
  return made;
}

TEST(StampKey, is_the_same_for_the_same_step) {
  EXPECT_EQ(stamp_key(step(), {"text"}), stamp_key(step(), {"text"}));
  EXPECT_EQ(stamp_key(step(), {"text"}).size(), 32u);
}

TEST(StampKey, changes_with_everything_that_decides_a_result) {
  std::vector<std::string> keys = {stamp_key(step(), {"text"}), stamp_key(step(), {"texts"}),
                                   stamp_key(step(), {""}), stamp_key(step(), {std::nullopt})};
  const auto add = [&keys](auto change) {
    Step changed = step();
    change(changed);
    keys.push_back(stamp_key(changed, Contents(changed.inputs.size(), "text")));
  };
  add([](Step& s) { s.argv.push_back("-c"); });
  add([](Step& s) { s.argv = {"/bin/cca.c"}; });
  add([](Step& s) { s.cwd = "/"; });
  add([](Step& s) { s.environment["A"] = "2"; });
  add([](Step& s) { s.environment["B"] = ""; });
  add([](Step& s) { s.environment.clear(); });
  add([](Step& s) { s.files[0].second = "other"; });
  add([](Step& s) { s.files[0].first = "/g"; });
  add([](Step& s) { s.facts.push_back("kernel"); });
  add([](Step& s) { s.facts.clear(); });
  add([](Step& s) { s.inputs = {"/j"}; });
  add([](Step& s) { s.inputs = {"/i", "/j"}; });
  std::sort(keys.begin(), keys.end());

  EXPECT_EQ(std::unique(keys.begin(), keys.end()), keys.end());
}

TEST(StampKey, a_piece_that_moves_to_a_neighbour_is_a_change) {
  Step argv;
  argv.argv = {"a", "b"};
  Step cwd;
  cwd.argv = {"a"};
  cwd.cwd = "b";
  EXPECT_NE(stamp_key(argv, {}), stamp_key(cwd, {}));

  Step environment;
  environment.environment = {{"a", "b"}};
  Step files;
  files.files = {{"a", "b"}};
  Step facts;
  facts.facts = {"a", "b"};
  EXPECT_NE(stamp_key(environment, {}), stamp_key(files, {}));
  EXPECT_NE(stamp_key(files, {}), stamp_key(facts, {}));
  EXPECT_NE(stamp_key(environment, {}), stamp_key(facts, {}));
}

TEST(StampKey, does_not_look_at_names_limits_and_output) {
  Step other = step();
  other.id = "another";
  other.lane = "another";
  other.limits.seconds = 5;
  other.output_path = "/elsewhere";
  other.leaves = {{"x", "/x", std::nullopt}};

  EXPECT_EQ(stamp_key(other, {"text"}), stamp_key(step(), {"text"}));
}

TEST(Stamp, a_key_is_written_and_read_back) {
  const std::string key = stamp_key(step(), {"text"});

  EXPECT_EQ(parse_stamp(render_stamp(key, "1")), key);
  EXPECT_NE(render_stamp(key, "1"), render_stamp(key, "2"));
}

TEST(Stamp, another_text_gives_no_key) {
  const std::string good = render_stamp(stamp_key(step(), {"text"}), "1");
  for (const std::string& text :
       {std::string(), std::string("extproof-stamp"), std::string("extproof-stamp 1 "),
        std::string("extproof-stamp 1 short\n"), "x" + good, "extproof-stamp 0" + good.substr(16),
        good.substr(0, 30), std::string("\0\xff\n", 3)}) {
    EXPECT_EQ(parse_stamp(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace extproof::facts
