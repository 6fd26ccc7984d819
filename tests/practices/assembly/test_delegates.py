"""Delegates: who sits where, that two carry each circle upward, that a room follows voices, and that nobody places itself."""

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practices.assembly.circles import LARGEST, SMALLEST, UNDIVIDED
from practices.assembly.delegates import BOTH, Gathering, Role, gathered, lots, waiting
from practices.assembly.ledger import Ledger
from practices.assembly.letters import Fault, Kind, Unreadable, read, written
from tests.practices.assembly.assembled import Assembled, keeper

YEAR = 2027

PAGE = (Path(__file__).parents[3] / "docs" / "assembly-protocol.md").read_text()


def towns(size: int) -> list[str]:
    return [f"Town {number}" for number in range(size)]


@cache
def standing(size: int) -> Assembled:
    """An assembly of so many; never to be changed."""
    first, *others = towns(size)
    assembly = Assembled(first)
    for at in range(0, len(others), 20):
        assembly.admits(first, *others[at : at + 20])
    return assembly


def small(size: int = 24) -> Assembled:
    """One that a test may change."""
    first, *others = towns(size)
    return Assembled(first, *others) if size <= UNDIVIDED + 1 else _two_steps(first, others)


def _two_steps(first: str, others: list[str]) -> Assembled:
    assembly = Assembled(first, *others[:20])
    assembly.admits(first, *others[20:])
    return assembly


def now(assembly: Assembled, year: int = YEAR, ledger: Ledger | None = None) -> Gathering:
    return gathered(ledger or assembly.ledger, {}, year)


def says(assembly: Assembled, name: str, room: str, level: int = 0, **more: Any) -> str:
    return assembly.says(name, Kind.CIRCLE, {"level": level, "room": room}, **more)


def names(assembly: Assembled, seats: Any) -> list[str]:
    """The congregations of these seats, in the order of the assembly's beginnings."""
    return [name for name, seat in assembly.seats.items() if seat in seats]


SIZES = (21, 25, 60, 144, 145, 200)


@pytest.mark.parametrize("size", SIZES)
def test_every_congregation_sends_both_of_its_delegates_into_one_circle_of_five_to_twelve(
    size: int,
) -> None:
    found = now(standing(size))

    for circle in found.circles.base:
        assert SMALLEST <= len(circle.seats) <= LARGEST
        assert found.sent[circle.id] == dict.fromkeys(circle.seats, BOTH)
    count = Counter(seat for each in found.circles.base for seat in found.sent[each.id])
    assert set(count) == set(standing(size).ledger.roll.seats)
    assert set(count.values()) == {1}


@pytest.mark.parametrize("year", [2027, 2028])
@pytest.mark.parametrize("size", SIZES)
def test_every_circle_is_linked_with_the_one_above_it_by_two_of_different_congregations(
    size: int, year: int
) -> None:
    found = now(standing(size), year)

    assert len(found.circles.links) == len(found.circles.every) - 1
    for link in found.circles.links:
        below, above = found.sent[link.below.id], found.sent[link.above.id]
        carrying = [seat for seat in below if seat in above]
        assert len(carrying) == 2
        if link.below.level == 0:
            assert sorted(next(iter(above[seat])) for seat in carrying) == sorted(Role)
        assert all(len(above[seat]) == 1 and above[seat] <= below[seat] for seat in carrying)
    for circle in found.circles.every:
        assert len(found.sent[circle.id]) == (2 * len(circle.parts) or len(circle.seats))


def test_who_carries_a_circle_upward_changes_with_the_year_and_within_it_with_few() -> None:
    assembly = small(30)
    before, next_year = now(assembly), now(assembly, YEAR + 1)
    general = before.circles.general.id

    assert set(before.sent[general]) != set(next_year.sent[next_year.circles.general.id])
    assembly.admits("Town 0", "Newcomer")
    after = now(assembly)
    assert len(set(after.sent[after.circles.general.id]) - set(before.sent[general])) <= 2


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from((21, 37)))
def test_whoever_has_seen_the_same_letters_in_any_order_finds_the_same_seats_and_rooms(
    seed: int, size: int
) -> None:
    assembly, random = small(size), Random(seed)
    for number in range(30):
        name, level = random.choice(towns(size)), random.choice((0, 0, 1))
        says(assembly, name, f"!{random.randrange(6)}:x.example", level)
        if number % 10 == 9:
            letters = assembly.numbers[keeper(name)]
            says(assembly, name, f"!again{number}:x.example", number=letters)

    assert now(assembly, ledger=assembly.read_otherwise(seed)) == now(assembly)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_no_way_of_writing_its_own_letters_places_a_congregation(seed: int) -> None:
    """Whoever writes its seat in a thousand ways has a thousand ids to choose from, and one place."""
    first, *others = towns(22)

    def seated(words: str) -> list[set[str]]:
        assembly = Assembled(first, *others[:20])
        matter = assembly.matter(
            first, "admit", candidates=[{"keeper": keeper("Liar"), "name": "Liar"}]
        )
        assembly.seats["Liar"] = assembly.says(
            "Liar", Kind.SEAT, {"words": words}, answers=matter, after=assembly.ledger.heads()
        )
        assembly.hands_over("Liar", "@other:liar.example")
        found = now(assembly)
        return sorted((set(names(assembly, each.seats)) for each in found.circles.base), key=sorted)

    assert seated("") == seated(f"Gladly, {seed}.")


