"""The ledger: what counts once counts for ever, for whoever has seen the same, whatever liars write and in whatever order."""

from itertools import permutations
from random import Random
from typing import Any

import pytest

from practices.assembly import ledger as ledgers
from practices.assembly.ledger import MOST_NUMBER, Ledger, Taken
from practices.assembly.letters import Kind, Letter, Part, read, written
from practices.assembly.matters import Word
from tests.practices.assembly.assembled import UNTIL, Assembled, keeper

LIARS = ("Lime", "Loam", "Lace")
TRUE = ("Ash", "Beech", "Cedar", "Elm", "Fir", "Hazel")
SEALED = {"word": "accepted", "consents": 9, "objections": 0, "asides": 0}


def opened(assembled: Assembled, by: str, about: str = "decide", **more: Any) -> str:
    """A matter to which nobody has said anything."""
    body = {"about": about, "title": "x", "until": UNTIL, "passing": {}, "text": "y"}
    after = more.pop("after", None) or assembled.ledger.heads()
    return assembled.says(by, Kind.MATTER, body | more, after=after)


def seals(assembled: Assembled, matter: str, *names: str, word: str = "accepted") -> None:
    for name in names:
        assembled.says(name, Kind.SEAL, SEALED | {"word": word}, answers=matter)


def word(assembled: Assembled, matter: str) -> Word | None:
    standing = assembled.ledger.standing(matter)
    assert standing is not None
    return standing.word


def names(ledger: Ledger) -> set[str]:
    return {seat.name for seat in ledger.roll.seats.values()}


# ------------------------------------------------------------------------------------------- taking in


def test_a_letter_is_taken_once_where_it_belongs_and_in_its_own_assembly() -> None:
    ours, theirs = Assembled("Ash"), Assembled("Beech")
    letter, part = theirs.letters[0]

    assert ours.ledger.take(*ours.letters[0]) is Taken.REPEATED
    assert ours.ledger.take(letter, part) is Taken.MISPLACED
    theirs.says("Beech", Kind.LESSON, {"title": "x", "text": "y"})
    assert ours.ledger.take(*theirs.letters[-1]) is Taken.MISPLACED
    assert Ledger(theirs.id).take(theirs.letters[-1][0], Part.CARE) is Taken.MISPLACED
    assert Ledger(theirs.id).take(theirs.letters[-1][0], Part.COMMONS) is Taken.NEW


def test_gaps_in_the_numbers_and_two_letters_under_one_are_seen() -> None:
    told = Assembled("Ash", "Beech")
    highest = max(told.ledger.numbers[keeper("Beech")])
    told.says("Beech", Kind.NEED, {"title": "x", "until": "2026-12-01"}, number=highest + 3)

    assert told.ledger.missing(keeper("Beech")) == [highest + 1, highest + 2]
    assert told.ledger.missing("@nobody:x.example") == []
    assert told.ledger.twice() == set()
    told.says("Beech", Kind.NEED, {"title": "y", "until": "2026-12-01"}, number=highest + 3)
    assert told.ledger.twice() == {keeper("Beech")}


def test_nobody_reads_a_number_that_is_too_high() -> None:
    told = Assembled("Ash")
    told.says("Ash", Kind.LESSON, {"title": "x", "text": "y"}, number=MOST_NUMBER)
    told.says("Ash", Kind.LESSON, {"title": "z", "text": "y"}, number=MOST_NUMBER + 1)

    assert [each.body["title"] for each in told.ledger.of_kind(Kind.LESSON).values()] == ["x"]


def test_letters_that_contradict_each_other_are_read_in_any_order_up_to_a_bound() -> None:
    told = Assembled("Ash", "Beech")
    for each in range(40):
        told.says("Beech", Kind.LESSON, {"title": f"{each}", "text": "y"}, number=9)

    views = {told.read_otherwise(seed).view() for seed in range(6)}
    assert views == {told.ledger.view()}
    assert len(told.ledger.of_kind(Kind.LESSON)) == 40


