"""A crew of a played house that writes: its people have private chats, and a sitting is held."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields, replace
from itertools import count
from typing import Any

from handlers.language import Call, Catalogue, Effect, Ritual
from handlers.sessions import forms
from practices.script import Form, Phase, Turns
from storage.inbox import Heard, Kind
from storage.outbox import Deed
from tests.handlers.played import PlayedHouse, PlayedRoom, person

PEOPLE = ("ana", "ben", "cleo")

_numbers = count(1)

Work = Callable[[Call], Awaitable[list[Effect]]]


@dataclass(frozen=True)
class Session:
    """A sitting, as far as forms know of it."""

    id: int
    room: str


def phase(form: Form | None, minutes: float = 10) -> Phase:
    return Phase(name="Notes", turns=Turns.SILENT, minutes=minutes, form=form)


async def played(house: PlayedHouse, room: str, work: Work, **content: Any) -> list[str]:
    """Do `work` as the engine would: within the settling of something that happened in a room."""
    known = {
        each.name: dict(getattr(house.house.catalogue, each.name)) for each in fields(Catalogue)
    }
    known["rituals"]["played"] = Ritual(name="played", help="", answer=work)
    house.house = replace(house.house, catalogue=Catalogue(**known))
    return await house.settled(
        Heard(
            key=f"played:{next(_numbers)}",
            kind=Kind.HOUR,
            room=room,
            at=house.now,
            content={**content, "ritual": "played"},
        )
    )


class Circle:
    """A crew whose people have private chats, and a sitting."""

    def __init__(self, house: PlayedHouse, room: PlayedRoom, chats: dict[str, PlayedRoom]) -> None:
        self.house, self.room, self.chats = house, room, chats
        self.session = Session(7, room.id)

    @classmethod
    async def of(cls, house: PlayedHouse, people: tuple[str, ...] = PEOPLE) -> "Circle":
        room = await house.crew(people=people)
        return cls(house, room, {who: await house.private(who) for who in people})

    async def asks(self, asked: Phase, index: int = 0, among: tuple[str, ...] = ()) -> list[str]:
        ids = [person(who) for who in among or self.chats]
        return await played(
            self.house,
            self.room.id,
            lambda call: forms.open_form(call, self.session, index, asked, ids),
        )

    async def ends(self, index: int = 0) -> list[str]:
        return await played(
            self.house, self.room.id, lambda call: forms.phase_ended(call, self.session, index)
        )

    async def closes(self) -> list[str]:
        return await played(self.house, self.room.id, lambda call: forms.close(call, self.session))

    async def hears(self, event: str) -> list[str]:
        return await played(
            self.house, self.room.id, lambda call: forms.said(call, self.session), event=event
        )

    async def says(self, who: str, *answers: str) -> list[str]:
        told: list[str] = []
        for answer in answers:
            told = await self.chats[who].says(who, answer)
        return told

    def in_room(self) -> list[str]:
        return texts(self.house, self.room.id)

    def to(self, who: str) -> list[str]:
        return texts(self.house, self.chats[who].id)


def texts(house: PlayedHouse, lane: str) -> list[str]:
    """All that was said in a room, plain."""
    return [
        str((owed.content or {})["text"]).replace("\\", "")
        for owed in house.owed
        if owed.lane == lane and owed.deed is Deed.SEND
    ]
