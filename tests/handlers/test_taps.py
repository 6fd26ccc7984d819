"""What people tap in a room goes out of sight where the text keeps it to itself, and the text is true where it cannot."""

import inspect
from datetime import UTC, datetime, timedelta

import pytest

from handlers import taps
from handlers.catalogue import CATALOGUE
from handlers.consent import hear_voice
from handlers.language import YES, Change
from practices.circles import RoomKind
from storage.callings import Interest
from storage.coming import Coming
from storage.meetings import Meeting
from storage.questions import Question
from storage.rooms import Room
from tests.handlers.played import ME, PlayedHouse, PlayedRoom, person

TAKEN = "*I take taps back as soon as I have them; "
SEEN = "*Everybody here can see who taps what, and I cannot take that back; "


async def powerless(room: PlayedRoom) -> None:
    """The room lets the daemon take nothing of others back, as rooms of people's own making do."""
    await Room.filter(id=room.id).update(power={"users": {"@ana:here": 100}})


async def asked_who_comes(house: PlayedHouse) -> PlayedRoom:
    crew = await house.crew()
    await crew.says("ana", "!rhythm third thursday 19:00")
    await crew.taps("ana", "✅")
    await house.passes(until=datetime(2026, 12, 16, 18, 5, tzinfo=UTC))
    return crew


def texts(house: PlayedHouse) -> list[str]:
    return [str((owed.content or {}).get("text")) for owed in house.owed]


@pytest.mark.requirement("R13")
@pytest.mark.parametrize("sign", ["✅", "🤫", "❌"])
async def test_every_answer_to_who_comes_goes_out_of_sight_alike(
    house: PlayedHouse, sign: str
) -> None:
    crew = await asked_who_comes(house)

    await crew.taps("ben", sign, on="meeting:1")

    assert len(house.out_of_sight) == 1
    assert await Coming.filter(person=person("ben")).count() == 1
    assert [text for text in texts(house) if f"{TAKEN}`coming not` in our private chat" in text]


async def test_an_answer_that_comes_too_late_goes_out_of_sight_too(house: PlayedHouse) -> None:
    crew = await asked_who_comes(house)
    await house.passes(until=(await Meeting.get(id=1)).at + timedelta(hours=1))

    await crew.taps("ben", "❌", on="meeting:1")

    assert len(house.out_of_sight) == 1


async def test_a_heart_under_the_question_stays_where_it_is(house: PlayedHouse) -> None:
    crew = await asked_who_comes(house)

    await crew.taps("ben", "🎉", on="meeting:1")

    assert house.out_of_sight == []


async def test_where_a_tap_has_to_stay_the_question_says_so_and_names_the_private_way(
    house: PlayedHouse,
) -> None:
    crew = await house.crew()
    await powerless(crew)
    await crew.says("ana", "!rhythm third thursday 19:00")
    await crew.taps("ana", "✅")
    asked = await house.passes(until=datetime(2026, 12, 16, 18, 5, tzinfo=UTC))

    await crew.taps("ben", "❌", on="meeting:1")

    assert [text for text in asked if f"{SEEN}`coming not` in our private chat is seen by" in text]
    assert house.out_of_sight == []


@pytest.mark.requirement("R13")
@pytest.mark.parametrize("sign", ["✅", "✋"])
async def test_a_yes_and_a_no_to_what_all_are_asked_go_out_of_sight_alike(
    house: PlayedHouse, sign: str
) -> None:
    crew = await house.crew()
    [asked] = await crew.says("ana", "!close")

    await crew.taps("ben", sign)

    assert f"{TAKEN}`say yes` or `say no`" in asked
    assert len(house.out_of_sight) == 1


@pytest.mark.requirement("R13")
async def test_a_second_no_after_the_first_shows_nobody_either(house: PlayedHouse) -> None:
    hall = await house.room("Hall", ["ana", "ben", "cleo"])
    await hall.says("ana", "!adopt")
    question = hall.tappable()

    await hall.taps("ben", "✋", on=question)
    await hall.taps("cleo", "✋", on=question)

    assert len(house.out_of_sight) == 2


