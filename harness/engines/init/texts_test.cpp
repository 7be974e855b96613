// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/init/texts.hpp"

#include <gmock/gmock.h>

#include "harness/engines/init/scene_for_test.hpp"
#include "harness/parsers/python_lines.hpp"
#include "harness/parsers/toml_document.hpp"

namespace extproof::engines::init {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* k_hostile[] = {"a\"b",    "a\\b", "a\nb = 1\n[x]", "${{ github.token }}",
                                     "\x01",    "'''",  "\"\"\"",        "a\x7F",
                                     "\xC3\xA4"};

TEST(InitToml, every_text_comes_back_as_it_was) {
  for (const char* text : k_hostile) {
    const auto read = parsers::parse_toml("k = " + toml_string(text));
    ASSERT_TRUE(read.ok()) << text;
    EXPECT_EQ(read.value().find("k")->text, text);
  }
  EXPECT_EQ(toml_string("\xFF"), "\"\xEF\xBF\xBD\"");
}

TEST(InitToml, hostile_names_of_folders_are_quoted_or_nothing_is_written) {
  for (const char* text : k_hostile) {
    Readings readings;
    readings.tests = {text};
    if (const auto whole = append_config("[project]\nname = \"x\"\n", readings)) {
      EXPECT_EQ(parsers::parse_toml(*whole).value().find("tool")->find("extproof")->entries.size(),
                1u);
    }
  }
}

TEST(InitToml, what_was_there_stays_the_beginning_byte_by_byte) {
  for (const std::string text : {"", "[a]\nb = 1", "[a]\nb = 1\n\n\n", "[a]\r\nb = 1\r\n",
                                 "\xEF\xBB\xBF[tool.x]\ny = nan\n", "# only a comment"}) {
    const auto whole = append_config(text, {});
    ASSERT_TRUE(whole.has_value()) << text;
    EXPECT_THAT(*whole, StartsWith(text));
  }
}

TEST(InitToml, the_line_ends_are_those_of_the_file) {
  const std::string whole = *append_config("[a]\r\nb = 1\r\n", {});
  for (std::size_t at = whole.find('\n'); at != std::string::npos; at = whole.find('\n', at + 1)) {
    EXPECT_EQ(whole[at - 1], '\r');
  }
}

TEST(InitToml, a_file_that_takes_no_further_table_is_not_touched) {
  EXPECT_FALSE(append_config("tool = {x = {}}\n", {}));
  EXPECT_FALSE(append_config("tool.extproof.lanes = [\"asan\"]\n", {}));
  EXPECT_FALSE(append_config("[tool]\nextproof = 1\n", {}));
  EXPECT_FALSE(append_config("no toml", {}));
  EXPECT_FALSE(append_config("a = \"\"\"\n", {}));
  Readings readings;
  readings.test_needs = {"-r requirements.txt"};
  EXPECT_FALSE(append_config("[a]\n", readings)) << "no value of that key";
}

TEST(InitNoxfile, a_new_one_is_whole_python_with_the_session_in_it) {
  EXPECT_TRUE(parsers::parse_python_lines(render_noxfile()).complete);
  EXPECT_TRUE(has_session(render_noxfile()));
}

TEST(InitNoxfile, a_session_of_that_name_is_seen_however_it_is_written) {
  for (const char* text :
       {"@nox.session\ndef extproof(session): pass\n",
        "@nox.session(python=False)\n@nox.parametrize('a', [1])\ndef extproof(s): pass\n",
        "@nox.session(name=\"extproof\")\ndef other(s): pass\n",
        "from nox import session\n@session(\n  name='extproof')\ndef other(s): pass\n"}) {
    EXPECT_TRUE(has_session(text)) << text;
  }
  for (const char* text : {"", "def extproof(): pass\n", "# @nox.session\n# def extproof\n",
                           "@nox.session\ndef extproof2(session): pass\n",
                           "@nox.session(tags=[\"extproof\"])\ndef a(session): pass\n",
                           "@nox.session\ndef a(s): pass\ndef extproof(): pass\n"}) {
    EXPECT_FALSE(has_session(text)) << text;
  }
}

TEST(InitNoxfile, only_a_whole_file_that_imports_nox_gets_a_session) {
  EXPECT_EQ(unfit_for_session("import nox\n"), "");
  EXPECT_EQ(unfit_for_session("import os, nox\nnox.main()"), "");
  EXPECT_THAT(unfit_for_session("import nox\ndef f():\n"), HasSubstr("middle of a statement"));
  EXPECT_THAT(unfit_for_session("from nox import session\n"), HasSubstr("import nox"));
  EXPECT_THAT(unfit_for_session("import nox as n\n"), HasSubstr("import nox"));
  EXPECT_THAT(unfit_for_session("def f():\n    import nox\n"), HasSubstr("import nox"));
  EXPECT_THAT(unfit_for_session("import nox\nextproof = 1\n"), HasSubstr("something else"));
}

TEST(InitNoxfile, the_session_uses_what_the_file_has) {
  EXPECT_THAT(render_session("import nox\n"), HasSubstr("    import os\n"));
  EXPECT_THAT(render_session("import os\nimport nox\n"), Not(HasSubstr("import os")));
  EXPECT_THAT(render_session("import os.path\nimport nox\n"), Not(HasSubstr("import os")));
  EXPECT_THAT(render_session("import nox\n"), StartsWith("@nox.session(default=False)\n"));
  EXPECT_THAT(render_session("import nox\nnox.options.sessions = ['a']\n"),
              StartsWith("@nox.session\n"));
}

TEST(InitNoxfile, two_empty_lines_stand_in_front_of_what_is_appended) {
  EXPECT_EQ(append_text("a", "b\n", 2), "a\n\n\nb\n");
  EXPECT_EQ(append_text("a\n\n", "b\n", 2), "a\n\n\nb\n");
  EXPECT_EQ(append_text("a\n\n\n\n\n", "b\n", 2), "a\n\n\n\n\nb\n");
  EXPECT_EQ(append_text("a\r\n", "b\nc\n", 1), "a\r\n\r\nb\r\nc\r\n");
  EXPECT_EQ(append_text("", "b\n", 2), "b\n");
}

std::string workflow(const std::string& table, std::string_view folder = "") {
  const Input input =
      scene_of({{"pyproject.toml", "[build-system]\nrequires = [\"setuptools\"]\n" + table}});
  return render_workflow(input, {}, folder);
}

TEST(InitWorkflow, compilers_and_interpreter_are_those_of_the_configuration) {
  EXPECT_THAT(workflow(""), HasSubstr("PACKAGES: ccache clang-18 libclang-rt-18-dev llvm-18\n"));
  EXPECT_THAT(workflow("[tool.extproof]\ncompiler = \"gcc-13\"\nlane.asan.compiler = \"clang-19\"\n"
                       "python = \"3.13t\"\n"),
              ::testing::AllOf(
                  HasSubstr("PACKAGES: ccache clang-19 g++-13 gcc-13 libclang-rt-19-dev llvm-19\n"),
                  HasSubstr("python-version: \"3.13t\"\n")));
}

TEST(InitWorkflow, nothing_but_letters_of_names_comes_from_a_configuration) {
  const std::string text = workflow(
      "[tool.extproof]\ncompiler = \"/opt/${{ x }}/clang\"\npython = \"/opt/${{ x }}/python\"\n");
  EXPECT_THAT(text, Not(HasSubstr("/opt")));
  EXPECT_THAT(text, HasSubstr("clang-18"));
}

TEST(InitWorkflow, the_interpreter_is_the_newest_that_the_project_allows) {
  const auto version = [](const std::string& specifier) {
    const std::string text = workflow(
        "[project]\nname = \"a\"\nversion = \"1\"\n"
        "requires-python = \"" +
        specifier + "\"\n");
    const std::size_t at = text.find("python-version: \"") + 17;
    return text.substr(at, text.find('"', at) - at);
  };
  EXPECT_EQ(version(">=3.9"), "3.14");
  EXPECT_EQ(version(">=3.9,<3.12"), "3.11");
  EXPECT_EQ(version(">=3.13.2"), "3.14");
  EXPECT_EQ(version("<3.5"), "3.x");
}

TEST(InitWorkflow, the_checkout_brings_what_the_build_needs) {
  EXPECT_THAT(workflow(""), Not(HasSubstr("fetch-depth")));
  EXPECT_THAT(workflow(""), Not(HasSubstr("submodules")));

  const Input input = scene_of({{"setup.py", "setup()\n"}, {".gitmodules", ""}});
  Readings readings;
  readings.version_from_repository = true;
  const std::string text = render_workflow(input, readings, "");
  EXPECT_THAT(text, HasSubstr("          fetch-depth: 0"));
  EXPECT_THAT(text, HasSubstr("          submodules: recursive\n"));
}

TEST(InitWorkflow, a_folder_is_where_everything_is_done) {
  const std::string text = workflow("", "python/pkg");
  EXPECT_THAT(text, HasSubstr("    working-directory: \"python/pkg\"\n"));
  EXPECT_THAT(text, HasSubstr("            python/pkg/.extproof/build\n"));
  EXPECT_THAT(text, HasSubstr("hashFiles('python/pkg/extproof-reports/extproof.sarif')"));
  EXPECT_THAT(workflow(""), Not(HasSubstr("working-directory")));
}

TEST(InitWorkflow, a_folder_with_signs_of_its_own_is_not_fit) {
  EXPECT_TRUE(fit_for_workflow("a/b-c_d.e"));
  for (const char* folder : {"a b", "a\"", "a'", "a\nb", "${{ x }}", "a:", "a#", "*", "\xC3\xA4"}) {
    EXPECT_FALSE(fit_for_workflow(folder)) << folder;
  }
}

}  // namespace
}  // namespace extproof::engines::init
