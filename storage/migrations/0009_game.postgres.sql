CREATE TABLE "booking" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "number" INT NOT NULL,
    "level" SMALLINT NOT NULL,
    "event" VARCHAR(16) NOT NULL,
    "points" INT NOT NULL,
    "key" VARCHAR(64) NOT NULL UNIQUE,
    "cause" VARCHAR(64) NOT NULL,
    "at" TIMESTAMPTZ NOT NULL,
    "dispute" VARCHAR(16) NOT NULL,
    "others" JSONB NOT NULL,
    "about" VARCHAR(255),
    "times" INT NOT NULL,
    "told" BOOL NOT NULL
);
CREATE INDEX "idx_booking_room_dfdf85" ON "booking" ("room", "person");
CREATE INDEX "idx_booking_person_3a0d66" ON "booking" ("person", "number");
COMMENT ON COLUMN "booking"."number" IS 'How its owner calls it: counted over their own bookings, so that it tells nothing of the others''. 0: a total.';
COMMENT ON COLUMN "booking"."event" IS 'LISTENED: listened\nOFFERED: offered\nASKED: asked\nRESPECTED: respected\nCAME: came\nMISSED: missed\nANNOUNCED: announced\nUNANNOUNCED: unannounced\nREPAIRED: repaired\nUNRESOLVED: unresolved\nCO_OWNS: co-owns\nEARLIER: earlier';
COMMENT ON COLUMN "booking"."key" IS 'Of the game, the cause and the person: one cause books once.';
COMMENT ON COLUMN "booking"."cause" IS 'What it is for, such as \"meeting:12\".';
COMMENT ON COLUMN "booking"."dispute" IS 'NONE: none\nOPEN: open\nSTANDS: stands\nGONE: gone';
COMMENT ON COLUMN "booking"."others" IS 'With whom it was, for what concerns two.';
COMMENT ON COLUMN "booking"."about" IS 'What they own together, for level 5.';
COMMENT ON COLUMN "booking"."times" IS 'How many bookings it stands for: after a year only totals are kept.';
COMMENT ON COLUMN "booking"."told" IS 'Whether its owner was told of it.';
COMMENT ON TABLE "booking" IS 'Points of one person for one thing that happened; read by that person and nobody else.';
CREATE TABLE "claim" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "key" VARCHAR(64) NOT NULL,
    "event" VARCHAR(16) NOT NULL,
    "cause" VARCHAR(64) NOT NULL,
    "about" VARCHAR(255),
    "of" INT NOT NULL,
    "agreed" BOOL NOT NULL,
    "until" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "uid_claim_key_b9786b" UNIQUE ("key", "person")
);
CREATE INDEX "idx_claim_room_3b6148" ON "claim" ("room");
CREATE INDEX "idx_claim_person_6ffb02" ON "claim" ("person");
COMMENT ON COLUMN "claim"."key" IS 'The same for all whom it concerns.';
COMMENT ON COLUMN "claim"."event" IS 'LISTENED: listened\nOFFERED: offered\nASKED: asked\nRESPECTED: respected\nCAME: came\nMISSED: missed\nANNOUNCED: announced\nUNANNOUNCED: unannounced\nREPAIRED: repaired\nUNRESOLVED: unresolved\nCO_OWNS: co-owns\nEARLIER: earlier';
COMMENT ON COLUMN "claim"."of" IS 'How many have to confirm it.';
COMMENT ON TABLE "claim" IS 'One person''s part in something that books only when several confirm it in private.';
CREATE TABLE "game" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL UNIQUE,
    "on_since" TIMESTAMPTZ,
    "announced_free" BOOL NOT NULL,
    "total" INT,
    "pending" INT NOT NULL
);
COMMENT ON COLUMN "game"."on_since" IS 'Since when all have agreed to play; None while it is off.';
COMMENT ON COLUMN "game"."announced_free" IS 'Whether they agreed that an absence announced a day ahead books nothing.';
COMMENT ON COLUMN "game"."total" IS 'The crew''s sum as it was at the last record that moved it; None before the first.';
COMMENT ON COLUMN "game"."pending" IS 'What the next such record adds to it.';
COMMENT ON TABLE "game" IS 'The game of one room. Its sum is a number of the whole crew and follows from nobody''s rows.';
CREATE TABLE "player" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    CONSTRAINT "uid_player_room_3d46c1" UNIQUE ("room", "person")
);
CREATE INDEX "idx_player_person_637f57" ON "player" ("person");
COMMENT ON TABLE "player" IS 'Somebody who has agreed to the game of a room.';