async def test_asked_for_care_in_a_room_of_their_own_people_read_that_a_tap_is_seen(
    house: PlayedHouse,
) -> None:
    hall = await house.room("Hall", ["ana", "ben", "cleo"])
    await powerless(hall)

    [asked] = await hall.says("ana", "!adopt")
    counted = await hall.taps("ben", "✅")

    assert f"{SEEN}`say yes` or `say no` in our private chat" in asked
    assert SEEN in counted[0]
    assert house.out_of_sight == []


@pytest.mark.requirement("R9")
async def test_no_third_person_sees_who_is_curious_about_a_call_on_the_board(
    house: PlayedHouse,
) -> None:
    space = await house.space("Lakeside", ["ana", "ben", "mara"], moderators=["mara"])
    square = await house.room(
        "Square", ["ana", "ben", "mara"], kind=RoomKind.WORKING, congregation=space.id
    )
    ana = await house.private("ana")
    await square.says("ana", "!call dinner and honesty, every other tuesday 19:00, 5 people")
    await ana.taps("ana", "✅")

    told = await square.taps("ben", "1️⃣", on="board:calls")
    mine = await square.taps("mara", "📣", on="board:calls")

    assert told[0].startswith(
        "→ ben: Good: I have told **Ana** that you are curious, and nobody else.\n"
    )
    assert mine
    assert len(house.out_of_sight) == 1
    assert [text for text in texts(house) if "I tell only its caller" in text and TAKEN in text]


async def test_who_is_curious_where_a_tap_has_to_stay_hears_that_it_stays(
    house: PlayedHouse,
) -> None:
    hall = await house.room("Friends", ["ana", "ben", "cleo"])
    await powerless(hall)
    ana = await house.private("ana")
    await hall.says("ana", "!call dinner and honesty, every other tuesday 19:00, 5 people")
    shown = await ana.taps("ana", "✅")

    told = await hall.taps("ben", "🙋")

    assert [text for text in shown if f"{SEEN}`calls` in our private chat" in text]
    assert "can be seen there until you take it back" in told[0]
    assert house.out_of_sight == []
    assert await Interest.filter(person=person("ben")).count() == 1


async def test_what_somebody_says_of_having_been_away_goes_out_of_sight(
    house: PlayedHouse,
) -> None:
    crew = await asked_who_comes(house)
    for who in ("ana", "ben", "cleo"):
        await crew.taps(who, "✅", on="meeting:1")
    await house.passes(until=datetime(2026, 12, 18, 10, tzinfo=UTC))
    before = len(house.out_of_sight)

    await crew.taps("cleo", "🚪", on="record:1")

    assert len(house.out_of_sight) == before + 1


async def test_what_is_asked_of_one_person_is_nothing_that_has_to_go(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!rhythm third thursday 19:00")

    await crew.taps("ana", "✅")

    assert house.out_of_sight == []


@pytest.mark.requirement("R13")
def test_every_question_that_one_no_can_end_keeps_to_itself_who_tapped_what() -> None:
    heard = [
        each
        for each in CATALOGUE.inquiries.values()
        if f"{hear_voice.__name__}(" in inspect.getsource(each.answer)
    ]

    assert len(heard) > 10
    assert [each.name for each in heard if not each.matter] == []


async def test_power_over_a_room_decides_what_can_be_promised_there(house: PlayedHouse) -> None:
    hall = await house.room("Hall", ["ana"])
    row = await hall.row()
    cases: tuple[tuple[dict[str, object], bool], ...] = (
        ({"users": {ME: 50}}, True),
        ({"users": {ME: 50}, "redact": 100}, False),
        ({"users": {ME: 50}, "events": {"m.room.redaction": 75}}, False),
        ({"users": {ME: 0}, "redact": 0}, True),
        ({"users": {}}, False),
    )
    for power, taken in cases:
        row.power = power
        assert taps.seen_words(row, ME, "`x`").startswith(TAKEN if taken else SEEN), power


async def test_a_tap_that_is_refused_goes_out_of_sight_like_the_others(house: PlayedHouse) -> None:
    hall = await house.room("Hall", [f"p{number}" for number in range(9)])
    [hello] = await hall.reports(Change.ARRIVED)

    told = await hall.taps("p1", YES.sign)

    assert "✅ asks all of you" in hello
    assert told[0].startswith("A crew is at most eight people")
    assert len(house.out_of_sight) == 1
    assert await Question.all().count() == 0
