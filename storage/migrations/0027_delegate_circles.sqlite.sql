CREATE TABLE "delegate" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL /* The space of the congregation. */,
    "assembly" BIGINT NOT NULL,
    "role" VARCHAR(16) NOT NULL /* REPRESENTATIVE: representative\nLINK: link */,
    "person" VARCHAR(255) NOT NULL,
    "chosen_at" TIMESTAMP NOT NULL,
    "until" DATE NOT NULL /* Their last day. */,
    "asked" JSON NOT NULL /* The rooms of circles into which they were asked. */,
    CONSTRAINT "uid_delegate_assembl_c0b80a" UNIQUE ("assembly", "role")
) /* Somebody whom a congregation has named, by consent and until a day. */;
CREATE INDEX "idx_delegate_room_06faa3" ON "delegate" ("room");
CREATE INDEX "idx_delegate_person_8b2e51" ON "delegate" ("person");
CREATE TABLE "delegate_circle" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL /* The space of the congregation. */,
    "assembly" BIGINT NOT NULL,
    "level" INT NOT NULL /* 0: the circle of congregations; 1, 2, …: circles of circles. */,
    "place" VARCHAR(255) /* The room in which that circle talks; None: we are in none yet. */,
    "making" INT NOT NULL /* Whether that room is being made. */,
    "since" TIMESTAMP /* Since when it is another one, or none; None: all is as it should be. */,
    "asked" JSON NOT NULL /* The keepers whom we have asked into it. */,
    CONSTRAINT "uid_delegate_ci_assembl_63b08c" UNIQUE ("assembly", "level")
) /* Where our congregation sits: in its own circle, and in those above that it carries. */;
CREATE INDEX "idx_delegate_ci_room_eec467" ON "delegate_circle" ("room");
