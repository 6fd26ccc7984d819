CREATE TABLE "poll" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "author" VARCHAR(255) NOT NULL,
    "terms" JSONB NOT NULL,
    "version" INT NOT NULL,
    "stage" VARCHAR(16) NOT NULL,
    "zone" VARCHAR(64) NOT NULL,
    "asked_at" TIMESTAMPTZ NOT NULL,
    "opens_at" TIMESTAMPTZ NOT NULL,
    "closes_at" TIMESTAMPTZ NOT NULL,
    "ended_at" TIMESTAMPTZ,
    "rhythm" JSONB,
    "request" VARCHAR(255),
    "form" BOOL NOT NULL,
    "frozen" BOOL NOT NULL,
    "reminded" BOOL NOT NULL,
    "result" JSONB,
    "asked_outcome_at" TIMESTAMPTZ,
    "outcome" TEXT,
    "outcome_by" VARCHAR(255),
    "outcome_at" TIMESTAMPTZ,
    "review_on" DATE,
    "decision" BIGINT
);
CREATE INDEX "idx_poll_room_fa1de9" ON "poll" ("room");
CREATE INDEX "idx_poll_author_98f7c9" ON "poll" ("author");
CREATE INDEX "idx_poll_request_43b9b7" ON "poll" ("request");
CREATE INDEX "idx_poll_outcome_1e8d0a" ON "poll" ("outcome_by");
CREATE INDEX "idx_poll_room_081285" ON "poll" ("room", "stage");
COMMENT ON COLUMN "poll"."author" IS 'Who asked; empty once they are forgotten.';
COMMENT ON COLUMN "poll"."terms" IS 'The terms as they stand now, as `practices.terms.as_state` writes them.';
COMMENT ON COLUMN "poll"."version" IS 'Grows with every change of the wording.';
COMMENT ON COLUMN "poll"."stage" IS 'AHEAD: ahead\nOPEN: open\nCLOSED: closed\nWITHDRAWN: withdrawn';
COMMENT ON COLUMN "poll"."ended_at" IS 'When it was really closed or withdrawn.';
COMMENT ON COLUMN "poll"."rhythm" IS 'By which it is asked again; the row that is asked next carries it.';
COMMENT ON COLUMN "poll"."request" IS 'The message that asked: taking that back calls the poll off before anybody has answered.';
COMMENT ON COLUMN "poll"."form" IS 'Whether the poll that Element draws is said, too.';
COMMENT ON COLUMN "poll"."frozen" IS 'Whether those entitled were written down when it opened.';
COMMENT ON COLUMN "poll"."reminded" IS 'Whether those without a voice were reminded: once, however often its end is put off.';
COMMENT ON COLUMN "poll"."result" IS 'What came out when it closed: \"lines\", \"sums\", \"passes\", \"entitled\", \"cast\".';
COMMENT ON COLUMN "poll"."asked_outcome_at" IS 'When its author was first asked what follows from it.';
COMMENT ON COLUMN "poll"."outcome" IS 'What people say follows from it.';
COMMENT ON COLUMN "poll"."decision" IS 'The row in the register of decisions.';
COMMENT ON TABLE "poll" IS 'One thing asked of everybody in a circle.';
CREATE TABLE "wording" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "poll" BIGINT NOT NULL,
    "version" INT NOT NULL,
    "terms" JSONB NOT NULL,
    "at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "uid_wording_poll_6c1181" UNIQUE ("poll", "version")
);
COMMENT ON TABLE "wording" IS 'The terms of a poll in one of its versions: what a voice of that version speaks of.';
CREATE TABLE "cast" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "poll" BIGINT NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "door" VARCHAR(16) NOT NULL,
    "event" VARCHAR(255),
    "of" VARCHAR(255),
    "at" TIMESTAMPTZ NOT NULL,
    "marks" JSONB NOT NULL,
    "reason" TEXT NOT NULL,
    "version" INT NOT NULL,
    "voice" VARCHAR(16) NOT NULL
);
CREATE INDEX "idx_cast_person_b008c9" ON "cast" ("person");
CREATE INDEX "idx_cast_event_65ef33" ON "cast" ("event");
CREATE INDEX "idx_cast_of_6e56b1" ON "cast" ("of");
CREATE INDEX "idx_cast_poll_846b8d" ON "cast" ("poll", "person");
COMMENT ON COLUMN "cast"."door" IS 'REACTION: reaction\nFORM: poll\nWORD: word\nPRIVATE: private';
COMMENT ON COLUMN "cast"."event" IS 'The event that said it, if one did.';
COMMENT ON COLUMN "cast"."of" IS 'The event of the voice that it rewords or gives the reason of: taking that back takes back both.';
COMMENT ON COLUMN "cast"."marks" IS 'Option''s place to number, with text keys.';
COMMENT ON COLUMN "cast"."version" IS 'The version of the poll that it speaks of.';
COMMENT ON COLUMN "cast"."voice" IS 'GIVEN: given\nWAITS: waits\nVOID: void\nTAKEN_BACK: taken back';
COMMENT ON TABLE "cast" IS 'One voice as it came: the line of the audit.';
CREATE TABLE "ballot" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "poll" BIGINT NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "marks" JSONB NOT NULL,
    "reason" TEXT NOT NULL,
    "version" INT NOT NULL,
    "cast" BIGINT NOT NULL,
    CONSTRAINT "uid_ballot_poll_9ea9b4" UNIQUE ("poll", "person")
);
CREATE INDEX "idx_ballot_person_c2c9c6" ON "ballot" ("person");
COMMENT ON COLUMN "ballot"."cast" IS 'The voice that it comes from.';
COMMENT ON TABLE "ballot" IS 'What one person''s voice says now, in the poll''s present version.';
CREATE TABLE "elector" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "poll" BIGINT NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "holder" VARCHAR(255),
    CONSTRAINT "uid_elector_poll_2cd13f" UNIQUE ("poll", "person")
);
CREATE INDEX "idx_elector_person_0544b3" ON "elector" ("person");
CREATE INDEX "idx_elector_holder_3d62c4" ON "elector" ("holder");
COMMENT ON COLUMN "elector"."holder" IS 'Who spoke for them at the close, if they had let somebody and did not speak themselves.';
COMMENT ON TABLE "elector" IS 'Somebody entitled: written down at the opening of a secret poll or one with a quorum, else at the close.';
CREATE TABLE "took_part" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "poll" BIGINT NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    CONSTRAINT "uid_took_part_poll_94bf0d" UNIQUE ("poll", "person")
);
CREATE INDEX "idx_took_part_person_12a27a" ON "took_part" ("person");
COMMENT ON TABLE "took_part" IS 'That somebody has spoken in a secret poll, and nothing of what they said.';
CREATE TABLE "secret_ballot" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "poll" BIGINT NOT NULL,
    "marks" JSONB NOT NULL
);
CREATE INDEX "idx_secret_ball_poll_812af4" ON "secret_ballot" ("poll");
COMMENT ON TABLE "secret_ballot" IS 'One voice of a secret poll: nobody''s, and of no time.';
CREATE TABLE "proxy" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "holder" VARCHAR(255) NOT NULL,
    "until" TIMESTAMPTZ NOT NULL,
    "given_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "uid_proxy_room_9447ec" UNIQUE ("room", "person")
);
CREATE INDEX "idx_proxy_person_133176" ON "proxy" ("person");
CREATE INDEX "idx_proxy_holder_4925fc" ON "proxy" ("holder");
COMMENT ON COLUMN "proxy"."holder" IS 'Who speaks for them.';
COMMENT ON COLUMN "proxy"."until" IS 'From then on it says nothing.';
COMMENT ON TABLE "proxy" IS 'Somebody lets another speak for them in one room where they do not speak themselves.';
