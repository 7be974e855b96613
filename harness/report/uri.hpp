// SPDX-License-Identifier: Apache-2.0
//
// Paths as URIs. Level: report.

#pragma once

#include <string>
#include <string_view>

namespace extproof::report {

// A relative path as a URI reference: every byte but letters, digits, "-._~" and "/" becomes %NN,
// so that neither a scheme, a query nor a fragment can arise.
std::string uri_of_path(std::string_view path);

// "file:///home/me/project/" for "/home/me/project", with "/" behind it as a base needs.
std::string uri_of_folder(std::string_view absolute);

// Whether the path lies below the project as far as its text says: relative, and without a part
// "..".
bool is_below_project(std::string_view path);

}  // namespace extproof::report
