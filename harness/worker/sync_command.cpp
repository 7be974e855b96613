// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <map>
#include <nlohmann/json.hpp>

#include "harness/base/text.hpp"
#include "harness/facts/schema_versions.hpp"
#include "harness/worker/commands.hpp"
#include "harness/worker/sync.hpp"

namespace extproof::worker {
namespace {

constexpr int k_failed = 1;
constexpr int k_wrong_arguments = 2;

// "" or what is wrong with the arguments.
std::string read_request(const Arguments& arguments, SyncRequest& request) {
  const std::map<std::string, std::string*> texts = {{"--from", &request.from},
                                                     {"--to", &request.to},
                                                     {"--index", &request.index_path},
                                                     {"--digest", &request.digest_path}};
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    const std::string& name = arguments[at];
    const std::size_t left = arguments.size() - at - 1;
    if (const auto text = texts.find(name); text != texts.end() && left >= 1) {
      *text->second = arguments[++at];
    } else if (name == "--leave-out" && left >= 1) {
      request.leave_out.push_back(arguments[++at]);
    } else if (name == "--link" && left >= 2) {
      request.links.emplace_back(arguments[at + 1], arguments[at + 2]);
      at += 2;
    } else if (name == "--mirror") {
      request.mirror = true;
    } else if (name == "--git-file") {
      request.git_file = true;
    } else {
      return "cannot read \"" + base::escape_line(name) + "\"";
    }
  }
  for (const auto& [name, text] : texts) {
    if (text->empty()) {
      return name + " is needed";
    }
  }
  return "";
}

}  // namespace

int run_sync(const Arguments& arguments) {
  SyncRequest request;
  if (const std::string wrong = read_request(arguments, request); !wrong.empty()) {
    return complain("sync", wrong, k_wrong_arguments);
  }
  const auto outcome = synchronise(request);
  if (!outcome.ok()) {
    return complain("sync", outcome.error(), k_failed);
  }
  nlohmann::json changed = nlohmann::json::array();
  for (const std::string& path : outcome.value().changed) {
    changed.push_back(base::valid_utf8(path));
  }
  const nlohmann::json document = {
      {"schema", facts::schema_versions::k_worker}, {"files", outcome.value().files},
      {"copied", outcome.value().copied},           {"removed", outcome.value().removed},
      {"digest", outcome.value().digest},           {"changed", changed}};
  fmt::print("{}\n", document.dump());
  return 0;
}

}  // namespace extproof::worker
