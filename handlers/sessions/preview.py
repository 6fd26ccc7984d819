"""A script in words, as people see it before they agree to it or run it: phases, minutes, prompts, what is written, who sees it.

It promises to fit one message. Everything that somebody wrote is shown as these words and nothing else.
"""

from datetime import timedelta

from handlers.words import escaped, verbatim
from practices.circles import Scale
from practices.dates import duration_words
from practices.script import Field, Form, Opens, Phase, Script, Shows, Sitting, Turns

#: How long a script may be in a message, in bytes, so that it fits one when it is encrypted; beyond, prompts are left out.
LONGEST = 12_000

#: The sizes for which times are shown, where they fit.
SIZES = (3, 6)

_TURNS = {
    Turns.TOGETHER: "all together",
    Turns.EACH: "each in turn",
    Turns.OTHERS: "all but the focus person, in turn",
    Turns.FOCUS: "the focus person",
    Turns.HANDED: "whoever was heard hands on",
    Turns.SILENT: "in silence",
}
_OPENS = {
    Opens.ALL: "everybody has answered or passed",
    Opens.PHASE: "the phase ends",
}
_SHOWS = {
    Shows.TEXTS: "what each wrote, with their name",
    Shows.UNNAMED: "what was written, without names",
    Shows.AVERAGE: "one average for each question",
    Shows.OVERLAPS: "the answers where everybody opened theirs",
    Shows.COUNTS: "how many gave each answer",
}


def minutes_words(minutes: float) -> str:
    """A time as people say it."""
    if minutes % 1:
        return f"{minutes:g} minutes"
    return duration_words(timedelta(minutes=minutes))


def preview(script: Script) -> str:
    """A script as Markdown, as it would run."""
    full = _told(script, prompts=True)
    if len(full.encode()) <= LONGEST:
        return full
    brief = _told(script, prompts=False).encode()[:LONGEST].decode(errors="ignore")
    return f"{brief}\n\n*It is long, so the prompts are left out here.*"


def one_line(script: Script) -> str:
    """A script in one line of a list."""
    return f"**{escaped(script.name)}**: {escaped(script.purpose)}"


def _told(script: Script, *, prompts: bool) -> str:
    parts = [f"**{escaped(script.name)}**\n{escaped(script.purpose)}", _people(script)]
    if script.roles:
        roles = [f"- {escaped(role.name)}: {escaped(role.holds)}" for role in script.roles]
        parts.append("\n".join(["Roles:", "", *roles]))
    for number, sitting in enumerate(script.sittings, start=1):
        parts.append(_sitting(script, sitting, number, prompts=prompts))
    parts.append(_afterwards(script))
    if script.link:
        parts.append(f"Its guides: <{script.link}>")
    return "\n\n".join(parts)


def _people(script: Script) -> str:
    size = f"{script.least}" if script.least == script.most else f"{script.least} to {script.most}"
    people = "person" if script.most == 1 else "people"
    places = " or ".join(
        "yourself" if each is Scale.SELF else f"a {each}" for each in script.scales
    )
    lines = [f"For {places}, {size} {people}."]
    if len(script.sittings) == 1:
        lines.append(f"It takes {_times(script, script.sittings[0])}.")
    else:
        every = f", {_every(script.every_days)}" if script.every_days else ""
        lines.append(f"{len(script.sittings)} sittings{every}.")
    if script.booked:
        lines.append(f"Book {minutes_words(script.booked)}.")
    for name, minutes in script.forms:
        shape = script.in_form(name)
        times = ", ".join(f"{each:g}" for each in minutes)
        lines.append(
            f"In its form *{escaped(name)}*: {_times(shape, shape.sittings[0])} ({times})."
        )
    return " ".join(lines)


def _every(days: int) -> str:
    return {1: "daily", 7: "weekly", 14: "fortnightly"}.get(days, f"every {days} days")


def _times(script: Script, sitting: Sitting) -> str:
    """How long a sitting takes, for three and for six people where they fit."""
    sizes = [size for size in SIZES if script.least <= size <= script.most]
    sizes = sizes or sorted({script.least, script.most})
    times = {size: minutes_words(sitting.minutes_for(size)) for size in sizes}
    if len(set(times.values())) == 1:
        return times[sizes[0]]
    return " and ".join(f"{time} for {size} people" for size, time in times.items())


def _sitting(script: Script, sitting: Sitting, number: int, *, prompts: bool) -> str:
    lines = []
    if len(script.sittings) > 1:
        again = f", {_every(sitting.every_days)}" if sitting.every_days else ""
        lines.append(
            f"**Sitting {number}, {escaped(sitting.name)}** ({_times(script, sitting)}{again})"
        )
    if sitting.before and prompts:
        lines.append(f"Before it: {verbatim(sitting.before)}")
    if lines:
        lines.append("")
    for place, phase in enumerate(sitting.phases, start=1):
        lines.append(f"{place}. {_phase(phase)}")
        lines += [f"    {line}" for line in _inside(phase, prompts=prompts)]
    return "\n".join(lines)


def _phase(phase: Phase) -> str:
    given = phase.minutes if phase.minutes is not None else phase.minutes_each
    assert given is not None
    time = minutes_words(given) + ("" if phase.minutes is not None else " each")
    if phase.up_to is not None:
        time += f", up to {minutes_words(phase.up_to)}"
    notes = [time, _TURNS[phase.turns]]
    if phase.rounds > 1:
        notes.append(f"{phase.rounds} rounds")
    if phase.for_each:
        notes.append("once for each of you")
    if phase.optional:
        notes.append("if you like")
    return f"**{escaped(phase.name)}** ({'; '.join(notes)})"


def _inside(phase: Phase, *, prompts: bool) -> list[str]:
    lines = []
    if phase.prompt and prompts:
        lines += verbatim(phase.prompt).splitlines()
    if phase.without and prompts:
        lines.append(f"Not part of it: {escaped(phase.without)}.")
    if phase.form is not None:
        lines += _form(phase.form, prompts=prompts)
    if phase.may_mark:
        lines.append("Each may mark what they shared as not to be mentioned again.")
    if phase.next_step:
        lines.append("The focus person is asked for one next step, in private.")
    return lines


def _form(form: Form, *, prompts: bool) -> list[str]:
    """What is written, how, and who sees it."""
    if form.choices:
        how = "as one of " + ", ".join(escaped(choice) for choice in form.choices)
    elif form.scale:
        how = f"as a number from {form.scale[0]} to {form.scale[1]}"
    else:
        how = "in their own words"
    head = f"✍️ Everybody answers in private, {how}. {_seen(form)}"
    if not prompts:
        return [head]
    return [head, *(f"- {_question(field)}" for field in form.fields)]


def _question(field: Field) -> str:
    asked = escaped(field.name)
    if field.text != field.name:
        asked = f"*{asked}*: {escaped(field.text)}"
    return f"{asked} (only if everybody opens it)" if field.sensitive else asked


def _seen(form: Form) -> str:
    if form.shows is Shows.NOTHING:
        return "Nobody else ever sees it."
    until = _OPENS.get(form.opens) or f"{minutes_words((form.hours or 0) * 60)} after it was asked"
    who = "those who answered see" if form.only_to_writers else "everybody here sees"
    least = f", if {form.least} or more have answered" if form.least > 1 else ""
    return f"Sealed until {until}; then {who} {_SHOWS[form.shows]}{least}."


def _afterwards(script: Script) -> str:
    if not script.keeps:
        return "Nothing of it is written down afterwards."
    kept = [f"- {escaped(each)}" for each in script.keeps]
    return "\n".join(["Written down afterwards, and nothing else:", "", *kept])
