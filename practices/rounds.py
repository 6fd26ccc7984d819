"""A consent round (DEC-3): from a proposal that is ready, by questions and reactions, to consent with a day of review.

It promises that no objection is part of a round before all who are asked have answered, or whoever facilitates goes on
with those who have once the time is over; that never two objections are treated at once; that each ends with a fate that
its owner gave it; and that nothing is consented to without a day on which it is looked at again (R131). What is answered
stays outside until then: a round knows only who is still waited for, and nobody is ever named for their silence.

Decided where the texts are silent:

- Silence and a pass are neither consent nor objection. Whoever is silent is reminded once; afterwards the round waits
  until whoever facilitates goes on. Nothing is consented to unless somebody besides its proposer has consented.
- Consent is to a text: of one that was changed everybody is asked again, whoever had passed or was silent as well, but the
  proposer, whose text it is. A concern that somebody left there is shown until all have answered, and then what they say.
- Whoever raised an objection withdraws it or has it carried to the review, and nobody in their place. An objection whose
  owner has left is carried to the review in their words.
- A change is taken in with the yes of whoever raised the objection and of the proposer, whose text it is.
- Without its proposer a round rests until somebody takes it up; without its facilitator the proposer is that, too.
- A live round that nobody moves goes on over days. What nobody moves for two months is laid aside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta

from practices import session as course
from practices.circles import Scale
from practices.polls import amending
from practices.polls.poll import Terms, Way
from practices.round import (
    BEFORE_ASKING,
    HOURS,
    OVER,
    TAKING_TURNS,
    TREATING,
    Answer,
    Fate,
    Kind,
    NotNow,
    Objection,
    Offer,
    Round,
    Said,
    Stage,
    Stand,
    Step,
    Voice,
    as_state,
    asked_now,
    forgotten,
    from_state,
    named_in,
)
from practices.script import Phase, Script, Sitting, Turns
from practices.session import Announcement, Ending, Session

__all__ = [
    "BEFORE_ASKING",
    "FEWEST",
    "HOURS",
    "LONGEST",
    "MOST",
    "OVER",
    "REVIEW",
    "TAKING_TURNS",
    "TREATING",
    "Answer",
    "Fate",
    "Kind",
    "NotNow",
    "Objection",
    "Offer",
    "Round",
    "Said",
    "Stage",
    "Stand",
    "Step",
    "Turning",
    "Voice",
    "agreed",
    "amended",
    "answered",
    "as_state",
    "asked_now",
    "begun",
    "calm",
    "due",
    "forgotten",
    "forward",
    "from_state",
    "handed",
    "is_open_now",
    "joined",
    "left",
    "named_in",
    "opened",
    "over_days",
    "proposed",
    "rested",
    "resumed",
    "reviewed",
    "said_all",
    "settled",
    "taken_up",
    "tick",
    "turned",
    "withdrawn",
]

FEWEST = 2
"""With fewer there is nobody to ask."""

MOST = 20
"""As many as one round hears (DEC-3)."""

LONGEST = 2000
"""Characters of a proposal."""

REVIEW = relativedelta(months=3)
"""What is not said otherwise is looked at again after so long."""

LATEST_REVIEW = relativedelta(years=2)
"""A day further ahead is none on which anybody looks at it again."""

REMIND = timedelta(hours=24)
"""So long before the end of a step those asked are reminded, once; of a shorter step after half of it."""

LIVE_ASKING = timedelta(minutes=5)
"""How long an answer in private takes while people sit together."""

LIVE_PATIENCE = timedelta(hours=3)
"""After so long a live round that nobody moves is live no more."""

CALLED = timedelta(days=7)
"""A round that nobody begins is laid aside."""

ORPHANED = timedelta(days=7)
"""How long a round waits for somebody who takes it up."""

LAPSE = timedelta(days=60)
"""How long a round that nobody moves is kept open."""

_FOLLOWING = {
    Stage.QUESTIONS: Stage.REACTIONS,
    Stage.REACTIONS: Stage.AMENDING,
    Stage.AMENDING: Stage.OBJECTIONS,
}

# ------------------------------------------------------------------------------------------------ its time


def _turns(name: str, minutes: float) -> Script:
    """One round of turns, kept by the clock of practices."""
    phase = Phase(name=name, turns=Turns.EACH, minutes_each=minutes)
    return Script(
        name=name,
        purpose=name,
        source="DEC-3",
        scales=(Scale.CREW,),
        least=FEWEST,
        most=MOST,
        sittings=(Sitting(name=name, phases=(phase,)),),
    )


_SCRIPTS = {Stage.QUESTIONS: _turns("questions", 2), Stage.REACTIONS: _turns("reactions", 1)}


def _length(round_: Round, stage: Stage) -> timedelta | None:
    """How long a step takes; None: as long as people need."""
    if stage is Stage.READY or stage in OVER:
        return None
    if round_.live:
        return LIVE_ASKING if stage in (Stage.OBJECTIONS, Stage.SUPPORT) else None
    whole = timedelta(hours=round_.hours)
    return min(whole, REMIND) if stage is Stage.SUPPORT else whole


def _before_end(round_: Round) -> timedelta:
    """How long before its end those asked are reminded."""
    length = _length(round_, round_.stage)
    return REMIND if length is None else min(REMIND, length / 2)


def due(round_: Round) -> datetime | None:
    """When it wants to be looked at again; None once it is over."""
    if round_.is_over:
        return None
    if round_.paused is not None:
        return round_.paused + (LAPSE if round_.proposer else ORPHANED)
    if round_.turns is not None:
        return course.due(round_.turns, _SCRIPTS[round_.stage])
    if round_.stage is Stage.READY:
        return round_.at + CALLED
    if round_.until is not None and not round_.late:
        return round_.until if round_.reminded else round_.until - _before_end(round_)
    return round_.at + (LIVE_PATIENCE if round_.live else LAPSE)


def tick(round_: Round, now: datetime) -> Step:
    """Look at the clock. A tick that comes early or twice says nothing."""
    at = due(round_)
    if at is None or now < at:
        return Step(round_)
    if round_.paused is not None or round_.stage is Stage.READY:
        return _laid(round_, now)
    if round_.turns is not None:
        return _turned(round_, course.tick(round_.turns, _SCRIPTS[round_.stage], now), now)
    if round_.until is None or round_.late:
        return _days(round_, now) if round_.live else _laid(round_, now)
    if not round_.reminded:
        return _reminded(round_, now)
    return _late(round_, now)


def _reminded(round_: Round, now: datetime) -> Step:
    """Those asked are reminded; whoever could not be in time has as long as they would have had."""
    assert round_.until is not None
    until = max(round_.until, now + _before_end(round_)) if now >= round_.until else round_.until
    reminded = replace(round_, reminded=True, until=until)
    return Step(reminded, (Said(kind=Kind.REMIND, people=asked_now(round_)),))


def _late(round_: Round, now: datetime) -> Step:
    """The time of a step is over: what is only talked through goes on, and what needs somebody's word waits for it."""
    if round_.stage in _FOLLOWING and round_.stage is not Stage.OBJECTIONS:
        return _following(round_, now)
    if round_.stage is Stage.SUPPORT:
        return _enter(round_, Stage.INTEGRATING, now)
    return Step(replace(round_, late=True), (Said(kind=Kind.LATE),))


