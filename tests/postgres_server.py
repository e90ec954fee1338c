"""A PostgreSQL server of the test's own: a cluster in a folder, on a free port of 127.0.0.1."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

__all__ = ["PostgresServer"]


class PostgresServer:
    """Start, stop and kill a private server; `url` is how to reach it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        self._bin = found[-1].parent if found else None

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self._port}/postgres"

    def available(self) -> bool:
        return self._bin is not None

    def start(self) -> None:
        data = self._folder / "data"
        if not data.exists():
            self._open_to_server()
            self._run("initdb", "-D", str(data), "-U", "postgres", "--auth=trust", "--no-sync")
        options = f"-p {self._port} -k {self._folder} -c listen_addresses=127.0.0.1"
        self._run("pg_ctl", "-D", str(data), "-w", "-l", str(self._folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-w", "-m", "fast", "stop")

    @property
    def pid(self) -> int:
        """The process that all others of the server are children of."""
        return int((self._folder / "data" / "postmaster.pid").read_text().splitlines()[0])

    def kill(self) -> None:
        """kill -9 of the server, as a crash would."""
        os.kill(self.pid, 9)
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)):
                    break
            time.sleep(0.05)
        (self._folder / "data" / "postmaster.pid").unlink(missing_ok=True)
        time.sleep(1.0)

    def _open_to_server(self) -> None:
        """PostgreSQL refuses to run as root: the folder is given to the user postgres, its parents are made passable."""
        if os.geteuid() == 0:
            shutil.chown(self._folder, "postgres")
            for parent in self._folder.parents:
                if parent.stat().st_uid == 0 and parent != Path("/"):
                    parent.chmod(parent.stat().st_mode | 0o011)

    def _run(self, program: str, *arguments: str) -> None:
        assert self._bin is not None
        command = [str(self._bin / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        said = self._folder / "control.log"
        with said.open("ab") as output:
            done = subprocess.run(command, check=False, stdout=output, stderr=output, cwd="/", timeout=90)
        assert done.returncode == 0, f"{program} {arguments[-1]}: {said.read_text()[-1000:]}"
