"""What one long message may cost: nobody holds up all the others with what they write, member or stranger."""

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.catalogue import CATALOGUE
from handlers.conversation import LONGEST_READ
from handlers.language import Refused
from handlers.meetings.commitments import read_line
from handlers.polls import proxies
from practices import calling, drafts
from practices.phrases import tokens
from practices.polls.poll import Way
from practices.understanding import NotUnderstood
from tests.handlers.played import PlayedHouse, a_house

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
ROME = ZoneInfo("Europe/Rome")
PEOPLE = ("ana", "ben", "cleo", "dan")

#: As much as one message can hold.
WHOLE = 32_000

#: So many times as long as taking the words of a text apart may the rest take: enough for the slowest of machines, and
#: far from what grows with the square of a text.
GENEROUS = 100

READERS: dict[str, Callable[[str], object]] = {
    "what is asked": lambda text: drafts.read(text, now=NOW, zone=ROME),
    "a choice": lambda text: drafts.read(text, now=NOW, zone=ROME, way=Way.CHOICE),
    "times": lambda text: drafts.read(text, now=NOW, zone=ROME, way=Way.TIMES),
    "answers": lambda text: drafts.read_answers(text, now=NOW, zone=ROME, way=Way.TIMES),
    "terms": lambda text: drafts.read_clauses(text, now=NOW, zone=ROME),
    "a proxy": proxies.until_when,
    "a task": lambda text: read_line(text, NOW, ROME),
}


def work(reads: Callable[[], object]) -> float:
    """The processor's own time for it, in seconds; what others do beside it does not count."""
    begun = time.process_time()
    reads()
    return time.process_time() - begun


def plainly() -> float:
    """The time for taking as long a text apart, word by word."""
    return min(work(lambda: tokens("word " * (WHOLE // 5))) for _ in range(3))


def refusing(reader: Callable[[str], object], text: str) -> Callable[[], object]:
    def reads() -> object:
        try:
            return reader(text)
        except (NotUnderstood, Refused):
            return None

    return reads


def full(token: str, size: int) -> str:
    """A text of that size that begins and ends with a letter."""
    return f"a{token * (size // len(token) + 1)}"[: size - 1] + "b"


TOKENS = (
    " ",
    "\n",
    "; ",
    ", ",
    "a and ",
    "until ",
    "until friday, ",
    "review ",
    "1: ",
    "monday ",
    "- ",
    "x",
)


@pytest.mark.parametrize("reader", READERS)
def test_a_message_of_any_one_word_again_and_again_is_read_in_the_time_that_its_length_takes(
    reader: str,
) -> None:
    most = GENEROUS * plainly()

    took = {each: work(refusing(READERS[reader], full(each, WHOLE))) for each in TOKENS}

    assert {each: long for each, long in took.items() if long > most} == {}


@settings(derandomize=True, deadline=None, max_examples=30)
@given(
    st.sampled_from(sorted(READERS)),
    st.lists(
        st.sampled_from(
            (
                " ",
                "\n",
                ";",
                ",",
                "and",
                "or",
                "until",
                "by",
                "review",
                "1",
                ":",
                "-",
                "friday",
                "18:00",
                "secret",
                "a",
                "“",
                "(",
            )
        ),
        min_size=1,
        max_size=4,
    ),
)
def test_so_is_what_repeats_any_few_words(reader: str, words: list[str]) -> None:
    text = full("".join(words) + " ", drafts.LONGEST)

    assert work(refusing(READERS[reader], text)) < GENEROUS * plainly()


@pytest.mark.parametrize("token", ["\n", "> ", "what: ", "a, "])
def test_a_call_is_read_in_the_time_that_its_length_takes(token: str) -> None:
    text = full(token, LONGEST_READ)

    took = work(refusing(lambda said: calling.read_line(said, now=NOW, zone=ROME), text))

    assert took < GENEROUS * plainly()


async def seconds(says: Awaitable[object]) -> float:
    begun = time.process_time()
    await says
    return time.process_time() - begun


@pytest.mark.parametrize("token", [" ", "\n", "; ", "a and ", "until "])
async def test_no_command_takes_long_over_the_longest_text_that_is_read(token: str) -> None:
    most = GENEROUS * plainly()
    async with a_house() as house:
        house.now = NOW
        crew = await house.crew(people=PEOPLE)
        took = {}
        for name in sorted(CATALOGUE.commands):
            text = f"!{name} {full(token, LONGEST_READ - len(name) - 2)}"
            took[name] = await seconds(crew.says("ana", text))

    assert {name: long for name, long in took.items() if long > most} == {}


@pytest.mark.parametrize("name", sorted(set(CATALOGUE.commands) - {"script"}))
async def test_what_is_longer_is_refused_before_anything_reads_it(
    house: PlayedHouse, name: str
) -> None:
    crew = await house.crew(people=PEOPLE)
    zoe = await house.private("zoe")

    [told] = await crew.says("ana", f"!{name} {full('until ', WHOLE)}")
    [private] = await zoe.says("zoe", f"{name} {full('a and ', WHOLE)}")

    assert told == private
    assert "longer than 10,000 characters, so I have read none of it and changed nothing" in told


async def test_people_may_write_each_other_as_much_as_they_like(house: PlayedHouse) -> None:
    house.now = NOW
    crew = await house.crew(people=PEOPLE)
    await crew.says("ana", "!propose We meet on Tuesdays")

    assert await crew.says("ben", full("agree ", WHOLE)) == []
    assert await crew.says("ben", full("agree ", WHOLE), on="poll:1") == []


async def test_a_script_may_be_as_long_as_a_message(house: PlayedHouse) -> None:
    ana = await house.private("ana")
    await house.crew(people=PEOPLE)

    [told] = await ana.says("ana", "script\n" + "# a remark\n" * 2000)

    assert "10,000" not in told


async def test_as_much_as_can_be_kept_of_one_poll_is_read(house: PlayedHouse) -> None:
    house.now = NOW
    crew = await house.crew(people=PEOPLE)
    options = [f"{number:02} {'x' * 190}" for number in range(20)]

    told = await crew.says(
        "ana", f"!poll {'y' * 3900}?\n" + "\n".join(f"- {each}" for each in options)
    )

    assert "asks" in told[0] or "asks" in told[1]
