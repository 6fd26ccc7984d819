"""After a meeting: who was there, what was decided and taken on, and when you meet next; nothing else (R18).

Who was there is put together from the answers given before, and from the sittings whose clock was kept. Everybody corrects that for themselves, and only for
themselves, until the record is final a day later. Nobody is named for having been away (Q18).
"""

from collections.abc import Iterable
from datetime import timedelta
from zoneinfo import ZoneInfo

from handlers.conversation import run
from handlers.house.adoption import CIRCLES
from handlers.language import (
    Argument,
    Call,
    Edit,
    Effect,
    Effects,
    Refused,
    Ring,
    Say,
    command,
    ritual,
    tap,
)
from handlers.meetings import meetings
from handlers.meetings.boards import host_of, room_of
from handlers.meetings.commitments import SHOWN, decisions, harvest, latest, lines
from handlers.meetings.hosting import next_host
from handlers.names import names, people
from handlers.reciprocity import game
from handlers.words import folded, sign, verbatim
from practices.meetings import Attendance, next_waking
from practices.understanding import NotUnderstood
from practices.understanding import shown as quoted
from storage.coming import Coming
from storage.commitments import Commitment
from storage.database import row_of
from storage.energy import Energy
from storage.hosting import Hosting
from storage.meetings import Meeting, Standing
from storage.outbox import Owed
from storage.presence import Presence
from storage.rooms import Room

#: A meeting's last words are not interrupted: what was noted is said so much later.
CLOSING = timedelta(minutes=15)

#: So long after a meeting everybody may correct what was noted about them.
CORRECTING = timedelta(hours=24)

#: With fewer there was no meeting.
FEWEST = 2

#: An absence that was announced so long before is another than one that was not (Q5).
IN_TIME = timedelta(days=1)

THERE, AWAY, TAKEN_ON = "🙋", "🚪", "📝"

NOT_OVER = "It is not over yet; afterwards I note who was there."


# -------------------------------------------------------------------------------------------- the hours


@ritual(
    name="ended",
    help="when a meeting is over, forgets what was only for it and notes who came, from the answers",
)
async def ended(call: Call) -> Effects:
    """Silent: energy and what was said about hosting are gone, and who came stands as it was announced."""
    meeting = await row_of(Meeting, call.content["meeting"])
    if meeting is None or meeting.standing is Standing.SKIPPED:
        return []
    await Energy.filter(meeting=meeting.id).delete()
    await Hosting.filter(meeting=meeting.id).delete()
    answers = {each.person: each.answer async for each in Coming.filter(meeting=meeting.id)}
    for person in await people(call.room, call.house.me):
        came = person in answers and answers[person].present
        await Presence.get_or_create({"came": came}, meeting=meeting.id, person=person)
    if meeting.held is None:
        await _count(meeting)
    now = call.kept_at or call.at
    # Counted from its end and not from when we came to it: a late evening is no reason for a night more.
    soon = max(now, call.at + CLOSING)
    at = next_waking(soon, ZoneInfo(meeting.zone), meetings.quiet_of(call.room))
    return [
        *await next_host(call, call.room),
        *await meetings.placed(call, now),
        Ring(
            ritual="record",
            about=f"meeting:{meeting.id}",
            at=at,
            when=meeting.local,
            content={"meeting": meeting.id},
        ),
    ]


async def _enough(meeting: Meeting) -> bool:
    """Whether those who are noted as there are enough for a meeting."""
    return await Presence.filter(meeting=meeting.id, came=True).count() >= FEWEST


async def _count(meeting: Meeting) -> None:
    """Whether it took place, by those who say that they were there; unknown where nobody has said anything."""
    enough, asked = await _enough(meeting), await Coming.exists(meeting=meeting.id)
    meeting.held = True if enough else False if asked else None
    await meeting.save(update_fields=["held"])


