// SPDX-License-Identifier: Apache-2.0
#include "harness/report/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/base/text.hpp"
#include "harness/facts/schema_versions.hpp"
#include "harness/store/json_values.hpp"

namespace extproof::report {
namespace {

using store::Json;
using store::json_of;

std::string document(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

template <class T>
Json list_of(const std::vector<T>& values) {
  Json list = Json::array();
  for (const T& value : values) {
    list.push_back(json_of(value));
  }
  return list;
}

// The names that a reader looks for; passed and skipped tests are only counted.
Json test_records(const facts::LaneReport& lane) {
  Json list = Json::array();
  for (const facts::TestRecord& test : lane.tests) {
    if (test.outcome != facts::TestOutcome::passed && test.outcome != facts::TestOutcome::skipped) {
      list.push_back({{"id", test.id},
                      {"outcome", facts::to_string(test.outcome)},
                      {"message", test.message}});
    }
  }
  return list;
}

Json json_of_lane(const facts::LaneReport& lane) {
  return {{"name", lane.name},
          {"outcome", facts::to_string(lane.outcome)},
          {"reason", lane.reason},
          {"requested", lane.requested},
          {"configuration",
           {{"compiler", lane.compiler}, {"interpreter", lane.interpreter}, {"flags", lane.flags}}},
          {"modules", lane.modules},
          {"preflight", list_of(lane.preflight)},
          {"tests",
           {{"passed", lane.counts.passed},
            {"failed", lane.counts.failed},
            {"skipped", lane.counts.skipped},
            {"errors", lane.counts.errors},
            {"not_run", lane.counts.not_run}}},
          {"test_records", test_records(lane)},
          {"collection_problems", list_of(lane.collection_problems)},
          {"blind_spots", lane.blind_spots},
          {"refusals", list_of(lane.refusals)},
          {"build_seconds", lane.build_seconds},
          {"test_seconds", lane.test_seconds},
          {"log", lane.log}};
}

Json counts_of(const facts::RunReport& run) {
  const auto count = [&](auto wanted) {
    return std::count_if(run.findings.begin(), run.findings.end(), wanted);
  };
  const auto with_state = [&](facts::FindingState state) {
    return count([&](const facts::Finding& finding) {
      return finding.state == state && finding.owner == facts::Owner::extension;
    });
  };
  return {{"new", with_state(facts::FindingState::new_)},
          {"accepted", with_state(facts::FindingState::accepted)},
          {"stale", with_state(facts::FindingState::stale)},
          {"outside", count([](const facts::Finding& finding) {
             return finding.owner != facts::Owner::extension;
           })}};
}

Json json_of_planned(const facts::Step& step) {
  Json environment = Json::object();
  for (const auto& [name, value] : step.environment) {
    environment[base::valid_utf8(name)] = value;
  }
  Json leaves = Json::array();
  for (const facts::Leaving& leaving : step.leaves) {
    Json leaf = {{"name", leaving.name}, {"path", leaving.path}};
    if (leaving.prefix) {
      leaf["prefix"] = *leaving.prefix;
    }
    leaves.push_back(leaf);
  }
  return {{"id", step.id},
          {"lane", step.lane},
          {"purpose", facts::to_string(step.purpose)},
          {"argv", step.argv},
          {"env", environment},
          {"cwd", step.cwd},
          {"needs", step.needs},
          {"leaves", leaves},
          {"limits",
           {{"seconds", step.limits.seconds},
            {"silent_seconds", step.limits.silent_seconds},
            {"watch", step.limits.watch}}}};
}

}  // namespace

std::string render_json(const facts::RunReport& run) {
  Json lanes = Json::array();
  for (const facts::LaneReport& lane : run.lanes) {
    lanes.push_back(json_of_lane(lane));
  }
  return document(
      {{"schema", facts::schema_versions::k_report},
       {"run", fmt::format("{}-{}", run.started, run.number)},
       {"number", run.number},
       {"started", run.started},
       {"seconds", run.seconds},
       {"outcome", run.outcome},
       {"exit_code", static_cast<int>(run.exit_code)},
       {"project", {{"name", run.project_name}, {"commit", run.commit}, {"modules", run.modules}}},
       {"counts", counts_of(run)},
       {"lanes", lanes},
       {"findings", list_of(run.findings)}});
}

std::string plan_json(const std::vector<facts::LaneReport>& lanes,
                      const ArgumentsByLane& pytest_arguments,
                      const std::vector<facts::Step>& steps) {
  Json described = Json::array();
  for (const facts::LaneReport& lane : lanes) {
    Json one = {{"name", lane.name},
                {"requested", lane.requested},
                {"runs", lane.outcome != facts::LaneOutcome::refused},
                {"reason", lane.outcome == facts::LaneOutcome::refused ? lane.reason : ""}};
    one["configuration"] = {
        {"compiler", lane.compiler}, {"interpreter", lane.interpreter}, {"flags", lane.flags}};
    const auto words = pytest_arguments.find(lane.name);
    one["configuration"]["pytest_arguments"] =
        words == pytest_arguments.end() ? std::vector<std::string>() : words->second;
    described.push_back(std::move(one));
  }
  Json planned = Json::array();
  for (const facts::Step& step : steps) {
    planned.push_back(json_of_planned(step));
  }
  return document(
      {{"schema", facts::schema_versions::k_plan}, {"lanes", described}, {"steps", planned}});
}

}  // namespace extproof::report
