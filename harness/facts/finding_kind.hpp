// SPDX-License-Identifier: Apache-2.0
//
// What a finding is of: the closed set in finding_kinds.inc. Level: facts.

#pragma once

#include <optional>
#include <string_view>

namespace extproof::facts {

enum class FindingKind {
#define EXTPROOF_FINDING_KIND(identifier, name, family) identifier,
#include "harness/facts/finding_kinds.inc"
#undef EXTPROOF_FINDING_KIND
};

// The name in reports and files, such as "heap-buffer-overflow".
std::string_view to_string(FindingKind kind);

// Findings of one family at one place are one defect.
std::string_view family_of(FindingKind kind);

// Whether two reports of one place, of these kinds and rules, tell of one cause: of one family, or
// a pair in one_cause.inc. Rules are those of Report::rule. Symmetric; not transitive.
bool is_one_cause(FindingKind kind, std::string_view rule, FindingKind other_kind,
                  std::string_view other_rule);

// What a kind means, for someone who meets it for the first time: finding_kind_pages.inc.
struct KindPage {
  std::string_view meaning;  // one sentence
  std::string_view cure;     // how to go about it
  int cwe = 0;               // number in the Common Weakness Enumeration; 0 where none fits
};
KindPage page_of(FindingKind kind);

// The kind with that name; none for another text.
std::optional<FindingKind> finding_kind_named(std::string_view name);

}  // namespace extproof::facts
