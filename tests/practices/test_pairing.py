from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations, permutations
from typing import Any
from zoneinfo import ZoneInfo

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practices.pairing import (
    CHOICE,
    FEWEST,
    Duo,
    Partaker,
    Round,
    drawn,
    duo,
    duos,
    next_turn,
    pairs_of,
    preview,
    seated,
    still_to_meet,
)

Met = dict[Duo, int]

NOW = datetime(2026, 12, 3, 9, tzinfo=UTC)
ROME = ZoneInfo("Europe/Rome")


def people(names: Iterable[str], **more: Any) -> list[Partaker]:
    return [Partaker(id=each, zone=ROME, **more) for each in names]


def ids(size: int) -> list[str]:
    return [f"p{number:03}" for number in range(size)]


def remembered(met: Met, together: Iterable[Iterable[str]]) -> None:
    for some in together:
        for two in duos(some):
            met[two] = met.get(two, 0) + 1


def rounds(partakers: list[Partaker], number: int, met: Met) -> Iterator[Round]:
    """So many rounds one after the other, as they are seated."""
    for month in range(number):
        found = seated(partakers, met, seed=f"month {month}", now=NOW)
        yield found
        remembered(met, found.together)


@st.composite
def companies(draw: st.DrawFn, most: int = 8) -> tuple[list[Partaker], Met]:
    """A few people with exclusions, languages and a past."""
    names = ids(draw(st.integers(0, most)))
    some = st.frozensets(st.sampled_from(names), max_size=3) if names else st.just(frozenset())
    found = [
        Partaker(
            id=each,
            zone=draw(st.sampled_from((ROME, ZoneInfo("Asia/Tokyo")))),
            not_with=draw(some) - {each},
            languages=draw(st.sampled_from((frozenset(), frozenset({"it"}), frozenset({"en"})))),
            waited=draw(st.sampled_from((0, 0, 0, 1))),
        )
        for each in names
    ]
    met = {two: draw(st.integers(0, 2)) for two in combinations(names, 2)}
    return found, met


def permitted(one: Partaker, other: Partaker) -> bool:
    apart = other.id in one.not_with or one.id in other.not_with
    mute = bool(one.languages and other.languages) and not one.languages & other.languages
    return not apart and not mute


def matchings(partakers: list[Partaker]) -> Iterator[tuple[Duo, ...]]:
    """Every set of permitted pairs."""
    if not partakers:
        yield ()
        return
    first, *others = partakers
    yield from matchings(others)
    for at, other in enumerate(others):
        if permitted(first, other):
            for rest in matchings(others[:at] + others[at + 1 :]):
                yield (duo(first.id, other.id), *rest)


def arrangements(partakers: list[Partaker]) -> Iterator[int]:
    """How many wait in each thinkable way to seat people in pairs and trios."""
    if not partakers:
        yield 0
        return
    first, *others = partakers
    for many in (0, 1, 2):
        for some in combinations(others, many):
            if all(permitted(one, other) for one, other in combinations((first, *some), 2)):
                rest = [each for each in others if each not in some]
                yield from ((many == 0) + left for left in arrangements(rest))


