// SPDX-License-Identifier: Apache-2.0
//
// Why something was not done: a value with a code, a place, the consequence and the next step. A
// finding is no refusal, and a broken invariant of ours is none either. Level: facts.
//
// The codes and their pages are in messages.inc.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/facts/exit_code.hpp"

namespace extproof::facts {

// A row of messages.inc.
struct Message {
  std::string_view code;   // "XP1302"; never changes its meaning
  ExitCode exit;           // what this refusal contributes to the exit code
  std::string_view title;  // a phrase for indexes
  std::string_view page;   // cause and cure, paragraphs divided by an empty line
};

// Every message, sorted by code.
const std::vector<Message>& messages();

// The message with that code; none for an unknown one.
const Message* message_named(std::string_view code);

// A labelled line below the headline: "known", "try", "so", ...
struct RefusalNote {
  std::string label;
  std::string text;
};

enum class Severity { error, warning };

struct Refusal {
  std::string code;
  std::string headline;              // the fact, with the value in quotes
  std::string place;                 // "extproof.toml:7:10"; empty when there is none
  std::vector<std::string> excerpt;  // source lines and carets, ready to print
  std::vector<RefusalNote> notes;
  Severity severity = Severity::error;
};

// What this refusal contributes to the exit code. Requires: the code is in the table.
ExitCode exit_code_of(const Refusal& refusal);

// The form in which a person reads it, several lines, each ended by "\n". Text from outside is
// escaped here, so callers put it in as it is.
std::string render_refusal(const Refusal& refusal);

// Refusals come in numbers: all errors of a file are shown at once.
using Refusals = std::vector<Refusal>;
template <class T>
using Judged = base::Result<T, Refusals>;

// A failed Judged<T> of one refusal.
inline base::Failure<Refusals> refuse(Refusal refusal) {
  return base::Failure<Refusals>{{std::move(refusal)}};
}

}  // namespace extproof::facts
