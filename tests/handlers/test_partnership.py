"""A partnership reflection, played: each alone, opened for both in one moment, or deleted and told to both in the same words."""

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest
from tortoise.models import Model

from daemon.keyring import Keyring
from handlers.catalogue import CATALOGUE
from handlers.oneself.safety import DOOR
from storage.database import MODELS
from storage.outbox import Deed, Owed
from storage.people import Person
from storage.private_keys import CondemnedKey
from storage.questions import Question
from storage.reflections import Reflection, ReflectionSide, Stage, sides_of
from storage.reminders import Reminder
from storage.rooms import Room
from tests.handlers.played import PlayedHouse, PlayedRoom, a_house, person
from tests.handlers.test_own_data import mentions_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WHY, MOMENT = "the rent is in my name", "the walk on Sunday"


class Two:
    """Ana and Ben of one crew, each in their private chat, and Cleo, who hears of nothing."""

    def __init__(
        self, house: PlayedHouse, crew: PlayedRoom, ana: PlayedRoom, ben: PlayedRoom
    ) -> None:
        self.house, self.crew, self.ana, self.ben = house, crew, ana, ben

    def chat(self, who: str) -> PlayedRoom:
        return self.ana if who == "ana" else self.ben

    async def ask(self) -> list[str]:
        await self.ana.says("ana", "partnership with ben")
        return await self.ana.says("ana", "yes")

    async def accept(self) -> list[str]:
        """Both look at it from now on."""
        await self.ask()
        return await self.ben.says("ben", "yes")

    async def answer(self, who: str, *said: str) -> list[str]:
        """One of them writes and seals."""
        told: list[str] = []
        for text in ("begin", *(said or ("25", WHY, "pass", MOMENT)), "seal"):
            told = await self.chat(who).says(who, text)
        return told

    def heard(self, who: str) -> list[Owed]:
        """Every message in somebody's private chat so far."""
        return [
            owed
            for owed in self.house.owed
            if owed.deed is Deed.SEND and owed.lane == self.chat(who).id
        ]


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Two]:
    async with a_house() as house:
        house.house = replace(house.house, keys=Keyring(bytes(32), tmp_path))
        crew = await house.crew(people=("ana", "ben", "cleo"))
        yield Two(house, crew, await house.private("ana"), await house.private("ben"))


def words(told: list[str]) -> str:
    return "\n".join(told)


def texts(rows: list[Owed]) -> list[str]:
    return [str((owed.content or {})["text"]) for owed in rows]


async def everywhere() -> str:
    """Every value of every table, but what is on its way."""
    found = []
    for module in MODELS:
        for model in vars(import_module(module)).values():
            if isinstance(model, type) and issubclass(model, Model) and model is not Model:
                found += [str(row) for row in await model.all().values()]
    return "\n".join(found)


# ----------------------------------------------------------------------------------------------- asking


async def test_only_a_yes_asks_and_only_the_other_hears_of_it(two: Two) -> None:
    [back] = await two.ana.says("ana", "partnership with ben")
    assert "I would ask **Ben**" in back
    assert not await Reflection.exists()

    asked, noted = await two.ana.says("ana", "yes")
    assert "**Ana** asks whether you would look together at your partnership" in asked
    assert "Ben is asked, and needs no reason" in noted
    assert not [owed for owed in two.house.owed if owed.lane in (two.crew.id, person("cleo"))]


async def test_nobody_is_asked_whom_one_shares_no_circle_with(two: Two) -> None:
    await two.house.crew("Boat Crew", people=("dan", "eve", "finn"))

    [unknown] = await two.ana.says("ana", "partnership with dan")
    [self_] = await two.ana.says("ana", "partnership with ana")

    assert "I know nobody by the name “dan”" in unknown
    assert "I know nobody by the name “ana”" in self_
    assert not await Question.exists()


async def test_in_a_room_it_is_not_begun(two: Two) -> None:
    taken_back, told = await two.crew.says("ana", "!partnership with ben")

    assert taken_back.startswith("⌫")
    assert "write it here, in our private chat" in told
    assert "Nothing was done in the room" in told


