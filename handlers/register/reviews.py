"""The day on which a circle looks at an agreement again: a word a week before, a question on the day, and once more after.

Nothing ends by itself: until people have said otherwise an agreement goes on holding, and is listed as one to be looked at.
"""

from datetime import date, timedelta

from handlers.asking import now_of
from handlers.conversation import MISSING, not_understood
from handlers.conversation import PATIENCE as A_MOMENT
from handlers.house.adoption import CIRCLES
from handlers.language import (
    Argument,
    Ask,
    Call,
    Effects,
    Refused,
    Say,
    command,
    ritual,
)
from handlers.meetings.meetings import RESTING
from handlers.polls.outcomes import LONGEST, read_day
from handlers.polls.voting import numbered
from handlers.register import register, renewing
from handlers.words import first_word, folded, verbatim
from practices import clock
from practices.agreements import Standing, State
from practices.circles import Life, RoomKind
from practices.understanding import NotUnderstood
from storage.database import row_of
from storage.decisions import Decision

#: What is still to be looked at is said once more so much later; and so long a crew that rests is left alone.
ONCE_MORE = timedelta(days=7)

#: So many are listed.
SHOWN = 15

KEEPING = frozenset({"keep", "yes", "until", "renew", "prolong"})
ENDING = frozenset({"end", "stop", "close", "finish"})
CHANGING = frozenset({"change", "reword", "amend", "replace"})


# ---------------------------------------------------------------------------------------------- the hours


async def _meant(call: Call) -> Decision | None:
    """The agreement of an hour, if it still holds until the day that the hour is about."""
    row = await row_of(Decision, call.content["decision"])
    if row is None or row.standing is not Standing.HOLDS or row.review_on is None:
        return None
    return row if row.review_on.isoformat() == call.content["day"] else None


@ritual(name="review-soon", help="says, a week before, that an agreement is looked at again")
async def soon(call: Call) -> Effects:
    """A week ahead."""
    row = await _meant(call)
    if row is None or row.review_on is None or call.room.life in RESTING:
        return []
    text = (
        f"In a week, on **{clock.long_day(row.review_on)}**, you look at this again, number {row.id}: {verbatim(row.what)}\n\n"
        f"*`{call.house.prefix}agreement {row.id}` shows how it came about.*"
    )
    return [Say(text=text, answers=False)]


@ritual(
    name="review-due",
    help="asks on its day whether an agreement is kept, and says it once more a week later",
)
async def due(call: Call) -> Effects:
    """The day has come. A crew that rests is asked when it is awake again."""
    row = await _meant(call)
    if row is None or call.room.life is Life.CLOSED:
        return []
    if call.room.life in RESTING:
        return [register.hour(row, "review-due", now_of(call) + ONCE_MORE)]
    if await register.questions([row]):
        return []  # they are at it
    again = register.hour(row, "review-again", now_of(call) + ONCE_MORE)
    day = renewing.later(call, call.room)
    return [*await renewing.ask(call, call.room, row, renewing.KEEP, until=day), again]


@ritual(name="review-again", help="says once more that an agreement is to be looked at")
async def once_more(call: Call) -> Effects:
    """A week later, and never again. Where somebody has said no, people know."""
    row = await _meant(call)
    if row is None or call.room.life in RESTING or not await register.questions([row]):
        return []
    text = (
        f"This is still to be looked at, number {row.id}: {verbatim(row.what)}\n\n"
        f"A yes or a no above is enough. It goes on holding meanwhile, and I do not ask again; "
        f"`{call.house.prefix}review {row.id}` does."
    )
    return [Say(text=text, answers=False)]


# ------------------------------------------------------------------------------------------------ in words


@command(
    name="review",
    help="look at something again that you decided: keep it, change it or end it; or see what is to be looked at",
    example="review 12 keep until 1 june",
    kinds=CIRCLES | {RoomKind.PRIVATE},
    arguments=(
        Argument(name="which", help="the number of the decision; left out, I list what is due"),
        Argument(name="how", help="“keep”, “change” or “end”; left out, I ask all of you"),
        Argument(
            name="words", help="until when you keep it, or the words it is changed to", rest=True
        ),
    ),
)
async def review(call: Call, which: str | None, how: str | None, words: str | None) -> Effects:
    """List what is to be looked at, or put one thing to the circle."""
    if which is None:
        return await _listed(call)
    number, _rest = numbered(which)
    if number is None:
        raise Refused(
            "I go by its number, as in `review 12`. Nothing was changed; without a number I list what is due."
        )
    row = await register.find(call, number)
    room = await renewing.may_ask(call, row)
    verb = folded(how or "keep")
    if verb in ENDING:
        return await renewing.ask(call, room, row, renewing.END)
    if verb in CHANGING:
        return await _changed(call, row, words)
    if verb in KEEPING:
        day = _day(call, row, words) if words else None
        return await renewing.ask(call, room, row, renewing.KEEP, until=day)
    raise Refused(
        f"There is “keep until 1 june”, “change …” and “end” for it; I did not understand {verbatim(how or '')}. "
        "Nothing was changed."
    )


def _day(call: Call, row: Decision, words: str) -> date:
    """The day named, which is ahead. Raises Refused."""
    first, rest = first_word(words)
    said = rest if folded(first) in ("until", "till", "for", "by") and rest else words
    try:
        return read_day(call, call.circle_zone, said)
    except NotUnderstood as misunderstanding:
        raise Refused(not_understood(misunderstanding)) from misunderstanding


async def _changed(call: Call, row: Decision, words: str | None) -> Effects:
    if words is None:
        return [
            Ask(
                inquiry=MISSING,
                text=f"Into which words? So far, number {row.id}: {verbatim(row.what)}\n\n"
                "*Your next message answers this, and proposes it to your circle; `stop` ends it.*",
                until=call.at + A_MOMENT,
                data={
                    "command": "review",
                    "argument": "words",
                    "given": {"which": str(row.id), "how": "change"},
                },
                person=call.person,
            )
        ]
    if len(words) > LONGEST:
        raise Refused(
            f"That is longer than {LONGEST} characters, so nothing was asked. A shorter text is read by more people."
        )
    room = await renewing.may_ask(call, row)
    return await renewing.change(call, room, row, words)


async def _listed(call: Call) -> Effects:
    """What is to be looked at, then what will be, by its day."""
    lines = []
    private = call.is_private
    rooms = {room.id: room for room in await register.circles(call)}
    found = Decision.filter(
        room__in=list(rooms), standing=Standing.HOLDS, review_on__not_isnull=True
    )
    for row in await found.order_by("review_on", "id"):
        if row.review_on is None:
            continue
        is_due = register.state_of(call, rooms[row.room], row) is State.DUE
        when = "**to be looked at now**" if is_due else clock.long_day(row.review_on)
        where = f", {register.called(rooms[row.room])}" if private else ""
        lines.append(f"- {row.id}: {register.title(row)} – {when}{where}")
    if not lines:
        text = "Nothing that you decided has a day on which you look at it again."
        return [Say(text=text)]
    more = [f"- and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    prefix = "" if private else call.house.prefix
    how = f"`{prefix}review 12 keep until 1 june`, `{prefix}review 12 change …`, `{prefix}review 12 end`"
    return [Say(text="\n".join(["You look again at:", "", *lines[:SHOWN], *more, "", how]))]
