"""Sprints of an assembly: two to four weeks of talk on chosen topics, announced a month ahead, for those who opt in (DEC-9)."""

import re
from datetime import date, datetime, time, timedelta

from handlers.asking import now_of
from handlers.assembly.assembly_matters import zone_of
from handlers.assembly.letterbox import post
from handlers.assembly.outgoing import others_told, read_first
from handlers.hosts import told
from handlers.language import Call, Effect, Effects, Refused, Ring, Say, ritual
from handlers.names import room_name
from handlers.words import escaped, folded, verbatim
from practices import clock
from practices.assembly.hearing import Heard, heard, heard_of, is_over, read_day
from practices.assembly.ledger import Ledger
from practices.assembly.letters import Kind, Letter
from practices.dates import read_when
from practices.understanding import NotUnderstood, shown
from storage.assemblies import Assembly, State, ledger
from storage.database import row_of
from storage.rooms import Room

AHEAD = timedelta(days=30)
SHORTEST, LONGEST = timedelta(days=14), timedelta(days=28)

LONGEST_TITLE, LONGEST_TOPIC, MOST_TOPICS = 120, 200, 12

#: Hosts are told of no more sprints that one congregation announces for times to come.
MOST_TOLD = 3

MORNING = time(10)

_DAYS = re.compile(r"from\s+(.+?)\s+to\s+(.+)", re.IGNORECASE | re.DOTALL)

_EXAMPLE = "`assembly sprint Winter sprint: conflict, guests; from 10 January to 28 January`"


async def announce(call: Call, assembly: Assembly, rest: str) -> list[Effect]:
    """Announce a sprint, once its host has read it as the others will."""
    title, topics, words = _parts(rest)
    first, last = await _days(call, assembly, words)
    body = {"title": title, "topics": topics, "from": first.isoformat(), "to": last.isoformat()}
    space = await Room.get(id=assembly.room)
    listed = "\n".join(f"- {verbatim(each)}" for each in topics)
    days = f"from **{clock.long_day(first)}** to **{clock.long_day(last)}**"
    return [
        read_first(
            call,
            assembly,
            Kind.SPRINT,
            body,
            shown=f"To all congregations of **{escaped(assembly.name)}**: the sprint **{escaped(title)}**, {days}, about\n\n{listed}",
            said=f"**{room_name(space, 'A congregation')}** announces the sprint **{escaped(title)}**, {days}, about\n\n{listed}",
            done="Announced. `assembly join sprint` opts your own congregation in.",
        )
    ]


def _parts(rest: str) -> tuple[str, list[str], str]:
    title, colon, words = rest.partition(":")
    title = " ".join(title.split())
    listed, semicolon, days = words.rpartition(";")
    topics = [
        " ".join(each.split()) for each in listed.replace(";", ",").split(",") if each.strip()
    ]
    if not colon or not semicolon or not 0 < len(title) <= LONGEST_TITLE:
        raise Refused(
            f"A sprint has a title, topics between commas, and its days: {_EXAMPLE}. Nothing was sent."
        )
    if not 0 < len(topics) <= MOST_TOPICS or any(len(each) > LONGEST_TOPIC for each in topics):
        raise Refused(
            f"A sprint has 1 to {MOST_TOPICS} topics of at most {LONGEST_TOPIC} letters. Nothing was sent."
        )
    return title, topics, days.strip()


async def _days(call: Call, assembly: Assembly, words: str) -> tuple[date, date]:
    """The first and the last day, at least a month ahead and two to four weeks long. Raises Refused."""
    found, zone = _DAYS.fullmatch(words), await zone_of(call, assembly)
    if found is None:
        raise Refused(f"When it is, its last words say: {_EXAMPLE}. Nothing was sent.")
    try:
        begins = read_when(found[1], now=call.at, zone=zone, at=MORNING).at
        ends = read_when(found[2], now=begins, zone=zone, at=MORNING).at
    except NotUnderstood as why:
        raise Refused(
            f"{verbatim(str(why))}\n\nNothing was sent. It looks like this: {_EXAMPLE}."
        ) from why
    first, last = clock.wall(begins, zone).date(), clock.wall(ends, zone).date()
    soonest = clock.wall(call.at, zone).date() + AHEAD
    if first < soonest:
        raise Refused(
            "A sprint is announced at least a month ahead, so that people can keep the time free. Nothing was sent; from "
            f"**{clock.long_day(soonest)}** on it works."
        )
    if not SHORTEST <= last - first <= LONGEST:
        raise Refused(
            "A sprint is two to four weeks long. Nothing was sent; from that day it can end between "
            f"**{clock.long_day(first + SHORTEST)}** and **{clock.long_day(first + LONGEST)}**."
        )
    return first, last


async def sprint_came(call: Call, assembly: Assembly, letter: Letter) -> list[Effect]:
    """Tell our hosts of a sprint that others announce."""
    if assembly.state is not State.SEATED:
        return []
    known = await ledger(assembly)
    ahead = [each for each in _ahead(call, known) if each.letter.sender == letter.sender]
    found = next((each for each in ahead[:MOST_TOLD] if each.letter.id == letter.id), None)
    if found is None:
        return []
    body = letter.body
    listed = "\n".join(f"- {verbatim(str(each))}" for each in body["topics"])
    text = (
        f"**{escaped(found.seat.name)}** announces a sprint of **{escaped(assembly.name)}**: **{escaped(str(body['title']))}**, "
        f"{_days_words(letter)}. Two to four weeks of talk and proposals, and a closing circle, about\n\n{listed}\n\n"
        f"If your congregation takes part, `assembly join sprint {escaped(str(body['title']))}` says so. Matters of the sprint "
        "take positions of those who did; whoever does not counts along."
    )
    return await told(call, assembly, text, once=f"sprint:{letter.sender}:{letter.number}")


