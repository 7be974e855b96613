// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <set>

#include "harness/base/text.hpp"
#include "harness/engines/init/texts.hpp"
#include "harness/parsers/requirement.hpp"

namespace extproof::engines::init {
namespace {

// The clang of Ubuntu 24.04.
constexpr int k_clang_of_runner = 18;
// Newest first. Those that a project's requires-python is asked about.
constexpr std::array k_pythons = {"3.14", "3.13", "3.12", "3.11", "3.10", "3.9"};

// @NAME@ stands for what differs from project to project.
constexpr std::string_view k_text =
    R"(# Runs the tests in each lane of extproof: the lanes are those of `extproof plan`.
name: extproof

on:
  push:
    branches: [main, master]
  pull_request:
  workflow_dispatch:

permissions:
  contents: read

concurrency:
  group: ${{ github.workflow }}-${{ github.ref }}
  cancel-in-progress: ${{ github.event_name == 'pull_request' }}

env:
  # What pip installs. A variable of the repository of that name replaces it.
  EXTPROOF_REQUIREMENT: ${{ vars.EXTPROOF_REQUIREMENT || 'extproof' }}
  # Compilers, and what the build of the extension needs of the system.
  EXTPROOF_PACKAGES: @PACKAGES@
  CCACHE_MAXSIZE: 500M

defaults:
  run:
    shell: bash
@FOLDER@
jobs:
  plan:
    name: Plan
    runs-on: ubuntu-24.04
    timeout-minutes: 30
    outputs:
      lanes: ${{ steps.matrix.outputs.lanes }}
    steps:
@SET_UP@      - name: Make the matrix of the lanes that can run here
        id: matrix
        # A lane that was asked for and cannot run fails this job; the others run all the same.
        run: |
          code=0
          extproof plan --json > "$RUNNER_TEMP/plan.json" || code=$?
          python - "$RUNNER_TEMP/plan.json" >> "$GITHUB_OUTPUT" <<'END'
          import json
          import sys

          with open(sys.argv[1], encoding="utf-8") as file:
              lanes = json.load(file)["lanes"]
          names = [lane["name"] for lane in lanes if lane["requested"] and lane["runs"]]
          print("lanes=" + json.dumps(names))
          END
          exit "$code"

