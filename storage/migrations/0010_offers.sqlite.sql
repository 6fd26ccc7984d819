CREATE TABLE "offer" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    "number" INT NOT NULL /* How it is called in its room; given anew once it is forgotten. */,
    "kind" VARCHAR(16) NOT NULL /* OFFER: offer\nASK: ask */,
    "owner" VARCHAR(255) NOT NULL /* The person who said it. */,
    "title" VARCHAR(120) NOT NULL,
    "standing" VARCHAR(16) NOT NULL /* SAID: said\nACCEPTED: accepted\nDONE: done\nWITHDRAWN: withdrawn */,
    "said_at" TIMESTAMP NOT NULL,
    "taken_by" VARCHAR(255) /* The person who accepted it. */,
    "taken_at" TIMESTAMP,
    "ended_at" TIMESTAMP /* Since when it is done or rests. */,
    "occasion" VARCHAR(64) /* The meeting or sitting at which it was said, such as "meeting:12"; None: in between. */
) /* One offer or ask. Seen by its circle; moved on by the two people whose it is. */;
CREATE INDEX "idx_offer_room_326f26" ON "offer" ("room");
CREATE INDEX "idx_offer_owner_7bdb49" ON "offer" ("owner");
CREATE INDEX "idx_offer_taken_b_6d390f" ON "offer" ("taken_by");
