"""Reads what somebody wrote who wants to ask many people one thing: the way, the question, the answers and the terms.

It promises to take for a term only what is one as a whole, so that a sentence which merely speaks of secrets or of Friday
stays a sentence; what it takes out can be said back. What stands where a term stands and is none becomes no answer: it is
refused, with the term that it is nearest to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from practices import clock
from practices.clauses import (
    CLOSING,
    OPENS,
    SECRET,
    TYPES,
    UNTIL,
    leading,
    nearest,
    plain,
    read_clause,
    read_scale,
    read_way,
    unseen,
)
from practices.dates import read_time, read_when
from practices.polls.poll import Passing, Showing, Terms, Way
from practices.polls.times import MOST_SLOTS
from practices.rhythm import Cadence, Rhythm
from practices.rhythm import as_state as rhythm_as_state
from practices.rhythm import from_state as rhythm_from_state
from practices.understanding import NotUnderstood

__all__ = [
    "LONGEST",
    "Draft",
    "as_state",
    "from_state",
    "has_options",
    "joined",
    "read",
    "read_answers",
    "read_clauses",
    "read_options",
    "slots",
]


LONGEST = 10_000
"""Characters that are read: a topic, twenty options and the terms of each fit, as long as they may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What somebody wants to ask, as far as they have said it. None: not said, so the way's own default holds."""

    way: Way | None = None
    topic: str = ""
    options: tuple[str, ...] = ()
    passing: Passing | None = None
    showing: Showing | None = None
    secret: bool = False
    quorum: int | None = None
    least: int | None = None
    most: int | None = None
    dots: int | None = None
    lowest: int | None = None
    highest: int | None = None
    seats: int | None = None
    target: int | None = None
    minutes: int | None = None
    #: Whether Element's own poll is wanted.
    form: bool | None = None
    opens: datetime | None = None
    closes: datetime | None = None
    #: How long it is open.
    length: timedelta | None = None
    #: When it is asked: at a time of its own again and again, or so often from its opening on.
    rhythm: Rhythm | None = None
    again: Cadence | None = None
    #: Whom an advice proposal leaves the decision to, as they were named.
    deciders: tuple[str, ...] = ()

    def terms(self) -> Terms:
        """The terms as far as they are said; the form of the way settles them."""
        said = {
            field.name: getattr(self, field.name)
            for field in fields(Terms)
            if field.name not in ("way", "topic", "options")
            and getattr(self, field.name) is not None
        }
        return Terms(way=self.way or Way.PROPOSAL, topic=self.topic, options=self.options, **said)


_ENUMS = {"way": Way, "passing": Passing, "showing": Showing, "again": Cadence}
_INSTANTS = ("opens", "closes")


def as_state(draft: Draft) -> dict[str, object]:
    """A draft as JSON, which waits in a question. `from_state` reads it."""
    state: dict[str, object] = {}
    for field in fields(Draft):
        value = getattr(draft, field.name)
        if value in (None, "", (), False):
            continue
        match value:
            case datetime():
                value = value.isoformat()
            case timedelta():
                value = int(value.total_seconds())
            case Rhythm():
                value = rhythm_as_state(value)
            case tuple():
                value = list(value)
        state[field.name] = str(value) if field.name in _ENUMS else value
    if draft.form is False:
        state["form"] = False
    return state


def from_state(state: Mapping[str, Any]) -> Draft:
    """The draft that `as_state` wrote."""
    known = dict(state)
    for name, kind in _ENUMS.items():
        if name in known:
            known[name] = kind(known[name])
    for name in _INSTANTS:
        if name in known:
            known[name] = datetime.fromisoformat(known[name])
    if "length" in known:
        known["length"] = timedelta(seconds=known["length"])
    if "rhythm" in known:
        known["rhythm"] = rhythm_from_state(known["rhythm"])
    for name in ("options", "deciders"):
        if name in known:
            known[name] = tuple(known[name])
    return Draft(**known)


# The whole.

_ITEM = re.compile(r"\s*(?:[-*•–]\s+|\d{1,2}[.)]\s+)(?P<text>.+)")
_MOMENT_FIRST = re.compile(
    r"\s*(?:next )?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|tomorrow|\d)", re.IGNORECASE
)
_CLOCK = re.compile(r"\d{1,2}[:.]\d{2}|\b(?:noon|midnight)\b|\d\s?[ap]\.?m\b", re.IGNORECASE)