def test_a_flood_fills_nothing_and_hides_nothing_that_others_refer_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ledgers, "MOST_FORKS", 5)
    told = Assembled("Ash", "Beech", "Cedar")
    matter = opened(told, "Ash")
    for each in range(50):
        told.says("Beech", Kind.LESSON, {"title": f"{each}", "text": "y"}, number=20)
    assert len(told.ledger.of_kind(Kind.LESSON)) == 6

    # What somebody else refers to is taken when it comes again.
    body = {"title": "Chairs", "until": "2026-12-01"}
    need = told.says("Beech", Kind.NEED, body, number=20)
    assert need not in told.ledger.letters
    told.says("Beech", Kind.TAKEN, {}, answers=need, number=21)
    assert told.ledger.take(*next(e for e in told.letters if e[0].id == need)) is Taken.FLOOD
    told.says("Cedar", Kind.TAKEN, {}, answers=need)
    assert told.ledger.take(*next(e for e in told.letters if e[0].id == need)) is Taken.TWICE
    assert need in told.ledger.letters

    # The words that are sealed count all the same; who floods cannot make them count for some alone.
    told.says("Beech", Kind.SEAL, SEALED, answers=matter, number=20)
    seals(told, matter, "Ash", "Cedar")
    assert word(told, matter) is Word.ACCEPTED


@pytest.mark.requirement("R136")
def test_the_words_that_a_flooding_keeper_seals_count_whether_its_matter_came_first_or_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ledgers, "MOST_FORKS", 5)
    told = Assembled("Ash", "Beech", "Cedar")
    matter = opened(told, "Ash")
    for each in range(10):
        told.says("Cedar", Kind.LESSON, {"title": f"{each}", "text": "y"}, number=20)
    told.says("Cedar", Kind.POSITION, {"stand": "consent"}, answers=matter, number=19)
    seals(told, matter, "Ash", "Beech")
    told.says("Cedar", Kind.SEAL, SEALED, answers=matter, number=20)

    # The flood, and the word, before the matter that it is about; nothing comes twice.
    mine = [each for each in told.letters if each[0].number >= 19 or each[0].id == matter]
    flood = [each for each in mine if each[0].kind is Kind.LESSON]
    sealed = [each for each in mine if each[0].kind is Kind.SEAL]
    early = [*(each for each in told.letters if each not in mine), *flood, *sealed]
    other = Ledger(told.id)
    for letter, part in [*early, *(each for each in mine if each not in early)]:
        other.take(letter, part)

    for known in (told.ledger, other):
        standing = known.standing(matter)
        assert standing is not None
        assert (standing.word, standing.positions) == (Word.ACCEPTED, {})


def test_words_on_matters_that_nobody_has_put_fill_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledgers, "MOST_FORKS", 5)
    told = Assembled("Ash", "Beech")
    for each in range(40):
        told.says("Beech", Kind.SEAL, SEALED, answers=f"{each:x>43}", number=20)

    assert len([e for e in told.ledger.of_kind(Kind.SEAL).values() if e.number == 20]) == 11


@pytest.mark.requirement("R136")
def test_a_number_that_something_unreadable_has_too_is_used_twice_before_and_after_an_update() -> (
    None
):
    told = Assembled("Ash", "Beech")
    matter = opened(told, "Ash")
    told.says("Beech", Kind.POSITION, {"stand": "consent"}, answers=matter, number=20)
    told.ledger.put_aside({keeper("Beech"): {20, 21}, "@nobody:x.example": {1}})

    assert told.ledger.twice() == {keeper("Beech")}
    assert told.ledger.standing(matter).positions == {}  # type: ignore[union-attr]
    told.ledger.put_aside({keeper("Beech"): {21}})
    assert told.ledger.twice() == set()


def test_what_is_referred_to_and_not_there_is_known_until_it_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ledgers, "MOST_UNSEEN", 2)
    told = Assembled("Ash", "Beech")
    body = {"title": "Chairs", "until": "2026-12-01"}
    other = Assembled("Ash", "Beech")
    need = other.says("Ash", Kind.NEED, body)
    first, second = "x" * 43, "y" * 43
    by = [told.says("Beech", Kind.TAKEN, {}, answers=each) for each in (need, first, second)]

    assert told.ledger.unseen(keeper("Beech")) == {second: by[2], first: by[1]}
    again = told.says("Beech", Kind.TAKEN, {"words": "Still."}, answers=need)
    assert next(iter(told.ledger.unseen(keeper("Beech")).items())) == (need, again)
    told.says("Ash", Kind.NEED, body)
    assert need not in told.ledger.unseen(keeper("Beech"))
    assert told.ledger.unseen("@nobody:x.example") == {}


