import { expect } from "chai";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createReactor, type Reactor, type ScriptedProcess } from "skein";
import dog, { Dog } from "../../examples/stdio/dog.ts";
import echo from "../../examples/stdio/echo.ts";
import { LIFETIME_MS, observe } from "../support/command.ts";
import { root } from "../support/read-sources.ts";

/** What the daemon writes to a user who types some text at once, and leaves; and when it ends. */
async function onClock(daemon: (reactor: Reactor<"stdio">) => unknown, typed: string) {
  let heard = "";
  const reactor = createReactor("clock", {
    async stdio(user: ScriptedProcess) {
      await user.write(typed);
      user.close(1);
      for await (const data of user.stdin) heard += new TextDecoder().decode(data);
    },
  });
  const stopped = reactor.run();
  daemon(reactor);
  await stopped;
  return { heard, seconds: reactor.seconds() };
}

/** The same by the command, on a pipe. */
async function byCommand(name: string, typed: string): Promise<string> {
  const command = [join("dist", "cli", "main.js"), `examples/stdio/${name}.ts`];
  const child = spawn(process.execPath, command, { cwd: root, timeout: LIFETIME_MS });
  child.stdin.end(typed);
  const { status, stdout, stderr } = await observe(child).ended;
  expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });
  return stdout;
}

describe("the echo of standard input", () => {
  it("says again each line, and ends with its input", async () => {
    expect((await onClock(echo, "one\ntwo\n")).heard).to.equal("one\ntwo\n");
  });

  it("does so on a pipe", async () => {
    expect(await byCommand("echo", "one\ntwo\n")).to.equal("one\ntwo\n");
  });
});

describe("the dog", () => {
  it("says something only when it sits", () => {
    const rex = new Dog();
    const commands = ["say hello", "sit", "say hello  there", "run", "say no", "roll"];
    expect(commands.map((command) => rex.obey(command))).to.deep.equal([
      "* the dog does not sit still",
      "* the dog sits",
      "woof, hello there!",
      "* the dog runs about",
      "* the dog does not sit still",
      "* the dog looks at you",
    ]);
  });

  it("takes a second for each command, in order, though its master has left", async () => {
    expect(await onClock(dog, "sit\nsay hello\nrun\n")).to.deep.equal({
      heard: "* the dog sits\nwoof, hello!\n* the dog runs about\n",
      seconds: 3,
    });
  });

  it("does so on a pipe", async () => {
    expect(await byCommand("dog", "sit\nsay hello\n")).to.equal("* the dog sits\nwoof, hello!\n");
  });
});
