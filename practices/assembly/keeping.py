"""What an honest keeper owes an assembly without asking anybody: seals, letters again, and what it says of others' seals.

It promises that two keepers that have seen the same letters find the same word, that nobody can make a keeper write
more than it repeats in a day anyway, and that no sentence here names a person.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import islice, zip_longest
from types import MappingProxyType
from typing import Any

from practices.assembly.conduct import OF_TIME, Fit, doubt
from practices.assembly.ledger import Ledger, Standing
from practices.assembly.letters import Kind, Letter, Part
from practices.assembly.matters import (
    GRACE,
    Matter,
    Outcome,
    Stand,
    Word,
    awaited,
    may_seal,
    read_matter,
)
from practices.assembly.table import TABLE

__all__ = [
    "AGAIN_EVERY",
    "BYTES_OF_STRANGERS",
    "MOST_ASKED",
    "MOST_OF_STRANGERS",
    "MOST_REPEATED",
    "PATIENCE",
    "RAREST",
    "SPACING",
    "TOGETHER",
    "Draft",
    "correspondents",
    "dispute",
    "is_stranger",
    "is_too_much",
    "newcomers",
    "owed",
    "part_of",
    "size",
    "unheard",
]

AGAIN_EVERY = timedelta(days=1)
"""A sender is asked for its letters so often, and a letter is repeated so often."""

PATIENCE = timedelta(hours=1)
"""So long a number may be missing before anybody asks: letters overtake each other."""

MOST_ASKED = 100
"""Numbers of one sender that are asked for at a time; those after them only when these have come."""

RAREST = timedelta(days=32)
"""A number that does not come is asked for after one day, two, four and so on, but at least so often."""

MOST_REPEATED = 200
"""Letters that a keeper repeats in a day, whoever asks."""

MOST_OF_STRANGERS = 100
"""Letters of an account without any standing that are kept; it needs one for its claim."""

BYTES_OF_STRANGERS = 65_536
"""Bytes of an account's letters that are kept while it has no standing: four of the largest, or a hundred claims."""

TOGETHER = 20
"""So many congregations may seal at one moment."""

SPACING = timedelta(seconds=36)
"""When more are entitled, their seals are spread over so long for each of them: 200 over two hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A letter that is owed."""

    kind: Kind
    part: Part
    answers: str | None = None
    after: tuple[str, ...] = ()
    body: Mapping[str, Any]
    #: Of a letter that is sent again: the number that it has, with which it is the same letter, and its id.
    number: int | None = None
    repeats: str | None = None


def owed(
    ledger: Ledger,
    me: str,
    now: datetime,
    *,
    seen: Mapping[str, datetime],
    asked: Mapping[str, datetime],
    fit: Fit = MappingProxyType({}),
    aside: Mapping[str, Collection[int]] = MappingProxyType({}),
) -> tuple[Draft, ...]:
    """The letters that the keeper `me` owes now, in the order in which they are to be sent.

    `seen` says when each letter was first seen here. `asked` says when this keeper last asked for the letters of a
    sender (by the sender's Matrix id) and when it last sent one of its own again (by the letter's id); the caller
    writes both down when it has sent what is owed. `fit` is as for `practices.assembly.conduct.doubt`. `aside` are the
    numbers, by sender, of letters that are there and cannot be read yet: they are not missing.
    """
    return (
        *_seals(ledger, me, now, seen, fit),
        *_repeats(ledger, me, now, seen, asked),
        *_requests(ledger, me, now, seen, asked, aside),
        *_searches(ledger, me, now, seen),
    )


def part_of(ledger: Ledger, letter: Letter) -> Part:
    """The protocol room in which a letter belongs, where its kind alone leaves a choice."""
    parts = TABLE[letter.kind].parts
    if len(parts) == 1:
        return next(iter(parts))
    about = ledger.letters.get(letter.answers or "")
    if letter.kind is Kind.MATTER:
        about = letter
    if Part.CARE in parts and Part.CHARTER not in parts:
        return Part.CARE if about and about.kind is Kind.MEDIATOR_WANTED else Part.COMMONS
    if about is not None and about.kind is Kind.MATTER:
        return read_matter(about.id, about.sender, about.body).written_in
    return Part.CHARTER


# ---------------------------------------------------------------------------------------------- seals


