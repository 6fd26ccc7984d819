"""Writing for oneself: chosen first, silent meanwhile, one kind word, and nothing left where nothing was to stay."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tortoise import Tortoise

from daemon.settle import settle, strike
from handlers.language import Change
from practices.journal import PROMPTS, STEPS, Theme
from storage.inbox import Heard, Kind, Settled
from storage.journals import OwnPrompt, Phase, Writing
from storage.outbox import Deed, Delivery, Owed
from storage.questions import Question
from tests.handlers.played import ME, PlayedHouse, PlayedRoom, person

MINUTE = timedelta(minutes=1)
ALL_PROMPTS = [each for prompts in PROMPTS.values() for each in prompts]


async def chat(house: PlayedHouse, *, made_by_us: bool = True) -> PlayedRoom:
    room = await house.private("ana")
    row = await room.row()
    maker = ME if made_by_us else person("ana")
    row.power = {"users": {maker: 100}}
    await row.save()
    return room


async def writes(room: PlayedRoom, event: str) -> list[str]:
    """Somebody writes in the silence: the daemon hears that, and nothing of what (tests/daemon/test_inbox.py)."""
    row = Heard(
        key=event,
        kind=Kind.CHANGE,
        room=room.id,
        sender=person("ana"),
        at=room.played.now,
        content={"change": Change.WROTE},
    )
    return await room.played.settled(row)


async def traces(house: PlayedHouse) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table but the room's own."""
    found: dict[str, list[dict[str, Any]]] = {}
    for model in Tortoise.apps["kinkeeper"].values():
        rows = [dict(row) for row in await model.all().values()]
        if rows and model._meta.db_table not in ("room", "member"):
            found[model._meta.db_table] = rows
    return found


def gone(told: list[str]) -> set[str]:
    return {each.removeprefix("⌫ ") for each in told if each.startswith("⌫")}


async def begun(room: PlayedRoom, keep: str = "keep nothing", minutes: str = "3") -> list[str]:
    await room.says("ana", "reflect needs")
    await room.says("ana", keep)
    return await room.says("ana", minutes)


# ------------------------------------------------------------------------------------ beginning


@pytest.mark.requirement("R22")
@pytest.mark.parametrize("word", ["reflect", "journal", "reflect triggers"])
async def test_one_command_begins_and_brings_one_prompt(house: PlayedHouse, word: str) -> None:
    room = await chat(house)

    await room.says("ana", word)
    await room.says("ana", "keep")
    told = await room.says("ana", "5")

    assert [each for each in ALL_PROMPTS if f"*{each}*" in told[0]]
    assert len(told) == 1
    if word == "reflect triggers":
        assert PROMPTS[Theme.TRIGGERS][0] in told[0]


@pytest.mark.requirement("R24")
async def test_what_stays_is_chosen_before_anything_is_asked(house: PlayedHouse) -> None:
    room = await chat(house)

    [told] = await room.says("ana", "reflect")

    assert "keep nothing" in told
    assert not [each for each in ALL_PROMPTS if each in told]
    [lengths] = await room.taps("ana", "🍃")
    assert "3" in lengths
    assert "10" in lengths


async def test_a_theme_that_nobody_knows_is_not_guessed(house: PlayedHouse) -> None:
    [told] = await (await chat(house)).says("ana", "reflect politics")

    assert "capacities" in told
    assert not await Writing.exists()


async def test_it_is_for_the_private_chat_alone(house: PlayedHouse) -> None:
    crew = await house.crew()

    _taken_back, told = await crew.says("ana", "!reflect")

    assert "private chat" in told
    assert not await Writing.exists()


@pytest.mark.requirement("R10")
@pytest.mark.parametrize("answers", [[], ["keep"], ["keep nothing"]])
async def test_stop_ends_it_at_every_step_and_nothing_was_begun(
    house: PlayedHouse, answers: list[str]
) -> None:
    room = await chat(house)
    await room.says("ana", "reflect")
    for answer in answers:
        await room.says("ana", answer)

    told = await room.says("ana", "stop")

    assert told == ["Left. Nothing was begun."]
    assert not await Writing.exists()
    assert not await Question.exists()
    assert await house.passes(timedelta(days=1)) == []


