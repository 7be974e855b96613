// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/accepted_file.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <nlohmann/json.hpp>

#include "harness/base/text.hpp"
#include "harness/parsers/config_values.hpp"
#include "harness/parsers/toml_document.hpp"
#include "harness/parsers/toml_refusals.hpp"

namespace extproof::parsers {
namespace {

using facts::Accepted;
using facts::Refusals;

constexpr std::size_t k_fingerprint_digits = 32;
const std::vector<std::string> k_keys = {"file",  "fingerprint", "function", "issue", "kind",
                                         "lanes", "line",        "reason",   "title", "until"};

bool is_fingerprint(std::string_view text) {
  return text.size() == k_fingerprint_digits &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

class AcceptedReader {
 public:
  AcceptedReader(std::string_view text, std::string_view origin) : refusals_(text, origin) {}

  facts::Judged<std::vector<Accepted>> read(const TomlValue& document) {
    for (const TomlEntry& entry : document.entries) {
      if (entry.key != "accepted") {
        unknown(entry, {"accepted"});
      } else if (entry.value.kind != TomlValue::Kind::array) {
        wrong(entry.span,
              "\"accepted\" is " + std::string(describe(entry.value.kind)) +
                  ", not a list of entries",
              "write [[accepted]] above each entry");
      } else {
        for (const TomlValue& item : entry.value.items) {
          read_entry(item);
        }
      }
    }
    if (Refusals found = refusals_.take(); !found.empty()) {
      return base::Failure<Refusals>{std::move(found)};
    }
    return std::move(entries_);
  }

 private:
  void unknown(const TomlEntry& entry, const std::vector<std::string>& known) {
    refusals_.add(entry.span,
                  {.code = "XP1301",
                   .headline = "\"" + entry.key + "\" is not a key of accepted findings",
                   .notes = {{"known", base::join(known, ", ")}, {"so", "nothing was run"}}},
                  suggestion(entry.key, known));
  }

  void wrong(const SourceSpan& span, std::string headline, std::string_view expected) {
    refusals_.add(
        span,
        {.code = "XP1401", .headline = std::move(headline), .notes = {{"so", "nothing was run"}}},
        expected);
  }

  void read_entry(const TomlValue& item) {
    if (item.kind != TomlValue::Kind::table) {
      wrong(item.span, "an accepted finding is " + std::string(describe(item.kind)),
            "expected a table");
      return;
    }
    Accepted one;
    for (const TomlEntry& entry : item.entries) {
      read_key(entry, one);
    }
    for (const std::string_view needed : {"fingerprint", "reason"}) {
      if (item.find(needed) == nullptr) {
        wrong(item.span, "an accepted finding has no " + std::string(needed),
              "add " + std::string(needed) + " = \"...\"");
      }
    }
    entries_.push_back(std::move(one));
  }

  void read_key(const TomlEntry& entry, Accepted& one) {
    const TomlValue& value = entry.value;
    const bool is_text = value.kind == TomlValue::Kind::string;
    if (entry.key == "lanes") {
      read_lanes(entry, one);
    } else if (entry.key == "line") {
      if (value.kind != TomlValue::Kind::integer || value.number < 0 || value.number > 1e9) {
        wrong(value.span, "\"line\" is no number of a line", "expected a whole number");
      } else {
        one.location.line = static_cast<int>(value.number);
      }
    } else if (entry.key == "until") {
      // A day as TOML writes one, or the same as a string.
      const std::string day = is_text ? value.text : std::string(refusals_.text_of(value.span));
      if (!is_day(day)) {
        wrong(value.span, "\"until\" is no day", "expected a day, such as 2027-01-31");
      }
      one.acceptance.until = day;
    } else if (std::find(k_keys.begin(), k_keys.end(), entry.key) == k_keys.end()) {
      unknown(entry, k_keys);
    } else if (!is_text) {
      wrong(value.span, "\"" + entry.key + "\" is " + describe(value.kind), "expected a string");
    } else if (entry.key == "fingerprint" && !is_fingerprint(value.text)) {
      wrong(value.span, "\"" + value.text + "\" is no fingerprint",
            "expected 32 hexadecimal digits, as extproof explain shows them");
    } else if (entry.key == "reason" && base::trim(value.text).empty()) {
      wrong(value.span, "a finding is accepted without a reason", "say why");
    } else if (entry.key == "kind") {
      // A kind of a later extproof is no reason to stop this one.
      one.kind = facts::finding_kind_named(value.text).value_or(facts::FindingKind::unknown);
    } else {
      *text_of(entry.key, one) = value.text;
    }
  }

  static std::string* text_of(const std::string& key, Accepted& one) {
    return key == "fingerprint" ? &one.fingerprint
           : key == "title"     ? &one.title
           : key == "file"      ? &one.location.file
           : key == "function"  ? &one.location.function
           : key == "issue"     ? &one.acceptance.issue
                                : &one.acceptance.reason;
  }

  void read_lanes(const TomlEntry& entry, Accepted& one) {
    if (entry.value.kind != TomlValue::Kind::array) {
      wrong(entry.value.span, "\"lanes\" is " + std::string(describe(entry.value.kind)),
            "expected a list of names");
      return;
    }
    for (const TomlValue& lane : entry.value.items) {
      if (lane.kind == TomlValue::Kind::string) {
        one.lanes.push_back(lane.text);
      } else {
        wrong(lane.span, "a lane is " + std::string(describe(lane.kind)), "expected a name");
      }
    }
  }

  TomlRefusals refusals_;
  std::vector<Accepted> entries_;
};

// A basic string of TOML is one of JSON, when no character outside of ASCII is escaped as a pair
// of surrogates; DEL is the one character that JSON leaves and TOML does not.
std::string toml_string(std::string_view text) {
  std::string json = nlohmann::json(base::valid_utf8(text)).dump();
  for (auto at = json.find('\x7f'); at != std::string::npos; at = json.find('\x7f', at)) {
    json.replace(at, 1, "\\u007f");
  }
  return json;
}

}  // namespace

bool is_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
    return false;
  }
  const auto year = base::to_integer(text.substr(0, 4));
  const auto month = base::to_integer(text.substr(5, 2));
  const auto day = base::to_integer(text.substr(8, 2));
  if (!year || !month || !day || *year < 0 || *month < 0 || *day < 0) {
    return false;
  }
  return std::chrono::year_month_day(std::chrono::year(static_cast<int>(*year)),
                                     std::chrono::month(static_cast<unsigned>(*month)),
                                     std::chrono::day(static_cast<unsigned>(*day)))
      .ok();
}

