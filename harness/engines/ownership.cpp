// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/ownership.hpp"

#include <algorithm>
#include <array>

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

bool is_binding_library(std::string_view file) {
  return contains(file, "/pybind11/") || contains(file, "/nanobind/") ||
         contains(file, "/robin_map/");
}

bool is_runtime(const Frame& frame) {
  const std::string_view module = basename(frame.module);
  return contains(frame.file, "compiler-rt") || contains(frame.file, "libsanitizer") ||
         module.starts_with("libclang_rt.") || module.starts_with("libasan.") ||
         module.starts_with("libubsan.") || module.starts_with("liblsan.") ||
         module.starts_with("libextproof_probe");
}

bool is_neutral(const Frame& frame) {
  const std::string_view module = basename(frame.module);
  constexpr std::array<std::string_view, 6> k_libraries = {
      "libc.so", "libm.so", "libstdc++.so", "libgcc_s.so", "libpthread.so", "ld-linux"};
  const auto starts = [&](std::string_view name) { return module.starts_with(name); };
  return frame.file.starts_with("/usr/include/") || frame.file.starts_with("/usr/lib/gcc/") ||
         frame.file.starts_with("/usr/lib/llvm") || contains(frame.file, "/c++/") ||
         contains(frame.file, "/glibc") || frame.file.starts_with("../sysdeps/") ||
         frame.file.starts_with("./") ||
         std::any_of(k_libraries.begin(), k_libraries.end(), starts);
}

bool is_interpreter(const Frame& frame) {
  const std::string_view module = basename(frame.module);
  constexpr std::array<std::string_view, 5> k_folders = {"Objects/", "Python/", "Modules/",
                                                         "Parser/", "Programs/"};
  const auto starts = [&](std::string_view folder) { return frame.file.starts_with(folder); };
  return module.starts_with("python") || module.starts_with("libpython") ||
         contains(frame.file, "/Python-") || contains(frame.file, "/cpython") ||
         contains(frame.file, "/include/python") ||
         std::any_of(k_folders.begin(), k_folders.end(), starts);
}

}  // namespace

Ownership::Ownership(const SuitePaths& paths, std::string project_root,
                     std::vector<std::string> native_files)
    : paths_(paths),
      project_root_(std::move(project_root)),
      native_files_(std::move(native_files)) {}

std::optional<std::string> Ownership::project_file(std::string_view file) const {
  if (file.empty() || file.front() == '<' || is_binding_library(file)) {
    return std::nullopt;
  }
  for (const std::string& folder : {paths_.folder.tree(), paths_.folder.run()}) {
    if (const auto inner = below(file, folder)) {
      return std::string(*inner);
    }
  }
  if (const auto inner = below(file, paths_.site_packages)) {
    // A module of the package as installed; only its own packages have an object among ours.
    for (const std::string& native : native_files_) {
      const auto own = below(native, paths_.site_packages);
      const std::string_view package = own ? own->substr(0, own->find('/')) : std::string_view();
      if (own && own->find('/') != std::string_view::npos && inner->starts_with(package) &&
          inner->size() > package.size() && (*inner)[package.size()] == '/') {
        return std::string(*inner);
      }
    }
    return std::nullopt;
  }
  if (below(file, paths_.layout.root())) {
    return std::nullopt;
  }
  if (const auto inner = below(file, project_root_)) {
    return std::string(*inner);
  }
  // The build runs in the tree's root, so a relative path is relative to the project.
  const bool relative = file.front() != '/' && !file.starts_with("../") && !contains(file, "/../");
  if (relative && !is_interpreter({.file = std::string(file)})) {
    return std::string(file.starts_with("./") ? file.substr(2) : file);
  }
  return std::nullopt;
}

std::optional<Owner> Ownership::owner_of(const Frame& frame) const {
  if (is_runtime(frame)) {
    return std::nullopt;
  }
  if (is_binding_library(frame.file)) {
    return Owner::binding_library;
  }
  if (project_file(frame.file)) {
    return Owner::extension;
  }
  for (const std::string& native : native_files_) {
    const auto own = below(native, paths_.site_packages);
    if (!frame.module.empty() && own && frame.module.ends_with("/" + std::string(*own))) {
      return Owner::extension;
    }
  }
  if (is_neutral(frame)) {
    return std::nullopt;
  }
  if (is_interpreter(frame)) {
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
    if (project_file(frame.file)) {
      return &frame;
    }
  }
  return nullptr;
}

}  // namespace extproof::engines
