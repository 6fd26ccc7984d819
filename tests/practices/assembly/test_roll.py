"""The roll: who has a seat after some changes, and what nobody can take back by a letter that comes late."""

from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from practices.assembly.letters import Part
from practices.assembly.roll import (
    Admitted,
    Change,
    Decided,
    Founded,
    HandedOver,
    Left,
    Moved,
    Parted,
    Roll,
    Seated,
    after,
)

ROOMS = {part: f"!{part}:a.example" for part in Part}
Line = tuple[Change, str]
FOUND = Founded(id="f", keeper="@a", name="A", rooms=ROOMS)


def asked(id_: str, *names: str) -> Admitted:
    return Admitted(id=id_, candidates={f"@{name.lower()}": name for name in names})


def seated(id_: str, keeper: str, matter: str) -> Seated:
    return Seated(id=id_, keeper=keeper, matter=matter)


def names(roll: Roll) -> set[str]:
    return {seat.name for seat in roll.seats.values()}


def keepers(roll: Roll) -> dict[str, str]:
    return {seat.name: seat.keeper for seat in roll.seats.values()}


def of(*lines: Line) -> Roll:
    """The roll of changes that stand on those whose ids are named, in the order that every reader finds."""
    by_id = {each.id: each for each, _ in lines}
    before: dict[str, set[str]] = {}
    depth: dict[str, int] = {}
    for each, on in lines:
        before[each.id] = {each.id} | {one for id_ in on.split() for one in before[id_]}
        depth[each.id] = 1 + max((depth[id_] for id_ in on.split()), default=0)
    order = sorted(by_id, key=lambda each: (depth[each], each))
    return after(
        (by_id[each] for each in order), lambda one, two: one != two and one in before[two]
    )


def test_whoever_was_asked_in_and_says_yes_has_a_seat_and_nobody_else() -> None:
    roll = after([FOUND, asked("m", "B", "C"), seated("b", "@b", "m"), seated("x", "@x", "m")])

    assert names(roll) == {"A", "B"}
    assert roll.asked_in == {("m", "@c"): "C"}
    assert roll.rooms == ROOMS
    assert roll.seat_of("@b") == roll.seat("b") == roll.seats["b"]
    assert roll.seat_of("@c") is None


def test_nobody_takes_a_seat_before_it_was_asked_or_in_another_matter() -> None:
    assert names(after([FOUND, seated("b", "@b", "m")])) == {"A"}
    assert names(after([FOUND, asked("m", "B"), seated("b", "@b", "n")])) == {"A"}


def test_many_are_asked_in_at_once_and_each_decides_for_itself() -> None:
    many = [f"B{n}" for n in range(20)]
    some = [seated(name.lower(), f"@{name.lower()}", "m") for name in many[:13]]
    roll = after([FOUND, asked("m", *many), *some])

    assert names(roll) == {"A", *many[:13]}
    assert set(roll.asked_in.values()) == set(many[13:])


ASKED: list[Line] = [(FOUND, ""), (asked("m", "B", "C"), "f")]


def test_a_keeper_that_says_yes_twice_has_one_seat_and_leaves_it_once() -> None:
    twice = [*ASKED, (seated("s1", "@b", "m"), "m"), (seated("s2", "@b", "m"), "m")]
    roll = of(*twice)

    assert set(roll.seats) == {"f", "s1"}
    assert roll.seat("s2") == roll.seat("s1")
    assert names(of(*twice, (Left(id="l", keeper="@b", seat="s2"), "s2"))) == {"A"}


def test_a_keeper_that_was_asked_in_twice_has_one_seat_though_it_gives_the_first_away() -> None:
    twice = [*ASKED, (asked("n", "B"), "f"), (seated("s1", "@b", "m"), "m")]
    over: Line = (HandedOver(id="h", keeper="@b", seat="s1", to="@x"), "s1")

    assert len(of(*twice, (seated("s2", "@b", "n"), "n")).seats) == 2
    assert keepers(of(*twice, over, (seated("s2", "@b", "n"), "n h"))) == {"A": "@a", "B": "@x"}


def test_a_parting_cannot_be_undone_by_a_seat_that_claims_to_be_older() -> None:
    parted = [*ASKED, (seated("s5", "@b", "m"), "m"), (Parted(id="p", seat="s5"), "s5")]
    assert names(of(*parted)) == {"A"}

    # Another yes to the same question, sorted before the one that was parted from.
    assert names(of(*parted, (seated("s1", "@b", "m"), "m"))) == {"A"}
    # A yes to another question that was open at that time.
    assert names(of(*parted, (asked("n", "B"), "f"), (seated("s1", "@b", "n"), "n"))) == {"A"}
    # And the same seat, given to somebody else beside the parting.
    given_away = HandedOver(id="h", keeper="@b", seat="s5", to="@c")
    assert names(of(*parted, (given_away, "s5"))) == {"A"}
    # Asked in again by those who know of the parting.
    again = of(*parted, (asked("n", "B"), "p"), (seated("t", "@b", "n"), "n"))
    assert names(again) == {"A", "B"}


