CREATE TABLE "retrospective" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    "cycle" BIGINT /* The cycle at whose end it is held, if at one. */,
    "opened_at" TIMESTAMP NOT NULL,
    "closes_at" TIMESTAMP NOT NULL /* When the counts are shown at the latest (R57). */,
    "purpose" VARCHAR(300) NOT NULL /* What the choices are sealed for; the room it names may have a successor by now. */,
    "sealed" TEXT /* Person to choice, sealed; None before the first and as soon as the counts are shown. */,
    "shown_at" TIMESTAMP,
    "way" VARCHAR(16) /* CONTINUE: continue\nCHANGE: change\nSPLIT: split\nPAUSE: pause\nEND: end */
) /* One retrospective. Choices are sealed until they are counted, and gone from then on. */;
CREATE INDEX "idx_retrospecti_room_a5e01a" ON "retrospective" ("room", "opened_at");
CREATE TABLE "split" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    "opened_at" TIMESTAMP NOT NULL,
    "looks_at" TIMESTAMP NOT NULL /* When wishes are looked at even if not everybody has said one. */,
    "closes_at" TIMESTAMP NOT NULL /* When it lapses. */,
    "purpose" VARCHAR(300) NOT NULL,
    "sealed" TEXT /* Person to side, sealed; None before the first and as soon as it has ended. */,
    "ended_at" TIMESTAMP /* When the second room was asked for, or the wishes lapsed. */
) /* A crew that wants to become two: its members' wishes where to sit, until both tables have three. */;
CREATE INDEX "idx_split_room_e0a5f3" ON "split" ("room", "opened_at");
CREATE TABLE "visitor" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "meetings" SMALLINT NOT NULL /* For how many meetings they were asked. */,
    "asked_at" TIMESTAMP NOT NULL,
    "ends_at" TIMESTAMP NOT NULL /* When the visit ends at the latest. */,
    "came_at" TIMESTAMP /* None until they are in the room. */,
    "ended_at" TIMESTAMP /* When the visit was over; the row goes as soon as they are out of the room. */,
    CONSTRAINT "uid_visitor_room_a64b0e" UNIQUE ("room", "person")
) /* One person who visits one crew. */;
CREATE INDEX "idx_visitor_person_db92b2" ON "visitor" ("person");
