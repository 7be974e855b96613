// SPDX-License-Identifier: Apache-2.0
#include "harness/report/html.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "harness/base/text.hpp"
#include "harness/report/html_frame.hpp"
#include "harness/report/html_text.hpp"
#include "harness/testing/golden.hpp"
#include "harness/testing/large_run.hpp"
#include "harness/testing/sample_runs.hpp"

namespace extproof::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string golden(std::string_view name) {
  return EXTPROOF_SOURCE_DIR "/harness/report/testdata/html_" + std::string(name) + ".html";
}

// What the frame puts in front; the golden files leave it out, so that a change of style is no
// change of them.
std::string body_of(const std::string& page) {
  return page.substr(page.find("<body>"));
}

// The tags of a page in order, with their attributes as names only. Ends at what is no tag.
std::vector<std::string> tags_of(std::string_view html) {
  std::vector<std::string> tags;
  for (std::size_t at = html.find('<'); at != std::string_view::npos; at = html.find('<', at + 1)) {
    const std::size_t end = html.find('>', at);
    tags.emplace_back(html.substr(at, end == std::string_view::npos ? end : end - at + 1));
  }
  return tags;
}

std::string name_of(std::string_view tag) {
  const std::size_t begin = tag.starts_with("</") ? 2 : 1;
  return std::string(tag.substr(begin, tag.find_first_of(" >", begin) - begin));
}

class HtmlOf : public ::testing::TestWithParam<testing::NamedRun> {};

TEST_P(HtmlOf, is_the_accepted_text) {
  EXPECT_EQ(
      testing::golden_difference(golden(GetParam().name), body_of(render_html(GetParam().report))),
      "");
}

TEST_P(HtmlOf, has_only_our_elements_and_attributes) {
  const std::set<std::string> known = {
      "body", "a",  "header", "h1",     "h2",     "h3",    "h4",      "p",       "span",
      "nav",  "ul", "li",     "main",   "div",    "table", "thead",   "tbody",   "tr",
      "th",   "td", "br",     "code",   "pre",    "b",     "article", "details", "summary",
      "dl",   "dt", "dd",     "strong", "footer", "html"};
  for (const std::string& tag : tags_of(body_of(render_html(GetParam().report)))) {
    EXPECT_TRUE(known.contains(name_of(tag))) << tag;
    for (const char* bad : {" on", " style", " src", "javascript:", "href=\"http"}) {
      EXPECT_EQ(tag.find(bad), std::string::npos) << tag;
    }
  }
}

TEST_P(HtmlOf, closes_what_it_opens) {
  std::vector<std::string> open;
  for (const std::string& tag : tags_of(body_of(render_html(GetParam().report)))) {
    const std::string name = name_of(tag);
    if (tag.starts_with("</")) {
      if (name == "html") {
        continue;
      }
      ASSERT_FALSE(open.empty()) << tag;
      EXPECT_EQ(open.back(), name);
      open.pop_back();
    } else if (name != "br") {
      open.push_back(name);
    }
  }
  EXPECT_TRUE(open.empty());
}