@pytest.mark.requirement("R13")
async def test_a_no_is_told_when_the_time_is_over_in_the_words_of_a_silence(two: Two) -> None:
    await two.ask()
    [good] = await two.ben.says("ben", "not this time")
    assert await two.house.passes(13 * DAY) == []
    assert "asked; the answer is theirs" in words(await two.ana.says("ana", "partnership"))
    [told] = await two.house.passes(2 * DAY)

    assert good.startswith("Good: not this time.")
    assert told.startswith("**Ben** and a partnership reflection: not this time.")
    [refused] = await two.ana.says("ana", "partnership with ben")
    assert "not this time. From **Tuesday 5 January, 10:00** on you can ask again" in refused
    await two.house.passes(31 * DAY)
    assert not await Reflection.exists()


async def test_who_said_no_can_still_say_yes_while_the_time_lasts(two: Two) -> None:
    await two.ask()
    await two.ben.says("ben", "not this time")
    assert "Two people look" in words(await two.ben.says("ben", "partnership"))

    await two.ben.says("ben", "partnership with ana")
    begun = await two.ben.says("ben", "yes")

    assert len([text for text in begun if "look at your partnership**, each alone" in text]) == 2


async def test_whoever_asked_takes_it_back_and_does_not_ask_again_at_once(two: Two) -> None:
    await two.ask()
    [back] = await two.ana.says("ana", "partnership ben take back")
    [late] = await two.ben.taps("ben", "✅")
    [again] = await two.ana.says("ana", "partnership with ben")

    assert back.startswith("Taken back: nothing is asked any more.")
    assert late.startswith("That question is closed")
    assert "on you can ask again" in again
    # Ben can ask Ana all the same, and the rest is over.
    await two.ben.says("ben", "partnership with ana")
    await two.ben.says("ben", "yes")
    assert [row.stage for row in await Reflection.all()] == [Stage.ASKED]


async def test_a_fourth_person_is_not_asked_on_the_same_day(two: Two) -> None:
    await two.house.crew("Boat Crew", people=("ana", "dan", "eve", "finn"))
    for name in ("ben", "dan", "eve"):
        await two.ana.says("ana", f"partnership with {name}")
        await two.ana.says("ana", "yes")

    [refused] = await two.ana.says("ana", "partnership with finn")

    assert "more than 3 people whom you ask within a day" in refused
    assert await Reflection.all().count() == 3


@pytest.mark.requirement("R15")
async def test_whoever_sleeps_is_asked_and_told_in_their_morning(two: Two) -> None:
    await Person.create(id=person("ben"), zone="Asia/Tokyo")
    two.house.now = datetime(2026, 11, 22, 14, tzinfo=UTC)  # 23:00 in Tokyo

    [noted] = await two.ask()
    [asked] = await two.house.passes(12 * HOUR)

    assert "Ben is asked" in noted
    assert "**Ana** asks whether" in asked
    assert [owed.made_at for owed in two.heard("ben")] == [datetime(2026, 11, 22, 23, tzinfo=UTC)]


# ----------------------------------------------------------------------------------------- each alone


@pytest.mark.requirement("R41")
async def test_a_point_is_marked_in_words_or_by_any_number_and_shown_on_the_line(two: Two) -> None:
    await two.accept()
    [asked] = await two.ana.says("ana", "begin")
    shown, why = await two.ana.taps("ana", "🇨")
    await two.ben.says("ben", "begin")
    [refused] = await two.ben.says("ben", "101")
    number, _why = await two.ben.says("ben", "61.8")

    assert "🇦 one decides, one obeys" in asked
    assert "🇮 two different people in exchange" in asked
    assert "├──────●──────────────────┤" in shown
    assert "*25 of 100, near “one decides, the other may speak first”*" in shown
    assert why.startswith("**Why there?**")
    assert "any number from 0 to 100" in refused
    assert "*61.8 of 100, near “more often than not we decide together”*" in number


@pytest.mark.requirement("R10")
async def test_every_prompt_can_be_passed_and_stopped_and_leads_to_the_safety_door(
    two: Two,
) -> None:
    await two.accept()
    for text in ("begin", "pass", "pass", "pass", "pass"):
        assert "✋ stop" in words(await two.ana.says("ana", text))
    [empty] = await two.ana.says("ana", "seal")
    await two.ana.says("ana", "point")
    await two.ana.says("ana", "0")
    await two.ana.says("ana", "seal")
    await two.ana.says("ana", "open")
    [stopped] = await two.ana.says("ana", "stop")

    assert "there is nothing to seal yet" in empty
    assert stopped.startswith("Stopped, and nothing of yours is kept; Ben hears nothing of it.")
    prompts = [owed for owed in two.heard("ana") if str(owed.name).startswith("question:")]
    assert len(prompts) > 8
    assert all(DOOR in text for text in texts(prompts))
    [side] = await sides_of(person("ana"))
    assert side.said == ""


