CREATE TABLE "consent_round" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "zone" VARCHAR(64) NOT NULL,
    "asked_at" TIMESTAMPTZ NOT NULL,
    "state" JSONB NOT NULL,
    "stage" VARCHAR(16) NOT NULL,
    "live" BOOL NOT NULL,
    "step" INT NOT NULL,
    "prompt" INT NOT NULL,
    "lines" JSONB NOT NULL,
    "purpose" VARCHAR(300) NOT NULL,
    "sealed" TEXT,
    "ended_at" TIMESTAMPTZ,
    "review_on" DATE,
    "decision" BIGINT
);
CREATE INDEX "idx_consent_rou_room_51ace8" ON "consent_round" ("room", "stage");
COMMENT ON COLUMN "consent_round"."state" IS 'Where it stands, as `practices.rounds.as_state` writes it; the two below are of it.';
COMMENT ON COLUMN "consent_round"."stage" IS 'READY: ready\nQUESTIONS: questions\nREACTIONS: reactions\nAMENDING: amending\nOBJECTIONS: objections\nSUPPORT: support\nINTEGRATING: integrating\nREVIEW: review\nCONSENTED: consented\nWITHDRAWN: withdrawn';
COMMENT ON COLUMN "consent_round"."step" IS 'Grows with every change: tells its hours and its messages apart.';
COMMENT ON COLUMN "consent_round"."prompt" IS 'The step at which the message with what is asked now was said; 0 for none.';
COMMENT ON COLUMN "consent_round"."lines" IS 'The names of those messages of a turn that are taken back when it is over.';
COMMENT ON COLUMN "consent_round"."purpose" IS 'What answers are sealed for; the room it names may have a successor by now.';
COMMENT ON COLUMN "consent_round"."sealed" IS 'Person to answer, sealed; None before the first and as soon as all are shown.';
COMMENT ON COLUMN "consent_round"."review_on" IS 'When it is looked at again; only what is consented has it, and all of that.';
COMMENT ON COLUMN "consent_round"."decision" IS 'The row in the register of decisions.';
COMMENT ON TABLE "consent_round" IS 'One consent round of a circle. It stays when it is over: its text, its objections and its noted concerns.';
