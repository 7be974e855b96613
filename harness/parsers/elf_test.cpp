// SPDX-License-Identifier: Apache-2.0
//
// On objects that the compiler of this build makes for the test.

#include "harness/parsers/elf.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "harness/parsers/producer.hpp"

namespace extproof::parsers {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::MatchesRegex;

const char k_code[] =
    "extern void __asan_init(void); extern int PyLong_Check; "
    "int PyInit_it(void) { __asan_init(); return PyLong_Check; }\n";

// An object built from `code` with `flags`; "" where the compiler cannot.
std::string build(const std::string& flags, const std::string& code = k_code) {
  std::string pattern = (fs::temp_directory_path() / "elf testXXXXXX").string();
  const fs::path folder = ::mkdtemp(pattern.data());
  std::ofstream(folder / "it.c") << code;
  const std::string command = "cd '" + folder.string() + "' && " + EXTPROOF_CC +
                              " -shared -fPIC -nostdlib it.c -o it.so " + flags + " 2>/dev/null";
  const int status = std::system(command.c_str());
  std::ostringstream text;
  if (status == 0) {
    text << std::ifstream(folder / "it.so", std::ios::binary).rdbuf();
  }
  fs::remove_all(folder);
  return text.str();
}

const std::string k_names =
    " -Wl,--build-id=0xc0ffee00 -Wl,-soname,it.so.1 -Wl,-rpath,/some/where "
    "-Wl,--enable-new-dtags -Wl,--no-as-needed -lc";

void expect_facts(const ElfObject& object) {
  EXPECT_EQ(object.build_id, "c0ffee00");
  EXPECT_EQ(object.soname, "it.so.1");
  EXPECT_EQ(object.runpath, "/some/where");
  EXPECT_THAT(object.undefined, ElementsAre("PyLong_Check", "__asan_init"));
  EXPECT_THAT(object.defined, Contains("PyInit_it"));
}

TEST(Elf, tells_names_needs_and_symbols_of_a_shared_object) {
  const auto object = parse_elf(build("-g" + k_names));
  ASSERT_TRUE(object.ok()) << object.error().reason;
  expect_facts(object.value());
  EXPECT_THAT(object.value().needed, ElementsAre("libc.so.6"));
  EXPECT_TRUE(object.value().has_debug_lines);
}

TEST(Elf, has_a_default_build_id_or_none) {
  const auto with = parse_elf(build("-Wl,--build-id=sha1"));
  ASSERT_TRUE(with.ok());
  EXPECT_THAT(with.value().build_id, MatchesRegex("[0-9a-f]{40}"));
  const auto without = parse_elf(build("-Wl,--build-id=none"));
  ASSERT_TRUE(without.ok());
  EXPECT_EQ(without.value().build_id, "");
}

TEST(Elf, reads_the_older_kind_of_search_path_too) {
  const auto object = parse_elf(build("-Wl,-rpath,/old -Wl,--disable-new-dtags"));
  ASSERT_TRUE(object.ok());
  EXPECT_EQ(object.value().runpath, "/old");
}

TEST(Elf, notices_that_debug_lines_are_not_there) {
  for (const char* const flags : {"-g0", "-g -s"}) {
    const auto object = parse_elf(build(flags));
    ASSERT_TRUE(object.ok());
    EXPECT_FALSE(object.value().has_debug_lines) << flags;
  }
}

TEST(Elf, tells_which_compilers_made_its_units_and_with_which_flags) {
  const auto object = parse_elf(build("-g -O1 -grecord-gcc-switches -fsanitize=undefined"));
  ASSERT_TRUE(object.ok()) << object.error().reason;
  ASSERT_EQ(object.value().producers.size(), 1u);
  EXPECT_TRUE(was_sanitized(object.value().producers[0], "undefined"))
      << object.value().producers[0];
  EXPECT_FALSE(was_sanitized(object.value().producers[0], "address"));

  const auto without = parse_elf(build("-g -O1 -grecord-gcc-switches"));
  ASSERT_TRUE(without.ok());
  ASSERT_EQ(without.value().producers.size(), 1u);
  EXPECT_FALSE(was_sanitized(without.value().producers[0], "undefined"));
}

TEST(Elf, does_not_guess_at_compressed_texts) {
  std::string code;  // with names enough for the linker to think it worth its while
  for (int i = 0; i < 100; ++i) {
    code += "int a_name_that_compresses_well_" + std::to_string(i) + ";\n";
  }
  const std::string bytes = build("-g -gz", code);
  ASSERT_NE(bytes, "");
  const auto object = parse_elf(bytes);
  ASSERT_TRUE(object.ok()) << object.error().reason;
  EXPECT_THAT(object.value().producers, ::testing::IsEmpty());
  EXPECT_TRUE(object.value().has_debug_lines);
}

TEST(Elf, without_section_headers_still_tells_undefined_symbols) {
  std::string bytes = build("-g0 -Wl,--hash-style=gnu" + k_names);
  ASSERT_GT(bytes.size(), 64u);
  for (const std::size_t at : {40u, 41u, 42u, 43u, 44u, 45u, 46u, 47u, 60u, 61u}) {
    bytes[at] = '\0';  // where they are and how many
  }
  const auto object = parse_elf(bytes);
  ASSERT_TRUE(object.ok()) << object.error().reason;
  EXPECT_THAT(object.value().undefined, ElementsAre("PyLong_Check", "__asan_init"));
  EXPECT_EQ(object.value().build_id, "c0ffee00");
}

TEST(Elf, of_32_bits_is_read_as_well) {
  const std::string bytes = build(
      "-m32 -g -Wl,--build-id=0xc0ffee00 -Wl,-soname,it.so.1 -Wl,-rpath,/some/where "
      "-Wl,--enable-new-dtags");
  if (bytes.empty()) {
    GTEST_SKIP() << "the compiler makes no objects of 32 bits";
  }
  const auto object = parse_elf(bytes);
  ASSERT_TRUE(object.ok()) << object.error().reason;
  expect_facts(object.value());
  EXPECT_TRUE(object.value().has_debug_lines);
}

TEST(Elf, of_the_other_byte_order_is_read_as_well) {
  // A header of 64 bits, big-endian, and one note segment.
  std::string bytes(64 + 56 + 20, '\0');
  bytes.replace(0, 6,
                "\x7f"
                "ELF\x02\x02");
  bytes[39] = 64;        // the program headers come next,
  bytes[55] = 56;        // each of 56 bytes,
  bytes[57] = 1;         // and there is one,
  bytes[64 + 3] = 4;     // of notes,
  bytes[64 + 15] = 120;  // which are behind it,
  bytes[64 + 39] = 20;   // 20 bytes.
  bytes[123] = 4;        // The size of the name,
  bytes[127] = 4;        // that of the value,
  bytes[131] = 3;        // and the type.
  bytes.replace(132, 8, std::string("GNU\0\x01\x02\x03\xff", 8));
  const auto object = parse_elf(bytes);
  ASSERT_TRUE(object.ok()) << object.error().reason;
  EXPECT_EQ(object.value().build_id, "010203ff");
}

TEST(Elf, that_is_none_is_refused) {
  for (const char* const text : {"",
                                 "\x7f"
                                 "ELF",
                                 "#!/bin/sh\nexit 0\n", "INPUT(libx.so.1)   "}) {
    const auto object = parse_elf(text);
    ASSERT_FALSE(object.ok());
    EXPECT_EQ(object.error().reason, "it is no ELF file");
  }
  EXPECT_FALSE(parse_elf(std::string("\x7f"
                                     "ELF\x09\x01") +
                         std::string(60, '\0'))
                   .ok());
}

TEST(Elf, cut_off_anywhere_is_refused_and_never_read_past_its_end) {
  const std::string bytes = build("-g" + k_names);
  ASSERT_TRUE(parse_elf(bytes).ok());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    // A block of exactly that size, so that a tool which watches memory sees every byte too many.
    const std::vector<char> piece(bytes.begin(), bytes.begin() + static_cast<long>(size));
    EXPECT_FALSE(parse_elf(std::string_view(piece.data(), piece.size())).ok()) << size;
  }
}

