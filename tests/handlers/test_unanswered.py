"""Questions that are left behind: no later yes is taken for an answer to them, and asking anew takes their place."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from daemon.settle import Outcome, _collect, _write
from handlers.catalogue import CATALOGUE
from handlers.conversation import chosen
from handlers.language import Ask, Call, Effect, Say
from handlers.unanswered import GIST, is_bare, named
from storage.questions import Question
from tests.handlers.played import START, PlayedHouse, PlayedRoom, person
from tests.handlers.seated import Seated, an_assembly

#: Every question that a bare word answers, with each such word.
BARE = sorted(
    (each.name, word)
    for each in CATALOGUE.inquiries.values()
    for word in ("yes", "no", "ok", "✅", "✋", "gladly", "no thanks")
    if chosen(each, word) is not None
)

NEED = "assembly need Chairs: for our spring table"
BETTER = "assembly need Chairs: forty of them for our spring table; until 20 December"


@pytest_asyncio.fixture
async def river() -> AsyncIterator[Seated]:
    """Two congregations."""
    async with an_assembly("Lakeside", "Harbour") as found:
        yield found


async def does(house: PlayedHouse, room: PlayedRoom, *effects: Effect, by: str | None) -> list[str]:
    """What a feature does in a private chat; `by` is whose word brought it about, None for an hour."""
    outcome = Outcome()
    call = Call(
        key=house.key(),
        at=house.now,
        room=await room.row(),
        house=house.house,
        sender=None if by is None else person(by),
    )
    await _collect(call, effects, outcome)
    await _write(outcome)
    return await house._told(outcome)


def ask(inquiry: str, text: str = "May all read of the forty chairs?") -> Ask:
    return Ask(
        inquiry=inquiry,
        text=text,
        until=START + timedelta(days=7),
        person=person("ana"),
        private=True,
    )


async def open_now() -> list[str]:
    """What is asked of Ana, the newest last."""
    return [each.inquiry async for each in Question.filter(person=person("ana")).order_by("id")]


# ---------------------------------------------------------------------------------- the bare yes, for all


async def test_no_bare_word_answers_any_question_that_was_left_behind(house: PlayedHouse) -> None:
    private = await house.private("ana")
    assert len({name for name, _word in BARE}) > 100

    for name, word in BARE:
        await does(house, private, ask(name), by="ana")
        await does(house, private, Say(text="Lee has come to the Kitchen Crew."), by=None)

        [told] = await private.says("ana", word)

        assert told.startswith("Do you mean: "), (name, word)
        assert await Question.filter(inquiry=name).exists(), (name, word)
        await Question.all().delete()


@pytest.mark.parametrize("said", ["yes", "No, thank you", "ok", "👍", "right", "not now"])
def test_yes_and_no_name_nothing(said: str) -> None:
    assert is_bare(said)


@pytest.mark.parametrize("said", ["move it", "hold", "skip", "cast", "yes to the chairs", "2"])
def test_a_word_that_names_what_it_means_is_not_bare(said: str) -> None:
    assert not is_bare(said)


@pytest.mark.parametrize("name", sorted(CATALOGUE.inquiries))
def test_every_question_has_a_name_that_is_no_more_than_a_line(name: str) -> None:
    found = CATALOGUE.inquiries[name]
    signs = " · ".join(f"{each.sign} {each.word}" for each in found.options)

    gist = str(named(ask(name, f"**Lakeside** needs *{'many ' * 60}*\n\n{signs}"), found)[GIST])

    assert 0 < len(gist) < 150
    assert not any(mark in gist for mark in ("\n", "*", "✅"))


@pytest.mark.parametrize("name", ["cast", "shared", "money-field", "partnership-words"])
def test_what_is_under_seal_is_kept_in_no_words(name: str) -> None:
    found = CATALOGUE.inquiries[name]

    assert "Lisbon" not in str(named(ask(name, "You say: **Lisbon**"), found))


def test_a_name_is_cut_between_words_and_escapes_nothing_away() -> None:
    found = CATALOGUE.inquiries["forget"]

    gist = str(named(ask("forget", "May " + "a\\_b " * 60), found)[GIST])

    assert gist.endswith("b…”")


# ----------------------------------------------------------------------------------------- one after another


async def test_a_need_typed_anew_takes_the_place_of_the_one_before(river: Seated) -> None:
    await river.host("Lakeside", NEED)

    [asked] = await river.host("Lakeside", BETTER)
    sent = await river.host("Lakeside", "yes")
    once_more = await river.host("Lakeside", "yes")
    await river.them.goes_round()

    assert "It takes the place of what I asked before: “To all congregations" in asked
    assert any("It stands on the board" in each for each in sent)
    assert once_more == [
        "No question of mine that this would answer is open here. Nothing was changed."
    ]
    assert [each["letter"]["body"]["words"] for each in river.them.said_as("need")] == [
        "forty of them for our spring table"
    ]


async def test_a_yes_after_a_yes_asks_back_and_sends_nothing(river: Seated) -> None:
    await river.host("Lakeside", "assembly leave")
    await river.host("Lakeside", BETTER)
    await river.host("Lakeside", "yes")

    [told] = await river.host("Lakeside", "yes")

    assert told.startswith("Do you mean: “Lakeside would give up its seat in ")
    assert "✅ yes · ✋ no" in told
    assert river.them.said_as("leave") == []


async def test_what_was_asked_back_is_answered_by_the_same_word(river: Seated) -> None:
    await river.host("Lakeside", "assembly leave")
    await river.host("Lakeside", "assembly board")
    await river.host("Lakeside", "yes")

    told = await river.host("Lakeside", "yes")

    assert any(each.startswith("Done: **Lakeside** has left") for each in told)


async def test_a_reply_or_a_tap_answers_what_it_is_put_under(river: Seated) -> None:
    await river.host("Lakeside", "assembly leave")
    await river.host("Lakeside", "assembly board")
    room = await river.private("Lakeside", "ana")

    replied = await room.says("ana", "no", on=room.asked("would give up its seat"))
    await river.host("Lakeside", "assembly leave")
    await river.host("Lakeside", "assembly board")
    tapped = await room.taps("ana", "✋", on=room.asked("would give up its seat"))

    assert replied == tapped == ["Your congregation keeps its seat."]


async def test_an_answer_to_the_question_itself_does_not_come_between(river: Seated) -> None:
    await river.host("Lakeside", "assembly leave")
    [asked] = await river.host("Lakeside", "hm, what does that mean for us")
    assert asked.startswith("A yes or a no is enough")

    assert await river.host("Lakeside", "no") == ["Your congregation keeps its seat."]


async def test_a_yes_after_three_days_asks_back(house: PlayedHouse) -> None:
    private = await house.private("ana")
    await does(house, private, ask("assembly-leave"), by="ana")
    await house.passes(timedelta(days=3, minutes=1))

    [told] = await private.says("ana", "yes")
    [after] = await private.says("ana", "yes")

    assert told.startswith("Do you mean: “May all read of the forty chairs?”?")
    assert "no seat there any more" in after


async def test_a_question_that_comes_of_itself_takes_no_yes_that_was_meant_for_another(
    house: PlayedHouse,
) -> None:
    private = await house.private("ana")
    await does(house, private, ask("forget", "Delete all of it?"), by="ana")
    await does(house, private, ask("card-contact", "May others write to you?"), by=None)

    [told] = await private.says("ana", "yes")

    assert told.startswith("Do you mean: “May others write to you?”?")
    assert await open_now() == ["forget", "card-contact"]


async def test_what_came_long_after_takes_its_own_yes(house: PlayedHouse) -> None:
    private = await house.private("ana")
    await does(house, private, ask("forget", "Delete all of it?"), by="ana")
    await house.passes(timedelta(hours=1))
    await does(house, private, ask("assembly-leave", "Leave?"), by=None)

    [told] = await private.says("ana", "yes")

    assert "no seat there any more" in told


async def test_a_thank_you_does_not_come_between(river: Seated) -> None:
    await river.host("Lakeside", "assembly leave", "thanks")

    assert await river.host("Lakeside", "no") == ["Your congregation keeps its seat."]


async def test_what_others_ask_is_not_left_for_what_one_asks_oneself(house: PlayedHouse) -> None:
    private = await house.private("ana")
    await does(house, private, ask("swap", "Would you host for Ben?"), by="ben")
    await does(house, private, ask("swap", "Would you host for Cleo?"), by="ana")
    told = await does(house, private, ask("swap", "Would you host for Lee?"), by="ana")

    assert len(await open_now()) == 2
    assert "takes the place of what I asked before: “Would you host for Cleo?”" in told[0]


async def test_questions_that_are_put_together_all_stay(house: PlayedHouse) -> None:
    private = await house.private("ana")
    both = [ask("mediator-host", "Who speaks Italian?"), ask("mediator-host", "Who speaks Thai?")]

    await does(house, private, *both, by="ana")

    assert await open_now() == ["mediator-host", "mediator-host"]


# ------------------------------------------------------------------------------------------- help and stop


async def test_help_names_what_is_open_and_a_yes_after_it_counts(house: PlayedHouse) -> None:
    private = await house.private("ana")
    await does(house, private, ask("card-contact", "May others write to you?"), by=None)
    await private.says("ana", "forget me")

    [told] = await private.says("ana", "help")
    [no, *_] = await private.says("ana", "no")

    assert told.startswith("**A question of mine is open here**: “")
    assert "Still open: “May others write to you?”." in told
    assert "Do you mean" not in no
    assert await open_now() == ["card-contact"]


async def test_stop_says_what_it_ends_and_what_is_open_still(house: PlayedHouse) -> None:
    private = await house.private("ana")
    await does(house, private, ask("card-contact", "May others write to you?"), by=None)
    await private.says("ana", "forget me")

    [first] = await private.says("ana", "stop")
    [second] = await private.says("ana", "stop")

    assert first.startswith(
        "Stopped. Nothing was changed.\n\nStill open: “May others write to you?”."
    )
    assert second == "Stopped: “May others write to you?”. Nothing was changed."
    assert await open_now() == []


# ------------------------------------------------------------------------------------------------ in a room


async def test_in_a_room_a_yes_counts_for_what_one_was_told_last(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!rhythm third thursday 19:00")
    await crew.says("ben", "!when")
    await crew.says("ana", "!when")

    [told] = await crew.says("ana", "!yes")
    assert (await crew.row()).rhythm is None
    await crew.says("ana", "!yes")

    assert told.startswith("Do you mean: “I understood: every third Thursday")
    assert (await crew.row()).rhythm is not None


async def test_what_others_are_told_does_not_come_between(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!rhythm third thursday 19:00")
    await crew.says("ben", "!when")

    await crew.says("ana", "!yes")

    assert (await crew.row()).rhythm is not None


async def test_a_yes_among_people_is_no_answer_to_what_was_left_behind(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!rhythm third thursday 19:00")
    await crew.says("ana", "!when")

    assert await crew.says("ana", "yes", overheard=True) == []
    assert (await crew.row()).rhythm is None


async def test_a_rhythm_said_anew_is_the_only_one_that_a_yes_settles(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!rhythm third thursday 19:00")

    [asked] = await crew.says("ana", "!rhythm first monday 18:00")
    await crew.taps("ana", "✅")

    assert "It takes the place of what I asked before" in asked
    assert not await Question.exists(inquiry="rhythm")
