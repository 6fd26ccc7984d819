"""Entering an assembly: being introduced by a congregation that has a seat, invited, and asked (ASM-1).

Our keeper follows no invitation before hosts of a congregation have said yes to what they were shown.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from handlers.asking import asked, now_of
from handlers.assembly import prospects
from handlers.assembly.seating import (
    AGAIN,
    ENTER,
    PATIENCE,
    asked_no_more,
    kept_room,
    looks_again,
    read_through,
)
from handlers.hosts import congregation_of, hosts_of, speaks_for
from handlers.house.adoption import kept_by
from handlers.language import (
    NO,
    YES,
    Call,
    CallOff,
    Change,
    Effect,
    Effects,
    Join,
    Leave,
    Refused,
    Ring,
    Say,
    inquiry,
    ritual,
    watch,
)
from handlers.names import room_name
from handlers.words import escaped, folded, verbatim
from practices.assembly.events import DELEGATES, PEOPLE, SPACE
from practices.assembly.letters import Part
from practices.assembly.rooms import LONGEST_ID, MOST_FORMER
from practices.circles import RoomKind
from storage import delegates
from storage.assemblies import (
    Assembly,
    NewerLetter,
    State,
    first_space,
    ledger,
)
from storage.database import row_of
from storage.questions import Question
from storage.rooms import Room

#: No more invitations wait for a yes at the same time; others are declined, or take the place of one of these.
MOST_INVITATIONS = 3

#: So long an invitation keeps its place though another one comes, and nobody has said yes to it.
KEEPS_PLACE = timedelta(days=7)

#: So long it keeps it while it has not come so far that hosts could be asked.
IS_COMING = timedelta(hours=1)

#: So long the invitation into its space may come after those into its parts.
SPACE_COMES = timedelta(minutes=10)

#: Stands in what was told, once our hosts were asked whether their congregation enters.
ASKED = "asked"

_WAITED = "This invitation has waited long, and others have come: nothing was entered. Its keeper can invite again."

#: What others can read of a congregation that takes a seat.
PUBLISHED = (
    "What the others could read: the congregation's name, and the card that you make yourselves: place, languages, purpose, "
    "about how many people and crews (never the number), how one gets in, and at most two contacts who agreed. "
    "No list of people leaves it, and nothing an assembly decides changes anything inside."
)

# --------------------------------------------------------------------------------------- invitations


@watch(kind=Change.INVITED)
async def invited(call: Call) -> Effects:
    """Keep an invitation into an assembly, and ask our hosts once; nothing is entered yet."""
    about = call.content.get("assembly")
    if not isinstance(about, Mapping):
        return []
    part = str(about.get("part"))
    if part == DELEGATES:
        return []  # handlers.assembly.delegate_circles
    space = call.room.id if part == SPACE else about.get("space")
    if part not in {SPACE, PEOPLE, *Part} or not isinstance(space, str) or len(space) > LONGEST_ID:
        return [Leave(room=call.room.id)]
    space = await first_space(space)
    gone: list[Effect] = []
    for old in await Assembly.filter(state=State.INVITED, made_at__lt=now_of(call) - PATIENCE):
        gone += [*await asked_no_more(old, text=_WAITED), *await declined(old)]
    assembly, freed = await _invitation(call, space, part)
    gone += freed
    if assembly is None:
        return [*gone, *await prospects.invited(call, space, part)]
    if part in set(Part):
        await kept_room(assembly, part, call.room.id, about)
    elif part == PEOPLE:
        assembly.human = call.room.id
    await assembly.save()
    if assembly.state is not State.INVITED:
        return [*gone, *await _join(call, assembly, call.room)]
    reason = str(call.content.get("reason") or "")
    if part == SPACE:
        topic = str(call.content.get("topic") or "")
        return [*gone, *await _ask_hosts(call, assembly, call.room.name, topic, reason)]
    return [
        *gone,
        *(await _later(call, assembly, reason) if set(assembly.rooms) == set(Part) else []),
    ]


async def _later(call: Call, assembly: Assembly, reason: str) -> list[Effect]:
    """The hour at which the six parts are enough to ask.

    The space says what the assembly is for, and its invitation may come after theirs. One that was replaced may say no more what
    it is.
    """
    here = await Room.filter(kind=RoomKind.CONGREGATION, joined=True).order_by("id").first()
    if here is None or ASKED in assembly.told:
        return []
    # A part is called “River: care”.
    called = (call.room.name or "").rpartition(":")[0] or call.room.name
    return [
        Ring(
            ritual="assembly-invited",
            about=f"assembly:{assembly.id}",
            at=now_of(call) + SPACE_COMES,
            room=here.id,
            content={"assembly": assembly.id, "called": called, "reason": reason},
        )
    ]


@ritual(
    name="assembly-invited",
    help="asks hosts about an invitation into an assembly, of which the space has not come",
)
async def without_space(call: Call) -> Effects:
    """All but the space has come, and no more is waited for."""
    assembly = await row_of(Assembly, call.content["assembly"], state=State.INVITED)
    if assembly is None:
        return []
    called, reason = call.content.get("called"), call.content.get("reason")
    return await _ask_hosts(call, assembly, str(called or ""), "", str(reason or ""))


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
        freed = [*await asked_no_more(gives_way, text=_WAITED), *await declined(gives_way)]
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


# ------------------------------------------------------------------------------------ what hosts say


async def _ask_hosts(
    call: Call, assembly: Assembly, called: str | None, topic: str, reason: str
) -> list[Effect]:
    if ASKED in assembly.told:
        return []
    assembly.told = [*assembly.told, ASKED]
    assembly.name = (called or assembly.name)[:80]
    assembly.draft = {**assembly.draft, "shown": topic}
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
            *await asked_no_more(assembly, space.id),
            Say(
                text=f"**{room_name(space, 'Your congregation')}** does not enter. Another congregation that I keep is asked, too, and "
                "answers for itself."
            ),
        ]
    gone = await asked_no_more(assembly)
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
        effects.append(looks_again(assembly, now_of(call) + AGAIN))
    return [
        *effects,
        Say(
            text=f"I enter the rooms of **{escaped(assembly.name)}** now and read what was written there. When all of it is "
            "read I take the seat and tell you."
        ),
    ]


async def _join(call: Call, assembly: Assembly, room: Room) -> list[Effect]:
    in_protocol = assembly.part_of(room.id) is not None
    room.kind = RoomKind.PROTOCOL if in_protocol else RoomKind.ASSEMBLY
    room.congregation, room.adopted_at = assembly.room, now_of(call)
    await room.save()
    by = room.invited_by or assembly.invited_by
    return [Join(room=room.id, via=(by.partition(":")[2],))]


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
        effects += await asked_no_more(assembly, space.id if others else None)
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
