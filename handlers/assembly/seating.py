"""Taking a seat of one's own in an assembly: when the whole past of its rooms is read, and the others' consent is found in it (ASM-1).

Nothing is written there before. What was not shown is asked for again, and a charter that says something else than the
invitation did is shown to our hosts first.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from handlers.asking import asked, now_of
from handlers.assembly import directory, prospects, sprints
from handlers.assembly.assembly_matters import still_ours
from handlers.assembly.letterbox import post
from handlers.hosts import hosts_of, told
from handlers.language import (
    Call,
    Change,
    Edit,
    Effect,
    Effects,
    Invite,
    ReadBack,
    Ring,
    watch,
)
from handlers.meetings import meetings
from handlers.names import room_name
from handlers.words import escaped, verbatim
from practices.assembly import keeping
from practices.assembly.events import PEOPLE, SPACE
from practices.assembly.ledger import Ledger
from practices.assembly.letters import Kind, Part
from practices.assembly.rooms import LONGEST_ID, former_of
from practices.circles import RoomKind
from storage.assemblies import (
    Assembly,
    AssemblyCard,
    AssemblyLetter,
    State,
    found_by,
    ledger,
    seen,
    strangers_let_go,
)
from storage.questions import Question
from storage.rooms import Room

#: So long an invitation is thought about.
PATIENCE = timedelta(days=30)

#: So long after a room's past was not shown it is asked for again.
AGAIN = timedelta(hours=6)

ENTER = "assembly-enter"

#: Begins what stands in what was told, once all of the past was read; the seconds since 1970 follow.
READ = "read:"

#: Stands in what was told, once letters were asked for that are in a room which nobody can show us.
HIDDEN = "past hidden"


def charter_words(purpose: str, values: list[str]) -> str:
    """What an assembly is for and holds dear, as its space's topic says it."""
    return purpose + (f"\n\nValues: {'; '.join(values)}" if values else "")


# ---------------------------------------------------------------------------------------- on the way


@watch(kind=Change.ARRIVED)
async def arrived(call: Call) -> Effects:
    """We are in a protocol room: what was said there before is read."""
    if call.room.kind is not RoomKind.PROTOCOL:
        return []
    for assembly in await Assembly.filter(state__in=[State.ENTERING, State.SEATED]):
        part = assembly.part_of(call.room.id)
        if part is not None:
            about = f"assembly:{assembly.id}:{part.value}"
            return [meetings.circle_state(call.room), ReadBack(room=call.room.id, about=about)]
    return []


@watch(kind=Change.REBUILT)
async def rebuilt(call: Call) -> Effects:
    """The database was lost: what the room's creation and its past say brings the assembly back."""
    about, room = call.content.get("assembly"), call.room
    if not isinstance(about, Mapping):
        return []
    part = str(about.get("part"))
    space = room.id if part == SPACE else about.get("space")
    if not isinstance(space, str) or len(space) > LONGEST_ID:
        return []
    if part in set(Part):
        is_ours = room.kind in (RoomKind.NONE, RoomKind.PROTOCOL)
    else:
        is_ours = part in (SPACE, PEOPLE) and room.kind in (RoomKind.NONE, RoomKind.ASSEMBLY)
    if not is_ours:
        return []
    known = await Assembly.filter(space=space).first() or Assembly(
        name="An assembly", space=space, state=State.ENTERING, made_at=now_of(call)
    )
    if part == SPACE:
        known.name = (room.name or known.name)[:80]
    elif part == PEOPLE:
        known.human = known.human or room.id
    elif room.kind is RoomKind.PROTOCOL and room.congregation is not None:
        known.room = known.room or room.congregation
        await kept_room(known, part, room.id, about)
    await known.save()
    await _for_people(known)
    if part not in set(Part):
        return []
    if known.part_of(room.id) is None:
        await prospects.found_again(known, room, call.content)
        return []
    return [ReadBack(room=room.id, about=f"assembly:{known.id}:{part}")]


async def _for_people(assembly: Assembly) -> None:
    """The space and the room for people are known by how they were made, and belong to the congregation as the parts do."""
    rooms = [room for room in (assembly.space, assembly.human) if room is not None]
    kinds = [RoomKind.NONE, RoomKind.ASSEMBLY]
    there = Room.filter(id__in=rooms, kind__in=kinds, joined=True)
    await there.update(kind=RoomKind.ASSEMBLY, congregation=assembly.room)


