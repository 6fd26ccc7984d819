"""What everybody sees of a consent round: one message that stays true, and one that says what is asked now.

Nothing here knows an answer that is sealed, and nobody is named for being silent: those who are waited for are a number.
What was answered is shown as counts; by name stand only objections, and concerns whose owners leave their name there.
"""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from handlers.language import Call, Edit, Effect, Redact, Say
from handlers.meetings.meetings import quiet_of, reachable
from handlers.names import name, names
from handlers.polls.tallyboard import shortened
from handlers.power import may_take_back
from handlers.sessions.sitting import hour
from handlers.words import escaped, folded, verbatim
from practices import clock
from practices.meetings import next_waking
from practices.rounds import (
    REVIEW,
    Fate,
    Objection,
    Round,
    Stage,
    Stand,
    Voice,
)
from practices.session import Announcement, Kind
from storage.rounds import Round as Row

#: Before the colon in the names of its messages.
NAMED = "round"

BEGIN, LIVE, DONE, PASS, NEXT, REST = "▶️", "🔔", "✅", "⏭️", "➡️", "⏸️"
PENCIL, LIFT, CARRY, NOT_YET, HERE = "✍️", "↩️", "📌", "✋", "🙋"

#: Characters of a proposal in a reminder.
SHOWN = 300

_STEPS = {
    Stage.READY: "ready",
    Stage.QUESTIONS: "questions",
    Stage.REACTIONS: "reactions",
    Stage.AMENDING: "amending",
    Stage.OBJECTIONS: "objections",
    Stage.SUPPORT: "objections",
    Stage.INTEGRATING: "one objection at a time",
    Stage.REVIEW: "day of review",
}

_FATES = {
    Fate.INTEGRATED: "taken in",
    Fate.WITHDRAWN: "withdrawn",
    Fate.CARRIED: "carried to the review",
    Fate.GONE: "gone with the proposal",
}


def about(row: Row) -> str:
    """The subject of its hours and private words."""
    return f"{NAMED}:{row.id}"


def prompt_name(row: Row) -> str:
    """The name of the message that says what is asked now."""
    return f"{NAMED}:{row.id}:{row.prompt}"


def zone_of(row: Row) -> ZoneInfo:
    """The clocks of the circle that a round is of."""
    return ZoneInfo(row.zone)


def until_words(call: Call, row: Row, round_: Round) -> str:
    """Until when those asked are waited for, as in `Friday 27 November, 18:00`; "" where no time is set."""
    if round_.until is None or round_.paused is not None:
        return ""
    if round_.live:
        return hour(call, round_.until)
    zone = zone_of(row)
    return clock.short_words(next_waking(round_.until, zone, quiet_of(call.room)), zone)


async def who(row: Row, person: str) -> str:
    """The name of somebody; of whoever is forgotten no name is left."""
    return await name(row.room, person) if person else "somebody"


# ---------------------------------------------------------------------------------------------- the board


async def board(call: Call, row: Row, round_: Round) -> str:
    """The message as it stands now; `call.room` is the circle."""
    if round_.stage is Stage.CONSENTED:
        return await consented(row, round_)
    if round_.stage is Stage.WITHDRAWN:
        gone = "It was taken back or laid aside, and nothing came of it."
        return f"~~{await _head(row, round_)}~~\n\n{gone}"
    parts = [await _head(row, round_), _steps(round_), await _standing(call, row, round_)]
    parts += [await listed(row, round_.objections), await noted(row, round_)]
    parts.append(await _facilitates(call, row, round_))
    return "\n\n".join(part for part in parts if part)


async def _head(row: Row, round_: Round) -> str:
    version = f", version {round_.version}" if round_.version > 1 else ""
    whose = f"{await who(row, round_.proposer)} proposes" if round_.proposer else "Proposed"
    return f"**{whose}** (consent round {row.id}{version}): {verbatim(round_.text)}"


def _steps(round_: Round) -> str:
    """All the steps, with that in which it is."""
    seen = dict.fromkeys(_STEPS.values())
    now = _STEPS[round_.stage]
    # Bold letters do not show where there is plain text alone.
    return " → ".join(f"**now: {step}**" if step == now else step for step in seen)


