"""Weekly reports of a crew of Elephants: written privately, opened at one moment to those who wrote one (R75).

They begin when everybody has agreed, and end when anybody says so; whoever writes none is named nowhere.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import blake2b

from handlers.consent import Voice, hear_voice, put_to_all, standing_words
from handlers.language import (
    NO,
    YES,
    Argument,
    Call,
    CallOff,
    Edit,
    Effect,
    Effects,
    Refused,
    Ring,
    Say,
    command,
    inquiry,
    ritual,
)
from handlers.names import people
from handlers.sessions.forms import ask_form
from handlers.words import escaped, folded
from practices import clock, library, rhythm
from practices.circles import Life, RoomKind, Scale
from practices.dates import duration_words, read_rhythm
from practices.defaults import PATIENCE
from practices.rhythm import Cadence, Rhythm
from practices.script import Form
from practices.understanding import NotUnderstood
from storage.inbox import Heard, Kind, Settled
from storage.questions import Question
from storage.rooms import Room

#: The practice that these reports belong to; it says how many write them, what is asked, and for how long.
ELEPHANTS = "Elephants"

A_WEEK = 7

#: The least that is left to write the first ones.
LEAST_TO_WRITE = timedelta(hours=24)

OFF = frozenset({"off", "none", "end", "stop"})


def _report() -> Form:
    """What the script of the Elephants asks every week, opened to those who wrote."""
    sittings = library.find(ELEPHANTS).sittings
    asked = [sitting.phases[0].form for sitting in sittings if sitting.every_days == A_WEEK]
    [form] = [each for each in asked if each is not None and each.hours is not None]
    return form


def _fits(size: int) -> bool:
    """Whether that many people can write them (R75)."""
    return library.find(ELEPHANTS).fits(Scale.CREW, size)


def _written_in() -> timedelta:
    """How long before they open people are asked."""
    return timedelta(hours=_report().hours or 0)


@command(
    name="reports",
    help="write short weekly reports, each privately, that open at one moment to those who wrote one",
    example="reports sunday 18:00",
    kinds=frozenset({RoomKind.CREW}),
    arguments=(
        Argument(
            name="when",
            help="when they open, such as “sunday 18:00”, or “off”; left out, I say when the next ones open",
            rest=True,
        ),
    ),
)
async def reports(call: Call, when: str | None) -> Effects:
    """Show, end, or propose to everybody."""
    if when is None:
        return [Say(text=await _standing(call))]
    if folded(when) in OFF:
        return await _ended(call)
    size = len(await people(call.room, call.house.me))
    if not _fits(size):
        raise Refused(
            f"Weekly reports are for three or four people who share all of their lives; you are {size}. Nothing was "
            "changed. Three or four of you could begin them in a room of their own."
        )
    kept = _weekly(call, when)
    former = await Question.filter(room=call.room.id, inquiry="reports")
    again: list[Effect] = [
        Edit(name=f"question:{each.id}", text="Asked again below.") for each in former
    ]
    await Question.filter(id__in=[each.id for each in former]).delete()
    return [
        *again,
        await put_to_all(
            call,
            "reports",
            _request(kept),
            until=call.at + PATIENCE,
            data={"rhythm": rhythm.as_state(kept)},
        ),
    ]


def _weekly(call: Call, text: str) -> Rhythm:
    """The weekly moment that is meant. Raises NotUnderstood or Refused."""
    zone = call.circle_zone
    try:
        kept = read_rhythm(text, now=call.at, zone=zone)
    except NotUnderstood:
        kept = read_rhythm(f"every {text}", now=call.at, zone=zone)
    if kept.cadence is not Cadence.WEEKLY:
        raise Refused(
            "Reports open once a week. Nothing was changed; "
            f"`{call.house.prefix}reports sunday 18:00` would be such a moment."
        )
    return kept


def _request(kept: Rhythm) -> str:
    before, names = (
        duration_words(_written_in()),
        [field.name.lower() for field in _report().fields],
    )
    return (
        f"Weekly reports, opened **{escaped(rhythm.words(kept))}**: {before} before, I ask each of you privately for "
        f"{len(names)} lines – {', '.join(names)}. They open at that one moment, to those who wrote one, and are "
        "gone a day later.\n\n"
        "I begin when each of you has said yes; one no, and I do not.\n\n✅ yes · ✋ no"
    )


@inquiry(name="reports", options=(YES, NO), matter="whether you write weekly reports")
async def agreeing(call: Call, question: Question, said: str) -> Effects:
    """Count the voices; begin when all have agreed."""
    kept = rhythm.from_state(question.data["rhythm"])
    message = f"question:{question.id}"
    standing = await hear_voice(call, question, said)
    match standing.voice:
        case Voice.AGREED:
            return [
                CallOff(about=_about(call.room)),
                Edit(name=message, text=f"All {standing.of} of you have said yes."),
                *_next(call, kept, call.at),
                Say(text=_begins(call, kept)),
            ]
        case Voice.ENDED:
            text = "There are no new weekly reports: not everybody wishes them now, and that needs no reason."
            return [Edit(name=message, text=text)]
        case Voice.WAITING:
            text = standing_words(call, call.room, _request(kept), standing)
            return [Edit(name=message, text=text)]
        case Voice.NOTHING:
            return []


def _begins(call: Call, kept: Rhythm) -> str:
    opens = _following(kept, call.at)
    first = clock.short_words(opens, call.circle_zone) if opens else "never"
    return (
        f"The first reports open **{first}**. I ask each of you in our private chat before; passing is always fine. "
        f"`{call.house.prefix}reports off` ends it, whoever says so."
    )


def _about(room: Room) -> str:
    return f"reports:{room.id}"[:64]


def _following(kept: Rhythm, now: datetime) -> datetime | None:
    """The next moment for which there is time to write."""
    found = next(rhythm.occurrences(kept, now + LEAST_TO_WRITE), None)
    return found.at if found else None


def _next(call: Call, kept: Rhythm, now: datetime) -> list[Effect]:
    """The hour at which the next reports are asked for."""
    opens = _following(kept, now)
    if opens is None:
        return []
    return [
        Ring(
            ritual="reports",
            about=_about(call.room),
            at=max(now, opens - _written_in()),
            # Proposed anew, the same moment is another hour.
            when=f"{opens.isoformat(timespec='minutes')} {_digest(call.key)}",
            useful_until=opens - LEAST_TO_WRITE / 2,
            room=call.room.id,
            content={"rhythm": rhythm.as_state(kept), "opens": opens.isoformat()},
        )
    ]


def _digest(key: str) -> str:
    return blake2b(key.encode(), digest_size=8).hexdigest()


async def _missed(call: Call) -> Effects:
    """An hour that came back too late to write: the next week comes in time."""
    return _next(call, rhythm.from_state(call.content["rhythm"]), call.kept_at or call.at)


@ritual(
    name="reports", help="asks for the weekly reports, some days before they open", late=_missed
)
async def asked(call: Call) -> Effects:
    """Ask everybody, unless the crew pauses; and write the next week's hour ahead."""
    room, opens = call.room, datetime.fromisoformat(str(call.content["opens"]))
    if room.kind is not RoomKind.CREW or room.life is Life.CLOSED:
        return []
    following = _next(call, rhythm.from_state(call.content["rhythm"]), opens)
    if room.life is Life.PAUSED:
        return following
    present = await people(room, call.house.me)
    if not _fits(len(present)):
        return [
            Say(
                text=f"Weekly reports are for three or four, and you are {len(present)} now, so they end here. "
                f"`{call.house.prefix}reports` begins them anew when you are."
            )
        ]
    effects = await ask_form(
        call,
        room,
        _report(),
        present,
        title="Weekly report",
        opens_at=opens,
        about=f"report:{opens:%Y-%m-%d}",
    )
    return [*effects, *following]