# ------------------------------------------------------------------------------------------------ its steps


def proposed(
    text: str, *, proposer: str, people: tuple[str, ...], now: datetime, hours: int = HOURS
) -> Round:
    """A round that is ready. Raises NotNow for too few or too many people, ValueError for no text."""
    if not text.strip():
        raise ValueError("something is proposed")
    if len(people) < FEWEST:
        raise NotNow("You are alone in this room, and consent is asked of others.")
    if len(people) > MOST:
        raise NotNow(
            f"A consent round hears each voice, and that works with up to {MOST} people; you are {len(people)}."
        )
    return Round(
        proposer=proposer,
        facilitator=proposer,
        people=people,
        versions=(text.strip(),),
        hours=hours,
        at=now,
    )


def begun(
    round_: Round, person: str, now: datetime, *, live: bool, people: tuple[str, ...]
) -> Step:
    """Whoever proposes or facilitates begins, live or over days, with those who are there."""
    _check_runs(round_)
    if round_.stage is not Stage.READY:
        raise NotNow("It has begun already.")
    if person not in (round_.proposer, round_.facilitator):
        raise NotNow("Whoever proposes it or facilitates it begins it.")
    if not FEWEST <= len(people) <= MOST:
        raise NotNow(
            f"A consent round takes {FEWEST} to {MOST} people, and here are {len(people)}."
        )
    return _enter(replace(round_, live=live, people=people), Stage.QUESTIONS, now)


