"""Two congregations greet each other in a shared protocol room, each by its own keeper.

Whoever moderates a congregation says `adopt protocol` in the room; only their own keeper heeds it. It publishes the
congregation's card and a greeting, and answers each greeting once. Nothing here changes a congregation.
"""

from hashlib import blake2b

from handlers import meetings
from handlers.asking import whispered
from handlers.language import Call, CallOff, Change, Effect, Effects, Refused, Say, SetState, watch
from handlers.names import people, room_name
from handlers.power import moderates
from handlers.words import escaped
from practices import circles
from practices.circles import RoomKind
from practices.greeting import Card, Greeting, Unreadable, as_letter, read_letter
from storage.outbox import Owed
from storage.rooms import Room

#: The state event that holds a congregation's card, keyed by its keeper's id.
CARD = "org.kinkeeper.card"


async def adopt_protocol(call: Call) -> Effects:
    """Speak here for the congregation of whoever asks; other keepers' people are none of our business."""
    kept = await Room.filter(kind=RoomKind.CONGREGATION, joined=True)
    mine = [space for space in kept if moderates(space, call.person)]
    if not mine:
        if call.person.partition(":")[2] != call.house.me.partition(":")[2]:
            return []
        raise Refused(
            "A protocol room is where congregations meet, and I know of none that you have a say in. "
            "Nothing was changed; somebody who moderates your congregation's space can say the same words."
        )
    room, space = call.room, min(mine, key=lambda each: each.id)
    room.kind, room.congregation, room.adopted_at = RoomKind.PROTOCOL, space.id, call.at
    await room.save()
    card = await _card(call, space, [call.person])
    return [
        meetings.circle_state(room),
        SetState(type=CARD, content=card.as_content()),
        _greet(card, call.key, None),
    ]


async def speaks_for(call: Call) -> bool:
    """Whether somebody in a protocol room has a say in the congregation that we speak for there."""
    space = await Room.get_or_none(id=call.room.congregation) if call.room.congregation else None
    return space is not None and moderates(space, call.person)


def _once(kind: str, *about: str) -> str:
    """The name of a message that is said once about something."""
    return f"{kind}:{blake2b(' '.join(about).encode(), digest_size=16).hexdigest()}"


async def _card(call: Call, space: Room, contacts: list[str]) -> Card:
    """What our congregation says of itself, with at most two contacts."""
    size = len(await people(space, call.house.me))
    return Card(
        name=(space.name or "A congregation")[:80],
        size_band=circles.size_band(size),
        zone=space.zone or call.house.zone,
        contacts=tuple(contacts[:2]),
    )


def _greet(card: Card, letter: str, answers: str | None, name: str | None = None) -> Say:
    verb = "greets you back" if answers else "greets all who meet here"
    return Say(
        text=f"**{escaped(card.name)}** ({escaped(card.size_band)}, {escaped(card.zone)}) {verb}.",
        letter=as_letter(Greeting(id=letter, card=card, answers=answers)),
        name=name,
        answers=False,
    )


@watch(kind=Change.LETTER)
async def letter_came(call: Call) -> Effects:
    """Another congregation's keeper wrote: answer an opening greeting, and tell our own people."""
    room = call.room
    if room.kind is not RoomKind.PROTOCOL or room.congregation is None:
        return []
    try:
        greeting = read_letter(call.content.get("letter"))
    except Unreadable:
        return []
    space = await Room.get_or_none(id=room.congregation)
    if space is None or not space.joined:
        return []
    effects: list[Effect] = []
    answer = _once("answered", room.id, call.person, greeting.id)
    if greeting.answers is None and not await Owed.exists(name=answer):
        here = await people(call.room, call.house.me)
        ours = await _card(call, space, [person for person in here if moderates(space, person)])
        effects.append(_greet(ours, call.key, greeting.id, answer))
    return effects + await _tell(call, space, greeting.card)


async def _tell(call: Call, space: Room, card: Card) -> list[Effect]:
    """Tell those who moderate our congregation of a new neighbour, once, in private and not at night."""
    told = _once("greeted", call.room.id, call.person)
    if await Owed.exists(name=told):
        return []
    members = await people(space, call.house.me)
    text = (
        f"**{escaped(card.name)}** ({escaped(card.size_band)}, {escaped(card.zone)}) greets "
        f"{room_name(space, 'your congregation')}. You can write to them in the room you share, or let it rest."
    )
    contacts = [person for person in members if moderates(space, person)]
    effects: list[Effect] = [CallOff(about=told)]
    for person in contacts:
        effects += await whispered(call, person, text, about=told, name=told, dispensable=True)
    return effects
