// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/cli/commands/commands.hpp"
#include "harness/cli/doctor.hpp"
#include "harness/cli/interpreters_list.hpp"
#include "harness/cli/run_progress.hpp"
#include "harness/engines/execute.hpp"
#include "harness/engines/interpreters.hpp"
#include "harness/platform/files.hpp"
#include "harness/platform/observe_toolchain.hpp"
#include "harness/platform/run_lock.hpp"
#include "harness/platform/step_runner.hpp"
#include "harness/platform/stop_signals.hpp"
#include "harness/platform/surroundings.hpp"

namespace extproof::cli {
namespace {

using engines::InterpreterPaths;
using facts::ExitCode;
using facts::Refusal;

constexpr std::string_view k_manifest = "/extproof-interpreter.json";
constexpr std::string_view k_python_org = "https://www.python.org/ftp/python";

std::string value_of(const Console& console, const char* name) {
  const auto found = console.environment().find(name);
  return found == console.environment().end() ? std::string() : found->second;
}

// An installation is a matter of the moment: its logs are its record.
class NoRecord final : public engines::RunRecorder {
 public:
  void planned(const std::vector<facts::Step>& /*steps*/) override {}
  void started(const facts::Step& /*step*/) override {}
  void ended(const facts::Step& /*step*/, const facts::StepResult& /*result*/) override {}
};

std::string lock_of(const std::string& collection) {
  return collection + "/.lock";
}

// How an interpreter's folder looks now. `kind` is the beginning of its name.
InstalledInterpreter look_at(const std::string& folder, const facts::InterpreterKind& kind) {
  InstalledInterpreter found = {.kind = std::string(kind.name), .folder = folder};
  found.state = InterpreterState::broken;
  const auto text = platform::read_text(folder + std::string(k_manifest));
  const auto manifest = text ? engines::parse_manifest(text->view) : std::nullopt;
  if (!manifest) {
    found.version = kind.source.version;
    found.reason = "nothing that can be read says that it was proven";
    return found;
  }
  found.version = manifest->version;
  found.compiler = manifest->compiler;
  found.lacks = manifest->lacks;
  if (platform::identity_of(folder + "/bin/python3") != manifest->identity) {
    found.reason = "its program is not the one that was proven";
  } else if (!manifest->runtime.empty() && !platform::exists(manifest->runtime)) {
    found.reason = "the runtime that it is linked with is gone: " + manifest->runtime;
  } else {
    found.state = InterpreterState::verified;
  }
  return found;
}

std::vector<InstalledInterpreter> all_installed(const std::string& collection, bool with_sizes) {
  std::vector<InstalledInterpreter> all;
  std::string holder;
  std::string error;
  const bool at_work = platform::exists(lock_of(collection)) &&
                       platform::RunLock::take(lock_of(collection), holder, error) == nullptr;
  for (const facts::InterpreterKind& kind : facts::interpreter_kinds()) {
    const std::string begin = std::string(kind.name) + "-";
    for (const std::string& name : platform::names_in(collection)) {
      if (name.starts_with(begin)) {
        all.push_back(look_at(collection + "/" + name, kind));
        all.back().bytes = with_sizes ? platform::size_on_disk(all.back().folder) : 0;
      }
    }
    const std::string workshop = collection + "/.building-" + std::string(kind.name);
    if (at_work && platform::exists(workshop)) {
      all.push_back({.kind = std::string(kind.name),
                     .version = std::string(kind.source.version),
                     .folder = workshop,
                     .state = InterpreterState::building,
                     .reason = "process " + holder + " builds it"});
    }
  }
  return all;
}

Refusal unwritable(const std::string& path, const std::string& said) {
  return {.code = "XP1212",
          .headline = "\"" + path + "\" cannot be written",
          .notes = {{"said", said},
                    {"so", "nothing was changed"},
                    {"try", "XDG_CACHE_HOME=FOLDER, with 1 GB of room"}}};
}

// The lock of the collection, or why it was not had.
facts::Judged<std::unique_ptr<platform::RunLock>> take_lock(const std::string& collection) {
  if (const std::string said = platform::make_folder(collection); !said.empty()) {
    return facts::refuse(unwritable(collection, said));
  }
  std::string holder;
  std::string error;
  auto lock = platform::RunLock::take(lock_of(collection), holder, error);
  if (!lock && holder.empty()) {
    return facts::refuse(unwritable(lock_of(collection), error));
  }
  if (!lock) {
    return facts::refuse({.code = "XP1211",
                          .headline = "another installation of an interpreter is at work",
                          .notes = {{"process", holder},
                                    {"so", "nothing was changed"},
                                    {"try", "again when it has ended"}}});
  }
  return lock;
}

// --source, the folder of EXTPROOF_CPYTHON_SOURCES, what was fetched before, the net.
engines::ArchiveOrigin origin_of(const Request& request, const Console& console,
                                 const facts::InterpreterKind& kind, const std::string& cache) {
  const std::string name = facts::archive_name(kind.source);
  if (!request.source.empty()) {
    const bool absolute = request.source.starts_with("/");
    return {absolute ? request.source : platform::working_folder() + "/" + request.source, ""};
  }
  const std::string folder = value_of(console, "EXTPROOF_CPYTHON_SOURCES");
  if (!folder.empty() && platform::exists(folder + "/" + name)) {
    return {platform::real_path(folder + "/" + name), ""};
  }
  const std::string kept = cache + "/sources/" + name;
  if (platform::exists(kept)) {
    return {kept, ""};
  }
  std::string base = value_of(console, "EXTPROOF_CPYTHON_URL");
  base = base.empty() ? std::string(k_python_org) : base;
  return {kept, base + "/" + std::string(kind.source.version) + "/" + name};
}

facts::Refusals missing_tools(const facts::Toolchain& toolchain) {
  facts::Refusals missing = missing_parts(toolchain);
  const auto need = [&](const char* name, const char* package) {
    if (toolchain.tool(name).empty()) {
      missing.push_back({.code = "XP1203",
                         .headline = "\"" + std::string(name) + "\" was not found",
                         .notes = {{"looked", "on PATH"},
                                   {"so", "nothing was built"},
                                   {"try", "apt-get install " + std::string(package)}}});
    }
  };
  need("make", "make");
  need("python", "python3");
  return missing;
}

// One installation, from an empty workshop to a folder in its place. The lock is held.
class Installation {
 public:
  Installation(engines::InstallInput input, const Request& request, const Console& console)
      : input_(std::move(input)),
        paths_(engines::interpreter_paths(input_)),
        request_(request),
        console_(console) {}

