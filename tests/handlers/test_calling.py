"""From one person's wish to a call that stands, to those who are curious, and to the question who fits with whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from handlers.language import Change
from practices.circles import Life, RoomKind
from storage.callings import Acceptance, Calling, Interest, Stage
from storage.inbox import Heard, Settled
from storage.members import Member
from storage.outbox import Deed, Owed
from storage.people import Person
from storage.questions import Question
from tests.handlers.played import PlayedHouse, PlayedRoom, a_house, person

PEOPLE = ("ana", "ben", "cleo", "dan", "eve")
LINE = "dinner and honesty, every other tuesday 19:00, 5 people, until march"
THURSDAY = datetime(2026, 11, 26, 18, tzinfo=UTC)
FOURTEEN = timedelta(days=14)


@dataclass
class Lakeside:
    """A congregation with a working room, and everybody's private chat."""

    house: PlayedHouse
    space: PlayedRoom
    hall: PlayedRoom
    chats: dict[str, PlayedRoom]

    def __getitem__(self, who: str) -> PlayedRoom:
        return self.chats[who]

    async def taps(self, who: str, sign: str) -> list[str]:
        return await self.chats[who].taps(who, sign)

    async def says(self, who: str, text: str) -> list[str]:
        return await self.chats[who].says(who, text)

    def heard(self, who: str) -> list[str]:
        """All that was said to somebody in private so far, in order."""
        lanes = (self.chats[who].id, person(who))
        return [
            str((owed.content or {})["text"])
            for owed in self.house.owed
            if owed.deed in (Deed.SEND, Deed.EDIT) and owed.lane in lanes
        ]


async def lakeside(house: PlayedHouse, people: tuple[str, ...] = PEOPLE) -> Lakeside:
    space = await house.space("Lakeside", people, ["ana"])
    hall = await house.room("Hall", people, kind=RoomKind.WORKING, congregation=space.id)
    chats = {who: await house.private(who) for who in people}
    return Lakeside(house, space, hall, chats)


async def called(house: PlayedHouse, line: str = LINE, **kwargs: tuple[str, ...]) -> Lakeside:
    there = await lakeside(house, **kwargs)
    await there.hall.says("ana", f"!call {line}")
    await there.taps("ana", "✅")
    return there


async def asking(house: PlayedHouse, *curious: str) -> Lakeside:
    """Everybody is asked about everybody, without a first talk."""
    there = await called(house)
    for who in curious:
        await there.hall.taps(who, "1️⃣")
    await there.says("ana", "trial none")
    return there


# --------------------------------------------------------------------------------------- a call stands


@pytest.mark.requirement("R48")
async def test_one_line_is_said_back_in_private_before_it_stands(house: PlayedHouse) -> None:
    there = await lakeside(house)

    told = await there.hall.says("ana", f"!call {LINE}")

    assert told[-1] == "I have asked you in our private chat."
    assert "- **What**: dinner and honesty" in told[0]
    assert "- **Until**: Wednesday 31 March 2027" in told[0]
    assert "Shall it stand on the board of **Lakeside**?" in told[0]
    assert (await Calling.get()).stage is Stage.DRAFT


@pytest.mark.requirement("R48")
async def test_somebody_who_knows_no_command_calls_by_a_tap_and_plain_answers(
    house: PlayedHouse,
) -> None:
    there = await called(house)

    [asked] = await there.hall.taps("ben", "📣")
    assert "**What would you like to do together?**" in asked
    [asked] = await there.says("ben", "help each other with money")
    assert "**How often, and when?**" in asked
    [asked] = await there.says("ben", "every blah 19:00")
    assert asked.startswith("I could not read “every blah 19")
    assert "**How often, and when?**" in asked
    [asked] = await there.taps("ben", "⏭️")
    assert "**How long is a meeting?**" in asked
    [asked] = await there.taps("ben", "⏭️")
    [asked] = await there.says("ben", "9")
    assert "at most eight people" in asked
    [asked] = await there.says("ben", "four")
    assert "**By the clocks of which city?**" in asked
    [asked] = await there.says("ben", "Lisbon")
    assert "**Until when do you try it?**" in asked
    [asked] = await there.says("ben", "30 february")
    assert asked.startswith("There is no such day")
    [asked] = await there.says("ben", "for two months")
    assert "- **How many**: four people" in asked
    told = await there.says("ben", "yes")

    assert any("2️⃣ **Ben** calls: help each other with money – the rhythm" in each for each in told)
    assert (await Person.get(id=person("ben"))).zone == "Europe/Lisbon"


async def test_a_zone_that_is_known_is_not_asked_for_again(house: PlayedHouse) -> None:
    there = await lakeside(house)
    await there.says("ana", "timezone Lisbon")
    await there.says("ana", "call")
    for said in ("a book", "open", "75", "5"):
        [asked] = await there.says("ana", said)

    assert "**Until when do you try it?**" in asked


async def test_what_is_different_is_changed_and_said_back_again(house: PlayedHouse) -> None:
    there = await lakeside(house)
    await there.says("ana", f"call {LINE}")

    await there.taps("ana", "✏️")
    [refused] = await there.says("ana", "9 people")
    [again] = await there.says("ana", "size 8")

    assert "at most eight people" in refused
    assert "- **How many**: eight people" in again
    assert "- **What**: dinner and honesty" in again


async def test_the_board_is_one_message_that_stays_true(house: PlayedHouse) -> None:
    there = await called(house)
    await there.says("ben", "call a book, weekly")

    told = await there.taps("ben", "✅")

    [board] = [each for each in told if "**Calls in Lakeside**" in each]
    assert board.startswith("✎ ")
    assert "1️⃣ **Ana** calls: dinner and honesty" in board
    assert "2️⃣ **Ben** calls: a book – weekly; 90 minutes; five people" in board
    assert await Owed.filter(name="board:calls", deed=Deed.SEND).count() == 1