def _days_words(letter: Letter) -> str:
    first, last = read_day(str(letter.body["from"])), read_day(str(letter.body["to"]))
    assert first is not None
    assert last is not None
    return f"from **{clock.long_day(first)}** to **{clock.long_day(last)}**"


def _ahead(call: Call, known: Ledger) -> list[Heard]:
    """The sprints that are not over, the next one first; whose days are in no calendar or in no order is none."""
    found = []
    for each in heard(known, Kind.SPRINT):
        first, last = (read_day(str(each.letter.body[key])) for key in ("from", "to"))
        if first is None or last is None or first > last or not each.speaks:
            continue
        if not is_over(last, now_of(call)):
            found.append((first, each.letter.id, each))
    return [each for _, _, each in sorted(found, key=lambda row: row[:2])]


async def join(call: Call, assembly: Assembly, rest: str) -> list[Effect]:
    """Our congregation takes part in a sprint."""
    title = " ".join(rest.split())
    if folded(title.split(" ")[0] if title else "") == "sprint":
        title = title.partition(" ")[2].strip()
    known = await ledger(assembly)
    ahead = _ahead(call, known)
    wanted = [e for e in ahead if not title or folded(str(e.letter.body["title"])) == folded(title)]
    if len(wanted) != 1:
        raise Refused(_which(ahead, title))
    [found] = wanted
    if any(
        each.letter.sender == call.house.me
        for each in heard_of(known, Kind.OPT_IN, found.letter.id)
    ):
        raise Refused("Your congregation takes part in that sprint already. Nothing was sent.")
    space, named = await Room.get(id=assembly.room), escaped(str(found.letter.body["title"]))
    _letter, carried = await post(
        call,
        assembly,
        Kind.OPT_IN,
        {},
        f"**{room_name(space, 'A congregation')}** takes part in the sprint **{named}**.",
        answers=found.letter.id,
    )
    text = (
        f"**{room_name(space, 'Your congregation')}** takes part in the sprint **{named}**, {_days_words(found.letter)}. You hear "
        "of it again when it begins. `assembly put TITLE: text; in the sprint` puts a matter to those who take part."
    )
    return [
        carried,
        Say(text=text),
        *await others_told(call, assembly, text),
        *await _hours_of(call, assembly, found.letter),
    ]


def _which(ahead: list[Heard], title: str) -> str:
    names = ", ".join(f"**{escaped(str(each.letter.body['title']))}**" for each in ahead)
    if not ahead:
        return f"No sprint is announced. Nothing was sent; {_EXAMPLE} announces one."
    if title:
        return f"No single sprint is called {escaped(shown(title))}. Nothing was sent. There is: {names}."
    return f"More than one sprint is announced: {names}. Nothing was sent; its title behind `assembly join sprint` says which."


async def hours(call: Call, assembly: Assembly) -> list[Effect]:
    """When the sprints begin and end that our congregation takes part in; to be called when all was read anew."""
    known = await ledger(assembly)
    effects: list[Effect] = []
    for each in _ahead(call, known):
        opted = heard_of(known, Kind.OPT_IN, each.letter.id)
        if any(one.letter.sender == call.house.me for one in opted):
            effects += await _hours_of(call, assembly, each.letter)
    return effects


async def _hours_of(call: Call, assembly: Assembly, sprint: Letter) -> list[Effect]:
    zone = await zone_of(call, assembly)
    hours: list[Effect] = []
    for key in ("from", "to"):
        day = read_day(str(sprint.body[key]))
        assert day is not None
        at = clock.resolve(datetime.combine(day, MORNING), zone)
        if at > now_of(call):
            hours.append(
                Ring(
                    ritual="assembly-sprint",
                    about=f"assembly:{assembly.id}",
                    when=f"{sprint.id[:16]} {key}",
                    at=at,
                    useful_until=at + timedelta(days=2),
                    room=assembly.room,
                    content={"assembly": assembly.id, "sprint": sprint.id, "which": key},
                )
            )
    return hours


@ritual(
    name="assembly-sprint",
    help="tells the hosts of a congregation that takes part in a sprint of its assembly when it begins and ends",
)
async def sprint_hour(call: Call) -> Effects:
    """A sprint begins or ends today."""
    assembly = await row_of(Assembly, call.content["assembly"])
    if assembly is None or assembly.state is not State.SEATED:
        return []
    letter = (await ledger(assembly)).letters.get(str(call.content["sprint"]))
    if letter is None:
        return []
    named = f"the sprint **{escaped(str(letter.body['title']))}** of **{escaped(assembly.name)}**"
    if call.content["which"] == "from":
        text = f"Today begins {named}, {_days_words(letter)}. Its talk is in the room for people; `assembly put TITLE: text; in the sprint` puts a matter."
    else:
        text = f"Today ends {named}. A closing circle in the room for people, and a look back at what it gave, round it off."
    return await told(call, assembly, text)
