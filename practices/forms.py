"""What people write for themselves and open together: reading an answer, the one moment it opens, what is shown then.

It promises that nothing is shown before that moment, that the order in which people wrote leaves no trace, and that
whoever passed cannot be told from whoever was never asked (R10, R78). An average or a number needs enough answers
(R79); what is sensitive needs everybody's opening.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Any

from practices.script import Field, Form, Opens, Shows
from practices.understanding import NotUnderstood

__all__ = [
    "FEWEST_AVERAGED",
    "LONGEST_ANSWER",
    "Answer",
    "Line",
    "Reveal",
    "answers_words",
    "as_state",
    "complete",
    "from_state",
    "is_due",
    "offered",
    "opens_at",
    "read_answer",
    "reveal",
]

Answer = str | int
"""Words, one of the form's choices as the form writes it, or a number on its scale."""

LONGEST_ANSWER = 4000
"""Characters: about a page for each question."""

FEWEST_AVERAGED = 3
"""No average is shown of fewer, whatever a script asks for: of two, each would know the other's."""

_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NEAR = 0.7


# ---------------------------------------------------------------------------------------------- reading


def offered(form: Form) -> tuple[Answer, ...]:
    """The answers there are, in the form's order; none for free words."""
    if form.scale is not None:
        return tuple(range(form.scale[0], form.scale[1] + 1))
    return form.choices


def answers_words(form: Form) -> str:
    """How to answer, as in `none, small or large` or `a number from 1 to 7`; empty for free words."""
    if form.scale is not None:
        return f"a number from {form.scale[0]} to {form.scale[1]}"
    if not form.choices:
        return ""
    *first, last = form.choices
    return f"{', '.join(first)} or {last}" if first else last


def read_answer(form: Form, text: str) -> Answer:
    """What somebody answers to a field of `form`: words as they are, a choice, or a number.

    Raises NotUnderstood, which never quotes what was written: that is sealed, or nobody's.
    """
    if form.scale is not None:
        return _number(text, *form.scale)
    if form.choices:
        return _choice(form, text)
    words = text.strip()
    if not words:
        raise NotUnderstood("There was nothing in that. Write what you like, in your own words.")
    if len(words) > LONGEST_ANSWER:
        raise NotUnderstood(
            f"That is longer than I can keep sealed: {LONGEST_ANSWER} characters, about a page. "
            "A shorter one is welcome."
        )
    return words


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).replace("\ufe0f", "").replace("\u20e3", "")
    return " ".join(plain.casefold().strip(" \t\n.,;:!?…\"'“”‘’()[]").split())


def _number(text: str, low: int, high: int) -> int:
    said = re.sub(rf"\s*(?:/|of|out of)\s*{high}$", "", _folded(text))
    if said in _NUMBERS:
        found = _NUMBERS.index(said)
    elif re.fullmatch(r"-?\d{1,6}", said, re.ASCII):
        found = int(said)
    else:
        found = low - 1
    if not low <= found <= high:
        raise NotUnderstood(f"Say a whole number from {low} to {high}.")
    return found


def _choice(form: Form, text: str) -> str:
    """The choice that is meant: its words, its place in the list, its beginning, or nearly its words."""
    said = _folded(text)
    known = {_folded(choice): choice for choice in form.choices}
    if said in known:
        return known[said]
    if re.fullmatch(r"\d{1,2}", said, re.ASCII) and 1 <= int(said) <= len(form.choices):
        return form.choices[int(said) - 1]
    begun = [choice for words, choice in known.items() if said and words.startswith(said)]
    if len(begun) == 1:
        return begun[0]
    # "not small" is near "small", and means the contrary: a slip of the finger adds no word.
    as_long = [words for words in known if len(words.split()) == len(said.split())]
    near = get_close_matches(said, as_long, n=2, cutoff=_NEAR)
    if len(near) == 1:
        return known[near[0]]
    raise NotUnderstood(f"Say {answers_words(form)}.")


# ----------------------------------------------------------------------------------------------- opening


def complete(waiting: Collection[str]) -> bool:
    """Whether everybody has answered or passed: nobody is still `waiting` to."""
    return not waiting


def opens_at(form: Form, *, asked_at: datetime, latest: datetime) -> datetime:
    """The moment named to people when they are asked: after the form's hours, or else the `latest`."""
    if form.hours is not None:
        return asked_at + timedelta(hours=form.hours)
    return latest


