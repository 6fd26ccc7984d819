"""Entering an assembly: being introduced by a congregation that has a seat, invited, and taking a seat of one's own (ASM-1).

Our keeper follows no invitation before hosts of a congregation have said yes to what they were shown. The seat is taken
when the whole past of every protocol room is read and the others' consent is found in it.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from handlers import meetings
from handlers.asking import asked, now_of
from handlers.assembly_matters import still_ours
from handlers.hosts import hosts_of, told
from handlers.language import (
    NO,
    YES,
    Call,
    Change,
    Edit,
    Effect,
    Effects,
    Invite,
    Join,
    Leave,
    ReadBack,
    Refused,
    Ring,
    Say,
    inquiry,
    watch,
)
from handlers.letterbox import post
from handlers.names import room_name
from handlers.power import moderates
from handlers.words import escaped, verbatim
from practices.assembly.events import PEOPLE, SPACE
from practices.assembly.ledger import Ledger
from practices.assembly.letters import Kind, Letter, Part
from practices.assembly.matters import About, Word
from practices.circles import RoomKind, Scale, fits
from storage.assemblies import (
    Assembly,
    AssemblyCard,
    AssemblyLetter,
    State,
    found_by,
    ledger,
)
from storage.questions import Question
from storage.rooms import Room

#: So long an invitation is thought about.
PATIENCE = timedelta(days=30)

#: So long after a room's past was not shown it is asked for again.
AGAIN = timedelta(hours=6)

#: No more invitations wait for a yes at the same time; others are declined.
MOST_INVITATIONS = 3

ENTER = "assembly-enter"

#: Stands in what was told, once our hosts were asked whether their congregation enters.
ASKED = "asked"

#: The bound of Matrix for the id of a room.
_LONGEST_ID = 255

#: What others can read of a congregation that takes a seat.
PUBLISHED = (
    "What the others could read: the congregation's name, and the card that you make yourselves: place, languages, purpose, "
    "about how many people and crews (never the number), how one gets in, and at most two contacts who agreed. "
    "No list of people leaves it, and nothing an assembly decides changes anything inside."
)


def charter_words(purpose: str, values: list[str]) -> str:
    """What an assembly is for and holds dear, as its space's topic says it."""
    return purpose + (f"\n\nValues: {'; '.join(values)}" if values else "")


# ------------------------------------------------------------------------------------------- invitations


@watch(kind=Change.INVITED)
async def invited(call: Call) -> Effects:
    """Keep an invitation into an assembly, and ask our hosts once; nothing is entered yet."""
    about = call.content.get("assembly")
    if not isinstance(about, Mapping):
        return []
    part = str(about.get("part"))
    space = call.room.id if part == SPACE else about.get("space")
    known = part in {SPACE, PEOPLE, *Part} and isinstance(space, str) and len(space) <= _LONGEST_ID
    if not known:
        return [Leave(room=call.room.id)]
    gone: list[Effect] = []
    for old in await Assembly.filter(state=State.INVITED, made_at__lt=now_of(call) - PATIENCE):
        gone += [*await _asked_no_more(old), *await declined(old)]
    assembly = await _invitation(call, str(space), part)
    if assembly is None:
        waits = await _may_be_agreed(call, str(space), part)
        return [*gone, *([] if waits else [Leave(room=call.room.id)])]
    if part in set(Part):
        assembly.rooms = {**assembly.rooms, part: call.room.id}
    elif part == PEOPLE:
        assembly.human = call.room.id
    await assembly.save()
    if assembly.state is not State.INVITED:
        return [*gone, *await _join(call, assembly, call.room)]
    return [*gone, *(await _ask_hosts(call, assembly) if part == SPACE else [])]


