CREATE TABLE "domain" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL /* The room of the crew that holds it, or would. */,
    "giver" VARCHAR(255) NOT NULL /* The space of the congregation that gives it. */,
    "card" JSON NOT NULL /* The card that holds, as `practices.domains.as_state` writes it. */,
    "stage" VARCHAR(16) NOT NULL /* PROPOSED: proposed\nACTIVE: active\nRETURNED: returned */,
    "made_at" TIMESTAMP NOT NULL,
    "began_at" TIMESTAMP /* Since when both circles have agreed on it, and when it ended. */,
    "ended_at" TIMESTAMP,
    "deed" VARCHAR(16) /* GIVE: give\nCHANGE: change\nRENEW: renew\nRETURN: return */,
    "wanted" JSON /* The card that is asked about. */,
    "asked_by" VARCHAR(255) NOT NULL /* Who proposed it; empty: the day came, or they are forgotten. */,
    "holder_agreed" INT NOT NULL /* Which of the two circles has said yes. */,
    "giver_agreed" INT NOT NULL
) /* One domain, and what is asked about it just now. */;
CREATE INDEX "idx_domain_room_b07e2c" ON "domain" ("room");
CREATE INDEX "idx_domain_giver_f2333a" ON "domain" ("giver");
CREATE INDEX "idx_domain_asked_b_4ec191" ON "domain" ("asked_by");
CREATE TABLE "domain_link" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL /* The room of the circle that chose them. */,
    "domain" BIGINT NOT NULL,
    "side" VARCHAR(16) NOT NULL /* HOLDER: holder\nGIVER: giver */,
    "person" VARCHAR(255) NOT NULL,
    "chosen_at" TIMESTAMP NOT NULL,
    "until" DATE NOT NULL,
    CONSTRAINT "uid_domain_link_domain_5a5257" UNIQUE ("domain", "side")
) /* Somebody who speaks for one of the circles of a domain in the other, until a day (the double link). */;
CREATE INDEX "idx_domain_link_room_9b9217" ON "domain_link" ("room");
CREATE INDEX "idx_domain_link_person_fdc8ed" ON "domain_link" ("person");
CREATE TABLE "matter" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL /* Where it stands: in the crew's room, and once it is handed on in the room of the circle that contains it. */,
    "came_from" VARCHAR(255) /* The room that it comes from, once it is handed on. */,
    "origin" VARCHAR(64) NOT NULL /* What it was there, such as "poll:4"; empty for words that somebody just said. */,
    "words" TEXT NOT NULL,
    "author" VARCHAR(255) NOT NULL /* Whose words they are; empty once they are forgotten. */,
    "noticed_at" TIMESTAMP NOT NULL,
    "handed_at" TIMESTAMP
) /* Something that a crew may hand on, or has handed on, to the circle that contains it (R132). */;
CREATE INDEX "idx_matter_room_eee9f2" ON "matter" ("room");
CREATE INDEX "idx_matter_came_fr_824ff9" ON "matter" ("came_from");
CREATE INDEX "idx_matter_author_035556" ON "matter" ("author");
CREATE TABLE "domain_notice" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "domain" BIGINT NOT NULL,
    "decision" BIGINT NOT NULL,
    "wanted" INT /* Whether the crew wants it told; None: it was asked and has not said. */,
    "told_at" TIMESTAMP,
    CONSTRAINT "uid_domain_noti_domain_b38fbf" UNIQUE ("domain", "decision")
) /* That a decision lies within a domain, as its crew says, and whether the circle that gave it was told. */;
