// SPDX-License-Identifier: Apache-2.0
#include "harness/platform/observe_toolchain.hpp"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>
#include <tuple>

#include "harness/base/text.hpp"
#include "harness/platform/files.hpp"
#include "harness/platform/observed_programs.hpp"

namespace extproof::platform {
namespace {

using facts::Compiler;
using facts::CompilerFamily;
using facts::Interpreter;

std::string value_of(const Environment& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string() : found->second;
}

std::vector<std::string> folders_of_path(const Environment& environment) {
  std::vector<std::string> folders;
  const std::string path = value_of(environment, "PATH");
  for (const std::string_view folder : base::split(path, ':')) {
    if (!folder.empty() && folder.front() == '/' &&
        std::find(folders.begin(), folders.end(), folder) == folders.end()) {
      folders.emplace_back(folder);
    }
  }
  return folders;
}

bool is_program(const std::string& path) { return access(path.c_str(), X_OK) == 0; }

std::string find_program(const std::string& name, const std::vector<std::string>& folders) {
  for (const std::string& folder : folders) {
    if (std::string path = folder + "/" + name; is_program(path)) {
      return path;
    }
  }
  return {};
}

// "clang-19" and "clang" with prefix "clang": whether the rest is nothing or a version.
bool is_versioned(const std::string& name, const std::string& prefix) {
  if (!name.starts_with(prefix)) {
    return false;
  }
  const std::string rest = name.substr(prefix.size());
  return rest.empty() || (rest.size() > 1 && rest[0] == '-' &&
                          rest.find_first_not_of("0123456789", 1) == std::string::npos);
}

// A file that is a program of its own, not a shell script in front of one.
bool is_script(const std::string& path) {
  const auto text = read_text(path);
  return !text || text->view.starts_with("#!");
}

std::vector<Compiler> observe_compilers(const std::vector<std::string>& folders,
                                        ObservedPrograms& observed) {
  std::vector<Compiler> compilers;
  for (const CompilerFamily family : {CompilerFamily::clang, CompilerFamily::gcc}) {
    std::vector<Compiler> of_family;
    std::vector<std::string> seen;
    for (const std::string& folder : folders) {
      for (const std::string& name : names_in(folder)) {
        const std::string path = folder + "/" + name;
        if (!is_versioned(name, to_string(family)) || !is_program(path)) {
          continue;
        }
        const std::string real = real_path(path);
        const bool known = std::find(seen.begin(), seen.end(), real) != seen.end();
        if (known || real.ends_with("ccache") || is_script(real)) {
          continue;
        }
        seen.push_back(real);
        if (auto compiler = observed.compiler(family, name, path, folders)) {
          of_family.push_back(std::move(*compiler));
        }
      }
    }
    std::stable_sort(of_family.begin(), of_family.end(),
                     [](const Compiler& a, const Compiler& b) { return a.major > b.major; });
    std::move(of_family.begin(), of_family.end(), std::back_inserter(compilers));
  }
  return compilers;
}

std::vector<std::string> interpreter_paths(const std::vector<std::string>& folders,
                                           const Environment& environment,
                                           const std::string& cache) {
  std::vector<std::string> paths;
  const auto add = [&paths](const std::string& path) {
    if (is_program(path)) {
      const std::string real = real_path(path);
      if (!is_script(real) && std::find(paths.begin(), paths.end(), real) == paths.end()) {
        paths.push_back(real);
      }
    }
  };
  for (const std::string& folder : folders) {
    for (const std::string& name : names_in(folder)) {
      const bool named_so = name.starts_with("python3") &&
                            name.find_first_not_of("0123456789.t", 6) == std::string::npos;
      if (named_so) {
        add(folder + "/" + name);
      }
    }
  }
  const std::string home = value_of(environment, "HOME");
  const std::string pyenv = value_of(environment, "PYENV_ROOT");
  for (const std::string& collection :
       {(pyenv.empty() ? home + "/.pyenv" : pyenv) + "/versions",
        home + "/.local/share/uv/python", cache + "/interpreters"}) {
    for (const std::string& name : names_in(collection)) {
      add(collection + "/" + name + "/bin/python3");
    }
  }
  return paths;
}

std::vector<Interpreter> observe_interpreters(const std::vector<std::string>& paths,
                                              ObservedPrograms& observed) {
  std::vector<Interpreter> interpreters;
  for (const std::string& path : paths) {
    const auto one = observed.interpreter(path);
    const auto same = [&](const Interpreter& other) { return one && other.path == one->path; };
    if (one && (one->major > 3 || (one->major == 3 && one->minor >= 8)) &&
        std::none_of(interpreters.begin(), interpreters.end(), same)) {
      interpreters.push_back(*one);
    }
  }
  const auto patch = [](const Interpreter& i) {
    const auto parts = base::split(i.version, '.');
    const std::string_view last = parts.size() > 2 ? parts[2] : std::string_view("0");
    return base::to_integer(last.substr(0, last.find_first_not_of("0123456789"))).value_or(0);
  };
  std::stable_sort(interpreters.begin(), interpreters.end(),
                   [&](const Interpreter& a, const Interpreter& b) {
                     return std::tuple(a.major, a.minor, patch(a), !a.free_threaded) >
                            std::tuple(b.major, b.minor, patch(b), !b.free_threaded);
                   });
  return interpreters;
}

std::string observe_kernel() {
  std::string text;
  utsname name = {};
  if (uname(&name) == 0) {
    text = std::string(name.sysname) + " " + name.release + " " + name.machine;
  }
  for (const char* setting : {"/proc/sys/kernel/randomize_va_space",
                              "/proc/sys/vm/mmap_rnd_bits",
                              "/proc/sys/kernel/yama/ptrace_scope"}) {
    const auto content = read_text(setting);
    text += "; " + std::string(setting).substr(std::string_view("/proc/sys/").size()) + "=" +
            (content ? std::string(base::trim(content->view)) : std::string("?"));
  }
  return text;
}

std::string cache_folder(const Environment& environment) {
  const std::string xdg = value_of(environment, "XDG_CACHE_HOME");
  return (xdg.empty() ? value_of(environment, "HOME") + "/.cache" : xdg) + "/extproof";
}

constexpr std::array<std::string_view, 9> k_build_variables = {
    "CFLAGS",   "CXXFLAGS",      "CPPFLAGS",   "LDFLAGS", "CMAKE_ARGS",
    "CMAKE_GENERATOR", "CMAKE_PREFIX_PATH", "PKG_CONFIG_PATH", "SETUPTOOLS_SCM_PRETEND_VERSION"};

}  // namespace

facts::Toolchain observe_toolchain(const Environment& environment) {
  facts::Toolchain toolchain;
  toolchain.cache = cache_folder(environment);
  toolchain.parts = observe_parts(environment);
  const std::vector<std::string> folders = folders_of_path(environment);
  ObservedPrograms observed(toolchain.cache + "/observed.json");
  toolchain.compilers = observe_compilers(folders, observed);
  toolchain.interpreters = observe_interpreters(
      interpreter_paths(folders, environment, toolchain.cache), observed);
  observed.save();
  const std::string own = own_path();
  const std::string beside = own.substr(0, own.rfind('/')) + "/uv";
  std::string uv = is_program(beside) ? beside : std::string();
  for (const std::string& folder : folders) {
    // A shim of pyenv would start a shell for each call.
    if (uv.empty() && is_program(folder + "/uv") && !is_script(real_path(folder + "/uv"))) {
      uv = folder + "/uv";
    }
  }
  toolchain.tools = {{"uv", uv},
                     {"ccache", find_program("ccache", folders)},
                     {"git", find_program("git", folders)}};
  toolchain.kernel = observe_kernel();
  toolchain.processors = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  for (const auto& [name, value] : environment) {
    if (std::find(k_build_variables.begin(), k_build_variables.end(), name) !=
        k_build_variables.end()) {
      toolchain.build_variables.emplace(name, value);
    }
  }
  return toolchain;
}

facts::Parts observe_parts(const Environment& environment) {
  const std::string own = own_path();
  const std::string beside = own.substr(0, own.rfind('/'));
  std::vector<std::string> homes;
  if (const std::string home = value_of(environment, "EXTPROOF_HOME"); !home.empty()) {
    homes.push_back(home);
  }
  // The wheel puts the program into bin/ and the package into the site-packages of the same prefix.
  const std::string prefix = beside.substr(0, beside.rfind('/'));
  for (const std::string& name : names_in(prefix + "/lib")) {
    if (name.starts_with("python3")) {
      homes.push_back(prefix + "/lib/" + name + "/site-packages/extproof");
      homes.push_back(prefix + "/lib/" + name + "/dist-packages/extproof");
    }
  }
  for (const std::string& home : homes) {
    if (exists(home + "/libexec/extproof-reaper")) {
      const std::string programs = home + "/libexec/";
      return {.reaper = programs + "extproof-reaper",
              .worker = programs + "extproof-worker",
              .launcher = programs + "extproof-python",
              .wrapper = programs + "extproof-cc",
              .probe = programs + "libextproof_probe.so",
              .canaries = home + "/canary",
              .python = home};
    }
  }
  return {};
}

}  // namespace extproof::platform
