"""Pairing rounds, the pair rota, and stewardship: who takes part, how often two were brought together, who is whose steward.

Of two people who were brought together there is a count and nothing else. What somebody has said of others, whom they
would rather meet and whom not, stands sealed in one row and nowhere else.
"""

from collections.abc import Collection
from datetime import date
from enum import StrEnum

from tortoise import fields
from tortoise.expressions import F, Q
from tortoise.models import Model

from practices.pairing import Duo, duo


class Pairing(Model):
    """The pairing round of a congregation, from the day its hosts begin it until they end it."""

    room = fields.CharField(max_length=255, primary_key=True)
    rhythm: fields.Field[dict[str, object]] = fields.JSONField(default=dict)
    #: When the next round is drawn.
    next_at = fields.DatetimeField()
    #: How many rounds were drawn.
    drawn = fields.IntField(default=0)
    #: With which the last one was drawn, so that it can be replayed.
    seed = fields.CharField(max_length=64, default="")

    class Meta:
        table = "pairing"


class Partaking(Model):
    """Somebody who has said that they take part in a congregation's pairing rounds."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255)
    person = fields.CharField(max_length=255, db_index=True)
    #: False: they rest until they say otherwise.
    takes_part = fields.BooleanField(default=True)
    #: The first day on which they take part again.
    snoozed_until = fields.DateField(null=True)
    #: How many rounds in a row nobody was found for them.
    waited = fields.SmallIntField(default=0)
    #: How many rounds in a row nothing was heard from them.
    silent = fields.SmallIntField(default=0)

    class Meta:
        table = "partaking"
        unique_together = (("room", "person"),)

    def is_in(self, day: date) -> bool:
        """Whether they take part on that day."""
        return self.takes_part and (self.snoozed_until is None or self.snoozed_until <= day)


class Encounter(Model):
    """How often two people were brought together in a congregation, and nothing else."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255)
    #: The two, in the order of their ids.
    one = fields.CharField(max_length=255, db_index=True)
    other = fields.CharField(max_length=255, db_index=True)
    times = fields.IntField(default=0)

    class Meta:
        table = "encounter"
        unique_together = (("room", "one", "other"),)


class Preference(Model):
    """Whom somebody would rather meet, whom not, and in which languages: sealed, at one length for all."""

    person = fields.CharField(max_length=255, primary_key=True)
    sealed = fields.TextField()

    class Meta:
        table = "preference"


class OwnReview(Model):
    """The day on which somebody is asked whether what they have said of pairing rounds still holds."""

    id = fields.BigIntField(primary_key=True)
    person = fields.CharField(max_length=255, unique=True)
    day = fields.DateField()

    class Meta:
        table = "own_review"


class Rota(Model):
    """A crew's cycle in which everybody meets everybody once, two at a time."""

    room = fields.CharField(max_length=255, primary_key=True)
    began = fields.DateField()
    #: Weeks from turn to turn.
    weeks = fields.SmallIntField()
    turn = fields.SmallIntField(default=0)

    class Meta:
        table = "rota"


class RotaPair(Model):
    """A pair that was proposed in a crew's cycle."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255)
    one = fields.CharField(max_length=255, db_index=True)
    other = fields.CharField(max_length=255, db_index=True)

    class Meta:
        table = "rota_pair"
        unique_together = (("room", "one", "other"),)


class StewardRound(Model):
    """A congregation is asked who would be a steward, and who would like one, until a day."""

    room = fields.CharField(max_length=255, primary_key=True)
    closes_at = fields.DatetimeField()
    #: Counts the rounds of a congregation, by when they began.
    number = fields.CharField(max_length=32)

    class Meta:
        table = "steward_round"


class Tending(Model):
    """What somebody has said in a stewardship round."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255)
    person = fields.CharField(max_length=255, db_index=True)
    willing = fields.BooleanField(default=True)

    class Meta:
        table = "tending"
        unique_together = (("room", "person"),)


