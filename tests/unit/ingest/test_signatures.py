"""DKIM verification with keys and a resolver of our own."""

from __future__ import annotations

import base64

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from mailbot.ingest.signatures import DkimResult, ResolverFailed, verify_dkim

MAIL = b"From: dana@broker.example\r\nTo: desk@desk.example\r\nSubject: Adding a child\r\n\r\nPlease add my son.\r\n"


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def signed(key: rsa.RSAPrivateKey, *, length: bool = False) -> bytes:
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    header = dkim.sign(MAIL, b"sel", b"broker.example", pem, include_headers=[b"from", b"subject"], length=length)
    return bytes(header) + MAIL


def record(key: rsa.RSAPrivateKey) -> bytes:
    der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return b"v=DKIM1; k=rsa; p=" + base64.b64encode(der)


def test_a_good_signature_holds(key: rsa.RSAPrivateKey) -> None:
    asked = []

    def resolver(name: str) -> bytes:
        asked.append(name)
        return record(key)

    assert verify_dkim(signed(key), resolver) == DkimResult(passed=("broker.example",))
    assert asked == ["sel._domainkey.broker.example."]


def test_a_changed_body_does_not_hold(key: rsa.RSAPrivateKey) -> None:
    changed = signed(key).replace(b"my son", b"my dog")
    assert verify_dkim(changed, lambda _: record(key)) == DkimResult(failed=("broker.example",))


def test_a_second_from_header_breaks_the_signature(key: rsa.RSAPrivateKey) -> None:
    forged = b"From: eve@evil.example\r\n" + signed(key)
    assert verify_dkim(forged, lambda _: record(key)).passed == ()


def test_a_signature_over_part_of_the_body_does_not_hold(key: rsa.RSAPrivateKey) -> None:
    assert verify_dkim(signed(key, length=True), lambda _: record(key)).passed == ()


def test_a_resolver_that_fails_leaves_it_unknown(key: rsa.RSAPrivateKey) -> None:
    def resolver(_: str) -> bytes:
        raise ResolverFailed

    assert verify_dkim(signed(key), resolver) == DkimResult(unknown=("broker.example",))


@pytest.mark.parametrize("answer", [None, b"", b"v=DKIM1; p=", b"v=DKIM1; p=!!!", b"\xff\xfe", b"k=what; p=AAAA"])
def test_a_key_that_is_missing_or_broken_does_not_hold(key: rsa.RSAPrivateKey, answer: bytes | None) -> None:
    assert verify_dkim(signed(key), lambda _: answer).passed == ()


@pytest.mark.parametrize(
    "raw", [b"", b"\x00", b"no headers here", b"DKIM-Signature: x\r\n\r\n", b"DKIM-Signature: a=1;a=2\r\n\r\n"]
)
def test_what_is_no_signed_mail_never_raises(raw: bytes) -> None:
    assert verify_dkim(raw, lambda _: None).passed == ()
