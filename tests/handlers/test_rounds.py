"""Consent in rounds, played: over days and live, with objections that open together, and a daemon that may die anywhere."""

import base64
import json
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from practices.circles import Life, RoomKind
from practices.rounds import Fate, Round, Stage, from_state
from storage.coming import Coming
from storage.database import close_database, open_database, sqlite_url
from storage.decisions import Decision
from storage.hosting import Hosting, Said
from storage.inbox import Heard, Kind
from storage.meetings import Meeting
from storage.outbox import Deed
from storage.questions import Question
from storage.rooms import Room
from storage.rounds import Round as Row
from storage.visitors import Visitor
from tests.handlers.played import ME, PlayedHouse, PlayedRoom, person

THREE = ("ana", "ben", "cleo")
FIVE = (*THREE, "dan", "eve")
TEXT = "We share the cost of the room"
DAY = timedelta(days=1)


async def played(
    house: PlayedHouse, people: tuple[str, ...] = THREE
) -> tuple[PlayedRoom, dict[str, PlayedRoom]]:
    crew = await house.crew(people=people)
    return crew, {who: await house.private(who) for who in people}


async def stands(number: int = 1) -> Round:
    return from_state((await Row.get(id=number)).state)


async def now_asked(number: int = 1) -> str:
    """The name of the message that says what is asked now."""
    return f"round:{number}:{(await Row.get(id=number)).prompt}"


async def tap(crew: PlayedRoom, who: str, sign: str) -> list[str]:
    return await crew.taps(who, sign, on=await now_asked())


async def asked_for_objections(
    house: PlayedHouse, people: tuple[str, ...] = THREE
) -> tuple[PlayedRoom, dict[str, PlayedRoom]]:
    """Ana proposes and facilitates; all have nothing to ask and nothing to say, and the text stays."""
    crew, private = await played(house, people)
    await crew.says("ana", f"!consent {TEXT}")
    await tap(crew, "ana", "▶️")
    for _ in range(2):
        for who in people:
            await tap(crew, who, "✅")
    await tap(crew, "ana", "✅")
    assert (await stands()).stage is Stage.OBJECTIONS
    return crew, private


async def answering(private: dict[str, PlayedRoom], **said: str) -> list[str]:
    told: list[str] = []
    for who, text in said.items():
        told = await private[who].says(who, text)
    return told


async def looked_at(house: PlayedHouse) -> tuple[PlayedRoom, dict[str, PlayedRoom]]:
    """Ben alone objects, and is ready."""
    crew, private = await asked_for_objections(house)
    await answering(private, ana="consent", ben="objection: the cellar is wet", cleo="consent")
    await private["ben"].says("ben", "ready")
    assert (await stands()).stage is Stage.INTEGRATING
    return crew, private


def chat(who: str) -> str:
    """The private chat with somebody."""
    return f"!private-{who}:here"


def in_room(house: PlayedHouse, crew: PlayedRoom, since: int = 0) -> str:
    return "\n".join(
        str((each.content or {}).get("text", ""))
        for each in house.owed[since:]
        if each.lane == crew.id
    )


# ------------------------------------------------------------------------------------------ from the start


async def test_one_line_proposes_and_two_taps_begin(house: PlayedHouse) -> None:
    crew, _private = await played(house)

    told = await crew.says("ana", f"!consent {TEXT}")
    begun = await tap(crew, "ana", "▶️")

    assert told[0].startswith(f"**Ana proposes** (consent round 1): {TEXT}")
    assert "**now: ready** → questions" in told[0]
    assert any("▶️ over days, here · 🔔 live" in each for each in told)
    assert any("**Say:** Is this ours to decide, and is it needed now?" in each for each in told)
    assert any(
        each.startswith("**Questions**") and "Tuesday 24 November, 10:00" in each for each in begun
    )


async def test_without_words_it_asks_what_is_proposed(house: PlayedHouse) -> None:
    crew, _private = await played(house)

    [asked] = await crew.says("ana", "!consent")
    told = await crew.says("ana", TEXT)

    assert asked.startswith("What do you propose?")
    assert TEXT in told[0]


async def test_only_who_proposes_or_facilitates_begins(house: PlayedHouse) -> None:
    crew, _private = await played(house)
    await crew.says("ana", f"!consent {TEXT}")

    told = await tap(crew, "ben", "▶️")

    assert told == ["Whoever proposes it or facilitates it begins it\\. Nothing was changed."]
    assert house.owed[-1].lane == chat("ben")
    assert (await stands()).stage is Stage.READY


async def test_the_proposer_may_still_change_the_words(house: PlayedHouse) -> None:
    crew, _private = await played(house)
    await crew.says("ana", f"!consent {TEXT}")

    await crew.says("ben", "!consent 1 amend Nobody pays")
    assert (await stands()).text == TEXT
    await crew.says("ana", "amend: We share the cost of the hall", on="round:1")

    round_ = await stands()
    assert (round_.text, round_.version) == ("We share the cost of the hall", 1)


async def test_a_step_may_be_longer_and_its_end_waits_for_the_morning(house: PlayedHouse) -> None:
    crew, _private = await played(house)
    await house.passes(until=datetime(2026, 11, 22, 21, 30, tzinfo=UTC))
    await crew.says("ana", f"!consent {TEXT}; 3 days a step")

    told = await tap(crew, "ana", "▶️")

    assert any(
        "Thursday 26 November, 8:00" in each or "26 November, 08:00" in each for each in told
    )
    assert (await stands()).text == TEXT
    await house.passes(until=datetime(2026, 11, 26, 6, 59, tzinfo=UTC))
    assert (await stands()).stage is Stage.QUESTIONS
    await house.passes(until=datetime(2026, 11, 26, 7, 0, tzinfo=UTC))
    assert (await stands()).stage is Stage.REACTIONS


async def test_a_round_that_nobody_moves_for_two_months_is_laid_aside(house: PlayedHouse) -> None:
    _crew, _private = await looked_at(house)

    reminded = await house.passes(timedelta(hours=25))
    await house.passes(timedelta(days=58))
    assert (await stands()).stage is Stage.INTEGRATING
    told = await house.passes(timedelta(days=3))

    assert len([each for each in reminded if "an objection waits for a word of yours" in each]) == 2
    assert any("is laid aside" in each for each in told)
    assert (await stands()).objections[0].fate is Fate.GONE


