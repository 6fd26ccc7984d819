"""Moments, rhythms and reminders as people write them; now is Sunday 22 November 2026, 11:07."""

import re
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practices import clock, dates, phrases, rhythm
from practices.dates import Reminding, Stretch, When, read_stretch
from practices.moon import Moon
from practices.rhythm import Cadence, Rhythm, occurrences
from practices.understanding import NotUnderstood, shown

CLAIM = settings(derandomize=True, deadline=None, max_examples=300)
ROME = ZoneInfo("Europe/Rome")
NOW = datetime(2026, 11, 22, 10, 7, 33, tzinfo=UTC)
PLACES = (
    "Europe/Rome",
    "Africa/Cairo",
    "America/New_York",
    "America/Argentina/Buenos_Aires",
    "Asia/Tokyo",
    "Australia/Lord_Howe",
    "UTC",
)
zones = st.sampled_from(PLACES).map(ZoneInfo)
instants = st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))
# Words that mean something here, in any order, so that the grammar is entered everywhere.
VOCABULARY = (
    "today tomorrow tonight day days after in 2 20 26 26th 31 7 1830 two half an hour hours min "
    "weeks thursday thursdays Thu next this last first third second fifth of the november Nov may "
    "february 29 31st 2026 2027 2026-12-03 3.12.2026 3/12 26/11/2026 0/0 9:00 19:00 02:30 25:61 "
    "7pm 13 pm a.m. at on @ noon midnight o’clock every other each weekly monthly fortnightly "
    "month year yearly daily weekday weekdays monday to friday full new moon from starting "
    "Europe/Rome Mars/Base UTC (fortnightly) when there is one that has after the clocks go back "
    "leap years only and me call Lee – , . ! “ ” 🎂 99999999 0000-00-00 9999-12-31"
).split()
utterances = st.lists(st.sampled_from(VOCABULARY), max_size=9).map(" ".join)
texts = st.one_of(utterances, st.text(max_size=80))


def moment(text: str, **options: time) -> str:
    when = dates.read_when(text, now=NOW, zone=ROME, **options)
    return f"{when.at.astimezone(ZoneInfo(when.zone)):%a %d %b %Y %H:%M %Z}"


def recurring(text: str, *, for_meetings: bool = True) -> str:
    return rhythm.words(dates.read_rhythm(text, now=NOW, zone=ROME, for_meetings=for_meetings))


