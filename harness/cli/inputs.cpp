// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/inputs.hpp"

#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/cli/lanes.hpp"
#include "harness/cli/outputs.hpp"
#include "harness/cli/suggested_command.hpp"
#include "harness/engines/backends.hpp"
#include "harness/parsers/accepted_file.hpp"
#include "harness/parsers/project_files.hpp"
#include "harness/parsers/pytest_arguments.hpp"
#include "harness/parsers/toml_config.hpp"
#include "harness/platform/files.hpp"
#include "harness/platform/output_file.hpp"
#include "harness/platform/surroundings.hpp"

namespace extproof::cli {
namespace {

std::optional<std::string> text_at(const std::string& path) {
  const auto text = platform::read_text(path);
  return text ? std::optional(std::string(text->view)) : std::nullopt;
}

// The file that holds the configuration: --config, extproof.toml, or pyproject.toml.
facts::Judged<facts::Config> read_config(const Request& request, const std::string& root,
                                         const std::optional<std::string>& pyproject) {
  if (!request.config_file.empty()) {
    const auto text = text_at(request.config_file);
    if (!text) {
      return facts::refuse({.code = "XP1305",
                            .headline = "\"" + request.config_file + "\" cannot be read",
                            .notes = {{"so", "nothing was run"}}});
    }
    const bool is_pyproject = request.config_file.ends_with("pyproject.toml");
    return parsers::parse_config(
        *text, request.config_file,
        is_pyproject ? parsers::Dialect::pyproject : parsers::Dialect::own_file, lane_names());
  }
  if (const auto own = text_at(root + "/extproof.toml")) {
    return parsers::parse_config(*own, "extproof.toml", parsers::Dialect::own_file, lane_names());
  }
  if (pyproject) {
    return parsers::parse_config(*pyproject, "pyproject.toml", parsers::Dialect::pyproject,
                                 lane_names());
  }
  return facts::Config{};
}

// What the project has for CMake; a configuration that cannot be read says nothing of it.
parsers::CMakeLists cmake_lists(const std::string& root,
                                const facts::Judged<facts::Config>& config) {
  parsers::CMakeLists lists;
  if (config) {
    lists.is_asked_for = config.value().build_backend == "cmake";
    const std::string& folder = config.value().cmake.source;
    lists.path = (folder.empty() ? "" : folder + "/") + lists.path;
  }
  lists.text = text_at(root + "/" + lists.path);
  return lists;
}

// What stands for a lane although it is a path of tests: a newcomer's first call of a test tool.
// The names that are left are put into `lanes`.
facts::Refusals refuse_tests(const Request& request, const std::string& root,
                             std::vector<std::string>& lanes) {
  const std::vector<std::string> known = lane_names();
  const auto is_path = [&](const std::string& word) {
    return !word.empty() && platform::exists(word.front() == '/' ? word : root + "/" + word);
  };
  std::vector<std::string> tests;
  for (const std::string& word : request.lanes) {
    const bool is_lane = std::find(known.begin(), known.end(), word) != known.end();
    (!is_lane && (looks_like_tests(word) || is_path(word)) ? tests : lanes).push_back(word);
  }
  if (tests.empty()) {
    return {};
  }
  facts::Refusal refusal = {.code = "XP1001",
                            .headline = "\"" + tests.front() + "\" is a path and no lane",
                            .place = "command line"};
  if (request.command != Command::run) {
    refusal.notes = {{"known", base::join(known, ", ")}, {"so", "nothing was run"}};
    return {refusal};
  }
  refusal.notes = {{"expected", "options and paths for pytest after \"--\""},
                   {"so", "nothing was run"},
                   {"try", suggest_run(request.argv, known, is_path)}};
  return {refusal};
}

bool is_tracked(const std::string& root, const std::string& path) {
  return platform::output_of(
             {"git", "--literal-pathspecs", "-C", root, "ls-files", "--error-unmatch", "--", path},
             5)
      .has_value();
}

// Where the reports and the two streams of this call go, as far as that is in the project.
std::vector<std::string> own_output_in(const std::string& root, const Request& request) {
  std::vector<std::string> files = {platform::file_of(platform::Stream::output),
                                    platform::file_of(platform::Stream::errors)};
  if (const auto outputs = outputs_of(request, platform::is_folder(request.output))) {
    for (const Output& output : outputs.value()) {
      files.push_back(output.file.empty() ? "" : platform::real_path(output.file));
    }
  }
  std::vector<std::string> paths;
  for (const std::string& file : files) {
    if (file.starts_with(root + "/")) {
      std::string path = file.substr(root.size() + 1);
      if (std::find(paths.begin(), paths.end(), path) == paths.end() && !is_tracked(root, path)) {
        paths.push_back(std::move(path));
      }
    }
  }
  return paths;
}

std::string commit_of(const std::string& root) {
  const auto output = platform::output_of({"git", "-C", root, "rev-parse", "HEAD"}, 5);
  return output ? std::string(base::trim(*output)) : std::string();
}

}  // namespace

platform::NamedPrograms programs_named(const facts::Config& config) {
  platform::NamedPrograms named;
  const auto add = [](std::vector<std::string>& list, const std::optional<std::string>& wanted) {
    if (wanted && wanted->starts_with("/")) {
      list.push_back(*wanted);
    }
  };
  add(named.compilers, config.compiler);
  add(named.interpreters, config.python);
  for (const auto& [name, lane] : config.lane) {
    add(named.compilers, lane.compiler);
    add(named.interpreters, lane.interpreter);
  }
  return named;
}

facts::Judged<std::vector<facts::Accepted>> read_accepted(const std::string& project_root) {
  const auto text = text_at(project_root + "/" + std::string(parsers::k_accepted_file));
  return text ? parsers::parse_accepted(*text, parsers::k_accepted_file)
              : facts::Judged<std::vector<facts::Accepted>>(std::vector<facts::Accepted>());
}

std::string project_root_of(const Request& request) {
  const std::string folder = request.project.empty() ? platform::working_folder() : request.project;
  const std::string real = platform::real_path(folder);
  return real.empty() ? folder : real;
}

facts::Judged<Inputs> read_inputs(const Request& request,
                                  const platform::Environment& environment) {
  const std::string root = project_root_of(request);
  const auto pyproject = text_at(root + "/pyproject.toml");
  auto config = read_config(request, root, pyproject);
  auto project = parsers::parse_project(pyproject, platform::exists(root + "/setup.py"),
                                        text_at(root + "/setup.cfg").value_or(""), root,
                                        cmake_lists(root, config));
  // A folder without a project is told before what its configuration says.
  if (!project) {
    return base::Failure<facts::Refusals>{std::move(project).error()};
  }
  if (!config) {
    return base::Failure<facts::Refusals>{std::move(config).error()};
  }
  if (const auto unread = engines::refuse_unread_keys(project.value(), config.value());
      !unread.empty()) {
    return base::Failure<facts::Refusals>{unread};
  }
  if (const auto wrong = parsers::merge_environment(config.value(), environment, lane_names());
      !wrong.empty()) {
    return base::Failure<facts::Refusals>{wrong};
  }
  // The lanes named stand in front of those of the configuration; --all is every lane there is.
  std::vector<std::string> named;
  facts::Refusals wrong = refuse_tests(request, root, named);
  if (request.all) {
    named = lane_names();
  }
  if (!named.empty()) {
    const facts::Refusals unknown =
        parsers::merge_lanes(config.value(), named, "command line", lane_names());
    wrong.insert(wrong.end(), unknown.begin(), unknown.end());
  }
  if (!wrong.empty()) {
    return base::Failure<facts::Refusals>{std::move(wrong)};
  }
  if (const auto word = parsers::defeating_word(request.pytest_arguments)) {
    return facts::refuse(
        {.code = "XP1001",
         .headline = "\"" + request.pytest_arguments[word->at] + "\" after \"--\": " + word->why,
         .place = "command line",
         .notes = {{"expected", "words with which pytest runs the tests by itself"},
                   {"so", "nothing was run"}}});
  }
  auto accepted = read_accepted(root);
  if (!accepted) {
    return base::Failure<facts::Refusals>{std::move(accepted).error()};
  }
  project.value().own_output = own_output_in(root, request);
  project.value().commit = commit_of(root);
  std::vector<std::string> lanes = config.value().lanes;
  return Inputs{.project = std::move(project).value(),
                .config = std::move(config).value(),
                .asked = {.lanes = std::move(lanes),
                          .only_what_can_judge = request.all,
                          .pytest_arguments = request.pytest_arguments},
                .known = {.accepted = std::move(accepted).value(),
                          .today = platform::utc_now().substr(0, 10)}};
}

}  // namespace extproof::cli