async def test_only_whoever_facilitates_has_the_card(house: PlayedHouse) -> None:
    crew, _private = await asked_for_objections(house)

    [refused] = await crew.says("ben", "!consent 1 card")
    [card] = await crew.says("ana", "!consent 1 card")

    assert "The card is for whoever facilitates" in refused
    assert "**Say:**" in card
    assert house.owed[-1].lane == chat("ana")


async def test_each_step_ends_when_all_have_tapped_or_its_time_is_over(house: PlayedHouse) -> None:
    crew, _private = await played(house)
    await crew.says("ana", f"!consent {TEXT}")
    await tap(crew, "ana", "▶️")
    for who in THREE:
        await tap(crew, who, "✅")
    assert (await stands()).stage is Stage.REACTIONS

    early = await house.passes(timedelta(hours=25))
    await house.passes(timedelta(hours=24))

    reminded = [each for each in early if "you may still say how a proposal is for you" in each]
    assert len(reminded) == 3
    assert (await stands()).stage is Stage.AMENDING


async def test_a_reminder_is_for_those_who_are_waited_for_and_for_nobody_muted(
    house: PlayedHouse,
) -> None:
    crew, private = await played(house)
    await private["cleo"].says("cleo", "quiet everywhere")
    await crew.says("ana", f"!consent {TEXT}")
    await tap(crew, "ana", "▶️")
    await tap(crew, "ana", "✅")
    before = len(house.owed)

    await house.passes(timedelta(hours=25))

    assert [each.lane for each in house.owed[before:] if each.deed is Deed.SEND] == [chat("ben")]


async def test_a_tap_under_a_step_that_is_over_does_nothing(house: PlayedHouse) -> None:
    crew, _private = await played(house)
    await crew.says("ana", f"!consent {TEXT}")
    await tap(crew, "ana", "▶️")
    old = await now_asked()
    for who in THREE:
        await crew.taps(who, "✅", on=old)

    assert await crew.taps("ben", "✅", on=old) == []
    assert (await stands()).done == ()


# ----------------------------------------------------------------------------------- sealed, and all at once


@pytest.mark.requirement("R131")
async def test_objections_are_hidden_until_all_have_answered_and_then_shown_at_once(
    house: PlayedHouse,
) -> None:
    crew, private = await asked_for_objections(house)
    before = len(house.owed)
    await answering(
        private, ben="objection: the cellar is wet", ana="concern: the heating is extra"
    )

    hidden = in_room(house, crew, before)
    everything = str([
        *await Row.all().values("state", "sealed"),
        *await Question.all().values(),
        *await Heard.all().values("content", "key"),
    ])  # fmt: skip
    shown = await private["cleo"].says("cleo", "✅")

    assert "2 of 3 have answered" in hidden
    for word in ("wet", "heating", "objection:", "Ben", "Cleo"):
        assert word not in hidden
    assert "wet" not in everything
    assert "heating" not in everything
    assert (
        "**All at once:** of 3 who answered, 1 consents, 1 consents with a concern, 1 objects.\n\n"
        "- **Objection 1**, Ben: the cellar is wet\n\n"
        "Concerns to be noted:\n\n- the heating is extra – Ana" in shown
    )
    assert (await Row.get()).sealed is None


@pytest.mark.requirement("R131")
async def test_what_is_written_before_the_others_is_asked_for_in_private(
    house: PlayedHouse,
) -> None:
    crew, _private = await asked_for_objections(house)
    before = len(house.owed)

    told = await crew.says("ben", "objection: the cellar is wet", on="round:1")

    assert told[0].startswith("→ ben:") or house.owed[before].lane in (
        person("ben"),
        "!private-ben:here",
    )
    assert "was not noted" in told[0]
    assert in_room(house, crew, before) == ""
    assert (await stands()).waiting == tuple(person(who) for who in THREE)


async def test_whoever_is_asked_and_answers_knows_that_an_objection_is_read_with_their_name(
    house: PlayedHouse,
) -> None:
    _crew, private = await asked_for_objections(house)

    [asked] = await private["ben"].says("ben", "consent 1")
    objection = (await private["ben"].says("ben", "objection: the cellar is wet"))[0]
    concern = (await private["cleo"].says("cleo", "concern without my name: noise"))[0]

    assert "an objection with your name and in your words" in asked
    assert "of who consents only the number" in asked
    assert "`secret` poll" in asked
    assert "Then all read it with your name." in objection
    assert "with your name" not in concern


async def test_a_tap_alone_is_no_objection_until_it_has_its_words(house: PlayedHouse) -> None:
    _crew, private = await asked_for_objections(house)

    [wants] = await private["ben"].says("ben", "✋")
    assert wants.startswith("What makes it not safe enough to try?")
    assert person("ben") in (await stands()).waiting
    noted = await private["ben"].says("ben", "the cellar is wet")

    assert noted[0].startswith("Sealed until all is shown: **objection**: the cellar is wet")
    assert person("ben") not in (await stands()).waiting


async def test_words_alone_are_asked_what_they_are(house: PlayedHouse) -> None:
    _crew, private = await asked_for_objections(house)

    [asked] = await private["ben"].says("ben", "it may rain in")
    told = await private["ben"].says("ben", "💬")

    assert "is it: ✅ consent" in asked
    assert told[0].startswith("Sealed until all is shown: **concern**: it may rain in")


async def test_an_answer_may_be_given_anew_until_all_is_shown(house: PlayedHouse) -> None:
    _crew, private = await asked_for_objections(house)
    await answering(private, ben="objection: the cellar is wet")
    [again] = await private["ben"].says("ben", "consent 1")
    await answering(private, ben="consent", ana="consent", cleo="consent")

    assert "Is it good enough for now" in again
    assert (await stands()).objections == ()
    assert (await stands()).stage is Stage.REVIEW


async def test_an_answer_that_begins_with_consent_is_one(house: PlayedHouse) -> None:
    _crew, private = await asked_for_objections(house)

    [told, *_rest] = await private["ben"].says("ben", "consent because it is dry by now")

    assert told.startswith("Sealed until all is shown: **consent**: it is dry by now")


@pytest.mark.requirement("R10")
async def test_a_pass_is_not_waited_for_and_leaves_nothing(house: PlayedHouse) -> None:
    crew, private = await asked_for_objections(house)
    before = len(house.owed)
    [told, *_rest] = await private["cleo"].says("cleo", "⏭️")
    passed = in_room(house, crew, before)
    row = await Row.get()

    assert told.startswith("That is fine, and nothing of it is kept.")
    assert row.sealed is None
    assert "1 of 3 have answered" in passed
    shown = await answering(private, ana="consent", ben="consent")
    assert "**All at once:** of 2 who answered, 2 consent." in shown
    assert "Cleo" not in in_room(house, crew, before)


