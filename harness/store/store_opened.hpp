// SPDX-License-Identifier: Apache-2.0
//
// The inside of Store, for the files that implement it. Level: store.

#pragma once

#include <string>
#include <utility>

#include "harness/store/statement.hpp"
#include "harness/store/store.hpp"

namespace extproof::store {

struct Store::Opened {
  Connection connection;
  std::string path;

  sqlite3* database() const { return connection.get(); }
};

// Thrown beside Failed: the run is not in the store.
struct NoSuchRun {
  int run = 0;
};

// XP2004. `doing` completes "the store cannot be ...".
facts::Refusal refusal_of(const Failed& failed, const std::string& path, const char* doing);
// XP1003.
facts::Refusal no_such_run(int run, const std::string& path);

// Throws NoSuchRun.
void require_run(sqlite3* connection, int run);

// Does `work` and turns what it throws into refusals.
template <class Work>
auto guarded(const std::string& path, const char* doing, Work work)
    -> facts::Judged<decltype(work())> {
  try {
    return work();
  } catch (const Failed& failed) {
    return facts::refuse(refusal_of(failed, path, doing));
  } catch (const NoSuchRun& missing) {
    return facts::refuse(no_such_run(missing.run, path));
  }
}

inline constexpr const char* k_written = "written";
inline constexpr const char* k_read = "read";

}  // namespace extproof::store
