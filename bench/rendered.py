"""The bytes of the made correspondence, written by hand as mail programs write it; lines end with LF, as in files."""

from __future__ import annotations

import base64
import hashlib
import html
import quopri
from dataclasses import dataclass
from email.header import Header
from email.utils import encode_rfc2231

import written as words
from correspondence import MadeFile, MadeMail

DESK = "enrollment@desk.example"
_PROGRAMS = ("Apple Mail (2.3654)", "Microsoft Outlook 16.0", "Thunderbird 128.3", "WebMail")
_WIDE = 0x2E80


@dataclass(frozen=True)
class Acknowledged:
    """What a sender saw of our letter: its subject and its id."""

    subject: str
    message_id: str


def render(mail: MadeMail, answered: Acknowledged | None = None) -> bytes:
    """The mail; a reply shows what it answers, `answered` being our letter about its inquiry, if one went out."""
    subject, thread = _thread(mail, answered) if mail.root else (mail.subject, [])
    kind, head, body = _body(mail)
    if mail.structure == "mixed":
        kind, head, body = _with_files(mail, head, body)
    lines = [
        f"Return-Path: <{mail.sender}>",
        *_trace(mail),
        f"From: {_named(mail)}<{mail.sender}>",
        f"To: Enrollment <{DESK}>",
        *([f"Cc: <{mail.copied}>"] if mail.copied else []),
        *thread,
        f"Subject: {_encoded(subject, mail.charset)}",
        f"Date: {mail.dated}",
        f"Message-ID: <{mail.message_id}>",
        "MIME-Version: 1.0",
        f"X-Mailer: {_PROGRAMS[mail.number % len(_PROGRAMS)]}",
    ]
    return "\n".join(lines).encode("ascii") + b"\n" + head + b"\n" + body


def _trace(mail: MadeMail) -> list[str]:
    """What servers put on top: where it came through, and a signature."""
    hops = [
        f"Received: from mx{hop}.example.net (mx{hop}.example.net [192.0.2.{10 + hop}])\n"
        f"\tby mx{hop + 1}.desk.example (Postfix) with ESMTPS id {mail.number * 7919 + hop:010X}\n"
        f"\tfor <{DESK}>; {mail.dated}"
        for hop in range(3)
    ]
    marks = "\n\t ".join(hashlib.sha512(f"{mail.name}{part}".encode()).hexdigest()[:64] for part in range(4))
    digest = hashlib.sha256(mail.name.encode()).hexdigest()
    signature = (
        f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.net; s=s1;\n"
        f"\th=from:to:subject:date:message-id; bh={digest};\n\tb={marks}"
    )
    return [*hops, signature]


def _thread(mail: MadeMail, answered: Acknowledged | None) -> tuple[str, list[str]]:
    """The subject and the thread fields of a reply."""
    assert mail.root
    letter = answered or Acknowledged(mail.root.subject, "")
    subject = "Re: " + (letter.subject if mail.mode in ("ack", "number") else mail.subject)
    own, ours = f"<{mail.root.message_id}>", f"<{letter.message_id}>" if letter.message_id else ""
    references = f"References: {own}" + (f"\n {ours}" if ours else "")
    fields = {
        "ack": [f"In-Reply-To: {ours or own}", references],
        "own": [f"In-Reply-To: {own}", f"References: {own}"],
        "references": [references],
        "number": [],
    }
    return subject, fields[mail.mode]


def _body(mail: MadeMail) -> tuple[str, bytes, bytes]:
    """The subtype, the fields and the bytes of the text."""
    plain = _coded(mail, _text(mail), "plain")
    if mail.inner == "plain":
        return "plain", *plain
    rich = _coded(mail, _html(mail), "html")
    if mail.inner == "html":
        return "html", *rich
    return "alternative", *_multipart("alternative", [plain, rich], f"=_alt_{mail.name}_{mail.date:x}")


def _with_files(mail: MadeMail, head: bytes, body: bytes) -> tuple[str, bytes, bytes]:
    parts = [(head, body), *((_file_head(file), base64.encodebytes(file.content)) for file in mail.files)]
    return "mixed", *_multipart("mixed", parts, f"=_mix_{mail.name}_{mail.date:x}")


