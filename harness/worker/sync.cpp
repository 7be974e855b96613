// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/sync.hpp"

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <map>
#include <optional>
#include <set>

#include "harness/base/hash.hpp"
#include "harness/base/text.hpp"
#include "harness/parsers/source_tree.hpp"
#include "harness/worker/beneath.hpp"
#include "harness/worker/git_view.hpp"
#include "harness/worker/source_files.hpp"
#include "harness/worker/whole_file.hpp"

namespace extproof::worker {
namespace {

namespace fs = std::filesystem;
using parsers::EntryKind;
using parsers::SyncEntry;
using parsers::SyncIndex;

constexpr std::size_t k_changed_shown = 20;
constexpr const char* k_git_file = ".git";

std::int64_t now_ns() {
  timespec now = {};
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

unsigned mode_of_copy(std::uint32_t source_mode) {
  return (source_mode & 0100U) != 0 ? 0755U : 0644U;
}

// What a path of the copy has to be.
struct Wanted {
  EntryKind kind = EntryKind::file;
  bool follow = false;  // a file that the project reaches by a link out of itself
  std::string target;   // of a link
};

class Synchronisation {
 public:
  Synchronisation(const SyncRequest& request, std::string root, std::string copy_root)
      : request_(request),
        root_(std::move(root)),
        source_(root_),
        copy_(copy_root),
        inside_(copy_root.starts_with(root_ + "/") ? copy_root.substr(root_.size() + 1) : "") {}

  base::Result<SyncOutcome, std::string> run() {
    if (!source_.is_open() || !copy_.is_open()) {
      return base::Failure{std::string("a folder cannot be opened: ") + std::strerror(errno)};
    }
    load_index();
    decide_wanted();
    const std::set<std::string> before = announce();
    for (const auto& [path, wanted] : wanted_) {
      const bool done = wanted.kind == EntryKind::link ? bring_link(path, wanted.target)
                                                       : bring_file(path, wanted.follow);
      if (!done) {
        return base::Failure{base::escape_line(path) + ": " + problem_};
      }
    }
    remove_old(before);
    if (request_.mirror || index_unreadable_) {
      remove_foreign("");
    }
    if (!bring_git_file()) {
      return base::Failure{std::string(k_git_file) + ": " + problem_};
    }
    return finish();
  }

 private:
  void load_index() {
    const auto text = read_whole_file(request_.index_path);
    if (!text) {
      return;
    }
    auto parsed = parsers::parse_sync_index(*text);
    index_unreadable_ = !parsed.ok();
    if (parsed.ok()) {
      old_ = std::move(parsed).value();
    }
  }

  void decide_wanted() {
    std::vector<std::string> leave_out = request_.leave_out;
    for (const auto& [path, target] : request_.links) {
      leave_out.push_back(path);
    }
    if (!inside_.empty()) {
      leave_out.push_back(inside_);
    }
    const std::vector<std::string> sources = observe_sources(root_, leave_out);
    for (const std::string& path : sources) {
      const Observed::Kind kind = source_.observe(path).kind;
      if (kind == Observed::Kind::file) {
        wanted_.emplace_hint(wanted_.end(), path, Wanted{});
      } else if (kind == Observed::Kind::link) {
        if (const auto wanted = decide_link(path, sources)) {
          wanted_.emplace_hint(wanted_.end(), path, *wanted);
        }
      }
    }
    for (const auto& [path, target] : request_.links) {
      if (source_.observe(path).kind != Observed::Kind::none) {
        wanted_.insert_or_assign(path, Wanted{EntryKind::link, false, target});
      }
    }
  }

  static bool is_copied(const std::string& path, const std::vector<std::string>& sources) {
    const auto at = std::lower_bound(sources.begin(), sources.end(), path);
    if (at != sources.end() && *at == path) {
      return true;
    }
    const std::string folder = path + "/";
    const auto inner = std::lower_bound(sources.begin(), sources.end(), folder);
    return inner != sources.end() && inner->starts_with(folder);
  }

  // A link to something that is copied too stays a link, made relative where it was not, or it
  // would lead back to the project. Of anything else the content is copied, if it is a file.
  std::optional<Wanted> decide_link(const std::string& path,
                                    const std::vector<std::string>& sources) {
    std::string target;
    if (!source_.read_link(path, target)) {
      return std::nullopt;
    }
    const fs::path folder = fs::path(path).parent_path();
    const std::string by_name = (folder / target).lexically_normal().string();
    const bool stays_inside =
        !target.empty() && target[0] != '/' && by_name != ".." && !by_name.starts_with("../");
    std::error_code error;
    const std::string real = fs::canonical(root_ + "/" + path, error).string();
    if (error) {
      return stays_inside ? std::optional(Wanted{EntryKind::link, false, target}) : std::nullopt;
    }
    if (real.starts_with(root_ + "/")) {
      const std::string relative = real.substr(root_.size() + 1);
      if (is_copied(relative, sources)) {
        const std::string kept =
            stays_inside ? target : fs::path(relative).lexically_relative(folder).string();
        return Wanted{EntryKind::link, false, kept};
      }
    }
    if (source_.observe_followed(path).kind == Observed::Kind::file) {
      return Wanted{EntryKind::file, true, ""};
    }
    return std::nullopt;
  }

  // Paths of the old copy. New ones are put into the index before they are copied: if we are
  // killed in between, the next call still knows them as ours.
  std::set<std::string> announce() {
    std::set<std::string> before;
    for (const auto& [path, entry] : old_.entries) {
      before.insert(before.end(), path);
    }
    bool any_new = false;
    SyncIndex announced = old_;
    for (const auto& [path, wanted] : wanted_) {
      any_new |= announced.entries.try_emplace(path, SyncEntry{wanted.kind, "", {}, {}}).second;
    }
    if (any_new && !index_unreadable_) {
      write_whole_file(request_.index_path, parsers::render_sync_index(announced));
    }
    return before;
  }

  bool fail() {
    problem_ = std::strerror(errno);
    return false;
  }

  void note_written(const std::string& path) {
    ++outcome_.copied;
    changed_.insert(path);
  }

  bool is_as_indexed(const SyncEntry* old, const Observed& observed,
                     const parsers::FileState& state) const {
    return old != nullptr && old->kind == EntryKind::file && !old->digest.empty() &&
           observed.kind == Observed::Kind::file && observed.state == state &&
           !parsers::is_racy(state.mtime_ns, old_.written_ns);
  }

  bool bring_file(const std::string& path, bool follow) {
    const auto found = old_.entries.find(path);
    const SyncEntry* const old = found == old_.entries.end() ? nullptr : &found->second;
    const Observed source = follow ? source_.observe_followed(path) : source_.observe(path);
    if (source.kind != Observed::Kind::file) {
      return true;  // went away since it was listed
    }
    const Observed copy = copy_.observe(path);
    const bool source_known = old != nullptr && is_as_indexed(old, source, old->source);
    const bool copy_known = old != nullptr && is_as_indexed(old, copy, old->copy);
    if (source_known && copy_known) {
      new_.entries.emplace_hint(new_.entries.end(), path, *old);
      return true;
    }
    compared_ = true;
    SyncEntry entry;
    entry.source = source.state;
    std::string content;
    if (source_known) {
      entry.digest = old->digest;
    } else if (source_.read(path, follow, content)) {
      entry.digest = base::digest(content);
    } else if (errno == ENOENT) {
      return true;
    } else {
      return fail();
    }
    if (!has_content(path, copy, copy_known ? old : nullptr, entry)) {
      if (source_known && !source_.read(path, follow, content)) {
        return fail();
      }
      if (!copy_.write(path, content, mode_of_copy(source.state.mode))) {
        return fail();
      }
      note_written(path);
    } else if ((copy.state.mode & 07777U) != mode_of_copy(source.state.mode)) {
      if (!copy_.set_mode(path, mode_of_copy(source.state.mode))) {
        return fail();
      }
      note_written(path);
    }
    entry.copy = copy_.observe(path).state;
    new_.entries.insert_or_assign(path, std::move(entry));
    return true;
  }

  // Whether the copy's content is the wanted one already.
  bool has_content(const std::string& path, const Observed& copy, const SyncEntry* known,
                   const SyncEntry& wanted) {
    if (copy.kind != Observed::Kind::file || copy.state.size != wanted.source.size) {
      return false;
    }
    if (known != nullptr) {
      return known->digest == wanted.digest;
    }
    std::string content;
    return copy_.read(path, false, content) && base::digest(content) == wanted.digest;
  }

  bool bring_link(const std::string& path, const std::string& target) {
    std::string present;
    if (!copy_.read_link(path, present) || present != target) {
      if (!copy_.write_link(path, target)) {
        return fail();
      }
      note_written(path);
    }
    SyncEntry entry;
    entry.kind = EntryKind::link;
    entry.digest = base::digest(target);
    new_.entries.insert_or_assign(path, std::move(entry));
    return true;
  }

  void remove_from_copy(const std::string& path) {
    if (copy_.remove(path)) {
      ++outcome_.removed;
      changed_.insert(path);
    }
  }

  void remove_old(const std::set<std::string>& before) {
    for (const std::string& path : before) {
      // A folder may stand there by now, with files in it that are wanted.
      if (!new_.entries.contains(path) && copy_.observe(path).kind != Observed::Kind::folder) {
        remove_from_copy(path);
      }
    }
  }

  // True when something wanted lies in `folder`.
  bool holds_wanted(const std::string& folder) const {
    const auto inner = new_.entries.lower_bound(folder + "/");
    return inner != new_.entries.end() && inner->first.starts_with(folder + "/");
  }

  void remove_foreign(const std::string& folder) {
    for (const std::string& name : copy_.names(folder)) {
      const std::string path = folder.empty() ? name : folder + "/" + name;
      if (new_.entries.contains(path) || (path == k_git_file && request_.git_file)) {
        continue;
      }
      if (holds_wanted(path)) {
        remove_foreign(path);
      } else {
        remove_from_copy(path);
      }
    }
  }

  // Version numbers come from the repository (setuptools_scm and its like), so the copy has to
  // look like a work tree of it.
  bool bring_git_file() {
    std::string present;
    const bool there = copy_.read(k_git_file, false, present);
    const std::string view = request_.index_path + ".git";
    const auto folders =
        request_.git_file ? observe_git_folders(root_) : std::optional<GitFolders>();
    if (!folders) {
      if (there && present.starts_with("gitdir: ")) {
        copy_.remove(k_git_file);
      }
      return true;
    }
    if (!make_git_view(*folders, view)) {
      return fail();
    }
    const std::string wanted = "gitdir: " + fs::absolute(view).string() + "\n";
    return (there && present == wanted) || copy_.write(k_git_file, wanted, 0644) || fail();
  }

  base::Result<SyncOutcome, std::string> finish() {
    outcome_.files = new_.entries.size();
    outcome_.digest = parsers::tree_digest(new_);
    for (const std::string& path : changed_) {
      if (outcome_.changed.size() == k_changed_shown) {
        break;
      }
      outcome_.changed.push_back(path);
    }
    new_.written_ns = now_ns();
    // Files that had to be compared are known for certain only by an index of a later time.
    const bool same = !compared_ && new_.entries == old_.entries;
    if (!same && !write_whole_file(request_.index_path, parsers::render_sync_index(new_))) {
      return base::Failure{base::escape_line(request_.index_path) + ": " + std::strerror(errno)};
    }
    const std::string digest_text = outcome_.digest + "\n";
    if (read_whole_file(request_.digest_path) != digest_text &&
        !write_whole_file(request_.digest_path, digest_text)) {
      return base::Failure{base::escape_line(request_.digest_path) + ": " + std::strerror(errno)};
    }
    return outcome_;
  }

  const SyncRequest& request_;
  std::string root_;  // without links
  Beneath source_;
  Beneath copy_;
  std::string inside_;  // where in the project the copy itself lies; else empty
  SyncIndex old_;
  SyncIndex new_;
  std::map<std::string, Wanted> wanted_;
  std::set<std::string> changed_;
  SyncOutcome outcome_;
  std::string problem_;
  bool index_unreadable_ = false;
  bool compared_ = false;
};

}  // namespace

base::Result<SyncOutcome, std::string> synchronise(const SyncRequest& request) {
  std::error_code error;
  const std::string root = fs::canonical(request.from, error).string();
  if (error) {
    return base::Failure{base::escape_line(request.from) + ": " + error.message()};
  }
  fs::create_directories(request.to, error);
  const std::string copy = fs::canonical(request.to, error).string();
  if (error) {
    return base::Failure{base::escape_line(request.to) + ": " + error.message()};
  }
  if (root == copy || root.starts_with(copy + "/") || root == "/") {
    return base::Failure{base::escape_line(copy) + ": is the project itself or holds it"};
  }
  for (const auto& [path, target] : request.links) {
    if (!parsers::is_plain_relative(path)) {
      return base::Failure{base::escape_line(path) + ": is not a path below the project"};
    }
  }
  return Synchronisation(request, root, copy).run();
}

}  // namespace extproof::worker
