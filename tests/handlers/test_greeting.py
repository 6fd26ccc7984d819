"""Two congregations greet each other through their keepers; malformed letters are nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from practices.circles import RoomKind
from practices.greeting import Card, Greeting, as_letter, read_letter
from tests.handlers.played import PlayedHouse, PlayedRoom, a_house

KEEPER = "@kinkeeper:harbour"
THEIRS = Card(
    name="Harbour", size_band="about 40–60 people", zone="Europe/Lisbon", contacts=("@rui:harbour",)
)


def letter(
    identity: str = "one", answers: str | None = None, card: Card = THEIRS
) -> dict[str, object]:
    return as_letter(Greeting(id=identity, card=card, answers=answers))


async def met(house: PlayedHouse) -> PlayedRoom:
    await house.space("Lakeside", ["ana", *(f"p{n}" for n in range(50))], ["ana"])
    square = await house.room("Square", ["ana", KEEPER, "@rui:harbour"])
    await square.says("ana", "!adopt protocol")
    return square


def letters(house: PlayedHouse) -> list[Greeting]:
    return [
        read_letter((o.content or {})["letter"])
        for o in house.owed
        if "letter" in (o.content or {})
    ]


@pytest.mark.requirement("R136")
async def test_a_congregation_introduces_itself_with_a_card_and_no_list_of_people(
    house: PlayedHouse,
) -> None:
    square = await met(house)

    [greeting] = letters(house)
    assert greeting.answers is None
    assert greeting.card == Card(
        name="Lakeside", size_band="about 40–60 people", zone="Europe/Rome", contacts=("@ana:here",)
    )
    assert (await square.row()).kind is RoomKind.PROTOCOL
    assert "51" not in str([o.content for o in house.owed])


async def test_an_opening_greeting_is_answered_and_told_to_those_who_moderate(
    house: PlayedHouse,
) -> None:
    square = await met(house)

    told = await square.hears_letter(KEEPER, letter())

    assert told[0] == "**Lakeside** (about 40–60 people, Europe/Rome) greets you back."
    assert told[1].startswith(
        "→ ana: **Harbour** (about 40–60 people, Europe/Lisbon) greets Lakeside."
    )
    assert len(told) == 2
    assert letters(house)[-1].answers == "one"


async def test_the_same_greeting_is_answered_once(house: PlayedHouse) -> None:
    square = await met(house)
    await square.hears_letter(KEEPER, letter())

    assert await square.hears_letter(KEEPER, letter()) == []


async def test_a_keeper_who_greets_again_and_again_troubles_nobody(house: PlayedHouse) -> None:
    square = await met(house)
    told = [await square.hears_letter(KEEPER, letter(str(number))) for number in range(5)]

    assert len([text for texts in told for text in texts if text.startswith("→")]) == 1


async def test_an_answer_is_never_answered(house: PlayedHouse) -> None:
    square = await met(house)
    before = len(letters(house))

    [told] = await square.hears_letter(KEEPER, letter(answers="ours"))

    assert told.startswith("→ ana: **Harbour**")
    assert len(letters(house)) == before


@pytest.mark.requirement("R15")
async def test_at_night_a_greeting_is_answered_and_told_in_the_morning(house: PlayedHouse) -> None:
    square = await met(house)
    house.now = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)

    at_once = await square.hears_letter(KEEPER, letter())
    again = await square.hears_letter(KEEPER, letter("two"))
    later = await house.passes(timedelta(hours=10))

    assert len(at_once) == len(again) == 1
    assert [text[:20] for text in later] == ["→ ana: **Harbour** ("]


async def test_the_names_on_a_card_can_neither_format_nor_alarm(house: PlayedHouse) -> None:
    square = await met(house)
    evil = Card(name="@room **x**", size_band="<b>", zone="`x`", contacts=())

    told = await square.hears_letter(KEEPER, letter(card=evil))

    assert "\\*\\*x\\*\\*" in told[1]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
BENT = st.one_of(
    JSON,
    st.tuples(st.sampled_from(["version", "type", "id", "card"]), JSON).map(
        lambda change: {**letter(), change[0]: change[1]}
    ),
    st.tuples(st.sampled_from(["name", "size_band", "zone", "contacts"]), JSON).map(
        lambda change: {**letter(), "card": {**THEIRS.as_content(), change[0]: change[1]}}
    ),
)


@settings(derandomize=True, deadline=None, max_examples=8, suppress_health_check=list(HealthCheck))
@given(st.lists(BENT, min_size=8, max_size=8))
async def test_a_malformed_letter_is_nothing(bent: list[Any]) -> None:
    async with a_house() as house:
        square = await met(house)
        for raw in bent:
            try:
                read_letter(raw)
            except Exception:  # noqa: BLE001 - whatever is wrong with it
                assert await square.hears_letter(KEEPER, raw) == []
            else:
                await square.hears_letter(KEEPER, raw)


async def test_a_letter_in_any_other_room_is_nothing(house: PlayedHouse) -> None:
    crew = await house.crew()

    assert await crew.hears_letter(KEEPER, letter()) == []


async def test_whoever_has_no_say_in_a_congregation_opens_nothing(house: PlayedHouse) -> None:
    await house.space("Lakeside", ["ana", "ben"], ["ana"])
    square = await house.room("Square", ["ben", KEEPER])

    [told] = await square.says("ben", "!adopt protocol")

    assert told.startswith("A protocol room is where congregations meet")


async def test_another_keepers_people_are_not_answered() -> None:
    async with a_house(welcomes=lambda who: who.endswith(":here")) as house:
        await house.space("Lakeside", ["ana"], ["ana"])
        square = await house.room("Square", ["ana", "@rui:harbour"])

        assert await square.says("@rui:harbour", "!adopt protocol") == []
        await square.says("ana", "!adopt protocol")
        assert await square.says("@rui:harbour", "!release") == []


async def test_a_protocol_room_is_let_go_with_its_card(house: PlayedHouse) -> None:
    square = await met(house)
    await square.says("ana", "!release")

    told = await square.taps("ana", "✅")

    assert told.count("⚙ org.kinkeeper.card") == 1
    assert next(o for o in house.owed[::-1] if o.type == "org.kinkeeper.card").content == {}
    assert await square.hears_letter(KEEPER, letter("two")) == []


async def test_a_congregation_that_was_left_answers_no_more(house: PlayedHouse) -> None:
    square, private = await met(house), await house.private("ana")
    await private.says("ana", "leave Lakeside")

    assert await square.hears_letter(KEEPER, letter()) == []
