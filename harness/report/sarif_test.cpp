// SPDX-License-Identifier: Apache-2.0
#include "harness/report/sarif.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/base/text.hpp"
#include "harness/report/sarif_result.hpp"
#include "harness/testing/golden.hpp"
#include "harness/testing/sample_runs.hpp"

namespace extproof::report {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;

std::string golden(std::string_view name) {
  return EXTPROOF_SOURCE_DIR "/harness/report/testdata/sarif_" + std::string(name) + ".json";
}

Json run_of(const facts::RunReport& run, const SarifLimits& limits = {}) {
  return Json::parse(render_sarif(run, limits)).at("runs").at(0);
}

const Json& result_named(const Json& run, std::string_view id) {
  for (const Json& result : run.at("results")) {
    if (result.at("properties").at("id") == id) {
      return result;
    }
  }
  throw std::runtime_error("no result " + std::string(id));
}

std::string notes_of(const Json& run) {
  std::string text;
  for (const Json& note : run.at("invocations").at(0).at("toolExecutionNotifications")) {
    text += note.at("level").get<std::string>() + ": " +
            note.at("message").at("text").get<std::string>() + "\n";
  }
  return text;
}

// The part of SARIF 2.1.0 that is written here, read strictly: each kind of object with the keys
// that it may have, those that it must have before "|". ci/tests/test_report_samples.py reads the
// same documents with the schema of the standard where that is to be had.
class StrictReader {
 public:
  std::vector<std::string> read(const Json& document) {
    log(document);
    return std::move(problems_);
  }

 private:
  using Reader = std::function<void(const Json&)>;

