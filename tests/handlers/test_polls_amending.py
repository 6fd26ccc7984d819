"""Other words for what is asked, voices of others, and being forgotten."""

import base64
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers.polls.opening import least_end
from handlers.polls.voices import terms_of
from storage.polls import FORGOTTEN, Ballot, Cast, Elector, Poll, Proxy, Stage, TookPart, Wording
from tests.handlers.played import PlayedHouse, PlayedRoom, person

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


# ------------------------------------------------------------------------------------------------ amending


async def test_before_anybody_has_answered_the_wording_is_simply_another(crew: PlayedRoom) -> None:
    await crew.says("ana", "!poll Which day? Monday, Tuesday")

    told = await crew.says("ana", "!poll 1 amend Which day? Monday, Tuesday, Friday")

    assert "3️⃣ Friday" in told[0]
    assert "☑ It is asked in other words below." in told
    assert "☐ Which day? Monday / Tuesday / Friday" in told
    assert not [text for text in told if "stands unless" in text]


async def test_an_amendment_asks_again_only_those_whose_voice_it_touches(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    ben = await house.private("ben")
    await crew.says("ana", "!propose We meet on Tuesdays at eight in the kitchen")
    await crew.taps("cleo", "🤷", on="poll:1")
    await crew.says("ben", "!block 1 because eight is too late")

    told = await crew.says("ana", "!poll 1 amend We meet on Tuesdays at seven in the kitchen")

    board, changed, asked = told
    assert "🤷 abstain: 1 of 1 who voted" in bare(board)
    assert "~~We meet on Tuesdays at eight in the kitchen~~" in changed
    assert "What it does not touch of what you said stands" in changed
    assert "Those whose answer it touches are asked again." in changed
    assert "You had said: **block, because eight is too late**. ✅ it stands" in asked
    assert [row.person for row in await Ballot.all()] == [person("cleo")]
    assert [row.version for row in await Wording.all().order_by("id")] == [1, 2]

    _board, noted = await ben.taps("ben", "👍", on="again:1:2")
    assert noted.startswith("Noted: **agree**")
    assert await Ballot.all().count() == 2


async def test_whoever_stands_by_what_they_said_needs_one_tap(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    ben = await house.private("ben")
    await crew.says("ana", "!propose We meet on Tuesdays at eight in the kitchen")
    await crew.says("ben", "!block 1 because eight is too late")
    await crew.says("ana", "!poll 1 amend We meet on Tuesdays at seven in the kitchen")

    await ben.taps("ben", "✅", on="again:1:2")
    [twice] = await ben.taps("ben", "✅", on="again:1:2")

    row = await Ballot.get()
    assert (row.marks, row.reason, row.version) == ({"3": 1}, "eight is too late", 2)
    assert "Nothing was changed." in twice


async def test_an_option_that_moves_takes_its_voices_along_and_one_that_goes_asks_again(
    crew: PlayedRoom,
) -> None:
    await crew.says("ana", "!poll Which day? Monday, Tuesday, Friday; no form")
    for who, sign in (("ben", "1️⃣"), ("cleo", "2️⃣"), ("dan", "3️⃣")):
        await crew.taps(who, sign, on="poll:1")

    told = await crew.says("ana", "!poll 1 amend Which day? Sunday, Friday, Monday")

    assert {row.person: row.marks for row in await Ballot.all()} == {
        person("ben"): {"2": 1}, person("dan"): {"1": 1},
    }  # fmt: skip
    assert "- gone: ~~Tuesday~~\n- new: Sunday" in told[1]
    assert len([text for text in told if "asks in other words now" in text]) == 1


async def test_at_night_nobody_is_asked_again(house: PlayedHouse, crew: PlayedRoom) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays at eight in the kitchen")
    await crew.says("ben", "!block 1 because eight is too late")
    house.now = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)

    told = await crew.says("ana", "!poll 1 amend We meet on Tuesdays at seven in the kitchen")
    morning = await house.passes(timedelta(hours=10))

    assert not [text for text in told if "asks in other words now" in text]
    assert len([text for text in morning if "asks in other words now" in text]) == 1


async def test_whoever_is_asked_again_in_the_morning_reads_the_end_that_stands_then(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays at eight in the kitchen")
    await crew.taps("ben", "👍", on="poll:1")
    house.now = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
    await crew.says("ana", "!poll 1 amend We meet on Tuesdays at seven in the kitchen")
    await crew.says("ana", "!poll 1 amend We meet on Tuesdays at six in the kitchen")
    await crew.says("ana", "!poll 1 extend until 11 december 18:00")

    morning = await house.passes(timedelta(hours=10))

    [asked] = [text for text in morning if "asks in other words now" in text]
    assert "at six in the kitchen" in asked
    assert "until **Friday 11 December, 18:00**" in asked


async def test_whoever_has_answered_by_the_morning_is_not_asked_again(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays at eight in the kitchen")
    await crew.taps("ben", "👍", on="poll:1")
    house.now = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
    await crew.says("ana", "!poll 1 amend We meet on Tuesdays at seven in the kitchen")
    await crew.taps("ben", "👎", on="poll:1")

    morning = await house.passes(timedelta(hours=10))

    assert not [text for text in morning if "asks in other words now" in text]


async def test_after_a_change_there_is_time_to_answer_again(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!poll Which day? Monday, Tuesday")
    await crew.taps("ben", "2️⃣", on="poll:1")
    house.now = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)

    await crew.says("ana", "!poll 1 amend Which day? Monday, Wednesday")

    assert (await Poll.get()).closes_at == datetime(2026, 11, 28, 9, 0, tzinfo=UTC)


@pytest.mark.requirement("R130")
@pytest.mark.parametrize("voted", [True, False])
async def test_what_is_proposed_now_is_open_as_long_as_its_type_wants_from_now_on(
    house: PlayedHouse, crew: PlayedRoom, voted: bool
) -> None:
    await crew.says("ana", "!propose emergency We close the kitchen")
    if voted:
        await crew.taps("ben", "👍", on="poll:1")
    poll = await Poll.get()
    house.now = poll.closes_at - timedelta(minutes=5)
    least = least_end(terms_of(poll), house.now, ZoneInfo(poll.zone))
    assert least is not None

    await crew.says("ana", "!poll 1 amend We close the hall")

    assert (await Poll.get()).closes_at >= least > poll.closes_at


@pytest.mark.parametrize(
    ("asked", "amended"),
    [
        ("Ben has to leave the crew by the end", "Dan has to leave the crew by the end"),
        ("We do share the cost of the room", "We do not share the cost of the room"),
    ],
)
async def test_an_agreement_does_not_outlive_its_words(
    crew: PlayedRoom, asked: str, amended: str
) -> None:
    await crew.says("ana", f"!propose emergency {asked}")
    for who in ("ana", "ben", "cleo"):
        await crew.taps(who, "👍", on="poll:1")

    told = await crew.says("ana", f"!poll 1 amend {amended}")

    assert await Ballot.all().count() == 0
    assert len([text for text in told if "asks in other words now" in text]) == 3
    assert not [text for text in told if "stands unless" in text]


async def test_many_small_changes_are_one_large_one(crew: PlayedRoom) -> None:
    await crew.says("ana", "!propose money to the garden group of Cleo this year")
    await crew.taps("ben", "👍", on="poll:1")
    await crew.taps("cleo", "🤷", on="poll:1")

    await crew.says("ana", "!poll 1 amend money to the sailing boat of Cleo this year")
    assert [row.person for row in await Ballot.all()] == [person("cleo")]
    await crew.says("ana", "!poll 1 amend fund to a sailing boat of Ana this year")

    assert await Ballot.all().count() == 0


async def test_what_was_said_to_options_that_are_gone_cannot_stand(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    ben = await house.private("ben")
    await crew.says("ana", "!poll Which day? Monday, Tuesday, Friday; no form")
    await crew.taps("ben", "2️⃣", on="poll:1")
    await crew.says("ana", "!poll 1 amend Which day? Monday, Sunday, Friday")

    [refused] = await ben.taps("ben", "✅", on="again:1:2")

    assert "Nothing was changed; `vote 1 1` answers anew." in refused
    assert await Ballot.all().count() == 0


async def test_what_was_said_last_stands_though_it_was_not_heard_last(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    ben = await house.private("ben")
    await crew.says("ana", "!propose We meet on Tuesdays at eight")
    house.now = MONDAY + timedelta(minutes=2)
    await crew.taps("ben", "👎", on="poll:1")
    house.now = MONDAY + timedelta(minutes=1)
    await crew.taps("ben", "👍", on="poll:1")
    house.now = MONDAY + timedelta(minutes=3)

    *_, asked = await crew.says("ana", "!poll 1 amend We meet on Tuesdays at seven")
    await ben.taps("ben", "✅", on="again:1:2")

    assert "You had said: **disagree**" in asked
    assert (await Ballot.get()).marks == {"2": 1}


async def test_a_voice_said_before_the_words_were_changed_is_to_the_former_ones_however_late_it_is_heard(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We give the money to the garden")
    house.now = MONDAY + timedelta(minutes=5)
    await crew.says("ana", "!poll 1 amend We give the money to Ana")
    house.now = MONDAY + timedelta(minutes=1)  # its key came after the change

    told = await crew.says("ben", "agree", on="poll:1")
    waits = await crew.taps("cleo", "✋", on="poll:1")

    assert await Ballot.all().count() == 0
    assert "You had said: **agree**. ✅ it stands" in told[-1]
    assert "You had said: **block**. ✅ it stands" in waits[-1]
    assert not [text for text in waits if "What is your reason?" in text]


async def test_a_late_voice_that_the_change_does_not_touch_is_counted(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We give the money to the garden")
    house.now = MONDAY + timedelta(minutes=5)
    await crew.says("ana", "!poll 1 amend We give the money to Ana")
    house.now = MONDAY + timedelta(minutes=1)

    await crew.taps("ben", "🤷", on="poll:1")

    assert (await Ballot.get()).person == person("ben")
    assert (await Cast.get()).version == 1


@pytest.mark.parametrize("said", ["1", "Monday"])
async def test_a_late_answer_to_other_options_is_asked_for_anew(
    house: PlayedHouse, crew: PlayedRoom, said: str
) -> None:
    await crew.says("ana", "!poll Which day? Monday, Tuesday")
    house.now = MONDAY + timedelta(minutes=5)
    await crew.says("ana", "!poll 1 amend Which day? Tuesday, Monday")
    house.now = MONDAY + timedelta(minutes=1)

    [told] = await crew.says("ben", said, on="poll:1")

    assert "It asks in other words since you said that, so it was not counted." in told
    assert await Cast.all().count() == 0


async def test_a_late_secret_voice_is_not_cast_for_other_words(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    ben = await house.private("ben")
    await crew.says("ana", "!poll secret We hire Lee? yes, no")
    house.now = MONDAY + timedelta(minutes=5)
    await crew.says("ana", "!poll 1 amend We hire Max? yes, no")
    house.now = MONDAY + timedelta(minutes=1)

    told = await ben.says("ben", "vote 1 yes")

    assert "It asks in other words since you said that, so it was not counted." in told[-1]
    assert await TookPart.all().count() == 0


@pytest.mark.requirement("R129")
async def test_a_reason_for_blocking_former_words_blocks_nothing_new(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    ben = await house.private("ben")
    await crew.says("ana", "!propose We meet on Tuesdays at eight")
    await crew.taps("ben", "✋", on="poll:1")

    told = await crew.says("ana", "!poll 1 amend We meet on Tuesdays at seven")
    [anew] = await ben.says("ben", "eight is too late", on="reason:1")
    assert await Ballot.all().count() == 0
    _board, reason = await ben.taps("ben", "✅", on="again:1:2")
    await ben.says("ben", "seven is too late, too")

    assert any("You had said: **block**. ✅ it stands" in text for text in told)
    assert "It asks in other words now, so what you wrote was not counted." in anew
    assert "What is your reason?" in reason
    row = await Ballot.get()
    assert (row.marks, row.reason, row.version) == ({"3": 1}, "seven is too late, too", 2)


async def test_where_everybody_is_asked_again_nothing_is_said_to_stand(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    ben = await house.private("ben")
    await crew.says("ana", "!poll Which day? Monday, Tuesday; hidden")
    await ben.says("ben", "vote 1 monday")

    told = await crew.says("ana", "!poll 1 amend Which day? Monday, Tuesday, Friday")

    assert await Ballot.all().count() == 0
    assert not [text for text in told if "stands unless" in text]
    assert [text for text in told if "Those whose answer it touches are asked again." in text]


@pytest.mark.parametrize(
    ("terms", "nearest"),
    [
        ("until 20 december 18:00", "poll 1 extend until friday 18:00` gives more time"),
        ("hidden", "poll 1 withdraw` takes it back"),
        ("quorum 60 %", "poll 1 withdraw` takes it back"),
    ],
)
async def test_terms_in_an_amendment_are_refused_and_not_swallowed(
    crew: PlayedRoom, terms: str, nearest: str
) -> None:
    await crew.says("ana", "!propose significant We meet on Tuesdays")
    [told] = await crew.says("ana", f"!poll 1 amend We meet on Fridays; {terms}")
    poll = await Poll.get()

    assert "nothing was changed" in told
    assert nearest in told
    assert (poll.version, poll.terms["topic"]) == (1, "We meet on Tuesdays")
    await crew.says("ana", "!poll 1 amend significant We meet on Fridays")
    assert (await Poll.get()).terms["topic"] == "We meet on Fridays"


async def test_times_that_come_before_the_end_are_refused(crew: PlayedRoom) -> None:
    await crew.says("ana", "!times friday 18:00, saturday 10:00; until thursday 18:00")

    [told] = await crew.says("ana", "!poll 1 amend tuesday 8:00, saturday 10:00")

    assert "comes before the end. Nothing was changed; later times would do." in told
    assert (await Poll.get()).version == 1


async def test_an_answer_to_a_form_of_former_words_is_not_counted(crew: PlayedRoom) -> None:
    await crew.says("ana", "!poll Which day? Monday, Tuesday")
    await crew.votes("ben", "1", on="form:1")
    await crew.says("ana", "!poll 1 amend Which day? Friday, Tuesday")

    [told] = await crew.votes("cleo", "1", on="form:1")
    await crew.votes("dan", "1", on="form:1:2")

    assert "that form counts no more" in told
    assert {row.person for row in await Ballot.all()} == {person("dan")}


async def test_a_secret_poll_cannot_be_changed_once_somebody_has_answered(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    ben = await house.private("ben")
    await crew.says("ana", "!poll secret Who? Lee, Max")
    changed = await crew.says("ana", "!poll 1 amend Who? Lee, Max, Noa")
    await ben.says("ben", "vote 1 noa")
    await ben.says("ben", "yes")

    [refused] = await crew.says("ana", "!poll 1 amend Who? Lee, Max")

    assert "3️⃣ Noa" in changed[0]
    assert "nobody could be asked again" in refused


async def test_what_says_the_same_changes_nothing(crew: PlayedRoom) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")

    assert (
        "That is what it says already"
        in (await crew.says("ana", "!poll 1 amend We meet on Tuesdays"))[0]
    )
    assert "In which words?" in (await crew.says("ana", "!poll 1 amend"))[0]


# ------------------------------------------------------------------------------------------------- proxies


async def test_somebody_speaks_for_another_until_they_speak_themselves(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    given = await crew.says("cleo", "!proxy Ben until 1 march")
    [with_ben] = await crew.taps("ben", "👍", on="poll:1")
    [by_herself] = await crew.taps("cleo", "👎", on="poll:1")
    [listed] = await crew.says("dan", "!proxy")

    assert "Ben speaks for Cleo in what is asked here, until **Monday 1 March 2027**" in given[0]
    assert "In **Kitchen Crew** Cleo lets you speak for them" in given[1]
    assert "👍 agree: 2 of 2 who voted" in bare(with_ben)
    assert "1 of 2 is spoken for by proxy." in bare(with_ben)
    assert "👎 disagree: 1 of 2 who voted" in bare(by_herself)
    assert "proxy" not in by_herself
    assert "- Ben speaks for Cleo, until Monday 1 March 2027" in listed


async def test_a_proxy_may_end_with_the_name_of_a_month(crew: PlayedRoom) -> None:
    assert "until **Tuesday 1 June 2027**" in (await crew.says("cleo", "!proxy Ben until june"))[0]


async def test_what_stood_at_the_close_stays_when_a_proxy_is_taken_back(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.says("cleo", "!proxy Ben")
    await crew.taps("ben", "👍", on="poll:1")
    await house.passes(timedelta(days=8))
    await crew.says("cleo", "!proxy off")

    [shown] = await crew.says("dan", "!poll 1")

    assert "2 of 4 entitled have taken part." in bare(shown)
    assert (await Elector.get(person=person("cleo"))).holder == person("ben")


async def test_a_proxy_ends_and_is_taken_back(house: PlayedHouse, crew: PlayedRoom) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.taps("ben", "👍", on="poll:1")
    await crew.says("cleo", "!proxy Ben until 25 november")
    house.now += timedelta(days=3)
    [over] = await crew.says("ana", "!poll 1")
    await crew.says("cleo", "!proxy Ben until 1 june")
    told = await crew.says("cleo", "!proxy off")
    [none] = await crew.says("cleo", "!proxy off")

    assert "1 of 4 entitled has taken part." in bare(over)
    assert told[0] == "Taken back: you speak for yourself."
    assert "1 of 4 entitled has taken part." in bare(told[1])
    assert "Nobody speaks for you here" in none


@pytest.mark.parametrize(
    ("who", "said", "why"),
    [
        ("ben", "!proxy Ben", "You speak for yourself already"),
        ("dan", "!proxy Cleo", "a proxy is not passed on"),
        ("ben", "!proxy Dan", "a proxy is not passed on"),
        ("dan", "!proxy Ana until 1 june 2029", "within a year"),
        ("dan", "!proxy Zoe", "I know nobody here"),
        ("dan", "!proxy Ana until soonish", "could not read"),
    ],
)
async def test_a_proxy_is_one_step_to_somebody_here_for_a_while(
    crew: PlayedRoom, who: str, said: str, why: str
) -> None:
    await crew.says("cleo", "!proxy Ben")

    assert why in bare((await crew.says(who, said))[0])
    assert await Proxy.all().count() == 1


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("!poll advice I paint the door", "agree"),
        ("!poll count The walk", "in"),
        ("!times When? 15 december 18:00, 16 december 10:00", "1"),
        ("!poll question What now?", "let us rest"),
        ("!poll sense check How is it?", "looks good"),
    ],
)
async def test_nobody_is_a_body_an_ear_or_a_mouth_for_another(
    house: PlayedHouse, crew: PlayedRoom, asked: str, said: str
) -> None:
    [given] = [text for text in await crew.says("cleo", "!proxy Ben") if "speaks for" in text]
    await crew.says("ana", asked)
    await crew.says("ben", f"!vote 1 {said}")

    told = await house.passes(timedelta(days=12))

    assert "hands, times, advice, feelings and own words are everybody's own" in given
    [result] = [bare(text) for text in told if text.startswith("**Closed")]
    assert "proxy" not in result
    assert (await Poll.get()).result["cast"] == 1  # type: ignore[index]  # JSON
    assert not await Elector.exists(holder__not_isnull=True)


async def test_in_a_secret_poll_nobody_speaks_for_another(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    ben = await house.private("ben")
    await crew.says("cleo", "!proxy Ben")
    await crew.says("ana", "!poll secret Who? Lee, Max")

    await ben.says("ben", "vote 1 max")
    told = await ben.says("ben", "yes")

    assert "1 of 4 entitled has taken part." in bare(told[1])


async def test_whoever_leaves_speaks_for_nobody(crew: PlayedRoom) -> None:
    await crew.says("cleo", "!proxy Ben")

    await crew.leaves("ben")

    assert await Proxy.all().count() == 0


async def test_whoever_is_spoken_for_is_not_reminded(house: PlayedHouse, crew: PlayedRoom) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    await crew.says("cleo", "!proxy Ben")
    await crew.taps("ben", "👍", on="poll:1")

    await house.passes(until=datetime(2026, 11, 29, 18, 0, tzinfo=UTC))

    reminded = {owed.lane for owed in house.owed if owed.name == "ballot:1"}
    assert reminded == {person("ana"), person("dan")}


# ------------------------------------------------------------------------------------------- one's own data


async def named(who: str) -> list[str]:
    """Every table of polls in which a person still stands."""
    rows = [
        row for model in (Poll, Cast, Ballot, Elector, TookPart, Proxy) for row in await model.all()
    ]
    return [type(row).__name__ for row in rows if person(who) in vars(row).values()]


async def test_what_is_kept_of_somebody_is_in_their_export(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    ben = await house.private("ben")
    await crew.says("ben", "!propose We meet on Tuesdays")
    await crew.says("ben", "!disagree 1 because of choir")
    await crew.says("ana", "!poll secret Who? Lee, Max")
    await ben.says("ben", "vote 2 max")
    await ben.says("ben", "yes")
    await crew.says("ben", "!proxy Ana until 1 june")

    await ben.says("ben", "export")

    [file] = [owed for owed in house.owed if owed.deed == "file"]
    text = base64.b64decode(str((file.content or {})["data"])).decode()
    assert '"reason": "of choir"' in text or "of choir" in text
    assert "We meet on Tuesdays" in text
    assert '"secret_polls_you_took_part_in"' in text
    assert '"proxies"' in text
    assert "Max" not in text


async def test_being_forgotten_takes_back_what_is_open_and_leaves_closed_numbers_nameless(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    ben = await house.private("ben")
    await crew.says("ben", "!propose We meet on Tuesdays")
    await crew.says("ben", "!disagree 1 because of choir")
    await crew.says("cleo", "!proxy Ben until 1 june")
    await house.passes(timedelta(days=8))
    [before] = await crew.says("ana", "!poll 1")
    await crew.says("ana", "!propose We sing")
    await crew.taps("ben", "👍", on="poll:2")
    await crew.says("ana", "!poll secret Who? Lee, Max")
    await ben.says("ben", "vote 3 max")
    await ben.says("ben", "yes")
    await crew.says("ben", "!propose Later; opens 1 february 9:00")

    told = await ben.says("ben", "forget me")
    told += await ben.taps("ben", "✅", on=ben.tappable())

    [after] = await crew.says("ana", "!poll 1")
    assert await named("ben") == []
    assert "disagree: 2 of 2 who voted" in bare(before)
    assert "disagree: 2 of 2 who voted" in bare(after)
    assert "choir" not in after
    assert "disagree – somebody" in after
    assert (await Poll.get(id=4)).stage is Stage.WITHDRAWN
    assert [row.person for row in await TookPart.all()] == [f"{FORGOTTEN}1"]
    assert await Ballot.filter(poll=2).count() == 0
    assert [text for text in told if text.startswith("✎") and "We sing" in text]
    # Who took part in the secret poll cannot do so twice by being forgotten.
    [again] = await ben.says("ben", "vote 3 max")
    assert "Those are asked who were in the circle when it was opened" in again