async def test_a_board_stands_in_the_space_where_there_is_no_working_room(
    house: PlayedHouse,
) -> None:
    space = await house.space("Lakeside", PEOPLE, ["ana"])
    private = await house.private("ana")
    await space.says("ana", f"!call {LINE}")
    await private.taps("ana", "✅")

    [board] = await Owed.filter(name="board:calls", deed=Deed.SEND)
    assert board.lane == space.id


async def test_whoever_came_later_has_the_board_said_anew(house: PlayedHouse) -> None:
    there = await called(house)

    told = await there.hall.says("eve", "!calls")

    assert told[0] == "⌫ board:calls"
    assert told[1].startswith("**Calls in Lakeside**")


async def test_one_who_is_in_several_congregations_says_which(house: PlayedHouse) -> None:
    there = await lakeside(house)
    harbour = await house.space("Harbour", ["ana"], [])

    [asked] = await there.says("ana", f"call {LINE}")
    assert "1️⃣ Harbour" in asked
    assert "2️⃣ Lakeside" in asked
    [unclear] = await there.says("ana", "7")
    assert unclear.startswith("A number from 1 to 2")
    [back] = await there.says("ana", "1")

    assert "on the board of **Harbour**" in back
    assert (await Calling.get()).congregation == harbour.id


async def test_one_call_at_a_time(house: PlayedHouse) -> None:
    there = await called(house)

    [refused] = await there.says("ana", "call a book")
    [tapped] = await there.hall.taps("ana", "📣")

    assert refused.startswith("A call of yours is open already")
    assert tapped.startswith("A call of yours is open already")


@pytest.mark.requirement("R3")
async def test_whoever_is_in_three_crews_is_told_alone_and_nothing_changes(
    house: PlayedHouse,
) -> None:
    there = await called(house)
    for number in range(3):
        await house.crew(f"Crew {number}", ["ben", "cleo", "dan"], congregation=there.space.id)
    await house.crew("Elsewhere", ["eve", "dan", "ana"])

    [ben] = await there.hall.taps("ben", "1️⃣")
    [calling] = await there.says("cleo", "call a book")
    told = await there.hall.taps("eve", "1️⃣")

    assert ben.startswith("You are in 3 crews of **Lakeside** already")
    assert calling.startswith("You are in 3 crews")
    assert told[0].startswith("Good: I have told **Ana** that you are curious")
    assert [each.person for each in await Interest.all()] == [person("eve")]
    assert there.hall.id not in {
        owed.lane for owed in house.owed if "You are in 3 crews" in str(owed.content)
    }


@pytest.mark.requirement("R3")
async def test_a_crew_that_has_ended_counts_no_more(house: PlayedHouse) -> None:
    there = await called(house)
    for number in range(3):
        life = Life.CLOSED if number else Life.ACTIVE
        columns = {"congregation": there.space.id, "life": life}
        await house.crew(f"Crew {number}", ["ben", "cleo", "dan"], **columns)

    told = await there.hall.taps("ben", "1️⃣")

    assert told[0].startswith("Good: I have told **Ana**")


# ---------------------------------------------------------------------------------------- it ends early


async def test_a_call_is_taken_back_and_whoever_was_curious_hears_it(house: PlayedHouse) -> None:
    there = await called(house)
    await there.hall.taps("ben", "1️⃣")

    await there.says("ana", "call withdraw")
    told = await there.says("ana", "yes")

    assert any(each.startswith("**Ana** has taken their call back") for each in told)
    assert there.heard("ben")[-1].startswith("**Ana** has taken their call back")
    assert any("None is open just now" in each for each in told)
    assert await Calling.all().count() == 0
    assert await Interest.all().count() == 0
    assert [name for name, _at in await house.hours()] == []


async def test_nobody_else_takes_a_call_back(house: PlayedHouse) -> None:
    there = await called(house)
    await there.says("ana", "call withdraw")
    question = await Question.get(inquiry="call-withdraw")

    assert await there["ben"].taps("ben", "✅", on=f"question:{question.id}") == []
    assert (await there.says("ben", "call withdraw"))[0].startswith("No call of yours is open")
    assert await Calling.all().count() == 1


async def test_a_call_that_nobody_is_curious_about_lapses_and_can_stand_again(
    house: PlayedHouse,
) -> None:
    there = await called(house)

    told = await house.passes(FOURTEEN + timedelta(hours=1))

    assert any("no crew has come of it this time; that is common" in each for each in told)
    assert await Calling.all().count() == 0
    [back] = await there.taps("ana", "✅")
    assert "- **What**: dinner and honesty" in back
    await there.taps("ana", "✅")
    assert (await Calling.get()).stage is Stage.OPEN


async def test_curiosity_keeps_a_call_open_for_two_weeks_more(house: PlayedHouse) -> None:
    there = await called(house)
    await house.passes(timedelta(days=10))
    await there.hall.taps("ben", "1️⃣")

    await house.passes(timedelta(days=13))
    assert await Calling.all().count() == 1
    await house.passes(timedelta(days=2))

    assert await Calling.all().count() == 0
    assert "has come to its end without a crew" in there.heard("ben")[-1]


@pytest.mark.requirement("R16")
async def test_a_call_ends_with_the_time_it_is_for(house: PlayedHouse) -> None:
    there = await called(house, "a sprint, for 1 week".replace("1 week", "7 days"))

    await house.passes(timedelta(days=8))

    assert await Calling.all().count() == 0
    assert (
        "None is open"
        in [str(owed.content) for owed in house.owed if owed.lane == there.hall.id].pop()
    )


async def test_a_call_nobody_finishes_is_forgotten_in_silence(house: PlayedHouse) -> None:
    there = await lakeside(house)
    await there.says("ana", "call")

    assert await house.passes(timedelta(days=2)) == []
    assert await Calling.all().count() == 0
    assert await there.says("ana", "help")


