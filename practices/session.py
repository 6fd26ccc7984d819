"""One sitting of a script as it is held: whose turn it is, until when, and what comes next.

It promises that exactly one person or nobody has the turn, that everybody present has one turn a round (R64), that
whoever passes is offered one more at its end and that no pass outlives the round (R10, R67), that nobody is cut off
(R65), that time never runs backward, and that every sitting ends. Nothing here knows what anybody says.

Decided where the texts are silent:

- Time moves on only what the whole group does. A person's turn ends when that person says so, or, once its soft end
  was signalled, when somebody of the circle says "next". A turn that is handed on ends by its speaker alone (R34).
- A part of the whole group that may take longer (`Phase.up_to`) does so before the next one is announced, and so does
  one that is the focus person's alone (R73). In a circle that asks whether everyone was listened to, what is done
  together has a minute of grace.
- "Stop" ends one's own turn, and the sitting once a second person says it, or whoever began says it again. No
  reason, and no name. A sitting that was stopped rests: those who sat in it may take it up where it was.
- What is optional takes place when more than half of those present want it within two minutes.
- A sitting that everybody has walked away from ends by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from practices.script import Outcome, Phase, Script, Turns

__all__ = [
    "FEWEST",
    "PAUSE",
    "SIGNAL",
    "Announcement",
    "Ending",
    "Kind",
    "Mode",
    "Session",
    "Step",
    "as_state",
    "begin",
    "called_off",
    "done",
    "due",
    "focused",
    "from_state",
    "joined",
    "left",
    "listens",
    "marks",
    "next_phase",
    "passed",
    "paused",
    "phases",
    "remaining",
    "resumed",
    "stopped",
    "taken_up",
    "tick",
    "voted",
]

SIGNAL = timedelta(seconds=30)
"""How long before the end of a turn a quiet signal is given (R65)."""

_SHORTEST_SIGNALLED = timedelta(minutes=1)
"""Shorter turns are not signalled ahead: half of them would be spent on it."""

_TOGETHER_SIGNALLED = timedelta(minutes=2)

GRACE = timedelta(minutes=1)
"""What a listening circle's opening and closing may take beyond their time, before the next part is announced."""

DECISION = timedelta(minutes=2)
"""How long those present may take to say whether they want what is optional."""

PAUSE = timedelta(hours=12)
"""How long a sitting may rest, also one that was stopped."""

LAST_WORDS = timedelta(minutes=1)
"""What is left of a turn that is taken up after its time was round."""

_PATIENCE = {True: timedelta(hours=12), False: timedelta(hours=2)}
"""How long after the soft end of a turn nobody is missed, in writing and in speech."""

FEWEST = 2
"""With fewer people left a sitting ends."""

_USUAL_TURN = 3.0
"""The minutes of a turn that a circle may set otherwise (R65)."""

_TURNED = frozenset({Turns.EACH, Turns.OTHERS, Turns.FOCUS, Turns.HANDED})


class Mode(StrEnum):
    """How people share."""

    #: By voice or in person: the daemon gives time, order and prompts (R80).
    SPOKEN = "spoken"
    WRITTEN = "written"


class Ending(StrEnum):
    """Why a sitting is over."""

    CLOSED = "closed"
    STOPPED = "stopped"
    #: Nobody was there any more to say that a turn was over.
    FADED = "faded"
    #: Too few were left.
    ALONE = "alone"


