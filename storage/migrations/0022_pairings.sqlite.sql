CREATE TABLE "encounter" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    "one" VARCHAR(255) NOT NULL /* The two, in the order of their ids. */,
    "other" VARCHAR(255) NOT NULL,
    "times" INT NOT NULL,
    CONSTRAINT "uid_encounter_room_cf9508" UNIQUE ("room", "one", "other")
) /* How often two people were brought together in a congregation, and nothing else. */;
CREATE INDEX "idx_encounter_one_d35454" ON "encounter" ("one");
CREATE INDEX "idx_encounter_other_9cc304" ON "encounter" ("other");
CREATE TABLE "pairing" (
    "room" VARCHAR(255) NOT NULL PRIMARY KEY,
    "rhythm" JSON NOT NULL,
    "next_at" TIMESTAMP NOT NULL /* When the next round is drawn. */,
    "drawn" INT NOT NULL /* How many rounds were drawn. */,
    "seed" VARCHAR(64) NOT NULL /* With which the last one was drawn, so that it can be replayed. */
) /* The pairing round of a congregation, from the day its hosts begin it until they end it. */;
CREATE TABLE "partaking" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "takes_part" INT NOT NULL /* False: they rest until they say otherwise. */,
    "snoozed_until" DATE /* The first day on which they take part again. */,
    "waited" SMALLINT NOT NULL /* How many rounds in a row nobody was found for them. */,
    "silent" SMALLINT NOT NULL /* How many rounds in a row nothing was heard from them. */,
    CONSTRAINT "uid_partaking_room_5df1bb" UNIQUE ("room", "person")
) /* Somebody who has said that they take part in a congregation's pairing rounds. */;
CREATE INDEX "idx_partaking_person_423790" ON "partaking" ("person");
CREATE TABLE "preference" (
    "person" VARCHAR(255) NOT NULL PRIMARY KEY,
    "sealed" TEXT NOT NULL
) /* Whom somebody would rather meet, whom not, and in which languages: sealed, at one length for all. */;
CREATE TABLE "rota" (
    "room" VARCHAR(255) NOT NULL PRIMARY KEY,
    "began" DATE NOT NULL,
    "weeks" SMALLINT NOT NULL /* Weeks from turn to turn. */,
    "turn" SMALLINT NOT NULL
) /* A crew's cycle in which everybody meets everybody once, two at a time. */;
CREATE TABLE "rota_pair" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    "one" VARCHAR(255) NOT NULL,
    "other" VARCHAR(255) NOT NULL,
    CONSTRAINT "uid_rota_pair_room_b9381a" UNIQUE ("room", "one", "other")
) /* A pair that was proposed in a crew's cycle. */;
CREATE INDEX "idx_rota_pair_one_841c5b" ON "rota_pair" ("one");
CREATE INDEX "idx_rota_pair_other_458d2d" ON "rota_pair" ("other");
CREATE TABLE "steward_round" (
    "room" VARCHAR(255) NOT NULL PRIMARY KEY,
    "closes_at" TIMESTAMP NOT NULL,
    "number" VARCHAR(32) NOT NULL /* Counts the rounds of a congregation, by when they began. */
) /* A congregation is asked who would be a steward, and who would like one, until a day. */;
CREATE TABLE "stewardship" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL /* The congregation's space. */,
    "steward" VARCHAR(255) NOT NULL,
    "stewardee" VARCHAR(255) NOT NULL,
    "state" VARCHAR(16) NOT NULL /* PROPOSED: proposed\nACTIVE: active\nRESTING: resting\nREVIEW: review */,
    "agreed" JSON NOT NULL /* Who has said yes to what is asked of both now. */,
    "began" DATE,
    "review" DATE NOT NULL /* The day on which both are asked whether it goes on (R16, R37). */
) /* Who is whose steward, or is proposed to be; it is deleted when it is over. */;
CREATE INDEX "idx_stewardship_room_171175" ON "stewardship" ("room");
CREATE INDEX "idx_stewardship_steward_bd0bad" ON "stewardship" ("steward");
CREATE INDEX "idx_stewardship_steward_123bb4" ON "stewardship" ("stewardee");
CREATE TABLE "tending" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "willing" INT NOT NULL,
    CONSTRAINT "uid_tending_room_3520bb" UNIQUE ("room", "person")
) /* What somebody has said in a stewardship round. */;
CREATE INDEX "idx_tending_person_f233da" ON "tending" ("person");
