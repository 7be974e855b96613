// SPDX-License-Identifier: Apache-2.0
#include "harness/facts/report_format.hpp"

#include <array>

namespace extproof::facts {
namespace {

struct Row {
  ReportFormat format;
  std::string_view name;
  std::string_view file;
  bool is_document;
};

constexpr auto k_rows = std::to_array<Row>({
#define EXTPROOF_REPORT_FORMAT(identifier, name, file, is_document) \
  {ReportFormat::identifier, name, file, is_document},
#include "harness/facts/report_formats.inc"
#undef EXTPROOF_REPORT_FORMAT
});

const Row& row_of(ReportFormat format) {
  return k_rows.at(static_cast<std::size_t>(format));
}

}  // namespace

std::string_view to_string(ReportFormat format) {
  return row_of(format).name;
}

std::optional<ReportFormat> report_format_named(std::string_view name) {
  for (const Row& row : k_rows) {
    if (row.name == name) {
      return row.format;
    }
  }
  return std::nullopt;
}

std::string names_of_report_formats() {
  std::string names;
  for (const Row& row : k_rows) {
    names += names.empty() ? "" : ", ";
    names += row.name;
  }
  return names;
}

std::string_view file_name_of(ReportFormat format) {
  return row_of(format).file;
}

bool is_document(ReportFormat format) {
  return row_of(format).is_document;
}

}  // namespace extproof::facts