async def test_a_concern_may_be_noted_without_a_name(house: PlayedHouse) -> None:
    crew, private = await asked_for_objections(house)
    await answering(private, ben="concern: it is loud")
    await private["ben"].taps("ben", "🙈", on="stance:1")
    await answering(private, ana="concern without my name: it is late", cleo="consent")
    await tap(crew, "ana", "✅")

    [board] = await crew.says("cleo", "!consent 1")

    assert "- it is late\n- it is loud" in board
    assert "Ben" not in board
    assert [each.person for each in (await stands()).voices] == ["", ""]


async def test_a_concern_without_a_name_stands_where_nobodys_name_would(house: PlayedHouse) -> None:
    crew, private = await asked_for_objections(house)
    await answering(private, ana="concern without my name: noise", ben="concern: cold")
    await answering(private, cleo="concern without my name: air")
    [before] = await crew.says("ben", "!consent 1")
    kept = [each.words for each in (await stands()).voices]
    await tap(crew, "ana", "✅")

    [after] = await crew.says("ben", "!consent 1")

    assert kept == ["cold", "air", "noise"]
    for board in (before, after):
        assert "- cold – Ben\n- air\n- noise" in board


# ------------------------------------------------------------------------------------------------- silence


@pytest.mark.requirement("R131")
async def test_whoever_is_silent_is_asked_once_more_and_never_named(house: PlayedHouse) -> None:
    crew, private = await asked_for_objections(house)
    await answering(private, ana="consent", ben="consent")
    before = len(house.owed)

    reminded = await house.passes(timedelta(hours=25))
    to_whom = [each.lane for each in house.owed[before:] if each.deed is Deed.SEND]
    early = await crew.says("ana", "!consent 1 next")
    over = await house.passes(timedelta(hours=24))
    nothing = await house.passes(timedelta(days=5))
    went = await crew.says("ana", "!consent 1 next")

    assert len(reminded) == 1
    assert to_whom == [chat("cleo")]
    assert "Answers are shown when all who are asked have answered" in early[0]
    assert any("go on with those who have answered" in each for each in over)
    assert nothing == []
    assert "**All at once:** of 2 who answered, 2 consent." in went
    assert "Cleo" not in in_room(house, crew, before)


async def test_silence_is_not_consent(house: PlayedHouse) -> None:
    crew, private = await asked_for_objections(house)
    await answering(private, ana="consent")
    await house.passes(timedelta(hours=49))

    told = await crew.says("ana", "!consent 1 next")

    assert any("Nobody else has said that it may be tried" in each for each in told)
    assert (await stands()).stage is Stage.AMENDING


async def test_at_night_nobody_is_asked_and_in_the_morning_everybody(house: PlayedHouse) -> None:
    crew, _private = await played(house)
    await crew.says("ana", f"!consent {TEXT}")
    await tap(crew, "ana", "▶️")
    await house.passes(until=datetime(2026, 11, 22, 21, 30, tzinfo=UTC))
    for _ in range(2):
        for who in THREE:
            await tap(crew, who, "✅")
    at_night = await tap(crew, "ana", "✅")

    asked = [each for each in at_night if "asks for your consent" in each]
    in_the_morning = await house.passes(until=datetime(2026, 11, 23, 7, 30, tzinfo=UTC))

    # Ana has just spoken, and is asked at once.
    assert len(asked) == 1
    assert len([each for each in in_the_morning if "asks for your consent" in each]) == 2


async def test_after_an_absence_the_silent_are_reminded_before_the_time_is_over(
    house: PlayedHouse,
) -> None:
    _crew, _private = await asked_for_objections(house)

    told = await house.wakes_at(datetime(2026, 12, 20, 10, 0, tzinfo=UTC))

    assert len([each for each in told if "asks for your consent" in each]) == 3
    assert not (await stands()).late


# ------------------------------------------------------------------------------------- one at a time, fates


@pytest.mark.requirement("R131")
async def test_objections_are_looked_at_one_after_the_other_each_with_number_owner_and_fate(
    house: PlayedHouse,
) -> None:
    crew, private = await asked_for_objections(house)
    shown = await answering(
        private, cleo="objection: too far", ben="objection: the cellar is wet", ana="consent"
    )

    first = [each for each in shown if "**Objection 1 of 2**, Ben" in each]
    assert first
    assert not [each for each in shown if "**Objection 2 of 2**" in each]
    lifted = await tap(crew, "ben", "↩️")
    carried = await tap(crew, "cleo", "📌")

    assert "Objection 1 is withdrawn by Ben." in lifted
    assert any(each.startswith("**Objection 2 of 2**, Cleo") for each in lifted)
    assert any(each.startswith("Objection 2, Cleo, is carried to the review") for each in carried)
    assert [each.fate for each in (await stands()).objections] == [Fate.WITHDRAWN, Fate.CARRIED]
    assert any("When do you look at it again?" in each for each in carried)


async def test_nobody_sets_an_objection_aside_in_its_owners_place(house: PlayedHouse) -> None:
    crew, _private = await looked_at(house)

    for verb in ("withdraw objection", "carry", "next"):
        [told] = await crew.says("ana", f"!consent 1 {verb}")
        assert "whoever raised it" in told
    for sign in ("↩️", "📌", "✅"):
        await tap(crew, "cleo", sign)

    assert (await stands()).objections[0].fate is None


async def test_a_change_is_taken_in_by_two_yeses_and_the_others_are_asked_again(
    house: PlayedHouse,
) -> None:
    crew, private = await looked_at(house)

    offered = await crew.says("cleo", f"amend: {TEXT}, with a stove", on=await now_asked())
    await tap(crew, "ben", "✅")
    assert (await stands()).version == 1
    taken = await tap(crew, "ana", "✅")

    assert any("Ana and Ben: ✅ this takes it in" in each for each in offered)
    assert any(
        "Objection 1, Ben, is taken in. This is the text now, version 2" in each for each in taken
    )
    assert len([each for each in taken if "asks for your consent" in each]) == 2
    assert (await stands()).waiting == (person("ben"), person("cleo"))
    await private["ben"].says("ben", "consent")
    await private["cleo"].says("cleo", "consent")
    assert (await stands()).stage is Stage.REVIEW


