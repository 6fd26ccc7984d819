"""What people of a circle offer each other and ask of each other: short titles, and who takes them up."""

from tortoise import fields
from tortoise.models import Model

from practices.offers import Kind, Standing
from storage.rooms import Room


class Offer(Model):
    """One offer or ask. Seen by its circle; moved on by the two people whose it is."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255, db_index=True)
    #: How it is called in its room; given anew once it is forgotten.
    number = fields.IntField()
    kind = fields.CharEnumField(Kind, max_length=16)
    #: The person who said it.
    owner = fields.CharField(max_length=255, db_index=True)
    title = fields.CharField(max_length=120)
    standing = fields.CharEnumField(Standing, max_length=16, default=Standing.SAID)
    said_at = fields.DatetimeField()
    #: The person who accepted it.
    taken_by = fields.CharField(max_length=255, null=True, db_index=True)
    taken_at = fields.DatetimeField(null=True)
    #: Since when it is done or rests.
    ended_at = fields.DatetimeField(null=True)
    #: The meeting or sitting at which it was said, such as "meeting:12"; None: in between.
    occasion = fields.CharField(max_length=64, null=True)

    class Meta:
        table = "offer"


async def kept_of(person: str) -> list[dict[str, object]]:
    """What is kept of a person's offers and asks and of those that they took up: values that JSON can hold, but instants."""
    rooms = dict(await Room.all().values_list("id", "name"))
    own = await Offer.filter(owner=person).order_by("id")
    taken = await Offer.filter(taken_by=person).order_by("id")
    return [
        {
            "room": rooms.get(row.room),
            "what": row.title,
            "kind": row.kind.value,
            "said_by_you": row.owner == person,
            "taken_up_by_you": row.taken_by == person,
            "standing": row.standing.value,
            "said": row.said_at if row.owner == person else None,
            "taken_up": row.taken_at,
            "ended": row.ended_at,
        }
        for row in [*own, *taken]
    ]


async def forget_person(person: str) -> None:
    """Delete what a person offered and asked for; what they had accepted of others is open again, or only nobody's."""
    await Offer.filter(owner=person).delete()
    accepted = Offer.filter(taken_by=person, standing=Standing.ACCEPTED)
    await accepted.update(standing=Standing.SAID, taken_at=None, taken_by=None)
    await Offer.filter(taken_by=person).update(taken_by=None)
