"""Makes the helpers beside these tests, and the benchmark whose figures are pinned, importable."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2] / "benchmarks" / "quality")]
