"""Joining a crew that is there: only when every one of its members has said yes (R49).

A no is never shown and never stored: to everybody it is as if that person had not answered. After fourteen days whoever
asked hears "not this time", whatever the reason (R50). Whom the room itself has let in is the crew's guest until then,
and after it: nobody is taken out of a room that is theirs.
"""

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, time, timedelta
from hashlib import blake2b
from typing import Any

from handlers import conversation
from handlers.asking import asked, now_of, whispered, zone_of
from handlers.consent import Voice, hear_voice, put_to_all, standing_words
from handlers.crews import callings
from handlers.language import (
    NO,
    NOT_THIS_TIME,
    YES,
    Argument,
    Call,
    CallOff,
    Change,
    Edit,
    Effect,
    Effects,
    Invite,
    Refused,
    Ring,
    Say,
    command,
    inquiry,
    ritual,
    watch,
)
from handlers.meetings import meetings
from handlers.names import everybody, name, people, room_name
from handlers.power import level
from handlers.whom import named
from handlers.words import escaped, folded
from practices import calling as calls
from practices import circles, clock
from practices.circles import Fit, Life, RoomKind, Scale
from practices.defaults import PATIENCE
from practices.meetings import is_quiet, next_waking
from practices.understanding import shown
from storage.callings import OpenDoor, Place, Wish
from storage.database import row_of
from storage.members import Member, is_in
from storage.outbox import Owed
from storage.people import Person
from storage.questions import Question, forget_about
from storage.rooms import Room
from storage.visitors import Visitor, visits, waits

HERE = frozenset({RoomKind.CREW})

#: With one more these make a crew again.
_ENOUGH = calls.SIZES.start - 1


SEAL = "wish"

#: After a wish has come to its end the same crew is not asked about the same person for this long.
REST = timedelta(days=14)

#: How long a place is kept for whoever is invited.
PLACE_KEPT = PATIENCE

#: Whoever leaves and is back within this time has not left: long enough to be let in again after a slip of the thumb, and
#: too short for the others to have gone on without them.
SLIP = timedelta(hours=1)

#: Whoever follows a crew into its new room within this time never was away.
MOVE_KEPT = timedelta(days=90)

#: Crews that have been active once: they are joined by everybody's yes (R49). One that forms accepts by its charter.
JOINED_BY_ALL = frozenset({Life.ACTIVE, Life.PAUSED, Life.CLOSED})

#: So many who wait for a yes are spoken to and asked about; a crowd in an open room is let pass in silence.
MOST_WAITING = max(Scale.CREW.sizes)

#: Whoever goes in and out is not greeted each time.
GREETED = timedelta(days=1)

#: An address as Matrix allows it: letters of old times are any that print, without a space or a colon.
_ADDRESS = re.compile(
    r"@[!-9;-~]+:(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?", re.ASCII
)
_LONGEST = 255


def _about(wish: Wish) -> str:
    return f"wish:{wish.id}"


# ---------------------------------------------------------------------------------------- who is meant


@command(
    name="invite",
    help="ask all of you, in private, whether somebody shall join your crew",
    example="invite Lee",
    kinds=HERE,
    arguments=(
        Argument(
            name="whom",
            help="a name, or an address such as @lee:example.org",
            rest=True,
            question="Whom would you like to have with you? A name is enough, or an address such as @lee:example.org.",
        ),
    ),
)
async def invite(call: Call, whom: str) -> Effects:
    """A member wishes for somebody more."""
    here = await people(call.room, call.house.me)
    if call.person not in here:
        raise Refused("Only members of this crew can ask for somebody more. Nothing was changed.")
    person = await _meant(call, whom) if len(here) >= _ENOUGH else await _guest(call, whom)
    if person is None:
        raise Refused(
            "A crew is three or more who chose each other, so one alone asks nobody into it. What works: `call` in your "
            "private chat with me; whoever is curious about your call meets you first."
        )
    if person in here:
        raise Refused(f"{await callings.known_as(person, call.room.id)} is one of you already.")
    await _not_again(call, call.room, person)
    called = await callings.known_as(person, call.room.congregation, to=call.person)
    reason = await _no_room(call.room, here, called)
    if reason is not None:
        raise Refused(reason)
    wish = await _wish(call, call.room, person, asker=call.person)
    if wish is None:
        raise Refused(
            "All of you are asked about that already; I tell you when there is something to tell."
        )
    others = [each for each in here if each != call.person]
    name = await callings.told_apart(person, here, call.room.congregation)
    until = _day(call, wish)
    effects = await _asked(call, wish, others)
    return [
        *effects,
        _lapse(call, wish),
        Say(
            text=f"Each of you is asked in private whether {name} shall join. Next: when all have said yes, I send the "
            f"invitation; by **{until}** at the latest I tell whoever asked."
        ),
    ]


