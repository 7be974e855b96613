// SPDX-License-Identifier: Apache-2.0
#include "harness/facts/refusal.hpp"

#include <algorithm>

#include "harness/base/text.hpp"

namespace extproof::facts {

const std::vector<Message>& messages() {
  static const std::vector<Message> k_messages = {
#define EXTPROOF_MESSAGE(code, exit, title, page) {#code, ExitCode::exit, title, page},
#include "harness/facts/messages.inc"
#undef EXTPROOF_MESSAGE
  };
  return k_messages;
}

const Message* message_named(std::string_view code) {
  for (const Message& message : messages()) {
    if (message.code == code) {
      return &message;
    }
  }
  return nullptr;
}

ExitCode exit_code_of(const Refusal& refusal) {
  const Message* message = message_named(refusal.code);
  return message == nullptr ? ExitCode::defect : message->exit;
}

std::string render_refusal(const Refusal& refusal) {
  std::string text = refusal.severity == Severity::error ? "error[" : "warning[";
  text += refusal.code + "]: " + base::escape_line(refusal.headline) + "\n";
  if (!refusal.place.empty()) {
    text += "  " + base::escape_line(refusal.place) + "\n";
  }
  for (const std::string& line : refusal.excerpt) {
    text += "    " + base::escape_line(line) + "\n";
  }
  std::size_t width = std::string_view("more").size();
  for (const RefusalNote& note : refusal.notes) {
    width = std::max(width, note.label.size());
  }
  const auto labelled = [&](std::string_view label, std::string_view line) {
    std::string head(label);
    head += label.empty() ? " " : ":";
    head.resize(width + 2, ' ');
    text += "  " + head + base::escape_line(line) + "\n";
  };
  for (const RefusalNote& note : refusal.notes) {
    std::string_view label = note.label;
    for (const std::string_view line : base::lines(note.text)) {
      labelled(label, line);
      label = "";
    }
  }
  labelled("more", "extproof explain " + refusal.code);
  return text;
}

}  // namespace extproof::facts
