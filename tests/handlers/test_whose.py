"""Whose call something is, by the words of the cards, and how it is handed on and told of."""

from datetime import timedelta

import pytest

from handlers.domains import matters, notices
from handlers.language import Ask, Call, Change, Say
from practices.circles import Life
from storage.decisions import Decision
from storage.domains import Domain, Matter, Notice
from storage.polls import Poll
from storage.questions import Question
from storage.rooms import Room
from tests.handlers.lakeside import Lakeside, a_lakeside, about
from tests.handlers.played import PlayedHouse, PlayedRoom, person

GARDEN = "!domain Garden; purpose: vegetables; scope: beds, compost and fence; limits: no trees"


@pytest.fixture
async def lakeside(house: PlayedHouse) -> Lakeside:
    lake = await a_lakeside(house)
    await lake.given()
    return lake


async def spoken(house: PlayedHouse, room: PlayedRoom, who: str | None = None) -> Call:
    """A call as a feature that asks a circle something has it."""
    return Call(
        key=house.key(),
        at=house.now,
        room=await room.row(),
        house=house.house,
        sender=person(who) if who else None,
    )


async def remarked(lake: Lakeside, room: PlayedRoom, words: str, who: str = "ana") -> list[Say]:
    """What is said under something that is asked in a room."""
    call = await spoken(lake.house, room, who)
    said = await matters.remark(call, call.room, words, author=person(who), origin="poll:1")
    assert all(isinstance(each, Say) for each in said)
    return [each for each in said if isinstance(each, Say)]


# ------------------------------------------------------------------------------------------- looking up


@pytest.mark.requirement("R132")
async def test_the_crew_is_found_by_a_word_of_its_scope_and_the_line_is_quoted(
    lakeside: Lakeside,
) -> None:
    [told] = await lakeside.table.says("dan", "!whose new fridge")

    assert told.replace("\\", "") == (
        "**“new fridge”**: **Kitchen Crew** decides it, and no wider vote is needed.\n\n"
        "On the card of **Kitchen**, “fridge” stands in “stove and fridge”, and no limit names it.\n\n"
        "Anybody of **Kitchen Crew** can tell you."
    )


@pytest.mark.parametrize(
    "words",
    [
        "whose call is this: new fridge?",
        "Whose call is a new fridge?",
        "whose call is it to buy a new fridge",
        "whose decision would be that, a new fridge",
        "who decides about a new fridge?",
        "who may decide a new fridge",
    ],
)
async def test_it_is_asked_as_people_ask(lakeside: Lakeside, words: str) -> None:
    [told] = await lakeside.ana.says("ana", words)

    assert "fridge" in told
    assert "That is your own circle: `!propose …` in its room." in told


async def test_who_decides_what_lists_the_domains(lakeside: Lakeside) -> None:
    [told] = await lakeside.ana.says("ana", "Who decides what?")

    assert told.startswith("Who decides what in **Lakeside**:")


async def test_whose_call_is_this_without_a_matter_is_asked_back(lakeside: Lakeside) -> None:
    [asked] = await lakeside.ana.says("ana", "whose call is this?")
    [told] = await lakeside.ana.says("ana", "new fridge")

    assert asked == "Whose call is what? A few words say it, for example: new fridge."
    assert "“fridge” stands in “stove and fridge”" in told


@pytest.mark.requirement("R132")
async def test_a_limit_that_speaks_of_it_is_quoted_and_read_by_people(lakeside: Lakeside) -> None:
    [told] = await lakeside.table.says("dan", "!whose a fridge for 400 euros")

    assert "> nothing above 200 euros" in told.replace("\\", "")
    assert "Where that limit holds, it is for **Lakeside** to decide" in told
    assert "`!propose …` asks all of you." in told


async def test_in_doubt_the_two_nearest_are_shown_and_how_to_ask(lakeside: Lakeside) -> None:
    await lakeside.given(GARDEN)
    await lakeside.linked("ben")

    [told] = await lakeside.table.says("dan", "!whose shopping for compost")

    assert "the cards do not tell. The nearest:" in told
    assert "- **Garden**, held by **Kitchen Crew**: “compost” stands in" in told
    assert "- **Kitchen**, held by **Kitchen Crew**: “shopping” stands in “shopping”" in told


async def test_whoever_speaks_for_the_crew_is_named(lakeside: Lakeside) -> None:
    await lakeside.linked("ben")

    [told] = await lakeside.table.says("dan", "!whose new fridge")

    assert "**Ben** speaks for **Kitchen Crew** about **Kitchen**." in told


