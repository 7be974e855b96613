// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "harness/base/text.hpp"
#include "harness/facts/schema_versions.hpp"
#include "harness/worker/built_modules.hpp"
#include "harness/worker/commands.hpp"

namespace extproof::worker {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int k_failed = 1;
constexpr int k_wrong_arguments = 2;

json describe(const std::string& name, const BuiltPackages& built) {
  json native = json::array();
  for (const BuiltModule& one : built.native) {
    native.push_back(
        {{"module", base::valid_utf8(one.module)}, {"file", base::valid_utf8(one.file)}});
  }
  json links = json::array();
  for (const auto& [path, target] : built.links) {
    links.push_back(json::array({base::valid_utf8(path), base::valid_utf8(target)}));
  }
  const auto texts = [](const std::vector<std::string>& all) {
    json list = json::array();
    for (const std::string& one : all) {
      list.push_back(base::valid_utf8(one));
    }
    return list;
  };
  return {{"schema", facts::schema_versions::k_worker},
          {"name", base::valid_utf8(name)},
          {"version", ""},
          {"top_level", texts(built.top_level)},
          {"native", native},
          {"roots", texts(built.roots)},
          {"links", links},
          {"refused", json::array()}};
}

}  // namespace

int run_built_modules(const Arguments& arguments) {
  BuiltRequest request;
  std::string name;
  const std::map<std::string, std::string*> texts = {{"--name", &name},
                                                     {"--project", &request.project},
                                                     {"--tree", &request.tree},
                                                     {"--run", &request.run},
                                                     {"--build", &request.build},
                                                     {"--packages", &request.packages},
                                                     {"--install", &request.install},
                                                     {"--stage", &request.stage}};
  for (std::size_t at = 0; at < arguments.size(); at += 2) {
    const std::string& option = arguments[at];
    if (at + 1 == arguments.size()) {
      return complain("built-modules", base::escape_line(option) + " needs a value",
                      k_wrong_arguments);
    }
    if (const auto text = texts.find(option); text != texts.end()) {
      *text->second = arguments[at + 1];
    } else if (option == "--module") {
      request.modules.push_back(arguments[at + 1]);
    } else if (option == "--path") {
      request.path.push_back(arguments[at + 1]);
    } else {
      return complain("built-modules", "cannot read \"" + base::escape_line(option) + "\"",
                      k_wrong_arguments);
    }
  }
  for (const std::string* needed :
       {&name, &request.project, &request.tree, &request.run, &request.build, &request.packages}) {
    if (needed->empty()) {
      return complain("built-modules",
                      "--name, --project, --tree, --run, --build and --packages are needed",
                      k_wrong_arguments);
    }
  }
  try {
    fmt::print("{}\n", describe(name, find_built(request)).dump());
  } catch (const fs::filesystem_error& error) {
    return complain("built-modules", base::escape_line(error.what()), k_failed);
  }
  return 0;
}

int run_stage(const Arguments& arguments) {
  std::string root;
  std::vector<std::string> open;
  for (std::size_t at = 0; at < arguments.size(); at += 2) {
    if (at + 1 == arguments.size() || (arguments[at] != "--root" && arguments[at] != "--open")) {
      return complain("stage", "cannot read \"" + base::escape_line(arguments[at]) + "\"",
                      k_wrong_arguments);
    }
    if (arguments[at] == "--root") {
      root = arguments[at + 1];
    } else {
      open.push_back(arguments[at + 1]);
    }
  }
  if (!root.starts_with("/") || open.empty()) {
    return complain("stage", "--root, which is absolute, and --open are needed", k_wrong_arguments);
  }
  json links = json::array();
  for (const std::string& folder : open) {
    std::error_code error;
    const fs::path link = root + folder;
    fs::create_directories(link.parent_path(), error);
    fs::create_directories(folder, error);
    fs::remove(link, error);
    fs::create_directory_symlink(folder, link, error);
    if (!folder.starts_with("/") || error) {
      return complain("stage", base::escape_line(link.string()) + ": cannot be made", k_failed);
    }
    links.push_back(base::valid_utf8(link.string()));
  }
  fmt::print("{}\n", json{{"schema", facts::schema_versions::k_worker}, {"links", links}}.dump());
  return 0;
}

}  // namespace extproof::worker
