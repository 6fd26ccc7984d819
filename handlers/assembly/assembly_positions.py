"""What a congregation says to a matter of its assembly: a host says what came of it, in whatever way it was found.

Sums of people leave only for a matter that asks for them, only of a poll of the whole congregation that is over, with
fewer than five hidden, and only after a host has seen them; as does a reason. Sums that are typed are not sent.
"""

import re
from collections.abc import Mapping
from typing import Any

from handlers.asking import now_of
from handlers.assembly.assembly_matters import (
    ANSWERS,
    ASIDE,
    CONSENTS,
    STANDS,
    find,
    number_of,
    own_seat,
    passing_words,
    speaking,
    zone_of,
)
from handlers.assembly.letterbox import post
from handlers.assembly.outgoing import others_told, read_first
from handlers.assembly.seals import afterwards, still_open
from handlers.hosts import hosting
from handlers.language import Call, Effect, Effects, Refused, Say, tap
from handlers.names import name, room_name
from handlers.polls.voices import terms_of
from handlers.words import escaped, first_word, folded, sign, verbatim
from practices import clock
from practices.assembly.conduct import doubt
from practices.assembly.ledger import Standing
from practices.assembly.letters import Kind
from practices.assembly.matters import SMALLEST_CELL, Cells, Stand, awaited, cells
from practices.circles import MOST_MEMBERS, RoomKind
from practices.polls import forms
from practices.polls.poll import Way
from storage.assemblies import Assembly, State, ledger, seen
from storage.database import row_of
from storage.members import is_in
from storage.polls import Poll, Stage
from storage.rooms import Room

LONGEST_REASON = 1000

#: So many polls are looked through for one whose sums could be sent.
MOST_POLLS = 20

_WORDS = {
    "consent": Stand.CONSENT, "consents": Stand.CONSENT, "objection": Stand.OBJECTION, "object": Stand.OBJECTION,
    "objects": Stand.OBJECTION, "aside": Stand.ASIDE, "yes": Stand.CONSENT, "agree": Stand.CONSENT, "agreed": Stand.CONSENT,
    "no": Stand.OBJECTION, "abstain": Stand.ASIDE,
}  # fmt: skip

_FROM_POLL = re.compile(r"from poll #?(\d{1,9})\b\.?\s*(.*)", re.IGNORECASE | re.DOTALL)
_BECAUSE = re.compile(r"(?:because\b|:|-|–|—)\s*(.*)", re.IGNORECASE | re.DOTALL)

#: How people write that so many said yes, or no: "31 yes", "31 people said yes", "yes: 31", "31 to 6".
_SO_MANY = r"\b\d{{1,6}}\s+(?:people\s+|votes?\s+|voices\s+|of us\s+)?(?:said\s+|say\s+|voted\s+)?{0}\b|\b{0}\s*[:=]?\s*\d{{1,6}}\b"
_YESES, _NOES = (re.compile(_SO_MANY.format(word), re.IGNORECASE) for word in ("yes", "no"))
_SCORE = re.compile(
    r"\W*\d{1,6}\s*(?:(?:/|:|-|–|to|against)\s*\d{1,6}\b|(?:people\b)?\W*$)", re.IGNORECASE
)


async def say(call: Call, assembly: Assembly, rest: str) -> list[Effect]:
    """Send our congregation's position, or show the sums that would go with it."""
    known = await ledger(assembly)
    number, standing, said = find(known, rest)
    stand, words = _stand(number, said)
    await _may_speak(call, assembly, number, standing)
    polled = _FROM_POLL.fullmatch(words)
    if polled is None and has_sums(words):
        raise Refused(await _only_from_polls(call, assembly, number, standing, stand))
    body = _body(number, stand, words if polled is None else polled[2])
    if polled is not None:
        return await _with_sums(call, assembly, number, standing, body, int(polled[1]))
    if "reason" in body:
        return await _read_first(call, assembly, number, standing, body)
    return await _said(call, assembly, number, standing, body)


@tap(prefix=ANSWERS, labels={"we consent": CONSENTS, "we stand aside": ASIDE})
async def replied(call: Call, subject: str, said: str) -> Effects:
    """A host taps under a matter, or replies to it in words: what would leave is read back, as a tap is quickly done."""
    number, _, matter = subject.partition(":")
    assembly = await row_of(Assembly, number)
    if assembly is None or assembly.state is not State.SEATED or assembly.room is None:
        return []
    await hosting(call, await Room.get(id=assembly.room))
    known = await ledger(assembly)
    standing = known.standing(matter)
    tapped = {sign(CONSENTS): Stand.CONSENT, sign(ASIDE): Stand.ASIDE}.get(sign(said))
    if standing is None or (
        tapped is None and folded(first_word(said)[0]) not in {*_WORDS, "stand"}
    ):
        return []  # a heart is a heart
    called = number_of(known, matter)
    if tapped is None:
        return await say(call, assembly, f"{called} {said}")
    await _may_speak(call, assembly, called, standing)
    return await _read_first(call, assembly, called, standing, {"stand": tapped.value})


