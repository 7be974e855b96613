// SPDX-License-Identifier: Apache-2.0
//
// The built worker, as a step runs it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "harness/facts/schema_versions.hpp"
#include "harness/parsers/start_file.hpp"
#include "harness/worker/whole_file.hpp"

namespace extproof::worker {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;

struct Output {
  int code = -1;
  std::string text;  // both streams
  json document() const { return json::parse(text, nullptr, false); }
};

class Worker : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "worker testXXXXXX").string();
    folder_ = fs::canonical(::mkdtemp(pattern.data()));
  }
  void TearDown() override { fs::remove_all(folder_); }

  static std::string quoted(const fs::path& path) { return "'" + path.string() + "'"; }
  static Output shell(const std::string& command) {
    Output output;
    std::FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
    char buffer[4096];
    std::size_t got = 0;
    while ((got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0) {
      output.text.append(buffer, got);
    }
    const int status = ::pclose(pipe);
    output.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return output;
  }
  static Output worker(const std::string& arguments) {
    return shell(quoted(EXTPROOF_WORKER) + " " + arguments);
  }
  fs::path put(const std::string& name, const std::string& content) {
    const fs::path path = folder_ / name;
    fs::create_directories(path.parent_path());
    EXPECT_TRUE(write_whole_file(path, content)) << path;
    return path;
  }
  fs::path put_object(const std::string& name, const std::string& code) {
    const fs::path source = put("code.c", code);
    const fs::path object = folder_ / name;
    fs::create_directories(object.parent_path());
    const Output built = shell(std::string(EXTPROOF_CC) + " -g -shared -fPIC " + quoted(source) +
                               " -o " + quoted(object));
    EXPECT_EQ(built.code, 0) << built.text;
    return object;
  }

  fs::path folder_;
};

TEST_F(Worker, names_its_verbs_when_the_first_word_is_none) {
  const Output output = worker("dance");
  EXPECT_EQ(output.code, 2);
  EXPECT_EQ(output.text,
            "extproof-worker: the first word is one of: sync, inspect, lines, modules, launchers, "
            "wrapper-links, stage, built-modules, become\n");
  EXPECT_EQ(worker("").code, 2);
}

TEST_F(Worker, synchronises_and_prints_what_it_did) {
  put("project/a b.txt", "x");
  const std::string arguments = "sync --from " + quoted(folder_ / "project") + " --to " +
                                quoted(folder_ / "copy") + " --index " + quoted(folder_ / "index") +
                                " --digest " + quoted(folder_ / "digest");
  const json document = worker(arguments).document();
  EXPECT_EQ(document["schema"], facts::schema_versions::k_worker);
  EXPECT_EQ(document["files"], 1);
  EXPECT_EQ(document["copied"], 1);
  EXPECT_EQ(document["removed"], 0);
  EXPECT_EQ(document["changed"], json::array({"a b.txt"}));
  EXPECT_EQ(document["digest"].get<std::string>() + "\n",
            read_whole_file((folder_ / "digest").string()));
  EXPECT_EQ(worker(arguments + " --mirror").document()["copied"], 0);
  EXPECT_EQ(worker("sync --from x").code, 2);
  const Output missing =
      worker("sync --from /nonexistent --to " + quoted(folder_ / "c") + " --index i --digest d");
  EXPECT_EQ(missing.code, 1);
  EXPECT_EQ(missing.text, "extproof-worker sync: /nonexistent: No such file or directory\n");
}

TEST_F(Worker, inspects_objects_and_says_of_each_what_is_wrong) {
  const fs::path object = put_object("it.so",
                                     "extern void __asan_init(void); extern void PyList_New(void);"
                                     "extern int puts(const char*);"
                                     "void f(void) { __asan_init(); PyList_New(); puts(\"\"); }");
  const fs::path text = put("script.so", "GROUP(x)");
  const json objects = worker("inspect " + quoted(object) + " " + quoted(text) + " /nonexistent")
                           .document()["objects"];
  ASSERT_EQ(objects.size(), 3u);
  EXPECT_EQ(objects[0]["file"], object.string());
  EXPECT_EQ(objects[0]["undefined"], json::array({"PyList_New", "__asan_init"}));
  EXPECT_EQ(objects[0]["has_debug_lines"], true);
  EXPECT_EQ(objects[0]["producers"].size(), 1u);
  EXPECT_EQ(objects[0]["needed"], json::array({"libc.so.6"}));
  EXPECT_FALSE(objects[0].contains("error"));
  EXPECT_EQ(objects[1]["error"], "it is no ELF file");
  EXPECT_EQ(objects[2]["error"], "No such file or directory");
}

