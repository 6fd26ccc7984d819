"""Whole assemblies, played: honest keepers and liars in rooms that lose, repeat, reorder, delay and part.

Nothing here knows what a ledger finds: honest keepers write what `keeping.owed` says, put their people's answers where
`conduct.hesitation` lets them, and note at every step what counts for each of them, so that nothing can be taken back.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from practices.assembly import keeping
from practices.assembly.conduct import hesitation
from practices.assembly.ledger import Ledger
from practices.assembly.letters import Kind, Letter, Part, Unreadable, identify, read, written
from practices.assembly.matters import Matter, Word
from practices.assembly.table import TABLE

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
TICK = timedelta(hours=12)


def moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


HALF = "!half:l0.example"
"""A liar's room, into which it lets every third honest keeper."""


def part_for(kind: Kind, about: str = "decide") -> Part:
    parts = TABLE[kind].parts
    if Part.DECISIONS in parts and Part.CHARTER in parts:
        return Part.DECISIONS if about == "decide" else Part.CHARTER
    return min(parts, key=list(Part).index)


@dataclass(slots=True)
class Post:
    """One event in a protocol room."""

    sender: str
    raw: Any
    part: Part
    letter: Letter | None


@dataclass(slots=True)
class Keeper:
    """An honest keeper, and what it has seen."""

    id: str
    name: str
    #: None until it is asked in, or has founded.
    ledger: Ledger | None = None
    seen: dict[str, datetime] = field(default_factory=dict)
    asked: dict[str, datetime] = field(default_factory=dict)
    number: int = 0
    said_yes: bool = False
    said_no: bool = False
    #: It has left; it still sends again what somebody has missed.
    gone: bool = False
    #: Matter to when its congregation has found a position.
    positions: set[str] = field(default_factory=set)
    counted: set[str] = field(default_factory=set)
    refused: int = 0
    #: The rooms that it has entered, to look whether a part can go on there.
    entered: set[str] = field(default_factory=set)

    @property
    def fit(self) -> dict[tuple[str, str], bool]:
        return {(room, part.value): True for room in self.entered for part in Part}


@dataclass(slots=True)
class Liar:
    """A keeper that lies; it sees everything at once."""

    id: str
    name: str
    number: int = 0
    seated: bool = False
    left: bool = False


