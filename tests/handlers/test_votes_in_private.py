"""What is asked takes no words that were meant for something else, and says truly who will see the answer."""

from datetime import UTC, datetime, timedelta

import pytest

from storage.inbox import Heard, Kind
from storage.outbox import Owed
from storage.people import Person
from storage.polls import Ballot, Poll, SecretBallot, TookPart
from storage.questions import Question
from tests.handlers.played import PlayedHouse, PlayedRoom, person

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
PEOPLE = ("ana", "ben", "cleo", "dan")


@pytest.fixture
async def crew(house: PlayedHouse) -> PlayedRoom:
    """A crew of four on a Monday morning."""
    house.now = MONDAY
    return await house.crew(people=PEOPLE)


@pytest.fixture
async def ben(house: PlayedHouse, crew: PlayedRoom) -> PlayedRoom:
    """Ben's private chat."""
    return await house.private("ben")


def bare(text: str) -> str:
    """What people read, without the marks that keep their own words from being Markdown."""
    return text.replace("\\", "")


async def marks(poll: int) -> dict[str, int] | None:
    """What Ben's ballot says."""
    row = await Ballot.get_or_none(poll=poll, person=person("ben"))
    return None if row is None else row.marks


# ------------------------------------------------------------------------- which poll, and which command


@pytest.mark.parametrize("said", ["vote 1 2", "vote 1 Tuesday", "Vote #1 2"])
async def test_a_numbered_vote_goes_to_its_poll_whatever_else_is_asked(
    crew: PlayedRoom, ben: PlayedRoom, said: str
) -> None:
    await crew.says("ana", "!poll Which day? Monday, Tuesday")
    await crew.says("ana", "!poll up to 3 What to bring? Figs, Tea, Bread, Wine, Cake; up to 3")
    await crew.taps("ben", "✍️", on="poll:2")

    await ben.says("ben", said)

    assert await marks(1) == {"1": 1}
    assert await marks(2) is None


async def test_a_numbered_vote_is_never_cast_in_a_secret_poll_that_is_asked(
    crew: PlayedRoom, ben: PlayedRoom
) -> None:
    await crew.says("ana", "!poll Which day? Monday, Tuesday")
    await crew.says("ana", "!poll secret ranking Who? Ann, Bob, Cid")
    await crew.taps("ben", "✍️", on="poll:2")

    await ben.says("ben", "vote 1 1")

    assert await marks(1) == {"0": 1}
    assert await TookPart.all().count() == 0


async def test_a_number_of_no_poll_and_a_list_of_options_still_answer_what_is_asked(
    crew: PlayedRoom, ben: PlayedRoom
) -> None:
    await crew.says("ana", "!poll ranking Where to? Rome, Paris, Oslo")
    await crew.says("ana", "!poll ranking Who? Ann, Bob, Cid")
    await crew.taps("ben", "✍️", on="poll:2")

    await ben.says("ben", "vote 1 > 2")

    assert await marks(1) is None
    assert await marks(2) is not None


async def test_a_position_with_a_number_goes_to_that_proposal(
    crew: PlayedRoom, ben: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We sing")
    await crew.says("ana", "!propose We dance")
    await crew.taps("ben", "✋", on="poll:2")

    await ben.says("ben", "agree 1 because it is late")

    assert await marks(1) == {"0": 1}
    assert await marks(2) is None


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("recount 1", "Counted again"),
        ("poll 1", "Which day?"),
        ("polls", "Asked just now"),
        ("when", "meet"),
        ("quiet 22:00-07:00", "22:00"),
    ],
)
async def test_a_command_is_obeyed_while_a_vote_is_asked(
    crew: PlayedRoom, ben: PlayedRoom, said: str, heard: str
) -> None:
    await crew.says("ana", "!poll Which day? Monday, Tuesday")
    await crew.taps("ben", "✍️", on="poll:1")

    told = await ben.says("ben", said)

    assert heard in bare(" ".join(told))
    assert "I don't know the answer" not in " ".join(told)
    await ben.says("ben", "Monday")
    assert await marks(1) == {"0": 1}