async def kept_room(assembly: Assembly, part: str, room: str, said: Mapping[str, Any]) -> None:
    """Keep a room that a part is in or was in; of several the roll says which it is now, once all of them are read."""
    before = former_of(said)
    if before and isinstance(said.get("assembly"), str):
        named = {*(assembly.draft.get("named") or ()), *before}
        assembly.draft = {**assembly.draft, "named": sorted(named), "founded": said["assembly"]}
    if assembly.found is not None and (await ledger(assembly)).roll.rooms.get(Part(part)) == room:
        assembly.goes_on(part, room)
    elif assembly.rooms.setdefault(part, room) != room:
        assembly.former = {**assembly.former, room: part}
        if assembly.state is State.SEATED:  # what we wrote there we know
            assembly.read = sorted({*assembly.read, room})


_ANSWERED = "This is answered: another host has said what the congregation does."


async def asked_no_more(
    assembly: Assembly, congregation: str | None = None, *, text: str = _ANSWERED
) -> list[Effect]:
    """The same question to other hosts, of one congregation or of all, is answered, or not asked any more."""
    effects: list[Effect] = []
    for other in await Question.filter(inquiry=ENTER):
        if congregation not in (None, other.data.get("congregation")):
            continue
        if other.data.get("assembly") == assembly.id:
            effects.append(Edit(name=f"question:{other.id}", text=text, room=other.room))
            await other.delete()
    return effects


# ------------------------------------------------------------------------------------------ the seat


async def read_through(call: Call, assembly: Assembly) -> Effects:
    """Take the seat, once all is read, the charter is as it was shown, and the others' consent is found."""
    if assembly.state is not State.ENTERING:
        return []
    if assembly.found is None and Part.CHARTER in assembly.read:
        await _find_charter(assembly)
    if assembly.found is None or not assembly.is_read:
        return []
    known = await ledger(assembly)
    if assembly.found not in known.letters:
        return await _past_asked_for(call, assembly, known)
    await _moved_before(assembly, known)
    if known.roll.seat_of(call.house.me) is not None:
        return await _seated_before(call, assembly, known)
    return await _seat_taken(call, assembly, known)


async def _seated_before(call: Call, assembly: Assembly, known: Ledger) -> Effects:
    """We have a seat: it was handed over to us, or is from before our database was lost."""
    held = known.roll.seat_of(call.house.me)
    assert held is not None
    assembly.state, assembly.seat = State.SEATED, held.id
    assembly.name = known.letters[known.assembly].body["name"]
    over = _over(assembly, known, call.house.me)
    assembly.told = [*assembly.told, *over, read_mark(call)]
    await assembly.save()
    await strangers_let_go(assembly)
    return [
        *await asked_no_more(assembly),
        *await directory.hours(call, assembly),
        *await sprints.hours(call, assembly),
        *await _speaks_now(call, assembly),
    ]


async def _seat_taken(call: Call, assembly: Assembly, known: Ledger) -> Effects:
    """Take our seat, if the rooms and the charter are those that were shown, and the others have consented."""
    if dict(known.roll.rooms) != {Part(each): room for each, room in assembly.rooms.items()}:
        text = (
            f"The charter of **{escaped(assembly.name)}** names other rooms than those that I was invited into, so no seat is "
            "taken and nothing was sent. Whoever introduced your congregation can say which are right; `assembly leave` lets go."
        )
        asking = await _past_asked_for(call, assembly, known)
        return asking or await told(call, assembly, text, once="other rooms")
    charter = known.letters[known.assembly].body
    words = charter_words(charter["purpose"], list(charter.get("values", ())))
    differs = (charter["name"], words) != (assembly.name, assembly.draft.get("shown"))
    if differs and assembly.draft.get("agreed") != assembly.found:
        return await _ask_again(call, assembly, charter["name"], words)
    me = call.house.me
    matter = next((matter for matter, keeper in known.roll.asked_in if keeper == me), None)
    if matter is None:
        text = (
            f"I have read all of **{escaped(assembly.name)}**, and the others' consent is not there yet. I take the seat as "
            "soon as it is; nothing was sent so far."
        )
        asking = await _past_asked_for(call, assembly, known)
        return asking or await told(call, assembly, text, once="no consent yet")
    return await _sat_down(call, assembly, charter["name"], matter)


