"""Practices in a room: called by a word, kept by a clock that survives, and gone without a trace."""

from datetime import UTC, datetime, timedelta

import pytest

from practices.circles import RoomKind
from storage.coming import Coming
from storage.inbox import Heard
from storage.meetings import Meeting
from storage.outbox import Deed
from storage.people import Muted
from storage.questions import Question
from storage.reminders import Reminder
from storage.sessions import Focus, Series, Session
from tests.handlers.played import PlayedHouse, PlayedRoom, person

FOUR = ("ana", "ben", "cleo", "dan")
FIVE = (*FOUR, "eve")
SEVEN = (*FIVE, "fay", "gus")
OPENING = "sitting:1:0"


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


async def state() -> dict[str, object]:
    row = await Session.get(id=1)
    assert row.state is not None
    return row.state


def called(who: object) -> str:
    return str(who)[1:].partition(":")[0]


async def holder() -> str:
    return called((await state())["holder"])


async def order() -> list[str]:
    people = (await state())["people"]
    assert isinstance(people, list)
    return [called(each) for each in people]


async def circle(house: PlayedHouse, people: tuple[str, ...] = FOUR) -> PlayedRoom:
    """A listening circle that has come to its round."""
    crew = await house.crew(people=people)
    await crew.says("ana", "!start listening circle")
    await crew.taps("ana", "▶️", on=OPENING)
    await crew.taps("ana", "➡️")
    return crew


async def clinic(house: PlayedHouse, people: tuple[str, ...] = FIVE) -> tuple[PlayedRoom, str]:
    """A case clinic that has begun, and its case giver."""
    crew = await house.crew(people=people)
    await crew.says("ana", "!start case clinic")
    question = await Question.get(inquiry="focus")
    giver = called(question.data["person"])
    await crew.taps(giver, "✅", on=f"question:{question.id}")
    return crew, giver


async def onward(crew: PlayedRoom) -> list[str]:
    """Whoever has the turn is done, or the whole group goes on."""
    who = (await Session.get(room=crew.id)).state
    assert who is not None
    holder_now = who["holder"]
    return await (crew.taps(called(holder_now), "✅") if holder_now else crew.taps("ana", "➡️"))


async def to_the_end(crew: PlayedRoom) -> list[str]:
    """Go through all that is left; what was said last."""
    told: list[str] = []
    for _ in range(60):
        if not await Session.exists():
            return told
        told = await onward(crew)
    raise AssertionError("it does not end")


def spoken(told: list[str]) -> list[str]:
    """What is new in the room: no edit, nothing taken back."""
    return [text for text in told if not text.startswith(("✎", "⌫", "→"))]


# ---------------------------------------------------------------------------------------- a whole circle


@pytest.mark.requirement("R64", "R65", "R66", "R67")
async def test_a_listening_circle_of_four_with_one_pass(house: PlayedHouse) -> None:
    crew = await circle(house)
    first, second, third, fourth = await order()

    told = await house.passes(minutes(3))
    assert spoken(told) == [
        f"⏳ Half a minute, {first.capitalize()}.",
        f"🔔 {first.capitalize()}, the time is round. Take what you need to finish.",
    ]
    assert await house.passes(minutes(4)) == []
    told = await crew.taps(first, "✅")
    assert spoken(told) == [f"**{second.capitalize()}**, the turn is yours, until about 10:10."]
    assert crew.mentions() == [second]
    await crew.says(second, "pass", overheard=True)
    await crew.says(third, "!done")
    told = await crew.taps(fourth, "✅")
    assert spoken(told) == [
        f"**{second.capitalize()}**, if you like it now: the turn is yours, until about 10:10."
    ]
    told = await crew.says(second, "I am done.", overheard=True)

    assert "**Quiet breath**" in spoken(told)[0]
    told = await house.passes(minutes(5))
    assert "That was your **listening circle**. Thank you for being here." in told
    assert not await Session.exists()


