"""Send a labelled folder of mail to `mailbot serve` twice, on SQLite and on PostgreSQL, and count what came of it.

python bench/inquiries.py FOLDER    # with FOLDER/labels.jsonl and FOLDER/mail/*.eml; prints one JSON object

A real outgoing server receives the letters. The second sending must change nothing.
"""

from __future__ import annotations

import argparse
import email
import email.utils
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from mailbot.clock import SystemClock
from mailbot.store.engine import migrate
from tests.desks import Desk, open_desk, write_desk
from tests.servers.postgres import postgres_server
from tests.servers.service import serving
from tests.servers.smtp_sink import Script, Sink, smtp_sink

MACHINES = ("auto_reply", "bounce", "bulk")
ADDRESSES = ("enrollment", "groups", "brokers", "providers", "exchange.desk")


def send(mails: Path, port: int, recipient: str) -> dict[str, Any]:
    """Run the client as a process of its own; what it says."""
    client = [sys.executable, str(Path(__file__).with_name("send_all.py")), str(mails)]
    done = subprocess.run(
        [*client, "--port", str(port), "--to", recipient, "--tries", "3"], capture_output=True, check=True
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def wait_until_done(config: Path, url: str, now: datetime, sections: Mapping[str, Any], arrivals: int) -> None:
    """Until every arrival is done or held, and no letter is due."""
    end = time.monotonic() + 300
    while time.monotonic() < end:
        with open_desk(config.parent, url, now, **sections) as desk, desk.store.reading() as transaction:
            waiting, letters = transaction.arrivals.counts(), transaction.outbox.counts()
        if sum(waiting.values()) == waiting.get("held", 0) and not {"due", "sending"} & set(letters):
            return
        wait(0.5)
    raise TimeoutError(f"{arrivals} mails were not done in five minutes")


def wait(seconds: float) -> None:
    """Nothing to wait on: the service is another process."""
    subprocess.run(["sleep", str(seconds)], check=True)


def found(desk: Desk, sink: Sink, labels: Mapping[str, Mapping[str, Any]], mails: Path) -> dict[str, Any]:
    """The counts that must be shown."""
    path_of = {(mails / name).read_bytes().replace(b"\r\n", b"\n").rstrip(b"\n"): name for name in labels}
    name_of = {
        row.arrival_id: path_of[desk.raw(row.arrival_id).replace(b"\r\n", b"\n").rstrip(b"\n")]
        for row in desk.arrivals()
    }
    outcomes = Counter((labels[name_of[row.arrival_id]]["kind"], row.outcome or row.state) for row in desk.arrivals())
    answered = {
        name
        for case in desk.cases()
        for message in desk.thread(case.number)[:1]
        for name in [name_of[message.arrival_id or 0]]
        if any(letter.case_number == case.number for letter in desk.letters())
    }
    senders = {
        email.utils.parseaddr(str(email.message_from_bytes((mails / name).read_bytes())["From"]))[1].lower()
        for name, label in labels.items()
        if label["kind"] in MACHINES
    }
    received = [each.recipients[0].lower() for each in sink.received]
    ids = Counter(str(email.message_from_bytes(each.content)["Message-ID"]) for each in sink.received)
    return {
        "arrivals": len(name_of),
        "arrival_states": dict(Counter(row.state for row in desk.arrivals())),
        "cases": len(desk.cases()),
        "outcomes": {f"{kind}: {outcome}": count for (kind, outcome), count in sorted(outcomes.items())},
        "letters": dict(Counter(f"{letter.kind}: {letter.state}" for letter in desk.letters())),
        "letters_received": len(received),
        "letters_received_twice": sum(times > 1 for times in ids.values()),
        "answered_by_kind": dict(Counter(labels[name]["kind"] for name in answered)),
        "letters_to_machine_mails": sorted(name for name in answered if labels[name]["kind"] in MACHINES),
        "letters_to_addresses_of_machine_mails_only": sorted(
            set(received)
            & (senders - {_sender(mails / n) for n, label in labels.items() if label["kind"] not in MACHINES})
        ),
        "inquiries_without_a_case": sorted(
            name_of[row.arrival_id]
            for row in desk.arrivals()
            if labels[name_of[row.arrival_id]]["kind"] == "inquiry" and row.outcome != "case_opened"
        ),
    }


def _sender(path: Path) -> str:
    return email.utils.parseaddr(str(email.message_from_bytes(path.read_bytes())["From"]))[1].lower()


def run(url: str, folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Both sendings against one database."""
    labels = {label["file"]: label for label in map(json.loads, (options.folder / "labels.jsonl").open())}
    mails = options.folder / "mail"
    own = [f"{name}@{options.domain}" for name in ADDRESSES]
    now = SystemClock().now()
    with smtp_sink(Script()) as sink:
        sections: dict[str, Mapping[str, Any]] = {
            "desk": {"address": own[0], "aliases": own[1:]},
            "outgoing": {"url": f"smtp://127.0.0.1:{sink.port}"},
            "listener": {"max_connections_per_client": 50},
        }
        config = write_desk(folder, url, **sections)
        result: dict[str, Any] = {}
        with serving(config) as served:
            for sending in ("first", "second"):
                began = time.perf_counter()
                told = send(mails, served.port, own[0])
                wait_until_done(config, url, now, sections, len(labels))
                told["seconds_until_all_letters_were_out"] = round(time.perf_counter() - began, 1)
                with open_desk(folder, url, now, **sections) as desk:
                    result[f"{sending}_sending"] = {"client": told} | found(desk, sink, labels, mails)
    first, second = (
        {key: value for key, value in result[name].items() if key != "client"}
        for name in ("first_sending", "second_sending")
    )
    result["second_changed_nothing"] = first == second
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--domain", default="harborstone.example", help="of the desk's own addresses")
    options = parser.parse_args()
    shown: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as scratch:
        sqlite = f"sqlite:///{scratch}/mailbot.db"
        migrate(sqlite)
        shown["sqlite"] = run(sqlite, Path(scratch) / "sqlite", options)
        with postgres_server(durable=True) as server, server.database() as url:
            migrate(url)
            shown["postgresql"] = run(url, Path(scratch) / "postgresql", options)
    print(json.dumps(shown, indent=1))


if __name__ == "__main__":
    main()
