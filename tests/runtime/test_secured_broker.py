"""TLS and SASL on a real broker, for both engines: what is right gets through, what is wrong says so and is no crash."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka_tools import Worker, fresh_topics, produce, read_topic
from secured_kafka import PASSWORD, USER, SecuredKafka

from schemas.topics import ALERTS, RAW
from workers.runtime.clients import Outgoing

pytestmark = pytest.mark.broker
PAGE = (
    b"Talks go on in Geneva\n\nThe talks go on in Geneva, said Anna Example on Monday, and nobody knows for how long.\n"
)


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory, kafka: object) -> Iterator[SecuredKafka]:
    broker = SecuredKafka(tmp_path_factory.mktemp("secured"))
    broker.start()
    broker.allow_scram()
    yield broker
    broker.stop()


def credentials(secured: SecuredKafka, mechanism: str) -> dict[str, object]:
    return {"security_protocol": "SASL_SSL", "sasl_mechanism": mechanism, "sasl_username": USER, "sasl_password": PASSWORD, "ssl_cafile": secured.cafile}  # fmt: skip


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
def test_stages_and_alerts_work_through_tls_and_sasl(secured: SecuredKafka, mechanism: str, tmp_path: Path) -> None:
    settings = fresh_topics(secured.bootstrap_servers, partitions=1)
    rules = tmp_path / "rules.yaml"
    rules.write_text("rules:\n  - name: Talks\n    keywords: [talks]\n")
    secret = credentials(secured, mechanism)
    fused = Worker("cleaner+entities+dates", secured.secure_servers, tmp_path, pool_processes=1, **secret)
    alerts = Worker("alerts", secured.secure_servers, tmp_path, alert_rules=rules, partitions=1, **secret)
    try:
        fused.start()
        alerts.start()
        produce(settings, RAW.name, [Outgoing(b"a", PAGE)])
        deadline = time.monotonic() + 90
        while not read_topic(settings, ALERTS.name):
            assert time.monotonic() < deadline, (
                f"{fused.page('/readyz')} {alerts.page('/readyz')} {fused.tail()} {alerts.tail()}"
            )
            time.sleep(0.3)
    finally:
        fused.stop()
        alerts.stop()


def test_a_wrong_password_is_told_without_telling_it(secured: SecuredKafka, tmp_path: Path) -> None:
    secret = credentials(secured, "SCRAM-SHA-512") | {"sasl_password": "wr0ng-password"}
    fused = Worker("cleaner", secured.secure_servers, tmp_path, pool_processes=1, **secret).start()  # type: ignore[arg-type]
    try:
        deadline = time.monotonic() + 60
        while "uthentication" not in fused.tail():
            assert time.monotonic() < deadline, fused.tail()
            time.sleep(0.3)
        assert "wr0ng-password" not in fused.log.read_text()
        assert fused.page("/readyz")[0] == 503
    finally:
        fused.stop()


def test_a_certificate_that_nobody_vouches_for_is_refused(secured: SecuredKafka) -> None:
    environment = {"PATH": "/usr/bin:/bin", "DATELINE_BOOTSTRAP_SERVERS": secured.secure_servers, "DATELINE_SECURITY_PROTOCOL": "SASL_SSL",
                   "DATELINE_SASL_USERNAME": USER, "DATELINE_SASL_PASSWORD": PASSWORD}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "workers.cli.main", "topics", "create"], env=environment, capture_output=True, text=True,
        check=False, timeout=90, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
