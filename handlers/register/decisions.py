"""Reading the register: what a circle has decided, what of it holds, how it came about, and until when.

Of a poll only that is shown which everybody may see by now; of a secret one never who said what.
"""

from handlers.asking import now_of
from handlers.house.adoption import CIRCLES
from handlers.language import Argument, Call, Effects, Refused, Say, command
from handlers.meetings.commitments import lines
from handlers.names import name, people
from handlers.polls import roundtable as table
from handlers.polls import tallyboard, unmet
from handlers.polls.voices import counted, terms_of
from handlers.polls.voting import numbered
from handlers.register import register
from handlers.register.renewing import put_in_place
from handlers.words import escaped, first_word, folded, verbatim
from practices import clock
from practices.agreements import Standing, State, found, page, pages
from practices.circles import RoomKind
from practices.round import from_state
from storage.commitments import Commitment
from storage.decisions import Decision
from storage.meetings import Meeting
from storage.polls import Poll
from storage.rooms import Room
from storage.rounds import Round

PLACES = CIRCLES | {RoomKind.PRIVATE}

#: So many are listed at once.
SIZE = 10

UNDOING = frozenset({"undo", "drop", "remove", "delete"})
REPLACING = frozenset({"replaces", "replace"})
GAINSAYING = frozenset({"not so", "not", "wrong", "no"})


@command(
    name="decisions",
    aliases=("agreements", "register"),
    help="see what you have decided, newest first; or find it by words",
    example="decisions dishes",
    kinds=PLACES,
    arguments=(
        Argument(
            name="words",
            help="words that it begins to say, such as “dish”; or the number of a page",
            rest=True,
        ),
    ),
    sentences={
        "what have|did we decide|decided": "",
        "what have|did we agree|agreed [on]": "",
        "what have|did we decide|decided|agree|agreed about|on|for [the|our|a|an] < … >": "…",
        "[what] have|did we decide|decided anything|something about|on|for [the|our|a|an] < … >": "…",
    },
)
async def decisions(call: Call, words: str | None) -> Effects:
    """One page of the register, or of what was found in it."""
    every, wanted = await register.entries(call), (words or "").strip()
    number = 1
    first, last = first_word(wanted)
    digits = last if folded(first) == "page" else wanted
    if digits.isdecimal() and len(digits) < SIZE:
        number, wanted = int(digits), ""
    if wanted:
        every = [row for row in every if found(wanted, row.what, await _asked(row))]
    if not every:
        return [Say(text=_nothing(call, wanted))]
    many = pages(len(every), SIZE)
    if not 1 <= number <= many:
        raise Refused(f"There are {many} pages, so there is no page {number}.")
    rooms = {room.id: room for room in await register.circles(call)}
    rows = [await _line(call, rooms[row.room], row) for row in page(every, number, SIZE)]
    prefix = "" if call.is_private else call.house.prefix
    head = "Found:" if wanted else "You have decided, newest first:"
    foot = f"`{prefix}agreement {every[0].id}` shows one of them, `{prefix}decisions dishes` finds words."
    if many > 1 and not wanted:
        foot = f"Page {number} of {many}; `{prefix}decisions {number % many + 1}` shows another. {foot}"
    elif many > 1:
        foot = f"There are {len(every)}; more words find fewer. {foot}"
    return [Say(text="\n".join([head, "", *rows, "", f"*{foot}*"]))]


def _nothing(call: Call, wanted: str) -> str:
    prefix = "" if call.is_private else call.house.prefix
    if wanted:
        return (
            f"Nothing that was decided has {escaped(wanted)} in it. Fewer words, or only their beginnings, find more; "
            f"`{prefix}decisions` lists everything."
        )
    where = "In the room of your circle " if call.is_private else ""
    return (
        f"Nothing is written down yet. {where}`{call.house.prefix}decided we meet in the garden` keeps what you decided, and what "
        f"comes of `{call.house.prefix}propose` and `{call.house.prefix}consent` is kept, too."
    )


async def _asked(row: Decision) -> str:
    """What was asked when it was decided: it is found by those words, too."""
    poll = await Poll.filter(decision=row.id).first()
    return terms_of(poll).topic if poll is not None else ""


async def _line(call: Call, room: Room, row: Decision) -> str:
    where = f", in {register.called(room)}" if call.is_private else ""
    against = await register.against(row)
    noted = f"; {against}" if against else ""
    return f"- {row.id}: {register.title(row)} – {_standing(call, room, row)}{noted}{where}"


def _standing(call: Call, room: Room, row: Decision) -> str:
    """Where it stands, in a few words."""
    match register.state_of(call, room, row):
        case State.DUE:
            return "holds, and is to be looked at again"
        case State.REPLACED:
            return f"replaced by {row.replaced_by}" if row.replaced_by else "replaced"
        case State.ENDED:
            return "ended"
        case State.HOLDS if row.review_on is not None:
            return f"holds; you look at it again on {clock.long_day(row.review_on)}"
        case State.HOLDS:
            day = clock.wall(row.made_at, call.house.zone_of(room)).date()
            return f"decided on {clock.long_day(day)}"


# ---------------------------------------------------------------------------------------------- one of them


