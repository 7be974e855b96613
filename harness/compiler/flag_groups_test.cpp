// SPDX-License-Identifier: Apache-2.0
#include "harness/compiler/flag_groups.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/compiler/response_file.hpp"

namespace extproof::compiler {
namespace {

struct Row {
  std::string name;     // a sentence; becomes the name of the test
  std::string groups;   // names, separated by spaces
  std::string args;     // words as in a response file
  std::string kept;     // joined with "|"
  std::string dropped;  // joined with "|"
  Family family = Family::gcc;
};

const std::vector<Row> k_rows = {
    {"no_group_drops_nothing", "", "-s -O3 -flto -DNDEBUG a.c", "-s|-O3|-flto|-DNDEBUG|a.c", ""},
    {"strip_goes_in_every_spelling", "strip",
     "-s -Wl,-s -Wl,--strip-all -Wl,-S -Wl,-strip-debug -g0 -Xlinker -s a.o -S", "a.o|-S",
     "-s|-Wl,-s|-Wl,--strip-all|-Wl,-S|-Wl,-strip-debug|-g0|-Xlinker -s"},
    {"a_list_loses_the_offending_word_only", "strip", "-Wl,-O1,-s,--as-needed",
     "-Wl,-O1,--as-needed", "-Wl,-s"},
    {"a_value_that_looks_like_strip_stays", "strip",
     "-Wl,-rpath,-s -o -s -Xlinker -soname -Xlinker -s",
     "-Wl,-rpath,-s|-o|-s|-Xlinker|-soname|-Xlinker|-s", ""},
    {"an_input_after_two_dashes_stays", "strip", "-- -s -Wl,-s", "--|-s|-Wl,-s", ""},
    {"lto_goes_in_every_spelling", "lto",
     "-flto -flto=thin -flto=auto -fuse-linker-plugin -ffat-lto-objects -fno-fat-lto-objects "
     "-fwhole-program-vtables -Wl,-plugin,x.so,-plugin-opt=-y,-O1 -flto-partition=none",
     "-Wl,-O1",
     "-flto|-flto=thin|-flto=auto|-fuse-linker-plugin|-ffat-lto-objects|-fno-fat-lto-objects|"
     "-fwhole-program-vtables|-Wl,-plugin,x.so,-plugin-opt=-y|-flto-partition=none"},
    {"no_lto_stays", "lto", "-fno-lto", "-fno-lto", ""},
    {"a_static_cxx_runtime_goes", "static-libstdcxx", "-static-libstdc++ -static-libgcc -static",
     "-static", "-static-libstdc++|-static-libgcc"},
    {"a_static_executable_goes", "static-executable", "-static -static-pie -static-libgcc",
     "-static-libgcc", "-static|-static-pie"},
    {"symbolic_goes_in_every_spelling", "symbolic",
     "-Bsymbolic -Wl,-Bsymbolic -Wl,-Bsymbolic-functions,-z,now -Wl,-Bstatic",
     "-Wl,-z,now|-Wl,-Bstatic", "-Bsymbolic|-Wl,-Bsymbolic|-Wl,-Bsymbolic-functions"},
    {"no_undefined_goes_in_every_spelling", "no-undefined",
     "-Wl,-z,defs -Wl,--no-undefined -z defs -Wl,-z -Wl,defs -Wl,-zdefs -Xlinker -z -Xlinker defs "
     "-zdefs -Wl,-z,now,-z,defs,-O1",
     "-Wl,-z,now,-O1",
     "-Wl,-z,defs|-Wl,--no-undefined|-z defs|-Wl,-z|-Wl,defs|-Wl,-zdefs|-Xlinker -z|-Xlinker defs|"
     "-zdefs|-Wl,-z,defs"},
    {"another_keyword_of_z_stays", "no-undefined", "-z now -Wl,-z,relro -z nodefs",
     "-z|now|-Wl,-z,relro|-z|nodefs", ""},
    {"fortify_goes_in_every_spelling", "fortify",
     "-D_FORTIFY_SOURCE=2 -D_FORTIFY_SOURCE -D _FORTIFY_SOURCE=3 -Wp,-D_FORTIFY_SOURCE=2 "
     "-Wp,-D_GLIBCXX_ASSERTIONS,-D_FORTIFY_SOURCE=2 -Wp,-D,_FORTIFY_SOURCE=1,-MD,x "
     "-Xpreprocessor -D_FORTIFY_SOURCE --define-macro=_FORTIFY_SOURCE=2",
     "-Wp,-D_GLIBCXX_ASSERTIONS|-Wp,-MD,x",
     "-D_FORTIFY_SOURCE=2|-D_FORTIFY_SOURCE|-D _FORTIFY_SOURCE=3|-Wp,-D_FORTIFY_SOURCE=2|"
     "-Wp,-D_FORTIFY_SOURCE=2|-Wp,-D,_FORTIFY_SOURCE=1|-Xpreprocessor -D_FORTIFY_SOURCE|"
     "--define-macro=_FORTIFY_SOURCE=2"},
    {"a_macro_that_only_begins_so_stays", "fortify ndebug",
     "-D_FORTIFY_SOURCES -DNDEBUGGER -UNDEBUG -U_FORTIFY_SOURCE",
     "-D_FORTIFY_SOURCES|-DNDEBUGGER|-UNDEBUG|-U_FORTIFY_SOURCE", ""},
    {"ndebug_goes_in_every_spelling", "ndebug", "-DNDEBUG -D NDEBUG -DNDEBUG=1 -DX=NDEBUG",
     "-DX=NDEBUG", "-DNDEBUG|-D NDEBUG|-DNDEBUG=1"},
    {"wrap_goes", "wrap", "-fwrapv -fwrapv-pointer -fno-strict-overflow -fno-wrapv", "-fno-wrapv",
     "-fwrapv|-fwrapv-pointer|-fno-strict-overflow"},
    {"optimisation_goes_and_the_linkers_stays", "optimisation",
     "-O -O0 -O2 -Os -Ofast -Og -Wl,-O1 -ObjC", "-Wl,-O1|-ObjC", "-O|-O0|-O2|-Os|-Ofast|-Og"},
    {"the_frame_pointer_comes_back", "omit-frame-pointer",
     "-fomit-frame-pointer -fno-omit-frame-pointer", "-fno-omit-frame-pointer",
     "-fomit-frame-pointer"},
    {"inherited_sanitizers_go", "sanitize",
     "-fsanitize=address,undefined -fsanitize-recover=all -fno-sanitize=vptr -shared-libasan "
     "-static-libasan -lasan -l ubsan -lm",
     "-lm",
     "-fsanitize=address,undefined|-fsanitize-recover=all|-fno-sanitize=vptr|-shared-libasan|"
     "-static-libasan|-lasan|-l ubsan"},
    {"profiling_goes", "profiling", "-fprofile-arcs --coverage -ftest-coverage -pthread",
     "-pthread", "-fprofile-arcs|--coverage|-ftest-coverage"},
    {"warnings_as_errors_go_and_warnings_stay", "warnings-as-errors",
     "-Wall -Werror -Werror=format -Wno-error", "-Wall|-Wno-error", "-Werror|-Werror=format"},
    {"clang_loses_what_only_gcc_knows", "",
     "-specs=/x/y -specs x --specs=z -fprofile-partial-training -fprofile-use -ffat-lto-objects "
     "-fno-ipa-ra -fabi-version=11 -fstack-clash-protection -fno-semantic-interposition a.c",
     "-fstack-clash-protection|-fno-semantic-interposition|a.c",
     "-specs=/x/y|-specs x|--specs=z|-fprofile-partial-training|-fprofile-use|-ffat-lto-objects|"
     "-fno-ipa-ra|-fabi-version=11",
     Family::clang},
    {"clang_keeps_its_own_profile_flags", "", "-fprofile-instr-generate -fcoverage-mapping",
     "-fprofile-instr-generate|-fcoverage-mapping", "", Family::clang},
    {"gcc_loses_what_only_clang_knows", "",
     "-Qunused-arguments -Wno-unused-command-line-argument -shared-libsan -stdlib=libc++ "
     "-Xclang -disable-x -mllvm -y -target a-b-c --target=d -fcolor-diagnostics -Weverything a.c",
     "-Wno-unused-command-line-argument|a.c",
     "-Qunused-arguments|-shared-libsan|-stdlib=libc++|-Xclang -disable-x|-mllvm -y|"
     "-target a-b-c|--target=d|-fcolor-diagnostics|-Weverything"},
    {"gcc_keeps_its_own_flags", "", "-specs=/x/y -fprofile-use -fno-ipa-ra",
     "-specs=/x/y|-fprofile-use|-fno-ipa-ra", ""},
};

std::string joined(const std::vector<std::string>& texts) {
  std::string result;
  for (const std::string& text : texts) {
    result += (result.empty() ? "" : "|") + text;
  }
  return result;
}

class FlagGroupsRow : public testing::TestWithParam<Row> {};

TEST_P(FlagGroupsRow, keeps_and_drops_as_expected) {
  FlagGroups groups;
  for (const std::string& name : parse_response_text(GetParam().groups)) {
    const std::optional<FlagGroup> group = flag_group_of(name);
    ASSERT_TRUE(group.has_value()) << name;
    groups.set(static_cast<std::size_t>(*group));
  }
  const std::vector<std::string> args = parse_response_text(GetParam().args);

  const Dropped result = drop_flags(args, parse_arguments(args), groups, GetParam().family);

  EXPECT_EQ(joined(result.kept), GetParam().kept);
  EXPECT_EQ(joined(result.dropped), GetParam().dropped);
  EXPECT_EQ(result.end_of_options, parse_arguments(result.kept).end_of_options);
}

INSTANTIATE_TEST_SUITE_P(rows, FlagGroupsRow, testing::ValuesIn(k_rows),
                         [](const auto& row) { return row.param.name; });

TEST(FlagGroups, each_name_names_its_own_group) {
  for (std::size_t at = 0; at < k_flag_groups; ++at) {
    const auto group = static_cast<FlagGroup>(at);
    EXPECT_EQ(flag_group_of(to_string(group)), group);
  }
  EXPECT_EQ(flag_group_of("everything"), std::nullopt);
}

}  // namespace
}  // namespace extproof::compiler