async def test_whoever_leaves_the_congregation_takes_their_call_along(house: PlayedHouse) -> None:
    there = await called(house)
    await there.hall.taps("ben", "1️⃣")
    await there.hall.taps("cleo", "1️⃣")

    await there.space.leaves("cleo")
    assert [each.person for each in await Interest.all()] == [person("ben")]
    await there.space.leaves("ana")

    assert await Calling.all().count() == 0
    assert "has taken their call back" in there.heard("ben")[-1]


@pytest.mark.requirement("R142")
async def test_when_the_daemon_leaves_a_congregation_its_calls_end_kindly(
    house: PlayedHouse,
) -> None:
    there = await called(house)
    await there.hall.taps("ben", "1️⃣")

    await there.space.reports(Change.REMOVED)

    assert await Calling.all().count() == 0
    assert "begins one that needs no congregation" in there.heard("ben")[-1]
    assert "begins one that needs no congregation" in there.heard("ana")[-1]


# ------------------------------------------------------------------------------------------- curiosity


async def test_curiosity_is_known_to_the_caller_and_to_nobody_else(house: PlayedHouse) -> None:
    there = await called(house)

    await there.hall.taps("ben", "1️⃣")

    assert there.heard("ana")[-1].startswith("**Ben** is curious about your call.")
    assert there.heard("ben")[-1].startswith("Good: I have told **Ana** that you are curious")
    assert there.heard("cleo") == []
    board = [str(owed.content) for owed in house.owed if owed.lane == there.hall.id]
    assert not any("Ben" in text for text in board)


async def test_nothing_is_said_twice_however_often_somebody_taps(house: PlayedHouse) -> None:
    there = await called(house)
    await there.hall.taps("ben", "1️⃣")

    assert await there.hall.taps("ben", "1️⃣") == []
    assert await there.hall.taps("ben", "🎉") == []
    [own] = await there.hall.taps("ana", "1️⃣")
    [gone] = await there.hall.taps("ben", "4️⃣")

    assert own.startswith("That is your own call")
    assert gone.startswith("No call 4 is on the board just now")


async def test_a_stranger_to_the_room_counts_nothing(house: PlayedHouse) -> None:
    there = await called(house)
    stranger = await house.private("zoe")

    assert await there.hall.taps("zoe", "1️⃣", on="board:calls") == []
    [refused] = await stranger.says("zoe", "curious 1")

    assert refused.startswith("No call 1 is open that you can see")
    assert await Interest.all().count() == 0


@pytest.mark.requirement("R13")
async def test_curiosity_is_taken_back_without_a_word_to_anybody(house: PlayedHouse) -> None:
    there = await called(house)
    await there.hall.taps("ben", "1️⃣")
    before = there.heard("ana")

    [told] = await there.taps("ben", "👋")

    assert "nobody is told" in told
    assert there.heard("ana") == before
    assert await Interest.exclude(since=None).count() == 0


async def test_whoever_comes_and_goes_rings_the_caller_once(house: PlayedHouse) -> None:
    there = await called(house)
    await there.says("ben", "ask 1 and then?")
    for _time in range(3):
        await there.hall.taps("ben", "1️⃣")
        await there.taps("ben", "👋")
    await there.hall.taps("ben", "1️⃣")

    told = [each for each in there.heard("ana") if "is curious about your call" in each]
    assert len(told) == 1
    assert (await Interest.get()).questions == 1


async def test_the_caller_sees_how_many_are_curious_and_not_who(house: PlayedHouse) -> None:
    there = await called(house)
    for who in ("ben", "cleo", "dan"):
        await there.hall.taps(who, "1️⃣")
    assert there.heard("ana")[-1] == "**Dan** is curious, too. By now 3 people are."

    [listed] = await there.says("ana", "calls")

    assert "3 curious so far" in listed
    assert not any(name in listed for name in ("Ben", "Cleo", "Dan"))


async def test_a_call_takes_no_more_than_twelve(house: PlayedHouse) -> None:
    people = ("ana", *(f"p{number}" for number in range(13)))
    there = await called(house, people=people)
    for who in people[1:]:
        told = await there.hall.taps(who, "1️⃣")

    assert told[0].startswith("12 people are curious about that call")
    assert await Interest.all().count() == 12


async def test_questions_and_answers_travel_as_they_were_written_with_a_name(
    house: PlayedHouse,
) -> None:
    there = await called(house)
    await there.hall.taps("ben", "1️⃣")

    await there.taps("ben", "❓")
    await there.says("ben", "when do you eat? @room *now*")
    asked = there.heard("ana")[-1]
    assert asked.startswith("**Ben** asks about your call:")
    assert r"> when do you eat? \@room \*now\*" in asked.replace(r"\?", "?")
    await there["ana"].says("ana", "At eight, in my kitchen", on=there["ana"].tappable())

    answer = there.heard("ben")[-1]
    assert answer.startswith("**Ana** answers you:")
    assert "in my kitchen" in answer


async def test_a_question_reaches_the_caller_by_its_number_too(house: PlayedHouse) -> None:
    there = await called(house)

    [passed] = [
        each for each in await there.says("ben", "ask 1 where do you meet?") if "Passed" in each
    ]
    await there.says("ana", "answer Ben in my kitchen")

    assert passed.startswith("Passed on to Ana.")
    assert "in my kitchen" in there.heard("ben")[-1]
    assert (await there.says("ana", "answer Cleo hello"))[0].startswith("Nobody called “Cleo”")


async def test_nobody_is_flooded_by_questions_or_answers(house: PlayedHouse) -> None:
    there = await called(house)
    for _time in range(5):
        await there.says("ben", "ask 1 and then?")
    [refused] = await there.says("ben", "ask 1 and then?")
    for _time in range(10):
        await there.says("ana", "answer Ben so")
    [enough] = await there.says("ana", "answer Ben so")

    assert refused.startswith("You have asked 5 things by now")
    assert enough.startswith("You have answered Ben already")


