// SPDX-License-Identifier: Apache-2.0
#include "harness/compiler/wrap.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>

namespace extproof::compiler {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

Profile small_profile() {
  Profile profile;
  profile.lane = "asan";
  profile.family = Family::gcc;
  profile.cc = "/real/gcc";
  profile.cxx = "/real/g++";
  profile.compile = {"-C1", "-C2"};
  profile.link = {"-L1"};
  profile.link_shared = {"-LS"};
  profile.link_executable = {"-LX"};
  profile.drop.set(static_cast<std::size_t>(FlagGroup::optimisation));
  return profile;
}

std::optional<std::string> no_files(const std::string&) {
  return std::nullopt;
}

std::vector<std::string> argv_of(const Profile& profile, const std::vector<std::string>& args,
                                 const std::string& name = "cc") {
  return wrap(profile, {.called_as = name, .args = args, .folder = "/w"}, no_files).argv;
}

TEST(Wrap, a_compile_gets_the_compile_flags_last) {
  EXPECT_THAT(argv_of(small_profile(), {"-O3", "-c", "a.c"}),
              ElementsAre("/real/gcc", "-c", "a.c", "-C1", "-C2"));
}

TEST(Wrap, the_name_chooses_the_driver) {
  EXPECT_EQ(argv_of(small_profile(), {"-c", "a.c"}, "/bin/clang++-19").front(), "/real/g++");
}

TEST(Wrap, each_kind_of_link_gets_its_own_flags_after_the_common_ones) {
  EXPECT_THAT(argv_of(small_profile(), {"-shared", "a.o"}),
              ElementsAre("/real/gcc", "-shared", "a.o", "-L1", "-LS"));
  EXPECT_THAT(argv_of(small_profile(), {"-O2", "a.o"}),
              ElementsAre("/real/gcc", "a.o", "-L1", "-LX"));
}

TEST(Wrap, a_shared_object_without_the_default_libraries_brings_no_runtime_along) {
  for (const char* option : {"-nodefaultlibs", "-nostdlib"}) {
    EXPECT_THAT(argv_of(small_profile(), {"-shared", "a.o", option}),
                ElementsAre("/real/gcc", "-shared", "a.o", option));
    EXPECT_THAT(argv_of(small_profile(), {"a.o", option}),
                ElementsAre("/real/gcc", "a.o", option, "-L1", "-LX"));
  }
}

TEST(Wrap, a_compile_with_a_link_gets_both) {
  EXPECT_THAT(argv_of(small_profile(), {"a.c", "-o", "a"}),
              ElementsAre("/real/gcc", "a.c", "-o", "a", "-C1", "-C2", "-L1", "-LX"));
}

TEST(Wrap, what_is_neither_compile_nor_link_goes_through_unchanged) {
  const std::vector<std::vector<std::string>> calls = {
      {"--version"},   {"-E", "-O2", "a.c"}, {"-c", "-O2", "a.s"}, {"-r", "-O2", "a.o"},
      {"-c", "a.f90"}, {"-O2", "-print-x"},  {"-c", "a.c", "-o"},  {}};
  for (const std::vector<std::string>& args : calls) {
    std::vector<std::string> expected = {"/real/gcc"};
    expected.insert(expected.end(), args.begin(), args.end());
    EXPECT_EQ(argv_of(small_profile(), args), expected);
  }
}

TEST(Wrap, flags_come_before_the_inputs_that_follow_two_dashes) {
  EXPECT_THAT(argv_of(small_profile(), {"-O2", "-c", "--", "a.c"}),
              ElementsAre("/real/gcc", "-c", "-C1", "-C2", "--", "a.c"));
}

TEST(Wrap, a_library_of_the_lane_is_not_read_in_the_language_of_the_sources) {
  Profile profile = small_profile();
  profile.link = {"/lib/runtime.a"};
  EXPECT_THAT(argv_of(profile, {"-x", "c", "-"}),
              ElementsAre("/real/gcc", "-x", "c", "-", "-C1", "-C2", "-x", "none", "/lib/runtime.a",
                          "-LX"));
  EXPECT_THAT(argv_of(profile, {"a.o"}), ElementsAre("/real/gcc", "a.o", "/lib/runtime.a", "-LX"));
}

TEST(Wrap, prefix_maps_stand_before_the_compile_flags) {
  Profile profile = small_profile();
  profile.maps = {{.from = "/b", .to = "/my src"}};
  EXPECT_THAT(argv_of(profile, {"-c", "a.c"}),
              ElementsAre("/real/gcc", "-c", "a.c", "-ffile-prefix-map=/b=/my src", "-C1", "-C2"));
  EXPECT_THAT(argv_of(profile, {"a.o"}), ElementsAre("/real/gcc", "a.o", "-L1", "-LX"));
}

TEST(Wrap, ccache_stands_before_compiles_of_one_source_with_c_alone) {
  Profile profile = small_profile();
  profile.ccache = "/ccache";
  EXPECT_EQ(argv_of(profile, {"-c", "a.c"})[0], "/ccache");
  EXPECT_EQ(argv_of(profile, {"-c", "a.c"})[1], "/real/gcc");
  for (const std::vector<std::string>& args : {std::vector<std::string>{"-c", "a.c", "b.c"},
                                               {"-S", "a.c"},
                                               {"a.c"},
                                               {"a.o"},
                                               {"-x", "c", "-c", "-"},
                                               {"-E", "a.c"},
                                               {"--version"}}) {
    EXPECT_EQ(argv_of(profile, args)[0], "/real/gcc");
  }
}

TEST(Wrap, a_response_file_is_expanded_where_flags_change_and_left_alone_elsewhere) {
  const ReadText read = [](const std::string& path) -> std::optional<std::string> {
    return path == "f" ? std::optional<std::string>("-O3 -DX='a b' a.c") : std::nullopt;
  };
  EXPECT_THAT(
      wrap(small_profile(), {.called_as = "cc", .args = {"-c", "@f"}, .folder = "/w"}, read).argv,
      ElementsAre("/real/gcc", "-c", "-DX=a b", "a.c", "-C1", "-C2"));
  EXPECT_THAT(
      wrap(small_profile(), {.called_as = "cc", .args = {"-E", "@f"}, .folder = "/w"}, read).argv,
      ElementsAre("/real/gcc", "-E", "@f"));
}

TEST(Wrap, a_long_command_line_reads_back_from_its_response_file) {
  std::vector<std::string> args = {"-c", "a.c"};
  for (int at = 0; at < 6000; ++at) {
    args.push_back("-DNAME_" + std::to_string(at) + "=a b\"c");
  }
  Profile profile = small_profile();
  profile.ccache = "/ccache";
  const Wrapped wrapped =
      wrap(profile, {.called_as = "cc", .args = args, .folder = "/w"}, no_files);
  EXPECT_EQ(wrapped.programs, 2U);
  EXPECT_EQ(parse_response_text(wrapped.response_text),
            std::vector<std::string>(wrapped.argv.begin() + 2, wrapped.argv.end()));
  EXPECT_THAT(wrap(profile, {.called_as = "cc", .args = {"-c", "a.c"}, .folder = "/w"}, no_files)
                  .response_text,
              IsEmpty());
}

TEST(Wrap, the_database_gains_one_line_for_each_source) {
  Profile profile = small_profile();
  profile.database = "/db";
  profile.ccache = "/ccache";
  profile.drop.set(static_cast<std::size_t>(FlagGroup::strip));
  const auto lines = [&](const std::vector<std::string>& args) {
    return wrap(profile, {.called_as = "cc", .args = args, .folder = "/w\xff"}, no_files)
        .database_lines;
  };
  EXPECT_EQ(
      lines({"-c", "-O2", "src/a b.c", "-Wl,-s,-O1"}),
      "{\"schema\": 1, \"lane\": \"asan\", \"directory\": \"/w\xef\xbf\xbd\", "
      "\"file\": \"src/a b.c\", \"output\": \"a b.o\", \"arguments\": [\"/real/gcc\", \"-c\", "
      "\"src/a b.c\", \"-Wl,-O1\", \"-C1\", \"-C2\"], \"dropped\": [\"-O2\", \"-Wl,-s\"]}\n");
  const std::string two = lines({"-c", "a.c", "b.c"});
  EXPECT_THAT(two, HasSubstr("\"file\": \"a.c\", \"output\": \"a.o\""));
  EXPECT_THAT(two, HasSubstr("\"file\": \"b.c\", \"output\": \"b.o\""));
  EXPECT_THAT(lines({"-S", "a.c"}), testing::Not(HasSubstr("output")));
  EXPECT_THAT(lines({"-c", "a.c", "-o", "x/y.o"}), HasSubstr("\"output\": \"x/y.o\""));
  EXPECT_THAT(lines({"a.o"}), IsEmpty());
  EXPECT_THAT(lines({"--version"}), IsEmpty());
  EXPECT_THAT(lines({"-c", "a.c"}), StartsWith("{\"schema\": 1"));
}

TEST(Wrap, whatever_the_arguments_are_no_input_and_no_value_is_lost) {
  const std::vector<std::string> words = {
      "",         "-",        "--",      "-Wl,",       "-Wl,,-s,,",   "-Wl,-z",
      "-z",       "-Xlinker", "-D",      "NDEBUG",     "-DNDEBUG",    "-o",
      "a.c",      "b.o",      "@",       "@x",         "-x",          "c",
      "none",     "-c",       "-O",      "-Wp,-D",     "-Wp,",        "-s",
      "defs",     "-r",       "-shared", "-E",         "--version",   "-Wl,defs,-s",
      "\xff\xfe", "-lasan",   "-Xclang", "-Wl,-rpath", "-fsanitize=x"};
  Profile profile = small_profile();
  profile.drop.set();
  profile.database = "/db";
  std::uint32_t state = 1;
  const auto next = [&state] { return state = state * 1664525U + 1013904223U, state >> 8U; };
  for (int round = 0; round < 20000; ++round) {
    std::vector<std::string> args;
    for (std::uint32_t left = next() % 9; left > 0; --left) {
      args.push_back(words[next() % words.size()]);
    }
    const Arguments arguments = parse_arguments(args);
    const Dropped edited = drop_flags(args, arguments, profile.drop, profile.family);
    std::vector<std::string> inputs;
    for (const Argument& argument : arguments.list) {
      if (argument.input) {
        inputs.emplace_back(argument.value);
      }
    }
    std::vector<std::string> kept_inputs;
    for (const Argument& argument : parse_arguments(edited.kept).list) {
      if (argument.input) {
        kept_inputs.emplace_back(argument.value);
      }
    }
    ASSERT_EQ(kept_inputs, inputs) << render_response_text(args);
    const Wrapped wrapped =
        wrap(profile, {.called_as = "cc", .args = args, .folder = "/w"}, no_files);
    ASSERT_EQ(wrapped.argv.front(), "/real/gcc");
    const Kind kind = classify(args, arguments).kind;
    ASSERT_EQ(wrapped.database_lines.empty(), !compiles(kind)) << render_response_text(args);
    ASSERT_EQ(wrapped.argv.size(),
              kind == Kind::link || compiles(kind)
                  ? 1 + edited.kept.size() + (compiles(kind) ? 2U : 0U) + (links(kind) ? 2U : 0U)
                  : 1 + args.size())
        << render_response_text(args);
  }
}

}  // namespace
}  // namespace extproof::compiler
