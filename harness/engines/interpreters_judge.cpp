// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/base/text.hpp"
#include "harness/engines/interpreters.hpp"
#include "harness/engines/interpreters_modules.hpp"
#include "harness/engines/step_said.hpp"

namespace extproof::engines {
namespace {

using facts::Refusal;
using facts::StepResult;
using nlohmann::json;

// Exit codes of fetch.py and unpack.py, and of a program in which AddressSanitizer reported.
constexpr int k_wrong_digest = 3;
constexpr int k_reported = 99;

bool exited(const StepResult& result, int code) {
  const auto* end = std::get_if<facts::Exited>(&result.end);
  return end != nullptr && end->code == code;
}

std::string last_line(std::string_view text) {
  const auto all = base::lines(base::trim(text));
  return all.empty() ? "nothing" : std::string(all.back());
}

std::string packages_of(const std::vector<StandardModule>& modules) {
  std::string packages;
  for (const StandardModule& module : modules) {
    packages += " " + std::string(module.package);
  }
  return "apt-get install" + packages;
}

std::string names_of(const std::vector<StandardModule>& modules) {
  std::vector<std::string> names;
  for (const StandardModule& module : modules) {
    names.emplace_back(module.name);
  }
  return base::join(names, ", ");
}

std::string quoted_kind(const InstallInput& input) {
  return "\"" + std::string(input.kind.name) + "\"";
}

Refusal of_archive(const InstallInput& input, const StepResult& step) {
  const std::string name = facts::archive_name(input.kind.source);
  const bool fetched = !input.archive.url.empty();
  if (exited(step, k_wrong_digest)) {
    return {.code = "XP1206",
            .headline = "\"" + name + "\" is not the archive that is known",
            .place = fetched ? input.archive.url : input.archive.file,
            .notes = {{"found", "SHA-256 " + last_line(step.errors.view)},
                      {"known", "SHA-256 " + std::string(input.kind.source.sha256)},
                      {"so", "it was not unpacked; nothing was built or kept"},
                      {"try", "the archive from python.org, with --source FILE"}}};
  }
  return {.code = "XP1205",
          .headline = "\"" + name + "\" could not be " + (fetched ? "fetched" : "read"),
          .place = fetched ? input.archive.url : input.archive.file,
          .notes = {{"said", last_line(step.errors.view)},
                    {"so", "nothing was built or kept"},
                    {"try", "extproof interpreters install " + std::string(input.kind.name) +
                                " --source FILE"}}};
}

class Judge {
 public:
  Judge(const InstallInput& input, const Results& results)
      : input_(input), paths_(interpreter_paths(input)), results_(results) {}

  InterpreterProof judge() {
    if (!built()) {
      return std::move(proof_);
    }
    judge_description();
    judge_quiet();
    if (!input_.kind.instrumented.empty()) {
      judge_read();
      judge_exception();
    }
    judge_environment();
    for (const facts::PreflightCheck& check : proof_.checks) {
      if (!check.ok) {
        refuse_proof(check);
      }
    }
    return std::move(proof_);
  }

 private:
  const StepResult* result(std::string_view part) const {
    return results_.find(std::string(input_.kind.name) + "/" + std::string(part));
  }

  bool built() {
    for (const char* part : {"configure", "make", "install"}) {
      const StepResult* one = result(part);
      if (one != nullptr && one->good()) {
        continue;
      }
      Refusal refusal = {.code = "XP1209",
                         .headline = "the interpreter " + quoted_kind(input_) +
                                     " could not be built: " + part + " failed"};
      if (one != nullptr) {
        const std::string_view said =
            base::trim(one->errors.view).empty() ? one->output.view : one->errors.view;
        refusal.notes = {{"said", telling_lines(said)},
                         {"ended", facts::describe(one->end)},
                         {"log", one->errors_path}};
      }
      refusal.notes.push_back({"so", "nothing was installed"});
      proof_.refusals.push_back(std::move(refusal));
      return false;
    }
    return true;
  }

  void check(const char* name, bool ok, const std::string& detail) {
    proof_.checks.push_back({name, ok, detail});
  }

  void refuse_proof(const facts::PreflightCheck& check) {
    proof_.refusals.push_back(
        {.code = "XP1210",
         .headline = "the interpreter " + quoted_kind(input_) + " failed its proof: " + check.check,
         .notes = {{"looked", check.detail},
                   {"log", paths_.logs},
                   {"so", "it was built, and thrown away; nothing was installed"}}});
  }

