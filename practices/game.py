"""The Reciprocity Game: what is booked for whom, from facts alone; a mirror and a joke with a serious core.

It promises the numbers of the game and nothing beside them: nobody is compared with anybody, and nothing can be
bought, decided or refused with points (R4, R5). Whatever order facts are told in, the same history books the same.

What one member may learn of another's points, and why the crew's sum is made as it is
--------------------------------------------------------------------------------------
Whoever sees a sum can take away what is their own and what they know anyway: who came is seen by the whole crew, offers
and asks are said aloud in the circle. What is left over is the private part of the others' points. In a crew of three
that is the matter of two people, and often of one; and waiting, or mixing several people's matters, does not help: if
all that *could* be in the sum is in it (or nothing is), the rest is known again, for every single person. So the reason
for which level 4 stays out of the sum (a jump of 20 would betray a quarrel, CREW-7) holds for everything private:

- whether an exchange was held with respect: a missing or negative answer is not shown (CREW-4), not by arithmetic either;
- a dispute (R91), until whoever disputed says that the crew has talked about it and that the booking is gone;
- where announced absences book nothing (Q5): the absences, for the difference would tell who announced theirs.

What remains (`KNOWN`) is what everybody in the crew knows already, so the sum tells nobody anything new about anybody:
two histories that differ only in private things have the same sum at every moment. Beyond that it changes only with the
record of a meeting that at least three people took part in (`SUM_NEEDS`), so no single step of one person moves it, a
dyad has none, and it is the same for whoever asks, whenever.

A person's own points do tell one thing about another: the +1 for respect needs the yes of both. That is the rule
itself (R83); a no and a silence stay the same to see.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from types import MappingProxyType

from practices.clock import aware

__all__ = [
    "ASKED",
    "CAME",
    "CO_OWNS",
    "EVENT_WORDS",
    "FOLLOW_UP",
    "KNOWN",
    "LISTENED",
    "MISSED",
    "OFFERED",
    "ONE_A_PAIR",
    "REPAIRED",
    "RESPECTED",
    "STUCK_AFTER",
    "SUM_NEEDS",
    "UNRESOLVED",
    "USED_ENOUGH",
    "Booked",
    "Case",
    "Circle",
    "Dispute",
    "Event",
    "Exchange",
    "Fact",
    "Followed",
    "Held",
    "Incorporation",
    "Level",
    "Respect",
    "Settled",
    "against",
    "consistency",
    "counts",
    "crew_sum",
    "exchanged",
    "held",
    "in_sum",
    "incorporated",
    "listened",
    "played",
    "repaired",
    "respected",
    "signed",
    "suggestion",
    "total",
    "unresolved",
]


class Level(IntEnum):
    """An order of difficulty. Every level is open at every time (R89)."""

    LISTENING = 1
    MONEY = 2
    CONSISTENCY = 3
    CONFLICT = 4
    CO_OWNERS = 5


LISTENED = 1
"""Level 1, to each participant: everybody was listened to (2.3, R82)."""
OFFERED = 5
"""Level 2, for having offered something (2.3, R83)."""
ASKED = 5
"""Level 2, for having asked for something (2.3, R83)."""
RESPECTED = 1
"""Level 2, to each of the two: it was held with respect (2.3, R83)."""
CAME = (1, 3, 5)
"""Level 3: the first meeting, the second, and every later one (2.3, R84)."""
MISSED = -5
"""Level 3: absent from a meeting that was held (2.3, R84)."""
REPAIRED = 10
"""Level 4, to each party: a resolution that all of them agree on (2.3, R86)."""
UNRESOLVED = -20
"""Level 4, to each party: declared to have none (2.3, R86)."""
CO_OWNS = 100
"""Level 5, to each co-owner (2.3, R87)."""

FOLLOW_UP = timedelta(days=14)
"""Repair counts only once it has lasted so long (Q7)."""
ONE_A_PAIR = timedelta(days=90)
"""Between two bookings of level 4 for the same two people (Q7)."""
STUCK_AFTER = timedelta(days=60)
"""After so long, when both say that nothing is on its way, a conflict may count as unresolved (Q6)."""
USED_ENOUGH = 2
"""How often the crew used a level before the next is suggested (R89)."""
SUM_NEEDS = 3
"""With fewer people at a record, the sum less one's own would be the points of one other person."""
_TWO = 2


