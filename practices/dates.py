"""Reading moments, rhythms, reminders and lengths of time from what people write.

It promises to understand exactly or not at all: what could mean two things is refused with a
question, a moment read is always in the future, and whatever else is written raises
`NotUnderstood` with an example that works. What `clock.words` and `rhythm.words` say can be read
back here to the same moment and the same rhythm. The grammar itself is `practices.phrases`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from practices import clock
from practices.phrases import (
    Day,
    InDays,
    OnDate,
    Phrase,
    Token,
    around_the_hour,
    known_words,
    parse,
    span,
    tokens,
)
from practices.rhythm import MEETING_CADENCES, Cadence, Rhythm, occurrences
from practices.understanding import NotUnderstood, shown

__all__ = [
    "Reminding",
    "Stretch",
    "When",
    "duration_words",
    "mended",
    "read_duration",
    "read_rhythm",
    "read_stretch",
    "read_time",
    "read_when",
    "split_reminder",
]

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class When:
    """A moment read: the naive wall time it will be, the instant in UTC, and the zone's name."""

    local: datetime
    at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Reminding:
    """What to say, in the writer's own characters, and when to say it."""

    what: str
    when: When | Rhythm


def read_when(text: str, *, now: datetime, zone: ZoneInfo, at: time | None = None) -> When:
    """The one moment to come that is meant, as in `thursday 19:00` or `in 2 hours`.

    `now` is an aware instant; `zone` is the reader's, unless the text ends with another; `at` is
    the time of a day said without one. A weekday is the coming one, today only while its time
    lies ahead. Raises NotUnderstood for anything else, the past included.
    """
    run = tokens(text)
    phrase = parse(run)
    if phrase is None:
        raise NotUnderstood(_puzzled(text, run, _MOMENTS))
    if phrase.rhythm is not None:
        raise NotUnderstood(
            f"{shown(text)} comes round again and again. "
            "A single moment is for example “tomorrow 19:00”."
        )
    return _within_the_calendar(lambda: _moment(phrase, now=now, zone=zone, default=at))


