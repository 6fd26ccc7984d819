"""Deletes what is kept about a person, table by table, so that nothing names them any more (R12).

What others said and chose stays theirs, and circles go on: a host forgotten is a host to be found, a call is taken back.
"""

from dataclasses import replace

from handlers.assembly import directory, mediators
from handlers.crews import calling, callings, retrospective, splitting, trial
from handlers.dyads import dyads, one_to_one_partings
from handlers.language import Call, CallOff, DestroyKey, Effect, Scrub
from handlers.meetings import meetings
from handlers.oneself import contacts, journal, openings, prompts
from handlers.pairing import yearly
from handlers.partnership import partnership
from handlers.polls import progress, takebacks
from handlers.sessions import practice
from handlers.stewardship import stewardship
from handlers.welcome import onboarding, pods
from storage import (
    assemblies,
    bookings,
    delegates,
    domains,
    lessons,
    offers,
    onboardings,
    pairings,
    shared_names,
    shares,
)
from storage.callings import Acceptance, Calling, Interest, Place, Wish
from storage.charters import Assent
from storage.coming import Coming
from storage.commitments import Commitment
from storage.decisions import Decision
from storage.energy import Energy
from storage.hosting import Hosting
from storage.inbox import Heard, Kind, Settled
from storage.lessons import NewsReader
from storage.meetings import Meeting
from storage.notes import MoneyNote, Pathway
from storage.outbox import Delivery, Owed
from storage.people import Muted, Person
from storage.presence import Presence
from storage.questions import Question
from storage.reminders import Reminder
from storage.rooms import Room
from storage.scripts import OwnScript
from storage.sessions import Focus, Session
from storage.visitors import Visitor

#: Tables whose rows are one person's alone.
THEIRS = (
    Assent,
    Coming,
    Energy,
    Focus,
    Hosting,
    MoneyNote,
    Muted,
    NewsReader,
    Pathway,
    Place,
    Presence,
)


async def everything(call: Call) -> list[Effect]:
    """Forget the sender in every table; returns what follows for the circles they are in."""
    person = call.person
    effects = [*await _calls(call), *await _sittings(call), *await _promises(person)]
    effects += await prompts.forget(call)
    for table in THEIRS:
        await table.filter(person=person).delete()
    # That we share rooms stays, and in a crew's room also as what: to be forgotten makes no guest a member (R49).
    await Visitor.filter(person=person).exclude(room__in=await callings.rooms_of(person)).delete()
    await shares.forget_person(person)
    await bookings.forget_person(person)
    await offers.forget_person(person)
    await domains.forget_person(person)
    await delegates.forget_person(person)
    for assembly in await assemblies.forget_person(person, call.house.me):
        effects += await directory.published_anew(call, assembly)
    effects += await mediators.forget(call)
    effects += await contacts.forget(call)
    effects += await openings.forget(call)
    await lessons.forget_person(person)
    effects += await stewardship.forget(call)
    effects += await onboarding.forget(call)
    effects += await pods.forget(call)
    await onboardings.forget_person(person)
    effects += await yearly.forget(call)
    await pairings.forget_person(person)
    await retrospective.forget(call)
    await splitting.forget(call)
    effects += await takebacks.forget(call)
    effects += await progress.forget(call)
    effects += await partnership.forget(call)
    effects += await dyads.forget(call)
    effects += await one_to_one_partings.forget(call)
    await OwnScript.filter(offered_by=person).update(offered_by=None)
    await Meeting.filter(host=person).update(host=None)
    # What a crew has decided is the crew's, whoever wrote it down.
    await Decision.filter(person=person).update(person="")
    effects += await journal.forget(call)
    await Person.filter(id=person).delete()
    await _questions(person)
    effects += await _rooms(call)
    await traces(person)
    # What their own key has sealed is unreadable from then on, in every backup as well.
    return [*effects, DestroyKey(owner=person), Scrub()]


