"""Offers and asks in conversation: one list that stays true, two people for each, and nobody counted."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from handlers.language import Call
from handlers.sessions import practice
from practices.circles import Life, RoomKind
from practices.offers import MOST_OPEN, Kind, Standing
from storage import belongings, offers
from storage.bookings import Booking
from storage.inbox import Heard, Settled
from storage.meetings import Meeting
from storage.members import Member
from storage.offers import Offer
from storage.outbox import Deed
from storage.people import Muted, Person
from storage.questions import Question
from storage.sessions import Session, running
from storage.visitors import Visitor
from tests.handlers.played import PlayedHouse, PlayedRoom, person

CREW = ("ana", "ben", "cleo")
DAY = timedelta(days=1)


async def offered(house: PlayedHouse, said: str = "!offer an hour of help with tax") -> PlayedRoom:
    """A crew in which ana has offered something, or asked for it."""
    crew = await house.crew()
    await crew.says("ana", said)
    return crew


async def taken(house: PlayedHouse, said: str = "!offer an hour of help with tax") -> PlayedRoom:
    """A crew in which ben has taken it up."""
    crew = await offered(house, said)
    await crew.taps("ben", "🤝", on="offer:1")
    return crew


async def standing(number: int = 1) -> Standing:
    return (await Offer.get(number=number)).standing


async def listed(crew: PlayedRoom) -> str:
    return (await crew.says("cleo", "!offers"))[-1]


def whispers(told: list[str]) -> list[str]:
    return [text for text in told if text.startswith("→")]


async def meeting_now(house: PlayedHouse, crew: PlayedRoom) -> Meeting:
    local = f"{house.now:%Y-%m-%dT%H:%M}"
    return await Meeting.create(
        room=crew.id, occurrence=local, local=local, zone="Europe/Rome", at=house.now
    )


async def playing(house: PlayedHouse) -> PlayedRoom:
    """A crew in which all have agreed to the game."""
    crew = await house.crew()
    await crew.says("ana", "!game")
    for who in CREW:
        await crew.taps(who, "✅")
    return crew


async def points(who: str) -> list[tuple[str, int, str]]:
    rows = await Booking.filter(person=person(who)).order_by("id")
    return [(row.event.value, row.points, row.cause) for row in rows]


# ---------------------------------------------------------------------------------------- saying and listing


async def test_an_offer_is_a_message_that_can_be_taken_up(house: PlayedHouse) -> None:
    crew = await house.crew()

    card, listing = await crew.says("ana", "!offer an hour of help with tax")

    assert card == (
        "**Ana** offers: an hour of help with tax\n\n"
        "🤝 I take it up · ✋ let it rest *(Ana)* · `!take 1`"
    )
    assert listing.startswith("✎ **Offered**\n\n- **1** an hour of help with tax – Ana\n")
    assert crew.tappable() == "offer:1"


@pytest.mark.parametrize("word", ["need", "wish"])
async def test_a_need_is_answered_by_whoever_can_give_it(house: PlayedHouse, word: str) -> None:
    crew = await house.crew()

    card, _list = await crew.says("ana", f"!{word} a lift on friday")

    assert card.startswith("**Ana** would like: a lift on friday\n\n🤝 I can give that")


async def test_several_lines_are_several_offers_each_with_its_own_message(
    house: PlayedHouse,
) -> None:
    crew = await house.crew()

    told = await crew.says("ana", "!offer\n- a lift\n- soup\n")

    assert [text.partition("\n")[0] for text in told[:2]] == [
        "**Ana** offers: a lift",
        "**Ana** offers: soup",
    ]
    await crew.taps("ben", "🤝", on="offer:2")
    assert [row.standing for row in await Offer.all().order_by("id")] == ["said", "accepted"]


async def test_whoever_says_only_the_word_is_asked_what(house: PlayedHouse) -> None:
    crew = await house.crew()

    [asked] = await crew.says("ana", "!offer")
    card, _list = await crew.says("ana", "soup")

    assert asked.startswith("What do you offer?")
    assert card.startswith("**Ana** offers: soup")


async def test_the_empty_list_says_how_to_begin(house: PlayedHouse) -> None:
    crew = await house.crew()

    assert (await listed(crew)).startswith("Nothing is offered or asked for just now. `!offer")


async def test_the_list_says_who_offers_who_asks_and_who_takes_up(house: PlayedHouse) -> None:
    crew = await taken(house)
    await crew.says("cleo", "!need a lift on friday")
    await crew.says("ben", "!offer soup")
    await crew.says("ben", "!need a saw")
    await crew.says("ana", "!take 4")

    assert await listed(crew) == (
        "**Offered**\n\n- **3** soup – Ben\n\n"
        "**Asked for**\n\n- **2** a lift on friday – Cleo\n\n"
        "**Taken up**\n\n- **1** an hour of help with tax – Ana offers, Ben takes it up\n"
        "- **4** a saw – Ben asked, Ana gives\n\n"
        "`!take 1` takes one up · `!given 1` when it is done · `!withdraw 1` lets it rest, no reason asked"
    )


async def test_the_list_is_edited_and_the_one_before_points_to_the_newest(
    house: PlayedHouse,
) -> None:
    crew = await offered(house)
    await listed(crew)

    struck, again = await crew.says("ben", "!offers")
    await crew.taps("ben", "🤝", on="offer:1")
    edits = [owed for owed in house.owed if owed.target == "offers"]

    assert struck == "✎ The list of offers and asks stands anew, below."
    assert again.startswith("**Offered**")
    assert "Ben takes it up" in str((edits[-1].content or {})["text"])


async def test_what_people_write_alarms_and_breaks_nothing(house: PlayedHouse) -> None:
    crew = await house.crew()

    card, listing = await crew.says("ana", "!offer **@room** [soup](http://x) \n")

    assert r"\*\*@" in card
    assert r"\[soup\]" in listing


async def test_a_long_title_is_not_kept_and_a_hundred_and_twenty_letters_are(
    house: PlayedHouse,
) -> None:
    crew = await house.crew()

    [told] = await crew.says("ana", f"!offer {'x' * 121}")
    assert "longer than 120 letters" in told
    assert "Nothing was changed." in told
    assert not await Offer.exists()
    await crew.says("ana", f"!offer {'x' * 120}")
    assert await Offer.exists()


async def test_the_same_offer_is_not_listed_twice(house: PlayedHouse) -> None:
    crew = await offered(house, "!offer soup")

    [told] = await crew.says("ana", "!offer bread\nSoup.")
    await crew.says("ben", "!offer soup")
    await crew.says("ana", "!need soup")

    assert "stands on your list already, as **1**. Nothing was added" in told
    assert await Offer.all().count() == 3


async def test_a_list_that_nobody_could_read_takes_no_more(house: PlayedHouse) -> None:
    crew = await house.crew()
    for number in range(1, MOST_OPEN + 1):
        await Offer.create(
            room=crew.id,
            number=number,
            kind=Kind.OFFER,
            owner=person("ben"),
            title=f"thing {number}",
            said_at=house.now,
        )

    [told] = await crew.says("ana", "!offer soup")
    await crew.says("ben", "!withdraw 7")
    card, _list = await crew.says("ana", "!offer soup")

    assert "`!withdraw` with a number makes room" in told
    assert card.endswith(f"`!take {MOST_OPEN + 1}`")


async def test_it_belongs_to_crews_and_dyads(house: PlayedHouse) -> None:
    dyad = await house.room("Two", ["ana", "ben"], kind=RoomKind.DYAD)
    working = await house.room("Work", CREW, kind=RoomKind.WORKING)
    private = await house.private("ana")

    assert (await dyad.says("ana", "!offer soup"))[0].startswith("**Ana** offers: soup")
    assert "does not fit a working room" in (await working.says("ana", "!offer soup"))[0]
    assert "belongs in the room" in (await private.says("ana", "offer soup"))[0]
    assert await Offer.all().count() == 1


@pytest.mark.requirement("R4")
async def test_nothing_that_is_said_counts_or_owes(house: PlayedHouse) -> None:
    crew = await taken(house)
    await crew.says("ana", "!offer soup\nbread")
    await crew.says("ben", "!take 2")
    await crew.says("ben", "!given 2")
    await listed(crew)

    for owed in house.owed:
        text = str((owed.content or {}).get("text", ""))
        assert not re.search(r"\b(owe|owed|owes|balance|debt|total|points)\b", text)
        assert not re.search(r"(Ana|Ben)[^\w\n]+\d", text)
        assert not re.search(r"\d+ (offers|asks|times)", text)


# ----------------------------------------------------------------------------------------------- taking up


async def test_by_a_tap_it_is_taken_up_and_both_are_named(house: PlayedHouse) -> None:
    crew = await offered(house)

    card, match, listing = await crew.taps("ben", "🤝", on="offer:1")

    assert card == "✎ **Ana** offers: an hour of help with tax\n\n🤝 **Ben** takes it up."
    assert match.startswith("**Ben** takes up what **Ana** offers: an hour of help with tax\n")
    assert "Ben takes it up" in listing
    assert crew.mentions() == ["ana"]
    assert crew.tappable() == "taken:1"


async def test_by_a_word_an_ask_is_answered(house: PlayedHouse) -> None:
    crew = await offered(house, "!need a lift on friday")

    _card, match, _list = await crew.says("ben", "!take 1")

    assert match.startswith("**Ben** can give what **Ana** would like: a lift on friday")


async def test_a_reply_in_words_takes_it_up_and_other_talk_does_not(house: PlayedHouse) -> None:
    crew = await offered(house)

    assert await crew.says("ben", "how kind of you", on="offer:1") == []
    assert await crew.taps("ben", "❤️", on="offer:1") == []
    assert await standing() is Standing.SAID
    await crew.says("ben", "I take it up.", on="offer:1")
    assert await standing() is Standing.ACCEPTED


async def test_at_night_nobody_is_called_for_it(house: PlayedHouse) -> None:
    crew = await offered(house)
    house.now = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)

    await crew.taps("ben", "🤝", on="offer:1")

    assert crew.mentions() == []
    assert await standing() is Standing.ACCEPTED


async def test_ones_own_offer_is_kindly_refused_in_private_or_where_it_was_said(
    house: PlayedHouse,
) -> None:
    crew = await offered(house)

    by_tap = await crew.taps("ana", "🤝", on="offer:1")
    by_word = await crew.says("ana", "!take 1")

    assert by_tap == [
        "→ ana: That is your own, so somebody else takes it up, and nothing was changed. `!withdraw 1` lets it rest."
    ]
    assert by_word[0].startswith("That is your own")
    assert await standing() is Standing.SAID


async def test_what_is_taken_up_cannot_be_taken_up_again(house: PlayedHouse) -> None:
    crew = await taken(house)

    assert await crew.taps("ben", "🤝", on="offer:1") == []
    assert "You have taken that up already" in (await crew.says("ben", "!take 1"))[0]
    [told] = await crew.taps("cleo", "🤝", on="offer:1")
    assert told.startswith("→ cleo: Somebody has taken that up already")
    assert "`!offers` shows what is open" in (await crew.says("cleo", "!take 1"))[0]
    assert (await Offer.get()).taken_by == person("ben")


async def test_what_rests_or_is_done_cannot_be_taken_up(house: PlayedHouse) -> None:
    crew = await offered(house, "!offer soup\nbread")
    await crew.says("ana", "!withdraw 1")
    await crew.says("ben", "!take 2")
    await crew.says("ben", "!given 2")

    assert "That rests by now, so nothing was changed." in (await crew.says("ben", "!take 1"))[0]
    assert "That is done already" in (await crew.taps("cleo", "🤝", on="offer:2"))[0]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("!take 9", "Nothing here goes by the number 9"),
        ("!take 99999999999999999999", "I did not understand “99999999999999999999”"),
        ("!given soup", "I did not understand “soup”"),
        ("!offers often", "I did not understand “often”"),
        ("!given 1", "Nobody has taken that up yet"),
        ("!offers again 1", "It stands already"),
    ],
)
async def test_a_mistake_is_answered_with_what_works(
    house: PlayedHouse, said: str, why: str
) -> None:
    crew = await offered(house)

    [told] = await crew.says("ben", said)

    assert why in told.replace("\\", "")
    assert await standing() is Standing.SAID


async def test_a_number_alone_answers_the_question_which(house: PlayedHouse) -> None:
    crew = await offered(house)

    [asked] = await crew.says("ben", "!take")
    await crew.says("ben", "1")

    assert asked.startswith("Which one?")
    assert await standing() is Standing.ACCEPTED


async def test_a_guest_and_somebody_from_elsewhere_take_up_nothing(house: PlayedHouse) -> None:
    crew = await offered(house)
    await Member.create(room=crew.id, person=person("gus"), name="Gus")
    await Visitor.create(
        room=crew.id,
        person=person("gus"),
        meetings=1,
        asked_at=house.now,
        ends_at=house.now + 30 * DAY,
        came_at=house.now,
    )

    for who in ("gus", "zoe"):
        [told] = await crew.taps(who, "🤝", on="offer:1")
        assert told.startswith(f"→ {who}: Offers and asks are between the members")
    assert "for the members of this crew" in (await crew.says("gus", "!take 1"))[0]
    assert "for the members of this crew" in (await crew.says("gus", "!offer soup"))[0]
    assert await standing() is Standing.SAID


async def test_in_a_crew_that_has_ended_nothing_is_taken_up(house: PlayedHouse) -> None:
    crew = await offered(house)
    room = await crew.row()
    room.life = Life.CLOSED
    await room.save()

    [told] = await crew.taps("ben", "🤝", on="offer:1")

    assert "so nothing was changed" in told
    assert await standing() is Standing.SAID


# ---------------------------------------------------------------------------------------- done, resting, undone


@pytest.mark.parametrize("who", ["ana", "ben"])
async def test_either_of_the_two_says_that_it_is_done(house: PlayedHouse, who: str) -> None:
    crew = await taken(house)

    card, match, listing = await crew.taps(who, "✅", on="taken:1")

    assert card == "✎ **Ana** offers: an hour of help with tax\n\n✅ Done."
    assert match.startswith("✎ ✅ Done: an hour of help with tax\n\nThanks may be said")
    assert listing.startswith("✎ Nothing is offered")
    assert await crew.taps(who, "✅", on="taken:1") == []


async def test_a_third_person_marks_nothing_as_done_or_resting(house: PlayedHouse) -> None:
    crew = await taken(house)

    for sign in ("✅", "✋"):
        [told] = await crew.taps("cleo", sign, on="taken:1")
        assert told.startswith("→ cleo: That is between **Ana** and **Ben**, and theirs to say.")
    assert "theirs to say" in (await crew.says("cleo", "!given 1"))[0]
    assert await standing() is Standing.ACCEPTED


async def test_done_by_word_is_noted(house: PlayedHouse) -> None:
    crew = await taken(house)

    assert (await crew.says("ben", "!given 1"))[-1].startswith("Noted as done: an hour of help")
    assert "That is done already" in (await crew.says("ben", "!withdraw 1"))[0]


async def test_its_owner_lets_an_open_one_rest_and_nobody_else(house: PlayedHouse) -> None:
    crew = await offered(house)

    [told] = await crew.taps("ben", "✋", on="offer:1")
    assert told.startswith("→ ben: Whoever said it lets it rest")
    card, _match, _list = await crew.taps("ana", "✋", on="offer:1")

    assert card == "✎ ~~an hour of help with tax~~ It rests. *↩️ `!offers again 1`*"
    assert await standing() is Standing.WITHDRAWN


async def test_at_whose_wish_it_rests_is_not_to_be_seen(house: PlayedHouse) -> None:
    told = {}
    for who in ("ana", "ben"):
        crew = await house.crew(f"Crew of {who}")
        await crew.says("ana", "!offer soup")
        row = await Offer.get(room=crew.id)
        await crew.taps("ben", "🤝", on=f"offer:{row.id}")
        told[who] = await crew.taps(who, "✋", on=f"taken:{row.id}")

    assert told["ana"] == told["ben"]
    assert all(text.startswith("✎") for text in told["ana"])
    assert not [text for text in told["ana"] if "Ana" in text or "Ben" in text]


async def test_a_slip_is_taken_back(house: PlayedHouse) -> None:
    crew = await taken(house)
    await crew.taps("ben", "✅", on="taken:1")

    told = await crew.taps("ana", "↩️", on="taken:1")
    assert "**Ben** takes up what **Ana** offers" in told[1]
    assert await standing() is Standing.ACCEPTED
    await crew.says("ben", "!withdraw 1")
    [no] = await crew.says("ben", "!offers again 1")
    assert no.startswith("Whoever said it can bring it back")
    told = await crew.says("ana", "!offers again 1")

    assert told[-1] == "It stands again: an hour of help with tax"
    assert "🤝 I take it up" in told[0]
    row = await Offer.get()
    assert (row.standing, row.taken_by, row.taken_at, row.ended_at) == ("said", None, None, None)
    await crew.taps("cleo", "🤝", on="offer:1")
    assert (await Offer.get()).taken_by == person("cleo")


async def test_what_was_done_by_somebody_who_has_gone_is_open_again(house: PlayedHouse) -> None:
    crew = await taken(house)
    await crew.taps("ana", "✅", on="taken:1")
    await crew.leaves("ben")

    await crew.says("ana", "!offers again 1")

    assert await standing() is Standing.SAID


async def test_what_was_done_stays_done_when_its_owner_has_gone(house: PlayedHouse) -> None:
    crew = await taken(house)
    await crew.taps("ana", "✅", on="taken:1")
    await crew.leaves("ana")

    [told] = await crew.says("ben", "!offers again 1")

    assert told.startswith("Whoever said it is not here any more")
    assert await standing() is Standing.DONE


# --------------------------------------------------------------------------------------------- reminders


@pytest.mark.requirement("R98")
@pytest.mark.parametrize(
    ("said", "giver", "words"),
    [
        ("!offer soup", "ana", "In the Kitchen Crew **Ben** took up what you offered: soup"),
        (
            "!need soup",
            "ben",
            "In the Kitchen Crew **Ana** asked for something, and you said that you can give it: soup",
        ),
    ],
)
async def test_whoever_gives_is_reminded_in_private_after_7_and_after_30_days_and_never_again(
    house: PlayedHouse, said: str, giver: str, words: str
) -> None:
    await taken(house, said)

    assert await house.passes(6 * DAY) == []
    [first] = await house.passes(DAY)
    assert await house.passes(22 * DAY) == []
    [second] = await house.passes(DAY)

    for told in (first, second):
        assert told.startswith(f"→ {giver}: {words}\n")
    assert "again" not in first
    assert second.endswith("I don't recall it again.")
    assert await house.passes(400 * DAY) == []


@pytest.mark.requirement("R98")
@pytest.mark.parametrize("sign", ["✅", "✋"])
async def test_what_is_done_or_rests_is_not_recalled(house: PlayedHouse, sign: str) -> None:
    crew = await taken(house)
    await house.passes(DAY)
    await crew.taps("ben", sign, on="taken:1")

    assert await house.passes(60 * DAY) == []


@pytest.mark.requirement("R98")
async def test_a_reminder_is_answered_in_the_private_chat(house: PlayedHouse) -> None:
    crew, private = await taken(house), await house.private("ana")
    await house.passes(7 * DAY)

    told = await private.says("ana", "done", on="taken:1:7")

    assert told[-1] == "Noted as done: an hour of help with tax"
    assert told[0].startswith("✎ **Ana** offers")
    edited = [owed.lane for owed in house.owed if owed.target == "offer:1"]
    assert set(edited) == {crew.id}
    assert await standing() is Standing.DONE
    assert await house.passes(60 * DAY) == []


@pytest.mark.requirement("R98")
async def test_at_night_the_reminder_waits_for_the_givers_own_morning(house: PlayedHouse) -> None:
    await Person.create(id=person("ana"), zone="Asia/Tokyo")
    house.now = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)  # midnight there
    crew = await taken(house)

    assert await house.passes(7 * DAY) == []
    morning = next(at for ritual, at in await house.hours() if ritual == "offer-recall")
    assert morning == datetime(2026, 11, 29, 23, 0, tzinfo=UTC)
    await crew.taps("ben", "✅", on="taken:1")
    assert await house.passes(DAY) == []


@pytest.mark.requirement("R98")
async def test_the_morning_after_it_is_said_once(house: PlayedHouse) -> None:
    house.now = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)
    await taken(house)

    told = await house.passes(8 * DAY)

    assert len(told) == 1
    assert told[0].startswith("→ ana:")
    assert house.now - DAY < datetime(2026, 11, 30, 7, 0, tzinfo=UTC) < house.now


@pytest.mark.requirement("R98")
async def test_after_an_absence_only_the_newest_reminder_is_said(house: PlayedHouse) -> None:
    await taken(house)

    told = await house.wakes_at(house.now + 31 * DAY)

    assert len(told) == 1
    assert told[0].endswith("I don't recall it again.")


async def test_whoever_wants_no_calls_from_the_room_is_not_reminded(house: PlayedHouse) -> None:
    crew = await taken(house)
    await Muted.create(person=person("ana"), room=crew.id)

    assert await house.passes(40 * DAY) == []


async def test_in_a_crew_that_has_ended_nobody_is_reminded(house: PlayedHouse) -> None:
    crew = await taken(house)
    room = await crew.row()
    room.life = Life.CLOSED
    await room.save()

    assert await house.passes(40 * DAY) == []


async def test_taken_up_anew_it_is_recalled_anew(house: PlayedHouse) -> None:
    crew = await taken(house)
    await house.passes(3 * DAY)
    await crew.taps("ana", "✋", on="taken:1")
    await crew.taps("ana", "↩️", on="offer:1")
    await crew.taps("cleo", "🤝", on="offer:1")

    assert await house.passes(6 * DAY) == []
    [told] = await house.passes(DAY)
    assert "**Cleo** took up what you offered" in told


async def test_not_done_after_all_the_reminders_ahead_come_back_and_no_other(
    house: PlayedHouse,
) -> None:
    crew = await taken(house)
    assert len(await house.passes(8 * DAY)) == 1
    await crew.taps("ana", "✅", on="taken:1")
    await crew.taps("ana", "↩️", on="taken:1")

    assert len(await house.passes(60 * DAY)) == 1


# ------------------------------------------------------------------------------------- forgetting and leaving


async def test_thirty_days_after_it_is_over_it_is_forgotten_and_its_number_free(
    house: PlayedHouse,
) -> None:
    crew = await taken(house)
    await crew.says("cleo", "!offer soup")
    await crew.taps("ana", "✅", on="taken:1")

    await house.passes(29 * DAY)
    assert await Offer.exists(number=1)
    await house.passes(DAY)

    assert not await Offer.exists(number=1)
    [told] = await crew.taps("ben", "↩️", on="taken:1")
    assert told == "→ ben: That one is forgotten by now. Nothing was changed."
    card, _list = await crew.says("ben", "!offer bread")
    assert card.endswith("`!take 1`")


async def test_brought_back_it_is_not_forgotten(house: PlayedHouse) -> None:
    crew = await offered(house)
    await crew.says("ana", "!withdraw 1")
    await house.passes(29 * DAY)
    await crew.says("ana", "!offers again 1")

    await house.passes(60 * DAY)

    assert await standing() is Standing.SAID


async def test_with_somebody_who_leaves_what_they_said_rests_and_what_they_took_is_open_again(
    house: PlayedHouse,
) -> None:
    crew = await taken(house)
    await crew.says("ben", "!offer soup\nbread")
    await crew.says("cleo", "!take 3")

    told = await crew.leaves("ben")

    rows = {row.number: row for row in await Offer.all()}
    assert {number: row.standing.value for number, row in rows.items()} == {
        1: "said",
        2: "withdrawn",
        3: "withdrawn",
    }
    assert rows[1].taken_by is None
    texts = [text for text in told if text.startswith("✎")]
    assert not [text for text in texts if "Ben" in text]
    assert "✎ ~~an hour of help with tax~~ It is open again." in texts
    assert not [text for text in whispers(await house.passes(31 * DAY)) if "soup" in text]
    assert await Offer.all().count() == 1


async def test_with_the_circle_its_list_goes_and_with_a_new_room_it_moves(
    house: PlayedHouse,
) -> None:
    crew = await taken(house)
    await belongings.move(crew.id, "!new:here")
    assert (await Offer.get()).room == "!new:here"
    await belongings.forget("!new:here")
    assert not await Offer.exists()

    await crew.says("ana", "!offer soup")
    await crew.says("ben", "!take 1")
    await crew.says("ana", "!release")
    await crew.taps("ana", "✅")
    await house.passes(15 * DAY)

    assert not await Offer.exists()
    left = Heard.filter(state=Settled.WAITING, about__startswith="offer:", room=crew.id)
    assert not await left.exists()


async def test_what_is_kept_about_a_person_can_be_taken_along_and_forgotten(
    house: PlayedHouse,
) -> None:
    crew = await taken(house)
    await crew.says("ben", "!need a lift")
    await crew.says("ana", "!take 2")
    await crew.says("ana", "!given 2")

    kept = await offers.kept_of(person("ben"))
    await offers.forget_person(person("ben"))

    assert [(each["what"], each["kind"], each["said_by_you"]) for each in kept] == [
        ("a lift", "ask", True),
        ("an hour of help with tax", "offer", False),
    ]
    assert person("ana") not in str(kept)
    assert await offers.kept_of(person("ben")) == []
    row = await Offer.get()
    assert (row.title, row.standing) == ("an hour of help with tax", "said")
    assert await house.passes(60 * DAY) == []
    await crew.taps("cleo", "🤝", on="offer:1")
    assert await standing() is Standing.ACCEPTED


# ------------------------------------------------------------------------------------- the Reciprocity Game


@pytest.mark.requirement("R83")
async def test_at_a_meeting_an_offer_and_what_is_given_count_once_each(house: PlayedHouse) -> None:
    crew = await playing(house)
    meeting = await meeting_now(house, crew)
    cause = f"meeting:{meeting.id}"

    await crew.says("ana", "!offer soup\nbread")
    await crew.says("cleo", "!need a saw")
    told = await crew.taps("ben", "🤝", on="offer:3")

    assert await points("ana") == [("offered", 5, cause)]
    assert await points("cleo") == [("asked", 5, cause)]
    assert await points("ben") == [("offered", 5, cause)]
    asked = whispers(told)
    assert sorted(text.split(":")[0] for text in asked) == ["→ ben", "→ cleo"]
    assert all("was it held with respect?" in text for text in asked)


@pytest.mark.requirement("R83")
async def test_what_was_said_at_a_meeting_and_is_taken_up_later_counts_for_that_meeting(
    house: PlayedHouse,
) -> None:
    crew = await playing(house)
    ana, ben = await house.private("ana"), await house.private("ben")
    meeting = await meeting_now(house, crew)
    await crew.says("ana", "!offer soup")
    await house.passes(3 * DAY)

    await crew.taps("ben", "🤝", on="offer:1")
    await ana.says("ana", "yes")
    await ben.says("ben", "yes")

    cause = f"meeting:{meeting.id}"
    assert await points("ana") == [("offered", 5, cause), ("respected", 1, cause)]
    assert await points("ben") == [("respected", 1, cause)]


@pytest.mark.requirement("R83")
async def test_what_was_counted_when_it_was_said_is_not_counted_at_the_next_meeting(
    house: PlayedHouse,
) -> None:
    crew = await playing(house)
    await meeting_now(house, crew)
    await crew.says("ana", "!offer soup")
    await house.passes(7 * DAY)
    await meeting_now(house, crew)

    await crew.taps("ben", "🤝", on="offer:1")

    assert len(await points("ana")) == 1


@pytest.mark.requirement("R83")
async def test_between_meetings_nothing_is_counted_until_it_is_taken_up_at_one(
    house: PlayedHouse,
) -> None:
    crew = await playing(house)
    await crew.says("ana", "!offer soup")
    await crew.says("ana", "!need bread")
    assert whispers(await crew.taps("ben", "🤝", on="offer:1")) == []
    assert not await Booking.exists()

    meeting = await meeting_now(house, crew)
    await crew.taps("cleo", "🤝", on="offer:2")

    cause = f"meeting:{meeting.id}"
    assert await points("ana") == [("asked", 5, cause)]
    assert await points("cleo") == [("offered", 5, cause)]
    assert await points("ben") == []


async def test_where_nobody_plays_nothing_is_booked_or_asked(house: PlayedHouse) -> None:
    crew = await house.crew()
    await meeting_now(house, crew)
    await crew.says("ana", "!offer soup")

    assert whispers(await crew.taps("ben", "🤝", on="offer:1")) == []
    assert not await Booking.exists()


@pytest.mark.requirement("R82")
async def test_a_circle_of_which_all_say_that_it_listened_books_for_those_who_play(
    house: PlayedHouse,
) -> None:
    crew = await playing(house)
    ids = [person(who) for who in CREW]
    call = Call(key="k", at=house.now, room=await crew.row(), house=house.house)

    assert await practice.listened(call, ids, "session:7") == []

    assert [await points(who) for who in CREW] == [[("listened", 1, "session:7")]] * 3


# ----------------------------------------------------------------------------------- after talking about money


@pytest.mark.requirement("R97")
async def test_a_money_conversation_goes_from_paid_work_to_offers_asks_and_thanks(
    house: PlayedHouse,
) -> None:
    crew = await house.crew()
    await crew.says("ana", "!start money conversation")
    question = await Question.get(inquiry="focus")
    focus = str(question.data["person"])[1:].partition(":")[0]
    told = await crew.taps(focus, "✅", on=f"question:{question.id}")
    spoke: list[str] = []
    while await Session.exists():
        state = (await Session.get()).state
        assert state is not None
        holder = state["holder"]
        if holder is None:
            told += await crew.taps("ana", "➡️")
        else:
            who = str(holder)[1:].partition(":")[0]
            spoke.append(who)
            told += await crew.taps(who, "✅")

    heads = [
        found[1]
        for text in told
        if (found := re.match(r"\*\*money conversation\*\* · \*\*(.+?)\*\*", text))
    ]
    assert heads == [
        "What I do for money",
        "What means most to me",
        "Questions of understanding",
        "Closer together",
        "Offers",
        "Asks",
        "Thanks",
    ]
    others = [who for who in CREW if who != focus]
    assert spoke[:2] == [focus, focus]
    assert sorted(spoke[2:4]) == sorted(spoke[4:6]) == others
    assert sorted(spoke[6:9]) == list(CREW)
    quiet = [text for text in told if "can stand on your list" in text]
    assert len(quiet) == 1
    assert "🤲 I offer something · 🙏 I ask for something" in quiet[0]
    assert crew.mentions() == []


async def talked_about_money(house: PlayedHouse) -> tuple[PlayedRoom, str]:
    """A crew that plays, after a money conversation, and the name of the message that closed it."""
    crew = await playing(house)
    await crew.says("ana", "!start money conversation")
    question = await Question.get(inquiry="focus")
    focus = str(question.data["person"])[1:].partition(":")[0]
    await crew.taps(focus, "✅", on=f"question:{question.id}")
    while await Session.exists():
        state = (await Session.get()).state
        assert state is not None
        holder = state["holder"]
        if holder is None:
            await crew.taps("ana", "➡️")
        else:
            await crew.taps(str(holder)[1:].partition(":")[0], "✅")
    closing = await Question.get(inquiry="offers-noted")
    return crew, f"question:{closing.id}"


@pytest.mark.requirement("R97")
async def test_after_talking_about_money_a_tap_asks_in_private_and_the_words_stand_on_the_list(
    house: PlayedHouse,
) -> None:
    crew, closing = await talked_about_money(house)
    private = await house.private("ben")

    [asked] = await crew.taps("ben", "🤲", on=closing)
    told = await private.says("ben", "take a look at your website\nan hour of tax")

    assert asked.startswith("What do you offer the Kitchen Crew? A few words are enough")
    cards = [owed for owed in house.owed if "**Ben** offers" in str(owed.content or {})]
    assert [owed.lane for owed in cards if owed.deed is Deed.SEND] == [crew.id, crew.id]
    assert told[-1] == "It stands on the list of the Kitchen Crew, for all of you to see."
    assert await points("ben") == [("offered", 5, "session:1")]
    assert await Question.filter(person=person("ben"), inquiry="offer-words").count() == 0


@pytest.mark.requirement("R97")
@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("I need a lift on friday", Kind.ASK),
        ("ask for: a lift on friday", Kind.ASK),
        ("I'd offer a lift on friday", Kind.OFFER),
    ],
)
async def test_plain_words_in_a_reply_are_enough(
    house: PlayedHouse, said: str, wanted: Kind
) -> None:
    crew, closing = await talked_about_money(house)

    await crew.says("cleo", said, on=closing)

    row = await Offer.get()
    assert (row.kind, row.title, row.owner) == (wanted, "a lift on friday", person("cleo"))


@pytest.mark.requirement("R97")
async def test_nothing_to_offer_and_other_talk_leave_no_trace(house: PlayedHouse) -> None:
    crew, closing = await talked_about_money(house)
    private = await house.private("ben")
    await crew.taps("ben", "🙏", on=closing)

    [nothing] = await private.says("ben", "no")
    talk = await crew.says("cleo", "that was good", on=closing)
    stranger = await crew.taps("zoe", "🤲", on=closing)

    assert nothing == "Good."
    assert talk == stranger == []
    assert await Offer.all().count() == 0


@pytest.mark.requirement("R97")
async def test_whoever_left_puts_nothing_on_the_list_any_more(house: PlayedHouse) -> None:
    crew, closing = await talked_about_money(house)
    private = await house.private("ben")
    await crew.taps("ben", "🤲", on=closing)
    await Member.filter(room=crew.id, person=person("ben")).delete()

    [refused] = await private.says("ben", "an hour of help")

    assert refused == "You are not in that circle any more, so nothing was put on its list."
    assert await Offer.all().count() == 0


@pytest.mark.requirement("R83", "R97")
async def test_what_is_noted_while_it_runs_counts_for_the_sitting(house: PlayedHouse) -> None:
    crew = await playing(house)
    await crew.says("ana", "!start money conversation")
    question = await Question.get(inquiry="focus")
    focus = str(question.data["person"])[1:].partition(":")[0]
    await crew.taps(focus, "✅", on=f"question:{question.id}")
    sitting = await Session.get()

    await crew.says("ben", "!offer a look at your website")

    assert await points("ben") == [("offered", 5, f"session:{sitting.id}")]


async def test_a_money_conversation_that_is_broken_off_says_nothing_of_it(
    house: PlayedHouse,
) -> None:
    crew = await house.crew()
    await crew.says("ana", "!start money conversation")
    question = await Question.get(inquiry="focus")
    focus = str(question.data["person"])[1:].partition(":")[0]
    await crew.taps(focus, "✅", on=f"question:{question.id}")

    told = await crew.says("ana", "!stop")
    told += await crew.says("ben", "!stop")

    assert await running(crew.id) is None
    assert not [text for text in told if "can stand on your list" in text]


async def test_whoever_takes_their_own_ask_once_more_hears_who_has_taken_it(
    house: PlayedHouse,
) -> None:
    crew = await house.crew()
    await crew.says("ana", "!need a ladder")
    await crew.says("ben", "!take 1")

    told = await crew.says("ana", "!take 1")

    assert "That is your own, and **Ben** has taken it up." in told[0]
    assert "Somebody has taken" not in told[0]
