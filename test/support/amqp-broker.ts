/** As much of an AMQP broker as a client needs to think that it is one: queues, and readers. */
import { Factory, Protocol } from "skein/protocols";

const END = 0xce;
const [METHOD, HEADER, BODY] = [1, 2, 3] as const;

/** What a method is, by its class and its number. */
const name = (classId: number, method: number): string => `${classId}.${method}`;

interface Published {
  readonly queue: string;
  header: Buffer;
}

export function amqpBroker(): Factory {
  const readers = new Map<string, { readonly client: Client; readonly channel: number }>();

  class Client extends Protocol {
    #received: Buffer = Buffer.alloc(0);
    #greeted = false;
    #published: Published = { queue: "", header: Buffer.alloc(0) };

    override dataReceived(data: Uint8Array): void {
      this.#received = Buffer.concat([this.#received, data]);
      if (!this.#greeted && this.#received.length >= 8) {
        this.#greeted = true;
        this.#received = this.#received.subarray(8);
        const plain = [longText("PLAIN"), longText("en_US")];
        this.#method(0, 10, 10, octets(0, 9), table(), ...plain);
      }
      while (this.#greeted && this.#received.length >= 7) {
        const end = 7 + this.#received.readUInt32BE(3) + 1;
        if (this.#received.length < end) return;
        const frame = this.#received.subarray(0, end);
        this.#received = this.#received.subarray(end);
        this.#frame(frame.readUInt8(0), frame.readUInt16BE(1), frame.subarray(7, -1));
      }
    }

    #frame(type: number, channel: number, payload: Buffer): void {
      if (type === METHOD) this.#answer(channel, payload);
      else if (type === HEADER) this.#published.header = payload;
      else if (type === BODY) this.#deliver(payload);
    }

    #answer(channel: number, payload: Buffer): void {
      const args = payload.subarray(4);
      switch (name(payload.readUInt16BE(0), payload.readUInt16BE(2))) {
        case "10.11": // start-ok: tune, without a heartbeat
          this.#method(channel, 10, 30, octets(0, 10), int32(8192), octets(0, 0));
          break;
        case "10.40": // open
          this.#method(channel, 10, 41, shortText(""));
          break;
        case "10.50": // close
          this.#method(channel, 10, 51);
          this.transport.loseConnection();
          break;
        case "20.10": // channel: open
          this.#method(channel, 20, 11, longText(""));
          break;
        case "20.40": // channel: close
          this.#method(channel, 20, 41);
          break;
        case "50.10": // queue: declare
          this.#method(channel, 50, 11, shortText(textAt(args, 2)), int32(0), int32(0));
          break;
        case "60.20": // consume
          readers.set(textAt(args, 2), { client: this, channel });
          this.#method(channel, 60, 21, shortText("reader"));
          break;
        case "60.40": // publish, to the exchange without a name
          this.#published = { queue: textAt(args, 3), header: Buffer.alloc(0) };
          break;
        default: // tune-ok, ack
      }
    }

    #deliver(body: Buffer): void {
      const { queue, header } = this.#published;
      const reader = readers.get(queue);
      if (reader === undefined) return;
      const { client, channel } = reader;
      const delivery = [octets(0, 0, 0, 0, 0, 0, 0, 1), octets(0)];
      const route = [shortText(""), shortText(queue)];
      client.#method(channel, 60, 60, shortText("reader"), ...delivery, ...route);
      client.#send(HEADER, channel, header);
      client.#send(BODY, channel, body);
    }

    #method(channel: number, classId: number, method: number, ...args: readonly Buffer[]): void {
      this.#send(METHOD, channel, Buffer.concat([octets(0, classId, 0, method), ...args]));
    }

    #send(type: number, channel: number, payload: Buffer): void {
      const head = [octets(type, 0, channel), int32(payload.length)];
      this.transport.writeSequence([...head, payload, octets(END)]);
    }
  }

  return Factory.forProtocol(Client);
}

function octets(...values: readonly number[]): Buffer {
  return Buffer.from(values);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function table(): Buffer {
  return int32(0);
}

function longText(text: string): Buffer {
  return Buffer.concat([int32(text.length), Buffer.from(text)]);
}

function shortText(text: string): Buffer {
  return Buffer.concat([octets(text.length), Buffer.from(text)]);
}

/** The short text at an offset. */
function textAt(bytes: Buffer, offset: number): string {
  return bytes.toString("utf8", offset + 1, offset + 1 + bytes.readUInt8(offset));
}
