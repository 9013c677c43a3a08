"""What `mailbot check` says of the desk's addresses: that mail to them opens nothing elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from mailbot.cli.check import Check
from mailbot.cli.opening import looked_at
from mailbot.config import Config
from mailbot.mail import Address


def addresses(config: Config) -> Iterator[Check]:
    """Services let in whoever shows a mail to the staff's domain, and anybody can have one sent to the desk (A077)."""
    with looked_at(config) as transaction:
        if transaction is None:
            return
        staff = {entry.person.address.domain for entry in transaction.directory.staff_entries()}
    shared = sorted(staff & {Address(address).domain for address in config.desk.addresses})
    if shared:
        sentence = (
            f"the desk shares the domain {shared[0]} with staff: a service that trusts all of it can be signed up to "
            "by a mail to the desk; its mail is kept and shown to nobody outside, and a domain of its own is safer"
        )
        yield Check("addresses", ok=True, sentence=sentence)