#: So many commas stand within one moment, as in `Thursday, 26 November, 2026, at 19:00`.
_LONGEST_MOMENT = 6
#: So many words that could begin a time of closing are tried, from the end on.
_MOST_ENDS = 4
#: No term is longer, and so many parts of what stands behind a `;` are looked at.
_LONGEST_TERM = 60
_MOST_PARTS = 20

#: `Who helps? 3`: so many are wanted.
_WANTED = re.compile(r"(.+\?)[ \t]{1,3}(\d{1,4})", re.DOTALL)

_HOW_ANSWERS = "An answer that reads like that stands on a line of its own, behind “- ”."


def _short_enough(text: str) -> None:
    if len(text) > LONGEST:
        raise NotUnderstood(
            f"That is longer than {LONGEST:,} characters, more than can be asked at once. "
            "A shorter text is read by more people; a link can hold the rest."
        )


@dataclass(frozen=True, slots=True)
class _Piece:
    """A line or a part of one; `item` when it was written as a line of a list, `behind` when a `;` stands before it."""

    text: str
    item: bool = False
    behind: bool = False


def read(text: str, *, now: datetime, zone: ZoneInfo, way: Way | None = None) -> Draft:
    """What somebody wants to ask; `way` is known when they have said it already.

    `Which day? Monday, Tuesday; until friday 18:00; hidden`: the question ends at its mark, then come the answers, then
    the terms, apart from each other by `;` or on lines of their own. Times are read in `zone`. Raises NotUnderstood
    for a text that is longer than LONGEST, or for times that are none.
    """
    _short_enough(text)
    said: dict[str, Any] = {}
    if way is None:
        way, text = leading(text, read_way)
    text, front = _lead(text)
    said |= front
    pieces = list(_pieces(text))
    more, kept = _sorted(pieces, now=now, zone=zone, first=len(pieces) == 1, way=way)
    said |= more
    draft = Draft(way=way, **said)
    if way is not None and has_options(way):
        topic, rest, options = _question(kept)
        if way is Way.TIMES:
            return _times(draft, topic, (rest, *options), now=now, zone=zone)
        _only_answers(kept, (rest, *options) if rest else options)
        if rest:
            options = (rest, *options) if options else read_options(rest)
        return replace(draft, topic=topic, options=options)
    topic = "\n".join(piece.text.strip() for piece in kept if piece.text.strip())
    wanted = _WANTED.fullmatch(topic) if way is Way.COUNT and draft.target is None else None
    if wanted is not None:
        return replace(draft, topic=wanted[1], target=int(wanted[2]))
    return replace(draft, topic=topic)


def _sorted(
    pieces: Sequence[_Piece], *, now: datetime, zone: ZoneInfo, first: bool, way: Way | None
) -> tuple[dict[str, Any], list[_Piece]]:
    """The terms among the pieces, and the other pieces; `first`: the first piece is what is asked, whatever it says.

    Raises NotUnderstood for what is nearly a term.
    """
    said: dict[str, Any] = {}
    kept = []
    for place, piece in enumerate(pieces):
        plain = piece.item or (first and place == 0)
        clause = None if plain else read_clause(piece.text, now=now, zone=zone)
        if clause is None and way is Way.SCORE and not plain:
            clause = read_scale(piece.text)
        if clause is None:
            if piece.behind or (place and way is not None and has_options(way) and not piece.item):
                _no_slip(piece.text, now=now, zone=zone)
            kept.append(piece)
        else:
            said |= clause
    if kept and not kept[-1].item:
        head, tail = _trailing(kept[-1].text, now=now, zone=zone)
        said |= tail
        kept[-1] = replace(kept[-1], text=head)
    return said, kept


def _no_slip(text: str, *, now: datetime, zone: ZoneInfo) -> None:
    """Refuse what is nearly a term, alone or between commas. Raises NotUnderstood."""
    for part in text[:LONGEST].split(",")[:_MOST_PARTS]:
        meant = nearest(part, now=now, zone=zone) if len(part) <= _LONGEST_TERM else None
        if meant is not None:
            raise NotUnderstood(
                f"I don't know the term “{part.strip()}”. Did you mean “{meant}”? {_HOW_ANSWERS}"
            )