async def test_words_under_a_message_of_ours_are_passed_on_only_with_a_yes(
    house: PlayedHouse,
) -> None:
    there = await called(house)
    await there.hall.taps("ben", "1️⃣")
    before = there.heard("ana")

    [asked] = await there["ben"].says("ben", "thanks!", on=there["ben"].tappable())
    assert asked.startswith("Shall I pass this on to Ana, with your name?")
    [rested] = await there.taps("ben", "✋")

    assert rested == "Nothing was passed on."
    assert there.heard("ana") == before


@pytest.mark.requirement("R15")
async def test_at_night_nobody_is_written_to_but_whoever_speaks(house: PlayedHouse) -> None:
    there = await called(house)
    await house.passes(until=datetime(2026, 11, 22, 22, 30, tzinfo=UTC))
    before = there.heard("ana")

    await there.hall.taps("ben", "1️⃣")
    assert there.heard("ben")
    assert there.heard("ana") == before
    told = await house.passes(until=datetime(2026, 11, 23, 7, 30, tzinfo=UTC))

    assert [each for each in told if each.startswith("**Ben** is curious")]


async def test_a_newcomer_is_shown_what_is_open_and_needs_only_to_tap(house: PlayedHouse) -> None:
    there = await called(house)
    lee = await house.private("lee")

    [welcome] = await there.space.joins("lee")
    assert welcome.startswith("Welcome to **Lakeside**.")
    assert "1️⃣ **Ana** calls: dinner and honesty" in welcome
    told = await lee.taps("lee", "1️⃣")

    assert told[0].startswith("Good: I have told **Ana** that you are curious")
    assert (await Interest.get()).person == person("lee")


async def test_where_no_call_is_open_a_newcomer_is_left_in_peace(house: PlayedHouse) -> None:
    there = await lakeside(house)

    assert await there.space.joins("lee") == []


# ------------------------------------------------------------------------------- without a congregation


@pytest.mark.requirement("R141")
async def test_a_call_without_a_congregation_reaches_those_whom_its_caller_names(
    house: PlayedHouse,
) -> None:
    chats = {who: await house.private(who) for who in ("ana", "ben", "cleo")}
    await house.room("Friends", ["ana", "ben", "cleo"])
    await chats["ana"].says("ana", f"call {LINE}")
    asked = await chats["ana"].taps("ana", "✅")
    assert "**Whom shall I ask?**" in asked[-1]

    told = await chats["ana"].says("ana", "Ben, @cleo:here and Kim")

    assert told[-1].startswith("I ask Ben and Cleo in private, each at most once in two weeks.")
    assert "I know nobody with whom you and I share a room by the name of Kim" in told[-1]
    assert f"Come into a room with me and `{house.house.me}`" in told[-1]
    await chats["ben"].taps("ben", "🙋")
    await chats["cleo"].taps("cleo", "✋")
    assert [each.person for each in await Interest.exclude(since=None)] == [person("ben")]


@pytest.mark.requirement("R13")
async def test_whoever_lets_it_rest_is_not_asked_again(house: PlayedHouse) -> None:
    ana, ben = await house.private("ana"), await house.private("ben")
    await house.room("Friends", ["ana", "ben", "cleo"])
    await ana.says("ana", f"call {LINE}")
    await ana.taps("ana", "✅")
    await ana.says("ana", "Ben")

    [rested] = await ben.taps("ben", "✋")
    told = await ana.says("ana", "share Ben")

    assert rested == "Good: it rests, and nobody is told."
    assert len(told) == 1
    assert "✋" not in " ".join(str(owed.content) for owed in house.owed if owed.lane == ana.id)


@pytest.mark.requirement("R13")
async def test_an_address_reaches_only_those_with_whom_the_caller_shares_a_room(
    house: PlayedHouse,
) -> None:
    ana, ben = await house.private("ana"), await house.private("ben")
    await house.room("Elsewhere", ["ben"])
    await ana.says("ana", f"call {LINE}")
    await ana.taps("ana", "✅")

    [known] = await ana.says("ana", "@ben:here")
    [unknown] = await ana.says("ana", "share @zoe:here")

    assert known == unknown.replace("zoe", "ben")
    assert await Interest.all().count() == 0
    assert await ben.says("ben", "calls")


@pytest.mark.requirement("R13")
async def test_nobody_is_asked_by_the_same_caller_twice_in_two_weeks(house: PlayedHouse) -> None:
    ana, ben = await house.private("ana"), await house.private("ben")
    await house.room("Friends", ["ana", "ben"])
    heard = []
    for _call in range(3):
        await ana.says("ana", f"call {LINE}")
        await ana.taps("ana", "✅")
        await ana.says("ana", "Ben")
        shown = [each for each in house.owed if each.lane == ben.id and each.deed is Deed.SEND]
        heard.append(len([each for each in shown if "thought of you" in str(each.content)]))
        await ana.says("ana", "call withdraw")
        await ana.says("ana", "yes")
        if _call == 1:
            await house.passes(FOURTEEN + timedelta(hours=1))

    assert heard == [1, 1, 2]


async def test_a_name_from_a_room_that_the_reader_is_not_in_is_not_told(house: PlayedHouse) -> None:
    chats = {who: await house.private(who) for who in ("ana", "ben")}
    await house.room("Friends", ["ana", "ben"])
    await Member.filter(person=person("ana")).update(name=None)
    await house.room("Secret", ["ana"])
    await Member.filter(room="!secret:here", person=person("ana")).update(name="Agent Ana")
    await chats["ana"].says("ana", f"call {LINE}")
    await chats["ana"].taps("ana", "✅")

    await chats["ana"].says("ana", "Ben")

    told = [str(owed.content) for owed in house.owed if owed.lane == chats["ben"].id]
    assert any("**ana** is calling a crew" in each for each in told)
    assert not any("Agent" in each for each in told)


