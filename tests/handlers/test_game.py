"""The Reciprocity Game in conversation: begun by all, ended by one, and nobody's points but one's own are ever said."""

import re
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from daemon.settle import Outcome, _collect, _write
from handlers.language import Call, Effect
from handlers.reciprocity import game
from practices.circles import Life, RoomKind
from practices.game import Case
from storage import belongings, bookings
from storage.bookings import Booking, Claim, Game, Player
from storage.meetings import Meeting, Standing
from storage.people import Person
from storage.questions import Question
from tests.handlers.played import PlayedHouse, PlayedRoom, a_house, person

ALL = list(HealthCheck)

#: Each example plays whole houses, so a failure is shown as it was found.
UNSHRUNK = (Phase.explicit, Phase.generate)
CREW = ("ana", "ben", "cleo")
MINUS = "\N{MINUS SIGN}"


async def playing(
    house: PlayedHouse, people: Iterable[str] = CREW, kind: RoomKind = RoomKind.CREW
) -> PlayedRoom:
    """A circle in which everybody has agreed to play."""
    people = list(people)
    crew = await house.room("Kitchen Crew", people, kind=kind)
    await crew.says(people[0], "!game")
    for who in people:
        await crew.taps(who, "✅")
    return crew


async def does(
    house: PlayedHouse, crew: PlayedRoom, hook: Callable[[Call], Awaitable[list[Effect]]]
) -> list[str]:
    """Another feature calls a hook; what is said because of it."""
    call = Call(key=house.key(), at=house.now, room=await crew.row(), house=house.house)
    outcome = Outcome()
    await _collect(call, await hook(call), outcome)
    await _write(outcome)
    return await house._told(outcome)


async def listens(call: Call, people: list[str], about: str) -> list[Effect]:
    """A listening circle ends, and all who were in it say that everybody was listened to."""
    return await game.circle_listened(call, call.room, people, about)


async def meeting_of(
    house: PlayedHouse, crew: PlayedRoom, standing: Standing = Standing.PLANNED
) -> Meeting:
    """A meeting that begins now."""
    local = f"{house.now:%Y-%m-%dT%H:%M}"
    return await Meeting.create(
        room=crew.id,
        occurrence=local,
        local=local,
        zone="Europe/Rome",
        at=house.now,
        standing=standing,
    )


async def recorded(
    house: PlayedHouse,
    crew: PlayedRoom,
    meeting: Meeting,
    came: Iterable[str],
    absent: Iterable[str] = (),
    announced: Iterable[str] = (),
) -> list[str]:
    """The record of a meeting is written."""
    ids = [[person(who) for who in group] for group in (came, absent, announced)]
    return await does(house, crew, lambda call: game.meeting_held(call, call.room, meeting, *ids))


async def meets(
    house: PlayedHouse, crew: PlayedRoom, came: Iterable[str], absent: Iterable[str] = ()
) -> list[str]:
    """A week passes, and a meeting is held and recorded."""
    await house.passes(timedelta(days=7))
    return await recorded(house, crew, await meeting_of(house, crew), came, absent)


async def own(who: str) -> int:
    rows = await Booking.filter(person=person(who))
    return sum(row.points for row in rows if row.dispute in ("none", "stands"))


# ------------------------------------------------------------------------------------------ on and off


@pytest.mark.requirement("R81")
async def test_it_begins_when_all_have_said_yes_and_not_before(house: PlayedHouse) -> None:
    crew = await house.crew()

    [asked] = await crew.says("ana", "!game")
    await crew.taps("ana", "✅")
    [two] = await crew.taps("ben", "✅")
    before = await crew.says("ben", "!points")
    [on] = await crew.taps("cleo", "✅")

    assert "one no, and it stays off" in asked
    assert "2 of 3 have said yes." in two
    assert before == [
        "The game rests here, so nothing was done. `!game` asks everybody whether you want to play."
    ]
    assert on.startswith("✎ All 3 of you have said yes: the game is on.")


