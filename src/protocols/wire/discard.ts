import { Protocol } from "../protocol.ts";

/** Takes what it gets, and says nothing (RFC 863). */
export class Discard extends Protocol {}
