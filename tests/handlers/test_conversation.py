"""How what people say finds what they mean, and how what is missing is asked for."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daemon.keyring import Keyring
from daemon.text import message
from handlers.catalogue import CATALOGUE
from handlers.language import House
from practices.circles import RoomKind
from storage.inbox import Heard, Settled
from storage.outbox import Owed
from storage.questions import Question
from tests.handlers.played import PlayedHouse, a_house


async def test_an_unknown_word_is_answered_with_the_nearest_one_that_fits(
    house: PlayedHouse,
) -> None:
    crew = await house.crew()

    [told] = await crew.says("ana", "!ryhthm")

    assert told.startswith("I don't know “ryhthm”. Did you mean **!rhythm**?")
    assert "`!help` lists what fits this room." in told


async def test_a_word_of_another_room_is_not_suggested(house: PlayedHouse) -> None:
    hall = await house.room("Hall", ["ana", "ben", "cleo"])

    [told] = await hall.says("ana", "!ryhthm")

    assert "Did you mean" not in told


async def test_an_endless_unknown_word_is_said_back_short_and_safe(house: PlayedHouse) -> None:
    crew = await house.crew()

    [told] = await crew.says("ana", "!x" + "**@room**" * 2000)

    assert len(told) < 200
    assert "<strong>" not in message(told.partition("\n")[0])["formatted_body"]


@pytest.mark.parametrize(
    "text",
    [
        "!rhythm *whenever* <b>we</b> like",
        "!timezone **Nowhere**",
        "!settings *x*",
        "!move [a](http://x)",
        "!remind *foo*",
    ],
)
async def test_words_that_could_not_be_read_are_quoted_as_they_were_written(
    house: PlayedHouse, text: str
) -> None:
    crew = await house.crew()
    await crew.says("ana", "!rhythm third thursday 19:00")
    await crew.taps("ana", "✅")

    [told] = await crew.says("ana", text)

    rendered = message(told)["formatted_body"]
    assert not any(tag in rendered for tag in ("<em>", "<b>", "<a ", "<strong>"))
    assert "was changed" in told or "No reminder was set" in told


async def test_what_is_missing_is_asked_for_one_question_at_a_time(house: PlayedHouse) -> None:
    private = await house.private("ana")

    [asked] = await private.says("ana", "remind")
    [again] = await private.says("ana", "call Lee")
    [done] = await private.says("ana", "tomorrow 9:00 call Lee")

    assert asked.startswith("What shall I remind you of, and when?")
    assert "`stop` ends it" in asked
    assert again.startswith("When shall I say it")
    assert "`stop` ends it" in again
    assert done.startswith("I understood: **Monday 23 November 2026, 09:00")


async def test_stop_ends_a_question_with_and_without_the_sign(house: PlayedHouse) -> None:
    private, crew = await house.private("ana"), await house.crew()
    await private.says("ana", "remind")
    await crew.says("ana", "!remind")

    assert await private.says("ana", "stop") == ["Stopped. Nothing was changed."]
    assert await crew.says("ana", "!stop") == ["Stopped. Nothing was changed."]
    assert await Question.all().count() == 0
    assert await private.says("ana", "Never mind.") == [
        "There is nothing to stop: no question of mine is open."
    ]


async def test_in_a_circle_an_answer_that_was_not_understood_ends_the_question(
    house: PlayedHouse,
) -> None:
    crew = await house.crew()
    await crew.says("ana", "!remind")

    [told] = await crew.says("ana", "how is your mother, Ben?", overheard=True)

    assert "No reminder was set" in told
    assert await Question.all().count() == 0
    assert await crew.says("ana", "and your father?", overheard=True) == []


async def test_an_unanswered_question_does_not_lie_in_wait(house: PlayedHouse) -> None:
    private = await house.private("ana")
    await private.says("ana", "remind")
    house.now += timedelta(minutes=31)

    [told] = await private.says("ana", "bananas")

    assert told.startswith("I don't know “bananas”")


async def test_people_who_talk_with_each_other_are_not_answered(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!rhythm third thursday 19:00")

    assert await crew.says("ana", "lovely, see you all", overheard=True) == []
    assert await Question.all().count() == 1


async def test_a_question_to_one_person_is_answered_by_a_tap_a_word_or_a_reply(
    house: PlayedHouse,
) -> None:
    for answer in ("✅", "yes", "!yes", "Right.", "👍🏽"):
        crew = await house.crew(f"Crew {answer}")
        await crew.says("ana", "!rhythm third thursday 19:00")
        told = await (crew.taps if answer in "✅👍🏽" else crew.says)("ana", answer)

        assert any(text.startswith("Kept.") for text in told), answer


async def test_another_person_cannot_answer_for_them(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!rhythm third thursday 19:00")

    assert await crew.taps("ben", "✅") == []
    assert (await crew.row()).rhythm is None


async def test_a_reply_in_other_words_changes_what_was_understood(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!rhythm third thursday 19:00")

    [replied] = await crew.says("ana", "every monday 18:30", on=crew.tappable())
    [talked] = await crew.says("ana", "every tuesday 18:30", overheard=True)

    assert replied.startswith("I understood: **every Monday, 18:30")
    assert talked.startswith("I understood: **every Tuesday, 18:30")


async def test_yes_to_no_question_is_answered_without_guessing(house: PlayedHouse) -> None:
    crew = await house.crew()

    assert await crew.says("ana", "!yes") == [
        "No question of mine that this would answer is open here. Nothing was changed."
    ]


async def test_yes_answers_what_everybody_is_asked(house: PlayedHouse) -> None:
    hall = await house.room("Hall", ["ana", "ben", "cleo"])
    await hall.says("ana", "!adopt")
    for who in ("ana", "ben", "cleo"):
        await hall.says(who, "!yes")

    assert (await hall.row()).kind is RoomKind.CREW


async def test_plain_words_do_in_private(house: PlayedHouse) -> None:
    private = await house.private("ana")

    assert (await private.says("ana", "ping hello"))[0].startswith("pong hello")
    assert (await private.says("ana", "!ping hello"))[0].startswith("pong hello")


async def test_a_new_command_in_private_is_no_answer_to_an_open_question(
    house: PlayedHouse,
) -> None:
    private = await house.private("ana")
    await private.says("ana", "forget me")

    assert (await private.says("ana", "ping"))[0] == "pong"
    assert await Question.filter(inquiry="forget").count() == 1


@pytest.mark.parametrize(
    "text", ["thanks", "Thank you.", "Thanks a lot!", "cool", "THX :)", "!thanks", "🙏", "❤️"]
)
async def test_a_thank_you_in_private_is_met_with_a_short_kind_word(
    house: PlayedHouse, text: str
) -> None:
    private = await house.private("ana")

    assert await private.says("ana", text) == ["Gladly."]


@pytest.mark.parametrize("text", ["!thanks", "thank you", "cool!"])
async def test_a_thank_you_among_people_is_not_chattered_into(
    house: PlayedHouse, text: str
) -> None:
    crew = await house.crew()

    assert await crew.says("ana", text) == []


async def test_a_thank_you_is_no_answer_to_a_question_that_has_answers_of_its_own(
    house: PlayedHouse,
) -> None:
    private = await house.private("ana")
    await private.says("ana", "call dinner, every thursday 19:00")

    assert await private.says("ana", "thanks") == ["Gladly."]
    assert await Question.all().count() == 1
    assert "Whom shall I ask?" in (await private.says("ana", "yes"))[-1]


async def test_what_one_is_to_be_reminded_of_may_be_a_thank_you(house: PlayedHouse) -> None:
    private = await house.private("ana")

    [told] = await private.says("ana", "remind tomorrow 9:00 thanks")

    assert "Then I say: thanks" in told


async def test_a_reply_in_private_to_a_message_that_asks_nothing_means_what_it_says(
    house: PlayedHouse,
) -> None:
    private = await house.private("ana")

    assert await private.says("ana", "ping there", on="farewell:1") == ["pong there"]
    assert await private.says("ana", "thanks", on="farewell:1") == ["Gladly."]


async def test_a_private_matter_is_sent_to_the_private_chat(house: PlayedHouse) -> None:
    crew = await house.crew()

    [told] = await crew.says("ana", "!export")

    assert "write it in our private chat" in told


async def test_a_matter_of_a_circle_is_sent_to_its_room(house: PlayedHouse) -> None:
    private, hall = await house.private("ana"), await house.room("Hall", ["ana", "ben", "cleo"])

    [in_private] = await private.says("ana", "rhythm third thursday 19:00")
    [in_hall] = await hall.says("ana", "!rhythm third thursday 19:00")

    assert "belongs in the room it is about" in in_private
    assert "`!adopt` asks the people here" in in_hall


async def test_a_refusal_ends_the_question_that_led_to_it(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!rhythm every thursday 19:00")
    await crew.taps("ana", "✅")
    await crew.says("ana", "!move friday 20:00")
    house.now += timedelta(minutes=1)
    await crew.says("ben", "!rhythm off")
    await crew.says("ben", "!yes")

    [refused] = await crew.says("ana", "!yes")
    [nothing] = await crew.says("ana", "!yes")

    assert refused.startswith("That meeting has begun or is called off")
    assert nothing.startswith("No question of mine")


# ------------------------------------------------------------------- whatever anybody says, anywhere

A_SCRIPT = Path(__file__).parents[2].joinpath("practices", "scripts", "troika.yaml").read_text()
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
PIECES = st.sampled_from(
    ["tomorrow 9:00", "friday 20:00", "every third thursday 19:00", "off", "list", "cancel 1",
     "cancel ²", "change 1 friday", "default", "ask-hours", "48", "22:00-07:00", "00:00-23:59",
     "me", "yes", "no", "not", "crew", "protocol", "Europe/Rome", "@room", "**", "9" * 5000, ""]
)  # fmt: skip
SAID = st.lists(TEXT | PIECES, max_size=3).map(" ".join)
KINDS = tuple(RoomKind)


@settings(derandomize=True, deadline=None, max_examples=16, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(KINDS),
    st.lists(SAID, min_size=len(CATALOGUE.commands), max_size=len(CATALOGUE.commands)),
)
async def test_every_command_in_every_room_answers_or_refuses_whatever_is_typed(
    kind: RoomKind, texts: list[str]
) -> None:
    async with a_house() as house:
        room = await house.room("Hall", ["ana", "ben", "cleo"], kind=kind, moderators=["ana"])
        if kind is RoomKind.PRIVATE:
            await type(await room.row()).filter(id=room.id).update(private_with="@ana:here")
        for name, text in zip(sorted(CATALOGUE.commands), texts, strict=True):
            await room.says("ana", f"!{name} {text}")
            await room.says("ana", text)
        await house.passes(timedelta(days=2))

        assert await Heard.filter(state__in=[Settled.FAILED]).count() == 0
        assert all(owed.lane for owed in await Owed.all())


@settings(derandomize=True, deadline=None, max_examples=20, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(sorted(CATALOGUE.inquiries)), SAID)
async def test_every_question_survives_every_answer(inquiry: str, said: str) -> None:
    async with a_house() as house:
        crew = await house.crew()
        await crew.says("ana", "!rhythm third thursday 19:00")
        await crew.taps("ana", "✅")
        data = {
            "kind": "crew", "name": "ask-hours", "value": "48", "meeting": 1, "space": "!no:here",
            "zone": "Europe/Rome", "local": "2026-12-18T20:00", "room": crew.id,
            "rhythm": (await crew.row()).rhythm,
            "circle": crew.id, "by": "@ben:here", "text": A_SCRIPT, "about": "x", "key": "x",
            "asker": "@ben:here", "items": [], "what": "the list", "due": "2026-12-18",
            "round": 1, "counts": [], "length": "6", "calling": 1, "people": ["@ana:here"],
            "session": 1, "passed": [], "retrospective": 1, "split": 1, "form": 1, "line": 1,
            "other": "@ben:here", "event": "listened", "claim": 1, "index": 0,
            "free": True, "until": "2026-12-18", "circles": [crew.id], "script": "x", "deed": "adopt",
            "side": "holder", "holder": crew.id, "card": {"name": "Kitchen"}, "asked": [], "domain": 1,
            "crews": [crew.id], "part": "purpose", "day": "2026-12-18", "person": "@ben:here", "matter": 1,
            "decisions": [1], "kept": [], "slots": ["2026-12-18T18:00+00:00", "2026-12-19T18:00+00:00"],
            "subject": "x", "contact": "@ben:here", "contacts": {"1": "@ben:here"}, "words": "x", "term": 1, "of": 1,
            "host": "@ben:here", "theme": "income", "all": True, "with": "@ben:here", "pace": "monthly", "minutes": 60, "months": 6, "at": "2026-12-18T18:00+00:00", "number": 2, "place": 0, "writing": 1, "assembly": 1,
        }  # fmt: skip
        if inquiry == "script":  # there it is an instant
            data["until"] = "2026-12-18T18:00+00:00"
        question = await Question.create(
            room=crew.id, person="@ana:here", inquiry=inquiry, data=data,
            until=house.now + timedelta(days=1),
        )  # fmt: skip
        await crew.says("ana", said, on=f"question:{question.id}")
        await crew.taps("ana", "✅", on=f"question:{question.id}")


async def test_a_question_is_answered_where_it_was_put_and_nowhere_else(house: PlayedHouse) -> None:
    crew, mine = await house.crew(), await house.private("ana")
    elsewhere = await house.room("Elsewhere", ["ana", "mal"], kind=RoomKind.CREW)
    await crew.says("ana", "!settings ask-hours 48")
    [question] = await Question.filter(room=crew.id)
    name = f"question:{question.id}"

    assert await mine.says("ana", "yes", on=name) == []
    assert await elsewhere.says("mal", "no", on=name, overheard=True) == []
    assert await elsewhere.taps("mal", "✋", on=name) == []

    [still] = await Question.filter(room=crew.id)
    assert still.answers == question.answers


@pytest.mark.parametrize("sign", ["❤️", "😂", "2️⃣"])
async def test_a_heart_is_a_heart(house: PlayedHouse, sign: str) -> None:
    crew = await house.crew()
    await crew.says("ana", "!rhythm third thursday 19:00")
    await crew.taps("ana", "✅")
    await crew.says("ana", "!move")
    [question] = await Question.filter(room=crew.id)

    assert await crew.taps("ana", sign, on=f"question:{question.id}") == []
    assert await Question.filter(id=question.id).exists()


def test_a_house_is_a_plain_value() -> None:
    assert House(me="@k:here", catalogue=CATALOGUE, keys=Keyring(bytes(32))).prefix == "!"
