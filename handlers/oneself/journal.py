"""A few minutes of writing for oneself: one prompt, silence, a bell; and when somebody wants to be asked to (SELF-1).

Who named no time is never asked. Nothing is counted, and a prompt that is left is left: none comes later in its place.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers.asking import now_of, zone_of
from handlers.language import (
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
from handlers.meetings.meetings import quiet_for
from handlers.oneself import writing as writings
from handlers.oneself.writing import PASS, PATIENCE, STOP
from handlers.words import escaped, folded
from practices import clock, journal
from practices.circles import RoomKind
from practices.journal import MINUTES, Theme
from practices.meetings import is_quiet
from practices.understanding import NotUnderstood
from storage.database import row_of
from storage.journals import OwnPrompt, Way, Writing, forget_prompt
from storage.people import Person
from storage.questions import Question
from storage.rooms import Room

LENGTHS = (
    Option(sign="3\ufe0f\u20e3", word="3", also=("three", "3 minutes")),
    Option(sign="5\ufe0f\u20e3", word="5", also=("five", "5 minutes")),
    Option(sign="🔟", word="10", also=("ten", "10 minutes")),
)
USUAL_LENGTH = 5

BEGIN = Option(sign="✅", word="begin", also=("yes", "ok", "ready", "now"))
NOT_NOW = Option(sign="✋", word="not today", also=("no", "not now", "stop"))

#: A prompt that could not come for so long does not come: the next one does.
OF_USE = timedelta(hours=2)


@command(
    name="reflect",
    unseen=True,
    aliases=("journal",),
    help="a few quiet minutes to write for yourself, or when I shall offer them",
    example="reflect needs",
    kinds=frozenset({RoomKind.PRIVATE}),
    arguments=(
        Argument(
            name="what",
            help="needs, capacities, triggers, commitments, after or before a meeting; or “at 19:30 on Monday and Thursday”, "
            "“before meetings”, “times” or “never”",
            rest=True,
        ),
    ),
)
async def reflect(call: Call, what: str | None) -> Effects:
    """Begin, or say when to offer it."""
    said = folded(what or "")
    if said.startswith("at "):
        return await _at(call, said.removeprefix("at "))
    if said in ("never", "off", "none"):
        return await _never(call)
    if said in ("before meetings", "before the meetings", "before the monthly meeting"):
        return await _before_meetings(call)
    if said in ("times", "when"):
        return [Say(text=await _shown(call))]
    if journal.is_often(said):
        return await _often(call, said)
    return await _begun(call, _theme(said) if said else None)


async def _often(call: Call, said: str) -> list[Effect]:
    """Somebody begins with the days; a part of the day has an hour of its own, which is said back."""
    times = journal.as_times(said)
    if times is None:
        raise NotUnderstood(
            "At which time? `reflect at 20:00 every day` or `reflect every evening` would be heard."
        )
    return await _at(call, times)


def _theme(said: str) -> Theme:
    """The theme that somebody names. Raises NotUnderstood."""
    first = said.split(maxsplit=1)[0]
    for theme in Theme:
        if first in (theme.value, theme.value.rstrip("s")):
            return theme
    known = ", ".join(theme.value for theme in Theme)
    raise NotUnderstood(f"I know these to write about: {known}. `reflect` alone takes one of them.")


async def _begun(call: Call, theme: Theme | None) -> list[Effect]:
    theme = theme or journal.some_theme(call.key)
    words = "**A few minutes for yourself.**"
    return await writings.begin(call, Way.JOURNAL, words, prompt=theme.value)


async def how_long(call: Call, writing: Writing) -> list[Effect]:
    """Ask for the length of the silence."""
    return [
        Ask(
            inquiry="writing-minutes",
            text=f"How many minutes?\n\n{' · '.join(f'{each.sign} {each.word}' for each in LENGTHS)}\n\n"
            f"⏭️ pass takes {USUAL_LENGTH} · ✋ stop",
            until=call.at + PATIENCE,
            data={"writing": writing.id},
            person=writing.person,
        )
    ]


writings.BEGINS[Way.JOURNAL] = how_long


@inquiry(name="writing-minutes", options=(*LENGTHS, PASS, STOP), alone=True)
async def minutes(call: Call, question: Question, said: str) -> Effects:
    """The silence begins with one prompt."""
    writing = await writings.of(question)
    if writing is None:
        await question.delete()
        return [Say(text=writings.GONE)]
    if said == STOP.word:
        return [*await writings.left(writing), Say(text="Left. Nothing was begun.")]
    wanted = USUAL_LENGTH if said == PASS.word else int(said) if said.isdecimal() else 0
    if wanted not in MINUTES:
        if not writing.keeps and not said.isdecimal():
            return writings.too_early(call)
        raise NotUnderstood("There are 3, 5 or 10 minutes to choose from.")
    await question.delete()
    effects = await writings.silent(writing, call, timedelta(minutes=wanted))
    zone = await zone_of(call, call.person)
    until = clock.wall(call.at + timedelta(minutes=wanted), zone)
    head = f"**{wanted} minutes, until {until:%H:%M}.** Write, or only think; I am silent until the bell."
    return [*effects, _prompt(call, writing, head)]


def _prompt(call: Call, writing: Writing, head: str = "") -> Ask:
    words = journal.prompt(Theme(writing.prompt), writing.step)
    parts = [head, f"*{words}*", "⏭️ pass, for another one · ✋ stop"]
    return Ask(
        inquiry="writing-silence",
        text="\n\n".join(filter(None, parts)),
        until=writing.ends or call.at + PATIENCE,
        data={"writing": writing.id},
        person=writing.person,
    )


@inquiry(name="writing-silence", options=(PASS, STOP), alone=True)
async def in_silence(call: Call, question: Question, said: str) -> Effects:
    """Another prompt on request, or the end; whatever else is said was not for us."""
    writing = await writings.of(question)
    if writing is None:
        await question.delete()
        return []
    if said == STOP.word:
        return await writings.ended(call, writing, "Stopped. It was yours.")
    if said != PASS.word:
        return []
    await question.delete()
    theme, writing.step = journal.after(Theme(writing.prompt), writing.step)
    writing.prompt = theme.value
    await writing.save(update_fields=["prompt", "step"])
    return [_prompt(call, writing)]


# ------------------------------------------------------------------------------- one's own times


async def _at(call: Call, said: str) -> list[Effect]:
    at, days, zone = journal.read_times(said)
    told = await Person.get_or_none(id=call.person)
    here = zone or await zone_of(call, call.person)
    # Any day will do to look at the clock: what is asked is whether it is night there.
    example = journal.next_time(days, at, here, call.at)
    if is_quiet(example, here, quiet_for(told, call.room)):
        quiet = quiet_for(told, call.room)
        raise Refused(
            f"{at:%H:%M} is in your quiet hours, from {quiet.start:%H:%M} to {quiet.end:%H:%M}, and I say nothing then. "
            "Nothing was changed; `reflect at 20:00 on Monday` would work, or other hours with `quiet 22:00-7:00`."
        )
    row = await OwnPrompt.get_or_none(person=call.person) or OwnPrompt(person=call.person)
    row.at, row.days, row.zone = f"{at:%H:%M}", sorted(days), zone.key if zone else None
    await row.save()
    return [
        CallOff(about=_about(row)),
        _next(row, here, call.at),
        Say(text=f"{await _shown(call)}\n\n`reflect never` ends it."),
    ]


def _about(row: OwnPrompt) -> str:
    return f"own-prompt:{row.id}"


def _next(row: OwnPrompt, zone: ZoneInfo, now: datetime) -> Ring:
    at = journal.next_time(row.days, time.fromisoformat(str(row.at)), zone, now)
    return Ring(
        ritual="own-prompt",
        at=at,
        about=_about(row),
        when=at.isoformat(),
        useful_until=at + OF_USE,
        content={"prompt": row.id},
    )


async def _zone(call: Call, row: OwnPrompt) -> ZoneInfo:
    return ZoneInfo(row.zone) if row.zone else await zone_of(call, row.person)


async def _never(call: Call) -> list[Effect]:
    number = await forget_prompt(call.person)
    if number is None:
        return [
            Say(
                text="You have named no time, so I offer you none. `reflect at 19:30 on Monday` would."
            )
        ]
    text = "I don't offer it any more, and have forgotten your times. `reflect` is there whenever you like."
    return [CallOff(about=f"own-prompt:{number}"), Say(text=text)]


async def _before_meetings(call: Call) -> list[Effect]:
    row = await OwnPrompt.get_or_none(person=call.person) or OwnPrompt(person=call.person)
    row.before_meetings = True
    await row.save()
    return [Say(text=f"{await _shown(call)}\n\n`reflect never` ends it.")]


async def _shown(call: Call) -> str:
    """When somebody wants to be asked, in words."""
    row = await OwnPrompt.get_or_none(person=call.person)
    if row is None:
        return "You have named no time, so I offer you none. `reflect at 19:30 on Monday and Thursday` would."
    lines = []
    if row.at is not None:
        zone = await _zone(call, row)
        lines.append(
            f"I offer you a few minutes to write **{journal.days_words(row.days)} at {row.at}**, "
            f"on the clock of {escaped(zone.key)}; the next time is "
            f"{clock.short_words(journal.next_time(row.days, time.fromisoformat(row.at), zone, call.at), zone)}. "
            "One that you leave is left, and none follows in its place."
        )
    if row.before_meetings:
        lines.append(
            "With the questions before a monthly meeting I offer you a few minutes to write, too."
        )
    return "\n\n".join(lines)


async def _late(call: Call) -> Effects:
    """It comes back after an absence: nothing is said of it, and the next one is planned."""
    row = await row_of(OwnPrompt, call.content["prompt"])
    if row is None or row.at is None:
        return []
    return [_next(row, await _zone(call, row), now_of(call))]


@ritual(
    name="own-prompt",
    help="offers somebody a few minutes to write, at the time that they named",
    late=_late,
)
async def own_prompt(call: Call) -> Effects:
    """The time has come that somebody named for themselves; at night, and in a chat that they left, it passes."""
    row = await row_of(OwnPrompt, call.content["prompt"])
    if row is None or row.at is None:
        return []
    now, zone = now_of(call), await _zone(call, row)
    effects: list[Effect] = [_next(row, zone, now)]
    if is_quiet(now, zone, quiet_for(await Person.get_or_none(id=row.person), Room(id=""))):
        return effects
    theme = journal.some_theme(call.key)
    text = (
        f"If you like, a few minutes for yourself: *{journal.prompt(theme, 0)}*\n\n✅ begin · ✋ not today\n\n"
        "*You named this time; `reflect never` ends these.*"
    )
    return [
        *effects,
        Ask(
            inquiry="own-prompt",
            text=text,
            until=now + OF_USE,
            data={"theme": theme.value},
            person=row.person,
            private=True,
        ),
    ]


@inquiry(name="own-prompt", options=(BEGIN, NOT_NOW))
async def begun_by_prompt(call: Call, question: Question, said: str) -> Effects:
    """Begin with the prompt that was offered, or leave it."""
    if said not in (BEGIN.word, NOT_NOW.word):
        raise NotUnderstood("Shall we begin? Say “begin” or “not today”.")
    await question.delete()
    if said == NOT_NOW.word:
        return [Say(text="Then not today.")]
    return await _begun(call, Theme(str(question.data["theme"])))


async def forget(call: Call) -> list[Effect]:
    """Nothing is offered any more, and what is being written goes."""
    number = await forget_prompt(call.person)
    off: list[Effect] = [CallOff(about=f"own-prompt:{number}")] if number is not None else []
    return [*off, *await writings.forget(call)]