def test_a_lot_is_everybodys_own() -> None:
    found = lots(standing(145).ledger)

    assert len(set(found.values())) == len(found) == 145


def test_up_to_twenty_are_one_circle_with_nobody_sent_and_no_room_whatever_somebody_says() -> None:
    assembly = Assembled(*towns(20))
    says(assembly, "Town 3", "!mine:x.example")
    found = now(assembly)

    assert found.undivided
    assert (dict(found.rooms), dict(found.tables)) == ({}, {})
    assert found.places(assembly.seats["Town 3"]) == ()
    assert found.above(assembly.seats["Town 3"]) == ()


def test_whoever_has_been_here_longest_makes_a_circles_room_and_then_the_others_in_turn() -> None:
    assembly = small()
    found = now(assembly)
    circle = found.circles.of(assembly.seats["Town 0"])

    turns = {seat: found.turn(circle, seat) for seat in circle.seats}
    assert turns[assembly.seats["Town 0"]] == 0
    assert sorted(turns.values()) == list(range(len(circle.seats)))
    assert [waiting(turn) for turn in (0, 1, 2)] == sorted(waiting(turn) for turn in (2, 1, 0))
    [outside, *_] = set(assembly.ledger.roll.seats) - set(circle.seats)
    with pytest.raises(ValueError, match="not in"):
        found.turn(circle, outside)


def circle_of(assembly: Assembled) -> tuple[str, list[str]]:
    """The id of the founder's circle, and its congregations."""
    circle = now(assembly).circles.of(assembly.seats["Town 0"])
    return circle.id, names(assembly, circle.seats)


def test_a_room_is_that_of_the_circle_in_which_its_voices_are() -> None:
    assembly = small()
    circle, members = circle_of(assembly)
    says(assembly, members[0], "!alder:x.example")
    for name in members[1:]:
        says(assembly, name, "!alder:x.example")

    assert now(assembly).rooms[circle].room == "!alder:x.example"
    assert names(assembly, now(assembly).rooms[circle].seats) == members
    assert len(now(assembly).rooms) == 1


def test_one_who_says_otherwise_moves_nobody_though_it_has_been_here_longest() -> None:
    assembly = small()
    circle, [liar, *others] = circle_of(assembly)
    says(assembly, liar, "!trap:x.example")
    for name in others[:2]:
        says(assembly, name, "!alder:x.example")

    assert now(assembly).rooms[circle].room == "!alder:x.example"
    assert [each.room for each in now(assembly).tables[circle]] == [
        "!alder:x.example", "!trap:x.example",
    ]  # fmt: skip


def test_nobody_takes_a_room_from_another_circle_or_speaks_in_one_where_it_does_not_sit() -> None:
    assembly = small()
    circle, members = circle_of(assembly)
    for name in members[1:3]:
        says(assembly, name, "!alder:x.example")
    outside = [name for name in towns(24) if name not in members]
    says(assembly, outside[0], "!alder:x.example")
    for name in outside[:4]:
        says(assembly, name, "!trap:x.example", level=3)
    says(assembly, "@stranger:x.example", "!trap:x.example")

    found = now(assembly)
    assert found.rooms[circle].room == "!alder:x.example"
    assert set(found.rooms) == {circle}
    assert "!trap:x.example" not in {t.room for each in found.tables.values() for t in each}


def test_when_an_old_one_leaves_the_room_stays_where_the_others_are() -> None:
    assembly = small(40)
    _, members = circle_of(assembly)
    for name in members:
        says(assembly, name, "!alder:x.example")
    assembly.leaves(members[1])

    rooms = [each.room for each in now(assembly).rooms.values()]
    assert rooms == ["!alder:x.example"]
    assert assembly.seats[members[1]] not in next(iter(now(assembly).rooms.values())).seats


