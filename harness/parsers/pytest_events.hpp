// SPDX-License-Identifier: Apache-2.0
//
// Reads the lines that the pytest plugin writes while a suite runs, and says to which phase of
// which test a byte of a log belongs. Level: parsers.

#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/facts/test_events.hpp"

namespace extproof::parsers {

// Every collected item gets one record, in the order of collection; records with one id stay apart
// and take the outcomes of that id in order. An item without an outcome is not_run, unless a phase
// of it had failed or was skipped before the process ended. A note is kept as "code: message".
//
// Requires: the events of one process, in the order of writing.
// Ensures:  linear in the size of the text. A last line that is cut off is not an error.
// Errors:   XP2120 for a line that is not an event; it is passed over, and of very many such lines
//           the first are listed and the others counted. XP2121 for events of another schema;
//           nothing is read then.
facts::TestEvents parse_pytest_events(std::string_view text);

// Sizes of all logs known at a boundary: those that changed there and those carried forward.
// Requires: boundary < events.boundaries.size().
facts::LogSizes sizes_at(const facts::TestEvents& events, std::size_t boundary);

// Where in time the bytes of the logs were written. Make it once to ask many times.
class LogTimeline {
 public:
  explicit LogTimeline(const facts::TestEvents& events);

  // The index of the last boundary at which the log was not larger than `offset`, so that the byte
  // there was written after it. None if the byte is older than the first boundary. A log that no
  // boundary mentions was empty all the time.
  std::optional<std::size_t> boundary_at(std::string_view log_name, std::size_t offset) const;

 private:
  struct Change {
    std::size_t boundary;
    std::size_t least_size;  // of this change and all later ones: a log can be cut by the suite
  };
  std::map<std::string, std::vector<Change>, std::less<>> changes_;
  std::size_t boundaries_ = 0;
};

// LogTimeline::boundary_at for a single question; takes time in the number of boundaries.
std::optional<std::size_t> boundary_at(const facts::TestEvents& events, std::string_view log_name,
                                       std::size_t offset);

}  // namespace extproof::parsers
