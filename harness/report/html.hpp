// SPDX-License-Identifier: Apache-2.0
//
// A run as one page for a browser. Level: report. Pure.

#pragma once

#include <cstddef>
#include <string>

#include "harness/facts/finding.hpp"

namespace extproof::report {

struct HtmlLimits {
  // Of the page. Real findings take two to three kilobytes each.
  std::size_t bytes = 2'900'000;
};

// For someone who wants to know what to fix first: the findings in that order, each with its
// stacks, tests and the command that shows it again; then the lanes with their preflight and their
// tests; then what the run could not see.
//
// Ensures: one file that fetches nothing and holds no script; "#F1" leads to that finding; what
// does not fit into `limits` is left out whole, stacks first, and the page says so in its place.
std::string render_html(const facts::RunReport& run, const HtmlLimits& limits = {});

}  // namespace extproof::report
