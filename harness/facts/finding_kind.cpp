// SPDX-License-Identifier: Apache-2.0
#include "harness/facts/finding_kind.hpp"

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

std::optional<FindingKind> finding_kind_named(std::string_view name) {
  for (const Row& row : k_rows) {
    if (row.name == name) {
      return row.kind;
    }
  }
  return std::nullopt;
}

}  // namespace extproof::facts
