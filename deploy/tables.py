"""Play a retrospective of six in an encrypted room, at the end of which one crew becomes two.

Each says alone what they would like, twice; the room sees counts and never a name, and nobody is placed.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from deploy import story
from deploy.stage import Place, Stage
from practices.circles import RoomKind

PEOPLE: Final = ("Ida", "Kim", "Lou", "Nia", "Sam", "Tom")
STAYING: Final = ("Ida", "Kim", "Lou")
GOING: Final = ("Nia", "Sam", "Tom")
NAME: Final = "Reading Crew"
NEW: Final = f"{NAME}, second table"

#: What each would like when they look back.
WISHES: Final[Mapping[str, str]] = {
    "Ida": "🔁", "Kim": "⏭️", "Lou": "➗", "Nia": "➗", "Sam": "➗", "Tom": "➗",
}  # fmt: skip


async def play(stage: Stage, begins: datetime) -> None:
    """Play it, from `begins` on, an afternoon. Raises StoryBroken."""
    stage.travel(begins)
    crew = await _crew(stage)
    await _looked_back(stage, crew)
    await _taken_together(stage, crew)
    new = await _tables(stage, crew)
    await _parted(stage, crew, new)
    await stage.nothing_else_was_said()


async def _crew(stage: Stage) -> Place:
    stage.scene("Six people at one table")
    crew = await stage.room(stage.lakeside, NAME, PEOPLE, encrypted=True)
    await stage.hears(crew, "Hello. I am Kinkeeper")
    await story.adopted(stage, crew, PEOPLE)
    return crew


async def _looked_back(stage: Stage, crew: Place) -> None:
    stage.scene("They look back: which way, each alone; and only counts are shown")
    await stage.says(crew, "Kim", "!retrospective")
    await stage.hears(crew, f"Looking back. For the {NAME}", "Only the counts are shown here")
    asked = await stage.each_hears(stage.lakeside, PEOPLE, f"Which way would you like for {NAME}?")
    for sign in ("🔁", "➗", "⏭️"):
        await stage.each_taps({name: asked[name] for name in PEOPLE if WISHES[name] == sign}, sign)
    named = [name for name in PEOPLE if WISHES[name] != "⏭️"]
    await stage.each_hears(stage.lakeside, named, "Noted: ")
    await stage.each_hears(
        stage.lakeside, [name for name in PEOPLE if name not in named], "nothing of it is kept"
    )
    shown = await stage.hears(crew, "Of those who answered:", "This decides nothing. Talk first.")
    stage.expect_unnamed(crew, shown)


async def _taken_together(stage: Stage, crew: Place) -> None:
    stage.scene("They talk, and take one way when all take it")
    question = await stage.hears(crew, "Which way do you take together?", "every one of you")
    await stage.all_tap(crew, PEOPLE, question, "➗")
    await stage.shows(crew, question, "You take this way: ➗ split")
    await stage.hears(crew, "Two tables. Of 6, such as 3 and 3", "I place nobody")


async def _tables(stage: Stage, crew: Place) -> Place:
    stage.scene("At which table: each alone once more, and the room of the new one is made")
    asked = await stage.each_hears(stage.lakeside, PEOPLE, "Where would you like to sit?")
    await stage.each_taps({name: asked[name] for name in STAYING}, "🏠")
    await stage.each_taps({name: asked[name] for name in GOING}, "🌱")
    await stage.each_hears(stage.lakeside, PEOPLE, "Noted: ")
    told = await stage.hears(crew, "The new table has its room now", "Both crews are whole")
    stage.expect_unnamed(crew, told)
    return await stage.gathered(stage.lakeside, NEW, GOING)


async def _parted(stage: Stage, crew: Place, new: Place) -> None:
    stage.scene("Two crews of three")
    welcome = await stage.hears(new, "Welcome, Nia, Sam, Tom. You are a crew that forms")
    for name in GOING:
        await stage.reaches(new, name, welcome)
    await stage.stands(new, RoomKind.CREW)
    asked = await stage.each_hears(
        stage.lakeside, GOING, f"The new table has its room, {NEW}", f"take you out of {NAME}?"
    )
    await stage.each_taps(asked, "✅")
    await stage.each_hears(stage.lakeside, GOING, f"Done: you are no longer in {NAME}")
    await stage.hears_in_any_order(crew, *(f"{name} is no longer in this crew." for name in GOING))
    await stage.holds(crew, STAYING)
    await stage.says(crew, STAYING[0], "!status")
    await stage.hears(crew, "This is a crew of 3")
    await stage.holds(new, GOING)
    stage.scene("The new crew finds its time, and somebody who opens the door")
    await stage.hears(new, "Nia, when all of you have found a time, say it here")
    await stage.says(new, "Nia", "thursday 19:00")
    understood = await stage.hears(new, "I understood: your first meeting is Thursday", "19:00")
    await stage.tap(new, "Nia", understood, "✅")
    await stage.hears(new, "Kept: Thursday ", "I ask a day before who comes")
    announced = await stage.hears(new, f" – the {NEW} meets", "I am asking who hosts it")
    host, question = await stage.one_hears(stage.lakeside, GOING, "You would host Thursday")
    await stage.tap(stage.chats[host], host, question, "✅")
    await stage.hears(stage.chats[host], "Good: you host Thursday")
    await stage.shows(new, announced, f"{host} hosts.")
