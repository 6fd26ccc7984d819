"""The assemblies that a congregation of ours takes part in, the letters that were read in them, and the cards of all.

The ledger of an assembly is kept at hand and reads only the letters that came since; what a unit of work stored and then
undid, it forgets again.
"""

import asyncio
import weakref
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model

from practices.assembly.keeping import (
    BYTES_OF_STRANGERS,
    MOST_OF_STRANGERS,
    is_stranger,
    is_too_much,
    size,
)
from practices.assembly.ledger import MOST_FORKS, MOST_NUMBER, Ledger, Taken
from practices.assembly.letters import VERSION, Kind, Letter, Part, read
from storage.database import opened

#: Stands in kept letters for whoever asked to be forgotten.
FORGOTTEN = "@forgotten:invalid"


class State(StrEnum):
    """How our congregation stands to an assembly."""

    #: Its rooms are being made by us.
    FOUNDING = "founding"
    #: Our keeper was invited into its rooms, and our hosts have not said yes.
    INVITED = "invited"
    #: Our hosts have said yes: its rooms are joined and read, and our seat is taken when that is done.
    ENTERING = "entering"
    SEATED = "seated"
    #: Our hosts said no, or we left, or the others parted from us.
    LEFT = "left"


class Assembly(Model):
    """One assembly, as a congregation of ours stands to it."""

    id = fields.BigIntField(primary_key=True)
    #: The id of the letter that founded it; None while that is not known.
    found = fields.CharField(max_length=43, null=True, db_index=True)
    #: As its charter calls it; before that is read, as the invitation did.
    name = fields.CharField(max_length=80)
    #: The space of our congregation; None while an invitation waits for a yes.
    room = fields.CharField(max_length=255, null=True, db_index=True)
    #: The space of the assembly.
    space = fields.CharField(max_length=255, null=True, db_index=True)
    #: The encrypted room in which its people talk.
    human = fields.CharField(max_length=255, null=True)
    #: The protocol rooms that we are in or invited to, by part.
    rooms: fields.Field[dict[str, str]] = fields.JSONField(default=dict)
    #: Rooms that a part was in before, by room: what was written there counts as ever.
    former: fields.Field[dict[str, str]] = fields.JSONField(default=dict)
    #: Rooms in which a part might go on: "part", "fit" (None: not entered yet) and "why" it is not.
    looked_at: fields.Field[dict[str, dict[str, Any]]] = fields.JSONField(default=dict)
    #: The id of the letter by which our congregation took its seat.
    seat = fields.CharField(max_length=43, null=True)
    state = fields.CharEnumField(State, max_length=16)
    #: While it is founded or entered: what it is for, and what our hosts were shown of it. Later: our card that is being made.
    draft: fields.Field[dict[str, Any]] = fields.JSONField(default=dict)
    #: What our hosts and stewards were told once, such as "liar:@kinkeeper:example.org".
    told: fields.Field[list[str]] = fields.JSONField(default=list)
    #: The parts whose history was read to its beginning.
    read: fields.Field[list[str]] = fields.JSONField(default=list)
    #: The host to whom we answer while it is founded or entered; empty: nobody any more.
    asked_by = fields.CharField(max_length=255, default="", db_index=True)
    #: The account that invited us; empty: nobody did.
    invited_by = fields.CharField(max_length=255, default="", db_index=True)
    made_at = fields.DatetimeField()

    class Meta:
        table = "assembly"

    @property
    def is_read(self) -> bool:
        """Whether all that was written in its protocol rooms was read."""
        return {*Part, *self.former} <= set(self.read)

    @property
    def fit(self) -> dict[str, bool]:
        """Of the rooms that we have entered to look at them, whether a part can go on in them."""
        return {
            room: bool(seen["fit"])
            for room, seen in self.looked_at.items()
            if seen["fit"] is not None
        }

    def goes_on(self, part: str, room: str) -> None:
        """From now on a part is in another room; the one it was in stays as one of its former ones."""
        before = self.rooms.get(part)
        if before not in (None, room):
            self.former = {**self.former, str(before): part}
            if part in self.read:
                self.read = sorted({*self.read, str(before)})
        self.former = {each: of for each, of in self.former.items() if each != room}
        self.rooms = {**self.rooms, part: room}

    def part_of(self, room: str) -> Part | None:
        """Which part of the protocol a room is; None when it is none."""
        found = next((part for part, known in self.rooms.items() if known == room), None)
        found = found or self.former.get(room)
        return Part(found) if found is not None else None


