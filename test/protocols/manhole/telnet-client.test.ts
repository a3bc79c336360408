import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { lstatSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createReactor, serveManhole } from "skein";
import { needsCommand } from "../../support/needs-command.ts";
import { typing } from "../../support/typing.ts";

describe("the manhole: for real clients", () => {
  const namespace = (): Record<string, unknown> => ({
    cups: 3,
    later: async () => "brewed",
  });

  it("by telnet: a password, keys that are echoed, editing", async function () {
    needsCommand(this, spawnSync("telnet", ["--version"]), "telnet", "inetutils-telnet");
    const reactor = createReactor("libuv");
    const stopped = reactor.run();
    const port = await serveManhole(reactor, {
      port: 0,
      namespace: namespace(),
      password: "two cups",
    });
    const telnet = typing("telnet", "127.0.0.1", String(port.getHost().port));
    await telnet.printed("password: ");
    telnet.type("one cup\n");
    await telnet.printed("wrong");
    telnet.type("two cups\n");
    await telnet.printed("skein manhole");
    // Keys: an arrow to the left, then one more digit.
    telnet.type("cups + 1\u001B[D2\n");
    await telnet.printed("\n24");
    telnet.type("await later()\n");
    await telnet.printed("'brewed'");
    telnet.type("nothing\n");
    await telnet.printed("ReferenceError: nothing is not defined");
    telnet.type("quit\n");
    const { stdout, stderr } = await telnet.ended;
    expect(stdout).to.include("\r>>> cups + 21\u001B[K\u001B[1D");
    expect(stdout).to.not.include("two cups");
    expect(stderr).to.include("Connection closed by foreign host");
    reactor.stop();
    await stopped;
  });

  it("by netcat, through a socket that is its owner's alone", async function () {
    needsCommand(this, spawnSync("nc", ["-h"]), "nc", "netcat-openbsd");
    const folder = mkdtempSync(join(tmpdir(), "skein-manhole-"));
    const path = join(folder, "tea.manhole");
    const reactor = createReactor("libuv");
    const stopped = reactor.run();
    try {
      await serveManhole(reactor, { path, namespace: namespace() });
      expect((lstatSync(path).mode & 0o777).toString(8)).to.equal("600");
      const nc = typing("nc", "-U", "-N", path);
      nc.type("cups + 1\nawait later()\n");
      const { stdout, status } = await nc.hangUp();
      expect(stdout.replaceAll("\r", "")).to.match(/\n>>> 4\n>>> 'brewed'\n>>> $/);
      expect(status).to.equal(0);
    } finally {
      reactor.stop();
      await stopped;
      rmSync(folder, { recursive: true });
    }
  });
});
