CREATE TABLE "delegate" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "assembly" BIGINT NOT NULL,
    "role" VARCHAR(16) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "chosen_at" TIMESTAMPTZ NOT NULL,
    "until" DATE NOT NULL,
    "asked" JSONB NOT NULL,
    CONSTRAINT "uid_delegate_assembl_c0b80a" UNIQUE ("assembly", "role")
);
CREATE INDEX "idx_delegate_room_06faa3" ON "delegate" ("room");
CREATE INDEX "idx_delegate_person_8b2e51" ON "delegate" ("person");
COMMENT ON COLUMN "delegate"."room" IS 'The space of the congregation.';
COMMENT ON COLUMN "delegate"."role" IS 'REPRESENTATIVE: representative\nLINK: link';
COMMENT ON COLUMN "delegate"."until" IS 'Their last day.';
COMMENT ON COLUMN "delegate"."asked" IS 'The rooms of circles into which they were asked.';
COMMENT ON TABLE "delegate" IS 'Somebody whom a congregation has named, by consent and until a day.';
CREATE TABLE "delegate_circle" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "assembly" BIGINT NOT NULL,
    "level" INT NOT NULL,
    "place" VARCHAR(255),
    "making" BOOL NOT NULL,
    "since" TIMESTAMPTZ,
    "asked" JSONB NOT NULL,
    CONSTRAINT "uid_delegate_ci_assembl_63b08c" UNIQUE ("assembly", "level")
);
CREATE INDEX "idx_delegate_ci_room_eec467" ON "delegate_circle" ("room");
COMMENT ON COLUMN "delegate_circle"."room" IS 'The space of the congregation.';
COMMENT ON COLUMN "delegate_circle"."level" IS '0: the circle of congregations; 1, 2, …: circles of circles.';
COMMENT ON COLUMN "delegate_circle"."place" IS 'The room in which that circle talks; None: we are in none yet.';
COMMENT ON COLUMN "delegate_circle"."making" IS 'Whether that room is being made.';
COMMENT ON COLUMN "delegate_circle"."since" IS 'Since when it is another one, or none; None: all is as it should be.';
COMMENT ON COLUMN "delegate_circle"."asked" IS 'The keepers whom we have asked into it.';
COMMENT ON TABLE "delegate_circle" IS 'Where our congregation sits: in its own circle, and in those above that it carries.';
