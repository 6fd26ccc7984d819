CREATE TABLE "reflection_side_sealed" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "reflection" BIGINT NOT NULL,
    "whose" JSON NOT NULL /* Whose it is, as {"person": id}. */,
    "asks" INT NOT NULL /* Whether this one asked the other. */,
    "other" TEXT NOT NULL /* Who the other is, and what they are called, sealed with the key of the two. */,
    "said" TEXT NOT NULL /* What they said and chose, sealed with a key of their own for it; "" for nothing. */
) /* One of the two, with what is theirs. Whoever is forgotten has none; the other's stays as it is. */;
INSERT INTO "reflection_side_sealed" ("id", "reflection", "whose", "asks", "other", "said")
    SELECT "id", "reflection", '{"person":"' || replace(replace("person", '\', '\\'), '"', '\"') || '"}', "asks", "other", "said"
    FROM "reflection_side" ORDER BY "id";
DROP TABLE "reflection_side";
ALTER TABLE "reflection_side_sealed" RENAME TO "reflection_side";
CREATE INDEX "idx_reflection__reflect_01864a" ON "reflection_side" ("reflection");
