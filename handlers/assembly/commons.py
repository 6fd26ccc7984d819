"""The commons of an assembly: what congregations need and offer, who answers, and thanks.

Only congregations are spoken of, never people; nothing is counted, and nobody is asked to give anything back (V12).
New needs and offers are told to hosts together, once a day, in their morning.
"""

import re
from collections.abc import Mapping
from datetime import time, timedelta

from handlers.asking import now_of
from handlers.assembly.assembly_matters import seat_called, zone_of
from handlers.assembly.letterbox import post
from handlers.assembly.outgoing import others_told, read_first
from handlers.consent import ten_o_clock
from handlers.hosts import told
from handlers.language import Call, Effect, Effects, Refused, Ring, Say, ritual
from handlers.names import room_name
from handlers.words import escaped, folded, verbatim
from practices import clock
from practices.assembly.calling import NUMBERED, called, meant, put_by_seats
from practices.assembly.commons import LONGEST_OPEN, Board, Item, board
from practices.assembly.commons import State as Stands
from practices.assembly.commons import state as stands
from practices.assembly.commons import thanks as all_thanks
from practices.assembly.hearing import heard
from practices.assembly.ledger import Ledger
from practices.assembly.letters import Kind, Letter, Part
from practices.assembly.roll import Seat
from practices.assembly.tongues import read_languages
from practices.assembly.tongues import words as spoken
from practices.dates import read_when
from practices.understanding import NotUnderstood
from storage.assemblies import Assembly, AssemblyCard, State, ledger, seen
from storage.database import row_of
from storage.rooms import Room

#: Open so long unless a day is said.
USUALLY = timedelta(days=30)

LONGEST_TITLE, LONGEST_WORDS, LONGEST_ANSWER = 120, 1000, 500

#: Of needs and offers that were given the same number, so many are shown.
MOST_SHOWN = 15

NOON = time(12)

_CLAUSE = re.compile(r"(until|languages?|speaks?)\s+(.+)", re.IGNORECASE | re.DOTALL)
_NUMBER = re.compile(r"#?([0-9]{1,6}[a-z]{0,43})\b[:.,]?\s*(.*)", re.DOTALL | re.IGNORECASE)

_EXAMPLE = {
    Kind.NEED: "`assembly need A room for twenty: for a weekend in March; until 20 December`",
    Kind.OFFER: "`assembly offer Two tents: for up to eight people; until 20 December`",
}


# ------------------------------------------------------------------------------------- needs and offers


async def need(call: Call, assembly: Assembly, rest: str) -> list[Effect]:
    """Say what our congregation needs, once its host has read how."""
    return [await _put(call, assembly, Kind.NEED, rest)]


async def offer(call: Call, assembly: Assembly, rest: str) -> list[Effect]:
    """Say what our congregation offers, once its host has read how."""
    return [await _put(call, assembly, Kind.OFFER, rest)]


async def _put(call: Call, assembly: Assembly, kind: Kind, rest: str) -> Effect:
    zone = await zone_of(call, assembly)
    pieces, languages = rest.split(";"), tuple[str, ...]()
    until = clock.wall(call.at + USUALLY, zone).date()
    while len(pieces) > 1 and (clause := _CLAUSE.fullmatch(pieces[-1].strip())) is not None:
        try:
            if folded(clause[1]) == "until":
                at = read_when(clause[2], now=call.at, zone=zone, at=NOON).at
                until = clock.wall(at, zone).date()
            else:
                languages = read_languages(clause[2])
        except NotUnderstood as why:
            raise Refused(
                f"{verbatim(str(why))}\n\nNothing was sent. It looks like this: {_EXAMPLE[kind]}."
            ) from why
        pieces.pop()
    title, _, words = ";".join(pieces).partition(":")
    title, words = " ".join(title.split()), words.strip()
    if not 0 < len(title) <= LONGEST_TITLE or len(words) > LONGEST_WORDS:
        raise Refused(
            f"It has a title of at most {LONGEST_TITLE} letters and, after a colon, words of at most {LONGEST_WORDS}: "
            f"{_EXAMPLE[kind]}. Nothing was sent."
        )
    if until - clock.wall(call.at, zone).date() >= LONGEST_OPEN:
        raise Refused(
            "It stays open for a year at most. Nothing was sent; an earlier day works, and after it the same can be put again."
        )
    body: dict[str, object] = {"title": title, "until": until.isoformat()}
    body |= {"words": words} if words else {}
    body |= {"languages": list(languages)} if languages else {}
    space = await Room.get(id=assembly.room)
    does = "needs" if kind is Kind.NEED else "offers"
    text = f"**{escaped(title)}**, until {clock.long_day(until)}"
    text += f" · speaks {escaped(spoken(languages))}" if languages else ""
    text += f"\n\n{verbatim(words)}" if words else ""
    return read_first(
        call,
        assembly,
        kind,
        body,
        shown=f"To all congregations of **{escaped(assembly.name)}**: your congregation {does} {text}\n\nNames of people do not "
        "belong in it.",
        said=f"**{room_name(space, 'A congregation')}** {does} {text}",
        done="It stands on the board: `assembly board`. You hear of it when another congregation answers; `assembly done` and "
        "its number takes it down.",
    )


