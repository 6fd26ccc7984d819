"""Everything owed to a room or a person, one row each, delivered once and in order."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from storage.sealed import SealedField
from storage.statements import change


class Deed(StrEnum):
    """What is to be done at the homeserver."""

    SEND = "send"
    EDIT = "edit"
    REACT = "react"
    STATE = "state"
    FILE = "file"
    #: A picture, drawn as it is sent.
    PICTURE = "picture"
    #: A poll that people's clients draw, and its end.
    POLL = "poll"
    END = "end"
    #: Not said: the room's history is read again for what answered some of our messages.
    GATHER = "gather"
    #: Not said: a protocol room's whole history is read.
    READ_BACK = "read back"
    REDACT = "redact"
    MAKE = "make"
    INVITE = "invite"
    REMOVE = "remove"
    JOIN = "join"
    LEAVE = "leave"


class Delivery(StrEnum):
    """How far a row has come."""

    OWED = "owed"
    SENT = "sent"
    #: Refused by the homeserver; stays until somebody mends the reason.
    WEDGED = "wedged"


class Owed(Model):
    """One thing owed. The transaction id never changes, so saying it twice says it once."""

    id = fields.BigIntField(primary_key=True)
    #: Derived from the cause and the position among its effects.
    transaction = fields.CharField(max_length=64, unique=True)
    #: The room it goes to, or a person's id when it goes to the private chat with them.
    lane = fields.CharField(max_length=255)
    deed = fields.CharEnumField(Deed, max_length=16)
    #: Event type of a message or a state.
    type = fields.CharField(max_length=128, default="m.room.message")
    #: Emptied as soon as it is sent.
    content: fields.Field[dict[str, object] | None] = SealedField(null=True)
    #: Under which a later edit, a reaction or an answer finds this message again.
    name = fields.CharField(max_length=96, null=True, db_index=True)
    #: What it changes, reacts to or redacts: an event id, or the name of an earlier message.
    #: Of an invitation or removal the person, of a state its key, of a new room, a gathering or a reading back what it is for,
    #: of a poll how many options it has; of a message in a room what it says now, in a form that tells it to nobody.
    target = fields.CharField(max_length=255, null=True)
    #: Who asked for it: a person who asks for much waits alone.
    asker = fields.CharField(max_length=255, null=True)
    state = fields.CharEnumField(Delivery, max_length=16, default=Delivery.OWED)
    #: Where it arrived.
    room = fields.CharField(max_length=255, null=True)
    event_id = fields.CharField(max_length=255, null=True, db_index=True)
    #: What the homeserver said when it refused.
    refusal = fields.CharField(max_length=255, null=True)
    made_at = fields.DatetimeField()

    class Meta:
        table = "outbox"
        indexes = (("state", "id"),)


#: Its values are the state, the room, the event id, the room again, and the row. Who made us say something in another's
#: private chat is forgotten as soon as it is said.
ARRIVED = (
    "UPDATE outbox SET state = ?, content = NULL, room = ?, event_id = COALESCE(?, event_id), "
    "asker = CASE WHEN EXISTS (SELECT 1 FROM room WHERE room.id = ? AND room.private_with <> outbox.asker) "
    "THEN NULL ELSE asker END WHERE id = ?"
)


async def arrived(row: int, room: str, event_id: str | None) -> None:
    """Note that a row was delivered, and forget what it held, and who made us say it in another's private chat."""
    await change(ARRIVED, Delivery.SENT, room, event_id, room, row)
