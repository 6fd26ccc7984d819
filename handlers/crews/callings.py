"""What the features about calls share: whom a call concerns, how it is shown, and how it ends.

A board stays true by being edited. What somebody said about being in a crew with another is opened in one place,
`handlers.crews.trial`, and nothing here can tell a no from silence.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from tortoise.expressions import Q

from handlers import taps
from handlers.asking import now_of, whispered
from handlers.language import Call, CallOff, Edit, Effect, React, Redact, Ring, Say
from handlers.meetings.meetings import setting
from handlers.names import fallback, room_name
from handlers.words import escaped, folded
from practices import calling as calls
from practices import clock
from practices.circles import CIRCLES_A_PERSON, Life, RoomKind
from practices.defaults import PATIENCE
from storage.callings import Acceptance, Calling, Interest, Place, Stage
from storage.database import row_of
from storage.members import Member
from storage.outbox import Deed, Owed
from storage.questions import Question
from storage.rooms import Room
from storage.visitors import Visitor

#: Under which the board of a congregation is said in each of its rooms.
BOARD = "board:calls"

SIGNS = ("1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣", "6️⃣", "7️⃣", "8️⃣", "9️⃣")
#: More would not stand side by side under a message; the other numbers can be tapped all the same.
TAPPED = SIGNS[:5]
OWN_CALL = "📣"

#: The questions that belong to a call and end with it.
INQUIRIES = (
    "trial-coming",
    "trial-right",
    "trial-where",
    "with",
    "form-now",
    "pass-on",
    "call-withdraw",
)


def about(calling: Calling) -> str:
    """What the hours of a call belong to."""
    return f"calling:{calling.id}"


def said(calling: Calling) -> calls.Calling:
    """What a call says."""
    return calls.from_state(calling.said)


async def found(raw: object) -> Calling | None:
    """The call of that number in our own books; None when it has ended."""
    return await row_of(Calling, raw)


async def known_as(person: str, room: str | None = None, *, to: str | None = None) -> str:
    """What a person is called, safe in Markdown: in that room, or in one that they share with `to`.

    A name from anywhere else would tell of a room that the reader is not in.
    """
    rows = Member.filter(person=person).exclude(name=None).order_by("id")
    row = await rows.filter(room=room).first() if room else None
    if row is None and to is not None:
        row = await rows.filter(room__in=await rooms_of(to)).first()
    return escaped((row and row.name) or "") or fallback(person)


async def told_apart(person: str, readers: Iterable[str], room: str | None = None) -> str:
    """A name in bold for those who are to accept somebody; with the address where the name alone proves nothing.

    Anybody can call themselves Dan: the address is shown to whoever shares no room with them, or knows another Dan.
    """
    reading = list(readers)
    name = await known_as(person, room, to=reading[0] if reading else None)
    for reader in reading:
        rooms = await rooms_of(reader)
        near = await Member.filter(room__in=rooms).exclude(person=reader)
        namesakes = {each.person for each in near if folded(each.name or "") == _bare(name)}
        if person not in {each.person for each in near} or namesakes - {person}:
            return f"**{name}** ({escaped(person)})"
    return f"**{name}**"


def _bare(name: str) -> str:
    return folded(name.replace("\\", ""))


async def rooms_of(person: str) -> list[str]:
    """The rooms that somebody is in."""
    return list(await Member.filter(person=person).values_list("room", flat=True))  # type: ignore[arg-type]


async def listed(people: Iterable[str], room: str | None = None, *, to: str | None = None) -> str:
    """Several people by name: no other order ranks nobody."""
    shown = sorted([await known_as(each, room, to=to) for each in people], key=str.casefold)
    if len(shown) <= 1:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


async def spaces_of(person: str) -> list[Room]:
    """The congregations that somebody is in."""
    rooms = await Member.filter(person=person).values_list("room", flat=True)
    kept = Room.filter(id__in=list(rooms), kind=RoomKind.CONGREGATION, joined=True)
    return await kept.order_by("name", "id")


async def belongs(calling: Calling, person: str) -> bool:
    """Whether a call is shown to somebody: they are of its congregation, in its room, or were asked."""
    rooms = [room for room in (calling.congregation, calling.stands_in) if room]
    if calling.congregation:
        working = Room.filter(congregation=calling.congregation, kind=RoomKind.WORKING)
        rooms += [room.id for room in await working]
    if await Interest.exists(calling=calling.id, person=person):
        return True
    return await Member.exists(room__in=rooms, person=person)


async def visible(person: str) -> list[Calling]:
    """The open calls that somebody can see, by the boards on which they stand."""
    rooms = await rooms_of(person)
    working = Room.filter(id__in=rooms, kind=RoomKind.WORKING).exclude(congregation=None)
    spaces = {*rooms, *(room.congregation for room in await working)}
    asked_ = await Interest.filter(person=person).values_list("calling", flat=True)
    near = Q(congregation__in=list(spaces)) | Q(stands_in__in=rooms) | Q(id__in=list(asked_))
    return await Calling.filter(near, stage=Stage.OPEN).order_by("congregation", "number", "id")


async def own(person: str) -> Calling | None:
    """The call that somebody has made and that goes on."""
    return await Calling.filter(caller=person, stage__in=[Stage.OPEN, Stage.ASKING]).first()


async def curious(calling: Calling) -> list[Interest]:
    """Those who are curious, in the order in which they became so."""
    interests = Interest.filter(calling=calling.id).exclude(since=None)
    return await interests.order_by("since", "id")


async def full(person: str, congregation: str | None) -> str | None:
    """Why somebody cannot be in one more crew there (R3); None when they can."""
    there = await Member.filter(person=person).values_list("room", flat=True)
    visited = await Visitor.filter(person=person).values_list("room", flat=True)
    kept = await Place.filter(person=person).values_list("room", flat=True)
    crews = Room.filter(
        id__in=[*set(there).difference(visited), *kept],
        kind=RoomKind.CREW,
        congregation=congregation,
        joined=True,
    )
    count = len([crew for crew in await crews if crew.life is not Life.CLOSED])
    space = await Room.get_or_none(id=congregation) if congregation else None
    most = int(setting(space, "crews-per-person")) if space else CIRCLES_A_PERSON
    if count < most:
        return None
    where = f" of **{room_name(space, 'your congregation')}**" if space else ""
    return (
        f"You are in {count} crews{where} already, as many as one person joins there. Nothing was changed; "
        "when one of them ends or you leave it, there is room again."
    )


# ------------------------------------------------------------------------------------------ the board


async def line(calling: Calling, *, to: str | None = None) -> str:
    """A call on one line, with the name of its caller."""
    name = await known_as(calling.caller, calling.congregation or calling.stands_in, to=to)
    return f"**{name}** calls: {escaped(calls.board_line(said(calling)))}"


async def board_text(call: Call, space: Room, room: Room) -> str:
    """The board of a congregation as it stands in one of its rooms."""
    name, prefix = room_name(space, "your congregation"), call.house.prefix
    open_ = await Calling.filter(congregation=space.id, stage=Stage.OPEN).order_by("number")
    if not open_:
        return (
            f"**Calls in {name}**\n\nNone is open just now. {OWN_CALL} calls a crew of your own.\n\n"
            f"*In words: `{prefix}call`*"
        )
    lines = [f"{_sign(each)} {await line(each)}" for each in open_]
    following = (
        "Next: tap the number of a call that makes you curious. It binds you to nothing, and I tell only its caller. "
        f"{OWN_CALL} calls a crew of your own."
    )
    seen = taps.seen_words(room, call.house.me, f"`curious {open_[0].number}`")
    return "\n\n".join([f"**Calls in {name}**", *lines, following, seen])


def _sign(calling: Calling) -> str:
    return SIGNS[(calling.number or 1) - 1]


async def board_rooms(space: Room) -> list[Room]:
    """Where a congregation's board stands: in its working rooms, or in the space itself."""
    working = await Room.filter(congregation=space.id, kind=RoomKind.WORKING, joined=True)
    return working or [space]