async def put_came(call: Call, assembly: Assembly, letter: Letter) -> list[Effect]:
    """Something new stands on the board: hosts hear of it with the rest of the day, at ten in the morning."""
    roll = (await ledger(assembly)).roll
    if assembly.state is not State.SEATED or letter.sender not in roll.ever:
        return []
    zone, now = await zone_of(call, assembly), now_of(call)
    at = ten_o_clock(now, zone)
    if at <= now:
        at = ten_o_clock(now + timedelta(days=1), zone)
    return [
        Ring(
            ritual="commons-news",
            about=f"assembly:{assembly.id}",
            at=at,
            when=at.isoformat(),
            useful_until=at + timedelta(days=2),
            room=assembly.room,
            content={"assembly": assembly.id},
        )
    ]


@ritual(
    name="commons-news",
    help="tells hosts, once a day at most, what other congregations of their assembly newly need and offer",
)
async def news(call: Call) -> Effects:
    """It is ten in the morning, and something new stands on the board."""
    assembly = await row_of(Assembly, call.content["assembly"])
    if assembly is None or assembly.state is not State.SEATED:
        return []
    known, when, zone = await ledger(assembly), await seen(assembly), await zone_of(call, assembly)
    since, until = ten_o_clock(call.at - timedelta(days=1), zone), call.at
    found = board(known, now_of(call), when)
    numbers = _numbers(known)
    fresh = [
        each
        for each in (*found.needs, *found.offers)
        if each.seat.keeper != call.house.me and since <= when[each.letter] < until
    ]
    if not fresh:
        return []
    lines = [
        f"{_line(each, numbers[each.letter], whose=True)}{_added(each.words)}" for each in fresh
    ]
    head = f"New in the commons of **{escaped(assembly.name)}**:"
    next_ = f"`assembly answer {numbers[fresh[0].letter]}` says that your congregation can; `assembly board` shows all that is open."
    return await told(call, assembly, "\n".join([head, "", *lines, "", next_]))


def _added(words: str) -> str:
    return f"\n  {escaped(words)}" if words else ""


def _numbers(known: Ledger) -> Mapping[str, str]:
    """By id the number by which people call each need and offer, in all congregations the same."""
    return called(known, Kind.NEED)


def _line(item: Item, number: str, *, whose: bool = False) -> str:
    does = "needs" if item.kind is Kind.NEED else "offers"
    by = f"**{escaped(item.seat.name)}** " if whose else ""
    says = [f"{by}{does} **{escaped(item.title)}**, until {clock.long_day(item.until)}"]
    if item.languages:
        says.append(f"speaks {escaped(spoken(item.languages))}")
    if item.answered_by:
        names = ", ".join(escaped(seat.name) for seat in item.answered_by)
        says.append(f"{names} answered")
    return f"- {number}: {' · '.join(says)}"


# ------------------------------------------------------------------------------------------- the board


async def shown_board(call: Call, assembly: Assembly, rest: str) -> list[Effect]:
    """What is open, by congregation; with a name that of one alone."""
    known = await ledger(assembly)
    found = board(known, now_of(call), await seen(assembly))
    only = seat_called(known, rest) if rest.strip() else None
    numbers = _numbers(known)
    lines = _by_congregation(found, numbers, only)
    if not lines:
        whose = f"**{escaped(only.name)}** has" if only is not None else "There is"
        return [
            Say(
                text=f"{whose} nothing open just now.\n\nNext: `assembly need …` says what you need, `assembly offer …` what you can "
                "give."
            )
        ]
    head = f"Open in the commons of **{escaped(assembly.name)}**:"
    next_ = "`assembly answer` and a number says that your congregation can; what is yours, `assembly done` takes down."
    return [Say(text="\n".join([head, *lines, "", next_]))]


def _by_congregation(found: Board, numbers: Mapping[str, str], only: Seat | None) -> list[str]:
    """A heading for each congregation, in alphabetical order, and its lines."""
    items = [each for each in (*found.needs, *found.offers) if only is None or each.seat == only]
    seats = {each.seat.id: each.seat for each in items}
    lines: list[str] = []
    for seat in sorted(seats.values(), key=lambda each: (each.name.casefold(), each.id)):
        lines += ["", f"**{escaped(seat.name)}**", ""]
        lines += [
            f"{_line(each, numbers[each.letter])}{_added(each.words)}"
            for each in items
            if each.seat.id == seat.id
        ]
        more = found.more.get(seat.id, 0)
        if more:
            lines.append(f"- and {more} more; they show when these are over")
    return lines


