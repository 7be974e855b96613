// SPDX-License-Identifier: Apache-2.0
//
// The forms in which a run is rendered: the closed set in report_formats.inc. Level: facts.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace extproof::facts {

enum class ReportFormat {
#define EXTPROOF_REPORT_FORMAT(identifier, name, file, is_document) identifier,
#include "harness/facts/report_formats.inc"
#undef EXTPROOF_REPORT_FORMAT
};

// The name on the command line, such as "junit".
std::string_view to_string(ReportFormat format);

// The format with that name; none for another text.
std::optional<ReportFormat> report_format_named(std::string_view name);

// All names in the order of the table: "console, json, ...".
std::string names_of_report_formats();

// The name of its file in a folder, such as "extproof-junit.xml".
std::string_view file_name_of(ReportFormat format);

// Whether a reader expects nothing else in the same stream.
bool is_document(ReportFormat format);

}  // namespace extproof::facts