  ExitCode run() {
    for (const std::string& folder : {paths_.workshop, paths_.logs}) {
      if (const std::string said = platform::make_fresh_folder(folder); !said.empty()) {
        return console_.refuse({unwritable(folder, said)});
      }
    }
    platform::watch_stop_signals(stop_);
    const ExitCode code = build();
    const std::string said = platform::remove_folder(paths_.workshop);
    if (!said.empty()) {
      console_.warn({unwritable(paths_.workshop, said)});
    }
    return code;
  }

 private:
  ExitCode build() {
    const double began = platform::monotonic_seconds();
    const engines::Results prepared = execute(engines::plan_preparation(input_));
    if (stopped()) {
      return interrupted();
    }
    facts::Refusals refusals;
    for (Refusal& one : engines::judge_preparation(input_, prepared)) {
      if (one.severity == facts::Severity::warning) {
        console_.warn({one});
      } else {
        refusals.push_back(std::move(one));
      }
    }
    if (!refusals.empty()) {
      return console_.refuse(refusals);
    }
    const engines::Results built = execute(engines::plan_building(input_));
    if (stopped()) {
      return interrupted();
    }
    const engines::InterpreterProof proof = engines::judge_building(input_, built);
    if (!proof.refusals.empty()) {
      return console_.refuse(proof.refusals);
    }
    return put_in_place(proof, platform::monotonic_seconds() - began);
  }

  engines::Results execute(std::vector<facts::Step> steps) {
    platform::PosixStepRunner runner(input_.toolchain.parts.reaper, console_.environment());
    NoRecord record;
    RunProgress progress(request_, console_);
    engines::Results results = engines::execute(
        std::move(steps), [](const engines::Results&) { return std::vector<facts::Step>(); },
        {.runner = runner, .recorder = progress.in_front_of(record), .watcher = progress}, stop_,
        1);
    progress.finish();
    return results;
  }

  bool stopped() const { return stop_.load() != engines::StopRequest::none; }

  ExitCode interrupted() const {
    return console_.refuse({{.code = "XP2001",
                             .headline = "the installation was interrupted",
                             .notes = {{"so", "nothing was installed, and nothing was left behind"},
                                       {"log", paths_.logs}}}});
  }

