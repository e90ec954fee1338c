"""The compose file for real: everything up from nothing, the sample through it, a worker scaled, a worker crashed, everything down."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kafka_tools import produce, read_topic, settings_for

from schemas.topics import ALERTS, DEAD_LETTERS, ENRICHED, RAW
from workers.runtime.clients import Outgoing
from workers.runtime.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
STANDINS = ROOT.parent / "shared" / "standin-images" / "make"
SAMPLE = ROOT / "workers" / "cli" / "samples" / "aggregator-dump.txt"
_BODY = "A talk was held on Monday in Berlin, said Anna Example, the speaker number {number} of that day."
pytestmark = [pytest.mark.compose, pytest.mark.timeout(1500)]


def _engine() -> str | None:
    """None when a Docker engine with Compose answers, else why not; stand-in images are made where they can be."""
    if STANDINS.exists() and os.geteuid() == 0:
        made = subprocess.run([str(STANDINS)], capture_output=True, text=True, check=False, timeout=1200)
        if made.returncode:
            return f"the stand-in images could not be made: {made.stderr[-500:]}"
    if shutil.which("docker") is None:
        return "there is no docker here"
    for command in (["docker", "info"], ["docker", "compose", "version"]):
        answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        if answer.returncode:
            return f"{' '.join(command)}: {answer.stderr.strip()[:200]}"
    return None


class Deployment:
    """One compose project with a name and a port of its own."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.project = f"dateline-test-{uuid.uuid4().hex[:8]}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("DATELINE_", "COMPOSE_"))},
            "DOCKER_BUILDKIT": "0",
            "COMPOSE_BAKE": "false",
            "DATELINE_KAFKA_PORT": str(self.port),
            "DATELINE_IMAGE": self.project,
            "POSTGRES_PASSWORD": "a secret",
        }
        self.settings: Settings = settings_for(f"127.0.0.1:{self.port}")

    def compose(self, *arguments: str, timeout_s: float = 600) -> str:
        done = subprocess.run(
            ["docker", "compose", "--project-name", self.project, *arguments],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False, timeout=timeout_s,
        )  # fmt: skip
        assert done.returncode == 0, f"docker compose {' '.join(arguments)}: {done.stdout[-2000:]}{done.stderr[-4000:]}"
        return done.stdout

    def containers(self, service: str) -> list[str]:
        return self.compose("ps", "--quiet", service).split()

    def dateline(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "workers.cli.main", *arguments], cwd=ROOT, capture_output=True, text=True,
            check=False, timeout=120, env={**self.environment, "DATELINE_BOOTSTRAP_SERVERS": f"127.0.0.1:{self.port}"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def stored(self) -> list[str]:
        """What the store holds; nothing until the storage worker, which opens the store with its first article, has made the tables."""
        if not self._ask("SELECT to_regclass('articles')"):
            return []
        return self._ask("SELECT id || ' ' || title FROM articles ORDER BY 1")

    def _ask(self, query: str) -> list[str]:
        said = self.compose("exec", "-T", "postgres", "psql", "-U", "dateline", "-h", "127.0.0.1", "-Atc", query, "postgresql://dateline:a%20secret@127.0.0.1/dateline")  # fmt: skip
        return [line for line in said.splitlines() if line]


@pytest.fixture(scope="module")
def deployment() -> Iterator[Deployment]:
    if why := _engine():
        pytest.skip(f"needs a Docker engine: {why}")
    deployed = Deployment()
    try:
        deployed.compose("up", "--detach", "--wait", timeout_s=1200)
        yield deployed
    finally:
        subprocess.run(
            ["docker", "compose", "--project-name", deployed.project, "down", "--volumes", "--timeout", "10"],
            cwd=ROOT, env=deployed.environment, capture_output=True, check=False, timeout=300,
        )  # fmt: skip
        subprocess.run(["docker", "image", "rm", f"{deployed.project}:local"], capture_output=True, check=False)


def wait_for(condition: Callable[[], bool], timeout_s: float = 90.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.5)


def enriched(deployment: Deployment) -> list[dict[str, object]]:
    return [json.loads(message.value or b"{}") for message in read_topic(deployment.settings, ENRICHED.name)]


def test_what_the_host_publishes_comes_out_enriched_once_stored_and_alerted(deployment: Deployment) -> None:
    deployment.dateline("publish", str(SAMPLE))
    wait_for(lambda: len(enriched(deployment)) == 1)
    article = enriched(deployment)[0]
    assert article["title"] == "Russia, Syria Confirms Strengthening Dialogue"
    wait_for(lambda: deployment.stored() == [f"{article['id']} {article['title']}"])
    wait_for(lambda: len(read_topic(deployment.settings, ALERTS.name)) == 1)
    written = "cat /var/lib/dateline/alerts/alerts.jsonl 2>/dev/null || true"
    wait_for(lambda: "Lavrov on Syria" in deployment.compose("exec", "-T", "notifier", "sh", "-c", written))


def test_workers_run_without_rights_on_a_read_only_file_system(deployment: Deployment) -> None:
    for service in ("cleaner", "entities", "dates", "alerts", "notifier", "storage"):
        found = json.loads(subprocess.check_output(["docker", "inspect", deployment.containers(service)[0]]))[0]
        assert found["Config"]["User"] == "10001:10001", service
        assert found["HostConfig"]["ReadonlyRootfs"], service
        assert found["HostConfig"]["CapDrop"] == ["ALL"], service
        assert found["HostConfig"]["Memory"] > 0, service
        assert found["HostConfig"]["RestartPolicy"]["Name"] == "unless-stopped", service


def test_the_image_holds_the_compiled_core(deployment: Deployment) -> None:
    """It is built by PyPI's ziglang there; without it the cleaner would do the same at half the speed and say nothing."""
    asked = "from workers.text import native; print(native.LIBRARY is not None)"
    assert deployment.compose("exec", "-T", "cleaner", "python", "-c", asked).strip() == "True"


def test_a_worker_scales_and_a_crashed_one_comes_back(deployment: Deployment) -> None:
    deployment.compose("up", "--detach", "--wait", "--no-recreate", "--scale", "entities=2", "entities")
    both = deployment.containers("entities")
    assert len(both) == 2
    pids = [int(subprocess.check_output(["docker", "inspect", "--format", "{{.State.Pid}}", one])) for one in both]
    os.kill(pids[0], signal.SIGKILL)
    before = len(enriched(deployment))
    produce(
        deployment.settings, RAW.name, [Outgoing(None, _BODY.format(number=number).encode()) for number in range(40)]
    )
    wait_for(lambda: len(enriched(deployment)) == before + 40)
    ids = [article["id"] for article in enriched(deployment)]
    assert len(ids) == len(set(ids)), "nothing is doubled"
    wait_for(lambda: all(state(one) == "running true" for one in both))
    restarted = int(subprocess.check_output(["docker", "inspect", "--format", "{{.State.Pid}}", both[0]]))
    assert restarted not in (0, pids[0])
    assert not read_topic(deployment.settings, DEAD_LETTERS.name)


def state(container: str) -> str:
    return subprocess.check_output(
        ["docker", "inspect", "--format", "{{.State.Status}} {{.State.Running}}", container], text=True
    ).strip()
