"""A register of decisions as a file, to be taken along and brought elsewhere: as JSON, and as CSV for a table.

The form is documented in docs/decisions-file.md and has a version. What is read is checked to the last field before anything
is made of it: a mistake names the entry and the field, or the line. No cell of the CSV is a formula for whoever opens it.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from practices.agreements import Standing
from practices.understanding import NotUnderstood, shown

__all__ = ["FORMAT", "MOST", "VERSION", "Entry", "as_csv", "as_json", "read"]

FORMAT, VERSION = "kinkeeper-decisions", 1

#: More than these come in no file, and longer than that is no text of a decision, in characters.
MOST = 500
LONGEST = 10_000
LONGEST_LINE = 2000
LONGEST_MARK = 64
MOST_LINES = 400

#: Years in which every calendar can count, on the clocks of any zone.
FIRST_YEAR, LAST_YEAR = 1900, 2400

#: What makes a cell a formula in the programs that open such a file.
#: The last four are the full-width forms of the first.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One decision as it is taken along."""

    #: Known by it everywhere, so that it is brought once.
    mark: str
    text: str
    #: Aware, UTC.
    made: datetime
    standing: Standing = Standing.HOLDS
    review: date | None = None
    #: The mark of the one that took its place.
    replaced_by: str | None = None
    #: The circle that decided it, by its name.
    circle: str = ""
    #: What was asked, and in which way; empty where nothing was.
    asked: str = ""
    #: What came out, in words; only what may be seen by everybody.
    lines: tuple[str, ...] = ()


# ------------------------------------------------------------------------------------------------- writing


def as_json(circle: str, now: datetime, rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The whole file; `rows` are entries as plain values, at least those that `read` wants."""
    whole = {
        "format": FORMAT,
        "version": VERSION,
        "circle": circle,
        "written": now.isoformat(),
        "decisions": list(rows),
    }
    return json.dumps(whole, ensure_ascii=False, indent=2).encode()


def as_csv(header: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    """A table, with a mark in front by which programs know its letters; no cell is a formula."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow([_cell(each) for each in header])
    for row in rows:
        table.writerow([_cell(each) for each in row])
    return ("\ufeff" + written.getvalue()).encode()


def _cell(value: object) -> str:
    """A value that is read as it is written: an apostrophe in front of what would be a formula (OWASP, CSV injection)."""
    text = "" if value is None else str(value).replace("\x00", "")
    acts = text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA)
    return f"'{text}" if acts else text


# ------------------------------------------------------------------------------------------------- reading


def read(text: str, now: datetime) -> tuple[Entry, ...]:
    """The entries of a file. Raises NotUnderstood, which names the line, or the entry and its field.

    `now` is aware: nothing was decided later than that.
    """
    try:
        whole = json.loads(text.removeprefix("\ufeff"), parse_constant=_no_number)
    except json.JSONDecodeError as wrong:
        raise NotUnderstood(
            f"Line {wrong.lineno}, place {wrong.colno} of the file is not written as I write such files."
        ) from wrong
    except (RecursionError, ValueError) as wrong:
        raise NotUnderstood("The file is not written as I write such files.") from wrong
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        raise NotUnderstood(
            f"This is no file of decisions: its field “format” does not say {FORMAT}."
        )
    if whole.get("version") != VERSION or isinstance(whole.get("version"), bool):
        raise NotUnderstood(
            f"The field “version” says {shown(str(whole.get('version')))}, and I read {VERSION} only."
        )
    rows = whole.get("decisions")
    if not isinstance(rows, list):
        raise NotUnderstood("The field “decisions” is no list.")
    if len(rows) > MOST:
        raise NotUnderstood(f"There are {len(rows)} decisions in it, and I take {MOST} at once.")
    circle = _text(whole, "circle", 0, LONGEST_LINE, needed=False)
    entries = tuple(_entry(row, place, circle, now) for place, row in enumerate(rows, 1))
    marks: dict[str, int] = {}
    for place, entry in enumerate(entries, 1):
        if entry.mark in marks:
            raise NotUnderstood(
                f"Decision {place}, field “mark”: it is the same as that of decision {marks[entry.mark]}."
            )
        marks[entry.mark] = place
    return entries


def _no_number(word: str) -> None:
    raise ValueError(word)


def _entry(row: object, place: int, circle: str, now: datetime) -> Entry:
    if not isinstance(row, dict):
        raise NotUnderstood(f"Decision {place} is no entry with fields.")
    mark = _text(row, "mark", place, LONGEST_MARK)
    lines = row.get("lines", [])
    if not isinstance(lines, list) or len(lines) > MOST_LINES:
        raise _wrong(place, "lines", f"it is a list of at most {MOST_LINES} lines")
    if not all(isinstance(line, str) and len(line) <= LONGEST_LINE for line in lines):
        raise _wrong(place, "lines", f"each is a text of at most {LONGEST_LINE} characters")
    return Entry(
        mark=mark,
        text=_text(row, "text", place, LONGEST),
        made=_instant(row, place, now),
        standing=_standing(row, place),
        review=_day(row, place),
        replaced_by=_text(row, "replaced_by", place, LONGEST_MARK, needed=False) or None,
        circle=_text(row, "circle", place, LONGEST_LINE, needed=False) or circle,
        asked=_text(row, "asked", place, LONGEST, needed=False),
        lines=tuple(_clean(line) for line in lines),
    )


def _wrong(place: int, field: str, why: str) -> NotUnderstood:
    where = f"Decision {place}, field “{field}”" if place else f"Field “{field}”"
    return NotUnderstood(f"{where}: {why}.")


def _clean(text: str) -> str:
    """A text that a database takes, on any system: no NUL, and no half of a letter."""
    return text.replace("\x00", "").encode(errors="replace").decode()


def _text(
    row: Mapping[str, Any], field: str, place: int, longest: int, *, needed: bool = True
) -> str:
    value = row.get(field)
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or (needed and not value.strip()):
        raise _wrong(place, field, "it is a text, and not empty" if needed else "it is a text")
    if len(value) > longest:
        raise _wrong(place, field, f"it has more than {longest} characters")
    return _clean(value.strip())


def _instant(row: Mapping[str, Any], place: int, now: datetime) -> datetime:
    wanted = "it is a moment that is over, such as 2026-11-23T10:00:00+00:00"
    try:
        at = datetime.fromisoformat(str(row.get("made")))
    except ValueError as wrong:
        raise _wrong(place, "made", wanted) from wrong
    if at.tzinfo is None or at.year < FIRST_YEAR or at > now:
        raise _wrong(place, "made", wanted)
    return at.astimezone(UTC)


def _day(row: Mapping[str, Any], place: int) -> date | None:
    if row.get("review") is None:
        return None
    wanted = "it is a day such as 2027-05-24"
    try:
        day = date.fromisoformat(str(row["review"]))
    except ValueError as wrong:
        raise _wrong(place, "review", wanted) from wrong
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise _wrong(place, "review", wanted)
    return day


def _standing(row: Mapping[str, Any], place: int) -> Standing:
    try:
        return Standing(str(row.get("standing", Standing.HOLDS.value)))
    except ValueError as wrong:
        known = ", ".join(each.value for each in Standing)
        raise _wrong(place, "standing", f"it is one of {known}") from wrong
