"""The ledger: every letter a reader has seen, and what follows from them, in whatever order they came.

Whoever has seen the same letters finds the same. What counts once counts for ever: a change of the roll stands on the
changes that it names, its electorate follows from those alone, and later letters can only add seals to it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import reduce
from hashlib import sha256
from heapq import nlargest
from itertools import islice
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
from practices.circles import Scale, fits

__all__ = [
    "MOST_FORKS",
    "MOST_NUMBER",
    "MOST_OPEN",
    "MOST_UNSEEN",
    "Ledger",
    "Standing",
    "Taken",
]

MOST_NUMBER = 50_000
"""Letters of one sender in one assembly; what is numbered higher is read by nobody."""

MOST_FORKS = 1000
"""Different letters of one sender, under numbers it has used before, that are read; of the others only those that
somebody else refers to, and the words they seal. From then on its positions count as not given, for all alike."""

MOST_OPEN = 50
"""Matters of one keeper that another has not counted yet and looks at: the newest, by their numbers. More are there, and
each is shown to whoever asks for it; but nobody is made to work for all of them at every letter."""

MOST_UNSEEN = 32
"""Letters that are not here and that one sender refers to, the newest such references: of others nobody asks."""

_MOST_AT_HAND = 1000
"""Rolls that are kept at hand; whoever writes matters on ever other rolls makes them read again, and fills nothing."""


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
    #: Those of the electorate that were confirmed: an accepted matter stands on a roll with them.
    confirmed: frozenset[str] = frozenset()

    @property
    def torn(self) -> bool:
        """Whether the seals can no more agree: those that are missing are too few for either word."""
        return self.word is None and not any(self._is_possible(word) for word in Word)

    def _is_possible(self, word: Word) -> bool:
        may = {each for each in self.electorate if word in self.seals.get(each, (word,))}
        return _is_final(may, self.electorate, self.confirmed)


@dataclass(slots=True)
class _Heard:
    """What was said to one matter."""

    #: Keeper to the positions it sent.
    positions: dict[str, list[Letter]] = field(default_factory=dict)
    #: Each word to the keepers that sealed it, with the smallest number.
    seals: dict[Word, dict[str, int]] = field(default_factory=lambda: {word: {} for word in Word})


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a matter stands on."""

    roll: Roll
    #: The seats that somebody accepted a matter with; the founder's always.
    confirmed: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Entitled:
    """Who may speak to a matter."""

    seats: Mapping[str, Seat]
    confirmed: frozenset[str]


