"""Counts a poll again for anybody who asks: what went in, by which rule, and what comes out, from the stored ballots.

Of an open poll the room's own history is read, too, and every difference is named. Nothing is shown that may not be seen yet,
and of a secret poll never whose a ballot is.
"""

from typing import Any

from handlers.house.adoption import CIRCLES
from handlers.language import (
    Argument,
    Call,
    Change,
    Effect,
    Effects,
    Gather,
    Refused,
    Say,
    command,
    watch,
)
from handlers.names import names, people
from handlers.polls import histories, tallyboard
from handlers.polls.voices import Count, counted, find, form_of, has_spoken, room_of, terms_of
from handlers.polls.voting import numbered
from handlers.words import escaped
from practices import recounts
from practices.circles import RoomKind
from practices.polls import seeing
from practices.polls.poll import Result
from storage.database import row_of
from storage.outbox import Deed, Delivery, Owed
from storage.polls import Poll, Stage

PREFIX = "recount"


@command(
    name="recount",
    help="count a poll again: what went in, by which rule, and what comes out",
    example="recount 4",
    kinds=CIRCLES | {RoomKind.PRIVATE},
    arguments=(
        Argument(
            name="which",
            help="its number",
            rest=True,
            question="Which one? Its number is enough.",
        ),
    ),
)
async def recount(call: Call, which: str) -> Effects:
    """Count again what is stored, and ask for the room's own history where everybody could see the voices."""
    number, _rest = numbered(which)
    poll = await find(call, number) if number is not None else None
    if poll is None:
        prefix = "" if call.is_private else call.house.prefix
        raise Refused(
            f"I know of nothing here that was asked under that number, so nothing was counted. `{prefix}polls` lists what is "
            f"asked, and `{prefix}decisions` what came of it."
        )
    if call.person not in await people(await room_of(call, poll), call.house.me):
        raise Refused(
            "What a circle was asked is counted again for its members, so nothing was counted. What came out stands in the "
            "room."
        )
    if poll.stage is Stage.AHEAD:
        raise Refused("It has not opened yet, so there is nothing to count.")
    if poll.stage is Stage.WITHDRAWN:
        raise Refused(
            "It was taken back, and what was said about it is deleted: there is nothing to count."
        )
    effects: list[Effect] = [Say(text=await _words(call, poll))]
    if not tallyboard.seen_by_all(terms_of(poll)):
        return effects
    if call.is_private:
        text = (
            f"`{call.house.prefix}recount {poll.id}` in the room reads the room's own history, too."
        )
        return [*effects, Say(text=text)]
    about = f"{PREFIX}:{poll.id}"
    # The room's whole history is read, so one after the other: what is being read answers everybody who asks meanwhile.
    if await Owed.filter(deed=Deed.GATHER, target=about, state=Delivery.OWED).exists():
        text = "I am reading the room's own history for it already, and say here what stands there."
        return [*effects, Say(text=text)]
    return [
        *effects,
        Say(text="I read it in the room's own history as well, and say here what stands there."),
        Gather(names=histories.names(poll), about=about, room=poll.room),
    ]


async def _words(call: Call, poll: Poll) -> str:
    """What went in, by which rule, what comes out, and how that differs from what was written down."""
    terms, count = terms_of(poll), await counted(call, poll)
    closed = poll.stage is Stage.CLOSED
    mine = call.is_private and await has_spoken(poll, call.person)
    place = seeing.Place.PRIVATE if call.is_private else seeing.Place.ROOM
    state = "closed" if closed else "open"
    parts = [f"**Counted again** ({terms.way} {poll.id}, {state}): {tallyboard.title(poll)}"]
    stored = "secret ballots" if terms.secret else "ballots"
    # Where it is hidden what they say, it is also hidden which of them lacks its reason and is not counted yet.
    seen = tallyboard.as_seen(count, terms, closed=closed, mine=mine, place=place)
    parts.append(
        f"What went in: {seen.turnout.cast - len(seen.through)} stored {stored}, of {count.turnout.entitled} entitled."
    )
    visible = seeing.voices_visible(
        terms, viewer_took_part=mine, closed=closed, place=place, turnout=count.turnout
    )
    if visible and count.ballots:
        parts.append(await tallyboard.said_by(poll, count))
    parts.append(f"The rule: {await _rule(call, poll)}")
    said = tallyboard.lines(count, terms, closed=closed, mine=mine, place=place)
    parts.append(f"What comes out:\n\n{said}")
    if closed:
        parts.append(_compared(poll, count))
    return "\n\n".join(part for part in parts if part)


async def _rule(call: Call, poll: Poll) -> str:
    """How it is counted."""
    terms = terms_of(poll)
    conditions = await tallyboard.conditions(call, poll)
    each = (
        "one ballot a person, the newest voice counts"
        if not terms.secret
        else "one ballot a person"
    )
    return f"{form_of(poll).purpose.rstrip('.')}; {each}. {conditions}".strip()


def _compared(poll: Poll, count: Count) -> str:
    """Whether it is what was written down at the close; only of what may be seen of it."""
    found = recounts.differences(poll.result or {}, _visible(poll, count), count.turnout)
    if not found:
        return "**It is the same** as what was written down when it closed."
    listed = "\n".join(f"- {escaped(line)}" for line in found)
    return f"**It differs** from what was written down when it closed:\n\n{listed}"


def _visible(poll: Poll, count: Count) -> Result:
    return seeing.shown(
        count.result,
        terms_of(poll),
        viewer_took_part=False,
        closed=True,
        place=seeing.Place.ROOM,
        turnout=count.turnout,
    )


# ------------------------------------------------------------------------------------- the room's own history


@watch(kind=Change.GATHERED)
async def gathered(call: Call) -> Effects:
    """The room's history was read: say how it compares with what is stored."""
    prefix, _colon, number = str(call.content.get("about") or "").partition(":")
    if prefix != PREFIX:
        return []
    poll = await row_of(Poll, number, room=call.room.id)
    if poll is None or not tallyboard.seen_by_all(terms_of(poll)):
        return []
    complete = bool(call.content.get("complete"))
    heard = await histories.heard(call, poll, _listed(call, "voices"))
    stored, known = await histories.counted(poll)
    way = recounts.compared(
        heard,
        stored,
        known=known,
        deleted={str(event) for event in _listed(call, "taken_back")},
        complete=complete,
        nameless=histories.nameless(stored),
    )
    people = {*way.different, *way.unheard, *way.missing}
    called = {person: (await names(poll.room, [person]))[0] for person in people}
    lines = recounts.words(way, called, complete=complete)
    parts = [
        f"**The room's own history** ({terms_of(poll).way} {poll.id}): {tallyboard.title(poll)}"
    ]
    parts.append("\n".join(f"- {line}" for line in lines))
    if not complete:
        parts.append(
            "*I could not read all of it again: the keys of what was encrypted I keep for about a month, and a long "
            "history not to its end.*"
        )
    return [Say(text="\n\n".join(parts), room=poll.room, answers=False)]


def _listed(call: Call, key: str) -> list[Any]:
    found = call.content.get(key)
    return found if isinstance(found, list) else []
