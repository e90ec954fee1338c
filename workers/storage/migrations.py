"""The tables, as steps that are only ever added to: step n takes version n-1 to n."""

__all__ = ["POSTGRESQL", "POSTGRESQL_NO_SEARCH", "POSTGRESQL_SEARCH", "SQLITE", "SQLITE_NO_SEARCH", "SQLITE_SEARCH"]

_CHILD_TYPES = {
    "mentions": "start_at {int} NOT NULL, end_at {int} NOT NULL, text TEXT NOT NULL, type TEXT NOT NULL, entity TEXT NOT NULL",
    "entities": (
        "entity TEXT NOT NULL, type TEXT NOT NULL, name TEXT NOT NULL, count {int} NOT NULL, salience {real} NOT NULL, role TEXT, country TEXT,"
        " geonames_id {int}, wikidata TEXT"
    ),
    "dates": (
        "start_at {int} NOT NULL, end_at {int} NOT NULL, text TEXT NOT NULL, type TEXT NOT NULL, value TEXT NOT NULL, from_value TEXT, to_value TEXT"
    ),
    "quotes": "start_at {int} NOT NULL, end_at {int} NOT NULL, text TEXT NOT NULL, speaker TEXT",
}


def _first(integer: str, real: str, document: str, time: str) -> tuple[str, ...]:
    articles = (
        "CREATE TABLE articles (id TEXT PRIMARY KEY, content_sha256 TEXT NOT NULL, raw_topic TEXT, raw_partition {int}, raw_offset {int},"
        " url TEXT, source TEXT, title TEXT, language TEXT, published TEXT, text TEXT NOT NULL, document {doc} NOT NULL,"
        " stored_at {time} DEFAULT CURRENT_TIMESTAMP, updated_at {time} DEFAULT CURRENT_TIMESTAMP)"
    )
    children = [
        f"CREATE TABLE {name} (article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE, position {{int}} NOT NULL, {columns},"
        " PRIMARY KEY (article_id, position))"
        for name, columns in _CHILD_TYPES.items()
    ]
    indexes = [
        "CREATE INDEX articles_published ON articles (published)",
        "CREATE INDEX articles_source ON articles (source, published)",
        "CREATE INDEX entities_name ON entities (name)",
        "CREATE INDEX entities_country ON entities (country)",
        "CREATE INDEX dates_from ON dates (from_value)",
    ]
    return tuple(
        statement.format(int=integer, real=real, doc=document, time=time) if "{" in statement else statement
        for statement in [articles, *children, *indexes]
    )


def _alerts(document: str, time: str) -> tuple[str, ...]:
    table = (
        "CREATE TABLE alerts (id TEXT PRIMARY KEY, rule TEXT NOT NULL, severity TEXT NOT NULL, article_id TEXT NOT NULL, title TEXT, url TEXT,"
        f" source TEXT, published TEXT, fired_at {time} NOT NULL, document {document} NOT NULL, stored_at {time} DEFAULT CURRENT_TIMESTAMP)"
    )
    return (
        table,
        "CREATE INDEX alerts_rule ON alerts (rule, fired_at)",
        "CREATE INDEX alerts_article ON alerts (article_id)",
    )


# Step 3: articles get an integer key (child rows and their indexes shrink to a third), the day and the instant of publication beside the
# text of it, full-text search, and the versions that were replaced. An article written before step 3 has no hash ('' stands for it), since
# the hash is made otherwise now; it is compared by its document once.

_MOVED = ("articles", *_CHILD_TYPES)
_COPIED = "id, raw_topic, raw_partition, raw_offset, url, source, title, language, published, stored_at, updated_at, text, document"


