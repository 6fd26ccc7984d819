"""A dyad: what two people agree on, how long it lasts, and when the two of them could meet.

It promises that there is no dyad until both have said yes (R31), that each has a day of review from its beginning (R16),
that either ends it alone (R11), and that no proposed time falls into anybody's night. What the two say to each other is
nobody's: of a one-to-one there is "met" and its date, and nothing else (R33).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from practices import clock
from practices.answers import spoken
from practices.meetings import Quiet, is_quiet
from practices.understanding import NotUnderstood, shown

__all__ = [
    "LENGTHS",
    "MONTHS",
    "PROPOSED_AT_ONCE",
    "TERMS",
    "Agreement",
    "Ended",
    "Kind",
    "Occasion",
    "Pace",
    "Span",
    "Stage",
    "State",
    "Terms",
    "accepted",
    "closed",
    "collides",
    "common",
    "due",
    "following",
    "lapsed",
    "met_among",
    "proposals",
    "proposed",
    "read_met",
    "read_terms",
    "rested",
    "review_day",
    "woken",
    "words",
]


# ---------------------------------------------------------------------------------- the agreement of two


class Kind(StrEnum):
    """What two people agreed to be to each other."""

    PARTNERS = "partners"
    ONBOARDING = "onboarding"
    STEWARDSHIP = "stewardship"


class State(StrEnum):
    """Where a dyad stands (practices 12.2)."""

    PROPOSED = "proposed"
    #: As an older version kept for a while what was declined; now nothing is kept of it.
    DECLINED = "declined"
    ACTIVE = "active"
    RESTING = "resting"
    #: Its day of review has come, and it goes on when both say so.
    REVIEW = "review"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Agreement:
    """The agreement of exactly two people, with the day on which they look at it again (R16). Raises ValueError for others."""

    people: tuple[str, str]
    review: date
    state: State = State.PROPOSED
    #: Who has said yes to what is asked of both now.
    agreed: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse what is no dyad."""
        if len(set(self.people)) != 2:  # noqa: PLR2004 - a dyad is two people (R31)
            raise ValueError("a dyad is two people")
        if not self.agreed <= set(self.people):
            raise ValueError("only the two can agree")


def proposed(by: str, to: str, *, today: date, months: int) -> Agreement:
    """What one person asks of another; it is no dyad yet. Raises ValueError for oneself, or for no time at all."""
    return Agreement((by, to), review_day(today, months), agreed=frozenset({by}))


def accepted(dyad: Agreement, person: str, *, today: date, months: int) -> Agreement:
    """One of the two says yes to what is asked of both: to begin, to go on after the review."""
    if dyad.state not in (State.PROPOSED, State.REVIEW):
        return dyad
    return _agreed(dyad, person, review_day(today, months))


def woken(dyad: Agreement, person: str) -> Agreement:
    """One of the two would take up again what rests; it wakes when both would."""
    return _agreed(dyad, person, dyad.review) if dyad.state is State.RESTING else dyad


def _agreed(dyad: Agreement, person: str, review: date) -> Agreement:
    """Another yes; with both of them the dyad is active, until `review`."""
    if person not in dyad.people:
        return dyad
    agreed = dyad.agreed | {person}
    if agreed < set(dyad.people):
        return replace(dyad, agreed=agreed)
    return replace(dyad, state=State.ACTIVE, agreed=frozenset(), review=review)


def rested(dyad: Agreement, person: str) -> Agreement:
    """Either of the two lets it rest, alone and without a reason."""
    if dyad.state is not State.ACTIVE or person not in dyad.people:
        return dyad
    return replace(dyad, state=State.RESTING, agreed=frozenset())


def due(dyad: Agreement, today: date) -> Agreement:
    """The dyad on its day of review: both are asked whether it goes on."""
    if dyad.state not in (State.ACTIVE, State.RESTING) or today < dyad.review:
        return dyad
    return replace(dyad, state=State.REVIEW, agreed=frozenset())


def lapsed(dyad: Agreement) -> Agreement:
    """What both were asked was not said by both in its time: it is over, whoever was silent."""
    if dyad.state in (State.PROPOSED, State.REVIEW):
        return replace(dyad, state=State.CLOSED, agreed=frozenset())
    return dyad


