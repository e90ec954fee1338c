"""Draws docs/picture.svg: what `dateline enrich` shows of the sample. Run it again when the output changes."""

import re
import sys
from pathlib import Path

from rich.console import Console

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from schemas.articles import EnrichedArticle  # noqa: E402
from schemas.codec import decode  # noqa: E402
from workers.cli.show import show_article  # noqa: E402
from workers.ports import Forward  # noqa: E402
from workers.testing import MemoryPipeline  # noqa: E402


def main() -> None:
    """Run the sample through the pipeline and draw it, without fonts from elsewhere."""
    sample = (ROOT / "workers" / "cli" / "samples" / "aggregator-dump.txt").read_bytes()
    outcome = next(iter(MemoryPipeline().run([sample])))
    if not isinstance(outcome, Forward):
        raise SystemExit(f"the sample was not enriched: {outcome}")
    with Path("/dev/null").open("w") as nowhere:
        console = Console(record=True, width=110, force_terminal=True, file=nowhere)
        show_article(console, decode(EnrichedArticle, outcome.value))
        svg = console.export_svg(title="dateline enrich aggregator-dump.txt", unique_id="dateline")
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    (ROOT / "docs" / "picture.svg").write_text(re.sub(r"[ \t]+\n", "\n", svg), encoding="utf-8")


if __name__ == "__main__":
    main()
