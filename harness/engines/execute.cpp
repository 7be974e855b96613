// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/execute.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <thread>

namespace extproof::engines {
namespace {

using facts::NotStarted;
using facts::Step;
using facts::StepResult;

// Results that runner threads hand to the one thread that decides.
class Inbox {
 public:
  void put(StepResult result) {
    {
      const std::lock_guard lock(mutex_);
      arrived_.push_back(std::move(result));
    }
    changed_.notify_one();
  }
  StepResult take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !arrived_.empty(); });
    StepResult result = std::move(arrived_.front());
    arrived_.pop_front();
    return result;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<StepResult> arrived_;
};

enum class Readiness { ready, waiting, blocked };

class Executor {
 public:
  Executor(const NextSteps& next, ExecutePorts ports, StopFlag& stop, int jobs)
      : next_(next), ports_(ports), stop_(stop), jobs_(static_cast<std::size_t>(jobs)) {}

  Results run(std::vector<Step> first) {
    admit(std::move(first));
    while (true) {
      start_what_can_start();
      if (!running_.empty()) {
        accept(inbox_.take());
      } else if (!end_a_circle()) {
        break;
      }
    }
    return std::move(results_);
  }

 private:
  // Takes the steps that are new into the plan. Steps are kept in a deque, so that a running
  // thread's reference to its step stays good.
  void admit(std::vector<Step> steps) {
    std::vector<Step> fresh;
    for (Step& step : steps) {
      if (known_.insert(step.id).second) {
        fresh.push_back(std::move(step));
      }
    }
    if (fresh.empty()) {
      return;
    }
    ports_.recorder.planned(fresh);
    for (Step& step : fresh) {
      waiting_.push_back(&plan_.emplace_back(std::move(step)));
    }
  }

  Readiness readiness(const Step& step, std::string& blocker) const {
    Readiness answer = Readiness::ready;
    for (const std::string& need : step.needs) {
      const StepResult* result = results_.find(need);
      if (result != nullptr ? !result->good() : !known_.contains(need)) {
        blocker = need;
        return Readiness::blocked;
      }
      if (result == nullptr) {
        answer = Readiness::waiting;
      }
    }
    return answer;
  }

  void start_what_can_start() {
    // A blocked step ends at once, and its end can block or extend others: until nothing changes.
    bool changed = true;
    while (changed && stop_.load() == StopRequest::none) {
      changed = false;
      for (auto it = waiting_.begin();
           !changed && it != waiting_.end() && stop_.load() == StopRequest::none;) {
        const Step& step = **it;
        std::string blocker;
        const Readiness ready = readiness(step, blocker);
        if (ready == Readiness::blocked) {
          waiting_.erase(it);
          block(step, blocker);
          changed = true;
        } else if (ready == Readiness::ready && running_.size() < jobs_) {
          it = waiting_.erase(it);
          start(step);
        } else {
          ++it;
        }
      }
    }
  }

  void block(const Step& step, const std::string& blocker) {
    record(step, {.step_id = step.id,
                  .end = NotStarted{"\"" + blocker + "\" did not end well", blocker}});
  }

  // With nothing running, steps that still wait need one another: the first of them can never
  // start.
  bool end_a_circle() {
    if (waiting_.empty() || stop_.load() != StopRequest::none) {
      return false;
    }
    const Step& step = *waiting_.front();
    waiting_.erase(waiting_.begin());
    const auto unmet = std::find_if(step.needs.begin(), step.needs.end(), [&](const auto& need) {
      return results_.find(need) == nullptr;
    });
    block(step, unmet == step.needs.end() ? step.id : *unmet);
    return true;
  }

  void start(const Step& step) {
    ports_.recorder.started(step);
    running_.emplace(step.id, Running{&step, std::jthread([this, &step] {
                                        StepResult result =
                                            ports_.runner.run(step, stop_, ports_.watcher);
                                        result.step_id = step.id;
                                        inbox_.put(std::move(result));
                                      })});
  }

  void accept(StepResult result) {
    const auto found = running_.find(result.step_id);
    const Step& step = *found->second.step;
    running_.erase(found);
    record(step, std::move(result));
  }

  void record(const Step& step, StepResult result) {
    ports_.recorder.ended(step, result);
    results_.add(std::move(result));
    if (stop_.load() == StopRequest::none) {
      admit(next_(results_));
    }
  }

  struct Running {
    const Step* step;
    std::jthread thread;
  };

  const NextSteps& next_;
  ExecutePorts ports_;
  StopFlag& stop_;
  std::size_t jobs_;
  std::deque<Step> plan_;
  std::set<std::string> known_;
  std::vector<const Step*> waiting_;
  std::map<std::string, Running> running_;
  Results results_;
  Inbox inbox_;
};

}  // namespace

Results execute(std::vector<Step> first, const NextSteps& next, ExecutePorts ports, StopFlag& stop,
                int jobs) {
  return Executor(next, ports, stop, jobs).run(std::move(first));
}

}  // namespace extproof::engines
