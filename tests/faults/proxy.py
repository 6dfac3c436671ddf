"""A TCP proxy that can be told to misbehave: what `tc netem` and toxiproxy do elsewhere, on loopback and without root."""

import asyncio
import contextlib
import socket
import struct
import threading
from dataclasses import dataclass

CHUNK = 65536
RESET = struct.pack("ii", 1, 0)  # SO_LINGER with no time: closing sends RST


@dataclass
class Behaviour:
    """All at rest: bytes pass. `refuses`: new connections are reset. `swallows`: bytes are taken and go nowhere, both ways.
    `latency_s`: before each piece of an answer. `bytes_a_second`: of an answer. `cut_after`: reset after so many bytes of it."""

    refuses: bool = False
    swallows: bool = False
    latency_s: float = 0.0
    bytes_a_second: float | None = None
    cut_after: int | None = None


class FaultProxy:
    """Listens on a port of its own, in a thread of its own. `behaviour` may be changed at any time, for open connections too."""

    def __init__(self, host: str, port: int, *, listen: str = "127.0.0.1") -> None:
        self.target = (host, port)
        self.listen = listen
        self.behaviour = Behaviour()
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._is_up = threading.Event()
        self.port = 0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._is_up.wait(5)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, self.listen, 0, backlog=1024))
        self.port = server.sockets[0].getsockname()[1]
        self._is_up.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.run_until_complete(asyncio.sleep(0.05))

    def be(self, **behaviour: object) -> None:
        """Misbehave so from now on; `be()` is well again."""
        self.behaviour = Behaviour(**behaviour)  # type: ignore[arg-type]

    def cut(self) -> None:
        """Reset every open connection."""
        asyncio.run_coroutine_threadsafe(self._cut(), self._loop).result(5)

    async def _cut(self) -> None:
        for writer in list(self._writers):
            reset(writer)

    def close(self) -> None:
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.behaviour.refuses:
            reset(writer)
            return
        try:
            far_reader, far_writer = await asyncio.open_connection(*self.target)
        except OSError:
            reset(writer)
            return
        pair = {writer, far_writer}
        self._writers |= pair
        try:
            await asyncio.gather(
                self._carry(reader, far_writer, is_answer=False), self._carry(far_reader, writer, is_answer=True)
            )
        finally:
            self._writers -= pair
            for end in pair:
                with contextlib.suppress(OSError):
                    end.close()

    async def _carry(self, source: asyncio.StreamReader, to: asyncio.StreamWriter, *, is_answer: bool) -> None:
        passed = 0
        try:
            while piece := await source.read(CHUNK):
                now = self.behaviour
                if now.swallows:
                    continue
                if is_answer and now.latency_s:
                    await asyncio.sleep(now.latency_s)
                if is_answer and now.cut_after is not None and passed + len(piece) > now.cut_after:
                    to.write(piece[: max(now.cut_after - passed, 0)])
                    await to.drain()
                    reset(to)
                    return
                if is_answer and now.bytes_a_second:
                    for place in range(len(piece)):
                        to.write(piece[place : place + 1])
                        await to.drain()
                        await asyncio.sleep(1 / now.bytes_a_second)
                else:
                    to.write(piece)
                    await to.drain()
                passed += len(piece)
            to.write_eof()
        except OSError:  # reset, or gone: the other side learns it too
            reset(to)


def reset(writer: asyncio.StreamWriter) -> None:
    link = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()
