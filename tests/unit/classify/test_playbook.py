"""The playbook: what ships, what a desk may write, and how mistakes are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailbot.cases.rules import (
    AttachmentRules,
    CategoryRules,
    ConditionalDocument,
    Duration,
    ForeignGroup,
    LateReply,
    Playbook,
    Unit,
)
from mailbot.cases.understanding import DOCUMENTS, FIELDS
from mailbot.classify.playbook import load, read, shipped
from mailbot.classify.playbook_check import mistakes
from mailbot.errors import ConfigurationError


@pytest.fixture(scope="module")
def playbook() -> Playbook:
    return load()


def test_the_shipped_playbook_has_all_38_categories_and_no_mistake(playbook: Playbook) -> None:
    assert len(playbook.categories) == 38
    assert mistakes(shipped()) == ()


def test_every_category_is_named_in_three_languages_and_has_examples_in_each(playbook: Playbook) -> None:
    for rules in playbook.categories.values():
        assert set(rules.name) == {"en", "es", "zh"}
        assert len(rules.examples) >= 5
        assert any(ord(letter) >= 0x4E00 for example in rules.examples for letter in example)


def test_what_is_required_is_always_a_known_field_or_document(playbook: Playbook) -> None:
    for rules in playbook.categories.values():
        assert {part for field in rules.required for part in field.split("|")} <= set(FIELDS)
        assert set(rules.documents) | {rule.document for rule in rules.conditional} <= set(DOCUMENTS)


def test_a_retroactive_change_needs_the_exception_form_in_every_category(playbook: Playbook) -> None:
    for rules in playbook.categories.values():
        assert ("exception_request_form", "retroactive") in {(rule.document, rule.when) for rule in rules.conditional}


def test_what_is_not_taken_by_mail_says_where_it_goes_instead(playbook: Playbook) -> None:
    redirected = {code for code, rules in playbook.categories.items() if rules.redirect}
    assert redirected == {"provider.expedited_appeal", "provider.corrected_claim"}
    assert all(set(playbook.categories[code].redirect) == {"en", "es", "zh"} for code in redirected)


def test_a_category_may_override_any_default(tmp_path: Path) -> None:
    own = shipped().replace(
        'code = "billing.refund"',
        'code = "billing.refund"\nreply_within = "1 day"\nlate_reply = "reopen"\nremind_after = []\nconditional = []',
    )
    file = tmp_path / "playbook.toml"
    file.write_text(own, encoding="utf-8")
    rules = load(file).rules("billing.refund")
    assert rules.reply_within == Duration(1, Unit.DAYS)
    assert rules.late_reply is LateReply.REOPEN
    assert rules.remind_after == () == rules.conditional
    assert load(file).rules("billing.payment").reply_within == Duration(7, Unit.BUSINESS_DAYS)


GENERAL = '[[category]]\ncode = "other.general"\nname = { en = "Anything else" }\nexamples = ["hello"]\n'


def test_a_playbook_of_one_category_has_what_the_documents_promise() -> None:
    playbook = read(GENERAL, "playbook.toml")
    assert playbook.rules(None) == CategoryRules(
        code="other.general",
        name={"en": "Anything else"},
        team="Enrollment",
        required=(),
        documents=(),
        answer_within=Duration(2, Unit.BUSINESS_DAYS),
        reply_within=Duration(7, Unit.BUSINESS_DAYS),
        remind_after=(Duration(3, Unit.BUSINESS_DAYS),),
        rounds=3,
        late_reply=LateReply.NEW_CASE,
        reopen_within=Duration(5, Unit.BUSINESS_DAYS),
        confidence=0.6,
        foreign_group=ForeignGroup.ACKNOWLEDGE,
        examples=("hello",),
    )
    assert playbook.attachments == AttachmentRules(files=5, megabytes=25, refused_types=())


EVERYTHING = """
[attachments]
files = 2
megabytes = 7
refused_types = ["video/mp4"]

[[category]]
code = "other.parking"
name = { en = "Parking", es = "Estacionamiento" }
team = "Facilities"
required = ["group_number", "subscriber_id|subscriber_name"]
documents = ["other"]
answer_within = "1 day"
reply_within = "10 days"
remind_after = ["2 days", "5 business days"]
rounds = 1
late_reply = "reopen"
reopen_within = "30 days"
confidence = 0.9
foreign_group = "nothing"
redirect = { en = "Write to parking@plan.example" }
guide = "https://plan.example/parking"
final = true
examples = ["a parking permit"]

