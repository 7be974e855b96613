// SPDX-License-Identifier: Apache-2.0
//
// A run in any of its forms. Level: report. Pure.

#pragma once

#include <string>

#include "harness/facts/finding.hpp"
#include "harness/facts/report_format.hpp"
#include "harness/report/text_layout.hpp"

namespace extproof::report {

struct RenderSettings {
  ConsoleStyle console;
  std::string folder_in_repository;  // of the project: "" or "python/"; for annotations
};

std::string render(facts::ReportFormat format, const facts::RunReport& run,
                   const RenderSettings& settings);

}  // namespace extproof::report
