CREATE TABLE "carried" (
    "mark" VARCHAR(64) NOT NULL PRIMARY KEY,
    "words" SMALLINT NOT NULL /* How many words, on that day. */,
    "until" TIMESTAMP NOT NULL
) /* One mark: of two people and a day, or of two people of whom one wants no more words of the other. */;
