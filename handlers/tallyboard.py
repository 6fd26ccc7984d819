"""The message in the room that shows a poll and stays true: what is asked, how to answer, and as much as may be seen.

While results are hidden it says only how many have taken part, whatever they said: no text that is made here before the
close depends on what anybody chose, unless `practices.polls.seeing` lets everybody see it.
"""

from dataclasses import replace
from datetime import time
from zoneinfo import ZoneInfo

from handlers.language import Call, Edit, Effect
from handlers.names import fallback, name, names
from handlers.voices import Count, counted, electors, form_of, room_of, terms_of
from handlers.words import escaped, verbatim
from practices import clock
from practices.polls import forms, passing, seeing, times, turnout
from practices.polls.poll import Passing, Showing, Terms, Way
from practices.rhythm import from_state
from practices.rhythm import words as rhythm_words
from storage.members import Member
from storage.polls import FORGOTTEN, Elector, Poll, Stage
from storage.rooms import Room

#: Tapped to be asked in the private chat.
PENCIL = "✍️"

#: So many options can be tapped; beyond, a number is said.
MOST_TAPS = 10

#: Characters of what is asked that the board shows whole; a longer text is said in a message of its own.
LONGEST = 1200

#: Characters of what is asked in lists and private words.
SHORT = 90

#: A day said without a time lasts until then.
DAY_ENDS = time(23, 59)

_NUMBERS = (*(f"{number}\ufe0f\u20e3" for number in range(1, MOST_TAPS)), "🔟")

#: What each way is called when somebody asks in it.
_ASKS = {
    Way.PROPOSAL: "proposes",
    Way.CONSENSUS: "proposes, for consensus",
    Way.CONSENT: "asks for consent",
    Way.ADVICE: "asks for advice",
    Way.SENSE: "asks how it feels",
    Way.COUNT: "asks who joins",
}

#: What is meant by positions whose word alone does not say it (DEC-1).
_MEANINGS = {
    "disagree": "would prefer otherwise, can live with it",
    "block": "a serious objection: say why",
    "objection": "not safe enough to try: say why",
    "veto": "not with me: say why",
    "concern": "consent, with a concern to be noted",
}


def zone_of(call: Call, poll: Poll) -> ZoneInfo:
    """The clocks of the circle that a poll is of."""
    return ZoneInfo(poll.zone or call.house.zone)


def closes_words(call: Call, poll: Poll) -> str:
    """Until when it is open, as in `Friday 27 November, 18:00`."""
    return clock.short_words(poll.closes_at, zone_of(call, poll))


def opens_words(call: Call, poll: Poll) -> str:
    """When it opens, as in `Monday 23 November, 9:00`."""
    return clock.short_words(poll.opens_at, zone_of(call, poll))


def title(poll: Poll) -> str:
    """What is asked, on one line and short, for private words and lists."""
    return shortened(terms_of(poll).topic)


def shortened(text: str) -> str:
    """A text on one line and short, safe in Markdown."""
    line = " ".join(text.split())
    return escaped(line if len(line) <= SHORT else f"{line[: SHORT - 1].rstrip()}…")


# ---------------------------------------------------------------------------------------------- options


def option_words(terms: Terms, place: int) -> str:
    """One option, safe in Markdown; a moment on the clocks of the circle."""
    option = terms.options[place]
    if terms.way is Way.TIMES:
        return escaped(times.label(option))
    return escaped(option)


def taps(poll: Poll) -> tuple[str, ...]:
    """What can be tapped under the board: the answers where one tap says one, else only that one wants to be asked.

    Reactions can be seen by everybody, so where results are hidden there are none.
    """
    terms = terms_of(poll)
    if not by_tap(terms):
        return (PENCIL,)
    signs = tuple(each.sign for each in form_of(poll).positions)
    return signs or _NUMBERS[: len(terms.options)]


def by_tap(terms: Terms) -> bool:
    """Whether one tap, which everybody sees, can say a voice."""
    return seen_by_all(terms) and in_one_tap(terms)


def in_one_tap(terms: Terms) -> bool:
    """Whether one tap can say a voice."""
    own = forms.form(terms.way)
    return own.single and terms.most == 1 and len(terms.options) <= MOST_TAPS


