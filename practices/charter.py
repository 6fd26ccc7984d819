"""A crew's charter: the lines about living together, each accepted by each member by itself.

It promises that a charter always has the seven lines of R52 and a day on which it ends or is looked at
again (R16), that a line counts as accepted only in the very words in which everybody accepted it, and
that a crew is active exactly when every member has accepted every line (R51, R52) and they are three
at least (R45). Its line about the end and the crew's cycle say one and the same: a day, or one of the
numbers of meetings of R53.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from practices import clock, rhythm
from practices.calling import Calling, plain_call, read_part
from practices.circles import crew_activates
from practices.cycles import Length, length_words, read_length
from practices.dates import read_rhythm
from practices.rhythm import Rhythm
from practices.understanding import NotUnderstood, shown

__all__ = [
    "OPTIONAL",
    "REQUIRED",
    "Key",
    "Line",
    "Standing",
    "beginning",
    "ending",
    "is_active",
    "length_in",
    "next_line",
    "offered",
    "own",
    "reworded",
    "standing",
]

_LEAST, _MOST = 2, 8
_LONGEST = 300


class Key(StrEnum):
    """What a line is about. `own` is whatever the crew adds in words of its own."""

    CONFIDENTIALITY = "confidentiality"
    PASSING = "passing"
    PRESENCE = "minimum presence"
    RHYTHM = "rhythm"
    CYCLE = "cycle end"
    HOSTING = "hosting"
    NEWCOMERS = "newcomers"
    INTERRUPTING = "no interrupting"
    ADVICE = "advice"
    TENSION = "tension"
    MEDIUM = "medium"
    CHANNEL = "channel"
    SETUP = "setup"
    LEARNING = "learning"
    OWN = "own"


REQUIRED = (
    Key.CONFIDENTIALITY,
    Key.PASSING,
    Key.PRESENCE,
    Key.RHYTHM,
    Key.CYCLE,
    Key.HOSTING,
    Key.NEWCOMERS,
)
"""What every charter states (R52), in the order in which it is asked."""

OPTIONAL = (
    Key.INTERRUPTING,
    Key.ADVICE,
    Key.TENSION,
    Key.MEDIUM,
    Key.CHANNEL,
    Key.SETUP,
    Key.LEARNING,
)
"""What a crew may also agree on (CREW-2)."""

_TEXTS = {
    Key.CONFIDENTIALITY: "What is said here stays here, and nobody brings it up to whoever said it unless they begin.",
    Key.PASSING: "Anybody may pass, on anything, at any time, and gives no reason.",
    Key.HOSTING: "We take turns at hosting: whoever hosted longest ago is next, and may hand it on.",
    Key.NEWCOMERS: "Somebody new comes in when every one of us has said yes.",
    Key.INTERRUPTING: "Whoever speaks is not interrupted.",
    Key.ADVICE: "We ask before we give advice.",
    Key.TENSION: "When something stands between two of us, they tell each other first, soon and in private.",
    Key.MEDIUM: "We meet in person when we can, and with cameras on when we cannot.",
    Key.CHANNEL: "Between meetings we write in this room, and nobody has to answer.",
    Key.SETUP: "Whoever needs something to take part well says so, and we arrange it.",
    Key.LEARNING: "We name whom we learn from.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a charter: its words, and what follows from them where something does.

    `least` is a minimum presence, `rule` a rhythm. A cycle's end is its last day, `until`, or the number
    of its meetings, `length`.
    """

    key: Key
    text: str
    least: int | None = None
    rule: Rhythm | None = None
    until: date | None = None
    length: Length | None = None

    @property
    def required(self) -> bool:
        """Whether no charter goes without it."""
        return self.key in REQUIRED


def beginning(calling: Calling, *, least: int = 3) -> tuple[Line, ...]:
    """The seven lines with which a crew begins, from what its call said; each may be worded anew."""
    return tuple(_first(key, calling, least) for key in REQUIRED)


def _first(key: Key, calling: Calling, least: int) -> Line:
    match key:
        case Key.PRESENCE:
            return Line(key=key, text=f"We meet when at least {least} of us can come.", least=least)
        case Key.RHYTHM:
            return _rhythm_line(calling)
        case Key.CYCLE:
            return ending(calling.until)
        case _:
            return Line(key=key, text=_TEXTS[key])


def ending(end: date | Length) -> Line:
    """The line about a cycle that ends on a day, or after so many meetings. Raises ValueError for a length of time."""
    if isinstance(end, Length) and end.meetings is None:
        raise ValueError("a cycle of time ends on a day")
    said = f"for {length_words(end)}" if isinstance(end, Length) else f"until {clock.long_day(end)}"
    return Line(
        key=Key.CYCLE,
        text=f"We do this {said}; then we look back and decide whether and how to go on.",
        until=None if isinstance(end, Length) else end,
        length=end if isinstance(end, Length) else None,
    )


def _rhythm_line(calling: Calling) -> Line:
    length = f"for {calling.minutes} minutes"
    match calling.rhythm:
        case Rhythm() as rule:
            text = f"We meet {rhythm.words(rule)} ({rule.zone}), {length}."
            return Line(key=Key.RHYTHM, text=text, rule=rule)
        case str() as pace:
            return Line(key=Key.RHYTHM, text=f"We meet {pace}, {length}.")
        case None:
            text = f"We meet {length}, and fix the next time before we part."
            return Line(key=Key.RHYTHM, text=text)


def offered(key: Key) -> Line:
    """An optional line in words to begin with."""
    return Line(key=key, text=_TEXTS[key])