class AssemblyLetter(Model):
    """A letter that could be read, from another keeper or from ourselves."""

    id = fields.BigIntField(primary_key=True)
    assembly = fields.BigIntField()
    letter = fields.CharField(max_length=43)
    part = fields.CharEnumField(Part, max_length=16)
    sender = fields.CharField(max_length=255)
    number = fields.BigIntField()
    #: The letter itself, whole.
    content: fields.Field[dict[str, Any]] = fields.JSONField()
    #: The event that carried it; None: it is our own and only owed yet.
    event = fields.CharField(max_length=255, null=True)
    #: When we first saw it, by our own clock.
    seen_at = fields.DatetimeField()

    class Meta:
        table = "assembly_letter"
        unique_together = (("assembly", "letter"),)


class NewerLetter(Model):
    """A letter of a version or a kind that is not known here yet, kept aside until it is."""

    id = fields.BigIntField(primary_key=True)
    assembly = fields.BigIntField()
    part = fields.CharEnumField(Part, max_length=16)
    sender = fields.CharField(max_length=255)
    version = fields.BigIntField()
    #: Its number, if it has one where version 1 has it; else 0.
    number = fields.BigIntField()
    #: The letter itself, whole; nothing of it is understood.
    content: fields.Field[dict[str, Any]] = fields.JSONField()
    #: The event that carried it.
    event = fields.CharField(max_length=255)
    seen_at = fields.DatetimeField()

    class Meta:
        table = "assembly_newer_letter"
        unique_together = (("assembly", "event"),)


class AssemblyCard(Model):
    """What a congregation says of itself in the directory."""

    id = fields.BigIntField(primary_key=True)
    assembly = fields.BigIntField()
    #: The account that wrote it, which is the key of its state.
    keeper = fields.CharField(max_length=255)
    card: fields.Field[dict[str, Any]] = fields.JSONField()
    #: The highest number that was seen of this keeper's cards: a card with a lower one is an old one.
    highest = fields.BigIntField()
    seen_at = fields.DatetimeField()

    class Meta:
        table = "assembly_card"
        unique_together = (("assembly", "keeper"),)


# ------------------------------------------------------------------------------------------- the ledger


@dataclass(slots=True)
class _AtHand:
    """A ledger and the rows that it was read from."""

    ledger: Ledger
    #: When each letter was first seen.
    seen: dict[str, datetime] = field(default_factory=dict)
    #: Up to this row all are there for good.
    sure: int = 0
    #: The rows after it, and their letters: the unit of work that stored them may have been undone.
    unsure: dict[int, str] = field(default_factory=dict)
    #: The unit of work in which those were read.
    unit: weakref.ref[Any] | None = None


_at_hand: weakref.WeakKeyDictionary[
    asyncio.AbstractEventLoop, dict[tuple[int, int, str], _AtHand]
] = weakref.WeakKeyDictionary()


#: By assembly whose beginning is not known: the letters that were kept of each sender since we started.
_unread: weakref.WeakKeyDictionary[
    asyncio.AbstractEventLoop, dict[tuple[int, int], Counter[str]]
] = weakref.WeakKeyDictionary()


async def ledger(assembly: Assembly) -> Ledger:
    """Everything that was read in an assembly, to be looked at and not to be changed.

    To be called within a unit of work (storage.database.transaction), as every feature is. Raises LookupError while it
    is not known which letter founded the assembly.
    """
    return (await _current(assembly)).ledger


async def seen(assembly: Assembly) -> Mapping[str, datetime]:
    """When we first saw each letter of an assembly, by its id; otherwise as `ledger`."""
    return (await _current(assembly)).seen


async def next_number(assembly: Assembly, sender: str) -> int:
    """The number of the letter that `sender` writes next; raises as `ledger`."""
    return max((await ledger(assembly)).numbers.get(sender, {}), default=0) + 1


