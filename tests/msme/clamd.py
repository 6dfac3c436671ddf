"""A stand-in for ClamAV's daemon: it speaks INSTREAM to the real client, and finds one word only."""

import socketserver
import struct
import threading
from types import TracebackType
from typing import Self

INFECTED = "infected-by-the-test"


class _Handler(socketserver.StreamRequestHandler):
    server: "Clamd"

    def handle(self) -> None:
        command = self.rfile.readline().strip()
        assert command in (b"nINSTREAM", b"zINSTREAM"), command
        content = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
        self.server.scanned.append(content)
        is_infected = INFECTED.encode() in content
        self.wfile.write(b"stream: Test-Word FOUND\n" if is_infected else b"stream: OK\n")


class Clamd(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.port: int = self.server_address[1]
        self.scanned: list[bytes] = []

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown()
        self.server_close()
