"""A visiting helper: somebody from outside sits with a crew for one to three meetings (CREW-21, R144).

They come by the consent of all and after reading what the crew has agreed on. They take part, and are no member: not
counted, not asked, not heard in what the crew decides (`handlers.names.people` leaves them out). Their access ends by
itself after the last agreed meeting, and sooner at anybody's wish. Guests whom nobody agreed on are `handlers.crews.joining`'s.
"""

import re
from collections import Counter
from datetime import datetime, timedelta
from hashlib import blake2b
from urllib.parse import unquote

from handlers.asking import asked, whispered
from handlers.consent import Voice, hear_voice, put_to_all, standing_words
from handlers.language import (
    NO,
    YES,
    Argument,
    Ask,
    Call,
    CallOff,
    Change,
    Edit,
    Effect,
    Effects,
    Invite,
    Option,
    Refused,
    Remove,
    Ring,
    Say,
    command,
    inquiry,
    ritual,
    watch,
)
from handlers.meetings import meetings
from handlers.names import fallback, people, room_name
from handlers.power import may_invite, may_remove
from handlers.words import escaped, first_word, folded, verbatim
from practices import clock
from practices.circles import Life, RoomKind, Scale
from practices.defaults import PATIENCE
from practices.understanding import shown
from practices.visiting import ends_by, meetings_left, meetings_words, read_meetings, read_visit
from storage.charters import CharterLine
from storage.database import row_of
from storage.inbox import Heard, Settled
from storage.meetings import Meeting, Standing
from storage.members import Member, is_in
from storage.questions import Question, forget_about
from storage.rooms import Room
from storage.visitors import Visitor, visits

CREWS = frozenset({RoomKind.CREW})

#: A crew has at least so many members.
FEWEST = min(Scale.CREW.sizes)
A_MOMENT = timedelta(hours=1)

#: While a guest is there it is looked at least so often whether their last meeting is over.
LOOK = timedelta(days=1)

ENDING = frozenset({"end", "ends", "off", "goodbye", "bye", "remove", "stop"})

COUNTS = (
    Option(sign="1️⃣", word="one", also=("1",)),
    Option(sign="2️⃣", word="two", also=("2",)),
    Option(sign="3️⃣", word="three", also=("3",)),
)

#: What holds where a crew has not written down anything else.
CONFIDENCE = "What is said in the crew stays in the crew."

_LINK = re.compile(r"matrix\.to/#/(?P<id>(?:@|%40)[^)\s>?\]\"]+)", re.IGNORECASE)
_ID = re.compile(r"@[^\s:]+:[^\s]+")
_LONGEST_ID = 255


def _about(visit: Visitor) -> str:
    return f"visitor:{visit.id}"


def _number(question: Question) -> int:
    return int(str(question.data.get("visitor", 0)))


def _guest(question: Question) -> str:
    """Who is asked in. Raises Refused when the question does not know it any more."""
    guest = question.data.get("person")
    if guest is None:
        raise Refused("I have lost who that was about, so nobody was asked. Say it once more.")
    return str(guest)


async def _known_as(call: Call, person: str, room: Room) -> str:
    """How somebody is called in a crew: by their name there, or in a room that they share with all of it.

    A name from anywhere else would tell the crew, or some of it, where else they are.
    """
    crew = await people(room, call.house.me)
    met = await Member.filter(person__in=crew).values_list("room", flat=True)
    shared = [each for each, count in Counter(met).items() if count == len(crew)]
    named = Member.filter(person=person, name__not_isnull=True, room__in=[*shared, room.id])
    rows = sorted(await named, key=lambda row: (row.room != room.id, row.id))
    given = [escaped(row.name or "") for row in rows]
    return next((shown for shown in given if shown), fallback(person))


# ------------------------------------------------------------------------------------------- asking in


