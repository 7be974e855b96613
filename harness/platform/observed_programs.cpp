// SPDX-License-Identifier: Apache-2.0
#include "harness/platform/observed_programs.hpp"

#include "harness/base/text.hpp"
#include "harness/facts/schema_versions.hpp"
#include "harness/platform/files.hpp"
#include "harness/platform/process.hpp"

namespace extproof::platform {
namespace {

using facts::Compiler;
using facts::CompilerFamily;
using facts::Interpreter;
using nlohmann::json;

constexpr double k_seconds = 10;

std::string asked(const std::vector<std::string>& argv) {
  const auto output = output_of(argv, k_seconds);
  return output ? std::string(base::trim(*output)) : std::string();
}

// A library that the compiler finds, links resolved; empty when it only repeats the name.
std::string library_of(const std::string& cc, const std::string& name) {
  const std::string path = asked({cc, "-print-file-name=" + name});
  if (path.empty() || path.front() != '/') {
    return {};
  }
  const std::string real = real_path(path);
  const auto text = real.empty() ? std::nullopt : read_text(real);
  if (!text) {
    return {};
  }
  if (text->view.starts_with("\x7f"
                             "ELF")) {
    return real;
  }
  // A linker script in place of the library: INPUT ( /path/lib.so.8 ).
  const std::size_t open = text->view.find("INPUT");
  const std::size_t begin = open == std::string_view::npos ? open : text->view.find('/', open);
  if (begin == std::string_view::npos) {
    return {};
  }
  const std::size_t end = text->view.find_first_of(" )\n", begin);
  return real_path(std::string(text->view.substr(begin, end - begin)));
}

std::string machine() {
#if defined(__aarch64__)
  return "aarch64";
#else
  return "x86_64";
#endif
}

std::string symbolizer_of(const std::string& cc, int major,
                          const std::vector<std::string>& folders) {
  const std::string real = real_path(cc);
  const std::string beside = real.substr(0, real.rfind('/')) + "/llvm-symbolizer";
  if (exists(beside)) {
    return real_path(beside);
  }
  for (const std::string& folder : folders) {
    const std::string path = folder + "/llvm-symbolizer-" + std::to_string(major);
    if (exists(path)) {
      return real_path(path);
    }
  }
  return {};
}

std::string cxx_of(CompilerFamily family, const std::string& path) {
  const std::string folder = path.substr(0, path.rfind('/'));
  const std::string name = path.substr(path.rfind('/') + 1);
  const std::string stem = to_string(family);
  const std::string suffix = name.substr(std::min(name.size(), stem.size()));
  const std::string cxx =
      folder + "/" + (family == CompilerFamily::clang ? "clang++" : "g++") + suffix;
  return exists(cxx) ? cxx : std::string();
}

json observe_compiler(CompilerFamily family, const std::string& path,
                      const std::vector<std::string>& folders) {
  const bool clang = family == CompilerFamily::clang;
  const std::string version = asked({path, clang ? "-dumpversion" : "-dumpfullversion"});
  const auto major = base::to_integer(base::split(version, '.').front());
  // On some systems `gcc` is clang under another name.
  const std::string about = asked({path, "--version"});
  const bool is_clang = about.find("clang version") != std::string::npos;
  if (!major || is_clang != clang) {
    return json::object();
  }
  json found = {{"version", version}, {"major", *major}, {"cxx", cxx_of(family, path)}};
  if (clang) {
    // The name has the machine in it or not, by how the runtimes were packaged.
    for (const char* kind : {"asan", "ubsan_standalone"}) {
      std::string library;
      for (const std::string& name : {std::string("libclang_rt.") + kind + "-" + machine() + ".so",
                                      std::string("libclang_rt.") + kind + ".so"}) {
        library = library.empty() ? library_of(path, name) : library;
      }
      found[kind] = library;
    }
    found["symbolizer"] = symbolizer_of(path, static_cast<int>(*major), folders);
  } else {
    found["asan"] = library_of(path, "libasan.so");
    found["ubsan_standalone"] = library_of(path, "libubsan.so");
    found["symbolizer"] = "";
  }
  found["libstdcxx"] = library_of(path, "libstdc++.so.6");
  return found;
}

// Runs in any Python 3; prints one JSON object.
constexpr std::string_view k_interpreter_question = R"(
import json, os, sys, sysconfig
base = getattr(sys, "_base_executable", None) or sys.executable
variables = sysconfig.get_config_vars()
flags = " ".join(str(variables.get(k) or "") for k in ("CONFIG_ARGS", "CFLAGS", "PY_CFLAGS"))
level = sys.version_info.releaselevel
# The sanitizer's shared runtime, if one is in this process.
runtime = ""
try:
    for line in open("/proc/self/maps"):
        path = "/" + line.rstrip("\n").partition("/")[2]
        if path.rpartition("/")[2].startswith(("libclang_rt.asan", "libasan.", "libclang_rt.tsan",
                                               "libtsan.")):
            runtime = os.path.realpath(path)
except OSError:
    pass
print(json.dumps({
    "base": base, "runtime": runtime,
    "version": "%d.%d.%d" % sys.version_info[:3] + ("" if level == "final" else
        {"alpha": "a", "beta": "b", "candidate": "rc"}[level] + str(sys.version_info.serial)),
    "major": sys.version_info[0], "minor": sys.version_info[1],
    "prerelease": level != "final",
    "free_threaded": bool(variables.get("Py_GIL_DISABLED")),
    "debug": hasattr(sys, "gettotalrefcount"),
    "implementation": sys.implementation.name,
    "headers": os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")),
    "instrumented": "asan" if "address-sanitizer" in flags or "-fsanitize=address" in flags else
        "tsan" if "thread-sanitizer" in flags or "-fsanitize=thread" in flags else ""}))
sys.stdout.flush()
os._exit(0)  # an instrumented one would look for leaks now, which not every machine allows
)";

std::string text_of(const json& value, const char* key) {
  const auto found = value.find(key);
  return found != value.end() && found->is_string() ? found->get<std::string>() : std::string();
}

int number_of(const json& value, const char* key) {
  const auto found = value.find(key);
  return found != value.end() && found->is_number_integer() ? found->get<int>() : 0;
}

bool is_set(const json& value, const char* key) {
  const auto found = value.find(key);
  return found != value.end() && found->is_boolean() && found->get<bool>();
}

}  // namespace

