"""Mail that is really signed by DKIM, and the record that proves it."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

HEADERS = (b"from", b"to", b"subject", b"message-id")


@dataclass(frozen=True)
class Signer:
    """One domain's key under one selector."""

    domain: str = "broker.example"
    selector: str = "sel"
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048), repr=False)

    @property
    def name(self) -> str:
        """Where the record has to stand."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> bytes:
        der = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return b"v=DKIM1; k=rsa; p=" + base64.b64encode(der)

    def sign(self, raw: bytes) -> bytes:
        """The mail with a signature on top, as this domain's mail server sends it out."""
        pem = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
        header = dkim.sign(raw, self.selector.encode(), self.domain.encode(), pem, include_headers=list(HEADERS))
        return bytes(header) + raw