class World:
    """The rooms of one assembly, and everybody in them."""

    def __init__(
        self,
        random: Random,
        *,
        honest: int,
        liars: int,
        loses: float = 0.1,
        together: bool = False,
    ) -> None:
        """`together`: everybody is asked in at once, so that no seat has to stand on another."""
        self.together = together
        self.random = random
        self.loses = loses
        self.now = START
        self.posts: list[Post] = []
        self.queue: list[tuple[int, int, Keeper, Post]] = []
        self.tick = 0
        #: When the sides see each other again.
        self.heals = 0
        self.sides: dict[str, int] = {}
        self.hidden: list[Post] = []
        self.words: dict[str, Word] = {}
        self.put: dict[str, str] = {}
        self.honest = [Keeper(f"@k{n}:h{n}.example", f"H{n}") for n in range(honest)]
        self.liars = [Liar(f"@k{n}:l{n}.example", f"L{n}") for n in range(liars)]
        self.sure: dict[str, set[str]] = {}
        #: Rooms that honest keepers have made for a part to go on in.
        self.opened: set[str] = set()
        self.found()

    # ----------------------------------------------------------------------------------------- rooms

    def post(
        self, sender: str, raw: Any, part: Part, only: Iterable[Keeper] | None = None
    ) -> Letter | None:
        """An event of `sender`; what nobody can read is delivered as well. `only`: the others do not see it yet."""
        try:
            letter = read(sender, raw)
        except Unreadable:
            letter = None
        post = Post(sender, raw, part, letter)
        self.posts.append(post)
        if only is not None:
            self.hidden.append(post)
        for keeper in self.honest if only is None else only:
            if keeper.id == sender:
                self._see(keeper, post)
            elif keeper.ledger is not None:
                self._send(keeper, post)
        if letter is not None:
            self.everything.take(letter, part)
        return letter

    def _send(self, keeper: Keeper, post: Post) -> None:
        if self.random.random() < self.loses:
            return
        for _ in range(2 if self.random.random() < 0.15 else 1):
            delay = self.random.choice((0, 0, 0, 1, 1, 2))
            if self.sides.get(post.sender, 0) != self.sides.get(keeper.id, 0):
                delay = max(delay, self.heals - self.tick)
            self.queue.append((self.tick + delay, len(self.queue), keeper, post))

    def _see(self, keeper: Keeper, post: Post) -> None:
        if keeper.ledger is None or post.letter is None:
            keeper.refused += 1
            return
        keeper.ledger.take(post.letter, post.part)
        keeper.seen.setdefault(post.letter.id, self.now)

    def deliver(self, everything: bool = False) -> None:
        due = [each for each in self.queue if everything or each[0] <= self.tick]
        self.queue = [each for each in self.queue if not everything and each[0] > self.tick]
        self.random.shuffle(due)
        for _, _, keeper, post in due:
            self._see(keeper, post)

    def reveal(self, also: Iterable[Post] = ()) -> None:
        """What was hidden comes to everybody."""
        for post in (*self.hidden, *also):
            for keeper in self.honest:
                if keeper.ledger is not None:
                    self.queue.append((self.tick, 0, keeper, post))
        self.hidden = []

    def reads_history(self, keeper: Keeper) -> None:
        """A keeper enters the rooms and reads them from the beginning, in whatever order its homeserver has them."""
        keeper.ledger = Ledger(self.id)
        history = [each for each in self.posts if each not in self.hidden]
        self.random.shuffle(history)
        for post in history:
            self._see(keeper, post)

    # ---------------------------------------------------------------------------------------- honest

    def found(self) -> None:
        founder = self.honest[0]
        body = {
            "name": "Rivers",
            "congregation": founder.name,
            "purpose": "To learn.",
            "rooms": {part.value: f"!{part}:h0.example" for part in Part},
        }
        raw = written(Kind.FOUND, sender=founder.id, number=1, assembly=None, body=body)
        self.id: str = raw["id"]
        self.everything = Ledger(self.id)
        founder.ledger, founder.number, founder.said_yes = Ledger(self.id), 1, True
        self.post(founder.id, raw, Part.CHARTER)

    def says(self, keeper: Keeper, kind: Kind, body: Any, **more: Any) -> Letter:
        keeper.number += 1
        part = more.pop("part", None) or part_for(kind, str(body.get("about", "decide")))
        raw = written(
            kind, sender=keeper.id, number=keeper.number, assembly=self.id, body=body, **more
        )
        letter = self.post(keeper.id, raw, part)
        assert letter is not None
        return letter

    def puts(self, keeper: Keeper, about: str, **body: Any) -> Letter:
        assert keeper.ledger is not None
        until = self.now + timedelta(days=self.random.randint(4, 6))
        whole = {"about": about, "title": about, "until": moment(until), "passing": {}, **body}
        letter = self.says(keeper, Kind.MATTER, whole, after=keeper.ledger.heads())
        self.put[letter.id] = keeper.id
        return letter

    def seated(self, keeper: Keeper) -> bool:
        return (
            keeper.ledger is not None
            and not keeper.gone
            and keeper.ledger.roll.seat_of(keeper.id) is not None
        )

    def is_safe(self, liars_more: int = 0, honest_less: int = 0) -> bool:
        """Whether fewer than a third lie, whoever was asked in and has said yes or may do so."""
        lying = sum(not each.left for each in self.liars if each.name in self.invited) + liars_more
        true = sum(self.seated(each) for each in self.honest) - honest_less
        return 3 * lying < lying + true

    @property
    def invited(self) -> set[str]:
        return {
            name
            for matter in self.everything.matters()
            if matter.candidates and self.everything.standing(matter.id).word is Word.ACCEPTED  # type: ignore[union-attr]
            for name in matter.candidates.values()
        }

    def lives(self, keeper: Keeper) -> None:
        """One tick of an honest keeper."""
        ledger = keeper.ledger
        if ledger is None:
            return
        if not keeper.said_yes and not keeper.said_no:
            self._answers_invitation(keeper, ledger)
        self._enters(keeper)
        for draft in keeping.owed(
            ledger, keeper.id, self.now, seen=keeper.seen, asked=keeper.asked, fit=keeper.fit
        ):
            self._sends(keeper, draft)
        if self.seated(keeper):
            for matter in ledger.unsealed(keeper.id):
                self._takes_position(keeper, matter)

    def _enters(self, keeper: Keeper) -> None:
        """Honest keepers let everybody in; liars every third, so that those say yes to it."""
        rooms = {room for room in self.opened - keeper.entered if self.random.random() < 0.6}
        keeper.entered |= rooms | ({HALF} if self.honest.index(keeper) % 3 == 0 else set())

    def _sends(self, keeper: Keeper, draft: keeping.Draft) -> None:
        assert keeper.ledger is not None
        if draft.kind is Kind.AGAIN and "of" in draft.body:
            keeper.asked[draft.body["of"]] = self.now
        if draft.number is None:
            more = {"answers": draft.answers, "after": draft.after, "part": draft.part}
            self.says(keeper, draft.kind, draft.body, **more)
            return
        raw = written(
            draft.kind,
            sender=keeper.id,
            number=draft.number,
            assembly=None if draft.kind is Kind.FOUND else self.id,
            body=draft.body,
            answers=draft.answers,
            after=draft.after,
        )
        assert raw["id"] in keeper.ledger.letters, "a repeat is the same letter"
        keeper.asked[raw["id"]] = self.now
        self.post(keeper.id, raw, draft.part)

    def _answers_invitation(self, keeper: Keeper, ledger: Ledger) -> None:
        asked = sorted(matter for matter, each in ledger.roll.asked_in if each == keeper.id)
        if asked and self.random.random() < 0.6:
            if self.random.random() < 0.1:
                keeper.said_no = True
                return
            keeper.said_yes = True
            self.says(keeper, Kind.SEAT, {}, answers=asked[0], after=ledger.heads())

    def _takes_position(self, keeper: Keeper, matter: Matter) -> None:
        ledger = keeper.ledger
        assert ledger is not None
        if matter.id in keeper.positions and self.random.random() < 0.9:
            return
        if (
            hesitation(ledger, matter, self.now, keeper.seen, keeper.fit)
            or self.random.random() < 0.3
        ):
            return
        keeper.positions.add(matter.id)
        liars = {each.id for each in self.liars}
        coming = len(liars & matter.candidates.keys())
        many = 3 * coming > len(matter.candidates) and not self.is_safe(coming)
        object_ = many or self.random.random() < 0.04
        body = {"stand": "objection", "reason": "Not yet."} if object_ else {"stand": "consent"}
        self.says(keeper, Kind.POSITION, body, answers=matter.id)

    # ------------------------------------------------------------------------------------ what holds

    def notes(self) -> None:
        """At every step: what counted counts, what was final is final, and is the same for all."""
        for keeper in self.honest:
            if keeper.ledger is None:
                continue
            counts = keeper.ledger.changes_since(())
            assert counts >= keeper.counted, "a change that counted counts for ever"
            fresh, keeper.counted = counts - keeper.counted, counts
            for matter in keeper.ledger.matters():
                standing = keeper.ledger.standing(matter.id)
                assert standing is not None
                word = standing.word
                known = self.words.get(matter.id)
                if word is not None:
                    assert known in (None, word), "two words were final"
                    self.words[matter.id] = word
            if fresh:
                self._notes_roll(keeper)

    def _notes_roll(self, keeper: Keeper) -> None:
        assert keeper.ledger is not None
        roll = keeper.ledger.roll
        true = {each.id: each for each in self.honest}
        here = {seat.id for seat in roll.seats.values()}
        taken_by = {seat: keeper.ledger.letters[seat].sender for seat in here}
        for seat, sender in taken_by.items():
            assert keeper.ledger.letters[seat].kind in (Kind.SEAT, Kind.FOUND)
            if sender in true:
                assert true[sender].said_yes, "nobody has a seat without having said yes"
        assert len(set(taken_by.values())) == len(taken_by), "one account took two seats"
        mine = {seat for seat, sender in taken_by.items() if sender in true}
        before = self.sure.setdefault(keeper.id, set())
        for seat in before - mine:
            sender = keeper.ledger.letters[seat].sender
            parted = self._parted(keeper.ledger)
            assert true[sender].gone or seat in parted, "an admission was undone"
        self.sure[keeper.id] = before | mine
        assert roll.seats, "somebody is always there"

    def _parted(self, ledger: Ledger) -> set[str]:
        return {
            matter.seat or ""
            for matter in ledger.matters()
            if matter.about == "part" and self.words.get(matter.id) is Word.ACCEPTED
        }


