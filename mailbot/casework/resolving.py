"""Resolving a case, with its duplicates and with the cases that were merged into it: each sender gets one letter."""

from __future__ import annotations

from dataclasses import replace

from mailbot.cases.desk import DeskRules
from mailbot.cases.events import EventKind
from mailbot.cases.lifecycle import Relation
from mailbot.cases.masking import company_of, groups_of, members_of
from mailbot.cases.people import Role
from mailbot.cases.states import Happening, following
from mailbot.casework.acts import Act, Done, Letters, enter, hold, reader_of
from mailbot.errors import UsageError
from mailbot.replies.comments import objection
from mailbot.replies.plan import LetterKind, Resolution
from mailbot.store.case_file import CaseFile
from mailbot.store.unit_of_work import Transaction

#: A case with more duplicates than this is looked at by people.
MOST_DUPLICATES = 50


class Resolving:
    """Ends cases with an answer; the caller commits."""

    def __init__(self, rules: DeskRules, letters: Letters) -> None:
        self._rules, self._letters = rules, letters

    def resolve(self, act: Act, comments: str, *, alone: bool, together: bool) -> Done:
        """Answer with staff's comments. UsageError when they say what no letter may say.

        A duplicate is answered too where its sender is known to have to do with the matter; `together`: staff say so.
        """
        answered, remarks = ([], []) if alone else self._duplicates(act, vouched=together)
        files = [act.file, *answered]
        others = bool(answered) or bool(act.transaction.cases.merged_parts(act.file.case_id))
        whats_wrong = objection(
            comments, "" if others else act.file.number, [file.facts for file in files], self._rules.token_keys
        )
        if whats_wrong:
            raise UsageError(whats_wrong)
        return self._end(act, files, remarks, comments, EventKind.CASE_RESOLVED)

    def processed(self, act: Act) -> Done:
        """Answer in the letter's own words, because the administration system has done it."""
        answered, remarks = self._duplicates(act, vouched=False)
        return self._end(act, [act.file, *answered], remarks, "", EventKind.CASE_PROCESSED)

    def _end(self, act: Act, files: list[CaseFile], remarks: list[str], comments: str, event: EventKind) -> Done:
        letters = [letter for file in files for letter in self._answer(act, file, comments, event)]
        state = following(act.file.state, act.happening) if act.happening else None
        assert state is not None
        return Done(
            act.file.number,
            state,
            tuple(letters),
            also=tuple(file.number for file in files[1:]),
            remarks=tuple(remarks),
        )

    def _answer(self, act: Act, file: CaseFile, comments: str, event: EventKind) -> list[tuple[str, str]]:
        """One case ends; its reader is told, and each other sender whose case was merged into it, by its number."""
        transaction = act.transaction
        if comments:
            transaction.cases.comment(file, comments)
        own = act.on(file)
        if file.case_id != act.file.case_id:
            own = replace(own, happening=Happening.RESOLVED)
        enter(own, event, "with comments" if comments else "as the administration system says")
        letters: list[tuple[str, str]] = []
        told: set[str] = set()
        for part in [file.case_id, *transaction.cases.merged_parts(file.case_id)]:
            reader = reader_of(transaction, part)
            if part == file.case_id or (reader and reader.key not in told):
                letters += self._letter(own, part, comments)
            if reader:
                told.add(reader.key)
        return letters

    def _letter(self, act: Act, case_id: int, comments: str) -> tuple[tuple[str, str], ...]:
        """What is told of people and groups is what this case's own sender has named."""
        file = act.file if act.file.case_id == case_id else act.transaction.cases.lock(case_id)
        return self._letters.write(act.on(file), LetterKind.RESOLUTION, resolution=resolution_of(file, comments))

    def _duplicates(self, act: Act, *, vouched: bool) -> tuple[list[CaseFile], list[str]]:
        """The duplicates to answer too, and a sentence on each that stays open.

        Anybody can write what makes a case a duplicate: a stranger must not read what staff say to somebody else.
        """
        answered, remarks = [], []
        for twin in self._twins(act):
            if twin.review:
                remarks.append(f"{twin.number} is a duplicate that staff should look at first: it stays open")
            elif vouched or _is_vouched_for(act, twin):
                answered.append(twin)
            else:
                # The mark also keeps the export from handing the same matter over again.
                why = f"the same was answered in {act.file.number}, and nothing vouches for the sender of this one"
                act.transaction.cases.ask_review(twin.case_id, [why])
                remarks.append(
                    f"{twin.number} is a duplicate from somebody whom nothing vouches for: it stays open, with a "
                    "review mark; --together answers such duplicates too"
                )
        return answered, remarks

    def _twins(self, act: Act) -> list[CaseFile]:
        """The open cases about the same, found over duplicates of duplicates and merges, each held."""
        found = same_matter(act.transaction, act.file.case_id)
        files = hold(act.transaction, found | {act.file.case_id})
        return [
            file for file in files if file.case_id != act.file.case_id and following(file.state, Happening.RESOLVED)
        ]


def _is_vouched_for(act: Act, twin: CaseFile) -> bool:
    """Whether the sender of a duplicate is on the case too, or has its groups by the directory (DESIGN 5, known)."""
    reader = reader_of(act.transaction, twin.case_id)
    people = act.transaction.history.correspondents(act.file.case_id)
    if reader is not None and reader.key in {each.address.key for each in people if each.role is not Role.COPIED}:
        return True
    person = act.transaction.directory.by_address(reader)
    groups = act.file.facts.values("group_number")
    return person is not None and bool(groups) and all(person.has_group(group) for group in groups)


def resolution_of(file: CaseFile, comments: str) -> Resolution:
    """What a resolution letter says about this case."""
    facts = file.facts
    return Resolution(comments, company_of(facts), groups_of(facts), members_of(facts))


def hold_same_matter(transaction: Transaction, number: str) -> None:
    """Hold a case together with its duplicates, before anything is decided about one of them."""
    case_id = transaction.cases.find(number)
    if case_id is not None:
        case_id = transaction.cases.current(case_id)
        hold(transaction, same_matter(transaction, case_id) | {case_id})


def same_matter(transaction: Transaction, case_id: int) -> set[int]:
    """The cases, as they are today, that are linked as duplicates of this one."""
    seen, ahead = set[int](), {case_id}
    while ahead and len(seen) < MOST_DUPLICATES:
        seen |= ahead
        near = {other for each in ahead for other in transaction.history.related(each, Relation.DUPLICATE_OF)}
        near |= {part for each in ahead for part in transaction.cases.merged_parts(each)}
        ahead = near - seen
    return {transaction.cases.current(each) for each in seen} - {case_id}
