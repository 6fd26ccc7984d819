CREATE TABLE "assembly" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "found" VARCHAR(43),
    "name" VARCHAR(80) NOT NULL,
    "room" VARCHAR(255),
    "space" VARCHAR(255),
    "human" VARCHAR(255),
    "rooms" JSONB NOT NULL,
    "seat" VARCHAR(43),
    "state" VARCHAR(16) NOT NULL,
    "draft" JSONB NOT NULL,
    "told" JSONB NOT NULL,
    "read" JSONB NOT NULL,
    "asked_by" VARCHAR(255) NOT NULL,
    "invited_by" VARCHAR(255) NOT NULL,
    "made_at" TIMESTAMPTZ NOT NULL
);
CREATE INDEX "idx_assembly_found_bd5331" ON "assembly" ("found");
CREATE INDEX "idx_assembly_room_9e9f68" ON "assembly" ("room");
CREATE INDEX "idx_assembly_space_a9180c" ON "assembly" ("space");
CREATE INDEX "idx_assembly_asked_b_354b39" ON "assembly" ("asked_by");
CREATE INDEX "idx_assembly_invited_ba3add" ON "assembly" ("invited_by");
COMMENT ON COLUMN "assembly"."found" IS 'The id of the letter that founded it; None while that is not known.';
COMMENT ON COLUMN "assembly"."name" IS 'As its charter calls it; before that is read, as the invitation did.';
COMMENT ON COLUMN "assembly"."room" IS 'The space of our congregation; None while an invitation waits for a yes.';
COMMENT ON COLUMN "assembly"."space" IS 'The space of the assembly.';
COMMENT ON COLUMN "assembly"."human" IS 'The encrypted room in which its people talk.';
COMMENT ON COLUMN "assembly"."rooms" IS 'The protocol rooms that we are in or invited to, by part.';
COMMENT ON COLUMN "assembly"."seat" IS 'The id of the letter by which our congregation took its seat.';
COMMENT ON COLUMN "assembly"."state" IS 'FOUNDING: founding\nINVITED: invited\nENTERING: entering\nSEATED: seated\nLEFT: left';
COMMENT ON COLUMN "assembly"."draft" IS 'While it is founded or entered: what it is for, and what our hosts were shown of it. Later: our card that is being made.';
COMMENT ON COLUMN "assembly"."told" IS 'What our hosts and stewards were told once, such as \"liar:@kinkeeper:example.org\".';
COMMENT ON COLUMN "assembly"."read" IS 'The parts whose history was read to its beginning.';
COMMENT ON COLUMN "assembly"."asked_by" IS 'The host to whom we answer while it is founded or entered; empty: nobody any more.';
COMMENT ON COLUMN "assembly"."invited_by" IS 'The account that invited us; empty: nobody did.';
COMMENT ON TABLE "assembly" IS 'One assembly, as a congregation of ours stands to it.';
CREATE TABLE "assembly_card" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "assembly" BIGINT NOT NULL,
    "keeper" VARCHAR(255) NOT NULL,
    "card" JSONB NOT NULL,
    "highest" BIGINT NOT NULL,
    "seen_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "uid_assembly_ca_assembl_570a3b" UNIQUE ("assembly", "keeper")
);
COMMENT ON COLUMN "assembly_card"."keeper" IS 'The account that wrote it, which is the key of its state.';
COMMENT ON COLUMN "assembly_card"."highest" IS 'The highest number that was seen of this keeper''s cards: a card with a lower one is an old one.';
COMMENT ON TABLE "assembly_card" IS 'What a congregation says of itself in the directory.';
CREATE TABLE "assembly_letter" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "assembly" BIGINT NOT NULL,
    "letter" VARCHAR(43) NOT NULL,
    "part" VARCHAR(16) NOT NULL,
    "sender" VARCHAR(255) NOT NULL,
    "number" BIGINT NOT NULL,
    "content" JSONB NOT NULL,
    "event" VARCHAR(255),
    "seen_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "uid_assembly_le_assembl_aa8072" UNIQUE ("assembly", "letter")
);
COMMENT ON COLUMN "assembly_letter"."part" IS 'CHARTER: charter\nDIRECTORY: directory\nPRACTICES: practices\nDECISIONS: decisions\nCOMMONS: commons\nCARE: care';
COMMENT ON COLUMN "assembly_letter"."content" IS 'The letter itself, whole.';
COMMENT ON COLUMN "assembly_letter"."event" IS 'The event that carried it; None: it is our own and only owed yet.';
COMMENT ON COLUMN "assembly_letter"."seen_at" IS 'When we first saw it, by our own clock.';
COMMENT ON TABLE "assembly_letter" IS 'A letter that could be read, from another keeper or from ourselves.';
