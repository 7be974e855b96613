// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/interpreters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/engines/interpreters_modules.hpp"
#include "harness/testing/golden.hpp"
#include "harness/testing/sample_machine.hpp"

namespace extproof::engines {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

InstallInput input_of(const std::string& kind, const facts::Compiler& compiler) {
  InstallInput input;
  input.kind = *facts::interpreter_kind_named(kind);
  input.compiler = compiler;
  input.toolchain = testing::sample_machine();
  input.archive = {"/cache/sources/Python-3.14.6.tar.xz", ""};
  input.jobs = 4;
  return input;
}

std::string text_of(const std::vector<facts::Step>& steps) {
  std::string text;
  for (const facts::Step& step : steps) {
    text += step.id + "\n  needs " + base::join(step.needs, " ") + "\n  in " + step.cwd + "\n  " +
            base::render_command(step.argv) + "\n";
    for (const auto& [name, value] : step.environment) {
      text += "  " + name + "=" + value + "\n";
    }
  }
  return text;
}

std::string texts_of(const facts::Refusals& refusals) {
  std::string text;
  for (const facts::Refusal& one : refusals) {
    text += facts::render_refusal(one) + "\n";
  }
  return text;
}

std::string golden(const std::string& name, const std::string& text) {
  return testing::golden_difference(EXTPROOF_SOURCE_DIR "/harness/engines/testdata/" + name, text);
}

std::vector<std::string> codes_of(const facts::Refusals& refusals) {
  std::vector<std::string> codes;
  for (const facts::Refusal& one : refusals) {
    codes.push_back(one.code);
  }
  return codes;
}

// The results of an installation in which everything went well, to be changed by a test.
class Installed : public ::testing::Test {
 protected:
  void end(const std::string& part, facts::StepEnd how, const std::string& output = "",
           const std::string& errors = "") {
    facts::StepResult result;
    result.step_id = std::string(input_.kind.name) + "/" + part;
    result.end = std::move(how);
    result.output = facts::make_text(output);
    result.errors = facts::make_text(errors);
    result.errors_path = "/cache/interpreters/logs/asan/" + part + ".err";
    results_.add(std::move(result));
  }

  void all_well() {
    for (const char* part : {"unpack", "headers", "configure", "make", "install", "quiet", "canary",
                             "canary-cxx", "venv"}) {
      end(part, facts::Exited{0});
    }
    end("describe", facts::Exited{0},
        R"({"version":"3.14.6","debug":true,"free_threaded":false,"pymalloc":false,)"
        R"("runtime":"/usr/lib/libclang_rt.asan-x86_64.so","headers":true,"lacks":["sqlite3"]})");
    end("read", facts::Exited{99}, "",
        "==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x1\n    #0 0x1 in "
        "PyBytes_Size /x/Objects/bytesobject.c:1\n");
    end("throw", facts::Exited{0}, "42\n");
    end("venv-python", facts::Exited{0}, "True\n");
    end("pip", facts::Exited{0}, "pip 26.1 from /x\n");
  }

  std::vector<std::string> failed() const {
    std::vector<std::string> names;
    for (const facts::PreflightCheck& check : judge_building(input_, results_).checks) {
      if (!check.ok) {
        names.push_back(check.check);
      }
    }
    return names;
  }

