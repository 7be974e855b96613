// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/pytest_events.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>

#include "harness/base/text.hpp"
#include "harness/facts/schema_versions.hpp"
#include "harness/facts/step.hpp"
#include "harness/parsers/line_cursor.hpp"

namespace extproof::parsers {
namespace {

using facts::Phase;
using facts::TestOutcome;
using nlohmann::json;

constexpr std::size_t k_problems_listed = 100;
constexpr int k_depth_limit = 8;

// Without looking at the values: enough to refuse a line that nests for the sake of nesting.
bool is_too_deep(std::string_view line) {
  int depth = 0;
  bool is_in_string = false;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    if (is_in_string) {
      if (c == '\\')
        ++at;
      if (c == '"')
        is_in_string = false;
    } else if (c == '"') {
      is_in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > k_depth_limit)
        return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

std::optional<std::string> text_of(const json& event, const char* key) {
  const auto found = event.find(key);
  if (found == event.end() || !found->is_string())
    return std::nullopt;
  return found->get<std::string>();
}

std::optional<std::size_t> size_of(const json& value) {
  if (!value.is_number_unsigned())
    return std::nullopt;
  return value.get<std::size_t>();
}

double seconds_of(const json& event, const char* key) {
  const auto found = event.find(key);
  if (found == event.end() || !found->is_number())
    return 0;
  const double seconds = found->get<double>();
  return std::isfinite(seconds) ? seconds : 0;
}

bool flag_of(const json& event, const char* key, bool otherwise) {
  const auto found = event.find(key);
  return found != event.end() && found->is_boolean() ? found->get<bool>() : otherwise;
}

std::optional<int> int_of(const json& event, const char* key) {
  const auto found = event.find(key);
  if (found == event.end() || !found->is_number_integer())
    return std::nullopt;
  if (found->is_number_unsigned()) {
    const auto value = found->get<std::uint64_t>();
    if (value > static_cast<std::uint64_t>(std::numeric_limits<int>::max()))
      return std::nullopt;
    return static_cast<int>(value);
  }
  const auto value = found->get<std::int64_t>();
  if (value < std::numeric_limits<int>::min())
    return std::nullopt;
  return static_cast<int>(value);
}

std::optional<Phase> phase_named(std::string_view name) {
  for (const Phase phase : {Phase::configure, Phase::import, Phase::collection, Phase::setup,
                            Phase::call, Phase::teardown, Phase::finish}) {
    if (name == to_string(phase))
      return phase;
  }
  return std::nullopt;
}

std::optional<TestOutcome> outcome_named(std::string_view name) {
  for (const TestOutcome outcome :
       {TestOutcome::passed, TestOutcome::failed, TestOutcome::skipped, TestOutcome::error}) {
    if (name == to_string(outcome))
      return outcome;
  }
  return std::nullopt;
}

class EventReader {
 public:
  facts::TestEvents read(std::string_view text) {
    for (LineCursor at(text); !at.at_end() && !is_foreign_schema_; at.advance()) {
      const std::string_view line = base::trim(at.line());
      if (line.empty() || read_line(line))
        continue;
      if (at.is_terminated())
        note_problem(line, at.offset());
    }
    if (is_foreign_schema_) {
      facts::TestEvents nothing;
      nothing.problems = {std::move(schema_problem_)};
      return nothing;
    }
    if (problems_left_out_ > 0) {
      events_.problems.back().message += fmt::format(" (and {} more lines)", problems_left_out_);
    }
    return std::move(events_);
  }

 private:
  // False if the line is not an event.
  bool read_line(std::string_view line) {
    if (is_too_deep(line))
      return false;
    const json event = json::parse(line, nullptr, false);
    if (!event.is_object())
      return false;
    const std::optional<std::string> name = text_of(event, "event");
    if (!name)
      return false;
    if (*name == "session")
      return read_session(event);
    if (*name == "note")
      return read_note(event);
    if (*name == "phase")
      return read_phase(event);
    if (*name == "item")
      return read_item(event);
    if (*name == "outcome")
      return read_outcome(event);
    if (*name == "test")
      return read_test(event);
    if (*name == "collect-error")
      return read_collection_problem(event, false);
    if (*name == "collect-skip")
      return read_collection_problem(event, true);
    if (*name == "modules")
      return read_modules(event);
    if (*name == "leak-check")
      return read_leak_check(event);
    if (*name == "job")
      return true;
    if (*name == "job-end")
      return read_job_end(event);
    if (*name == "job-lost")
      return read_job_lost(event);
    if (*name == "forks")
      return read_forks(event);
    if (*name == "finish") {
      events_.finished = true;
      events_.exit_status = int_of(event, "exitstatus").value_or(-1);
      return true;
    }
    return false;
  }

  bool read_leak_check(const json& event) {
    events_.leak_check_ran = flag_of(event, "ran", false);
    events_.leaks_unfollowed = text_of(event, "unfollowed").value_or("");
    const std::optional<std::string> log = text_of(event, "log");
    const auto leaks = event.find("leaks");
    if (!log || leaks == event.end() || !leaks->is_array())
      return true;
    for (const json& one : *leaks) {
      const auto at = one.is_object() ? one.find("at") : one.end();
      if (at == one.end() || !size_of(*at))
        return false;
      facts::LeakContexts leak{.log = *log, .offset = *size_of(*at)};
      for (const json& context : one.value("contexts", json::array())) {
        const bool is_pair =
            context.is_array() && context.size() == 2 && size_of(context[0]) && size_of(context[1]);
        // Contexts count the boundaries from 1.
        if (!is_pair || *size_of(context[0]) < 1 ||
            *size_of(context[0]) > events_.boundaries.size())
          return false;
        leak.blocks[*size_of(context[0]) - 1] += *size_of(context[1]);
      }
      events_.leaks.push_back(std::move(leak));
    }
    return true;
  }

  bool read_job_end(const json& event) {
    const std::string how = text_of(event, "how").value_or("");
    const std::optional<int> code = int_of(event, "code");
    if (how == "timeout") {
      job_end_ = "timed out";
    } else if (how == "signal" && code) {
      job_end_ = describe(facts::Signalled{.signal = *code});
    } else if (how == "exit" && code) {
      job_end_ = describe(facts::Exited{.code = *code});
    } else {
      return false;
    }
    return true;
  }

  bool read_job_lost(const json& event) {
    std::optional<std::string> id = text_of(event, "id");
    if (!id)
      return false;
    events_.lost_jobs.push_back({.id = std::move(*id), .end = job_end_});
    return true;
  }

  bool read_forks(const json& event) {
    const auto threads = event.find("threads");
    const auto missing = event.find("missing");
    const auto left = event.find("left");
    if (threads == event.end() || !threads->is_array() || missing == event.end() ||
        left == event.end() || !size_of(*missing) || !size_of(*left))
      return false;
    facts::ForksEnd end{.missing = *size_of(*missing), .left = *size_of(*left)};
    for (const json& thread : *threads) {
      if (!thread.is_string())
        return false;
      end.threads.push_back(thread.get<std::string>());
    }
    events_.forks = std::move(end);
    return true;
  }

  bool read_session(const json& event) {
    const std::optional<int> schema = int_of(event, "schema");
    if (!schema || *schema < 1 || *schema > facts::schema_versions::k_events) {
      is_foreign_schema_ = true;
      schema_problem_ = {
          .code = "XP2121",
          .message = fmt::format("the events have schema {}, this extproof reads schema {}",
                                 schema ? std::to_string(*schema) : "without a number",
                                 facts::schema_versions::k_events)};
      return true;
    }
    events_.has_session = true;
    events_.pid = int_of(event, "pid").value_or(0);
    events_.python = text_of(event, "python").value_or("");
    events_.pytest = text_of(event, "pytest").value_or("");
    events_.gil = flag_of(event, "gil", true);
    return true;
  }

  bool read_note(const json& event) {
    const std::optional<std::string> message = text_of(event, "message");
    if (!message)
      return false;
    const std::string code = text_of(event, "code").value_or("");
    events_.notes.push_back(code.empty() ? *message : code + ": " + *message);
    return true;
  }

  bool read_phase(const json& event) {
    const std::optional<Phase> phase = phase_named(text_of(event, "phase").value_or(""));
    const std::string edge = text_of(event, "edge").value_or("");
    const std::optional<std::string> id = text_of(event, "id");
    if (!phase || !id || (edge != "start" && edge != "end"))
      return false;
    facts::PhaseBoundary boundary{
        .id = *id, .phase = *phase, .start = edge == "start", .seconds = seconds_of(event, "t")};
    if (const auto logs = event.find("logs"); logs != event.end()) {
      if (!logs->is_object())
        return false;
      for (const auto& [log, value] : logs->items()) {
        const std::optional<std::size_t> size = size_of(value);
        if (!size)
          return false;
        boundary.logs[log] = *size;
      }
    }
    events_.boundaries.push_back(std::move(boundary));
    return true;
  }

  bool read_item(const json& event) {
    std::optional<std::string> id = text_of(event, "id");
    if (!id)
      return false;
    add_record(std::move(*id));
    return true;
  }

  void read_failure(const std::string& id, TestOutcome outcome, const json& event) {
    const std::string error = text_of(event, "error").value_or("");
    if (outcome == TestOutcome::passed || outcome == TestOutcome::skipped) {
      events_.failures.erase(id);
    } else if (!error.empty()) {
      events_.failures[id] = {.file = text_of(event, "file").value_or(""),
                              .line = std::max(0, int_of(event, "line").value_or(0)),
                              .error = error};
    }
  }

  // A phase of a test. It counts only as long as the test itself has no line.
  bool read_outcome(const json& event) {
    const std::optional<std::string> id = text_of(event, "id");
    std::optional<TestOutcome> outcome = outcome_named(text_of(event, "outcome").value_or(""));
    if (!id || !outcome)
      return false;
    if (*outcome == TestOutcome::passed)
      return true;
    const std::string phase = text_of(event, "phase").value_or("");
    if (*outcome == TestOutcome::failed && phase != "call")
      outcome = TestOutcome::error;
    const auto known = records_.find(*id);
    if (known == records_.end() || known->second.next == known->second.indices.size())
      return true;
    facts::TestRecord& record = events_.tests[known->second.indices[known->second.next]];
    if (record.outcome != TestOutcome::not_run)
      return true;
    record.outcome = *outcome;
    record.message = text_of(event, "message").value_or("");
    read_failure(*id, *outcome, event);
    return true;
  }

  bool read_test(const json& event) {
    std::optional<std::string> id = text_of(event, "id");
    const std::optional<TestOutcome> outcome =
        outcome_named(text_of(event, "outcome").value_or(""));
    if (!id || !outcome)
      return false;
    if (!records_.contains(*id))
      add_record(*id);
    Records& records = records_[*id];
    // A test that is run again by a plugin has more outcomes than items: the last one counts.
    const std::size_t place = std::min(records.next, records.indices.size() - 1);
    records.next = place + 1;
    facts::TestRecord& record = events_.tests[records.indices[place]];
    record.outcome = *outcome;
    record.seconds = seconds_of(event, "duration");
    record.message = text_of(event, "message").value_or("");
    read_failure(*id, *outcome, event);
    return true;
  }

  bool read_collection_problem(const json& event, bool is_skip) {
    std::optional<std::string> id = text_of(event, "id");
    if (!id)
      return false;
    events_.collection_problems.push_back({.id = std::move(*id),
                                           .message = text_of(event, "message").value_or(""),
                                           .skipped = is_skip});
    return true;
  }

  bool read_modules(const json& event) {
    const auto modules = event.find("modules");
    if (modules == event.end() || !modules->is_array())
      return false;
    for (const json& module : *modules) {
      if (!module.is_object())
        return false;
      std::optional<std::string> name = text_of(module, "name");
      std::optional<std::string> file = text_of(module, "realpath");
      if (!file)
        file = text_of(module, "file");
      if (!name || !file)
        return false;
      events_.modules.push_back({.name = std::move(*name), .file = std::move(*file)});
    }
    return true;
  }

  void add_record(std::string id) {
    records_[id].indices.push_back(events_.tests.size());
    events_.tests.push_back({.id = std::move(id)});
  }

  void note_problem(std::string_view line, std::size_t offset) {
    if (events_.problems.size() == k_problems_listed) {
      ++problems_left_out_;
      return;
    }
    events_.problems.push_back(
        {.code = "XP2120",
         .message = fmt::format("\"{}\" is not an event of the pytest plugin",
                                base::escape_line(line.substr(0, 80))),
         .offset = offset});
  }

  // The records of one id; those before `next` have their outcome.
  struct Records {
    std::vector<std::size_t> indices;
    std::size_t next = 0;
  };

  facts::TestEvents events_;
  std::unordered_map<std::string, Records> records_;
  std::string job_end_;  // how the last job ended
  facts::Problem schema_problem_;
  bool is_foreign_schema_ = false;
  std::size_t problems_left_out_ = 0;
};

}  // namespace

facts::TestEvents parse_pytest_events(std::string_view text) {
  return EventReader().read(text);
}

facts::LogSizes sizes_at(const facts::TestEvents& events, std::size_t boundary) {
  facts::LogSizes sizes;
  for (std::size_t index = 0; index <= boundary; ++index) {
    for (const auto& [log, size] : events.boundaries[index].logs)
      sizes[log] = size;
  }
  return sizes;
}

LogTimeline::LogTimeline(const facts::TestEvents& events) : boundaries_(events.boundaries.size()) {
  for (std::size_t index = 0; index < events.boundaries.size(); ++index) {
    for (const auto& [log, size] : events.boundaries[index].logs) {
      changes_[log].push_back({.boundary = index, .least_size = size});
    }
  }
  for (auto& [log, changes] : changes_) {
    for (std::size_t index = changes.size() - 1; index > 0; --index) {
      Change& before = changes[index - 1];
      before.least_size = std::min(before.least_size, changes[index].least_size);
    }
  }
}

std::optional<std::size_t> LogTimeline::boundary_at(std::string_view log_name,
                                                    std::size_t offset) const {
  if (boundaries_ == 0)
    return std::nullopt;
  const auto found = changes_.find(log_name);
  if (found == changes_.end())
    return boundaries_ - 1;
  // The first change from which on the log was always larger.
  const std::vector<Change>& changes = found->second;
  const auto larger =
      std::upper_bound(changes.begin(), changes.end(), offset,
                       [](std::size_t at, const Change& change) { return at < change.least_size; });
  if (larger == changes.end())
    return boundaries_ - 1;
  if (larger->boundary == 0)
    return std::nullopt;
  return larger->boundary - 1;
}

std::optional<std::size_t> boundary_at(const facts::TestEvents& events, std::string_view log_name,
                                       std::size_t offset) {
  return LogTimeline(events).boundary_at(log_name, offset);
}

}  // namespace extproof::parsers
