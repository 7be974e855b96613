// SPDX-License-Identifier: Apache-2.0
//
// The frame of our pages: one file without any other, that works from a disk. Level: report.

#pragma once

#include <string>
#include <utility>
#include <vector>

namespace extproof::report {

struct HtmlPage {
  std::string title;                                          // plain text, as it came
  std::string heading;                                        // HTML, what stands in <h1>
  std::string lead;                                           // HTML below it
  std::vector<std::pair<std::string, std::string>> sections;  // id and plain name, for the menu
  std::string body;                                           // HTML
};

// The whole document: style, menu, landmarks, a link that skips to the contents. There is no
// script, and a policy in the page forbids any, as well as everything that would be fetched.
// Colours follow the reader's system.
std::string render_html_page(const HtmlPage& page);

}  // namespace extproof::report