def _keyed(key: str, integer: str, real: str, document: str, time: str, binary: str, clustered: str) -> list[str]:
    """The tables of step 3. `binary` is the collation that compares bytes, `clustered` ends a child table's definition."""
    articles = (
        f"CREATE TABLE articles (key {key}, id TEXT{binary} NOT NULL UNIQUE, content_sha256 TEXT NOT NULL, raw_topic TEXT,"
        f" raw_partition {integer}, raw_offset {integer}, url TEXT, source TEXT, title TEXT, language TEXT, published TEXT,"
        f" published_on TEXT{binary}, published_at TEXT{binary} NOT NULL, stored_at {time} NOT NULL DEFAULT CURRENT_TIMESTAMP,"
        f" updated_at {time} NOT NULL DEFAULT CURRENT_TIMESTAMP, text TEXT NOT NULL, document {document} NOT NULL)"
    )
    versions = (
        f"CREATE TABLE versions (article_key {integer} NOT NULL, number {integer} NOT NULL, content_sha256 TEXT NOT NULL, raw_topic TEXT,"
        f" raw_partition {integer}, raw_offset {integer}, title TEXT, published TEXT, written_at {time} NOT NULL,"
        f" replaced_at {time} NOT NULL DEFAULT CURRENT_TIMESTAMP, document {document} NOT NULL, PRIMARY KEY (article_key, number))"
    )
    children = []
    for name, columns in _CHILD_TYPES.items():
        typed = columns.format(int=integer, real=real)
        if name == "entities":
            typed += f", name_key TEXT{binary} NOT NULL"
        if name == "dates":
            typed = typed.replace("from_value TEXT", f"from_value TEXT{binary}").replace(
                "to_value TEXT", f"to_value TEXT{binary}"
            )
        children.append(
            f"CREATE TABLE {name} (article_key {integer} NOT NULL, position {integer} NOT NULL, {typed}, PRIMARY KEY (article_key, position)){clustered}"
        )  # fmt: skip
    return [articles, versions, *children]


_INDEXES_3 = (
    "CREATE INDEX articles_published ON articles (published_at, id)",
    "CREATE INDEX articles_source ON articles (source, published_at)",
    "CREATE INDEX entities_name ON entities (name_key, article_key)",
    "CREATE INDEX entities_country ON entities (country, article_key) WHERE country IS NOT NULL",
    "CREATE INDEX entities_wikidata ON entities (wikidata, article_key) WHERE wikidata IS NOT NULL",
    "CREATE INDEX dates_from ON dates (from_value, to_value, article_key) WHERE from_value IS NOT NULL",
)

_VERSION_COLUMNS = (
    "article_key, number, content_sha256, raw_topic, raw_partition, raw_offset, title, published, written_at, document"
)
_VERSION_VALUES = (
    "old.key, (SELECT coalesce(max(number), 0) + 1 FROM versions WHERE article_key = old.key), old.content_sha256, old.raw_topic,"
    " old.raw_partition, old.raw_offset, old.title, old.published, old.updated_at, old.document"
)

#: The first day of what `published` says, and its instant in UTC where a zone is given, else as written.
_DAY = "CASE length(published) WHEN 4 THEN published || '-01-01' WHEN 7 THEN published || '-01' ELSE substr(published, 1, 10) END"


def _move(published_at: str, lower: str) -> list[str]:
    """Rows from the tables of step 2 into those of step 3, and the old tables away, children first."""
    articles = (
        f"INSERT INTO articles ({_COPIED}, content_sha256, published_on, published_at)"
        f" SELECT {_COPIED}, '', {_DAY}, coalesce({published_at}, '') FROM articles_2 ORDER BY stored_at, id"
    )
    children = []
    for name, columns in _CHILD_TYPES.items():
        names = ", ".join(part.split()[0] for part in columns.split(", "))
        more, folded = (", name_key", f", {lower}") if name == "entities" else ("", "")
        children.append(
            f"INSERT INTO {name} (article_key, position, {names}{more}) SELECT a.key, c.position, {', '.join(f'c.{one}' for one in names.split(', '))}{folded}"
            f" FROM {name}_2 c JOIN articles a ON a.id = c.article_id ORDER BY a.key, c.position"
        )  # fmt: skip
    return [articles, *children, *(f"DROP TABLE {name}_2" for name in reversed(_MOVED))]


