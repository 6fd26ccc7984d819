ALTER TABLE "assembly" ADD COLUMN "former" JSONB NOT NULL DEFAULT '{}';
ALTER TABLE "assembly" ADD COLUMN "looked_at" JSONB NOT NULL DEFAULT '{}';
COMMENT ON COLUMN "assembly"."former" IS 'Rooms that a part was in before, by room: what was written there counts as ever.';
COMMENT ON COLUMN "assembly"."looked_at" IS 'Rooms in which a part might go on: \"part\", \"fit\" (None: not entered yet) and \"why\" it is not.';
CREATE TABLE "assembly_newer_letter" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "assembly" BIGINT NOT NULL,
    "part" VARCHAR(16) NOT NULL,
    "sender" VARCHAR(255) NOT NULL,
    "version" BIGINT NOT NULL,
    "number" BIGINT NOT NULL,
    "content" JSONB NOT NULL,
    "event" VARCHAR(255) NOT NULL,
    "seen_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "uid_assembly_ne_assembl_92236c" UNIQUE ("assembly", "event")
);
COMMENT ON COLUMN "assembly_newer_letter"."part" IS 'CHARTER: charter\nDIRECTORY: directory\nPRACTICES: practices\nDECISIONS: decisions\nCOMMONS: commons\nCARE: care';
COMMENT ON COLUMN "assembly_newer_letter"."number" IS 'Its number, if it has one where version 1 has it; else 0.';
COMMENT ON COLUMN "assembly_newer_letter"."content" IS 'The letter itself, whole; nothing of it is understood.';
COMMENT ON COLUMN "assembly_newer_letter"."event" IS 'The event that carried it.';
COMMENT ON TABLE "assembly_newer_letter" IS 'A letter of a version or a kind that is not known here yet, kept aside until it is.';
