"""Absence notes, bounces, lists and robots write to the desk: all of it is kept, none of it gets a letter."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailbot.mail import Kind
from tests.desks import Desk, open_desk
from tests.mails import ALIAS, DESK, bounce_of, mail

MACHINES: dict[str, bytes] = {
    "an automatic reply": mail(auto_submitted="auto-replied"),
    "an automatic reply with a comment": mail(auto_submitted="(vacation) auto-replied; owner-email=a@b.example"),
    "a generated mail": mail(auto_submitted="auto-generated"),
    "an old responder": mail(x_autoreply="yes"),
    "Exchange": mail(subject="Automatic reply: hello", x_auto_response_suppress="All", text="I am out of office."),
    "bulk": mail(precedence="BULK"),
    "junk": mail(precedence="junk"),
    "a list": mail(list_id="<brokers.list.example>"),
    "a newsletter": mail(list_unsubscribe="<https://list.example/u>"),
    "a robot's precedence": mail(precedence="auto_reply"),
    "a bounce": bounce_of("not-ours@elsewhere.example"),
    "a receipt": mail(content_type="multipart/report; report-type=disposition-notification; boundary=edge"),
}
PEOPLE: dict[str, bytes] = {
    "Auto-Submitted: no": mail("one", auto_submitted="no"),
    "Auto-Submitted: No with a comment": mail("two", auto_submitted="No (a person wrote this)"),
    "Auto-Submitted: no with a parameter": mail("three", auto_submitted="no; x=y"),
    "a subject that tells nothing": mail("four", subject="out of plan and out of the office visit limit"),
}


@pytest.mark.parametrize("what", MACHINES)
def test_a088_a089_a090_a_machine_is_kept_and_not_answered(small_desk: Desk, what: str) -> None:
    result = small_desk.send(MACHINES[what])
    assert (result.outcome, result.letters) == ("stored", ())
    assert result.kind is not None
    assert not result.kind.from_a_person
    assert (small_desk.cases(), small_desk.letters()) == ([], [])
    assert small_desk.raw(result.arrival_id) == MACHINES[what]


@pytest.mark.parametrize("what", PEOPLE)
def test_a089_a_person_is_answered_although_a_header_looks_like_a_machine(small_desk: Desk, what: str) -> None:
    assert len(small_desk.send(PEOPLE[what]).letters) == 1


@pytest.mark.parametrize("sender", [DESK, ALIAS, "enrollment+token@desk.example"])
def test_a091_mail_from_the_desk_itself_goes_no_further(small_desk: Desk, sender: str) -> None:
    assert small_desk.send(mail(sender=sender), sender).letters == ()


@pytest.mark.parametrize("local", ["no-reply", "jobs-noreply", "postmaster", "mailer-daemon", "owner-list"])
def test_a096_nobody_is_written_to_where_nobody_reads(small_desk: Desk, local: str) -> None:
    assert small_desk.send(mail(sender=f"{local}@broker.example")).letters == ()


def test_a088_mail_without_a_return_path_is_not_answered(small_desk: Desk) -> None:
    assert small_desk.send(mail(), "").letters == ()


def test_a086_two_desks_that_face_each_other_fall_silent(sqlite_template: Path, tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / f"{name}.db").write_bytes(sqlite_template.read_bytes())
    there = {"address": "help@other.example", "aliases": []}
    one = open_desk(tmp_path / "one", f"sqlite:///{tmp_path}/one.db")
    other = open_desk(tmp_path / "other", f"sqlite:///{tmp_path}/other.db", desk=there)
    with one as ours, other as theirs:
        first = theirs.send(mail(sender=f"Enrollment Desk <{DESK}>", to="help@other.example"), DESK)
        assert len(first.letters) == 1
        answer = theirs.letter(theirs.letters()[0]).as_bytes()
        result = ours.send(answer, "", recipients=(DESK,))
        assert (result.kind, result.letters) == (Kind.AUTO_REPLY, ())
        stripped = answer.replace(b"Auto-Submitted", b"X-Stripped").replace(b"Subject: ", b"Subject: Re: ")
        again = ours.send(stripped, "help@other.example")
        assert again.letters == ()


def test_a087_a_responder_that_no_header_betrays_is_stopped_by_the_budgets(small_desk: Desk) -> None:
    answered = 0
    for number in range(10):
        note = mail("I am away until Monday and read no mail.", subject=f"Away {number}")
        answered += len(small_desk.send(note).letters)
    assert answered <= 2


def test_a093_a_thousand_forged_mails_make_two_letters_to_the_victim(sqlite_url: str, tmp_path: Path) -> None:
    denied = "mx.desk.example; dmarc=fail header.from=broker.example"
    with open_desk(tmp_path, sqlite_url, trust={"authserv_ids": ["mx.desk.example"]}) as desk:
        for number in range(20):
            desk.send(mail(f"text {number}", subject=f"subject {number}", authentication_results=denied))
        assert len(desk.letters()) == 2
        assert len(desk.cases()) == 20


CONFIRM = "Somebody wants to subscribe this address. To confirm, answer this mail or open https://list.example/c/8f3a"
LISTS: dict[str, bytes] = {
    "a welcome": mail("Welcome to the list.", sender="brokers-owner@list.example", precedence="list"),
    "a confirmation": mail(CONFIRM, sender="brokers-request@list.example", subject="confirm 8f3a", precedence="bulk"),
    "a confirmation without a sign": mail(CONFIRM, sender="brokers-request@list.example", subject="confirm 8f3a"),
    "a post": mail(
        "Who has the new rates?", list_id="Brokers <brokers.list.example>", list_post="<mailto:b@l.example>"
    ),
}


@pytest.mark.parametrize("what", LISTS)
def test_a092_a_list_that_subscribed_the_desk_hears_nothing_of_it(small_desk: Desk, what: str) -> None:
    """Not even where nothing but its address tells that it is one: an answer would confirm the subscription."""
    result = small_desk.send(LISTS[what], "brokers-bounces@list.example")
    assert (result.letters, small_desk.letters()) == ((), [])
    assert small_desk.raw(result.arrival_id) == LISTS[what]