# ----------------------------------------------------------------------------------- answering, thanking


async def _meant(
    call: Call, assembly: Assembly, rest: str, example: str
) -> tuple[Letter, Seat, str]:
    """The need or offer whose number stands first, the congregation whose it is, and what is said beside. Raises Refused."""
    known, said = await ledger(assembly), _NUMBER.fullmatch(rest.strip())
    put = put_by_seats(known, NUMBERED[Kind.NEED])
    ids = {each.id for each in meant(said[1], put)} if said else set[str]()
    found = [e for kind in NUMBERED[Kind.NEED] for e in heard(known, kind) if e.letter.id in ids]
    if said is None or not found:
        raise Refused(
            f"Which one is meant its number says: `{example}`. Nothing was sent; `assembly board` has the numbers."
        )
    if len(found) > 1:
        numbers = _numbers(known)
        which = sorted(
            f"{numbers[e.letter.id]} **{escaped(str(e.letter.body['title']))}**" for e in found
        )
        raise Refused(
            f"More than one was given the number {said[1]}: {', '.join(which[:MOST_SHOWN])}. Nothing was sent; the letters behind "
            "the number tell them apart."
        )
    return found[0].letter, found[0].seat, said[2].strip()


async def _is_open(call: Call, assembly: Assembly, letter: Letter) -> bool:
    known, when = await ledger(assembly), await seen(assembly)
    return stands(known, letter.id, now_of(call), when) is Stands.OPEN


async def answer(call: Call, assembly: Assembly, rest: str) -> list[Effect]:
    """Say that our congregation answers a need, or would take an offer."""
    letter, seat, words = await _meant(call, assembly, rest, "assembly answer 3 We have a hall")
    title = f"**{escaped(str(letter.body['title']))}**"
    if seat.keeper == call.house.me:
        raise Refused(f"{title} is your own. Nothing was sent; the others answer it.")
    if not await _is_open(call, assembly, letter):
        raise Refused(
            f"{title} is not open any more. Nothing was sent; `assembly board` has what is."
        )
    if len(words) > LONGEST_ANSWER:
        raise Refused(
            f"An answer has at most {LONGEST_ANSWER} letters; the rest is for the talk. Nothing was sent."
        )
    space = await Room.get(id=assembly.room)
    does = "can help with" if letter.kind is Kind.NEED else "would gladly have"
    added = f"\n\n{verbatim(words)}" if words else ""
    contacts = await whom_to_write(assembly, seat)
    return [
        read_first(
            call,
            assembly,
            Kind.TAKEN,
            {"words": words} if words else {},
            answers=letter.id,
            shown=f"To **{escaped(seat.name)}**, readable to all congregations of **{escaped(assembly.name)}**: your congregation "
            f"{does} {title}.{added}",
            said=f"**{room_name(space, 'A congregation')}** {does} {title} of **{escaped(seat.name)}**.{added}",
            done=f"Sent. Next: talk with **{escaped(seat.name)}**, {contacts}.",
        )
    ]


async def whom_to_write(assembly: Assembly, seat: Seat) -> str:
    """Where a congregation is spoken with: the people its card names, and the room for all."""
    row = await AssemblyCard.get_or_none(assembly=assembly.id, keeper=seat.keeper)
    contacts = row.card["contacts"] if row is not None and row.card.get("seat") == seat.id else []
    room = f"in the room for people of **{escaped(assembly.name)}**"
    if not contacts:
        return f"{room}: its card names nobody to write to"
    return f"through {' or '.join(map(escaped, contacts))}, or {room}"


async def answer_came(call: Call, assembly: Assembly, letter: Letter) -> list[Effect]:
    """Another congregation answers what ours has put: its hosts hear of it, once."""
    known = await ledger(assembly)
    put, by = known.letters.get(letter.answers or ""), known.roll.seat_of(letter.sender)
    if put is None or by is None or put.sender != call.house.me or put.sender == letter.sender:
        return []
    if assembly.state is not State.SEATED or not await _is_open(call, assembly, put):
        return []
    number, words = _numbers(known)[put.id], str(letter.body.get("words") or "").strip()
    does = (
        "can help with what you need"
        if put.kind is Kind.NEED
        else "would gladly have what you offer"
    )
    text = (
        f"**{escaped(by.name)}** {does}: **{escaped(str(put.body['title']))}**."
        + (f"\n\n{verbatim(words)}" if words else "")
        + f"\n\nNext: talk with its people, {await whom_to_write(assembly, by)}. `assembly done {number}` takes it down, "
        f"`assembly thank {number}` says thanks."
    )
    return await told(call, assembly, text, once=f"taken:{put.id}:{by.id}")