def _seals(
    ledger: Ledger,
    me: str,
    now: datetime,
    seen: Mapping[str, datetime],
    fit: Fit,
) -> Iterator[Draft]:
    for matter in ledger.unsealed(me):
        everybody = len(ledger.electorate(matter.id) or ()) if not matter.opted else 0
        if now - GRACE < matter.until and ledger.spoken(matter.id) < everybody:
            continue
        standing = ledger.standing(matter.id)
        if standing is not None and _may_seal(ledger, standing, me, now, seen):
            found, doubts = standing.outcome, doubt(ledger, matter, now, seen, fit)
            if doubts in OF_TIME and now < seen.get(matter.id, now) + GRACE:
                continue  # whoever was here in time may vouch for it yet
            word = found.word if doubts is None else Word.REFUSED
            yield Draft(
                kind=Kind.SEAL,
                part=matter.written_in,
                answers=matter.id,
                body={"word": word.value, **_sums(found)},
            )


def _may_seal(
    ledger: Ledger, standing: Standing, me: str, now: datetime, seen: Mapping[str, datetime]
) -> bool:
    matter, found = standing.matter, standing.outcome
    turn = _turn(matter, me, len(standing.electorate))
    if now - GRACE - turn >= matter.until:
        return True
    spoken = found.entitled - awaited(matter.passing, found)
    if any(each not in ledger.letters for each in matter.opted):
        return False
    if not may_seal(matter.until, now, spoken, found.entitled) or now - GRACE >= matter.until:
        return False
    heard = (each.id for each in ledger.answers_to(matter.id) if each.kind is Kind.POSITION)
    return now - turn >= max((seen[each] for each in heard if each in seen), default=now - turn)


def _turn(matter: Matter, me: str, entitled: int) -> timedelta:
    """How long after it may seal this keeper does: everybody has its turn, so that not all write at once."""
    if entitled <= TOGETHER:
        return timedelta()
    place = int.from_bytes(sha256(f"{matter.id} {me}".encode()).digest()[:8], "big")
    return SPACING * (place % entitled)


def _sums(outcome: Outcome) -> dict[str, int]:
    return {
        "consents": outcome.consents,
        "objections": outcome.objections,
        "asides": outcome.asides,
    }


# ---------------------------------------------------------------------------------------------- again


def _repeats(
    ledger: Ledger,
    me: str,
    now: datetime,
    seen: Mapping[str, datetime],
    asked: Mapping[str, datetime],
) -> Iterator[Draft]:
    """Own letters that somebody with a seat, or who was asked in, has missed since they were last repeated."""
    asking: dict[str, list[Letter]] = {}
    mine = ledger.numbers.get(me, {})
    for number, letters in _asked_for(ledger, me).items():
        if number in mine:
            asking.setdefault(mine[number], []).extend(letters)
    for id_, letters in _searched(ledger).items():
        if id_ in ledger.letters and ledger.letters[id_].sender == me:
            asking.setdefault(id_, []).extend(letters)
    if not asking:
        return
    known = correspondents(ledger)
    wanted = {
        id_: max((seen.get(each.id, now) for each in letters), default=now)
        for id_, letters in asking.items()
        if any(each.sender in known for each in letters)
    }
    today = sum(now - at < AGAIN_EVERY for id_, at in asked.items() if not id_.startswith("@"))
    yield from islice(_again(ledger, now, wanted, asked), max(0, MOST_REPEATED - today))


def _again(
    ledger: Ledger, now: datetime, wanted: Mapping[str, datetime], asked: Mapping[str, datetime]
) -> Iterator[Draft]:
    for letter in sorted((ledger.letters[each] for each in wanted), key=lambda e: (e.number, e.id)):
        last, at = asked.get(letter.id), wanted[letter.id]
        if last is None or (at > last and now - last >= AGAIN_EVERY):
            yield Draft(
                kind=letter.kind,
                part=part_of(ledger, letter),
                answers=letter.answers,
                after=letter.after,
                body=letter.body,
                number=letter.number,
                repeats=letter.id,
            )


def _requests(
    ledger: Ledger,
    me: str,
    now: datetime,
    seen: Mapping[str, datetime],
    asked: Mapping[str, datetime],
    aside: Mapping[str, Collection[int]],
) -> Iterator[Draft]:
    """Numbers that are missing, unless somebody has asked for them today."""
    gaps = ledger.gaps() - {me}
    for sender in sorted(gaps & correspondents(ledger)) if gaps else ():
        last = asked.get(sender)
        if last is not None and now - last < AGAIN_EVERY:
            continue
        numbers = _missed(ledger, me, sender, now, seen, aside.get(sender, ()))
        if numbers:
            yield Draft(kind=Kind.AGAIN, part=Part.CHARTER, body={"of": sender, "numbers": numbers})