async def sat(call: Call, meeting_id: int, people_: Iterable[str]) -> list[Effect]:
    """Note that those who took part in a sitting came to the meeting it was held in (R18).

    It is a proposal like the answers given before: everybody corrects it for themselves. Once it was said who was
    there, only they do.
    """
    meeting = await Meeting.get_or_none(id=meeting_id)
    if (
        meeting is None
        or meeting.standing is Standing.SKIPPED
        or call.room.kind not in meetings.PAIRS
    ):
        return []
    said = await Owed.exists(name=f"record:{meeting.id}")
    if said or meeting.final_at is not None or await _called_off(meeting):
        return []
    over = await _over(meeting)
    here = await people(call.room, call.house.me)
    for person in (each for each in people_ if each in here):
        await Presence.update_or_create({"came": True}, meeting=meeting.id, person=person)
    await _count(meeting)
    # Where nobody had said that they come, nothing would be said of it: the hour for that may have struck.
    return [*await meetings.placed(call, call.at), *([_hour(call, meeting)] if over else [])]


def _hour(call: Call, meeting: Meeting) -> Ring:
    """When it is said who was there: not while they still sit, and in no night."""
    soon = (call.kept_at or call.at) + CLOSING
    at = next_waking(soon, ZoneInfo(meeting.zone), meetings.quiet_of(call.room))
    return Ring(
        ritual="record",
        about=f"meeting:{meeting.id}",
        at=at,
        when=f"{meeting.local} sat",
        room=meeting.room,
        content={"meeting": meeting.id},
    )


async def _over(meeting: Meeting) -> bool:
    """Whether it has ended: from then on it is noted who was there."""
    return await Presence.exists(meeting=meeting.id)


async def _called_off(meeting: Meeting) -> bool:
    """Whether somebody said that it did not take place, against what had been announced."""
    return meeting.held is False and await _enough(meeting)


async def _speaks(meeting: Meeting) -> str | None:
    """The host whose word it is whether a meeting took place; None where it is anybody's.

    Whoever was proposed and said nothing is not its host: a meeting that others held is not theirs to cancel. What
    was said about hosting is forgotten with the meeting; then it is a host who was there.
    """
    if not await _over(meeting):
        return await host_of(meeting)
    there = Presence.filter(meeting=meeting.id, person=meeting.host, came=True)
    return meeting.host if meeting.host is not None and await there.exists() else None


@ritual(
    name="record",
    help="says, after a meeting, who was noted as there, so that everybody can correct it",
)
async def noted(call: Call) -> Effects:
    """Say what was noted, and write the hour ahead at which it is final."""
    meeting = await row_of(Meeting, call.content["meeting"])
    if meeting is None or await Owed.exists(name=f"record:{meeting.id}"):
        return []
    now, quiet = call.kept_at or call.at, meetings.quiet_of(call.room)
    final = next_waking(now + CORRECTING, ZoneInfo(meeting.zone), quiet)
    closing = Ring(
        ritual="final",
        about=f"meeting:{meeting.id}",
        at=final,
        when=meeting.local,
        content={"meeting": meeting.id},
    )
    if meeting.held is None:
        # Nobody has said anything about coming. Whoever answers no questions is left in peace; `!record there` still works.
        return [closing]
    prefix = call.house.prefix
    kept = f"{TAKEN_ON} who takes on what *(`{prefix}harvest`; `{prefix}decided` keeps what you decided)*"
    return [
        Say(
            text=f"{await _noted_words(call.room, meeting)}\n\n{kept}",
            name=f"record:{meeting.id}",
            taps=(THERE, AWAY, TAKEN_ON),
        ),
        closing,
    ]


async def _noted_words(room: Room, meeting: Meeting) -> str:
    """Who was there by name, and never who was not."""
    day = f"**{meetings.shown(meeting).rpartition(',')[0]}**"
    if await _called_off(meeting):
        text = f"{day}: it did not take place, and nothing follows from it."
        return text if await _speaks(meeting) else f"{text} If you met: {THERE} I was there"
    if not meeting.held:
        return (
            f"For {day} I know of fewer than two who were there, so I note no meeting. If you met: "
            f"{THERE} I was there"
        )
    return (
        f"Noted for {day}: {await _there(room, meeting)}\n\n{THERE} I was there · {AWAY} I was not"
    )


