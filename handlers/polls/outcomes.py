"""What follows from a poll: asked of whoever asked, said in words, perhaps with a day on which it is looked at again (R129).

Nothing is decided because most want it. Until somebody states an outcome there is none; whoever asked is asked for it,
once more after a week, and from then on anybody of the circle may say it. Whoever states it against the poll's own terms
is asked back, and everybody reads that it is. What is stated is said in other words within a day; later it is changed like
any other decision, by the circle. An agreement has a day of review (R16); other outcomes may do without.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from handlers.asking import asked, now_of
from handlers.conversation import with_signs
from handlers.house.adoption import CIRCLES
from handlers.language import (
    NO,
    YES,
    Argument,
    Ask,
    Call,
    CallOff,
    Effect,
    Effects,
    Option,
    Refused,
    Ring,
    Say,
    command,
    inquiry,
    ritual,
)
from handlers.names import name, people
from handlers.polls import tallyboard, unmet
from handlers.polls.voices import find, room_of, terms_of
from handlers.polls.voting import numbered
from handlers.register import register
from handlers.words import verbatim
from practices import clock
from practices.agreements import Standing
from practices.circles import Life, RoomKind
from practices.dates import read_when
from practices.polls.poll import Passing, Way
from practices.understanding import NotUnderstood, shown
from storage.database import row_of
from storage.decisions import Decision
from storage.polls import Poll, Stage
from storage.questions import Question, forget_about
from storage.rooms import Room

#: How long whoever asked is waited for before they are asked once more and others may say it.
PATIENCE = timedelta(days=7)

#: So long whoever asked may say it by just writing it.
ANSWERED_IN = timedelta(days=2)

#: What is not said otherwise is looked at again after so long.
REVIEW = relativedelta(months=6)

#: What is asked of whoever says what follows.
ASKED = ("outcome", "outcome-against", "outcome-review")

#: As long as an outcome may be.
LONGEST = 2000

#: A day further ahead is no day on which these people look at anything.
MOST_YEARS = 10

HALF_A_YEAR = Option(sign="✅", word="yes", also=("half a year", "six months", "ok", "👍"))
NO_REVIEW = Option(
    sign="⏭️",
    word="no review",
    also=("without", "without review", "without a review", "never", "none", "no day", "no", "⏭"),
)

#: "We start the code review next Monday" speaks of a review: the clause stands apart from what it follows.
_REVIEW = re.compile(r"\b(?:review|look at it again|to be reviewed)\b\s*:?\s*", re.IGNORECASE)
_BEFORE_DAY = re.compile(r"\A(?:on|by)?\s*", re.IGNORECASE)
_NO_REVIEW = re.compile(
    r"(?:(?:\A|[;.\n])[ \t]*(?:no|without|without a) review|[;\n][ \t]*(?:review:? )?(?:never|none))[ .]*\Z",
    re.IGNORECASE,
)

#: The longest clause of a review, which comes on top of the outcome.
LONGEST_CLAUSE = 100


async def ask_first(call: Call, poll: Poll, room: Room) -> list[Effect]:
    """Ask whoever asked what follows; when they are gone, everybody may say it at once."""
    poll.asked_outcome_at = now_of(call)
    await poll.save(update_fields=["asked_outcome_at"])
    if not (poll.result or {}).get("cast"):
        return []  # nothing was said, and nothing follows
    if poll.author not in await people(room, call.house.me):
        return []
    ring = Ring(
        ritual="poll-outcome",
        about=f"poll:{poll.id}",
        at=now_of(call) + PATIENCE,
        room=poll.room,
        content={"poll": poll.id},
    )
    return [*await _asked(call, poll), ring]


async def _asked(call: Call, poll: Poll) -> list[Effect]:
    circle = await tallyboard.room_title(call, poll)
    return await asked(
        call,
        poll.author,
        f"**{circle}** has answered what you asked: {tallyboard.title(poll)}\n\n"
        "What follows from it? Say it in a sentence or two, for all to read; it may well be that nothing does, or that "
        "you talk again. The numbers alone decide nothing.\n\n"
        f"*Your next message here says it, or `outcome {poll.id} …` any time.*",
        about=f"poll:{poll.id}",
        inquiry="outcome",
        until=now_of(call) + ANSWERED_IN,
        data={"poll": poll.id, "room": poll.room},
    )


@ritual(
    name="poll-outcome",
    help="asks once more what follows from a poll, and then lets anybody of the circle say it",
)
async def once_more(call: Call) -> Effects:
    """A week is over and nobody has said what follows."""
    poll = await row_of(Poll, call.content["poll"])
    if poll is None or poll.stage is not Stage.CLOSED or poll.outcome is not None:
        return []
    effects: list[Effect] = [
        Say(
            text=f"What follows from this is not said yet, and any of you may say it now: {tallyboard.title(poll)}\n\n"
            f"`{call.house.prefix}outcome {poll.id} …`",
            answers=False,
        )
    ]
    if poll.author in await people(call.room, call.house.me):
        return [*await _asked(call, poll), *effects]
    return effects


# ------------------------------------------------------------------------------------------------- stating


async def may_state(call: Call, poll: Poll) -> None:
    """Whether the sender may say what follows. Raises Refused."""
    if poll.stage is not Stage.CLOSED:
        raise Refused(
            f"That is open until **{tallyboard.closes_words(call, poll)}**; what follows is said when it is over. "
            "Nothing was changed."
            if poll.stage is Stage.OPEN
            else "Nothing came of that, so there is no outcome to state."
        )
    room = await room_of(call, poll)
    members = await people(room, call.house.me)
    if call.person not in members:
        raise Refused("What follows is for the members of the circle to say. Nothing was changed.")
    if room.life is Life.CLOSED:
        raise Refused("That crew has ended, so nothing more is kept of it. Nothing was changed.")
    if poll.outcome is not None:
        await _may_restate(call, poll, members)
        return
    # Nobody was asked where the crew had ended by then, and has come back since.
    since = poll.asked_outcome_at or poll.ended_at or poll.closes_at
    gone = poll.author not in members
    if call.person == poll.author or gone or now_of(call) >= since + PATIENCE:
        return
    who = await name(poll.room, poll.author)
    until = clock.short_words(since + PATIENCE, tallyboard.zone_of(call, poll))
    raise Refused(
        f"{who} asked it, and is asked what follows. From {until} on any of you may say it. Nothing was changed."
    )


async def _may_restate(call: Call, poll: Poll, members: Sequence[str]) -> None:
    """Whether the sender may say in other words what is stated already. Raises Refused.

    Whoever asked, and whoever said it, for a day: from then on people rely on it, and it is all of theirs to change.
    """
    row = await Decision.get_or_none(id=poll.decision) if poll.decision is not None else None
    prefix = "" if call.is_private else call.house.prefix
    instead = (
        f"`{prefix}review {row.id} change …` asks all of you for other words."
        if row is not None and row.standing is Standing.HOLDS
        else f"`{prefix}propose …` asks all of you anew."
    )
    stated = row.made_at if row is not None else poll.outcome_at
    if stated is not None and now_of(call) > stated + register.UNDO:
        raise Refused(
            f"That was stated more than a day ago, and people rely on it. Nothing was changed; {instead}"
        )
    if call.person in (poll.author, poll.outcome_by):
        return
    who = await name(poll.room, poll.author) if poll.author in members else ""
    anew = f"; {who}, who asked, can say it anew for a day" if who else ""
    raise Refused(f"What follows is stated already{anew}. Nothing was changed; {instead}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What follows, as far as it is said."""

    words: str
    review: date | None = None
    #: Whether it is said that there is no day of review.
    never: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left to ask."""
        return self.never or self.review is not None


async def needs_review(call: Call, poll: Poll) -> bool:
    """Whether what follows has a day of review by all means: an agreement, whatever two agree on, and what takes its place.

    Rule R16; what people consent to is good enough until they look at it again (R131).
    """
    terms, room = terms_of(poll), await room_of(call, poll)
    if terms.passing is Passing.SIGNIFICANT or terms.way is Way.CONSENT:
        return True
    former = await Decision.get_or_none(changing=poll.id)
    return room.kind is RoomKind.DYAD or (former is not None and former.review_on is not None)


async def state(call: Call, poll: Poll, text: str, review: date | None) -> list[Effect]:
    """Keep what follows as a decision of the circle, and show it (R129). The sender must be allowed to: `may_state`.

    Said anew it is the same decision in other words, which was taken when it was stated first. None: no day of review.
    """
    words = text.strip()
    row = await Decision.get_or_none(id=poll.decision) if poll.decision is not None else None
    if row is None:
        row = await Decision.create(room=poll.room, what=words, person=call.person, made_at=call.at)
    else:
        row.what, row.person = words, call.person
        await row.save(update_fields=["what", "person"])
    poll.outcome, poll.outcome_by, poll.outcome_at = words, call.person, call.at
    poll.review_on, poll.decision = review, row.id
    await poll.save(update_fields=["outcome", "outcome_by", "outcome_at", "review_on", "decision"])
    await forget_about("poll", poll.id, inquiry__in=ASKED)
    said = f"{await tallyboard.outcome(call, poll)}\n\n*{tallyboard.title(poll)}*"
    effects: list[Effect] = [
        CallOff(about=f"poll:{poll.id}"),
        *await tallyboard.anew(call, poll),
        Say(
            text=f"{said}\n\n{register.TASK} who takes on what *(kept as number {row.id})*",
            room=poll.room,
            name=register.about(row),
            taps=(register.TASK,),
            answers=call.room.id == poll.room,
        ),
    ]
    if call.room.id != poll.room:
        again = "" if review is None else f"You look at it again on {clock.long_day(review)}."
        parts = [
            f"It is kept, and your circle reads it: {verbatim(words)}",
            unmet.sentence(poll),
            again,
        ]
        effects.append(Say(text="\n\n".join(part for part in parts if part)))
    effects += await register.entered(call, row, review)
    return [*effects, *await register.in_its_place(call, poll.id, row)]


def read_outcome(call: Call, poll: Poll, text: str) -> Outcome:
    """The outcome, and the day of its review if one is named: `…; review in 6 months`, `…; no review`.

    Raises NotUnderstood, also for a review that is asked for on no day ahead.
    """
    if len(text) > LONGEST + LONGEST_CLAUSE:
        raise _too_long()
    never = _NO_REVIEW.search(text)
    if never is not None:
        return Outcome(words=_sized(text[: never.start()]), never=True)
    words, said, apart = _with_review(text)
    review = None
    if said:
        try:
            review = read_day(call, tallyboard.zone_of(call, poll), said)
        except NotUnderstood as misunderstanding:
            if apart:
                raise NotUnderstood(
                    f"I could not read {shown(said)} as a day ahead on which you look at it again. For example "
                    "“; review in 6 months”; without it, I ask when."
                ) from misunderstanding
            words = text  # a sentence that begins so
    return Outcome(words=_sized(words), review=review)


def _sized(words: str) -> str:
    """What follows, if it is a text that can be kept. Raises NotUnderstood."""
    if not words.strip():
        raise NotUnderstood("What follows? Say it in a sentence or two.")
    if len(words) > LONGEST:
        raise _too_long()
    return words.strip()


def _too_long() -> NotUnderstood:
    return NotUnderstood(
        f"That is longer than {LONGEST} characters. A shorter outcome is read by more people."
    )


def _with_review(text: str) -> tuple[str, str, bool]:
    """What comes before the clause of the review; its day as it was said, or ""; whether it stands apart by a `;` or a line.

    Behind a full stop it may be a sentence like any other.
    """
    for found in reversed(list(_REVIEW.finditer(text))):
        before = text[: found.start()]
        words = before.rstrip(" \t\r\n,–-")
        apart = bool(words) and (words.endswith(";") or "\n" in before[len(words) :])
        said = _BEFORE_DAY.sub("", text[found.end() :], count=1)
        if said and (apart or not words or words.endswith(".")):
            return words.rstrip(";.").rstrip(), said, apart
    return text, "", False


def read_day(call: Call, zone: ZoneInfo, text: str) -> date:
    """A day ahead, as in `in 6 months` or `1 june`. Raises NotUnderstood."""
    today = clock.wall(call.at, zone).date()
    months = re.fullmatch(
        r"\s*(?:in )?(\d{1,4}|a|one|half a) (month|year)s?\.?\s*", text, re.IGNORECASE
    )
    if months is not None:
        many = {"a": 1.0, "one": 1.0, "half a": 0.5}.get(months[1].casefold()) or float(months[1])
        unit = 12 if months[2].casefold() == "year" else 1
        ahead = max(1, round(many * unit))
        if ahead > MOST_YEARS * 12:
            raise NotUnderstood(
                f"That is more than {MOST_YEARS} years ahead, too far to look at anything again. For example “in 6 months”."
            )
        return today + relativedelta(months=ahead)
    at = read_when(text, now=call.at, zone=zone, at=tallyboard.DAY_ENDS).at
    return clock.wall(at, zone).date()


@command(
    name="outcome",
    help="say what follows from something that was asked, and when you look at it again",
    example="outcome 4 we meet on Tuesdays; review in 6 months",
    kinds=CIRCLES | {RoomKind.PRIVATE},
    arguments=(
        Argument(
            name="what",
            help="the number of what was asked, what follows, and perhaps “; review in 6 months” or “; no review”",
            rest=True,
            question="Of which, and what follows? For example: 4 we meet on Tuesdays; review in 6 months.",
        ),
    ),
)
async def outcome(call: Call, what: str) -> Effects:
    """State an outcome in words."""
    number, text = numbered(what)
    poll = await find(call, number) if number is not None else None
    if poll is None:
        raise Refused(
            "I need the number of what was asked, as in `outcome 4 we meet on Tuesdays`. `polls` lists what is open, and it "
            "stands in the message that says what came out. Nothing was changed."
        )
    await may_state(call, poll)
    return await _take(call, poll, await _read(call, poll, text))


async def _read(call: Call, poll: Poll, text: str) -> Outcome:
    """What follows, with a day of review where there has to be one or none is named. Raises NotUnderstood."""
    found = read_outcome(call, poll, text)
    if found.never:
        await _check_never(call, poll)
    return found


async def _check_never(call: Call, poll: Poll) -> None:
    if await needs_review(call, poll):
        raise NotUnderstood(
            "What is agreed on like this has a day on which you look at it again, so nothing was kept yet. For example "
            "“; review in 6 months”; it may be as far ahead as you like, within ten years."
        )


async def _take(call: Call, poll: Poll, found: Outcome, *, confirmed: bool = False) -> list[Effect]:
    """Keep what follows; or ask for what is still to be said: whether it stands against the terms, and the day of review."""
    against = unmet.words(poll)
    if against and poll.outcome is None and not confirmed:
        return [_ask_back(call, poll, found, against)]
    if found.is_whole:
        return await state(call, poll, found.words, found.review)
    return [await _ask_review(call, poll, found.words)]


def _ask_back(call: Call, poll: Poll, found: Outcome, against: str) -> Effect:
    """Whoever states something against its own terms says once more that they do."""
    how = f"stated {against}" if against.startswith("against") else f"stated though {against}"
    return Ask(
        inquiry="outcome-against",
        text=f"I understood: {verbatim(found.words)}\n\nThat would be {how}. All read that beside it.\n\n"
        "✅ state it all the same · ✋ not so",
        until=call.at + timedelta(hours=12),
        data={
            "poll": poll.id,
            "room": poll.room,
            "words": found.words,
            "review": found.review.isoformat() if found.review else None,
            "never": found.never,
        },
        person=call.person,
    )


@inquiry(name="outcome")
async def told(call: Call, question: Question, said: str) -> Effects:
    """Whoever asked says what follows."""
    poll = await row_of(Poll, question.data.get("poll"))
    if poll is None:
        raise Refused("What that was about is forgotten by now, so nothing was kept.")
    await may_state(call, poll)
    found = await _read(call, poll, said)
    await question.delete()
    return await _take(call, poll, found)


@inquiry(name="outcome-against", options=(YES, NO))
async def all_the_same(call: Call, question: Question, said: str) -> Effects:
    """Whether something is stated although its own terms were not met."""
    poll = await row_of(Poll, question.data.get("poll"))
    if poll is None:
        raise Refused("What that was about is forgotten by now, so nothing was kept.")
    if said not in (YES.word, NO.word):
        raise NotUnderstood("A yes or a no is enough: ✅ state it all the same · ✋ not so.")
    await may_state(call, poll)
    await question.delete()
    if said == NO.word:
        how = f"`outcome {poll.id} …` says what follows in other words."
        return [Say(text=with_signs(call, f"Good: nothing was stated. {how}"))]
    day = question.data.get("review")
    found = Outcome(
        words=str(question.data.get("words", "")),
        review=date.fromisoformat(str(day)) if day else None,
        never=bool(question.data.get("never")),
    )
    return await _take(call, poll, found, confirmed=True)


async def _ask_review(call: Call, poll: Poll, words: str) -> Effect:
    day = clock.long_day(_in_half_a_year(call, poll))
    needed = await needs_review(call, poll)
    without = "" if needed else f" · {NO_REVIEW.sign} no review"
    return Ask(
        inquiry="outcome-review",
        text=f"I understood: {verbatim(words)}\n\nWhen do you look at it again?\n\n✅ in half a year, on {day}{without}\n\n"
        "Or say another day, such as “in 3 months”.",
        until=call.at + timedelta(hours=12),
        data={"poll": poll.id, "room": poll.room, "words": words},
        person=call.person,
        without=(NO_REVIEW.word,) if needed else (),
    )


def _in_half_a_year(call: Call, poll: Poll) -> date:
    return clock.wall(call.at, tallyboard.zone_of(call, poll)).date() + REVIEW


def _reads_day(text: str, call: Call) -> date:
    return read_day(call, call.circle_zone, text)


@inquiry(name="outcome-review", options=(HALF_A_YEAR, NO_REVIEW), reads=_reads_day)
async def reviewed(call: Call, question: Question, said: str) -> Effects:
    """The day on which it is looked at again, or that there is none."""
    poll = await row_of(Poll, question.data.get("poll"))
    if poll is None:
        raise Refused("What that was about is forgotten by now, so nothing was kept.")
    await may_state(call, poll)
    review: date | None = None
    if said == NO_REVIEW.word:
        await _check_never(call, poll)
    elif said == HALF_A_YEAR.word:
        review = _in_half_a_year(call, poll)
    else:
        review = read_day(call, tallyboard.zone_of(call, poll), said)
    await question.delete()
    return await state(call, poll, str(question.data.get("words", "")), review)