def _searches(
    ledger: Ledger, me: str, now: datetime, seen: Mapping[str, datetime]
) -> Iterator[Draft]:
    """Letters that others refer to and that did not come, by their ids: their numbers may be taken by something else.

    Whoever wrote them sends them again. For what one sender refers to they are asked for once a day, and each more and
    more rarely; of several senders in turn, so that nobody crowds out what another needs. Where numbers are missing
    these are asked for first: what comes then may be it.
    """
    known, before = correspondents(ledger) - {me}, _searched(ledger)
    patience = 2 * PATIENCE if ledger.gaps() & known else PATIENCE

    def is_wanted(id_: str) -> bool:
        return _is_due(me, now, seen, before.get(id_, ()))

    turns = []
    for sender in sorted(known):
        unseen = ledger.unseen(sender)
        mine = [
            seen.get(e.id, now) for id_ in unseen for e in before.get(id_, ()) if e.sender == me
        ]
        if all(now - at >= AGAIN_EVERY for at in mine):
            old = (id_ for id_, by in unseen.items() if now - seen.get(by, now) >= patience)
            turns.append([id_ for id_ in old if is_wanted(id_)])
    found = [each for turn in zip_longest(*turns) for each in turn if each is not None]
    if found:
        ids = list(dict.fromkeys(found))[:MOST_ASKED]
        yield Draft(kind=Kind.AGAIN, part=Part.CHARTER, body={"ids": ids})


def _searched(ledger: Ledger) -> dict[str, list[Letter]]:
    """Id to the letters that asked for it."""
    found: dict[str, list[Letter]] = {}
    for letter in ledger.of_kind(Kind.AGAIN).values():
        for id_ in letter.body.get("ids", ()):
            found.setdefault(id_, []).append(letter)
    return found


def unheard(
    ledger: Ledger, me: str, now: datetime, seen: Mapping[str, datetime]
) -> dict[str, list[Matter]]:
    """By keeper the matters whose time is not over and that stand on what did not come, a day after it was asked for."""
    old = {
        id_
        for id_, letters in _searched(ledger).items()
        if id_ not in ledger.letters
        and any(e.sender == me and now - seen.get(e.id, now) >= AGAIN_EVERY for e in letters)
    }
    found: dict[str, list[Matter]] = {}
    for sender in sorted(correspondents(ledger) - {me}) if old else ():
        by = {letter for id_, letter in ledger.unseen(sender).items() if id_ in old}
        for letter in (ledger.letters[each] for each in sorted(by)):
            if letter.kind is Kind.MATTER:
                matter = read_matter(letter.id, sender, letter.body)
                if now < matter.until:
                    found.setdefault(sender, []).append(matter)
    return found


def newcomers(
    ledger: Ledger, me: str, now: datetime, seen: Mapping[str, datetime], known: Collection[str]
) -> tuple[Draft, ...]:
    """What somebody who enters asks for, where a former room cannot be shown: of each sender what is missing, once a day.

    `known` are accounts that must have written, though nothing of theirs was seen: they are asked for their first letter.
    """
    wanted = {sender: ledger.missing(sender)[:MOST_ASKED] for sender in ledger.gaps() - {me}}
    silent = (
        {*known, *(keeper for _, keeper in ledger.roll.asked_in)} - ledger.numbers.keys() - {me}
    )
    wanted |= {sender: [1] for sender in silent}
    mine = [each for each in ledger.of_kind(Kind.AGAIN).values() if each.sender == me]
    today = {each.body.get("of") for each in mine if now - seen.get(each.id, now) < AGAIN_EVERY}
    return tuple(
        Draft(kind=Kind.AGAIN, part=Part.CHARTER, body={"of": sender, "numbers": numbers})
        for sender, numbers in sorted(wanted.items())
        if sender not in today
    )


def _missed(
    ledger: Ledger,
    me: str,
    sender: str,
    now: datetime,
    seen: Mapping[str, datetime],
    aside: Collection[int],
) -> list[int]:
    missing = [each for each in ledger.missing(sender) if each not in aside]
    if not missing:
        return []
    letters = ledger.numbers[sender]
    old = max((n for n, id_ in letters.items() if now - seen.get(id_, now) >= PATIENCE), default=0)
    before = _asked_for(ledger, sender)

    def is_wanted(number: int) -> bool:
        return number < old and _is_due(me, now, seen, before.get(number, ()))

    return list(filter(is_wanted, missing[:MOST_ASKED]))


