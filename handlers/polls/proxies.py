"""Letting somebody else speak for oneself in a circle's polls, for a while and where one does not speak oneself.

One step, taken back at any time; one's own voice always comes first, and in a secret poll there is none, nor where a voice
is a hand, a time, advice, a feeling or one's own words. Who speaks for whom can be seen by the circle, as voices can.
"""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.asking import whispered
from handlers.house.adoption import CIRCLES
from handlers.language import Argument, Call, Effect, Effects, Refused, Say, command
from handlers.names import name, people, room_name
from handlers.polls import tallyboard
from handlers.polls.voices import proxies
from handlers.whom import whom
from handlers.words import folded
from practices import clock
from practices.dates import read_when
from practices.polls.proxies import LONGEST, allow, holds
from practices.understanding import NotUnderstood
from storage.polls import Poll, Proxy, Stage

#: What is given without an end ends after so long.
USUAL = timedelta(days=90)

#: What is over is closed within minutes; what is open much longer than that keeps nobody from speaking for themselves.
CLOSES_WITHIN = timedelta(days=1)

BACK = frozenset({"off", "revoke", "back", "take back", "end", "stop", "none", "nobody"})

_UNTIL = re.compile(r"\b(?:until|till)\s+(.+)\Z", re.IGNORECASE | re.DOTALL)
_MONTH = re.compile(r"([a-z]+)", re.IGNORECASE)


@command(
    name="proxy",
    help="let somebody speak for you in polls here for a while, or take that back",
    example="proxy Ben until 1 june",
    kinds=CIRCLES,
    arguments=(
        Argument(
            name="said",
            help="who, and until when; “off” takes it back; left out, I say who speaks for whom. Hands, times, advice, feelings and "
            "one's own words stay everybody's own",
            rest=True,
        ),
    ),
)
async def proxy(call: Call, said: str | None) -> Effects:
    """Give it, take it back, or see it."""
    members = await people(call.room, call.house.me)
    if call.person not in members:
        raise Refused("Only members have a voice to give here. Nothing was changed.")
    if said is None:
        return [Say(text=await _listed(call, members))]
    if folded(said) in BACK:
        return await _taken_back(call)
    return await _given(call, members, said)


def until_when(said: str) -> tuple[str, str | None]:
    """Who is named, and until when as it was said: `Ben, until 1 june`."""
    found = _UNTIL.search(said)
    if found is None:
        return said, None
    return said[: found.start()].rstrip().removesuffix(",").rstrip(), found[1]


async def _given(call: Call, members: list[str], said: str) -> list[Effect]:
    named, ends = until_when(said)
    holder = await whom(call, call.room, named)
    if holder not in members:
        raise Refused(
            "They are here as a guest, and members speak for members. Nothing was changed."
        )
    until = _end(call, ends) if ends is not None else call.at + USUAL
    allow(call.person, holder, await proxies(call.room.id, members), until=until, now=call.at)
    await _check_counted(call)
    columns = {"holder": holder, "until": until, "given_at": call.at}
    await Proxy.update_or_create(columns, room=call.room.id, person=call.person)
    day = clock.long_day(clock.wall(until, call.circle_zone).date())
    me, who = await name(call.room.id, call.person), await name(call.room.id, holder)
    text = (
        f"In **{room_name(call.room, 'your circle')}** {me} lets you speak for them until {day}, where they do not speak "
        f"themselves. Your own voice counts for both; there is nothing else to do."
    )
    return [
        Say(
            text=f"{who} speaks for {me} in what is asked here, until **{day}**, wherever {me} says nothing. What you say "
            f"yourself always comes first, and hands, times, advice, feelings and own words are everybody's own. "
            f"`{call.house.prefix}proxy off` takes it back."
        ),
        *await whispered(call, holder, text, about=f"proxy:{call.room.id}"[:64]),
        *await _boards(call),
    ]


async def _check_counted(call: Call) -> None:
    """Who speaks for whom stays as it was at the end of a poll, until that is closed. Raises Refused."""
    over = Poll.filter(
        room=call.room.id,
        stage=Stage.OPEN,
        closes_at__lte=call.at,
        closes_at__gt=call.at - CLOSES_WITHIN,
    )
    if await over.exists():
        raise Refused(
            "Something that was asked here is over, and its voices are being counted as they were at its end. Nothing was "
            "changed; in a few minutes, when the room has heard what came out, it works."
        )


def _end(call: Call, text: str) -> datetime:
    """Until when, as in `friday`, `1 june`, or `june` for its beginning. Raises NotUnderstood."""
    zone: ZoneInfo = call.circle_zone
    try:
        return read_when(text, now=call.at, zone=zone, at=tallyboard.DAY_ENDS).at
    except NotUnderstood as misunderstanding:
        month = _MONTH.fullmatch(text.strip())
        try:
            first = f"1 {month[1]}" if month else text
            return read_when(first, now=call.at, zone=zone, at=tallyboard.DAY_ENDS).at
        except NotUnderstood:
            raise misunderstanding from None


async def _taken_back(call: Call) -> list[Effect]:
    row = await Proxy.get_or_none(room=call.room.id, person=call.person)
    if row is None or row.until <= call.at:
        raise Refused("Nobody speaks for you here, so there is nothing to take back.")
    await _check_counted(call)
    await row.delete()
    return [Say(text="Taken back: you speak for yourself."), *await _boards(call)]


async def _boards(call: Call) -> list[Effect]:
    """The polls that are open: somebody's voice may count for one more, or for one less."""
    effects: list[Effect] = []
    for poll in await Poll.filter(room=call.room.id, stage=Stage.OPEN).order_by("id"):
        effects += await tallyboard.anew(call, poll)
    return effects


async def _listed(call: Call, members: list[str]) -> str:
    given = [
        each
        for each in await proxies(call.room.id, members)
        if holds(each, call.at) and each.holder in members
    ]
    if not given:
        return (
            "Everybody speaks for themselves here. "
            f"`{call.house.prefix}proxy Ben until 1 june` lets Ben speak for you where you say nothing."
        )
    rows = []
    for each in given:
        ends = each.until or each.given_at + LONGEST
        day = clock.long_day(clock.wall(ends, call.circle_zone).date())
        person, holder = (
            await name(call.room.id, each.person),
            await name(call.room.id, each.holder),
        )
        rows.append(f"- {holder} speaks for {person}, until {day}")
    return "\n".join(sorted(rows, key=str.casefold))
