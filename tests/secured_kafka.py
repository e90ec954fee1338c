"""A broker with TLS and SASL beside its plain listener, and the certificate that clients must trust."""

import socket
import subprocess
from pathlib import Path

from workers.runtime.embedded_kafka import EmbeddedKafka

__all__ = ["PASSWORD", "USER", "SecuredKafka"]

USER, PASSWORD = "dateline", "s3cret with spaces"
_MODULE = "org.apache.kafka.common.security"


class SecuredKafka(EmbeddedKafka):
    """`secure_servers` asks for TLS and for PLAIN or SCRAM; `cafile` is what to trust."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._secure_port = probe.getsockname()[1]
        folder.mkdir(parents=True, exist_ok=True)
        self.cafile = folder / "ca.pem"
        self._key = folder / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
             "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", self._key, "-out", self.cafile],
            check=True, capture_output=True,
        )  # fmt: skip
        self._keystore = folder / "keystore.pem"
        self._keystore.write_text(self._key.read_text() + self.cafile.read_text())

    @property
    def secure_servers(self) -> str:
        return f"127.0.0.1:{self._secure_port}"

    def allow_scram(self) -> None:
        """SCRAM users live in the cluster's metadata, not in its configuration."""
        from workers.runtime.embedded_kafka import find_java, resolve_jars

        for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512"):
            subprocess.run(
                [find_java(), "-cp", f"{resolve_jars()}/*", "kafka.admin.ConfigCommand", "--bootstrap-server", self.bootstrap_servers,
                 "--alter", "--add-config", f"{mechanism}=[password={PASSWORD}]", "--entity-type", "users", "--entity-name", USER],
                check=True, capture_output=True, timeout=60,
            )  # fmt: skip

    def _properties(self) -> str:
        secure = f"SECURE://127.0.0.1:{self._secure_port}"
        plain = f'{_MODULE}.plain.PlainLoginModule required user_{USER}="{PASSWORD}";'
        lines = []
        for line in super()._properties().splitlines():
            name, _, value = line.partition("=")
            if name in {"listeners", "advertised.listeners"}:
                value += f",{secure}"
            if name == "listener.security.protocol.map":
                value += ",SECURE:SASL_SSL"
            lines.append(f"{name}={value}")
        lines += [
            "inter.broker.listener.name=PLAINTEXT",
            "sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
            f"listener.name.secure.plain.sasl.jaas.config={plain}",
            f"listener.name.secure.scram-sha-256.sasl.jaas.config={_MODULE}.scram.ScramLoginModule required;",
            f"listener.name.secure.scram-sha-512.sasl.jaas.config={_MODULE}.scram.ScramLoginModule required;",
            "listener.name.secure.ssl.keystore.type=PEM",
            f"listener.name.secure.ssl.keystore.location={self._keystore}",
        ]
        return "".join(f"{line}\n" for line in lines)
