"""An outgoing server in a process of its own that takes every letter and forgets it, so that only mailbot is measured.

python bench/sink.py          # prints the port, and runs until its input ends
"""

from __future__ import annotations

import socketserver
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class _Talk(socketserver.StreamRequestHandler):
    """One connection: as much of RFC 5321 as a sender needs to be content."""

    disable_nagle_algorithm = True

    def handle(self) -> None:
        self._say("220 sink.example ESMTP")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                self.wfile.write(b"250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 100000000\r\n")
            elif verb == b"DATA":
                self._say("354 go on")
                while self.rfile.readline() not in (b".\r\n", b""):
                    pass
                self._say("250 2.0.0 taken")
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 2.0.0 yes")

    def _say(self, answer: str) -> None:
        self.wfile.write(answer.encode() + b"\r\n")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def sink_process() -> Iterator[str]:
    """The url of a sink that runs while the block does."""
    with subprocess.Popen([sys.executable, str(Path(__file__))], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as sink:
        assert sink.stdout and sink.stdin
        try:
            yield f"smtp://127.0.0.1:{int(sink.stdout.readline())}"
        finally:
            sink.terminate()


def main() -> None:
    with _Server(("127.0.0.1", 0), _Talk) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
