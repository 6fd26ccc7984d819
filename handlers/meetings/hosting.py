"""Who hosts the next meeting: proposed by turns, asked in private first, and free to pass it on (R55, R56, CREW-19).

Nobody learns who was asked or who declined: a host is shown once they have said gladly. When everybody has declined, the room is asked openly once; then nobody hosts, and the meeting
takes place all the same with the daemon keeping the time.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.asking import nights, whispered
from handlers.language import (
    Argument,
    Ask,
    Call,
    Change,
    Effect,
    Effects,
    Option,
    Refused,
    Ring,
    Say,
    command,
    inquiry,
    ritual,
    tap,
    watch,
)
from handlers.meetings import meetings
from handlers.meetings.boards import host_anew, host_of, room_of
from handlers.names import name, people
from handlers.whom import whom
from handlers.words import first_word, folded, sign
from practices import hosting
from practices.circles import RoomKind
from practices.meetings import Attendance, Quiet, is_quiet, next_waking
from storage.coming import Coming
from storage.database import row_of
from storage.hosting import Hosting, Said
from storage.meetings import Meeting, Standing
from storage.members import Member
from storage.questions import Question, forget_about
from storage.rooms import Room
from storage.visitors import Visitor

GLADLY = Option(sign="✅", word="gladly", also=("yes", "y", "ok", "okay", "sure", "i host", "me"))
ELSE = Option(
    sign="🔁",
    word="somebody else",
    also=("someone else", "no", "not me", "pass", "not this time", "❌", "✋"),
)
NOT_NOW = Option(sign="✋", word="not this time", also=("no", "not now", "pass", "❌"))

#: Under the open question of the room.
HAND = "🙋"

HERE = frozenset({RoomKind.CREW, RoomKind.PRIVATE})


# ------------------------------------------------------------------------------------------- proposing


@ritual(
    name="host",
    help="asks somebody in private, before a meeting is announced, whether they would host it",
)
async def seek(call: Call) -> Effects:
    """The time has come to propose a host; or the morning of somebody who is to be asked."""
    meeting = await row_of(Meeting, call.content["meeting"])
    if meeting is None or meeting.standing is Standing.SKIPPED:
        return []
    person, asker = call.content.get("person"), call.content.get("sender")
    if asker is not None:
        still = meeting.host == asker and str(person) in await _crew(call, meeting)
        return await _ask_to_swap(call, meeting, str(asker), str(person)) if still else []
    if person is not None:
        return await _ask(call, meeting) if meeting.host == person else []
    if meeting.host is not None or meeting.host_sought_at is not None:
        return []
    return await _propose(call, meeting)


async def _propose(call: Call, meeting: Meeting) -> list[Effect]:
    """Propose whoever's turn it is among those who have not declined; or ask the room, once."""
    room, now = await room_of(call, meeting), call.kept_at or call.at
    number, hosted = await _history(meeting)
    first = number == 1
    caller = room.caller or (room.host if first else None)
    willing = await _willing(call, room, meeting)
    # Whoever called the crew together opens its first meeting, and need not be asked.
    near = await meetings.reachable(room, [each for each in willing if not first or each != caller])
    members = [each for each in willing if each in near or (first and each == caller)]
    chosen = hosting.proposed(
        members,
        hosted,
        crew=room.id,
        meeting=number,
        declined=await _declined(meeting),
        caller=caller,
    )
    meeting.host = chosen
    if chosen is None and meeting.host_sought_at is None:
        meeting.host_sought_at = now
        await meeting.save(update_fields=["host", "host_sought_at"])
        # That all were asked is for everybody to know now: the room is asked itself.
        return [
            *await next_host(call, room),
            *await host_anew(call, meeting),
            _sought(call, meeting),
        ]
    await meeting.save(update_fields=["host"])
    if chosen is None or (first and chosen == caller):
        return await next_host(call, room)
    await Hosting.update_or_create({"said": Said.ASKED}, meeting=meeting.id, person=chosen)
    return [*await next_host(call, room), *await _ask(call, meeting)]


