"""In the middle of something of one's own: nobody's question comes between, "stop" means that, and commands stay commands."""

from datetime import timedelta

import pytest
import pytest_asyncio

from handlers.commanding import How, how
from handlers.language import Call
from practices.dyads import State
from storage.dyads import Dyad
from storage.inbox import Heard, Kind, Settled
from storage.notes import MoneyNote
from storage.questions import Question
from tests.handlers.paired import Two, begun
from tests.handlers.played import PlayedHouse, person

MINUTE = timedelta(minutes=1)


@pytest_asyncio.fixture
async def two(house: PlayedHouse) -> Two:
    """Ana and Ben of one crew."""
    return await begun(house)


async def asks(two: Two) -> list[str]:
    """Ana asks Ben for a dyad."""
    await two.ana.says("ana", "dyad ben")
    return await two.ana.says("ana", "yes")


def reached(told: list[str]) -> list[str]:
    return [each for each in told if "**Ana** asks" in each]


async def held() -> int:
    waiting = Heard.filter(kind=Kind.HOUR, state=Settled.WAITING)
    return await waiting.filter(key__startswith="later:").count()


# ------------------------------------------------------------------------------------- what is held back


@pytest.mark.requirement("R10")
@pytest.mark.parametrize("begins", ["money begin", "reflect", "parts", "pathway look"])
async def test_a_request_waits_while_its_person_is_in_the_middle_of_something(
    two: Two, begins: str
) -> None:
    await two.ben.says("ben", begins)

    told = await asks(two)

    assert not reached(told)
    assert await held() == 1
    assert (await Dyad.get()).state is State.PROPOSED


async def test_whoever_asked_reads_the_same_whether_it_waits_or_not(house: PlayedHouse) -> None:
    one, other = await begun(house), await house.private("cleo")
    await one.ben.says("ben", "money begin")
    await one.ana.says("ana", "dyad ben")
    waits = [each for each in await one.ana.says("ana", "yes") if "asks" not in each]
    await one.ana.says("ana", "dyad cleo")
    at_once = [each for each in await one.ana.says("ana", "yes") if "asks" not in each]

    assert other.id
    assert [each.replace("Ben", "Cleo").replace("ben", "cleo") for each in waits] == at_once


async def test_it_is_put_as_soon_as_that_is_over(two: Two) -> None:
    await two.ben.says("ben", "money begin")
    await asks(two)
    two.house.now += MINUTE

    await two.ben.says("ben", "stop")
    told = await two.house.passes(timedelta(seconds=1))

    assert reached(told)
    assert (await two.ben.says("ben", "yes"))[0]
    assert (await Dyad.get()).state is State.ACTIVE


async def test_it_waits_for_a_quarter_of_an_hour_after_the_last_word_and_no_longer(
    two: Two,
) -> None:
    await two.ben.says("ben", "money begin")
    await asks(two)
    assert not reached(await two.house.passes(10 * MINUTE))

    await two.ben.says("ben", "about 1400")
    assert not reached(await two.house.passes(14 * MINUTE))

    assert reached(await two.house.passes(2 * MINUTE))


async def test_it_is_never_held_for_longer_than_a_few_hours(two: Two) -> None:
    await two.ben.says("ben", "money begin")
    await asks(two)

    told: list[str] = []
    for _ in range(20):
        told += await two.house.passes(10 * MINUTE)
        await two.ben.says("ben", "money begin")

    assert len(reached(told)) == 1


async def test_nothing_is_lost_where_the_daemon_was_away_meanwhile(two: Two) -> None:
    await two.ben.says("ben", "money begin")
    await asks(two)

    told = await two.house.wakes_at(two.house.now + timedelta(hours=4))

    assert len(reached(told)) == 1
    assert await held() == 0


async def test_what_waits_is_called_off_with_what_it_belongs_to(two: Two) -> None:
    await two.ben.says("ben", "money begin")
    await asks(two)

    await two.ana.says("ana", "dyad ben close")
    await two.ben.says("ben", "stop")

    assert not reached(await two.house.passes(timedelta(hours=1)))


