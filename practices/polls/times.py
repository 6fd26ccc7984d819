"""A time poll: when can most people come, with "if need be" between yes and no.

It promises that the time which leaves out the fewest people is found first; among those, the one that suits most. What
somebody does not name does not suit them. Times are said as the clocks of the place show them that the asker meant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from practices.clock import MONTHS, WEEKDAYS
from practices.polls import turnout as turned_out
from practices.polls.chart import Heat, Slot
from practices.polls.poll import Ballot, Form, Marks, Result, Terms, Turnout, Way
from practices.polls.settlement import common, with_options, within
from practices.polls.wording import folded, listed, named
from practices.understanding import NotUnderstood, shown

__all__ = [
    "FORM",
    "IF_NEED_BE",
    "LONGEST_ANSWER",
    "MOST_MINUTES",
    "MOST_SLOTS",
    "NO",
    "YES",
    "label",
    "labels",
]

YES, IF_NEED_BE, NO = 2, 1, 0

MOST_SLOTS = 40
"""Two weeks with a few times a day; more are no help to anybody."""

MOST_MINUTES = 14 * 24 * 60

LONGEST_ANSWER = 2000
"""Characters: all times named in words."""

_ANSWERS = {
    YES: ("yes", "✅", "👍", "can", "good"),
    IF_NEED_BE: ("if need be", "maybe", "perhaps", "🤔", "if needed", "if necessary"),
    NO: ("no", "❌", "👎", "not", "can't", "cannot"),
}
_SAID = {word: mark for mark, words in _ANSWERS.items() for word in words}
_ANSWER = re.compile(
    r"(?<!\w)(" + "|".join(sorted(map(re.escape, _SAID), key=len, reverse=True)) + r")(?!\w)\s*:?",
    re.IGNORECASE,
)
_ALL = frozenset({"all", "any", "every", "everything", "all of them", "any time", "anytime"})
_NONE = frozenset({"none", "none of them", "none of the times", "no", "nothing"})
_EXAMPLE = "“yes 1 3, maybe 2” says that the first and third suit you, and the second if need be"


def label(option: str) -> str:
    """An ISO instant as its own clock shows it: `Thursday 26 November 19:00`."""
    at = datetime.fromisoformat(option)
    return f"{WEEKDAYS[at.weekday()]} {at.day} {MONTHS[at.month - 1]} {at:%H:%M}"


def labels(options: Sequence[str]) -> tuple[str, ...]:
    """The same for all times of a poll; of the hour that autumn repeats each of the two says which it is: `(UTC+2)`."""
    said = [label(each) for each in options]
    return tuple(
        f"{words} ({_offset(option)})" if said.count(words) > 1 else words
        for words, option in zip(said, options, strict=True)
    )


def _offset(option: str) -> str:
    ahead = datetime.fromisoformat(option).utcoffset() or timedelta()
    hours, minutes = divmod(abs(ahead) // timedelta(minutes=1), 60)
    sign = "-" if ahead < timedelta() else "+"
    return f"UTC{sign}{hours}{f':{minutes:02}' if minutes else ''}"


def _instant(option: str) -> datetime:
    """Raises NotUnderstood for what is no date with a time and a place on Earth."""
    try:
        at = datetime.fromisoformat(option.strip())
    except ValueError:
        raise NotUnderstood(
            f"{shown(option)} is no time that I can put in a calendar. For example: 26 November 19:00."
        ) from None
    if at.utcoffset() is None:
        raise NotUnderstood(
            f"{shown(option)} does not say where: a time needs a zone, such as Europe/Rome."
        )
    return at


def _settle(terms: Terms) -> Terms:
    settled = common(
        terms,
        open_because="who can come when has to be known to whoever invites. A simple poll can be.",
    )
    within("length in minutes", terms.minutes, 5, MOST_MINUTES)
    times = sorted({_instant(each) for each in terms.options if each.strip()})
    # Equal instants are one time: a set takes them as equal whatever their offsets.
    options = tuple(at.isoformat(timespec="minutes") for at in times)
    return with_options(replace(settled, options=options), most=MOST_SLOTS, read_as=_as_instant)


def _as_instant(option: str) -> str:
    return datetime.fromisoformat(option).astimezone(UTC).isoformat()


def _read(terms: Terms, text: str) -> Marks:
    """`yes 1 3, maybe 2`, `1 3` for yes, `all`, `none`, `no 2`, or times in words; the last word on a time counts."""
    whole = folded(text)
    if len(whole) > LONGEST_ANSWER:
        raise NotUnderstood(f"That is a long answer. A short one is enough: {_EXAMPLE}.")
    if not whole:
        raise NotUnderstood(f"There was no answer in that. For example: {_EXAMPLE}.")
    if whole in _NONE:
        return dict.fromkeys(range(len(terms.options)), NO)
    marks: dict[int, int] = {}
    rest: int | None = None
    called = labels(terms.options)
    for mark, names in _groups(text):
        if names in {"rest", "the rest", "others", "the others", "else"} or names in _ALL:
            rest = mark
            continue
        for at in _places(terms.options, names):
            if marks.get(at, mark) != mark:
                raise NotUnderstood(f"{called[at]} got two answers. One is enough: {_EXAMPLE}.")
            marks[at] = mark
    if rest is None:
        # Whoever says only what does not suit leaves the others open, not settled.
        if marks and not any(marks.values()):
            raise NotUnderstood(f"And which would suit you? For example: {_EXAMPLE}; or “none”.")
        rest = NO
    return {at: marks.get(at, rest) for at in range(len(terms.options))}


def _groups(text: str) -> list[tuple[int, str]]:
    """The answers and what each is said of. Names without an answer before them are a yes, or belong to one behind."""
    plain = text.replace("\ufe0f", "")
    found = list(_ANSWER.finditer(plain))
    if not found:
        return [(YES, folded(plain))]
    lead = plain[: found[0].start()].strip(" ,;:\n")
    if lead and not plain[found[-1].end() :].strip(" ,;:.\n"):
        # "1 3 yes, 2 maybe": each answer follows its names.
        starts = [0, *(each.end() for each in found)]
        return [
            (_SAID[each[1].casefold()], _trimmed(plain[start : each.start()]))
            for start, each in zip(starts, found, strict=False)
        ]
    ends = [*(each.start() for each in found[1:]), len(plain)]
    said = [
        (_SAID[each[1].casefold()], _trimmed(plain[each.end() : end]))
        for each, end in zip(found, ends, strict=True)
    ]
    return [*([(YES, _trimmed(lead))] if lead else []), *said]


def _trimmed(names: str) -> str:
    return folded(
        re.sub(r"^\s*(?:to|on|for|and|,|;)\s+|[\s,;]+(?:and|to)?\s*$", "", names.strip(" ,;:\n"))
    )


def _places(options: Sequence[str], names: str) -> tuple[int, ...]:
    if not names:
        raise NotUnderstood(f"I can't tell which times that is said of. For example: {_EXAMPLE}.")
    by_instant = [at for at, option in enumerate(options) if folded(option) == names]
    return tuple(by_instant) or named(labels(options), names)


def _words(terms: Terms, marks: Marks) -> str:
    said, called = [], labels(terms.options)
    for mark, word in ((YES, "yes"), (IF_NEED_BE, "if need be")):
        times = [called[at] for at in sorted(marks) if marks[at] == mark]
        if times:
            said.append(f"{word}: {listed(times)}")
    return "; ".join(said) or "none of the times"


@dataclass(frozen=True, slots=True)
class _Suits:
    """How one time suits those who answered."""

    option: str
    words: str
    yes: int
    if_need_be: int
    #: Those who were asked of it: a time that came later was not there when some answered.
    asked: int
    #: Those who have not said that they can.
    without: int

    @property
    def no(self) -> int:
        """Those who were asked of it and can't."""
        return self.asked - self.yes - self.if_need_be

    @property
    def better(self) -> tuple[int, int]:
        """Whoever is left out weighs first, then whom it suits well."""
        return self.without, -self.yes


