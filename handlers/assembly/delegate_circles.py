"""The rooms in which circles of delegates talk: made, entered, looked after and left as the roll of an assembly changes (ASM-5).

Which circle our congregation sits in follows from letters and cards alone (practices.assembly.delegates). Nobody moves
before a circle has been another one for two weeks. Delegates are asked in by their own keeper, so no letter names a person;
who they are is seen in that room and nowhere else. A circle talks, and decides nothing.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from handlers.asking import now_of, whispered
from handlers.assembly import circle_matters
from handlers.assembly.assembly_matters import zone_of
from handlers.assembly.letterbox import post
from handlers.assembly.siblings import cards_of
from handlers.hosts import told
from handlers.language import (
    Call,
    CallOff,
    Change,
    Effect,
    Effects,
    Invite,
    Join,
    Leave,
    MakeRoom,
    Ring,
    Say,
    ritual,
    watch,
)
from handlers.meetings import meetings
from handlers.names import name, room_name
from handlers.power import may
from handlers.words import escaped
from practices import clock
from practices.assembly.circles import UNDIVIDED, Circle
from practices.assembly.delegates import (
    SETTLING,
    Gathering,
    Place,
    Role,
    Table,
    gathered,
    waiting,
)
from practices.assembly.events import DELEGATES, SPACE
from practices.assembly.ledger import Ledger
from practices.assembly.letters import Kind, Letter
from practices.circles import RoomKind
from storage.assemblies import Assembly, State, ledger
from storage.database import row_of
from storage.delegates import Delegate, DelegateCircle, is_something
from storage.members import Member
from storage.rooms import Room

MORNING = time(10)

#: So long the homeserver has to let us into a room before another way to the circle is looked for.
SLOW = timedelta(days=1)

#: Who may see the past of a room into which delegates are asked.
NOT_THE_WORLD = frozenset({"shared", "invited", "joined"})

#: Stands in what was told, once the circles of an assembly are looked at every day.
BEGUN = "circles"

ROLES = {Role.REPRESENTATIVE: "speaks for it", Role.LINK: "brings back what is said"}


async def gathering(call: Call, assembly: Assembly) -> Gathering:
    """The circles of an assembly and who sits in them, as the letters and cards are now."""
    known = await ledger(assembly)
    cards = {seat.id: row.card for seat, row in await cards_of(assembly, known.roll)}
    return gathered(known, cards, now_of(call).year)


def about(assembly: Assembly) -> str:
    """What the hours of an assembly's circles belong to."""
    return f"assembly-circles:{assembly.id}"


# ---------------------------------------------------------------------------------------- when it is looked at


async def began(call: Call, assembly: Assembly) -> list[Effect]:
    """From the twenty-first congregation on the circles are looked at, now and every morning."""
    if assembly.found is None or assembly.state is not State.SEATED or BEGUN in assembly.told:
        return []
    if len((await ledger(assembly)).roll.seats) <= UNDIVIDED:
        return []
    assembly.told = [*assembly.told, BEGUN]
    await assembly.save(update_fields=["told"])
    return await looked(call, assembly)


async def circle_came(call: Call, assembly: Assembly, _letter: Letter) -> list[Effect]:
    """Another congregation says where a circle talks."""
    return await looked(call, assembly) if BEGUN in assembly.told else []


async def matter_came(call: Call, assembly: Assembly, _letter: Letter) -> list[Effect]:
    """Something is put to the congregations: our circles can talk about it before any of them finds its voice."""
    if BEGUN not in assembly.told or assembly.state is not State.SEATED:
        return []
    return await circle_matters.came(call, assembly, await gathering(call, assembly))


