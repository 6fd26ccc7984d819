"""The sizes of circles, and what is said when they grow."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practices import circles
from practices.circles import Audience, Fit, RoomKind, Scale, Stage

CLAIM = settings(derandomize=True, deadline=None, max_examples=200)


@pytest.mark.requirement("R1")
def test_there_are_exactly_five_scales_with_the_sizes_of_the_catalogue() -> None:
    sizes = {scale.value: (min(scale.sizes), max(scale.sizes)) for scale in Scale}

    assert sizes == {
        "self": (1, 1),
        "dyad": (2, 2),
        "crew": (3, 8),
        "congregation": (1, 200),
        "assembly": (1, 200),
    }
    assert circles.fits(Scale.CREW, 8)
    assert not circles.fits(Scale.CREW, 9)
    assert not circles.fits(Scale.DYAD, 3)


@pytest.mark.requirement("R1")
def test_every_kind_of_room_belongs_to_one_of_the_five_scales_or_is_no_circle_yet() -> None:
    belongs = {kind: kind.scale for kind in RoomKind}

    assert set(belongs.values()) == {*Scale, None}
    assert [kind for kind, scale in belongs.items() if scale is None] == [RoomKind.NONE]
    assert RoomKind.WORKING.scale is Scale.CONGREGATION
    assert RoomKind.PROTOCOL.scale is Scale.ASSEMBLY


@pytest.mark.parametrize(
    ("size", "relations"), [(0, 0), (1, 0), (3, 3), (4, 6), (5, 10), (6, 15), (8, 28), (30, 435)]
)
def test_relations_of_two_are_counted_once_each(size: int, relations: int) -> None:
    assert circles.pairs(size) == relations


@pytest.mark.requirement("R45")
def test_a_crew_of_fewer_than_three_is_not_active_yet() -> None:
    assert [size for size in range(12) if circles.crew_activates(size)] == [3, 4, 5, 6, 7, 8]
    assert "one more person" in circles.crew_too_small(2)
    assert "two more people" in circles.crew_too_small(1)


@pytest.mark.requirement("R141")
def test_three_people_are_a_crew_without_any_congregation_around_them() -> None:
    assert circles.crew_fits(3) is Fit.GOOD
    assert circles.crew_activates(3)


def test_how_a_number_of_people_suits_a_crew() -> None:
    fits = [circles.crew_fits(size) for size in range(11)]

    assert fits == [Fit.TOO_SMALL] * 3 + [Fit.GOOD] * 4 + [Fit.FULL] * 2 + [Fit.TOO_LARGE] * 2


@pytest.mark.requirement("R46")
def test_nine_become_four_and_five() -> None:
    assert circles.division(9) == (4, 5)
    refusal = circles.crew_refusal(9, "Lee")
    assert "Lee is not added" in refusal
    assert "Two crews would have room for everyone: four and five." in refusal
    assert "the other begins in a room of its own" in refusal


def test_a_larger_room_is_offered_as_many_crews_as_it_needs() -> None:
    assert circles.division(13) == (4, 4, 5)
    assert "Three crews would have room for everyone: two of four and one of five." in (
        circles.crew_refusal(13, "Lee")
    )


@CLAIM
@given(st.integers(3, 400))
def test_a_division_keeps_everyone_in_even_crews_of_one_conversation(size: int) -> None:
    crews = circles.division(size)

    assert sum(crews) == size
    assert max(crews) - min(crews) <= 1
    assert all(3 <= crew <= 6 for crew in crews)
    assert list(crews) == sorted(crews)


@pytest.mark.parametrize("size", [0, 1, 2])
def test_fewer_than_three_are_never_divided(size: int) -> None:
    with pytest.raises(ValueError, match="three"):
        circles.division(size)


@pytest.mark.requirement("R47")
def test_the_hint_comes_when_a_crew_passes_six_and_at_no_other_growth() -> None:
    growths = [(a, b) for a in range(10) for b in range(10) if circles.crew_hint_due(a, b)]

    assert growths == [(a, b) for a in range(7) for b in (7, 8)]
    assert "seven" in circles.crew_hint(7)
    assert "Three to six people" in circles.crew_hint(8)


@pytest.mark.requirement("R109")
def test_a_congregation_begins_with_twenty_to_thirty_and_from_twelve_with_a_note() -> None:
    assert circles.founding_fits(11) is Fit.TOO_SMALL
    assert circles.founding_fits(12) is Fit.GOOD
    assert circles.founding_fits(31) is Fit.FULL
    assert circles.founding_fits(201) is Fit.TOO_LARGE
    assert [size for size in range(1, 60) if circles.founding_words(size) is None] == list(
        range(20, 31)
    )
    assert "crew of three" in (circles.founding_words(11) or "")
    assert "start as you are" in (circles.founding_words(12) or "")


@pytest.mark.requirement("R123")
def test_only_the_101st_the_150th_and_the_201st_person_give_rise_to_a_notice() -> None:
    notices = {size: circles.congregation_notice(size - 1, size) for size in range(1, 205)}
    heard = {size: (said.to, said.refused) for size, said in notices.items() if said}

    assert heard == {
        101: (Audience.WEAVERS, False),
        150: (Audience.EVERYONE, False),
        **dict.fromkeys(range(201, 205), (Audience.INVITER, True)),
    }
    assert not circles.congregation_full(199)
    assert circles.congregation_full(200)


@CLAIM
@given(st.integers(0, 400), st.integers(0, 400))
@pytest.mark.requirement("R123")
def test_a_congregation_that_shrinks_or_stays_hears_nothing(before: int, after: int) -> None:
    notice = circles.congregation_notice(before, after)

    if after <= before:
        assert notice is None
    elif before <= 100 < after <= 200:
        assert notice is not None


def test_a_congregation_grows_through_its_stages_in_order() -> None:
    stages = [circles.congregation_stage(size) for size in range(1, 201)]

    assert list(dict.fromkeys(stages)) == list(Stage)
    assert [stages.index(stage) + 1 for stage in Stage] == [1, 31, 91, 101]


@CLAIM
@given(st.integers(9, 60), st.text(min_size=1, max_size=20))
def test_what_is_said_about_sizes_neither_orders_nor_blames(size: int, name: str) -> None:
    said = [
        circles.crew_refusal(size, "Lee"),
        circles.crew_hint(7),
        circles.crew_hint(8),
        circles.crew_too_small(1),
        *(
            notice.text
            for n in (101, 150, 201)
            if (notice := circles.congregation_notice(n - 1, n))
        ),
    ]

    for text in said:
        assert "?" not in text
        assert not re.search(r"!|\b(must|error|invalid|failed|please|should have)\b", text)
    assert name in circles.crew_refusal(size, name)
