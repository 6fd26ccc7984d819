ALTER TABLE "room" ADD COLUMN "life" VARCHAR(16);
ALTER TABLE "room" ADD COLUMN "caller" VARCHAR(255);
COMMENT ON COLUMN "room"."life" IS 'FORMING: forming\nACTIVE: active\nPAUSED: paused\nCLOSED: closed';
COMMENT ON COLUMN "room"."caller" IS 'Who called the crew together, if somebody did.';
UPDATE "room" SET "life" = 'active' WHERE "kind" = 'crew';