@pytest.mark.requirement("R141")
async def test_a_call_made_among_people_stands_in_their_room(house: PlayedHouse) -> None:
    hall = await house.room("Friends", ["ana", "ben", "cleo"])
    ana, ben = await house.private("ana"), await house.private("ben")
    await hall.says("ana", f"!call {LINE}")
    await ana.taps("ana", "✅")

    told = await hall.taps("ben", "🙋")
    assert told[0].startswith("Good: I have told **Ana**")
    assert await ben.says("ben", "call withdraw") != []
    await ana.says("ana", "call withdraw")
    ended = await ana.taps("ana", "✅")

    assert any(each.startswith("✎ ~~dinner and honesty") for each in ended)


# --------------------------------------------------------------------------------------- the first talk


async def planned(house: PlayedHouse, *curious: str) -> Lakeside:
    there = await called(house)
    for who in curious:
        await there.hall.taps(who, "1️⃣")
    await there.taps("ana", "🗓️")
    await there.says("ana", "thursday 19:00")
    await there.taps("ana", "✅")
    await there.says("ana", "my kitchen")
    return there


async def test_a_first_talk_is_proposed_to_all_who_are_curious(house: PlayedHouse) -> None:
    there = await planned(house, "ben", "cleo")

    for who in ("ben", "cleo"):
        proposed = there.heard(who)[-1]
        assert "**Thursday 26 November 2026, 19:00, Europe/Rome**" in proposed
        assert "> my kitchen" in proposed
    assert there.heard("dan") == []


async def test_the_caller_reads_how_many_come_in_one_message_that_stays_true(
    house: PlayedHouse,
) -> None:
    there = await planned(house, "ben", "cleo", "dan")

    first, *_ = await there.taps("ben", "✅")
    second, *_ = await there.taps("cleo", "✅")
    await there.taps("dan", "✋")

    assert first == "One of those who are curious has said that they come to your first talk."
    assert second == "✎ 2 of those who are curious have said that they come to your first talk."
    told = [each for each in there.heard("ana") if "come to your first talk" in each]
    assert told == [first, second.removeprefix("✎ ")]


async def test_a_talk_at_another_time_is_counted_in_a_message_of_its_own(
    house: PlayedHouse,
) -> None:
    there = await planned(house, "ben", "cleo")
    await there.taps("ben", "✅")
    await there.says("ana", "trial saturday 10:00")
    await there.taps("ana", "✅")
    await there.taps("ana", "⏭️")

    told = await there.taps("cleo", "✅")

    assert told[0] == "One of those who are curious has said that they come to your first talk."


@pytest.mark.requirement("R15")
async def test_overnight_the_callers_word_about_who_comes_is_kept_once_and_true(
    house: PlayedHouse,
) -> None:
    there = await planned(house, "ben", "cleo")
    await house.passes(until=datetime(2026, 11, 22, 22, 30, tzinfo=UTC))
    await there.taps("ben", "✅")
    await there.taps("cleo", "✅")

    told = await house.passes(until=datetime(2026, 11, 23, 9, 0, tzinfo=UTC))

    assert [each for each in told if "come to your first talk" in each] == [
        "2 of those who are curious have said that they come to your first talk."
    ]


async def test_each_reads_the_time_on_their_own_clock(house: PlayedHouse) -> None:
    there = await called(house)
    await there.says("ben", "timezone Lisbon")
    for who in ("ben", "cleo"):
        await there.hall.taps(who, "1️⃣")
    [asked] = await there.taps("ana", "🗓️")
    assert "All of you are awake from 09:00 to 21:00 (Europe/Rome)." in asked
    [back] = await there.says("ana", "thursday 19:00")
    assert "That is 18:00 in Lisbon." in back
    await there.taps("ana", "✅")
    await there.taps("ana", "⏭️")

    assert "18:00, Europe/Lisbon" in there.heard("ben")[-1]


async def test_whoever_comes_is_reminded_and_nobody_else(house: PlayedHouse) -> None:
    there = await planned(house, "ben", "cleo")
    await there.taps("ben", "✅")
    [noted] = await there.taps("cleo", "✋")
    assert "it needs no reason" in noted
    before = there.heard("cleo")

    await house.passes(until=THURSDAY - timedelta(minutes=30))

    assert there.heard("ben")[-1].startswith("**Today, Thursday 26 November, 19:00**")
    assert there.heard("ana")[-1].startswith("**Today, Thursday 26 November, 19:00**")
    assert there.heard("cleo") == before
    assert "Cleo" not in " ".join(there.heard("ana")[-3:])


async def test_one_who_is_curious_later_is_asked_to_the_same_talk(house: PlayedHouse) -> None:
    there = await planned(house, "ben", "cleo")

    await there.hall.taps("dan", "1️⃣")

    assert "**Thursday 26 November 2026, 19:00" in there.heard("dan")[-1]
    assert there.heard("ana")[-1].startswith("**Dan** is curious, too, and is asked")


async def test_a_talk_is_moved_and_the_old_hour_asks_nothing(house: PlayedHouse) -> None:
    there = await planned(house, "ben", "cleo")
    await there.says("ana", "trial saturday 10:00")
    await there.taps("ana", "✅")
    await there.taps("ana", "⏭️")

    await house.passes(until=THURSDAY + timedelta(hours=3))
    assert (await Calling.get()).stage is Stage.OPEN
    assert "Saturday 28 November 2026, 10:00" in there.heard("ben")[-1]
    await house.passes(until=datetime(2026, 11, 28, 12, tzinfo=UTC))

    assert (await Calling.get()).stage is Stage.ASKING


async def test_a_talk_needs_three_and_a_day_that_is_near(house: PlayedHouse) -> None:
    there = await called(house)
    await there.hall.taps("ben", "1️⃣")
    [few] = await there.says("ana", "trial thursday 19:00")
    await there.hall.taps("cleo", "1️⃣")
    [far] = await there.says("ana", "trial 31 january")
    [past] = await there.says("ana", "trial 1 november 2026")
    [none] = await there.says("dan", "trial thursday 19:00")

    assert few.startswith("A first talk is for three")
    assert far.startswith("That is more than four weeks away")
    assert "has passed already" in past
    assert none.startswith("No call of yours is open")


