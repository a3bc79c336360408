/**
 * Ways in which a program could get at the real world while it is on virtual time: each is caught,
 * or has become virtual. What is called captured is Node's own.
 */
import { exec, execFile, fork, spawn } from "node:child_process";
import crypto from "node:crypto";
import dgram from "node:dgram";
import dns from "node:dns";
import fs from "node:fs";
import http from "node:http";
import http2 from "node:http2";
import net from "node:net";
import { tmpdir } from "node:os";
import timers from "node:timers";
import timersPromises from "node:timers/promises";
import { promisify } from "node:util";
import { MessageChannel, Worker } from "node:worker_threads";
import zlib from "node:zlib";
import type { LeakKind } from "skein/virtual/api";
import {
  abortTimeout,
  clearInterval,
  clearTimeout,
  connect,
  createServer,
  lookup,
  promisedLookup,
  promisedTimeout,
  randomBytes,
  randomFill,
  randomUUID,
  resolve4,
  setImmediate,
  setInterval,
  setTimeout,
  sleep,
  Socket,
  soon,
} from "./real-functions.ts";

/** Made by a program; gives what is to be done when the test is over. */
export type Plant = () => unknown;

export interface Planted {
  readonly plant: Plant;
  /** What it is caught as; "virtual" if it is no leak any more. */
  readonly found: LeakKind | "virtual";
}

const here = import.meta.filename ?? new URL(import.meta.url).pathname;

const caught = (found: LeakKind, plant: Plant): Planted => ({ found, plant });
const virtual = (plant: Plant): Planted => ({ found: "virtual", plant });
const nothing = (): void => {};
const quiet = (): Promise<void> => Promise.resolve();

/** A socket, or a server, that has to be closed again. */
function closing(thing: { close?(): unknown; destroy?(): unknown } & NodeJS.EventEmitter): Plant {
  thing.on("error", nothing);
  return () => (thing.destroy === undefined ? thing.close?.() : thing.destroy());
}