  void judge_description() {
    const StepResult* one = result("describe");
    const json said = one == nullptr ? json() : json::parse(one->output.view, nullptr, false);
    if (one == nullptr || !one->good() || !said.is_object()) {
      check("starts", false,
            one == nullptr ? "it was not started"
                           : facts::describe(one->end) + "; " + last_line(one->errors.view));
      return;
    }
    const auto is = [&](const char* key) {
      const auto found = said.find(key);
      return found != said.end() && found->is_boolean() && found->get<bool>();
    };
    const auto text = [&](const char* key) {
      const auto found = said.find(key);
      return found != said.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    const std::string version = text("version");
    const bool right = version == input_.kind.source.version && is("debug") == input_.kind.debug &&
                       is("free_threaded") == input_.kind.free_threaded && is("headers");
    check("starts", right,
          "Python " + version + (is("free_threaded") ? "t" : "") + (is("debug") ? ", debug" : "") +
              (is("headers") ? "" : ", without Python.h"));
    proof_.runtime = text("runtime");
    if (!input_.kind.instrumented.empty()) {
      check("runtime", !proof_.runtime.empty(),
            proof_.runtime.empty() ? "no shared runtime is in its process"
                                   : "its runtime is " + proof_.runtime);
      check("allocator", !is("pymalloc"),
            is("pymalloc") ? "objects come from pymalloc, in which the runtime sees no block"
                           : "objects come from malloc");
    }
    std::string lost;
    for (const json& name : said.value("lacks", json::array())) {
      if (name.is_string()) {
        proof_.lacks.push_back(name.get<std::string>());
      }
    }
    for (const StandardModule& module : standard_modules()) {
      if (module.needed &&
          std::find(proof_.lacks.begin(), proof_.lacks.end(), module.name) != proof_.lacks.end()) {
        lost += (lost.empty() ? "" : ", ") + std::string(module.name);
      }
    }
    check("modules", lost.empty(), lost.empty() ? "those that are needed are there" : "no " + lost);
  }

  void judge_quiet() {
    const StepResult* one = result("quiet");
    if (one == nullptr) {
      check("quiet", false, "it was not run");
      return;
    }
    // Where the kernel forbids ptrace nobody can look for leaks, in whichever interpreter.
    const bool cannot_look = one->errors.view.find("LeakSanitizer has encountered a fatal error") !=
                             std::string_view::npos;
    const bool silent = one->good() && base::trim(one->errors.view).empty();
    check("quiet", silent || cannot_look,
          silent        ? "it starts and ends without a report or a leak"
          : cannot_look ? "not proven: the leak checker cannot run here"
                        : facts::describe(one->end) + "; " + telling_lines(one->errors.view));
  }

  void judge_read() {
    const StepResult* built = result("canary");
    const StepResult* one = result("read");
    if (built == nullptr || !built->good() || one == nullptr) {
      check("read-in-interpreter", false,
            built == nullptr ? "it was not run" : telling_lines(built->errors.view));
      return;
    }
    const std::string_view report = one->errors.view;
    const bool seen = exited(*one, k_reported) &&
                      report.find("heap-use-after-free") != std::string_view::npos &&
                      report.find("PyBytes_Size") != std::string_view::npos;
    check("read-in-interpreter", seen,
          seen ? "a read of freed memory in PyBytes_Size was reported"
               : "a read of freed memory in PyBytes_Size was missed: " + facts::describe(one->end) +
                     "; " + last_line(one->output.view));
  }

  void judge_exception() {
    const StepResult* built = result("canary-cxx");
    const StepResult* one = result("throw");
    if (built == nullptr) {
      check("exception", true, "not proven: there is no C++ compiler");
      return;
    }
    if (!built->good() || one == nullptr) {
      check("exception", false, telling_lines(built->errors.view));
      return;
    }
    const bool caught = one->good() && base::trim(one->output.view) == "42";
    check("exception", caught,
          caught ? "a C++ exception thrown in a library was caught there"
                 : "a C++ exception thrown in a library ended the process: " +
                       facts::describe(one->end) + "; " + telling_lines(one->errors.view));
  }

  void judge_environment() {
    const StepResult* venv = result("venv");
    const StepResult* runs = result("venv-python");
    const bool made = venv != nullptr && venv->good() && runs != nullptr && runs->good() &&
                      base::trim(runs->output.view) == "True";
    check("environment", made,
          made ? "uv makes environments from it"
               : "uv made no environment from it: " +
                     (venv == nullptr                   ? std::string("it was not run")
                      : venv->good() && runs != nullptr ? telling_lines(runs->errors.view)
                                                        : telling_lines(venv->errors.view)));
    const StepResult* pip = result("pip");
    const bool works = pip != nullptr && pip->good();
    check("pip", works,
          works ? std::string(base::trim(pip->output.view)).substr(0, 40)
                : "pip does not run: " +
                      (pip == nullptr ? "it was not run" : last_line(pip->errors.view)));
  }

  const InstallInput& input_;
  InterpreterPaths paths_;
  const Results& results_;
  InterpreterProof proof_;
};

}  // namespace

facts::Refusals judge_preparation(const InstallInput& input, const Results& results) {
  const std::string kind(input.kind.name);
  for (const char* part : {"fetch", "unpack"}) {
    const StepResult* step = results.find(kind + "/" + part);
    if (step != nullptr && !step->good()) {
      return {of_archive(input, *step)};
    }
  }
  const StepResult* headers = results.find(kind + "/headers");
  if (headers == nullptr || !headers->good()) {
    return {{.code = "XP1209",
             .headline = "the interpreter " + quoted_kind(input) +
                         " could not be built: the compiler does not work",
             .notes = {{"said", headers == nullptr ? std::string("nothing")
                                                   : telling_lines(headers->errors.view)},
                       {"so", "nothing was built"}}}};
  }
  std::vector<StandardModule> needed;
  std::vector<StandardModule> others;
  for (const StandardModule& module : lacking_modules(headers->output.view)) {
    (module.needed ? needed : others).push_back(module);
  }
  if (!needed.empty()) {
    std::vector<StandardModule> all = needed;
    all.insert(all.end(), others.begin(), others.end());
    return {
        {.code = "XP1207",
         .headline = "the interpreter " + quoted_kind(input) + " would lack " + names_of(needed),
         .notes = {{"looked", "for their headers with " + input.compiler.cc},
                   {"so", "nothing was built: neither pip nor the probe work without them"},
                   {"try", packages_of(all)}}}};
  }
  if (!others.empty()) {
    return {{.code = "XP1208",
             .headline = "the interpreter " + quoted_kind(input) + " will lack " + names_of(others),
             .notes = {{"so", "tests that import them fail in it"},
                       {"try", packages_of(others) + ", and install it again"}},
             .severity = facts::Severity::warning}};
  }
  return {};
}

InterpreterProof judge_building(const InstallInput& input, const Results& results) {
  return Judge(input, results).judge();
}

}  // namespace extproof::engines
