CREATE TABLE "encounter" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "one" VARCHAR(255) NOT NULL,
    "other" VARCHAR(255) NOT NULL,
    "times" INT NOT NULL,
    CONSTRAINT "uid_encounter_room_cf9508" UNIQUE ("room", "one", "other")
);
CREATE INDEX "idx_encounter_one_d35454" ON "encounter" ("one");
CREATE INDEX "idx_encounter_other_9cc304" ON "encounter" ("other");
COMMENT ON COLUMN "encounter"."one" IS 'The two, in the order of their ids.';
COMMENT ON TABLE "encounter" IS 'How often two people were brought together in a congregation, and nothing else.';
CREATE TABLE "pairing" (
    "room" VARCHAR(255) NOT NULL PRIMARY KEY,
    "rhythm" JSONB NOT NULL,
    "next_at" TIMESTAMPTZ NOT NULL,
    "drawn" INT NOT NULL,
    "seed" VARCHAR(64) NOT NULL
);
COMMENT ON COLUMN "pairing"."next_at" IS 'When the next round is drawn.';
COMMENT ON COLUMN "pairing"."drawn" IS 'How many rounds were drawn.';
COMMENT ON COLUMN "pairing"."seed" IS 'With which the last one was drawn, so that it can be replayed.';
COMMENT ON TABLE "pairing" IS 'The pairing round of a congregation, from the day its hosts begin it until they end it.';
CREATE TABLE "partaking" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "takes_part" BOOL NOT NULL,
    "snoozed_until" DATE,
    "waited" SMALLINT NOT NULL,
    "silent" SMALLINT NOT NULL,
    CONSTRAINT "uid_partaking_room_5df1bb" UNIQUE ("room", "person")
);
CREATE INDEX "idx_partaking_person_423790" ON "partaking" ("person");
COMMENT ON COLUMN "partaking"."takes_part" IS 'False: they rest until they say otherwise.';
COMMENT ON COLUMN "partaking"."snoozed_until" IS 'The first day on which they take part again.';
COMMENT ON COLUMN "partaking"."waited" IS 'How many rounds in a row nobody was found for them.';
COMMENT ON COLUMN "partaking"."silent" IS 'How many rounds in a row nothing was heard from them.';
COMMENT ON TABLE "partaking" IS 'Somebody who has said that they take part in a congregation''s pairing rounds.';
CREATE TABLE "preference" (
    "person" VARCHAR(255) NOT NULL PRIMARY KEY,
    "sealed" TEXT NOT NULL
);
COMMENT ON TABLE "preference" IS 'Whom somebody would rather meet, whom not, and in which languages: sealed, at one length for all.';
CREATE TABLE "rota" (
    "room" VARCHAR(255) NOT NULL PRIMARY KEY,
    "began" DATE NOT NULL,
    "weeks" SMALLINT NOT NULL,
    "turn" SMALLINT NOT NULL
);
COMMENT ON COLUMN "rota"."weeks" IS 'Weeks from turn to turn.';
COMMENT ON TABLE "rota" IS 'A crew''s cycle in which everybody meets everybody once, two at a time.';
CREATE TABLE "rota_pair" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "one" VARCHAR(255) NOT NULL,
    "other" VARCHAR(255) NOT NULL,
    CONSTRAINT "uid_rota_pair_room_b9381a" UNIQUE ("room", "one", "other")
);
CREATE INDEX "idx_rota_pair_one_841c5b" ON "rota_pair" ("one");
CREATE INDEX "idx_rota_pair_other_458d2d" ON "rota_pair" ("other");
COMMENT ON TABLE "rota_pair" IS 'A pair that was proposed in a crew''s cycle.';
CREATE TABLE "steward_round" (
    "room" VARCHAR(255) NOT NULL PRIMARY KEY,
    "closes_at" TIMESTAMPTZ NOT NULL,
    "number" VARCHAR(32) NOT NULL
);
COMMENT ON COLUMN "steward_round"."number" IS 'Counts the rounds of a congregation, by when they began.';
COMMENT ON TABLE "steward_round" IS 'A congregation is asked who would be a steward, and who would like one, until a day.';
CREATE TABLE "stewardship" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "steward" VARCHAR(255) NOT NULL,
    "stewardee" VARCHAR(255) NOT NULL,
    "state" VARCHAR(16) NOT NULL,
    "agreed" JSONB NOT NULL,
    "began" DATE,
    "review" DATE NOT NULL
);
CREATE INDEX "idx_stewardship_room_171175" ON "stewardship" ("room");
CREATE INDEX "idx_stewardship_steward_bd0bad" ON "stewardship" ("steward");
CREATE INDEX "idx_stewardship_steward_123bb4" ON "stewardship" ("stewardee");
COMMENT ON COLUMN "stewardship"."room" IS 'The congregation''s space.';
COMMENT ON COLUMN "stewardship"."state" IS 'PROPOSED: proposed\nACTIVE: active\nRESTING: resting\nREVIEW: review';
COMMENT ON COLUMN "stewardship"."agreed" IS 'Who has said yes to what is asked of both now.';
COMMENT ON COLUMN "stewardship"."review" IS 'The day on which both are asked whether it goes on (R16, R37).';
COMMENT ON TABLE "stewardship" IS 'Who is whose steward, or is proposed to be; it is deleted when it is over.';
CREATE TABLE "tending" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "willing" BOOL NOT NULL,
    CONSTRAINT "uid_tending_room_3520bb" UNIQUE ("room", "person")
);
CREATE INDEX "idx_tending_person_f233da" ON "tending" ("person");
COMMENT ON TABLE "tending" IS 'What somebody has said in a stewardship round.';
