// SPDX-License-Identifier: Apache-2.0
//
// A finding on a page. Level: report.

#pragma once

#include <string>

#include "harness/facts/finding.hpp"

namespace extproof::report {

// Where it stands on the page: its id where that can be one, else its number in the run.
std::string html_anchor(const facts::RunReport& run, const facts::Finding& finding);

// "<code>src/a.c:31</code> fill_row"; "not known" when nothing is.
std::string html_place(const facts::Finding& finding);

// "new", "accepted", whose it is, as a coloured mark.
std::string html_state(const facts::Finding& finding);

enum class HtmlDetail {
  brief,    // where, where it was seen first, how to see it again
  project,  // and the innermost three of the project's frames of each stack
  full,     // all frames and sightings, what the runtime said of the address, what the kind means
};

std::string html_finding(const facts::RunReport& run, const facts::Finding& finding,
                         HtmlDetail detail);

}  // namespace extproof::report
