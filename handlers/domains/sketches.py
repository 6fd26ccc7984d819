"""Drawing up a domain's card, question by question or in one line, before anybody is asked about it (DEC-5).

Whoever has said what matters in one line is asked only for what is missing. What was understood is said back; nothing of
a sketch is kept when its questions are over.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from handlers.consent import nowhere_to_ask
from handlers.domains import delegations
from handlers.domains.cards import (
    HOLDERS,
    called,
    card_lines,
    card_of,
    congregation_of,
    table_beside,
    zone_of,
)
from handlers.language import (
    NO,
    YES,
    Ask,
    Call,
    Effect,
    Effects,
    Option,
    Refused,
    Say,
    inquiry,
)
from handlers.names import people, room_name
from handlers.words import escaped, folded
from practices import cards, clock
from practices.cards import Card, Part
from practices.circles import Life, RoomKind
from practices.understanding import shown as quoted
from storage.database import row_of
from storage.domains import Deed, Domain, Side, Stage
from storage.questions import Question
from storage.rooms import Room

#: How long somebody may think about one question.
A_WHILE = timedelta(days=1)

#: More domains than these one crew does not keep in mind.
MOST = 8

SKIP = Option(sign="⏭️", word="skip", also=("none", "next", "default"))
NUMBERS = tuple(Option(sign=f"{each}\ufe0f\u20e3", word=str(each)) for each in range(1, 10))

#: Whoever says it in one line is asked for no more than these.
SHORT = (Part.NAME, Part.PURPOSE, Part.SCOPE, Part.LIMITS)

_QUESTIONS = {
    Part.NAME: "What is the domain called? A word or two, such as “Kitchen”.",
    Part.PURPOSE: "What is it for? One sentence.",
    Part.SCOPE: "What does the crew decide by itself? One thing a line, or with commas: stove and fridge, shopping.",
    Part.SERVES: "Whom does it serve?",
    Part.LIMITS: "What does it not decide by itself? One thing a line, or with commas: nothing above 200 euros. ⏭️ for none",
    Part.RESOURCES: "What does it have for that: money, rooms, time? In words.",
    Part.OWED: "What does the circle owe it that gives it?",
    Part.MEASURES: "How will you know whether it works?",
    Part.UNTIL: "When do both circles look at it again? On that day it ends unless both renew it. ⏭️ for half a year; at most a "
    "year.",
}


# ------------------------------------------------------------------------------------------- beginning


async def begin(call: Call, text: str | None) -> list[Effect]:
    """Read what was said, and ask for the rest in private. Raises NotUnderstood and Refused."""
    side, space = await _place(call)
    read = cards.read(text or "", now=call.at, zone=call.circle_zone)
    holder = call.room if side is Side.HOLDER else await _crew(space, call.room, read.crew)
    await _check_name(space.id, read.card, but=0)
    said = [each for each in Part if each in read.parts]
    short = len(said) > 1
    sketch = _sketch(call, side, holder, read.card)
    sketch["asked"] = [each.value for each in Part if each in said or (short and each not in SHORT)]
    return await _next(call, sketch)


async def reworded(call: Call, domain: Domain, side: Side, text: str) -> list[Effect]:
    """Other words for a card that holds. Raises NotUnderstood and Refused."""
    await check_voice(call, call.room)
    holder = await Room.get(id=domain.room)
    card = card_of(domain)
    sketch = _sketch(call, side, holder, card)
    sketch |= {"domain": domain.id, "asked": [each.value for each in Part]}
    if not text:
        return [_say_back(call, sketch, "What shall be different?"), *_elsewhere(call)]
    new = _renewed(
        call, holder, card, cards.changed(card, text, now=call.at, zone=call.circle_zone)
    )
    if new == card:
        raise Refused(
            "That is what the card says already, so nothing was asked. Each part goes by its label, as in "
            f"`{call.house.prefix}domain {card.name} change limits: nothing above 300 euros`."
        )
    await _check_name(domain.giver, new, but=domain.id)
    return await delegations.put(call, domain, Deed.CHANGE, new, side)


def _renewed(call: Call, holder: Room, card: Card, read: cards.Reading) -> Card:
    """A card that is changed shortly before its day goes on beyond it, unless another day is named."""
    today = clock.wall(call.at, zone_of(call, holder)).date()
    near = card.until is not None and card.until < today + cards.SOONEST
    if Part.UNTIL not in read.parts and near and read.card != card:
        return delegations.replace_day(read.card, cards.default_day(today))
    return read.card


async def _place(call: Call) -> tuple[Side, Room]:
    """As which circle the room of the call speaks, and its congregation. Raises Refused."""
    room, space = call.room, await congregation_of(call.room)
    if space is None:
        raise Refused(
            "A domain is given by the circle that contains a crew, and this one belongs to no congregation that I look after: "
            "nobody is there to give it, and what concerns only you is yours to decide anyway. Nothing was drawn up. Once "
            "its space invites me and lists this room, I ask you whether you belong to it, and then it works."
        )
    if room.life is Life.PAUSED:
        raise Refused(
            f"The crew rests, so nothing was drawn up. `{call.house.prefix}wake` asks all of you to take it up again."
        )
    await check_voice(call, room)
    table = await table_beside(space, "" if room.kind is RoomKind.WORKING else room.id)
    if table is None:
        raise Refused(nowhere_to_ask(call, space))
    if room.id in (table.id, space.id):
        return Side.GIVER, space
    return Side.HOLDER, space


async def check_voice(call: Call, room: Room) -> None:
    """Domains are proposed by the members of a circle. Raises Refused."""
    if call.person not in await people(room, call.house.me):
        raise Refused("That is for the members of the circle to propose. Nothing was changed.")


async def _crew(space: Room, table: Room, said: str) -> Room | None:
    """The crew that is named as the holder; None when none was. Raises Refused."""
    if not said:
        return None
    among = await _crews(space, table)
    word = folded(said)
    found = [each for each in among if folded(each.name or "") == word]
    found = found or [each for each in among if word in folded(each.name or "")]
    if len(found) == 1:
        return found[0]
    names = ", ".join(room_name(each, "a crew without a name") for each in among)
    raise Refused(
        f"I don't know whom {escaped(quoted(said))} means, so nothing was drawn up. In this congregation there are: {names}."
    )


async def _crews(space: Room, table: Room) -> list[Room]:
    """Who could hold a domain of a congregation, by name."""
    found = await Room.filter(congregation=space.id, kind__in=list(HOLDERS), joined=True)
    living = [each for each in found if each.id != table.id and each.life is not Life.CLOSED]
    return sorted(living, key=lambda each: ((each.name or "").casefold(), each.id))


# ------------------------------------------------------------------------------------ question by question

Sketch = dict[str, Any]


def _sketch(call: Call, side: Side, holder: Room | None, card: Card) -> Sketch:
    return {
        "room": call.room.id,
        "side": side.value,
        "holder": holder.id if holder else "",
        "card": cards.as_state(card),
        "asked": [],
        "domain": 0,
    }


def _elsewhere(call: Call) -> list[Effect]:
    return [] if call.is_private else [Say(text="I have asked you in our private chat.")]


async def _room(sketch: Mapping[str, Any]) -> Room:
    """The room in which a sketch was begun. Raises Refused when it is looked after no more."""
    room = await Room.get_or_none(id=str(sketch["room"]), joined=True)
    if room is None or room.kind is RoomKind.NONE:
        raise Refused("I don't look after that circle any more, so nothing was drawn up.")
    return room


async def _next(call: Call, sketch: Sketch) -> list[Effect]:
    """The next thing that was not said yet; when nothing is left, what was understood."""
    if not sketch["holder"]:
        return [await _ask_crew(call, sketch), *_elsewhere(call)]
    asked = {str(each) for each in sketch["asked"]}
    part = next((each for each in Part if each.value not in asked), None)
    card = cards.from_state(sketch["card"])
    part = cards.missing(card) or part
    if part is None:
        if card.until is None:
            today = clock.wall(call.at, call.circle_zone).date()
            card = delegations.replace_day(card, cards.default_day(today))
            sketch["card"] = cards.as_state(card)
        return [_say_back(call, sketch, ""), *_elsewhere(call)]
    return [
        Ask(
            inquiry="domain-part",
            person=call.person,
            private=True,
            until=call.at + A_WHILE,
            data={**sketch, "part": part.value},
            text=f"{_QUESTIONS[part]}\n\n*`stop` ends it"
            + ("" if part in cards.REQUIRED else ", ⏭️ leaves it open")
            + ".*",
        ),
        *_elsewhere(call),
    ]


async def _ask_crew(call: Call, sketch: Sketch) -> Ask:
    room = await _room(sketch)
    space = await congregation_of(room)
    among = await _crews(space, room) if space else []
    if not among:
        raise Refused(
            "There is no crew in this congregation that I look after, so there is nobody to hold a domain. Nothing was "
            f"drawn up; `{call.house.prefix}adopt` in a crew's room asks them whether I should."
        )
    rows = [f"{at}. {called(each, 'a crew')}" for at, each in enumerate(among, start=1)]
    return Ask(
        inquiry="domain-crew",
        person=call.person,
        private=True,
        until=call.at + A_WHILE,
        data={**sketch, "crews": [each.id for each in among]},
        text="\n".join(["Which of them shall hold it? The number is enough.", "", *rows]),
    )


@inquiry(name="domain-crew", options=NUMBERS, takes_words=True, begun=True)
async def crew(call: Call, question: Question, said: str) -> Effects:
    """Whoever shall hold it."""
    ids: Any = question.data["crews"]
    rooms = {room.id: room for room in await Room.filter(id__in=ids)}
    word = folded(said)
    chosen = None
    if word.isdecimal() and 1 <= int(word[:4]) <= len(ids):
        chosen = rooms.get(ids[int(word[:4]) - 1])
    else:
        chosen = next((each for each in rooms.values() if folded(each.name or "") == word), None)
    if chosen is None:
        return [Say(text="I did not find whom you mean; the number in front of it is enough.")]
    await question.delete()
    return await _next(call, {**_kept(question), "holder": chosen.id})


def _kept(question: Question) -> Sketch:
    """The sketch in a question."""
    names = ("room", "side", "holder", "card", "asked", "domain")
    return {key: question.data[key] for key in names}


@inquiry(name="domain-part", options=(SKIP,), takes_words=True, begun=True)
async def part_said(call: Call, question: Question, said: str) -> Effects:
    """One part of the card."""
    part, sketch = Part(str(question.data["part"])), _kept(question)
    card = cards.from_state(sketch["card"])
    if said == SKIP.word:
        if part in cards.REQUIRED:
            return [Say(text=f"Without that it is no domain. {_QUESTIONS[part]}")]
    else:
        items = _items(part, said)
        card = cards.read_part(card, part, items, now=call.at, zone=call.circle_zone)
        if part is Part.NAME:
            room = await _room(sketch)
            space = await congregation_of(room)
            await _check_name(space.id if space else "", card, but=0)
    await question.delete()
    sketch["card"] = cards.as_state(card)
    sketch["asked"] = [*sketch["asked"], part.value]
    return await _next(call, sketch)


def _items(part: Part, said: str) -> list[str]:
    """An item each: by line where there are lines, else by commas."""
    if part not in (Part.SCOPE, Part.LIMITS):
        return [said]
    rows = [row.strip().lstrip("-*•– ") for row in said.splitlines() if row.strip()]
    return rows if len(rows) > 1 else said.split(",")


async def _check_name(giver: str, card: Card, *, but: int) -> None:
    """Two domains of one congregation have two names. Raises Refused."""
    live = [Stage.ACTIVE, Stage.PROPOSED]
    for other in await Domain.filter(giver=giver, stage__in=live).exclude(id=but):
        if cards.same_name(card_of(other).name, card.name):
            raise Refused(
                f"There is a domain called **{escaped(card.name)}** in this congregation already, so this was not drawn up. "
                "Another name tells them apart."
            )


# ------------------------------------------------------------------------------------------- said back


def _say_back(call: Call, sketch: Sketch, lead: str) -> Ask:
    card = cards.from_state(sketch["card"])
    head = lead or "I understood:"
    return Ask(
        inquiry="domain-card",
        person=call.person,
        private=True,
        until=call.at + A_WHILE,
        data=sketch,
        text=f"{head}\n\n**{escaped(card.name)}**\n\n{card_lines(card)}\n\n✅ put it to your circle · ✋ drop it. Anything else by "
        "its label changes it, such as “limits: nothing above 300 euros”, or “until 1 june”.",
    )


@inquiry(name="domain-card", options=(YES, NO), takes_words=True)
async def right(call: Call, question: Question, said: str) -> Effects:
    """Put it, drop it, or change a part."""
    sketch = _kept(question)
    if said == NO.word:
        await question.delete()
        return [Say(text="Then nothing is asked, and I have kept nothing of it.")]
    if said != YES.word:
        card = cards.from_state(sketch["card"])
        read = cards.changed(card, said, now=call.at, zone=call.circle_zone)
        if read.parts <= {Part.NAME} and "name" not in said.casefold():
            return [
                Say(
                    text="✅ puts it to your circle, ✋ drops it. What shall be different goes by its label, such as “purpose: …”, "
                    "“responsibilities: …, …” or “until 1 june”."
                )
            ]
        await question.delete()
        sketch["card"] = cards.as_state(read.card)
        return [_say_back(call, sketch, "")]
    await question.delete()
    return await _put(call, sketch)


async def _put(call: Call, sketch: Sketch) -> list[Effect]:
    """Ask the circle in which the sketch was begun. Raises Refused."""
    room, side = await _room(sketch), Side(str(sketch["side"]))
    holder = await Room.get_or_none(id=str(sketch["holder"]), joined=True)
    space = await congregation_of(room)
    await check_voice(call, room)
    if holder is None or space is None or holder.congregation != space.id:
        raise Refused(
            "Those two circles do not belong together any more, so nothing was asked. `domain` begins anew."
        )
    card = cards.from_state(sketch["card"])
    known = await row_of(Domain, sketch["domain"])
    await _check_name(space.id, card, but=known.id if known else 0)
    if known is not None:
        read = cards.Reading(card, "", frozenset())
        new = _renewed(call, holder, card_of(known), read)
        if new == card_of(known):
            raise Refused("That is what the card says already, so nothing was asked.")
        return await delegations.put(call, known, Deed.CHANGE, new, side)
    live = [Stage.ACTIVE, Stage.PROPOSED]
    if await Domain.filter(room=holder.id, stage__in=live).count() >= MOST:
        raise Refused(
            f"{called(holder)} has {MOST} domains or proposals of one already, and more are hard to keep in mind. Nothing was "
            "asked; a card can grow by a line instead."
        )
    domain = await Domain.create(
        room=holder.id, giver=space.id, card=cards.as_state(card), made_at=call.at
    )
    return await delegations.put(call, domain, Deed.GIVE, card, side)