async def test_the_safety_door_opens_in_the_middle_of_writing_and_nothing_is_lost(two: Two) -> None:
    await two.accept()
    await two.ana.says("ana", "begin")
    await two.ana.says("ana", "12")
    door = words(await two.ana.says("ana", "safety"))
    [again] = await two.ana.says("ana", "partnership")
    await two.ana.says("ana", "money: leave my job, or remind me of it")
    [_dictator] = await two.ana.says("ana", "time")
    shown, _ways = await two.ana.says("ana", "pass")

    assert "112" in door
    assert again.startswith("**Why there?**")
    assert "> money\\: leave my job\\, or remind me of it" in shown
    assert "*A moment as the dictator:*\n\n> time" in shown


async def test_an_answer_that_is_too_long_is_refused_and_the_question_stays(two: Two) -> None:
    await two.accept()
    await two.ana.says("ana", "begin")
    await two.ana.says("ana", "12")
    [refused] = await two.ana.says("ana", "x" * 1001)
    [next_] = await two.ana.says("ana", "x" * 1000)

    assert "at most 1\\,000 are kept here" in refused
    assert next_.startswith("**One moment in which you were the dictator**")


async def test_each_answer_can_be_changed_before_and_after_it_is_sealed(two: Two) -> None:
    await two.accept()
    await two.answer("ana")
    await two.ana.says("ana", "open")
    shown, _ways = await two.ana.says("ana", "change")
    await two.ana.says("ana", "why")
    changed, _ways = await two.ana.says("ana", "the door is blue")
    [sealed] = await two.ana.says("ana", "seal")

    assert "the rent is in my name" in shown
    assert "the door is blue" in changed
    assert MOMENT in changed
    assert "👐 open" in sealed  # what had been chosen is not chosen any more


async def test_a_word_that_is_none_of_the_choices_changes_nothing(two: Two) -> None:
    await two.accept()
    await two.answer("ana")

    [told] = await two.ana.says("ana", "hmm")

    assert told.startswith("A word is enough: 👐 open")


async def test_ones_own_messages_are_taken_back_on_request_and_stay_sealed(two: Two) -> None:
    await two.accept()
    told: list[str] = []
    for number, text in enumerate(("begin", "25", WHY, "pass", MOMENT)):
        told += await two.ana.says("ana", text, key=f"$own-{number}")
    await two.ana.says("ana", "seal")
    told = await two.ana.says("ana", "take back")

    gone = [text.removeprefix("⌫ ") for text in told if text.startswith("⌫")]
    assert {"$own-1", "$own-2", "$own-4"} <= set(gone)
    quoting = [owed.name for owed in two.heard("ana") if any(
        each in str(owed.content) for each in ("25 of 100", "the rent", MOMENT.split(maxsplit=1)[0] + " walk"))]  # fmt: skip
    assert quoting
    assert set(quoting) <= set(gone)
    assert "what you sealed stays sealed" in words(told)
    assert "the rent" in words(await two.ana.says("ana", "change"))


async def test_where_the_chat_allows_no_more_only_our_own_words_are_taken_back(two: Two) -> None:
    await Room.filter(id=two.ana.id).update(power={"users": {person("ana"): 100}})
    await two.accept()
    await two.answer("ana")

    told = await two.ana.says("ana", "take back")

    gone = [text for text in told if text.startswith("⌫")]
    assert gone
    assert all(text.startswith("⌫ reflected:") for text in gone)
    assert "to delete in your app" in words(told)


async def test_several_are_told_apart_by_name(two: Two) -> None:
    await two.accept()
    await two.house.private("cleo")
    await two.ana.says("ana", "partnership with cleo")
    await two.ana.says("ana", "yes")

    [listed] = await two.ana.says("ana", "partnership")
    [one] = await two.ana.says("ana", "partnership with ben")

    assert "- **Ben**: not begun; until Sunday 6 December, 10:00" in listed
    assert "- **Cleo**: asked; the answer is theirs" in listed
    assert one.startswith("**You and Ben look at your partnership**")