def _enter(round_: Round, stage: Stage, now: datetime, said: tuple[Said, ...] = ()) -> Step:
    """Come to a step."""
    length = _length(round_, stage)
    round_ = replace(
        round_,
        stage=stage,
        at=now,
        until=None if length is None else now + length,
        reminded=False,
        late=False,
        done=(),
        offer=None,
        turns=None,
    )
    said = (*said, Said(kind=Kind.STAGE))
    if round_.live and stage in TAKING_TURNS:
        first = course.begin(_SCRIPTS[stage], people=round_.people, by=round_.facilitator, now=now)
        return _resting(_turned(round_, first, now, said), now)
    return _resting(Step(round_, said), now)


def _resting(step: Step, now: datetime) -> Step:
    """A step that is come to while a round rests has all of its time when the round goes on."""
    if step.round.paused is None:
        return step
    return replace(step, round=replace(_halted(step.round, now), paused=now))


def _halted(round_: Round, now: datetime) -> Round:
    """The round with its turns at rest."""
    turns = round_.turns
    if turns is None or turns.paused is not None:
        return round_
    script = _SCRIPTS[round_.stage]
    return replace(round_, turns=course.paused(turns, script, turns.people[0], now).session)


def _following(round_: Round, now: datetime, said: tuple[Said, ...] = ()) -> Step:
    stage = _FOLLOWING[round_.stage]
    if stage is Stage.OBJECTIONS:
        return _ask(round_, round_.people, now, said)
    return _enter(round_, stage, now, said)


def _ask(round_: Round, people: tuple[str, ...], now: datetime, said: tuple[Said, ...]) -> Step:
    """Ask whether they object; what those had said before is replaced when all is shown."""
    round_ = replace(
        round_,
        asked=people,
        waiting=people,
        treated=None,
        asked_version=round_.version,
    )
    return _enter(round_, Stage.OBJECTIONS, now, said)


def _check_runs(round_: Round) -> None:
    if round_.is_over:
        raise NotNow("That round is over.")
    if not round_.proposer:
        raise NotNow(
            "Whoever proposed it is not here any more, so it rests until one of you takes it up."
        )
    if round_.paused is not None:
        raise NotNow("The round rests just now; resuming it goes on where it was.")


def _with(round_: Round, person: str) -> Round:
    """The round with somebody who takes part from now on. Raises NotNow when it is full."""
    if person in round_.people:
        return round_
    if len(round_.people) >= MOST:
        raise NotNow(f"A consent round hears up to {MOST} people, and they are all here.")
    return replace(round_, people=(*round_.people, person))


def said_all(round_: Round, person: str, now: datetime) -> Step:
    """Somebody has nothing more to ask, or has said their reaction, or passes: all alike."""
    _check_runs(round_)
    if round_.stage not in TAKING_TURNS:
        raise NotNow("That step is over.")
    if round_.turns is not None:
        return turned(round_, course.done, person, now)
    round_ = _with(round_, person)
    if person in round_.done:
        return Step(round_)
    return _all_said(replace(round_, done=(*round_.done, person)), now)


def _all_said(round_: Round, now: datetime) -> Step:
    if set(round_.people) <= set(round_.done):
        return _following(round_, now)
    return Step(round_)


