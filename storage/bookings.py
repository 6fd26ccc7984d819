"""The Reciprocity Game of a circle: whether it is played, who agreed to that, and what was booked for whom."""

from datetime import datetime
from hashlib import blake2b

from tortoise import fields
from tortoise.models import Model

from practices.game import Dispute, Event, Level


class Game(Model):
    """The game of one room. Its sum is a number of the whole crew and follows from nobody's rows."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255, unique=True)
    #: Since when all have agreed to play; None while it is off.
    on_since = fields.DatetimeField(null=True)
    #: Whether they agreed that an absence announced a day ahead books nothing.
    announced_free = fields.BooleanField(default=False)
    #: The crew's sum as it was at the last record that moved it; None before the first.
    total = fields.IntField(null=True)
    #: What the next such record adds to it.
    pending = fields.IntField(default=0)

    class Meta:
        table = "game"


class Player(Model):
    """Somebody who has agreed to the game of a room."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255)
    person = fields.CharField(max_length=255, db_index=True)

    class Meta:
        table = "player"
        unique_together = (("room", "person"),)


class Booking(Model):
    """Points of one person for one thing that happened; read by that person and nobody else."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255)
    person = fields.CharField(max_length=255)
    #: How its owner calls it: counted over their own bookings, so that it tells nothing of the others'. 0: a total.
    number = fields.IntField()
    level = fields.SmallIntField()
    event = fields.CharEnumField(Event, max_length=16)
    points = fields.IntField()
    #: Of the game, the cause and the person: one cause books once.
    key = fields.CharField(max_length=64, unique=True)
    #: What it is for, such as "meeting:12".
    cause = fields.CharField(max_length=64)
    at = fields.DatetimeField()
    dispute = fields.CharEnumField(Dispute, max_length=16, default=Dispute.NONE)
    #: With whom it was, for what concerns two.
    others: fields.Field[list[str]] = fields.JSONField(default=list)
    #: What they own together, for level 5.
    about = fields.CharField(max_length=255, null=True)
    #: How many bookings it stands for: after a year only totals are kept.
    times = fields.IntField(default=1)
    #: Whether its owner was told of it.
    told = fields.BooleanField(default=False)

    class Meta:
        table = "booking"
        indexes = (("room", "person"), ("person", "number"))


class Claim(Model):
    """One person's part in something that books only when several confirm it in private."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255, db_index=True)
    person = fields.CharField(max_length=255, db_index=True)
    #: The same for all whom it concerns.
    key = fields.CharField(max_length=64)
    event = fields.CharEnumField(Event, max_length=16)
    cause = fields.CharField(max_length=64)
    about = fields.CharField(max_length=255, null=True)
    #: How many have to confirm it.
    of = fields.IntField()
    agreed = fields.BooleanField(default=False)
    until = fields.DatetimeField()

    class Meta:
        table = "claim"
        unique_together = (("key", "person"),)


def digest(*parts: object) -> str:
    """A short name for something long, the same for ever."""
    text = "\n".join(str(part) for part in parts)
    return blake2b(text.encode(), digest_size=16).hexdigest()


async def forget_person(person: str) -> None:
    """Delete all that the game holds about a person; the crews' sums are numbers of their own and stay."""
    for rows in (Booking, Claim, Player):
        await rows.filter(person=person).delete()
    for booking in await Booking.filter(level__in=[Level.MONEY, Level.CONFLICT, Level.CO_OWNERS]):
        if person in booking.others:
            booking.others = [other for other in booking.others if other != person]
            await booking.save(update_fields=["others"])


async def tidy(now: datetime, year_ago: datetime) -> None:
    """Forget what was never confirmed by all in time, and turn what is older than a year into totals (class A)."""
    await Claim.filter(until__lt=now).delete()
    await to_totals(year_ago)


async def to_totals(before: datetime) -> None:
    """Of bookings older than an instant keep, for each person, circle and level, only how much they were (class A).

    What its owner had taken back goes; a shared ownership keeps its own row, without its name, so that it never books
    twice.
    """
    old = Booking.filter(at__lt=before).exclude(event=Event.EARLIER)
    await old.filter(level=Level.CO_OWNERS).update(about=None, others=[])
    for booking in await old.exclude(level=Level.CO_OWNERS).order_by("id"):
        gone = booking.dispute in (Dispute.OPEN, Dispute.GONE)
        await _add(booking, 0 if gone else booking.points)
        await booking.delete()


async def _add(booking: Booking, points: int) -> None:
    key = digest("total", booking.room, booking.person, booking.level)
    kept = await Booking.get_or_none(key=key)
    if kept is None:
        kept = Booking(
            room=booking.room,
            person=booking.person,
            number=0,
            level=booking.level,
            event=Event.EARLIER,
            points=0,
            key=key,
            cause="",
            at=booking.at,
            times=0,
            told=True,
        )
    kept.points += points
    kept.times += booking.times
    await kept.save()