async def test_when_the_bell_has_rung_it_is_put(two: Two) -> None:
    row = await two.ben.row()
    row.power = {"users": {"@kinkeeper:here": 100}}
    await row.save()
    for said in ("reflect", "keep nothing", "3"):
        await two.ben.says("ben", said)
    await asks(two)

    told = await two.house.passes(3 * MINUTE)

    assert [each for each in told if "🔔" in each or "**Ana** asks" in each]
    assert reached(told + await two.house.passes(MINUTE))


# ------------------------------------------------------------------------------------------ what stop ends


async def asked_before(two: Two) -> None:
    """Ben is asked for a dyad, and has begun his money note below that."""
    await asks(two)
    await two.ben.says("ben", "money begin")


@pytest.mark.requirement("R10")
async def test_stop_ends_what_somebody_does_for_themselves_and_is_no_word_to_another(
    two: Two,
) -> None:
    await two.ben.says("ben", "money begin")
    # It was asked although: a question that is put while he is away from his note.
    await two.house.passes(20 * MINUTE)
    told = await asks(two)
    assert reached(told)

    told = await two.ben.says("ben", "stop")

    assert (await Dyad.get()).state is State.PROPOSED
    assert "money note" in told[0]
    assert not await Question.filter(inquiry="money-field").exists()
    for _ in range(2):  # it lay behind, and is put once more
        await two.ben.says("ben", "no")
    assert not await Dyad.filter(state=State.PROPOSED).exists()


async def test_stop_is_a_no_where_their_question_is_all_that_is_open(two: Two) -> None:
    await asks(two)

    await two.ben.says("ben", "stop")

    assert not await Dyad.filter(state=State.PROPOSED).exists()


async def test_stop_in_a_reply_to_it_is_a_no_also_in_the_middle_of_something(two: Two) -> None:
    await asked_before(two)
    asked = await Question.get(person=person("ben"), inquiry__startswith="dyad")

    await two.ben.says("ben", "stop", on=f"question:{asked.id}")

    assert not await Dyad.filter(state=State.PROPOSED).exists()
    assert await Question.filter(inquiry="money-field").exists()


async def test_where_it_is_not_sure_what_stop_ends_it_is_asked_back(two: Two) -> None:
    await two.dyad()
    await asks_partnership(two)
    await two.ben.says("ben", "when")

    [told] = await two.ben.says("ben", "stop")

    assert "Do you mean" in told
    assert await Question.filter(person=person("ben"), inquiry="partnership-asked").exists()


async def asks_partnership(two: Two) -> None:
    await two.ana.says("ana", "partnership with ben")
    await two.ana.says("ana", "yes")


# -------------------------------------------------------------------------------------- commands and answers


@pytest.mark.parametrize("command", ["one-to-one", "dyad ana", "when", "help"])
async def test_a_whole_command_is_the_command_in_the_middle_of_something(
    two: Two, command: str
) -> None:
    await two.ben.says("ben", "pathway look")

    told = await two.ben.says("ben", command)

    assert not [each for each in told if "2 of 3" in each] or command == "when"


async def test_the_names_of_what_is_ours_are_commands_and_the_question_stays(two: Two) -> None:
    await two.ben.says("ben", "pathway look")

    await two.ben.says("ben", "one-to-one")
    [told] = await two.ben.says("ben", "I was loud")

    assert "2 of 3" in told


@pytest.mark.parametrize(
    ("said", "sure"),
    [
        ("one-to-one", How.WHOLLY),
        ("money note", How.WHOLLY),
        ("steward ask Ana", How.WHOLLY),
        ("dyad ana", How.WHOLLY),
        ("share Ana, Cleo", How.WHOLLY),
        ("one-to-one off 2", How.WHOLLY),
        ("steward ask Zoe", How.PERHAPS),
        ("steward ask", How.PERHAPS),
        ("silence", How.PERHAPS),
        ("money", How.PERHAPS),
        ("leave my job", How.NOT),
        ("ask Ana", How.NOT),
        ("call mother", How.NOT),
        ("with Ana", How.NOT),
        ("money: leave my job, or remind me of it", How.NOT),
        ("talk more with Ana", How.NOT),
        ("gardening", How.NOT),
    ],
)
async def test_how_sure_a_command_is(two: Two, said: str, sure: How) -> None:
    call = Call(
        key="$x",
        at=two.house.now,
        room=await two.ben.row(),
        house=two.house.house,
        sender=person("ben"),
        text=said,
    )

    assert await how(call, said) is sure


