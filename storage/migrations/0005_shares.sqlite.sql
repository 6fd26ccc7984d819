CREATE TABLE "form" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    "sealed_for" VARCHAR(255) NOT NULL /* Names the key of its answers: the room as it was called when people were asked, whatever replaced it since. */,
    "session" BIGINT /* The sitting that it belongs to, and the phase of that sitting; None for a form of its own. */,
    "phase" INT,
    "about" VARCHAR(64) /* What a form of its own is for. */,
    "title" VARCHAR(128) NOT NULL,
    "asks" JSON NOT NULL /* The questions, as `practices.forms.as_state` writes them. */,
    "people" JSON NOT NULL /* Everybody who was asked, and those who have neither answered nor passed; both empty once it is open. */,
    "waiting" JSON NOT NULL,
    "opens_at" TIMESTAMP NOT NULL /* When it opens at the latest; people were told so. */,
    "seal" VARCHAR(16) NOT NULL /* SHUT: shut\nOPENED: opened */
) /* Questions that people are asked, each privately, until the one moment at which their answers open. */;
CREATE INDEX "idx_form_room_69b9a7" ON "form" ("room");
CREATE INDEX "idx_form_session_d2318e" ON "form" ("session");
CREATE TABLE "said" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "form" BIGINT,
    "session" BIGINT,
    "place" VARCHAR(255) NOT NULL /* Where it stands, whatever replaces that room: a room's id, or a person's for the private chat with them. */,
    "target" VARCHAR(255) NOT NULL,
    CONSTRAINT "uid_said_place_0c2ee1" UNIQUE ("place", "target")
) /* One message that the homeserver shall forget, by its id or by the name under which we said it; never its text. */;
CREATE INDEX "idx_said_form_cd3cc9" ON "said" ("form");
CREATE INDEX "idx_said_session_81a23b" ON "said" ("session");
CREATE TABLE "share" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "form" BIGINT NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "field" VARCHAR(255) NOT NULL /* The name of the question. */,
    "sealed" TEXT NOT NULL,
    CONSTRAINT "uid_share_form_f7a939" UNIQUE ("form", "person", "field")
) /* One answer, sealed; deleted in the transaction that opens it. */;
CREATE INDEX "idx_share_room_82dba9" ON "share" ("room");
CREATE INDEX "idx_share_person_54c409" ON "share" ("person");