@command(
    name="helper",
    aliases=("guest",),
    help="ask somebody from outside to sit with you for one to three meetings, or end a visit",
    example="helper @lee:example.org for 2 meetings",
    kinds=CREWS,
    arguments=(
        Argument(
            name="whom",
            help="who, and for how many meetings; or “end” for a visit that shall end now",
            rest=True,
            question="Who shall sit with you, and for how many meetings? For example: @lee:example.org for 2 meetings.",
        ),
    ),
)
async def helper(call: Call, whom: str) -> Effects:
    """Ask all members for a guest, or end a visit."""
    word, rest = first_word(whom)
    if folded(word) in ENDING:
        return await _ask_to_end(call, rest)
    if await visits(call.room.id, call.person):
        raise Refused(
            "Guests are asked in by the crew's members. Nothing was done; `helper end` ends your own visit."
        )
    wanted = read_visit(whom)
    guest = await _person(call, wanted.whom)
    await _check(call, guest)
    await _check_first(call, guest)
    if wanted.meetings is None:
        return [
            Ask(
                inquiry="helper-count",
                text=f"For how many meetings shall {await _known_as(call, guest, call.room)} sit with you? Then the visit ends by "
                "itself.\n\n1️⃣ one · 2️⃣ two · 3️⃣ three",
                until=call.at + A_MOMENT,
                data={"person": guest},
                person=call.person,
            )
        ]
    return await _propose(call, guest, wanted.meetings)


async def _person(call: Call, said: str) -> str:
    """The Matrix id that is meant: written out, linked, or the name of somebody we share a congregation with."""
    link = _LINK.search(said)
    whole = unquote(link["id"]) if link else said.strip(" ,.;")
    if _ID.fullmatch(whole) and len(whole) <= _LONGEST_ID:
        return whole
    word = folded(said).removeprefix("@")
    space = call.room.congregation
    near: list[Member] = []
    if space and await is_in(space, call.person):
        near = await Member.filter(room=space).exclude(person=call.house.me)
    found = {
        each.person
        for each in near
        if word
        and word in (folded(each.name or ""), fallback(each.person).casefold(), *_first(each.name))
    }
    server = call.person.partition(":")[2]
    meant = f"@{word}:{server}"
    if (
        not found
        and said.startswith("@")
        and await Member.exists(
            person=meant,
            room__in=await Member.filter(person=call.person).values_list("room", flat=True),
        )
    ):
        found = {meant}
    if len(found) == 1:
        return found.pop()
    many = "more than one person" if found else "nobody"
    raise Refused(
        f"I know {many} here by the name {escaped(shown(said))}, so nobody was asked. Their whole address works, such "
        "as @lee:example.org."
    )


def _first(name: str | None) -> list[str]:
    return folded(name or "").split()[:1]


async def _check(call: Call, guest: str) -> None:
    room, me = call.room, call.house.me
    called = await _known_as(call, guest, room)
    if guest == me:
        raise Refused("I am with you already, and no helper of that kind. Nothing was done.")
    if await visits(room.id, guest):
        raise Refused(f"{called} is your guest or asked already. Nothing was done.")
    if await is_in(room.id, guest):
        raise Refused(f"{called} is one of you already. Nothing was done.")
    if room.life is Life.PAUSED:
        raise Refused("The crew rests, so there is no meeting to help with. Nothing was done.")
    if len(await people(room, me)) < FEWEST:
        raise Refused(
            "A guest sits with a crew, and a crew is three or more. Nothing was done; when you are three, you can ask "
            "somebody in."
        )
    if not may_remove(room, me, guest):
        raise Refused(
            "A guest's access ends by itself, and this room does not let me take anybody out. Nobody was asked. If "
            "one of you makes me a moderator of the room (level 50), it works."
        )


@inquiry(name="helper-count", options=COUNTS)
async def counted(call: Call, question: Question, said: str) -> Effects:
    """For how many meetings."""
    if said not in {option.word for option in COUNTS}:
        return []
    await question.delete()
    guest = _guest(question)
    await _check(call, guest)
    await _check_first(call, guest)
    return await _propose(call, guest, read_meetings(said))


