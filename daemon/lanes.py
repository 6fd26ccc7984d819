"""Says in which order what is owed leaves: within a room, and when much is to leave at once.

A room has two lanes, each in order: in one it speaks, in the other it tidies. So nobody waits for a word because a
message that is over has not been taken back yet. What tidies leaves after all that was owed before it, which is how it
finds the message that it is about; only the signs under messages let a change of what all read go first, when they are many. A
message waits for the messages before it, and whatever else is done in a room,
such as leaving it, for everything before it.

Among rooms the urgency of a row decides how many like it may be on their way at once.
"""

import asyncio
import itertools
from collections import deque
from enum import Enum, auto

from handlers.sessions import sitting
from storage.outbox import Deed, Owed

#: What changes a message that stands already, or puts signs under it.
TIDYING = frozenset({Deed.EDIT, Deed.REACT, Deed.REDACT})

#: What people read, and wait for: it may overtake that.
SPOKEN = frozenset({Deed.SEND, Deed.FILE, Deed.PICTURE, Deed.POLL, Deed.END})

#: By what a deed is made needless when it waits behind it for the same message.
_UNDONE_BY = {Deed.EDIT: frozenset({Deed.EDIT, Deed.REDACT}), Deed.REACT: frozenset({Deed.REDACT})}


class Urgency(Enum):
    """Who waits for a row."""

    #: Somebody has just asked for it.
    ANSWER = auto()
    #: The people of a sitting, for whom the clock speaks now.
    SIGNAL = auto()
    #: Nobody asked for it just now.
    REMINDER = auto()
    #: Nobody reads it: the message has been said.
    TIDYING = auto()


#: So many are on their way at once. More would not come sooner: a homeserver works at all of them at the same time, and
#: at what we ask it to tell us. Answers leave at once, as many as there are.
AT_ONCE = {Urgency.SIGNAL: 8, Urgency.REMINDER: 16, Urgency.TIDYING: 3}


def urgency(row: Owed) -> Urgency:
    """How urgent a row is."""
    if row.deed in TIDYING:
        return Urgency.TIDYING
    if row.asker is not None:
        return Urgency.ANSWER
    return Urgency.SIGNAL if sitting.is_of_one(row.name) else Urgency.REMINDER


#: So many signs leave one after the other before a change of a message that waits behind them.
MOST_SIGNS = 4


class Lane:
    """What is owed to one room or person, oldest first: what is said there, or what is tidied."""

    def __init__(self, name: str, *, tidies: bool) -> None:
        """Empty."""
        self.name = name
        self.tidies = tidies
        self.rows: deque[Owed] = deque()
        #: Whether the database holds more than `rows`.
        self.more = False
        #: Whether rows were stored while the others were being loaded.
        self.grew = False
        self.task: asyncio.Task[None] | None = None
        #: Set when a row has left or others are at hand: the other lane may be waiting for that.
        self.moved = asyncio.Event()
        #: Signs that have left since the last change of a message.
        self.signs = 0

    def held_up(self) -> Owed | None:
        """A change of a message behind so many signs that it goes first: two hundred people who vote wait for it."""
        if self.signs < MOST_SIGNS:
            return None
        behind = itertools.dropwhile(lambda row: row.deed is Deed.REACT, self.rows)
        first = next(behind, None)
        return first if first is not None and first.deed is Deed.EDIT else None

    def left(self, row: Owed, *, needless: bool) -> None:
        """A row has been delivered, or was not needed."""
        self.rows.remove(row)
        self.moved.set()
        if row.deed is Deed.REACT:
            self.signs += 1
        elif not needless:
            self.signs = 0

    def owes_before(self, row: Owed) -> bool:
        """Whether anything in it is older than a row of the other lane."""
        return self.rows[0].id < row.id if self.rows else self.more

    def undoes(self, row: Owed) -> Owed | None:
        """What waits here and makes a row needless: a newer edit of the same message, or its being taken back."""
        wanted = _UNDONE_BY.get(row.deed)
        if wanted is None:
            return None
        behind = (later for later in self.rows if later.id > row.id and later.deed in wanted)
        return next((later for later in behind if later.target == row.target), None)
