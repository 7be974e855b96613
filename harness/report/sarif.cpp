// SPDX-License-Identifier: Apache-2.0
#include "harness/report/sarif.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "harness/base/text.hpp"
#include "harness/report/lane_text.hpp"
#include "harness/report/sarif_result.hpp"
#include "harness/report/standing.hpp"
#include "harness/report/uri.hpp"

namespace extproof::report {
namespace {

using facts::Finding;
using facts::LaneOutcome;
using facts::LaneReport;
using facts::RunReport;
using Json = nlohmann::json;

std::string dumped(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

Json plain(std::string_view text) {
  return {{"text", std::string(text)}};
}

Json rule_json(const Finding& finding) {
  const facts::KindPage page = facts::page_of(finding.kind);
  const std::string id = sarif_rule_id(finding);
  const std::string more = "`extproof explain` with the finding's number shows every stack.";
  Json tags = Json::array({"extproof", std::string(facts::family_of(finding.kind))});
  if (page.cwe != 0) {
    tags.push_back(fmt::format("external/cwe/cwe-{:03}", page.cwe));
  }
  return {{"id", id},
          {"name", id},
          {"shortDescription", sarif_message(id)},
          {"fullDescription", plain(page.meaning)},
          {"help",
           {{"text", fmt::format("{}\n{}", page.meaning, page.cure)},
            {"markdown", fmt::format("{}\n\n{}\n\n{}", page.meaning, page.cure, more)}}},
          {"defaultConfiguration", {{"level", "error"}}},
          {"properties", {{"tags", std::move(tags)}, {"precision", "very-high"}}}};
}

// Rules in the order in which the results need them.
class Rules {
 public:
  std::size_t index_of(const Finding& finding) {
    const auto [row, is_new] = by_id_.try_emplace(sarif_rule_id(finding), json_.size());
    if (is_new) {
      json_.push_back(rule_json(finding));
    }
    return row->second;
  }
  Json take() { return std::move(json_); }

 private:
  std::map<std::string, std::size_t> by_id_;
  Json json_ = Json::array();
};

// Notes, and the messages that they are of.
class Notifications {
 public:
  void add(const char* level, Json message, std::string_view code = "") {
    Json note = {{"level", level}, {"message", std::move(message)}};
    if (const facts::Message* known = facts::message_named(code); known != nullptr) {
      const auto [row, is_new] = by_code_.try_emplace(std::string(code), descriptors_.size());
      if (is_new) {
        descriptors_.push_back({{"id", std::string(code)},
                                {"shortDescription", plain(known->title)},
                                {"fullDescription", plain(known->page)}});
      }
      note["descriptor"] = {{"id", std::string(code)}, {"index", row->second}};
    }
    notes_.push_back(std::move(note));
  }
  Json take_notes() { return std::move(notes_); }
  Json take_descriptors() { return std::move(descriptors_); }

 private:
  std::map<std::string, std::size_t> by_code_;
  Json notes_ = Json::array();
  Json descriptors_ = Json::array();
};

std::string first_of(const std::vector<std::string>& names, std::size_t shown) {
  std::string text;
  for (std::size_t i = 0; i < std::min(shown, names.size()); ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  return names.size() > shown ? fmt::format("{} and {} more", text, names.size() - shown) : text;
}

void add_lane(Notifications& notifications, const LaneReport& lane) {
  bool is_told = false;
  for (const facts::Refusal& refusal : lane.refusals) {
    const bool is_error = refusal.severity == facts::Severity::error;
    is_told = is_told || is_error;
    notifications.add(
        is_error ? "error" : "warning",
        sarif_long_message("lane " + lane.name + "\n" + facts::render_refusal(refusal)),
        refusal.code);
  }
  const bool judged = lane.outcome == LaneOutcome::passed || lane.outcome == LaneOutcome::failed;
  if (!judged && !is_told) {
    notifications.add(lane.requested ? "error" : "note",
                      sarif_message(fmt::format("lane {} says nothing, it is {}: {}", lane.name,
                                                facts::to_string(lane.outcome), lane.reason)));
  }
  for (const facts::CollectionProblem& problem : lane.collection_problems) {
    if (!problem.skipped) {
      const auto lines = base::lines(problem.message);
      notifications.add(
          "warning",
          sarif_message(fmt::format("{} could not be collected in lane {}{}", problem.id, lane.name,
                                    lines.empty() ? std::string() : ": " + std::string(lines[0]))));
    }
  }
  if (const std::vector<std::string> failing = failing_tests(lane); !failing.empty()) {
    notifications.add("warning", sarif_message(fmt::format("tests that fail in lane {}: {}",
                                                           lane.name, first_of(failing, 20))));
  }
  for (const std::string& spot : lane.blind_spots) {
    notifications.add("note", sarif_message("lane " + lane.name + " could not see: " + spot));
  }
}

void add_run(Notifications& notifications, const RunReport& run) {
  if (run.exit_code == facts::ExitCode::interrupted) {
    notifications.add("error",
                      sarif_message("the run was interrupted; these are the results until then"));
  } else if (run.lanes.empty()) {
    notifications.add("error", sarif_message("no lane ran; the run is " + run.outcome));
  }
  for (const Finding* finding : findings_that(run, Standing::stale)) {
    notifications.add("note", sarif_message(fmt::format("accepted, but no longer seen: {} {}",
                                                        sarif_rule_id(*finding), finding->title)));
  }
}

struct Results {
  Json json = Json::array();
  std::size_t without_stacks = 0;
  std::size_t left_out = 0;
};

Results make_results(const RunReport& run, Rules& rules, std::size_t bytes,
                     std::size_t most_results) {
  std::vector<const Finding*> findings;
  for (const Standing standing : {Standing::counts, Standing::outside, Standing::accepted}) {
    const auto some = findings_that(run, standing);
    findings.insert(findings.end(), some.begin(), some.end());
  }
  Results results;
  std::size_t used = 0;
  for (const Finding* finding : findings) {
    // A rule costs about as much as a result without stacks; each result pays for one.
    const std::size_t rule_bytes = dumped(rule_json(*finding), -1).size();
    Json result;
    std::size_t size = 0;
    bool fits = false;
    for (const bool with_stacks : {true, false}) {
      // Half for the stacks, so that the last results are not left out for the first ones' stacks.
      result = sarif_result(*finding, 0, with_stacks);
      size = dumped(result, -1).size() + rule_bytes;
      fits = used + size <= (with_stacks ? bytes / 2 : bytes);
      if (fits) {
        results.without_stacks += with_stacks ? 0 : 1;
        break;
      }
    }
    if (!fits || results.json.size() == most_results) {
      ++results.left_out;
      continue;
    }
    used += size;
    result["ruleIndex"] = rules.index_of(*finding);
    results.json.push_back(std::move(result));
  }
  return results;
}

bool was_successful(const RunReport& run) {
  return run.exit_code == facts::ExitCode::nothing_found ||
         run.exit_code == facts::ExitCode::findings;
}

bool is_utc_time(const std::string& text) {
  return text.size() == 20 && text[10] == 'T' && text.back() == 'Z' &&
         text.find_first_not_of("0123456789-:TZ") == std::string::npos;
}

}  // namespace

std::string render_sarif(const RunReport& run, const SarifLimits& limits) {
  Notifications notifications;
  add_run(notifications, run);
  for (const LaneReport& lane : run.lanes) {
    add_lane(notifications, lane);
  }
  Json notes = notifications.take_notes();
  Json descriptors = notifications.take_descriptors();
  const std::size_t spent = dumped(notes, -1).size() + dumped(descriptors, -1).size() + 4096;
  // Lanes that say megabytes are cut too; the results are what the file is for.
  if (spent > limits.bytes / 4) {
    notes = Json::array({{{"level", "error"},
                          {"message", sarif_message("the messages of the lanes are left out here: "
                                                    "they are too long")}}});
    descriptors = Json::array();
  }
  Rules rules;
  Results results =
      make_results(run, rules, limits.bytes - std::min(spent, limits.bytes / 4), limits.results);
  if (results.left_out > 0) {
    notes.push_back(
        {{"level", "warning"},
         {"message", sarif_message(fmt::format(
                         "{} are left out here: a reader takes no more than {} in {} "
                         "bytes; extproof report shows all",
                         counted(results.left_out, "finding"), limits.results, limits.bytes))}});
  }
  if (results.without_stacks > 0) {
    notes.push_back(
        {{"level", "note"},
         {"message", sarif_message(fmt::format("{} stand here without their stacks",
                                               counted(results.without_stacks, "finding")))}});
  }
  Json invocation = {{"executionSuccessful", was_successful(run)},
                     {"exitCode", static_cast<int>(run.exit_code)},
                     {"exitCodeDescription", base::escape_line(run.outcome)},
                     {"toolExecutionNotifications", std::move(notes)}};
  if (is_utc_time(run.started)) {
    invocation["startTimeUtc"] = run.started;
  }
  Json driver = {{"name", "extproof"}, {"rules", rules.take()}};
  if (!descriptors.empty()) {
    driver["notifications"] = std::move(descriptors);
  }
  Json lanes = Json::array();
  for (const LaneReport& lane : run.lanes) {
    lanes.push_back({{"name", base::escape_line(lane.name)},
                     {"outcome", facts::to_string(lane.outcome)},
                     {"compiler", base::escape_line(lane.compiler)},
                     {"interpreter", base::escape_line(lane.interpreter)}});
  }
  Json one = {{"tool", {{"driver", std::move(driver)}}},
              // What stands before the slash is the category under which GitHub keeps the results.
              {"automationDetails", {{"id", fmt::format("extproof/{}", run.number)}}},
              {"columnKind", "unicodeCodePoints"},
              {"invocations", Json::array({std::move(invocation)})},
              {"results", std::move(results.json)},
              {"properties",
               {{"commit", base::escape_line(run.commit)},
                {"project", base::escape_line(run.project_name)},
                {"lanes", std::move(lanes)}}}};
  if (run.project_root.starts_with('/')) {
    one["originalUriBaseIds"] = {{"SRCROOT", {{"uri", uri_of_folder(run.project_root)}}}};
  } else {
    one["originalUriBaseIds"] = {
        {"SRCROOT", {{"description", sarif_message("the folder of the project")}}}};
  }
  return dumped({{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                 {"version", "2.1.0"},
                 {"runs", Json::array({std::move(one)})}},
                2) +
         "\n";
}

}  // namespace extproof::report
