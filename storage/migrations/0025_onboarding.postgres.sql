CREATE TABLE "onboarding" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "newcomer" VARCHAR(255) NOT NULL,
    "member" VARCHAR(255),
    "inviter" VARCHAR(255),
    "state" VARCHAR(16) NOT NULL,
    "tried" JSONB NOT NULL,
    "until" TIMESTAMPTZ,
    "began" DATE,
    "review" DATE NOT NULL,
    "sealed" TEXT
);
CREATE INDEX "idx_onboarding_room_e27e55" ON "onboarding" ("room");
CREATE INDEX "idx_onboarding_newcome_4fe91d" ON "onboarding" ("newcomer");
CREATE INDEX "idx_onboarding_member_208530" ON "onboarding" ("member");
COMMENT ON COLUMN "onboarding"."room" IS 'The congregation''s space.';
COMMENT ON COLUMN "onboarding"."member" IS 'Who is asked, or is beside them.';
COMMENT ON COLUMN "onboarding"."inviter" IS 'Who invited them, until that person has been asked (R38).';
COMMENT ON COLUMN "onboarding"."state" IS 'OFFERED: offered\nDECLINED: declined\nLOOKING: looking\nASKED: asked\nINTRODUCED: introduced\nPROPOSED: proposed\nACTIVE: active\nCLOSING: closing';
COMMENT ON COLUMN "onboarding"."tried" IS 'Who was asked already, and is not asked again about this newcomer.';
COMMENT ON COLUMN "onboarding"."until" IS 'Until when what is asked now can be answered.';
COMMENT ON COLUMN "onboarding"."began" IS 'The day on which both had said yes.';
COMMENT ON COLUMN "onboarding"."review" IS 'The day of the closing question; before both have said yes, the day on which it is given up (R16).';
COMMENT ON COLUMN "onboarding"."sealed" IS 'What the two said, sealed with the pair''s own key.';
COMMENT ON TABLE "onboarding" IS 'A newcomer who is asked, or looks for somebody, or has somebody beside them; deleted when it is over.';
CREATE TABLE "pod_place" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "pod" BIGINT NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "agreed" BOOL NOT NULL,
    "declined" BOOL NOT NULL,
    CONSTRAINT "uid_pod_place_pod_44202a" UNIQUE ("pod", "person")
);
CREATE INDEX "idx_pod_place_pod_8969dc" ON "pod_place" ("pod");
CREATE INDEX "idx_pod_place_person_45d01c" ON "pod_place" ("person");
COMMENT ON COLUMN "pod_place"."declined" IS 'Not this time: no place is kept for them, and the pod does not ask them again.';
COMMENT ON TABLE "pod_place" IS 'A newcomer who is invited into a welcome pod, has said yes, or is not asked again.';
CREATE TABLE "welcome_pod" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "opener" VARCHAR(255) NOT NULL,
    "stage" VARCHAR(16) NOT NULL,
    "home" VARCHAR(255),
    "until" TIMESTAMPTZ NOT NULL,
    "refusals" SMALLINT NOT NULL,
    "review" DATE NOT NULL
);
CREATE INDEX "idx_welcome_pod_room_891e31" ON "welcome_pod" ("room");
CREATE INDEX "idx_welcome_pod_opener_ff6614" ON "welcome_pod" ("opener");
CREATE INDEX "idx_welcome_pod_home_bcaec2" ON "welcome_pod" ("home");
COMMENT ON COLUMN "welcome_pod"."room" IS 'The congregation''s space.';
COMMENT ON COLUMN "welcome_pod"."stage" IS 'INVITING: inviting\nMAKING: making\nOPEN: open';
COMMENT ON COLUMN "welcome_pod"."home" IS 'The room of the pod, once it is made.';
COMMENT ON COLUMN "welcome_pod"."until" IS 'Until when the first invitations can be answered.';
COMMENT ON COLUMN "welcome_pod"."refusals" IS 'How often the homeserver has refused to make the room.';
COMMENT ON COLUMN "welcome_pod"."review" IS 'The day on which it closes (R16).';
COMMENT ON TABLE "welcome_pod" IS 'One experienced member and up to seven newcomers, for three months; then it is deleted, and their room is theirs.';
CREATE TABLE "welcomer" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "room" VARCHAR(255) NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "most" SMALLINT NOT NULL,
    "rests_until" DATE,
    CONSTRAINT "uid_welcomer_room_9c1440" UNIQUE ("room", "person")
);
CREATE INDEX "idx_welcomer_person_5e4370" ON "welcomer" ("person");
COMMENT ON COLUMN "welcomer"."room" IS 'The congregation''s space.';
COMMENT ON COLUMN "welcomer"."most" IS 'Beside how many at once.';
COMMENT ON COLUMN "welcomer"."rests_until" IS 'The first day on which they are asked again.';
COMMENT ON TABLE "welcomer" IS 'Somebody who has said that they would be beside newcomers of a congregation.';