  void complain(const std::string& what, const Json& at) {
    problems_.push_back(what + " in " + at.dump().substr(0, 200));
  }
  void object(const Json& value, std::map<std::string, Reader> must,
              std::map<std::string, Reader> may) {
    if (!value.is_object()) {
      return complain("no object", value);
    }
    for (const auto& [key, reader] : must) {
      if (!value.contains(key)) {
        complain("no " + key, value);
      }
    }
    must.merge(may);
    for (const auto& [key, member] : value.items()) {
      if (must.contains(key)) {
        must[key](member);
      } else {
        complain("unknown key " + key, value);
      }
    }
  }
  Reader list(Reader reader, std::size_t least = 0) {
    return [=, this](const Json& value) {
      if (!value.is_array() || value.size() < least) {
        return complain("no list", value);
      }
      for (const Json& member : value) {
        reader(member);
      }
    };
  }
  Reader one_of(std::set<std::string> words) {
    return [=, this](const Json& value) {
      if (!value.is_string() || !words.contains(value.get<std::string>())) {
        complain("no known word", value);
      }
    };
  }
  Reader number(int least) {
    return [=, this](const Json& value) {
      if (!value.is_number_integer() || value.get<std::int64_t>() < least) {
        complain("no such number", value);
      }
    };
  }
  Reader any() {
    return [](const Json&) {};
  }
  Reader yes_or_no() {
    return [this](const Json& value) {
      if (!value.is_boolean()) {
        complain("no boolean", value);
      }
    };
  }
  Reader text() {
    return [this](const Json& value) {
      if (!value.is_string()) {
        complain("no text", value);
      }
    };
  }
  Reader uri() {
    return [this](const Json& value) {
      constexpr std::string_view k_plain =
          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/%:";
      const std::string word = value.is_string() ? value.get<std::string>() : " ";
      const std::size_t colon = word.find(':');
      if (word.find_first_not_of(k_plain) != std::string::npos ||
          (colon != std::string::npos && !word.starts_with("file:///"))) {
        complain("no URI of a file", value);
      }
    };
  }
  Reader message() {
    return [this](const Json& value) {
      object(value, {{"text", text()}}, {{"markdown", text()}});
      if (value.value("text", "").empty()) {
        complain("an empty message", value);
      }
    };
  }
  Reader artifact() {
    return [this](const Json& value) {
      object(value, {{"uri", uri()}}, {{"uriBaseId", one_of({"SRCROOT"})}});
    };
  }
  Reader region() {
    return [this](const Json& value) {
      object(value, {},
             {{"startLine", number(1)},
              {"startColumn", number(1)},
              {"byteOffset", number(0)},
              {"byteLength", number(0)}});
    };
  }
  Reader location() {
    return [this](const Json& value) {
      const Reader physical = [this](const Json& place) {
        object(place, {{"artifactLocation", artifact()}}, {{"region", region()}});
      };
      const Reader logical = [this](const Json& place) {
        object(place, {{"fullyQualifiedName", text()}, {"kind", one_of({"function"})}}, {});
      };
      object(value, {},
             {{"id", number(0)},
              {"physicalLocation", physical},
              {"logicalLocations", list(logical, 1)},
              {"message", message()}});
    };
  }
  Reader stack() {
    return [this](const Json& value) {
      const Reader frame = [this](const Json& one) {
        object(one, {}, {{"location", location()}, {"module", text()}});
      };
      object(value, {{"frames", list(frame)}}, {{"message", message()}});
    };
  }
  Reader code_flow() {
    return [this](const Json& value) {
      const Reader step = [this](const Json& one) {
        object(one, {{"location", location()}},
               {{"importance", one_of({"important", "essential", "unimportant"})}});
      };
      const Reader flow = [this, step](const Json& one) {
        object(one, {{"locations", list(step, 1)}}, {{"id", text()}});
      };
      object(value, {{"threadFlows", list(flow, 1)}}, {});
    };
  }
  Reader result() {
    return [this](const Json& value) {
      const Reader suppression = [this](const Json& one) {
        object(one, {{"kind", one_of({"external"})}},
               {{"status", one_of({"accepted"})}, {"justification", text()}});
      };
      const Reader attachment = [this](const Json& one) {
        object(one, {{"artifactLocation", artifact()}},
               {{"description", message()}, {"regions", list(region())}});
      };
      const Reader fingerprints = [this](const Json& one) {
        object(one, {{"extproof/v1", text()}, {"primaryLocationLineHash", text()}}, {});
      };
      object(value,
             {{"ruleId", text()},
              {"ruleIndex", number(0)},
              {"message", message()},
              {"partialFingerprints", fingerprints},
              {"locations", list(location(), 1)}},
             {{"kind", one_of({"fail"})},
              {"level", one_of({"error", "warning", "note"})},
              {"suppressions", list(suppression)},
              {"stacks", list(stack())},
              {"codeFlows", list(code_flow(), 1)},
              {"relatedLocations", list(location())},
              {"attachments", list(attachment)},
              {"properties", any()}});
      const Json& place = value.at("locations").at(0).at("physicalLocation");
      if (place.at("artifactLocation").value("uriBaseId", "") != "SRCROOT") {
        complain("a first location outside of the project", value);
      }
    };
  }
  Reader descriptor() {
    return [this](const Json& value) {
      const Reader configuration = [this](const Json& one) {
        object(one, {}, {{"level", one_of({"error", "warning", "note", "none"})}});
      };
      object(value, {{"id", text()}},
             {{"name", text()},
              {"shortDescription", message()},
              {"fullDescription", message()},
              {"help", message()},
              {"defaultConfiguration", configuration},
              {"properties", any()}});
    };
  }
  Reader invocation() {
    return [this](const Json& value) {
      const Reader reference = [this](const Json& one) {
        object(one, {{"id", text()}, {"index", number(0)}}, {});
      };
      const Reader notification = [this, reference](const Json& one) {
        object(one, {{"message", message()}},
               {{"level", one_of({"error", "warning", "note"})}, {"descriptor", reference}});
      };
      object(value, {{"executionSuccessful", yes_or_no()}},
             {{"exitCode", number(0)},
              {"exitCodeDescription", text()},
              {"startTimeUtc", text()},
              {"toolExecutionNotifications", list(notification)}});
    };
  }
  void log(const Json& document) {
    const Reader driver = [this](const Json& one) {
      object(one, {{"name", text()}, {"rules", list(descriptor())}},
             {{"notifications", list(descriptor())}});
    };
    const Reader tool = [this, driver](const Json& one) { object(one, {{"driver", driver}}, {}); };
    const Reader details = [this](const Json& one) { object(one, {{"id", text()}}, {}); };
    const Reader base = [this](const Json& one) {
      object(one, {}, {{"uri", uri()}, {"description", message()}});
    };
    const Reader bases = [this, base](const Json& one) { object(one, {{"SRCROOT", base}}, {}); };
    const Reader run = [&](const Json& one) {
      object(one, {{"tool", tool}, {"results", list(result())}},
             {{"automationDetails", details},
              {"columnKind", one_of({"unicodeCodePoints"})},
              {"invocations", list(invocation(), 1)},
              {"originalUriBaseIds", bases},
              {"properties", any()}});
      const std::size_t rules = one.at("tool").at("driver").at("rules").size();
      for (const Json& each : one.at("results")) {
        const auto index = each.at("ruleIndex").get<std::size_t>();
        if (index >= rules ||
            one.at("tool").at("driver").at("rules").at(index).at("id") != each.at("ruleId")) {
          complain("a rule that is another", each);
        }
      }
    };
    object(document, {{"version", one_of({"2.1.0"})}, {"runs", list(run, 1)}},
           {{"$schema", text()}});
  }