def refusal(text: str) -> str:
    with pytest.raises(NotUnderstood) as refused:
        dates.read_when(text, now=NOW, zone=ROME)
    return str(refused.value)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("tomorrow 9:00", "Mon 23 Nov 2026 09:00 CET"),
        ("tomorrow at 9", "Mon 23 Nov 2026 09:00 CET"),
        ("Tomorrow, 9 o’clock.", "Mon 23 Nov 2026 09:00 CET"),
        ("TOMORROW AT 9 O'CLOCK", "Mon 23 Nov 2026 09:00 CET"),
        ("tomorrow\u00a09:00", "Mon 23 Nov 2026 09:00 CET"),
        ("“tomorrow 9:00”", "Mon 23 Nov 2026 09:00 CET"),
        ("the day after tomorrow at noon", "Tue 24 Nov 2026 12:00 CET"),
        ("today 18:30", "Sun 22 Nov 2026 18:30 CET"),
        ("tonight 8 p.m.", "Sun 22 Nov 2026 20:00 CET"),
        ("in 20 minutes", "Sun 22 Nov 2026 11:28 CET"),
        ("in 2 hours", "Sun 22 Nov 2026 13:08 CET"),
        ("in an hour and 30 minutes", "Sun 22 Nov 2026 12:38 CET"),
        ("in half an hour", "Sun 22 Nov 2026 11:38 CET"),
        ("in 3 days", "Wed 25 Nov 2026 11:08 CET"),
        ("in 3 days at 9", "Wed 25 Nov 2026 09:00 CET"),
        ("in two weeks, 19:00", "Sun 06 Dec 2026 19:00 CET"),
        ("thursday 19:00", "Thu 26 Nov 2026 19:00 CET"),
        ("19:00 on thursday", "Thu 26 Nov 2026 19:00 CET"),
        ("next thursday at 7pm", "Thu 26 Nov 2026 19:00 CET"),
        ("this friday 7 pm", "Fri 27 Nov 2026 19:00 CET"),
        ("26 november 19:00", "Thu 26 Nov 2026 19:00 CET"),
        ("the 26th of November at 7:30 pm", "Thu 26 Nov 2026 19:30 CET"),
        ("nov 26 7:30pm", "Thu 26 Nov 2026 19:30 CET"),
        ("nov. 26th, 7.30pm", "Thu 26 Nov 2026 19:30 CET"),
        ("26 November 2026, 19:00", "Thu 26 Nov 2026 19:00 CET"),
        ("on the 26th at 19:00", "Thu 26 Nov 2026 19:00 CET"),
        ("the 31st 9:00", "Thu 31 Dec 2026 09:00 CET"),
        ("2026-12-03 18:00", "Thu 03 Dec 2026 18:00 CET"),
        ("2026-12-03T18:00", "Thu 03 Dec 2026 18:00 CET"),
        ("26.11.2026 19:00", "Thu 26 Nov 2026 19:00 CET"),
        ("26/11/2026 19:00", "Thu 26 Nov 2026 19:00 CET"),
        ("11/26/2026 19:00", "Thu 26 Nov 2026 19:00 CET"),
        ("the last thursday of november 7pm", "Thu 26 Nov 2026 19:00 CET"),
        ("first monday in may 9:00", "Mon 03 May 2027 09:00 CEST"),
        ("fifth monday of february 9:00", "Mon 29 Feb 2044 09:00 CET"),
        ("21 november 9:00", "Sun 21 Nov 2027 09:00 CET"),
        ("29 february 9:00", "Tue 29 Feb 2028 09:00 CET"),
        ("9:00", "Mon 23 Nov 2026 09:00 CET"),
        ("18:30", "Sun 22 Nov 2026 18:30 CET"),
        ("noon", "Sun 22 Nov 2026 12:00 CET"),
        ("midnight", "Mon 23 Nov 2026 00:00 CET"),
        ("12 am", "Mon 23 Nov 2026 00:00 CET"),
        ("12:30 pm", "Sun 22 Nov 2026 12:30 CET"),
        ("thursday 19:00 Asia/Tokyo", "Thu 26 Nov 2026 19:00 JST"),
        ("sunday 12:00", "Sun 22 Nov 2026 12:00 CET"),  # today: its time is ahead
        ("sunday 11:00", "Sun 29 Nov 2026 11:00 CET"),  # today's is over
    ],
)
def test_a_moment_is_read_as_people_write_it(text: str, meant: str) -> None:
    assert moment(text) == meant


@pytest.mark.parametrize(
    ("text", "wall"),
    [
        ("28 march 2027 02:30", "2027-03-28 03:30"),  # a time the clocks jump over
        ("31 october 2027 02:30", "2027-10-31 02:30"),
    ],
)
def test_a_moment_read_says_what_the_clock_on_the_wall_will_show(text: str, wall: str) -> None:
    when = dates.read_when(text, now=NOW, zone=ROME)

    assert when.local == datetime.fromisoformat(wall)


