CREATE TABLE "coming" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "meeting" BIGINT NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "answer" VARCHAR(16) NOT NULL /* COMING: coming\nQUIETLY: quietly\nNOT_COMING: not_coming */,
    CONSTRAINT "uid_coming_meeting_1d6e22" UNIQUE ("meeting", "person")
) /* One person's answer for one meeting; the newest counts. */;
CREATE INDEX "idx_coming_meeting_153dc9" ON "coming" ("meeting");
CREATE INDEX "idx_coming_person_7ad433" ON "coming" ("person");
CREATE TABLE "fact" (
    "name" VARCHAR(64) NOT NULL PRIMARY KEY,
    "value" TEXT NOT NULL
) /* One named fact. */;
CREATE TABLE "inbox" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "key" VARCHAR(255) NOT NULL UNIQUE /* Names the occurrence: an event id, or what the hour is for with its local time. */,
    "kind" VARCHAR(16) NOT NULL /* MESSAGE: message\nREACTION: reaction\nCHANGE: change\nHOUR: hour */,
    "room" VARCHAR(255) NOT NULL,
    "sender" VARCHAR(255),
    "at" TIMESTAMP NOT NULL /* When it was said, or is due. */,
    "useful_until" TIMESTAMP /* An hour that strikes later than this is noted as late and not kept. */,
    "about" VARCHAR(64) /* What an hour belongs to, such as "meeting:12", so that it can be called off. */,
    "content" JSON /* What was said; emptied as soon as the row is settled. */,
    "session" VARCHAR(64) /* The Megolm session a sealed row waits for. */,
    "state" VARCHAR(16) NOT NULL /* WAITING: waiting\nSEALED: sealed\nSETTLED: settled\nREFUSED: refused\nLATE: late\nFAILED: failed */,
    "tries" SMALLINT NOT NULL,
    "settled_at" TIMESTAMP
) /* One thing that happened. */;
CREATE INDEX "idx_inbox_state_ede5a3" ON "inbox" ("state", "at");
CREATE INDEX "idx_inbox_state_f826e9" ON "inbox" ("state", "session");
CREATE INDEX "idx_inbox_about_3dff36" ON "inbox" ("about", "state");
CREATE TABLE "meeting" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    "occurrence" VARCHAR(16) NOT NULL /* Wall time as planned by the rhythm, "2026-12-17T19:00". */,
    "local" VARCHAR(16) NOT NULL /* Wall time at which it is held, in `zone`; differs from `occurrence` once moved. */,
    "zone" VARCHAR(64) NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "standing" VARCHAR(16) NOT NULL /* PLANNED: planned\nMOVED: moved\nSKIPPED: skipped */,
    CONSTRAINT "uid_meeting_room_7bf867" UNIQUE ("room", "occurrence")
) /* One meeting. The local wall time names it, so that no restart and no double hour makes two. */;
CREATE INDEX "idx_meeting_room_86aa29" ON "meeting" ("room", "at");
CREATE TABLE "member" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "name" VARCHAR(255),
    CONSTRAINT "uid_member_room_5a7ab2" UNIQUE ("room", "person")
) /* One person in one room. */;
CREATE INDEX "idx_member_person_9dec2a" ON "member" ("person");
CREATE TABLE "outbox" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "transaction" VARCHAR(64) NOT NULL UNIQUE /* Derived from the cause and the position among its effects. */,
    "lane" VARCHAR(255) NOT NULL /* The room it goes to, or a person's id when it goes to the private chat with them. */,
    "deed" VARCHAR(16) NOT NULL /* SEND: send\nEDIT: edit\nREACT: react\nSTATE: state\nFILE: file\nJOIN: join\nLEAVE: leave */,
    "type" VARCHAR(128) NOT NULL /* Event type of a message or a state. */,
    "content" JSON /* Emptied as soon as it is sent. */,
    "name" VARCHAR(96) /* Under which a later edit, a reaction or an answer finds this message again. */,
    "target" VARCHAR(255) /* What it changes or reacts to: an event id, or the name of an earlier message. */,
    "asker" VARCHAR(255) /* Who asked for it: a person who asks for much waits alone. */,
    "state" VARCHAR(16) NOT NULL /* OWED: owed\nSENT: sent\nWEDGED: wedged */,
    "room" VARCHAR(255) /* Where it arrived. */,
    "event_id" VARCHAR(255),
    "refusal" VARCHAR(255) /* What the homeserver said when it refused. */,
    "made_at" TIMESTAMP NOT NULL
) /* One thing owed. The transaction id never changes, so saying it twice says it once. */;
CREATE INDEX "idx_outbox_name_4ca76e" ON "outbox" ("name");
CREATE INDEX "idx_outbox_event_i_71b996" ON "outbox" ("event_id");
CREATE INDEX "idx_outbox_state_2c3f84" ON "outbox" ("state", "id");
CREATE TABLE "muted" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    CONSTRAINT "uid_muted_person_208544" UNIQUE ("person", "room")
) /* A room in which a person does not want to be called by name. */;
CREATE TABLE "person" (
    "id" VARCHAR(255) NOT NULL PRIMARY KEY,
    "zone" VARCHAR(64) /* IANA name; None means the circle's own zone. */,
    "quiet_from" VARCHAR(5),
    "quiet_until" VARCHAR(5),
    "muted" INT NOT NULL
) /* One person, by Matrix id. */;
CREATE TABLE "question" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    "person" VARCHAR(255) /* Who may answer; None means every member of the room. */,
    "inquiry" VARCHAR(64) NOT NULL /* Which declared inquiry it belongs to. */,
    "data" JSON NOT NULL /* What the inquiry needs to go on. */,
    "answers" JSON NOT NULL /* Answers so far, person to sign, where everybody is asked. */,
    "until" TIMESTAMP NOT NULL
) /* One open question, answered by a tap, by a word, or by time. */;
CREATE INDEX "idx_question_room_4ac3e2" ON "question" ("room", "person");
CREATE TABLE "reminder" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "number" INT NOT NULL /* How people of this room call it: the smallest number that was free. */,
    "what" TEXT NOT NULL,
    "zone" VARCHAR(64) NOT NULL,
    "rhythm" JSON /* None for a one-off reminder. */,
    "at" TIMESTAMP /* The next time it is due; None once it is done. */,
    "request" VARCHAR(255) /* The message that asked for it: taking that back calls the reminder off. */
) /* One reminder, one-off or recurring. */;
CREATE INDEX "idx_reminder_person_7e539f" ON "reminder" ("person");
CREATE INDEX "idx_reminder_request_fd18a5" ON "reminder" ("request");
CREATE INDEX "idx_reminder_room_d3490f" ON "reminder" ("room", "at");
CREATE TABLE "room" (
    "id" VARCHAR(255) NOT NULL PRIMARY KEY,
    "joined" INT NOT NULL,
    "is_space" INT NOT NULL,
    "version" VARCHAR(32) NOT NULL,
    "creators" JSON NOT NULL /* People with all power in rooms of version 12 and later. */,
    "encrypted" INT NOT NULL /* Never cleared: a room that was encrypted once stays so for us. */,
    "name" VARCHAR(255),
    "invited_by" VARCHAR(255) /* Who invited the daemon, and whether as to a private chat. */,
    "invited_direct" INT NOT NULL,
    "members_known" INT NOT NULL /* Whether `Member` holds everybody who is in this room. */,
    "successor" VARCHAR(255) /* The room that replaced this one, as its tombstone says. */,
    "predecessor" VARCHAR(255),
    "power" JSON NOT NULL /* The content of m.room.power_levels as it stands. */,
    "private_with" VARCHAR(255) /* The one person of a private chat. */,
    "kind" VARCHAR(16) NOT NULL /* PRIVATE: private\nDYAD: dyad\nCREW: crew\nCONGREGATION: congregation\nWORKING: working\nASSEMBLY: assembly\nPROTOCOL: protocol\nNONE: none */,
    "congregation" VARCHAR(255) /* The space of the congregation that this circle belongs to, if any. */,
    "children" JSON NOT NULL /* The rooms that a space lists. */,
    "zone" VARCHAR(64),
    "host" VARCHAR(255) /* Who is asked when a meeting may not be held. */,
    "rhythm" JSON,
    "settings" JSON NOT NULL /* Defaults that this circle has changed: name to {"value", "review"}. */,
    "adopted_at" TIMESTAMP,
    "noticed_size" INT NOT NULL /* The largest size that a hint or notice was given for. */
) /* One room or space. What it is also stands in the room's own state, so that this can be rebuilt. */;
CREATE INDEX "idx_room_private_5dccfd" ON "room" ("private_with");
CREATE INDEX "idx_room_congreg_8e1838" ON "room" ("congregation");