class Event(StrEnum):
    """What a booking is for."""

    LISTENED = "listened"
    OFFERED = "offered"
    ASKED = "asked"
    RESPECTED = "respected"
    CAME = "came"
    MISSED = "missed"
    #: Absent and announced a day ahead, where the crew lets that book nothing (Q5).
    ANNOUNCED = "announced"
    #: Absent and not announced, where the crew lets an announced absence book nothing (Q5).
    UNANNOUNCED = "unannounced"
    REPAIRED = "repaired"
    UNRESOLVED = "unresolved"
    CO_OWNS = "co-owns"
    #: What is left of a year ago: only how much it was.
    EARLIER = "earlier"


_LEVELS = {
    Event.LISTENED: Level.LISTENING,
    Event.OFFERED: Level.MONEY,
    Event.ASKED: Level.MONEY,
    Event.RESPECTED: Level.MONEY,
    Event.CAME: Level.CONSISTENCY,
    Event.MISSED: Level.CONSISTENCY,
    Event.ANNOUNCED: Level.CONSISTENCY,
    Event.UNANNOUNCED: Level.CONSISTENCY,
    Event.REPAIRED: Level.CONFLICT,
    Event.UNRESOLVED: Level.CONFLICT,
    Event.CO_OWNS: Level.CO_OWNERS,
}

KNOWN = frozenset(
    {
        Event.LISTENED,
        Event.OFFERED,
        Event.ASKED,
        Event.CAME,
        Event.MISSED,
        Event.CO_OWNS,
    }
)
"""What the whole crew knows when it happens; the crew's sum is made of this and of nothing else."""


class Dispute(StrEnum):
    """What the person concerned says against a booking (R91)."""

    NONE = "none"
    #: Taken back until the crew has talked about it.
    OPEN = "open"
    #: The crew has talked: it stands.
    STANDS = "stands"
    #: The crew has talked: it is gone.
    GONE = "gone"


class Settled(Exception):
    """The crew has talked about this booking already."""


def counts(dispute: Dispute) -> bool:
    """Whether a booking counts for its owner."""
    return dispute in (Dispute.NONE, Dispute.STANDS)


def in_sum(event: Event, dispute: Dispute) -> bool:
    """Whether a booking belongs to the crew's sum: only what the crew knows (see above)."""
    return event in KNOWN and dispute is not Dispute.GONE


def against(dispute: Dispute) -> Dispute:
    """Take a booking back, no reason asked. Raises Settled when the crew has talked about it."""
    if dispute in (Dispute.STANDS, Dispute.GONE):
        raise Settled
    return Dispute.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """Points of one person for one thing that happened."""

    person: str
    event: Event
    points: int
    #: Names what it is for, such as "meeting:12": one cause books once for one person.
    cause: str
    at: datetime
    #: With whom it was, for what concerns two.
    others: tuple[str, ...] = ()

    @property
    def level(self) -> Level:
        """The level that it belongs to."""
        return _LEVELS[self.event]

    @property
    def key(self) -> str:
        """The same for a cause that is told again, whatever is told of it by then."""
        sort = f"{self.level:d}"
        if self.level is Level.MONEY:
            sort = f"2 {self.event}"
        pair = " ".join(sorted(self.others)) if self.event is Event.RESPECTED else ""
        return "\n".join((sort, self.cause, self.person, pair))


