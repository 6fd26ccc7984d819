ALTER TABLE "stewardship" ADD COLUMN "by_round" INT NOT NULL DEFAULT 0 /* Whether a round proposed it: then neither has asked the other, and a no is told to nobody (R13). */;
