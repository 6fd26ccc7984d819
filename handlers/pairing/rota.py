"""The pair rota of a crew: in one cycle everybody meets everybody once, two at a time (R32, DYAD-1).

It begins when all of them agree and ends by one word of anybody. The crew sees how many pairs have met, and never which;
each pair hears of its turn in private and looks for its own time.

Of two of whom one would not meet the other (handlers/pairing/preferences.py) the turn comes as any: left out, they would
see in the end whom they never had a turn with, of so few. But whoever has said so is asked nothing and hears nothing of
it, and the other finds it as it is with somebody who does not answer: they are asked, once more after some days, and it
rests. A silence tells less than a pair that is missing, and nobody has to say no to protect themselves.
"""

from datetime import datetime, time, timedelta

from handlers import askings
from handlers.asking import now_of, whispered
from handlers.consent import Voice, hear_voice, is_whole, put_to_all, standing_words
from handlers.dyads import one_to_one_arrangements
from handlers.language import (
    NO,
    YES,
    Argument,
    Call,
    CallOff,
    Change,
    Edit,
    Effect,
    Effects,
    Refused,
    Ring,
    Say,
    command,
    inquiry,
    ritual,
    watch,
)
from handlers.meetings.meetings import RESTING
from handlers.names import people
from handlers.words import folded
from practices import clock
from practices.circles import Life, RoomKind
from practices.defaults import PATIENCE
from practices.dyads import Occasion
from practices.pairing import next_turn, pairs_of, still_to_meet
from practices.understanding import NotUnderstood, shown
from storage import pairings
from storage.dyads import met_count
from storage.members import Member
from storage.pairings import Rota, RotaPair
from storage.questions import Question
from storage.rooms import Room

ASKED = "rota"

#: With fewer there is nobody to take turns with.
FEWEST = 3

_PACES = {
    "": 2,
    "weekly": 1,
    "every week": 1,
    "fortnightly": 2,
    "every two weeks": 2,
    "every other week": 2,
    "monthly": 4,
    "every month": 4,
    "every four weeks": 4,
}
_PACE_WORDS = {1: "every week", 2: "every two weeks", 4: "every four weeks"}

_HOUR = time(10)

#: A turn that could not begin on its day begins as long after.
_STILL_BEGUN = timedelta(days=6)

_STOPS = frozenset({"stop", "end", "off", "cancel"})


def _about(room: Room) -> str:
    return f"rota:{room.id}"[:64]


def _pace(text: str, _call: Call) -> int | None:
    """The weeks from turn to turn that are meant; None for a stop. Raises NotUnderstood."""
    said = folded(text)
    if said in _STOPS:
        return None
    if said not in _PACES:
        raise NotUnderstood(
            f"I could not read {shown(text)} as a pace. There is “weekly”, “fortnightly” and “monthly”; “stop” ends a rota."
        )
    return _PACES[said]


@command(
    name="rota",
    aliases=("pair-rota",),
    help="let everybody in the crew meet everybody once, two at a time; see how many pairs have met",
    example="rota fortnightly",
    kinds=frozenset({RoomKind.CREW}),
    arguments=(
        Argument(
            name="pace",
            rest=True,
            help="“weekly”, “fortnightly” or “monthly” to begin one; “stop” ends it; nothing shows how it stands",
        ),
    ),
)
async def rota(call: Call, pace: str | None) -> Effects:
    """How it stands, or the question whether it begins, or its end."""
    row = await Rota.get_or_none(room=call.room.id)
    said = folded(pace or "")
    if said in _STOPS:
        return await _stopped(call, row)
    weeks = _pace(said, call)
    assert weeks is not None
    if row is not None:
        words = await _stands(call, row)
        if said:
            words = f"A rota runs already, so nothing was begun. {words}"
        return [Say(text=words)]
    here = await people(call.room, call.house.me)
    _check(call, here)
    asked = await Question.filter(room=call.room.id, inquiry=ASKED, until__gt=call.at).first()
    if asked is not None and (not said or _weeks(asked) == weeks):
        return [Say(text=_is_asked(call, asked, here))]
    await Question.filter(room=call.room.id, inquiry=ASKED).delete()
    return [
        await put_to_all(
            call,
            ASKED,
            _proposal(len(here), weeks),
            until=call.at + PATIENCE,
            data={"weeks": weeks},
        )
    ]


def _weeks(question: Question) -> int:
    return int(str(question.data.get("weeks", 2)))


