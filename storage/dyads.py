"""Dyads and one-to-ones: who agreed with whom, what is being arranged, and on which days two people met.

Of what two people say nothing is here. A one-to-one that is over leaves "met" and its date, or nothing (R33).
"""

from collections.abc import Collection
from datetime import date, timedelta

from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model

from practices.dyads import Kind, Occasion, Pace, Stage, State

#: After a year a meeting is counted no more: class A (practices 12.1).
A_YEAR = timedelta(days=366)


class Dyad(Model):
    """The agreement of two people, or what one proposes to another. It is deleted when it is over.

    It belongs to the two and to no circle: it has no `room`, and stays when a crew ends (V19).
    """

    id = fields.BigIntField(primary_key=True)
    kind = fields.CharEnumField(Kind, max_length=16, default=Kind.PARTNERS)
    #: Who proposed it, and to whom.
    proposer = fields.CharField(max_length=255, db_index=True)
    asked = fields.CharField(max_length=255, db_index=True)
    #: A circle in which they know each other: its clocks are theirs until each has named a zone.
    circle = fields.CharField(max_length=255, null=True)
    state = fields.CharEnumField(State, max_length=16, default=State.PROPOSED)
    #: Who has said yes to what is asked of both now.
    agreed: fields.Field[list[str]] = fields.JSONField(default=list)
    #: The day on which both are asked whether it goes on (R16).
    review = fields.DateField()
    months = fields.IntField()
    pace = fields.CharEnumField(Pace, max_length=16)
    minutes = fields.IntField()
    #: Until when what is asked of both can be answered.
    until = fields.DatetimeField(null=True)
    #: The day on which the last one-to-one was begun.
    began = fields.DateField(null=True)
    #: How many one-to-ones in a row have come to nothing: after two the dyad rests.
    unmet = fields.IntField(default=0)
    #: Who would like a signal at half time.
    signals: fields.Field[list[str]] = fields.JSONField(default=list)
    #: Who would like a room of their own for the two.
    rooming: fields.Field[list[str]] = fields.JSONField(default=list)
    #: That room, once it is made.
    home = fields.CharField(max_length=255, null=True)

    class Meta:
        table = "dyad"

    @property
    def people(self) -> tuple[str, str]:
        """The two."""
        return self.proposer, self.asked

    def other(self, person: str) -> str:
        """The other one of the two."""
        return self.asked if person == self.proposer else self.proposer


class OneToOne(Model):
    """One meeting of two people, or three in a trio, until it is over; then it is deleted."""

    id = fields.BigIntField(primary_key=True)
    #: The circle that it is for, with which it goes; of a dyad dyad:12.
    room = fields.CharField(max_length=255, db_index=True)
    people: fields.Field[list[str]] = fields.JSONField(default=list)
    occasion = fields.CharEnumField(Occasion, max_length=16)
    #: What it belongs to, as its feature calls it.
    subject = fields.CharField(max_length=64)
    stage = fields.CharEnumField(Stage, max_length=16, default=Stage.ARRANGING)
    minutes = fields.IntField()
    #: Every time that was proposed, and to whom which of them suit: ISO instants in UTC. On the morning after: to whom the time
    #: that stood was one at which they met; an empty list for whoever said no.
    options: fields.Field[list[str]] = fields.JSONField(default=list)
    suits: fields.Field[dict[str, list[str]]] = fields.JSONField(default=dict)
    at = fields.DatetimeField(null=True)
    #: How often each was written to without having spoken (R14).
    told: fields.Field[dict[str, int]] = fields.JSONField(default=dict)
    #: Who would like a signal at half time.
    signals: fields.Field[list[str]] = fields.JSONField(default=list)
    #: How often a time was looked for: tells apart the hours of each time.
    turn = fields.IntField(default=1)

    class Meta:
        table = "one_to_one"


