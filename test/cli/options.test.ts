import { expect } from "chai";
import { expectMisuse, reactor } from "../support/command.ts";

const DAEMON = "test/fixtures/daemons/options.js";

describe("reactor: daemon options", () => {
  it("reach the daemon, with the defaults of those that are not given", async () => {
    const { status, stdout } = await reactor(DAEMON, "--port=8", "--very-loud", "--no-polite");
    expect(status).to.equal(0);
    expect(JSON.parse(stdout)).to.deep.equal({
      greeting: "hello world",
      port: 8,
      veryLoud: true,
      polite: false,
    });
  });

  it("that are unknown are refused", () =>
    expectMisuse(
      [DAEMON, "--colour", "red"],
      "there is no option --colour; there are: --greeting, --port, --very-loud, --polite",
    ));

  it("without their value are refused", () =>
    expectMisuse([DAEMON, "--greeting"], "--greeting needs a value"));

  it("that are endpoint strings of no meaning are refused, and point at what is wrong", () =>
    expectMisuse(
      ["test/fixtures/daemons/at-endpoint.ts", "--listen", "tcp:http"],
      'the port of "tcp" must be a whole number from 0 to 65535, not "http"\n  tcp:http\n      ^',
    ));
});
