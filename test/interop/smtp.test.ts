// First: libraries take functions of Node's when they are loaded.
import { bridged } from "../support/bridged.ts";
import { createTransport } from "nodemailer";
import { connectDuplex, serveDuplex } from "skein/interop";
import type { Reactor } from "skein/reactor";
import { SMTPServer } from "smtp-server";

/** A server that keeps what it is sent, and the port it listens on. */
async function open(reactor: Reactor<"tcp">, mails: string[]): Promise<number> {
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    hideSTARTTLS: true,
    name: "server.example",
    onData(stream, session, done) {
      let mail = "";
      stream.on("data", (data: Buffer) => (mail += data.toString()));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? "nobody" : mailFrom.address;
        mails.push(`${from} to ${rcptTo.map(({ address }) => address).join()}: ${bodyOf(mail)}`);
        done(null);
      });
    },
  });
  const port = await serveDuplex(reactor, 0, (socket) => server.server.emit("connection", socket));
  return port.getHost().port;
}

function bodyOf(mail: string): string {
  return mail.slice(mail.indexOf("\r\n\r\n")).trim();
}

describe("nodemailer and smtp-server over the bridge", () => {
  bridged(
    "send a mail, and take it",
    async (reactor) => {
      const mails: string[] = [];
      const port = await open(reactor, mails);
      const transport = createTransport({
        name: "client.example",
        host: "server.example",
        getSocket(_options: unknown, done: (error: unknown, found?: object) => void) {
          const connection = connectDuplex(reactor, "127.0.0.1", port);
          connection.once("connect", () => done(null, { connection }));
        },
      } as never);
      await transport.sendMail({
        from: "ann@client.example",
        to: "bob@server.example",
        subject: "tea",
        text: "It is ready.",
        date: new Date(0),
        messageId: "<1@client.example>",
      });
      return mails;
    },
    ["ann@client.example to bob@server.example: It is ready."],
  );
});