@pytest.mark.requirement("R10")
async def test_pass_takes_what_is_usual_and_another_prompt(house: PlayedHouse) -> None:
    room = await chat(house)
    await room.says("ana", "reflect needs")

    await room.says("ana", "pass")
    [prompt] = await room.taps("ana", "⏭️")
    [another] = await room.says("ana", "another one")

    writing = await Writing.get()
    assert writing.keeps is False
    assert "5 minutes" in prompt
    assert PROMPTS[Theme.NEEDS][0] in prompt
    assert PROMPTS[Theme.CAPACITIES][0] in another


async def test_whoever_does_not_choose_has_begun_nothing_and_hears_nothing(
    house: PlayedHouse,
) -> None:
    room = await chat(house)
    await room.says("ana", "reflect")

    assert await house.passes(timedelta(hours=2)) == []

    assert not await Writing.exists()
    assert not await Question.exists()


# -------------------------------------------------------------------------------------- silence


async def test_nothing_is_said_until_the_bell_and_then_one_kind_word(house: PlayedHouse) -> None:
    room = await chat(house)
    await begun(room, keep="keep")

    assert await writes(room, "$one") == []
    assert await house.passes(2 * MINUTE) == []
    assert await writes(room, "$two") == []
    told = await house.passes(MINUTE)

    assert told == ["🔔 The time is over. It was yours. What you wrote stays here, for you alone."]


async def test_with_keep_nothing_is_taken_back_and_no_row_says_that_somebody_wrote(
    house: PlayedHouse,
) -> None:
    room = await chat(house)
    await begun(room, keep="keep")
    await writes(room, "$one")

    told = await house.passes(timedelta(hours=1))

    assert gone(told) == set()
    assert not await Writing.exists()
    assert not await Heard.filter(sender=person("ana")).exists()


@pytest.mark.requirement("R24")
async def test_with_keep_nothing_both_sides_are_taken_back_at_the_bell(house: PlayedHouse) -> None:
    room = await chat(house)
    await room.says("ana", "reflect", key="$reflect")
    await room.says("ana", "keep nothing", key="$nothing")
    await room.says("ana", "10", key="$ten")
    await writes(room, "$line")
    ours = {
        row.event_id for row in await Owed.filter(deed__in=[Deed.SEND, Deed.REACT]) if row.event_id
    }

    told = await house.passes(10 * MINUTE)

    assert gone(told) == {"$reflect", "$nothing", "$ten", "$line", *ours}
    assert told[-1].startswith("🔔")
    assert "taken back" in told[-1]


@pytest.mark.requirement("R24")
async def test_with_keep_nothing_no_row_is_left_anywhere(house: PlayedHouse) -> None:
    room = await chat(house)
    before = await traces(house)
    await begun(room)
    await writes(room, "$line")
    await house.passes(3 * MINUTE)
    await writes(room, "$a-moment-late")
    told = await house.passes(timedelta(hours=1))

    assert gone(told) == {"$a-moment-late"}
    left = await traces(house)
    # The one word that stays in the chat, without a name, and the hour that forgot all this.
    [bell] = left.pop("outbox")
    assert bell["name"] is None
    assert bell["content"] is None
    assert bell["asker"] is None
    assert left == before


async def test_the_files_are_scrubbed_when_it_is_gone(house: PlayedHouse) -> None:
    room = await chat(house)
    await begun(room)
    await house.passes(4 * MINUTE)
    hour = await Heard.get(key__startswith="unwrite", state=Settled.WAITING)

    outcome = await settle(hour, house.house, hour.at)

    assert outcome.scrub


async def test_while_the_homeserver_is_away_the_rows_wait_with_what_is_owed(
    house: PlayedHouse,
) -> None:
    room = await chat(house)
    await begun(room)
    await writes(room, "$line")
    await house.passes(3 * MINUTE)
    await Owed.filter(deed=Deed.REDACT).update(state=Delivery.OWED)

    await house.passes(30 * MINUTE)
    assert await Writing.exists(), "not forgotten before it is gone"

    await Owed.filter(deed=Deed.REDACT).update(state=Delivery.SENT)
    await house.passes(10 * MINUTE)
    assert not await Writing.exists()


async def test_what_the_homeserver_refused_to_take_back_is_told_and_not_kept_here(
    house: PlayedHouse,
) -> None:
    room = await chat(house)
    await begun(room)
    await writes(room, "$line")
    await house.passes(3 * MINUTE)
    await Owed.filter(deed=Deed.REDACT, target="$line").update(state=Delivery.WEDGED)

    told = await house.passes(10 * MINUTE)

    assert "yours to delete" in told[-1]
    assert not await Owed.filter(target="$line").exists()