class TestARound:
    @given(company=companies(), seed=st.text(max_size=3))
    @settings(max_examples=120, deadline=None)
    def test_no_more_wait_than_in_any_other_way_of_seating_them(self, company, seed):
        partakers = [replace(each, waited=0) for each in company[0]]
        found = seated(partakers, company[1], seed=seed, now=NOW)
        assert len(found.waiting) == min(arrangements(partakers))

    @given(company=companies(), seed=st.text(max_size=3))
    @settings(max_examples=120, deadline=None)
    def test_everybody_is_in_one_pair_in_one_trio_or_waits(self, company, seed):
        partakers, met = company
        found = seated(partakers, met, seed=seed, now=NOW)
        placed = Counter(each for some in (*found.together, found.waiting) for each in some)
        assert placed == Counter(each.id for each in partakers)
        assert {len(some) for some in found.together} <= {2, 3}

    @given(company=companies(), seed=st.text(max_size=3))
    @settings(max_examples=120, deadline=None)
    def test_nobody_meets_whom_they_exclude_or_whose_language_they_do_not_speak(
        self, company, seed
    ):
        partakers, met = company
        by_id = {each.id: each for each in partakers}
        for some in seated(partakers, met, seed=seed, now=NOW).together:
            for one, other in duos(some):
                assert permitted(by_id[one], by_id[other])

    @given(company=companies(most=7), seed=st.text(max_size=3))
    @settings(max_examples=80, deadline=None)
    def test_as_few_repeat_as_in_any_other_way_of_pairing_as_many(self, company, seed):
        partakers, met = company
        partakers = [Partaker(id=each.id, zone=ROME, not_with=each.not_with) for each in partakers]
        if len(partakers) % 2:
            partakers.pop()
        every = list(matchings(partakers))
        most = max(map(len, every))
        least = min(sum(met[two] ** 2 for two in each) for each in every if len(each) == most)
        found = seated(partakers, met, seed=seed, now=NOW)
        pairs = [duos(some)[0] for some in found.together]
        assert len(pairs) == most
        assert sum(met[duo(*some[:2])] ** 2 for some in found.together) == least

    @given(company=companies(), seed=st.text(max_size=3))
    @settings(max_examples=120, deadline=None)
    def test_as_many_of_those_who_waited_are_paired_as_can_be(self, company, seed):
        partakers, met = company
        waited = {each.id for each in partakers if each.waited}
        best = max(
            len(waited & {one for two in each for one in two}) for each in matchings(partakers)
        )
        found = seated(partakers, met, seed=seed, now=NOW)
        assert len(waited & {one for some in found.together for one in some}) >= best

    @given(size=st.integers(3, 40), seed=st.text(max_size=3))
    @settings(max_examples=40, deadline=None)
    def test_the_odd_one_of_people_who_exclude_nobody_joins_a_pair(self, size, seed):
        found = seated(people(ids(size)), {}, seed=seed, now=NOW)
        assert found.waiting == ()
        assert sorted(map(len, found.together)) == [2] * ((size - 3 * (size % 2)) // 2) + [3] * (
            size % 2
        )

    @given(company=companies(), seed=st.text(max_size=3))
    @settings(max_examples=40, deadline=None)
    def test_the_same_seed_gives_the_same_round_whatever_the_order(self, company, seed):
        partakers, met = company
        found = seated(partakers, met, seed=seed, now=NOW)
        assert seated(partakers[::-1], met, seed=seed, now=NOW) == found

    def test_other_seeds_give_other_rounds(self):
        found = {
            frozenset(seated(people(ids(12)), {}, seed=str(seed), now=NOW).together)
            for seed in range(10)
        }
        assert len(found) > 5

    def test_an_hour_without_a_zone_is_refused(self):
        with pytest.raises(ValueError, match="zone"):
            seated([], {}, seed="x", now=datetime(2026, 12, 3, 9))


class TestWhatIsPreferred:
    def pairs(self, partakers: list[Partaker], **more: Any) -> set[Duo]:
        found = seated(partakers, more.pop("met", {}), seed="x", now=NOW, **more)
        return {two for some in found.together for two in duos(some)}

    def test_people_who_share_few_circles_come_together(self):
        kitchen, garden = frozenset({"kitchen"}), frozenset({"garden"})
        pairs = self.pairs([*people("ab", circles=kitchen), *people("cd", circles=garden)])
        assert not pairs & {("a", "b"), ("c", "d")}

    def test_people_who_live_by_similar_clocks_come_together(self):
        tokyo = [Partaker(id=each, zone=ZoneInfo("Asia/Tokyo")) for each in "cd"]
        assert self.pairs([*people("ab"), *tokyo]) == {("a", "b"), ("c", "d")}

    def test_people_who_wish_for_each_other_come_together(self):
        wishing = Partaker(id="a", zone=ROME, wishes=frozenset("d"))
        assert ("a", "d") in self.pairs([wishing, *people("bcd")])

    def test_whoever_talked_lately_rather_meets_somebody_else(self):
        pairs = self.pairs(people("abcd"), lately={("a", "b"): 0, ("c", "d"): 9})
        assert not pairs & {("a", "b"), ("c", "d")}

    def test_no_wish_outweighs_that_two_have_not_met_yet(self):
        wishing = Partaker(id="a", zone=ROME, wishes=frozenset("d"))
        other = Partaker(id="d", zone=ROME, wishes=frozenset("a"))
        assert ("a", "d") not in self.pairs([wishing, other, *people("bc")], met={("a", "d"): 1})

    def test_whoever_names_no_language_meets_anybody(self):
        quiet = people("a")
        found = self.pairs([*quiet, Partaker(id="b", zone=ROME, languages=frozenset({"it"}))])
        assert found == {("a", "b")}


