"""Entering an assembly: being introduced by a congregation that has a seat, invited, and taking a seat of one's own (ASM-1).

Our keeper follows no invitation before hosts of a congregation have said yes to what they were shown. The seat is taken
when the whole past of every protocol room is read and the others' consent is found in it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from handlers import directory, meetings, prospects, sprints
from handlers.adoption import kept_by
from handlers.asking import asked, now_of
from handlers.assembly_matters import still_ours
from handlers.hosts import congregation_of, hosts_of, speaks_for, told
from handlers.language import (
    NO,
    YES,
    Call,
    CallOff,
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
from handlers.power import may_invite
from handlers.words import escaped, folded, verbatim
from practices.assembly import keeping
from practices.assembly.events import DELEGATES, PEOPLE, SPACE
from practices.assembly.ledger import Ledger
from practices.assembly.letters import Kind, Letter, Part
from practices.assembly.matters import About, Word
from practices.assembly.rooms import LONGEST_ID, MOST_FORMER, former_of
from practices.circles import RoomKind
from storage import delegates
from storage.assemblies import (
    Assembly,
    AssemblyCard,
    AssemblyLetter,
    NewerLetter,
    State,
    first_space,
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

#: No more invitations wait for a yes at the same time; others are declined, or take the place of one of these.
MOST_INVITATIONS = 3

#: So long an invitation keeps its place though another one comes, and nobody has said yes to it.
KEEPS_PLACE = timedelta(days=7)

#: So long it keeps it while it has not come so far that hosts could be asked.
IS_COMING = timedelta(hours=1)

ENTER = "assembly-enter"

#: Begins what stands in what was told, once all of the past was read; the seconds since 1970 follow.
READ = "read:"

#: Stands in what was told, once letters were asked for that are in a room which nobody can show us.
HIDDEN = "past hidden"

#: Stands in what was told, once our hosts were asked whether their congregation enters.
ASKED = "asked"

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
    if part == DELEGATES:
        return []  # handlers.delegate_circles
    space = call.room.id if part == SPACE else about.get("space")
    if part not in {SPACE, PEOPLE, *Part} or not isinstance(space, str) or len(space) > LONGEST_ID:
        return [Leave(room=call.room.id)]
    space = await first_space(space)
    gone: list[Effect] = []
    for old in await Assembly.filter(state=State.INVITED, made_at__lt=now_of(call) - PATIENCE):
        gone += [*await _asked_no_more(old, text=_WAITED), *await declined(old)]
    assembly, freed = await _invitation(call, space, part)
    gone += freed
    if assembly is None:
        return [*gone, *await prospects.invited(call, space, part)]
    if part in set(Part):
        await _kept_room(assembly, part, call.room.id, about)
    elif part == PEOPLE:
        assembly.human = call.room.id
    await assembly.save()
    if assembly.state is not State.INVITED:
        return [*gone, *await _join(call, assembly, call.room)]
    # A space that was replaced may say no more of what it is; then the six parts are enough to ask.
    is_whole = part == SPACE or set(assembly.rooms) == set(Part)
    return [*gone, *(await _ask_hosts(call, assembly, part) if is_whole else [])]


async def _invitation(
    call: Call, space: str, part: str
) -> tuple[Assembly | None, Iterable[Effect]]:
    """The assembly that a room belongs to, if its invitation is kept; and what gives it its place."""
    by = Assembly.filter(invited_by=call.person)
    known = (
        await Assembly.filter(space=space).exclude(state=State.INVITED).order_by("-id").first()
        or await by.filter(space=space).order_by("-id").first()
    )
    if known is not None and known.state is State.LEFT:
        if known.room is None and now_of(call) - known.made_at < PATIENCE:
            return None, []  # who said no is not asked again so soon; who said yes, and left, is
        known = await by.filter(space=space, state=State.INVITED).order_by("-id").first()
    if known is not None:
        leads = await _leads_on(call, known, part) and await _is_open(call.room, known, part)
        return (known if leads else None), []
    lately = by.filter(state=State.LEFT, room=None, made_at__gt=now_of(call) - PATIENCE)
    if await by.filter(state=State.INVITED).exists() or await lately.exists():
        return None, []  # one account asks us into one at a time, and no sooner again after a no
    freed: list[Effect] = []
    waiting = await Assembly.filter(state=State.INVITED).order_by("made_at", "id")
    if len(waiting) >= MOST_INVITATIONS:
        gives_way = await _gives_way(call, waiting)
        if gives_way is None:
            return None, []
        freed = [*await _asked_no_more(gives_way, text=_WAITED), *await declined(gives_way)]
        await gives_way.delete()  # nobody has said no: it may come again
    kept = await Assembly.create(
        name="An assembly",
        space=space,
        state=State.INVITED,
        invited_by=call.person,
        made_at=now_of(call),
    )
    return kept, freed


async def _gives_way(call: Call, waiting: list[Assembly]) -> Assembly | None:
    """The invitation that gives its place to another: by accounts that nobody here knows, the oldest first.

    Whom we know from an assembly has a place before whom we do not, and keeps it. Else one gives way that has waited long,
    or that stuck on its way to our hosts.
    """
    known = [each for each in waiting if await _is_known(each.invited_by)]
    ours = await _is_known(call.person)
    unknown = [each for each in waiting if each not in known]
    if ours and unknown:
        return unknown[0]
    now = now_of(call)
    for each in known if ours else unknown:
        keeps = KEEPS_PLACE if ASKED in each.told else IS_COMING
        if now - each.made_at >= keeps:
            return each
    return None


async def _is_known(keeper: str) -> bool:
    """Whether an account speaks for a congregation in an assembly where ours has a seat."""
    for assembly in await Assembly.filter(state=State.SEATED, found__not_isnull=True):
        if (await ledger(assembly)).roll.seat_of(keeper) is not None:
            return True
    return False


async def _leads_on(call: Call, assembly: Assembly, part: str) -> bool:
    """Whether an invitation leads where we go anyway.

    Before our hosts have said yes it is that of the account which sent the first. Later no single account says which rooms
    are the assembly's: the roll does, and any keeper with a seat may let us in.
    """
    first = call.person == assembly.invited_by
    if assembly.state is State.INVITED:
        return first and sum(each == part for each in assembly.former.values()) < MOST_FORMER
    here = {**assembly.rooms, PEOPLE: assembly.human, SPACE: assembly.listed}
    old, keeps = set(assembly.draft.get("named") or ()), False
    if assembly.found is not None:
        roll = (await ledger(assembly)).roll
        here |= {each.value: room for each, room in roll.rooms.items()}
        old |= {room for each, rooms in roll.former.items() if each == part for room in rooms}
        keeps = roll.seat_of(call.person) is not None
    return (first or keeps) and (call.room.id in old or here.get(part) in (None, call.room.id))


async def _is_open(room: Room, assembly: Assembly, part: str) -> bool:
    """Whether no circle of ours and no room of another assembly would become a part by our entering it."""
    if part not in set(Part) or assembly.part_of(room.id) is not None:
        return True
    return await prospects.is_ours_to_take(assembly, room)


async def _kept_room(assembly: Assembly, part: str, room: str, said: Mapping[str, Any]) -> None:
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


async def _ask_hosts(call: Call, assembly: Assembly, part: str) -> list[Effect]:
    if ASKED in assembly.told:
        return []
    assembly.told = [*assembly.told, ASKED]
    topic = str(call.content.get("topic") or "") if part == SPACE else ""
    called = call.room.name or assembly.name
    # A part is called “River: care”.
    assembly.name = (called if part == SPACE else called.rpartition(":")[0] or called)[:80]
    assembly.draft = {**assembly.draft, "shown": topic}
    reason = str(call.content.get("reason") or "")
    await assembly.save()
    effects: list[Effect] = []
    for space in await Room.filter(kind=RoomKind.CONGREGATION, joined=True).order_by("id"):
        for host in await hosts_of(space, call.house.me):
            effects += await asked(
                call,
                host,
                _invitation_words(assembly, topic, room_name(space, "your congregation"), reason),
                about=f"assembly:{assembly.id}",
                inquiry=ENTER,
                until=now_of(call) + PATIENCE,
                data={"assembly": assembly.id, "congregation": space.id},
            )
    return effects


def _invitation_words(assembly: Assembly, topic: str, congregation: str, reason: str) -> str:
    what = verbatim(topic) if topic.strip() else "The invitation does not say what it is for."
    says = f", and writes: “{escaped(reason)}”" if reason.strip() else "."
    return (
        f"**{congregation}** is invited to take a seat in the assembly **{escaped(assembly.name)}**: congregations that act "
        f"together, each for itself. {escaped(assembly.invited_by)} asks you in{says}\n\n{what}\n\n{PUBLISHED}\n\n"
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
    if space is None or not await speaks_for(space, call.person):
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
        later = "" if agreed else _may_reconsider(assembly)
        refused = f"Declined: nothing was entered or sent.{later}"
        return [*gone, *await declined(assembly), Say(text=refused)]
    assembly.asked_by = call.person
    if agreed:
        assembly.draft = {**assembly.draft, "agreed": question.data["agreed"]}
        await assembly.save()
        return [*gone, *await read_through(call, assembly)]
    return [*gone, *await _goes_in(call, assembly, space)]


async def _goes_in(call: Call, assembly: Assembly, space: Room) -> list[Effect]:
    """Our hosts have said yes: every room is entered and read."""
    assembly.room, assembly.state = space.id, State.ENTERING
    await assembly.save()
    effects: list[Effect] = []
    for room in await Room.filter(id__in=assembly.everywhere).order_by("id"):
        effects += await _join(call, assembly, room)
    if assembly.former:  # of which one may not let us in any more
        effects.append(_looks_again(assembly, now_of(call) + AGAIN))
    return [
        *effects,
        Say(
            text=f"I enter the rooms of **{escaped(assembly.name)}** now and read what was written there. When all of it is "
            "read I take the seat and tell you."
        ),
    ]


async def dismiss(call: Call, rest: str) -> list[Effect]:
    """A host lets an invitation go whose question is not at hand, so that others have its place. Raises Refused."""
    mine = await kept_by(call)
    if not mine:
        await congregation_of(call)
    waiting = await Assembly.filter(state=State.INVITED).order_by("id")
    asked_us = [e for e in waiting if ASKED in e.told and not {s.id for s in mine} <= said_no(e)]
    said = folded(rest)
    found = [e for e in asked_us if said in (folded(e.name), folded(e.invited_by))]
    if len(found) != 1:
        there = ", ".join(f"**{escaped(e.name)}** by {escaped(e.invited_by)}" for e in asked_us)
        raise Refused(
            f"`assembly dismiss` and a name or an address lets one invitation go. Nothing was changed. There is: {there}."
            if there
            else "No invitation into an assembly waits for your congregation. Nothing was changed; whom you introduced yourselves "
            "`assembly withdraw` and the name takes back."
        )
    [assembly] = found
    others = [await _others_think(call, assembly, space) for space in mine][-1]
    effects: list[Effect] = []
    for space in mine:
        effects += await _asked_no_more(assembly, space.id if others else None)
    if not others:
        effects += [CallOff(about=f"assembly:{assembly.id}"), *await declined(assembly)]
    text = (
        f"Let go: **{escaped(assembly.name)}** was not entered.{_may_reconsider(assembly)}"
        if not others
        else f"Your congregation does not enter **{escaped(assembly.name)}**. Another one that I keep is asked, too, and answers for "
        "itself."
    )
    return [*effects, Say(text=text)]


def _may_reconsider(assembly: Assembly) -> str:
    """What follows from a no, and how it is taken back."""
    return (
        f" Whoever asked you in hears that you do not come this time, and no more; for a month I ask you nothing about it. Should "
        f"you think otherwise, `assembly reconsider {escaped(assembly.name)}` lets them invite you again at once."
    )


async def reconsider(call: Call, rest: str) -> list[Effect]:
    """Hear an invitation again that our hosts have said no to. Raises Refused."""
    mine = {space.id for space in await kept_by(call)}
    if not mine:
        await congregation_of(call)
    since = now_of(call) - PATIENCE
    refused = await Assembly.filter(state=State.LEFT, room=None, made_at__gt=since).order_by("id")
    ours = [each for each in refused if mine & said_no(each)]
    found = [
        e
        for e in ours
        if not rest.strip() or folded(rest) in (folded(e.name), folded(e.invited_by))
    ]
    if not found:
        there = ", ".join(f"**{escaped(each.name)}**" for each in ours)
        raise Refused(
            "There is no assembly of that name to which your congregation said no in the last month. Nothing was changed"
            + (
                f"; there is: {there}."
                if there
                else ", and an invitation is heard whenever it comes."
            )
        )
    for each in found:
        await each.delete()
    names = " and ".join(f"**{escaped(each.name)}**" for each in found)
    text = (
        f"Good: when {names} invites you again, I ask you at once. I cannot write there myself, so tell its people: a host of the "
        f"congregation that introduced you says `assembly introduce {escaped(call.house.me)}` and your name, and needs no new consent."
    )
    return [Say(text=text)]


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


_ANSWERED = "This is answered: another host has said what the congregation does."

_WAITED = "This invitation has waited long, and others have come: nothing was entered. Its keeper can invite again."


async def _asked_no_more(
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


async def declined(assembly: Assembly) -> list[Effect]:
    """Our congregation does not enter, or leaves: every room is left, and what was adopted stays."""
    assembly.state, assembly.draft = State.LEFT, {}
    await assembly.save()
    kept = {room for other in await Assembly.exclude(state=State.LEFT) for room in other.everywhere}
    left = [*assembly.everywhere, *assembly.looked_at, *await delegates.ended(assembly.id)]
    kinds = [RoomKind.NONE, RoomKind.PROTOCOL, RoomKind.ASSEMBLY]
    # Whatever a letter said, a circle of ours is no room of theirs.
    circles = await Room.filter(id__in=left).exclude(kind__in=kinds)
    kept |= {room.id for room in circles}
    await NewerLetter.filter(assembly=assembly.id).delete()
    rooms = [room for room in left if room not in kept]
    for room in await Room.filter(id__in=rooms):
        await room.let_go()
    return [Leave(room=room) for room in rooms]


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
        await _kept_room(known, part, room.id, about)
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
        *await _asked_no_more(assembly),
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
        *await _asked_no_more(assembly),
        *(Invite(person=host, room=room) for room in for_people for host in hosts),
        *await told(
            call,
            assembly,
            f"**{name}** has a seat in **{escaped(assembly.name)}** now.\n\nNext: `assembly card` makes the card by which "
            "the others know it. `assembly` tells how things stand.",
        ),
    ]


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
    return [*effects, _looks_again(assembly, now + keeping.AGAIN_EVERY)]


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
    again = _looks_again(assembly, now_of(call) + AGAIN)
    return [*await told(call, assembly, text, once="not shown"), again]


async def read_again(assembly: Assembly) -> list[Effect]:
    """Read the whole past of all rooms once more; what is not shown is asked for again in a while, as when we entered."""
    assembly.read = []
    await assembly.save(update_fields=["read"])
    return unread(assembly)


def _looks_again(assembly: Assembly, at: datetime) -> Ring:
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


# --------------------------------------------------------------------------------------- introducing


async def invitations(call: Call, assembly: Assembly, letter: Letter) -> list[Effect]:
    """Whom our congregation introduced and all agreed on is invited by our hand, once; `letter` sealed it."""
    known = await ledger(assembly)
    standing = known.standing(letter.answers or "")
    if standing is None or standing.word is not Word.ACCEPTED:
        return []
    matter, once = standing.matter, f"invited:{standing.matter.id}"
    if matter.about is not About.ADMIT or once in assembly.told:
        return []
    assembly.told = [*assembly.told, once]
    await assembly.save(update_fields=["told"])
    rooms = await doors(call, assembly, matter.sender)
    reason = ""
    if matter.sender == call.house.me:
        space = await Room.get(id=assembly.room)
        reason = f"{space.name or 'A congregation'} asks you in. {matter.text}".strip()
    return [
        Invite(person=keeper, room=room, reason=reason)
        for keeper in sorted(matter.candidates)
        if known.roll.seat_of(keeper) is None
        for room in rooms
    ]


async def doors(call: Call, assembly: Assembly, introduced_by: str) -> list[str]:
    """The rooms into which we let somebody who enters: all, where our congregation introduced them."""
    now = [*filter(None, (assembly.human, assembly.listed)), *assembly.rooms.values()]
    ours = now if introduced_by == call.house.me else ()
    return [*ours, *await _opened(call, assembly, introduced_by)]


async def _opened(call: Call, assembly: Assembly, introduced_by: str) -> list[str]:
    """The former rooms into which we let somebody who enters: whoever introduced them does, or else who has the power to.

    A room that was replaced in the usual way of Matrix lets only those invite who moderate it.
    """
    former = await Room.filter(id__in=list(assembly.former), joined=True).order_by("id")
    return [
        room.id
        for room in former
        if may_invite(room, call.house.me)
        and (introduced_by == call.house.me or not may_invite(room, introduced_by))
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
