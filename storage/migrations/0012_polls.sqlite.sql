CREATE TABLE "poll" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    "author" VARCHAR(255) NOT NULL /* Who asked; empty once they are forgotten. */,
    "terms" JSON NOT NULL /* The terms as they stand now, as `practices.terms.as_state` writes them. */,
    "version" INT NOT NULL /* Grows with every change of the wording. */,
    "stage" VARCHAR(16) NOT NULL /* AHEAD: ahead\nOPEN: open\nCLOSED: closed\nWITHDRAWN: withdrawn */,
    "zone" VARCHAR(64) NOT NULL,
    "asked_at" TIMESTAMP NOT NULL,
    "opens_at" TIMESTAMP NOT NULL,
    "closes_at" TIMESTAMP NOT NULL,
    "ended_at" TIMESTAMP /* When it was really closed or withdrawn. */,
    "rhythm" JSON /* By which it is asked again; the row that is asked next carries it. */,
    "request" VARCHAR(255) /* The message that asked: taking that back calls the poll off before anybody has answered. */,
    "form" INT NOT NULL /* Whether the poll that Element draws is said, too. */,
    "frozen" INT NOT NULL /* Whether those entitled were written down when it opened. */,
    "reminded" INT NOT NULL /* Whether those without a voice were reminded: once, however often its end is put off. */,
    "result" JSON /* What came out when it closed: "lines", "sums", "passes", "entitled", "cast". */,
    "asked_outcome_at" TIMESTAMP /* When its author was first asked what follows from it. */,
    "outcome" TEXT /* What people say follows from it. */,
    "outcome_by" VARCHAR(255),
    "outcome_at" TIMESTAMP,
    "review_on" DATE,
    "decision" BIGINT /* The row in the register of decisions. */
) /* One thing asked of everybody in a circle. */;
CREATE INDEX "idx_poll_room_fa1de9" ON "poll" ("room");
CREATE INDEX "idx_poll_author_98f7c9" ON "poll" ("author");
CREATE INDEX "idx_poll_request_43b9b7" ON "poll" ("request");
CREATE INDEX "idx_poll_outcome_1e8d0a" ON "poll" ("outcome_by");
CREATE INDEX "idx_poll_room_081285" ON "poll" ("room", "stage");
CREATE TABLE "wording" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "poll" BIGINT NOT NULL,
    "version" INT NOT NULL,
    "terms" JSON NOT NULL,
    "at" TIMESTAMP NOT NULL,
    CONSTRAINT "uid_wording_poll_6c1181" UNIQUE ("poll", "version")
) /* The terms of a poll in one of its versions: what a voice of that version speaks of. */;
CREATE TABLE "cast" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "poll" BIGINT NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "door" VARCHAR(16) NOT NULL /* REACTION: reaction\nFORM: poll\nWORD: word\nPRIVATE: private */,
    "event" VARCHAR(255) /* The event that said it, if one did. */,
    "of" VARCHAR(255) /* The event of the voice that it rewords or gives the reason of: taking that back takes back both. */,
    "at" TIMESTAMP NOT NULL,
    "marks" JSON NOT NULL /* Option's place to number, with text keys. */,
    "reason" TEXT NOT NULL,
    "version" INT NOT NULL /* The version of the poll that it speaks of. */,
    "voice" VARCHAR(16) NOT NULL /* GIVEN: given\nWAITS: waits\nVOID: void\nTAKEN_BACK: taken back */
) /* One voice as it came: the line of the audit. */;
CREATE INDEX "idx_cast_person_b008c9" ON "cast" ("person");
CREATE INDEX "idx_cast_event_65ef33" ON "cast" ("event");
CREATE INDEX "idx_cast_of_6e56b1" ON "cast" ("of");
CREATE INDEX "idx_cast_poll_846b8d" ON "cast" ("poll", "person");
CREATE TABLE "ballot" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "poll" BIGINT NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "marks" JSON NOT NULL,
    "reason" TEXT NOT NULL,
    "version" INT NOT NULL,
    "cast" BIGINT NOT NULL /* The voice that it comes from. */,
    CONSTRAINT "uid_ballot_poll_9ea9b4" UNIQUE ("poll", "person")
) /* What one person's voice says now, in the poll's present version. */;
CREATE INDEX "idx_ballot_person_c2c9c6" ON "ballot" ("person");
CREATE TABLE "elector" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "poll" BIGINT NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "holder" VARCHAR(255) /* Who spoke for them at the close, if they had let somebody and did not speak themselves. */,
    CONSTRAINT "uid_elector_poll_2cd13f" UNIQUE ("poll", "person")
) /* Somebody entitled: written down at the opening of a secret poll or one with a quorum, else at the close. */;
CREATE INDEX "idx_elector_person_0544b3" ON "elector" ("person");
CREATE INDEX "idx_elector_holder_3d62c4" ON "elector" ("holder");
CREATE TABLE "took_part" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "poll" BIGINT NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    CONSTRAINT "uid_took_part_poll_94bf0d" UNIQUE ("poll", "person")
) /* That somebody has spoken in a secret poll, and nothing of what they said. */;
CREATE INDEX "idx_took_part_person_12a27a" ON "took_part" ("person");
CREATE TABLE "secret_ballot" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "poll" BIGINT NOT NULL,
    "marks" JSON NOT NULL
) /* One voice of a secret poll: nobody's, and of no time. */;
CREATE INDEX "idx_secret_ball_poll_812af4" ON "secret_ballot" ("poll");
CREATE TABLE "proxy" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "holder" VARCHAR(255) NOT NULL /* Who speaks for them. */,
    "until" TIMESTAMP NOT NULL /* From then on it says nothing. */,
    "given_at" TIMESTAMP NOT NULL,
    CONSTRAINT "uid_proxy_room_9447ec" UNIQUE ("room", "person")
) /* Somebody lets another speak for them in one room where they do not speak themselves. */;
CREATE INDEX "idx_proxy_person_133176" ON "proxy" ("person");
CREATE INDEX "idx_proxy_holder_4925fc" ON "proxy" ("holder");