async def _standing(call: Call, row: Row, round_: Round) -> str:
    """Of whom something is asked, until when, and how many have answered."""
    if not round_.proposer:
        return f"It rests: whoever proposed it is not here any more. {HERE} takes it up."
    if round_.paused is not None:
        return f"It rests. {BEGIN} goes on."
    until = until_words(call, row, round_)
    ends = f" until **{until}**" if until else ""
    text = ""
    match round_.stage:
        case Stage.READY:
            text = "It begins when whoever proposes or facilitates it says so."
        case Stage.QUESTIONS | Stage.REACTIONS if round_.turns is not None:
            order = " · ".join([await name(row.room, each) for each in round_.people])
            text = f"In turn: {order}"
        case Stage.QUESTIONS | Stage.REACTIONS:
            text = f"All of you are asked{ends}."
        case Stage.AMENDING:
            text = f"{await who(row, round_.proposer)} is asked{ends}."
        case Stage.OBJECTIONS:
            text = f"{_answered(round_)}{f'; open{ends}' if ends else ''}."
        case Stage.INTEGRATING:
            text = f"Objection {round_.treated} is looked at{ends}."
        case Stage.REVIEW:
            text = "Nobody objects. It lacks only the day on which you look at it again."
    return text


def _answered(round_: Round) -> str:
    have = len(round_.asked) - len(round_.waiting)
    again = " again" if round_.objections else ""
    return f"Each is asked{again} in private. {have} of {len(round_.asked)} have answered"


async def _facilitates(call: Call, row: Row, round_: Round) -> str:
    if not round_.facilitator:
        return ""
    return f"*{await who(row, round_.facilitator)} facilitates. `{call.house.prefix}consent {row.id}` shows this again.*"


async def listed(row: Row, objections: Iterable[Objection]) -> str:
    """Objections with number, owner and fate."""
    return "\n".join([await _objection(row, each) for each in objections])


async def _objection(row: Row, each: Objection) -> str:
    words = verbatim(each.words) or "*their words are deleted*"
    fate = f" – *{_FATES[each.fate]}*" if each.fate is not None else ""
    return f"- **Objection {each.number}**, {await who(row, each.owner)}: {words}{fate}"


async def noted(row: Row, round_: Round) -> str:
    """Concerns with the names of those who left them there; those without a name last, by their words alone."""
    found = [each for each in round_.voices if each.stand is Stand.CONCERN and each.words]
    if not found:
        return ""
    nameless = [each for each in found if each.nameless or not each.person]
    concerns = [each for each in found if each not in nameless]
    concerns += sorted(nameless, key=lambda each: (folded(each.words), each.words))
    asked = round_.stage is Stage.OBJECTIONS
    head = "Concerns noted so far, to former words:" if asked else "Concerns to be noted:"
    return "\n".join([head, "", *[await _concern(row, each) for each in concerns]])


async def _concern(row: Row, each: Voice) -> str:
    owner = "" if each.nameless or not each.person else f" – {await who(row, each.person)}"
    return f"- {verbatim(each.words)}{owner}"


async def consented(row: Row, round_: Round) -> str:
    """What was consented to, until when, and what was noted with it."""
    day = "" if round_.review is None else clock.long_day(round_.review)
    parts = [
        f"**Consented** (round {row.id}): {verbatim(round_.text)}",
        f"Good enough for now, safe enough to try. You look at it again on **{day}**.",
        await listed(row, round_.objections),
        await noted(row, round_),
    ]
    return "\n\n".join(part for part in parts if part)


# ------------------------------------------------------------------------------------- what is asked now


async def prompt(call: Call, row: Row, round_: Round) -> Say:
    """The message that says what is asked now, with what can be tapped."""
    text = await prompt_words(call, row, round_)
    return Say(
        text=text,
        room=row.room,
        name=prompt_name(row),
        taps=_taps(call, round_),
        answers=False,
    )


_TAPS = {
    Stage.READY: (BEGIN, LIVE),
    Stage.QUESTIONS: (DONE, REST),
    Stage.REACTIONS: (DONE, REST),
    Stage.AMENDING: (DONE,),
    Stage.OBJECTIONS: (PENCIL,),
    Stage.INTEGRATING: (DONE, NOT_YET, LIFT, CARRY),
    Stage.REVIEW: (DONE,),
}


def _taps(call: Call, round_: Round) -> tuple[str, ...]:
    """What stands under the message of what is asked now."""
    if not round_.proposer:
        return (HERE,)
    if round_.paused is not None:
        return (BEGIN,)
    if round_.turns is not None:
        # A tap that has to stay would show who passed.
        return (DONE, PASS, NEXT, REST) if may_take_back(call.room, call.house.me) else ()
    return _TAPS.get(round_.stage, ())


