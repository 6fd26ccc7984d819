CREATE TABLE "consent_round" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    "zone" VARCHAR(64) NOT NULL,
    "asked_at" TIMESTAMP NOT NULL,
    "state" JSON NOT NULL /* Where it stands, as `practices.rounds.as_state` writes it; the two below are of it. */,
    "stage" VARCHAR(16) NOT NULL /* READY: ready\nQUESTIONS: questions\nREACTIONS: reactions\nAMENDING: amending\nOBJECTIONS: objections\nSUPPORT: support\nINTEGRATING: integrating\nREVIEW: review\nCONSENTED: consented\nWITHDRAWN: withdrawn */,
    "live" INT NOT NULL,
    "step" INT NOT NULL /* Grows with every change: tells its hours and its messages apart. */,
    "prompt" INT NOT NULL /* The step at which the message with what is asked now was said; 0 for none. */,
    "lines" JSON NOT NULL /* The names of those messages of a turn that are taken back when it is over. */,
    "purpose" VARCHAR(300) NOT NULL /* What answers are sealed for; the room it names may have a successor by now. */,
    "sealed" TEXT /* Person to answer, sealed; None before the first and as soon as all are shown. */,
    "ended_at" TIMESTAMP,
    "review_on" DATE /* When it is looked at again; only what is consented has it, and all of that. */,
    "decision" BIGINT /* The row in the register of decisions. */
) /* One consent round of a circle. It stays when it is over: its text, its objections and its noted concerns. */;
CREATE INDEX "idx_consent_rou_room_51ace8" ON "consent_round" ("room", "stage");
