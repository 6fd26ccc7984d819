CREATE TABLE "asking" (
    "mark" VARCHAR(64) NOT NULL PRIMARY KEY,
    "until" TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE "asking" IS 'One mark, until its end.';
ALTER TABLE "pod_place" ADD COLUMN "until" TIMESTAMPTZ;
COMMENT ON COLUMN "pod_place"."until" IS 'Until when they can answer.';
