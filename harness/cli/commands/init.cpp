// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/cli/commands/commands.hpp"
#include "harness/cli/init_text.hpp"
#include "harness/cli/inputs.hpp"
#include "harness/engines/init/init.hpp"
#include "harness/parsers/source_tree.hpp"
#include "harness/platform/files.hpp"
#include "harness/platform/observe_toolchain.hpp"
#include "harness/platform/placement.hpp"

namespace extproof::cli {
namespace {

namespace init = engines::init;

// A larger project is looked at in part.
constexpr std::size_t k_most_files = 20000;
constexpr std::size_t k_largest_text = std::size_t{1} << 20U;
constexpr double k_git_seconds = 10;

std::vector<std::string> sources_of(const std::string& root) {
  std::vector<parsers::ListedFile> files;
  if (const auto listing = platform::output_of(
          {"git", "-C", root, "ls-files", "-z", "-t", "-c", "-o", "--exclude-standard"},
          k_git_seconds)) {
    files = parsers::parse_git_listing(*listing);
  }
  if (files.empty()) {
    for (std::string& path : platform::files_below(root, parsers::is_never_copied, k_most_files)) {
      files.push_back({std::move(path), false});
    }
  }
  return parsers::select_sources(files, {});
}

void read_into(init::Input& input, const std::string& path, const std::string& file) {
  const auto text = platform::read_text(file);
  if (text && text->view.size() <= k_largest_text) {
    input.texts[path] = std::string(text->view);
  }
}

// The project's folder below the top of its repository; none where there is no repository.
std::optional<std::string> folder_in_repository(const std::string& root) {
  auto prefix =
      platform::output_of({"git", "-C", root, "rev-parse", "--show-prefix"}, k_git_seconds);
  while (prefix && (prefix->ends_with('\n') || prefix->ends_with('/'))) {
    prefix->pop_back();
  }
  return prefix;
}

// The workflows of the repository that the project is a folder of, by the way that leads to them.
void read_workflows_above(init::Input& input, const std::string& root, const std::string& folder) {
  std::string up;
  for (std::size_t i = 0; i < base::split(folder, '/').size(); ++i) {
    up += "../";
  }
  const std::string way = up + ".github/workflows";
  for (const std::string& name : platform::names_in(root + "/" + way)) {
    read_into(input, way + "/" + name, root + "/" + way + "/" + name);
  }
}

init::Input look_at(const std::string& root, Inputs inputs, facts::Toolchain toolchain,
                    std::map<std::string, platform::SeenPlace>& places) {
  init::Input input = {.project = std::move(inputs.project),
                       .config = std::move(inputs.config),
                       .toolchain = std::move(toolchain),
                       .sources = sources_of(root),
                       .texts = {},
                       .places = {},
                       .folder_in_repository = folder_in_repository(root)};
  for (const std::string& path : input.sources) {
    if (init::is_read(path)) {
      read_into(input, path, root + "/" + path);
    }
  }
  if (!input.folder_in_repository.value_or("").empty()) {
    read_workflows_above(input, root, *input.folder_in_repository);
  }
  for (const std::string_view path :
       {init::k_pyproject, init::k_own_file, init::k_noxfile, init::k_workflow}) {
    platform::SeenPlace seen = platform::look_at_place(root, std::string(path));
    input.places[std::string(path)] = {
        seen.kind == platform::SeenPlace::Kind::absent ? init::Place::Kind::absent
        : seen.kind == platform::SeenPlace::Kind::file ? init::Place::Kind::file
                                                       : init::Place::Kind::foreign,
        seen.text, seen.reason};
    places[std::string(path)] = std::move(seen);
  }
  return input;
}

}  // namespace

facts::ExitCode init_command(const Request& request, const Console& console) {
  auto inputs = read_inputs(request, console.environment());
  if (!inputs) {
    return console.refuse(inputs.error());
  }
  const std::string root = project_root_of(request);
  facts::Toolchain toolchain =
      platform::observe_toolchain(console.environment(), programs_named(inputs.value().config));
  std::map<std::string, platform::SeenPlace> places;
  const init::Input input = look_at(root, std::move(inputs).value(), std::move(toolchain), places);
  const init::Plan plan = init::plan(input);

  std::vector<platform::Placement> placements;
  for (const init::FileToWrite& file : plan.files) {
    const platform::SeenPlace& place = places[file.path];
    placements.push_back(
        {place.path, file.text, file.is_new ? std::nullopt : std::optional(place.text)});
  }
  if (const auto fault = platform::place_all(placements)) {
    return console.refuse({unwritable_file(root, fault->path, fault->said)});
  }
  console.data(render_init(plan, input.project.root, request.project));
  return facts::ExitCode::nothing_found;
}

}  // namespace extproof::cli