def _is_asked(call: Call, question: Question, here: list[str]) -> str:
    """How a rota stands that is proposed and not agreed on yet: a number, and nobody's name."""
    agreed = sum(each in question.answers for each in here)
    return (
        f"**A pair rota** is asked already, a turn {_PACE_WORDS[_weeks(question)]}: {agreed} of {len(here)} "
        f"{'has' if agreed == 1 else 'have'} said yes so far. `{call.house.prefix}yes` is your yes, and so is ✅ under that "
        f"question; `{call.house.prefix}rota` with another pace asks anew."
    )


def _check(call: Call, here: list[str]) -> None:
    """A rota needs a crew that lives, and three people. Raises Refused."""
    if call.person not in here:
        raise Refused("A rota is the crew's own, for its members to begin. Nothing was changed.")
    if len(here) < FEWEST:
        raise Refused(
            "A rota takes turns, and for that there are too few of you. Nothing was begun; `dyad` and a name, in our private "
            "chat, is for two."
        )
    if call.room.life in RESTING:
        raise Refused(
            "The crew rests just now, so nothing was begun. Once it wakes a rota can begin."
        )


def _proposal(size: int, weeks: int) -> str:
    turns = size - 1 + size % 2
    return (
        f"**A pair rota**: everybody meets everybody once, two at a time. For {size} of you these are {pairs_of(size)} pairs in "
        f"{turns} turns, a turn {_PACE_WORDS[weeks]}. Each pair hears of it in private and looks for its own time; the crew "
        "sees how many have met, and nothing else. It begins when each of you has said yes; one no, and all stays as it is. "
        "Any of you can stop it later by one word."
    )


@inquiry(name=ASKED, options=(YES, NO), matter="whether everybody meets everybody, two at a time")
async def answered(call: Call, question: Question, said: str) -> Effects:
    """One more voice."""
    weeks = _weeks(question)
    message = f"question:{question.id}"
    size = len(await people(call.room, call.house.me))
    standing = await hear_voice(call, question, said)
    match standing.voice:
        case Voice.WAITING:
            text = standing_words(call, call.room, _proposal(size, weeks), standing)
            return [Edit(name=message, text=text)]
        case Voice.ENDED:
            text = "There is no rota, and that needs no reason. `dyad` and a name, in our private chat, is for two."
            return [Edit(name=message, text=text)]
        case Voice.AGREED:
            return [
                Edit(name=message, text="All of you agreed: the rota begins."),
                *await _begun(call, weeks),
            ]
    return []


async def _begun(call: Call, weeks: int) -> list[Effect]:
    await RotaPair.filter(room=call.room.id).delete()
    await Rota.filter(room=call.room.id).delete()
    today = clock.wall(now_of(call), call.circle_zone).date()
    row = await Rota.create(room=call.room.id, began=today, weeks=weeks)
    return await _turn(call, row)


async def _turn(call: Call, row: Rota) -> list[Effect]:
    """The next pairs of those who are here now, each told in private; or the end of the cycle."""
    members = await _members(call)
    turn = next_turn(members, await pairings.proposed_pairs(call.room.id))
    if not turn:
        return await _whole(call, row)
    row.turn += 1
    await row.save()
    effects: list[Effect] = []
    rest = set(members)
    for one, other in turn:
        await RotaPair.create(room=call.room.id, one=one, other=other)
        asked = await _asked(call, one, other)
        rest -= asked
        if asked:
            effects += await one_to_one_arrangements.begin(
                call,
                (one, other),
                circle=call.room.id,
                occasion=Occasion.ROTA,
                subject=f"rota:{row.turn}",
                unasked={one, other} - asked,
            )
    after = _next(call, row)
    day = clock.long_day(clock.wall(after.at, call.circle_zone).date())
    for person in members:
        if person in rest:
            text = f"In this turn of your crew's pair rota you rest. The next one is on **{day}**."
            effects += await whispered(
                call, person, text, about=_about(call.room), dispensable=True
            )
    return [*effects, after]


async def _asked(call: Call, one: str, other: str) -> set[str]:
    """Those of two who are asked for times: not whoever would not meet the other, who reads nothing of it from this."""
    both = ((one, other), (other, one))
    return {who for who, whom in both if not await askings.excludes(call, who, whom)}