@ritual(
    name="assembly-circles",
    help="looks, each morning, where the circles of delegates of an assembly talk, and who is to be asked in",
)
async def daily(call: Call) -> Effects:
    """A morning."""
    assembly = await row_of(Assembly, call.content["assembly"])
    if assembly is None or assembly.state is not State.SEATED or assembly.found is None:
        return []
    for row in await DelegateCircle.filter(assembly=assembly.id, place__isnull=False):
        room = await Room.get_or_none(id=row.place)
        begun = room.adopted_at if room is not None else None
        if room is None or not (room.joined or (begun and now_of(call) < begun + SLOW)):
            # Whoever holds that room did not let us in: only another invitation leads there, or our coming in late.
            await Room.filter(id=row.place).update(invited_by=None)
            row.place = None
            await row.save()
    return await looked(call, assembly)


async def looked(call: Call, assembly: Assembly) -> list[Effect]:
    """Do what our keeper owes the circles as they are now; nothing before it has read all that was written."""
    if assembly.found is None or assembly.state is not State.SEATED or not assembly.is_read:
        return []
    known = await ledger(assembly)
    own = known.roll.seat_of(call.house.me)
    if own is None:
        return []
    found = await gathering(call, assembly)
    rows = {row.level: row for row in await DelegateCircle.filter(assembly=assembly.id)}
    effects: list[Effect] = []
    if not found.undivided:
        effects += await _said_once(call, assembly, found, own.id, known)
    for place in found.places(own.id):
        row = rows.pop(place.circle.level, None) or DelegateCircle(
            room=assembly.room, assembly=assembly.id, level=place.circle.level
        )
        effects += await _kept(call, assembly, found, place, row)
    for row in rows.values():
        effects += await _outgrown(call, assembly, row)
    effects += await circle_matters.came(call, assembly, found)
    if found.undivided and not await DelegateCircle.exists(assembly=assembly.id):
        assembly.told = [each for each in assembly.told if each not in (BEGUN, "circles:told")]
        await assembly.save(update_fields=["told"])
        return [*effects, CallOff(about=about(assembly))]
    return [*effects, await _tomorrow(call, assembly)]


async def _tomorrow(call: Call, assembly: Assembly) -> Ring:
    zone = await zone_of(call, assembly)
    day = clock.wall(now_of(call), zone).date() + timedelta(days=1)
    return Ring(
        ritual="assembly-circles",
        about=about(assembly),
        when=day.isoformat(),
        at=clock.resolve(datetime.combine(day, MORNING), zone),
        room=assembly.room,
        content={"assembly": assembly.id},
    )


async def _said_once(
    call: Call, assembly: Assembly, found: Gathering, seat: str, known: Ledger
) -> list[Effect]:
    circle = found.circles.of(seat)
    text = (
        f"**{escaped(assembly.name)}** has {len(found.order)} congregations now, more than one talk holds. From here on delegates "
        f"talk in circles of five to twelve, each in a room of its own; yours is the **{escaped(circle.name)}**, with "
        f"{others(known, circle, seat)}. A circle decides nothing for you.\n\nNext: name the two whom you send. `assembly circle "
        "representative NAME` asks your congregation who speaks for it, `assembly circle link NAME` who brings back what was "
        "said. `assembly circle` tells how things stand."
    )
    return await told(call, assembly, text, once="circles:told")


def others(known: Ledger, circle: Circle, seat: str) -> str:
    """The other congregations of a circle, by name."""
    seats = [known.roll.seats[each].name for each in circle.seats if each != seat]
    return ", ".join(f"**{escaped(each)}**" for each in sorted(seats, key=str.casefold))


# --------------------------------------------------------------------------------------------- one circle