async def _guest(call: Call, said: str) -> str | None:
    """Whom a name means among those who are in the room as guests; None when nobody of them. Raises Refused."""
    guests = [
        each
        for each in await Visitor.filter(room=call.room.id)
        if await is_in(each.room, each.person)
    ]
    person = await _meant(call, said) if guests else None
    return person if person in {each.person for each in guests} else None


async def _not_again(call: Call, room: Room, person: str) -> None:
    """Raise Refused while a crew is asked about somebody, keeps a place for them, or did so in the last two weeks."""
    name = await callings.known_as(person, room.congregation, to=call.person)
    if await Place.exists(room=room.id, person=person):
        raise Refused(
            f"A place with you is kept for {name} already, so nobody was asked. Whether they take it up is theirs."
        )
    wish = await Wish.get_or_none(room=room.id, person=person)
    if wish is None:
        return
    if wish.accepted is not None:
        raise Refused(
            "All of you are asked about that already; I tell you when there is something to tell."
        )
    free = clock.short_words(wish.until + REST, call.circle_zone).rpartition(",")[0]
    raise Refused(
        f"You were asked about {name} not long ago, so nobody was asked now. From **{free}** on you can ask again."
    )


async def _meant(call: Call, said: str) -> str:
    """Whom a name or an address means. Raises Refused."""
    text = said.strip()
    if text.startswith("@") and ":" in text:
        if not _ADDRESS.fullmatch(text) or len(text.encode()) > _LONGEST:
            raise Refused(
                f"{escaped(shown(text))} is no address that anybody can have, so nobody was asked. One looks like "
                "@lee:example.org."
            )
        if text == call.house.me:
            raise Refused("I am here already.")
        return text
    rooms = [call.room.congregation, call.room.id] if call.room.congregation else []
    if not rooms:
        rooms = [each.room for each in await Member.filter(person=call.person)]
    found = named(await Member.filter(room__in=rooms).exclude(person=call.house.me), folded(text))
    if len(found) == 1:
        return found[0]
    if found:
        raise Refused(
            f"More than one person is called {escaped(shown(said))}. Nobody was asked; an address such as "
            "@lee:example.org says who is meant."
        )
    raise Refused(
        f"I know nobody by the name {escaped(shown(said))}, so nobody was asked. An address such as @lee:example.org "
        "works for anybody."
    )


async def _no_room(room: Room, here: list[str], name: str, *, before: int = 0) -> str | None:
    """Why nobody more fits in (R46), while `before` others are asked about; None when somebody does."""
    size = len(here) + await Place.filter(room=room.id).count() + before + 1
    if circles.crew_fits(size) is not Fit.TOO_LARGE:
        return None
    text = circles.crew_refusal(size, name)
    if await Place.exists(room=room.id):
        text += f" {await Place.filter(room=room.id).count()} of your {max(Scale.CREW.sizes)} places are kept for those invited."
    return text


async def _wish(call: Call, room: Room, person: str, *, asker: str) -> Wish | None:
    """A new wish; None when the same one is open."""
    if await Wish.exists(room=room.id, person=person, accepted__not_isnull=True):
        return None
    accepted = call.house.keys.seal(SEAL, [asker] if asker != person else [])
    row: dict[str, Any] = {"asker": asker, "until": _until(call, room), "accepted": accepted}
    wish, _new = await Wish.update_or_create(row, room=room.id, person=person)
    return wish


def _until(call: Call, room: Room) -> datetime:
    return call.at + timedelta(days=int(meetings.setting(room, "invitation-days")))


def _day(call: Call, wish: Wish) -> str:
    zone = call.circle_zone
    return clock.short_words(wish.until, zone).rpartition(",")[0]


