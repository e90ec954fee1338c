"""How to reach the broker, said once for both engines: aiokafka's arguments and faust's."""

import ssl
from typing import Any

from workers.errors import Misconfigured
from workers.runtime.settings import Settings

__all__ = ["aiokafka_arguments", "faust_arguments", "ssl_context"]


def ssl_context(settings: Settings) -> ssl.SSLContext | None:
    """The TLS context, or None where the protocol has none; raises Misconfigured for files that are no certificates."""
    if not settings.security_protocol.endswith("SSL"):
        return None
    try:
        context = ssl.create_default_context(cafile=settings.ssl_cafile)
        if settings.ssl_certfile and settings.ssl_keyfile:
            context.load_cert_chain(settings.ssl_certfile, settings.ssl_keyfile)
    except (ssl.SSLError, OSError) as error:
        raise Misconfigured(f"DATELINE_SSL_CAFILE, _CERTFILE or _KEYFILE is not usable PEM: {error}") from None
    return context


def aiokafka_arguments(settings: Settings) -> dict[str, Any]:
    """What every aiokafka client of ours is given."""
    arguments: dict[str, Any] = {
        "bootstrap_servers": settings.bootstrap_servers,
        "security_protocol": settings.security_protocol,
        "request_timeout_ms": 30_000,
        "metadata_max_age_ms": 30_000,
    }
    context = ssl_context(settings)
    if context is not None:
        arguments["ssl_context"] = context
    if settings.security_protocol.startswith("SASL"):
        arguments |= {
            "sasl_mechanism": settings.sasl_mechanism,
            "sasl_plain_username": settings.sasl_username,
            "sasl_plain_password": settings.sasl_password.get_secret_value() if settings.sasl_password else None,
        }
    return arguments


def faust_arguments(settings: Settings) -> dict[str, Any]:
    """`broker` and `broker_credentials` for a faust App."""
    import faust  # noqa: PLC0415  importing faust takes a second; only workers need it

    urls = [f"kafka://{server.strip()}" for server in settings.bootstrap_servers.split(",")]
    arguments: dict[str, Any] = {"broker": ";".join(urls)}
    context = ssl_context(settings)
    if settings.security_protocol.startswith("SASL"):
        arguments["broker_credentials"] = faust.SASLCredentials(
            username=settings.sasl_username,
            password=settings.sasl_password.get_secret_value() if settings.sasl_password else None,
            ssl_context=context,
            mechanism=settings.sasl_mechanism,
        )
    elif context is not None:
        arguments["broker_credentials"] = faust.SSLCredentials(context)
    return arguments