async def _invitation(call: Call, space: str, part: str) -> Assembly | None:
    """The assembly that a room belongs to, if its invitation is kept."""
    by = Assembly.filter(invited_by=call.person)
    known = (
        await Assembly.filter(space=space).exclude(state=State.INVITED).order_by("-id").first()
        or await by.filter(space=space).order_by("-id").first()
    )
    if known is not None and known.state is State.LEFT:
        if now_of(call) - known.made_at < PATIENCE:
            return None  # who said no is not asked again so soon
        known = await by.filter(space=space, state=State.INVITED).order_by("-id").first()
    if known is not None:
        return known if await _leads_on(call, known, part) else None
    lately = by.filter(state=State.LEFT, seat=None, made_at__gt=now_of(call) - PATIENCE)
    if await by.filter(state=State.INVITED).exists() or await lately.exists():
        return (
            None  # one account asks us into one assembly at a time, and no sooner again after a no
        )
    if await Assembly.filter(state=State.INVITED).count() >= MOST_INVITATIONS:
        return None
    return await Assembly.create(
        name="An assembly",
        space=space,
        state=State.INVITED,
        invited_by=call.person,
        made_at=now_of(call),
    )


async def _leads_on(call: Call, assembly: Assembly, part: str) -> bool:
    """Whether an invitation leads where we go anyway.

    Before our hosts have said yes it is that of the account which sent the first. Later no single account says which rooms
    are the assembly's: the roll does, and any keeper with a seat may let us in.
    """
    first = call.person == assembly.invited_by
    if assembly.state is State.INVITED:
        return first
    here = {**assembly.rooms, PEOPLE: assembly.human, SPACE: assembly.space}
    keeps = False
    if assembly.found is not None:
        roll = (await ledger(assembly)).roll
        here |= {each.value: room for each, room in roll.rooms.items()}
        keeps = roll.seat_of(call.person) is not None
    return (first or keeps) and here.get(part) in (None, call.room.id)


async def _may_be_agreed(call: Call, space: str, part: str) -> bool:
    """Whether the congregations are asked to move a part into this room, so that its invitation waits for what they say."""
    assembly = await Assembly.filter(space=space, state=State.SEATED).first()
    if assembly is None or assembly.found is None:
        return False
    known = await ledger(assembly)
    asked_for = ((each.part, each.to) for each in known.matters() if each.about is About.MOVE)
    return known.roll.seat_of(call.person) is not None and (part, call.room.id) in asked_for


async def _ask_hosts(call: Call, assembly: Assembly) -> list[Effect]:
    if ASKED in assembly.told:
        return []
    assembly.told = [*assembly.told, ASKED]
    topic = str(call.content.get("topic") or "")
    assembly.name = (call.room.name or assembly.name)[:80]
    assembly.draft = {"shown": topic}
    await assembly.save()
    effects: list[Effect] = []
    for space in await Room.filter(kind=RoomKind.CONGREGATION, joined=True).order_by("id"):
        for host in await hosts_of(space, call.house.me):
            effects += await asked(
                call,
                host,
                _invitation_words(assembly, topic, room_name(space, "your congregation")),
                about=f"assembly:{assembly.id}",
                inquiry=ENTER,
                until=now_of(call) + PATIENCE,
                data={"assembly": assembly.id, "congregation": space.id},
            )
    return effects


def _invitation_words(assembly: Assembly, topic: str, congregation: str) -> str:
    what = verbatim(topic) if topic.strip() else "The invitation does not say what it is for."
    return (
        f"**{congregation}** is invited to take a seat in the assembly **{escaped(assembly.name)}**: congregations that act "
        f"together, each for itself.\n\n{what}\n\n{PUBLISHED}\n\n"
        "Shall it take the seat? ✅ yes · ✋ no\n\nYour yes speaks for the congregation; you can leave again at any time."
    )