async def _kept(
    call: Call, assembly: Assembly, found: Gathering, place: Place, row: DelegateCircle
) -> list[Effect]:
    """Be where a circle talks: enter its room, make it in our turn, move when it has settled, or look after it."""
    now, circle = now_of(call), place.circle
    if row.place is not None and row.place != await _said(call, assembly, row.level):
        room = await Room.get(
            id=row.place
        )  # we are on our way, or could write nothing when we came
        return await _arrived(call, assembly, row, room) if room.joined else []
    table = found.rooms.get(circle.id)
    if row.place is not None and table is not None and table.room == row.place:
        row.since = None
        await row.save()
        return [
            *await _keepers(call, assembly, found, place, row, table),
            *await _people(call, assembly, place, row),
        ]
    row.since = row.since or now
    await row.save()
    turn = waiting(found.turn(circle, _own(found, place, await ledger(assembly), call)))
    if row.place is None:
        for option in found.tables[circle.id]:
            if await _may_enter(call, assembly, found, circle, option.room):
                return await _enter(call, assembly, row, option.room)
        return await _make(call, assembly, circle, row) if now >= row.since + turn else []
    if now < row.since + SETTLING:
        return []
    if table is not None and await _may_enter(call, assembly, found, circle, table.room):
        return [*await _left(call, assembly, row), *await _enter(call, assembly, row, table.room)]
    later = row.since + SETTLING + turn
    return await _make(call, assembly, circle, row) if now >= later else []


async def _said(call: Call, assembly: Assembly, level: int) -> str | None:
    """Where we last said that we are."""
    letters = (await ledger(assembly)).of_kind(Kind.CIRCLE).values()
    ours = [e for e in letters if e.sender == call.house.me and e.body["level"] == level]
    newest = max(ours, key=lambda each: each.number, default=None)
    return None if newest is None else str(newest.body["room"])


def _own(found: Gathering, place: Place, known: Ledger, call: Call) -> str:
    seat = known.roll.seat_of(call.house.me)
    assert seat is not None
    assert seat.id in found.sent[place.circle.id]
    return seat.id


async def _may_enter(
    call: Call, assembly: Assembly, found: Gathering, circle: Circle, room_id: str
) -> bool:
    """Whether a room is one of delegates that we may enter: a keeper who sits in that circle has asked us in.

    What a room is to be its invitation says, which its creation wrote. No letter makes a room of a circle of ours, or another
    room of an assembly, one of delegates.
    """
    room = await Room.get_or_none(id=room_id)
    if room is None or room.kind is not RoomKind.ASSEMBLY or await is_something(room_id):
        return False
    if room.joined:  # we came late, or know it again from before our database was lost
        return True
    by = (await ledger(assembly)).roll.seat_of(room.invited_by or "")
    return by is not None and by.id in found.sent[circle.id] and by.keeper != call.house.me


async def _enter(call: Call, assembly: Assembly, row: DelegateCircle, room_id: str) -> list[Effect]:
    room = await Room.get(id=room_id)
    was_there = room.joined
    room.kind, room.congregation, room.adopted_at = (
        RoomKind.ASSEMBLY,
        assembly.room,
        now_of(call),
    )
    await room.save()
    row.place, row.asked = room_id, []
    await row.save()
    if was_there:
        return await _arrived(call, assembly, row, room)
    via = (room.invited_by or room_id).partition(":")[2]
    return [Join(room=room_id, via=(via,))]


async def _make(
    call: Call, assembly: Assembly, circle: Circle, row: DelegateCircle
) -> list[Effect]:
    if row.making:
        return []
    row.making = True
    await row.save()
    return [
        MakeRoom(
            name=f"{assembly.name}: {circle.name}",
            about=f"delegates:{assembly.id}:{circle.level}:{now_of(call):%Y%m%d}",
            kind=RoomKind.ASSEMBLY,
            part=DELEGATES,
            topic=f"{assembly.name}: delegates of {len(circle.seats)} congregations talk here. Nothing is decided here; each "
            "congregation decides for itself.",
            space=assembly.space,
        )
    ]


def _is_of_delegates(call: Call) -> bool:
    """Whether a room was asked for as that of a circle."""
    return str(call.content.get("about") or "").startswith("delegates:")


async def _asked_for(call: Call) -> tuple[Assembly, DelegateCircle] | None:
    """The circle that a room was asked for; None for every other room, and if we sit there no more."""
    if not _is_of_delegates(call):
        return None
    _what, number, level, _day = str(call.content["about"]).split(":")
    assembly = await row_of(Assembly, number, state=State.SEATED)
    row = await DelegateCircle.get_or_none(assembly=int(number), level=int(level))
    return (assembly, row) if assembly is not None and row is not None else None


