"""Notes, once after an update, that letters which were kept aside may be read now.

What a Kinkeeper reads is a table (practices.assembly.letters); whenever that has changed, each assembly in which letters wait
is told of once, however often the daemon starts.
"""

from datetime import datetime
from hashlib import sha256

from daemon.news import changed
from handlers.language import Change
from practices.assembly.letters import READERS, Kind
from storage.assemblies import Assembly, NewerLetter, State
from storage.inbox import Heard

__all__ = ["updated"]


async def updated(me: str, now: datetime) -> list[Heard]:
    """The changes that were noted now; to be called within a unit of work."""
    words = " ".join([*map(str, sorted(READERS)), *sorted(Kind)])
    known = sha256(words.encode()).hexdigest()[:16]
    waiting = set(await NewerLetter.all().distinct().values_list("assembly", flat=True))
    states = [State.ENTERING, State.SEATED]
    noted = []
    for assembly in await Assembly.filter(id__in=list(waiting), state__in=states).order_by("id"):
        key = f"{assembly.id}:{known}"
        row = changed(str(assembly.room), Change.UPDATED, key, by=me, at=now, assembly=assembly.id)
        if not await Heard.exists(key=row.key):
            await row.save()
            noted.append(row)
    return noted
