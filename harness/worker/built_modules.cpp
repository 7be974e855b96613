// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/built_modules.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <set>

#include "harness/base/text.hpp"
#include "harness/worker/beneath.hpp"
#include "harness/worker/distribution.hpp"
#include "harness/worker/importable.hpp"

namespace extproof::worker {
namespace {

namespace fs = std::filesystem;
using Parts = std::vector<std::string>;

constexpr const char* k_init = "__init__.py";

// Folders of a build that hold no product of the project, and of a project that hold none of its
// packages.
constexpr std::array<std::string_view, 4> k_not_built = {"CMakeFiles", "_deps", "_CPack_Packages",
                                                         "Testing"};
constexpr std::array<std::string_view, 10> k_foreign = {
    "external", "extern", "third_party", "thirdparty", "3rdparty",
    "vendor",   "deps",   "subprojects", "docs",       "examples"};
constexpr std::array<std::string_view, 3> k_tests = {"tests", "test", "testing"};
constexpr std::array<std::string_view, 2> k_sites = {"site-packages", "dist-packages"};

template <class Names>
bool is_one_of(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Parts parts_of(const fs::path& relative) {
  Parts parts;
  for (const fs::path& part : relative) {
    if (!part.empty() && part != ".") {
      parts.push_back(part.string());
    }
  }
  return parts;
}

fs::path joined(fs::path base, const Parts& parts, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    base /= parts[i];
  }
  return base;
}

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

// Every regular file below `root`, sorted; links are not followed and not given.
template <class Enters>
std::vector<fs::path> files_below(const fs::path& root, Enters enters) {
  std::vector<fs::path> files;
  std::error_code error;
  fs::recursive_directory_iterator at(root, fs::directory_options::skip_permission_denied, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    const fs::file_status status = at->symlink_status(error);
    if (fs::is_directory(status) && !enters(at->path().filename().string())) {
      at.disable_recursion_pending();
    } else if (fs::is_regular_file(status)) {
      files.push_back(at->path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Where a module belongs: the folder for sys.path, and its packages from the outermost on.
struct Place {
  fs::path root;
  Parts package;
};

class Finder {
 public:
  explicit Finder(const BuiltRequest& request) : request_(request) { read_packages(); }

  BuiltPackages find() {
    if (request_.path.empty()) {
      detect();
    } else {
      follow_path();
    }
    link_packages();
    for (const std::string& name : names_) {
      found_.top_level.push_back(name);
    }
    return std::move(found_);
  }

 private:
  // --- the project's own packages ------------------------------------------------------------

  void read_packages() {
    const auto enters = [](const std::string& name) {
      return !name.starts_with(".") && !is_one_of(k_foreign, name) && !is_one_of(k_not_built, name);
    };
    std::set<std::string> with_init;
    for (const fs::path& file : files_below(request_.tree, enters)) {
      const fs::path folder = file.lexically_relative(request_.tree).parent_path();
      if (file.filename() == k_init) {
        with_init.insert(folder.string());
      } else if (file.extension() == ".py" && folder.filename() == "python") {
        source_roots_.insert(folder.string());
      }
    }
    with_init.erase("");
    project_packages_ = with_init;
    for (const std::string& folder : with_init) {
      const fs::path path = folder;
      const std::string above = path.parent_path().string();
      if (!with_init.contains(above) && !is_one_of(k_tests, path.filename().string())) {
        top_packages_.emplace_back(above, path.filename().string());
        source_roots_.insert(above);
      }
    }
  }

  // Whether the project has a package of these folders, wherever it lies.
  bool project_has(const Parts& package) const {
    return std::any_of(top_packages_.begin(), top_packages_.end(), [&](const auto& top) {
      if (package.empty() || top.second != package.front()) {
        return false;
      }
      fs::path folder = top.first;
      return std::all_of(package.begin(), package.end(), [&](const std::string& part) {
        folder /= part;
        return project_packages_.contains(folder.string());
      });
    });
  }

  // --- the modules ---------------------------------------------------------------------------

  std::vector<fs::path> natives_below(const fs::path& base) const {
    std::vector<fs::path> natives;
    const auto enters = [](const std::string& name) { return !is_one_of(k_not_built, name); };
    for (const fs::path& file : files_below(base, enters)) {
      const std::string module = native_module_of(file.filename().string());
      if (!module.empty() && can_be_imported(file.string(), module)) {
        natives.push_back(file);
      }
    }
    return natives;
  }

  // The dotted names asked for that end in this module's name, as their packages.
  std::vector<Parts> wanted_packages(const std::string& module) const {
    std::vector<Parts> packages;
    for (const std::string& wanted : request_.modules) {
      Parts parts;
      for (const std::string_view part : base::split(wanted, '.')) {
        parts.emplace_back(part);
      }
      if (parts.size() > 1 && parts.back() == module) {
        parts.pop_back();
        packages.push_back(std::move(parts));
      }
    }
    return packages;
  }

  static bool ends_with(const Parts& folders, const Parts& tail) {
    return tail.size() <= folders.size() &&
           std::equal(tail.rbegin(), tail.rend(), folders.rbegin());
  }

  // Of how many folders, from the inner end, each has an __init__.py.
  static std::size_t packages_at_end(const fs::path& base, const Parts& folders) {
    std::size_t count = 0;
    while (count < folders.size() &&
           is_file(joined(base, folders, folders.size() - count) / k_init)) {
      ++count;
    }
    return count;
  }

  Place place_of(const fs::path& base, const fs::path& file) {
    const Parts folders = parts_of(file.parent_path().lexically_relative(base));
    const auto cut = [&](std::size_t count) {
      const std::size_t outer = folders.size() - count;
      return Place{joined(base, folders, outer),
                   Parts(folders.begin() + static_cast<std::ptrdiff_t>(outer), folders.end())};
    };
    if (const std::size_t count = packages_at_end(base, folders); count != 0) {
      return cut(count);
    }
    for (const Parts& package : wanted_packages(native_module_of(file.filename().string()))) {
      if (ends_with(folders, package)) {
        return cut(package.size());
      }
      if (project_has(package)) {
        Beneath(request_.packages)
            .write_link(base::join(package, "/") + "/" + file.filename().string(), file.string());
        return {request_.packages, package};
      }
    }
    for (std::size_t count = folders.size(); count != 0; --count) {
      if (Place place = cut(count); project_has(place.package)) {
        return place;
      }
    }
    for (std::size_t i = 0; i < folders.size(); ++i) {
      if (is_one_of(k_sites, folders[i])) {
        return cut(folders.size() - i - 1);
      }
    }
    return cut(0);
  }

  void add_root(const fs::path& root) {
    std::string text = root.lexically_normal().string();
    if (text.ends_with('/')) {
      text.pop_back();
    }
    if (std::find(found_.roots.begin(), found_.roots.end(), text) == found_.roots.end()) {
      found_.roots.push_back(text);
    }
  }

  void add(const fs::path& file, const Place& place) {
    Parts names = place.package;
    names.push_back(native_module_of(file.filename().string()));
    const std::string module = base::join(names, ".");
    const bool is_there = std::any_of(found_.native.begin(), found_.native.end(),
                                      [&](const BuiltModule& one) { return one.module == module; });
    if (is_there) {
      return;
    }
    std::error_code error;
    const fs::path real = fs::canonical(file, error);
    found_.native.push_back({module, (error ? file : real).string()});
    names_.insert(names.front());
    add_root(place.root);
    if (!place.package.empty()) {
      packages_.emplace(place.root.string(), place.package.front());
    }
  }

  void detect() {
    const std::vector<std::vector<std::string>> groups = {
        {request_.install, request_.stage}, {request_.build}, {request_.tree}};
    for (const std::vector<std::string>& group : groups) {
      for (const std::string& folder : group) {
        detect_in(folder);
      }
      if (!found_.native.empty()) {
        break;
      }
    }
    if (found_.native.empty()) {
      return;
    }
    for (const std::string& root : source_roots_) {
      add_root(fs::path(request_.run) / root);
    }
  }

  void detect_in(const std::string& base) {
    if (base.empty()) {
      return;
    }
    for (const fs::path& file : natives_below(base)) {
      // An object that the project brings along was not built here.
      const fs::path relative = file.lexically_relative(base);
      if (base != request_.tree || !fs::exists(fs::path(request_.project) / relative)) {
        add(file, place_of(base, file));
      }
    }
  }

  void follow_path() {
    for (const std::string& entry : request_.path) {
      const auto below = [&](std::string_view place, const std::string& folder) {
        return fs::path(folder + entry.substr(place.size())).lexically_normal();
      };
      if (entry.starts_with("{build}")) {
        follow(below("{build}", request_.build));
      } else if (entry.starts_with("{install}")) {
        follow(below("{install}", request_.install));
      } else {
        add_root(fs::path(request_.run) / entry);
        follow((fs::path(request_.tree) / entry).lexically_normal());
      }
    }
  }

  void follow(const fs::path& root) {
    add_root(root);
    for (const fs::path& file : natives_below(root)) {
      Place place = {root, parts_of(file.parent_path().lexically_relative(root))};
      const std::vector<Parts> wanted = wanted_packages(native_module_of(file.filename().string()));
      if (packages_at_end(root, place.package) == place.package.size() ||
          project_has(place.package) ||
          std::find(wanted.begin(), wanted.end(), place.package) != wanted.end()) {
        add(file, place);
      }
    }
  }

  // --- the packages --------------------------------------------------------------------------

  void link_packages() {
    for (const auto& [root, name] : packages_) {
      link_package(root, name);
    }
    // Packages without a native module may hold what CMake configured, such as a version.
    for (const std::string& root : std::vector<std::string>(found_.roots)) {
      if (request_.install.empty() || !(root + "/").starts_with(request_.install + "/")) {
        continue;
      }
      for (const auto& [above, name] : top_packages_) {
        if (!packages_.contains({root, name}) && is_file(fs::path(root) / name / k_init)) {
          link_package(root, name);
        }
      }
    }
  }

  void link_package(const std::string& root, const std::string& name) {
    const fs::path built = fs::path(root) / name;
    for (const auto& [above, top] : top_packages_) {
      const std::string own = (fs::path(above) / name).lexically_normal().string();
      if (top != name) {
        continue;
      }
      const fs::path source = fs::path(request_.tree) / own;
      if (built != source) {
        complete(built, source);
      }
      found_.links.emplace_back(own, built.string());
      names_.insert(name);
    }
  }

  void complete(const fs::path& built, const fs::path& source) {
    Beneath package(built.string());
    if (!package.is_open()) {
      return;
    }
    remove_dead_links(package, built);
    const auto enters = [](const std::string& name) { return name != "__pycache__"; };
    for (const fs::path& file : files_below(source, enters)) {
      const std::string path = file.lexically_relative(source).string();
      if (is_free(package, path)) {
        package.write_link(path, file.string());
      }
    }
  }

  // Nothing is there, and every folder on the way is a folder or missing.
  static bool is_free(Beneath& package, const std::string& path) {
    for (std::size_t at = path.find('/'); at != std::string::npos; at = path.find('/', at + 1)) {
      const Observed::Kind kind = package.observe(path.substr(0, at)).kind;
      if (kind == Observed::Kind::none) {
        return true;
      }
      if (kind != Observed::Kind::folder) {
        return false;
      }
    }
    return package.observe(path).kind == Observed::Kind::none;
  }

  // Links of an earlier time to files that the project does not have any more.
  void remove_dead_links(Beneath& package, const fs::path& built) {
    std::vector<std::string> dead;
    std::error_code error;
    fs::recursive_directory_iterator at(built, fs::directory_options::skip_permission_denied,
                                        error);
    for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
      std::error_code ignored;
      if (at->is_symlink(ignored) && !fs::exists(at->path(), ignored) &&
          fs::read_symlink(at->path(), ignored).string().starts_with(request_.tree + "/")) {
        dead.push_back(at->path().lexically_relative(built).string());
      }
    }
    for (const std::string& path : dead) {
      package.remove(path);
    }
  }

  const BuiltRequest& request_;
  std::set<std::string> project_packages_;  // folders of the project with an __init__.py
  std::vector<std::pair<std::string, std::string>> top_packages_;  // the folder above, and the name
  std::set<std::string> source_roots_;  // folders of the project that hold packages or modules
  std::set<std::pair<std::string, std::string>> packages_;  // root and name of those with modules
  std::set<std::string> names_;
  BuiltPackages found_;
};

}  // namespace

BuiltPackages find_built(const BuiltRequest& request) {
  return Finder(request).find();
}

}  // namespace extproof::worker