@pytest.mark.requirement("R10", "R67")
async def test_whoever_passes_leaves_no_trace(house: PlayedHouse) -> None:
    crew = await circle(house)
    first, *_ = await order()
    await crew.taps(first, "⏭️")
    await house.passes(minutes(3))
    for _ in range(4):
        await crew.taps(await holder(), "✅")
    await house.passes(minutes(10))

    assert not await Session.exists()
    assert not await Question.filter(inquiry="sitting").exists()
    lines = {owed.name for owed in house.owed if "the turn is yours" in str(owed.content)}
    lines |= {owed.name for owed in house.owed if "⏳" in str(owed.content)}
    taken_back = {owed.target for owed in house.owed if owed.deed is Deed.REDACT}
    assert len(lines) >= 4
    assert lines <= taken_back
    kept = [row.content async for row in Heard.all() if row.content]
    assert not kept


@pytest.mark.requirement("R66")
async def test_while_somebody_has_the_turn_nothing_is_said_to_what_people_say_and_tap(
    house: PlayedHouse,
) -> None:
    crew = await circle(house)
    first, second, *_ = await order()

    assert await crew.says(first, "I feel small because of it", overheard=True) == []
    assert await crew.taps(second, "✅") == []
    assert await crew.taps(second, "➡️") == []
    assert await crew.taps(second, "❤️") == []
    [told] = await crew.says(second, "!done")
    assert told.startswith(f"→ {second}: {first.capitalize()} has the turn")
    assert await holder() == first


async def test_whoever_is_not_in_the_circle_is_told_so_in_private(house: PlayedHouse) -> None:
    crew = await circle(house)
    first, second, *_ = await order()
    await crew.taps(second, "👋", on=OPENING)

    for told in (await crew.taps(second, "✅"), await crew.says(second, "!pause")):
        assert [text.partition(",")[0] for text in told] == [
            f"→ {second}: You are not in that circle just now"
        ]
    assert await holder() == first


@pytest.mark.requirement("R65")
async def test_the_circle_sets_how_long_its_turns_are(house: PlayedHouse) -> None:
    setting = {"value": "7", "since": "2026-01-01", "review": "2027-01-01"}
    crew = await house.crew(people=FOUR, settings={"turn-minutes": setting})
    await crew.says("ana", "!start listening circle")
    await crew.taps("ana", "▶️", on=OPENING)

    told = await crew.taps("ana", "➡️")

    assert "has the turn, until about 10:07." in spoken(told)[0]


async def test_whoever_wants_to_be_called_by_nobody_has_the_turn_without_a_ring(
    house: PlayedHouse,
) -> None:
    crew = await circle(house)
    _, second, *_ = await order()
    await Muted.create(person=person(second), room=crew.id)

    told = await crew.taps(await holder(), "✅")

    assert spoken(told)[0].startswith(f"**{second.capitalize()}**, the turn is yours")
    assert crew.mentions() == []


# ------------------------------------------------------------------------------------------ a case clinic


@pytest.mark.requirement("R68", "R69", "R80")
async def test_a_case_clinic_of_five_goes_through_its_minutes(house: PlayedHouse) -> None:
    crew, giver = await clinic(house)
    told, began = [], house.now
    while await Session.exists():
        standing = await state()
        due = datetime.fromisoformat(str(standing["until"]))
        if standing["holder"] is None:
            told += [(house.now - began, text) for text in await house.passes(until=due)]
        else:
            await house.passes(until=due)
            texts = await crew.taps(called(standing["holder"]), "✅")
            told += [(house.now - began, text) for text in texts]

    starts = {
        name: at
        for at, text in told
        for name in ("Intention", "Stillness", "Mirroring", "Talking together", "Closing")
        if text.startswith(f"**case clinic** · **{name}**")
    }
    assert starts == {
        "Intention": minutes(3),
        "Stillness": minutes(13),
        "Mirroring": minutes(15),
        "Talking together": minutes(25),
        "Closing": minutes(45),
    }
    assert house.now - began == minutes(55)
    for part in ("Stillness", "Mirroring"):
        [card] = [text for _, text in told if text.startswith(f"**case clinic** · **{part}**")]
        assert "images, feelings and gestures" in card.replace("\\", "")
        assert "*Not part of this: advice.*" in card
    assert giver in FIVE


