// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/built_modules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "harness/worker/whole_file.hpp"

namespace extproof::worker {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

class BuiltModules : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "builtXXXXXX").string();
    // Below a hidden folder, as in a project.
    folder_ = fs::canonical(::mkdtemp(pattern.data())) / ".extproof";
    for (const char* name : {"project", "tree", "run", "cmake", "install", "stage", "packages"}) {
      fs::create_directories(folder_ / name);
    }
    request_ = {.project = at("project"),
                .tree = at("tree"),
                .run = at("run"),
                .build = at("cmake"),
                .install = at("install"),
                .stage = at("stage"),
                .packages = at("packages")};
  }
  void TearDown() override { fs::remove_all(folder_.parent_path()); }

  std::string at(const std::string& path) const { return (folder_ / path).string(); }

  void put(const std::string& path, const std::string& text = "") {
    fs::create_directories((folder_ / path).parent_path());
    ASSERT_TRUE(write_whole_file(at(path), text));
  }
  // In the copy that is built, too.
  void put_source(const std::string& path) {
    put("project/" + path);
    put("tree/" + path);
  }
  // An object with the function by which the interpreter starts the module of that name.
  void put_object(const std::string& path, const std::string& function) {
    put("code.c", "void " + function + "(void) {}");
    fs::create_directories((folder_ / path).parent_path());
    const std::string command =
        std::string(EXTPROOF_CC) + " -shared -fPIC '" + at("code.c") + "' -o '" + at(path) + "'";
    ASSERT_EQ(std::system(command.c_str()), 0);
  }
  BuiltPackages find() const { return find_built(request_); }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const BuiltModule& one : find().native) {
      names.push_back(one.module);
    }
    return names;
  }

  fs::path folder_;
  BuiltRequest request_;
};

TEST_F(BuiltModules, of_an_install_are_below_its_site_packages) {
  put_source("python/rows/__init__.py");
  put("install/lib/python3.13/site-packages/rows/__init__.py");
  put_object("install/lib/python3.13/site-packages/rows/_core.so", "PyInit__core");
  put_object("install/lib/librows.so", "rows");
  put_object("cmake/python/_core.so", "PyInit__core");

  const BuiltPackages built = find();

  ASSERT_EQ(built.native.size(), 1U);
  EXPECT_EQ(built.native[0].module, "rows._core");
  EXPECT_EQ(built.native[0].file, at("install/lib/python3.13/site-packages/rows/_core.so"));
  EXPECT_EQ(built.roots.front(), at("install/lib/python3.13/site-packages"));
  EXPECT_THAT(built.top_level, ElementsAre("rows"));
  EXPECT_THAT(built.links,
              ElementsAre(Pair("python/rows", at("install/lib/python3.13/site-packages/rows"))));
}

TEST_F(BuiltModules, of_an_absolute_destination_are_below_the_stage) {
  put("stage/home/me/.extproof/env/lib/python3.13/site-packages/rows/__init__.py");
  put_object("stage/home/me/.extproof/env/lib/python3.13/site-packages/rows/_core.so",
             "PyInit__core");

  EXPECT_THAT(names(), ElementsAre("rows._core"));
  EXPECT_EQ(find().roots.front(), at("stage/home/me/.extproof/env/lib/python3.13/site-packages"));
}

TEST_F(BuiltModules, of_a_build_folder_keep_the_package_that_was_copied_there) {
  put_source("python/rows/__init__.py");
  put("cmake/python/rows/__init__.py");
  put_object("cmake/python/rows/_core.so", "PyInit__core");
  put_object("cmake/_deps/other/other.so", "PyInit_other");
  put_object("cmake/CMakeFiles/tmp/tmp.so", "PyInit_tmp");

  EXPECT_THAT(names(), ElementsAre("rows._core"));
  EXPECT_EQ(find().roots.front(), at("cmake/python"));
  EXPECT_THAT(find().links, ElementsAre(Pair("python/rows", at("cmake/python/rows"))));
}

TEST_F(BuiltModules, alone_in_a_build_folder_stand_beside_the_sources_of_the_package) {
  put_source("python/rows/__init__.py");
  put_object("cmake/bindings/_rows.cpython-313-x86_64-linux-gnu.so", "PyInit__rows");

  EXPECT_THAT(names(), ElementsAre("_rows"));
  EXPECT_THAT(find().roots, ElementsAre(at("cmake/bindings"), at("run/python")));
  EXPECT_THAT(find().links, IsEmpty());
}

TEST_F(BuiltModules, in_a_folder_named_like_a_package_of_the_project_belong_to_it) {
  put_source("src/rows/__init__.py");
  put_source("src/rows/data/table.csv");
  put_source("src/rows/tests/test_rows.py");
  put_object("install/rows/_core.so", "PyInit__core");

  const BuiltPackages built = find();

  EXPECT_THAT(names(), ElementsAre("rows._core"));
  EXPECT_EQ(built.roots.front(), at("install"));
  EXPECT_TRUE(fs::exists(at("install/rows/__init__.py")));
  EXPECT_TRUE(fs::exists(at("install/rows/data/table.csv")));
  EXPECT_TRUE(fs::exists(at("install/rows/tests/test_rows.py")));
  EXPECT_THAT(built.links, ElementsAre(Pair("src/rows", at("install/rows"))));
}