@inquiry(name=ENTER, options=(YES, NO))
async def enter(call: Call, question: Question, said: str) -> Effects:
    """A host says yes or no for the congregation."""
    assembly = await Assembly.get_or_none(id=question.data.get("assembly"))
    space = await Room.get_or_none(id=str(question.data.get("congregation")))
    if said not in (YES.word, NO.word):
        return [Say(text="A yes or a no is enough: ✅ yes · ✋ no.")]
    await question.delete()
    agreed = "agreed" in question.data
    awaited = State.ENTERING if agreed else State.INVITED
    if assembly is None or assembly.state is not awaited:
        return [Say(text="That invitation is answered already. Nothing was changed.")]
    if space is None or not moderates(space, call.person):
        raise Refused(
            "For a congregation speak those who moderate its space, and you do not any more. Nothing was changed."
        )
    if said == NO.word and not agreed and await _others_think(call, assembly, space):
        return [
            *await _asked_no_more(assembly, space.id),
            Say(
                text=f"**{room_name(space, 'Your congregation')}** does not enter. Another congregation that I keep is asked, too, and "
                "answers for itself."
            ),
        ]
    gone = await _asked_no_more(assembly)
    if said == NO.word:
        return [
            *gone,
            *await declined(assembly),
            Say(text="Declined: nothing was entered or sent."),
        ]
    assembly.asked_by = call.person
    if agreed:
        assembly.draft = {**assembly.draft, "agreed": question.data["agreed"]}
        await assembly.save()
        return [*gone, *await read_through(call, assembly)]
    assembly.room, assembly.state = space.id, State.ENTERING
    await assembly.save()
    rooms = await Room.filter(id__in=rooms_of(assembly)).order_by("id")
    effects: list[Effect] = [*gone]
    for room in rooms:
        effects += await _join(call, assembly, room)
    return [
        *effects,
        Say(
            text=f"I enter the rooms of **{escaped(assembly.name)}** now and read what was written there. When all of it is "
            "read I take the seat and tell you."
        ),
    ]


async def _others_think(call: Call, assembly: Assembly, space: Room) -> bool:
    """Keep that one congregation said no; whether another one that we keep has not."""
    assembly.told = [*assembly.told, f"no:{space.id}"]
    await assembly.save(update_fields=["told"])
    for other in await Room.filter(kind=RoomKind.CONGREGATION, joined=True):
        if other.id not in said_no(assembly) and await hosts_of(other, call.house.me):
            return True
    return False


def said_no(assembly: Assembly) -> set[str]:
    """The congregations of ours whose hosts said no to an invitation, by their spaces."""
    return {each.removeprefix("no:") for each in assembly.told if each.startswith("no:")}


async def _asked_no_more(assembly: Assembly, congregation: str | None = None) -> list[Effect]:
    """The same question to other hosts, of one congregation or of all, is answered."""
    effects: list[Effect] = []
    for other in await Question.filter(inquiry=ENTER):
        if congregation not in (None, other.data.get("congregation")):
            continue
        if other.data.get("assembly") == assembly.id:
            text = "This is answered: another host has said what the congregation does."
            effects.append(Edit(name=f"question:{other.id}", text=text, room=other.room))
            await other.delete()
    return effects


async def declined(assembly: Assembly) -> list[Effect]:
    """Our congregation does not enter, or leaves: every room is left, and what was adopted stays."""
    assembly.state, assembly.draft = State.LEFT, {}
    await assembly.save()
    kept = {room for other in await Assembly.exclude(state=State.LEFT) for room in rooms_of(other)}
    kinds = [RoomKind.NONE, RoomKind.PROTOCOL, RoomKind.ASSEMBLY]
    circles = await Room.filter(id__in=rooms_of(assembly)).exclude(kind__in=kinds)
    kept |= {
        room.id for room in circles
    }  # whatever a letter said, a circle of ours is no room of theirs
    rooms = [room for room in rooms_of(assembly) if room not in kept]
    await Room.filter(id__in=rooms).update(kind=RoomKind.NONE, congregation=None)
    return [Leave(room=room) for room in rooms]


def rooms_of(assembly: Assembly) -> list[str]:
    """Every room of an assembly that we know of, its space last."""
    known = [*assembly.rooms.values(), assembly.human, assembly.space]
    return [room for room in known if room is not None]


async def _join(call: Call, assembly: Assembly, room: Room) -> list[Effect]:
    in_protocol = assembly.part_of(room.id) is not None
    room.kind = RoomKind.PROTOCOL if in_protocol else RoomKind.ASSEMBLY
    room.congregation, room.adopted_at = assembly.room, now_of(call)
    await room.save()
    by = room.invited_by or assembly.invited_by
    return [Join(room=room.id, via=(by.partition(":")[2],))]


