"""Plain words: labels as they are shown, warm answers, first sentences, late answers, and what is said of a step too far."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers.catalogue import CATALOGUE
from handlers.conversation import chosen, with_labels
from handlers.language import CHANGE, NO, YES, Ask, Call, Effects, Inquiry, Option, Say
from practices.answers import spoken
from practices.circles import Life, RoomKind
from practices.sentences import heard
from storage.callings import Calling
from storage.callings import Stage as CallStage
from storage.coming import Coming
from storage.inbox import Heard, Settled
from storage.members import Member
from storage.questions import Question
from tests.handlers.played import START, PlayedHouse, PlayedRoom, person

SOON = START + timedelta(hours=1)
ASKED = datetime(2026, 12, 16, 18, 30, tzinfo=UTC)

#: Questions with a yes, by what else they offer.
BY_OPTIONS = [each for each in CATALOGUE.inquiries.values() if each.options]


async def nothing(_call: Call, _question: Question, said: str) -> Effects:
    """No feature at all."""
    return [Say(text=said)]


def inquiry(*options: Option) -> Inquiry:
    return Inquiry(name="test", answer=nothing, options=options)


# ------------------------------------------------------------------------------------------- labels


@pytest.mark.parametrize("found", BY_OPTIONS, ids=lambda found: found.name)
def test_whatever_stands_beside_a_sign_of_any_question_is_an_answer(found: Inquiry) -> None:
    labels = {
        option.sign: f"this is what the {at}th means" for at, option in enumerate(found.options)
    }
    text = " · ".join(f"{sign} {label}" for sign, label in labels.items())

    kept = with_labels(Ask(inquiry=found.name, text=f"Which?\n\n{text}", until=SOON), found)

    for option in found.options:
        beside = kept["labels"]
        assert isinstance(beside, dict)
        for said in (
            labels[option.sign],
            labels[option.sign].upper() + "!",
            f"I {labels[option.sign]}, please",
        ):
            assert chosen(found, said, beside) is option
        assert chosen(found, option.word, beside) is option
        assert chosen(found, option.sign, beside) is option


def test_a_question_keeps_no_label_that_its_answers_have_anyway() -> None:
    ask = Ask(inquiry="test", text="So?\n\n✅ yes · ✋ no", until=SOON, data={"room": "!a:here"})

    assert with_labels(ask, inquiry(YES, NO)) == {"room": "!a:here"}
    assert with_labels(ask, None) == {"room": "!a:here"}


def test_labels_of_an_earlier_question_do_not_outlive_it() -> None:
    first = with_labels(Ask(inquiry="test", text="✅ come along", until=SOON), inquiry(YES))
    second = with_labels(Ask(inquiry="test", text="✅ yes", until=SOON, data=first), inquiry(YES))

    assert first["labels"] == {"come along": "yes"}
    assert "labels" not in second


@pytest.mark.parametrize(
    "prefix", sorted(each for each in CATALOGUE.taps if CATALOGUE.taps[each].labels)
)
def test_every_label_that_a_tap_declares_stands_for_one_sign(prefix: str) -> None:
    labels = CATALOGUE.taps[prefix].labels

    assert all(label == label.casefold() for label in labels)
    assert len({spoken(label) for label in labels}) == len(labels)


async def test_i_come_is_an_answer_to_a_first_talk(house: PlayedHouse) -> None:
    private = await talk_proposed(house)

    told = await private.says("ben", "I come")

    assert told[-1].startswith("Good: I remind you an hour before.")


async def test_no_talk_ask_us_right_away_is_an_answer_in_words(house: PlayedHouse) -> None:
    private = await two_are_curious(house)

    told = await private.says(
        "ana", "no talk, ask us right away", on=private.asked("propose a time")
    )

    assert not [text for text in told if "I don't know" in text]
    assert (await Calling.get()).stage is CallStage.ASKING


async def test_a_label_is_an_answer_in_a_reply_in_the_room(house: PlayedHouse) -> None:
    crew = await who_comes(house)

    [edited] = await crew.says("ben", "Coming quietly.", on="meeting:1", overheard=True)

    assert "🤫 Ben" in edited


@pytest.mark.parametrize("name", sorted(CATALOGUE.commands))
def test_every_sentence_can_be_compared_and_has_a_place_for_what_it_gives_back(name: str) -> None:
    found = CATALOGUE.commands[name]

    for pattern, says in found.sentences.items():
        assert heard(pattern, "words that nobody has written down") is None
        assert found.arguments or not says
        assert ("<" in pattern) is (says == "…")
    for label in [label for tap in CATALOGUE.taps.values() for label in tap.labels]:
        assert heard(label, "words that nobody has written down") is None


# ---------------------------------------------------------------------------------------- warm answers


@pytest.mark.parametrize(
    "said", ["gladly", "I would love to", "yes please", "sure", "fine with me", "yes ok"]
)
def test_a_warm_yes_answers_whatever_has_a_yes(said: str) -> None:
    agreed = Option(sign="✅", word="gladly", also=("yes",))

    assert chosen(inquiry(YES, NO), said) is YES
    assert chosen(inquiry(agreed, NO), said) is agreed


@pytest.mark.parametrize("said", ["no, thank you", "rather not", "not right now"])
def test_a_kind_no_answers_whatever_has_a_no(said: str) -> None:
    assert chosen(inquiry(YES, NO), said) is NO


def test_a_no_to_what_was_understood_asks_for_other_words() -> None:
    assert chosen(inquiry(YES, CHANGE), "no, that's wrong") is CHANGE


@pytest.mark.parametrize("said", ["yes, but later", "maybe", "yes no", "sure?", "well"])
def test_what_is_unclear_is_not_guessed(said: str) -> None:
    assert chosen(inquiry(YES, NO), said) is None


def test_a_question_without_a_yes_takes_none() -> None:
    assert chosen(inquiry(Option(sign="⏭️", word="skip")), "yes please") is None


@pytest.mark.parametrize(
    ("said", "counts"), [("gladly", False), ("sure", False), ("yes please", True), ("yes", True)]
)
def test_among_people_only_the_very_words_count(said: str, counts: bool) -> None:
    assert (chosen(inquiry(YES, NO), said, exactly=True) is YES) is counts


async def test_talk_beside_an_open_question_stays_talk(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!rhythm third thursday 19:00")

    for said in (
        "gladly, Ben, I bring it",
        "sure",
        "yes, but the other film",
        "yes, good",
        "oh, stop it!",
        "I would like to start a choir group",
    ):
        assert await crew.says("ana", said, overheard=True) == []
    assert "Kept." in (await crew.says("ana", "yes please", overheard=True))[-1]


async def test_a_thank_you_is_nobodys_yes(house: PlayedHouse) -> None:
    private = await about_to_call(house)

    assert await private.says("ana", "ok, thanks") == ["Gladly."]
    assert "stands on the board" in (await private.says("ana", "ok"))[-1]


async def test_yes_please_lets_a_call_stand(house: PlayedHouse) -> None:
    private = await about_to_call(house)

    told = await private.says("ana", "yes please")

    assert "stands on the board" in told[-1]


async def test_a_call_is_corrected_by_its_own_labels(house: PlayedHouse) -> None:
    private = await about_to_call(house)

    [told] = await private.says("ana", "What: reading a book together, slowly")

    assert "- **What**: reading a book together, slowly" in told
    assert "- **How many**: five people" in told


async def test_a_no_to_a_call_asks_what_is_different(house: PlayedHouse) -> None:
    private = await about_to_call(house)

    assert (await private.says("ana", "no, thank you"))[0].startswith("What is different?")
    [told] = await private.says("ana", "yes, but 6 people")
    assert "- **How many**: six people" in told
    assert "- **What**: reading" in told
    assert (await Calling.get()).stage is CallStage.DRAFT


# ------------------------------------------------------------------------------------- first sentences


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Kinkeeper, who are you?", "I am Kinkeeper."),
        ("who are you?", "I am Kinkeeper."),
        ("are you a bot", "I am Kinkeeper."),
        ("what do you keep?", "**What I keep of a circle and its people**"),
        ("what you keep", "**What I keep of a circle and its people**"),
        ("what can you do for me?", "Here, between us, plain words do."),
        ("How does this work?", "Here, between us, plain words do."),
        ("what are you keeping about me?", "This is all I keep about you."),
        ("What do you know about me?", "This is all I keep about you."),
        ("please leave me alone", "I call you by name nowhere now. `quiet off` undoes it."),
        ("when do we meet next?", "You are in no circle that I look after"),
        ("I'm looking for a group", "No call is open for you to see just now."),
        ("change my call", "No call of yours is open, so there is nothing to change."),
        ("I can't come", "No meeting of yours is planned."),
        ("delete my data", "I would delete your time zone"),
        ("thank you", "Gladly."),
        ("how do I start a crew?", "A crew is three to eight people who keep meeting."),
    ],
)
async def test_the_first_sentences_of_a_newcomer_lead_to_an_answer(
    house: PlayedHouse, said: str, told: str
) -> None:
    private = await house.private("ana")

    assert told in (await private.says("ana", said))[-1]


async def test_a_wish_in_a_sentence_begins_a_call(house: PlayedHouse) -> None:
    private = await house.private("ana")

    [told] = await private.says("ana", "I would like to start a “slow reading” group")

    assert "- **What**: a “slow reading” group" in told
    assert (await Calling.get()).stage is CallStage.DRAFT


async def test_who_are_you_is_answered_in_a_room_that_calls_us(house: PlayedHouse) -> None:
    crew = await house.crew()

    assert (await crew.says("ben", "who are you?"))[0].startswith("I am Kinkeeper.")


async def test_what_stands_of_a_call_and_what_can_be_changed_is_said(house: PlayedHouse) -> None:
    private = await about_to_call(house)
    await private.says("ana", "yes")

    [told] = await private.says("ana", "change my call")

    assert told.startswith("`intention …` says in other words what your call is for.")
    assert "Nothing was changed." in told


async def test_a_long_sentence_gets_three_things_that_work(house: PlayedHouse) -> None:
    crew, private = await house.crew(), await house.private("ana")

    [told] = await private.says("ana", "I wonder what the weather is like over there")
    [in_room] = await crew.says("ana", "!i wonder what the weather is like over there")

    assert told.startswith("I did not understand that; I read short, plain words.")
    assert [line.split("`")[1] for line in told.splitlines() if line.startswith("- ")] == [
        "call a reading circle",
        "when",
        "help",
    ]
    assert "`!help` shows what else I can do here" in in_room
    assert "Did you mean" not in told + in_room


async def test_a_mistyped_word_of_ours_is_still_asked_about(house: PlayedHouse) -> None:
    private = await house.private("ana")

    [told] = await private.says("ana", "remnd me tomorrow 9:00 call Lee")

    assert "Did you mean **remind**?" in told


async def test_a_question_of_ours_does_not_take_a_question_back_for_its_answer(
    house: PlayedHouse,
) -> None:
    private = await about_to_call(house)

    assert (await private.says("ana", "who are you?"))[0].startswith("I am Kinkeeper.")
    assert "reading" in (await private.says("ana", "size 6"))[0]


async def test_what_somebody_would_like_to_do_may_begin_like_a_wish_to_us(
    house: PlayedHouse,
) -> None:
    private = await house.private("ana")
    await private.says("ana", "call")

    await private.says("ana", "I would like to start a reading group")

    assert (await Calling.get()).said["intention"] == "I would like to start a reading group"


# ------------------------------------------------------------------------------------------------ help


def words(told: str) -> list[str]:
    return [line.split("`")[1].lstrip("!") for line in told.splitlines() if line.startswith("- `")]


async def test_help_for_a_newcomer_is_five_lines(house: PlayedHouse) -> None:
    private = await house.private("ana")

    [told] = await private.says("ana", "help")

    assert words(told) == ["calls", "call", "remind", "about"]
    assert "`help all` lists everything; `help calls` tells more about one word." in told
    assert told.endswith("🛟 `safety` shows people outside your crews whom you can turn to.")


async def test_help_in_private_names_what_the_private_chat_is_for(house: PlayedHouse) -> None:
    await house.space("Lakeside", ["ana", "ben"], moderators=["ben"])
    ana, pia = await house.private("ana"), await house.private("pia")

    [told] = await ana.says("ana", "help")
    [alone] = await pia.says("pia", "help")

    line = "For yourself alone: `reflect` · `money` · `pathway`."
    assert (
        f"With one other of you: `dyad` · `pairing` · `steward` · `welcome` · `partnership`. {line} `help` and one of these words "
        "tells what it is."
    ) in told
    assert line in alone
    assert "`dyad`" not in alone
    for word in ("dyad", "pairing", "steward", "welcome", "partnership", "reflect", "money"):
        assert (await ana.says("ana", f"help {word}"))[0].startswith(f"**{word}**: ")


async def test_help_in_private_fits_who_one_is(house: PlayedHouse) -> None:
    await house.crew()
    ana = await house.private("ana")
    cal = await about_to_call(house, "cal")
    await cal.says("cal", "yes")

    assert words((await ana.says("ana", "help"))[0])[:2] == ["when", "coming"]
    assert "trial" in words((await cal.says("cal", "help"))[0])


@pytest.mark.parametrize(
    ("life", "first"),
    [
        (Life.FORMING, "charter"),
        (Life.ACTIVE, "when"),
        (Life.PAUSED, "wake"),
        (Life.CLOSED, "wake"),
        (None, "when"),
    ],
)
async def test_help_in_a_crew_fits_its_life(
    house: PlayedHouse, life: Life | None, first: str
) -> None:
    crew = await house.crew(life=life)

    [told] = await crew.says("ana", "!help")

    assert words(told)[0] == first
    assert len(words(told)) <= 9


@pytest.mark.parametrize("kind", [RoomKind.CREW, RoomKind.DYAD, RoomKind.WORKING])
async def test_help_names_polls_and_what_was_decided_in_a_line_each(
    house: PlayedHouse, kind: RoomKind
) -> None:
    circle = await house.room("Hall", ["ana", "ben"], kind=kind)

    [told] = await circle.says("ana", "!help")

    assert {"poll", "decisions"} <= set(words(told))


async def test_help_about_polls_lists_the_terms_that_work(house: PlayedHouse) -> None:
    crew = await house.crew()

    [told] = await crew.says("ana", "!help poll")

    assert all(
        term in told for term in ("up to 3", "2 seats", "5 dots", "quorum 60 %", "after mine")
    )


@pytest.mark.parametrize("kind", [kind for kind in RoomKind if kind is not RoomKind.ASSEMBLY])
async def test_no_word_of_help_belongs_in_another_room(house: PlayedHouse, kind: RoomKind) -> None:
    room = await house.room(
        "Hall", ["ana"], kind=kind, private_with=person("ana") if kind is RoomKind.PRIVATE else None
    )

    [told] = await room.says("ana", "!help")

    assert words(told)
    for word in words(told):
        assert kind in CATALOGUE.commands[word].kinds


async def test_help_begins_with_the_question_that_is_open(house: PlayedHouse) -> None:
    private = await talk_proposed(house)

    [told] = await private.says("ben", "help")

    assert told.startswith(
        "**A question of mine is open here**: “Ana proposes a first talk with all who are curious: "
    )
    assert "✅ i come · ✋ not this time – a tap" in told
    assert "`stop` ends it." in told


async def test_help_names_the_word_that_is_waited_for(house: PlayedHouse) -> None:
    private = await house.private("ana")
    await private.says("ana", "timezone Rome")
    await private.says("ana", "remind")

    assert "**I wait for your next message here**" in (await private.says("ana", "help"))[0]


async def test_help_in_a_practice_begins_with_its_words(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!start check-in round")
    await crew.taps("ana", "▶️")

    [told] = await crew.says("ben", "!help")

    assert told.startswith("**A practice is on.** ✅ done · ⏭️ pass · ➡️ next")


async def test_help_with_a_word_of_the_private_chat_shows_no_sign(house: PlayedHouse) -> None:
    private = await house.private("ana")

    [call] = await private.says("ana", "help call")
    [rhythm] = await private.says("ana", "help rhythm")

    assert "For example `call dinner and honesty" in call
    assert "For example `!rhythm third thursday 19:00`" in rhythm


async def test_help_with_the_name_of_a_practice_shows_how_it_runs(house: PlayedHouse) -> None:
    crew = await house.crew()

    [told] = await crew.says("ana", "!help check-in round")

    assert told.startswith("**check\\-in round**")
    assert "`!start check\\-in round` calls it" in told


# ------------------------------------------------------------------------------------------------ when


async def test_when_in_private_lists_every_circle_the_next_first(house: PlayedHouse) -> None:
    kitchen = await house.crew("Kitchen Crew")
    garden = await house.crew("Garden Crew")
    resting = await house.crew("Old Crew", life=Life.PAUSED)
    silent = await house.crew("Silent Crew")
    await house.crew("Others", people=("dan", "eve"))
    for crew, rhythm in (
        (kitchen, "third thursday 19:00"),
        (garden, "every monday 18:00"),
        (resting, "every friday 18:00"),
    ):
        await crew.says("ana", f"!rhythm {rhythm}")
        await crew.taps("ana", "✅")
    private = await house.private("ana")

    [told] = await private.says("ana", "when do we meet next?")

    assert told.index("**Garden Crew**") < told.index("**Kitchen Crew**")
    assert "- **Monday 23 November, 18:00**" in told
    assert "- **Thursday 17 December, 19:00**" in told
    assert "**Silent Crew**\nhas no meeting planned." in told
    assert "**Old Crew**\nrests just now." in told
    assert "Others" not in told
    assert silent.id


async def test_when_in_private_shows_ones_own_clock(house: PlayedHouse) -> None:
    crew, private = await house.crew(), await house.private("ana")
    await crew.says("ana", "!rhythm third thursday 19:00")
    await crew.taps("ana", "✅")
    await private.says("ana", "timezone Lisbon")

    [told] = await private.says("ana", "when")

    assert "- **Thursday 17 December, 19:00** (Thursday 17 December, 18:00 for you)" in told


async def test_when_in_private_without_a_circle_says_what_is_open(house: PlayedHouse) -> None:
    private = await house.private("ana")

    [told] = await private.says("ana", "when")

    assert told.startswith("You are in no circle that I look after")


# ------------------------------------------------------------------------------------------------ late


async def test_a_late_answer_about_a_meeting_is_met_privately(house: PlayedHouse) -> None:
    crew = await who_comes(house)
    await house.passes(until=datetime(2026, 12, 17, 18, 0, tzinfo=UTC))

    [told] = await crew.says("ben", "I'll be there", on="meeting:1", overheard=True)

    assert told.startswith("→ ben: The meeting of **Thursday 17 December, 19:00** has begun")
    assert "welcome all the same" in told
    assert await Coming.all().count() == 0
    assert await crew.says("ben", "what a day", on="meeting:1", overheard=True) == []


async def test_an_answer_about_a_meeting_that_is_left_out_is_met_privately(
    house: PlayedHouse,
) -> None:
    crew = await who_comes(house)
    await crew.says("ana", "!skip")
    await crew.taps("ana", "✅", on=crew.asked("is left out"))

    [told] = await crew.taps("ben", "✅", on="meeting:1")

    assert "→ ben: The meeting of **Thursday 17 December, 19:00** is left out" in told


async def test_the_host_who_answers_too_late_hears_that_it_stands(house: PlayedHouse) -> None:
    await who_comes(house)
    private = await house.private("ana")
    await house.passes(until=datetime(2026, 12, 17, 15, 30, tzinfo=UTC))
    question = private.asked("said that they come to")
    await house.passes(until=datetime(2026, 12, 17, 18, 30, tzinfo=UTC))

    assert await private.taps("ana", "✅", on=question) == [
        "The meeting has begun by now, and stands as planned. Nothing was changed."
    ]
    assert await private.taps("ana", "❤️", on=question) == []


async def test_a_tap_on_a_first_talk_that_has_begun_is_answered(house: PlayedHouse) -> None:
    private = await talk_proposed(house)
    question = private.tappable()
    await house.passes(until=datetime(2026, 11, 25, 18, 10, tzinfo=UTC))

    told = await private.taps("ben", "✅", on=question)

    assert told == ["That talk has begun or is over by now, so nothing was noted."]


async def test_a_tap_that_begins_a_first_meeting_is_answered_once_it_is_behind_them(
    house: PlayedHouse,
) -> None:
    crew = await house.crew(life=Life.ACTIVE)

    assert await crew.taps("ana", "▶️", on=f"first:{crew.id}") == [
        "→ ana: Your first meeting is behind you, so nothing was begun. `!practice` in the room shows what fits you now."
    ]
    assert await crew.taps("ana", "❤️", on=f"first:{crew.id}") == []


async def test_a_tap_about_a_talk_for_a_call_that_has_ended_is_answered(house: PlayedHouse) -> None:
    private = await two_are_curious(house)
    question = private.asked("propose a time")
    await private.says("ana", "call withdraw")
    await private.says("ana", "yes")

    [told] = await private.taps("ana", "🗓️", on=question)

    assert told == "That call has ended, so nothing was changed. `call` begins another."
    assert await private.taps("ana", "❤️", on=question) == []


async def test_begin_now_after_the_crew_has_begun_is_answered(house: PlayedHouse) -> None:
    private = await two_are_curious(house)
    await private.says("ana", "trial none")
    for who, word in (("ana", "gladly"), ("ben", "yes please"), ("cleo", "I would love to")):
        room = PlayedRoom(house, f"!private-{who}:here")
        for _other in range(2):
            await room.says(who, word)
    assert (await Calling.get()).stage is CallStage.FORMED

    [told] = await private.says("ana", "form now")

    assert told.startswith("Nobody is being asked about a crew of yours just now")


async def test_whoever_was_not_asked_hears_nothing_of_a_question_that_is_closed(
    house: PlayedHouse,
) -> None:
    private, mal = await about_to_call(house), await house.private("mal")
    question = private.tappable()
    await private.says("ana", "yes")

    assert await mal.taps("mal", "✅", on=question) == []
    assert await mal.says("mal", "yes", on=question) == []
    assert (await private.taps("ana", "✅", on=question))[0].startswith("That question is closed")


@pytest.mark.requirement("R8")
async def test_of_what_is_said_about_coming_only_the_answer_is_kept(house: PlayedHouse) -> None:
    crew = await who_comes(house)

    [edited] = await crew.says("ben", "Coming, and I bring bread", on="meeting:1", overheard=True)

    assert "✅ Ben" in edited
    assert "bread" not in edited
    assert [row async for row in Heard.filter(state=Settled.SETTLED) if row.content] == []
    assert (await Coming.get()).answer.value == "coming"


# ------------------------------------------------------------------------------------ smaller things


async def test_a_hint_in_a_room_has_the_sign_in_front(house: PlayedHouse) -> None:
    space = await house.space("Lakeside", ["ana"], ["ana"])
    private = await house.private("ana")

    assert "`!calls` shows those that are." in (await space.says("ana", "!curious 7"))[0]
    assert "`calls` shows those that are." in (await private.says("ana", "curious 7"))[0]


async def test_part_of_a_name_is_enough_to_be_asked_about_leaving(house: PlayedHouse) -> None:
    await house.crew("Dinner and honesty crew")
    await house.crew("Garden crew")
    private = await house.private("ana")

    assert (
        "You would leave **Dinner and honesty crew**"
        in (await private.says("ana", "leave Dinner"))[0]
    )
    assert "Nothing was changed." in (await private.says("ana", "no"))[0]
    assert "More than one of your circles" in (await private.says("ana", "leave crew"))[0]
    assert "called so" in (await private.says("ana", "leave Choir"))[0]


async def test_a_space_is_left_only_by_its_whole_name(house: PlayedHouse) -> None:
    await house.space("Lakeside and hills", ["ana"], ["ana"])
    private = await house.private("ana")

    assert "called so" in (await private.says("ana", "leave Lakeside"))[0]


async def test_whoever_stays_in_another_crew_is_not_offered_to_be_forgotten(
    house: PlayedHouse,
) -> None:
    first = await house.crew("First")
    last = await house.crew("Last")
    private = await house.private("ana")
    told = []
    for crew in (first, last):
        await private.says("ana", f"leave {'First' if crew is first else 'Last'}")
        told.append((await private.says("ana", "yes"))[-1])
        await Member.filter(room=crew.id, person=person("ana")).delete()

    assert told == [
        "Done: you are no longer in **First**.",
        "Done: you are no longer in **Last**. `forget me` removes what else I keep about you.",
    ]


async def test_a_day_that_has_passed_this_year_is_no_day_to_move_to(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!rhythm every thursday 19:00")
    await crew.taps("ana", "✅")

    [told] = await crew.says("ana", "!move 1 november")

    assert told.startswith("That day has passed this year, so nothing was changed.")
    assert "Monday 1 November 2027" in told
    assert "I understood" in (await crew.says("ana", "!move 1 november 2027"))[0]


async def test_what_is_taken_on_until_next_year_says_the_year(house: PlayedHouse) -> None:
    crew = await house.crew()

    [told] = await crew.says("ana", "!commit bring the list by 1 november")
    [soon] = await crew.says("ana", "!commit bring the list by 1 march")

    assert "by Monday 1 November 2027" in told
    assert "by Monday 1 March\n" in soon


async def test_a_script_for_crews_is_offered_to_no_room_of_a_congregation(
    house: PlayedHouse,
) -> None:
    await house.crew("Dinner Crew")
    await house.room("Commons", ["ana"], kind=RoomKind.WORKING)
    private = await house.private("ana")
    script = "name: bread\npurpose: to bake\nscales: [crew]\nphases:\n  - name: bake\n    minutes: 5\n    prompt: Bake.\n"

    told = await private.sends("ana", "bread.yaml", script)

    assert told[-1].startswith("Shall I put it to **Dinner Crew**?")


async def test_a_script_that_none_of_ones_circles_can_hold_says_so(house: PlayedHouse) -> None:
    await house.room("Commons", ["ana"], kind=RoomKind.WORKING)
    private = await house.private("ana")
    script = "name: bread\npurpose: to bake\nscales: [crew]\nphases:\n  - name: bake\n    minutes: 5\n    prompt: Bake.\n"

    told = await private.sends("ana", "bread.yaml", script)

    assert "in a crew. None of your circles is one" in told[-1]
    assert await Question.all().count() == 0


async def test_about_names_no_version_first_and_no_other_chat_in_this_one(
    house: PlayedHouse,
) -> None:
    private, crew = await house.private("ana"), await house.crew()

    [told], [in_room] = await private.says("ana", "hi"), await crew.says("ana", "!hi")

    assert told.startswith("I am Kinkeeper. I look after")
    assert "in our private chat" not in told
    assert "`export` and `forget me` in our private chat" in in_room
    assert told.endswith("*Version test.*")


@pytest.mark.parametrize("said", ["quiet 22-7", "quiet from 22 to 7", "quiet 22:00-07:00"])
async def test_a_night_may_be_said_in_bare_hours(house: PlayedHouse, said: str) -> None:
    private = await house.private("ana")

    assert "quiet from **22:00** until **07:00**" in (await private.says("ana", said))[0]


async def test_a_rhythm_mistyped_in_a_room_is_asked_about_in_its_words(house: PlayedHouse) -> None:
    crew = await house.crew()

    [told] = await crew.says("ana", "!rhythm evry sunday 10am")

    assert "Did you mean “every sunday 10am”?" in told.replace("\\", "")


# ------------------------------------------------------------------------------------------- settings


async def who_comes(house: PlayedHouse) -> PlayedRoom:
    """A crew that was asked who comes to its meeting tomorrow."""
    crew = await house.crew()
    await crew.says("ana", "!rhythm third thursday 19:00")
    await crew.taps("ana", "✅")
    await house.passes(until=ASKED)
    return crew


async def about_to_call(house: PlayedHouse, who: str = "ana") -> PlayedRoom:
    """Somebody whose call was said back to them, on the way to a board."""
    await house.space("Lakeside", [who, "ben", "cleo"], [who])
    private = await house.private(who)
    await private.says(who, "call reading, every tuesday 19:00, 5 people")
    return private


async def two_are_curious(house: PlayedHouse) -> PlayedRoom:
    """A call that two are curious about; the private chat of its caller."""
    private = await about_to_call(house)
    await private.says("ana", "yes")
    for who in ("ben", "cleo"):
        await (await house.private(who)).says(who, "curious 1")
    return private


async def talk_proposed(house: PlayedHouse) -> PlayedRoom:
    """A first talk on Wednesday that was proposed to two; the private chat of one of them."""
    private = await two_are_curious(house)
    await private.says("ana", "trial wednesday 19:00")
    await private.says("ana", "yes")
    await private.says("ana", "skip")
    return PlayedRoom(house, "!private-ben:here")