def test_a_newcomer_changes_no_circles_room() -> None:
    assembly = small(36)
    rooms = {}
    for circle in now(assembly).circles.base:
        for name in names(assembly, circle.seats):
            says(assembly, name, f"!{circle.name}:x.example".replace(" ", "-"))
            rooms[assembly.seats[name]] = now(assembly).circles.of(assembly.seats[name]).name
    before = now(assembly)
    moved = 0
    for number in range(6):
        assembly.admits("Town 0", f"Newcomer {number}")
        after = now(assembly)
        moved += sum(_room(after, seat) not in (None, _room(before, seat)) for seat in before.order)
    # Over six newcomers together, fewer than one circle is asked to another room.
    assert moved < LARGEST


def _room(found: Gathering, seat: str) -> str | None:
    table = found.rooms.get(found.circles.of(seat).id)
    return table.room if table else None


def test_a_room_said_twice_under_one_number_counts_for_nothing() -> None:
    assembly = small()
    circle, members = circle_of(assembly)
    says(assembly, members[0], "!one:x.example")
    says(assembly, members[0], "!two:x.example", number=assembly.numbers[keeper(members[0])])

    assert circle not in now(assembly).rooms


def test_what_a_keeper_says_last_counts_and_what_a_former_one_said_does_not() -> None:
    assembly = small()
    circle, members = circle_of(assembly)
    says(assembly, members[1], "!one:x.example")
    says(assembly, members[1], "!two:x.example")
    assert now(assembly).rooms[circle].room == "!two:x.example"

    assembly.hands_over(members[1], "@other:new.example")
    assert circle not in now(assembly).rooms


@pytest.mark.requirement("R136")
@pytest.mark.parametrize(
    "body",
    [
        {"level": 0, "room": "!a:b.example", "delegates": ["@ana:b.example"]},
        {"level": 0, "room": "!a:b.example", "representative": "@ana:b.example"},
        {"level": 0, "room": "!a:b.example", "words": "Ana and Ben"},
        {"level": 4, "room": "!a:b.example"},
        {"level": 0, "room": "@ana:b.example"},
    ],
)
def test_a_letter_about_a_circle_names_nobody(body: dict[str, Any]) -> None:
    with pytest.raises(Unreadable) as refused:
        written(Kind.CIRCLE, sender="@k:b.example", number=1, assembly="A" * 43, body=body)

    assert refused.value.fault is Fault.SHAPE


def test_nobody_says_for_another_where_its_people_are() -> None:
    """A letter speaks for the seat that its sender keeps; there is no field in which another could be named."""
    raw = written(
        Kind.CIRCLE, sender=keeper("Town 1"), number=9, assembly="A" * 43,
        body={"level": 0, "room": "!a:b.example"},
    )  # fmt: skip

    with pytest.raises(Unreadable) as refused:
        read(keeper("Liar"), raw)
    assert refused.value.fault is Fault.FOREIGN
    with pytest.raises(Unreadable):
        written(
            Kind.CIRCLE, sender=keeper("Liar"), number=9, assembly="A" * 43, answers="B" * 43,
            body={"level": 0, "room": "!a:b.example"},
        )  # fmt: skip


def by_the_document(assembly: Assembled, cards: dict[str, dict[str, Any]]) -> set[frozenset[str]]:
    """The circles of congregations, drawn as docs/assembly-protocol.md says and not as the code does."""

    def words(seat: str) -> str:
        letter = assembly.ledger.letters[seat]
        return f"{letter.answers if letter.kind is Kind.SEAT else letter.id} {letter.sender}"

    def hash_(text: str) -> str:
        return sha256(text.encode()).hexdigest()

    def near(seat: str) -> list[tuple[bool, str]]:
        card = cards.get(seat, {"languages": [""], "place": ""})
        language = card["languages"][0].split("-")[0].casefold()
        place = re.sub(r"[\s\x1c-\x1f]+", " ", card["place"].casefold()).strip(" ")
        return [(language == "", language), (place == "", place)]

    def cut(line: list[str]) -> list[list[str]]:
        if len(line) <= 12:
            return [line]
        best = min(
            range(5, len(line) - 4),
            key=lambda at: (
                near(line[at - 1])[0] == near(line[at])[0],
                near(line[at - 1]) == near(line[at]),
                hash_(f"cut {words(line[at])}"),
            ),
        )
        return [*cut(line[:best]), *cut(line[best:])]

    line = sorted(assembly.ledger.roll.seats, key=lambda seat: (near(seat), hash_(words(seat))))
    return {frozenset(each) for each in cut(line)}