# --------------------------------------------------------------------------------------------- liars


class Lies:
    """What liars do; each method is one lie."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.random = world.random
        self.all: list[Callable[[Liar], None]] = [
            self.forks_a_position,
            self.seals_both,
            self.speaks_for_another,
            self.forges_an_id,
            self.stands_on_an_old_roll,
            self.stands_on_its_own_kind,
            self.writes_what_is_new,
            self.writes_too_deep_and_too_much,
            self.floods,
            self.claims_what_is_not_so,
            self.asks_a_puppet_in,
            self.leaves_and_goes_on,
            self.gives_its_seat_to_somebody,
            self.sits_twice,
            self.skips_numbers,
            self.asks_for_everything,
            self.seals_at_random,
            self.hides_a_letter,
            self.takes_back_a_parting,
        ]

    def says(self, liar: Liar, kind: Kind, body: Any, **more: Any) -> Letter | None:
        number = more.pop("number", None)
        if number is None:
            liar.number += 1
        only = more.pop("only", None)
        try:
            raw = written(
                kind,
                sender=liar.id,
                number=number or liar.number,
                assembly=self.world.id,
                body=body,
                **more,
            )
        except Unreadable:
            return None
        part = part_for(kind, str(body.get("about", self.random.choice(("decide", "admit")))))
        return self.world.post(liar.id, raw, part, only=only)

    def some(self) -> list[Keeper]:
        """Some of the honest."""
        return self.random.sample(self.world.honest, self.random.randint(0, len(self.world.honest)))

    def a_matter(self) -> str | None:
        found = sorted(self.world.everything._matters)
        return self.random.choice(found) if found else None

    def a_seat(self) -> str:
        return self.random.choice(sorted(self.world.everything.roll.seats) or [self.world.id])

    def changes(self) -> tuple[str, ...]:
        found = sorted(self.world.everything.changes_since(()))
        return tuple(self.random.sample(found, min(len(found), self.random.randint(1, 3))))

    def forks_a_position(self, liar: Liar) -> None:
        matter = self.a_matter()
        if matter is None:
            return
        some = self.some()
        others = [each for each in self.world.honest if each not in some]
        self.says(liar, Kind.POSITION, {"stand": "consent"}, answers=matter, only=some)
        body = {"stand": "objection", "reason": "No."}
        self.says(liar, Kind.POSITION, body, answers=matter, only=others, number=liar.number)

    def seals_both(self, liar: Liar) -> None:
        matter = self.a_matter()
        some = self.some()
        for word, only in (("accepted", some), ("refused", None)):
            body = {"word": word, "consents": 9, "objections": 0, "asides": 0}
            if matter is not None:
                self.says(liar, Kind.SEAL, body, answers=matter, only=only)

    def seals_at_random(self, liar: Liar) -> None:
        for matter in sorted(self.world.everything._matters):
            if self.random.random() < 0.3:
                word = self.random.choice(("accepted", "refused"))
                body = {"word": word, "consents": 1, "objections": 0, "asides": 0}
                self.says(liar, Kind.SEAL, body, answers=matter)

    def speaks_for_another(self, liar: Liar) -> None:
        matter = self.a_matter()
        other = self.random.choice(self.world.honest)
        if matter is not None:
            raw = written(
                Kind.POSITION,
                sender=other.id,
                number=other.number + 1,
                assembly=self.world.id,
                body={"stand": "objection", "reason": "I am somebody else."},
                answers=matter,
            )
            assert self.world.post(liar.id, raw, Part.DECISIONS) is None

    def forges_an_id(self, liar: Liar) -> None:
        raw = written(
            Kind.LESSON,
            sender=liar.id,
            number=liar.number + 1,
            assembly=self.world.id,
            body={"title": "x", "text": "y"},
        )
        raw["body"] = {"title": "x", "text": "something else"}
        assert self.world.post(liar.id, raw, Part.COMMONS) is None

    def stands_on_an_old_roll(self, liar: Liar) -> None:
        self._puts(liar, self.changes(), self.random.choice(("decide", "move", "admit")))

    def stands_on_its_own_kind(self, liar: Liar) -> None:
        """The seats of liars alone, and the founder's, which everything stands on."""
        roll = self.world.everything.roll
        liars = {each.id for each in self.world.liars}
        own = tuple(seat.id for seat in roll.seats.values() if seat.keeper in liars)
        if own:
            letter = self._puts(liar, own[:32], "admit")
            if letter is not None:
                for each in self.world.liars:
                    self.says(each, Kind.POSITION, {"stand": "consent"}, answers=letter.id)
                    body = {"word": "accepted", "consents": 3, "objections": 0, "asides": 0}
                    self.says(each, Kind.SEAL, body, answers=letter.id)

    def _puts(self, liar: Liar, after: tuple[str, ...], about: str, **more: Any) -> Letter | None:
        until = self.world.now + timedelta(days=self.random.choice((1, 4, 5, 200)))
        body = {"about": about, "title": "A lie", "until": moment(until), "passing": {}, **more}
        if about == "admit" and "candidates" not in body:
            puppet = self.random.choice(self.world.liars)
            body["candidates"] = [{"keeper": puppet.id, "name": puppet.name}]
        if about == "move":
            part = self.random.choice(("charter", "commons"))
            body |= {"part": part, "to": self.random.choice(("!elsewhere:l0.example", HALF))}
        if about == "decide":
            body.setdefault("text", "Let us lie.")
        return self.says(liar, Kind.MATTER, body, after=after)

    def writes_what_is_new(self, liar: Liar) -> None:
        for change in ({"version": 2}, {"type": "decree"}):
            raw = written(
                Kind.LESSON,
                sender=liar.id,
                number=liar.number + 1,
                assembly=self.world.id,
                body={"title": "x", "text": "y"},
            )
            raw |= change
            raw["id"] = identify(raw)
            assert self.world.post(liar.id, raw, Part.COMMONS) is None

    def writes_too_deep_and_too_much(self, liar: Liar) -> None:
        deep: Any = {}
        for _ in range(500):
            deep = {"deep": deep}
        bad: list[Any] = [deep, {"version": 1, "body": "x" * 40_000}, [[]] * 1000, "x", None, 1e300]
        for raw in bad:
            assert self.world.post(liar.id, raw, Part.CHARTER) is None

    def floods(self, liar: Liar) -> None:
        for _ in range(15):
            body = {"title": "I need", "until": "2026-12-31"}
            self.says(liar, Kind.NEED, body)
        for each in range(15):
            self.says(liar, Kind.LESSON, {"title": f"{each}", "text": "z"}, number=liar.number or 1)

    def claims_what_is_not_so(self, liar: Liar) -> None:
        heads, seat = self.world.everything.heads(), self.a_seat()
        about = self.random.choice(("part", "keeper", "decide", "sprint"))
        if about == "part":
            self._puts(liar, heads, "part", seat=seat, rests_on=seat)
        elif about == "keeper":
            body: dict[str, Any] = {"congregation": "Mine"}
            claim = self.says(liar, Kind.CLAIM, body, answers=seat)
            if claim is not None:
                self._puts(liar, heads, "keeper", seat=seat, rests_on=claim.id, to="@x:l0.example")
        elif about == "decide":
            self._puts(liar, heads, "decide", seat=seat)
        else:
            body = {"title": "s", "topics": ["t"], "from": "2026-04-01", "to": "2026-04-20"}
            sprint = self.says(liar, Kind.SPRINT, body)
            if sprint is not None:
                opted = self.says(liar, Kind.OPT_IN, {}, answers=sprint.id)
                assert opted is not None
                self._puts(liar, heads, "decide", opted=[opted.id], rests_on=sprint.id)

    def asks_a_puppet_in(self, liar: Liar) -> None:
        puppet = self.random.choice(self.world.liars)
        candidates = [{"keeper": puppet.id, "name": puppet.name}]
        self._puts(liar, self.world.everything.heads(), "admit", candidates=candidates)

    def leaves_and_goes_on(self, liar: Liar) -> None:
        seat = self.world.everything.roll.seat_of(liar.id)
        if seat is not None and self.random.random() < 0.2:
            liar.left = True
            self.says(liar, Kind.LEAVE, {}, answers=seat.id, after=(seat.id,))
        else:
            self.forks_a_position(liar)
            self.seals_at_random(liar)

    def gives_its_seat_to_somebody(self, liar: Liar) -> None:
        seat = self.world.everything.roll.seat_of(liar.id)
        to = self.random.choice(self.world.honest).id
        if seat is not None:
            after = self.random.choice(((seat.id,), self.world.everything.heads()))
            for number in (None, liar.number + 1):
                self.says(
                    liar,
                    Kind.HAND_OVER,
                    {"to": to},
                    answers=seat.id,
                    after=after,
                    number=number,
                    only=self.some(),
                )
                to = self.random.choice(self.world.honest).id

    def sits_twice(self, liar: Liar) -> None:
        for matter in sorted(self.world.everything._matters):
            put = self.world.everything._matters[matter]
            if liar.id in put.candidates and self.random.random() < 0.7:
                body = {"words": f"Me, {self.random.random()}"}
                known = matter in self.world.everything.changes_since(())
                heads = (matter,) if known else (self.world.id,)
                self.says(
                    liar, Kind.SEAT, body, answers=matter, after=heads, number=max(liar.number, 1)
                )

    def takes_back_a_parting(self, liar: Liar) -> None:
        """Seats and hand-overs that claim to be older than what ended them."""
        self.sits_twice(liar)
        for letter in list(self.world.everything.of_kind(Kind.SEAT).values()):
            if letter.sender == liar.id and self.random.random() < 0.5:
                puppet = self.random.choice(self.world.liars).id
                more: dict[str, Any] = {"answers": letter.id, "after": (letter.id,)}
                self.says(liar, Kind.HAND_OVER, {"to": puppet}, **more)

    def skips_numbers(self, liar: Liar) -> None:
        liar.number += self.random.choice((3, 40))
        self.says(liar, Kind.LESSON, {"title": "x", "text": "y"})

    def asks_for_everything(self, liar: Liar) -> None:
        other = self.random.choice(self.world.honest)
        body = {"of": other.id, "numbers": list(range(1, 101))}
        self.says(liar, Kind.AGAIN, body)

    def hides_a_letter(self, liar: Liar) -> None:
        self._hidden(liar)

    def _hidden(self, liar: Liar) -> None:
        matter = self.a_matter()
        if matter is not None:
            body = {"word": "accepted", "consents": 1, "objections": 0, "asides": 0}
            self.says(liar, Kind.SEAL, body, answers=matter, only=())