def _is_due(me: str, now: datetime, seen: Mapping[str, datetime], before: Iterable[Letter]) -> bool:
    """Whether what was asked for before, by these letters, is asked for once more."""
    times = [(seen.get(each.id, now), each.sender == me) for each in before]
    mine = sum(is_mine for _, is_mine in times)
    pause = min(AGAIN_EVERY * 2 ** min(max(mine - 1, 0), 8), RAREST)
    return all(now - at >= (pause if is_mine else AGAIN_EVERY) for at, is_mine in times)


def _asked_for(ledger: Ledger, sender: str) -> dict[int, list[Letter]]:
    """Number to the letters that asked a sender for it."""
    found: dict[int, list[Letter]] = {}
    for letter in ledger.of_kind(Kind.AGAIN).values():
        if letter.body.get("of") == sender:
            for number in letter.body["numbers"]:
                found.setdefault(number, []).append(letter)
    return found


def correspondents(ledger: Ledger) -> set[str]:
    """Who may ask, and is asked: whoever has a seat or had one, and who was asked in."""
    roll = ledger.roll
    return set(roll.ever) | {keeper for _, keeper in roll.asked_in}


def is_stranger(ledger: Ledger, keeper: str) -> bool:
    """Whether an account has no seat, had none and was not asked in."""
    return keeper not in correspondents(ledger)


def size(content: Mapping[str, Any]) -> int:
    """The bytes of a letter, whole."""
    return len(json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode())


def is_too_much(ledger: Ledger, letter: Letter) -> bool:
    """Whether a letter is more than a keeper keeps of an account that has no seat, had none and was not asked in.

    Such an account is sent nothing again, so its requests are not kept; nor are letters numbered above
    MOST_OF_STRANGERS, nor more than one pair under one number; nor, as whoever stores them sees to, more than
    BYTES_OF_STRANGERS. Once it has standing they are read from the room's past.
    """
    if letter.id in ledger.letters or letter.sender in correspondents(ledger):
        return False
    again = letter.kind is Kind.AGAIN or letter.number > MOST_OF_STRANGERS
    said = letter.number in ledger.numbers.get(letter.sender, {})
    return again or (said and letter.sender in ledger.twice())


# -------------------------------------------------------------------------------------------- disputes


def dispute(ledger: Ledger, standing: Standing, seal: Letter) -> str | None:
    """How a keeper says that a congregation sealed another word than it counts itself; None when there is nothing to say.

    Names congregations, and what each of them is missing or has said differently; never a person.
    """
    seat = next((s for s in standing.electorate.values() if s.keeper == seal.sender), None)
    found = standing.outcome
    if (
        seat is None
        or seal.kind is not Kind.SEAL
        or seal.answers != standing.matter.id
        or seal.body["word"] == found.word.value
    ):
        return None
    theirs = _counted(*(seal.body[each] for each in ("consents", "objections", "asides")))
    mine = _counted(found.consents, found.objections, found.asides)
    said = [
        f"{seat.name} sealed “{standing.matter.title}” as {seal.body['word']}, and I count {found.word.value}.",
        f"They counted {theirs}; I count {mine}, of {found.entitled} entitled."
        if theirs != mine
        else f"We both count {mine}, of {found.entitled} entitled: the difference is in the word alone.",
        *_reasons(ledger, standing),
    ]
    return " ".join(said)


def _reasons(ledger: Ledger, standing: Standing) -> Iterator[str]:
    """What may explain a difference."""
    twice, seats = ledger.twice(), standing.electorate
    gaps = {each.id for each in seats.values() if ledger.missing(each.keeper)}
    doubled = {each.id for each in seats.values() if each.keeper in twice}
    objecting = {id_ for id_, each in standing.positions.items() if each.stand is Stand.OBJECTION}
    silent = seats.keys() - standing.positions.keys() if not standing.matter.opted else set()
    for these, words in (
        (objecting, "Objections I know of: {}."),
        (silent, "I have no position from {}."),
        (gaps, "Letters are missing here from {}."),
        (doubled, "Two different letters under one number came from {}."),
    ):
        if these:
            yield words.format(_named(seats[each].name for each in these))


def _counted(consents: int, objections: int, asides: int) -> str:
    parts = (
        f"{consents} {'consent' if consents == 1 else 'consents'}",
        f"{objections} {'objection' if objections == 1 else 'objections'}",
        f"{asides} standing aside",
    )
    return ", ".join(parts)


def _named(names: Iterable[str], most: int = 5) -> str:
    known = sorted(names)
    if len(known) > most:
        return f"{', '.join(known[:most])} and {len(known) - most} more"
    return " and ".join(filter(None, (", ".join(known[:-1]), known[-1])))