# --------------------------------------------------------------------------------------------- the two


@pytest.mark.requirement("R39")
async def test_nothing_opens_before_both_have_chosen_and_then_both_in_one_unit_of_work(
    two: Two,
) -> None:
    await two.accept()
    await two.answer("ana")
    assert "You hear nothing before" in words(await two.ana.says("ana", "open"))
    await two.answer("ben", "80", "we take turns", "the holiday", "pass")
    assert not any("Opened" in text for text in texts([*two.heard("ana"), *two.heard("ben")]))
    stored = await everywhere()
    for secret in (WHY, MOMENT, "we take turns", "the holiday"):
        assert secret not in stored

    two.house.now += HOUR
    await two.ben.says("ben", "open")

    for who, name in (("ana", "Ben"), ("ben", "Ana")):
        theirs, own, following, day = two.heard(who)[-4:]
        assert texts([theirs])[0].startswith(
            f"👐 **Opened, for you and {name} in this moment.**\n\n**{name}**"
        )
        assert texts([own])[0].startswith("**You**")
        both = words(texts([theirs, own]))
        assert all(
            each in both
            for each in (WHY, MOMENT, "we take turns", "the holiday", "25 of 100", "80 of 100")
        )
        assert "20 minutes" in texts([following])[0]
        assert "one change" in texts([day])[0]
        assert {each.made_at for each in (theirs, own, following, day)} == {two.house.now}
    assert (
        len(
            {owed.id for owed in two.heard("ana")[-4:]}
            | {owed.id for owed in two.heard("ben")[-4:]}
        )
        == 8
    )


@pytest.mark.requirement("R39", "R41")
async def test_when_it_is_open_no_row_no_key_and_no_figure_of_it_is_left(
    two: Two, tmp_path: Path
) -> None:
    await two.accept()
    await two.answer("ana", "25", WHY, "pass", MOMENT)
    await two.answer("ben", "80", "we take turns", "pass", "pass")
    kept = {side.person: side.said for side in await ReflectionSide.all()}
    for who in ("ana", "ben"):
        await two.chat(who).says(who, "open")

    assert not await Reflection.exists()
    assert not await ReflectionSide.exists()
    assert not await CondemnedKey.exists()
    assert not list((tmp_path / "private-keys").glob("*.key"))
    assert not [hour for hour in await two.house.hours() if hour[0].startswith("partnership")]
    for number in (1, 2):  # whoever has an old copy has nothing that opens it
        with pytest.raises(ValueError, match="is gone"):
            two.house.house.keys.of(f"reflection:1:{number}").open(
                "partnership reflection", kept[person("ana" if number == 1 else "ben")]
            )
    shown = words(texts([*two.heard("ana"), *two.heard("ben")]))
    for made_of_both in ("52", "52.5", "55", "105", "average", "mean"):
        assert made_of_both not in shown


@pytest.mark.requirement("R39")
async def test_who_thinks_better_of_it_in_time_opens_nothing(two: Two) -> None:
    await two.accept()
    await two.answer("ana")
    await two.ana.says("ana", "open")
    await two.ana.says("ana", "keep closed")
    await two.answer("ben")
    [waits] = await two.ben.says("ben", "open")

    assert "Sealed, and you have chosen to open it" in waits
    assert "Opened" in words(await two.ana.says("ana", "open"))


@pytest.mark.requirement("R39", "R15")
async def test_what_both_chose_in_somebodys_night_opens_for_both_when_both_are_awake(
    two: Two,
) -> None:
    await Person.create(id=person("ben"), zone="Asia/Tokyo")
    await two.ask()
    await two.ben.says("ben", "yes")
    await two.answer("ben")
    await two.ben.says("ben", "open")
    two.house.now = datetime(2026, 11, 23, 16, tzinfo=UTC)  # 01:00 in Tokyo
    await two.answer("ana")

    [waits] = await two.ana.says("ana", "open")
    assert await two.house.passes(until=datetime(2026, 11, 24, 6, 59, tzinfo=UTC)) == []
    told = await two.house.passes(
        until=datetime(2026, 11, 24, 7, tzinfo=UTC)
    )  # 08:00 in Rome, 16:00 in Tokyo

    assert "You hear nothing before" in waits
    assert len([text for text in told if "**Opened" in text]) == 2


