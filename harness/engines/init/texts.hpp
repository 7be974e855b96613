// SPDX-License-Identifier: Apache-2.0
//
// The texts that `extproof init` writes. Level: engines. Pure. Nothing from outside comes into one
// of them but through the quoting of its language, or as a word that was looked at letter by
// letter.

#pragma once

#include "harness/engines/init/detect.hpp"
#include "harness/engines/init/init.hpp"

namespace extproof::engines::init {

// `text` as a basic string of TOML.
std::string toml_string(std::string_view text);

// The keys and comments, without a header of a table.
std::string render_config(const Readings& readings);

// `pyproject` with [tool.extproof] behind it; none where the result would not be TOML, would say
// anything else otherwise, or would not mean `readings`.
std::optional<std::string> append_config(const std::string& pyproject, const Readings& readings);

std::string render_noxfile();

// The session alone, for a noxfile with that text.
std::string render_session(std::string_view noxfile);

// Whether the noxfile has a session of that name already.
bool has_session(std::string_view noxfile);

// Why the session cannot be put behind the noxfile; empty when it can.
std::string unfit_for_session(std::string_view noxfile);

// `text` with `addition` behind it, an empty line or two between them, in the line ends of `text`.
std::string append_text(const std::string& text, const std::string& addition, int empty_lines);

// Requires: `folder`, which is below the repository's top, is fit_for_workflow().
std::string render_workflow(const Input& input, const Readings& readings, std::string_view folder);

// Whether a folder's name can stand in a workflow without quoting of any kind.
bool fit_for_workflow(std::string_view folder);

}  // namespace extproof::engines::init
