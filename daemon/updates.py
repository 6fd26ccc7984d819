"""Notes, once after an update, that letters which were kept aside may be read now, and where something has no day of review yet.

What a Kinkeeper reads is a table (practices.assembly.letters); whenever that has changed, each assembly in which letters wait
that can be read now is told of once, however often the daemon starts, and again when an update was taken back meanwhile.
"""

from datetime import datetime
from hashlib import sha256

from daemon.news import changed
from handlers.language import Change
from handlers.pairing import overdue
from practices.assembly.letters import edition
from practices.circles import RoomKind
from storage.assemblies import Assembly, State, newest_readable, not_kept_aside
from storage.inbox import Heard
from storage.rooms import Room

__all__ = ["updated"]


async def updated(me: str, now: datetime) -> list[Heard]:
    """The changes that were noted now; to be called within a unit of work."""
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
        if await overdue.lacks(space) and not await Heard.exists(key=row.key):
            await row.save()
            noted.append(row)
    return noted
