"""In whatever order letters come through the door by which they are kept, the same follows from them as from the history.

Much is let go there: what an account writes before it has standing, and what somebody writes too much of. Whenever that may
count, the rooms' past is asked for again; here it is what was delivered so far.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from practices.assembly import ledger as ledgers
from practices.assembly.ledger import Ledger
from practices.assembly.letters import Kind, Letter, Part, read, written
from practices.assembly.table import TABLE
from storage import assemblies
from storage.assemblies import (
    Assembly,
    AssemblyLetter,
    State,
    is_past_wanted,
    ledger,
    left_out_of_many,
    store_letter,
    strangers_let_go,
)
from storage.database import transaction
from tests.practices.assembly.assembled import UNTIL, Assembled, keeper

START, DAY = datetime(2026, 11, 22, 12, tzinfo=UTC), timedelta(days=1)
NEW, SOCK, FLOODER = "@keeper:new.example", "@sock:far.example", keeper("Dale")
SEALED = {"word": "accepted", "consents": 4, "objections": 0, "asides": 0}

Told = tuple[dict[str, Any], Part]


class History:
    """Everything that was written in one assembly, in its order."""

    def __init__(self, *names: str) -> None:
        self.all = Assembled(*names)
        self.told: list[Told] = []
        for letter, part in self.all.letters:
            self._keep(letter, part)

    def _keep(self, letter: Letter, part: Part) -> None:
        raw = written(
            letter.kind, sender=letter.sender, number=letter.number, assembly=letter.assembly,
            body=letter.body, answers=letter.answers, after=letter.after,
        )  # fmt: skip
        self.told.append((raw, part))

    def says(self, sender: str, kind: Kind, body: dict[str, Any], **more: Any) -> str:
        """A letter of a congregation or of an account, under any number; its id."""
        id_ = self.all.says(sender, kind, body, **more)
        self._keep(*self.all.letters[-1])
        return id_

    def puts(self, about: str, *seal: str, **body: Any) -> str:
        """A matter of Ash, which these seal; its id."""
        everything = {"about": about, "title": about, "until": UNTIL, "passing": {}, **body}
        matter = self.says("Ash", Kind.MATTER, everything, after=self.all.ledger.heads())
        self.says("Beech", Kind.POSITION, {"stand": "consent"}, answers=matter)
        for name in seal:
            self.says(name, Kind.SEAL, SEALED, answers=matter)
        return matter


def flooded(number: int = 101, junk: int = 2, forks: int = 8) -> History:
    """Somebody whose seat stands far behind what else it wrote, somebody who floods, and somebody whom nobody asked in."""
    found = History("Ash", "Beech", "Cedar", "Dale")
    for each in range(junk):
        claim = {"congregation": f"Junk {each}", "words": "x" * 400}
        found.says(NEW, Kind.CLAIM, claim, answers=found.all.id, number=1)
        found.says(SOCK, Kind.CLAIM, claim, answers=found.all.id, number=100 + each)
    found.says(NEW, Kind.AGAIN, {"of": keeper("Ash"), "numbers": [1]}, number=2)
    candidates = [{"keeper": NEW, "name": "New"}]
    asked = found.puts("admit", "Ash", "Beech", candidates=candidates)
    for each in range(forks):
        found.says("Dale", Kind.LESSON, {"title": f"{each}", "text": "y"}, number=30)
    # Without the word of the one who floods it is not accepted.
    found.says(
        "Dale", Kind.POSITION, {"stand": "objection", "reason": "No."}, answers=asked, number=29
    )
    found.says("Dale", Kind.SEAL, SEALED, answers=asked, number=30)
    found.says(NEW, Kind.SEAT, {}, answers=asked, after=(asked,), number=number)
    # What follows stands on that seat.
    found.says("Cedar", Kind.TAKEN, {}, answers=found.says(
        "Dale", Kind.NEED, {"title": "Chairs", "until": "2026-12-01"}, number=30
    ))  # fmt: skip
    found.says("Cedar", Kind.MATTER, {
        "about": "decide", "title": "Tea", "text": "x", "until": UNTIL, "passing": {}
    }, after=found.all.ledger.heads())  # fmt: skip
    return found


def view(known: Ledger) -> str:
    """What follows for all: the roll, each matter, and the letters of whoever has standing and floods nothing."""
    roll = known.roll
    lines = [f"seat {each.id} {each.keeper} {each.name}" for each in roll.seats.values()]
    for matter in known.matters():
        standing = known.standing(matter.id)
        assert standing is not None
        sealed = sorted((seat, *sorted(words)) for seat, words in standing.seals.items())
        lines.append(
            f"{matter.id} {standing.word} {standing.outcome} {sorted(standing.electorate)} {sealed}"
        )
    lines += [
        each
        for each, letter in known.letters.items()
        if letter.sender not in (FLOODER, SOCK) or letter.kind is Kind.NEED
    ]
    return sha256("\n".join(sorted(lines)).encode()).hexdigest()


async def heard(
    found: History, order: Iterable[Told], *, entering: int = 0
) -> tuple[Ledger, Assembly]:
    """What a house knows to which the letters came in this order, the first of them while it was entering."""
    assembly = await Assembly.create(
        name="Rivers", state=State.ENTERING if entering else State.SEATED, made_at=START, found=found.all.id
    )  # fmt: skip
    now, come = START, list[Told]()

    async def hears(raw: dict[str, Any], part: Part) -> None:
        letter = read(raw["from"], raw)
        event = f"${assembly.id}:{letter.id}"
        await store_letter(assembly, letter, part, raw, event=event, at=now)

    for place, told in enumerate(order):
        now += timedelta(hours=1)
        come.append(told)
        await hears(*told)
        if place + 1 == entering:
            assembly.state = State.SEATED
            await strangers_let_go(assembly)
        while assembly.state is State.SEATED and await is_past_wanted(assembly, now):
            for each in come:
                await hears(*each)
    now += DAY
    while await is_past_wanted(assembly, now):
        for each in come:
            await hears(*each)
    return await ledger(assembly), assembly


@pytest.mark.requirement("R138")
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    some.sampled_from([1, 3, 101]),
    some.integers(0, 3),
    some.integers(0, 9),
    some.integers(0, 9999),
    some.booleans(),
)
async def test_in_any_order_the_same_follows_as_from_the_history_and_after_a_restart(
    database: str, number: int, junk: int, forks: int, seed: int, enters: bool
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ledgers, "MOST_FORKS", 3)
        patched.setattr(assemblies, "MOST_FORKS", 3)
        patched.setattr(assemblies, "BYTES_OF_STRANGERS", 1200)
        found = flooded(number, junk, forks)
        expected = Ledger(found.all.id)
        # Read twice: what somebody refers to may stand before that, where it was too much.
        for raw, part in [*found.told, *found.told]:
            expected.take(read(raw["from"], raw), part)
        assert any(seat.keeper == NEW for seat in expected.roll.seats.values())
        random = Random(seed)
        order = [*found.told, *random.sample(found.told, 5)]
        random.shuffle(order)
        entering = random.randrange(1, len(order)) if enters else 0

        async def whole() -> tuple[str, str]:
            known, assembly = await heard(found, order, entering=entering)
            now = view(known)
            assemblies._forget(assembly)
            return now, view(await ledger(assembly))

        now, restarted = await transaction(whole)

        assert now == view(expected)
        assert restarted == now


async def test_of_ever_more_accounts_no_more_is_noted_and_whoever_gains_standing_is_read_all_the_same(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assemblies, "_MOST_LEFT_OUT", 3)
    found = flooded(number=101, forks=0)
    place = next(
        n for n, (raw, _) in enumerate(found.told) if raw["type"] == "seat" and raw["from"] == NEW
    )
    seat = found.told.pop(place)
    socks = [
        (written(Kind.AGAIN, sender=f"@s{n}:far.example", number=1, assembly=found.all.id,
                 body={"of": keeper("Ash"), "numbers": [1]}), Part.CHARTER)
        for n in range(8)
    ]  # fmt: skip
    early = next(
        n for n, (raw, _) in enumerate(found.told) if raw.get("answers") == seat[0]["answers"]
    )

    async def whole() -> tuple[Ledger, Assembly]:
        return await heard(
            found, [found.told[0], *socks, *found.told[1:early], seat, *found.told[early:]]
        )

    known, assembly = await transaction(whole)

    assert any(each.keeper == NEW for each in known.roll.seats.values())
    assert sum(each.startswith("left out") for each in assembly.told) <= 3 + 2
    assert not await AssemblyLetter.filter(sender="@s7:far.example").exists()


async def test_because_of_what_somebody_floods_the_past_is_read_at_most_once_a_day(
    database: str,
) -> None:
    found = flooded()

    async def whole() -> list[bool]:
        _, assembly = await heard(found, found.told[:12])
        said = []
        for hours in range(0, 72, 4):
            await left_out_of_many(assembly)
            raw = written(
                Kind.MATTER, sender=keeper("Dale"), number=200 + hours, assembly=found.all.id,
                body={"about": "decide", "title": "x", "text": "x", "until": UNTIL, "passing": {}},
                after=("z" * 43,),
            )  # fmt: skip
            letter = read(raw["from"], raw)
            await store_letter(
                assembly, letter, Part.DECISIONS, raw, event=f"$late{hours}", at=START
            )
            said.append(await is_past_wanted(assembly, START + 90 * DAY + timedelta(hours=hours)))
        return said

    assert sum(await transaction(whole)) == 3


def test_each_kind_of_these_letters_is_where_it_belongs() -> None:
    assert all(part in TABLE[Kind(raw["type"])].parts for raw, part in flooded().told)