async def test_when_too_few_stay_curious_nobody_is_asked(house: PlayedHouse) -> None:
    there = await planned(house, "ben", "cleo")
    await there["ben"].taps("ben", "👋", on="interest:1")

    await house.passes(until=THURSDAY + timedelta(hours=2))

    assert (await Calling.get()).stage is Stage.OPEN
    assert there.heard("ana")[-1].startswith("You are not three any more")


# --------------------------------------------------------------------------- everybody about everybody


async def test_after_the_talk_each_is_asked_about_each_one_at_a_time(house: PlayedHouse) -> None:
    there = await planned(house, "ben", "cleo")
    await house.passes(until=THURSDAY + timedelta(hours=2))

    assert "in one crew with **Ben**?" in there.heard("ana")[-1]
    assert "in one crew with **Ana**?" in there.heard("ben")[-1]
    [following] = await there.taps("ben", "✅")

    assert following.startswith("Would you like to be in one crew with **Cleo**?")


async def test_nobody_new_comes_in_while_they_choose(house: PlayedHouse) -> None:
    there = await asking(house, "ben", "cleo")

    [told] = await there.hall.taps("dan", "1️⃣")

    assert told.startswith("No call 1 is on the board just now")
    assert await Interest.all().count() == 2


async def test_when_all_have_said_yes_to_all_the_room_is_asked_for_at_once(
    house: PlayedHouse,
) -> None:
    there = await asking(house, "ben", "cleo")
    told: list[str] = []
    for who in ("ana", "ben", "cleo"):
        await there.taps(who, "✅")
        told = await there.taps(who, "✅")

    assert "⌂ Dinner and honesty crew" in told
    [row] = await Owed.filter(deed=Deed.MAKE)
    wanted = next(owed.content for owed in house.owed if owed.id == row.id)
    assert wanted is not None
    assert wanted["invite"] == [person("ana"), person("ben"), person("cleo")]
    assert wanted["space"] == there.space.id
    assert await Acceptance.all().count() == 0


@pytest.mark.requirement("R15")
async def test_a_crew_found_at_night_has_its_room_in_the_morning(house: PlayedHouse) -> None:
    there = await asking(house, "ben", "cleo")
    for who in ("ana", "ben", "cleo"):
        await there.taps(who, "✅")
    for who in ("ana", "ben"):
        await there.taps(who, "✅")
    await house.passes(until=datetime(2026, 11, 22, 22, 30, tzinfo=UTC))

    assert not any(each.startswith("⌂") for each in await there.taps("cleo", "✅"))
    told = await house.passes(until=datetime(2026, 11, 23, 7, 1, tzinfo=UTC))

    assert "⌂ Dinner and honesty crew" in told


async def test_what_somebody_said_is_unreadable_and_a_no_looks_like_a_yes(
    house: PlayedHouse,
) -> None:
    there = await asking(house, "ben", "cleo")
    await there.taps("ben", "✅")
    await there.taps("cleo", "✋")

    sealed = [each.sealed for each in await Acceptance.all()]
    assert len(sealed) == 2
    assert len({len(each) for each in sealed}) == 1
    # With their quotes: two letters alone stand in a sealed text by chance.
    assert not any(word in each for each in sealed for word in ('"yes"', '"no"'))
    heard = await Heard.filter(state=Settled.SETTLED)
    assert not any((row.content or {}).get("text") for row in heard)


async def test_an_answer_can_be_changed_as_long_as_no_crew_was_made(house: PlayedHouse) -> None:
    there = await asking(house, "ben", "cleo")
    for who in ("ana", "ben", "cleo"):
        await there.taps(who, "✅")
        await there.taps(who, "✋" if who == "cleo" else "✅")
    assert not await Owed.filter(deed=Deed.MAKE).exists()

    told = await there.says("cleo", "with Ben yes")

    assert told[0] == "Kept instead of what you said before. Nobody sees it."
    assert "⌂ Dinner and honesty crew" in told
    assert (await there.says("dan", "with Ben yes"))[0].startswith("I am not asking you about")


async def test_other_words_than_an_answer_are_no_answer(house: PlayedHouse) -> None:
    there = await asking(house, "ben", "cleo")

    [told] = await there.says("ben", "well, perhaps")

    assert told.startswith("✅ yes or ✋ not this time is enough")
    assert await Acceptance.all().count() == 0


async def test_somebody_else_cannot_answer_for_anybody(house: PlayedHouse) -> None:
    there = await asking(house, "ben", "cleo")
    question = await Question.get(inquiry="with", person=person("ben"))

    assert await there["dan"].taps("dan", "✅", on=f"question:{question.id}") == []
    assert await there["ana"].taps("ana", "✅", on=f"question:{question.id}") == []
    assert await Acceptance.all().count() == 0


@pytest.mark.requirement("R15")
async def test_after_a_late_talk_the_questions_wait_for_the_morning(house: PlayedHouse) -> None:
    there = await called(house)
    for who in ("ben", "cleo"):
        await there.hall.taps(who, "1️⃣")
    await there.says("ana", "trial thursday 20:00")
    await there.taps("ana", "✅")
    await there.taps("ana", "⏭️")

    assert not [
        each
        for each in await house.passes(until=datetime(2026, 11, 27, 6, 59, tzinfo=UTC))
        if "in one crew" in each
    ]
    told = await house.passes(until=datetime(2026, 11, 27, 7, 1, tzinfo=UTC))

    assert len([each for each in told if "in one crew" in each]) == 3


async def test_whoever_wants_no_calls_is_asked_without_a_sound(house: PlayedHouse) -> None:
    there = await called(house)
    for who in ("ben", "cleo"):
        await there.hall.taps(who, "1️⃣")
    await there.says("ben", "quiet everywhere")
    await there.says("ana", "trial none")

    assert "in one crew with **Ana**?" in there.heard("ben")[-1]
    assert there["ben"].mentions() == []
    assert there["cleo"].mentions() == ["cleo"]


# --------------------------------------------------------------------------------- a no is never shown


