// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/consequence.hpp"

#include <algorithm>

namespace extproof::engines {
namespace {

using facts::Finding;
using facts::FindingKind;
using facts::Stack;
using facts::StackRole;

const Stack* stack_of(const Finding& finding, StackRole role) {
  const auto found =
      std::find_if(finding.stacks.begin(), finding.stacks.end(),
                   [&](const Stack& stack) { return stack.role == role && !stack.frames.empty(); });
  return found == finding.stacks.end() ? nullptr : &*found;
}

bool is_memory_error(FindingKind kind) {
  switch (kind) {
    case FindingKind::heap_buffer_overflow:
    case FindingKind::stack_buffer_overflow:
    case FindingKind::global_buffer_overflow:
    case FindingKind::container_overflow:
    case FindingKind::stack_use_after_return:
    case FindingKind::stack_use_after_scope:
    case FindingKind::use_after_free:
    case FindingKind::double_free:
    case FindingKind::invalid_free:
      return true;
    default:
      return false;
  }
}

bool damages(const Finding& finding) {
  if (finding.owner != facts::Owner::extension || !is_memory_error(finding.kind)) {
    return false;
  }
  if (finding.kind == FindingKind::double_free || finding.kind == FindingKind::invalid_free) {
    return true;
  }
  return std::any_of(finding.stacks.begin(), finding.stacks.end(), [](const Stack& stack) {
    return stack.role == StackRole::access && stack.access == facts::Access::write;
  });
}

bool is_crash(const Finding& finding) {
  return finding.kind == FindingKind::crash || finding.kind == FindingKind::finalization_crash;
}

// Kinds that a damaged pointer gives: what it points to is no block of any allocation.
bool is_about_no_block(const Finding& finding) {
  return finding.kind == FindingKind::invalid_free || finding.rule == "unknown-crash" ||
         finding.rule == "bad-malloc_usable_size";
}

// Of a block that was freed too early every use is reported; the mistake is the free.
bool is_same_freed_block(const Finding& one, const Finding& other) {
  const auto is_of_freed = [](const Finding& finding) {
    return finding.kind == FindingKind::use_after_free || finding.kind == FindingKind::double_free;
  };
  const Stack* freed = stack_of(one, StackRole::free);
  const Stack* freed_too = stack_of(other, StackRole::free);
  const Stack* made = stack_of(one, StackRole::allocation);
  const Stack* made_too = stack_of(other, StackRole::allocation);
  return is_of_freed(one) && is_of_freed(other) && freed != nullptr && freed_too != nullptr &&
         made != nullptr && made_too != nullptr && freed->frames == freed_too->frames &&
         made->frames == made_too->frames;
}

const std::string& test_of(const Finding& finding) {
  return finding.sightings.front().test;
}

bool may_follow(const Finding& finding, const Finding& cause) {
  if (cause.owner != facts::Owner::extension || finding.fingerprint == cause.fingerprint) {
    return false;
  }
  if (is_same_freed_block(finding, cause)) {
    return true;
  }
  if (!damages(cause)) {
    return false;
  }
  if (is_crash(finding)) {
    return true;
  }
  const bool same_test = !test_of(finding).empty() && test_of(finding) == test_of(cause);
  const bool of_others = finding.owner != facts::Owner::extension && is_memory_error(finding.kind);
  return same_test && (is_about_no_block(finding) || of_others);
}

}  // namespace

void mark_consequences(std::vector<LaneSighting>& sightings) {
  for (std::size_t i = 0; i < sightings.size(); ++i) {
    LaneSighting& one = sightings[i];
    const LaneSighting* cause = nullptr;
    for (std::size_t j = 0; j < i && !one.process.empty(); ++j) {
      const LaneSighting& earlier = sightings[j];
      if (earlier.process != one.process || !earlier.after.empty() ||
          !may_follow(one.finding, earlier.finding)) {
        continue;
      }
      // The first one, but damage of the same test is nearer than that of another.
      const bool nearer = test_of(earlier.finding) == test_of(one.finding);
      if (cause == nullptr || (nearer && test_of(cause->finding) != test_of(one.finding))) {
        cause = &earlier;
      }
    }
    // What was seen before any cause of it is a mistake of its own.
    const bool seen_before =
        std::any_of(sightings.begin(), sightings.begin() + static_cast<std::ptrdiff_t>(i),
                    [&](const LaneSighting& earlier) {
                      return earlier.process == one.process && earlier.after.empty() &&
                             earlier.finding.fingerprint == one.finding.fingerprint;
                    });
    if (cause != nullptr && !seen_before) {
      one.after = cause->finding.fingerprint;
    }
  }
}

}  // namespace extproof::engines
