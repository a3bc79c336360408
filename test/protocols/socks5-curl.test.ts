/** curl goes through our SOCKS5 proxy, over sockets. */
import { spawn } from "node:child_process";
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { SOCKS5Factory, type SOCKS5Options } from "skein/protocols";
import { type Ending, LIFETIME_MS, observe } from "../support/command.ts";
import { needsProgram } from "../support/needs-program.ts";
import { onLibuv } from "../support/streams.ts";

describe("curl through SOCKS5Factory", function () {
  this.timeout(20_000);
  let curl = "";
  let web: Server;
  let webPort = 0;

  before(async function () {
    curl = needsProgram(this, "curl");
    web = createServer((request, response) => {
      if (request.url === "/large") response.end(Buffer.alloc(5_000_000, 120));
      else response.end(`you asked for ${request.url}`);
    }).listen(0, "127.0.0.1");
    await once(web, "listening");
    webPort = (web.address() as AddressInfo).port;
  });
  after(() => web?.close());

  /** Runs curl by way of a proxy with these options. */
  async function asking(
    options: SOCKS5Options,
    args: (proxy: string) => readonly string[],
  ): Promise<Ending> {
    let ending: Ending | undefined;
    await onLibuv(async (reactor) => {
      const factory = new SOCKS5Factory(reactor, options);
      const port = await reactor.listenTCP(0, factory, { interface: "127.0.0.1" });
      const all = ["--silent", "--show-error", ...args(`127.0.0.1:${port.getHost().port}`)];
      ending = await observe(spawn(curl, all, { timeout: LIFETIME_MS })).ended;
      await port.stopListening();
    });
    return ending as Ending;
  }

  it("gets what it asks for, by address and by a name that the proxy looks up", async () => {
    for (const [option, host] of [
      ["--socks5", "127.0.0.1"],
      ["--socks5-hostname", "localhost"],
    ] as const) {
      const url = `http://${host}:${webPort}/tea`;
      const { status, stdout, stderr } = await asking({}, (proxy) => [option, proxy, url]);
      expect([status, stdout, stderr]).to.deep.equal([0, "you asked for /tea", ""]);
    }
  });

  it("gets all of what is large", async () => {
    const url = `http://127.0.0.1:${webPort}/large`;
    const { stdout } = await asking({}, (proxy) => ["--socks5", proxy, url]);
    expect(stdout.length).to.equal(5_000_000);
  });

  it("comes in by a name and a password, and not by a wrong one", async () => {
    const authenticate = (username: string, password: string): boolean =>
      username === "ann" && password === "s:cret";
    const url = `http://127.0.0.1:${webPort}/tea`;
    const by = (user: string): Promise<Ending> =>
      asking({ authenticate }, (proxy) => ["--socks5", proxy, "--proxy-user", user, url]);
    expect((await by("ann:s:cret")).stdout).to.equal("you asked for /tea");
    const wrong = await by("ann:wrong");
    expect(wrong.status).to.not.equal(0);
    expect(wrong.stdout).to.equal("");
  });

  it("is told why it is not connected", async () => {
    const url = `http://127.0.0.1:${webPort}/tea`;
    const refused = await asking({ allow: () => false }, (proxy) => ["--socks5", proxy, url]);
    expect(refused.stderr).to.match(/\(2\)|not allowed/i);
    const nobody = await asking({}, (proxy) => ["--socks5", proxy, "http://127.0.0.1:1/"]);
    expect(nobody.stderr).to.match(/\(5\)|refused/i);
  });
});
