"""Domains: cards that can be read back, days that come, and what the cards say of a matter."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from practices.cards import (
    Card,
    Part,
    as_state,
    as_text,
    changed,
    default_day,
    differences,
    from_state,
    missing,
    read,
    read_day,
    read_part,
    same_name,
    term_end,
)
from practices.domains import Held, Inside, Outside, Unclear, find, judge, overlaps
from practices.scopes import LIKE, SAME, alike, found, stem, telling, words
from practices.understanding import NotUnderstood

ROME = ZoneInfo("Europe/Rome")
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
TODAY = date(2026, 11, 22)

KITCHEN = Card(
    name="Kitchen",
    purpose="everybody eats well",
    scope=("stove and fridge", "shopping"),
    limits=("nothing above 200 euros",),
    until=date(2027, 5, 22),
)
GARDEN = Card(name="Garden", purpose="vegetables", scope=("beds and compost", "the fence"))
HOUSE = (Held(id=1, card=KITCHEN), Held(id=2, card=GARDEN))


# ---------------------------------------------------------------------------------------------- reading


def test_a_card_is_read_from_one_line() -> None:
    told = read(
        "Kitchen; purpose: everybody eats well; scope: stove and fridge, shopping; limits: nothing above 200 euros; "
        "until 22 may; crew: Kitchen Crew",
        now=NOW,
        zone=ROME,
    )

    assert told.card == KITCHEN
    assert told.crew == "Kitchen Crew"
    assert told.parts == {Part.NAME, Part.PURPOSE, Part.SCOPE, Part.LIMITS, Part.UNTIL}


def test_a_card_is_read_from_lines_with_bullets_and_their_commas_stay() -> None:
    told = read(
        "Kitchen\nPurpose: everybody eats\nResponsibilities:\n- stove, fridge and pots\n* shopping; also on Sundays\n",
        now=NOW,
        zone=ROME,
    )

    assert told.card.scope == ("stove, fridge and pots", "shopping; also on Sundays")
    assert told.card.name == "Kitchen"


LINE = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")),
    min_size=1,
    max_size=40,
)
LISTS = st.lists(LINE, max_size=4)


@settings(max_examples=60, deadline=None)
@given(
    LINE,
    LINE,
    LISTS,
    LINE,
    LISTS,
    LINE,
    LINE,
    LINE,
    st.dates(date(2026, 12, 22), date(2027, 11, 20)),
)
def test_what_a_card_says_of_itself_is_read_back_the_same(
    name: str, purpose: str, scope: Sequence[str], serves: str, limits: Sequence[str], resources: str, owed: str,
    measures: str, until: date,
) -> None:  # fmt: skip
    card = Card(until=until)
    for part, said in (
        (Part.NAME, [name]), (Part.PURPOSE, [purpose]), (Part.SCOPE, scope), (Part.SERVES, [serves]),
        (Part.LIMITS, limits), (Part.RESOURCES, [resources]), (Part.OWED, [owed]), (Part.MEASURES, [measures]),
    ):  # fmt: skip
        card = read_part(card, part, said, now=NOW, zone=ROME)

    assert read(as_text(card), now=NOW, zone=ROME).card == card
    assert from_state(as_state(card)) == card


def test_said_anew_a_part_takes_the_place_of_the_old_and_the_rest_stays() -> None:
    new = changed(KITCHEN, "limits: none; until in 12 months", now=NOW, zone=ROME).card

    assert new == replace(KITCHEN, limits=(), until=date(2027, 11, 22))
    assert [(line.part, line.texts) for line in differences(KITCHEN, new)] == [
        (Part.LIMITS, ("",)),
        (Part.UNTIL, ("Monday 22 November 2027",)),
    ]


def test_a_card_lacks_its_name_then_its_purpose_then_its_scope() -> None:
    assert missing(Card()) is Part.NAME
    assert missing(Card(name="Kitchen")) is Part.PURPOSE
    assert missing(Card(name="Kitchen", purpose="food")) is Part.SCOPE
    assert missing(KITCHEN) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x" * 61, "longer than 60"),
        ("Kitchen; purpose: " + "x" * 301, "longer than 300"),
        ("Kitchen; scope: " + ",".join("abcdefghijklm"), "13 lines"),
        ("Kitchen; until in 2 weeks", "comes too soon"),
        ("Kitchen; until in 2 years", "more than a year away"),
        ("Kitchen; until yesterday", "yesterday"),
    ],
)
def test_what_nobody_keeps_in_mind_and_days_that_do_not_fit_are_refused(
    text: str, why: str
) -> None:
    with pytest.raises(NotUnderstood, match=why):
        read(text, now=NOW, zone=ROME)


# ------------------------------------------------------------------------------------------------- days


@pytest.mark.requirement("R16")
def test_a_domain_is_looked_at_again_after_half_a_year_unless_its_circles_say_otherwise() -> None:
    assert default_day(TODAY) == date(2027, 5, 22)
    assert default_day(date(2026, 8, 31)) == date(2027, 2, 28)


def test_somebody_speaks_for_a_circle_until_the_evaluation_and_at_most_a_year() -> None:
    assert term_end(TODAY, date(2027, 5, 22)) == date(2027, 5, 22)
    assert term_end(TODAY, date(2028, 5, 22)) == date(2027, 11, 22)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("in 6 months", date(2027, 5, 22)),
        ("half a year", date(2027, 5, 22)),
        ("a year", date(2027, 11, 22)),
        ("6 weeks", date(2027, 1, 3)),
        ("1 june", date(2027, 6, 1)),
    ],
)
def test_a_day_is_read_as_people_say_it(text: str, day: date) -> None:
    assert read_day(text, now=NOW, zone=ROME) == day


def test_names_are_the_same_whatever_their_case_and_spaces() -> None:
    assert same_name(" The  Kitchen", "the kitchen")
    assert not same_name("Kitchen", "Kitchens")


# ------------------------------------------------------------------------------------------- whose call


@pytest.mark.requirement("R132")
def test_what_stands_in_a_scope_and_in_no_limit_lies_inside_and_the_line_is_named() -> None:
    told = judge("a new fridge", HOUSE)

    assert isinstance(told, Inside)
    assert told.hit.held.id == 1
    assert [(each.word, each.line) for each in told.hit.scope] == [("fridge", "stove and fridge")]


@pytest.mark.requirement("R132")
def test_a_limit_that_names_it_is_quoted() -> None:
    told = judge("a fridge for 300 euros", HOUSE)

    assert isinstance(told, Outside)
    assert [(each.word, each.line) for each in told.hit.limits] == [
        ("euros", "nothing above 200 euros")
    ]


def test_a_sum_of_money_alone_is_no_limit_that_speaks_of_something_else() -> None:
    assert judge("a car for 3000 euros", HOUSE) == Unclear(())


def test_a_limit_is_enough_when_no_card_claims_it() -> None:
    told = judge("200 euros?", HOUSE)

    assert isinstance(told, Outside)


@pytest.mark.parametrize("matter", ["a van", "", "?!", "who are we"])
def test_where_no_card_speaks_of_it_nothing_is_near(matter: str) -> None:
    assert judge(matter, HOUSE) == Unclear(())


def test_where_two_cards_speak_of_it_both_are_shown() -> None:
    told = judge("shopping for compost", HOUSE)

    assert isinstance(told, Unclear)
    assert {hit.held.id for hit in told.nearest} == {1, 2}


def test_one_word_of_many_is_not_enough_to_say_so() -> None:
    told = judge("a summer party in the garden of Harbour with music", HOUSE)

    assert isinstance(told, Unclear)
    assert [hit.held.id for hit in told.nearest] == [2]


def test_a_purpose_alone_claims_nothing() -> None:
    told = judge("vegetables", HOUSE)

    assert isinstance(told, Unclear)
    assert [hit.held.id for hit in told.nearest] == [2]


def test_without_domains_nothing_is_claimed() -> None:
    assert judge("a new fridge", []) == Unclear(())


WORDS = [
    "fridge",
    "stove",
    "fence",
    "compost",
    "music",
    "party",
    "euros",
    "van",
    "roof",
    "paint",
    "küche",
]
PHRASE = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
CARDS = st.builds(
    Card,
    name=PHRASE,
    purpose=PHRASE,
    scope=st.lists(PHRASE, min_size=1, max_size=3).map(tuple),
    limits=st.lists(PHRASE, max_size=2).map(tuple),
)
HOLDINGS = st.lists(CARDS, min_size=1, max_size=6).map(
    lambda cards: [Held(id=number, card=card) for number, card in enumerate(cards, start=1)]
)


@settings(max_examples=80, deadline=None)
@given(HOLDINGS, PHRASE, st.randoms(use_true_random=False))
def test_the_order_of_the_cards_plays_no_part(held: list[Held], matter: str, chance) -> None:
    mixed = list(held)
    chance.shuffle(mixed)

    assert find(matter, mixed) == find(matter, held)
    assert judge(matter, mixed) == judge(matter, held)


@settings(max_examples=80, deadline=None)
@given(HOLDINGS, st.data())
def test_a_cards_own_words_find_it(held: list[Held], data) -> None:
    own = data.draw(st.sampled_from(held))
    line = data.draw(st.sampled_from([own.card.name, *own.card.scope]))

    hits = find(line, held)

    mine = next(hit for hit in hits if hit.held == own)
    assert mine.enough
    assert hits[0].score == mine.score


@settings(max_examples=80, deadline=None)
@given(HOLDINGS, st.text(max_size=60))
def test_whatever_is_asked_there_is_an_answer_and_every_word_of_it_stands_on_a_card(
    held: list[Held], matter: str
) -> None:
    told = judge(matter, held)

    hits = told.nearest if isinstance(told, Unclear) else (told.hit,)
    for hit in hits:
        for each in (*hit.scope, *hit.beside, *hit.limits):
            assert each.word in words(matter)
            assert any(alike(each.word, word) for word in words(each.line))
    if isinstance(told, Inside):
        assert not told.hit.limits


@settings(max_examples=60, deadline=None)
@given(HOLDINGS, PHRASE)
def test_inside_is_said_of_one_card_only_and_no_other_has_more_words_of_it(
    held: list[Held], matter: str
) -> None:
    told = judge(matter, held)
    assume(isinstance(told, Inside))
    assert isinstance(told, Inside)

    assert all(hit.score <= told.hit.score for hit in find(matter, held))


def test_other_domains_that_speak_of_the_same_are_named() -> None:
    cellar = Card(name="Cellar", purpose="storing", scope=("fridges", "wine"))

    [(held, shared)] = overlaps(cellar, HOUSE)

    assert held.id == 1
    assert [each.word for each in shared] == ["fridges"]
    assert overlaps(Card(name="Boats", scope=("oars",)), HOUSE) == ()


# ------------------------------------------------------------------------------------------------ words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Fridge", "fridges"),
        ("cooking", "cook"),
        ("planning", "plan"),
        ("parties", "party"),
        ("boxes", "box"),
        ("Küche", "kuche"),
        ("crew's", "crew"),
        ("crew’s", "crew"),
    ],
)
def test_a_word_is_the_same_whatever_its_ending_case_and_accents(one: str, other: str) -> None:
    assert stem(one) == stem(other)
    assert alike(one, other) == SAME


@pytest.mark.parametrize(("one", "other"), [("kitchen", "kitchenette"), ("organise", "organize")])
def test_a_word_written_a_little_differently_counts_for_less(one: str, other: str) -> None:
    assert alike(one, other) == alike(other, one) == LIKE


@pytest.mark.parametrize(("one", "other"), [("car", "cart"), ("2026", "2027"), ("stove", "fridge")])
def test_other_words_are_other_words(one: str, other: str) -> None:
    assert alike(one, other) == 0


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=20), st.text(max_size=20))
def test_likeness_does_not_depend_on_who_comes_first(one: str, other: str) -> None:
    assert alike(one, other) == alike(other, one)


def test_words_that_tell_nothing_are_left_out_unless_there_are_no_others() -> None:
    assert telling("Shall we buy a new fridge for 300 euros?") == ("fridge", "euros")
    assert telling("what shall we do") == ("what", "shall", "we", "do")


def test_each_word_is_found_in_the_line_that_has_it_rather_than_in_one_that_is_near() -> None:
    [hit] = found(["kitchen"], ["kitchenette", "the kitchen"])

    assert (hit.line, hit.likeness) == ("the kitchen", SAME)
