CREATE TABLE "dyad" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "kind" VARCHAR(16) NOT NULL /* PARTNERS: partners\nONBOARDING: onboarding\nSTEWARDSHIP: stewardship */,
    "proposer" VARCHAR(255) NOT NULL /* Who proposed it, and to whom. */,
    "asked" VARCHAR(255) NOT NULL,
    "circle" VARCHAR(255) /* A circle in which they know each other: its clocks are theirs until each has named a zone. */,
    "state" VARCHAR(16) NOT NULL /* PROPOSED: proposed\nDECLINED: declined\nACTIVE: active\nRESTING: resting\nREVIEW: review\nCLOSED: closed */,
    "agreed" JSON NOT NULL /* Who has said yes to what is asked of both now. */,
    "review" DATE NOT NULL /* The day on which both are asked whether it goes on (R16). */,
    "months" INT NOT NULL,
    "pace" VARCHAR(16) NOT NULL /* WEEKLY: weekly\nFORTNIGHTLY: fortnightly\nMONTHLY: monthly\nQUARTERLY: quarterly\nNONE: none */,
    "minutes" INT NOT NULL,
    "until" TIMESTAMP /* Until when what is asked of both can be answered; of one declined, how long it is remembered. */,
    "began" DATE /* The day on which the last one-to-one was begun. */,
    "unmet" INT NOT NULL /* How many one-to-ones in a row have come to nothing: after two the dyad rests. */,
    "signals" JSON NOT NULL /* Who would like a signal at half time. */,
    "rooming" JSON NOT NULL /* Who would like a room of their own for the two. */,
    "home" VARCHAR(255) /* That room, once it is made. */
) /* The agreement of two people, or what one proposes to another. It is deleted when it is over. */;
CREATE INDEX "idx_dyad_propose_dc13fc" ON "dyad" ("proposer");
CREATE INDEX "idx_dyad_asked_bbbeb5" ON "dyad" ("asked");
CREATE TABLE "met" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL /* The circle that it was for; of a dyad dyad:12. */,
    "one" VARCHAR(255) NOT NULL /* The two, in the order of their ids. */,
    "other" VARCHAR(255) NOT NULL,
    "day" DATE NOT NULL
) /* Two people have met one-to-one on a day. Nothing else is kept of it (R33). */;
CREATE INDEX "idx_met_one_7eb869" ON "met" ("one");
CREATE INDEX "idx_met_other_13926a" ON "met" ("other");
CREATE INDEX "idx_met_room_4ce42b" ON "met" ("room", "day");
CREATE TABLE "one_to_one" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL /* The circle that it is for, with which it goes; of a dyad dyad:12. */,
    "people" JSON NOT NULL,
    "occasion" VARCHAR(16) NOT NULL /* DYAD: dyad\nROTA: rota\nPAIRING: pairing\nONBOARDING: onboarding\nSTEWARDSHIP: stewardship */,
    "subject" VARCHAR(64) NOT NULL /* What it belongs to, as its feature calls it. */,
    "stage" VARCHAR(16) NOT NULL /* ARRANGING: arranging\nAGREED: agreed\nASKED: asked */,
    "minutes" INT NOT NULL,
    "options" JSON NOT NULL /* Every time that was proposed, and to whom which of them suit: ISO instants in UTC. */,
    "suits" JSON NOT NULL,
    "at" TIMESTAMP,
    "told" JSON NOT NULL /* How often each was written to without having spoken (R14). */,
    "signals" JSON NOT NULL /* Who would like a signal at half time. */,
    "turn" INT NOT NULL /* How often a time was looked for: tells apart the hours of each time. */
) /* One meeting of two people, or three in a trio, until it is over; then it is deleted. */;
CREATE INDEX "idx_one_to_one_room_cb2eeb" ON "one_to_one" ("room");
