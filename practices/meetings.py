"""What is said around a meeting and when, who said they are coming, and whether they are enough.

It promises that nobody is written to in the circle's quiet hours (R15) except within the hour
before a meeting they accepted, that one meeting gives rise to at most three messages of its own
(R14 allows four, one of them the host's to use), and that nothing is owed once it is useless.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from practices import clock
from practices.rhythm import Cadence

__all__ = [
    "ANNOUNCE_DAYS",
    "ATTENDANCE_SIGNS",
    "QUIET",
    "Attendance",
    "Errand",
    "Planned",
    "Quiet",
    "enough",
    "errands",
    "is_quiet",
    "last_waking",
    "next_waking",
    "read_attendance",
    "read_attendance_said_to_all",
    "useful",
]


class Errand(StrEnum):
    """What is said on the way to a meeting (R62)."""

    ANNOUNCE = "announce"
    ASK = "ask"
    REMIND = "remind"


@dataclass(frozen=True, slots=True)
class Planned:
    """One errand: the instant to do it, and the instant from which it is better left undone."""

    errand: Errand
    at: datetime
    useful_until: datetime


@dataclass(frozen=True, slots=True)
class Quiet:
    """The hours of the night on the wall clock, from `start` until just before `end`.

    They may cross midnight; equal ends mean no quiet hours at all. Raises ValueError when they
    leave less than an hour of day.
    """

    start: time
    end: time

    def __post_init__(self) -> None:
        """Refuse nights so long that nothing could ever be said."""
        waking = (_minutes(self.start) - _minutes(self.end)) % _DAY
        if waking and waking < _SHORTEST_DAY:
            raise ValueError("quiet hours leave at least one hour of the day")


_DAY = 24 * 60
_SHORTEST_DAY = 60


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


QUIET = Quiet(time(21), time(8))
"""The quiet hours of R15."""

ANNOUNCE_DAYS: Mapping[Cadence, int] = MappingProxyType(
    {
        Cadence.WEEKLY: 2,
        Cadence.FORTNIGHTLY: 3,
        Cadence.MONTHLY: 7,
        Cadence.MOON: 7,
    }
)
"""How many days ahead a meeting is announced, by its rhythm, unless the crew chose a number."""

ASK_HOURS = 24
REMIND_HOURS = 1
# What is moved out of the night is done this long before it, so that a slow server is done too.
_BEFORE_NIGHT = timedelta(minutes=15)
# R15 lets a reminder reach those who accepted even at night, but no earlier than this.
_AT_NIGHT = timedelta(hours=1)


def is_quiet(at: datetime, zone: ZoneInfo, quiet: Quiet) -> bool:
    """Whether the wall clock of a zone is in the quiet hours at an instant."""
    now, start, end = clock.wall(at, zone).time(), quiet.start, quiet.end
    if start <= end:
        return start <= now < end
    return now >= start or now < end


def next_waking(at: datetime, zone: ZoneInfo, quiet: Quiet) -> datetime:
    """The instant itself, or when it is quiet the end of that night (UTC)."""
    at = clock.aware(at)
    return _first_loud(at, zone, quiet) if is_quiet(at, zone, quiet) else at


def last_waking(at: datetime, zone: ZoneInfo, quiet: Quiet) -> datetime:
    """The instant itself, or when it is quiet a quarter of an hour before that night (UTC)."""
    at = clock.aware(at)
    if not is_quiet(at, zone, quiet):
        return at
    local = clock.wall(at, zone)
    evening = datetime.combine(local, quiet.start)
    if evening > local:
        evening -= timedelta(days=1)
    # By the wall, for the evening's own hour may be the one that the clocks leave out.
    before = clock.resolve(evening - _BEFORE_NIGHT, zone)
    while is_quiet(before, zone, quiet):
        before -= _BEFORE_NIGHT
    return before


def _first_loud(at: datetime, zone: ZoneInfo, quiet: Quiet) -> datetime:
    local = clock.wall(at, zone)
    morning = datetime.combine(local, quiet.end)
    if morning <= local:
        morning += timedelta(days=1)
    waking = clock.resolve(morning, zone)
    # At the hour that autumn repeats, the first of two mornings may lie behind, or be night again.
    while waking <= at or is_quiet(waking, zone, quiet):
        waking += _BEFORE_NIGHT
    return waking


def errands(
    meeting: datetime,
    *,
    zone: ZoneInfo,
    now: datetime,
    announce_days: int | None = None,
    ask_hours: int = ASK_HOURS,
    remind_hours: int = REMIND_HOURS,
    quiet: Quiet = QUIET,
    cadence: Cadence = Cadence.MONTHLY,
) -> tuple[Planned, ...]:
    """What is still to be said before a meeting, in order; nothing once it has begun (R62).

    `meeting` and `now` are aware instants. `announce_days` None follows the rhythm's `cadence`,
    and 0 leaves the announcement out, as does one that would come no earlier than the question.
    What would fall into the night is said before it, never after. A meeting planned late is
    announced at once while its question lies ahead; later its question is asked at once. "At
    once" waits for the morning when it is night.
    """
    meeting, now = clock.aware(meeting), clock.aware(now)
    if meeting <= now:
        return ()
    days = ANNOUNCE_DAYS.get(cadence, 0) if announce_days is None else announce_days
    remind = _remind_at(meeting, zone, remind_hours, quiet)
    ask = min(last_waking(meeting - timedelta(hours=ask_hours), zone, quiet), remind)
    announce = last_waking(_days_before(meeting, days, zone), zone, quiet)
    soon = next_waking(now, zone, quiet)
    planned = []
    if announce < ask and days > 0:
        planned += _by(Errand.ANNOUNCE, announce if announce > now else soon, ask)
    if ask > now:
        planned += _by(Errand.ASK, ask, remind if remind > ask else meeting)
    else:
        planned += _by(Errand.ASK, soon, remind if remind > soon else meeting)
    if remind > now:
        planned += _by(Errand.REMIND, remind, meeting)
    return tuple(sorted(planned, key=lambda each: each.at))


def _by(errand: Errand, at: datetime, until: datetime) -> list[Planned]:
    return [Planned(errand, at, until)] if at < until else []


def _days_before(meeting: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same time on the wall, some days earlier."""
    return clock.resolve(clock.wall(meeting, zone) - timedelta(days=max(days, 0)), zone)


