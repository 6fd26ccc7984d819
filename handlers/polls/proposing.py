"""How a consent round comes about: a text that is ready, and its beginning, live or over days.

What cannot be asked is refused with the nearest thing that can be.
"""

import re
from datetime import timedelta

from handlers.domains import matters
from handlers.language import Call, Effect, Refused, Say
from handlers.meetings.boards import host_of
from handlers.meetings.meetings import RESTING, setting
from handlers.names import names, people
from handlers.polls import facilitating, progress
from handlers.polls import roundtable as table
from handlers.whom import whom
from handlers.words import verbatim
from practices import rounds
from practices.rounds import NotNow, Round
from practices.understanding import NotUnderstood
from storage import rounds as kept
from storage import sessions
from storage.coming import Coming
from storage.meetings import Meeting, Standing
from storage.rounds import Round as Row

#: More rounds at a time than this nobody can follow.
MOST_OPEN = 5

#: A meeting is running from so long before its hour on.
EARLY = timedelta(minutes=30)

_LIVE = re.compile(r"live(?: now)?|now|together", re.IGNORECASE)
_DAYS = re.compile(r"(?:(\d{1,2}) days?(?: a step| each)?|over days)", re.IGNORECASE)
#: Names somebody who is asked to facilitate.
FACILITATOR = re.compile(r"(?:facilitator|facilitated by)[:\s]+(.+)", re.IGNORECASE)


async def propose(call: Call, what: str, *, request: str | None = None) -> list[Effect]:
    """A proposal is ready: it is shown, and waits for whoever begins; `request` is the message that began it.

    Raises NotUnderstood and Refused.
    """
    text, live, hours, named = _clauses(what)
    if call.room.life in RESTING:
        raise Refused(
            f"The crew rests, so nothing was asked. `{call.house.prefix}wake` asks all of you to take it up again."
        )
    if not text.strip():
        raise NotUnderstood("What do you propose? For example: We share the cost of the room.")
    if len(text) > rounds.LONGEST:
        raise Refused(
            f"That is longer than {rounds.LONGEST} characters, and people consent to what they can hold in mind. Nothing was "
            "asked; a shorter text, with a link to the rest, works."
        )
    open_ = await kept.open_in([call.room.id])
    if len(open_) >= MOST_OPEN:
        raise Refused(
            f"{MOST_OPEN} consent rounds are open here, which is as many as people can follow. Nothing was asked; when one "
            "of them is over, there is room."
        )
    round_ = await _ready(call, text, hours)
    facilitator = await whom(call, call.room, named) if named else None
    row = await Row.create(
        room=call.room.id,
        zone=call.circle_zone.key,
        asked_at=call.at,
        state=rounds.as_state(round_),
        stage=round_.stage,
        purpose=f"circle:{call.room.id}",
        request=request or call.event_id,
    )
    effects: list[Effect] = [
        Say(text=await table.board(call, row, round_), name=table.about(row), answers=False),
        *await matters.remark(call, call.room, text, author=call.person, origin=f"round:{row.id}"),
    ]
    if facilitator is not None and facilitator != call.person:
        effects += await facilitating.ask_to_facilitate(call, row, round_, facilitator)
    if live:
        return [*effects, *await begin(call, row, round_, live=True)]
    row.step = row.prompt = 1
    effects += [await table.prompt(call, row, round_), *await progress.keep(call, row, round_)]
    return [*effects, *await facilitating.card(call, row, round_)]


async def _ready(call: Call, text: str, hours: int) -> Round:
    here = await people(call.room, call.house.me)
    if call.person not in here:
        raise Refused("Consent is asked by the members of a circle, so nothing was asked.")
    try:
        return rounds.proposed(
            text, proposer=call.person, people=await _by_name(call, here), now=call.at, hours=hours
        )
    except NotNow as why:
        nearest = ""
        if len(here) > rounds.MOST:
            nearest = f" `{call.house.prefix}poll consent …` asks all of you at once; or a circle of your delegates takes the round."
        raise Refused(f"{verbatim(str(why))} Nothing was asked.{nearest}") from why


def _clauses(what: str) -> tuple[str, bool, int, str]:
    """The text, whether it is live, the hours of a step, and who was named to facilitate; read from the end on."""
    parts, live, hours, named = what.split(";"), False, rounds.HOURS, ""
    while len(parts) > 1:
        last = parts[-1].strip()
        days, facilitator = _DAYS.fullmatch(last), FACILITATOR.fullmatch(last)
        if _LIVE.fullmatch(last):
            live = True
        elif days is not None:
            hours = 24 * max(1, int(days[1])) if days[1] else hours
        elif facilitator is not None:
            named = facilitator[1].strip()
        else:
            break
        parts.pop()
    return ";".join(parts).strip(), live, hours, named


async def _by_name(call: Call, here: list[str]) -> tuple[str, ...]:
    """People in the order of their names."""
    called = {person: (await names(call.room.id, [person]))[0].casefold() for person in here}
    return tuple(sorted(here, key=lambda person: (called[person], person)))


async def begin(call: Call, row: Row, round_: Round, *, live: bool) -> list[Effect]:
    """Begin over days with everybody, or live with those who are together. Raises NotNow and Refused."""
    here = await people(call.room, call.house.me)
    if live:
        await _check_live(call, row)
        meeting = await _meeting(call)
        here = await _together(call, round_, meeting, here)
        host = await host_of(meeting) if meeting is not None else None
        if host in here and round_.facilitator == round_.proposer:
            round_ = (
                rounds.handed(round_, host, call.at).round if host != round_.facilitator else round_
            )
    step = rounds.begun(round_, call.person, call.at, live=live, people=await _by_name(call, here))
    return await progress.went(call, row, round_, step)


async def _check_live(call: Call, row: Row) -> None:
    running = await sessions.running(call.room.id)
    if running is not None and running.state is not None:
        raise Refused(
            f"The clock keeps your {verbatim(running.script)} just now, so nothing was begun. ⏹️ under its message ends that; "
            f"{table.BEGIN} begins the round over days."
        )
    for other in await kept.open_in([call.room.id]):
        if other.live and other.id != row.id:
            raise Refused(
                f"Consent round {other.id} is live here, one at a time. Nothing was begun; {table.BEGIN} begins this one over "
                f"days, and `{call.house.prefix}consent {other.id} days` has the other go on over days."
            )


async def _meeting(call: Call) -> Meeting | None:
    """The meeting that is running now."""
    length = timedelta(minutes=int(setting(call.room, "meeting-minutes")))
    near = Meeting.filter(room=call.room.id, at__gt=call.at - length, at__lte=call.at + EARLY)
    return await near.exclude(standing=Standing.SKIPPED).order_by("-at").first()


async def _together(
    call: Call, round_: Round, meeting: Meeting | None, here: list[str]
) -> list[str]:
    """Who is taken to be there: those who come to the meeting that runs, or all."""
    coming: set[str] = set()
    if meeting is not None:
        answers = await Coming.filter(meeting=meeting.id)
        coming = {each.person for each in answers if each.answer.present}
    if not coming:
        return here
    needed = {call.person, round_.proposer, round_.facilitator}
    return [person for person in here if person in coming | needed]
