"""The training texts as files: how they are read, merged and filled."""

from __future__ import annotations

import re
from random import Random

import pytest

from mailbot.training.phrases import FAMILIES, LEARNED, Phrases, parse, shipped_phrases, shipped_remarks, shipped_values
from mailbot.training.senders import desk_address, sender_of, signature_of
from mailbot.training.values import Values

SHIPPED = shipped_phrases()
SLOT = re.compile(r"\{([a-z0-9]+)\}")


def values(seed: int = 1, language: str = "en") -> Values:
    return Values(shipped_values(), Random(seed), language)  # noqa: S311 no secret


def test_a_category_stands_once_though_two_texts_tell_of_it() -> None:
    codes = [phrases.code for phrases in SHIPPED]
    assert len(codes) == len(set(codes)) == 38


def test_the_first_block_tells_who_writes_and_the_others_add_lines() -> None:
    (blocks,) = shipped_phrases("billing")[:1]
    (more,) = shipped_phrases("mails/billing")[:1]
    (together,) = [phrases for phrases in shipped_phrases("billing", "mails/billing") if phrases.code == blocks.code]
    assert more.roles == ()
    assert together.roles == blocks.roles and together.files == blocks.files
    assert together.lines("mail") == blocks.lines("mail") + more.lines("mail")
    assert together.lines("ask") == blocks.lines("ask")


def test_what_is_learned_is_every_family_twice_and_never_the_kept_mails() -> None:
    assert FAMILIES + tuple(f"mails/{family}" for family in FAMILIES) == LEARNED


@pytest.mark.parametrize("phrases", SHIPPED, ids=lambda phrases: phrases.code)
def test_a_category_has_eighty_texts_and_whole_mails_in_three_languages(phrases: Phrases) -> None:
    assert sum(len(lines) for lines in phrases.sections.values()) >= 80
    assert len(phrases.lines("mail")) >= 40
    assert len(phrases.lines("es")) >= 5
    assert len(phrases.lines("zh")) >= 5


@pytest.mark.parametrize("phrases", SHIPPED, ids=lambda phrases: phrases.code)
def test_a_whole_mail_has_a_subject_and_a_text(phrases: Phrases) -> None:
    whole = [line for section in ("mail", "es", "zh") for line in phrases.lines(section)]
    assert [line for line in whole if line.count(" | ") != 1] == []


@pytest.mark.parametrize("phrases", SHIPPED, ids=lambda phrases: phrases.code)
def test_every_slot_of_the_texts_has_values(phrases: Phrases) -> None:
    drawn = values()
    slots = {slot for lines in phrases.sections.values() for line in lines for slot in SLOT.findall(line)}
    assert [slot for slot in slots if not drawn[slot]] == []


def test_a_block_without_a_name_of_a_section_before_its_lines_is_all_heads() -> None:
    (phrases,) = parse("== x.y\nroles: provider\n")
    assert phrases.sections == {} and phrases.roles == (("provider", 1.0),)


def test_two_blocks_in_one_text_are_two_categories() -> None:
    assert [phrases.code for phrases in parse("== a.b\n# ask\none\n== c.d\n# ask\ntwo")] == ["a.b", "c.d"]


def test_a_slot_keeps_its_value_within_a_mail() -> None:
    assert values().fill("{n} {n}") == " ".join([values()["n"]] * 2)


def test_the_parts_of_a_name_agree_with_the_name() -> None:
    filled = values().fill("{n}|{f}|{l}").split("|")
    assert filled[0] == f"{filled[1]} {filled[2]}"


def test_another_chance_gives_another_value() -> None:
    assert len({values(seed)["n"] for seed in range(30)}) > 10


def test_a_date_is_written_as_the_language_writes_it() -> None:
    assert any(" de " in values(seed, "es")["d"] for seed in range(20))
    assert any("月" in values(seed, "zh")["d"] for seed in range(20))


def test_a_slot_that_the_texts_do_not_know_is_an_error() -> None:
    with pytest.raises(IndexError):
        values().fill("{nothing}")


def test_a_mail_mostly_goes_to_the_right_desk() -> None:
    written = [desk_address("providers", Random(seed)).address for seed in range(400)]  # noqa: S311 no secret
    right = sum(address.startswith(("provider", "claims")) for address in written)
    plain = sum(address.startswith(("desk", "info", "help", "office", "mailbox")) for address in written)
    assert right > 300
    assert 20 < plain < 100
    assert right + plain < 400, "now and then it goes to the wrong desk"


def test_a_consumer_writes_from_free_mail_and_a_broker_mostly_from_an_agency() -> None:
    free = ("mail.example", "post.example", "correo.example", "inbox.example")
    consumers = {sender_of("consumer", values(seed), Random(seed)).domain for seed in range(30)}  # noqa: S311
    brokers = [sender_of("producer", values(seed), Random(seed)).domain for seed in range(60)]  # noqa: S311
    assert consumers <= set(free)
    assert sum(domain not in free for domain in brokers) > 40


def test_a_mail_ends_with_nothing_a_name_or_a_name_and_a_title() -> None:
    sender = sender_of("employer", values(), Random(1))  # noqa: S311 no secret
    ends = {signature_of("employer", sender, "Office Manager", Random(seed)) for seed in range(40)}  # noqa: S311
    assert ends == {"", sender.name, f"{sender.name}\nOffice Manager"}


def test_remarks_stand_for_every_language_and_role() -> None:
    remarks = shipped_remarks()
    wanted = [f"{kind} {language}" for kind in ("greeting", "closing", "subject") for language in ("en", "es", "zh")]
    wanted += [f"title {role}" for role in ("employer", "producer", "provider", "navigator")]
    assert [section for section in wanted if not remarks.lines(section)] == []