def _lapse(call: Call, wish: Wish) -> Ring:
    return Ring(
        ritual="wish-lapses",
        about=_about(wish),
        at=wish.until,
        when=wish.until.isoformat(),
        # The hour of a newcomer's own wish is theirs: it strikes though the crew has ended meanwhile.
        room=call.room.id if wish.asker == wish.person else wish.room,
        content={"wish": wish.id, "asker": wish.asker, "person": wish.person, "room": wish.room},
    )


# -------------------------------------------------------------------------------------- a newcomer's own


@command(
    name="join",
    help="ask a crew that welcomes newcomers whether you can join it",
    example="join Kitchen Crew",
    kinds=frozenset({RoomKind.PRIVATE}),
    arguments=(
        Argument(
            name="crew",
            help="its name",
            rest=True,
            question="Which crew would you like to join? `calls` lists those that welcome newcomers.",
        ),
    ),
)
async def join(call: Call, crew: str) -> Effects:
    """A wish of one's own, where a crew has opened its door to its congregation."""
    room = await _open_crew(call, crew)
    mine = await Wish.get_or_none(room=room.id, person=call.person)
    if mine is not None and mine.accepted is not None:
        return await _once_more(call, mine, room)
    if mine is not None and mine.asker == call.person:
        free = clock.short_words(mine.until + REST, call.circle_zone).rpartition(",")[0]
        raise Refused(
            f"You asked that crew not long ago, so nobody was asked now. From **{free}** on you can ask again; `calls` "
            "shows what else is open."
        )
    here = await people(room, call.house.me)
    reason = await callings.full(call.person, room.congregation)
    if reason is None:
        full = await _no_room(room, here, await callings.known_as(call.person, room.congregation))
        reason = (
            full
            and "That crew is at one table and full, so nobody was asked. `calls` shows what else is open."
        )
    if reason is not None:
        raise Refused(reason)
    wish = await _wish(call, room, call.person, asker=call.person)
    assert wish is not None
    return [*await _asked(call, wish, here), _lapse(call, wish), _all_are_asked(call, wish, room)]


def _all_are_asked(call: Call, wish: Wish, room: Room) -> Say:
    return Say(
        text=f"Each member of **{room_name(room, 'that crew')}** is asked in private. Next: when all have said yes, "
        f"the invitation is in your app; by **{_day(call, wish)}** at the latest you hear from me."
    )


async def _open_crew(call: Call, said: str) -> Room:
    """A crew of that name with an open door, in a congregation of one's own. Raises Refused."""
    spaces = [space.id for space in await callings.spaces_of(call.person)]
    doors = await OpenDoor.all().values_list("room", flat=True)
    crews = Room.filter(
        id__in=list(doors), congregation__in=spaces, kind=RoomKind.CREW, joined=True
    ).exclude(life=Life.CLOSED)
    found = [each for each in await crews if folded(each.name or "") == folded(said)]
    if len(found) != 1:
        raise Refused(
            f"I know of no crew called {escaped(shown(said))} that welcomes newcomers just now. Nobody was asked; "
            "`calls` lists those that do, and the calls that are open."
        )
    if await is_in(found[0].id, call.person) and not await visits(found[0].id, call.person):
        raise Refused("You are in that crew already.")
    return found[0]


async def _once_more(call: Call, wish: Wish, room: Room) -> list[Effect]:
    """The same wish again: when everybody has said yes meanwhile, there may be room for it now."""
    effects = await _complete(replace(call, room=room), wish, room)
    if effects:
        return effects
    if wish.asker != call.person:
        # A member has wished for them, which is not theirs to know: from now on it is their own wish.
        wish.asker, wish.until = call.person, _until(call, room)
        await wish.save()
        return [_lapse(call, wish), _all_are_asked(call, wish, room)]
    return [
        Say(
            text=f"They are asked already; by **{_day(call, wish)}** at the latest you hear from me."
        )
    ]


# --------------------------------------------------------------------------------- every member is asked