async def board(call: Call, congregation: str | None) -> list[Effect]:
    """The board as it stands now: edited where it stands already, said where it does not."""
    space = await Room.get_or_none(id=congregation) if congregation else None
    if space is None or not space.joined:
        return []
    signs = await _signs(space)
    effects: list[Effect] = []
    for room in await board_rooms(space):
        text = await board_text(call, space, room)
        said = await _board_of(room)
        if said is not None:
            effects.append(Edit(name=BOARD, text=text, room=room.id))
            effects += await _more_signs(room, said, signs)
        elif signs:
            effects.append(_said(room, text, signs))
    return effects


async def _board_of(room: Room) -> Owed | None:
    """The board that stands in a room."""
    said = Owed.filter(name=BOARD, lane=room.id, deed=Deed.SEND)
    return await said.order_by("-id").first()


async def _signs(space: Room) -> tuple[str, ...]:
    """As many numbers to tap as the open calls of a congregation need."""
    numbers = await Calling.filter(congregation=space.id, stage=Stage.OPEN).values_list(
        "number", flat=True
    )
    return TAPPED[: max((int(str(number or 0)) for number in numbers), default=0)]


async def _more_signs(room: Room, said: Owed, signs: tuple[str, ...]) -> list[Effect]:
    """The numbers that a board needs and has not; they were set in their order, before or after 📣."""
    under = Owed.filter(deed=Deed.REACT, lane=room.id, target=BOARD, id__gt=said.id)
    numbers = max(0, await under.count() - 1)
    return [React(sign=sign, name=BOARD, room=room.id) for sign in signs[numbers:]]


