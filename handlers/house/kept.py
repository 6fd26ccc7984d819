"""What is kept about a person, table by table, for that person alone (R12).

It holds what they said, what is theirs and where they are named; never what somebody else answered, chose or wished,
though it were about them.
"""

from collections.abc import Iterable
from typing import Any

from handlers import askings
from handlers.assembly import mediators
from handlers.conversation import MISSING
from handlers.crews import callings
from handlers.house.reminders import words_of
from handlers.language import Call
from handlers.oneself import contacts, money, openings, pathway
from handlers.pairing import preferences
from handlers.partnership import partnership
from handlers.polls import stances
from handlers.reciprocity import game
from handlers.sessions import practice
from handlers.welcome import onboarding, pods
from practices import calling as calls
from storage import (
    assemblies,
    delegates,
    domains,
    dyads,
    journals,
    lessons,
    offers,
    pairings,
    polls,
)
from storage.callings import Calling, Interest, Place, Wish
from storage.charters import Assent, CharterLine
from storage.coming import Coming
from storage.commitments import Commitment
from storage.decisions import Decision
from storage.energy import Energy
from storage.hosting import Hosting
from storage.meetings import Meeting
from storage.members import Member
from storage.people import Muted, Person
from storage.presence import Presence
from storage.questions import Question
from storage.reminders import Reminder
from storage.rooms import Room
from storage.scripts import OwnScript
from storage.sessions import Focus, Session
from storage.shares import OpenForm, Share
from storage.visitors import Visitor

Rows = list[dict[str, Any]]


async def about(call: Call) -> dict[str, Any]:
    """Everything the database holds about the sender, as plain values."""
    person = call.person
    names = dict(await Room.all().values_list("id", "name"))
    not_with = await askings.excluded(call)
    return {
        "person": person,
        "settings": await _settings(person),
        "rooms": [
            {"room": names.get(member.room), "id": member.room, "your_name_there": member.name}
            for member in await Member.filter(person=person)
        ],
        "muted_in": list(await Muted.filter(person=person).values_list("room", flat=True)),
        "rooms_you_invited_me_to": list(
            await Room.filter(invited_by=person).values_list("id", flat=True)
        ),
        "host_of": list(await Room.filter(host=person).values_list("id", flat=True)),
        "reminders": [
            {
                "what": words_of(call, each.what),
                "next": each.at,
                "rhythm": each.rhythm,
                "room": names.get(each.room),
            }
            for each in await Reminder.filter(person=person)
        ],
        **await _meetings(call, names),
        **await _crews(person, names),
        **await _calls(person, names),
        **await _practices(call, names),
        **await _questions(call, names),
        "offers_and_asks": await offers.kept_of(person),
        "game": await game.kept_of(person),
        **await polls.kept_of(person),
        **await domains.kept_of(person),
        **await assemblies.kept_of(person),
        **await dyads.kept_of(person, not_with),
        **await delegates.kept_of(person),
        **await lessons.kept_of(person),
        **await pairings.kept_of(person, not_with),
        **await onboarding.kept_of(call),
        "welcome_pods": await pods.kept_of(person),
        "whom_you_would_meet": await preferences.kept_of(call),
        "your_searches_for_a_mediator": await mediators.kept_of(call),
        **await journals.kept_of(person),
        "consent_rounds": await stances.kept_of(call, names),
        "money_note": await money.kept_of(call),
        "money_note_open_to": await openings.kept_of(call, names),
        "pathway": await pathway.kept_of(call),
        "partnership_reflections": await partnership.kept_of(call),
        "safety_contact_for": await contacts.kept_of(call, names),
    }


async def _settings(person: str) -> dict[str, Any]:
    told = await Person.get_or_none(id=person)
    if told is None:
        return {}
    return {
        "timezone": told.zone,
        "quiet_from": told.quiet_from,
        "quiet_until": told.quiet_until,
        "muted": told.muted,
    }


async def _meetings(call: Call, names: dict[str, str | None]) -> dict[str, Rows]:
    """What one said about coming, whether one was there, what one hosted, and one's energy."""
    person = call.person
    coming = await Coming.filter(person=person)
    presence = await Presence.filter(person=person)
    hosting = await Hosting.filter(person=person)
    energy = await Energy.filter(person=person)
    rows: Iterable[Any] = [*coming, *presence, *hosting, *energy]
    known = await Meeting.in_bulk({row.meeting for row in rows}, "id")

    def at(meeting: int) -> dict[str, Any]:
        found = known.get(meeting)
        return {
            "meeting": found.local if found else None,
            "room": names.get(found.room) if found else None,
        }

    return {
        "attendance": [{**at(each.meeting), "answer": each.answer.value} for each in coming],
        "were_you_there": [{**at(each.meeting), "there": each.came} for each in presence],
        "asked_to_host": [{**at(each.meeting), "answer": each.said.value} for each in hosting],
        "hosted": [
            {"meeting": each.local, "room": names.get(each.room)}
            for each in await Meeting.filter(host=person)
        ],
        "energy": [
            {**at(each.meeting), "energy": call.house.keys.open("energy", each.sealed)}
            for each in energy
        ],
    }


