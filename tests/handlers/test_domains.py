"""Domains: given and accepted by consent, looked at again, and returned without blame."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers.domains.cards import card_of
from handlers.language import Change
from practices.circles import Life
from storage.domains import Domain, Link, Matter, Notice, Stage
from storage.inbox import Heard, Kind, Settled
from storage.members import Member
from storage.questions import Question
from storage.rooms import Room
from tests.handlers.lakeside import KITCHEN, Lakeside, a_lakeside, about, holds
from tests.handlers.played import PlayedHouse, PlayedRoom, person

#: Three weeks before the evaluation, and the day itself.
ASKED = datetime(2027, 5, 1, 8, 5, tzinfo=UTC)
EVALUATED = datetime(2027, 5, 22, 8, 5, tzinfo=UTC)


@pytest.fixture
async def lakeside(house: PlayedHouse) -> Lakeside:
    return await a_lakeside(house)


# --------------------------------------------------------------------------------------- drawing it up


async def test_without_domains_the_list_says_how_one_begins(lakeside: Lakeside) -> None:
    [here] = await lakeside.crew.says("ben", "!domains")
    [private] = await lakeside.ana.says("ana", "domains")

    assert "No domain holds in **Lakeside** yet" in here
    assert "`!domain` here begins one" in here
    assert "`!domain` in a crew's room or in **Commons** begins one" in private


async def test_a_card_is_drawn_up_question_by_question_in_private(lakeside: Lakeside) -> None:
    told = await lakeside.crew.says("ana", "!domain")
    for said in (
        "Kitchen", "everybody eats", "- stove and fridge\n- shopping, also on Sundays", "all of us", "⏭️", "200 a month",
        "the room on Fridays", "nobody goes hungry",
    ):  # fmt: skip
        await lakeside.ana.says("ana", said)
    [understood] = await lakeside.ana.says("ana", "in 7 months")

    assert told[-1] == "I have asked you in our private chat."
    assert understood.startswith("I understood:\n\n**Kitchen**\n\nPurpose: everybody eats")
    assert "- shopping, also on Sundays" in understood
    assert "Limits" not in understood
    assert "Evaluation: Tuesday 22 June 2027" in understood
    assert await Domain.all().count() == 0


async def test_without_its_purpose_there_is_no_domain(lakeside: Lakeside) -> None:
    await lakeside.crew.says("ana", "!domain")
    await lakeside.ana.says("ana", "Kitchen")
    [told] = await lakeside.ana.says("ana", "⏭️")

    assert told.startswith("Without that it is no domain.")


async def test_whoever_says_it_in_one_line_is_asked_only_for_what_matters(
    lakeside: Lakeside,
) -> None:
    [asked, _] = await lakeside.crew.says(
        "ana", "!domain Kitchen; purpose: food; scope: stove, shopping"
    )
    [understood] = await lakeside.ana.says("ana", "none")

    assert "What does it not decide by itself?" in asked
    assert "Evaluation: Saturday 22 May 2027" in understood


async def test_what_was_understood_is_changed_by_a_label_and_dropped_by_a_no(
    lakeside: Lakeside,
) -> None:
    await lakeside.crew.says("ana", KITCHEN)
    [changed] = await lakeside.ana.says("ana", "limits: nothing above 300 euros")
    [puzzled] = await lakeside.ana.says("ana", "hmm, not sure")
    [dropped] = await lakeside.ana.says("ana", "no")

    assert "nothing above 300 euros" in changed
    assert "200" not in changed
    assert "goes by its label" in puzzled
    assert dropped == "Then nothing is asked, and I have kept nothing of it."
    assert await Domain.all().count() == await Question.all().count() == 0


async def test_a_day_that_cannot_be_is_asked_for_again(lakeside: Lakeside) -> None:
    await lakeside.crew.says("ana", KITCHEN)

    [told] = await lakeside.ana.says("ana", "until in 3 years")

    assert "more than a year away" in told.replace("\\", "")
    assert await Question.filter(inquiry="domain-card").count() == 1


async def test_a_crew_of_no_congregation_is_told_kindly_that_nobody_could_give_it_one(
    house: PlayedHouse,
) -> None:
    crew = await house.crew()

    [told] = await crew.says("ana", "!domain")
    [listed] = await crew.says("ana", "!domains")

    assert "what concerns only you is yours to decide anyway" in told
    assert "what concerns only you is yours to decide" in listed


async def test_a_congregation_without_a_room_to_talk_in_cannot_give_one(
    house: PlayedHouse,
) -> None:
    space = await house.space("Lakeside", ["ana"], ["ana"])
    crew = await house.crew(congregation=space.id)

    [told] = await crew.says("ana", "!domain")

    assert "has no room yet in which I could ask all of you" in told


async def test_two_domains_of_one_name_are_told_apart(lakeside: Lakeside) -> None:
    await lakeside.given()

    [told] = await lakeside.crew.says("ben", "!domain kitchen; purpose: x; scope: y")

    assert "a domain called **kitchen**" in told
    assert await Domain.all().count() == 1


# -------------------------------------------------------------------------------- given and accepted


@pytest.mark.requirement("R132")
async def test_a_crew_asks_all_of_it_agrees_and_the_circle_that_contains_it_gives(
    lakeside: Lakeside,
) -> None:
    asked = await lakeside.asked()
    await lakeside.crew.taps("ben", "✅")
    crossed = await lakeside.crew.taps("cleo", "✅")
    assert await holds(lakeside) == []
    for who in ("dan", "eva"):
        await lakeside.table.taps(who, "✅")
    told = await lakeside.table.taps("finn", "✅")

    assert "Ana proposes that you ask **Lakeside** for a domain, **Kitchen**" in asked[0]
    assert "1 of 3 has said yes" in asked[0]
    assert "**Kitchen Crew** asks you for a domain, **Kitchen**" in crossed[1]
    assert "- nothing above 200 euros" in crossed[1].replace("\\", "")
    assert len(about(told, "with the yes of both circles, until Saturday 22 May 2027")) == 2
    assert await holds(lakeside) == ["Kitchen"]


@pytest.mark.requirement("R132")
async def test_a_congregation_offers_and_the_crew_accepts(lakeside: Lakeside) -> None:
    [asked, _] = await lakeside.table.says(
        "ana", "!domain Kitchen; purpose: food; scope: stove; limits: none"
    )
    await lakeside.ana.says("ana", "1")
    await lakeside.ana.says("ana", "yes")
    await lakeside.table.taps("dan", "✅")
    crossed = about(await lakeside.house.passes(timedelta(days=14)), "offers you a domain")
    assert await holds(lakeside) == []
    await lakeside.crew.taps("ben", "✅")
    await lakeside.crew.taps("cleo", "✅")

    assert "Which of them shall hold it?" in asked
    assert "1. **Kitchen Crew**" in asked
    assert len(crossed) == 1
    assert await holds(lakeside) == ["Kitchen"]


async def test_the_crew_can_be_named_in_the_line(lakeside: Lakeside) -> None:
    [understood, _] = await lakeside.table.says("ana", f"{KITCHEN}; crew: kitchen crew")
    [puzzled] = await lakeside.table.says("ana", f"{KITCHEN}; crew: boats")

    assert understood.startswith("I understood:")
    assert "In this congregation there are: Kitchen Crew, Small." in puzzled


async def test_of_a_congregation_silence_is_consent_if_one_more_wishes_it(
    lakeside: Lakeside,
) -> None:
    await lakeside.asked()
    for who in ("ben", "cleo"):
        await lakeside.crew.taps(who, "✅")
    await lakeside.table.taps("dan", "✅")

    told = await lakeside.house.passes(timedelta(days=15))

    assert about(told, "you have agreed, since nobody has said no")
    assert await holds(lakeside) == ["Kitchen"]


async def test_without_anybody_else_who_wishes_it_a_congregation_gives_nothing(
    lakeside: Lakeside,
) -> None:
    await lakeside.asked()
    for who in ("ben", "cleo"):
        await lakeside.crew.taps(who, "✅")

    told = await lakeside.house.passes(timedelta(days=15))

    assert len(about(told, "all stays as it is")) == 2
    assert await Domain.all().count() == 0
    assert await lakeside.house.hours() == []


async def test_one_no_ends_it_for_both_and_names_nobody(lakeside: Lakeside) -> None:
    await lakeside.asked()
    for who in ("ben", "cleo"):
        await lakeside.crew.taps(who, "✅")
    told = await lakeside.table.taps("dan", "✋")

    assert len(about(told, "Not everybody wishes it now, and that needs no reason.")) == 2
    assert not about(told, "Dan")
    assert await Domain.all().count() == await Question.all().count() == 0
    assert await lakeside.house.hours() == []


async def test_a_crew_whose_member_never_answers_asks_nobody(lakeside: Lakeside) -> None:
    await lakeside.asked()
    await lakeside.crew.taps("ben", "✅")

    told = await lakeside.house.passes(timedelta(days=15))

    assert about(told, "Whoever likes it can propose it again.")
    assert await Domain.all().count() == 0


async def test_whoever_was_waited_for_leaves_and_those_who_stay_have_agreed(
    lakeside: Lakeside,
) -> None:
    await lakeside.asked()
    await lakeside.crew.taps("ben", "✅")

    told = await lakeside.crew.leaves("cleo")

    assert about(told, "**Kitchen Crew** asks you for a domain")


async def test_guests_and_strangers_are_not_heard(lakeside: Lakeside) -> None:
    await lakeside.asked()

    assert await lakeside.crew.taps("zoe", "✅") == []


async def test_an_overlap_is_named_before_anybody_says_yes(lakeside: Lakeside) -> None:
    await lakeside.given()

    told = await lakeside.asked(
        "!domain Cellar; purpose: storing; scope: fridges, wine; limits: none"
    )

    assert "of that the domain **Kitchen** of **Kitchen Crew** speaks, too" in told[0]
    assert "*fridges*" in told[0]


async def test_a_newer_question_takes_the_place_of_an_older(lakeside: Lakeside) -> None:
    await lakeside.given()
    await lakeside.crew.says("ben", "!domain kitchen change limits: none")
    told = await lakeside.crew.says("ben", "!domain kitchen change limits: nothing above 500 euros")

    assert about(told, "✎ Asked again below.")
    assert await Question.filter(inquiry="domain").count() == 1


# ------------------------------------------------------------------------------------ shown and changed


async def test_a_card_is_shown_to_the_congregation_and_to_nobody_else(lakeside: Lakeside) -> None:
    await lakeside.given()
    stranger = await lakeside.house.private("zoe")
    await lakeside.house.private("dan")

    [shown] = await lakeside.table.says("dan", "!domain kitchen")
    [listed] = await lakeside.crew.says("ben", "!domains")
    [refused] = await stranger.says("zoe", "domain kitchen")
    [near] = await lakeside.crew.says("ben", "!domain kitchn")

    assert shown.startswith("**Kitchen** is a domain of **Kitchen Crew**, given by **Lakeside**.")
    assert "Measures: nobody goes hungry" in shown
    assert "For **Kitchen Crew** in **Lakeside**: nobody is chosen yet" in shown
    assert "- **Kitchen**, **Kitchen Crew**: stove and fridge, shopping" in listed
    assert "I know of no domain here" in refused
    assert "Did you mean **kitchen**?" in near


async def test_a_card_changes_only_by_both_consents(lakeside: Lakeside) -> None:
    await lakeside.given()
    [asked] = await lakeside.crew.says(
        "ben", "!domain kitchen change limits: nothing above 500 euros"
    )
    for who in ("ana", "cleo"):
        await lakeside.crew.taps(who, "✅")
    assert "200" in str((await Domain.get()).card)
    for who in ("ana", "dan", "eva"):
        await lakeside.table.taps(who, "✅")
    told = await lakeside.table.taps("finn", "✅")

    assert "- Limits: nothing above 500 euros" in asked
    assert "Purpose" not in asked
    assert len(about(told, "The card of **Kitchen** has changed")) == 2
    assert card_of(await Domain.get()).limits == ("nothing above 500 euros",)


async def test_a_change_without_words_is_asked_for_in_private(lakeside: Lakeside) -> None:
    await lakeside.given()
    told = await lakeside.crew.says("ana", "!domain kitchen change")
    [understood] = await lakeside.ana.says(
        "ana", "measures: nobody goes hungry; resources: 50 euros"
    )
    [asked, _] = await lakeside.ana.says("ana", "yes")

    assert "What shall be different?" in told[0]
    assert "Resources: 50 euros" in understood
    assert "- Resources: 50 euros" in asked


async def test_a_change_that_changes_nothing_is_refused(lakeside: Lakeside) -> None:
    await lakeside.given()

    [told] = await lakeside.crew.says("ana", "!domain kitchen change purpose: everybody eats well")

    assert "That is what the card says already, so nothing was asked." in told


async def test_only_the_two_circles_change_a_card(lakeside: Lakeside) -> None:
    await lakeside.given()
    other = await lakeside.house.crew("Boats", ["gil"], congregation=lakeside.space.id)

    [told] = await other.says("gil", "!domain kitchen return")
    [private] = await lakeside.ana.says("ana", "domain kitchen return")

    assert "neither of the two circles" in told
    assert "say it in the room of either" in private


async def test_either_circle_ends_it_alone_and_both_are_told_without_blame(
    lakeside: Lakeside,
) -> None:
    await lakeside.given()
    await lakeside.linked()
    await lakeside.crew.says("ana", "!domain kitchen return")
    await lakeside.crew.taps("ben", "✅")
    told = await lakeside.crew.taps("cleo", "✅")

    ended = about(told, "What **Kitchen** covers is with **Lakeside** again; thank you")
    assert len(ended) == 2
    assert await holds(lakeside) == []
    assert await Link.all().count() == 0
    assert await lakeside.house.hours() == []
    [shown] = await lakeside.crew.says("ben", "!domain kitchen")
    assert "was a domain of **Kitchen Crew**" in shown


async def test_what_was_returned_can_be_taken_up_again_by_both(lakeside: Lakeside) -> None:
    await lakeside.given()
    await lakeside.crew.says("ana", "!domain kitchen return")
    for who in ("ben", "cleo"):
        await lakeside.crew.taps(who, "✅")
    await lakeside.house.passes(timedelta(days=200))

    [asked] = await lakeside.crew.says("ana", "!domain kitchen renew")
    for who in ("ben", "cleo"):
        await lakeside.crew.taps(who, "✅")
    for who in ("dan", "eva", "finn"):
        await lakeside.table.taps(who, "✅")

    assert "takes up the domain **Kitchen** again, as it was" in asked
    assert await holds(lakeside) == ["Kitchen"]
    assert str(card_of(await Domain.get()).until) == "2027-12-10"


async def test_what_holds_for_long_is_not_renewed_early(lakeside: Lakeside) -> None:
    await lakeside.given()

    [told] = await lakeside.crew.says("ana", "!domain kitchen renew")

    assert "holds until Saturday 22 May 2027 already" in told


# --------------------------------------------------------------------------------------- the evaluation


@pytest.mark.requirement("R16")
async def test_links_are_reminded_in_private_and_both_circles_are_asked(lakeside: Lakeside) -> None:
    await lakeside.given()
    await lakeside.linked("ana")

    told = await lakeside.house.passes(until=datetime(2027, 4, 24, 8, 5, tzinfo=UTC))
    asked = await lakeside.house.passes(until=ASKED)

    reminded = about(told, "is looked at again on **Saturday 22 May 2027**")
    assert len(reminded) == 2
    assert sum("your own time as its voice" in text for text in reminded) == 1
    assert len(about(asked, "**How is it with Kitchen?**")) == 2
    assert len(about(asked, "nobody goes hungry")) == 2


async def test_both_say_yes_and_it_goes_on(lakeside: Lakeside) -> None:
    await lakeside.given()
    await lakeside.house.passes(until=ASKED)
    for who in ("ana", "ben", "cleo"):
        await lakeside.crew.taps(who, "✅")
    for who in ("ana", "dan", "eva"):
        await lakeside.table.taps(who, "✅")
    told = await lakeside.table.taps("finn", "✅")
    later = await lakeside.house.passes(until=EVALUATED)

    assert len(about(told, "again a domain of **Kitchen Crew**")) == 2
    assert not about(later, "Kitchen")
    assert str(card_of(await Domain.get()).until) == "2027-11-22"


async def test_a_congregation_renews_by_silence_when_two_wished_it(lakeside: Lakeside) -> None:
    await lakeside.given()
    await lakeside.house.passes(until=ASKED)
    for who in ("ana", "ben", "cleo"):
        await lakeside.crew.taps(who, "✅")
    for who in ("dan", "eva"):
        await lakeside.table.taps(who, "✅")

    await lakeside.house.passes(until=EVALUATED)

    assert await holds(lakeside) == ["Kitchen"]
    assert await Question.filter(inquiry="domain-renewal").count() == 0


@pytest.mark.requirement("R16")
async def test_nobody_says_anything_and_it_ends_on_its_day(lakeside: Lakeside) -> None:
    await lakeside.given()
    await lakeside.house.passes(until=ASKED)
    await lakeside.table.taps("dan", "✅")

    told = await lakeside.house.passes(until=EVALUATED)

    ended = about(
        told,
        "The day of its evaluation has come. What **Kitchen** covers is with **Lakeside** again",
    )
    assert len(ended) == 2
    assert (await Domain.get()).stage is Stage.RETURNED
    assert await Question.all().count() == 0
    assert await lakeside.house.hours() == []


async def test_one_no_to_its_going_on_lets_it_end_on_its_day(lakeside: Lakeside) -> None:
    await lakeside.given()
    await lakeside.house.passes(until=ASKED)
    for who in ("ana", "ben", "cleo"):
        await lakeside.crew.taps(who, "✅")

    told = await lakeside.table.taps("dan", "✋")
    assert await holds(lakeside) == ["Kitchen"]
    await lakeside.house.passes(until=EVALUATED)

    assert len(about(told, "is not renewed as it is, and that needs no reason")) == 2
    assert await holds(lakeside) == []


async def test_the_pencil_tells_how_it_goes_on_in_other_words_and_that_renews_it(
    lakeside: Lakeside,
) -> None:
    await lakeside.given()
    await lakeside.house.passes(until=ASKED)
    [how] = await lakeside.crew.taps("ana", "✏️")
    told = await lakeside.crew.says("ana", "!domain kitchen change limits: none")
    for who in ("ben", "cleo"):
        await lakeside.crew.taps(who, "✅")
    for who in ("dan", "eva", "finn"):
        await lakeside.table.taps(who, "✅")
    later = await lakeside.house.passes(until=EVALUATED)

    assert "In other words it can go on, too" in how
    assert len(about(told, "Asked again below.")) == 2
    assert not about(later, "has come")
    assert str(card_of(await Domain.get()).until) == "2027-11-01"


async def test_when_other_words_are_declined_it_is_asked_once_more_as_it_is(
    lakeside: Lakeside,
) -> None:
    await lakeside.given()
    await lakeside.house.passes(until=ASKED)
    await lakeside.crew.says("ana", "!domain kitchen change limits: none")

    told = await lakeside.crew.taps("ben", "✋")

    assert len(about(told, "**How is it with Kitchen?**")) == 2


async def test_the_daemon_is_away_over_the_day_and_it_has_ended_all_the_same(
    lakeside: Lakeside,
) -> None:
    await lakeside.given()

    told = await lakeside.house.wakes_at(EVALUATED + timedelta(days=3))

    assert len(about(told, "The day of its evaluation has come.")) == 2
    assert await holds(lakeside) == []
    assert await Question.all().count() == 0


# ----------------------------------------------------------------------------------- what rooms go through


async def test_a_crew_ends_and_what_it_held_is_with_the_others_again(lakeside: Lakeside) -> None:
    await lakeside.given()
    await lakeside.linked("ana")
    await lakeside.crew.says("ana", "!close")
    told: list[str] = []
    for who in ("ana", "ben", "cleo"):
        told = told or await lakeside.crew.taps(who, "✅")
        if (await lakeside.crew.row()).life is not Life.CLOSED:
            told = []

    assert about(
        told,
        "goes on no more as a crew that I look after, so what **Kitchen** covers is with **Lakeside**",
    )
    assert await Domain.all().count() == await Link.all().count() == 0
    assert not [hour for hour, _at in await lakeside.house.hours() if "domain" in hour]


async def test_a_congregation_is_let_go_and_its_crews_are_told(lakeside: Lakeside) -> None:
    await lakeside.given()

    told = await lakeside.space.reports(Change.REMOVED)

    [said] = about(told, "I look after **Lakeside** no more")
    assert "its card ends here" in said
    assert await Domain.all().count() == 0


async def test_the_room_of_all_is_lost_while_it_is_asked_and_nothing_comes_of_it(
    lakeside: Lakeside,
) -> None:
    await lakeside.asked()
    for who in ("ben", "cleo"):
        await lakeside.crew.taps(who, "✅")
    await lakeside.table.reports(Change.REMOVED)

    told = await lakeside.house.passes(timedelta(days=15))

    assert about(told, "all stays as it is")
    assert await Domain.all().count() == 0


async def test_a_paused_crew_keeps_its_domain_and_draws_up_none(lakeside: Lakeside) -> None:
    await lakeside.given()
    await Room.filter(id=lakeside.crew.id).update(life=Life.PAUSED)

    [shown] = await lakeside.table.says("dan", "!domain kitchen")
    [refused] = await lakeside.crew.says("ana", "!domain")

    assert "The crew rests just now." in shown
    assert "The crew rests, so nothing was drawn up." in refused


async def moved(house: PlayedHouse, old: PlayedRoom, name: str) -> tuple[PlayedRoom, list[str]]:
    row = await old.row()
    members = [
        each.person for each in await Member.filter(room=old.id) if "kinkeeper" not in each.person
    ]
    new = await house.room(name, members, predecessor=old.id, is_space=row.is_space)
    await Room.filter(id=old.id).update(successor=new.id)
    return new, await new.reports(Change.ARRIVED)


async def test_an_upgraded_room_takes_card_hours_and_question_along(lakeside: Lakeside) -> None:
    await lakeside.given()
    await lakeside.house.passes(until=ASKED)
    crew, told = await moved(lakeside.house, lakeside.crew, "Kitchen Crew 2")
    space, _ = await moved(lakeside.house, lakeside.space, "Lakeside 2")

    assert about(told, "**How is it with Kitchen?**")
    assert (await Domain.get()).room == crew.id
    assert (await Domain.get()).giver == space.id
    lakeside.crew, lakeside.space = crew, space
    for who in ("ana", "ben", "cleo"):
        await lakeside.crew.taps(who, "✅")
    for who in ("dan", "eva"):
        await lakeside.table.taps(who, "✅")
    await lakeside.house.passes(until=EVALUATED)
    assert await holds(lakeside) == ["Kitchen"]


async def test_a_tap_that_comes_twice_counts_once(lakeside: Lakeside) -> None:
    await lakeside.asked()
    await lakeside.crew.taps("ben", "✅")
    await lakeside.crew.taps("ben", "✅")

    assert await Domain.filter(holder_agreed=True).count() == 0


async def test_while_it_is_asked_whether_a_poll_goes_on_more_taps_ask_nothing(
    lakeside: Lakeside,
) -> None:
    await lakeside.crew.says("ana", "!propose We paint the house")
    [asked] = await lakeside.crew.taps("ben", "⬆️", on="poll:1")

    again = [await lakeside.crew.taps("ben", "⬆️", on="poll:1") for _ in range(20)]
    [said] = await lakeside.crew.says("ben", "!hand on 1")

    assert "these are your words, so it is yours to say" in asked
    assert again == [[]] * 20
    assert "That is asked already" in said
    assert await Question.filter(inquiry="hand-on").count() == 1

    lakeside.house.now += timedelta(days=60)
    assert await lakeside.crew.taps("ben", "⬆️", on="poll:1")


# ------------------------------------------------------------------------------------------- one's own


@pytest.mark.requirement("R12")
async def test_what_is_kept_of_a_person_is_shown_to_them_and_gone_when_they_say_so(
    lakeside: Lakeside,
) -> None:
    await lakeside.given()
    await lakeside.linked("ana")
    await lakeside.crew.says("ana", "!hand on paint the house")
    await lakeside.crew.says("ana", "!domain kitchen change limits: none")
    await lakeside.ana.says("ana", "export")
    kept = next(owed for owed in reversed(lakeside.house.owed) if owed.deed == "file").content
    assert kept is not None

    await lakeside.ana.says("ana", "forget me")
    await lakeside.ana.says("ana", "yes")

    assert await Link.filter(person=person("ana")).count() == 0
    assert await Matter.all().count() == 0
    assert (await Domain.get()).asked_by == ""
    assert (await Domain.get()).deed is not None
    assert await Notice.all().count() == 0


async def test_nothing_about_domains_waits_twice_after_the_same_row_is_settled_again(
    lakeside: Lakeside,
) -> None:
    await lakeside.given()

    ahead = await Heard.filter(state=Settled.WAITING, kind=Kind.HOUR).values_list("key", flat=True)

    assert len(ahead) == len(set(ahead)) == 4
