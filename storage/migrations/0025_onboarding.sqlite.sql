CREATE TABLE "onboarding" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL /* The congregation's space. */,
    "newcomer" VARCHAR(255) NOT NULL,
    "member" VARCHAR(255) /* Who is asked, or is beside them. */,
    "inviter" VARCHAR(255) /* Who invited them, until that person has been asked (R38). */,
    "state" VARCHAR(16) NOT NULL /* OFFERED: offered\nDECLINED: declined\nLOOKING: looking\nASKED: asked\nINTRODUCED: introduced\nPROPOSED: proposed\nACTIVE: active\nCLOSING: closing */,
    "tried" JSON NOT NULL /* Who was asked already, and is not asked again about this newcomer. */,
    "until" TIMESTAMP /* Until when what is asked now can be answered. */,
    "began" DATE /* The day on which both had said yes. */,
    "review" DATE NOT NULL /* The day of the closing question; before both have said yes, the day on which it is given up (R16). */,
    "sealed" TEXT /* What the two said, sealed with the pair's own key. */
) /* A newcomer who is asked, or looks for somebody, or has somebody beside them; deleted when it is over. */;
CREATE INDEX "idx_onboarding_room_e27e55" ON "onboarding" ("room");
CREATE INDEX "idx_onboarding_newcome_4fe91d" ON "onboarding" ("newcomer");
CREATE INDEX "idx_onboarding_member_208530" ON "onboarding" ("member");
CREATE TABLE "pod_place" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "pod" BIGINT NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "agreed" INT NOT NULL,
    "declined" INT NOT NULL /* Not this time: no place is kept for them, and the pod does not ask them again. */,
    CONSTRAINT "uid_pod_place_pod_44202a" UNIQUE ("pod", "person")
) /* A newcomer who is invited into a welcome pod, has said yes, or is not asked again. */;
CREATE INDEX "idx_pod_place_pod_8969dc" ON "pod_place" ("pod");
CREATE INDEX "idx_pod_place_person_45d01c" ON "pod_place" ("person");
CREATE TABLE "welcome_pod" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL /* The congregation's space. */,
    "opener" VARCHAR(255) NOT NULL,
    "stage" VARCHAR(16) NOT NULL /* INVITING: inviting\nMAKING: making\nOPEN: open */,
    "home" VARCHAR(255) /* The room of the pod, once it is made. */,
    "until" TIMESTAMP NOT NULL /* Until when the first invitations can be answered. */,
    "refusals" SMALLINT NOT NULL /* How often the homeserver has refused to make the room. */,
    "review" DATE NOT NULL /* The day on which it closes (R16). */
) /* One experienced member and up to seven newcomers, for three months; then it is deleted, and their room is theirs. */;
CREATE INDEX "idx_welcome_pod_room_891e31" ON "welcome_pod" ("room");
CREATE INDEX "idx_welcome_pod_opener_ff6614" ON "welcome_pod" ("opener");
CREATE INDEX "idx_welcome_pod_home_bcaec2" ON "welcome_pod" ("home");
CREATE TABLE "welcomer" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL /* The congregation's space. */,
    "person" VARCHAR(255) NOT NULL,
    "most" SMALLINT NOT NULL /* Beside how many at once. */,
    "rests_until" DATE /* The first day on which they are asked again. */,
    CONSTRAINT "uid_welcomer_room_9c1440" UNIQUE ("room", "person")
) /* Somebody who has said that they would be beside newcomers of a congregation. */;
CREATE INDEX "idx_welcomer_person_5e4370" ON "welcomer" ("person");