  InstallInput input_ = input_of("asan", testing::sample_clang());
  Results results_;
};

TEST(Interpreters, the_steps_of_each_kind_are_as_accepted) {
  for (const facts::InterpreterKind& kind : facts::interpreter_kinds()) {
    for (const facts::Compiler& compiler : {testing::sample_clang(), testing::sample_gcc()}) {
      const InstallInput input = input_of(std::string(kind.name), compiler);
      const std::string name =
          "interpreter_" + std::string(kind.name) + "-" + compiler.name + ".txt";
      EXPECT_EQ(golden(name, text_of(plan_preparation(input)) + text_of(plan_building(input))), "");
    }
  }
}

TEST(Interpreters, every_kind_has_an_archive_with_a_checksum_and_opens_a_lane) {
  for (const facts::InterpreterKind& kind : facts::interpreter_kinds()) {
    EXPECT_EQ(kind.source.sha256.size(), 64u) << kind.name;
    EXPECT_FALSE(kind.lanes.empty()) << kind.name;
    EXPECT_FALSE(kind.purpose.empty()) << kind.name;
  }
}

TEST(Interpreters, an_archive_is_fetched_before_it_is_unpacked_and_never_when_it_is_there) {
  InstallInput input = input_of("asan", testing::sample_clang());
  EXPECT_EQ(plan_preparation(input).front().id, "asan/unpack");

  input.archive.url = "https://host/3.14.6/Python-3.14.6.tar.xz";
  const auto steps = plan_preparation(input);

  EXPECT_EQ(steps.front().id, "asan/fetch");
  EXPECT_THAT(steps[1].needs, ElementsAre("asan/fetch"));
}

TEST(Interpreters, another_compiler_or_version_has_another_folder) {
  const std::string clang = interpreter_paths(input_of("asan", testing::sample_clang())).home;
  EXPECT_NE(clang, interpreter_paths(input_of("asan", testing::sample_gcc())).home);
  EXPECT_NE(clang, interpreter_paths(input_of("asan", testing::sample_clang(14))).home);
  EXPECT_EQ(clang, interpreter_paths(input_of("asan", testing::sample_clang())).home);
}

TEST(Interpreters, everything_is_made_in_a_folder_beside_the_final_one) {
  const InstallInput input = input_of("asan", testing::sample_clang());
  const InterpreterPaths paths = interpreter_paths(input);
  EXPECT_TRUE(paths.staged.starts_with(paths.workshop + "/"));
  EXPECT_TRUE(paths.staged.ends_with(paths.home));
  for (const facts::Step& step : plan_building(input)) {
    EXPECT_FALSE(step.cwd.starts_with(paths.home)) << step.id;
    EXPECT_TRUE(step.argv[0].starts_with("/")) << step.id;
  }
}

TEST(Interpreters, the_compiler_must_have_the_runtime_of_the_kind) {
  facts::Toolchain machine = testing::sample_machine();
  const auto& asan = *facts::interpreter_kind_named("asan");
  EXPECT_EQ(choose_interpreter_compiler(asan, std::nullopt, machine).value().name, "clang-19");
  EXPECT_EQ(choose_interpreter_compiler(asan, "gcc", machine).value().name, "gcc-12");

  for (facts::Compiler& compiler : machine.compilers) {
    compiler.runtimes.asan.clear();
  }

  EXPECT_EQ(choose_interpreter_compiler(asan, std::nullopt, machine).error()[0].code, "XP1201");
  const auto& release = *facts::interpreter_kind_named("release");
  EXPECT_TRUE(choose_interpreter_compiler(release, std::nullopt, machine).ok());
}

TEST(Interpreters, the_preprocessor_names_modules_and_nothing_else_does) {
  EXPECT_THAT(lacking_modules(""), IsEmpty());
  EXPECT_THAT(lacking_modules("extproof_lacks_ctypesx\nctypes\n"), IsEmpty());
  const auto found = lacking_modules("\nextproof_lacks_lzma\n extproof_lacks_ctypes\n");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].name, "ctypes");
  EXPECT_EQ(found[1].package, "liblzma-dev");
}

TEST_F(Installed, an_interpreter_that_shows_everything_is_accepted) {
  all_well();

  const InterpreterProof proof = judge_building(input_, results_);

  EXPECT_THAT(failed(), IsEmpty()) << texts_of(proof.refusals);
  EXPECT_THAT(proof.refusals, IsEmpty());
  EXPECT_EQ(proof.runtime, "/usr/lib/libclang_rt.asan-x86_64.so");
  EXPECT_THAT(proof.lacks, ElementsAre("sqlite3"));
}

TEST_F(Installed, each_proof_that_fails_refuses_it) {
  struct Row {
    const char* part;
    facts::StepEnd how;
    const char* output;
    const char* errors;
    const char* check;
  };
  const std::vector<Row> rows = {
      {"read", facts::Exited{0}, "survived\n", "", "read-in-interpreter"},
      // A report by anything else than the interpreter's own code is none.
      {"read", facts::Exited{99}, "", "ERROR: AddressSanitizer: heap-use-after-free\n",
       "read-in-interpreter"},
      {"read", facts::Signalled{11}, "", "", "read-in-interpreter"},
      {"quiet", facts::Exited{99}, "", "ERROR: LeakSanitizer: detected memory leaks\n", "quiet"},
      {"quiet", facts::Exited{0}, "", "warning of the runtime\n", "quiet"},
      {"throw", facts::Signalled{6}, "", "AddressSanitizer: CHECK failed: __cxa_throw\n",
       "exception"},
      {"throw", facts::Exited{0}, "0\n", "", "exception"},
      {"canary-cxx", facts::Exited{1}, "", "no such header\n", "exception"},
      {"canary", facts::Exited{1}, "", "no such header\n", "read-in-interpreter"},
      {"venv", facts::Exited{2}, "", "no\n", "environment"},
      {"venv-python", facts::Exited{0}, "False\n", "", "environment"},
      {"pip", facts::Exited{1}, "", "No module named pip\n", "pip"},
      {"describe", facts::Exited{1}, "", "cannot start\n", "starts"},
      {"describe", facts::Exited{0}, "not json", "", "starts"},
  };
  for (const Row& row : rows) {
    results_ = {};
    all_well();
    end(row.part, row.how, row.output, row.errors);
    EXPECT_THAT(failed(), ElementsAre(row.check)) << row.part << " " << row.errors;
    EXPECT_THAT(codes_of(judge_building(input_, results_).refusals), ElementsAre("XP1210"));
  }
}

