// SPDX-License-Identifier: Apache-2.0
#include "harness/store/configuration_json.hpp"

#include <nlohmann/json.hpp>

#include "harness/store/json_values.hpp"

namespace extproof::store {
namespace {

using facts::Configuration;

// One list of the members for both directions: `visit(name, member)` for each.
template <class C, class Visit>
void each_member(C& c, Visit visit) {
  visit("name", c.name);
  visit("lane", c.lane);
  visit("run", c.run);
  visit("requested", c.requested);
  visit("key", c.key);
  visit("project_root", c.project_root);
  visit("project_name", c.project_name);
  visit("flags", c.flags);
  visit("checks", c.checks);
  visit("modules", c.modules);
  visit("tests", c.tests);
  visit("pytest_arguments", c.pytest_arguments);
  visit("suppressions", c.suppressions);
  visit("test_requires", c.test_requires);
  visit("leaks", c.leaks);
  visit("timeout", c.timeout);
  visit("compiler_name", c.compiler.name);
  visit("compiler_version", c.compiler.version);
  visit("compiler_major", c.compiler.major);
  visit("compiler_cc", c.compiler.cc);
  visit("compiler_cxx", c.compiler.cxx);
  visit("runtime_asan", c.compiler.runtimes.asan);
  visit("runtime_ubsan", c.compiler.runtimes.ubsan);
  visit("runtime_libstdcxx", c.compiler.runtimes.libstdcxx);
  visit("symbolizer", c.compiler.runtimes.symbolizer);
  visit("interpreter_path", c.interpreter.path);
  visit("interpreter_version", c.interpreter.version);
  visit("interpreter_major", c.interpreter.major);
  visit("interpreter_minor", c.interpreter.minor);
  visit("interpreter_tag", c.interpreter.tag);
  visit("interpreter_free_threaded", c.interpreter.free_threaded);
}

// Members that earlier versions did not write; absent means the default.
template <class C, class Visit>
void each_later_member(C& c, Visit visit) {
  visit("interpreter_instrumented", c.interpreter.instrumented);
  visit("standing_arguments", c.standing_arguments);
}

}  // namespace

std::string render_configuration(const Configuration& configuration) {
  Json value = {{"family", to_string(configuration.compiler.family)}};
  const auto write = [&](const char* name, const auto& member) { value[name] = member; };
  each_member(configuration, write);
  each_later_member(configuration, write);
  return encode(value);
}

std::optional<Configuration> parse_configuration(std::string_view text) {
  const std::optional<Json> value = decode(text);
  if (!value || !value->is_object()) {
    return std::nullopt;
  }
  Configuration configuration;
  try {
    configuration.compiler.family = value->at("family").get<std::string>() == "gcc"
                                        ? facts::CompilerFamily::gcc
                                        : facts::CompilerFamily::clang;
    each_member(configuration,
                [&](const char* name, auto& member) { value->at(name).get_to(member); });
    each_later_member(configuration, [&](const char* name, auto& member) {
      if (const auto found = value->find(name); found != value->end()) {
        found->get_to(member);
      }
    });
  } catch (const Json::exception&) {
    // A missing or mistyped member: the text is not ours.
    return std::nullopt;
  }
  return configuration;
}

}  // namespace extproof::store
