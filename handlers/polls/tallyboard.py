"""The message in the room that shows a poll and stays true: what is asked, how to answer, and as much as may be seen.

While results are hidden it says only how many have taken part, whatever they said: no text that is made here before the
close depends on what anybody chose, unless `practices.polls.seeing` lets everybody see it.
"""

from dataclasses import replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from handlers.language import Call, Edit, Effect
from handlers.names import fallback, name, names
from handlers.polls import unmet
from handlers.polls.voices import Count, counted, electors, form_of, room_of, terms_of
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


def option_words(terms: Terms, place: int, own: ZoneInfo | None = None) -> str:
    """One option, safe in Markdown; a moment on the clocks of the circle, and of whoever reads it where `own` differs."""
    option = terms.options[place]
    if terms.way is not Way.TIMES:
        return escaped(option)
    said = times.labels(terms.options)[place]
    if own is None:
        return escaped(said)
    theirs = times.label(datetime.fromisoformat(option).astimezone(own).isoformat())
    return escaped(said if theirs == times.label(option) else f"{said} ({theirs} for you)")


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


def choices(poll: Poll, clocks: ZoneInfo | None = None) -> str:
    """What can be answered, each with its sign and meaning; times on the reader's own `clocks`, too."""
    terms, own = terms_of(poll), form_of(poll)
    if own.positions:
        return "\n".join(
            f"{each.sign} {escaped(each.word)}"
            + (f" – {_MEANINGS[each.word]}" if each.word in _MEANINGS else "")
            for each in own.positions
        )
    return "\n".join(
        f"{_NUMBERS[place] if place < MOST_TAPS else f'{place + 1}.'} {option_words(terms, place, clocks)}"
        for place in range(len(terms.options))
    )


# ------------------------------------------------------------------------------------------------ the board


async def board(call: Call, poll: Poll, *, reasons: bool = True) -> str:
    """The message as it stands now; without `reasons` where all of them follow."""
    match poll.stage:
        case Stage.OPEN:
            return await _open(call, poll, reasons=reasons)
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


async def _open(call: Call, poll: Poll, *, reasons: bool) -> str:
    parts = [await _head(call, poll)]
    listed = choices(poll)
    if listed:
        parts.append(listed)
    parts.append(
        f"Open until **{closes_words(call, poll)}**. {await conditions(call, poll)}".strip()
    )
    parts.append(f"*{how(call, poll)}*")
    count = await counted(call, poll)
    parts.append(lines(count, terms_of(poll)))
    if reasons:
        parts.append(await _reasons(call, poll, count))
    return "\n\n".join(part for part in parts if part)


#: So many reasons of what holds it up stand in the message itself, each as long as that.
MOST_REASONS = 4
LONGEST_THERE = 240


async def _reasons(call: Call, poll: Poll, count: Count) -> str:
    """What holds it up, in the words of whoever says so, and where all other reasons are: the others can work with them."""
    terms, own = terms_of(poll), form_of(poll)
    if not seen_by_all(terms):
        return ""
    stopping = {
        person: each
        for person, each in count.ballots.items()
        if each.reason and terms.way is not Way.QUESTION and own.needs_reason(terms, each.marks)
    }
    rows = []
    for person, each in stopping.items():
        who = "somebody" if person.startswith(FORGOTTEN) else await name(poll.room, person)
        head = f"- {escaped(own.words(terms, each.marks))} – {who}: "
        rows.append((head, " ".join(each.reason.split())))
    shown = _shown(sorted(rows, key=_read)[:MOST_REASONS], LONGEST_THERE)
    notes = []
    if len(count.waiting) == 1:
        notes.append("*One voice waits for its reason, and is not counted until it comes.*")
    elif count.waiting:
        many = len(count.waiting)
        notes.append(f"*{many} voices wait for a reason, and are not counted until it comes.*")
    if any(each.reason for each in count.ballots.values()):
        notes.append(f"*`{call.house.prefix}poll {poll.id}` shows who says what, and why.*")
    return "\n\n".join(part for part in ("\n".join(shown), "\n".join(notes)) if part)


def lines(
    count: Count,
    terms: Terms,
    *,
    closed: bool = False,
    mine: bool = False,
    place: seeing.Place = seeing.Place.ROOM,
) -> str:
    """As much of the result as may be seen, in words; `mine`: whether whoever looks has taken part themselves."""
    count = as_seen(count, terms, closed=closed, mine=mine, place=place)
    said = _lines(count, terms, closed=closed, mine=mine, place=place)
    if count.through:
        spoke = "is" if len(count.through) == 1 else "are"
        said = (*said, f"{len(count.through)} of {count.turnout.cast} {spoke} spoken for by proxy.")
    return "\n".join(escaped(line) for line in said)


def as_seen(count: Count, terms: Terms, *, closed: bool, mine: bool, place: seeing.Place) -> Count:
    """The count as it is said; where nobody may see what it holds, of those who have said something, whatever it was.

    A voice that waits for its reason would tell that it needs one, and one that counts twice whose it is: who speaks for
    whom can be seen.
    """
    visible = seeing.results_visible(
        terms, viewer_took_part=mine, closed=closed, place=place, turnout=count.turnout
    )
    if visible or terms.secret:
        return count
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
    if terms.way is Way.TIMES:
        said.append(f"Times as the clocks of {escaped(zone_of(call, poll).key)} show them.")
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
    Showing.AFTER_MINE: "Who has answered may see in our private chat how it stands, with who said what and why; the room "
    "sees it at the end. Only a `secret` one leaves names out.",
    Showing.AT_CLOSE: "What came out is shown at the end, to all at once, with who said what and why. Only a `secret` one "
    "leaves names out.",
}


def who_sees(terms: Terms) -> str:
    """Who will see when what somebody says, for their own eyes, in a sentence or two; "" of a secret poll, which has its own."""
    if terms.secret:
        return ""
    return {
        Showing.OPEN: "All there can see who says what, and why.",
        Showing.AFTER_MINE: "Others see it, with your name and reason, once they have answered themselves, and all there at the "
        "end; only a `secret` one leaves names out.",
        Showing.AT_CLOSE: "The room sees only how many have taken part until it is over; then all there see who said what, and "
        "why. Only a `secret` one leaves names out.",
    }[terms.showing]


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
    against = unmet.sentence(poll)
    return f"**Outcome:** {verbatim(poll.outcome)}{who}.{review}{f' {against}' if against else ''}"


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
