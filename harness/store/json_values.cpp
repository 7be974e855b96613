// SPDX-License-Identifier: Apache-2.0
#include "harness/store/json_values.hpp"

#include "harness/facts/finding_kind.hpp"
#include "harness/store/json_reading.hpp"

namespace extproof::store {
namespace {

facts::Frame read_frame(const Json& json) {
  facts::Frame frame = {
      .language = known(
          member_named({facts::Language::native, facts::Language::python}, text(json, "language"))),
      .function = text(json, "function"),
      .file = text(json, "file"),
      .line = whole<int>(json, "line"),
      .column = whole<int>(json, "column"),
      .module = text(json, "module"),
      .offset = whole<std::uint64_t>(json, "offset"),
      .own = json.contains("own") && truth(json, "own"),  // absent in stores of schema 1
  };
  if (json.contains("generated")) {
    const Json& generated = json["generated"];
    frame.generated_file = text(generated, "file");
    frame.generated_line = whole<int>(generated, "line");
  }
  return frame;
}

facts::Stack read_stack(const Json& json) {
  using facts::Access;
  using facts::StackRole;
  return {
      .role = known(member_named({StackRole::access, StackRole::free, StackRole::allocation,
                                  StackRole::other_thread, StackRole::python},
                                 text(json, "role"))),
      .access =
          known(member_named({Access::none, Access::read, Access::write}, text(json, "access"))),
      .thread = text(json, "thread"),
      .frames = each(json, "frames", read_frame),
  };
}

facts::Sighting read_sighting(const Json& json) {
  using facts::Phase;
  base::ByteRange range;
  if (const Json& bytes = field(json, "bytes"); !bytes.is_null()) {
    if (!bytes.is_array() || bytes.size() != 2) {
      throw Unreadable{};
    }
    range = {.begin = whole<std::size_t>(bytes[0]), .end = whole<std::size_t>(bytes[1])};
  }
  return {
      .lane = text(json, "lane"),
      .test = text(json, "test"),
      .phase = known(member_named({Phase::configure, Phase::import, Phase::collection, Phase::setup,
                                   Phase::call, Phase::teardown, Phase::finish},
                                  text(json, "phase"))),
      .log = text(json, "log"),
      .bytes = range,
  };
}

facts::Finding read_finding(const Json& json) {
  using facts::FindingState;
  const Json& location = field(json, "location");
  return {
      .id = text(json, "id"),
      .fingerprint = text(json, "fingerprint"),
      .kind = known(facts::finding_kind_named(text(json, "kind"))),
      .rule = text(json, "rule"),
      .group = text(json, "group"),
      .severity = text(json, "severity"),
      .owner = known(facts::owner_named(text(json, "owner"))),
      .state = known(member_named({FindingState::new_, FindingState::accepted, FindingState::stale},
                                  text(json, "state"))),
      .title = text(json, "title"),
      .explanation = text(json, "explanation"),
      .location = {.file = text(location, "file"),
                   .line = whole<int>(location, "line"),
                   .function = text(location, "function")},
      .sightings = each(json, "sightings", read_sighting),
      .stacks = each(json, "stacks", read_stack),
      .again = texts(json, "again"),
      .after = text_since(json, "after"),
      .hint = text_since(json, "hint"),
      .acceptance = {.reason = text_since(json, "reason"),
                     .issue = text_since(json, "issue"),
                     .until = text_since(json, "until")},
  };
}

facts::Refusal read_refusal(const Json& json) {
  const std::string severity = text(json, "severity");
  if (severity != "error" && severity != "warning") {
    throw Unreadable{};
  }
  return {
      .code = text(json, "code"),
      .headline = text(json, "headline"),
      .place = text(json, "place"),
      .excerpt = texts(json, "excerpt"),
      .notes = each(json, "notes",
                    [](const Json& note) {
                      return facts::RefusalNote{.label = text(note, "label"),
                                                .text = text(note, "text")};
                    }),
      .severity = severity == "error" ? facts::Severity::error : facts::Severity::warning,
  };
}

facts::PreflightCheck read_check(const Json& json) {
  return {.check = text(json, "check"), .ok = truth(json, "ok"), .detail = text(json, "detail")};
}

facts::CollectionProblem read_collection_problem(const Json& json) {
  return {
      .id = text(json, "id"), .message = text(json, "message"), .skipped = truth(json, "skipped")};
}

facts::LaneReport read_lane(const Json& json) {
  using facts::LaneOutcome;
  const Json& counts = field(json, "counts");
  return {
      .name = text(json, "name"),
      .outcome =
          known(member_named({LaneOutcome::passed, LaneOutcome::failed, LaneOutcome::refused,
                              LaneOutcome::skipped, LaneOutcome::timed_out, LaneOutcome::crashed},
                             text(json, "outcome"))),
      .reason = text(json, "reason"),
      .requested = truth(json, "requested"),
      .compiler = text(json, "compiler"),
      .interpreter = text(json, "interpreter"),
      .flags = texts(json, "flags"),
      .preflight = each(json, "preflight", read_check),
      .counts = {.passed = whole<int>(counts, "passed"),
                 .failed = whole<int>(counts, "failed"),
                 .skipped = whole<int>(counts, "skipped"),
                 .errors = whole<int>(counts, "errors"),
                 .not_run = whole<int>(counts, "not_run")},
      .tests = {},
      .collection_problems = each(json, "collection_problems", read_collection_problem),
      .blind_spots = texts(json, "blind_spots"),
      .modules = texts(json, "modules"),
      .build_seconds = real(json, "build_seconds"),
      .test_seconds = real(json, "test_seconds"),
      .log = text(json, "log"),
      .refusals = each(json, "refusals", read_refusal),
  };
}

}  // namespace

Json json_of(const facts::Frame& frame) {
  Json value = {{"language", facts::to_string(frame.language)},
                {"function", frame.function},
                {"file", frame.file},
                {"line", frame.line},
                {"column", frame.column},
                {"module", frame.module},
                {"offset", frame.offset},
                {"own", frame.own}};
  if (!frame.generated_file.empty()) {
    value["generated"] = {{"file", frame.generated_file}, {"line", frame.generated_line}};
  }
  return value;
}

Json json_of(const facts::Stack& stack) {
  return {{"role", facts::to_string(stack.role)},
          {"access", facts::to_string(stack.access)},
          {"thread", stack.thread},
          {"frames", json_of_each(stack.frames)}};
}

Json json_of(const facts::Sighting& sighting) {
  const base::ByteRange& bytes = sighting.bytes;
  return {{"lane", sighting.lane},
          {"test", sighting.test},
          {"phase", facts::to_string(sighting.phase)},
          {"log", sighting.log},
          // Nothing of the log stands for it: "from 0 to 0" would be a place.
          {"bytes", bytes.begin == bytes.end ? Json() : Json::array({bytes.begin, bytes.end})}};
}

Json json_of(const facts::Finding& finding) {
  return {{"id", finding.id},
          {"fingerprint", finding.fingerprint},
          {"kind", std::string(facts::to_string(finding.kind))},
          {"rule", finding.rule},
          {"group", finding.group},
          {"severity", finding.severity},
          {"owner", facts::to_string(finding.owner)},
          {"state", facts::to_string(finding.state)},
          {"title", finding.title},
          {"explanation", finding.explanation},
          {"location",
           {{"file", finding.location.file},
            {"line", finding.location.line},
            {"function", finding.location.function}}},
          {"sightings", json_of_each(finding.sightings)},
          {"stacks", json_of_each(finding.stacks)},
          {"again", finding.again},
          {"after", finding.after},
          {"hint", finding.hint},
          {"reason", finding.acceptance.reason},
          {"issue", finding.acceptance.issue},
          {"until", finding.acceptance.until}};
}

Json json_of(const facts::Refusal& refusal) {
  Json notes = Json::array();
  for (const facts::RefusalNote& note : refusal.notes) {
    notes.push_back({{"label", note.label}, {"text", note.text}});
  }
  return {{"code", refusal.code},
          {"severity", refusal.severity == facts::Severity::error ? "error" : "warning"},
          {"headline", refusal.headline},
          {"place", refusal.place},
          {"excerpt", refusal.excerpt},
          {"notes", notes}};
}

Json json_of(const facts::PreflightCheck& check) {
  return {{"check", check.check}, {"ok", check.ok}, {"detail", check.detail}};
}

Json json_of(const facts::CollectionProblem& problem) {
  return {{"id", problem.id}, {"message", problem.message}, {"skipped", problem.skipped}};
}

Json json_of(const facts::LaneReport& lane) {
  return {{"name", lane.name},
          {"outcome", facts::to_string(lane.outcome)},
          {"reason", lane.reason},
          {"requested", lane.requested},
          {"compiler", lane.compiler},
          {"interpreter", lane.interpreter},
          {"flags", lane.flags},
          {"preflight", json_of_each(lane.preflight)},
          {"counts",
           {{"passed", lane.counts.passed},
            {"failed", lane.counts.failed},
            {"skipped", lane.counts.skipped},
            {"errors", lane.counts.errors},
            {"not_run", lane.counts.not_run}}},
          {"collection_problems", json_of_each(lane.collection_problems)},
          {"blind_spots", lane.blind_spots},
          {"modules", lane.modules},
          {"build_seconds", finite(lane.build_seconds)},
          {"test_seconds", finite(lane.test_seconds)},
          {"log", lane.log},
          {"refusals", json_of_each(lane.refusals)}};
}

std::optional<facts::Finding> finding_from(const Json& json) {
  return read_value(json, read_finding);
}
std::optional<facts::LaneReport> lane_report_from(const Json& json) {
  return read_value(json, read_lane);
}

std::optional<facts::TestOutcome> test_outcome_named(std::string_view name) {
  using facts::TestOutcome;
  return member_named({TestOutcome::passed, TestOutcome::failed, TestOutcome::skipped,
                       TestOutcome::error, TestOutcome::not_run},
                      name);
}

std::optional<facts::ExitCode> exit_code_numbered(long long number) {
  using facts::ExitCode;
  for (const ExitCode code :
       {ExitCode::nothing_found, ExitCode::findings, ExitCode::usage, ExitCode::cannot_judge,
        ExitCode::tool_missing, ExitCode::defect, ExitCode::interrupted}) {
    if (number == static_cast<long long>(code)) {
      return code;
    }
  }
  return std::nullopt;
}

}  // namespace extproof::store
