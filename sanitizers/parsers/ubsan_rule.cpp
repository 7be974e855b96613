// SPDX-License-Identifier: Apache-2.0
#include "sanitizers/parsers/ubsan_rule.hpp"

#include "harness/parsers/scan.hpp"

namespace extproof::sanitizers {
namespace {

struct Row {
  std::string_view beginning;  // of the message
  std::string_view within;     // somewhere behind it, but not inside quotes
  std::string_view rule;
};

// The first row that fits.
constexpr Row k_rows[] = {
    {"signed integer overflow: ", "", "signed-integer-overflow"},
    {"unsigned integer overflow: ", "", "unsigned-integer-overflow"},
    {"negation of ", "cast to an unsigned type", "signed-integer-overflow"},
    {"negation of ", "", "unsigned-integer-overflow"},
    {"division of ", " by -1 cannot be represented", "signed-integer-overflow"},
    {"division by zero", "", "integer-divide-by-zero"},
    {"shift exponent ", "", "invalid-shift-exponent"},
    {"left shift of ", "", "invalid-shift-base"},
    {"index ", " out of bounds for type ", "out-of-bounds-index"},
    {"access out of bounds", "", "local-out-of-bounds"},
    {"execution reached an unreachable program point", "", "unreachable-call"},
    {"execution reached the end of a value-returning function", "", "missing-return"},
    {"variable length array bound ", "", "non-positive-vla-index"},
    {"", " is outside the range of representable values ", "float-cast-overflow"},
    {"passing zero to ", "", "invalid-builtin-use"},
    {"assumption is violated during execution", "", "invalid-builtin-use"},
    {"invalid ObjC cast", "", "invalid-objc-cast"},
    {"null pointer returned from function ", "", "invalid-null-return"},
    {"null pointer passed as argument ", "", "invalid-null-argument"},
    {"applying zero offset to null pointer", "", "nullptr-with-offset"},
    {"applying non-zero offset to non-null pointer ", "", "nullptr-after-nonzero-offset"},
    {"applying non-zero offset ", "", "nullptr-with-nonzero-offset"},
    {"addition of unsigned offset to ", "", "pointer-overflow"},
    {"subtraction of unsigned offset from ", "", "pointer-overflow"},
    {"pointer index expression with base ", "", "pointer-overflow"},
    {"call to function ", " through pointer to incorrect function type ", "function-type-mismatch"},
    {"control flow integrity check ", "", "cfi-bad-type"},
    {"assumption of ", " byte alignment ", "alignment-assumption"},
    // What the access is stands before these: "load of", "member call on", "upcast of", ...
    {"", " address ", "misaligned-pointer-use"},
    {"", " null pointer of type ", "null-pointer-use"},
};

constexpr std::string_view k_undefined = "undefined-behavior";

// Types and names stand in quotes and are the project's own text.
std::string_view before_quote(std::string_view message) {
  return message.substr(0, message.find('\''));
}

bool contains(std::string_view text, std::string_view piece) {
  return text.find(piece) != std::string_view::npos;
}

struct Side {
  std::uint64_t bits = 0;
  bool is_signed = false;
};

// " (32-bit, unsigned)" behind the next value.
std::optional<Side> take_side(std::string_view& text) {
  for (;;) {
    if (!parsers::take_until(text, " ("))
      return std::nullopt;
    std::string_view rest = text;
    const auto bits = parsers::take_number(rest);
    if (!bits || !parsers::take(rest, "-bit"))
      continue;
    parsers::take(rest, " bitfield");
    if (parsers::take(rest, ", signed)"))
      return Side{*bits, true};
    if (parsers::take(rest, ", unsigned)"))
      return Side{*bits, false};
  }
}

// "implicit conversion from type 'int' of value 300 (32-bit, signed) to type 'signed char' changed
// the value to 44 (8-bit, signed)".
std::string_view conversion_rule(std::string_view message) {
  const std::optional<Side> from = take_side(message);
  const std::optional<Side> to = take_side(message);
  if (!from || !to)
    return k_undefined;
  if (from->bits <= to->bits)
    return "implicit-integer-sign-change";
  if (!from->is_signed && !to->is_signed)
    return "implicit-unsigned-integer-truncation";
  if (!from->is_signed && to->is_signed)
    return "implicit-signed-integer-truncation-or-sign-change";
  return "implicit-signed-integer-truncation";
}

// "load of value 2, which is not a valid value for type 'bool'".
std::string_view load_rule(std::string_view message) {
  const bool is_bool =
      message.ends_with("'bool'") || message.ends_with("'BOOL'") || message.ends_with("'_Bool'");
  return is_bool ? "invalid-bool-load" : "invalid-enum-load";
}

// "load of misaligned address 0x1 for type 'int', which ...", "member call on address 0x1 which
// does not point to an object of type 'X'": one row of the table for three rules.
std::string_view address_rule(std::string_view plain) {
  if (contains(plain, " misaligned address "))
    return "misaligned-pointer-use";
  if (contains(plain, " with insufficient space for an object "))
    return "insufficient-object-size";
  if (contains(plain, " which does not point to an object "))
    return "dynamic-type-mismatch";
  return k_undefined;
}

}  // namespace

std::string_view ubsan_rule_of(std::string_view message) {
  if (message.starts_with("implicit conversion from type "))
    return conversion_rule(message);
  const std::string_view plain = before_quote(message);
  if (contains(plain, ", which is not a valid value for type "))
    return load_rule(message);
  for (const Row& row : k_rows) {
    if (!plain.starts_with(row.beginning))
      continue;
    const bool looks_behind_quotes = row.within == "cast to an unsigned type" ||
                                     row.within == " through pointer to incorrect function type ";
    if (!contains(looks_behind_quotes ? message : plain, row.within))
      continue;
    return row.within == " address " ? address_rule(plain) : row.rule;
  }
  return k_undefined;
}

}  // namespace extproof::sanitizers
