"""A call to crew: what somebody wishes to begin, with whom it can begin, and when all of them are awake.

It promises that a call always has everything that R48 asks for, its end included (R16), that whatever
is read is said back in words that can be read again, and that nobody is in a group without having
accepted everyone in it and been accepted by them. A missing yes and a no are the same to it, so that
nothing that follows from it can tell them apart (R50).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import combinations, pairwise, takewhile
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from practices import clock, rhythm
from practices.answers import leaning
from practices.circles import Scale, crew_activates
from practices.dates import mended, read_duration, read_rhythm, read_when
from practices.meetings import QUIET, Quiet, is_quiet
from practices.phrases import around_the_hour, parse, tokens
from practices.rhythm import Rhythm
from practices.understanding import NotUnderstood, shown

__all__ = [
    "LENGTHS",
    "MOST_CALLS",
    "MOST_CURIOUS",
    "SIZES",
    "Calling",
    "as_state",
    "board_line",
    "changed",
    "common_hours",
    "common_words",
    "crew_name",
    "elsewhere_words",
    "from_state",
    "mutual",
    "plain_call",
    "read_line",
    "read_part",
    "words",
]

SIZES = Scale.CREW.sizes
"""How many people a crew can be (R1)."""

LENGTHS = range(60, 91)
"""How many minutes a crew's meeting takes (section 2.2)."""

MOST_CURIOUS = 12
"""More than sit at one table: each of them is asked about each other, so a call takes no more."""

MOST_CALLS = 9
"""As many open calls as there are number signs to tap."""

_MINUTES = 90
_SIZE = 5
_MONTHS = 2
_LONGEST = 366
_LONGEST_INTENTION = 300
_LONGEST_PACE = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """What a caller wishes for. `intention` None leaves it open; `rhythm` is a rule, words, or None.

    `until` is the last day of the time that people commit to. Raises ValueError beyond the bounds.
    """

    zone: str
    until: date
    intention: str | None = None
    rhythm: Rhythm | str | None = None
    minutes: int = _MINUTES
    size: int = _SIZE

    def __post_init__(self) -> None:
        """Refuse what no crew can be."""
        if self.size not in SIZES:
            raise ValueError("a crew is three to eight people")
        if self.minutes not in LENGTHS:
            raise ValueError("a crew meets for 60 to 90 minutes")
        if not clock.is_zone(self.zone):
            raise ValueError("a call needs the exact name of a zone")


def plain_call(now: datetime, zone: ZoneInfo) -> Calling:
    """A call in which nothing was said yet: five people, 90 minutes, two months (R48)."""
    today = clock.wall(now, zone).date()
    return Calling(zone=zone.key, until=today + relativedelta(months=_MONTHS))


# Reading a line.

_NUMBER_WORDS = "one two three four five six seven eight nine ten eleven twelve"
_NUMBERS = {word: number for number, word in enumerate(_NUMBER_WORDS.split(), start=1)}
_COUNT = rf"[0-9]{{1,4}}|{'|'.join(_NUMBERS)}"
_PEOPLE = re.compile(
    rf"(?:for |up to |at most |we are )?({_COUNT}) (?:people|persons|members|of us|seats|places)"
    rf"|(?:size|people|seats) ({_COUNT})",
    re.IGNORECASE,
)
_MONTHS_LONG = re.compile(rf"({_COUNT}|a) months?", re.IGNORECASE)
_MONTH = re.compile(
    rf"(?:the )?(?:end of )?({'|'.join(clock.MONTHS)})(?: ([0-9]{{4}}))?", re.IGNORECASE
)
_UNTIL = re.compile(r"(?:until|till|til|ends?(?: on)?)[ :]+(.+)", re.IGNORECASE | re.DOTALL)
_FOR = re.compile(r"for[ ]+(.+)", re.IGNORECASE | re.DOTALL)
_ZONE = re.compile(
    r"(?:time ?zone|zone|clocks? of)[ :]+(.+)|(?:in )?(.+) (?:time|clocks?)", re.IGNORECASE
)
_AREA = re.compile(
    r"(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific|Etc)/[\w/+-]+",
    re.IGNORECASE,
)
_TOGETHER = "the rhythm is found together"
_OPEN = frozenset(
    {"open", "anything", "nothing yet", "i don't know yet", "let us see", "we will see", "?"}
)
# Words of which a rhythm may consist that is no rule yet: "every other week, in the evening".
_PACE_WORDS = """
    every each other second third fourth first last a an per in on at the of or and to two three four
    once twice times week weeks month months fortnight fortnights day days moon full new
    weekly fortnightly biweekly monthly often sometimes regularly weekday weekdays weekend weekends
    morning mornings noon lunch afternoon afternoons evening evenings night nights
"""
_PACE = (
    frozenset(_PACE_WORDS.split())
    | {day.casefold() for day in clock.WEEKDAYS}
    | {f"{day.casefold()}s" for day in clock.WEEKDAYS}
)
_BEATS = frozenset(
    {"every", "each", "once", "twice", "weekly", "fortnightly", "biweekly", "monthly", "per"}
) | {f"{day.casefold()}s" for day in clock.WEEKDAYS}

