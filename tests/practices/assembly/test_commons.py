"""What congregations need and offer, their thanks, searches for a mediator, siblings."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from practices.assembly.commons import (
    LONGEST_OPEN,
    MOST_SEARCHES,
    MOST_SHOWN,
    Item,
    Search,
    State,
    Thanks,
    board,
    candidates,
    mediators,
    siblings,
    state,
    thanks,
)
from practices.assembly.letters import Kind
from tests.practices.assembly.assembled import Assembled, keeper

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


def needs(assembly: Assembled, who: str, title: str = "Chairs", **body: Any) -> str:
    return assembly.says(who, Kind.NEED, {"title": title, "until": "2026-12-01", **body})


def offers(assembly: Assembled, who: str, title: str = "A tent", **body: Any) -> str:
    return assembly.says(who, Kind.OFFER, {"title": title, "until": "2026-12-01", **body})


def takes(assembly: Assembled, who: str, letter: str) -> str:
    return assembly.says(who, Kind.TAKEN, {}, answers=letter)


def shown(assembly: Assembled, now: datetime = NOW) -> list[str]:
    found = board(assembly.ledger, now)
    return [f"{each.seat.name}: {each.title}" for each in (*found.needs, *found.offers)]


# -------------------------------------------------------------------------------------- needs, offers


def test_needs_and_offers_stand_with_their_congregations_and_what_ends_soonest_is_first() -> None:
    assembly = Assembled("Lakeside", "Harbour", "Meadow")
    needs(assembly, "Harbour", words="twelve,\nif you can", languages=["pt", "en"])
    needs(assembly, "Lakeside", "A hall", until="2026-11-25")
    offered = offers(assembly, "Meadow")

    found = board(assembly.ledger, NOW)

    assert [(each.seat.name, each.title) for each in found.needs] == [
        ("Lakeside", "A hall"),
        ("Harbour", "Chairs"),
    ]
    assert found.needs[1].words == "twelve,\nif you can"
    assert found.needs[1].languages == ("pt", "en")
    assert [each.letter for each in found.offers] == [offered]
    assert found.offers[0].kind is Kind.OFFER
    assert found.more == {}


def test_an_empty_commons_is_empty() -> None:
    found = board(Assembled("Lakeside").ledger, NOW)

    assert (found.needs, found.offers, found.more) == ((), (), {})


def test_a_day_is_over_when_it_is_over_everywhere() -> None:
    assembly = Assembled("Lakeside")
    letter = needs(assembly, "Lakeside", until="2026-11-22")
    end = datetime(2026, 11, 23, 12, tzinfo=UTC)

    assert state(assembly.ledger, letter, end - timedelta(seconds=1)) is State.OPEN
    assert state(assembly.ledger, letter, end) is State.OVER
    assert shown(assembly, end) == []


def test_only_whoever_put_it_says_that_it_is_done() -> None:
    assembly = Assembled("Lakeside", "Harbour")
    letter = needs(assembly, "Lakeside")
    takes(assembly, "Harbour", letter)
    assembly.says("Harbour", Kind.DONE, {}, answers=letter)
    assembly.says("@stranger:elsewhere.example", Kind.DONE, {}, answers=letter)
    assert state(assembly.ledger, letter, NOW) is State.OPEN

    assembly.says("Lakeside", Kind.DONE, {}, answers=letter)

    assert state(assembly.ledger, letter, NOW) is State.DONE
    assert shown(assembly) == []


def test_what_was_answered_stays_open_and_says_by_which_congregations() -> None:
    assembly = Assembled("Lakeside", "Meadow", "Harbour")
    letter = needs(assembly, "Lakeside")
    for who in ("Meadow", "Harbour", "Harbour", "Lakeside", "@stranger:elsewhere.example"):
        takes(assembly, who, letter)

    (item,) = board(assembly.ledger, NOW).needs

    assert [seat.name for seat in item.answered_by] == ["Harbour", "Meadow"]


def test_who_has_no_seat_needs_nothing_here() -> None:
    assembly = Assembled("Lakeside", "Harbour", "Meadow")
    strange = needs(assembly, "@stranger:elsewhere.example")
    left, handed = needs(assembly, "Harbour"), needs(assembly, "Meadow")
    assembly.leaves("Harbour")
    assembly.hands_over("Meadow", "@new:meadow.example")
    needs(assembly, "@new:meadow.example", "Benches")

    assert shown(assembly) == ["Meadow: Benches"]
    assert state(assembly.ledger, strange, NOW) is None
    assert state(assembly.ledger, left, NOW) is State.GONE
    assert state(assembly.ledger, handed, NOW) is State.GONE


def test_a_letter_of_another_kind_or_none_at_all_stands_nowhere() -> None:
    assembly = Assembled("Lakeside")

    assert state(assembly.ledger, assembly.id, NOW) is None
    assert state(assembly.ledger, "A" * 43, NOW) is None


def test_a_day_that_is_in_no_calendar_is_over() -> None:
    assembly = Assembled("Lakeside")
    letter = needs(assembly, "Lakeside", until="2026-02-31")

    assert state(assembly.ledger, letter, NOW) is State.OVER
    assert shown(assembly) == []


def test_nothing_stays_open_for_ever_whatever_day_it_names() -> None:
    assembly = Assembled("Lakeside")
    letter = needs(assembly, "Lakeside", until="8999-12-31")
    seen = {letter: NOW}

    assert state(assembly.ledger, letter, NOW + LONGEST_OPEN, seen) is State.OPEN
    late = NOW + LONGEST_OPEN + timedelta(seconds=1)
    assert state(assembly.ledger, letter, late, seen) is State.OVER
    assert board(assembly.ledger, late, seen).needs == ()


def test_the_same_words_twice_are_shown_once_and_the_newest_stands() -> None:
    assembly = Assembled("Lakeside", "Harbour")
    needs(assembly, "Lakeside", until="2026-11-25")
    newest = needs(assembly, "Lakeside", "CHAIRS ", until="2026-11-30")
    other = needs(assembly, "Harbour")

    assert [each.letter for each in board(assembly.ledger, NOW).needs] == [newest, other]


def test_a_flood_of_one_congregation_hides_nothing_of_another() -> None:
    assembly = Assembled("Lakeside", "Harbour")
    for number in range(40):
        needs(assembly, "Harbour", f"Thing {number}", until="2026-11-24")
    needs(assembly, "Lakeside")

    found = board(assembly.ledger, NOW)

    assert len(found.needs) == MOST_SHOWN + 1
    assert found.needs[-1].seat.name == "Lakeside"
    assert found.more == {assembly.seats["Harbour"]: 40 - MOST_SHOWN}


# ---------------------------------------------------------------------------------------------- thanks


def test_thanks_go_between_those_who_gave_and_those_who_were_given_to() -> None:
    assembly = Assembled("Lakeside", "Harbour", "Meadow")
    letter = needs(assembly, "Lakeside")
    taken = takes(assembly, "Harbour", letter)

    def thank(by: str, to: str, answers: str, words: str = "") -> str:
        body = {"to": assembly.seats[to], "words": words}
        return assembly.says(by, Kind.THANKS, body, answers=answers)

    first = thank("Lakeside", "Harbour", taken, "the chairs held")
    thank("Lakeside", "Harbour", letter, "once more")
    back = thank("Harbour", "Lakeside", letter)
    thank("Lakeside", "Lakeside", letter)
    thank("Lakeside", "Meadow", letter)
    thank("Meadow", "Lakeside", letter)
    thank("@stranger:elsewhere.example", "Lakeside", letter)
    thank("Lakeside", "Harbour", "A" * 43)

    found = {each.letter: each for each in thanks(assembly.ledger)}

    assert found.keys() == {first, back}
    assert found[first].by.name == "Lakeside"
    assert found[first].to.name == "Harbour"
    assert found[first].about == letter
    assert found[first].words == "the chairs held"


def test_thanks_stay_when_a_congregation_has_left() -> None:
    assembly = Assembled("Lakeside", "Harbour")
    taken = takes(assembly, "Harbour", needs(assembly, "Lakeside"))
    body = {"to": assembly.seats["Harbour"]}
    assembly.says("Lakeside", Kind.THANKS, body, answers=taken)
    assembly.leaves("Harbour")

    assert [each.to.name for each in thanks(assembly.ledger)] == ["Harbour"]


def test_neither_thanks_nor_needs_hold_a_number_that_could_rank_anybody() -> None:
    for value in (Thanks, Item):
        assert not [field.name for field in fields(value) if field.type in ("int", "float")]


# ------------------------------------------------------------------------------------------- mediators


def search(assembly: Assembled, who: str, until: str = "2026-12-01") -> str:
    body = {"languages": ["en"], "until": until}
    return assembly.says(who, Kind.MEDIATOR_WANTED, body)


def mediates(assembly: Assembled, who: str, letter: str, person: str) -> None:
    assembly.says(who, Kind.MEDIATOR_FOUND, {"mediator": person}, answers=letter)


@pytest.mark.requirement("R138")
def test_a_search_for_a_mediator_names_neither_people_nor_the_congregation_that_searches() -> None:
    assembly = Assembled("Lakeside", "Harbour")
    letter = search(assembly, "Lakeside")
    mediates(assembly, "Harbour", letter, "@rui:harbour.example")

    (found,) = mediators(assembly.ledger, NOW)

    assert found.letter == letter
    assert found.languages == ("en",)
    assert [seat.name for seat in found.found_by] == ["Harbour"]
    told = repr(found)
    assert not any(name in told for name in ("Lakeside", "lakeside", "rui", assembly.id))
    assert {field.name for field in fields(Search)} == {
        "letter",
        "languages",
        "until",
        "found_by",
    }


@pytest.mark.requirement("R138")
def test_those_who_search_learn_who_would_mediate_the_last_of_each_congregation() -> None:
    assembly = Assembled("Lakeside", "Harbour", "Meadow")
    letter = search(assembly, "Lakeside")
    mediates(assembly, "Harbour", letter, "@rui:harbour.example")
    mediates(assembly, "Harbour", letter, "@tamsin:harbour.example")
    mediates(assembly, "Meadow", letter, "@jo:meadow.example")
    mediates(assembly, "Lakeside", letter, "@own:lakeside.example")
    mediates(assembly, "@stranger:elsewhere.example", letter, "@spy:elsewhere.example")

    found = [(each.seat.name, each.mediator) for each in candidates(assembly.ledger, letter)]

    assert found == [("Harbour", "@tamsin:harbour.example"), ("Meadow", "@jo:meadow.example")]
    assert candidates(assembly.ledger, "A" * 43) == ()


def test_a_search_ends_when_it_is_done_or_over() -> None:
    assembly = Assembled("Lakeside", "Harbour")
    letter = search(assembly, "Lakeside")
    search(assembly, "Lakeside", until="2026-11-20")
    search(assembly, "@stranger:elsewhere.example")
    assembly.says("Harbour", Kind.DONE, {}, answers=letter)
    assert [each.letter for each in mediators(assembly.ledger, NOW)] == [letter]

    assembly.says("Lakeside", Kind.DONE, {}, answers=letter)

    assert mediators(assembly.ledger, NOW) == ()
    assert state(assembly.ledger, letter, NOW) is State.DONE


def test_one_congregation_cannot_fill_the_list_of_searches() -> None:
    assembly = Assembled("Lakeside", "Harbour")
    for day in range(1, 20):
        search(assembly, "Harbour", until=f"2026-12-{day:02d}")
    own = search(assembly, "Lakeside")

    found = [each.letter for each in mediators(assembly.ledger, NOW)]

    assert len(found) == MOST_SEARCHES + 1
    assert own in found


# -------------------------------------------------------------------------------------------- siblings


def sibling(assembly: Assembled, who: str, of: str) -> None:
    assembly.says(who, Kind.SIBLING, {}, answers=assembly.seats[of])


def named(pairs: tuple[tuple[Any, Any], ...]) -> list[set[str]]:
    return [{one.name, other.name} for one, other in pairs]


def test_congregations_are_siblings_when_both_have_said_so() -> None:
    assembly = Assembled("Lakeside", "Harbour", "Meadow")
    sibling(assembly, "Harbour", "Lakeside")
    sibling(assembly, "Meadow", "Lakeside")
    sibling(assembly, "Lakeside", "Harbour")
    sibling(assembly, "Harbour", "Lakeside")
    sibling(assembly, "Lakeside", "Lakeside")
    sibling(assembly, "@stranger:elsewhere.example", "Lakeside")

    found = siblings(assembly.ledger)

    assert named(found.pairs) == [{"Lakeside", "Harbour"}]
    assert [(by.name, of.name) for by, of in found.asked] == [("Meadow", "Lakeside")]


def test_a_sibling_that_left_is_none_here_and_a_new_keeper_stays_one() -> None:
    assembly = Assembled("Lakeside", "Harbour", "Meadow")
    for one, other in (("Lakeside", "Harbour"), ("Lakeside", "Meadow")):
        sibling(assembly, one, other)
        sibling(assembly, other, one)
    assembly.hands_over("Harbour", "@new:harbour.example")
    assembly.leaves("Meadow")

    assert named(siblings(assembly.ledger).pairs) == [{"Lakeside", "Harbour"}]
    assert siblings(assembly.ledger).asked == ()


@pytest.mark.parametrize("seed", range(5))
def test_everybody_finds_the_same_whatever_came_first(seed: int) -> None:
    assembly = Assembled("Lakeside", "Harbour", "Meadow")
    letter = needs(assembly, "Lakeside")
    needs(assembly, "Lakeside", "chairs")
    taken = takes(assembly, "Harbour", letter)
    for words in ("one", "two"):
        body = {"to": assembly.seats["Harbour"], "words": words}
        assembly.says("Lakeside", Kind.THANKS, body, answers=taken)
    for number in range(8):
        offers(assembly, "Meadow", f"Thing {number}")
    wanted = search(assembly, "Meadow")
    mediates(assembly, "Harbour", wanted, "@rui:harbour.example")
    mediates(assembly, "Harbour", wanted, "@tamsin:harbour.example")
    sibling(assembly, "Lakeside", "Harbour")
    sibling(assembly, "Harbour", "Lakeside")
    assembly.hands_over("Lakeside", "@new:lakeside.example")

    one, other = assembly.ledger, assembly.read_otherwise(seed)

    assert board(other, NOW) == board(one, NOW)
    assert thanks(other) == thanks(one)
    assert mediators(other, NOW) == mediators(one, NOW)
    assert candidates(other, wanted) == candidates(one, wanted)
    assert siblings(other) == siblings(one)
    assert other.roll.seat_of(keeper("Lakeside")) is None
