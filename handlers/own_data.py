"""What is kept about a person, in one file, and its removal (R12)."""

import json
from datetime import timedelta
from typing import Any

from handlers import meetings
from handlers.language import (
    NO,
    YES,
    Argument,
    Ask,
    Call,
    CallOff,
    Effect,
    Effects,
    Post,
    Refused,
    Ring,
    Say,
    command,
    inquiry,
    ritual,
)
from handlers.words import folded
from practices.circles import RoomKind
from storage.coming import Coming
from storage.inbox import Heard, Kind, Settled
from storage.meetings import Meeting
from storage.members import Member
from storage.outbox import Delivery, Owed
from storage.people import Muted, Person
from storage.questions import Question
from storage.reminders import Reminder
from storage.rooms import Room

PRIVATE = frozenset({RoomKind.PRIVATE})


@command(
    name="export",
    help="get everything I keep about you in one file",
    example="export",
    kinds=PRIVATE,
)
async def export(call: Call) -> Effects:
    """One JSON file, in the private chat only."""
    found = await _kept(call.person)
    data = json.dumps(found, ensure_ascii=False, indent=2, default=str).encode()
    return [
        Post(filename="kinkeeper-about-you.json", mime="application/json", data=data),
        Say(text="This is all I keep about you. `forget me` removes it."),
    ]


async def _kept(person: str) -> dict[str, Any]:
    """Everything the database holds about a person."""
    names = dict(await Room.all().values_list("id", "name"))
    answers = await Coming.filter(person=person)
    meetings = await Meeting.in_bulk({answer.meeting for answer in answers}, "id")
    told = await Person.get_or_none(id=person)
    return {
        "person": person,
        "settings": {
            "timezone": told.zone,
            "quiet_from": told.quiet_from,
            "quiet_until": told.quiet_until,
            "muted": told.muted,
        }
        if told
        else {},
        "rooms": [
            {"room": names.get(member.room), "id": member.room, "your_name_there": member.name}
            for member in await Member.filter(person=person)
        ],
        "muted_in": list(await Muted.filter(person=person).values_list("room", flat=True)),
        "host_of": list(await Room.filter(host=person).values_list("id", flat=True)),
        "reminders": [
            {
                "what": each.what,
                "next": each.at,
                "rhythm": each.rhythm,
                "room": names.get(each.room),
            }
            for each in await Reminder.filter(person=person)
        ],
        "attendance": [
            {
                "meeting": meetings[answer.meeting].local if answer.meeting in meetings else None,
                "room": names.get(meetings[answer.meeting].room)
                if answer.meeting in meetings
                else None,
                "answer": answer.answer.value,
            }
            for answer in answers
        ],
        "open_questions": [
            {"about": question.inquiry, "until": question.until, "what": question.data}
            for question in await Question.filter(person=person)
        ],
        "your_answers_to_open_questions": [
            {
                "about": question.inquiry,
                "room": names.get(question.room),
                "answer": question.answers[person],
            }
            for question in await Question.filter(person=None)
            if person in question.answers
        ],
        "rooms_you_invited_me_to": list(
            await Room.filter(invited_by=person).values_list("id", flat=True)
        ),
    }


@command(
    name="forget",
    help="have me delete everything I keep about you",
    example="forget me",
    kinds=PRIVATE,
    arguments=(Argument(name="whom", help="me", rest=True),),
)
async def forget(call: Call, whom: str | None) -> Effects:
    """Ask once, then delete."""
    if folded(whom or "me") != "me":
        raise Refused("I forget only whoever asks me to: `forget me`. Nothing was changed.")
    return [
        Ask(
            inquiry="forget",
            text="I would delete your time zone and quiet hours, your reminders, and who-comes answers in every circle. "
            "It cannot be brought back; `export` first gives you a copy. Your rooms and messages are yours and the "
            "homeserver's, and stay.\n\n✅ yes · ✋ no",
            until=call.at + timedelta(hours=1),
            person=call.person,
        )
    ]


@inquiry(name="forget", options=(YES, NO))
async def forgetting(call: Call, question: Question, said: str) -> Effects:
    """Delete on a yes."""
    await question.delete()
    if said != YES.word:
        return [Say(text="Nothing was deleted.")]
    person = call.person
    effects: list[Effect] = []
    for reminder in await Reminder.filter(person=person):
        effects.append(CallOff(about=f"reminder:{reminder.id}"))
        await reminder.delete()
    await Coming.filter(person=person).delete()
    await Muted.filter(person=person).delete()
    await Question.filter(person=person).delete()
    for asked in await Question.filter(person=None):
        if person in asked.answers:
            asked.answers = {who: what for who, what in asked.answers.items() if who != person}
            await asked.save()
    await Person.filter(id=person).delete()
    for room in await Room.filter(host=person):
        room.host = None
        await room.save(update_fields=["host"])
        if room.joined:
            effects.append(meetings.circle_state(room))
    await Room.filter(invited_by=person).update(invited_by=None)
    await _forget_traces(person)
    return [
        *effects,
        Ring(
            ritual="forgotten",
            about=f"forget:{question.id}",
            at=call.at + timedelta(hours=1),
            content={"person": person},
        ),
        Say(
            text="Done: I keep nothing about you but that we share rooms, which the homeserver tells me anew. "
            "Leaving this chat ends that, too."
        ),
    ]


async def _forget_traces(person: str) -> None:
    """Take a person's id out of what was heard, what was said, and the hours ahead."""
    await Heard.filter(sender=person, state=Settled.SEALED).delete()
    await Heard.filter(sender=person).exclude(state=Settled.WAITING).update(sender=None)
    await Owed.filter(lane=person, state=Delivery.WEDGED).delete()
    await Owed.filter(asker=person).exclude(state=Delivery.OWED).update(asker=None)
    for said in await Owed.filter(lane=person, state=Delivery.SENT):
        said.lane = said.room or ""
        await said.save(update_fields=["lane"])
    for hour in await Heard.filter(kind=Kind.HOUR, state=Settled.WAITING):
        content = dict(hour.content or {})
        called = content.get("people")
        if isinstance(called, list) and person in called:
            hour.content = {**content, "people": [one for one in called if one != person]}
            await hour.save(update_fields=["content"])
        elif person in (content.get("person"), content.get("sender")):
            await hour.delete()


@ritual(
    name="forgotten", help="an hour after “forget me”, forgets the answers given meanwhile, too"
)
async def forgotten(call: Call) -> Effects:
    """The goodbye itself named whom it was for; that is not needed any more."""
    await _forget_traces(str(call.content["person"]))
    return []
