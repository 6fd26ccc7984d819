"""The rooms in which circles of delegates talk: made, entered, looked after and left as the roll of an assembly changes (ASM-5).

Which circle our congregation sits in follows from letters and cards alone (practices.assembly.delegates). Nobody moves
before a circle has been another one for two weeks. Delegates are asked in by their own keeper, so no letter names a person;
who they are is seen in that room and nowhere else. A circle talks, and decides nothing.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from handlers import meetings
from handlers.asking import now_of, whispered
from handlers.assembly_matters import still_ours, zone_of
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
from handlers.letterbox import post
from handlers.names import name, room_name
from handlers.power import may
from handlers.siblings import cards_of
from handlers.words import escaped, verbatim
from practices import clock
from practices.assembly.circles import UNDIVIDED, Circle
from practices.assembly.conduct import hesitation
from practices.assembly.delegates import (
    SETTLING,
    Gathering,
    Place,
    Role,
    Table,
    gathered,
    teller,
    waiting,
)
from practices.assembly.events import DELEGATES, SPACE
from practices.assembly.ledger import Ledger, Standing
from practices.assembly.letters import Kind, Letter
from practices.circles import RoomKind
from storage.assemblies import Assembly, State, ledger, seen
from storage.delegates import Delegate, DelegateCircle
from storage.members import Member
from storage.rooms import Room

MORNING = time(10)

#: Matters of one congregation that are told in a circle while they are open; of the others delegates hear at home.
MOST_TOLD = 5

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
    return await _matters(call, assembly, await gathering(call, assembly))


@ritual(
    name="assembly-circles",
    help="looks, each morning, where the circles of delegates of an assembly talk, and who is to be asked in",
)
async def daily(call: Call) -> Effects:
    """A morning."""
    assembly = await Assembly.get_or_none(id=int(str(call.content["assembly"])))
    if assembly is None or assembly.state is not State.SEATED or assembly.found is None:
        return []
    for row in await DelegateCircle.filter(assembly=assembly.id, place__isnull=False):
        if not await Room.filter(id=row.place, joined=True).exists():
            # Whoever holds that room did not let us in: only another invitation leads there.
            await Room.filter(id=row.place).update(
                kind=RoomKind.NONE, congregation=None, invited_by=None
            )
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
    effects += await _matters(call, assembly, found)
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
            if await _is_open(call, assembly, found, circle, option.room):
                return await _enter(call, assembly, row, option.room)
        return await _make(call, assembly, circle, row) if now >= row.since + turn else []
    if now < row.since + SETTLING:
        return []
    if table is not None and await _is_open(call, assembly, found, circle, table.room):
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


async def _is_open(
    call: Call, assembly: Assembly, found: Gathering, circle: Circle, room_id: str
) -> bool:
    """Whether a room is one of delegates that we may enter: a keeper who sits in that circle has asked us in.

    No letter makes a room of a circle of ours, or another room of an assembly, one of delegates.
    """
    room = await Room.get_or_none(id=room_id)
    if room is None or room.is_space or room.private_with is not None:
        return False
    if room.joined:  # as we know it again from before our database was lost
        return room.kind is RoomKind.ASSEMBLY and await _is_nothing_else(room_id)
    by = (await ledger(assembly)).roll.seat_of(room.invited_by or "")
    asked_in = by is not None and by.id in found.sent[circle.id] and by.keeper != call.house.me
    return asked_in and room.kind is RoomKind.NONE and await _is_nothing_else(room_id)


async def _is_nothing_else(room_id: str) -> bool:
    for other in await Assembly.exclude(state=State.LEFT):
        if room_id in (*other.rooms.values(), other.human, other.space):
            return False
    return not await DelegateCircle.exists(place=room_id)


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


async def _asked_for(call: Call) -> tuple[Assembly, DelegateCircle] | None:
    """The circle that a room was asked for; None for every other room."""
    what, _, rest = str(call.content.get("about") or "").partition(":")
    if what != "delegates":
        return None
    number, level, _day = rest.split(":")
    assembly = await Assembly.get_or_none(id=int(number), state=State.SEATED)
    row = await DelegateCircle.get_or_none(assembly=int(number), level=int(level))
    return (assembly, row) if assembly is not None and row is not None else None


@watch(kind=Change.MADE)
async def made(call: Call) -> Effects:
    """The room of a circle is there: the others are asked in."""
    asked_for = await _asked_for(call)
    if asked_for is None:
        return []
    assembly, row = asked_for
    room = call.room
    if row.place is not None and row.since is None:  # meanwhile the others were found
        row.making = False
        await row.save()
        await Room.filter(id=room.id).update(kind=RoomKind.NONE)
        return [Leave(room=room.id)]
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
    return await looked(call, assembly) if BEGUN in assembly.told else []


@watch(kind=Change.ARRIVED)
async def arrived(call: Call) -> Effects:
    """We are in the room of a circle, or in the one that goes on in its place."""
    rows = DelegateCircle.filter(place__in=[call.room.id, call.room.predecessor or call.room.id])
    row = await rows.first()
    assembly = await Assembly.get_or_none(id=row.assembly) if row is not None else None
    if row is None or assembly is None:
        return []
    row.place = call.room.id
    await row.save()
    return await _arrived(call, assembly, row, call.room)


async def _arrived(
    call: Call, assembly: Assembly, row: DelegateCircle, room: Room, *, makes: bool = False
) -> list[Effect]:
    """Say where we are, and ask in whom we send; into a room in clear nobody is asked."""
    if not room.encrypted and not makes:
        row.place, row.since = None, row.since or now_of(call)
        await row.save()
        room.kind, room.congregation, room.invited_by = RoomKind.NONE, None, None
        await room.save()
        text = (
            f"The room of your circle in **{escaped(assembly.name)}** is not encrypted, so I left it, and none of your people was "
            "asked in. In some days another congregation of the circle makes one."
        )
        return [Leave(room=room.id), *await told(call, assembly, text, once=f"clear:{room.id}")]
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
    await Room.filter(id=place).update(kind=RoomKind.NONE, congregation=None, invited_by=None)
    space = await Room.get(id=assembly.room)
    effects: list[Effect] = [
        Say(
            text=f"**{room_name(space, 'A congregation')}** sits in this circle no more, with thanks to all of you.",
            room=place,
            answers=False,
        ),
        Leave(room=place),
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


# ------------------------------------------------------------------------------------------------- matters


async def _matters(call: Call, assembly: Assembly, found: Gathering) -> list[Effect]:
    """Tell the circles in whose rooms it is ours to tell of what the congregations are asked, once each."""
    known, when, own = (
        await ledger(assembly),
        await seen(assembly),
        (await ledger(assembly)).roll.seat_of(call.house.me),
    )
    if own is None or found.undivided:
        return []
    effects: list[Effect] = []
    for place in found.places(own.id):
        table = found.rooms.get(place.circle.id)
        row = await DelegateCircle.get_or_none(assembly=assembly.id, level=place.circle.level)
        if table is None or row is None or row.place != table.room:
            continue
        told_of: dict[str, int] = {}
        for number, standing in still_ours(assembly, known, call.house.me):
            matter = standing.matter
            once = f"talk:{matter.id}:{place.circle.level}"
            is_open = standing.word is None and now_of(call) < matter.until
            if not is_open or hesitation(known, matter, now_of(call), when) is not None:
                continue
            told_of[matter.sender] = told_of.get(matter.sender, 0) + 1
            if once in assembly.told or told_of[matter.sender] > MOST_TOLD:
                continue
            if teller(table, matter.id) == own.id:
                assembly.told = [*assembly.told, once]
                await assembly.save(update_fields=["told"])
                text = await matter_words(call, assembly, number, standing)
                effects.append(Say(text=text, room=table.room, answers=False))
    return effects


async def matter_words(call: Call, assembly: Assembly, number: str, standing: Standing) -> str:
    """A matter as it is told to a circle."""
    matter, zone = standing.matter, await zone_of(call, assembly)
    by = next((s.name for s in standing.electorate.values() if s.keeper == matter.sender), None)
    return (
        f"**{escaped(by or 'A congregation')}** asks the congregations of **{escaped(assembly.name)}** (matter {number}):\n\n"
        f"{verbatim(matter.title)}\n\nTime to talk about it here, before each of them finds its own voice, until "
        f"**{clock.words(matter.until, zone)}**. This circle decides nothing: what a congregation says, it says itself. Your own "
        f"keeper shows all of it: `assembly matter {number}`."
    )