# -------------------------------------------------------------------------------------------- the seat


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
    about = call.content.get("assembly")
    part = str(about.get("part")) if isinstance(about, Mapping) else ""
    space = about.get("space") if isinstance(about, Mapping) else None
    if part not in set(Part) or not isinstance(space, str) or call.room.congregation is None:
        return []
    known = await Assembly.filter(space=space).first() or Assembly(
        name=(call.room.name or "An assembly")[:80],
        space=space[:255],
        room=call.room.congregation,
        state=State.ENTERING,
        made_at=now_of(call),
    )
    known.rooms = {**known.rooms, part: call.room.id}
    await known.save()
    return [ReadBack(room=call.room.id, about=f"assembly:{known.id}:{part}")]


async def read_through(call: Call, assembly: Assembly) -> Effects:
    """Take the seat, once all is read, the charter is as it was shown, and the others' consent is found."""
    if assembly.state is not State.ENTERING:
        return []
    if assembly.found is None and Part.CHARTER in assembly.read:
        await _find_charter(assembly)
    if assembly.found is None or not set(Part) <= set(assembly.read):
        return []
    known = await ledger(assembly)
    charter = known.letters[assembly.found].body
    held = known.roll.seat_of(call.house.me)
    if held is not None:  # handed over to us, or from before our database was lost
        assembly.state, assembly.seat, assembly.name = State.SEATED, held.id, charter["name"]
        assembly.told = [*assembly.told, *_over(assembly, known, call.house.me)]
        await assembly.save()
        return [*await _asked_no_more(assembly), *await _speaks_now(call, assembly)]
    if dict(known.roll.rooms) != {Part(each): room for each, room in assembly.rooms.items()}:
        text = (
            f"The charter of **{escaped(assembly.name)}** names other rooms than those that I was invited into, so no seat is "
            "taken and nothing was sent. Whoever introduced your congregation can say which are right; `assembly leave` lets go."
        )
        return await told(call, assembly, text, once="other rooms")
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
        return await told(call, assembly, text, once="no consent yet")
    space = await Room.get(id=assembly.room)
    name = room_name(space, "A congregation")
    letter, said = await post(
        call, assembly, Kind.SEAT, {}, f"**{name}** takes its seat.", answers=matter
    )
    assembly.state, assembly.seat, assembly.draft = State.SEATED, letter.id, {}
    assembly.name = charter["name"]
    await assembly.save()
    for_people = [room for room in (assembly.space, assembly.human) if room is not None]
    hosts = await hosts_of(space, me)
    return [
        said,
        *await _asked_no_more(assembly),
        *(Invite(person=host, room=room) for room in for_people for host in hosts),
        *await told(
            call,
            assembly,
            f"**{name}** has a seat in **{escaped(assembly.name)}** now.\n\nNext: `assembly card` makes the card by which "
            "the others know it. `assembly` tells how things stand.",
        ),
    ]


async def not_shown(call: Call, assembly: Assembly) -> list[Effect]:
    """The homeserver did not show the whole past of a room: hosts hear of it once, and it is read again in a while."""
    text = (
        f"I could not read everything that was written in **{escaped(assembly.name)}** so far: the homeserver did not show it. I "
        "try again every six hours, and write nothing there before I have read all. `assembly leave` lets go."
    )
    at = now_of(call) + AGAIN
    again = Ring(
        ritual="assembly-counts",
        about=f"assembly:{assembly.id}",
        when=f"read {at:%Y%m%d%H}",
        at=at,
        room=assembly.room,
        content={"assembly": assembly.id},
    )
    return [*await told(call, assembly, text, once="not shown"), again]