async def test_a_change_that_is_not_yet_enough_leaves_the_objection_open(
    house: PlayedHouse,
) -> None:
    crew, _private = await looked_at(house)
    await crew.says("ana", f"!consent 1 amend {TEXT}, soon")

    told = await tap(crew, "ben", "✋")

    assert any(each.startswith("**Objection 1**, Ben: the cellar is wet") for each in told)
    assert ((await stands()).offer, (await stands()).version) == (None, 1)


async def test_a_yes_in_the_thread_is_talk_and_under_the_offer_an_answer(
    house: PlayedHouse,
) -> None:
    crew, _private = await looked_at(house)
    await crew.says("ana", f"!consent 1 amend {TEXT}, soon")

    heard = Heard(
        key=house.key(),
        kind=Kind.MESSAGE,
        room=crew.id,
        sender=person("ben"),
        at=house.now,
        content={"text": "yes", "thread": "$t", "target": "round:1", "in_thread": True},
    )
    assert await house.settled(heard) == []
    assert (await stands()).version == 1
    await crew.says("ben", "yes", on=await now_asked())

    assert (await stands()).version == 2


# ---------------------------------------------------------------------------------- words that were changed


async def test_a_yes_to_an_older_offer_takes_in_nothing_newer(house: PlayedHouse) -> None:
    crew, private = await looked_at(house)
    await crew.says("ben", f"!consent 1 amend {TEXT} and dry the cellar")
    older = await now_asked()
    await crew.says("ben", "!consent 1 amend Ana alone pays for the room")

    [replied] = await crew.says("ana", "yes", on=older)
    [board] = await crew.says("ana", "yes", on="round:1")
    [tapped] = await crew.taps("ana", "✅", on=older)

    for told in (replied, board):
        assert "That message does not say what is asked now, so nothing was changed." in told
        assert "Ana alone pays for the room" in told
    assert tapped.startswith("That message of **Kitchen Crew** is asked no more")
    assert house.owed[-1].lane == chat("ana")
    assert (await stands()).text == TEXT
    assert private
    await crew.says("ana", "yes", on=await now_asked())
    assert (await stands()).text == "Ana alone pays for the room"


async def test_a_done_to_an_older_step_is_no_done_of_this(house: PlayedHouse) -> None:
    crew, _private = await played(house)
    await crew.says("ana", f"!consent {TEXT}")
    await tap(crew, "ana", "▶️")
    questions = await now_asked()
    await crew.says("ana", "!consent 1 next")

    [told] = await crew.says("ben", "done", on=questions)
    assert "This is:\n\n**Reactions**" in told
    assert (await stands()).done == ()
    await crew.says("ben", "done", on="round:1")

    assert (await stands()).done == (person("ben"),)


async def test_whoever_taps_what_is_somebody_elses_to_say_hears_so(house: PlayedHouse) -> None:
    crew, _private = await looked_at(house)

    [told] = await tap(crew, "cleo", "↩️")

    assert told.startswith("An objection is withdrawn")
    assert house.owed[-1].lane == chat("cleo")
    assert (await stands()).objections[0].fate is None


async def test_of_changed_words_everybody_is_asked_whatever_they_had_said(
    house: PlayedHouse,
) -> None:
    crew, private = await asked_for_objections(house, FIVE)
    await answering(private, ana="consent", ben="objection: the cellar is wet", cleo="consent")
    await answering(private, dan="pass", eve="concern: noise")
    await private["ben"].says("ben", "ready")
    await crew.says("ana", f"amend: {TEXT}, with a stove", on=await now_asked())

    since = len(house.owed)
    told = await tap(crew, "ben", "✅")

    texts = [(each.lane, str((each.content or {}).get("text", ""))) for each in house.owed[since:]]
    lanes = [lane for lane, text in texts if "asks for your consent" in text]
    asked = [text for _lane, text in texts if "asks for your consent" in text]
    assert lanes == [chat(who) for who in ("ben", "cleo", "dan", "eve")]
    assert not [each for each in asked if "touches what you had said" in each]
    assert all("The text has changed since somebody objected" in each for each in asked)
    assert ["You had a concern noted, “noise”" in each for each in asked] == [False] * 3 + [True]
    assert any("I ask again each of you but whose text it is" in each for each in told)


async def test_a_concern_to_former_words_does_not_go_without_a_word(house: PlayedHouse) -> None:
    crew, private = await asked_for_objections(house)
    await answering(
        private, ana="consent", cleo="concern: noise", ben="objection: the cellar is wet"
    )
    await private["ben"].says("ben", "ready")
    await crew.says("ana", f"amend: {TEXT}, with a stove", on=await now_asked())
    await tap(crew, "ben", "✅")
    await private["ben"].says("ben", "consent")

    [during] = await crew.says("ana", "!consent 1")
    told = await private["cleo"].says("cleo", "consent")
    [after] = await crew.says("ana", "!consent 1")

    assert "Concerns noted so far, to former words:\n\n- noise – Cleo" in during
    assert "The concern that you had noted was about the former words, and goes" in told[0]
    assert "noise" not in after


async def test_whoever_answers_last_reads_that_all_is_shown(house: PlayedHouse) -> None:
    _crew, private = await asked_for_objections(house)
    first = await answering(private, ana="consent", ben="consent")

    last = await private["cleo"].says("cleo", "consent")

    assert any("Sealed until all is shown: **consent**" in each for each in first)
    assert any("Yours was the last, and all is shown now: **consent**" in each for each in last)
    assert not [each for each in last if "Sealed" in each]


@pytest.mark.parametrize("going", ["leaves", "is forgotten"])
async def test_a_concern_without_a_name_stays_when_its_owner_goes(
    house: PlayedHouse, going: str
) -> None:
    crew, private = await asked_for_objections(house, FIVE)
    await answering(private, ana="consent", dan="consent", eve="objection: the cellar is wet")
    await answering(private, ben="concern without my name: too dear", cleo="concern: noise")
    before = (await crew.says("ana", "!consent 1"))[0]

    if going == "leaves":
        await crew.leaves("ben")
    else:
        await private["ben"].says("ben", "forget me")
        await private["ben"].says("ben", "yes")

    after = (await crew.says("ana", "!consent 1"))[0]
    concerns = "Concerns to be noted:\n\n- noise – Cleo\n- too dear"
    assert concerns in before
    assert concerns in after
    assert person("ben") not in str((await Row.get()).state)


async def test_a_concern_of_whoever_is_gone_is_nobodys_consent(house: PlayedHouse) -> None:
    crew, private = await asked_for_objections(house)
    await answering(private, ana="consent", cleo="pass", ben="concern without my name: too dear")
    assert (await stands()).stage is Stage.REVIEW

    await crew.leaves("ben")

    assert (await stands()).stage is Stage.AMENDING


