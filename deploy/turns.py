"""Take part in what a keeper keeps the time of: whose turn it is, and being done with it.

Whose turn it is stands in what the keeper says, and nowhere else: a story knows no more than its people.
"""

from collections.abc import Collection

from deploy.event import Event
from deploy.stage import Place, Stage, StoryBroken

DONE, NEXT = "✅", "➡️"


async def turn(stage: Stage, place: Place) -> tuple[str, Event]:
    """Hear whose turn it is now. Raises StoryBroken when it is nobody's of the place."""
    told = await stage.hears(place, ", the turn is yours, until about ")
    for name in place.people:
        if told.text.startswith(f"{name}, the turn is yours"):
            return name, told
    raise StoryBroken(f"{place.name}: nobody has the turn in:\n{told.text}")


async def go_round(stage: Stage, place: Place, people: Collection[str]) -> None:
    """Have each of `people` take the turn that they are given, and say that they are done."""
    left = set(people)
    while left:
        name, told = await turn(stage, place)
        if name not in left:
            raise StoryBroken(f"{place.name}: {name} has the turn, and should not.")
        left.remove(name)
        await stage.tap(place, name, told, DONE)
