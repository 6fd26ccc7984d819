CREATE TABLE "acceptance" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "calling" BIGINT NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "other" VARCHAR(255) NOT NULL,
    "sealed" TEXT NOT NULL,
    CONSTRAINT "uid_acceptance_calling_41b9e5" UNIQUE ("calling", "person", "other")
);
CREATE INDEX "idx_acceptance_person_bc7fb0" ON "acceptance" ("person");
CREATE INDEX "idx_acceptance_other_2bcb75" ON "acceptance" ("other");
COMMENT ON TABLE "acceptance" IS 'What one person said about being in a crew with another. Sealed: no is stored like yes, and nobody reads it.';
CREATE TABLE "calling" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "caller" VARCHAR(255) NOT NULL,
    "congregation" VARCHAR(255),
    "stands_in" VARCHAR(255),
    "number" SMALLINT,
    "said" JSONB NOT NULL,
    "asked" JSONB NOT NULL,
    "stage" VARCHAR(16) NOT NULL,
    "closes_at" TIMESTAMPTZ NOT NULL,
    "trial_at" TIMESTAMPTZ,
    "trial_where" VARCHAR(500),
    "hinted" BOOL NOT NULL,
    "refusals" SMALLINT NOT NULL
);
CREATE INDEX "idx_calling_caller_520168" ON "calling" ("caller");
CREATE INDEX "idx_calling_congreg_8524ce" ON "calling" ("congregation");
COMMENT ON COLUMN "calling"."congregation" IS 'The space in whose rooms it is shown; None for a call among people whom the caller names.';
COMMENT ON COLUMN "calling"."stands_in" IS 'The room in which it was made, where a call without a congregation stands.';
COMMENT ON COLUMN "calling"."number" IS 'Its number on the board.';
COMMENT ON COLUMN "calling"."said" IS 'What it says, as `practices.calling.as_state` writes it.';
COMMENT ON COLUMN "calling"."asked" IS 'Which parts of a draft were asked already.';
COMMENT ON COLUMN "calling"."stage" IS 'DRAFT: draft\nOPEN: open\nASKING: asking\nFORMED: formed';
COMMENT ON COLUMN "calling"."closes_at" IS 'When it lapses, or when everybody''s time to answer is over.';
COMMENT ON COLUMN "calling"."trial_at" IS 'When the first talk is, if there is one, and where in the caller''s words.';
COMMENT ON COLUMN "calling"."hinted" IS 'Whether the caller knows that a crew could begin.';
COMMENT ON COLUMN "calling"."refusals" IS 'How often the homeserver has refused the room.';
COMMENT ON TABLE "calling" IS 'One call to crew; deleted when it has ended.';
CREATE TABLE "interest" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "calling" BIGINT NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "since" TIMESTAMPTZ,
    "comes" BOOL NOT NULL,
    "questions" SMALLINT NOT NULL,
    "answers" SMALLINT NOT NULL,
    CONSTRAINT "uid_interest_calling_6907a2" UNIQUE ("calling", "person")
);
CREATE INDEX "idx_interest_person_503dbc" ON "interest" ("person");
COMMENT ON COLUMN "interest"."since" IS 'When they became curious; None as long as they are not.';
COMMENT ON COLUMN "interest"."comes" IS 'Whether they come to the first talk.';
COMMENT ON COLUMN "interest"."questions" IS 'How many of their questions were passed on, and how many answers to them.';
COMMENT ON TABLE "interest" IS 'One person whom a call concerns: curious, or asked by the caller and silent so far.';
CREATE TABLE "open_door" (
    "room" VARCHAR(255) NOT NULL PRIMARY KEY,
    "since" TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE "open_door" IS 'A crew that lets its congregation know that newcomers may ask.';
CREATE TABLE "place" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    CONSTRAINT "uid_place_room_12f6c0" UNIQUE ("room", "person")
);
CREATE INDEX "idx_place_person_78ae39" ON "place" ("person");
COMMENT ON TABLE "place" IS 'A place in a crew''s room that is kept for somebody until they come in.';
CREATE TABLE "wish" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "asker" VARCHAR(255) NOT NULL,
    "until" TIMESTAMPTZ NOT NULL,
    "accepted" TEXT,
    CONSTRAINT "uid_wish_room_5137d8" UNIQUE ("room", "person")
);
CREATE INDEX "idx_wish_person_2fb837" ON "wish" ("person");
CREATE INDEX "idx_wish_asker_7f7e9c" ON "wish" ("asker");
COMMENT ON COLUMN "wish"."asker" IS 'Who asked: a member, or the person themselves.';
COMMENT ON COLUMN "wish"."accepted" IS 'Who has accepted, sealed; a no is not stored at all.';
COMMENT ON TABLE "wish" IS 'Somebody''s wish to join a crew that is there, theirs or a member''s for them.';
CREATE TABLE "assent" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "line" BIGINT NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    CONSTRAINT "uid_assent_line_7c88f9" UNIQUE ("line", "person")
);
CREATE INDEX "idx_assent_room_140ebf" ON "assent" ("room");
CREATE INDEX "idx_assent_person_db8f88" ON "assent" ("person");
COMMENT ON TABLE "assent" IS 'That one person accepted one line in its very words.';
CREATE TABLE "charter_line" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "key" VARCHAR(32) NOT NULL,
    "place" SMALLINT NOT NULL,
    "text" TEXT NOT NULL,
    "least" SMALLINT,
    "rule" JSONB,
    "until" VARCHAR(10),
    "holds" BOOL NOT NULL,
    "instead_of" BIGINT,
    "lapses_at" TIMESTAMPTZ
);
CREATE INDEX "idx_charter_lin_room_c20784" ON "charter_line" ("room");
COMMENT ON COLUMN "charter_line"."key" IS 'CONFIDENTIALITY: confidentiality\nPASSING: passing\nPRESENCE: minimum presence\nRHYTHM: rhythm\nCYCLE: cycle end\nHOSTING: hosting\nNEWCOMERS: newcomers\nINTERRUPTING: no interrupting\nADVICE: advice\nTENSION: tension\nMEDIUM: medium\nCHANNEL: channel\nSETUP: setup\nLEARNING: learning\nOWN: own';
COMMENT ON COLUMN "charter_line"."place" IS 'Its place in the charter, from 1.';
COMMENT ON COLUMN "charter_line"."least" IS 'The minimum presence that follows from it.';
COMMENT ON COLUMN "charter_line"."until" IS 'The last day of the cycle, \"2027-01-22\".';
COMMENT ON COLUMN "charter_line"."holds" IS 'Whether it holds: everybody who was here has accepted it in these words.';
COMMENT ON COLUMN "charter_line"."instead_of" IS 'The line that these words would replace.';
COMMENT ON COLUMN "charter_line"."lapses_at" IS 'When words that nobody has to accept fall away.';
COMMENT ON TABLE "charter_line" IS 'One line. New words for a line that holds stand beside it until everybody has accepted them.';
