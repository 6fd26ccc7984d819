"""Opens one field of somebody's money note to one circle for one meeting, and closes it again by itself (R29).

Its person sees the exact words first. They are said in the circle's room when the meeting begins, and taken back when it ends,
also after a restart. A meeting that is moved or left out is not the one they agreed to: then nothing is shown.
"""

from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from handlers.asking import now_of, whispered
from handlers.house.courier import quoted
from handlers.language import (
    NO,
    YES,
    Ask,
    Call,
    CallOff,
    Change,
    Effect,
    Effects,
    KeyGone,
    Redact,
    Refused,
    Ring,
    Say,
    inquiry,
    ritual,
    watch,
)
from handlers.meetings import meetings
from handlers.names import name, people, room_name
from handlers.words import escaped, folded
from practices import clock, money
from practices.circles import Life
from practices.money import Theme
from storage.database import row_of
from storage.meetings import Meeting, Standing
from storage.members import Member
from storage.notes import Opening
from storage.questions import Question
from storage.rooms import Room

PURPOSE = "money opening"

PATIENCE = timedelta(hours=1)

#: Meetings are at most so long: one that began earlier is over.
LONGEST = timedelta(hours=24)


class Held(NamedTuple):
    """A circle of the sender's, and the meeting of it that is on or comes next."""

    room: Room
    meeting: Meeting


def name_of(row: Opening) -> str:
    """Under which it is said in the room."""
    return f"opening:{row.id}"


async def _meetings(call: Call) -> list[Held]:
    """The circles of the sender with a meeting that is on or planned."""
    mine = await Member.filter(person=call.person).values_list("room", flat=True)
    rooms = await Room.filter(id__in=list(mine), kind__in=list(meetings.PAIRS), joined=True)
    found = []
    for room in sorted(rooms, key=lambda each: (room_name(each, ""), each.id)):
        if room.life is Life.CLOSED or call.person not in await people(room, call.house.me):
            continue
        since = call.at - LONGEST
        rows = Meeting.filter(room=room.id, at__gt=since).exclude(standing=Standing.SKIPPED)
        ahead = [each for each in await rows.order_by("at") if meetings.ends(room, each) > call.at]
        if ahead:
            found.append(Held(room, ahead[0]))
    return found


def _said(theme: Theme, who: str, words: str, ends: datetime, zone: ZoneInfo) -> str:
    """What the circle reads."""
    until = clock.short_words(ends, zone)
    return (
        f"**{who}** opens this of their own notes to you, for this meeting – {theme}:\n\n{quoted(words)}\n\n"
        f"*I take it back when the meeting ends, {until}.*"
    )


# --------------------------------------------------------------------------------------------- opening


async def proposed(call: Call, rest: str, fields: dict[Theme, str]) -> list[Effect]:
    """Show what a circle would read, word for word, and ask. Raises Refused, NotUnderstood."""
    said, _, circle = rest.partition(" to ") if " to " in rest else rest.partition(" in ")
    theme = money.theme(said)
    if theme not in fields:
        raise Refused(
            f"Nothing stands under **{theme}** in your money note, so nothing was opened. `money {theme}` writes it."
        )
    held = _chosen(await _meetings(call), circle, theme)
    room, meeting = held
    if any(each.held == meeting.id for each, _t, _w in await _own(call, theme)):
        raise Refused(
            f"**{theme}** is open for that meeting already. `money close {theme}` takes it back."
        )
    ends, zone = meetings.ends(room, meeting), ZoneInfo(meeting.zone)
    words = _said(theme, await name(room.id, call.person), fields[theme], ends, zone)
    where = room_name(room, "your circle")
    begins = (
        "now, as you meet"
        if meeting.at <= call.at
        else f"on {meetings.shown(meeting)}, when you meet"
    )
    return [
        Say(text=words),
        Ask(
            inquiry="money-open",
            text=f"This is what **{where}** would read in its room, {begins}, and no other field. I take my message back when the "
            "meeting ends; what people remember or copy I can't. If the meeting is moved or left out, nothing is shown.\n\n"
            "Open it? ✅ yes · ✋ no",
            until=call.at + PATIENCE,
            data={
                "meeting": meeting.id,
                "at": meeting.at.isoformat(),
                "theme": theme.value,
                "words": fields[theme],
            },
            person=call.person,
        ),
    ]


