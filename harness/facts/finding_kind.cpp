// SPDX-License-Identifier: Apache-2.0
#include "harness/facts/finding_kind.hpp"

#include <algorithm>
#include <array>

namespace extproof::facts {
namespace {

struct Row {
  FindingKind kind;
  std::string_view name;
  std::string_view family;
};

constexpr auto k_rows = std::to_array<Row>({
#define EXTPROOF_FINDING_KIND(identifier, name, family) {FindingKind::identifier, name, family},
#include "harness/facts/finding_kinds.inc"
#undef EXTPROOF_FINDING_KIND
});

struct Pair {
  std::string_view rule;  // of undefined behaviour
  std::string_view family;
  std::string_view family_rule;  // of the other; "" for any
};

constexpr auto k_pairs = std::to_array<Pair>({
#define EXTPROOF_ONE_CAUSE(rule, family, family_rule) {rule, family, family_rule},
#include "harness/facts/one_cause.inc"
#undef EXTPROOF_ONE_CAUSE
});

bool is_pair(std::string_view rule, FindingKind other, std::string_view other_rule) {
  return std::any_of(k_pairs.begin(), k_pairs.end(), [&](const Pair& pair) {
    return pair.rule == rule && pair.family == family_of(other) &&
           (pair.family_rule.empty() || pair.family_rule == other_rule);
  });
}

const Row& row_of(FindingKind kind) {
  return k_rows.at(static_cast<std::size_t>(kind));
}

}  // namespace

std::string_view to_string(FindingKind kind) {
  return row_of(kind).name;
}

std::string_view family_of(FindingKind kind) {
  return row_of(kind).family;
}

bool is_one_cause(FindingKind kind, std::string_view rule, FindingKind other_kind,
                  std::string_view other_rule) {
  return family_of(kind) == family_of(other_kind) ||
         (kind == FindingKind::undefined_behavior && is_pair(rule, other_kind, other_rule)) ||
         (other_kind == FindingKind::undefined_behavior && is_pair(other_rule, kind, rule));
}

KindPage page_of(FindingKind kind) {
  // A kind without a row is told by the compiler: a switch without default names it.
  switch (kind) {
#define EXTPROOF_KIND_PAGE(identifier, meaning, cure, cwe) \
  case FindingKind::identifier:                            \
    return {meaning, cure, cwe};
#include "harness/facts/finding_kind_pages.inc"
#undef EXTPROOF_KIND_PAGE
  }
  return {};
}

std::optional<FindingKind> finding_kind_named(std::string_view name) {
  for (const Row& row : k_rows) {
    if (row.name == name) {
      return row.kind;
    }
  }
  return std::nullopt;
}

}  // namespace extproof::facts