_LINE = "For example “dinner and honesty, every other Tuesday 19:00, 90 minutes, 5 people, until March”."
_UNTILS = "For example “until 22 January”, “until March” or “for two months”."
_MOST_JOINED = 3


def read_line(text: str, *, now: datetime, zone: ZoneInfo) -> Calling:
    """A call from one line, its parts between commas and in any order; what is left out is the default.

    `zone` is the caller's own. Raises NotUnderstood for a part that cannot be, such as nine people.
    """
    if not text.strip(" ,;.\n"):
        raise NotUnderstood(f"What would you like to begin? {_LINE}")
    return changed(plain_call(now, zone), text, now=now)


def changed(calling: Calling, text: str, *, now: datetime) -> Calling:
    """The call with what the line says instead of what it said before. Raises NotUnderstood."""
    found: dict[str, Any] = {}
    said: list[str] = []
    calling, text, labelled = _by_label(calling, text, now)
    text, hedged = _without_yes_or_no(text)
    pieces = [piece.strip() for piece in re.split(r"[,;\n]", text) if piece.strip(" .")]
    if not pieces and not labelled:
        raise NotUnderstood(_RIGHT_OR_NOT)
    for piece in pieces:
        place = _zone_of(piece)
        if place is not None:
            _put(found, "zone", place)
    zone = ZoneInfo(str(found.get("zone", calling.zone)))
    at = 0
    while at < len(pieces):
        taken = _rhythm_at(pieces[at:], now, zone, found)
        if taken:
            at += taken
            continue
        if not _part(pieces[at], now, zone, found):
            said.append(pieces[at])
        at += 1
    if said and hedged:
        raise NotUnderstood(_RIGHT_OR_NOT)
    if said:
        found["intention"] = _intention(", ".join(said))
    return _with(calling, found)


_PARTS = {
    "what": "intention",
    "when": "rhythm",
    "how long": "minutes",
    "how many": "size",
    "by the clocks of": "zone",
    "until": "until",
}
#: The marks around a label are few: a thousand empty lines are read once and not again from each of them.
_LABEL = re.compile(
    rf"(?:^|[,;\n])[\s>•*-]{{0,9}}({'|'.join(_PARTS)})[\s*]{{0,9}}:[\s*]{{0,9}}([^\n]*?)"
    rf"(?=$|\n|[,;]\s{{0,9}}(?:{'|'.join(_PARTS)})\s{{0,9}}:)",
    re.IGNORECASE,
)
_RIGHT_OR_NOT = (
    "Is it right as it stands? Then a plain “yes” is enough. If not, say what is different, "
    "such as “size 6” or “until March”."
)


def _by_label(calling: Calling, text: str, now: datetime) -> tuple[Calling, str, bool]:
    """The call with the lines that name their part, as in “What: dinner, and honesty”; what is left of the text."""
    lines = [(found[1].casefold(), found[2].strip()) for found in _LABEL.finditer(text)]
    parts = [_PARTS[name] for name, _words in lines]
    if len(set(parts)) < len(parts):
        raise NotUnderstood(f"I read two answers for one part of your call. {_LINE}")
    for part, (_name, words) in zip(parts, lines, strict=True):
        if part == "intention" and not words:
            raise NotUnderstood("What would you like to do together? One line is enough.")
        calling = read_part(calling, part, words, now=now)
    return calling, _LABEL.sub("", text), bool(lines)


