import { expect } from "chai";
import { userInfo } from "node:os";
import { connectDuplex } from "skein/interop";
import type { Reactor } from "skein/reactor";
import ssh2 from "ssh2";
import { emitted } from "../support/emitted.ts";
import { failureOf } from "../support/processes.ts";
import { sshKey } from "../support/ssh-key.ts";
import { openssh } from "./servers.ts";
import { LARGE, withServer } from "./with-server.ts";

function newClient(reactor: Reactor<"tcp">, port: number, privateKey: string): ssh2.Client {
  return new ssh2.Client().connect({
    sock: connectDuplex(reactor, "127.0.0.1", port),
    username: userInfo().username,
    privateKey,
    readyTimeout: 0,
  });
}

async function connect(reactor: Reactor<"tcp">, port: number): Promise<ssh2.Client> {
  const client = newClient(reactor, port, openssh.key());
  await emitted(client, "ready");
  return client;
}

async function quit(client: ssh2.Client): Promise<void> {
  const closed = emitted(client, "close");
  client.end();
  await closed;
}

/** What a command prints, and its exit status. */
function run(client: ssh2.Client, command: string, input = ""): Promise<[string, number]> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) {
        reject(error);
        return;
      }
      let text = "";
      let exit = -1;
      channel.on("data", (data: Buffer) => (text += data.toString()));
      channel.on("exit", (status: number) => (exit = status));
      channel.on("close", () => resolve([text, exit]));
      channel.end(input);
    });
  });
}

withServer("ssh2 over the bridge, to OpenSSH", openssh, (test) => {
  test("runs a command, and quits", async (reactor, { port }) => {
    const client = await connect(reactor, port);
    expect(await run(client, "echo tea")).to.deep.equal(["tea\n", 0]);
    await quit(client);
  });

  test("runs several at a time, and some fail", async (reactor, { port }) => {
    const client = await connect(reactor, port);
    const statuses = [0, 1, 2, 3, 4];
    const ends = await Promise.all(statuses.map((n) => run(client, `echo ${n}; exit ${n}`)));
    expect(ends).to.deep.equal(statuses.map((status) => [`${status}\n`, status]));
    await quit(client);
  });

  test("sends a megabyte to a command, and gets it back", async (reactor, { port }) => {
    const client = await connect(reactor, port);
    const [text, status] = await run(client, "cat", LARGE);
    expect([text === LARGE, status]).to.deep.equal([true, 0]);
    await quit(client);
  });

  test("is refused with a wrong key", async (reactor, { port }) => {
    const key = sshKey();
    const client = newClient(reactor, port, key);
    const closed = emitted(client, "close");
    const [error] = await emitted<[Error]>(client, "error");
    expect(error.message).to.equal("All configured authentication methods failed");
    await closed;
  });

  test("is told that the server's process of its session was killed", async (reactor, { port }) => {
    const client = await connect(reactor, port);
    client.on("error", () => {});
    const closed = emitted(client, "close");
    // No exit status comes.
    expect(await run(client, "kill -9 $PPID; sleep 60")).to.deep.equal(["", -1]);
    await closed;
    expect(await failureOf(run(client, "echo tea"))).to.be.an("error");
  });
});