async def _ahead(room: Room) -> Mapping[str, object] | None:
    """What the next hour of the reports carries; None when there are none."""
    hours = Heard.filter(about=_about(room), kind=Kind.HOUR, state=Settled.WAITING)
    hour = await hours.order_by("at").first()
    return None if hour is None else hour.content or {}


async def _standing(call: Call) -> str:
    ahead = await _ahead(call.room)
    example = f"`{call.house.prefix}reports sunday 18:00`"
    if ahead is None:
        return f"You write no weekly reports. {example} would propose them to all of you."
    kept = rhythm.from_state(ahead["rhythm"])
    opens = datetime.fromisoformat(str(ahead["opens"]))
    return (
        f"Weekly reports open **{escaped(rhythm.words(kept))}**; the next that I ask for open "
        f"{clock.short_words(opens, call.circle_zone)}. {example} would propose another moment, "
        f"`{call.house.prefix}reports off` ends them."
    )


async def _ended(call: Call) -> list[Effect]:
    asked_for = await Question.filter(room=call.room.id, inquiry="reports").delete()
    if await _ahead(call.room) is None and not asked_for:
        return [Say(text="You write no weekly reports, so nothing was changed.")]
    return [
        CallOff(about=_about(call.room)),
        Say(
            text="Done: I ask for no more weekly reports. What is already sealed opens at its moment."
        ),
    ]