TEST(Elf, with_random_changes_gives_an_answer) {
  const std::string bytes = build("-g" + k_names);
  ASSERT_FALSE(bytes.empty());
  std::mt19937 random(20240229);
  int answered = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string changed = bytes;
    for (int i = 0; i < 1 + round % 8; ++i) {
      // Mostly in the headers, where a change matters most.
      const std::size_t range = round % 2 == 0 ? 1024 : changed.size();
      changed[random() % range] = static_cast<char>(random());
    }
    const auto object = parse_elf(changed);
    answered += object.ok() || !object.error().reason.empty() ? 1 : 0;
  }
  EXPECT_EQ(answered, 20000);
}

TEST(Elf, cannot_make_a_small_file_ask_for_much_memory) {
  // 4,000 entries of the dynamic section name the same string of 60,000 bytes.
  const std::uint64_t entries = 4000;
  std::string bytes(64 + 2 * 56, '\0');
  const auto put = [&bytes](std::size_t at, std::uint64_t value, unsigned width) {
    for (unsigned i = 0; i < width; ++i) {
      bytes[at + i] = static_cast<char>(value >> (8 * i));
    }
  };
  const std::uint64_t dynamic = bytes.size();
  const std::uint64_t names = dynamic + entries * 16 + 32;
  bytes.resize(names);
  bytes += std::string(60000, 'x') + '\0';
  bytes.replace(0, 6,
                "\x7f"
                "ELF\x02\x01");
  put(32, 64, 8);
  put(54, 56, 2);
  put(56, 2, 2);
  put(64, 1, 4);  // everything is loaded at its own offset
  put(64 + 32, bytes.size(), 8);
  put(120, 2, 4);
  put(120 + 8, dynamic, 8);
  put(120 + 16, dynamic, 8);
  put(120 + 32, names - dynamic, 8);
  for (std::uint64_t i = 0; i < entries; ++i) {
    put(dynamic + i * 16, 1, 8);
  }
  put(dynamic + entries * 16, 5, 8);
  put(dynamic + entries * 16 + 8, names, 8);
  put(dynamic + entries * 16 + 16, 10, 8);
  put(dynamic + entries * 16 + 24, 60001, 8);
  const auto object = parse_elf(bytes);
  ASSERT_FALSE(object.ok());
  EXPECT_EQ(object.error().reason, "what its names add up to would be outside of the file");
}

}  // namespace
}  // namespace extproof::parsers
