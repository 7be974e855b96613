// SPDX-License-Identifier: Apache-2.0
#include "harness/compiler/wrap.hpp"

#include <algorithm>
#include <utility>

#include "harness/compiler/json_text.hpp"

namespace extproof::compiler {
namespace {

void append_all(std::vector<std::string>& to, const std::vector<std::string>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

// What the lane adds to a command line of this kind.
std::vector<std::string> flags_for(const Profile& profile, const CommandLine& line) {
  std::vector<std::string> flags;
  if (compiles(line.kind)) {
    for (const PrefixMap& map : profile.maps) {
      flags.push_back("-ffile-prefix-map=" + map.from + '=' + map.to);
    }
    append_all(flags, profile.compile);
  }
  // What rustc links names its libraries itself. A shared object brings no runtime along then:
  // rustc loads some, into a process without one, and what Python loads finds the preloaded
  // runtime.
  const bool brings_runtime = line.output_kind != LinkOutput::shared || !line.is_without_libraries;
  if (links(line.kind) && brings_runtime) {
    std::vector<std::string> link = profile.link;
    append_all(link, line.output_kind == LinkOutput::shared ? profile.link_shared
                                                            : profile.link_executable);
    // After "-x c" a library that the lane names would be read as C.
    const bool names_file =
        std::ranges::any_of(link, [](const std::string& flag) { return !flag.starts_with('-'); });
    if (line.language_is_set && names_file) {
      flags.emplace_back("-x");
      flags.emplace_back("none");
    }
    append_all(flags, link);
  }
  return flags;
}

// Where the compile of `source` leaves its result, as far as the command line says.
std::string output_of(const CommandLine& line, std::string_view source) {
  if (!line.output.empty()) {
    return std::string(line.output);
  }
  if (!line.to_object || source == "-") {
    return {};
  }
  source.remove_prefix(source.rfind('/') + 1);
  return std::string(source.substr(0, source.rfind('.'))) + ".o";
}

void append_list(std::string& json, const std::vector<std::string>& texts) {
  json += '[';
  for (std::size_t at = 0; at < texts.size(); ++at) {
    if (at > 0) {
      json += ", ";
    }
    append_json_string(json, texts[at]);
  }
  json += ']';
}

std::string database_line(const Profile& profile, const Call& call, const CommandLine& line,
                          std::string_view source, const std::vector<std::string>& arguments,
                          const std::vector<std::string>& dropped) {
  std::string json = R"({"schema": 1, "lane": )";
  append_json_string(json, profile.lane);
  json += R"(, "directory": )";
  append_json_string(json, call.folder);
  json += R"(, "file": )";
  append_json_string(json, source);
  if (const std::string output = output_of(line, source); !output.empty()) {
    json += R"(, "output": )";
    append_json_string(json, output);
  }
  json += R"(, "arguments": )";
  append_list(json, arguments);
  json += R"(, "dropped": )";
  append_list(json, dropped);
  json += "}\n";
  return json;
}

}  // namespace

Wrapped wrap(const Profile& profile, const Call& call, const ReadText& read) {
  const std::string& program = driver_of(call.called_as) == Driver::cxx ? profile.cxx : profile.cc;
  const std::vector<std::string> args = expand_response_files(call.args, read);
  const Arguments arguments = parse_arguments(args);
  const CommandLine line = classify(args, arguments);

  Wrapped result;
  result.argv.push_back(program);
  if (!compiles(line.kind) && !links(line.kind)) {
    append_all(result.argv, call.args);
    return result;
  }

  Dropped edited = drop_flags(args, arguments, profile.drop, profile.family);
  std::vector<std::string> flags = flags_for(profile, line);
  const auto before_inputs =
      edited.kept.begin() + static_cast<std::ptrdiff_t>(edited.end_of_options);
  edited.kept.insert(before_inputs, std::make_move_iterator(flags.begin()),
                     std::make_move_iterator(flags.end()));
  append_all(result.argv, edited.kept);

  if (!profile.database.empty()) {
    for (const std::string_view source : line.sources) {
      result.database_lines +=
          database_line(profile, call, line, source, result.argv, edited.dropped);
    }
  }

  const bool cacheable = line.kind == Kind::compile && line.to_object && line.sources.size() == 1 &&
                         line.sources.front() != "-";
  if (!profile.ccache.empty() && cacheable) {
    result.argv.insert(result.argv.begin(), profile.ccache);
    result.programs = 2;
  }

  std::size_t bytes = 0;
  for (const std::string& arg : edited.kept) {
    bytes += arg.size() + 1;
  }
  if (bytes > k_longest_command_line) {
    result.response_text = render_response_text(edited.kept);
  }
  return result;
}

}  // namespace extproof::compiler
