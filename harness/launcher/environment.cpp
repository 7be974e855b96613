// SPDX-License-Identifier: Apache-2.0
#include "harness/launcher/environment.hpp"

#include <algorithm>

namespace extproof::launcher {
namespace {

constexpr std::string_view k_preload = "LD_PRELOAD";
constexpr std::string_view k_scrub = "EXTPROOF_SCRUB";
constexpr std::string_view k_restore_preload = "EXTPROOF_RESTORE_LD_PRELOAD";

bool is_entry_of(std::string_view entry, std::string_view name) {
  return entry.size() > name.size() && entry.substr(0, name.size()) == name &&
         entry[name.size()] == '=';
}

void append(std::string& text, std::string_view piece, char separator) {
  if (!text.empty() && !piece.empty()) {
    text += separator;
  }
  text += piece;
}

// The caller's own entries of LD_PRELOAD: without ours, which a parent may have put there. The
// dynamic linker separates by spaces and colons.
std::string preload_of_caller(std::string_view text, const std::vector<std::string>& ours) {
  std::string kept;
  while (!text.empty()) {
    const std::size_t at = std::min(text.find_first_of(" :"), text.size());
    const std::string_view entry = text.substr(0, at);
    if (std::find(ours.begin(), ours.end(), entry) == ours.end()) {
      append(kept, entry, ':');
    }
    text.remove_prefix(std::min(at + 1, text.size()));
  }
  return kept;
}

void apply_preload(const std::vector<std::string>& ours, Environment& environment) {
  const std::string rest = preload_of_caller(environment.find(k_preload).value_or(""), ours);
  std::string all;
  for (const std::string& entry : ours) {
    append(all, entry, ':');
  }
  append(all, rest, ':');
  if (all.empty()) {
    environment.unset(k_preload);
  } else {
    environment.set(k_preload, all);
  }
  if (rest.empty()) {
    environment.unset(k_restore_preload);
  } else {
    environment.set(k_restore_preload, rest);
  }
}

// "" when there is nothing to add; false when the folder's name cannot be quoted.
bool log_path_option(const std::string& folder, const std::string& stem, std::string& option) {
  if (folder.empty()) {
    option.clear();
    return true;
  }
  const std::string path = folder + "/" + stem;
  const char quote = path.find('"') == path.npos ? '"' : '\'';
  if (path.find(quote) != path.npos) {
    return false;
  }
  option = std::string("log_path=") + quote + path + quote;
  return true;
}

bool ends_with_option(const std::string& text, const std::string& option) {
  if (text.size() <= option.size()) {
    return text == option;
  }
  const std::size_t at = text.size() - option.size();
  return text.compare(at, option.size(), option) == 0 && text[at - 1] == ':';
}

// All options of one variable are added in one piece, so that a piece which is there already, put
// there by a parent, is recognised.
bool apply_options(const LaunchFile& file, const std::string& logs, Environment& environment,
                   std::string& problem) {
  std::vector<std::string> done;
  for (const Change& first : file.changes) {
    if ((first.kind != ChangeKind::option && first.kind != ChangeKind::log_path) ||
        std::find(done.begin(), done.end(), first.name) != done.end()) {
      continue;
    }
    done.push_back(first.name);
    std::string ours;
    for (const Change& change : file.changes) {
      if (change.name != first.name) {
        continue;
      }
      if (change.kind == ChangeKind::option) {
        append(ours, change.value, ':');
      } else if (change.kind == ChangeKind::log_path) {
        std::string option;
        if (!log_path_option(logs, change.value, option)) {
          problem = std::string(k_logs) + " holds both kinds of quotation marks";
          return false;
        }
        append(ours, option, ':');
      }
    }
    std::string value = environment.find(first.name).value_or("");
    if (!ours.empty() && !ends_with_option(value, ours)) {
      append(value, ours, ':');
      environment.set(first.name, value);
    }
  }
  return true;
}

void apply_scrub(const std::vector<std::string>& names, Environment& environment) {
  std::string list;
  for (const std::string& name : names) {
    append(list, name, ',');
  }
  if (list.empty()) {
    environment.unset(k_scrub);
  } else {
    environment.set(k_scrub, list);
  }
}

}  // namespace

std::optional<std::string> Environment::find(std::string_view name) const {
  for (const std::string& entry : entries_) {
    if (is_entry_of(entry, name)) {
      return entry.substr(name.size() + 1);
    }
  }
  return std::nullopt;
}

void Environment::set(std::string_view name, std::string_view value) {
  unset(name);
  entries_.push_back(std::string(name) + "=" + std::string(value));
}

void Environment::unset(std::string_view name) {
  std::erase_if(entries_, [name](const std::string& entry) { return is_entry_of(entry, name); });
}

bool apply(const LaunchFile& file, const std::vector<std::string>& preload, const std::string& logs,
           Environment& environment, std::string& problem) {
  for (const Change& change : file.changes) {
    if (change.kind == ChangeKind::set ||
        (change.kind == ChangeKind::set_default && !environment.find(change.name))) {
      environment.set(change.name, change.value);
    } else if (change.kind == ChangeKind::unset) {
      environment.unset(change.name);
    }
  }
  apply_preload(preload, environment);
  apply_scrub(file.scrub, environment);
  return apply_options(file, logs, environment, problem);
}

}  // namespace extproof::launcher