@pytest.mark.requirement("R40")
@pytest.mark.parametrize("chosen", [(), ("ana",), ("ben",)])
async def test_after_fourteen_days_both_are_deleted_and_both_hear_the_same_at_the_same_moment(
    two: Two, chosen: tuple[str, ...], tmp_path: Path
) -> None:
    await two.accept()
    for who in ("ana", "ben"):
        await two.answer(who)
    for who in chosen:
        await two.chat(who).says(who, "open")
    await two.house.passes(until=datetime(2026, 12, 6, 8, 59, tzinfo=UTC))
    assert await ReflectionSide.all().count() == 2

    told = await two.house.passes(until=datetime(2026, 12, 6, 9, tzinfo=UTC))

    ana, ben = (owed for owed in two.house.owed[-2:])
    assert len(told) == 2
    assert texts([ana])[0].replace("Ben", "…") == texts([ben])[0].replace("Ana", "…")
    assert "is over, and was not opened" in told[0]
    assert ana.made_at == ben.made_at
    assert not await ReflectionSide.exists()
    assert not list((tmp_path / "private-keys").glob("*.key"))
    assert [await two.chat(who).says(who, "partnership open") for who in ("ana", "ben")]


@pytest.mark.requirement("R40")
async def test_an_end_that_is_kept_late_hears_first_who_had_chosen_in_time(two: Two) -> None:
    await two.accept()
    for who in ("ana", "ben"):
        await two.answer(who)
    await two.ana.says("ana", "stop")
    at_night = await two.house.wakes_at(datetime(2026, 12, 9, 2, tzinfo=UTC))
    assert at_night == []
    assert not await Reflection.exists(), "it is deleted at once, though nobody is told at night"
    told = await two.house.passes(timedelta(hours=6))

    assert len([text for text in told if "is over, and was not opened" in text]) == 2
    assert all(
        CATALOGUE.rituals[each].hears_first
        for each in ("partnership-over", "partnership-opens", "partnership-lapses")
    )


@pytest.mark.requirement("R40")
async def test_a_choice_after_the_end_opens_nothing_though_the_end_was_not_kept_yet(
    two: Two,
) -> None:
    await two.accept()
    for who in ("ana", "ben"):
        await two.answer(who)
    await two.ana.says("ana", "open")
    two.house.now = datetime(2026, 12, 6, 9, 1, tzinfo=UTC)

    told = words(await two.ben.taps("ben", "👐"))

    assert "That partnership reflection is over, and nothing of it is kept" in told
    assert "Opened" not in words(await two.house.passes(HOUR))


async def test_whoever_has_not_chosen_is_told_once_before_the_end_and_whoever_has_is_not(
    two: Two,
) -> None:
    await two.accept()
    await two.answer("ben")
    await two.ben.says("ben", "open")

    told = await two.house.passes(until=datetime(2026, 12, 6, 8, tzinfo=UTC))

    assert [text[:45] for text in told] == ["Your partnership reflection with **Ben** ends"]


async def test_leaving_every_room_and_being_forgotten_ends_nothing_for_the_other(two: Two) -> None:
    await two.accept()
    await two.answer("ana")
    await two.crew.leaves("ben")
    await two.ben.says("ben", "forget me")
    told = await two.ben.says("ben", "yes")

    [mine] = await ReflectionSide.all()
    assert mine.person == person("ana")
    assert len(told) == 1
    assert "Sealed" in words(await two.ana.says("ana", "partnership with ben"))
    assert "partnership-over" in dict(await two.house.hours())
    await two.house.passes(2 * HOUR)
    assert await mentions_of("ben") == []


async def test_when_both_are_forgotten_nothing_is_left(two: Two, tmp_path: Path) -> None:
    await two.accept()
    await two.answer("ana")
    for who in ("ana", "ben"):
        await two.chat(who).says(who, "forget me")
        await two.chat(who).says(who, "yes")

    assert not await Reflection.exists()
    assert not list((tmp_path / "private-keys").glob("*.key"))
    assert not [hour for hour in await two.house.hours() if hour[0].startswith("partnership")]


