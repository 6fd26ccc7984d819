"""A few words that are, as a whole, one term of what is asked: the way, the type, the end, who sees it, how many.

It promises to read such words wholly or not at all: a sentence that only speaks of Friday or of a secret is no term.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from practices import clock
from practices.dates import read_duration, read_rhythm, read_when
from practices.polls.poll import Passing, Showing, Way
from practices.rhythm import Cadence, Rhythm
from practices.understanding import NotUnderstood

__all__ = [
    "CLOSING",
    "OPENS",
    "SECRET",
    "TERMS",
    "TYPES",
    "UNTIL",
    "every",
    "leading",
    "nearest",
    "plain",
    "read_clause",
    "read_scale",
    "read_way",
    "unseen",
]

#: A day said without a time: asked in the morning, closed in the evening.
OPENING, CLOSING = time(9), time(18)

# Ways.

_WAYS: dict[Way, tuple[str, ...]] = {
    Way.PROPOSAL: ("proposal", "propose"),
    Way.ADVICE: ("advice",),
    Way.CONSENT: ("consent",),
    Way.CONSENSUS: ("consensus",),
    Way.GRADIENTS: ("gradients", "gradient", "gradients of agreement"),
    Way.SENSE: ("sense check", "sense", "temperature", "temperature check"),
    Way.COUNT: ("count", "count in", "hands", "raise hands", "who joins"),
    Way.QUESTION: ("question round", "question", "round", "open question"),
    Way.CHOICE: ("poll", "choice", "simple poll", "simple"),
    Way.DOTS: ("dot vote", "dots", "dot", "points"),
    Way.SCORE: ("score", "scores", "scoring"),
    Way.RANKED: ("ranking", "rank", "ranked", "ranked choice"),
    Way.SEATS: ("seats", "seat", "stv", "election", "elect"),
    Way.TIMES: ("time poll", "times", "time"),
}
_BY_WORD = {word: way for way, words in _WAYS.items() for word in words}
_LONGEST_WAY = max(len(word.split()) for word in _BY_WORD)


def read_way(text: str) -> Way | None:
    """The way that these words alone name; None when they name none."""
    return _BY_WORD.get(plain(text))


def plain(text: str) -> str:
    """Words as they are compared: no case, no marks around them."""
    return " ".join(text.casefold().split()).strip(" .:!?,;–—-")


def leading(text: str, meant: Callable[[str], Any]) -> tuple[Any, str]:
    """What the first words name, and the rest; `Question …` with a capital is a sentence, `question: …` is not."""
    for count in range(_LONGEST_WAY, 0, -1):
        found = re.match(rf"\s*((?:\S+[^\S\n]+){{{count - 1}}}\S+)(.*)\Z", text, re.DOTALL)
        if found is None:
            continue
        words, rest = found[1], found[2]
        said = words.endswith(":") or (
            words == words.casefold() and not re.search(r"[.!?,;]$", words)
        )
        value = meant(plain(words)) if said else None
        if value is not None:
            return value, rest.lstrip(" \t:")
    return None, text


# Clauses.

#: The types of a proposal by their names.
TYPES = {str(each): each for each in Passing}
_SHOWING = {
    **dict.fromkeys(
        ("hidden", "results hidden", "results at close", "at close", "at the close", "at the end"),
        Showing.AT_CLOSE,
    ),
    **dict.fromkeys(
        (
            "after mine",
            "results after mine",
            "after voting",
            "results after voting",
            "after i voted",
        ),
        Showing.AFTER_MINE,
    ),
    **dict.fromkeys(("open", "results open", "open results", "visible"), Showing.OPEN),
}
#: What asks for a secret poll.
SECRET = frozenset({"secret", "secretly", "secret ballot", "anonymous", "anonymously"})
_FORM = {
    **dict.fromkeys(("form", "with form", "with a form", "element poll"), True),
    **dict.fromkeys(("no form", "without form", "without a form"), False),
}
_EVERY = {
    **dict.fromkeys(("every week", "weekly", "each week"), Cadence.WEEKLY),
    **dict.fromkeys(("every two weeks", "every second week", "fortnightly"), Cadence.FORTNIGHTLY),
    **dict.fromkeys(("every month", "monthly", "each month"), Cadence.MONTHLY),
    **dict.fromkeys(("every year", "yearly", "each year"), Cadence.YEARLY),
}
_NUMBER = r"(\d{1,4})"
_BETWEEN = r"\s*(?:to|until|-|–|—|\.\.)\s*"
_NUMBERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (rf"quorum(?: of)? {_NUMBER} ?(?:%|percent|per cent)?", ("quorum",)),
    (rf"(?:pick|choose|name|take) {_NUMBER}{_BETWEEN}{_NUMBER}", ("least", "most")),
    (rf"(?:(?:pick|choose|name|take) )?(?:up to|at most|most) {_NUMBER}", ("most",)),
    (rf"(?:pick|choose|name|take) {_NUMBER}", ("least=most",)),
    (rf"(?:dots|points) {_NUMBER}|{_NUMBER} (?:dots|points)", ("dots",)),
    (rf"(?:scale|score|scores)(?: of| from)? {_NUMBER}{_BETWEEN}{_NUMBER}", ("lowest", "highest")),
    (rf"{_NUMBER}{_BETWEEN}{_NUMBER} (?:points|scale)", ("lowest", "highest")),
    (rf"(?:seats|seat|elect) {_NUMBER}|{_NUMBER} (?:seats|seat)", ("seats",)),
    (
        rf"(?:target|goal|wanted|need|needed) {_NUMBER}|{_NUMBER} (?:wanted|needed|people|joiners)",
        ("target",),
    ),
)
#: Words before an end, and before an opening.
UNTIL = r"until|till|closes|close|closing|ends|by"
OPENS = r"opens|opening|starts|starting|from"
_DAY = timedelta(days=1)

#: Terms as they are written, for people who look for one.
TERMS = (
    "until friday 18:00", "for 3 days", "opens monday 9:00", "hidden", "after mine", "secret", "quorum 60 %", "up to 3",
    "pick 2", "5 dots", "scale 1 to 10", "2 seats", "6 wanted", "90 minutes each", "no form", "every month",
    "decided by Mara and Lee",
)  # fmt: skip

#: Terms by which people trust that something is not seen: one that is mistaken for an answer would be seen by all.
_UNSEEN = (*SECRET, "hidden", "after mine", "results hidden", "results after mine")
_WHOLE = (*TYPES, *_SHOWING, *SECRET, *_FORM, *_EVERY)
#: With which a term of several words begins; and with which one ends that begins with a number.
_BEGINNINGS = (
    "until", "closes", "closing", "opens", "opening", "starts", "starting", "quorum", "choose", "every", "scale", "points",
    "seats", "target", "wanted", "needed", "deciders", "decided",
)  # fmt: skip
_ENDINGS = ("points", "seats", "wanted", "needed")
#: Of words shorter than this most are a letter away from some other.
_SHORT = 5
_LONG = 7


def read_clause(text: str, *, now: datetime, zone: ZoneInfo) -> dict[str, Any] | None:
    """The terms that a few words are as a whole; None when they are none."""
    said = plain(text)
    if said in TYPES:
        return {"passing": TYPES[said]}
    if said in _SHOWING:
        return {"showing": _SHOWING[said]}
    if said in SECRET:
        return {"secret": True}
    if said in _FORM:
        return {"form": _FORM[said]}
    if found := re.fullmatch(
        r"(?:deciders?:?|decided by|decision by) (.+)", text.strip(), re.IGNORECASE
    ):
        return {"deciders": tuple(re.split(r"\s*(?:,|&|\band\b)\s*", found[1].strip(" .")))}
    return _numbered(said) or _timed(said, now=now, zone=zone)


def _numbered(said: str) -> dict[str, Any] | None:
    for pattern, names in _NUMBERS:
        found = re.fullmatch(pattern, said)
        if found is None:
            continue
        numbers = [int(each) for each in found.groups() if each is not None]
        if names == ("least=most",):
            return {"least": numbers[0], "most": numbers[0]}
        return dict(zip(names, numbers, strict=True))
    return None


def _timed(said: str, *, now: datetime, zone: ZoneInfo) -> dict[str, Any] | None:
    if said in _EVERY:
        return {"again": _EVERY[said]}
    try:
        if found := re.fullmatch(rf"(?:{UNTIL}) (.+)", said):
            return {"closes": read_when(found[1], now=now, zone=zone, at=CLOSING).at}
        if found := re.fullmatch(rf"(?:{OPENS}) (.+)", said):
            return {"opens": read_when(found[1], now=now, zone=zone, at=OPENING).at}
        if found := re.fullmatch(r"(?:open )?for (.+)|(.+) (?:long|each)", said):
            length = read_duration(found[1] or found[2])
            short = length < _DAY and not said.startswith("open")
            return {"minutes": length // timedelta(minutes=1)} if short else {"length": length}
        if said.startswith("every "):
            rhythm = read_rhythm(said, now=now, zone=zone, for_meetings=False, at=OPENING)
            return {"rhythm": rhythm}
    except NotUnderstood:
        return None
    return None


def every(cadence: Cadence, opens: datetime, zone: ZoneInfo) -> Rhythm:
    """So often from an opening on: on its weekday or its day of the month, at its time of day."""
    local = clock.wall(opens, zone)
    weekly = cadence in (Cadence.WEEKLY, Cadence.FORTNIGHTLY)
    return Rhythm(
        cadence=cadence,
        time=local.time().replace(second=0, microsecond=0),
        zone=zone.key,
        start=local.date(),
        weekday=local.weekday() if weekly else None,
        monthday=None if weekly else local.day,
        month=local.month if cadence is Cadence.YEARLY else None,
    )


def read_scale(text: str) -> dict[str, Any] | None:
    """Two numbers alone, `1 to 10`, which are a scale where one is asked for; None for anything else."""
    found = re.fullmatch(rf"{_NUMBER}{_BETWEEN}{_NUMBER}", plain(text))
    return {"lowest": int(found[1]), "highest": int(found[2])} if found else None


# What is nearly a term.


def unseen(text: str) -> str | None:
    """The term, by which people trust that something is not seen, that these words are or nearly are; None where they aren't."""
    return _near(plain(text), _UNSEEN)