async def _asked(call: Call, wish: Wish, members: list[str]) -> list[Effect]:
    """Each of `members` privately, unless they have accepted."""
    room = await Room.get(id=wish.room)
    accepted = _accepted(call, wish)
    there = await is_in(room.id, wish.person)
    otherwise = (
        " If it does not come to that, they stay a guest who decides nothing." if there else ""
    )
    effects: list[Effect] = []
    for member in members:
        if member in accepted:
            continue
        name = await callings.told_apart(wish.person, [member], room.congregation)
        how = _how(wish, name, room_name(room, "your crew"), there=there)
        effects += await asked(
            call,
            member,
            f"{how} It takes the yes of each of you. Only I learn what you say, and nobody ever sees a no; it is open "
            f"until **{_day(call, wish)}**.{otherwise}\n\n✅ yes · ✋ not this time",
            about=_about(wish),
            inquiry="wish",
            until=wish.until,
            data={"wish": wish.id, "room": room.id},
        )
    return effects


def _how(wish: Wish, name: str, crew: str, *, there: bool) -> str:
    """Whose wish it is; nobody has said it of somebody whom the room itself has let in."""
    if wish.asker != wish.person:
        return f"One of you would like {name} to join **{crew}**."
    if there:
        return f"{name} has come into the room of **{crew}**. Shall they be one of you?"
    return f"{name} would like to join **{crew}**."


def _accepted(call: Call, wish: Wish) -> set[str]:
    if wish.accepted is None:
        return set()
    opened = call.house.keys.open(SEAL, wish.accepted)
    return {str(each) for each in opened} if isinstance(opened, list) else set()


@inquiry(name="wish", options=(YES, NOT_THIS_TIME))
async def on_wish(call: Call, question: Question, said: str) -> Effects:
    """One member's answer; a no leaves no trace at all."""
    wish = await row_of(Wish, question.data.get("wish"))
    if said not in (YES.word, NOT_THIS_TIME.word):
        return [Say(text="✅ yes or ✋ not this time is enough, and only I learn it.")]
    await question.delete()
    room = await Room.get_or_none(id=wish.room) if wish else None
    if (
        wish is None
        or wish.accepted is None
        or room is None
        or call.person not in await people(room, call.house.me)
    ):
        return [Say(text="That is not asked any more.")]
    kept = Say(text=f"Kept. Nobody sees what you said; it is open until **{_day(call, wish)}**.")
    if said == YES.word:
        accepted = _accepted(call, wish) | {call.person}
        wish.accepted = call.house.keys.seal(SEAL, sorted(accepted))
        await wish.save()
    return [kept, *await _complete(call, wish, room)]


async def _complete(call: Call, wish: Wish, room: Room) -> list[Effect]:
    """When every present member has said yes, the invitation goes out; before that, nothing at all."""
    here = await people(room, call.house.me)
    there = await is_in(room.id, wish.person)
    # Two and one more are three; nobody is taken in where nobody can say yes.
    few = len(here) < (1 if there else _ENOUGH) or room.kind is not RoomKind.CREW
    if few or room.life is Life.CLOSED or not set(here) <= _accepted(call, wish):
        return []
    name = await callings.told_apart(wish.person, here, room.congregation)
    reason = await callings.full(wish.person, room.congregation)
    quiet = call if call.sender == wish.person else replace(call, sender=None)
    if reason is not None:
        return await whispered(
            quiet,
            wish.person,
            f"**{room_name(room, 'A crew')}** would be glad to have you. {reason} Until **{_day(call, wish)}** "
            f"`join {escaped(room.name or '')}` takes the place, once there is room for you.",
            about=_about(wish),
        )
    full = await _no_room(room, here, await callings.known_as(wish.person, room.congregation))
    if full is not None:
        if wish.asker == wish.person:
            return []  # whoever asked themselves hears what everybody hears, on the day of everybody
        await _gone(wish)
        return [CallOff(about=_about(wish)), Say(room=room.id, text=full, answers=False)]
    if there:
        return await _taken_in(call, wish, room)
    rests = await _ended(wish, now_of(call) + PLACE_KEPT)
    place = [Place(room=room.id, person=wish.person)]
    await Place.bulk_create(place, ignore_conflicts=True)
    told = await whispered(
        quiet,
        wish.person,
        f"**{room_name(room, 'A crew')}** would be glad to have you: all of its people have said yes. The invitation is "
        "in your app; you take it up or let it rest, as you like.",
        about=f"welcome:{wish.id}",
    )
    invited = await _invited(quiet, room, wish.person, name)
    return [CallOff(about=_about(wish)), rests, *invited, *told]


