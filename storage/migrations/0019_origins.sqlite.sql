ALTER TABLE "own_script" ADD COLUMN "origin" VARCHAR(43) /* The letter by which another congregation shared what this was adopted from; None: it is their own work. */;
ALTER TABLE "own_script" ADD COLUMN "seat" VARCHAR(43) /* The seat of that congregation. */;
ALTER TABLE "own_script" ADD COLUMN "edition" INT;
ALTER TABLE "own_script" ADD COLUMN "pinned" INT NOT NULL DEFAULT 0 /* It stays as it is, and its hosts hear of no newer edition. */;
ALTER TABLE "own_script" ADD COLUMN "credit" TEXT NOT NULL DEFAULT '' /* Whose work it is, and under which licence it travels, as it was shared; stays when the assembly is left. */;
ALTER TABLE "own_script" ADD COLUMN "licence" VARCHAR(64) NOT NULL DEFAULT '';
CREATE TABLE "lesson" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL /* The space of the congregation. */,
    "assembly" BIGINT NOT NULL,
    "title" VARCHAR(120) NOT NULL,
    "text" TEXT NOT NULL,
    "host" VARCHAR(255) NOT NULL /* The host who asked for it; empty once they asked to be forgotten. */,
    "crews" INT NOT NULL /* Of how many crews each has to say yes. */,
    "until" TIMESTAMP NOT NULL
) /* A lesson that waits until every crew concerned has released it; then it is sent, and this row is gone. */;
CREATE INDEX "idx_lesson_room_784e57" ON "lesson" ("room");
CREATE INDEX "idx_lesson_host_1eac71" ON "lesson" ("host");
CREATE TABLE "lesson_release" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "lesson" BIGINT NOT NULL,
    "crew" VARCHAR(255) NOT NULL /* The room that the crew had then. */,
    CONSTRAINT "uid_lesson_rele_lesson_8dc951" UNIQUE ("lesson", "crew")
) /* A crew's yes to a lesson. */;
CREATE TABLE "mediator_search" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL /* The space of the congregation. */,
    "assembly" BIGINT NOT NULL,
    "letter" VARCHAR(43) NOT NULL UNIQUE /* The letter that went out. */,
    "sealed" TEXT NOT NULL /* Who asked, sealed at one length for all. */,
    "until" TIMESTAMP NOT NULL /* The last day of the search is over everywhere. */
) /* One search; it is deleted when its day is over, or when whoever asked ends it. */;
CREATE INDEX "idx_mediator_se_room_c5d41a" ON "mediator_search" ("room");
CREATE TABLE "news_reader" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "assembly" BIGINT NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    CONSTRAINT "uid_news_reader_assembl_4f29d3" UNIQUE ("assembly", "person")
) /* A host who wants an assembly's newsletter on the first of each month. */;
CREATE INDEX "idx_news_reader_person_3eaf4a" ON "news_reader" ("person");