# ----------------------------------------------------------------------------------------- a lone objector


async def test_a_lone_objector_is_asked_for_support_first_and_the_room_does_not_learn_of_it(
    house: PlayedHouse,
) -> None:
    crew, private = await asked_for_objections(house)
    await answering(private, ana="consent", ben="objection: the cellar is wet")
    before = len(house.owed)
    told = await private["cleo"].says("cleo", "consent")

    assert any(each.startswith("Only you read this.") for each in told)
    assert (await stands()).stage is Stage.SUPPORT
    whom = await private["ben"].says("ben", "🤝")
    asked = await private["ben"].says("ben", "cleo")
    gladly = await private["cleo"].says("cleo", "yes")
    begins = await private["ben"].says("ben", "ready")

    assert whom == ["Whom would you like beside you? Write their name here, and I ask them."]
    assert any("would like you beside them" in each for each in asked)
    assert any("Cleo is beside you." in each for each in gladly)
    assert any(each.startswith("**Objection 1**, Ben") for each in begins)
    said = in_room(house, crew, before)
    assert "beside" not in said
    assert "support" not in said


async def test_whoever_would_rather_not_be_beside_them_says_so_to_them_alone(
    house: PlayedHouse,
) -> None:
    crew, private = await asked_for_objections(house)
    await answering(private, ana="consent", ben="objection: wet", cleo="consent")
    await private["ben"].says("ben", "somebody")
    await private["ben"].says("ben", "cleo")
    before = len(house.owed)

    told = await private["cleo"].says("cleo", "no")

    assert told[0] == "That is fine, and only they hear it."
    assert told[1].startswith("Cleo: not this time")
    assert chat("ben") in [each.lane for each in house.owed[before:]]
    assert in_room(house, crew, before) == ""
    assert (await stands()).stage is Stage.SUPPORT


async def test_after_a_day_it_begins_also_without_a_word(house: PlayedHouse) -> None:
    _crew, private = await asked_for_objections(house)
    await answering(private, ana="consent", ben="objection: wet", cleo="consent")

    told = await house.passes(timedelta(hours=25))

    assert any(each.startswith("**Objection 1**, Ben") for each in told)


# -------------------------------------------------------------------------------------------- the review


@pytest.mark.requirement("R131")
async def test_a_round_cannot_end_without_a_day_of_review_and_is_then_kept(
    house: PlayedHouse,
) -> None:
    crew, private = await asked_for_objections(house)
    await answering(private, ana="consent", ben="concern: the heating is extra", cleo="consent")

    [refused] = await crew.says("ana", "!consent 1 next")
    [past] = await crew.says("ana", "!consent 1 review 1 november 2025")
    await house.passes(timedelta(days=10))
    assert await Decision.all().count() == 0
    assert (await stands()).stage is Stage.REVIEW
    told = await crew.says("cleo", "in 6 weeks", on=await now_asked())

    assert "day on which you look at it again" in refused
    assert "Nothing was changed" in past
    assert any(
        each.startswith(f"**Consented** (round 1): {TEXT}") and "Wednesday 13 January 2027" in each
        for each in told
    )
    row, decision = await Row.get(), await Decision.get()
    assert (row.stage, row.review_on, row.decision) == (
        Stage.CONSENTED,
        date(2027, 1, 13),
        decision.id,
    )
    assert (decision.what, decision.room, decision.person) == (TEXT, crew.id, person("ana"))
    assert decision.review_on == date(2027, 1, 13)
    assert "round" not in [ritual for ritual, _at in await house.hours()]


async def test_the_suggested_day_is_in_three_months_by_one_tap(house: PlayedHouse) -> None:
    crew, private = await asked_for_objections(house)
    await answering(private, ana="consent", ben="consent", cleo="consent")

    assert await tap(crew, "cleo", "✅") == []
    await tap(crew, "ana", "✅")

    assert (await Row.get()).review_on == date(2027, 2, 22)


async def test_an_objection_after_the_end_is_a_new_round(house: PlayedHouse) -> None:
    crew, private = await asked_for_objections(house)
    await answering(private, ana="consent", ben="consent", cleo="consent")
    await tap(crew, "ana", "✅")

    [told] = await crew.says("ben", "!consent 1 withdraw")

    assert "That round is over" in told


# -------------------------------------------------------------------------------- people who come and go


async def test_whoever_leaves_with_an_open_objection_has_it_carried_in_their_words(
    house: PlayedHouse,
) -> None:
    crew, _private = await looked_at(house)

    told = await crew.leaves("ben")

    assert any("is carried to the review" in each for each in told)
    objection = (await stands()).objections[0]
    assert (objection.words, objection.fate) == ("the cellar is wet", Fate.CARRIED)


async def test_whoever_leaves_before_all_is_shown_takes_their_answer_along(
    house: PlayedHouse,
) -> None:
    crew, private = await asked_for_objections(house)
    await answering(
        private,
        ben="objection: the cellar is wet",
        ana="consent",
    )

    await crew.leaves("ben")
    told = await private["cleo"].says("cleo", "consent")

    assert "**All at once:** of 2 who answered, 2 consent." in told
    assert (await stands()).objections == ()


async def test_the_last_one_waited_for_leaves_and_all_is_shown(house: PlayedHouse) -> None:
    crew, private = await asked_for_objections(house)
    await answering(private, ana="consent", ben="consent")

    told = await crew.leaves("cleo")

    assert "**All at once:** of 2 who answered, 2 consent." in told


async def test_without_its_proposer_somebody_takes_a_round_up(house: PlayedHouse) -> None:
    crew, private = await asked_for_objections(house)
    told = await crew.leaves("ana")
    assert any("🙋 takes it up" in each for each in told)
    [refused] = await private["ben"].says("ben", "consent")
    assert "rests until one of you takes it up" in refused

    await tap(crew, "cleo", "🙋")

    assert (await stands()).proposer == person("cleo")
    await private["ben"].says("ben", "consent 1")
    await private["ben"].says("ben", "consent")
    await private["cleo"].says("cleo", "consent")
    assert (await stands()).stage is Stage.REVIEW


async def test_what_nobody_takes_up_is_laid_aside(house: PlayedHouse) -> None:
    crew, _private = await asked_for_objections(house)
    await crew.leaves("ana")

    told = await house.passes(timedelta(days=8))

    assert any("is laid aside, and nothing is decided" in each for each in told)
    assert await Decision.all().count() == 0


