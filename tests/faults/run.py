"""`make faults`: all cases on a real broker; the last line is JSON. Exit 1 when anything was lost or doubled."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "faults")]

from cases import CASES, Bench, Result, control  # noqa: E402
from postgres_server import PostgresServer  # noqa: E402

from workers.runtime.embedded_kafka import EmbeddedKafka  # noqa: E402
from workers.runtime.logging import configure  # noqa: E402


def main() -> int:
    configure("error")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--case", action="append", choices=[*CASES, "control"], help="only these")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dateline-faults-") as name:
        folder = Path(name)
        kafka, postgres = EmbeddedKafka(folder / "kafka", heap_mb=512), PostgresServer(folder)
        kafka.start()
        if postgres.available():
            postgres.start()
        try:
            return _report(_run(Bench(kafka, folder, options.articles, postgres), options.case), postgres)
        finally:
            kafka.stop()
            if postgres.available():
                postgres.stop()


def _run(bench: Bench, only: list[str] | None) -> tuple[list[Result], Result | None]:
    results = []
    for name, case in CASES.items():
        if (only and name not in only) or (name == "postgres" and not bench.postgres.available()):  # type: ignore[union-attr]
            continue
        result = case(bench)
        results.append(result)
        sys.stderr.write(
            f"{result.name}: {result.articles} articles, lost {result.lost}, doubled {result.doubled},"
            f" recovery {result.recovery_s} s, {result.seconds} s\n"
        )
    seen = None
    if not only or "control" in only:
        seen = control(Bench(bench.kafka, bench.folder, min(bench.articles, 20_000)))
        sys.stderr.write(f"{seen.name}: lost {seen.lost}, doubled {seen.doubled} (must not be 0)\n")
    return results, seen


def _report(found: tuple[list[Result], Result | None], postgres: PostgresServer) -> int:
    results, seen = found
    lost, doubled = sum(result.lost for result in results), sum(result.doubled for result in results)
    recovery = sorted(seconds for result in results for seconds in result.recovery_s)
    line = {
        "lost": lost,
        "doubled": doubled,
        "cases": {result.name: {"articles": result.articles, "lost": result.lost, "doubled": result.doubled, "recovery_s": result.recovery_s} for result in results},
        "recovery_s": {"median": recovery[len(recovery) // 2], "max": recovery[-1]} if recovery else None,
        "control_doubled": seen.doubled if seen else None,
        "skipped": [] if postgres.available() else ["postgres"],
    }  # fmt: skip
    sys.stdout.write(json.dumps(line) + "\n")
    blind = seen is not None and not seen.doubled
    return 1 if lost or doubled or blind else 0


if __name__ == "__main__":
    sys.exit(main())