@watch(kind=Change.MADE)
async def made(call: Call) -> Effects:
    """The room of a circle is there: the others are asked in."""
    if not _is_of_delegates(call):
        return []
    asked_for, room = await _asked_for(call), call.room
    if asked_for is None:  # we sit in no circle any more
        return [await _let_go(room.id)]
    assembly, row = asked_for
    if row.place is not None and row.since is None:  # meanwhile the others were found
        row.making = False
        await row.save()
        return [await _let_go(room.id)]
    gone = await _left(call, assembly, row)
    room.congregation, room.adopted_at = assembly.room, now_of(call)
    await room.save()
    row.place, row.making, row.since, row.asked = room.id, False, None, []
    await row.save()
    return [*gone, *await _arrived(call, assembly, row, room, makes=True)]


@watch(kind=Change.NOT_MADE)
async def not_made(call: Call) -> Effects:
    """The homeserver refused the room; it is asked for again tomorrow, or another keeper makes it in its turn."""
    asked_for = await _asked_for(call)
    if asked_for is None:
        return []
    assembly, row = asked_for
    row.making = False
    await row.save()
    reason = escaped(str(call.content.get("reason") or ""))
    text = (
        f"The homeserver would not make the room of your circle in **{escaped(assembly.name)}**: {reason}. I ask again tomorrow, "
        "and in some days another congregation of the circle makes one."
    )
    return await told(call, assembly, text, once=f"circle not made:{row.level}")


@watch(kind=Change.INVITED)
async def invited(call: Call) -> Effects:
    """Another keeper asks us into a circle's room; it is entered once letters say that it is one."""
    said = call.content.get("assembly")
    if not isinstance(said, Mapping) or said.get("part") != DELEGATES:
        return []
    assembly = await Assembly.filter(space=str(said.get(SPACE)), state=State.SEATED).first()
    if assembly is None or assembly.found is None:
        return [Leave(room=call.room.id)]
    if (await ledger(assembly)).roll.seat_of(call.person) is None:
        return [Leave(room=call.room.id)]
    room = call.room
    if room.kind is RoomKind.NONE and room.private_with is None and not room.is_space:
        # From now on no letter can make it anything else to us.
        room.kind, room.congregation = RoomKind.ASSEMBLY, assembly.room
        await room.save()
    if await _of_old(room, back=False) is not None:
        return [Join(room=room.id, via=(call.person.partition(":")[2],))]
    return await looked(call, assembly) if BEGUN in assembly.told else []


@watch(kind=Change.ARRIVED)
async def arrived(call: Call) -> Effects:
    """We are in the room of a circle, or in the one that goes on in its place; none of our people is asked into an open one."""
    room = call.room
    if room.kind is not RoomKind.ASSEMBLY:
        return []
    row = await DelegateCircle.filter(place=room.id).first()
    if row is None and (row := await _of_old(room)) is not None:
        row.place, row.asked = room.id, []
        await row.save()
    assembly = await Assembly.get_or_none(id=row.assembly) if row is not None else None
    if row is None or assembly is None:
        return await _came_late(call)
    why = _opens_to_others(call)
    if why is not None:
        return await _shunned(call, assembly, row, room, why)
    return await _arrived(call, assembly, row, room)


async def _of_old(room: Room, *, back: bool = True) -> DelegateCircle | None:
    """The circle of ours whose room names this one in its place; this one has to name it `back`, which is seen inside."""
    for old in await Room.filter(successor=room.id):
        if not back or room.predecessor == old.id:
            row = await DelegateCircle.filter(place=old.id).first()
            if row is not None:
                return row
    return None


async def _came_late(call: Call) -> Effects:
    """The homeserver lets us in after we had looked elsewhere: we stay if our circle talks here, and else leave."""
    said, room = call.content.get("assembly"), call.room
    if not isinstance(said, Mapping) or said.get("part") != DELEGATES:
        return []
    effects: list[Effect] = []
    assembly = await Assembly.filter(space=str(said.get(SPACE)), state=State.SEATED).first()
    if assembly is not None and BEGUN in assembly.told and _opens_to_others(call) is None:
        effects += await looked(call, assembly)
    if await DelegateCircle.exists(place=room.id):
        return effects
    return [*effects, await _let_go(room.id)]


