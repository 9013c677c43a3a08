"""The courier that the configuration asks for."""

from __future__ import annotations

from mailbot.config import Carrier, Outgoing
from mailbot.replies.delivery import Server, ServerCourier, Timeouts
from mailbot.replies.maildir import MaildirCourier
from mailbot.replies.outcomes import Courier

FINAL_WAIT = 600.0  # RFC 5321 section 4.5.3.2.6: whoever gives up earlier sends letters twice


def courier_for(outgoing: Outgoing, helo: str) -> Courier:
    """The courier for outgoing.url; `helo` is the name that we greet with. Nothing connects before the first letter."""
    url, wait = outgoing.url, float(outgoing.timeout_seconds)
    if url.carrier is Carrier.MAILDIR:
        assert url.path is not None
        return MaildirCourier(url.path)
    host, port = (url.server.host, url.server.port) if url.server else (str(url.path), 0)
    return ServerCourier(
        Server(
            scheme=url.carrier.value,
            host=host,
            port=port,
            helo=helo,
            user=outgoing.user,
            password=outgoing.password.reveal() if outgoing.password else "",
            ca_file=outgoing.ca_file,
            timeouts=Timeouts(connect=wait, command=wait, content=wait, final=max(wait, FINAL_WAIT)),
        )
    )
