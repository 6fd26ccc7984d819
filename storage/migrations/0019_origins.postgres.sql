ALTER TABLE "own_script" ADD COLUMN "origin" VARCHAR(43);
ALTER TABLE "own_script" ADD COLUMN "seat" VARCHAR(43);
ALTER TABLE "own_script" ADD COLUMN "edition" INT;
ALTER TABLE "own_script" ADD COLUMN "pinned" BOOL NOT NULL DEFAULT FALSE;
ALTER TABLE "own_script" ADD COLUMN "credit" TEXT NOT NULL DEFAULT '';
ALTER TABLE "own_script" ADD COLUMN "licence" VARCHAR(64) NOT NULL DEFAULT '';
COMMENT ON COLUMN "own_script"."origin" IS 'The letter by which another congregation shared what this was adopted from; None: it is their own work.';
COMMENT ON COLUMN "own_script"."seat" IS 'The seat of that congregation.';
COMMENT ON COLUMN "own_script"."pinned" IS 'It stays as it is, and its hosts hear of no newer edition.';
COMMENT ON COLUMN "own_script"."credit" IS 'Whose work it is, and under which licence it travels, as it was shared; stays when the assembly is left.';
CREATE TABLE "lesson" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "assembly" BIGINT NOT NULL,
    "title" VARCHAR(120) NOT NULL,
    "text" TEXT NOT NULL,
    "host" VARCHAR(255) NOT NULL,
    "crews" INT NOT NULL,
    "until" TIMESTAMPTZ NOT NULL
);
CREATE INDEX "idx_lesson_room_784e57" ON "lesson" ("room");
CREATE INDEX "idx_lesson_host_1eac71" ON "lesson" ("host");
COMMENT ON COLUMN "lesson"."room" IS 'The space of the congregation.';
COMMENT ON COLUMN "lesson"."host" IS 'The host who asked for it; empty once they asked to be forgotten.';
COMMENT ON COLUMN "lesson"."crews" IS 'Of how many crews each has to say yes.';
COMMENT ON TABLE "lesson" IS 'A lesson that waits until every crew concerned has released it; then it is sent, and this row is gone.';
CREATE TABLE "lesson_release" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "lesson" BIGINT NOT NULL,
    "crew" VARCHAR(255) NOT NULL,
    CONSTRAINT "uid_lesson_rele_lesson_8dc951" UNIQUE ("lesson", "crew")
);
COMMENT ON COLUMN "lesson_release"."crew" IS 'The room that the crew had then.';
COMMENT ON TABLE "lesson_release" IS 'A crew''s yes to a lesson.';
CREATE TABLE "mediator_search" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "assembly" BIGINT NOT NULL,
    "letter" VARCHAR(43) NOT NULL UNIQUE,
    "sealed" TEXT NOT NULL,
    "until" TIMESTAMPTZ NOT NULL
);
CREATE INDEX "idx_mediator_se_room_c5d41a" ON "mediator_search" ("room");
COMMENT ON COLUMN "mediator_search"."room" IS 'The space of the congregation.';
COMMENT ON COLUMN "mediator_search"."letter" IS 'The letter that went out.';
COMMENT ON COLUMN "mediator_search"."sealed" IS 'Who asked, sealed at one length for all.';
COMMENT ON COLUMN "mediator_search"."until" IS 'The last day of the search is over everywhere.';
COMMENT ON TABLE "mediator_search" IS 'One search; it is deleted when its day is over, or when whoever asked ends it.';
CREATE TABLE "news_reader" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "assembly" BIGINT NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    CONSTRAINT "uid_news_reader_assembl_4f29d3" UNIQUE ("assembly", "person")
);
CREATE INDEX "idx_news_reader_person_3eaf4a" ON "news_reader" ("person");
COMMENT ON TABLE "news_reader" IS 'A host who wants an assembly''s newsletter on the first of each month.';