def read_rhythm(
    text: str,
    *,
    now: datetime,
    zone: ZoneInfo,
    for_meetings: bool = True,
    at: time | None = None,
) -> Rhythm:
    """The rhythm that is meant, as in `every third thursday 19:00` or `full moon 20:00`.

    A meeting's rhythm is weekly, fortnightly, monthly or by the moon (R62); a reminder's
    (`for_meetings=False`) may also be daily, on weekdays or yearly. It starts today, or on the
    day said after “from”. Raises NotUnderstood for anything else.
    """
    run = tokens(text)
    phrase = parse(run)
    if phrase is None:
        raise NotUnderstood(_puzzled(text, run, _RHYTHMS))
    if phrase.rhythm is None:
        raise NotUnderstood(
            f"{shown(text)} is a single moment. "
            "What comes round is for example “every Thursday 19:00” or “every full moon 20:00”."
        )
    if for_meetings and phrase.rhythm.cadence not in MEETING_CADENCES:
        raise NotUnderstood(
            "A circle meets weekly, fortnightly, monthly or by the moon: "
            "for example “every Thursday 19:00” or “every third Thursday of the month 19:00”."
        )
    return _within_the_calendar(lambda: _recurring(phrase, now=now, zone=zone, default=at))


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of some days, as in `sat morning` or `thursdays after 7`: when somebody could, and no moment of it."""

    #: Monday is 0; none named: any day.
    weekdays: frozenset[int]
    #: From the first until before the last, on the wall of whoever says it.
    first: time
    last: time

    def holds(self, local: datetime) -> bool:
        """Whether a naive wall time lies in it."""
        on = not self.weekdays or local.weekday() in self.weekdays
        return on and self.first <= local.time() < self.last


def read_stretch(text: str) -> Stretch | None:
    """The part of some days that is meant, and that all of the words speak of; None for anything else.

    An hour without its half of the day is one of the day's second half up to 8, as people speak of when they are free.
    """
    found = _STRETCH.fullmatch(" ".join(token.text for token in tokens(text)))
    if found is None or not (found["part"] or found["side"]):
        return None
    said = re.split(r"(?: and| or)? ", found["days"]) if found["days"] else []
    weekdays = frozenset().union(*(_STRETCH_DAYS[each] for each in said if each))
    if found["part"]:
        return Stretch(weekdays, *_STRETCH_PARTS[found["part"].removesuffix("s")])
    hour = _stretch_hour(found["hour"], found["half"])
    if hour is None:
        return None
    late = found["side"] in _STRETCH_AFTER
    return Stretch(weekdays, hour, time.max) if late else Stretch(weekdays, time(), hour)


def _stretch_hour(said: str, half: str | None) -> time | None:
    """`7` as people speak of when they are free, `7 pm`, `19:30`."""
    hour, _, minute = said.partition(":")
    noon = _HOURS_A_DAY // 2
    number = int(hour)
    if half:
        number = number % noon + (noon if half.startswith("p") else 0)
    elif not minute and 1 <= number <= _LATEST_BARE:
        number += noon
    fits = number < _HOURS_A_DAY and int(minute or 0) < _MINUTES_AN_HOUR
    return time(number, int(minute or 0)) if fits else None


_LATEST_BARE = 8
_STRETCH_PARTS = {
    "morning": (time(6), time(12)),
    "afternoon": (time(12), time(18)),
    "evening": (time(17), time.max),
}
_STRETCH_AFTER = ("after", "from")
_STRETCH_DAYS: dict[str, frozenset[int]] = {
    f"{name.casefold()[:length]}{plural}": frozenset({number})
    for number, name in enumerate(clock.WEEKDAYS)
    for length, plural in ((3, ""), (4, ""), (5, ""), (len(name), ""), (len(name), "s"))
} | dict.fromkeys(("weekend", "weekends"), frozenset({5, 6}))
_STRETCH_DAYS |= dict.fromkeys(("weekday", "weekdays"), frozenset(range(5)))
_A_STRETCH_DAY = "|".join(sorted(_STRETCH_DAYS, key=len, reverse=True))
_STRETCH = re.compile(
    r"(?:(?:any|every|each|all|on|the|in|at) )*"
    rf"(?:(?P<days>(?:{_A_STRETCH_DAY})(?: (?:and |or )?(?:{_A_STRETCH_DAY}))*)(?: |$))?"
    r"(?:in the |the )?"
    r"(?:(?P<part>mornings?|afternoons?|evenings?)"
    r"|(?P<side>after|from|before|until) (?P<hour>\d{1,2}(?::\d{2})?) ?(?P<half>am|pm|a\.m\.?|p\.m\.?)?(?: on)?)?"
)


def split_reminder(
    text: str, *, now: datetime, zone: ZoneInfo, at: time | None = None
) -> Reminding:
    """What to be reminded of and when, the when standing at either end of the text.

    The day may also stand at one end and its time at the other. Raises NotUnderstood.
    """
    said = _said_around(text)
    timed = said is not None and (said[1].complete or said[1].only_time)
    none = None if timed else _no_such_time(tokens(text))
    if none is not None:
        raise NotUnderstood(f"{none} For example “tomorrow 9:00 call Lee”.")
    if said is None:
        raise NotUnderstood(
            "When shall I say it? Put the time first or last, "
            "for example “tomorrow 9:00 call Lee” or “water the plants every Monday 9:00”."
        )
    what, phrase = said
    if not what:
        raise NotUnderstood("What shall I say then? For example “tomorrow 9:00 call Lee”.")
    settle = _moment if phrase.rhythm is None else _recurring
    return Reminding(
        what, _within_the_calendar(lambda: settle(phrase, now=now, zone=zone, default=at))
    )


def read_time(text: str) -> time:
    """A time of day by itself, as in `19:00`, `7 pm` or `noon`. Raises NotUnderstood."""
    phrase = parse(tokens(text))
    if phrase is None or phrase.time is None or replace(phrase, time=None) != Phrase():
        raise NotUnderstood(f"I could not read {shown(text)} as a time of day. {_TIMES}")
    return phrase.time


def read_duration(text: str) -> timedelta:
    """A length of time, as in `90 minutes`, `1 hour 30 minutes`, `14 days`.

    Raises NotUnderstood, also for no time at all.
    """
    found = span(tokens(text))
    if not found:
        raise NotUnderstood(
            f"I could not read {shown(text)} as a length of time. "
            "For example “90 minutes”, “2 hours” or “14 days”."
        )
    return found


def duration_words(length: timedelta) -> str:
    """A length in whole minutes as it is said back and can be read, as in `1 hour 30 minutes`."""
    minutes = length // timedelta(minutes=1)
    if minutes and not minutes % _MINUTES_A_DAY:
        return _counted(minutes // _MINUTES_A_DAY, "day")
    parts = zip(divmod(minutes, _MINUTES_AN_HOUR), ("hour", "minute"), strict=True)
    return " ".join(_counted(n, unit) for n, unit in parts if n) or "0 minutes"


_HOURS_A_DAY = 24
_MINUTES_AN_HOUR = 60
_MINUTES_A_DAY = _HOURS_A_DAY * _MINUTES_AN_HOUR


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


# What is said when words could not be read.

_MOMENTS = "For example “tomorrow 19:00”, “Thursday 19:00”, “26 November 19:00” or “in 2 hours”."
_RHYTHMS = (
    "For example “every Thursday 19:00”, “every other Thursday 19:00”, "
    "“every third Thursday of the month 19:00” or “every full moon 20:00”."
)
_TIMES = "For example “19:00”, “7:30 pm” or “noon”."


def _puzzled(text: str, run: Sequence[Token], examples: str) -> str:
    """The most helpful thing to say about words that are no phrase."""
    if not run:
        return f"When? {examples}"
    for token in run:
        if token.kind == "zone" and parse([token, *tokens("noon")]) is None:
            return _unknown_zone(text[token.start : token.end])
    none = _no_such_time(run)
    if none is not None:
        return f"I could not read {shown(text)}. {none} {examples}"
    meant = mended(text)
    if meant is not None:
        return f"I could not read {shown(text)}. Did you mean {shown(meant)}? {examples}"
    around = around_the_hour(run)
    if around is not None:
        hour, minute = around[0] % (_HOURS_A_DAY // 2), around[1]
        half = f"“{hour}:{minute:02}” or “{hour + 12}:{minute:02}”"
        return f"In the morning or in the evening? Write {half}. {examples}"
    bare, *others = [token.text for token in run if token.kind == "number"] or [""]
    reading = _clock_readings(bare)
    if reading and not others:
        return f"If “{bare}” is a time of day, write {reading}. {examples}"
    return f"I could not read {shown(text)}. {examples}"


#: How much a word has to be like one of the grammar to be taken for it, mistyped.
_ALIKE = 0.75
_SHORTEST_MISTYPED = 4


def mended(text: str) -> str | None:
    """The same words spelt so that they can be read, as `every other tuesday at 7`; None when that is no help."""
    run, (known, whole) = tokens(text), known_words()
    if len(run) > _LONGEST_PHRASE:
        return None
    spelt, at = "", 0
    for token in run:
        word = token.text
        if token.kind == "word" and len(word) >= _SHORTEST_MISTYPED and word not in known:
            near = difflib.get_close_matches(word, sorted(whole), n=1, cutoff=_ALIKE)
            word = near[0] if near else word
        spelt += text[at : token.start] + (
            word if word != token.text else text[token.start : token.end]
        )
        at = token.end
    spelt += text[at:]
    return spelt if spelt != text and parse(tokens(spelt)) is not None else None


def _no_such_time(run: Sequence[Token]) -> str | None:
    """What is said of a time that no clock shows, as in `25:00`; None when there is none."""
    for token in run:
        if token.kind != "clock":
            continue
        hour, minute = (int(part) for part in re.split("[:.]", token.text))
        if (hour, minute) == (_HOURS_A_DAY, 0):
            return "24:00 is 0:00 of the day after: say that day, and 0:00."
        if hour not in range(_HOURS_A_DAY) or minute not in range(_MINUTES_AN_HOUR):
            return f"There is no {token.text}: a day goes from 0:00 to 23:59."
    return None


def _clock_readings(bare: str) -> str | None:
    """How a bare number could be written as a time, leaving the choice to the writer."""
    if not 1 <= len(bare) <= len("1830"):
        return None
    hour, minute = (int(bare[:-2]), int(bare[-2:])) if len(bare) > len("18") else (int(bare), 0)
    if hour not in range(_HOURS_A_DAY) or minute not in range(_MINUTES_AN_HOUR):
        return None
    if 1 <= hour < _HOURS_A_DAY // 2:
        return f"“{hour}:{minute:02}” or “{hour + 12}:{minute:02}”"
    return f"“{hour}:{minute:02}”"


def _unknown_zone(name: str) -> str:
    try:
        return f"I could not read {shown(clock.zone(name).key)} there."
    except NotUnderstood as problem:
        return str(problem)


# Settling a phrase against the present moment.


def _within_the_calendar(settle: Callable[[], _Value]) -> _Value:
    try:
        return settle()
    except OverflowError as problem:
        raise NotUnderstood(
            "That is further away than any calendar reaches. For example “tomorrow 19:00” works."
        ) from problem


def _moment(phrase: Phrase, *, now: datetime, zone: ZoneInfo, default: time | None) -> When:
    now = clock.aware(now)
    zone = ZoneInfo(phrase.zone) if phrase.zone else zone
    if phrase.elapsed is not None:
        candidates = iter([_whole_minute(now + phrase.elapsed) if phrase.elapsed else now])
    else:
        candidates = _candidates(phrase, now, zone, default)
    at = None
    for at in candidates:
        if at > now:
            return When(clock.wall(at, zone), at, zone.key)
    passed = "That" if at is None else clock.words(at, zone)
    raise NotUnderstood(
        f"{passed} has passed already. Name a moment to come, for example “tomorrow 19:00”."
    )


def _candidates(
    phrase: Phrase, now: datetime, zone: ZoneInfo, default: time | None
) -> Iterator[datetime]:
    """The instants that a day or a time can mean, in the order in which they should be tried."""
    today = clock.wall(now, zone).date()
    day: Day | None = phrase.day
    at = phrase.time
    if at is None and isinstance(day, InDays) and day.exactly:
        at = clock.wall(_whole_minute(now), zone).time()
    if at is None and default is None and day is not None:
        raise NotUnderstood(_time_missing(day, today))
    chosen = at if at is not None else default or time()
    # A time alone is today's or tomorrow's; after a jump over the date line, the day after.
    days = iter([today + timedelta(days=n) for n in range(3)]) if day is None else day.dates(today)
    for each in days:
        yield _instant(datetime.combine(each, chosen), zone, again=bool(phrase.again))


def _instant(local: datetime, zone: ZoneInfo, *, again: bool) -> datetime:
    first = clock.resolve(local, zone)
    if not again:
        return first
    second = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if second <= first:
        raise NotUnderstood(
            f"The clocks show {clock.words(first, zone)} only once. "
            "For example “tomorrow 19:00” works."
        )
    return second


def _whole_minute(at: datetime) -> datetime:
    """The minute that has just begun or begins next: never early, and no seconds to say."""
    spare = timedelta(seconds=at.second, microseconds=at.microsecond)
    return at if not spare else at - spare + timedelta(minutes=1)


def _time_missing(day: Day, today: date) -> str:
    named = next(iter(day.dates(today)), today)
    # The last evening of the calendar is already beyond it in the west.
    if named <= today or named.year == date.max.year:
        return "At what time? For example “tomorrow 19:00”."
    said = f"{clock.WEEKDAYS[named.weekday()]} {named.day} {clock.MONTHS[named.month - 1]}"
    return f"At what time on {said}? For example “{said} {named.year:04}, 19:00”."


def _recurring(phrase: Phrase, *, now: datetime, zone: ZoneInfo, default: time | None) -> Rhythm:
    now = clock.aware(now)
    zone = ZoneInfo(phrase.zone) if phrase.zone else zone
    every, at = phrase.rhythm, phrase.time if phrase.time is not None else default
    if every is None or at is None:
        raise NotUnderstood("At what time? For example “every Thursday 19:00”.")
    if every.doubtful:
        day = clock.WEEKDAYS[every.weekday or 0]
        raise NotUnderstood(
            f"Every two weeks, or once a month? Say “every other {day} {at:%H:%M}” or "
            f"“every second {day} of the month {at:%H:%M}”."
        )
    today = clock.wall(now, zone).date()
    rhythm = Rhythm(
        cadence=every.cadence,
        time=at,
        zone=zone.key,
        start=today if phrase.start is None else _start(phrase.start, today),
        weekday=every.weekday,
        nth=every.nth,
        monthday=every.monthday,
        month=every.month,
        moon=every.moon,
    )
    first = next(occurrences(rhythm, now), None)
    if first is None:
        raise OverflowError("the calendar ends before this rhythm begins")
    if rhythm.cadence is Cadence.FORTNIGHTLY and phrase.start is None:
        # Today's may be over: the count of fortnights begins with the one that comes next.
        weekly = replace(rhythm, cadence=Cadence.WEEKLY)
        return replace(rhythm, start=next(occurrences(weekly, now)).local.date())
    return rhythm


_RECENT = timedelta(days=31)


def _start(day: Day, today: date) -> date:
    """The first day meant. A date said without its year may lie shortly behind, to count from."""
    since = today - _RECENT if isinstance(day, OnDate) else today
    return next(iter(day.dates(since)), today)


# Finding the when in a reminder.

_LONGEST_PHRASE = 24
_AFTER_ME = ("to", "that", "about")
_JOINED = frozenset("-–+/_#$€%&'’")
# What joins the when to the what on its line, but belongs to neither.
_JOIN_AFTER = re.compile(r"(?:[^\S\n]|[\u200b-\u200f\u2060\ufeff,;:.!)”…–—]|-(?=\s))*\s*")
_JOIN_BEFORE = " \t\r\n\u00a0\u202f\u200b\u200e\u200f\u2060\ufeff,;:(–—-"


def _said_around(text: str) -> tuple[str, Phrase] | None:
    """The what and the when of a reminder; None when no when stands at either end."""
    run = tokens(text)
    me = bool(run) and run[0].text == "me"
    if me and not (len(run) > 1 and run[1].text in _AFTER_ME):
        me = _longest(text, run[1:], front=True) is not None
    rest = run[1:] if me else run
    front, back = _longest(text, rest, front=True), _longest(text, rest, front=False)
    chosen = _chosen(front, back, len(rest))
    if chosen is None:
        return None
    begins = rest[chosen.front - 1].end if chosen.front else run[0].end if me else 0
    ends = rest[-chosen.back].start if chosen.back else len(text)
    what = text[begins : max(begins, ends)]
    if chosen.front or me:
        what = _JOIN_AFTER.sub("", what, count=1)
    if me:
        what = _without_first(what, _AFTER_ME)
    what = what.rstrip(_JOIN_BEFORE) if chosen.back else what
    return what.strip(), chosen.phrase


def _without_first(what: str, words: Sequence[str]) -> str:
    first, *rest = what.split(maxsplit=1) or [""]
    return rest[0] if rest and first.casefold() in words else what


@dataclass(frozen=True, slots=True)
class _Found:
    """A phrase, and how many tokens it takes at the front and at the back."""

    phrase: Phrase
    front: int = 0
    back: int = 0

    @property
    def rank(self) -> tuple[bool, int]:
        return self.phrase.complete, self.front + self.back


def _longest(text: str, run: Sequence[Token], *, front: bool) -> _Found | None:
    """The longest phrase at one end that is not grown together with what stands beside it."""
    for length in range(min(_LONGEST_PHRASE, len(run)), 0, -1):
        cut = length if front else len(run) - length
        if _parted(text, run, cut):
            phrase = parse(run[:cut] if front else run[cut:])
            if phrase is not None:
                return _Found(phrase, length, 0) if front else _Found(phrase, 0, length)
    return None


def _parted(text: str, run: Sequence[Token], cut: int) -> bool:
    """Whether a phrase may end or begin before this token: `9:00-ish` is not `9:00`."""
    if cut in {0, len(run)} or run[cut - 1].end < run[cut].start:
        return True
    beside = text[run[cut].start - 1], text[run[cut].start]
    return not any(sign in _JOINED for sign in beside) and not all(map(str.isalnum, beside))


def _chosen(front: _Found | None, back: _Found | None, length: int) -> _Found | None:
    if front is None or back is None:
        return front or back
    if front.front + back.back < length:
        together = _together(front.phrase, back.phrase)
        if together is not None:
            return _Found(together, front.front, back.back)
    return front if front.rank >= back.rank else back


def _together(front: Phrase, back: Phrase) -> Phrase | None:
    """A day or rhythm at one end and its time at the other, as in `thursday call Lee at 9`."""
    if front.complete or back.complete or front.only_time == back.only_time:
        return None
    timed, dated = (front, back) if front.only_time else (back, front)
    if dated.zone and timed.zone:
        return None
    return replace(dated, time=timed.time, zone=dated.zone or timed.zone, again=timed.again)
