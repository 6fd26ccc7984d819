ALTER TABLE "assembly" ADD COLUMN "former" JSON NOT NULL DEFAULT '{}' /* Rooms that a part was in before, by room: what was written there counts as ever. */;
ALTER TABLE "assembly" ADD COLUMN "looked_at" JSON NOT NULL DEFAULT '{}' /* Rooms in which a part might go on: "part", "fit" (None: not entered yet) and "why" it is not. */;
CREATE TABLE "assembly_newer_letter" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "assembly" BIGINT NOT NULL,
    "part" VARCHAR(16) NOT NULL /* CHARTER: charter\nDIRECTORY: directory\nPRACTICES: practices\nDECISIONS: decisions\nCOMMONS: commons\nCARE: care */,
    "sender" VARCHAR(255) NOT NULL,
    "version" BIGINT NOT NULL,
    "number" BIGINT NOT NULL /* Its number, if it has one where version 1 has it; else 0. */,
    "content" JSON NOT NULL /* The letter itself, whole; nothing of it is understood. */,
    "event" VARCHAR(255) NOT NULL /* The event that carried it. */,
    "seen_at" TIMESTAMP NOT NULL,
    CONSTRAINT "uid_assembly_ne_assembl_92236c" UNIQUE ("assembly", "event")
) /* A letter of a version or a kind that is not known here yet, kept aside until it is. */;
