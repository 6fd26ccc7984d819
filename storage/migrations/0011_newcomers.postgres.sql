ALTER TABLE "visitor" ADD COLUMN "agreed" BOOL NOT NULL DEFAULT TRUE;
COMMENT ON COLUMN "visitor"."agreed" IS 'Whether the members agreed to the visit; not so for a newcomer, whose other columns say only when they came.';