class Ledger:
    """What one reader has seen of one assembly."""

    def __init__(self, assembly: str) -> None:
        """Empty; `assembly` is the id of the letter that founded it."""
        self.assembly = assembly
        self.letters: dict[str, Letter] = {}
        #: Sender to number to the first id that came under it.
        self.numbers: dict[str, dict[int, str]] = defaultdict(dict)
        self._highest: dict[str, int] = defaultdict(int)
        #: Senders of whom numbers are missing.
        self._gaps: set[str] = set()
        #: Sender to the numbers under which it said different things, and how many letters too much those are.
        self._forks: dict[str, Counter[int]] = defaultdict(Counter)
        #: What is not there, to the senders whose letters refer to it.
        self._wanted: dict[str, set[str]] = defaultdict(set)
        #: Sender to what is not there, each with the newest of its letters that refers to it; the newest reference last.
        self._unseen: dict[str, dict[str, str]] = {}
        #: Sender to the numbers of letters that are there and cannot be read yet.
        self._aside: Mapping[str, Collection[int]] = {}
        #: Sender to the words that it sealed on matters which are not there, though it floods its own numbers.
        self._early: Counter[str] = Counter()
        self._heard: dict[str, _Heard] = defaultdict(_Heard)
        self._by_kind: dict[Kind, dict[str, Letter]] = defaultdict(dict)
        self._answers: dict[str, list[str]] = defaultdict(list)
        self._matters: dict[str, Matter] = {}
        #: The changes of the roll that count, in the order in which they were found to.
        self._changes: dict[str, Change] = {}
        #: The place of each in that order.
        self._places: dict[str, int] = {}
        #: For each change those that it stands on, itself included: bit n is the nth of `_changes`.
        self._before: dict[str, int] = {}
        self._depth: dict[str, int] = {}
        #: Every account that took a seat or was given one by a change that counts.
        self._sat: set[str] = set()
        self._seated = 0
        #: The changes that the congregations agreed on: bits as in `_before`.
        self._agreed = 0
        #: A letter that is not there yet, to those that wait for it.
        self._waiting: dict[str, set[str]] = defaultdict(set)
        self._grounds: dict[int, _Ground] = {}
        self._entitled: dict[str, _Entitled] = {}

    # ------------------------------------------------------------------------------------------ taking in

    def take(self, letter: Letter, part: Part) -> Taken:
        """Take in a letter that was read in a protocol room."""
        if part not in TABLE[letter.kind].parts or self._is_foreign(letter):
            return Taken.MISPLACED
        if letter.id in self.letters:
            return Taken.REPEATED
        if letter.number > MOST_NUMBER:
            return Taken.FLOOD
        first = self.numbers[letter.sender].setdefault(letter.number, letter.id)
        self._highest[letter.sender] = max(self._highest[letter.sender], letter.number)
        whole = len(self.numbers[letter.sender]) == self._highest[letter.sender]
        (self._gaps.discard if whole else self._gaps.add)(letter.sender)
        if first != letter.id:
            if self._floods(letter.sender) and not (self._wants(letter) or self._is_word(letter)):
                self._forks[letter.sender].setdefault(letter.number, 0)
                return Taken.FLOOD
            self._forks[letter.sender][letter.number] += 1
        self.letters[letter.id] = letter
        self._by_kind[letter.kind][letter.id] = letter
        if letter.answers is not None:
            self._answers[letter.answers].append(letter.id)
        self._note_wanted(letter)
        self._file(letter)
        return Taken.NEW if first == letter.id else Taken.TWICE

    def _floods(self, sender: str) -> bool:
        return sender in self._forks and self._forks[sender].total() >= MOST_FORKS

    def _wants(self, letter: Letter) -> bool:
        """Whether somebody else's letter refers to this one."""
        return bool(self._wanted.get(letter.id, set()) - {letter.sender})

    def _note_wanted(self, letter: Letter) -> None:
        for sender in self._wanted.pop(letter.id, ()):
            self._unseen[sender].pop(letter.id)
        for each in _referred(letter):
            if each not in self.letters:
                self._wanted[each].add(letter.sender)
                unseen = self._unseen.setdefault(letter.sender, {})
                unseen.pop(each, None)
                unseen[each] = letter.id

    def _is_word(self, letter: Letter) -> bool:
        """Whether a letter seals a word that its sender has not sealed before on that matter.

        These count, however often their keeper contradicts itself, and whether the matter is there already or comes later;
        but nobody fills anything with words on matters that nobody has put.
        """
        if letter.kind is not Kind.SEAL or letter.answers is None:
            return False
        heard = self._heard.get(letter.answers)
        if heard is not None and letter.sender in heard.seals[Word(letter.body["word"])]:
            return False
        if letter.answers in self._matters:
            return True
        self._early[letter.sender] += 1
        return self._early[letter.sender] <= MOST_FORKS

    def _is_foreign(self, letter: Letter) -> bool:
        if letter.kind is Kind.FOUND:
            return letter.id != self.assembly
        return letter.assembly != self.assembly

    def _file(self, letter: Letter) -> None:
        match letter.kind:
            case Kind.POSITION if letter.answers:
                said = self._heard[letter.answers].positions
                said.setdefault(letter.sender, []).append(letter)
            case Kind.SEAL if letter.answers:
                sealed = self._heard[letter.answers].seals[Word(letter.body["word"])]
                known = sealed.get(letter.sender)
                sealed[letter.sender] = min(letter.number, known or letter.number)
                if known is None and letter.answers in self._matters:
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
            place = len(self._changes)
            self._before[found] = self._closure(before) | 1 << place
            self._depth[found] = 1 + max((self._depth[each] for each in before), default=0)
            self._changes[found], self._places[found] = change, place
            if letter.kind is Kind.MATTER:
                self._agreed |= 1 << place
            self._note_seated(change)
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
        if letter.kind is Kind.SEAT and self._is_first(letter):
            return rolls.Seated(id=letter.id, keeper=letter.sender, matter=letter.answers or "")
        roll = self._roll_of(_parents(letter))
        speaks = roll.seat_of(letter.sender)
        answers = letter.answers or ""
        match letter.kind:
            case Kind.SEAT if (answers, letter.sender) in roll.asked_in:
                room = fits(Scale.ASSEMBLY, len(roll.seats) + 1)
                if room and (speaks is None or speaks.given):
                    return rolls.Seated(id=letter.id, keeper=letter.sender, matter=answers)
            case Kind.LEAVE if speaks is not None and speaks is roll.seat(answers):
                return rolls.Left(id=letter.id, keeper=letter.sender, seat=answers)
            case Kind.HAND_OVER if speaks is not None and speaks is roll.seat(answers):
                to = str(letter.body["to"])
                return rolls.HandedOver(id=letter.id, keeper=letter.sender, seat=answers, to=to)
        return None

    def _note_seated(self, change: Change) -> None:
        match change:
            case rolls.Founded() | rolls.Seated():
                self._sat.add(change.keeper)
                self._seated += 1
            case rolls.HandedOver():
                self._sat.add(change.to)

    def _is_first(self, letter: Letter) -> bool:
        """Whether nothing can stand against a seat, so that its roll need not be read: the first of an account."""
        asked = self._changes.get(letter.answers or "")
        return (
            isinstance(asked, rolls.Admitted)
            and letter.sender in asked.candidates
            and letter.sender not in self._sat
            and fits(Scale.ASSEMBLY, self._seated + 1)
        )

    def _accepted(self, matter: Matter) -> Change | None:
        """The change that an accepted matter makes; None while it is open."""
        if self._word(matter) is not Word.ACCEPTED:
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
            case About.MOVE:
                return rolls.Moved(id=matter.id, part=Part(matter.part or ""), room=matter.to or "")
            case About.DECIDE:
                return rolls.Decided(id=matter.id)

    # --------------------------------------------------------------------------------------------- the roll

    @property
    def roll(self) -> Roll:
        """The roll as it stands."""
        return self._ground((1 << len(self._changes)) - 1).roll

    def heads(self, most: int = 32) -> tuple[str, ...]:
        """The newest changes of the roll, for the `after` of what is written now.

        If there are more: first what was agreed on, then the seats, then what keepers say of their own, the newest of
        each; and nothing by one that floods its own numbers, so that nobody can crowd out the others.
        """
        worth = self._worth_naming()
        older = reduce(or_, (self._before[e] ^ 1 << self._places[e] for e in worth), 0)
        newest = [each for each in worth if not older >> self._places[each] & 1]
        newest.sort(key=lambda each: (worth[each], -self._depth[each], each))
        return tuple(sorted(newest[:most]))

    def _worth_naming(self) -> Mapping[str, int]:
        """The changes without which the roll would be another, each with its rank among the heads."""
        found = dict.fromkeys(
            (each for place, each in enumerate(self._changes) if self._agreed >> place & 1), 0
        )
        for each in self.roll.newest.values():
            letter = self.letters[each]
            if letter.kind not in (Kind.FOUND, Kind.MATTER) and not self._floods(letter.sender):
                found[each] = 1 if letter.kind is Kind.SEAT else 2
        return found or dict.fromkeys(self._changes.keys() & {self.assembly}, 0)

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
        return self._ground(self._closure(heads)).roll

    def _ground(self, closure: int) -> _Ground:
        """What some of the changes come to, each with all that it stands on."""
        found = self._grounds.get(closure)
        if found is None:
            if len(self._grounds) >= _MOST_AT_HAND:
                self._grounds.clear()
                self._entitled.clear()
            some = [each for place, each in enumerate(self._changes) if closure >> place & 1]
            agreed = [each for each in some if self._agreed >> self._places[each] & 1]
            some.sort(key=lambda each: (self._depth[each], each))
            roll = rolls.after((self._changes[each] for each in some), self._knows)
            sure = self._closure(agreed)
            letters = (each for each in roll.taken if sure >> self._places[each] & 1)
            found = _Ground(roll, frozenset({self.assembly, *(roll.taken[e] for e in letters)}))
            self._grounds[closure] = found
        return found

    def _knows(self, first: str, second: str) -> bool:
        """Whether the second change stands on the first."""
        return first != second and bool(self._before[second] >> self._places[first] & 1)

    # -------------------------------------------------------------------------------------------- matters

    def matters(self) -> Iterator[Matter]:
        """Every matter that a congregation has put, in no order."""
        return (each for each in self._matters.values() if self.electorate(each.id) is not None)

    def unsealed(self, keeper: str) -> list[Matter]:
        """The matters that a keeper may speak to, looks at (MOST_OPEN) and has not sealed, by id."""
        found = []
        for id_ in sorted(self.newest(filter(self._is_unsealed(keeper), self._matters))):
            electorate = self.electorate(id_)
            if electorate and any(seat.keeper == keeper for seat in electorate.values()):
                found.append(self._matters[id_])
        return found

    def _is_unsealed(self, keeper: str) -> Callable[[str], bool]:
        def is_unsealed(matter_id: str) -> bool:
            heard = self._heard.get(matter_id)
            return heard is None or not any(keeper in words for words in heard.seals.values())

        return is_unsealed

    def newest(self, matters: Iterable[str]) -> set[str]:
        """Of these matters those that a keeper looks at unasked: of each sender the newest, by number, at most MOST_OPEN."""
        by_sender: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for each in matters:
            letter = self.letters[each]
            by_sender[letter.sender].append((letter.number, each))
        return {id_ for sent in by_sender.values() for _, id_ in nlargest(MOST_OPEN, sent)}

    def spoken(self, matter_id: str) -> int:
        """From how many accounts there is a position to a matter, whether they may speak or not."""
        heard = self._heard.get(matter_id)
        return len(heard.positions) if heard is not None else 0

    def electorate(self, matter_id: str) -> Mapping[str, Seat] | None:
        """Who may speak to a matter, by seat; None when it was put by nobody who may, or stands on what is not there."""
        entitled = self._who(matter_id)
        return entitled.seats if entitled is not None else None

    def _who(self, matter_id: str) -> _Entitled | None:
        found = self._entitled.get(matter_id)
        if found is not None:
            return found
        matter, letter = self._matters.get(matter_id), self.letters.get(matter_id)
        if matter is None or letter is None or not letter.after:
            return None
        if any(each not in self._changes for each in letter.after):
            return None
        ground = self._ground(self._closure(letter.after))
        seats = ground.roll.seats
        subject = ground.roll.seat(matter.seat or "") if matter.about in _ABOUT_ONE else None
        if subject is not None:
            seats = {seat.id: seat for seat in seats.values() if seat is not subject}
        speaker = ground.roll.seat_of(letter.sender)
        if speaker is None or speaker is subject:
            return None
        found = _Entitled(seats, ground.confirmed & seats.keys())
        self._entitled[matter_id] = found
        return found

    def standing(self, matter_id: str) -> Standing | None:
        """Where a matter stands; None as for `electorate`."""
        entitled = self._who(matter_id)
        if entitled is None:
            return None
        matter, heard = self._matters[matter_id], self._heard[matter_id]
        seals = {
            seat.id: words
            for seat in entitled.seats.values()
            if (words := frozenset(word for word in Word if seat.keeper in heard.seals[word]))
        }
        word = self._word(matter)
        speaking = self._speaking(matter, entitled.seats)
        positions = {
            seat.id: position
            for seat in speaking.values()
            if (word is None or seat.id in seals)
            and (position := self._position(matter_id, seat.keeper)) is not None
        }
        return Standing(
            matter=matter,
            electorate=entitled.seats,
            positions=positions,
            seals=seals,
            outcome=count(matter.passing, positions, len(speaking)),
            word=word,
            confirmed=entitled.confirmed,
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
        """The newest position before the first seal; None when there is none, its number was used twice, or it floods."""
        heard = self._heard[matter_id]
        if self._floods(keeper):
            return None
        numbers = (words.get(keeper, MOST_NUMBER + 1) for words in heard.seals.values())
        sealed = min(numbers)
        before = [each for each in heard.positions.get(keeper, ()) if each.number < sealed]
        newest = max(before, key=lambda each: each.number, default=None)
        if newest is None or self._is_twice(keeper, newest.number):
            return None
        return read_position(newest.body)

    def _word(self, matter: Matter) -> Word | None:
        """The word that more than two thirds have sealed. Were both, a third would have lied; an accepted one stays so."""
        entitled, heard = self._who(matter.id), self._heard.get(matter.id)
        if entitled is None or heard is None:
            return None
        for word, keepers in heard.seals.items():
            if len(keepers) >= quorum(len(entitled.seats)):
                sealed = {id_ for id_, seat in entitled.seats.items() if seat.keeper in keepers}
                if _is_final(sealed, entitled.seats, entitled.confirmed):
                    return word
        return None

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
        if sender not in self._gaps:
            return []
        numbers, highest = self.numbers[sender], self._highest[sender]
        return [n for n in range(1, highest) if n not in numbers]

    def gaps(self) -> set[str]:
        """The senders of whom numbers are missing."""
        return set(self._gaps)

    def twice(self) -> set[str]:
        """The senders that said different things under one number, whether both can be read yet or not."""
        both = (e for e, numbers in self._aside.items() if self.numbers.get(e, {}).keys() & numbers)
        return {*self._forks, *both}

    def _is_twice(self, sender: str, number: int) -> bool:
        return number in self._forks.get(sender, ()) or number in self._aside.get(sender, ())

    def put_aside(self, numbers: Mapping[str, Collection[int]]) -> None:
        """Say which numbers, by sender, are those of letters that are there and cannot be read yet: of all that are."""
        self._aside = numbers

    def floods(self) -> set[str]:
        """The senders of whose letters some may have been left out, as they contradict themselves so often."""
        return set(filter(self._floods, self._forks))

    def unseen(self, sender: str) -> dict[str, str]:
        """What a sender's letters refer to and is not there, the newest reference first, each with a letter that does."""
        found = self._unseen.get(sender, {})
        return {each: found[each] for each in islice(reversed(found), MOST_UNSEEN)}

    def view(self) -> str:
        """A hash of all that follows from the letters: equal for all who have seen the same.

        Nothing in a keeper depends on it: it is what a second implementation, and the tests and the benchmark of this one,
        hold against each other.
        """
        roll = self.roll
        lines = [f"seat {each.id} {each.keeper} {each.name}" for each in roll.seats.values()]
        lines += [f"room {part} {room}" for part, room in roll.rooms.items()]
        lines += [f"former {part} {' '.join(rooms)}" for part, rooms in roll.former.items()]
        for matter in self.matters():
            standing = self.standing(matter.id)
            assert standing is not None
            lines.append(f"matter {matter.id} {standing.word} {standing.outcome}")
        lines += [f"letter {each}" for each in self.letters]
        return sha256("\n".join(sorted(lines)).encode()).hexdigest()


_ABOUT_ONE = frozenset({About.PART, About.KEEPER})
"""In these the congregation that they are about has no voice."""


def _is_final(sealed: set[str], electorate: Mapping[str, Seat], confirmed: frozenset[str]) -> bool:
    """Whether these seals are more than two thirds of the electorate, and of those in it that were confirmed.

    Whoever writes a matter says on which changes it stands. Were seats enough that nobody has built upon, three liars
    could name their own alone, and would be more than two thirds of what they named.
    """
    sure = len(sealed & confirmed)
    return len(sealed) >= quorum(len(electorate)) and sure >= quorum(len(confirmed))


def _referred(letter: Letter) -> Iterator[str]:
    """The letters that a letter refers to."""
    if letter.answers is not None:
        yield letter.answers
    yield from letter.after
    if letter.kind is Kind.MATTER:
        yield from letter.body.get("opted", ())
        if "rests_on" in letter.body:
            yield letter.body["rests_on"]


def _parents(letter: Letter) -> tuple[str, ...]:
    """The changes of the roll that a letter stands on."""
    if letter.kind is Kind.SEAT and letter.answers is not None:
        return tuple({*letter.after, letter.answers})
    return letter.after