async def test_the_focus_is_asked_privately_for_one_next_step_and_reminded_of_it_once(
    house: PlayedHouse,
) -> None:
    crew, giver = await clinic(house, FOUR)
    private = await house.private(giver)
    told = await to_the_end(crew)
    [asked] = [text for text in told if text.startswith("What is one next step")]

    told = await private.says(giver, "ring my sister on Friday 9:00")

    assert "nobody else sees it" in asked
    assert "on **Sunday 29 November, 10:00**, once" in told[0]
    assert (await Reminder.get()).room == private.id
    told = await house.passes(timedelta(days=7, hours=2))
    assert told == ["⏰ ring my sister on Friday 9\\:00"]
    assert not await Reminder.filter(at__not_isnull=True).exists()


async def test_no_next_step_is_fine(house: PlayedHouse) -> None:
    crew, giver = await clinic(house, FOUR)
    private = await house.private(giver)
    await to_the_end(crew)

    assert await private.says(giver, "no") == ["Good."]
    assert not await Reminder.exists()


@pytest.mark.requirement("R70")
async def test_over_a_cycle_each_is_proposed_once_before_anyone_twice(house: PlayedHouse) -> None:
    crew = await house.crew(people=FOUR)
    proposed = []
    for _ in range(8):
        await crew.says("ana", "!start case clinic")
        question = await Question.get(inquiry="focus")
        giver = called(question.data["person"])
        proposed.append(giver)
        await crew.taps(giver, "✅", on=f"question:{question.id}")
        await to_the_end(crew)
        await house.passes(timedelta(days=7))

    assert sorted(proposed[:4]) == list(FOUR)
    assert proposed[4:] == proposed[:4]


async def test_nobody_is_the_focus_without_their_own_yes(house: PlayedHouse) -> None:
    crew = await house.crew(people=FOUR)
    await crew.says("ana", "!start case clinic")
    question = await Question.get(inquiry="focus")
    message, giver = f"question:{question.id}", called(question.data["person"])
    other = next(who for who in FOUR if who not in (giver, "ana"))

    assert await crew.taps(other, "✅", on=message) == []
    assert await crew.taps(other, "➡️", on=message) == []
    [edited] = await crew.taps(giver, "➡️", on=message)
    following = called((await Question.get(inquiry="focus")).data["person"])

    assert following != giver
    assert f"It could be **{following.capitalize()}**" in edited
    told = await crew.taps(giver, "🙌", on=message)
    assert f"✎ **{giver.capitalize()}** brings something this time." in told
    assert (await state())["focus"] == person(giver)


async def test_when_nobody_brings_anything_it_is_let_go(house: PlayedHouse) -> None:
    crew = await house.crew(people=("ana", "ben", "cleo"))
    await crew.says("ana", "!start case clinic")
    question = await Question.get(inquiry="focus")

    for _ in range(3):
        told = await crew.taps("ana", "➡️", on=f"question:{question.id}")

    assert any("Nobody needs to bring something today" in text for text in told)
    assert not await Session.exists()
    assert await house.passes(timedelta(days=1)) == []


# ---------------------------------------------------------------------------------------- coming, going


async def test_one_who_leaves_in_the_middle_passes_the_turn_on(house: PlayedHouse) -> None:
    crew = await circle(house)
    first, second, third, fourth = await order()

    told = await crew.leaves(first)

    assert f"**{second.capitalize()}**, the turn is yours, until about 10:03." in told
    assert not [text for text in told if first.capitalize() in text]
    for who in (second, third, fourth):
        told = await crew.taps(who, "✅")
    assert "**Quiet breath**" in spoken(told)[0]


