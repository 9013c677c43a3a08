"""Staff write to people outside and forward what they got: the desk keeps it, and tells them under which number."""

from __future__ import annotations

from mailbot.cases.events import EventKind
from tests.stories.colleagues import ANN, BEN, DANA, Colleagues, colleague
from tests.stories.inbox import ADD_DEPENDENT, CARL

TAKEN_UP = f"category: {ADD_DEPENDENT}\nsubscriber_id: Q1234567"


def test_a_mail_to_somebody_outside_is_logged_by_a_copy_to_the_desk(colleagues: Colleagues) -> None:
    # Ann writes to Dana, and the desk has a copy.
    result = colleagues.writes_to(DANA, "Dear Dana, which plan do you mean?")
    assert result.outcome == "case_opened"
    number = result.case_number
    # It is Dana's case, with what Ann wrote as ours, and Ann is nobody on it.
    assert colleagues.people(number) == [("dana@broker.example", "unknown")]
    (message,) = colleagues.desk.thread(number)
    assert (message.kind, message.trust, message.text) == ("logged", "staff", "Dear Dana, which plan do you mean?")
    # No letter goes outside; Ann hears the number, once.
    assert colleagues.outsiders_got() == []
    assert len(colleagues.results()) == 1
    assert number and number in colleagues.result()
    assert "Your mail was logged on the case" in colleagues.result()
    assert "which plan" not in colleagues.result()


def test_a_blind_copy_to_the_desk_is_known_from_the_envelope(colleagues: Colleagues) -> None:
    result = colleagues.writes_to(DANA, "Dear Dana, which plan do you mean?", bcc=True)
    assert colleagues.people(result.case_number) == [("dana@broker.example", "unknown")]
    assert colleagues.outsiders_got() == []


def test_the_answer_finds_the_logged_mail_when_it_comes_with_the_desk_in_copy(colleagues: Colleagues) -> None:
    logged = colleagues.writes_to(DANA, "Dear Dana, which plan do you mean?", bcc=True)
    # Dana answers Ann, and this time somebody thinks of the desk.
    answer = colleagues.answers(logged.message_id, "The gold one.", to=ANN, cc="enrollment@desk.example")
    assert (answer.case_number, answer.outcome) == (logged.case_number, "appended")
    assert colleagues.people(logged.case_number) == [("dana@broker.example", "unknown")]


def test_the_answer_finds_the_logged_mail_when_ann_forwards_it(colleagues: Colleagues) -> None:
    logged = colleagues.writes_to(DANA, "Dear Dana, which plan do you mean?")
    answer = colleagues.forwards("The gold one.", references=f"<{logged.message_id}> <d9@broker.example>")
    assert answer.case_number == logged.case_number
    assert [(each.kind, each.sender) for each in colleagues.desk.thread(logged.case_number)] == [
        ("logged", ANN),
        ("inquiry", DANA),
    ]


def test_an_answer_that_says_what_it_is_about_gives_the_logged_case_its_category(colleagues: Colleagues) -> None:
    logged = colleagues.writes_to(DANA, "Dear Dana, what can I do for you?")
    # Nobody outside has said a word in this case yet: what Dana says first is its matter, and no other one.
    answer = colleagues.answers(logged.message_id, TAKEN_UP)
    assert answer.case_number == logged.case_number
    case = colleagues.desk.case(logged.case_number)
    assert (case.category, case.state, case.review) == (ADD_DEPENDENT, "awaiting_sender", ())
    assert colleagues.letters_to(DANA) == ["info_request"]
    # A second matter in that thread is a case of its own, as ever.
    other = colleagues.answers(logged.message_id, "category: billing.delinquency\ngroup_number: 0140026")
    assert other.case_number != logged.case_number


def test_an_answer_that_overtakes_the_logged_mail_is_joined_by_it(colleagues: Colleagues) -> None:
    answer = colleagues.answers("ann1@plan.example", "The gold one.", to="enrollment@desk.example")
    logged = colleagues.writes_to(DANA, "Which plan do you mean?", message_id="<ann1@plan.example>")
    assert logged.case_number == answer.case_number


def test_what_staff_write_in_a_case_is_logged_on_that_case(colleagues: Colleagues) -> None:
    number = colleagues.inquires(TAKEN_UP)
    letters = colleagues.outsiders_got()
    # Ann writes to Dana with the number in the subject, and copies Dana's employer.
    result = colleagues.writes_to(f"{DANA}, {CARL}", "I need the form.", subject=f"Your case [Case {number}]")
    assert (result.case_number, result.outcome) == (number, "appended")
    assert colleagues.people(number) == [("dana@broker.example", "unknown"), ("carl@broker.example", "copied")]
    assert colleagues.outsiders_got() == letters
    # An answer to one of our letters, with everybody in copy, is logged there too, without a number in sight.
    last = next(row for row in colleagues.desk.letters() if row.kind == "info_request")
    again = colleagues.writes_to(DANA, "The form, please.", in_reply_to=f"<{last.message_id}>")
    assert again.case_number == number
    assert [each.kind for each in colleagues.desk.thread(number)] == ["inquiry", "logged", "logged"]


def test_pain_21_24_addresses_of_the_desk_and_of_staff_are_nobody_on_a_case(colleagues: Colleagues) -> None:
    everybody = f"{DANA}, groups@desk.example, {BEN}, enrollment@desk.example"
    result = colleagues.writes_to(everybody, "Shall we?", cc=f"enrollment@desk.example, {ANN}")
    assert colleagues.people(result.case_number) == [("dana@broker.example", "unknown")]
    # Nor when somebody outside writes to the desk and to staff.
    number = colleagues.inquires("Please help.", sender=CARL, to=f"enrollment@desk.example, {ANN}", cc=BEN)
    assert colleagues.people(number) == [("carl@broker.example", "unknown")]


