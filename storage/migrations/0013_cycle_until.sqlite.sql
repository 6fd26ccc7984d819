ALTER TABLE "cycle" ADD COLUMN "until" VARCHAR(10) /* The last day of a cycle that ends on a day, "2027-01-22"; such a one is a cycle of time. */;