def closed(dyad: Agreement, person: str) -> Agreement:
    """Either of the two ends it at any time, in one act and without a reason (R11)."""
    if person not in dyad.people:
        return dyad
    return replace(dyad, state=State.CLOSED, agreed=frozenset())


# ------------------------------------------------------------------------------------------ its terms


MONTHS = range(1, 25)
"""So many months may lie between two reviews."""

LENGTHS = range(20, 181)
"""Minutes of a one-to-one; 30 to 60 are usual."""


class Pace(StrEnum):
    """How often two people meet one-to-one."""

    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    #: Whenever one of them asks.
    NONE = "none"


_STEPS = {
    Pace.WEEKLY: relativedelta(weeks=1),
    Pace.FORTNIGHTLY: relativedelta(weeks=2),
    Pace.MONTHLY: relativedelta(months=1),
    Pace.QUARTERLY: relativedelta(months=3),
}

_PACES = {
    Pace.WEEKLY: "every week",
    Pace.FORTNIGHTLY: "every two weeks",
    Pace.MONTHLY: "once a month",
    Pace.QUARTERLY: "every three months",
    Pace.NONE: "whenever one of you asks",
}


@dataclass(frozen=True, slots=True)
class Terms:
    """How often, how long, and after how many months both are asked whether it goes on."""

    pace: Pace = Pace.MONTHLY
    minutes: int = 60
    months: int = 6


TERMS = Terms()
"""What holds where nothing else is said (DYAD-1)."""


def words(terms: Terms) -> str:
    """As in `once a month, about 60 minutes`."""
    return f"{_PACES[terms.pace]}, about {terms.minutes} minutes"


def review_day(today: date, months: int) -> date:
    """The same day, so many months later. Raises ValueError for a number that is not among `MONTHS` (R16)."""
    if months not in MONTHS:
        raise ValueError("a dyad is looked at again within two years")
    return today + relativedelta(months=months)


def following(pace: Pace, last: date, times: int = 1) -> date | None:
    """The day on which the next but `times` one-to-one is due; None where none is due by itself."""
    return last + _STEPS[pace] * times if pace in _STEPS else None


_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "six": 6, "half a": 6}
_COUNT = r"(?P<{0}>\d{{1,3}}|a|an|one|two|three|four|six)"
_WORDS = re.compile(
    r"\s*(?:"
    r"(?P<weekly>weekly|(?:every|once a|each) week)"
    r"|(?P<fortnightly>fortnightly|biweekly|every (?:two|2) weeks|every other week|every fortnight)"
    r"|(?P<monthly>monthly|(?:every|once a|each) month)"
    r"|(?P<quarterly>quarterly|every (?:three|3) months|every quarter)"
    r"|(?P<none>no rhythm|without (?:a )?rhythm|rhythm none|none|on request|when(?:ever)? (?:we|one of us) (?:like|asks?|want)s?)"
    r"|(?:for )?(?P<halfyear>half a year)"
    r"|(?:for )?" + _COUNT.format("months") + r" months?"
    r"|(?:for )?" + _COUNT.format("years") + r" years?"
    r"|(?P<minutes>\d{1,3}) ?min(?:ute)?s?"
    r"|(?P<hours>an|one|two|three|1|2|3) hours?"
    r")(?=$|[\s,;.])[\s,;.]*(?:and\s+|with\s+)?",
    re.IGNORECASE,
)
_EXAMPLE = "For example: weekly, 45 minutes, for 3 months"


def read_terms(text: str, terms: Terms = TERMS) -> Terms:
    """`terms` with what is said in other words: `weekly`, `45 minutes`, `for a year`. Raises NotUnderstood."""
    at, said = 0, " ".join(text.split())
    while at < len(said):
        found = _WORDS.match(said, at)
        if found is None or found.end() == at:
            raise NotUnderstood(
                f"I did not understand {shown(said[at:])} as a rhythm, a length or a time until you look at it again. {_EXAMPLE}."
            )
        terms, at = _with(terms, found), found.end()
    return _possible(terms)


