// SPDX-License-Identifier: Apache-2.0
#include "harness/report/test_address.hpp"

#include <algorithm>
#include <vector>

namespace extproof::report {

TestAddress test_address(std::string_view id) {
  // What a parameter holds is no path and no name.
  const std::size_t bracket = id.find('[');
  std::string_view path = id.substr(0, bracket);
  const std::string_view parameters =
      bracket == std::string_view::npos ? std::string_view() : id.substr(bracket);
  std::vector<std::string> names;
  while (true) {
    const std::size_t divide = path.find("::");
    names.emplace_back(path.substr(0, divide));
    if (divide == std::string_view::npos) {
      break;
    }
    path.remove_prefix(divide + 2);
  }
  std::string& file = names.front();
  if (file.ends_with(".py")) {
    file.resize(file.size() - 3);
  }
  std::replace(file.begin(), file.end(), '/', '.');
  TestAddress address;
  address.name = names.back() + std::string(parameters);
  names.pop_back();
  for (const std::string& name : names) {
    address.classname += (address.classname.empty() ? "" : ".") + name;
  }
  return address;
}

}  // namespace extproof::report
