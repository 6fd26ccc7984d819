"""Domains: what a crew decides by itself, who links it with the circle that gave it, and what was handed on (DEC-5)."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from storage.rooms import Room


class Side(StrEnum):
    """One of the two circles that a domain is between."""

    #: The crew that holds it.
    HOLDER = "holder"
    #: The congregation that gives it.
    GIVER = "giver"

    @property
    def other(self) -> "Side":
        """The circle across."""
        return Side.GIVER if self is Side.HOLDER else Side.HOLDER


class Stage(StrEnum):
    """Where a domain stands (practices 12.2)."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    #: It ended, or its evaluation passed without renewal. Both can take it up again.
    RETURNED = "returned"


class Deed(StrEnum):
    """What both circles are asked about a domain; only a return needs no more than one of them."""

    GIVE = "give"
    CHANGE = "change"
    RENEW = "renew"
    RETURN = "return"


class Domain(Model):
    """One domain, and what is asked about it just now."""

    id = fields.BigIntField(primary_key=True)
    #: The room of the crew that holds it, or would.
    room = fields.CharField(max_length=255, db_index=True)
    #: The space of the congregation that gives it.
    giver = fields.CharField(max_length=255, db_index=True)
    #: The card that holds, as `practices.domains.as_state` writes it.
    card: fields.Field[dict[str, object]] = fields.JSONField()
    stage = fields.CharEnumField(Stage, max_length=16, default=Stage.PROPOSED)
    made_at = fields.DatetimeField()
    #: Since when both circles have agreed on it, and when it ended.
    began_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    #: What is asked just now; None: nothing.
    deed: fields.Field[Deed | None] = fields.CharEnumField(  # type: ignore[assignment]
        Deed, max_length=16, null=True
    )
    #: The card that is asked about.
    wanted: fields.Field[dict[str, object] | None] = fields.JSONField(null=True)
    #: Who proposed it; empty: the day came, or they are forgotten.
    asked_by = fields.CharField(max_length=255, default="", db_index=True)
    #: Which of the two circles has said yes.
    holder_agreed = fields.BooleanField(default=False)
    giver_agreed = fields.BooleanField(default=False)

    class Meta:
        table = "domain"

    def agreed(self, side: Side) -> bool:
        """Whether a circle has said yes to what is asked."""
        return self.holder_agreed if side is Side.HOLDER else self.giver_agreed


class Link(Model):
    """Somebody who speaks for one of the circles of a domain in the other, until a day (the double link)."""

    id = fields.BigIntField(primary_key=True)
    #: The room of the circle that chose them.
    room = fields.CharField(max_length=255, db_index=True)
    domain = fields.BigIntField()
    side = fields.CharEnumField(Side, max_length=16)
    person = fields.CharField(max_length=255, db_index=True)
    chosen_at = fields.DatetimeField()
    until = fields.DateField()

    class Meta:
        table = "domain_link"
        unique_together = (("domain", "side"),)


class Matter(Model):
    """Something that a crew may hand on, or has handed on, to the circle that contains it (R132)."""

    id = fields.BigIntField(primary_key=True)
    #: Where it stands: in the crew's room, and once it is handed on in the room of the circle that contains it.
    room = fields.CharField(max_length=255, db_index=True)
    #: The room that it comes from, once it is handed on.
    came_from = fields.CharField(max_length=255, null=True, db_index=True)
    #: What it was there, such as "poll:4"; empty for words that somebody just said.
    origin = fields.CharField(max_length=64, default="")
    words = fields.TextField()
    #: Whose words they are; empty once they are forgotten.
    author = fields.CharField(max_length=255, db_index=True)
    noticed_at = fields.DatetimeField()
    handed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "matter"


class Notice(Model):
    """That a decision lies within a domain, as its crew says, and whether the circle that gave it was told."""

    id = fields.BigIntField(primary_key=True)
    domain = fields.BigIntField()
    decision = fields.BigIntField()
    #: Whether the crew wants it told; None: it was asked and has not said.
    wanted = fields.BooleanField(null=True)
    told_at = fields.DatetimeField(null=True)

    class Meta:
        table = "domain_notice"
        unique_together = (("domain", "decision"),)


async def kept_of(person: str) -> dict[str, list[dict[str, object]]]:
    """What is kept of a person in domains: values that JSON can hold, but instants and days."""
    rooms = dict(await Room.all().values_list("id", "name"))
    links = await Link.filter(person=person).order_by("id")
    linked = await Domain.in_bulk({link.domain for link in links}, "id")

    def name(domain: Domain | None) -> object:
        return domain.card.get("name") if domain is not None else None

    return {
        "domains_you_proposed": [
            {"domain": name(row), "room": rooms.get(row.room), "what": row.deed}
            for row in await Domain.filter(asked_by=person).order_by("id")
        ],
        "you_speak_for_a_circle": [
            {
                "domain": name(linked.get(row.domain)),
                "room": rooms.get(row.room),
                "since": row.chosen_at,
                "until": row.until,
            }
            for row in links
        ],
        "your_words_to_hand_on": [
            {"words": row.words, "room": rooms.get(row.room), "handed_on": row.handed_at}
            for row in await Matter.filter(author=person).order_by("id")
        ],
    }


async def forget_person(person: str) -> None:
    """Let nothing in domains name a person any more; what was handed on is the circle's, without whose words it was."""
    await Link.filter(person=person).delete()
    await Domain.filter(asked_by=person).update(asked_by="")
    await Matter.filter(author=person, handed_at=None).delete()
    await Matter.filter(author=person).update(author="")
