"""A name server on the loopback: TXT records that a test sets, and all that can go wrong with one."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

SILENCE, GARBAGE, SERVFAIL, NO_TEXT = "silence", "garbage", "servfail", "no text"
TTL = 300


@dataclass
class Zone:
    """What it answers, by full name without the last dot: texts, or one of the troubles; other names do not exist.

    `trouble` is what befalls every question.
    """

    port: int = 0
    records: dict[str, list[bytes] | str] = field(default_factory=dict)
    trouble: str = ""
    asked: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def answer(self, wire: bytes) -> bytes | None:
        """The answer to one datagram; None is silence."""
        query = dns.message.from_wire(wire)
        name = query.question[0].name
        shown = name.to_text(omit_final_dot=True).lower()
        self.asked.append(shown)
        kept = self.trouble or self.records.get(shown)
        if kept == SILENCE:
            return None
        if kept == GARBAGE:
            return wire[:2] + b"\xff" * 20
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.RA
        if kept == SERVFAIL:
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif kept is None:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        elif isinstance(kept, list):
            reply.answer.append(dns.rrset.from_text_list(name, TTL, "IN", "TXT", [_quoted(text) for text in kept]))
        return reply.to_wire()


def _quoted(text: bytes) -> str:
    """In pieces of 255 octets (RFC 1035 section 3.3)."""
    return " ".join(f'"{text[begin : begin + 255].decode()}"' for begin in range(0, len(text), 255))


@contextmanager
def name_server() -> Iterator[Zone]:
    """A running server with an empty zone."""
    zone = Zone()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            wire, link = self.request
            answer = zone.answer(wire)
            if answer is not None:
                link.sendto(answer, self.client_address)

    with socketserver.UDPServer(("127.0.0.1", 0), Handler) as server:
        zone.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield zone
        finally:
            server.shutdown()
            thread.join()
