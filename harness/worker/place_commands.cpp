// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <map>
#include <string>
#include <system_error>

#include "harness/worker/commands.hpp"

namespace extproof::worker {
namespace {

namespace fs = std::filesystem;

constexpr int k_failed = 1;
constexpr int k_wrong_arguments = 2;

// Names by which builds call a compiler. The numbers are those that distributions ship.
constexpr int k_first_version = 9;
constexpr int k_last_version = 23;

std::vector<std::string> compiler_names() {
  std::vector<std::string> names = {"extproof-cc", "extproof-c++", "cc", "c++", "c99"};
  for (const std::string stem : {"gcc", "g++", "clang", "clang++"}) {
    names.push_back(stem);
    for (const std::string machine : {"x86_64-linux-gnu-", "aarch64-linux-gnu-"}) {
      names.push_back(machine + stem);
    }
    for (int version = k_first_version; version <= k_last_version; ++version) {
      names.push_back(stem + "-" + std::to_string(version));
    }
  }
  return names;
}

// Takes the place of whatever stands at `at`, a link included.
void link_to(const fs::path& target, const fs::path& at) {
  fs::remove(at);
  fs::create_symlink(target, at);
}

void copy_to(const fs::path& file, const fs::path& at) {
  fs::remove(at);
  fs::copy_file(file, at);
}

// "" or what is wrong with the arguments: `names` are options with one value each, all needed.
std::string read_values(const Arguments& arguments, std::map<std::string, std::string>& values,
                        std::map<std::string, bool>& flags) {
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    if (const auto flag = flags.find(arguments[at]); flag != flags.end()) {
      flag->second = true;
      continue;
    }
    const auto value = values.find(arguments[at]);
    if (value == values.end() || at + 1 == arguments.size()) {
      return "cannot read \"" + arguments[at] + "\"";
    }
    value->second = arguments[++at];
  }
  for (const auto& [name, value] : values) {
    if (value.empty()) {
      return name + " is needed";
    }
  }
  return {};
}

void place_launchers(const std::map<std::string, std::string>& values, bool symbolizer) {
  const fs::path bin = values.at("--bin");
  const fs::path launcher = values.at("--launcher");
  link_to(values.at("--plain"), bin / "python-plain");
  copy_to(launcher, bin / "python");
  for (const fs::directory_entry& entry : fs::directory_iterator(bin)) {
    const std::string name = entry.path().filename().string();
    // python3 and python3.13 lead to the launcher whichever way the environment made them.
    if (name.starts_with("python3") && name.find_first_not_of("0123456789.t", 6) == name.npos) {
      link_to("python", entry.path());
    }
  }
  copy_to(values.at("--pth"), fs::path(values.at("--site")) / "extproof_scrub.pth");
  if (symbolizer) {
    copy_to(launcher, bin / "llvm-symbolizer");
  }
}

}  // namespace

int run_launchers(const Arguments& arguments) {
  std::map<std::string, std::string> values = {
      {"--bin", ""}, {"--launcher", ""}, {"--plain", ""}, {"--site", ""}, {"--pth", ""}};
  std::map<std::string, bool> flags = {{"--symbolizer", false}};
  if (const std::string wrong = read_values(arguments, values, flags); !wrong.empty()) {
    return complain("launchers", wrong, k_wrong_arguments);
  }
  try {
    place_launchers(values, flags.at("--symbolizer"));
  } catch (const fs::filesystem_error& error) {
    return complain("launchers", error.what(), k_failed);
  }
  return 0;
}

int run_wrapper_links(const Arguments& arguments) {
  std::map<std::string, std::string> values = {{"--into", ""}, {"--wrapper", ""}};
  std::map<std::string, bool> flags;
  if (const std::string wrong = read_values(arguments, values, flags); !wrong.empty()) {
    return complain("wrapper-links", wrong, k_wrong_arguments);
  }
  try {
    for (const std::string& name : compiler_names()) {
      link_to(values.at("--wrapper"), fs::path(values.at("--into")) / name);
    }
  } catch (const fs::filesystem_error& error) {
    return complain("wrapper-links", error.what(), k_failed);
  }
  return 0;
}

}  // namespace extproof::worker
