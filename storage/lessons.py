"""Lessons on their way into an assembly's newsletter, and the hosts who get that newsletter monthly."""

from tortoise import fields
from tortoise.models import Model


class Lesson(Model):
    """A lesson that waits until every crew concerned has released it; then it is sent, and this row is gone."""

    id = fields.BigIntField(primary_key=True)
    #: The space of the congregation.
    room = fields.CharField(max_length=255, db_index=True)
    assembly = fields.BigIntField()
    title = fields.CharField(max_length=120)
    text = fields.TextField()
    #: The host who asked for it; empty once they asked to be forgotten.
    host = fields.CharField(max_length=255, default="", db_index=True)
    #: Of how many crews each has to say yes.
    crews = fields.IntField()
    until = fields.DatetimeField()

    class Meta:
        table = "lesson"


class Release(Model):
    """A crew's yes to a lesson."""

    id = fields.BigIntField(primary_key=True)
    lesson = fields.BigIntField()
    #: The room that the crew had then.
    crew = fields.CharField(max_length=255)

    class Meta:
        table = "lesson_release"
        unique_together = (("lesson", "crew"),)


class NewsReader(Model):
    """A host who wants an assembly's newsletter on the first of each month."""

    id = fields.BigIntField(primary_key=True)
    assembly = fields.BigIntField()
    person = fields.CharField(max_length=255, db_index=True)

    class Meta:
        table = "news_reader"
        unique_together = (("assembly", "person"),)


async def forget_person(person: str) -> None:
    """Lessons on their way name nobody any more; they go their way."""
    await Lesson.filter(host=person).update(host="")


async def kept_of(person: str) -> dict[str, list[dict[str, object]]]:
    """What is kept of a person here: values that JSON can hold."""
    lessons = await Lesson.filter(host=person).order_by("id")
    return {
        "lessons_that_wait_for_crews": [
            {"title": row.title, "text": row.text, "until": row.until} for row in lessons
        ],
        "newsletters_you_get": [
            {"assembly": row.assembly} for row in await NewsReader.filter(person=person)
        ],
    }
