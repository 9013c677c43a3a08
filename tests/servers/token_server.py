"""An authorization server on loopback: it issues, rotates and revokes tokens, and tells Dovecot which are alive."""

from __future__ import annotations

import json
import secrets
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import trustme

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"

#: Dovecot asks us about each token; `username` is whose mailbox the token opens.
DOVECOT = """
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = HOME/oauth2.conf.ext
}
"""


@dataclass
class TokenServer:
    """`opens` is the mailbox that every token opens. `answers` overrides the next answers of the token endpoint."""

    opens: str = "desk"
    secret: str = "client secret"
    lives: int = 3600
    rotates: bool = True
    refresh_tokens: set[str] = field(default_factory=set)
    access_tokens: set[str] = field(default_factory=set)
    agreed: set[str] = field(default_factory=set)
    asked: list[dict[str, str]] = field(default_factory=list)
    introspected: int = 0
    answers: list[tuple[int, bytes, dict[str, str]]] = field(default_factory=list)
    url: str = ""
    introspection_url: str = ""

    def new_refresh_token(self) -> str:
        token = f"refresh-{secrets.token_hex(8)}"
        self.refresh_tokens.add(token)
        return token

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        """RFC 6749 and RFC 8628, as far as a client can tell."""
        self.asked.append(form)
        grant = form.get("grant_type")
        if grant == "refresh_token":
            return self._refreshed(form)
        if grant == "client_credentials":
            if form.get("client_secret") != self.secret:
                return 401, {"error": "invalid_client", "error_description": "canary"}
            return 200, self._issued()
        if grant == DEVICE_GRANT and form.get("device_code") in self.agreed:
            return 200, {**self._issued(), "refresh_token": self.new_refresh_token()}
        if grant == DEVICE_GRANT:
            return 400, {"error": "authorization_pending"}
        return 400, {"error": "unsupported_grant_type"}

    def device(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        self.asked.append(form)
        told = {"device_code": "device-1", "user_code": "WDJB-MJHT", "verification_uri": "https://login.example/device"}
        return 200, {**told, "interval": 1, "expires_in": 5}

    def introspect(self, authorization: str) -> tuple[int, dict[str, object]]:
        self.introspected += 1
        alive = authorization.removeprefix("Bearer ") in self.access_tokens
        return 200, {"active": alive, "username": self.opens} if alive else {"active": False}

    def _refreshed(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        used = form.get("refresh_token", "")
        if used not in self.refresh_tokens:
            return 400, {"error": "invalid_grant", "error_description": "canary"}
        if not self.rotates:
            return 200, self._issued()
        self.refresh_tokens.discard(used)
        return 200, {**self._issued(), "refresh_token": self.new_refresh_token()}

    def _issued(self) -> dict[str, object]:
        token = f"access-{secrets.token_hex(8)}"
        self.access_tokens.add(token)
        return {"access_token": token, "token_type": "Bearer", "expires_in": self.lives}


@contextmanager
def running_token_server(folder: Path) -> Iterator[TokenServer]:
    """Serve tokens over TLS (its authority in folder/token-ca.pem) and introspection in clear, both on loopback."""
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(folder / "token-ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("localhost").configure_cert(context)
    state = TokenServer()
    with _serving(state, context) as port, _serving(state, None) as clear:
        state.url = f"https://localhost:{port}"
        state.introspection_url = f"http://127.0.0.1:{clear}/introspect"
        yield state


def dovecot_oauth(state: TokenServer, home: Path) -> None:
    """Let a Dovecot that was started with DOVECOT ask this server."""
    (home / "oauth2.conf.ext").write_text(
        f"introspection_url = {state.introspection_url}\n"
        "introspection_mode = auth\nusername_attribute = username\nactive_attribute = active\nactive_value = true\n"
    )


class _Answers(BaseHTTPRequestHandler):
    """Answers from `state`, which each server sets in a class of its own."""

    state: TokenServer

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        form = {key: values[0] for key, values in parse_qs(self.rfile.read(length).decode()).items()}
        if self.state.answers:
            self._send(*self.state.answers.pop(0))
            return
        status, told = self.state.device(form) if self.path == "/device" else self.state.token(form)
        self._send(status, json.dumps(told).encode(), {})

    def do_GET(self) -> None:
        status, told = self.state.introspect(self.headers.get("Authorization", ""))
        self._send(status, json.dumps(told).encode(), {})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def handle_error(self, *_: object) -> None:
        """A client that refuses our certificate is no error of the test."""


@contextmanager
def _serving(state: TokenServer, context: ssl.SSLContext | None) -> Iterator[int]:
    handler = type("Answers", (_Answers,), {"state": state})
    with _Server(("127.0.0.1", 0), handler) as server:
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join(10)
