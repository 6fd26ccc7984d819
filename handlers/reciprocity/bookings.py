"""What the features of the game share: whether it is on, what is booked, and how a booking is told to its owner."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.language import (
    Call,
    Refused,
)
from handlers.names import names, people
from handlers.words import escaped
from practices import clock
from practices import game as rules
from practices.circles import Life, RoomKind
from practices.game import Booked, Dispute, Event
from storage.bookings import Booking, Game, Player, digest
from storage.meetings import Meeting, Standing
from storage.members import is_in
from storage.rooms import Room

#: R81: a crew or a dyad.
PLAYING = frozenset({RoomKind.CREW, RoomKind.DYAD})


#: What is said within a day of a meeting's beginning belongs to that meeting.
SAME_MEETING = timedelta(days=1)


#: Q9: said with every total, so that it needs no extra word when one is below nought.
HARMLESS = "Points are a game: they decide nothing, and nobody else sees yours."


async def game_on(call: Call, room: Room) -> Game | None:
    """The game of a room while everybody in it has agreed to it; None while it is off or rests (R81)."""
    found = await Game.get_or_none(room=room.id)
    if found is None or found.on_since is None:
        return None
    if room.kind not in PLAYING or room.life is Life.CLOSED:
        return None
    present = await people(room, call.house.me)
    return found if present and await all_agreed(room, present) else None


async def all_agreed(room: Room, present: Iterable[str]) -> bool:
    """Whether each of those present has agreed to the game."""
    agreed = await Player.filter(room=room.id).values_list("person", flat=True)
    return set(present) <= set(agreed)


async def game_played(call: Call) -> Game:
    """The game of the room of the call. Raises Refused while it is not on."""
    found = await game_on(call, call.room)
    if found is None:
        raise Refused(
            "The game rests here, so nothing was done. "
            f"`{call.house.prefix}game` asks everybody whether you want to play."
        )
    return found


async def players(call: Call, room: Room, named: Iterable[str]) -> frozenset[str]:
    """Of those named, who is in the room; while the game is on they have all agreed to it."""
    return frozenset(await people(room, call.house.me)) & frozenset(named)


async def book(
    room: Room, found: Game, bookings: Iterable[Booked], *, about: str | None = None
) -> None:
    """Write what is not booked yet."""
    for booked in bookings:
        key = digest(found.id, booked.key)
        if await Booking.exists(key=key):
            continue
        await Booking.create(
            room=room.id,
            person=booked.person,
            number=await _next_number(booked.person),
            level=booked.level,
            event=booked.event,
            points=booked.points,
            key=key,
            cause=booked.cause,
            at=booked.at,
            others=list(booked.others),
            about=about,
        )
        if rules.in_sum(booked.event, Dispute.NONE):
            found.pending += booked.points
    await found.save(update_fields=["pending"])


async def _next_number(person: str) -> int:
    newest = await Booking.filter(person=person).order_by("-number").first()
    return (newest.number if newest else 0) + 1


async def cause_of(room: Room, now: datetime) -> str | None:
    """The meeting that what is happening belongs to; None when none began within a day."""
    begun = Meeting.filter(room=room.id, at__lte=now, at__gt=now - SAME_MEETING)
    meeting = await begun.exclude(standing=Standing.SKIPPED).order_by("-at").first()
    return f"meeting:{meeting.id}" if meeting else None


def total_of(rows: Iterable[Booking]) -> int:
    """What bookings make together; those taken back make nothing."""
    return sum(row.points for row in rows if rules.counts(row.dispute))


def plainly(total: int) -> str:
    """A total: with a sign only below nought."""
    return str(total) if total >= 0 else rules.signed(total)


async def line_of(row: Booking, zone: ZoneInfo) -> str:
    """One booking, as its owner and nobody else reads it."""
    what = rules.EVENT_WORDS[row.event]
    if row.about:
        what += f" ({escaped(row.about)})"
    elif row.others:
        what += f", with {' and '.join(await names(row.room, row.others))}"
    if row.event is Event.EARLIER:
        return f"{what}, level {row.level}: {rules.signed(row.points)}"
    line = (
        f"**{row.number}** · {clock.short_words(row.at, zone)}: {what}, {rules.signed(row.points)}"
    )
    match row.dispute:
        case Dispute.OPEN:
            return f"{line} (taken back until you have talked about it)"
        case Dispute.GONE:
            return f"{line} (gone)"
        case Dispute.STANDS | Dispute.NONE:
            return line


async def circles_of(call: Call) -> list[Room]:
    """The circles in which the person of the call plays now, by name."""
    ids = await Player.filter(person=call.person).values_list("room", flat=True)
    rooms = await Room.filter(id__in=list(ids))
    playing = [
        room
        for room in rooms
        if await is_in(room.id, call.person) and await game_on(call, room) is not None
    ]
    return sorted(playing, key=lambda room: (room.name or "", room.id))


def look_back(call: Call) -> str:
    """What is proposed when a crew's sum is below nought: no warning (Q9)."""
    known = "retrospective" in call.house.catalogue.words
    how = f" `{call.house.prefix}retrospective` begins one." if known else ""
    return (
        f"It may be a good moment to look back together at what you want from your meetings.{how}"
    )