async def _members(call: Call) -> list[str]:
    """The crew's people in the order in which they came: so a turn follows from the last whoever comes later."""
    here = set(await people(call.room, call.house.me))
    rows = await Member.filter(room=call.room.id).order_by("id")
    return [row.person for row in rows if row.person in here]


def _next(call: Call, row: Rota) -> Ring:
    """The hour of the turn after this one."""
    day = clock.wall(now_of(call), call.circle_zone).date() + timedelta(weeks=row.weeks)
    at = clock.resolve(datetime.combine(day, _HOUR), call.circle_zone)
    return Ring(
        ritual="rota-turn",
        about=_about(call.room),
        at=at,
        when=f"{row.began.isoformat()} {row.turn} {at.isoformat()}",
        useful_until=at + _STILL_BEGUN,
        room=call.room.id,
        content={"turn": row.turn, "began": row.began.isoformat()},
    )


async def _of_hour(call: Call) -> Rota | None:
    """The rota whose turn an hour is, unless it was stopped, or another began since."""
    row = await Rota.get_or_none(room=call.room.id)
    if row is None or row.turn != call.content["turn"]:
        return None
    return row if row.began.isoformat() == call.content["began"] else None


async def _later(call: Call) -> Effects:
    """The day of a turn has passed while we were away: it begins a pace later."""
    row = await _of_hour(call)
    return [] if row is None else [_next(call, row)]


@ritual(name="rota-turn", help="begins the next turn of a crew's pair rota", late=_later)
async def turned(call: Call) -> Effects:
    """Who is here is read in this moment. A crew that rests has no turn, and goes on once it wakes."""
    row = await _of_hour(call)
    if row is None or call.room.life is Life.CLOSED or call.room.kind is not RoomKind.CREW:
        return []
    if call.room.life in RESTING:
        return [_next(call, row)]
    return await _turn(call, row)


async def _whole(call: Call, row: Rota) -> list[Effect]:
    """Every pair of those who are here has had its turn."""
    proposed = await RotaPair.filter(room=call.room.id).count()
    met = await met_count(call.room.id, row.began)
    await _forgotten(row)
    text = (
        f"**The pair rota has come round**: every pair of you had its turn once. {_count(met, proposed)} "
        f"`{call.house.prefix}rota` begins another cycle whenever you like."
    )
    return [Say(text=text, answers=False)]


async def _forgotten(row: Rota) -> None:
    await RotaPair.filter(room=row.room).delete()
    await row.delete()


def _count(met: int, of: int) -> str:
    return f"{min(met, of)} of {of} pairs have met so far."


async def _stands(call: Call, row: Rota) -> str:
    """How many have met, of how many: never who."""
    proposed = await pairings.proposed_pairs(call.room.id)
    here = await people(call.room, call.house.me)
    ahead = len(still_to_meet(here, proposed))
    met = await met_count(call.room.id, row.began)
    return (
        f"**The pair rota**, a turn {_PACE_WORDS[row.weeks]}: {_count(met, len(proposed) + ahead)} {ahead} of them "
        f"{'has its' if ahead == 1 else 'have their'} turn still to come. `{call.house.prefix}rota stop` ends it."
    )


async def _stopped(call: Call, row: Rota | None) -> list[Effect]:
    """It began because all wanted it; so one word is enough to end it, and nobody is asked why."""
    if row is None:
        asked = Question.filter(room=call.room.id, inquiry=ASKED, until__gt=call.at)
        question = await asked.first()
        if question is None:
            raise Refused(
                f"No rota runs here, so nothing was changed. `{call.house.prefix}rota` begins one."
            )
        await question.delete()
        return [Say(text="There is no rota, and that needs no reason.")]
    if call.person not in await people(call.room, call.house.me):
        raise Refused("A rota is the crew's own, for its members to stop. Nothing was changed.")
    await _forgotten(row)
    return [
        CallOff(about=_about(call.room)),
        Say(text="The rota has ended. Pairs that are looking for a time go on as they like."),
    ]


@watch(kind=Change.LEFT)
async def left(call: Call) -> Effects:
    """Whoever was waited for has left: those who stay may all have agreed."""
    effects: list[Effect] = []
    for question in await Question.filter(room=call.room.id, inquiry=ASKED, until__gt=call.at):
        size = await is_whole(call, question)
        if size >= FEWEST:
            await question.delete()
            text = "All of you agreed: the rota begins."
            effects += [
                Edit(name=f"question:{question.id}", text=text),
                *await _begun(call, _weeks(question)),
            ]
    return effects
