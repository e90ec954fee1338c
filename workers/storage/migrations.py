"""The tables, as steps that are only ever added to: step n takes version n-1 to n."""

__all__ = ["POSTGRESQL", "SQLITE"]

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


SQLITE: tuple[tuple[str, ...], ...] = (_first("INTEGER", "REAL", "TEXT", "TEXT"), _alerts("TEXT", "TEXT"))
POSTGRESQL: tuple[tuple[str, ...], ...] = (
    _first("BIGINT", "DOUBLE PRECISION", "JSONB", "TIMESTAMPTZ"),
    _alerts("JSONB", "TIMESTAMPTZ"),
)
