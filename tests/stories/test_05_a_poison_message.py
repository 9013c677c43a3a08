"""One mail in the queue makes its reader fail each time: it is put aside for staff, and the rest is answered."""

from __future__ import annotations

import json
from pathlib import Path

from mailbot.intake import MAX_ATTEMPTS
from tests.desks import SOON, open_desk, write_desk
from tests.mails import MONDAY, mail
from tests.servers.service import command


def test_pain_7_f27_f04_the_poison_is_held_and_the_queue_goes_on(sqlite_url: str, tmp_path: Path) -> None:
    config = write_desk(tmp_path, sqlite_url)
    with open_desk(tmp_path, sqlite_url) as desk:
        for number in range(5):
            desk.record(mail(f"inquiry {number}", sender=f"p{number}@broker.example"))
    # The process dies at the third mail, first among the others, then twice when it is taken alone.
    for attempt, passes in enumerate((3, 3, 1)):
        died = command(config, "tick", now=MONDAY + attempt * SOON, failpoint=f"intake.in_parse:kill:{passes}")
        assert died.returncode == -9
    after = MONDAY + MAX_ATTEMPTS * SOON
    told = command(config, "tick", "--json", now=after)
    assert told.returncode == 1, told.stderr
    assert b"1 arrival held" in told.stderr
    row = json.loads(told.stdout)
    assert (row["taken"], row["delivered"], row["held"]) == (2, 4, 1)
    with open_desk(tmp_path, sqlite_url, after) as desk:
        (held,) = desk.arrivals("held")
        assert (held.attempts, held.error) == (3, "the process ended 3 times while it worked on this mail")
        assert desk.send(mail("the queue goes on")).outcome == "case_opened"
    released = command(config, "retry", str(held.arrival_id), "--json", now=after)
    assert json.loads(released.stdout)["outcome"] == "case_opened"
    assert json.loads(command(config, "tick", "--json", now=after).stdout)["delivered"] == 2