async def _history(meeting: Meeting) -> tuple[int, Mapping[str, datetime]]:
    """Which meeting of its crew this one is, from 1; and when each person hosted last, before it."""
    before = Meeting.filter(room=meeting.room, at__lt=meeting.at)
    number, hosted = 1, {}
    for each in await before.exclude(standing=Standing.SKIPPED).order_by("at"):
        if each.held is False:
            continue
        number += 1
        if each.host is not None:
            hosted[each.host] = each.at
    return number, hosted


async def _willing(call: Call, room: Room, meeting: Meeting) -> list[str]:
    """The members who have not said already that they do not come."""
    away = Coming.filter(meeting=meeting.id, answer=Attendance.NOT_COMING)
    absent = {answer.person for answer in await away}
    return [each for each in await people(room, call.house.me) if each not in absent]


async def _crew(call: Call, meeting: Meeting) -> list[str]:
    """Those who may host a meeting: its crew, without its guests."""
    return await people(await room_of(call, meeting), call.house.me)


async def _declined(meeting: Meeting) -> list[str]:
    said = Hosting.filter(meeting=meeting.id, said=Said.DECLINED)
    return [str(person) for person in await said.values_list("person", flat=True)]


async def next_host(call: Call, room: Room) -> list[Effect]:
    """Let the room's host be that of its next meeting, once somebody has agreed, or the room was asked openly (R63).

    While somebody is asked in private it stays whoever hosted last: everybody reads the room's state.
    """
    following = await meetings.next_meeting(room.id, call.kept_at or call.at)
    if following is None:
        return []
    agreed = await host_of(following)
    open_ = following.host is None and following.host_sought_at is not None
    return await _published(room, agreed) if agreed is not None or open_ else []


async def _published(room: Room, host: str | None) -> list[Effect]:
    """The room's host as everybody may read it."""
    if room.host == host:
        return []
    room.host = host
    await room.save(update_fields=["host"])
    return [meetings.circle_state(room)]


def _sought(call: Call, meeting: Meeting) -> Say:
    return Say(
        text=f"**{meetings.shown(meeting)}** has no host yet. Whoever likes to: {HAND} I host.\n\n"
        "Without one you meet all the same, and I keep the time.",
        room=meeting.room,
        name=f"host:{meeting.id}",
        taps=(HAND,),
        answers=False,
    )


async def _ask(call: Call, meeting: Meeting) -> list[Effect]:
    """Ask whoever is proposed, now or in their morning."""
    room = await room_of(call, meeting)
    assert meeting.host is not None
    asked = Ask(
        inquiry="host",
        private=True,
        person=meeting.host,
        until=meeting.at,
        data={"meeting": meeting.id, "room": room.id},
        text=f"You would host **{meetings.shown(meeting)}**, when {meetings.meets(room)} meets: open it, look after "
        "the order, close it. If you say nothing, it stays with you.\n\n"
        f"{GLADLY.sign} gladly · {ELSE.sign} somebody else\n\n"
        "*“swap with” and a name asks that person. Nobody learns what you say here.*",
    )
    return await _by_day(call, meeting, meeting.host, asked, {})


async def _by_day(
    call: Call, meeting: Meeting, person: str, asked: Ask, more: Mapping[str, str]
) -> list[Effect]:
    """A question to one person, or the hour at which their night is over (R15)."""
    room, now = await room_of(call, meeting), call.kept_at or call.at
    zone, quiet = (await nights(call, room, [person])).get(person) or _circle(call, room)
    if not is_quiet(now, zone, quiet):
        return [asked]
    at = next_waking(now, zone, quiet)
    if at >= meeting.at:
        return []
    return [
        Ring(
            ritual="host",
            # Not the meeting's own hours: those are written anew when it moves, this one is kept.
            about=f"hosting:{meeting.id}",
            at=at,
            when=f"{meeting.local} {call.key}"[:150],
            useful_until=meeting.at,
            room=room.id,
            content={"meeting": meeting.id, "person": person, **more},
        )
    ]


def _told(meeting: Meeting) -> str:
    """What a word about the hosting of a meeting belongs to; not the meeting's own hours, which are written anew when it moves."""
    return f"hosting:{meeting.id}"


def _circle(call: Call, room: Room) -> tuple[ZoneInfo, Quiet]:
    return call.house.zone_of(room), meetings.quiet_of(room)


# --------------------------------------------------------------------------------------- what they say