def test_a_lost_account_cannot_take_its_seat_back_or_end_it() -> None:
    agreed = HandedOver(id="k", keeper=None, seat="s", to="@new")
    lost = [*ASKED, (seated("s", "@b", "m"), "m"), (agreed, "s")]
    assert keepers(of(*lost))["B"] == "@new"

    for late in (
        Left(id="a", keeper="@b", seat="s"),
        HandedOver(id="a", keeper="@b", seat="s", to="@thief"),
        HandedOver(id="z", keeper="@b", seat="s", to="@thief"),
    ):
        assert keepers(of(*lost, (late, "s")))["B"] == "@new"
    # Whoever speaks now may do both.
    assert "B" not in keepers(of(*lost, (Left(id="a", keeper="@new", seat="s"), "k")))
    over = HandedOver(id="a", keeper="@new", seat="s", to="@newer")
    assert keepers(of(*lost, (over, "k")))["B"] == "@newer"


def test_nobody_loses_a_seat_because_somebody_gave_them_another() -> None:
    for id_ in ("a", "z"):
        given_away = HandedOver(id=id_, keeper="@b", seat="s", to="@c")
        roll = of(
            *ASKED,
            (seated("s", "@b", "m"), "m"),
            (given_away, "s"),
            (seated("t", "@c", "m"), "m s" if id_ == "a" else "m"),
        )
        assert keepers(roll) == {"A": "@a", "B": "@b", "C": "@c"}


def test_a_gift_does_not_keep_a_new_account_from_the_seat_that_the_others_gave_it() -> None:
    roll = of(
        *ASKED,
        (seated("s", "@b", "m"), "m"),
        (seated("t", "@c", "m"), "m"),
        (HandedOver(id="a", keeper="@b", seat="s", to="@new"), "s"),
        (HandedOver(id="k", keeper=None, seat="t", to="@new"), "t"),
    )
    assert keepers(roll) == {"A": "@a", "B": "@b", "C": "@new"}


def test_a_seat_is_not_handed_to_somebody_who_has_one() -> None:
    both = [FOUND, asked("m", "B"), seated("s", "@b", "m")]

    for keeper in ("@a", None):
        over = HandedOver(id="h", keeper=keeper, seat="f", to="@b")
        assert keepers(after([*both, over])) == {"A": "@a", "B": "@b"}
    other = HandedOver(id="h", keeper="@b", seat="f", to="@x")
    assert keepers(after([*both, other])) == {"A": "@a", "B": "@b"}


def test_whoever_keeps_or_kept_a_seat_is_remembered_with_its_newest() -> None:
    changes = [FOUND, asked("m", "B", "C"), seated("s", "@b", "m"), seated("t", "@c", "m")]
    over = HandedOver(id="h", keeper="@b", seat="s", to="@new")
    roll = after([*changes, over, Parted(id="p", seat="t"), Left(id="l", keeper="@new", seat="s")])

    assert names(roll) == {"A"}
    assert {keeper: seat.name for keeper, seat in roll.ever.items()} == {
        "@a": "A",
        "@b": "B",
        "@c": "C",
        "@new": "B",
    }


def test_a_room_goes_on_where_the_last_one_agreed_says() -> None:
    moved = [Moved(id="m", part=Part.CARE, room="!1:a"), Moved(id="n", part=Part.CARE, room="!2:a")]
    roll = after([FOUND, *moved, Decided(id="d")])

    assert roll.rooms[Part.CARE] == "!2:a"
    assert names(roll) == {"A"}


def test_an_assembly_is_founded_once() -> None:
    again = Founded(id="g", keeper="@b", name="B", rooms={})

    assert names(after([FOUND, again])) == {"A"}
    assert after([FOUND, again]).rooms == ROOMS


#: What two liars could write beside all that was agreed on: each with what it stands on.
LATE: list[Line] = [
    (seated("s0", "@b", "m"), "m"),
    (seated("s9", "@b", "n"), "n"),
    (Left(id="l", keeper="@b", seat="s5"), "s5"),
    (HandedOver(id="h", keeper="@b", seat="s5", to="@c"), "s5"),
    (HandedOver(id="i", keeper="@b", seat="s5", to="@d"), "s5"),
    (HandedOver(id="j", keeper="@e", seat="u", to="@c"), "u"),
    (Left(id="0", keeper="@e", seat="u"), "u"),
]


@settings(max_examples=128, deadline=None)
@given(st.sets(st.integers(0, len(LATE) - 1)))
def test_whatever_is_revealed_later_what_was_agreed_on_and_honest_seats_stay(
    late: set[int],
) -> None:
    agreed: list[Line] = [
        (FOUND, ""),
        (asked("m", "B", "C", "E"), "f"),
        (asked("n", "B"), "f"),
        (seated("s5", "@b", "m"), "m"),
        (seated("t", "@c", "m"), "m"),
        (seated("u", "@e", "m"), "m"),
        (Parted(id="p", seat="s5"), "s5 t u"),
        (HandedOver(id="k", keeper=None, seat="u", to="@new"), "s5 t u"),
    ]
    roll = of(*agreed, *(LATE[each] for each in sorted(late)))

    assert keepers(roll) == {"A": "@a", "C": "@c", "E": "@new"}


def test_changes_side_by_side_make_one_roll_in_whatever_order_they_are_named() -> None:
    fixed = [*ASKED, (asked("n", "D"), "f")]
    side: list[Line] = [
        (seated("b", "@b", "m"), "m"),
        (seated("c", "@c", "m"), "m"),
        (seated("d", "@d", "n"), "n"),
        (HandedOver(id="h", keeper="@a", seat="f", to="@d"), "f"),
    ]
    rolls = {tuple(sorted(keepers(of(*fixed, *some)).items())) for some in permutations(side)}

    assert rolls == {(("A", "@a"), ("B", "@b"), ("C", "@c"), ("D", "@d"))}