def _with(terms: Terms, found: re.Match[str]) -> Terms:
    name = found.lastgroup or ""
    if name in set(Pace):
        return replace(terms, pace=Pace(name))
    match name:
        case "halfyear":
            return replace(terms, months=6)
        case "months":
            return replace(terms, months=_number(found[name]))
        case "years":
            return replace(terms, months=12 * _number(found[name]))
        case "hours":
            return replace(terms, minutes=60 * _number(found[name]))
        case _:
            return replace(terms, minutes=int(found["minutes"]))


def _number(said: str) -> int:
    return int(said) if said.isdecimal() else _NUMBERS[said.casefold()]


def _possible(terms: Terms) -> Terms:
    if terms.months not in MONTHS:
        raise NotUnderstood(
            "A dyad is looked at again within two years, by both of you: from 1 month up to 24 months. "
            + _EXAMPLE
            + "."
        )
    if terms.minutes not in LENGTHS:
        raise NotUnderstood(
            "A one-to-one is 20 minutes up to three hours; 30 to 60 are usual. " + _EXAMPLE + "."
        )
    return terms


# ------------------------------------------------------------------------------------------ one-to-ones


class Occasion(StrEnum):
    """Why two people, or three, are to meet one-to-one."""

    DYAD = "dyad"
    ROTA = "rota"
    PAIRING = "pairing"
    ONBOARDING = "onboarding"
    STEWARDSHIP = "stewardship"


class Stage(StrEnum):
    """How far a one-to-one has come; once it is over there is none."""

    ARRANGING = "arranging"
    AGREED = "agreed"
    #: It should have been, and its people are asked whether they met.
    ASKED = "asked"


class Ended(StrEnum):
    """How a one-to-one was over."""

    MET = "met"
    #: Nobody answered, no time was found, or they let it rest.
    RESTED = "rested"
    #: Somebody would rather not, this time, or called it off.
    DECLINED = "declined"
    #: Somebody has left the circle that it was for.
    GONE = "gone"


PROPOSED_AT_ONCE = 6
"""So many times are proposed at once."""

Span = tuple[datetime, datetime]
"""From when until when: aware instants."""


def collides(span: Span, busy: Iterable[Span]) -> bool:
    """Whether a span touches one of those that are taken; one that ends as another begins does not."""
    return any(span[0] < until and begins < span[1] for begins, until in busy)


# Sooner than this leaves nobody a day to answer in; further than that nobody looks.
_FIRST, _LAST = timedelta(days=2), timedelta(days=16)
_HALF_AN_HOUR = timedelta(minutes=30)

# Times of one day that are nearer to each other are hardly a choice.
_APART = timedelta(hours=2)

# The hours that people most often have free, by turns, so that what is proposed differs.
_LIKED = (time(19), time(12, 30), time(17, 30), time(10), time(20), time(15))


def proposals(
    nights: Mapping[str, tuple[ZoneInfo, Quiet]],
    *,
    now: datetime,
    minutes: int,
    seen: Collection[datetime] = (),
    count: int = PROPOSED_AT_ONCE,
    busy: Collection[Span] = (),
    holds: Callable[[datetime], bool] = lambda _at: True,
) -> tuple[datetime, ...]:
    """Up to `count` half hours at which all could begin, on days as different as can be: instants in UTC in their order.

    `nights` are the zone and quiet hours of each; from the first minute to the last nobody's night is touched, and nothing
    of what is `busy`. None of `seen` comes again. Empty where the days of the people have nothing in common.
    """
    people = tuple(nights.values())
    taken = {clock.aware(each) for each in seen}
    length = timedelta(minutes=minutes)
    fitting = [
        at
        for at in _fitting(set(people), clock.aware(now), length, taken)
        if not collides((at, at + length), busy) and holds(at)
    ]
    other = [at for at in fitting if all(abs(at - each) >= _APART for each in taken)]
    days = _by_day(other or fitting, people)
    found: list[datetime] = []
    turn = len(taken) + len(taken) // count
    while days and len(found) < count:
        for day in sorted(days)[: count - len(found)]:
            liked = _LIKED[turn % len(_LIKED)]
            best = min(days[day], key=lambda at: (_effort(at, liked, people), at))
            found.append(best)
            turn += 1
            days[day] = [at for at in days[day] if abs(at - best) >= _APART]
        days = {day: rest for day, rest in days.items() if rest}
    return tuple(sorted(found))


