import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { needsCommand } from "../support/needs-command.ts";
import { type Running, start } from "../support/command.ts";
import { type Typing, typing } from "../support/typing.ts";

const netcat = (port: string): Typing => typing("nc", "127.0.0.1", port);

describe("the chat: launched by the command, for netcat", () => {
  let chat: Running | undefined;

  after(async () => {
    chat?.kill("SIGKILL");
    await chat?.ended;
  });

  it("two chat, and are told when it closes", async function () {
    needsCommand(this, spawnSync("nc", ["-h"]), "nc", "netcat-openbsd");
    chat = start(["examples/chat/chat.ts", "--port", "0"]);
    const listening = /listening on 127\.0\.0\.1:(\d+); talk to it with: nc /;
    const [, port = ""] = await chat.printed(listening);
    const [ann, bob] = [netcat(port), netcat(port)];
    ann.type("ann\n");
    await ann.printed("hello ann!");
    bob.type("bob\n");
    await ann.printed("* bob joins");
    bob.type("/hash netcat\n");
    await bob.printed("* sha256 332c7a7df722f8080ecec6dde7fdcd4a3d69fb1f507e43314f70db707719aaeb");
    bob.type("good evening\n");
    await ann.printed("<bob> good evening");

    chat.kill("SIGINT");
    await Promise.all([ann, bob].map((guest) => guest.printed("* the chat closes")));
    // A netcat that was hung up on waits for the end of what it is told.
    expect((await ann.hangUp()).stdout).to.match(/<bob> good evening\n\* the chat closes\n$/);
    expect((await bob.hangUp()).stdout).to.match(/\n\* the chat closes\n$/);
    const { status, signal, stderr } = await chat.ended;
    expect({ status, signal, stderr }).to.deep.equal({
      status: null,
      signal: "SIGINT",
      stderr: "reactor: SIGINT: stopping; once more to stop at once\n",
    });
  });
});