def forward(round_: Round, person: str, now: datetime) -> Step:
    """Whoever facilitates goes on. What needs somebody's own word is not gone past (R131)."""
    _check_runs(round_)
    if round_.turns is not None:
        # Once the time of a turn is round anybody of them may say so, as in every practice.
        return turned(round_, course.next_phase, person, now)
    theirs = (
        (round_.facilitator,)
        if round_.stage is not Stage.AMENDING
        else (
            round_.facilitator,
            round_.proposer,
        )
    )
    if person not in theirs:
        raise NotNow("Going on to the next step is for whoever facilitates.")
    match round_.stage:
        case Stage.QUESTIONS | Stage.REACTIONS | Stage.AMENDING:
            return _following(round_, now)
        case Stage.OBJECTIONS if round_.late:
            return Step(replace(round_, waiting=(), at=now))
        case Stage.OBJECTIONS:
            raise NotNow(
                "Answers are shown when all who are asked have answered. Once the time is over you may go on with those "
                "who have."
            )
        case Stage.SUPPORT:
            raise NotNow("A moment yet: I say in the room when you begin with the objection.")
        case Stage.INTEGRATING:
            raise NotNow(
                "An objection ends by the word of whoever raised it: taken in, withdrawn, or carried to the review."
            )
        case Stage.REVIEW:
            raise NotNow("It needs a day on which you look at it again, for example “in 3 months”.")
        case _:
            raise NotNow("It has not begun yet.")


# ------------------------------------------------------------------------------------------------ turns

Turning = Callable[[Session, Script, str, datetime], course.Step]


def turned(round_: Round, way: Turning, person: str, now: datetime) -> Step:
    """A word of somebody about the turns: `way` is one of `practices.session`, such as `done` or `passed`."""
    _check_runs(round_)
    if round_.turns is None:
        raise NotNow("No turns are taken just now.")
    moved = way(round_.turns, _SCRIPTS[round_.stage], person, now)
    if moved.session == round_.turns:
        return Step(round_)
    return _turned(round_, moved, now)


def _turned(round_: Round, moved: course.Step, now: datetime, said: tuple[Said, ...] = ()) -> Step:
    """The round after its turns have moved."""
    ended = moved.session.ended
    if ended is Ending.CLOSED:
        return _following(replace(round_, turns=None), now, said)
    if ended is not None:
        return _days(replace(round_, turns=None), now)
    told = tuple(
        Said(kind=Kind.TURN, turn=each) for each in moved.said if each.kind is not course.Kind.PHASE
    )
    return Step(replace(round_, turns=moved.session, at=max(now, round_.at)), (*said, *told))


def _days(round_: Round, now: datetime) -> Step:
    """What was live goes on over days, in the step that it is in."""
    round_ = replace(round_, live=False, turns=None, at=now, reminded=False, late=False)
    length = _length(round_, round_.stage)
    return Step(
        replace(round_, until=None if length is None else now + length), (Said(kind=Kind.DAYS),)
    )


def over_days(round_: Round, person: str, now: datetime) -> Step:
    """Whoever proposes or facilitates has a live round go on over days."""
    _check_runs(round_)
    if not round_.live:
        raise NotNow("It goes on over days already.")
    if person not in (round_.proposer, round_.facilitator):
        raise NotNow("Whoever proposes it or facilitates it has it go on over days.")
    return _days(round_, now)


# ------------------------------------------------------------------------------------------------ the text


def amended(round_: Round, person: str, text: str, now: datetime) -> Step:
    """New words: the proposer's own before all are asked; afterwards an offer to the objection that is treated."""
    _check_runs(round_)
    text = text.strip()
    if not text or text == round_.text:
        raise NotNow("That is what it says already.")
    if round_.stage in BEFORE_ASKING:
        if person != round_.proposer:
            raise NotNow(
                "The text is changed by whoever proposes it; say to them what you would like."
            )
        kept = round_.versions[:-1] if round_.stage is Stage.READY else round_.versions
        return Step(replace(round_, versions=(*kept, text), at=now))
    if round_.stage is not Stage.INTEGRATING:
        raise NotNow(
            "The text stays as it is while all are asked about it. It can be changed when an objection is looked at, or "
            "taken back by whoever proposes it."
        )
    if person not in round_.people:
        raise NotNow("A change is offered by those who take part in the round.")
    offer = Offer(text=text, by=person)
    return _offered(replace(round_, offer=offer, at=now), person, now, Kind.OFFERED)


