CREATE TABLE "retrospective" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "cycle" BIGINT,
    "opened_at" TIMESTAMPTZ NOT NULL,
    "closes_at" TIMESTAMPTZ NOT NULL,
    "purpose" VARCHAR(300) NOT NULL,
    "sealed" TEXT,
    "shown_at" TIMESTAMPTZ,
    "way" VARCHAR(16)
);
CREATE INDEX "idx_retrospecti_room_a5e01a" ON "retrospective" ("room", "opened_at");
COMMENT ON COLUMN "retrospective"."cycle" IS 'The cycle at whose end it is held, if at one.';
COMMENT ON COLUMN "retrospective"."closes_at" IS 'When the counts are shown at the latest (R57).';
COMMENT ON COLUMN "retrospective"."purpose" IS 'What the choices are sealed for; the room it names may have a successor by now.';
COMMENT ON COLUMN "retrospective"."sealed" IS 'Person to choice, sealed; None before the first and as soon as the counts are shown.';
COMMENT ON COLUMN "retrospective"."way" IS 'CONTINUE: continue\nCHANGE: change\nSPLIT: split\nPAUSE: pause\nEND: end';
COMMENT ON TABLE "retrospective" IS 'One retrospective. Choices are sealed until they are counted, and gone from then on.';
CREATE TABLE "split" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "opened_at" TIMESTAMPTZ NOT NULL,
    "looks_at" TIMESTAMPTZ NOT NULL,
    "closes_at" TIMESTAMPTZ NOT NULL,
    "purpose" VARCHAR(300) NOT NULL,
    "sealed" TEXT,
    "ended_at" TIMESTAMPTZ
);
CREATE INDEX "idx_split_room_e0a5f3" ON "split" ("room", "opened_at");
COMMENT ON COLUMN "split"."looks_at" IS 'When wishes are looked at even if not everybody has said one.';
COMMENT ON COLUMN "split"."closes_at" IS 'When it lapses.';
COMMENT ON COLUMN "split"."sealed" IS 'Person to side, sealed; None before the first and as soon as it has ended.';
COMMENT ON COLUMN "split"."ended_at" IS 'When the second room was asked for, or the wishes lapsed.';
COMMENT ON TABLE "split" IS 'A crew that wants to become two: its members'' wishes where to sit, until both tables have three.';
CREATE TABLE "visitor" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "meetings" SMALLINT NOT NULL,
    "asked_at" TIMESTAMPTZ NOT NULL,
    "ends_at" TIMESTAMPTZ NOT NULL,
    "came_at" TIMESTAMPTZ,
    "ended_at" TIMESTAMPTZ,
    CONSTRAINT "uid_visitor_room_a64b0e" UNIQUE ("room", "person")
);
CREATE INDEX "idx_visitor_person_db92b2" ON "visitor" ("person");
COMMENT ON COLUMN "visitor"."meetings" IS 'For how many meetings they were asked.';
COMMENT ON COLUMN "visitor"."ends_at" IS 'When the visit ends at the latest.';
COMMENT ON COLUMN "visitor"."came_at" IS 'None until they are in the room.';
COMMENT ON COLUMN "visitor"."ended_at" IS 'When the visit was over; the row goes as soon as they are out of the room.';
COMMENT ON TABLE "visitor" IS 'One person who visits one crew.';
