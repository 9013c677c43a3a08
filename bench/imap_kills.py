"""Appends mail to a Dovecot while the server and mailbot are killed again and again; prints one JSON object.

python bench/imap_kills.py [MAILS [KILLS [SEED]]]      # 2000 mails, each side killed 10 times
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from imap_ground import Dovecot, desk_for, environment, mail, open_desk_store, running_dovecot
from imapclient.exceptions import IMAPClientError

from mailbot.config import Config

WAIT_SECONDS = 600


@dataclass
class Sender:
    """Appends each mail until the server has said OK; what it said nothing about is appended again."""

    dovecot: Dovecot
    number: int
    appended: int = 0
    unsure: int = 0
    failures: Counter[str] = field(default_factory=Counter)

    def run(self) -> None:
        while self.appended < self.number:
            try:
                with self.dovecot.client("desk") as client:
                    while self.appended < self.number:
                        self.unsure += 1
                        client.append("INBOX", mail(self.appended, 600 + self.appended % 40 * 1000))
                        self.unsure -= 1
                        self.appended += 1
            except (OSError, IMAPClientError) as error:
                self.failures[type(error).__name__] += 1
                threading.Event().wait(0.1)


def serve(config: Config) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "mailbot", "serve", "--config", str(config.folder / "mailbot.toml")]
    return subprocess.Popen(command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def arrivals(config: Config) -> int:
    store = open_desk_store(config)
    try:
        with store.reading() as transaction:
            listed, after = 0, 0
            while page := transaction.arrivals.listed(None, after, 500):
                listed, after = listed + len(page), page[-1].arrival_id
            return listed
    finally:
        store.close()


def folder(dovecot: Dovecot, name: str) -> list[str]:
    """The Message-IDs of a folder."""
    with dovecot.client("desk") as client:
        if not client.folder_exists(name):
            return []
        client.select_folder(name, readonly=True)
        uids = client.search()
        found = client.fetch(uids, ["BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"]) if uids else {}
        return sorted(str(part[b"BODY[HEADER.FIELDS (MESSAGE-ID)]"].strip()) for part in found.values())


def kill_at_random(sender: Sender, config: Config, kills: int, chance: random.Random) -> subprocess.Popen[bytes]:
    """Each side `kills` times, spread over the time that the appending takes; returns the last mailbot."""
    process = serve(config)
    turns = ["server", "mailbot"] * kills
    chance.shuffle(turns)
    for turn, side in enumerate(turns):
        until = sender.number * (turn + chance.random()) / len(turns)
        while sender.appended < until:
            threading.Event().wait(0.01)
        if side == "server":
            sender.dovecot.kill()
            threading.Event().wait(chance.random() * 0.5)
            sender.dovecot.start()
        else:
            process.kill()
            process.wait()
            process = serve(config)
    return process


def main() -> None:
    given = [int(argument) for argument in sys.argv[1:]]
    number, kills, seed = (*given, *(2000, 10, 7)[len(given) :])
    with running_dovecot() as dovecot, desk_for(dovecot, "desk", 'after = "move:Processed"') as config:
        sender = Sender(dovecot, number)
        began = time.monotonic()
        appending = threading.Thread(target=sender.run)
        appending.start()
        process = kill_at_random(sender, config, kills, random.Random(seed))
        appending.join()
        while time.monotonic() - began < WAIT_SECONDS and folder(dovecot, "INBOX"):
            threading.Event().wait(0.5)
        took = time.monotonic() - began
        process.terminate()
        process.wait()
        moved, left = folder(dovecot, "Processed"), folder(dovecot, "INBOX")
        recorded = arrivals(config)
    result = {
        "appended": sender.appended,
        "appended_with_no_answer": sender.unsure,
        "kills_of_the_server": kills,
        "kills_of_mailbot": kills,
        "recorded": recorded,
        "moved_messages": len(moved),
        "moved_message_ids": len(set(moved)),
        "left_in_inbox": len(left),
        "all_recorded_once": recorded == number,
        "all_moved": not left and len(set(moved)) == number,
        "seconds": round(took, 1),
        "seed": seed,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