def test_pain_33_who_was_copied_may_answer_and_gets_no_letter(colleagues: Colleagues) -> None:
    logged = colleagues.writes_to(f"{DANA}, {CARL}", "Which plan do you mean?")
    answer = colleagues.answers(logged.message_id, "The gold one.", sender=CARL)
    assert answer.case_number == logged.case_number
    assert colleagues.letters_to(CARL) == []


def test_pain_32_a_forwarded_inquiry_is_the_case_of_who_wrote_it(colleagues: Colleagues) -> None:
    result = colleagues.forwards(TAKEN_UP, above="For the desk, I think.")
    number = result.case_number
    assert result.outcome == "case_opened"
    assert colleagues.people(number) == [("dana@broker.example", "unknown")]
    case = colleagues.desk.case(number)
    assert (case.category, case.subject) == (ADD_DEPENDENT, "A request")
    assert dict((name, value) for name, value, _ in case.fields)["subscriber_id"] == "Q1234567"
    # Dana is asked for the rest, as if she had written to the desk; what Ann wrote above is nobody's inquiry.
    assert colleagues.letters_to(DANA) == ["info_request"]
    assert "For the desk, I think" not in colleagues.texts_to(DANA)
    assert number and number in colleagues.result()
    assert "was taken in for its sender" in colleagues.result()
    # Her answer to that comes back to the case.
    last = next(row for row in colleagues.desk.letters() if row.kind == "info_request")
    assert colleagues.answers(last.message_id, "dependent_name: Tom").case_number == number


def test_pain_32_where_it_is_not_sure_whose_it_is_staff_are_asked(colleagues: Colleagues) -> None:
    # The header block shows a name without an address, and another one in the text.
    result = colleagues.forwards("Write to eve@elsewhere.example.", wrote="Dana Reed")
    number = result.case_number
    assert colleagues.people(number) == []
    assert colleagues.outsiders_got() == []
    assert "It is not sure whose inquiry you forwarded" in colleagues.result()
    assert "whose inquiry it is is not sure" in colleagues.desk.case(number).review[0]
    # Ann answers that letter with the mail attached as a file, and now it is.
    answered = colleagues.forwards_attached(TAKEN_UP, in_reply_to=f"<{colleagues.results()[-1].message_id}>")
    assert answered.case_number == number
    assert colleagues.people(number) == [("dana@broker.example", "unknown")]


def test_a_forwarded_letter_of_the_desk_is_a_note_on_its_case(colleagues: Colleagues) -> None:
    number = colleagues.inquires(TAKEN_UP)
    result = colleagues.forwards(
        "We received it.", wrote="Desk <enrollment@desk.example>", subject=f"Fwd: [Case {number}]"
    )
    assert result.case_number == number
    assert colleagues.desk.thread(number)[-1].kind == "note"


def test_an_answer_to_a_letter_of_the_desk_is_a_note_on_the_same_case(colleagues: Colleagues) -> None:
    number = colleagues.inquires(TAKEN_UP)
    letter = colleagues.desk.letters()[-1]
    result = colleagues.commands("She will call back.", in_reply_to=f"<{letter.message_id}>")
    assert (result.case_number, result.outcome) == (number, "appended")
    message = colleagues.desk.thread(number)[-1]
    assert (message.kind, message.text) == ("note", "She will call back.")
    assert [event.actor for event in colleagues.desk.events(number) if event.kind is EventKind.NOTE_ADDED] == [
        "Ann Lee by mail"
    ]
    assert "kept on the case" in colleagues.result()


def test_what_names_neither_a_case_nor_anybody_is_kept_and_staff_are_told_what_to_do(colleagues: Colleagues) -> None:
    result = colleagues.commands("Somebody should look at this.")
    assert (result.case_number, result.outcome) == (None, "stored")
    assert colleagues.desk.cases() == []
    assert "It names no case and nobody outside" in colleagues.result()
    assert "[Case" not in str(colleagues.desk.letter(colleagues.results()[-1])["Subject"])


def test_what_names_two_cases_is_logged_on_neither(colleagues: Colleagues) -> None:
    one, two = colleagues.inquires("One."), colleagues.inquires("Two.", sender=CARL)
    result = colleagues.writes_to(DANA, "About both.", subject=f"[Case {one}] [Case {two}]")
    assert result.case_number is None
    assert "more than one case" in colleagues.result()
    assert [len(colleagues.desk.thread(number)) for number in (one, two)] == [1, 1]


def test_who_may_not_log_is_told_so(colleagues: Colleagues) -> None:
    assert colleagues.writes_to(DANA, "Hello Dana.", by=BEN).case_number is None
    assert colleagues.forwards(TAKEN_UP, by=BEN).case_number is None
    assert "not permitted to log" in colleagues.result(BEN)
    assert (colleagues.desk.cases(), colleagues.outsiders_got()) == ([], [])


def test_a_vacation_notice_or_bounce_of_a_colleague_is_no_mail_of_theirs(colleagues: Colleagues) -> None:
    number = colleagues.inquires(TAKEN_UP)
    away = colleagues.commands("#close\nI am out of the office.", about=number, auto_submitted="auto-replied")
    assert away.kind == "auto_reply"
    assert colleagues.state(number) == "awaiting_sender"
    assert colleagues.results() == []


def test_the_letter_to_a_colleague_speaks_their_language(small_colleagues: Colleagues) -> None:
    small_colleagues.register(colleague(ANN, language="es"))
    small_colleagues.writes_to(DANA, "Hola Dana.")
    assert "Su mensaje quedó registrado en el caso" in small_colleagues.result()
