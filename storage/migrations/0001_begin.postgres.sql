CREATE TABLE "coming" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "meeting" BIGINT NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "answer" VARCHAR(16) NOT NULL,
    CONSTRAINT "uid_coming_meeting_1d6e22" UNIQUE ("meeting", "person")
);
CREATE INDEX "idx_coming_meeting_153dc9" ON "coming" ("meeting");
CREATE INDEX "idx_coming_person_7ad433" ON "coming" ("person");
COMMENT ON COLUMN "coming"."answer" IS 'COMING: coming\nQUIETLY: quietly\nNOT_COMING: not_coming';
COMMENT ON TABLE "coming" IS 'One person''s answer for one meeting; the newest counts.';
CREATE TABLE "fact" (
    "name" VARCHAR(64) NOT NULL PRIMARY KEY,
    "value" TEXT NOT NULL
);
COMMENT ON TABLE "fact" IS 'One named fact.';
CREATE TABLE "inbox" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "key" VARCHAR(255) NOT NULL UNIQUE,
    "kind" VARCHAR(16) NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    "sender" VARCHAR(255),
    "at" TIMESTAMPTZ NOT NULL,
    "useful_until" TIMESTAMPTZ,
    "about" VARCHAR(64),
    "content" JSONB,
    "session" VARCHAR(64),
    "state" VARCHAR(16) NOT NULL,
    "tries" SMALLINT NOT NULL,
    "settled_at" TIMESTAMPTZ
);
CREATE INDEX "idx_inbox_state_ede5a3" ON "inbox" ("state", "at");
CREATE INDEX "idx_inbox_state_f826e9" ON "inbox" ("state", "session");
CREATE INDEX "idx_inbox_about_3dff36" ON "inbox" ("about", "state");
COMMENT ON COLUMN "inbox"."key" IS 'Names the occurrence: an event id, or what the hour is for with its local time.';
COMMENT ON COLUMN "inbox"."kind" IS 'MESSAGE: message\nREACTION: reaction\nCHANGE: change\nHOUR: hour';
COMMENT ON COLUMN "inbox"."at" IS 'When it was said, or is due.';
COMMENT ON COLUMN "inbox"."useful_until" IS 'An hour that strikes later than this is noted as late and not kept.';
COMMENT ON COLUMN "inbox"."about" IS 'What an hour belongs to, such as \"meeting:12\", so that it can be called off.';
COMMENT ON COLUMN "inbox"."content" IS 'What was said; emptied as soon as the row is settled.';
COMMENT ON COLUMN "inbox"."session" IS 'The Megolm session a sealed row waits for.';
COMMENT ON COLUMN "inbox"."state" IS 'WAITING: waiting\nSEALED: sealed\nSETTLED: settled\nREFUSED: refused\nLATE: late\nFAILED: failed';
COMMENT ON TABLE "inbox" IS 'One thing that happened.';
CREATE TABLE "meeting" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "occurrence" VARCHAR(16) NOT NULL,
    "local" VARCHAR(16) NOT NULL,
    "zone" VARCHAR(64) NOT NULL,
    "at" TIMESTAMPTZ NOT NULL,
    "standing" VARCHAR(16) NOT NULL,
    CONSTRAINT "uid_meeting_room_7bf867" UNIQUE ("room", "occurrence")
);
CREATE INDEX "idx_meeting_room_86aa29" ON "meeting" ("room", "at");
COMMENT ON COLUMN "meeting"."occurrence" IS 'Wall time as planned by the rhythm, \"2026-12-17T19:00\".';
COMMENT ON COLUMN "meeting"."local" IS 'Wall time at which it is held, in `zone`; differs from `occurrence` once moved.';
COMMENT ON COLUMN "meeting"."standing" IS 'PLANNED: planned\nMOVED: moved\nSKIPPED: skipped';
COMMENT ON TABLE "meeting" IS 'One meeting. The local wall time names it, so that no restart and no double hour makes two.';
CREATE TABLE "member" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "name" VARCHAR(255),
    CONSTRAINT "uid_member_room_5a7ab2" UNIQUE ("room", "person")
);
CREATE INDEX "idx_member_person_9dec2a" ON "member" ("person");
COMMENT ON TABLE "member" IS 'One person in one room.';
CREATE TABLE "outbox" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "transaction" VARCHAR(64) NOT NULL UNIQUE,
    "lane" VARCHAR(255) NOT NULL,
    "deed" VARCHAR(16) NOT NULL,
    "type" VARCHAR(128) NOT NULL,
    "content" JSONB,
    "name" VARCHAR(96),
    "target" VARCHAR(255),
    "asker" VARCHAR(255),
    "state" VARCHAR(16) NOT NULL,
    "room" VARCHAR(255),
    "event_id" VARCHAR(255),
    "refusal" VARCHAR(255),
    "made_at" TIMESTAMPTZ NOT NULL
);
CREATE INDEX "idx_outbox_name_4ca76e" ON "outbox" ("name");
CREATE INDEX "idx_outbox_event_i_71b996" ON "outbox" ("event_id");
CREATE INDEX "idx_outbox_state_2c3f84" ON "outbox" ("state", "id");
COMMENT ON COLUMN "outbox"."transaction" IS 'Derived from the cause and the position among its effects.';
COMMENT ON COLUMN "outbox"."lane" IS 'The room it goes to, or a person''s id when it goes to the private chat with them.';
COMMENT ON COLUMN "outbox"."deed" IS 'SEND: send\nEDIT: edit\nREACT: react\nSTATE: state\nFILE: file\nJOIN: join\nLEAVE: leave';
COMMENT ON COLUMN "outbox"."type" IS 'Event type of a message or a state.';
COMMENT ON COLUMN "outbox"."content" IS 'Emptied as soon as it is sent.';
COMMENT ON COLUMN "outbox"."name" IS 'Under which a later edit, a reaction or an answer finds this message again.';
COMMENT ON COLUMN "outbox"."target" IS 'What it changes or reacts to: an event id, or the name of an earlier message.';
COMMENT ON COLUMN "outbox"."asker" IS 'Who asked for it: a person who asks for much waits alone.';
COMMENT ON COLUMN "outbox"."state" IS 'OWED: owed\nSENT: sent\nWEDGED: wedged';
COMMENT ON COLUMN "outbox"."room" IS 'Where it arrived.';
COMMENT ON COLUMN "outbox"."refusal" IS 'What the homeserver said when it refused.';
COMMENT ON TABLE "outbox" IS 'One thing owed. The transaction id never changes, so saying it twice says it once.';
CREATE TABLE "muted" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "person" VARCHAR(255) NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    CONSTRAINT "uid_muted_person_208544" UNIQUE ("person", "room")
);
COMMENT ON TABLE "muted" IS 'A room in which a person does not want to be called by name.';
CREATE TABLE "person" (
    "id" VARCHAR(255) NOT NULL PRIMARY KEY,
    "zone" VARCHAR(64),
    "quiet_from" VARCHAR(5),
    "quiet_until" VARCHAR(5),
    "muted" BOOL NOT NULL
);
COMMENT ON COLUMN "person"."zone" IS 'IANA name; None means the circle''s own zone.';
COMMENT ON TABLE "person" IS 'One person, by Matrix id.';
CREATE TABLE "question" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "person" VARCHAR(255),
    "inquiry" VARCHAR(64) NOT NULL,
    "data" JSONB NOT NULL,
    "answers" JSONB NOT NULL,
    "until" TIMESTAMPTZ NOT NULL
);
CREATE INDEX "idx_question_room_4ac3e2" ON "question" ("room", "person");
COMMENT ON COLUMN "question"."person" IS 'Who may answer; None means every member of the room.';
COMMENT ON COLUMN "question"."inquiry" IS 'Which declared inquiry it belongs to.';
COMMENT ON COLUMN "question"."data" IS 'What the inquiry needs to go on.';
COMMENT ON COLUMN "question"."answers" IS 'Answers so far, person to sign, where everybody is asked.';
COMMENT ON TABLE "question" IS 'One open question, answered by a tap, by a word, or by time.';
CREATE TABLE "reminder" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "number" INT NOT NULL,
    "what" TEXT NOT NULL,
    "zone" VARCHAR(64) NOT NULL,
    "rhythm" JSONB,
    "at" TIMESTAMPTZ,
    "request" VARCHAR(255)
);
CREATE INDEX "idx_reminder_person_7e539f" ON "reminder" ("person");
CREATE INDEX "idx_reminder_request_fd18a5" ON "reminder" ("request");
CREATE INDEX "idx_reminder_room_d3490f" ON "reminder" ("room", "at");
COMMENT ON COLUMN "reminder"."number" IS 'How people of this room call it: the smallest number that was free.';
COMMENT ON COLUMN "reminder"."rhythm" IS 'None for a one-off reminder.';
COMMENT ON COLUMN "reminder"."at" IS 'The next time it is due; None once it is done.';
COMMENT ON COLUMN "reminder"."request" IS 'The message that asked for it: taking that back calls the reminder off.';
COMMENT ON TABLE "reminder" IS 'One reminder, one-off or recurring.';
CREATE TABLE "room" (
    "id" VARCHAR(255) NOT NULL PRIMARY KEY,
    "joined" BOOL NOT NULL,
    "is_space" BOOL NOT NULL,
    "version" VARCHAR(32) NOT NULL,
    "creators" JSONB NOT NULL,
    "encrypted" BOOL NOT NULL,
    "name" VARCHAR(255),
    "invited_by" VARCHAR(255),
    "invited_direct" BOOL NOT NULL,
    "members_known" BOOL NOT NULL,
    "successor" VARCHAR(255),
    "predecessor" VARCHAR(255),
    "power" JSONB NOT NULL,
    "private_with" VARCHAR(255),
    "kind" VARCHAR(16) NOT NULL,
    "congregation" VARCHAR(255),
    "children" JSONB NOT NULL,
    "zone" VARCHAR(64),
    "host" VARCHAR(255),
    "rhythm" JSONB,
    "settings" JSONB NOT NULL,
    "adopted_at" TIMESTAMPTZ,
    "noticed_size" INT NOT NULL
);
CREATE INDEX "idx_room_private_5dccfd" ON "room" ("private_with");
CREATE INDEX "idx_room_congreg_8e1838" ON "room" ("congregation");
COMMENT ON COLUMN "room"."creators" IS 'People with all power in rooms of version 12 and later.';
COMMENT ON COLUMN "room"."encrypted" IS 'Never cleared: a room that was encrypted once stays so for us.';
COMMENT ON COLUMN "room"."invited_by" IS 'Who invited the daemon, and whether as to a private chat.';
COMMENT ON COLUMN "room"."members_known" IS 'Whether `Member` holds everybody who is in this room.';
COMMENT ON COLUMN "room"."successor" IS 'The room that replaced this one, as its tombstone says.';
COMMENT ON COLUMN "room"."power" IS 'The content of m.room.power_levels as it stands.';
COMMENT ON COLUMN "room"."private_with" IS 'The one person of a private chat.';
COMMENT ON COLUMN "room"."kind" IS 'PRIVATE: private\nDYAD: dyad\nCREW: crew\nCONGREGATION: congregation\nWORKING: working\nASSEMBLY: assembly\nPROTOCOL: protocol\nNONE: none';
COMMENT ON COLUMN "room"."congregation" IS 'The space of the congregation that this circle belongs to, if any.';
COMMENT ON COLUMN "room"."children" IS 'The rooms that a space lists.';
COMMENT ON COLUMN "room"."host" IS 'Who is asked when a meeting may not be held.';
COMMENT ON COLUMN "room"."settings" IS 'Defaults that this circle has changed: name to {\"value\", \"review\"}.';
COMMENT ON COLUMN "room"."noticed_size" IS 'The largest size that a hint or notice was given for.';
COMMENT ON TABLE "room" IS 'One room or space. What it is also stands in the room''s own state, so that this can be rebuilt.';