async def _sat_down(call: Call, assembly: Assembly, called: str, matter: str) -> Effects:
    """The letter that takes our seat, and what our hosts do next."""
    space = await Room.get(id=assembly.room)
    name = room_name(space, "A congregation")
    letter, said = await post(
        call, assembly, Kind.SEAT, {}, f"**{name}** takes its seat.", answers=matter
    )
    assembly.state, assembly.seat, assembly.draft = State.SEATED, letter.id, {}
    assembly.name, assembly.told = called, [*assembly.told, read_mark(call)]
    await assembly.save()
    await strangers_let_go(assembly)
    for_people = [room for room in (assembly.listed, assembly.human) if room is not None]
    hosts = await hosts_of(space, call.house.me)
    return [
        said,
        *await asked_no_more(assembly),
        *(Invite(person=host, room=room) for room in for_people for host in hosts),
        *await told(
            call,
            assembly,
            f"**{name}** has a seat in **{escaped(assembly.name)}** now.\n\nNext: `assembly card` makes the card by which "
            "the others know it. `assembly` tells how things stand.",
        ),
    ]


async def _speaks_now(call: Call, assembly: Assembly) -> list[Effect]:
    space = await Room.get(id=assembly.room)
    card = await AssemblyCard.exists(assembly=assembly.id, keeper=call.house.me)
    makes = "`assembly card` makes the card by which the others know it; "
    text = (
        f"I speak for **{room_name(space, 'your congregation')}** in **{escaped(assembly.name)}** now.\n\nNext: "
        f"{'' if card else makes}`assembly matters` lists what the congregations ask, and what came of it."
    )
    return await told(call, assembly, text)


def _over(assembly: Assembly, known: Ledger, me: str) -> list[str]:
    """What came out before we spoke here: our hosts have heard it, or it was another keeper's to tell."""
    over: list[str] = []
    for _number, standing in still_ours(assembly, known, me):
        matter = standing.matter.id
        if standing.word is not None:
            over.append(f"final:{matter}")
        elif standing.torn:
            seats = (seat for seat in standing.electorate.values() if seat.id in standing.seals)
            over += [f"torn:{matter}", *(f"dispute:{matter}:{seat.keeper}" for seat in seats)]
    return over


async def _find_charter(assembly: Assembly) -> None:
    """The letter by which whoever made the charter's room founded the assembly in it.

    A room in which a part went on names that letter in its creation, as all who agreed to the room have seen; the letter
    itself may be in a room that nobody can enter any more.
    """
    if assembly.draft.get("founded"):
        await found_by(assembly, str(assembly.draft["founded"]))
        return
    former = [room for room, part in assembly.former.items() if part == Part.CHARTER]
    rooms = await Room.filter(id__in=[assembly.rooms[Part.CHARTER], *former])
    makers = {room.id: room.creators for room in rooms}
    rows = await AssemblyLetter.filter(assembly=assembly.id, part=Part.CHARTER)
    founding = [
        row
        for row in rows
        if row.content["type"] == Kind.FOUND
        and row.sender in makers.get(row.content["body"]["rooms"][Part.CHARTER], ())
    ]
    if founding:
        first = min(founding, key=lambda row: (row.number, row.letter))
        await found_by(assembly, first.letter)


async def _ask_again(call: Call, assembly: Assembly, name: str, words: str) -> list[Effect]:
    """The charter says something else than the invitation did: nothing is sent before a host has read it."""
    if "charter differs" in assembly.told:
        return []
    assembly.told = [*assembly.told, "charter differs"]
    await assembly.save(update_fields=["told"])
    space = await Room.get(id=assembly.room)
    effects: list[Effect] = []
    for host in await hosts_of(space, call.house.me):
        effects += await asked(
            call,
            host,
            f"The charter of **{escaped(name)}** says something else than its invitation did:\n\n{verbatim(words)}\n\n"
            "No seat is taken so far. Shall the congregation take it? ✅ yes · ✋ no",
            about=f"assembly:{assembly.id}",
            inquiry=ENTER,
            until=now_of(call) + PATIENCE,
            data={
                "assembly": assembly.id,
                "congregation": space.id,
                "agreed": assembly.found,
            },
        )
    return effects


