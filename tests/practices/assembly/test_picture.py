"""What a picture of an assembly shows: its congregations with their bands, in their circles."""

import pytest

from practices.assembly.cards import crews_band, people_band
from practices.assembly.circles import circles
from practices.assembly.picture import SCALES, picture
from practices.assembly.roll import Seat
from practices.circles import Scale
from practices.polls.chart import Nest


def seats(count: int) -> list[Seat]:
    return [
        Seat(id=f"{at:043d}", keeper=f"@keeper:{at}.example", name=f"Town {at:03d}")
        for at in range(count)
    ]


def drawn(count: int, **cards: dict[str, str]) -> Nest:
    some = seats(count)
    by_seat = {some[int(at[1:])].id: card for at, card in cards.items()}
    grouped = circles([seat.id for seat in some])
    return picture("Rivers", some, grouped, by_seat, own=some[0].id)


def test_every_congregation_is_in_it_once() -> None:
    for count in (1, 20, 21, 200):
        labels = [spot.label for cluster in drawn(count).clusters for spot in cluster.spots]
        assert sorted(labels) == [f"Town {at:03d}" for at in range(count)]


def test_a_congregation_is_shown_by_its_own_card_and_without_one_by_its_name_alone() -> None:
    card = {"name": "Lakeside", "people": "20–40 people", "crews": "4–9 crews"}
    (cluster,) = drawn(2, s0=card).clusters
    lake, town = cluster.spots

    assert (lake.label, lake.people, lake.crews) == ("Lakeside", "20–40 people", "4–9 crews")
    assert lake.size > 0
    assert lake.dots > 0
    assert lake.marked
    assert (town.label, town.people, town.size, town.dots) == ("Town 001", "", 0, 0)
    assert not town.marked


def test_more_people_are_never_drawn_smaller_and_more_crews_never_fewer() -> None:
    def spot(people: int, crews: int) -> tuple[int, int]:
        card = {"people": people_band(people), "crews": crews_band(crews)}
        found = drawn(1, s0=card).clusters[0].spots[0]
        return found.size, found.dots

    sizes = [spot(people, 0)[0] for people in range(201)]
    dots = [spot(0, crews)[1] for crews in range(60)]
    assert sizes == sorted(sizes)
    assert set(sizes) == set(range(1, 7))
    assert dots == sorted(dots)
    assert len(set(dots)) == 5


def test_up_to_twenty_are_in_no_circle_of_delegates_and_more_are_in_theirs() -> None:
    assert [cluster.label for cluster in drawn(20).clusters] == [""]
    many = drawn(60)
    assert [each.label for each in many.clusters] == sorted(each.label for each in many.clusters)
    assert all(each.label.endswith(" circle") for each in many.clusters)
    assert f"60 congregations, in {len(many.clusters)} circles of delegates." in many.foot
    assert "in the directory" in many.foot
    assert "in the directory" not in drawn(20).foot


@pytest.mark.requirement("R1")
def test_it_shows_the_five_scales_from_small_to_large() -> None:
    assert [label.casefold() for label, _ in SCALES] == list(Scale)
    assert drawn(3).scales == SCALES