# --------------------------------------------------------------------------------------------- plays


def play(world: World, ticks: int) -> None:
    """Congregations enter, live and decide, while liars lie; in the end everything that was sent has come."""
    lies, random = Lies(world), world.random
    for _ in range(ticks):
        _step(world)
        _part_sides(world)
        _entering(world)
        if world.liars:
            for liar in random.sample(world.liars, random.randint(0, len(world.liars))):
                _sits(world, lies, liar)
                if liar.seated and random.random() < 0.15:
                    lies.stands_on_its_own_kind(liar)
                elif liar.seated or random.random() < 0.2:
                    random.choice(lies.all)(liar)
        _living(world)
        if random.random() < 0.1:
            world.reveal()
        world.notes()
    calm(world)


def _step(world: World) -> None:
    world.tick += 1
    world.now += TICK
    world.deliver()
    for keeper in world.random.sample(world.honest, len(world.honest)):
        if world.random.random() < 0.9:
            world.lives(keeper)


def calm(world: World) -> None:
    """No more lies and no more loss: homeservers find what liars' servers kept from them, keepers ask for what was lost."""
    world.sides, world.heals, world.loses = {}, world.tick, 0.0
    liars = {each.id for each in world.liars}
    world.reveal(each for each in world.posts if each.sender in liars)
    for keeper in world.honest:
        if keeper.number:
            # So that the others see how far its numbers go; whoever has left stays as long as somebody asks.
            world.says(keeper, Kind.LESSON, {"title": "Calm", "text": "It is over."})
    for _ in range(18):
        _step(world)
        world.notes()
    world.deliver(everything=True)
    world.notes()