async def test_what_no_card_speaks_of_is_for_the_circle_that_contains_them_all(
    lakeside: Lakeside,
) -> None:
    [told] = await lakeside.crew.says("ben", "!whose the roof")

    assert "no card speaks of it, so it is for all of **Lakeside**" in told
    assert "`!propose …` in **Commons** asks all of them." in told


async def test_while_a_crew_rests_it_is_said_who_decides_what_cannot_wait(
    lakeside: Lakeside,
) -> None:
    await Room.filter(id=lakeside.crew.id).update(life=Life.PAUSED)

    [told] = await lakeside.table.says("dan", "!whose new fridge")

    assert "rests just now; what cannot wait is for **Lakeside**" in told


async def test_a_stranger_learns_of_no_card(lakeside: Lakeside) -> None:
    stranger = await lakeside.house.private("zoe")
    alone = await lakeside.house.crew("Alone", ["gil", "hal", "ida"])

    for told in (
        await stranger.says("zoe", "whose new fridge"),
        await alone.says("gil", "!whose new fridge"),
    ):
        assert told == [
            "There is no congregation here that I look after, and so no domains: what concerns only you is yours to decide."
        ]


# ------------------------------------------------------------------------------------- what is asked there


@pytest.mark.requirement("R132")
async def test_under_what_a_crew_asks_stands_that_no_wider_vote_is_needed(
    lakeside: Lakeside,
) -> None:
    [said] = await remarked(lakeside, lakeside.crew, "We buy a new fridge")

    assert "It lies within your domain, so no wider vote is needed." in said.text
    assert "“fridge” stands in “stove and fridge”" in said.text
    assert (said.taps, said.name) == (("⬆️",), "matter:1")


@pytest.mark.requirement("R132")
async def test_under_what_a_limit_names_stands_the_limit_and_the_crew_decides_what_follows(
    lakeside: Lakeside,
) -> None:
    [said] = await remarked(lakeside, lakeside.crew, "A fridge for 900 euros")

    assert "> nothing above 200 euros" in said.text.replace("\\", "")
    assert "Whether that is so is yours to say" in said.text


async def test_where_the_cards_say_nothing_nothing_is_said(lakeside: Lakeside) -> None:
    boats = await lakeside.house.crew("Boats", ["gil", "hal"], congregation=lakeside.space.id)
    alone = await lakeside.house.crew("Alone", ["ida"])

    assert await remarked(lakeside, lakeside.crew, "We meet on Tuesdays") == []
    assert await remarked(lakeside, boats, "We buy a new fridge", "gil") == []
    assert await remarked(lakeside, alone, "We buy a new fridge", "ida") == []
    assert await Matter.all().count() == 0


async def test_in_the_room_of_all_it_is_said_that_a_crew_decides_it(lakeside: Lakeside) -> None:
    [said] = await remarked(lakeside, lakeside.table, "We buy a new fridge", "dan")

    assert "**Kitchen Crew** decides that, and no wider vote is needed." in said.text
    assert said.taps == ()
    assert await remarked(lakeside, lakeside.table, "A fridge for 900 euros", "dan") == []


async def test_what_nobody_handed_on_is_forgotten_in_time(lakeside: Lakeside) -> None:
    await remarked(lakeside, lakeside.crew, "We buy a new fridge")
    lakeside.house.now += timedelta(days=61)
    await remarked(lakeside, lakeside.crew, "We buy a new stove")

    assert [each.words for each in await Matter.all()] == ["We buy a new stove"]


# ------------------------------------------------------------------------------------------- handing on


@pytest.mark.requirement("R132")
async def test_a_proposal_is_handed_on_with_a_yes_of_whoever_made_it_and_taken_up_there(
    lakeside: Lakeside,
) -> None:
    await lakeside.crew.says("cleo", "!propose A fridge for 900 euros")
    [asked] = await lakeside.crew.says("ben", "!hand on 1")
    before = await Matter.get()
    told = await lakeside.crew.taps("cleo", "✅")
    taken = await lakeside.table.taps("finn", "🙋")

    assert "Cleo, these are your words" in asked
    assert "Nothing else leaves this room" in asked
    assert before.room == lakeside.crew.id
    [there] = about(told, "**Handed on by Kitchen Crew**, from Cleo:\n\n> A fridge for 900 euros")
    assert "> nothing above 200 euros" in there.replace("\\", "")
    assert about(told, "Number 1 here goes on as it is; `!poll 1 withdraw` ends it.")
    assert about(taken, "**Finn proposes** (proposal 2): A fridge for 900 euros")
    assert about(taken, "Finn has taken it up, as number 2.")
    assert about(taken, "**Commons** has taken up what you handed on")
    assert (await Poll.get(id=2)).room == lakeside.table.id
    assert await Matter.all().count() == 0


