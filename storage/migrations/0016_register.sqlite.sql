ALTER TABLE "decision" ADD COLUMN "review_on" DATE /* The day on which the circle looks at it again. */;
ALTER TABLE "decision" ADD COLUMN "standing" VARCHAR(16) NOT NULL DEFAULT 'holds' /* HOLDS: holds\nREPLACED: replaced\nENDED: ended */;
ALTER TABLE "decision" ADD COLUMN "ended_at" TIMESTAMP /* When it was replaced or ended. */;
ALTER TABLE "decision" ADD COLUMN "replaced_by" BIGINT /* The decision that took its place. */;
ALTER TABLE "decision" ADD COLUMN "changing" BIGINT /* The poll that asks whether it is changed. */;
ALTER TABLE "decision" ADD COLUMN "mark" VARCHAR(64) /* The mark by which a decision that was brought from elsewhere is known, so that it is brought once. */;
ALTER TABLE "decision" ADD COLUMN "story" JSON /* What was brought with it: where it comes from and how it came about there, in words; never a voice. */;
CREATE INDEX "idx_decision_mark_4a1c77" ON "decision" ("mark");
ALTER TABLE "commitment" ADD COLUMN "decision" BIGINT /* The decision that it follows from. */;