async def _propose(call: Call, guest: str, count: int) -> list[Effect]:
    return [
        Ring(
            ritual="guest-again",
            about=_asked_about(call.room, guest),
            at=call.at + PATIENCE,
            when=call.key,
        ),
        await put_to_all(
            call,
            "helper",
            await _proposal(call, guest, count),
            until=call.at + PATIENCE,
            data={"person": guest, "meetings": count},
        ),
    ]


def _asked_about(room: Room, guest: str) -> str:
    """Names the asking of one person by one crew, without naming either."""
    return f"asked:{blake2b(f'{room.id} {guest}'.encode(), digest_size=16).hexdigest()}"


async def _check_first(call: Call, guest: str) -> None:
    """One asking at a time, and nobody twice within two weeks: a no, and silence, are an answer."""
    asked_in = Visitor.filter(room=call.room.id, came_at=None, ended_at=None)
    proposed = Question.filter(room=call.room.id, inquiry="helper", until__gt=call.at)
    if await asked_in.exists() or await proposed.exists():
        raise Refused(
            "You are asking somebody already. Nothing was done; when that is answered, you can ask the next."
        )
    again = Heard.filter(
        about=_asked_about(call.room, guest), state=Settled.WAITING, at__gt=call.at
    )
    if await again.exists():
        raise Refused(
            f"{await _known_as(call, guest, call.room)} was asked about within the last two weeks, so nobody was asked "
            "again. After two weeks you can; somebody else you can ask now."
        )


@ritual(name="guest-again", help="lets a crew ask the same guest again, two weeks later")
async def again(call: Call) -> Effects:
    """The two weeks are over: what was kept of the asking is gone with this hour."""
    return []


async def _proposal(call: Call, guest: str, count: int) -> str:
    past = (
        "sees nothing from before"
        if _hides_the_past(call.room, call.house.me)
        else "**may be able to read what was written before**, because this room was not made by me; *Room settings → "
        "Security → Who can read history* changes that"
    )
    return (
        f"Shall **{await _known_as(call, guest, call.room)}** sit with you as a helper for **{meetings_words(count)}**? A guest is bound by "
        f"your agreements, takes part without a vote or points, and {past}. The visit ends by itself, or sooner when "
        "any one of you wishes.\n\n"
        "I ask them when each of you has said yes; one no, and I do not.\n\n✅ yes · ✋ no"
    )


def _hides_the_past(room: Room, me: str) -> bool:
    """Whether newcomers see only what follows: so it is in every room of our making."""
    return room.creators[:1] == [me]


@inquiry(name="helper", options=(YES, NO), matter="whether a guest sits with you")
async def asking(call: Call, question: Question, said: str) -> Effects:
    """Count the voices of the members; ask the guest when all have agreed."""
    guest, count = _guest(question), int(str(question.data.get("meetings", 1)))
    message = f"question:{question.id}"
    standing = await hear_voice(call, question, said)
    match standing.voice:
        case Voice.AGREED:
            await _check(call, guest)
            text = f"All of you have agreed: I ask {await _known_as(call, guest, call.room)}."
            return [Edit(name=message, text=text), *await _ask_guest(call, guest, count)]
        case Voice.ENDED:
            return [
                Edit(name=message, text="Nobody is asked in this time, and that needs no reason.")
            ]
        case Voice.WAITING:
            text = standing_words(call, call.room, await _proposal(call, guest, count), standing)
            return [Edit(name=message, text=text)]
        case Voice.NOTHING:
            return []


# ------------------------------------------------------------------------------------------- the guest


async def _ask_guest(call: Call, guest: str, count: int) -> list[Effect]:
    room = call.room
    visit = await Visitor.create(
        room=room.id,
        person=guest,
        meetings=count,
        asked_at=call.at,
        ends_at=ends_by(call.at, count),
    )
    until = call.at + PATIENCE
    question = await asked(
        call,
        guest,
        await _invitation(call, visit),
        about=_about(visit),
        inquiry="visit",
        until=until,
        data={"visitor": visit.id, "room": room.id},
    )
    return [*question, _look(visit, until, "unanswered")]