@pytest.mark.requirement("R81")
async def test_one_no_and_it_stays_off(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!game")
    await crew.taps("ana", "✅")

    [told] = await crew.taps("ben", "✋")

    assert told.startswith("✎ The game stays off: not everybody wishes it now")
    assert not await Player.exists()


@pytest.mark.requirement("R81")
@pytest.mark.parametrize("who", CREW)
async def test_any_one_ends_it_at_once_and_the_room_hears_only_that_it_rests(
    house: PlayedHouse, who: str
) -> None:
    crew = await playing(house)

    assert await crew.says(who, "!game off") == ["The game rests."]
    assert "The game rests here" in (await crew.says("ana", "!sum"))[0]
    assert await meets(house, crew, CREW) == []
    assert not await Booking.exists()


@pytest.mark.requirement("R81")
async def test_whoever_ends_it_in_private_is_not_shown(house: PlayedHouse) -> None:
    crew, private = await playing(house), await house.private("ben")

    assert await private.says("ben", "game off") == [
        "The game rests.",
        "Done: the game rests in **Kitchen Crew**. Nobody learns who wished it.",
    ]
    assert "The game rests here" in (await crew.says("ana", "!sum"))[0]


async def test_ending_one_of_two_games_in_private_asks_which(house: PlayedHouse) -> None:
    await playing(house)
    other = await house.room("Band", ["ben", "dan"], kind=RoomKind.DYAD)
    await other.says("ben", "!game")
    for who in ("ben", "dan"):
        await other.taps(who, "✅")
    private = await house.private("ben")

    [which] = await private.says("ben", "game off")
    done = await private.says("ben", "game off band")

    assert "`game off Band`, `game off Kitchen Crew`" in which
    assert "in **Band**" in done[-1]
    assert "You play in no circle of that name" in (await private.says("ben", "game off x"))[0]


async def test_a_game_that_is_off_cannot_be_ended(house: PlayedHouse) -> None:
    crew = await house.crew()

    assert await crew.says("ana", "!game off") == ["The game is off already. Nothing was changed."]


async def test_ending_it_while_it_is_asked_about_ends_the_asking(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!game")

    assert await crew.says("ben", "!game off") == ["✎ The game rests.", "The game rests."]
    assert not await Question.exists()


async def test_strange_words_alone_and_after_the_end(house: PlayedHouse) -> None:
    crew = await house.crew()
    alone = await house.room("Alone", ["zoe"], kind=RoomKind.CREW)
    closed = await house.room("Gone", CREW, kind=RoomKind.CREW, life=Life.CLOSED)

    assert "Say game, game off" in (await crew.says("ana", "!game dance"))[0].replace("\\", "")
    assert "It takes two to play." in (await alone.says("zoe", "!game"))[0]
    assert await closed.says("ana", "!game") != []
    assert not await Question.filter(room=closed.id).exists()


async def test_asking_again_strikes_the_former_question(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!game")

    [struck, asked] = await crew.says("ben", "!game")

    assert struck == "✎ Asked again below."
    assert "The Reciprocity Game" in asked
    assert await Question.filter(inquiry="game").count() == 1


# ------------------------------------------------------------------------------------------ newcomers


@pytest.mark.requirement("R81")
async def test_it_rests_until_a_newcomer_agrees_and_the_room_hears_nothing_of_it(
    house: PlayedHouse,
) -> None:
    crew, private = await playing(house), await house.private("dan")

    [asked] = await crew.joins("dan")
    resting = await meets(house, crew, CREW)
    [thanks] = await private.taps("dan", "✅", on=private.asked("plays a game"))
    [ana, *_] = [text for text in await meets(house, crew, [*CREW, "dan"]) if "ana" in text]

    assert "it rests until you have agreed to it" in asked
    assert resting == []
    assert thanks.startswith("Good: you play along")
    assert "**+1**, which makes 1." in ana
    assert (await crew.says("ana", "!sum"))[0].startswith("Together: **4** points")


@pytest.mark.requirement("R81")
async def test_a_newcomers_no_looks_like_their_silence(house: PlayedHouse) -> None:
    crew, private = await playing(house), await house.private("dan")
    await crew.joins("dan")
    silent = await crew.says("ana", "!sum")

    [answer] = await private.says("dan", "no")

    assert answer.startswith("Then it rests, and nobody is told why.")
    assert await crew.says("ana", "!sum") == silent
    assert await meets(house, crew, CREW) == []


async def test_a_newcomer_who_muses_is_not_taken_at_their_word(house: PlayedHouse) -> None:
    crew, private = await playing(house), await house.private("dan")
    await crew.joins("dan")

    assert (await private.says("dan", "what is that?"))[0].startswith("A yes or a no is enough")
    assert not await Player.exists(person=person("dan"))


async def test_a_newcomer_at_night_is_asked_in_their_morning(house: PlayedHouse) -> None:
    crew = await playing(house)
    house.now = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)

    assert await crew.joins("dan") == []
    [asked] = await house.passes(timedelta(hours=12))
    assert asked.startswith("→ dan: **Kitchen Crew** plays a game")


async def test_when_a_newcomer_leaves_again_it_goes_on_from_then(house: PlayedHouse) -> None:
    crew = await playing(house)
    await crew.joins("dan")
    await house.passes(timedelta(hours=1))
    meanwhile = await meeting_of(house, crew)
    await house.passes(timedelta(hours=1))
    await crew.leaves("dan")

    assert await recorded(house, crew, meanwhile, CREW) == []
    assert len(await meets(house, crew, CREW)) == 3


async def test_whoever_comes_back_is_asked_again(house: PlayedHouse) -> None:
    crew = await playing(house, [*CREW, "dan"])
    await crew.leaves("dan")
    assert len(await meets(house, crew, CREW)) == 3

    [asked] = await crew.joins("dan")

    assert "it rests until you have agreed" in asked


async def test_a_question_to_a_newcomer_passes_with_the_game(house: PlayedHouse) -> None:
    crew, private = await playing(house), await house.private("dan")
    await crew.joins("dan")
    await crew.says("ana", "!game off")

    [told] = await private.says("dan", "yes")

    assert told.startswith("That question has passed")
    assert not await Player.exists()


# ------------------------------------------------------------------------------------------ meetings


@pytest.mark.requirement("R84", "R88")
async def test_each_hears_their_own_change_and_nothing_else(house: PlayedHouse) -> None:
    crew = await playing(house)
    await meets(house, crew, CREW)

    told = await meets(house, crew, ("ana", "ben"), ("cleo",))

    assert [text.split(":")[0] for text in told] == ["→ ana", "→ ben", "→ cleo"]
    assert "**+3**, which makes 4." in told[0]
    assert f"**{MINUS}5**, which makes {MINUS}4." in told[2]
    assert "Points are a game" in told[2]
    assert not [text for text in told if not text.startswith("→")]


@pytest.mark.requirement("R85")
async def test_twelve_meetings_make_54_and_44(house: PlayedHouse) -> None:
    crew = await playing(house)
    for number in range(1, 13):
        away = ("ben",) if number == 4 else ()
        await meets(house, crew, [who for who in CREW if who not in away], away)

    assert (await own("ana"), await own("ben")) == (54, 44)
    assert "**152** points" in (await crew.says("ana", "!sum"))[0]


async def test_a_private_word_waits_for_the_morning(house: PlayedHouse) -> None:
    crew = await playing(house)
    house.now = datetime(2026, 11, 26, 18, 0, tzinfo=UTC)
    meeting = await meeting_of(house, crew)
    house.now = datetime(2026, 11, 26, 20, 30, tzinfo=UTC)

    assert await recorded(house, crew, meeting, CREW) == []
    assert len(await house.passes(timedelta(hours=12))) == 3


@pytest.mark.requirement("R90")
@pytest.mark.parametrize("case", ["skipped", "ahead", "before the game"])
async def test_what_was_not_held_in_the_game_books_nothing(house: PlayedHouse, case: str) -> None:
    crew = await house.crew()
    if case == "before the game":
        meeting = await meeting_of(house, crew)
        await house.passes(timedelta(minutes=5))
    await crew.says("ana", "!game")
    for who in CREW:
        await crew.taps(who, "✅")
    if case != "before the game":
        standing = Standing.SKIPPED if case == "skipped" else Standing.MOVED
        meeting = await meeting_of(house, crew, standing)
        if case == "ahead":
            meeting.at = house.now + timedelta(days=3)

    assert await recorded(house, crew, meeting, CREW) == []
    assert not await Booking.exists()


async def test_a_corrected_record_is_followed_and_nobody_is_told_twice(house: PlayedHouse) -> None:
    crew = await playing(house)
    await house.passes(timedelta(days=7))
    first = await meeting_of(house, crew)
    await recorded(house, crew, first, ("ana", "ben"), ("cleo",))
    sum_before = await crew.says("ana", "!sum")

    assert await recorded(house, crew, first, CREW) == []
    assert await own("cleo") == 1
    assert await crew.says("ana", "!sum") == sum_before
    await meets(house, crew, CREW)
    assert "**12** points" in (await crew.says("ana", "!sum"))[0]


async def test_a_record_that_comes_late_puts_the_later_ones_right(house: PlayedHouse) -> None:
    crew = await playing(house)
    await house.passes(timedelta(days=1))
    early = await meeting_of(house, crew)
    await meets(house, crew, CREW)
    await recorded(house, crew, early, ("ana", "ben"))

    rows = await Booking.filter(person=person("ana")).order_by("at")
    assert [row.points for row in rows] == [1, 3]
    assert await own("cleo") == 1


async def test_a_record_taken_back_takes_its_bookings_with_it(house: PlayedHouse) -> None:
    crew = await playing(house)
    meeting = await meeting_of(house, crew)
    await recorded(house, crew, meeting, CREW)

    await recorded(house, crew, meeting, ())

    assert not await Booking.exists()


@pytest.mark.requirement("R84")
async def test_where_all_agree_an_announced_absence_books_nothing(house: PlayedHouse) -> None:
    crew = await playing(house)
    await crew.says("ana", "!game announced")
    for who in CREW:
        told = await crew.taps(who, "✅")
    await house.passes(timedelta(days=1))

    await recorded(house, crew, await meeting_of(house, crew), ("ana",), ("ben",), ("cleo",))

    assert "an absence announced a day ahead books nothing from now on" in told[-1]
    assert (await own("ben"), await own("cleo")) == (-5, 0)
    assert "Together: **1** points" in (await crew.says("ana", "!sum"))[0]


async def test_one_no_leaves_the_rule_as_it_is(house: PlayedHouse) -> None:
    crew = await playing(house)
    await crew.says("ana", "!game announced")
    await crew.taps("ana", "✅")

    assert await crew.taps("ben", "✋") == ["✎ Absences count as before."]
    assert not (await Game.get(room=crew.id)).announced_free


async def test_a_sum_below_nought_proposes_to_look_back_and_warns_nobody(
    house: PlayedHouse,
) -> None:
    crew = await playing(house)

    told = await meets(house, crew, ("ana",), ("ben", "cleo"))
    again = await meets(house, crew, ("ana",), ("ben", "cleo"))

    [proposed] = [text for text in told if not text.startswith("→")]
    assert "a good moment to look back together" in proposed
    assert not [text for text in again if not text.startswith("→")]
    assert f"**{MINUS}16** points" in (await crew.says("ben", "!sum"))[0]


async def test_a_dyad_plays_and_has_no_sum(house: PlayedHouse) -> None:
    pair = await playing(house, ("ana", "ben"), RoomKind.DYAD)
    await meets(house, pair, ("ana", "ben"))

    assert await own("ana") == 1
    assert "the sum less your own would be the other's" in (await pair.says("ana", "!sum"))[0]


async def test_with_fewer_than_three_at_a_record_the_sum_waits(house: PlayedHouse) -> None:
    crew = await playing(house)
    assert "There is no sum yet" in (await crew.says("ana", "!sum"))[0]
    await crew.leaves("cleo")
    await meets(house, crew, ("ana", "ben"))

    assert "There is no sum yet" in (await crew.says("ana", "!sum"))[0]


# ------------------------------------------------------------------------------------------ levels 1 and 2


@pytest.mark.requirement("R82")
async def test_a_circle_that_listened_books_one_each_once_a_meeting(house: PlayedHouse) -> None:
    crew = await playing(house)
    await meeting_of(house, crew)
    ids = [person(who) for who in (*CREW, "zoe")]

    for about in ("session:1", "session:2"):
        told = await does(
            house,
            crew,
            partial(listens, people=ids, about=about),
        )
        assert told == []

    assert [await own(who) for who in (*CREW, "zoe")] == [1, 1, 1, 0]


async def offers(crew: PlayedRoom, giver: str, taker: str, what: str = "a hand") -> list[str]:
    """Somebody offers something, and somebody else takes it up; what is said at that."""
    await crew.says(giver, f"!offer {what}")
    return await crew.taps(taker, "🤝")


@pytest.mark.requirement("R83")
async def test_an_offer_and_an_ask_and_the_respect_that_both_confirm(house: PlayedHouse) -> None:
    crew = await playing(house)
    ana, ben = await house.private("ana"), await house.private("ben")
    await meeting_of(house, crew)

    told = await offers(crew, "ana", "ben", "a look at his website")
    again = await offers(crew, "ana", "ben", "and his letters")
    await crew.says("ben", "!need an introduction")
    one = await ana.says("ana", "yes")
    between = (await own("ana"), await own("ben"))
    other = await ben.says("ben", "yes")

    assert len([text for text in told if "was it held with respect?" in text]) == 2
    assert not [text for text in again if "was it held with respect?" in text]
    assert one == other == ["Thank you. Nobody is told what you answered."]
    assert between == (5, 5)
    assert (await own("ana"), await own("ben")) == (6, 6)


@pytest.mark.requirement("R83")
async def test_a_no_books_no_bonus_and_is_shown_to_nobody(house: PlayedHouse) -> None:
    crew = await playing(house)
    ana, ben = await house.private("ana"), await house.private("ben")
    await meeting_of(house, crew)
    await offers(crew, "ana", "ben", "a look at his website")

    yes = await ana.says("ana", "yes")
    no = await ben.says("ben", "no")

    assert yes == no
    assert (await own("ana"), await own("ben")) == (5, 0)
    told = await offers(crew, "ana", "ben", "more")
    assert not [text for text in told if text.startswith("→")]


async def test_respect_is_asked_about_in_the_morning_of_each(house: PlayedHouse) -> None:
    crew = await playing(house)
    house.now = datetime(2026, 11, 26, 20, 30, tzinfo=UTC)
    await Person.create(id=person("ben"), zone="America/New_York")
    await meeting_of(house, crew)

    told = await offers(crew, "ana", "ben", "a look at his website")
    morning = await house.passes(timedelta(hours=12))

    assert [text.split(":")[0] for text in told if text.startswith("→")] == ["→ ben"]
    assert [text.split(":")[0] for text in morning] == ["→ ana"]


async def test_without_a_meeting_nothing_is_offered_in_it(house: PlayedHouse) -> None:
    crew = await playing(house)
    await meeting_of(house, crew)
    await house.passes(timedelta(days=1))

    await offers(crew, "ana", "ben")
    await crew.says("ana", "!need help")

    assert not await Booking.exists()


# ------------------------------------------------------------------------------------------ levels 4 and 5


def case(parties: Iterable[str], key: str = "case:1", **more: object) -> Case:
    ids = frozenset(person(who) for who in parties)
    told = {"agreed_at": datetime(2026, 11, 1, tzinfo=UTC), "confirmed": ids, **more}
    return Case(key=key, parties=ids, **told)  # type: ignore[arg-type]


@pytest.mark.requirement("R86", "R88")
async def test_a_repair_is_seen_by_its_parties_alone_and_stays_out_of_the_sum(
    house: PlayedHouse,
) -> None:
    crew, private = await playing(house), await house.private("ana")
    await meets(house, crew, CREW)
    before = await crew.says("cleo", "!sum")

    told = await does(
        house, crew, lambda call: game.repaired(call, call.room, case(("ana", "ben")))
    )
    again = await does(
        house, crew, lambda call: game.repaired(call, call.room, case(("ana", "ben"), "case:2"))
    )
    [points] = await private.says("ana", "points")

    assert told == again == []
    assert [await own(who) for who in CREW] == [11, 11, 1]
    assert "something was repaired, with Ben, +10" in points
    assert await crew.says("cleo", "!sum") == before
    word = next(text for text in await meets(house, crew, CREW) if "repaired" not in text)
    assert "+3" in word
    assert "**12** points" in (await crew.says("cleo", "!sum"))[0]


@pytest.mark.requirement("R86")
async def test_an_unresolved_case_books_minus_twenty_for_its_parties(house: PlayedHouse) -> None:
    crew = await playing(house)
    ids = frozenset({person("ana"), person("ben")})
    told = case(
        ("ana", "ben"), agreed_at=None, declared=ids, mediation_offered=True, forewarned=ids
    )

    await does(house, crew, lambda call: game.unresolved(call, call.room, told))

    assert [await own(who) for who in CREW] == [-20, -20, 0]


@pytest.mark.requirement("R87")
async def test_co_owners_count_once_and_when_all_of_them_confirmed(house: PlayedHouse) -> None:
    crew = await playing(house)
    ana = await house.private("ana")
    await house.private("ben")

    told = await crew.says("ben", "!coowners Lakeside *Bakery*: Ana and Ben")
    again = await crew.says("ana", "!coowners lakeside *bakery*: Ana, Ben")
    before = await own("ana")
    confirmed = await ana.says("ana", "yes")
    once_more = await crew.says("ana", "!coowners Lakeside *Bakery*: Ana, Ben")

    assert (
        "By saying it you have confirmed it; I ask the others of those named, in private."
        in told[-1]
    )
    assert not [text for text in told if text.startswith("→ ben")]
    assert confirmed[0] == (
        "Thank you. When all have confirmed it, the room hears it; until then nobody is told what you answered."
    )
    assert "I have asked about" in again[0]
    assert before == 0
    assert confirmed[-1] == (
        r"**Lakeside \*Bakery\*** is owned together by Ana and Ben: all of them have confirmed it."
    )
    assert [await own(who) for who in CREW] == [100, 100, 0]
    assert "it counts once" in once_more[0]
    await meets(house, crew, CREW)
    assert "**203** points" in (await crew.says("cleo", "!sum"))[0]


@pytest.mark.requirement("R87")
async def test_who_says_what_is_owned_together_is_one_of_them_and_is_named(
    house: PlayedHouse,
) -> None:
    crew = await playing(house)
    for who in ("ana", "ben"):
        await house.private(who)

    [outside] = await crew.says("cleo", "!coowners Bakery: Ana, Ben")
    told = await crew.says("ana", "!coowners [Bakery]*: Ana, Ben")
    [second] = await crew.says("ana", "!coowners Boat: Ana, Ben")
    long = await crew.says("ben", f"!coowners {'x' * 200}: Ana, Ben")

    assert "is said by one of them. Nothing was noted" in outside
    assert "Ana says that you own" in told[0]
    assert r"\[Bakery\]\*" in told[0]
    assert "You have asked about something" in second
    assert "Nothing was noted" in long[0]
    assert await Claim.all().count() == 2


async def test_who_says_what_is_owned_together_is_named_in_the_morning_too(
    house: PlayedHouse,
) -> None:
    crew = await playing(house)
    for who in ("ana", "ben"):
        await house.private(who)
    await house.passes(timedelta(hours=13))

    await crew.says("ana", "!coowners Bakery: Ana, Ben")
    told = await house.passes(timedelta(hours=12))

    assert [text for text in told if "Ana says that you own **Bakery**" in text]


async def test_one_co_owner_who_does_not_confirm_and_nothing_is_noted(house: PlayedHouse) -> None:
    crew = await playing(house)
    ben = await house.private("ben")
    await crew.says("ana", "!coowners Bakery: me, Ben")

    assert await ben.says("ben", "no") == ["Thank you. Nobody is told what you answered."]
    assert not await Booking.exists()


@pytest.mark.parametrize("said", ["Bakery", "Bakery: Ana", ": Ana, Ben", "Bakery: Ana, Zoe"])
async def test_co_owning_takes_a_name_and_two_members(house: PlayedHouse, said: str) -> None:
    crew = await playing(house)

    [told] = await crew.says("ana", f"!coowners {said}")

    assert "Nothing was" in told or "nothing was" in told
    assert not await Claim.exists()


async def test_what_was_asked_passes_with_the_game(house: PlayedHouse) -> None:
    crew, ana = await playing(house), await house.private("ana")
    await crew.says("ben", "!coowners Bakery: Ana, Ben")
    await crew.says("ben", "!game off")

    assert await ana.says("ana", "yes") == ["That question has passed. Nothing was changed."]
    assert not await Claim.exists()


# ------------------------------------------------------------------------------------------ one's own


@pytest.mark.requirement("R88")
async def test_points_are_answered_in_private_wherever_they_are_asked_for(
    house: PlayedHouse,
) -> None:
    crew, private = await playing(house), await house.private("ana")
    await meets(house, crew, CREW)

    in_room = await crew.says("ana", "!points")
    [here] = await private.says("ana", "points")

    assert in_room[-1] == "I have answered you in private."
    assert in_room[0] == here
    assert here.startswith("**Kitchen Crew**: **1** points.")
    assert "- **1** · Sunday 29 November, 10:00: you came, +1" in here


async def test_in_private_every_circle_that_plays_is_listed(house: PlayedHouse) -> None:
    private = await house.private("ana")
    assert "You play in no circle now." in (await private.says("ana", "points"))[0]
    crew = await playing(house)
    other = await house.room("Band", ["ana", "dan"], kind=RoomKind.DYAD)
    await other.says("ana", "!game")
    for who in ("ana", "dan"):
        await other.taps(who, "✅")

    [told] = await private.says("ana", "points")
    await crew.says("ben", "!game off")
    [fewer] = await private.says("ana", "points")

    assert "**Band**: **0** points. Nothing is booked yet." in told
    assert "**Kitchen Crew**" in told
    assert "**Kitchen Crew**" not in fewer


async def test_only_the_newest_are_listed(house: PlayedHouse) -> None:
    crew, private = await playing(house), await house.private("ana")
    for _ in range(32):
        await meets(house, crew, CREW)

    [told] = await private.says("ana", "points")

    assert "- and 2 before that; `export` has them all" in told


@pytest.mark.requirement("R91")
async def test_a_disputed_booking_is_taken_back_at_once_and_no_reason_is_asked(
    house: PlayedHouse,
) -> None:
    crew, private = await playing(house), await house.private("cleo")
    await meets(house, crew, ("ana", "ben"), ("cleo",))
    before = await crew.says("ana", "!sum")

    [told] = await private.says("cleo", "dispute 1")

    assert "number 1 is taken back, and you have **0** points there now. Nobody is told." in told
    assert (
        "(taken back until you have talked about it)" in (await private.says("cleo", "points"))[0]
    )
    await meets(house, crew, CREW)
    assert before == [
        f"Together: **{MINUS}3** points, as of your last record. They are a game and decide nothing.\n\n"
        + before[0].split("\n\n")[1]
    ]
    assert "**6** points" in (await crew.says("ana", "!sum"))[0]


@pytest.mark.requirement("R91")
@pytest.mark.parametrize(("how", "left", "together"), [("stands", -2, 6), ("gone", 3, 11)])
async def test_when_they_have_talked_it_stands_or_is_gone(
    house: PlayedHouse, how: str, left: int, together: int
) -> None:
    crew, private = await playing(house), await house.private("cleo")
    await meets(house, crew, ("ana", "ben"), ("cleo",))
    await private.says("cleo", "dispute #1")

    [asked] = await private.says("cleo", "talked 1")
    [told] = await private.says("cleo", how)
    [again] = await private.says("cleo", "dispute 1")
    await meets(house, crew, CREW)

    assert "does it stand, or is it gone?" in asked
    assert told.startswith("Noted for number 1.")
    assert "it stays as you left it" in again
    assert await own("cleo") == left
    assert f"**{together}** points" in (await crew.says("ana", "!sum"))[0]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("dispute 7", "You have no booking number 7."),
        ("dispute 0", "You have no booking number 0."),
        ("dispute it", "is no number of a booking"),
        ("talked 1 stands", "Number 1 is not taken back"),
        ("talked 1 perhaps", "Say stands, or gone."),
    ],
)
async def test_what_cannot_be_settled_is_refused_kindly(
    house: PlayedHouse, said: str, why: str
) -> None:
    crew, private = await playing(house), await house.private("ana")
    await meets(house, crew, CREW)

    told = await private.says("ana", said)

    assert why in told[0].replace("\\", "")
    assert await own("ana") == 1


