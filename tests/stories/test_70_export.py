"""Night after night what is complete goes to the administration system, and its answers come back in the morning."""

from __future__ import annotations

import json

from mailbot.cases.events import EventKind
from mailbot.export.exporter import Exporter
from tests.integration.test_casework_commands import run
from tests.mails import EVE, mail
from tests.stories.tales import BOTH, Tale

EVES = "subscriber_id: Q7654321\npcp_name: Dr. Ada Vell"


def test_a_complete_case_goes_out_at_night_and_is_answered_in_the_morning(tale: Tale) -> None:
    folder = tale.desk.config_file.parent / "administration"
    config = tale.desk.app.config
    nightly = Exporter(tale.desk.store, tale.desk.app.casework, folder, config.export.at, config.desk.time_zone)
    nightly.export_if_due()
    # On Monday Dana's case is complete, Eve's is not, and nothing goes out by day.
    danas = tale.ask_for_pcp(BOTH)
    acknowledgment = tale.last_letter().message_id
    eves = tale.desk.send(mail("Please change my doctor.", sender=EVE, subject="Doctor")).case_number or ""
    tale.on("2026-11-23 18:29")
    assert nightly.export_if_due().cases == ()
    # At half past six Dana's goes out, and only hers.
    tale.on("2026-11-23 18:31")
    assert nightly.export_if_due().cases == (danas,)
    manifest = json.loads((folder / "eligibility-20261123-183000.manifest.json").read_text())
    assert manifest["cases"] == 1
    assert tale.state(danas) == "submitted"
    # Before anybody has done it, Dana writes once more: staff are told, and the case stays handed over.
    tale.desk.send(tale.answer("pcp_name: Dr. Ida Vell", to_id=acknowledgment))
    assert tale.state(danas) == "submitted"
    assert tale.desk.case(danas).review == ("somebody wrote after it was handed over",)
    # In the morning the administration system says that it is done. Dana reads so, in the desk's own words.
    tale.on("2026-11-24 07:00")
    answers = folder / "answers.jsonl"
    answers.write_text(json.dumps({"number": danas, "status": "processed"}) + "\n")
    assert run(tale.desk, "export", "--acknowledge", str(answers)).exit_code == 0
    tale.round()
    assert tale.state(danas) == "resolved"
    assert "It is entered in our records." in tale.last_text()
    # Eve sends what was missing, and hers goes out on the second night.
    request = next(row for row in tale.desk.letters() if row.case_number == eves)
    tale.desk.send(tale.answer(EVES, to_id=request.message_id, sender=EVE))
    tale.on("2026-11-24 19:00")
    assert nightly.export_if_due().cases == (eves,)
    assert tale.whys(danas, EventKind.CASE_SUBMITTED) == ["in batch eligibility-20261123-183000"]
