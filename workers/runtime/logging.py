"""structlog for us and for the libraries below us: one JSON object (or one console line) per event on standard error."""

import logging
import sys
from typing import Any

import structlog

__all__ = ["configure", "get_logger"]


def configure(level: str = "info", fmt: str = "json") -> None:
    """Set up logging for this process. Normal work logs nothing above debug."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if fmt == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # HTTP clients tell of every request with its url and headers, in which receivers of alerts have their secrets.
    for name in ("aiokafka", "faust", "mode", "aiohttp.access", "asyncio", "httpx", "httpcore", "apprise", "urllib3"):
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def get_logger(name: str) -> Any:
    """A bound logger; event names are fixed snake_case words, facts are fields."""
    return structlog.get_logger(name)
