CREATE TABLE "money_note" (
    "person" VARCHAR(255) NOT NULL PRIMARY KEY,
    "sealed" TEXT NOT NULL
);
COMMENT ON TABLE "money_note" IS 'Somebody''s money note, all of its fields in one, so that not even how many are filled can be seen (R28).';
CREATE TABLE "money_opening" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "person" VARCHAR(255) NOT NULL,
    "place" VARCHAR(255) NOT NULL,
    "held" BIGINT NOT NULL,
    "at" TIMESTAMPTZ NOT NULL,
    "ends_at" TIMESTAMPTZ NOT NULL,
    "sealed" TEXT NOT NULL,
    "shown" BOOL NOT NULL
);
COMMENT ON COLUMN "money_opening"."place" IS 'The circle''s room, or from when it is shown on the room in which that was said.';
COMMENT ON COLUMN "money_opening"."held" IS 'The number of the meeting.';
COMMENT ON COLUMN "money_opening"."at" IS 'When the meeting was to begin and to end as its person agreed to this: at another time nothing is shown.';
COMMENT ON COLUMN "money_opening"."sealed" IS 'Which field, and its words.';
COMMENT ON TABLE "money_opening" IS 'One field of a money note that its person opens to one circle for one meeting, in the words they were shown (R29).';
CREATE INDEX IF NOT EXISTS "idx_money_openi_person_bcf65e" ON "money_opening" ("person");
CREATE INDEX IF NOT EXISTS "idx_money_openi_held_ab6e28" ON "money_opening" ("held");
CREATE TABLE "pathway" (
    "person" VARCHAR(255) NOT NULL PRIMARY KEY,
    "sealed" TEXT NOT NULL
);
COMMENT ON TABLE "pathway" IS 'What somebody chose to learn next, and whom they have asked about it and when: one sealed row (R30).';
CREATE TABLE "safety_contact" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "agreed" BOOL NOT NULL,
    "follows" BIGINT NOT NULL,
    "until" DATE NOT NULL,
    CONSTRAINT "uid_safety_cont_room_67d63b" UNIQUE ("room", "person")
);
COMMENT ON COLUMN "safety_contact"."room" IS 'The space of the congregation.';
COMMENT ON COLUMN "safety_contact"."agreed" IS 'Until they have said yes they are named to nobody.';
COMMENT ON COLUMN "safety_contact"."follows" IS 'The contact whose place they take as soon as they agree, 0 for nobody''s.';
COMMENT ON COLUMN "safety_contact"."until" IS 'The last day of their term (R16).';
COMMENT ON TABLE "safety_contact" IS 'Somebody whom a congregation names to turn to, shown to its people once they have agreed themselves (R19).';
CREATE INDEX IF NOT EXISTS "idx_safety_cont_room_ebd287" ON "safety_contact" ("room");
CREATE INDEX IF NOT EXISTS "idx_safety_cont_person_e80269" ON "safety_contact" ("person");
