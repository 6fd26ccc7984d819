"""Taking back the message that asked: it withdraws what nobody has answered, and never anything in silence."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers.language import Change
from storage.polls import Cast, Poll, Stage
from storage.questions import Question
from storage.rounds import Round
from tests.handlers.played import PlayedHouse, PlayedRoom

#: A Monday, eleven in Rome.
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
GOES_ON = "You took back the message with which you asked **Kitchen Crew**: *We meet on Tuesdays*"


@pytest.fixture
async def crew(house: PlayedHouse) -> PlayedRoom:
    """A crew of four on a Monday morning."""
    house.now = MONDAY
    return await house.crew(people=("ana", "ben", "cleo", "dan"))


async def deletes(room: PlayedRoom, who: str = "ana", target: str = "$ask") -> list[str]:
    return await room.reports(Change.TAKEN_BACK, who, target=target)


async def stage(number: int = 1) -> Stage:
    return (await Poll.get(id=number)).stage


# ------------------------------------------------------------------------------------------------ polls


async def test_what_nobody_has_answered_is_withdrawn_and_the_room_hears_one_sentence(
    crew: PlayedRoom, house: PlayedHouse
) -> None:
    await crew.says("ana", "!poll Which day? Monday, Tuesday", key="$ask")

    board, form, said = await deletes(crew)

    assert board.endswith("It was taken back, and nothing came of it.")
    assert form == "☑ It was taken back, and nothing came of it."
    assert said == (
        "**Poll 1** is taken back: whoever asked it deleted their message before anybody had answered, and nothing comes of it."
    )
    assert await stage() is Stage.WITHDRAWN
    assert not [name for name, _at in await house.hours() if name.startswith("poll-")]
    assert await deletes(crew) == []


async def test_what_was_answered_goes_on_and_only_its_author_hears_how_to_withdraw_it(
    crew: PlayedRoom, house: PlayedHouse
) -> None:
    private = await house.private("ana")
    await crew.says("ana", "!propose We meet on Tuesdays", key="$ask")
    await crew.taps("ben", "👍", on="poll:1")

    [told] = await deletes(crew)

    assert told.startswith(GOES_ON)
    assert house.owed[-1].lane == private.id
    assert "it goes on until **Monday 30 November, 18:00**" in told
    assert await stage() is Stage.OPEN
    # What it says works where it says it.
    assert "`poll 1 withdraw` takes it back, with all that was said." in told
    assert (await private.says("ana", "poll 1 withdraw"))[-1].startswith("Taken back")
    assert await stage() is Stage.WITHDRAWN


@pytest.mark.parametrize("said", ["secret", "hidden"])
async def test_a_voice_that_nobody_sees_is_a_voice(
    crew: PlayedRoom, house: PlayedHouse, said: str
) -> None:
    private = await house.private("ben")
    await crew.says("ana", f"!propose We meet on Tuesdays; {said}", key="$ask")
    await private.says("ben", "vote 1 agree")
    if said == "secret":
        await private.says("ben", "yes")

    [told] = await deletes(crew)

    assert told.startswith(f"→ ana: {GOES_ON}")
    assert "agree" not in told
    assert await stage() is Stage.OPEN


async def test_a_voice_that_waits_for_its_reason_is_a_voice(
    crew: PlayedRoom, house: PlayedHouse
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays", key="$ask")
    await crew.taps("ben", "✋", on="poll:1")

    assert (await deletes(crew))[0].startswith("→ ana: ")
    assert await stage() is Stage.OPEN


async def test_a_voice_that_was_taken_back_is_none(crew: PlayedRoom) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays", key="$ask")
    await crew.taps("ben", "👍", on="poll:1")
    tapped = (await Cast.get()).event
    await crew.reports(Change.TAKEN_BACK, "ben", target=tapped)

    assert (await deletes(crew))[-1].startswith("**Proposal 1** is taken back")
    assert await stage() is Stage.WITHDRAWN


async def test_nobody_else_withdraws_it_by_taking_the_message_away(crew: PlayedRoom) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays", key="$ask")

    assert await deletes(crew, "ben") == []
    assert await stage() is Stage.OPEN


async def test_what_is_over_stands(crew: PlayedRoom, house: PlayedHouse) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays", key="$ask")
    poll = await Poll.get()
    house.now = poll.closes_at

    assert await deletes(crew) == []
    assert await stage() is Stage.OPEN
    await house.passes(timedelta(minutes=1))
    assert await deletes(crew) == []
    assert await stage() is Stage.CLOSED


async def test_what_opens_later_is_withdrawn_before_it_opens(
    crew: PlayedRoom, house: PlayedHouse
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays; opens friday 9:00", key="$ask")

    assert (await deletes(crew))[-1].startswith("**Proposal 1** is taken back")
    assert not [text for text in await house.passes(timedelta(days=20)) if "Open until" in text]


async def test_what_is_asked_again_and_again_ends_and_what_was_answered_of_it_goes_on(
    crew: PlayedRoom, house: PlayedHouse
) -> None:
    await crew.says(
        "ana", "!poll question How was your month?; every month; for 3 days", key="$ask"
    )
    await crew.says("ben", "!vote 1 good")

    told = await deletes(crew)

    assert "goes on until **Thursday 26 November, 11:00**" in told[0]
    assert told[-1].startswith("**Question round 2** is taken back")
    assert (await stage(1), await stage(2)) == (Stage.OPEN, Stage.WITHDRAWN)
    later = await house.passes(timedelta(days=60))
    assert not [text for text in later if "(question round 3)" in text]


async def test_what_was_asked_in_a_thread_is_withdrawn_outside_it(
    crew: PlayedRoom, house: PlayedHouse
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays", key="$ask", thread="$root")

    said = (await deletes(crew))[-1]

    assert said.startswith("**Proposal 1** is taken back")
    assert (house.owed[-1].content or {}).get("thread") is None


async def test_what_was_asked_in_private_is_withdrawn_in_the_circle_and_said_in_both(
    crew: PlayedRoom, house: PlayedHouse
) -> None:
    private = await house.private("ana")
    await private.says("ana", "propose We meet on Tuesdays", key="$ask")

    _board, said, told = await deletes(private)

    assert said.startswith("**Proposal 1** is taken back")
    assert told == (
        "You took that message back, so **Kitchen Crew** is not asked any more: *We meet on Tuesdays*"
    )
    assert [owed.lane for owed in house.owed[-2:]] == [crew.id, private.id]


async def test_whoever_left_the_circle_withdraws_nothing_there_and_hears_nothing_of_it(
    crew: PlayedRoom, house: PlayedHouse
) -> None:
    private = await house.private("ana")
    await private.says("ana", "propose We meet on Tuesdays", key="$ask")
    await private.says("ana", "propose We meet on Mondays", key="$other")
    await crew.taps("ben", "👍", on="poll:2")
    await crew.leaves("ana")

    assert await deletes(private) == []
    assert await deletes(private, target="$other") == []
    assert (await stage(1), await stage(2)) == (Stage.OPEN, Stage.OPEN)


async def test_whoever_is_forgotten_has_asked_for_nothing(
    crew: PlayedRoom, house: PlayedHouse
) -> None:
    private = await house.private("ana")
    await crew.says("ana", "!propose We meet on Tuesdays", key="$ask")
    await private.says("ana", "forget me")
    await private.says("ana", "yes")

    assert (await Poll.get()).request is None
    assert await deletes(crew) == []


# -------------------------------------------------------------------------------- asked step by step


async def test_the_first_message_is_the_one_that_asked_however_many_followed(
    crew: PlayedRoom,
) -> None:
    await crew.says("ana", "!poll", key="$ask")
    await crew.taps("ana", "1️⃣")
    await crew.says("ana", "Which day?", overheard=True, key="$second")
    await crew.says("ana", "Monday, Tuesday", overheard=True, key="$third")

    assert (await Poll.get()).request == "$ask"
    assert (await deletes(crew))[-1].startswith("**Poll 1** is taken back")


async def test_in_private_the_first_message_is_kept_while_one_says_whom_one_asks(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await house.crew("Garden Crew", ("ana", "eve"))
    private = await house.private("ana")
    await private.says("ana", "propose We meet on Tuesdays", key="$ask")
    await private.says("ana", "kitchen crew", key="$where")

    assert (await Poll.get()).request == "$ask"


async def test_taking_back_the_first_message_ends_what_is_still_asked(crew: PlayedRoom) -> None:
    await crew.says("ana", "!poll", key="$ask")
    await crew.says("ana", "2", overheard=True)

    other = await deletes(crew, "ben")
    told = await deletes(crew)

    assert (other, told) == ([], ["You took that message back, so nothing is asked."])
    assert not await Question.exists()
    # What is said next is said to the others.
    assert await crew.says("ana", "We meet on Tuesdays", overheard=True) == []
    assert not await Poll.exists()


# ------------------------------------------------------------------------------------ consent rounds


async def test_a_round_that_has_not_begun_is_withdrawn_with_one_sentence(crew: PlayedRoom) -> None:
    await crew.says("ana", "!consent We share the cost", key="$ask")

    told = await deletes(crew)

    said = [text for text in told if not text.startswith("✎")]
    assert said == [
        "**Consent round 1** is taken back: whoever proposed it deleted their message before it began, and nothing is decided."
    ]
    assert any("nothing came of it" in text for text in told)
    assert (await Round.get()).stage == "withdrawn"
    assert await deletes(crew) == []


async def prompt() -> str:
    return f"round:1:{(await Round.get()).prompt}"


async def test_a_round_that_has_begun_and_nobody_has_answered_is_withdrawn(
    crew: PlayedRoom, house: PlayedHouse
) -> None:
    await crew.says("ana", "!consent We share the cost", key="$ask")
    await crew.taps("ana", "▶️", on=await prompt())
    await crew.taps("ana", "✅", on=await prompt())

    said = [text for text in await deletes(crew) if not text.startswith("✎")]

    assert len(said) == 1
    assert said[0].startswith("The proposal is taken back by whoever proposed it")
    assert not [name for name, _at in await house.hours() if name == "round"]


@pytest.mark.parametrize("sign", ["▶️", "🔔"])
async def test_a_round_in_which_others_take_part_goes_on_and_its_proposer_hears_how_to_withdraw_it(
    crew: PlayedRoom, house: PlayedHouse, sign: str
) -> None:
    private = await house.private("ana")
    await crew.says("ana", "!consent We share the cost", key="$ask")
    await crew.taps("ana", sign, on=await prompt())
    await crew.taps("ben", "✅", on=await prompt())

    [told] = await deletes(crew)

    assert told.startswith("You took back the message with which you proposed in **Kitchen Crew**")
    assert house.owed[-1].lane == private.id
    assert "so it goes on. `consent 1 withdraw` takes the proposal back" in told
    assert (await Round.get()).stage == "questions"
    await private.says("ana", "consent 1 withdraw")
    assert (await Round.get()).stage == "withdrawn"


async def test_once_the_time_for_questions_is_over_a_round_goes_on(
    crew: PlayedRoom, house: PlayedHouse
) -> None:
    await crew.says("ana", "!consent We share the cost", key="$ask")
    await crew.taps("ana", "▶️", on=await prompt())
    await house.passes(timedelta(days=3))

    assert (await Round.get()).stage == "reactions"
    assert "so it goes on" in (await deletes(crew))[0]


async def test_nobody_else_takes_a_proposal_back(crew: PlayedRoom) -> None:
    await crew.says("ana", "!consent We share the cost", key="$ask")

    assert await deletes(crew, "ben") == []
    assert (await Round.get()).stage == "ready"


async def test_of_a_proposal_asked_step_by_step_the_first_message_is_the_one_that_asked(
    crew: PlayedRoom,
) -> None:
    await crew.says("ana", "!consent", key="$ask")
    told = await crew.says("ana", "We share the cost", overheard=True)

    assert told[0].startswith("**Ana proposes** (consent round 1): We share the cost")
    assert (await Round.get()).request == "$ask"


async def test_who_takes_the_first_message_back_proposes_nothing_any_more(crew: PlayedRoom) -> None:
    await crew.says("ana", "!consent", key="$ask")

    assert await deletes(crew) == ["You took that message back, so nothing is asked."]
    assert await crew.says("ana", "We share the cost", overheard=True) == []
    assert not await Round.exists()


async def test_a_proposal_that_somebody_else_took_up_is_theirs_and_not_that_of_the_message(
    crew: PlayedRoom,
) -> None:
    await crew.says("ana", "!consent We share the cost", key="$ask")
    await crew.taps("ana", "▶️", on=await prompt())
    await crew.leaves("ana")
    await crew.taps("ben", "🙋", on=await prompt())

    assert (await Round.get()).request is None
    assert await deletes(crew) == []
    assert await deletes(crew, "ben") == []
    assert (await Round.get()).stage == "questions"
