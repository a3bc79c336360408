import { expect } from "chai";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runFixture } from "../support/attempts.ts";

/** Whether the system keeps port 1 for root; containers may have it otherwise. */
function keepsPorts(): boolean {
  if (process.platform !== "linux") return process.platform !== "darwin";
  return Number(readFileSync("/proc/sys/net/ipv4/ip_unprivileged_port_start", "utf8")) > 1;
}

describe("one who may not listen", () => {
  const cannotListen = { name: "CannotListenError", code: "ERR_CANNOT_LISTEN", system: "EACCES" };
  let outcomes: Record<string, unknown>;
  let left: unknown;
  let directory: string;

  before(async function () {
    if (process.platform === "win32") this.skip();
    directory = mkdtempSync(join(tmpdir(), "skein-permission-"));
    ({ outcomes, left } = (await runFixture("no-permission.ts", directory)) as {
      outcomes: typeof outcomes;
      left: unknown;
    });
  });

  after(() => {
    // For one who is not root, so that it can be removed.
    chmodSync(join(directory, "closed"), 0o700);
    rmSync(directory, { recursive: true });
  });

  it("is told which port, why, and what to do", function () {
    if (!keepsPorts()) {
      console.log("not tested: here everybody may listen on port 1");
      this.skip();
    }
    expect(outcomes["tcp"]).to.deep.equal({
      ...cannotListen,
      message:
        "cannot listen on 127.0.0.1:1: no permission; ports below 1024 need privileges: " +
        "get them, or choose another port",
    });
    expect(outcomes["udp"]).to.deep.equal({
      ...cannotListen,
      message:
        "cannot open UDP port 127.0.0.1:1: no permission; ports below 1024 need privileges: " +
        "get them, or choose another port",
    });
  });

  it("is told which directory takes no UNIX socket, and what to do", () => {
    const message = (path: string, parent: string): string =>
      `cannot listen on ${directory}/${path}: no permission to make a file in ` +
      `${directory}/${parent}; get it, or choose another directory`;
    expect(outcomes["unwritable"]).to.deep.equal({
      ...cannotListen,
      message: message("unwritable/socket", "unwritable"),
    });
    expect(outcomes["closed"]).to.deep.equal({
      ...cannotListen,
      message: message("closed/inner/socket", "closed/inner"),
    });
  });

  it("is told apart from one who has named a directory that is not there", () => {
    expect(outcomes["missing"]).to.deep.equal({
      ...cannotListen,
      system: "ENOENT",
      message:
        `cannot listen on ${directory}/open/missing/socket: ` +
        `there is no directory ${directory}/open/missing`,
    });
  });

  it("listens elsewhere, and leaves nothing open", () => {
    expect(outcomes["listening where it may"]).to.equal("done");
    expect(left).to.equal(0);
  });

  it("may not connect to what it cannot see, or may not write to, either", () => {
    for (const [what, path] of [
      ["connecting into a closed directory", "closed/inner/socket"],
      ["connecting to a socket that is nobody's", "open/socket"],
    ] as const) {
      expect(outcomes[what]).to.deep.equal({
        name: "ConnectError",
        code: "ERR_CONNECT",
        system: "EACCES",
        message: `cannot connect to ${directory}/${path}: its mode does not permit it`,
      });
    }
  });
});
