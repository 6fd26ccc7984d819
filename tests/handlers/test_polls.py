"""Asking everybody one thing: in one line or question by question, now, later, or again and again."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers.language import Change
from practices.circles import Life, RoomKind
from practices.polls.poll import Way
from storage.people import Person
from storage.polls import Ballot, Cast, Elector, Poll, Proxy, Stage, Wording
from storage.questions import Question
from storage.rooms import Room
from tests.handlers.played import PlayedHouse, PlayedRoom, person

#: A Monday, eleven in Rome.
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
PEOPLE = ("ana", "ben", "cleo", "dan")


@pytest.fixture
async def crew(house: PlayedHouse) -> PlayedRoom:
    """A crew of four on a Monday morning."""
    house.now = MONDAY
    return await house.crew(people=PEOPLE)


def bare(text: str) -> str:
    """What people read, without the marks that keep their own words from being Markdown."""
    return text.replace("\\", "")


def signs(house: PlayedHouse, name: str) -> list[str]:
    """What can be tapped under the newest message of that name."""
    return [
        str((owed.content or {})["sign"])
        for owed in house.owed
        if owed.deed == "react" and owed.target == name
    ]


# ------------------------------------------------------------------------------------------------ in one line


async def test_a_proposal_is_asked_in_one_line(crew: PlayedRoom, house: PlayedHouse) -> None:
    [board] = await crew.says("ana", "!propose We meet on Tuesdays")

    assert board.startswith("**Ana proposes** (proposal 1): We meet on Tuesdays")
    assert "✋ block – a serious objection: say why" in board
    # Five working days are advised, in the evening of the last (DEC-2).
    assert "Open until **Monday 30 November, 18:00**" in board
    assert "Nobody has taken part yet, of 4 entitled." in bare(board)
    assert signs(house, "poll:1") == ["👍", "🤷", "👎", "✋"]


async def test_a_simple_poll_is_said_as_elements_form_too(
    crew: PlayedRoom, house: PlayedHouse
) -> None:
    board, form = await crew.says("ana", "!poll Which day? Monday, Tuesday or Wednesday")

    assert "1️⃣ Monday\n2️⃣ Tuesday\n3️⃣ Wednesday" in board
    assert "The form below counts the same as taps here." in board
    assert form == "☐ Which day? Monday / Tuesday / Wednesday"
    assert signs(house, "poll:1") == ["1️⃣", "2️⃣", "3️⃣"]


@pytest.mark.parametrize(
    ("said", "way", "shown"),
    [
        ("!poll dots Where to? Rome, Paris; 5 dots", Way.DOTS, "Each has 5 dots to put."),
        ("!poll score How good? Rome, Paris; scale 1 to 10", Way.SCORE, "Each gets 1 to 10."),
        ("!poll ranking Where to? Rome, Paris, Oslo", Way.RANKED, "In your order."),
        ("!poll seats Who? Lee, Max, Noa; 2 seats", Way.SEATS, "For 2 seats, in your order."),
        ("!poll count The walk on Sunday; 6 wanted", Way.COUNT, "6 are wanted."),
        ("!poll sense check How does it feel?", Way.SENSE, "✋ concerned"),
        ("!poll question What did you learn?", Way.QUESTION, "`!vote 1 your answer`"),
        ("!poll advice I would paint the door", Way.ADVICE, "advise otherwise"),
        ("!poll consent We try it for a month", Way.CONSENT, "not safe enough to try: say why"),
        ("!poll consensus We move together", Way.CONSENSUS, "**Ana proposes, for consensus**"),
        ("!poll gradients We move together", Way.GRADIENTS, "8️⃣ veto – not with me: say why"),
        ("!times friday 18:00, saturday 10:00", Way.TIMES, "Friday 27 November 18:00"),
        ("!poll Which? A, B, C; pick up to 2", Way.CHOICE, "You may name 1 to 2."),
    ],
)
async def test_every_way_can_be_asked_by_its_name(
    crew: PlayedRoom, said: str, way: Way, shown: str
) -> None:
    told = await crew.says("ana", said)

    assert shown in told[0]
    assert (await Poll.get()).terms["way"] == way


@pytest.mark.parametrize(
    ("said", "until"),
    [
        ("!propose We meet; until 4 december 18:00", "Friday 4 December, 18:00"),
        ("!propose significant We meet", "Monday 7 December, 18:00"),
        ("!propose emergency We ask Lee to go", "Monday 7 December, 18:00"),
        ("!poll Which? A, B; open for 4 days", "Friday 27 November, 11:00"),
        ("!poll Which? A, B", "Thursday 26 November, 18:00"),
        ("!times 25 november 18:00, 26 november 18:00", "Tuesday 24 November, 18:00"),
    ],
)
async def test_the_end_is_said_or_follows_from_the_way(
    crew: PlayedRoom, said: str, until: str
) -> None:
    assert f"Open until **{until}**" in (await crew.says("ana", said))[0]


@pytest.mark.requirement("R130")
async def test_a_proposal_is_never_open_for_less_than_its_type_asks(crew: PlayedRoom) -> None:
    [short] = await crew.says("ana", "!propose significant We meet; until friday 18:00")
    [enough] = await crew.says("ana", "!propose significant We meet; until 30 november 12:00")

    assert "at least 5 working days" in short
    assert "**Monday 30 November, 11:00** at the earliest. Nothing was asked." in short
    assert "Open until **Monday 30 November, 12:00**" in enough


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("!poll Which day? Monday", "at least 2 are needed"),
        ("!propose significant We meet; quorum 200", "from 1 to 100 %"),
        ("!poll significant Which? A, B", "Only a proposal has a type"),
        ("!poll Which? A, B; until 3 december 2028 18:00", "longer than a year"),
        ("!times friday 18:00, saturday 10:00; until saturday 9:00", "comes before the end"),
        ("!times friday 18:00, saturday 10:00; every month", "can't be asked again by itself"),
        ("!poll Which? A, B; hidden; form", "Element's own form"),
        ("!propose We meet; deciders Ana", "Who decides is named for an advice proposal"),
        ("!poll Which? A, B; opens friday; until thursday", "close before it opens"),
        ("!poll count The walk; secret", "cannot be asked in secret"),
    ],
)
async def test_what_cannot_be_counted_is_not_asked(crew: PlayedRoom, said: str, why: str) -> None:
    told = await crew.says("ana", said)

    assert why in bare(told[-1])
    assert await Poll.all().count() == 0


async def test_two_cannot_have_a_secret_between_them(house: PlayedHouse) -> None:
    pair = await house.room("Pair", ["ana", "ben"], kind=RoomKind.DYAD)

    [told] = await pair.says("ana", "!poll secret Which? A, B")
    [asked, _form] = await pair.says("ana", "!poll Which? A, B")

    assert "A secret needs at least 3 of you, and you are 2" in told
    assert "of 2 entitled" in asked


async def test_a_long_proposal_stands_whole_in_a_message_of_its_own(crew: PlayedRoom) -> None:
    text = "We meet and talk and eat. " * 100

    whole, board = await crew.says("ana", f"!propose {text}")

    assert whole.count("We meet and talk and eat") == 100
    assert "…" in board
    assert len(board) < 2500


async def test_twenty_are_enough_at_once(crew: PlayedRoom) -> None:
    for who in PEOPLE:
        for number in range(5):
            await crew.says(who, f"!propose Thing {number} of {who}")

    assert "20 things are asked here already" in (await crew.says("ana", "!propose one more"))[0]


# ------------------------------------------------------------------------------------- question by question


async def test_without_words_it_asks_for_the_way_the_question_and_the_answers(
    crew: PlayedRoom,
) -> None:
    [ways] = await crew.says("ana", "!poll")
    [what] = await crew.taps("ana", "7️⃣", on="question:1")
    [which] = await crew.says("ana", "Where shall we go?", overheard=True)
    [board] = await crew.says("ana", "Rome, Paris; hidden", overheard=True)

    assert "7️⃣ **dot vote**" in ways
    assert "What do you want to ask?" in what
    assert "What can people choose from?" in which
    assert bare(board).startswith("**Ana asks** (dot vote 1): Where shall we go?")
    assert await Question.all().count() == 0


async def test_a_word_that_names_no_way_asks_for_another(crew: PlayedRoom) -> None:
    await crew.says("ana", "!poll")

    assert await crew.says("ana", "well I am not sure", overheard=True) == []
    assert "What do you propose?" in (await crew.says("ana", "2", overheard=True))[0]
    assert "Stopped" in (await crew.says("ana", "stop", overheard=True))[0]
    assert await Poll.all().count() == 0


async def test_times_can_follow_the_rhythm_of_the_circle(crew: PlayedRoom) -> None:
    await crew.says("ana", "!rhythm every thursday 19:00")
    await crew.taps("ana", "✅")

    [which] = await crew.says("ana", "!times")
    [board] = await crew.says("ana", "rhythm", overheard=True)

    assert "“rhythm” for your next meetings." in which
    assert "When shall we meet?" in bare(board)
    assert board.count("19:00") == 5


async def test_in_private_one_says_whom_one_asks(house: PlayedHouse, crew: PlayedRoom) -> None:
    await house.crew("Garden Crew", ("ana", "eve", "finn"))
    private = await house.private("ana")

    [where] = await private.says("ana", "propose We meet on Tuesdays")
    board, told = await private.says("ana", "kitchen crew")

    assert "1. **Garden Crew**\n2. **Kitchen Crew**" in where
    assert board.startswith("**Ana proposes** (proposal 1)")
    assert "It is asked in **Kitchen Crew**, as number 1." in told
    assert (await Poll.get()).room == crew.id


async def test_times_said_in_private_are_shown_by_the_circles_clocks(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await Person.create(id=person("ana"), zone="Asia/Tokyo")
    private = await house.private("ana")

    board, _told = await private.says("ana", "times saturday 18:00, sunday 18:00")

    assert "Saturday 28 November 10:00" in board
    assert (await Poll.get()).room == crew.id


async def test_whoever_is_in_no_circle_has_nobody_to_ask(house: PlayedHouse) -> None:
    private = await house.private("zoe")

    assert "You are in no circle that I look after" in (await private.says("zoe", "poll"))[0]


async def test_a_crew_that_rests_is_asked_nothing(house: PlayedHouse) -> None:
    crew = await house.crew(life=Life.PAUSED)

    assert "The crew rests" in (await crew.says("ana", "!propose We meet"))[0]


async def test_what_was_to_open_later_is_not_opened_in_a_crew_that_rests(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    ana = await house.private("ana")
    await crew.says("ana", "!poll Which? a, b; opens friday 10:00")
    await Room.filter(id=crew.id).update(life=Life.PAUSED)

    [told] = await crew.says("ana", "!poll 1 open")
    [private] = await ana.says("ana", "poll 1 open")

    assert "The crew rests, so nothing was opened." in told
    assert private == told
    assert (await Poll.get()).stage is Stage.AHEAD


async def test_polls_lists_what_is_asked_and_else_the_ways(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    private = await house.private("ben")
    _nothing, ways = await crew.says("ben", "!polls")
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.says("ana", "!poll Which? A, B; opens friday 9:00")

    [here] = await crew.says("ben", "!polls")
    [mine] = await private.says("ben", "polls")
    await private.says("ben", "vote 1 agree")
    [said] = await private.says("ben", "polls")

    assert "- 1: We meet on Tuesdays, until Monday 30 November, 18:00" in here
    assert "- 2: Which?, opens Friday 27 November, 09:00" in here
    assert "**ranking** –" in ways
    assert "in Kitchen Crew; `vote 1` answers" in mine
    assert "you have answered" in said


# ------------------------------------------------------------------------------------- later, and again


async def test_a_poll_can_open_later(crew: PlayedRoom, house: PlayedHouse) -> None:
    [ahead] = await crew.says("ana", "!propose We meet; opens friday 9:00; until 3 december 18:00")
    [early] = await crew.says("ben", "!vote 1 agree")
    opened = await house.passes(until=datetime(2026, 11, 27, 8, 0, tzinfo=UTC))

    assert "It opens **Friday 27 November, 09:00**, until Thursday 3 December, 18:00." in ahead
    assert "It opens on **Friday 27 November, 09:00**. Until then nothing is counted" in early
    assert "Open until **Thursday 3 December, 18:00**" in opened[0]
    assert (await crew.taps("ben", "👍", on="poll:1"))[0].startswith("✎")


async def test_an_opening_that_comes_late_leaves_as_much_time(
    crew: PlayedRoom, house: PlayedHouse
) -> None:
    await crew.says("ana", "!propose We meet; opens friday 9:00; until 3 december 18:00")

    opened, late = await house.wakes_at(datetime(2026, 11, 28, 8, 0, tzinfo=UTC))

    assert "Open until **Friday 4 December, 18:00**" in opened
    assert "until **Friday 4 December, 18:00**, and not until Thursday 3 December, 18:00" in late


async def test_what_opens_later_can_be_opened_before(crew: PlayedRoom, house: PlayedHouse) -> None:
    await crew.says("ana", "!poll Which? A, B; opens friday 9:00; no form")

    [board] = await crew.says("ana", "!poll 1 open")

    assert board.startswith("**Ana asks** (poll 1)")
    assert not [name for name, _at in await house.hours() if name == "poll-opens"]


async def test_a_poll_is_asked_again_and_again_until_that_is_taken_back(
    crew: PlayedRoom, house: PlayedHouse
) -> None:
    _board, again = await crew.says(
        "ana", "!poll question How was your month?; every month; for 3 days"
    )
    assert "next on **Wednesday 23 December, 11:00**, as number 2" in again

    told = await house.passes(until=datetime(2026, 12, 23, 10, 0, tzinfo=UTC))
    asked = [text for text in told if text.startswith("**Ana asks** (question round 2)")]
    assert "Open until **Saturday 26 December, 11:00**" in asked[0]

    await crew.says("ana", "!poll 3 withdraw")
    later = await house.passes(timedelta(days=60))

    assert not [text for text in later if "(question round 3)" in text and "Open until" in text]
    assert await Poll.filter(stage=Stage.AHEAD).count() == 0


async def test_nothing_is_asked_for_somebody_who_left(crew: PlayedRoom, house: PlayedHouse) -> None:
    await crew.says("ana", "!propose We meet; opens friday 9:00")
    await crew.leaves("ana")

    told = await house.passes(timedelta(days=20))

    assert not [text for text in told if "Open until" in text]
    assert (await Poll.get()).stage is Stage.WITHDRAWN


async def test_taking_back_the_message_calls_it_off_before_anybody_has_answered(
    crew: PlayedRoom, house: PlayedHouse
) -> None:
    for number in (1, 2):
        await crew.says("ana", f"!propose Thing {number}", key=f"$ask{number}")
    await crew.taps("ben", "👍", on="poll:2")

    board, said = await crew.reports(Change.TAKEN_BACK, "ana", target="$ask1")
    [stays] = await crew.reports(Change.TAKEN_BACK, "ana", target="$ask2")
    other = await crew.reports(Change.TAKEN_BACK, "ben", target="$ask2")

    assert "It was taken back, and nothing came of it." in board
    assert said.startswith("**Proposal 1** is taken back: whoever asked it deleted their message")
    assert stays.startswith("→ ana: ")
    assert "it goes on until **Monday 30 November, 18:00**" in stays
    assert "`poll 2 withdraw` takes it back" in stays
    assert other == []
    assert [poll.stage for poll in await Poll.all().order_by("id")] == [Stage.WITHDRAWN, Stage.OPEN]


# ------------------------------------------------------------------------------------- whose it is


async def test_nobody_learns_of_what_another_circle_is_asked(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    garden = await house.crew("Garden Crew", ("eve", "finn", "gil"))
    private = await house.private("eve")
    await crew.says("ana", "!propose We sell the piano")

    told = [
        *await garden.says("eve", "!poll 1"),
        *await garden.says("eve", "!vote 1 agree"),
        *await private.says("eve", "poll 1"),
        *await private.says("eve", "vote 1 agree"),
        *await private.says("eve", "poll 1 withdraw"),
        *await private.says("eve", "outcome 1 no"),
        *await private.taps("eve", "👍", on="ballot:1"),
        *await garden.says("eve", "!polls"),
    ]

    assert not [text for text in told if "piano" in text or "Ana" in text]
    assert await Cast.all().count() == 0


async def test_an_advice_proposal_is_for_those_named_to_decide(crew: PlayedRoom) -> None:
    [board] = await crew.says("ana", "!propose advice We buy the oven; deciders Ben, Cleo")
    [told] = await crew.taps("dan", "👍", on="poll:1")
    counted = await crew.taps("ben", "👍", on="poll:1")

    assert "The decision is with Ben, Cleo." in board
    assert "of 2 entitled" in board
    assert "theirs are the voices that are counted" in told
    assert "1 of 2 entitled has taken part." in bare(counted[0])
    assert {row.person for row in await Elector.all()} == {person("ben"), person("cleo")}


async def test_two_hundred_can_be_asked_in_a_working_room(house: PlayedHouse) -> None:
    house.now = MONDAY
    names = [f"p{number}" for number in range(200)]
    hall = await house.room("Hall", names, kind=RoomKind.WORKING)
    await hall.says("p0", "!propose We meet on Tuesdays; quorum 60 %")
    for who in names[:120]:
        await hall.taps(who, "👍", on="poll:1")

    [shown] = await hall.says("p0", "!poll 1")

    assert "120 of 200 entitled have taken part." in bare(shown)
    assert "asks for 120 of 200 entitled: it is reached." in bare(shown)


async def test_what_is_asked_moves_house_with_its_circle(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!poll Which day? Monday, Tuesday")
    await crew.taps("ben", "1️⃣", on="poll:1")
    await Room.filter(id=crew.id).update(successor="!new-hall:here")
    new = await house.room("New Hall", PEOPLE, predecessor=crew.id, zone=None)

    told = await new.reports(Change.ARRIVED)
    [board] = await new.taps("cleo", "2️⃣", on="poll:1")
    closed = await house.passes(timedelta(days=5))

    assert [text for text in told if text.startswith("**Ana asks** (poll 1)")]
    assert "☐ Which day? Monday / Tuesday" in told
    assert "2 of 4 entitled have taken part." in bare(board)
    assert [text for text in closed if text.startswith("**Closed (poll 1):**")]
    assert {owed.lane for owed in house.owed if owed.name == "result:1"} == {new.id}


async def test_a_circle_that_is_let_go_keeps_nothing_of_what_it_was_asked(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays; quorum 50 %")
    await crew.taps("ben", "👍", on="poll:1")
    await crew.says("ben", "!proxy Cleo")

    await crew.reports(Change.REMOVED, "ana")

    for model in (Poll, Cast, Ballot, Elector, Wording, Proxy):
        assert await model.all().count() == 0
    assert await house.passes(timedelta(days=9)) == []


# ------------------------------------------------------------------------------------- truthful refusals


@pytest.mark.parametrize(
    "line", ["Who leads? Ann, Bob; secert", "Who leads? Ann, Bob; hiden", "Who? Ann, Bob, secret"]
)
async def test_what_is_nearly_a_term_asks_nobody_anything(crew: PlayedRoom, line: str) -> None:
    told = await crew.says("ana", f"!poll {line}")

    assert "Nothing was changed." in told[-1]
    assert await Poll.all().count() == 0


async def test_asking_by_a_word_of_the_private_chat_is_shown_the_way_to_ask_all(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    private = await house.private("ana")

    [here] = await crew.says("ana", "!ask Shall we buy a fridge?")
    [there] = await private.says("ana", "ask Shall we buy a fridge?")

    assert "To ask all of you something: `!poll Which day? Monday, Tuesday`, or `!propose" in here
    assert "To ask a whole circle of yours there is “poll”" in there


async def test_times_that_cannot_be_are_told_what_is_wrong_and_nothing_is_asked(
    crew: PlayedRoom,
) -> None:
    [told] = await crew.says("ana", "!times tuesday 25:00")

    assert "There is no 25" in told
    assert await Question.all().count() == 0


async def test_a_list_of_what_is_asked_is_short(crew: PlayedRoom) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")

    told = await crew.says("ben", "!polls")

    assert len(told) == 1
    assert len(told[0].splitlines()) <= 5