async def store_letter(
    assembly: Assembly,
    letter: Letter,
    part: Part,
    content: Mapping[str, Any],
    *,
    event: str | None,
    at: datetime,
) -> Taken:
    """Keep a letter that could be read (`content` is the whole of it), unless it is misplaced, a repeat or too much.

    While it is not known which letter founded the assembly, whatever could be one of its letters is kept.
    """
    row = AssemblyLetter(
        assembly=assembly.id,
        letter=letter.id,
        part=part,
        sender=letter.sender,
        number=letter.number,
        content=dict(content),
        event=event,
        seen_at=at,
    )
    if assembly.found is None:
        return await _unfounded(assembly, row)
    known = await _current(assembly)
    # Before all is read nobody knows who has a seat.
    if assembly.state is State.SEATED and await _is_too_much(assembly, known.ledger, row):
        return Taken.FLOOD
    taken = known.ledger.take(letter, part)
    if taken not in (Taken.NEW, Taken.TWICE):
        return taken
    try:
        await row.save()
    except BaseException:
        _forget(assembly)
        raise
    known.unsure[row.id] = letter.id
    known.seen[letter.id] = at
    return taken


async def _is_too_much(assembly: Assembly, known: Ledger, row: AssemblyLetter) -> bool:
    """Whether a letter is more than is kept of an account without standing: by its number, or by the bytes of all."""
    if row.letter in known.letters or not is_stranger(known, row.sender):
        return False
    if is_too_much(known, _letter(row.content)):
        return True
    ids = list(known.numbers.get(row.sender, {}).values())
    kept = await AssemblyLetter.filter(assembly=assembly.id, letter__in=ids)
    return size(row.content) + sum(size(each.content) for each in kept) > BYTES_OF_STRANGERS


async def strangers_let_go(assembly: Assembly) -> None:
    """Keep of accounts without standing as little as if their letters had come one by one; to be called when all is read.

    Before that nobody knows who has a seat.
    """
    known = await ledger(assembly)
    rows = AssemblyLetter.filter(assembly=assembly.id)
    for sender in sorted(filter(lambda each: is_stranger(known, each), known.numbers)):
        kept, of = set[int](), Ledger(known.assembly)
        left = BYTES_OF_STRANGERS
        for row in await rows.filter(sender=sender, number__lte=MOST_OF_STRANGERS).order_by(
            "number", "id"
        ):
            letter = _letter(row.content)
            if size(row.content) <= left and not is_too_much(of, letter):
                of.take(letter, row.part)
                kept.add(row.id)
                left -= size(row.content)
        await rows.filter(sender=sender).exclude(id__in=kept).delete()
    _forget(assembly)


async def _unfounded(assembly: Assembly, row: AssemblyLetter) -> Taken:
    """Keep a letter of an assembly whose beginning is not known, but no more of one sender than any ledger takes."""
    if await AssemblyLetter.exists(assembly=assembly.id, letter=row.letter):
        return Taken.REPEATED
    counts = _unread.setdefault(asyncio.get_running_loop(), {})
    count = counts.setdefault((opened(), assembly.id), Counter())
    if row.number > MOST_NUMBER or count[row.sender] >= MOST_NUMBER + MOST_FORKS:
        return Taken.FLOOD
    await row.save()
    count[row.sender] += 1
    return Taken.NEW


async def found_by(assembly: Assembly, letter: str) -> None:
    """It is known now which letter founded an assembly; what was kept and belongs to another is forgotten."""
    assembly.found = letter
    await assembly.save(update_fields=["found"])
    _unread.get(asyncio.get_running_loop(), {}).pop((opened(), assembly.id), None)
    kept = (await ledger(assembly)).letters
    rows = await AssemblyLetter.filter(assembly=assembly.id).values_list("id", "letter")
    foreign = [row for row, each in rows if each not in kept]
    await AssemblyLetter.filter(id__in=foreign).delete()
    _forget(assembly)


