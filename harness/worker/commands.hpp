// SPDX-License-Identifier: Apache-2.0
//
// The verbs of the worker. Each reads its own arguments, prints one JSON document on stdout or one
// line on stderr, and returns the exit code: 0, 1 when it could not be done, 2 for wrong arguments.

#pragma once

#include <string>
#include <vector>

namespace extproof::worker {

using Arguments = std::vector<std::string>;

// The schema number of every document that is printed is facts::schema_versions::k_worker.

// sync --from DIR --to DIR --index FILE --digest FILE [--leave-out PATH]... [--link PATH TARGET]...
//      [--mirror] [--git-file]
// See sync.hpp. {"schema", "files", "copied", "removed", "digest", "changed": [first 20 paths]}
int run_sync(const Arguments& arguments);

// inspect FILE...
// {"schema", "objects": [{"file", "build_id", "soname", "runpath", "needed", "undefined",
// "has_debug_lines"}]}; an object that cannot be read has "file" and "error" alone. Of the
// undefined symbols those of the sanitizers and of the interpreter.
int run_inspect(const Arguments& arguments);

// lines FILE, which holds {"roots": [{"folder", "mapped" (optional)}], "places": [{"file",
// "line"}]}
// {"schema", "places": [{"file", "line", "text", "ordinal"}]}, in the order of the request. Where
// there is no such line, "text" is empty and "error" says why. A place in what Cython wrote has
// "origin", the place of the source, as above; null where Cython added the line on its own. See
// source_lines.hpp and cython_origin.hpp.
int run_lines(const Arguments& arguments);

// modules --site DIR --name NAME
// {"schema", "name", "version", "top_level", "native": [{"module", "file"}], "refused"}, read from
// the metadata of the installed distribution. "file" is relative to the folder. Recorded paths that
// lead out of the folder are "refused": never opened.
int run_modules(const Arguments& arguments);

// built-modules --name NAME --project DIR --tree DIR --run DIR --build DIR --packages DIR
//               [--install DIR --stage DIR] [--module NAME]... [--path PATH]...
// The same of what plain CMake built, see built_modules.hpp; "file" is absolute, and there are
// "roots": [folder] and "links": [[path, target]]. Puts packages together by links in DIR and in
// folders of the build.
int run_built_modules(const Arguments& arguments);

// stage --root DIR --open FOLDER...
// Below DIR, which is to be an install's DESTDIR, FOLDER becomes a link to itself: what is
// installed there lies there, and everything else below DIR. {"schema", "links"}
int run_stage(const Arguments& arguments);

// launchers --bin DIR --launcher FILE --plain PYTHON --site DIR --pth FILE [--symbolizer]
// In the environment's DIR, `python` becomes a copy of the launcher, its other names (python3,
// python3.13) links to it, `python-plain` a link to PYTHON, and `llvm-symbolizer`, if wanted,
// another copy; FILE goes into the site folder. {"schema", "names"}
int run_launchers(const Arguments& arguments);

// wrapper-links --into DIR --wrapper FILE
// Links to the compiler wrapper under the names of compilers. {"schema", "names"}
int run_wrapper_links(const Arguments& arguments);

// become
// Becomes the process that the file named by EXTPROOF_START describes; see
// parsers/start_file.hpp. A debugger starts it, so it prints nothing of its own.
int run_become(const Arguments& arguments);

// Says on stderr what went wrong in which verb; returns `code`.
int complain(const std::string& verb, const std::string& problem, int code);

}  // namespace extproof::worker