class Kind(StrEnum):
    """What is announced; while a round runs, nothing but clock and names (R66)."""

    PHASE = "phase"
    TURN = "turn"
    #: Half a minute is left.
    SOON = "soon"
    #: The time is over; whoever speaks takes what they need.
    OVER = "over"
    #: Those present are asked whether they want the phase.
    OPTIONAL = "optional"
    PAUSED = "paused"
    RESUMED = "resumed"
    #: Somebody would like to stop, and nobody is speaking who would be disturbed by hearing it.
    WISH = "wish"
    #: `person` is to be asked, privately, for one next step.
    NEXT_STEP = "next step"
    FOCUS_LEFT = "focus left"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """One thing to say: a phase by its number, a person by their id, an instant."""

    kind: Kind
    phase: int | None = None
    person: str | None = None
    until: datetime | None = None
    #: The turn is offered once more to somebody who let it go by.
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Where a sitting stands. Instants are aware, in UTC."""

    script: str
    form: str | None = None
    #: Which of the script's sittings, from 0.
    sitting: int = 0
    mode: Mode = Mode.SPOKEN
    began_by: str
    #: Who is here, in the order of turns.
    people: tuple[str, ...]
    #: When something last happened: time goes on from there.
    at: datetime
    #: The circle's own length of a turn, for scripts whose turns take three minutes (R65).
    turn_minutes: float | None = None
    #: The focus of the whole sitting, if it has one.
    focus: str | None = None

    phase: int = 0
    #: Whether those present are being asked if they want this phase.
    deciding: bool = False
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()

    #: Who is the focus of phases that are held once for each person, who comes after, and who was.
    centre: str | None = None
    to_centre: tuple[str, ...] = ()
    centred: tuple[str, ...] = ()

    round: int = 0
    holder: str | None = None
    #: Whether it is the holder's second offer.
    again: bool = False
    #: Who has the turn after the holder in this round; those who let it go by once; those who need it no more.
    waiting: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    had: tuple[str, ...] = ()
    #: Who listens to the holder of a turn that is handed on, and therefore speaks next.
    listener: str | None = None

    #: How long the turn takes, or the phase of the whole group.
    seconds: float = 0.0
    #: Its soft end.
    until: datetime
    told_soon: bool = False
    told_over: bool = False

    paused: datetime | None = None
    #: Whether it rests until another person is its focus.
    lacks_focus: bool = False
    #: Who has spoken where shares may be marked, and who asked that theirs is not mentioned again (R74).
    spoke: tuple[str, ...] = ()
    marked: tuple[str, ...] = ()
    #: Who wishes to stop the sitting.
    stopping: tuple[str, ...] = ()
    ended: Ending | None = None

    @property
    def focus_now(self) -> str | None:
        """Whom the present phase is about."""
        return self.centre or self.focus


@dataclass(frozen=True, slots=True)
class Step:
    """A session after something happened, what is announced, and when it wants to be looked at again."""

    session: Session
    said: tuple[Announcement, ...] = ()
    due: datetime | None = None


# ---------------------------------------------------------------------------------------------- its state


def as_state(session: Session) -> dict[str, Any]:
    """A session as JSON; `from_state` reads it again."""
    return {field.name: _plain(getattr(session, field.name)) for field in fields(Session)}


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case tuple():
            return list(value)
        case StrEnum():
            return value.value
        case _:
            return value


def from_state(state: Mapping[str, Any]) -> Session:
    """A session that `as_state` wrote. Raises KeyError or ValueError for anything else."""
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in state.items()
    }
    for instant in ("at", "until", "paused"):
        if values[instant] is not None:
            values[instant] = datetime.fromisoformat(values[instant])
    values["mode"] = Mode(values["mode"])
    values["ended"] = None if values["ended"] is None else Ending(values["ended"])
    return Session(**values)


# ------------------------------------------------------------------------------------------- its phases


def phases(session: Session, script: Script) -> tuple[Phase, ...]:
    """The phases as this sitting holds them, in its form and with the circle's own length of a turn."""
    if session.form is not None and session.form in dict(script.forms):
        script = script.in_form(session.form)
    held = script.sittings[min(session.sitting, len(script.sittings) - 1)].phases
    return tuple(_with_turns(phase, session.turn_minutes) for phase in held)


def _with_turns(phase: Phase, minutes: float | None) -> Phase:
    if minutes is None or phase.minutes_each != _USUAL_TURN:
        return phase
    return replace(phase, minutes_each=minutes, up_to=None)


def _present(session: Session, script: Script) -> Phase | None:
    """The phase it is in; None when its script has become shorter meanwhile."""
    held = phases(session, script)
    return held[session.phase] if session.phase < len(held) else None


