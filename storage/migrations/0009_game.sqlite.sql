CREATE TABLE "booking" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "number" INT NOT NULL /* How its owner calls it: counted over their own bookings, so that it tells nothing of the others'. 0: a total. */,
    "level" SMALLINT NOT NULL,
    "event" VARCHAR(16) NOT NULL /* LISTENED: listened\nOFFERED: offered\nASKED: asked\nRESPECTED: respected\nCAME: came\nMISSED: missed\nANNOUNCED: announced\nUNANNOUNCED: unannounced\nREPAIRED: repaired\nUNRESOLVED: unresolved\nCO_OWNS: co-owns\nEARLIER: earlier */,
    "points" INT NOT NULL,
    "key" VARCHAR(64) NOT NULL UNIQUE /* Of the game, the cause and the person: one cause books once. */,
    "cause" VARCHAR(64) NOT NULL /* What it is for, such as "meeting:12". */,
    "at" TIMESTAMP NOT NULL,
    "dispute" VARCHAR(16) NOT NULL /* NONE: none\nOPEN: open\nSTANDS: stands\nGONE: gone */,
    "others" JSON NOT NULL /* With whom it was, for what concerns two. */,
    "about" VARCHAR(255) /* What they own together, for level 5. */,
    "times" INT NOT NULL /* How many bookings it stands for: after a year only totals are kept. */,
    "told" INT NOT NULL /* Whether its owner was told of it. */
) /* Points of one person for one thing that happened; read by that person and nobody else. */;
CREATE INDEX "idx_booking_room_dfdf85" ON "booking" ("room", "person");
CREATE INDEX "idx_booking_person_3a0d66" ON "booking" ("person", "number");
CREATE TABLE "claim" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "key" VARCHAR(64) NOT NULL /* The same for all whom it concerns. */,
    "event" VARCHAR(16) NOT NULL /* LISTENED: listened\nOFFERED: offered\nASKED: asked\nRESPECTED: respected\nCAME: came\nMISSED: missed\nANNOUNCED: announced\nUNANNOUNCED: unannounced\nREPAIRED: repaired\nUNRESOLVED: unresolved\nCO_OWNS: co-owns\nEARLIER: earlier */,
    "cause" VARCHAR(64) NOT NULL,
    "about" VARCHAR(255),
    "of" INT NOT NULL /* How many have to confirm it. */,
    "agreed" INT NOT NULL,
    "until" TIMESTAMP NOT NULL,
    CONSTRAINT "uid_claim_key_b9786b" UNIQUE ("key", "person")
) /* One person's part in something that books only when several confirm it in private. */;
CREATE INDEX "idx_claim_room_3b6148" ON "claim" ("room");
CREATE INDEX "idx_claim_person_6ffb02" ON "claim" ("person");
CREATE TABLE "game" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL UNIQUE,
    "on_since" TIMESTAMP /* Since when all have agreed to play; None while it is off. */,
    "announced_free" INT NOT NULL /* Whether they agreed that an absence announced a day ahead books nothing. */,
    "total" INT /* The crew's sum as it was at the last record that moved it; None before the first. */,
    "pending" INT NOT NULL /* What the next such record adds to it. */
) /* The game of one room. Its sum is a number of the whole crew and follows from nobody's rows. */;
CREATE TABLE "player" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    CONSTRAINT "uid_player_room_3d46c1" UNIQUE ("room", "person")
) /* Somebody who has agreed to the game of a room. */;
CREATE INDEX "idx_player_person_637f57" ON "player" ("person");
