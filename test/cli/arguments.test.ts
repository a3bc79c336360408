import { expectMisuse, moduleFolder } from "../support/command.ts";

describe("reactor: arguments that cannot work", () => {
  const path = moduleFolder({ "stops.mjs": "export default (reactor) => reactor.stop();" });
  const seconds = (text: string, option = "--until"): string =>
    `${option} needs a number of seconds, not "${text}"`;
  const cases: [args: string[], sentence: string][] = [
    [[], "name a daemon to run"],
    [["--nope", "x.ts"], "there is no option --nope; daemon options come after the daemon"],
    [["--port=7000"], "there is no option --port; daemon options come after the daemon"],
    [["--backnd=clock", "x.ts"], "there is no option --backnd; did you mean --backend?"],
    [["--backend"], "--backend needs a value"],
    [["--backend", "--until", "5", "x.ts"], "--backend needs a value"],
    [["--until"], "--until needs a value"],
    [["--drain", "never", "x.ts"], seconds("never", "--drain")],
    [["--until="], seconds("")],
    [["--until", "soon", "x.ts"], seconds("soon")],
    [["--until", "-1", "x.ts"], seconds("-1")],
    [["--until", "Infinity", "x.ts"], seconds("Infinity")],
    [["--help=yes"], "--help takes no value"],
  ];
  for (const [args, sentence] of cases) {
    it(`${args.join(" ") || "no arguments"}: ${sentence}`, () => expectMisuse(args, sentence));
  }

  it("arguments after the daemon are the daemon's", async () => {
    const daemon = path("stops.mjs");
    await expectMisuse([daemon, "--until", "5"], "there is no option --until; there are none");
    await expectMisuse([daemon, "other.mjs"], 'unexpected argument "other.mjs"');
  });
});