@pytest.mark.requirement("R88", "R91")
async def test_nobody_reaches_anothers_booking_by_a_number(house: PlayedHouse) -> None:
    crew, private = await playing(house), await house.private("cleo")
    await meets(house, crew, ("ana", "ben"))

    assert "You have no booking number 1." in (await private.says("cleo", "dispute 1"))[0]
    assert [row.number for row in await Booking.all()] == [1, 1]


async def test_disputes_are_no_matter_for_the_room(house: PlayedHouse) -> None:
    crew = await playing(house)

    assert "is something between you and me" in (await crew.says("ana", "!dispute 1"))[0]


# ------------------------------------------------------------------------------------------ levels, data


@pytest.mark.requirement("R89")
async def test_the_next_level_is_suggested_only_after_two_uses(house: PlayedHouse) -> None:
    crew = await playing(house)
    ids = [person(who) for who in CREW]
    seen = []
    for number in (1, 2):
        await house.passes(timedelta(days=2))
        await does(
            house,
            crew,
            partial(listens, people=ids, about=f"session:{number}"),
        )
        seen.append((await crew.says("ana", "!game"))[0])

    assert ["A talk about money could be next" in text for text in seen] == [False, True]
    await meeting_of(house, crew)
    await crew.says("ana", "!offer a hand")
    assert "could be next" not in (await crew.says("ana", "!game"))[0]