@pytest.mark.parametrize("words", ["⬆️", "this is not ours"])
async def test_a_tap_or_a_word_under_the_remark_hands_it_on(lakeside: Lakeside, words: str) -> None:
    await remarked(lakeside, lakeside.crew, "A fridge for 900 euros", "ben")

    if words == "⬆️":
        [asked] = await lakeside.crew.taps("ana", words, on="matter:1")
    else:
        [asked] = await lakeside.crew.says("ana", words, on="matter:1")

    assert "Ben, these are your words" in asked
    assert await lakeside.crew.taps("ana", "❤️", on="matter:1") == []


async def test_own_words_are_handed_on_too(lakeside: Lakeside) -> None:
    await lakeside.crew.says("ben", "!hand on Who mends the roof?")
    told = await lakeside.crew.taps("ben", "✅")

    assert about(told, "from Ben:\n\n> Who mends the roof")


async def test_nobody_hands_on_the_words_of_another_without_their_yes(lakeside: Lakeside) -> None:
    await lakeside.crew.says("cleo", "!propose A fridge for 900 euros")
    await lakeside.crew.says("ben", "!hand on 1")

    assert await lakeside.crew.taps("ben", "✅") == []
    told = await lakeside.crew.taps("cleo", "✋")

    assert about(told, "It stays here.")
    assert await Matter.filter(room=lakeside.table.id).count() == 0


async def test_the_words_of_somebody_who_left_go_on_when_all_agree(lakeside: Lakeside) -> None:
    await lakeside.crew.says("cleo", "!propose A fridge for 900 euros")
    await lakeside.crew.leaves("cleo")
    [asked] = await lakeside.crew.says("ben", "!hand on 1")
    await lakeside.crew.taps("ben", "✅")
    told = await lakeside.crew.taps("ana", "✅")

    assert "it is for all of you to say" in asked
    [there] = about(told, "**Handed on by Kitchen Crew**:")
    assert "Cleo" not in there


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("!hand on 77", "nothing here with the number 77"),
        ("!hand on", "What shall be handed on?"),
        ("!hand on " + "x" * 2001, "longer than 2000"),
    ],
)
async def test_what_cannot_be_handed_on_is_refused(lakeside: Lakeside, line: str, why: str) -> None:
    [told] = await lakeside.crew.says("ben", line)

    assert why in told
    assert await Matter.all().count() == 0


async def test_there_is_nothing_to_hand_on_from_the_room_of_all_or_without_one(
    lakeside: Lakeside,
) -> None:
    alone = await lakeside.house.crew("Alone", ["gil", "hal", "ida"])

    [here] = await lakeside.table.says("dan", "!hand on the roof")
    [nowhere] = await alone.says("gil", "!hand on the roof")

    assert "there is nothing to hand on" in here
    assert "there is none to hand it to: it is yours to decide" in nowhere


async def test_only_those_of_the_room_take_it_up_and_only_once(lakeside: Lakeside) -> None:
    await lakeside.crew.says("ben", "!hand on the roof leaks")
    await lakeside.crew.taps("ben", "✅")

    assert await lakeside.table.taps("zoe", "🙋", on="handed:1") == []
    assert await lakeside.table.says("finn", "nice", on="handed:1") == []
    await lakeside.table.taps("finn", "🙋", on="handed:1")
    assert await lakeside.table.taps("eva", "🙋", on="handed:1") == []
    assert await Poll.all().count() == 1


async def test_what_nobody_takes_up_rests_and_the_crew_is_told(lakeside: Lakeside) -> None:
    await lakeside.crew.says("ben", "!hand on the roof leaks")
    await lakeside.crew.taps("ben", "✅")

    told = await lakeside.house.passes(timedelta(days=15))

    assert about(told, "✎ > the roof leaks\n\nIt rests.")
    assert about(told, "What you handed on rests in **Commons** for now")
    assert await Matter.all().count() == 0


async def test_what_waits_goes_with_the_room_it_waits_in(lakeside: Lakeside) -> None:
    await lakeside.crew.says("ben", "!hand on the roof leaks")
    await lakeside.crew.taps("ben", "✅")
    await lakeside.table.reports(Change.REMOVED)

    assert await Matter.all().count() == 0
    assert await lakeside.house.passes(timedelta(days=15)) == []


# --------------------------------------------------------------------------------------------- telling


async def kept(lake: Lakeside, what: str) -> Decision:
    """A crew's decision, of which nobody was asked anything yet."""
    return await Decision.create(
        room=lake.crew.id, what=what, person=person("ben"), made_at=lake.house.now
    )


