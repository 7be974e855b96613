// SPDX-License-Identifier: Apache-2.0
//
// What a run holds while it lasts: the project's lock, the store, the number. Level: cli.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/engines/ports.hpp"
#include "harness/engines/run.hpp"
#include "harness/platform/run_lock.hpp"
#include "harness/store/layout.hpp"
#include "harness/store/store.hpp"

namespace extproof::cli {

// The lock of a project, in a folder .extproof/ that is made where it lacks.
// Errors: XP2003 while another run has it, XP2004 for a folder that cannot be written.
facts::Judged<std::unique_ptr<platform::RunLock>> take_project_lock(const store::Layout& layout);

class Session final : public engines::RunRecorder {
 public:
  // Takes the lock, opens the store and begins a run. `warnings` receives what an earlier run that
  // was killed left behind: it is interpreted, stored and named.
  // Errors: XP2003 while another run has the lock, XP2004 for a folder or store that cannot be
  // written.
  static facts::Judged<std::unique_ptr<Session>> begin(const facts::Project& project,
                                                       const std::vector<std::string>& argv,
                                                       facts::Refusals& warnings);

  int number() const { return report_.number; }
  // What is known of the run itself, for conclude().
  facts::RunReport report() const;
  const store::Layout& layout() const { return layout_; }

  facts::Judged<store::Saved> save_plan(const engines::RunPlan& plan);
  facts::Judged<store::Saved> save_report(const facts::RunReport& report);
  // The report as the store has it.
  facts::Judged<facts::RunReport> stored_report();

  // The recorder. An error of the store ends the run: `stop` is raised and problem() tells.
  void stop_on_error(engines::StopFlag& stop) { stop_ = &stop; }
  void planned(const std::vector<facts::Step>& steps) override;
  void started(const facts::Step& step) override;
  void ended(const facts::Step& step, const facts::StepResult& result) override;
  const facts::Refusals& problem() const { return problem_; }

 private:
  Session(store::Layout layout, std::unique_ptr<platform::RunLock> lock, store::Store store);
  void note(const facts::Judged<store::Saved>& saved);

  store::Layout layout_;
  std::unique_ptr<platform::RunLock> lock_;
  store::Store store_;
  facts::RunReport report_;
  double began_ = 0;
  engines::StopFlag* stop_ = nullptr;
  facts::Refusals problem_;
};

// The report of a stored run: as it was saved, or made now from what a run that was cut off left.
facts::Judged<facts::RunReport> load_or_interpret(store::Store& store, const store::Layout& layout,
                                                  int run);

}  // namespace extproof::cli
