"""How a sitting is told in its room: one message for each part of it that stays true, and one line for each turn.

While somebody has the turn nothing is said but clock and names (R66). The lines of a turn are taken back when it is
over, so that a room keeps no trace of who spoke how long, or let a turn go by (R10); and so are people's own taps, all
alike, where the room lets the daemon do that.
"""

from datetime import datetime, timedelta

from handlers import meetings
from handlers.forms import may_take_back
from handlers.language import Call, Edit, Effect, Redact, Say
from handlers.names import name
from handlers.preview import minutes_words
from handlers.words import escaped, verbatim
from practices import clock
from practices import session as course
from practices.script import Phase, Script, Turns
from practices.session import Announcement, Ending, Kind, Mode, Session
from storage.sessions import Session as Row

#: Further ahead than this an hour alone would not say the day.
_SAME_DAY = timedelta(hours=18)

_TURN_TAPS = ("✅", "⏭️", "⏹️")
_TOGETHER_TAPS = ("➡️", "⏸️", "⏹️")

_DONE = "✅ done · ⏭️ pass · ⏸️ pause · ⏹️ stop"
_HEARD = "✅ I feel heard · ⏭️ pass · 👂 I listen, and speak next · ⏸️ pause · ⏹️ stop"
_NEXT = "➡️ next · ⏸️ pause · ⏹️ stop"
_MARK = "🔒 what I shared is not mentioned again"


def message(row: Row, step: int) -> str:
    """The name of what was said at a step of a sitting."""
    return f"sitting:{row.id}:{step}"


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
    if session.paused is not None:
        return "▶️ go on · ⏹️ stop"
    wish = ""
    if session.stopping:
        wish = "\n*Somebody would like to stop here; ⏹️ from one more of you ends it.*"
    if session.holder is None:
        return _NEXT + wish
    said = _HEARD if phase.turns is Turns.HANDED else _DONE
    return " · ".join([said, *([_MARK] if phase.may_mark else [])]) + wish


def _taps(phase: Phase, session: Session) -> tuple[str, ...]:
    if session.holder is None:
        return _TOGETHER_TAPS
    taps = list(_TURN_TAPS)
    if phase.turns is Turns.HANDED:
        taps.insert(2, "👂")
    if phase.may_mark:
        taps.append("🔒")
    return tuple(taps)


def tap_over(call: Call, row: Row) -> list[Effect]:
    """Take back what somebody tapped, whatever it was: a pass alone that went would be a trace of its own (R10)."""
    if call.event_id is not None or not may_take_back(call.room, call.house.me):
        return []
    return [Redact(target=call.key, room=row.room)]


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
    for each in said:
        effects += await _line(call, row, session, script, each)
    if before is not None and session.listener not in (None, before.listener):
        effects.append(await _listening(row, session))
    if row.board and before is not None and not session.deciding:
        # An edit stays to be counted, too: there is none where nothing is to be read anew.
        text = await board(call, row, script, session)
        if text != await board(call, row, script, before):
            effects.append(Edit(name=message(row, row.board), text=text, room=row.room))
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
        taps=_taps(phase, session) if session.holder is None else (),
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
            mention, taps = await _called(call, said.person), _taps(phase, session)
            text = f"**{whose}**, the turn is yours, until about {until}."
            if said.again:
                text = f"**{whose}**, if you like it now: the turn is yours, until about {until}."
        case Kind.SOON:
            text = f"⏳ Half a minute, {whose}." if whose else "⏳ Half a minute."
        case Kind.OVER if whose:
            text = f"🔔 {whose}, the time is round. Take what you need to finish."
        case Kind.OVER:
            text = "🔔 The time is round. Take what you need to finish; then it goes on."
        case Kind.PAUSED:
            taps = ("▶️", "⏹️")
            text = "⏸️ The clock rests. ▶️ goes on, with all the time that was left."
        case Kind.RESUMED:
            taps = _taps(phase, session)
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
    """The last words: what was asked of the listeners, and what comes next."""
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
    text = "\n\n".join([*lines, *ahead])
    return Say(text=text, room=row.room, name=told, taps=taps, answers=False)


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
