import { expect } from "chai";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LIFETIME_MS, type Running, start } from "../support/command.ts";
import { needsCommand } from "../support/needs-command.ts";

/** ii: a client of files. What is written to `in` is said; `out` is what was heard. */
class II {
  readonly folder: string = mkdtempSync(join(tmpdir(), "skein-ii-"));
  readonly #root: string;
  readonly ended: Promise<unknown>;
  readonly #kill: () => void;

  constructor(nick: string, port: string) {
    const args = ["-s", "127.0.0.1", "-p", port, "-n", nick, "-f", `${nick} by ii`];
    const child = spawn("ii", [...args, "-i", this.folder], { timeout: LIFETIME_MS });
    this.#root = join(this.folder, "127.0.0.1");
    this.ended = once(child, "exit");
    this.#kill = () => void child.kill("SIGKILL");
  }

  async say(text: string, channel = ""): Promise<void> {
    const file = join(this.#root, channel, "in");
    while (!existsSync(file)) await sleep(10);
    appendFileSync(file, `${text}\n`);
  }

  /** Settles when the text was heard. */
  async heard(text: string, channel = ""): Promise<void> {
    const file = join(this.#root, channel, "out");
    while (!existsSync(file) || !readFileSync(file, "utf8").includes(text)) await sleep(10);
  }

  async stop(): Promise<void> {
    this.#kill();
    await this.ended;
    rmSync(this.folder, { recursive: true });
  }
}

describe("the IRC server: launched by the command, for ii", () => {
  let irc: Running;
  let people: II[] = [];

  before(function () {
    needsCommand(this, spawnSync("ii", ["-h"]), "ii", "ii");
  });

  afterEach(async () => {
    irc.kill("SIGKILL");
    await Promise.all([irc.ended, ...people.map((person) => person.stop())]);
    people = [];
  });

  it("two meet in a channel, talk, and are told when it closes", async () => {
    irc = start(["irc", "--port", "0"]);
    const [, port = ""] = await irc.printed(/listening on 127\.0\.0\.1:(\d+)/);
    const [ada, bob] = [new II("ada", port), new II("bob", port)];
    people = [ada, bob];
    await Promise.all(people.map((person) => person.heard("Welcome.")));
    await ada.say("/j #tea");
    await ada.heard("ada", "#tea");
    await bob.say("/j #tea");
    await ada.heard("bob(~bob@127.0.0.1) has joined #tea", "#tea");
    await bob.say("two cups: üñ", "#tea");
    await ada.heard("<bob> two cups: üñ", "#tea");
    await ada.say("/t green, or black", "#tea");
    await bob.heard("green, or black", "#tea");
    await ada.say("/l bedtime", "#tea");
    await bob.heard("ada(~ada@127.0.0.1) has left #tea", "#tea");
    irc.kill("SIGINT");
    await Promise.all(people.map(({ ended }) => ended));
    const { stderr } = await irc.ended;
    expect(stderr).to.match(/reactor: SIGINT: stopping; once more to stop at once\n$/);
  });
});
