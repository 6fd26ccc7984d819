"""Assemblies with liars, loss and partitions: what honest keepers find, they all find alike, and it stays."""

from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from practices.assembly.ledger import Ledger, Standing
from practices.assembly.matters import Word
from tests.practices.assembly.played import World, everything_comes, play

QUIETLY = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def views(world: World) -> set[str]:
    return {each.ledger.view() for each in world.honest if each.ledger is not None}


def honest_seals(world: World, matter: str) -> set[Word]:
    standing = world.everything.standing(matter)
    assert standing is not None
    true = {each.id for each in world.honest}
    return {
        word
        for seat, words in standing.seals.items()
        if standing.electorate[seat].keeper in true
        for word in words
    }


def all_present(world: World, standing: Standing) -> bool:
    """Whether fewer than a third of those who may speak lie or have gone, and of those confirmed."""
    there = {each.id for each in world.honest if not each.gone}
    true = {seat for seat, each in standing.electorate.items() if each.keeper in there}
    enough = 3 * len(true) > 2 * len(standing.electorate)
    return enough and 3 * len(true & standing.confirmed) > 2 * len(standing.confirmed)


@QUIETLY
@given(st.integers(0, 2**32), st.integers(2, 9), st.integers(0, 4))
def test_honest_keepers_agree_whatever_liars_do_and_rooms_lose(
    seed: int, honest: int, liars: int
) -> None:
    world = World(Random(seed), honest=honest, liars=liars)
    play(world, ticks=50)

    check(world)


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 2**32))
def test_liars_who_entered_together_decide_nothing_alone(seed: int) -> None:
    world = World(Random(seed), honest=10, liars=4, loses=0.02, together=True)
    play(world, ticks=30)

    check(world)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 2**32), st.integers(2, 6))
def test_without_liars_all_that_is_put_is_decided_though_rooms_lose_and_part(
    seed: int, honest: int
) -> None:
    world = World(Random(seed), honest=honest, liars=0, loses=0.2)
    play(world, ticks=40)

    check(world)
    assert world.put


def check(world: World) -> None:
    """What holds after a play, whatever was done in it."""
    everything_comes(world)

    assert len(views(world)) == 1
    for each in world.honest:
        if each.ledger is not None:
            roll = each.ledger.roll
            founding = each.ledger.letters[world.id].body["rooms"].values()
            assert set(roll.rooms.values()) <= {*founding, *world.opened}, "liars moved a part"
    # Any order of the same letters, some of them twice, and a reader who comes late.
    for _ in range(2):
        late = Ledger(world.id)
        for post in world.random.sample(world.posts * 2, 2 * len(world.posts)):
            if post.letter is not None:
                late.take(post.letter, post.part)
        assert late.view() in views(world)
    for matter, word in world.words.items():
        assert word in honest_seals(world, matter), "liars alone decided"
    for matter in world.put:
        standing = world.everything.standing(matter)
        assert standing is not None
        if all_present(world, standing):
            assert standing.word is not None or len(honest_seals(world, matter)) == 2