@watch(kind=Change.REBUILT)
async def rebuilt(call: Call) -> Effects:
    """The database was lost: a circle's room is known by how it was made, and taken up again once the letters are read."""
    said, room = call.content.get("assembly"), call.room
    if not isinstance(said, Mapping) or said.get("part") != DELEGATES:
        return []
    if room.kind not in (RoomKind.NONE, RoomKind.ASSEMBLY) or room.is_space:
        return []
    if _opens_to_others(call) is not None:
        return [await _let_go(room.id)]
    room.kind = RoomKind.ASSEMBLY
    await room.save()
    return []


def _opens_to_others(call: Call) -> str | None:
    """What makes the room that we came into one where others would see who is in it; None: nothing does."""
    if not call.room.encrypted:
        return "is not encrypted"
    if call.content.get("join") != "invite":
        return "can be entered without an invitation"
    if call.content.get("history") not in NOT_THE_WORLD:
        return "shows its past to the world"
    return None


async def _shunned(
    call: Call, assembly: Assembly, row: DelegateCircle, room: Room, why: str
) -> list[Effect]:
    """Into such a room none of our people is asked, and we leave it."""
    row.place, row.since = None, row.since or now_of(call)
    await row.save()
    text = (
        f"The room of your circle in **{escaped(assembly.name)}** {why}, so I left it, and none of your people was asked in. In "
        "some days another congregation of the circle makes one."
    )
    return [
        await _let_go(room.id),
        *await told(call, assembly, text, once=f"clear:{room.id}"),
    ]


async def _let_go(room: str) -> Leave:
    """A room is nothing to us any more: only another invitation leads there."""
    await Room.filter(id=room).update(kind=RoomKind.NONE, congregation=None, invited_by=None)
    return Leave(room=room)


async def _arrived(
    call: Call, assembly: Assembly, row: DelegateCircle, room: Room, *, makes: bool = False
) -> list[Effect]:
    """Say where we are, and ask in whom we send; nobody before all that was written is read."""
    if assembly.state is not State.SEATED or not assembly.is_read:
        return []  # in the morning it is looked at again
    found = await gathering(call, assembly)
    own = (await ledger(assembly)).roll.seat_of(call.house.me)
    places = found.places(own.id) if own is not None else ()
    place = next((each for each in places if each.circle.level == row.level), None)
    if place is None:
        return []
    effects: list[Effect] = []
    if may(room, call.house.me, meetings.CIRCLE, state=True):
        effects.append(meetings.circle_state(room))
    space = await Room.get(id=assembly.room)
    _letter, carried = await post(
        call,
        assembly,
        Kind.CIRCLE,
        {"level": row.level, "room": room.id},
        f"**{room_name(space, 'A congregation')}** sits in the **{escaped(place.circle.name)}**, in a room of its own.",
    )
    effects.append(carried)
    if makes:
        effects += await _ask_keepers(assembly, found, place, row, own.id if own else "")
    return [*effects, *await _people(call, assembly, place, row)]


# ----------------------------------------------------------------------------------------- who is asked in


async def _keepers(
    call: Call,
    assembly: Assembly,
    found: Gathering,
    place: Place,
    row: DelegateCircle,
    table: Table,
) -> list[Effect]:
    """Each day another of those who are there asks in whoever is not: so nobody is needed for it."""
    own = _own(found, place, await ledger(assembly), call)
    if own not in table.seats:
        return []
    host = table.seats[now_of(call).toordinal() % len(table.seats)]
    return await _ask_keepers(assembly, found, place, row, own) if host == own else []


