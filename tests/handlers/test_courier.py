"""The courier: it tires, it can be ended, and it calls people as whoever reads knows them."""

from datetime import timedelta

from daemon.app import _forget
from handlers.house.courier import ANSWERED_FOR, DAILY, HUSHED
from storage.carried import Carried
from storage.members import Member
from tests.handlers.played import PlayedHouse, person
from tests.handlers.test_safety import Lakeside, lakeside

DAY = timedelta(days=1)


async def writes(them: Lakeside, *, way: str = "send") -> str:
    """Ana writes to Tamsin, as far as it goes; all that was told."""
    told: list[str] = []
    for line in ("safety", "tamsin", "somebody frightens me", way):
        told += await them.says("ana", line)
    return "\n".join(told)


def carried(house: PlayedHouse, who: str, words: str, since: int = 0) -> int:
    """How many words with these were carried into somebody's private chat."""
    lane = f"!private-{who}:here"
    texts = [
        str((each.content or {}).get("text", ""))
        for each in house.owed[since:]
        if each.lane == lane
    ]
    return len([text for text in texts if words in text])


async def test_no_more_than_a_few_words_a_day_are_carried_from_one_person_to_another(
    house: PlayedHouse,
) -> None:
    them = await lakeside(house, "tamsin", "cleo")

    for _ in range(DAILY + 4):
        await writes(them, way="without my name")

    assert carried(house, "tamsin", "Somebody writes to you") == DAILY
    [door] = await them.says("ana", "safety")
    assert "1️⃣ [Cleo]" in door
    assert "- [Tamsin](https://matrix.to/#/@tamsin:here)" in door

    await house.passes(DAY)
    await writes(them)
    assert carried(house, "tamsin", "**Ana** writes to you") == 1


async def test_when_the_last_word_of_the_day_was_carried_meanwhile_the_next_is_not_sent(
    house: PlayedHouse,
) -> None:
    them = await lakeside(house, "tamsin", "cleo")
    await writes(them)
    await them.says("ana", "safety", "tamsin", "and again")
    await Carried.all().update(words=DAILY)

    [told] = await them.says("ana", "send")

    assert "no more in one day, so nothing was sent" in told
    assert "write to them yourself" in told


async def test_a_tap_on_an_old_word_does_not_write_for_ever(house: PlayedHouse) -> None:
    them = await lakeside(house, "tamsin", "cleo")
    await writes(them)

    for _ in range(DAILY + 3):
        await them.chats["tamsin"].taps("tamsin", "✏️")
        last = await them.says("tamsin", "answer me")

    assert carried(house, "ana", "answers you") == DAILY
    assert "no more in one day, so nothing was sent" in last[0]


async def test_whoever_wants_no_more_of_somebody_taps_and_is_written_to_no_more(
    house: PlayedHouse,
) -> None:
    them = await lakeside(house, "tamsin", "cleo")
    await writes(them, way="without my name")
    await them.chats["tamsin"].taps("tamsin", "✏️")
    await them.says("tamsin", "I am here")

    [told] = await them.chats["ana"].taps("ana", "🔕")
    await them.chats["tamsin"].taps("tamsin", "✏️")
    [refused] = await them.says("tamsin", "answer me")

    assert told.startswith(f"Good: for {HUSHED.days} days I carry nothing more from them to you.")
    assert carried(house, "ana", "answers you") == 1
    assert refused.startswith("I can't reach them just now, so nothing was sent.")


async def test_a_contact_who_wants_no_more_is_written_to_by_that_one_no_more_and_others_are_shown(
    house: PlayedHouse,
) -> None:
    them = await lakeside(house, "tamsin", "zoe")
    await writes(them)
    await them.chats["tamsin"].taps("tamsin", "🔕")
    [ana] = await them.says("ana", "safety")
    [rui] = await them.says("cleo", "safety")

    assert "1️⃣ [Zoe]" in ana
    assert "- [Tamsin](https://matrix.to/#/@tamsin:here)" in ana
    assert "1️⃣ [Tamsin]" in rui


async def test_an_answer_opens_again_what_was_ended_with_a_tap(house: PlayedHouse) -> None:
    them = await lakeside(house, "tamsin", "cleo")
    await writes(them)
    await them.chats["tamsin"].taps("tamsin", "🔕")
    await them.chats["tamsin"].taps("tamsin", "✏️")
    await them.says("tamsin", "I was too quick")

    await writes(them)

    assert carried(house, "tamsin", "**Ana** writes to you") == 2


async def test_an_ended_way_opens_by_itself_after_half_a_year(house: PlayedHouse) -> None:
    them = await lakeside(house, "tamsin", "cleo")
    await writes(them)
    await them.chats["tamsin"].taps("tamsin", "🔕")

    await house.passes(HUSHED + DAY)
    await _forget(house.now)

    assert not await Carried.exists()
    assert "1️⃣ [Cleo]" in (await them.says("ana", "safety"))[0]
    assert "2️⃣ [Tamsin]" in (await them.says("ana", "safety"))[0]


async def test_after_a_month_an_old_word_is_answered_no_more(house: PlayedHouse) -> None:
    them = await lakeside(house, "tamsin", "cleo")
    await writes(them)
    await house.passes(ANSWERED_FOR)
    assert "What shall I carry" in (await them.chats["tamsin"].taps("tamsin", "✏️"))[0]

    await them.says("tamsin", "stop")
    await house.passes(DAY)
    [tapped] = await them.chats["tamsin"].taps("tamsin", "✏️")
    [replied] = await them.chats["tamsin"].says(
        "tamsin", "how are you now?", on=them.chats["tamsin"].tappable()
    )

    assert tapped.startswith(f"That was written more than {ANSWERED_FOR.days} days ago")
    assert replied == tapped
    assert carried(house, "ana", "answers you") == 0


async def test_no_row_of_the_courier_names_anybody_and_those_of_two_days_are_not_alike(
    house: PlayedHouse,
) -> None:
    them = await lakeside(house, "tamsin", "cleo")
    await writes(them)
    await house.passes(DAY - timedelta(hours=1))
    await writes(them)

    rows = await Carried.all()

    assert len({row.mark for row in rows}) == len(rows) == 2
    assert not any(name in str(vars(row)) for row in rows for name in ("ana", "tamsin", "@"))
    await _forget(house.now + 2 * DAY)
    assert not await Carried.exists()


async def test_somebody_is_called_as_whoever_reads_knows_them(house: PlayedHouse) -> None:
    them = await lakeside(house, "tamsin", "cleo")
    await house.crew("AA Evening", ["ana", "mara"])
    await Member.filter(room="!aa-evening:here", person=person("ana")).update(
        name="Ana, 3 weeks sober"
    )
    await Member.filter(room="!private-ana:here", person=person("ana")).update(name="Anoushka")

    told = await writes(them)

    assert carried(house, "tamsin", "**Ana** writes to you") == 1
    assert "sober" not in told
    assert "Anoushka" not in told
