"""An amendment: whose voices still stand after it, and who is asked again.

The rule, in an order that can be said to people. Asked again is

1. everybody, when it is asked or counted in another way, when fewer than half of the words of the text remain, or when
   the poll is secret, since nobody knows whose voice is whose;
2. whoever answered what is asked, when it reads otherwise now, though by a single word: "not" is three letters, and a
   name may be as short. Whoever abstained from it has said nothing of its words, and is left in peace;
3. whoever asked for a change: objected, blocked, disagreed, or had a concern. The change may be what they asked for;
4. whoever named an option whose words changed, or that is there no longer;
5. whoever gave a reason with a word of an option that is gone: what they said may be what is gone.

Nobody else is. Their voices stand, moved along to where their options are now. Words are the same when they read alike,
whatever case and outer punctuation; an option that is new touches nobody. A voice is held against the words that it was
given to, not only against the last change: many small ones are one large one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace

from practices.polls.forms import positions
from practices.polls.poll import Ballot, Terms
from practices.polls.positions import Position, chosen
from practices.polls.wording import folded

__all__ = ["carried", "changed_words", "same_question", "touched"]

_WORD = re.compile(r"\w+")
#: Shorter words join others and mean little alone; a number means something at any length.
_FEWEST_LETTERS = 4


def changed_words(old: str, new: str) -> frozenset[str]:
    """The words that are in the one text more often than in the other; case and short words do not count."""
    before, after = _counted(old), _counted(new)
    moved = (before - after) + (after - before)
    return frozenset(word for word in moved if len(word) >= _FEWEST_LETTERS or word.isdigit())


def _counted(text: str) -> Counter[str]:
    return Counter(_WORD.findall(folded(text)))


def same_question(old: Terms, new: Terms) -> bool:
    """Whether an amended poll still asks the same, in the same way, so that a voice can stand (rule 1)."""
    before, after = _counted(old.topic), _counted(new.topic)
    return _counted_by(old) == _counted_by(new) and 2 * (before & after).total() >= before.total()


def _counted_by(terms: Terms) -> tuple[object, ...]:
    """What makes the same marks say something else when it changes."""
    # A ranking is as long as there are options; nobody's voice is touched when there is one more.
    most = None if terms.most == len(terms.options) else terms.most
    return (
        *(terms.way, terms.secret, terms.least, most, terms.dots, terms.lowest, terms.highest),
        *(terms.seats, terms.minutes),
    )


def touched(old: Terms, new: Terms, ballots: Mapping[str, Ballot]) -> frozenset[str]:
    """Of those who have voted, by person, whom an amendment asks again; see the module for the rule."""
    if old.secret or new.secret or not same_question(old, new):
        return frozenset(ballots)
    reworded = folded(old.topic) != folded(new.topic)
    kept = {folded(each) for each in new.options}
    gone = {at for at, each in enumerate(old.options) if folded(each) not in kept}
    words = frozenset[str]().union(*(changed_words(old.options[at], "") for at in gone))
    return frozenset(
        person
        for person, ballot in ballots.items()
        if (reworded and not _abstained(old, ballot))
        or _wanted_change(old, ballot)
        or _named(ballot, gone)
        or _spoke_of(ballot, words)
    )


def _position(terms: Terms, ballot: Ballot) -> Position | None:
    own = positions(terms.way)
    at = chosen(ballot.marks)
    return own[at] if 0 <= at < len(own) else None


def _abstained(terms: Terms, ballot: Ballot) -> bool:
    """Whether somebody stood aside: neither for nor against it, and without a wish for something else."""
    taken = _position(terms, ballot)
    return taken is not None and not (taken.lean or taken.wants or taken.stops)


def _wanted_change(terms: Terms, ballot: Ballot) -> bool:
    taken = _position(terms, ballot)
    return taken is not None and (taken.wants or taken.stops)


def _named(ballot: Ballot, gone: Collection[int]) -> bool:
    return any(at in gone for at in ballot.marks)


def _spoke_of(ballot: Ballot, words: Collection[str]) -> bool:
    return any(word in words for word in _counted(ballot.reason))


def carried(old: Terms, new: Terms, ballot: Ballot) -> Ballot:
    """The same voice in the amended poll: each mark at its option's new place; marks of options that are gone fall away."""
    places = {folded(each): at for at, each in enumerate(new.options)}
    marks = {
        places[folded(old.options[at])]: mark
        for at, mark in ballot.marks.items()
        if at < len(old.options) and folded(old.options[at]) in places
    }
    return replace(ballot, marks={at: marks[at] for at in sorted(marks)})
