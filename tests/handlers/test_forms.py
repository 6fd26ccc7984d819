"""Forms: asked privately, sealed, opened for all at one moment, and gone within a day."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.language import Call, Effect
from handlers.sessions import forms
from practices import library
from practices.script import Field, Form, Opens, Phase, Shows
from storage.inbox import Heard
from storage.outbox import Deed, Delivery, Owed
from storage.people import Person
from storage.questions import Question
from storage.rooms import Room
from storage.shares import OpenForm, Said, Seal, Share, forget_overdue
from tests.handlers.played import ME, PlayedHouse, a_house, person
from tests.handlers.written import PEOPLE, Circle, phase, played, texts

FIVE = (*PEOPLE, "dora", "emil")
NOTES = Form(fields=(Field(name="worked", text="What worked?"), Field(name="not", text="And not?")))
ONE = Form(fields=(Field(name="word", text="One word?"),))
ALL = list(HealthCheck)


def of(script: str, sitting: int = 0) -> Phase:
    [found] = [each for each in library.find(script).sittings[sitting].phases if each.form][:1]
    return found


async def everything() -> str:
    """All that the database holds, as text."""
    rows = []
    for model in (Heard, OpenForm, Owed, Question, Said, Share):
        rows += await model.all().values()
    return json.dumps(rows, default=str, ensure_ascii=False)


# -------------------------------------------------------------------------------------------- asking


@pytest.mark.requirement("R10")
async def test_each_is_asked_privately_and_learns_what_becomes_of_an_answer_before_giving_it(
    house: PlayedHouse,
) -> None:
    circle = await Circle.of(house)

    await circle.asks(phase(NOTES))

    assert circle.in_room() == []
    for who in PEOPLE:
        [asked] = circle.to(who)
        assert asked.startswith("**Notes** – 1 of 2\n\nWhat worked?\n\n⏭️ pass · ✋ stop\n\n")
        assert "with your name, to all of you, when everybody has answered or passed" in asked
        assert "Within a day after that it is gone." in asked


TERMS = [
    (Form(fields=ONE.fields, shows=Shows.UNNAMED), "without names, in no order of writing"),
    (Form(fields=ONE.fields, shows=Shows.COUNTS, choices=("a", "b")), "how many gave each answer"),
    (
        Form(fields=ONE.fields, shows=Shows.OVERLAPS, choices=("a", "b")),
        "only where everybody opened",
    ),
    (
        Form(fields=ONE.fields, shows=Shows.AVERAGE, scale=(1, 7), least=5),
        "only if 5 of you answer",
    ),
    (Form(fields=ONE.fields, shows=Shows.NOTHING), "Nobody sees it but you: I keep none of it"),
    (Form(fields=ONE.fields, only_to_writers=True), "to those who write one"),
    (Form(fields=ONE.fields, opens=Opens.PHASE), "when this part of your sitting ends"),
    (Form(fields=ONE.fields, opens=Opens.HOURS, hours=48), "Tuesday 24 November, 10:00"),
]


@pytest.mark.parametrize(("form", "term"), TERMS, ids=[term for _, term in TERMS])
async def test_every_form_says_what_is_shown_to_whom_and_when(
    house: PlayedHouse, form: Form, term: str
) -> None:
    circle = await Circle.of(house)

    await circle.asks(phase(form))

    assert term in circle.to("ana")[0]


async def test_a_phase_without_a_form_asks_nothing_and_one_asked_twice_is_asked_once(
    house: PlayedHouse,
) -> None:
    circle = await Circle.of(house)

    assert await circle.asks(phase(None)) == []
    assert len(await circle.asks(phase(ONE), 1)) == 3
    assert await circle.asks(phase(ONE), 1) == []


@pytest.mark.requirement("R15")
async def test_outside_a_sitting_nobody_is_asked_at_night_and_the_reminder_comes_once(
    house: PlayedHouse,
) -> None:
    circle = await Circle.of(house)
    await Person.create(id=person("ben"), zone="Pacific/Honolulu")

    await played(
        house,
        circle.room.id,
        lambda call: forms.ask_form(
            call,
            call.room,
            replace(ONE, opens=Opens.HOURS, hours=72),
            [person(who) for who in PEOPLE],
            title="Weekly word",
            about="word",
        ),
    )

    assert (len(circle.to("ana")), circle.to("ben")) == (1, [])
    await house.passes(until=datetime(2026, 11, 22, 18, 1, tzinfo=UTC))
    assert len(circle.to("ben")) == 1
    assert "Tuesday 24 November, 23:00" in circle.to("ben")[0]
    await circle.says("cleo", "calm waters")
    await house.passes(timedelta(days=4))
    reminded = [who for who in PEOPLE if "is still there" in "".join(circle.to(who))]
    assert reminded == ["ana", "ben"]
    assert sum("is still there" in text for who in PEOPLE for text in circle.to(who)) == 2


async def test_a_form_of_its_own_is_asked_once_at_a_time_and_never_for_a_moment_gone_by(
    house: PlayedHouse,
) -> None:
    circle = await Circle.of(house)

    async def asked(call: Call) -> list[Effect]:
        with pytest.raises(ValueError, match="after it is asked"):
            await forms.ask_form(call, call.room, ONE, [], title="W", about="w", opens_at=call.at)
        return await forms.ask_form(call, call.room, ONE, [person("ana")], title="W", about="w")

    assert len(await played(house, circle.room.id, asked)) == 1
    assert await played(house, circle.room.id, asked) == []


# --------------------------------------------------------------------------------------- the answers


@pytest.mark.requirement("R78")
async def test_nothing_is_shown_until_the_last_one_has_answered_and_then_all_of_it(
    house: PlayedHouse,
) -> None:
    circle = await Circle.of(house)
    await circle.asks(phase(NOTES))
    await circle.says("cleo", "the soup", "the *hurry*\n\nand @room")
    await circle.says("ana", "songs")
    await circle.says("ben", "walking", "waiting")
    assert circle.in_room() == []

    told = await circle.says("ana", "noise")

    assert told[0] == "Thank you. That was all."
    [opened] = circle.in_room()
    assert opened.startswith("**Notes**\n\n**Ana**\n\n*worked*: songs\n\n*not*: noise\n\n**Ben**")
    assert opened.index("**Ben**") < opened.index("**Cleo**") < opened.index("the soup")
    assert opened.endswith("taken back within a day.*")


@pytest.mark.requirement("R10")
async def test_a_pass_takes_one_action_and_leaves_no_trace_once_it_is_open(
    house: PlayedHouse,
) -> None:
    circle = await Circle.of(house)
    await circle.asks(phase(ONE))
    await circle.says("ana", "river")
    await circle.says("ben", "mountain")

    told = await circle.chats["cleo"].taps("cleo", "⏭️")

    assert told[0] == "Thank you. That was all."
    [row] = await OpenForm.all()
    assert (row.seal, row.people, row.waiting) == (Seal.OPENED, [], [])
    assert await Share.all().count() == 0
    assert not [text for text in circle.in_room() if "Cleo" in text]
    # What is noted of Cleo's is what is noted of the others: one message of theirs, whatever it said.
    noted = [each.target for each in await Said.filter(place=circle.chats["cleo"].id)]
    assert len(noted) == len(
        await Said.filter(place=circle.chats["ana"].id, target__startswith="$")
    )


@pytest.mark.requirement("R10")
async def test_stop_ends_the_questions_and_nobody_waits_any_longer(house: PlayedHouse) -> None:
    circle = await Circle.of(house)
    await circle.asks(phase(NOTES))
    await circle.says("ana", "songs", "noise")
    await circle.says("ben", "walking", "waiting")
    await circle.says("cleo", "soup")

    told = await circle.chats["cleo"].taps("cleo", "✋")

    assert told[0] == "Thank you. That was all."
    assert "*worked*: soup" in circle.in_room()[0]
    assert not await Question.filter(person=person("cleo"), until__gt=house.now + forms.GRACE)


async def test_a_typed_stop_ends_the_questions_too(house: PlayedHouse) -> None:
    circle = await Circle.of(house)
    await circle.asks(phase(ONE))
    await circle.says("ana", "stop")
    await circle.says("ben", "mountain")

    await circle.says("cleo", "river")

    assert "mountain" in circle.in_room()[0]
    assert "Ana" not in circle.in_room()[0]


async def test_a_choice_is_tapped_typed_or_nearly_typed_and_said_back_once(
    house: PlayedHouse,
) -> None:
    circle = await Circle.of(house)
    wish = Form(
        fields=(Field(name="food", text="Food"), Field(name="home", text="Home")),
        choices=("none", "small", "large"),
        shows=Shows.COUNTS,
    )
    await circle.asks(phase(wish))
    assert "1️⃣ none · 2️⃣ small · 3️⃣ large" in circle.to("ana")[0]
    await circle.chats["ana"].taps("ana", "3️⃣")

    puzzled = await circle.says("ana", "not at all my thing")
    told = await circle.says("ana", "smal")

    assert puzzled[0].replace("\\", "").startswith("Say none, small or large.")
    assert told[0].startswith("Thank you. I understood:\n\n**large** – Food\n\n**small** – Home")
    assert "✏️ change · 🗑️ take back" in told[0]


async def test_what_was_written_can_be_changed_until_it_opens(house: PlayedHouse) -> None:
    circle = await Circle.of(house)
    await circle.asks(phase(NOTES))
    await circle.says("ana", "songs", "noise")

    [which] = await circle.says("ana", "change")
    assert "1. What worked?" in which.replace("\\", "")
    await circle.says("ana", "2")
    [told] = await circle.says("ana", "nothing at all")
    assert told.startswith("Thank you. What you wrote is sealed.")
    for who in ("ben", "cleo"):
        await circle.chats[who].taps(who, "✋")

    [opened] = circle.in_room()
    assert "*worked*: songs" in opened
    assert "*not*: nothing at all" in opened
    assert "noise" not in opened
    assert await circle.says("ana", "perhaps") != []


async def test_passing_a_question_again_takes_its_answer_out(house: PlayedHouse) -> None:
    circle = await Circle.of(house)
    await circle.asks(phase(ONE))
    await circle.says("ana", "river", "change")

    [told] = await circle.says("ana", "pass")

    assert told.startswith("Thank you. Nothing of yours will be shown, and that needs no reason.")
    assert await Share.all().count() == 0


async def test_what_was_written_can_be_taken_back(house: PlayedHouse) -> None:
    circle = await Circle.of(house)
    await circle.asks(phase(ONE))
    [kept] = await circle.says("ana", "river", "what is for dinner?")
    assert "stays as it is" in kept

    told = await circle.chats["ana"].taps("ana", "🗑️")

    assert told == ["Deleted. Nobody has seen it, and nothing of yours will be shown."]
    assert await Share.all().count() == 0


async def test_whoever_writes_too_late_hears_so_and_nothing_is_added(house: PlayedHouse) -> None:
    circle = await Circle.of(house)
    await circle.asks(phase(replace(ONE, opens=Opens.PHASE)))
    await circle.says("ana", "river")
    await circle.ends()

    told = await circle.says("ben", "mountain")

    assert told[0].startswith("This has opened already, so what you just wrote was not added")
    assert "mountain" not in await everything()
    assert len(circle.in_room()) == 1


async def test_changing_after_the_opening_changes_nothing(house: PlayedHouse) -> None:
    circle = await Circle.of(house)
    await circle.asks(phase(replace(ONE, opens=Opens.PHASE)))
    await circle.says("ana", "river")
    question = circle.chats["ana"].tappable()
    await circle.ends()

    assert await circle.chats["ana"].taps("ana", "✏️", on=question) == [
        "That question is closed: it was answered, or its time is over. Nothing was changed."
    ]


@pytest.mark.requirement("R11")
async def test_whoever_leaves_takes_along_what_they_wrote_and_nobody_waits_for_them(
    house: PlayedHouse,
) -> None:
    circle = await Circle.of(house)
    await circle.asks(phase(ONE))
    await circle.says("ana", "river")
    await circle.says("ben", "mountain")
    await circle.room.leaves("ana")
    assert await Share.filter(person=person("ana")).count() == 0
    assert not [text for text in circle.in_room() if "mountain" in text]

    await circle.room.leaves("cleo")

    [opened] = [text for text in circle.in_room() if "mountain" in text]
    assert "river" not in opened


# ----------------------------------------------------------------------------------------- the scripts


@pytest.mark.requirement("R78")
async def test_the_smorgasbord_shows_only_the_fields_that_each_person_opened(
    house: PlayedHouse,
) -> None:
    circle = await Circle.of(house)
    asked = of("smörgåsbord")
    assert asked.form is not None
    assert len(asked.form.fields) == 20
    await circle.asks(asked)
    closed = [number for number, field in enumerate(asked.form.fields) if field.sensitive]
    assert len(closed) >= 3
    for who, left_out in (("ana", {0}), ("ben", set()), ("cleo", {1, closed[0]})):
        for number in range(20):
            opened = number not in left_out and (number != closed[1] or who == "ana")
            [*_, told] = await circle.says(who, "large" if opened else "pass")
            if who != "cleo" or number < 19:
                assert circle.in_room() == []
                assert told

    [shown] = circle.in_room()

    lines = [line for line in shown.split("\n\n") if line.startswith("**large 3** – ")]
    texts_ = [field.text for field in asked.form.fields]
    assert len(lines) == 20 - 4
    for number in (0, 1, *closed[:2]):
        assert texts_[number] not in shown
    assert not [name for name in ("Ana", "Ben", "Cleo") if name in shown]


@pytest.mark.requirement("R78")
async def test_a_sensitive_field_says_that_it_stays_closed_unless_one_answers(
    house: PlayedHouse,
) -> None:
    circle = await Circle.of(house)
    form = Form(
        fields=(Field(name="faith", text="Faith", sensitive=True),),
        choices=("none", "small"),
        shows=Shows.OVERLAPS,
    )
    await circle.asks(phase(form))
    assert "This one stays closed unless you open it, by answering." in circle.to("ana")[0]
    assert "⏭️ leave closed, or pass" in circle.to("ana")[0]
    await circle.says("ana", "small")
    await circle.says("ben", "small")

    await circle.says("cleo", "leave closed")

    [shown] = circle.in_room()
    assert "there is no field that all of you opened. That says nothing about anybody" in shown


@pytest.mark.requirement("R79")
async def test_the_pulse_shows_one_average_for_each_statement_from_five_answers_on(
    house: PlayedHouse,
) -> None:
    circle = await Circle.of(house, FIVE)
    await circle.asks(of("safety pulse"))
    for number, who in enumerate(FIVE):
        await circle.says(who, *(str(number % 7 + 1) for _ in range(7)))
    assert circle.in_room() == []

    await circle.ends()

    [shown] = circle.in_room()
    assert shown.startswith("**Seven statements** – to begin talking from; it measures nobody.")
    assert shown.count("**3.0** – ") == 7


@pytest.mark.requirement("R79")
@settings(derandomize=True, deadline=None, max_examples=6, suppress_health_check=ALL)
@given(st.lists(st.integers(1, 7), min_size=4, max_size=4), st.integers(0, 4))
async def test_with_fewer_than_five_the_pulse_shows_nothing_but_a_kind_sentence(
    numbers: list[int], wrote: int
) -> None:
    async with a_house() as house:
        circle = await Circle.of(house, FIVE)
        await circle.asks(of("safety pulse"))
        for who, number in zip(FIVE[:wrote], numbers, strict=False):
            await circle.says(who, *(str(number) for _ in range(7)))

        await circle.ends()

        [shown] = circle.in_room()
        assert shown == (
            "**Seven statements** – it needs 5 answers to show something without showing anybody, "
            "so it stays closed. Talking works with any number."
        )


async def test_the_notes_of_a_retrospective_open_together_as_their_part_ends(
    house: PlayedHouse,
) -> None:
    circle = await Circle.of(house)
    await circle.asks(of("retrospective"))
    await circle.says("cleo", "apples", "wasps")
    await circle.says("ana", "zest", "pass")
    await circle.says("ben", "moss", "cold")
    assert circle.in_room() == []

    await circle.asks(phase(None), 1)

    [shown] = circle.in_room()
    assert "– apples\n\n– moss\n\n– zest" in shown
    assert "– cold\n\n– wasps" in shown


async def test_a_part_that_nobody_ends_opens_when_its_time_is_over(house: PlayedHouse) -> None:
    circle = await Circle.of(house)
    await circle.asks(phase(replace(ONE, opens=Opens.PHASE), minutes=10))
    await circle.says("ana", "river")

    await house.passes(timedelta(minutes=9))
    before = list(circle.in_room())
    await house.passes(timedelta(minutes=1))

    assert before == []
    assert len(circle.in_room()) == 1


async def test_what_is_for_its_writer_alone_is_not_kept_and_not_taken_back(
    house: PlayedHouse,
) -> None:
    circle = await Circle.of(house)
    await circle.asks(phase(replace(ONE, shows=Shows.NOTHING, opens=Opens.PHASE)))

    [told] = await circle.says("ana", "swim daily")
    await circle.closes()
    later = await house.passes(timedelta(days=2))

    assert told == "Thank you. It stays with you."
    assert await Share.all().count() == 0
    assert (circle.in_room(), later) == ([], [])


# --------------------------------------------------------------------------------------------- closing


async def test_closing_opens_what_has_no_later_moment_of_its_own(house: PlayedHouse) -> None:
    circle = await Circle.of(house)
    await circle.asks(phase(ONE), 0)
    await circle.says("ana", "river")
    await circle.asks(phase(replace(ONE, opens=Opens.HOURS, hours=24)), 1)
    await circle.says("ana", "change", "ocean")
    await circle.says("ben", "mountain")

    await circle.closes()

    assert len(circle.in_room()) == 1
    assert "river" in circle.in_room()[0]
    await house.passes(timedelta(hours=23, minutes=59))
    assert len(circle.in_room()) == 1
    await house.passes(timedelta(minutes=1))
    assert len(circle.in_room()) == 2
    assert "mountain" in circle.in_room()[1]


@pytest.mark.requirement("R8", "R66")
async def test_shares_of_a_written_round_are_noted_without_a_word_and_taken_back_within_a_day(
    house: PlayedHouse,
) -> None:
    circle = await Circle.of(house)

    assert await circle.hears("$first") == []
    assert await circle.hears("$second") == []
    assert await circle.closes() == []
    assert await house.passes(timedelta(hours=22)) == []
    told = await house.passes(timedelta(hours=2))

    assert sorted(told) == ["⌫ $first", "⌫ $second"]
    assert await Said.all().count() == 0
    assert await house.passes(timedelta(days=10)) == []


@pytest.mark.requirement("R8")
async def test_a_round_that_nobody_closes_is_taken_back_all_the_same(house: PlayedHouse) -> None:
    circle = await Circle.of(house)
    await circle.hears("$first")

    assert await house.passes(timedelta(days=7)) == ["⌫ $first"]


@pytest.mark.requirement("R8")
async def test_a_day_after_opening_nothing_is_left_of_what_was_written(house: PlayedHouse) -> None:
    circle = await Circle.of(house)
    await circle.asks(phase(ONE))
    for who, word in zip(PEOPLE, ("river", "mountain", "ocean"), strict=True):
        await circle.says(who, word)
    own = [each.target for who in PEOPLE for each in await Said.filter(place=circle.chats[who].id)]
    names = [owed.name for owed in house.owed if owed.lane == circle.room.id]

    told = await house.passes(timedelta(hours=24))

    assert {f"⌫ {each}" for each in (*own, *names)} <= set(told)
    assert len([each for each in own if each.startswith("$")]) == 3
    assert [await model.all().count() for model in (OpenForm, Share, Said)] == [0, 0, 0]
    kept = await everything()
    assert not [word for word in ("river", "mountain", "ocean") if word in kept]


@pytest.mark.requirement("R8")
async def test_what_was_said_back_in_private_is_taken_back_too(house: PlayedHouse) -> None:
    circle = await Circle.of(house)
    wish = Form(fields=ONE.fields, choices=("none", "large"), shows=Shows.COUNTS)
    await circle.asks(phase(wish))
    await circle.says("ana", "large")
    confirmation = circle.chats["ana"].tappable()
    await circle.closes()

    told = await house.passes(timedelta(hours=24))

    assert f"⌫ {confirmation}" in told


@pytest.mark.requirement("R8")
async def test_where_the_room_does_not_let_us_people_are_asked_kindly_and_once(
    house: PlayedHouse,
) -> None:
    circle = await Circle.of(house)
    for room in (circle.room, *circle.chats.values()):
        await Room.filter(id=room.id).update(power={"users": {ME: 0}})
    await circle.hears("$first")
    await circle.hears("$second")
    await circle.asks(phase(NOTES))
    for who in PEOPLE:
        await circle.says(who, "this", "that")
    await circle.closes()

    told = await house.passes(timedelta(hours=24))

    kind = [text for text in told if "you can delete them yourself" in text]
    assert len(kind) == len(PEOPLE)
    [asked] = [text for text in told if "each of you can delete your own" in text]
    assert not [text for text in told if text.startswith("⌫ $")]
    assert not [who for who in PEOPLE if who.capitalize() in asked]
    assert not [text for text in await house.passes(timedelta(days=3)) if "delete" in text]


@pytest.mark.requirement("R8")
async def test_what_could_not_be_said_in_time_does_not_wait_with_peoples_words(
    house: PlayedHouse,
) -> None:
    circle = await Circle.of(house)
    await circle.asks(phase(ONE))
    for who, word in zip(PEOPLE, ("river", "mountain", "ocean"), strict=True):
        await circle.says(who, word)
    [opened] = [owed for owed in house.owed if (owed.name or "").startswith("opened:")]
    stuck: dict[str, object] = {"text": "river", "mention": [], "thread": None}
    await Owed.filter(id=opened.id).update(state=Delivery.OWED, content=stuck)
    await Owed.create(
        transaction="wedged", lane=circle.room.id, deed=Deed.SEND, name=opened.name,
        content=stuck, state=Delivery.WEDGED, made_at=house.now,
    )  # fmt: skip

    await house.passes(timedelta(hours=24))

    assert "river" not in await everything()
    assert not await Owed.exists(transaction="wedged")


async def test_letting_a_circle_go_takes_everything_back_at_once(house: PlayedHouse) -> None:
    circle = await Circle.of(house)
    await circle.hears("$first")
    await circle.asks(phase(ONE))
    await circle.says("ana", "river")

    told = await played(house, circle.room.id, lambda call: forms.shredded(call, call.room))

    assert "⌫ $first" in told
    assert [await model.all().count() for model in (OpenForm, Share, Said)] == [0, 0, 0]
    assert await Question.all().count() == 0


@pytest.mark.requirement("R8")
async def test_what_an_hour_failed_to_open_is_deleted_a_day_later(house: PlayedHouse) -> None:
    circle = await Circle.of(house)
    await circle.asks(phase(replace(ONE, opens=Opens.HOURS, hours=1)))
    await circle.says("ana", "river")

    assert await forget_overdue(house.now + timedelta(hours=24)) == []
    assert await forget_overdue(house.now + timedelta(hours=26)) == [1]

    assert await Share.all().count() == 0


async def test_what_was_sealed_opens_though_the_room_was_replaced(house: PlayedHouse) -> None:
    circle = await Circle.of(house)
    await circle.asks(phase(replace(ONE, opens=Opens.HOURS, hours=1)))
    await circle.says("ana", "river")
    new = await house.crew("Kitchen Crew Anew")
    await OpenForm.all().update(room=new.id)

    await house.passes(timedelta(hours=1))

    assert "river" in texts(house, new.id)[0]


# ------------------------------------------------------------------------------- what the database holds


@pytest.mark.requirement("R8", "R9")
async def test_before_it_opens_the_database_holds_no_word_in_the_clear(house: PlayedHouse) -> None:
    circle = await Circle.of(house)
    await circle.asks(phase(NOTES))
    secret = "vermilion elephants"
    await circle.says("ana", secret, f"{secret} again", "change", "1", f"{secret} anew")

    assert await Share.all().count() == 2
    assert secret not in await everything()
    assert "vermilion" not in await everything()


async def test_long_answers_go_into_several_messages_that_homeservers_take(
    house: PlayedHouse,
) -> None:
    circle = await Circle.of(house)
    await circle.asks(phase(NOTES))
    for who in PEOPLE:
        await circle.says(who, "*_#" * 1300, f"{who} <&>" * 400)

    shown = circle.in_room()

    assert len(shown) > 3
    assert "".join(shown).count("*_#" * 1300) == 3
    noted = await Said.filter(place=circle.room.id)
    assert len(noted) == len(shown)
