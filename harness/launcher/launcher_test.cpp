// SPDX-License-Identifier: Apache-2.0
//
// The built launcher as `bin/python` of a real environment, in a folder with spaces.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "harness/launcher/ancestors.hpp"

namespace {

// A sanitized launcher needs more address space than the test leaves it, and reads the options that
// the test hands through it.
#if defined(__has_feature)
constexpr bool k_is_sanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool k_is_sanitized = true;
#else
constexpr bool k_is_sanitized = false;
#endif

namespace fs = std::filesystem;
using ::testing::HasSubstr;

struct Output {
  int code = -1;
  std::string text;  // both streams
};

Output shell(const std::string& command) {
  Output output;
  FILE* const pipe = ::popen(("{ " + command + "\n} 2>&1").c_str(), "r");
  char buffer[4096];
  std::size_t got = 0;
  while ((got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0) {
    output.text.append(buffer, got);
  }
  const int status = ::pclose(pipe);
  output.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return output;
}

std::string quoted(const fs::path& path) {
  return "'" + path.string() + "'";
}

// What an environment's .pth line does to make children clean; the product ships its own.
const char k_scrub_line[] =
    "import os; [os.environ.pop(n, None) for n in "
    "(os.environ.pop('EXTPROOF_SCRUB', '')).split(',')]; "
    "r = os.environ.pop('EXTPROOF_RESTORE_LD_PRELOAD', None); "
    "r and os.environ.__setitem__('LD_PRELOAD', r)\n";

// One environment for all tests: making it takes a second.
class Launcher : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::string pattern = (fs::temp_directory_path() / "launch testXXXXXX").string();
    folder_ = fs::canonical(::mkdtemp(pattern.data()));
    const std::string find = std::string(EXTPROOF_PYTHON) +
                             " -c 'import os, sys; print(os.path.realpath(sys.executable))'";
    real_python_ = shell(find).text;
    real_python_.pop_back();
    environment_ = folder_ / "my env";
    const Output made =
        shell("'" + real_python_ + "' -m venv --without-pip " + quoted(environment_));
    ASSERT_EQ(made.code, 0) << made.text;
    python_ = environment_ / "bin" / "python";
    for (const char* const name : {"python", "python3"}) {
      fs::remove(environment_ / "bin" / name);
    }
    fs::copy_file(EXTPROOF_LAUNCHER, python_);
    fs::create_symlink("python", environment_ / "bin" / "python3");
    marker_ = folder_ / "lib marker: one.so";
    fs::copy_file(EXTPROOF_MARKER, marker_);
    for (const auto& entry : fs::directory_iterator(environment_ / "lib")) {
      if (entry.path().filename().string().rfind("python", 0) == 0) {
        std::ofstream(entry.path() / "site-packages" / "a_scrub.pth") << k_scrub_line;
      }
    }
  }
  static void TearDownTestSuite() { fs::remove_all(folder_); }

  void SetUp() override {
    ::setenv("XDG_RUNTIME_DIR", "/nonexistent", 1);
    ::unsetenv("LD_PRELOAD");
    ::unsetenv("EXTPROOF_LOGS");
  }

  // The launch file of python: `lines` after the header and the program.
  static void configure(const std::string& lines) {
    std::ofstream(python_.string() + ".launch")
        << "extproof-launch 1\nexec " << real_python_ << "\n"
        << lines;
  }
  static Output run(const std::string& script, const std::string& how = "") {
    const fs::path file = folder_ / "script.py";
    std::ofstream(file) << script;
    return shell(how + " " + quoted(python_) + " " + quoted(file));
  }

  static fs::path folder_;
  static fs::path environment_;
  static fs::path python_;
  static fs::path marker_;
  static std::string real_python_;
};
fs::path Launcher::folder_;
fs::path Launcher::environment_;
fs::path Launcher::python_;
fs::path Launcher::marker_;
std::string Launcher::real_python_;

const char k_is_preloaded[] = "print('preloaded', 'marker' in open('/proc/self/maps').read())\n";

TEST_F(Launcher, leaves_prefix_and_executable_those_of_the_environment) {
  configure("");
  const std::string script = "import sys\nprint(sys.prefix)\nprint(sys.executable)\n";
  const std::string prefix = environment_.string() + "\n";
  EXPECT_EQ(run(script).text, prefix + python_.string() + "\n");

  const std::string by_path = "cd / && PATH=" + quoted(environment_ / "bin") + ":$PATH python " +
                              quoted(folder_ / "script.py");
  EXPECT_EQ(shell(by_path).text, prefix + python_.string() + "\n");
  const std::string by_link =
      quoted(environment_ / "bin" / "python3") + " " + quoted(folder_ / "script.py");
  EXPECT_EQ(shell(by_link).text, prefix + (environment_ / "bin" / "python3").string() + "\n");
}

