// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/ownership.hpp"

#include <algorithm>
#include <array>

#include "harness/base/text.hpp"

namespace extproof::engines {
namespace {

using facts::Frame;
using facts::Owner;

std::optional<std::string_view> below(std::string_view path, std::string_view folder) {
  if (path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/') {
    return path.substr(folder.size() + 1);
  }
  return std::nullopt;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string_view basename(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

// Without "." and ".." where that can be told from the text alone; none for a path that leads out
// of the folder that it begins in.
std::optional<std::string> normalised(std::string_view path) {
  std::vector<std::string> kept;
  for (const std::string_view part : base::split(path, '/')) {
    if (part == "..") {
      if (kept.empty()) {
        return std::nullopt;
      }
      kept.pop_back();
    } else if (!part.empty() && part != ".") {
      kept.emplace_back(part);
    }
  }
  return (path.starts_with("/") ? "/" : "") + base::join(kept, "/");
}

// Without the "./" and "../" in front.
std::string_view without_ascent(std::string_view path) {
  while (path.starts_with("./") || path.starts_with("../")) {
    path.remove_prefix(path.find('/') + 1);
  }
  return path;
}

// A project may have a folder of that name for its own bindings, so only the library's own files
// count: headers, and nanobind's sources.
bool is_binding_library(std::string_view file) {
  const std::string path = "/" + std::string(file);
  const bool header = path.ends_with(".h") || path.ends_with(".hpp");
  return contains(path, "/robin_map/") || contains(path, "/nanobind/src/") ||
         (header && (contains(path, "/pybind11/") || contains(path, "/nanobind/")));
}

bool is_runtime_module(const Frame& frame) {
  const std::string_view module = basename(frame.module);
  return module.starts_with("libclang_rt.") || module.starts_with("libasan.") ||
         module.starts_with("libubsan.") || module.starts_with("liblsan.") ||
         module.starts_with("libextproof_probe");
}

// A runtime that was linked in has the name of the program, but its functions have their own.
bool is_runtime_function(const Frame& frame) {
  constexpr std::array<std::string_view, 8> k_names = {
      "malloc", "calloc", "realloc", "free", "strdup", "posix_memalign", "memcpy", "memmove"};
  constexpr std::array<std::string_view, 6> k_beginnings = {"__asan_",        "__ubsan_",
                                                            "__interceptor_", "___interceptor_",
                                                            "operator new",   "operator delete"};
  const std::string_view name = frame.function;
  return frame.file.empty() &&
         (std::find(k_names.begin(), k_names.end(), name) != k_names.end() ||
          std::any_of(k_beginnings.begin(), k_beginnings.end(),
                      [&](std::string_view start) { return name.starts_with(start); }));
}

bool is_runtime_file(std::string_view file) {
  return contains(file, "compiler-rt/") || contains(file, "libsanitizer/");
}

bool is_neutral_module(const Frame& frame) {
  const std::string_view module = basename(frame.module);
  constexpr std::array<std::string_view, 6> k_libraries = {
      "libc.so", "libm.so", "libstdc++.so", "libgcc_s.so", "libpthread.so", "ld-linux"};
  return std::any_of(k_libraries.begin(), k_libraries.end(),
                     [&](std::string_view name) { return module.starts_with(name); });
}

// Files of the C library from which a project's function can be called, as its debug information
// names them: relative to a folder that is not told.
bool is_libc_file(std::string_view file) {
  constexpr std::array<std::string_view, 10> k_files = {
      "nptl/pthread_create.c", "nptl/pthread_kill.c",     "nptl/pthread_once.c", "stdlib/msort.c",
      "stdlib/qsort.c",        "stdlib/exit.c",           "stdlib/abort.c",      "signal/raise.c",
      "elf/dl-init.c",         "elf/dl-error-skeleton.c",
  };
  if (file.starts_with("/")) {
    return contains(file, "/glibc");
  }
  const std::string_view inner = without_ascent(file);
  const bool climbs = file.starts_with("../") || contains(file, "/../") || contains(file, "/./");
  constexpr std::array<std::string_view, 7> k_folders = {"sysdeps/", "csu/",    "nptl/", "signal/",
                                                         "stdlib/",  "string/", "elf/"};
  const auto starts = [&](std::string_view folder) { return inner.starts_with(folder); };
  return std::find(k_files.begin(), k_files.end(), inner) != k_files.end() ||
         (climbs && std::any_of(k_folders.begin(), k_folders.end(), starts));
}

bool is_neutral_file(std::string_view file) {
  return file.starts_with("/usr/include/") || file.starts_with("/usr/lib/gcc/") ||
         file.starts_with("/usr/lib/llvm") || contains(file, "/c++/") || is_libc_file(file);
}

bool is_interpreter_file(std::string_view file) {
  if (file.starts_with("/")) {
    const bool installed_package =
        contains(file, "/site-packages/") || contains(file, "/dist-packages/");
    return contains(file, "/Python-") || contains(file, "/cpython") ||
           (contains(file, "/python3") && !installed_package);
  }
  constexpr std::array<std::string_view, 7> k_folders = {
      "Objects/",  "Python/",           "Modules/",        "Parser/",
      "Programs/", "Include/internal/", "Include/cpython/"};
  const std::string_view inner = without_ascent(file);
  return inner == "Include/object.h" ||
         std::any_of(k_folders.begin(), k_folders.end(),
                     [&](std::string_view folder) { return inner.starts_with(folder); });
}

bool is_interpreter_module(const Frame& frame) {
  const std::string_view module = basename(frame.module);
  return module.starts_with("python") || module.starts_with("libpython") ||
         contains(frame.module, "/lib-dynload/");
}

}  // namespace

Ownership::Ownership(const SuitePaths& paths, std::string project_root,
                     std::vector<std::string> native_files)
    : paths_(paths),
      project_root_(std::move(project_root)),
      native_files_(std::move(native_files)) {}

std::optional<std::string> Ownership::project_file(std::string_view reported) const {
  if (reported.empty() || reported.front() == '<') {
    return std::nullopt;
  }
  const std::optional<std::string> inner =
      reported.front() == '/' ? absolute_project_file(reported) : relative_project_file(reported);
  return inner && is_binding_library(*inner) ? std::nullopt : inner;
}

// Whether it is one of the judged modules, wherever a test has copied it to.
bool Ownership::is_native_file(std::string_view module) const {
  return std::any_of(native_files_.begin(), native_files_.end(), [&](const std::string& native) {
    const auto own = below(native, paths_.site_packages);
    return own && module.ends_with("/" + std::string(*own));
  });
}

std::optional<std::string> Ownership::project_file(const Frame& frame) const {
  const bool built_elsewhere =
      !frame.module.empty() && !is_native_file(frame.module) &&
      !below(frame.module, paths_.folder.tree()) && !below(frame.module, paths_.folder.run()) &&
      (!below(frame.module, project_root_) || below(frame.module, paths_.layout.root()));
  return built_elsewhere && !frame.file.starts_with("/") ? std::nullopt : project_file(frame.file);
}

std::optional<std::string> Ownership::absolute_project_file(std::string_view reported) const {
  const std::optional<std::string> file = normalised(reported);
  if (!file) {
    return std::nullopt;
  }
  for (const std::string& folder : {paths_.folder.tree(), paths_.folder.run()}) {
    if (const auto inner = below(*file, folder)) {
      return std::string(*inner);
    }
  }
  if (const auto inner = below(*file, paths_.folder.cmake())) {
    // What the build generated is the project's; what it fetched is not.
    return inner->starts_with("_deps/") ? std::nullopt : std::optional(std::string(*inner));
  }
  if (const auto inner = below(*file, paths_.site_packages)) {
    // A module of the package as installed; only its own packages have an object among ours.
    for (const std::string& native : native_files_) {
      const auto own = below(native, paths_.site_packages);
      const std::string_view package = own ? own->substr(0, own->find('/')) : std::string_view();
      if (own && own->find('/') != std::string_view::npos && below(*inner, package)) {
        return std::string(*inner);
      }
    }
    return std::nullopt;
  }
  if (const auto inner = below_install(*file)) {
    return inner;
  }
  if (below(*file, paths_.layout.root())) {
    return std::nullopt;
  }
  const auto inner = below(*file, project_root_);
  return inner ? std::optional(std::string(*inner)) : std::nullopt;
}

// Of what plain CMake installed: as Python imports it, where it is a package of Python's.
std::optional<std::string> Ownership::below_install(std::string_view file) const {
  for (const std::string& folder :
       {paths_.folder.install(), paths_.folder.stage(), paths_.folder.packages()}) {
    auto inner = below(file, folder);
    if (!inner) {
      continue;
    }
    for (const std::string_view site : {"site-packages/", "dist-packages/"}) {
      if (const std::size_t at = inner->find(site); at != std::string_view::npos) {
        inner->remove_prefix(at + site.size());
      }
    }
    return std::string(*inner);
  }
  return std::nullopt;
}

// A relative path is relative to where the compiler ran: the tree's root, or the build folder of
// CMake and Meson, from which it climbs back into the tree.
std::optional<std::string> Ownership::relative_project_file(std::string_view reported) const {
  if (is_interpreter_file(reported) || is_libc_file(reported)) {
    return std::nullopt;
  }
  if (const auto built = normalised(paths_.folder.cmake() + "/" + std::string(reported))) {
    if (const auto inner = below(*built, paths_.folder.tree())) {
      return std::string(*inner);
    }
  }
  const bool climbs = reported.starts_with("../") || contains(reported, "/../");
  return climbs ? std::nullopt : normalised(reported);
}

std::optional<Owner> Ownership::owner_of(const Frame& frame) const {
  if (is_runtime_module(frame) || is_runtime_function(frame) || is_neutral_module(frame)) {
    return std::nullopt;
  }
  if (project_file(frame)) {
    return Owner::extension;
  }
  if (is_runtime_file(frame.file)) {
    return std::nullopt;
  }
  if (is_binding_library(frame.file)) {
    return Owner::binding_library;
  }
  if (is_native_file(frame.module)) {
    return Owner::extension;
  }
  // A library that the build made for its modules.
  const auto built = below(frame.module, paths_.folder.cmake());
  if ((built && !built->starts_with("_deps/")) || below_install(frame.module) ||
      std::find(native_files_.begin(), native_files_.end(), frame.module) != native_files_.end()) {
    return Owner::extension;
  }
  if (is_neutral_file(frame.file)) {
    return std::nullopt;
  }
  if (is_interpreter_module(frame) || is_interpreter_file(frame.file)) {
    return Owner::interpreter;
  }
  if (frame.file.empty() && frame.module.empty()) {
    return std::nullopt;
  }
  return Owner::third_party;
}

std::optional<Owner> Ownership::owner_of(const facts::Stack& stack) const {
  std::optional<Owner> first;
  for (const Frame& frame : stack.frames) {
    const std::optional<Owner> owner = owner_of(frame);
    if (!owner) {
      continue;
    }
    if (!first) {
      first = owner;
    }
    if (*owner == Owner::extension) {
      return owner;
    }
    const bool python_between =
        *owner == Owner::interpreter && frame.function.starts_with("_PyEval_EvalFrame");
    if (*owner == Owner::third_party || python_between) {
      return first;
    }
  }
  return first;
}

const Frame* Ownership::first_own_frame(const facts::Stack& stack) const {
  for (const Frame& frame : stack.frames) {
    if (project_file(frame)) {
      return &frame;
    }
  }
  return nullptr;
}

}  // namespace extproof::engines
