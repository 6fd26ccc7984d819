"""What is different between two editions of a practice, in words for people.

It promises one short line for each difference, in the order of the script, and to say how many there are beyond those
that it shows. It is plain text that quotes what somebody wrote: whoever shows it escapes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from difflib import SequenceMatcher

from practices.dates import duration_words
from practices.library import key, read
from practices.script import Form, Phase, Script, Sitting, Turns
from practices.understanding import NotUnderstood

__all__ = ["MOST_LINES", "difference"]

MOST_LINES = 30
_LONGEST = 160
_AROUND = 40
"""Characters before the first difference of two long texts, to see where it is."""

_TURNS = {
    Turns.TOGETHER: "all together",
    Turns.EACH: "each in turn",
    Turns.OTHERS: "all but the focus person, in turn",
    Turns.FOCUS: "the focus person",
    Turns.HANDED: "whoever was heard hands on",
    Turns.SILENT: "in silence",
}


def difference(old: str, new: str) -> str:
    """What is different in the new text of a script, one line each; empty when nothing is that could be told.

    Texts that cannot be read as scripts are compared line by line.
    """
    try:
        before, after = read(old), read(new)
    except NotUnderstood:
        found = list(_lines(old, new))
    else:
        found = list(_scripts(before, after))
    shown = found[:MOST_LINES]
    more = len(found) - len(shown)
    if more:
        shown.append(f"… and {more} more.")
    return "\n".join(shown)


def _quoted(text: str) -> str:
    return f"“{_line(text)}”"


def _line(text: str) -> str:
    return " ".join(text.split())


def _cut(text: str) -> str:
    """A text that is not too long; one in quotation marks stays in them."""
    if len(text) <= _LONGEST:
        return text
    end = "…”" if text.endswith("”") else "…"
    return text[: _LONGEST - len(end)].rstrip() + end


def _apart(one: str, other: str) -> tuple[str, str]:
    """Two texts from shortly before where they are not the same, when they are long."""
    pairs = enumerate(zip(one, other, strict=False))
    same = next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
    if max(len(one), len(other)) <= _LONGEST or same <= 2 * _AROUND:
        return _cut(one), _cut(other)
    at = one.rfind(" ", 0, same - _AROUND) + 1
    before = "“… " if one.startswith("“") else "… "
    return _cut(before + one[at:]), _cut(before + other[at:])


def _lines(old: str, new: str) -> Iterator[str]:
    before, after = (
        [line for line in map(str.rstrip, each.splitlines()) if line] for each in (old, new)
    )
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        yield from (f"Gone: {_cut(_quoted(line))}" for line in before[i:j])
        yield from (f"New: {_cut(_quoted(line))}" for line in after[k:m])


# --------------------------------------------------------------------------------------------- scripts


def _scripts(old: Script, new: Script) -> Iterator[str]:
    yield from _changed("It", _facts(old), _facts(new))
    yield from _listed("A role", _roles(old), _roles(new))
    yield from _listed("Written down afterwards", list(old.keeps), list(new.keeps))
    for place, (before, after) in enumerate(zip(old.sittings, new.sittings, strict=False), start=1):
        several = max(len(old.sittings), len(new.sittings)) > 1
        yield from _sittings(before, after, f"Sitting {place}, " if several else "")
    for place, each in enumerate(new.sittings[len(old.sittings) :], start=len(old.sittings) + 1):
        yield f"New: sitting {place}, {_quoted(each.name)}, with {_counted(len(each.phases), 'phase')}."
    for place, each in enumerate(old.sittings[len(new.sittings) :], start=len(new.sittings) + 1):
        yield f"Gone: sitting {place}, {_quoted(each.name)}."


def _facts(script: Script) -> dict[str, str]:
    """Everything of a script beside its sittings, by what it is called."""
    size = f"{script.least}" if script.least == script.most else f"{script.least} to {script.most}"
    return {
        "is called": _quoted(script.name),
        "is for": _quoted(script.purpose),
        "follows": _quoted(script.source),
        "fits": ", ".join(script.scales),
        "takes so many people:": size,
        "is booked for": _minutes(script.booked),
        "comes again every": _counted(script.every_days, "day") if script.every_days else "",
        "has a focus person:": _yes(script.focus),
        "has other forms:": "; ".join(
            f"{_quoted(name)} ({', '.join(f'{each:g}' for each in times)})"
            for name, times in script.forms
        ),
        "asks at its end:": _quoted(script.outcome) if script.outcome else "",
        "has its guides at": script.link or "",
        "gives credit:": _quoted(script.credit) if script.credit else "",
        "travels under": _quoted(script.licence),
    }


def _roles(script: Script) -> list[str]:
    return [f"{role.name}: {role.holds}" for role in script.roles]


def _sittings(old: Sitting, new: Sitting, where: str) -> Iterator[str]:
    if where:
        facts = [
            {
                "is called": _quoted(each.name),
                "comes again every": _counted(each.every_days, "day") if each.every_days else "",
            }
            for each in (old, new)
        ]
        yield from _changed(where.rstrip(", "), *facts)
    if old.before != new.before:
        what = f"{where}before it:" if where else "Before it:"
        yield _now(what, _said(old.before), _said(new.before))
    yield from _phases(old.phases, new.phases, where)


def _phases(old: tuple[Phase, ...], new: tuple[Phase, ...], where: str) -> Iterator[str]:
    """Phases are the same when they are called the same; of those called alike, the one at the same place."""
    before, after = _keys(old), _keys(new)
    kept = {
        before[block.a + at]
        for block in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
        for at in range(block.size)
    }
    place = {each: at for at, each in enumerate(before)}
    for at, (name, phase) in enumerate(zip(after, new, strict=True)):
        called = f"{where}{_quoted(phase.name)}"
        if name not in place:
            comes = f"after {_quoted(new[at - 1].name)}" if at else "at the beginning"
            yield f"New: {called}, {comes}: {_told(phase)}"
            continue
        if name not in kept:
            comes = f"after {_quoted(new[at - 1].name)}" if at else "at the beginning"
            yield f"Moved: {called} now comes {comes}."
        yield from _changed(called, _inside(old[place[name]]), _inside(phase))
    for name, phase in zip(before, old, strict=True):
        if name not in after:
            yield f"Gone: {where}{_quoted(phase.name)}."


def _keys(phases: tuple[Phase, ...]) -> list[tuple[str, int]]:
    """What each phase is told by: its name, and which of that name it is."""
    names = [key(phase.name) for phase in phases]
    return [(name, names[:at].count(name)) for at, name in enumerate(names)]


def _told(phase: Phase) -> str:
    inside = _inside(phase)
    prompt = f": {_cut(inside['asks'])}" if inside["asks"] else "."
    return f"{inside['takes']}, {inside['turns:']}{prompt}"


def _inside(phase: Phase) -> dict[str, str]:
    whole = phase.minutes is not None
    time = _minutes(phase.minutes if whole else phase.minutes_each) + ("" if whole else " each")
    return {
        "is called": _quoted(phase.name),
        "takes": time,
        "may take up to": _minutes(phase.up_to),
        "turns:": _TURNS[phase.turns],
        "rounds:": str(phase.rounds),
        "asks": _quoted(phase.prompt) if phase.prompt else "",
        "leaves out": _quoted(phase.without) if phase.without else "",
        "is optional:": _yes(phase.optional),
        "is held for each person:": _yes(phase.for_each),
        "lets people mark what is not to be mentioned again:": _yes(phase.may_mark),
        "asks the focus person for a next step:": _yes(phase.next_step),
        **_form(phase.form),
    }


def _form(form: Form | None) -> dict[str, str]:
    """What is answered in private, how, and who sees it."""
    if form is None:
        return {"asks in private:": ""}
    scale = f"from {form.scale[0]} to {form.scale[1]}" if form.scale else ""
    asked = [
        each.text + (" (shown only if everybody opens it)" if each.sensitive else "")
        for each in form.fields
    ]
    hours = f", {form.hours:g} hours after it was asked" if form.hours else ""
    return {
        "asks in private:": " · ".join(_quoted(each) for each in asked),
        "is answered with:": ", ".join(map(_quoted, form.choices)) or scale or "words of their own",
        "opens the answers:": f"{form.opens}{hours}",
        "shows of the answers:": str(form.shows),
        "shows them only to who answered:": _yes(form.only_to_writers),
        "shows nothing below so many answers:": str(form.least),
    }


# ---------------------------------------------------------------------------------------------- words


def _changed(what: str, old: dict[str, str], new: dict[str, str]) -> Iterator[str]:
    """One line for each fact that is not the same."""
    for fact in dict.fromkeys([*new, *old]):
        before, after = old.get(fact, ""), new.get(fact, "")
        if before != after:
            yield _now(
                f"{what} {fact}".rstrip(":") + (":" if fact.endswith(":") else ""), before, after
            )


def _now(what: str, before: str, after: str) -> str:
    if not before:
        return f"{what} {_cut(after)} (new)."
    if not after:
        return f"{what} nothing (before: {_cut(before)})."
    before, after = _apart(before, after)
    return f"{what} {after} (before: {before})."


def _listed(what: str, old: list[str], new: list[str]) -> Iterator[str]:
    yield from (f"{what}, new: {_cut(_quoted(each))}." for each in new if each not in old)
    yield from (f"{what}, gone: {_cut(_quoted(each))}." for each in old if each not in new)


def _said(text: str) -> str:
    return _quoted(text) if text else ""


def _yes(given: bool) -> str:
    return "yes" if given else "no"


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def _minutes(minutes: float | None) -> str:
    if minutes is None:
        return ""
    return f"{minutes:g} minutes" if minutes % 1 else duration_words(timedelta(minutes=minutes))
