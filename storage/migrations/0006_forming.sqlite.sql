CREATE TABLE "acceptance" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "calling" BIGINT NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "other" VARCHAR(255) NOT NULL,
    "sealed" TEXT NOT NULL,
    CONSTRAINT "uid_acceptance_calling_41b9e5" UNIQUE ("calling", "person", "other")
) /* What one person said about being in a crew with another. Sealed: no is stored like yes, and nobody reads it. */;
CREATE INDEX "idx_acceptance_person_bc7fb0" ON "acceptance" ("person");
CREATE INDEX "idx_acceptance_other_2bcb75" ON "acceptance" ("other");
CREATE TABLE "calling" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "caller" VARCHAR(255) NOT NULL,
    "congregation" VARCHAR(255) /* The space in whose rooms it is shown; None for a call among people whom the caller names. */,
    "stands_in" VARCHAR(255) /* The room in which it was made, where a call without a congregation stands. */,
    "number" SMALLINT /* Its number on the board. */,
    "said" JSON NOT NULL /* What it says, as `practices.calling.as_state` writes it. */,
    "asked" JSON NOT NULL /* Which parts of a draft were asked already. */,
    "stage" VARCHAR(16) NOT NULL /* DRAFT: draft\nOPEN: open\nASKING: asking\nFORMED: formed */,
    "closes_at" TIMESTAMP NOT NULL /* When it lapses, or when everybody's time to answer is over. */,
    "trial_at" TIMESTAMP /* When the first talk is, if there is one, and where in the caller's words. */,
    "trial_where" VARCHAR(500),
    "hinted" INT NOT NULL /* Whether the caller knows that a crew could begin. */,
    "refusals" SMALLINT NOT NULL /* How often the homeserver has refused the room. */
) /* One call to crew; deleted when it has ended. */;
CREATE INDEX "idx_calling_caller_520168" ON "calling" ("caller");
CREATE INDEX "idx_calling_congreg_8524ce" ON "calling" ("congregation");
CREATE TABLE "interest" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "calling" BIGINT NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "since" TIMESTAMP /* When they became curious; None as long as they are not. */,
    "comes" INT NOT NULL /* Whether they come to the first talk. */,
    "questions" SMALLINT NOT NULL /* How many of their questions were passed on, and how many answers to them. */,
    "answers" SMALLINT NOT NULL,
    CONSTRAINT "uid_interest_calling_6907a2" UNIQUE ("calling", "person")
) /* One person whom a call concerns: curious, or asked by the caller and silent so far. */;
CREATE INDEX "idx_interest_person_503dbc" ON "interest" ("person");
CREATE TABLE "open_door" (
    "room" VARCHAR(255) NOT NULL PRIMARY KEY,
    "since" TIMESTAMP NOT NULL
) /* A crew that lets its congregation know that newcomers may ask. */;
CREATE TABLE "place" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    CONSTRAINT "uid_place_room_12f6c0" UNIQUE ("room", "person")
) /* A place in a crew's room that is kept for somebody until they come in. */;
CREATE INDEX "idx_place_person_78ae39" ON "place" ("person");
CREATE TABLE "wish" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "asker" VARCHAR(255) NOT NULL /* Who asked: a member, or the person themselves. */,
    "until" TIMESTAMP NOT NULL,
    "accepted" TEXT /* Who has accepted, sealed; a no is not stored at all. */,
    CONSTRAINT "uid_wish_room_5137d8" UNIQUE ("room", "person")
) /* Somebody's wish to join a crew that is there, theirs or a member's for them. */;
CREATE INDEX "idx_wish_person_2fb837" ON "wish" ("person");
CREATE INDEX "idx_wish_asker_7f7e9c" ON "wish" ("asker");
CREATE TABLE "assent" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    "line" BIGINT NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    CONSTRAINT "uid_assent_line_7c88f9" UNIQUE ("line", "person")
) /* That one person accepted one line in its very words. */;
CREATE INDEX "idx_assent_room_140ebf" ON "assent" ("room");
CREATE INDEX "idx_assent_person_db8f88" ON "assent" ("person");
CREATE TABLE "charter_line" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    "key" VARCHAR(32) NOT NULL /* CONFIDENTIALITY: confidentiality\nPASSING: passing\nPRESENCE: minimum presence\nRHYTHM: rhythm\nCYCLE: cycle end\nHOSTING: hosting\nNEWCOMERS: newcomers\nINTERRUPTING: no interrupting\nADVICE: advice\nTENSION: tension\nMEDIUM: medium\nCHANNEL: channel\nSETUP: setup\nLEARNING: learning\nOWN: own */,
    "place" SMALLINT NOT NULL /* Its place in the charter, from 1. */,
    "text" TEXT NOT NULL,
    "least" SMALLINT /* The minimum presence that follows from it. */,
    "rule" JSON,
    "until" VARCHAR(10) /* The last day of the cycle, "2027-01-22". */,
    "holds" INT NOT NULL /* Whether it holds: everybody who was here has accepted it in these words. */,
    "instead_of" BIGINT /* The line that these words would replace. */,
    "lapses_at" TIMESTAMP /* When words that nobody has to accept fall away. */
) /* One line. New words for a line that holds stand beside it until everybody has accepted them. */;
CREATE INDEX "idx_charter_lin_room_c20784" ON "charter_line" ("room");