def _deciders(round_: Round) -> tuple[str, ...]:
    """Whose yes takes in what is offered: whoever raised the objection, and whose text it is."""
    assert round_.objection is not None
    return tuple(dict.fromkeys((round_.objection.owner, round_.proposer)))


def _offered(round_: Round, person: str, now: datetime, kind: Kind | None) -> Step:
    """One more yes to an offer, if it is theirs to say; with both it is taken in."""
    assert round_.offer is not None
    both = _deciders(round_)
    if person in both and person not in round_.offer.agreed:
        offer = replace(round_.offer, agreed=(*round_.offer.agreed, person))
        round_ = replace(round_, offer=offer)
    assert round_.offer is not None
    if set(both) <= set(round_.offer.agreed):
        taken = replace(round_, versions=(*round_.versions, round_.offer.text))
        return _fated(taken, round_.treated, Fate.INTEGRATED, now)
    return Step(round_, () if kind is None else (Said(kind=kind),))


def agreed(round_: Round, person: str, now: datetime, *, yes: bool) -> Step:
    """Whoever raised the objection, or whose text it is, says whether a change takes it in.

    Without an offer the objector may say that an earlier change has done so.
    """
    _check_runs(round_)
    objection = round_.objection
    if round_.stage is not Stage.INTEGRATING or objection is None:
        raise NotNow("No change is offered just now.")
    if round_.offer is not None:
        if person not in _deciders(round_):
            raise NotNow(
                "A change is taken in by the yes of whoever raised the objection and of whoever proposes the text."
            )
        if yes:
            return _offered(replace(round_, at=now), person, now, Kind.OFFERED)
        return Step(replace(round_, offer=None, at=now), (Said(kind=Kind.DECLINED),))
    if person != objection.owner or not yes:
        raise NotNow("No change is offered just now. Anybody of you may offer one.")
    if round_.version == objection.version:
        raise NotNow(
            "The text has not changed since. You may withdraw it, or have it carried to the review."
        )
    return _fated(round_, objection.number, Fate.INTEGRATED, now)


# ------------------------------------------------------------------------------------------- objections


def answered(round_: Round, person: str, now: datetime) -> Step:
    """Somebody has answered, or passes: nobody waits for them any more. What they say stays outside until all have."""
    _check_runs(round_)
    if round_.stage is not Stage.OBJECTIONS:
        raise NotNow(
            "All answers are shown already, or nobody is asked yet, so yours was not taken."
        )
    round_ = _with(round_, person)
    asked = round_.asked if person in round_.asked else (*round_.asked, person)
    waiting = tuple(each for each in round_.waiting if each != person)
    return Step(replace(round_, asked=asked, waiting=waiting, at=now))


def is_open_now(round_: Round) -> bool:
    """Whether what people have answered is to be shown at this moment, by `opened`."""
    return round_.stage is Stage.OBJECTIONS and not round_.waiting and round_.paused is None


def opened(round_: Round, answers: Mapping[str, Answer], now: datetime) -> Step:
    """Show all answers at the same moment; objections are numbered in the order in which `answers` has them.

    Raises ValueError while somebody is waited for.
    """
    if not is_open_now(round_):
        raise ValueError("somebody is still waited for")
    here = {person: answer for person, answer in answers.items() if person in round_.people}
    # Of whoever was asked only what they say of this text counts; a concern that is nobody's any more was of a former one.
    heard = {"", *here, *round_.asked}
    voices = tuple(each for each in round_.voices if each.person not in heard)
    voices += tuple(
        Voice(person=person, stand=each.stand, words=each.words, nameless=each.nameless)
        for person, each in here.items()
        if each.stand is not Stand.OBJECTION
    )
    objections = round_.objections
    for person, answer in here.items():
        if answer.stand is Stand.OBJECTION:
            raised = Objection(
                number=len(objections) + 1,
                owner=person,
                words=answer.words.strip(),
                version=round_.version,
            )
            objections = (*objections, raised)
    round_ = replace(round_, voices=voices, objections=objections, asked=(), at=now)
    said = (Said(kind=Kind.OPENED),)
    raised_now = round_.open_objections
    if len(raised_now) == 1 and raised_now[0].owner not in round_.cared:
        lone = raised_now[0]
        cared = replace(round_, treated=lone.number, cared=(*round_.cared, lone.owner))
        return _enter(cared, Stage.SUPPORT, now, said)
    return _next_objection(round_, now, said)


