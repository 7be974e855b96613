// SPDX-License-Identifier: Apache-2.0
//
// Stands for a compiler or an interpreter in tests: looks for the first line "WORD TEXT" of the
// file <own path>.answers whose WORD occurs in an argument, and prints TEXT. Each call adds a byte
// to <own path>.calls.

#include <fstream>
#include <iostream>
#include <string>

int main(int argc, char** argv) {
  const std::string own = argv[0];
  std::ofstream(own + ".calls", std::ios::app) << '.';
  std::ifstream answers(own + ".answers");
  for (std::string line; std::getline(answers, line);) {
    const std::size_t space = line.find(' ');
    for (int i = 1; i < argc && space != std::string::npos; ++i) {
      if (std::string(argv[i]).find(line.substr(0, space)) != std::string::npos) {
        std::cout << line.substr(space + 1) << '\n';
        return 0;
      }
    }
  }
  return 1;
}
