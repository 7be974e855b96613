// SPDX-License-Identifier: Apache-2.0
//
// For the tests beside it: event lines of a suite, and a lane whose steps all went well.

#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/engines/suite_scene_for_test.hpp"

namespace extproof::engines {

inline const std::string k_session =
    R"({"event":"session","schema":1,"pid":1,"python":"3.13.0","pytest":"8.0","gil":true,"t":0})"
    "\n";
inline std::string item(const std::string& id) {
  return R"({"event":"item","index":0,"id":")" + id + "\"}\n";
}
inline std::string test(const std::string& id, const std::string& outcome) {
  return R"({"event":"test","id":")" + id + R"(","outcome":")" + outcome +
         R"(","duration":0.1,"message":"why"})"
         "\n";
}
inline std::string phase(const std::string& id, const std::string& name, std::size_t log = 0) {
  return R"({"event":"phase","id":")" + id + R"(","phase":")" + name +
         R"(","edge":"start","t":1,"logs":{"san.1":)" + std::to_string(log) + "}}\n";
}
inline std::string loaded(const std::string& file) {
  return R"({"event":"modules","modules":[{"name":"demo._core","file":")" + file +
         R"(","realpath":")" + file + "\"}]}\n";
}
inline std::string finish(int status) {
  return phase("", "finish") + R"({"event":"finish","exitstatus":)" + std::to_string(status) +
         ",\"t\":2}\n";
}

class Suite : public ::testing::Test {
 protected:
  void SetUp() override {
    scene_.events = k_session + item("t.py::a") + item("t.py::b") + phase("t.py::a", "call") +
                    test("t.py::a", "passed") + phase("t.py::b", "call") +
                    test("t.py::b", "skipped") + loaded(scene_.module_file) + finish(0);
  }
  LaneInterpretation interpret() const {
    return interpret_suite(scene_.configuration, scene_.instrumentation, scene_.results);
  }
  facts::LaneReport report() const { return interpret().report; }
  facts::LaneReport whole() {
    scene_.good_until("tests");
    return report();
  }
  static std::vector<std::string> codes(const facts::LaneReport& report) {
    std::vector<std::string> all;
    for (const facts::Refusal& refusal : report.refusals) {
      all.push_back(refusal.code);
    }
    return all;
  }
  std::vector<std::string> next() const {
    std::vector<std::string> ids;
    for (const facts::Step& step :
         next_suite(scene_.input(), scene_.instrumentation, scene_.results)) {
      ids.push_back(step.id);
    }
    return ids;
  }

  SuiteScene scene_;
};

}  // namespace extproof::engines