def calm(round_: Round, person: str, now: datetime) -> Step:
    """A lone objector says that they are ready to begin with it."""
    _check_runs(round_)
    objection = round_.objection
    if round_.stage is not Stage.SUPPORT or objection is None or objection.owner != person:
        raise NotNow("Nothing of yours waits for that just now.")
    return _enter(round_, Stage.INTEGRATING, now)


def settled(round_: Round, person: str, fate: Fate, now: datetime) -> Step:
    """Whoever raised an objection withdraws it, or agrees that it is carried to the review; nobody in their place."""
    _check_runs(round_)
    if fate not in (Fate.WITHDRAWN, Fate.CARRIED):
        raise ValueError("an objection is taken in by a changed text")
    own = [each for each in round_.open_objections if each.owner == person]
    if not own:
        raise NotNow(
            "An objection is withdrawn or carried to the review by whoever raised it, and by nobody in their place."
        )
    return _fated(round_, own[0].number, fate, now)


def _fated(round_: Round, number: int | None, fate: Fate, now: datetime) -> Step:
    """An objection has its fate, and the next one is looked at."""
    objections = tuple(
        replace(each, fate=fate) if each.number == number else each for each in round_.objections
    )
    done = next(each for each in round_.objections if each.number == number)
    voices = round_.voices
    if fate is not Fate.INTEGRATED and done.owner in round_.people:
        # Who lets it be tried consents to it; a change of these words would ask them again.
        voices = (*voices, Voice(person=done.owner, stand=Stand.CONSENT, words=done.words))
    was_treated = number == round_.treated
    round_ = replace(round_, objections=objections, voices=voices, at=now)
    said = (Said(kind=Kind.FATE, number=number),)
    if not was_treated:
        return Step(round_, said)
    return _next_objection(replace(round_, treated=None, offer=None), now, said)


def _next_objection(round_: Round, now: datetime, said: tuple[Said, ...]) -> Step:
    """The next objection; after the last those touched are asked again, or it lacks only a day of review."""
    if round_.open_objections:
        round_ = replace(round_, treated=round_.open_objections[0].number)
        return _enter(round_, Stage.INTEGRATING, now, said)
    if round_.version != round_.asked_version:
        touched = _touched(round_)
        if touched:
            return _ask(round_, touched, now, said)
    return _to_review(replace(round_, treated=None), now, said)


def _touched(round_: Round) -> tuple[str, ...]:
    """Those who take part and are asked of a changed text: consent is to a text, and not to another.

    Whose text it is has said yes to the change already, or it would not be in the text; they are asked when it is another
    text altogether, or when they had more to say than yes.
    """
    old, new = _terms(round_.versions[round_.asked_version - 1]), _terms(round_.text)
    more = any(each.person == round_.proposer and each.words for each in round_.voices)
    if more or not amending.same_question(old, new):
        return round_.people
    return tuple(each for each in round_.people if each != round_.proposer)


def _terms(text: str) -> Terms:
    return Terms(way=Way.CONSENT, topic=text, options=tuple(Stand))


def _to_review(round_: Round, now: datetime, said: tuple[Said, ...]) -> Step:
    """Nobody objects; unless nobody has consented either, it lacks a day of review."""
    if any(each.person not in ("", round_.proposer) for each in round_.voices):
        return _enter(round_, Stage.REVIEW, now, said)
    return _enter(round_, Stage.AMENDING, now, (*said, Said(kind=Kind.NOBODY)))


# ------------------------------------------------------------------------------------------------ the end