async def _promises(person: str) -> list[Effect]:
    effects: list[Effect] = []
    for reminder in await Reminder.filter(person=person):
        effects.append(CallOff(about=f"reminder:{reminder.id}"))
        await reminder.delete()
    for commitment in await Commitment.filter(owner=person):
        effects.append(CallOff(about=f"commitment:{commitment.id}"))
        await commitment.delete()
    return effects


async def _calls(call: Call) -> list[Effect]:
    """Their own calls are taken back, and they are curious about no other."""
    person = call.person
    effects: list[Effect] = []
    for mine in await Calling.filter(caller=person):
        effects += await calling.taken_back(call, mine)
    for interest in await Interest.filter(person=person):
        curious = await Calling.get_or_none(id=interest.calling)
        if curious is not None:
            effects += await trial.dropped(call, curious, person)
    await Interest.filter(person=person).delete()
    await Acceptance.filter(person=person).delete()
    await Acceptance.filter(other=person).delete()
    await Wish.filter(person=person).delete()
    await Wish.filter(asker=person).delete()
    return effects


async def _sittings(call: Call) -> list[Effect]:
    """They step out of a practice that runs; one that they called and that nobody began ends."""
    effects: list[Effect] = []
    for row in await Session.all():
        if call.person not in (*await practice.present_people(row), row.began_by, row.focus):
            continue
        room = await Room.get(id=row.room)
        effects += await practice.stepped_out(replace(call, room=room, thread=None), row)
    return effects


async def _questions(person: str) -> None:
    """What was asked of them, what they answered, and every question that names them."""
    await Question.filter(person=person).delete()
    for asked in await Question.all():
        data = _without(asked.data, person)
        if data is None:
            await asked.delete()
        elif person in asked.answers or data != asked.data:
            asked.answers = {who: what for who, what in asked.answers.items() if who != person}
            asked.data = data
            await asked.save()


def _without(data: dict[str, object], person: str) -> dict[str, object] | None:
    """What a question or an hour needs, with a person taken out of its lists; None when it is about them."""
    if person in data.values():
        return None
    kept: dict[str, object] = {}
    for key, value in data.items():
        match value:
            case list() if any(
                isinstance(each, dict) and person in each.values() for each in value
            ):
                return None
            case list():
                kept[key] = [each for each in value if each != person]
            case dict():
                kept[key] = _without(value, person)
                if kept[key] is None:
                    return None
            case _:
                kept[key] = value
    return kept


async def _rooms(call: Call) -> list[Effect]:
    """Rooms name them no more as host, as caller, or as who invited; what the room itself says follows."""
    effects: list[Effect] = []
    person = call.person
    await Room.filter(invited_by=person).update(invited_by=None)
    for room in [*await Room.filter(host=person), *await Room.filter(caller=person)]:
        await room.refresh_from_db()
        room.host = None if room.host == person else room.host
        room.caller = None if room.caller == person else room.caller
        await room.save(update_fields=["host", "caller"])
        if room.joined:
            effects.append(meetings.circle_state(room))
    return effects


async def traces(person: str) -> None:
    """Take a person's id out of what was heard, what was said, and the hours ahead."""
    await Heard.filter(sender=person, state=Settled.SEALED).delete()
    await Heard.filter(sender=person).exclude(state=Settled.WAITING).update(sender=None)
    await shared_names.forget_person(person)
    await Owed.filter(lane=person, state=Delivery.WEDGED).delete()
    await Owed.filter(asker=person).exclude(state=Delivery.OWED).update(asker=None)
    # Whom an invitation was for is of no use once it was sent.
    await Owed.filter(target=person).exclude(state=Delivery.OWED).update(target=None)
    for said in await Owed.filter(lane=person, state=Delivery.SENT):
        said.lane = said.room or ""
        await said.save(update_fields=["lane"])
    for hour in await Heard.filter(kind=Kind.HOUR, state=Settled.WAITING):
        content = dict(hour.content or {})
        reduced = _without(content, person)
        if reduced is None:
            await hour.delete()
        elif reduced != content:
            hour.content = reduced
            await hour.save(update_fields=["content"])