def test_in_two_hours_is_two_hours_even_while_the_clocks_change() -> None:
    now = datetime(2026, 10, 24, 23, 30, tzinfo=UTC)  # 01:30 in Rome, and 02:30 comes twice
    when = dates.read_when("in 2 hours", now=now, zone=ROME)
    said = clock.words(when.at, ROME)

    assert when.at == now + timedelta(hours=2)
    assert said == "Sunday 25 October 2026, 02:30 (after the clocks go back), Europe/Rome"
    assert dates.read_when(said, now=now, zone=ROME) == when


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("3/12/2026 19:00", "Does “3/12/2026” mean 3 December or 12 March?"),
        ("3/12 9:00", "Does “3/12” mean 3 December or 12 March?"),
        ("7", "“7:00” or “19:00”"),
        ("1830", "write “18:30”"),
        ("tomorrow 9", "“9:00” or “21:00”"),
        ("thursday", "At what time on Thursday 26 November?"),
        ("today", "At what time?"),
        ("today 9:00", "Sunday 22 November 2026, 09:00, Europe/Rome has passed already."),
        ("22 november 9:00", "has passed already"),
        ("2020-01-01 9:00", "Wednesday 1 January 2020, 09:00, Europe/Rome has passed already."),
        ("in 0 minutes", "has passed already"),
        ("friday 26 november 2026 19:00", "26 November 2026 is a Thursday."),
        ("31 november 19:00", "no such day"),
        ("0000-01-01 9:00", "no such day"),
        ("2026-13-01 9:00", "no such day"),
        ("fifth thursday of november 2026 19:00", "no fifth Thursday"),
        ("every thursday 19:00", "comes round again and again"),
        ("last thursday 19:00", "comes round again and again"),
        ("thursday 19:00 Europe/Romee", "Did you mean “Europe/Rome”"),
        ("in 999999 weeks", "further away than any calendar"),
        ("26 november 2026 19:00 (after the clocks go back)", "only once"),
        ("", "When?"),
        ("25:00", "I could not read “25:00”. There is no 25:00: a day goes from 0:00 to 23:59."),
        ("friday 9:75", "There is no 9:75: a day goes from 0:00 to 23:59."),
        ("friday 24:00", "24:00 is 0:00 of the day after"),
        ("13 pm", "write “13:00”"),
        ("0 am", "write “0:00”"),
        ("next week", "I could not read “next week”."),
        ("9:00 10:00", "I could not read"),
        ("tomorrow thursday 9:00", "I could not read"),
        ("tomorrow 9:00 please", "I could not read"),
        ("yesterday 9:00", "I could not read"),
        ("7:5", "I could not read"),
        ("１９:００", "I could not read"),  # digits of another width are not guessed at
    ],
)
def test_what_is_doubtful_past_or_unknown_is_refused_with_what_would_help(
    text: str, said: str
) -> None:
    assert said in refusal(text)


def test_a_day_without_a_time_takes_the_one_that_the_circle_is_used_to() -> None:
    assert moment("thursday", at=time(19)) == "Thu 26 Nov 2026 19:00 CET"
    assert moment("thursday 20:00", at=time(19)) == "Thu 26 Nov 2026 20:00 CET"


def last_example(text: str) -> str:
    return str(re.findall("“([^”]*)”", text)[-1])


def works(example: str, now: datetime, zone: ZoneInfo) -> bool:
    """Whether an example that was given can be read by any of the readers."""
    for attempt in (
        lambda: dates.read_when(example, now=now, zone=zone),
        lambda: dates.read_rhythm(example, now=now, zone=zone),
        lambda: dates.split_reminder(example, now=now, zone=zone),
    ):
        try:
            attempt()
        except NotUnderstood:
            continue
        return True
    return False


@CLAIM
@given(texts, instants, zones)
def test_whatever_is_written_is_a_moment_to_come_or_refused_with_an_example_that_works(
    text: str, now: datetime, zone: ZoneInfo
) -> None:
    try:
        when = dates.read_when(text, now=now, zone=zone)
    except NotUnderstood as refused:
        if "time zone" not in str(refused) and "different clocks" not in str(refused):
            assert works(last_example(str(refused)), now, zone), str(refused)
    else:
        assert when.at > now
        assert when.local == clock.wall(when.at, ZoneInfo(when.zone))


@CLAIM
@given(texts, instants, zones, st.booleans())
def test_whatever_is_written_is_a_rhythm_that_comes_round_or_refused_with_an_example(
    text: str, now: datetime, zone: ZoneInfo, for_meetings: bool
) -> None:
    try:
        rule = dates.read_rhythm(text, now=now, zone=zone, for_meetings=for_meetings)
    except NotUnderstood as refused:
        if "time zone" not in str(refused) and "different clocks" not in str(refused):
            assert works(last_example(str(refused)), now, zone), str(refused)
    else:
        assert next(occurrences(rule, now)).at > now
        assert not for_meetings or rule.cadence in rhythm.MEETING_CADENCES


@CLAIM
@given(texts, instants, zones)
def test_whatever_is_written_as_a_reminder_is_words_of_the_text_and_a_moment_or_refused(
    text: str, now: datetime, zone: ZoneInfo
) -> None:
    try:
        reminding = dates.split_reminder(text, now=now, zone=zone)
    except NotUnderstood as refused:
        assert works(last_example(str(refused)), now, zone), str(refused)
    else:
        assert reminding.what
        assert reminding.what in text
        assert isinstance(reminding.when, Rhythm) or reminding.when.at > now