async def board_anew(call: Call, space: Room, room: Room) -> list[Effect]:
    """The board said again at the end of a room, for those who came after it; the old one goes."""
    text = await board_text(call, space, room)
    effects: list[Effect] = []
    if await _board_of(room) is not None:
        effects.append(Redact(target=BOARD, room=room.id))
    return [*effects, _said(room, text, await _signs(space))]


def _said(room: Room, text: str, signs: tuple[str, ...]) -> Say:
    return Say(room=room.id, text=text, name=BOARD, taps=(*signs, OWN_CALL), answers=False)


async def free_number(congregation: str | None) -> int | None:
    """The smallest number that no open call of a congregation has; None when the board is full."""
    open_ = await Calling.filter(congregation=congregation, stage=Stage.OPEN)
    taken = {each.number for each in open_}
    return next((each for each in range(1, calls.MOST_CALLS + 1) if each not in taken), None)


# --------------------------------------------------------------------------------------- how it goes on


def waits_until(calling: Calling, now: datetime) -> datetime:
    """When a call lapses: fourteen days after somebody was last curious, or with the time it is for.

    Never before the first talk is over.
    """
    last = said(calling)
    ends = clock.resolve(
        datetime.combine(last.until, datetime.min.time()), clock.zone(last.zone)
    ) + timedelta(days=1)
    at = min(now + PATIENCE, ends)
    return at if calling.trial_at is None else max(at, calling.trial_at + timedelta(days=1))


def lapses(calling: Calling) -> list[Effect]:
    """The hour at which a call lapses, instead of any other."""
    at = calling.closes_at
    return [
        CallOff(about=about(calling), ritual="calling-lapses"),
        Ring(
            ritual="calling-lapses",
            about=about(calling),
            at=at,
            when=at.isoformat(),
            room=home(calling),
            content={"calling": calling.id},
        ),
    ]


def home(calling: Calling) -> str | None:
    """The room whose hours are those of a call: its congregation, or where it was made."""
    return calling.congregation or calling.stands_in


def day(at: datetime, calling: Calling) -> str:
    """A day on the caller's calendar, as in "Sunday 6 December"."""
    return clock.short_words(at, clock.zone(said(calling).zone)).rpartition(",")[0]


async def end(call: Call, calling: Calling) -> list[Effect]:
    """Forget a call with all that belongs to it; the board no longer shows it."""
    await forget(calling)
    effects: list[Effect] = [CallOff(about=about(calling))]
    if calling.stands_in is not None and calling.congregation is None:
        text = f"~~{escaped(calls.board_line(said(calling)))}~~ This call has ended."
        effects.append(Edit(name=f"call:{calling.id}", room=calling.stands_in, text=text))
    return [*effects, *await board(call, calling.congregation)]


async def forget(calling: Calling) -> None:
    """Delete a call with every row about it."""
    await forget_questions(calling)
    await Acceptance.filter(calling=calling.id).delete()
    await Interest.filter(calling=calling.id).delete()
    await calling.delete()


async def forget_questions(calling: Calling, people: Iterable[str] | None = None) -> None:
    """Delete the open questions about a call, put to these people or to anybody whom it concerns."""
    if people is None:
        concerned = await Interest.filter(calling=calling.id).values_list("person", flat=True)
        people = [calling.caller, *(str(person) for person in concerned)]
    asked = Question.filter(inquiry__in=INQUIRIES, person__in=list(people))
    ids = [each.id for each in await asked if each.data.get("calling") == calling.id]
    await Question.filter(id__in=ids).delete()


async def farewell(call: Call, calling: Calling, people: Iterable[str], text: str) -> list[Effect]:
    """The same last private word to each of `people`; it outlives the call."""
    effects: list[Effect] = []
    for person in people:
        effects += await whispered(
            call, person, text, about=f"farewell:{calling.id}", name=f"farewell:{calling.id}"
        )
    return effects


def now(call: Call) -> datetime:
    """When it really is, also in an hour that is kept late."""
    return now_of(call)
