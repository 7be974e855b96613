// SPDX-License-Identifier: Apache-2.0
//
// The verbs that put programs of ours into an environment under the names that others call.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "harness/base/text.hpp"
#include "harness/facts/schema_versions.hpp"
#include "harness/worker/commands.hpp"

namespace extproof::worker {
namespace {

namespace fs = std::filesystem;

constexpr int k_failed = 1;
constexpr int k_wrong_arguments = 2;
constexpr const char* k_python = "python";
constexpr const char* k_plain = "python-plain";
constexpr const char* k_symbolizer = "llvm-symbolizer";

// The versions that distributions put behind the names of compilers, with room ahead.
constexpr int k_first_version = 9;
constexpr int k_last_version = 23;

// Compilers, and strip, as builds name them; the wrapper tells C from C++ by "++" in the name.
std::vector<std::string> compiler_names() {
  std::vector<std::string> names = {"extproof-cc", "extproof-c++", "cc",        "c++",
                                    "c99",         "strip",        "llvm-strip"};
  for (const std::string family : {"gcc", "g++", "clang", "clang++"}) {
    names.push_back(family);
    names.push_back("x86_64-linux-gnu-" + family);
    names.push_back("aarch64-linux-gnu-" + family);
    for (int version = k_first_version; version <= k_last_version; ++version) {
      names.push_back(family + "-" + std::to_string(version));
    }
  }
  return names;
}

// Fills `values`, whose keys are the options that are known and needed. "" or what is wrong.
std::string read_options(const Arguments& arguments, std::map<std::string, std::string>& values,
                         std::map<std::string, bool>& flags) {
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    const std::string& name = arguments[at];
    if (flags.contains(name)) {
      flags[name] = true;
    } else if (values.contains(name) && at + 1 < arguments.size()) {
      values[name] = arguments[++at];
    } else {
      return "cannot read \"" + base::escape_line(name) + "\"";
    }
  }
  for (const auto& [name, value] : values) {
    if (value.empty()) {
      return name + " is needed";
    }
  }
  return "";
}

void put_link(const fs::path& target, const fs::path& link) {
  fs::remove(link);
  fs::create_symlink(target, link);
}

// By rename: the file may be running, and then it cannot be written to.
void put_copy(const fs::path& source, const fs::path& copy) {
  const fs::path unfinished = copy.string() + ".unfinished";
  fs::remove(unfinished);
  fs::copy_file(source, unfinished);
  fs::rename(unfinished, copy);
}

// "python3", "python3.13", "python3.14t"; not "python-plain" nor "python.launch".
bool is_versioned_python(std::string_view name) {
  if (!name.starts_with(k_python)) {
    return false;
  }
  name.remove_prefix(std::string_view(k_python).size());
  return !name.empty() && name.find_first_not_of("0123456789.td") == name.npos;
}

int print_names(const std::vector<std::string>& names) {
  const nlohmann::json document = {{"schema", facts::schema_versions::k_worker}, {"names", names}};
  fmt::print("{}\n", document.dump());
  return 0;
}

std::vector<std::string> put_launchers(const std::map<std::string, std::string>& values,
                                       bool with_symbolizer) {
  const fs::path bin = values.at("--bin");
  std::vector<std::string> names = {k_python, k_plain};
  put_link(values.at("--plain"), bin / k_plain);
  put_copy(values.at("--launcher"), bin / k_python);
  for (const auto& entry : fs::directory_iterator(bin)) {
    const std::string name = entry.path().filename().string();
    if (is_versioned_python(name)) {
      names.push_back(name);
    }
  }
  for (std::size_t i = 2; i < names.size(); ++i) {
    put_link(k_python, bin / names[i]);
  }
  if (with_symbolizer) {
    put_copy(values.at("--launcher"), bin / k_symbolizer);
    names.emplace_back(k_symbolizer);
  }
  const fs::path pth = values.at("--pth");
  put_copy(pth, fs::path(values.at("--site")) / pth.filename());
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> put_wrapper_links(const fs::path& into, const fs::path& wrapper) {
  fs::create_directories(into);
  const std::vector<std::string> names = compiler_names();
  for (const std::string& name : names) {
    put_link(wrapper, into / name);
  }
  return names;
}

}  // namespace

int run_launchers(const Arguments& arguments) {
  std::map<std::string, std::string> values = {
      {"--bin", ""}, {"--launcher", ""}, {"--plain", ""}, {"--site", ""}, {"--pth", ""}};
  std::map<std::string, bool> flags = {{"--symbolizer", false}};
  if (const std::string wrong = read_options(arguments, values, flags); !wrong.empty()) {
    return complain("launchers", wrong, k_wrong_arguments);
  }
  try {
    return print_names(put_launchers(values, flags["--symbolizer"]));
  } catch (const fs::filesystem_error& error) {
    return complain("launchers", base::escape_line(error.what()), k_failed);
  }
}

int run_wrapper_links(const Arguments& arguments) {
  std::map<std::string, std::string> values = {{"--into", ""}, {"--wrapper", ""}};
  std::map<std::string, bool> no_flags;
  if (const std::string wrong = read_options(arguments, values, no_flags); !wrong.empty()) {
    return complain("wrapper-links", wrong, k_wrong_arguments);
  }
  try {
    return print_names(put_wrapper_links(values.at("--into"), values.at("--wrapper")));
  } catch (const fs::filesystem_error& error) {
    return complain("wrapper-links", base::escape_line(error.what()), k_failed);
  }
}

}  // namespace extproof::worker
