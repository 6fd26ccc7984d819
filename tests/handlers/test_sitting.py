"""Around a sitting: who comes late, who would like to stop, what is taken up again, and what is kept of it."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers.meetings.record import TAKEN_ON
from practices import session as course
from storage.coming import Coming
from storage.commitments import Commitment
from storage.inbox import Heard, Kind
from storage.meetings import Meeting
from storage.outbox import Deed
from storage.presence import Presence
from storage.questions import Question
from storage.sessions import Session
from storage.visitors import Visitor
from tests.handlers.played import PlayedHouse, PlayedRoom, person
from tests.handlers.test_forming import NAME, formed, found
from tests.handlers.test_practice import (
    FOUR,
    ONWARD,
    OPENING,
    circle,
    holder,
    minutes,
    order,
    powerless,
    shown,
    signs,
    spoken,
    state,
    to_the_end,
)

WISH = "Somebody would like to stop here; ⏹️ from one more of you ends it."

#: What whoever comes in during a round hears, alone.
IN = "You are in, with a turn at the end of the round."

#: How it reads on a board.
WISH_SHOWN = f"*{WISH}*"


async def together(house: PlayedHouse) -> PlayedRoom:
    """A listening circle in its first part, which is for all of them."""
    crew = await house.crew(people=FOUR)
    await crew.says("ana", "!start listening circle")
    await crew.taps("ana", "▶️", on=OPENING)
    return crew


async def meeting(crew: PlayedRoom, at: datetime) -> Meeting:
    """A meeting of this crew that nobody has said anything about."""
    local = f"{at + timedelta(hours=1):%Y-%m-%dT%H:%M}"
    return await Meeting.create(
        room=crew.id, occurrence=local, local=local, zone="Europe/Rome", at=at
    )


async def on_to_the_end(crew: PlayedRoom) -> list[str]:
    """As `to_the_end`, where other messages to be tapped have been said meanwhile."""
    told: list[str] = []
    while await Session.exists():
        has_turn = (await state())["holder"]
        who = str(has_turn)[1:].partition(":")[0] if has_turn else "ana"
        told = await crew.taps(who, "✅" if has_turn else "➡️", on=OPENING)
    return told


async def came(meeting_id: int = 1) -> list[str]:
    rows = await Presence.filter(meeting=meeting_id, came=True).order_by("person")
    return [row.person[1:].partition(":")[0] for row in rows]


# -------------------------------------------------------------------------------------------- who comes late


@pytest.mark.requirement("R64")
async def test_whoever_comes_into_the_room_of_a_sitting_hears_so_alone_and_comes_in_by_a_tap(
    house: PlayedHouse,
) -> None:
    dan, crew = await house.private("dan"), await circle(house, ("ana", "ben", "cleo"))

    [told] = await crew.joins("dan")
    assert told.startswith(
        "Good that you are in Kitchen Crew. A **listening circle** is on just now, since 10:00."
    )
    assert "🙋 I come in · ✋ not now" in told
    heard = await dan.taps("dan", "🙋", on=house_question("come-in", await Question.all()))

    assert [text for text in heard if not text.startswith("✎")] == [IN]
    assert (await order())[-1] == "dan"


def house_question(inquiry: str, asked: list[Question]) -> str:
    """The name of the message that asks this."""
    return next(f"question:{each.id}" for each in asked if each.inquiry == inquiry)


@pytest.mark.parametrize("words", ["in", "I am here", "let me in", "yes please", "can I come in?"])
async def test_whoever_comes_late_comes_in_by_plain_words(house: PlayedHouse, words: str) -> None:
    dan, crew = await house.private("dan"), await circle(house, ("ana", "ben", "cleo"))
    await crew.joins("dan")

    told = await dan.says("dan", words)

    assert IN in told
    assert (await order())[-1] == "dan"


@pytest.mark.parametrize("words", ["!in", "!let me in", "!I am here"])
async def test_the_words_bring_in_from_the_room_as_well(house: PlayedHouse, words: str) -> None:
    crew = await circle(house, ("ana", "ben", "cleo"))
    await crew.joins("dan")

    told = await crew.says("dan", words)

    assert f"→ dan: {IN}" in told
    assert (await order())[-1] == "dan"


async def test_a_plain_word_in_reply_to_the_line_of_a_turn_brings_in(house: PlayedHouse) -> None:
    crew = await circle(house, ("ana", "ben", "cleo"))
    await crew.joins("dan")
    line = next(owed.name for owed in reversed(house.owed) if "turn is yours" in str(owed.content))

    await crew.says("dan", "I am in", on=line)

    assert (await order())[-1] == "dan"


async def test_not_now_is_fine_and_other_words_are_met_with_what_works(house: PlayedHouse) -> None:
    dan, crew = await house.private("dan"), await circle(house, ("ana", "ben", "cleo"))
    await crew.joins("dan")

    [unknown] = await dan.says("dan", "what is it about")
    [away] = await dan.says("dan", "not now")

    assert unknown == "🙋 brings you in; ✋ not now is fine, too."
    assert away == "Good. `!in` in the room brings you in while it lasts."
    assert not await Question.exists(inquiry="come-in")
    assert "dan" not in await order()


async def test_a_way_in_is_over_with_the_sitting_and_says_so(house: PlayedHouse) -> None:
    dan, crew = await house.private("dan"), await circle(house, ("ana", "ben", "cleo"))
    await crew.joins("dan")
    question = house_question("come-in", await Question.all())
    await to_the_end(crew)

    [told] = await dan.taps("dan", "🙋", on=question)

    assert told.startswith("That sitting is over by now, so nothing was changed.")


async def test_a_newcomer_whom_no_member_has_agreed_to_is_not_asked_in(house: PlayedHouse) -> None:
    crew = await circle(house, ("ana", "ben", "cleo"))
    far = house.now + timedelta(days=14)
    await Visitor.create(
        room=crew.id,
        person=person("dan"),
        agreed=False,
        meetings=0,
        asked_at=house.now,
        ends_at=far,
    )

    await crew.joins("dan")
    told = await crew.says("dan", "!in")

    assert not await Question.exists(inquiry="come-in")
    assert "dan" not in await order()
    assert not spoken(told)


async def test_whoever_is_not_in_the_circle_is_offered_the_way_in_with_the_reason(
    house: PlayedHouse,
) -> None:
    ben, crew = await house.private("ben"), await together(house)
    await crew.taps("ben", "👋", on=OPENING)

    [told] = shown(await crew.taps("ben", "⏸️"))
    [refused] = await crew.says("ben", "!start first meeting")
    await ben.says("ben", "in")

    assert told.startswith("You are not in that circle just now, so nothing was changed.")
    assert "`!in` brings you in" in refused
    assert "ben" in await order()


@pytest.mark.requirement("R51")
async def test_whoever_first_comes_while_the_first_meeting_runs_hears_that_it_is_on(
    house: PlayedHouse,
) -> None:
    there = await found(house, others=("ben", "cleo", "dan"))
    crew, _told = await house.makes(NAME)
    for who in ("ana", "ben", "cleo"):
        await crew.joins(who)
    await house.passes(until=datetime(2026, 11, 24, 18, 5, tzinfo=UTC))
    await crew.taps("ben", "▶️", on=f"first:{crew.id}")
    before = len(there.heard("dan"))

    await crew.joins("dan")
    [told] = there.heard("dan")[before:]
    await there.says("dan", "I am here")

    assert "A **first meeting** is on just now, since 19:05." in told
    assert "December" not in told
    assert (await order())[-1] == "dan"


async def test_whoever_comes_before_the_clock_runs_hears_that_the_first_meeting_is_now(
    house: PlayedHouse,
) -> None:
    there = await found(house, others=("ben", "cleo", "dan"))
    crew, _told = await house.makes(NAME)
    for who in ("ana", "ben", "cleo"):
        await crew.joins(who)
    await house.passes(until=datetime(2026, 11, 24, 18, 5, tzinfo=UTC))

    await crew.joins("dan")

    assert (
        "Next: your first meeting is on just now, since **19:00**. In it" in there.heard("dan")[-1]
    )


# ------------------------------------------------------------------------------------------ after the bell


@pytest.mark.requirement("R65")
async def test_after_the_bell_and_not_before_a_tap_of_anybody_passes_the_turn_on(
    house: PlayedHouse,
) -> None:
    crew = await circle(house)
    first, second, *_ = await order()
    assert spoken(await crew.taps(second, "➡️")) == []
    assert await holder() == first

    told = await house.passes(minutes(3))
    bell = next(owed.name for owed in reversed(house.owed) if "🔔" in str(owed.content))
    assert told[-1].endswith(ONWARD)
    assert signs(house, bell) == []
    await crew.taps(second, "➡️", on=bell)

    assert await holder() == second


async def test_the_bell_of_a_turn_that_is_handed_on_offers_nobody_to_end_it(
    house: PlayedHouse,
) -> None:
    crew = await house.crew(people=FOUR)
    await crew.says("ana", "!start empathy circle")
    await crew.taps("ana", "▶️", on=OPENING)
    for _ in range(3):
        if (await state())["holder"] is None:
            await crew.taps("ana", "➡️")
    told = await house.passes(minutes(10))

    [bell] = [text for text in told if text.startswith("🔔")]
    assert bell.endswith("Take what you need to finish.")


async def test_the_board_offers_no_more_than_stands_under_it(house: PlayedHouse) -> None:
    crew = await together(house)
    await to_the_end(crew)

    boards = [
        owed
        for owed in house.owed
        if owed.deed is Deed.SEND and "⏹️ stop" in str(owed.content) and signs(house, owed.name)
    ]
    assert len(boards) >= 3
    for board in boards:
        offered = str((board.content or {})["text"]).splitlines()[-1].split(" · ")
        assert [each.partition(" ")[0] for each in offered] == signs(house, board.name)


# ---------------------------------------------------------------------------------- who would like to stop


@pytest.mark.requirement("R10", "R66")
async def test_whoever_began_it_does_not_end_it_for_all_with_one_tap(house: PlayedHouse) -> None:
    crew = await together(house)

    told = shown(await crew.taps("ana", "⏹️"))

    assert not (await Session.get()).stopped
    assert spoken(told) == [WISH]
    assert any(text.startswith("✎") and text.endswith(WISH_SHOWN) for text in told)
    assert any(text.startswith("→ ana: You would like to stop here.") for text in told)
    assert not any("Ana" in text for text in told if WISH in text and not text.startswith("✎"))
    assert any("ends here, as wished" in text for text in await crew.taps("ben", "⏹️"))


async def test_a_wish_is_answered_each_time_and_is_taken_back_by_going_on(
    house: PlayedHouse,
) -> None:
    crew = await together(house)
    await crew.taps("ben", "⏹️")
    line = next(
        owed.name for owed in reversed(house.owed) if (owed.content or {}).get("text") == WISH
    )

    [again] = shown(await crew.taps("ben", "⏹️"))
    told = await crew.taps("ben", "▶️")

    assert again.startswith("→ ben: You would like to stop here.")
    assert f"⌫ {line}" in told
    assert not any(WISH in text for text in told)
    assert (await state())["stopping"] == []


@pytest.mark.requirement("R66")
async def test_while_somebody_speaks_a_wish_is_said_on_the_board_alone(house: PlayedHouse) -> None:
    crew = await circle(house)
    _first, second, *_ = await order()

    told = shown(await crew.taps(second, "⏹️"))

    assert spoken(told) == []
    assert [text for text in told if text.startswith("✎") and text.endswith(WISH_SHOWN)]


async def test_a_wish_while_the_clock_rests_is_seen_by_the_others(house: PlayedHouse) -> None:
    crew = await circle(house)
    await crew.says("ben", "!pause")

    told = await crew.taps("cleo", "⏹️")

    assert WISH in told
    assert any(text.startswith("✎") and text.endswith(WISH_SHOWN) for text in told)


# -------------------------------------------------------------------------------------- taken up again


async def stopped(house: PlayedHouse) -> tuple[PlayedRoom, str, str]:
    """A circle that was stopped in its round a minute after it began: its room, who had the turn, what offers to go on."""
    crew = await circle(house)
    first, *_ = await order()
    await house.passes(minutes(1))
    for who in [each for each in await order() if each != first][:2]:
        told = await crew.taps(who, "⏹️")
    assert any("▶️ go on where it was, until 22:01" in text for text in told)
    return crew, first, house_question("stopped", await Question.all())


async def test_what_was_stopped_is_taken_up_where_it_was(house: PlayedHouse) -> None:
    crew, first, offered = await stopped(house)
    await house.passes(timedelta(hours=1))

    told = await crew.taps("cleo", "▶️", on=offered)

    assert told[0].startswith("✎ **listening circle** was stopped here, and goes on.")
    assert "**Round**" in spoken(told)[0]
    assert spoken(told)[1].startswith(
        f"**{first.capitalize()}**, the turn is yours, until about 11:03."
    )
    assert any("That was your" in text for text in await finished(house, crew))
    assert not await Session.exists()


async def finished(house: PlayedHouse, crew: PlayedRoom) -> list[str]:
    """The sitting goes to its end by what people tap; what the clock said last."""
    for _ in range(4):
        await crew.taps(await holder(), "✅")
    return await house.passes(minutes(10))


async def test_a_word_takes_it_up_as_well(house: PlayedHouse) -> None:
    crew, first, offered = await stopped(house)

    await crew.says("ben", "go on", on=offered)

    assert await holder() == first


async def test_who_did_not_sit_in_it_does_not_take_it_up(house: PlayedHouse) -> None:
    crew, _first, offered = await stopped(house)
    await crew.joins("zoe")

    [told] = await crew.taps("zoe", "▶️", on=offered)

    assert told.startswith("→ zoe: Those who sat in it take it up, so nothing was changed.")
    assert (await Session.get()).stopped


async def test_after_half_a_day_nothing_is_left_of_it(house: PlayedHouse) -> None:
    crew, _first, offered = await stopped(house)
    assert await house.passes(course.PAUSE) == []

    [told] = await crew.taps("ben", "▶️", on=offered)

    assert told.startswith("→ ben: That sitting is over by now")
    assert not await Session.exists()


async def test_another_sitting_takes_the_place_of_what_was_stopped(house: PlayedHouse) -> None:
    crew, _first, offered = await stopped(house)

    await crew.says("ben", "!start listening circle")
    [told] = await crew.taps("cleo", "▶️", on=offered)

    assert told.startswith("→ cleo: That sitting is over by now")
    assert await Session.all().count() == 1


async def test_whoever_leaves_is_not_in_what_is_taken_up(house: PlayedHouse) -> None:
    crew, first, offered = await stopped(house)

    assert not spoken(await crew.leaves(first))
    await crew.taps((await order())[0], "▶️", on=offered)

    assert first not in await order()
    assert await holder() != first
    assert person(first) not in str(await Session.all().values())


async def test_what_was_stopped_is_gone_when_fewer_than_two_are_left(house: PlayedHouse) -> None:
    crew, _first, _offered = await stopped(house)
    for who in FOUR[:3]:
        await crew.leaves(who)

    assert not await Session.exists()


@pytest.mark.requirement("R8")
async def test_what_is_shared_in_writing_is_not_kept_to_be_taken_up(house: PlayedHouse) -> None:
    crew = await house.crew(people=FOUR)
    await crew.says("ana", "!start listening circle written")
    await crew.taps("ben", "🙋", on=OPENING)
    await crew.taps("ana", "▶️", on=OPENING)
    for who in ("ana", "ben"):
        await crew.says(who, "!stop")

    assert not await Session.exists()
    assert not await Question.exists(inquiry="stopped")


async def test_it_is_taken_up_where_taps_have_to_stay_as_well(house: PlayedHouse) -> None:
    crew, first, offered = await stopped(house)
    await powerless(crew)

    await crew.taps("ben", "▶️", on=offered)

    assert await holder() == first


# --------------------------------------------------------------------------- the first meeting, broken off


@pytest.mark.requirement("R51")
async def test_after_a_first_meeting_that_was_stopped_the_charter_waits_for_a_yes(
    house: PlayedHouse,
) -> None:
    _there, crew, _told = await formed(house)
    await house.passes(until=datetime(2026, 11, 24, 18, 5, tzinfo=UTC))
    await crew.taps("ben", "▶️", on=f"first:{crew.id}")
    await house.passes(minutes(10))
    for who in ("ana", "ben"):
        await crew.says(who, "!stop")

    later = await house.passes(minutes(120))
    assert not any("**Your charter**" in each for each in later)
    [asked] = [each for each in later if "I have not asked about your charter yet" in each]
    assert asked.endswith("✅ ask each of us now")
    question = house_question("charter-anyway", await Question.all())
    assert await crew.taps("zoe", "✅", on=question) == []
    told = await crew.says("cleo", "ask each of us now", on=question)

    assert any(each.startswith("**Your charter**: 0 of 7") for each in told)


async def test_a_first_meeting_that_was_taken_up_and_closed_asks_as_ever(
    house: PlayedHouse,
) -> None:
    _there, crew, _told = await formed(house)
    await house.passes(until=datetime(2026, 11, 24, 18, 5, tzinfo=UTC))
    await crew.taps("ben", "▶️", on=f"first:{crew.id}")
    for who in ("ana", "ben"):
        await crew.says(who, "!stop")
    await crew.taps("ben", "▶️", on=house_question("stopped", await Question.all()))
    closing = await to_the_end(crew)

    later = await house.passes(minutes(120))

    assert not any(TAKEN_ON in text for text in closing)
    assert any(each.startswith("**Your charter**: 0 of 7") for each in later)


# ------------------------------------------------------------------------------------ what is kept of it


async def test_a_script_that_keeps_something_asks_at_its_end_who_takes_on_what(
    house: PlayedHouse,
) -> None:
    crew = await house.crew(people=FOUR)
    await crew.says("ana", "!start community mastery board")
    await crew.taps("ana", "▶️", on=OPENING)
    told = await to_the_end(crew)

    [closing] = [text for text in told if "That was your" in text]
    assert "what is kept of it: The board itself, with" in closing
    assert f"{TAKEN_ON} who takes on what" in closing
    [asked] = await crew.taps("ben", TAKEN_ON)
    assert asked.startswith("Who takes on what?")
    await crew.says("ben", "me: bring the tea list by friday")
    await crew.taps("ben", "✅")
    assert [each.owner async for each in Commitment.all()] == [person("ben")]


async def test_who_takes_on_what_is_said_in_words_and_not_asked_of_strangers(
    house: PlayedHouse,
) -> None:
    crew = await house.crew(people=FOUR)
    await crew.says("ana", "!start community mastery board")
    await crew.taps("ana", "▶️", on=OPENING)
    await to_the_end(crew)
    offered = crew.tappable()

    assert await crew.taps("zoe", TAKEN_ON, on=offered) == []
    [asked] = await crew.says("ben", "who takes on what", on=offered)

    assert asked.startswith("Who takes on what?")


async def test_nothing_is_asked_after_a_circle_that_keeps_only_that_all_listened(
    house: PlayedHouse,
) -> None:
    crew = await circle(house)
    told = await to_the_end(crew)

    assert not any(TAKEN_ON in text for text in told)


# -------------------------------------------------------------------------------------------- who was there


@pytest.mark.requirement("R18")
async def test_those_who_sat_are_noted_as_there_though_nobody_had_said_that_they_come(
    house: PlayedHouse,
) -> None:
    crew = await house.crew(people=FOUR)
    held = await meeting(crew, house.now)
    await crew.says("ana", "!start listening circle")
    await crew.taps("dan", "👋", on=OPENING)
    await crew.taps("ana", "▶️", on=OPENING)
    await to_the_end(crew)
    [shown_now] = await crew.says("ana", "!record")
    ended = {"meeting": held.id}
    told = await strikes(house, crew, "ended", ended)

    assert await came() == ["ana", "ben", "cleo"]
    assert "Ana, Ben and Cleo were there." in shown_now
    [noted] = [text for text in told if text.startswith("Noted for")]
    assert "Ana, Ben and Cleo were there." in noted
    assert "Dan" not in noted
    [corrected] = await crew.taps("dan", "🙋", on=f"record:{held.id}")
    assert "Ana, Ben, Cleo and Dan were there." in corrected


async def strikes(
    house: PlayedHouse, crew: PlayedRoom, name: str, content: dict[str, object]
) -> list[str]:
    """An hour of this crew strikes when its meeting is over; what is said in the day after it."""
    await Heard.create(
        key=house.key(),
        kind=Kind.HOUR,
        room=crew.id,
        at=house.now + timedelta(minutes=90),
        about=f"meeting:{content['meeting']}",
        content={"ritual": name, **content},
    )
    return await house.passes(timedelta(hours=4))


@pytest.mark.requirement("R18")
async def test_a_sitting_that_ends_after_its_meeting_is_noted_all_the_same(
    house: PlayedHouse,
) -> None:
    crew = await circle_in_meeting(house)
    told = await strikes(house, crew, "ended", {"meeting": 1})
    assert not any(text.startswith("Noted for") for text in told)
    assert await came() == []

    await crew.says("ana", "!resume")
    await on_to_the_end(crew)
    told = await house.passes(timedelta(minutes=20))

    assert await came() == list(FOUR)
    assert len([text for text in told if text.startswith("Noted for")]) == 1


async def circle_in_meeting(house: PlayedHouse) -> PlayedRoom:
    """A circle of a meeting that nobody had said anything about, resting."""
    crew = await house.crew(people=FOUR)
    await meeting(crew, house.now)
    await crew.says("ana", "!start listening circle")
    await crew.taps("ana", "▶️", on=OPENING)
    await crew.says("ana", "!pause")
    return crew


async def test_once_it_was_said_who_was_there_a_sitting_changes_nothing_of_it(
    house: PlayedHouse,
) -> None:
    crew = await circle_in_meeting(house)
    await strikes(house, crew, "ended", {"meeting": 1})
    for who in ("ana", "ben"):
        await crew.says(who, "!record there")
    row = await Meeting.get(id=1)
    await strikes(house, crew, "record", {"meeting": 1})
    assert row.held is True

    await crew.says("ana", "!resume")
    await on_to_the_end(crew)

    assert await came() == ["ana", "ben"]


@pytest.mark.requirement("R18")
async def test_whoever_said_that_they_do_not_come_is_in_the_circle_only_by_their_own_tap(
    house: PlayedHouse,
) -> None:
    crew = await house.crew(people=FOUR)
    held = await meeting(crew, house.now)
    for who in ("cleo", "dan"):
        await Coming.create(meeting=held.id, person=person(who), answer="not_coming")
    [told] = await crew.says("ana", "!start listening circle")
    await crew.taps("dan", "🙋", on=OPENING)
    await crew.taps("ana", "▶️", on=OPENING)
    await on_to_the_end(crew)

    assert "In the circle: Ana, Ben." in told
    assert await came() == ["ana", "ben", "dan"]


async def test_a_sitting_outside_every_meeting_notes_nobody(house: PlayedHouse) -> None:
    crew = await circle(house)
    await to_the_end(crew)

    assert not await Presence.exists()
