"""What somebody keeps for themselves in the private chat, sealed with their own key, and who can be turned to for safety.

Of a report to a safety contact nothing is here: it goes from one private chat to another and leaves no row (R20).
"""

from tortoise import fields
from tortoise.models import Model


class SafetyContact(Model):
    """Somebody whom a congregation names to turn to, shown to its people once they have agreed themselves (R19)."""

    id = fields.BigIntField(primary_key=True)
    #: The space of the congregation.
    room = fields.CharField(max_length=255, db_index=True)
    person = fields.CharField(max_length=255, db_index=True)
    #: Until they have said yes they are named to nobody.
    agreed = fields.BooleanField(default=False)
    #: The contact whose place they take as soon as they agree, 0 for nobody's.
    follows = fields.BigIntField(default=0)
    #: The last day of their term (R16).
    until = fields.DateField()

    class Meta:
        table = "safety_contact"
        unique_together = (("room", "person"),)


class MoneyNote(Model):
    """Somebody's money note, all of its fields in one, so that not even how many are filled can be seen (R28)."""

    person = fields.CharField(max_length=255, primary_key=True)
    sealed = fields.TextField()

    class Meta:
        table = "money_note"


class Opening(Model):
    """One field of a money note that its person opens to one circle for one meeting, in the words they were shown (R29).

    It names its circle and its meeting in columns of its own, so that it stays the person's: what was said of it is taken
    back also where the circle is not looked after any more.
    """

    id = fields.BigIntField(primary_key=True)
    person = fields.CharField(max_length=255, db_index=True)
    #: The circle's room, or from when it is shown on the room in which that was said.
    place = fields.CharField(max_length=255)
    #: The number of the meeting.
    held = fields.BigIntField(db_index=True)
    #: When the meeting was to begin and to end as its person agreed to this: at another time nothing is shown.
    at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    #: Which field, and its words.
    sealed = fields.TextField()
    shown = fields.BooleanField(default=False)

    class Meta:
        table = "money_opening"


class Pathway(Model):
    """What somebody chose to learn next, and whom they have asked about it and when: one sealed row (R30)."""

    person = fields.CharField(max_length=255, primary_key=True)
    sealed = fields.TextField()

    class Meta:
        table = "pathway"
