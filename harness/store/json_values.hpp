// SPDX-License-Identifier: Apache-2.0
//
// Values as JSON and back, shared by the store and the reports. Level: store. Pure.
//
// Texts from logs and file names need not be UTF-8. The trees made here hold them as they are;
// encode() writes such a text as {"hex": "..."}, so that nothing is lost in the store, while a
// report dumps the same tree with replacement characters.
//
// The store's schema number (schema_versions::k_store) covers these forms too.

#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "harness/facts/finding.hpp"
#include "harness/facts/step.hpp"

namespace extproof::store {

using Json = nlohmann::ordered_json;

// Every field of the value; enumerations by their names.
Json json_of(const facts::Frame& frame);
Json json_of(const facts::Stack& stack);
Json json_of(const facts::Sighting& sighting);
Json json_of(const facts::Finding& finding);
Json json_of(const facts::Refusal& refusal);
Json json_of(const facts::PreflightCheck& check);
Json json_of(const facts::CollectionProblem& problem);
// Without its test records, which are too many for one value.
Json json_of(const facts::LaneReport& lane);
Json json_of(const facts::Step& step);
Json json_of(const facts::StepEnd& end);
// Without its texts: the files hold them.
Json json_of(const facts::StepResult& result);

// The value that json_of() made the tree from; none when a field is missing, of another type, or
// names something unknown. A number that JSON has no form for (an infinite duration) comes back
// as 0.
std::optional<facts::Finding> finding_from(const Json& json);
std::optional<facts::LaneReport> lane_report_from(const Json& json);
std::optional<facts::Step> step_from(const Json& json);
std::optional<facts::StepEnd> step_end_from(const Json& json);
std::optional<facts::StepResult> step_result_from(const Json& json);

// The members of these sets with such a name; none for another text.
std::optional<facts::TestOutcome> test_outcome_named(std::string_view name);
std::optional<facts::ExitCode> exit_code_numbered(long long number);

// One line of valid UTF-8 that decode() gives back as the same tree, whatever bytes its texts are.
// Requires: the keys of its objects are UTF-8, which those of json_of() are.
std::string encode(const Json& json);
// None for a text that encode() did not write.
std::optional<Json> decode(std::string_view text);

}  // namespace extproof::store
