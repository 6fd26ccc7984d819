"""Says in words what the own terms of something that was asked did not get: a block, a quorum that was missed, nobody.

What follows from a poll is for people to say, also against its terms (R129). But then they are asked back once, and it
stands wherever the outcome stands. Nothing is said here that the room was not shown when it closed: sums, and nobody's name.
"""

from typing import Any

from handlers.polls.voices import terms_of
from practices.polls import forms, turnout
from practices.polls.poll import Passing
from practices.polls.wording import plural
from storage.polls import Poll


def words(poll: Poll) -> str:
    """As in `against its own terms: 1 block of 5 who voted`, or `nobody took part`; "" where the terms were met."""
    kept: dict[str, Any] = dict(poll.result or {})
    if not kept:
        return ""
    if not kept.get("cast"):
        return "nobody took part"
    missed = [*_stopping(poll, kept), *_quorum(poll, kept)]
    if not missed and kept.get("passes") is False:
        missed = ["fewer agree than they ask for"]
    return f"against its own terms: {' and '.join(missed)}" if missed else ""


def sentence(poll: Poll) -> str:
    """The same as a sentence."""
    said = words(poll)
    return f"{said[0].upper()}{said[1:]}." if said else ""


def _stopping(poll: Poll, kept: dict[str, Any]) -> list[str]:
    """How many took a position that stops it, where the terms let it: no block stops an emergency (DEC-2)."""
    terms = terms_of(poll)
    if terms.passing is Passing.EMERGENCY or kept.get("passes"):
        return []
    counts = dict((kept.get("sums") or {}).get("positions") or {})
    found = [
        plural(int(counts[each.word]), each.word)
        for each in forms.positions(terms.way)
        if each.stops and counts.get(each.word)
    ]
    return [f"{' and '.join(found)} of {kept['cast']} who voted"] if found else []


def _quorum(poll: Poll, kept: dict[str, Any]) -> list[str]:
    percent = terms_of(poll).quorum
    if percent is None:
        return []
    cast, entitled = int(kept["cast"]), int(kept.get("entitled") or 0)
    wanted = turnout.needed(percent, entitled)
    if cast >= wanted:
        return []
    return [f"the quorum asks for {wanted} of {entitled}, and {cast} took part"]
