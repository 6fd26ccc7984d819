"""What a script is as data: nothing that could not be run can be made."""

import math

import pytest

from practices.circles import Scale
from practices.script import LONGEST, Field, Form, Opens, Phase, Script, Sitting, Turns

ASKED = (Field(name="a", text="a"),)


def script(*phases: Phase, **columns: object) -> Script:
    given: dict[str, object] = {
        "name": "x",
        "purpose": "y",
        "source": "z",
        "scales": (Scale.CREW,),
        "least": 3,
        "most": 8,
        "sittings": (Sitting(name="x", phases=phases or (ROUND,)),),
        **columns,
    }
    return Script(**given)  # type: ignore[arg-type]


ROUND = Phase(name="Round", turns=Turns.EACH, minutes_each=3)


@pytest.mark.parametrize("minutes", [0, -1, math.nan, math.inf, LONGEST + 1])
def test_a_phase_ends(minutes: float) -> None:
    with pytest.raises(ValueError, match="minutes go from above 0"):
        Phase(name="x", turns=Turns.TOGETHER, minutes=minutes)
    with pytest.raises(ValueError, match="minutes go from above 0"):
        Phase(name="x", turns=Turns.EACH, minutes_each=minutes)


@pytest.mark.parametrize("given", [{}, {"minutes": 1, "minutes_each": 1}])
def test_a_phase_has_one_time(given: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="either minutes or minutes each"):
        Phase(name="x", turns=Turns.EACH, **given)  # type: ignore[arg-type]


def test_a_phase_may_take_longer_and_not_shorter() -> None:
    with pytest.raises(ValueError, match="longer, not shorter"):
        Phase(name="x", turns=Turns.EACH, minutes_each=3, up_to=2)


@pytest.mark.parametrize(
    ("turns", "minutes"),
    [
        (Turns.EACH, 30),
        (Turns.HANDED, 30),
        (Turns.OTHERS, 24),
        (Turns.FOCUS, 6),
        (Turns.TOGETHER, 6),
        (Turns.SILENT, 6),
    ],
)
def test_a_phase_with_turns_grows_with_the_circle(turns: Turns, minutes: float) -> None:
    assert Phase(name="x", turns=turns, minutes_each=3, rounds=2).minutes_for(5) == minutes
    assert Phase(name="x", turns=turns, minutes=3, rounds=2).minutes_for(5) == 3


def test_what_is_held_for_each_takes_as_often_as_they_are() -> None:
    assert Phase(name="x", turns=Turns.FOCUS, minutes=3, for_each=True).minutes_for(4) == 12


def test_the_longest_is_what_people_may_take() -> None:
    held = script(ROUND, Phase(name="x", turns=Turns.TOGETHER, minutes=10, up_to=20))

    assert (held.minutes_for(3), held.minutes_for(3, longest=True)) == (19, 29)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"fields": ()}, "asks something"),
        ({"fields": ASKED, "choices": ("a", "b"), "scale": (1, 7)}, "not both"),
        ({"fields": ASKED, "scale": (7, 7)}, "low to high"),
        ({"fields": ASKED, "opens": Opens.HOURS}, "only then"),
        ({"fields": ASKED, "hours": 48}, "only then"),
        ({"fields": ASKED, "opens": Opens.HOURS, "hours": 169}, "minutes go from"),
        ({"fields": ASKED, "least": 0}, "one answer at least"),
    ],
)
def test_a_form_can_be_answered_and_opens(given: dict[str, object], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Form(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "columns",
    [
        {"name": ""},
        {"scales": ()},
        {"sittings": ()},
        {"least": 9},
        {"least": 0},
        {"forms": (("short", (1.0, 2.0)),)},
        {"forms": (("short", (0.0,)),)},
    ],
)
def test_a_script_can_be_run(columns: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        script(**columns)


def test_a_sitting_has_a_phase() -> None:
    with pytest.raises(ValueError, match="one phase at least"):
        Sitting(name="x", phases=())


@pytest.mark.parametrize(
    ("scale", "size", "fits"),
    [
        (Scale.CREW, 3, True),
        (Scale.CREW, 6, True),
        (Scale.CREW, 7, False),
        (Scale.DYAD, 2, False),
        (Scale.CREW, 2, False),
        (Scale.CONGREGATION, 4, False),
    ],
)
def test_a_script_fits_its_scales_at_its_sizes(scale: Scale, size: int, fits: bool) -> None:
    assert script(most=6).fits(scale, size) is fits


def test_another_form_has_its_own_times_and_is_nothing_else() -> None:
    held = script(
        ROUND,
        Phase(name="Talk", turns=Turns.TOGETHER, minutes=10, up_to=12),
        forms=(("short", (1.0, 4.0)),),
    )

    short = held.in_form("short")

    assert short.minutes_for(3) == 3 * 1 + 4
    assert short.minutes_for(3, longest=True) == 7
    assert [phase.name for phase in short.phases] == ["Round", "Talk"]
    with pytest.raises(KeyError):
        held.in_form("long")