class Met(Model):
    """Two people have met one-to-one on a day. Nothing else is kept of it (R33)."""

    id = fields.BigIntField(primary_key=True)
    #: The circle that it was for; of a dyad dyad:12.
    room = fields.CharField(max_length=255)
    #: The two, in the order of their ids.
    one = fields.CharField(max_length=255, db_index=True)
    other = fields.CharField(max_length=255, db_index=True)
    day = fields.DateField()

    class Meta:
        table = "met"
        indexes = (("room", "day"),)


async def of_two(one: str, other: str) -> Dyad | None:
    """What there is between two people as partners: an agreement, or what one asked the other."""
    both = Q(proposer=one, asked=other) | Q(proposer=other, asked=one)
    return await Dyad.filter(both, kind=Kind.PARTNERS).order_by("-id").first()


async def of_person(person: str) -> list[Dyad]:
    """Every dyad that somebody has, or that was proposed by or to them."""
    return await Dyad.filter(Q(proposer=person) | Q(asked=person)).order_by("id")


async def forget_declined() -> None:
    """Keep nothing of who would not be with whom: an older version kept what was declined for half a year."""
    await Dyad.filter(state=State.DECLINED).delete()


async def ahead_of(person: str) -> list[OneToOne]:
    """The one-to-ones of a person that are not over."""
    return [each for each in await OneToOne.all().order_by("id") if person in each.people]


async def have_met(room: str, people: Collection[str], day: date) -> None:
    """Keep that each pair of these people met; what is more than a year old is forgotten."""
    known = sorted(set(people))
    for place, one in enumerate(known):
        for other in known[place + 1 :]:
            await Met.get_or_create(room=room, one=one, other=other, day=day)
    await forget_long_met(day)


async def forget_long_met(today: date) -> None:
    """Forget the days that are more than a year ago; how often two were brought together in a circle is kept elsewhere."""
    await Met.filter(day__lt=today - A_YEAR).delete()


async def met_count(room: str, since: date, until: date | None = None) -> int:
    """How many pairs of a circle have met one-to-one in a time: a count for the crew, and no name (DYAD-1)."""
    rows = Met.filter(room=room, day__gte=since)
    if until is not None:
        rows = rows.filter(day__lte=until)
    return len({(each.one, each.other) for each in await rows})


async def met_of_two(one: str, other: str) -> list[date]:
    """The days on which two people met one-to-one, for their own eyes; the newest first."""
    former, latter = sorted((one, other))
    rows = await Met.filter(one=former, other=latter).order_by("-day", "-id")
    return [each.day for each in rows]


async def forget_met(person: str) -> None:
    """Keep no day on which somebody met anybody."""
    await Met.filter(Q(one=person) | Q(other=person)).delete()


async def kept_of(
    person: str, not_with: Collection[str] = ()
) -> dict[str, list[dict[str, object]]]:
    """What is kept of somebody's own: values that JSON can hold, without what another has answered.

    What those whom they would not meet have asked of them was not put to them, and is not in it.
    """
    return {
        "dyads": [
            {
                "with": each.other(person),
                "kind": each.kind.value,
                "proposed_by_you": each.proposer == person,
                "state": each.state.value,
                "you_said_yes": person in each.agreed,
                "review": each.review,
                "rhythm": each.pace.value,
                "minutes": each.minutes,
                "signal_at_half_time": person in each.signals,
                "you_would_like_a_room": person in each.rooming,
            }
            for each in await of_person(person)
            if each.state is not State.PROPOSED or each.proposer not in not_with
        ],
        "one_to_ones": [
            {
                "with": [other for other in each.people if other != person],
                "for": each.occasion.value,
                "at": each.at,
                "times_that_suit_you": each.suits.get(person, []),
            }
            for each in await ahead_of(person)
            if not set(not_with) & set(each.people) or person in each.suits or each.at is not None
        ],
        "met_one_to_one": [
            {"with": each.other if each.one == person else each.one, "day": each.day}
            for each in await Met.filter(Q(one=person) | Q(other=person)).order_by("day", "id")
        ],
    }
