"""An assembly as tests write it: congregations by their names, and every letter a real one that is read before it is taken."""

from collections import Counter
from collections.abc import Mapping
from random import Random
from typing import Any

from practices.assembly.ledger import Ledger
from practices.assembly.letters import Kind, Letter, Part, read, written
from practices.assembly.table import TABLE

UNTIL = "2026-12-31T18:00:00Z"


def keeper(name: str) -> str:
    """The account that keeps a congregation."""
    return f"@keeper:{name.lower().replace(' ', '-')}.example"


class Assembled:
    """An assembly that grows as a test says; the first of its congregations founds it and asks the others in."""

    def __init__(self, *names: str) -> None:
        self.numbers: Counter[str] = Counter()
        #: Every letter with its part, in the order in which it was written.
        self.letters: list[tuple[Letter, Part]] = []
        self.seats: dict[str, str] = {}
        first = names[0]
        host = keeper(first).partition(":")[2]
        rooms = {part.value: f"!{part}:{host}" for part in Part}
        body = {"name": "Rivers", "congregation": first, "purpose": "To learn.", "rooms": rooms}
        content = written(Kind.FOUND, sender=keeper(first), number=1, assembly=None, body=body)
        self.id: str = content["id"]
        self.ledger = Ledger(self.id)
        self.numbers[keeper(first)] = 1
        self._take(read(keeper(first), content), Part.CHARTER)
        self.seats[first] = self.id
        if names[1:]:
            self.admits(first, *names[1:])

    def says(
        self,
        sender: str,
        kind: Kind,
        body: Mapping[str, Any],
        *,
        answers: str | None = None,
        after: tuple[str, ...] = (),
        number: int | None = None,
    ) -> str:
        """A letter of a congregation, or of an account that begins with @; its id."""
        account = sender if sender.startswith("@") else keeper(sender)
        if number is None:
            self.numbers[account] += 1
        content = written(
            kind,
            sender=account,
            number=number or self.numbers[account],
            assembly=self.id,
            body=body,
            answers=answers,
            after=after,
        )
        part = min(TABLE[kind].parts, key=list(Part).index)
        self._take(read(account, content), part)
        return str(content["id"])

    def _take(self, letter: Letter, part: Part) -> None:
        self.letters.append((letter, part))
        self.ledger.take(letter, part)

    def matter(self, sender: str, about: str, **body: Any) -> str:
        """A matter that a congregation puts, and that all who may seal as accepted."""
        everything = {"about": about, "title": about, "until": UNTIL, "passing": {}, **body}
        matter = self.says(sender, Kind.MATTER, everything, after=self.ledger.heads())
        for seat in (self.ledger.electorate(matter) or {}).values():
            self.says(seat.keeper, Kind.POSITION, {"stand": "consent"}, answers=matter)
            self.says(seat.keeper, Kind.SEAL, _SEALED, answers=matter)
        return matter

    def admits(self, sender: str, *names: str) -> None:
        """Congregations are asked in and say yes."""
        candidates = [{"keeper": keeper(name), "name": name} for name in names]
        matter = self.matter(sender, "admit", candidates=candidates)
        for name in names:
            self.seats[name] = self.says(
                name, Kind.SEAT, {}, answers=matter, after=self.ledger.heads()
            )

    def leaves(self, name: str) -> None:
        """A congregation leaves."""
        heads = self.ledger.heads()
        self.says(name, Kind.LEAVE, {}, answers=self.seats[name], after=heads)

    def hands_over(self, name: str, to: str) -> None:
        """A congregation's keeper lets another account speak."""
        heads = self.ledger.heads()
        self.says(name, Kind.HAND_OVER, {"to": to}, answers=self.seats[name], after=heads)

    def read_otherwise(self, seed: int) -> Ledger:
        """A ledger of the same letters, which came in another order and some of them twice."""
        random, ledger = Random(seed), Ledger(self.id)
        letters = [*self.letters, *random.sample(self.letters, len(self.letters) // 2)]
        random.shuffle(letters)
        for letter, part in letters:
            ledger.take(letter, part)
        return ledger


_SEALED = {"word": "accepted", "consents": 1, "objections": 0, "asides": 0}
