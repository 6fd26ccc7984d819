"""What one account can make all others look at and keep is bounded, and whoever is honest is heard all the same."""

from datetime import UTC, datetime

import pytest

from practices.assembly import keeping
from practices.assembly.keeping import MOST_OF_STRANGERS, is_too_much, owed
from practices.assembly.ledger import MOST_OPEN
from practices.assembly.letters import Kind, Letter, read, written
from practices.assembly.table import TABLE
from tests.practices.assembly.assembled import UNTIL, Assembled, keeper

NOW = datetime(2026, 12, 1, tzinfo=UTC)
LATE = datetime(2027, 1, 15, tzinfo=UTC)
DECIDE = {"about": "decide", "title": "A feast", "text": "Shall we?", "until": UNTIL, "passing": {}}
ME = keeper("Harbour")
STRANGER = "@nobody:far.example"


def asking(told: Assembled, by: str, **more: object) -> str:
    return told.says(by, Kind.MATTER, {**DECIDE, **more}, after=told.ledger.heads())


def of_stranger(told: Assembled, kind: Kind, number: int, words: str = "") -> Letter:
    body = {"of": ME, "numbers": [1]} if kind is Kind.AGAIN else {"congregation": "Harbour"}
    content = written(
        kind,
        sender=STRANGER,
        number=number,
        assembly=told.id,
        body={**body, **({"words": words} if words else {})},
        answers=told.seats["Harbour"] if TABLE[kind].answers else None,
    )
    return read(STRANGER, content)


def take(told: Assembled, letter: Letter) -> None:
    told.ledger.take(letter, min(TABLE[letter.kind].parts))


# ------------------------------------------------------------------------------------------------ matters


def test_of_one_senders_matters_the_newest_are_looked_at_and_the_others_hide_nobodys() -> None:
    told = Assembled("Lakeside", "Harbour", "Cedar")
    honest = asking(told, "Lakeside", title="Honest")
    flood = [asking(told, "Cedar", title=f"Number {number}") for number in range(MOST_OPEN + 30)]

    looked_at = {each.id for each in told.ledger.unsealed(ME)}

    assert looked_at == {honest, *flood[-MOST_OPEN:]}
    assert told.ledger.standing(flood[0]) is not None


def test_whatever_order_the_letters_came_in_the_same_matters_are_looked_at() -> None:
    told = Assembled("Lakeside", "Harbour", "Cedar")
    for number in range(MOST_OPEN + 5):
        asking(told, "Cedar", title=f"Number {number}")

    for seed in range(3):
        other = told.read_otherwise(seed)
        assert [each.id for each in other.unsealed(ME)] == [
            each.id for each in told.ledger.unsealed(ME)
        ]


def test_matters_that_are_sealed_make_room_for_older_ones() -> None:
    told = Assembled("Lakeside", "Harbour", "Cedar")
    first = asking(told, "Cedar", title="The first")
    for number in range(MOST_OPEN):
        asking(told, "Cedar", title=f"Number {number}")
    seen = dict.fromkeys(told.ledger.letters, NOW)
    assert first not in {each.id for each in told.ledger.unsealed(ME)}

    for draft in owed(told.ledger, ME, LATE, seen=seen, asked={}):
        told.says("Harbour", draft.kind, draft.body, answers=draft.answers)

    assert [each.id for each in told.ledger.unsealed(ME)] == [first]


def test_matters_of_before_a_congregation_came_hide_none_that_it_may_speak_to() -> None:
    told = Assembled("Lakeside", "Cedar")
    for number in range(MOST_OPEN + 5):
        asking(told, "Lakeside", title=f"Before {number}")
    told.admits("Lakeside", "Harbour")

    now = asking(told, "Lakeside", title="Now")

    assert [each.id for each in told.ledger.unsealed(ME)] == [now]


# ------------------------------------------------------------------------------------------------ strangers


@pytest.mark.requirement("R136")
def test_an_account_without_standing_asks_for_nothing_that_anybody_keeps() -> None:
    told = Assembled("Lakeside", "Harbour")

    assert is_too_much(told.ledger, of_stranger(told, Kind.AGAIN, 1))
    assert not is_too_much(told.ledger, of_stranger(told, Kind.CLAIM, 1))
    assert not is_too_much(told.ledger, of_stranger(told, Kind.CLAIM, MOST_OF_STRANGERS))
    assert is_too_much(told.ledger, of_stranger(told, Kind.CLAIM, MOST_OF_STRANGERS + 1))


def test_of_an_account_without_standing_one_contradiction_is_kept_and_no_second() -> None:
    told = Assembled("Lakeside", "Harbour")
    take(told, of_stranger(told, Kind.CLAIM, 1))
    second = of_stranger(told, Kind.CLAIM, 1, "Otherwise.")
    assert not is_too_much(told.ledger, second)
    take(told, second)

    assert is_too_much(told.ledger, of_stranger(told, Kind.CLAIM, 1, "Third."))
    assert not is_too_much(told.ledger, second)
    assert not is_too_much(told.ledger, of_stranger(told, Kind.CLAIM, 2))


def test_whoever_has_a_seat_had_one_or_was_asked_in_may_ask() -> None:
    told = Assembled("Lakeside", "Harbour", "Cedar", "Elder")
    told.leaves("Elder")
    told.matter("Lakeside", "admit", candidates=[{"keeper": keeper("Alder"), "name": "Alder"}])
    body = {"of": ME, "numbers": [1]}

    for name in ("Cedar", "Elder", "Alder"):
        content = written(Kind.AGAIN, sender=keeper(name), number=5000, assembly=told.id, body=body)
        assert keeper(name) in keeping.correspondents(told.ledger)
        assert not is_too_much(told.ledger, read(keeper(name), content))
