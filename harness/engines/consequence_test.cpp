// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/consequence.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace extproof::engines {
namespace {

using facts::Access;
using facts::Finding;
using facts::FindingKind;
using facts::Owner;
using facts::StackRole;
using ::testing::ElementsAre;

struct Seen {
  std::string name;  // becomes the fingerprint
  FindingKind kind = FindingKind::crash;
  std::string test = "a";
  Access access = Access::none;
  Owner owner = Owner::extension;
  std::string process = "san.1";
  std::string rule = "";
  int freed_at = 0;
};

std::vector<std::string> after(const std::vector<Seen>& all) {
  std::vector<LaneSighting> sightings;
  for (const Seen& seen : all) {
    Finding finding;
    finding.kind = seen.kind;
    finding.rule = seen.rule;
    finding.fingerprint = seen.name;
    finding.owner = seen.owner;
    finding.sightings = {{.lane = "asan", .test = seen.test}};
    finding.stacks = {{.role = StackRole::access, .access = seen.access}};
    if (seen.freed_at > 0) {
      finding.stacks.push_back({.role = StackRole::free, .frames = {{.line = seen.freed_at}}});
      finding.stacks.push_back({.role = StackRole::allocation, .frames = {{.line = 1}}});
    }
    sightings.push_back({.finding = std::move(finding), .process = seen.process});
  }
  mark_consequences(sightings);
  std::vector<std::string> names;
  for (const LaneSighting& one : sightings) {
    names.push_back(one.after);
  }
  return names;
}

constexpr FindingKind k_overflow = FindingKind::heap_buffer_overflow;
constexpr FindingKind k_freed = FindingKind::use_after_free;
const Seen k_write = {"write", k_overflow, "a", Access::write};
const Seen k_crash = {"crash", FindingKind::crash, "a"};

TEST(Consequence, a_crash_may_follow_from_damage_in_its_test_or_an_earlier_one) {
  EXPECT_THAT(after({k_write, k_crash}), ElementsAre("", "write"));
  EXPECT_THAT(after({k_write, {"crash", FindingKind::crash, "b"}}), ElementsAre("", "write"));
  EXPECT_THAT(after({k_write, {"crash", FindingKind::finalization_crash, ""}}),
              ElementsAre("", "write"));
}

TEST(Consequence, writes_to_freed_memory_and_wrong_frees_are_damage_too) {
  for (const Seen& cause :
       {Seen{"x", k_freed, "a", Access::write}, Seen{"x", FindingKind::double_free, "a"},
        Seen{"x", FindingKind::invalid_free, "a"},
        Seen{"x", FindingKind::stack_buffer_overflow, "a", Access::write}}) {
    EXPECT_THAT(after({cause, k_crash}), ElementsAre("", "x"));
  }
}

TEST(Consequence, nothing_follows_from_a_read_a_leak_or_undefined_behaviour) {
  for (const Seen& cause : {Seen{"x", k_overflow, "a", Access::read}, Seen{"x", FindingKind::leak},
                            Seen{"x", FindingKind::undefined_behavior, "a", Access::write}}) {
    EXPECT_THAT(after({cause, k_crash}), ElementsAre("", ""));
  }
}

TEST(Consequence, nothing_follows_from_the_future_another_process_or_anothers_mistake) {
  Seen elsewhere = k_write;
  elsewhere.process = "san.2";
  Seen unknown = k_write;
  unknown.process = "";
  Seen unknown_crash = k_crash;
  unknown_crash.process = "";
  Seen of_others = k_write;
  of_others.owner = Owner::third_party;

  EXPECT_THAT(after({k_crash, k_write}), ElementsAre("", ""));
  EXPECT_THAT(after({elsewhere, k_crash}), ElementsAre("", ""));
  EXPECT_THAT(after({unknown, unknown_crash}), ElementsAre("", ""));
  EXPECT_THAT(after({of_others, k_crash}), ElementsAre("", ""));
}

TEST(Consequence, a_second_own_mistake_stays_a_cause) {
  const Seen second = {"second", k_overflow, "a", Access::write};
  const Seen leak = {"leak", FindingKind::leak, "a"};
  const Seen of_a_block = {"again", FindingKind::double_free, "a"};

  EXPECT_THAT(after({k_write, second, leak, of_a_block}), ElementsAre("", "", "", ""));
}

TEST(Consequence, a_wild_free_and_reports_in_code_of_others_follow_within_the_test_only) {
  const Seen wild = {"wild", FindingKind::invalid_free, "a"};
  Seen inside = {"inside", k_freed, "a", Access::read, Owner::interpreter};

  EXPECT_THAT(after({k_write, wild, inside}), ElementsAre("", "write", "write"));
  Seen wild_later = wild;
  wild_later.test = inside.test = "b";
  EXPECT_THAT(after({k_write, wild_later, inside}), ElementsAre("", "", "wild"));
}

TEST(Consequence, every_use_of_one_freed_block_follows_from_the_first) {
  const Seen first = {.name = "read", .kind = k_freed, .access = Access::read, .freed_at = 5};
  const Seen same = {
      .name = "write", .kind = k_freed, .test = "b", .access = Access::write, .freed_at = 5};
  const Seen again = {.name = "free", .kind = FindingKind::double_free, .freed_at = 5};
  const Seen other = {.name = "other", .kind = k_freed, .access = Access::read, .freed_at = 6};

  EXPECT_THAT(after({first, same, again, other}), ElementsAre("", "read", "read", ""));
}

TEST(Consequence, the_damage_of_the_same_test_is_nearer_and_no_cause_follows_from_another) {
  const Seen near = {"near", k_overflow, "b", Access::write};
  const Seen crash = {"crash", FindingKind::crash, "b"};

  EXPECT_THAT(after({k_write, near, crash}), ElementsAre("", "", "near"));
}

TEST(Consequence, what_was_seen_before_any_damage_is_a_mistake_of_its_own) {
  EXPECT_THAT(after({k_crash, k_write, k_crash}), ElementsAre("", "", ""));
}

}  // namespace
}  // namespace extproof::engines