def _multipart(subtype: str, parts: list[tuple[bytes, bytes]], boundary: str) -> tuple[bytes, bytes]:
    mark = f"--{boundary}".encode()
    body = b"".join(mark + b"\n" + head + b"\n" + content + b"\n" for head, content in parts) + mark + b"--\n"
    return f'Content-Type: multipart/{subtype}; boundary="{boundary}"\n'.encode(), body


def _file_head(file: MadeFile) -> bytes:
    kind = "application/pdf" if file.is_pdf else "image/jpeg"
    if file.name.isascii():
        fields = f'Content-Type: {kind}; name="{file.name}"\nContent-Disposition: attachment; filename="{file.name}"\n'
    else:
        encoded = encode_rfc2231(file.name, "utf-8")
        fields = f"Content-Type: {kind}\nContent-Disposition: attachment; filename*={encoded}\n"
    return (fields + "Content-Transfer-Encoding: base64\n").encode()


def _coded(mail: MadeMail, text: str, subtype: str) -> tuple[bytes, bytes]:
    raw, encoding = text.encode(mail.charset, "replace"), mail.encoding
    if encoding == "7bit" and not raw.isascii():
        encoding = "quoted-printable"
    if encoding == "base64":
        body = base64.encodebytes(raw)
    elif encoding == "quoted-printable":
        body = quopri.encodestring(raw)
    else:
        body = raw
    head = f'Content-Type: text/{subtype}; charset="{mail.charset}"\nContent-Transfer-Encoding: {encoding}\n'
    return head.encode(), body if body.endswith(b"\n") else body + b"\n"


def _text(mail: MadeMail) -> str:
    new = "\n\n".join(_filled(paragraph) for paragraph in mail.paragraphs)
    signature = "\n\n" + "\n".join(mail.signature) if mail.signature else ""
    if mail.root is None:
        return f"{words.GREETING[mail.language]}\n\n{new}{signature}\n"
    quoted = "\n\n".join(_filled(paragraph) for paragraph in mail.root.paragraphs)
    who = mail.root.sender_name
    if mail.quote_style == "outlook":
        head = f"From: {who}\nSent: {mail.root.dated}\nTo: {DESK}\nSubject: {mail.subject}"
        return f"{new}{signature}\n\n-----Original Message-----\n{head}\n\n{quoted}\n"
    quoted = f"On {mail.root.dated}, {who} wrote:\n" + "\n".join("> " + line for line in quoted.split("\n"))
    return f"{quoted}\n\n{new}{signature}\n" if mail.quote_style == "below" else f"{new}{signature}\n\n{quoted}\n"


def _html(mail: MadeMail) -> str:
    new = "".join(f'<p style="margin:0 0 1em 0">{html.escape(text)}</p>\n' for text in mail.paragraphs)
    signature = "<br>\n".join(html.escape(line) for line in mail.signature)
    closing = f'<div class="signature">{signature}</div>\n' if signature else ""
    quote = ""
    if mail.root:
        inner = "".join(f"<p>{html.escape(text)}</p>\n" for text in mail.root.paragraphs)
        quote = (
            f'<div class="gmail_quote">On {mail.root.dated}, {html.escape(mail.root.sender_name)} wrote:'
            f'<blockquote style="margin:0 0 0 .8ex;border-left:1px #ccc solid">{inner}</blockquote></div>\n'
        )
    return (
        f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={mail.charset}">'
        "<style>p.x{color:#222;font-family:Calibri,sans-serif}</style></head>\n"
        f"<body>\n{new}{closing}{quote}</body></html>\n"
    )


def _filled(text: str, width: int = 74) -> str:
    """Lines of at most `width` columns, broken at blanks; a script without blanks stays one line."""
    if any(ord(letter) > _WIDE for letter in text):
        return text
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return "\n".join(lines)


def _named(mail: MadeMail) -> str:
    name = mail.sender_name
    if not name:
        return ""
    return (f'"{name}"' if name.isascii() else _encoded(name, mail.charset)) + " "


def _encoded(text: str, charset: str) -> str:
    if text.isascii():
        return text
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        charset = "utf-8"
    return Header(text, charset, maxlinelen=75, header_name="Subject").encode()