def seen_by_all(terms: Terms) -> bool:
    """Whether what people say may be seen by everybody while it is open."""
    return terms.showing is Showing.OPEN and not terms.secret


def private_taps(poll: Poll) -> tuple[str, ...]:
    """What can be tapped in the private chat."""
    terms = terms_of(poll)
    if not in_one_tap(terms):
        return ()
    signs = tuple(each.sign for each in form_of(poll).positions)
    return signs or _NUMBERS[: len(terms.options)]


def choices(poll: Poll) -> str:
    """What can be answered, each with its sign and meaning."""
    terms, own = terms_of(poll), form_of(poll)
    if own.positions:
        return "\n".join(
            f"{each.sign} {escaped(each.word)}"
            + (f" – {_MEANINGS[each.word]}" if each.word in _MEANINGS else "")
            for each in own.positions
        )
    return "\n".join(
        f"{_NUMBERS[place] if place < MOST_TAPS else f'{place + 1}.'} {option_words(terms, place)}"
        for place in range(len(terms.options))
    )


# ------------------------------------------------------------------------------------------------ the board


async def board(call: Call, poll: Poll) -> str:
    """The message as it stands now."""
    match poll.stage:
        case Stage.OPEN:
            return await _open(call, poll)
        case Stage.CLOSED:
            return await _closed(call, poll)
        case Stage.AHEAD:
            return await _ahead(call, poll)
        case Stage.WITHDRAWN:
            return f"~~{await _head(call, poll)}~~\n\nIt was taken back, and nothing came of it."


async def anew(call: Call, poll: Poll) -> list[Effect]:
    """The board after something has changed."""
    return [Edit(name=f"poll:{poll.id}", text=await board(call, poll), room=poll.room)]


async def asker(call: Call, poll: Poll) -> str:
    """The name of whoever asked."""
    return await name(poll.room, poll.author) if poll.author else "Somebody"


async def _head(call: Call, poll: Poll, *, closed: bool = False) -> str:
    """Who asks what, under which number."""
    terms = terms_of(poll)
    does = _ASKS.get(terms.way, "asks")
    kind = "" if terms.passing in (None, Passing.STANDARD) else f", {terms.passing}"
    over = "closed, " if closed else ""
    return (
        f"**{await asker(call, poll)} {does}** ({over}{terms.way} {poll.id}{kind}): {_topic(terms)}"
    )


def _topic(terms: Terms) -> str:
    topic = terms.topic
    if len(topic) > LONGEST:
        topic = f"{topic[:LONGEST].rstrip()}…"
    return verbatim(topic)


async def _open(call: Call, poll: Poll) -> str:
    parts = [await _head(call, poll)]
    listed = choices(poll)
    if listed:
        parts.append(listed)
    parts.append(
        f"Open until **{closes_words(call, poll)}**. {await conditions(call, poll)}".strip()
    )
    parts.append(f"*{how(call, poll)}*")
    parts.append(await so_far(call, poll))
    return "\n\n".join(part for part in parts if part)


async def so_far(call: Call, poll: Poll) -> str:
    """What everybody may see of it while it is open."""
    return lines(await counted(call, poll), terms_of(poll))


def lines(
    count: Count,
    terms: Terms,
    *,
    closed: bool = False,
    mine: bool = False,
    place: seeing.Place = seeing.Place.ROOM,
) -> str:
    """As much of the result as may be seen, in words; `mine`: whether whoever looks has taken part themselves."""
    visible = seeing.results_visible(
        terms, viewer_took_part=mine, closed=closed, place=place, turnout=count.turnout
    )
    if not visible and not terms.secret:
        count = _unseen(count)
    said = _lines(count, terms, closed=closed, mine=mine, place=place)
    if count.through:
        spoke = "is" if len(count.through) == 1 else "are"
        said = (*said, f"{len(count.through)} of {count.turnout.cast} {spoke} spoken for by proxy.")
    return "\n".join(escaped(line) for line in said)


def _unseen(count: Count) -> Count:
    """The count as it is said where nobody may see what it holds: those who have said something, whatever it was.

    A voice that waits for its reason would tell that it needs one, and one that counts twice whose it is: who speaks for
    whom can be seen.
    """
    cast = len(count.spoken | count.waiting)
    return replace(count, turnout=replace(count.turnout, cast=cast), through={})


