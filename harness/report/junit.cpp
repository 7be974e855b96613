// SPDX-License-Identifier: Apache-2.0
#include "harness/report/junit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <pugixml.hpp>
#include <set>
#include <vector>

#include "harness/base/text.hpp"
#include "harness/report/explain.hpp"
#include "harness/report/finding_text.hpp"
#include "harness/report/standing.hpp"
#include "harness/report/test_address.hpp"
#include "harness/report/xml_text.hpp"

namespace extproof::report {
namespace {

using facts::Finding;
using facts::LaneOutcome;
using facts::LaneReport;
using facts::TestOutcome;

// Lines of the console's texts are not broken, so that a path can be searched for.
constexpr ConsoleStyle k_plain = {.color = false, .columns = 0, .verbose = true};

using Findings = std::vector<const Finding*>;

void set(pugi::xml_node node, const char* name, const std::string& value) {
  node.append_attribute(name).set_value(xml_line(value).c_str());
}

void set_seconds(pugi::xml_node node, double seconds) {
  set(node, "time", fmt::format("{:.3f}", std::isfinite(seconds) ? std::max(seconds, 0.0) : 0.0));
}

void add_text(pugi::xml_node node, const std::string& text) {
  node.append_child(pugi::node_pcdata).set_value(xml_lines(text).c_str());
}

// "2026-11-21T09:30:00Z"; a reader that checks the form refuses the whole file for another text.
bool is_utc_time(std::string_view text) {
  constexpr std::string_view k_form = "0000-00-00T00:00:00Z";
  return text.size() == k_form.size() &&
         std::equal(text.begin(), text.end(), k_form.begin(), [](char c, char form) {
           return form == '0' ? c >= '0' && c <= '9' : c == form;
         });
}

struct Counts {
  int tests = 0;
  int failures = 0;
  int errors = 0;
  int skipped = 0;

  void write_to(pugi::xml_node node) const {
    set(node, "tests", std::to_string(tests));
    set(node, "failures", std::to_string(failures));
    set(node, "errors", std::to_string(errors));
    set(node, "skipped", std::to_string(skipped));
  }
};

bool could_judge(const LaneReport& lane) {
  return lane.outcome == LaneOutcome::passed || lane.outcome == LaneOutcome::failed;
}

class Suite {
 public:
  Suite(pugi::xml_node parent, const facts::RunReport& run, const LaneReport& lane,
        std::set<const Finding*>& told)
      : run_(run), lane_(lane), told_(told), node_(parent.append_child("testsuite")) {
    for (const Finding& finding : run.findings) {
      for (const facts::Sighting& sighting : finding.sightings) {
        if (sighting.lane != lane.name) {
          continue;
        }
        Findings& seen = seen_in_[sighting.test];
        if (std::find(seen.begin(), seen.end(), &finding) == seen.end()) {
          seen.push_back(&finding);
        }
      }
    }
  }

  Counts write() {
    set(node_, "name", lane_.name);
    if (is_utc_time(run_.started)) {
      set(node_, "timestamp", run_.started);
    }
    write_properties();
    lane_case_ = node_.append_child("testcase");
    for (const facts::TestRecord& test : lane_.tests) {
      write_test(test);
    }
    for (const facts::CollectionProblem& problem : lane_.collection_problems) {
      write_collection(problem);
    }
    // What no test record stands for: imports, the end of the process, tests that left none.
    for (const auto& [test, findings] : seen_in_) {
      if (!written_.contains(test)) {
        begin_case(test, 0);
        write_findings(findings, "");
      }
    }
    write_lane_case();
    counts_.write_to(node_);
    set_seconds(node_, lane_.test_seconds);
    return counts_;
  }