async def _current(assembly: Assembly) -> _AtHand:
    """The ledger with all that is stored now."""
    if assembly.found is None:
        raise LookupError(f"it is not known yet which letter founded assembly {assembly.id}")
    ledgers = _at_hand.setdefault(asyncio.get_running_loop(), {})
    key = (opened(), assembly.id, assembly.found)
    known = ledgers.setdefault(key, _AtHand(Ledger(assembly.found)))
    rows = AssemblyLetter.filter(assembly=assembly.id, id__gt=known.sure)
    stored = dict(await rows.order_by("id").values_list("id", "letter"))
    if any(stored.get(row) != letter for row, letter in known.unsure.items()):
        known = ledgers[key] = _AtHand(Ledger(assembly.found))
        rows = AssemblyLetter.filter(assembly=assembly.id)
        stored = dict(await rows.order_by("id").values_list("id", "letter"))
    task = asyncio.current_task()
    if known.unsure and (known.unit is None or known.unit() is not task):
        known.sure, known.unsure = max(known.unsure), {}
    known.unit = weakref.ref(task) if task is not None else None
    fresh = [row for row in stored if row > known.sure and row not in known.unsure]
    if fresh:
        await _take(known, rows, min(fresh))
    return known


async def _take(known: _AtHand, rows: Any, first: int) -> None:
    """Take in the stored letters from one row on."""
    for row in await rows.filter(id__gte=first).order_by("id"):
        known.ledger.take(_letter(row.content), row.part)
        known.seen.setdefault(row.letter, row.seen_at)
        known.unsure[row.id] = row.letter


def _letter(content: Mapping[str, Any]) -> Letter:
    """A letter that was read before it was stored."""
    if content["version"] != VERSION:
        return read(content["from"], content)
    return Letter(
        id=content["id"],
        kind=Kind(content["type"]),
        sender=content["from"],
        number=content["number"],
        assembly=content.get("assembly"),
        answers=content.get("answers"),
        after=tuple(content.get("after", ())),
        body=content["body"],
    )


def _forget(assembly: Assembly) -> None:
    ledgers = _at_hand.get(asyncio.get_running_loop(), {})
    for key in [key for key in ledgers if key[1] == assembly.id]:
        del ledgers[key]


# ------------------------------------------------------------------------------------------ kept aside

#: So many letters of a version that is not known here are kept of one keeper, of an account without standing, and of all.
MOST_ASIDE, MOST_ASIDE_OF_STRANGERS, MOST_ASIDE_OF_ALL = 500, 20, 20_000


async def keep_aside(
    assembly: Assembly,
    part: Part,
    sender: str,
    content: Mapping[str, Any],
    *,
    event: str,
    most: int,
    at: datetime,
) -> bool:
    """Keep a letter that cannot be read here yet, at most `most` of one sender; whether it is kept now."""
    kept = NewerLetter.filter(assembly=assembly.id)
    if await kept.filter(event=event).exists():
        return True
    if await kept.filter(sender=sender).count() >= most:
        return False
    if await kept.count() >= MOST_ASIDE_OF_ALL:
        return False
    await NewerLetter.create(
        assembly=assembly.id,
        part=part,
        sender=sender,
        version=_whole(content.get("version")),
        number=_whole(content.get("number")),
        content=dict(content),
        event=event,
        seen_at=at,
    )
    return True


async def aside(assembly: Assembly) -> Mapping[str, set[int]]:
    """By sender the numbers of the letters that are kept aside: they are there, and not to be asked for."""
    found: dict[str, set[int]] = {}
    rows = NewerLetter.filter(assembly=assembly.id)
    for sender, number in await rows.values_list("sender", "number"):
        found.setdefault(str(sender), set()).add(int(number))
    return found


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


# --------------------------------------------------------------------------------------------- finding


async def assembly_of(room: str) -> tuple[Assembly, Part] | None:
    """The assembly that a protocol room belongs to, and its part; None when it belongs to none of ours."""
    for assembly in await Assembly.exclude(state=State.LEFT).order_by("id"):
        part = assembly.part_of(room)
        if part is not None:
            return assembly, part
    return None


async def seated(spaces: Iterable[str]) -> list[Assembly]:
    """The assemblies in which one of these congregations has a seat, by name."""
    found = Assembly.filter(room__in=list(spaces), state=State.SEATED)
    return await found.order_by("name", "id")


# ----------------------------------------------------------------------------------------------- people