async def _read_first(
    call: Call,
    assembly: Assembly,
    number: str,
    standing: Standing,
    body: Mapping[str, Any],
    counted: str | None = None,
) -> list[Effect]:
    """Show the host a position before it leaves; `counted` words the sums that go with it, None when none do."""
    space = await Room.get(id=assembly.room)
    would = "all congregations would read that" if counted is None else "I would send that"
    return [
        read_first(
            call,
            assembly,
            Kind.POSITION,
            body,
            part=standing.matter.written_in,
            answers=standing.matter.id,
            shown=f"To matter {number}, {escaped(standing.matter.title)}, {would} **{room_name(space, 'your congregation')}** "
            f"{STANDS[Stand(body['stand'])]}{'.' if counted is None else counted}{_reason(body)}",
            said=_room_words(space, standing, body),
            done="Sent.",
        )
    ]


def has_sums(words: str) -> bool:
    """Whether somebody has typed how many said yes and no; one number in a reason may be about anything."""
    yes, no = _YESES.search(words), _NOES.search(words)
    if _BECAUSE.fullmatch(words):
        return yes is not None and no is not None
    return bool(yes or no or _SCORE.match(words))


async def _only_from_polls(
    call: Call, assembly: Assembly, number: str, standing: Standing, stand: Stand
) -> str:
    """Why sums that were typed are not sent, and what works."""
    because = " because …" if stand is Stand.OBJECTION else ""
    alone = f"`assembly say {number} {stand}{because}` says the position alone"
    if standing.matter.passing.people is None:
        return (
            f"Matter {number} passes {passing_words(standing.matter.passing)}: how people voted is not asked, so it stays with you. "
            f"Nothing was sent; {alone}."
        )
    poll = await _newest_of_all(call, assembly)
    text = (
        "How your people voted counts only from a poll of all of you that is over: you see the sums first, and fewer than "
        f"{SMALLEST_CELL} are never shown. Numbers that are typed are not sent as a reason either. Nothing was sent; "
    )
    if poll is None:
        return (
            f"{text}a proposal in a room of your whole congregation begins such a poll, and `assembly say {number} {stand} from poll` "
            f"with its number sends it when it is over. {alone}."
        )
    topic = escaped(str(poll.terms.get("topic") or ""))
    return f"{text}`assembly say {number} {stand} from poll {poll.id}{because}` shows those of your newest one, {topic}. {alone}."


async def _newest_of_all(call: Call, assembly: Assembly) -> Poll | None:
    """The newest poll of our whole congregation that is over and has two sides."""
    rooms = [
        assembly.room,
        *await Room.filter(congregation=assembly.room, kind=RoomKind.WORKING).values_list(
            "id", flat=True
        ),
    ]
    over = Poll.filter(room__in=rooms, stage=Stage.CLOSED).order_by("-id").limit(MOST_POLLS)
    for poll in await over:
        room = await Room.get(id=poll.room)
        if await _of_all(call, assembly, room) and _two_sides(poll) is not None:
            return poll
    return None


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
            text=f"Said: **{ours}** {STANDS[stand]}{changed}. {await until_when(call, assembly, standing.matter.id)}"
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


async def until_when(call: Call, assembly: Assembly, matter: str) -> str:
    """How long what our congregation has just said can be said otherwise, and what may still come from its people."""
    known = await ledger(assembly)
    standing = known.standing(matter)
    assert standing is not None
    if not awaited(standing.matter.passing, standing.outcome):
        return "All have spoken now, so it is counted."
    position = standing.positions.get(own_seat(standing, call.house.me) or "")
    words = "Until all is counted it can be said otherwise."
    if standing.matter.passing.people is None or position is None or position.people is not None:
        return words
    number = number_of(known, matter)
    because = " because …" if position.stand is Stand.OBJECTION else ""
    until = clock.words(standing.matter.until, await zone_of(call, assembly))
    return (
        f"{words} How your people voted was not sent along, so they do not count among the people yet; the matter stays open for "
        f"that until **{until}**. `assembly say {number} {position.stand} from poll 12{because}` shows you their sums first."
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
    if standing.matter.passing.people is None:
        raise Refused(
            f"Matter {number} passes {passing_words(standing.matter.passing)}: how people voted is not asked, so it stays with "
            f"you. Nothing was sent; without “from poll {poll}” the same words say the position alone."
        )
    yes, no = await _sums(call, assembly, poll)
    shown = cells(yes, no)
    if shown is not None:
        body = {**body, "people": {"yes": shown.yes, "no": shown.no}}
    return await _read_first(call, assembly, number, standing, body, _sums_words(shown, yes, no))


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