TEST_F(Worker, tells_lines_and_never_reads_outside_of_the_root) {
  put("root/src/a.c", "int a;\n  f();\nf();\n\xff\n");
  put("secret", "password\n");
  fs::create_symlink(folder_ / "secret", folder_ / "root/link");
  const std::string root = (folder_ / "root").string();
  const json request = {{"roots", json::array({{{"folder", root}, {"mapped", "/project"}}})},
                        {"places",
                         {{{"file", "src/a.c"}, {"line", 3}},
                          {{"file", root + "/src/a.c"}, {"line", 2}},
                          {{"file", "/project/src/a.c"}, {"line", 1}},
                          {{"file", "src/a.c"}, {"line", 4}},
                          {{"file", "src/a.c"}, {"line", 9}},
                          {{"file", "../secret"}, {"line", 1}},
                          {{"file", "link"}, {"line", 1}},
                          {{"file", "nothing.c"}, {"line", 1}},
                          "nonsense"}}};
  const json places =
      worker("lines " + quoted(put("request.json", request.dump()))).document()["places"];
  ASSERT_EQ(places.size(), 8u);
  EXPECT_EQ(places[0], json({{"file", "src/a.c"}, {"line", 3}, {"text", "f();"}, {"ordinal", 1}}));
  EXPECT_EQ(places[1]["ordinal"], 0);
  EXPECT_EQ(places[2]["text"], "int a;");
  EXPECT_EQ(places[3]["text"], "\xEF\xBF\xBD");
  EXPECT_EQ(places[4]["error"], "no such line");
  EXPECT_EQ(places[5]["error"], "outside of the root");
  EXPECT_EQ(places[6]["error"], "outside of the root");
  EXPECT_EQ(places[6]["text"], "");
  EXPECT_EQ(places[7]["error"], "No such file or directory");
  EXPECT_EQ(worker("lines " + quoted(put("bad.json", "[1"))).code, 1);
  EXPECT_EQ(worker("lines").code, 2);
}

TEST_F(Worker, tells_what_lines_of_cython_were_written_for) {
  put("root/spam/core.pyx", "def f():\n    g()\n");
  put("secret.pyx", "password\n");
  put("build/core.c",
      "/* Generated by Cython 3.2.4 */\nstatic int __pyx_pf_f(void) {\n"
      "  /* \"../root/spam/core.pyx\":2\n  g();\n  /* \"../secret.pyx\":1\n  h();\n"
      "  /* \"stringsource\":1\n  i();\n}\nint k;\n");
  const json request = {
      {"roots",
       {{{"folder", folder_ / "root"}}, {{"folder", folder_ / "build"}}, {{"folder", "/no"}}}},
      {"places",
       {{{"file", folder_ / "build/core.c"}, {"line", 4}},
        {{"file", folder_ / "build/core.c"}, {"line", 6}},
        {{"file", folder_ / "build/core.c"}, {"line", 8}},
        {{"file", folder_ / "build/core.c"}, {"line", 10}},
        {{"file", folder_ / "root/spam/core.pyx"}, {"line", 1}}}}};

  const json places =
      worker("lines " + quoted(put("request.json", request.dump()))).document()["places"];

  ASSERT_EQ(places.size(), 5u);
  EXPECT_EQ(places[0]["text"], "g();");
  EXPECT_EQ(places[0]["origin"], json({{"file", (folder_ / "root/spam/core.pyx").string()},
                                       {"line", 2},
                                       {"text", "g()"},
                                       {"ordinal", 0}}));
  for (const std::size_t helper : {1u, 2u, 3u}) {
    EXPECT_TRUE(places[helper]["origin"].is_null()) << helper;
  }
  EXPECT_FALSE(places[4].contains("origin"));
}

TEST_F(Worker, lists_the_modules_of_an_installed_distribution) {
  put_object("site/my_pkg/_core.cpython-313-x86_64-linux-gnu.so", "void PyInit__core(void) {}");
  put_object("site/my_pkg/libhelper.so", "void help(void) {}");
  put("site/my_pkg-1.2.dist-info/METADATA", "Name: My.Pkg\nVersion: 1.2\n\n");
  put("site/my_pkg-1.2.dist-info/RECORD",
      "my_pkg/__init__.py,,\nmy_pkg/_core.cpython-313-x86_64-linux-gnu.so,,\n"
      "my_pkg/libhelper.so,,\nmy_pkg/gone.so,,\n../../../bin/tool,,\n/etc/passwd.so,,\n");
  put("site/my_pkg_extra-9.dist-info/RECORD", "x.py,,\n");
  const json document =
      worker("modules --site " + quoted(folder_ / "site") + " --name MY-pkg").document();
  EXPECT_EQ(document, json({{"schema", facts::schema_versions::k_worker},
                            {"name", "My.Pkg"},
                            {"version", "1.2"},
                            {"top_level", {"my_pkg"}},
                            {"native",
                             {{{"module", "my_pkg._core"},
                               {"file", "my_pkg/_core.cpython-313-x86_64-linux-gnu.so"}}}},
                            {"refused", {"../../../bin/tool", "/etc/passwd.so"}}}));
  const Output missing = worker("modules --site " + quoted(folder_ / "site") + " --name other");
  EXPECT_EQ(missing.code, 1);
  EXPECT_THAT(missing.text, HasSubstr("has no distribution \"other\""));
}

