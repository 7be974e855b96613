// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/importable.hpp"

#include <algorithm>

#include "harness/parsers/elf.hpp"
#include "harness/worker/whole_file.hpp"

namespace extproof::worker {

bool can_be_imported(const std::string& path, const std::string& module) {
  const auto bytes = read_whole_file(path);
  if (!bytes) {
    return true;
  }
  const auto elf = parsers::parse_elf(*bytes);
  if (!elf.ok()) {
    return true;
  }
  const std::string name = module.substr(module.rfind('.') + 1);
  // An identifier outside of ASCII has an encoded name of another prefix, PyInitU_.
  return std::any_of(elf.value().defined.begin(), elf.value().defined.end(),
                     [&](const std::string& symbol) {
                       return symbol == "PyInit_" + name || symbol == "PyModExport_" + name ||
                              symbol.starts_with("PyInitU_") || symbol.starts_with("PyModExportU_");
                     });
}

}  // namespace extproof::worker