async def kept_of(person: str) -> dict[str, list[dict[str, object]]]:
    """What is kept of a person in assemblies: values that JSON can hold."""
    cards = await AssemblyCard.all().order_by("id")
    return {
        "assemblies_you_asked_about": [
            {"assembly": row.name, "how_it_stands": row.state.value}
            for row in await Assembly.filter(asked_by=person).order_by("id")
        ],
        "cards_that_name_you_as_contact": [
            {"congregation": row.card.get("name"), "by": row.keeper}
            for row in cards
            if person in row.card.get("contacts", ())
        ],
        "letters_that_say_you_would_mediate": [
            {"by": row.sender, "seen": row.seen_at}
            for row in await AssemblyLetter.filter(part=Part.CARE).order_by("id")
            if row.content["body"].get("mediator") == person
        ],
        "letters_that_say_you_could_confirm_a_claim": [
            {"by": row.sender, "seen": row.seen_at}
            for row in await AssemblyLetter.filter(part=Part.CHARTER).order_by("id")
            if _vouches(row.content, person)
        ],
        "letters_that_cannot_be_read_yet_and_name_you": [
            {"by": row.sender, "seen": row.seen_at}
            for row in await NewerLetter.all().order_by("id")
            if person in (row.sender, *_texts(row.content))
        ],
        "cards_being_made_that_name_you": [
            {"assembly": row.name}
            for row in await Assembly.all().order_by("id")
            if _without(row.draft, person) != row.draft
        ],
        "assemblies_where_somebody_was_told_of_letters_of_yours": [
            {"assembly": row.name}
            for row in await Assembly.all().order_by("id")
            if any(f":{person}" in each for each in row.told)
        ],
    }


async def forget_person(person: str, me: str) -> list[Assembly]:
    """Let no assembly name a person any more; returns those whose card of ours named them.

    `me` is our own account. What other keepers' cards say is theirs; here those cards name the person no more.
    """
    await Assembly.filter(asked_by=person).update(asked_by="")
    await Assembly.filter(invited_by=person).update(invited_by="")
    for assembly in await Assembly.all():
        reduced = _without(assembly.draft, person)
        if reduced != assembly.draft:
            assembly.draft = reduced
            await assembly.save(update_fields=["draft"])
        if any(f":{person}" in each for each in assembly.told):
            assembly.told = [each for each in assembly.told if f":{person}" not in each]
            await assembly.save(update_fields=["told"])
    await _forget_in_letters(person)
    for newer in await NewerLetter.all():
        # Nobody knows what it says: the whole of it goes.
        if person == newer.sender or person in _texts(newer.content):
            await newer.delete()
    ours = []
    for row in await AssemblyCard.all():
        if person in row.card.get("contacts", ()):
            row.card = _without(row.card, person)
            await row.save(update_fields=["card"])
            if row.keeper == me:
                ours.append(row.assembly)
    return await Assembly.filter(id__in=ours).order_by("id")


async def _forget_in_letters(person: str) -> None:
    """No letter that is kept here says any more that a person would mediate, or could confirm a claim.

    Those that others keep are theirs.
    """
    for row in await AssemblyLetter.filter(part__in=[Part.CARE, Part.CHARTER]):
        body = dict(row.content["body"])
        if body.get("mediator") == person:
            body = {"mediator": FORGOTTEN}
        elif _vouches(row.content, person):
            body = _without(body, person)
        else:
            continue
        row.content = {**row.content, "body": body}
        await row.save(update_fields=["content"])
        for assembly in await Assembly.filter(id=row.assembly):
            _forget(assembly)


def _vouches(content: Mapping[str, Any], person: str) -> bool:
    """Whether a claim names a person as one who could confirm it: no field of ours, but other software may write it."""
    named = content["body"].get("contacts")
    return content["type"] == Kind.CLAIM and isinstance(named, list) and person in named


def _texts(held: Any) -> Iterator[str]:
    """Every text in a value of JSON, and every name of a field."""
    match held:
        case str():
            yield held
        case Mapping():
            for key, each in held.items():
                yield key
                yield from _texts(each)
        case list():
            for each in held:
                yield from _texts(each)
        case _:
            return


def _without(held: Any, person: str) -> Any:
    """The same without a person."""
    if isinstance(held, dict):
        return {key: _without(each, person) for key, each in held.items() if each != person}
    if isinstance(held, list):
        return [_without(each, person) for each in held if each != person]
    return held