async def test_a_newcomer_before_the_asking_is_asked_and_after_it_may_speak(
    house: PlayedHouse,
) -> None:
    table = await house.room("Garden", THREE, kind=RoomKind.WORKING)
    private = {who: await house.private(who) for who in FIVE}
    await table.says("ana", f"!consent {TEXT}")
    await tap(table, "ana", "▶️")
    await table.joins("dan")
    for step in ("next", "next", "next"):
        await table.says("ana", f"!consent 1 {step}")
    waiting = (await stands()).waiting
    await table.joins("eve")
    await private["eve"].says("eve", "consent 1")
    await private["eve"].says("eve", "objection: I have just come")
    for who in (*THREE, "dan"):
        told = await private[who].says(who, "consent")

    assert set(waiting) == {person(who) for who in (*THREE, "dan")}
    assert any("**Objection 1**, Eve: I have just come" in each for each in told)


async def test_a_guest_of_a_crew_is_not_asked(house: PlayedHouse) -> None:
    crew, _private = await played(house)
    await crew.says("ana", f"!consent {TEXT}")
    await tap(crew, "ana", "▶️")
    await Visitor.create(
        room=crew.id, person=person("dan"), agreed=False, meetings=0, asked_at=house.now, ends_at=house.now + DAY
    )  # fmt: skip
    await crew.joins("dan")

    assert await tap(crew, "dan", "✅") == []
    for _ in range(3):
        await crew.says("ana", "!consent 1 next")

    assert set((await stands()).waiting) == {person(who) for who in THREE}


async def test_two_people_can_hold_a_round(house: PlayedHouse) -> None:
    pair = await house.room("Pair", ["ana", "ben"], kind=RoomKind.DYAD)
    private = {who: await house.private(who) for who in ("ana", "ben")}
    await pair.says("ana", f"!consent {TEXT}")
    await tap(pair, "ana", "▶️")
    for who in ("ana", "ben", "ana", "ben"):
        await tap(pair, who, "✅")
    await tap(pair, "ana", "✅")
    await answering(private, ana="consent", ben="consent")
    await tap(pair, "ana", "✅")

    assert (await Row.get()).stage is Stage.CONSENTED


async def test_a_hall_is_offered_what_works_for_many(house: PlayedHouse) -> None:
    many = [f"p{number}" for number in range(21)]
    hall = await house.room("Hall", many, kind=RoomKind.WORKING, moderators=["p0"])
    space = await house.space("Lakeside", ["ana"], ["ana"])

    [told] = await hall.says("p0", f"!consent {TEXT}")
    [also] = await space.says("ana", f"!consent {TEXT}")

    for text in (told, also):
        assert "poll consent" in text
        assert "delegates" in text
    assert await Row.all().count() == 0


async def test_five_rounds_at_a_time_are_enough(house: PlayedHouse) -> None:
    crew, _private = await played(house)
    for number in range(5):
        await crew.says("ana", f"!consent We plant tree {number}")

    [told] = await crew.says("ana", "!consent We plant a sixth")

    assert told.startswith("5 consent rounds are open here")


# ---------------------------------------------------------------------------------- facilitating, resting


async def test_somebody_else_facilitates_once_they_say_gladly(house: PlayedHouse) -> None:
    crew, private = await played(house)
    await crew.says("ana", f"!consent {TEXT}; facilitator ben")
    assert (await stands()).facilitator == person("ana")

    told = await private["ben"].says("ben", "yes")

    assert told[0] == "Thank you."
    assert any("your card" in each for each in told)
    assert (await stands()).facilitator == person("ben")
    [only] = await crew.says("cleo", "!consent 1 next")
    assert "Nothing was changed" in only


async def test_not_this_time_is_heard_by_whoever_asked_alone(house: PlayedHouse) -> None:
    crew, private = await played(house)
    await crew.says("ana", f"!consent {TEXT}; facilitator ben")
    before = len(house.owed)

    told = await private["ben"].says("ben", "no")

    assert told[0] == "That is fine, and only whoever asked hears it."
    assert "Ben: not this time." in told[1]
    assert in_room(house, crew, before) == ""
    assert (await stands()).facilitator == person("ana")


async def test_the_card_takes_taps_in_private(house: PlayedHouse) -> None:
    crew, private = await played(house)
    await crew.says("ana", f"!consent {TEXT}")
    await tap(crew, "ana", "▶️")
    row = await Row.get()

    await private["ben"].taps("ben", "➡️", on=f"card:1:{row.step}")
    assert (await stands()).stage is Stage.QUESTIONS
    await private["ana"].taps("ana", "➡️", on=f"card:1:{row.step}")

    assert (await stands()).stage is Stage.REACTIONS
    assert await private["ana"].taps("ana", "➡️", on=f"card:1:{row.step}") == []


async def test_a_round_rests_and_goes_on_with_the_time_that_was_left(house: PlayedHouse) -> None:
    crew, private = await asked_for_objections(house)
    until = (await stands()).until
    assert until is not None
    await crew.says("ben", "!consent 1 rest")
    [refused] = await private["ben"].says("ben", "consent")
    assert await house.passes(timedelta(days=9)) == []

    told = await tap(crew, "ben", "▶️")

    assert "rests just now" in refused
    assert any(each.startswith("**Objections**") for each in told)
    assert (await stands()).until == until + timedelta(days=9)


async def test_the_proposer_takes_it_back_at_any_time_and_what_was_answered_is_gone(
    house: PlayedHouse,
) -> None:
    crew, private = await asked_for_objections(house)
    await answering(private, ben="objection: the cellar is wet")

    [refused] = await crew.says("ben", "!consent 1 withdraw")
    told = await crew.says("ana", "!consent 1 withdraw")

    assert "taken back by whoever proposes it" in refused
    assert any("is taken back by whoever proposed it" in each for each in told)
    row = await Row.get()
    assert (row.stage, row.sealed) == (Stage.WITHDRAWN, None)
    assert await house.hours() == []
    assert await Question.all().count() == 0


async def test_a_crew_that_rests_hears_nothing_of_its_rounds(house: PlayedHouse) -> None:
    crew, _private = await asked_for_objections(house)
    room = await crew.row()
    room.life = Life.PAUSED
    await room.save()

    assert await house.passes(timedelta(days=5)) == []
    assert (await stands()).paused is not None


# ---------------------------------------------------------------------------------------------------- live


async def live(house: PlayedHouse) -> tuple[PlayedRoom, dict[str, PlayedRoom], list[str]]:
    crew, private = await played(house)
    told = await crew.says("cleo", f"!consent {TEXT}; live")
    return crew, private, told