def test_a_flood_of_changes_does_not_crowd_others_out_of_what_is_named() -> None:
    told = Assembled("Ash", *TRUE[1:], *LIARS)
    for name in LIARS:
        seat, number = told.seats[name], told.numbers[keeper(name)] + 1
        for each in range(40):
            to = f"@puppet{each}:l.example"
            told.says(name, Kind.HAND_OVER, {"to": to}, answers=seat, after=(seat,), number=number)
    heads = told.ledger.heads()

    assert len(heads) <= 32
    named = told.ledger.roll_after(heads)
    assert named is not None
    assert {seat.name for seat in named.seats.values()} == {*TRUE, *LIARS}


def test_more_changes_than_can_be_named_leave_out_the_least() -> None:
    told = Assembled("Ash")
    for batch in range(2):
        told.matter(
            "Ash",
            "admit",
            candidates=[{"keeper": f"@k:{batch}-{n}.b", "name": f"{n}"} for n in range(20)],
        )
    asked = sorted(told.ledger.roll.asked_in)
    for matter, account in asked:
        told.says(account, Kind.SEAT, {}, answers=matter, after=(matter,))
    heads = told.ledger.heads()
    named = told.ledger.roll_after(heads)

    assert len(told.ledger.roll.seats) == 41
    assert len(heads) == 32
    assert named is not None
    assert len(named.seats) == 33


# ------------------------------------------------------------------------------------------ what counts


def test_the_same_letters_make_the_same_whatever_came_first() -> None:
    told = Assembled("Ash", "Beech", "Cedar", "Elm")
    told.leaves("Elm")
    told.matter("Beech", "decide", text="x")
    told.admits("Cedar", "Fir", "Hazel")
    told.hands_over("Beech", "@new:beech.example")

    views = {told.read_otherwise(seed).view() for seed in range(20)}
    assert views == {told.ledger.view()}
    assert names(told.ledger) == {"Ash", "Beech", "Cedar", "Fir", "Hazel"}


def test_letters_wait_for_what_they_stand_on_in_every_order() -> None:
    told = Assembled("Ash", "Beech")
    views = set()
    for order in permutations(told.letters):
        ledger = Ledger(told.id)
        for letter, part in order:
            ledger.take(letter, part)
        views.add(ledger.view())

    assert views == {told.ledger.view()}
    assert names(told.ledger) == {"Ash", "Beech"}


def test_nobody_enters_by_a_letter_alone() -> None:
    told = Assembled("Ash", "Beech", "Cedar")
    stranger = "@stranger:x.example"
    told.says(stranger, Kind.SEAT, {}, answers=told.id, after=(told.id,))
    matter = opened(told, "Ash", "admit", candidates=[{"keeper": stranger, "name": "X"}])
    told.says(stranger, Kind.SEAT, {}, answers=matter, after=(told.id,))

    assert names(told.ledger) == {"Ash", "Beech", "Cedar"}
    # Nobody is placed: it is asked in now, its earlier yes stands on the matter, and counts.
    seals(told, matter, "Ash", "Beech", "Cedar")
    assert names(told.ledger) == {"Ash", "Beech", "Cedar", "X"}


@pytest.mark.requirement("R136")
def test_the_two_hundred_and_first_finds_no_seat() -> None:
    told = Assembled("Ash")
    total = 200
    while len(told.ledger.roll.seats) < total:
        there = len(told.ledger.roll.seats)
        told.admits("Ash", *(f"B{n}" for n in range(there, min(total, there + 20))))
    told.admits("Ash", "Late")

    assert len(told.ledger.roll.seats) == total
    assert "Late" not in names(told.ledger)
    told.says("B7", Kind.LEAVE, {}, answers=seat_of(told, "B7"), after=told.ledger.heads())
    told.admits("Ash", "Later")
    assert "Later" in names(told.ledger)


def seat_of(told: Assembled, name: str) -> str:
    seat = told.ledger.roll.seat_of(keeper(name))
    assert seat is not None
    return seat.id


def test_a_word_is_final_with_more_than_two_thirds_and_stays_so() -> None:
    told = Assembled(*TRUE)
    matter = opened(told, "Ash")
    seals(told, matter, "Ash", "Beech", "Cedar", "Elm")
    assert word(told, matter) is None
    seals(told, matter, "Fir")
    assert word(told, matter) is Word.ACCEPTED
    seals(told, matter, "Hazel", "Ash", "Beech", word="refused")

    assert word(told, matter) is Word.ACCEPTED