TEST_F(Worker, puts_launchers_in_the_place_of_every_python_of_an_environment) {
  const fs::path bin = folder_ / "env/bin";
  const fs::path real = put("real/python3.13", "real");
  const fs::path launcher = put("launcher", "launcher");
  fs::permissions(launcher, fs::perms(0755));
  fs::create_directories(bin);
  fs::create_directories(folder_ / "site");
  fs::create_symlink(real, bin / "python");
  fs::create_symlink("python", bin / "python3");
  fs::create_symlink("python", bin / "python3.13");
  put("env/bin/python.launch", "text");
  put("env/bin/pip", "pip");
  const std::string arguments = "launchers --bin " + quoted(bin) + " --launcher " +
                                quoted(launcher) + " --plain " + quoted(real) + " --site " +
                                quoted(folder_ / "site") + " --pth " +
                                quoted(put("a.pth", "import os\n")) + " --symbolizer";
  for (int time = 0; time < 2; ++time) {  // the second time over its own work
    EXPECT_EQ(worker(arguments).document()["names"],
              json::array({"llvm-symbolizer", "python", "python-plain", "python3", "python3.13"}));
    EXPECT_FALSE(fs::is_symlink(bin / "python"));
    EXPECT_EQ(read_whole_file(bin / "python"), "launcher");
    EXPECT_EQ(fs::status(bin / "python").permissions(), fs::perms(0755));
    EXPECT_EQ(fs::read_symlink(bin / "python3.13"), "python");
    EXPECT_EQ(fs::read_symlink(bin / "python-plain"), real);
    EXPECT_EQ(read_whole_file(bin / "llvm-symbolizer"), "launcher");
    EXPECT_EQ(read_whole_file(folder_ / "site/a.pth"), "import os\n");
    EXPECT_EQ(read_whole_file(bin / "python.launch"), "text");
    EXPECT_EQ(read_whole_file(bin / "pip"), "pip");
    EXPECT_EQ(read_whole_file(real), "real");
  }
  EXPECT_EQ(worker("launchers --bin x").code, 2);
}

TEST_F(Worker, links_the_wrapper_under_the_names_of_compilers) {
  const fs::path wrapper = put("wrapper", "w");
  const std::string arguments =
      "wrapper-links --into " + quoted(folder_ / "wrap") + " --wrapper " + quoted(wrapper);
  for (int time = 0; time < 2; ++time) {
    EXPECT_EQ(worker(arguments).code, 0);
    for (const char* const name :
         {"extproof-cc", "extproof-c++", "cc", "c++", "gcc", "g++", "clang", "clang++", "gcc-12",
          "clang++-19", "x86_64-linux-gnu-g++"}) {
      EXPECT_EQ(fs::read_symlink(folder_ / "wrap" / name), wrapper);
    }
  }
}

TEST_F(Worker, becomes_the_process_that_the_file_describes) {
  const fs::path out = folder_ / "out";
  const fs::path start = put(
      "start",
      parsers::render_start_file({.cwd = folder_.string(),
                                  .output = out.string(),
                                  .argv = {"/bin/sh", "-c", "pwd; printf '%s|' \"$@\"; env; exit 5",
                                           "sh", "a b", "\n\"$(id)'"},
                                  .environment = {"ONLY=this one\nhere"}}));

  const Output output =
      shell("EXTPROOF_START=" + quoted(start) + " " + quoted(EXTPROOF_WORKER) + " become");

  EXPECT_EQ(output.code, 5);
  EXPECT_EQ(output.text, "");
  const std::string written = read_whole_file(out).value_or("");
  EXPECT_THAT(written, ::testing::StartsWith(folder_.string() + "\na b|\n\"$(id)'|"));
  EXPECT_THAT(written, HasSubstr("ONLY=this one\nhere\n"));
  EXPECT_THAT(written, ::testing::Not(HasSubstr("EXTPROOF_START")));
}

TEST_F(Worker, becomes_nothing_that_no_file_of_this_version_describes) {
  const fs::path start = put("start", "extproof-start 0");
  EXPECT_EQ(
      shell("EXTPROOF_START=" + quoted(start) + " " + quoted(EXTPROOF_WORKER) + " become").code, 1);
  EXPECT_EQ(shell("unset EXTPROOF_START; " + quoted(EXTPROOF_WORKER) + " become").code, 2);
}

}  // namespace
}  // namespace extproof::worker
