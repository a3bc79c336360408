/** What `reactor new` writes. */
import type { OwnManifest } from "./new-project.ts";

/** The tools of a project, in the versions that skein itself is tested with. */
const TOOLS = ["@types/mocha", "@types/node", "mocha", "tsx", "typescript"];

/** The files of a project, by their paths. */
export function projectFiles(
  name: string,
  skein: string | undefined,
  own: OwnManifest,
): Readonly<Record<string, string>> {
  return {
    "package.json": json({
      name,
      version: "0.1.0",
      private: true,
      type: "module",
      engines: own.engines,
      scripts: {
        start: "reactor src/daemon.ts",
        dev: "reactor --watch src/daemon.ts",
        test: "mocha",
        check: "tsc",
      },
      dependencies: { skein: skein ?? `^${own.version}` },
      devDependencies: Object.fromEntries(TOOLS.map((tool) => [tool, own.devDependencies[tool]])),
    }),
    "tsconfig.json": json({
      compilerOptions: {
        target: "es2023",
        module: "nodenext",
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        erasableSyntaxOnly: true,
        verbatimModuleSyntax: true,
        allowImportingTsExtensions: true,
        types: ["node", "mocha"],
      },
      include: ["src", "test"],
    }),
    ".mocharc.json": json({ "node-option": ["import=tsx"], spec: "test/**/*.test.ts" }),
    ".gitignore": "node_modules\n*.log\n*.pid\n",
    "src/daemon.ts": DAEMON,
    "test/daemon.test.ts": TEST,
    "README.md": readme(name),
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

const DAEMON = `/** Tell it for how many minutes, and it calls you when your tea is ready. */
import {
  defineDaemon,
  type DelayedCall,
  Factory,
  LineReceiver,
  logger,
  type Reactor,
} from "skein";

export default defineDaemon({
  summary: "Calls you when your tea is ready.",
  options: { port: { type: "integer", default: 7000, help: "the port to listen on" } },
  build(reactor: Reactor<"tcp">, { port }) {
    const log = logger(reactor);

    class Kitchen extends LineReceiver {
      override delimiter = "\\n";
      #tea: DelayedCall | undefined;

      override lineReceived(line: string): void {
        const minutes = Number(line);
        if (!(minutes >= 0 && minutes <= 60)) {
          this.sendLine("how many minutes?");
          return;
        }
        // There is one pot: a new order is in place of the one before.
        this.#putAway();
        log.info("tea is on", { minutes });
        this.#tea = reactor.callLater(minutes * 60, () => this.sendLine("your tea is ready"));
      }

      override connectionLost(): void {
        this.#putAway();
      }

      #putAway(): void {
        if (this.#tea?.active) this.#tea.cancel();
      }
    }

    return reactor
      .listenTCP(port, Factory.forProtocol(Kitchen), { interface: "127.0.0.1" })
      .addCallback((listening) => {
        log.info(\`try it: nc 127.0.0.1 \${listening.getHost().port}\`);
        return listening;
      });
  },
});
`;

const TEST = `import assert from "node:assert/strict";
import { logTo, type Reactor } from "skein";
import { LineClient } from "skein/testing";
import { type ReactorTestContext, reactorTests } from "skein/testing/mocha";
import daemon from "../src/daemon.ts";

// Each test has a reactor of its own. Its time is virtual, and passes while the test awaits:
// minutes take no time, and all goes the same way each time. What a test leaves behind fails it.
const test = reactorTests();

describe("the kitchen", () => {
  /** Opens it, and has somebody come in. */
  async function comeIn(reactor: Reactor<"tcp">, kit: ReactorTestContext): Promise<LineClient> {
    logTo(reactor, () => {});
    const port = await daemon(reactor);
    kit.addCleanup(() => port.stopListening());
    const guest = await LineClient.dial(reactor, 7000);
    kit.addCleanup(() => guest.close());
    return guest;
  }

  test("calls when the tea is ready, and not before", async (reactor, kit) => {
    const guest = await comeIn(reactor, kit);
    guest.say("3");
    await guest.heard("your tea is ready", 600);
    assert.equal(reactor.seconds(), 180);
  });

  test("asks who does not say a time", async (reactor, kit) => {
    const guest = await comeIn(reactor, kit);
    guest.say("soon");
    await guest.heard("how many minutes?");
  });

  test("forgets the tea of who has left", async (reactor, kit) => {
    const guest = await comeIn(reactor, kit);
    guest.say("3");
  });
});
`;

function readme(name: string): string {
  return `# ${name}

A daemon on [skein](https://www.npmjs.com/package/skein).

\`\`\`sh
npm install
npm test        # in virtual time
npm start       # then: nc 127.0.0.1 7000
npm run dev     # runs it anew when it changes
npm run check   # types
\`\`\`

Options: \`npx reactor src/daemon.ts --help\`; of the command itself: \`npx reactor --help\`.
`;
}
