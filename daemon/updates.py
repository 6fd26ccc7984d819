"""Notes, once after an update, that letters which were kept aside may be read now.

What a Kinkeeper reads is a table (practices.assembly.letters); whenever that has changed, each assembly in which letters wait
that can be read now is told of once, however often the daemon starts, and again when an update was taken back meanwhile.
"""

from datetime import datetime
from hashlib import sha256

from daemon.news import changed
from handlers.language import Change
from practices.assembly.letters import edition
from storage.assemblies import Assembly, State, newest_readable, not_kept_aside
from storage.inbox import Heard

__all__ = ["updated"]


async def updated(me: str, now: datetime) -> list[Heard]:
    """The changes that were noted now; to be called within a unit of work."""
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