def everything_comes(world: World) -> None:
    """What liars wrote and the rooms lost comes to everybody, in any order."""
    for keeper in world.honest:
        if keeper.ledger is not None:
            for post in world.random.sample(world.posts, len(world.posts)):
                world._see(keeper, post)
    world.notes()


def _part_sides(world: World) -> None:
    if world.sides and world.tick >= world.heals:
        world.sides = {}
    elif not world.sides and world.random.random() < 0.08:
        world.heals = world.tick + world.random.randint(2, 8)
        world.sides = {each.id: world.random.randint(0, 1) for each in world.honest}


def _entering(world: World) -> None:
    """Whoever was asked in reads everything from the beginning."""
    invited = world.invited
    for keeper in world.honest:
        if keeper.ledger is None and keeper.name in invited:
            world.reads_history(keeper)


def _sits(world: World, lies: Lies, liar: Liar) -> None:
    """A liar takes its seat when enough of the honest have theirs: fewer than a third of every roll lie."""
    asked = sorted(m for m, keeper in world.everything.roll.asked_in if keeper == liar.id)
    lying = sum(each.seated and not each.left for each in world.liars) + 1
    founder = world.honest[0].ledger
    assert founder is not None
    true = sum(founder.roll.seat_of(each.id) is not None for each in world.honest)
    if asked and 3 * lying < lying + true and not liar.left:
        liar.seated = True
        lies.says(liar, Kind.SEAT, {}, answers=asked[0], after=(asked[0],))