async def test_what_may_be_a_command_is_taken_as_the_answer_and_the_command_is_named(
    two: Two,
) -> None:
    await two.ben.says("ben", "money life")

    told = await two.ben.says("ben", "silence")

    assert "> silence" in told[0]
    assert "Taken as your answer; `!silence` would be the command." in told[0]


async def test_what_only_begins_like_a_command_is_an_answer_and_nothing_is_said_of_it(
    two: Two,
) -> None:
    await two.ben.says("ben", "money life")

    told = await two.ben.says("ben", "leave my job")

    assert "> leave my job" in told[0]
    assert "command" not in "\n".join(told)


# ------------------------------------------------------------------------------------------- times or words


@pytest.mark.parametrize("said", ["1,2,3", "2", "thursday 19:00", "thursday 19:00 works too"])
async def test_words_that_name_times_are_asked_back_where_both_are_asked(
    two: Two, said: str
) -> None:
    await two.dyad()
    await two.ben.says("ben", "money life")

    [told] = await two.ben.says("ben", said)
    noted = await two.ben.says("ben", "the times")

    assert "✏️ my answer here · 🗓️ the times" in told
    assert not await MoneyNote.exists()
    assert [each for each in noted if "Noted" in each or "agreed" in each]
    assert await Question.filter(inquiry="money-field").exists()


async def test_they_can_be_the_answer_after_all(two: Two) -> None:
    await two.dyad()
    await two.ben.says("ben", "money life")

    await two.ben.says("ben", "1,2,3")
    told = await two.ben.taps("ben", "✏️")

    assert "1\\,2\\,3" in told[0]


async def test_without_a_question_for_times_they_are_words_like_others(two: Two) -> None:
    await two.ben.says("ben", "money life")

    told = await two.ben.says("ben", "1,2,3")

    assert "1\\,2\\,3" in told[0]


async def test_a_number_at_the_point_is_kept_and_it_is_said_how_else_it_could_be_meant(
    two: Two,
) -> None:
    await two.dyad()
    await asks_partnership(two)
    asked = await Question.get(person=person("ben"), inquiry="partnership-asked")
    await two.ben.taps("ben", "✅", on=f"question:{asked.id}")
    await two.ben.says("ben", "begin")

    told = await two.ben.says("ben", "3")

    assert "3 of 100" in "\n".join(told)
    assert "reply to that message" in "\n".join(told)


# -------------------------------------------------------------------------------------------- signs that are typed


async def test_a_sign_that_is_typed_is_the_tap_on_our_last_message_that_has_it(two: Two) -> None:
    await two.ana.says("ana", "pathway ask Ben")
    await two.ana.taps("ana", "✅")
    await two.ben.says("ben", "when")

    [told] = await two.ben.says("ben", "✏️")

    assert "What would you say to Ana" in told


async def test_a_sign_that_nothing_has_is_told_so(two: Two) -> None:
    [told] = await two.ben.says("ben", "🔕")

    assert "I don't know" in told


async def test_a_typed_yes_is_no_tap_on_anything_older(two: Two) -> None:
    await asks_partnership(two)
    await two.ana.says("ana", "pathway ask Ben")
    await two.ana.taps("ana", "✅")

    await two.ben.says("ben", "👍")

    assert await Question.filter(person=person("ben"), inquiry="partnership-asked").exists()


async def test_hm_is_no_answer_to_whether_somebody_shall_be_asked(two: Two) -> None:
    await two.ana.says("ana", "partnership with ben")

    [told] = await two.ana.says("ana", "hm")

    assert "asked yet" in told
    assert await Question.filter(inquiry="partnership-right").exists()