@CLAIM
@given(texts)
def test_whatever_is_written_as_a_time_or_a_length_is_one_or_refused(text: str) -> None:
    for read in (dates.read_time, dates.read_duration):
        try:
            read(text)
        except NotUnderstood as refused:
            assert "For example" in str(refused)


@CLAIM
@given(instants, st.integers(1, 60 * 24 * 300), zones)
def test_a_moment_said_back_is_read_as_the_same_moment(
    now: datetime, minutes: int, zone: ZoneInfo
) -> None:
    at = now.replace(second=0, microsecond=0) + timedelta(minutes=minutes)
    expected = When(clock.wall(at, zone), at, zone.key)

    assert dates.read_when(clock.words(at, zone), now=now, zone=ROME) == expected
    if clock.wall(at, zone).date() > clock.wall(now, zone).date():
        assert dates.read_when(clock.short_words(at, zone), now=now, zone=zone) == expected


@CLAIM
@given(utterances, instants, zones)
def test_a_moment_read_and_said_back_does_not_change(
    text: str, now: datetime, zone: ZoneInfo
) -> None:
    try:
        when = dates.read_when(text, now=now, zone=zone)
    except NotUnderstood:
        return
    assert dates.read_when(clock.words(when.at, ZoneInfo(when.zone)), now=now, zone=zone) == when


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("third thursday 19:00", "every third Thursday of the month, 19:00"),
        ("every third thursday 19:00", "every third Thursday of the month, 19:00"),
        ("every third thursday of the month at 7pm", "every third Thursday of the month, 19:00"),
        ("third Thursday of each month at 19:00", "every third Thursday of the month, 19:00"),
        ("monthly on the 3rd thu 19:00", "every third Thursday of the month, 19:00"),
        ("every month on the third thursday 19:00", "every third Thursday of the month, 19:00"),
        ("second thursday 19:00", "every second Thursday of the month, 19:00"),
        ("every 2nd thursday of the month 19:00", "every second Thursday of the month, 19:00"),
        ("last friday 18:30", "every last Friday of the month, 18:30"),
        ("monthly 15th 19:00", "the 15th of every month, 19:00"),
        ("on the 31st of each month 19:00", "the 31st of every month that has one, 19:00"),
        ("weekly thursday 19:00", "every Thursday, 19:00"),
        ("every thursday 7pm", "every Thursday, 19:00"),
        ("thursdays 19:00", "every Thursday, 19:00"),
        ("every week on Thursday at 19:00", "every Thursday, 19:00"),
        ("19:00 every thursday", "every Thursday, 19:00"),
        ("every other thursday 19:00", "every second Thursday (fortnightly), 19:00"),
        ("every two weeks on thursday 19:00", "every second Thursday (fortnightly), 19:00"),
        ("every 2 weeks thursday 19:00", "every second Thursday (fortnightly), 19:00"),
        ("fortnightly on thursdays 19:00", "every second Thursday (fortnightly), 19:00"),
        ("full moon 20:00", "every full moon, 20:00"),
        ("on every full moon at 8 pm", "every full moon, 20:00"),
        ("new moon at 8pm", "every new moon, 20:00"),
    ],
)
@pytest.mark.requirement("R62")
def test_a_rhythm_is_read_as_people_write_it(text: str, said: str) -> None:
    assert recurring(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("every day 9:00", "every day, 09:00"),
        ("daily at noon", "every day, 12:00"),
        ("every weekday 9:00", "Monday to Friday, 09:00"),
        ("every year on 3 may 9:00", "every year on 3 May, 09:00"),
        ("yearly on may 3rd 9:00", "every year on 3 May, 09:00"),
        ("every 29 february 9:00", "every year on 29 February (leap years only), 09:00"),
    ],
)
@pytest.mark.requirement("R62")
def test_a_reminder_may_come_in_rhythms_that_a_meeting_may_not(text: str, said: str) -> None:
    assert recurring(text, for_meetings=False) == said
    with pytest.raises(NotUnderstood, match="weekly, fortnightly, monthly or by the moon"):
        recurring(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("every second thursday 19:00", "Every two weeks, or once a month?"),
        ("thursday 19:00", "is a single moment"),
        ("every thursday", "At what time?"),
        ("biweekly thursday 19:00", "I could not read"),
        ("every three weeks on thursday 19:00", "I could not read"),
        ("every 30 february 9:00", "I could not read"),
        ("monthly 32nd 9:00", "I could not read"),
        ("", "When?"),
        ("every thursday 19:00 from 9999-12-30", "further away"),
    ],
)
@pytest.mark.requirement("R62")
def test_a_rhythm_that_is_doubtful_or_unknown_is_refused_with_what_would_help(
    text: str, said: str
) -> None:
    with pytest.raises(NotUnderstood) as refused:
        recurring(text)

    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("fortnightly thursday 19:00", "2026-11-26"),
        ("fortnightly sunday 9:00", "2026-11-29"),  # today's is over: counted from the next
        ("fortnightly sunday 19:00", "2026-11-22"),
        ("fortnightly thursday 19:00 from 26 november", "2026-11-26"),
        ("fortnightly thursday 19:00 from 3 december", "2026-12-03"),
        ("fortnightly thursday 19:00 from 19 november", "2026-12-03"),  # a week ago is counted from
        ("every thursday 19:00 from 1 march", "2027-03-04"),
        ("every thursday 19:00 starting tomorrow", "2026-11-26"),
    ],
)
def test_a_rhythm_begins_on_the_day_said_or_with_the_next(text: str, first: str) -> None:
    rule = dates.read_rhythm(text, now=NOW, zone=ROME)

    assert next(occurrences(rule, NOW)).local.date() == date.fromisoformat(first)