async def test_a_private_word_explains_the_game(house: PlayedHouse) -> None:
    private = await house.private("ana")

    assert "is a mirror for how trust grows" in (await private.says("ana", "game"))[0]


@pytest.mark.requirement("R85")
async def test_after_a_year_totals_remain_and_everything_goes_on_from_them(
    house: PlayedHouse,
) -> None:
    crew, private = await playing(house), await house.private("cleo")
    await meets(house, crew, ("ana", "ben"), ("cleo",))
    await meets(house, crew, CREW)
    await private.says("cleo", "dispute 1")
    together = await crew.says("ana", "!sum")
    later = house.now + timedelta(days=400)

    await bookings.tidy(later, later - timedelta(days=365))
    [told] = await private.says("cleo", "points")

    assert "more than a year ago, level 3: +3" in told
    assert [await own(who) for who in CREW] == [4, 4, 3]
    assert await crew.says("ana", "!sum") == together
    await meets(house, crew, CREW)
    assert [await own(who) for who in CREW] == [9, 9, 8]
    await bookings.tidy(later, later)
    assert [await own(who) for who in CREW] == [9, 9, 8]
    assert await Booking.all().count() == 3


async def test_shared_ownership_counts_once_even_after_a_year(house: PlayedHouse) -> None:
    crew = await playing(house)
    ana, ben = await house.private("ana"), await house.private("ben")
    await crew.says("ana", "!coowners Bakery: Ana, Ben")
    await ana.says("ana", "yes")
    await ben.says("ben", "yes")
    later = house.now + timedelta(days=400)
    await bookings.tidy(later, later - timedelta(days=365))
    house.now = later

    [told] = await crew.says("ana", "!coowners Bakery: Ana, Ben")

    assert "it counts once" in told
    assert [row.about for row in await Booking.all()] == [None, None]


