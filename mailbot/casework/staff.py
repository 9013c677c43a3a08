"""What staff do to a case: resolve, ask, close, reopen, withdraw, assign, recategorize, merge, split, note and so on.

Each act is one unit of work with an event that names who did it. An act that the state of the case does not allow is
refused with a sentence and changes nothing. Whoever names a case that was merged acts on the one it was merged into.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from difflib import get_close_matches

from mailbot.cases.desk import DeskRules
from mailbot.cases.events import EventKind
from mailbot.cases.lifecycle import UNSURE
from mailbot.cases.states import Happening, State, following
from mailbot.cases.understanding import DOCUMENTS, FIELDS
from mailbot.casework.acts import Act, Done, Letters, begin, enter, tell
from mailbot.casework.correcting import checked_value, correct
from mailbot.casework.merging import merge
from mailbot.casework.prolonging import prolong
from mailbot.casework.removing import remove
from mailbot.casework.resolving import Resolving, hold_same_matter, resolution_of
from mailbot.casework.splitting import Splitting, Understand
from mailbot.classify.durations import duration
from mailbot.errors import UsageError
from mailbot.knowing import lacking
from mailbot.mail import Letter
from mailbot.replies.comments import objection
from mailbot.replies.plan import LetterKind, Resolution
from mailbot.replies.writing import Writer
from mailbot.store.unit_of_work import Store, Transaction

LONGEST_NOTE = 20_000
LONGEST_NAME = 100


class Casework:
    """Does what staff say."""

    def __init__(self, store: Store, rules: DeskRules, writer: Writer, understand: Understand) -> None:
        self._store, self._rules = store, rules
        self._letters = Letters(rules, writer)
        self._resolving = Resolving(rules, self._letters)
        self._splitting = Splitting(rules, self._letters, understand)
        self._inside: Transaction | None = None

    def within(self, transaction: Transaction) -> Casework:
        """The same acts inside a unit of work that is under way: whoever began it commits, or undoes them all."""
        inside = copy(self)
        inside._inside = transaction
        return inside

    @contextmanager
    def _unit(self) -> Iterator[Transaction]:
        """A unit of work for one act, or the one that is under way."""
        if self._inside is not None:
            yield self._inside
        else:
            with self._store.writing() as transaction:
                yield transaction

    def resolve(self, number: str, comments: str, actor: str, *, alone: bool = False, together: bool = False) -> Done:
        """Answer a case; its duplicates are answered with it, each sender by a letter of their own.

        Those of senders that nothing vouches for stay open, unless `together`. `alone`: all duplicates stay as they
        are. UsageError when the comments say what no letter may say.
        """
        if alone and together:
            raise UsageError("--alone leaves the duplicates and --together answers them: say only one of them")
        with self._unit() as transaction:
            hold_same_matter(transaction, number)
            act = begin(transaction, number, actor, Happening.RESOLVED)
            return self._resolving.resolve(act, comments, alone=alone, together=together)

    def processed(self, number: str, batch: str) -> Done:
        """The administration system has done it: the sender is told in the fixed words of the letter."""
        with self._unit() as transaction:
            hold_same_matter(transaction, number)
            act = begin(transaction, number, batch, Happening.PROCESSED)
            return self._resolving.processed(replace(act, cause=f"administration {batch}"))

    def refused(self, number: str, reason: str, batch: str) -> Done:
        """The administration system did not do it: staff look, and find its reason in a note."""
        with self._unit() as transaction:
            act = begin(transaction, number, batch, Happening.PROCESSED)
            act = replace(act, happening=Happening.REOPENED)
            if reason.strip():
                transaction.messages.add_note(act.file.case_id, batch, reason[:LONGEST_NOTE])
            state = enter(act, EventKind.CASE_REOPENED, "the administration system refused it")
            transaction.cases.ask_review(act.file.case_id, ["the administration system refused it: see its note"])
            return act.done(state)

    def ask(self, number: str, items: tuple[str, ...], actor: str, *, again: bool = False) -> Done:
        """Ask the sender for these fields and documents too; the clock starts with the letter.

        UsageError for what nobody can be asked for, and where the same was asked for already, unless `again`.
        """
        items = tuple(dict.fromkeys(items))
        self._check_items(items)
        with self._unit() as transaction:
            act = begin(transaction, number, actor, Happening.ASKED)
            file = act.file
            waiting = file.missing if file.state is State.AWAITING_SENDER else ()
            if set(items) <= set(waiting) and file.clock_stopped is None and not again:
                raise UsageError(
                    f"case {file.number} waits for {', '.join(items)} already; --again sends the request once more"
                )
            return self._ask(act, tuple(dict.fromkeys((*items, *waiting))))

    def close(self, number: str, actor: str) -> Done:
        """Close for want of a reply, whatever the clock says; who was asked for something is told."""
        with self._unit() as transaction:
            act = begin(transaction, number, actor, Happening.CLOSED)
            state = enter(act, EventKind.CASE_CLOSED, "by staff")
            if act.file.rounds == 0:
                return replace(act.done(state), remarks=("nothing had been asked for, so no letter goes out",))
            return act.done(state, self._letters.write(act, LetterKind.CLOSED_NO_REPLY, act.file.missing))

    def withdraw(self, number: str, actor: str) -> Done:
        """Withdraw for the sender, who is told."""
        with self._unit() as transaction:
            act = begin(transaction, number, actor, Happening.WITHDRAWN)
            state = enter(act, EventKind.CASE_WITHDRAWN, "by staff")
            return act.done(state, self._letters.write(act, LetterKind.WITHDRAWN))

    def reopen(self, number: str, actor: str) -> Done:
        """Let a case that has ended await staff again; no letter."""
        with self._unit() as transaction:
            act = begin(transaction, number, actor, Happening.REOPENED)
            return act.done(enter(act, EventKind.CASE_REOPENED, "by staff"))

    def assign(self, number: str, who: str | None, actor: str) -> Done:
        """Give the case to somebody, or to nobody."""
        if who is not None and not (who.strip() and who.isprintable() and len(who) <= LONGEST_NAME):
            raise UsageError(f"whom a case is given to is a name of at most {LONGEST_NAME} printable characters")
        with self._unit() as transaction:
            act = begin(transaction, number, actor)
            transaction.cases.assign(act.file.case_id, who)
            tell(act, EventKind.CASE_ASSIGNED, f"to {who or 'nobody'}")
            return act.done(act.file.state)

    def note(self, number: str, text: str, actor: str) -> Done:
        """Keep a note on the case, for staff only."""
        if not text.strip() or len(text) > LONGEST_NOTE:
            raise UsageError(f"a note needs text, and has at most {LONGEST_NOTE:,} characters")
        with self._unit() as transaction:
            act = begin(transaction, number, actor)
            transaction.messages.add_note(act.file.case_id, actor, text)
            tell(act, EventKind.NOTE_ADDED, "")
            return act.done(act.file.state)

    def remove(self, number: str, address: str, actor: str) -> Done:
        """Take somebody off the case; a mail of theirs is a stranger's to it from now on."""
        with self._unit() as transaction:
            return remove(begin(transaction, number, actor), address)

    def reviewed(self, number: str, actor: str) -> Done:
        """Staff have looked at what the case asked them to look at; what froze its closing no longer does."""
        with self._unit() as transaction:
            act = begin(transaction, number, actor)
            done = act.done(act.file.state)
            if not act.file.review:
                return replace(done, remarks=("it asked nobody to look at anything",))
            transaction.cases.reviewed(act.file.case_id)
            tell(act, EventKind.REVIEW_DONE, "; ".join(act.file.review))
            if act.file.clock_stopped:
                standing = f"its clock stands still ({act.file.clock_stopped}): ask again, or close it"
                return replace(done, remarks=(standing,))
            return done

    def recategorize(self, number: str, code: str, actor: str) -> Done:
        """Staff say what it is; what that category needs and is not there is asked for.

        The event is the correction that training learns from; a case that has ended only gets its right name.
        """
        rules = self._rules.playbook.categories.get(code)
        if rules is None:
            raise UsageError(f"there is no category {code} in the playbook{self._nearest_category(code)}")
        with self._unit() as transaction:
            act = begin(transaction, number, actor)
            file = act.file
            if file.category == code and file.confidence >= 1:
                raise UsageError(f"case {file.number} is {code} already, and that is certain")
            needed = lacking(rules, file.facts)
            transaction.cases.recategorize(file.case_id, code, rules.team, needed)
            transaction.cases.reviewed(file.case_id, [UNSURE])
            was = f"{file.category} with confidence {file.confidence:.2f}"
            tell(act, EventKind.CASE_RECATEGORIZED, f"{code}; it was {was}")
            act = act.on(transaction.cases.lock(file.case_id))
            if rules.redirect:
                return self._send_elsewhere(act)
            return self._ask_anew(act, file.missing if file.state is State.AWAITING_SENDER else (), needed)

    def merge(self, number: str, into: str, actor: str) -> Done:
        """Join one case to another: what names the one finds the other from now on, which takes over what is known."""
        with self._unit() as transaction:
            return merge(transaction, number, into, actor)

    def split(self, number: str, actor: str) -> Done:
        """Make the last message a case of its own; its sender hears the new number, and so does whoever acts."""
        with self._unit() as transaction:
            return self._splitting.split(begin(transaction, number, actor))

    def field(self, number: str, name: str, value: str, actor: str) -> Done:
        """Correct what is known: the field has this value from now on, or none where it is ""."""
        value = checked_value(name, value)
        with self._unit() as transaction:
            act = begin(transaction, number, actor)
            return correct(act, name, value, self._rules.playbook.rules(act.file.category))

    def reply(self, number: str, text: str, actor: str) -> Done:
        """Write to the correspondent from the desk's address; nothing else about the case changes.

        UsageError where the text says what no letter may say, or where nobody can be written to.
        """
        with self._unit() as transaction:
            act = begin(transaction, number, actor)
            whats_wrong = objection(text, act.file.number, [act.file.facts], self._rules.token_keys)
            if whats_wrong:
                raise UsageError(whats_wrong)
            letters = self._letters.write(act, LetterKind.ANSWER, resolution=Resolution(text))
            if not letters:
                raise UsageError(f"nobody who can be written to is on case {act.file.number}")
            tell(act, EventKind.STAFF_WROTE, "")
            return act.done(act.file.state, letters)

    def deadline(self, number: str, span: str, actor: str) -> Done:
        """Give more time for the reply that is waited for, counted from today; reminders move with it."""
        try:
            longer = duration(span)
        except ValueError as error:
            raise UsageError('a duration is written as "7 days" or "2 business days"') from error
        with self._unit() as transaction:
            return prolong(begin(transaction, number, actor), longer, self._rules)

    def preview(self, number: str, kind: LetterKind, language: str = "") -> Letter:
        """A letter about this case as it would be written now; nothing is changed.

        UsageError or ComposeError where it cannot be written.
        """
        with self._store.reading() as transaction:
            act = begin(transaction, number, "preview")
            resolution = resolution_of(act.file, act.file.content.comments)
            return self._letters.preview(act, kind, language, resolution if kind is LetterKind.RESOLUTION else None)

    def _ask(self, act: Act, items: tuple[str, ...]) -> Done:
        """Wait for these items, with a letter that names them; UsageError where nobody can be asked."""
        act.transaction.cases.learn(act.file, act.file.facts, items)
        state = enter(act, None, "")
        letters = self._letters.write(act, LetterKind.INFO_REQUEST, items)
        if not letters:
            raise UsageError(
                f"nobody can be asked in case {act.file.number}: no letter could be written to anybody on it"
            )
        return act.done(state, letters)

    def _ask_anew(self, act: Act, asked: tuple[str, ...], needed: tuple[str, ...]) -> Done:
        """After the category changed: ask for what is needed now, unless exactly that was asked for."""
        state = act.file.state
        if needed and following(state, Happening.ASKED) and not set(needed) <= set(asked):
            return self._ask(replace(act, happening=Happening.ASKED), needed)
        if not needed and state is State.AWAITING_SENDER:
            state = State.AWAITING_STAFF
            act.transaction.cases.enter(act.file.case_id, state)
        return act.done(state)

    def _send_elsewhere(self, act: Act) -> Done:
        """Such inquiries are not taken here: the sender of an open one is told where to turn."""
        if following(act.file.state, Happening.SENT_ELSEWHERE) is None:
            return act.done(act.file.state)
        act = replace(act, happening=Happening.SENT_ELSEWHERE)
        state = enter(act, EventKind.CASE_REDIRECTED, "such inquiries are not taken here")
        return act.done(state, self._letters.write(act, LetterKind.REDIRECT))

    def _check_items(self, items: tuple[str, ...]) -> None:
        known = self._askable()
        unknown = [item for item in items if not set(item.split("|")) <= known]
        if not items:
            raise UsageError("name what to ask for: fields or documents, as subscriber_id or enrollment_form")
        if unknown:
            near = get_close_matches(unknown[0], sorted(known), 1)
            hint = f"; did you mean {near[0]}?" if near else "; name fields or documents of the playbook"
            raise UsageError(f"{', '.join(unknown)} cannot be asked for{hint}")

    def _askable(self) -> frozenset[str]:
        """Every field and document that mailbot knows, and those that the desk's own categories require."""
        asked = {*FIELDS, *DOCUMENTS} - {"other"}
        for rules in self._rules.playbook.categories.values():
            papers = (rule.document for rule in rules.conditional)
            asked |= {part for item in (*rules.required, *rules.documents, *papers) for part in item.split("|")}
        return frozenset(asked)

    def _nearest_category(self, code: str) -> str:
        codes = sorted(self._rules.playbook.categories)
        near = get_close_matches(code, codes, 1) or [each for each in codes if each.partition(".")[2] == code][:1]
        return f"; did you mean {near[0]}?" if near else f"; its categories are {', '.join(codes)}"