 private:
  void write_properties() {
    pugi::xml_node properties = node_.append_child("properties");
    const auto add = [&](const char* name, const std::string& value) {
      if (!value.empty()) {
        pugi::xml_node property = properties.append_child("property");
        set(property, "name", name);
        set(property, "value", value);
      }
    };
    add("configuration", lane_.name);
    add("outcome", facts::to_string(lane_.outcome));
    add("compiler", lane_.compiler);
    add("interpreter", lane_.interpreter);
    add("flags", base::render_command(lane_.flags));
    add("log", lane_.log);
    add("run", std::to_string(run_.number));
    add("commit", run_.commit);
    for (const std::string& spot : lane_.blind_spots) {
      add("could-not-see", spot);
    }
  }

  void begin_case(const std::string& id, double seconds) {
    written_.insert(id);
    case_ = node_.append_child("testcase");
    const TestAddress address =
        id.empty() ? TestAddress{"extproof." + lane_.name, "after the tests"} : test_address(id);
    set(case_, "classname", address.classname);
    set(case_, "name", address.name);
    set_seconds(case_, seconds);
    ++counts_.tests;
  }

  pugi::xml_node add_result(const char* element, const std::string& message,
                            const std::string& type) {
    pugi::xml_node result = case_.append_child(element);
    set(result, "message", message);
    if (!type.empty()) {
      set(result, "type", type);
    }
    return result;
  }

  void fail(const std::string& message, const std::string& type, const std::string& text) {
    ++counts_.failures;
    add_text(add_result("failure", message, type), text);
  }

  void err(const std::string& message, const std::string& type, const std::string& text) {
    ++counts_.errors;
    add_text(add_result("error", message, type), text);
  }

  void skip(const std::string& message) {
    ++counts_.skipped;
    add_result("skipped", message, "");
  }

  // The page of a finding the first time, after that its lines for the console: a finding that
  // five hundred tests see would else be told in full five hundred times.
  std::string page_of(const Finding& finding) {
    return told_.insert(&finding).second ? render_finding_page(run_, finding, k_plain)
                                         : render_finding(finding, k_plain);
  }

  // Returns whether one of them counts. `own` is the test's own failure, or empty.
  bool write_findings(const Findings& findings, const std::string& own) {
    Findings counting;
    std::string others;
    for (const Finding* finding : findings) {
      if (standing_of(*finding) == Standing::counts) {
        counting.push_back(finding);
      } else {
        others += render_finding_briefly(*finding, k_plain);
      }
    }
    if (!counting.empty()) {
      const Finding& first = *counting.front();
      std::string message = first.id + " " + kind_text(first) + ": " + first.title;
      std::string text;
      if (counting.size() > 1) {
        message += fmt::format(" (and {} more)", counting.size() - 1);
      }
      for (const Finding* finding : counting) {
        text += (text.empty() ? "" : "\n") + page_of(*finding);
      }
      if (!own.empty()) {
        text += "\nthe test itself failed\n" + own;
      }
      fail(message, kind_text(first), text);
    }
    if (!others.empty()) {
      add_text(case_.append_child("system-out"), others);
    }
    return !counting.empty();
  }

  void write_test(const facts::TestRecord& test) {
    begin_case(test.id, test.seconds);
    const bool failed = test.outcome == TestOutcome::failed || test.outcome == TestOutcome::error;
    const auto seen = seen_in_.find(test.id);
    if (seen != seen_in_.end() && write_findings(seen->second, failed ? test.message : "")) {
      return;
    }
    const std::vector<std::string_view> lines = base::lines(test.message);
    const std::string first_line(lines.empty() ? std::string_view() : lines.front());
    switch (test.outcome) {
      case TestOutcome::passed:
        break;
      case TestOutcome::failed:
        fail(first_line, "failed", test.message);
        break;
      case TestOutcome::error:
        err(first_line, "error", test.message);
        break;
      case TestOutcome::skipped:
        skip(first_line);
        break;
      case TestOutcome::not_run:
        skip(lane_.reason.empty() ? "not run" : "not run: " + lane_.reason);
        break;
    }
  }

