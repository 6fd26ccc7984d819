// A person whose client is Element's own SDK and excludes insecure devices (MSC4153).
//
// One process is one login. It reads requests and writes answers and reports as lines of JSON:
//
//   stdin:   {"id": 1, "do": "say", "room": "!r", "text": "Hello"}
//   stdout:  {"id": 1, "answer": "$event"}  or  {"id": 1, "error": "why"}
//            {"event": {...}}   each event of a timeline; an encrypted one once it is decrypted or
//                               has failed to be, and again if its key comes later
//            {"invitation": {...}}
//
// The keys live in memory only. The process ends when its stdin closes.

import { Console } from "node:console";
import { createInterface } from "node:readline";

// The SDK logs with console.log, but stdout is ours. It takes the functions when it is imported.
globalThis.console = new Console(process.stderr, process.stderr);

const { ClientEvent, MatrixEventEvent, RoomEvent, SyncState, createClient } = await import("matrix-js-sdk");
const { AllDevicesIsolationMode, EventShieldColour, EventShieldReason, OnlySignedDevicesIsolationMode } = await import(
    "matrix-js-sdk/lib/crypto-api/index.js"
);
const { PollEvent } = await import("matrix-js-sdk");
const { M_POLL_KIND_DISCLOSED } = await import("matrix-js-sdk/lib/@types/polls.js");

const WAIT_MS = 30_000;

let client;
let crypto;

const write = (line) => process.stdout.write(JSON.stringify(line) + "\n");

/** Wait until a sync makes `condition` true. */
function until(condition, what) {
    return new Promise((resolve, reject) => {
        const stop = () => {
            client.off(ClientEvent.Sync, look);
            clearTimeout(timer);
        };
        const look = () => {
            if (condition()) {
                stop();
                resolve();
            }
        };
        const timer = setTimeout(() => {
            stop();
            reject(new Error(`Not so within ${WAIT_MS / 1000} s: ${what}`));
        }, WAIT_MS);
        client.on(ClientEvent.Sync, look);
        look();
    });
}

const isJoined = (room) => client.getRoom(room)?.getMyMembership() === "join";

const reported = new Map();

async function report(event) {
    const info = event.isEncrypted() ? await crypto.getEncryptionInfoForEvent(event) : null;
    const content = event.getOriginalContent();
    const line = JSON.stringify({
        event: {
            id: event.getId(),
            room: event.getRoomId(),
            sender: event.getSender(),
            type: event.getType(),
            content,
            // The relation of an encrypted event stands outside of what is encrypted.
            relation: event.getWireContent()["m.relates_to"] ?? content["m.relates_to"] ?? null,
            state_key: event.getStateKey() ?? null,
            at: event.getTs(),
            encrypted: event.isEncrypted(),
            failure: event.isDecryptionFailure() ? event.decryptionFailureReason : null,
            shield: info ? EventShieldColour[info.shieldColour] : null,
            shield_reason: info?.shieldReason == null ? null : EventShieldReason[info.shieldReason],
        },
    });
    // The SDK may try to decrypt an event again and fail as before.
    if (reported.get(event.getId()) === line) return;
    reported.set(event.getId(), line);
    process.stdout.write(line + "\n");
}

function onTimeline(event, room, toStartOfTimeline) {
    // What we send has no event id until it comes back; whoever sent it knows the id from the answer.
    const isOurEcho = event.status !== null;
    if (!toStartOfTimeline && !isOurEcho && !event.isEncrypted()) void report(event);
}

function onMembership(room, membership) {
    if (membership !== "invite") return;
    const own = room.getMember(client.getUserId())?.events.member;
    write({
        invitation: {
            room: room.roomId,
            sender: own?.getSender() ?? "",
            name: room.name,
            direct: Boolean(own?.getContent().is_direct),
        },
    });
}