async def prompt_words(call: Call, row: Row, round_: Round) -> str:
    """What is asked now."""
    if not round_.proposer:
        return (
            f"Whoever proposed {_named(round_)} is not here any more, and the round rests. {HERE} takes it up as your own; "
            "if nobody does within a week, it is laid aside."
        )
    if round_.paused is not None:
        return f"The round about {_named(round_)} rests. {BEGIN} goes on, with all the time that was left."
    until = until_words(call, row, round_)
    by = f" Until **{until}**." if until else ""
    match round_.stage:
        case Stage.READY:
            text = _ready(call, row, round_)
        case Stage.QUESTIONS | Stage.REACTIONS:
            text = _round_of_words(round_, by)
        case Stage.AMENDING:
            text = await _amending(call, row, round_, by)
        case Stage.OBJECTIONS:
            text = _objections(round_, by)
        case Stage.INTEGRATING:
            text = await _integrating(call, row, round_, by)
        case Stage.REVIEW:
            text = await _review(call, row, round_)
        case _:
            text = "One objection. Take a breath with it; I say here when you begin."
    return text


def _round_of_words(round_: Round, by: str) -> str:
    if round_.stage is Stage.QUESTIONS:
        asked = f"**Questions** – what do you need to know to understand {_named(round_)}? No opinions yet."
    else:
        asked = f"**Reactions** to {_named(round_)} – in a sentence or two, how is it for you? Nobody replies to it."
    return f"{asked}{_ways(round_, by)}"


def _named(round_: Round) -> str:
    return f"“{shortened(round_.text)}”"


def _ready(call: Call, row: Row, round_: Round) -> str:
    size = len(round_.people)
    many = " With so many of you, somebody skilled facilitates it best." if size > 8 else ""  # noqa: PLR2004 - DEC-3
    return (
        f"Is it yours to decide, and needed now? Then it begins:\n\n{BEGIN} over days, here · {LIVE} live, while you are "
        f"together\n\nFirst questions, then reactions, then the proposer may change it, and then I ask each of you in private "
        f"whether anything speaks against trying it.{many}\n\n*`{call.house.prefix}consent {row.id} amend …` changes the "
        f"words, `{call.house.prefix}consent {row.id} facilitator Ben` asks somebody else to facilitate.*"
    )


def _ways(round_: Round, by: str) -> str:
    if round_.turns is not None:
        return f"\n\n{DONE} done · {PASS} pass · {NEXT} next, once the time is round · {REST} rest"
    where = "Write in this thread or just here"
    return f" {where}.{by}\n\n{DONE} nothing (more) from me · {REST} let the round rest"


async def _amending(call: Call, row: Row, round_: Round, by: str) -> str:
    whose = await who(row, round_.proposer)
    nobody = ""
    if round_.asked_version:
        nobody = "Nobody else has said that it may be tried, so it is not consented to. "
    return (
        f"{nobody}**{whose}**, you have heard them: change the text as you like, or leave it.{by}\n\n"
        f"{DONE} ask for objections to it as it stands · ✏️ {_amend(call, row)}\n\n{verbatim(round_.text)}"
    )


def _amend(call: Call, row: Row) -> str:
    return (
        f"reply “amend:” and the whole new text, or `{call.house.prefix}consent {row.id} amend …`"
    )


def _objections(round_: Round, by: str) -> str:
    again = (
        "The text has changed, so I ask again each of you but whose text it is"
        if any(each.version < round_.version for each in round_.objections)
        and round_.proposer not in round_.asked
        else "I ask each of you"
    )
    return (
        f"**Objections** – {again}, in our private chat: is {_named(round_)} good enough for now, and safe enough to try? "
        f"All answers are shown at the same moment, when everybody asked has answered.{by}\n\n{PENCIL} ask me there"
    )


async def _integrating(call: Call, row: Row, round_: Round, by: str) -> str:
    objection = round_.objection
    assert objection is not None
    owner = await who(row, objection.owner)
    if round_.offer is not None:
        return await _offered(row, round_, objection, owner)
    total = len(round_.objections)
    of = f" of {total}" if total > 1 else ""
    taken = f"{DONE} the text takes it in by now · " if round_.version > objection.version else ""
    return (
        f"**Objection {objection.number}{of}**, {owner}: {verbatim(objection.words)}\n\n"
        "What would make it good enough for now and safe enough to try? Add, limit, shorten, test, measure, delegate. "
        f"Anybody may offer a change: {_amend(call, row)}.{by}\n\n"
        f"{owner}: {taken}{LIFT} I withdraw it · {CARRY} carry it to the review"
    )