TEST_P(HtmlOf, links_lead_to_what_is_there_and_ids_are_unique) {
  const std::string page = body_of(render_html(GetParam().report));
  std::set<std::string> ids;
  for (const std::string& tag : tags_of(page)) {
    if (const std::size_t at = tag.find(" id=\""); at != std::string::npos) {
      const std::string id = tag.substr(at + 5, tag.find('"', at + 5) - at - 5);
      EXPECT_TRUE(ids.insert(id).second) << id;
    }
  }
  for (const std::string& tag : tags_of(page)) {
    if (const std::size_t at = tag.find(" href=\"#"); at != std::string::npos) {
      const std::string id = tag.substr(at + 8, tag.find('"', at + 8) - at - 8);
      EXPECT_TRUE(ids.contains(id)) << tag;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(samples, HtmlOf, ::testing::ValuesIn(testing::sample_runs()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(RunAsHtml, fetches_nothing_and_runs_nothing) {
  const std::string page = render_html(testing::run_with_findings());
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  for (const char* no :
       {"<script", "<link", "<img", "<iframe", "@import", "url(", "http://", "https://"}) {
    EXPECT_THAT(page, Not(HasSubstr(no)));
  }
}

TEST(RunAsHtml, has_each_stack_and_the_command) {
  const std::string page = render_html(testing::run_with_findings());
  for (const char* part :
       {"<article id=\"F3\"", "Where it was read, in T1",
        "Where the block was freed, in main thread", "Where the block was allocated",
        "The other thread, in T1", "Python</summary>", "<b>#0  src/_core.c:214:17  fill_row</b>",
        "#3  /usr/bin/python3.13+0x15f0a2",
        "extproof run asan -- tests/test_matrix.py::test_fill</pre>",
        ".extproof/runs/7/asan/logs/asan.4711", "the same as <a href=\"#F1\">F1</a>"}) {
    EXPECT_THAT(page, HasSubstr(part));
  }
}

TEST(RunAsHtml, says_why_a_finding_is_accepted) {
  facts::RunReport run = testing::run_with_findings();
  run.findings[3].acceptance = {.reason = "<known>", .issue = "https://x/1", .until = ""};
  EXPECT_THAT(render_html(run), HasSubstr("<dd>&lt;known&gt;, https://x/1</dd>"));
}

TEST(RunAsHtml, puts_causes_in_front_of_what_may_follow_from_them) {
  facts::RunReport run = testing::run_with_findings();
  run.findings[0].after = "F2";
  run.findings[2].after = "F2";
  const std::string page = render_html(run);
  EXPECT_LT(page.find("<article id=\"F2\""), page.find("<article id=\"F1\""));
  EXPECT_THAT(page, HasSubstr("<a href=\"#F2\">F2</a>, in the same process"));
}

TEST(RunAsHtml, says_what_an_interrupted_run_could_not_see) {
  const std::string page = render_html(testing::interrupted_run());
  EXPECT_THAT(page, HasSubstr("<b>asan</b> skipped: what it would find may be there"));
  EXPECT_THAT(page, HasSubstr("<span class=\"bad\">interrupted</span>"));
}

TEST(RunAsHtml, stays_below_three_megabytes_with_a_thousand_findings_of_long_stacks) {
  const std::string page = render_html(testing::run_with_many_findings(1000));
  EXPECT_LT(page.size(), 3'000'000U);
  EXPECT_THAT(page, HasSubstr("<article id=\"F1000\""));
  // In brief at least, and with the project's frames.
  EXPECT_THAT(page, Not(HasSubstr("did not fit into this page")));
}

TEST(RunAsHtml, says_which_findings_did_not_fit) {
  const std::string page = render_html(testing::run_with_many_findings(500), {.bytes = 200'000});
  EXPECT_LT(page.size(), 200'000U);
  EXPECT_THAT(page, HasSubstr("findings did not fit into this page</strong>"));
  const std::string smaller = render_html(testing::run_with_many_findings(100), {.bytes = 150'000});
  EXPECT_THAT(smaller, HasSubstr("Its stacks did not fit into this page"));
  EXPECT_THAT(smaller, HasSubstr("<article id=\"F100\""));
}

TEST(HtmlText, has_no_markup_of_its_own) {
  EXPECT_EQ(html_line("<a href='x'>&\"\n\x1b"), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;\\n\\x1b");
  EXPECT_EQ(html_line("\xe2\x80\xae"), "\\u{202e}");
  EXPECT_EQ(html_lines("a\n<b>"), "a\n&lt;b&gt;");
  EXPECT_TRUE(is_html_id("F12"));
  EXPECT_FALSE(is_html_id("F1\" onclick=\""));
  EXPECT_FALSE(is_html_id(""));
}

}  // namespace
}  // namespace extproof::report