def _only_answers(kept: Sequence[_Piece], parts: Sequence[str]) -> None:
    """Refuse what stands behind the answers and is no term, and a term among them. Raises NotUnderstood.

    Answers stand apart by commas or by `;`: where the first part has commas, a later one without any is no answer.
    """
    items = {piece.text for piece in kept if piece.item}
    own = [part for part in parts if part not in items]
    for part in own[1:] if own and "," in own[0] else ():
        if "," not in part:
            raise NotUnderstood(
                f"I don't know the term “{part[:60]}”. {_HOW_ANSWERS} Terms are, for example, “until friday 18:00”, "
                "“hidden”, “secret” and “quorum 60 %”."
            )
    for part in own:
        for answer in part.split(","):
            meant = unseen(answer) if "," in part and len(answer) <= _LONGEST_TERM else None
            if meant is not None:
                raise NotUnderstood(
                    f"“{answer.strip()}” stands among the answers. As a term it stands behind a “;”: “; {meant}”. {_HOW_ANSWERS}"
                )


def has_options(way: Way) -> bool:
    """Whether the asker names the answers."""
    return way in (Way.CHOICE, Way.DOTS, Way.SCORE, Way.RANKED, Way.SEATS, Way.TIMES)


def _lead(text: str) -> tuple[str, dict[str, Any]]:
    """The terms that stand in front: `secret significant …`."""
    said: dict[str, Any] = {}

    def meant(words: str) -> dict[str, Any] | None:
        if words in TYPES:
            return {"passing": TYPES[words]}
        if words in SECRET:
            return {"secret": True}
        return {"showing": Showing.AT_CLOSE} if words == "hidden" else None

    while True:
        found, rest = leading(text, meant)
        if found is None or not rest.strip():
            return text, said
        said |= found
        text = rest


def read_answers(text: str, *, now: datetime, zone: ZoneInfo, way: Way | None) -> Draft:
    """Answers alone, with terms behind them: `Monday, Tuesday; hidden`. Raises NotUnderstood."""
    _short_enough(text)
    said, kept = _sorted(list(_pieces(text)), now=now, zone=zone, first=False, way=way)
    draft = Draft(way=way, **said)
    options = tuple(piece.text for piece in kept)
    if way is Way.TIMES:
        return replace(draft, options=slots("\n".join(options), now=now, zone=zone))
    _only_answers(kept, options)
    return replace(draft, options=options if len(options) > 1 else read_options("".join(options)))


def joined(draft: Draft, more: Draft) -> Draft:
    """A draft with what was said since: what is said now counts, what is not said now stays."""
    said = {
        field.name: getattr(more, field.name)
        for field in fields(Draft)
        if getattr(more, field.name) not in (None, "", (), False)
    }
    return replace(draft, **said)


def read_clauses(text: str, *, now: datetime, zone: ZoneInfo) -> Draft:
    """Terms alone, as in `until friday 18:00; hidden`. Raises NotUnderstood for a part that is no term."""
    _short_enough(text)
    said: dict[str, Any] = {}
    for piece in _pieces(text):
        clause = read_clause(piece.text, now=now, zone=zone)
        if clause is None:
            # Whoever names a time hears what is wrong with the time.
            found = re.fullmatch(rf"(?:{UNTIL}|{OPENS}) (.+)", plain(piece.text))
            if found:
                read_when(found[1], now=now, zone=zone, at=CLOSING)
            raise NotUnderstood(
                f"I did not understand “{piece.text[:60]}”. For example “until friday 18:00”."
            )
        said |= clause
    return Draft(**said)


def _pieces(text: str) -> Iterator[_Piece]:
    for line in text.splitlines():
        found = _ITEM.fullmatch(line)
        if found:
            yield _Piece(found["text"].strip(), item=True)
            continue
        for place, part in enumerate(line.split(";")):
            if part.strip():
                yield _Piece(part.strip(), behind=place > 0)


def _trailing(text: str, *, now: datetime, zone: ZoneInfo) -> tuple[str, dict[str, Any]]:
    """`Which day? A, B until friday 18:00`: a time of closing at the end, named to the minute or after a mark."""
    begins = list(re.finditer(r"\b(?:until|till|opens)\s", text, re.IGNORECASE))
    for found in reversed(begins[-_MOST_ENDS:]):
        head, tail = text[: found.start()].rstrip(), text[found.start() :]
        marked = head.endswith((",", ".", "?", "!", ":", "–", "-", "(", "…"))
        if not head or not (marked or _CLOCK.search(tail)):
            continue
        clause = read_clause(tail.strip(" ()"), now=now, zone=zone)
        if clause is not None:
            return head.rstrip(" ,–-(:"), clause
    return text, {}


