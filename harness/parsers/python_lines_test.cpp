// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/python_lines.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace extproof::parsers {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> modules(std::string_view text, bool required) {
  std::vector<std::string> names;
  for (const PythonImport& one : imports_of(parse_python_lines(text))) {
    if (one.required == required) {
      names.push_back(one.module);
    }
  }
  return names;
}

TEST(PythonLines, every_form_of_an_import_gives_its_first_part) {
  EXPECT_THAT(modules("import a, b.c as d\nfrom e.f import (\n    g,\n    h,\n)\n"
                      "def f():\n    import i; import j\n",
                      true),
              ElementsAre("a", "b", "e", "i", "j"));
}

TEST(PythonLines, text_in_strings_and_comments_imports_nothing) {
  EXPECT_THAT(
      modules("\"\"\"\nimport a\n\"\"\"\n# import b\nx = 'import c'\ny = r'\\\\'\nimport d\n"
              "z = \"\"\"it's\nimport e\n\\\"\"\"\"\nimport f\n",
              true),
      ElementsAre("d", "f"));
}

TEST(PythonLines, relative_imports_and_those_for_type_checkers_are_left_out) {
  EXPECT_THAT(modules("from . import a\nfrom .b import c\nif TYPE_CHECKING:\n    import d\n"
                      "if typing.TYPE_CHECKING:\n    from e import f\nif not TYPE_CHECKING:\n"
                      "    import g\n",
                      true),
              ElementsAre("g"));
}

TEST(PythonLines, what_may_be_missing_is_not_required) {
  constexpr std::string_view k_text =
      "try:\n    import a\nexcept ImportError:\n    import b\nelse:\n    import c\n"
      "d = pytest.importorskip(\"d.e\")\nimport f\n";
  EXPECT_THAT(modules(k_text, false), ElementsAre("a", "b", "d"));
  EXPECT_THAT(modules(k_text, true), ElementsAre("c", "f"));
}

TEST(PythonLines, first_arguments_are_found_over_lines_with_and_without_their_name) {
  const PythonText text = parse_python_lines(
      "setup(ext_modules=[Extension(\n    \"a._b\", []), Pybind11Extension(name='c', x=1),\n"
      "    Extension(NAME), Extension])\n# Extension(\"d\")\n");
  EXPECT_THAT(first_arguments_of(text, "Extension"), ElementsAre("a._b", "c"));
}

TEST(PythonLines, a_statement_may_follow_whole_ones) {
  for (const char* text :
       {"", "x = 1", "x = 1\n", "def f():\n    return 1\n", "if a:\n    b()\n\n# the end",
        "try:\n    a()\nexcept B:\n    pass\n",
        "def f():\n    try:\n        a()\n    finally:\n"
        "        b()\n",
        "@d\ndef f(): pass\n", "x = {\n  1: 2}\n", "x: int = 3\r\n", "'''\nopen [ ( \\\n'''\n",
        "x = \"\\\"\"\n", "try: a()\nexcept B: pass\n"}) {
    EXPECT_TRUE(parse_python_lines(text).complete) << text;
  }
}

TEST(PythonLines, nothing_may_follow_what_is_not_finished) {
  for (const char* text :
       {"x = (1,\n", "x = '''a\n", "x = 'a\n", "def f():\n", "if a:  # b\n", "@d\n", "@d(1)\n",
        "x = 1 + \\\n", "try:\n    a()\n", "def f():\n    try:\n        a()\n", "class A:"}) {
    EXPECT_FALSE(parse_python_lines(text).complete) << text;
  }
}

TEST(PythonLines, indents_count_tabs_and_continued_lines_are_one) {
  const PythonText text = parse_python_lines("if a:\n\tb = 1 + \\\n  2\n  \tc\n");
  ASSERT_EQ(text.lines.size(), 3u);
  EXPECT_EQ(text.lines[1].indent, 8u);
  EXPECT_EQ(text.lines[1].tokens.size(), 5u);
  EXPECT_EQ(text.lines[2].indent, 8u);
}

}  // namespace
}  // namespace extproof::parsers