async def test_when_the_focus_leaves_the_rest_may_close_or_go_on_with_another(
    house: PlayedHouse,
) -> None:
    crew, giver = await clinic(house)
    await house.passes(minutes(4))

    told = await crew.leaves(giver)

    assert any("is no longer in the circle, and the clock rests" in text for text in told)
    assert await house.passes(minutes(30)) == []
    question = await Question.get(inquiry="focus")
    another = called(question.data["person"])
    told = await crew.taps(another, "✅", on=f"question:{question.id}")
    assert another != giver
    assert "**Reading and roles**" in spoken(told)[0]
    assert (await state())["focus"] == person(another)


async def test_who_comes_late_has_a_turn_at_the_end_of_the_round(house: PlayedHouse) -> None:
    crew = await house.crew(people=FOUR)
    await crew.says("ana", "!start listening circle")
    await crew.taps("dan", "👋", on=OPENING)
    await crew.taps("ana", "▶️", on=OPENING)
    await crew.taps("ana", "➡️")

    [edited] = await crew.taps("dan", "🙋", on=OPENING)
    holders = []
    for _ in range(4):
        holders.append(await holder())
        await crew.taps(holders[-1], "✅")

    assert edited.startswith("✎ **listening circle**")
    assert holders[-1] == "dan"
    assert await crew.taps("zoe", "🙋", on=OPENING) == []


async def test_only_those_who_come_to_the_meeting_that_runs_are_taken_to_be_in(
    house: PlayedHouse,
) -> None:
    crew = await house.crew(people=FOUR)
    meeting = await Meeting.create(
        room=crew.id,
        occurrence="2026-11-22T10:00",
        local="2026-11-22T10:00",
        zone="Europe/Rome",
        at=datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
    )
    for who, answer in (("ben", "coming"), ("cleo", "quietly"), ("dan", "not_coming")):
        await Coming.create(meeting=meeting.id, person=person(who), answer=answer)

    [told] = await crew.says("ana", "!start listening circle")

    assert "In the circle: Ana, Ben, Cleo." in told
    assert (await Session.get(id=1)).meeting == meeting.id


# ------------------------------------------------------------------------------ resting, stopping, restarts


async def test_what_was_left_of_a_turn_is_kept_while_the_clock_rests(house: PlayedHouse) -> None:
    crew = await circle(house)
    await house.passes(minutes(1))

    await crew.says("ben", "!pause")
    assert await house.passes(minutes(30)) == []
    told = await crew.taps("cleo", "▶️")

    assert "has the turn, until about 10:33." in spoken(told)[0]
    told = await house.passes(minutes(2))
    assert spoken(told)[0].startswith("⏳")


@pytest.mark.requirement("R10")
async def test_who_called_it_ends_it_with_one_word_and_others_with_two(house: PlayedHouse) -> None:
    crew = await circle(house)
    others = [who for who in await order() if who != "ana" and who != await holder()]

    [edited] = await crew.taps(others[0], "⏹️")
    assert edited.startswith("✎")
    assert "Somebody would like to stop here" in edited
    assert others[0].capitalize() not in edited.rpartition("Somebody")[2]
    told = await crew.says(others[1], "!stop")
    assert any("ends here, as wished; that needs no reason" in text for text in told)
    await crew.says("ben", "!start listening circle")
    await crew.taps("ben", "▶️", on="sitting:2:0")
    told = await crew.taps("ben", "⏹️", on="sitting:2:0")
    assert any("ends here, as wished" in text for text in told)
    assert not await Session.exists()
    assert not await Question.filter(inquiry="listened").exists()


