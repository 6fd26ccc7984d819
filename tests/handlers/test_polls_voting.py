"""One voice each, through any door; and a kind answer to every voice that cannot be counted."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers.language import Change
from practices.circles import RoomKind
from practices.polls.forms import LONGEST_REASON
from storage.inbox import Heard, Kind
from storage.polls import Ballot, Cast, Door, Poll, SecretBallot, Stage, Voice
from storage.rooms import Room
from storage.visitors import Visitor
from tests.handlers.played import ME, PlayedHouse, PlayedRoom, person

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
PEOPLE = ("ana", "ben", "cleo", "dan")


@pytest.fixture
async def crew(house: PlayedHouse) -> PlayedRoom:
    """A crew of four on a Monday morning."""
    house.now = MONDAY
    return await house.crew(people=PEOPLE)


@pytest.mark.parametrize("thread", ["$thread", None])
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("gradients We hire the big hall", "8 - 10 people is enough for me"),
        ("How many weeks? One week, Two weeks, Three weeks", "2 - 3 of us can't come at all"),
        ("How many weeks? One week, Two weeks, Three weeks", "3: is that too long?"),
        ("How many weeks? One week, Two weeks, Three weeks", "1 – Ben, did you ask Cleo?"),
        (
            "How many weeks? One week, Two weeks, Three weeks",
            "Two weeks – is that too long for you?",
        ),
    ],
)
async def test_talk_that_begins_with_a_number_is_no_voice(
    crew: PlayedRoom, asked: str, said: str, thread: str | None
) -> None:
    await crew.says("ana", f"!poll {asked}")

    told = await crew.says("ben", said, on="poll:1", thread=thread)

    assert await Ballot.all().count() == 0
    # In a thread people talk; who answers the board itself hears that it was not counted.
    assert bool(told) == (thread is None and said[0].isdigit())


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("2 because it is enough", "it is enough"),
        ("2 - because it is enough", "it is enough"),
        ("Two weeks – it is enough", "it is enough"),
        ("2\nit is enough", "it is enough"),
        ("2️⃣ – it is enough", "it is enough"),
        ("2", ""),
    ],
)
async def test_a_plain_answer_with_its_reason_is_a_voice_in_the_thread_too(
    crew: PlayedRoom, said: str, reason: str
) -> None:
    await crew.says("ana", "!poll How many weeks? One week, Two weeks, Three weeks")

    await crew.says("ben", said, on="poll:1", thread="$thread")

    row = await Ballot.get()
    assert (row.marks, row.reason) == ({"1": 1}, reason)


@pytest.fixture
async def ben(house: PlayedHouse, crew: PlayedRoom) -> PlayedRoom:
    """Ben's private chat."""
    return await house.private("ben")


def bare(text: str) -> str:
    """What people read, without the marks that keep their own words from being Markdown."""
    return text.replace("\\", "")


async def says(who: str) -> dict[str, int] | None:
    """What somebody's ballot says."""
    row = await Ballot.get_or_none(poll=1, person=person(who))
    return None if row is None else row.marks


def reactions(house: PlayedHouse) -> list[str]:
    """What the daemon set under people's messages."""
    owed = [
        each for each in house.owed if each.deed == "react" and (each.target or "").startswith("$")
    ]
    return [str((each.content or {})["sign"]) for each in owed]


# -------------------------------------------------------------------------------------------------- doors


async def test_a_tap_counts_and_the_board_shows_it(crew: PlayedRoom) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")

    [board] = await crew.taps("ben", "👍🏽", on="poll:1")

    assert board.startswith("✎ ")
    assert "👍 agree: 1 of 1 who voted" in bare(board)
    assert "1 of 4 entitled has taken part." in bare(board)
    assert await says("ben") == {"0": 1}