def nearest(text: str, *, now: datetime, zone: ZoneInfo) -> str | None:
    """The term that somebody nearly wrote, as in `secret` for “secert” and `until friday` for “untill friday”.

    None for words that are far from every term, and for those that are one.
    """
    said = plain(text)
    if read_clause(said, now=now, zone=zone) is not None:
        return None
    whole = _near(said, _WHOLE)
    if whole is not None:
        return whole
    first, _, rest = said.partition(" ")
    begins = _near(first, _BEGINNINGS)
    if begins is not None and rest:
        meant = f"{begins} {rest}"
    else:
        ends = _near(rest, _ENDINGS) if first.isdecimal() else None
        meant = f"{first} {ends}" if ends is not None else ""
    return meant if meant and read_clause(meant, now=now, zone=zone) is not None else None


def _near(said: str, known: Sequence[str]) -> str | None:
    """The known words that these are, or are one or two slips of the fingers away from."""
    if said in known:
        return said
    return next((each for each in known if _slips(said, each)), None)


def _slips(said: str, known: str) -> bool:
    allowed = 0 if len(known) < _SHORT else 1 if len(known) < _LONG else 2
    return abs(len(said) - len(known)) <= allowed and _apart(said, known) <= allowed


def _apart(one: str, other: str) -> int:
    """How many letters are to be put in, left out, replaced, or swapped with their neighbour."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        now = [row]
        for place, wanted in enumerate(other, 1):
            costs = [last[place] + 1, now[-1] + 1, last[place - 1] + (letter != wanted)]
            swapped = (
                place > 1 and row > 1 and letter == other[place - 2] and wanted == one[row - 2]
            )
            now.append(min([*costs, before[place - 2] + 1] if swapped else costs))
        before, last = last, now
    return last[-1]
