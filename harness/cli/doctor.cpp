// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/doctor.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/base/text.hpp"
#include "harness/facts/interpreter_kinds.hpp"
#include "harness/facts/schema_versions.hpp"

namespace extproof::cli {
namespace {

using facts::Compiler;
using facts::Toolchain;

// The version of LLVM that a message recommends where none is there.
constexpr int k_recommended_clang = 19;

std::string runtime_package(const Compiler& compiler) {
  const std::string major = std::to_string(compiler.major);
  return compiler.family == facts::CompilerFamily::clang
             ? "apt-get install libclang-rt-" + major + "-dev llvm-" + major
             : "apt-get install libgcc-" + major + "-dev";
}

std::vector<DoctorRow> compiler_rows(const Toolchain& toolchain) {
  std::vector<DoctorRow> rows;
  for (const Compiler& compiler : toolchain.compilers) {
    rows.push_back({.what = compiler.name + " " + compiler.version, .where = compiler.cc});
    const auto runtime = [&](const char* what, const std::string& path, const char* disables) {
      rows.push_back({.what = std::string("  ") + what,
                      .found = !path.empty(),
                      .where = path.empty() ? "missing" : path,
                      .disables = path.empty() ? disables : "",
                      .install = path.empty() ? runtime_package(compiler) : ""});
    };
    runtime("asan runtime", compiler.runtimes.asan, "lane asan with this compiler");
    runtime("ubsan runtime", compiler.runtimes.ubsan, "lane ubsan with this compiler");
    if (compiler.family == facts::CompilerFamily::clang) {
      runtime("llvm-symbolizer", compiler.runtimes.symbolizer, "source lines in its reports");
    }
    if (compiler.cxx.empty()) {
      rows.push_back({.what = "  C++ driver",
                      .found = false,
                      .where = "missing",
                      .disables = "C++ extensions with this compiler",
                      .install = "apt-get install g++"});
    }
  }
  const bool has_clang =
      std::any_of(toolchain.compilers.begin(), toolchain.compilers.end(),
                  [](const Compiler& c) { return c.family == facts::CompilerFamily::clang; });
  if (!has_clang) {
    const std::string major = std::to_string(k_recommended_clang);
    rows.push_back({.what = "clang",
                    .found = false,
                    .where = "missing",
                    .disables = toolchain.compilers.empty()
                                    ? "everything: nothing else compiles either"
                                    : "checks that only clang has; gcc is used instead",
                    .install = "apt-get install clang-" + major + " libclang-rt-" + major +
                               "-dev llvm-" + major});
  }
  return rows;
}

std::vector<DoctorRow> interpreter_rows(const Toolchain& toolchain) {
  std::vector<DoctorRow> rows;
  for (const facts::Interpreter& one : toolchain.interpreters) {
    std::string what = one.version + (one.free_threaded ? "t" : "");
    what += one.debug ? " debug" : "";
    what += one.instrumented.empty() ? "" : " " + one.instrumented;
    what += one.kind.empty() ? "" : " (built by extproof)";
    rows.push_back({.what = what,
                    .found = one.headers,
                    .where = one.path + (one.headers ? "" : " (without Python.h)"),
                    .disables = one.headers ? "" : "building extensions for this interpreter",
                    .install = one.headers ? ""
                                           : "apt-get install python" + std::to_string(one.major) +
                                                 "." + std::to_string(one.minor) + "-dev"});
  }
  if (rows.empty()) {
    rows.push_back({.what = "Python",
                    .found = false,
                    .where = "missing",
                    .disables = "everything",
                    .install = "uv python install 3.13"});
  }
  for (const facts::InterpreterKind& kind : facts::interpreter_kinds()) {
    const bool found =
        std::any_of(toolchain.interpreters.begin(), toolchain.interpreters.end(),
                    [&](const facts::Interpreter& one) { return one.kind == kind.name; });
    if (!found) {
      rows.push_back({.what = "kind " + std::string(kind.name),
                      .found = false,
                      .where = "not installed",
                      .disables = std::string(kind.purpose),
                      .install = "extproof interpreters install " + std::string(kind.name)});
    }
  }
  return rows;
}

std::vector<DoctorRow> tool_rows(const Toolchain& toolchain) {
  struct Wanted {
    const char* name;
    const char* disables;
    const char* install;
  };
  constexpr std::array<Wanted, 7> k_wanted = {
      Wanted{"uv", "everything: it makes the environments", "pip install uv"},
      Wanted{"ccache", "quick rebuilds: after an edit setuptools compiles every file again",
             "apt-get install ccache"},
      Wanted{"git", "exact file lists and versions of projects that git keeps",
             "apt-get install git"},
      Wanted{"gdb", "extproof debug", "apt-get install gdb"},
      Wanted{"make", "interpreters built here (extproof interpreters)", "apt-get install make"},
      Wanted{"cmake", "time: a project of plain CMake then gets the package cmake in each lane",
             "apt-get install cmake ninja-build"},
      Wanted{"ninja", "quick builds of plain CMake: Make is slower to begin",
             "apt-get install ninja-build"}};
  std::vector<DoctorRow> rows;
  for (const Wanted& wanted : k_wanted) {
    const std::string path = toolchain.tool(wanted.name);
    rows.push_back({.what = wanted.name,
                    .found = !path.empty(),
                    .where = path.empty() ? "missing" : path,
                    .disables = path.empty() ? wanted.disables : "",
                    .install = path.empty() ? wanted.install : ""});
  }
  return rows;
}

std::vector<DoctorRow> lane_rows(const Toolchain& toolchain,
                                 const std::vector<engines::Lane>& lanes) {
  std::vector<DoctorRow> rows;
  for (const engines::Lane& lane : lanes) {
    std::string with;
    std::string lacks;
    for (const Compiler& compiler : toolchain.compilers) {
      const std::string missing = lane.lacks(compiler);
      if (missing.empty()) {
        with += (with.empty() ? "" : ", ") + compiler.name;
      } else {
        lacks += (lacks.empty() ? "" : "; ") + compiler.name + ": " + missing;
      }
    }
    rows.push_back(
        {.what = std::string(lane.name),
         .found = !with.empty(),
         .where = with.empty() ? (lacks.empty() ? "no compiler" : lacks) : "with " + with,
         .disables = with.empty() ? std::string(lane.finds) : "",
         .install = ""});
  }
  return rows;
}

std::string section(const char* title, const std::vector<DoctorRow>& rows) {
  std::size_t width = 0;
  for (const DoctorRow& row : rows) {
    width = std::max(width, row.what.size());
  }
  std::string text = std::string(title) + "\n";
  for (const DoctorRow& row : rows) {
    std::string what = base::escape_line(row.what);
    what.resize(std::max(width + 2, what.size() + 2), ' ');
    text +=
        std::string(row.found ? "  ok  " : "  --  ") + what + base::escape_line(row.where) + "\n";
    if (!row.disables.empty()) {
      text += "      without it: " + row.disables + "\n";
    }
    if (!row.install.empty()) {
      text += "      install:    " + row.install + "\n";
    }
  }
  return text;
}

nlohmann::json json_of(const std::vector<DoctorRow>& rows) {
  nlohmann::json list = nlohmann::json::array();
  for (const DoctorRow& row : rows) {
    list.push_back({{"what", std::string(base::trim(row.what))},
                    {"found", row.found},
                    {"where", row.where},
                    {"disables", row.disables},
                    {"install", row.install}});
  }
  return list;
}

}  // namespace

Diagnosis diagnose(const Toolchain& toolchain, const std::vector<engines::Lane>& lanes) {
  return {.compilers = compiler_rows(toolchain),
          .interpreters = interpreter_rows(toolchain),
          .tools = tool_rows(toolchain),
          .lanes = lane_rows(toolchain, lanes)};
}

std::string render_diagnosis(const Diagnosis& diagnosis, const Toolchain& toolchain) {
  return section("lanes", diagnosis.lanes) + section("compilers", diagnosis.compilers) +
         section("interpreters", diagnosis.interpreters) + section("tools", diagnosis.tools) +
         "kernel\n      " +
         (toolchain.kernel.empty() ? "unknown" : base::escape_line(toolchain.kernel)) + "\n";
}

std::string render_diagnosis_json(const Diagnosis& diagnosis, const Toolchain& toolchain) {
  const nlohmann::json document = {{"schema", facts::schema_versions::k_doctor},
                                   {"lanes", json_of(diagnosis.lanes)},
                                   {"compilers", json_of(diagnosis.compilers)},
                                   {"interpreters", json_of(diagnosis.interpreters)},
                                   {"tools", json_of(diagnosis.tools)},
                                   {"kernel", toolchain.kernel},
                                   {"cache", toolchain.cache}};
  return document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

facts::Refusals missing_parts(const Toolchain& toolchain) {
  facts::Refusals missing;
  if (toolchain.parts.reaper.empty()) {
    missing.push_back({.code = "XP1204",
                       .headline = "extproof's own programs were not found",
                       .notes = {{"looked", "beside the program, in lib/python3*/site-packages"},
                                 {"so", "nothing was run"},
                                 {"try", "pip install --force-reinstall extproof"}}});
  }
  if (toolchain.tool("uv").empty()) {
    missing.push_back({.code = "XP1203",
                       .headline = "\"uv\" was not found",
                       .notes = {{"looked", "beside extproof and on PATH"},
                                 {"so", "no environment can be made; nothing was run"},
                                 {"try", "pip install uv"}}});
  }
  return missing;
}

}  // namespace extproof::cli
