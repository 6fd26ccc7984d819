"""What keeps a poll fair: its time is everybody's, what is hidden stays so, and nobody fills the room or decides by haste."""

from datetime import UTC, datetime, timedelta

import pytest

from daemon.settle import settle
from handlers.language import Change
from storage.inbox import Heard, Kind, Settled
from storage.people import Person
from storage.polls import Cast, Elector, Poll, Proxy, SecretBallot, Stage
from storage.visitors import Visitor
from tests.handlers.played import PlayedHouse, PlayedRoom, person

#: A Monday, eleven in Rome.
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
PEOPLE = ("ana", "ben", "cleo", "dan")
#: When a proposal of that Monday closes.
CLOSE = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)


@pytest.fixture
async def crew(house: PlayedHouse) -> PlayedRoom:
    """A crew of four on a Monday morning."""
    house.now = MONDAY
    return await house.crew(people=PEOPLE)


def bare(text: str) -> str:
    """What people read, without the marks that keep their own words from being Markdown."""
    return text.replace("\\", "")


def written_to(house: PlayedHouse, since: int) -> list[str]:
    """Who was written to in private since then, once for each message."""
    return sorted(
        each.lane[1:].partition(":")[0]
        for each in house.owed[since:]
        if each.deed == "send" and each.lane.startswith("@")
    )


async def visits(house: PlayedHouse, crew: PlayedRoom, who: str) -> None:
    """Somebody is there as a guest."""
    await Visitor.create(
        room=crew.id,
        person=person(who),
        meetings=1,
        asked_at=house.now,
        ends_at=house.now + timedelta(days=30),
        came_at=house.now,
    )


# ------------------------------------------------------------------------------------------- the least time