class Tended(StrEnum):
    """Where a stewardship stands."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    #: No month is spoken of until one of the two says so.
    RESTING = "resting"
    #: Its day of review has come, and it goes on when both say so.
    REVIEW = "review"


class Stewardship(Model):
    """Who is whose steward, or is proposed to be; it is deleted when it is over."""

    id = fields.BigIntField(primary_key=True)
    #: The congregation's space.
    room = fields.CharField(max_length=255, db_index=True)
    steward = fields.CharField(max_length=255, db_index=True)
    stewardee = fields.CharField(max_length=255, db_index=True)
    state = fields.CharEnumField(Tended, max_length=16, default=Tended.PROPOSED)
    #: Who has said yes to what is asked of both now.
    agreed: fields.Field[list[str]] = fields.JSONField(default=list)
    began = fields.DateField(null=True)
    #: The day on which both are asked whether it goes on (R16, R37).
    review = fields.DateField()
    #: Whether a round proposed it: then neither has asked the other, and a no is told to nobody (R13).
    by_round = fields.BooleanField(default=False)

    class Meta:
        table = "stewardship"

    def other(self, person: str) -> str:
        """The other one of the two."""
        return self.stewardee if person == self.steward else self.steward


async def met(room: str) -> dict[Duo, int]:
    """How often two people of a congregation were brought together, for those who were."""
    rows = await Encounter.filter(room=room).values_list("one", "other", "times")
    return {(str(one), str(other)): int(times) for one, other, times in rows}


async def brought_together(room: str, one: str, other: str) -> None:
    """Count that two people were brought together once more."""
    former, latter = duo(one, other)
    known = Encounter.filter(room=room, one=former, other=latter)
    if not await known.update(times=F("times") + 1):
        await Encounter.create(room=room, one=former, other=latter, times=1)


async def proposed_pairs(room: str) -> set[Duo]:
    """The pairs that a crew's cycle has had."""
    rows = await RotaPair.filter(room=room).values_list("one", "other")
    return {(str(one), str(other)) for one, other in rows}


async def stewardships_of(person: str, room: str | None = None) -> list[Stewardship]:
    """Every stewardship of a person, on either side."""
    found = Stewardship.filter(Q(steward=person) | Q(stewardee=person))
    return await (found.filter(room=room) if room else found).order_by("id")


async def left(room: str, person: str) -> None:
    """Somebody left a congregation or a crew: they take part in nothing there, and are counted with nobody."""
    both = Q(one=person) | Q(other=person)
    await Partaking.filter(room=room, person=person).delete()
    await Tending.filter(room=room, person=person).delete()
    await Encounter.filter(both, room=room).delete()
    await RotaPair.filter(both, room=room).delete()


async def forget_person(person: str) -> None:
    """Delete what names somebody, but stewardships, which their feature ends."""
    both = Q(one=person) | Q(other=person)
    await Partaking.filter(person=person).delete()
    await Tending.filter(person=person).delete()
    await Encounter.filter(both).delete()
    await RotaPair.filter(both).delete()
    await Preference.filter(person=person).delete()
    await OwnReview.filter(person=person).delete()


async def kept_of(
    person: str, not_with: Collection[str] = ()
) -> dict[str, list[dict[str, object]]]:
    """What is kept of somebody's own: values that JSON can hold, without what another has answered.

    What those whom they would not meet have asked of them was not put to them, and is not in it.
    """
    both = Q(one=person) | Q(other=person)
    return {
        "pairing_rounds": [
            {
                "room": each.room,
                "takes_part": each.takes_part,
                "snoozed_until": each.snoozed_until,
                "waited": each.waited,
                "rounds_without_a_word": each.silent,
            }
            for each in await Partaking.filter(person=person).order_by("id")
        ],
        "asked_again_about_pairing": [
            {"day": each.day} for each in await OwnReview.filter(person=person)
        ],
        "brought_together": [
            {"room": each.room, "with": _other(each, person), "times": each.times}
            for each in await Encounter.filter(both).order_by("id")
        ],
        "pair_rota": [
            {"room": each.room, "with": _other(each, person)}
            for each in await RotaPair.filter(both).order_by("id")
        ],
        "said_in_a_stewardship_round": [
            {"room": each.room, "would_be_a_steward": each.willing}
            for each in await Tending.filter(person=person).order_by("id")
        ],
        "stewardships": [
            {
                "room": each.room,
                "steward": each.steward,
                "stewardee": each.stewardee,
                "state": each.state.value,
                "you_said_yes": person in each.agreed,
                "began": each.began,
                "review": each.review,
            }
            for each in await stewardships_of(person)
            if each.state is not Tended.PROPOSED
            or person in each.agreed
            or each.other(person) not in not_with
        ],
    }


def _other(row: Encounter | RotaPair, person: str) -> str:
    return row.other if row.one == person else row.one
