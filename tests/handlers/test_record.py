"""After a meeting: who was there, what was decided and taken on, and nothing else."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.meetings import record
from practices.circles import RoomKind
from storage.coming import Coming
from storage.commitments import Commitment
from storage.decisions import Decision
from storage.inbox import Heard, Settled
from storage.meetings import Meeting
from storage.presence import Presence, to_totals
from storage.questions import Question
from tests.handlers.played import PlayedHouse, PlayedRoom, a_house, person

ALL = list(HealthCheck)
EVERYBODY = ("ana", "ben", "cleo")

ASKED = datetime(2026, 12, 16, 18, 30, tzinfo=UTC)
#: A quarter of an hour after its end, and a day after that.
ENDED = datetime(2026, 12, 17, 19, 45, tzinfo=UTC)
FINAL = datetime(2026, 12, 18, 19, 45, tzinfo=UTC)


async def asked(house: PlayedHouse, people: tuple[str, ...] = EVERYBODY) -> PlayedRoom:
    """A monthly crew, at the moment when it is asked who comes on 17 December."""
    crew = await house.crew(people=people)
    await crew.says("ana", "!rhythm third thursday 19:00")
    await crew.taps("ana", "✅")
    await house.passes(until=ASKED)
    return crew


async def met(
    house: PlayedHouse, came: tuple[str, ...] = EVERYBODY
) -> tuple[PlayedRoom, list[str]]:
    """The crew after its meeting, and what was said when it was over."""
    crew = await asked(house)
    for who in came:
        await crew.taps(who, "✅", on="meeting:1")
    await house.passes(until=ENDED - timedelta(minutes=20))
    return crew, await house.passes(until=ENDED + timedelta(minutes=1))


async def there() -> list[str]:
    rows = await Presence.filter(came=True).order_by("person")
    return [row.person[1:].partition(":")[0] for row in rows]


# ------------------------------------------------------------------------------------------- who was there


@pytest.mark.requirement("R18")
async def test_after_a_meeting_those_who_said_that_they_come_are_noted(house: PlayedHouse) -> None:
    crew = await asked(house)
    for who, sign in zip(EVERYBODY, ("✅", "🤫", "❌"), strict=True):
        await crew.taps(who, sign, on="meeting:1")

    told = await house.passes(until=ENDED)

    assert told[-1].startswith(
        "Noted for **Thursday 17 December**: Ana and Ben were there.\n\n🙋 I was there · 🚪 I was not"
    )
    assert "Cleo" not in told[-1]
    assert crew.mentions() == []
    assert (await Meeting.get(id=1)).held is True


async def test_everybody_corrects_themselves_and_nobody_else(house: PlayedHouse) -> None:
    crew, _ = await met(house, ("ana", "ben"))

    [came] = await crew.taps("cleo", "🙋", on="record:1")
    [went] = await crew.says("ben", "I was not there", on="record:1")
    stranger = await crew.taps("zoe", "🙋", on="record:1")
    other = await crew.taps("ana", "🎉", on="record:1")

    assert "Ana, Ben and Cleo were there." in came
    assert "Ana and Cleo were there." in went
    assert stranger == other == []
    assert await there() == ["ana", "cleo"]


async def test_corrections_can_be_typed_as_well(house: PlayedHouse) -> None:
    crew, _ = await met(house, ("ana", "ben"))

    told = await crew.says("cleo", "!record there")
    [nonsense] = await crew.says("cleo", "!record perhaps")

    assert told[-1] == "Noted as you say."
    assert "Say “there” or “not there”" in nonsense.replace("\\", "")
    assert await there() == ["ana", "ben", "cleo"]


@pytest.mark.requirement("R15")
async def test_what_was_noted_at_night_is_said_in_the_morning(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!rhythm third thursday 20:00")
    await crew.taps("ana", "✅")
    await house.passes(until=ASKED + timedelta(hours=1))
    for who in EVERYBODY:
        await crew.taps(who, "✅", on="meeting:1")
    night = await house.passes(until=datetime(2026, 12, 18, 6, 59, tzinfo=UTC))

    morning = await house.passes(until=datetime(2026, 12, 18, 7, 0, tzinfo=UTC))

    assert not [text for text in night if text.startswith("Noted")]
    assert [text for text in morning if text.startswith("Noted for **Thursday 17 December**")]


async def test_a_daemon_that_was_away_at_the_end_of_a_meeting_says_who_came_the_same_evening(
    house: PlayedHouse,
) -> None:
    crew = await asked(house)
    for who in EVERYBODY:
        await crew.taps(who, "✅", on="meeting:1")
    await house.passes(until=ENDED - timedelta(minutes=30))
    back = ENDED + timedelta(minutes=5)

    told = [*await house.wakes_at(back), *await house.passes(until=back + timedelta(minutes=5))]

    assert [text for text in told if text.startswith("Noted for **Thursday 17 December**")]


async def test_a_meeting_of_fewer_than_two_is_none_until_two_say_otherwise(
    house: PlayedHouse,
) -> None:
    crew, told = await met(house, ("ana",))
    before = (await Meeting.get(id=1)).held

    [told_ben] = await crew.taps("ben", "🙋", on="record:1")

    assert told[-1].startswith(
        "For **Thursday 17 December** I know of fewer than two who were there"
    )
    assert "Ana" not in told[-1]
    assert before is False
    assert "Ana and Ben were there." in told_ben
    assert (await Meeting.get(id=1)).held is True


async def test_a_crew_that_answers_no_questions_is_left_in_peace_and_may_still_say_so(
    house: PlayedHouse,
) -> None:
    crew, told = await met(house, ())
    for who in ("ben", "cleo"):
        await crew.says(who, "!record there")
    [shown] = await crew.says("ana", "!record")

    assert told == []
    assert "Ben and Cleo were there." in shown
    assert (await Meeting.get(id=1)).held is True


async def test_the_host_says_that_a_meeting_did_not_happen_and_takes_it_back(
    house: PlayedHouse,
) -> None:
    crew, _ = await met(house)

    [refused] = await crew.says("ben", "!record cancelled")
    off = await crew.says("ana", "!record cancelled")
    held = (await Meeting.get(id=1)).held
    still = await crew.taps("ben", "🙋", on="record:1")
    on = await crew.says("ana", "!record held")

    assert refused.startswith("Whether the meeting took place is for its host to say")
    assert off[-1].startswith("Noted: it did not take place")
    assert held is False
    assert still == []
    assert on[0].startswith("✎ Noted for **Thursday 17 December**: Ana, Ben and Cleo were there.")
    assert (await Meeting.get(id=1)).held is True


async def asked_again(house: PlayedHouse) -> PlayedRoom:
    """A crew at the end of its second meeting, whose proposed host has said nothing at all; the two others came."""
    crew = await asked(house)
    await house.passes(until=datetime(2027, 1, 20, 18, 30, tzinfo=UTC))
    meeting = await Meeting.get(id=2)
    assert meeting.host is not None
    for who in EVERYBODY:
        if person(who) != meeting.host:
            await crew.taps(who, "✅", on="meeting:2")
    await house.passes(until=datetime(2027, 1, 21, 20, tzinfo=UTC))
    return crew


async def silent_and_others() -> tuple[str, list[str]]:
    silent = str((await Meeting.get(id=2)).host)
    others = [who for who in EVERYBODY if person(who) != silent]
    return silent[1:].partition(":")[0], others


async def test_a_proposed_host_who_said_nothing_does_not_cancel_what_others_held(
    house: PlayedHouse,
) -> None:
    crew = await asked_again(house)
    silent, others = await silent_and_others()
    before = (await Meeting.get(id=2)).held

    off = await crew.says(silent, "!record cancelled")
    [record] = [text for text in off if text.startswith("✎")]
    [back] = await crew.taps(others[0], "🙋", on="record:2")

    assert before is True
    assert "it did not take place" in record
    assert record.endswith("If you met: 🙋 I was there")
    both = " and ".join(who.capitalize() for who in others)
    assert f"{both} were there." in back
    assert (await Meeting.get(id=2)).held is True


async def test_where_the_proposed_host_is_silent_anybody_says_that_it_was_held(
    house: PlayedHouse,
) -> None:
    crew = await asked_again(house)
    _silent, others = await silent_and_others()
    for who in others:
        await crew.taps(who, "🚪", on="record:2")

    first = await crew.says(others[0], "!record held")
    for who in others:
        await crew.says(who, "!record there")

    assert "did not take place" not in "".join(first)
    assert first[-1].startswith("Good. I note it when two of you have said that they were there")
    assert (await Meeting.get(id=2)).held is True


async def test_who_takes_on_what_is_asked_for_by_a_tap_under_the_record(
    house: PlayedHouse,
) -> None:
    crew, told = await met(house)

    [question] = await crew.taps("ana", "📝", on="record:1")
    stranger = await crew.taps("zoe", "📝", on="record:1")
    [understood] = await crew.says("ana", "me: bring the list", overheard=True)

    assert "📝 who takes on what" in told[-1]
    assert question.startswith("Who takes on what? One line each, with a name or “me”")
    assert stranger == []
    assert "- Ana: bring the list" in understood


async def test_what_the_host_says_while_the_meeting_should_run_stands_when_it_is_over(
    house: PlayedHouse,
) -> None:
    crew = await asked(house)
    for who in EVERYBODY:
        await crew.taps(who, "✅", on="meeting:1")
    await house.passes(until=datetime(2026, 12, 17, 18, 30, tzinfo=UTC))
    await crew.says("ana", "!record cancelled")
    [early] = await crew.says("ben", "!record there")

    told = await house.passes(until=ENDED)

    assert early.startswith("That meeting is not over yet")
    assert told[-1].startswith("**Thursday 17 December**: it did not take place")
    assert (await Meeting.get(id=1)).held is False


async def test_a_day_later_the_record_is_final(house: PlayedHouse) -> None:
    crew, _ = await met(house, ("ana", "ben"))
    before = (await Meeting.get(id=1)).final_at

    told = await house.passes(until=FINAL)
    tapped = await crew.taps("cleo", "🙋", on="record:1")
    [typed] = await crew.says("cleo", "!record there")

    assert before is None
    assert told == ["✎ Noted for **Thursday 17 December**: Ana and Ben were there."]
    assert tapped == []
    assert typed.startswith("The record of **Thursday 17 December, 19:00** is final since a day")
    assert await there() == ["ana", "ben"]


@pytest.mark.requirement("R90")
async def test_of_a_meeting_that_was_moved_away_or_left_out_nothing_is_noted(
    house: PlayedHouse,
) -> None:
    crew = await asked(house)
    for who in EVERYBODY:
        await crew.taps(who, "✅", on="meeting:1")
    await crew.says("ana", "!move 18 december 19:00")
    await crew.taps("ana", "✅", on=crew.asked("is held on"))
    moved = await house.passes(until=datetime(2026, 12, 18, 17, 0, tzinfo=UTC))
    await crew.says("ana", "!skip")
    await crew.taps("ana", "✅", on=crew.asked("is left out"))
    skipped = await house.passes(until=datetime(2026, 12, 20, 12, 0, tzinfo=UTC))

    assert not [text for text in moved + skipped if "Noted for" in text]
    assert await Presence.all().count() == 0
    assert (await Meeting.get(id=1)).final_at is None


async def test_whoever_joined_after_the_meeting_was_not_away(house: PlayedHouse) -> None:
    crew, _ = await met(house, ("ana", "ben"))
    await crew.joins("dora")

    assert await crew.taps("dora", "🚪", on="record:1") == []
    assert not await Presence.exists(person=person("dora"))


async def test_an_absence_counts_as_announced_when_it_was_said_a_day_before(
    house: PlayedHouse,
) -> None:
    crew = await house.crew()
    await crew.says("ana", "!rhythm third thursday 19:00")
    await crew.taps("ana", "✅")
    await house.passes(until=datetime(2026, 12, 12, tzinfo=UTC))
    await crew.says("ben", "!coming not this time")
    await house.passes(until=ASKED)
    await crew.taps("ben", "❌", on="meeting:1")
    await crew.taps("cleo", "❌", on="meeting:1")
    meeting = await Meeting.get(id=1)

    said = {row.person: row.said_at for row in await Coming.all()}
    announced = await record._announced(meeting, [person("ben"), person("cleo")])

    assert said[person("ben")] == datetime(2026, 12, 12, tzinfo=UTC)
    assert announced == [person("ben")]


async def test_pairs_keep_who_came_and_working_rooms_do_not(house: PlayedHouse) -> None:
    pair = await house.room("Pair", ("ana", "ben"), kind=RoomKind.DYAD)
    work = await house.room("Work", ("ana", "ben"), kind=RoomKind.WORKING, moderators=("ana",))
    for room in (pair, work):
        await room.says("ana", "!rhythm third thursday 19:00")
        await room.taps("ana", "✅")
    await house.passes(until=ASKED)
    for meeting, room in ((1, pair), (2, work)):
        for who in ("ana", "ben"):
            await room.taps(who, "✅", on=f"meeting:{meeting}")

    told = await house.passes(until=ENDED)

    assert len([text for text in told if text.startswith("Noted for")]) == 1
    assert {row.meeting for row in await Presence.all()} == {1}


SAID = st.sampled_from(["✅", "🤫", "❌", None])
CORRECTED = st.sampled_from(["🙋", "🚪", None])


@pytest.mark.requirement("R13", "R18")
@settings(derandomize=True, deadline=None, max_examples=15, suppress_health_check=ALL)
@given(st.lists(SAID, min_size=4, max_size=4), st.lists(CORRECTED, min_size=4, max_size=4))
async def test_whoever_was_away_is_never_named(
    answers: list[str | None], corrections: list[str | None]
) -> None:
    people = ("ana", "ben", "cleo", "dora")
    async with a_house() as house:
        crew = await asked(house, people)
        came = set()
        for who, sign in zip(people, answers, strict=True):
            if sign is not None:
                await crew.taps(who, sign, on="meeting:1")
            if sign in ("✅", "🤫"):
                came.add(who)
        await house.passes(until=ENDED - timedelta(minutes=1))
        told = [(set(came), text) for text in await house.passes(until=ENDED)]
        for who, sign in zip(people, corrections, strict=True):
            if sign is not None:
                texts = await crew.taps(who, sign, on="record:1")
                (came.add if sign == "🙋" else came.discard)(who)
                told += [(set(came), text) for text in texts]
        told += [(set(came), text) for text in await house.passes(until=FINAL)]
        told += [(set(came), text) for text in await crew.says("ana", "!record")]

        for there_, text in told:
            assert not [who for who in people if who.capitalize() in text and who not in there_]
        assert set(await there()) == came


# ------------------------------------------------------------------------------------------- the record


@pytest.mark.requirement("R18")
def test_a_record_holds_date_people_decisions_commitments_and_next_date_and_nothing_else() -> None:
    columns = {
        model._meta.db_table: set(model._meta.fields_map)
        for model in (Meeting, Presence, Decision, Commitment)
    }

    assert columns == {
        # When and where, whether it stands, who hosts it, and whether it took place.
        "meeting": {
            "id", "room", "occurrence", "local", "zone", "at", "standing",
            "host", "host_sought_at", "held", "came", "final_at",
        },
        "presence": {"id", "meeting", "person", "came"},
        # The rest is of the register: until when it holds, what took its place, and where it was brought from.
        "decision": {
            "id", "room", "meeting", "what", "person", "made_at",
            "review_on", "standing", "ended_at", "replaced_by", "changing", "mark", "story",
        },
        "commitment": {
            "id", "room", "owner", "what", "due", "made_at", "done_at", "kind", "meeting", "asked", "decision",
        },
    }  # fmt: skip


@pytest.mark.requirement("R18")
async def test_the_record_shows_date_people_decisions_commitments_and_the_next_date(
    house: PlayedHouse,
) -> None:
    crew, _ = await met(house)
    await crew.says("ben", "!decided we meet in the garden from May on")
    await crew.says("ben", "!commit bring the list by 8 january")
    await crew.taps("ben", "✅")

    [told] = await crew.says("cleo", "!record")

    assert told == (
        "**Thursday 17 December, 19:00**\n\nAna, Ben and Cleo were there.\n\n"
        "Decided:\n\n1. we meet in the garden from May on\n\n"
        "Taken on:\n\n- Ben: bring the list, by Friday 8 January\n\n"
        "The next meeting is **Thursday 21 January, 19:00**."
    )


async def test_before_the_first_meeting_there_is_no_record(house: PlayedHouse) -> None:
    crew = await asked(house)

    [told] = await crew.says("ana", "!record")

    assert told == "You have not met yet, as far as I know, so there is no record."


async def test_a_decision_is_taken_back_by_whoever_wrote_it_down(house: PlayedHouse) -> None:
    crew, _ = await met(house)
    [noted] = await crew.says("ben", "!decided *tea* at nine")

    [others] = await crew.says("ana", "!decided drop 1")
    [own] = await crew.says("ben", "!decided drop 1")

    assert "`!decided drop 1` takes it back." in noted
    assert others.startswith("No decision of that number was written down by you")
    assert own == "Taken back: \\*tea\\* at nine"
    assert await Decision.all().count() == 0


@pytest.mark.requirement("R18")
@pytest.mark.parametrize("command", ["decided", "commit"])
async def test_what_is_longer_than_a_sentence_is_no_record(
    house: PlayedHouse, command: str
) -> None:
    crew, _ = await met(house)

    [told] = await crew.says("ben", f"!{command} {'and then he said ' * 40}")

    assert "That is longer than 300 letters" in told
    assert await Decision.all().count() + await Commitment.all().count() == 0


async def test_a_year_later_it_is_kept_how_many_came_and_no_longer_who(house: PlayedHouse) -> None:
    crew, _ = await met(house)
    year = datetime(2027, 12, 18, tzinfo=UTC)

    await to_totals(datetime(2026, 12, 17, tzinfo=UTC))
    kept = await Presence.all().count()
    await to_totals(year)
    [told] = await crew.says("ana", "!record")

    assert kept == 3
    assert await Presence.all().count() == 0
    assert "3 of you were there." in told
    assert (await Meeting.get(id=1)).host is None


# ------------------------------------------------------------------------------------------- commitments


async def test_a_harvest_is_said_back_before_it_is_kept(house: PlayedHouse) -> None:
    crew, _ = await met(house)

    [asked_] = await crew.says(
        "ana",
        "!harvest\n- Ben: bring the tea list by friday\n• me: ask Lee, by the way, about the room\n"
        "@cleo:here: call the hall by 8 january\nDecided: we meet at eight",
    )
    before = await Commitment.all().count()
    told = await crew.taps("ana", "✅")
    mine = [each.owner for each in await Commitment.all()]
    waiting = crew.tappable()
    stranger = await crew.taps("zoe", "✅", on=waiting)
    await crew.taps("ben", "✅", on=waiting)
    last = await crew.taps("cleo", "✅", on=waiting)

    assert asked_.replace("\\", "") == (
        "I understood:\n\n- Ben: bring the tea list, by Friday 18 December\n"
        "- Ana: ask Lee, by the way, about the room\n- Cleo: call the hall, by Friday 8 January\n"
        "- decided: we meet at eight\n\n✅ right · ✏️ change"
    )
    assert before == 0
    assert told[0].startswith("✎ Kept:\n\n- Ana: ask Lee")
    assert "Ben" not in told[0]
    assert mine == [person("ana")]
    assert stranger == []
    assert last[0].startswith("✎ Kept:\n\n- Ben: bring the tea list")
    kept = await Commitment.all().order_by("id")
    assert [(each.owner, each.due) for each in kept] == [
        (person("ana"), None),
        (person("ben"), date(2026, 12, 18)),
        (person("cleo"), date(2027, 1, 8)),
    ]
    assert {each.meeting for each in kept} == {1}
    assert (await Decision.get()).what == "we meet at eight"


async def test_nothing_is_kept_in_somebodys_name_before_they_say_so_themselves(
    house: PlayedHouse,
) -> None:
    crew, _ = await met(house)
    await crew.says("ana", "!harvest Ben: pay for all of us\nCleo: call the hall")

    [asked_] = await crew.taps("ana", "✅")
    none = await crew.taps("ana", "✅", on=crew.tappable())
    before = await Commitment.all().count()
    waiting = crew.tappable()
    declined = await crew.taps("ben", "✋", on=waiting)
    kept = await crew.taps("cleo", "✅", on=waiting)

    assert asked_.startswith(
        "Kept as soon as each says so for themselves:\n\n- Ben: pay for all of us\n- Cleo: call the hall"
    )
    assert none == []
    assert before == 0
    assert "Ben" not in declined[0]
    assert kept[0].startswith("✎ Kept:\n\n- Cleo: call the hall")
    assert [each.owner for each in await Commitment.all()] == [person("cleo")]
    assert await Question.all().count() == 0


async def test_when_all_decline_what_was_said_of_them_nothing_is_kept(house: PlayedHouse) -> None:
    crew, _ = await met(house)
    await crew.says("ana", "!harvest Ben: pay for all of us")
    await crew.taps("ana", "✅")

    assert await crew.taps("ben", "✋") == ["✎ Nothing was kept."]


async def twenty(crew: PlayedRoom, who: str) -> None:
    """Somebody has twenty things open."""
    for number in range(1, 21):
        await Commitment.create(
            room=crew.id, owner=person(who), what=f"thing {number}", made_at=crew.played.now
        )


async def test_nobody_has_more_than_twenty_things_open_and_ten_are_listed(
    house: PlayedHouse,
) -> None:
    crew, _ = await met(house)
    private = await house.private("ben")
    await twenty(crew, "ben")

    [own] = await private.says("ben", "commit")
    [others] = await crew.says("ana", "!commit")
    await crew.says("ben", "!commit one more")
    [refused] = await crew.taps("ben", "✅")
    await crew.says("ana", "!harvest Ben: one more\nCleo: call the hall")
    await crew.taps("ana", "✅")
    waiting = crew.tappable()
    full = await crew.taps("ben", "✅", on=waiting)
    cleo = await crew.taps("cleo", "✅", on=waiting)
    await private.says("ben", "commit done 20")
    room_again = await crew.taps("ben", "✅", on=waiting)

    assert "10. thing 10 (Kitchen Crew)\nand 10 more" in own
    assert others.endswith("- Ben: thing 10\n- and 10 more")
    assert refused.startswith("You have as many things open as I keep for one person, 20")
    assert full == [refused]
    assert "Cleo: call the hall" in cleo[0]
    assert "Ben: one more" in room_again[0]


@pytest.mark.requirement("R15")
async def test_what_is_recalled_on_one_day_is_one_word(house: PlayedHouse) -> None:
    crew, _ = await met(house)
    garden = await house.crew("Garden Crew", zone="Europe/London")
    private = await house.private("ben")
    for room, what in ((crew, "bring the list"), (crew, "call Lee"), (garden, "buy seeds")):
        await room.says("ben", f"!commit {what}")
        await room.taps("ben", "✅")

    told = await house.passes(timedelta(days=7))
    await private.says("ben", "commit done 2")

    [recalled] = [text for text in told if text.startswith("You took something on")]
    assert recalled.startswith(
        "You took something on:\n\n1. bring the list (Kitchen Crew)\n2. call Lee (Kitchen Crew)\n"
        "3. buy seeds (Garden Crew)\n"
    )
    assert [each.what for each in await Commitment.filter(done_at=None).order_by("id")] == [
        "bring the list",
        "buy seeds",
    ]


@pytest.mark.requirement("R13")
async def test_what_is_recalled_together_leaves_out_a_room_that_its_owner_keeps_quiet(
    house: PlayedHouse,
) -> None:
    crew, _ = await met(house)
    garden = await house.crew("Garden Crew")
    await house.private("ben")
    for room, what in ((crew, "bring the list"), (garden, "buy seeds")):
        await room.says("ben", f"!commit {what}")
        await room.taps("ben", "✅")
    await garden.says("ben", "!quiet here")

    told = await house.passes(timedelta(days=7))

    assert [text for text in told if "bring the list" in text]
    assert not [text for text in told if "buy seeds" in text]


@pytest.mark.requirement("R14")
async def test_nobody_is_reminded_twice_on_one_day_of_what_they_took_on(
    house: PlayedHouse,
) -> None:
    crew, _ = await met(house)
    west = await house.crew("Ocean Crew", zone="America/New_York")
    private = await house.private("ben")
    await crew.says("ben", "!commit bring the list by tomorrow")
    await crew.taps("ben", "✅")
    first = await house.passes(until=datetime(2026, 12, 18, 9, 30, tzinfo=UTC))
    await west.says("ben", "!commit buy rope by tomorrow")
    await west.taps("ben", "✅")
    await private.says("ben", "commit done 1")

    same_day = await house.passes(until=datetime(2026, 12, 19, 14, 30, tzinfo=UTC))
    following = await house.passes(until=datetime(2026, 12, 19, 15, 1, tzinfo=UTC))

    def recalled(texts: list[str]) -> list[str]:
        return [text for text in texts if text.startswith("You took something on")]

    assert len(recalled(first)) == 1
    assert recalled(same_day) == []
    assert len(recalled(following)) == 1
    assert "buy rope" in recalled(following)[0]


@pytest.mark.requirement("R14")
async def test_what_several_reminders_became_together_is_the_one_of_that_day(
    house: PlayedHouse,
) -> None:
    crew, _ = await met(house)
    west = await house.crew("Ocean Crew", zone="America/New_York")
    await house.private("ben")
    for what in ("bring the list by tomorrow", "call Lee by tomorrow"):
        await crew.says("ben", f"!commit {what}")
        await crew.taps("ben", "✅")
    first = await house.passes(until=datetime(2026, 12, 18, 9, 30, tzinfo=UTC))
    await west.says("ben", "!commit buy rope by 19 december")
    await west.taps("ben", "✅")

    same_day = await house.passes(until=datetime(2026, 12, 18, 22, tzinfo=UTC))

    assert len([text for text in first if text.startswith("You took something on")]) == 1
    assert not [text for text in same_day if "buy rope" in text]


async def test_a_harvest_that_was_misunderstood_is_said_in_other_words(house: PlayedHouse) -> None:
    crew, _ = await met(house)
    await crew.says("ana", "!harvest Ben: bring tea")

    [again] = await crew.taps("ana", "✏️")
    [asked_] = await crew.says("ana", "Cleo: bring tea", overheard=True)

    assert again.startswith("Who takes on what?")
    assert "- Cleo: bring tea" in asked_
    assert await Commitment.all().count() == 0


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("Zoe: bring tea", "I know nobody here by the name"),
        ("bring tea", "I could not tell who takes on"),
        ("Ben:", "I could not tell who takes on"),
        ("\n".join(["Ben: tea"] * 21), "Those are more than 20 lines"),
    ],
)
async def test_a_line_that_cannot_be_read_keeps_nothing(
    house: PlayedHouse, said: str, why: str
) -> None:
    crew, _ = await met(house)

    [told] = await crew.says("ana", f"!harvest\nAna: good\n{said}")

    assert why in told
    assert await Commitment.all().count() == 0


async def test_without_lines_a_harvest_asks_for_them(house: PlayedHouse) -> None:
    crew, _ = await met(house)

    [told] = await crew.says("ana", "!harvest")
    [asked_] = await crew.says("ana", "Ben: tea\nme: cake", overheard=True)

    assert told.startswith("Who takes on what?")
    assert "- Ben: tea\n- Ana: cake" in asked_


@pytest.mark.parametrize(
    ("said", "recalled"),
    [
        ("bring the list by 8 january", datetime(2027, 1, 7, 9, tzinfo=UTC)),
        ("bring the list by tomorrow", datetime(2026, 12, 18, 9, tzinfo=UTC)),
        ("bring the list", datetime(2026, 12, 20, 9, tzinfo=UTC)),
    ],
    ids=["the day before", "on the day, when that is past", "three days after"],
)
async def test_an_owner_is_reminded_once_in_private(
    house: PlayedHouse, said: str, recalled: datetime
) -> None:
    crew, _ = await met(house)
    private = await house.private("ben")
    await crew.says("ben", f"!commit {said}")
    await crew.taps("ben", "✅")

    before = await house.passes(until=recalled - timedelta(minutes=1))
    told = await house.passes(until=recalled)
    after = await house.passes(until=datetime(2027, 1, 10, tzinfo=UTC))

    def mine(texts: list[str]) -> list[str]:
        return [text for text in texts if "bring the list" in text]

    assert mine(before) == []
    assert mine(after) == []
    [reminder] = mine(told)
    assert reminder.startswith("You took something on in the Kitchen Crew: bring the list")
    assert private.mentions() == ["ben"]


@pytest.mark.requirement("R15")
async def test_an_owner_who_sleeps_is_reminded_in_their_morning(house: PlayedHouse) -> None:
    crew, _ = await met(house)
    private = await house.private("ben")
    await private.says("ben", "timezone Los Angeles")
    await crew.says("ben", "!commit bring the list")
    await crew.taps("ben", "✅")

    night = await house.passes(until=datetime(2026, 12, 20, 15, 59, tzinfo=UTC))
    morning = await house.passes(until=datetime(2026, 12, 20, 16, 0, tzinfo=UTC))

    assert not [text for text in night if "bring the list" in text]
    assert [text for text in morning if "bring the list" in text]


async def test_done_is_one_tap_and_so_is_its_undoing(house: PlayedHouse) -> None:
    crew, _ = await met(house)
    private = await house.private("ben")
    await crew.says("ben", "!commit bring the list")
    await crew.taps("ben", "✅")
    await house.passes(until=datetime(2026, 12, 20, 10, tzinfo=UTC))

    others = await private.taps("ana", "✅", on="commitment:1")
    [done] = await private.taps("ben", "✅", on="commitment:1")
    finished = (await Commitment.get()).done_at
    [undone] = await private.taps("ben", "↩️", on="commitment:1:done")

    assert others == []
    assert done.startswith("Good, that is done: bring the list")
    assert finished is not None
    assert undone == "Good, it stands again: bring the list"
    assert (await Commitment.get()).done_at is None


async def test_letting_go_needs_no_reason_and_calls_the_reminder_off(house: PlayedHouse) -> None:
    crew, _ = await met(house)
    await crew.says("ben", "!commit bring the list")
    await crew.taps("ben", "✅")

    [told] = await crew.says("ben", "!commit drop 1")

    assert told == "Let go: bring the list"
    assert await Commitment.all().count() == 0
    assert not await Heard.exists(state=Settled.WAITING, key__startswith="recall:")


async def test_only_the_owner_changes_what_they_took_on(house: PlayedHouse) -> None:
    crew, _ = await met(house)
    private = await house.private("ben")
    await crew.says("ben", "!commit bring the list")
    await crew.taps("ben", "✅")

    [refused] = await crew.says("ana", "!commit drop 1")
    [listed] = await crew.says("ana", "!commit")
    [changed] = await private.says("ben", "commit change 1 bring the cake by 8 january")
    [own] = await private.says("ben", "commit")

    assert refused.startswith("Nothing that you took on here goes by that number")
    assert listed == "Others took on:\n\n- Ben: bring the list"
    assert changed == "Changed: you take on bring the cake, by Friday 8 January"
    assert "1. bring the cake, by Friday 8 January (Kitchen Crew)" in own
    assert [
        row.at async for row in Heard.filter(state=Settled.WAITING, key__startswith="recall:")
    ] == [datetime(2027, 1, 7, 9, tzinfo=UTC)]


async def test_in_private_nothing_new_is_taken_on(house: PlayedHouse) -> None:
    private = await house.private("ben")

    [told] = await private.says("ben", "commit bring tea")
    [empty] = await private.says("ben", "commit")

    assert told.startswith("What you take on belongs to one of your circles")
    assert empty.startswith("Nothing is open.")


@pytest.mark.requirement("R58")
async def test_what_was_taken_on_is_listed_at_the_next_meeting_and_not_after_that(
    house: PlayedHouse,
) -> None:
    crew, _ = await met(house)
    await crew.says("ana", "!harvest Ben: bring the list\nCleo: call the hall")
    await crew.taps("ana", "✅")
    waiting = crew.tappable()
    for who in ("ben", "cleo"):
        await crew.taps(who, "✅", on=waiting)
    await crew.says("cleo", "!commit done")

    january = await house.passes(until=datetime(2027, 1, 20, 18, 30, tzinfo=UTC))
    february = await house.passes(until=datetime(2027, 2, 17, 18, 30, tzinfo=UTC))

    [question] = [text for text in january if text.startswith("**Tomorrow, Thursday 21 January")]
    assert "You took on:\n\n- Ben: bring the list\n\n✅ coming" in question
    assert "Cleo" not in question
    [later] = [text for text in february if text.startswith("**Tomorrow, Thursday 18 February")]
    assert "Ben" not in later


async def test_whoever_leaves_leaves_nothing_open_behind(house: PlayedHouse) -> None:
    crew, _ = await met(house)
    await crew.says("ben", "!commit bring the list")
    await crew.taps("ben", "✅")

    await crew.leaves("ben")

    assert await Commitment.all().count() == 0
    assert not await Heard.exists(state=Settled.WAITING, key__startswith="recall:")


async def test_what_people_write_cannot_dress_up_as_the_keepers_own_words(
    house: PlayedHouse,
) -> None:
    crew, _ = await met(house)
    await crew.says("ana", "!harvest Ben: **tea** @room [x](http://x)")
    [told, *_] = await crew.taps("ana", "✅")

    assert "\\*\\*tea\\*\\*" in told