@command(
    name="agreement",
    aliases=("decision",),
    help="see one thing that you decided: how it came about, what was noted with it, and when you look at it again",
    example="agreement 12",
    kinds=PLACES,
    arguments=(
        Argument(
            name="what",
            help="its number; “undo” behind it takes back what you wrote down by mistake, “not so” what somebody else did, within "
            "a day, “replaces 9” puts it in the place of another",
            rest=True,
            question="Which one? Its number is enough.",
        ),
    ),
)
async def agreement(call: Call, what: str) -> Effects:
    """Show an entry, take it back, or put it in the place of another."""
    number, rest = numbered(what)
    if number is None:
        return await decisions.answer(call, what)
    row = await register.find(call, number)
    if not rest:
        return [Say(text=await shown(call, row))]
    word, more = first_word(rest)
    if folded(word) in UNDOING:
        return await _undone(call, row)
    if folded(rest) in GAINSAYING:
        return await _gainsaid(call, row)
    if folded(word) in REPLACING:
        former, _rest = numbered(more)
        if former is None:
            raise Refused(
                f"Which one does it replace? For example: agreement {row.id} replaces 9. Nothing was changed."
            )
        return await put_in_place(call, row, await register.find(call, former))
    prefix = "" if call.is_private else call.house.prefix
    raise Refused(
        f"I don't know what to do with {number} by {escaped(word)}. `{prefix}review {number} change …` proposes other words, "
        f"`{prefix}review {number} end` an end, `{prefix}task {number} …` keeps who takes on what. Nothing was changed."
    )


async def shown(call: Call, row: Decision) -> str:
    """All that everybody of the circle may read of an entry."""
    room = await register.room_of(call, row)
    parts = [f"**{row.id}: {_standing(call, room, row)}**", verbatim(row.what)]
    parts += await _came_about(call, room, row)
    taken_on = await Commitment.filter(decision=row.id, room=row.room).order_by("id")
    if taken_on:
        parts.append("\n".join(["Taken on:", "", *await lines(room, taken_on)]))
    former = await Decision.filter(replaced_by=row.id).order_by("id")
    if former:
        parts.append(f"It took the place of {', '.join(str(each.id) for each in former)}.")
    if row.standing is Standing.HOLDS:
        prefix = "" if call.is_private else call.house.prefix
        parts.append(
            f"*`{prefix}review {row.id}` asks all of you whether you keep it; with `change …` or `end` behind it, that.*"
        )
    return "\n\n".join(part for part in parts if part)


async def _came_about(call: Call, room: Room, row: Decision) -> list[str]:
    """By what it was decided, when, and by whom it was written down."""
    day = clock.long_day(clock.wall(row.made_at, call.house.zone_of(room)).date())
    who = f" by {await name(row.room, row.person)}" if row.person else ""
    if register.is_gainsaid(row):
        return [f"Written down{who} on {day}. One of you said within a day that it is not so."]
    if row.story is not None:
        return _brought(row, day)
    poll = await Poll.filter(decision=row.id).first()
    if poll is not None:
        head = (
            f"Stated{who} on {day}, after a {terms_of(poll).way} (number {poll.id}): "
            f"{tallyboard.title(poll)}"
        )
        against = unmet.sentence(poll) and f"**{unmet.sentence(poll)}**"
        result = tallyboard.lines(await counted(call, poll), terms_of(poll), closed=True)
        recount = f"`{'' if call.is_private else call.house.prefix}recount {poll.id}` counts again."
        return [head, against, result, f"*{recount}*"]
    round_ = await Round.filter(decision=row.id).first()
    if round_ is not None:
        state = from_state(round_.state)
        noted = [await table.listed(round_, state.objections), await table.noted(round_, state)]
        return [f"Consented to on {day}, in round {round_.id}.", *noted]
    meeting = await Meeting.get_or_none(id=row.meeting or 0)
    at = f", at the meeting of {meeting.local[:10]}" if meeting is not None else ""
    return [f"Written down{who} on {day}{at}."]


def _brought(row: Decision, day: str) -> list[str]:
    """What came along with a decision from elsewhere."""
    story = row.story or {}
    circle, asked, said = story.get("circle"), story.get("asked"), story.get("lines")
    where = f" from {escaped(str(circle))}" if circle else ""
    parts = [f"Brought{where}, where it was decided on {day}. I have counted nothing of it."]
    if asked:
        parts.append(f"Asked there: {tallyboard.shortened(str(asked))}")
    if isinstance(said, list):
        parts.append("\n".join(escaped(str(each)) for each in said))
    return parts


async def _gainsaid(call: Call, row: Decision) -> Effects:
    """Say that what somebody wrote down was not decided."""
    room = await register.room_of(call, row)
    if call.person not in await people(room, call.house.me):
        raise Refused("That is for the members of the circle to say, so nothing was changed.")
    effects = await register.gainsaid(call, row)
    done = [Say(text=f"Number {row.id} does not hold.")] if call.room.id != room.id else []
    return [*effects, *done]


async def _undone(call: Call, row: Decision) -> Effects:
    """Take back what was written down by mistake."""
    room = await register.room_of(call, row)
    prefix = "" if call.is_private else call.house.prefix
    instead = f"`{prefix}review {row.id} end` asks all of you."
    if row.person != call.person:
        not_so = (
            f"`{prefix}agreement {row.id} not so` says within a day that it was not decided, and "
            if await register.is_one_persons(row)
            else ""
        )
        raise Refused(
            f"Whoever wrote it down takes it back, within a day. Nothing was changed; {not_so}{instead}"
        )
    if await Round.filter(decision=row.id).exists():
        raise Refused(
            f"That is what all of you consented to, so nobody takes it back alone. {instead}"
        )
    poll = await Poll.filter(decision=row.id).first()
    if poll is not None:
        raise Refused(
            f"That is what follows from number {poll.id}, and within a day `{prefix}outcome {poll.id} …` says it in other words. "
            f"Nothing was changed; {instead}"
        )
    if now_of(call) > row.made_at + register.UNDO or row.standing is not Standing.HOLDS:
        raise Refused(
            f"That was written down more than a day ago, and people rely on it. Nothing was changed; {instead}"
        )
    effects = await register.removed(call, row)
    said = Say(
        text=f"Taken back: {verbatim(row.what)}", room=room.id, answers=call.room.id == room.id
    )
    return [*effects, said]