async def test_a_zone_is_set_while_a_reason_is_asked_and_is_no_reason(
    crew: PlayedRoom, ben: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We sing")
    await crew.taps("ben", "✋", on="poll:1")

    await ben.says("ben", "timezone America/New_York")
    before = await marks(1)
    await ben.says("ben", "call the neighbours first")

    assert (await Person.get(id=person("ben"))).zone == "America/New_York"
    assert before is None
    assert (await Ballot.get()).reason == "call the neighbours first"


async def test_an_option_that_is_called_like_a_command_stays_an_answer(
    crew: PlayedRoom, ben: PlayedRoom
) -> None:
    await crew.says("ana", "!poll What do we do? Game, Share, Call the others")
    for said, mark in (("game", "0"), ("share", "1"), ("call the others", "2")):
        await crew.taps("ben", "✍️", on="poll:1")

        await ben.says("ben", said)

        assert await marks(1) == {mark: 1}


@pytest.mark.parametrize("said", ["vote 7", "perhaps Sunday", "vote perhaps"])
async def test_a_refusal_in_a_question_names_the_way_out(
    crew: PlayedRoom, ben: PlayedRoom, said: str
) -> None:
    await crew.says("ana", "!poll Which day? Monday, Tuesday")
    await crew.taps("ben", "✍️", on="poll:1")

    [refused] = await ben.says("ben", said)

    assert "`stop` ends the question." in refused
    assert (await ben.says("ben", "stop"))[0].startswith("Stopped.")
    assert await Question.all().count() == 0


async def test_an_answered_question_brings_no_older_one_back(
    crew: PlayedRoom, ben: PlayedRoom
) -> None:
    await crew.says("ana", "!poll Which day? Monday, Tuesday")
    await crew.says("ana", "!poll dots Where to? Rome, Paris; 8 dots")
    await crew.taps("ben", "✍️", on="poll:1")
    asked = await ben.says("ben", "vote 2")
    await ben.says("ben", "1:6 2:2")

    [after] = await ben.says("ben", "Monday")

    assert "`vote 1` asks it again" in asked[-1]
    assert await marks(2) == {"0": 6, "1": 2}
    assert await marks(1) is None
    assert "I don't know" in after
    await ben.says("ben", "Monday", on="ballot:1")
    assert await marks(1) == {"0": 1}


async def test_a_vote_that_is_asked_ends_what_was_begun_in_private_and_says_so(
    crew: PlayedRoom, ben: PlayedRoom
) -> None:
    await crew.says("ana", "!poll Which day? Monday, Tuesday")
    await ben.says("ben", "propose")
    asked = await crew.taps("ben", "✍️", on="poll:1")
    await ben.says("ben", "Monday")

    await ben.says("ben", "Hello, how was your weekend?")

    assert "What you had begun here before is left" in asked[-1]
    assert await Poll.all().count() == 1


async def test_a_reply_answers_what_it_replies_to_and_not_what_is_asked_now(
    crew: PlayedRoom, ben: PlayedRoom
) -> None:
    await crew.says("ana", "!poll Which day? Monday, Tuesday")
    await crew.says("ana", "!poll Which hour? Two, Three")
    await crew.taps("ben", "✍️", on="poll:1")
    await crew.taps("ben", "✍️", on="poll:2")

    await ben.says("ben", "2", on="ballot:1")

    assert await marks(1) == {"1": 1}
    assert await marks(2) is None


async def test_nothing_to_take_back_leaves_the_question_open(
    crew: PlayedRoom, ben: PlayedRoom
) -> None:
    await crew.says("ana", "!poll dots secret Where to? Rome, Paris; 8 dots")
    await crew.taps("ben", "✍️", on="poll:1")

    [told] = await ben.says("ben", "vote 1 nothing")
    shown = await ben.says("ben", "1:6 2:2")

    assert "nothing to take back" in told
    assert "✅ cast it" in shown[-1]


async def test_which_is_meant_is_listed_by_numbers_that_no_list_changes(
    crew: PlayedRoom,
) -> None:
    for what in ("We sing", "We dance", "We cook"):
        await crew.says("ana", f"!propose {what}")
    await crew.says("ana", "!poll 2 withdraw")

    [which] = await crew.says("ben", "!vote agree")
    await crew.says("ben", "3", overheard=True)

    assert "- 1: We sing\n- 3: We cook" in which
    assert (await Ballot.get()).poll == 3


# ------------------------------------------------------------------------------------------------ secret


async def test_a_secret_voice_is_shown_before_it_is_cast(
    house: PlayedHouse, crew: PlayedRoom, ben: PlayedRoom
) -> None:
    await crew.says("ana", "!poll dots secret Where to? Rome, Paris; 8 dots")

    *_, shown = await ben.says("ben", "vote 1 1:4")
    before = await TookPart.all().count()
    asked = await Question.get()
    told = await ben.says("ben", "✅", on=f"question:{asked.id}")

    assert "You say: **4 on Rome**" in bare(shown)
    assert "It is not cast yet" in shown
    assert before == 0
    assert "Rome" not in str(asked.data)
    assert "marks" not in asked.data
    assert f"⌫ question:{asked.id}" in told
    assert [row.marks for row in await SecretBallot.all()] == [{"0": 4}]
    assert await Question.all().count() == 0
    assert not [each for each in await Owed.all() if "on Rome" in str(each.content)]


@pytest.mark.parametrize("said", ["stop", "no", "✋", "leave it"])
async def test_a_secret_voice_that_is_left_is_not_cast_and_stays_nowhere(
    crew: PlayedRoom, ben: PlayedRoom, said: str
) -> None:
    await crew.says("ana", "!poll secret Who? Lee, Max")
    await ben.says("ben", "vote 1 max")
    asked = await Question.get()

    gone, told = await ben.says("ben", said)

    assert gone == f"⌫ question:{asked.id}"
    assert "It is not cast" in told
    assert (await SecretBallot.all().count(), await Question.all().count()) == (0, 0)


@pytest.mark.parametrize("said", ["lee", "1", "vote 1 lee"])
async def test_another_answer_to_a_shown_secret_voice_takes_its_place(
    crew: PlayedRoom, ben: PlayedRoom, said: str
) -> None:
    await crew.says("ana", "!poll secret Who? Lee, Max")
    await ben.says("ben", "vote 1 max")
    first = await Question.get()

    told = await ben.says("ben", said)
    await ben.says("ben", "yes")

    assert f"⌫ question:{first.id}" in told
    assert [row.marks for row in await SecretBallot.all()] == [{"0": 1}]


async def test_a_secret_voice_can_be_changed_before_it_is_cast(
    crew: PlayedRoom, ben: PlayedRoom
) -> None:
    await crew.says("ana", "!poll secret Who? Lee, Max")
    await ben.says("ben", "vote 1 max")
    await ben.says("ben", "change")
    await ben.taps("ben", "1️⃣", on="ballot:1")
    await ben.says("ben", "yes")

    assert [row.marks for row in await SecretBallot.all()] == [{"0": 1}]


async def test_a_secret_voice_that_is_not_cast_in_time_is_taken_back_unread(
    house: PlayedHouse, crew: PlayedRoom, ben: PlayedRoom
) -> None:
    await crew.says("ana", "!poll secret Who? Lee, Max; until today 12:00")
    await ben.says("ben", "vote 1 max")
    asked = await Question.get()

    told = await house.passes(timedelta(hours=3))

    assert f"⌫ question:{asked.id}" in told
    assert (await SecretBallot.all().count(), await TookPart.all().count()) == (0, 0)
    assert await Question.filter(inquiry="cast").count() == 0


async def test_a_secret_voice_to_words_that_changed_meanwhile_is_not_cast(
    crew: PlayedRoom, ben: PlayedRoom
) -> None:
    await crew.says("ana", "!poll secret Who? Lee, Max")
    await ben.says("ben", "vote 1 max")
    asked = await Question.get()
    await crew.says("ana", "!poll 1 amend Who? Max, Noa")

    await ben.taps("ben", "✅", on=f"question:{asked.id}")

    assert await SecretBallot.all().count() == 0


# ------------------------------------------------------------------------------------------- who will see


async def test_a_hidden_poll_says_everywhere_that_names_and_reasons_are_read_at_the_end(
    house: PlayedHouse, crew: PlayedRoom, ben: PlayedRoom
) -> None:
    [board] = await crew.says("ana", "!poll Which day? Monday, Tuesday; hidden")
    [asked] = await crew.taps("ben", "✍️", on="poll:1")
    noted = (await ben.says("ben", "Monday because it rains"))[-1]
    told = await house.passes(timedelta(days=8))

    assert "with who said what and why. Only a `secret` one leaves names out." in board
    for text in (asked, noted):
        assert "until it is over; then all there see who said what, and why." in text
        assert "Only a `secret` one leaves names out." in text
    assert any("Monday – Ben: it rains" in bare(text) for text in told)


async def test_a_poll_seen_after_ones_own_answer_says_that_names_go_along(
    house: PlayedHouse, crew: PlayedRoom, ben: PlayedRoom
) -> None:
    cleo = await house.private("cleo")
    [board] = await crew.says("ana", "!poll Which colour? Red, Blue; after mine")
    [asked] = await crew.taps("ben", "✍️", on="poll:1")
    noted = (await ben.says("ben", "Red"))[-1]
    await cleo.says("cleo", "vote 1 blue")
    [seen] = await cleo.says("cleo", "poll 1")

    assert "with who said what and why" in board
    for text in (asked, noted):
        assert "Others see it, with your name and reason, once they have answered" in text
        assert "`secret`" in text
    assert "Red – Ben" in seen


async def test_an_open_poll_says_in_private_that_all_can_see_it(
    crew: PlayedRoom, ben: PlayedRoom
) -> None:
    await crew.says("ana", "!poll Which day? Monday, Tuesday")
    [asked] = await crew.taps("ben", "✍️", on="poll:1")
    noted = (await ben.says("ben", "Monday"))[-1]

    assert "All there can see who says what, and why." in asked
    assert "All there can see who says what, and why." in noted


# ----------------------------------------------------------------------------------------- steps and stop


async def test_stop_ends_all_that_somebody_has_begun_in_a_room(
    crew: PlayedRoom,
) -> None:
    await crew.says("ben", "!propose")
    await crew.says("ben", "!remind")
    await crew.says("ben", "!poll What is up?")

    await crew.says("ben", "stop", overheard=True)
    told = await crew.says("ben", "Hello all, how was your weekend, by the way?", overheard=True)

    assert told == []
    assert (await Poll.all().count(), await Question.all().count()) == (0, 0)


async def test_what_is_begun_anew_ends_what_was_begun_before_and_says_so(
    crew: PlayedRoom,
) -> None:
    await crew.says("ben", "!propose")

    [asked] = await crew.says("ben", "!poll What is up?")

    assert "What you had begun here before is left" in asked
    assert await Question.all().count() == 1


async def test_another_persons_draft_is_left_alone(crew: PlayedRoom) -> None:
    await crew.says("cleo", "!propose")

    [asked] = await crew.says("ben", "!propose")
    await crew.says("ben", "stop", overheard=True)

    assert "begun here before" not in asked
    assert (await Question.get()).person == person("cleo")


async def test_the_very_next_words_answer_a_question_in_a_room(crew: PlayedRoom) -> None:
    [asked] = await crew.says("ben", "!propose")

    await crew.says("ben", "We meet on Tuesdays", overheard=True)

    assert "The very next thing you write here answers this, later a reply to it" in asked
    assert (await Poll.get()).terms["topic"] == "We meet on Tuesdays"


@pytest.mark.parametrize("first", ["!when", "!poll Which day? Monday, Tuesday"])
async def test_small_talk_after_something_else_becomes_no_poll(
    crew: PlayedRoom, first: str
) -> None:
    await crew.says("ben", "!propose")
    await crew.says("ben", first)
    polls = await Poll.all().count()

    told = await crew.says("ben", "Hello all, how was your weekend?", overheard=True)
    question = await Question.get()
    await crew.says("ben", "We meet on Tuesdays", on=f"question:{question.id}", overheard=True)

    assert told == []
    assert (await Poll.get(id=polls + 1)).terms["topic"] == "We meet on Tuesdays"


async def test_what_is_said_to_somebody_else_becomes_no_poll_and_ends_the_waiting(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ben", "!propose")
    content = {"text": "Ana, how was it?", "target": None, "overheard": True, "aside": True}
    told = await house.settled(
        Heard(
            key=house.key(),
            kind=Kind.MESSAGE,
            room=crew.id,
            sender=person("ben"),
            at=house.now,
            content=content,
        )
    )
    told += await crew.says("ben", "See you at eight, then", overheard=True)

    assert told == []
    assert await Poll.all().count() == 0


async def test_a_reply_to_a_poll_is_no_answer_to_what_somebody_has_begun(
    crew: PlayedRoom,
) -> None:
    await crew.says("ana", "!propose We sing")
    await crew.says("ben", "!propose")

    await crew.says("ben", "agree", on="poll:1", overheard=True)

    assert await marks(1) == {"0": 1}
    assert await Poll.all().count() == 1


# ----------------------------------------------------------------------------------- reasons and plain words


@pytest.mark.requirement("R129")
async def test_the_reason_of_a_block_stands_in_the_message_itself(
    crew: PlayedRoom,
) -> None:
    await crew.says("ana", "!propose We buy a fridge")

    [board] = await crew.says("ben", "!vote 1 block because it is too loud")

    assert "block – Ben: it is too loud" in bare(board)
    assert "`!poll 1` shows who says what, and why." in board


async def test_a_reason_of_any_voice_is_hinted_at_where_it_can_be_read(
    crew: PlayedRoom, ben: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We buy a fridge")

    board = (await ben.says("ben", "vote 1 disagree because it is dear"))[0]
    [all_] = await crew.says("cleo", "!poll 1")

    assert "it is dear" not in board
    assert "`!poll 1` shows who says what, and why." in board
    assert "it is dear" in all_


async def test_reasons_are_nowhere_in_a_hidden_poll_that_is_open(
    crew: PlayedRoom, ben: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We buy a fridge; hidden")

    board = (await ben.says("ben", "vote 1 block because it is loud"))[0]

    assert "loud" not in board
    assert "shows who says what" not in board


@pytest.mark.requirement("R129")
@pytest.mark.parametrize("thread", [None, "$board"])
async def test_the_reason_of_a_block_can_be_given_in_the_room(
    crew: PlayedRoom, ben: PlayedRoom, thread: str | None
) -> None:
    await crew.says("ana", "!propose We buy a fridge")
    *_, wanted = await crew.says("ben", "!block 1")
    waits = (await crew.says("cleo", "!poll 1"))[0]

    board = await crew.says(
        "ben", "too expensive, we have no money", on="poll:1", thread=thread, overheard=True
    )

    assert "a reply to what is asked gives it here" in wanted
    assert "1 of 1 who voted" not in waits
    assert "block – Ben: too expensive, we have no money" in bare(board[0])
    assert await Question.all().count() == 0


@pytest.mark.parametrize(
    "said", ["yes gladly", "Yes, gladly", "ok", "Of course", "sure, yes", "I agree"]
)
async def test_a_warm_yes_in_a_reply_agrees(crew: PlayedRoom, said: str) -> None:
    await crew.says("ana", "!propose We sing")

    await crew.says("ben", said, on="poll:1", overheard=True)

    assert await marks(1) == {"0": 1}


@pytest.mark.parametrize(("said", "counts"), [("yes, gladly", True), ("good", False)])
async def test_in_a_thread_a_warm_word_counts_when_it_begins_plainly(
    crew: PlayedRoom, said: str, counts: bool
) -> None:
    await crew.says("ana", "!propose We sing")

    await crew.says("ben", said, on="poll:1", thread="$board", overheard=True)

    assert (await marks(1) == {"0": 1}) is counts


@pytest.mark.parametrize(
    "said",
    [
        "agree and also no",
        "agree but block",
        "agree, no",
        "yes or abstain",
        "block and agree",
        "yes and no",
    ],
)
async def test_what_says_two_things_is_asked_back_and_not_counted(
    crew: PlayedRoom, said: str
) -> None:
    await crew.says("ana", "!propose We sing")

    [refused] = await crew.says("ben", f"!vote 1 {said}")

    assert "Which of them is it?" in bare(refused)
    assert await marks(1) is None


@pytest.mark.parametrize("said", ["agree and it is cheap, too", "agree it is no problem"])
async def test_a_reason_is_not_taken_for_a_second_answer(crew: PlayedRoom, said: str) -> None:
    await crew.says("ana", "!propose We sing")

    await crew.says("ben", f"!vote 1 {said}")

    assert await marks(1) == {"0": 1}
