"""The newsletter of an assembly: the lessons that congregations have released, oldest first.

It promises that each lesson stands with the congregation that gave it and with no person, that what was said twice
stands once, and that one congregation which writes much leaves room for the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from practices.assembly.hearing import heard
from practices.assembly.ledger import Ledger
from practices.assembly.letters import Kind
from practices.assembly.roll import Seat

__all__ = ["MOST_OF_ONE", "Lesson", "Newsletter", "newsletter", "told"]

MOST_OF_ONE = 5
"""Lessons of one congregation in one newsletter; of the others only how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What a congregation has learned and gives to the others."""

    letter: str
    seat: Seat
    title: str
    text: str
    #: When it was first seen here.
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsletter:
    """The lessons of a period, oldest first."""

    lessons: tuple[Lesson, ...]
    #: Congregations with more lessons than are shown, and how many more, in alphabetical order.
    more: tuple[tuple[Seat, int], ...] = ()


def newsletter(
    ledger: Ledger, seen: Mapping[str, datetime], since: datetime, until: datetime
) -> Newsletter:
    """The lessons that were first seen from `since` on and before `until` (both aware); `seen` says when each was.

    A lesson stays that of its congregation after that has left. One that is not in `seen` is in no newsletter.
    """
    first: dict[tuple[str, str, str], Lesson] = {}
    for each in heard(ledger, Kind.LESSON):
        at, body = seen.get(each.letter.id), each.letter.body
        if at is None:
            continue
        title, text = " ".join(body["title"].split()), body["text"].strip()
        lesson = Lesson(letter=each.letter.id, seat=each.seat, title=title, text=text, at=at)
        same = each.seat.id, title.casefold(), text.casefold()
        if same not in first or (at, lesson.letter) < (first[same].at, first[same].letter):
            first[same] = lesson
    inside = [each for each in first.values() if since <= each.at < until]
    inside.sort(key=lambda each: (each.at, each.letter))
    counts, shown = Counter[str](), list[Lesson]()
    for lesson in inside:
        counts[lesson.seat.id] += 1
        if counts[lesson.seat.id] <= MOST_OF_ONE:
            shown.append(lesson)
    seats = {lesson.seat.id: lesson.seat for lesson in inside}
    more = [
        (seats[seat], count - MOST_OF_ONE) for seat, count in counts.items() if count > MOST_OF_ONE
    ]
    more.sort(key=lambda each: (each[0].name.casefold(), each[0].id))
    return Newsletter(lessons=tuple(shown), more=tuple(more))


def told(letter: Newsletter, escaped: Callable[[str], str], verbatim: Callable[[str], str]) -> str:
    """A newsletter in words, as Markdown; `escaped` and `verbatim` write a line and a text that somebody gave.

    Empty when there was nothing: no newsletter is sent then.
    """
    parts = [
        f"**{escaped(each.title)}** ({escaped(each.seat.name)})\n\n{verbatim(each.text)}"
        for each in letter.lessons
    ]
    parts += [
        f"{escaped(seat.name)} has given {count} more; the commons room has them."
        for seat, count in letter.more
    ]
    return "\n\n".join(parts)
