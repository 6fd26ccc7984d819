"""Compares a count with what was written down, and voices that stand in a room with those that were counted.

Every difference is named, and nothing is called the same that could not be compared. Whose ballot is compared plays no part:
order, doors and names are for people to read, and the numbers are a function of the ballots.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from practices.polls.poll import Marks, Result, Turnout
from practices.polls.wording import plural

__all__ = ["Compared", "Counted", "Heard", "Way", "compared", "differences", "words"]


def differences(kept: Mapping[str, Any], again: Result, turnout: Turnout) -> tuple[str, ...]:
    """How a count differs from the one that was written down at the close, a line each; none when it is the same."""
    found = []
    for key, what, now in (
        ("entitled", "entitled", turnout.entitled),
        ("cast", "voices", turnout.cast),
    ):
        if kept.get(key) != now:
            found.append(
                f"Written down were {kept.get(key)} {what}, and counted again they are {now}."
            )
    before, lines = [str(each) for each in kept.get("lines") or ()], list(again.lines)
    found += [f"Written down, and not found again: {line}" for line in before if line not in lines]
    found += [f"Found, and not written down: {line}" for line in lines if line not in before]
    if kept.get("passes") != again.passes:
        found.append("Whether its terms are met comes out differently.")
    if not found and kept.get("sums") != json.loads(json.dumps(dict(again.sums))):
        found.append("The lines are the same, and the sums behind them differ.")
    return tuple(found)


# ---------------------------------------------------------------------------------------- the room's history


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A voice as it stands in the room, read under the wording of its time."""

    person: str
    event: str
    #: What it says under the present wording; None: it takes no position.
    marks: Marks | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What counts for one person by what is stored: their newest voice, and where it came from."""

    person: str
    #: None: they take no position.
    marks: Marks | None
    event: str | None
    #: The voice in the room that it gives the reason of.
    of: str | None = None
    #: Said in the private chat.
    private: bool = False
    #: Typed in the room, perhaps by a command that names its number and replies to nothing.
    typed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How the room's history and what is stored belong together; the people of each, in no order."""

    same: tuple[str, ...] = ()
    #: Stands in the room and was counted as something else.
    different: tuple[str, ...] = ()
    #: Stands in the room and was never heard.
    unheard: tuple[str, ...] = ()
    #: Was counted and stands in the room no longer, nor was it taken back there.
    missing: tuple[str, ...] = ()
    #: Stand only in what is stored, and why.
    private: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    nameless: tuple[str, ...] = ()


@dataclass(slots=True)
class Compared:
    """People by how their voices compare."""

    found: dict[str, list[str]] = field(default_factory=dict)

    def put(self, kind: str, person: str) -> None:
        """Somebody's voice compares like this."""
        self.found.setdefault(kind, []).append(person)

    def way(self) -> Way:
        """All of it, in the order of the ids."""
        return Way(**{kind: tuple(sorted(set(people))) for kind, people in self.found.items()})


def compared(
    heard: Sequence[Heard],
    counted: Sequence[Counted],
    *,
    known: Mapping[str, int],
    deleted: Collection[str] = (),
    complete: bool = True,
    nameless: Collection[str] = (),
) -> Way:
    """Compare the voices in a room, oldest first, with what counts by what is stored.

    `known` gives the place of each event that is stored, by when it was said; of two voices the one said later is the
    newest, whenever it was heard.
    `deleted` are events that were redacted; `nameless` are people in `counted` who are forgotten.
    """
    found = Compared()
    newest: dict[str, Heard] = {}
    for each in heard:
        if each.event not in known:
            found.put("unheard", each.person)
            continue
        former = newest.get(each.person)
        if former is None or known[each.event] >= known[former.event]:
            newest[each.person] = each
    for one in counted:
        kind = _kind(one, newest.pop(one.person, None), deleted, complete, nameless)
        if kind is not None:
            found.put(kind, one.person)
    for person, stands in newest.items():
        if stands.marks is not None:
            found.put("different", person)
    return found.way()


def _kind(
    one: Counted,
    stands: Heard | None,
    deleted: Collection[str],
    complete: bool,
    nameless: Collection[str],
) -> str | None:
    """How one person's voice compares; None where neither says anything."""
    if one.marks is None and stands is None:
        return None
    if one.person in nameless:
        return "nameless"
    here = stands is not None and stands.event in (one.event, one.of)
    if here and stands is not None:
        if not _alike(stands.marks, one.marks):
            return "different"
        return None if one.marks is None else "same"
    return _only_stored(one, deleted, complete)


def _only_stored(one: Counted, deleted: Collection[str], complete: bool) -> str | None:
    """Why somebody's voice does not stand in the room."""
    if one.private:
        return "private"
    if one.event in deleted:
        return None if one.marks is None else "deleted"
    if not complete:
        return "unread"
    if one.typed:
        return "command"
    return None if one.marks is None else "missing"


def _alike(one: Marks | None, other: Marks | None) -> bool:
    """Whether two voices say the same; one of somebody without a position is not one that marks nothing."""
    return (one is None) == (other is None) and dict(one or {}) == dict(other or {})


def words(way: Way, names: Mapping[str, str], *, complete: bool) -> tuple[str, ...]:
    """What comes of it, in lines of plain text: what is the same, what stands only in one place, and what differs."""
    lines = []
    if way.same:
        lines.append(f"{plural(len(way.same), 'voice')} in the room, each as I counted it.")
    for people, why in (
        (way.private, "said in the private chat"),
        (way.command, "said by a command, which answers no message"),
        (way.deleted, "deleted in the room since"),
        (way.nameless, "of somebody who asked to be forgotten"),
    ):
        if people:
            stand = "stands" if len(people) == 1 else "stand"
            was = "was" if len(people) == 1 else "were"
            lines.append(
                f"{plural(len(people), 'voice')} {was} {why}, and {stand} only in my records."
            )
    if way.unread:
        lines.append(f"{plural(len(way.unread), 'voice')} could not be read in the room any more.")
    for people, what in (
        (way.different, "what stands in the room is not what I counted"),
        (way.unheard, "something stands in the room that I have not heard"),
        (way.missing, "what I counted stands in the room no longer"),
    ):
        lines += [f"Differs, {names.get(each, 'somebody')}: {what}." for each in people]
    if not (way.different or way.unheard or way.missing):
        lines.append(
            "Nothing differs." if complete else "Nothing differs of what could still be read."
        )
    return tuple(lines)
