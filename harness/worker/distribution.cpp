// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/distribution.hpp"

#include <algorithm>
#include <set>

#include "harness/base/text.hpp"

namespace extproof::worker {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_identifier(std::string_view text) {
  const auto fits = [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') ||
           static_cast<unsigned char>(c) >= 0x80U;
  };
  return !text.empty() && !(text[0] >= '0' && text[0] <= '9') &&
         std::all_of(text.begin(), text.end(), fits);
}

std::string first_field(std::string_view line) {
  if (!line.starts_with('"')) {
    return std::string(line.substr(0, line.find(',')));
  }
  std::string field;
  for (std::size_t at = 1; at < line.size(); ++at) {
    if (line[at] != '"') {
      field += line[at];
    } else if (at + 1 < line.size() && line[at + 1] == '"') {
      field += line[at++];
    } else {
      break;
    }
  }
  return field;
}

}  // namespace

std::string normalised_name(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c != '-' && c != '_' && c != '.') {
      out += lower(c);
    } else if (out.empty() || out.back() != '-') {
      out += '-';
    }
  }
  return out;
}

std::string metadata_header(std::string_view metadata, std::string_view name) {
  for (const std::string_view line : base::lines(metadata)) {
    if (line.empty()) {
      break;
    }
    if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == ':') {
      return std::string(base::trim(line.substr(name.size() + 1)));
    }
  }
  return "";
}

std::vector<std::string> recorded_paths(std::string_view record) {
  std::vector<std::string> paths;
  for (const std::string_view line : base::lines(record)) {
    std::string path = first_field(line);
    if (!path.empty()) {
      paths.push_back(std::move(path));
    }
  }
  return paths;
}

std::string native_module_of(std::string_view path) {
  if (!path.ends_with(".so")) {
    return "";
  }
  std::vector<std::string_view> parts = base::split(path, '/');
  parts.back() = parts.back().substr(0, parts.back().find('.'));
  std::vector<std::string> names;
  for (const std::string_view part : parts) {
    if (!is_identifier(part)) {
      return "";
    }
    names.emplace_back(part);
  }
  return base::join(names, ".");
}

std::vector<std::string> top_level_of(const std::vector<std::string>& paths) {
  std::set<std::string> names;
  for (const std::string& path : paths) {
    if (path.ends_with(".py") || !native_module_of(path).empty()) {
      const std::string_view first = std::string_view(path).substr(0, path.find('/'));
      const bool is_file = first.size() == path.size();
      const std::string_view name = is_file ? first.substr(0, first.find('.')) : first;
      if (is_identifier(name)) {
        names.emplace(name);
      }
    }
  }
  return {names.begin(), names.end()};
}

}  // namespace extproof::worker
