CREATE TABLE "money_note" (
    "person" VARCHAR(255) NOT NULL PRIMARY KEY,
    "sealed" TEXT NOT NULL
) /* Somebody's money note, all of its fields in one, so that not even how many are filled can be seen (R28). */;
CREATE TABLE "money_opening" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "place" VARCHAR(255) NOT NULL /* The circle's room, or from when it is shown on the room in which that was said. */,
    "held" BIGINT NOT NULL /* The number of the meeting. */,
    "at" TIMESTAMP NOT NULL /* When the meeting was to begin and to end as its person agreed to this: at another time nothing is shown. */,
    "ends_at" TIMESTAMP NOT NULL,
    "sealed" TEXT NOT NULL /* Which field, and its words. */,
    "shown" INT NOT NULL
) /* One field of a money note that its person opens to one circle for one meeting, in the words they were shown (R29). */;
CREATE INDEX "idx_money_openi_person_bcf65e" ON "money_opening" ("person");
CREATE INDEX "idx_money_openi_held_ab6e28" ON "money_opening" ("held");
CREATE TABLE "pathway" (
    "person" VARCHAR(255) NOT NULL PRIMARY KEY,
    "sealed" TEXT NOT NULL
) /* What somebody chose to learn next, and whom they have asked about it and when: one sealed row (R30). */;
CREATE TABLE "safety_contact" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL /* The space of the congregation. */,
    "person" VARCHAR(255) NOT NULL,
    "agreed" INT NOT NULL /* Until they have said yes they are named to nobody. */,
    "follows" BIGINT NOT NULL /* The contact whose place they take as soon as they agree, 0 for nobody's. */,
    "until" DATE NOT NULL /* The last day of their term (R16). */,
    CONSTRAINT "uid_safety_cont_room_67d63b" UNIQUE ("room", "person")
) /* Somebody whom a congregation names to turn to, shown to its people once they have agreed themselves (R19). */;
CREATE INDEX "idx_safety_cont_room_ebd287" ON "safety_contact" ("room");
CREATE INDEX "idx_safety_cont_person_e80269" ON "safety_contact" ("person");