def _remind_at(meeting: datetime, zone: ZoneInfo, hours: int, quiet: Quiet) -> datetime:
    """So many hours before, but at night never more than the one that R15 allows."""
    at = meeting - timedelta(hours=hours)
    return max(at, meeting - _AT_NIGHT) if is_quiet(at, zone, quiet) else at


def useful(useful_until: datetime, now: datetime) -> bool:
    """Whether something owed is still worth doing: its time has not come to an end."""
    return clock.aware(now) < clock.aware(useful_until)


def enough(coming: int, minimum: int) -> bool:
    """Whether those who accepted are as many as the crew's charter asks for (R63)."""
    return coming >= minimum


class Attendance(StrEnum):
    """What somebody says about coming. Saying nothing is none of these, and is nobody's matter."""

    COMING = "coming"
    QUIETLY = "quietly"
    NOT_COMING = "not_coming"

    @property
    def present(self) -> bool:
        """Whether this person will be there."""
        return self is not Attendance.NOT_COMING


ATTENDANCE_SIGNS: Mapping[Attendance, str] = MappingProxyType(
    {Attendance.COMING: "✅", Attendance.QUIETLY: "🤫", Attendance.NOT_COMING: "❌"}
)
"""The reaction that says each, without U+FE0F."""

_SAID: dict[Attendance, tuple[str, ...]] = {
    Attendance.COMING: (
        "coming",
        "i am coming",
        "i'm coming",
        "im coming",
        "yes",
        "yes i'm coming",
        "yes i am coming",
        "yep",
        "yeah",
        "sure",
        "y",
        "i'm in",
        "im in",
        "i am in",
        "in",
        "count me in",
        "i'll be there",
        "i will be there",
        "ill be there",
        "i'll come",
        "i will come",
        "will be there",
        "there",
        "✔",
        "👍",
        "🙋",
    ),
    Attendance.QUIETLY: (
        "quietly",
        "quiet",
        "coming quietly",
        "i'm coming quietly",
        "i am coming quietly",
        "yes quietly",
        "yes but quietly",
        "i'll come quietly",
        "i will come quietly",
        "i'll be there quietly",
        "i'll be quiet",
        "i'll just listen",
        "just listening",
        "listening",
        "low energy",
    ),
    Attendance.NOT_COMING: (
        "not coming",
        "i'm not coming",
        "i am not coming",
        "not this time",
        "no",
        "nope",
        "n",
        "no thanks",
        "no thank you",
        "can't come",
        "cannot come",
        "cant come",
        "i can't come",
        "i cannot come",
        "i cant come",
        "can't make it",
        "cannot make it",
        "cant make it",
        "i can't make it",
        "i cannot make it",
        "can't",
        "cannot",
        "i can't",
        "i won't be there",
        "i will not be there",
        "won't come",
        "i won't come",
        "out",
        "i'm out",
        "count me out",
        "not me",
        "✖",
        "👎",
        "🙅",
    ),
}
_MEANINGS = {said: meant for meant, texts in _SAID.items() for said in texts} | {
    sign: meant for meant, sign in ATTENDANCE_SIGNS.items()
}
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "\ufe0f": "", ",": " "})
# Skin tones say nothing about coming.
_TONES = dict.fromkeys(range(127995, 128000))


def read_attendance(text: str) -> Attendance | None:
    """What a reply or a reaction says about coming; None when it says something else."""
    return _MEANINGS.get(_as_said(text)) or read_attendance_said_to_all(text)


def _as_said(text: str) -> str:
    said = text.translate(_APOSTROPHES).translate(_TONES).casefold()
    return " ".join(said.split()).strip(" .!")


# What is meant for whoever asks even where it replies to nothing: it names the coming itself.
_SAID_TO_ALL = {
    said: meant
    for said, meant in _MEANINGS.items()
    if re.search(r"\bcoming\b|\bcome\b|\bbe there\b|\bmake it\b|^count me|^not this time$", said)
    and said != "will be there"
}
_HEAD = re.compile(r"(?P<head>[^,;.!–—-]+)(?:[,;.!–—]|\s-)\s*(?P<rest>.*)", re.DOTALL)
_UNSURE = re.compile(r"\?|^(?:or|if|unless|maybe|perhaps|i think|probably)\b", re.IGNORECASE)


def read_attendance_said_to_all(text: str) -> Attendance | None:
    """What somebody says about coming who speaks into the room, as in `coming` or `coming, and I bring bread`.

    Only words that stand alone or before a comma count, and nothing that asks or doubts; None for all other talk.
    """
    found = _SAID_TO_ALL.get(_as_said(text))
    if found is not None or "?" in text:
        return found if "?" not in text else None
    head = _HEAD.fullmatch(text.strip())
    if head is None or _UNSURE.search(head["rest"]):
        return None
    return _SAID_TO_ALL.get(_as_said(head["head"]))