def _speakers(session: Session, phase: Phase) -> tuple[str, ...]:
    """Who has a turn in each round of a phase."""
    focus = session.focus_now
    match phase.turns:
        case Turns.EACH:
            return session.people
        case Turns.OTHERS:
            return tuple(person for person in session.people if person != focus)
        case Turns.HANDED:
            return (focus,) if phase.for_each and focus is not None else session.people
        case Turns.FOCUS:
            return (focus,) if focus is not None else ()
        case _:
            return ()


def remaining(session: Session, now: datetime) -> timedelta:
    """What is left of the present turn or phase; below nothing once its time is over."""
    return session.until - (session.paused or max(now, session.at))


# ------------------------------------------------------------------------------------------ when it is due


def due(session: Session, script: Script) -> datetime | None:
    """When it wants to be looked at again; None once it has ended."""
    phase = _present(session, script)
    if session.ended is not None:
        return None
    if session.paused is not None:
        return session.paused + PAUSE
    if phase is None:
        return session.at
    if session.deciding:
        return session.until
    if _signalled(session, phase) and not session.told_soon:
        return session.until - SIGNAL
    if not session.told_over:
        return session.until
    return session.until + _beyond(session, phase, script)


def _signalled(session: Session, phase: Phase) -> bool:
    """Whether half a minute before its end something is said."""
    length = timedelta(seconds=session.seconds)
    if session.holder is not None:
        return length >= _SHORTEST_SIGNALLED
    return phase.turns is Turns.TOGETHER and length >= _TOGETHER_SIGNALLED


def _beyond(session: Session, phase: Phase, script: Script) -> timedelta:
    """What may follow its soft end: for most turns until nobody is missed, else until the next phase."""
    if _goes_on(session, phase):
        given = phase.minutes if phase.minutes is not None else phase.minutes_each
        if phase.up_to is not None and given is not None:
            return timedelta(minutes=phase.up_to - given)
        listening = script.outcome is Outcome.LISTENED and phase.turns is Turns.TOGETHER
        return GRACE if listening else timedelta()
    longest = timedelta(seconds=session.seconds)
    return max(_PATIENCE[session.mode is Mode.WRITTEN], longest)


def _goes_on(session: Session, phase: Phase) -> bool:
    """Whether the clock alone leads on to the next phase."""
    return session.holder is None or (phase.turns is Turns.FOCUS and phase.up_to is not None)


def _step(session: Session, script: Script, said: tuple[Announcement, ...] = ()) -> Step:
    return Step(session, said, due(session, script))


# --------------------------------------------------------------------------------------------- beginning


def begin(
    script: Script,
    *,
    people: tuple[str, ...],
    by: str,
    now: datetime,
    focus: str | None = None,
    form: str | None = None,
    sitting: int = 0,
    mode: Mode = Mode.SPOKEN,
    turn_minutes: float | None = None,
) -> Step:
    """Begin a sitting of `people` in their order. Raises ValueError for nobody, or a focus who is not among them."""
    if not people or len(set(people)) != len(people):
        raise ValueError("a sitting needs people, each of them once")
    if focus is not None and focus not in people:
        raise ValueError("the focus person is one of them")
    session = Session(
        script=script.name,
        form=form,
        sitting=sitting,
        mode=mode,
        began_by=by,
        people=people,
        at=now,
        until=now,
        focus=focus,
        turn_minutes=turn_minutes,
    )
    return _enter(session, script, 0, ())


def _enter(session: Session, script: Script, index: int, said: tuple[Announcement, ...]) -> Step:
    """Come to a phase, or to the end."""
    held = phases(session, script)
    if index >= len(held):
        return _end(session, script, Ending.CLOSED, said)
    phase = held[index]
    if not phase.for_each:
        session = replace(session, centre=None, to_centre=(), centred=())
    elif session.centre is None:
        session = replace(session, centre=session.people[0], to_centre=session.people[1:])
    session = replace(
        session,
        phase=index,
        round=0,
        holder=None,
        again=False,
        waiting=(),
        offered=(),
        had=(),
        listener=None,
        told_soon=False,
        told_over=False,
        yes=(),
        no=(),
    )
    if phase.optional:
        until = session.at + DECISION
        asked = Announcement(kind=Kind.OPTIONAL, phase=index, until=until)
        session = replace(session, deciding=True, until=until, seconds=DECISION.total_seconds())
        return _step(session, script, (*said, asked))
    return _open(session, script, phase, said)