[[category.conditional]]
document = "family_health_statement"
when = "small_group_add"
unless = "newborn"
states = ["DE", "MD"]
within = "45 days"
"""


def test_every_key_of_the_file_counts() -> None:
    playbook = read(GENERAL + EVERYTHING, "playbook.toml")
    assert playbook.attachments == AttachmentRules(files=2, megabytes=7, refused_types=("video/mp4",))
    assert playbook.rules("other.parking") == CategoryRules(
        code="other.parking",
        name={"en": "Parking", "es": "Estacionamiento"},
        team="Facilities",
        required=("group_number", "subscriber_id|subscriber_name"),
        documents=("other",),
        answer_within=Duration(1, Unit.DAYS),
        reply_within=Duration(10, Unit.DAYS),
        remind_after=(Duration(2, Unit.DAYS), Duration(5, Unit.BUSINESS_DAYS)),
        rounds=1,
        late_reply=LateReply.REOPEN,
        reopen_within=Duration(30, Unit.DAYS),
        confidence=0.9,
        foreign_group=ForeignGroup.NOTHING,
        conditional=(
            ConditionalDocument(
                "family_health_statement", "small_group_add", "newborn", ("DE", "MD"), Duration(45, Unit.DAYS)
            ),
        ),
        redirect={"en": "Write to parking@plan.example"},
        guide="https://plan.example/parking",
        final=True,
        examples=("a parking permit",),
    )


def test_a_desk_may_add_a_category_of_its_own() -> None:
    added = (
        shipped() + '\n[[category]]\ncode = "other.parking"\nname = { en = "Parking" }\nexamples = ["parking permit"]\n'
    )
    rules = read(added, "playbook.toml").rules("other.parking")
    assert (rules.team, rules.named("zh"), rules.required) == ("Enrollment", "Parking", ())


def test_an_unknown_code_has_the_rules_of_the_fallback(playbook: Playbook) -> None:
    assert playbook.rules("no.such").code == "other.general"
    assert playbook.rules(None).code == "other.general"


WRONG = {
    "a duration": ('reply_within = "7 business days"', 'reply_within = "soon"', "defaults.reply_within", "duration"),
    "an endless duration": ('"7 business days"', '"99999 days"', "defaults.reply_within", "between 1 and"),
    "an unknown field": (
        '"subscriber_id", "new_plan"',
        '"subscriber_id", "new_pan"',
        "eligibility.plan_change.required",
        "new_plan",
    ),
    "an unknown document": (
        '["name_change_proof"]',
        '["name_change_prof"]',
        "eligibility.name_change.documents",
        "name_change_proof",
    ),
    "an unknown key": ('team = "Training"', 'taem = "Training"', "producer.training.taem", "did you mean team"),
    "an unknown table": ("[attachments]", "[attachment]", "attachment", "did you mean attachments"),
    "a code twice": ('"billing.refund"', '"billing.invoice"', "billing.invoice.code", "twice"),
    "a code without a family": ('"billing.refund"', '"refund"', "refund.code", "a family and a word"),
    "a name without English": ('{ en = "ID card", es', "{ es", "eligibility.id_card.name", "English"),
    "a strange language": ('{ en = "ID card", es', '{ en = "ID card", xx', "eligibility.id_card.name", "xx"),
    "a condition": ('when = "retroactive"', 'when = "retro"', "defaults.conditional.when", "retroactive"),
    "a share": ("confidence = 0.6", "confidence = 60", "defaults.confidence", "0 to 1"),
    "rounds": ("rounds = 3", "rounds = 0", "defaults.rounds", "1 to 100"),
    "an answer about a foreign group": ('"acknowledge" ', '"acknowledged" ', "defaults.foreign_group", "acknowledge"),
    "a late reply": ('"new_case"', '"newcase"', "defaults.late_reply", "new_case"),
    "the fallback": ('"other.general"', '"other.rest"', "category", "other.general is missing"),
    "yes or no": ("final = true", 'final = "yes"', "provider.grievance.final", "true or false"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_mistake_is_told_with_its_line_and_key(what: str) -> None:
    right, wrong, key, remedy = WRONG[what]
    text = shipped().replace(right, wrong, 1)
    [mistake] = [mistake for mistake in mistakes(text) if mistake.fatal]
    assert mistake.key == key
    assert remedy in mistake.sentence
    assert what == "the fallback" or wrong.splitlines()[0] in text.splitlines()[mistake.line - 1]
    with pytest.raises(ConfigurationError, match=f"desk.toml: line {mistake.line}, "):
        read(text, "desk.toml")


def test_a_file_that_is_no_toml_is_told_with_its_line() -> None:
    [mistake] = mistakes(shipped().replace("[defaults]", "[defaults", 1))
    assert (mistake.line, mistake.key) == (4, "TOML")


def test_a_category_without_examples_is_a_remark_and_no_error() -> None:
    [mistake] = mistakes(shipped() + '\n[[category]]\ncode = "other.parking"\nname = { en = "Parking" }\n')
    assert not mistake.fatal
    assert mistake.key == "other.parking"
    assert "example" in mistake.sentence


@pytest.mark.parametrize(
    "text", ["", "category = 3", "[[category]]\n", "defaults = 1\n[[category]]\ncode = 7", "x" * 1_000_001]
)
def test_any_nonsense_is_an_error_in_words(text: str) -> None:
    assert any(mistake.fatal for mistake in mistakes(text))
    with pytest.raises(ConfigurationError):
        read(text, "playbook.toml")


def test_a_playbook_that_cannot_be_read_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="mailbot init"):
        load(tmp_path / "none.toml")
    latin = tmp_path / "latin.toml"
    latin.write_bytes("# año".encode("latin-1"))
    with pytest.raises(ConfigurationError, match="UTF-8"):
        load(latin)
