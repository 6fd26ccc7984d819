CREATE TABLE "domain" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "giver" VARCHAR(255) NOT NULL,
    "card" JSONB NOT NULL,
    "stage" VARCHAR(16) NOT NULL,
    "made_at" TIMESTAMPTZ NOT NULL,
    "began_at" TIMESTAMPTZ,
    "ended_at" TIMESTAMPTZ,
    "deed" VARCHAR(16),
    "wanted" JSONB,
    "asked_by" VARCHAR(255) NOT NULL,
    "holder_agreed" BOOL NOT NULL,
    "giver_agreed" BOOL NOT NULL
);
CREATE INDEX "idx_domain_room_b07e2c" ON "domain" ("room");
CREATE INDEX "idx_domain_giver_f2333a" ON "domain" ("giver");
CREATE INDEX "idx_domain_asked_b_4ec191" ON "domain" ("asked_by");
COMMENT ON COLUMN "domain"."room" IS 'The room of the crew that holds it, or would.';
COMMENT ON COLUMN "domain"."giver" IS 'The space of the congregation that gives it.';
COMMENT ON COLUMN "domain"."card" IS 'The card that holds, as `practices.domains.as_state` writes it.';
COMMENT ON COLUMN "domain"."stage" IS 'PROPOSED: proposed\nACTIVE: active\nRETURNED: returned';
COMMENT ON COLUMN "domain"."began_at" IS 'Since when both circles have agreed on it, and when it ended.';
COMMENT ON COLUMN "domain"."deed" IS 'GIVE: give\nCHANGE: change\nRENEW: renew\nRETURN: return';
COMMENT ON COLUMN "domain"."wanted" IS 'The card that is asked about.';
COMMENT ON COLUMN "domain"."asked_by" IS 'Who proposed it; empty: the day came, or they are forgotten.';
COMMENT ON COLUMN "domain"."holder_agreed" IS 'Which of the two circles has said yes.';
COMMENT ON TABLE "domain" IS 'One domain, and what is asked about it just now.';
CREATE TABLE "domain_link" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "domain" BIGINT NOT NULL,
    "side" VARCHAR(16) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "chosen_at" TIMESTAMPTZ NOT NULL,
    "until" DATE NOT NULL,
    CONSTRAINT "uid_domain_link_domain_5a5257" UNIQUE ("domain", "side")
);
CREATE INDEX "idx_domain_link_room_9b9217" ON "domain_link" ("room");
CREATE INDEX "idx_domain_link_person_fdc8ed" ON "domain_link" ("person");
COMMENT ON COLUMN "domain_link"."room" IS 'The room of the circle that chose them.';
COMMENT ON COLUMN "domain_link"."side" IS 'HOLDER: holder\nGIVER: giver';
COMMENT ON TABLE "domain_link" IS 'Somebody who speaks for one of the circles of a domain in the other, until a day (the double link).';
CREATE TABLE "matter" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "came_from" VARCHAR(255),
    "origin" VARCHAR(64) NOT NULL,
    "words" TEXT NOT NULL,
    "author" VARCHAR(255) NOT NULL,
    "noticed_at" TIMESTAMPTZ NOT NULL,
    "handed_at" TIMESTAMPTZ
);
CREATE INDEX "idx_matter_room_eee9f2" ON "matter" ("room");
CREATE INDEX "idx_matter_came_fr_824ff9" ON "matter" ("came_from");
CREATE INDEX "idx_matter_author_035556" ON "matter" ("author");
COMMENT ON COLUMN "matter"."room" IS 'Where it stands: in the crew''s room, and once it is handed on in the room of the circle that contains it.';
COMMENT ON COLUMN "matter"."came_from" IS 'The room that it comes from, once it is handed on.';
COMMENT ON COLUMN "matter"."origin" IS 'What it was there, such as "poll:4"; empty for words that somebody just said.';
COMMENT ON COLUMN "matter"."author" IS 'Whose words they are; empty once they are forgotten.';
COMMENT ON TABLE "matter" IS 'Something that a crew may hand on, or has handed on, to the circle that contains it (R132).';
CREATE TABLE "domain_notice" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "domain" BIGINT NOT NULL,
    "decision" BIGINT NOT NULL,
    "wanted" BOOL,
    "told_at" TIMESTAMPTZ,
    CONSTRAINT "uid_domain_noti_domain_b38fbf" UNIQUE ("domain", "decision")
);
COMMENT ON COLUMN "domain_notice"."wanted" IS 'Whether the crew wants it told; None: it was asked and has not said.';
COMMENT ON TABLE "domain_notice" IS 'That a decision lies within a domain, as its crew says, and whether the circle that gave it was told.';
