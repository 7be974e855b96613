// SPDX-License-Identifier: Apache-2.0
#include "harness/store/layout.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace extproof::store {
namespace {

const Layout k_layout{.project_root = "/home/me/pkg"};

// What every caller relies on, whatever the text was.
void expect_safe(const std::string& name) {
  EXPECT_FALSE(name.empty());
  EXPECT_LE(name.size(), k_max_slug_bytes);
  EXPECT_NE(name.front(), '.') << name;
  EXPECT_NE(name.front(), '-') << name;
  EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "0123456789._-"),
            std::string::npos)
      << name;
}

TEST(Slug, keeps_a_name_that_is_safe_already) {
  EXPECT_EQ(slug("asan"), "asan");
  EXPECT_EQ(slug("tsan-gil"), "tsan-gil");
  EXPECT_EQ(slug("cp313t_x86.64"), "cp313t_x86.64");
}

TEST(Slug, makes_every_hostile_text_one_safe_component) {
  for (const std::string& text : std::vector<std::string>{
           "", ".", "..", "../../etc/passwd", "/", "a/b", ".hidden", "-rf", "--", "a\nb",
           std::string("nul\0nul", 7), "\xff\xfe", "na\xc3\xafve", "<script>", "a b", "C:\\x",
           std::string(1 << 20, 'x'), std::string(500, '/')}) {
    expect_safe(slug(text));
  }
}

TEST(Slug, gives_different_texts_different_names) {
  const std::vector<std::string> texts = {"asan/gcc",
                                          "asan-gcc",
                                          "asan gcc",
                                          "asan:gcc",
                                          "",
                                          "_",
                                          ".",
                                          "..",
                                          "_.",
                                          "-",
                                          "_-",
                                          std::string(k_max_slug_bytes, 'x'),
                                          std::string(k_max_slug_bytes + 1, 'x'),
                                          std::string(k_max_slug_bytes + 2, 'x'),
                                          slug("asan/gcc"),
                                          slug(slug("asan/gcc"))};
  std::set<std::string> names;
  for (const std::string& text : texts) {
    names.insert(slug(text));
  }
  EXPECT_EQ(names.size(), texts.size());
}

TEST(Slug, keeps_a_changed_name_readable) {
  EXPECT_TRUE(slug("asan/gcc").starts_with("asan-gcc-")) << slug("asan/gcc");
}

TEST(Layout, puts_everything_below_one_folder_of_the_project) {
  EXPECT_EQ(k_layout.root(), "/home/me/pkg/.extproof");
  EXPECT_EQ(k_layout.gitignore(), "/home/me/pkg/.extproof/.gitignore");
  EXPECT_EQ(k_layout.store(), "/home/me/pkg/.extproof/store.sqlite");
  EXPECT_EQ(k_layout.lock(), "/home/me/pkg/.extproof/lock");
  EXPECT_EQ(k_layout.lane(7, "asan"), "/home/me/pkg/.extproof/runs/7/asan");
  EXPECT_EQ(k_layout.logs(7, "asan"), "/home/me/pkg/.extproof/runs/7/asan/logs");
  EXPECT_EQ(k_layout.logs(7, "asan", 2), "/home/me/pkg/.extproof/runs/7/asan/logs-2");
  EXPECT_EQ(k_layout.forks(7, "asan"), "/home/me/pkg/.extproof/runs/7/asan/forks");
  EXPECT_EQ(k_layout.build("asan").root, "/home/me/pkg/.extproof/build/asan");
  EXPECT_EQ(k_layout.build_environment("cp313-0a1b"),
            "/home/me/pkg/.extproof/build-env/cp313-0a1b");
}

TEST(Layout, names_the_output_of_a_step_without_repeating_its_lane) {
  EXPECT_EQ(k_layout.step_output(7, "asan", "asan/build"),
            "/home/me/pkg/.extproof/runs/7/asan/build.out");
  EXPECT_EQ(k_layout.step_errors(7, "asan", "asan/build"),
            "/home/me/pkg/.extproof/runs/7/asan/build.err");
  EXPECT_EQ(k_layout.step_errors(7, "", "resolve"),
            "/home/me/pkg/.extproof/runs/7/shared/resolve.err");
}

TEST(Layout, keeps_steps_apart_whose_ids_differ_only_in_a_separator) {
  EXPECT_NE(k_layout.step_output(1, "asan", "asan/test/2"),
            k_layout.step_output(1, "asan", "asan/test-2"));
  EXPECT_NE(k_layout.step_output(1, "asan", "ubsan/test"),
            k_layout.step_output(1, "asan", "asan/test"));
}

TEST(Layout, does_not_leave_its_folder_for_a_hostile_lane_or_step) {
  const std::string path = k_layout.step_output(1, "../../x", "../../x/../../../etc/cron.d/y");
  EXPECT_TRUE(path.starts_with("/home/me/pkg/.extproof/runs/1/"));
  EXPECT_EQ(path.find("/../"), std::string::npos) << path;
}

TEST(Layout, names_each_part_of_a_build_folder_differently) {
  const BuildFolder folder = k_layout.build("asan");
  const std::set<std::string> parts = {folder.tree(),
                                       folder.run(),
                                       folder.env(),
                                       folder.wrap(),
                                       folder.profile(),
                                       folder.dist(),
                                       folder.cmake(),
                                       folder.canary(),
                                       folder.stamps(),
                                       folder.stamp("build"),
                                       folder.compile_commands()};
  EXPECT_EQ(parts.size(), 11U);
  EXPECT_EQ(folder.stamp("asan/build").find("/home/me/pkg/.extproof/build/asan/stamps/asan-build-"),
            0U);
  EXPECT_EQ(folder.profile(), folder.wrap() + "/wrapper.profile");
}

TEST(Layout, shows_a_path_relative_to_the_project_only_when_it_is_inside) {
  EXPECT_EQ(k_layout.relative("/home/me/pkg/src/a.c"), "src/a.c");
  EXPECT_EQ(k_layout.relative("/home/me/pkg"), ".");
  EXPECT_EQ(k_layout.relative("/home/me/pkg2/src/a.c"), "/home/me/pkg2/src/a.c");
  EXPECT_EQ(k_layout.relative("src/a.c"), "src/a.c");
}

TEST(Layout, serves_a_project_in_the_root_folder) {
  EXPECT_EQ(Layout{.project_root = "/"}.store(), "/.extproof/store.sqlite");
  EXPECT_EQ(Layout{.project_root = "/"}.relative("/a.c"), "a.c");
}

}  // namespace
}  // namespace extproof::store
