"""What one of two people who reflect on their partnership knows, and how it is kept: sealed, and gone when it is over.

Nothing here gives one of the two what the other has said or chosen: a `View` is made of one side alone. The keys are in
no database and no backup: one of the two, which holds who the other is, and one of each side, which is destroyed as soon
as that side stops, is forgotten, or it is over.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from zoneinfo import ZoneInfo

from handlers.asking import now_of, zone_of
from handlers.language import (
    Call,
    CallOff,
    DestroyKey,
    Effect,
    KeyGone,
    Option,
    Ring,
    Say,
    Scrub,
)
from handlers.meetings import meetings
from handlers.oneself.safety import DOOR
from handlers.words import verbatim
from practices import clock
from practices import partnership as pure
from practices.circles import RoomKind
from practices.meetings import Quiet
from practices.partnership import Half, Step
from storage import reflections
from storage.database import row_of
from storage.members import Member
from storage.people import Person
from storage.questions import Question
from storage.reflections import Reflection, ReflectionSide, Stage, sides, sides_of
from storage.rooms import Room

#: What is sealed, and for what.
WHO, SAID = "whom one reflects with", "partnership reflection"

UNREADABLE = (
    "What you had begun could not be read any more: its key is not on this machine, or was destroyed. Nobody else can read it "
    "either, and nothing was opened."
)


PASS = Option(sign="⏭️", word="pass", also=("skip", "next"))
TAKE_BACK = Option(sign="🗑️", word="take back", also=("delete", "redact"))


_KNOWN = (RoomKind.CREW, RoomKind.DYAD, RoomKind.WORKING, RoomKind.CONGREGATION)


@dataclass(frozen=True, slots=True)
class View:
    """A reflection as one of the two knows it: only what is theirs."""

    row: Reflection
    side: ReflectionSide
    #: Who the other is, as an id and as a name that is safe in Markdown.
    other: str
    name: str
    half: Half
    #: Whether this one was asked and would rather not, or has stopped.
    away: bool = False
    #: Whether what they had said cannot be read any more.
    lost: bool = False
    #: Their own messages and our answers to them that hold what they said.
    events: tuple[str, ...] = ()


def about(row: Reflection) -> str:
    """What its hours belong to, and the owner of the key of the two."""
    return f"reflection:{row.id}"


def own_key(side: ReflectionSide) -> str:
    """The owner of the key of one side: destroyed with what it sealed, whatever the other does."""
    return f"reflection:{side.reflection}:{side.id}"


def labelled(call: Call, side: ReflectionSide, other: str, name: str, *, away: bool = False) -> str:
    """Who the other is, sealed with the key of the two."""
    content = {"with": other, "called": name, "away": away}
    return call.house.keys.of(f"reflection:{side.reflection}").seal(WHO, content)


async def new_side(
    call: Call, row: Reflection, person: str, other: str, name: str, *, asks: bool
) -> ReflectionSide:
    """A side on which nothing is said yet."""
    side = ReflectionSide(reflection=row.id, whose={"person": person}, asks=asks)
    side.other = labelled(call, side, other, name)
    await side.save()
    return side


async def seen(call: Call, side: ReflectionSide) -> View:
    """What one side knows. Raises KeyGone when who the other is cannot be read."""
    row = await Reflection.get(id=side.reflection)
    label = call.house.keys.of(about(row)).open(WHO, side.other)
    assert isinstance(label, dict)
    half, events, lost = opened_half(call, side)
    away = bool(label["away"])
    if away and not side.said and row.stage is Stage.OPEN:
        half = pure.left()
    return View(row, side, str(label["with"]), str(label["called"]), half, away, lost, events)


def opened_half(call: Call, side: ReflectionSide) -> tuple[Half, tuple[str, ...], bool]:
    """What one side has said, in which messages, and whether it cannot be read any more: then it is as if nothing was said."""
    if not side.said:
        return Half(), (), False
    try:
        kept = call.house.keys.of(own_key(side)).open(SAID, side.said)
    except KeyGone:
        return Half(), (), True
    assert isinstance(kept, dict)
    return pure.from_state(kept["half"]), tuple(map(str, kept["events"])), False


async def set_away(call: Call, view: View, *, away: bool) -> None:
    """Keep that one would rather not, or would after all."""
    view.side.other = labelled(call, view.side, view.other, view.name, away=away)
    await view.side.save(update_fields=["other"])


async def keep(call: Call, view: View, half: Half, *events: str | None) -> View:
    """Seal what one side has said by now."""
    known = tuple(dict.fromkeys([*view.events, *(each for each in events if each)]))
    content = {"half": pure.state(half), "events": list(known)}
    view.side.said = call.house.keys.of(own_key(view.side)).seal(SAID, content)
    await view.side.save(update_fields=["said"])
    return replace(view, half=half, events=known, lost=False)


async def views_of(call: Call) -> list[View]:
    """What the sender is in, that is not over, as far as it can be read."""
    views = []
    for side in await sides_of(call.person):
        try:
            view = await seen(call, side)
        except KeyGone:
            continue
        if view.row.ends > now_of(call):
            views.append(view)
    return views


async def of_question(call: Call, question: Question) -> View | None:
    """The reflection that a question to the sender is about; None when it is over."""
    side = await row_of(ReflectionSide, question.data["side"])
    return await still_open(call, side) if side is not None and side.person == call.person else None


def chat_name(call: Call, side: ReflectionSide, what: str) -> str:
    """Under which something stands in the chat of one side: a mark, from which nobody finds the other side's chat."""
    key = call.house.keys.key("reflections")
    mark = blake2b(own_key(side).encode(), key=key, digest_size=16).hexdigest()
    return f"{what}:{mark}"