async def _crews(person: str, names: dict[str, str | None]) -> dict[str, Rows]:
    assents = await Assent.filter(person=person)
    lines = await CharterLine.in_bulk({each.line for each in assents}, "id")
    return {
        "called_together_by_you": [
            {"room": each.name} for each in await Room.filter(caller=person)
        ],
        "charter_lines_you_accepted": [
            {
                "room": names.get(each.room),
                "line": lines[each.line].text if each.line in lines else None,
            }
            for each in assents
        ],
        "commitments": [
            {
                "what": each.what,
                "due": each.due,
                "done": each.done_at,
                "room": names.get(each.room),
            }
            for each in await Commitment.filter(owner=person)
        ],
        "decisions_you_wrote_down": [
            {
                "number": each.id,
                "what": each.what,
                "room": names.get(each.room),
                "review": each.review_on,
                "standing": each.standing.value,
            }
            for each in await Decision.filter(person=person)
        ],
        "visiting_helper_in": [
            {"room": names.get(each.room), "until": each.ends_at}
            for each in await Visitor.filter(person=person, agreed=True)
        ],
        "guest_until_all_say_yes_in": [
            {"room": names.get(each.room), "since": each.asked_at}
            for each in await Visitor.filter(person=person, agreed=False)
        ],
        "scripts_you_offered": [
            {"name": each.name, "room": names.get(each.room), "adopted": each.adopted_at}
            for each in await OwnScript.filter(offered_by=person)
        ],
    }


async def _calls(person: str, names: dict[str, str | None]) -> dict[str, Rows]:
    interests = await Interest.filter(person=person, since__not_isnull=True)
    curious = await Calling.in_bulk({each.calling for each in interests}, "id")
    return {
        "your_calls": [
            {"said": each.said, "until": each.closes_at}
            for each in await Calling.filter(caller=person)
        ],
        "you_are_curious_about": [
            {
                "call": calls.board_line(callings.said(curious[each.calling])),
                "since": each.since,
                "coming_to_the_first_talk": each.comes,
            }
            for each in interests
            if each.calling in curious
        ],
        "places_kept_for_you": [
            {"room": names.get(each.room)} for each in await Place.filter(person=person)
        ],
        "you_would_like_to_join": [
            {"room": names.get(each.room), "until": each.until}
            for each in await Wish.filter(person=person, asker=person)
        ],
        "you_asked_your_crew_about_somebody": [
            {"room": names.get(each.room), "until": each.until}
            for each in await Wish.filter(asker=person).exclude(person=person)
        ],
    }


async def _practices(call: Call, names: dict[str, str | None]) -> dict[str, Rows]:
    """What one wrote and has not opened yet, and when one was last the focus of a sitting."""
    shares = await Share.filter(person=call.person)
    forms = await OpenForm.in_bulk({each.form for each in shares}, "id")
    return {
        "written_and_not_opened": [
            {
                "in": forms[each.form].title,
                "question": each.field,
                "answer": call.house.keys.open(
                    f"circle:{forms[each.form].sealed_for}", each.sealed
                ),
            }
            for each in shares
            if each.form in forms
        ],
        "last_the_focus": [
            {"room": names.get(each.room), "when": each.at}
            for each in await Focus.filter(person=call.person)
        ],
        "running_now": [
            {"practice": each.script, "room": names.get(each.room)}
            for each in await Session.all()
            if call.person in await practice.present_people(each)
        ],
    }


async def _questions(call: Call, names: dict[str, str | None]) -> dict[str, Rows]:
    """What is still asked of one, and what is over and not yet deleted; of one's own words only those that wait for the rest
    of a command.
    """
    person = call.person
    theirs: list[dict[str, object]] = []
    over: list[dict[str, object]] = []
    for each in await Question.filter(person=person):
        said = each.data.get("given") if each.inquiry == MISSING else None
        (theirs if each.until > call.at else over).append(
            {"about": each.inquiry, "until": each.until, "you_said_so_far": said}
        )
    return {
        "open_questions": theirs,
        "questions_that_are_over_and_not_deleted_yet": over,
        "your_answers_to_open_questions": [
            {
                "about": each.inquiry,
                "room": names.get(each.room),
                "answer": each.answers[person],
            }
            for each in await Question.all()
            if person in each.answers
        ],
    }