def reviewed(round_: Round, person: str, day: date, today: date, now: datetime) -> Step:
    """The day on which it is looked at again: with it, and not without it, the round is consented (R131)."""
    _check_runs(round_)
    if round_.stage is not Stage.REVIEW:
        raise NotNow("The day of the review is asked for when nobody objects any more.")
    if person not in round_.people:
        raise NotNow("The day is named by those who take part in the round.")
    if person not in (round_.facilitator, round_.proposer) and not round_.late:
        raise NotNow(
            "Whoever facilitates or proposes it names the day; say to them which you would like."
        )
    if day <= today:
        raise NotNow("That day is not ahead; for example “in 3 months”.")
    if day > today + LATEST_REVIEW:
        raise NotNow(
            "That is further ahead than two years. Nearer, it is still remembered: “in 1 year”."
        )
    kept = tuple(
        replace(each, person="" if each.nameless else each.person)
        for each in round_.voices
        if each.stand is Stand.CONCERN
    )
    return Step(_ended(replace(round_, voices=kept, review=day), Stage.CONSENTED, now))


def withdrawn(round_: Round, person: str, now: datetime) -> Step:
    """Whoever proposes it takes it back, at any time."""
    if round_.is_over:
        raise NotNow("That round is over.")
    if person != round_.proposer:
        raise NotNow("A proposal is taken back by whoever proposes it.")
    return Step(_gone(round_, now))


def _laid(round_: Round, now: datetime) -> Step:
    return Step(_gone(round_, now), (Said(kind=Kind.LAID),))


def _gone(round_: Round, now: datetime) -> Round:
    objections = tuple(replace(each, fate=each.fate or Fate.GONE) for each in round_.objections)
    round_ = replace(round_, objections=objections, voices=())
    return _ended(round_, Stage.WITHDRAWN, now)


def _ended(round_: Round, stage: Stage, now: datetime) -> Round:
    return replace(
        round_,
        stage=stage,
        at=now,
        until=None,
        paused=None,
        turns=None,
        done=(),
        asked=(),
        waiting=(),
        treated=None,
        offer=None,
        cared=(),
    )


# --------------------------------------------------------------------------------------- rest, and people


def rested(round_: Round, person: str, now: datetime) -> Step:
    """Anybody who takes part may have it rest; what is left of the time is kept."""
    _check_runs(round_)
    if person not in round_.people or round_.stage is Stage.READY:
        raise NotNow(
            "Only a round that has begun can rest, by the word of somebody who takes part."
        )
    return Step(replace(_halted(round_, now), paused=now, at=now), (Said(kind=Kind.RESTS),))


def resumed(round_: Round, person: str, now: datetime) -> Step:
    """Anybody who takes part may have it go on."""
    if round_.is_over:
        raise NotNow("That round is over.")
    if round_.paused is None:
        raise NotNow("It does not rest.")
    if not round_.proposer:
        raise NotNow("It rests until one of you takes it up as theirs.")
    if person not in round_.people:
        raise NotNow("It goes on by the word of somebody who takes part.")
    return _resumed(round_, now, Said(kind=Kind.RESUMES))


def _resumed(round_: Round, now: datetime, said: Said) -> Step:
    assert round_.paused is not None
    turns, until = round_.turns, round_.until
    if turns is not None:
        anyone = turns.people[0]
        turns = course.resumed(turns, _SCRIPTS[round_.stage], anyone, now).session
    if until is not None:
        until += max(now - round_.paused, timedelta())
    told: tuple[Said, ...] = (said,)
    if turns is not None and turns.holder is not None:
        # Whose turn it is, and until when, is said anew.
        turn = Announcement(kind=course.Kind.TURN, person=turns.holder, until=turns.until)
        told = (said, Said(kind=Kind.TURN, turn=turn))
    return Step(replace(round_, paused=None, turns=turns, until=until, at=now), told)