# ------------------------------------------------------------------------------------------------- facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A meeting that took place, told again when its record is corrected."""

    cause: str
    at: datetime
    came: frozenset[str]
    absent: frozenset[str] = frozenset()
    #: Of those absent, who had said so a day ahead.
    announced: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """A listening circle, and who of those present says that everybody was listened to."""

    cause: str
    at: datetime
    present: frozenset[str]
    confirmed: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """Who offered something and who asked for something in a money conversation."""

    cause: str
    at: datetime
    offered: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Respect:
    """Who of two people says, in private, that their exchange was held with respect."""

    cause: str
    at: datetime
    pair: frozenset[str]
    confirmed: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A conflict, as far as points are concerned; what it is about is nobody's matter here."""

    key: str
    parties: frozenset[str]
    #: When all had agreed, and who has confirmed it at the follow-up.
    agreed_at: datetime | None = None
    confirmed: frozenset[str] = frozenset()
    #: When the talk was accepted.
    accepted_at: datetime | None = None
    mediation_offered: bool = False
    #: Who declares that there is no resolution.
    declared: frozenset[str] = frozenset()
    #: Who answered "no" to "is this on its way?".
    not_on_its_way: frozenset[str] = frozenset()
    #: Who was told beforehand that it would count as unresolved.
    forewarned: frozenset[str] = frozenset()
    #: Abuse and harassment are no conflict: there are no points (3.1).
    safety: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Incorporation:
    """An entity or contract of shared ownership, its co-owners, and who of them has confirmed."""

    entity: str
    at: datetime
    owners: frozenset[str]
    confirmed: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A conflict looked at again at an instant."""

    case: Case
    at: datetime


Fact = Held | Circle | Exchange | Respect | Followed | Incorporation


# ------------------------------------------------------------------------------------------------- rules


def listened(circle: Circle) -> list[Booked]:
    """One point for each participant, if every person present says yes (R82, Q3)."""
    if len(circle.present) < _TWO or not circle.present <= circle.confirmed:
        return []
    return [
        Booked(
            person=person,
            event=Event.LISTENED,
            points=LISTENED,
            cause=circle.cause,
            at=circle.at,
        )
        for person in sorted(circle.present)
    ]


def exchanged(exchange: Exchange) -> list[Booked]:
    """Five for having offered and five for having asked; how often does not matter (R83, Q4)."""
    sides = (
        (Event.OFFERED, OFFERED, exchange.offered),
        (Event.ASKED, ASKED, exchange.asked),
    )
    return [
        Booked(person=person, event=event, points=points, cause=exchange.cause, at=exchange.at)
        for event, points, people in sides
        for person in sorted(people)
    ]


def respected(respect: Respect) -> list[Booked]:
    """One point for each of two people when both say yes (R83, Q4)."""
    pair = respect.pair
    if len(pair) != _TWO or not pair <= respect.confirmed:
        return []
    return [
        Booked(
            person=person,
            event=Event.RESPECTED,
            points=RESPECTED,
            cause=respect.cause,
            at=respect.at,
            others=tuple(sorted(pair - {person})),
        )
        for person in sorted(pair)
    ]


def held(meeting: Held, before: Mapping[str, int], *, announced_free: bool) -> list[Booked]:
    """What a held meeting books for those who were its members (R84, Q5).

    `before` is how many meetings were held before it since each of them became a member. For those who are there
    from the beginning that is the crew's own counter; whoever came later begins at the first.
    """

    def one(person: str, event: Event) -> Booked:
        [points] = consistency([event], before.get(person, 0))
        return Booked(person=person, event=event, points=points, cause=meeting.cause, at=meeting.at)

    absent = (meeting.absent | meeting.announced) - meeting.came
    return [
        *(one(person, Event.CAME) for person in sorted(meeting.came)),
        *(
            one(person, _absence(person in meeting.announced, announced_free=announced_free))
            for person in sorted(absent)
        ),
    ]


def _absence(announced: bool, *, announced_free: bool) -> Event:
    if not announced_free:
        return Event.MISSED
    return Event.ANNOUNCED if announced else Event.UNANNOUNCED


def consistency(events: Sequence[Event], before: int = 0) -> list[int]:
    """The points of somebody's held meetings in their order, after `before` earlier ones (R84)."""
    points = []
    for number, event in enumerate(events, start=before):
        match event:
            case Event.CAME:
                points.append(CAME[min(number, len(CAME) - 1)])
            case Event.ANNOUNCED:
                points.append(0)
            case _:
                points.append(MISSED)
    return points


def repaired(case: Case, now: datetime, former: Iterable[Booked]) -> list[Booked]:
    """Ten for each party, when all of them confirm at the follow-up after 14 days (R86, Q7)."""
    lasted = case.agreed_at is not None and aware(now) >= aware(case.agreed_at) + FOLLOW_UP
    if case.safety or not lasted or not case.parties <= case.confirmed:
        return []
    return _conflict(case, now, former, Event.REPAIRED, REPAIRED)


def unresolved(case: Case, now: datetime, former: Iterable[Booked]) -> list[Booked]:
    """Minus twenty for each party: when a party declares it after mediation was offered, or when all say after 60 days
    that nothing is on its way; never without notice to all of them (R86, Q6)."""
    declared = bool(case.declared & case.parties) and case.mediation_offered
    stuck = (
        case.accepted_at is not None
        and aware(now) >= aware(case.accepted_at) + STUCK_AFTER
        and case.parties <= case.not_on_its_way
    )
    if case.safety or not (declared or stuck) or not case.parties <= case.forewarned:
        return []
    return _conflict(case, now, former, Event.UNRESOLVED, UNRESOLVED)