def test_a_rhythm_is_kept_in_the_zone_that_was_said_or_the_one_of_the_circle() -> None:
    def zone(text: str) -> str:
        return dates.read_rhythm(text, now=NOW, zone=ROME).zone

    assert zone("third thursday 19:00") == "Europe/Rome"
    assert zone("third thursday 19:00, africa/cairo") == "Africa/Cairo"


rules = st.one_of(
    st.builds(dict, cadence=st.just(Cadence.WEEKLY), weekday=st.integers(0, 6)),
    st.builds(dict, cadence=st.just(Cadence.FORTNIGHTLY), weekday=st.integers(0, 6)),
    st.builds(
        dict,
        cadence=st.just(Cadence.MONTHLY),
        weekday=st.integers(0, 6),
        nth=st.sampled_from([1, 2, 3, 4, 5, -1]),
    ),
    st.builds(dict, cadence=st.just(Cadence.MONTHLY), monthday=st.integers(1, 31)),
    st.builds(dict, cadence=st.just(Cadence.MOON), moon=st.sampled_from(Moon)),
    st.builds(dict, cadence=st.sampled_from([Cadence.DAILY, Cadence.WEEKDAYS])),
    st.dates(date(2000, 1, 1), date(2000, 12, 31)).map(
        lambda day: {"cadence": Cadence.YEARLY, "month": day.month, "monthday": day.day}
    ),
)


@CLAIM
@given(rules, st.times(), zones, st.dates(date(2026, 11, 23), date(2030, 1, 1)))
@pytest.mark.requirement("R62")
def test_a_rhythm_said_back_with_its_start_is_read_as_the_same_rhythm(
    fields: dict[str, object], at: time, zone: ZoneInfo, start: date
) -> None:
    rule = Rhythm(
        **fields,  # type: ignore[arg-type]  # drawn to fit
        time=at.replace(second=0, microsecond=0, fold=0),
        zone=zone.key,
        start=start,
    )
    said = f"{rhythm.words(rule)}, from {start.day} {start:%B} {start.year}, {zone.key}"

    assert dates.read_rhythm(said, now=NOW, zone=ROME, for_meetings=False) == rule


