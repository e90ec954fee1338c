"""A webhook receiver: a real HTTP server that gives the answers it was told."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from aiohttp import web

__all__ = ["Answer", "Call", "Receiver", "with_headers"]

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Call(NamedTuple):
    """A request as the receiver got it."""

    headers: dict[str, str]
    body: bytes


class Receiver:
    """An HTTP server of 127.0.0.1 that gives the answers it was told, the last one again and again."""

    def __init__(self, port: int = 0) -> None:
        self.calls: list[Call] = []
        self.answers: list[Answer | int] = [200]
        #: The ids that were answered with 200, in order.
        self.taken: list[str] = []
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        assert self._ready.wait(5)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._start())
        self._ready.set()
        self._loop.run_forever()

    async def _start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._take)
        self._runner = web.AppRunner(app, shutdown_timeout=0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        assert site._server is not None
        self.port = site._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/hook"

    async def _take(self, request: web.Request) -> web.StreamResponse:
        self.calls.append(Call({name.lower(): value for name, value in request.headers.items()}, await request.read()))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, int):
            if answer == 200:
                self.taken.append(request.headers.get("webhook-id", ""))
            return web.Response(status=answer)
        return await answer(request)

    async def _end(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._runner.cleanup()

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)


def with_headers(status: int, **headers: str) -> Answer:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return answer
