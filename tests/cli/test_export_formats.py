"""What `dateline export` writes of real pages, as the golden pages go through the pipeline into a store."""

import json
import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "storage"))

from ninjs_schema import errors

from schemas.articles import EnrichedArticle
from schemas.codec import decode
from workers.ports import Forward
from workers.storage.sqlite import SqliteSink
from workers.testing import MemoryPipeline

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "tests" / "golden" / "pages").iterdir())


def test_every_golden_page_is_exported_as_valid_ninjs(tmp_path: Path) -> None:
    outcomes = MemoryPipeline().run([page.read_bytes() for page in PAGES])
    articles = [decode(EnrichedArticle, outcome.value) for outcome in outcomes if isinstance(outcome, Forward)]
    sink = SqliteSink(tmp_path / "store.db")
    sink.write(articles)
    sink.close()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("DATELINE_")}
    written = subprocess.run(
        [sys.executable, "-m", "workers.cli.main", "export", "--format", "ninjs"], capture_output=True, text=True, check=True, cwd=ROOT, timeout=120,
        env={**clean, "DATELINE_STORAGE_URL": f"sqlite:///{tmp_path / 'store.db'}"},
    ).stdout  # fmt: skip
    items = [json.loads(line) for line in written.splitlines()]
    assert {item["bodies"][0]["value"] for item in items} == {article.text for article in articles}
    assert len(items) == len({article.id for article in articles}) > 20
    assert {item["uri"]: errors(item) for item in items if errors(item)} == {}
    for name in ("people", "places", "organisations", "versionCreated", "by"):
        assert any(name in item for item in items), "the pages show it"