@pytest.mark.parametrize(
    ("text", "what", "when"),
    [
        ("tomorrow 9:00 call Lee", "call Lee", "Mon 23 09:00"),
        ("call Lee tomorrow at 9", "call Lee", "Mon 23 09:00"),
        ("call Lee, tomorrow at 9.", "call Lee", "Mon 23 09:00"),
        ("call Lee? tomorrow at 9!", "call Lee?", "Mon 23 09:00"),
        ("me to call Lee in 2 hours", "call Lee", "Sun 22 13:08"),
        ("me tomorrow at 9 to call Lee", "call Lee", "Mon 23 09:00"),
        ("Me time tomorrow 9:00", "Me time", "Mon 23 09:00"),
        ("thursday call Lee at 19:00", "call Lee", "Thu 26 19:00"),
        ("at 19:00 call Lee on thursday", "call Lee", "Thu 26 19:00"),
        ("tomorrow 9:00: buy\n- milk 🥛\n- “eggs”", "buy\n- milk 🥛\n- “eggs”", "Mon 23 09:00"),
        ("tomorrow 9:00\n- milk\n- eggs", "- milk\n- eggs", "Mon 23 09:00"),
        ("tomorrow 9:00 - pay rent", "pay rent", "Mon 23 09:00"),
        ("call “Lee” (tomorrow 9:00)", "call “Lee”", "Mon 23 09:00"),
        ("call (Lee) tomorrow 9:00", "call (Lee)", "Mon 23 09:00"),
        ("🎂 tomorrow 9:00", "🎂", "Mon 23 09:00"),
        ("tomorrow 9:00🎂", "🎂", "Mon 23 09:00"),
        ("ÇA VA, Łucja? 26 November, 19:00", "ÇA VA, Łucja?", "Thu 26 19:00"),
        ("buy 2 tickets at 9", "buy 2 tickets", "Mon 23 09:00"),
        ("tomorrow 9:00 turkey", "turkey", "Mon 23 09:00"),
        ("film of 26 november 19:00 tomorrow 9:00", "film of 26 november 19:00", "Mon 23 09:00"),
        ("weekly report thursday 10:00", "weekly report", "Thu 26 10:00"),
    ],
)
def test_a_reminder_is_told_apart_into_what_and_when(text: str, what: str, when: str) -> None:
    reminding = dates.split_reminder(text, now=NOW, zone=ROME)

    assert isinstance(reminding.when, When)
    assert (reminding.what, f"{reminding.when.local:%a %d %H:%M}") == (what, when)


@pytest.mark.parametrize(
    ("text", "what", "when"),
    [
        ("every monday 9:00 water the plants", "water the plants", "every Monday, 09:00"),
        ("water the plants every Monday 9:00", "water the plants", "every Monday, 09:00"),
        ("every monday water the plants at 9", "water the plants", "every Monday, 09:00"),
        ("every day at 9 breathe", "breathe", "every day, 09:00"),
        ("Ana’s birthday every year on 3 may 9:00", "Ana’s birthday", "every year on 3 May, 09:00"),
        ("full moon 20:00 walk", "walk", "every full moon, 20:00"),
    ],
)
def test_a_reminder_can_come_round(text: str, what: str, when: str) -> None:
    reminding = dates.split_reminder(text, now=NOW, zone=ROME)

    assert isinstance(reminding.when, Rhythm)
    assert (reminding.what, rhythm.words(reminding.when)) == (what, when)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("call Lee", "When shall I say it?"),
        ("call Lee tomorrow at 9 about the boat", "Put the time first or last"),
        ("tomorrow 9:00", "What shall I say then?"),
        ("me tomorrow 9:00", "What shall I say then?"),
        ("", "When shall I say it?"),
        ("call Lee tomorrow", "At what time on Monday 23 November?"),
        ("call Lee 3/12 9:00", "Does “3/12” mean"),
        ("call Lee 22 november 9:00", "has passed already"),
        ("every second thursday 9:00 water the plants", "Every two weeks, or once a month?"),
        ("deploy v9:00", "When shall I say it?"),
        ("room 9:00-10:00", "When shall I say it?"),
        ("tomorrow 25:00 x", "There is no 25:00: a day goes from 0:00 to 23:59."),
        ("x tomorrow 25:00", "There is no 25:00"),
        ("friday 9:75 call Lee", "There is no 9:75"),
        ("tomorrow 24:00 x", "24:00 is 0:00 of the day after"),
        ("every monday 25:00 x", "There is no 25:00"),
    ],
)
def test_a_reminder_without_a_clear_what_and_when_is_refused_with_what_would_help(
    text: str, said: str
) -> None:
    with pytest.raises(NotUnderstood) as refused:
        dates.split_reminder(text, now=NOW, zone=ROME)

    assert said in str(refused.value)


