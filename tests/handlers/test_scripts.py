"""Scripts of one's own: offered in private, taken up by those who will run them, and let go by them."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers.sessions.scripts import script_for, scripts_for
from practices.circles import Life, RoomKind
from practices.library import LONGEST_KEY, key, library
from practices.script import Script
from practices.understanding import NotUnderstood
from storage.people import Person
from storage.questions import Question
from storage.rooms import Room
from storage.scripts import OwnScript
from tests.handlers.played import START, PlayedHouse, PlayedRoom, person

#: What stands under a question to everybody in a room in which the daemon may take taps back.
SEEN = "*I take taps back as soon as I have them; `say yes` or `say no` in our private chat is seen by me alone.*"

PORRIDGE = """\
name: Porridge talk
purpose: Begin a day *well*.
scales: [dyad, crew, congregation]
least: 2
most: 8
phases:
  - name: Arriving
    turns: silent
    minutes: 1
  - name: Round
    turns: each
    minutes each: 2
    prompt: What woke you, <b>really</b>?
    without: advice
  - name: Bowls
    turns: silent
    minutes: 3
    form:
      fields: [how many bowls]
      choices: [none, one, two]
      shows: counts
      least: 3
keeps: [how many bowls]
"""
OTHERWISE = PORRIDGE.replace("minutes each: 2", "minutes each: 4")


async def put(house: PlayedHouse, who: str = "ana", text: str = PORRIDGE) -> list[str]:
    """Somebody sends a script for the only circle they are in."""
    private = await chat(house, who)
    await private.sends(who, "porridge.yaml", text)
    return await private.taps(who, "✅")


async def chat(house: PlayedHouse, who: str) -> PlayedRoom:
    """The private chat with somebody, which is there once."""
    there = await Room.get_or_none(private_with=person(who))
    return PlayedRoom(house, there.id) if there else await house.private(who)


async def all_agree(crew: PlayedRoom, *who: str) -> list[str]:
    told: list[str] = []
    for one in who:
        told = await crew.taps(one, "✅")
    return told


async def adopted(house: PlayedHouse, crew: PlayedRoom, text: str = PORRIDGE) -> list[str]:
    await put(house, "ana", text)
    return await all_agree(crew, "ben", "cleo")


async def names_for(crew: PlayedRoom) -> list[str]:
    return [script.name for script in await scripts_for(await crew.row())]


# ------------------------------------------------------------------------------------------- offering


async def test_a_script_is_shown_as_it_would_run_before_anybody_is_asked(
    house: PlayedHouse,
) -> None:
    crew, private = await house.crew(), await house.private("ana")

    shown, asked = await private.sends("ana", "porridge.yaml", PORRIDGE)

    assert shown == (
        "So it would run:\n\n"
        "**Porridge talk**\nBegin a day \\*well\\*\\.\n\n"
        "For a dyad or a crew or a congregation, 2 to 8 people. "
        "It takes 10 minutes for 3 people and 16 minutes for 6 people.\n\n"
        "1. **Arriving** (1 minute; in silence)\n"
        "2. **Round** (2 minutes each; each in turn)\n"
        "    What woke you\\, \\<b\\>really\\<\\/b\\>\\?\n"
        "    Not part of it: advice.\n"
        "3. **Bowls** (3 minutes; in silence)\n"
        "    ✍️ Everybody answers in private, as one of none, one, two. Sealed until everybody has answered or passed; "
        "then everybody here sees how many gave each answer, if 3 or more have answered.\n"
        "    - how many bowls\n\n"
        "Written down afterwards, and nothing else:\n\n- how many bowls"
    )
    assert asked == "Shall I put it to **Kitchen Crew**?\n\n✅ yes · ✋ no"
    assert await OwnScript.all().count() == 0
    assert len(await names_for(crew)) == len(library())


async def test_it_holds_when_every_member_has_said_yes(house: PlayedHouse) -> None:
    crew = await house.crew()

    asked, told = await put(house)

    assert asked.startswith("Ana offers **Kitchen Crew** a script:\n\n**Porridge talk**\n")
    assert asked.endswith(
        "It holds when each of you has said yes; one no, and all stays as it is.\n\n✅ yes · ✋ no\n\n"
        f"1 of 3 has said yes: proposing it is a yes.\n\n{SEEN}"
    )
    assert told.startswith("I have put it to **Kitchen Crew**. It holds when each of you")
    [waiting] = await crew.taps("ben", "✅")
    assert "\n\n2 of 3 have said yes.\n\n" in waiting
    assert await OwnScript.all().count() == 0

    edit, said = await crew.taps("cleo", "✅")

    assert edit == "✎ All 3 of you have agreed on **Porridge talk**."
    assert said == (
        "**Porridge talk** is a script of **Kitchen Crew** from now on. `!start Porridge talk` calls it. "
        "You look at it again on Monday 22 November 2027."
    )
    own = await OwnScript.get()
    assert (own.room, own.name, own.text, own.offered_by) == (
        crew.id, "Porridge talk", PORRIDGE, "@ana:here",
    )  # fmt: skip
    assert own.adopted_at == START
    assert own.review_at == datetime(2027, 11, 22, 9, 0, tzinfo=UTC)
    assert (await names_for(crew))[0] == "Porridge talk"
    assert (await script_for(await crew.row(), "porridge-talk")).minutes_for(3) == 10


async def test_one_no_ends_it_and_nothing_is_kept_of_the_offer(house: PlayedHouse) -> None:
    crew = await house.crew()
    await put(house)

    [told] = await crew.taps("ben", "✋")

    assert told == (
        "✎ **Porridge talk**: all stays as it is. Not everybody wishes it now, and that needs no reason."
    )
    assert await OwnScript.all().count() == await Question.all().count() == 0


async def test_whoever_offers_may_let_it_be_and_nothing_is_kept(house: PlayedHouse) -> None:
    await house.crew()
    private = await house.private("ana")
    await private.sends("ana", "porridge.yaml", PORRIDGE)

    assert await private.taps("ana", "✋") == ["Then I have kept nothing of it."]
    assert await Question.all().count() == 0


async def test_mistakes_are_told_with_line_and_column_and_nothing_is_kept(
    house: PlayedHouse,
) -> None:
    await house.crew()
    private = await house.private("ana")
    text = PORRIDGE.replace("minutes: 1", "minutes: -3").replace("turns: each", "turns: echo")

    [told] = await private.sends("ana", "porridge.yaml", text)

    assert told.replace("\\", "") == (
        "I could not read “porridge.yaml” yet:\n"
        "line 9, column 14: minutes needs to be more than 0; it says -3\n"
        "line 11, column 12: turns is one of together, each, others, focus, handed, silent; it says “echo”; did you mean each?\n"
        "\nNothing was changed."
    )
    assert await Question.all().count() == 0


@pytest.mark.parametrize("content", [None, "x" * 70_000, "[" * 60_000, "\x00", "", "🌷"])
async def test_a_file_that_is_no_script_is_refused_kindly(
    house: PlayedHouse, content: str | None
) -> None:
    await house.crew()
    private = await house.private("ana")

    [told] = await private.sends("ana", "odd *name*.yaml", content)

    assert "odd \\*name\\*" in told
    assert await Question.all().count() == await OwnScript.all().count() == 0


@pytest.mark.parametrize(
    "pasted",
    [f"script {PORRIDGE}", f"script\n```yaml\n{PORRIDGE}```", f"!script ```\n{PORRIDGE}\n```"],
)
async def test_a_script_can_be_pasted_with_or_without_a_fence(
    house: PlayedHouse, pasted: str
) -> None:
    await house.crew()
    private = await house.private("ana")

    shown, _asked = await private.says("ana", pasted)

    assert shown.startswith("So it would run:\n\n**Porridge talk**")


async def test_in_a_room_of_many_a_script_is_not_offered(house: PlayedHouse) -> None:
    crew = await house.crew()

    [told] = await crew.says("ana", f"!script {PORRIDGE}")

    assert told.startswith("A script is offered in our private chat")
    assert await Question.all().count() == 0


async def test_without_a_circle_it_is_shown_and_nothing_is_kept(house: PlayedHouse) -> None:
    private = await house.private("zoe")

    shown, told = await private.sends("zoe", "porridge.yaml", PORRIDGE)

    assert "Porridge talk" in shown
    assert "You are in no circle that I look after, so I have kept nothing" in told
    assert await Question.all().count() == 0


# ------------------------------------------------------------------------------------------- for whom


async def test_with_several_circles_one_is_chosen_by_its_number_or_name(house: PlayedHouse) -> None:
    await house.crew("Zebra Crew")
    kitchen = await house.crew("Kitchen Crew")
    await house.room("Ended", ["ana", "ben", "cleo"], kind=RoomKind.CREW, life=Life.CLOSED)
    await house.space("Lakeside", ["ana"], [])
    private = await house.private("ana")

    _shown, asked = await private.sends("ana", "porridge.yaml", PORRIDGE)

    assert asked == (
        "For whom is it?\n\n1. **Kitchen Crew**\n2. **Zebra Crew**\n3. **Lakeside**\n\n"
        "Tap or say its number, or ✋ for nobody."
    )
    [told] = await private.says("ana", "the other one")
    assert "the number in front of it is enough" in told
    assert (await private.says("ana", "4"))[0] == told
    await private.taps("ana", "1️⃣")
    assert [question.room for question in await Question.all()] == [kitchen.id]

    await private.sends("ana", "porridge.yaml", PORRIDGE)
    told = (await private.says("ana", "zebra crew"))[-1]
    assert told.startswith("I have put it to **Zebra Crew**.")


async def test_whoever_has_left_meanwhile_puts_nothing_to_those_who_stayed(
    house: PlayedHouse,
) -> None:
    crew, private = await house.crew(), await house.private("ana")
    await private.sends("ana", "porridge.yaml", PORRIDGE)
    await crew.leaves("ana")

    [told] = await private.says("ana", "yes")

    assert "not both in **Kitchen Crew** any more" in told
    assert await Question.filter(inquiry="script").count() == 0


async def test_whoever_is_alone_agrees_alone(house: PlayedHouse) -> None:
    await house.crew(people=["ana"])

    told = await put(house)

    assert any("is a script of **Kitchen Crew** from now on" in text for text in told)
    assert await OwnScript.all().count() == 1


async def test_people_of_no_concern_are_not_heard(house: PlayedHouse) -> None:
    crew = await house.crew()
    await put(house)

    assert await crew.taps("zoe", "✅") == []
    assert await crew.taps("zoe", "✋") == []
    assert await Question.all().count() == 1


# ---------------------------------------------------------------------------------------- replacing it


async def test_a_script_of_the_same_name_takes_the_place_of_the_first_by_consent(
    house: PlayedHouse,
) -> None:
    crew = await house.crew()
    await adopted(house, crew)
    await house.passes(timedelta(days=3))

    asked, *_ = await put(house, "ana", OTHERWISE.replace("Porridge talk", "porridge-TALK"))

    assert "It takes the place of your own **Porridge talk** of Sunday 22 November 2026." in asked
    assert (await script_for(await crew.row(), "porridge talk")).minutes_for(3) == 10
    await all_agree(crew, "ben", "cleo")
    assert (await script_for(await crew.row(), "porridge talk")).minutes_for(3) == 16
    own = await OwnScript.get()
    assert (own.name, own.adopted_at) == ("porridge-TALK", house.now)
    assert [name for name, _at in await house.hours()].count("script-review") == 1


async def test_what_is_so_already_is_not_asked_again(house: PlayedHouse) -> None:
    crew = await house.crew()
    await adopted(house, crew)

    assert await put(house) == ["**Porridge talk** is one of **Kitchen Crew** already, as it is."]


async def test_a_newer_offer_takes_the_place_of_one_that_waits(house: PlayedHouse) -> None:
    crew = await house.crew()
    await put(house)

    told = await put(house, "ben", OTHERWISE)

    assert told[0] == "✎ Asked again below."
    await all_agree(crew, "ana", "cleo")
    assert (await script_for(await crew.row(), "porridge talk")).minutes_for(3) == 16


async def test_a_script_may_have_the_name_of_one_that_everybody_has(house: PlayedHouse) -> None:
    crew, others = await house.crew(), await house.crew("Others", people=["dan", "eva", "finn"])

    asked, *_ = await put(house, "ana", PORRIDGE.replace("Porridge talk", "Case clinic"))
    await all_agree(crew, "ben", "cleo")

    assert "Among you it takes the place of the **case clinic** that everybody has." in asked
    assert (await script_for(await crew.row(), "case clinic")).minutes_for(3) == 10
    assert (await script_for(await others.row(), "case clinic")).minutes_for(3) == 55
    assert len(await names_for(crew)) == len(library())


async def test_no_more_questions_wait_than_anybody_can_follow(house: PlayedHouse) -> None:
    await house.crew()
    for number in range(5):
        await put(house, "ana", PORRIDGE.replace("Porridge talk", f"Porridge {number}"))

    [told] = await put(house, "ana", PORRIDGE)

    assert told.startswith("5 questions about scripts wait for an answer in **Kitchen Crew**")
    assert await Question.all().count() == 5


async def test_no_more_scripts_are_kept_than_anybody_looks_after(house: PlayedHouse) -> None:
    crew = await house.crew()
    for number in range(50):
        await OwnScript.create(
            room=crew.id, key=f"n{number}", name=f"n{number}", text=PORRIDGE,
            adopted_at=START, review_at=START,
        )  # fmt: skip

    [told] = await put(house)

    assert "has 50 scripts of its own already, so it was not asked" in told


# ------------------------------------------------------------------------------------------ looking


async def test_own_scripts_are_listed_first_and_one_can_be_looked_at(house: PlayedHouse) -> None:
    crew = await house.crew()
    await adopted(house, crew)

    [told] = await crew.says("ben", "!scripts")
    [shown] = await crew.says("ben", "!script porridge talk")

    assert told.startswith("Your own:\n\n- **Porridge talk**: Begin a day \\*well\\*\\.")
    assert "case clinic" in told
    assert "pod map" not in told
    assert "peer coaching" not in told
    assert shown.endswith(
        "*You agreed on it on Sunday 22 November 2026, to look at it again on Monday 22 November 2027.*"
    )


async def test_in_private_those_for_oneself_are_listed(house: PlayedHouse) -> None:
    private = await house.private("ana")

    [told] = await private.says("ana", "scripts")
    [same] = await private.says("ana", "script")

    assert told.startswith("For yourself: pod map.")
    assert same == told


async def test_a_name_that_is_none_is_answered_with_what_is_near(house: PlayedHouse) -> None:
    crew = await house.crew()

    [told] = await crew.says("ana", "!script case clinik")

    assert "Did you mean “case clinic”?" in told.replace("\\", "")
    with pytest.raises(NotUnderstood):
        await script_for(await crew.row(), "nothing of the kind")


async def test_what_can_be_read_no_more_is_left_out_and_said(house: PlayedHouse) -> None:
    crew = await house.crew()
    await OwnScript.create(
        room=crew.id, key="old", name="old", text="name: old\nway: gone",
        adopted_at=START, review_at=START,
    )  # fmt: skip

    [told] = await crew.says("ana", "!scripts")

    assert "- **old**: I cannot read it any more; offering it anew mends that" in told
    assert len(await names_for(crew)) == len(library())


@pytest.mark.parametrize("script", library().values(), ids=list(library()))
async def test_every_script_of_the_library_can_be_looked_at(
    house: PlayedHouse, script: Script
) -> None:
    crew = await house.crew()

    [told] = await crew.says("ana", f"!script {script.name}")

    assert script.phases[0].name in told.replace("\\", "")
    assert len(key(script.name)) <= LONGEST_KEY


async def test_a_script_with_very_many_words_still_fits_a_message(house: PlayedHouse) -> None:
    await house.crew()
    private = await house.private("ana")
    phases = "".join(
        f"  - name: Phase {number}\n    minutes: 1\n    prompt: '{'*!_ ' * 100}'\n"
        for number in range(40)
    )

    shown, _asked = await private.sends(
        "ana", "long.yaml", f"name: x\npurpose: y\nscales: [crew]\nphases:\n{phases}"
    )

    assert "40. **Phase 39**" in shown
    assert "the prompts are left out here" in shown


# ------------------------------------------------------------------------------------------ removing


async def test_a_script_is_let_go_by_consent_and_can_be_offered_again(house: PlayedHouse) -> None:
    crew = await house.crew()
    await adopted(house, crew)

    [asked] = await crew.says("ben", "!script remove porridge TALK")

    assert asked.startswith("Shall **Porridge talk** be a script of **Kitchen Crew** no more?")
    told = await all_agree(crew, "ana", "cleo")
    assert told[1].startswith("**Porridge talk** is a script of **Kitchen Crew** no more.")
    assert told[2] == "📄 porridgetalk.yaml"
    assert await OwnScript.all().count() == 0
    assert await house.hours() == []

    await adopted(house, crew)
    assert (await names_for(crew))[0] == "Porridge talk"


async def test_one_no_keeps_it(house: PlayedHouse) -> None:
    crew = await house.crew()
    await adopted(house, crew)
    await crew.says("ben", "!script remove porridge talk")

    await crew.taps("cleo", "✋")

    assert await OwnScript.all().count() == 1


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("case clinic", "**case clinic** is one that everybody has, so it stays."),
        ("nothing", "You have added no script of that name, so nothing was changed. You have none"),
    ],
)
async def test_what_is_not_theirs_is_not_removed(house: PlayedHouse, said: str, told: str) -> None:
    crew = await house.crew()

    [refused] = await crew.says("ana", f"!script remove {said}")

    assert refused.startswith(told)


async def test_in_private_nothing_of_a_circle_is_removed(house: PlayedHouse) -> None:
    crew = await house.crew()
    await adopted(house, crew)
    private = await chat(house, "ana")

    [told] = await private.says("ana", "script remove porridge talk")

    assert "for those who run it to decide" in told


# ------------------------------------------------------------------------------------- looking again


@pytest.mark.requirement("R16")
async def test_a_script_is_looked_at_again_after_a_year_and_the_year_after(
    house: PlayedHouse,
) -> None:
    crew = await house.crew()
    await adopted(house, crew)

    told = await house.passes(until=datetime(2028, 11, 23, tzinfo=UTC))

    text = (
        "You wanted to look at your script **Porridge talk** again. If it is still good, nothing needs to be done; "
        "`!script remove Porridge talk` proposes to let it go."
    )
    assert told == [text, text]
    assert (await OwnScript.get()).review_at.date().isoformat() == "2029-11-22"


async def test_the_number_of_months_is_what_the_circle_agreed_on(house: PlayedHouse) -> None:
    crew = await house.crew(settings={"review-months": {"value": "3", "since": "", "review": ""}})

    told = await adopted(house, crew)

    assert told[-1].endswith("You look at it again on Monday 22 February 2027.")


async def test_a_script_that_is_gone_is_not_looked_at(house: PlayedHouse) -> None:
    crew = await house.crew()
    await adopted(house, crew)
    await OwnScript.all().delete()

    assert await house.passes(timedelta(days=400)) == []


# ------------------------------------------------------------------------------------- congregations


async def lakeside(house: PlayedHouse) -> tuple[PlayedRoom, PlayedRoom, PlayedRoom]:
    """A congregation, the room in which most of it talks, and a crew of it."""
    everyone = ["ana", "ben", "cleo", "dan", "eva"]
    space = await house.space("Lakeside", everyone, ["ana"])
    await house.room("Small", ["ana", "ben"], kind=RoomKind.WORKING, congregation=space.id)
    square = await house.room("Square", everyone, kind=RoomKind.WORKING, congregation=space.id)
    crew = await house.crew("Boat Crew", ["dan", "eva", "finn"], congregation=space.id)
    return space, square, crew


async def offered_to_lakeside(house: PlayedHouse, text: str = PORRIDGE) -> list[str]:
    private = await chat(house, "cleo")
    _shown, asked = await private.sends("cleo", "porridge.yaml", text)
    assert "2. **Lakeside**" in asked
    return await private.says("cleo", "Lakeside")


async def test_a_congregation_is_asked_where_most_of_it_talks_and_silence_is_consent(
    house: PlayedHouse,
) -> None:
    space, square, crew = await lakeside(house)

    asked, told = await offered_to_lakeside(house)

    assert asked.startswith("Cleo offers **Lakeside** a script:")
    assert "or on Sunday 6 December 2026 if one more of you has said yes by then" in asked
    assert told.startswith("I have put it to **Square**.")
    [question] = await Question.all()
    assert question.room == square.id
    [waiting] = await square.taps("dan", "✅")
    assert "or on Sunday 6 December 2026" in waiting
    assert "\n\n2 of 5 have said yes.\n\n" in waiting
    assert await house.passes(timedelta(days=13)) == []

    edit, said = await house.passes(timedelta(days=2))

    assert edit == "✎ You have agreed on **Porridge talk**: nobody has said no."
    assert said.startswith("**Porridge talk** is a script of **Lakeside** from now on.")
    assert (await OwnScript.get()).room == space.id
    for room in (square, crew):
        assert (await names_for(room))[0] == "Porridge talk"
    [listed] = await crew.says("dan", "!scripts")
    assert listed.startswith("Of Lakeside:\n\n- **Porridge talk**")


async def test_without_anybody_to_second_it_all_stays_as_it_is(house: PlayedHouse) -> None:
    await lakeside(house)
    await offered_to_lakeside(house)

    told = await house.passes(timedelta(days=15))

    assert told == ["✎ **Porridge talk**: all stays as it is. Whoever likes it can offer it again."]
    assert await OwnScript.all().count() == await Question.all().count() == 0


async def test_one_no_of_a_congregation_ends_it_for_good(house: PlayedHouse) -> None:
    _space, square, _crew = await lakeside(house)
    await offered_to_lakeside(house)
    await square.taps("dan", "✅")

    await square.taps("eva", "✋")

    assert await house.passes(timedelta(days=15)) == []
    assert await OwnScript.all().count() == 0


async def test_all_of_a_congregation_need_not_wait(house: PlayedHouse) -> None:
    _space, square, _crew = await lakeside(house)
    await offered_to_lakeside(house)

    told = await all_agree(square, "ana", "ben", "dan", "eva")

    assert told[-1].startswith("**Porridge talk** is a script of **Lakeside** from now on.")
    assert [name for name, _at in await house.hours()] == ["script-review"]


async def test_a_late_hour_still_finds_the_offer(house: PlayedHouse) -> None:
    _space, square, _crew = await lakeside(house)
    await offered_to_lakeside(house)
    await square.taps("dan", "✅")

    told = await house.wakes_at(START + timedelta(days=20))

    assert told[0] == "✎ You have agreed on **Porridge talk**: nobody has said no."


async def test_a_crew_prefers_its_own_to_its_congregations(house: PlayedHouse) -> None:
    space, _square, crew = await lakeside(house)
    for room, text in ((space.id, PORRIDGE), (crew.id, OTHERWISE)):
        await OwnScript.create(
            room=room, key="porridgetalk", name="Porridge talk", text=text,
            adopted_at=START, review_at=START,
        )  # fmt: skip

    assert (await script_for(await crew.row(), "porridge talk")).minutes_for(3) == 16
    assert len(await names_for(crew)) == len(library()) + 1


async def test_a_crew_does_not_remove_what_is_its_congregations(house: PlayedHouse) -> None:
    space, square, crew = await lakeside(house)
    await OwnScript.create(
        room=space.id, key="porridgetalk", name="Porridge talk", text=PORRIDGE,
        adopted_at=START, review_at=START,
    )  # fmt: skip

    [told] = await crew.says("dan", "!script remove porridge talk")
    [asked] = await square.says("dan", "!script remove porridge talk")

    assert told == (
        "**Porridge talk** belongs to all of **Lakeside**. Nothing was changed; propose it to them in **Square**."
    )
    assert asked.startswith("Shall **Porridge talk** be a script of **Lakeside** no more?")


async def test_a_congregation_without_a_room_to_talk_in_cannot_be_asked(house: PlayedHouse) -> None:
    await house.space("Lakeside", ["ana", "ben"], ["ana"])

    [told] = await put(house)

    assert told.startswith("**Lakeside** has no room yet in which I could ask all of you")
    assert await Question.all().count() == 0


# ------------------------------------------------------------------------------------------ and beside


async def test_another_zone_has_its_own_days(house: PlayedHouse) -> None:
    crew = await house.crew(zone="Pacific/Auckland")
    await house.passes(timedelta(hours=4))
    await Person.create(id=person("ben"), zone="America/New_York")

    told = await adopted(house, crew)

    assert told[-1].endswith("You look at it again on Tuesday 23 November 2027.")
    assert ("script-review", datetime(2027, 11, 22, 21, 0, tzinfo=UTC)) in await house.hours()


async def test_settling_it_twice_keeps_it_once(house: PlayedHouse) -> None:
    crew = await house.crew()
    await adopted(house, crew)

    assert await crew.taps("cleo", "✅") == []
    assert await OwnScript.all().count() == 1


async def test_the_text_is_shown_to_nobody_but_those_it_is_for(house: PlayedHouse) -> None:
    crew, others = await house.crew(), await house.crew("Others", people=["dan", "eva", "finn"])
    await adopted(house, crew)

    [told] = await others.says("dan", "!script porridge talk")

    assert "I don't know a script" in told.replace("\\", "")
    said_there = [owed for owed in house.owed if owed.lane == others.id]
    assert "Begin a day" not in str([owed.content for owed in said_there])
