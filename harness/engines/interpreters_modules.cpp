// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/interpreters_modules.hpp"

#include "harness/base/text.hpp"

namespace extproof::engines {
namespace {

constexpr std::string_view k_word = "extproof_lacks_";

}  // namespace

const std::vector<StandardModule>& standard_modules() {
  static const std::vector<StandardModule> k_modules = {
#define EXTPROOF_STANDARD_MODULE(name, header, package, needed) {name, header, package, needed},
#include "harness/engines/interpreters_modules.inc"
#undef EXTPROOF_STANDARD_MODULE
  };
  return k_modules;
}

std::string render_header_question() {
  std::string text;
  for (const StandardModule& module : standard_modules()) {
    text += "#if !__has_include(<" + std::string(module.header) + ">)\n" + std::string(k_word) +
            std::string(module.name) + "\n#endif\n";
  }
  return text;
}

std::vector<StandardModule> lacking_modules(std::string_view answer) {
  std::vector<StandardModule> lacking;
  for (const StandardModule& module : standard_modules()) {
    const std::string wanted = std::string(k_word) + std::string(module.name);
    for (const std::string_view line : base::lines(answer)) {
      if (base::trim(line) == wanted) {
        lacking.push_back(module);
        break;
      }
    }
  }
  return lacking;
}

}  // namespace extproof::engines