@pytest.mark.parametrize("when", ["tomorrow 9:00", "23:00", "in 2 hours", "in 3 days"])
def test_an_hour_that_no_clock_shows_may_stand_in_what_is_said(when: str) -> None:
    reminding = dates.split_reminder(f"{when} the film of 75:30", now=NOW, zone=ROME)

    assert reminding.what == "the film of 75:30"


def test_an_hour_that_no_clock_shows_is_not_taken_for_words_where_another_hour_would_do() -> None:
    with pytest.raises(NotUnderstood, match="There is no 25:00"):
        dates.split_reminder("friday 25:00", now=NOW, zone=ROME, at=time(9))


@CLAIM
@given(
    st.text(st.characters(categories=["L", "So"]), min_size=1, max_size=30),
    st.sampled_from(["tomorrow 9:00", "in 2 hours", "26 november 2027, 7:30 pm", "every day 9:00"]),
    st.booleans(),
)
def test_a_reminder_keeps_every_character_of_what_was_written(
    what: str, when: str, first: bool
) -> None:
    written = f"Ask: {what} now"
    text = f"{when} {written}" if first else f"{written} {when}"

    assert dates.split_reminder(text, now=NOW, zone=ROME).what == written


def test_a_very_long_text_is_read_without_any_trouble() -> None:
    for noise in ("_" * 65_000, "a" * 65_000, "9" * 65_000, " " * 65_000, "tomorrow " * 7_000):
        reminding = dates.split_reminder(f"in 2 hours x{noise}", now=NOW, zone=ROME)
        assert isinstance(reminding, Reminding)
        assert len(reminding.what) > 0


@pytest.mark.parametrize(
    ("text", "length", "said"),
    [
        ("90 minutes", timedelta(minutes=90), "1 hour 30 minutes"),
        ("an hour", timedelta(hours=1), "1 hour"),
        ("2h 5min", timedelta(hours=2, minutes=5), "2 hours 5 minutes"),
        ("14 days", timedelta(days=14), "14 days"),
        ("a week", timedelta(days=7), "7 days"),
        ("half an hour", timedelta(minutes=30), "30 minutes"),
        ("1 minute", timedelta(minutes=1), "1 minute"),
    ],
)
def test_a_length_of_time_is_read_and_said_back(text: str, length: timedelta, said: str) -> None:
    assert dates.read_duration(text) == length
    assert dates.duration_words(length) == said


@CLAIM
@given(st.integers(1, 10_000_000))
def test_every_length_said_back_is_read_as_the_same_length(minutes: int) -> None:
    length = timedelta(minutes=minutes)

    assert dates.read_duration(dates.duration_words(length)) == length


@pytest.mark.parametrize("text", ["0 minutes", "soon", "", "90", "5 years", "1 hour 2 hours"])
def test_no_length_at_all_is_refused(text: str) -> None:
    with pytest.raises(NotUnderstood, match="For example “90 minutes”"):
        dates.read_duration(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [("19:00", time(19)), ("7 pm", time(19)), ("noon", time(12)), ("at 9", time(9))],
)
def test_a_time_of_day_is_read_by_itself(text: str, meant: time) -> None:
    assert dates.read_time(text) == meant


@pytest.mark.parametrize("text", ["9", "tomorrow 9:00", "9:00 UTC", "24:00", "", "full moon 20:00"])
def test_anything_more_or_less_than_a_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(NotUnderstood, match="as a time of day"):
        dates.read_time(text)


def test_tokens_remember_where_they_stood() -> None:
    text = "Tomorrow,\u00a0at 9 o’clock: 🎂"
    found = phrases.tokens(text)

    assert [text[token.start : token.end] for token in found] == [
        "Tomorrow",
        "at",
        "9",
        "o’clock",
        ":",
        "🎂",
    ]


def test_what_is_quoted_back_is_one_short_line() -> None:
    assert shown("a\nb\tc") == "“a b c”"
    assert shown("x" * 100) == "“" + "x" * 39 + "…”"
    assert len(list(islice(shown("\x00\u202eabc"), 20))) == len("“abc”")


