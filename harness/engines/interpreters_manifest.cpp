// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "harness/engines/interpreters.hpp"
#include "harness/facts/schema_versions.hpp"

namespace extproof::engines {
namespace {

using nlohmann::json;

// One list of the members for both directions: `visit(name, member)` for each.
template <class M, class Visit>
void each_member(M& m, Visit visit) {
  visit("kind", m.kind);
  visit("version", m.version);
  visit("compiler", m.compiler);
  visit("runtime", m.runtime);
  visit("sha256", m.sha256);
  visit("configure", m.configure);
  visit("lacks", m.lacks);
  visit("built", m.built);
  visit("seconds", m.seconds);
  visit("identity", m.identity);
}

}  // namespace

InterpreterManifest make_manifest(const InstallInput& input, const InterpreterProof& proof) {
  return {.kind = std::string(input.kind.name),
          .version = std::string(input.kind.source.version),
          .compiler = input.compiler.name + " " + input.compiler.version,
          .runtime = proof.runtime,
          .sha256 = std::string(input.kind.source.sha256),
          .configure = configure_arguments(input),
          .lacks = proof.lacks,
          .checks = proof.checks};
}

std::string render_manifest(const InterpreterManifest& manifest) {
  json value = {{"schema", facts::schema_versions::k_interpreter}};
  each_member(manifest, [&](const char* name, const auto& member) { value[name] = member; });
  value["checks"] = json::array();
  for (const facts::PreflightCheck& check : manifest.checks) {
    value["checks"].push_back({{"check", check.check}, {"ok", check.ok}, {"detail", check.detail}});
  }
  return value.dump(2, ' ', true, json::error_handler_t::replace) + "\n";
}

std::optional<InterpreterManifest> parse_manifest(std::string_view text) {
  const json value = json::parse(text, nullptr, false);
  InterpreterManifest manifest;
  try {
    if (value.at("schema").get<int>() != facts::schema_versions::k_interpreter) {
      return std::nullopt;
    }
    each_member(manifest, [&](const char* name, auto& member) { value.at(name).get_to(member); });
    for (const json& check : value.at("checks")) {
      manifest.checks.push_back({check.at("check").get<std::string>(), check.at("ok").get<bool>(),
                                 check.at("detail").get<std::string>()});
    }
  } catch (const json::exception&) {
    // A missing or mistyped member: the text is not ours.
    return std::nullopt;
  }
  return manifest;
}

}  // namespace extproof::engines
