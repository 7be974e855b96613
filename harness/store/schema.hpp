// SPDX-License-Identifier: Apache-2.0
//
// The tables of store.sqlite. Level: store.
//
// Columns hold what a query over runs may ask for; `body` holds the whole value as encode() of
// json_values.hpp writes it. Texts from outside are BLOBs, because they need not be UTF-8 and may
// hold NUL. `position` is the order in which values were given.

#pragma once

#include <array>

#include "harness/facts/schema_versions.hpp"

namespace extproof::store {

// "XPRF": marks the file as ours (PRAGMA application_id).
inline constexpr int k_application_id = 0x58505246;

// k_migrations[n] turns a store of schema n into one of schema n + 1; the first makes a new one.
// A migration never changes once it was released.
inline constexpr std::array<const char*, 3> k_migrations = {
    R"sql(
CREATE TABLE run (
  number INTEGER PRIMARY KEY AUTOINCREMENT,  -- so that a removed run's number is not used again
  started_utc BLOB NOT NULL,
  project_name BLOB NOT NULL,
  project_root BLOB NOT NULL,
  "commit" BLOB NOT NULL,
  argv TEXT NOT NULL,
  pid INTEGER NOT NULL,
  process_identity BLOB NOT NULL,
  request BLOB NOT NULL,
  outcome BLOB,        -- these three are NULL until the run has ended
  exit_code INTEGER,
  seconds REAL
) STRICT;

CREATE TABLE configuration (
  run INTEGER NOT NULL REFERENCES run(number) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name BLOB NOT NULL,
  body BLOB NOT NULL,  -- whatever the caller gave
  PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE step (
  run INTEGER NOT NULL REFERENCES run(number) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  id BLOB NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (run, position),
  UNIQUE (run, id)
) STRICT;

CREATE TABLE started (
  sequence INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run(number) ON DELETE CASCADE,
  step BLOB NOT NULL,
  at BLOB NOT NULL,
  UNIQUE (run, step)
) STRICT;

CREATE TABLE result (
  sequence INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run(number) ON DELETE CASCADE,
  step BLOB NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (run, step)
) STRICT;

CREATE TABLE report (
  run INTEGER PRIMARY KEY REFERENCES run(number) ON DELETE CASCADE,
  body TEXT NOT NULL  -- all but lanes, tests and findings
) STRICT;

CREATE TABLE lane (
  run INTEGER NOT NULL REFERENCES report(run) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name BLOB NOT NULL,
  outcome TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (run, position)
) STRICT;

CREATE TABLE test (
  run INTEGER NOT NULL,
  lane INTEGER NOT NULL,
  position INTEGER NOT NULL,
  id BLOB NOT NULL,
  outcome TEXT NOT NULL,
  seconds REAL NOT NULL,
  message BLOB NOT NULL,
  PRIMARY KEY (run, lane, position),
  FOREIGN KEY (run, lane) REFERENCES lane(run, position) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE finding (
  run INTEGER NOT NULL REFERENCES report(run) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  fingerprint BLOB NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL,  -- with its sightings and stacks
  PRIMARY KEY (run, position)
) STRICT;
CREATE INDEX finding_by_fingerprint ON finding (fingerprint, run);
)sql",
    // Bodies of findings have more fields. Those of schema 1 are read as they are; the number keeps
    // an older extproof from writing between them.
    "",
    // The same once more.
    ""};
static_assert(k_migrations.size() == facts::schema_versions::k_store);

}  // namespace extproof::store
