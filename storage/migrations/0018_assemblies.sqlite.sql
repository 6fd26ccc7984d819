CREATE TABLE "assembly" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "found" VARCHAR(43) /* The id of the letter that founded it; None while that is not known. */,
    "name" VARCHAR(80) NOT NULL /* As its charter calls it; before that is read, as the invitation did. */,
    "room" VARCHAR(255) /* The space of our congregation; None while an invitation waits for a yes. */,
    "space" VARCHAR(255) /* The space of the assembly. */,
    "human" VARCHAR(255) /* The encrypted room in which its people talk. */,
    "rooms" JSON NOT NULL /* The protocol rooms that we are in or invited to, by part. */,
    "seat" VARCHAR(43) /* The id of the letter by which our congregation took its seat. */,
    "state" VARCHAR(16) NOT NULL /* FOUNDING: founding\nINVITED: invited\nENTERING: entering\nSEATED: seated\nLEFT: left */,
    "draft" JSON NOT NULL /* While it is founded or entered: what it is for, and what our hosts were shown of it. Later: our card that is being made. */,
    "told" JSON NOT NULL /* What our hosts and stewards were told once, such as "liar:@kinkeeper:example.org". */,
    "read" JSON NOT NULL /* The parts whose history was read to its beginning. */,
    "asked_by" VARCHAR(255) NOT NULL /* The host to whom we answer while it is founded or entered; empty: nobody any more. */,
    "invited_by" VARCHAR(255) NOT NULL /* The account that invited us; empty: nobody did. */,
    "made_at" TIMESTAMP NOT NULL
) /* One assembly, as a congregation of ours stands to it. */;
CREATE INDEX "idx_assembly_found_bd5331" ON "assembly" ("found");
CREATE INDEX "idx_assembly_room_9e9f68" ON "assembly" ("room");
CREATE INDEX "idx_assembly_space_a9180c" ON "assembly" ("space");
CREATE INDEX "idx_assembly_asked_b_354b39" ON "assembly" ("asked_by");
CREATE INDEX "idx_assembly_invited_ba3add" ON "assembly" ("invited_by");
CREATE TABLE "assembly_card" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "assembly" BIGINT NOT NULL,
    "keeper" VARCHAR(255) NOT NULL /* The account that wrote it, which is the key of its state. */,
    "card" JSON NOT NULL,
    "highest" BIGINT NOT NULL /* The highest number that was seen of this keeper's cards: a card with a lower one is an old one. */,
    "seen_at" TIMESTAMP NOT NULL,
    CONSTRAINT "uid_assembly_ca_assembl_570a3b" UNIQUE ("assembly", "keeper")
) /* What a congregation says of itself in the directory. */;
CREATE TABLE "assembly_letter" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "assembly" BIGINT NOT NULL,
    "letter" VARCHAR(43) NOT NULL,
    "part" VARCHAR(16) NOT NULL /* CHARTER: charter\nDIRECTORY: directory\nPRACTICES: practices\nDECISIONS: decisions\nCOMMONS: commons\nCARE: care */,
    "sender" VARCHAR(255) NOT NULL,
    "number" BIGINT NOT NULL,
    "content" JSON NOT NULL /* The letter itself, whole. */,
    "event" VARCHAR(255) /* The event that carried it; None: it is our own and only owed yet. */,
    "seen_at" TIMESTAMP NOT NULL /* When we first saw it, by our own clock. */,
    CONSTRAINT "uid_assembly_le_assembl_aa8072" UNIQUE ("assembly", "letter")
) /* A letter that could be read, from another keeper or from ourselves. */;
