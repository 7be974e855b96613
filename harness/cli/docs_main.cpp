// SPDX-License-Identifier: Apache-2.0
//
// extproof-docs [--check] ROOT: writes the generated pages and the schema below the sources' root,
// or only says which of them are not up to date. Level: cli.

#include <cstdio>
#include <string>
#include <vector>

#include "harness/cli/doc_pages.hpp"
#include "harness/platform/files.hpp"

int main(int argc, char** argv) {
  using namespace extproof;
  const std::vector<std::string> words(argv + 1, argv + argc);
  const bool check = !words.empty() && words.front() == "--check";
  if (words.size() != (check ? 2U : 1U)) {
    std::fputs("usage: extproof-docs [--check] ROOT\n", stderr);
    return 2;
  }
  int end = 0;
  for (const cli::GeneratedFile& file : cli::make_generated_files()) {
    const std::string path = words.back() + "/" + file.path;
    const auto committed = platform::read_text(path);
    if (committed && committed->view == file.text) {
      continue;
    }
    const std::string problem = check ? "is not up to date; write it with: extproof-docs ROOT"
                                      : platform::write_file(path, file.text);
    if (!problem.empty()) {
      std::fprintf(stderr, "%s: %s\n", file.path.c_str(), problem.c_str());
      end = 1;
    }
  }
  return end;
}
