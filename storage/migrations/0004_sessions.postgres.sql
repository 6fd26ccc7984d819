CREATE TABLE "focus" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "uid_focus_room_a16bf2" UNIQUE ("room", "person")
);
CREATE INDEX "idx_focus_person_4fe9c2" ON "focus" ("person");
COMMENT ON TABLE "focus" IS 'When somebody was last the focus of a sitting in a room.';
CREATE TABLE "series" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "script" VARCHAR(64) NOT NULL,
    "following" INT NOT NULL,
    CONSTRAINT "uid_series_room_6c4fbd" UNIQUE ("room", "script")
);
COMMENT ON COLUMN "series"."following" IS 'From 0.';
COMMENT ON TABLE "series" IS 'Which sitting of a series comes next in a room.';
CREATE TABLE "session" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL UNIQUE,
    "script" VARCHAR(64) NOT NULL,
    "form" VARCHAR(64),
    "sitting" INT NOT NULL,
    "written" BOOL NOT NULL,
    "meeting" BIGINT,
    "began_by" VARCHAR(255) NOT NULL,
    "began_at" TIMESTAMPTZ NOT NULL,
    "people" JSONB NOT NULL,
    "focus" VARCHAR(255),
    "state" JSONB,
    "step" INT NOT NULL,
    "board" INT NOT NULL,
    "lines" JSONB NOT NULL
);
COMMENT ON COLUMN "session"."script" IS 'The name of its script, and of the form it is held in.';
COMMENT ON COLUMN "session"."sitting" IS 'Which sitting of the script''s series it is, from 0.';
COMMENT ON COLUMN "session"."written" IS 'Whether people share in writing, or speak.';
COMMENT ON COLUMN "session"."meeting" IS 'The meeting it is held in, if one is running.';
COMMENT ON COLUMN "session"."began_by" IS 'Who called for it.';
COMMENT ON COLUMN "session"."people" IS 'Who takes part, in the order of turns, until it has begun.';
COMMENT ON COLUMN "session"."focus" IS 'Who is its focus, until it has begun.';
COMMENT ON COLUMN "session"."state" IS 'Where it stands, as `practices.session.as_state` writes it. None until it has begun.';
COMMENT ON COLUMN "session"."step" IS 'Grows with every change: tells its hours and its messages apart.';
COMMENT ON COLUMN "session"."board" IS 'The step at which the message that shows where it stands was said.';
COMMENT ON COLUMN "session"."lines" IS 'The names of those messages of a turn that are taken back when it is over.';
COMMENT ON TABLE "session" IS 'One sitting that was called or is running, at most one in a room.';
