"""Polls: what people ask each other, every voice that came, and the one ballot of each.

A ballot is what the newest voice says that was given and not taken back; voices are never deleted while a poll is open.
Of a secret poll it is kept who took part and, apart from that, what was said: the two have no key and no order in common.
"""

import json
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model

from storage.rooms import Room

#: Stands for a person in polls that are over, once they are forgotten: what came out stays, and whose it was does not.
FORGOTTEN = "gone:"


class Stage(StrEnum):
    """Where a poll stands."""

    #: It opens later.
    AHEAD = "ahead"
    OPEN = "open"
    CLOSED = "closed"
    #: Taken back by whoever asked; nothing came of it.
    WITHDRAWN = "withdrawn"


class Door(StrEnum):
    """The way in which a voice came."""

    REACTION = "reaction"
    #: An answer in the poll that Element draws.
    FORM = "poll"
    #: Typed in the room.
    WORD = "word"
    #: Given in the private chat, by tap or word.
    PRIVATE = "private"


class Voice(StrEnum):
    """Whether a voice counts; of those given or void the newest does."""

    GIVEN = "given"
    #: It says nothing until its reason comes; what was said before goes on counting.
    WAITS = "waits"
    #: Says that its person takes no position.
    VOID = "void"
    TAKEN_BACK = "taken back"


class Poll(Model):
    """One thing asked of everybody in a circle."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255, db_index=True)
    #: Who asked; empty once they are forgotten.
    author = fields.CharField(max_length=255, db_index=True)
    #: The terms as they stand now, as `practices.terms.as_state` writes them.
    terms: fields.Field[dict[str, object]] = fields.JSONField()
    #: Grows with every change of the wording.
    version = fields.IntField(default=1)
    stage = fields.CharEnumField(Stage, max_length=16)
    zone = fields.CharField(max_length=64)
    asked_at = fields.DatetimeField()
    opens_at = fields.DatetimeField()
    closes_at = fields.DatetimeField()
    #: When it was really closed or withdrawn.
    ended_at = fields.DatetimeField(null=True)
    #: By which it is asked again; the row that is asked next carries it.
    rhythm: fields.Field[dict[str, object] | None] = fields.JSONField(null=True)
    #: The message that asked: taking that back calls the poll off before anybody has answered.
    request = fields.CharField(max_length=255, null=True, db_index=True)
    #: Whether the poll that Element draws is said, too.
    form = fields.BooleanField(default=False)
    #: Whether those entitled were written down when it opened.
    frozen = fields.BooleanField(default=False)
    #: Whether those without a voice were reminded: once, however often its end is put off.
    reminded = fields.BooleanField(default=False)
    #: What came out when it closed: "lines", "sums", "passes", "entitled", "cast".
    result: fields.Field[dict[str, object] | None] = fields.JSONField(null=True)
    #: When its author was first asked what follows from it.
    asked_outcome_at = fields.DatetimeField(null=True)
    #: What people say follows from it.
    outcome: fields.Field[str | None] = fields.TextField(null=True)  # type: ignore[assignment]
    outcome_by = fields.CharField(max_length=255, null=True, db_index=True)
    outcome_at = fields.DatetimeField(null=True)
    review_on = fields.DateField(null=True)
    #: The row in the register of decisions.
    decision = fields.BigIntField(null=True)

    class Meta:
        table = "poll"
        indexes = (("room", "stage"),)


class Wording(Model):
    """The terms of a poll in one of its versions: what a voice of that version speaks of."""

    id = fields.BigIntField(primary_key=True)
    poll = fields.BigIntField()
    version = fields.IntField()
    terms: fields.Field[dict[str, object]] = fields.JSONField()
    at = fields.DatetimeField()

    class Meta:
        table = "wording"
        unique_together = (("poll", "version"),)


class Cast(Model):
    """One voice as it came: the line of the audit."""

    id = fields.BigIntField(primary_key=True)
    poll = fields.BigIntField()
    person = fields.CharField(max_length=255, db_index=True)
    door = fields.CharEnumField(Door, max_length=16)
    #: The event that said it, if one did.
    event = fields.CharField(max_length=255, null=True, db_index=True)
    #: The event of the voice that it rewords or gives the reason of: taking that back takes back both.
    of = fields.CharField(max_length=255, null=True, db_index=True)
    at = fields.DatetimeField()
    #: Option's place to number, with text keys.
    marks: fields.Field[dict[str, int]] = fields.JSONField(default=dict)
    reason = fields.TextField(default="")
    #: The version of the poll that it speaks of.
    version = fields.IntField()
    voice = fields.CharEnumField(Voice, max_length=16, default=Voice.GIVEN)

    class Meta:
        table = "cast"
        indexes = (("poll", "person"),)


class Ballot(Model):
    """What one person's voice says now, in the poll's present version."""

    id = fields.BigIntField(primary_key=True)
    poll = fields.BigIntField()
    person = fields.CharField(max_length=255, db_index=True)
    marks: fields.Field[dict[str, int]] = fields.JSONField(default=dict)
    reason = fields.TextField(default="")
    version = fields.IntField()
    #: The voice that it comes from.
    cast = fields.BigIntField()

    class Meta:
        table = "ballot"
        unique_together = (("poll", "person"),)


class Elector(Model):
    """Somebody entitled: written down at the opening of a secret poll or one with a quorum, else at the close."""

    id = fields.BigIntField(primary_key=True)
    poll = fields.BigIntField()
    person = fields.CharField(max_length=255, db_index=True)
    #: Who spoke for them at the close, if they had let somebody and did not speak themselves.
    holder = fields.CharField(max_length=255, null=True, db_index=True)

    class Meta:
        table = "elector"
        unique_together = (("poll", "person"),)


class TookPart(Model):
    """That somebody has spoken in a secret poll, and nothing of what they said."""

    id = fields.BigIntField(primary_key=True)
    poll = fields.BigIntField()
    person = fields.CharField(max_length=255, db_index=True)

    class Meta:
        table = "took_part"
        unique_together = (("poll", "person"),)


class SecretBallot(Model):
    """One voice of a secret poll: nobody's, and of no time."""

    id = fields.BigIntField(primary_key=True)
    poll = fields.BigIntField(db_index=True)
    marks: fields.Field[dict[str, int]] = fields.JSONField(default=dict)

    class Meta:
        table = "secret_ballot"


