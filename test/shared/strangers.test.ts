import { chmodSync, existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { fileIdentity } from "../../src/engine/index.js";
import type { ElanusError } from "../../src/errors.js";
import { FrameReader, frameOf } from "../../src/shared/frames.js";
import { proofOf, VERSION } from "../../src/shared/greeting.js";
import { type MeetingPlace, meetingPlace, privateFolder } from "../../src/shared/meeting-place.js";
import { runCommand } from "../support/command.js";
import { temporaryPath } from "../support/temporary.js";
import { countOf, createBooks, insert, openAsAnother } from "./several.js";

const IMPATIENT = { patience: { silentMs: 300, lookMs: 50, firstMs: 300, laterMs: 300 } };
const placeOf = (path: string): MeetingPlace => meetingPlace(fileIdentity(path) as string);

async function refusalOf(opening: Promise<unknown>): Promise<ElanusError> {
  return opening.then(
    () => expect.unreachable("it was opened"),
    (error: ElanusError) => error,
  );
}

/** A process that answers on a socket as it likes. */
async function answering(address: string, answer: (socket: Socket, payload: Buffer) => void): Promise<Server> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    const reader = new FrameReader((payload) => answer(socket, payload));
    socket.on("data", (chunk) => reader.push(chunk));
  });
  rmSync(address, { force: true });
  await new Promise<void>((resolve) => server.listen(address, resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return server;
}

/** What comes back for bytes that are sent to a socket, until it is closed. */
function answerTo(address: string, ...frames: readonly Uint8Array[]): Promise<Buffer> {
  return new Promise((resolve) => {
    const socket = connect(address);
    const parts: Buffer[] = [];
    socket.on("data", (part) => parts.push(part));
    socket.on("error", () => {});
    socket.on("close", () => resolve(Buffer.concat(parts)));
    for (const frame of frames) socket.write(frame);
  });
}

const json = (value: unknown) => frameOf(Buffer.from(JSON.stringify(value)));
const hello = { version: VERSION, nonce: "0".repeat(32), form: "ff0f" };

describe("where the processes of a shared file meet", () => {
  it("is a short name in a folder that only its user can use", async () => {
    const path = temporaryPath();
    await openAsAnother(path);
    const { address, secretFile } = placeOf(path);
    expect(Buffer.byteLength(address)).toBeLessThanOrEqual(100);
    expect(statSync(dirname(address)).mode & 0o777).toBe(0o700);
    expect(statSync(secretFile).mode & 0o777).toBe(0o600);
  });

  // Not the folder of this user: whatever else opens a file on this machine just now looks into that one.
  it("is refused when others can look into its folder, or it is another's", async () => {
    const folder = join(dirname(temporaryPath()), "meeting");
    const user = process.getuid?.() as number;
    const refusal = (of: string) => ({
      kind: "ShareRefused",
      message: expect.stringContaining(
        `${of}, where the processes of this user meet, must be a folder that only this user can use`,
      ),
    });
    expect(privateFolder(folder, user)).toBe(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    chmodSync(folder, 0o755);
    expect(() => privateFolder(folder, user)).toThrow(expect.objectContaining(refusal(folder)));
    chmodSync(folder, 0o700);
    expect(() => privateFolder(folder, user + 1)).toThrow(expect.objectContaining(refusal(folder)));

    const path = temporaryPath();
    await (await openAsAnother(path)).close();
    const nobody = 2 ** 30 + process.pid;
    const getuid = vi.spyOn(process as { getuid(): number }, "getuid").mockReturnValue(nobody);
    onTestFinished(() => {
      getuid.mockRestore();
      rmSync(`/tmp/elanus-${nobody}`, { recursive: true, force: true });
    });
    expect(await refusalOf(openAsAnother(path))).toMatchObject(refusal(`/tmp/elanus-${nobody}`));
    // Who only joins finds nobody there, and goes his own way.
    expect((await refusalOf(openAsAnother(path, {}, { joins: true }))).kind).toBe("NotShared");
    const listed = await runCommand(["collections", "list", "--path", path]);
    expect(JSON.parse(listed.out)).toEqual({ code: 0, data: [] });
  });

  it("is left as it was found: a closed file has no socket", async () => {
    const path = temporaryPath();
    const engine = await openAsAnother(path);
    const { address } = placeOf(path);
    expect(existsSync(address)).toBe(true);
    await engine.close();
    expect(existsSync(address)).toBe(false);
  });

  it("is taken over from a dead owner, whose socket lies there still, and from who has only its name", async () => {
    const path = temporaryPath();
    await (await openAsAnother(path)).close();
    writeFileSync(placeOf(path).address, "");
    const second = await openAsAnother(path);
    await second.close();
    await answering(placeOf(path).address, (socket) => socket.end(json({ ...hello, proof: "1".repeat(64) })));
    const third = await openAsAnother(path);
    await createBooks(third);
    expect(await countOf(await openAsAnother(path))).toBe(0);
  });

  it("refuses who answers there for the owner and does not know its secret", async () => {
    const path = temporaryPath();
    const owner = await openAsAnother(path);
    await answering(placeOf(path).address, (socket) => socket.write(json({ ...hello, proof: "1".repeat(64) })));
    const patience = { ...IMPATIENT.patience, silentMs: 60_000 };
    const { kind, message } = await refusalOf(openAsAnother(path, {}, { patience }));
    expect(kind).toBe("ShareRefused");
    expect(message).toContain("cannot prove that it is the process that has it open");
    owner.requireOpen();
  });

  it("tells an owner that says nothing from one that is not there", async () => {
    const path = temporaryPath();
    await openAsAnother(path);
    await answering(placeOf(path).address, () => {});
    const { kind, message } = await refusalOf(openAsAnother(path, {}, IMPATIENT));
    expect(kind).toBe("OwnerSilent");
    expect(message).toContain("the process that has it open owns the shared file and has answered nothing for 0.3 s");
  });
});

describe("an owner", () => {
  it("refuses who does not know its secret, in whatever way he says so", async () => {
    const path = temporaryPath();
    const owner = await openAsAnother(path);
    const { address } = placeOf(path);
    const refused = '"refused":"secret"';
    const falseProof = proofOf("peer", Buffer.alloc(32), hello, hello);
    for (const proof of [falseProof, "", "é".repeat(64), 5, null]) {
      expect((await answerTo(address, json(hello), json({ proof }))).toString()).toContain(refused);
    }
    for (const greeting of [
      Buffer.from("GET / HTTP/1.1\r\n\r\n"),
      json({}),
      json([]),
      json(null),
      frameOf(Buffer.from("{")),
    ]) {
      expect(await answerTo(address, greeting)).toHaveLength(0);
    }
    // Larger than any greeting: nothing of it is kept.
    expect(await answerTo(address, Buffer.from([0xff, 0xff, 0xff, 0x7f, 1, 2, 3]))).toHaveLength(0);
    await createBooks(owner);
  });

  it("of another version refuses, and is refused by name", async () => {
    const path = temporaryPath();
    await openAsAnother(path);
    const { address } = placeOf(path);
    const said = await answerTo(address, json({ ...hello, version: "9.9.9/1" }));
    expect(said.toString()).toContain(`{"refused":"version","version":"${VERSION}"}`);
    await answering(address, (socket) => socket.end(json({ refused: "version", version: "9.9.9/1" })));
    const { kind, message } = await refusalOf(openAsAnother(path));
    expect(kind).toBe("ShareRefused");
    expect(message).toContain("the process that has it open is elanus 9.9.9 (1), this one is elanus");
  });

  it("keeps its options, which others take over or must name alike", async () => {
    const path = temporaryPath();
    const auth = { users: { ann: "secret" } };
    const owner = await openAsAnother(path, { serverVersion: "2.6", exactBelow: Number.POSITIVE_INFINITY, auth });
    const { kind, code, message } = await refusalOf(openAsAnother(path, { serverVersion: "3.0", durability: "off" }));
    expect([kind, code]).toEqual(["InvalidParameter", 1100]);
    expect(message).toContain('"serverVersion" and "durability" of Elanus.open are not as in the process');
    const same = { durability: "full", errorForm: "early", exactBelow: Number.POSITIVE_INFINITY, auth } as const;
    const peer = await openAsAnother(path, same);
    const other = await openAsAnother(path);
    await createBooks(peer);
    await owner.close();
    await insert(other, 1);
    await expect(other.execute("collections/describe", { collectionName: "none" })).rejects.toMatchObject({
      code: 100,
    });
    expect(await other.authenticate({ kind: "password", user: "ann", password: "secret" })).toMatchObject({
      user: "ann",
    });
  });

  it("that does not share its file is told of, and one that nobody shares", async () => {
    const { openEngine } = await import("../../src/engine/index.js");
    const path = temporaryPath();
    expect((await refusalOf(openAsAnother(path, {}, { joins: true }))).kind).toBe("NotShared");
    expect(existsSync(path)).toBe(false);
    const alone = openEngine(path);
    onTestFinished(() => alone.close());
    expect((await refusalOf(openAsAnother(path, {}, { joins: true }))).kind).toBe("NotShared");
    const { kind, message } = await refusalOf(openAsAnother(path, {}, IMPATIENT));
    expect(kind).toBe("Unavailable");
    expect(message).toMatch(/is in use by process \d+.*, and it does not share it with this user$/);
  });
});
