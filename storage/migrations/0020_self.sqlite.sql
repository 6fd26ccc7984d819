CREATE TABLE "writing" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "way" VARCHAR(16) NOT NULL /* JOURNAL: journal\nPARTS: parts */,
    "phase" VARCHAR(16) NOT NULL DEFAULT 'choosing' /* CHOOSING: choosing\nSILENT: silent\nOVER: over */,
    "keeps" INT /* Whether what is written stays in the chat; None: not chosen yet. */,
    "prompt" VARCHAR(32) NOT NULL DEFAULT '' /* What it is about, such as "needs"; or the number of a step. */,
    "step" SMALLINT NOT NULL DEFAULT 0,
    "began" TIMESTAMP NOT NULL,
    "ends" TIMESTAMP /* When the bell rings; when it is over that moment. */,
    "heard_after" BIGINT NOT NULL DEFAULT 0 /* The rows that it began after: what was heard from its person later, and answered to them, is part of it. */,
    "owed_after" BIGINT NOT NULL DEFAULT 0
) /* One time of writing, in a private chat. */;
CREATE INDEX "idx_writing_room_ff1545" ON "writing" ("room");
CREATE INDEX "idx_writing_person_bc760a" ON "writing" ("person");
CREATE TABLE "own_prompt" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "person" VARCHAR(255) NOT NULL UNIQUE,
    "at" VARCHAR(5) /* On their clock, "19:30". */,
    "days" JSON NOT NULL /* The days of the week, Monday is 0. */,
    "zone" VARCHAR(64),
    "before_meetings" INT NOT NULL DEFAULT 0 /* Whether it is also offered before a monthly meeting. */
) /* When somebody wants to be asked to reflect; there is no row for whoever does not. */;
CREATE TABLE "condemned_key" (
    "name" VARCHAR(64) NOT NULL PRIMARY KEY
) /* One key, by the name of its file, which tells nobody whose it is. */;
