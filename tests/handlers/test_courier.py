"""The courier: it tires, it can be ended, and it calls people as whoever reads knows them."""

from datetime import timedelta

import pytest

from daemon.app import _forget
from handlers.house.courier import ANSWERED_FOR, DAILY, HUSHED
from storage.carried import Carried
from storage.members import Member
from tests.handlers.played import PlayedHouse, person
from tests.handlers.test_safety import Lakeside, everywhere, lakeside

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
    [told] = await them.says("ana", "tamsin")
    assert "2️⃣ [Tamsin]" in door
    assert f"up to {DAILY} messages a day to each" in door
    assert told.startswith(f"I have carried {DAILY} messages from you for **Tamsin** today")

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
    [said] = await them.says("tamsin", "answer me")

    assert told.startswith(f"Good: for {HUSHED.days} days I carry nothing more from them to you.")
    assert carried(house, "ana", "answers you") == 1
    assert said.startswith("Taken for them: it is in their chat with me now, unless they take no")


@pytest.mark.requirement("R19")
async def test_nothing_that_somebody_reads_tells_that_a_contact_wants_no_more_of_them(
    house: PlayedHouse,
) -> None:
    them = await lakeside(house, "tamsin", "zoe")
    for who in ("ana", "cleo"):
        for line in ("safety", "tamsin", "somebody frightens me", "send"):
            await them.says(who, line)
    await them.chats["tamsin"].taps("tamsin", "🔕")  # the last word, which is Cleo's
    since = len(house.owed)

    told: dict[str, list[str]] = {"ana": [], "cleo": []}
    for _ in range(DAILY + 1):
        for who, read in told.items():
            for line in ("safety", "1", "I am still afraid", "send"):
                before = len(house.owed)
                await them.says(who, line)
                read += [
                    str((each.content or {}).get("text"))
                    for each in house.owed[before:]
                    if each.lane == them.chats[who].id
                ]

    assert told["cleo"] == told["ana"]
    assert any(f"I have carried {DAILY} messages" in each for each in told["ana"])
    assert any("if nobody answers by tomorrow, turn to another" in each for each in told["ana"])
    assert carried(house, "tamsin", "**Ana** writes to you", since) == DAILY - 1
    assert carried(house, "tamsin", "**Cleo** writes to you", since) == 0


async def test_whom_a_contact_wants_no_more_of_is_known_to_no_other(house: PlayedHouse) -> None:
    them = await lakeside(house, "tamsin", "zoe")
    await writes(them)
    await them.chats["tamsin"].taps("tamsin", "🔕")

    for line in ("safety", "tamsin", "somebody frightens me", "send"):
        await them.says("cleo", line)

    assert carried(house, "tamsin", "**Cleo** writes to you") == 1


# ------------------------------------------------------------------------------- written plainly below a word


@pytest.mark.requirement("R20")
@pytest.mark.parametrize(
    "said",
    [
        "I am so sorry. Are you safe tonight? You can call me on 0555 any time.",
        "call me on 0555 whenever you like",
        "hm? who is this",
        "yes of course I am here",
    ],
)
async def test_a_contact_who_simply_answers_is_asked_whether_it_is_to_be_carried(
    house: PlayedHouse, said: str
) -> None:
    them = await lakeside(house, "tamsin", "cleo")
    await writes(them)

    [asked] = await them.says("tamsin", said)
    before = carried(house, "ana", "answers you")
    await them.chats["tamsin"].taps("tamsin", "✅")

    assert asked.startswith("Shall I carry this to **Ana**?\n\n> ")
    assert "✅ yes · ✋ no" in asked
    assert before == 0
    assert carried(house, "ana", "**Tamsin** answers you") == 1
    assert await everywhere("0555") == []


@pytest.mark.requirement("R20")
async def test_it_is_never_carried_unasked_nor_kept_after_a_no(house: PlayedHouse) -> None:
    them = await lakeside(house, "tamsin", "cleo")
    await writes(them)
    await them.says("tamsin", "zinnober, I do not know what to say")

    [told] = await them.says("tamsin", "no")

    assert told == "Nothing was sent, and I have not kept it."
    assert carried(house, "ana", "answers you") == 0
    assert await everywhere("zinnober") == []


async def test_what_is_written_next_belongs_to_it_and_all_of_it_is_shown(
    house: PlayedHouse,
) -> None:
    them = await lakeside(house, "tamsin", "cleo")
    await writes(them, way="without my name")
    await them.says("tamsin", "I am so sorry")

    [asked] = await them.says("tamsin", "call me whenever you like")
    arrived, _told = await them.says("tamsin", "yes")

    assert asked.startswith(
        "Shall I carry this to them?\n\n> I am so sorry\n> call me whenever you like"
    )
    assert "> I am so sorry\n> call me whenever you like" in arrived


async def test_below_words_of_several_it_is_asked_to_whom_and_two_without_a_name_are_two(
    house: PlayedHouse,
) -> None:
    them = await lakeside(house, "tamsin", "zoe")
    for who, way in (
        ("ana", "without my name"),
        ("cleo", "send"),
        ("cleo", "send"),
        ("ana", "without my name"),
    ):
        for line in ("safety", "tamsin", "somebody frightens me", way):
            await them.says(who, line)

    [asked] = await them.says("tamsin", "I am so sorry")
    [which] = await them.says("tamsin", "yes")
    arrived, told = await them.chats["tamsin"].taps(
        "tamsin", "2️⃣", on=them.chats["tamsin"].tappable()
    )

    assert asked.startswith("To whom shall I carry this?\n\n> I am so sorry\n\n")
    assert (
        "1️⃣ somebody without their name, the last one\n2️⃣ **Cleo**, the one before\n"
        "3️⃣ somebody without their name, the third from below\n✋ to nobody"
    ) in asked
    assert which == "Nothing was sent yet: a number from the list says to whom."
    assert arrived.startswith("→ cleo") or carried(house, "cleo", "**Tamsin** answers you") == 1
    assert told.startswith("Taken for **Cleo**")


async def test_once_something_else_was_said_words_are_read_as_ever(house: PlayedHouse) -> None:
    them = await lakeside(house, "tamsin", "cleo")
    await writes(them)
    await them.says("tamsin", "when")

    [told] = await them.says("tamsin", "I am so sorry for you")

    assert told.startswith("I did not understand that")


async def test_after_a_month_nothing_is_asked(house: PlayedHouse) -> None:
    them = await lakeside(house, "tamsin", "cleo")
    await writes(them)
    await house.passes(ANSWERED_FOR + DAY)

    [told] = await them.says("tamsin", "I am so sorry for you")

    assert told.startswith("I did not understand that")


@pytest.mark.parametrize("said", ["when", "help", "safety", "timezone Europe/Paris", "thank you"])
async def test_a_word_of_ours_below_a_word_is_obeyed(house: PlayedHouse, said: str) -> None:
    them = await lakeside(house, "tamsin", "cleo")
    await writes(them)

    assert "carry this" not in "".join(await them.says("tamsin", said))


async def test_a_sign_that_is_typed_does_what_its_tap_does(house: PlayedHouse) -> None:
    them = await lakeside(house, "tamsin", "cleo")
    await writes(them)

    [asked] = await them.says("tamsin", "✏️")
    await them.says("tamsin", "stop")
    await writes(them)
    [told] = await them.says("tamsin", "🔕")
    [door] = await them.says("ana", "🛟")

    assert asked.startswith("What shall I carry to **Ana**?")
    assert told.startswith(f"Good: for {HUSHED.days} days I carry nothing more")
    assert "[Tamsin]" in door


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
