// SPDX-License-Identifier: Apache-2.0
//
// Compares stored values field by field and names the fields that differ. For tests.

#pragma once

#include <string>
#include <vector>

#include "harness/facts/finding.hpp"
#include "harness/facts/step.hpp"

namespace extproof::store {

class Differences {
 public:
  std::vector<std::string> fields;

  template <class T>
  void compare(const std::string& name, const T& a, const T& b) {
    if (!(a == b)) {
      fields.push_back(place_ + name);
    }
  }

  template <class T>
  void each(const std::string& name, const std::vector<T>& a, const std::vector<T>& b) {
    compare(name + ".size", a.size(), b.size());
    for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
      const std::string outer = place_;
      place_ += name + "[" + std::to_string(i) + "].";
      values(a[i], b[i]);
      place_ = outer;
    }
  }

  void values(const facts::Sighting& a, const facts::Sighting& b) {
    compare("lane", a.lane, b.lane);
    compare("test", a.test, b.test);
    compare("phase", a.phase, b.phase);
    compare("log", a.log, b.log);
    compare("bytes", a.bytes, b.bytes);
  }
  void values(const facts::Finding& a, const facts::Finding& b) {
    compare("id", a.id, b.id);
    compare("fingerprint", a.fingerprint, b.fingerprint);
    compare("kind", a.kind, b.kind);
    compare("rule", a.rule, b.rule);
    compare("group", a.group, b.group);
    compare("severity", a.severity, b.severity);
    compare("owner", a.owner, b.owner);
    compare("state", a.state, b.state);
    compare("title", a.title, b.title);
    compare("explanation", a.explanation, b.explanation);
    compare("location", a.location, b.location);
    each("sightings", a.sightings, b.sightings);
    compare("stacks", a.stacks, b.stacks);
    compare("again", a.again, b.again);
    compare("after", a.after, b.after);
    compare("hint", a.hint, b.hint);
    compare("reason", a.acceptance.reason, b.acceptance.reason);
    compare("issue", a.acceptance.issue, b.acceptance.issue);
    compare("until", a.acceptance.until, b.acceptance.until);
  }
  void values(const facts::PreflightCheck& a, const facts::PreflightCheck& b) {
    compare("check", a.check, b.check);
    compare("ok", a.ok, b.ok);
    compare("detail", a.detail, b.detail);
  }
  void values(const facts::TestRecord& a, const facts::TestRecord& b) {
    compare("id", a.id, b.id);
    compare("outcome", a.outcome, b.outcome);
    compare("seconds", a.seconds, b.seconds);
    compare("message", a.message, b.message);
  }
  void values(const facts::CollectionProblem& a, const facts::CollectionProblem& b) {
    compare("id", a.id, b.id);
    compare("message", a.message, b.message);
    compare("skipped", a.skipped, b.skipped);
  }
  void values(const facts::RefusalNote& a, const facts::RefusalNote& b) {
    compare("label", a.label, b.label);
    compare("text", a.text, b.text);
  }
  void values(const facts::Refusal& a, const facts::Refusal& b) {
    compare("code", a.code, b.code);
    compare("headline", a.headline, b.headline);
    compare("place", a.place, b.place);
    compare("excerpt", a.excerpt, b.excerpt);
    each("notes", a.notes, b.notes);
    compare("severity", a.severity, b.severity);
  }
  void values(const facts::LaneReport& a, const facts::LaneReport& b) {
    compare("name", a.name, b.name);
    compare("outcome", a.outcome, b.outcome);
    compare("reason", a.reason, b.reason);
    compare("requested", a.requested, b.requested);
    compare("compiler", a.compiler, b.compiler);
    compare("interpreter", a.interpreter, b.interpreter);
    compare("flags", a.flags, b.flags);
    each("preflight", a.preflight, b.preflight);
    compare("passed", a.counts.passed, b.counts.passed);
    compare("failed", a.counts.failed, b.counts.failed);
    compare("skipped", a.counts.skipped, b.counts.skipped);
    compare("errors", a.counts.errors, b.counts.errors);
    compare("not_run", a.counts.not_run, b.counts.not_run);
    each("tests", a.tests, b.tests);
    each("collection_problems", a.collection_problems, b.collection_problems);
    compare("blind_spots", a.blind_spots, b.blind_spots);
    compare("modules", a.modules, b.modules);
    compare("build_seconds", a.build_seconds, b.build_seconds);
    compare("test_seconds", a.test_seconds, b.test_seconds);
    compare("log", a.log, b.log);
    each("refusals", a.refusals, b.refusals);
  }
  void values(const facts::RunReport& a, const facts::RunReport& b) {
    compare("number", a.number, b.number);
    compare("started", a.started, b.started);
    compare("project_name", a.project_name, b.project_name);
    compare("project_root", a.project_root, b.project_root);
    compare("commit", a.commit, b.commit);
    compare("modules", a.modules, b.modules);
    each("lanes", a.lanes, b.lanes);
    each("findings", a.findings, b.findings);
    compare("outcome", a.outcome, b.outcome);
    compare("exit_code", a.exit_code, b.exit_code);
    compare("seconds", a.seconds, b.seconds);
  }
  void values(const facts::Leaving& a, const facts::Leaving& b) {
    compare("name", a.name, b.name);
    compare("path", a.path, b.path);
    compare("prefix", a.prefix, b.prefix);
  }
  void values(const facts::Step& a, const facts::Step& b) {
    compare("id", a.id, b.id);
    compare("lane", a.lane, b.lane);
    compare("purpose", a.purpose, b.purpose);
    compare("argv", a.argv, b.argv);
    compare("environment", a.environment, b.environment);
    compare("cwd", a.cwd, b.cwd);
    compare("needs", a.needs, b.needs);
    compare("inputs", a.inputs, b.inputs);
    compare("facts", a.facts, b.facts);
    compare("stamp", a.stamp, b.stamp);
    compare("files", a.files, b.files);
    compare("fresh_folders", a.fresh_folders, b.fresh_folders);
    compare("folders", a.folders, b.folders);
    each("leaves", a.leaves, b.leaves);
    compare("limits.seconds", a.limits.seconds, b.limits.seconds);
    compare("limits.silent_seconds", a.limits.silent_seconds, b.limits.silent_seconds);
    compare("limits.watch", a.limits.watch, b.limits.watch);
  }
  void values(const facts::Left& a, const facts::Left& b) {
    compare("name", a.name, b.name);
    compare("path", a.path, b.path);
    compare("text", a.text.view, b.text.view);
  }
  void values(const facts::StepResult& a, const facts::StepResult& b) {
    compare("step_id", a.step_id, b.step_id);
    compare("end", a.end.index(), b.end.index());
    compare("end's text", facts::describe(a.end), facts::describe(b.end));
    compare("seconds", a.seconds, b.seconds);
    compare("user_seconds", a.user_seconds, b.user_seconds);
    compare("system_seconds", a.system_seconds, b.system_seconds);
    compare("max_rss_kib", a.max_rss_kib, b.max_rss_kib);
    compare("leftovers", a.leftovers, b.leftovers);
    compare("output", a.output.view, b.output.view);
    compare("errors", a.errors.view, b.errors.view);
    compare("output_path", a.output_path, b.output_path);
    compare("errors_path", a.errors_path, b.errors_path);
    each("left", a.left, b.left);
  }

 private:
  std::string place_;
};

// The names of the fields in which they differ; empty when they are equal.
template <class T>
std::vector<std::string> differences(const T& a, const T& b) {
  Differences found;
  found.values(a, b);
  return found.fields;
}
template <class T>
std::vector<std::string> differences(const std::vector<T>& a, const std::vector<T>& b) {
  Differences found;
  found.each("", a, b);
  return found.fields;
}

}  // namespace extproof::store
