"""Messages a second out of a full folder, beside bare imapclient fetches of the same folder; prints one JSON object.

python bench/imap_speed.py [MAILS [MEAN_KB]]      # 2000 mails of 16 KB
"""

from __future__ import annotations

import json
import ssl
import sys
import time
from dataclasses import replace

from imap_ground import PASSWORD, Dovecot, desk_for, mail, open_desk_store, running_dovecot
from imapclient import IMAPClient

from mailbot.config import After, AfterAction, Config
from mailbot.ingest.imap import MailboxReader
from mailbot.ingest.imap_account import session_opener


def bare(dovecot: Dovecot) -> float:
    """Seconds for login, SELECT and FETCH in batches of 50, keeping nothing."""
    began = time.monotonic()
    trust = ssl.create_default_context(cafile=str(dovecot.ca_file))
    with IMAPClient(dovecot.host, dovecot.port, ssl_context=trust) as client:
        client.plain_login("desk", PASSWORD)
        client.select_folder("INBOX", readonly=True)
        uids = client.search()
        fetched = 0
        for begin in range(0, len(uids), 50):
            fetched += len(client.fetch(uids[begin : begin + 50], ["BODY.PEEK[]"]))
    assert fetched == len(uids)
    return time.monotonic() - began


def ours(config: Config, after: After, number: int) -> float:
    """Seconds for a whole poll: fetched, sealed, committed durably, and marked."""
    store = open_desk_store(config)
    mailbox = replace(config.mailboxes[0], after=after)
    began = time.monotonic()
    result = MailboxReader(store, mailbox, session_opener(store, mailbox), lambda header: False).poll()
    took = time.monotonic() - began
    store.close()
    assert (result.new, result.drained) == (number, True), result
    return took


def main() -> None:
    given = [int(argument) for argument in sys.argv[1:]]
    number, mean = (*given, *(2000, 16)[len(given) :])
    after = {
        "keep": After(AfterAction.KEEP),
        "flag": After(AfterAction.FLAG, "\\Seen"),
        "move": After(AfterAction.MOVE, "Processed"),
    }
    with running_dovecot() as dovecot:
        with dovecot.client("desk") as client:
            for each in range(number):
                client.append("INBOX", mail(each, mean * 1024 * (1 + each % 3) // 2))
        seconds = {"bare_fetch": min(bare(dovecot) for _ in range(3))}
        for name, action in after.items():
            with desk_for(dovecot, "desk") as config:
                seconds[name] = ours(config, action, number)
    result = {"mails": number, "mean_kb": mean, "messages_a_second": {}, "times_the_bare_fetch": {}}
    for name, took in seconds.items():
        result["messages_a_second"][name] = round(number / took)
        result["times_the_bare_fetch"][name] = round(took / seconds["bare_fetch"], 2)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
