// SPDX-License-Identifier: Apache-2.0
//
// What every StepRunner must do, as tests that any of them can be put under. Level: testing.
//
// A test program compiles step_runner_suite.cpp in and instantiates StepRunnerSuite with a maker of
// rigs: INSTANTIATE_TEST_SUITE_P(fake, StepRunnerSuite, ::testing::Values(&make_fake_rig)).

#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/engines/ports.hpp"
#include "harness/testing/fake_step_runner.hpp"

namespace extproof::testing {

// A runner with the files that its steps see.
class StepRunnerRig {
 public:
  virtual ~StepRunnerRig() = default;
  virtual engines::StepRunner& runner() = 0;
  // A folder of this rig alone, absolute.
  virtual std::string folder() const = 0;
  // The argv of a program that behaves so.
  virtual std::vector<std::string> program(const Behaviour& behaviour) = 0;
  virtual void put(const std::string& path, const std::string& content) = 0;
  virtual std::optional<std::string> content(const std::string& path) const = 0;
  virtual void remove(const std::string& path) = 0;
};

using MakeRig = std::unique_ptr<StepRunnerRig> (*)();

class StepRunnerSuite : public ::testing::TestWithParam<MakeRig> {
 protected:
  void SetUp() override { rig_ = GetParam()(); }

  // A step of its own output files that behaves so.
  facts::Step step(const std::string& id, const Behaviour& behaviour) const;
  std::string path(const std::string& name) const { return rig_->folder() + "/" + name; }
  facts::StepResult run(const facts::Step& step) {
    return rig_->runner().run(step, stop_, watcher_);
  }

  std::unique_ptr<StepRunnerRig> rig_;
  engines::StopFlag stop_ = engines::StopRequest::none;
  MemoryWatcher watcher_;
};

}  // namespace extproof::testing
