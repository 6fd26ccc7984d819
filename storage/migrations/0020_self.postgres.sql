CREATE TABLE "writing" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "way" VARCHAR(16) NOT NULL,
    "phase" VARCHAR(16) NOT NULL DEFAULT 'choosing',
    "keeps" BOOL,
    "prompt" VARCHAR(32) NOT NULL DEFAULT '',
    "step" SMALLINT NOT NULL DEFAULT 0,
    "began" TIMESTAMPTZ NOT NULL,
    "ends" TIMESTAMPTZ,
    "heard_after" BIGINT NOT NULL DEFAULT 0,
    "owed_after" BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX "idx_writing_room_ff1545" ON "writing" ("room");
CREATE INDEX "idx_writing_person_bc760a" ON "writing" ("person");
COMMENT ON COLUMN "writing"."way" IS 'JOURNAL: journal\nPARTS: parts';
COMMENT ON COLUMN "writing"."phase" IS 'CHOOSING: choosing\nSILENT: silent\nOVER: over';
COMMENT ON COLUMN "writing"."keeps" IS 'Whether what is written stays in the chat; None: not chosen yet.';
COMMENT ON COLUMN "writing"."prompt" IS 'What it is about, such as "needs"; or the number of a step.';
COMMENT ON COLUMN "writing"."ends" IS 'When the bell rings; when it is over that moment.';
COMMENT ON COLUMN "writing"."heard_after" IS 'The rows that it began after: what was heard from its person later, and answered to them, is part of it.';
COMMENT ON TABLE "writing" IS 'One time of writing, in a private chat.';
CREATE TABLE "own_prompt" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "person" VARCHAR(255) NOT NULL UNIQUE,
    "at" VARCHAR(5),
    "days" JSONB NOT NULL,
    "zone" VARCHAR(64),
    "before_meetings" BOOL NOT NULL DEFAULT FALSE
);
COMMENT ON COLUMN "own_prompt"."at" IS 'On their clock, "19:30".';
COMMENT ON COLUMN "own_prompt"."days" IS 'The days of the week, Monday is 0.';
COMMENT ON COLUMN "own_prompt"."before_meetings" IS 'Whether it is also offered before a monthly meeting.';
COMMENT ON TABLE "own_prompt" IS 'When somebody wants to be asked to reflect; there is no row for whoever does not.';
CREATE TABLE "condemned_key" (
    "name" VARCHAR(64) NOT NULL PRIMARY KEY
);
COMMENT ON TABLE "condemned_key" IS 'One key, by the name of its file, which tells nobody whose it is.';
