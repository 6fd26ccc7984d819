"""Sibling congregations, where guests are welcome, and the picture of an assembly.

Two congregations are siblings when each has said so itself. A picture shows bands and congregations, and no person.
"""

from datetime import date
from typing import Any

from handlers.asking import now_of
from handlers.assembly.assembly_matters import seat_called
from handlers.assembly.commons import whom_to_write
from handlers.assembly.outgoing import read_first
from handlers.hosts import told
from handlers.language import Call, Effect, Picture, Refused, Say
from handlers.names import room_name
from handlers.words import escaped, verbatim
from practices.assembly import cards
from practices.assembly.commons import siblings
from practices.assembly.delegates import circles_of
from practices.assembly.letters import Kind, Letter
from practices.assembly.picture import picture
from practices.assembly.roll import Roll, Seat
from practices.polls.twin import twin
from storage.assemblies import Assembly, AssemblyCard, State, ledger
from storage.rooms import Room

LONGEST_WORDS = 300


async def sibling(call: Call, assembly: Assembly, rest: str) -> list[Effect]:
    """Say of another congregation that it is a sibling; without a name, who is."""
    if not rest.strip():
        return [Say(text=await _siblings(call, assembly))]
    name, _, because = f"{rest} ".partition(" because ")
    because = because.strip()
    known = await ledger(assembly)
    seat, own = seat_called(known, name.strip()), known.roll.seat_of(call.house.me)
    if own is None or seat.id == own.id:
        raise Refused(
            "That is your own congregation. Nothing was sent; a sibling is another one, with people, agreements and money of its own."
        )
    if len(because) > LONGEST_WORDS:
        raise Refused(f"At most {LONGEST_WORDS} letters of reasons can be sent. Nothing was sent.")
    found = siblings(known)
    if _paired(found.pairs, own, seat) or (own.id, seat.id) in _ids(found.asked):
        raise Refused(f"You have said so of **{escaped(seat.name)}**. Nothing was sent.")
    added = f"\n\n{verbatim(because)}" if because else ""
    space = await Room.get(id=assembly.room)
    return [
        read_first(
            call,
            assembly,
            Kind.SIBLING,
            {"words": because} if because else {},
            answers=seat.id,
            shown=f"To **{escaped(seat.name)}**, readable to all congregations of **{escaped(assembly.name)}**: your congregation "
            f"sees it as a sibling. Each stays its own.{added}",
            said=f"**{room_name(space, 'A congregation')}** sees **{escaped(seat.name)}** as a sibling.{added}",
            done="Sent.",
        )
    ]


async def now_words(call: Call, assembly: Assembly, letter: Letter) -> str:
    """Whether two congregations are siblings, now that ours has said so in this letter."""
    known = await ledger(assembly)
    seat, own = known.roll.seat(letter.answers or ""), known.roll.seat_of(call.house.me)
    if seat is None or own is None:
        return "Sent. That congregation has no seat any more."
    if _paired(siblings(known).pairs, own, seat):
        return f"You are siblings now. Next: write to its people, {await whom_to_write(assembly, seat)}."
    return f"Sent. Once **{escaped(seat.name)}** says the same of you, you are siblings."


def _ids(pairs: tuple[tuple[Seat, Seat], ...]) -> set[tuple[str, str]]:
    return {(one.id, other.id) for one, other in pairs}


def _paired(pairs: tuple[tuple[Seat, Seat], ...], one: Seat, other: Seat) -> bool:
    return any({one.id, other.id} == {first.id, second.id} for first, second in pairs)


async def _siblings(call: Call, assembly: Assembly) -> str:
    known = await ledger(assembly)
    found, own = siblings(known), known.roll.seat_of(call.house.me)
    lines = [
        f"- **{escaped(one.name)}** and **{escaped(other.name)}**" for one, other in found.pairs
    ]
    lines += [
        f"- **{escaped(by.name)}** has said so of you; `assembly sibling {escaped(by.name)}` says the same"
        for by, of in found.asked
        if own is not None and of.id == own.id
    ]
    if not lines:
        return (
            f"No two congregations of **{escaped(assembly.name)}** have said yet that they are siblings.\n\nNext: `assembly sibling` "
            "and a name says it of one."
        )
    return "\n".join([f"Siblings in **{escaped(assembly.name)}**:", "", *lines])


