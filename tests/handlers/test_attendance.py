"""Who comes: asked kindly, said to nobody it does not concern, and never at night."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from practices.meetings import QUIET, is_quiet
from storage.coming import Coming
from storage.meetings import Meeting
from storage.outbox import Deed
from storage.people import Person
from tests.handlers.played import PlayedHouse, PlayedRoom, a_house, person

ALL = list(HealthCheck)
ASKED = datetime(2026, 12, 16, 18, 30, tzinfo=UTC)
BEFORE = datetime(2026, 12, 17, 17, 30, tzinfo=UTC)
PEOPLE = ("Alba", "Bruno", "Cosima", "Dorian", "Elspeth")


async def asked(house: PlayedHouse, people: tuple[str, ...] = ("ana", "ben", "cleo")) -> PlayedRoom:
    crew = await house.crew(people=people)
    await crew.says(people[0], "!rhythm third thursday 19:00")
    await crew.taps(people[0], "✅")
    await house.passes(until=ASKED)
    return crew


async def test_the_question_lists_who_comes_by_the_names_they_gave_themselves(
    house: PlayedHouse,
) -> None:
    crew = await asked(house)

    await crew.taps("cleo", "🤫")
    [told] = await crew.taps("ben", "✅")

    assert told.startswith("✎ **Tomorrow, Thursday 17 December, 19:00**")
    assert told.endswith("✅ Ben · 🤫 Cleo")


async def test_the_newest_answer_counts(house: PlayedHouse) -> None:
    crew = await asked(house)
    await crew.taps("ben", "✅")

    [told] = await crew.taps("ben", "❌")

    assert "Ben" not in told
    await house.passes(until=BEFORE)
    assert not [owed for owed in house.owed if "see you there" in str(owed.content)]


@pytest.mark.parametrize("words", ["I'm coming", "I’m in", "yes, quietly", "👍🏽", "Count me in."])
async def test_a_reply_in_words_is_an_answer(house: PlayedHouse, words: str) -> None:
    crew = await asked(house)

    [told] = await crew.says("ben", words, on="meeting:1")

    assert "Ben" in told


async def test_other_words_and_signs_under_the_question_are_talk(house: PlayedHouse) -> None:
    crew = await asked(house)

    assert await crew.says("ben", "what shall I bring?", on="meeting:1") == []
    assert await crew.taps("ben", "🎉", on="meeting:1") == []


async def test_answers_from_outside_and_after_the_beginning_count_nothing(
    house: PlayedHouse,
) -> None:
    crew = await asked(house)

    assert await crew.taps("zoe", "✅", on="meeting:1") == []
    await house.passes(until=datetime(2026, 12, 17, 18, 0, tzinfo=UTC))
    [late] = await crew.taps("ben", "✅", on="meeting:1")
    assert late.startswith("→ ben: The meeting of **Thursday 17 December, 19:00** has begun")
    assert await crew.taps("zoe", "✅", on="meeting:1") == []
    assert await Coming.all().count() == 0


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("coming", "Good: you come on **Thursday 17 December, 19:00**."),
        ("coming quietly", "Good: you come quietly on **Thursday 17 December, 19:00**."),
        (
            "coming not this time",
            "Noted for **Thursday 17 December, 19:00**, and it needs no reason.",
        ),
    ],
)
async def test_an_answer_in_words_works_in_the_room_and_in_private(
    house: PlayedHouse, said: str, heard: str
) -> None:
    crew, private = await asked(house), await house.private("ben")

    assert (await crew.says("ben", f"!{said}"))[-1] == heard
    assert (await private.says("ben", said))[-1] == heard


async def test_without_a_meeting_coming_changes_nothing(house: PlayedHouse) -> None:
    private = await house.private("ana")

    assert await private.says("ana", "coming") == [
        "No meeting of yours is planned. Nothing was changed."
    ]


async def test_what_is_no_answer_is_refused_with_those_that_are(house: PlayedHouse) -> None:
    crew = await asked(house)

    [told] = await crew.says("ben", "!coming *perhaps*")

    assert "Say coming, quietly, or not." in told.replace("\\", "")


@pytest.mark.requirement("R13")
async def test_whoever_mutes_a_room_is_asked_by_no_name(house: PlayedHouse) -> None:
    crew = await house.crew()
    await crew.says("ana", "!rhythm third thursday 19:00")
    await crew.taps("ana", "✅")
    await crew.says("ben", "!quiet here")

    await house.passes(until=ASKED)

    assert crew.mentions() == ["ana", "cleo"]


@pytest.mark.requirement("R15")
async def test_whoever_sleeps_when_the_others_are_asked_is_asked_in_their_morning(
    house: PlayedHouse,
) -> None:
    crew, private = await house.crew(), await house.private("ben")
    await private.says("ben", "timezone Auckland")
    await crew.says("ana", "!rhythm third thursday 19:00")
    await crew.taps("ana", "✅")

    await house.passes(until=datetime(2026, 12, 16, 18, 5, tzinfo=UTC))
    at_once = crew.mentions()
    told = await house.passes(until=datetime(2026, 12, 16, 19, 5, tzinfo=UTC))

    assert at_once == ["ana", "cleo"]
    assert [text for text in told if "the question above is for you, too." in text]
    assert crew.mentions() == ["ben"]
    [edited] = await crew.taps("ben", "✅")
    assert "✅ Ben" in edited


@pytest.mark.requirement("R15")
async def test_whoever_answered_before_their_morning_is_left_in_peace(house: PlayedHouse) -> None:
    crew, private = await house.crew(), await house.private("ben")
    await private.says("ben", "timezone Auckland")
    await crew.says("ana", "!rhythm third thursday 19:00")
    await crew.taps("ana", "✅")
    await house.passes(until=datetime(2026, 12, 16, 18, 5, tzinfo=UTC))
    await crew.taps("ben", "❌")

    assert await house.passes(until=datetime(2026, 12, 16, 20, 0, tzinfo=UTC)) == []


@pytest.mark.requirement("R15")
async def test_own_quiet_hours_are_heeded(house: PlayedHouse) -> None:
    crew, private = await house.crew(), await house.private("ben")
    await private.says("ben", "quiet 17:00-10:00")
    await crew.says("ana", "!rhythm third thursday 19:00")
    await crew.taps("ana", "✅")

    await house.passes(until=ASKED)
    at_once = crew.mentions()
    await house.passes(until=datetime(2026, 12, 17, 9, 1, tzinfo=UTC))

    assert at_once == ["ana", "cleo"]
    assert crew.mentions() == ["ben"]


@pytest.mark.requirement("R15")
async def test_an_early_reminder_reaches_those_who_sleep_only_within_the_hour(
    house: PlayedHouse,
) -> None:
    crew, private = await house.crew(), await house.private("ben")
    await private.says("ben", "timezone Los Angeles")
    await crew.says("ana", "!settings remind-hours 6")
    for who in ("ana", "ben", "cleo"):
        await crew.taps(who, "✅")
    await crew.says("ana", "!rhythm third thursday 16:00")
    await crew.taps("ana", "✅")
    await house.passes(until=datetime(2026, 12, 16, 17, 0, tzinfo=UTC))
    for who in ("ana", "ben"):
        await crew.taps(who, "✅", on="meeting:1")

    await house.passes(until=datetime(2026, 12, 17, 9, 30, tzinfo=UTC))
    early = crew.mentions()
    await house.passes(until=datetime(2026, 12, 17, 14, 30, tzinfo=UTC))

    assert early == ["ana"]
    assert crew.mentions() == ["ben"]


@pytest.mark.requirement("R63")
async def test_when_too_few_come_the_host_alone_is_asked_once(house: PlayedHouse) -> None:
    crew = await asked(house)
    await crew.taps("ben", "✅")

    told = await house.passes(until=datetime(2026, 12, 17, 17, 0, tzinfo=UTC))

    [few] = [text for text in told if "said that they come to" in text]
    assert few.startswith(
        "→ ana: **Today, Thursday 17 December, 19:00**: 1 of 3 has said that they come"
    )
    assert "✅ hold it anyway · ➡️ move it · ⏭️ leave it out" in few
    assert "Ben" not in few
    assert "with fewer than 3 I ask whoever hosts" in few
    assert "you agreed" not in few
    assert not [text for text in told if text != few and "with fewer than" in text]


@pytest.mark.requirement("R63")
@pytest.mark.parametrize(
    ("said", "answer", "held"),
    [
        ("✅", "Good: it is held.", True),
        ("hold", "Good: it is held.", True),
        ("move", "Say `!move` with the new time in the room itself", True),
        ("⏭️", "Done: it is left out, and the room knows.", False),
    ],
)
async def test_what_the_host_says_is_done(
    house: PlayedHouse, said: str, answer: str, held: bool
) -> None:
    crew, private = await asked(house), await house.private("ana")
    await crew.taps("ben", "✅")
    await house.passes(until=datetime(2026, 12, 17, 15, 30, tzinfo=UTC))

    question = private.asked("said that they come to")
    told = await (
        private.says("ana", said) if said.isalpha() else private.taps("ana", said, on=question)
    )

    assert told[-1].startswith(answer)
    assert ((await Meeting.get(id=1)).standing != "skipped") is held
    assert (crew.mentions() == ["ben"]) is not held


@pytest.mark.requirement("R63")
async def test_a_host_who_muses_is_not_taken_at_their_word(house: PlayedHouse) -> None:
    crew, private = await asked(house), await house.private("ana")
    await house.passes(until=datetime(2026, 12, 17, 15, 30, tzinfo=UTC))

    assert await private.says("ana", "hmm, let me think") == [
        "Say hold, move or skip. Until then the meeting stands."
    ]
    assert (await private.says("ana", "skip"))[-1] == "Done: it is left out, and the room knows."
    assert crew.id


@pytest.mark.requirement("R63")
async def test_enough_people_are_no_news(house: PlayedHouse) -> None:
    crew = await asked(house)
    for who in ("ana", "ben", "cleo"):
        await crew.taps(who, "✅")

    told = await house.passes(until=datetime(2026, 12, 17, 17, 0, tzinfo=UTC))

    assert not [text for text in told if text.startswith("→")]


ANSWERS = st.sampled_from(["✅", "🤫", "❌", None])


@pytest.mark.requirement("R13")
@settings(derandomize=True, deadline=None, max_examples=15, suppress_health_check=ALL)
@given(st.lists(ANSWERS, min_size=5, max_size=5), st.lists(ANSWERS, min_size=5, max_size=5))
async def test_nobody_who_declined_or_kept_silent_is_ever_named(
    first: list[str | None], then: list[str | None]
) -> None:
    async with a_house() as house:
        crew = await house.crew(people=PEOPLE)
        await crew.says("Alba", "!rhythm third thursday 19:00")
        await crew.taps("Alba", "✅")
        await house.passes(until=ASKED)
        standing: dict[str, str | None] = dict.fromkeys(PEOPLE)
        told: list[tuple[set[str], str]] = []
        for answers in (first, then):
            for who, sign in zip(PEOPLE, answers, strict=True):
                if sign is not None:
                    standing[who] = sign
                    silent = {each for each in PEOPLE if standing[each] in (None, "❌")}
                    told += [(silent, text) for text in await crew.taps(who, sign, on="meeting:1")]
        silent = {each for each in PEOPLE if standing[each] in (None, "❌")}
        told += [(silent, text) for text in await house.passes(timedelta(days=2))]
        told += [(silent, text) for text in await crew.says("Alba", "!status")]
        told += [(silent, text) for text in await crew.says("Alba", "!when")]

        for absent, text in told:
            if text.startswith("→"):
                continue
            assert not [name for name in absent if name in text], text


ZONES = st.sampled_from(
    ["Europe/Rome", "America/Los_Angeles", "Asia/Tokyo", "Pacific/Auckland", "Asia/Kolkata",
     "Pacific/Kiritimati", "America/St_Johns", "Australia/Lord_Howe", "UTC"]
)  # fmt: skip
RHYTHMS = st.sampled_from(
    ["every thursday {}", "every other monday {}", "third tuesday {}", "full moon {}"]
)
TIMES = st.sampled_from(["07:00", "9:30", "12:00", "19:00", "22:45", "02:30", "00:15"])


@pytest.mark.requirement("R14", "R15", "R62")
@settings(derandomize=True, deadline=None, max_examples=14, suppress_health_check=ALL)
@given(
    st.lists(ZONES, min_size=4, max_size=4),
    RHYTHMS,
    TIMES,
    st.sampled_from(["1", "6", "12"]),
    st.dates(min_value=date(2026, 1, 1), max_value=date(2027, 12, 1)),
)
async def test_for_two_months_nobody_is_called_at_night_nor_too_often(
    zones: list[str], words: str, time: str, remind: str, day: date
) -> None:
    async with a_house() as house:
        house.now = datetime(day.year, day.month, day.day, 10, tzinfo=UTC)
        crew = await house.crew(
            people=PEOPLE[:3],
            zone=zones[3],
            settings={
                "remind-hours": {"value": remind, "since": "2026-01-01", "review": "2027-01-01"}
            },
        )
        own = {person(who): ZoneInfo(zone) for who, zone in zip(PEOPLE, zones, strict=False)}
        await Person.bulk_create(Person(id=who, zone=zone.key) for who, zone in own.items())
        await crew.says("Alba", f"!rhythm {words.format(time)}")
        await crew.taps("Alba", "✅")
        end, heard, said = house.now + timedelta(days=60), 0, Counter[tuple[str, str]]()
        held: dict[str, datetime] = {}
        while house.now < end:
            ahead = await house.hours()
            await house.passes(until=min(end, ahead[0][1]))
            held |= {f"{each.id}": each.at async for each in Meeting.all()}
            fresh, heard = house.owed[heard:], len(house.owed)
            for owed in fresh:
                if owed.deed is not Deed.SEND:
                    continue
                subject = (owed.name or "").partition(":")[2]
                mention = (owed.content or {})["mention"]
                assert isinstance(mention, list)
                reminding = "see you there" in str((owed.content or {})["text"])
                soon = reminding and held[subject] - house.now <= timedelta(hours=1)
                for who in mention:
                    said[who, subject] += 1
                    assert soon or not is_quiet(house.now, own[who], QUIET), (who, owed.content)
                if owed.name and owed.name.startswith("meeting:"):
                    for who in PEOPLE[:2]:
                        await crew.taps(who, "✅", on=owed.name)
            heard = len(house.owed)

        assert held
        assert all(times <= 4 for times in said.values())


@pytest.mark.requirement("R13")
async def test_an_answer_that_is_not_shown_does_not_touch_the_question(house: PlayedHouse) -> None:
    crew = await asked(house)
    private = await house.private("ben")

    declined = await private.says("ben", "coming not this time")
    again = await private.says("ben", "coming not this time")
    came = await private.says("ben", "coming")
    twice = await private.says("ben", "coming")
    quietly = await private.says("ben", "coming quietly")
    gone = await private.says("ben", "coming not this time")

    def edits(told: list[str]) -> int:
        return len([text for text in told if text.startswith("✎")])

    assert [edits(told) for told in (declined, again, came, twice, quietly, gone)] == [
        0, 0, 1, 0, 1, 1,
    ]  # fmt: skip
    assert crew.id
