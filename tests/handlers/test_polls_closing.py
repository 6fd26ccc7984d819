"""The end of a poll: reminders, more time, what came out, and what people say follows from it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from daemon.settle import strike
from practices.circles import Life, RoomKind
from storage.decisions import Decision
from storage.people import Person
from storage.polls import Ballot, Cast, Elector, Poll, Stage
from storage.questions import Question
from storage.rooms import Room
from tests.handlers.played import PlayedHouse, PlayedRoom, person

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
PEOPLE = ("ana", "ben", "cleo", "dan")
#: When a proposal of that Monday closes, and the day before.
CLOSE = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)
#: What is said in the last moment is heard first.
CLOSED = CLOSE + timedelta(seconds=3)
WEEK = timedelta(days=7)


@pytest.fixture
async def crew(house: PlayedHouse) -> PlayedRoom:
    """A crew of four on a Monday morning."""
    house.now = MONDAY
    return await house.crew(people=PEOPLE)


def bare(text: str) -> str:
    """What people read, without the marks that keep their own words from being Markdown."""
    return text.replace("\\", "")


def to(house: PlayedHouse, name: str) -> list[str]:
    """Who was written to in private under a name."""
    owed = [each for each in house.owed if each.name == name and each.deed == "send"]
    return [each.lane[1:].partition(":")[0] for each in owed]


# ----------------------------------------------------------------------------------------------- reminding


@pytest.mark.requirement("R129")
async def test_those_without_a_position_are_reminded_once_a_day_before(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.taps("ben", "👍", on="poll:1")
    await crew.taps("cleo", "✋", on="poll:1")  # waits for its reason

    before = await house.passes(until=CLOSE - timedelta(hours=24, minutes=1))
    told = await house.passes(until=CLOSE - timedelta(hours=23))
    after = await house.passes(until=CLOSE - timedelta(minutes=1))

    assert (before, after) == ([], [])
    assert sorted(to(house, "ballot:1")) == ["ana", "cleo", "dan"]
    assert all("If you would rather not, that is fine." in text for text in told)


async def test_nobody_is_reminded_at_night_nor_when_they_have_answered_by_the_morning(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await Person.create(id=person("cleo"), zone="Asia/Tokyo")
    await Person.create(id=person("dan"), zone="Asia/Tokyo")
    await Person.create(id=person("ben"), muted=True)
    await crew.says("ana", "!propose We meet on Tuesdays")

    await house.passes(until=CLOSE - timedelta(hours=23))
    night = to(house, "ballot:1")
    await crew.taps("dan", "👍", on="poll:1")
    await house.passes(until=CLOSE - timedelta(hours=2))

    assert night == ["ana"]
    assert to(house, "ballot:1") == ["ana", "cleo"]


async def test_what_is_open_for_a_day_reminds_nobody(house: PlayedHouse, crew: PlayedRoom) -> None:
    await crew.says("ana", "!poll Which? A, B; until tomorrow 9:00")

    await house.passes(timedelta(days=2))

    assert to(house, "ballot:1") == []


async def test_more_time_reminds_nobody_twice(house: PlayedHouse, crew: PlayedRoom) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await house.passes(until=CLOSE - timedelta(hours=20))
    reminded = to(house, "ballot:1")

    board, told = await crew.says("ana", "!poll 1 extend until 4 december 18:00")
    await house.passes(until=CLOSE + timedelta(days=3))

    assert "Open until **Friday 4 December, 18:00**" in board
    assert told.startswith("There is more time, until **Friday 4 December, 18:00**")
    assert to(house, "ballot:1") == reminded
    assert (await Poll.get()).stage is Stage.OPEN


# ------------------------------------------------------------------------------------------------- closing


@pytest.mark.requirement("R129")
async def test_at_the_end_the_sums_are_said_and_nothing_is_called_decided(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    for who in ("ana", "ben", "cleo"):
        await crew.taps(who, "👍", on="poll:1")
    await crew.says("dan", "!block 1 because I teach then")

    told = await house.passes(until=CLOSED)

    board, result, picture, asked = [bare(text) for text in told[-4:]]
    assert "(closed, proposal 1)" in board
    assert "It decides nothing by itself: what follows is for people to say" in board
    assert "👍 agree: 3 of 4 who voted" in result
    assert "The terms of a standard proposal are not met." in result
    assert "- block – Dan: I teach then" in result
    assert picture.startswith("▨ We meet on Tuesdays")
    assert "What follows from it?" in asked
    assert "decided" not in (board + result + picture).replace("nothing by itself", "")
    assert await Decision.all().count() == 0
    assert await Elector.all().count() == 4


async def test_elements_form_takes_no_more_answers(house: PlayedHouse, crew: PlayedRoom) -> None:
    await crew.says("ana", "!poll Which? A, B")
    await crew.votes("ben", "2", on="form:1")

    told = await house.passes(timedelta(days=4))

    [end] = [text for text in told if text.startswith("☑")]
    assert "B: 1 of 1 who voted" in bare(end)


async def test_when_nobody_took_part_nothing_follows(house: PlayedHouse, crew: PlayedRoom) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")

    told = await house.passes(until=CLOSED)

    assert "Nobody took part, of 4 entitled." in bare(told[-1])
    assert not await Question.exists(inquiry="outcome")


async def test_an_end_that_comes_late_hears_first_who_spoke_in_time(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    waits = await house.wakes_at(CLOSE + timedelta(hours=3))
    house.now = CLOSE - timedelta(minutes=1)  # said then, heard now
    await crew.taps("ben", "👍", on="poll:1")
    house.now = CLOSE + timedelta(hours=3)

    told = await house.passes(timedelta(minutes=10))

    assert [text for text in waits if text.startswith("**Closed")] == []
    [result] = [bare(text) for text in told if text.startswith("**Closed")]
    assert "1 of 4 entitled has taken part." in result
    assert (
        "*It was to close on Monday 30 November, 18:00, when I could not hear you. What was said before that is "
        "counted; if somebody could not answer then, it can be asked anew.*"
    ) in result


@pytest.mark.requirement("R129")
async def test_the_end_waits_while_the_homeserver_is_away_and_no_other_hour_does(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    away = CLOSE - timedelta(hours=30)

    for _ in range(2):
        await strike(house.house, CLOSE + timedelta(hours=3), away)
    hours = [ritual for ritual, _at in await house.hours() if ritual.startswith("poll-")]

    assert hours == ["poll-closes"]
    assert (await Poll.get(id=1)).stage is Stage.OPEN


async def test_what_was_asked_in_private_is_over_and_says_so(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    ben = await house.private("ben")
    await crew.says("ana", "!poll Which? A, B; until tomorrow 9:00")
    await house.passes(until=datetime(2026, 11, 24, 7, 30, tzinfo=UTC))
    await ben.says("ben", "vote 1")

    told = await house.passes(timedelta(hours=1))

    assert "✎ *Which?* is closed; what came out is in **Kitchen Crew**." in told
    assert not await Question.exists(inquiry="ballot")


async def test_what_came_out_stays_whoever_comes_and_goes_afterwards(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.taps("ben", "👍", on="poll:1")
    await house.passes(until=CLOSED)
    [before] = await crew.says("ana", "!poll 1")
    await crew.leaves("ben")
    await crew.joins("eve")

    [after] = await crew.says("ana", "!poll 1")

    assert "1 of 4 entitled has taken part." in bare(after)
    assert bare(before).replace("Ben", "ben") == bare(after).replace("Ben", "ben")


async def test_a_crew_that_has_ended_hears_nothing_of_it(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.taps("ben", "👍", on="poll:1")
    await Room.filter(id=crew.id).update(life=Life.CLOSED)

    told = await house.passes(until=CLOSED)

    assert not [text for text in told if text.startswith("**Closed")]


# ------------------------------------------------------------------------------------------- looking after


async def test_a_proposal_closes_early_only_when_all_have_answered(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await house.passes(timedelta(days=3))
    [early] = await crew.says("ana", "!poll 1 close")
    for who in PEOPLE:
        await crew.taps(who, "👍", on="poll:1")
    told = await crew.says("ana", "!poll 1 close")

    assert "Not everybody has answered yet" in early
    assert [text for text in told if text.startswith("**Closed")]


async def test_what_has_no_least_time_closes_by_a_word_once_all_have_answered(
    crew: PlayedRoom,
) -> None:
    await crew.says("ana", "!poll Which? A, B")
    for who in PEOPLE:
        await crew.taps(who, "1️⃣", on="poll:1")

    told = await crew.says("ana", "!poll 1 close")

    assert [text for text in told if text.startswith("**Closed")]
    assert "That is over" in (await crew.says("ana", "!poll 1 close"))[0]


async def test_only_whoever_asked_looks_after_it(crew: PlayedRoom) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")

    for said in ("close", "withdraw", "extend until 4 december 18:00", "amend We sing"):
        [told] = await crew.says("ben", f"!poll 1 {said}")
        assert "That is for Ana to do, who asked it. Nothing was changed." in told


async def test_when_whoever_asked_is_gone_those_who_are_left_look_after_it(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.leaves("ana")
    hall = await house.room(
        "Hall", ["ana", "ben", "mia"], kind=RoomKind.WORKING, moderators=["mia"]
    )
    await hall.says("ana", "!propose We sing")
    await hall.leaves("ana")

    withdrawn = await crew.says("ben", "!poll 1 withdraw")
    [refused] = await hall.says("ben", "!poll 2 withdraw")
    moderated = await hall.says("mia", "!poll 2 withdraw")

    assert "Taken back" in withdrawn[-1]
    assert "those who moderate it look after it then" in refused
    assert "Taken back" in moderated[-1]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("extend until friday 18:00", "it can be given more time, not less"),
        ("extend until 1 december 2028 18:00", "longer than a year"),
        ("extend soonish", "I could not read"),
        ("extend", "Until when?"),
        ("frobnicate", "There is"),
    ],
)
async def test_an_end_is_never_sooner_than_people_were_told(
    crew: PlayedRoom, said: str, why: str
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")

    told = await crew.says("ana", f"!poll 1 {said}")

    assert why in bare(told[0])
    assert (await Poll.get()).closes_at == CLOSE


async def test_withdrawing_deletes_what_was_said(house: PlayedHouse, crew: PlayedRoom) -> None:
    await crew.says("ana", "!poll Which? A, B")
    await crew.taps("ben", "1️⃣", on="poll:1")

    told = await crew.says("ana", "!poll 1 withdraw")

    assert told[0].startswith("✎ ~~")
    assert "☑ It was taken back, and nothing came of it." in told
    assert (await Ballot.all().count(), await Cast.all().count()) == (0, 0)
    assert await house.passes(timedelta(days=9)) == []


# ------------------------------------------------------------------------------------------------ outcomes


async def over(house: PlayedHouse, crew: PlayedRoom) -> PlayedRoom:
    """A proposal that is over; Ana, who asked, in her private chat."""
    ana = await house.private("ana")
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.taps("ben", "👍", on="poll:1")
    await house.passes(until=CLOSED)
    return ana


@pytest.mark.requirement("R129")
async def test_whoever_asked_says_what_follows_and_when_it_is_looked_at_again(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    ana = await over(house, crew)

    [review] = await ana.says("ana", "We meet on Tuesdays from January on.")
    assert await Decision.all().count() == 0
    board, outcome, told = await ana.taps("ana", "✅", on=ana.tappable())

    assert "in half a year, on Sunday 30 May 2027" in review
    assert (
        "**Outcome:** We meet on Tuesdays from January on. – Ana. You look at it again on Sunday 30 May 2027."
        in bare(board)
    )
    assert bare(outcome).startswith("**Outcome:** We meet on Tuesdays from January on.")
    assert bare(told) == (
        "It is kept, and your circle reads it: We meet on Tuesdays from January on.\n\n"
        "You look at it again on Sunday 30 May 2027."
    )
    row, poll = await Decision.get(), await Poll.get()
    assert (row.what, row.room, row.person) == (
        "We meet on Tuesdays from January on.",
        crew.id,
        person("ana"),
    )
    assert (poll.decision, poll.review_on) == (row.id, date(2027, 5, 30))


@pytest.mark.parametrize(
    ("said", "review"),
    [
        ("outcome 1 we meet on Tuesdays; review in 3 months", date(2027, 2, 28)),
        ("outcome 1 we meet on Tuesdays; review on 1 june", date(2027, 6, 1)),
        ("outcome 1 we meet on Tuesdays. Review: in a year", date(2027, 11, 30)),
    ],
)
async def test_it_can_be_said_in_one_line(
    house: PlayedHouse, crew: PlayedRoom, said: str, review: date
) -> None:
    ana = await over(house, crew)

    await ana.says("ana", said)

    poll = await Poll.get()
    assert (poll.outcome, poll.review_on) == ("we meet on Tuesdays", review)


@pytest.mark.parametrize(
    "said",
    ["We start the code review next monday", "Ana has the books for review on friday"],
)
async def test_an_outcome_that_speaks_of_a_review_is_kept_whole(
    house: PlayedHouse, crew: PlayedRoom, said: str
) -> None:
    ana = await over(house, crew)

    [asked] = await ana.says("ana", f"outcome 1 {said}")
    assert (await Poll.get()).outcome is None
    await ana.taps("ana", "✅", on=ana.tappable())

    assert f"I understood: {said}" in bare(asked)
    assert (await Poll.get()).outcome == said


async def test_another_day_is_said_in_the_room_too(house: PlayedHouse, crew: PlayedRoom) -> None:
    await over(house, crew)
    await crew.says("ana", "!outcome 1 we review our meals")

    assert await crew.says("ana", "that was quick", overheard=True) == []
    told = await crew.says("ana", "in 3 months", overheard=True)

    assert "on Sunday 28 February 2027" in told[0]
    assert (await Poll.get()).outcome == "we review our meals"


@pytest.mark.requirement("R129")
async def test_after_a_week_it_is_asked_once_more_and_then_anybody_may_say_it(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await over(house, crew)

    [early] = await crew.says("ben", "!outcome 1 we meet; review in 3 months")
    again = await house.passes(WEEK)
    quiet = await house.passes(4 * WEEK)
    await crew.says("ben", "!outcome 1 we meet; review in 3 months")

    assert (
        "Ana asked it, and is asked what follows. From Monday 7 December, 18:00 on any of you may say it."
        in early
    )
    assert len([text for text in again if "What follows from it?" in text]) == 1
    assert len([text for text in again if "any of you may say it now" in text]) == 1
    assert quiet == []
    assert (await Poll.get()).outcome_by == person("ben")


async def test_when_whoever_asked_is_gone_anybody_may_say_it_at_once(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await over(house, crew)
    await crew.leaves("ana")

    await crew.says("ben", "!outcome 1 we meet; review in 3 months")

    assert (await Poll.get()).outcome == "we meet"


async def test_an_outcome_can_be_said_anew_and_stays_one_decision(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await over(house, crew)
    await crew.says("ana", "!outcome 1 we meet; review in 3 months")
    [refused] = await crew.says("ben", "!outcome 1 we do not; review in 3 months")
    await crew.says("ana", "!outcome 1 we meet at eight; review in 3 months")

    assert "What follows is stated already; Ana, who asked, can say it anew for a day." in refused
    assert [row.what for row in await Decision.all()] == ["we meet at eight"]


async def test_what_was_stated_is_everybodys_to_change_after_a_day(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await over(house, crew)
    await crew.says("ana", "!outcome 1 we share the cost; review in 6 months")
    made_at = (await Decision.get()).made_at
    house.now += timedelta(hours=23)
    await crew.says("ana", "!outcome 1 we share all costs; review in 6 months")
    house.now += timedelta(hours=2)
    [late] = await crew.says("ana", "!outcome 1 Dan pays; review in 2 years")
    house.now += timedelta(days=100)
    [later] = await crew.says("ana", "!outcome 1 Dan pays; review in 2 years")

    row = await Decision.get()
    assert "stated more than a day ago, and people rely on it" in late
    assert "`!review 1 change …` asks all of you for other words" in late
    assert later == late
    assert (row.what, row.made_at) == ("we share all costs", made_at)


async def test_an_outcome_stands_when_whoever_asked_has_left(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await over(house, crew)
    await crew.says("ana", "!outcome 1 we meet on Tuesdays; review in 6 months")
    await crew.leaves("ana")
    [soon] = await crew.says("dan", "!outcome 1 Dan gets the money; review in 2 years")
    await house.passes(timedelta(days=60))
    [late] = await crew.says("dan", "!outcome 1 Dan gets the money; review in 2 years")

    row = await Decision.get()
    assert "What follows is stated already. Nothing was changed" in soon
    assert "people rely on it" in late
    assert (row.what, row.person) == ("we meet on Tuesdays", person("ana"))


async def test_of_a_crew_that_had_ended_when_its_poll_closed_nothing_more_is_kept(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    ben = await house.private("ben")
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.taps("ben", "👍", on="poll:1")
    await Room.filter(id=crew.id).update(life=Life.CLOSED)
    await house.passes(until=CLOSED)
    [ended] = await ben.says("ben", "outcome 1 we meet; review in 1 month")
    await Room.filter(id=crew.id).update(life=Life.ACTIVE)
    [early] = await ben.says("ben", "outcome 1 we meet; review in 1 month")
    await house.passes(WEEK)
    await ben.says("ben", "outcome 1 we meet; review in 1 month")

    assert "That crew has ended" in ended
    assert "Ana asked it, and is asked what follows" in early
    assert (await Decision.get()).what == "we meet"


async def test_a_review_on_no_day_ahead_is_refused_and_not_kept_as_words(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await over(house, crew)
    [refused] = await crew.says("ana", "!outcome 1 we meet; review yesterday")
    kept = await Decision.all().count()
    await crew.says("ana", "!outcome 1 we meet. Review of the books comes first")
    await crew.taps("ana", "✅", on=crew.asked("When do you look at it again?"))

    assert "I could not read “yesterday” as a day ahead" in bare(refused)
    assert kept == 0
    assert (await Decision.get()).what == "we meet. Review of the books comes first"


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("a; review the code; review in 3 months", "a; review the code"),
        ("Review: we do it in May; review in 3 months", "Review: we do it in May"),
        ("we meet\nto be reviewed by 1 march", "we meet"),
        ("we meet; – review in 3 months", "we meet"),
    ],
)
async def test_the_last_clause_of_a_review_that_stands_apart_is_the_one(
    house: PlayedHouse, crew: PlayedRoom, said: str, what: str
) -> None:
    await over(house, crew)

    await crew.says("ana", f"!outcome 1 {said}")

    assert (await Decision.get()).what == what


@pytest.mark.requirement("R130")
async def test_a_proposal_that_nobody_answered_has_not_met_its_terms(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await house.passes(until=CLOSED)

    result = (await Poll.get()).result or {}
    assert result["passes"] is False
    assert result["lines"] == ["Nobody took part, of 4 entitled."]


async def test_while_it_is_open_nothing_follows_yet(crew: PlayedRoom) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")

    [told] = await crew.says("ana", "!outcome 1 we meet; review in 3 months")
    [which] = await crew.says("ana", "!outcome we meet")

    assert "what follows is said when it is over" in told
    assert "I need the number of what was asked" in which
    assert await Decision.all().count() == 0


# ------------------------------------------------------------------------------------ against its own terms


@pytest.fixture
async def blocked(house: PlayedHouse, crew: PlayedRoom) -> PlayedRoom:
    """A proposal of Ana's that is over, and that one of those who answered blocks."""
    await crew.says("ana", "!propose We buy a fridge")
    await crew.says("ana", "!agree 1")
    await crew.says("ben", "!block 1 because we have no money")
    await house.passes(timedelta(days=10))
    return crew


