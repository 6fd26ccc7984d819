CREATE TABLE "own_script" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "key" VARCHAR(64) NOT NULL,
    "name" VARCHAR(64) NOT NULL,
    "text" TEXT NOT NULL,
    "offered_by" VARCHAR(255),
    "adopted_at" TIMESTAMPTZ NOT NULL,
    "review_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "uid_own_script_room_e5f2c4" UNIQUE ("room", "key")
);
CREATE INDEX "idx_own_script_offered_1143e6" ON "own_script" ("offered_by");
COMMENT ON COLUMN "own_script"."room" IS 'The circle''s room, or the congregation''s space.';
COMMENT ON COLUMN "own_script"."key" IS 'Its name as `practices.library.key` compares names: one of a kind in each room.';
COMMENT ON COLUMN "own_script"."text" IS 'As it was offered, in YAML.';
COMMENT ON COLUMN "own_script"."offered_by" IS 'Who offered it; None once they asked to be forgotten.';
COMMENT ON COLUMN "own_script"."review_at" IS 'When those who adopted it look at it again (R16).';
COMMENT ON TABLE "own_script" IS 'One script of a circle, or of a congregation for all its circles.';
