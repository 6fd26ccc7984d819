"""How people and rooms are called in front of others: by the names they gave themselves, never by their ids."""

from collections.abc import Iterable

from handlers.words import escaped
from storage.members import Member
from storage.rooms import Room
from storage.visitors import Visitor


def fallback(person: str) -> str:
    """What stands for a person who gave no name: the local part of their id."""
    return escaped(person.removeprefix("@").partition(":")[0]) or "somebody"


async def names(room: str, people: Iterable[str]) -> list[str]:
    """The names of people in a room, safe in Markdown, in alphabetical order: no other order ranks nobody."""
    wanted = list(people)
    given = dict(await Member.filter(room=room, person__in=wanted).values_list("person", "name"))
    shown = [escaped(given.get(person) or "") or fallback(person) for person in wanted]
    return sorted(shown, key=str.casefold)


async def name(room: str, person: str) -> str:
    """The name of one person in a room."""
    return (await names(room, [person]))[0]


async def called(person: str, to: str, room: str | None = None) -> str:
    """The name of a person as another knows them: from `room`, or else from any room that both are in; safe in Markdown.

    A name given in a room that the other is not in is none of theirs: it may say more than who it is.
    """
    shared = await Member.filter(person=to).values_list("room", flat=True)
    rooms = [*([room] if room else []), *map(str, shared)]
    known = await Member.filter(person=person, room__in=rooms, name__not_isnull=True).order_by("id")
    first = next((each for each in known if each.room == room), known[0] if known else None)
    return (escaped(first.name or "") if first else "") or fallback(person)


def room_name(room: Room, otherwise: str) -> str:
    """The name of a room, safe in Markdown."""
    return escaped(room.name or "") or otherwise


async def everybody(room: Room, me: str) -> list[str]:
    """Everybody in a room but the daemon, visiting helpers included: those who may hear what is said there."""
    members = Member.filter(room=room.id).exclude(person=me).order_by("person")
    return [str(person) for person in await members.values_list("person", flat=True)]


async def people(room: Room, me: str) -> list[str]:
    """The people of a circle: everybody in its room but the daemon and visiting helpers.

    A helper is not counted, asked, or heard in what a crew decides (CREW-21); see `everybody`.
    """
    here = await everybody(room, me)
    visiting = {visit.person for visit in await Visitor.filter(room=room.id)}
    return [person for person in here if person not in visiting]


async def neighbours(room: Room) -> list[Room]:
    """The congregations that list this room."""
    spaces = await Room.filter(is_space=True, joined=True)
    return [space for space in spaces if room.id in space.children]


def typed(name: str) -> str:
    """A name as it can be typed behind a command; one that needs marks is left out."""
    first = name.split(maxsplit=1)[0] if name.split() else ""
    return first.casefold() if first.isalnum() else "…"
