"""Practices in a room: called by a word, kept by a clock that survives, and gone without a trace."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers.language import Change
from practices.circles import RoomKind
from storage.coming import Coming
from storage.inbox import Heard
from storage.meetings import Meeting
from storage.outbox import Deed
from storage.people import Muted
from storage.questions import Question
from storage.reminders import Reminder
from storage.rooms import Room
from storage.sessions import Focus, Series, Session
from storage.visitors import Visitor
from tests.handlers.played import PlayedHouse, PlayedRoom, person

FOUR = ("ana", "ben", "cleo", "dan")
FIVE = (*FOUR, "eve")
SEVEN = (*FIVE, "fay", "gus")
OPENING = "sitting:1:0"

#: What ends the line of every turn.
WAYS = "\n\n✅ done · ⏭️ pass · ⏹️ stop – tap it above, or just write the word."

ONWARD = "➡️ or `!next` from any of you then passes the turn on."


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


def staying(house: PlayedHouse) -> list[str]:
    """All that can be read in the rooms for ever: what was said, and each of its edits, unless it was taken back."""
    gone = {owed.target for owed in house.owed if owed.deed is Deed.REDACT}
    return [
        str((owed.content or {})["text"])
        for owed in house.owed
        if owed.deed in (Deed.SEND, Deed.EDIT) and not {owed.name, owed.target} & gone
    ]


def shown(told: list[str]) -> list[str]:
    """All that was said or edited, without what was taken back."""
    return [text for text in told if not text.startswith("⌫")]


# ---------------------------------------------------------------------------------------- a whole circle


@pytest.mark.requirement("R64", "R65", "R66", "R67")
async def test_a_listening_circle_of_four_with_one_pass(house: PlayedHouse) -> None:
    crew = await circle(house)
    first, second, third, fourth = await order()

    told = await house.passes(minutes(3))
    assert spoken(told) == [
        f"⏳ Half a minute, {first.capitalize()}.",
        f"🔔 {first.capitalize()}, the time is round. Take what you need to finish. {ONWARD}",
    ]
    assert await house.passes(minutes(4)) == []
    told = await crew.taps(first, "✅")
    assert spoken(told) == [
        f"**{second.capitalize()}**, the turn is yours, until about 10:10.{WAYS}"
    ]
    assert crew.mentions() == [second]
    await crew.says(second, "pass", overheard=True)
    await crew.says(third, "!done")
    told = await crew.taps(fourth, "✅")
    assert spoken(told) == [
        f"**{second.capitalize()}**, if you like it now: the turn is yours, until about 10:10.{WAYS}"
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


@pytest.mark.requirement("R10", "R67")
async def test_what_stays_in_the_room_reads_the_same_with_a_pass_as_without(
    house: PlayedHouse,
) -> None:
    crew = await circle(house)
    for sign in ("⏭️", "✅", "✅", "✅", "✅"):
        await crew.taps(await holder(), sign)

    left = staying(house)
    boards = [text for text in left if "**Round**" in text]
    assert len(boards) == 1
    assert not [text for text in left if "the turn is yours" in text or "has the turn" in text]
    assert boards[0].count("**Ben**") == 0


@pytest.mark.requirement("R10")
async def test_what_people_tapped_is_taken_back_all_alike(house: PlayedHouse) -> None:
    crew = await circle(house)

    for sign in ("⏭️", "✅", "⏸️", "▶️"):
        told = await crew.taps(await holder(), sign)
        tapped = (await Heard.all().order_by("-id").filter(kind="reaction").first() or Heard()).key
        assert f"⌫ {tapped}" in told, sign


async def test_where_the_room_gives_no_such_power_taps_stay(house: PlayedHouse) -> None:
    crew = await circle(house)
    await powerless(crew)

    told = await crew.taps(await holder(), "✅")

    assert not [text for text in told if text.startswith("⌫ $")]


async def powerless(crew: PlayedRoom) -> None:
    """The room lets the daemon take back nothing but its own messages."""
    room = await crew.row()
    room.power = {"users": {}}
    await room.save()


def signs(house: PlayedHouse, target: str | None) -> list[str]:
    """What the daemon put under a message to be tapped."""
    return [
        str((owed.content or {})["sign"])
        for owed in house.owed
        if owed.deed is Deed.REACT and owed.target == target
    ]


async def test_signs_stand_under_the_board_once_and_not_under_each_turn(
    house: PlayedHouse,
) -> None:
    crew = await circle(house)
    board = next(owed.name for owed in reversed(house.owed) if "**Round**" in str(owed.content))
    before = len(house.owed)
    for _ in range(3):
        await crew.taps(await holder(), "✅")

    assert signs(house, board) == ["✅", "⏭️", "⏸️", "⏹️"]
    assert not [owed for owed in house.owed[before:] if owed.deed is Deed.REACT]
    assert spoken(await crew.taps(await holder(), "✅", on=board))


async def test_the_line_of_a_turn_is_answered_by_a_sign_of_ones_own_and_by_a_reply(
    house: PlayedHouse,
) -> None:
    crew = await circle(house)
    first, second, *_ = await order()
    line = next(owed.name for owed in reversed(house.owed) if "turn is yours" in str(owed.content))

    await crew.taps(first, "⏭️", on=line)
    assert await holder() == second
    line = next(owed.name for owed in reversed(house.owed) if "turn is yours" in str(owed.content))
    await crew.says(second, "done", on=line)
    assert await holder() not in (first, second)


@pytest.mark.requirement("R10")
async def test_where_taps_have_to_stay_people_put_them_under_the_line_that_goes(
    house: PlayedHouse,
) -> None:
    crew = await house.crew(people=FOUR)
    await powerless(crew)
    await crew.says("ana", "!start listening circle")
    await crew.taps("ana", "▶️", on=OPENING)

    told = await crew.taps("ana", "➡️")
    board, line = [owed.name for owed in house.owed if owed.deed is Deed.SEND][-2:]

    assert spoken(told)[1].endswith(
        "✅ done · ⏭️ pass · ⏹️ stop – put it under this, or just write the word."
    )
    assert signs(house, board) == signs(house, line) == []
    after = await crew.taps(await holder(), "⏭️", on=line)
    assert f"⌫ {line}" in after


async def test_in_writing_the_line_of_a_turn_says_that_words_want_a_mark(
    house: PlayedHouse,
) -> None:
    await writing(house)

    lines = [str((owed.content or {})["text"]) for owed in house.owed if owed.deed is Deed.SEND]

    assert lines[-1].endswith("tap it above, or write the word with `!` before it.")


async def test_who_listens_next_is_a_line_of_the_turn(house: PlayedHouse) -> None:
    dyad = await house.room("Two", ("ana", "ben", "cleo"), kind=RoomKind.CREW)
    await dyad.says("ana", "!start empathy circle")
    await dyad.taps("ana", "▶️", on=OPENING)
    while not (await state())["holder"]:
        await dyad.taps("ana", "➡️")
    first = await holder()
    other = next(who for who in await order() if who != first)

    told = await dyad.taps(other, "👂")
    line = house.owed[-1].name
    after = await dyad.taps(await holder(), "✅")

    assert f"👂 {other.capitalize()} listens, and speaks next." in told
    assert f"⌫ {line}" in after


@pytest.mark.requirement("R66")
async def test_while_somebody_has_the_turn_nothing_is_said_to_what_people_say_and_tap(
    house: PlayedHouse,
) -> None:
    crew = await circle(house)
    first, second, *_ = await order()

    assert await crew.says(first, "I feel small because of it", overheard=True) == []
    assert spoken(await crew.taps(second, "✅")) == []
    assert spoken(await crew.taps(second, "➡️")) == []
    assert await crew.taps(second, "❤️") == []
    [told] = shown(await crew.says(second, "!done"))
    assert told.startswith(f"→ {second}: {first.capitalize()} has the turn")
    assert await holder() == first


async def test_whoever_is_not_in_the_circle_is_told_so_in_private(house: PlayedHouse) -> None:
    crew = await circle(house)
    first, second, *_ = await order()
    await crew.taps(second, "👋", on=OPENING)

    for told in (await crew.taps(second, "✅"), await crew.says(second, "!pause")):
        assert [text.partition(",")[0] for text in shown(told)] == [
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

    assert "the turn is yours, until about 10:07." in spoken(told)[1]


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

    told = await private.says(giver, "call my sister on Friday 9:00")

    assert "nobody else sees it" in asked
    assert "on **Sunday 29 November, 10:00**, once" in told[0]
    assert (await Reminder.get()).room == private.id
    told = await house.passes(timedelta(days=7, hours=2))
    assert told == ["⏰ call my sister on Friday 9\\:00"]
    assert not await Reminder.filter(at__not_isnull=True).exists()


async def test_a_next_step_is_kept_unreadable_and_its_owner_reads_it(house: PlayedHouse) -> None:
    crew, giver = await clinic(house, FOUR)
    private = await house.private(giver)
    await to_the_end(crew)
    await private.says(giver, "call my sister")

    hour = await Heard.get(about=f"reminder:{(await Reminder.get()).id}", state="waiting")
    assert "sister" not in f"{(await Reminder.get()).what} {hour.content}"
    assert (
        "1. Sunday 29 November, 10:00: call my sister"
        in (await private.says(giver, "reminders"))[0]
    )
    export = await private.says(giver, "export")
    kept = [owed for owed in house.owed if owed.deed is Deed.FILE]
    assert export
    assert kept
    told = await private.says(giver, "remind change 1 tomorrow 9:00 call my brother")
    assert "call my brother" in told[-1]
    assert "brother" not in (await Reminder.get()).what
    told = await private.says(giver, "remind cancel 1")
    assert told == ["Called off: call my brother"]


async def test_nobodys_own_words_look_sealed(house: PlayedHouse) -> None:
    private = await house.private("ana")

    await private.says("ana", "remind tomorrow 9:00 \x02call Lee")

    assert "call Lee" in (await private.says("ana", "reminders"))[0]


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
    told = await crew.taps(giver, "➡️", on=message)
    question = await Question.get(inquiry="focus")
    following = called(question.data["person"])

    assert following != giver
    [asked] = shown(told)
    assert f"It could be **{following.capitalize()}**" in asked
    told = await crew.taps(giver, "🙌", on=f"question:{question.id}")
    assert f"**{giver.capitalize()}** brings something this time." in told
    assert (await state())["focus"] == person(giver)


@pytest.mark.requirement("R10")
@pytest.mark.parametrize("taken", ["✅", "🙌"])
async def test_what_stays_in_the_room_tells_nobody_who_did_not_bring_something(
    house: PlayedHouse, taken: str
) -> None:
    crew = await house.crew(people=FOUR)
    await crew.says("ana", "!start case clinic")
    declined = []
    for _ in range(2):
        question = await Question.get(inquiry="focus")
        declined.append(called(question.data["person"]))
        told = await crew.taps(declined[-1], "➡️", on=f"question:{question.id}")
        assert f"⌫ question:{question.id}" in told
    question = await Question.get(inquiry="focus")
    proposed = called(question.data["person"])
    other = next(who for who in FOUR if who not in (*declined, proposed))
    await crew.taps(proposed if taken == "✅" else other, taken, on=f"question:{question.id}")

    stays = staying(house)
    assert not [
        text
        for text in stays
        for who in (*declined, *([proposed] if taken == "🙌" else []))
        if f"It could be **{who.capitalize()}**" in text
    ]
    assert [text for text in stays if "brings something this time" in text]


@pytest.mark.requirement("R10")
async def test_what_people_write_to_move_it_is_taken_back_all_alike(house: PlayedHouse) -> None:
    crew = await house.crew(people=FOUR)
    await crew.says("ana", "!start case clinic")
    giver = called((await Question.get(inquiry="focus")).data["person"])
    assert "⌫ $me" in await crew.says(giver, "!me", key="$me")
    for word in ("done", "pass", "!pause", "!resume", "!done"):
        while (await state())["holder"] is None:
            await crew.taps("ana", "➡️")
        told = await crew.says(await holder(), word, key=f"${word}", overheard=True)
        assert f"⌫ ${word}" in told, word


@pytest.mark.requirement("R10")
async def test_a_word_that_changes_nothing_is_taken_back_like_all_others(
    house: PlayedHouse,
) -> None:
    crew = await circle(house)
    _, second, *_ = await order()

    told = await crew.says(second, "!pass", key="$pass")

    assert "⌫ $pass" in told
    assert await holder() != second


async def test_where_the_room_gives_no_such_power_words_stay(house: PlayedHouse) -> None:
    crew = await circle(house)
    await powerless(crew)

    told = await crew.says(await holder(), "done", overheard=True)

    assert not [text for text in told if text.startswith("⌫ $")]


async def test_when_nobody_brings_anything_it_is_let_go(house: PlayedHouse) -> None:
    crew = await house.crew(people=("ana", "ben", "cleo"))
    await crew.says("ana", "!start case clinic")

    for _ in range(3):
        question = await Question.get(inquiry="focus")
        told = await crew.taps("ana", "➡️", on=f"question:{question.id}")

    assert any("Nobody needs to bring something today" in text for text in told)
    assert not [text for text in staying(house) if "It could be" in text]
    assert not await Session.exists()
    assert await house.passes(timedelta(days=1)) == []


# ---------------------------------------------------------------------------------------- coming, going


async def test_one_who_leaves_in_the_middle_passes_the_turn_on(house: PlayedHouse) -> None:
    crew = await circle(house)
    first, second, third, fourth = await order()

    told = await crew.leaves(first)

    assert f"**{second.capitalize()}**, the turn is yours, until about 10:03.{WAYS}" in told
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

    [rests] = [text for text in told if "is no longer in the circle, and the clock rests" in text]
    assert giver.capitalize() not in rests
    assert await house.passes(minutes(30)) == []
    question = await Question.get(inquiry="focus")
    another = called(question.data["person"])
    told = await crew.taps(another, "✅", on=f"question:{question.id}")
    assert another != giver
    assert "**Reading and roles**" in spoken(told)[0]
    assert rests not in staying(house)
    assert (await state())["focus"] == person(another)


async def test_who_comes_late_has_a_turn_at_the_end_of_the_round(house: PlayedHouse) -> None:
    crew = await house.crew(people=FOUR)
    await crew.says("ana", "!start listening circle")
    await crew.taps("dan", "👋", on=OPENING)
    await crew.taps("ana", "▶️", on=OPENING)
    await crew.taps("ana", "➡️")

    edited, alone = shown(await crew.taps("dan", "🙋", on=OPENING))
    holders = []
    for _ in range(4):
        holders.append(await holder())
        await crew.taps(holders[-1], "✅")

    assert edited.startswith("✎ **listening circle**")
    assert alone == "→ dan: You are in, with a turn at the end of the round."
    assert holders[-1] == "dan"
    assert shown(await crew.taps("zoe", "🙋", on=OPENING)) == []


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
async def test_two_end_it_and_who_called_it_ends_it_by_saying_so_twice(house: PlayedHouse) -> None:
    crew = await circle(house)
    others = [who for who in await order() if who != "ana" and who != await holder()]

    edited, alone = shown(await crew.taps(others[0], "⏹️"))
    assert alone.startswith(f"→ {others[0]}: You would like to stop here. One more of you ends it")
    assert edited.startswith("✎")
    assert "Somebody would like to stop here" in edited
    assert others[0].capitalize() not in edited.rpartition("Somebody")[2]
    told = await crew.says(others[1], "!stop")
    assert any("ends here, as wished; that needs no reason" in text for text in told)
    await crew.says("ben", "!start listening circle")
    await crew.taps("ben", "▶️", on="sitting:2:0")
    [line, _board, alone] = shown(await crew.taps("ben", "⏹️", on="sitting:2:0"))
    assert line == "Somebody would like to stop here; ⏹️ from one more of you ends it."
    assert alone.startswith("→ ben: You would like to stop here. ⏹️ from one more of you ends it")
    told = await crew.taps("ben", "⏹️", on="sitting:2:0")
    assert any("ends here, as wished" in text for text in told)
    assert (await Session.get()).stopped
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

    assert any("▶️ calls it, and so does `!start care pod`" in text for text in told)
    assert crew.tappable() == "practice:care pod"
    [opening] = spoken(await crew.taps("ben", "▶️", on="practice:care pod"))[:1]
    assert opening.startswith("**care pod, ")
    assert (await Series.get()).following == 7
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


async def writing(house: PlayedHouse) -> PlayedRoom:
    """A listening circle in writing of ana, ben and cleo, in its round; dan has not said that he is in."""
    crew = await house.crew(people=FOUR)
    await crew.says("ana", "!start listening circle written")
    await crew.taps("ben", "🙋", on=OPENING)
    await crew.taps("cleo", "▶️", on=OPENING)
    await crew.taps("ana", "➡️")
    return crew


async def wrote(crew: PlayedRoom, who: str, event: str) -> None:
    await crew.reports(Change.SHARED, who, event=event)


@pytest.mark.requirement("R8")
async def test_in_writing_what_whoever_has_the_turn_writes_goes_and_nothing_else(
    house: PlayedHouse,
) -> None:
    crew = await writing(house)
    first = await holder()
    other = next(who for who in await order() if who != first)

    assert sorted(await order()) == ["ana", "ben", "cleo"]
    assert not await Question.filter(inquiry="sitting", person__not_isnull=True).exists()
    await wrote(crew, first, "$share")
    await wrote(crew, other, "$aside")
    await wrote(crew, "dan", "$talk")
    await crew.says(first, "!pause")
    await wrote(crew, first, "$meanwhile")
    await crew.says(first, "!resume")
    for _ in range(3):
        await crew.taps(await holder(), "✅")
    await wrote(crew, "dan", "$later")
    await house.passes(minutes(10))
    told = await house.passes(timedelta(hours=24))

    assert [text for text in told if text.startswith("⌫")] == ["⌫ $share"]


@pytest.mark.requirement("R8")
async def test_a_circle_in_writing_begins_with_those_who_say_that_they_are_in(
    house: PlayedHouse,
) -> None:
    crew = await house.crew(people=FOUR)

    [told] = await crew.says("ana", "!start listening circle written")
    early = await crew.taps("ana", "▶️", on=OPENING)

    assert "In the circle: Ana." in told
    assert "while you have the turn" in told
    assert "It has not begun yet." in shown(early)[0]
    assert (await Session.get()).state is None


@pytest.mark.requirement("R8", "R144")
async def test_a_guest_calls_no_circle_in_writing(house: PlayedHouse) -> None:
    crew = await house.crew(people=FOUR)
    ends = house.now + timedelta(days=7)
    await Visitor.create(
        room=crew.id, person=person("dan"), meetings=1, asked_at=house.now, ends_at=ends
    )

    [told] = await crew.says("dan", "!start listening circle written")

    assert "one of the crew's members calls that" in told
    assert not await Session.exists()
    assert "In the circle" in (await crew.says("dan", "!start listening circle"))[0]


async def test_whether_all_were_listened_to_is_said_in_the_room_they_moved_to(
    house: PlayedHouse,
) -> None:
    crew = await house.crew(people=("ana", "ben"))
    new = await house.crew("New Kitchen", ("ana", "ben"))
    await Room.filter(id=crew.id).update(successor=new.id)
    chats = [await house.private(who) for who in ("ana", "ben")]
    people = [person("ana"), person("ben")]
    for gone in ("!nowhere:here", crew.id):
        for who, chat in zip(("ana", "ben"), chats, strict=True):
            await Question.create(
                room=chat.id,
                person=person(who),
                inquiry="listened",
                data={"session": 9, "room": gone, "people": people},
                until=house.now + timedelta(days=1),
            )
        await chats[0].says("ana", "yes")
        told = await chats[1].says("ben", "yes")
        assert told[0] == "Thank you."
        assert len(told) == (1 if gone != crew.id else 2)

    assert house.owed[-1].lane == new.id


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


async def test_one_tap_under_what_was_offered_calls_it_once(house: PlayedHouse) -> None:
    crew = await house.crew(people=FOUR)
    [told] = await crew.says("ana", "!practice")

    assert "▶️ call the case clinic · `!start case clinic`" in told
    assert await crew.taps("zoe", "▶️", on="practice:case clinic") == []
    assert await crew.taps("ben", "❤️", on="practice:case clinic") == []
    assert not await Session.exists()
    called_it = await crew.taps("ben", "▶️", on="practice:case clinic")
    assert called_it[0].startswith("**case clinic** – about")
    assert await crew.taps("cleo", "▶️", on="practice:case clinic") == []
    assert "▶️ call the" not in (await crew.says("ana", "!practice listening circle"))[0]


@pytest.mark.parametrize(
    ("people", "name", "fits"),
    [
        (FOUR[:3], "listen and loop", False),
        (FOUR[:2], "case clinic", False),
        (FOUR, "case clinic", True),
    ],
)
async def test_a_tap_that_calls_it_is_offered_only_where_it_fits_as_many_as_are_here(
    house: PlayedHouse, people: tuple[str, ...], name: str, fits: bool
) -> None:
    room = await house.room("Pod", people, kind=RoomKind.WORKING)

    [told] = await room.says("ana", f"!practice {name}")
    tapped = await room.taps("ana", "▶️", on=f"practice:{name}") if fits else []

    assert ("▶️ call the" in told) is bool(tapped) is fits
    if not fits:
        assert told.endswith(f", and you are {len(people)}; `!practice` lists what fits.")
        assert not [each for each in house.owed if each.deed is Deed.REACT]


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
        [opening] = shown(await crew.taps(who, "👋", on=OPENING))
    assert "It needs" not in opening
    question = await Question.get(inquiry="focus")
    told = await crew.taps("ben", "🙌", on=f"question:{question.id}")
    assert "**Reading and roles**" in spoken(told)[0]


async def test_it_does_not_begin_while_too_many_are_in(house: PlayedHouse) -> None:
    crew = await house.crew(people=SEVEN)
    await crew.says("ana", "!start case clinic")

    [told] = shown(await crew.taps("ana", "▶️", on=OPENING))

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
    question = await Question.get(inquiry="focus")

    told = await house.passes(timedelta(hours=1))

    assert told == [f"⌫ question:{question.id}", "✎ ~~case clinic~~ It is not held this time."]
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