@pytest.mark.parametrize(
    "said",
    ["agree", "Agree.", "agree because it is simple", "yes", "1", "agree – it is simple", "👍"],
)
async def test_a_plain_reply_counts_and_gets_a_sign(
    house: PlayedHouse, crew: PlayedRoom, said: str
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")

    await crew.says("ben", said, on="poll:1")

    assert await says("ben") == {"0": 1}
    assert reactions(house) == ["✔️"]


@pytest.mark.parametrize(
    "said",
    [
        "!vote 1 agree because it is simple",
        "!vote agree because it is simple",
        "!agree 1 because it is simple",
        "!agree because it is simple",
        "!agree 1 it is simple",
        "!vote 1 agree it is simple",
    ],
)
async def test_a_command_counts_with_its_reason(crew: PlayedRoom, said: str) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")

    await crew.says("ben", said)

    row = await Ballot.get(person=person("ben"))
    assert (row.marks, row.reason) == ({"0": 1}, "it is simple")
    assert (await Cast.get()).door is Door.WORD


async def test_elements_form_counts_and_the_newest_of_all_doors_wins(
    crew: PlayedRoom, ben: PlayedRoom
) -> None:
    await crew.says("ana", "!poll Which day? Monday, Tuesday, Friday")

    await crew.votes("ben", "2", on="form:1")
    assert await says("ben") == {"1": 1}
    await crew.taps("ben", "1️⃣", on="poll:1")
    assert await says("ben") == {"0": 1}
    await ben.says("ben", "vote 1 friday")
    assert await says("ben") == {"2": 1}
    await crew.votes("ben", "1", on="form:1")

    assert await says("ben") == {"0": 1}
    doors = [row.door for row in await Cast.all().order_by("id")]
    assert doors == [Door.FORM, Door.REACTION, Door.PRIVATE, Door.FORM]
    assert await Ballot.all().count() == 1


async def test_a_void_answer_to_the_form_takes_no_position(crew: PlayedRoom) -> None:
    await crew.says("ana", "!poll Which day? Monday, Tuesday")
    await crew.votes("ben", "2", on="form:1")

    [board] = await crew.votes("ben", "", on="form:1")

    assert "Nobody has taken part yet" in bare(board)
    assert await says("ben") is None


async def test_a_question_in_private_is_answered_by_tap_or_word(
    crew: PlayedRoom, ben: PlayedRoom
) -> None:
    await crew.says("ana", "!poll dots Where to? Rome, Paris; 5 dots")
    [asked] = await crew.taps("ben", "✍️", on="poll:1")
    [wrong] = await ben.says("ben", "1:9")
    board, noted = await ben.says("ben", "1:4 2:1")
    [again] = await ben.says("ben", "vote 1")

    assert "Each has" not in asked
    assert "Write it, for example “1:3 2:2”" in asked
    assert "Nothing was changed." in wrong
    assert board.startswith("✎ ")
    assert "It counts until **Thursday 26 November, 18:00** unless you say something else" in noted
    assert "So far you say: **" in again


async def test_a_tap_in_private_counts_like_one_in_the_room(
    crew: PlayedRoom, ben: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await ben.says("ben", "vote 1")

    _board, noted = await ben.taps("ben", "👎", on="ballot:1")

    assert noted.startswith("Noted: **disagree**.")
    assert await says("ben") == {"2": 1}


async def test_which_is_meant_is_asked_where_several_are_open(crew: PlayedRoom) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.says("ana", "!propose We sing")

    [which] = await crew.says("ben", "!agree because I like it")
    await crew.says("ben", "2", overheard=True)

    assert "- 1: We meet on Tuesdays\n- 2: We sing" in which
    assert (await Ballot.get()).poll == 2
    assert (await Ballot.get()).reason == "I like it"


async def test_in_a_reply_to_a_board_no_number_is_needed(crew: PlayedRoom) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.says("ana", "!propose We sing")

    await crew.says("ben", "!vote disagree", on="poll:2")

    assert (await Ballot.get()).poll == 2


async def test_everybody_answers_a_question_round_in_their_own_words(
    crew: PlayedRoom, ben: PlayedRoom
) -> None:
    await crew.says("ana", "!poll question What did you learn?")
    await crew.says("cleo", "To listen: that is all", on="poll:1")
    await crew.taps("ben", "✍️", on="poll:1")
    await ben.says("ben", "To rest")

    [shown] = await crew.says("ana", "!poll 1")

    assert "2 of 4 entitled have answered in their own words." in bare(shown)
    assert "- Ben: To rest\n- Cleo: To listen: that is all" in bare(shown)


async def test_who_says_what_can_be_seen_while_it_is_open(crew: PlayedRoom) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    for who in ("ben", "ana"):
        await crew.taps(who, "👍", on="poll:1")
    await crew.says("cleo", "disagree because of *choir*", on="poll:1")

    [shown] = await crew.says("dan", "!poll 1")

    assert "- agree – Ana, Ben\n- disagree – Cleo: of \\*choir\\*" in shown


# --------------------------------------------------------------------------------------- people who talk


@pytest.mark.parametrize(
    "said",
    [
        "I agree with Ben that it is early",
        "what do you all think of it",
        "agree, but not on Monday",
    ],
)
async def test_people_who_talk_about_it_are_not_counted_and_not_answered(
    house: PlayedHouse, crew: PlayedRoom, said: str
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")

    assert await crew.says("ben", said, on="poll:1") == []
    assert await Cast.all().count() == 0
    assert reactions(house) == []


async def test_a_short_reply_that_is_no_answer_is_told_what_would_be(crew: PlayedRoom) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")

    [told] = await crew.says("ben", "perhaps so", on="poll:1")
    silence = await crew.says("ben", "perhaps so", on="poll:1", thread="$board")

    assert "1: agree; 2: abstain; 3: disagree; 4: block" in bare(told)
    assert silence == []


async def test_a_heart_is_a_heart(crew: PlayedRoom) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")

    assert await crew.taps("ben", "❤️", on="poll:1") == []


# ------------------------------------------------------------------------------------------------ reasons


@pytest.mark.requirement("R129")
async def test_a_block_says_nothing_until_its_reason_comes(
    crew: PlayedRoom, ben: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.taps("ben", "👍", on="poll:1")

    waits, asked = await crew.taps("ben", "✋", on="poll:1")
    before = await says("ben")
    board, noted = await ben.says("ben", "because I teach on Tuesdays")

    assert "You say **block**. What is your reason?" in asked
    assert before == {"0": 1}
    assert "One voice waits for its reason, and is not counted until it comes." in waits
    assert "✋ block: 1 of 1 who voted" in bare(board)
    assert "block, because I teach on Tuesdays" in noted
    assert (await Ballot.get()).reason == "I teach on Tuesdays"


@pytest.mark.requirement("R129")
@pytest.mark.parametrize("said", ["!block 1 because I teach then", "!vote 1 block: I teach then"])
async def test_a_block_with_its_reason_needs_nothing_more(crew: PlayedRoom, said: str) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")

    [board] = await crew.says("ben", said)

    assert "✋ block: 1 of 1 who voted" in bare(board)


async def test_the_reason_may_come_later_as_a_reply_and_a_change_of_mind_is_no_reason(
    house: PlayedHouse, crew: PlayedRoom, ben: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.taps("ben", "✋", on="poll:1")
    house.now += timedelta(hours=5)
    await ben.says("ben", "I teach then", on="reason:1")
    assert await says("ben") == {"3": 1}

    await crew.taps("ben", "✋", on="poll:1")
    await ben.says("ben", "agree 1")
    [late] = await ben.says("ben", "I teach then", on="reason:1")

    assert await says("ben") == {"0": 1}
    assert "No voice of yours waits for a reason there" in late


async def test_a_block_without_reason_is_taken_back_with_its_tap(
    crew: PlayedRoom, ben: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.taps("ben", "✋", on="poll:1")
    waiting = await Cast.get()

    assert await crew.reports(Change.TAKEN_BACK, "ben", target=waiting.event) == []
    [told] = await ben.says("ben", "I teach then", on="reason:1")

    assert "No voice of yours waits" in told
    assert await says("ben") is None


async def test_taking_the_tap_back_takes_its_reason_along(
    crew: PlayedRoom, ben: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.taps("ben", "👍", on="poll:1")
    await crew.taps("ben", "✋", on="poll:1")
    tapped = await Cast.filter(voice=Voice.WAITS).get()
    await ben.says("ben", "I teach then")

    await crew.reports(Change.TAKEN_BACK, "ben", target=tapped.event)

    assert await says("ben") == {"0": 1}


# --------------------------------------------------------------------------------------------- taking back


async def test_what_was_said_before_counts_again(crew: PlayedRoom) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.taps("ben", "👍", on="poll:1")
    await crew.says("ben", "disagree", on="poll:1", key="$said")

    [board] = await crew.reports(Change.TAKEN_BACK, "ben", target="$said")

    assert "👍 agree: 1 of 1 who voted" in bare(board)
    assert await says("ben") == {"0": 1}


async def test_nobody_takes_back_anothers_voice(crew: PlayedRoom) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.says("ben", "disagree because of choir", on="poll:1", key="$said")

    await crew.reports(Change.TAKEN_BACK, "ana", target="$said")

    row = await Ballot.get()
    # Who moderates may take away words; the position stays its owner's.
    assert (row.marks, row.reason) == ({"2": 1}, "")


async def test_edited_words_count_as_they_read_now(crew: PlayedRoom) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.says("ben", "!vote 1 disagree because of choir", key="$said")

    [board] = await crew.reports(
        Change.REWORDED, "ben", target="$said", text="!vote 1 agree after all", event="$edit"
    )
    assert "👍 agree: 1 of 1 who voted" in bare(board)
    await crew.reports(Change.TAKEN_BACK, "ben", target="$edit")
    assert await says("ben") == {"2": 1}


async def test_words_edited_into_something_else_are_counted_no_more(crew: PlayedRoom) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.says("ben", "agree", on="poll:1", key="$said")

    board, told = await crew.reports(
        Change.REWORDED, "ben", target="$said", text="let me think about this", event="$edit"
    )

    assert "Nobody has taken part yet" in bare(board)
    assert "I can't read an answer in what you changed your words to" in told
    assert await says("ben") is None


async def test_an_edit_into_a_block_asks_for_its_reason(crew: PlayedRoom, ben: PlayedRoom) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.says("ben", "agree", on="poll:1", key="$said")

    told = await crew.reports(Change.REWORDED, "ben", target="$said", text="block", event="$edit")
    await ben.says("ben", "I teach then")

    assert any("What is your reason?" in text for text in told)
    assert await says("ben") == {"3": 1}


@pytest.mark.parametrize("said", ["vote 1 nothing", "vote nothing"])
async def test_a_voice_is_taken_back_by_a_word(
    crew: PlayedRoom, ben: PlayedRoom, said: str
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await ben.says("ben", "agree 1")

    board, told = await ben.says("ben", said)

    assert "Nobody has taken part yet" in bare(board)
    assert told == "Taken back: you take no position in this now."


# ------------------------------------------------------------------------------- what cannot be counted


async def closed(house: PlayedHouse, crew: PlayedRoom) -> None:
    await crew.says("ana", "!poll Which day? Monday, Tuesday")
    await crew.taps("ana", "1️⃣", on="poll:1")
    await house.passes(timedelta(days=5))


async def test_a_voice_after_the_close_is_answered_and_changes_nothing(
    house: PlayedHouse, crew: PlayedRoom, ben: PlayedRoom
) -> None:
    await closed(house, crew)

    told = [
        *await crew.taps("ben", "2️⃣", on="poll:1"),
        *await crew.votes("ben", "2", on="form:1"),
        *await crew.says("ben", "!vote 1 2"),
        *await ben.says("ben", "vote 1 2"),
        *await ben.says("ben", "vote 1"),
    ]

    assert len(told) == 5
    assert all("It was closed on **Thursday 26 November, 18:00**" in text for text in told)
    assert await crew.taps("ben", "❤️", on="poll:1") == []
    assert await crew.says("ben", "good", on="poll:1") == []
    assert await Ballot.all().count() == 1


async def test_after_the_close_an_edit_or_a_redaction_changes_no_position(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!poll Which day? Monday, Tuesday")
    await crew.says("ben", "1 because of choir", on="poll:1", key="$said")
    await house.passes(timedelta(days=5))

    [edited] = await crew.reports(Change.REWORDED, "ben", target="$said", text="2", event="$edit")
    [again] = await crew.reports(Change.TAKEN_BACK, "ben", target="$said")

    assert "What you had said before stands." in edited
    assert "choir" not in again
    row = await Ballot.get()
    assert (row.marks, row.reason) == ({"0": 1}, "")


async def test_a_voice_of_the_last_moment_counts_though_many_stand_before_it(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!poll Which day? Monday, Tuesday")
    end = datetime(2026, 11, 26, 17, 0, tzinfo=UTC)
    house.now = end - timedelta(seconds=1)
    row = Heard(
        key="$last", kind=Kind.REACTION, room=crew.id, sender=person("ben"), at=house.now,
        content={"text": "2️⃣", "target": "poll:1"},
    )  # fmt: skip
    await row.save()

    before = await house.passes(until=end + timedelta(seconds=10))
    heard = await house.settled(row)
    after = await house.passes(timedelta(seconds=10))

    assert not [text for text in before if "Closed" in text]
    assert "Tuesday: 1 of 1 who voted" in bare(heard[0])
    assert len([text for text in after if text.startswith("**Closed")]) == 1
    assert (await Poll.get()).result["cast"] == 1  # type: ignore[index]


async def test_what_cannot_be_settled_holds_no_end_up_for_ever(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!poll Which day? Monday, Tuesday")
    await Heard.create(
        key="$stuck", kind=Kind.MESSAGE, room="!elsewhere", sender=person("zoe"), at=house.now
    )

    told = await house.passes(until=datetime(2026, 11, 26, 17, 2, tzinfo=UTC))

    assert [text for text in told if text.startswith("**Closed")]


async def test_a_voice_that_comes_in_the_minute_after_the_end_is_late(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!poll Which day? Monday, Tuesday")
    house.now = datetime(2026, 11, 26, 17, 0, 30, tzinfo=UTC)

    [told] = await crew.taps("ben", "2️⃣", on="poll:1")

    assert "It was open until **Thursday 26 November, 18:00**, so this came too late" in told


async def test_what_was_taken_back_counts_nothing(crew: PlayedRoom) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.taps("ben", "👍", on="poll:1")
    await crew.says("ana", "!poll 1 withdraw")

    [told] = await crew.taps("cleo", "👍", on="poll:1")

    assert "It was taken back by whoever asked" in told
    assert await Cast.all().count() == 0


async def test_a_guest_is_heard_in_the_talk_and_not_counted(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await Visitor.create(
        room=crew.id, person=person("dan"), meetings=1, asked_at=house.now,
        ends_at=house.now + timedelta(days=30), came_at=house.now,
    )  # fmt: skip
    [board] = await crew.says("ana", "!propose We meet on Tuesdays")

    [told] = await crew.taps("dan", "👍", on="poll:1")

    assert "of 3 entitled" in board
    assert "You are here as a guest" in told
    assert await Cast.all().count() == 0


async def test_whoever_came_after_a_number_was_written_down_is_not_counted(
    crew: PlayedRoom,
) -> None:
    await crew.says("ana", "!propose quorum We meet on Tuesdays")
    await crew.joins("eve")

    [told] = await crew.taps("eve", "👍", on="poll:1")

    assert "Those are asked who were in the circle when it was opened" in told


async def test_whoever_leaves_counts_no_more_and_whoever_comes_does(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.taps("dan", "👍", on="poll:1")
    await crew.taps("ben", "👍", on="poll:1")

    [left] = [text for text in await crew.leaves("dan") if text.startswith("✎")]
    come = [text for text in await crew.joins("eve") if "proposes" in text]

    assert "1 of 3 entitled has taken part." in bare(left)
    assert "1 of 4 entitled has taken part." in bare(come[0])
    await crew.taps("eve", "👍", on="poll:1")
    await house.passes(timedelta(days=8))
    assert (await Poll.get()).result["cast"] == 2  # type: ignore[index]


async def test_where_the_number_was_written_down_the_voice_of_one_who_left_stays(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays; quorum 25 %")
    await crew.taps("dan", "👍", on="poll:1")
    await crew.leaves("dan")

    await house.passes(timedelta(days=8))

    poll = await Poll.get()
    assert poll.result is not None
    assert (poll.result["cast"], poll.result["entitled"]) == (1, 4)


@pytest.mark.parametrize("said", ["!vote 1 thursday", "!vote 1 7", "!vote 1 monday and tuesday"])
async def test_an_unknown_option_is_refused_with_those_there_are(
    crew: PlayedRoom, said: str
) -> None:
    await crew.says("ana", "!poll Which day? Monday, Tuesday")

    [told] = await crew.says("ben", said)

    assert "Nothing was changed." in told
    assert await Cast.all().count() == 0


async def test_a_position_that_is_no_answer_to_what_is_asked_is_refused(crew: PlayedRoom) -> None:
    await crew.says("ana", "!poll Which day? Monday, Tuesday")

    [told] = await crew.says("ben", "!agree 1")

    assert "1: Monday; 2: Tuesday" in bare(told)


async def test_without_anything_open_there_is_nothing_to_answer(crew: PlayedRoom) -> None:
    assert "Nothing is asked here just now" in (await crew.says("ben", "!vote agree"))[0]
    assert (
        "I know of nothing here with the number 9" in (await crew.says("ben", "!vote 9 agree"))[0]
    )


async def test_a_form_that_somebody_else_ended_says_so_and_the_poll_goes_on(
    crew: PlayedRoom,
) -> None:
    await crew.says("ana", "!poll Which day? Monday, Tuesday")
    await crew.votes("ben", "2", on="form:1")

    board, told = await crew.reports(Change.POLL_ENDED, "dan", name="form:1")

    assert "form" not in board
    assert "Whoever has answered there is counted" in told
    assert await crew.reports(Change.POLL_ENDED, "dan", name="form:9") == []
    await crew.taps("cleo", "2️⃣", on="poll:1")
    assert await Ballot.all().count() == 2
    assert (await Poll.get()).stage is Stage.OPEN


@pytest.mark.parametrize("name", ["form:1", "poll:1"])
async def test_an_answer_in_clear_in_an_encrypted_room_is_told_to_whose_name_it_bears(
    crew: PlayedRoom, name: str
) -> None:
    await crew.says("ana", "!poll Which day? Monday, Tuesday")

    [told] = await crew.reports(Change.IN_CLEAR, "ben", name=name, target=name)

    assert told.startswith("→ ben: An answer came in your name that was not encrypted")
    assert "so it was not counted. If it was, `vote 1` asks you here" in told
    assert await Cast.all().count() == 0


@pytest.mark.parametrize("name", ["form:9", "meeting:1", "poll:", ""])
async def test_of_other_things_in_clear_nothing_is_said(crew: PlayedRoom, name: str) -> None:
    await crew.says("ana", "!poll Which day? Monday, Tuesday")

    assert await crew.reports(Change.IN_CLEAR, "ben", name=name, target=name) == []


async def test_after_the_close_and_to_a_stranger_nothing_is_said_of_what_came_in_clear(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!poll Which day? Monday, Tuesday")
    stranger = await crew.reports(Change.IN_CLEAR, "zoe", name="form:1", target="form:1")
    await house.passes(timedelta(days=5))
    late = await crew.reports(Change.IN_CLEAR, "ben", name="form:1", target="form:1")

    assert (stranger, late) == ([], [])


async def test_whoever_is_no_member_is_told_that_members_are_asked(crew: PlayedRoom) -> None:
    await crew.says("ana", "!poll Which day? Monday, Tuesday")

    told = [
        *await crew.taps("zoe", "2️⃣", on="poll:1"),
        *await crew.votes("zoe", "2", on="form:1"),
        *await crew.says("zoe", "!vote 1 2"),
    ]

    assert len(told) == 3
    assert all("That is asked of the members of the circle" in text for text in told)
    assert await Cast.all().count() == 0


async def test_a_voice_heard_after_its_person_left_counts_where_the_number_was_written_down(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays; quorum 25 %")
    await crew.says("ana", "!propose We sing")
    await crew.leaves("dan")

    # They spoke and left while the daemon was away: who is there is known before what was said is settled.
    [board] = await crew.taps("dan", "👍", on="poll:1")
    [told] = await crew.taps("dan", "👍", on="poll:2")
    await house.passes(timedelta(days=8))

    assert "1 of 4 entitled has taken part." in bare(board)
    assert "That is asked of the members of the circle" in told
    results = {poll.id: poll.result for poll in await Poll.all()}
    assert [(each["cast"], each["entitled"]) for _, each in sorted(results.items()) if each] == [
        (1, 4),
        (0, 3),
    ]


async def test_what_was_said_last_counts_though_it_was_not_heard_last(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!poll Which day? Monday, Tuesday, Friday")
    house.now = MONDAY + timedelta(minutes=2)
    await crew.taps("ben", "3️⃣", on="poll:1")

    # An answer in the form waited for its key, as it may in an encrypted room; a tap is never encrypted.
    house.now = MONDAY + timedelta(minutes=1)
    await crew.votes("ben", "1", on="form:1")

    assert await says("ben") == {"2": 1}
    assert await Cast.all().count() == 2
    tapped = await Cast.get(door=Door.REACTION)
    await crew.reports(Change.TAKEN_BACK, "ben", target=tapped.event)
    assert await says("ben") == {"0": 1}


# ------------------------------------------------------------------------------------------------- hidden


async def test_where_results_are_hidden_voices_are_given_in_private(
    crew: PlayedRoom, ben: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays; hidden")

    [asked] = await crew.taps("ben", "👍", on="poll:1")
    [typed] = await crew.says("cleo", "!vote 1 agree")
    board, noted = await ben.says("ben", "agree")

    assert "The room sees only how many have taken part until it is over" in asked
    assert "What you wrote in the room was not counted." in typed
    assert "1 of 4 entitled has taken part.\nThe result is shown when it is over." in bare(board)
    assert "Noted: **agree**" in noted
    assert await Ballot.all().count() == 1


async def test_whoever_has_answered_may_see_how_it_stands_after_mine(
    crew: PlayedRoom, house: PlayedHouse, ben: PlayedRoom
) -> None:
    cleo = await house.private("cleo")
    await crew.says("ana", "!propose We meet on Tuesdays; after mine")
    await ben.says("ben", "vote 1 disagree")

    [mine] = await ben.says("ben", "poll 1")
    [hers] = await cleo.says("cleo", "poll 1")
    [room] = await crew.says("ben", "!poll 1")

    assert "disagree: 1 of 1 who voted" in bare(mine)
    assert "1 of 1 who voted" not in bare(hers) + bare(room)
    assert "disagree – Ben" in mine


# ------------------------------------------------------------------------------------------------- secret


async def test_a_secret_voice_is_kept_apart_from_its_name_and_cannot_be_changed(
    house: PlayedHouse, crew: PlayedRoom, ben: PlayedRoom
) -> None:
    [board] = await crew.says("ana", "!poll secret Who? Lee, Max")
    [asked] = await crew.taps("ben", "✍️", on="poll:1")
    redacted, shown = await ben.says("ben", "max")
    before = await SecretBallot.all().count()
    echo, edit, told = await ben.says("ben", "yes")
    [second] = await ben.says("ben", "vote 1 lee")

    assert "can't be changed once it is given" in board
    assert "I show you what you say before it is cast" in asked
    assert "You say: **Max**, to: Who?" in bare(shown)
    assert before == 0
    assert "1 of 4 entitled has taken part." in bare(edit)
    assert redacted.startswith("⌫ $heard")
    assert echo.startswith("⌫ question:")
    assert told.startswith("Your voice is in, apart from your name.")
    assert "the first counts" in second
    assert [row.marks for row in await SecretBallot.all()] == [{"1": 1}]
    assert (await Cast.all().count(), await Ballot.all().count()) == (0, 0)


async def test_a_secret_voice_typed_in_the_room_is_taken_back_and_asked_for_in_private(
    crew: PlayedRoom,
) -> None:
    await crew.says("ana", "!poll secret Who? Lee, Max")

    redacted, told = await crew.says("ben", "!vote 1 max", key="$typed")
    await Room.filter(id=crew.id).update(power={"users": {ME: 0}})
    [only] = await crew.says("cleo", "max", on="poll:1")

    assert redacted == "⌫ $typed"
    assert "I have taken it back there." in told
    assert "You can delete it there." in only
    assert await SecretBallot.all().count() == 0


async def test_nothing_is_said_to_be_taken_back_where_the_room_does_not_let_us_send_that(
    house: PlayedHouse, crew: PlayedRoom, ben: PlayedRoom
) -> None:
    rules = {"users": {ME: 50}, "events": {"m.room.redaction": 100}}
    await Room.filter(id__in=[crew.id, ben.id]).update(power=rules)
    await crew.says("ana", "!poll secret Who? Lee, Max")

    in_room = await crew.says("ben", "!vote 1 max", key="$room")
    in_private = await ben.says("ben", "vote 1 max", key="$private")
    cast = await ben.says("ben", "yes")

    assert "You can delete it there." in in_room[-1]
    assert "you may delete what you wrote here, too." in cast[-1]
    assert not {"⌫ $room", "⌫ $private"} & {*in_room, *in_private}


@pytest.mark.parametrize(("voices", "shown"), [(2, False), (3, True)])
async def test_a_secret_result_is_shown_only_at_the_end_and_when_enough_took_part(
    house: PlayedHouse, crew: PlayedRoom, voices: int, shown: bool
) -> None:
    await crew.says("ana", "!poll secret Who? Lee, Max")
    for who in PEOPLE[:voices]:
        chat = await house.private(who)
        await chat.says(who, "vote 1 max")
        await chat.says(who, "yes")

    told = await house.passes(timedelta(days=5))

    [result] = [bare(text) for text in told if text.startswith("**Closed")]
    assert (f"Max: {voices} of {voices} who voted" in result) is shown
    assert ("A secret result is shown from 3 of 4 entitled on" in result) is not shown
    assert ("Max" in str((await Poll.get()).result)) is shown
    assert bool([text for text in told if text.startswith("▨")]) is shown


async def test_in_a_dyad_everything_works_too(house: PlayedHouse) -> None:
    house.now = MONDAY
    pair = await house.room("Pair", ["ana", "ben"], kind=RoomKind.DYAD)
    await pair.says("ana", "!propose We talk on Fridays")

    [board] = await pair.taps("ben", "👍", on="poll:1")

    assert "1 of 2 entitled has taken part." in bare(board)


# --------------------------------------------------------------------------------- numbers of something else


@pytest.mark.parametrize(
    "said",
    ["!vote 4 agree", "!vote 4: agree", "!vote 4 – agree", "!vote 1 agree", "!agree 1", "!agree 4"],
)
async def test_a_number_of_nothing_here_is_no_position_in_what_is_open(
    house: PlayedHouse, crew: PlayedRoom, said: str
) -> None:
    garden = await house.crew("Garden Crew", ("eve", "finn", "gil"))
    await garden.says("eve", "!propose We dig")
    await crew.says("ana", "!propose We meet on Tuesdays")

    [told] = await crew.says("ben", said)

    assert "I know of nothing here with the number" in told
    assert "so nothing was counted" in told
    assert await Cast.all().count() == 0


async def test_a_bare_number_is_an_option(crew: PlayedRoom) -> None:
    await crew.says("ana", "!poll ranking Which? Tea, Soup, Bread")
    await crew.says("ben", "!vote 3 > 2 because it is warm")
    await crew.says("ana", "!poll 1 withdraw")
    assert await Cast.all().count() == 0
    await crew.says("ana", "!propose We meet on Tuesdays")

    await crew.says("ben", "!vote 3")

    assert (await Ballot.get()).marks == {"2": 1}


async def test_a_number_with_words_after_it_blocks_nothing_in_private(
    crew: PlayedRoom, ben: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await ben.says("ben", "vote 1")

    [told] = await ben.says("ben", "4 of us can't come on tuesdays")

    assert "Nothing was changed." in told
    assert await Cast.all().count() == 0


async def test_a_voice_edited_into_one_for_something_else_is_no_position_here(
    crew: PlayedRoom,
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.says("ben", "!vote 1 agree", key="$said")

    _board, told = await crew.reports(
        Change.REWORDED, "ben", target="$said", text="!vote 2 agree", event="$edit"
    )

    assert "I can't read an answer in what you changed your words to" in told
    assert await says("ben") is None


@pytest.mark.parametrize("said", ["!poll 99 withdraw", "!poll 99 extend until friday 18:00"])
async def test_a_number_of_nothing_with_a_word_that_changes_asks_nothing(
    crew: PlayedRoom, said: str
) -> None:
    [told] = await crew.says("ana", said)

    assert "I know of nothing here with the number 99, so nothing was changed or asked." in told
    assert await Poll.all().count() == 0


# --------------------------------------------------------------------------------------------- long reasons


@pytest.mark.requirement("R129")
@pytest.mark.parametrize("door", ["command", "edit", "reason"])
async def test_a_reason_is_no_longer_than_people_read_through_any_door(
    crew: PlayedRoom, ben: PlayedRoom, door: str
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    long = "a" * (LONGEST_REASON + 1)

    match door:
        case "command":
            await crew.says("ben", f"!vote 1 disagree {long}")
        case "edit":
            await crew.says("ben", "!vote 1 agree", key="$said")
            await crew.reports(
                Change.REWORDED, "ben", target="$said", text=f"!vote 1 disagree {long}", event="$e"
            )
        case _:
            await crew.taps("ben", "✋", on="poll:1")
            await ben.says("ben", long)

    assert await says("ben") is None


@pytest.mark.requirement("R129")
async def test_long_agreements_do_not_hide_the_reason_of_a_block(crew: PlayedRoom) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    for who in ("ana", "cleo", "dan"):
        await crew.says(who, f"!agree 1 because {'it is good ' * 170}")
    await crew.says("ben", "!block 1 because zebras sleep then")

    [shown] = await crew.says("ana", "!poll 1")

    rows = [row for row in shown.splitlines() if row.startswith("- ")]
    assert rows[0] == "- block – Ben: zebras sleep then"
    assert len(rows) == 4
    assert all(row.endswith("…") for row in rows[1:])


# ------------------------------------------------------------------------------------- talk about a question


async def test_after_an_answer_to_a_question_people_talk_in_its_thread(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    async def in_thread(text: str) -> list[str]:
        content = {"text": text, "thread": "$t", "target": "poll:1", "in_thread": True}
        return await house.settled(
            Heard(
                key=house.key(),
                kind=Kind.MESSAGE,
                room=crew.id,
                sender=person("ben"),
                at=house.now,
                content=content,
            )
        )

    await crew.says("ana", "!poll question What did you learn?")
    await in_thread("To rest")
    talk = await in_thread("Thank you, Cleo, for asking")
    after_talk = (await Ballot.get()).reason
    await crew.says("ben", "To rest more", on="poll:1")

    assert talk == []
    assert after_talk == "To rest"
    assert (await Ballot.get()).reason == "To rest more"


@pytest.mark.parametrize("asked", ["!propose We meet", "!poll Which? Monday, Tuesday"])
async def test_whoever_mistypes_a_voice_hears_that_a_change_of_the_message_is_not_read(
    crew: PlayedRoom, asked: str
) -> None:
    await crew.says("ana", asked)

    [told] = await crew.says("ben", "!vote 1 agrre", key="$mistyped")
    edited = await crew.reports(
        Change.REWORDED, "ben", target="$mistyped", text="!vote 1 agree", event="$edit"
    )

    assert "Say it anew: a change of that message is not read." in bare(told)
    assert edited == []
    assert await Ballot.all().count() == 0
