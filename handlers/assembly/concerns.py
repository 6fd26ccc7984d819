"""Concerns: asking another congregation for a talk, and only after that, if nothing else helps, parting from it by consent.

Nobody is parted from without two weeks of talk, and the congregation that a concern is about hears of it at once.
"""

from datetime import datetime, timedelta

from handlers.asking import now_of
from handlers.assembly.assembly_matters import seat_called, zone_of
from handlers.assembly.outgoing import read_first
from handlers.hosts import told
from handlers.language import Call, Effect, Refused
from handlers.names import room_name
from handlers.words import escaped, verbatim
from practices import clock
from practices.assembly.conduct import TALK
from practices.assembly.hearing import Heard, heard_of
from practices.assembly.ledger import Ledger
from practices.assembly.letters import Kind, Letter, Part
from practices.assembly.matters import About
from practices.assembly.roll import Seat
from storage.assemblies import Assembly, State, ledger, seen
from storage.rooms import Room

LONGEST_WORDS = 500

#: So long the others have to find their positions on a parting.
OPEN = timedelta(days=14)


async def concern(call: Call, assembly: Assembly, rest: str) -> list[Effect]:
    """Ask another congregation for a talk, once the host has read how."""
    name, _, because = f"{rest} ".partition(" because ")
    name, because = name.strip(), because.strip()
    if not name or not because:
        raise Refused(
            "A concern names a congregation and says what it is about: `assembly concern Harbour because two of our people were "
            "hurt`. Nothing was sent."
        )
    if len(because) > LONGEST_WORDS:
        raise Refused(
            f"A concern has at most {LONGEST_WORDS} letters; the rest is for the talk. Nothing was sent."
        )
    known = await ledger(assembly)
    seat = _another(call, known, name)
    space = await Room.get(id=assembly.room)
    return [
        read_first(
            call,
            assembly,
            Kind.CONCERN,
            {"words": because},
            answers=seat.id,
            shown=(
                f"To **{escaped(seat.name)}**, readable to all congregations of **{escaped(assembly.name)}**, now and later:\n\n"
                f"{verbatim(because)}\n\nNames of people do not belong in it."
            ),
            said=f"**{room_name(space, 'A congregation')}** asks **{escaped(seat.name)}** for a talk.\n\n{verbatim(because)}",
            done=f"Sent. Now talk with **{escaped(seat.name)}**, in the room for people or through its contacts: "
            "`assembly directory` names them.",
        )
    ]


async def concern_came(call: Call, assembly: Assembly, letter: Letter) -> list[Effect]:
    """Tell our hosts of a concern about their own congregation, once."""
    if assembly.state is not State.SEATED:
        return []
    known = await ledger(assembly)
    own = known.roll.seat_of(call.house.me)
    heard = [each.letter.id for each in _concerns(known, letter.answers or "")]
    if own is None or known.roll.seat(letter.answers or "") is not own or letter.id not in heard:
        return []
    from_ = known.roll.ever[letter.sender]
    words = str(letter.body.get("words") or "").strip()
    text = (
        f"**{escaped(from_.name)}** asks your congregation for a talk, in **{escaped(assembly.name)}**."
        + (f"\n\n{verbatim(words)}" if words else "")
        + "\n\nNext: talk with its people, in the room for people or through its contacts; `assembly directory` names them. "
        "A mediator from a third congregation can help."
    )
    return await told(call, assembly, text, once=f"concern:{letter.sender}:{letter.number}")


async def part(call: Call, assembly: Assembly, rest: str) -> list[Effect]:
    """Put to the others whether to part from a congregation, after a talk of two weeks."""
    name, _, because = f"{rest} ".partition(" because ")
    known = await ledger(assembly)
    if not name.strip():
        raise Refused(
            "From whom to part the name says: `assembly part Harbour because …`. Nothing was sent."
        )
    seat = _another(call, known, name.strip())
    rests_on = await _talked(call, assembly, known, seat)
    until = call.at + OPEN
    title = f"Part from {seat.name}?"
    text = because.strip()
    body = {
        "about": About.PART.value,
        "title": title[:120],
        "until": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "passing": {},
        "seat": seat.id,
        "rests_on": rests_on,
        **({"text": text} if text else {}),
    }
    space, zone = await Room.get(id=assembly.room), await zone_of(call, assembly)
    return [
        read_first(
            call,
            assembly,
            Kind.MATTER,
            body,
            part=Part.CHARTER,
            shown=(
                f"All congregations of **{escaped(assembly.name)}** but **{escaped(seat.name)}** would be asked whether to part "
                f"from it, by consent, until **{clock.words(until, zone)}**. It reads this, too.\n\n{verbatim(text)}"
            ).strip(),
            said=f"**{room_name(space, 'A congregation')}** asks whether to part from **{escaped(seat.name)}**.\n\n{verbatim(text)}".strip(),
            done="The others find their positions now; yours, too, says its own.",
        )
    ]


async def _talked(call: Call, assembly: Assembly, known: Ledger, seat: Seat) -> str:
    """The first concern about a congregation, if two weeks of talk lie behind it. Raises Refused."""
    when = await seen(assembly)
    concerns = [each.letter.id for each in _concerns(known, seat.id)]
    if not concerns:
        raise Refused(
            f"Nobody has asked **{escaped(seat.name)}** for a talk yet, and before that nobody parts. Nothing was sent. "
            f"`assembly concern {escaped(seat.name)} because …` asks for one."
        )
    first = min(
        concerns, key=lambda each: when.get(each, datetime.max.replace(tzinfo=call.at.tzinfo))
    )
    ready = when[first] + TALK
    if ready > now_of(call):
        zone = await zone_of(call, assembly)
        raise Refused(
            f"The talk with **{escaped(seat.name)}** is younger than two weeks, and so long it is given. Nothing was sent; from "
            f"**{clock.words(ready, zone)}** on the same words work, if the talk has not helped."
        )
    return first


def _concerns(known: Ledger, seat: str) -> list[Heard]:
    """The concerns about the congregation of a seat, whichever of its letters they answer."""
    roll = known.roll
    wanted = roll.taken.get(seat, seat)
    letters = [each for each, of in roll.taken.items() if of == wanted] or [seat]
    return [each for letter in letters for each in heard_of(known, Kind.CONCERN, letter)]


def _another(call: Call, known: Ledger, name: str) -> Seat:
    seat = seat_called(known, name)
    if seat.keeper == call.house.me:
        raise Refused(
            "That is your own congregation. Nothing was sent; what is difficult among you has its place in its own rooms."
        )
    return seat
