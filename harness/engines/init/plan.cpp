// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/engines/init/detect.hpp"
#include "harness/engines/init/init.hpp"
#include "harness/engines/init/texts.hpp"
#include "harness/engines/interpreter_choice.hpp"
#include "harness/parsers/toml_config.hpp"

namespace extproof::engines::init {
namespace {

const Place& place_of(const Input& input, std::string_view path) {
  static const Place k_absent;
  const auto found = input.places.find(path);
  return found == input.places.end() ? k_absent : found->second;
}

bool is_valid_utf8(const std::string& text) {
  return base::valid_utf8(text) == text;
}

class Planner {
 public:
  explicit Planner(const Input& input) : input_(input), readings_(read_project(input)) {}

  Plan plan() {
    detected();
    configuration();
    noxfile();
    workflow();
    return std::move(plan_);
  }

 private:
  void detect(std::string label, std::string text) {
    plan_.detected.push_back({std::move(label), std::move(text)});
  }

  void detected() {
    detect("backend", input_.project.backend_name);
    detect("name", readings_.name.empty() ? "nothing says it" : readings_.name);
    detect("version", readings_.version);
    std::string native = base::join(readings_.languages, ", ");
    if (!readings_.modules.empty()) {
      native += (native.empty() ? "" : "; ") + base::join(readings_.modules, ", ");
    }
    detect("native code", native.empty() ? "none found: extproof judges native modules" : native);
    detect("tests", tests_text());
    // Which tests a project leaves out of its wheels is for people to read: extproof run -- ARGS.
    if (!readings_.wheels_tested_by.empty()) {
      detect("wheels' tests", readings_.wheels_tested_by);
    }
    const std::vector<std::string>& needs = readings_.test_needs;
    const std::vector<std::string>& known = input_.project.test_requires;
    const std::string without = known.empty() ? "pytest" : base::join(known, ", ");
    detect("tests need", needs.empty() ? without : base::join(needs, ", "));
    std::vector<std::string> compilers;
    for (const facts::Compiler& compiler : input_.toolchain.compilers) {
      compilers.push_back(compiler.name + " " + compiler.version);
    }
    detect("compilers", compilers.empty() ? "none: extproof doctor" : base::join(compilers, ", "));
    const facts::Interpreter* python = choose_interpreter(
        {.of_lane = {}, .of_project = input_.config.python, .sanitizer = {}, .runtime = {}},
        input_.project, input_.toolchain);
    detect("python", python == nullptr ? "none that fits: extproof doctor"
                                       : build_of(*python) + ", " + python->path);
  }

  std::string tests_text() const {
    if (readings_.test_files == 0) {
      return "none found: no test_*.py, no *_test.py";
    }
    const std::string files =
        std::to_string(readings_.test_files) + (readings_.test_files == 1 ? " file" : " files");
    if (!readings_.tests_said_by.empty()) {
      return files + "; " + readings_.tests_said_by + " says where";
    }
    return readings_.tests.empty() ? files
                                   : files + ", run from " + base::join(readings_.tests, ", ");
  }

  void leave(std::string_view path, std::string why, std::string by_hand = "") {
    plan_.left_alone.push_back({std::string(path), std::move(why), std::move(by_hand)});
  }

  // Whether the place takes no file; it is then told of.
  bool is_foreign(std::string_view path, const std::string& by_hand) {
    const Place& place = place_of(input_, path);
    if (place.kind == Place::Kind::foreign) {
      leave(path, "it is " + place.reason, by_hand);
    }
    return place.kind == Place::Kind::foreign;
  }

  void configuration() {
    if (!input_.config.origin.empty()) {
      leave(input_.config.origin, "it holds the configuration of extproof already");
      return;
    }
    const std::string keys = render_config(readings_);
    const Place& pyproject = place_of(input_, k_pyproject);
    if (pyproject.kind == Place::Kind::absent) {
      own_file(keys);
      return;
    }
    if (is_foreign(k_pyproject, "")) {
      own_file(keys);
      return;
    }
    if (auto text = append_config(pyproject.text, readings_)) {
      plan_.files.push_back({std::string(k_pyproject), std::move(*text),
                             "[tool.extproof], behind what it held", false});
      return;
    }
    leave(k_pyproject, "[tool.extproof] behind it would not be read as what it says");
    own_file(keys);
  }

  void own_file(const std::string& keys) {
    if (is_foreign(k_own_file, keys)) {
      return;
    }
    const auto config = parsers::parse_config(keys, k_own_file, parsers::Dialect::own_file, {});
    if (!config || config.value().tests != readings_.tests) {
      leave(k_own_file, "what was detected cannot stand in it", keys);
      return;
    }
    plan_.files.push_back({std::string(k_own_file), keys, "the configuration"});
  }

  void noxfile() {
    const Place& place = place_of(input_, k_noxfile);
    if (place.kind == Place::Kind::absent) {
      plan_.files.push_back(
          {std::string(k_noxfile), render_noxfile(), "session extproof: nox -s extproof"});
      return;
    }
    const std::string session = render_session(place.text);
    if (is_foreign(k_noxfile, session)) {
      return;
    }
    if (has_session(place.text)) {
      leave(k_noxfile, "it has a session extproof already");
      return;
    }
    const std::string unfit =
        is_valid_utf8(place.text) ? unfit_for_session(place.text) : "it is not UTF-8";
    if (!unfit.empty()) {
      leave(k_noxfile, unfit, session);
      return;
    }
    plan_.files.push_back({std::string(k_noxfile), append_text(place.text, session, 2),
                           "session extproof behind the others: nox -s extproof", false});
  }

  void workflow() {
    const auto running =
        std::find_if(input_.texts.begin(), input_.texts.end(), [](const auto& one) {
          return one.first.starts_with(".github/workflows/") &&
                 one.second.find("extproof run") != std::string::npos;
        });
    if (running != input_.texts.end()) {
      leave(running->first, "it runs extproof already");
      return;
    }
    if (place_of(input_, k_workflow).kind == Place::Kind::file) {
      leave(k_workflow, "it is there already");
      return;
    }
    const std::string folder = input_.folder_in_repository.value_or("");
    if (!fit_for_workflow(folder)) {
      leave(k_workflow, "the name of the project's folder in its repository, \"" + folder +
                            "\", has signs that mean something else in a workflow");
      return;
    }
    const std::string text = render_workflow(input_, readings_, folder);
    if (!folder.empty()) {
      leave(k_workflow,
            "GitHub reads only the folder .github/workflows at the top of the repository", text);
      return;
    }
    if (!is_foreign(k_workflow, text)) {
      plan_.files.push_back({std::string(k_workflow), text,
                             "a job for each lane, on each push to main and pull request"});
    }
  }

  const Input& input_;
  Readings readings_;
  Plan plan_;
};

}  // namespace

Plan plan(const Input& input) {
  return Planner(input).plan();
}

}  // namespace extproof::engines::init