def _suits(terms: Terms, ballots: tuple[Ballot, ...]) -> list[_Suits]:
    found = []
    for at, (option, words) in enumerate(zip(terms.options, labels(terms.options), strict=True)):
        said = [ballot.marks[at] for ballot in ballots if at in ballot.marks]
        yes, maybe = said.count(YES), said.count(IF_NEED_BE)
        found.append(_Suits(option, words, yes, maybe, len(said), len(ballots) - yes - maybe))
    return found


def _tally(terms: Terms, ballots: tuple[Ballot, ...], turnout: Turnout) -> Result:
    suits = _suits(terms, ballots)
    best = min(each.better for each in suits)
    anybody = any(each.yes + each.if_need_be for each in suits)
    first = [each for each in suits if anybody and each.better == best]
    return Result(
        lines=(
            *_best(first, turnout),
            *(_line(each, turnout) for each in suits if turnout.cast),
            *turned_out.lines(turnout, terms.quorum),
        ),
        chart=Heat(
            title=terms.topic,
            slots=tuple(
                Slot(
                    label=each.words,
                    yes=each.yes,
                    if_need_be=each.if_need_be,
                    no=each.no,
                    best=each in first,
                )
                for each in suits
            ),
            of=turnout.cast,
            foot=turned_out.foot(turnout, terms.quorum),
        ),
        sums={
            "way": str(Way.TIMES),
            **turned_out.as_sums(turnout, terms.quorum),
            "minutes": terms.minutes,
            "best": [each.option for each in first],
            "options": {
                each.option: {"yes": each.yes, "if need be": each.if_need_be, "no": each.no}
                for each in suits
            },
        },
    )


def _line(each: _Suits, turnout: Turnout) -> str:
    said = (
        f"{each.words}: {each.yes} yes, {each.if_need_be} if need be, of {each.asked} who answered"
    )
    if each.asked == turnout.cast:
        return said
    return f"{said}; it came when {turnout.cast - each.asked} had answered"


def _best(first: Sequence[_Suits], turnout: Turnout) -> tuple[str, ...]:
    if not first:
        return ()
    can = first[0].yes + first[0].if_need_be
    times = listed((each.words for each in first), "or")
    return (f"Suits most: {times}, with {can} of {turnout.cast} who answered.",)


FORM = Form(
    way=Way.TIMES,
    purpose="when can most of you come?",
    days=3,
    positions=(),
    single=False,
    settle=_settle,
    read=_read,
    words=_words,
    tally=_tally,
    proxied=False,
)