async def test_a_daemon_that_was_away_between_phases_goes_on_where_it_was(
    house: PlayedHouse,
) -> None:
    crew, _ = await clinic(house)

    told = await house.wakes_at(house.now + minutes(13))

    assert len([text for text in spoken(told) if "**Intention**" in text]) == 1
    assert "until about 10:23." in spoken(told)[-1]
    assert await house.wakes_at(house.now) == []
    told = await crew.taps(await holder(), "✅")
    assert "**Stillness**" in spoken(told)[0]


async def test_an_hour_of_an_earlier_step_says_nothing(house: PlayedHouse) -> None:
    crew = await circle(house)
    early = await Heard.filter(about="session:1").values()
    await crew.taps(await holder(), "✅")
    [late] = early
    again = {**late, "key": "clock:again", "at": house.now}
    del again["id"]
    await Heard.create(**again)

    assert await house.passes(minutes(1)) == []


async def test_a_circle_that_everybody_walked_away_from_ends_by_itself(house: PlayedHouse) -> None:
    await circle(house)

    told = await house.passes(timedelta(hours=3))

    assert "I have put the clock of your **listening circle** away" in told[-1]
    assert not await Session.exists()
    assert await house.hours() == []


# ------------------------------------------------------------------------------------------- the closing


async def listened(house: PlayedHouse) -> tuple[PlayedRoom, dict[str, PlayedRoom]]:
    """A circle of three that is over, and the private chats in which its people are asked."""
    private = {who: await house.private(who) for who in FOUR[:3]}
    crew = await circle(house, FOUR[:3])
    for _ in range(3):
        await crew.taps(await holder(), "✅")
    await house.passes(minutes(10))
    return crew, private


@pytest.mark.requirement("R82")
async def test_only_when_all_say_so_the_circle_hears_that_everyone_was_listened_to(
    house: PlayedHouse,
) -> None:
    _crew, private = await listened(house)

    assert await private["ana"].says("ana", "yes") == ["Thank you."]
    assert await private["ben"].says("ben", "no") == ["Thank you."]
    assert await private["cleo"].says("cleo", "yes") == ["Thank you."]
    assert [each.answers for each in await Question.filter(person=person("ben"))] == [{}]
    assert await private["ben"].says("ben", "yes") == [
        "Thank you.",
        "All of you say that everyone was listened to.",
    ]
    assert not await Question.filter(inquiry="listened").exists()


async def test_late_in_the_evening_they_are_asked_in_the_morning(house: PlayedHouse) -> None:
    house.now = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)

    _crew, private = await listened(house)

    assert not await Question.filter(inquiry="listened").exists()
    told = await house.passes(timedelta(hours=12))
    assert len([text for text in told if "Was everyone listened to?" in text]) == 3
    for who in FOUR[:3]:
        told = await private[who].says(who, "yes")
    assert told[-1] == "All of you say that everyone was listened to."


@pytest.mark.requirement("R74")
async def test_a_mark_is_shown_at_the_closing_without_what_was_shared(house: PlayedHouse) -> None:
    crew = await house.crew(people=FOUR)
    await crew.says("ana", "!start feelz circle: three ps")
    await crew.taps("ana", "▶️", on=OPENING)
    while (await state())["holder"] is None:
        await onward(crew)
    marker = await holder()
    await crew.taps(marker, "🔒")
    told = await to_the_end(crew)

    [closing] = [text for text in told if text.startswith("That was your")]
    assert (
        f"🔒 {marker.capitalize()} asked that what they shared is not mentioned again." in closing
    )
    assert closing.count("🔒") == 1


async def test_a_series_goes_on_with_its_next_sitting(house: PlayedHouse) -> None:
    crew = await house.crew(people=FOUR)
    await crew.says("ana", "!start care pod 7")
    await crew.taps("ana", "▶️", on=OPENING)
    told = await to_the_end(crew)

    assert any("`!start care pod` begins it" in text for text in told)
    assert (await Series.get()).following == 7
    await crew.says("ana", "!start care pod")
    assert (await Session.get(id=2)).sitting == 7