def _open(session: Session, script: Script, phase: Phase, said: tuple[Announcement, ...]) -> Step:
    """Begin the phase that it has come to."""
    session = replace(session, deciding=False)
    speakers = _speakers(session, phase)
    if phase.turns in _TURNED:
        if not speakers:
            return _over(session, script, said)
        announced = Announcement(kind=Kind.PHASE, phase=session.phase, person=session.focus_now)
        session = replace(session, seconds=_turn_seconds(phase, len(speakers)), waiting=speakers)
        return _turn(session, script, phase, (*said, announced))
    seconds = 60 * phase.minutes_for(1) if phase.minutes is None else 60 * phase.minutes
    until = session.at + timedelta(seconds=seconds)
    announced = Announcement(
        kind=Kind.PHASE, phase=session.phase, person=session.focus_now, until=until
    )
    return _step(replace(session, seconds=seconds, until=until), script, (*said, announced))


def _turn_seconds(phase: Phase, size: int) -> float:
    """The length of one turn; a time for the whole phase is shared out evenly."""
    if phase.minutes_each is not None:
        return 60 * phase.minutes_each
    assert phase.minutes is not None
    return 60 * phase.minutes / (size * phase.rounds)


def _turn(session: Session, script: Script, phase: Phase, said: tuple[Announcement, ...]) -> Step:
    """Give the turn to whoever is next: in order, then once more to those who passed, then the next round."""
    if not session.waiting and not session.offered:
        if session.round + 1 >= phase.rounds or not _speakers(session, phase):
            return _over(session, script, said)
        session = replace(
            session, round=session.round + 1, had=(), waiting=_speakers(session, phase)
        )
    again = not session.waiting
    queue = session.offered if again else session.waiting
    holder = session.listener if session.listener in queue else queue[0]
    rest = tuple(person for person in queue if person != holder)
    until = session.at + timedelta(seconds=session.seconds)
    session = replace(
        session,
        holder=holder,
        again=again,
        waiting=() if again else rest,
        offered=rest if again else session.offered,
        listener=None,
        until=until,
        told_soon=False,
        told_over=False,
    )
    announced = Announcement(
        kind=Kind.TURN, phase=session.phase, person=holder, until=until, again=again
    )
    return _step(session, script, (*said, announced))


def _over(session: Session, script: Script, said: tuple[Announcement, ...]) -> Step:
    """Leave a phase for the next one, or for the same ones about the next person."""
    held = phases(session, script)
    phase = held[session.phase]
    session = replace(session, holder=None, deciding=False)
    if phase.next_step and session.focus_now is not None:
        said = (*said, Announcement(kind=Kind.NEXT_STEP, person=session.focus_now))
    following = session.phase + 1
    if phase.for_each and not (following < len(held) and held[following].for_each):
        return _next_centre(session, script, said)
    return _enter(session, script, following, said)


def _next_centre(session: Session, script: Script, said: tuple[Announcement, ...]) -> Step:
    """After the last phase about one person: the same about the next, or what comes after them."""
    held = phases(session, script)
    first = last = session.phase
    while first > 0 and held[first - 1].for_each:
        first -= 1
    while last + 1 < len(held) and held[last + 1].for_each:
        last += 1
    if not session.to_centre:
        done_with = replace(session, centre=None, to_centre=(), centred=())
        return _enter(done_with, script, last + 1, said)
    been = session.centred if session.centre is None else (*session.centred, session.centre)
    session = replace(
        session, centre=session.to_centre[0], to_centre=session.to_centre[1:], centred=been
    )
    return _enter(session, script, first, said)


