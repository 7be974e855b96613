// SPDX-License-Identifier: Apache-2.0
#include "sanitizers/parsers/parsed_log.hpp"

#include <algorithm>

namespace extproof::sanitizers {

bool claims_each_byte_once(const ParsedLog& parsed, std::size_t size) {
  std::vector<base::ByteRange> ranges;
  for (const facts::Report& report : parsed.reports)
    ranges.push_back(report.bytes);
  if (!std::is_sorted(ranges.begin(), ranges.end()))
    return false;
  ranges.insert(ranges.end(), parsed.unclaimed.begin(), parsed.unclaimed.end());
  std::sort(ranges.begin(), ranges.end());
  std::size_t covered = 0;
  for (const base::ByteRange& range : ranges) {
    if (range.begin != covered || range.end <= range.begin)
      return false;
    covered = range.end;
  }
  return covered == size;
}

}  // namespace extproof::sanitizers
