// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "harness/base/text.hpp"
#include "harness/facts/schema_versions.hpp"
#include "harness/worker/commands.hpp"
#include "harness/worker/source_lines.hpp"
#include "harness/worker/whole_file.hpp"

namespace extproof::worker {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int k_failed = 1;
constexpr int k_wrong_arguments = 2;

// The sources below one root, each read once.
class Sources {
 public:
  Sources(const std::string& root, std::string mapped) : mapped_(std::move(mapped)) {
    std::error_code error;
    root_ = fs::canonical(root, error).string();
    given_root_ = root;
  }

  json describe(const std::string& file, std::int64_t number) {
    json place = {{"file", file}, {"line", number}, {"text", ""}, {"ordinal", 0}};
    const auto relative = path_below(given_root_, mapped_, file);
    if (!relative) {
      place["error"] = "outside of the root";
      return place;
    }
    const Source& source = load(*relative);
    if (!source.error.empty()) {
      place["error"] = source.error;
    } else if (const auto line = find_line(source.text, number)) {
      place["text"] = base::valid_utf8(line->text);
      place["ordinal"] = line->ordinal;
    } else {
      place["error"] = "no such line";
    }
    return place;
  }

 private:
  struct Source {
    std::string text;
    std::string error;
  };

  const Source& load(const std::string& relative) {
    const auto [found, is_new] = sources_.try_emplace(relative);
    if (is_new) {
      std::error_code error;
      const std::string real = fs::canonical(root_ + "/" + relative, error).string();
      if (error) {
        found->second.error = error.message();
      } else if (!real.starts_with(root_ + "/")) {
        found->second.error = "outside of the root";
      } else if (const auto text = read_whole_file(real)) {
        found->second.text = *text;
      } else {
        found->second.error = std::strerror(errno);
      }
    }
    return found->second;
  }

  std::string given_root_;
  std::string root_;  // without links
  std::string mapped_;
  std::map<std::string, Source> sources_;
};

std::string text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

int run_lines(const Arguments& arguments) {
  if (arguments.size() != 1) {
    return complain("lines", "one file is needed", k_wrong_arguments);
  }
  const auto text = read_whole_file(arguments[0]);
  if (!text) {
    return complain("lines", base::escape_line(arguments[0]) + ": " + std::strerror(errno),
                    k_failed);
  }
  const json request = json::parse(*text, nullptr, false);
  if (!request.is_object() || text_of(request, "root").empty() || !request.contains("places") ||
      !request["places"].is_array()) {
    return complain("lines", base::escape_line(arguments[0]) + ": has no root and places",
                    k_failed);
  }
  Sources sources(text_of(request, "root"), text_of(request, "mapped"));
  json places = json::array();
  for (const json& place : request["places"]) {
    if (place.is_object() && place.contains("line") && place["line"].is_number_integer()) {
      places.push_back(sources.describe(text_of(place, "file"), place["line"].get<std::int64_t>()));
    }
  }
  const json document = {{"schema", facts::schema_versions::k_worker}, {"places", places}};
  fmt::print("{}\n", document.dump());
  return 0;
}

}  // namespace extproof::worker
