"""Notes, once after an update, that letters which were kept aside may be read now, and what has no day of review, or no end.

What a Kinkeeper reads is a table (practices.assembly.letters); whenever that has changed, each assembly in which letters wait
that can be read now is told of once, however often the daemon starts, and again when an update was taken back meanwhile.
"""

from datetime import datetime
from hashlib import sha256

from daemon.news import changed
from handlers.dyads import dyad_terms
from handlers.dyads.dyad_agreements import about
from handlers.house import endless
from handlers.language import Change
from handlers.pairing import overdue
from practices.assembly.letters import edition
from practices.circles import RoomKind
from storage.assemblies import Assembly, State, newest_readable, not_kept_aside
from storage.inbox import Heard, Kind
from storage.rooms import Room

__all__ = ["updated"]


async def updated(me: str, now: datetime) -> list[Heard]:
    """The changes that were noted now; to be called within a unit of work."""
    await _dyads(now)
    return [*await _letters(me, now), *await _reviews(me, now)]


async def _letters(me: str, now: datetime) -> list[Heard]:
    states = [State.ENTERING, State.SEATED]
    noted = []
    for assembly in await Assembly.filter(state__in=states).order_by("id"):
        waits = await newest_readable(assembly)
        more = not_kept_aside(assembly)
        if waits is None and (more is None or more.edition == edition()):
            continue
        what = sha256(f"{waits} {more}".encode()).hexdigest()[:16]
        key = f"{assembly.id}:{edition()}:{what}"
        row = changed(str(assembly.room), Change.UPDATED, key, by=me, at=now, assembly=assembly.id)
        if not await Heard.exists(key=row.key):
            await row.save()
            noted.append(row)
    return noted


async def _reviews(me: str, now: datetime) -> list[Heard]:
    """One note for each congregation that needs one, at most one a day."""
    await overdue.tidied()
    noted = []
    for space in await Room.filter(kind=RoomKind.CONGREGATION, joined=True).order_by("id"):
        row = changed(space.id, Change.UPDATED, f"reviews:{space.id}:{now.date()}", by=me, at=now)
        lacks = await overdue.lacks(space) or await endless.lacks(space)
        if lacks and not await Heard.exists(key=row.key):
            await row.save()
            noted.append(row)
    return noted


async def _dyads(now: datetime) -> None:
    """A dyad belongs to no circle: what it lacks is written into the calendar itself, at most once a day."""
    for dyad, ritual, at in await dyad_terms.without_hour(now):
        hour = Heard(
            key=f"{ritual}:{about(dyad)}:anew {now.date()}",
            kind=Kind.HOUR,
            room=about(dyad),
            at=at,
            about=about(dyad),
            content={"ritual": ritual, "dyad": dyad.id},
        )
        if not await Heard.exists(key=hour.key):
            await hour.save()
