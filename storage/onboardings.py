"""Onboarding: who would be beside newcomers, who is beside whom, and welcome pods.

What the two of a pair commit to, the newcomer's ticks and how each would like to go on stand in one sealed column, with a
key of the pair's own, and nowhere else. What is over is deleted.
"""

from enum import StrEnum

from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model

from practices.onboarding import Standing


class Welcomer(Model):
    """Somebody who has said that they would be beside newcomers of a congregation."""

    id = fields.BigIntField(primary_key=True)
    #: The congregation's space.
    room = fields.CharField(max_length=255)
    person = fields.CharField(max_length=255, db_index=True)
    #: Beside how many at once.
    most = fields.SmallIntField(default=1)
    #: The first day on which they are asked again.
    rests_until = fields.DateField(null=True)

    class Meta:
        table = "welcomer"
        unique_together = (("room", "person"),)


class Onboarding(Model):
    """A newcomer who is asked, or looks for somebody, or has somebody beside them; deleted when it is over."""

    id = fields.BigIntField(primary_key=True)
    #: The congregation's space.
    room = fields.CharField(max_length=255, db_index=True)
    newcomer = fields.CharField(max_length=255, db_index=True)
    #: Who is asked, or is beside them.
    member = fields.CharField(max_length=255, null=True, db_index=True)
    #: Who invited them, until that person has been asked (R38).
    inviter = fields.CharField(max_length=255, null=True)
    state = fields.CharEnumField(Standing, max_length=16, default=Standing.OFFERED)
    #: Who was asked already, and is not asked again about this newcomer.
    tried: fields.Field[list[str]] = fields.JSONField(default=list)
    #: Until when what is asked now can be answered.
    until = fields.DatetimeField(null=True)
    #: The day on which both had said yes.
    began = fields.DateField(null=True)
    #: The day of the closing question; before both have said yes, the day on which it is given up (R16).
    review = fields.DateField()
    #: What the two said, sealed with the pair's own key.
    sealed = fields.TextField(null=True)

    class Meta:
        table = "onboarding"

    def other(self, person: str) -> str:
        """The other one of the two. Raises LookupError while there is nobody."""
        other = self.member if person == self.newcomer else self.newcomer
        if other is None:
            raise LookupError("nobody is beside this newcomer yet")
        return other


#: Both have said yes.
PAIRED = (Standing.PROPOSED, Standing.ACTIVE, Standing.CLOSING)

#: Nobody else can be proposed meanwhile.
UNDER_WAY = (Standing.LOOKING, Standing.ASKED, Standing.INTRODUCED, *PAIRED)


class PodStage(StrEnum):
    """How far a welcome pod has come."""

    INVITING = "inviting"
    #: Its room is asked for.
    MAKING = "making"
    OPEN = "open"


class Pod(Model):
    """One experienced member and up to seven newcomers, for three months; then it is deleted, and their room is theirs."""

    id = fields.BigIntField(primary_key=True)
    #: The congregation's space.
    room = fields.CharField(max_length=255, db_index=True)
    opener = fields.CharField(max_length=255, db_index=True)
    stage = fields.CharEnumField(PodStage, max_length=16, default=PodStage.INVITING)
    #: The room of the pod, once it is made.
    home = fields.CharField(max_length=255, null=True, db_index=True)
    #: Until when the first invitations can be answered.
    until = fields.DatetimeField()
    #: How often the homeserver has refused to make the room.
    refusals = fields.SmallIntField(default=0)
    #: The day on which it closes (R16).
    review = fields.DateField()

    class Meta:
        table = "welcome_pod"


class PodPlace(Model):
    """A newcomer who is invited into a welcome pod, has said yes, or is not asked again."""

    id = fields.BigIntField(primary_key=True)
    pod = fields.BigIntField(db_index=True)
    person = fields.CharField(max_length=255, db_index=True)
    agreed = fields.BooleanField(default=False)
    #: Not this time: no place is kept for them, and the pod does not ask them again.
    declined = fields.BooleanField(default=False)
    #: Until when they can answer.
    until = fields.DatetimeField(null=True)

    class Meta:
        table = "pod_place"
        unique_together = (("pod", "person"),)


async def onboarding_of(room: str, newcomer: str) -> Onboarding | None:
    """How it stands with a newcomer in a congregation."""
    return await Onboarding.filter(room=room, newcomer=newcomer).order_by("-id").first()


async def pairs_of(person: str, room: str | None = None) -> list[Onboarding]:
    """The pairs that somebody is in, on either side, to which both have said yes."""
    found = Onboarding.filter(Q(newcomer=person) | Q(member=person), state__in=PAIRED)
    return await (found.filter(room=room) if room else found).order_by("id")


async def beside(room: str) -> dict[str, int]:
    """Beside how many newcomers each is, or is asked to be."""
    count: dict[str, int] = {}
    for row in await Onboarding.filter(room=room, state__in=UNDER_WAY, member__not_isnull=True):
        count[str(row.member)] = count.get(str(row.member), 0) + 1
    return count


async def places(pod: Pod, *, agreed: bool | None = None) -> list[PodPlace]:
    """The newcomers for whom a pod keeps a place; only those who have said yes, or only those who have not answered."""
    found = PodPlace.filter(pod=pod.id, declined=False)
    return await (found if agreed is None else found.filter(agreed=agreed)).order_by("id")


async def pods_of(person: str, room: str | None = None) -> list[Pod]:
    """The pods that somebody opened, or has said yes to."""
    theirs = await PodPlace.filter(person=person, agreed=True).values_list("pod", flat=True)
    found = Pod.filter(Q(opener=person) | Q(id__in=list(theirs)))
    return await (found.filter(room=room) if room else found).order_by("id")


async def forget_person(person: str) -> None:
    """Delete what names somebody, but pairs and pods, which their features end."""
    await Welcomer.filter(person=person).delete()
    await PodPlace.filter(person=person).delete()
    for row in await Onboarding.all():
        if person in row.tried or row.inviter == person:
            row.tried = [each for each in row.tried if each != person]
            row.inviter = None if row.inviter == person else row.inviter
            await row.save(update_fields=["tried", "inviter"])
