ALTER TABLE "coming" ADD COLUMN "said_at" TIMESTAMP /* When this answer was first given: an absence announced in time is another than one that was not (Q5). */;
ALTER TABLE "meeting" ADD COLUMN "host" VARCHAR(255) /* Who hosts it, or is proposed to; None while nobody does. */;
ALTER TABLE "meeting" ADD COLUMN "host_sought_at" TIMESTAMP /* When the room was asked openly for a host, which happens once. */;
ALTER TABLE "meeting" ADD COLUMN "held" INT /* Whether it took place; None before it is over. */;
ALTER TABLE "meeting" ADD COLUMN "came" INT /* How many were there, once it is no longer kept who. */;
ALTER TABLE "meeting" ADD COLUMN "final_at" TIMESTAMP /* From when on its record is not corrected any more. */;
CREATE TABLE "commitment" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    "owner" VARCHAR(255) NOT NULL /* The person who took it on. */,
    "what" TEXT NOT NULL,
    "due" DATE /* The day until which it is meant to be done; None: none was named. */,
    "made_at" TIMESTAMP NOT NULL,
    "done_at" TIMESTAMP,
    "kind" VARCHAR(16) NOT NULL /* COMMITMENT: commitment\nCHANGE: change */,
    "meeting" BIGINT /* The meeting at which it was made, if at one. */,
    "asked" INT NOT NULL /* Whether its owner was reminded, which happens once. */
) /* One thing that somebody will do. Seen by the circle, kept and taken back by its owner. */;
CREATE INDEX "idx_commitment_owner_3e3a11" ON "commitment" ("owner");
CREATE INDEX "idx_commitment_room_f0bc74" ON "commitment" ("room", "done_at");
CREATE TABLE "cycle" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    "number" INT NOT NULL /* Which cycle of the crew it is, from 1. */,
    "length" VARCHAR(16) NOT NULL /* FIVE: 5\nSIX: 6\nTEN: 10\nTWO_MONTHS: 2 months */,
    "begins" TIMESTAMP NOT NULL /* When all had agreed on it; meetings after this instant are its own. */,
    "ended_at" TIMESTAMP /* When another cycle took its place, or the crew ended it; None for the one that runs. */,
    CONSTRAINT "uid_cycle_room_495069" UNIQUE ("room", "number")
) /* One cycle. Where its meetings and its looking back fall follows from the calendar and is not stored. */;
CREATE TABLE "decision" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "room" VARCHAR(255) NOT NULL,
    "meeting" BIGINT /* The meeting at which it was taken; None when it was written down before any. */,
    "what" TEXT NOT NULL,
    "person" VARCHAR(255) NOT NULL /* Who wrote it down, and may take it back. */,
    "made_at" TIMESTAMP NOT NULL
) /* One decision in the words in which it was written down. */;
CREATE INDEX "idx_decision_room_fea664" ON "decision" ("room");
CREATE INDEX "idx_decision_person_d19331" ON "decision" ("person");
CREATE TABLE "energy" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "meeting" BIGINT NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "sealed" TEXT NOT NULL,
    CONSTRAINT "uid_energy_meeting_b789ff" UNIQUE ("meeting", "person")
) /* One person's number from 1 to 5 for one meeting, readable with the daemon's keys only. */;
CREATE INDEX "idx_energy_meeting_34e7d4" ON "energy" ("meeting");
CREATE INDEX "idx_energy_person_b1034c" ON "energy" ("person");
CREATE TABLE "hosting" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "meeting" BIGINT NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "said" VARCHAR(16) NOT NULL /* ASKED: asked\nGLADLY: gladly\nDECLINED: declined */,
    CONSTRAINT "uid_hosting_meeting_338c45" UNIQUE ("meeting", "person")
) /* One person's answer for one meeting. Nobody sees it but them; with the meeting it is forgotten. */;
CREATE INDEX "idx_hosting_meeting_be6c95" ON "hosting" ("meeting");
CREATE INDEX "idx_hosting_person_08a573" ON "hosting" ("person");
CREATE TABLE "presence" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "meeting" BIGINT NOT NULL,
    "person" VARCHAR(255) NOT NULL,
    "came" INT NOT NULL,
    CONSTRAINT "uid_presence_meeting_467a6c" UNIQUE ("meeting", "person")
) /* Whether one member was at one meeting. No lateness, no durations, no order. */;
CREATE INDEX "idx_presence_meeting_6f9c8d" ON "presence" ("meeting");
CREATE INDEX "idx_presence_person_c1f725" ON "presence" ("person");
