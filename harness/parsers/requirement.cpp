// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/requirement.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "harness/base/text.hpp"

namespace extproof::parsers {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// The order of the phases of one release.
enum class Phase { dev, alpha, beta, candidate, final, post };

struct Version {
  std::vector<std::int64_t> release;
  Phase phase = Phase::final;
  std::int64_t phase_number = 0;
  bool any_below = false;  // "3.9.*"

  bool is_prerelease() const { return phase < Phase::final; }
};

std::int64_t part(const Version& version, std::size_t index) {
  return index < version.release.size() ? version.release[index] : 0;
}

int compare_releases(const Version& a, const Version& b) {
  for (std::size_t i = 0; i < std::max(a.release.size(), b.release.size()); ++i) {
    if (part(a, i) != part(b, i)) {
      return part(a, i) < part(b, i) ? -1 : 1;
    }
  }
  return 0;
}

int compare(const Version& a, const Version& b) {
  if (const int releases = compare_releases(a, b); releases != 0) {
    return releases;
  }
  if (a.phase != b.phase) {
    return a.phase < b.phase ? -1 : 1;
  }
  return a.phase_number < b.phase_number ? -1 : a.phase_number > b.phase_number ? 1 : 0;
}

std::string_view take_digits(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  const std::string_view digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(digits.size());
  return digits;
}

bool take(std::string_view& text, std::string_view word) {
  if (text.substr(0, word.size()) != word) {
    return false;
  }
  text.remove_prefix(word.size());
  return true;
}

bool take_phase(std::string_view& text, Version& version) {
  struct Spelling {
    std::string_view word;
    Phase phase;
  };
  constexpr std::array<Spelling, 8> k_spellings = {{{"alpha", Phase::alpha},
                                                    {"beta", Phase::beta},
                                                    {"rc", Phase::candidate},
                                                    {"a", Phase::alpha},
                                                    {"b", Phase::beta},
                                                    {"c", Phase::candidate},
                                                    {"dev", Phase::dev},
                                                    {"post", Phase::post}}};
  if (!text.empty() && (text[0] == '.' || text[0] == '-' || text[0] == '_')) {
    text.remove_prefix(1);
  }
  for (const Spelling& spelling : k_spellings) {
    if (take(text, spelling.word)) {
      const std::string_view digits = take_digits(text);
      version.phase = spelling.phase;
      const std::optional<std::int64_t> number = base::to_integer(digits);
      version.phase_number = number.value_or(0);
      return digits.empty() || number.has_value();
    }
  }
  return false;
}

std::optional<Version> parse_version(std::string_view text) {
  Version version;
  take(text, "v");
  while (true) {
    const std::optional<std::int64_t> number = base::to_integer(take_digits(text));
    if (!number) {
      return std::nullopt;
    }
    version.release.push_back(*number);
    if (text == ".*") {
      version.any_below = true;
      return version;
    }
    if (text.size() < 2 || text[0] != '.' || !is_digit(text[1])) {
      break;
    }
    text.remove_prefix(1);
  }
  if (!text.empty() && text[0] != '+' && !take_phase(text, version)) {
    return std::nullopt;
  }
  // A local version ("+debian1"), or the "+" of an interpreter built from a checkout.
  if (!text.empty() && text[0] != '+') {
    return std::nullopt;
  }
  return version;
}

enum class Operator { at_least, at_most, above, below, equal, unequal, compatible, identical };

struct Clause {
  Operator op = Operator::equal;
  Version version;
  std::string_view text;  // of the version
};

std::optional<Clause> parse_clause(std::string_view text) {
  struct Spelling {
    std::string_view word;
    Operator op;
  };
  constexpr std::array<Spelling, 8> k_spellings = {{{"===", Operator::identical},
                                                    {">=", Operator::at_least},
                                                    {"<=", Operator::at_most},
                                                    {"==", Operator::equal},
                                                    {"!=", Operator::unequal},
                                                    {"~=", Operator::compatible},
                                                    {">", Operator::above},
                                                    {"<", Operator::below}}};
  for (const Spelling& spelling : k_spellings) {
    if (!take(text, spelling.word)) {
      continue;
    }
    text = base::trim(text);
    std::optional<Version> version = parse_version(text);
    const bool may_be_any = spelling.op == Operator::equal || spelling.op == Operator::unequal;
    if (!version || (version->any_below && !may_be_any) ||
        (spelling.op == Operator::compatible && version->release.size() < 2)) {
      return std::nullopt;
    }
    return Clause{spelling.op, std::move(*version), text};
  }
  return std::nullopt;
}

// Whether `version` begins with the first `parts` numbers of `prefix`.
bool begins_with(const Version& version, const Version& prefix, std::size_t parts) {
  for (std::size_t i = 0; i < parts; ++i) {
    if (part(version, i) != part(prefix, i)) {
      return false;
    }
  }
  return true;
}

bool allows(const Clause& clause, const Version& version, std::string_view version_text) {
  const Version& named = clause.version;
  const int order =
      named.is_prerelease() ? compare(version, named) : compare_releases(version, named);
  const bool equal =
      named.any_below ? begins_with(version, named, named.release.size()) : order == 0;
  switch (clause.op) {
    case Operator::at_least:
      return order >= 0;
    case Operator::at_most:
      return order <= 0;
    case Operator::above:
      return order > 0;
    case Operator::below:
      return order < 0;
    case Operator::equal:
      return equal;
    case Operator::unequal:
      return !equal;
    case Operator::compatible:
      return order >= 0 && begins_with(version, named, named.release.size() - 1);
    case Operator::identical:
      return clause.text == version_text;
  }
  return false;
}

// The clauses of a specifier; none when one of them cannot be read.
std::optional<std::vector<Clause>> parse_specifier(std::string_view text) {
  std::vector<Clause> clauses;
  if (base::trim(text).empty()) {
    return clauses;
  }
  const std::vector<std::string_view> pieces = base::split(text, ',');
  for (const std::string_view& piece : pieces) {
    const std::string_view trimmed = base::trim(piece);
    // packaging accepts ">=3.9," too.
    if (trimmed.empty() && &piece == &pieces.back()) {
      continue;
    }
    std::optional<Clause> clause = parse_clause(trimmed);
    if (!clause) {
      return std::nullopt;
    }
    clauses.push_back(std::move(*clause));
  }
  return clauses;
}

}  // namespace

