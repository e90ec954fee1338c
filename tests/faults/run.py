"""`make faults`: all cases on a real broker; the last line is JSON. Exit 1 when anything was lost or doubled."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "faults")]

from cases import CASES, Bench, Result, control_doubles, control_loses  # noqa: E402
from postgres_server import PostgresServer  # noqa: E402
from sink_cases import SINK_CASES, can_mount  # noqa: E402

from workers.runtime.embedded_kafka import EmbeddedKafka  # noqa: E402
from workers.runtime.logging import configure  # noqa: E402


def main() -> int:
    configure("error")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--case", action="append", choices=[*CASES, *SINK_CASES, "control"], help="only these")
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


def _run(bench: Bench, only: list[str] | None) -> tuple[list[Result], list[Result]]:
    results, controls = [], []
    for name, case in (CASES | SINK_CASES).items():
        if (only and name not in only) or (name == "postgres" and not bench.postgres.available()):  # type: ignore[union-attr]
            continue
        if name.endswith("-full") and can_mount():
            sys.stderr.write(f"{name}: skipped: {can_mount()}\n")
            continue
        results.append(_told(case(bench)))
    if not only or "control" in only:
        few = Bench(bench.kafka, bench.folder, min(bench.articles, 3000))
        controls = [_told(control_doubles(few)), _told(control_loses(few))]
    return results, controls


def _told(result: Result) -> Result:
    sys.stderr.write(
        f"{result.name}: {result.articles} articles, lost {result.lost}, doubled {result.doubled},"
        f" recovery {result.recovery_s} s, {result.seconds} s\n"
    )
    return result


def _report(found: tuple[list[Result], list[Result]], postgres: PostgresServer) -> int:
    results, controls = found
    lost, doubled = sum(result.lost for result in results), sum(result.doubled for result in results)
    recovery = sorted(seconds for result in results for seconds in result.recovery_s)
    blind = bool(controls) and not (controls[0].doubled and controls[1].lost)
    line = {
        "lost": lost,
        "doubled": doubled,
        "cases": {result.name: _figures(result) for result in results},
        "recovery_s": {"median": recovery[len(recovery) // 2], "max": recovery[-1]} if recovery else None,
        "controls": {result.name: _figures(result) for result in controls},
        "skipped": [
            *([] if postgres.available() else ["postgres"]),
            *(name for name in SINK_CASES if name.endswith("-full") and can_mount()),
        ],
    }
    if blind:
        sys.stderr.write("the controls were not caught: a loss or a duplicate would go unseen\n")
    sys.stdout.write(json.dumps(line) + "\n")
    return 1 if lost or doubled or blind else 0


def _figures(result: Result) -> dict[str, object]:
    return {
        "articles": result.articles,
        "lost": result.lost,
        "doubled": result.doubled,
        "recovery_s": result.recovery_s,
    }


if __name__ == "__main__":
    sys.exit(main())
