// SPDX-License-Identifier: Apache-2.0
//
// The steps of a run as JSON; part of json_values.hpp.

#include <map>

#include "harness/store/json_reading.hpp"
#include "harness/store/json_values.hpp"

namespace extproof::store {
namespace {

// Pairs and not an object, because a name from outside may be no UTF-8 and encode() keeps only
// values.
template <class Pairs>
Json json_of_pairs(const Pairs& pairs) {
  Json list = Json::array();
  for (const auto& [first, second] : pairs) {
    list.push_back(Json::array({first, second}));
  }
  return list;
}

std::pair<std::string, std::string> read_pair(const Json& json) {
  if (!json.is_array() || json.size() != 2) {
    throw Unreadable{};
  }
  return {text(json[0]), text(json[1])};
}

facts::Leaving read_leaving(const Json& json) {
  const Json& prefix = field(json, "prefix");
  return {.name = text(json, "name"),
          .path = text(json, "path"),
          .prefix = prefix.is_null() ? std::nullopt : std::optional(text(prefix))};
}

facts::Step read_step(const Json& json) {
  using facts::StepPurpose;
  const std::vector<std::pair<std::string, std::string>> environment =
      each(json, "environment", read_pair);
  const Json& limits = field(json, "limits");
  return {
      .id = text(json, "id"),
      .lane = text(json, "lane"),
      .purpose =
          known(member_named({StepPurpose::synchronise, StepPurpose::make_environment,
                              StepPurpose::resolve, StepPurpose::build, StepPurpose::install,
                              StepPurpose::preflight, StepPurpose::test, StepPurpose::inspect},
                             text(json, "purpose"))),
      .argv = texts(json, "argv"),
      .environment = {environment.begin(), environment.end()},
      .cwd = text(json, "cwd"),
      .needs = texts(json, "needs"),
      .inputs = texts(json, "inputs"),
      .facts = texts(json, "facts"),
      .stamp = text(json, "stamp"),
      .makes = texts(json, "makes"),
      .files = each(json, "files", read_pair),
      .fresh_folders = texts(json, "fresh_folders"),
      .folders = texts(json, "folders"),
      .leaves = each(json, "leaves", read_leaving),
      .output_path = text(json, "output_path"),
      .errors_path = text(json, "errors_path"),
      .limits = {.seconds = real(limits, "seconds"),
                 .silent_seconds = real(limits, "silent_seconds"),
                 .watch = text(limits, "watch")},
  };
}

facts::ThreadState read_thread(const Json& json) {
  // Runs of before have neither process nor stack.
  return {.id = whole<int>(json, "id"),
          .process = json.contains("process") ? whole<int>(json, "process") : 0,
          .name = text(json, "name"),
          .cpu = real(json, "cpu"),
          .wakeups = real(json, "wakeups"),
          .sleeps_in = text(json, "sleeps_in"),
          .waits_for = whole<int>(json, "waits_for"),
          .joins = whole<int>(json, "joins"),
          .stack = json.contains("stack") ? known(facts::stack_answer_named(text(json, "stack")))
                                          : facts::StackAnswer::not_asked};
}

facts::StepEnd read_end(const Json& json) {
  const std::string end = text(json, "end");
  if (end == "exited") {
    return facts::Exited{whole<int>(json, "code")};
  }
  if (end == "signalled") {
    return facts::Signalled{whole<int>(json, "signal")};
  }
  if (end == "timed-out") {
    return facts::TimedOut{.seconds = real(json, "seconds"),
                           .silent = truth(json, "silent"),
                           .threads = json.contains("threads") ? each(json, "threads", read_thread)
                                                               : std::vector<facts::ThreadState>()};
  }
  if (end == "stopped") {
    return facts::Stopped{};
  }
  if (end == "not-started") {
    return facts::NotStarted{text(json, "reason"), text(json, "need")};
  }
  if (end == "reused") {
    return facts::Reused{};
  }
  if (end == "lost") {
    return facts::Lost{};
  }
  throw Unreadable{};
}

facts::StepResult read_result(const Json& json) {
  return {
      .step_id = text(json, "step_id"),
      .end = read_end(field(json, "end")),
      .seconds = real(json, "seconds"),
      .user_seconds = real(json, "user_seconds"),
      .system_seconds = real(json, "system_seconds"),
      .max_rss_kib = whole<long>(json, "max_rss_kib"),
      .leftovers = whole<int>(json, "leftovers"),
      .output = {},
      .errors = {},
      .output_path = text(json, "output_path"),
      .errors_path = text(json, "errors_path"),
      .left = each(json, "left",
                   [](const Json& left) {
                     return facts::Left{
                         .name = text(left, "name"), .path = text(left, "path"), .text = {}};
                   }),
  };
}

struct EndToJson {
  Json operator()(const facts::Exited& e) const { return {{"end", "exited"}, {"code", e.code}}; }
  Json operator()(const facts::Signalled& s) const {
    return {{"end", "signalled"}, {"signal", s.signal}};
  }
  Json operator()(const facts::TimedOut& t) const {
    Json threads = Json::array();
    for (const facts::ThreadState& thread : t.threads) {
      threads.push_back({{"id", thread.id},
                         {"process", thread.process},
                         {"name", thread.name},
                         {"cpu", finite(thread.cpu)},
                         {"wakeups", finite(thread.wakeups)},
                         {"sleeps_in", thread.sleeps_in},
                         {"waits_for", thread.waits_for},
                         {"joins", thread.joins},
                         {"stack", facts::to_string(thread.stack)}});
    }
    return {{"end", "timed-out"},
            {"seconds", finite(t.seconds)},
            {"silent", t.silent},
            {"threads", std::move(threads)}};
  }
  Json operator()(const facts::Stopped&) const { return {{"end", "stopped"}}; }
  Json operator()(const facts::NotStarted& n) const {
    return {{"end", "not-started"}, {"reason", n.reason}, {"need", n.need}};
  }
  Json operator()(const facts::Reused&) const { return {{"end", "reused"}}; }
  Json operator()(const facts::Lost&) const { return {{"end", "lost"}}; }
};

}  // namespace

Json json_of(const facts::Step& step) {
  Json leaves = Json::array();
  for (const facts::Leaving& leaving : step.leaves) {
    leaves.push_back({{"name", leaving.name},
                      {"path", leaving.path},
                      {"prefix", leaving.prefix ? Json(*leaving.prefix) : Json()}});
  }
  return {{"id", step.id},
          {"lane", step.lane},
          {"purpose", facts::to_string(step.purpose)},
          {"argv", step.argv},
          {"environment", json_of_pairs(step.environment)},
          {"cwd", step.cwd},
          {"needs", step.needs},
          {"inputs", step.inputs},
          {"facts", step.facts},
          {"stamp", step.stamp},
          {"makes", step.makes},
          {"output_path", step.output_path},
          {"errors_path", step.errors_path},
          {"files", json_of_pairs(step.files)},
          {"fresh_folders", step.fresh_folders},
          {"folders", step.folders},
          {"leaves", leaves},
          {"limits",
           {{"seconds", finite(step.limits.seconds)},
            {"silent_seconds", finite(step.limits.silent_seconds)},
            {"watch", step.limits.watch}}}};
}

Json json_of(const facts::StepEnd& end) {
  return std::visit(EndToJson{}, end);
}

Json json_of(const facts::StepResult& result) {
  Json left = Json::array();
  for (const facts::Left& one : result.left) {
    left.push_back({{"name", one.name}, {"path", one.path}});
  }
  return {{"step_id", result.step_id},
          {"end", json_of(result.end)},
          {"seconds", finite(result.seconds)},
          {"user_seconds", finite(result.user_seconds)},
          {"system_seconds", finite(result.system_seconds)},
          {"max_rss_kib", result.max_rss_kib},
          {"leftovers", result.leftovers},
          {"output_path", result.output_path},
          {"errors_path", result.errors_path},
          {"left", left}};
}

std::optional<facts::Step> step_from(const Json& json) {
  return read_value(json, read_step);
}
std::optional<facts::StepEnd> step_end_from(const Json& json) {
  return read_value(json, read_end);
}
std::optional<facts::StepResult> step_result_from(const Json& json) {
  return read_value(json, read_result);
}

}  // namespace extproof::store