@pytest.mark.requirement("R10")
async def test_stop_in_the_silence_ends_it_at_once_and_takes_back_as_the_bell_does(
    house: PlayedHouse,
) -> None:
    room = await chat(house)
    await begun(room)
    await writes(room, "$line")

    told = await room.says("ana", "stop", key="$stop")

    assert {"$line", "$stop"} <= gone(told)
    assert "Stopped. It was yours." in told[-1]
    later = await house.passes(timedelta(hours=1))
    assert not [each for each in later if "🔔" in each]
    assert not await Writing.exists()


async def test_beginning_anew_ends_what_runs_and_takes_it_back(house: PlayedHouse) -> None:
    room = await chat(house)
    await begun(room)
    await writes(room, "$line")

    told = await room.says("ana", "!reflect after")

    assert "$line" in gone(told)
    assert "Shall anything of it stay?" in told[-1]
    assert await Writing.filter(phase=Phase.CHOOSING).count() == 1


async def test_a_bell_after_a_long_absence_takes_back_and_says_nothing(house: PlayedHouse) -> None:
    room = await chat(house)
    await begun(room)
    await writes(room, "$line")

    told = await house.wakes_at(house.now + timedelta(hours=9))

    assert "$line" in gone(told)
    assert not [each for each in told if not each.startswith("⌫")]


async def test_what_others_say_meanwhile_is_not_taken_back(house: PlayedHouse) -> None:
    room = await chat(house)
    await begun(room)
    other = await Owed.create(
        transaction="other",
        lane=room.id,
        room=room.id,
        deed=Deed.SEND,
        state=Delivery.SENT,
        event_id="$other",
        asker=person("ben"),
        made_at=house.now,
    )

    told = await house.passes(timedelta(hours=1))

    assert "$other" not in gone(told)
    assert await Owed.exists(id=other.id)


# ------------------------------------------------------------- a chat in which we may not take back


async def test_where_the_rules_forbid_it_that_is_said_before_anything_is_written(
    house: PlayedHouse,
) -> None:
    room = await chat(house, made_by_us=False)
    await room.says("ana", "reflect")

    [told] = await room.says("ana", "keep nothing")

    assert "fresh chat" in told
    assert "don't let me take back" in told
    assert (await Writing.get()).phase is Phase.CHOOSING


async def test_keeping_needs_no_powers(house: PlayedHouse) -> None:
    room = await chat(house, made_by_us=False)
    await room.says("ana", "reflect")

    [told] = await room.says("ana", "keep")

    assert "How many minutes" in told


async def test_here_only_what_we_said_is_taken_back_and_the_word_says_so(
    house: PlayedHouse,
) -> None:
    room = await chat(house, made_by_us=False)
    await room.says("ana", "reflect", key="$reflect")
    await room.says("ana", "keep nothing")
    await room.says("ana", "here")
    await room.says("ana", "3")
    await writes(room, "$line")

    told = await house.passes(3 * MINUTE)

    assert gone(told)
    assert not {"$reflect", "$line"} & gone(told)
    assert "yours to delete" in told[-1]
    await house.passes(timedelta(hours=1))
    assert not await Heard.filter(key="$line").exists(), "our own rows go in any case"


async def test_a_fresh_chat_is_made_and_in_it_both_can_be_taken_back(house: PlayedHouse) -> None:
    room = await chat(house, made_by_us=False)
    await room.says("ana", "reflect")
    await room.says("ana", "keep nothing")

    told = await room.taps("ana", "🆕")
    fresh, said = await house.makes("Kinkeeper, for writing")

    assert "⌂ Kinkeeper, for writing" in told
    assert not await Writing.exists()
    assert "`reflect` begins" in said[0]
    row = await fresh.row()
    assert row.private_with == person("ana")
    row.power = {"users": {ME: 100}}
    await row.save()
    await fresh.says("ana", "reflect")
    [lengths] = await fresh.says("ana", "keep nothing")
    assert "How many minutes" in lengths


async def test_a_chat_that_the_server_refuses_is_told_with_what_works(house: PlayedHouse) -> None:
    room = await chat(house, made_by_us=False)
    await room.says("ana", "reflect")
    await room.says("ana", "keep nothing")
    await room.says("ana", "fresh chat")

    [told] = await house.refuses("Kinkeeper, for writing", "no")

    assert "Nothing was begun" in told


# ---------------------------------------------------------------------------------- parts check-in