_SQLITE_INSTANT = (
    f"CASE WHEN length(published) < 10 THEN {_DAY} || 'T00:00:00Z' ELSE strftime('%Y-%m-%dT%H:%M:%SZ', published) END"
)
_SQLITE_3 = (
    *(f"DROP INDEX {name}" for name in ("articles_published", "articles_source", "entities_name", "entities_country", "dates_from")),
    *(f"ALTER TABLE {name} RENAME TO {name}_2" for name in _MOVED),
    *_keyed("INTEGER PRIMARY KEY", "INTEGER", "REAL", "TEXT", "TEXT", "", " WITHOUT ROWID"),
    *_move(_SQLITE_INSTANT, "lower(c.name)"),
    *_INDEXES_3,
    "CREATE VIRTUAL TABLE articles_search USING fts5 (title, text, content = 'articles', content_rowid = 'key', columnsize = 0,"
    " tokenize = 'unicode61 remove_diacritics 0')",
    "INSERT INTO articles_search (articles_search) VALUES ('rebuild')",
    # No trigger for new articles: FTS5 flushes its buffer at each, which takes twice the time. The sink adds them a batch at a time.
    "CREATE TRIGGER articles_replaced BEFORE UPDATE OF content_sha256 ON articles WHEN CASE old.content_sha256 WHEN '' THEN"
    " json_remove(old.document, '$.provenance') <> json_remove(new.document, '$.provenance') ELSE old.content_sha256 <> new.content_sha256 END"
    f" BEGIN INSERT INTO versions ({_VERSION_COLUMNS}) VALUES ({_VERSION_VALUES}); END",
    "CREATE TRIGGER articles_reworded AFTER UPDATE OF title, text ON articles WHEN old.title IS NOT new.title OR old.text <> new.text BEGIN"
    " INSERT INTO articles_search (articles_search, rowid, title, text) VALUES ('delete', old.key, old.title, old.text);"
    " INSERT INTO articles_search (rowid, title, text) VALUES (new.key, new.title, new.text); END",
    "CREATE TRIGGER articles_removed AFTER DELETE ON articles BEGIN"
    " INSERT INTO articles_search (articles_search, rowid, title, text) VALUES ('delete', old.key, old.title, old.text);"
    + "".join(f" DELETE FROM {name} WHERE article_key = old.key;" for name in (*_CHILD_TYPES, "versions"))
    + " DELETE FROM alerts WHERE article_id = old.id; END",
)  # fmt: skip

_ZONED = r"'^[12]\d{3}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:?\d\d)?$'"


def _number(start: int, length: int) -> str:
    return f"substr(published, {start}, {length})::int"


