// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "harness/base/text.hpp"
#include "harness/facts/schema_versions.hpp"
#include "harness/parsers/elf.hpp"
#include "harness/worker/commands.hpp"
#include "harness/worker/whole_file.hpp"

namespace extproof::worker {
namespace {

// Of the symbols that others have to define, these tell how an object was instrumented and which
// parts of the interpreter it uses; an extension has thousands of others.
constexpr std::string_view k_told[] = {"__asan_", "__hwasan_",   "__ubsan_", "__tsan_", "__lsan_",
                                       "__msan_", "__sanitizer", "Py",       "_Py"};

nlohmann::json texts(const std::vector<std::string>& found) {
  nlohmann::json list = nlohmann::json::array();
  for (const std::string& text : found) {
    list.push_back(base::valid_utf8(text));
  }
  return list;
}

nlohmann::json describe(const std::string& path) {
  nlohmann::json object = {{"file", base::valid_utf8(path)}};
  const auto bytes = read_whole_file(path);
  if (!bytes) {
    object["error"] = std::strerror(errno);
    return object;
  }
  const auto parsed = parsers::parse_elf(*bytes);
  if (!parsed.ok()) {
    object["error"] = parsed.error().reason;
    return object;
  }
  const parsers::ElfObject& elf = parsed.value();
  std::vector<std::string> told;
  std::copy_if(elf.undefined.begin(), elf.undefined.end(), std::back_inserter(told),
               [](const std::string& symbol) {
                 return std::any_of(
                     std::begin(k_told), std::end(k_told),
                     [&](std::string_view start) { return symbol.starts_with(start); });
               });
  object["build_id"] = elf.build_id;
  object["soname"] = base::valid_utf8(elf.soname);
  object["runpath"] = base::valid_utf8(elf.runpath);
  object["needed"] = texts(elf.needed);
  object["undefined"] = texts(told);
  object["has_debug_lines"] = elf.has_debug_lines;
  object["producers"] = texts(elf.producers);
  return object;
}

}  // namespace

int run_inspect(const Arguments& files) {
  nlohmann::json objects = nlohmann::json::array();
  for (const std::string& file : files) {
    objects.push_back(describe(file));
  }
  const nlohmann::json document = {{"schema", facts::schema_versions::k_worker},
                                   {"objects", objects}};
  fmt::print("{}\n", document.dump());
  return 0;
}

}  // namespace extproof::worker