facts::Judged<std::vector<Accepted>> parse_accepted(std::string_view text,
                                                    std::string_view origin) {
  const auto document = parse_toml(text);
  if (!document) {
    return facts::refuse(not_toml(text, origin, document.error()));
  }
  return AcceptedReader(text, origin).read(document.value());
}

std::string render_accepted(const Accepted& entry) {
  std::string text = "[[accepted]]\nfingerprint = " + toml_string(entry.fingerprint) + "\n";
  const auto add = [&](const char* key, const std::string& value) {
    if (!value.empty()) {
      text += std::string(key) + " = " + toml_string(value) + "\n";
    }
  };
  add("kind", std::string(facts::to_string(entry.kind)));
  add("title", entry.title);
  add("file", entry.location.file);
  if (entry.location.line > 0) {
    text += "line = " + std::to_string(entry.location.line) + "\n";
  }
  add("function", entry.location.function);
  if (!entry.lanes.empty()) {
    std::vector<std::string> lanes;
    for (const std::string& lane : entry.lanes) {
      lanes.push_back(toml_string(lane));
    }
    text += "lanes = [" + base::join(lanes, ", ") + "]\n";
  }
  add("reason", entry.acceptance.reason);
  add("issue", entry.acceptance.issue);
  if (!entry.acceptance.until.empty()) {
    text += "until = " + entry.acceptance.until + "\n";
  }
  return text;
}

}  // namespace extproof::parsers
