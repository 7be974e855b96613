// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/interpreters.hpp"

#include <algorithm>

#include "harness/base/hash.hpp"
#include "harness/base/text.hpp"
#include "harness/engines/interpreters_modules.hpp"

namespace extproof::engines {
namespace {

using facts::Step;
using facts::StepPurpose;

std::string folder_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

bool is_instrumented(const InstallInput& input) {
  return !input.kind.instrumented.empty();
}

// Threaded through every step that runs an instrumented program while it is being made: leaks of
// generators are nobody's business, and the key of a compile must not hold the workshop's path.
std::map<std::string, std::string> build_environment() {
  return {{"ASAN_OPTIONS", "detect_leaks=0"}, {"CCACHE_NOHASHDIR", "1"}};
}

class Planner {
 public:
  explicit Planner(const InstallInput& input) : input_(input), paths_(interpreter_paths(input)) {}

  std::vector<Step> preparation() {
    const facts::CpythonSource& source = input_.kind.source;
    const std::string python = input_.toolchain.tool("python");
    const std::string scripts = input_.toolchain.parts.python;
    std::vector<Step> steps;
    if (!input_.archive.url.empty()) {
      Step fetch = step("fetch", StepPurpose::synchronise);
      fetch.argv = {python,     scripts + "/fetch.py",      "--url", input_.archive.url,
                    "--sha256", std::string(source.sha256), "--to",  input_.archive.file};
      steps.push_back(std::move(fetch));
    }
    Step unpack = step("unpack", StepPurpose::synchronise);
    unpack.argv = {python,     scripts + "/unpack.py",     "--archive", input_.archive.file,
                   "--sha256", std::string(source.sha256), "--into",    paths_.workshop};
    if (!steps.empty()) {
      unpack.needs = {steps.back().id};
    }
    steps.push_back(std::move(unpack));

    Step headers = step("headers", StepPurpose::inspect);
    const std::string file = paths_.workshop + "/headers.c";
    headers.argv = {input_.compiler.cc, "-E", "-P", file};
    headers.files = {{file, render_header_question()}};
    steps.push_back(std::move(headers));
    return steps;
  }

  std::vector<Step> building() {
    std::vector<Step> steps = {configure(), make(), install()};
    const auto proofs = {describe(), quiet(), pip()};
    steps.insert(steps.end(), proofs.begin(), proofs.end());
    if (is_instrumented(input_)) {
      for (Step& one : read()) {
        steps.push_back(std::move(one));
      }
      for (Step& one : exception()) {
        steps.push_back(std::move(one));
      }
    }
    for (Step& one : environment()) {
      steps.push_back(std::move(one));
    }
    return steps;
  }

 private:
  std::string id(std::string_view part) const {
    return std::string(input_.kind.name) + "/" + std::string(part);
  }

  Step step(std::string_view part, StepPurpose purpose) const {
    Step one;
    one.id = id(part);
    one.lane = input_.kind.name;
    one.purpose = purpose;
    one.cwd = paths_.collection;
    one.output_path = paths_.logs + "/" + std::string(part) + ".out";
    one.errors_path = paths_.logs + "/" + std::string(part) + ".err";
    return one;
  }

  Step configure() const {
    Step one = step("configure", StepPurpose::build);
    // Relative, so that what a compile is keyed by does not hold the workshop's path.
    one.argv = {"/bin/sh", "../" + facts::archive_folder(input_.kind.source) + "/configure",
                "--prefix=" + paths_.home};
    const auto arguments = configure_arguments(input_);
    one.argv.insert(one.argv.end(), arguments.begin(), arguments.end());
    one.cwd = paths_.build;
    one.environment = build_environment();
    one.folders = {paths_.build};
    return one;
  }

  Step make() const {
    Step one = step("make", StepPurpose::build);
    one.needs = {id("configure")};
    one.argv = {input_.toolchain.tool("make"), "-j" + std::to_string(input_.jobs)};
    if (const std::string ccache = input_.toolchain.tool("ccache"); !ccache.empty()) {
      // Said to make alone: what the interpreter remembers of its compiler stays plain.
      one.argv.push_back("CC=" + ccache + " " + input_.compiler.cc);
    }
    one.cwd = paths_.build;
    one.environment = build_environment();
    return one;
  }