  lane:
    name: Lane ${{ matrix.lane }}
    needs: plan
    if: ${{ !cancelled() && needs.plan.outputs.lanes != '' && needs.plan.outputs.lanes != '[]' }}
    runs-on: ubuntu-24.04
    timeout-minutes: 60
    permissions:
      contents: read
      security-events: write  # for the upload to code scanning alone
    strategy:
      fail-fast: false
      matrix:
        lane: ${{ fromJSON(needs.plan.outputs.lanes) }}
    steps:
@SET_UP@      - name: Restore builds
        uses: actions/cache@v5
        with:
          path: |
            @IN@.extproof/build
            ~/.cache/extproof
            ~/.cache/ccache
          key: extproof-${{ runner.os }}-${{ runner.arch }}-${{ matrix.lane }}-${{ github.sha }}
          restore-keys: extproof-${{ runner.os }}-${{ runner.arch }}-${{ matrix.lane }}-
      - name: Run the lane
        env:
          LANE: ${{ matrix.lane }}
          FORMATS: >-
            console,github,sarif=extproof-reports/extproof.sarif,junit=extproof-reports/junit.xml,html=extproof-reports/run.html
        run: extproof run "$LANE" --format "$FORMATS"
      - name: Keep the reports
        if: ${{ !cancelled() }}
        uses: actions/upload-artifact@v7
        with:
          name: extproof-${{ matrix.lane }}
          path: @IN@extproof-reports/
          if-no-files-found: ignore
      # Pull requests from forks may not write there, and private repositories may have no code
      # scanning: the variable EXTPROOF_CODE_SCANNING of the repository, set to "on", says they do.
      - name: Show the findings in code scanning
        if: >-
          ${{ !cancelled() && hashFiles('@IN@extproof-reports/extproof.sarif') != '' &&
          (github.event_name != 'pull_request' ||
          github.event.pull_request.head.repo.full_name == github.repository) &&
          (!github.event.repository.private || vars.EXTPROOF_CODE_SCANNING == 'on') }}
        uses: github/codeql-action/upload-sarif@v4
        with:
          sarif_file: @IN@extproof-reports/extproof.sarif
          category: extproof-${{ matrix.lane }}
)";

constexpr std::string_view k_set_up = R"(      - uses: actions/checkout@v7
        with:
@SOURCES@          persist-credentials: false
      - uses: actions/setup-python@v7
        with:
          python-version: "@PYTHON@"
      - name: Install compilers
        run: |
          read -r -a packages <<< "$EXTPROOF_PACKAGES"
          sudo apt-get update
          sudo apt-get install --yes --no-install-recommends "${packages[@]}"
      - name: Install extproof
        run: python -m pip install "$EXTPROOF_REQUIREMENT"
)";

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 3 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The packages of Ubuntu with the compilers that the configuration names; those of a path or of an
// unknown name are left to the user.
std::string packages_of(const facts::Config& config) {
  std::set<std::string> packages;
  const auto add = [&](const std::string& compiler) {
    const std::size_t dash = compiler.find('-');
    const std::string family = compiler.substr(0, dash);
    const std::string version = dash == std::string::npos ? "" : compiler.substr(dash + 1);
    if (family == "gcc" && is_number(version)) {
      packages.insert({"gcc-" + version, "g++-" + version});
    } else if (family == "gcc" && version.empty()) {
      packages.insert({"gcc", "g++"});
    } else {
      const bool named = family == "clang" && is_number(version);
      const std::string major = named ? version : std::to_string(k_clang_of_runner);
      packages.insert({"clang-" + major, "libclang-rt-" + major + "-dev", "llvm-" + major});
    }
  };
  add(config.compiler.value_or("clang"));
  for (const auto& [name, lane] : config.lane) {
    if (lane.compiler) {
      add(*lane.compiler);
    }
  }
  packages.insert("ccache");
  return base::join({packages.begin(), packages.end()}, " ");
}

bool is_version(std::string_view text) {
  return !text.empty() && text.size() <= 12 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || c == '.' || c == 't';
  });
}

std::string python_of(const Input& input) {
  if (input.config.python && is_version(*input.config.python)) {
    return *input.config.python;
  }
  for (const char* version : k_pythons) {
    if (parsers::requires_python_allows(input.project.requires_python,
                                        std::string(version) + ".0") ||
        parsers::requires_python_allows(input.project.requires_python,
                                        std::string(version) + ".99")) {
      return version;
    }
  }
  return "3.x";
}

// What a checkout brings beyond the one commit.
std::string sources_of(const Input& input, const Readings& readings) {
  const std::vector<std::string>& sources = input.sources;
  std::string lines;
  if (readings.version_from_repository) {
    lines += "          fetch-depth: 0  # the version comes from the tags\n";
  }
  if (std::find(sources.begin(), sources.end(), ".gitmodules") != sources.end()) {
    lines += "          submodules: recursive\n";
  }
  return lines;
}

}  // namespace

bool fit_for_workflow(std::string_view folder) {
  return std::all_of(folder.begin(), folder.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-' || c == '/';
  });
}

std::string render_workflow(const Input& input, const Readings& readings, std::string_view folder) {
  std::string text(k_text);
  replace_all(text, "@SET_UP@", k_set_up);
  replace_all(text, "@PACKAGES@", packages_of(input.config));
  replace_all(text, "@PYTHON@", python_of(input));
  replace_all(text, "@SOURCES@", sources_of(input, readings));
  replace_all(text, "@FOLDER@",
              folder.empty() ? "" : "    working-directory: \"" + std::string(folder) + "\"\n");
  replace_all(text, "@IN@", folder.empty() ? "" : std::string(folder) + "/");
  return text;
}

}  // namespace extproof::engines::init
