CREATE TABLE "offer" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "number" INT NOT NULL,
    "kind" VARCHAR(16) NOT NULL,
    "owner" VARCHAR(255) NOT NULL,
    "title" VARCHAR(120) NOT NULL,
    "standing" VARCHAR(16) NOT NULL,
    "said_at" TIMESTAMPTZ NOT NULL,
    "taken_by" VARCHAR(255),
    "taken_at" TIMESTAMPTZ,
    "ended_at" TIMESTAMPTZ,
    "occasion" VARCHAR(64)
);
CREATE INDEX "idx_offer_room_326f26" ON "offer" ("room");
CREATE INDEX "idx_offer_owner_7bdb49" ON "offer" ("owner");
CREATE INDEX "idx_offer_taken_b_6d390f" ON "offer" ("taken_by");
COMMENT ON COLUMN "offer"."number" IS 'How it is called in its room; given anew once it is forgotten.';
COMMENT ON COLUMN "offer"."kind" IS 'OFFER: offer\nASK: ask';
COMMENT ON COLUMN "offer"."owner" IS 'The person who said it.';
COMMENT ON COLUMN "offer"."standing" IS 'SAID: said\nACCEPTED: accepted\nDONE: done\nWITHDRAWN: withdrawn';
COMMENT ON COLUMN "offer"."taken_by" IS 'The person who accepted it.';
COMMENT ON COLUMN "offer"."ended_at" IS 'Since when it is done or rests.';
COMMENT ON COLUMN "offer"."occasion" IS 'The meeting or sitting at which it was said, such as \"meeting:12\"; None: in between.';
COMMENT ON TABLE "offer" IS 'One offer or ask. Seen by its circle; moved on by the two people whose it is.';
