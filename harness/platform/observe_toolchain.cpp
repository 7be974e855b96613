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

bool is_program(const std::string& path) {
  return access(path.c_str(), X_OK) == 0;
}

std::string find_program(const std::string& name, const std::vector<std::string>& folders) {
  for (const std::string& folder : folders) {
    // A shim of pyenv or asdf is there for every version, also for one that lacks the program.
    if (std::string path = folder + "/" + name; !folder.ends_with("/shims") && is_program(path)) {
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

// Programs by where their links end: the name and path under which each was found first, and all
// paths that lead to it.
struct Found {
  std::string real;
  std::string name;
  std::vector<std::string> paths;
};

void add_found(std::vector<Found>& all, const std::string& name, const std::string& path) {
  const std::string real = is_program(path) ? real_path(path) : std::string();
  if (real.empty() || real.ends_with("ccache")) {
    return;
  }
  const auto known =
      std::find_if(all.begin(), all.end(), [&](const Found& found) { return found.real == real; });
  if (known != all.end()) {
    known->paths.push_back(path);
  } else if (!is_script(real)) {
    all.push_back({real, name, {path}});
  }
}

std::vector<std::string> sorted(std::vector<std::string> paths) {
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  return paths;
}

std::vector<Compiler> observe_compilers(const std::vector<std::string>& folders,
                                        const std::vector<std::string>& named,
                                        ObservedPrograms& observed) {
  std::vector<Compiler> compilers;
  for (const CompilerFamily family : {CompilerFamily::clang, CompilerFamily::gcc}) {
    std::vector<Found> programs;
    for (const std::string& folder : folders) {
      for (const std::string& name : names_in(folder)) {
        if (is_versioned(name, to_string(family))) {
          add_found(programs, name, folder + "/" + name);
        }
      }
    }
    for (const std::string& path : named) {
      // A cross compiler's name begins with its target: x86_64-linux-gnu-gcc-12.
      const bool is_clang = path.find("clang", path.rfind('/') + 1) != std::string::npos;
      if (is_clang == (family == CompilerFamily::clang)) {
        add_found(programs, path, path);
      }
    }
    std::vector<Compiler> of_family;
    for (const Found& program : programs) {
      if (auto one = observed.compiler(family, program.name, program.paths.front(), folders)) {
        one->paths = sorted(program.paths);
        of_family.push_back(std::move(*one));
      }
    }
    std::stable_sort(of_family.begin(), of_family.end(),
                     [](const Compiler& a, const Compiler& b) { return a.major > b.major; });
    std::move(of_family.begin(), of_family.end(), std::back_inserter(compilers));
  }
  return compilers;
}

std::vector<Found> find_interpreters(const std::vector<std::string>& folders,
                                     const std::vector<std::string>& named,
                                     const Environment& environment, const std::string& cache) {
  std::vector<Found> programs;
  const auto add = [&programs](const std::string& path) { add_found(programs, path, path); };
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
       {(pyenv.empty() ? home + "/.pyenv" : pyenv) + "/versions", home + "/.local/share/uv/python",
        cache + "/interpreters"}) {
    for (const std::string& name : names_in(collection)) {
      add(collection + "/" + name + "/bin/python3");
    }
  }
  std::for_each(named.begin(), named.end(), add);
  return programs;
}

std::vector<Interpreter> observe_interpreters(const std::vector<Found>& programs,
                                              ObservedPrograms& observed) {
  std::vector<Interpreter> interpreters;
  for (const Found& program : programs) {
    auto one = observed.interpreter(program.real);
    if (!one || one->major < 3 || (one->major == 3 && one->minor < 8)) {
      continue;
    }
    const auto same = [&](const Interpreter& other) { return other.path == one->path; };
    auto known = std::find_if(interpreters.begin(), interpreters.end(), same);
    if (known == interpreters.end()) {
      one->paths = {one->path};
      known = interpreters.insert(interpreters.end(), std::move(*one));
    }
    known->paths.insert(known->paths.end(), program.paths.begin(), program.paths.end());
  }
  for (Interpreter& one : interpreters) {
    one.paths = sorted(std::move(one.paths));
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

// Those that extproof built are told by where they lie; what was not proven is none.
void name_kinds(facts::Toolchain& toolchain) {
  const std::string folder = real_path(toolchain.cache + "/interpreters") + "/";
  for (Interpreter& one : toolchain.interpreters) {
    if (one.path.starts_with(folder)) {
      const std::string home = one.path.substr(0, one.path.find('/', folder.size()));
      const std::string name = home.substr(folder.size());
      if (exists(home + "/extproof-interpreter.json")) {
        one.kind = name.substr(0, name.find('-'));
      }
    }
  }
}

// The interpreter for our own scripts.
std::string ordinary_python(const std::vector<Interpreter>& interpreters) {
  for (const Interpreter& one : interpreters) {
    if (one.instrumented.empty() && !one.debug && !one.prerelease) {
      return one.path;
    }
  }
  return {};
}

std::string observe_kernel() {
  std::string text;
  utsname name = {};
  if (uname(&name) == 0) {
    text = std::string(name.sysname) + " " + name.release + " " + name.machine;
  }
  for (const char* setting : {"/proc/sys/kernel/randomize_va_space", "/proc/sys/vm/mmap_rnd_bits",
                              "/proc/sys/kernel/yama/ptrace_scope"}) {
    const auto content = read_text(setting);
    text += "; " + std::string(setting).substr(std::string_view("/proc/sys/").size()) + "=" +
            (content ? std::string(base::trim(content->view)) : std::string("?"));
  }
  return text;
}

constexpr std::array<std::string_view, 9> k_build_variables = {"CFLAGS",
                                                               "CXXFLAGS",
                                                               "CPPFLAGS",
                                                               "LDFLAGS",
                                                               "CMAKE_ARGS",
                                                               "CMAKE_GENERATOR",
                                                               "CMAKE_PREFIX_PATH",
                                                               "PKG_CONFIG_PATH",
                                                               "SETUPTOOLS_SCM_PRETEND_VERSION"};

}  // namespace

facts::Toolchain observe_toolchain(const Environment& environment, const NamedPrograms& named) {
  facts::Toolchain toolchain;
  toolchain.cache = cache_folder(environment);
  toolchain.parts = observe_parts(environment);
  const std::vector<std::string> folders = folders_of_path(environment);
  ObservedPrograms observed(toolchain.cache + "/observed.json");
  toolchain.compilers = observe_compilers(folders, named.compilers, observed);
  toolchain.interpreters = observe_interpreters(
      find_interpreters(folders, named.interpreters, environment, toolchain.cache), observed);
  observed.save();
  name_kinds(toolchain);
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
                     {"addr2line", find_program("addr2line", folders)},
                     {"git", find_program("git", folders)},
                     {"make", find_program("make", folders)},
                     {"cmake", find_program("cmake", folders)},
                     {"ninja", find_program("ninja", folders)},
                     {"gdb", find_program("gdb", folders)},
                     {"python", ordinary_python(toolchain.interpreters)}};
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

std::string cache_folder(const Environment& environment) {
  const std::string xdg = value_of(environment, "XDG_CACHE_HOME");
  return (xdg.empty() ? value_of(environment, "HOME") + "/.cache" : xdg) + "/extproof";
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
