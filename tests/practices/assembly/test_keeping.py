"""What an honest keeper owes without asking anybody, what it hesitates at, and what it says of others' seals."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from practices.assembly import keeping
from practices.assembly.conduct import STALE, TALK, Hesitation, doubt, hesitation
from practices.assembly.keeping import MOST_REPEATED, PATIENCE, SPACING, Draft, dispute, owed
from practices.assembly.letters import Kind, Part, read, written
from practices.assembly.matters import GRACE
from tests.practices.assembly.assembled import Assembled, keeper

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
END = datetime(2026, 5, 8, 18, tzinfo=UTC)
UNTIL = "2026-05-08T18:00:00Z"
DAY = timedelta(days=1)


class Told:
    """An assembly in which every letter was seen when a test says."""

    def __init__(self, *names: str) -> None:
        self.all = Assembled(*names)
        self.seen = dict.fromkeys(self.all.ledger.letters, NOW - 100 * DAY)
        self.asked: dict[str, datetime] = {}

    def says(self, name: str, kind: Kind, body: Any, at: datetime = NOW, **more: Any) -> str:
        letter = self.all.says(name, kind, body, **more)
        self.seen[letter] = at
        return letter

    def puts(self, name: str, about: str = "decide", at: datetime = NOW, **more: Any) -> str:
        after = more.pop("after", None) or self.all.ledger.heads()
        body = {"about": about, "title": "A feast", "text": "x", "until": UNTIL, "passing": {}}
        return self.says(name, Kind.MATTER, body | more, at, after=after)

    def stands(self, matter: str, stand: str, *names: str, at: datetime = NOW) -> None:
        for name in names:
            body = {"stand": stand} | ({"reason": "No."} if stand == "objection" else {})
            self.says(name, Kind.POSITION, body, at, answers=matter)

    def owed(self, name: str, now: datetime = NOW) -> tuple[Draft, ...]:
        account = name if name.startswith("@") else keeper(name)
        return owed(self.all.ledger, account, now, seen=self.seen, asked=self.asked)

    def hesitates(self, matter: str, now: datetime = NOW) -> Hesitation | None:
        found = next(each for each in self.all.ledger.matters() if each.id == matter)
        return hesitation(self.all.ledger, found, now, self.seen)


# ------------------------------------------------------------------------------------------------ seals


def test_a_keeper_seals_what_it_counts_when_all_have_spoken() -> None:
    told = Told("Ash", "Beech", "Cedar")
    matter = told.puts("Ash")
    told.stands(matter, "consent", "Ash", "Beech")
    assert told.owed("Cedar") == ()

    told.stands(matter, "aside", "Cedar")
    (draft,) = told.owed("Cedar")
    assert (draft.kind, draft.part, draft.answers) == (Kind.SEAL, Part.DECISIONS, matter)
    assert draft.body == {"word": "accepted", "consents": 2, "objections": 0, "asides": 1}

    told.says("Cedar", Kind.SEAL, draft.body, answers=matter)
    assert told.owed("Cedar") == ()


def test_a_double_majority_is_counted_early_only_when_all_have_shown_their_people() -> None:
    told = Told("Ash", "Beech", "Cedar")
    matter = told.puts("Ash", passing={"congregations": 50, "people": 50})
    told.stands(matter, "consent", "Ash", "Beech", "Cedar")
    assert told.owed("Cedar") == ()

    for name in ("Ash", "Beech"):
        body = {"stand": "consent", "people": {"yes": 12, "no": 0}}
        told.says(name, Kind.POSITION, body, answers=matter)
    assert told.owed("Cedar") == ()
    assert told.owed("Cedar", END + GRACE)[0].body["word"] == "accepted"

    body = {"stand": "consent", "people": {"yes": 0, "no": 30}}
    told.says("Cedar", Kind.POSITION, body, answers=matter)
    (draft,) = told.owed("Cedar")
    assert draft.body["word"] == "refused"


def test_a_keeper_seals_a_day_after_the_end_whoever_is_silent() -> None:
    told = Told("Ash", "Beech", "Cedar")
    matter = told.puts("Ash", "admit", candidates=[{"keeper": "@x:y.example", "name": "X"}])
    told.stands(matter, "consent", "Ash")

    assert told.owed("Beech", END + GRACE - timedelta(seconds=1)) == ()
    (draft,) = told.owed("Beech", END + GRACE)
    assert draft.part is Part.CHARTER
    assert draft.body["word"] == "refused"


def test_who_may_not_speak_owes_no_seal() -> None:
    told = Told("Ash", "Beech", "Cedar")
    told.puts("Ash", "part", seat=told.all.seats["Cedar"], rests_on=told.all.id)

    assert told.owed("Cedar", END + 2 * DAY) == ()
    assert told.owed("@stranger:x.example", END + 2 * DAY) == ()
    assert len(told.owed("Beech", END + 2 * DAY)) == 1


def test_what_no_honest_keeper_puts_to_its_people_it_seals_as_refused() -> None:
    told = Told("Ash", "Beech", "Cedar")
    matter = told.puts("Ash", "part", seat=told.all.seats["Cedar"], rests_on=told.all.id)
    told.stands(matter, "consent", "Ash", "Beech")

    assert told.owed("Beech") == ()
    (draft,) = told.owed("Beech", NOW + DAY)
    assert draft.body == {"word": "refused", "consents": 2, "objections": 0, "asides": 0}


def test_who_comes_back_after_the_end_goes_by_those_who_were_here() -> None:
    told = Told("Ash", "Beech", "Cedar")
    matter = told.puts("Ash", at=END + 5 * DAY)
    told.stands(matter, "consent", "Ash", "Beech", at=END + 5 * DAY)
    counted = {"word": "accepted", "consents": 2, "objections": 0, "asides": 0}
    told.says("Ash", Kind.SEAL, counted, END + 5 * DAY, answers=matter)
    assert told.owed("Cedar", END + 5 * DAY) == ()
    [alone] = told.owed("Cedar", END + 6 * DAY)

    told.says("Beech", Kind.SEAL, counted, END + 5 * DAY, answers=matter)
    [vouched] = told.owed("Cedar", END + 5 * DAY)

    assert (alone.body["word"], vouched.body["word"]) == ("refused", "accepted")


def test_seals_of_many_are_spread_over_hours_and_of_few_are_not() -> None:
    few, many = Told("Ash"), Told("Ash")
    few.all.admits("Ash", *(f"B{n}" for n in range(19)))
    many.all.admits("Ash", *(f"B{n}" for n in range(20)))
    many.all.admits("Ash", *(f"B{n}" for n in range(20, 39)))
    for told, size in ((few, 20), (many, 40)):
        told.seen = dict.fromkeys(told.all.ledger.letters, NOW - 100 * DAY)
        told.puts("Ash")
        names = [seat.name for seat in told.all.ledger.roll.seats.values()]
        assert len(names) == size
        end = END + GRACE
        at_once = sum(bool(told.owed(name, end)) for name in names)
        at_last = sum(bool(told.owed(name, end + SPACING * size)) for name in names)
        assert at_last == size
        assert at_once == 20 if size == 20 else at_once < 5


def test_seals_of_many_wait_their_turn_after_the_last_position_too() -> None:
    told = Told("Ash")
    names = [f"B{n}" for n in range(30)]
    told.all.admits("Ash", *names[:20])
    told.all.admits("Ash", *names[20:])
    told.seen = dict.fromkeys(told.all.ledger.letters, NOW - 100 * DAY)
    matter = told.puts("Ash", at=NOW)
    told.stands(matter, "consent", "Ash", *names)

    now = sum(bool(told.owed(name, NOW)) for name in names)
    soon = sum(bool(told.owed(name, NOW + SPACING * 15)) for name in names)
    assert now < 5 < soon < 25
    assert all(told.owed(name, NOW + SPACING * 31) for name in names)


# ------------------------------------------------------------------------------------------------- again


def test_own_letters_that_somebody_has_missed_are_sent_again_as_they_were() -> None:
    told = Told("Ash", "Beech")
    account, ledger = keeper("Ash"), told.all.ledger
    told.says("Beech", Kind.AGAIN, {"of": account, "numbers": [1, 2, 3, 4, 99]})
    drafts = told.owed("Ash")

    assert [each.number for each in drafts] == [1, 2, 3, 4]
    for draft in drafts:
        raw = written(
            draft.kind,
            sender=account,
            number=draft.number or 0,
            assembly=None if draft.kind is Kind.FOUND else told.all.id,
            body=draft.body,
            answers=draft.answers,
            after=draft.after,
        )
        letter = read(account, raw)
        assert ledger.letters[letter.id] == letter
        assert draft.part is Part.CHARTER
    # They were sent; who asks again the same day waits.
    told.asked = dict.fromkeys(ledger.numbers[account].values(), NOW)
    told.says("Beech", Kind.AGAIN, {"of": account, "numbers": [1, 2]}, NOW + DAY / 2)
    assert told.owed("Ash", NOW + DAY / 2) == ()
    assert [each.number for each in told.owed("Ash", NOW + DAY)] == [1, 2]


@pytest.mark.requirement("R138")
def test_what_others_refer_to_and_did_not_come_is_asked_for_within_the_hour_by_its_id() -> None:
    told = Told("Ash", "Beech", "Cedar")
    unseen = ["x" * 43, "y" * 43]
    first = told.puts("Ash", after=(*told.all.ledger.heads(), unseen[0]))
    told.says("Cedar", Kind.TAKEN, {}, answers=unseen[1])

    assert told.owed("Beech") == ()
    [draft] = told.owed("Beech", NOW + PATIENCE)
    assert (draft.kind, draft.part, draft.body) == (Kind.AGAIN, Part.CHARTER, {"ids": unseen})
    # Everybody sees that somebody has asked; nobody asks again that day, and each ever more rarely.
    asked = NOW + PATIENCE
    told.says("Beech", Kind.AGAIN, draft.body, asked)
    assert told.owed("Cedar", asked + DAY / 2) == ()
    days = [n for n in range(1, 40) if _asks_again(told, "Beech", asked + n * DAY)]
    assert days == [1, 3, 7, 15, 31]
    assert keeping.unheard(told.all.ledger, keeper("Beech"), asked + DAY / 2, told.seen) == {}
    late = keeping.unheard(told.all.ledger, keeper("Beech"), asked + DAY, told.seen)
    assert {sender: [each.id for each in put] for sender, put in late.items()} == {
        keeper("Ash"): [first]
    }


def _asks_again(told: Told, name: str, at: datetime) -> bool:
    drafts = [each for each in told.owed(name, at) if each.kind is Kind.AGAIN]
    for draft in drafts:
        told.says(name, Kind.AGAIN, draft.body, at)
    return bool(drafts)


def test_where_numbers_are_missing_these_are_asked_for_first() -> None:
    told = Told("Ash", "Beech")
    told.says("Ash", Kind.TAKEN, {}, answers="x" * 43, number=told.all.numbers[keeper("Ash")] + 2)

    [numbers] = told.owed("Beech", NOW + PATIENCE)
    assert numbers.body["of"] == keeper("Ash")
    assert {"ids": ["x" * 43]} in [each.body for each in told.owed("Beech", NOW + 2 * PATIENCE)]


def test_of_what_one_keeper_invents_no_more_is_asked_for_and_others_come_in_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keeping, "MOST_ASKED", 4)
    told = Told("Ash", "Beech", "Cedar")
    for each in range(20):
        told.says("Beech", Kind.TAKEN, {}, answers=f"{each:x>43}")
    told.says("Cedar", Kind.TAKEN, {}, answers="y" * 43)

    [draft] = told.owed("Ash", NOW + PATIENCE)
    assert len(draft.body["ids"]) == 4
    assert "y" * 43 in draft.body["ids"]
    told.says("Ash", Kind.AGAIN, draft.body, NOW + PATIENCE)
    assert told.owed("Ash", NOW + PATIENCE + DAY / 2) == ()


@pytest.mark.requirement("R138")
def test_who_is_asked_by_ids_sends_exactly_those_letters_also_the_second_under_one_number() -> None:
    told = Told("Ash", "Beech")
    lesson = [
        told.says("Ash", Kind.LESSON, {"title": f"{each}", "text": "y"}, number=9)
        for each in range(2)
    ]
    told.says("Beech", Kind.AGAIN, {"ids": [lesson[1], told.all.id, "x" * 43]})

    assert [each.repeats for each in told.owed("Ash")] == [told.all.id, lesson[1]]
    told.asked = {told.all.id: NOW, lesson[1]: NOW}
    assert told.owed("Ash", NOW + DAY / 2) == ()
    assert told.owed("Beech") == ()


def test_strangers_ask_in_vain_and_nobody_makes_a_keeper_write_without_end() -> None:
    told = Told("Ash", "Beech")
    for number in range(10, 300):
        told.says("Ash", Kind.LESSON, {"title": "x", "text": "y"}, number=number)
    for first in (10, 110, 200):
        numbers = list(range(first, first + 100))
        told.says("@stranger:x.example", Kind.AGAIN, {"of": keeper("Ash"), "numbers": numbers})
    assert [each for each in told.owed("Ash") if each.number] == []

    for first in (10, 110, 200):
        numbers = list(range(first, first + 100))
        told.says("Beech", Kind.AGAIN, {"of": keeper("Ash"), "numbers": numbers})
    assert len([each for each in told.owed("Ash") if each.number]) == MOST_REPEATED
    sent = told.all.ledger.numbers[keeper("Ash")]
    told.asked = {sent[number]: NOW for number in range(10, 200)}
    assert len([each for each in told.owed("Ash", NOW + DAY / 4) if each.number]) == 10


def test_missing_numbers_are_asked_for_after_an_hour_and_once_a_day() -> None:
    told = Told("Ash", "Beech", "Cedar")
    start = max(told.all.ledger.numbers[keeper("Beech")])
    told.says("Beech", Kind.LESSON, {"title": "x", "text": "y"}, number=start + 3)
    assert told.owed("Ash", NOW + timedelta(minutes=59)) == ()

    later = NOW + timedelta(hours=1)
    (draft,) = told.owed("Ash", later)
    assert draft.kind is Kind.AGAIN
    assert draft.body == {"of": keeper("Beech"), "numbers": [start + 1, start + 2]}
    # It has asked, or somebody else has.
    told.asked[keeper("Beech")] = later
    assert told.owed("Ash", later + DAY / 2) == ()
    told.says("Ash", Kind.AGAIN, draft.body, later)
    assert told.owed("Cedar", later) == ()
    (again,) = told.owed("Cedar", later + DAY)
    assert again.body == draft.body
    # Nobody asks itself.
    assert told.owed("Beech", later + DAY) == ()


def test_who_never_sends_what_is_missing_is_asked_more_and_more_rarely() -> None:
    told = Told("Ash", "Beech")
    told.says("Beech", Kind.LESSON, {"title": "x", "text": "y"}, number=50_000)
    now, times = NOW + DAY, []
    for _ in range(400):
        for draft in told.owed("Ash", now):
            assert len(draft.body["numbers"]) == keeping.MOST_ASKED
            told.says("Ash", Kind.AGAIN, draft.body, now)
            told.asked[keeper("Beech")] = now
            times.append(now)
        now += DAY

    assert 10 < len(times) < 20


# ------------------------------------------------------------------------------------------ hesitation


def test_an_honest_keeper_puts_to_its_people_what_is_in_order() -> None:
    told = Told("Ash", "Beech")

    assert told.hesitates(told.puts("Ash")) is None
    assert told.hesitates(told.puts("Ash"), END) is Hesitation.OVER


@pytest.mark.parametrize(
    ("until", "found"),
    [
        ("2026-05-04T12:00:00Z", None),
        ("2026-05-04T11:59:59Z", Hesitation.SHORT),
        ("2026-08-09T12:00:00Z", None),
        ("2026-08-09T12:00:01Z", Hesitation.LONG),
    ],
)
def test_it_hesitates_at_too_little_time_and_too_much(until: str, found: Hesitation | None) -> None:
    told = Told("Ash", "Beech")

    assert told.hesitates(told.puts("Ash", until=until)) is found


def test_it_hesitates_at_a_roll_that_leaves_out_whom_it_has_known_for_a_month() -> None:
    told = Told("Ash", "Beech", "Cedar")
    old = (told.all.seats["Beech"],)
    matter = told.puts("Ash", after=old)
    cedar = told.all.seats["Cedar"]

    told.seen[cedar] = NOW - STALE
    assert told.hesitates(matter) is None
    told.seen[cedar] = NOW - STALE - timedelta(seconds=1)
    assert told.hesitates(matter) is Hesitation.STALE
    # The same of one that has left since.
    told = Told("Ash", "Beech", "Cedar")
    heads = told.all.ledger.heads()
    told.all.leaves("Cedar")
    (left,) = told.all.ledger.of_kind(Kind.LEAVE)
    matter = told.puts("Ash", after=heads)
    assert told.hesitates(matter) is None
    told.seen[left] = NOW - 31 * DAY
    assert told.hesitates(matter) is Hesitation.STALE


def test_what_nobody_builds_upon_makes_no_matter_stale() -> None:
    told = Told("Ash", "Beech", "Cedar")
    heads = told.all.ledger.heads()
    for each in range(5):
        seat = told.all.seats["Cedar"]
        body = {"to": f"@p{each}:x.example"}
        told.says("Cedar", Kind.HAND_OVER, body, NOW - 90 * DAY, answers=seat, after=(seat,))
    matter = told.puts("Ash", after=told.all.ledger.heads())

    assert len(told.all.ledger.changes_since(heads)) == 5
    assert told.hesitates(matter) is None


def test_it_hesitates_at_a_roll_without_a_third_of_those_who_were_there() -> None:
    liars = ("Lime", "Loam", "Lace")
    told = Told("Ash")
    names = ("Beech", "Cedar", "Elm", *liars)
    candidates = [{"keeper": keeper(name), "name": name} for name in names]
    asked = told.all.matter("Ash", "admit", candidates=candidates)
    seats = {n: told.says(n, Kind.SEAT, {}, answers=asked, after=(asked,)) for n in names}
    puppet = [{"keeper": "@p:x", "name": "P"}]
    matter = told.puts("Lime", "admit", after=tuple(seats[n] for n in liars), candidates=puppet)

    told.seen |= dict.fromkeys(told.all.ledger.letters, NOW - DAY) | {matter: NOW}
    assert told.hesitates(matter) is Hesitation.NARROW
    # Who came at the same moment was on the way.
    told.seen[seats["Elm"]] = NOW
    assert told.hesitates(matter) is None


def test_it_parts_from_nobody_without_a_talk_of_two_weeks() -> None:
    told = Told("Ash", "Beech", "Cedar")
    cedar = told.all.seats["Cedar"]
    talk = told.says("Beech", Kind.CONCERN, {}, NOW - TALK, answers=cedar)
    matter = told.puts("Ash", "part", seat=cedar, rests_on=talk)
    assert told.hesitates(matter) is None

    told.seen[talk] = NOW - TALK + timedelta(seconds=1)
    assert told.hesitates(matter) is Hesitation.NO_TALK
    other = told.puts("Ash", "part", seat=told.all.seats["Beech"], rests_on=talk)
    assert told.hesitates(other, NOW + DAY) is Hesitation.NO_TALK


def test_it_lets_nobody_else_speak_for_a_congregation_without_that_account_s_claim() -> None:
    told = Told("Ash", "Beech", "Cedar")
    cedar, body = told.all.seats["Cedar"], {"congregation": "Cedar"}
    claim = told.says("@new:cedar.example", Kind.CLAIM, body, answers=cedar)

    new = told.puts("Ash", "keeper", seat=cedar, rests_on=claim, to="@new:cedar.example")
    assert told.hesitates(new) is None
    for wrong in (
        {"to": "@thief:x.example"},
        {"seat": told.all.seats["Beech"]},
        {"rests_on": cedar},
    ):
        right: dict[str, Any] = {"seat": cedar, "rests_on": claim, "to": "@new:cedar.example"}
        matter = told.puts("Ash", "keeper", **right | wrong)
        assert told.hesitates(matter) is Hesitation.NO_CLAIM


def test_it_asks_in_nobody_who_is_here_and_no_more_than_there_is_room_for() -> None:
    told = Told("Ash", "Beech")
    here = [{"keeper": keeper("Beech"), "name": "Again"}]
    assert told.hesitates(told.puts("Ash", "admit", candidates=here)) is Hesitation.PRESENT

    for batch in range(9):
        some = [{"keeper": f"@k:{batch}-{n}.b", "name": f"{batch} {n}"} for n in range(20)]
        put = told.all.matter("Ash", "admit", candidates=some)
        told.seen[put] = NOW - DAY
    some = [{"keeper": f"@k:x-{n}.b", "name": f"{n}"} for n in range(19)]
    matter = told.puts("Ash", "admit", candidates=some)
    assert told.hesitates(matter) is Hesitation.FULL
    assert told.hesitates(told.puts("Ash", "admit", candidates=some[:18])) is None
    # Who has not answered for a hundred days keeps nobody out.
    told.seen[put] = NOW - 101 * DAY
    assert told.hesitates(matter) is None


def test_a_matter_that_let_somebody_in_is_not_doubted_because_of_that() -> None:
    told = Told("Ash", "Beech")
    told.all.admits("Ash", "Cedar")
    matter = next(each for each in told.all.ledger.matters() if "Cedar" in each.candidates.values())
    until = matter.until - timedelta(days=4)
    told.seen |= dict.fromkeys(told.all.ledger.letters.keys() - told.seen.keys(), until)

    assert doubt(told.all.ledger, matter, until + DAY, told.seen) is None


def test_it_hesitates_at_a_sprint_that_leaves_out_somebody_who_opted_in() -> None:
    told = Told("Ash", "Beech", "Cedar")
    dates = {"from": "2026-05-01", "to": "2026-05-20"}
    sprint = told.says("Ash", Kind.SPRINT, {"title": "x", "topics": ["y"], **dates}, NOW - DAY)
    ash = told.says("Ash", Kind.OPT_IN, {}, NOW - DAY, answers=sprint)
    beech = told.says("Beech", Kind.OPT_IN, {}, NOW - DAY, answers=sprint)
    alone = told.puts("Ash", rests_on=sprint, opted=[ash])
    both = told.puts("Ash", rests_on=sprint, opted=[ash, beech])
    told.says("Cedar", Kind.OPT_IN, {}, NOW, answers=sprint)

    assert told.hesitates(alone) is Hesitation.OPTED
    assert told.hesitates(both) is None


def test_it_waits_for_the_letters_that_say_who_opted_in() -> None:
    told = Told("Ash", "Beech")
    dates = {"from": "2026-05-01", "to": "2026-05-20"}
    sprint = told.says("Ash", Kind.SPRINT, {"title": "x", "topics": ["y"], **dates}, NOW - DAY)
    ash = told.says("Ash", Kind.OPT_IN, {}, NOW - DAY, answers=sprint)
    matter = told.puts("Ash", rests_on=sprint, opted=[ash, "A" * 43])
    told.stands(matter, "consent", "Ash")

    assert told.owed("Beech") == ()
    assert [each.kind for each in told.owed("Beech", END + GRACE)] == [Kind.SEAL, Kind.AGAIN]


# -------------------------------------------------------------------------------------------- disputes


def disputed(told: Told, matter: str, by: str, **body: Any) -> str | None:
    sums = {"word": "refused", "consents": 1, "objections": 1, "asides": 0}
    seal = told.all.ledger.letters[told.says(by, Kind.SEAL, sums | body, answers=matter)]
    standing = told.all.ledger.standing(matter)
    assert standing is not None
    return dispute(told.all.ledger, standing, seal)


def test_another_word_than_its_own_is_said_with_what_may_explain_it() -> None:
    told = Told("Ash", "Beech", "Cedar", "Elm")
    matter = told.puts("Ash")
    told.stands(matter, "consent", "Ash", "Beech", "Cedar")

    assert disputed(told, matter, "Cedar") == (
        "Cedar sealed “A feast” as refused, and I count accepted. They counted 1 consent, 1 objection, 0 standing aside; "
        "I count 3 consents, 0 objections, 0 standing aside, of 4 entitled. I have no position from Elm."
    )
    assert disputed(told, matter, "Cedar", word="accepted") is None


def test_it_names_who_objects_whose_letters_are_missing_and_who_said_two_things() -> None:
    told = Told("Ash", "Beech", "Cedar", "Elm")
    matter = told.puts("Ash")
    told.stands(matter, "consent", "Ash", "Cedar", "Elm")
    told.stands(matter, "objection", "Beech")
    high = max(told.all.ledger.numbers[keeper("Elm")]) + 2
    for title in ("x", "y"):
        told.says("Elm", Kind.LESSON, {"title": title, "text": "z"}, number=high)
    said = disputed(told, matter, "Ash", word="accepted", consents=4, objections=0) or ""

    assert "Objections I know of: Beech." in said
    assert "Letters are missing here from Elm." in said
    assert "Two different letters under one number came from Elm." in said
    assert "@" not in said


def test_the_same_sums_with_another_word_are_said_to_be_the_same() -> None:
    told = Told("Ash", "Beech")
    matter = told.puts("Ash")
    told.stands(matter, "consent", "Ash", "Beech")
    said = disputed(told, matter, "Beech", consents=2, objections=0) or ""

    assert "We both count 2 consents" in said
    assert "the word alone" in said


def test_nothing_is_said_of_a_seal_that_counts_nowhere() -> None:
    told = Told("Ash", "Beech")
    matter, other = told.puts("Ash"), told.puts("Beech")
    told.stands(matter, "consent", "Ash", "Beech")
    stranger = "@stranger:x.example"
    assert disputed(told, matter, stranger) is None

    standing = told.all.ledger.standing(other)
    assert standing is not None
    told.stands(other, "consent", "Ash", "Beech")
    foreign = told.says("Beech", Kind.SEAL, {"word": "refused", "consents": 0, "objections": 0, "asides": 0}, answers=matter)  # fmt: skip
    assert dispute(told.all.ledger, standing, told.all.ledger.letters[foreign]) is None
    position = told.all.ledger.answers_to(other)[0]
    assert dispute(told.all.ledger, standing, position) is None


def test_many_are_named_shortly() -> None:
    told = Told("Ash", "Beech", "Cedar", "Elm", "Fir", "Hazel", "Ivy", "Juniper")
    matter = told.puts("Ash")
    told.stands(matter, "consent", "Ash")
    said = disputed(told, matter, "Ash", word="accepted", consents=8, objections=0) or ""

    assert "I have no position from Beech, Cedar, Elm, Fir, Hazel and 2 more." in said
