"""What a congregation says to a matter of its assembly: a host says what came of it, in whatever way it was found.

Sums of people leave only for a matter that asks for them, only of a poll of the whole congregation that is over, with
fewer than five hidden, and only after a host has seen them.
"""

import re
from collections.abc import Mapping
from typing import Any

from handlers.asking import now_of
from handlers.assembly_matters import (
    STANDS,
    find,
    own_seat,
    passing_words,
    speaking,
)
from handlers.language import Call, Effect, Refused, Say
from handlers.letterbox import post
from handlers.names import name, room_name
from handlers.outgoing import others_told, read_first
from handlers.seals import afterwards, still_open
from handlers.voices import terms_of
from handlers.words import escaped, first_word, folded, verbatim
from practices.assembly.conduct import doubt
from practices.assembly.ledger import Standing
from practices.assembly.letters import Kind
from practices.assembly.matters import SMALLEST_CELL, Cells, Stand, cells
from practices.circles import MOST_MEMBERS, RoomKind
from practices.polls import forms
from practices.polls.poll import Way
from storage.assemblies import Assembly, ledger, seen
from storage.members import is_in
from storage.polls import Poll, Stage
from storage.rooms import Room

LONGEST_REASON = 1000

_WORDS = {
    "consent": Stand.CONSENT, "consents": Stand.CONSENT, "objection": Stand.OBJECTION, "object": Stand.OBJECTION,
    "objects": Stand.OBJECTION, "aside": Stand.ASIDE,
}  # fmt: skip

_FROM_POLL = re.compile(r"from poll #?(\d{1,9})\b\.?\s*(.*)", re.IGNORECASE | re.DOTALL)
_BECAUSE = re.compile(r"(?:because\b|:|-|–|—)\s*(.*)", re.IGNORECASE | re.DOTALL)


async def say(call: Call, assembly: Assembly, rest: str) -> list[Effect]:
    """Send our congregation's position, or show the sums that would go with it."""
    known = await ledger(assembly)
    number, standing, said = find(known, rest)
    stand, words = _stand(number, said)
    await _may_speak(call, assembly, number, standing)
    polled = _FROM_POLL.fullmatch(words)
    body = _body(number, stand, words if polled is None else polled[2])
    if polled is not None:
        return await _with_sums(call, assembly, number, standing, body, int(polled[1]))
    return await _said(call, assembly, number, standing, body)


async def _may_speak(call: Call, assembly: Assembly, number: str, standing: Standing) -> None:
    """Whether a position of our congregation can be sent. Raises Refused."""
    known = await ledger(assembly)
    await still_open(call, assembly, standing.matter.id)
    if not speaking(known, standing, call.house.me):
        raise Refused(_no_voice(standing, call.house.me))
    when = await seen(assembly)
    why = doubt(known, standing.matter, now_of(call), when, assembly.fit)
    if why is not None:
        raise Refused(
            f"I send no position to matter {number}, because {why}. Nothing was sent; put anew it can be answered."
        )


async def _said(
    call: Call, assembly: Assembly, number: str, standing: Standing, body: Mapping[str, Any]
) -> list[Effect]:
    """Send a position, and tell every host of ours what was said."""
    space, stand = await Room.get(id=assembly.room), Stand(body["stand"])
    _letter, carried = await post(
        call,
        assembly,
        Kind.POSITION,
        body,
        _room_words(space, standing, body),
        part=standing.matter.written_in,
        answers=standing.matter.id,
    )
    before = standing.positions.get(own_seat(standing, call.house.me) or "")
    changed, ours = " now" if before is not None else "", room_name(space, "your congregation")
    to_all = (
        f"**{await name(space.id, call.person)}** has said to matter {number} of **{escaped(assembly.name)}** "
        f"({escaped(standing.matter.title)}) that **{ours}** {STANDS[stand]}{changed}.{_reason(body)}"
    )
    return [
        carried,
        Say(
            text=f"Said: **{ours}** {STANDS[stand]}{changed}. Until all is counted it can be said otherwise."
            f"{_without_people(number, standing, stand)}"
        ),
        *await others_told(call, assembly, to_all),
        *await afterwards(call, assembly),
    ]


def _stand(number: str, said: str) -> tuple[Stand, str]:
    word, rest = first_word(said.replace("stand aside", "aside", 1))
    stand = _WORDS.get(folded(word))
    if stand is None:
        raise Refused(
            f"A congregation consents, objects with a reason, or stands aside: `assembly say {number} consent`, "
            f"`assembly say {number} objection because …`, `assembly say {number} aside`. Nothing was sent."
        )
    return stand, rest


def _body(number: str, stand: Stand, words: str) -> dict[str, Any]:
    because = _BECAUSE.fullmatch(words)
    reason = (because[1] if because else words).strip()
    if stand is Stand.OBJECTION and not reason:
        raise Refused(
            "An objection is heard with its reason, so that the others can do something about it: "
            f"`assembly say {number} objection because …`. Nothing was sent."
        )
    if len(reason) > LONGEST_REASON:
        raise Refused(
            f"A reason has at most {LONGEST_REASON} letters, and it was not sent. A shorter one is read by more people."
        )
    return {"stand": stand.value, **({"reason": reason} if reason else {})}


