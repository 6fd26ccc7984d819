"""The newsletter: lessons of a period, oldest first, each with its congregation."""

from datetime import UTC, datetime, timedelta

from practices.assembly.letters import Kind
from practices.assembly.news import MOST_OF_ONE, Newsletter, newsletter, told
from tests.practices.assembly.assembled import Assembled

START = datetime(2026, 11, 1, tzinfo=UTC)
END = START + timedelta(days=30)


class Told:
    """An assembly whose lessons are seen at moments of a test's choosing."""

    def __init__(self, *names: str) -> None:
        self.assembly = Assembled(*names)
        self.seen: dict[str, datetime] = {}

    def learns(self, who: str, title: str, day: float, text: str = "We rested.") -> str:
        letter = self.assembly.says(who, Kind.LESSON, {"title": title, "text": text})
        self.seen[letter] = START + timedelta(days=day)
        return letter

    def read(self) -> Newsletter:
        return newsletter(self.assembly.ledger, self.seen, START, END)


def titles(letter: Newsletter) -> list[str]:
    return [f"{each.seat.name}: {each.title}" for each in letter.lessons]


def words(letter: Newsletter) -> str:
    return told(letter, escaped=lambda line: f"<{line}>", verbatim=lambda text: f"{{{text}}}")


def test_lessons_of_a_period_come_oldest_first_with_their_congregations() -> None:
    told_ = Told("Lakeside", "Harbour")
    told_.learns("Harbour", "Rest", 9)
    told_.learns("Lakeside", "Bread", 3)
    told_.learns("Lakeside", "Before", -1)
    told_.learns("Lakeside", "First", 0)
    told_.learns("Harbour", "After", 30)

    assert titles(told_.read()) == ["Lakeside: First", "Lakeside: Bread", "Harbour: Rest"]


def test_nothing_learned_is_no_newsletter() -> None:
    found = Told("Lakeside").read()

    assert found == Newsletter(lessons=())
    assert words(found) == ""


def test_who_never_kept_a_seat_is_not_in_it_and_who_left_is() -> None:
    told_ = Told("Lakeside", "Harbour")
    told_.learns("@stranger:elsewhere.example", "Buy this", 1)
    told_.learns("Harbour", "Parting well", 2)
    told_.assembly.leaves("Harbour")

    assert titles(told_.read()) == ["Harbour: Parting well"]


def test_what_was_said_twice_stands_once_in_the_first_newsletter_only() -> None:
    told_ = Told("Lakeside", "Harbour")
    told_.learns("Lakeside", "Rest", 2)
    told_.learns("Lakeside", "rest ", 5)
    told_.learns("Harbour", "Rest", 5)
    told_.learns("Lakeside", "Old", -3)
    told_.learns("Lakeside", "Old", 3)

    assert titles(told_.read()) == ["Lakeside: Rest", "Harbour: Rest"]


def test_a_lesson_of_which_nobody_knows_when_it_came_waits() -> None:
    told_ = Told("Lakeside")
    letter = told_.learns("Lakeside", "Rest", 2)
    del told_.seen[letter]

    assert told_.read().lessons == ()


def test_a_congregation_that_writes_much_leaves_room_for_the_others() -> None:
    told_ = Told("Lakeside", "Harbour")
    for number in range(MOST_OF_ONE + 7):
        told_.learns("Harbour", f"Lesson {number}", 1 + number / 100)
    told_.learns("Lakeside", "Rest", 20)

    found = told_.read()

    assert len(found.lessons) == MOST_OF_ONE + 1
    assert titles(found)[-1] == "Lakeside: Rest"
    assert [(seat.name, more) for seat, more in found.more] == [("Harbour", 7)]
    assert "<Harbour> has given 7 more" in words(found)


def test_words_of_people_are_written_by_whoever_knows_how() -> None:
    told_ = Told("Lakeside")
    told_.learns("Lakeside", "**Rest**  @room", 1, text=" # one\ntwo\n")

    assert words(told_.read()) == "**<**Rest** @room>** (<Lakeside>)\n\n{# one\ntwo}"


def test_everybody_who_saw_the_same_reads_the_same() -> None:
    told_ = Told("Lakeside", "Harbour")
    for day in range(4):
        told_.learns("Harbour", "Rest", 5 - day, text="again")
        told_.learns("Lakeside", f"Bread {day}", 5)

    for seed in range(5):
        other = told_.assembly.read_otherwise(seed)
        assert newsletter(other, told_.seen, START, END) == told_.read()
