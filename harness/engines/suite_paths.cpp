// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/suite_paths.hpp"

namespace extproof::engines {

SuitePaths paths_of(const facts::Configuration& configuration) {
  const store::Layout layout{configuration.project_root};
  const store::BuildFolder folder = layout.build(configuration.key);
  const facts::Interpreter& python = configuration.interpreter;
  const std::string abi = std::to_string(python.major) + "." + std::to_string(python.minor) +
                          (python.free_threaded ? "t" : "");
  const std::string logs = layout.logs(configuration.run, configuration.name);
  return {.layout = layout,
          .folder = folder,
          .python = folder.env() + "/bin/python",
          .plain_python = folder.env() + "/bin/python-plain",
          .site_packages = folder.env() + "/lib/python" + abi + "/site-packages",
          .canary = folder.canary() + "/canary.so",
          .preflight_logs = folder.canary() + "/logs",
          .preflight_out = folder.canary() + "/preflight.jsonl",
          .logs = logs,
          .events = logs + "/events.jsonl"};
}

}  // namespace extproof::engines
