"""Asking everybody in a circle one thing, in any of the ways there are, and looking after what was asked.

One word asks: `!poll`, or `!propose` for a proposal and `!times` for a time. Nobody needs to know more: without words it
asks for them, and `!poll 4` shows and changes what has that number.
"""

from handlers.conversation import not_understood
from handlers.house.adoption import CIRCLES
from handlers.language import Argument, Call, Effects, Refused, Say, command
from handlers.meetings.meetings import RESTING
from handlers.polls import amending, closing, drafting, opening, tallyboard
from handlers.polls.voices import counted, find, has_spoken, open_polls, room_of, terms_of
from handlers.polls.voting import numbered
from handlers.words import first_word, folded, verbatim
from practices import clauses, drafts
from practices.circles import RoomKind
from practices.polls import seeing
from practices.polls.poll import Way
from practices.understanding import NotUnderstood
from storage.polls import Poll, Stage

PLACES = CIRCLES | {RoomKind.PRIVATE}

SHOWING = frozenset({"show", "results", "result", "voices", "text"})
CLOSING = frozenset({"close", "end", "finish"})
WITHDRAWING = frozenset({"withdraw", "cancel", "delete", "off"})
EXTENDING = frozenset({"extend", "until", "longer"})
AMENDING = frozenset({"amend", "change", "reword", "edit"})
OPENING = frozenset({"open"})

_HOW = "“extend until friday 18:00”, “amend …”, “close”, “withdraw”"


async def _names_one(call: Call, rest: str) -> bool:
    """Whether a poll that the sender may know of is named, and what to do with it."""
    number, words = numbered(rest)
    if number is None or (words and folded(first_word(words)[0]) not in _VERBS):
        return False
    return await find(call, number) is not None


@command(
    name="poll",
    surely=_names_one,
    help="ask everybody here and count what they say, in any of many ways; or see and change what was asked",
    example="poll Which day? Monday, Tuesday; until friday 18:00",
    kinds=PLACES,
    arguments=(
        Argument(
            name="what",
            help="the question and the answers, perhaps with the way in front (dots, score, ranking, count, …) and terms, each "
            f"behind a “;” ({', '.join(clauses.TERMS)}); or a number, and then " + _HOW,
            rest=True,
        ),
    ),
)
async def poll(call: Call, what: str | None) -> Effects:
    """Ask, or look after what was asked."""
    number, rest = numbered(what or "")
    if number is not None:
        verb = folded(first_word(rest)[0])
        found = await find(call, number)
        if found is not None and (not rest or verb in _VERBS):
            return await _look_after(call, found, rest)
        if found is None and (not rest or verb in _VERBS):
            raise Refused(
                f"I know of nothing here with the number {number}, so nothing was changed or asked. "
                "`polls` lists what is asked."
            )
        if found is not None and folded(rest) == rest.casefold() and len(rest.split()) == 1:
            raise Refused(f"I don't know what to do with {number} by that word. There is {_HOW}.")
    return await drafting.begin(call, what, None)


@command(
    name="propose",
    aliases=("proposal",),
    help="propose something; each of you agrees, abstains, disagrees or blocks, and then you say what follows",
    example="propose We meet on Tuesdays",
    kinds=PLACES,
    arguments=(
        Argument(
            name="what",
            help="what you propose; perhaps with its type in front: significant, quorum, emergency or advice; and terms behind a “;”",
            rest=True,
        ),
    ),
)
async def propose(call: Call, what: str | None) -> Effects:
    """Put a proposal."""
    return await drafting.begin(call, what, Way.PROPOSAL)


@command(
    name="times",
    help="find a time that suits most of you",
    example="times friday 18:00, saturday 10:00",
    kinds=PLACES,
    arguments=(
        Argument(
            name="what",
            help="the times, perhaps with a question in front; left out, I suggest some by your rhythm, or ask",
            rest=True,
        ),
    ),
)
async def times(call: Call, what: str | None) -> Effects:
    """Ask when people can."""
    return await drafting.begin(call, what, Way.TIMES)