TEST_F(Launcher, is_found_under_a_name_that_leads_elsewhere) {
  configure("");
  std::ofstream(folder_ / "script.py") << "import sys\nprint(sys.prefix)\n";
  const std::string command = "PATH=/usr/bin:/bin; bash -c 'exec -a python \"$0\" \"$1\"' " +
                              quoted(python_) + " " + quoted(folder_ / "script.py");
  EXPECT_EQ(shell(command).text, environment_.string() + "\n");
}

TEST_F(Launcher, passes_arguments_and_exit_code_on) {
  configure("");
  const Output output = shell(quoted(python_) +
                              " -c 'import sys; print(sys.argv); sys.exit(7)' "
                              "'a b' '' \"c'd\"");
  EXPECT_EQ(output.text, "['-c', 'a b', '', \"c'd\"]\n");
  EXPECT_EQ(output.code, 7);
}

TEST_F(Launcher, preloads_a_library_whose_path_has_spaces_and_colons) {
  configure("preload " + marker_.string() + "\n");
  EXPECT_EQ(run(k_is_preloaded).text, "preloaded True\n");
}

TEST_F(Launcher, keeps_its_links_in_a_private_folder) {
  const fs::path spaceless = fs::temp_directory_path() / ("rt" + std::to_string(::getpid()));
  fs::create_directory(spaceless);
  ::setenv("XDG_RUNTIME_DIR", spaceless.c_str(), 1);
  configure("preload " + marker_.string() + "\n");
  EXPECT_EQ(run(k_is_preloaded).text, "preloaded True\n");
  const fs::path links = spaceless / ("extproof-" + std::to_string(::geteuid()));
  struct stat found;
  ASSERT_EQ(::stat(links.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0700u);
  for (const auto& entry : fs::directory_iterator(links)) {
    EXPECT_EQ(fs::read_symlink(entry.path()), marker_);
    EXPECT_THAT(entry.path().filename().string(), HasSubstr("-lib_marker__one.so"));
  }

  // A folder that others can write to is not trusted; the other place serves.
  fs::permissions(links, fs::perms::all);
  configure("preload " + marker_.string() + "\n");
  const std::string script = "import os\nprint(open('/proc/self/environ').read())\n";
  EXPECT_THAT(run(script).text, HasSubstr("LD_PRELOAD=/tmp/extproof-"));
  fs::remove_all(spaceless);
}

TEST_F(Launcher, preloads_again_in_a_child_python_and_not_in_a_shell) {
  configure("preload " + marker_.string() + "\nscrub LD_PRELOAD\n");
  const Output output = run(std::string(k_is_preloaded) +
                            "import subprocess, sys\n"
                            "sys.stdout.flush()\n"
                            "subprocess.run([sys.executable, '-c', \"print('child', 'marker' in "
                            "open('/proc/self/maps').read())\"])\n"
                            "subprocess.run(['sh', '-c', 'env | grep -E "
                            "\"^(LD_PRELOAD|EXTPROOF_(SCRUB|RESTORE_LD_PRELOAD))=\"'])\n");
  EXPECT_EQ(output.text, "preloaded True\nchild True\n");
}

TEST_F(Launcher, gives_children_the_preload_of_the_caller_back) {
  const fs::path other = folder_.parent_path() / ("other" + std::to_string(::getpid()) + ".so");
  fs::copy_file(EXTPROOF_MARKER, other);
  configure("preload " + marker_.string() + "\nscrub LD_PRELOAD\n");
  const Output output = run("import subprocess\nsubprocess.run(['sh', '-c', 'echo $LD_PRELOAD'])\n",
                            "LD_PRELOAD=" + other.string());
  EXPECT_EQ(output.text, other.string() + "\n");
  fs::remove(other);
}

TEST_F(Launcher, does_not_double_what_an_isolated_python_inherited) {
  configure("preload " + marker_.string() + "\noption ASAN_OPTIONS a=1\nscrub LD_PRELOAD\n");
  const Output output =
      shell("ASAN_OPTIONS=b=2 " + quoted(python_) +
            " -S -c 'import subprocess, sys; subprocess.run([sys.executable, \"-S\", \"-c\", "
            "\"import os; print(os.environ[\\\"LD_PRELOAD\\\"].count(\\\"marker\\\"), "
            "os.environ[\\\"ASAN_OPTIONS\\\"])\"])'");
  EXPECT_EQ(output.text, "1 b=2:a=1\n");
}

// What a runtime is told in a child and in a child of a child that each get an empty environment.
const char k_empty_children[] =
    "import os, subprocess, sys\n"
    "def start(script):\n"
    "    subprocess.run([sys.executable, '-S', '-c', script], env={})\n"
    "tell = 'import os; print(os.environ.get(\"O\"), os.environ.get(\"EXTPROOF_LOGS\"))'\n"
    "start(tell)\n"
    "start('import subprocess, sys; subprocess.run([sys.executable, \"-S\", \"-c\", %r], env={})' "
    "% "
    "tell)\n";

TEST_F(Launcher, sends_the_logs_of_children_with_an_empty_environment_to_the_folder_of_the_run) {
  configure("option O a=1\nlog-path O san\nscrub O\n");
  const std::string told = "a=1:log_path=\"/the run/san\" None\n";
  EXPECT_EQ(run(k_empty_children, "EXTPROOF_LOGS='/the run'").text, told + told);
  // What the test process itself changes does not matter.
  EXPECT_EQ(run(std::string("import os\ndel os.environ['EXTPROOF_LOGS']\n") + k_empty_children,
                "EXTPROOF_LOGS='/the run'")
                .text,
            told + told);
  // A folder that a child is given is its own.
  EXPECT_EQ(run("import subprocess, sys\nsubprocess.run([sys.executable, '-S', '-c', 'import os; "
                "print(os.environ[\"O\"])'], env={'EXTPROOF_LOGS': '/another'})\n",
                "EXTPROOF_LOGS='/the run'")
                .text,
            "a=1:log_path=\"/another/san\"\n");
}

TEST_F(Launcher, adds_no_log_path_outside_of_a_run) {
  if (extproof::launcher::value_of_nearest_ancestor("EXTPROOF_LOGS")) {
    GTEST_SKIP() << "this test is itself inside of a run";
  }
  configure("option O a=1\nlog-path O san\nscrub O\n");
  EXPECT_EQ(run(k_empty_children, "env -u EXTPROOF_LOGS").text, "a=1 None\na=1 None\n");
}

TEST_F(Launcher, fixes_the_address_layout_and_lifts_the_limit) {
  if (k_is_sanitized) {
    GTEST_SKIP()
        << "the launcher of this build is itself under the limits and options that it sets";
  }
  configure("no-aslr\nno-address-space-limit\n");
  const Output output =
      run("import resource\n"
          "print(open('/proc/self/personality').read().strip())\n"
          "print(resource.getrlimit(resource.RLIMIT_AS)[0])\n",
          "ulimit -S -v 4000000;");
  EXPECT_EQ(output.text, "00040000\n-1\n");
}

TEST_F(Launcher, says_what_is_missing) {
  fs::remove(python_.string() + ".launch");
  Output output = run("");
  EXPECT_EQ(output.code, 127);
  EXPECT_EQ(output.text,
            "extproof-python: " + python_.string() + ".launch: No such file or directory\n");

  configure("preload /nonexistent/lib.so\n");
  output = run("");
  EXPECT_EQ(output.code, 127);
  EXPECT_EQ(output.text,
            "extproof-python: /nonexistent/lib.so: cannot be preloaded: No such file or "
            "directory\n");

  configure("colour blue\n");
  output = run("");
  EXPECT_EQ(output.code, 127);
  EXPECT_THAT(output.text, HasSubstr("line 3: \"colour\" is not known"));
}

TEST_F(Launcher, distinguishes_a_missing_program_from_one_that_may_not_run) {
  std::ofstream(python_.string() + ".launch") << "extproof-launch 1\nexec /nonexistent/python\n";
  EXPECT_EQ(run("").code, 127);
  std::ofstream(folder_ / "plain") << "text";
  std::ofstream(python_.string() + ".launch")
      << "extproof-launch 1\nexec " << (folder_ / "plain").string() << "\n";
  const Output output = run("");
  EXPECT_EQ(output.code, 126);
  EXPECT_THAT(output.text, HasSubstr("plain: Permission denied"));
}

TEST_F(Launcher, stands_in_for_another_program_with_a_clean_environment) {
  if (k_is_sanitized) {
    GTEST_SKIP()
        << "the launcher of this build is itself under the limits and options that it sets";
  }
  const fs::path stand_in = folder_ / "llvm-symbolizer";
  fs::copy_file(EXTPROOF_LAUNCHER, stand_in);
  std::ofstream(stand_in.string() + ".launch")
      << "extproof-launch 1\nexec /usr/bin/env\nunset LD_PRELOAD\nunset ASAN_OPTIONS\n"
      << "unset DEBUGINFOD_URLS\n";
  const Output output =
      shell("env -i A=1 LD_PRELOAD=/x.so ASAN_OPTIONS=y DEBUGINFOD_URLS=z " + quoted(stand_in));
  EXPECT_EQ(output.text, "A=1\n");
}

}  // namespace
