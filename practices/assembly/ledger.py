"""The ledger: every letter a reader has seen, and what follows from them, in whatever order they came.

Whoever has seen the same letters finds the same. What counts once counts for ever: a change of the roll stands on the
changes that it names, its electorate follows from those alone, and later letters can only add seals to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import reduce
from hashlib import sha256
from operator import or_

from practices.assembly import roll as rolls
from practices.assembly.letters import Kind, Letter, Part
from practices.assembly.matters import (
    About,
    Matter,
    Outcome,
    Position,
    Word,
    count,
    quorum,
    read_matter,
    read_position,
)
from practices.assembly.roll import Change, Roll, Seat
from practices.assembly.table import TABLE

__all__ = ["MOST_FORKS", "MOST_NUMBER", "Ledger", "Standing", "Taken"]

MOST_NUMBER = 50_000
"""Letters of one sender in one assembly; what is numbered higher is read by nobody."""

MOST_FORKS = 16
"""Different letters under one number of one sender that are still read."""


class Taken(StrEnum):
    """What became of a letter."""

    NEW = "new"
    REPEATED = "repeated"
    #: It belongs to another assembly, or another room.
    MISPLACED = "misplaced"
    #: Its sender has said something else under the same number: it was read, and its sender is a liar or broken.
    TWICE = "twice"
    #: Its sender has written more than anybody reads.
    FLOOD = "flood"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a matter stands."""

    matter: Matter
    #: The congregations that may speak, by seat.
    electorate: Mapping[str, Seat]
    #: By seat.
    positions: Mapping[str, Position]
    #: The words that each seat has sealed; an honest one seals one.
    seals: Mapping[str, frozenset[Word]]
    #: What the positions come to.
    outcome: Outcome
    #: The final word; None while it is open.
    word: Word | None

    @property
    def torn(self) -> bool:
        """Whether the seals can no more agree: those that are missing are too few for either word."""
        missing = len(self.electorate) - len(self.seals)
        most = max((sum(word in each for each in self.seals.values()) for word in Word), default=0)
        return self.word is None and most + missing < quorum(len(self.electorate))