async def sibling_came(call: Call, assembly: Assembly, letter: Letter) -> list[Effect]:
    """Another congregation sees ours as a sibling: its hosts hear of it, once."""
    if assembly.state is not State.SEATED:
        return []
    known = await ledger(assembly)
    own, by = known.roll.seat_of(call.house.me), known.roll.seat_of(letter.sender)
    if own is None or by is None or known.roll.seat(letter.answers or "") != own or by.id == own.id:
        return []
    words = str(letter.body.get("words") or "").strip()
    added = f"\n\n{verbatim(words)}" if words else ""
    if _paired(siblings(known).pairs, own, by):
        next_ = f"You have said the same, so you are siblings now. Next: write to its people, {await whom_to_write(assembly, by)}."
    else:
        next_ = f"If you see it so, too: `assembly sibling {escaped(by.name)}`. If not, nothing needs to be done."
    text = f"**{escaped(by.name)}** of **{escaped(assembly.name)}** sees you as a sibling.{added}\n\n{next_}"
    return await told(call, assembly, text, once=f"sibling:{by.id}")


# ---------------------------------------------------------------------------------------------- guests


async def guests(call: Call, assembly: Assembly, rest: str) -> list[Effect]:
    """Where guests from other congregations are welcome, as cards say, and whom to write to."""
    known = await ledger(assembly)
    only = seat_called(known, rest) if rest.strip() else None
    today = now_of(call).date()
    lines = []
    for seat, row in await cards_of(assembly, known.roll):
        said = row.card.get("guests")
        if seat.keeper == call.house.me or said is None or (only is not None and seat != only):
            continue
        if said == "not now" and only is None:
            continue
        lines.append(await _guest_line(assembly, seat, row, today))
    if not lines:
        whose = f"**{escaped(only.name)}** says" if only is not None else "No card says"
        none = " nothing about guests" if only is not None else " just now that guests are welcome"
        return [
            Say(
                text=f"{whose}{none}.\n\nNext: ask in the room for people of **{escaped(assembly.name)}**. What your own card says, "
                "`assembly card` changes."
            )
        ]
    head = f"Guests in **{escaped(assembly.name)}**, as the cards say:"
    return [Say(text="\n".join([head, "", *lines]))]


async def _guest_line(assembly: Assembly, seat: Seat, row: AssemblyCard, today: date) -> str:
    card: dict[str, Any] = row.card
    said = {"welcome": "guests are welcome", "ask first": "ask first", "not now": "not now"}
    old = " · *an old card*" if cards.is_stale(card, row.highest, today) else ""
    return (
        f"- **{escaped(seat.name)}** ({escaped(card['place'])}): {said[card['guests']]}; write "
        f"{await whom_to_write(assembly, seat)}{old}"
    )


async def cards_of(assembly: Assembly, roll: Roll) -> list[tuple[Seat, AssemblyCard]]:
    """The cards that count, with their seats, by name."""
    rows = {row.keeper: row for row in await AssemblyCard.filter(assembly=assembly.id)}
    found = [(seat, rows[seat.keeper]) for seat in roll.seats.values() if seat.keeper in rows]
    return sorted(
        (pair for pair in found if pair[1].card.get("seat") == pair[0].id),
        key=lambda pair: (pair[0].name.casefold(), pair[0].id),
    )


# --------------------------------------------------------------------------------------------- picture


async def drawn(call: Call, assembly: Assembly, rest: str) -> list[Effect]:
    """The whole assembly as circles within circles, and the same in words."""
    known = await ledger(assembly)
    roll = known.roll
    by_seat = {seat.id: row.card for seat, row in await cards_of(assembly, roll)}
    own = roll.seat_of(call.house.me)
    chart = picture(
        assembly.name,
        roll.seats.values(),
        circles_of(known, by_seat),
        by_seat,
        own=own.id if own is not None else None,
    )
    return [Picture(chart=chart, alt=twin(chart), answers=False)]