def handed(round_: Round, to: str, now: datetime) -> Step:
    """Somebody else who takes part facilitates from now on."""
    if round_.is_over:
        raise NotNow("That round is over.")
    if to not in round_.people:
        raise NotNow("Who facilitates takes part in the round.")
    if to == round_.facilitator:
        raise NotNow("They facilitate it already.")
    return Step(replace(round_, facilitator=to, at=now), (Said(kind=Kind.HANDED),))


def joined(round_: Round, person: str, now: datetime) -> Step:
    """Somebody takes part from now on. Who was asked without them is not waited for again; they may answer all the same."""
    if round_.is_over or person in round_.people:
        return Step(round_)
    round_ = replace(_with(round_, person), at=now)
    if round_.turns is not None:
        moved = course.joined(round_.turns, _SCRIPTS[round_.stage], person, now)
        round_ = replace(round_, turns=moved.session)
    return Step(round_)


def taken_up(round_: Round, person: str, now: datetime) -> Step:
    """Somebody takes up a proposal whose proposer is gone, and it goes on."""
    if round_.is_over or round_.proposer:
        raise NotNow("It has somebody who proposes it.")
    round_ = replace(_with(round_, person), proposer=person)
    round_ = replace(round_, facilitator=round_.facilitator or person)
    return _resumed(round_, now, Said(kind=Kind.TAKEN_UP))


def left(round_: Round, person: str, now: datetime) -> Step:
    """Somebody takes part no more: nothing waits for them, and an objection of theirs goes to the review in their words."""
    if round_.is_over or person not in round_.people:
        return Step(round_)
    before = round_
    round_ = _without(round_, person, now)
    if len(round_.people) < FEWEST:
        return _laid(round_, now)
    if before.turns is not None:
        moved = course.left(before.turns, _SCRIPTS[before.stage], person, now)
        step = _turned(round_, moved, now)
    else:
        step = _carried(round_, person, now)
    return _bereft(step, before, person, now)


def _without(round_: Round, person: str, now: datetime) -> Round:
    def others(people: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(each for each in people if each != person)

    offer = round_.offer
    if offer is not None and person in (offer.by, *offer.agreed):
        offer = None
    return replace(
        round_,
        people=others(round_.people),
        done=others(round_.done),
        asked=others(round_.asked),
        waiting=others(round_.waiting),
        cared=others(round_.cared),
        voices=tuple(_left_there(each, person) for each in round_.voices if _stays(each, person)),
        offer=offer,
        at=now,
    )


def _stays(voice: Voice, gone: str) -> bool:
    """Whether a voice is there still when somebody is gone: a nameless concern is, or its going would tell whose it was."""
    return voice.person != gone or (voice.nameless and voice.stand is Stand.CONCERN)


def _left_there(voice: Voice, gone: str) -> Voice:
    return replace(voice, person="") if voice.person == gone else voice


def _carried(round_: Round, person: str, now: datetime) -> Step:
    """What follows for a step in which no turns are taken."""
    own = [each for each in round_.open_objections if each.owner == person]
    if own:
        return _fated(round_, own[0].number, Fate.CARRIED, now)
    if round_.stage in TAKING_TURNS and round_.turns is None:
        return _all_said(round_, now)
    if round_.stage is Stage.REVIEW:
        return _supported(round_, now)
    return Step(round_)


def _supported(round_: Round, now: datetime) -> Step:
    """Whoever left may have been the only one who consented."""
    step = _to_review(round_, now, ())
    return Step(round_) if step.round.stage is Stage.REVIEW else step


def _bereft(step: Step, before: Round, person: str, now: datetime) -> Step:
    """Without its facilitator the proposer is that, too; without its proposer a round rests until it is taken up."""
    round_, said = step.round, step.said
    if round_.is_over:
        return step
    if person == before.facilitator:
        heir = "" if before.proposer == person else before.proposer
        round_ = replace(round_, facilitator=heir)
        said = (*said, Said(kind=Kind.HANDED)) if heir else said
    if person == before.proposer:
        until = round_.until
        if until is not None and round_.paused is not None:
            until += max(now - round_.paused, timedelta())
        round_ = replace(_halted(round_, now), proposer="", paused=now, until=until)
        said = (*said, Said(kind=Kind.ORPHANED))
    return Step(round_, said)