def _fitting(
    nights: Set[tuple[ZoneInfo, Quiet]], now: datetime, length: timedelta, taken: Set[datetime]
) -> Iterator[datetime]:
    """Every half hour of the days ahead that nobody's night touches."""
    at = (now + _FIRST).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    while at <= now + _LAST:
        if at not in taken and all(_awake(at, length, *night) for night in nights):
            yield at
        at += _HALF_AN_HOUR


def _awake(at: datetime, length: timedelta, zone: ZoneInfo, quiet: Quiet) -> bool:
    """Whether somebody is awake from the first minute to the last."""
    steps = range(0, int(length / timedelta(minutes=1)), 10)
    moments = [
        *(at + timedelta(minutes=step) for step in steps),
        at + length - timedelta(minutes=1),
    ]
    return not any(is_quiet(moment, zone, quiet) for moment in moments)


def _by_day(
    times: Iterable[datetime], people: Sequence[tuple[ZoneInfo, Quiet]]
) -> dict[date, list[datetime]]:
    """The same times by the day on the wall of the first of the people."""
    found: dict[date, list[datetime]] = {}
    for at in times:
        found.setdefault(clock.wall(at, people[0][0]).date(), []).append(at)
    return found


def _effort(at: datetime, liked: time, people: Sequence[tuple[ZoneInfo, Quiet]]) -> int:
    """How far a time is from an hour that is liked, on everybody's wall: minutes, squared so that all share it."""
    wanted = liked.hour * 60 + liked.minute
    total = 0
    for zone, _quiet in people:
        local = clock.wall(at, zone)
        total += (local.hour * 60 + local.minute - wanted) ** 2
    return total


def common(
    suits: Mapping[str, Collection[str]], people: Collection[str], now: datetime
) -> datetime | None:
    """The first time to come that suits all of the people; `suits` are ISO instants. None: there is none yet."""
    sets = [set(suits.get(person, ())) for person in people]
    both = set.intersection(*sets) if sets else set()
    ahead = sorted(at for at in map(datetime.fromisoformat, both) if at > now)
    return ahead[0] if ahead else None


# ------------------------------------------------------------------------------------------ the morning after


_YES = re.compile(r"(?:yes|yep|yeah|yup|yea|sure|of course|indeed|certainly|ja|si|oui)\b")
_THEY_MET = re.compile(r"(?:oh )?(?:(?:we|i)(?: both| all)? )?(?:met|did|talked|spoke|had|have)\b")
_NOT_MET = re.compile(
    r"\b(?:no|nope|nah|nein|non|not|never|nobody|neither|none|missed|forgot|cancell?ed|postponed|without me"
    r"|(?:did|was|were|could|have|has|had|would|do|does)nt)\b"
)
#: Whoever asks back, or does not know, has said neither.
_UNSURE = re.compile(
    r"\b(?:maybe|perhaps|almost|nearly|half|not sure|no idea|never ?mind|not (?:know|remember)|dont (?:know|remember))\b"
)


def read_met(text: str) -> bool | None:
    """Whether two have met, in the words of one: `yep we met`, `no he didnt show up`; None for what says neither, or both."""
    said = spoken(text)
    if "?" in text or _UNSURE.search(said):
        return None
    yes, no = _YES.match(said) is not None, _NOT_MET.search(said) is not None
    if no:
        return None if yes else False
    return True if yes or _THEY_MET.match(said) else None


def met_among(people: Sequence[str], said: Mapping[str, bool]) -> tuple[str, ...]:
    """Those who have met, by what each said on the morning after: nobody who said no, and none where nobody said yes."""
    met = tuple(each for each in people if said.get(each, True))
    return met if len(met) > 1 and any(said.values()) else ()