def _living(world: World) -> None:
    """Honest keepers put matters."""
    random = world.random
    keepers = [each for each in world.honest if world.seated(each)]
    keeper = random.choice(keepers)
    assert keeper.ledger is not None
    roll = keeper.ledger.roll
    everybody: list[Keeper | Liar] = [*world.honest, *world.liars]
    waiting = [
        each for each in everybody if each.name not in world.invited and not roll.seat_of(each.id)
    ]
    chance = random.random()
    if waiting and chance < 0.35:
        some = random.sample(waiting, min(len(waiting), random.randint(1, 6)))
        if world.together:
            some = waiting[:20]
        candidates = [{"keeper": each.id, "name": each.name} for each in some]
        lying = sum(isinstance(each, Liar) for each in some)
        if len(keepers) == 1 and 3 * lying > len(some):
            return
        world.puts(keeper, "admit", candidates=candidates)
    elif chance < 0.42:
        world.puts(keeper, "decide", text="Let us meet.")
    elif chance < 0.43 and len(keepers) > 3 and keeper is not world.honest[0]:
        if world.is_safe(honest_less=1):
            seat = roll.seat_of(keeper.id)
            assert seat is not None
            keeper.gone = True
            world.says(keeper, Kind.LEAVE, {}, answers=seat.id, after=keeper.ledger.heads())
    elif chance < 0.48:
        _parts_from_a_liar(world, keeper)
    elif chance < 0.51:
        room = f"!{len(world.opened)}:{keeper.id.partition(':')[2]}"
        world.opened.add(room)
        keeper.entered.add(room)
        world.puts(keeper, "move", part=random.choice(("charter", "commons")), to=room)


def _parts_from_a_liar(world: World, keeper: Keeper) -> None:
    ledger = keeper.ledger
    assert ledger is not None
    liars = {each.id for each in world.liars}
    for seat in ledger.roll.seats.values():
        if seat.keeper in liars:
            talks = [e for e in ledger.answers_to(seat.id) if e.kind is Kind.CONCERN]
            old = [e for e in talks if world.now - keeper.seen[e.id] > timedelta(days=15)]
            if old:
                world.puts(keeper, "part", seat=seat.id, rests_on=old[0].id)
            elif not talks:
                world.says(keeper, Kind.CONCERN, {"words": "Let us talk."}, answers=seat.id)
            return
