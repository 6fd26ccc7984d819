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
from hashlib import sha256
from typing import Any

from tortoise import fields
from tortoise.models import Model

from practices.assembly.keeping import (
    AGAIN_EVERY,
    BYTES_OF_STRANGERS,
    MOST_OF_STRANGERS,
    correspondents,
    is_stranger,
    is_too_much,
    size,
)
from practices.assembly.ledger import MOST_FORKS, MOST_NUMBER, Ledger, Taken
from practices.assembly.letters import (
    READERS,
    VERSION,
    Fault,
    Kind,
    Letter,
    Part,
    Unreadable,
    edition,
    read,
)
from storage.database import opened
from storage.statements import select

#: Begins what stands in what was told, once the space was replaced; the room that did so follows.
LISTED = "listed:"

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
    #: The space of the assembly, by which its rooms name it for ever, whatever replaced it.
    space = fields.CharField(max_length=255, null=True, db_index=True)
    #: The encrypted room in which its people talk.
    human = fields.CharField(max_length=255, null=True)
    #: The protocol rooms that we are in or invited to, by part.
    rooms: fields.Field[dict[str, str]] = fields.JSONField(default=dict)
    #: Rooms that a part was in before, by room: what was written there counts as ever.
    former: fields.Field[dict[str, str]] = fields.JSONField(default=dict)
    #: Rooms in which a part might go on: "parts" with why each cannot ("": it can; None: not entered yet), and more (handlers.assembly.prospects).
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
    def fit(self) -> dict[tuple[str, str], bool]:
        """Of the rooms that we have entered to look at them, and each part that they were named for, whether it can go on there."""
        return {
            (room, part): why == ""
            for room, seen in self.looked_at.items()
            for part, why in seen["parts"].items()
            if why is not None
        }

    @property
    def listed(self) -> str | None:
        """The space that lists its rooms now: the first one, or what replaced that."""
        later = [each for each in self.told if each.startswith(LISTED)]
        return later[-1].removeprefix(LISTED) if later else self.space

    @property
    def everywhere(self) -> list[str]:
        """Every room of the assembly that we know of, its space last."""
        parts = [*self.rooms.values(), *self.former]
        return [each for each in (*parts, self.human, self.listed) if each is not None]

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
    #: By sender the numbers of what is kept aside, how many rows those are, and the newest of them; None: not read yet.
    aside: Mapping[str, set[int]] = field(default_factory=dict)
    rows_aside: tuple[int, int] | None = None


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

    What is too much now may not be so later: then it is noted that the rooms' past is to be read (`is_past_wanted`). While it is not known which letter founded the assembly, whatever could be one of its letters is kept.
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
        await _left_out(assembly, known.ledger, [letter.sender])
        return Taken.FLOOD
    taken = known.ledger.take(letter, part)
    if taken is Taken.FLOOD and letter.number <= MOST_NUMBER:
        await left_out_of_many(assembly)
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
    if known.assembly not in known.letters or row.letter == known.assembly:
        return False  # without its beginning nobody has standing
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
        if await rows.filter(sender=sender).exclude(id__in=kept).delete():
            await _left_out(assembly, known, [sender])
    await _aside_let_go(assembly, known)
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
    known = await ledger(assembly)
    kept = known.letters
    rows = await AssemblyLetter.filter(assembly=assembly.id).values_list("id", "letter")
    foreign = [row for row, each in rows if each not in kept]
    await AssemblyLetter.filter(id__in=foreign).delete()
    if known.floods():
        await left_out_of_many(assembly)
    aside = await NewerLetter.filter(assembly=assembly.id)
    elsewhere = [each.id for each in aside if each.content.get("assembly") != letter]
    await NewerLetter.filter(id__in=elsewhere).delete()
    _forget(assembly)


async def _current(assembly: Assembly) -> _AtHand:
    """The ledger with all that is stored now."""
    if assembly.found is None:
        raise LookupError(f"it is not known yet which letter founded assembly {assembly.id}")
    ledgers = _at_hand.setdefault(asyncio.get_running_loop(), {})
    key = (opened(), assembly.id, assembly.found)
    known = ledgers.setdefault(key, _AtHand(Ledger(assembly.found)))
    stored = await _stored(assembly, known.sure)
    if any(stored.get(row) != letter for row, letter in known.unsure.items()):
        known = ledgers[key] = _AtHand(Ledger(assembly.found))
        stored = await _stored(assembly, known.sure)
    task = asyncio.current_task()
    if known.rows_aside is None or known.unit is None or known.unit() is not task:
        await _see_aside(assembly, known)
    if known.unsure and (known.unit is None or known.unit() is not task):
        known.sure, known.unsure = max(known.unsure), {}
    known.unit = weakref.ref(task) if task is not None else None
    fresh = [row for row in stored if row > known.sure and row not in known.unsure]
    if fresh:
        await _take(assembly, known, min(fresh))
    return known


