CREATE TABLE "dyad" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "kind" VARCHAR(16) NOT NULL,
    "proposer" VARCHAR(255) NOT NULL,
    "asked" VARCHAR(255) NOT NULL,
    "circle" VARCHAR(255),
    "state" VARCHAR(16) NOT NULL,
    "agreed" JSONB NOT NULL,
    "review" DATE NOT NULL,
    "months" INT NOT NULL,
    "pace" VARCHAR(16) NOT NULL,
    "minutes" INT NOT NULL,
    "until" TIMESTAMPTZ,
    "began" DATE,
    "unmet" INT NOT NULL,
    "signals" JSONB NOT NULL,
    "rooming" JSONB NOT NULL,
    "home" VARCHAR(255)
);
CREATE INDEX "idx_dyad_propose_dc13fc" ON "dyad" ("proposer");
CREATE INDEX "idx_dyad_asked_bbbeb5" ON "dyad" ("asked");
COMMENT ON COLUMN "dyad"."kind" IS 'PARTNERS: partners\nONBOARDING: onboarding\nSTEWARDSHIP: stewardship';
COMMENT ON COLUMN "dyad"."proposer" IS 'Who proposed it, and to whom.';
COMMENT ON COLUMN "dyad"."circle" IS 'A circle in which they know each other: its clocks are theirs until each has named a zone.';
COMMENT ON COLUMN "dyad"."state" IS 'PROPOSED: proposed\nDECLINED: declined\nACTIVE: active\nRESTING: resting\nREVIEW: review\nCLOSED: closed';
COMMENT ON COLUMN "dyad"."agreed" IS 'Who has said yes to what is asked of both now.';
COMMENT ON COLUMN "dyad"."review" IS 'The day on which both are asked whether it goes on (R16).';
COMMENT ON COLUMN "dyad"."pace" IS 'WEEKLY: weekly\nFORTNIGHTLY: fortnightly\nMONTHLY: monthly\nQUARTERLY: quarterly\nNONE: none';
COMMENT ON COLUMN "dyad"."until" IS 'Until when what is asked of both can be answered; of one declined, how long it is remembered.';
COMMENT ON COLUMN "dyad"."began" IS 'The day on which the last one-to-one was begun.';
COMMENT ON COLUMN "dyad"."unmet" IS 'How many one-to-ones in a row have come to nothing: after two the dyad rests.';
COMMENT ON COLUMN "dyad"."signals" IS 'Who would like a signal at half time.';
COMMENT ON COLUMN "dyad"."rooming" IS 'Who would like a room of their own for the two.';
COMMENT ON COLUMN "dyad"."home" IS 'That room, once it is made.';
COMMENT ON TABLE "dyad" IS 'The agreement of two people, or what one proposes to another. It is deleted when it is over.';
CREATE TABLE "met" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "one" VARCHAR(255) NOT NULL,
    "other" VARCHAR(255) NOT NULL,
    "day" DATE NOT NULL
);
CREATE INDEX "idx_met_one_7eb869" ON "met" ("one");
CREATE INDEX "idx_met_other_13926a" ON "met" ("other");
CREATE INDEX "idx_met_room_4ce42b" ON "met" ("room", "day");
COMMENT ON COLUMN "met"."room" IS 'The circle that it was for; of a dyad dyad:12.';
COMMENT ON COLUMN "met"."one" IS 'The two, in the order of their ids.';
COMMENT ON TABLE "met" IS 'Two people have met one-to-one on a day. Nothing else is kept of it (R33).';
CREATE TABLE "one_to_one" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "people" JSONB NOT NULL,
    "occasion" VARCHAR(16) NOT NULL,
    "subject" VARCHAR(64) NOT NULL,
    "stage" VARCHAR(16) NOT NULL,
    "minutes" INT NOT NULL,
    "options" JSONB NOT NULL,
    "suits" JSONB NOT NULL,
    "at" TIMESTAMPTZ,
    "told" JSONB NOT NULL,
    "signals" JSONB NOT NULL,
    "turn" INT NOT NULL
);
CREATE INDEX "idx_one_to_one_room_cb2eeb" ON "one_to_one" ("room");
COMMENT ON COLUMN "one_to_one"."room" IS 'The circle that it is for, with which it goes; of a dyad dyad:12.';
COMMENT ON COLUMN "one_to_one"."occasion" IS 'DYAD: dyad\nROTA: rota\nPAIRING: pairing\nONBOARDING: onboarding\nSTEWARDSHIP: stewardship';
COMMENT ON COLUMN "one_to_one"."subject" IS 'What it belongs to, as its feature calls it.';
COMMENT ON COLUMN "one_to_one"."stage" IS 'ARRANGING: arranging\nAGREED: agreed\nASKED: asked';
COMMENT ON COLUMN "one_to_one"."options" IS 'Every time that was proposed, and to whom which of them suit: ISO instants in UTC.';
COMMENT ON COLUMN "one_to_one"."told" IS 'How often each was written to without having spoken (R14).';
COMMENT ON COLUMN "one_to_one"."signals" IS 'Who would like a signal at half time.';
COMMENT ON COLUMN "one_to_one"."turn" IS 'How often a time was looked for: tells apart the hours of each time.';
COMMENT ON TABLE "one_to_one" IS 'One meeting of two people, or three in a trio, until it is over; then it is deleted.';