async def _offered(row: Row, round_: Round, objection: Objection, owner: str) -> str:
    offer = round_.offer
    assert offer is not None
    both = [objection.owner, round_.proposer]
    missing = [each for each in dict.fromkeys(both) if each not in offer.agreed]
    asked = " and ".join(await names(row.room, missing))
    return (
        f"**Offered** by {await who(row, offer.by)} for objection {objection.number}, {owner}:\n\n{verbatim(offer.text)}\n\n"
        f"{asked}: {DONE} this takes it in · {NOT_YET} not yet\n\n*It is the text when {owner}, who objects, and "
        f"{await who(row, round_.proposer)}, who proposes, have said yes.*"
    )


async def _review(call: Call, row: Row, round_: Round) -> str:
    today = clock.wall(call.kept_at or call.at, zone_of(row)).date()
    whose = "Any of you" if round_.late else await who(row, round_.facilitator)
    return (
        f"Nobody objects any more: good enough for now, safe enough to try. When do you look at it again? {whose}, {DONE} "
        f"in three months, on {clock.long_day(today + REVIEW)}; or reply with another day, such as “in 6 weeks”."
    )


# ------------------------------------------------------------------------------------------- what happened


async def opened(row: Row, round_: Round, counts: dict[Stand, int]) -> str:
    """What all answered, shown at the same moment: counts, and the words of objections and concerns."""
    given = sum(counts.values())
    if not given:
        return "Nobody has taken a position, and that needs no reason."
    parts = []
    for stand, one, many in (
        (Stand.CONSENT, "consents", "consent"),
        (Stand.CONCERN, "consents with a concern", "consent with a concern"),
        (Stand.OBJECTION, "objects", "object"),
    ):
        if counts[stand]:
            parts.append(f"{counts[stand]} {one if counts[stand] == 1 else many}")
    head = f"**All at once:** of {given} who answered, {', '.join(parts)}."
    found = [head, await listed(row, round_.open_objections), await noted(row, round_)]
    return "\n\n".join(part for part in found if part)


async def fate(row: Row, round_: Round, number: int) -> str:
    """What became of an objection."""
    objection = next(each for each in round_.objections if each.number == number)
    owner = await who(row, objection.owner)
    match objection.fate:
        case Fate.INTEGRATED:
            return f"Objection {number}, {owner}, is taken in. This is the text now, version {round_.version}:\n\n{verbatim(round_.text)}"
        case Fate.WITHDRAWN:
            return f"Objection {number} is withdrawn by {owner}."
        case _:
            return f"Objection {number}, {owner}, is carried to the review: it is kept with the text and looked at then."


# ---------------------------------------------------------------------------------------------- the clock


def turn_over(row: Row) -> list[Effect]:
    """Take the lines of a turn back, so that the room keeps no trace of who spoke how long (R10)."""
    lines, row.lines = row.lines, []
    return [Redact(target=line, room=row.room) for line in lines]


def _how_to_end(call: Call) -> str:
    """How whoever has the turn ends it; no sign stands above where it would have to stay."""
    if may_take_back(call.room, call.house.me):
        return "tap it above, or just write the word."
    return "just write the word. It stays to be read: this room does not let me take it back."


async def turn_line(call: Call, row: Row, said: Announcement) -> list[Effect]:
    """One line about a turn; it is taken back with the turn."""
    whose = await name(row.room, said.person) if said.person else ""
    mention: tuple[str, ...] = ()
    effects: list[Effect] = []
    match said.kind:
        case Kind.TURN:
            effects = turn_over(row)
            mention = tuple(await reachable(call.room, [said.person])) if said.person else ()
            offered = "if you like it now: " if said.again else ""
            until = hour(call, said.until) if said.until else ""
            text = (
                f"**{whose}**, {offered}the turn is yours, until about {until}.\n\n{DONE} done · {PASS} pass – "
                f"{_how_to_end(call)}"
            )
        case Kind.SOON:
            text = f"⏳ Half a minute, {whose}."
        case Kind.OVER:
            text = f"🔔 {whose}, the time is round. Take what you need to finish."
        case _:
            return []
    line = f"{NAMED}:{row.id}:{row.step}:turn"
    row.lines = [*row.lines, line]
    return [*effects, Say(text=text, room=row.room, name=line, mention=mention, answers=False)]


def struck(row: Row, round_: Round) -> list[Effect]:
    """The prompt of a step that is over is struck through."""
    if not row.prompt:
        return []
    text = f"~~{escaped(_STEPS.get(round_.stage, 'over')).capitalize()}~~"
    return [Edit(name=prompt_name(row), text=text, room=row.room)]
