"""Whether somebody is in the middle of something that they do step by step for themselves, and what waits for its end.

While they write, choose or look at themselves no question of somebody else's comes between: it is held until that is over,
or a while after their last word in it, and never longer than a few hours. Whoever asked cannot tell.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from handlers.language import Ask, Call, Effect
from storage.inbox import Heard, Kind, Settled
from storage.questions import Question
from storage.rooms import Room

#: So long after their last word somebody is taken to be still in it.
A_WHILE = timedelta(minutes=15)

#: Longer than this nothing is held.
LONGEST = timedelta(hours=3)

#: What is to be answered sooner than this cannot wait.
SOON = LONGEST + timedelta(hours=1)

#: Stands in the keys of the hours at which what is held is said.
HELD = "held-"

#: The question for a word that a command lacks.
_MISSING = "missing"


def is_guided(call: Call, inquiry: str) -> bool:
    """Whether a question is a step of what its person does for themselves."""
    found = call.house.catalogue.inquiries.get(inquiry)
    return inquiry == _MISSING or (found is not None and (found.begun or found.alone))


async def _chats(person: str) -> list[str]:
    rooms = await Room.filter(private_with=person).values_list("id", flat=True)
    return [person, *map(str, rooms)]


async def steps(call: Call, person: str, now: datetime) -> list[Question]:
    """The open steps of what somebody does in private, the newest first."""
    asked = Question.filter(room__in=await _chats(person), person=person, until__gt=now)
    return [each for each in await asked.order_by("-id") if is_guided(call, each.inquiry)]


async def until(call: Call, person: str, now: datetime) -> datetime | None:
    """How long a question waits for somebody who is in the middle of something; None: they are not."""
    if person == call.sender or not await steps(call, person, now):
        return None
    said = Heard.filter(sender=person, room__in=await _chats(person), at__gt=now - A_WHILE)
    kinds = (Kind.MESSAGE, Kind.REACTION, Kind.CHANGE)
    last = await said.filter(kind__in=kinds, at__lte=now).order_by("-at").first()
    return None if last is None else last.at + A_WHILE


async def follow(call: Call, person: str, effects: Iterable[Effect]) -> None:
    """What is held for somebody waits for their last word in what they do, which was just now, and no longer than for its end.

    `effects` are those of that word.
    """
    held = Heard.filter(kind=Kind.HOUR, state=Settled.WAITING)
    rows = [
        row
        for row in await held.filter(key__startswith="later:", key__contains=f":{HELD}")
        if (row.content or {}).get("person") == person
    ]
    if not rows:
        return
    now = call.kept_at or call.at
    goes_on = bool(await steps(call, person, now)) or any(
        isinstance(each, Ask) and each.person == person and is_guided(call, each.inquiry)
        for each in effects
    )
    for row in rows:
        latest = datetime.fromisoformat(str((row.content or {})["since"])) + LONGEST
        row.at = max(now, min(now + A_WHILE, latest)) if goes_on else now
        await row.save(update_fields=["at"])