def _end(session: Session, script: Script, how: Ending, said: tuple[Announcement, ...]) -> Step:
    session = replace(session, ended=how, holder=None, deciding=False, paused=None)
    return _step(session, script, (*said, Announcement(kind=Kind.ENDED)))


# ------------------------------------------------------------------------------------------------- time


def _at(session: Session, now: datetime) -> Session:
    """The session at an instant; one that lies behind it is its own."""
    return replace(session, at=max(now, session.at))


def tick(session: Session, script: Script, now: datetime) -> Step:
    """Look at the clock. A tick that comes twice, early or late says nothing twice."""
    at = due(session, script)
    if at is None or max(now, session.at) < at:
        return _step(session, script)
    session = _at(session, now)
    phase = _present(session, script)
    if session.paused is not None:
        return _end(session, script, Ending.FADED, ())
    if phase is None:
        return _end(session, script, Ending.CLOSED, ())
    if session.deciding:
        return _over_without(session, script)
    last = session.until + _beyond(session, phase, script)
    if session.at >= last:
        if not _goes_on(session, phase):
            return _end(session, script, Ending.FADED, ())
        return _over(_heard(session, phase), script, ())
    kind = Kind.OVER if session.at >= session.until else Kind.SOON
    told = replace(session, told_soon=True, told_over=kind is Kind.OVER)
    said = Announcement(kind=kind, phase=session.phase, person=session.holder, until=session.until)
    return _step(told, script, (said,))


def _over_without(session: Session, script: Script) -> Step:
    """Leave out what is optional: nothing that belongs to it follows."""
    held = phases(session, script)
    phase, following = held[session.phase], session.phase + 1
    session = replace(session, deciding=False)
    if phase.for_each and not (following < len(held) and held[following].for_each):
        return _next_centre(session, script, ())
    return _enter(session, script, following, ())


# ------------------------------------------------------------------------------------------------ people


def _running(session: Session) -> bool:
    return session.ended is None and session.paused is None


def _nothing(session: Session, script: Script) -> Step:
    """What was said changes nothing."""
    return _step(session, script)


def done(session: Session, script: Script, person: str, now: datetime) -> Step:
    """The holder has finished; in a turn that is handed on: was heard (R34). From anybody else it is nothing."""
    phase = _present(session, script)
    if not _running(session) or session.holder != person or phase is None:
        return _nothing(session, script)
    session = _heard(_at(session, now), phase)
    session = replace(session, had=(*session.had, person), holder=None)
    return _turn(session, script, phase, ())


def _heard(session: Session, phase: Phase) -> Session:
    """The session in which the holder, if there is one, has spoken."""
    holder = session.holder
    if holder is None or not phase.may_mark or holder in session.spoke:
        return session
    return replace(session, spoke=(*session.spoke, holder))


def passed(session: Session, script: Script, person: str, now: datetime) -> Step:
    """The holder lets the turn go by; it is offered once more at the end of the round (R67)."""
    phase = _present(session, script)
    if not _running(session) or session.holder != person or phase is None:
        return _nothing(session, script)
    session = _at(session, now)
    # Whoever is alone in a round would be offered at once what they have just let go by.
    if session.again or len(_speakers(session, phase)) == 1:
        session = replace(session, had=(*session.had, person), holder=None)
    else:
        session = replace(session, offered=(*session.offered, person), holder=None)
    return _turn(session, script, phase, ())


def next_phase(session: Session, script: Script, person: str, now: datetime) -> Step:
    """Somebody of the circle says "next".

    The whole group goes on. A turn that is somebody else's goes on only once its soft end was signalled, and one
    that is handed on never does (R34).
    """
    phase = _present(session, script)
    if not _running(session) or session.deciding or person not in session.people or phase is None:
        return _nothing(session, script)
    if session.holder == person:
        return done(session, script, person, now)
    if session.holder is None:
        return _over(_at(session, now), script, ())
    if phase.turns is Turns.HANDED or not session.told_over:
        return _nothing(session, script)
    return done(session, script, session.holder, now)


