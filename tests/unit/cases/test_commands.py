"""The grammar of commands: what is one, what is text, and what is said of everything between."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.cases.commands import GRAMMAR, MOST_COMMANDS, WORDS, Command, Script, Word, read_commands
from mailbot.cases.number import mint

NUMBER = mint(date(2026, 11, 21), 42)
WRONG_MERGE = f"#merge {NUMBER[:-1]}{9 - int(NUMBER[-1])}"


def words(script: Script) -> list[str]:
    return [command.word for command in script.commands]


def why(typed: str) -> str:
    """What is wrong with the one line."""
    script = read_commands(typed)
    (fault,) = script.faults
    return fault.why


def test_one_command_a_line_in_their_order() -> None:
    script = read_commands(f"#assign me\n#ask subscriber_id, enrollment_form\n\n#merge {NUMBER}\n")
    assert script.commands == (
        Command("assign", 1, "me"),
        Command("ask", 2, "subscriber_id, enrollment_form"),
        Command("merge", 4, NUMBER),
    )
    assert script.commands[1].items == ("subscriber_id", "enrollment_form")
    assert (script.faults, script.below) == ((), 0)


@pytest.mark.parametrize("word", GRAMMAR, ids=lambda word: word.name)
def test_every_word_of_the_grammar_can_be_written_and_has_its_help(word: Word) -> None:
    arguments = {"CODE": "eligibility.add_dependent", "NAME = VALUE": "npn = 1", "NUMBER": NUMBER, "[WORD]": ""}
    argument = arguments.get(word.argument, word.argument)
    assert words(read_commands(f"#{word.name} {argument}".strip())) == [word.name]
    assert len(word.help) > 20


def test_a_text_stands_behind_its_word_and_below_it_as_far_as_the_next_command() -> None:
    script = read_commands("#reply Good news.\n\nThe card is on its way.\n#1 comes first.\n\n#close")
    assert script.commands[0].argument == "Good news.\n\nThe card is on its way.\n#1 comes first."
    assert script.commands[1] == Command("close", 6)


@pytest.mark.parametrize("word", ["note", "reply", "resolve"])
def test_a_text_may_stand_below_its_word_only(word: str) -> None:
    script = read_commands(f"#{word}\n\nThe card\nis on its way.\n")
    assert script.commands == (Command(word, 1, "The card\nis on its way."),)
    assert not script.is_empty


def test_a_word_without_a_text_takes_no_lines() -> None:
    script = read_commands("#close\nThe card is on its way.\n#reopen")
    assert (words(script), script.below) == (["close"], 1)


def test_the_first_other_line_ends_the_commands() -> None:
    script = read_commands("#assign me\n\nBen, can you look at this?\n#close\nThanks")
    assert words(script) == ["assign"]
    assert script.below == 1


def test_a082_a_command_below_other_text_is_not_read_but_noticed() -> None:
    script = read_commands("Hello desk,\n#close\n#resolve Done.\nOr was it #status? #1 is open.")
    assert script.is_empty
    assert script.below == 2


@pytest.mark.parametrize("typed", ["", "Please look.", "# a heading\nand text", "#1 first", "#", "# ", "\n\n"])
def test_plain_text_is_no_command(typed: str) -> None:
    assert read_commands(typed).is_empty


@pytest.mark.parametrize("typed", ["#Close", "#CLOSE", "#close  ", "\n#close"])
def test_letters_may_be_capital_and_blanks_may_follow(typed: str) -> None:
    assert words(read_commands(typed)) == ["close"]


EXACTLY = "write #close exactly so, at the very beginning of its line"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("\uff03close", EXACTLY),  # a full-width hash
        ("#\uff43\uff4c\uff4f\uff53\uff45", EXACTLY),  # full-width letters
        ("#\uff23\uff2c\uff2f\uff33\uff25", EXACTLY),  # and capital ones
        ("#\u0441lose", "there is no such command; the nearest is #close"),  # a Cyrillic letter
        ("#cl\u200bose", EXACTLY),  # a sign without width
        ("\ufeff#close", EXACTLY),
        ("  #close", EXACTLY),
        ("# close", EXACTLY),
        ("# CLOSE now", EXACTLY),
        ("#close.", EXACTLY),
        ("#close: now", EXACTLY),
    ],
)
def test_a085_look_alikes_are_answered_with_the_nearest_word_and_never_done(typed: str, said: str) -> None:
    script = read_commands(typed)
    assert not script.commands
    (fault,) = script.faults
    assert (fault.word, fault.why) == ("close", said)


def test_a085_a_thousand_commands_are_none() -> None:
    script = read_commands("#status\n" * 1_000)
    assert not script.commands
    assert [(fault.line, fault.why) for fault in script.faults] == [(11, "a mail has at most 10 commands")]
    assert len(read_commands("#status\n" * MOST_COMMANDS).commands) == MOST_COMMANDS


def test_an_unknown_word_is_answered_with_the_nearest_and_not_repeated() -> None:
    assert why("#clsoe") == "there is no such command; the nearest is #close"
    assert why("#xyzzy Q1234567") == "there is no such command; #help lists those there are"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("#close now", "#close stands alone on its line"),
        ("#ask", "#ask needs more: #ask ITEM..."),
        ("#note\n\n", "#note needs a text, behind it or in the lines below"),
        (
            WRONG_MERGE,
            "a case number looks like 261121-0000427, and its last digit checks the others",
        ),
        ("#field npn 1", "write #field NAME = VALUE, as #field effective_date = 2026-12-01"),
        ("#help clsoe", "there is no such command; #help lists those there are"),
    ],
)
def test_what_is_wrong_with_an_argument_is_said_with_an_example(typed: str, said: str) -> None:
    assert why(typed) == said


@pytest.mark.parametrize("typed", ["#help", "#help close", "#help #close"])
def test_help_may_name_a_word_with_its_sign_or_without(typed: str) -> None:
    assert words(read_commands(typed)) == ["help"]


def test_a_script_with_nothing_but_a_fault_is_not_empty() -> None:
    """It is answered: an unknown command is never passed over."""
    assert not read_commands("#clsoe").is_empty
    assert not read_commands("#close").is_empty


def test_one_fault_does_not_hide_the_other_lines() -> None:
    script = read_commands("#close\n#clsoe\n#reopen")
    assert words(script) == ["close", "reopen"]
    assert [fault.line for fault in script.faults] == [2]


def test_a_setting_has_a_name_and_a_value_that_may_be_empty() -> None:
    (one, two) = read_commands("#field Effective_Date = 2026-12-01\n#field npn=").commands
    assert one.setting == ("effective_date", "2026-12-01")
    assert two.setting == ("npn", "")


@pytest.mark.parametrize(
    ("typed", "argument"),
    [
        ("#assign ben@plan.example<mailto:ben@plan.example>", "ben@plan.example"),
        ('#deadline "7 days"', "7 days"),
        ("#deadline \u201c7 days\u201d", "7 days"),
        ("#assign\u00a0me", "me"),
    ],
)
def test_what_mail_programs_add_to_an_argument_is_taken_off(typed: str, argument: str) -> None:
    (command,) = read_commands(typed).commands
    assert command.argument == argument


def test_a_text_is_left_as_it_was_typed() -> None:
    (command,) = read_commands('#note "She" said so <mailto:x@y.example>').commands
    assert command.argument == '"She" said so <mailto:x@y.example>'


def test_trying_is_said_once_and_is_nothing_to_do() -> None:
    script = read_commands("#close\n#try")
    assert script.only_tries
    assert [command.word for command in script.to_do] == ["close"]
    assert not read_commands("#close").only_tries


@given(st.text(alphabet="#closenta \n\uff03\u200b:.", max_size=80))
def test_whatever_is_typed_is_read_without_an_error_and_never_guessed(typed: str) -> None:
    script = read_commands(typed)
    for command in script.commands:
        line = typed.split("\n")[command.line - 1]
        assert line.casefold().startswith(f"#{command.word}")
        assert line.isascii() or WORDS[command.word].block or not command.argument.isascii()


def test_reading_takes_time_in_proportion_to_the_text() -> None:
    long = "#note " + "#" * 100_000 + "\n" + ("x" * 50 + "\n") * 5_000
    script = read_commands(long)
    assert words(script) == ["note"]
    assert len(script.commands[0].argument) < 120_000