@command(
    name="polls",
    help="see what is asked just now; where nothing is, the ways of asking",
    example="polls",
    kinds=PLACES,
)
async def polls(call: Call) -> Effects:
    """List what is open or will be, then the ways."""
    found = await open_polls(call)
    ahead = (
        []
        if call.is_private
        else await Poll.filter(room=call.room.id, stage=Stage.AHEAD).order_by("opens_at")
    )
    rows = [await _row(call, each) for each in (*found, *ahead)]
    if not rows:
        return [Say(text="Nothing is asked just now."), *drafting.offered(call)]
    prefix = "" if call.is_private else call.house.prefix
    foot = f"*`{prefix}poll` asks anew: I ask you in which way. `{prefix}help poll` says it in one line.*"
    return [Say(text="\n".join(["Asked just now:", "", *rows, "", foot]))]


async def _row(call: Call, each: Poll) -> str:
    until = (
        f"until {tallyboard.closes_words(call, each)}"
        if each.stage is Stage.OPEN
        else f"opens {tallyboard.opens_words(call, each)}"
    )
    row = f"- {each.id}: {tallyboard.title(each)}, {until}"
    if not call.is_private:
        return row
    said = (
        "you have answered" if await has_spoken(each, call.person) else f"`vote {each.id}` answers"
    )
    return f"{row}, in {await tallyboard.room_title(call, each)}; {said}"


# ------------------------------------------------------------------------------------------- looking after


async def _look_after(call: Call, found: Poll, rest: str) -> Effects:
    word, words = first_word(rest)
    verb = folded(word)
    if verb in CLOSING:
        return await closing.early(call, found)
    if verb in WITHDRAWING:
        return await closing.withdraw(call, found)
    if verb in EXTENDING:
        return await _extend(call, found, rest if verb == "until" else words)
    if verb in AMENDING:
        return await _amend(call, found, words)
    if verb in OPENING:
        return await _open(call, found)
    return [Say(text=await shown(call, found))]


_VERBS = SHOWING | CLOSING | WITHDRAWING | EXTENDING | AMENDING | OPENING


async def _extend(call: Call, found: Poll, words: str) -> Effects:
    if not words:
        raise Refused(f"Until when? For example: `poll {found.id} extend until friday 18:00`.")
    zone = await drafting.zone_for(call)
    said = (
        words
        if folded(first_word(words)[0]) in ("until", "till", "for", "by")
        else f"until {words}"
    )
    try:
        draft = drafts.read_clauses(said, now=call.at, zone=zone)
    except NotUnderstood as misunderstanding:
        raise Refused(not_understood(misunderstanding)) from misunderstanding
    return await closing.extend(call, found, draft)


async def _amend(call: Call, found: Poll, words: str) -> Effects:
    if not words:
        raise Refused(
            f"In which words? For example: `poll {found.id} amend We meet on Wednesdays`. Nothing was changed."
        )
    zone, way = await drafting.zone_for(call), terms_of(found).way
    return await amending.amend(call, found, drafts.read(words, now=call.at, zone=zone, way=way))


async def _open(call: Call, found: Poll) -> Effects:
    """Open before its time."""
    await closing.check_keeper(call, found)
    if found.stage is not Stage.AHEAD:
        raise Refused("It is open already, or over. Nothing was changed.")
    room = await room_of(call, found)
    if room.life in RESTING:
        raise Refused(
            f"The crew rests, so nothing was opened. `{call.house.prefix}wake` asks all of you to take it up again."
        )
    return await opening.before_its_time(call, found, room)


async def shown(call: Call, found: Poll) -> str:
    """As much of a poll as may be seen here: in the room by everybody, in private by one person."""
    terms = terms_of(found)
    parts = [await tallyboard.board(call, found, reasons=False)]
    if found.stage not in (Stage.OPEN, Stage.CLOSED):
        return parts[0]
    place = seeing.Place.PRIVATE if call.is_private else seeing.Place.ROOM
    closed = found.stage is Stage.CLOSED
    mine = call.is_private and await has_spoken(found, call.person)
    count = await counted(call, found)
    if closed or (mine and not tallyboard.seen_by_all(terms)):
        parts.append(tallyboard.lines(count, terms, closed=closed, mine=mine, place=place))
    may = seeing.voices_visible(
        terms, viewer_took_part=mine, closed=closed, place=place, turnout=count.turnout
    )
    if may and count.ballots:
        parts.append(await tallyboard.said_by(found, count))
    if len(terms.topic) > tallyboard.LONGEST:
        parts.append(verbatim(terms.topic))
    return "\n\n".join(part for part in parts if part)