bool requires_python_allows(std::string_view specifier, std::string_view version) {
  const std::optional<std::vector<Clause>> clauses = parse_specifier(specifier);
  const std::optional<Version> parsed = parse_version(base::trim(version));
  return clauses && parsed &&
         std::all_of(clauses->begin(), clauses->end(), [&](const Clause& clause) {
           return allows(clause, *parsed, base::trim(version));
         });
}

bool is_version_specifier(std::string_view text) {
  return parse_specifier(text).has_value();
}

bool is_requirement(std::string_view text) {
  text = base::trim(text);
  if (text.empty() || text.find_first_of(std::string_view("\0\n\r", 3)) != std::string_view::npos) {
    return false;
  }
  if (text[0] == '.' || text[0] == '/') {
    return true;
  }
  if (!is_letter(text[0]) && !is_digit(text[0])) {
    return false;
  }
  const auto of_name = [](char c) {
    return is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '.';
  };
  const auto end = std::find_if_not(text.begin(), text.end(), of_name);
  std::string_view rest = text.substr(static_cast<std::size_t>(end - text.begin()));
  // A folder below this one, such as tools/helper.
  if (!rest.empty() && rest[0] == '/') {
    return true;
  }
  rest = base::trim(rest);
  if (!rest.empty() && rest[0] == '[') {
    const std::size_t close = rest.find(']');
    if (close == std::string_view::npos) {
      return false;
    }
    rest = base::trim(rest.substr(close + 1));
  }
  return rest.empty() || std::string_view("<>=!~@;(").find(rest[0]) != std::string_view::npos;
}

}  // namespace extproof::parsers