async def test_what_is_kept_about_a_person_can_be_taken_along_and_forgotten(
    house: PlayedHouse,
) -> None:
    crew = await playing(house)
    await meets(house, crew, CREW)
    await does(house, crew, lambda call: game.repaired(call, call.room, case(("ana", "ben"))))
    await crew.says("ana", "!coowners Bakery: Ana, Ben")
    together = (await Game.get(room=crew.id)).total

    kept = str(await game.kept_of(person("ana")))
    await bookings.forget_person(person("ana"))

    assert "Kitchen Crew" in kept
    assert "repaired" in kept
    assert "Bakery" in kept
    assert not [row for row in await Booking.all() if person("ana") in (row.person, *row.others)]
    assert await game.kept_of(person("ana")) == {"plays_in": [], "bookings": [], "to_confirm": []}
    assert (await Game.get(room=crew.id)).total == together


async def test_with_the_circle_the_points_vanish_and_with_a_new_room_they_move(
    house: PlayedHouse,
) -> None:
    crew = await playing(house)
    meeting = await meeting_of(house, crew)
    await recorded(house, crew, meeting, CREW)

    await belongings.move(crew.id, "!new:here")
    assert await Booking.filter(room="!new:here").count() == 3
    await belongings.forget("!new:here")
    for rows in (Booking, Game, Player, Claim):
        assert not await rows.exists()


