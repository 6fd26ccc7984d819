CREATE TABLE "focus" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "at" TIMESTAMP NOT NULL,
    CONSTRAINT "uid_focus_room_a16bf2" UNIQUE ("room", "person")
) /* When somebody was last the focus of a sitting in a room. */;
CREATE INDEX "idx_focus_person_4fe9c2" ON "focus" ("person");
CREATE TABLE "series" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    "script" VARCHAR(64) NOT NULL,
    "following" INT NOT NULL /* From 0. */,
    CONSTRAINT "uid_series_room_6c4fbd" UNIQUE ("room", "script")
) /* Which sitting of a series comes next in a room. */;
CREATE TABLE "session" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL UNIQUE,
    "script" VARCHAR(64) NOT NULL /* The name of its script, and of the form it is held in. */,
    "form" VARCHAR(64),
    "sitting" INT NOT NULL /* Which sitting of the script's series it is, from 0. */,
    "written" INT NOT NULL /* Whether people share in writing, or speak. */,
    "meeting" BIGINT /* The meeting it is held in, if one is running. */,
    "began_by" VARCHAR(255) NOT NULL /* Who called for it. */,
    "began_at" TIMESTAMP NOT NULL,
    "people" JSON NOT NULL /* Who takes part, in the order of turns, until it has begun. */,
    "focus" VARCHAR(255) /* Who is its focus, until it has begun. */,
    "state" JSON /* Where it stands, as `practices.session.as_state` writes it. None until it has begun. */,
    "step" INT NOT NULL /* Grows with every change: tells its hours and its messages apart. */,
    "board" INT NOT NULL /* The step at which the message that shows where it stands was said. */,
    "lines" JSON NOT NULL /* The names of those messages of a turn that are taken back when it is over. */
) /* One sitting that was called or is running, at most one in a room. */;