  std::vector<std::string> problems_;
};

class SarifOf : public ::testing::TestWithParam<testing::NamedRun> {};

TEST_P(SarifOf, is_the_accepted_text) {
  EXPECT_EQ(testing::golden_difference(golden(GetParam().name), render_sarif(GetParam().report)),
            "");
}

TEST_P(SarifOf, is_utf_8_and_has_the_structure_of_the_standard) {
  const std::string text = render_sarif(GetParam().report);
  EXPECT_EQ(base::valid_utf8(text), text);
  EXPECT_THAT(StrictReader().read(Json::parse(text)), ::testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(samples, SarifOf, ::testing::ValuesIn(testing::sample_runs()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(RunAsSarif, the_strict_reader_sees_what_is_wrong) {
  Json document = Json::parse(render_sarif(testing::run_with_findings()));
  document["runs"][0]["results"][0]["ruleIndex"] = 99;
  document["runs"][0]["results"][1]["message"].erase("text");
  document["runs"][0]["results"][2]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] =
      "javascript:x";
  document["runs"][0]["oops"] = 1;
  EXPECT_EQ(StrictReader().read(document).size(), 5U);
}

TEST(RunAsSarif, a_finding_has_rule_fingerprint_place_stacks_and_flow) {
  const Json run = run_of(testing::run_with_findings());
  const Json& result = result_named(run, "F3");
  EXPECT_EQ(result.at("ruleId"), "use-after-free");
  EXPECT_EQ(result.at("partialFingerprints").at("primaryLocationLineHash"),
            "c4a1d70f22be4b57b8ce6d1b93a4f008:1");
  EXPECT_EQ(result.at("locations").at(0).at("physicalLocation"),
            Json::parse(R"({"artifactLocation": {"uri": "src/_core.c", "uriBaseId": "SRCROOT"},
                            "region": {"startLine": 214, "startColumn": 17}})"));
  EXPECT_EQ(result.at("stacks").size(), 4U);
  EXPECT_EQ(result.at("stacks").at(1).at("message").at("text"), "freed in main thread");
  EXPECT_EQ(result.at("relatedLocations").size(), 3U);
  const Json& flows = result.at("codeFlows").at(0).at("threadFlows");
  EXPECT_EQ(flows.size(), 3U);
  EXPECT_EQ(flows.at(1).at("id"), "main thread");
  EXPECT_EQ(result.at("attachments").at(0).at("regions").at(0).at("byteLength"), 4110);
  const Json& rule =
      run.at("tool").at("driver").at("rules").at(result.at("ruleIndex").get<std::size_t>());
  EXPECT_THAT(rule.at("properties").at("tags").dump(), HasSubstr("external/cwe/cwe-416"));
  EXPECT_THAT(rule.at("help").at("text").get<std::string>(), HasSubstr("borrowed reference"));
}

TEST(RunAsSarif, the_flow_is_in_the_order_of_time_and_ends_where_it_happened) {
  const Json run = run_of(testing::run_with_findings());
  std::vector<std::string> lines;
  for (const Json& step :
       result_named(run, "F1").at("codeFlows").at(0).at("threadFlows").at(0).at("locations")) {
    const Json& place = step.at("location").at("physicalLocation");
    lines.push_back(place.at("artifactLocation").at("uri").get<std::string>() + ":" +
                    place.at("region").at("startLine").dump());
  }
  EXPECT_THAT(lines,
              ::testing::ElementsAre("tests/test_matrix.py:31", "src/_core.c:96", "src/_core.c:120",
                                     "src/_core.c:388", "src/_core.c:214"));
}

TEST(RunAsSarif, an_accepted_finding_is_suppressed_and_one_of_others_is_a_note) {
  const Json run = run_of(testing::run_with_findings());
  EXPECT_EQ(result_named(run, "F4").at("suppressions").at(0).at("status"), "accepted");
  EXPECT_FALSE(result_named(run, "F1").contains("suppressions"));
  EXPECT_EQ(result_named(run, "F5").at("level"), "note");
  // GitHub refuses a whole file for one result without a place.
  EXPECT_EQ(result_named(run, "F5")
                .at("locations")
                .at(0)
                .at("physicalLocation")
                .at("artifactLocation")
                .at("uri"),
            "pyproject.toml");
}

TEST(RunAsSarif, a_suppression_says_why) {
  facts::RunReport report = testing::run_with_findings();
  report.findings[3].acceptance = {.reason = "mended in 2.1", .issue = "", .until = "2027-01-31"};
  const std::string text = render_sarif(report);
  EXPECT_THAT(StrictReader().read(Json::parse(text)), ::testing::IsEmpty());
  EXPECT_THAT(text, HasSubstr("\"justification\": \"mended in 2.1, until 2027-01-31\""));
}

TEST(RunAsSarif, a_stale_finding_is_no_result) {
  facts::RunReport report = testing::run_with_findings();
  report.findings[3].state = facts::FindingState::stale;
  const Json run = run_of(report);
  EXPECT_EQ(run.at("results").size(), 4U);
  EXPECT_THAT(notes_of(run), HasSubstr("note: accepted, but no longer seen: leak"));
}

TEST(RunAsSarif, a_refused_lane_is_an_error_of_the_invocation) {
  const Json run = run_of(testing::run_with_refused_lane());
  EXPECT_EQ(run.at("invocations").at(0).at("executionSuccessful"), false);
  EXPECT_EQ(run.at("invocations").at(0).at("exitCode"), 3);
  EXPECT_THAT(notes_of(run), HasSubstr("error: lane asan\nerror[XP3107]"));
  EXPECT_THAT(notes_of(run), HasSubstr("warning: lane ubsan\nwarning[XP2005]"));
  EXPECT_EQ(run.at("tool").at("driver").at("notifications").at(0).at("id"), "XP3107");
}

TEST(RunAsSarif, an_interrupted_run_says_so) {
  EXPECT_THAT(notes_of(run_of(testing::interrupted_run())),
              HasSubstr("error: the run was interrupted"));
  EXPECT_THAT(notes_of(run_of(testing::empty_run())), HasSubstr("error: no lane ran"));
}

facts::RunReport run_of_many(std::size_t count) {
  facts::RunReport run = testing::run_with_findings();
  const facts::Finding sample = run.findings.front();
  run.findings.assign(count, sample);
  for (std::size_t i = 0; i < count; ++i) {
    run.findings[i].id = "F" + std::to_string(i + 1);
  }
  run.findings.back().state = facts::FindingState::accepted;
  return run;
}

TEST(RunAsSarif, what_is_too_much_is_cut_and_told) {
  const Json run = run_of(run_of_many(30), {.results = 20});
  EXPECT_EQ(run.at("results").size(), 20U);
  EXPECT_THAT(notes_of(run), HasSubstr("warning: 10 findings are left out here"));
}

TEST(RunAsSarif, stays_below_the_bytes_by_leaving_out_stacks_and_then_results) {
  constexpr std::size_t k_bytes = 200'000;
  const std::string text = render_sarif(run_of_many(400), {.bytes = k_bytes});
  const Json run = Json::parse(text).at("runs").at(0);
  EXPECT_LE(Json::parse(text).dump().size(), k_bytes);
  EXPECT_TRUE(run.at("results").at(0).contains("stacks"));
  EXPECT_FALSE(run.at("results").back().contains("stacks"));
  EXPECT_THAT(notes_of(run), HasSubstr("stand here without their stacks"));
  EXPECT_THAT(notes_of(run), HasSubstr("are left out here"));
}

TEST(RunAsSarif, messages_of_lanes_that_are_too_long_do_not_crowd_out_the_results) {
  facts::RunReport report = testing::run_with_findings();
  report.lanes[1].blind_spots.assign(100, std::string(10'000, 'x'));
  const std::string text = render_sarif(report, {.bytes = 100'000});
  const Json run = Json::parse(text).at("runs").at(0);
  EXPECT_EQ(run.at("results").size(), 5U);
  EXPECT_THAT(notes_of(run), HasSubstr("they are too long"));
  EXPECT_LE(Json::parse(text).dump().size(), 100'000U);
}

TEST(SarifMessage, holds_no_link_and_no_place_to_fill) {
  EXPECT_EQ(sarif_message("test_a[x] of {}").at("text"), "test_a[x] of {}");
  EXPECT_EQ(sarif_message("[click](http://x)").at("text"), "\\[click\\](http://x)");
  EXPECT_EQ(sarif_message("{0}").at("text"), "{{0}}");
  EXPECT_EQ(sarif_message("").at("text"), "-");
  EXPECT_EQ(sarif_long_message("a\nb\x1b").at("text"), "a\nb\\x1b");
}

}  // namespace
}  // namespace extproof::report