async def _stored(assembly: Assembly, after: int) -> dict[int, str]:
    """Which letters are stored after a row, by their rows and in that order: asked for a dozen times for each that comes."""
    sql = "SELECT id, letter FROM assembly_letter WHERE assembly = ? AND id > ? ORDER BY id"
    return {int(row): str(letter) for row, letter in await select(sql, assembly.id, after)}


async def _take(assembly: Assembly, known: _AtHand, first: int) -> None:
    """Take in the stored letters from one row on."""
    for row in await AssemblyLetter.filter(assembly=assembly.id, id__gte=first).order_by("id"):
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


# ------------------------------------------------------------------------------------------- left out

#: Begins what stands in what was told of accounts of whom something was not kept while they had no standing.
_OF = "left out of:"

#: So many of them are noted one by one; what is left out of others is read as soon as anybody gains standing.
_MOST_LEFT_OUT = 100
_OF_OTHERS = "left out of others:"

#: Something was not kept of somebody who wrote more than anybody reads; then what the letters were as it was noted.
_OF_MANY = "left out of many:"

#: Begins the moment at which the past was last read because of that, in seconds since 1970.
_READ_AGAIN = "read again:"


async def _left_out(assembly: Assembly, known: Ledger, senders: Iterable[str]) -> None:
    """Something of these accounts was not kept, as they have no standing; it is to be read when they have."""
    for sender in senders:
        if f"{_OF}{sender}" in assembly.told:
            continue
        if sum(each.startswith(_OF) for each in assembly.told) < _MOST_LEFT_OUT:
            await _note(assembly, f"{_OF}{sender}")
        elif not any(each.startswith(_OF_OTHERS) for each in assembly.told):
            await _note(assembly, f"{_OF_OTHERS}{_digest(sorted(correspondents(known)))}")


async def left_out_of_many(assembly: Assembly) -> None:
    """Something was not kept, as its sender wrote more than anybody reads; somebody else may refer to it later."""
    if not any(each.startswith(_OF_MANY) for each in assembly.told):
        now = _what_may_miss(await ledger(assembly)) if assembly.found is not None else ""
        await _note(assembly, f"{_OF_MANY}{now}")


async def is_past_wanted(assembly: Assembly, now: datetime) -> bool:
    """Whether what was left out may count by now, so that the rooms' past is to be read again; noted as done, if so.

    That is when an account has gained standing of whom something was left out; and, at most once a day, when others refer
    to something that is not here, or have put a matter, and something was left out of many.
    """
    if not any(each.startswith((_OF, _OF_OTHERS, _OF_MANY)) for each in assembly.told):
        return False
    known = await ledger(assembly)
    standing = correspondents(known)
    last = next((each for each in assembly.told if each.startswith(_READ_AGAIN)), f"{_READ_AGAIN}0")
    rests = now.timestamp() - int(last.removeprefix(_READ_AGAIN)) < AGAIN_EVERY.total_seconds()
    crowd, of_many = _digest(sorted(standing)), _what_may_miss(known)
    wanted = [
        each
        for each in assembly.told
        if (each.startswith(_OF) and each.removeprefix(_OF) in standing)
        or (each.startswith(_OF_OTHERS) and each != f"{_OF_OTHERS}{crowd}")
        or (each.startswith(_OF_MANY) and each != f"{_OF_MANY}{of_many}" and not rests)
    ]
    if not wanted:
        return False
    if any(each.startswith(_OF_MANY) for each in wanted):
        wanted.append(last)
        await _note(assembly, f"{_READ_AGAIN}{int(now.timestamp())}")
    assembly.told = [each for each in assembly.told if each not in wanted]
    await assembly.save(update_fields=["told"])
    return True


def _what_may_miss(known: Ledger) -> str:
    """Stands for what letters that were left out could count for: what others refer to and is not here, and the matters."""
    unseen = {id_ for each in correspondents(known) for id_ in known.unseen(each)}
    return _digest([str(len(known.of_kind(Kind.MATTER))), *sorted(unseen)])


def _digest(words: Iterable[str]) -> str:
    return sha256(" ".join(words).encode()).hexdigest()[:16]


async def _note(assembly: Assembly, once: str) -> None:
    assembly.told = [*assembly.told, once]
    await assembly.save(update_fields=["told"])


# ------------------------------------------------------------------------------------------ kept aside

#: So many letters of a version that is not known here are kept of one keeper, of an account without standing, and of all.
MOST_ASIDE, MOST_ASIDE_OF_STRANGERS, MOST_ASIDE_OF_ALL = 500, 20, 20_000

#: Begins what stands in what was told once there were more letters than are kept.
_MORE = "newer: more:"


@dataclass(frozen=True, slots=True)
class NotKept:
    """More letters came that cannot be read here than are kept aside."""

    #: What could be read then (practices.assembly.letters.edition).
    edition: str
    #: Stands for the event that carried the first of them.
    first: str


