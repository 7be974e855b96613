// SPDX-License-Identifier: Apache-2.0
#include "harness/compiler/command_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/compiler/response_file.hpp"

namespace extproof::compiler {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Row {
  std::string name;  // a sentence; becomes the name of the test
  std::string args;  // words as in a response file
  Kind kind;
  LinkOutput output = LinkOutput::none;
};

const std::vector<Row> k_rows = {
    {"the_version_is_a_query", "--version", Kind::query},
    {"a_query_beside_inputs_is_a_query", "-c a.c -###", Kind::query},
    {"printing_a_path_is_a_query", "-print-file-name=libasan.so", Kind::query},
    {"printing_with_two_dashes_is_a_query", "--print-search-dirs", Kind::query},
    {"dumping_the_machine_is_a_query", "-dumpmachine", Kind::query},
    {"help_on_optimisers_is_a_query", "-Q --help=optimizers", Kind::query},
    {"verbose_alone_is_a_query", "-v", Kind::query},
    {"a_query_as_the_value_of_an_option_is_none", "-o --version a.o", Kind::link,
     LinkOutput::executable},
    {"an_empty_command_line_is_nothing", "", Kind::nothing},
    {"flags_without_inputs_are_nothing", "-O2 -Wl,--version", Kind::nothing},
    {"an_option_without_its_value_is_nothing", "-c a.c -o", Kind::nothing},
    {"standard_input_without_a_language_is_nothing", "-c -", Kind::nothing},
    {"an_object_with_c_is_nothing", "-c a.o", Kind::nothing},
    {"E_preprocesses", "-E a.c", Kind::preprocess},
    {"E_wins_over_c", "-c a.c -E", Kind::preprocess},
    {"E_preprocesses_standard_input_without_a_language", "-E -dM -", Kind::preprocess},
    {"E_preprocesses_a_header", "-E -x c++-header a.h -o -", Kind::preprocess},
    {"M_preprocesses", "-M a.c", Kind::preprocess},
    {"MM_preprocesses", "-MM a.c", Kind::preprocess},
    {"MD_does_not_preprocess", "-MD -MF a.d -c a.c", Kind::compile},
    {"an_assembler_source_is_assembled", "-c a.s", Kind::assemble},
    {"a_source_with_macros_for_the_assembler_is_assembled", "-c a.S", Kind::assemble},
    {"x_makes_an_assembler_source", "-x assembler-with-cpp -c a.c", Kind::assemble},
    {"an_assembler_source_without_c_is_a_link", "a.S -o a", Kind::link, LinkOutput::executable},
    {"c_compiles", "-c a.c", Kind::compile},
    {"S_compiles", "-S a.cpp", Kind::compile},
    {"syntax_only_compiles", "-fsyntax-only a.cc", Kind::compile},
    {"a_C_suffix_compiles", "-c a.C", Kind::compile},
    {"preprocessed_code_compiles", "-c a.ii", Kind::compile},
    {"a_header_compiles_without_c", "-o a.h.gch a.h", Kind::compile},
    {"x_makes_a_header_that_compiles", "-x c++-header a.txt -o a.gch", Kind::compile},
    {"standard_input_with_a_language_compiles", "-x c -c -", Kind::compile},
    {"x_joined_with_its_language_compiles", "-xc++ -c -", Kind::compile},
    {"x_none_gives_the_suffix_back", "-x c -x none -c a.f90", Kind::other_language},
    {"a_source_and_an_assembler_source_compile", "-c a.c b.s", Kind::compile},
    {"a_source_without_c_is_linked_too", "a.c", Kind::compile_and_link, LinkOutput::executable},
    {"a_source_with_shared_is_linked_too", "-shared a.cpp -o a.so", Kind::compile_and_link,
     LinkOutput::shared},
    {"objects_are_linked", "a.o b.o -o a", Kind::link, LinkOutput::executable},
    {"objects_with_shared_are_a_shared_object", "-shared a.o -o a.so", Kind::link,
     LinkOutput::shared},
    {"shared_through_the_linker_is_a_shared_object", "-Wl,-O1,-shared a.o", Kind::link,
     LinkOutput::shared},
    {"shared_libgcc_is_no_shared_object", "-shared-libgcc a.o", Kind::link, LinkOutput::executable},
    {"a_position_independent_executable_is_an_executable", "-pie a.o", Kind::link,
     LinkOutput::executable},
    {"a_library_without_a_suffix_is_linked", "libfoo.so.1 -o a", Kind::link,
     LinkOutput::executable},
    {"r_is_relocatable", "-r a.o b.o -o c.o", Kind::relocatable, LinkOutput::relocatable},
    {"r_through_the_linker_is_relocatable", "-Wl,-r a.o", Kind::relocatable,
     LinkOutput::relocatable},
    {"r_through_Xlinker_is_relocatable", "-Xlinker --relocatable a.o", Kind::relocatable,
     LinkOutput::relocatable},
    {"a_source_with_r_compiles_alone", "-r a.c -o a.o", Kind::compile, LinkOutput::relocatable},
    {"r_as_the_value_of_rpath_is_no_relocatable_link", "-Wl,-rpath,-r a.o", Kind::link,
     LinkOutput::executable},
    {"fortran_is_another_language", "-c a.f90", Kind::other_language},
    {"cuda_is_another_language", "-c a.cu", Kind::other_language},
    {"x_cuda_is_another_language", "-x cuda -c a.cpp", Kind::other_language},
    {"objective_c_is_another_language", "-c a.m", Kind::other_language},
    {"a_value_is_no_input", "-include a.c -I b.c -MF c.c -D d.c", Kind::nothing},
    {"what_follows_two_dashes_is_an_input", "-c -- -a.c", Kind::compile},
    {"a_file_of_an_architecture_is_no_input", "-Xarch_host -O2 -target x.c", Kind::nothing},
};

class CommandLineRow : public testing::TestWithParam<Row> {};

TEST_P(CommandLineRow, has_the_expected_kind) {
  const std::vector<std::string> args = parse_response_text(GetParam().args);

  const Arguments arguments = parse_arguments(args);
  const CommandLine line = classify(args, arguments);

  EXPECT_EQ(to_string(line.kind), to_string(GetParam().kind));
  EXPECT_EQ(line.output_kind, GetParam().output);
  EXPECT_EQ(line.sources.empty(), !compiles(line.kind));
  std::size_t covered = 0;
  for (const Argument& argument : arguments.list) {
    EXPECT_EQ(argument.first, covered);
    covered += argument.count;
  }
  EXPECT_EQ(covered, args.size());
}

INSTANTIATE_TEST_SUITE_P(rows, CommandLineRow, testing::ValuesIn(k_rows),
                         [](const auto& row) { return row.param.name; });

CommandLine read(const std::vector<std::string>& args) {
  return classify(args, parse_arguments(args));
}

TEST(CommandLine, a_name_with_two_plus_signs_is_the_cxx_driver) {
  for (const char* name : {"c++", "g++", "clang++", "extproof-c++", "clang++-19", "/a/b/g++-12",
                           "x86_64-linux-gnu-g++"}) {
    EXPECT_EQ(driver_of(name), Driver::cxx) << name;
  }
  for (const char* name :
       {"cc", "gcc", "clang-19", "extproof-cc", "/opt/c++/bin/gcc", "x86_64-linux-gnu-gcc", ""}) {
    EXPECT_EQ(driver_of(name), Driver::c) << name;
  }
}

TEST(CommandLine, sources_and_output_are_found_between_options_with_values) {
  const std::vector<std::string> args = {"-I", "x.c", "a.c", "-oout.o", "-MF", "y.c", "b.cc", "-c"};
  const CommandLine line = read(args);
  EXPECT_THAT(line.sources, ElementsAre("a.c", "b.cc"));
  EXPECT_EQ(line.output, "out.o");
  EXPECT_TRUE(line.to_object);
}

TEST(CommandLine, assembly_output_wins_over_c) {
  const std::vector<std::string> args = {"-c", "-S", "a.c"};
  EXPECT_FALSE(read(args).to_object);
}

TEST(CommandLine, a_language_in_force_at_the_end_is_noticed) {
  const std::vector<std::string> in_force = {"-x", "c", "-"};
  const std::vector<std::string> taken_back = {"-x", "c", "-", "-x", "none"};
  EXPECT_TRUE(read(in_force).language_is_set);
  EXPECT_FALSE(read(taken_back).language_is_set);
}

TEST(CommandLine, linker_words_come_in_order_from_all_three_spellings) {
  const std::vector<std::string> args = {"-Wl,-z,now", "a.o", "-Xlinker", "-z",
                                         "-Wl,defs",   "-z",  "relro"};
  const Arguments arguments = parse_arguments(args);
  std::vector<std::string> words;
  for (const LinkerWord& word : linker_words(arguments)) {
    words.push_back(std::string(word.text) + (word.is_value ? "=value" : ""));
  }
  EXPECT_THAT(words, ElementsAre("-z", "now=value", "-z", "defs=value", "-z", "relro=value"));
}

TEST(CommandLine, an_empty_linker_list_has_no_words) {
  const std::vector<std::string> args = {"-Wl", "-z"};
  EXPECT_THAT(linker_words(parse_arguments(args)), IsEmpty());
}

TEST(CommandLine, long_linker_options_take_one_dash_or_two_and_short_ones_one) {
  EXPECT_TRUE(is_linker_option("--strip-all", "-strip-all"));
  EXPECT_TRUE(is_linker_option("-strip-all", "-strip-all"));
  EXPECT_FALSE(is_linker_option("--s", "-s"));
  EXPECT_FALSE(is_linker_option("---strip-all", "-strip-all"));
}

}  // namespace
}  // namespace extproof::compiler