def _no_voice(standing: Standing, me: str) -> str:
    if own_seat(standing, me) is not None:
        return (
            "That matter belongs to a sprint, and positions are taken by the congregations that opted in. Yours did not, so "
            "nothing was sent; it counts along."
        )
    return (
        "Your congregation has no voice in that matter: it is about your congregation itself, or was put before it had its seat. "
        "Nothing was sent; the room for people is open for what you have to say."
    )


def _without_people(number: str, standing: Standing, stand: Stand) -> str:
    if standing.matter.passing.people is None:
        return ""
    because = " because …" if stand is Stand.OBJECTION else ""
    return (
        " How your people voted was not sent along, so they do not count among the people. "
        f"`assembly say {number} {stand} from poll 12{because}` shows you their sums first."
    )


def _reason(body: Mapping[str, Any]) -> str:
    return f"\n\n{verbatim(str(body['reason']))}" if "reason" in body else ""


def _room_words(space: Room, standing: Standing, body: Mapping[str, Any]) -> str:
    people = body.get("people")
    votes = f", its people {people['yes']} yes and {people['no']} no" if people else ""
    return (
        f"**{room_name(space, 'A congregation')}** {STANDS[Stand(body['stand'])]}: {escaped(standing.matter.title)}{votes}."
        f"{_reason(body)}"
    )


# ------------------------------------------------------------------------------------------ sums of people


async def _with_sums(
    call: Call,
    assembly: Assembly,
    number: str,
    standing: Standing,
    body: dict[str, Any],
    poll: int,
) -> list[Effect]:
    """Show the host what would leave of a poll."""
    stand = Stand(body["stand"])
    if standing.matter.passing.people is None:
        raise Refused(
            f"Matter {number} passes {passing_words(standing.matter.passing)}: how people voted is not asked, so it stays with "
            f"you. Nothing was sent; without “from poll {poll}” the same words say the position alone."
        )
    yes, no = await _sums(call, assembly, poll)
    shown = cells(yes, no)
    if shown is not None:
        body = {**body, "people": {"yes": shown.yes, "no": shown.no}}
    space = await Room.get(id=assembly.room)
    return [
        read_first(
            call,
            assembly,
            Kind.POSITION,
            body,
            part=standing.matter.written_in,
            answers=standing.matter.id,
            shown=f"To matter {number}, {escaped(standing.matter.title)}, I would send that "
            f"**{room_name(space, 'your congregation')}** {STANDS[stand]}{_sums_words(shown, yes, no)}{_reason(body)}",
            said=_room_words(space, standing, body),
            done="Sent. Until all is counted it can be said otherwise.",
        )
    ]


def _sums_words(sums: Cells | None, yes: int, no: int) -> str:
    if sums is None:
        return (
            f", and no number of people: fewer than {SMALLEST_CELL} said yes and fewer than {SMALLEST_CELL} said no, and so few "
            "are never shown."
        )
    hidden = (sums.yes, sums.no) != (yes, no)
    note = f" The smaller side is fewer than {SMALLEST_CELL}, and is sent as 0." if hidden else ""
    return f", with the sums of that poll: **{sums.yes} yes, {sums.no} no**, and nothing else of it.{note}"


async def _sums(call: Call, assembly: Assembly, number: int) -> tuple[int, int]:
    """How many said yes and no in a poll of our whole congregation that is over. Raises Refused."""
    poll = await Poll.get_or_none(id=number)
    room = await Room.get_or_none(id=poll.room) if poll is not None else None
    if poll is None or room is None or not await _of_all(call, assembly, room):
        raise Refused(
            f"No room of your congregation has a poll {number}, or you are not in it; a crew's poll speaks for that crew and stays "
            "there. Nothing was sent; the number of one that was asked of all stands in the poll itself."
        )
    if poll.stage is not Stage.CLOSED or poll.result is None:
        raise Refused(
            f"Poll {number} is not over. Nothing was sent; when it is, the same words work."
        )
    found = _two_sides(poll)
    if found is None:
        raise Refused(
            f"Poll {number} has no yes and no that I can tell: a proposal has, and a poll in which each names one of two answers, "
            "yes first. Nothing was sent."
        )
    if sum(found) > MOST_MEMBERS:
        raise Refused(
            f"Poll {number} counts more people than a congregation has. Nothing was sent."
        )
    return found


async def _of_all(call: Call, assembly: Assembly, room: Room) -> bool:
    """Whether a room is the congregation's own, and not a circle's in it, and its host can read there what was counted."""
    if room.id == assembly.room:
        return True
    ours = room.kind is RoomKind.WORKING and room.congregation == assembly.room
    return ours and await is_in(room.id, call.person)


def _two_sides(poll: Poll) -> tuple[int, int] | None:
    """Yes and no of a poll: those for and those against; or the first and the second of two answers."""
    terms, sums = terms_of(poll), (poll.result or {}).get("sums")
    if not isinstance(sums, Mapping):
        return None
    options = sums.get("options")
    if terms.way is Way.CHOICE and isinstance(options, Mapping):
        counts = [int(options.get(each, 0)) for each in terms.options]
        return (counts[0], counts[1]) if len(counts) == 2 and terms.most == 1 else None  # noqa: PLR2004 - a yes and a no
    leans, taken = forms.positions(terms.way), sums.get("positions")
    if not leans or not isinstance(taken, Mapping):
        return None
    yes = sum(int(taken.get(each.word, 0)) for each in leans if each.lean > 0)
    no = sum(int(taken.get(each.word, 0)) for each in leans if each.lean < 0)
    return yes, no
