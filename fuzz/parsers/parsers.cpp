// SPDX-License-Identifier: Apache-2.0
#include "fuzz/parsers/parsers.hpp"

#include <algorithm>

#include "harness/compiler/profile.hpp"
#include "harness/compiler/response_file.hpp"
#include "harness/engines/interpreters.hpp"
#include "harness/engines/sightings.hpp"
#include "harness/launcher/launch_file.hpp"
#include "harness/parsers/accepted_file.hpp"
#include "harness/parsers/cython_origin.hpp"
#include "harness/parsers/elf.hpp"
#include "harness/parsers/faulthandler.hpp"
#include "harness/parsers/line_cursor.hpp"
#include "harness/parsers/producer.hpp"
#include "harness/parsers/project_files.hpp"
#include "harness/parsers/pytest_events.hpp"
#include "harness/parsers/python_lines.hpp"
#include "harness/parsers/requirement.hpp"
#include "harness/parsers/source_tree.hpp"
#include "harness/parsers/stack_file.hpp"
#include "harness/parsers/text_columns.hpp"
#include "harness/parsers/toml_config.hpp"
#include "harness/store/configuration_json.hpp"
#include "sanitizers/parsers/log.hpp"

namespace extproof::fuzz {

namespace {

const std::vector<std::string> k_lanes = {"release", "asan", "ubsan"};

constexpr const char* k_round_trip = "what was written out is read again, and is the same";

Outcome accepted(std::string_view bytes) {
  const auto entries = parsers::parse_accepted(bytes, "extproof-accepted.toml");
  if (!entries.ok())
    return {};
  std::string text;
  for (const facts::Accepted& entry : entries.value())
    text += parsers::render_accepted(entry);
  const auto again = parsers::parse_accepted(text, "extproof-accepted.toml");
  if (!again.ok() || again.value() != entries.value())
    return {true, k_round_trip};
  return {!entries.value().empty(), ""};
}

Outcome columns(std::string_view bytes) {
  for (const std::size_t columns : {0u, 1u, 7u, 80u}) {
    if (parsers::display_columns(parsers::cut_to_columns(bytes, columns)) > columns)
      return {true, "a text that was cut is no wider than asked for"};
  }
  return {true, ""};
}

Outcome compiler_profile(std::string_view bytes) {
  return {std::holds_alternative<compiler::Profile>(compiler::parse_profile(bytes)), ""};
}

Outcome configuration(std::string_view bytes) {
  return {store::parse_configuration(bytes).has_value(), ""};
}

Outcome cython_origin(std::string_view bytes) {
  if (!parsers::is_of_cython(bytes))
    return {};
  std::vector<std::string_view> lines;
  for (parsers::LineCursor at(bytes); !at.at_end(); at.advance())
    lines.push_back(at.line());
  const auto last = static_cast<std::int64_t>(lines.size());
  bool read = false;
  // The first lines and what lies past both ends: all lines would make long files slow.
  for (std::int64_t i = -1; i <= 20; ++i) {
    const std::int64_t number = i < 20 ? i : last + 1;
    const auto origin = parsers::find_cython_origin(lines, number);
    if (origin && (number < 1 || number > last))
      return {true, "a line that the file does not have was written for no other"};
    read = read || origin;
  }
  return {read, ""};
}

Outcome elf(std::string_view bytes) {
  const auto object = parsers::parse_elf(bytes);
  if (!object.ok())
    return {false,
            object.error().reason.find('\n') == std::string::npos ? "" : "a reason is one line"};
  for (const std::string& producer : object.value().producers)
    static_cast<void>(parsers::was_sanitized(producer, "undefined"));
  return {true, ""};
}

Outcome faulthandler(std::string_view bytes) {
  const parsers::FaultDump dump = parsers::parse_faulthandler(bytes);
  for (const parsers::FaultStack& stack : dump.stacks) {
    if (stack.bytes.begin > stack.bytes.end || stack.bytes.end > bytes.size())
      return {true, "a stack lies in the text that it was read from"};
  }
  return {!dump.stacks.empty(), ""};
}

Outcome git_listing(std::string_view bytes) {
  const auto sources = parsers::select_sources(parsers::parse_git_listing(bytes), {"docs"});
  for (const std::string& path : sources) {
    if (!parsers::is_plain_relative(path))
      return {true, "what is copied lies in the project"};
  }
  return {!sources.empty(), ""};
}

Outcome launch_file(std::string_view bytes) {
  launcher::LaunchFile file;
  std::string problem;
  const bool read = launcher::parse_launch_file(bytes, file, problem);
  return {read, read || !problem.empty() ? "" : "a file that is refused has a reason"};
}

Outcome log(std::string_view bytes) {
  const sanitizers::ParsedLog parsed = sanitizers::parse_log(bytes, "san.1");
  const bool held = sanitizers::claims_each_byte_once(parsed, bytes.size());
  return {!parsed.reports.empty(),
          held ? "" : "every byte of a log is in one report or in the rest"};
}

Outcome manifest(std::string_view bytes) {
  const auto read = engines::parse_manifest(bytes);
  if (!read)
    return {};
  const std::string text = engines::render_manifest(*read);
  const auto again = engines::parse_manifest(text);
  return {true, again && engines::render_manifest(*again) == text ? "" : k_round_trip};
}

Outcome project(std::string_view bytes) {
  // The first NUL parts pyproject.toml from setup.cfg.
  const std::size_t parted = bytes.find('\0');
  std::optional<std::string> setup_cfg;
  if (parted != std::string_view::npos)
    setup_cfg = std::string(bytes.substr(parted + 1));
  return {parsers::parse_project(std::string(bytes.substr(0, parted)), true, setup_cfg, "/project")
              .ok(),
          ""};
}

Outcome pytest_events(std::string_view bytes) {
  const facts::TestEvents events = parsers::parse_pytest_events(bytes);
  const parsers::LogTimeline timeline(events);
  for (const std::size_t offset : {std::size_t{0}, std::size_t{1}, bytes.size()})
    static_cast<void>(timeline.boundary_at("san.1", offset));
  return {!events.boundaries.empty(), ""};
}

Outcome python_lines(std::string_view bytes) {
  const parsers::PythonText text = parsers::parse_python_lines(bytes);
  static_cast<void>(parsers::first_arguments_of(text, "Extension"));
  return {!parsers::imports_of(text).empty(), ""};
}

Outcome requirement(std::string_view bytes) {
  const bool read = parsers::is_requirement(bytes);
  if (!parsers::is_version_specifier(bytes))
    return {read, ""};
  static_cast<void>(parsers::requires_python_allows(bytes, "3.14.0rc2"));
  return {true, ""};
}

Outcome response_file(std::string_view bytes) {
  const std::vector<std::string> words = compiler::parse_response_text(bytes);
  const bool same = compiler::parse_response_text(compiler::render_response_text(words)) == words;
  return {!words.empty(), same ? "" : k_round_trip};
}

Outcome source_lines(std::string_view bytes) {
  return {!engines::parse_source_lines(bytes).empty(), ""};
}

Outcome stack_file(std::string_view bytes) {
  return {!parsers::parse_stack_file(bytes).stacks.empty(), ""};
}

Outcome sync_index(std::string_view bytes) {
  const auto index = parsers::parse_sync_index(bytes);
  if (!index.ok())
    return {};
  const auto again = parsers::parse_sync_index(parsers::render_sync_index(index.value()));
  if (!again.ok() || again.value().entries != index.value().entries)
    return {true, k_round_trip};
  return {true, ""};
}

Outcome toml_config(std::string_view bytes) {
  static_cast<void>(
      parsers::parse_config(bytes, "pyproject.toml", parsers::Dialect::pyproject, k_lanes));
  return {parsers::parse_config(bytes, "extproof.toml", parsers::Dialect::own_file, k_lanes).ok(),
          ""};
}

// What may be large (logs, events, objects) and what is read as it lies there.
constexpr std::size_t k_texts = 10;
// A token of one byte is a string of its own. What is read so are a project's own scripts and the
// command lines of its build.
constexpr std::size_t k_tokens = 100;

}  // namespace

const std::vector<Parser>& parsers() {
  static const std::vector<Parser> all = {
      {"accepted", {}, k_texts, accepted},
      {"columns", {"harness/report/testdata"}, k_texts, columns},
      {"compiler-profile", {}, k_texts, compiler_profile},
      {"configuration", {}, k_texts, configuration},
      {"cython-origin", {}, k_texts, cython_origin},
      {"elf", {}, k_texts, elf},
      {"faulthandler", {"harness/parsers/testdata/faulthandler"}, k_texts, faulthandler},
      {"git-listing", {}, k_texts, git_listing},
      {"launch-file", {}, k_texts, launch_file},
      {"log",
       {"sanitizers/testdata/asan", "sanitizers/testdata/lsan", "sanitizers/testdata/ubsan"},
       k_texts,
       log},
      {"manifest", {}, k_texts, manifest},
      {"project", {"pyproject.toml", "fixtures/reference/refext/pyproject.toml"}, k_texts, project},
      {"pytest-events", {}, k_texts, pytest_events},
      {"python-lines", {"noxfile.py", "harness/python/extproof"}, k_tokens, python_lines},
      {"requirement", {}, k_texts, requirement},
      {"response-file", {"harness/compiler/testdata"}, k_tokens, response_file},
      {"source-lines", {}, k_texts, source_lines},
      {"stack-file", {"harness/parsers/testdata/faulthandler"}, k_texts, stack_file},
      {"sync-index", {}, k_texts, sync_index},
      {"toml-config",
       {"pyproject.toml", "harness/parsers/testdata/config_errors"},
       k_texts,
       toml_config},
  };
  return all;
}

const Parser* find_parser(std::string_view name) {
  const auto found = std::ranges::find(parsers(), name, &Parser::name);
  return found == parsers().end() ? nullptr : &*found;
}

}  // namespace extproof::fuzz
