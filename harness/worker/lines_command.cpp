// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "harness/base/text.hpp"
#include "harness/facts/schema_versions.hpp"
#include "harness/parsers/cython_origin.hpp"
#include "harness/worker/commands.hpp"
#include "harness/worker/source_lines.hpp"
#include "harness/worker/whole_file.hpp"

namespace extproof::worker {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int k_failed = 1;
constexpr int k_wrong_arguments = 2;

// A folder whose files may be read, and another name that debug information has for it.
struct Root {
  std::string given;
  std::string real;  // without links
  std::string mapped;
};

struct Source {
  std::string text;
  std::vector<std::string_view> lines;  // of `text`
  bool of_cython = false;
  std::string error;  // why there is no text
};

// The sources below the roots, each read once.
class Sources {
 public:
  explicit Sources(std::vector<Root> roots) : roots_(std::move(roots)) {}

  json describe(const std::string& file, std::int64_t number) {
    json place = {{"file", file}, {"line", number}, {"text", ""}, {"ordinal", 0}};
    const Found found = find(file);
    if (found.source == nullptr) {
      place["error"] = found.error;
      return place;
    }
    add_line(place, *found.source, number);
    if (found.source->of_cython) {
      place["origin"] = describe_origin(found, number);
    }
    return place;
  }

 private:
  struct Found {
    const Source* source = nullptr;
    std::string path;  // absolute, below the root as it was given
    std::string error;
  };

  static void add_line(json& place, const Source& source, std::int64_t number) {
    if (const auto line = find_line(source.lines, number)) {
      place["text"] = base::valid_utf8(line->text);
      place["ordinal"] = line->ordinal;
    } else {
      place["error"] = "no such line";
    }
  }

  // What Cython wrote that line for; null for a line of its own.
  json describe_origin(const Found& generated, std::int64_t number) {
    const auto origin = parsers::find_cython_origin(generated.source->lines, number);
    if (!origin) {
      return nullptr;
    }
    // Relative to where Cython ran: the root, the build folder, or beside what it wrote.
    std::vector<std::string> folders;
    for (const Root& root : roots_) {
      folders.push_back(root.given);
    }
    folders.push_back(fs::path(generated.path).parent_path().string());
    for (const std::string& folder : folders) {
      const Found found = find((fs::path(folder) / origin->file).lexically_normal().string());
      if (found.source != nullptr) {
        json place = {{"file", found.path}, {"line", origin->line}, {"text", ""}, {"ordinal", 0}};
        add_line(place, *found.source, origin->line);
        return place;
      }
    }
    return nullptr;
  }

  // In the first root that has it.
  Found find(const std::string& file) {
    Found found = {.error = "outside of the root"};
    for (const Root& root : roots_) {
      const auto relative = path_below(root.given, root.mapped, file);
      if (!relative) {
        continue;
      }
      const Source& source = load(root, *relative);
      if (source.error.empty()) {
        return {.source = &source, .path = root.given + "/" + *relative};
      }
      found.error = found.error == "outside of the root" ? source.error : found.error;
    }
    return found;
  }

  const Source& load(const Root& root, const std::string& relative) {
    const std::string path = root.real + "/" + relative;
    const auto [found, is_new] = sources_.try_emplace(path);
    Source& source = found->second;
    if (is_new) {
      std::error_code error;
      const std::string real = fs::canonical(path, error).string();
      if (error) {
        source.error = error.message();
      } else if (!real.starts_with(root.real + "/")) {
        source.error = "outside of the root";
      } else if (auto text = read_whole_file(real)) {
        source.text = std::move(*text);
        source.lines = base::lines(source.text);
        source.of_cython = parsers::is_of_cython(source.text);
      } else {
        source.error = std::strerror(errno);
      }
    }
    return source;
  }

  std::vector<Root> roots_;
  std::map<std::string, Source> sources_;  // by path
};

std::string text_of(const json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::vector<Root> read_roots(const json& request) {
  std::vector<Root> roots;
  if (!request.is_object() || !request.contains("roots") || !request["roots"].is_array()) {
    return roots;
  }
  for (const json& one : request["roots"]) {
    Root root = {.given = text_of(one, "folder"), .mapped = text_of(one, "mapped")};
    std::error_code error;
    root.real = fs::canonical(root.given, error).string();
    // A build folder need not be there.
    if (!root.given.empty() && !error) {
      roots.push_back(std::move(root));
    }
  }
  return roots;
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
  std::vector<Root> roots = read_roots(request);
  if (roots.empty() || !request.contains("places") || !request["places"].is_array()) {
    return complain("lines", base::escape_line(arguments[0]) + ": has no roots and places",
                    k_failed);
  }
  Sources sources(std::move(roots));
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