async def test_nothing_is_booked_twice_by_a_record_that_comes_twice(house: PlayedHouse) -> None:
    crew = await playing(house)
    meeting = await meeting_of(house, crew)

    first = await recorded(house, crew, meeting, CREW)
    second = await recorded(house, crew, meeting, CREW)

    assert (len(first), second) == (3, [])
    assert await Booking.all().count() == 3


# ------------------------------------------------------------------------------------------ what one can learn

#: What happens in a crew of three: an attendance, a circle, an offer; and what only ben and cleo know.
PUBLIC = st.one_of(
    st.tuples(st.just("meets"), st.sampled_from(["ana ben cleo", "ana ben", "ben cleo", "ana"])),
    st.tuples(st.just("listens"), st.just("")),
    st.tuples(st.just("offers"), st.sampled_from(["ana ben", "ben cleo", "cleo ben"])),
    st.tuples(st.just("looks"), st.sampled_from(CREW)),
)
SECRET = st.one_of(
    st.tuples(st.just("disputes"), st.sampled_from(["ben 1", "cleo 1", "ben 2", "cleo 3"])),
    st.tuples(st.just("stands"), st.sampled_from(["ben 1", "cleo 1"])),
    st.tuples(st.just("repairs"), st.sampled_from(["case:1", "case:2"])),
    st.tuples(st.just("answers"), st.sampled_from(["yes", "no"])),
    st.tuples(st.just("looks"), st.sampled_from(["ben", "cleo"])),
)
Deed = tuple[str, str]