def _lines(
    count: Count, terms: Terms, *, closed: bool, mine: bool, place: seeing.Place
) -> tuple[str, ...]:
    turned_out = turnout.lines(count.turnout, terms.quorum)
    if not count.turnout.cast:
        nobody = f"Nobody took part, of {count.turnout.entitled} entitled."
        return (nobody, *turned_out[1:]) if closed else turned_out
    shown = seeing.shown(
        count.result,
        terms,
        viewer_took_part=mine,
        closed=closed,
        place=place,
        turnout=count.turnout,
    )
    own = forms.form(terms.way).positions
    if closed or not own or shown is not count.result:
        return shown.lines
    # Whether the terms are met is said when all who want to have spoken.
    return (*shown.lines[: len(own)], *turned_out)


async def conditions(call: Call, poll: Poll) -> str:
    """Under which terms it is asked."""
    terms, said = terms_of(poll), []
    if terms.passing is not None:
        said.append(f"Its terms: {passing.PURPOSES[terms.passing]}.")
    if terms.passing is Passing.ADVICE:
        deciders = await Elector.filter(poll=poll.id).values_list("person", flat=True)
        said.append(
            f"The decision is with {', '.join(await names(poll.room, map(str, deciders)))}."
        )
    if terms.quorum is not None:
        said.append(f"Quorum: {terms.quorum} % of those entitled.")
    said += _measures(terms)
    if terms.secret:
        wanted = seeing.fewest(terms, len(await electors(call, poll)))
        said.append(
            "Secret: nobody can tell who said what, I can't either, and a voice can't be changed once it is given. If all "
            f"say the same, everybody knows. What came out is shown at the end, if at least {wanted} took part."
        )
    else:
        said.append(_SHOWN[terms.showing])
    return " ".join(each for each in said if each)


_SHOWN = {
    Showing.OPEN: "",
    Showing.AFTER_MINE: "Who has answered may see in our private chat how it stands; the room sees it at the end.",
    Showing.AT_CLOSE: "What came out is shown at the end, to all at once.",
}


def _measures(terms: Terms) -> list[str]:
    """What one may give, in the way that is asked in."""
    match terms.way:
        case Way.CHOICE if terms.most > 1:
            at_least = f"{terms.least} to " if terms.least != terms.most else ""
            return [f"You may name {at_least}{terms.most}."]
        case Way.DOTS:
            return [f"Each has {terms.dots} dots to put."]
        case Way.SCORE:
            return [f"Each gets {terms.lowest} to {terms.highest}."]
        case Way.SEATS:
            return [f"For {terms.seats} seat{'s' if terms.seats > 1 else ''}, in your order."]
        case Way.RANKED:
            return ["In your order."]
        case Way.TIMES:
            return [f"{terms.minutes} minutes each."]
        case Way.COUNT:
            return [f"{terms.target} are wanted."]
        case _:
            return []


def how(call: Call, poll: Poll) -> str:
    """How to answer: a tap first, a word second, a command last."""
    terms, prefix = terms_of(poll), call.house.prefix
    command = f"`{prefix}vote {poll.id} {example(terms)}`"
    if not seen_by_all(terms):
        return f"Tap {PENCIL}, and I ask you in our private chat; there `vote {poll.id}` does the same."
    if by_tap(terms):
        form = " The form below counts the same as taps here." if poll.form else ""
        return f"Tap one, or write it in this thread, or {command}. The newest counts.{form}"
    return f"Tap {PENCIL} to be asked in our private chat, or write it in this thread, or {command}. The newest counts."


def example(terms: Terms) -> str:
    """An answer as one types it."""
    match terms.way:
        case Way.QUESTION:
            return "your answer"
        case Way.DOTS:
            return f"1:{max(terms.dots - 2, 1)} 2:{min(2, max(terms.dots - 1, 0))}"
        case Way.SCORE:
            return f"1:{terms.highest} 2:{terms.lowest}"
        case Way.RANKED | Way.SEATS:
            return "2 > 1"
        case Way.TIMES:
            return "yes 1 3, maybe 2"
        case Way.CHOICE:
            return "1" if terms.most == 1 else "1, 2"
        case _:
            return f"{terms.options[0]} because …"


