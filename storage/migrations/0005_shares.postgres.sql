CREATE TABLE "form" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "sealed_for" VARCHAR(255) NOT NULL,
    "session" BIGINT,
    "phase" INT,
    "about" VARCHAR(64),
    "title" VARCHAR(128) NOT NULL,
    "asks" JSONB NOT NULL,
    "people" JSONB NOT NULL,
    "waiting" JSONB NOT NULL,
    "opens_at" TIMESTAMPTZ NOT NULL,
    "seal" VARCHAR(16) NOT NULL
);
CREATE INDEX "idx_form_room_69b9a7" ON "form" ("room");
CREATE INDEX "idx_form_session_d2318e" ON "form" ("session");
COMMENT ON COLUMN "form"."sealed_for" IS 'Names the key of its answers: the room as it was called when people were asked, whatever replaced it since.';
COMMENT ON COLUMN "form"."session" IS 'The sitting that it belongs to, and the phase of that sitting; None for a form of its own.';
COMMENT ON COLUMN "form"."about" IS 'What a form of its own is for.';
COMMENT ON COLUMN "form"."asks" IS 'The questions, as `practices.forms.as_state` writes them.';
COMMENT ON COLUMN "form"."people" IS 'Everybody who was asked, and those who have neither answered nor passed; both empty once it is open.';
COMMENT ON COLUMN "form"."opens_at" IS 'When it opens at the latest; people were told so.';
COMMENT ON COLUMN "form"."seal" IS 'SHUT: shut\nOPENED: opened';
COMMENT ON TABLE "form" IS 'Questions that people are asked, each privately, until the one moment at which their answers open.';
CREATE TABLE "said" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "form" BIGINT,
    "session" BIGINT,
    "place" VARCHAR(255) NOT NULL,
    "target" VARCHAR(255) NOT NULL,
    CONSTRAINT "uid_said_place_0c2ee1" UNIQUE ("place", "target")
);
CREATE INDEX "idx_said_form_cd3cc9" ON "said" ("form");
CREATE INDEX "idx_said_session_81a23b" ON "said" ("session");
COMMENT ON COLUMN "said"."place" IS 'Where it stands, whatever replaces that room: a room''s id, or a person''s for the private chat with them.';
COMMENT ON TABLE "said" IS 'One message that the homeserver shall forget, by its id or by the name under which we said it; never its text.';
CREATE TABLE "share" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "form" BIGINT NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "field" VARCHAR(255) NOT NULL,
    "sealed" TEXT NOT NULL,
    CONSTRAINT "uid_share_form_f7a939" UNIQUE ("form", "person", "field")
);
CREATE INDEX "idx_share_room_82dba9" ON "share" ("room");
CREATE INDEX "idx_share_person_54c409" ON "share" ("person");
COMMENT ON COLUMN "share"."field" IS 'The name of the question.';
COMMENT ON TABLE "share" IS 'One answer, sealed; deleted in the transaction that opens it.';
