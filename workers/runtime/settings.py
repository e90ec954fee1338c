"""Settings: environment variables (DATELINE_*) over a TOML file (DATELINE_CONFIG, default ./dateline.toml), checked at start."""

import os
import socket
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from workers.errors import Misconfigured
from workers.ports import StageOptions

__all__ = ["Settings", "load_settings"]

DEFAULT_FILE = "dateline.toml"


class Settings(BaseSettings):
    """Every choice of a deployment. The defaults lose no data. Times are seconds, sizes bytes."""

    model_config = SettingsConfigDict(env_prefix="DATELINE_", extra="forbid", frozen=True, env_ignore_empty=True)

    bootstrap_servers: str = Field(
        "127.0.0.1:9092", min_length=1, description="Kafka brokers, host:port separated by commas"
    )
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    sasl_username: str | None = None
    sasl_password: SecretStr | None = None
    ssl_cafile: Path | None = Field(None, description="PEM file of the authority that signed the brokers' certificates")
    ssl_certfile: Path | None = Field(
        None, description="PEM file of our own certificate, where the brokers ask for one"
    )
    ssl_keyfile: Path | None = None

    group_prefix: str = Field(
        "dateline", pattern=r"^[A-Za-z0-9._-]+$", description="Start of consumer groups and transactional ids"
    )
    instance_id: str | None = Field(
        None, description="Static member id, unique per process; `auto` takes the host name"
    )
    session_timeout_s: float = Field(10.0, ge=6, le=300)
    heartbeat_s: float = Field(3.0, gt=0)
    transaction_timeout_s: float = Field(30.0, ge=5, le=900)

    partitions: int = Field(6, ge=1, le=1000, description="Partitions of topics that `topics create` makes")
    replication: int = Field(1, ge=1, le=9)

    pool_processes: int = Field(
        2, ge=0, le=256, description="CPU processes per worker; 0 runs stages inline (trivial stages only)"
    )
    pool_memory_bytes: int = Field(
        2 * 1024**3, ge=256 * 1024**2, description="Address space that one pool process may add"
    )
    stage_timeout_s: float = Field(10.0, gt=0, description="Time after which one message is given up as too expensive")
    chunk_records: int = Field(25, ge=1, le=1000)
    chunk_bytes: int = Field(4 * 1024**2, ge=1024)
    batch_records: int = Field(
        1000, ge=1, le=10_000, description="Most messages in one transaction; fewer where stages are slow"
    )
    batch_bytes: int = Field(32 * 1024**2, ge=1024)
    max_content_characters: int = Field(8_000_000, ge=1000)

    dead_letter_max_consecutive: int = Field(
        100, ge=0, description="Stop after so many dead letters in a row; 0 never stops"
    )
    dead_letter_max_ratio: float = Field(
        0.5, gt=0, le=1, description="Stop above this share of the last `dead_letter_window`"
    )
    dead_letter_window: int = Field(400, ge=10)
    stall_after_s: float = Field(
        30.0, ge=5, description="The watchdog ends a worker that has work and does none for so long"
    )
    drain_s: float = Field(3.0, gt=0, le=60, description="Time for batches under way to finish on SIGTERM")

    entities_backend: str = "embedded"
    gazetteers: tuple[str, ...] = ()
    source_memory: bool = Field(
        True, description="Cleaners cut what the memory worker saw a source repeat; false cleans each page by itself"
    )
    storage_url: str = "sqlite:///dateline.db"
    storage_search: bool = Field(True, description="Index the words of articles; without it they are not searched")
    storage_partitions: Literal["none", "month"] = Field(
        "none", description="PostgreSQL: a partition for each month of publication"
    )
    alert_rules: Path | None = Field(
        None, description="YAML file of alert rules; read again when it changes. Rules of the topic come on top"
    )
    alerts_read: Literal["articles.enriched.v1", "articles.clustered.v1"] = Field(
        "articles.enriched.v1", description="What alert rules look at; clustered articles carry their story"
    )
    alert_tick_s: float = Field(
        5.0, gt=0, le=60, description="How often silences, digests and quiet hours are looked after"
    )
    alert_idle_s: float = Field(
        60.0,
        gt=0,
        description="After so long without an article a partition holds the clock of alert rules back no more",
    )
    alert_broad_share: float = Field(
        0.2, gt=0, le=1, description="Warn of a rule that matches more than this share of the last 1,000 articles"
    )
    alerts_webhook_url: str | None = Field(
        None,
        description="Where alerts are delivered: https://..., slack+https://..., smtp://..., file:///path.jsonl, apprise+...",
    )
    alerts_webhook_secret: SecretStr | None = None
    alerts_allow_private: bool = Field(False, description="Let the receiver be a private or loopback address")
    alert_memory_days: float = Field(7.0, gt=0)

    http_host: str = "127.0.0.1"
    http_port: int = Field(6066, ge=0, le=65535, description="/healthz, /readyz, /metrics; 0 turns them off")
    state_dir: Path = Field(Path("var"), description="Where the embedded Kafka, SQLite and the state of agents lie")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, the environment over the file."""
        file = os.environ.get("DATELINE_CONFIG", DEFAULT_FILE)
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=file)

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.security_protocol.startswith("SASL") and not (self.sasl_username and self.sasl_password):
            raise ValueError("SASL needs DATELINE_SASL_USERNAME and DATELINE_SASL_PASSWORD")
        if bool(self.ssl_certfile) != bool(self.ssl_keyfile):
            raise ValueError("give both DATELINE_SSL_CERTFILE and DATELINE_SSL_KEYFILE, or neither")
        for name in ("ssl_cafile", "ssl_certfile", "ssl_keyfile", "alert_rules"):
            path = getattr(self, name)
            if path is not None and not path.is_file():
                raise ValueError(f"DATELINE_{name.upper()}: there is no file {path}")
        if self.heartbeat_s * 3 > self.session_timeout_s:
            raise ValueError("DATELINE_HEARTBEAT_S must be at most a third of DATELINE_SESSION_TIMEOUT_S")
        if self.stall_after_s < 2 * self.stage_timeout_s:
            raise ValueError(
                "DATELINE_STALL_AFTER_S must be at least twice DATELINE_STAGE_TIMEOUT_S, or slow pages look like a stall"
            )
        if self.batch_records < self.chunk_records:
            raise ValueError("DATELINE_BATCH_RECORDS must be at least DATELINE_CHUNK_RECORDS")
        return self

    @property
    def member_id(self) -> str | None:
        """The static member id, with `auto` resolved to the host name."""
        return socket.gethostname() if self.instance_id == "auto" else self.instance_id

    def stage_options(self) -> StageOptions:
        """What the stages need to know."""
        return StageOptions(
            entities_backend=self.entities_backend,
            gazetteers=self.gazetteers,
            max_content_characters=self.max_content_characters,
        )


def load_settings(**overrides: Any) -> Settings:
    """Read and check the settings; raises Misconfigured, one line for each fault with the variable to mend."""
    file = os.environ.get("DATELINE_CONFIG")
    if file and not Path(file).is_file():
        raise Misconfigured(f"DATELINE_CONFIG names {file}, and there is no such file: correct the path or unset it")
    unknown = _unknown_variables()
    if unknown:
        raise Misconfigured(f"{unknown}: no such setting; `dateline config check --list` shows all")
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        raise Misconfigured("\n".join(_mend(fault) for fault in error.errors())) from None
    except ValueError as error:
        raise Misconfigured(f"{file or DEFAULT_FILE} is not TOML: {error}") from None


def _unknown_variables() -> str:
    known = {f"DATELINE_{name.upper()}" for name in Settings.model_fields} | {"DATELINE_CONFIG"}
    ours = {name for name in os.environ if name.startswith("DATELINE_")}
    return ", ".join(sorted(ours - known - _NOT_SETTINGS))


#: Read by the Makefile, the compose file and the tests, not by the workers.
_NOT_SETTINGS = frozenset({
    "DATELINE_KAFKA_PORT", "DATELINE_REQUIRE_BROKER", "DATELINE_UPDATE_GOLDEN", "DATELINE_IMAGE", "DATELINE_VERSION",
})  # fmt: skip


def _mend(fault: Any) -> str:
    name = ".".join(str(part) for part in fault["loc"])
    variable = f"DATELINE_{name.upper()}" if name else "settings"
    if fault["type"] == "extra_forbidden":
        return f"{name}: no such setting; `dateline config check --list` shows all"
    field = Settings.model_fields.get(name)
    hint = f" ({field.description})" if field is not None and field.description else ""
    return f"{variable}: {fault['msg'].removeprefix('Value error, ')}{hint}"