class Proxy(Model):
    """Somebody lets another speak for them in one room where they do not speak themselves."""

    id = fields.BigIntField(primary_key=True)
    room = fields.CharField(max_length=255)
    person = fields.CharField(max_length=255, db_index=True)
    #: Who speaks for them.
    holder = fields.CharField(max_length=255, db_index=True)
    #: From then on it says nothing.
    until = fields.DatetimeField()
    given_at = fields.DatetimeField()

    class Meta:
        table = "proxy"
        unique_together = (("room", "person"),)


async def voices(event_ids: Iterable[str]) -> set[str]:
    """Of these events, those that were voices in a poll, or asked for one: taking them back or rewording them matters."""
    ids = list(event_ids)
    if not ids:
        return set()
    said = await Cast.filter(event__in=ids).values_list("event", flat=True)
    asked = await Poll.filter(request__in=ids).values_list("request", flat=True)
    return {str(event) for event in (*said, *asked)}


async def put_in_secret(poll: int, person: str, marks: dict[str, int]) -> None:
    """Keep that a person took part, and apart from it what was said.

    Every voice of the poll is written anew, in the order of what they say: neither the rows nor their numbers tell which
    came last. What the file and its log held before is to be scrubbed after the transaction.
    """
    await TookPart.create(poll=poll, person=person)
    said = [each.marks async for each in SecretBallot.filter(poll=poll)]
    said.append({place: marks[place] for place in sorted(marks)})
    await SecretBallot.filter(poll=poll).delete()
    await SecretBallot.bulk_create(
        SecretBallot(poll=poll, marks=each)
        for each in sorted(said, key=lambda marks: json.dumps(marks, sort_keys=True))
    )