TEST_F(BuiltModules, in_a_folder_that_mirrors_the_sources_are_not_named_by_all_of_it) {
  put_source("src/rows/__init__.py");
  put_source("src/rows/fast/__init__.py");
  put_object("cmake/src/rows/fast/_core.so", "PyInit__core");

  EXPECT_THAT(names(), ElementsAre("rows.fast._core"));
  EXPECT_EQ(find().roots.front(), at("cmake/src"));
}

TEST_F(BuiltModules, among_the_sources_are_those_that_the_project_does_not_have) {
  put_source("python/rows/__init__.py");
  put_object("tree/python/rows/_core.so", "PyInit__core");
  put_object("project/python/rows/_old.so", "PyInit__old");
  put_object("tree/python/rows/_old.so", "PyInit__old");

  EXPECT_THAT(names(), ElementsAre("rows._core"));
  EXPECT_EQ(find().roots.front(), at("tree/python"));
  EXPECT_THAT(find().links, ElementsAre(Pair("python/rows", at("tree/python/rows"))));
}

TEST_F(BuiltModules, that_are_asked_for_by_a_dotted_name_are_put_into_that_package) {
  put_source("rows/__init__.py");
  put_object("cmake/_core.so", "PyInit__core");
  request_.modules = {"rows._core"};

  const BuiltPackages built = find();

  ASSERT_EQ(built.native.size(), 1U);
  EXPECT_EQ(built.native[0].module, "rows._core");
  EXPECT_EQ(built.native[0].file, at("cmake/_core.so"));
  EXPECT_THAT(built.roots, ElementsAre(at("packages"), at("run")));
  EXPECT_TRUE(fs::exists(at("packages/rows/_core.so")));
  EXPECT_TRUE(fs::exists(at("packages/rows/__init__.py")));
}

TEST_F(BuiltModules, below_a_named_path_are_those_that_it_names) {
  put_source("python/rows/__init__.py");
  put_object("cmake/lib/_rows.so", "PyInit__rows");
  put_object("cmake/tests/_other.so", "PyInit__other");
  put_object("install/rows/_core.so", "PyInit__core");
  request_.path = {"python", "{build}/lib"};

  EXPECT_THAT(names(), ElementsAre("_rows"));
  EXPECT_THAT(find().roots, ElementsAre(at("run/python"), at("tree/python"), at("cmake/lib")));

  request_.path = {"{install}"};
  EXPECT_THAT(names(), ElementsAre("rows._core"));
}

TEST_F(BuiltModules, are_none_where_only_libraries_were_built) {
  put_source("python/rows/__init__.py");
  put_object("install/lib/rows.so", "rows");

  EXPECT_THAT(find().native, IsEmpty());
  EXPECT_THAT(find().roots, IsEmpty());
}

TEST_F(BuiltModules, do_not_make_a_package_of_the_tests) {
  put_source("tests/__init__.py");
  put_source("external/pybind11/pybind11/__init__.py");
  put_object("cmake/tests/helper_ext.so", "PyInit_helper_ext");

  EXPECT_THAT(names(), ElementsAre("helper_ext"));
  EXPECT_THAT(find().roots, ElementsAre(at("cmake/tests")));
}

TEST_F(BuiltModules, find_what_cmake_configured_for_packages_without_one) {
  put_source("python/rows/__init__.py");
  put("install/python/rows/__init__.py");
  put("install/python/rows/_version.py");
  put_object("install/python/_rows.so", "PyInit__rows");

  EXPECT_THAT(find().links, ElementsAre(Pair("python/rows", at("install/python/rows"))));
}

TEST_F(BuiltModules, lose_links_to_sources_that_are_gone_and_nothing_else) {
  put_source("rows/__init__.py");
  put_source("rows/old.py");
  put_object("cmake/rows/_core.so", "PyInit__core");
  put("elsewhere/data.txt", "x");
  fs::create_directory_symlink(at("elsewhere"), at("cmake/rows/data"));
  put_source("rows/data/more.txt");
  find();
  ASSERT_TRUE(fs::is_symlink(at("cmake/rows/old.py")));

  fs::remove(at("tree/rows/old.py"));
  find();

  EXPECT_FALSE(fs::is_symlink(at("cmake/rows/old.py")));
  EXPECT_TRUE(fs::is_symlink(at("cmake/rows/__init__.py")));
  // Nothing is written through a link of the build's own.
  EXPECT_FALSE(fs::exists(at("elsewhere/more.txt")));
  EXPECT_TRUE(fs::is_symlink(at("cmake/rows/data")));
}

}  // namespace
}  // namespace extproof::worker