@pytest.mark.requirement("R26")
async def test_five_steps_come_one_at_a_time_with_a_way_out_at_each(house: PlayedHouse) -> None:
    room = await chat(house)
    [first] = await room.says("ana", "parts")
    assert "not therapy" in first
    assert "`safety`" in first
    [told] = await room.says("ana", "pass")

    for number, step in enumerate(STEPS):
        assert step in told
        assert f"{number + 1} of 5" in told
        assert "stop here" in told
        *_gone, told = await room.taps("ana", "▶️")

    assert "How does this change" in told


@pytest.mark.requirement("R26")
async def test_a_parts_check_in_stores_nothing_unless_asked_to(house: PlayedHouse) -> None:
    room = await chat(house)
    before = await traces(house)
    await room.says("ana", "parts", key="$parts")
    await room.says("ana", "pass")
    await writes(room, "$anxious")

    told = await room.says("ana", "stop here")
    await house.passes(timedelta(hours=2))

    assert {"$parts", "$anxious"} <= gone(told)
    left = await traces(house)
    left.pop("outbox")
    assert left == before


@pytest.mark.requirement("R26")
@pytest.mark.parametrize("done", range(5))
async def test_every_step_can_be_the_last(house: PlayedHouse, done: int) -> None:
    room = await chat(house)
    await room.says("ana", "parts")
    await room.says("ana", "keep")
    for _ in range(done):
        await room.says("ana", "next")

    told = await room.says("ana", "stop here")

    assert told == ["Stopped here. It was yours. What you wrote stays here, for you alone."]
    assert not await Question.exists()


async def test_a_check_in_that_nobody_ends_ends_by_itself(house: PlayedHouse) -> None:
    room = await chat(house)
    await room.says("ana", "parts")
    await room.says("ana", "keep nothing")
    await writes(room, "$anxious")

    told = await house.passes(timedelta(hours=2))

    assert "$anxious" in gone(told)
    assert not await Writing.exists()


# ---------------------------------------------------------------------------------- one's own times


async def test_nobody_is_asked_who_named_no_time(house: PlayedHouse) -> None:
    room = await chat(house)

    [told] = await room.says("ana", "reflect times")

    assert "no time" in told
    assert await house.passes(timedelta(days=15)) == []


async def test_a_prompt_comes_at_the_time_day_and_zone_that_somebody_named(
    house: PlayedHouse,
) -> None:
    room = await chat(house)

    [told] = await room.says("ana", "reflect at 19:30 on Tuesday in Tokyo")
    assert "on Tuesday at 19:30" in told
    assert "Tokyo" in told
    await house.passes(until=datetime(2026, 11, 24, 10, 29, tzinfo=UTC))
    asked = await house.passes(MINUTE)

    assert "a few minutes for yourself" in asked[0]
    assert len(await house.passes(timedelta(days=6))) == 0
    assert len(await house.passes(timedelta(days=1, minutes=1))) == 1


async def test_begin_under_it_asks_what_stays_and_brings_that_prompt(house: PlayedHouse) -> None:
    room = await chat(house)
    await room.says("ana", "reflect at 12:00")
    [asked] = await house.passes(timedelta(hours=3))
    [prompt] = [each for each in ALL_PROMPTS if each in asked]

    [choice] = await room.taps("ana", "✅")
    await room.says("ana", "keep")
    [told] = await room.says("ana", "3")

    assert "keep nothing" in choice
    assert prompt in told


async def test_not_today_is_one_tap_and_leaves_nothing(house: PlayedHouse) -> None:
    room = await chat(house)
    await room.says("ana", "reflect at 12:00")
    await house.passes(timedelta(hours=3))

    told = await room.taps("ana", "✋")

    assert told == ["Then not today."]
    assert not await Question.exists()


async def test_never_ends_it_and_nothing_is_kept(house: PlayedHouse) -> None:
    room = await chat(house)
    await room.says("ana", "reflect at 12:00")

    [told] = await room.says("ana", "reflect never")

    assert "forgotten" in told
    assert not await OwnPrompt.exists()
    assert await house.passes(timedelta(days=3)) == []


@pytest.mark.requirement("R15")
async def test_a_time_in_the_night_is_refused_with_one_that_works(house: PlayedHouse) -> None:
    room = await chat(house)

    [told] = await room.says("ana", "reflect at 23:00")

    assert "quiet hours" in told
    assert "20:00" in told
    assert not await OwnPrompt.exists()


