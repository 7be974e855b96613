// SPDX-License-Identifier: Apache-2.0
#include "sanitizers/parsers/asan_kind.hpp"

namespace extproof::sanitizers {
namespace {

using facts::FindingKind;

struct Row {
  std::string_view words;  // how the line begins
  FindingKind kind;
  std::string_view rule;
};

// A line takes the first row that it begins with and whose end is the end of a word.
constexpr Row k_rows[] = {
    {"heap-buffer-overflow", FindingKind::heap_buffer_overflow, ""},
    {"heap-use-after-free", FindingKind::use_after_free, ""},
    {"stack-buffer-overflow", FindingKind::stack_buffer_overflow, ""},
    {"stack-buffer-underflow", FindingKind::stack_buffer_overflow, "stack-buffer-underflow"},
    {"dynamic-stack-buffer-overflow", FindingKind::stack_buffer_overflow,
     "dynamic-stack-buffer-overflow"},
    {"global-buffer-overflow", FindingKind::global_buffer_overflow, ""},
    {"container-overflow", FindingKind::container_overflow, ""},
    {"stack-use-after-return", FindingKind::stack_use_after_return, ""},
    {"stack-use-after-scope", FindingKind::stack_use_after_scope, ""},
    {"use-after-poison", FindingKind::unknown, "use-after-poison"},
    {"intra-object-overflow", FindingKind::unknown, "intra-object-overflow"},
    {"initialization-order-fiasco", FindingKind::unknown, "initialization-order-fiasco"},
    {"unknown-crash", FindingKind::unknown, "unknown-crash"},
    {"invalid-pointer-pair", FindingKind::unknown, "invalid-pointer-pair"},
    {"attempting double-free", FindingKind::double_free, ""},
    {"attempting free on address which was not malloc()-ed", FindingKind::invalid_free, ""},
    {"bad-free", FindingKind::invalid_free, ""},
    {"alloc-dealloc-mismatch", FindingKind::alloc_dealloc_mismatch, ""},
    {"new-delete-type-mismatch", FindingKind::alloc_dealloc_mismatch, "new-delete-type-mismatch"},
    {"attempting to call malloc_usable_size() for pointer which is not owned", FindingKind::unknown,
     "bad-malloc_usable_size"},
    {"attempting to call __sanitizer_get_allocated_size() for pointer which is not owned",
     FindingKind::unknown, "bad-__sanitizer_get_allocated_size"},
    // Refined by what the report says about the address.
    {"negative-size-param", FindingKind::heap_buffer_overflow, "negative-size-param"},
    {"bad parameters to __sanitizer_annotate_contiguous_container", FindingKind::unknown,
     "bad-__sanitizer_annotate_contiguous_container"},
    {"bad parameters to __sanitizer_annotate_double_ended_contiguous_container",
     FindingKind::unknown, "bad-__sanitizer_annotate_double_ended_contiguous_container"},
    {"requested allocation size", FindingKind::allocation_size_too_big, ""},
    {"calloc parameters overflow", FindingKind::allocation_size_too_big, "calloc-overflow"},
    {"reallocarray parameters overflow", FindingKind::allocation_size_too_big,
     "reallocarray-overflow"},
    {"pvalloc parameters overflow", FindingKind::allocation_size_too_big, "pvalloc-overflow"},
    {"invalid allocation alignment", FindingKind::unknown, "invalid-allocation-alignment"},
    {"invalid alignment requested in aligned_alloc", FindingKind::unknown,
     "invalid-aligned-alloc-alignment"},
    {"invalid alignment requested in posix_memalign", FindingKind::unknown,
     "invalid-posix-memalign-alignment"},
    {"specified RSS limit exceeded", FindingKind::unknown, "rss-limit-exceeded"},
    {"allocator exceeded the RSS limit", FindingKind::unknown, "rss-limit-exceeded"},
    {"out of memory", FindingKind::unknown, "out-of-memory"},
    {"failed to allocate", FindingKind::unknown, "out-of-memory"},
    {"allocator is out of memory", FindingKind::unknown, "out-of-memory"},
    {"internal allocator is out of memory", FindingKind::unknown, "out-of-memory"},
    {"odr-violation", FindingKind::odr_violation, ""},
    {"stack-overflow", FindingKind::crash, "stack-overflow"},
    {"SEGV", FindingKind::crash, "SEGV"},
    {"BUS", FindingKind::crash, "BUS"},
    {"FPE", FindingKind::crash, "FPE"},
    {"ILL", FindingKind::crash, "ILL"},
    {"ABRT", FindingKind::crash, "ABRT"},
    {"TRAP", FindingKind::crash, "TRAP"},
    {"UNKNOWN SIGNAL", FindingKind::crash, "UNKNOWN SIGNAL"},
    {"nested bug in the same thread", FindingKind::crash, "nested-bug"},
    {"CHECK failed", FindingKind::unknown, "check-failed"},
};

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

bool begins_with(std::string_view words, std::string_view row) {
  return words.starts_with(row) &&
         (words.size() == row.size() || !is_word_character(words[row.size()]));
}

std::string_view first_word(std::string_view words) {
  std::size_t end = 0;
  while (end < words.size() && end < 80 && is_word_character(words[end]))
    ++end;
  return words.substr(0, end);
}

}  // namespace

AsanKind parse_asan_kind(std::string_view words) {
  for (const Row& row : k_rows) {
    if (begins_with(words, row.words)) {
      return {.kind = row.kind, .rule = std::string(row.rule), .is_known = true};
    }
  }
  const std::string_view word = first_word(words);
  // "memcpy-param-overlap", with the name of any function that copies.
  if (word.ends_with("-param-overlap")) {
    return {.kind = FindingKind::overlapping_copy, .rule = std::string(word), .is_known = true};
  }
  return {.rule = std::string(word)};
}

}  // namespace extproof::sanitizers
