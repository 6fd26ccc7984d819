CREATE TABLE "own_script" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL /* The circle's room, or the congregation's space. */,
    "key" VARCHAR(64) NOT NULL /* Its name as `practices.library.key` compares names: one of a kind in each room. */,
    "name" VARCHAR(64) NOT NULL,
    "text" TEXT NOT NULL /* As it was offered, in YAML. */,
    "offered_by" VARCHAR(255) /* Who offered it; None once they asked to be forgotten. */,
    "adopted_at" TIMESTAMP NOT NULL,
    "review_at" TIMESTAMP NOT NULL /* When those who adopted it look at it again (R16). */,
    CONSTRAINT "uid_own_script_room_e5f2c4" UNIQUE ("room", "key")
) /* One script of a circle, or of a congregation for all its circles. */;
CREATE INDEX "idx_own_script_offered_1143e6" ON "own_script" ("offered_by");
