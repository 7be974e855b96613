// SPDX-License-Identifier: Apache-2.0
#include "harness/report/uri.hpp"

#include <algorithm>

#include "harness/base/text.hpp"

namespace extproof::report {

std::string uri_of_path(std::string_view path) {
  constexpr std::string_view k_digits = "0123456789ABCDEF";
  std::string uri;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~' || c == '/';
    if (plain) {
      uri += c;
    } else {
      uri += '%';
      uri += k_digits[byte >> 4U];
      uri += k_digits[byte & 0xFU];
    }
  }
  // "//host/path" would be another machine's.
  return uri.starts_with("//") ? "." + uri : uri;
}

std::string uri_of_folder(std::string_view absolute) {
  const std::size_t begin = absolute.find_first_not_of('/');
  if (begin == std::string_view::npos) {
    return "file:///";
  }
  const std::string uri = "file:///" + uri_of_path(absolute.substr(begin));
  return uri.ends_with('/') ? uri : uri + "/";
}

bool is_below_project(std::string_view path) {
  if (path.empty() || path.front() == '/' || path.front() == '<') {
    return false;
  }
  const auto parts = base::split(path, '/');
  return std::find(parts.begin(), parts.end(), "..") == parts.end();
}

}  // namespace extproof::report
