"""The register of a circle: what was decided is listed, found, looked at again, replaced and taken back."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from practices import rounds
from practices.agreements import Standing
from practices.circles import Life, RoomKind
from practices.round import Stage as RoundStage
from practices.round import Stand, Voice, as_state
from storage.commitments import Commitment
from storage.decisions import Decision
from storage.members import Member
from storage.polls import Poll
from storage.questions import Question
from storage.rooms import Room
from storage.rounds import Round as Row
from storage.visitors import Visitor
from tests.handlers.played import PlayedHouse, PlayedRoom, person

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
PEOPLE = ("ana", "ben", "cleo")
WEEK = timedelta(days=7)


@pytest.fixture
async def crew(house: PlayedHouse) -> PlayedRoom:
    """A crew of three on a Monday morning."""
    house.now = MONDAY
    return await house.crew(people=PEOPLE)


def bare(text: str) -> str:
    """What people read, without the marks that keep their own words from being Markdown."""
    return text.replace("\\", "")


#: So long a proposal is open at least, three working days and what is left of a Monday.
LEAST = timedelta(days=4)


async def agreed(
    house: PlayedHouse, crew: PlayedRoom, words: str = "we meet on Tuesdays"
) -> Decision:
    """A proposal that all agree to, and an outcome with a review on 24 May."""
    await crew.says("ana", f"!propose {words}")
    number = (await Poll.all().order_by("-id").first()).id  # type: ignore[union-attr]
    for who in PEOPLE:
        await crew.taps(who, "👍", on=f"poll:{number}")
    await house.passes(LEAST)
    await crew.says("ana", f"!poll {number} close")
    await crew.says("ana", f"!outcome {number} {words}; review on 24 may 2027")
    row = await Decision.all().order_by("-id").first()
    assert row is not None
    return row


# ---------------------------------------------------------------------------------------------- listing


async def test_a_register_without_entries_says_how_there_come_to_be_some(crew: PlayedRoom) -> None:
    [told] = await crew.says("ben", "!decisions")
    assert told.startswith("Nothing is written down yet.")
    assert "!decided" in told


@pytest.mark.requirement("R129")
async def test_what_was_written_down_and_what_came_of_a_proposal_stand_in_one_list(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ben", "!decided the garden gate stays open")
    house.now += timedelta(minutes=5)
    row = await agreed(house, crew)

    [told] = await crew.says("cleo", "!decisions")

    lines = [bare(line) for line in told.splitlines() if line.startswith("- ")]
    assert row.review_on == date(2027, 5, 24)
    assert lines == [
        "- 2: we meet on Tuesdays – holds; you look at it again on Monday 24 May 2027",
        "- 1: the garden gate stays open – decided on Monday 23 November 2026",
    ]


async def test_a_proposal_alone_is_no_decision_until_somebody_states_what_follows(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!propose We meet on Tuesdays")
    for who in PEOPLE:
        await crew.taps(who, "👍", on="poll:1")
    await house.passes(LEAST)
    closed = await crew.says("ana", "!poll 1 close")
    assert any("Closed (proposal 1)" in said for said in closed)

    [told] = await crew.says("ben", "!decisions")

    assert told.startswith("Nothing is written down yet.")


async def test_words_find_a_decision_by_their_beginnings_and_by_what_was_asked(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ben", "!decided the café pays for the dishes")
    await crew.says("ben", "!decided the gate stays open")

    [by_accent] = await crew.says("ana", "!decisions CAFE dish")
    [none] = await crew.says("ana", "!decisions ishes")

    assert "café" in by_accent
    assert "gate" not in by_accent
    assert "Nothing that was decided has ishes in it" in bare(none)


async def test_a_long_register_comes_in_pages(house: PlayedHouse, crew: PlayedRoom) -> None:
    for number in range(12):
        await crew.says("ben", f"!decided rule {number + 1} holds")

    [first] = await crew.says("ana", "!decisions")
    [second] = await crew.says("ana", "!decisions 2")
    [beyond] = await crew.says("ana", "!decisions page 3")

    assert "rule 12 holds" in first
    assert "Page 1 of 2" in first
    assert "rule 2 holds" in second
    assert "rule 12" not in second
    assert "no page 3" in beyond


async def test_nobody_learns_of_a_circle_that_they_are_not_in(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ben", "!decided the gate stays open")
    other = await house.crew("Garden Crew", people=("dan", "eve", "finn"))
    dan, ben = await house.private("dan"), await house.private("ben")

    outside = [
        *await other.says("dan", "!agreement 1"),
        *await other.says("dan", "!decisions gate"),
        *await other.says("dan", "!review 1 end"),
        *await other.says("dan", "!task 1 me: paint it"),
        *await dan.says("dan", "agreement 1"),
        *await dan.says("dan", "decisions"),
        *await dan.says("dan", "recount 1"),
    ]
    [inside] = await ben.says("ben", "decisions")

    assert not any("stays open" in text or "Kitchen" in text for text in outside)
    assert await Question.filter(inquiry="agreement").count() == 0
    assert "in Kitchen Crew" in inside


async def test_a_guest_of_a_crew_reads_nothing_of_its_register_in_private(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ben", "!decided the gate stays open")
    await Visitor.create(
        room=crew.id,
        person=person("gil"),
        agreed=False,
        meetings=0,
        asked_at=MONDAY,
        ends_at=MONDAY,
    )
    await Member.create(room=crew.id, person=person("gil"), name="Gil")
    gil = await house.private("gil")

    [told] = await gil.says("gil", "decisions")

    assert "gate" not in told


# ------------------------------------------------------------------------------------------ one of them


@pytest.mark.requirement("R129")
async def test_an_agreement_shows_how_it_came_about(house: PlayedHouse, crew: PlayedRoom) -> None:
    row = await agreed(house, crew)

    [told] = await crew.says("ben", f"!agreement {row.id}")

    shown = bare(told)
    assert "holds; you look at it again on Monday 24 May 2027" in shown
    assert "Stated by Ana on Friday 27 November 2026, after a proposal (number 1)" in shown
    assert "agree: 3 of 3 who voted" in shown
    assert "`!recount 1` counts again" in shown


async def test_a_number_that_is_none_says_how_to_find_one(crew: PlayedRoom) -> None:
    [told] = await crew.says("ben", "!agreement 99")
    assert "no decision here with the number 99" in told
    assert "`!decisions`" in told


async def test_whoever_wrote_something_down_by_mistake_takes_it_back_within_a_day(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ben", "!decided the gate stays open")
    await crew.says("ben", "!decided the gate is shut")

    [other] = await crew.says("ana", "!agreement 2 undo")
    [gone] = await crew.says("ben", "!agreement 2 undo")
    house.now += timedelta(hours=25)
    [late] = await crew.says("ben", "!agreement 1 undo")

    assert "Whoever wrote it down takes it back" in other
    assert gone == "Taken back: the gate is shut"
    assert "more than a day ago" in late
    assert [each.what for each in await Decision.all()] == ["the gate stays open"]


async def test_what_people_decided_together_nobody_takes_back_alone(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    row = await agreed(house, crew)

    [told] = await crew.says("ana", f"!agreement {row.id} undo")

    assert "`!outcome 1 …` says it in other words" in told
    assert await Decision.all().count() == 1


async def test_an_outcome_said_in_other_words_stays_one_entry_with_its_new_day(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    row = await agreed(house, crew)

    await crew.says("ana", "!outcome 1 we meet on Tuesdays at eight; review on 1 march 2027")
    hours = [each for each in await house.hours() if each[0].startswith("review")]

    [again] = await Decision.all()
    assert (again.id, again.what, again.review_on) == (
        row.id,
        "we meet on Tuesdays at eight",
        date(2027, 3, 1),
    )
    assert [(name, at.date()) for name, at in hours] == [
        ("review-soon", date(2027, 2, 22)),
        ("review-due", date(2027, 3, 1)),
    ]


# ---------------------------------------------------------------------------------------------- reviewing

DUE = datetime(2027, 5, 24, 8, 0, tzinfo=UTC)


async def test_a_week_before_the_day_the_room_hears_of_it_and_on_the_day_it_is_asked(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await agreed(house, crew)

    before = await house.passes(until=DUE - WEEK - timedelta(minutes=1))
    soon = await house.passes(until=DUE - timedelta(minutes=1))
    due = await house.passes(until=DUE)

    assert before == []
    assert [bare(text).splitlines()[0] for text in soon] == [
        "In a week, on **Monday 24 May 2027**, you look at this again, number 1: we meet on Tuesdays"
    ]
    assert len(due) == 1
    assert "Do you keep it until **Wednesday 24 November 2027**?" in due[0]


async def test_when_all_say_yes_it_is_kept_until_the_new_day(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await agreed(house, crew)
    await house.passes(until=DUE)

    for who in PEOPLE:
        told = await crew.taps(who, "✅", on=crew.asked("Do you keep it"))

    assert "look at it again on **Wednesday 24 November 2027**" in told[-1]
    assert (await Decision.get()).review_on == date(2027, 11, 24)
    again = await house.passes(until=datetime(2027, 11, 24, 10, 0, tzinfo=UTC))
    assert len([text for text in again if "Do you keep it" in text]) == 1


async def test_a_no_leaves_it_holding_and_due_and_nobody_is_named(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await agreed(house, crew)
    await house.passes(until=DUE)

    told = await crew.taps("ben", "✋", on=crew.asked("Do you keep it"))
    later = await house.passes(timedelta(days=60))
    [listed] = await crew.says("ana", "!decisions")

    assert "goes on holding as it is" in told[-1]
    assert not any("Ben" in text for text in told)
    assert later == []
    assert "holds, and is to be looked at again" in listed
    assert (await Decision.get()).standing is Standing.HOLDS


async def test_when_nobody_answers_it_is_said_once_more_and_nothing_ends_by_itself(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await agreed(house, crew)
    await house.passes(until=DUE)

    again = await house.passes(WEEK)
    after = await house.passes(timedelta(days=300))

    assert len(again) == 1
    assert "This is still to be looked at" in again[0]
    assert after == []
    assert (await Decision.get()).standing is Standing.HOLDS


async def test_after_an_absence_it_is_asked_late_and_the_word_before_is_left_out(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await agreed(house, crew)

    told = await house.wakes_at(DUE + timedelta(days=3))

    assert len(told) == 1
    assert "Do you keep it" in told[0]


async def test_a_crew_that_rests_is_asked_when_it_is_awake_again(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await agreed(house, crew)
    await Room.filter(id=crew.id).update(life=Life.PAUSED)
    resting = await house.passes(until=DUE + timedelta(days=10))
    await Room.filter(id=crew.id).update(life=Life.ACTIVE)

    awake = await house.passes(WEEK)

    assert resting == []
    assert len([text for text in awake if "Do you keep it" in text]) == 1


async def test_an_agreement_is_ended_by_the_consent_of_all(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await agreed(house, crew)

    await crew.says("ben", "!review 1 end")
    await crew.taps("ana", "✅", on=crew.asked("Shall this end"))
    standing = (await Decision.get()).standing
    told = await crew.taps("cleo", "✅", on=crew.asked("Shall this end"))
    [listed] = await crew.says("ana", "!decisions")

    assert standing is Standing.HOLDS
    assert told[-1].startswith("✎ Ended, as you have agreed")
    assert "– ended" in listed
    assert await house.passes(until=DUE + WEEK) == []


async def test_when_the_one_who_was_waited_for_leaves_those_who_stay_have_agreed(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await agreed(house, crew)
    await crew.says("ben", "!review 1 end")
    await crew.taps("ana", "✅", on=crew.asked("Shall this end"))

    await crew.leaves("cleo")

    assert (await Decision.get()).standing is Standing.ENDED


async def test_where_many_are_about_silence_is_consent_if_one_more_has_said_yes(
    house: PlayedHouse,
) -> None:
    house.now = MONDAY
    room = await house.room("Hall", PEOPLE, kind=RoomKind.WORKING)
    await room.says("ana", "!decided the hall is open to all")
    await room.says("ana", "!decided the hall is heated")

    await room.says("ana", "!review 1 keep until 1 june 2027")
    await room.taps("ben", "✅", on=room.asked("number 1"))
    await room.says("ana", "!review 2 end")
    told = await house.passes(timedelta(days=15))

    first, second = await Decision.all().order_by("id")
    assert first.review_on == date(2027, 6, 1)
    assert second.standing is Standing.HOLDS
    assert any("Nobody else took this up" in text for text in told)


async def test_a_day_that_is_no_day_changes_nothing(house: PlayedHouse, crew: PlayedRoom) -> None:
    await agreed(house, crew)

    [told] = await crew.says("ana", "!review 1 keep until whenever")
    [verb] = await crew.says("ana", "!review 1 burn")

    assert "Nothing was changed" in told
    assert "Nothing was changed" in verb
    assert await Question.filter(inquiry="agreement").count() == 0


# ------------------------------------------------------------------------------------------- other words


async def test_other_words_are_proposed_and_take_the_place_when_people_say_so(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await agreed(house, crew)

    asked = await crew.says("ben", "!review 1 change We meet on Wednesdays")
    [twice] = await crew.says("cleo", "!review 1 change We meet on Fridays")
    for who in PEOPLE:
        await crew.taps(who, "👍", on="poll:2")
    await house.passes(LEAST + timedelta(days=2))
    await crew.says("ben", "!poll 2 close")
    told = await crew.says("ben", "!outcome 2 we meet on Wednesdays; review in 6 months")
    await crew.taps("ben", "✅", on=crew.asked("Does it take its place?"))
    [listed] = await crew.says("ana", "!decisions")
    [shown] = await crew.says("ana", "!agreement 2")

    assert "It would take the place of number 1: we meet on Tuesdays" in bare(asked[0])
    assert "asked already, as number 2" in twice
    assert "Does it take its place?" in told[-1]
    assert "- 1: we meet on Tuesdays – replaced by 2" in bare(listed)
    assert "It took the place of 1." in shown
    assert (await Decision.get(id=1)).standing is Standing.REPLACED


async def stated(house: PlayedHouse, crew: PlayedRoom, who: str, words: str) -> list[str]:
    """The newest poll is over, and somebody who asked it says what follows, also where its terms were not met."""
    await house.passes(timedelta(days=12))
    poll = await Poll.all().order_by("-id").first()
    assert poll is not None
    told = await crew.says(who, f"!outcome {poll.id} {words}; review in 2 years")
    return await crew.says(who, "!yes") if "That would be stated" in told[-1] else told


@pytest.mark.requirement("R129")
async def test_what_came_of_something_else_takes_no_place_at_once(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!decided We share the cost of the room")
    await crew.says("ben", "!poll Nice weather? yes, no; until tuesday 18:00")
    await stated(house, crew, "ben", "Ana pays for the room")

    [asked] = await crew.says("ben", "!agreement 2 replaces 1")

    assert "Shall this take the place of number 1" in asked
    assert (await Decision.get(id=1)).standing is Standing.HOLDS


@pytest.mark.requirement("R129")
@pytest.mark.parametrize("voices", ["nobody", "blocked"])
async def test_a_change_that_nobody_answered_or_somebody_blocks_is_asked_of_everybody(
    house: PlayedHouse, crew: PlayedRoom, voices: str
) -> None:
    await crew.says("ana", "!decided We share the cost of the room")
    await crew.says("ben", "!review 1 change Ana pays for the room")
    if voices == "blocked":
        await crew.says("ana", "!block 1 because I have no money")
        await crew.says("cleo", "!agree 1")
    await stated(house, crew, "ben", "Ana pays for the room")

    told = await crew.taps("ben", "✅", on=crew.asked("Does it take its place"))
    held = (await Decision.get(id=1)).standing
    for who in ("ana", "cleo"):
        await crew.taps(who, "✅", on=crew.asked("Shall this take the place"))

    assert "all of you are asked; until then number 1 goes on holding" in told[0]
    assert "Shall this take the place of number 1" in told[1]
    assert held is Standing.HOLDS
    assert (await Decision.get(id=1)).standing is Standing.REPLACED


async def test_by_its_number_too_a_blocked_change_is_asked_of_everybody(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!decided We share the cost of the room")
    await crew.says("ben", "!review 1 change Ana pays for the room")
    await crew.says("ana", "!block 1 because I have no money")
    await stated(house, crew, "ben", "Ana pays for the room")

    [asked] = await crew.says("ben", "!agreement 2 replaces 1")

    assert "Shall this take the place of number 1" in asked
    assert (await Decision.get(id=1)).standing is Standing.HOLDS


async def test_a_change_that_is_asked_again_and_again_is_known_by_what_is_asked_now(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!decided We meet on Tuesdays")

    await crew.says("ana", "!review 1 change We meet on Mondays; every month")

    assert await Poll.all().count() == 2
    assert (await Decision.get()).changing == 1


async def test_what_comes_of_a_change_may_leave_the_older_one_holding(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await agreed(house, crew)
    await crew.says("ben", "!review 1 change We meet on Wednesdays")
    for who in PEOPLE:
        await crew.taps(who, "👎", on="poll:2")
    await house.passes(LEAST + timedelta(days=2))
    await crew.says("ben", "!poll 2 close")
    await crew.says("ben", "!outcome 2 we leave it as it is; review in 6 months")

    told = await crew.taps("ben", "✋", on=crew.asked("Does it take its place?"))

    assert "number 1 goes on holding" in told[-1]
    assert {each.standing for each in await Decision.all()} == {Standing.HOLDS}


async def test_what_one_person_wrote_down_replaces_an_agreement_only_by_consent(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await agreed(house, crew)
    await crew.says("ben", "!decided we meet on Fridays")

    await crew.says("ben", "!agreement 2 replaces 1")
    before = (await Decision.get(id=1)).standing
    for who in ("ana", "cleo"):
        await crew.taps(who, "✅", on=crew.asked("take the place of number 1"))
    after = await Decision.get(id=1)
    [gone] = await crew.says("ben", "!agreement 2 undo")

    assert before is Standing.HOLDS
    assert (after.standing, after.replaced_by) == (Standing.REPLACED, 2)
    assert gone.startswith("Taken back")
    restored = await Decision.get(id=1)
    assert (restored.standing, restored.replaced_by) == (Standing.HOLDS, None)
    assert "review-due" in [name for name, _at in await house.hours()]


# ---------------------------------------------------------------------------------------------- tasks


async def test_a_tap_under_an_outcome_asks_who_takes_on_what_and_keeps_it_with_its_day(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await agreed(house, crew)

    asked = await crew.taps("ben", "📝", on="decision:1")
    understood = await crew.says("ben", "me: find a room by 4 december\nCleo: bring tea")
    await crew.taps("ben", "✅", on=crew.asked("I understood"))
    await crew.taps("cleo", "✅", on=crew.asked("mine is right"))
    [shown] = await crew.says("ana", "!agreement 1")

    assert "Who takes on what?" in asked[0]
    assert "find a room, by Friday 4 December" in understood[0]
    kept = {each.owner: (each.what, each.due, each.decision) for each in await Commitment.all()}
    assert kept == {
        person("ben"): ("find a room", date(2026, 12, 4), 1),
        person("cleo"): ("bring tea", None, 1),
    }
    assert "- Ben: find a room, by Friday 4 December" in bare(shown)


async def test_a_reply_to_an_outcome_says_a_task_and_other_talk_under_it_is_left_alone(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await agreed(house, crew)

    [understood] = await crew.says("ben", "task me: find a room", on="decision:1")
    talk = await crew.says("cleo", "lovely, I am so glad about this", on="decision:1")

    assert "I understood" in understood
    assert talk == []


async def test_a_task_of_what_holds_no_longer_is_not_kept(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await agreed(house, crew)
    await Decision.all().update(standing=Standing.ENDED)

    [told] = await crew.says("ben", "!task 1 me: find a room")

    assert "holds no longer, so nothing was kept" in told


# ------------------------------------------------------------------------------------------------ forgetting


@pytest.mark.requirement("R12")
async def test_whoever_is_forgotten_stands_nowhere_in_the_register_and_what_was_decided_stays(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    ana = await house.private("ana")
    row = await agreed(house, crew)
    await crew.says("ana", f"!review {row.id} end")
    await crew.says("ana", "!decided the gate stays open")

    await ana.says("ana", "forget me")
    await ana.says("ana", "yes")
    [shown] = await crew.says("ben", f"!agreement {row.id}")

    assert {each.what for each in await Decision.all()} == {
        "we meet on Tuesdays",
        "the gate stays open",
    }
    rows = [*await Decision.all().values(), *await Question.all().values()]
    assert not any(person("ana") in str(each) for each in rows)
    assert "Ana" not in shown
    assert "Stated on Friday 27 November 2026" in bare(shown)


# --------------------------------------------------------------------------------------------- consent rounds


async def a_round(house: PlayedHouse, crew: PlayedRoom) -> Row:
    """A round of which only the day of review is open; one concern was noted without a name."""
    ids = tuple(person(who) for who in PEOPLE)
    begun = rounds.proposed(
        "we meet on Tuesdays", proposer=person("ana"), people=ids, now=house.now
    )
    voices = (
        Voice(person=ids[0], stand=Stand.CONSENT),
        Voice(person=ids[1], stand=Stand.CONCERN, words="it may be late", nameless=True),
        Voice(person=ids[2], stand=Stand.CONSENT),
    )
    state = replace(begun, stage=RoundStage.REVIEW, asked=ids, asked_version=1, voices=voices)
    return await Row.create(
        room=crew.id,
        zone="Europe/Rome",
        asked_at=house.now,
        state=as_state(state),
        stage=state.stage,
        purpose=f"round {crew.id}",
        step=1,
        prompt=1,
    )


@pytest.mark.requirement("R131")
async def test_what_was_consented_to_stands_in_the_same_register_with_its_concerns(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await a_round(house, crew)

    told = await crew.says("ana", "24 may 2027", on="round:1:1")
    [listed] = await crew.says("ben", "!decisions")
    [shown] = await crew.says("cleo", "!agreement 1")
    [undo] = await crew.says("ana", "!agreement 1 undo")
    due = await house.passes(until=DUE)

    assert any("📝 who takes on what *(kept as number 1)*" in text for text in told)
    assert "we meet on Tuesdays – holds; you look at it again on Monday 24 May 2027" in bare(listed)
    assert "Consented to on Monday 23 November 2026, in round 1." in bare(shown)
    assert "it may be late" in shown
    assert "Ben" not in shown
    assert "nobody takes it back alone" in undo
    assert "Do you keep it until" in due[-1]


# ---------------------------------------------------------------------------------- one person, and all others


@pytest.mark.requirement("R129")
async def test_what_one_person_wrote_down_ends_by_one_tap_of_another_within_a_day(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ben", "!decided Only Ben may use the garden")

    told = await crew.taps("cleo", "✋")
    [listed] = await crew.says("ana", "!decisions")
    [shown] = await crew.says("ana", "!agreement 1")

    assert any("Not so, says one of you, and that needs no reason" in text for text in told)
    assert not any("Cleo" in text for text in told)
    assert "ended; not so, as one of you said within a day" in listed
    assert "One of you said within a day that it is not so." in shown
    assert (await Decision.get()).standing is Standing.ENDED


@pytest.mark.requirement("R129")
async def test_that_it_is_not_so_can_be_said_by_its_number_in_private(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ben", "!decided Only Ben may use the garden")
    cleo, dan = await house.private("cleo"), await house.private("dan")

    [stranger] = await dan.says("dan", "agreement 1 not so")
    told = await cleo.says("cleo", "agreement 1 not so")

    assert "I know of no decision here with the number 1" in stranger
    assert told[-1] == "Number 1 does not hold."
    assert (await Decision.get()).standing is Standing.ENDED


async def test_after_a_day_or_when_all_were_asked_nobody_ends_a_decision_alone(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await agreed(house, crew)
    await crew.says("ben", "!decided Only Ben may use the garden")
    [of_all] = await crew.says("cleo", "!agreement 1 not so")
    of_all_tapped = await crew.taps("cleo", "✋", on="decision:1")
    house.now += timedelta(hours=25)

    [late] = await crew.says("cleo", "!agreement 2 not so")

    assert "something that all of you were asked" in of_all
    assert of_all_tapped == []
    assert "written down more than a day ago" in late
    assert "`!review 2 end` asks all of you" in late
    assert {row.standing for row in await Decision.all()} == {Standing.HOLDS}


async def test_a_number_that_is_not_ones_own_names_the_way_that_works(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await agreed(house, crew)
    await crew.says("ben", "!decided the gate stays open")

    [others] = await crew.says("cleo", "!decided drop 2")
    [of_all] = await crew.says("cleo", "!decided drop 1")
    [unknown] = await crew.says("cleo", "!decided drop 9")

    assert "`!agreement 2 not so` says that it was not decided, and `!review 2 end`" in others
    assert "`!review 1 end` asks all of you whether it ends." in of_all
    assert "`!record` shows them" in unknown


@pytest.mark.requirement("R129")
async def test_a_question_that_stands_is_not_overtaken_and_nobodys_yes_is_lost(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!decided Only Ana may use the garden")
    await crew.says("ben", "!review 1 end")

    [refused] = await crew.says("ana", "!review 1 keep until 1 june 2027")
    await crew.taps("cleo", "✅")
    await crew.taps("ana", "✅")

    assert "You are asked about number 1 already, whether it ends" in refused
    assert "one no ends it; then this can be asked" in refused
    assert (await Decision.get()).standing is Standing.ENDED


async def test_who_wishes_what_is_asked_already_says_yes_to_it(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!decided the gate stays open")
    cleo = await house.private("cleo")
    await crew.says("ben", "!review 1 end")

    again = await crew.says("ben", "!review 1 end")
    joined = await cleo.says("cleo", "review 1 end")
    last = await crew.says("ana", "!review 1 end")

    assert again == ["That is asked already, and your yes counts."]
    assert "2 of 3 have said yes" in joined[0]
    assert joined[-1] == "That is asked already, and what you say is a yes to it."
    assert any("Ended, as you have agreed" in text for text in last)
    assert await Question.filter(inquiry="agreement").count() == 0
    assert (await Decision.get()).standing is Standing.ENDED


async def test_after_a_no_another_thing_can_be_asked_about_it(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ana", "!decided the gate stays open")
    await crew.says("ana", "!review 1 keep until 1 june 2027")
    await crew.taps("ben", "✋", on=crew.asked("Do you keep it until"))

    [asked] = await crew.says("ben", "!review 1 end")

    assert asked.startswith("Shall this end, number 1: the gate stays open")


async def test_a_sentence_finds_what_was_decided_about_something(
    house: PlayedHouse, crew: PlayedRoom
) -> None:
    await crew.says("ben", "!decided we buy a small fridge")
    await crew.says("ben", "!decided the gate stays open")

    [told] = await crew.says("ana", "Kinkeeper, what did we decide about the fridge?")

    assert "we buy a small fridge" in told
    assert "gate" not in told


async def test_tasks_are_listed_by_what_was_decided(house: PlayedHouse, crew: PlayedRoom) -> None:
    [none] = await crew.says("ben", "!tasks")
    await crew.says("ben", "!decided we buy a small fridge")
    await crew.says("ben", "!tasks 1 me: look for one")
    await crew.taps("ben", "✅")

    [told] = await crew.says("ana", "!tasks")

    assert none.startswith("Nothing is open after what you decided.")
    assert "After 1: we buy a small fridge\n\n- Ben: look for one" in told