_HEDGE = re.compile(
    r"\s*(?P<word>yes|yeah|yep|ok|okay|right|no|nope|nah)\b(?P<mark>\s*[,;.:!–—-]+\s*|\s+)"
    r"(?P<but>(?:but|only|except|just|rather|please|make (?:it|that)|let it be|say)\s+)*(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)


def _without_yes_or_no(text: str) -> tuple[str, bool]:
    """What is left without a yes or a no in front or alone, and whether there was one: they are never a part of a call."""
    if leaning(text) is not None:
        return "", True
    hedge = _HEDGE.fullmatch(text)
    if hedge is None:
        return text, False
    # "No drama" is a wish of its own; "no, six people" and "yes six people" are answers.
    if hedge["word"].casefold().startswith("n") and hedge["mark"].isspace() and not hedge["but"]:
        return text, False
    return hedge["rest"], True


def _with(calling: Calling, found: Mapping[str, Any]) -> Calling:
    """The call with these parts; its rhythm and its zone agree."""
    rule = found.get("rhythm", calling.rhythm)
    if isinstance(rule, Rhythm):
        if "rhythm" in found and "zone" not in found:
            found = {**found, "zone": rule.zone}
        elif rule.zone != found.get("zone", calling.zone):
            found = {**found, "rhythm": replace(rule, zone=str(found["zone"]))}
    return replace(calling, **found)


def _put(found: dict[str, Any], name: str, value: object) -> None:
    if name in found and found[name] != value:
        raise NotUnderstood(f"I read two answers for the {name} of your call. {_LINE}")
    found[name] = value


def _rhythm_at(pieces: Sequence[str], now: datetime, zone: ZoneInfo, found: dict[str, Any]) -> int:
    """How many pieces a rhythm takes here: a rule that is said back has commas of its own."""
    for count in range(min(_MOST_JOINED, len(pieces)), 0, -1):
        text = ", ".join(pieces[:count])
        phrase = parse(tokens(text))
        if phrase is not None and phrase.rhythm is not None and phrase.time is not None:
            _put(found, "rhythm", read_rhythm(text, now=now, zone=zone))
            return count
    if pieces[0].casefold() == _TOGETHER:
        _put(found, "rhythm", None)
        return 1
    if _is_pace(pieces[0]):
        count = 1 + sum(1 for _more in takewhile(_is_about_time, pieces[1:_MOST_JOINED]))
        _put(found, "rhythm", _pace(", ".join(pieces[:count])))
        return count
    if _looks_like_rhythm(pieces[0]):
        read_rhythm(pieces[0], now=now, zone=zone)  # raises, saying why
    meant = mended(pieces[0])
    phrase = parse(tokens(meant)) if meant is not None else None
    if meant is not None and phrase is not None and phrase.rhythm is not None:
        raise NotUnderstood(f"I could not read {shown(pieces[0])}. Did you mean {shown(meant)}?")
    return 0


def _words_of(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.casefold())


def _is_about_time(text: str) -> bool:
    said = _words_of(text)
    return bool(said) and not re.search(r"\d", text) and all(word in _PACE for word in said)


def _is_pace(text: str) -> bool:
    """Whether a text is only about how often, with no time of day in it."""
    return _is_about_time(text) and any(word in _BEATS for word in _words_of(text))


def _looks_like_rhythm(text: str) -> bool:
    """Whether a text begins as a rhythm does and names a time: then it is meant as one."""
    said = _words_of(text)
    timed = re.search(r"\d[:.]\d\d|\d ?[ap]m", text) or around_the_hour(tokens(text)) is not None
    return bool(said) and said[0] in _BEATS and bool(timed)


def _pace(text: str) -> str:
    return " ".join(text.split())[:_LONGEST_PACE]


def _part(piece: str, now: datetime, zone: ZoneInfo, found: dict[str, Any]) -> bool:
    """Read one piece of a line into `found`; False when it is no part that has a form of its own."""
    if _zone_of(piece) is not None:
        return True
    people = _PEOPLE.fullmatch(piece)
    if people:
        _put(found, "size", _size(people[1] or people[2]))
        return True
    until = _UNTIL.fullmatch(piece)
    if until:
        _put(found, "until", _until(until[1], now, zone))
        return True
    span = _FOR.fullmatch(piece)
    length = _length(span[1] if span else piece)
    if length is not None and length < timedelta(days=1):
        _put(found, "minutes", _minutes(length))
        return True
    if span and (length is not None or _MONTHS_LONG.fullmatch(span[1])):
        _put(found, "until", _until(span[1], now, zone))
        return True
    return False


def _zone_of(piece: str) -> str | None:
    """The zone that a piece names; None when it names none. Raises NotUnderstood for one that is none."""
    if _AREA.fullmatch(piece):
        return clock.zone(piece).key
    said = _ZONE.fullmatch(piece)
    if said is None:
        return None
    if said[1]:
        return clock.zone(said[1]).key
    try:
        return clock.zone(said[2]).key
    except NotUnderstood:
        return None  # "a good time" is no place


def _length(text: str) -> timedelta | None:
    try:
        return read_duration(text)
    except NotUnderstood:
        return None


def _minutes(length: timedelta) -> int:
    minutes = length // timedelta(minutes=1)
    if minutes not in LENGTHS:
        raise NotUnderstood(
            f"A crew meets for {LENGTHS.start} to {LENGTHS.stop - 1} minutes, which is as long as people listen well. "
            f"For example “{LENGTHS.stop - 1 if minutes >= LENGTHS.stop else LENGTHS.start} minutes”."
        )
    return minutes


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else _NUMBERS[text.casefold()]


def _size(text: str) -> int:
    size = _number(text)
    if size > SIZES.stop - 1:
        raise NotUnderstood(
            "A crew is at most eight people, as many as share one table. Many who wish for more "
            "call two crews, and reshuffle later. For example “6 people”."
        )
    if size < SIZES.start:
        raise NotUnderstood("A crew begins with three people. For example “4 people”.")
    return size


def _intention(text: str) -> str | None:
    if leaning(text) is not None:
        raise NotUnderstood(
            "What would you like to do together? One line is enough, such as “dinner and honesty”; “open” leaves it open."
        )
    said = " ".join(text.split())
    if said.casefold().strip(" .") in _OPEN:
        return None
    if len(said) > _LONGEST_INTENTION:
        raise NotUnderstood(
            f"That is more than {_LONGEST_INTENTION} letters, and a board is read at a glance. "
            "One line says enough; the rest is for your first talk."
        )
    return said


def _until(text: str, now: datetime, zone: ZoneInfo) -> date:
    """The last day meant. A month means its end. Raises NotUnderstood."""
    today = clock.wall(now, zone).date()
    said = text.strip(" .")
    found = (
        _by_months(said, today)
        or _by_month(said, today)
        or _by_length(said, today)
        or _by_feast(said, today)
    )
    if found is None:
        try:
            found = read_when(said, now=now, zone=zone, at=time(23, 59)).local.date()
        except NotUnderstood as problem:
            why = str(problem).split(". ")[0].replace(f", 23:59, {zone.key}", "").rstrip(".")
            raise NotUnderstood(f"{why}. {_UNTILS}") from problem
    if found <= today:
        raise NotUnderstood(f"{clock.long_day(found)} is no day to come. {_UNTILS}")
    if (found - today).days > _LONGEST:
        raise NotUnderstood(
            "That is more than a year away. A crew commits for a while, looks back, and goes on if "
            f"it likes. {_UNTILS}"
        )
    return found


def _by_months(said: str, today: date) -> date | None:
    many = _MONTHS_LONG.fullmatch(said)
    if many is None:
        return None
    count = 1 if many[1].casefold() == "a" else _number(many[1])
    return today + relativedelta(months=min(count, 24))


def _by_length(said: str, today: date) -> date | None:
    length = _length(said)
    if length is None or length < timedelta(days=1):
        return None
    return today + min(length, timedelta(days=2 * _LONGEST))


_FEASTS = {"christmas": (12, 25), "xmas": (12, 25), "new year": (12, 31), "the new year": (12, 31)}


def _by_feast(said: str, today: date) -> date | None:
    """The coming Christmas, or the last day of this year."""
    feast = _FEASTS.get(said.casefold())
    if feast is None:
        return None
    coming = date(today.year, *feast)
    return coming if coming > today else date(today.year + 1, *feast)


def _by_month(said: str, today: date) -> date | None:
    named = _MONTH.fullmatch(said)
    if named is None:
        return None
    month = next(
        at for at, name in enumerate(clock.MONTHS, 1) if name.casefold() == named[1].casefold()
    )
    year = int(named[2]) if named[2] else today.year + (month < today.month)
    if year not in range(1, 9999):
        return None
    return date(year, month, 1) + relativedelta(months=1, days=-1)


# Reading one part at a time.


def read_part(calling: Calling, part: str, text: str, *, now: datetime) -> Calling:
    """The call with one part as somebody answers when asked for it alone. Raises NotUnderstood.

    `part` is intention, rhythm, minutes, size, zone or until.
    """
    zone = ZoneInfo(calling.zone)
    readers: dict[str, Callable[[], object]] = {
        "intention": lambda: _intention(text),
        "rhythm": lambda: _read_rhythm(text, now, zone),
        "minutes": lambda: _read_minutes(text),
        "size": lambda: _read_size(text),
        "zone": lambda: clock.zone(text.strip()).key,
        "until": lambda: _until(
            re.sub(r"^(until|till|for)\s+", "", text.strip(), flags=re.IGNORECASE), now, zone
        ),
    }
    return _with(calling, {part: readers[part]()})


def _read_rhythm(text: str, now: datetime, zone: ZoneInfo) -> Rhythm | str | None:
    said = " ".join(text.split())
    if said.casefold().strip(" .") in _OPEN | {_TOGETHER}:
        return None
    if leaning(said) is not None:
        raise NotUnderstood(
            "How often, and when? For example “every other Tuesday 19:00” or “fortnightly, in the evening”."
        )
    phrase = parse(tokens(said))
    if phrase is not None or _looks_like_rhythm(said):
        if phrase is not None and phrase.rhythm is not None and phrase.time is None:
            return _pace(said)
        return read_rhythm(said, now=now, zone=zone)
    meant = mended(said)
    if meant is not None:
        raise NotUnderstood(f"I could not read {shown(said)}. Did you mean {shown(meant)}?")
    if len(said) > _LONGEST_PACE:
        raise NotUnderstood(
            "A few words are enough. For example “every other Tuesday 19:00” or “fortnightly, in the evening”."
        )
    return said


def _read_minutes(text: str) -> int:
    bare = text.strip(" .")
    if bare.isascii() and bare.isdecimal() and len(bare) <= len("1440"):
        return _minutes(timedelta(minutes=int(bare)))
    length = _length(bare)
    if length is None:
        raise NotUnderstood(
            f"I could not read {shown(text)} as the length of a meeting. For example “75 minutes” or “an hour and a half”."
        )
    return _minutes(length)


_BETWEEN = re.compile(
    rf"(?:{_COUNT})\s*(?:-|–|or|to)\s*(?:{_COUNT})(?:\s+(?:people|persons|of us))?", re.IGNORECASE
)


def _read_size(text: str) -> int:
    numbers = [word for word in re.findall(r"\w+", text.casefold()) if _is_count(word)]
    if _BETWEEN.fullmatch(text.strip(" .")):
        # It is how many at most: of two numbers the larger.
        numbers = [max(numbers, key=_number)]
    if len(numbers) != 1:
        raise NotUnderstood(
            f"I could not read {shown(text)} as a number of people. For example “5”."
        )
    return _size(numbers[0])


def _is_count(word: str) -> bool:
    return word in _NUMBERS or (word.isascii() and word.isdecimal() and len(word) <= len("9999"))


# Saying.

_COUNTED = {number: word for word, number in _NUMBERS.items()}


def _rhythm_words(calling: Calling) -> str:
    match calling.rhythm:
        case None:
            return _TOGETHER
        case str():
            return calling.rhythm
        case rule:
            return rhythm.words(rule)


def words(calling: Calling) -> tuple[tuple[str, str], ...]:
    """Each part of a call with its name, as plain text; `read_line` reads the parts back."""
    return (
        ("What", calling.intention or "open"),
        ("When", _rhythm_words(calling)),
        ("How long", f"{calling.minutes} minutes"),
        ("How many", f"{_COUNTED[calling.size]} people"),
        ("By the clocks of", calling.zone),
        ("Until", clock.long_day(calling.until)),
    )


def board_line(calling: Calling) -> str:
    """A call on one line, as plain text."""
    rest = [text for name, text in words(calling) if name not in ("What", "Until")]
    intention = calling.intention or "the intention is open"
    return f"{intention} – {'; '.join(rest)}; until {clock.long_day(calling.until)}"


_LONGEST_NAME = 40


def crew_name(calling: Calling, caller: str) -> str:
    """What a crew's room is called until its people call it something else."""
    intention = calling.intention
    if intention is None or len(intention) > _LONGEST_NAME:
        return f"Crew of {caller}"
    return f"{intention[0].upper()}{intention[1:]} crew"


# State.


def as_state(calling: Calling) -> dict[str, object]:
    """A call as plain JSON. `from_state` reads it."""
    rule = calling.rhythm
    return {
        "intention": calling.intention,
        "rhythm": rhythm.as_state(rule) if isinstance(rule, Rhythm) else rule,
        "minutes": calling.minutes,
        "size": calling.size,
        "zone": calling.zone,
        "until": calling.until.isoformat(),
    }


def from_state(raw: Mapping[str, Any]) -> Calling:
    """The call that `as_state` wrote down. Raises KeyError, ValueError or NotUnderstood for anything else."""
    rule = raw["rhythm"]
    return Calling(
        intention=raw["intention"],
        rhythm=rhythm.from_state(rule) if isinstance(rule, dict) else rule,
        minutes=raw["minutes"],
        size=raw["size"],
        zone=raw["zone"],
        until=date.fromisoformat(raw["until"]),
    )


# Who accepts whom.


def mutual(
    caller: str, candidates: Sequence[str], yeses: Set[tuple[str, str]], size: int
) -> tuple[str, ...]:
    """The group around the caller in which everybody said yes to everybody; empty below three people.

    `candidates` stand in the order in which they became curious, `yeses` are (who, to whom), and
    `size` is the most people the group may have. Nobody is ranked: of several groups the largest is
    taken, so that as many as possible find a place, and of equally large ones the one whose people
    became curious first. What is not a yes counts as nothing at all, be it a no or silence.
    """

    def both(one: str, other: str) -> bool:
        return (one, other) in yeses and (other, one) in yeses

    close = [one for one in dict.fromkeys(candidates) if one != caller and both(caller, one)]
    for others in range(min(size, SIZES.stop - 1) - 1, 0, -1):
        if not crew_activates(others + 1):
            return ()
        for group in combinations(close, others):
            if all(both(one, other) for one, other in combinations(group, 2)):
                return (caller, *group)
    return ()


# When all are awake.

_STEP = timedelta(minutes=30)


def common_hours(
    day: date, zone: ZoneInfo, zones: Iterable[ZoneInfo], quiet: Quiet = QUIET
) -> list[tuple[time, time]]:
    """The stretches of a day on the wall clock of `zone` in which nobody in `zones` has their night.

    In steps of half an hour; an end of 00:00 is midnight.
    """
    places = {zone, *zones}
    start, end = (
        clock.resolve(datetime.combine(each, time()), zone)
        for each in (day, day + timedelta(days=1))
    )
    awake = [
        at for at in _steps(start, end) if not any(is_quiet(at, place, quiet) for place in places)
    ]
    found: list[tuple[time, time]] = []
    begun = None
    for at, following in pairwise([*awake, None]):
        begun = begun or at
        assert at is not None
        if following is None or following - at != _STEP:
            assert begun is not None
            found.append((clock.wall(begun, zone).time(), clock.wall(at + _STEP, zone).time()))
            begun = None
    return found


def _steps(start: datetime, end: datetime) -> Iterator[datetime]:
    while start < end:
        yield start
        start += _STEP


def common_words(day: date, zone: ZoneInfo, zones: Iterable[ZoneInfo]) -> str:
    """When everybody is awake, as a sentence; the names of zones are left out but the reader's own."""
    hours = common_hours(day, zone, zones)
    if not hours:
        return f"There is no hour at which all of you are awake ({zone.key})."
    spans = " and ".join(f"from {start:%H:%M} to {end:%H:%M}" for start, end in hours)
    return f"All of you are awake {spans} ({zone.key})."


def elsewhere_words(at: datetime, zone: ZoneInfo, zones: Iterable[ZoneInfo]) -> str:
    """What the other clocks show at an instant, as in `18:00 in Lisbon, 13:00 in New York`.

    Empty when all clocks agree. Nobody is named: only places are.
    """
    here = clock.wall(at, zone)
    shown_by = {place.key: clock.wall(at, place) for place in zones}
    return ", ".join(
        f"{local:%H:%M}{_on_day(local.date(), here.date())} in {_city(name)}"
        for name, local in sorted(shown_by.items())
        if local != here
    )


def _on_day(day: date, here: date) -> str:
    return "" if day == here else f" on {clock.WEEKDAYS[day.weekday()]}"


def _city(name: str) -> str:
    return name.rsplit("/", 1)[-1].replace("_", " ")
