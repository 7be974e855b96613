// SPDX-License-Identifier: Apache-2.0
#include "harness/base/text.hpp"
#include "harness/cli/commands/commands.hpp"
#include "harness/cli/commands/stored_run.hpp"
#include "harness/cli/inputs.hpp"
#include "harness/engines/accepted.hpp"
#include "harness/parsers/accepted_file.hpp"
#include "harness/platform/files.hpp"
#include "harness/platform/surroundings.hpp"
#include "harness/report/explain.hpp"

namespace extproof::cli {
namespace {

const facts::RefusalNote k_unchanged = {"so",
                                        std::string(parsers::k_accepted_file) + " is as it was"};

// Why the finding cannot be accepted like this; empty when it can.
facts::Refusals faults_of(const facts::Finding& finding, const facts::Acceptance& acceptance,
                          const std::vector<facts::Accepted>& entries) {
  const std::string today = platform::utc_now().substr(0, 10);
  facts::Refusals faults;
  if (base::trim(acceptance.reason).empty()) {
    faults.push_back(
        {.code = "XP1402",
         .headline = finding.id + " cannot be accepted without a reason",
         .notes = {k_unchanged, {"try", "extproof accept " + finding.id + " --reason \"...\""}}});
  }
  if (!acceptance.until.empty() && acceptance.until < today) {
    faults.push_back({.code = "XP1402",
                      .headline = "\"" + acceptance.until + "\" is over",
                      .notes = {{"today", today}, k_unchanged}});
  }
  for (const facts::Accepted& entry : entries) {
    if (entry.fingerprint == finding.fingerprint) {
      faults.push_back(
          {.code = "XP1402",
           .headline = finding.id + " is accepted already: " + entry.acceptance.reason,
           .notes = {{"fingerprint", finding.fingerprint},
                     k_unchanged,
                     {"try", "change its entry in " + std::string(parsers::k_accepted_file)}}});
    }
  }
  return faults;
}

}  // namespace

facts::ExitCode accept_command(const Request& request, const Console& console) {
  const auto run = load_stored_run(request);
  if (!run) {
    return console.refuse(run.error());
  }
  const auto finding = report::finding_named(run.value(), request.subject);
  if (!finding) {
    return console.refuse(finding.error());
  }
  const std::string root = project_root_of(request);
  const auto entries = read_accepted(root);
  if (!entries) {
    return console.refuse(entries.error());
  }
  if (const auto faults = faults_of(*finding.value(), request.acceptance, entries.value());
      !faults.empty()) {
    return console.refuse(faults);
  }
  const std::string path = root + "/" + std::string(parsers::k_accepted_file);
  const auto before = platform::read_text(path);
  std::string text = before ? std::string(before->view) : std::string();
  if (!text.empty()) {
    text += text.ends_with('\n') ? "\n" : "\n\n";
  }
  text += parsers::render_accepted(engines::accept(*finding.value(), request.acceptance));
  if (const std::string problem = platform::write_file(path, text); !problem.empty()) {
    return console.refuse(
        {{.code = "XP1403",
          .headline = std::string(parsers::k_accepted_file) + " cannot be written: " + problem,
          .place = path,
          .notes = {{"so", finding.value()->id + " is not accepted"}}}});
  }
  console.message("accepted " + finding.value()->id + " in " +
                  std::string(parsers::k_accepted_file) + "\n");
  return facts::ExitCode::nothing_found;
}

}  // namespace extproof::cli