async def played_out(answers: Mapping[str, Sequence[str | None]]) -> dict[str, list[str]]:
    """What each is told from the first question until everybody's time is over, by how they answer.

    None is silence. Nobody's own acknowledgements are among it.
    """
    async with a_house() as house:
        there = await asking(house, "ben", "cleo", "dan")
        start = {who: len(there.heard(who)) for who in answers}
        for who, signs in answers.items():
            for sign in signs:
                if sign is not None:
                    await there.taps(who, sign)
        await house.passes(FOURTEEN + timedelta(hours=2))
        await house.passes(timedelta(days=1))
        return {who: there.heard(who)[start[who] :] for who in answers}


YES = ("✅", "✅", "✅")


@pytest.mark.requirement("R50")
async def test_to_everybody_else_a_no_looks_exactly_like_silence() -> None:
    # In the order in which each is asked: ana, ben, cleo, dan without oneself.
    with_no = {"ana": YES, "ben": ("✅", "✅", "✋"), "cleo": YES, "dan": YES}
    silent = {"ana": YES, "ben": ("✅", "✅", None), "cleo": YES, "dan": YES}

    said, unsaid = await played_out(with_no), await played_out(silent)

    for who in ("ana", "cleo", "dan"):
        assert said[who] == unsaid[who]
    assert said["dan"][-1].startswith("**Ana**’s call: not this time.")


@pytest.mark.requirement("R50")
@pytest.mark.parametrize("who", ["ben", "cleo", "dan"])
async def test_whoever_is_not_in_hears_the_same_words_whatever_the_reason(who: str) -> None:
    refused_by_all = {
        each: tuple("✋" for _other in range(3)) if each != who else YES
        for each in ("ana", "ben", "cleo", "dan")
    }
    nobody_answers = {each: YES if each == who else () for each in refused_by_all}

    refused, unanswered = await played_out(refused_by_all), await played_out(nobody_answers)

    assert refused[who] == unanswered[who]
    assert refused[who][-1].startswith("**Ana**’s call: not this time. It says nothing about you")


@pytest.mark.requirement("R50")
async def test_a_caller_who_presses_on_learns_nothing_about_a_no() -> None:
    seen = []
    for last in ("✋", None):
        async with a_house() as house:
            there = await asking(house, "ben", "cleo")
            for who in ("ana", "cleo"):
                await there.taps(who, "✅")
                await there.taps(who, "✅")
            await there.taps("ben", "✅")
            if last:
                await there.taps("ben", last)
            told = [await there.says("ana", each) for each in ("form now", "calls", "form now")]
            told.append(await there.says("ana", "with Ben yes"))
            seen.append(told)

    assert seen[0] == seen[1]
    assert seen[0][0][0].startswith("Good: as soon as three or more of you have said yes")
    assert seen[0][3][0].startswith("Since you know that a crew could begin, what you said before")


@pytest.mark.requirement("R50")
async def test_form_now_is_answered_in_the_same_words_whoever_has_said_yes() -> None:
    seen = []
    for willing in (("ben", "cleo"), ()):
        async with a_house() as house:
            there = await asking(house, "ben", "cleo", "dan")
            for who in ("ana", *willing):
                for _other in range(3):
                    await there.taps(who, "✅")
            told = await there.says("ana", "form now")
            seen.append([each for each in told if not each.startswith("⌂")])

    assert seen[0] == seen[1]


async def test_a_caller_who_waits_for_nobody_else_has_a_crew_the_morning_it_can_begin(
    house: PlayedHouse,
) -> None:
    there = await asking(house, "ben", "cleo", "dan")
    for _other in range(3):
        await there.taps("ana", "✅")
    await there.says("ana", "form now")
    for who in ("ben", "cleo"):
        for _other in range(3):
            await there.taps(who, "✅")
    assert not any("could begin" in each for each in there.heard("ana"))

    told = await house.passes(until=datetime(2026, 11, 23, 8, 1, tzinfo=UTC))

    assert "⌂ Dinner and honesty crew" in told


@pytest.mark.requirement("R50")
async def test_nobody_finds_out_by_asking_again_that_somebody_dropped_out_or_a_crew_began(
    house: PlayedHouse,
) -> None:
    there = await asking(house, "ben", "cleo", "dan", "eve")
    kept = "Kept instead of what you said before. Nobody sees it."
    assert await there.says("dan", "with Eve yes") == [kept]
    await there["eve"].taps("eve", "👋", on="interest:4")
    assert await there.says("dan", "with Eve yes") == [kept]
    for who in ("ana", "ben", "cleo"):
        for other in ("Ana", "Ben", "Cleo"):
            await there.says(who, f"with {other} yes")
    await there.says("ana", "form now")
    assert (await Calling.get()).stage is Stage.FORMED

    for whom in ("Ana", "Ben", "Eve"):
        assert await there.says("dan", f"with {whom} yes") == [kept]
    crew, told = await house.makes("Dinner and honesty crew")
    assert "⚙ m.space.child" not in told
    assert await there.says("dan", "with Ben yes") == [kept]
    for who in ("ana", "ben", "cleo"):
        await crew.joins(who)
    before = there.heard("dan")
    listed = await house.passes(FOURTEEN + timedelta(days=1, hours=1))

    assert "⚙ m.space.child" in listed
    assert there.heard("dan") == [*before, there.heard("dan")[-1]]
    for model in (Calling, Interest, Acceptance):
        assert await model.all().count() == 0


@pytest.mark.requirement("R50")
async def test_of_two_who_share_a_name_each_is_shown_with_their_address(house: PlayedHouse) -> None:
    there = await lakeside(house)
    await Member.filter(person=person("cleo")).update(name="Ben")
    await there.hall.says("ana", f"!call {LINE}")
    await there.taps("ana", "✅")
    for who in ("ben", "cleo"):
        await there.hall.taps(who, "1️⃣")
    await there.says("ana", "trial none")

    assert "in one crew with **Ben** (@ben:here)?" in there.heard("ana")[-1]
    [unclear] = await there.says("ana", "with Ben yes")
    assert unclear.startswith("More than one person is called “Ben”")
    assert (await there.says("ana", "with @cleo:here yes"))[0].startswith("Kept")