async def decided(lake: Lakeside, what: str) -> list[Ask]:
    """A crew's decision is kept, and whoever wrote it down is asked."""
    row = await kept(lake, what)
    call = await spoken(lake.house, lake.crew, "ben")
    asked = await notices.decided(call, call.room, row)
    for each in asked:
        assert isinstance(each, Ask)
        await Question.create(
            room=lake.crew.id, person=each.person, inquiry=each.inquiry, data=dict(each.data), until=each.until,
        )  # fmt: skip
    return [each for each in asked if isinstance(each, Ask)]


@pytest.mark.requirement("R132")
async def test_the_circle_that_gave_a_domain_is_told_in_a_line_when_the_crew_says_so(
    lakeside: Lakeside,
) -> None:
    [asked] = await decided(lakeside, "We bought a stove")

    told = await lakeside.crew.says("ben", "yes")

    assert "By its card that lies within **Kitchen**, so no wider vote is needed." in asked.text
    assert about(told, "**Kitchen Crew** has decided, within **Kitchen**:\n\n- We bought a stove")


async def test_what_the_crew_keeps_to_itself_is_told_to_nobody(lakeside: Lakeside) -> None:
    await decided(lakeside, "We bought a stove")
    told = await lakeside.crew.says("ben", "no")
    later = await lakeside.house.passes(timedelta(days=40))

    assert told == ["✎ Good: it stays here."]
    assert not about(later, "stove")


async def test_what_lies_outside_by_the_card_is_not_even_asked_about(lakeside: Lakeside) -> None:
    assert await decided(lakeside, "We part for the summer") == []
    assert await decided(lakeside, "A stove for 900 euros") == []
    assert await Notice.all().count() == 0


async def test_many_are_told_together_once_a_month(lakeside: Lakeside) -> None:
    for what in ("stove one", "stove two", "stove three"):
        await decided(lakeside, what)
        assert about(await lakeside.crew.says("ben", "yes"), what)
    await decided(lakeside, "stove four")
    waits = await lakeside.crew.says("ben", "yes")
    told = await lakeside.house.passes(timedelta(days=31))

    assert waits == ["✎ Good: it is told with the others, once a month."]
    assert about(told, "has decided, within **Kitchen**:\n\n- stove four")


async def test_what_nobody_was_asked_about_is_asked_of_whoever_speaks_for_the_crew(
    lakeside: Lakeside,
) -> None:
    await lakeside.linked("ana")
    await kept(lakeside, "shopping is on Fridays")
    await kept(lakeside, "we part for the summer")

    asked = about(await lakeside.house.passes(timedelta(days=31)), "Shall I tell the circle")
    told = await lakeside.ana.says("ana", "yes")
    again = await lakeside.house.passes(timedelta(days=31))

    assert len(asked) == 1
    assert "summer" not in asked[0]
    assert about(told, "- shopping is on Fridays")
    assert not about(again, "Fridays")


async def test_without_anybody_who_speaks_for_the_crew_nothing_leaves_it(
    lakeside: Lakeside,
) -> None:
    await kept(lakeside, "shopping on Fridays")

    told = await lakeside.house.passes(timedelta(days=40))

    assert not about(told, "Fridays")
    assert [hour for hour, _at in await lakeside.house.hours() if hour == "domain-month"]


async def test_a_domain_that_ended_tells_nothing_more(lakeside: Lakeside) -> None:
    await decided(lakeside, "We bought a stove")
    await Domain.all().update(stage="returned")

    told = await lakeside.crew.says("ben", "yes")

    assert told == ["✎ That is not asked any more; nothing was told."]


@pytest.mark.requirement("R132")
async def test_under_a_proposal_stands_whose_call_it_is(lakeside: Lakeside) -> None:
    inside = await lakeside.crew.says("ana", "!propose We buy a new fridge")
    wider = await lakeside.table.says("dan", "!propose We buy a new fridge")

    assert any("no wider vote is needed" in said for said in inside)
    assert any("no wider vote is needed" in said for said in wider)


@pytest.mark.requirement("R132")
async def test_under_a_consent_round_stands_whose_call_it_is(lakeside: Lakeside) -> None:
    told = await lakeside.crew.says("ana", "!consent We buy a new fridge")

    assert any("no wider vote is needed" in said for said in told)


@pytest.mark.requirement("R132")
async def test_a_tap_on_the_board_hands_a_proposal_on(lakeside: Lakeside) -> None:
    await lakeside.crew.says("ana", "!propose We paint the boat house")

    told = await lakeside.crew.taps("ana", "⬆️", on="poll:1")

    assert told
    assert await Matter.all().count() == 1
