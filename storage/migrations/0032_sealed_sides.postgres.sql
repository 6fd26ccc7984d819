ALTER TABLE "reflection_side" ADD COLUMN "whose" JSONB NOT NULL DEFAULT '{}';
UPDATE "reflection_side" SET "whose" = jsonb_build_object('person', "person");
ALTER TABLE "reflection_side" ALTER COLUMN "whose" DROP DEFAULT;
DROP INDEX "idx_reflection__person_6a0936";
ALTER TABLE "reflection_side" DROP COLUMN "person";
COMMENT ON COLUMN "reflection_side"."whose" IS 'Whose it is, as {"person": id}.';