async def test_the_caller_may_begin_before_everybody_has_answered(house: PlayedHouse) -> None:
    there = await asking(house, "ben", "cleo", "dan")
    for who in ("ana", "ben", "cleo"):
        for _other in range(3):
            await there.taps(who, "✅")
    assert there.heard("ana")[-1].startswith("A crew could begin: three or more of you")

    told = await there.says("ana", "form now")

    assert "⌂ Dinner and honesty crew" in told
    [following] = await there.taps("dan", "✅")
    assert following.startswith("That was all I ask.")
    before = there.heard("dan")
    await house.passes(timedelta(days=13))
    assert there.heard("dan") == before
    await house.passes(timedelta(days=2))
    assert there.heard("dan")[-1].startswith("**Ana**’s call: not this time.")


async def test_when_time_is_over_a_group_of_three_begins_without_those_who_kept_silent(
    house: PlayedHouse,
) -> None:
    there = await asking(house, "ben", "cleo", "dan")
    for who in ("ana", "ben", "cleo"):
        for _other in range(3):
            await there.taps(who, "✅")
    await there.taps("ana", "⏳")

    told = await house.passes(FOURTEEN + timedelta(hours=2))

    assert "⌂ Dinner and honesty crew" in told
    assert there.heard("dan")[-1].startswith("**Ana**’s call: not this time.")
    assert await Interest.all().count() == 0


async def test_when_nothing_comes_of_it_nothing_of_it_is_kept(house: PlayedHouse) -> None:
    there = await asking(house, "ben", "cleo")
    await there.taps("ben", "✅")

    await house.passes(FOURTEEN + timedelta(hours=2))

    assert "no crew comes of your call this time" in there.heard("ana")[-1]
    for model in (Calling, Interest, Acceptance):
        assert await model.all().count() == 0
    assert not await Question.filter(inquiry="with").exists()
    assert await there.taps("cleo", "✅") == [
        "That question is closed: it was answered, or its time is over. Nothing was changed."
    ]


@pytest.mark.requirement("R2")
async def test_somebody_may_be_curious_about_two_calls_and_be_in_both_crews(
    house: PlayedHouse,
) -> None:
    there = await called(house)
    await there.says("ben", "call a book, weekly")
    await there.taps("ben", "✅")
    for who, sign in (("cleo", "1️⃣"), ("dan", "1️⃣"), ("cleo", "2️⃣"), ("eve", "2️⃣")):
        await there.hall.taps(who, sign)
    await there.says("ana", "trial none")
    await there.says("ben", "trial none")

    made = []
    for who in ("ana", "dan", "ben", "eve", "cleo", "cleo"):
        for _other in range(3):  # once more where I ask which of two calls is meant
            made += [each for each in await there.says(who, "yes") if each.startswith("⌂")]

    assert sorted(made) == ["⌂ A book crew", "⌂ Dinner and honesty crew"]


async def test_who_drops_out_while_they_choose_keeps_nobody_waiting(house: PlayedHouse) -> None:
    there = await asking(house, "ben", "cleo", "dan")
    for who in ("ana", "ben", "cleo"):
        for _other in range(3):
            await there.taps(who, "✅")

    told = await there["dan"].taps("dan", "👋", on="interest:3")

    assert told[0].startswith("Good: you are out of it, and nobody is told.")
    assert "⌂ Dinner and honesty crew" in told


async def test_a_restart_in_the_middle_loses_nothing(house: PlayedHouse) -> None:
    there = await planned(house, "ben", "cleo")

    await house.wakes_at(THURSDAY + timedelta(days=1, hours=14))

    assert (await Calling.get()).stage is Stage.ASKING
    assert "in one crew with **Ana**?" in there.heard("ben")[-1]


# ------------------------------------------------------------------------------- what a board offers to tap


async def signs_under_the_board(there: Lakeside) -> list[str]:
    board = await Owed.filter(name="board:calls", deed=Deed.SEND).order_by("-id").first()
    assert board is not None
    rows = [
        owed
        for owed in there.house.owed
        if owed.deed is Deed.REACT and owed.target == "board:calls"
    ]
    return [str((owed.content or {})["sign"]) for owed in rows if owed.id > board.id]


async def test_a_board_offers_as_many_numbers_as_there_are_calls(house: PlayedHouse) -> None:
    there = await lakeside(house)

    await there.hall.says("eve", "!calls")
    empty = await signs_under_the_board(there)
    await there.hall.says("ana", f"!call {LINE}")
    await there.taps("ana", "✅")
    one = await signs_under_the_board(there)
    await there.says("ben", "call a book, weekly")
    await there.taps("ben", "✅")
    two = await signs_under_the_board(there)
    await there.says("ben", "call withdraw")
    await there.taps("ben", "✅")
    await there.says("ben", "call a walk, weekly")
    await there.taps("ben", "✅")

    assert empty == ["📣"]
    assert one == ["📣", "1️⃣"]
    assert two == ["📣", "1️⃣", "2️⃣"]
    assert await signs_under_the_board(there) == two
    await there.hall.says("eve", "!calls")
    assert await signs_under_the_board(there) == ["1️⃣", "2️⃣", "📣"]


@pytest.mark.requirement("R141")
async def test_a_call_among_people_asks_whether_it_may_stand_for_all_who_are_there(
    house: PlayedHouse,
) -> None:
    hall = await house.room("Friends", ["ana", "ben", "cleo"])
    alone = await house.private("ana")

    [asked, *_] = await hall.says("ana", f"!call {LINE}")
    told = await alone.taps("ana", "✅")

    assert "Shall it stand in **Friends**, for all who are there?" in asked
    assert "whom you name" not in asked
    assert any("`share` and a name asks somebody else" in text for text in told)
    assert not any("share Lee" in text for text in told)