@pytest.mark.requirement("R15")
async def test_quiet_hours_that_came_later_are_kept_and_the_prompt_passes(
    house: PlayedHouse,
) -> None:
    room = await chat(house)
    await room.says("ana", "reflect at 19:30")
    await room.says("ana", "quiet 19:00-7:00")

    assert await house.passes(timedelta(days=2)) == []
    assert [name for name, _at in await house.hours()] == ["own-prompt"]


async def test_after_a_week_off_no_late_prompt_comes_and_the_next_one_does(
    house: PlayedHouse,
) -> None:
    room = await chat(house)
    await room.says("ana", "reflect at 12:00")

    told = await house.wakes_at(house.now + timedelta(days=7, hours=9))

    assert told == []
    assert len(await house.passes(timedelta(days=1))) == 1


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("reflect every evening", "every day at 20:00"),
        ("reflect every monday at 19:30", "on Monday at 19:30"),
    ],
)
async def test_a_time_is_named_as_people_name_it(house: PlayedHouse, said: str, told: str) -> None:
    [answer] = await (await chat(house)).says("ana", said)

    assert told in answer
    assert await OwnPrompt.exists()


async def test_days_without_a_time_are_asked_for_one(house: PlayedHouse) -> None:
    [told] = await (await chat(house)).says("ana", "reflect every day")

    assert "At which time" in told
    assert not await OwnPrompt.exists()


async def test_a_time_that_cannot_be_read_changes_nothing(house: PlayedHouse) -> None:
    room = await chat(house)
    await room.says("ana", "reflect at 12:00")

    [told] = await room.says("ana", "reflect at noonish")

    assert "Nothing was changed" in told
    assert (await OwnPrompt.get()).at == "12:00"


async def test_before_a_monthly_meeting_it_is_offered_to_those_who_chose_it_alone(
    house: PlayedHouse,
) -> None:
    crew = await house.crew()
    ana = await chat(house)
    await house.private("ben")
    await ana.says("ana", "reflect before meetings")
    await crew.says("ana", "!rhythm every third Thursday 19:00")
    await crew.taps("ana", "✅")

    told = await house.passes(timedelta(days=60))

    prepared = [each for each in told if "A year from now" in each]
    assert [each for each in prepared if "reflect before" in each]
    assert [each for each in prepared if "reflect before" not in each]


# ------------------------------------------------------------------------- export and being forgotten


@pytest.mark.requirement("R12")
async def test_forget_me_in_the_middle_of_it_leaves_nothing(house: PlayedHouse) -> None:
    room = await chat(house)
    await room.says("ana", "reflect at 12:00")
    sealed = house.house.keys.of(person("ana")).seal("note", "tulips")
    await begun(room)
    await writes(room, "$line")

    await room.says("ana", "!forget me")
    told = await room.taps("ana", "✅")

    assert "$line" in gone(told)
    assert not await Writing.exists()
    assert not await OwnPrompt.exists()
    assert await house.passes(timedelta(days=3)) == []
    with pytest.raises(ValueError, match="gone"):
        house.house.keys.of(person("ana")).open("note", sealed)


@pytest.mark.requirement("R12")
async def test_export_tells_of_times_and_of_what_runs_and_of_nothing_that_was_written(
    house: PlayedHouse,
) -> None:
    room = await chat(house)
    await room.says("ana", "reflect at 12:00 on Monday")
    await begun(room, keep="keep")
    await writes(room, "$line")

    await room.says("ana", "!export")

    content = next(owed for owed in reversed(house.owed) if owed.deed is Deed.FILE).content
    assert content is not None
    found = json.loads(base64.b64decode(str(content["data"])))
    [times] = found["your_times_for_reflection"]
    assert (times["at"], times["days"]) == ("12:00", [0])
    [now] = found["you_are_writing_for_yourself_now"]
    assert now["stays_in_our_chat"] is True
    assert set(now) == {"since", "way", "stays_in_our_chat"}


@pytest.mark.requirement("R23")
async def test_nobody_else_learns_that_somebody_writes(house: PlayedHouse) -> None:
    crew = await house.crew(people=["ana", "ben"], moderators=["ben"])
    room, ben = await chat(house), await house.private("ben")
    await begun(room)
    await writes(room, "$line")

    await ben.says("ben", "export")
    content = next(owed for owed in reversed(house.owed) if owed.deed is Deed.FILE).content
    assert content is not None
    found = json.loads(base64.b64decode(str(content["data"])))
    assert found["you_are_writing_for_yourself_now"] == []
    await house.passes(timedelta(hours=1))
    for owed in house.owed:
        told = str(owed.content)
        assert owed.lane in (room.id, ben.id) or "writ" not in told
    assert not await Owed.exists(lane=crew.id)