def _question(pieces: Sequence[_Piece]) -> tuple[str, str, tuple[str, ...]]:
    """What is asked; what follows it on its own line; and the answers that stand apart from each other."""
    items = tuple(piece.text for piece in pieces if piece.item)
    plain = [piece.text for piece in pieces if not piece.item]
    if items:
        return " ".join(plain).rstrip(":").strip(), "", items
    if not plain:
        return "", "", ()
    topic, rest = _split(plain[0])
    return topic, rest, tuple(plain[1:])


def _split(text: str) -> tuple[str, str]:
    """A question and what follows its mark."""
    for mark in (r"\?(?=\s|$)", r":(?=\s)"):
        found = re.search(mark, text)
        if found:
            topic = text[: found.end()] if text[found.start()] == "?" else text[: found.start()]
            return topic.strip(), text[found.end() :].strip(" ,:–-")
    return text.strip(), ""


def read_options(text: str) -> tuple[str, ...]:
    """Answers to choose from: on lines of their own, or apart by `;` or commas, the last perhaps after “or”."""
    lines = [piece.text for piece in _pieces(text)]
    if len(lines) > 1:
        return tuple(lines)
    parts = [part.strip() for part in (lines[0] if lines else "").split(",") if part.strip()]
    last = parts.pop() if parts else ""
    last = re.sub(r"^(?:or|and)\s+", "", last)
    halves = re.split(r"\s+or\s+", last)
    parts += halves if len(halves) == len("ab") else [last]
    return tuple(part.rstrip(".") or part for part in parts if part)


# Times.


def _times(
    draft: Draft, topic: str, parts: Sequence[str], *, now: datetime, zone: ZoneInfo
) -> Draft:
    """A time poll: the answers are moments. What is asked may be left out."""
    said = "\n".join(part for part in parts if part)
    if said:
        return replace(draft, topic=topic, options=slots(said, now=now, zone=zone))
    try:
        return replace(draft, topic="", options=slots(topic, now=now, zone=zone))
    except NotUnderstood:
        if _MOMENT_FIRST.match(topic):
            raise  # they named times, and hear what is wrong with one of them
        return replace(draft, topic=topic)


def slots(text: str, *, now: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    """The moments of a time poll in their order, each once, as ISO instants of that zone. Raises NotUnderstood.

    Apart by lines, `;` or commas; a comma may also stand within one, and a time alone is of the day before it.
    """
    _short_enough(text)
    found: dict[datetime, None] = {}
    for piece in _pieces(text):
        for at in _moments(piece.text, now=now, zone=zone):
            found[at] = None
            if len(found) > MOST_SLOTS:
                raise NotUnderstood(
                    f"Those are more than {MOST_SLOTS} times. Fewer are more quickly answered."
                )
    if not found:
        raise NotUnderstood("Which times? For example “friday 18:00, saturday 10:00”.")
    return tuple(at.astimezone(zone).isoformat(timespec="minutes") for at in sorted(found))


def _moments(text: str, *, now: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """The moments on one line, each as soon as it is read: what stands between commas alone, or joined to what follows.

    What is wrong is said of the first part that could not be read, not of all that follows it.
    """
    before: list[datetime] = []
    begun: list[str] = []
    parts = (part.strip() for part in re.split(r",|\bor\b|\band\b", text))
    wrong: NotUnderstood | None = None
    for part in filter(None, parts):
        begun.append(part)
        try:
            at = _moment(", ".join(begun), before, now=now, zone=zone)
        except NotUnderstood as misunderstanding:
            wrong = wrong or misunderstanding
            if len(begun) == _LONGEST_MOMENT:
                break
            continue
        before.append(at)
        begun, wrong = [], None
        yield at
    if wrong is not None:
        raise wrong


def _moment(text: str, before: Sequence[datetime], *, now: datetime, zone: ZoneInfo) -> datetime:
    if before:
        try:
            clock_time = read_time(text)
        except NotUnderstood:
            pass
        else:
            day = clock.wall(before[-1], zone).date()
            return clock.resolve(datetime.combine(day, clock_time), zone)
    return read_when(text, now=now, zone=zone).at
