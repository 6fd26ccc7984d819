CREATE TABLE "carried" (
    "mark" VARCHAR(64) NOT NULL PRIMARY KEY,
    "words" SMALLINT NOT NULL,
    "until" TIMESTAMPTZ NOT NULL
);
COMMENT ON COLUMN "carried"."words" IS 'How many words, on that day.';
COMMENT ON TABLE "carried" IS 'One mark: of two people and a day, or of two people of whom one wants no more words of the other.';