@inquiry(name="host", options=(GLADLY, ELSE))
async def asked_to_host(call: Call, question: Question, said: str) -> Effects:
    """Do what the proposed host says; other words leave the proposal as it is."""
    word, rest = first_word(said)
    swapping = folded(word) == "swap" and bool(rest)
    if said not in (GLADLY.word, ELSE.word) and not swapping:
        return [
            Say(
                text="Say gladly, somebody else, or swap with a name. Until then it stays with you."
            )
        ]
    meeting = await _ahead(int(str(question.data["meeting"])), call)
    if meeting.host != call.person:
        await question.delete()
        raise Refused("Somebody else hosts that meeting by now, so nothing was changed.")
    if swapping:
        return await _swap(call, meeting, rest)
    await question.delete()
    if said == GLADLY.word:
        return [*await _accepted(call, meeting), _accepted_words(meeting)]
    return [
        *await _passed(call, meeting),
        Say(
            text="Good: I ask somebody else. Nobody learns of it, and your next turn is as it was."
        ),
    ]


async def _ahead(meeting_id: int, call: Call) -> Meeting:
    """A meeting that has not begun. Raises Refused."""
    meeting = await Meeting.get_or_none(id=meeting_id)
    if meeting is None or meeting.at <= call.at or meeting.standing is Standing.SKIPPED:
        raise Refused("That meeting has begun or was called off. Nothing was changed.")
    return meeting


def _accepted_words(meeting: Meeting) -> Say:
    return Say(
        text=f"Good: you host **{meetings.shown(meeting)}**, and I count you among those who come."
    )


async def _accepted(call: Call, meeting: Meeting) -> list[Effect]:
    """The person of the call hosts: said by themselves, so it stands. Raises Refused when they are not of the crew."""
    if call.person not in await _crew(call, meeting):
        raise Refused(
            "Meetings are hosted by turns among those of the crew, and you are not one of them now. Nothing was changed."
        )
    meeting.host = call.person
    await meeting.save(update_fields=["host"])
    await Hosting.update_or_create({"said": Said.GLADLY}, meeting=meeting.id, person=call.person)
    answer = await Coming.get_or_none(meeting=meeting.id, person=call.person)
    if answer is None or not answer.answer.present:
        columns = {"answer": Attendance.COMING, "said_at": call.at}
        await Coming.update_or_create(columns, meeting=meeting.id, person=call.person)
    return [*await next_host(call, await room_of(call, meeting)), *await host_anew(call, meeting)]


async def _passed(call: Call, meeting: Meeting) -> list[Effect]:
    """The person of the call does not host this one; the next in order is asked.

    What all can read changes only if it had named them: they had agreed before.
    """
    named = await host_of(meeting) == call.person
    await Hosting.update_or_create({"said": Said.DECLINED}, meeting=meeting.id, person=call.person)
    await _close_questions(meeting, call.person)
    effects = await _propose(call, meeting)
    if not named:
        return effects
    room = await room_of(call, meeting)
    if room.host == call.person:
        effects += await _published(room, None)
    return [*effects, *await host_anew(call, meeting)]


async def _close_questions(meeting: Meeting, person: str) -> None:
    """Whoever does not host any more has nothing to answer."""
    await forget_about("meeting", meeting.id, person=person, inquiry="host")


async def passed_on(call: Call, meeting: Meeting) -> list[Effect]:
    """Somebody has said that they do not come: if they were to host, the next in order is asked."""
    return await _passed(call, meeting) if meeting.host == call.person else []


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Whoever goes hosts no more; somebody else is asked as soon as it is day."""
    effects: list[Effect] = []
    ahead = Meeting.filter(room=call.room.id, at__gt=call.at, host=call.person)
    at = next_waking(call.at, *_circle(call, call.room))
    for meeting in await ahead.order_by("at"):
        await Hosting.filter(meeting=meeting.id, person=call.person).delete()
        meeting.host = None
        await meeting.save(update_fields=["host"])
        effects += await host_anew(call, meeting)
        effects.append(
            Ring(
                ritual="host",
                about=f"hosting:{meeting.id}",
                at=at,
                when=call.key[:150],
                useful_until=meeting.at,
                content={"meeting": meeting.id},
            )
        )
    return effects


@tap(prefix="host", labels={"i host": HAND, "gladly|yes": HAND})
async def hand(call: Call, subject: str, said: str) -> Effects:
    """Somebody answers the room's open question."""
    if sign(said) != HAND and folded(said) not in ("me", "i host", "i"):
        return []
    meeting = await row_of(Meeting, subject)
    if meeting is None or meeting.at <= call.at or meeting.standing is Standing.SKIPPED:
        return []
    if meeting.host is not None or call.person not in await _crew(call, meeting):
        return []
    return [*await _accepted(call, meeting), await _hosts_now(call, meeting)]


