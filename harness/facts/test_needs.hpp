// SPDX-License-Identifier: Apache-2.0
//
// Closed tables of what a test suite's words mean to an installer: which modules come with Python,
// which distribution brings a module, which plugin an option of pytest. Level: facts.

#pragma once

#include <string_view>

namespace extproof::facts {

// Whether the module comes with some supported version of Python.
bool is_standard_module(std::string_view module);

// The distribution that brings the module, where it is not called like it; empty otherwise.
std::string_view distribution_of_import(std::string_view module);

// The plugin without which pytest does not know the option ("--cov"); empty when there is none.
std::string_view plugin_of_option(std::string_view option);

// The plugin without which a test with that mark does not run as meant; empty when there is none.
std::string_view plugin_of_mark(std::string_view mark);

}  // namespace extproof::facts
