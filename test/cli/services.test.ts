import { expect } from "chai";
import { reactor, start } from "../support/command.ts";

const DAEMON = "test/fixtures/daemons/service.js";

describe("reactor: a daemon that is a service", () => {
  it("is started, and stopped before the end", async () => {
    for (const backend of ["libuv", "clock"]) {
      expect(await reactor("--backend", backend, "--until", "0.1", DAEMON)).to.deep.equal({
        status: 0,
        signal: null,
        stdout: "start top/pool\nstart top/web\nstop top/web\nstop top/pool\n",
        stderr: "",
      });
    }
  });

  it("is stopped by a signal", async () => {
    const running = start([DAEMON]);
    await running.printed("start top/web");
    running.kill("SIGTERM");
    const { signal, stdout } = await running.ended;
    expect(signal).to.equal("SIGTERM");
    expect(stdout).to.match(/stop top\/web\nstop top\/pool\n$/);
  });

  it("that cannot start fails, with what has started stopped", async () => {
    const { status, stdout, stderr } = await reactor(DAEMON, "--broken", "start web");
    expect({ status, stdout }).to.deep.equal({
      status: 1,
      stdout: "start top/pool\nstart top/web\nstop top/pool\n",
    });
    expect(stderr).to.match(/^Error: cannot start\n/);
  });

  it("that does not start in time fails, in one sentence", async () => {
    expect(await reactor(DAEMON, "--broken", "hang web")).to.deep.equal({
      status: 1,
      signal: null,
      stdout: "start top/pool\nstart top/web\nstop top/pool\n",
      stderr: 'reactor: the service "top/web" has not started in 0.02 seconds\n',
    });
  });

  it("that does not stop well fails, in one sentence", async () => {
    const ending = await reactor("--until", "0.1", DAEMON, "--broken", "stop web");
    expect(ending).to.deep.equal({
      status: 1,
      signal: null,
      stdout: "start top/pool\nstart top/web\nstop top/web\nstop top/pool\n",
      stderr: 'reactor: not all services stopped well: "top/web" (Error: cannot stop)\n',
    });
  });
});
