// SPDX-License-Identifier: Apache-2.0
//
// Pages of `extproof explain`: a finding with everything that is known of it, and a message.
// Level: report.

#pragma once

#include <string>
#include <string_view>

#include "harness/facts/finding.hpp"
#include "harness/facts/refusal.hpp"
#include "harness/report/text_layout.hpp"

namespace extproof::report {

// Whether a user means a message by this, rather than a finding: it begins with "XP", in either
// case, which no F-number and no fingerprint does.
bool looks_like_code(std::string_view name);

// The message with that code, in either case.
// Errors: XP1002 with the codes one digit away, or those of its group.
facts::Judged<const facts::Message*> message_asked_for(std::string_view code);

// The finding that a user names by its F-number in this run (in either case) or by the beginning
// of its fingerprint.
// Errors: XP1002 when there is none, or several fingerprints begin so.
facts::Judged<const facts::Finding*> finding_named(const facts::RunReport& run,
                                                   std::string_view name);

// Every stack with aligned places, every sighting with its log, and how to see it again.
// Requires: `finding` is one of `run`.
std::string render_finding_page(const facts::RunReport& run, const facts::Finding& finding,
                                const ConsoleStyle& style);

// Title, share in the exit code, and the paragraphs of the page.
std::string render_message_page(const facts::Message& message, const ConsoleStyle& style);

}  // namespace extproof::report