ObservedPrograms::ObservedPrograms(std::string file) : file_(std::move(file)) {
  if (const auto text = read_text(file_)) {
    known_ = json::parse(text->view, nullptr, false);
  }
  if (!known_.is_object() || number_of(known_, "schema") != facts::schema_versions::k_observed) {
    known_ = {{"schema", facts::schema_versions::k_observed}};
  }
}

std::optional<Compiler> ObservedPrograms::compiler(CompilerFamily family, const std::string& name,
                                                   const std::string& path,
                                                   const std::vector<std::string>& folders) {
  const std::string identity = identity_of(real_path(path));
  // Runtimes come in packages of their own, so the folder that holds them counts too.
  const std::string key =
      "compiler " + path + " " + identity + " " + identity_of("/var/lib/dpkg/status");
  if (!known_.contains(key)) {
    known_[key] = observe_compiler(family, path, folders);
    changed_ = true;
  }
  const json& found = known_[key];
  if (!found.is_object() || found.empty()) {
    return std::nullopt;
  }
  return Compiler{.family = family,
                  .name = name,
                  .version = text_of(found, "version"),
                  .major = number_of(found, "major"),
                  .cc = path,
                  .cxx = text_of(found, "cxx"),
                  .runtimes = {.asan = text_of(found, "asan"),
                               .ubsan = text_of(found, "ubsan_standalone"),
                               .libstdcxx = text_of(found, "libstdcxx"),
                               .symbolizer = text_of(found, "symbolizer")},
                  .identity = identity};
}

std::optional<Interpreter> ObservedPrograms::interpreter(const std::string& path) {
  const std::string key = "interpreter " + identity_of(path);
  if (!known_.contains(key)) {
    const auto output =
        output_of({path, "-I", "-S", "-c", std::string(k_interpreter_question)}, 10);
    known_[key] = output ? json::parse(*output, nullptr, false) : json();
    changed_ = true;
  }
  const json& found = known_[key];
  if (!found.is_object() || text_of(found, "implementation") != "cpython") {
    return std::nullopt;
  }
  const std::string base = real_path(text_of(found, "base"));
  if (base.empty()) {
    return std::nullopt;
  }
  const int major = number_of(found, "major");
  const int minor = number_of(found, "minor");
  const bool free_threaded = is_set(found, "free_threaded");
  return Interpreter{.path = base,
                     .version = text_of(found, "version"),
                     .major = major,
                     .minor = minor,
                     .prerelease = is_set(found, "prerelease"),
                     .tag = "cp" + std::to_string(major) + std::to_string(minor) +
                            (free_threaded ? "t" : "") + (is_set(found, "debug") ? "d" : ""),
                     .free_threaded = free_threaded,
                     .debug = is_set(found, "debug"),
                     .headers = is_set(found, "headers"),
                     .instrumented = text_of(found, "instrumented"),
                     .runtime = text_of(found, "runtime"),
                     .identity = identity_of(base)};
}

void ObservedPrograms::save() {
  if (changed_) {
    write_file(file_, known_.dump(1, ' ', true, json::error_handler_t::replace));
  }
}

}  // namespace extproof::platform
