// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/preflight.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/base/text.hpp"
#include "harness/engines/suite.hpp"
#include "harness/engines/suite_paths.hpp"
#include "harness/parsers/producer.hpp"

namespace extproof::engines {
namespace {

using facts::FindingKind;
using facts::PreflightCheck;
using facts::Refusal;
using nlohmann::json;

constexpr std::uint64_t k_canary_leak_bytes = 4321;  // of extproof_canary_leak()

json parse_json(std::string_view text) {
  return json::parse(text, nullptr, false);
}

std::string text_of(const json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool is_set(const json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

json list_of(const json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_array() ? *found : json::array();
}

std::vector<json> json_lines(std::string_view text) {
  std::vector<json> values;
  for (const std::string_view line : base::lines(text)) {
    json value = parse_json(line);
    if (value.is_object()) {
      values.push_back(std::move(value));
    }
  }
  return values;
}

// The bytes of each log between two of the preflight's lines.
struct Window {
  json begin;
  json end;

  bool holds(const SeenReport& seen) const {
    const auto size = [&](const json& logs) {
      const auto found = logs.is_object() ? logs.find(seen.log_name) : logs.end();
      return found != logs.end() && found->is_number_unsigned() ? found->get<std::size_t>()
                                                                : std::size_t{0};
    };
    return size(begin) <= seen.report.bytes.begin && seen.report.bytes.begin < size(end);
  }
};

class Judge {
 public:
  Judge(const facts::Configuration& configuration, const Instrumentation& instrumentation,
        const Results& results)
      : configuration_(configuration),
        instrumentation_(instrumentation),
        paths_(paths_of(configuration)),
        modules_result_(*results.find(step_id(configuration, "modules"))),
        inspect_result_(*results.find(step_id(configuration, "inspect"))),
        result_(*results.find(step_id(configuration, "preflight"))) {}

  Preflight judge() {
    package_ = parse_installed(modules_result_, paths_.site_packages);
    modules_ = judged_modules(configuration_, package_);
    if (!instrumentation_.interpreter.empty()) {
      check("interpreter", true,
            build_of(configuration_.interpreter) + ", " + instrumentation_.interpreter);
    }
    judge_objects();
    read_lines();
    std::vector<facts::Problem> problems;
    seen_ = see_reports(result_, {}, problems);
    judge_process();
    if (instrumentation_.canary_kind != FindingKind::unknown) {
      judge_canary();
      if (instrumentation_.leak_check) {
        judge_leaks();
      }
    }
    judge_imports();
    return std::move(preflight_);
  }

 private:
  void check(const std::string& name, bool ok, const std::string& detail) {
    preflight_.checks.push_back({name, ok, detail});
  }

  void refuse(const std::string& code, const std::string& headline,
              std::vector<facts::RefusalNote> notes) {
    notes.push_back({"so", "the tests of this lane were not run; the lane is refused, not passed"});
    preflight_.refusals.push_back({.code = code,
                                   .headline = "lane \"" + configuration_.name + "\" " + headline,
                                   .notes = std::move(notes)});
  }

  std::string relative(const std::string& path) const { return paths_.layout.relative(path); }

  void judge_objects() {
    std::set<std::string> inspected;
    const json objects = list_of(parse_json(inspect_result_.output.view), "objects");
    for (const json& object : objects) {
      const std::string file = text_of(object, "file");
      const std::string shown = relative(file);
      inspected.insert(file);
      if (const std::string error = text_of(object, "error"); !error.empty()) {
        check("object", false, shown + ": " + error);
        refuse("XP3107", "cannot judge " + shown + ": it is no object that can be read",
               {{"module", shown}, {"looked", error}});
        continue;
      }
      judge_instrumented(object, shown);
      const bool lines = is_set(object, "has_debug_lines");
      check("debug-lines", lines, shown + (lines ? " has line numbers" : " has no line numbers"));
      if (!lines && !instrumentation_.evidence.empty()) {
        refuse("XP3104", "would report without source lines: " + shown + " has no debug lines",
               {{"module", shown},
                {"looked", "for a section .debug_line; the object has none"},
                {"try", "a build that does not strip: look for \"strip\" and \"-s\" in its log"}});
      }
    }
    for (const NativeModule& module : modules_) {
      if (!inspected.contains(base::valid_utf8(module.file))) {
        const std::string shown = relative(module.file);
        check("object", false, shown + " was not inspected");
        refuse("XP3107", "cannot judge " + shown + ": nothing is known of the object",
               {{"module", shown}, {"looked", "in what the step \"inspect\" printed"}});
      }
    }
  }

  void judge_instrumented(const json& object, const std::string& shown) {
    if (instrumentation_.evidence.empty()) {
      return;
    }
    const std::string flag = "-fsanitize=" + instrumentation_.sanitizer;
    const std::string symbol = evidence_among(list_of(object, "undefined"));
    bool with = false;
    bool without = false;
    bool rust = false;
    for (const json& producer : list_of(object, "producers")) {
      if (producer.is_string() && parsers::is_of_rust(producer.get_ref<const std::string&>())) {
        rust = true;
      } else if (producer.is_string()) {
        const bool sanitized = parsers::was_sanitized(producer.get_ref<const std::string&>(),
                                                      instrumentation_.sanitizer);
        (sanitized ? with : without) = true;
      }
    }
    if (symbol.empty() && !(with && instrumentation_.is_proved_by_flag)) {
      check("instrumented", false, shown + " imports no symbol of the instrumentation");
      const bool is_rust_alone = rust && !with && !without;
      refuse(
          "XP3107", "cannot judge " + shown + ": it was built without the sanitizer",
          {{"module", shown},
           {"looked", "for symbols that begin with " + base::join(instrumentation_.evidence, ", ") +
                          looked_for_flag(flag) + "; found none"},
           {"try", (is_rust_alone
                        ? std::string("it holds Rust alone, which no lane instruments: ")
                        : std::string("let the build use the compiler named by CC and CXX, or ")) +
                       "leave the module out with [tool.extproof.lane." + configuration_.lane +
                       "] modules = [...]"}});
      return;
    }
    const std::string proof = symbol.empty()
                                  ? " calls nothing of the runtime; it was compiled with " + flag
                                  : " imports " + symbol;
    check("instrumented", true,
          shown + proof + (without ? "; parts of it were compiled without " + flag : ""));
    if (without) {
      preflight_.blind_spots.push_back("parts of " + shown + " that were compiled without " + flag);
    }
    if (rust) {
      preflight_.blind_spots.push_back("the Rust in " + shown +
                                       ", which a stable compiler does not instrument");
    }
  }

  std::string looked_for_flag(const std::string& flag) const {
    return instrumentation_.is_proved_by_flag
               ? ", and for " + flag + " among the flags that the debug information holds"
               : "";
  }

  // The first symbol that only the instrumentation adds; "" when there is none.
  std::string evidence_among(const json& undefined) const {
    for (const json& symbol : undefined) {
      for (const std::string& prefix : instrumentation_.evidence) {
        if (symbol.is_string() && symbol.get_ref<const std::string&>().starts_with(prefix)) {
          return symbol.get<std::string>();
        }
      }
    }
    return "";
  }

  void read_lines() {
    for (const facts::Left* left : result_.left_as("out")) {
      for (json& line : json_lines(left->text.view)) {
        lines_.push_back(std::move(line));
      }
    }
  }

  void judge_process() {
    for (const json& line : lines_) {
      if (text_of(line, "event") != "check") {
        continue;
      }
      const std::string name = text_of(line, "name");
      const bool ok = is_set(line, "ok");
      check(name, ok, text_of(line, "detail"));
      if (!ok && (name == "runtime" || name == "allocator" || name == "leak-checker")) {
        refuse("XP3103", "cannot judge: the runtime is not at work",
               {{"check", name}, {"looked", text_of(line, "detail")}, {"try", "extproof doctor"}});
      }
      if (!ok && (name == "probe" || name == "ctypes" || name == "canary")) {
        refuse("XP3102", "cannot prove that it sees a bug",
               {{"check", name}, {"looked", text_of(line, "detail")}});
      }
    }
  }

  Window window(const char* event) const {
    Window found;
    for (const json& line : lines_) {
      if (text_of(line, "event") == event) {
        (text_of(line, "stage") == "begin" ? found.begin : found.end) =
            line.value("logs", json::object());
      }
    }
    return found;
  }

  void judge_canary() {
    const Window canary = window("canary");
    const SeenReport* caught = nullptr;
    for (const SeenReport& seen : seen_) {
      const bool expected = seen.report.kind == instrumentation_.canary_kind &&
                            (instrumentation_.canary_rule.empty() ||
                             seen.report.rule == instrumentation_.canary_rule);
      if (expected && canary.holds(seen)) {
        caught = &seen;
        break;
      }
    }
    const std::string bug = instrumentation_.canary_rule.empty()
                                ? std::string(to_string(instrumentation_.canary_kind))
                                : instrumentation_.canary_rule;
    check(
        "canary", caught != nullptr,
        caught != nullptr ? "a known " + bug + " was reported" : "a known " + bug + " was missed");
    if (caught == nullptr) {
      refuse("XP3102", "missed its canary, a known " + bug,
             {{"looked", "for its report in " + relative(paths_.preflight_logs)},
              {"flags", configuration_.flags.empty() ? "none of yours"
                                                     : base::join(configuration_.flags, " ")},
              {"try", "the lane without your flags, suppressions and *SAN_OPTIONS"}});
      return;
    }
    judge_place(*caught);
  }

  void judge_place(const SeenReport& caught) {
    const auto names_canary = [](const facts::Frame& frame) {
      return frame.function.find("extproof_canary") != std::string::npos && frame.line > 0;
    };
    bool placed = false;
    for (const facts::Stack& stack : caught.report.stacks) {
      placed |= std::any_of(stack.frames.begin(), stack.frames.end(), names_canary);
    }
    check("symbols", placed,
          placed ? "its stack has function, file and line" : "its stack has no source line");
    if (!placed) {
      refuse("XP3104", "would report without source lines: the canary's stack has none",
             {{"log", relative(caught.log_path)},
              {"try", "install the llvm-symbolizer of the compiler's own version"}});
    }
    bool python = false;
    if (caught.python) {
      for (const facts::Frame& frame : caught.python->frames) {
        python |= frame.function == "extproof_canary_caller";
      }
    }
    check("python-stack", python,
          python ? "the Python stack at the report was seen" : "no Python stack came with it");
    if (!python) {
      refuse("XP3109", "would report without the Python stack",
             {{"looked", "for stacks.* in " + relative(paths_.preflight_logs)}});
    }
  }

  void judge_leaks() {
    const Window noise = window("noise");
    const Window leak = window("canary-leak");
    std::uint64_t noise_bytes = 0;
    std::uint64_t noise_objects = 0;
    bool caught = false;
    for (const SeenReport& seen : seen_) {
      if (seen.report.kind != FindingKind::leak) {
        continue;
      }
      if (noise.holds(seen)) {
        noise_bytes += seen.report.leaked_bytes;
        noise_objects += seen.report.leaked_objects;
      }
      caught |= leak.holds(seen) && seen.report.leaked_bytes == k_canary_leak_bytes;
    }
    check("leak-canary", caught, caught ? "a known leak was reported" : "a known leak was missed");
    check("leak-noise", true,
          "the interpreter itself shows " + std::to_string(noise_bytes) + " bytes in " +
              std::to_string(noise_objects) + " allocations");
    if (!caught) {
      refuse("XP3102", "missed its canary, a known leak",
             {{"looked", "for a leak of 4321 bytes in " + relative(paths_.preflight_logs)},
              {"try",
               "a container or sandbox that allows ptrace, or switch leak checking off with "
               "[tool.extproof.lane." +
                   configuration_.lane + "] leaks = false"}});
    }
  }

  void judge_imports() {
    std::string open;
    json open_logs;
    std::set<std::string> proved;
    for (const json& line : lines_) {
      const std::string event = text_of(line, "event");
      const std::string name = text_of(line, "name");
      if (event == "import-error") {
        proved.insert(name);
        refuse("XP3108", "cannot judge \"" + name + "\": it cannot be imported",
               {{"said", text_of(line, "message")}});
        check("import", false, name + ": " + text_of(line, "message"));
      }
      if (event != "import") {
        continue;
      }
      if (text_of(line, "edge") == "start") {
        open = name;
        open_logs = line.value("logs", json::object());
        continue;
      }
      open.clear();
      if (const std::string file = text_of(line, "realpath"); !file.empty()) {
        proved.insert(name);
        judge_loaded(name, file);
      }
    }
    if (!open.empty() && !result_.good()) {
      preflight_.died_importing = open;
      check("import", false, open + ": the process ended while it imported it");
      for (const SeenReport& seen : seen_) {
        if (Window{open_logs, json{{seen.log_name, SIZE_MAX}}}.holds(seen)) {
          preflight_.reports_of_import.push_back(seen);
        }
      }
    } else if (!result_.good() && preflight_.refusals.empty()) {
      refuse("XP3106", "could not finish its preflight",
             {{"ended", describe(result_.end)},
              {"said", last_words(result_)},
              {"log", relative(result_.errors_path)}});
    } else if (result_.good()) {
      judge_unproved(proved);
    }
  }

  // A module that neither failed nor came from a file is one that nobody loaded as it was built.
  void judge_unproved(const std::set<std::string>& proved) {
    for (const NativeModule& module : modules_) {
      if (!proved.contains(module.name)) {
        check("loaded", false, module.name + " was loaded from no file");
        refuse("XP3105", "cannot judge \"" + module.name + "\": Python loads another object",
               {{"loaded", "a module without a file"}, {"built", relative(module.file)}});
      }
    }
  }

  static std::string last_words(const facts::StepResult& result) {
    const auto all = base::lines(result.errors.view);
    std::string words;
    for (std::size_t i = all.size() > 5 ? all.size() - 5 : 0; i < all.size(); ++i) {
      words += std::string(all[i]) + "\n";
    }
    return words.empty() ? "nothing" : words;
  }

  void judge_loaded(const std::string& name, const std::string& file) {
    for (const NativeModule& module : modules_) {
      if (module.name != name) {
        continue;
      }
      const bool same = module.file == file;
      check("loaded", same, name + (same ? " is the object of this lane" : " is " + file));
      if (!same) {
        refuse("XP3105", "cannot judge \"" + name + "\": Python loads another object",
               {{"loaded", file},
                {"built", relative(module.file)},
                {"try", "remove the object that shadows it, or take its folder off the path"}});
      }
    }
  }

  const facts::Configuration& configuration_;
  const Instrumentation& instrumentation_;
  SuitePaths paths_;
  const facts::StepResult& modules_result_;
  const facts::StepResult& inspect_result_;
  const facts::StepResult& result_;
  InstalledPackage package_;
  std::vector<NativeModule> modules_;
  std::vector<json> lines_;
  std::vector<SeenReport> seen_;
  Preflight preflight_;
};

}  // namespace

InstalledPackage parse_installed(const facts::StepResult& modules,
                                 const std::string& site_packages) {
  InstalledPackage package;
  const json value = parse_json(modules.output.view);
  if (!value.is_object()) {
    return package;
  }
  package.name = text_of(value, "name");
  package.version = text_of(value, "version");
  for (const json& name : list_of(value, "top_level")) {
    if (name.is_string()) {
      package.top_level.push_back(name.get<std::string>());
    }
  }
  for (const json& native : list_of(value, "native")) {
    const std::string file = text_of(native, "file");
    package.native.push_back(
        {text_of(native, "module"), file.starts_with("/") ? file : site_packages + "/" + file});
  }
  for (const json& root : list_of(value, "roots")) {
    // A line of a .pth file that is no path would be run.
    if (root.is_string() && root.get_ref<const std::string&>().starts_with("/") &&
        root.get_ref<const std::string&>().find_first_of("\r\n") == std::string::npos) {
      package.roots.push_back(root.get<std::string>());
    }
  }
  for (const json& link : list_of(value, "links")) {
    if (link.is_array() && link.size() == 2 && link[0].is_string() && link[1].is_string()) {
      package.links.emplace_back(link[0].get<std::string>(), link[1].get<std::string>());
    }
  }
  return package;
}

std::vector<NativeModule> judged_modules(const facts::Configuration& configuration,
                                         const InstalledPackage& package) {
  if (configuration.modules.empty()) {
    return package.native;
  }
  std::vector<NativeModule> modules;
  for (const NativeModule& module : package.native) {
    if (std::find(configuration.modules.begin(), configuration.modules.end(), module.name) !=
        configuration.modules.end()) {
      modules.push_back(module);
    }
  }
  return modules;
}

Preflight judge_preflight(const facts::Configuration& configuration,
                          const Instrumentation& instrumentation, const Results& results) {
  return Judge(configuration, instrumentation, results).judge();
}

}  // namespace extproof::engines