TEST_F(Installed, an_interpreter_of_another_make_is_refused) {
  const auto described = [&](const std::string& text) {
    results_ = {};
    all_well();
    end("describe", facts::Exited{0}, text);
    return failed();
  };
  EXPECT_THAT(described(R"({"version":"3.14.5","debug":true,"headers":true,"runtime":"/x"})"),
              ElementsAre("starts"));
  EXPECT_THAT(described(R"({"version":"3.14.6","debug":false,"headers":true,"runtime":"/x"})"),
              ElementsAre("starts"));
  EXPECT_THAT(described(R"({"version":"3.14.6","debug":true,"headers":true,"runtime":""})"),
              ElementsAre("runtime"));
  EXPECT_THAT(described(R"({"version":"3.14.6","debug":true,"headers":true,"runtime":"/x",)"
                        R"("pymalloc":true})"),
              ElementsAre("allocator"));
  EXPECT_THAT(described(R"({"version":"3.14.6","debug":true,"headers":true,"runtime":"/x",)"
                        R"("lacks":["ctypes"]})"),
              ElementsAre("modules"));
}

TEST_F(Installed, where_nobody_can_look_for_leaks_the_interpreter_is_not_blamed) {
  all_well();
  end("quiet", facts::Exited{1}, "",
      "==1==LeakSanitizer has encountered a fatal error.\n==1==HINT: ... under ptrace\n");
  EXPECT_THAT(failed(), IsEmpty());
}

TEST_F(Installed, without_a_cxx_compiler_the_exception_is_not_proven) {
  all_well();
  Results fewer;
  for (const facts::Step& step : plan_building(input_)) {
    if (step.id != "asan/canary-cxx" && step.id != "asan/throw") {
      fewer.add(*results_.find(step.id));
    }
  }
  results_ = fewer;
  EXPECT_THAT(failed(), IsEmpty());
}

TEST_F(Installed, messages_are_as_accepted) {
  std::string text;
  all_well();
  end("make", facts::Exited{2}, "",
      "gcc -c a.c\nModules/_ctypes.c:7:10: fatal error: ffi.h: No such file\ncompilation "
      "terminated.\nmake: *** [Makefile:3] Error 1\n");
  text += texts_of(judge_building(input_, results_).refusals);
  all_well();
  end("read", facts::Exited{0}, "survived\n");
  text += texts_of(judge_building(input_, results_).refusals);
  end("unpack", facts::Exited{3}, "", "00ff00\n");
  text += texts_of(judge_preparation(input_, results_));
  input_.archive.url = "https://host/3.14.6/Python-3.14.6.tar.xz";
  end("fetch", facts::Exited{4}, "", "the server answered 404 Not Found\n");
  text += texts_of(judge_preparation(input_, results_));
  end("fetch", facts::Exited{0});
  end("unpack", facts::Exited{0});
  end("headers", facts::Exited{0}, "extproof_lacks_ctypes\nextproof_lacks_ssl\n");
  text += texts_of(judge_preparation(input_, results_));
  end("headers", facts::Exited{0}, "extproof_lacks_ssl\n");
  text += texts_of(judge_preparation(input_, results_));
  EXPECT_EQ(golden("interpreter_messages.txt", text), "");
}

TEST_F(Installed, a_warning_does_not_end_the_installation) {
  all_well();
  EXPECT_THAT(judge_preparation(input_, results_), IsEmpty());
  end("headers", facts::Exited{0}, "extproof_lacks_ssl\n");
  const auto found = judge_preparation(input_, results_);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].severity, facts::Severity::warning);
}

TEST_F(Installed, a_manifest_is_read_as_it_was_written_and_others_are_not_read) {
  all_well();
  InterpreterManifest manifest = make_manifest(input_, judge_building(input_, results_));
  manifest.identity = "/x 1 2.3";
  manifest.seconds = 12.5;
  manifest.built = "2026-11-21T09:30:00Z";
  const std::string text = render_manifest(manifest);

  const auto read = parse_manifest(text);

  ASSERT_TRUE(read);
  EXPECT_EQ(render_manifest(*read), text);
  EXPECT_EQ(read->kind, "asan");
  EXPECT_EQ(read->checks.size(), manifest.checks.size());
  EXPECT_FALSE(parse_manifest(""));
  EXPECT_FALSE(parse_manifest("[]"));
  EXPECT_FALSE(parse_manifest(text.substr(0, text.size() / 2)));
  std::string newer = text;
  newer.replace(newer.find("\"schema\": 1"), 11, "\"schema\": 9");
  EXPECT_FALSE(parse_manifest(newer));
  std::string mistyped = text;
  mistyped.replace(mistyped.find("12.5"), 4, "\"x\"");
  EXPECT_FALSE(parse_manifest(mistyped));
}

}  // namespace
}  // namespace extproof::engines