export const PLANTED: Readonly<Record<string, Planted>> = {
  // --- timers ---
  "setTimeout, captured": caught("timers", () => clearTimeout(setTimeout(nothing, 1))),
  "setInterval, captured": caught("timers", () => clearInterval(setInterval(nothing, 1))),
  "setImmediate, captured": caught("timers", () => void setImmediate(nothing)),
  "timers/promises' setTimeout, captured": caught("timers", () => void sleep(1)),
  "timers/promises' setImmediate, captured": caught("timers", () => void soon()),
  "setTimeout, promisified before": caught("timers", () => void promisedTimeout(1)),
  "AbortSignal.timeout, captured": caught("timers", () => void abortTimeout(1)),
  setTimeout: virtual(() => globalThis.setTimeout(nothing, 1)),
  setInterval: virtual(() => globalThis.setInterval(nothing, 1).unref()),
  setImmediate: virtual(() => globalThis.setImmediate(nothing)),
  "node:timers": virtual(() => timers.setTimeout(nothing, 1)),
  "node:timers/promises": virtual(() => timersPromises.setTimeout(1)),
  "scheduler.wait": virtual(() => timersPromises.scheduler.wait(1)),
  "scheduler.yield": virtual(() => timersPromises.scheduler.yield()),
  "setTimeout, promisified": virtual(() => promisify(globalThis.setTimeout)(1)),
  "AbortSignal.timeout": virtual(() => AbortSignal.timeout(1)),

  // --- files ---
  "fs.readFile": caught("fs", () => fs.readFile(here, nothing)),
  "fs.promises.readFile": caught("fs", () => fs.promises.readFile(here)),
  "fs.createReadStream": caught("fs", () => closing(fs.createReadStream(here))),
  "new fs.ReadStream": caught("fs", () =>
    closing(Reflect.construct(fs.ReadStream, [here]) as fs.ReadStream),
  ),
  "fs.watch": caught("fs", () => closing(fs.watch(tmpdir()))),
  "fs.watchFile": caught("fs", () => {
    fs.watchFile(here, nothing);
    return () => fs.unwatchFile(here);
  }),
  "fs.access, after an await": caught("fs", async () => {
    await quiet();
    await fs.promises.access(here);
  }),

  // --- the thread pool ---
  "zlib.gzip": caught("zlib", () => zlib.gzip("text", nothing)),
  "zlib.createInflate": caught("zlib", () => closing(zlib.createInflate())),
  "zlib.brotliCompress": caught("zlib", () => zlib.brotliCompress("text", nothing)),
  "crypto.pbkdf2": caught("crypto", () => crypto.pbkdf2("a", "b", 1, 8, "sha256", nothing)),
  "crypto.scrypt": caught("crypto", () => crypto.scrypt("a", "b", 8, nothing)),
  "crypto.hkdf": caught("crypto", () => crypto.hkdf("sha256", "a", "b", "c", 8, nothing)),
  "crypto.subtle.digest": caught("crypto", () =>
    globalThis.crypto.subtle.digest("SHA-256", new Uint8Array(3)),
  ),
  "zlib.gzipSync, which is done at once": virtual(() => void zlib.gzipSync("text")),
  "crypto.pbkdf2Sync, which is done at once": virtual(
    () => void crypto.pbkdf2Sync("a", "b", 1, 8, "sha256"),
  ),
  "crypto.createHash": virtual(() => void crypto.createHash("sha256").update("text").digest()),

  // --- chance ---
  "crypto.generateKeyPair": caught("random", () => crypto.generateKeyPair("ed25519", {}, nothing)),
  "crypto.generateKeyPairSync": caught("random", () => void crypto.generateKeyPairSync("ed25519")),
  "crypto.generatePrime": caught("random", () => crypto.generatePrime(32, nothing)),
  "randomBytes, captured": caught("random", () => void randomBytes(8)),
  "randomBytes with a callback, captured": caught("random", () => randomBytes(8, nothing)),
  "randomFill, captured": caught("random", () => randomFill(Buffer.alloc(8), nothing)),
  "randomUUID, captured": caught("random", () => void randomUUID({ disableEntropyCache: true })),
  randomBytes: virtual(() => crypto.randomBytes(8).toString("hex")),
  randomFill: virtual(() => promisify(crypto.randomFill)(Buffer.alloc(8))),
  randomInt: virtual(() => crypto.randomInt(1_000_000)),
  randomUUID: virtual(() => crypto.randomUUID()),
  getRandomValues: virtual(() => globalThis.crypto.getRandomValues(new Uint8Array(8)).join()),
  "Math.random": virtual(() => Math.random()),

  // --- the network ---
  "net.connect, captured": caught("net", () => closing(connect(1, "127.0.0.1"))),
  "net.Socket, captured": caught("net", () => closing(new Socket().connect(1, "127.0.0.1"))),
  "a class made of net.Socket": caught("net", () => {
    class Own extends net.Socket {}
    return closing(new Own().connect(1, "127.0.0.1"));
  }),
  "a real pipe": caught("net", () => closing(connect("/nowhere"))),
  dgram: caught("dgram", () => closing(dgram.createSocket("udp4").bind(0))),
  "dns.lookup, captured": caught("dns", () => lookup("localhost", nothing)),
  "dns.promises.lookup, captured": caught("dns", () => promisedLookup("localhost")),
  "dns.resolve4, captured": caught("dns", () => resolve4("localhost", nothing)),
  "net.createServer, captured": virtual(() => closing(createServer().listen(0))),
  "net.connect": virtual(() => closing(net.connect(1, "127.0.0.1"))),
  "net.Socket": virtual(() => closing(new net.Socket().connect(1, "127.0.0.1"))),
  "http.createServer": virtual(() => closing(http.createServer().listen(0))),
  "http.get": virtual(() => closing(http.get("http://127.0.0.1:1/"))),
  "node:http2's date": caught("date", async () => {
    const server = http2.createServer((_request, response) => response.end());
    await new Promise<void>((resolve) => server.listen(8000, resolve));
    const session = http2.connect("http://127.0.0.1:8000/");
    const stream = session.request({ ":path": "/" }).resume();
    await new Promise((resolve) => stream.on("end", resolve));
    session.close();
    server.close();
  }),
  "http2.connect": virtual(() => closing(http2.connect("http://127.0.0.1:1/"))),
  fetch: virtual(() => fetch("http://127.0.0.1:1/").catch(nothing)),
  "dns.lookup": virtual(() => promisify(dns.lookup)("localhost", 4)),
  "dns.Resolver": virtual(() => promisify(dns.resolve4)("localhost")),

  // --- processes and threads ---
  "child_process.spawn": caught("child_process", () => {
    spawn(process.execPath, ["--version"]).on("error", nothing);
  }),
  "child_process.exec": caught("child_process", () => exec("true")),
  "child_process.execFile": caught("child_process", () => execFile(process.execPath, ["-v"])),
  "child_process.fork": caught("child_process", () => {
    const child = fork(here, { execArgv: ["--eval", ""], silent: true });
    return () => child.kill("SIGKILL");
  }),
  "a worker thread": caught("worker_threads", () => {
    const worker = new Worker("", { eval: true });
    return () => worker.terminate();
  }),
  "a message channel": caught("messages", () => {
    const { port1 } = new MessageChannel();
    port1.close();
  }),

  // --- clocks ---
  Date: virtual(() => [Date.now(), new Date().toJSON(), Date()]),
  "performance.now": virtual(() => performance.now()),
  "process.hrtime": virtual(() => [process.hrtime(), process.hrtime.bigint().toString()]),
};