@pytest.mark.parametrize("size", [21, 60, 145])
@pytest.mark.parametrize("known", [False, True])
def test_the_document_draws_the_same_circles(size: int, *, known: bool) -> None:
    assembly, random = standing(size), Random(size)
    cards = {
        seat: {"languages": [random.choice(("en-GB", "EN", "pt"))], "place": random.choice(("Lisbon", " lisbon ", "Leeds"))}
        for seat in assembly.ledger.roll.seats
        if known and random.random() < 0.9
    }  # fmt: skip
    found = gathered(assembly.ledger, cards, YEAR)

    assert {frozenset(each.seats) for each in found.circles.base} == by_the_document(
        assembly, cards
    )


@pytest.mark.parametrize(
    "places", [("Straße", "STRASSE", "Leeds"), ("İzmir", "i\u0307zmir", "Leeds"), ("Graz\u2003Süd", " GRAZ\x1f SÜD ", "Leeds")]
)  # fmt: skip
def test_the_document_compares_places_in_every_script_as_the_code_does(
    places: tuple[str, ...],
) -> None:
    assembly, random = standing(60), Random(3)
    one = {
        seat: {"languages": ["de"], "place": random.choice(places)}
        for seat in lots(assembly.ledger)
    }
    other = {
        seat: {"languages": ["DE-at"], "place": places[0] if card["place"] == places[1] else card["place"]}
        for seat, card in one.items()
    }  # fmt: skip
    found = [gathered(assembly.ledger, cards, YEAR) for cards in (one, other)]

    drawn = [{frozenset(each.seats) for each in drawn.circles.base} for drawn in found]
    assert drawn == [by_the_document(assembly, cards) for cards in (one, other)]
    assert drawn[0] == drawn[1]


def names_by_the_document(found: Gathering, words: Mapping[str, str]) -> dict[frozenset[str], str]:
    """What the circles are called, by their seats, as the document says; its list of names, too."""

    def hash_(text: str) -> str:
        return sha256(text.encode()).hexdigest()

    [listed] = [line for line in PAGE.splitlines() if line.startswith("> Alder, ")]
    left = listed.removeprefix("> ").split(", ")
    *others, general = found.circles.every
    called = {frozenset(general.seats): "General circle"}
    by_id = {
        f"{each.level}/{min(each.seats, key=lambda seat: hash_(words[seat]))}": each
        for each in others
    }
    for id_ in sorted(by_id, key=hash_):
        name = min(left, key=lambda name: hash_(f"{id_} {name}"))
        left.remove(name)
        called[frozenset(by_id[id_].seats)] = f"{name} circle"
    return called


@pytest.mark.parametrize("size", [21, 60, 200])
def test_the_document_calls_the_circles_by_the_same_names(size: int) -> None:
    assembly = standing(size)
    found = now(assembly)

    called = names_by_the_document(found, lots(assembly.ledger))
    assert {frozenset(each.seats): each.name for each in found.circles.every} == called


def test_of_two_circles_of_one_congregation_in_one_room_the_lower_has_it() -> None:
    assembly = small()
    found = now(assembly)
    general = found.circles.general
    carrying = [seat for seat in found.order if seat in found.sent[general.id]]
    [name] = names(assembly, carrying[:1])
    says(assembly, name, "!alder:x.example", level=general.level)
    says(assembly, name, "!alder:x.example", level=0)

    after = now(assembly)
    assert set(after.rooms) == {after.circles.of(assembly.seats[name]).id}


def test_two_under_one_number_of_any_level_count_for_nothing_and_what_was_said_before_does() -> (
    None
):
    assembly = small()
    circle, members = circle_of(assembly)
    says(assembly, members[0], "!one:x.example")
    says(assembly, members[0], "!two:x.example")
    says(assembly, members[0], "!two:x.example", 1, number=assembly.numbers[keeper(members[0])])
    assert now(assembly).rooms[circle].room == "!one:x.example"

    says(assembly, members[1], "!two:x.example")
    assembly.says(
        members[1], Kind.SIBLING, {}, answers=assembly.seats[members[2]], number=assembly.numbers[keeper(members[1])]
    )  # fmt: skip
    assert "!two:x.example" in {each.room for each in now(assembly).tables[circle]}