def listens(session: Session, script: Script, person: str, now: datetime) -> Step:
    """Somebody listens to the holder of a turn that is handed on, and speaks after them (CREW-18d)."""
    phase = _present(session, script)
    if (
        not _running(session)
        or phase is None
        or phase.turns is not Turns.HANDED
        or person not in session.people
        or session.holder in (None, person)
    ):
        return _nothing(session, script)
    return _step(replace(_at(session, now), listener=person), script)


def marks(session: Session, script: Script, person: str, now: datetime) -> Step:
    """A speaker asks that what they shared is not mentioned again (R74); said again, it is taken back."""
    phase = _present(session, script)
    if session.ended is not None or phase is None:
        return _nothing(session, script)
    if person not in session.spoke and not (phase.may_mark and session.holder == person):
        return _nothing(session, script)
    marked = tuple(each for each in session.marked if each != person)
    if marked == session.marked:
        marked = (*marked, person)
    return _step(replace(_at(session, now), marked=marked), script)


def voted(session: Session, script: Script, person: str, now: datetime, *, yes: bool) -> Step:
    """Somebody says whether they want what is optional; the newest word counts."""
    if not _running(session) or not session.deciding or person not in session.people:
        return _nothing(session, script)
    session = _at(session, now)
    others_yes = tuple(each for each in session.yes if each != person)
    others_no = tuple(each for each in session.no if each != person)
    session = replace(
        session,
        yes=(*others_yes, person) if yes else others_yes,
        no=others_no if yes else (*others_no, person),
    )
    return _decided(session, script)


def _decided(session: Session, script: Script) -> Step:
    """Begin what is optional, leave it out, or wait for more voices."""
    phase = _present(session, script)
    if phase is None or not session.deciding:
        return _step(session, script)
    half = len(session.people) / 2
    if len(session.yes) > half:
        return _open(session, script, phase, ())
    return _over_without(session, script) if len(session.no) >= half else _step(session, script)


def paused(session: Session, script: Script, person: str, now: datetime) -> Step:
    """Anybody of the circle may have the clock rest; what is left is kept."""
    if not _running(session) or person not in session.people:
        return _nothing(session, script)
    session = _at(session, now)
    session = replace(session, paused=session.at)
    return _step(session, script, (Announcement(kind=Kind.PAUSED, phase=session.phase),))


def resumed(session: Session, script: Script, person: str, now: datetime) -> Step:
    """Anybody of the circle may have it go on, unless it waits for another focus; their own wish to stop is gone."""
    if session.ended is not None or person not in session.people:
        return _nothing(session, script)
    wishing = tuple(each for each in session.stopping if each != person)
    if session.paused is None or session.lacks_focus:
        return _step(replace(session, stopping=wishing), script)
    session = replace(_at(session, now), stopping=wishing)
    assert session.paused is not None
    until = session.until + (session.at - session.paused)
    session = replace(session, paused=None, until=until)
    said = Announcement(kind=Kind.RESUMED, phase=session.phase, person=session.holder, until=until)
    return _step(session, script, (said,))


def stopped(session: Session, script: Script, person: str, now: datetime) -> Step:
    """Somebody says "stop": nobody is asked why.

    The wish of one ends their own turn, and the sitting once a second person has it, or whoever began says it again.
    What is stopped stands where it was, so that it can be taken up.
    """
    if session.ended is not None or person not in (*session.people, session.began_by):
        return _nothing(session, script)
    session = _at(session, now)
    wishing = tuple(dict.fromkeys((*session.stopping, person)))
    again = person in session.stopping and person == session.began_by
    if again or len(wishing) > 1:
        stands = replace(session, ended=Ending.STOPPED, paused=session.paused or session.at)
        return _step(stands, script, (Announcement(kind=Kind.ENDED),))
    wish = () if person in session.stopping else (Announcement(kind=Kind.WISH),)
    session = replace(session, stopping=wishing)
    phase = _present(session, script)
    if session.holder != person or phase is None or not _running(session):
        heard = session.holder is None or session.paused is not None
        return _step(session, script, wish if heard else ())
    session = replace(session, had=(*session.had, person), holder=None)
    return _turn(session, script, phase, ())