# ---------------------------------------------------------------------------- before the silence begins


@pytest.mark.requirement("R24")
async def test_words_before_the_silence_go_at_once_and_it_is_said_that_it_has_not_begun(
    house: PlayedHouse,
) -> None:
    room = await chat(house)
    await room.says("ana", "reflect needs")
    await room.says("ana", "keep nothing")

    gone_, told = await room.says("ana", "I am scared of losing the flat", key="$early")
    [prompt] = await room.says("ana", "3")

    assert gone_ == "⌫ $early"
    assert "has not begun" in told
    assert "took back" in told
    assert "How many minutes" in told
    assert "until the bell" in prompt


@pytest.mark.requirement("R24")
async def test_where_they_cannot_be_taken_back_that_is_said(house: PlayedHouse) -> None:
    room = await chat(house, made_by_us=False)
    await room.says("ana", "reflect needs")
    await room.says("ana", "keep nothing")
    await room.says("ana", "here")

    [told] = await room.says("ana", "I am scared of losing the flat")

    assert "until you delete it yourself" in told


async def test_words_before_the_silence_of_a_time_that_is_kept_are_left_where_they_are(
    house: PlayedHouse,
) -> None:
    room = await chat(house)
    await room.says("ana", "reflect needs")
    await room.says("ana", "keep")

    [told] = await room.says("ana", "I am scared of losing the flat")

    assert "minutes to choose from" in told


# ------------------------------------------------------------------------------------ after the end


@pytest.mark.requirement("R24")
@pytest.mark.parametrize("ends", ["stop", "bell"])
async def test_what_is_written_after_the_end_is_answered_as_usual_and_stays(
    house: PlayedHouse, ends: str
) -> None:
    room = await chat(house)
    await begun(room)
    await writes(room, "$line")
    told = await room.says("ana", "stop") if ends == "stop" else await house.passes(3 * MINUTE)
    house.now += timedelta(seconds=5)

    await room.says("ana", "money begin")
    [kept, _next] = await room.says("ana", "yes, from my father, 300 a month", key="$answer")
    told += await house.passes(timedelta(hours=1))

    assert "yes, from my father, 300 a month" in kept.replace("\\", "")
    assert "$line" in gone(told)
    assert "$answer" not in gone(told)


@pytest.mark.requirement("R24")
async def test_new_words_after_the_end_for_what_was_written_before_it_go_too(
    house: PlayedHouse,
) -> None:
    room = await chat(house)
    await begun(room)
    await writes(room, "$line")
    await room.says("ana", "stop")
    house.now += MINUTE
    await writes(room, "edited:$later")

    told = await house.passes(timedelta(hours=1))

    assert "$later" in gone(told)
    assert "later" not in str(await traces(house))


# ------------------------------------------------------------------------------------ after an absence


@pytest.mark.requirement("R24")
async def test_after_a_long_absence_what_was_written_in_the_silence_is_taken_back_when_it_is_heard(
    house: PlayedHouse,
) -> None:
    room = await chat(house)
    began = house.now
    await begun(room)
    house.now = began + timedelta(days=2)

    # The homeserver has not told yet what was said meanwhile: nothing is ended, and nothing forgotten.
    assert await strike(house.house, house.now, began) is None
    back = house.now
    house.now = began + MINUTE
    await writes(room, "$feelings")
    house.now = back
    told = await house.passes(timedelta(minutes=30))

    assert "$feelings" in gone(told)
    assert not [each for each in told if "🔔" in each]
    assert not await Writing.exists()
    left = await traces(house)
    assert "feelings" not in str(left)


@pytest.mark.requirement("R24")
async def test_after_a_long_absence_the_homeserver_has_as_long_to_answer_as_at_any_other_time(
    house: PlayedHouse,
) -> None:
    room = await chat(house)
    await begun(room)
    await writes(room, "$line")
    await house.wakes_at(house.now + timedelta(days=3))
    await Owed.filter(deed=Deed.REDACT).update(state=Delivery.OWED)

    await house.passes(timedelta(hours=20))
    assert await Writing.exists(), "not forgotten while the homeserver may still answer"

    told = await house.passes(timedelta(hours=5))
    assert not await Writing.exists()
    assert "yours to delete" in told[-1]