class Told:
    """One played history, and what ana could read of it."""

    def __init__(self, house: PlayedHouse) -> None:
        self.house = house
        self.read: list[str] = []

    async def plays(self, deeds: Iterable[Deed]) -> None:
        self.crew = await playing(self.house)
        self.private = {who: await self.house.private(who) for who in CREW}
        for number, (deed, what) in enumerate(deeds):
            await getattr(self, f"_{deed}")(what, number)

    async def looks(self, who: str) -> list[str]:
        """Everything that every command of the game answers to one person."""
        private = self.private[who]
        answers = [
            *[await self.crew.says(who, said) for said in ("!points", "!sum", "!game")],
            *[
                await private.says(who, said)
                for said in ("points", "game", "dispute 99", "talked 99 stands")
            ],
        ]
        return [text for told in answers for text in told]

    def seen(self) -> list[str]:
        """What stands in the room and in ana's private chat."""
        return [
            str((owed.content or {}).get("text", owed.target))
            for owed in self.house.owed
            if owed.lane in (self.private["ana"].id, person("ana"))
        ]

    async def _meets(self, came: str, _number: int) -> None:
        present = came.split()
        await meets(self.house, self.crew, present, [one for one in CREW if one not in present])

    async def _listens(self, _what: str, number: int) -> None:
        ids = [person(who) for who in CREW]
        await does(
            self.house,
            self.crew,
            lambda call: game.circle_listened(call, call.room, ids, f"session:{number}"),
        )

    async def _offers(self, what: str, _number: int) -> None:
        giver, taker = what.split()
        await offers(self.crew, giver, taker)

    async def _looks(self, who: str, _number: int) -> None:
        await self.looks(who)

    async def _disputes(self, what: str, _number: int) -> None:
        who, number = what.split()
        await self.private[who].says(who, f"dispute {number}")

    async def _stands(self, what: str, _number: int) -> None:
        who, number = what.split()
        await self.private[who].says(who, f"talked {number} stands")

    async def _repairs(self, key: str, _number: int) -> None:
        told = case(("ben", "cleo"), key)
        await does(self.house, self.crew, lambda call: game.repaired(call, call.room, told))

    async def _answers(self, said: str, _number: int) -> None:
        """Of what was only between ben and cleo, each says whether it was held with respect."""
        for claim in await Claim.all().order_by("id"):
            if await Claim.exists(key=claim.key, person=person("ana")):
                continue  # what ana is part of is hers to know
            for question in await Question.filter(person=claim.person, inquiry="claim"):
                if question.data["claim"] == claim.id:
                    who = claim.person[1:].partition(":")[0]
                    sign = "✅" if who == "ben" or said == "yes" else "✋"
                    await self.private[who].taps(who, sign, on=f"question:{question.id}")


