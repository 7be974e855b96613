// SPDX-License-Identifier: Apache-2.0
#include "harness/testing/fake_step_runner.hpp"

#include "harness/testing/conformance/step_runner_suite.hpp"

namespace extproof::testing {
namespace {

class FakeRig final : public StepRunnerRig {
 public:
  engines::StepRunner& runner() override { return runner_; }
  std::string folder() const override { return "/folder"; }
  std::vector<std::string> program(const Behaviour& behaviour) override {
    return runner_.program(behaviour);
  }
  void put(const std::string& path, const std::string& content) override {
    runner_.files().put(path, content);
  }
  std::optional<std::string> content(const std::string& path) const override {
    return const_cast<FakeStepRunner&>(runner_).files().content(path);
  }
  void remove(const std::string& path) override { runner_.files().remove(path); }

 private:
  FakeStepRunner runner_;
};

std::unique_ptr<StepRunnerRig> make_fake_rig() {
  return std::make_unique<FakeRig>();
}

INSTANTIATE_TEST_SUITE_P(fake, StepRunnerSuite, ::testing::Values(&make_fake_rig));

}  // namespace
}  // namespace extproof::testing
