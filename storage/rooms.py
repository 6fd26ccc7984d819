"""The rooms the daemon is in, and what each of them is to its people."""

from tortoise import fields
from tortoise.models import Model

from practices.circles import Life, RoomKind


class Room(Model):
    """One room or space. What it is also stands in the room's own state, so that this can be rebuilt."""

    id = fields.CharField(max_length=255, primary_key=True)
    joined = fields.BooleanField(default=False)
    is_space = fields.BooleanField(default=False)
    version = fields.CharField(max_length=32, default="")
    #: People with all power in rooms of version 12 and later.
    creators: fields.Field[list[str]] = fields.JSONField(default=list)
    #: Never cleared: a room that was encrypted once stays so for us.
    encrypted = fields.BooleanField(default=False)
    name = fields.CharField(max_length=255, null=True)
    #: Who invited the daemon, and whether as to a private chat.
    invited_by = fields.CharField(max_length=255, null=True)
    invited_direct = fields.BooleanField(default=False)
    #: Whether `Member` holds everybody who is in this room.
    members_known = fields.BooleanField(default=False)
    #: The room that replaced this one, as its tombstone says.
    successor = fields.CharField(max_length=255, null=True)
    predecessor = fields.CharField(max_length=255, null=True)
    #: The content of m.room.power_levels as it stands.
    power: fields.Field[dict[str, object]] = fields.JSONField(default=dict)
    #: The one person of a private chat.
    private_with = fields.CharField(max_length=255, null=True, db_index=True)
    kind = fields.CharEnumField(RoomKind, max_length=16, default=RoomKind.NONE)
    #: The space of the congregation that this circle belongs to, if any.
    congregation = fields.CharField(max_length=255, null=True, db_index=True)
    #: The rooms that a space lists.
    children: fields.Field[list[str]] = fields.JSONField(default=list)
    zone = fields.CharField(max_length=64, null=True)
    #: Who is asked when a meeting may not be held.
    host = fields.CharField(max_length=255, null=True)
    rhythm: fields.Field[dict[str, object] | None] = fields.JSONField(null=True)
    #: Defaults that this circle has changed: name to {"value", "review"}.
    settings: fields.Field[dict[str, object]] = fields.JSONField(default=dict)
    #: Where a crew stands on its way; None for every other room.
    life: fields.Field[Life | None] = fields.CharEnumField(  # type: ignore[assignment]
        Life, max_length=16, null=True
    )
    #: Who called the crew together, if somebody did.
    caller = fields.CharField(max_length=255, null=True)
    adopted_at = fields.DatetimeField(null=True)
    #: The largest size that a hint or notice was given for.
    noticed_size = fields.IntField(default=0)

    class Meta:
        table = "room"

    async def let_go(self) -> None:
        """From now on it is nothing to us: no circle, no room of an assembly, and nobody's invitation leads there."""
        self.kind, self.congregation, self.invited_by = RoomKind.NONE, None, None
        await self.save(update_fields=["kind", "congregation", "invited_by"])
