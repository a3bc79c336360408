import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { moduleFolder, reactor } from "../support/command.ts";
import { root } from "../support/read-sources.ts";

describe("reactor: help", () => {
  const path = moduleFolder({ "plain.mjs": "export default (reactor) => reactor.stop();" });

  for (const args of [["--help"], ["-h"], ["--backend", "clock", "--help"]]) {
    it(`${args.join(" ")} prints the usage`, async () => {
      const { status, stdout, stderr } = await reactor(...args);
      expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });
      expect(stdout).to.match(/^Usage: reactor \[--backend NAME\|MODULE\] .*DAEMON/);
      for (const option of [
        "--until",
        "--drain",
        "--backends",
        "--version",
        "--help",
        "DAEMON --help",
      ]) {
        expect(stdout).to.include(`\n  ${option} `);
      }
    });
  }

  it("--version prints the version of the package", async () => {
    const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      version: string;
    };
    expect(await reactor("--version")).to.deep.equal({
      status: 0,
      signal: null,
      stdout: `${manifest.version}\n`,
      stderr: "",
    });
  });

  it("--backends prints what each backend can do", async () => {
    const { status, stdout, stderr } = await reactor("--backends");
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });
    const can = [...stdout.matchAll(/^(\w+) +\S.*\n +can do: (.*)$/gm)].map((match) =>
      match.slice(1),
    );
    const base = "core, time, callFromThread";
    const node = `${base}, tcp, tls, unix, adopt, udp, multicast, names, process, stdio, threads`;
    expect(can).to.deep.equal([
      ["libuv", node],
      ["timer", base],
      ["clock", `${node}, clock, network`],
    ]);
  });

  for (const flag of ["--help", "-h"]) {
    it(`DAEMON ${flag} prints the daemon's summary and options, and does not run it`, async () => {
      const daemon = "test/fixtures/daemons/options.js";
      expect(await reactor(daemon, flag)).to.deep.equal({
        status: 0,
        signal: null,
        stdout: [
          `Usage: reactor ${daemon} [options]`,
          "",
          "Prints its options.",
          "",
          "  --greeting STRING  what to say (default: hello world)",
          "  --port NUMBER      where to say it (default: 7000)",
          "  --[no-]very-loud   whether to shout (default: false)",
          "  --[no-]polite      whether to ask first (default: true)",
          "",
        ].join("\n"),
        stderr: "",
      });
    });
  }

  it("WORD --help tells what the command does with it", async () => {
    expect((await reactor("completions", "--help")).stdout).to.equal(
      "Usage: reactor completions SHELL\n\nPrint what bash, zsh or fish needs to complete the " +
        "command's words.\n",
    );
  });

  it("DAEMON --help of a plain function says that there is nothing to say", async () => {
    const { status, stdout } = await reactor(path("plain.mjs"), "--help");
    expect({ status, stdout }).to.deep.equal({
      status: 0,
      stdout: `Usage: reactor ${path("plain.mjs")}\n`,
    });
  });
});
