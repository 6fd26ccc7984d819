"""How a sitting is told in its room: one message for each part of it that stays true, and one line for each turn.

While somebody has the turn nothing is said but clock and names (R66). The lines of a turn are taken back when it is
over, so that a room keeps no trace of who spoke how long, or let a turn go by (R10); and so are the taps and the words
of people that move the clock, all alike, where the room lets the daemon do that.

The signs to tap stand under the board, once for a part, and the line of a turn says where: a room of many turns would
otherwise be told little but signs. Where people's taps have to stay, no sign stands under the board, which stays too:
people put theirs under the line, with which they go out of sight.
"""

from datetime import datetime, timedelta

from handlers import taps
from handlers.crews import lookbacks
from handlers.language import Call, Edit, Effect, Redact, Say
from handlers.meetings import meetings
from handlers.meetings.record import TAKEN_ON
from handlers.names import name
from handlers.power import may_take_back
from handlers.sessions.preview import minutes_words
from handlers.words import escaped, verbatim
from practices import clock, library
from practices import session as course
from practices.script import Phase, Script, Turns
from practices.session import Announcement, Ending, Kind, Mode, Session
from storage.sessions import Session as Row

#: Further ahead than this an hour alone would not say the day.
_SAME_DAY = timedelta(hours=18)

#: A crew's first meeting: what is kept of it is its charter, which is asked about apart from it.
FIRST = "first meeting"

_KEPT_ELSEWHERE = frozenset(library.key(each) for each in (FIRST, lookbacks.RETROSPECTIVE))

#: Before the colon in the names of its messages.
NAMED = "sitting"

#: What can be tapped in a part, as its sign and its label.
_Ways = tuple[tuple[str, str], ...]

_PAUSE, _STOP = ("⏸️", "pause"), ("⏹️", "stop")
_DONE: _Ways = (("✅", "done"), ("⏭️", "pass"), _PAUSE, _STOP)
_HEARD: _Ways = (
    ("✅", "I feel heard"),
    ("⏭️", "pass"),
    ("👂", "I listen, and speak next"),
    _PAUSE,
    _STOP,
)
_NEXT: _Ways = (("➡️", "next"), _PAUSE, _STOP)
_MARK = ("🔒", "what I shared is not mentioned again")

WISH = "Somebody would like to stop here; ⏹️ from one more of you ends it."

_YOUR_WAYS = "✅ done · ⏭️ pass · ⏹️ stop"
_YOUR_WAYS_HEARD = "✅ I feel heard · ⏭️ pass · ⏹️ stop"


def message(row: Row, step: int) -> str:
    """The name of what was said at a step of a sitting."""
    return f"{NAMED}:{row.id}:{step}"


def is_of_one(name: str | None) -> bool:
    """Whether a message of that name belongs to a sitting."""
    return name is not None and name.startswith(f"{NAMED}:")


def offer(script: Script) -> str:
    """The name of a message that offers a script, under which ▶️ calls it."""
    return f"practice:{script.name}"


def hour(call: Call, at: datetime) -> str:
    """An instant by the circle's clock, as in `19:42`; with its day when it is further ahead."""
    if at - call.at > _SAME_DAY:
        return clock.short_words(at, call.circle_zone)
    return f"{clock.wall(at, call.circle_zone):%H:%M}"


def title(row: Row, script: Script) -> str:
    """What is held, as in `case clinic, short`; of a series with the name of the sitting."""
    parts = [escaped(script.name)]
    if len(script.sittings) > 1:
        parts.append(escaped(script.sittings[min(row.sitting, len(script.sittings) - 1)].name))
    if row.form:
        parts.append(escaped(row.form))
    return f"**{', '.join(parts)}**"


# ---------------------------------------------------------------------------------------------- the board


