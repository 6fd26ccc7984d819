"""Writing for oneself: one prompt at a time, a bell, and the words by which somebody goes on or stops (SELF-1, SELF-2).

Of what somebody writes meanwhile nothing is read but these few words; whatever else it is, it is theirs. A prompt asks,
and never answers.
"""

import re
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from hashlib import blake2b
from zoneinfo import ZoneInfo

from practices import clock
from practices.dates import read_time
from practices.understanding import NotUnderstood, shown

#: How long the silence may be, in minutes (R24).
MINUTES = (3, 5, 10)

#: So long what was written before the end may take to arrive, and so long a bell may be late.
TAIL = timedelta(minutes=2)


class Theme(StrEnum):
    """What a prompt is about."""

    NEEDS = "needs"
    CAPACITIES = "capacities"
    TRIGGERS = "triggers"
    COMMITMENTS = "commitments"
    #: After a meeting, and before the monthly one.
    AFTER = "after"
    BEFORE = "before"


#: The prompts; the first of a theme comes first, the others on request.
PROMPTS: dict[Theme, tuple[str, ...]] = {
    Theme.NEEDS: (
        "What do I need right now?",
        "What would be enough, this week?",
    ),
    Theme.CAPACITIES: (
        "What have I energy for, and what not?",
        "What comes easily to me just now, that I could give?",
    ),
    Theme.TRIGGERS: (
        "What set me off since last time, and what did it touch?",
        "Where did I go quiet, or loud, and what was I protecting?",
    ),
    Theme.COMMITMENTS: (
        "What have I promised, and to whom?",
        "Which promise would I like to change, while there is time?",
    ),
    Theme.AFTER: (
        "What did I notice: about the practice, about myself, about meeting the others?",
        "What was left unsaid, and does it want to be said?",
    ),
    Theme.BEFORE: (
        "Where have I been since last time, and where could I go next?",
        "What would I like the others to know when we meet?",
    ),
}

#: Those of which one comes when nobody names a theme (R22).
USUAL = (Theme.NEEDS, Theme.CAPACITIES, Theme.TRIGGERS, Theme.COMMITMENTS)

#: The steps of a parts check-in (SELF-2), and what is asked when they are done.
STEPS = (
    "Which part of you is loud just now: an anxious one, a proud one, a tired one? Give it a name.",
    "Where in your body does it sit, and what does it say?",
    "How do you feel toward it: curious, or annoyed? If annoyed, then that, too, is a part: ask it for a little room.",
    "Ask it what it does for you, what it fears would happen otherwise, and what it needs.",
    "Answer it as you would answer a friend. Thank it, and decide one small thing.",
)
LAST = "How does this change the way I meet the same feeling in somebody else?"

#: What is heard while somebody writes; every other word is theirs.
HEARD = frozenset({
    "stop", "stop here", "cancel", "pass", "skip", "another", "another one", "next", "ready", "on",
    "done", "help", "safety",
})  # fmt: skip

#: Of these, the words after which what is said is said to us again: they end it, or turn to people.
LAST_WORDS = frozenset({"✋", "stop", "stop here", "cancel", "done", "safety"})

#: Those that go on to the next step of a parts check-in.
GO_ON = frozenset({"▶", "⏭", "next", "on", "ready", "pass", "skip"})


def prompt(theme: Theme, number: int) -> str:
    """The prompt of a theme; numbers go round."""
    found = PROMPTS[theme]
    return found[number % len(found)]


def some_theme(seed: str) -> Theme:
    """One of the usual themes: the same for the same text, and no order that anybody would have to keep."""
    drawn = blake2b(seed.encode(), digest_size=4).digest()
    return USUAL[int.from_bytes(drawn) % len(USUAL)]


def after(theme: Theme, number: int) -> tuple[Theme, int]:
    """Another prompt: the next theme of the usual ones, and a new wording each time round."""
    if theme not in USUAL:
        return theme, number + 1
    place = USUAL.index(theme) + 1
    return USUAL[place % len(USUAL)], number + place // len(USUAL)


def is_for_us(said: str, prefix: str) -> bool:
    """Whether something said in a time of writing is a word for the daemon; otherwise it is not even looked at.

    Only the few words count that end it or go on, and what begins with the prefix.
    """
    words = _plain(said)
    if said.lstrip().startswith(prefix) and words.removeprefix(prefix)[:1].isalnum():
        return True
    return words in HEARD


def steps_left(step: int) -> int:
    """How many words that go on it takes until a parts check-in is done, from this step, the first is 0."""
    return len(STEPS) - step