async def _there(room: Room, meeting: Meeting) -> str:
    """As in `Ana, Ben and Cleo were there.`; after a year, how many."""
    if meeting.came is not None:
        return f"{meeting.came} of you were there."
    rows = await Presence.filter(meeting=meeting.id, came=True)
    called = await names(room.id, [row.person for row in rows])
    return f"{', '.join(called[:-1])} and {called[-1]} were there."


@ritual(name="final", help="a day after a meeting, closes what was noted about who came")
async def final(call: Call) -> Effects:
    """From now on the record stands; whoever counts meetings learns of it."""
    meeting = await row_of(Meeting, call.content["meeting"])
    if meeting is None or meeting.final_at is not None:
        return []
    meeting.final_at = call.kept_at or call.at
    await meeting.save(update_fields=["final_at"])
    name, day = f"record:{meeting.id}", f"**{meetings.shown(meeting).rpartition(',')[0]}**"
    if not meeting.held:
        return [Edit(name=name, text=f"{day}: no meeting was noted.")]
    rows = await Presence.filter(meeting=meeting.id)
    came = [row.person for row in rows if row.came]
    absent = [row.person for row in rows if not row.came]
    return [
        Edit(name=name, text=f"Noted for {day}: {await _there(call.room, meeting)}"),
        *await game.meeting_held(
            call, call.room, meeting, came, absent, await _announced(meeting, absent)
        ),
    ]


async def _announced(meeting: Meeting, absent: list[str]) -> list[str]:
    """Of those who were away, who had said so at least a day before."""
    said = Coming.filter(meeting=meeting.id, person__in=absent, answer=Attendance.NOT_COMING)
    return [
        each.person
        async for each in said
        if each.said_at is not None and each.said_at <= meeting.at - IN_TIME
    ]


# ---------------------------------------------------------------------------------------- corrections


def read_presence(text: str) -> bool | None:
    """Whether somebody says that they were there; None when they say something else."""
    word = folded(text)
    if sign(text) == THERE or word in ("i was there", "there", "was there", "i came"):
        return True
    if sign(text) == AWAY or word in (
        "i was not",
        "i was not there",
        "not there",
        "i wasn't there",
        "away",
    ):
        return False
    return None


@tap(
    prefix="record",
    labels={"i was there": THERE, "i was not [there]": AWAY, "who takes on what": TAKEN_ON},
    unseen=(THERE, AWAY),
)
async def corrected(call: Call, subject: str, said: str) -> Effects:
    """A tap or a word under what was noted; or who takes on what, which is asked for."""
    if sign(said) == TAKEN_ON and call.person in await people(call.room, call.house.me):
        return await run(call, harvest, {})
    meeting, came = await row_of(Meeting, subject), read_presence(said)
    if meeting is None or came is None or meeting.final_at is not None:
        return []
    return await _correct(call, meeting, came=came)


async def _correct(call: Call, meeting: Meeting, *, came: bool) -> list[Effect]:
    room = await room_of(call, meeting)
    if call.person not in await people(room, call.house.me):
        return []
    noted_ = await Presence.get_or_none(meeting=meeting.id, person=call.person)
    if noted_ is None and not came:
        return []
    called_off = await _called_off(meeting)
    if called_off and came and await _speaks(meeting) is None:
        called_off = False  # no host has said so, and here is somebody who was there
    await Presence.update_or_create({"came": came}, meeting=meeting.id, person=call.person)
    if not called_off:
        await _count(meeting)
    return await _noted_anew(call, meeting)


async def _noted_anew(call: Call, meeting: Meeting) -> list[Effect]:
    """What was said about who was there, as it stands now; and the cycle, which counts what was held."""
    words = await _noted_words(call.room, meeting)
    return [
        Edit(name=f"record:{meeting.id}", text=words),
        *await meetings.placed(call, call.at),
    ]


# -------------------------------------------------------------------------------------------- in words

CALLED_OFF, HELD = "cancelled", "held"


