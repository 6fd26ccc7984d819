"""The pathway: what is answered reaches whoever asked and nobody else, and leaving it costs nobody anything."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

from storage.inbox import Heard, Kind, Settled
from storage.members import Member
from storage.notes import Pathway
from storage.questions import Question
from tests.handlers.played import PlayedHouse, PlayedRoom, person
from tests.handlers.test_safety import everywhere

SECRET = "zinnober"


async def friends(house: PlayedHouse) -> dict[str, PlayedRoom]:
    """Ana, Ben, Cleo, Dora and Eli share a crew."""
    people = ("ana", "ben", "cleo", "dora", "eli")
    await house.crew("Kitchen", people)
    return {who: await house.private(who) for who in people}


async def asked(
    chats: dict[str, PlayedRoom], names: str = "Ben, Cleo", who: str = "ana"
) -> list[str]:
    await chats[who].says(who, f"pathway ask {names}")
    return await chats[who].taps(who, "✅")


async def test_the_self_view_asks_three_questions_and_keeps_nothing(house: PlayedHouse) -> None:
    chats = await friends(house)
    await chats["ana"].says("ana", "pathway")

    [first] = await chats["ana"].taps("ana", "🪞")
    [second] = await chats["ana"].says("ana", f"I can {SECRET}")
    [third] = await chats["ana"].taps("ana", "⏭️")
    [end] = await chats["ana"].taps("ana", "➡️")

    assert [each.split("**")[1] for each in (first, second, third)] == [
        "Skills.",
        "With others.",
        "Character.",
    ]
    assert "🛟 `safety`" in end
    assert await everywhere(SECRET) == []
    assert await Question.all().count() == 0


@pytest.mark.requirement("R30")
async def test_one_to_three_people_are_asked_in_words_that_were_shown_before(
    house: PlayedHouse,
) -> None:
    chats = await friends(house)

    [right] = await chats["ana"].says("ana", "pathway ask Ben, Cleo and Dora")
    *questions, done = await chats["ana"].taps("ana", "✅")

    words = "**Ana** asks you, as somebody who knows them: *Which skill would best equip me for the next step on my way?*"
    assert f"To **Ben**, **Cleo**, **Dora**, each alone:\n\n> {words}" in right
    assert [words in each for each in questions] == [True] * 3
    assert done.startswith("Asked. What they answer comes to you here, and to nobody else.")


@pytest.mark.requirement("R30")
async def test_an_answer_reaches_whoever_asked_and_is_kept_nowhere(house: PlayedHouse) -> None:
    chats = await friends(house)
    await asked(chats)
    before = len(house.owed)
    await chats["ben"].taps("ben", "✏️")

    shown, asks = await chats["ben"].says("ben", f"More {SECRET}")
    assert "**Ana** would read:\n\n> More" in shown
    assert "✅ send" in asks
    assert not [o for o in house.owed[before:] if o.lane == chats["ana"].id], (
        "nothing before the ✅"
    )
    told, said = await chats["ben"].taps("ben", "✅")

    assert told.startswith(
        "**Ben** answers what you asked, which skill to grow next:\n\n> More zinnober"
    )
    assert said == "It is on its way to **Ana**, and to nobody else. Thank you."
    lanes = {o.lane for o in house.owed[before:] if SECRET in str(o.content)}
    assert lanes == {chats["ana"].id, chats["ben"].id}
    assert await everywhere(SECRET) == []


@pytest.mark.requirement("R30")
@pytest.mark.parametrize("who", ["ben", "cleo", "dora"])
async def test_no_command_or_export_of_anybody_else_shows_an_answer(
    house: PlayedHouse, who: str
) -> None:
    chats = await friends(house)
    await chats["ana"].says("ana", f"pathway choose {SECRET}")
    await asked(chats)
    await chats["ben"].taps("ben", "✏️")
    await chats["ben"].says("ben", f"More {SECRET}")
    await chats["ben"].taps("ben", "✅")
    before = len(house.owed)

    for text in ("pathway", "stop", "export", "status", "help all", "safety", "about"):
        await chats[who].says(who, text)

    for owed in house.owed[before:]:
        content = dict(owed.content or {})
        assert SECRET not in str(content) + base64.b64decode(str(content.get("data", ""))).decode()


@pytest.mark.requirement("R30")
@pytest.mark.requirement("R13")
async def test_declining_and_leaving_it_are_the_same_to_whoever_asked_and_nobody_is_reminded(
    house: PlayedHouse,
) -> None:
    chats = await friends(house)
    await asked(chats)

    said = await chats["ben"].taps("ben", "✋")
    told = await house.passes(timedelta(days=15))

    assert said == ["Good. They hear no more than “not this time”, when the two weeks are over."]
    [over] = told
    assert over == (
        "Two weeks have passed since you asked what to learn next. Whoever has not written: not this time. "
        "`pathway choose` takes one thing along."
    )


async def test_when_all_have_answered_the_end_of_the_two_weeks_is_no_news(
    house: PlayedHouse,
) -> None:
    chats = await friends(house)
    await asked(chats, "Ben")
    await chats["ben"].taps("ben", "✏️")
    await chats["ben"].says("ben", "listening")
    await chats["ben"].says("ben", "send")

    assert await house.passes(timedelta(days=15)) == []


@pytest.mark.requirement("R15")
async def test_an_answer_at_night_waits_for_the_morning(house: PlayedHouse) -> None:
    chats = await friends(house)
    await asked(chats, "Ben")
    house.now = datetime(2026, 11, 24, 23, tzinfo=UTC)
    await chats["ben"].taps("ben", "✏️")

    await chats["ben"].says("ben", f"More {SECRET}")
    [said] = await chats["ben"].taps("ben", "✅")
    waiting = await Heard.filter(kind=Kind.HOUR, state=Settled.WAITING)
    morning = await house.passes(timedelta(hours=9))
    done = await Heard.filter(kind=Kind.HOUR).exclude(state=Settled.WAITING)

    assert said.startswith("It is on its way to **Ana**")
    assert SECRET in str([row.content for row in waiting])
    assert SECRET in morning[0]
    assert all(row.content is None for row in done)


@pytest.mark.parametrize("said", ["Ben, Cleo, Dora, Eli", "nobody", "ana", "zoe", ","])
async def test_nobody_is_asked_whom_somebody_does_not_share_a_circle_with_nor_more_than_three(
    house: PlayedHouse, said: str
) -> None:
    chats = await friends(house)
    await house.crew("Elsewhere", ["zoe", "yan", "xu"])

    [told] = await chats["ana"].says("ana", f"pathway ask {said}")

    assert "so nobody was" in told
    assert await Question.all().count() == 0


async def test_a_person_of_another_homeserver_is_asked_alike(house: PlayedHouse) -> None:
    chats = await friends(house)
    await house.crew("Bridge", ["ana", "@lee:there", "eli"])

    await chats["ana"].says("ana", "pathway ask Lee")
    [question, _done] = await chats["ana"].taps("ana", "✅")

    assert question.startswith("→ lee: **Ana** asks you")


@pytest.mark.requirement("R30")
async def test_the_same_person_is_not_asked_again_within_a_season_nor_a_fourth(
    house: PlayedHouse,
) -> None:
    chats = await friends(house)
    await asked(chats, "Ben, Cleo")

    [again] = await chats["ana"].says("ana", "pathway ask Ben")
    [many] = await chats["ana"].says("ana", "pathway ask Dora, Eli")
    await house.passes(timedelta(days=91))
    [later] = await chats["ana"].says("ana", "pathway ask Ben")

    assert again.startswith(
        "You have asked **Ben** within the last 90 days, so nobody was asked now."
    )
    assert many.startswith("That would be more than 3 people whom you ask within a day")
    assert later.startswith("To **Ben**, each alone")


async def test_nobody_is_asked_by_many_at_once_and_nobody_learns_that_others_asked(
    house: PlayedHouse,
) -> None:
    chats = await friends(house)
    for who in ("ana", "cleo", "dora"):
        await asked(chats, "Ben", who)

    await chats["eli"].says("eli", "pathway ask Ben")
    [told] = await chats["eli"].taps("eli", "✅")
    over = await house.passes(timedelta(days=15))

    assert told.startswith("Asked. What they answer comes to you here")
    assert await Question.filter(person=person("ben"), inquiry="pathway-asked").count() == 3
    assert sum("Whoever has not written: not this time." in each for each in over) == 4


async def test_those_whose_question_is_not_put_take_nobody_s_place(house: PlayedHouse) -> None:
    chats = await friends(house)
    for who in ("ana", "cleo", "dora"):
        await chats["ben"].says("ben", f"pairing not with {person(who)}")
    for who in ("ana", "cleo", "dora"):
        await asked(chats, "Ben", who)

    await chats["eli"].says("eli", "pathway ask Ben")
    [question, _done] = await chats["eli"].taps("eli", "✅")

    assert question.startswith("**Eli** asks you, as somebody who knows them")


@pytest.mark.requirement("R30")
async def test_one_thing_is_chosen_sealed_shown_and_ended(house: PlayedHouse) -> None:
    chats = await friends(house)

    [kept] = await chats["ana"].says("ana", f"pathway choose {SECRET} longer")
    [shown] = await chats["ana"].says("ana", "pathway")
    sealed = await everywhere(SECRET)
    await chats["ana"].says("ana", "stop")
    [done] = await chats["ana"].says("ana", "pathway done")

    assert kept.startswith("Kept, sealed, for you alone:\n\n> zinnober longer")
    assert "Since Sunday 22 November 2026 your one thing is:\n\n> zinnober longer" in shown
    assert sealed == []
    assert done == "It is done with, and I keep it no longer."
    assert await Pathway.all().count() == 0


@pytest.mark.requirement("R12")
async def test_its_person_takes_it_along_and_forget_me_leaves_nothing_of_it(
    house: PlayedHouse,
) -> None:
    chats = await friends(house)
    await chats["ana"].says("ana", f"pathway choose {SECRET}")
    await asked(chats)
    await chats["ana"].says("ana", "export")
    content = next(owed for owed in reversed(house.owed) if owed.deed == "file").content
    found = json.loads(base64.b64decode(str((content or {})["data"])))

    await chats["ana"].says("ana", "forget me")
    await chats["ana"].says("ana", "yes")

    assert found["pathway"]["one_thing"] == SECRET
    assert found["pathway"]["asked_lately"] == 2
    assert "ben" not in json.dumps(found["pathway"])
    assert await Pathway.all().count() == await Question.all().count() == 0


async def test_an_answer_to_somebody_who_asked_to_be_forgotten_goes_nowhere(
    house: PlayedHouse,
) -> None:
    chats = await friends(house)
    await asked(chats)
    await chats["ben"].taps("ben", "✏️")
    await chats["ana"].says("ana", "forget me")
    await chats["ana"].says("ana", "yes")
    before = len(house.owed)

    await chats["ben"].says("ben", SECRET)
    await chats["ben"].taps("ben", "✅")

    assert not any(
        SECRET in str(o.content) for o in house.owed[before:] if o.lane == chats["ana"].id
    )


async def test_other_words_to_a_question_of_somebody_elses_are_not_carried(
    house: PlayedHouse,
) -> None:
    chats = await friends(house)
    await asked(chats, "Ben")

    told = await chats["ben"].says("ben", "when")
    other = await chats["ben"].says("ben", f"hm {SECRET}")

    assert "meet" in told[0] or "meeting" in told[0]
    assert other == ["✏️ write asks you for a line, ✋ not this time leaves it. Nothing was sent."]
    assert person("ben") in str([each.person for each in await Question.all()])


async def test_an_asking_that_all_have_answered_is_over_and_a_later_one_has_its_own_two_weeks(
    house: PlayedHouse,
) -> None:
    chats = await friends(house)
    await asked(chats, "Ben")
    await house.passes(timedelta(days=10))
    await asked(chats, "Cleo")
    await chats["ben"].says("ben", "write")
    await chats["ben"].says("ben", "patience")
    await chats["ben"].says("ben", "yes")

    assert await house.passes(timedelta(days=5)) == []
    [told] = await house.passes(timedelta(days=10))
    assert told.startswith("Two weeks have passed")


async def test_two_askings_that_nobody_answers_end_each_on_its_own_day(house: PlayedHouse) -> None:
    chats = await friends(house)
    await asked(chats, "Ben")
    await house.passes(timedelta(days=10))
    await asked(chats, "Cleo")

    for _ in range(2):
        [told] = await house.passes(timedelta(days=5))
        assert told.startswith("Two weeks have passed")
        await house.passes(timedelta(days=5))


async def test_whoever_is_asked_reads_a_name_that_they_know(house: PlayedHouse) -> None:
    chats = await friends(house)
    await house.crew("AA Evening", ["ana", "zoe"])
    await Member.filter(room="!aa-evening:here", person=person("ana")).update(
        name="Ana, 3 weeks sober"
    )

    told = await asked(chats, "Ben")

    assert told[0].startswith("**Ana** asks you")


@pytest.mark.requirement("R30")
async def test_what_goes_to_another_is_shown_first_and_can_be_changed_or_left(
    house: PlayedHouse,
) -> None:
    chats = await friends(house)
    await asked(chats, "Ben")
    before = len(house.owed)
    await chats["ben"].taps("ben", "✏️")
    await chats["ben"].says("ben", f"because he picks the time {SECRET}")

    [once_more] = await chats["ben"].taps("ben", "✏️")
    await chats["ben"].says("ben", "asking back")
    left = await chats["ben"].taps("ben", "✋")

    assert "Write it once more, as Ana shall read it" in once_more
    assert left == ["Nothing was sent, and nothing of it is kept."]
    assert not [o for o in house.owed[before:] if o.lane == chats["ana"].id]
    assert await everywhere(SECRET) == await everywhere("asking back") == []


async def test_whoever_writes_at_once_instead_of_tapping_is_shown_what_would_go(
    house: PlayedHouse,
) -> None:
    chats = await friends(house)
    await asked(chats, "Ben")

    shown, asks = await chats["ben"].says("ben", "you could speak later and slower")
    told, _said = await chats["ben"].taps("ben", "✅")

    assert "would read" in shown
    assert "✅ send" in asks
    assert "speak later and slower" in told