async def _invitation(call: Call, visit: Visitor) -> str:
    room = call.room
    lines = await CharterLine.filter(room=room.id, holds=True).order_by("place", "id")
    agreed = "\n".join(f"- {verbatim(line.text)}" for line in lines) or f"- {CONFIDENCE}"
    return (
        f"**{room_name(room, 'A crew')}** would like your help: you would sit with them for "
        f"**{meetings_words(visit.meetings)}**, by {_day(visit.ends_at, call)} at the latest. All of them agreed to ask "
        f"you.\n\nWhat they have agreed on binds their guests, too:\n\n{agreed}\n\n"
        "You take part, without a vote or points. Your access ends by itself after the last meeting, and you may go "
        "sooner at any time.\n\n✅ yes, I come · ✋ not this time"
    )


def _day(at: datetime, call: Call) -> str:
    local = clock.wall(at, call.circle_zone)
    return f"{local.day} {clock.MONTHS[local.month - 1]}"


def _look(visit: Visitor, at: datetime, when: str) -> Ring:
    return Ring(
        ritual="guest",
        about=_about(visit),
        at=at,
        when=when,
        room=visit.room,
        content={"visitor": visit.id, "when": when},
    )


@inquiry(name="visit", options=(YES, NO))
async def visiting(call: Call, question: Question, said: str) -> Effects:
    """The guest says whether they come."""
    if said not in (YES.word, NO.word):
        return [Say(text="A yes or a no is enough: ✅ yes, I come · ✋ not this time.")]
    await question.delete()
    visit = await Visitor.get_or_none(id=_number(question))
    room = await Room.get_or_none(id=visit.room) if visit else None
    if visit is None or room is None or visit.person != call.person or visit.ended_at is not None:
        raise Refused(
            "That invitation is over by now, so nothing was done. They can ask you again."
        )
    if said == NO.word:
        await visit.delete()
        return [
            CallOff(about=_about(visit)),
            Say(text="That is fine, and needs no reason. They hear “not this time”."),
            _not_this_time(room, await _known_as(call, call.person, room)),
        ]
    effects: list[Effect] = [CallOff(about=_about(visit)), _look(visit, visit.ends_at, "end")]
    if may_invite(room, call.house.me):
        where = "Good. The invitation is in your app: accept it, and you are in."
        return [*effects, Invite(person=call.person, room=room.id), Say(text=where)]
    who = await _known_as(call, call.person, room)
    return [
        *effects,
        Say(text="Good. The room's rules do not let me invite, so one of them will."),
        Say(
            text=f"{who} comes. The rules of this room do not let me invite; one of you who may can do it now.",
            room=room.id,
            answers=False,
        ),
    ]


def _not_this_time(room: Room, who: str) -> Say:
    return Say(text=f"{who} does not come this time.", room=room.id, answers=False)


@watch(kind=Change.JOINED)
async def came(call: Call) -> Effects:
    """The guest is there."""
    visit = await Visitor.get_or_none(
        room=call.room.id, person=call.person, agreed=True, ended_at=None
    )
    if visit is None:
        return []
    visit.came_at = visit.came_at or call.at
    await visit.save(update_fields=["came_at"])
    return [
        Say(
            text=f"Welcome, {await _known_as(call, call.person, call.room)}: here for {meetings_words(visit.meetings)}, as a guest. "
            f"`{call.house.prefix}helper end` ends the visit sooner, at anybody's wish.",
            answers=False,
        ),
        await _next_look(visit, call.room, call.at),
    ]


# ------------------------------------------------------------------------------------------- the end


async def _ends(room: Room) -> list[datetime]:
    """When each meeting of a room that was not left out is over."""
    length = timedelta(minutes=int(meetings.setting(room, "meeting-minutes")))
    rows = await Meeting.filter(room=room.id).exclude(standing=Standing.SKIPPED)
    return [row.at + length for row in rows if row.held is not False]


async def _next_look(visit: Visitor, room: Room, now: datetime) -> Ring:
    """When the next meeting is over; tomorrow at the latest, for meetings are moved and planned meanwhile."""
    ahead = [end for end in await _ends(room) if end > now]
    at = min([now + LOOK, visit.ends_at, *ahead])
    return _look(visit, at, at.isoformat(timespec="minutes"))


