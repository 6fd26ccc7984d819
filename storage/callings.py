"""Calls to crew, who is curious, who said yes to whom, and who was asked into a room that is there."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model


class Stage(StrEnum):
    """How far a call has come."""

    #: The caller is still asked what it shall say.
    DRAFT = "draft"
    OPEN = "open"
    #: Everybody is asked, privately and about everybody.
    ASKING = "asking"
    #: A group was found and its room asked for.
    FORMED = "formed"


class Calling(Model):
    """One call to crew; deleted when it has ended."""

    id = fields.BigIntField(primary_key=True)
    caller = fields.CharField(max_length=255, db_index=True)
    #: The space in whose rooms it is shown; None for a call among people whom the caller names.
    congregation = fields.CharField(max_length=255, null=True, db_index=True)
    #: The room in which it was made, where a call without a congregation stands.
    stands_in = fields.CharField(max_length=255, null=True)
    #: Its number on the board.
    number = fields.SmallIntField(null=True)
    #: What it says, as `practices.calling.as_state` writes it.
    said: fields.Field[dict[str, object]] = fields.JSONField(default=dict)
    #: Which parts of a draft were asked already.
    asked: fields.Field[list[str]] = fields.JSONField(default=list)
    stage = fields.CharEnumField(Stage, max_length=16, default=Stage.DRAFT)
    #: When it lapses, or when everybody's time to answer is over.
    closes_at = fields.DatetimeField()
    #: When the first talk is, if there is one, and where in the caller's words.
    trial_at = fields.DatetimeField(null=True)
    trial_where = fields.CharField(max_length=500, null=True)
    #: Whether the caller knows that a crew could begin.
    hinted = fields.BooleanField(default=False)
    #: How often the homeserver has refused the room.
    refusals = fields.SmallIntField(default=0)

    class Meta:
        table = "calling"


class Interest(Model):
    """One person whom a call concerns: curious, or asked by the caller and silent so far."""

    id = fields.BigIntField(primary_key=True)
    calling = fields.BigIntField()
    person = fields.CharField(max_length=255, db_index=True)
    #: When they became curious; None as long as they are not.
    since = fields.DatetimeField(null=True)
    #: Whether they come to the first talk.
    comes = fields.BooleanField(default=False)
    #: How many of their questions were passed on, and how many answers to them.
    questions = fields.SmallIntField(default=0)
    answers = fields.SmallIntField(default=0)

    class Meta:
        table = "interest"
        unique_together = (("calling", "person"),)


class Acceptance(Model):
    """What one person said about being in a crew with another. Sealed: no is stored like yes, and nobody reads it."""

    id = fields.BigIntField(primary_key=True)
    calling = fields.BigIntField()
    person = fields.CharField(max_length=255, db_index=True)
    other = fields.CharField(max_length=255, db_index=True)
    sealed = fields.TextField()

    class Meta:
        table = "acceptance"
        unique_together = (("calling", "person", "other"),)


class Place(Model):
    """A place in a crew's room that is kept for somebody until they come in."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255)
    person = fields.CharField(max_length=255, db_index=True)

    class Meta:
        table = "place"
        unique_together = (("room", "person"),)


class Wish(Model):
    """Somebody's wish to join a crew that is there, theirs or a member's for them."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255)
    person = fields.CharField(max_length=255, db_index=True)
    #: Who asked: a member, or the person themselves.
    asker = fields.CharField(max_length=255, db_index=True)
    until = fields.DatetimeField()
    #: Who has accepted, sealed; a no is not stored at all.
    accepted = fields.TextField(null=True)

    class Meta:
        table = "wish"
        unique_together = (("room", "person"),)


class OpenDoor(Model):
    """A crew that lets its congregation know that newcomers may ask."""

    room = fields.CharField(max_length=255, primary_key=True)
    since = fields.DatetimeField()

    class Meta:
        table = "open_door"