def own(text: str) -> Line:
    """A line that a crew adds in its own words; one of the optional ones when it names its key."""
    said = _one_line(text)
    for key in OPTIONAL:
        if said.casefold().strip(" .") == key.value:
            return offered(key)
    return Line(key=Key.OWN, text=said)


def reworded(line: Line, text: str, *, now: datetime, zone: ZoneInfo) -> Line:
    """The line in other words. Raises NotUnderstood when they leave out what has to follow from it.

    A minimum presence needs its number, a cycle's end its day or one of the lengths of R53; words about
    the rhythm may be a rule, which then is one, or free.
    """
    said = _one_line(text)
    match line.key:
        case Key.PRESENCE:
            return replace(line, text=said, least=_least(said))
        case Key.CYCLE:
            return _other_end(said, now=now, zone=zone)
        case Key.RHYTHM:
            return _other_rhythm(line, said, now=now, zone=zone)
        case _:
            return replace(line, text=said)


def _one_line(text: str) -> str:
    said = " ".join(text.split())
    if not said:
        raise NotUnderstood("A line needs words. For example “We put our phones away”.")
    if len(said) > _LONGEST:
        raise NotUnderstood(
            f"That is more than {_LONGEST} letters. A line that can be said in one breath is easier to keep."
        )
    return said


_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}


def _least(said: str) -> int:
    found = {
        _WORDS.get(word) or int(word)
        for word in re.findall(r"[a-z]+|[0-9]{1,3}", said.casefold())
        if word in _WORDS or word.isdecimal()
    }
    if len(found) == 1 and (least := found.pop()) in range(_LEAST, _MOST + 1):
        return least
    raise NotUnderstood(
        f"This line says how many of you it takes, {_LEAST} to {_MOST}. "
        "For example “We meet when at least four of us can come”."
    )


_MEETINGS_IN = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[0-9]{1,3}) (?:meetings?|times)\b",
    re.IGNORECASE,
)


def length_in(text: str) -> Length | None:
    """The number of meetings that a line about a cycle's end names; None when it names none. Raises NotUnderstood."""
    named = _MEETINGS_IN.search(text)
    return read_length(named[0]) if named is not None else None


def _other_end(said: str, *, now: datetime, zone: ZoneInfo) -> Line:
    """The line about the end in other words: bare ones, such as `six meetings`, become a sentence."""
    try:
        bare = read_length(re.sub(r"^for ", "", said, flags=re.IGNORECASE))
    except NotUnderstood:
        bare = None
    if bare is not None:
        return ending(bare if bare.meetings else _until(f"for {bare}", now=now, zone=zone))
    try:
        return Line(key=Key.CYCLE, text=said, until=_until(said, now=now, zone=zone))
    except NotUnderstood:
        length = length_in(said)
        if length is None:
            raise
        return Line(key=Key.CYCLE, text=said, length=length)


_DAY_IN = re.compile(r"(?:until|till|for|on) (.+?)(?:$|[;.]|, (?:and|then))", re.IGNORECASE)


def _until(said: str, *, now: datetime, zone: ZoneInfo) -> date:
    """The day that a line about the cycle's end names."""
    named = _DAY_IN.search(said)
    try:
        return read_part(plain_call(now, zone), "until", named[1] if named else said, now=now).until
    except NotUnderstood as problem:
        raise NotUnderstood(
            f"I could not find a day to come in {shown(said)}, and every crew has an end at which it looks back. "
            "For example “We do this until 22 January, then we look back”, or “six meetings”: five, six or ten."
        ) from problem


_BEFORE = re.compile(r"^(?:we (?:meet|come together) )", re.IGNORECASE)
_AFTER = re.compile(r"(?: \([\w/+-]+\))?(?:, for [0-9]+ minutes)?\.?$")


def _other_rhythm(line: Line, said: str, *, now: datetime, zone: ZoneInfo) -> Line:
    bare = _AFTER.sub("", _BEFORE.sub("", said))
    try:
        rule = read_rhythm(bare, now=now, zone=zone)
    except NotUnderstood:
        return replace(line, text=said, rule=None)
    text = f"We meet {rhythm.words(rule)} ({rule.zone})."
    return replace(line, text=text if bare == said else said, rule=rule)


# Where it stands.


@dataclass(frozen=True, slots=True)
class Standing:
    """How many have accepted a line, of how many; nobody is named."""

    accepted: int
    of: int

    @property
    def whole(self) -> bool:
        """Whether everybody has."""
        return self.accepted == self.of


def standing(accepted: Set[str], members: Iterable[str]) -> Standing:
    """How many of those who are members now have accepted a line."""
    here = set(members)
    return Standing(len(accepted & here), len(here))


def is_active(
    lines: Iterable[Line], accepted: Mapping[int, Set[str]], members: Iterable[str]
) -> bool:
    """Whether a charter makes its crew active; `accepted` holds who accepted a line, by its place.

    All seven lines of R52 have to be there, one of them with the day or the number of meetings with which it ends.
    """
    kept, here = list(lines), set(members)
    return (
        crew_activates(len(here))
        and set(REQUIRED) <= {line.key for line in kept}
        and any(line.until is not None or line.length is not None for line in kept)
        and all(here <= set(accepted.get(place, ())) for place in range(len(kept)))
    )


def next_line(accepted: Sequence[Set[str]], person: str) -> int | None:
    """The place of the first line that somebody has not accepted yet; None when there is none."""
    for place, people in enumerate(accepted):
        if person not in people:
            return place
    return None