async def board(call: Call, row: Row, script: Script, session: Session) -> str:
    """The part that a sitting is in: what it is for, who is in it, what one may do."""
    phase = course.phases(session, script)[session.phase]
    about = ""
    if session.centre is not None and phase.for_each:
        about = f", about {await name(row.room, session.centre)}"
    parts = [f"{title(row, script)} · **{escaped(phase.name)}**{about}"]
    if phase.prompt:
        parts.append(verbatim(phase.prompt))
    if phase.without:
        parts.append(f"*Not part of this: {escaped(phase.without)}.*")
    parts.append(await _standing(call, row, phase, session))
    parts.append(_choices(phase, session))
    return "\n\n".join(part for part in parts if part)


async def _standing(call: Call, row: Row, phase: Phase, session: Session) -> str:
    """Until when, or in which order; never who has the turn: what this message once said stays to be read (R10)."""
    if session.paused is not None:
        return "The clock rests; what is left of the time is kept."
    if session.holder is None:
        until = hour(call, session.until)
        if phase.turns is Turns.SILENT:
            return f"In silence, until {until}."
        return f"All of you, until {until}."
    if phase.turns is Turns.FOCUS or len(session.people) == 1:
        return ""
    order = [
        await name(row.room, person)
        for person in session.people
        if phase.turns is not Turns.OTHERS or person != session.focus_now
    ]
    return f"In turn: {' · '.join(order)}"


def _choices(phase: Phase, session: Session) -> str:
    wish = f"\n*{WISH}*" if session.stopping else ""
    if session.paused is not None:
        return "▶️ go on · ⏹️ stop" + wish
    return " · ".join(f"{sign} {label}" for sign, label in _offered(phase, session)) + wish


def _offered(phase: Phase, session: Session) -> _Ways:
    """What works in a part: the board says no more than what stands under it."""
    if session.holder is None:
        return _NEXT
    ways = _HEARD if phase.turns is Turns.HANDED else _DONE
    return (*ways, _MARK) if phase.may_mark else ways


def _taps(call: Call, phase: Phase, session: Session) -> tuple[str, ...]:
    """What stands under the board to be tapped."""
    if session.holder is not None and not may_take_back(call.room, call.house.me):
        return ()
    return tuple(sign for sign, _label in _offered(phase, session))


def _ways(call: Call, phase: Phase, session: Session) -> str:
    """How whoever has the turn ends it, as its line says it."""
    ways = _YOUR_WAYS_HEARD if phase.turns is Turns.HANDED else _YOUR_WAYS
    where = "tap it above" if may_take_back(call.room, call.house.me) else "put it under this"
    word = "just write the word"
    if session.mode is Mode.WRITTEN:
        word = f"write the word with `{call.house.prefix}` before it"
    return f"{ways} – {where}, or {word}."


def taken_back(call: Call, row: Row) -> list[Effect]:
    """Take back what somebody tapped or wrote, whatever it was: a pass alone that went would be a trace (R10)."""
    return taps.taken_back(call) if call.room.id == row.room else []


# ------------------------------------------------------------------------------------- what is announced


async def told(
    call: Call,
    row: Row,
    script: Script,
    before: Session | None,
    session: Session,
    said: tuple[Announcement, ...],
) -> list[Effect]:
    """What people see of a change: `row` is noted with the messages that this makes."""
    kinds = {each.kind for each in said}
    effects: list[Effect] = []
    if kinds & {Kind.PHASE, Kind.TURN, Kind.OPTIONAL, Kind.FOCUS_LEFT, Kind.ENDED}:
        effects += turn_over(row)
    if kinds & {Kind.PHASE, Kind.OPTIONAL, Kind.ENDED}:
        effects += board_over(row, script)
    if session.ended is not None:
        return effects
    if Kind.PHASE in kinds:
        return [*effects, *await _new_board(call, row, script, session)]
    effects += await _lines(call, row, script, before, session, said)
    if row.board and before is not None and not session.deciding:
        # An edit stays to be counted, too: there is none where nothing is to be read anew.
        text = await board(call, row, script, session)
        if text != await board(call, row, script, before):
            effects.append(Edit(name=message(row, row.board), text=text, room=row.room))
    return effects