def _wish(text: str, _call: Call) -> str | bool:
    """What is wanted of the record: to correct oneself, or to say whether the meeting took place."""
    word, came = folded(text), read_presence(text)
    if came is not None:
        return came
    if word in ("cancelled", "canceled", "called off", "not held", "did not happen"):
        return CALLED_OFF
    if word in ("held", "it was held"):
        return HELD
    raise NotUnderstood(
        f"I did not understand {quoted(text)}. Say “there” or “not there” about yourself; "
        "the host may say “cancelled” or “held”."
    )


@command(
    name="record",
    help="see the record of the last meeting, or correct what it says about you",
    example="record",
    kinds=CIRCLES,
    arguments=(
        Argument(
            name="what",
            help="“there” or “not there” about yourself; “cancelled” or “held” for the host",
            rest=True,
            read=_wish,
        ),
    ),
)
async def record(call: Call, what: str | bool | None) -> Effects:
    """Show the last record, or correct it while it is open."""
    meeting = await latest(call.room.id, call.at)
    if meeting is None:
        raise Refused("You have not met yet, as far as I know, so there is no record.")
    if what is None:
        return [Say(text=await _shown(call, meeting))]
    if meeting.final_at is not None or meeting.came is not None:
        raise Refused(
            f"The record of **{meetings.shown(meeting)}** is final since a day after it, so nothing was changed. "
            "What you decided or took on can still be written down."
        )
    if isinstance(what, bool):
        if not await _over(meeting):
            raise Refused(
                "That meeting is not over yet; afterwards I note who was there, and you can say so."
            )
        return [*await _correct(call, meeting, came=what), Say(text="Noted as you say.")]
    return await _happened(call, meeting, held=what == HELD)


async def _happened(call: Call, meeting: Meeting, *, held: bool) -> list[Effect]:
    """The host says whether it took place; where nobody has agreed to host, anybody does."""
    if await _speaks(meeting) not in (None, call.person):
        raise Refused(
            "Whether the meeting took place is for its host to say, so nothing was changed. "
            f"`{call.house.prefix}record not there` corrects what is noted about you."
        )
    over = await _over(meeting)
    meeting.held = None if held else False
    await meeting.save(update_fields=["held"])
    if not over:
        text = NOT_OVER if held else _happened_words(call, meeting)
        return [*await meetings.placed(call, call.at), Say(text=text)]
    if held:
        await _count(meeting)
        if not meeting.held:
            meeting.held = None  # it took place, and nobody has said yet that they were there
            await meeting.save(update_fields=["held"])
    return [*await _noted_anew(call, meeting), Say(text=_happened_words(call, meeting))]


def _happened_words(call: Call, meeting: Meeting) -> str:
    prefix = call.house.prefix
    if meeting.held is None:
        return f"Good. I note it when two of you have said that they were there: `{prefix}record there`."
    if meeting.held:
        return "Good: it took place. Everybody can correct what is noted about them."
    return (
        "Noted: it did not take place, and nothing follows from it. "
        f"`{prefix}record held` undoes this; with fewer than two there, each says `{prefix}record there`."
    )


async def _shown(call: Call, meeting: Meeting) -> str:
    """Date, who came, decisions, commitments, next date."""
    parts = [f"**{meetings.shown(meeting)}**"]
    if meeting.held:
        parts.append(await _there(call.room, meeting))
    elif meeting.held is None:
        parts.append("Nobody told me who was there." if await _over(meeting) else NOT_OVER)
    else:
        parts.append("It did not take place, as far as I know.")
    decided = await decisions(call.room.id, meeting.id)
    if decided:
        listed = [
            f"{number}. {verbatim(each.what)}" for number, each in enumerate(decided[:SHOWN], 1)
        ]
        listed += [f"and {len(decided) - SHOWN} more"] if len(decided) > SHOWN else []
        parts.append("\n".join(["Decided:", "", *listed]))
    taken_on = await Commitment.filter(room=call.room.id, meeting=meeting.id).order_by("id")
    if taken_on:
        parts.append("\n".join(["Taken on:", "", *await lines(call.room, taken_on)]))
    parts.append(await meetings.next_words(call))
    return "\n\n".join(parts)