AGAINST = "gainst its own terms: 1 block of 2 who voted"


@pytest.mark.requirement("R129")
async def test_an_outcome_against_its_terms_is_asked_back_once_and_says_so_everywhere(
    house: PlayedHouse, blocked: PlayedRoom
) -> None:
    [asked] = await blocked.says("ana", "!outcome 1 We buy the fridge; review in 6 months")
    before = await Decision.all().count()
    told = await blocked.says("ana", "!yes")
    [listed] = await blocked.says("cleo", "!decisions")
    [shown] = await blocked.says("cleo", "!agreement 1")

    assert f"That would be stated a{AGAINST}. All read that beside it." in asked
    assert before == 0
    assert any(
        "Outcome:** We buy the fridge – Ana. You look at it again on" in said for said in told
    )
    assert any(f"A{AGAINST}." in said for said in told)
    assert f"; a{AGAINST}" in listed
    assert f"**A{AGAINST}.**" in shown
    assert "Ben" not in f"{told}{listed}{shown}"


@pytest.mark.requirement("R129")
async def test_whoever_thinks_again_states_nothing_against_the_terms(
    house: PlayedHouse, blocked: PlayedRoom
) -> None:
    ana = await house.private("ana")
    await ana.says("ana", "outcome 1 We buy the fridge; review in 6 months")

    [told] = await ana.says("ana", "no")

    assert told == "Good: nothing was stated. `outcome 1 …` says what follows in other words."
    assert await Decision.all().count() == 0


