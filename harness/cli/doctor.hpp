// SPDX-License-Identifier: Apache-2.0
//
// What a machine lacks and what that costs: a judgement of facts, without looking at anything.
// Level: cli.

#pragma once

#include <string>
#include <vector>

#include "harness/engines/lane.hpp"
#include "harness/facts/toolchain.hpp"

namespace extproof::cli {

struct DoctorRow {
  std::string what;  // "clang-19 19.1.7"
  bool found = true;
  std::string where;     // path, or what is missing
  std::string disables;  // what is lost without it; empty when it was found
  std::string install;   // the command that installs it; empty when it was found
};

struct Diagnosis {
  std::vector<DoctorRow> compilers;
  std::vector<DoctorRow> interpreters;
  std::vector<DoctorRow> tools;
  std::vector<DoctorRow> lanes;
};

Diagnosis diagnose(const facts::Toolchain& toolchain, const std::vector<engines::Lane>& lanes);

std::string render_diagnosis(const Diagnosis& diagnosis, const facts::Toolchain& toolchain);
std::string render_diagnosis_json(const Diagnosis& diagnosis, const facts::Toolchain& toolchain);

// Parts of extproof itself, or tools without which nothing runs, that are not there (XP1203,
// XP1204).
facts::Refusals missing_parts(const facts::Toolchain& toolchain);

}  // namespace extproof::cli
