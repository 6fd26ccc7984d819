"""Words to single people that can wait until their night is over."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b
from zoneinfo import ZoneInfo

from handlers.language import Call, Effect, Effects, Ring, Whisper, ritual
from handlers.meetings import quiet_for
from practices.meetings import Quiet, is_quiet, next_waking
from storage.people import Person
from storage.rooms import Room


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
            zone = ZoneInfo((told and told.zone) or room.zone or call.house.zone)
            found[person] = (zone, quiet_for(told, room))
    return found


async def word_to(
    call: Call, people: Iterable[str], text: str, *, name: str | None = None
) -> list[Effect]:
    """The same private word to each of `people`, now or in their morning (R15)."""
    now = call.kept_at or call.at
    effects: list[Effect] = []
    for person, (zone, quiet) in (await nights(call, call.room, people)).items():
        if is_quiet(now, zone, quiet):
            effects.append(_later(call, person, text, name, next_waking(now, zone, quiet)))
        else:
            effects.append(Whisper(person=person, text=text, name=name))
    return effects


def _later(call: Call, person: str, text: str, name: str | None, at: datetime) -> Ring:
    # A word that has a name is said once, and two words of one moment are two; no id of a person stays in the hour's key.
    cause = blake2b(f"{name or f'{call.key} {text}'} {person}".encode(), digest_size=16).hexdigest()
    return Ring(
        ritual="morning",
        about=f"word:{cause}",
        at=at,
        content={"person": person, "text": text, "name": name},
    )


@ritual(name="morning", help="says to somebody, in the morning, what could wait overnight")
async def morning(call: Call) -> Effects:
    """The night of one person is over."""
    name = call.content.get("name")
    return await word_to(
        call,
        [str(call.content["person"])],
        str(call.content["text"]),
        name=None if name is None else str(name),
    )
