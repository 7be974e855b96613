// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/outputs.hpp"

#include <algorithm>

namespace extproof::cli {
namespace {

using facts::ReportFormat;

std::string quoted_name(ReportFormat format) {
  return "\"" + std::string(facts::to_string(format)) + "\"";
}

facts::Refusal meeting(const Output& first, const Output& second, const std::string& place) {
  // The one that a program reads is the one to be given a file.
  const ReportFormat moved = facts::is_document(second.format) ? second.format : first.format;
  return {.code = "XP1001",
          .headline = "the reports " + quoted_name(first.format) + " and " +
                      quoted_name(second.format) + " would both go to " + place,
          .notes = {{"so", "nothing was run"},
                    {"try", "a place for each: --format NAME,NAME=FILE, such as " +
                                std::string(facts::to_string(moved)) + "=" +
                                std::string(facts::file_name_of(moved))}}};
}

std::string below(const std::string& folder, ReportFormat format) {
  return folder + (folder.ends_with('/') ? "" : "/") + std::string(facts::file_name_of(format));
}

}  // namespace

facts::Judged<std::vector<Output>> outputs_of(const Request& request, bool output_is_folder) {
  std::vector<AskedFormat> asked = request.formats;
  if (request.json) {
    asked = {{ReportFormat::json, ""}};
  } else if (asked.empty()) {
    asked = {{ReportFormat::console, ""}};
  }
  const bool has_output = !request.output.empty() && request.output != "-";
  const bool into_folder = has_output && (output_is_folder || request.output.ends_with('/'));
  std::vector<Output> outputs;
  for (const AskedFormat& one : asked) {
    Output output{one.format, one.file == "-" ? "" : one.file};
    if (one.file.empty() && has_output) {
      output.file = into_folder ? below(request.output, one.format) : request.output;
    }
    const auto other = std::find_if(outputs.begin(), outputs.end(), [&](const Output& earlier) {
      const bool both_are_text =
          !facts::is_document(earlier.format) && !facts::is_document(output.format);
      return earlier.file == output.file && !(output.file.empty() && both_are_text);
    });
    if (other != outputs.end()) {
      return facts::refuse(meeting(
          *other, output, output.file.empty() ? "standard output" : "\"" + output.file + "\""));
    }
    outputs.push_back(std::move(output));
  }
  return outputs;
}

std::string folder_in_repository(const std::string& project_root,
                                 const std::map<std::string, std::string>& environment) {
  const auto workspace = environment.find("GITHUB_WORKSPACE");
  if (workspace == environment.end() || workspace->second.empty()) {
    return "";
  }
  const std::string root = workspace->second + (workspace->second.ends_with('/') ? "" : "/");
  return project_root.starts_with(root) && project_root.size() > root.size()
             ? project_root.substr(root.size()) + "/"
             : "";
}

}  // namespace extproof::cli