def is_due(
    form: Form, *, waiting: Collection[str], at: datetime, now: datetime, ended: bool = False
) -> bool:
    """Whether the one moment has come; `at` is what people were told, `ended` that phase or sitting is over.

    Whoever has not answered by then has passed: nobody waits for one person for ever.
    """
    if now >= at:
        return True
    match form.opens:
        case Opens.HOURS:
            return False
        case Opens.PHASE:
            return ended
        case Opens.ALL:
            return ended or complete(waiting)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One question as it is shown: with words, or an average, or numbers, according to the form."""

    field: Field
    #: Who wrote what, by person; None for the person where nobody shall know, sorted by what was written.
    said: tuple[tuple[str | None, Answer], ...] = ()
    #: To one decimal.
    average: float | None = None
    #: How many gave each answer, in the form's order; an answer that nobody gave is left out.
    counts: tuple[tuple[Answer, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reveal:
    """What is shown, and to whom."""

    lines: tuple[Line, ...] = ()
    #: To these people alone, privately; None: to all who are in the room.
    to: tuple[str, ...] | None = None
    #: Something was written, by too few to show it.
    too_few: bool = False


def reveal(
    form: Form, answers: Mapping[str, Mapping[str, Answer]], *, asked: Collection[str]
) -> Reveal:
    """What is shown of `answers` (person to field name to answer), once the moment has come.

    `asked` are all who were asked: what is sensitive is shown only if every one of them opened it.
    """
    names = {field.name for field in form.fields}
    given = {
        person: {name: answer for name, answer in said.items() if name in names}
        for person, said in sorted(answers.items())
    }
    given = {person: said for person, said in given.items() if said}
    to = tuple(given) if form.only_to_writers else None
    if form.shows is Shows.NOTHING or not given:
        return Reveal(to=to)
    open_ = [field for field in form.fields if _is_opened(form, field, given, asked)]
    by_field = [
        (field, {person: said[field.name] for person, said in given.items() if field.name in said})
        for field in open_
    ]
    # Words with names stand or fall together; everything else needs enough answers to each question.
    enough = [
        (field, said)
        for field, said in by_field
        if said and len(given if form.shows is Shows.TEXTS else said) >= _least(form)
    ]
    lines = tuple(_line(form, field, said) for field, said in enough)
    return Reveal(lines=lines, to=to, too_few=not lines and bool(by_field))


def _least(form: Form) -> int:
    return max(form.least, FEWEST_AVERAGED) if form.shows is Shows.AVERAGE else form.least


def _is_opened(
    form: Form,
    field: Field,
    given: Mapping[str, Mapping[str, Answer]],
    asked: Collection[str],
) -> bool:
    """Whether a field may be shown at all (R78)."""
    if field.sensitive:
        return all(field.name in given.get(person, {}) for person in {*asked, *given})
    if form.shows is Shows.OVERLAPS:
        return all(field.name in said for said in given.values())
    return True


def _line(form: Form, field: Field, said: Mapping[str, Answer]) -> Line:
    match form.shows:
        case Shows.TEXTS:
            return Line(field=field, said=tuple(said.items()))
        case Shows.AVERAGE:
            numbers = [answer for answer in said.values() if isinstance(answer, int)]
            return Line(field=field, average=round(sum(numbers) / len(numbers), 1))
        case Shows.COUNTS | Shows.OVERLAPS if offered(form):
            return Line(field=field, counts=_counts(form, said.values()))
        case _:
            unnamed: Iterable[Answer] = sorted(said.values(), key=lambda each: (str(each), each))
            return Line(field=field, said=tuple((None, answer) for answer in unnamed))


def _counts(form: Form, said: Iterable[Answer]) -> tuple[tuple[Answer, int], ...]:
    found = list(said)
    return tuple((each, found.count(each)) for each in offered(form) if each in found)


# ----------------------------------------------------------------------------------------------- keeping


def as_state(form: Form) -> dict[str, Any]:
    """A form as JSON; `from_state` reads it again."""
    return {
        "fields": [
            {"name": field.name, "text": field.text, "sensitive": field.sensitive}
            for field in form.fields
        ],
        "choices": list(form.choices),
        "scale": list(form.scale) if form.scale else None,
        "opens": form.opens.value,
        "hours": form.hours,
        "shows": form.shows.value,
        "only_to_writers": form.only_to_writers,
        "least": form.least,
    }


def from_state(raw: Mapping[str, Any]) -> Form:
    """A form as `as_state` wrote it. Raises KeyError, TypeError or ValueError for anything else."""
    scale = raw["scale"]
    return Form(
        fields=tuple(Field(**field) for field in raw["fields"]),
        choices=tuple(raw["choices"]),
        scale=(int(scale[0]), int(scale[1])) if scale else None,
        opens=Opens(raw["opens"]),
        hours=raw["hours"],
        shows=Shows(raw["shows"]),
        only_to_writers=bool(raw["only_to_writers"]),
        least=int(raw["least"]),
    )