@pytest.mark.requirement("R12", "R40")
async def test_an_export_holds_ones_own_side_and_nothing_of_the_other(two: Two) -> None:
    await two.accept()
    await two.answer("ana", "25", WHY, "pass", MOMENT)
    await two.answer("ben", "80", "we take turns", "pass", "pass")
    await two.ben.says("ben", "open")
    await two.ana.says("ana", "export")

    file = next(owed for owed in reversed(two.house.owed) if owed.deed is Deed.FILE)
    text = base64.b64decode(str((file.content or {})["data"])).decode()
    [mine] = json.loads(text)["partnership_reflections"]
    assert (mine["with"], mine["point"], mine["why"], mine["partner"]) == (
        person("ben"),
        25,
        WHY,
        MOMENT,
    )
    assert mine["you_would_open_it"] is False
    assert "we take turns" not in text


async def test_on_a_machine_without_the_keys_it_is_said_in_words_and_nothing_opens(
    two: Two, tmp_path: Path
) -> None:
    await two.accept()
    for who in ("ana", "ben"):
        await two.answer(who)
    await two.ana.says("ana", "open")
    two.house.house = replace(two.house.house, keys=Keyring(bytes(32), tmp_path / "elsewhere"))

    [told] = await two.ana.says("ana", "partnership")
    ended = await two.house.passes(until=datetime(2026, 12, 6, 9, tzinfo=UTC))

    assert told.startswith("What you had begun could not be read any more")
    assert [text.partition(",")[0] for text in ended] == ["Your partnership reflection is over"] * 2
    assert not await ReflectionSide.exists()


# --------------------------------------------------------------------------------------- and afterwards


async def opened(two: Two) -> None:
    await two.accept()
    for who in ("ana", "ben"):
        await two.answer(who)
        await two.chat(who).says(who, "open")


async def test_what_was_opened_can_be_taken_back_by_each_from_their_own_chat(two: Two) -> None:
    await opened(two)
    number = next(owed.name for owed in two.heard("ana") if str(owed.name).startswith("opened:"))

    told = await two.ana.taps("ana", "🗑️", on=number)

    name = str(number).rpartition(":")[0]
    assert [text for text in told if text.startswith("⌫")] == [f"⌫ {name}:1", f"⌫ {name}:2"]
    assert {owed.lane for owed in two.house.owed if owed.deed is Deed.REDACT} == {two.ana.id}


async def test_a_day_to_look_again_is_set_when_both_accept_it_and_only_the_date_is_kept(
    two: Two,
) -> None:
    await opened(two)
    [refused] = await two.ana.says("ana", "one fine day")
    noted, asked = await two.ana.says("ana", "in 12 weeks")
    assert not await Reminder.exists()
    counter = await two.ben.says("ben", "1 march")
    assert "**Ben** suggests **Monday 1 March 2027**" in words(counter)
    await two.ana.says("ana", "yes")

    assert "as a day" in refused
    assert "Ben is asked about **Sunday 14 February 2027**" in noted
    assert "**Ana** suggests **Sunday 14 February 2027**" in asked
    assert {each.person for each in await Reminder.all()} == {person("ana"), person("ben")}
    assert not await Question.exists()
    told = await two.house.passes(until=datetime(2027, 3, 1, 12, tzinfo=UTC))
    assert sorted(text.partition(" wanted")[0] for text in told) == [
        "⏰ today you and Ana",
        "⏰ today you and Ben",
    ]


@pytest.mark.requirement("R13")
async def test_a_day_that_does_not_suit_is_told_to_nobody(two: Two) -> None:
    await opened(two)
    await two.ben.says("ben", "pass")
    await two.ana.says("ana", "1 march")
    since = len(two.heard("ana"))
    [good] = await two.ben.says("ben", "not this time")
    await two.house.passes(20 * DAY)

    assert good.startswith("Good: no day is set")
    assert len(two.heard("ana")) == since
    assert not await Reminder.exists()


async def test_another_reflection_can_follow_as_if_there_had_been_none(two: Two) -> None:
    await opened(two)
    await two.house.passes(timedelta(hours=1))

    told = await two.accept()

    assert len([text for text in told if "look at your partnership**, each alone" in text]) == 2


async def test_people_of_two_homeservers_who_only_share_a_congregation_can_look_at_it(
    two: Two,
) -> None:
    await two.house.space("Lakeside", ["ana", "@lee:far"], ["ana"])
    lee = await two.house.private("@lee:far")
    await two.ana.says("ana", "partnership with @lee:far")
    [asked, _noted] = await two.ana.says("ana", "yes")
    told = await lee.says("@lee:far", "yes")

    assert "**Ana** asks whether" in asked
    assert len(told) == 2