# ------------------------------------------------------------------------------------------ the past


async def _past_asked_for(call: Call, assembly: Assembly, known: Ledger) -> list[Effect]:
    """Ask for letters that are in a former room which nobody can show us any more; nothing where there is no such room."""
    hidden = (
        set(assembly.draft.get("named") or ()) - set(assembly.former) - set(assembly.everywhere)
    )
    shown = Room.filter(id__in=list(assembly.former), joined=True)
    hidden |= set(assembly.former) - {room.id for room in await shown}
    if not hidden or not assembly.invited_by:
        return []
    space = await Room.get_or_none(id=assembly.space) if assembly.space else None
    founders = space.creators if space is not None else []
    effects: list[Effect] = []
    when, now = await seen(assembly), now_of(call)
    for draft in keeping.newcomers(known, call.house.me, now, when, founders):
        words = "Letters are missing here; would their keeper send them once more?"
        _letter, carried = await post(
            call, assembly, draft.kind, draft.body, words, part=draft.part
        )
        effects.append(carried)
    text = (
        f"Part of what was written in **{escaped(assembly.name)}** is in a room that nobody can show me any more. I ask those who "
        "wrote it to say it once more, and take the seat when I have all that it needs; that can take some days. `assembly leave` "
        "lets go."
    )
    effects += await told(call, assembly, text, once=HIDDEN)
    return [*effects, looks_again(assembly, now + keeping.AGAIN_EVERY)]


async def _moved_before(assembly: Assembly, known: Ledger) -> None:
    """Of several rooms that say they are one part, the roll says which it is now; all of them are read."""
    for part, room in known.roll.rooms.items():
        if assembly.former.get(room) == part:
            assembly.goes_on(part, room)
    await assembly.save(update_fields=["rooms", "former", "read"])


def read_mark(call: Call) -> str:
    """Stands in what was told, once all of the past is read: what is older is no news."""
    return f"{READ}{int(now_of(call).timestamp())}"


def whole(assembly: Assembly, room: str) -> str:
    """What stands in what is read, once all that was written in one of its rooms is: its part, or an old room by its id."""
    return room if room in assembly.former else str(assembly.part_of(room))


def is_spared(assembly: Assembly, room: str) -> bool:
    """Whether an entry does not wait for the past of a room: nobody may be left who can show a former one.

    Its letters are asked for by their numbers. Where we may have written ourselves before, nothing is spared.
    """
    return room in assembly.former and bool(assembly.invited_by)


async def not_shown(call: Call, assembly: Assembly) -> list[Effect]:
    """The homeserver did not show the whole past of a room: hosts hear of it once, and it is read again in a while."""
    text = (
        f"I could not read everything that was written in **{escaped(assembly.name)}** so far: the homeserver did not show it. I "
        "try again every six hours, and write nothing there before I have read all. `assembly leave` lets go."
    )
    if assembly.state is State.SEATED:
        text = (
            f"I read again what was written in **{escaped(assembly.name)}**, and the homeserver did not show all of it. I try again "
            "every six hours; everything else goes on."
        )
    again = looks_again(assembly, now_of(call) + AGAIN)
    return [*await told(call, assembly, text, once="not shown"), again]


async def read_again(assembly: Assembly) -> list[Effect]:
    """Read the whole past of all rooms once more; what is not shown is asked for again in a while, as when we entered."""
    assembly.read = []
    await assembly.save(update_fields=["read"])
    return unread(assembly)


def looks_again(assembly: Assembly, at: datetime) -> Ring:
    """An hour at which it is seen whether all was read."""
    return Ring(
        ritual="assembly-counts",
        about=f"assembly:{assembly.id}",
        when=f"read {at:%Y%m%d%H}",
        at=at,
        room=assembly.room,
        content={"assembly": assembly.id},
    )


def unread(assembly: Assembly) -> list[Effect]:
    """Read what of an assembly's past was not shown so far; nothing where nothing is missing."""
    if assembly.state not in (State.ENTERING, State.SEATED):
        return []
    return [
        ReadBack(room=room, about=f"assembly:{assembly.id}:{assembly.part_of(room)}")
        for room in [*assembly.rooms.values(), *assembly.former]
        if whole(assembly, room) not in assembly.read
    ]
