"""Consent rounds: where each stands, what is answered and sealed until all is shown, and what came of it."""

from collections.abc import Iterable

from tortoise import fields
from tortoise.models import Model

from practices.round import OVER, Stage


class Round(Model):
    """One consent round of a circle. It stays when it is over: its text, its objections and its noted concerns."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255)
    zone = fields.CharField(max_length=64)
    asked_at = fields.DatetimeField()
    #: Where it stands, as `practices.rounds.as_state` writes it; the two below are of it.
    state: fields.Field[dict[str, object]] = fields.JSONField()
    stage = fields.CharEnumField(Stage, max_length=16)
    live = fields.BooleanField(default=False)
    #: Grows with every change: tells its hours and its messages apart.
    step = fields.IntField(default=0)
    #: The step at which the message with what is asked now was said; 0 for none.
    prompt = fields.IntField(default=0)
    #: The names of those messages of a turn that are taken back when it is over.
    lines: fields.Field[list[str]] = fields.JSONField(default=list)
    #: What answers are sealed for; the room it names may have a successor by now.
    purpose = fields.CharField(max_length=300)
    #: Person to answer, sealed; None before the first and as soon as all are shown.
    sealed: fields.Field[str | None] = fields.TextField(null=True)  # type: ignore[assignment]
    ended_at = fields.DatetimeField(null=True)
    #: When it is looked at again; only what is consented has it, and all of that.
    review_on = fields.DateField(null=True)
    #: The row in the register of decisions.
    decision = fields.BigIntField(null=True)
    #: The message that asked, while it is its proposer's: taking that back takes the proposal back before anybody answers.
    request = fields.CharField(max_length=255, null=True, db_index=True)

    class Meta:
        table = "consent_round"
        indexes = (("room", "stage"),)


async def open_in(rooms: list[str]) -> list[Round]:
    """The rounds of these rooms that are not over, oldest first."""
    return await Round.filter(room__in=rooms).exclude(stage__in=list(OVER)).order_by("id")


async def requests(event_ids: Iterable[str]) -> set[str]:
    """Of these events, those that asked for a round: taking them back matters."""
    asked = await Round.filter(request__in=list(event_ids)).values_list("request", flat=True)
    return set(map(str, asked))