class TestWhoWaits:
    def test_nobody_waits_twice_in_a_row_while_they_can_be_with_anybody(self):
        """Ana and Ben can each be with Cleo only, and not all three together."""
        waited: Counter[str] = Counter()
        before = ""
        for month in range(12):
            ana, ben = (
                Partaker(
                    id=each, zone=ROME, waited=int(before == each),
                    not_with=frozenset({"ana", "ben"} - {each}),
                )
                for each in ("ana", "ben")
            )  # fmt: skip
            found = seated([ana, ben, *people(["cleo"])], {}, seed=str(month), now=NOW)
            (before,) = found.waiting
            waited[before] += 1
        assert waited == {"ana": 6, "ben": 6}

    def test_two_who_are_left_over_join_two_pairs_rather_than_waiting(self):
        left = [
            Partaker(id="a", zone=ROME, not_with=frozenset("b")),
            Partaker(id="b", zone=ROME),
        ]
        apart = Partaker(id="c", zone=ROME, not_with=frozenset("d"))
        found = seated([*left, apart, *people("d")], {}, seed="x", now=NOW)
        assert found.waiting == ()

    def test_whom_nobody_can_be_with_waits_and_the_others_meet(self):
        alone = Partaker(id="z", zone=ROME, not_with=frozenset("abcd"))
        found = seated([alone, *people("abcd")], {}, seed="x", now=NOW)
        assert found.waiting == ("z",)
        assert sorted(map(len, found.together)) == [2, 2]


def acquainted(friends: str, *, waited: str = "") -> list[Partaker]:
    """People as in "a:c b:cde": who can be with whom, and with nobody else."""
    could = dict(each.split(":") for each in friends.split())
    return [
        Partaker(
            id=one, zone=ROME, not_with=frozenset(could) - {*others}, waited=int(one in waited)
        )
        for one, others in could.items()
    ]


class TestTheOddOne:
    def test_is_never_somebody_who_waited_where_another_can_wait(self):
        """Who is joined to a pair is chosen before it is known whether there is a pair for them."""
        for seed in range(20):
            five = acquainted("a:c b:cde c:abd d:bc e:b", waited="bd")
            found = seated(five, {}, seed=str(seed), now=NOW)
            assert not {"b", "d"} & set(found.waiting)

    def test_is_tried_anew_while_somebody_could_come_in(self):
        five = acquainted("a:bd b:ade c:de d:abce e:bcd")
        for seed in range(20):
            assert seated(five, {}, seed=str(seed), now=NOW).waiting == ()