async def told(deeds: Iterable[Deed]) -> tuple[list[str], list[str], int]:
    """What ana has read, what she is told when she asks, and her own points."""
    async with a_house() as house:
        history = Told(house)
        await history.plays(deeds)
        answers = await history.looks("ana")
        return history.seen(), answers, await own("ana")


@pytest.mark.requirement("R4", "R88")
@settings(
    derandomize=True, deadline=None, max_examples=25, suppress_health_check=ALL, phases=UNSHRUNK
)
@given(
    st.lists(st.tuples(PUBLIC, st.lists(SECRET, max_size=3)), min_size=2, max_size=6),
)
@example(
    [
        (("meets", "ana ben cleo"), [("repairs", "case:1"), ("disputes", "ben 1")]),
        (("offers", "ben cleo"), [("answers", "yes"), ("looks", "ben")]),
        (("meets", "ana ben cleo"), [("stands", "ben 1"), ("disputes", "cleo 1")]),
        (("offers", "cleo ben"), [("answers", "no")]),
        (("meets", "ana ben"), []),
    ]
)
async def test_what_others_do_in_private_changes_nothing_that_one_can_read(
    history: list[tuple[Deed, list[Deed]]],
) -> None:
    """The crew's sum included: there is no moment at which a private booking of another shows."""
    plain = await told([deed for deed, _secrets in history])
    secret = await told([each for deed, secrets in history for each in (deed, *secrets)])

    assert secret == plain


@pytest.mark.requirement("R4", "R88")
@settings(
    derandomize=True, deadline=None, max_examples=15, suppress_health_check=ALL, phases=UNSHRUNK
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ana ben cleo", "ana ben", "ana"]),
            st.sampled_from(["ana ben cleo", "ana cleo", "ana"]),
        ),
        min_size=1,
        max_size=5,
    )
)
async def test_two_histories_that_differ_in_others_points_answer_the_same_but_for_the_sum(
    attendances: list[tuple[str, str]],
) -> None:
    def but_for_the_sum(texts: list[str]) -> list[str]:
        return [re.sub(r"Together: .*", "Together", text, flags=re.DOTALL) for text in texts]

    one = await told([("meets", first) for first, _second in attendances])
    two = await told([("meets", second) for _first, second in attendances])

    assert but_for_the_sum(one[0]) == but_for_the_sum(two[0])
    assert but_for_the_sum(one[1]) == but_for_the_sum(two[1])
    shown = int(re.findall(r"\*\*Kitchen Crew\*\*: \*\*(\d+)\*\*", one[1][0])[0])
    assert shown == one[2] == two[2]


@pytest.mark.requirement("R88")
@settings(
    derandomize=True, deadline=None, max_examples=8, suppress_health_check=ALL, phases=UNSHRUNK
)
@given(st.lists(PUBLIC, min_size=1, max_size=8), st.permutations(CREW))
async def test_the_sum_is_the_same_for_whoever_asks_whenever(
    history: list[Deed], askers: list[str]
) -> None:
    async with a_house() as house:
        played = Told(house)
        await played.plays(history)
        answers = {str(await played.crew.says(who, "!sum")) for who in (*askers, *askers)}

        assert len(answers) == 1


@pytest.mark.requirement("R4", "R5")
async def test_no_command_of_the_game_compares_gives_or_sells_anything(house: PlayedHouse) -> None:
    commands = {
        command.name
        for command in house.house.catalogue.commands.values()
        if command.answer.__module__
        in (
            "handlers.reciprocity.game",
            "handlers.reciprocity.points",
            "handlers.reciprocity.coowners",
        )
    }

    assert commands == {
        "game",
        "points",
        "sum",
        "dispute",
        "talked",
        "coowners",
    }
    crew = await playing(house)
    await meets(house, crew, CREW)
    for said in ("!game", "!sum"):
        [text] = await crew.says("ana", said)
        assert not [who for who in ("Ana", "Ben", "Cleo") if who in text]


async def test_where_nothing_is_booked_nothing_is_offered_to_be_taken_back(
    house: PlayedHouse,
) -> None:
    crew, private = await playing(house), await house.private("cleo")

    [none] = await private.says("cleo", "points")
    await meets(house, crew, CREW)
    [some] = await private.says("cleo", "points")

    assert "dispute" not in none
    assert "`dispute 1` takes number 1 back, and no reason is asked." in some