def _chosen(found: list[Held], circle: str, theme: Theme) -> Held:
    """The meeting that is meant. Raises Refused."""
    named = [each for each in found if folded(each.room.name or "") == folded(circle)]
    if circle and named:
        return named[0]
    if not circle and len(found) == 1:
        return found[0]
    if not found:
        raise Refused("No meeting of yours is planned, so nothing was opened.")
    names = ", ".join(
        f"`money open {theme} to {room_name(each.room, each.room.id)}`" for each in found
    )
    raise Refused(f"Say to whom, with the name of the circle: {names}. Nothing was opened.")


@inquiry(name="money-open", options=(YES, NO), begun=True)
async def agreed(call: Call, question: Question, said: str) -> Effects:
    """On a yes the field is opened for that meeting."""
    if said not in (YES.word, NO.word):
        return [Say(text="A yes or a no is enough: ✅ yes · ✋ no. Nothing is open yet.")]
    await question.delete()
    if said == NO.word:
        return [Say(text="It stays closed.")]
    data = question.data
    held = {each.meeting.id: each for each in await _meetings(call)}.get(int(str(data["meeting"])))
    if held is None or held.meeting.at != datetime.fromisoformat(str(data["at"])):
        raise Refused("That meeting was moved or left out meanwhile, so nothing was opened.")
    room, meeting = held
    theme = Theme(str(data["theme"]))
    row = await Opening.create(
        person=call.person,
        place=room.id,
        held=meeting.id,
        at=meeting.at,
        ends_at=meetings.ends(room, meeting),
        sealed=call.house.keys.of(call.person).seal(
            PURPOSE, {"theme": theme.value, "words": str(data["words"])}
        ),
    )
    over = _hour(call, row, "money-close", row.ends_at)
    if meeting.at <= call.at:
        return [
            *await _show(call, row, theme, str(data["words"])),
            over,
            Say(text="It is open until the meeting ends."),
        ]
    text = f"It is shown on **{meetings.shown(meeting)}**, and closes when that meeting ends. `money close {theme}` takes it back."
    return [_hour(call, row, "money-open", row.at), over, Say(text=text)]


def _hour(call: Call, row: Opening, ritual_: str, at: datetime) -> Ring:
    # In the private chat, as the circle may be looked after no more when it strikes.
    return Ring(
        ritual=ritual_, about=_about(row), at=at, room=call.room.id, content={"opening": row.id}
    )


def _about(row: Opening) -> str:
    return f"opening:{row.id}"


async def _show(call: Call, row: Opening, theme: Theme, words: str) -> list[Effect]:
    meeting = await Meeting.get(id=row.held)
    row.shown, row.place = True, meeting.room
    await row.save(update_fields=["shown", "place"])
    who = await name(meeting.room, row.person)
    text = _said(theme, who, words, row.ends_at, ZoneInfo(meeting.zone))
    return [Say(text=text, room=meeting.room, name=name_of(row), answers=False)]


@ritual(
    name="money-open",
    help="shows a circle, as its meeting begins, the one field of a money note that somebody opened to it",
)
async def begins(call: Call) -> Effects:
    """The meeting for which a field was opened begins, if it is still that meeting."""
    row = await row_of(Opening, call.content["opening"])
    if row is None or row.shown:
        return []
    why = await _hindered(call, row)
    opened = _opened(call, row)
    if why or opened is None:
        await row.delete()
        text = f"{why or 'Its key is gone'}, so nothing of your money note was shown. `money note` says how to open a field."
        return [
            CallOff(about=_about(row)),
            *await whispered(call, row.person, text, about="money", dispensable=True),
        ]
    return await _show(call, row, *opened)