@ritual(name="guest", help="ends the visit of a helper after the last meeting that was agreed on")
async def look(call: Call) -> Effects:
    """See whether a visit is over."""
    visit = await row_of(Visitor, call.content["visitor"])
    if visit is None or visit.ended_at is not None:
        return []
    room, now = call.room, call.kept_at or call.at
    if call.content.get("when") == "unanswered":
        await visit.delete()
        return [_not_this_time(room, await _known_as(call, visit.person, room))]
    over = now >= visit.ends_at
    if visit.came_at is not None:
        ends = await _ends(room)
        over = over or not meetings_left(visit.meetings, ends, came_at=visit.came_at, now=now)
    if not over:
        return [await _next_look(visit, room, now)]
    return await _goodbye(call, visit)


async def _goodbye(call: Call, visit: Visitor) -> list[Effect]:
    """Take a guest out, or their invitation back, with thanks. `call.room` is the crew."""
    room, who = call.room, await _known_as(call, visit.person, call.room)
    effects: list[Effect] = [CallOff(about=_about(visit))]
    await forget_about("visitor", visit.id, person=visit.person, inquiry="visit")
    there = await is_in(room.id, visit.person)
    if there:
        visit.ended_at = call.kept_at or call.at
        await visit.save(update_fields=["ended_at"])
    else:
        await visit.delete()
    effects.append(Remove(person=visit.person, room=room.id))
    if there:
        thanks = f"Thank you for sitting with **{room_name(room, 'the crew')}**. Your visit is over, as agreed; "
        effects += await whispered(
            call,
            visit.person,
            thanks + "what was said there stays there. Your access has ended by itself.",
            about=f"thanked:{visit.id}",
        )
    effects.append(Say(text=f"The visit of {who} is over. Thank you, {who}.", answers=False))
    return effects


async def all_go(call: Call) -> list[Effect]:
    """The crew ends: so does every visit."""
    effects: list[Effect] = []
    agreed = Visitor.filter(room=call.room.id, agreed=True, ended_at=None)
    for visit in await agreed.order_by("id"):
        effects += await _goodbye(call, visit)
    return effects


async def _ask_to_end(call: Call, whom: str) -> Effects:
    here = await Visitor.filter(room=call.room.id, agreed=True, ended_at=None).order_by("id")
    called = {visit.id: await _known_as(call, visit.person, call.room) for visit in here}
    word = folded(whom).removeprefix("@")
    found = [
        visit
        for visit in here
        if not word
        or word
        in (folded(called[visit.id]), fallback(visit.person).casefold(), folded(visit.person)[1:])
    ]
    if len(found) != 1:
        names = ", ".join(sorted(called.values())) or "nobody"
        raise Refused(
            f"Your guests are: {names}. Nothing was changed; `{call.house.prefix}helper end` with one name ends a visit."
        )
    return [
        Ask(
            inquiry="helper-end",
            text=f"The visit of {called[found[0].id]} would end now, with thanks and without a reason.\n\n✅ yes · ✋ no",
            until=call.at + A_MOMENT,
            data={"visitor": found[0].id},
            person=call.person,
        )
    ]


@inquiry(name="helper-end", options=(YES, NO))
async def ended(call: Call, question: Question, said: str) -> Effects:
    """End a visit at anybody's wish."""
    if said not in (YES.word, NO.word):
        return []
    await question.delete()
    visit = await Visitor.get_or_none(id=_number(question), ended_at=None)
    if said == NO.word:
        return [Say(text="Nothing was changed.")]
    if visit is None:
        return [Say(text="That visit is over already.")]
    return await _goodbye(call, visit)


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """A guest is out of the room: the visit is over, however it ended."""
    visit = await Visitor.get_or_none(room=call.room.id, person=call.person)
    if visit is None:
        return []
    await visit.delete()
    return [CallOff(about=_about(visit))]
