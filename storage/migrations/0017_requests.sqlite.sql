ALTER TABLE "consent_round" ADD COLUMN "request" VARCHAR(255) /* The message that asked, while it is its proposer's: taking that back takes the proposal back before anybody answers. */;
CREATE INDEX "idx_consent_rou_request_71f059" ON "consent_round" ("request");