async def _hindered(call: Call, row: Opening) -> str:
    """Why a field is not shown, in words; "" where nothing speaks against it."""
    meeting = await Meeting.get_or_none(id=row.held)
    if meeting is None or meeting.standing is Standing.SKIPPED:
        return "The meeting was left out"
    if meeting.at != row.at:
        return "The meeting was moved"
    if now_of(call) >= row.ends_at:
        return "The meeting was over when I came back"
    room = await Room.get_or_none(id=meeting.room, joined=True)
    if (
        room is None
        or room.kind not in meetings.PAIRS
        or row.person not in await people(room, call.house.me)
    ):
        return "I do not look after your circle any more, or you are not in it"
    return ""


def _opened(call: Call, row: Opening) -> tuple[Theme, str] | None:
    """Which field it is, and its words; None when its key is gone."""
    try:
        kept = call.house.keys.of(row.person).open(PURPOSE, row.sealed)
    except KeyGone:
        return None
    assert isinstance(kept, dict)
    return Theme(str(kept["theme"])), str(kept["words"])


# --------------------------------------------------------------------------------------------- closing


@ritual(
    name="money-close",
    help="takes back, as a meeting ends, what somebody opened of their money note",
)
async def ends(call: Call) -> Effects:
    """The meeting is over."""
    row = await row_of(Opening, call.content["opening"])
    return [] if row is None else await _closed(row)


async def _closed(row: Opening) -> list[Effect]:
    """Close one opening; what was said of it is taken back."""
    await row.delete()
    gone: list[Effect] = [Redact(target=name_of(row), room=row.place)] if row.shown else []
    return [CallOff(about=_about(row)), *gone]


async def _own(call: Call, theme: Theme | None = None) -> list[tuple[Opening, Theme | None, str]]:
    """The sender's openings, of one field or of all; those that can't be read belong to every field."""
    found = []
    for row in await Opening.filter(person=call.person).order_by("at", "id"):
        opened = _opened(call, row)
        if theme is None or opened is None or opened[0] is theme:
            found.append((row, *(opened or (None, ""))))
    return found


async def closed_by_word(call: Call, rest: str) -> list[Effect]:
    """Take back what the sender has opened: one field, or all."""
    theme = money.theme(rest) if rest and folded(rest) not in ("all", "everything") else None
    rows = await _own(call, theme)
    if not rows:
        raise Refused("Nothing of your money note is open, so nothing was changed.")
    effects = [effect for row, _theme, _words in rows for effect in await _closed(row)]
    return [*effects, Say(text="Closed: nobody is shown it any more.")]


async def changed(call: Call, theme: Theme) -> list[Effect]:
    """A field says something else now: it is not open in its old words."""
    rows = await _own(call, theme)
    effects = [effect for row, _theme, _words in rows for effect in await _closed(row)]
    if not rows:
        return []
    return [
        *effects,
        Say(text=f"**{theme}** was opened for a meeting, in other words; that is taken back."),
    ]


async def standing_words(call: Call) -> str:
    """What of the sender's note is open, to whom and until when; "" for nothing."""
    lines = []
    for row, theme, _words in await _own(call):
        room = await Room.get_or_none(id=row.place)
        where = escaped((room and room.name) or "") or "a circle of yours"
        zone = call.house.zone_of(room) if room else ZoneInfo(call.house.zone)
        until = clock.short_words(row.ends_at, zone)
        lines.append(f"- **{theme or 'a field'}** to **{where}**, until {until}")
    return "\n".join(["Open for one meeting:", "", *lines]) if lines else ""


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Whoever leaves a circle shows it nothing any more."""
    if call.sender is None:
        return []
    rows = await Opening.filter(place=call.room.id, person=call.person)
    return [effect for row in rows for effect in await _closed(row)]


async def forget(call: Call) -> list[Effect]:
    """The sender asks to be forgotten: what they opened is taken back."""
    return [
        effect for row in await Opening.filter(person=call.person) for effect in await _closed(row)
    ]


async def kept_of(call: Call, names: dict[str, str | None]) -> list[dict[str, object]]:
    """What the sender has opened, and to whom: values that JSON can hold."""
    return [
        {"field": theme, "room": names.get(row.place), "until": row.ends_at}
        for row, theme, _words in await _own(call)
    ]
