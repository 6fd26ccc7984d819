ALTER TABLE "consent_round" ADD COLUMN "request" VARCHAR(255);
CREATE INDEX IF NOT EXISTS "idx_consent_rou_request_71f059" ON "consent_round" ("request");
COMMENT ON COLUMN "consent_round"."request" IS 'The message that asked, while it is its proposer''s: taking that back takes the proposal back before anybody answers.';
