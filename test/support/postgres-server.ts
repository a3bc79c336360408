/** As much of a PostgreSQL server as a client needs to think that it is one. */
import { randomBytes } from "node:crypto";
import { Factory, Protocol } from "skein/protocols";
import { type ScramServer, scramServer } from "./scram.ts";

/** Answers each simple query with one row, of one column: the query itself, in capitals. */
class PostgresServer extends Protocol {
  readonly #password: string | undefined;
  #scram: ScramServer | undefined = undefined;
  #trusted = false;
  #received: Buffer = Buffer.alloc(0);
  #started = false;

  /** Without a password it trusts anybody. */
  constructor(password: string | undefined) {
    super();
    this.#password = password;
  }

  override dataReceived(data: Uint8Array): void {
    this.#received = Buffer.concat([this.#received, data]);
    for (;;) {
      // The first message has no type.
      const header = this.#started ? 1 : 0;
      if (this.#received.length < header + 4) return;
      const end = header + this.#received.readInt32BE(header);
      if (this.#received.length < end) return;
      const message = this.#received.subarray(0, end);
      this.#received = this.#received.subarray(end);
      if (this.#started) this.#answer(message);
      else this.#start();
    }
  }

  #start(): void {
    this.#started = true;
    if (this.#password === undefined) this.#trust();
    else this.#send("R", int32(10), Buffer.from("SCRAM-SHA-256\0\0"));
  }

  #trust(): void {
    this.#trusted = true;
    this.#send("R", int32(0));
    this.#ready();
  }

  /** Its two messages: the first names the mechanism, and has a length. */
  #authenticate(password: string, body: Buffer): void {
    if (this.#scram === undefined) {
      const first = body.toString("utf8", body.indexOf(0) + 5);
      const chance = { nonce: randomBytes(18).toString("base64"), salt: randomBytes(16) };
      this.#scram = scramServer(password, first, chance);
      this.#send("R", int32(11), Buffer.from(this.#scram.first));
      return;
    }
    const last = this.#scram.last(body.toString());
    if (last === undefined) {
      this.#send("E", Buffer.from("SFATAL\0C28P01\0Mpassword authentication failed\0\0"));
      this.transport.loseConnection();
      return;
    }
    this.#send("R", int32(12), Buffer.from(last));
    this.#trust();
  }

  #answer(message: Buffer): void {
    if (message.toString("latin1", 0, 1) === "X") {
      this.transport.loseConnection();
      return;
    }
    if (!this.#trusted) {
      if (this.#password !== undefined) this.#authenticate(this.#password, message.subarray(5));
      return;
    }
    const query = message.toString("utf8", 5, message.length - 1);
    if (query.startsWith("bad")) {
      this.#send("E", Buffer.from("SERROR\0C42601\0Msyntax error\0\0"));
    } else {
      const text = Buffer.from(query.toUpperCase());
      const column = [Buffer.from("text\0"), int32(0), int16(0), int32(25), int16(-1)];
      this.#send("T", int16(1), ...column, int32(-1), int16(0));
      this.#send("D", int16(1), int32(text.length), text);
      this.#send("C", Buffer.from("SELECT 1\0"));
    }
    this.#ready();
  }

  #ready(): void {
    this.#send("Z", Buffer.from("I"));
  }

  #send(type: string, ...parts: readonly Buffer[]): void {
    const body = Buffer.concat(parts);
    this.transport.writeSequence([type, int32(body.length + 4), body]);
  }
}

class PostgresFactory extends Factory {
  readonly #password: string | undefined;

  constructor(password: string | undefined) {
    super();
    this.#password = password;
  }

  override buildProtocol(): Protocol {
    return new PostgresServer(this.#password);
  }
}

/** With a password it wants it by SCRAM-SHA-256; without one it trusts anybody. */
export function postgresServer(password?: string): Factory {
  return new PostgresFactory(password);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}
