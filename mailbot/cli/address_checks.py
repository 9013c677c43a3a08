"""What `mailbot check` says of the desk's addresses: that mail to them opens nothing elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from mailbot.app import opened_store
from mailbot.cli.check import Check
from mailbot.clock import SystemClock
from mailbot.config import Config
from mailbot.mail import Address


def addresses(config: Config) -> Iterator[Check]:
    """Services let in whoever shows a mail to the staff's domain, and anybody can have one sent to the desk (A077)."""
    if config.database.file and not config.database.file.exists():
        return
    with opened_store(config, SystemClock()) as store, store.reading() as transaction:
        staff = {entry.person.address.domain for entry in transaction.directory.staff_entries()}
    shared = sorted(staff & {Address(address).domain for address in config.desk.addresses})
    if shared:
        sentence = (
            f"the desk shares the domain {shared[0]} with staff: a service that trusts all of it can be signed up to "
            "by a mail to the desk; its mail is kept and shown to nobody outside, and a domain of its own is safer"
        )
        yield Check("addresses", ok=True, sentence=sentence)
