// First: libraries take functions of Node's when they are loaded.
import { bridged } from "../support/bridged.ts";
import { once } from "node:events";
import { connectDuplex, serveDuplex } from "skein/interop";
import type { Reactor } from "skein/reactor";
import ssh2 from "ssh2";
import { sshKey } from "../support/ssh-key.ts";

/** A server that answers each command with itself, in capitals; and its port. */
async function open(reactor: Reactor<"tcp">, key: string): Promise<number> {
  const server = new ssh2.Server({ hostKeys: [key] }, (client) => {
    client.on("authentication", (context) => {
      if (context.method === "password" && context.password === "tea") context.accept();
      else context.reject(["password"]);
    });
    client.on("session", (accept) => {
      accept().on("exec", (acceptExec, _reject, { command }) => {
        const stream = acceptExec();
        stream.write(command.toUpperCase());
        stream.exit(0);
        stream.end();
      });
    });
    client.on("error", () => {});
  });
  const port = await serveDuplex(reactor, 0, (socket) => server.injectSocket(socket as never));
  return port.getHost().port;
}

function connect(reactor: Reactor<"tcp">, port: number, password: string): ssh2.Client {
  return new ssh2.Client().connect({
    sock: connectDuplex(reactor, "127.0.0.1", port),
    username: "ada",
    password,
    // Its timeout is on the real clock.
    readyTimeout: 0,
  });
}

describe("ssh2 over the bridge", () => {
  const key = sshKey();

  bridged(
    "runs a command",
    async (reactor) => {
      const client = connect(reactor, await open(reactor, key), "tea");
      await once(client, "ready");
      const answer = await new Promise<string>((resolve, reject) => {
        client.exec("brew", (error, channel) => {
          if (error) reject(error);
          let text = "";
          let exit: number | undefined;
          channel.on("data", (data: Buffer) => (text += data.toString()));
          channel.on("exit", (status: number) => (exit = status));
          channel.on("close", () => resolve(`${text} ${exit}`));
        });
      });
      client.end();
      await once(client, "close");
      return [answer];
    },
    ["BREW 0"],
    { encrypted: true, allow: ["random"] },
  );

  bridged(
    "refuses a wrong password",
    async (reactor) => {
      const client = connect(reactor, await open(reactor, key), "coffee");
      const [error] = (await once(client, "error")) as [Error];
      return [error.message];
    },
    ["All configured authentication methods failed"],
    { encrypted: true, allow: ["random"] },
  );
});