  Step install() const {
    Step one = step("install", StepPurpose::install);
    one.needs = {id("make")};
    one.argv = {input_.toolchain.tool("make"), "install", "DESTDIR=" + paths_.workshop + "/stage",
                // Packages are compiled when they are first imported; all of them, three times, in
                // a slow interpreter, would take longer than building it.
                "COMPILEALL_OPTS=-j0 -l"};
    one.cwd = paths_.build;
    one.environment = build_environment();
    return one;
  }

  // A step that runs the interpreter that was built, and ends within minutes.
  Step proof(std::string_view part, std::vector<std::string> arguments,
             const std::string& asan_options) const {
    Step one = step(part, StepPurpose::preflight);
    one.needs = {id("install")};
    one.argv = {paths_.staged_python, "-I"};
    one.argv.insert(one.argv.end(), arguments.begin(), arguments.end());
    one.cwd = paths_.workshop;
    if (is_instrumented(input_)) {
      one.environment["ASAN_OPTIONS"] = "exitcode=99:color=never:" + asan_options;
      if (!input_.compiler.runtimes.symbolizer.empty()) {
        one.environment["ASAN_SYMBOLIZER_PATH"] = input_.compiler.runtimes.symbolizer;
      }
    }
    one.limits.seconds = 300;
    return one;
  }

  std::string script() const { return input_.toolchain.parts.python + "/prove_interpreter.py"; }

  Step describe() const { return proof("describe", {script(), "describe"}, "detect_leaks=0"); }
  Step quiet() const { return proof("quiet", {"-c", "pass"}, "detect_leaks=1"); }
  Step pip() const { return proof("pip", {"-m", "pip", "--version"}, "detect_leaks=0"); }

  std::vector<Step> read() const {
    const std::string version(input_.kind.source.version);
    Step canary = step("canary", StepPurpose::preflight);
    const std::string folder = paths_.workshop + "/canary";
    canary.needs = {id("install")};
    canary.argv = {input_.compiler.cc, "-shared", "-fPIC", "-g"};
    canary.argv.push_back("-I" + paths_.staged + "/include/python" +
                          version.substr(0, version.rfind('.')) +
                          (input_.kind.free_threaded ? "t" : "") + (input_.kind.debug ? "d" : ""));
    canary.argv.insert(canary.argv.end(), {input_.toolchain.parts.canaries + "/interpreter.c", "-o",
                                           folder + "/extproof_interpreter_canary.so"});
    canary.folders = {folder};
    Step read = proof("read", {script(), "read", folder}, "detect_leaks=0");
    read.needs.push_back(canary.id);
    return {canary, read};
  }

  std::vector<Step> exception() const {
    if (input_.compiler.cxx.empty()) {
      return {};
    }
    Step canary = step("canary-cxx", StepPurpose::preflight);
    const std::string library = paths_.workshop + "/canary-cxx/throw.so";
    canary.needs = {id("install")};
    canary.argv = {input_.compiler.cxx, "-shared", "-fPIC", "-g", "-fsanitize=address"};
    if (input_.compiler.family == facts::CompilerFamily::clang) {
      canary.argv.insert(
          canary.argv.end(),
          {"-shared-libsan", "-Wl,-rpath," + folder_of(input_.compiler.runtimes.asan)});
    }
    canary.argv.insert(canary.argv.end(),
                       {input_.toolchain.parts.canaries + "/interpreter_throw.cpp", "-o", library});
    canary.folders = {folder_of(library)};
    Step caught = proof("throw", {script(), "throw", library}, "detect_leaks=0");
    caught.needs.push_back(canary.id);
    return {canary, caught};
  }