# ------------------------------------------------------------------------------------------ what is optional


async def test_what_is_optional_is_asked_with_one_tap(house: PlayedHouse) -> None:
    crew = await house.crew(people=FOUR)
    await crew.says("ana", "!start peer action learning")
    question = await Question.get(inquiry="focus")
    giver = called(question.data["person"])
    told = await crew.taps(giver, "✅", on=f"question:{question.id}")
    asked = f"question:{(await Question.get(inquiry='optional')).id}"

    assert any("Next, if you like: **Since last time**" in text for text in told)
    for who in ("ana", "ben"):
        await crew.taps(who, "✅", on=asked)
    told = await crew.taps("cleo", "✅", on=asked)
    assert "**Since last time**" in spoken(told)[0]
    assert not await Question.filter(inquiry="optional").exists()


async def test_silence_leaves_out_what_is_optional(house: PlayedHouse) -> None:
    crew = await house.crew(people=FOUR)
    await crew.says("ana", "!start peer action learning")
    question = await Question.get(inquiry="focus")
    await crew.taps(called(question.data["person"]), "✅", on=f"question:{question.id}")

    told = await house.passes(minutes(2))

    assert "**Presenting**" in spoken(told)[0]


# ---------------------------------------------------------------------------------------- in writing


@pytest.mark.requirement("R8")
async def test_in_writing_each_share_is_noted_to_be_taken_away_and_none_is_read(
    house: PlayedHouse,
) -> None:
    crew = await house.crew(people=FOUR)
    told = await crew.says("ana", "!start listening circle written")
    await crew.taps("ana", "▶️", on=OPENING)
    await crew.taps("ana", "➡️")

    assert "What you write here in it is taken away within a day after it." in told[0]
    assert not await Question.filter(inquiry="sitting", person__not_isnull=True).exists()
    await crew.reports("shared", await holder(), event="$share")  # type: ignore[arg-type]
    await crew.reports("shared", "zoe", event="$talk")  # type: ignore[arg-type]
    for _ in range(4):
        await crew.taps(await holder(), "✅")
    await house.passes(minutes(10))
    told = await house.passes(timedelta(hours=24))
    redacted = [text for text in told if text.startswith("⌫")]
    assert "⌫ $share" in redacted
    assert "⌫ $talk" not in redacted


# ----------------------------------------------------------------------------------- what fits, and refusals


async def test_practice_lists_what_fits_with_the_recommended_first(house: PlayedHouse) -> None:
    crew = await house.crew(people=FOUR)
    dyad = await house.room("Two", ("ana", "ben"), kind=RoomKind.DYAD)

    [told] = await crew.says("ana", "!practice")
    [for_two] = await dyad.says("ana", "!practice")

    lines = [line for line in told.splitlines() if line.startswith("- ")]
    assert lines[0].startswith("- **case clinic**: ")
    assert lines[1].startswith("- **listening circle**: ")
    assert "listen and loop" not in told
    assert "**listen and loop**" in for_two
    assert "case clinic" not in for_two


async def test_practice_shows_how_one_would_run(house: PlayedHouse) -> None:
    crew = await house.crew(people=FOUR)

    [told] = await crew.says("ana", "!practice case")

    assert "**Stillness** (2 minutes; in silence)" in told
    assert "`!start case clinic` calls it" in told


async def test_start_alone_asks_which_and_takes_the_answer(house: PlayedHouse) -> None:
    crew = await house.crew(people=FOUR)

    [asked] = await crew.says("ana", "!start")
    [opened] = await crew.says("ana", "listening circle")

    assert len([line for line in asked.splitlines() if line.startswith("- ")]) == 3
    assert opened.startswith("**listening circle** – about ")