def last_words(
    words: Iterable[tuple[datetime, str]], prefix: str, *, steps: int | None
) -> list[datetime]:
    """When something was said, or tapped, after which what is said is said to the daemon again, earliest first.

    `steps` is how many words that go on end it, too; None: they never do.
    """
    found: list[datetime] = []
    goes_on = 0
    for at, said in sorted(words):
        word = _plain(said).removeprefix(prefix).replace("\ufe0f", "")
        goes_on += word in GO_ON
        if word in LAST_WORDS or (steps is not None and word in GO_ON and goes_on >= steps):
            found.append(at)
    return found


def _plain(said: str) -> str:
    return " ".join(said.split()).casefold().rstrip(".!,;:?…")


def theirs_until(ends: datetime, *, over: bool) -> datetime:
    """The last instant of a time of writing that ends at another, or has been `over` since then.

    What is said after its end is said to the daemon; but before its bell has rung nobody can know of that.
    """
    return ends if over else ends + TAIL


#: The days of the week, Monday first.
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_EVERY = frozenset({"every day", "daily", "all days", ""})


def read_times(said: str) -> tuple[time, frozenset[int], ZoneInfo | None]:
    """A time of day, the days of the week, and the zone if one is named: "19:30 on mon and thu in Rome".

    Without days it is every day. Raises NotUnderstood.
    """
    words, _in, zone = said.partition(" in ")
    hour, _on, days = words.partition(" on ")
    if not _on:
        for each in sorted(_EVERY - {""}):
            if hour.endswith(f" {each}"):
                hour, days = hour.removesuffix(f" {each}"), each
    return read_time(hour), _days(days), clock.zone(zone) if zone else None


_OFTEN = re.compile(
    r"(?:(?:every|each) (?P<part>day|evening|night|morning)s?|(?P<parts>daily|evenings|mornings)"
    r"|(?:every|on) (?P<days>[a-z, ]+?)(?: (?P<half>evening|morning)s?)?)(?: at (?P<at>.+))?"
)
_HALVES = {"evening": "20:00", "night": "20:00", "morning": "9:00"}


def as_times(said: str) -> str | None:
    """How somebody says it who begins with the days, as in "every evening" or "every monday at 19:30", for `read_times`.

    None where it begins with something else, or no time of day is in it.
    """
    found = _OFTEN.fullmatch(" ".join(said.split()).casefold())
    if found is None:
        return None
    half = found["part"] or found["half"] or (found["parts"] or "").removesuffix("s")
    at = found["at"] or _HALVES.get(half)
    days = "every day" if found["days"] is None else f"on {found['days']}"
    hour, _in, zone = (at or "").partition(" in ")
    return f"{hour} {days}{_in}{zone}" if at else None


def is_often(said: str) -> bool:
    """Whether somebody says how often, with or without a time of day."""
    return _OFTEN.fullmatch(" ".join(said.split()).casefold()) is not None


def _days(said: str) -> frozenset[int]:
    text = " ".join(said.replace(",", " ").replace(" and ", " ").split())
    if text in _EVERY:
        return frozenset(range(7))
    if text in ("weekdays", "work days", "workdays"):
        return frozenset(range(5))
    found = set()
    for word in text.split():
        day = [
            number
            for number, name in enumerate(DAYS)
            if len(word) > 1 and name.casefold().startswith(word.removesuffix("s").rstrip("."))
        ]
        if len(day) != 1:
            raise NotUnderstood(
                f"I could not read {shown(word)} as a day of the week; “Monday”, “thu” or “every day” work."
            )
        found.update(day)
    return frozenset(found)


def days_words(days: Collection[int]) -> str:
    """Days of the week, as they are said: "every day", or "on Monday and Thursday"."""
    if len(set(days)) == len(DAYS):
        return "every day"
    *first, last = [DAYS[day] for day in sorted(set(days))]
    return f"on {', '.join(first)} and {last}" if first else f"on {last}"


def next_time(days: Collection[int], at: time, zone: ZoneInfo, now: datetime) -> datetime:
    """The next instant after `now` at which it is `at` on one of `days` (Monday is 0), in UTC.

    Raises ValueError for no day.
    """
    today = now.astimezone(zone).date()
    for ahead in range(9):
        day = today + timedelta(days=ahead)
        instant = datetime.combine(day, at, zone).astimezone(UTC)
        if day.weekday() in days and instant > now:
            return instant
    raise ValueError("at least one day of the week is needed")
