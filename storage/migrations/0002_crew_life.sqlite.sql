ALTER TABLE "room" ADD COLUMN "life" VARCHAR(16) /* FORMING: forming\nACTIVE: active\nPAUSED: paused\nCLOSED: closed */;
ALTER TABLE "room" ADD COLUMN "caller" VARCHAR(255) /* Who called the crew together, if somebody did. */;
UPDATE "room" SET "life" = 'active' WHERE "kind" = 'crew';
