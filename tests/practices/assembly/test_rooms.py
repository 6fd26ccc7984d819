"""A room is fit for a part when every congregation can enter, read and write there, now and later; nothing else will do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from practices.assembly.conduct import Hesitation, doubt, hesitation
from practices.assembly.events import CARD, CIRCLE
from practices.assembly.keeping import AGAIN_EVERY, MOST_ASKED, newcomers, owed, part_of
from practices.assembly.ledger import Ledger
from practices.assembly.letters import Kind, Part
from practices.assembly.matters import GRACE, About
from practices.assembly.rooms import MOST_FORMER, Setting, Unfit, about, former_of, place_of, unfit
from tests.practices.assembly.assembled import UNTIL, Assembled, keeper

SPACE, ASSEMBLY, OLD, NEW = "!space:a", "a" * 43, "!old:a", "!new:b.example"
END = datetime.fromisoformat(UNTIL)
START = END - timedelta(days=14)

FIT = Setting(
    about=about(Part.COMMONS, SPACE, ASSEMBLY, (OLD,)),
    is_space=False,
    encrypted=False,
    history="shared",
    join="invite",
    power={
        "users": {"@k:b.example": 100}, "users_default": 0, "events_default": 0, "state_default": 100, "invite": 0,
        "kick": 100, "ban": 100, "redact": 100, "events": {CARD: 0, CIRCLE: 0, "m.room.redaction": 100},
    },
    me="@me:a.example",
)  # fmt: skip


def power(**levels: Any) -> dict[str, Any]:
    return {"power": {**FIT.power, **levels}}


def judged(part: Part = Part.COMMONS, **bent: Any) -> Unfit | None:
    return unfit(replace(FIT, **bent), part, SPACE, ASSEMBLY, (OLD,))


def test_a_room_made_as_the_first_ones_were_is_fit() -> None:
    assert judged() is None


@pytest.mark.requirement("R136")
@pytest.mark.parametrize(
    ("bent", "why"),
    [
        ({"about": {}}, Unfit.UNSAID),
        ({"about": {**FIT.about, "part": "care"}}, Unfit.UNSAID),
        ({"about": {**FIT.about, "space": "!other:a"}}, Unfit.UNSAID),
        ({"about": {**FIT.about, "assembly": "b" * 43}}, Unfit.UNSAID),
        ({"about": {**FIT.about, "former": []}}, Unfit.UNSAID),
        ({"about": {**FIT.about, "former": [OLD, "!more:a"]}}, Unfit.UNSAID),
        ({"is_space": True}, Unfit.SEALED),
        ({"encrypted": True}, Unfit.SEALED),
        ({"history": "invited"}, Unfit.HIDDEN),
        ({"history": "joined"}, Unfit.HIDDEN),
        ({"history": "None"}, Unfit.HIDDEN),
        ({"history": "world_readable"}, Unfit.OPEN),
        ({"join": "public"}, Unfit.OPEN),
        ({"join": "knock"}, Unfit.OPEN),
        (power(events_default=1), Unfit.MUTE),
        (power(events={"m.room.message": 50, "m.room.redaction": 100}), Unfit.MUTE),
        (power(invite=50), Unfit.CLOSED),
        (power(kick=0), Unfit.UNDONE),
        (power(ban=0), Unfit.UNDONE),
        (power(redact=0), Unfit.UNDONE),
        (power(state_default=0), Unfit.BENT),
        (power(state_default="0"), Unfit.BENT),
        (power(events={CARD: 0}), Unfit.UNDONE),
        (power(users_default=100), Unfit.BENT),
        (power(users={"@me:a.example": -1}), Unfit.MUTE),
        (power(users={"@me:a.example": "-1"}), Unfit.MUTE),
        (power(users={"@me:a.example": 0}, users_default=5, events_default=5), Unfit.MUTE),
    ],
)
def test_a_room_that_would_not_hold_what_is_written_is_not_fit(
    bent: dict[str, Any], why: Unfit
) -> None:
    assert judged(**bent) is why


@pytest.mark.requirement("R136")
@pytest.mark.parametrize("level", [0, -1, " 0"])
@pytest.mark.parametrize(
    "event",
    [
        "m.room.power_levels", "m.room.encryption", "m.room.tombstone", "m.room.join_rules", "m.room.history_visibility",
        "m.room.server_acl", "org.example.anything",
    ],
)  # fmt: skip
def test_a_room_that_anybody_can_close_encrypt_or_take_over_is_not_fit(
    event: str, level: object
) -> None:
    assert judged(**power(events={**FIT.power["events"], event: level})) is Unfit.BENT


def test_what_only_its_maker_may_send_takes_no_room_from_anybody() -> None:
    names = {"m.room.name": 50, "m.room.power_levels": 100, "m.room.tombstone": 100}

    assert judged(**power(events={**FIT.power["events"], **names})) is None


def test_of_more_rooms_than_can_be_named_the_newest_are_and_such_a_room_is_fit() -> None:
    former = tuple(f"!room{number}:a" for number in range(MOST_FORMER + 3))
    said = about(Part.COMMONS, SPACE, ASSEMBLY, former)

    assert said["former"] == list(former[3:])
    assert unfit(replace(FIT, about=said), Part.COMMONS, SPACE, ASSEMBLY, former) is None


def test_of_what_a_creation_says_only_what_makes_sense_is_kept() -> None:
    said = {**FIT.about, "former": [OLD, "no room"], "more": "x" * 9000, "space": "!" * 300}

    assert place_of(said) == {"part": "commons", "assembly": ASSEMBLY, "former": [OLD]}
    assert place_of(FIT.about) == {k: v for k, v in FIT.about.items() if k != "version"}


def test_only_the_directory_has_to_let_everybody_keep_a_card() -> None:
    no_cards = power(events={"m.room.redaction": 100})
    said = about(Part.DIRECTORY, SPACE, ASSEMBLY, (OLD,))

    assert judged(**no_cards) is None
    assert judged(Part.DIRECTORY, about=said, **no_cards) is Unfit.MUTE


@pytest.mark.parametrize(
    "said", [None, "x", [1], ["no room"], ["!r:a"] * (MOST_FORMER + 1), ["!" + "x" * 255]]
)
def test_what_makes_no_sense_names_no_former_room(said: Any) -> None:
    assert former_of({"former": said}) == ()


# ---------------------------------------------------------------------------------------------- the roll


@pytest.mark.requirement("R136")
def test_a_part_knows_the_rooms_it_was_in_whatever_came_first() -> None:
    told = Assembled("Ash", "Beech", "Cedar")
    first = told.ledger.roll.rooms[Part.COMMONS]
    told.matter("Ash", "move", part="commons", to="!second:a")
    told.matter("Beech", "move", part="commons", to="!third:a")

    for seed in range(6):
        roll = told.read_otherwise(seed).roll
        assert roll.rooms[Part.COMMONS] == "!third:a"
        assert roll.former == {Part.COMMONS: (first, "!second:a")}


def test_a_part_that_goes_back_has_the_others_behind_it() -> None:
    told = Assembled("Ash", "Beech")
    first = told.ledger.roll.rooms[Part.CARE]
    told.matter("Ash", "move", part="care", to="!second:a")
    told.matter("Ash", "move", part="care", to=first)

    assert told.ledger.roll.rooms[Part.CARE] == first
    assert told.ledger.roll.former == {Part.CARE: ("!second:a",)}


def test_two_moves_at_once_end_in_one_room_for_all() -> None:
    told = Assembled("Ash", "Beech", "Cedar")
    first, heads = told.ledger.roll.rooms[Part.COMMONS], told.ledger.heads()
    for name, to in (("Ash", "!one:a"), ("Beech", "!two:a")):
        body = {
            "about": "move", "title": "move", "until": UNTIL, "passing": {}, "part": "commons", "to": to,
        }  # fmt: skip
        matter = told.says(name, Kind.MATTER, body, after=heads)
        for each in ("Ash", "Beech", "Cedar"):
            told.says(each, Kind.POSITION, {"stand": "consent"}, answers=matter)
            sums = {"word": "accepted", "consents": 3, "objections": 0, "asides": 0}
            told.says(each, Kind.SEAL, sums, answers=matter)

    rolls = [told.read_otherwise(seed).roll for seed in range(8)]
    assert len({roll.rooms[Part.COMMONS] for roll in rolls}) == 1
    [now, before] = rolls[0].rooms[Part.COMMONS], rolls[0].former[Part.COMMONS]
    assert {now, *before} == {first, "!one:a", "!two:a"}


# ------------------------------------------------------------------------------------------------ conduct


def a_move(to: str = NEW, part: str = "commons") -> tuple[Assembled, str]:
    told = Assembled("Ash", "Beech", "Cedar")
    body = {
        "about": "move", "title": "move", "until": UNTIL, "passing": {}, "part": part, "to": to,
    }  # fmt: skip
    return told, told.says("Ash", Kind.MATTER, body, after=told.ledger.heads())


def doubted(told: Assembled, matter: str, fit: dict[tuple[str, str], bool]) -> Hesitation | None:
    [found] = [each for each in told.ledger.matters() if each.id == matter]
    seen = dict.fromkeys(told.ledger.letters, START)
    return hesitation(told.ledger, found, START, seen, fit)


@pytest.mark.requirement("R136")
def test_nobody_is_asked_about_a_room_that_was_not_entered_or_does_not_fit() -> None:
    told, matter = a_move()

    assert doubted(told, matter, {}) is Hesitation.NO_ENTRY
    assert doubted(told, matter, {(NEW, "commons"): False}) is Hesitation.UNFIT
    assert doubted(told, matter, {(NEW, "commons"): True}) is None


@pytest.mark.requirement("R136")
def test_a_room_that_fits_one_part_vouches_for_no_other_and_speaks_against_none() -> None:
    told, matter = a_move(part="care")

    assert doubted(told, matter, {(NEW, "commons"): True}) is Hesitation.NO_ENTRY
    assert doubted(told, matter, {(NEW, "commons"): False}) is Hesitation.NO_ENTRY
    assert doubted(told, matter, {(NEW, "commons"): False, (NEW, "care"): True}) is None


def test_a_room_that_stands_for_another_part_is_never_put_to_people() -> None:
    first = Assembled("Ash").ledger.roll.rooms[Part.CARE]
    told, matter = a_move(to=first)

    assert doubted(told, matter, {(first, "commons"): True}) is Hesitation.ROOM_TAKEN


def test_that_others_could_enter_a_room_vouches_for_nobody_until_it_is_final() -> None:
    told, matter = a_move()
    sums = {"word": "accepted", "consents": 2, "objections": 0, "asides": 0}
    for name in ("Ash", "Beech"):
        told.says(name, Kind.SEAL, sums, answers=matter)
    two = doubted(told, matter, {})
    told.says("Cedar", Kind.SEAL, sums, answers=matter)

    assert two is Hesitation.NO_ENTRY
    assert doubted(told, matter, {}) is None


@pytest.mark.parametrize(
    ("fit", "word"),
    [
        ({}, "refused"),
        ({(NEW, "commons"): False}, "refused"),
        ({(NEW, "commons"): True}, "accepted"),
    ],
)
def test_a_room_that_cannot_be_entered_is_sealed_as_refused(
    fit: dict[tuple[str, str], bool], word: str
) -> None:
    told, matter = a_move()
    for name in ("Ash", "Beech"):
        told.says(name, Kind.POSITION, {"stand": "consent"}, answers=matter)
    seen = dict.fromkeys(told.ledger.letters, START)
    [draft] = owed(told.ledger, keeper("Cedar"), END + GRACE, seen=seen, asked={}, fit=fit)

    assert (draft.part, draft.body["word"]) == (Part.CHARTER, word)


@pytest.mark.parametrize("part", list(Part))
def test_what_moves_the_charter_is_written_in_the_decisions_as_the_charter_may_be_gone(
    part: Part,
) -> None:
    told, matter = a_move(part=part.value)
    position = told.says("Beech", Kind.POSITION, {"stand": "consent"}, answers=matter)
    expected = Part.DECISIONS if part is Part.CHARTER else Part.CHARTER
    [found] = [each for each in told.ledger.matters() if each.about is About.MOVE]

    assert found.written_in is expected
    assert part_of(told.ledger, told.ledger.letters[matter]) is expected
    assert part_of(told.ledger, told.ledger.letters[position]) is expected


def test_a_move_that_all_agreed_on_is_doubted_by_nobody_who_comes_late() -> None:
    told = Assembled("Ash", "Beech", "Cedar")
    matter = told.matter("Ash", "move", part="commons", to=NEW)
    [found] = [each for each in told.ledger.matters() if each.id == matter]
    seen = dict.fromkeys(told.ledger.letters, START)

    assert doubt(told.ledger, found, END, seen) is None


# ----------------------------------------------------------------------------------------- who enters later


@pytest.mark.requirement("R136")
def test_who_enters_asks_each_once_a_day_for_what_no_room_shows() -> None:
    told = Assembled("Ash", "Beech", "Cedar")
    for _ in range(3):
        told.says("Ash", Kind.LESSON, {"title": "One", "text": "More."})
    held = Ledger(told.id)
    for letter, part in told.letters:
        if letter.kind is Kind.LESSON:
            held.take(letter, part)
    me, now = "@keeper:new.example", datetime(2026, 12, 1, tzinfo=UTC)
    drafts = newcomers(held, me, now, {}, [keeper("Beech")])

    lost = told.ledger.numbers[keeper("Ash")].keys() - held.numbers[keeper("Ash")].keys()
    assert [(d.body["of"], d.body["numbers"]) for d in drafts] == [
        (keeper("Ash"), sorted(lost)[:MOST_ASKED]),
        (keeper("Beech"), [1]),
    ]
    seen = {}
    for draft in drafts:
        asked = told.says(me, Kind.AGAIN, draft.body)
        held.take(told.ledger.letters[asked], Part.CHARTER)
        seen[asked] = now
    assert newcomers(held, me, now + AGAIN_EVERY / 2, seen, [keeper("Beech")]) == ()
    assert len(newcomers(held, me, now + AGAIN_EVERY, seen, [keeper("Beech")])) == 2


def test_what_is_kept_aside_is_not_asked_for() -> None:
    told = Assembled("Ash", "Beech")
    me, other = keeper("Ash"), keeper("Beech")
    told.numbers[other] += 1
    missed = told.numbers[other]
    told.says("Beech", Kind.LESSON, {"title": "One", "text": "More."})
    seen = dict.fromkeys(told.ledger.letters, START)
    asking = owed(told.ledger, me, END, seen=seen, asked={})
    quiet = owed(told.ledger, me, END, seen=seen, asked={}, aside={other: {missed}})

    assert [draft.body for draft in asking] == [{"of": other, "numbers": [missed]}]
    assert quiet == ()
