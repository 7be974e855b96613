// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "harness/base/text.hpp"
#include "harness/facts/schema_versions.hpp"
#include "harness/parsers/source_tree.hpp"
#include "harness/worker/commands.hpp"
#include "harness/worker/distribution.hpp"
#include "harness/worker/importable.hpp"
#include "harness/worker/whole_file.hpp"

namespace extproof::worker {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int k_failed = 1;
constexpr int k_wrong_arguments = 2;

// The folder NAME-VERSION.dist-info below `site` whose name is `name`; the first in order.
std::optional<fs::path> find_metadata(const std::string& site, const std::string& name) {
  std::optional<fs::path> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(site, error)) {
    const std::string folder = entry.path().filename().string();
    if (!folder.ends_with(".dist-info") ||
        normalised_name(folder.substr(0, folder.find('-'))) != normalised_name(name)) {
      continue;
    }
    if (!found || entry.path() < *found) {
      found = entry.path();
    }
  }
  return found;
}

json describe(const std::string& site, const fs::path& metadata_folder) {
  const std::string metadata =
      read_whole_file((metadata_folder / "METADATA").string()).value_or("");
  const std::string record = read_whole_file((metadata_folder / "RECORD").string()).value_or("");
  std::vector<std::string> paths;
  json refused = json::array();
  for (const std::string& path : recorded_paths(record)) {
    if (parsers::is_plain_relative(path)) {
      paths.push_back(path);
    } else {
      refused.push_back(base::valid_utf8(path));
    }
  }
  std::sort(paths.begin(), paths.end());
  json native = json::array();
  for (const std::string& path : paths) {
    const std::string module = native_module_of(path);
    const std::string file = site + "/" + path;
    if (!module.empty() && fs::is_regular_file(file) && can_be_imported(file, module)) {
      native.push_back({{"module", base::valid_utf8(module)}, {"file", base::valid_utf8(path)}});
    }
  }
  json top_level = json::array();
  for (const std::string& name : top_level_of(paths)) {
    top_level.push_back(base::valid_utf8(name));
  }
  return {{"schema", facts::schema_versions::k_worker},
          {"name", base::valid_utf8(metadata_header(metadata, "Name"))},
          {"version", base::valid_utf8(metadata_header(metadata, "Version"))},
          {"top_level", top_level},
          {"native", native},
          {"refused", refused}};
}

}  // namespace

int run_modules(const Arguments& arguments) {
  std::string site;
  std::string name;
  for (std::size_t at = 0; at < arguments.size(); at += 2) {
    std::string* const value = arguments[at] == "--site"   ? &site
                               : arguments[at] == "--name" ? &name
                                                           : nullptr;
    if (value == nullptr || at + 1 == arguments.size()) {
      return complain("modules", "cannot read \"" + base::escape_line(arguments[at]) + "\"",
                      k_wrong_arguments);
    }
    *value = arguments[at + 1];
  }
  if (site.empty() || name.empty()) {
    return complain("modules", "--site and --name are needed", k_wrong_arguments);
  }
  const auto metadata = find_metadata(site, name);
  if (!metadata) {
    return complain(
        "modules",
        base::escape_line(site) + ": has no distribution \"" + base::escape_line(name) + "\"",
        k_failed);
  }
  fmt::print("{}\n", describe(site, *metadata).dump());
  return 0;
}

}  // namespace extproof::worker
