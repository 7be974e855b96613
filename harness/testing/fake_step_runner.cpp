// SPDX-License-Identifier: Apache-2.0
#include "harness/testing/fake_step_runner.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "harness/facts/stamp.hpp"

namespace extproof::testing {
namespace {

using engines::StopFlag;
using engines::StopRequest;
using facts::Step;
using facts::StepResult;

// Seconds of a Behaviour are told, not waited for: this is how long one of them takes.
constexpr std::chrono::milliseconds k_tick{1};

bool is_below(const std::string& path, const std::string& folder) {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

}  // namespace

void MemoryFiles::put(const std::string& path, const std::string& content) {
  const std::lock_guard lock(mutex_);
  files_[path] = content;
}

void MemoryFiles::append(const std::string& path, const std::string& piece) {
  const std::lock_guard lock(mutex_);
  files_[path] += piece;
}

std::optional<std::string> MemoryFiles::content(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  const auto found = files_.find(path);
  return found == files_.end() ? std::nullopt : std::optional(found->second);
}

void MemoryFiles::make_folder(const std::string& path) {
  const std::lock_guard lock(mutex_);
  folders_.insert(path);
}

void MemoryFiles::remove(const std::string& path) {
  const std::lock_guard lock(mutex_);
  std::erase_if(files_,
                [&](const auto& file) { return file.first == path || is_below(file.first, path); });
  std::erase_if(folders_, [&](const std::string& folder) {
    return folder == path || is_below(folder, path);
  });
}

bool MemoryFiles::exists(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  return folders_.contains(path) ||
         std::any_of(files_.begin(), files_.end(), [&](const auto& file) {
           return file.first == path || is_below(file.first, path);
         });
}

std::vector<std::string> MemoryFiles::files_in(const std::string& folder) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> paths;
  for (const auto& [path, content] : files_) {
    if (is_below(path, folder) && path.find('/', folder.size() + 1) == std::string::npos) {
      paths.push_back(path);
    }
  }
  return paths;
}

std::vector<std::string> FakeStepRunner::program(Behaviour behaviour) {
  const std::lock_guard lock(mutex_);
  const std::string path = "/programs/" + std::to_string(programs_.size());
  programs_[path] = std::move(behaviour);
  return {path};
}

void FakeStepRunner::script(const std::string& step_id, facts::StepEnd end) {
  const std::lock_guard lock(mutex_);
  scripts_.insert_or_assign(step_id, std::move(end));
}

std::string FakeStepRunner::key_of(const Step& step) const {
  std::vector<std::optional<std::string>> texts;
  for (const std::string& input : step.inputs) {
    texts.push_back(files_.content(input));
  }
  std::vector<std::optional<std::string_view>> contents;
  for (const auto& text : texts) {
    contents.push_back(text ? std::optional<std::string_view>(*text) : std::nullopt);
  }
  return facts::stamp_key(step, contents);
}

StepResult FakeStepRunner::run(const Step& step, const StopFlag& stop,
                               engines::StepWatcher& watcher) {
  StepResult result = {.step_id = step.id};
  const std::string key = key_of(step);
  if (!step.stamp.empty()) {
    const auto stamp = files_.content(step.stamp);
    const bool made = std::all_of(step.makes.begin(), step.makes.end(),
                                  [&](const auto& path) { return files_.exists(path); });
    if (stamp && facts::parse_stamp(*stamp) == key && made) {
      result.end = facts::Reused{};
      load_texts(step, result);
      return result;
    }
    files_.remove(step.stamp);
  }
  std::optional<facts::StepEnd> scripted;
  std::optional<Behaviour> behaviour =
      step.argv.empty() ? std::optional(Behaviour{}) : std::nullopt;
  int occasion = 0;
  {
    const std::lock_guard lock(mutex_);
    order_.push_back(step.id);
    most_ = std::max(most_, ++running_);
    occasion = ++occasions_;
    if (const auto found = scripts_.find(step.id); found != scripts_.end()) {
      scripted = found->second;
    }
    if (!step.argv.empty() && programs_.contains(step.argv[0])) {
      behaviour = programs_[step.argv[0]];
    }
  }
  prepare(step);
  if (scripted) {
    result.end = *scripted;
  } else if (!behaviour) {
    result.end = facts::NotStarted{"No such file or directory", ""};
  } else {
    result.end = behave(step, *behaviour, stop, watcher);
  }
  load_texts(step, result);
  if (!step.stamp.empty() && result.good()) {
    files_.put(step.stamp, facts::render_stamp(key, std::to_string(occasion)));
  }
  const std::lock_guard lock(mutex_);
  --running_;
  return result;
}

void FakeStepRunner::prepare(const Step& step) {
  for (const std::string& folder : step.fresh_folders) {
    files_.remove(folder);
    files_.make_folder(folder);
  }
  for (const std::string& folder : step.folders) {
    files_.make_folder(folder);
  }
  for (const auto& [path, content] : step.files) {
    files_.put(path, content);
  }
  files_.put(step.output_path, "");
  files_.put(step.errors_path, "");
}

std::optional<facts::StepEnd> FakeStepRunner::wait(double seconds, double& spent,
                                                   const facts::Limits& limits, double silent_since,
                                                   const StopFlag& stop) const {
  constexpr double k_step = 0.01;
  for (double waited = 0; waited < seconds; waited += k_step, spent += k_step) {
    if (stop.load() != StopRequest::none) {
      return facts::Stopped{};
    }
    if (limits.silent_seconds > 0 && spent - silent_since > limits.silent_seconds) {
      return facts::TimedOut{spent - silent_since, true, {{.id = 1, .sleeps_in = "pause"}}};
    }
    if (limits.seconds > 0 && spent > limits.seconds) {
      return facts::TimedOut{limits.seconds, false, {{.id = 1, .sleeps_in = "pause"}}};
    }
    std::this_thread::sleep_for(k_tick);
  }
  return std::nullopt;
}

facts::StepEnd FakeStepRunner::behave(const Step& step, const Behaviour& behaviour,
                                      const StopFlag& stop, engines::StepWatcher& watcher) {
  files_.put(step.output_path, behaviour.output);
  files_.put(step.errors_path, behaviour.errors);
  for (const auto& [path, content] : behaviour.writes) {
    files_.put(path, content);
    if (path == step.limits.watch) {
      watcher.grown(step, content);
    }
  }
  double spent = 0;
  double last_sign = 0;
  if (behaviour.grows) {
    for (int i = 0; i < behaviour.grows->times; ++i) {
      if (auto end = wait(behaviour.grows->every, spent, step.limits, last_sign, stop)) {
        return *end;
      }
      files_.append(behaviour.grows->path, behaviour.grows->piece);
      if (behaviour.grows->path == step.limits.watch) {
        last_sign = spent;
        watcher.grown(step, behaviour.grows->piece);
      }
    }
  }
  while (behaviour.waits) {
    if (auto end = wait(1, spent, step.limits, last_sign, stop)) {
      return *end;
    }
  }
  return facts::Exited{behaviour.code};
}

void FakeStepRunner::load_texts(const Step& step, StepResult& result) const {
  result.output_path = step.output_path;
  result.errors_path = step.errors_path;
  result.output = facts::make_text(files_.content(step.output_path).value_or(""));
  result.errors = facts::make_text(files_.content(step.errors_path).value_or(""));
  for (const facts::Leaving& leaving : step.leaves) {
    if (!leaving.prefix) {
      if (auto text = files_.content(leaving.path)) {
        result.left.push_back({leaving.name, leaving.path, facts::make_text(*text)});
      }
      continue;
    }
    for (const std::string& path : files_.files_in(leaving.path)) {
      if (path.substr(leaving.path.size() + 1).starts_with(*leaving.prefix)) {
        result.left.push_back(
            {leaving.name, path, facts::make_text(files_.content(path).value_or(""))});
      }
    }
  }
}

std::vector<std::string> FakeStepRunner::order() const {
  const std::lock_guard lock(mutex_);
  return order_;
}

int FakeStepRunner::most_at_once() const {
  const std::lock_guard lock(mutex_);
  return most_;
}

void MemoryRecorder::planned(const std::vector<Step>& steps) {
  for (const Step& step : steps) {
    lines_.push_back("planned " + step.id);
  }
}

void MemoryRecorder::started(const Step& step) {
  lines_.push_back("started " + step.id);
}

void MemoryRecorder::ended(const Step& step, const StepResult& result) {
  lines_.push_back("ended " + step.id + ": " + facts::describe(result.end));
}

std::size_t MemoryRecorder::at(const std::string& line) const {
  return static_cast<std::size_t>(std::find(lines_.begin(), lines_.end(), line) - lines_.begin());
}

void MemoryWatcher::grown(const Step& step, std::string_view appended) {
  const std::lock_guard lock(mutex_);
  seen_[step.id] += appended;
}

std::string MemoryWatcher::seen(const std::string& step_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = seen_.find(step_id);
  return found == seen_.end() ? std::string() : found->second;
}

}  // namespace extproof::testing