  void write_collection(const facts::CollectionProblem& problem) {
    begin_case(problem.id, 0);
    const auto seen = seen_in_.find(problem.id);
    if (seen != seen_in_.end() &&
        write_findings(seen->second, problem.skipped ? "" : problem.message)) {
      return;
    }
    if (problem.skipped) {
      skip("collection skipped: " + problem.message);
    } else {
      err("collection failure", "collection", problem.message);
    }
  }

  void write_lane_case() {
    case_ = lane_case_;
    set(case_, "classname", "extproof." + lane_.name);
    set(case_, "name", "lane");
    set_seconds(case_, lane_.build_seconds);
    ++counts_.tests;
    std::string text = lane_.reason + "\n";
    for (const facts::PreflightCheck& check : lane_.preflight) {
      text += fmt::format("preflight {}: {}: {}\n", check.ok ? "ok" : "not ok", check.check,
                          check.detail);
    }
    for (const facts::Refusal& refusal : lane_.refusals) {
      text += facts::render_refusal(refusal);
    }
    const std::string outcome = facts::to_string(lane_.outcome);
    if (could_judge(lane_)) {
      // Red for a reason that is no finding and no test, such as a suite that ended badly.
      const bool is_told = counts_.failures + counts_.errors > 0 || !seen_in_.empty();
      if (lane_.outcome == LaneOutcome::failed && !is_told) {
        fail(lane_.reason.empty() ? outcome : lane_.reason, outcome, text);
      } else if (!lane_.refusals.empty()) {
        add_text(case_.append_child("system-out"), text);
      }
    } else if (lane_.requested || is_stopped_baseline()) {
      err(lane_.reason.empty() ? outcome : outcome + ": " + lane_.reason, outcome, text);
    } else {
      skip(lane_.reason.empty() ? outcome : outcome + ": " + lane_.reason);
    }
  }

  // The baseline is in no list of lanes, but a run that it did not finish in is not passed.
  bool is_stopped_baseline() const {
    return lane_.outcome == LaneOutcome::crashed || lane_.outcome == LaneOutcome::timed_out;
  }

  const facts::RunReport& run_;
  const LaneReport& lane_;
  std::set<const Finding*>& told_;
  std::map<std::string, Findings> seen_in_;  // by test, in this lane
  std::set<std::string> written_;
  pugi::xml_node node_;
  pugi::xml_node lane_case_;
  pugi::xml_node case_;
  Counts counts_;
};

struct StringWriter final : pugi::xml_writer {
  void write(const void* data, std::size_t size) override {
    text.append(static_cast<const char*>(data), size);
  }
  std::string text;
};

// A run that stopped before its first lane has nothing else to show that it did.
Counts write_empty_suite(pugi::xml_node parent, const facts::RunReport& run) {
  pugi::xml_node suite = parent.append_child("testsuite");
  set(suite, "name", "extproof");
  pugi::xml_node test = suite.append_child("testcase");
  set(test, "classname", "extproof");
  set(test, "name", "run");
  set_seconds(test, run.seconds);
  set(test.append_child("error"), "message", "no lane ran; the run is " + run.outcome);
  const Counts counts = {.tests = 1, .errors = 1};
  counts.write_to(suite);
  return counts;
}

}  // namespace

std::string render_junit(const facts::RunReport& run) {
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  set(declaration, "version", "1.0");
  set(declaration, "encoding", "utf-8");
  pugi::xml_node suites = document.append_child("testsuites");
  set(suites, "name", "extproof");
  Counts all;
  const auto add = [&](const Counts& counts) {
    all.tests += counts.tests;
    all.failures += counts.failures;
    all.errors += counts.errors;
    all.skipped += counts.skipped;
  };
  std::set<const Finding*> told;
  for (const LaneReport& lane : run.lanes) {
    add(Suite(suites, run, lane, told).write());
  }
  if (run.lanes.empty()) {
    add(write_empty_suite(suites, run));
  }
  all.write_to(suites);
  set_seconds(suites, run.seconds);
  StringWriter writer;
  document.save(writer, "  ", pugi::format_indent, pugi::encoding_utf8);
  return std::move(writer.text);
}

}  // namespace extproof::report