  std::vector<Step> environment() const {
    Step venv = step("venv", StepPurpose::preflight);
    const std::string folder = paths_.workshop + "/venv";
    venv.needs = {id("install")};
    venv.argv = {input_.toolchain.tool("uv"), "venv",         "--python",
                 paths_.staged_python,        "--no-project", folder};
    venv.environment = {{"UV_PYTHON_DOWNLOADS", "never"},
                        {"UV_NO_CONFIG", "1"},
                        {"ASAN_OPTIONS", "detect_leaks=0"}};
    Step runs = proof("venv-python", {"-c", "import sys; print(sys.prefix != sys.base_prefix)"},
                      "detect_leaks=0");
    runs.needs = {venv.id};
    runs.argv[0] = folder + "/bin/python";
    return {venv, runs};
  }

  const InstallInput& input_;
  InterpreterPaths paths_;
};

}  // namespace

std::vector<std::string> configure_arguments(const InstallInput& input) {
  std::vector<std::string> arguments = input.kind.configure;
  arguments.push_back("CC=" + input.compiler.cc);
  if (!input.compiler.cxx.empty()) {
    arguments.push_back("CXX=" + input.compiler.cxx);
  }
  // Empty ones keep out what the caller's environment says.
  arguments.insert(arguments.end(), {"CFLAGS=", "CPPFLAGS="});
  std::string link;
  if (is_instrumented(input)) {
    // A runtime that is started without the C++ library ends the process when an extension throws
    // an exception. clang's shared one brings the library, its static one does not and would not be
    // the runtime of the extensions either; gcc's is shared and brings nothing.
    link = input.compiler.family == facts::CompilerFamily::clang
               ? "-shared-libsan -Wl,-rpath," + folder_of(input.compiler.runtimes.asan)
               : "-Wl,--no-as-needed -lstdc++";
  }
  arguments.push_back("LDFLAGS=" + link);
  return arguments;
}

InterpreterPaths interpreter_paths(const InstallInput& input) {
  const std::string kind(input.kind.name);
  const std::string version(input.kind.source.version);
  const std::string all = version + "\n" + input.compiler.identity + "\n" +
                          base::join(configure_arguments(input), "\n");
  InterpreterPaths paths;
  paths.collection = input.toolchain.cache + "/interpreters";
  paths.home = paths.collection + "/" + kind + "-" + version + "-" + base::digest(all).substr(0, 8);
  paths.manifest = paths.home + "/extproof-interpreter.json";
  paths.python = paths.home + "/bin/python3";
  paths.workshop = paths.collection + "/.building-" + kind;
  paths.source = paths.workshop + "/" + facts::archive_folder(input.kind.source);
  paths.build = paths.workshop + "/build";
  paths.staged = paths.workshop + "/stage" + paths.home;
  paths.staged_python = paths.staged + "/bin/python3";
  paths.logs = paths.collection + "/logs/" + kind;
  return paths;
}

facts::Judged<facts::Compiler> choose_interpreter_compiler(const facts::InterpreterKind& kind,
                                                           const std::optional<std::string>& wanted,
                                                           const facts::Toolchain& toolchain) {
  std::vector<std::string> found;
  for (const facts::Compiler& one : toolchain.compilers) {
    const bool named =
        !wanted || one.name == *wanted || to_string(one.family) == *wanted || one.cc == *wanted;
    if (named && (kind.instrumented != "asan" || !one.runtimes.asan.empty())) {
      return one;
    }
    found.push_back(one.name);
  }
  return facts::refuse(
      {.code = "XP1201",
       .headline = wanted
                       ? "\"" + *wanted + "\" cannot build the interpreter \"" +
                             std::string(kind.name) + "\""
                       : "no compiler can build the interpreter \"" + std::string(kind.name) + "\"",
       .notes = {
           {"found", found.empty() ? "no compiler" : base::join(found, ", ")},
           {"needs", kind.instrumented.empty() ? "a C compiler"
                                               : "one with a shared AddressSanitizer runtime"},
           {"so", "nothing was built"},
           {"try", "extproof doctor"}}});
}

std::vector<Step> plan_preparation(const InstallInput& input) {
  return Planner(input).preparation();
}

std::vector<Step> plan_building(const InstallInput& input) {
  return Planner(input).building();
}

}  // namespace extproof::engines