async def _ahead(call: Call, poll: Poll) -> str:
    opens = opens_words(call, poll)
    again = f" Then again {rhythm_words(from_state(poll.rhythm))}." if poll.rhythm else ""
    until = closes_words(call, poll)
    return f"{await _head(call, poll)}\n\nIt opens **{opens}**, until {until}.{again}"


async def _closed(call: Call, poll: Poll) -> str:
    parts = [await _head(call, poll, closed=True), await outcome(call, poll)]
    return "\n\n".join(part for part in parts if part)


async def outcome(call: Call, poll: Poll) -> str:
    """What follows from it, in the words of whoever said so; before that, that nothing is decided yet (R129)."""
    if poll.outcome is None:
        return "What came out stands below. It decides nothing by itself: what follows is for people to say, and then stands here."
    who = f" – {await name(poll.room, poll.outcome_by)}" if poll.outcome_by else ""
    review = f" You look at it again on {day_words(poll)}." if poll.review_on else ""
    return f"**Outcome:** {verbatim(poll.outcome)}{who}.{review}"


def day_words(poll: Poll) -> str:
    """The day of the review, as in `Monday 24 May 2027`."""
    return "" if poll.review_on is None else clock.long_day(poll.review_on)


async def room_title(call: Call, poll: Poll) -> str:
    """The circle's own name, for words in private."""
    room: Room = await room_of(call, poll)
    return escaped(room.name or "") or "your circle"


# ------------------------------------------------------------------------------------------ who says what

#: Characters of voices in one message.
LONGEST_VOICES = 5000

#: A reason is shortened no further than this: less says nothing.
SHORTEST_REASON = 80


async def said_by(poll: Poll, count: Count) -> str:
    """Who says what, with their reasons, where that may be seen; those who say nothing are not spoken of.

    What stops it stands first, since it is what the others can work with (R129). Where the reasons are longer than one
    message holds, the long ones are shortened, so that nobody hides what another says behind much of their own.
    """
    terms, own = terms_of(poll), form_of(poll)
    given = dict(await Member.filter(room=poll.room).values_list("person", "name"))
    alike: dict[str, list[str]] = {}
    stopping: list[tuple[str, str]] = []
    reasons: list[tuple[str, str]] = []
    for person, ballot in count.ballots.items():
        who = escaped(str(given.get(person) or "")) or fallback(person)
        if person.startswith(FORGOTTEN):
            who = "somebody"
        words = escaped(own.words(terms, ballot.marks))
        if terms.way is Way.QUESTION:
            reasons.append((f"- {who}: ", ballot.reason))
        elif own.needs_reason(terms, ballot.marks):
            stopping.append((f"- {words} – {who}{': ' if ballot.reason else ''}", ballot.reason))
        elif ballot.reason:
            reasons.append((f"- {words} – {who}: ", ballot.reason))
        else:
            alike.setdefault(words, []).append(who)
    listed = [
        (f"- {words} – {', '.join(sorted(who, key=str.casefold))}", "")
        for words, who in alike.items()
    ]
    return _fitting(
        [row for rows in (stopping, listed, reasons) for row in sorted(rows, key=_read)]
    )


def _read(row: tuple[str, str]) -> str:
    return "".join(row).casefold()


def _fitting(rows: list[tuple[str, str]]) -> str:
    """Rows with their reasons in one message: the longest give way first, and rows only when no reason can any more."""
    longest = forms.LONGEST_REASON
    while longest > SHORTEST_REASON and _long(rows, longest) > LONGEST_VOICES:
        longest = max(SHORTEST_REASON, longest * 3 // 4)
    kept: list[str] = []
    for row in _shown(rows, longest):
        if sum(map(len, kept)) + len(row) > LONGEST_VOICES:
            kept.append(f"- and {len(rows) - len(kept)} more")
            break
        kept.append(row)
    return "\n".join(kept)


def _long(rows: list[tuple[str, str]], longest: int) -> int:
    return sum(map(len, _shown(rows, longest)))


def _shown(rows: list[tuple[str, str]], longest: int) -> list[str]:
    return [
        head + verbatim(why if len(why) <= longest else f"{why[: longest - 1].rstrip()}…")
        for head, why in rows
    ]