async def kept_of(person: str) -> dict[str, list[dict[str, object]]]:
    """What is kept of a person in polls: values that JSON can hold, but instants and days."""
    rooms = dict(await Room.all().values_list("id", "name"))
    casts = await Cast.filter(person=person).order_by("id")
    electors = await Elector.filter(person=person)
    parts = await TookPart.filter(person=person)
    asked = await Poll.filter(author=person).order_by("id")
    rows: list[Any] = [*casts, *electors, *parts]
    known = await Poll.in_bulk({row.poll for row in rows}, "id")
    given = await Proxy.filter(Q(person=person) | Q(holder=person))

    def about(number: int) -> dict[str, object]:
        poll = known.get(number)
        topic = poll.terms.get("topic") if poll else None
        return {"poll": number, "asked": topic, "room": rooms.get(poll.room) if poll else None}

    return {
        "polls_you_asked": [
            {
                "poll": row.id,
                "asked": row.terms.get("topic"),
                "room": rooms.get(row.room),
                "when": row.asked_at,
            }
            for row in asked
        ],
        "outcomes_you_stated": [
            {
                "poll": row.id,
                "outcome": row.outcome,
                "when": row.outcome_at,
                "review": row.review_on,
            }
            for row in await Poll.filter(outcome_by=person).order_by("id")
        ],
        "your_voices_in_polls": [
            {
                **about(row.poll),
                "said": row.marks,
                "reason": row.reason,
                "when": row.at,
                "through": row.door.value,
                "standing": row.voice.value,
            }
            for row in casts
        ],
        "secret_polls_you_took_part_in": [about(row.poll) for row in parts],
        "polls_you_were_entitled_in": [about(row.poll) for row in electors],
        "proxies": [
            {
                "room": rooms.get(row.room),
                "given_by_you": row.person == person,
                "given": row.given_at,
                "until": row.until,
            }
            for row in given
        ],
    }


async def forget_person(person: str) -> list[Poll]:
    """Let nothing in polls name a person any more; returns the open polls whose count that changes.

    In what is open their voice is taken back, unless it is secret and nobody can find it. What is closed keeps its numbers:
    their ballot there is nobody's, without the words of its reason.
    """
    spoke = {row.poll for row in await Cast.filter(person=person)}
    open_ = await Poll.filter(id__in=list(spoke), stage=Stage.OPEN)
    for poll in open_:
        await Cast.filter(poll=poll.id, person=person).delete()
        await Ballot.filter(poll=poll.id, person=person).delete()
    await Ballot.filter(person=person).update(reason="")
    await Cast.filter(person=person).update(reason="", event=None, of=None)
    for poll_id in await _named_in(person):
        nobody = await _nobody(poll_id)
        for model in (Elector, TookPart, Ballot, Cast):
            await model.filter(poll=poll_id, person=person).update(person=nobody)
        await Elector.filter(poll=poll_id, holder=person).update(holder=nobody)
    await Proxy.filter(Q(person=person) | Q(holder=person)).delete()
    await Poll.filter(author=person).update(author="", request=None)
    await Poll.filter(outcome_by=person).update(outcome_by=None)
    return open_


async def _named_in(person: str) -> list[int]:
    """The polls whose rows name a person."""
    found: set[Any] = set()
    for model in (Elector, TookPart, Ballot, Cast):
        found |= set(await model.filter(person=person).values_list("poll", flat=True))
    found |= set(await Elector.filter(holder=person).values_list("poll", flat=True))
    return sorted(found)


async def _nobody(poll: int) -> str:
    """A name for somebody who is forgotten, which nobody else has in this poll."""
    taken: set[Any] = set()
    for model in (Elector, TookPart, Ballot, Cast):
        rows = model.filter(poll=poll, person__startswith=FORGOTTEN)
        taken |= set(await rows.values_list("person", flat=True))
    return f"{FORGOTTEN}{len(taken) + 1}"