async def _lines(
    call: Call,
    row: Row,
    script: Script,
    before: Session | None,
    session: Session,
    said: tuple[Announcement, ...],
) -> list[Effect]:
    """What is said under the board, to be taken back with the turn."""
    effects: list[Effect] = []
    if before is not None and before.stopping and not session.stopping and not session.holder:
        effects += turn_over(row)  # with it the line about a wish that is gone
    for each in said:
        effects += await _line(call, row, session, script, each)
    if Kind.WISH in {each.kind for each in said}:
        effects.append(_wish(row))
    if before is not None and session.listener not in (None, before.listener):
        effects.append(await _listening(row, session))
    return effects


def turn_over(row: Row) -> list[Effect]:
    """Take the lines of a turn back."""
    lines, row.lines = row.lines, []
    return [Redact(target=line, room=row.room) for line in lines]


def board_over(row: Row, script: Script) -> list[Effect]:
    """Old prompts are struck through when their time has passed."""
    if not row.board:
        return []
    old, row.board = row.board, 0
    return [Edit(name=message(row, old), text=f"~~{escaped(script.name)}~~", room=row.room)]


async def _new_board(call: Call, row: Row, script: Script, session: Session) -> list[Effect]:
    """The message of a part that begins, and under it the line of the first turn."""
    row.board = row.step
    phase = course.phases(session, script)[session.phase]
    shown = Say(
        text=await board(call, row, script, session),
        room=row.room,
        name=message(row, row.step),
        taps=_taps(call, phase, session),
        answers=False,
    )
    if session.holder is None:
        return [shown]
    first = Announcement(kind=Kind.TURN, person=session.holder, until=session.until)
    line = f"{message(row, row.step)}:turn"
    return [shown, *await _line(call, row, session, script, first, line=line)]


async def _listening(row: Row, session: Session) -> Say:
    """Who listens, and has the turn next; taken back with the turn."""
    assert session.listener is not None
    line = message(row, row.step)
    row.lines = [*row.lines, line]
    text = f"👂 {await name(row.room, session.listener)} listens, and speaks next."
    return Say(text=text, room=row.room, name=line, answers=False)


def _wish(row: Row) -> Say:
    """Somebody would like to stop; taken back with the part."""
    line = message(row, row.step)
    row.lines = [*row.lines, line]
    return Say(text=WISH, room=row.room, name=line, answers=False)


async def _called(call: Call, person: str | None) -> tuple[str, ...]:
    """Whose client rings: that of whoever has the turn, unless they want to be called by nobody."""
    return () if person is None else tuple(await meetings.reachable(call.room, [person]))


async def _line(
    call: Call,
    row: Row,
    session: Session,
    script: Script,
    said: Announcement,
    *,
    line: str | None = None,
) -> list[Effect]:
    """One line about a turn or the clock; it is taken back with the turn."""
    phase = course.phases(session, script)[session.phase]
    whose = await name(row.room, said.person) if said.person else ""
    until = hour(call, said.until) if said.until else ""
    mention: tuple[str, ...] = ()
    taps: tuple[str, ...] = ()
    match said.kind:
        case Kind.TURN:
            mention = await _called(call, said.person)
            offered = "if you like it now: " if said.again else ""
            text = f"**{whose}**, {offered}the turn is yours, until about {until}."
            text += f"\n\n{_ways(call, phase, session)}"
        case Kind.SOON:
            text = f"⏳ Half a minute, {whose}." if whose else "⏳ Half a minute."
        case Kind.OVER if whose:
            text = f"🔔 {whose}, the time is round. Take what you need to finish."
            if phase.turns is not Turns.HANDED:
                onward = f"`{call.house.prefix}next`"
                text += f" ➡️ or {onward} from any of you then passes the turn on."
        case Kind.OVER:
            text = "🔔 The time is round. Take what you need to finish; then it goes on."
        case Kind.PAUSED:
            taps = ("▶️", "⏹️")
            text = "⏸️ The clock rests. ▶️ goes on, with all the time that was left."
        case Kind.RESUMED:
            text = f"▶️ It goes on, until about {until}."
            if whose:
                text = f"▶️ It goes on: **{whose}** has the turn, until about {until}."
        case _:
            return []
    effects: list[Effect] = []
    if said.kind is Kind.RESUMED:
        effects += turn_over(row)
    line = line or message(row, row.step)
    row.lines = [*row.lines, line]
    spoken = Say(text=text, room=row.room, name=line, mention=mention, taps=taps, answers=False)
    return [*effects, spoken]