@pytest.mark.requirement("R130")
async def test_what_is_asked_again_is_open_for_the_working_days_of_its_type_each_time(
    crew: PlayedRoom,
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays; for 3 days; every month")

    again = await Poll.get(id=2)

    # From a Wednesday on three days are two working days: it is open until the Monday.
    assert again.opens_at == datetime(2026, 12, 23, 10, 0, tzinfo=UTC)
    assert again.closes_at == datetime(2026, 12, 28, 10, 0, tzinfo=UTC)


@pytest.mark.requirement("R130")
async def test_an_opening_that_comes_late_leaves_as_many_working_days(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet; opens tuesday 9:00; until 27 november 9:00")

    await house.wakes_at(datetime(2026, 11, 27, 9, 0, tzinfo=UTC))

    # Three days from a Friday on would be one working day.
    assert (await Poll.get()).closes_at == datetime(2026, 12, 2, 9, 0, tzinfo=UTC)


@pytest.mark.requirement("R130")
async def test_a_typed_proposal_is_not_closed_before_its_least_time_though_all_have_answered(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose emergency Ben has to leave the crew")
    for who in PEOPLE:
        await crew.taps(who, "👍", on="poll:1")

    [early] = await crew.says("ana", "!poll 1 close")
    await house.passes(until=datetime(2026, 12, 7, 10, 1, tzinfo=UTC))
    still = (await Poll.get()).stage
    told = await crew.says("ana", "!poll 1 close")

    assert "It can be closed from **Monday 7 December, 11:00** on".casefold() in early.casefold()
    assert still is Stage.OPEN
    assert [text for text in told if text.startswith("**Closed")]


@pytest.mark.requirement("R130")
async def test_other_words_are_thought_over_as_long_as_the_first(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose emergency Ben has to leave the crew")
    await crew.taps("ana", "👍", on="poll:1")
    await house.passes(until=datetime(2026, 12, 4, 10, 1, tzinfo=UTC))
    await crew.says("ana", "!poll 1 amend Dan has to leave the crew")
    for who in PEOPLE:
        await crew.taps(who, "👍", on="poll:1")
    await house.passes(until=datetime(2026, 12, 8, 10, 1, tzinfo=UTC))

    [early] = await crew.says("ana", "!poll 1 close")

    assert "it can be closed from" in early.casefold()


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("!poll seats Who? Lee, Max, Noa; 1 seat", "1 > 2"),
        ("!poll gradients We move together", "1"),
        ("!poll Which? A, B", "1"),
    ],
)
async def test_nobody_closes_while_leading(crew: PlayedRoom, asked: str, answer: str) -> None:
    await crew.says("ana", asked)
    await crew.says("ana", f"!vote 1 {answer}")

    [refused] = await crew.says("ana", "!poll 1 close")
    during = (await Poll.get()).stage
    for who in PEOPLE[1:]:
        await crew.says(who, f"!vote 1 {answer}")
    told = await crew.says("ana", "!poll 1 close")

    assert "Not everybody has answered yet" in refused
    assert during is Stage.OPEN
    assert [text for text in told if text.startswith("**Closed")]


# ------------------------------------------------------------------------------------- after the end


async def test_a_proxy_given_after_the_end_speaks_for_nobody(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.taps("ben", "👍", on="poll:1")
    house.now = CLOSE + timedelta(hours=2)  # away, and not closed yet

    [refused] = await crew.says("cleo", "!proxy Ben")
    # One that stands in the records all the same was not there at the end.
    await Proxy.create(
        room=crew.id,
        person=person("dan"),
        holder=person("ben"),
        given_at=house.now,
        until=house.now + timedelta(days=30),
    )
    told = await house.passes(timedelta(minutes=10))

    assert "Nothing was changed" in refused
    [result] = [bare(text) for text in told if text.startswith("**Closed")]
    assert "1 of 4 entitled has taken part." in result
    assert not await Elector.exists(holder__not_isnull=True)


async def test_a_proxy_of_the_time_of_the_end_stays_until_it_is_closed(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.says("cleo", "!proxy Ben until 30 november")
    await Proxy.all().update(until=CLOSE + timedelta(minutes=1))
    await crew.taps("ben", "👍", on="poll:1")
    house.now = CLOSE + timedelta(hours=2)
    await Proxy.all().update(until=house.now + timedelta(seconds=1))

    [refused] = await crew.says("cleo", "!proxy off")
    await house.passes(timedelta(minutes=10))

    assert "its voices are being counted as they were at its end" in refused
    assert (await Elector.get(person=person("cleo"))).holder == person("ben")


@pytest.mark.parametrize(
    "said", ["extend until 20 december 18:00", "withdraw", "amend We sing", "close"]
)
async def test_between_the_end_and_the_close_nothing_changes_what_comes_out(
    house: PlayedHouse, crew: PlayedRoom, said: str
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.taps("ben", "✋", on="poll:1")
    house.now = CLOSE + timedelta(minutes=1)

    [told] = await crew.says("ana", f"!poll 1 {said}")

    poll = await Poll.get()
    assert "It was open until **Monday 30 November, 18:00**, so nothing was changed." in told
    assert (poll.stage, poll.closes_at, poll.version) == (Stage.OPEN, CLOSE, 1)
    assert await Cast.all().count() == 1


async def test_whoever_leaves_or_comes_after_the_end_changes_nothing_of_what_came_out(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.says("cleo", "!proxy Ben")
    await crew.taps("ben", "👍", on="poll:1")
    await crew.taps("dan", "👎", on="poll:1")
    house.now = CLOSE + timedelta(hours=1)  # away, and not closed yet
    await crew.leaves("ben")
    await crew.joins("gil")
    await crew.leaves("dan")

    told = await house.wakes_at(CLOSE + timedelta(hours=2))
    told += await house.passes(timedelta(hours=1))

    [result] = [bare(text) for text in told if text.startswith("**Closed")]
    assert "👍 agree: 2 of 3 who voted" in result
    assert "👎 disagree: 1 of 3 who voted" in result
    assert "3 of 4 entitled have taken part." in result
    assert "1 of 3 is spoken for by proxy." in result
    assert {row.person for row in await Elector.all()} == {person(who) for who in PEOPLE}


async def test_a_guest_who_leaves_after_the_end_was_not_entitled(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await visits(house, crew, "dan")
    await crew.says("ana", "!propose We meet on Tuesdays")
    house.now = CLOSE + timedelta(hours=1)

    await crew.leaves("dan")

    assert {row.person for row in await Elector.all()} == {person(who) for who in PEOPLE[:3]}


async def test_whoever_leaves_before_the_end_is_not_entitled_and_speaks_for_nobody(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.says("cleo", "!proxy Ben")
    await crew.taps("ben", "👍", on="poll:1")
    house.now = CLOSE - timedelta(hours=1)

    await crew.leaves("ben")

    assert await Elector.all().count() == 0
    assert await Proxy.all().count() == 0
    told = await house.passes(timedelta(hours=2))
    [result] = [bare(text) for text in told if text.startswith("**Closed")]
    assert "Nobody took part, of 3 entitled." in result


async def unheard(room: PlayedRoom, at: datetime, state: Settled = Settled.SEALED) -> None:
    """Something was said there that was not listened to, or cannot be read yet."""
    await Heard.create(
        key=room.played.key(),
        kind=Kind.MESSAGE,
        room=room.id,
        sender=person("ben"),
        at=at,
        content={},
        session="a key that has not come",
        state=state,
    )


async def test_a_voice_whose_key_is_on_its_way_is_waited_for_a_while(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await unheard(crew, CLOSE - timedelta(seconds=1))

    await house.passes(until=CLOSE + timedelta(seconds=30))
    waits = (await Poll.get()).stage
    await house.passes(until=CLOSE + timedelta(minutes=2))

    assert waits is Stage.OPEN
    assert (await Poll.get()).stage is Stage.CLOSED


async def test_what_other_rooms_say_keeps_no_poll_open(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    garden = await house.crew("Garden Crew", ("eve", "finn"))
    await crew.says("ana", "!propose We meet on Tuesdays")
    await unheard(garden, CLOSE - timedelta(seconds=1), Settled.WAITING)
    await unheard(crew, MONDAY - timedelta(days=2))

    await house.passes(until=CLOSE + timedelta(seconds=3))

    assert (await Poll.get()).stage is Stage.CLOSED


# --------------------------------------------------------------------------------------------- what is hidden


async def test_where_it_is_hidden_a_proxy_tells_nobody_that_its_holder_has_answered(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    ben = await house.private("ben")
    await crew.says("cleo", "!proxy Ben until 1 june")
    await crew.says("ana", "!propose We meet on Tuesdays; hidden")
    await ben.says("ben", "vote 1 agree")

    during = bare("".join(await crew.says("dan", "!poll 1") + await crew.says("dan", "!recount 1")))
    told = await house.passes(until=CLOSE + timedelta(seconds=3))

    assert "1 of 4 entitled has taken part." in during
    assert "1 stored ballots" in during
    assert "proxy" not in during
    [result] = [bare(text) for text in told if text.startswith("**Closed")]
    assert "1 of 2 is spoken for by proxy." in result


async def test_where_it_is_hidden_a_voice_that_lacks_its_reason_looks_like_any_other(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    ben, cleo = await house.private("ben"), await house.private("cleo")
    await crew.says("ana", "!propose We meet on Tuesdays; hidden")

    agreed = [text for text in await ben.says("ben", "vote 1 agree") if text.startswith("✎")]
    waits = [text for text in await cleo.says("cleo", "vote 1 block") if text.startswith("✎")]
    given = [text for text in await cleo.says("cleo", "I teach then") if text.startswith("✎")]

    assert ["1 of 4 entitled has taken part." in bare(text) for text in agreed] == [True]
    assert ["2 of 4 entitled have taken part." in bare(text) for text in waits] == [True]
    assert given == []


@pytest.mark.parametrize("said", ["agree", "block"])
async def test_where_it_is_hidden_it_closes_at_its_end_whether_all_have_answered_or_one_lacks_a_reason(
    house: PlayedHouse, crew: PlayedRoom, said: str
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays; hidden; until 9 december 18:00")
    for who in PEOPLE:
        private = await house.private(who)
        await private.says(who, f"vote 1 {said if who == 'ben' else 'agree'}")
    house.now = MONDAY + timedelta(days=10)

    [board] = await crew.says("cleo", "!poll 1")
    [counted, *_more] = await crew.says("cleo", "!recount 1")
    [refused] = await crew.says("ana", "!poll 1 close")

    assert "4 of 4 entitled have taken part." in bare(board)
    assert "What went in: 4 stored ballots, of 4 entitled." in counted
    assert refused.startswith(
        "What people say here is hidden until **Wednesday 9 December, 18:00**"
    )
    assert (await Poll.get()).stage is Stage.OPEN


async def test_where_no_voice_can_wait_what_is_hidden_closes_when_all_have_answered(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!poll Which? a, b; hidden")
    for who in PEOPLE:
        private = await house.private(who)
        await private.says(who, "vote 1 a")

    told = await crew.says("ana", "!poll 1 close")

    assert [text for text in told if text.startswith("**Closed")]


async def test_where_it_is_hidden_a_voice_that_lacked_its_reason_is_taken_back_as_any_other(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    cleo = await house.private("cleo")
    await crew.says("ana", "!propose We meet on Tuesdays; hidden")
    await cleo.says("cleo", "vote 1 block")

    told = await cleo.says("cleo", "vote 1 nothing")

    assert [text for text in told if "Nobody has taken part yet" in bare(text)]


async def test_where_it_is_hidden_a_message_that_is_taken_back_or_edited_tells_not_what_it_said(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    ben, cleo = await house.private("ben"), await house.private("cleo")
    await crew.says("ana", "!propose We meet on Tuesdays; hidden")
    await ben.says("ben", "vote 1 agree", key="$agree")
    await cleo.says("cleo", "vote 1 block", key="$block")

    edited = await ben.reports(
        Change.REWORDED, "ben", target="$agree", text="vote 1 block", event="$edit"
    )
    gone = await cleo.reports(Change.TAKEN_BACK, "cleo", target="$block")

    assert [text for text in edited if text.startswith("✎")] == []
    assert [text for text in edited if "What is your reason?" in text]
    assert ["1 of 4 entitled has taken part." in bare(text) for text in gone] == [True]


async def test_what_waits_for_its_reason_counts_nowhere_else(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    cleo = await house.private("cleo")
    await crew.says("ana", "!propose We meet on Tuesdays; hidden")
    await cleo.says("cleo", "vote 1 block")

    told = await house.passes(until=CLOSE + timedelta(seconds=3))

    [result] = [bare(text) for text in told if text.startswith("**Closed")]
    assert "Nobody took part, of 4 entitled." in result


# ------------------------------------------------------------------------------------- room for everybody


async def test_one_person_leaves_room_for_what_the_others_ask(crew: PlayedRoom) -> None:
    for number in range(5):
        await crew.says("ana", f"!propose Thing {number}")

    await crew.says("ana", "!poll 1 withdraw")
    await crew.says("ana", "!propose Thing 5")
    [sixth] = await crew.says("ana", "!propose one more")
    [other] = await crew.says("ben", "!propose Something else")

    assert "5 things that you asked are open here or will be, so this was not asked." in sixth
    assert "`!poll 2 withdraw` takes back the oldest of yours, number 2: Thing 1" in sixth
    assert other.startswith("**Ben proposes**")


async def test_all_that_is_due_within_a_day_is_one_reminder(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await Person.create(id=person("dan"), zone="Asia/Tokyo")
    for number in (1, 2, 3):
        await crew.says("ana", f"!propose Thing {number}")
    await crew.says("ben", "!propose Something else; until 4 december 18:00")
    await crew.taps("ben", "👍", on="poll:2")
    await crew.taps("cleo", "👍", on="poll:1")
    since = len(house.owed)

    awake = await house.passes(until=CLOSE - timedelta(hours=23))
    first = written_to(house, since)
    morning = await house.passes(until=CLOSE - timedelta(hours=2))

    assert first == ["ana", "ben", "cleo"]
    assert written_to(house, since) == ["ana", "ben", "cleo", "dan"]
    [ben] = [text for text in awake if text.startswith("→ ben")]
    assert "`vote 1` answers" in ben
    assert "`vote 2`" not in ben
    assert "`vote 3` answers" in ben
    assert "Something else" not in ben
    [dan] = [text for text in morning if text.startswith("→ dan")]
    assert all(f"`vote {number}` answers" in dan for number in (1, 2, 3))


async def test_what_is_due_later_has_a_reminder_of_its_own(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.says("ben", "!propose Something else; until 4 december 18:00")

    since = len(house.owed)
    await house.passes(until=CLOSE - timedelta(hours=1))
    first = written_to(house, since)
    await house.passes(until=datetime(2026, 12, 4, 16, 0, tzinfo=UTC))
    names = [each.name for each in house.owed[since:] if each.name == "ballot:2"]

    assert first == sorted(PEOPLE)
    assert len(names) == len(PEOPLE)


# ------------------------------------------------------------------------------------------------- advice


async def test_a_guest_is_not_named_to_decide(house: PlayedHouse, crew: PlayedRoom) -> None:
    await visits(house, crew, "dan")

    [told] = await crew.says("ana", "!propose advice We buy the oven; deciders Ben, Dan")

    assert "Here as a guest: Dan." in told
    assert "nothing was asked" in told
    assert await Poll.all().count() == 0


async def test_whoever_asks_for_advice_is_not_their_own_adviser(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    [board] = await crew.says("ana", "!poll advice I paint the door")

    [own] = await crew.taps("ana", "👍", on="poll:1")
    [after] = await crew.taps("ben", "👍", on="poll:1")

    assert "of 3 entitled" in bare(board)
    assert "You asked for advice, and what is counted is what the others say" in own
    assert "1 of 3 entitled" in bare(after)
    told = await house.passes(timedelta(days=9))
    [result] = [bare(text) for text in told if text.startswith("**Closed")]
    assert "1 of 3 who were asked gave advice; 1 voice more would make two." in result


async def test_whoever_asks_is_left_out_where_it_is_written_down_who_may_speak(
    crew: PlayedRoom,
) -> None:
    await crew.says("ana", "!poll advice I paint the door; quorum 50")

    assert {row.person for row in await Elector.all()} == {person(who) for who in PEOPLE[1:]}


# ------------------------------------------------------------------------------------------------- secret


async def test_secret_voices_of_what_is_taken_back_leave_no_trace_in_the_files(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    ben = await house.private("ben")
    await crew.says("ana", "!poll secret Who? Lee, Max")
    await ben.says("ben", "vote 1 Lee")
    await ben.says("ben", "yes")
    said = Heard(
        key=house.key(),
        kind=Kind.MESSAGE,
        room=crew.id,
        sender=person("ana"),
        at=house.now,
        content={"text": "!poll 1 withdraw", "thread": None, "target": None},
    )
    await said.save()

    outcome = await settle(said, house.house, house.now)

    assert await SecretBallot.all().count() == 0
    assert outcome.scrub
