"""Once a year each person is asked, alone, whether their place in the pairing rounds and what they have said of others still hold (R16).

The day is their own: a year after they first said something, whatever it was and whoever it was about, so that it tells
nothing of it; and the words are the same for all. Without an answer nothing that protects somebody ends: the place rests,
and whom they would not meet stays so.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from handlers.asking import asked, now_of, zone_of
from handlers.crews.callings import spaces_of
from handlers.language import (
    CHANGE,
    Call,
    CallOff,
    Effect,
    Effects,
    Option,
    Ring,
    Say,
    inquiry,
    ritual,
)
from practices import clock
from practices.defaults import PATIENCE
from practices.stewardship import review_day
from storage.database import row_of
from storage.pairings import OwnReview, Partaking, Preference
from storage.questions import Question

#: The first hour in which most are awake; who sleeps longer is asked later.
_WAKING = time(8)

KEEP = Option(
    sign="✅", word="keep", also=("yes", "y", "ok", "okay", "still holds", "ja", "si", "👍")
)
LEAVE = Option(
    sign="✋", word="leave", also=("no", "n", "out", "stop", "no thanks", "not now", "👎")
)

_TEXT = (
    "Once a year I ask each person, alone: do your place in the pairing rounds, and what you have told me of whom you would meet "
    "and whom not, still hold? `pairing` shows it to you. If I hear nothing in two weeks your place rests, and whom I am not to "
    "bring you together with stays so, until you say otherwise.\n\n✅ keep · ✏️ change · ✋ leave"
)


def about(row: OwnReview) -> str:
    """The subject of one person's hours, which says nothing of who it is."""
    return f"own-review:{row.id}"


async def stands(people: Iterable[str]) -> set[str]:
    """Of these people, those who take part in a round, or have said something of whom they would meet."""
    among = list(people)
    rows = Partaking.filter(person__in=among, takes_part=True)
    said = Preference.filter(person__in=among)
    found = [
        *await rows.values_list("person", flat=True),
        *await said.values_list("person", flat=True),
    ]
    return {str(each) for each in found}


async def noted(call: Call) -> list[Effect]:
    """The sender has said something of pairing: from the first word on they have a day of their own, with the last it goes."""
    if not await stands([call.person]):
        return await gone([call.person])
    if await OwnReview.exists(person=call.person):
        return []
    today = clock.wall(now_of(call), await zone_of(call, call.person)).date()
    return await begins(call, call.person, review_day(today))


async def begins(call: Call, person: str, day: date) -> list[Effect]:
    """Keep the day on which somebody is asked next, and ring it; said twice it is the later word that holds."""
    row, _new = await OwnReview.get_or_create(person=person, defaults={"day": day})
    row.day = day
    await row.save(update_fields=["day"])
    return [CallOff(about=about(row), ritual="own-review"), await hour(call, row)]


async def hour(call: Call, row: OwnReview) -> Ring:
    """The hour of somebody's own day, in the clock of a congregation of theirs."""
    spaces = await spaces_of(row.person)
    space = spaces[0] if spaces else call.room
    at = clock.resolve(datetime.combine(row.day, _WAKING), await zone_of(call, row.person, space))
    return Ring(
        ritual="own-review",
        about=about(row),
        at=at,
        when=row.day.isoformat(),
        room=space.id,
        content={"own": row.id},
    )


async def gone(people: Iterable[str]) -> list[Effect]:
    """These people may have nothing standing any more: whoever has nothing has no day either."""
    among = set(people)
    rows = await OwnReview.filter(person__in=list(among - await stands(among)))
    return [effect for row in rows for effect in await _over(row)]


async def _over(row: OwnReview) -> list[Effect]:
    await row.delete()
    return [CallOff(about=about(row))]


@ritual(
    name="own-review",
    help="asks somebody once a year, alone, whether their place in pairing rounds and what they said of others still hold",
)
async def own_review(call: Call) -> Effects:
    """Somebody's own day has come."""
    row = await row_of(OwnReview, call.content["own"])
    if row is None:
        return []
    if not await stands([row.person]):
        return await _over(row)
    until = now_of(call) + PATIENCE
    today = clock.wall(now_of(call), await zone_of(call, row.person, call.room)).date()
    return [
        # Of years in which nobody was asked none is made up for.
        *await begins(call, row.person, review_day(max(row.day, today))),
        Ring(
            ritual="own-review-over",
            about=about(row),
            at=until + timedelta(days=1),
            when=row.day.isoformat(),
            room=call.room.id,
            content={"own": row.id},
        ),
        *await asked(
            call,
            row.person,
            _TEXT,
            about=about(row),
            inquiry="own-review",
            until=until,
            data={"own": row.id},
        ),
    ]


@ritual(
    name="own-review-over",
    help="lets somebody's place in pairing rounds rest that they have not kept after a year",
)
async def over(call: Call) -> Effects:
    """Two weeks without a word: the place rests, without another word, and what protects somebody stays."""
    row = await row_of(OwnReview, call.content["own"])
    if row is None:
        return []
    await _rests(row.person)
    return [] if await stands([row.person]) else await _over(row)


async def _rests(person: str) -> None:
    await Partaking.filter(person=person).update(takes_part=False, snoozed_until=None)


@inquiry(
    name="own-review",
    options=(KEEP, CHANGE, LEAVE),
    late="That question has rested for a while, and so does your place in the pairing rounds; whom you would not meet stays so. "
    "`pairing in` takes part again.",
)
async def own_said(call: Call, question: Question, said: str) -> Effects:
    """Somebody keeps it for another year, would say something else, or takes part no more."""
    if said not in (KEEP.word, CHANGE.word, LEAVE.word):
        return [Say(text="A word is enough: ✅ keep · ✏️ change · ✋ leave.")]
    await question.delete()
    row = await row_of(OwnReview, question.data["own"], person=call.person)
    if row is None:
        return [Say(text="Nothing of yours stands there any more. Nothing was changed.")]
    heard: list[Effect] = [CallOff(about=about(row), ritual="own-review-over")]
    if said == KEEP.word:
        return [*heard, Say(text="Good: it holds for another year.")]
    if said == CHANGE.word:
        text = (
            "Gladly. `pairing` shows where you take part and what you have told me, and how to say it otherwise; what you do not "
            "change holds for another year."
        )
        return [*heard, Say(text=text)]
    await _rests(call.person)
    text = (
        "You do not take part any more, and that needs no reason. What you have told me of others stays with me alone, as it counts for "
        "stewardship and requests as well; `pairing with` and a name takes it back. `pairing in` is always open."
    )
    return [*heard, Say(text=text), *await noted(call)]


async def forget(call: Call) -> list[Effect]:
    """Forget the day of the sender, who asks to be forgotten."""
    row = await OwnReview.get_or_none(person=call.person)
    return [] if row is None else await _over(row)
