// SPDX-License-Identifier: Apache-2.0
//
// extproof-sample-report FORMAT SAMPLE: prints a made-up run in that form, for programs that read
// or measure reports. SAMPLE is a name of testing::sample_runs(), or a number of findings. Level:
// cli. Built for developers only.

#include <cstdio>
#include <string>
#include <vector>

#include "harness/base/text.hpp"
#include "harness/platform/surroundings.hpp"
#include "harness/report/render.hpp"
#include "harness/testing/large_run.hpp"
#include "harness/testing/sample_runs.hpp"

namespace {

using namespace extproof;

std::optional<facts::RunReport> run_named(const std::string& name) {
  if (const auto count = base::to_integer(name); count && *count >= 0 && *count <= 100000) {
    return testing::run_with_many_findings(static_cast<std::size_t>(*count));
  }
  for (const testing::NamedRun& sample : testing::sample_runs()) {
    if (sample.name == name) {
      return sample.report;
    }
  }
  return std::nullopt;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const auto format = words.size() == 2 ? facts::report_format_named(words[0]) : std::nullopt;
  const auto run = words.size() == 2 ? run_named(words[1]) : std::nullopt;
  if (!format || !run) {
    std::fputs("usage: extproof-sample-report FORMAT SAMPLE\n", stderr);
    return 2;
  }
  platform::write_to(platform::Stream::output, report::render(*format, *run, {}));
  return 0;
}