  ExitCode put_in_place(const engines::InterpreterProof& proof, double seconds) {
    engines::InterpreterManifest manifest = engines::make_manifest(input_, proof);
    manifest.built = platform::utc_now();
    manifest.seconds = seconds;
    // The program's size and time stay as they are when its folder gets its name.
    manifest.identity = platform::identity_of(paths_.staged_python);
    manifest.identity.replace(0, paths_.staged_python.size(), paths_.python);
    const std::string staged_manifest = paths_.staged + std::string(k_manifest);
    std::string said = platform::write_file(staged_manifest, engines::render_manifest(manifest));
    // A broken one of that name makes room.
    said = said.empty() ? platform::remove_folder(paths_.home) : said;
    said = said.empty() ? platform::rename_folder(paths_.staged, paths_.home) : said;
    if (!said.empty()) {
      return console_.refuse({unwritable(paths_.home, said)});
    }
    InstalledInterpreter now = look_at(paths_.home, input_.kind);
    now.bytes = platform::size_on_disk(paths_.home);
    std::string text;
    for (const facts::PreflightCheck& check : proof.checks) {
      text += "  " + check.check + ": " + base::escape_line(check.detail) + "\n";
    }
    console_.message("installed in " + render_seconds(seconds) + "\n" + text);
    console_.data(request_.json ? render_interpreters_json({input_.kind}, {now})
                                : render_interpreters({input_.kind}, {now}));
    return ExitCode::nothing_found;
  }

  engines::InstallInput input_;
  InterpreterPaths paths_;
  const Request& request_;
  const Console& console_;
  engines::StopFlag stop_ = engines::StopRequest::none;
};

ExitCode install(const facts::InterpreterKind& kind, const Request& request,
                 const Console& console) {
  const facts::Toolchain toolchain = platform::observe_toolchain(
      console.environment(), {.compilers = request.compiler && request.compiler->starts_with("/")
                                               ? std::vector<std::string>{*request.compiler}
                                               : std::vector<std::string>{}});
  if (const facts::Refusals missing = missing_tools(toolchain); !missing.empty()) {
    return console.refuse(missing);
  }
  const auto compiler = engines::choose_interpreter_compiler(kind, request.compiler, toolchain);
  if (!compiler) {
    return console.refuse(compiler.error());
  }
  const engines::InstallInput input = {
      .kind = kind,
      .compiler = compiler.value(),
      .archive = origin_of(request, console, kind, toolchain.cache),
      .toolchain = toolchain,
      .jobs = request.jobs.value_or(toolchain.processors)};
  const InterpreterPaths paths = engines::interpreter_paths(input);
  const auto lock = take_lock(paths.collection);
  if (!lock) {
    return console.refuse(lock.error());
  }
  if (const InstalledInterpreter known = look_at(paths.home, kind);
      known.state == InterpreterState::verified) {
    console.message("it is installed already; extproof interpreters remove " +
                    std::string(kind.name) + " takes it away\n");
    console.data(request.json ? render_interpreters_json({kind}, {known})
                              : render_interpreters({kind}, {known}));
    return ExitCode::nothing_found;
  }
  return Installation(input, request, console).run();
}

ExitCode remove(const facts::InterpreterKind& kind, const std::string& collection,
                const Console& console) {
  const auto lock = take_lock(collection);
  if (!lock) {
    return console.refuse(lock.error());
  }
  int removed = 0;
  for (const InstalledInterpreter& one : all_installed(collection, false)) {
    if (one.kind != kind.name) {
      continue;
    }
    // Renamed first, so that a removal that is cut short leaves nothing that looks whole.
    const std::string doomed = collection + "/.building-" + one.kind;
    std::string said = platform::remove_folder(doomed);
    said = said.empty() ? platform::rename_folder(one.folder, doomed) : said;
    said = said.empty() ? platform::remove_folder(doomed) : said;
    if (!said.empty()) {
      return console.refuse({unwritable(one.folder, said)});
    }
    ++removed;
  }
  console.message(removed == 0 ? "no interpreter \"" + std::string(kind.name) +
                                     "\" is installed; nothing was removed\n"
                               : "removed\n");
  return ExitCode::nothing_found;
}

}  // namespace

ExitCode interpreters_command(const Request& request, const Console& console) {
  const std::string collection = platform::cache_folder(console.environment()) + "/interpreters";
  if (request.words[0] == "list") {
    const auto installed = all_installed(collection, true);
    console.data(request.json ? render_interpreters_json(facts::interpreter_kinds(), installed)
                              : render_interpreters(facts::interpreter_kinds(), installed));
    return ExitCode::nothing_found;
  }
  const facts::InterpreterKind& kind = *facts::interpreter_kind_named(request.words[1]);
  return request.words[0] == "install" ? install(kind, request, console)
                                       : remove(kind, collection, console);
}

}  // namespace extproof::cli
