// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "harness/engines/init/texts.hpp"
#include "harness/parsers/python_lines.hpp"

namespace extproof::engines::init {
namespace {

using parsers::PythonLine;
using parsers::PythonText;
using parsers::PythonToken;

constexpr std::string_view k_name = "extproof";

// `default=` came with this version of nox.
constexpr std::string_view k_head = R"(#!/usr/bin/env -S uv run --script
# /// script
# dependencies = ["nox>=2024.10.9"]
# ///
"""The sessions of this project: `nox -l` lists them."""

from __future__ import annotations

import os

import nox

nox.needs_version = ">=2024.10.9"
nox.options.default_venv_backend = "uv|virtualenv"


)";

constexpr std::string_view k_tail = R"(

if __name__ == "__main__":
    nox.main()
)";

// Whether a top-level statement makes `name` a name of the module by importing it.
bool imports(const PythonText& text, std::string_view name) {
  return std::any_of(text.lines.begin(), text.lines.end(), [&](const PythonLine& line) {
    if (line.indent != 0 || !line.begins("import")) {
      return false;
    }
    const std::vector<PythonToken>& tokens = line.tokens;
    for (std::size_t i = 1; i < tokens.size(); ++i) {
      const bool begins = i == 1 || tokens[i - 1].is(",");
      const bool is_alone =
          i + 1 == tokens.size() || tokens[i + 1].is(",") || tokens[i + 1].is(".");
      if (begins && is_alone && tokens[i].is(name)) {
        return true;
      }
    }
    return false;
  });
}

bool mentions_at_top(const PythonText& text, std::string_view name) {
  return std::any_of(text.lines.begin(), text.lines.end(), [&](const PythonLine& line) {
    return line.indent == 0 && std::any_of(line.tokens.begin(), line.tokens.end(),
                                           [&](const PythonToken& t) { return t.is(name); });
  });
}

// `nox.options.sessions = ...` says already what runs without -s.
bool lists_sessions(const PythonText& text) {
  return std::any_of(text.lines.begin(), text.lines.end(), [](const PythonLine& line) {
    const std::vector<PythonToken>& t = line.tokens;
    return t.size() > 5 && t[0].is("nox") && t[2].is("options") && t[4].is("sessions");
  });
}

std::string session_text(bool is_listed, bool has_os) {
  std::string text = is_listed ? "@nox.session\n" : "@nox.session(default=False)\n";
  text +=
      "def extproof(session: nox.Session) -> None:\n"
      "    \"\"\"Run the tests under sanitizers: `nox -s extproof -- asan`.\"\"\"\n";
  text += has_os ? "" : "    import os\n\n";
  text +=
      "    # What pip installs: a version, a wheel, the folder of a clone.\n"
      "    session.install(os.environ.get(\"EXTPROOF_REQUIREMENT\", \"extproof\"))\n"
      "    session.run(\"extproof\", \"run\", *session.posargs)\n";
  return text;
}

}  // namespace

std::string render_noxfile() {
  return std::string(k_head) + session_text(false, true) + std::string(k_tail);
}

std::string render_session(std::string_view noxfile) {
  const PythonText text = parsers::parse_python_lines(noxfile);
  return session_text(lists_sessions(text), imports(text, "os"));
}

bool has_session(std::string_view noxfile) {
  const PythonText text = parsers::parse_python_lines(noxfile);
  bool decorated = false;
  for (const PythonLine& line : text.lines) {
    if (line.begins("@")) {
      for (std::size_t i = 2; i < line.tokens.size(); ++i) {
        const PythonToken& token = line.tokens[i];
        if (token.kind == PythonToken::Kind::string && token.text == k_name &&
            line.tokens[i - 1].is("=") && line.tokens[i - 2].is("name")) {
          return true;
        }
      }
      decorated = true;
      continue;
    }
    if (decorated && line.begins("def") && line.tokens.size() > 1 && line.tokens[1].is(k_name)) {
      return true;
    }
    decorated = false;
  }
  return false;
}

std::string unfit_for_session(std::string_view noxfile) {
  const PythonText text = parsers::parse_python_lines(noxfile);
  if (!text.complete) {
    return "it ends in the middle of a statement";
  }
  if (!imports(text, "nox")) {
    return "it does not \"import nox\"";
  }
  if (mentions_at_top(text, k_name)) {
    return "it uses the name \"extproof\" for something else";
  }
  return "";
}

}  // namespace extproof::engines::init
