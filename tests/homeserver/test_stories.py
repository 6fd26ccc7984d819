"""Whole stories, played with several people in encrypted rooms: what the demonstration shows, each on its own.

A story says all that is heard in it, in the order in which it is heard, and ends by looking that nothing else was said
anywhere. So each of these tests fails on the first word too many, too few, or in the wrong room.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from deploy import clinic, crews, story, tables
from deploy.homeserver import Homeserver
from deploy.stage import KEEPER, NEWER, START, Congregation, Stage, fill
from deploy.transcript import Transcript
from tests.homeserver.conftest import Keep

MODERATOR = "Mara"


@pytest.fixture
async def stage(
    keep: Keep, homeserver: Homeserver, names: Callable[[str], str], tmp_path: Path
) -> AsyncIterator[Stage]:
    """Lakeside alone; its transcript is shown when a test fails."""
    lakeside = Congregation(
        name="Lakeside",
        zone=ZoneInfo("Europe/Rome"),
        homeserver=homeserver,
        keeper=await keep(movable_clock=True, timezone="Europe/Rome"),
    )
    transcript = Transcript(Console(highlight=False), keepers=frozenset({KEEPER}))
    built = Stage(lakeside, lakeside, transcript)
    async with AsyncExitStack() as stack:
        await fill(
            stack,
            lakeside,
            (MODERATOR, *NEWER),
            tmp_path / "keys",
            account=lambda name: names(name.lower()),
        )
        built.travel(START)
        yield built


@pytest.mark.requirement("R48", "R50", "R51", "R52", "R53", "R55", "R56", "R62")
async def test_a_newcomer_comes_to_a_crew_by_answers_and_taps_and_it_meets_month_by_month(
    stage: Stage,
) -> None:
    space = await story.congregation_begins(stage, stage.lakeside, (MODERATOR,))

    await crews.play(stage, space, MODERATOR, START)


@pytest.mark.requirement("R64", "R68", "R69", "R80")
async def test_a_case_clinic_goes_on_where_it_was_though_one_leaves_and_the_keeper_is_killed(
    stage: Stage,
) -> None:
    await clinic.play(stage, START)


@pytest.mark.requirement("R45", "R46", "R57")
async def test_a_crew_of_six_looks_back_and_becomes_two_of_three(stage: Stage) -> None:
    await tables.play(stage, START)
