CREATE TABLE "reflection" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "stage" VARCHAR(16) NOT NULL,
    "ends" TIMESTAMPTZ NOT NULL,
    "zone" VARCHAR(64)
);
COMMENT ON COLUMN "reflection"."stage" IS 'ASKED: asked\nOPEN: open\nRESTS: rests';
COMMENT ON COLUMN "reflection"."ends" IS 'The end of its stage; once it is open it never changes.';
COMMENT ON COLUMN "reflection"."zone" IS 'The clock of the circle in which they know each other, for whoever has named none.';
COMMENT ON TABLE "reflection" IS 'One partnership reflection of two people.';
CREATE TABLE "reflection_side" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "reflection" BIGINT NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "asks" BOOL NOT NULL,
    "other" TEXT NOT NULL,
    "said" TEXT NOT NULL
);
COMMENT ON COLUMN "reflection_side"."asks" IS 'Whether this one asked the other.';
COMMENT ON COLUMN "reflection_side"."other" IS 'Who the other is, and what they are called, sealed with the key of the two.';
COMMENT ON COLUMN "reflection_side"."said" IS 'What they said and chose, sealed with a key of their own for it; "" for nothing.';
COMMENT ON TABLE "reflection_side" IS 'One of the two, with what is theirs. Whoever is forgotten has none; the other''s stays as it is.';
CREATE INDEX "idx_reflection__reflect_01864a" ON "reflection_side" ("reflection");
CREATE INDEX "idx_reflection__person_6a0936" ON "reflection_side" ("person");
