CREATE TABLE "asking" (
    "mark" VARCHAR(64) NOT NULL PRIMARY KEY,
    "until" TIMESTAMP NOT NULL
) /* One mark, until its end. */;
ALTER TABLE "pod_place" ADD COLUMN "until" TIMESTAMP /* Until when they can answer. */;