def _conflict(
    case: Case, now: datetime, former: Iterable[Booked], event: Event, points: int
) -> list[Booked]:
    """A booking for each party who has not had one lately with all of the others (Q7).

    What one of them gets follows from their own past alone: among three, a booking that fails to come must not tell
    the third that the other two had a conflict before.
    """
    if len(case.parties) < _TWO:
        return []
    recent = {
        (booked.person, other)
        for booked in former
        if booked.level is Level.CONFLICT and aware(now) < aware(booked.at) + ONE_A_PAIR
        for other in booked.others
    }
    found = []
    for person in sorted(case.parties):
        others = tuple(
            other for other in sorted(case.parties - {person}) if (person, other) not in recent
        )
        if others:
            found.append(
                Booked(
                    person=person,
                    event=event,
                    points=points,
                    cause=case.key,
                    at=now,
                    others=others,
                )
            )
    return found


def incorporated(incorporation: Incorporation) -> list[Booked]:
    """A hundred for each co-owner, of at least two, when all of them confirm (R87, Q8)."""
    owners = incorporation.owners
    if len(owners) < _TWO or not owners <= incorporation.confirmed:
        return []
    return [
        Booked(
            person=person,
            event=Event.CO_OWNS,
            points=CO_OWNS,
            cause=incorporation.entity,
            at=incorporation.at,
            others=tuple(sorted(owners - {person})),
        )
        for person in sorted(owners)
    ]


# --------------------------------------------------------------------------------------------- histories


def played(history: Iterable[Fact], *, announced_free: bool = False) -> list[Booked]:
    """All that a history books, each cause once, in the order in which things happened.

    The order in which facts are told matters only for a meeting that is told twice: then the later word counts.
    """
    facts = list(history)
    corrected = {fact.cause: fact for fact in facts if isinstance(fact, Held)}
    once = [fact for fact in facts if not isinstance(fact, Held)]
    ordered = sorted([*corrected.values(), *once], key=lambda fact: (aware(fact.at), repr(fact)))
    found: dict[str, Booked] = {}
    meetings: dict[str, int] = {}
    for fact in ordered:
        for booked in _booked(fact, found.values(), meetings, announced_free=announced_free):
            if booked.key not in found:
                found[booked.key] = booked
                if booked.level is Level.CONSISTENCY:
                    meetings[booked.person] = meetings.get(booked.person, 0) + 1
    return list(found.values())


def _booked(
    fact: Fact,
    former: Collection[Booked],
    meetings: Mapping[str, int],
    *,
    announced_free: bool,
) -> list[Booked]:
    match fact:
        case Held():
            return held(fact, meetings, announced_free=announced_free)
        case Circle():
            return listened(fact)
        case Exchange():
            return exchanged(fact)
        case Respect():
            return respected(fact)
        case Incorporation():
            return incorporated(fact)
        case Followed():
            before = list(former)
            return repaired(fact.case, fact.at, before) or unresolved(fact.case, fact.at, before)


def total(bookings: Iterable[Booked], person: str) -> int:
    """One person's own points, level 4 included; shown to nobody else (R88)."""
    return sum(booked.points for booked in bookings if booked.person == person)


def crew_sum(bookings: Iterable[Booked]) -> int:
    """The one sum of a crew: what everybody in it knows, so without level 4 (R88; see above)."""
    return sum(booked.points for booked in bookings if in_sum(booked.event, Dispute.NONE))


_SUGGESTED = (Level.LISTENING, Level.MONEY, Level.CONSISTENCY)


def suggestion(used: Mapping[Level, int]) -> Level | None:
    """The level that may be suggested next: n+1 once n was used twice, and n+1 was not used yet (R89).

    The fifth is never suggested: that would tell the crew that the fourth was used.
    """
    for level in _SUGGESTED:
        following = Level(level + 1)
        seen = 0 if following is Level.CONFLICT else used.get(following, 0)
        if used.get(level, 0) >= USED_ENOUGH and not seen:
            return following
    return None


def signed(points: int) -> str:
    """Points as they are said, with a sign of their own for each side of nought."""
    if points > 0:
        return f"+{points}"
    return f"\N{MINUS SIGN}{-points}" if points else "0"


EVENT_WORDS: Mapping[Event, str] = MappingProxyType(
    {
        Event.LISTENED: "everybody was listened to",
        Event.OFFERED: "you offered something",
        Event.ASKED: "you asked for something",
        Event.RESPECTED: "an exchange held with respect",
        Event.CAME: "you came",
        Event.MISSED: "the meeting was held without you",
        Event.ANNOUNCED: "the meeting was held without you, as you had said",
        Event.UNANNOUNCED: "the meeting was held without you",
        Event.REPAIRED: "something was repaired",
        Event.UNRESOLVED: "something stayed unresolved",
        Event.CO_OWNS: "you own something together",
        Event.EARLIER: "more than a year ago",
    }
)
"""What a booking is for, to the person whose it is."""