def test_seals_that_cannot_agree_any_more_are_torn() -> None:
    told = Assembled(*TRUE)
    matter = opened(told, "Ash")
    seals(told, matter, "Ash", "Beech", "Cedar")
    standing = told.ledger.standing(matter)
    assert standing is not None
    assert not standing.torn
    seals(told, matter, "Elm", "Fir", word="refused")
    standing = told.ledger.standing(matter)
    assert standing is not None
    assert standing.torn


def test_three_liars_cannot_name_their_own_seats_alone_and_ask_their_puppets_in() -> None:
    told = Assembled("Ash")
    others = (*TRUE[1:], *LIARS)
    candidates = [{"keeper": keeper(name), "name": name} for name in others]
    asked = told.matter("Ash", "admit", candidates=candidates)
    for name in others:
        told.seats[name] = told.says(name, Kind.SEAT, {}, answers=asked, after=(asked,))
    own = tuple(told.seats[name] for name in LIARS)
    for liar in LIARS:
        puppets = [{"keeper": "@puppet:l.example", "name": "Puppet"}]
        matter = opened(told, liar, "admit", candidates=puppets, after=own)
        electorate = told.ledger.electorate(matter)
        assert electorate is not None
        assert {seat.name for seat in electorate.values()} == {"Ash", *LIARS}
        seals(told, matter, *LIARS)
        # Whoever they name, the founder is there, who alone let them in; and later all who were confirmed.
        assert word(told, matter) is None
    told.matter("Ash", "decide", text="x")
    built = opened(told, "Lime", "decide", after=told.ledger.heads())
    standing = told.ledger.standing(built)
    assert standing is not None
    assert len(standing.confirmed) == len(standing.electorate) == 9


def test_who_is_confirmed_follows_from_what_was_accepted() -> None:
    told = Assembled("Ash", "Beech", "Cedar")
    first = opened(told, "Beech")
    seals(told, first, "Beech", "Cedar")
    before = told.ledger.standing(first)
    assert before is not None
    assert before.confirmed == {told.id}
    seals(told, first, "Ash")
    assert word(told, first) is Word.ACCEPTED
    second = told.ledger.standing(opened(told, "Beech"))
    assert second is not None
    assert second.confirmed == set(told.seats.values())


def test_nobody_is_kept_from_a_matter_by_being_named_in_it() -> None:
    told = Assembled("Ash", "Beech", "Cedar")
    for about in ("decide", "admit", "move"):
        more: dict[str, Any] = {"candidates": [{"keeper": "@x:y.example", "name": "X"}]}
        more |= {"part": "care", "to": "!x:y.example", "seat": told.seats["Cedar"]}
        electorate = told.ledger.electorate(opened(told, "Beech", about, **more))
        assert electorate is not None
        assert len(electorate) == 3
    more = {"seat": told.seats["Cedar"], "rests_on": told.id}
    electorate = told.ledger.electorate(opened(told, "Beech", "part", **more))
    assert electorate is not None
    assert told.seats["Cedar"] not in electorate
    # And nobody puts a matter about itself.
    assert told.ledger.electorate(opened(told, "Cedar", "part", **more)) is None


def test_the_newest_position_before_the_seal_counts_and_none_under_a_number_used_twice() -> None:
    told = Assembled("Ash", "Beech")
    matter = opened(told, "Ash")

    def stands() -> list[str]:
        standing = told.ledger.standing(matter)
        assert standing is not None
        return [each.stand.value for each in standing.positions.values()]

    start = told.numbers[keeper("Beech")]
    told.says("Beech", Kind.POSITION, {"stand": "aside"}, answers=matter, number=start + 1)
    told.says("Beech", Kind.POSITION, {"stand": "consent"}, answers=matter, number=start + 3)
    assert stands() == ["consent"]
    told.says("Beech", Kind.SEAL, SEALED, answers=matter, number=start + 2)
    assert stands() == ["aside"]
    # The number is used for something else as well: nobody can tell which was meant.
    told.says("Beech", Kind.LESSON, {"title": "x", "text": "y"}, number=start + 1)
    assert stands() == []


