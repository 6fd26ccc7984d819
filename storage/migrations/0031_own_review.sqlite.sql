CREATE TABLE "own_review" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "person" VARCHAR(255) NOT NULL UNIQUE,
    "day" DATE NOT NULL
) /* The day on which somebody is asked whether what they have said of pairing rounds still holds. */;
