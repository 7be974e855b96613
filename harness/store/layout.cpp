// SPDX-License-Identifier: Apache-2.0
#include "harness/store/layout.hpp"

#include <algorithm>

#include "harness/base/hash.hpp"

namespace extproof::store {
namespace {

constexpr std::size_t k_digest_digits = 8;

std::string under(std::string_view folder, std::string_view name) {
  std::string path(folder);
  if (path.empty() || path.back() != '/') {
    path += '/';
  }
  path += name;
  return path;
}

bool stays(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

bool is_lower_hex(char c) {
  return (c >= 'a' && c <= 'f') || (c >= '0' && c <= '9');
}

// A name that could be mistaken for one that slug() made from another text.
bool ends_like_a_digest(std::string_view name) {
  if (name.size() <= k_digest_digits || name[name.size() - k_digest_digits - 1] != '-') {
    return false;
  }
  const std::string_view tail = name.substr(name.size() - k_digest_digits);
  return std::all_of(tail.begin(), tail.end(), is_lower_hex);
}

std::string step_file(std::string_view folder, std::string_view lane, std::string_view step_id,
                      std::string_view suffix) {
  if (!lane.empty() && step_id.size() > lane.size() + 1 && step_id.starts_with(lane) &&
      step_id[lane.size()] == '/') {
    step_id.remove_prefix(lane.size() + 1);
  }
  return under(folder, slug(step_id)) + std::string(suffix);
}

}  // namespace

std::string slug(std::string_view text) {
  constexpr std::size_t k_max_kept = k_max_slug_bytes - k_digest_digits - 1;
  std::string name;
  for (const char c : text.substr(0, k_max_slug_bytes)) {
    name += stays(c) ? c : '-';
  }
  if (name.empty() || name.front() == '.' || name.front() == '-') {
    name.insert(name.begin(), '_');
  }
  if (name == text && !ends_like_a_digest(text)) {
    return name;
  }
  name.resize(std::min(name.size(), k_max_kept));
  return name + "-" + base::digest(text).substr(0, k_digest_digits);
}

std::string BuildFolder::tree() const {
  return under(root, "tree");
}
std::string BuildFolder::run() const {
  return under(root, "run");
}
std::string BuildFolder::env() const {
  return under(root, "env");
}
std::string BuildFolder::wrap() const {
  return under(root, "wrap");
}
std::string BuildFolder::profile() const {
  return under(wrap(), "wrapper.profile");
}
std::string BuildFolder::dist() const {
  return under(root, "dist");
}
std::string BuildFolder::cmake() const {
  return under(root, "cmake");
}
std::string BuildFolder::install() const {
  return under(root, "install");
}
std::string BuildFolder::stage() const {
  return under(root, "stage");
}
std::string BuildFolder::packages() const {
  return under(root, "packages");
}
std::string BuildFolder::canary() const {
  return under(root, "canary");
}
std::string BuildFolder::stamps() const {
  return under(root, "stamps");
}
std::string BuildFolder::stamp(std::string_view step) const {
  return under(stamps(), slug(step)) + ".stamp";
}
std::string BuildFolder::compile_commands() const {
  return under(root, "compile_commands.jsonl");
}

std::string Layout::root() const {
  return under(project_root, k_root_name);
}
std::string Layout::gitignore() const {
  return under(root(), ".gitignore");
}
std::string Layout::store() const {
  return under(root(), "store.sqlite");
}
std::string Layout::lock() const {
  return under(root(), "lock");
}

std::string Layout::runs() const {
  return under(root(), "runs");
}
std::string Layout::run(int number) const {
  return under(runs(), std::to_string(number));
}
std::string Layout::lane(int run_number, std::string_view lane) const {
  return under(run(run_number), lane.empty() ? "shared" : slug(lane));
}
std::string Layout::logs(int run_number, std::string_view lane_name, std::size_t process) const {
  const std::string first = lane(run_number, lane_name) + "/logs";
  return process == 1 ? first : first + "-" + std::to_string(process);
}
std::string Layout::forks(int run_number, std::string_view lane_name) const {
  return lane(run_number, lane_name) + "/forks";
}
std::string Layout::step_output(int run_number, std::string_view lane_name,
                                std::string_view step_id) const {
  return step_file(lane(run_number, lane_name), lane_name, step_id, ".out");
}
std::string Layout::step_errors(int run_number, std::string_view lane_name,
                                std::string_view step_id) const {
  return step_file(lane(run_number, lane_name), lane_name, step_id, ".err");
}

BuildFolder Layout::build(std::string_view configuration) const {
  return {.root = under(under(root(), "build"), slug(configuration))};
}
std::string Layout::build_environment(std::string_view tag_hash) const {
  return under(under(root(), "build-env"), slug(tag_hash));
}

std::string Layout::relative(std::string_view path) const {
  if (path == project_root) {
    return ".";
  }
  const std::string prefix = under(project_root, "");
  if (path.starts_with(prefix) && path.size() > prefix.size()) {
    path.remove_prefix(prefix.size());
  }
  return std::string(path);
}

}  // namespace extproof::store