async def _invited(call: Call, room: Room, person: str, name: str) -> list[Effect]:
    """The invitation, by us or, where the room does not let us, by one of them."""
    closes = _place_lapses(room, person, now_of(call) + PLACE_KEPT)
    needed = room.power.get("invite", 0)
    comes = await _invitation(call, room, person)
    if level(room, call.house.me) < (needed if isinstance(needed, int) else 0):
        text = (
            f"All of you have accepted {name}. This room does not let me invite anybody, so one of you does it: "
            "in your app, “invite to this room”."
        )
        return [Say(room=room.id, text=text, answers=False), closes]
    text = f"All of you have accepted {name}; the invitation is on its way."
    return [
        comes,
        Say(room=room.id, text=text, answers=False),
        closes,
    ]


def _place_lapses(room: Room, person: str, at: datetime, **content: object) -> Ring:
    return Ring(
        ritual="place-lapses",
        about=f"place:{room.id}"[:64],
        at=at,
        when=f"{at.isoformat()} {_digest(room, person)}",
        room=room.id,
        content={"person": person, **content},
    )


def _digest(room: Room, person: str) -> str:
    """Stands for one person in one room, without naming either."""
    return blake2b(f"{room.id} {person}".encode(), digest_size=12).hexdigest()


async def _invitation(call: Call, room: Room, person: str) -> Invite | Ring:
    """An invitation rings: whoever sleeps is invited in their morning (R15)."""
    now, zone = now_of(call), await zone_of(call, person, room)
    quiet = meetings.quiet_for(await Person.get_or_none(id=person), room)
    if person == call.sender or not is_quiet(now, zone, quiet):
        return Invite(person=person, room=room.id)
    at = next_waking(now, zone, quiet)
    return Ring(
        ritual="invite-by-day",
        about=f"place:{room.id}"[:64],
        at=at,
        when=f"{at.isoformat()} {now.isoformat()}",
        room=room.id,
        content={"person": person},
    )


@ritual(name="invite-by-day", help="invites somebody into a crew once their night is over")
async def invite_by_day(call: Call) -> Effects:
    """The place is still kept for them."""
    person = str(call.content.get("person"))
    if not await Place.exists(room=call.room.id, person=person):
        return []
    return [await _invitation(call, call.room, person)]


async def _forget_questions(wish: Wish) -> None:
    here = await Member.filter(room=wish.room).values_list("person", flat=True)
    asked_ = await Question.filter(inquiry="wish", person__in=list(here))
    await Question.filter(
        id__in=[each.id for each in asked_ if each.data.get("wish") == wish.id]
    ).delete()


async def _gone(wish: Wish) -> None:
    """A wish is forgotten, with what was asked about it."""
    await _forget_questions(wish)
    await wish.delete()


async def _ended(wish: Wish, until: datetime) -> Ring:
    """A wish has come to its end: who said what is forgotten, and that it was asked is when it has rested."""
    await _forget_questions(wish)
    await Wish.filter(id=wish.id).update(accepted=None, until=until)
    at = until + REST
    return Ring(
        ritual="wish-rests",
        about=_about(wish),
        at=at,
        when=at.isoformat(),
        room=wish.room,
        content={"wish": wish.id},
    )


@ritual(name="wish-rests", help="lets a crew be asked again about somebody after two weeks")
async def wish_rests(call: Call) -> Effects:
    """It can be asked again."""
    wish = await row_of(Wish, call.content.get("wish"))
    if wish is not None and wish.accepted is None:
        await wish.delete()
    return []


@ritual(name="wish-lapses", help="ends the two weeks in which a crew is asked about somebody new")
async def wish_lapses(call: Call) -> Effects:
    """Not everybody has said yes: whoever asked hears the same words, whatever the reason."""
    given = call.content
    asker, person = str(given.get("asker")), str(given.get("person"))
    wish = await row_of(Wish, given.get("wish"), person=person)
    room = await Room.get_or_none(id=str(given.get("room"))) or call.room
    # Where a crew has ended nothing is left but this hour; what its people or the asker took back is gone for good.
    if wish is None and (room.kind is RoomKind.CREW or asker != person):
        return []
    name = await callings.known_as(person, room.congregation, to=asker)
    crew = room_name(room, "that crew")
    effects: list[Effect] = []
    # A member's wish that became the newcomer's own goes on until the newcomer's own day.
    if wish is not None and wish.asker == asker:
        effects = [CallOff(about=_about(wish)), await _ended(wish, now_of(call))]
    about = f"wished:{given.get('wish')}"
    guest = await waits(room.id, person)
    if asker != person:
        text = f"**{name}** and {crew}: not this time. In two weeks you can ask again, if it seems right."
        effects += await whispered(call, asker, text, about=about)
    if asker == person or guest:
        effects += await whispered(
            call, person, _not_this_time(call, crew, guest=guest), about=about
        )
    return effects


