"""`dateline serve`: the HTTP API over the store."""

from typing import Annotated

import typer
import uvicorn

from workers.api.app import make_api
from workers.cli._shared import STDERR, fail, settings_or_exit
from workers.errors import DatelineError
from workers.storage.read import open_reader

__all__ = ["serve"]


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; default: DATELINE_HTTP_HOST")] = None,
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8080,
) -> None:
    """Answer questions about the store over HTTP, read-only, until it is stopped. It knows no users: put it behind what does.

    Example: dateline serve --port 8080, then http://127.0.0.1:8080/articles?q=grain&country=TR
    """
    settings = settings_or_exit(log_level="warning")
    try:
        reader = open_reader(settings.storage_url)
    except DatelineError as error:
        raise fail(error) from None
    address = host or settings.http_host
    STDERR.print(f"http://{address}:{port}/articles  (OpenAPI: /openapi.json)", highlight=False)
    uvicorn.run(make_api(reader), host=address, port=port, log_level="warning", server_header=False)
    reader.close()