def taken_up(session: Session, script: Script, person: str, now: datetime) -> Step:
    """One of those who sat in it takes a stopped sitting up: who had the turn has it, with the time that was left."""
    phase = _present(session, script)
    if session.ended is not Ending.STOPPED or person not in session.people or phase is None:
        return _nothing(session, script)
    if session.lacks_focus:
        return _nothing(session, script)
    session = _at(session, now)
    assert session.paused is not None
    left = max(session.until - session.paused, LAST_WORDS)
    session = replace(session, ended=None, paused=None, stopping=())
    if session.deciding:
        return _enter(session, script, session.phase, ())
    session = replace(session, until=session.at + left, told_over=False)
    phase_ = Announcement(
        kind=Kind.PHASE, phase=session.phase, person=session.focus_now, until=session.until
    )
    if session.holder is None:
        return _step(session, script, (phase_,))
    turn = Announcement(
        kind=Kind.TURN, phase=session.phase, person=session.holder, until=session.until
    )
    return _step(session, script, (phase_, turn))


def called_off(session: Session, script: Script, now: datetime) -> Step:
    """Nobody brings what the sitting would be about: it ends, and nothing of it is left to take up."""
    if session.ended is not None:
        return _nothing(session, script)
    return _end(_at(session, now), script, Ending.STOPPED, ())


def joined(session: Session, script: Script, person: str, now: datetime) -> Step:
    """Somebody comes late: they have a turn at the end of the round."""
    phase = _present(session, script)
    if session.ended is not None or person in session.people or phase is None:
        return _nothing(session, script)
    session = replace(_at(session, now), people=(*session.people, person))
    if phase.for_each and person not in session.centred:
        session = replace(session, to_centre=(*session.to_centre, person))
    if session.holder is not None and person in _speakers(session, phase):
        known = (*session.had, *session.waiting, *session.offered)
        if person not in known:
            session = replace(session, waiting=(*session.waiting, person))
    return _step(session, script)


def left(session: Session, script: Script, person: str, now: datetime) -> Step:
    """Somebody goes, or steps out: their turn passes on; without its focus the sitting rests (`focused`)."""
    phase = _present(session, script)
    if session.ended is not None or person not in session.people or phase is None:
        return _nothing(session, script)
    before = session
    session = _without(_at(session, now), person)
    if len(session.people) < FEWEST:
        return _end(session, script, Ending.ALONE, ())
    if person == before.focus:
        session = replace(
            session,
            focus=None,
            holder=None,
            deciding=False,
            paused=session.at,
            lacks_focus=True,
        )
        return _step(session, script, (Announcement(kind=Kind.FOCUS_LEFT, person=person),))
    if before.paused is not None and person in (before.holder, before.centre):
        # The clock goes on resting, and whoever is next has all of their time.
        session = replace(session, paused=session.at)
    if person == before.centre:
        return _next_centre(session, script, ())
    if person == before.holder:
        session = replace(session, had=(*session.had, person), holder=None)
        return _turn(session, script, phase, ())
    return _decided(session, script)


def _without(session: Session, person: str) -> Session:
    """The session without one person, whom nothing in it waits for any more."""

    def others(people: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(each for each in people if each != person)

    return replace(
        session,
        people=others(session.people),
        waiting=others(session.waiting),
        offered=others(session.offered),
        to_centre=others(session.to_centre),
        yes=others(session.yes),
        no=others(session.no),
        stopping=others(session.stopping),
        listener=None if session.listener == person else session.listener,
    )


def focused(session: Session, script: Script, person: str, now: datetime) -> Step:
    """Another person is the focus, after the first one left: the sitting begins anew, with what is theirs."""
    if session.ended is not None or not session.lacks_focus or person not in session.people:
        return _nothing(session, script)
    session = _at(session, now)
    return _enter(replace(session, focus=person, paused=None, lacks_focus=False), script, 0, ())
