"""Whether everything that was put through the path came out as it must: each reply in its own case, nothing changed."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from correspondence import MadeMail
from sqlalchemy import select

from mailbot.app import App
from mailbot.store.schema import attachments, case_links, letters, messages
from mailbot.store.unit_of_work import Transaction


@dataclass(frozen=True)
class Seen:
    """A mail as the desk kept it; `case_id` is the case that it is in today, `links` those that this one is tied to."""

    arrival_id: int
    case_id: int | None
    links: frozenset[int]
    text: str
    files: Counter[str]
    raw: bytes


def differences(app: App, mails: tuple[MadeMail, ...], files: list[Path]) -> dict[str, int]:
    """How often something was not as it must be, by what; {} when all was right."""
    with app.store.reading() as transaction:
        seen = {name: each for name, each in _seen(transaction)}
        answers = Counter(transaction.work.connection.execute(select(letters.c.cause)).scalars())
    wrong: Counter[str] = Counter()
    for mail, file in zip(mails, files, strict=True):
        kept = seen.get(mail.message_id)
        if kept is None:
            wrong["lost"] += 1
            continue
        wrong.update(_changed(mail, file, kept))
        if mail.root is None:
            wrong["not one acknowledgment"] += answers[f"arrival {kept.arrival_id}"] != 1
        elif mail.root.message_id in seen:
            wrong.update(_misplaced(mail, kept, seen[mail.root.message_id]))
    owners = defaultdict(set)
    for mail in mails:
        if mail.message_id in seen:
            owners[seen[mail.message_id].case_id].add((mail.root or mail).number)
    wrong["strangers in one case"] = sum(len(each) > 1 for each in owners.values())
    return {what: count for what, count in sorted(wrong.items()) if count}


def _seen(transaction: Transaction) -> Iterator[tuple[str, Seen]]:
    connection, sealer = transaction.work.connection, transaction.work.sealer
    files: dict[int, Counter[str]] = defaultdict(Counter)
    for message_id, digest in connection.execute(select(attachments.c.message_id, attachments.c.sha256)):
        files[message_id][digest] += 1
    links = defaultdict(set)
    for case_id, other in connection.execute(select(case_links.c.case_id, case_links.c.other_id)):
        links[case_id].add(other)
    for row in connection.execute(select(messages)).all():
        content = json.loads(sealer.open_text("messages", row.id, "content", row.content))
        case_id = row.case_id and transaction.cases.current(row.case_id)
        yield (
            content["message_id"],
            Seen(
                row.arrival_id,
                case_id,
                frozenset(transaction.cases.current(other) for other in links[row.case_id]),
                content["text"],
                files[row.id],
                transaction.arrivals.raw(row.arrival_id),
            ),
        )


def _changed(mail: MadeMail, file: Path, kept: Seen) -> Iterator[str]:
    """The bytes, the text and the files."""
    if kept.raw != file.read_bytes():
        yield "raw bytes changed"
    text = _bare(kept.text)
    if any(_bare(_as_sent(paragraph, mail.charset)) not in text for paragraph in mail.paragraphs):
        yield "text changed"
    if kept.files != Counter(hashlib.sha256(each.content).hexdigest() for each in mail.files):
        yield "files changed"


def _misplaced(mail: MadeMail, kept: Seen, root: Seen) -> Iterator[str]:
    """A reply of the sender joins their inquiry's case; one of a partner may be a case of its own that names it."""
    if kept.case_id == root.case_id:
        return
    if not mail.by_partner:
        yield "reply outside its case"
    elif mail.mode != "number" and root.case_id not in kept.links:
        yield "partner's reply tied to nothing"


def _as_sent(text: str, charset: str) -> str:
    return text.encode(charset, "replace").decode(charset)


def _bare(text: str) -> str:
    return "".join(text.split())
