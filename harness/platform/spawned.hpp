// SPDX-License-Identifier: Apache-2.0
//
// Texts in the form that exec wants. Level: platform. Private to the folder.

#pragma once

#include <map>
#include <string>
#include <vector>

namespace extproof::platform {

// Pointers into `words`, ended by a null pointer. Requires: `words` outlives it.
class ArgumentVector {
 public:
  explicit ArgumentVector(const std::vector<std::string>& words) {
    for (const std::string& word : words) {
      pointers_.push_back(const_cast<char*>(word.c_str()));
    }
    pointers_.push_back(nullptr);
  }
  char** get() { return pointers_.data(); }

 private:
  std::vector<char*> pointers_;
};

class EnvironmentVector {
 public:
  explicit EnvironmentVector(const std::map<std::string, std::string>& environment)
      : words_(words_of(environment)), pointers_(words_) {}
  char** get() { return pointers_.get(); }

 private:
  static std::vector<std::string> words_of(const std::map<std::string, std::string>& environment) {
    std::vector<std::string> words;
    words.reserve(environment.size());
    for (const auto& [name, value] : environment) {
      words.push_back(name + "=" + value);
    }
    return words;
  }

  std::vector<std::string> words_;
  ArgumentVector pointers_;
};

}  // namespace extproof::platform