class TestManyRounds:
    @pytest.mark.requirement("R32")
    def test_ten_years_of_two_hundred_people_repeat_nothing_that_could_be_new(self):
        """No pair repeats in a month in which everybody could have met somebody new."""
        met: Met = {}
        everybody = ids(200)
        for found in rounds(people(everybody), 120, met):
            pairs = [two for some in found.together for two in duos(some)]
            assert len(pairs) == 100
            if any(met.get(two) for two in pairs):
                assert not can_all_be_new(everybody, met)
        assert max(met.values()) == 1, "119 others are not all of 199"

    def test_when_everybody_met_everybody_it_begins_anew_and_nobody_is_far_ahead(self):
        met: Met = {}
        everybody = ids(12)
        for found in rounds(people(everybody), 36, met):
            pairs = [two for some in found.together for two in duos(some)]
            if (
                any(met.get(two) for two in pairs)
                and min(met.get(two, 0) for two in combinations(everybody, 2)) == 0
            ):
                assert not can_all_be_new(everybody, met)
        counts = [met.get(two, 0) for two in combinations(everybody, 2)]
        assert max(counts) - min(counts) <= 2

    def test_of_eleven_the_place_in_the_trio_goes_around(self):
        met: Met = {}
        thirds: Counter[str] = Counter()
        for found in rounds(people(ids(11)), 30, met):
            thirds.update(each for some in found.together if len(some) == 3 for each in some)
        assert len(thirds) == 11
        assert max(met.values()) - min(met.get(two, 0) for two in combinations(ids(11), 2)) <= 3

    def test_who_takes_part_may_change_every_month(self):
        met: Met = {}
        everybody = ids(40)
        for month in range(24):
            here = [each for at, each in enumerate(everybody) if (at * 7 + month * 3) % 10 < 6]
            here = here[: len(here) // 2 * 2]
            found = seated(people(here), met, seed=str(month), now=NOW)
            pairs = [two for some in found.together for two in duos(some)]
            if any(met.get(two) for two in pairs):
                assert not can_all_be_new(here, met)
            remembered(met, found.together)

    def test_more_than_three_hundred_are_drawn_in_groups(self):
        found = seated(people(ids(306)), {}, seed="x", now=NOW)
        assert found.waiting == ()
        assert len({each for some in found.together for each in some}) == 306

    def test_who_is_left_in_two_groups_of_a_large_round_comes_together(self):
        alone = people("yz", not_with=frozenset(ids(304)))
        found = [
            seated([*alone, *people(ids(304))], {}, seed=f"{seed}", now=NOW) for seed in range(4)
        ]
        assert all(each.waiting == () for each in found)


def can_all_be_new(names: list[str], met: Met) -> bool:
    """Whether everybody could be with somebody they have not met, by a search without any weight."""
    graph: networkx.Graph[str] = networkx.Graph()
    graph.add_nodes_from(names)
    graph.add_edges_from(two for two in combinations(names, 2) if not met.get(two))
    return len(networkx.max_weight_matching(graph, maxcardinality=True)) * 2 == len(names)


class TestAPreview:
    @given(size=st.integers(0, 60))
    @settings(max_examples=30)
    def test_is_of_the_number_of_people_alone_and_seats_all_of_them(self, size):
        pairs, trios = preview(size)
        assert 2 * pairs + 3 * trios == (size if size >= FEWEST else 0)


class TestTheRota:
    @pytest.mark.requirement("R32")
    @given(size=st.integers(0, 12))
    @settings(max_examples=13)
    def test_every_pair_meets_once_in_a_cycle(self, size):
        members, turns = ids(size), 0
        proposed: list[Duo] = []
        while turn := next_turn(members, set(proposed)):
            proposed += turn
            turns += 1
            assert len({each for two in turn for each in two}) == 2 * len(turn)
        assert sorted(proposed) == sorted(combinations(members, 2))
        assert len(proposed) == pairs_of(size)
        assert turns == (0 if size < 2 else size - 1 + size % 2)

    @pytest.mark.requirement("R32")
    @pytest.mark.parametrize(("size", "pairs"), [(3, 3), (5, 10), (8, 28)])
    def test_five_people_are_ten_pairs_and_eight_are_twenty_eight(self, size, pairs):
        assert pairs_of(size) == pairs
        assert len(still_to_meet(ids(size), set())) == pairs

    @pytest.mark.requirement("R32")
    @given(data=st.data())
    @settings(max_examples=80, deadline=None)
    def test_whoever_comes_or_goes_in_mid_cycle_no_pair_is_proposed_twice_and_none_is_left_out(
        self, data
    ):
        everybody = ids(8)
        members = data.draw(st.lists(st.sampled_from(everybody), min_size=3, unique=True))
        proposed: list[Duo] = []
        for _ in range(data.draw(st.integers(1, 6))):
            proposed += next_turn(members, set(proposed))
            members = data.draw(st.lists(st.sampled_from(everybody), min_size=3, unique=True))
        while turn := next_turn(members, set(proposed)):
            proposed += turn
        assert len(set(proposed)) == len(proposed)
        assert set(combinations(sorted(members), 2)) <= set(proposed)

    def test_a_newcomer_in_mid_cycle_costs_few_turns_more(self):
        members, turns = ids(5), 0
        proposed: list[Duo] = []
        while turn := next_turn(members, set(proposed)):
            proposed += turn
            turns += 1
            if turns == 2:
                members = ids(6)
        assert len(set(proposed)) == 15
        assert turns <= 8

    def test_the_same_people_in_the_same_order_have_the_same_turns(self):
        orders = list(permutations(ids(4)))
        assert len({next_turn(list(order), set()) for order in orders}) > 1
        assert next_turn(ids(4), set()) == next_turn(ids(4), set())


def held(partakers: list[Partaker], seed: str, met: Met | None = None) -> Round:
    """A round of enough people, as it is held."""
    found = drawn(partakers, met or {}, seed=seed, now=NOW)
    assert found is not None
    return found


def open_to(who: Partaker, everybody: Iterable[Partaker]) -> int:
    """How many others somebody's own words leave, as far as the languages that both have named allow."""
    return sum(
        each.id != who.id and permitted(who, replace(each, not_with=frozenset()))
        for each in everybody
    )


@st.composite
def assemblies(draw: st.DrawFn) -> tuple[list[Partaker], Met]:
    """Eight to twelve people, of whom some leave few of the others open, or are left by few."""
    names = ids(draw(st.integers(FEWEST, FEWEST + 4)))
    some = st.frozensets(st.sampled_from(names), max_size=2)
    most = st.frozensets(st.sampled_from(names), min_size=len(names) - 5)
    found = [
        Partaker(
            id=each,
            zone=ROME,
            not_with=draw(some | some | some | most) - {each},
            languages=draw(st.sampled_from((frozenset(), frozenset({"it"}), frozenset({"en"})))),
            waited=draw(st.sampled_from((0, 0, 1, 2))),
        )
        for each in names
    ]
    met = {two: draw(st.integers(0, 2)) for two in combinations(names, 2)}
    return found, met


class TestARoundAsItIsHeld:
    @given(company=companies(most=FEWEST - 1), seed=st.text(max_size=3))
    @settings(max_examples=40, deadline=None)
    def test_of_fewer_than_eight_none_is_drawn(self, company, seed):
        assert drawn(company[0], company[1], seed=seed, now=NOW) is None

    def test_who_is_named_twice_is_one_of_them(self):
        seven = people(ids(FEWEST - 1))
        assert drawn([*seven, *seven], {}, seed="x", now=NOW) is None

    def test_an_hour_without_a_zone_is_refused_of_few_people_too(self):
        with pytest.raises(ValueError, match="zone"):
            drawn([], {}, seed="x", now=datetime(2026, 12, 3, 9))

    @given(size=st.integers(FEWEST, 16), seed=st.text(max_size=3), data=st.data())
    @settings(max_examples=60, deadline=None)
    def test_of_people_who_exclude_nobody_nobody_waits_whatever_was_before(self, size, seed, data):
        before = st.lists(st.integers(0, 4), min_size=size, max_size=size)
        here = [
            Partaker(id=each, zone=ROME, waited=waited)
            for each, waited in zip(ids(size), data.draw(before), strict=True)
        ]
        met = {two: data.draw(st.integers(0, 2)) for two in combinations(ids(size), 2)}
        found = held(here, seed, met)
        assert (found.waiting, found.by_own_words) == ((), ())
        pairs, trios = preview(size)
        assert sorted(map(len, found.together)) == [2] * pairs + [3] * trios

    @given(company=assemblies(), seed=st.text(max_size=3))
    @settings(max_examples=80, deadline=None)
    def test_everybody_is_in_one_pair_in_one_trio_waits_or_has_left_too_few(self, company, seed):
        partakers, met = company
        found = held(partakers, seed, met)
        places = (*found.together, found.waiting, found.by_own_words)
        assert Counter(each for some in places for each in some) == Counter(
            each.id for each in partakers
        )
        by_id = {each.id: each for each in partakers}
        for some in found.together:
            assert all(permitted(by_id[one], by_id[other]) for one, other in duos(some))

    @given(company=assemblies(), seed=st.text(max_size=3), data=st.data())
    @settings(max_examples=80, deadline=None)
    def test_who_leaves_fewer_than_four_is_with_nobody_whatever_others_have_said(
        self, company, seed, data
    ):
        partakers, met = company
        found = held(partakers, seed, met)
        assert set(found.by_own_words) == {
            each.id for each in partakers if open_to(each, partakers) < CHOICE
        }
        who = data.draw(st.sampled_from(partakers))
        names = [each.id for each in partakers]
        others = st.frozensets(st.sampled_from(names))
        anew = [
            each if each is who else replace(each, not_with=data.draw(others) - {each.id}, waited=0)
            for each in partakers
        ]
        again = held(anew, seed, met)
        assert (who.id in found.by_own_words) == (who.id in again.by_own_words)

    @pytest.mark.parametrize("left", range(FEWEST))
    def test_four_left_open_are_enough(self, left: int) -> None:
        eight = ids(FEWEST)
        tries = Partaker(id=eight[0], zone=ROME, not_with=frozenset(eight[1 + left :]))
        found = held([tries, *people(eight[1:])], "x")
        assert (eight[0] in found.by_own_words) == (left < CHOICE)
        assert found.waiting == ()

    @given(company=assemblies(), seed=st.text(max_size=3))
    @settings(max_examples=60, deadline=None)
    def test_two_who_could_have_met_never_both_wait(self, company, seed):
        partakers, met = company
        waiting = set(held(partakers, seed, met).waiting)
        left = [each for each in partakers if each.id in waiting]
        assert not any(permitted(one, other) for one, other in combinations(left, 2))

    @given(data=st.data())
    @settings(max_examples=60, deadline=None)
    def test_twice_running_waits_only_whom_nobody_there_and_free_could_be_with(self, data):
        """People come and go, with whatever they have said: see `excused`."""
        everybody = data.draw(assemblies())[0]
        waited: set[str] = set()
        met: Met = {}
        for month in range(6):
            here = data.draw(
                st.lists(
                    st.sampled_from(everybody), min_size=FEWEST, unique_by=lambda each: each.id
                )
            )
            here = [replace(each, waited=int(each.id in waited)) for each in here]
            found = held(here, f"{month}", met)
            remembered(met, found.together)
            for each in here:
                if each.waited and each.id in found.waiting:
                    assert excused(each, here, found), (each.id, found)
            seats = {one for some in found.together for one in some}
            waited = (waited - seats) | set(found.waiting)

    @pytest.mark.parametrize("size", [8, 10, 12])
    def test_what_somebody_sees_whom_one_of_their_four_would_not_meet_they_could_see_anyway(
        self, size: int
    ) -> None:
        """Ana leaves four open. Whether one of these has said anything of her, she meets one of the four and does not wait."""
        names = ids(size)
        ana, other = names[0], names[1]
        words = frozenset(names[1 + CHOICE :])

        def seen(not_with: frozenset[str]) -> set[str]:
            first = Partaker(id=ana, zone=ROME, not_with=words)
            rest = [Partaker(id=other, zone=ROME, not_with=not_with), *people(names[2:])]
            rounds_ = [held([first, *rest], str(seed)) for seed in range(60)]
            assert not any(found.waiting for found in rounds_)
            return {
                one
                for found in rounds_
                for some in found.together
                if ana in some
                for one in some
                if one != ana
            }

        anyway = seen(frozenset())
        assert anyway == set(names[1 : 1 + CHOICE])
        assert seen(frozenset({ana})) == anyway - {other}

    def test_the_only_one_who_can_be_with_somebody_who_waited_is_with_them(self) -> None:
        """Ana waited, and of those whom she leaves open only Ben would meet her."""
        names = ["ben", "cleo", "dan", "eva", "finn", "gus", "hana"]
        for seed in range(40):
            here = [
                Partaker(id="ana", zone=ROME, waited=1),
                *people(["ben"]),
                *people(names[1:], not_with=frozenset({"ana"})),
            ]
            found = held(here, str(seed))
            assert ("ana", "ben") in {duo(*some[:2]) for some in found.together if len(some) == 2}

    @given(company=assemblies(), seed=st.text(max_size=3))
    @settings(max_examples=30, deadline=None)
    def test_the_same_seed_gives_the_same_round_whatever_the_order(self, company, seed):
        partakers, met = company
        assert held(partakers[::-1], seed, met) == held(partakers, seed, met)


def excused(who: Partaker, here: list[Partaker], found: Round) -> bool:
    """Whether all whom somebody could be with were not free: by their own words, or they sit with somebody who waited, too."""
    waited = {each.id for each in here if each.waited}
    seats = {each: set(some) - {each} for some in found.together for each in some}
    could = [each.id for each in here if each.id != who.id and permitted(who, each)]
    return all(each in found.by_own_words or seats.get(each, set()) & waited for each in could)