# ------------------------------------------------------------------------------- as people speak


@pytest.mark.parametrize(
    ("said", "hour"),
    [
        ("tomorrow 7 in the evening", "19:00"),
        ("tomorrow at seven in the evening", "19:00"),
        ("tomorrow seven pm", "19:00"),
        ("tomorrow half past seven pm", "19:30"),
        ("tomorrow quarter past 7 in the morning", "07:15"),
        ("tomorrow a quarter to eight in the evening", "19:45"),
        ("tomorrow quarter to one in the afternoon", "12:45"),
        ("tomorrow 12 in the afternoon", "12:00"),
        ("tomorrow 9:00 in the morning", "09:00"),
    ],
)
def test_the_half_of_the_day_can_be_said_in_words(said: str, hour: str) -> None:
    assert f" {hour} " in moment(said)


@pytest.mark.parametrize(
    "said", ["tomorrow 12 in the evening", "tomorrow 1 in the evening", "tomorrow 9 at night"]
)
def test_an_hour_that_no_part_of_the_day_has_is_not_guessed(said: str) -> None:
    assert "could not read" in refusal(said) or "time of day" in refusal(said)


def test_half_past_seven_alone_is_asked_about() -> None:
    asked = refusal("thursday half past seven")

    assert asked.startswith("In the morning or in the evening? Write “7:30” or “19:30”.")
    assert "“0:15” or “12:15”" in refusal("thursday quarter past twelve")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("evry other tusday at 7", "every other tuesday at 7"),
        ("thrusday 19:00", "thursday 19:00"),
        ("tommorow 19:00", "tomorrow 19:00"),
        ("26 Novmber 19:00", "26 november 19:00"),
    ],
)
def test_a_slip_of_the_finger_is_asked_about_in_the_words_that_were_meant(
    said: str, meant: str
) -> None:
    assert refusal(said).startswith(
        f"I could not read {shown(said)}. Did you mean {shown(meant)}? For example"
    )
    assert dates.mended(said) == meant


@pytest.mark.parametrize(
    "said", ["thursday 19:00", "dinner and honesty", "", "the theory of everything", "7"]
)
def test_what_needs_no_mending_or_cannot_be_mended_stays(said: str) -> None:
    assert dates.mended(said) is None


@CLAIM
@given(texts)
def test_whatever_is_mended_can_be_read(text: str) -> None:
    meant = dates.mended(text)

    assert meant is None or phrases.parse(phrases.tokens(meant)) is not None


def test_an_hour_and_a_half_is_a_length() -> None:
    assert dates.read_duration("an hour and a half") == timedelta(minutes=90)
    assert dates.read_duration("2 hours and a half") == timedelta(minutes=150)


@pytest.mark.parametrize(
    ("said", "days", "first", "last"),
    [
        ("thursdays after 7", {3}, time(19), time.max),
        ("sat morning", {5}, time(6), time(12)),
        ("in the evening", set(), time(17), time.max),
        ("weekday evenings", {0, 1, 2, 3, 4}, time(17), time.max),
        ("sat or sun afternoon", {5, 6}, time(12), time(18)),
        ("after 19:30", set(), time(19, 30), time.max),
        ("before 10 am", set(), time(), time(10)),
        ("tues after 18", {1}, time(18), time.max),
    ],
)
def test_when_somebody_could_is_read_as_a_part_of_days(
    said: str, days: set[int], first: time, last: time
) -> None:
    assert read_stretch(said) == Stretch(frozenset(days), first, last)


@pytest.mark.parametrize(
    "said",
    [
        *("", "thursday", "thursday 19:00", "tomorrow 19:00", "weekends", "after", "after 25:00"),
        *("sat morning with ben", "leave me alone", "after thursday", "1 and 2"),
    ],
)
def test_what_is_a_moment_or_says_more_is_no_part_of_days(said: str) -> None:
    assert read_stretch(said) is None


def test_a_part_of_days_holds_its_first_moment_and_not_its_last() -> None:
    mornings = Stretch(frozenset({5}), time(6), time(12))
    saturday = datetime(2026, 11, 28, 6)
    assert mornings.holds(saturday)
    assert not mornings.holds(saturday.replace(hour=12))
    assert not mornings.holds(saturday.replace(day=27))