async def _hosts_now(call: Call, meeting: Meeting) -> Say:
    return Say(
        text=f"Good: {await name(meeting.room, call.person)} hosts **{meetings.shown(meeting)}**."
    )


# ------------------------------------------------------------------------------------------- in words


@command(
    name="host",
    help="see who hosts the next meeting, take it on, or pass it on",
    example="host me",
    kinds=HERE,
    arguments=(Argument(name="who", help="“me” to take it on, “not me” to pass it on", rest=True),),
)
async def host(call: Call, who: str | None) -> Effects:
    """Show who hosts next, or let the person of the call take it on or pass it on."""
    meeting = await _next(call)
    word = folded(who or "")
    if not word:
        return [Say(text=await _shown(call, meeting))]
    if word in ("me", "i", "myself"):
        return await _take(call, meeting)
    if word in (ELSE.word, *ELSE.also):
        if meeting.host != call.person:
            raise Refused("You are not the one to host the next meeting, so nothing was changed.")
        return [*await _passed(call, meeting), Say(text="Good: I ask somebody else.")]
    raise Refused(
        "Everybody says for themselves whether they host: `host me` takes it on, `host not me` passes it on, and "
        "`swap` with a name asks somebody in your place. Nothing was changed."
    )


async def _next(call: Call) -> Meeting:
    """The next meeting here; in private, the next of the person's crews. Raises Refused."""
    if not call.is_private:
        meeting = await meetings.next_meeting(call.room.id, call.at)
    else:
        mine = set(await Member.filter(person=call.person).values_list("room", flat=True))
        mine -= set(await Visitor.filter(person=call.person).values_list("room", flat=True))
        crews = Room.filter(id__in=list(mine), kind=RoomKind.CREW)
        ids = list(await crews.values_list("id", flat=True))
        ahead = Meeting.filter(room__in=ids, at__gt=call.at)
        meeting = await ahead.exclude(standing=Standing.SKIPPED).order_by("at").first()
    if meeting is None:
        raise Refused("No meeting is planned that could be hosted. Nothing was changed.")
    return meeting


async def _shown(call: Call, meeting: Meeting) -> str:
    room = await room_of(call, meeting)
    of = f" ({meetings.meets(room)})" if call.is_private else ""
    when, prefix = (
        f"**{meetings.shown(meeting)}**{of}",
        "" if call.is_private else call.house.prefix,
    )
    if call.is_private and meeting.host == call.person and await host_of(meeting) is None:
        return (
            f"You would host {when}, as I asked you; if you say nothing, it stays with you. `host me` makes it certain, "
            "`host not me` passes it on."
        )
    if meeting.host is not None and await host_of(meeting) is None:
        return (
            f"Who hosts {when} is not settled yet. `{prefix}host me` takes it on; without a host you meet all the same, "
            "and I keep the time."
        )
    if meeting.host is None:
        return (
            f"Nobody hosts {when} so far. `{prefix}host me` takes it on; without a host you meet all the same, and "
            "I keep the time."
        )
    who = "You" if meeting.host == call.person else await name(meeting.room, meeting.host)
    hosts = "host" if who == "You" else "hosts"
    return f"{who} {hosts} {when}. `{prefix}swap` and a name asks somebody in the host's place; `{prefix}host not me` passes it on."