#: Counted from the first of January, so that an impossible day cannot stop the migration.
_POSTGRESQL_INSTANT = (
    f"CASE WHEN published ~ {_ZONED} THEN to_char(make_date({_number(1, 4)}, 1, 1) + make_interval(months => {_number(6, 2)} - 1,"
    f" days => {_number(9, 2)} - 1, hours => {_number(12, 2)}, mins => {_number(15, 2)},"
    " secs => coalesce(substring(published from 'T..:..:(..)'), '0')::int)"
    " - coalesce(substring(published from '([+-]\\d\\d:?\\d\\d)$'), '00:00')::interval, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
    f" ELSE {_DAY} || 'T00:00:00Z' END"
)
_POSTGRESQL_3 = (
    *(f"DROP INDEX {name}" for name in ("articles_published", "articles_source", "entities_name", "entities_country", "dates_from")),
    *(f"ALTER TABLE {name} RENAME TO {name}_2" for name in _MOVED),
    *(f"ALTER INDEX {name}_pkey RENAME TO {name}_2_pkey" for name in _MOVED),
    *_keyed("BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "BIGINT", "DOUBLE PRECISION", "JSONB", "TIMESTAMPTZ", ' COLLATE "C"', ""),
    *_move(_POSTGRESQL_INSTANT, "lower(c.name)"),
    *_INDEXES_3,
    # A tsvector holds at most a megabyte, so the first 250,000 characters are searched. The collation makes case the same in every locale.
    "ALTER TABLE articles ADD COLUMN search tsvector GENERATED ALWAYS AS"
    " (to_tsvector('simple', lower(left(coalesce(title, '') || ' ' || text, 250000) COLLATE \"und-x-icu\"))) STORED",
    "CREATE INDEX articles_search ON articles USING gin (search)",
    "CREATE FUNCTION article_replaced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    f" INSERT INTO versions ({_VERSION_COLUMNS}) VALUES ({_VERSION_VALUES}); RETURN new; END $$",
    "CREATE TRIGGER articles_replaced BEFORE UPDATE OF content_sha256 ON articles FOR EACH ROW WHEN (CASE old.content_sha256 WHEN '' THEN"
    " old.document - 'provenance' <> new.document - 'provenance' ELSE old.content_sha256 <> new.content_sha256 END)"
    " EXECUTE FUNCTION article_replaced()",
    "CREATE FUNCTION article_removed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    + "".join(f" DELETE FROM {name} WHERE article_key = old.key;" for name in (*_CHILD_TYPES, "versions"))
    + " DELETE FROM alerts WHERE article_id = old.id; RETURN NULL; END $$",
    "CREATE TRIGGER articles_removed AFTER DELETE ON articles FOR EACH ROW EXECUTE FUNCTION article_removed()",
)  # fmt: skip

# Step 4: what entities are called beside their canonical names, to be asked for by any of them; and cheaper search. In PostgreSQL the words'
# positions are kept as they are, since for a phrase those of thousands of articles are read. In SQLite a batch's words are kept in memory
# until its end (hashsize), and merged when sixteen batches lie side by side, not before. Search stands on triggers of its own, so that it
# can be turned off.

_ALIASES = (
    "CREATE TABLE aliases (article_key {integer} NOT NULL, position {integer} NOT NULL, entity TEXT NOT NULL, alias_key TEXT{binary} NOT NULL,"
    " PRIMARY KEY (article_key, position)){clustered}"
)
_ALIASES_FOUND = (
    "INSERT INTO aliases (article_key, position, entity, alias_key)"
    " SELECT article_key, row_number() OVER (PARTITION BY article_key ORDER BY entity, name) - 1, entity, name FROM (SELECT DISTINCT"
    " a.key AS article_key, e.value ->> 'id' AS entity, substr(lower(replace(replace(trim(n.value), '  ', ' '), '  ', ' ')), 1, 500) AS name FROM {names})"
    " AS f WHERE name <> (SELECT e.name_key FROM entities e WHERE e.article_key = f.article_key AND e.entity = f.entity LIMIT 1)"
)
_SQLITE_ALIASES = "articles a, json_each(a.document, '$.entities') AS e, json_each(e.value, '$.aliases') AS n"
_POSTGRESQL_ALIASES = (
    "articles a, jsonb_array_elements(coalesce(a.document -> 'entities', '[]')) AS e,"
    " jsonb_array_elements_text(coalesce(e.value -> 'aliases', '[]')) AS n"
)
_INDEXES_4 = (
    "CREATE INDEX aliases_name ON aliases (alias_key, article_key)",
    # Spans are few, so a time that begins before the days asked for is soon found; pages of one source go on where they ended.
    "CREATE INDEX dates_spans ON dates (from_value, to_value, article_key) WHERE to_value > from_value",
    "DROP INDEX articles_source",
    "CREATE INDEX articles_source ON articles (source, published_at, id)",
)
_CHILDREN_4 = (*_CHILD_TYPES, "aliases", "versions")

_SQLITE_SEARCH_TABLE = (
    "CREATE VIRTUAL TABLE articles_search USING fts5 (title, text, content = 'articles', content_rowid = 'key', columnsize = 0,"
    " tokenize = 'unicode61 remove_diacritics 0')",
    "INSERT INTO articles_search (articles_search) VALUES ('rebuild')",
)
_SQLITE_SEARCH_REWORDED = (
    "CREATE TRIGGER articles_reworded AFTER UPDATE OF title, text ON articles WHEN old.title IS NOT new.title OR old.text <> new.text BEGIN"
    " INSERT INTO articles_search (articles_search, rowid, title, text) VALUES ('delete', old.key, old.title, old.text);"
    " INSERT INTO articles_search (rowid, title, text) VALUES (new.key, new.title, new.text); END"
)
_SQLITE_SEARCH_4 = (
    "INSERT INTO articles_search (articles_search, rank) VALUES ('hashsize', 33554432)",
    "INSERT INTO articles_search (articles_search, rank) VALUES ('automerge', 0)",
    "CREATE TRIGGER articles_unsearched AFTER DELETE ON articles BEGIN"
    " INSERT INTO articles_search (articles_search, rowid, title, text) VALUES ('delete', old.key, old.title, old.text); END",
)
_SQLITE_4 = (
    _ALIASES.format(integer="INTEGER", binary="", clustered=" WITHOUT ROWID"),
    _ALIASES_FOUND.format(names=_SQLITE_ALIASES),
    *_INDEXES_4,
    "DROP TRIGGER articles_removed",
    "CREATE TRIGGER articles_removed AFTER DELETE ON articles BEGIN"
    + "".join(f" DELETE FROM {name} WHERE article_key = old.key;" for name in _CHILDREN_4)
    + " DELETE FROM alerts WHERE article_id = old.id; END",
    *_SQLITE_SEARCH_4,
)
_POSTGRESQL_SEARCH_COLUMN = (
    # A tsvector holds at most a megabyte, so the first 250,000 characters are searched. The collation makes case the same in every locale.
    "ALTER TABLE articles ADD COLUMN search tsvector GENERATED ALWAYS AS"
    " (to_tsvector('simple', lower(left(coalesce(title, '') || ' ' || text, 250000) COLLATE \"und-x-icu\"))) STORED"
)
_POSTGRESQL_SEARCH_INDEX = "CREATE INDEX articles_search ON articles USING gin (search)"
_POSTGRESQL_SEARCH_4 = "ALTER TABLE articles ALTER COLUMN search SET STORAGE EXTERNAL"
_POSTGRESQL_4 = (
    _ALIASES.format(integer="BIGINT", binary=' COLLATE "C"', clustered=""),
    _ALIASES_FOUND.format(names=_POSTGRESQL_ALIASES),
    *_INDEXES_4,
    "CREATE OR REPLACE FUNCTION article_removed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    + "".join(f" DELETE FROM {name} WHERE article_key = old.key;" for name in _CHILDREN_4)
    + " DELETE FROM alerts WHERE article_id = old.id; RETURN NULL; END $$",
    _POSTGRESQL_SEARCH_4,
)

# Step 5: the places of words (places.py), for phrases. Articles stored before have none, and are read as before. Beside the row, not compressed,
# where the row has room for them. Who changes a title or text without them takes them away.
_POSTGRESQL_5 = (
    "ALTER TABLE articles ADD COLUMN places BYTEA",
    "ALTER TABLE articles ALTER COLUMN places SET STORAGE EXTERNAL",
    "CREATE FUNCTION article_reworded() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN new.places := NULL; RETURN new; END $$",
    "CREATE TRIGGER articles_reworded BEFORE UPDATE OF title, text ON articles FOR EACH ROW WHEN (new.places IS NOT DISTINCT FROM old.places"
    " AND new.places IS NOT NULL AND (new.title IS DISTINCT FROM old.title OR new.text <> old.text)) EXECUTE FUNCTION article_reworded()",
)

# The text is kept once, beside the document, which leaves it out; so a version that was replaced has a column for it too. What was stored before keeps its
# text in the document as well, until it is replaced: to write a large store anew for the disk it takes would stop it for hours.
_VERSION_TEXT = f"INSERT INTO versions ({_VERSION_COLUMNS}, text) VALUES ({_VERSION_VALUES}, old.text);"
_SQLITE_5 = (
    "ALTER TABLE versions ADD COLUMN text TEXT",
    "DROP TRIGGER articles_replaced",
    "CREATE TRIGGER articles_replaced BEFORE UPDATE OF content_sha256 ON articles WHEN CASE old.content_sha256 WHEN '' THEN old.text <> new.text OR"
    " json_remove(old.document, '$.provenance', '$.text') <> json_remove(new.document, '$.provenance', '$.text')"
    f" ELSE old.content_sha256 <> new.content_sha256 END BEGIN {_VERSION_TEXT} END",
)
_POSTGRESQL_6 = (
    "ALTER TABLE versions ADD COLUMN text TEXT",
    f"CREATE OR REPLACE FUNCTION article_replaced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {_VERSION_TEXT} RETURN new; END $$",
    "DROP TRIGGER articles_replaced ON articles",
    "CREATE TRIGGER articles_replaced BEFORE UPDATE OF content_sha256 ON articles FOR EACH ROW WHEN (CASE old.content_sha256 WHEN '' THEN"
    " old.text <> new.text OR old.document - 'provenance' - 'text' <> new.document - 'provenance' - 'text'"
    " ELSE old.content_sha256 <> new.content_sha256 END) EXECUTE FUNCTION article_replaced()",
)

#: Search as the last step leaves it, to be put on a store that was told to do without; and to be taken away.
SQLITE_SEARCH = (*_SQLITE_SEARCH_TABLE, _SQLITE_SEARCH_REWORDED, *_SQLITE_SEARCH_4)
SQLITE_NO_SEARCH = (
    "DROP TRIGGER articles_reworded",
    "DROP TRIGGER articles_unsearched",
    "DROP TABLE articles_search",
)
POSTGRESQL_SEARCH = (_POSTGRESQL_SEARCH_COLUMN, _POSTGRESQL_SEARCH_4, _POSTGRESQL_SEARCH_INDEX)
POSTGRESQL_NO_SEARCH = ("ALTER TABLE articles DROP COLUMN search",)

SQLITE: tuple[tuple[str, ...], ...] = (
    _first("INTEGER", "REAL", "TEXT", "TEXT"),
    _alerts("TEXT", "TEXT"),
    _SQLITE_3,
    _SQLITE_4,
    _SQLITE_5,
)
POSTGRESQL: tuple[tuple[str, ...], ...] = (
    _first("BIGINT", "DOUBLE PRECISION", "JSONB", "TIMESTAMPTZ"),
    _alerts("JSONB", "TIMESTAMPTZ"),
    _POSTGRESQL_3,
    _POSTGRESQL_4,
    _POSTGRESQL_5,
    _POSTGRESQL_6,
)
