"""Private words and questions that people can tap, said when the night of whoever they are for is over.

This is the only way in which a feature speaks to somebody who has not just spoken (R15). A word or question that waits
belongs to a subject, and is called off with it. A question waits, too, while somebody is in the middle of something of their
own. Whoever wants no calls at all is told and asked silently; what they can
as well go without is not said to them.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

from handlers import guided
from handlers.language import Ask, Call, Effect, Effects, Ring, Whisper, ritual
from handlers.meetings.meetings import quiet_for
from practices.meetings import Quiet, next_waking
from storage.people import Person
from storage.rooms import Room


def now_of(call: Call) -> datetime:
    """When it really is, also in an hour that is kept late."""
    return call.kept_at or call.at


async def zone_of(call: Call, person: str, room: Room | None = None) -> ZoneInfo:
    """The zone of a person: their own, or that of the room it is about."""
    return its_zone(call, await Person.get_or_none(id=person), room)


def its_zone(call: Call, told: Person | None, room: Room | None) -> ZoneInfo:
    """The zone of whoever told us this of themselves, about a room."""
    return ZoneInfo((told and told.zone) or (room and room.zone) or call.house.zone)


async def waking_of(call: Call, room: Room, person: str) -> datetime:
    """When a person may be asked something about a room: now, or when their night is over (R15)."""
    told = await Person.get_or_none(id=person)
    return next_waking(now_of(call), its_zone(call, told, room), quiet_for(told, room))


async def nights(
    call: Call, room: Room, people: Iterable[str]
) -> dict[str, tuple[ZoneInfo, Quiet]]:
    """Of `people`, those who let themselves be called at all, with their zone and quiet hours."""
    wanted = list(people)
    known = {person.id: person async for person in Person.filter(id__in=wanted)}
    found = {}
    for person in wanted:
        told = known.get(person)
        if told is None or not told.muted:
            found[person] = (its_zone(call, told, room), quiet_for(told, room))
    return found


async def heard_at(call: Call, person: str) -> datetime:
    """When a word said to a person now reaches them: now, or in their morning."""
    return await _wakes(call, person) or now_of(call)


async def _wakes(call: Call, person: str) -> datetime | None:
    """When the night of a person is over; None while they are awake, or speaking with us just now."""
    if person == call.sender:
        return None
    waking = await waking_of(call, call.room, person)
    return waking if waking > now_of(call) else None


def _later(call: Call, person: str, about: str, at: datetime, content: Mapping[str, Any]) -> Ring:
    cause = f"{call.key} {person} {content.get('name') or content.get('text')}"
    mark = blake2b(cause.encode(), digest_size=16).hexdigest()
    return Ring(
        ritual="later",
        about=about,
        at=at,
        when=f"{guided.HELD}{mark}" if "since" in content else mark,
        room=call.room.id,
        content={**content, "person": person, "about": about},
    )


async def whispered(
    call: Call,
    person: str,
    text: str,
    *,
    about: str,
    name: str | None = None,
    taps: tuple[str, ...] = (),
    dispensable: bool = False,
) -> list[Effect]:
    """A private word to one person, now or in their morning.

    One that is `dispensable` is not said to whoever wants no calls at all, when its time has come.
    """
    wakes = await _wakes(call, person)
    if wakes is not None:
        held = {"text": text, "name": name, "taps": list(taps), "dispensable": dispensable}
        return [_later(call, person, about, wakes, held)]
    if dispensable and person not in await nights(call, call.room, [person]):
        return []
    return [Whisper(person=person, text=text, name=name, taps=taps)]


async def asked(
    call: Call,
    person: str,
    text: str,
    *,
    about: str,
    inquiry: str,
    until: datetime,
    data: Mapping[str, Any],
    without: tuple[str, ...] = (),
    since: datetime | None = None,
) -> list[Effect]:
    """A private question to one person, now or in their morning; `without` names options that are not offered.

    Whoever is in the middle of something of their own is asked after it (handlers/guided.py), unless it is to be answered
    soon; `since` is from when on it was held for that.
    """
    wakes, now = await _wakes(call, person), now_of(call)
    held = None
    if wakes is None and until - now > guided.SOON and now < (since or now) + guided.LONGEST:
        held = await guided.until(call, person, now)
        wakes = held and min(held, (since or now) + guided.LONGEST)
    if wakes is None:
        return [
            Ask(
                inquiry=inquiry,
                text=text,
                until=until,
                data=data,
                person=person,
                private=True,
                without=without,
            )
        ]
    late = max(until, wakes + timedelta(hours=1))
    question = {
        "inquiry": inquiry,
        "data": dict(data),
        "until": late.isoformat(),
        "without": list(without),
        **({"since": (since or now).isoformat()} if held else {}),
    }
    return [_later(call, person, about, wakes, {"text": text, **question})]


@ritual(name="later", help="says or asks somebody, in the morning, what could wait overnight")
async def later(call: Call) -> Effects:
    """The night of one person is over."""
    held = call.content
    person, text, about = str(held["person"]), str(held["text"]), str(held["about"])
    data, taps = held.get("data"), held.get("taps")
    if isinstance(data, Mapping):
        until = datetime.fromisoformat(str(held["until"]))
        inquiry = str(held["inquiry"])
        without = held.get("without")
        return await asked(
            call,
            person,
            text,
            about=about,
            inquiry=inquiry,
            until=until,
            data=data,
            without=tuple(str(word) for word in without) if isinstance(without, list) else (),
            since=datetime.fromisoformat(str(held["since"])) if "since" in held else None,
        )
    name = held.get("name")
    return await whispered(
        call,
        person,
        text,
        about=about,
        name=None if name is None else str(name),
        taps=tuple(str(sign) for sign in taps) if isinstance(taps, list) else (),
        dispensable=bool(held.get("dispensable")),
    )