async def test_live_everybody_has_a_turn_by_name_with_a_quiet_signal(house: PlayedHouse) -> None:
    crew, _private, told = await live(house)

    assert any("In turn: Ana · Ben · Cleo" in each for each in told)
    assert any(each.startswith("**Ana**, the turn is yours, until about 10:02") for each in told)
    signal = await house.passes(timedelta(seconds=90))
    over = await house.passes(timedelta(seconds=30))
    by_word = await crew.says("ana", "done", overheard=True)
    by_tap = await tap(crew, "ben", "✅")

    assert signal == ["⏳ Half a minute, Ana."]
    assert over == ["🔔 Ana, the time is round. Take what you need to finish."]
    assert any(each.startswith("**Ben**, the turn is yours") for each in by_word)
    assert any(each.startswith("**Cleo**, the turn is yours") for each in by_tap)
    # What was tapped and said about turns is taken back, so that a pass alone leaves no trace.
    assert [each for each in by_word if each.startswith("⌫")]


@pytest.mark.requirement("R10")
async def test_where_nothing_can_be_taken_back_the_line_of_a_turn_says_so(
    house: PlayedHouse,
) -> None:
    crew, _private = await played(house)
    # It may redact others, and may not send a redaction: nothing goes.
    rules = {"users": {ME: 50}, "events": {"m.room.redaction": 100}}
    await Room.filter(id=crew.id).update(power=rules)

    told = await crew.says("cleo", f"!consent {TEXT}; live")
    by_word = await crew.says("ana", "pass", overheard=True, key="$pass")

    [line] = [each for each in told if each.startswith("**Ana**, the turn is yours")]
    assert line.endswith(
        "just write the word. It stays to be read: this room does not let me take it back."
    )
    assert any(each.startswith("**Ben**, the turn is yours") for each in by_word)
    assert "⌫ $pass" not in by_word


@pytest.mark.requirement("R10")
async def test_what_ends_a_turn_is_taken_back_where_it_was_said_and_not_from_the_private_chat(
    house: PlayedHouse,
) -> None:
    crew, private, _told = await live(house)

    by_word = await crew.says("ana", "pass", overheard=True, key="$pass")
    in_private = await private["ben"].says("ben", "consent 1 done", key="$private")
    again = await private["ben"].says("ben", "consent 1 done", key="$again")

    assert "⌫ $pass" in by_word
    assert any(each.startswith("**Cleo**, the turn is yours") for each in in_private)
    assert in_private[-1] == "Done."
    assert again == ["That is so already, so nothing was changed."]
    assert not {"⌫ $private", "⌫ $again"} & {*in_private, *again}


async def test_after_a_rest_the_turn_is_said_anew_with_the_time_that_was_left(
    house: PlayedHouse,
) -> None:
    crew, _private, _told = await live(house)
    await house.passes(timedelta(seconds=60))
    await tap(crew, "ben", "⏸️")
    assert await house.passes(timedelta(minutes=10)) == []

    told = await tap(crew, "ben", "▶️")

    assert "⌫ round:1:1:turn" in told
    assert any(each.startswith("**Ana**, the turn is yours, until about 10:12") for each in told)


async def test_live_once_a_turns_time_is_round_anybody_may_say_next(house: PlayedHouse) -> None:
    crew, _private, _told = await live(house)

    early = await tap(crew, "ben", "➡️")
    await house.passes(timedelta(seconds=121))
    told = await tap(crew, "ben", "➡️")

    assert early == []
    assert any(each.startswith("**Ben**, the turn is yours") for each in told)


async def test_live_the_host_of_the_meeting_facilitates_and_those_who_come_take_part(
    house: PlayedHouse,
) -> None:
    crew, _private = await played(house)
    meeting = await Meeting.create(
        room=crew.id, occurrence="2026-11-22T10:00", local="2026-11-22T10:00", zone="Europe/Rome",
        at=house.now, host=person("ben"),
    )  # fmt: skip
    await Hosting.create(meeting=meeting.id, person=person("ben"), said=Said.GLADLY)
    for who in ("ana", "ben"):
        await Coming.create(meeting=meeting.id, person=person(who), answer="coming")
    await crew.says("ana", f"!consent {TEXT}")

    await tap(crew, "ana", "🔔")

    round_ = await stands()
    assert round_.live
    assert round_.facilitator == person("ben")
    assert round_.people == (person("ana"), person("ben"))
    await crew.says("cleo", "!consent 1 i am in")
    assert person("cleo") in (await stands()).people


async def test_live_objections_have_five_minutes_and_the_facilitator_goes_on(
    house: PlayedHouse,
) -> None:
    crew, private, _told = await live(house)
    for _ in range(6):
        round_ = await stands()
        assert round_.turns is not None
        assert round_.turns.holder is not None
        await crew.says(round_.turns.holder, "!consent 1 done")
    assert (await stands()).stage is Stage.AMENDING
    asked = await tap(crew, "cleo", "✅")
    await answering(private, ana="consent", cleo="consent")
    reminded = await house.passes(timedelta(minutes=3))
    late = await house.passes(timedelta(minutes=3))

    assert len([each for each in asked if "asks for your consent" in each]) == 3
    assert len([each for each in reminded if "asks for your consent" in each]) == 1
    assert any("The time is over, and not everybody has answered" in each for each in late)
    told = await crew.says("cleo", "!consent 1 next")
    assert "**All at once:** of 2 who answered, 2 consent." in told


async def test_a_live_round_goes_on_over_days_when_people_go_home(house: PlayedHouse) -> None:
    crew, _private, _told = await live(house)

    told = await crew.says("cleo", "!consent 1 over days")

    assert any(each.startswith("It goes on over days from here") for each in told)
    assert any(each.startswith("**Questions**") for each in told)
    assert not (await stands()).live


async def test_one_round_is_live_at_a_time(house: PlayedHouse) -> None:
    crew, _private, _told = await live(house)
    await crew.says("ana", "!consent We plant a tree")

    told = await crew.says("ana", "!consent 2 live")

    assert "Consent round 1 is live here, one at a time" in told[0]
    await crew.says("ana", "!consent 2 begin")
    assert (await stands(2)).stage is Stage.QUESTIONS


async def test_no_round_is_live_while_the_clock_keeps_a_practice(house: PlayedHouse) -> None:
    crew, _private = await played(house)
    await crew.says("ana", "!start check-in round")
    await crew.taps("ana", "▶️")
    await crew.says("ana", f"!consent {TEXT}")

    told = await crew.says("ana", "!consent 1 live")

    assert "The clock keeps your" in told[0]