@dataclass(slots=True)
class _Heard:
    """What was said to one matter."""

    #: Keeper to the positions it sent, by number.
    positions: dict[str, dict[int, list[Letter]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    #: Keeper to the words it sealed, each with the smallest number.
    seals: dict[str, dict[Word, int]] = field(default_factory=lambda: defaultdict(dict))


class Ledger:
    """What one reader has seen of one assembly."""

    def __init__(self, assembly: str) -> None:
        """Empty; `assembly` is the id of the letter that founded it."""
        self.assembly = assembly
        self.letters: dict[str, Letter] = {}
        #: Sender to number to the ids under it.
        self.numbers: dict[str, dict[int, list[str]]] = defaultdict(dict)
        self._heard: dict[str, _Heard] = defaultdict(_Heard)
        self._by_kind: dict[Kind, dict[str, Letter]] = defaultdict(dict)
        self._answers: dict[str, list[str]] = defaultdict(list)
        self._matters: dict[str, Matter] = {}
        #: The changes of the roll that count, in the order in which they were found to.
        self._changes: dict[str, Change] = {}
        #: For each change those that it stands on, itself included: bit n is the nth of `_changes`.
        self._before: dict[str, int] = {}
        self._depth: dict[str, int] = {}
        #: A letter that is not there yet, to those that wait for it.
        self._waiting: dict[str, set[str]] = defaultdict(set)
        self._rolls: dict[int, Roll] = {0: Roll()}
        self._electorates: dict[str, Mapping[str, Seat]] = {}

    # ------------------------------------------------------------------------------------------ taking in

    def take(self, letter: Letter, part: Part) -> Taken:
        """Take in a letter that was read in a protocol room."""
        if part not in TABLE[letter.kind].parts or self._is_foreign(letter):
            return Taken.MISPLACED
        if letter.id in self.letters:
            return Taken.REPEATED
        if letter.number > MOST_NUMBER:
            return Taken.FLOOD
        same = self.numbers[letter.sender].setdefault(letter.number, [])
        if len(same) >= MOST_FORKS:
            return Taken.FLOOD
        same.append(letter.id)
        self.letters[letter.id] = letter
        self._by_kind[letter.kind][letter.id] = letter
        if letter.answers is not None:
            self._answers[letter.answers].append(letter.id)
        self._file(letter)
        return Taken.NEW if len(same) == 1 else Taken.TWICE

    def _is_foreign(self, letter: Letter) -> bool:
        if letter.kind is Kind.FOUND:
            return letter.id != self.assembly
        return letter.assembly != self.assembly

    def _file(self, letter: Letter) -> None:
        match letter.kind:
            case Kind.POSITION if letter.answers:
                self._heard[letter.answers].positions[letter.sender][letter.number].append(letter)
            case Kind.SEAL if letter.answers:
                words = self._heard[letter.answers].seals[letter.sender]
                word = Word(letter.body["word"])
                words[word] = min(letter.number, words.get(word, letter.number))
                self._advance([letter.answers])
            case Kind.MATTER:
                self._matters[letter.id] = read_matter(letter.id, letter.sender, letter.body)
                self._advance([letter.id])
            case Kind.FOUND | Kind.SEAT | Kind.LEAVE | Kind.HAND_OVER:
                self._advance([letter.id])

    def _advance(self, fresh: Iterable[str]) -> None:
        """Let every change count whose time has come, and those that waited for it."""
        ready = list(fresh)
        while ready:
            found = ready.pop()
            letter = self.letters.get(found)
            if letter is None or found in self._changes:
                continue
            before = _parents(letter)
            missing = [each for each in before if each not in self._changes]
            for each in missing:
                self._waiting[each].add(found)
            if missing:
                continue
            change = self._change(letter)
            if change is None:
                continue
            self._before[found] = self._closure(before) | 1 << len(self._changes)
            self._depth[found] = 1 + max((self._depth[each] for each in before), default=0)
            self._changes[found] = change
            ready += self._waiting.pop(found, ())

    def _change(self, letter: Letter) -> Change | None:
        """The change of the roll that a letter makes, if it does; what it stands on counts already."""
        if letter.kind is Kind.FOUND:
            rooms = {Part(part): room for part, room in letter.body["rooms"].items()}
            return rolls.Founded(
                id=letter.id, keeper=letter.sender, name=letter.body["congregation"], rooms=rooms
            )
        if letter.kind is Kind.MATTER:
            return self._accepted(self._matters[letter.id])
        roll = self._roll_of(_parents(letter))
        speaks = roll.seat_of(letter.sender)
        answers = letter.answers or ""
        match letter.kind:
            case Kind.SEAT if (answers, letter.sender) in roll.asked_in and speaks is None:
                return rolls.Seated(id=letter.id, keeper=letter.sender, matter=answers)
            case Kind.LEAVE if speaks is not None and speaks.id == answers:
                return rolls.Left(id=letter.id, keeper=letter.sender, seat=answers)
            case Kind.HAND_OVER if speaks is not None and speaks.id == answers:
                to = str(letter.body["to"])
                return rolls.HandedOver(id=letter.id, keeper=letter.sender, seat=answers, to=to)
        return None

    def _accepted(self, matter: Matter) -> Change | None:
        """The change that an accepted matter makes; None while it is open, or when it changes nothing of the roll."""
        if not matter.on_roll or self._word(matter) is not Word.ACCEPTED:
            return None
        match matter.about:
            case About.ADMIT:
                return rolls.Admitted(id=matter.id, candidates=matter.candidates)
            case About.PART:
                return rolls.Parted(id=matter.id, seat=matter.seat or "")
            case About.KEEPER:
                return rolls.HandedOver(
                    id=matter.id, keeper=None, seat=matter.seat or "", to=matter.to or ""
                )
            case _:
                return rolls.Moved(id=matter.id, part=Part(matter.part or ""), room=matter.to or "")

    # --------------------------------------------------------------------------------------------- the roll

    @property
    def roll(self) -> Roll:
        """The roll as it stands."""
        return self._roll_in((1 << len(self._changes)) - 1)

    def heads(self, most: int = 32) -> tuple[str, ...]:
        """The newest changes of the roll, for the `after` of what is written now."""
        older = {each for letter in self._changes for each in _parents(self.letters[letter])}
        newest = sorted(set(self._changes) - older, key=lambda each: (-self._depth[each], each))
        return tuple(sorted(newest[:most]))

    def roll_after(self, heads: Iterable[str]) -> Roll | None:
        """The roll after these changes and all that they stand on; None when some do not count (yet)."""
        heads = list(heads)
        return self._roll_of(heads) if all(each in self._changes for each in heads) else None

    def changes_since(self, heads: Iterable[str]) -> set[str]:
        """The changes that count and are not among these and what they stand on."""
        known = self._closure(each for each in heads if each in self._changes)
        return {each for place, each in enumerate(self._changes) if not known >> place & 1}

    def _closure(self, heads: Iterable[str]) -> int:
        return reduce(or_, (self._before[each] for each in heads), 0)

    def _roll_of(self, heads: Iterable[str]) -> Roll:
        return self._roll_in(self._closure(heads))

    def _roll_in(self, closure: int) -> Roll:
        """The roll after some of the changes, each with all that it stands on."""
        found = self._rolls.get(closure)
        if found is None:
            some = [each for place, each in enumerate(self._changes) if closure >> place & 1]
            some.sort(key=lambda each: (self._depth[each], each))
            found = rolls.after(Roll(), (self._changes[each] for each in some))
            self._rolls[closure] = found
        return found

    # -------------------------------------------------------------------------------------------- matters

    def matters(self) -> Iterator[Matter]:
        """Every matter that a congregation has put, in no order."""
        return (each for each in self._matters.values() if self.electorate(each.id) is not None)

    def electorate(self, matter_id: str) -> Mapping[str, Seat] | None:
        """Who may speak to a matter, by seat; None when it was put by nobody who may, or stands on what is not there."""
        found = self._electorates.get(matter_id)
        if found is not None:
            return found
        matter, letter = self._matters.get(matter_id), self.letters.get(matter_id)
        if matter is None or letter is None or not letter.after:
            return None
        roll = self.roll_after(letter.after)
        if roll is None:
            return None
        entitled = {seat.id: seat for seat in roll.seats.values() if seat.id != matter.seat}
        if all(seat.keeper != letter.sender for seat in entitled.values()):
            return None
        self._electorates[matter_id] = entitled
        return entitled

    def standing(self, matter_id: str) -> Standing | None:
        """Where a matter stands; None as for `electorate`."""
        electorate = self.electorate(matter_id)
        if electorate is None:
            return None
        matter, heard = self._matters[matter_id], self._heard[matter_id]
        seals = {
            seat.id: frozenset(heard.seals[seat.keeper])
            for seat in electorate.values()
            if seat.keeper in heard.seals
        }
        word = self._word(matter)
        speaking = self._speaking(matter, electorate)
        positions = {
            seat.id: position
            for seat in speaking.values()
            if (word is None or seat.id in seals)
            and (position := self._position(matter_id, seat.keeper)) is not None
        }
        return Standing(
            matter=matter,
            electorate=electorate,
            positions=positions,
            seals=seals,
            outcome=count(matter.passing, positions, len(speaking)),
            word=word,
        )

    def _speaking(self, matter: Matter, electorate: Mapping[str, Seat]) -> Mapping[str, Seat]:
        """Who may take a position: of a sprint, those who opted in; all the others count along."""
        if not matter.opted:
            return electorate
        opted = {
            letter.sender
            for each in matter.opted
            if (letter := self.letters.get(each)) is not None
            and letter.kind is Kind.OPT_IN
            and letter.answers == matter.rests_on
        }
        return {id_: seat for id_, seat in electorate.items() if seat.keeper in opted}

    def _position(self, matter_id: str, keeper: str) -> Position | None:
        """The newest position before the first seal; None when there is none, or two with one number."""
        heard = self._heard[matter_id]
        sealed = min(heard.seals[keeper].values()) if keeper in heard.seals else None
        numbers = heard.positions.get(keeper, {})
        newest = max((n for n in numbers if sealed is None or n < sealed), default=None)
        if newest is None or len(numbers[newest]) > 1:
            return None
        return read_position(numbers[newest][0].body)

    def _word(self, matter: Matter) -> Word | None:
        """The word that more than two thirds have sealed. Were both, a third would have lied; an accepted one stays so."""
        electorate = self.electorate(matter.id)
        if electorate is None:
            return None
        heard, needed = self._heard[matter.id].seals, quorum(len(electorate))
        keepers = [seat.keeper for seat in electorate.values()]
        final = [
            word for word in Word if sum(word in heard.get(each, ()) for each in keepers) >= needed
        ]
        return final[0] if final else None

    # ----------------------------------------------------------------------------------------------- reading

    def of_kind(self, kind: Kind) -> Mapping[str, Letter]:
        """Every letter of a kind, by id, whoever sent it."""
        return self._by_kind[kind]

    def answers_to(self, letter_id: str) -> list[Letter]:
        """The letters that answer one, by sender and number."""
        found = [self.letters[each] for each in self._answers.get(letter_id, ())]
        return sorted(found, key=lambda each: (each.sender, each.number, each.id))

    def missing(self, sender: str) -> list[int]:
        """The numbers of a sender's letters that were not seen, though later ones were."""
        numbers = self.numbers.get(sender, {})
        return [n for n in range(1, max(numbers, default=0)) if n not in numbers]

    def twice(self) -> set[str]:
        """The senders that said different things under one number."""
        return {
            sender
            for sender, numbers in self.numbers.items()
            if any(len(ids) > 1 for ids in numbers.values())
        }

    def view(self) -> str:
        """A hash of all that follows from the letters: equal for all who have seen the same."""
        roll = self.roll
        lines = [f"seat {each.id} {each.keeper} {each.name}" for each in roll.seats.values()]
        lines += [f"room {part} {room}" for part, room in roll.rooms.items()]
        for matter in self.matters():
            standing = self.standing(matter.id)
            assert standing is not None
            lines.append(f"matter {matter.id} {standing.word} {standing.outcome}")
        lines += [f"letter {each}" for each in self.letters]
        return sha256("\n".join(sorted(lines)).encode()).hexdigest()


def _parents(letter: Letter) -> tuple[str, ...]:
    """The changes of the roll that a letter stands on."""
    if letter.kind is Kind.SEAT and letter.answers is not None:
        return tuple({*letter.after, letter.answers})
    return letter.after