async def test_what_follows_though_nobody_took_part_or_the_quorum_was_missed_says_so(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!poll Which day? Monday, Tuesday; until tuesday 18:00")
    await crew.says("ana", "!poll Which time? 10:00, 11:00; quorum 60 %; until tuesday 18:00")
    await crew.says("ben", "!vote 2 1")
    await house.passes(timedelta(days=10))

    [nobody] = await crew.says("ana", "!outcome 1 Tuesday it is; no review")
    told = await crew.says("ana", "!yes")
    [missed] = await crew.says("ana", "!outcome 2 Ten it is; no review")

    assert "That would be stated though nobody took part." in nobody
    assert any("Nobody took part." in said for said in told)
    assert "against its own terms: the quorum asks for 3 of 4, and 1 took part" in missed


async def test_where_its_terms_are_met_nothing_is_asked_back(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    ana = await over(house, crew)
    told = await ana.says("ana", "outcome 1 we meet on Tuesdays; no review")

    assert not any("its own terms" in said or "would be stated" in said for said in told)
    assert await Decision.all().count() == 1


async def test_an_outcome_may_do_without_a_day_of_review(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    ana = await over(house, crew)
    [asked] = await ana.says("ana", "outcome 1 the party is on Sunday")
    told = await ana.says("ana", "never")

    assert "⏭️ no review" in asked
    assert not any("You look at it again" in said for said in told)
    row = await Decision.get()
    assert (row.what, row.review_on) == ("the party is on Sunday", None)
    assert not [name for name, _at in await house.hours() if name.startswith("review")]


@pytest.mark.requirement("R16")
async def test_an_agreement_has_a_day_of_review_by_all_means(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose significant We share the cost of the room")
    for who in ("ana", "ben", "cleo"):
        await crew.says(who, "!agree 1")
    await house.passes(timedelta(days=20))

    [refused] = await crew.says("ana", "!outcome 1 we share it; no review")
    [asked] = await crew.says("ana", "!outcome 1 we share it")
    [still] = await crew.says("ana", "!no review")
    await crew.says("ana", "!yes")

    assert "has a day on which you look at it again, so nothing was kept yet" in bare(refused)
    assert "no review" not in asked
    assert "has a day on which you look at it again" in bare(still)
    assert (await Decision.get()).review_on is not None


async def test_a_review_in_three_hundred_years_is_too_far_ahead(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    ana = await over(house, crew)
    await ana.says("ana", "outcome 1 we meet on Tuesdays")

    [told] = await ana.says("ana", "in 300 years")

    assert await Decision.all().count() == 0
    assert "That is more than 10 years ahead" in bare(told)