# ------------------------------------------------------------------------------------- restarts, and privacy


async def told_over_days(house: PlayedHouse, dies: Callable[[], Awaitable[None]]) -> list[str]:
    """Every state of a round over days, and what was said; between any two things `dies` may happen."""
    crew, private = await played(house)
    said: list[str] = []

    async def then(happening: Awaitable[list[str]]) -> None:
        said.extend(await happening)
        await dies()

    await then(crew.says("ana", f"!consent {TEXT}; facilitator ben"))
    await then(private["ben"].says("ben", "yes"))
    await then(tap(crew, "ben", "▶️"))
    await then(tap(crew, "cleo", "✅"))
    await then(house.passes(timedelta(hours=49)))
    await then(crew.says("cleo", "!consent 1 rest"))
    await then(house.passes(DAY))
    await then(tap(crew, "cleo", "▶️"))
    await then(house.passes(timedelta(hours=49)))
    await then(crew.says("ana", "amend: We share the cost of the room equally", on="round:1"))
    await then(tap(crew, "ana", "✅"))
    await then(private["ben"].says("ben", "✋"))
    await then(private["ben"].says("ben", "Cleo earns less"))
    await then(private["cleo"].says("cleo", "concern: the heating is extra"))
    await then(house.passes(timedelta(hours=25)))
    await then(private["ana"].says("ana", "consent"))
    await then(private["ben"].says("ben", "🤝"))
    await then(private["ben"].says("ben", "cleo"))
    await then(private["cleo"].says("cleo", "yes"))
    await then(private["ben"].says("ben", "ready"))
    await then(
        crew.says("cleo", "!consent 1 amend We share the cost of the room, each as they can")
    )
    await then(tap(crew, "ana", "✅"))
    await then(tap(crew, "ben", "✅"))
    await then(private["ben"].says("ben", "consent"))
    await then(house.passes(timedelta(hours=49)))
    await then(crew.says("ben", "!consent 1 next"))
    await then(private["ben"].says("ben", "in 6 weeks"))
    await then(house.passes(timedelta(days=7)))
    return said


async def told_live(house: PlayedHouse, dies: Callable[[], Awaitable[None]]) -> list[str]:
    """Every state of a live round with two objections."""
    crew, private = await played(house)
    said: list[str] = []

    async def then(happening: Awaitable[list[str]]) -> None:
        said.extend(await happening)
        await dies()

    await then(crew.says("ana", f"!consent {TEXT}"))
    await then(tap(crew, "ana", "🔔"))
    await then(house.passes(timedelta(seconds=90)))
    for who in THREE:
        await then(tap(crew, who, "✅"))
    await then(tap(crew, "ana", "⏭️"))
    await then(tap(crew, "ben", "⏸️"))
    await then(house.passes(timedelta(minutes=20)))
    await then(tap(crew, "ben", "▶️"))
    for who in ("ben", "cleo", "ana"):
        await then(crew.says(who, "done", overheard=True))
    await then(crew.says("ana", "!consent 1 next"))
    await then(private["ben"].says("ben", "objection: the cellar is wet"))
    await then(private["cleo"].says("cleo", "objection: too far"))
    await then(private["ana"].says("ana", "⏭️"))
    await then(tap(crew, "ben", "↩️"))
    await then(tap(crew, "cleo", "📌"))
    await then(house.passes(timedelta(hours=4)))
    await then(tap(crew, "ana", "✅"))
    return said


@pytest.mark.requirement("R131")
@pytest.mark.parametrize("story", [told_over_days, told_live])
async def test_a_daemon_killed_at_every_state_goes_on_with_the_same_words(
    story: Callable[[PlayedHouse, Callable[[], Awaitable[None]]], Awaitable[list[str]]],
) -> None:
    seen: set[Stage] = set()

    async def told(*, killed: bool) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            url = sqlite_url(Path(folder) / "kinkeeper.db")
            await open_database(url)

            async def dies() -> None:
                seen.add((await Row.get()).stage)
                if killed:
                    await close_database()
                    await open_database(url)

            try:
                return await story(PlayedHouse(), dies)
            finally:
                await close_database()

    alive, mortal = await told(killed=False), await told(killed=True)

    assert mortal == alive
    assert any(each.startswith("✎ **Consented**") for each in alive)
    wanted = set(Stage) - {Stage.WITHDRAWN}
    assert seen >= wanted - ({Stage.SUPPORT} if story is told_live else set())


async def test_the_same_hour_twice_does_nothing_twice(house: PlayedHouse) -> None:
    crew, _private = await asked_for_objections(house)
    hour = await Heard.filter(kind="hour", state="waiting", key__startswith="round:").first()
    assert hour is not None
    content = dict(hour.content or {})
    await house.passes(timedelta(hours=25))
    row = await Row.get()

    again = Heard(
        key="round:again", kind="hour", room=crew.id, at=house.now, about="round:1", content=content
    )
    assert await house.settled(again) == []
    assert (await Row.get()).step == row.step


@pytest.mark.requirement("R12")
async def test_what_is_kept_of_a_person_is_shown_to_them_and_gone_when_they_say_so(
    house: PlayedHouse,
) -> None:
    crew, private = await looked_at(house)
    await private["ben"].says("ben", "export")
    file = next(each for each in reversed(house.owed) if each.deed is Deed.FILE)
    [kept] = json.loads(base64.b64decode(str((file.content or {})["data"])))["consent_rounds"]

    assert kept["your_objections"] == [{"words": "the cellar is wet", "fate": None}]
    assert (kept["room"], kept["proposed_by_you"], kept["your_consent"]) == (
        "Kitchen Crew",
        None,
        [],
    )
    await private["ben"].says("ben", "forget me")
    await private["ben"].says("ben", "yes")

    state = str((await Row.get()).state)
    assert "@ben" not in state
    assert "wet" not in state
    objection = (await stands()).objections[0]
    assert (objection.owner, objection.words, objection.fate) == ("", "", Fate.CARRIED)
    [board] = await crew.says("ana", "!consent 1")
    assert "Ben" not in board


async def test_somebody_outside_learns_nothing_of_a_round(house: PlayedHouse) -> None:
    await asked_for_objections(house)
    other = await house.crew("Other", people=["xia", "yan", "zoe"])
    private = await house.private("xia")

    told = [*await other.says("xia", "!consent 1"), *await private.says("xia", "consent 1")]

    assert all("I know of no consent round 1 of yours" in each for each in told)