async def thank(call: Call, assembly: Assembly, rest: str) -> list[Effect]:
    """Thank the congregation that answered, or whose offer it was."""
    letter, seat, words = await _meant(call, assembly, rest, "assembly thank 3 It was a lovely day")
    known = await ledger(assembly)
    to, words = _whom(call, known, letter, seat, words)
    if len(words) > LONGEST_ANSWER:
        raise Refused(f"Thanks have at most {LONGEST_ANSWER} letters. Nothing was sent.")
    title, space = escaped(str(letter.body["title"])), await Room.get(id=assembly.room)
    own = known.roll.seat_of(call.house.me)
    if any(t.about == letter.id and t.by == own and t.to.id == to.id for t in all_thanks(known)):
        raise Refused(
            f"You have thanked **{escaped(to.name)}** for that, and once is heard. Nothing was sent."
        )
    added = f"\n\n{verbatim(words)}" if words else ""
    return [
        read_first(
            call,
            assembly,
            Kind.THANKS,
            {"to": to.id, **({"words": words} if words else {})},
            answers=letter.id,
            shown=f"To **{escaped(to.name)}**, readable to all congregations of **{escaped(assembly.name)}**: thanks for "
            f"**{title}**.{added}",
            said=f"**{room_name(space, 'A congregation')}** thanks **{escaped(to.name)}** for **{title}**.{added}",
            done="Sent. Thanks are read, and nobody counts them.",
        )
    ]


def _whom(call: Call, known: Ledger, letter: Letter, seat: Seat, words: str) -> tuple[Seat, str]:
    """Whom thanks go to: whose it was, or of those who answered ours the one that is named first or the only one."""
    takers = {
        each.seat.id: each.seat
        for each in heard(known, Kind.TAKEN)
        if each.letter.answers == letter.id and each.seat.id != seat.id
    }
    if seat.keeper != call.house.me:
        if any(each.keeper == call.house.me for each in takers.values()):
            return seat, words
        raise Refused(
            "Thanks are between those who gave and those who were given to, and your congregation has not answered that. Nothing "
            "was sent; `assembly answer` and its number does."
        )
    said = f"{folded(words)} "
    named = [each for each in takers.values() if said.startswith(f"{folded(each.name)} ")]
    if len(named) == 1:
        return named[0], words[len(named[0].name) :].strip()
    if len(takers) == 1:
        return next(iter(takers.values())), words
    if not takers:
        raise Refused(
            "Nobody has answered that yet, so there is nobody to thank. Nothing was sent."
        )
    names = ", ".join(sorted(f"**{escaped(each.name)}**" for each in takers.values()))
    raise Refused(
        f"More than one congregation answered: {names}. Nothing was sent; the name of one behind the number says whom you thank."
    )


async def thanks_came(call: Call, assembly: Assembly, letter: Letter) -> list[Effect]:
    """Another congregation thanks ours: its hosts read it, once."""
    if assembly.state is not State.SEATED:
        return []
    known = await ledger(assembly)
    own = known.roll.seat_of(call.house.me)
    said = next((each for each in all_thanks(known) if each.letter == letter.id), None)
    if own is None or said is None or said.to.id != own.id:
        return []
    title = escaped(str(known.letters[said.about].body["title"]))
    text = f"**{escaped(said.by.name)}** thanks your congregation for **{title}**."
    text += f"\n\n{verbatim(said.words)}" if said.words else ""
    return await told(call, assembly, text, once=f"thanks:{said.about}:{said.by.id}")


async def done(call: Call, assembly: Assembly, rest: str) -> list[Effect]:
    """What our congregation needed or offered is settled, and comes off the board."""
    letter, seat, _words = await _meant(call, assembly, rest, "assembly done 3")
    title = f"**{escaped(str(letter.body['title']))}**"
    if seat.keeper != call.house.me:
        raise Refused(f"{title} is **{escaped(seat.name)}**'s to take down. Nothing was sent.")
    if letter.sender != call.house.me or not await _is_open(call, assembly, letter):
        raise Refused(f"{title} is off the board already. Nothing was sent.")
    space = await Room.get(id=assembly.room)
    text = f"{title} of **{room_name(space, 'a congregation')}** is settled."
    _letter, carried = await post(
        call, assembly, Kind.DONE, {}, text, part=Part.COMMONS, answers=letter.id
    )
    return [
        carried,
        Say(text=f"{title} is off the board."),
        *await others_told(call, assembly, f"{title} is off the board: it is settled."),
    ]