async def test_a_name_a_little_off_is_answered_with_what_is_near(house: PlayedHouse) -> None:
    crew = await house.crew(people=FOUR)

    [told] = await crew.says("ana", "!start listning cirkel")

    assert "Did you mean “listening circle”?" in told.replace("\\", "")
    assert not await Session.exists()


async def test_seven_are_shown_how_a_case_clinic_can_be_held(house: PlayedHouse) -> None:
    crew = await house.crew(people=SEVEN)

    told = await crew.says("ana", "!start case clinic")

    assert "It needs 3 to 5 people, and 7 of you are in." in told[0]
    assert "hold two side by side" in told[0]
    for who in ("fay", "gus"):
        [opening] = await crew.taps(who, "👋", on=OPENING)
    assert "It needs" not in opening
    question = await Question.get(inquiry="focus")
    told = await crew.taps("ben", "🙌", on=f"question:{question.id}")
    assert "**Reading and roles**" in spoken(told)[0]


async def test_it_does_not_begin_while_too_many_are_in(house: PlayedHouse) -> None:
    crew = await house.crew(people=SEVEN)
    await crew.says("ana", "!start case clinic")

    [told] = await crew.taps("ana", "▶️", on=OPENING)

    assert told.startswith("It has not begun yet. It needs 3 to 5 people")


@pytest.mark.parametrize(
    ("people", "what", "why"),
    [
        (("ana",), "listening circle", "You are alone in this room"),
        (("ana", "ben"), "case clinic", "needs 3 to 5 people, and you are 2"),
        (FOUR, "listen and loop", "is for a dyad, so it was not begun"),
        (FOUR, "listening circle short", "has no short form"),
    ],
)
async def test_what_does_not_fit_is_refused_with_what_does(
    house: PlayedHouse, people: tuple[str, ...], what: str, why: str
) -> None:
    crew = await house.crew(people=people)

    [told] = await crew.says("ana", f"!start {what}")

    assert why in told
    assert not await Session.exists()


async def test_a_space_and_a_private_chat_hold_no_practice(house: PlayedHouse) -> None:
    space = await house.space("Lakeside", FOUR, ("ana",))
    private = await house.private("ana")

    for told in (
        await space.says("ana", "!start case clinic"),
        await private.says("ana", "start case clinic"),
    ):
        assert told[0].startswith("A practice is held in the room of those who sit together.")
    [told_practice] = await space.says("ana", "!practice")
    assert "this is a space" in told_practice


async def test_a_second_practice_waits_for_the_first(house: PlayedHouse) -> None:
    crew = await circle(house)

    [told] = await crew.says("ben", "!start case clinic")

    assert told.startswith(
        "You are in a **listening circle** here since 10:00, so no other was begun."
    )
    assert await Session.all().count() == 1


async def test_what_nobody_begins_is_forgotten(house: PlayedHouse) -> None:
    crew = await house.crew(people=FOUR)
    await crew.says("ana", "!start case clinic")

    told = await house.passes(timedelta(hours=1))

    assert told == ["✎ ~~case clinic~~ Not this time."]
    assert not await Session.exists()
    assert not await Question.exists()
    assert not await Focus.exists()


async def test_the_short_form_has_its_own_minutes(house: PlayedHouse) -> None:
    crew = await house.crew(people=FOUR)

    told = await crew.says("ana", "!start case clinic short")

    assert told[0].startswith("**case clinic, short** – about 32 minutes.")


@pytest.mark.requirement("R10")
async def test_stop_of_whoever_has_the_turn_ends_it_with_one_bare_word(house: PlayedHouse) -> None:
    crew = await circle(house)
    if await holder() == "ana":  # her word would end the whole circle: she called it
        await crew.taps("ana", "✅")
    before = await holder()

    told = await crew.says(before, "stop", overheard=True)

    assert "the turn is yours" in spoken(told)[0]
    assert await holder() != before
    assert before.capitalize() not in spoken(told)[0]