def test_a_congregation_that_left_is_asked_in_again_and_cannot_come_back_alone() -> None:
    told = Assembled("Ash", "Beech", "Cedar")
    asked = next(iter(told.ledger.of_kind(Kind.MATTER)))
    told.leaves("Cedar")
    told.says("Cedar", Kind.SEAT, {}, answers=asked, after=(asked,))
    told.says("Cedar", Kind.SEAT, {"words": "x"}, answers=asked, after=told.ledger.heads())
    assert names(told.ledger) == {"Ash", "Beech"}

    told.admits("Ash", "Cedar")
    assert names(told.ledger) == {"Ash", "Beech", "Cedar"}


def test_a_matter_on_a_roll_that_nobody_else_has_is_read_when_that_has_come() -> None:
    told = Assembled("Ash", "Beech")
    told.admits("Ash", "Cedar")
    matter = opened(told, "Cedar")
    late = Ledger(told.id)
    for letter, part in reversed(told.letters):
        assert late.electorate(matter) is None or late.letters.keys() >= told.seats.keys()
        late.take(letter, part)

    assert late.view() == told.ledger.view()
    assert late.electorate(matter) == told.ledger.electorate(matter)


def test_rolls_that_are_read_again_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Assembled(*TRUE, *LIARS)
    told.matter("Ash", "decide", text="x")
    monkeypatch.setattr(ledgers, "_MOST_AT_HAND", 2)

    assert {told.read_otherwise(seed).view() for seed in range(4)} == {told.ledger.view()}


def test_what_somebody_gave_stays_when_it_has_left() -> None:
    told = Assembled("Ash", "Beech", "Cedar")
    told.hands_over("Beech", "@new:beech.example")
    told.leaves("Cedar")

    kept = {account: seat.name for account, seat in told.ledger.roll.ever.items()}
    assert kept == {
        keeper("Ash"): "Ash",
        keeper("Beech"): "Beech",
        "@new:beech.example": "Beech",
        keeper("Cedar"): "Cedar",
    }


def test_a_sprint_asks_those_alone_that_opted_in() -> None:
    told = Assembled("Ash", "Beech", "Cedar")
    dates = {"from": "2026-05-01", "to": "2026-05-20"}
    sprint = told.says("Ash", Kind.SPRINT, {"title": "x", "topics": ["y"], **dates})
    opted = [told.says(name, Kind.OPT_IN, {}, answers=sprint) for name in ("Ash", "Cedar")]
    elsewhere = told.says("Beech", Kind.OPT_IN, {}, answers=told.id)
    matter = opened(told, "Beech", rests_on=sprint, opted=[*opted, elsewhere])
    for name in ("Ash", "Beech", "Cedar"):
        told.says(name, Kind.POSITION, {"stand": "consent"}, answers=matter)
    standing = told.ledger.standing(matter)

    assert standing is not None
    assert len(standing.electorate) == 3
    assert standing.outcome.entitled == 2
    assert set(standing.positions) == {told.seats["Ash"], told.seats["Cedar"]}


def test_nothing_that_can_be_read_breaks_a_ledger() -> None:
    told = Assembled("Ash", "Beech")
    random = Random(7)
    ids = [each.id for each, _ in told.letters]
    for number in range(10, 200):
        kind = random.choice((Kind.SEAL, Kind.POSITION, Kind.LEAVE, Kind.SEAT, Kind.HAND_OVER))
        bodies: dict[Kind, dict[str, Any]] = {
            Kind.SEAL: SEALED,
            Kind.POSITION: {"stand": "aside"},
            Kind.HAND_OVER: {"to": "@x:y.example"},
        }
        roll = kind not in (Kind.SEAL, Kind.POSITION)
        raw = written(
            kind,
            sender=keeper(random.choice(("Ash", "Beech", "Nobody"))),
            number=number,
            assembly=told.id,
            body=bodies.get(kind, {}),
            answers=random.choice(ids),
            after=tuple(random.sample(ids, 2)) if roll else (),
        )
        letter: Letter = read(raw["from"], raw)
        ids.append(letter.id)
        told.letters.append((letter, Part.CHARTER))
        told.ledger.take(letter, Part.CHARTER)

    assert {told.read_otherwise(seed).view() for seed in range(3)} == {told.ledger.view()}