async def _take(call: Call, meeting: Meeting) -> list[Effect]:
    """Take the meeting on, unless somebody else has said that they host it."""
    former = meeting.host
    if former not in (None, call.person):
        said = await Hosting.get_or_none(meeting=meeting.id, person=former)
        if said is None or said.said is not Said.ASKED:
            raise Refused(
                f"{await name(meeting.room, str(former))} hosts **{meetings.shown(meeting)}** already, so nothing was "
                "changed. The two of you can swap: the host says `swap` and your name."
            )
    told: list[Effect] = []
    if former is not None and former != call.person:
        await Hosting.filter(meeting=meeting.id, person=former).delete()
        await _close_questions(meeting, former)
        there = replace(call, room=await room_of(call, meeting))
        text = f"Somebody else likes to host **{meetings.shown(meeting)}**, so it is off your hands. Your next turn is as it was."
        told = await whispered(there, former, text, about=_told(meeting))
    said_back = _accepted_words(meeting) if call.is_private else await _hosts_now(call, meeting)
    return [*await _accepted(call, meeting), *told, said_back]


# ------------------------------------------------------------------------------------------- swapping


@command(
    name="swap",
    help="ask somebody in private to host the next meeting in your place",
    example="swap ben",
    kinds=HERE,
    arguments=(
        Argument(
            name="name",
            help="who may host instead of you",
            rest=True,
            question="With whom would you like to swap?",
        ),
    ),
)
async def swap(call: Call, name: str) -> Effects:
    """Ask; until somebody says yes, everything stays as it is."""
    ahead = Meeting.filter(host=call.person, at__gt=call.at)
    if not call.is_private:
        ahead = ahead.filter(room=call.room.id)
    meeting = await ahead.exclude(standing=Standing.SKIPPED).order_by("at").first()
    if meeting is None:
        raise Refused("You are not the one to host the next meeting, so there is nothing to swap.")
    return await _swap(call, meeting, name)


async def _swap(call: Call, meeting: Meeting, said: str) -> list[Effect]:
    word, rest = first_word(said)
    room = await room_of(call, meeting)
    other = await whom(call, room, rest if folded(word) == "with" and rest else said)
    if other not in await people(room, call.house.me):
        raise Refused(
            "Meetings are hosted by turns among those of the crew, and they are your guest. Nothing was changed."
        )
    if other == call.person:
        raise Refused("That is yourself; name somebody else of your crew. Nothing was changed.")
    return [
        *await _ask_to_swap(call, meeting, call.person, other),
        Say(
            text="I ask in private and tell you what comes of it. Until then it stays with you.",
        ),
    ]


async def _ask_to_swap(call: Call, meeting: Meeting, asker: str, other: str) -> list[Effect]:
    room = await room_of(call, meeting)
    asked = Ask(
        inquiry="swap",
        private=True,
        person=other,
        until=meeting.at,
        data={"meeting": meeting.id, "asker": asker, "room": room.id},
        text=f"{await name(room.id, asker)} asks whether you would host **{meetings.shown(meeting)}** in their place, "
        f"when {meetings.meets(room)} meets.\n\n{GLADLY.sign} gladly · {NOT_NOW.sign} not this time",
    )
    return await _by_day(call, meeting, other, asked, {"sender": asker})


@inquiry(name="swap", options=(GLADLY, NOT_NOW))
async def swapping(call: Call, question: Question, said: str) -> Effects:
    """Swap on a yes; a no is told to nobody but whoever asked."""
    if said not in (GLADLY.word, NOT_NOW.word):
        return [Say(text="Say gladly, or not this time; both are fine.")]
    asker = str(question.data["asker"])
    await question.delete()
    meeting = await _ahead(int(str(question.data["meeting"])), call)
    there = replace(call, room=await room_of(call, meeting))
    when = meetings.shown(meeting)
    if call.person not in await people(there.room, call.house.me):
        raise Refused("You are not in that crew any more, so nothing was changed.")
    if meeting.host != asker:
        raise Refused("Somebody else hosts that meeting by now, so nothing was changed.")
    if said == NOT_NOW.word:
        text = f"Not this time. **{when}** stays with you; “host not me” has me ask somebody else."
        return [
            *await whispered(there, asker, text, about=_told(meeting)),
            Say(text="Good, and it needs no reason."),
        ]
    await Hosting.filter(meeting=meeting.id, person=asker).delete()
    await _close_questions(meeting, asker)
    text = f"{await name(meeting.room, call.person)} hosts **{when}** in your place. Your own turn comes again."
    return [
        *await _accepted(call, meeting),
        *await whispered(there, asker, text, about=_told(meeting)),
        _accepted_words(meeting),
    ]
