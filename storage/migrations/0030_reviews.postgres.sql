ALTER TABLE "stewardship" ADD COLUMN "by_round" BOOL NOT NULL DEFAULT False;
COMMENT ON COLUMN "stewardship"."by_round" IS 'Whether a round proposed it: then neither has asked the other, and a no is told to nobody (R13).';
