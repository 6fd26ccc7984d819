CREATE TABLE "reflection" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "stage" VARCHAR(16) NOT NULL /* ASKED: asked\nOPEN: open\nRESTS: rests */,
    "ends" TIMESTAMP NOT NULL /* The end of its stage; once it is open it never changes. */,
    "zone" VARCHAR(64) /* The clock of the circle in which they know each other, for whoever has named none. */
) /* One partnership reflection of two people. */;
CREATE TABLE "reflection_side" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "reflection" BIGINT NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "asks" INT NOT NULL /* Whether this one asked the other. */,
    "other" TEXT NOT NULL /* Who the other is, and what they are called, sealed with the key of the two. */,
    "said" TEXT NOT NULL /* What they said and chose, sealed with a key of their own for it; "" for nothing. */
) /* One of the two, with what is theirs. Whoever is forgotten has none; the other's stays as it is. */;
CREATE INDEX "idx_reflection__reflect_01864a" ON "reflection_side" ("reflection");
CREATE INDEX "idx_reflection__person_6a0936" ON "reflection_side" ("person");
