import { expect } from "chai";
import { expectMisuse, moduleFolder, reactor } from "../support/command.ts";

describe("reactor: --seed", () => {
  const path = moduleFolder({
    "dice.mjs": `const early = Math.random();
      export default (reactor) => {
        console.log("early", early);
        const roll = () => {
          console.log(reactor.seconds(), Math.random(), crypto.randomUUID());
          reactor.callLater(Math.random(), roll);
        };
        roll();
      };`,
    "runs.mjs": "export default (reactor) => reactor.stop();",
  });
  const run = async (...seed: string[]): Promise<string> => {
    const options = ["--backend", "clock", "--until", "20"];
    const { status, stdout } = await reactor(...options, ...seed, path("dice.mjs"));
    expect(status).to.equal(0);
    return stdout;
  };

  it("gives the same run each time, another one another run", async () => {
    const [seven, again, eight, text, none, zero] = await Promise.all([
      run("--seed", "7"),
      run("--seed=7"),
      run("--seed", "8"),
      run("--seed", "tea"),
      run(),
      run("--seed", "0"),
    ]);
    expect(seven.split("\n").length).to.be.above(10);
    expect(again).to.equal(seven);
    expect(none).to.equal(zero);
    expect(new Set([seven, eight, text, none]).size).to.equal(4);
    const early = [seven, eight, text, none].map((stdout) => stdout.split("\n")[0]);
    expect(new Set(early).size).to.equal(4);
  });

  it("is refused where time is real", () =>
    expectMisuse(
      ["--seed", "7", path("runs.mjs")],
      "--seed needs virtual time, which libuv has not: --backend clock",
    ));

  it("needs a value", () => expectMisuse(["--seed=", "x"], "--seed needs a value"));
});