def _not_this_time(call: Call, crew: str, *, guest: bool) -> str:
    """What somebody hears in the end, in the same words for a no and for silence (R50)."""
    stays = (
        " In its room you stay a guest who decides nothing; in two weeks one of them can ask all of them again there, with "
        f"`{call.house.prefix}invite` and your name."
        if guest
        else ""
    )
    return (
        f"**{crew}**: not this time. It says nothing about you.{stays} Next, if you like: `calls` shows what else is open, "
        "and `call` begins a crew of your own."
    )


@ritual(name="place-lapses", help="ends the time for which a place in a crew is kept for somebody")
async def place_lapses(call: Call) -> Effects:
    """The invitation was let rest, or whoever left is not back: the place is free again."""
    person = str(call.content.get("person"))
    await Place.filter(room=call.room.id, person=person).delete()
    wish = await row_of(Wish, call.content.get("wish"), asker=person)
    if wish is None or wish.accepted is None or await is_in(wish.room, person):
        return []
    return [CallOff(about=_about(wish)), await _ended(wish, now_of(call))]


@watch(kind=Change.JOINED)
async def joined(call: Call) -> Effects:
    """Whoever joined is asked about everybody who wishes to; their own wish is fulfilled."""
    if call.room.kind is not RoomKind.CREW:
        return []
    await Place.filter(room=call.room.id, person=call.person).delete()
    quiet = replace(call, sender=None)
    effects: list[Effect] = []
    for wish in await Wish.filter(room=call.room.id):
        if wish.person == call.person:
            if await visits(call.room.id, call.person):
                continue  # a guest's wish is not fulfilled by their being there
            await _gone(wish)
            effects.append(CallOff(about=_about(wish)))
        elif wish.accepted is not None and call.person in await people(call.room, call.house.me):
            effects += await _asked(quiet, wish, [call.person])
    return effects


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Those who stay may all have said yes by now; that is looked at next morning, so that no leaving shows a no."""
    if call.room.kind is not RoomKind.CREW:
        return []
    await forget_about("room", call.room.id, inquiry="wish", person=call.person)
    zone = call.circle_zone
    tomorrow = clock.wall(call.at, zone).date() + timedelta(days=1)
    at = clock.resolve(datetime.combine(tomorrow, time(9)), zone)
    looks = [
        Ring(
            ritual="wish-looks",
            about=_about(wish),
            at=at,
            when=at.isoformat(),
            room=call.room.id,
            content={"wish": wish.id},
        )
        for wish in await Wish.filter(room=call.room.id, accepted__not_isnull=True)
    ]
    return [*looks, await _perhaps_a_slip(call)] if call.room.life in JOINED_BY_ALL else looks


async def _perhaps_a_slip(call: Call) -> Ring:
    """A member's place, and a guest's own wish, are kept for a while after they left."""
    room, person = call.room, call.person
    wish = await Wish.get_or_none(room=room.id, person=person, accepted__not_isnull=True)
    if not await visits(room.id, person):
        await Place.get_or_create(room=room.id, person=person)
    # Where a room was given up for another, people leave it to follow.
    kept = MOVE_KEPT if room.successor else SLIP
    return _place_lapses(room, person, call.at + kept, **({"wish": wish.id} if wish else {}))


@ritual(name="wish-looks", help="looks, the morning after a member left, whether all have said yes")
async def wish_looks(call: Call) -> Effects:
    """The morning after somebody has left."""
    wish = await row_of(Wish, call.content.get("wish"))
    if wish is None or wish.accepted is None:
        return []
    return await _complete(call, wish, call.room)


# ------------------------------------------------------------------------- whom the room itself has let in


async def came_in(call: Call) -> list[Effect]:
    """Somebody is in the room of a crew now; without a place that was kept for them they are its guest so far (R49)."""
    room, person = call.room, call.person
    if not _is_joined_by_all(room) or not await is_in(room.id, person):
        return []
    if await Place.exists(room=room.id, person=person) or await visits(room.id, person):
        return []
    await _made_guest(call, person)
    return await _received(call, person)


def _is_joined_by_all(room: Room) -> bool:
    return room.kind is RoomKind.CREW and room.life in JOINED_BY_ALL


async def _made_guest(call: Call, person: str) -> None:
    at = call.at
    await Visitor.create(
        room=call.room.id,
        person=person,
        agreed=False,
        meetings=0,
        asked_at=at,
        came_at=at,
        ends_at=at,
    )


async def _received(call: Call, person: str) -> list[Effect]:
    """A guest is told what happens now, and each member is asked about them."""
    room, here = call.room, await people(call.room, call.house.me)
    who = await name(room.id, person)
    waiting = Visitor.filter(room=room.id, agreed=False)
    if await waiting.count() > MOST_WAITING:
        return []
    if room.life is Life.CLOSED:
        return await _greeted(
            call, person, f"This crew has ended, so nobody is asked about you. {_later(call)}"
        )
    if not here:
        text = (
            "Nobody of this crew is here any more who could say yes to you. What works: a room of your own, into which you "
            f"invite me; `{call.house.prefix}adopt` there begins anew."
        )
        return await _greeted(call, person, text)
    wish = await Wish.get_or_none(room=room.id, person=person)
    if wish is not None:
        return await _greeted(
            call, person, _later(call) if wish.accepted is None else _by_when(call, wish)
        )
    open_ = await Wish.filter(room=room.id, accepted__not_isnull=True).values_list(
        "person", flat=True
    )
    before = await waiting.filter(person__in=list(open_)).count()
    full = await _no_room(room, here, who, before=before)
    if full is not None:
        return await _greeted(call, person, full)
    wish = await _wish(call, room, person, asker=person)
    assert wish is not None
    return [
        *await _asked(replace(call, sender=None), wish, here),
        _lapse(call, wish),
        *await _greeted(call, person, _by_when(call, wish)),
    ]


def _by_when(call: Call, wish: Wish) -> str:
    return (
        "Each member of this crew is asked in private whether you shall be one of them; by "
        f"**{_day(call, wish)}** at the latest you hear from me."
    )


def _later(call: Call) -> str:
    return (
        "One of its members can ask all of them whether you shall be one of this crew: "
        f"`{call.house.prefix}invite` and your name."
    )


async def _greeted(call: Call, person: str, text: str) -> list[Effect]:
    """A kind word in the room, so that everybody there knows it; once a day, however often somebody comes."""
    named = f"guest:{_digest(call.room, person)}"
    lately = Owed.filter(name=named, made_at__gt=call.at - GREETED)
    if await lately.exists():
        return []
    welcome = (
        f"Welcome, {await name(call.room.id, person)}. I am Kinkeeper, a program that helps the people here to meet. {text}\n\n"
        "Meanwhile you are a guest: you talk along, and what is decided and counted here is the members'."
    )
    return [Say(text=welcome, name=named, answers=False)]


async def _taken_in(call: Call, wish: Wish, room: Room) -> list[Effect]:
    """All have said yes to a guest: they count from this moment, and every feature hears of it in the room."""
    person, now = wish.person, now_of(call)
    await Visitor.filter(room=room.id, person=person).delete()
    await Place.get_or_create(room=room.id, person=person)
    await _gone(wish)
    return [
        CallOff(about=_about(wish)),
        Ring(
            ritual="taken-in",
            about=f"welcome:{wish.id}",
            at=now,
            when=now.isoformat(),
            room=room.id,
            content={"person": person},
        ),
    ]


@ritual(
    name="taken-in", help="welcomes somebody who is in the room already, once all have said yes"
)
async def taken_in(call: Call) -> Effects:
    """For every feature they come in now."""
    room, person = call.room, str(call.content.get("person"))
    if person not in await people(room, call.house.me):
        return []
    who = await name(room.id, person)
    told = await whispered(
        call,
        person,
        f"**{room_name(room, 'The crew')}**: all of its people have said yes, so you are one of them from now on.",
        about=f"place:{room.id}"[:64],
    )
    return [
        Say(
            text=f"All of you have said yes to {who}. Welcome, {who}, as one of you.", answers=False
        ),
        *told,
        *await conversation.on_change(replace(call, sender=person), Change.JOINED),
    ]


async def moved(call: Call, old: Room, former: Collection[str]) -> list[Effect]:
    """A crew has a new room, that of the call: `former` members stay members, whenever they follow.

    Whoever was not in the old room is a guest, unless that would leave nobody to say yes.
    """
    room = call.room
    if not _is_joined_by_all(room):
        return []
    here = set(await everybody(room, call.house.me))
    effects: list[Effect] = []
    for person in sorted(set(former) - here):
        await Place.get_or_create(room=room.id, person=person)
        effects.append(_place_lapses(room, person, call.at + MOVE_KEPT))
    kept = set(await Place.filter(room=room.id).values_list("person", flat=True))
    await Place.filter(room=room.id, person__in=list(here)).delete()
    if not old.members_known or not here & (kept | set(former)):
        return effects
    guests = await Visitor.filter(room=room.id).values_list("person", flat=True)
    strangers = here - kept - set(former) - set(await everybody(old, call.house.me)) - set(guests)
    for person in sorted(strangers):
        await _made_guest(call, person)
    for person in sorted(strangers):
        effects += await _received(call, person)
    return effects


# ---------------------------------------------------------------------------------------- an open door


@command(
    name="newcomers",
    help="let others around you know that newcomers may ask to join your crew, or no more",
    example="newcomers welcome",
    kinds=HERE,
    arguments=(Argument(name="answer", help="welcome, or closed", rest=True),),
)
async def newcomers(call: Call, answer: str | None) -> Effects:
    """Open the door by the consent of all; any one of them closes it."""
    open_ = await OpenDoor.exists(room=call.room.id)
    word = folded(answer or "")
    if not word:
        state = (
            f"Your congregation knows that newcomers may ask; `{call.house.prefix}newcomers closed` ends that."
            if open_
            else f"Newcomers come in when one of you asks for them. `{call.house.prefix}newcomers welcome` lets your "
            "congregation know that they may ask."
        )
        return [Say(text=f"{state} Either way each of you has to say yes to whoever comes.")]
    if word in ("closed", "close", "no", "off"):
        await OpenDoor.filter(room=call.room.id).delete()
        return [
            Say(
                text="Good: your crew is listed no more. Whoever has asked already is not sent away."
            )
        ]
    if word not in ("welcome", "open", "yes", "on"):
        raise Refused(f"Say “welcome” or “closed”; {escaped(shown(answer or ''))} changed nothing.")
    if call.room.congregation is None:
        raise Refused(
            "Your crew belongs to no congregation, so there is nobody to let know. Nothing was changed; "
            f"`{call.house.prefix}invite` asks all of you about somebody."
        )
    if open_:
        return [Say(text="Your congregation knows it already.")]
    if call.room.life is Life.FORMING:
        raise Refused(
            "Your crew forms still. When it is active, its door can be opened; nothing was changed."
        )
    return [
        await put_to_all(
            call,
            "newcomers",
            _OPEN_DOOR,
            until=call.at + timedelta(days=int(meetings.setting(call.room, "invitation-days"))),
            data={"room": call.room.id},
        )
    ]


_OPEN_DOOR = (
    "Shall your congregation know that newcomers may ask to join you? Each of you is asked about each of "
    "them all the same.\n\nIt is when each of you has said yes; one no, and it stays as it is.\n\n✅ yes · ✋ no"
)


@inquiry(name="newcomers", options=(YES, NO), matter="whether newcomers may ask to join")
async def opening(call: Call, question: Question, said: str) -> Effects:
    """Count the voices."""
    message = f"question:{question.id}"
    standing = await hear_voice(call, question, said)
    match standing.voice:
        case Voice.AGREED:
            await OpenDoor.get_or_create({"since": call.at}, room=call.room.id)
            text = "All of you have agreed: your congregation sees that newcomers may ask."
            return [Edit(name=message, text=text)]
        case Voice.ENDED:
            return [
                Edit(
                    name=message,
                    text="It stays as it is: newcomers come in when one of you asks for them.",
                )
            ]
        case Voice.WAITING:
            return [Edit(name=message, text=standing_words(call, call.room, _OPEN_DOOR, standing))]
        case Voice.NOTHING:
            return []