const requests = {
    /**
     * Take over a login and be ready to speak: synced, cross-signed and strict; or else neither signed
     * nor strict, for the SDK lets nobody be strict who is not signed.
     */
    async start({ url, user, device, token, password, cross_signed: crossSigned }) {
        client = createClient({ baseUrl: url, userId: user, deviceId: device, accessToken: token });
        await client.initRustCrypto({ useIndexedDB: false });
        crypto = client.getCrypto();
        crypto.setDeviceIsolationMode(
            crossSigned ? new OnlySignedDevicesIsolationMode() : new AllDevicesIsolationMode(false),
        );
        client.on(RoomEvent.Timeline, onTimeline);
        client.on(RoomEvent.MyMembership, onMembership);
        client.on(MatrixEventEvent.Decrypted, (event) => void report(event));
        await client.startClient({ initialSyncLimit: 100 });
        await until(() => client.getSyncState() === SyncState.Syncing, "the first sync is done");
        if (!crossSigned) return;
        const identifier = { type: "m.id.user", user };
        await crypto.bootstrapCrossSigning({
            authUploadDeviceSigningKeys: (upload) => upload({ type: "m.login.password", identifier, password }),
        });
        if (!(await crypto.isCrossSigningReady())) throw new Error("Cross-signing is not ready.");
    },

    async create_room({ name, invite, encrypted, direct }) {
        const encryption = {
            type: "m.room.encryption",
            state_key: "",
            content: { algorithm: "m.megolm.v1.aes-sha2" },
        };
        const { room_id: room } = await client.createRoom({
            name: name ?? undefined,
            invite,
            is_direct: direct,
            preset: direct ? "trusted_private_chat" : "private_chat",
            initial_state: encrypted ? [encryption] : [],
        });
        // What is said before the SDK knows that a room is encrypted would be said in clear.
        const settled = () => isJoined(room) && (!encrypted || client.getRoom(room).hasEncryptionStateEvent());
        await until(settled, `the new room ${room} has come`);
        return room;
    },

    async join({ room, via }) {
        const joined = await client.joinRoom(room, { viaServers: via });
        await until(() => isJoined(joined.roomId), `${joined.roomId} is joined`);
        return joined.roomId;
    },

    async invite({ room, user }) {
        await client.invite(room, user);
    },

    async leave({ room }) {
        await client.leave(room);
    },

    async send({ room, type, content }) {
        return (await client.sendEvent(room, type, content)).event_id;
    },

    async redact({ room, event }) {
        return (await client.redactEvent(room, event)).event_id;
    },

    /** A poll as Element draws it: the newest answer of each person counts, and none after its end. */
    async poll({ room, poll: event }) {
        const at = client.getRoom(room);
        while (!at.polls.has(event)) await new Promise((resolve) => at.once(PollEvent.New, resolve));
        const poll = at.polls.get(event);
        const { question, answers, kind, maxSelections } = poll.pollEvent;
        const responses = (await poll.getResponses()).getRelations().sort((a, b) => a.getTs() - b.getTs());
        const votes = {};
        for (const response of responses) {
            const read = response.unstableExtensibleEvent;
            read.validateAgainst(poll.pollEvent);
            votes[response.getSender()] = read.spoiled ? [] : read.answerIds;
        }
        return {
            question: question.text,
            options: answers.map((answer) => [answer.id, answer.text]),
            disclosed: M_POLL_KIND_DISCLOSED.matches(kind.name),
            most: maxSelections,
            ended: poll.isEnded,
            votes,
        };
    },

    /** Every device of `user`, and whether its owner has signed it. */
    async devices({ user }) {
        const known = (await crypto.getUserDeviceInfo([user], true)).get(user) ?? new Map();
        const signed = {};
        for (const device of known.keys()) {
            const status = await crypto.getDeviceVerificationStatus(user, device);
            signed[device] = Boolean(status?.signedByOwner);
        }
        return signed;
    },
};

async function answer({ id, do: what, ...request }) {
    try {
        write({ id, answer: (await requests[what](request)) ?? null });
    } catch (error) {
        write({ id, error: String(error?.stack ?? error) });
    }
}

createInterface({ input: process.stdin })
    .on("line", (line) => void answer(JSON.parse(line)))
    .on("close", () => process.exit(0));