async def still_open(call: Call, side: ReflectionSide | None) -> View | None:
    """What a side knows while it is not over; None afterwards, and where it cannot be read."""
    if side is None:
        return None
    try:
        view = await seen(call, side)
    except KeyGone:
        return None
    return view if view.row.ends > now_of(call) else None


async def unasked(side: ReflectionSide) -> None:
    """Nothing about it is asked of one side any more."""
    mine = Question.filter(person=side.person, inquiry__startswith="partnership-")
    for question in await mine:
        if question.data.get("side") == side.id:
            await question.delete()


def place_of(call: Call, row: Reflection) -> Call:
    """The same call in a place of the two, which has the clock of their circle and is in none."""
    return replace(call, room=Room(id=about(row), zone=row.zone), thread=None)


async def until_words(call: Call, view: View) -> str:
    """The end of its stage, on the clock of its person."""
    zone = await zone_of(call, view.side.person, place_of(call, view.row).room)
    return clock.short_words(view.row.ends, zone)


async def nights_of(
    call: Call, row: Reflection, people: Sequence[str]
) -> list[tuple[ZoneInfo, Quiet]]:
    """The zone and quiet hours of each."""
    place = place_of(call, row)
    known = {person.id: person async for person in Person.filter(id__in=list(people))}
    return [
        (await zone_of(place, each, place.room), meetings.quiet_for(known.get(each), place.room))
        for each in people
    ]


def hour_of(row: Reflection, ritual_: str, at: datetime, **content: object) -> Ring:
    """An hour of a reflection, written ahead."""
    return Ring(
        ritual=ritual_,
        about=about(row),
        at=at,
        when=":".join([at.isoformat(), *map(str, content.values())]),
        room=about(row),
        content={"reflection": row.id, **content},
    )


async def gone(row: Reflection) -> list[Effect]:
    """Nothing of it stays: no row, no question, no hour, and no key that could read an older copy."""
    effects: list[Effect] = [CallOff(about=about(row)), DestroyKey(owner=about(row))]
    for side in await sides(row.id):
        await unasked(side)
        effects.append(DestroyKey(owner=own_key(side)))
    await reflections.forget(row)
    return [*effects, Scrub()]


def said_safely(text: str) -> Say:
    """A word in one's own chat, with the way to the safety door."""
    return Say(text=f"{text}\n\n{DOOR}")


def line_of(point: float) -> str:
    """A point as it was marked: drawn, as a number of the line, and in the nearest words."""
    return f"{pure.drawn(point)}\n\n*{point:g} of 100, near “{pure.nearest(point)}”*"


def told_by(view: View, *, of: str = "") -> str:
    """All that one side says; what was passed is not there."""
    half = view.half
    head = (f"**{of}**",) if of else ()
    point = (line_of(half.point),) if half.point is not None else ()
    titles = {
        Step.WHY: "Why", Step.DICTATOR: "A moment as the dictator", Step.PARTNER: "A moment as the partner"
    }  # fmt: skip
    words = [
        f"*{titles[step]}:*\n\n{_quoted(half.words[step])}"
        for step in pure.WRITTEN
        if half.words.get(step)
    ]
    return "\n\n".join([*head, *point, *words]) or "Nothing so far."


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" if line else ">" for line in verbatim(text).splitlines())


async def circles_of(person: str) -> list[str]:
    """The circles that somebody is in, the smallest kind first."""
    rooms = await Member.filter(person=person).values_list("room", flat=True)
    kept = await Room.filter(id__in=list(rooms), joined=True, kind__in=list(_KNOWN))
    return [room.id for room in sorted(kept, key=lambda each: (_KNOWN.index(each.kind), each.id))]


async def shared_zone(one: str, other: str) -> str | None:
    """The clock of the smallest circle that both are in."""
    theirs = await circles_of(other)
    shared = [room for room in await circles_of(one) if room in theirs]
    room = await Room.get_or_none(id=shared[0]) if shared else None
    return room.zone if room is not None else None
