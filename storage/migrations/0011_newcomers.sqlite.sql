ALTER TABLE "visitor" ADD COLUMN "agreed" INT NOT NULL DEFAULT 1 /* Whether the members agreed to the visit; not so for a newcomer, whose other columns say only when they came. */;