async def _ask_keepers(
    assembly: Assembly, found: Gathering, place: Place, row: DelegateCircle, own: str
) -> list[Effect]:
    roll = (await ledger(assembly)).roll
    there = await Member.filter(room=row.place).values_list("person", flat=True)
    keepers = [roll.seats[seat].keeper for seat in found.sent[place.circle.id] if seat != own]
    missing = [each for each in keepers if each not in {*map(str, there), *row.asked}]
    row.asked = [*row.asked, *missing]
    await row.save()
    return [Invite(person=each, room=row.place) for each in missing]


async def _people(
    call: Call, assembly: Assembly, place: Place, row: DelegateCircle
) -> list[Effect]:
    """Ask in whom our congregation sends, once each, and tell the circle who they are."""
    effects: list[Effect] = []
    for delegate in await Delegate.filter(assembly=assembly.id).order_by("id"):
        if delegate.role not in place.roles or row.place in delegate.asked:
            continue
        delegate.asked = [*delegate.asked, str(row.place)]
        await delegate.save()
        space = await Room.get(id=assembly.room)
        who, ours = await name(space.id, delegate.person), room_name(space, "a congregation")
        text = f"For **{ours}** comes **{who}**, who {ROLES[delegate.role]}, until {clock.long_day(delegate.until)}."
        private = (
            f"You are asked into the room of the **{escaped(place.circle.name)}** of **{escaped(assembly.name)}**, as the one who "
            f"{ROLES[delegate.role]} for **{ours}**. It is encrypted; the others there see your name and address. Enter it, or "
            "decline in your app: that is all it takes, and it needs no reason."
        )
        effects += [
            Say(text=text, room=row.place, answers=False),
            Invite(person=delegate.person, room=row.place),
            *await whispered(call, delegate.person, private, about=about(assembly)),
        ]
    return effects


async def people_of(call: Call, assembly: Assembly) -> list[Effect]:
    """Ask a delegate whom our congregation has just named into the rooms in which it sits."""
    found = await gathering(call, assembly)
    own = (await ledger(assembly)).roll.seat_of(call.house.me)
    effects: list[Effect] = []
    for place in found.places(own.id) if own is not None else ():
        row = await DelegateCircle.get_or_none(assembly=assembly.id, level=place.circle.level)
        room = await Room.get_or_none(id=row.place, joined=True) if row and row.place else None
        if row is not None and room is not None and room.encrypted:
            effects += await _people(call, assembly, place, row)
    return effects


# ------------------------------------------------------------------------------------------------- leaving


async def _outgrown(call: Call, assembly: Assembly, row: DelegateCircle) -> list[Effect]:
    """Our congregation sits in a circle no more: after two weeks, time enough to hand things on, we leave its room."""
    row.since = row.since or now_of(call)
    await row.save()
    if row.place is not None and now_of(call) < row.since + SETTLING:
        return []
    effects = await _left(call, assembly, row)
    await row.delete()
    return effects


async def _left(call: Call, assembly: Assembly, row: DelegateCircle) -> list[Effect]:
    """Leave the room that a circle of ours had; whom we sent hears of it, and leaves by themselves."""
    if row.place is None:
        return []
    place, row.place = row.place, None
    room = await Room.get(id=place)
    space = await Room.get(id=assembly.room)
    effects: list[Effect] = [
        Say(
            text=f"**{room_name(space, 'A congregation')}** sits in this circle no more, with thanks to all of you.",
            room=place,
            answers=False,
        ),
        await _let_go(place),
    ]
    for delegate in await Delegate.filter(assembly=assembly.id):
        if place in delegate.asked:
            delegate.asked = [each for each in delegate.asked if each != place]
            await delegate.save()
            text = (
                f"Your congregation sits no more in the circle that talks in **{room_name(room, 'its room')}**. Thank you. When "
                "you have handed on what was yours, you can leave that room; into the next one I ask you."
            )
            effects += await whispered(call, delegate.person, text, about=about(assembly))
    return effects


@watch(kind=Change.REMOVED)
async def removed(call: Call) -> Effects:
    """Somebody put us out of a circle's room: another is looked for in the morning."""
    await DelegateCircle.filter(place=call.room.id).update(place=None, since=now_of(call))
    return []
