"""Play a case clinic of five in an encrypted room: one of them leaves in the middle, and the keeper is killed twice.

It goes on where it was: no part is told twice, no turn is lost, and what was tapped meanwhile counts once.
"""

from datetime import datetime, timedelta
from typing import Final

from deploy import story
from deploy.stage import Place, Stage, StoryBroken
from deploy.turns import DONE, NEXT, go_round, turn

PEOPLE: Final = ("Ida", "Kim", "Lou", "Sam", "Tom")
NAME: Final = "Garden Crew"

#: So many have told or mirrored before somebody leaves.
LEAVING_AFTER: Final = 2

#: How long the case giver tells.
TOLD: Final = timedelta(minutes=9)
STILLNESS: Final = timedelta(minutes=2)

STEP: Final = "call my sister on sunday"
WEEK: Final = timedelta(days=7)


async def play(stage: Stage, begins: datetime) -> None:
    """Play it, from `begins` on, an evening at 19:00. Raises StoryBroken."""
    stage.travel(begins)
    crew = await _crew(stage)
    giver = await _begun(stage, crew)
    await _killed_in_stillness(stage, crew, giver)
    left = await _mirrored(stage, crew, giver)
    await _killed_while_tapping(stage, crew, [name for name in PEOPLE if name != left])
    await _next_step(stage, giver, begins)
    await stage.nothing_else_was_said()


async def _crew(stage: Stage) -> Place:
    stage.scene("Five people, a room of their own, and something that one of them carries")
    crew = await stage.room(stage.lakeside, NAME, PEOPLE, encrypted=True)
    await stage.hears(crew, "Hello. I am Kinkeeper")
    await story.adopted(stage, crew, PEOPLE)
    return crew


async def _begun(stage: Stage, crew: Place) -> str:
    """Begin; who brings a case."""
    await stage.says(crew, "Ida", "!start case clinic")
    await stage.hears(
        crew, "case clinic – about 55 minutes; book 1 hour 15 minutes", "Ida, Kim, Lou, Sam, Tom"
    )
    asked = await stage.hears(crew, "Who brings something this time? It could be ")
    giver = next(name for name in PEOPLE if f"It could be {name}" in asked.text)
    await stage.tap(crew, giver, asked, DONE)
    await stage.shows(crew, asked, f"{giver} brings something this time.")
    board = await stage.hears(crew, "case clinic · Reading and roles", "All of you, until ")
    await stage.tap(crew, next(name for name in PEOPLE if name != giver), board, NEXT)
    await stage.hears(crew, "Intention", "Not part of this: advice and opinions")
    telling, told = await turn(stage, crew)
    if telling != giver:
        raise StoryBroken(f"{telling} has the turn that is the case giver’s, {giver}.")
    stage.travel(stage.now + TOLD)
    stage.transcript.note(f"{giver} tells, and the keeper is silent.")
    await stage.tap(crew, giver, told, DONE)
    return giver


async def _killed_in_stillness(stage: Stage, crew: Place, giver: str) -> None:
    stage.scene("Two minutes of stillness, and the keeper dies in the first")
    await stage.hears(crew, "Stillness", "images, feelings and gestures", "In silence, until ")
    keeper = stage.lakeside.keeper
    stage.transcript.note(
        f"SIGKILL: process {keeper.pid} is gone. The two minutes pass without it."
    )
    keeper.kill()
    stage.travel(stage.now + STILLNESS)
    await keeper.start()
    stage.transcript.note("It is started again, and goes on where they are.")


async def _mirrored(stage: Stage, crew: Place, giver: str) -> str:
    """Each of the others mirrors, and one of them leaves when it is their turn; who left."""
    await stage.hears(crew, "Mirroring", "Not part of this: advice", "In turn: ")
    mirrored = [giver]
    name, told = await turn(stage, crew)
    # Whoever made the room hears for all of them, and stays.
    while len(mirrored) < LEAVING_AFTER or name == PEOPLE[0]:
        await stage.tap(crew, name, told, DONE)
        mirrored.append(name)
        name, told = await turn(stage, crew)
    stage.scene("One of them has to go, in the middle of it")
    stage.transcript.note(f"{name} leaves the room. No reason is asked, and nobody is held up.")
    await stage.lakeside[name].leave(crew.id)
    await go_round(stage, crew, [each for each in PEOPLE if each not in (*mirrored, name)])
    return name


async def _killed_while_tapping(stage: Stage, crew: Place, people: list[str]) -> None:
    stage.scene("They think together, and say “next” to a keeper that is not there")
    board = await stage.hears(crew, "Talking together", "All of you, until ")
    keeper = stage.lakeside.keeper
    stage.transcript.note(f"SIGKILL: process {keeper.pid} is gone.")
    keeper.kill()
    await stage.tap(crew, people[1], board, NEXT)
    await keeper.start()
    stage.transcript.note("It is started again, and hears what was tapped: once.")
    closing = await stage.hears(crew, "Closing", "How do I see it now", "All of you, until ")
    await stage.tap(crew, people[-1], closing, NEXT)
    await stage.hears(crew, "That was your case clinic. Thank you for being here.")


async def _next_step(stage: Stage, giver: str, begins: datetime) -> None:
    stage.scene("One step, which nobody else sees")
    chat = await stage.aside(stage.lakeside, giver)
    await stage.hears(chat, "What is one next step for you", "nobody else sees it")
    await stage.says(chat, giver, STEP)
    await stage.hears(chat, "Good. I remind you of it on", "once, and here")
    stage.travel(begins + WEEK)
    await stage.hears(chat, STEP)
