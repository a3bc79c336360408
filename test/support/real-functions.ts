/**
 * Node's own functions, as a library has them that was loaded before anything was replaced: mocha
 * loads this before the tests.
 */
import crypto from "node:crypto";
import dns from "node:dns";
import net from "node:net";
import timersPromises from "node:timers/promises";
import { promisify } from "node:util";

export const { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval } = globalThis;
export const abortTimeout = AbortSignal.timeout.bind(AbortSignal);
export const { setTimeout: sleep, setImmediate: soon } = timersPromises;
export const promisedTimeout = promisify(setTimeout);
export const { randomBytes, randomUUID, randomFill } = crypto;
export const { connect, createServer, Socket } = net;
export const { lookup, resolve4 } = dns;
export const promisedLookup = dns.promises.lookup;