async def keep_aside(
    assembly: Assembly,
    part: Part,
    sender: str,
    content: Mapping[str, Any],
    *,
    event: str,
    most: int,
    at: datetime,
) -> None:
    """Keep a letter that cannot be read here yet, at most `most` of one sender; if it is too much, note that there are more.

    One with a number that nobody reads is forgotten.
    """
    kept = NewerLetter.filter(assembly=assembly.id)
    if content["number"] > MOST_NUMBER or await kept.filter(event=event).exists():
        return
    full = await kept.filter(sender=sender).count() >= most
    if full or await kept.count() >= MOST_ASIDE_OF_ALL:
        if not_kept_aside(assembly) is None:
            await _note(assembly, f"{_MORE}{edition()}:{_digest([event])}")
        return
    await NewerLetter.create(
        assembly=assembly.id,
        part=part,
        sender=sender,
        version=content["version"],
        number=content["number"],
        content=dict(content),
        event=event,
        seen_at=at,
    )
    _aside_changed(assembly)


def not_kept_aside(assembly: Assembly) -> NotKept | None:
    """Whether more letters came than are kept aside, since they were last read."""
    found = next((each for each in assembly.told if each.startswith(_MORE)), None)
    return NotKept(*found.removeprefix(_MORE).split(":")) if found is not None else None


async def aside(assembly: Assembly) -> Mapping[str, set[int]]:
    """By sender the numbers of the letters that are kept aside: they are there, and not to be asked for; raises as `ledger`."""
    return (await _current(assembly)).aside


async def newest_readable(assembly: Assembly) -> str | None:
    """The event of the newest letter that is kept aside and can be read now, or never; None where all wait on."""
    rows = NewerLetter.filter(assembly=assembly.id, version__in=list(READERS)).order_by("-id")
    return next((each.event for each in await rows if not _waits(each)), None)


async def take_from_aside(assembly: Assembly) -> list[NewerLetter]:
    """What is kept aside and can be read now, or never, in the order in which it came; it is kept aside no more.

    Of whom nothing is kept aside any more hosts may hear again; and nothing was left out.
    """
    rows = NewerLetter.filter(assembly=assembly.id)
    found = [
        each
        for each in await rows.filter(version__in=list(READERS)).order_by("id")
        if not _waits(each)
    ]
    await NewerLetter.filter(id__in=[each.id for each in found]).delete()
    _aside_changed(assembly)
    waiting = set(map(str, await rows.distinct().values_list("sender", flat=True)))
    read_of = {f"newer:{each.sender}" for each in found if each.sender not in waiting}
    assembly.told = [
        each for each in assembly.told if each not in read_of and not each.startswith(_MORE)
    ]
    await assembly.save(update_fields=["told"])
    return found


def _waits(row: NewerLetter) -> bool:
    try:
        read(row.sender, row.content)
    except Unreadable as why:
        return why.fault is Fault.NEWER
    return False


async def _aside_let_go(assembly: Assembly, known: Ledger) -> None:
    """Keep aside as little of accounts without standing as if their letters had come one by one."""
    rows = NewerLetter.filter(assembly=assembly.id)
    for sender in await rows.distinct().values_list("sender", flat=True):
        if is_stranger(known, str(sender)):
            ids = await rows.filter(sender=sender).order_by("id").values_list("id", flat=True)
            await NewerLetter.filter(id__in=list(ids)[MOST_ASIDE_OF_STRANGERS:]).delete()


async def _see_aside(assembly: Assembly, known: _AtHand) -> None:
    """The numbers that are kept aside, read anew only if there are others."""
    sql = "SELECT count(*) AS many, max(id) AS newest FROM assembly_newer_letter WHERE assembly = ?"
    [(many, newest)] = await select(sql, assembly.id)
    there = (int(many), int(newest or 0))
    if there != known.rows_aside:
        rows = NewerLetter.filter(assembly=assembly.id)
        numbers: dict[str, set[int]] = {}
        for sender, number in await rows.distinct().values_list("sender", "number"):
            numbers.setdefault(str(sender), set()).add(int(number))
        known.aside, known.rows_aside = numbers, there
        known.ledger.put_aside(numbers)


def _aside_changed(assembly: Assembly) -> None:
    for key, known in _at_hand.get(asyncio.get_running_loop(), {}).items():
        if key[1] == assembly.id:
            known.rows_aside = None


# --------------------------------------------------------------------------------------------- finding


async def assembly_of(room: str) -> tuple[Assembly, Part] | None:
    """The assembly that a protocol room belongs to, and its part; None when it belongs to none of ours."""
    for assembly in await Assembly.exclude(state=State.LEFT).order_by("id"):
        part = assembly.part_of(room)
        if part is not None:
            return assembly, part
    return None


async def first_space(space: str) -> str:
    """The space by which the rooms of an assembly name it, of that space or one that replaced it."""
    for assembly in await Assembly.exclude(state=State.LEFT).order_by("id"):
        if assembly.space is not None and f"{LISTED}{space}" in assembly.told:
            return str(assembly.space)
    return space


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
