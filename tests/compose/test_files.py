"""What the files of the deployment say, read without an engine: every variable is explained, every worker is there and without rights."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from workers.alerts.rules import load_rules
from workers.pipeline import WORKERS
from workers.runtime.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker-compose.yml"
EXTERNAL = ROOT / "deploy" / "external-kafka.yml"
LAKE = ROOT / "deploy" / "lake.yml"
_VARIABLE = re.compile(r"\$\{([A-Z_]+)(?::([-?])([^}]*))?\}")


class _Loader(yaml.SafeLoader):
    """YAML with compose's own tag for taking something out."""


_Loader.add_constructor("!reset", lambda loader, node: None)


def services(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)["services"]  # noqa: S506  a safe loader
    return found


def explained() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def taken() -> dict[str, set[str]]:
    """Every variable of the compose files with the defaults that they give it."""
    found: dict[str, set[str]] = {}
    for path in (COMPOSE, EXTERNAL, LAKE):
        for name, kind, default in _VARIABLE.findall(path.read_text(encoding="utf-8")):
            found.setdefault(name, set()).add("" if kind == "?" else default)
    return found


def test_the_example_of_env_shows_every_variable_with_its_default() -> None:
    assert taken() == {name: {default} for name, default in explained().items()}


def test_every_worker_is_a_service_of_its_own_that_scales() -> None:
    there = services(COMPOSE)
    for name in WORKERS:
        assert there[name]["command"] == ["worker", name]
        assert not {"container_name", "ports", "hostname"} & there[name].keys(), name
    assert set(there) == {*WORKERS, "api", "kafka", "postgres", "topics"}


@pytest.mark.parametrize("name", [*WORKERS, "api", "kafka", "postgres", "topics"])
def test_every_service_is_bounded_and_without_rights(name: str) -> None:
    service = services(COMPOSE)[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"cpus", "memory", "pids"} <= service["deploy"]["resources"]["limits"].keys()
    assert service["restart"] == ("on-failure" if name == "topics" else "unless-stopped")
    assert service.get("read_only") or name == "kafka"


def test_every_worker_and_the_making_of_topics_reach_brokers_of_ones_own() -> None:
    there = services(EXTERNAL)
    assert there.pop("kafka") is None
    assert set(there) == {*WORKERS, "topics"}
    environments = [service["environment"] for service in there.values()]
    assert all(environment == environments[0] for environment in environments)


def test_a_lake_is_a_second_storage_worker_with_a_group_and_a_volume_of_its_own() -> None:
    (name, service), *others = services(LAKE).items()
    assert not others
    assert service["extends"] == {"file": "../docker-compose.yml", "service": "storage"}
    assert service["environment"]["DATELINE_GROUP_PREFIX"] != Settings.model_fields["group_prefix"].default
    path = service["environment"]["DATELINE_STORAGE_URL"].removeprefix("parquet:///")
    assert service["volumes"] == [f"{name}:{path}"]
    assert path in (ROOT / "deploy" / "Dockerfile").read_text(), "it belongs to the user that the worker runs as"
    arguments = service["build"]["args"]
    assert (ROOT / "requirements" / f"{arguments['REQUIREMENTS']}.txt").read_text().count("pyarrow==") == 1


def test_the_example_rules_load() -> None:
    path = ROOT / "deploy" / "alert-rules.yaml"
    assert len(load_rules(path.read_text(encoding="utf-8"), path.name)) >= 3


def test_the_image_names_no_registry_host_and_runs_as_a_number() -> None:
    text = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    assert not re.search(r"https?://(?!127\.0\.0\.1)|--mount|^# syntax|index-url", text, re.MULTILINE)
    assert re.search(r"^USER \d+:\d+$", text, re.MULTILINE)
    assert text.count("--require-hashes") == 2


def test_what_the_image_copies_is_let_through() -> None:
    let_through = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", (ROOT / "deploy" / "Dockerfile").read_text(), re.MULTILINE)
    assert let_through[0] == "*"
    assert {name for line in copied for name in line.split()} <= {line.removeprefix("!") for line in let_through}
