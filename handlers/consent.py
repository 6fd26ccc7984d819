"""A question that everybody in a room answers: it holds when all agree, and one "no" ends it.

Whoever proposes something has said yes to it by that. Taps are taken back, and where they cannot be, the question says so.
A whole congregation is asked in the room where most of it talks. There silence is consent: on a day that is said
beforehand it holds, if one more than whoever proposed it has said yes and nobody has said no.
Nobody is named for what they said or did not say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from handlers import conversation, taps
from handlers.language import NO, YES, Ask, Call, Effects
from handlers.names import people, room_name
from practices import clock
from practices.circles import RoomKind
from storage.members import Member
from storage.questions import Question
from storage.rooms import Room

#: How many besides whoever proposes it take up what a whole congregation is asked, where silence is consent.
SECONDERS = 1


class Voice(StrEnum):
    """Where a common question stands after one more answer."""

    WAITING = "waiting"
    AGREED = "agreed"
    ENDED = "ended"
    #: What was said is no answer, or comes from somebody who is not asked.
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Standing:
    """How many have agreed, of how many."""

    voice: Voice
    agreed: int
    of: int


async def put_to_all(
    call: Call, inquiry: str, text: str, *, until: datetime, data: Mapping[str, Any] | None = None
) -> Ask:
    """Ask everybody in the room of the call; whoever proposes it has said yes."""
    answers, standing = await proposed(call, call.room)
    return Ask(
        inquiry=inquiry,
        text=standing_words(call, call.room, text, standing, proposing=bool(answers)),
        until=until,
        data=data or {},
        answers=answers,
    )


async def proposed(call: Call, table: Room) -> tuple[dict[str, str], Standing]:
    """What is answered in a room by asking there, as it is kept, and where the question stands by that.

    Nothing for an hour, for a guest, and where nobody else could agree.
    """
    here = await people(table, call.house.me)
    proposes = call.sender is not None and call.sender in here and len(here) > 1
    answers = {call.person: YES.word} if proposes else {}
    return answers, Standing(Voice.WAITING, len(answers), len(here))


def standing_words(
    call: Call, table: Room, text: str, standing: Standing, *, proposing: bool = False
) -> str:
    """A question to everybody as it stands in its room: with how many have agreed, and who can see what is tapped."""
    seen = taps.seen_words(table, call.house.me, "`say yes` or `say no`")
    if not standing.agreed:
        return f"{text}\n\n{seen}"
    have = "has" if standing.agreed == 1 else "have"
    by = ": proposing it is a yes" if proposing else ""
    return f"{text}\n\n{standing.agreed} of {standing.of} {have} said yes{by}.\n\n{seen}"


async def hear_voice(call: Call, question: Question, said: str) -> Standing:
    """Take one answer into a common question; once it is decided, the question is gone."""
    asked = await people(call.room, call.house.me)
    if call.person not in asked or said not in (YES.word, NO.word):
        return Standing(Voice.NOTHING, 0, len(asked))
    if said == NO.word:
        await question.delete()
        return Standing(Voice.ENDED, 0, len(asked))
    question.answers = {**question.answers, call.person: said}
    agreed = sum(person in question.answers for person in asked)
    if agreed == len(asked):
        await question.delete()
        return Standing(Voice.AGREED, agreed, len(asked))
    await question.save(update_fields=["answers"])
    return Standing(Voice.WAITING, agreed, len(asked))


async def is_whole(call: Call, question: Question) -> int:
    """How many have agreed, once everybody who is here has, as after somebody left; 0 while one is waited for."""
    asked = await people(call.room, call.house.me)
    return len(asked) if all(person in question.answers for person in asked) else 0


# ----------------------------------------------------------------------------------- a whole congregation


async def table_of(circle: Room) -> Room | None:
    """The room in which a circle's people talk: its own, or of a congregation the working room most are in."""
    if circle.kind is not RoomKind.CONGREGATION:
        return circle
    rooms = await Room.filter(congregation=circle.id, kind=RoomKind.WORKING, joined=True)
    sizes = {room.id: await Member.filter(room=room.id).count() for room in rooms}
    return max(rooms, key=lambda room: (sizes[room.id], room.id), default=None)


def nowhere_to_ask(call: Call, circle: Room) -> str:
    """What is said where a congregation has no room to talk in."""
    return (
        f"**{room_name(circle, 'your congregation')}** has no room yet in which I could ask all of you, so nothing was "
        f"asked. Invite me into a room of it where you talk, and say `{call.house.prefix}adopt working` there."
    )


def rule(circle: Room, day: str | None) -> str:
    """When it holds; `day` is the day on which silence is consent, in words."""
    if circle.kind is not RoomKind.CONGREGATION or day is None:
        return "It holds when each of you has said yes; one no, and all stays as it is."
    return (
        f"It holds when each of you has said yes, or on {day} if one more of you has said yes by then and nobody "
        "has said no; one no, and all stays as it is."
    )


def ten_o_clock(at: datetime, zone: ZoneInfo) -> datetime:
    """Ten in the morning on the day of an instant: when what was asked is decided, or looked at again."""
    day = clock.wall(at, zone)
    return clock.resolve(day.replace(hour=10, minute=0, second=0, microsecond=0), zone)


async def seconded(call: Call, question: Question) -> bool:
    """Whether enough of those who are here have said yes besides whoever proposed it, who is named "by"."""
    present = await people(call.room, call.house.me)
    others = [one for one in present if one in question.answers and one != question.data["by"]]
    return len(others) >= SECONDERS


# ------------------------------------------------------------------------------------- a word in its place


async def answered_instead(call: Call, word: str) -> Effects | None:
    """What follows when a word that is a command, such as `!close`, was said to an open question that offers it.

    One's own question comes before those to everybody, and the newest first. None when no question offers it.
    """
    asked = Question.filter(room=call.room.id, until__gt=call.at).order_by("-id")
    for question in sorted(await asked, key=lambda each: each.person != call.person):
        inquiry = call.house.catalogue.inquiries.get(question.inquiry)
        if question.person not in (None, call.person) or inquiry is None:
            continue
        if conversation.chosen(inquiry, word) is not None:
            return await conversation.answered(call, question, word)
    return None