def unread(assembly: Assembly) -> list[Effect]:
    """Read what of an assembly's past was not shown so far; nothing where nothing is missing."""
    if assembly.state not in (State.ENTERING, State.SEATED):
        return []
    return [
        ReadBack(room=room, about=f"assembly:{assembly.id}:{part}")
        for part, room in assembly.rooms.items()
        if part not in assembly.read
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
    for number, standing in still_ours(assembly, known, me):
        if standing.word is not None:
            over.append(f"final:{number}")
        elif standing.torn:
            over += [f"torn:{number}", f"dispute:{number}"]
    return over


async def _find_charter(assembly: Assembly) -> None:
    """The letter by which whoever made the charter's room founded the assembly in it."""
    room = await Room.get_or_none(id=assembly.rooms[Part.CHARTER])
    makers = room.creators if room is not None else []
    rows = await AssemblyLetter.filter(assembly=assembly.id, part=Part.CHARTER, sender__in=makers)
    founding = [
        row
        for row in rows
        if row.content["type"] == Kind.FOUND
        and row.content["body"]["rooms"][Part.CHARTER] == assembly.rooms[Part.CHARTER]
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


# --------------------------------------------------------------------------------------- introducing


async def invitations(call: Call, assembly: Assembly, letter: Letter) -> list[Effect]:
    """Whom our congregation introduced and all agreed on is invited by our hand, once; `letter` sealed it."""
    known = await ledger(assembly)
    standing = known.standing(letter.answers or "")
    if standing is None or standing.word is not Word.ACCEPTED:
        return []
    matter, once = standing.matter, f"invited:{standing.matter.id}"
    if matter.about is not About.ADMIT or matter.sender != call.house.me or once in assembly.told:
        return []
    assembly.told = [*assembly.told, once]
    await assembly.save(update_fields=["told"])
    return [
        Invite(person=keeper, room=room)
        for keeper in sorted(matter.candidates)
        if known.roll.seat_of(keeper) is None
        for room in [
            *(each for each in (assembly.human, assembly.space) if each),
            *assembly.rooms.values(),
        ]
    ]


async def seat_came(call: Call, assembly: Assembly, letter: Letter) -> list[Effect]:
    """Tell our hosts, once, that a congregation that ours introduced has taken the seat of this letter."""
    known = await ledger(assembly)
    seat, matter = known.roll.seat(letter.id), known.letters.get(letter.answers or "")
    if seat is None or matter is None or matter.sender != call.house.me:
        return []
    text = (
        f"**{escaped(seat.name)}**, which your congregation introduced, has taken its seat in **{escaped(assembly.name)}**.\n\n"
        "Say hello in the room for people. `assembly directory` shows its card once there is one."
    )
    return await told(call, assembly, text, once=f"seated:{seat.id}")


async def introduce(
    call: Call, assembly: Assembly, keeper: str, name: str, because: str
) -> list[Effect]:
    """Put to the congregations whether another is asked in. Raises Refused when that makes no sense."""
    known = await ledger(assembly)
    roll = known.roll
    seat = roll.seat_of(keeper)
    if seat is not None:
        raise Refused(
            f"{escaped(keeper)} speaks for **{escaped(seat.name)}** here already. Nothing was sent."
        )
    if not fits(Scale.ASSEMBLY, len(roll.seats) + 1):
        raise Refused(
            "An assembly has at most 200 congregations, and this one has them. Nothing was sent; a second assembly beside "
            "it has room for many."
        )
    for matter in known.matters():
        standing = known.standing(matter.id)
        still = standing is not None and standing.word is None and matter.until > call.at
        if keeper in matter.candidates and still:
            raise Refused(
                "That congregation is introduced already, and the others are finding their positions. Nothing was sent."
            )
    until = (call.at + timedelta(days=14)).strftime("%Y-%m-%dT%H:%M:%SZ")
    body: dict[str, Any] = {
        "about": About.ADMIT.value,
        "title": f"Shall {name} be asked in?"[:120],
        "until": until,
        "passing": {},
        "candidates": [{"keeper": keeper, "name": name}],
    }
    if because:
        body["text"] = because
    space = await Room.get(id=assembly.room)
    _letter, said = await post(
        call,
        assembly,
        Kind.MATTER,
        body,
        f"**{room_name(space, 'A congregation')}** introduces **{escaped(name)}**: shall it be asked in? "
        f"{verbatim(because)}".strip(),
        part=Part.CHARTER,
    )
    return [
        said,
        Say(
            text=f"I have introduced **{escaped(name)}** to the congregations of **{escaped(assembly.name)}**. They have "
            "fourteen days to find their positions; when all agree, its keeper is invited. You will hear of it here."
        ),
    ]
