/** As much of a PostgreSQL server as a client needs to think that it is one; it trusts anybody. */
import { Factory, Protocol } from "skein/protocols";

/** Answers each simple query with one row, of one column: the query itself, in capitals. */
export class PostgresServer extends Protocol {
  #received: Buffer = Buffer.alloc(0);
  #started = false;

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
    this.#send("R", int32(0)); // authenticated
    this.#ready();
  }

  #answer(message: Buffer): void {
    if (message.toString("latin1", 0, 1) === "X") {
      this.transport.loseConnection();
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

export function postgresServer(): Factory {
  return Factory.forProtocol(PostgresServer);
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
