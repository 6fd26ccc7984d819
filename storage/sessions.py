"""The sittings that are running, and what circles remember of those that were: no more than whose turn it is next.

A sitting's row lives as long as the sitting, and half a day longer where it was stopped and may be taken up. What outlives it is which sitting of a series comes next, and on which
day each person was last the focus of one (R70); nothing that anybody said, and no pass (R10).
"""

from tortoise import fields
from tortoise.models import Model


class Session(Model):
    """One sitting that was called or is running, at most one in a room."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255, unique=True)
    #: The name of its script, and of the form it is held in.
    script = fields.CharField(max_length=64)
    form = fields.CharField(max_length=64, null=True)
    #: Which sitting of the script's series it is, from 0.
    sitting = fields.IntField(default=0)
    #: Whether people share in writing, or speak.
    written = fields.BooleanField(default=False)
    #: The meeting it is held in, if one is running.
    meeting = fields.BigIntField(null=True)
    #: Who called for it.
    began_by = fields.CharField(max_length=255)
    began_at = fields.DatetimeField()
    #: Who takes part, in the order of turns, until it has begun.
    people: fields.Field[list[str]] = fields.JSONField(default=list)
    #: Who is its focus, until it has begun.
    focus = fields.CharField(max_length=255, null=True)
    #: Where it stands, as `practices.session.as_state` writes it. None until it has begun.
    state: fields.Field[dict[str, object] | None] = fields.JSONField(null=True)
    #: Grows with every change: tells its hours and its messages apart.
    step = fields.IntField(default=0)
    #: The step at which the message that shows where it stands was said.
    board = fields.IntField(default=0)
    #: The names of those messages of a turn that are taken back when it is over.
    lines: fields.Field[list[str]] = fields.JSONField(default=list)

    @property
    def stopped(self) -> bool:
        """Whether it was stopped, and rests for those who may take it up."""
        return bool(self.state and self.state.get("ended"))

    class Meta:
        table = "session"


class Series(Model):
    """Which sitting of a series comes next in a room."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255)
    script = fields.CharField(max_length=64)
    #: From 0.
    following = fields.IntField(default=0)

    class Meta:
        table = "series"
        unique_together = (("room", "script"),)


class Focus(Model):
    """When somebody was last the focus of a sitting in a room."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255)
    person = fields.CharField(max_length=255, db_index=True)
    at = fields.DatetimeField()

    class Meta:
        table = "focus"
        unique_together = (("room", "person"),)


async def running(room: str) -> Session | None:
    """The sitting that has been called or is running in a room."""
    row = await Session.get_or_none(room=room)
    return None if row is None or row.stopped else row


async def stopped(room: str) -> Session | None:
    """The sitting of a room that was stopped and may be taken up."""
    row = await Session.get_or_none(room=room)
    return row if row is not None and row.stopped else None


async def written(rooms: list[str]) -> set[str]:
    """Of `rooms`, those in which people are sharing in writing just now."""
    found = Session.filter(room__in=rooms, written=True, state__not_isnull=True)
    return {each.room for each in await found}
