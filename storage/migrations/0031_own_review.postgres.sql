CREATE TABLE "own_review" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "person" VARCHAR(255) NOT NULL UNIQUE,
    "day" DATE NOT NULL
);
COMMENT ON TABLE "own_review" IS 'The day on which somebody is asked whether what they have said of pairing rounds still holds.';
