/** One entry per format version, in order; entries are never changed after a release. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  -- 'id': last id given to a collection, partition or index; 'auto_id': last generated primary key
  INSERT INTO counters (name, value) VALUES ('id', 0), ('auto_id', 0);

  CREATE TABLE databases (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    properties TEXT NOT NULL
  ) STRICT;
  INSERT INTO databases (id, name, properties) VALUES (1, 'default', '{}');

  CREATE TABLE collections (
    id INTEGER PRIMARY KEY,
    database_id INTEGER NOT NULL REFERENCES databases (id),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    dynamic INTEGER NOT NULL,
    shards_num INTEGER NOT NULL,
    consistency_level TEXT NOT NULL,
    properties TEXT NOT NULL,
    schema_version INTEGER NOT NULL,
    load_mode TEXT NOT NULL CHECK (load_mode IN ('none', 'collection', 'partition')),
    replica_number INTEGER NOT NULL,
    next_field_id INTEGER NOT NULL,
    next_row_id INTEGER NOT NULL,
    change_seq INTEGER NOT NULL,
    UNIQUE (database_id, name)
  ) STRICT;

  CREATE TABLE fields (
    collection_id INTEGER NOT NULL REFERENCES collections (id),
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    description TEXT NOT NULL,
    primary_key INTEGER NOT NULL,
    auto_id INTEGER NOT NULL,
    partition_key INTEGER NOT NULL,
    clustering_key INTEGER NOT NULL,
    nullable INTEGER NOT NULL,
    element_type TEXT,
    default_value TEXT,
    params TEXT NOT NULL,
    PRIMARY KEY (collection_id, id),
    UNIQUE (collection_id, name)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE partitions (
    id INTEGER PRIMARY KEY,
    collection_id INTEGER NOT NULL REFERENCES collections (id),
    name TEXT NOT NULL,
    loaded INTEGER NOT NULL,
    UNIQUE (collection_id, name)
  ) STRICT;

  CREATE TABLE indexes (
    id INTEGER PRIMARY KEY,
    collection_id INTEGER NOT NULL REFERENCES collections (id),
    field_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    index_type TEXT NOT NULL,
    metric_type TEXT NOT NULL,
    params TEXT NOT NULL,
    UNIQUE (collection_id, name)
  ) STRICT;

  CREATE TABLE aliases (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    database_id INTEGER NOT NULL REFERENCES databases (id),
    name TEXT NOT NULL,
    collection_id INTEGER NOT NULL REFERENCES collections (id),
    UNIQUE (database_id, name)
  ) STRICT;
  CREATE INDEX aliases_by_collection ON aliases (collection_id);

  -- No reference to collections: the record outlives a drop until its file is deleted.
  CREATE TABLE snapshots (
    collection_id INTEGER NOT NULL,
    partition_id INTEGER NOT NULL,
    field_id INTEGER NOT NULL,
    file TEXT NOT NULL,
    checksum TEXT NOT NULL,
    row_count INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    parameters TEXT NOT NULL,
    PRIMARY KEY (collection_id, partition_id, field_id)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- At most one row: who has the file open for writing.
  CREATE TABLE writer (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    token TEXT NOT NULL,
    pid INTEGER NOT NULL,
    host TEXT NOT NULL,
    started TEXT NOT NULL,
    since TEXT NOT NULL,
    file TEXT NOT NULL
  ) STRICT;

  -- Rises whenever the tables about collections change: readers beside the writer read them anew.
  INSERT INTO counters (name, value) VALUES ('catalogue', 0);

  -- What readers beside the writer need to follow it: rows that went away. New ones have higher ids than all before.
  CREATE TABLE removals (
    seq INTEGER PRIMARY KEY,
    collection_id INTEGER NOT NULL,
    -- A JSON array of row ids; 'all', or 'many' when they were too many to list.
    row_ids TEXT NOT NULL,
    -- What the entries up to here take, for trimming.
    total INTEGER NOT NULL
  ) STRICT;
  `,
  `
  -- Milliseconds since 1970. What an older version made counts as made when its file was brought to this format.
  ALTER TABLE databases ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE collections ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE partitions ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0;
  UPDATE databases SET created_at = unixepoch() * 1000;
  UPDATE collections SET created_at = unixepoch() * 1000;
  UPDATE partitions SET created_at = unixepoch() * 1000;
  -- Changes of fields and properties: clients that keep a schema are told when it is no longer true.
  ALTER TABLE collections ADD COLUMN schema_changes INTEGER NOT NULL DEFAULT 0;
  `,
  `
  -- what computes fields of a collection, as JSON
  ALTER TABLE collections ADD COLUMN functions TEXT NOT NULL DEFAULT '[]';
  `,
  `
  -- Who may do what. Objects are named, not referred to: a grant may be older than what it is on.
  CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    -- Kind, salt and hash; NULL: nobody is this user over a network.
    password TEXT,
    description TEXT NOT NULL
  ) STRICT;
  INSERT INTO users (name, description) VALUES ('root', '');

  CREATE TABLE roles (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL
  ) STRICT;
  INSERT INTO roles (name, description) VALUES ('admin', ''), ('public', '');

  CREATE TABLE user_roles (
    user_id INTEGER NOT NULL REFERENCES users (id),
    role_id INTEGER NOT NULL REFERENCES roles (id),
    PRIMARY KEY (user_id, role_id)
  ) STRICT, WITHOUT ROWID;

  -- '*' as a whole name: any.
  CREATE TABLE grants (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    role_id INTEGER NOT NULL REFERENCES roles (id),
    database TEXT NOT NULL,
    object_type TEXT NOT NULL,
    object_name TEXT NOT NULL,
    privilege TEXT NOT NULL,
    grantor TEXT NOT NULL,
    UNIQUE (role_id, database, object_type, object_name, privilege)
  ) STRICT;
  INSERT INTO grants (role_id, database, object_type, object_name, privilege, grantor)
    SELECT id, '*', object_type, '*', privilege, 'root' FROM roles, (
      SELECT 'Global' AS object_type, 'DescribeCollection' AS privilege
      UNION ALL SELECT 'Global', 'ListAliases'
      UNION ALL SELECT 'Collection', 'IndexDetail'
    ) WHERE name = 'public';

  CREATE TABLE privilege_groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    -- A JSON array of names.
    privileges TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- Copies of collections that users asked for; each is a database file of its own. 'making' and 'going': the file is
  -- removed at the next opening, so there is no reference to collections.
  CREATE TABLE collection_snapshots (
    id INTEGER PRIMARY KEY,
    collection_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('making', 'ready', 'going')),
    partition_names TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    file TEXT NOT NULL,
    -- Of the file, in hexadecimal; empty until it is ready, and of a database in memory.
    checksum TEXT NOT NULL,
    row_count INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX snapshot_names ON collection_snapshots (collection_id, name) WHERE state <> 'going';

  CREATE TABLE snapshot_pins (
    id INTEGER PRIMARY KEY,
    snapshot_id INTEGER NOT NULL REFERENCES collection_snapshots (id) ON DELETE CASCADE,
    -- Milliseconds since 1970; NULL: it does not expire.
    expires_at INTEGER
  ) STRICT;
  CREATE INDEX pins_by_snapshot ON snapshot_pins (snapshot_id);

  CREATE TABLE snapshot_jobs (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('restore', 'export')),
    snapshot TEXT NOT NULL,
    database TEXT NOT NULL,
    collection TEXT NOT NULL,
    -- Id of the collection that a restore makes: until it is done, tables with this id belong to no collection.
    collection_id INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('Pending', 'Executing', 'Completed', 'Failed')),
    progress INTEGER NOT NULL,
    reason TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    -- What an export has written.
    target TEXT NOT NULL,
    size_bytes INTEGER NOT NULL
  ) STRICT;
  `,
  `
  -- what groups fields of a collection, as JSON
  ALTER TABLE collections ADD COLUMN structs TEXT NOT NULL DEFAULT '[]';
  `,
  `
  -- What dropped fields have left: values and indexes that nobody reads, until a compaction takes them away.
  CREATE TABLE leftovers (
    collection_id INTEGER NOT NULL REFERENCES collections (id),
    kind TEXT NOT NULL CHECK (kind IN ('column', 'table', 'index')),
    name TEXT NOT NULL,
    -- What new rows hold in a column that takes no NULL, as SQL.
    filler TEXT,
    -- Its values are gone, and the column stays.
    emptied INTEGER NOT NULL,
    PRIMARY KEY (collection_id, name)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Groups of nodes, of which there is one: records, and which collection's replica was put into which group.
  CREATE TABLE resource_groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    config TEXT NOT NULL
  ) STRICT;
  CREATE TABLE replica_groups (
    collection_id INTEGER PRIMARY KEY,
    group_name TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- Files of words that analyzers may name, as they were when they were added.
  CREATE TABLE file_resources (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    path TEXT NOT NULL,
    content TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- Rows that are gone, whose vectors are still there: they are purged behind, in slices. Row ids as JSON, ascending.
  CREATE TABLE purges (
    id INTEGER PRIMARY KEY,
    collection_id INTEGER NOT NULL,
    row_ids TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- Tables of collections that were dropped or emptied: what is in them is taken away behind, in slices.
  CREATE TABLE gone_tables (
    id INTEGER PRIMARY KEY,
    collection_id INTEGER NOT NULL,
    name TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- Files whose rows requests have asked to be brought into collections.
  CREATE TABLE import_jobs (
    id INTEGER PRIMARY KEY,
    database TEXT NOT NULL,
    collection TEXT NOT NULL,
    collection_id INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('Pending', 'Importing', 'Uncommitted', 'Completed', 'Failed')),
    reason TEXT NOT NULL,
    -- Milliseconds since 1970; 0 until it has ended.
    created_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    -- What is known of each file, as JSON.
    files TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- Writes of other processes that have been done and whose answers may not have come: asked for again, they are not done again.
  CREATE TABLE forwarded_writes (
    session TEXT NOT NULL,
    number INTEGER NOT NULL,
    -- Milliseconds since 1970.
    at INTEGER NOT NULL,
    -- What the answer is made of.
    kept BLOB,
    PRIMARY KEY (session, number)
  ) STRICT, WITHOUT ROWID;
  `,
];
