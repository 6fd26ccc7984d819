ALTER TABLE "coming" ADD COLUMN "said_at" TIMESTAMPTZ;
COMMENT ON COLUMN "coming"."said_at" IS 'When this answer was first given: an absence announced in time is another than one that was not (Q5).';
ALTER TABLE "meeting" ADD COLUMN "host" VARCHAR(255);
ALTER TABLE "meeting" ADD COLUMN "host_sought_at" TIMESTAMPTZ;
ALTER TABLE "meeting" ADD COLUMN "held" BOOL;
ALTER TABLE "meeting" ADD COLUMN "came" INT;
ALTER TABLE "meeting" ADD COLUMN "final_at" TIMESTAMPTZ;
COMMENT ON COLUMN "meeting"."host" IS 'Who hosts it, or is proposed to; None while nobody does.';
COMMENT ON COLUMN "meeting"."host_sought_at" IS 'When the room was asked openly for a host, which happens once.';
COMMENT ON COLUMN "meeting"."held" IS 'Whether it took place; None before it is over.';
COMMENT ON COLUMN "meeting"."came" IS 'How many were there, once it is no longer kept who.';
COMMENT ON COLUMN "meeting"."final_at" IS 'From when on its record is not corrected any more.';
CREATE TABLE "commitment" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "owner" VARCHAR(255) NOT NULL,
    "what" TEXT NOT NULL,
    "due" DATE,
    "made_at" TIMESTAMPTZ NOT NULL,
    "done_at" TIMESTAMPTZ,
    "kind" VARCHAR(16) NOT NULL,
    "meeting" BIGINT,
    "asked" BOOL NOT NULL
);
CREATE INDEX "idx_commitment_owner_3e3a11" ON "commitment" ("owner");
CREATE INDEX "idx_commitment_room_f0bc74" ON "commitment" ("room", "done_at");
COMMENT ON COLUMN "commitment"."owner" IS 'The person who took it on.';
COMMENT ON COLUMN "commitment"."due" IS 'The day until which it is meant to be done; None: none was named.';
COMMENT ON COLUMN "commitment"."kind" IS 'COMMITMENT: commitment\nCHANGE: change';
COMMENT ON COLUMN "commitment"."meeting" IS 'The meeting at which it was made, if at one.';
COMMENT ON COLUMN "commitment"."asked" IS 'Whether its owner was reminded, which happens once.';
COMMENT ON TABLE "commitment" IS 'One thing that somebody will do. Seen by the circle, kept and taken back by its owner.';
CREATE TABLE "cycle" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "number" INT NOT NULL,
    "length" VARCHAR(16) NOT NULL,
    "begins" TIMESTAMPTZ NOT NULL,
    "ended_at" TIMESTAMPTZ,
    CONSTRAINT "uid_cycle_room_495069" UNIQUE ("room", "number")
);
COMMENT ON COLUMN "cycle"."number" IS 'Which cycle of the crew it is, from 1.';
COMMENT ON COLUMN "cycle"."length" IS 'FIVE: 5\nSIX: 6\nTEN: 10\nTWO_MONTHS: 2 months';
COMMENT ON COLUMN "cycle"."begins" IS 'When all had agreed on it; meetings after this instant are its own.';
COMMENT ON COLUMN "cycle"."ended_at" IS 'When another cycle took its place, or the crew ended it; None for the one that runs.';
COMMENT ON TABLE "cycle" IS 'One cycle. Where its meetings and its looking back fall follows from the calendar and is not stored.';
CREATE TABLE "decision" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "meeting" BIGINT,
    "what" TEXT NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "made_at" TIMESTAMPTZ NOT NULL
);
CREATE INDEX "idx_decision_room_fea664" ON "decision" ("room");
CREATE INDEX "idx_decision_person_d19331" ON "decision" ("person");
COMMENT ON COLUMN "decision"."meeting" IS 'The meeting at which it was taken; None when it was written down before any.';
COMMENT ON COLUMN "decision"."person" IS 'Who wrote it down, and may take it back.';
COMMENT ON TABLE "decision" IS 'One decision in the words in which it was written down.';
CREATE TABLE "energy" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "meeting" BIGINT NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "sealed" TEXT NOT NULL,
    CONSTRAINT "uid_energy_meeting_b789ff" UNIQUE ("meeting", "person")
);
CREATE INDEX "idx_energy_meeting_34e7d4" ON "energy" ("meeting");
CREATE INDEX "idx_energy_person_b1034c" ON "energy" ("person");
COMMENT ON TABLE "energy" IS 'One person''s number from 1 to 5 for one meeting, readable with the daemon''s keys only.';
CREATE TABLE "hosting" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "meeting" BIGINT NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "said" VARCHAR(16) NOT NULL,
    CONSTRAINT "uid_hosting_meeting_338c45" UNIQUE ("meeting", "person")
);
CREATE INDEX "idx_hosting_meeting_be6c95" ON "hosting" ("meeting");
CREATE INDEX "idx_hosting_person_08a573" ON "hosting" ("person");
COMMENT ON COLUMN "hosting"."said" IS 'ASKED: asked\nGLADLY: gladly\nDECLINED: declined';
COMMENT ON TABLE "hosting" IS 'One person''s answer for one meeting. Nobody sees it but them; with the meeting it is forgotten.';
CREATE TABLE "presence" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "meeting" BIGINT NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "came" BOOL NOT NULL,
    CONSTRAINT "uid_presence_meeting_467a6c" UNIQUE ("meeting", "person")
);
CREATE INDEX "idx_presence_meeting_6f9c8d" ON "presence" ("meeting");
CREATE INDEX "idx_presence_person_c1f725" ON "presence" ("person");
COMMENT ON TABLE "presence" IS 'Whether one member was at one meeting. No lateness, no durations, no order.';