# -------------------------------------------------------------------------------------------- the closing


_CLOSING = {
    Ending.CLOSED: "That was your {}. Thank you for being here.",
    Ending.STOPPED: "The {} ends here, as wished; that needs no reason. Thank you for being here.",
    Ending.FADED: "I have put the clock of your {} away: it had been still for a long time.",
    Ending.ALONE: "The {} ends here, as fewer than two of you are left. Another time is as good.",
}


async def closing(call: Call, row: Row, script: Script, session: Session) -> Say:
    """The last words: what was asked of the listeners, what comes next, and who takes on what."""
    assert session.ended is not None
    lines = [_CLOSING[session.ended].format(title(row, script))]
    lines += [
        f"🔒 {await name(row.room, person)} asked that what they shared is not mentioned again."
        for person in sorted(session.marked)
    ]
    if session.mode is Mode.WRITTEN:
        lines.append("What you wrote here in your turns is taken away within a day.")
    told = message(row, row.step)
    taps: tuple[str, ...] = ()
    ahead = _next_sitting(call, row, script) if session.ended is Ending.CLOSED else []
    if ahead:
        told, taps = offer(script), ("▶️",)
    kept = _kept(call, script) if session.ended is Ending.CLOSED else []
    if kept:
        told, taps = offer(script), (*taps, TAKEN_ON)
    text = "\n\n".join([*lines, *ahead, *kept])
    return Say(text=text, room=row.room, name=told, taps=taps, answers=False)


def _kept(call: Call, script: Script) -> list[str]:
    """Who takes on what, where a script says that something is kept; some have ways of their own for theirs."""
    elsewhere = script.outcome is not None or library.key(script.name) in _KEPT_ELSEWHERE
    if not script.keeps or elsewhere:
        return []
    what = "; ".join(escaped(each) for each in script.keeps)
    prefix = call.house.prefix
    way = f"*(`{prefix}harvest`; `{prefix}decided` keeps what you decided)*"
    return [
        f"Now, if you like, what is kept of it: {what}.",
        f"{TAKEN_ON} who takes on what {way}",
    ]


def following(row: Row, script: Script) -> int | None:
    """Which sitting of a series comes after this one; None after the last, and for a script of one."""
    if row.sitting < len(script.sittings) and script.sittings[row.sitting].every_days is not None:
        return row.sitting
    return row.sitting + 1 if row.sitting + 1 < len(script.sittings) else None


def _next_sitting(call: Call, row: Row, script: Script) -> list[str]:
    after = following(row, script)
    if after is None or len(script.sittings) == 1:
        return []
    sitting = script.sittings[after]
    days = sitting.every_days if after == row.sitting else script.every_days
    when = f", {minutes_words(days * 24 * 60)} from now" if days else ""
    start = f"▶️ calls it, and so does `{call.house.prefix}start {escaped(script.name)}`."
    lines = [f"Next: **{escaped(sitting.name)}**{when}. {start}"]
    if sitting.before:
        lines.append(f"Before it: {verbatim(sitting.before)}")
    return lines
