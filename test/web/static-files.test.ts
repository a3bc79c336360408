import { expect } from "chai";
import fc from "fast-check";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import zlib from "node:zlib";
import { createReactor } from "skein/reactor";
import { routes, staticFiles, type StaticFilesOptions } from "skein/web";
import { bridged } from "../support/bridged.ts";
import { onClock, type OnClock } from "../support/on-clock.ts";
import { get, openSite, type Answer, type OpenSite } from "../support/web.ts";

const CSS = "p { color: black }\n".repeat(100);
/** Of all files: what varies would be in the traces. */
const MODIFIED = new Date("2026-01-01T12:00:00.000Z");
const MODIFIED_TEXT = "Thu, 01 Jan 2026 12:00:00 GMT";
/** Each opens files: a hundred thousand would take long. */
const FUZZ_RUNS = Math.min(Number(process.env["FUZZ_RUNS"] ?? 300), 5000);

let folder: string;
let root: string;

function file(path: string, content: string | Uint8Array, modified = MODIFIED): void {
  writeFileSync(join(folder, path), content);
  utimesSync(join(folder, path), modified, modified);
}

type Serve = (
  path: string,
  headers?: Readonly<Record<string, string>>,
  method?: string,
) => Promise<Answer>;

/** Runs `body` with a site of the files on the clock. */
function serving(
  body: (ask: Serve, open: OpenSite, reactor: OnClock) => Promise<void>,
  options: StaticFilesOptions = {},
): () => Promise<void> {
  return () =>
    onClock(async ({ reactor }) => {
      const open = await openSite(reactor, staticFiles(reactor, root, options));
      const ask: Serve = (path, headers = {}, method = "GET") =>
        open.ask({ path, headers, method });
      await body(ask, open, reactor);
    });
}

describe("static files", () => {
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "skein-web-"));
    root = join(folder, "root");
    mkdirSync(join(root, "sub"), { recursive: true });
    mkdirSync(join(root, "empty"));
    mkdirSync(join(root, ".well-known"));
    file("secret.txt", "secret");
    file("root/index.html", "<h1>home</h1>");
    file("root/sub/index.html", "<h1>sub</h1>");
    file("root/digits.bin", "0123456789");
    file("root/style.css", CSS);
    file("root/small.css", "p {}");
    file("root/packed.js", "let long = 1;");
    file("root/packed.js.br", zlib.brotliCompressSync("let long = 1;"));
    file("root/packed.js.gz", zlib.gzipSync("let long = 1;"));
    file("root/stale.js", "new");
    file("root/stale.js.gz", zlib.gzipSync("old"), new Date(0));
    file("root/.env", "PASSWORD=1");
    file("root/.well-known/thing", "known");
    file("root/with space ü.txt", "spaced");
    file("root/big.bin", Buffer.alloc(1_000_000, "0123456789"));
    symlinkSync(join(folder, "secret.txt"), join(root, "out.txt"));
    symlinkSync(folder, join(root, "outside"));
    symlinkSync(join(root, "digits.bin"), join(root, "inside.bin"));
    symlinkSync("loop", join(root, "loop"));
  });
  after(() => rmSync(folder, { recursive: true }));

  bridged(
    "are served on sockets and on virtual time, with equal traces",
    async (reactor) => {
      const { ask } = await openSite(reactor, staticFiles(reactor, root));
      const seen: string[] = [];
      for (const path of ["/", "/style.css", "/big.bin", "/nothing"]) {
        const { status, body } = await ask({ path });
        seen.push(`${status} ${body.length}`);
      }
      return seen;
    },
    ["200 13", `200 ${CSS.length}`, "200 1000000", "404 23"],
  );

  it(
    "have a type, a length, and say what version they are",
    serving(async (ask) => {
      const { status, headers, text } = await ask("/digits.bin");
      expect([status, text]).to.deep.equal([200, "0123456789"]);
      expect(headers).to.deep.include({
        "content-type": "application/octet-stream",
        "content-length": "10",
        "last-modified": MODIFIED_TEXT,
        "accept-ranges": "bytes",
        "x-content-type-options": "nosniff",
      });
      expect(headers.etag).to.match(/^"[0-9a-z]+-a"$/);
      expect(headers).not.to.have.any.keys("cache-control", "vary");
      expect((await ask("/style.css")).headers["content-type"]).to.equal("text/css; charset=utf-8");
    }),
  );

  it(
    "answer HEAD with the same headers, and other methods with 405",
    serving(async (ask) => {
      const [got, head] = [await ask("/style.css"), await ask("/style.css", {}, "HEAD")];
      expect(head.headers).to.deep.equal(got.headers);
      expect([head.status, head.text]).to.deep.equal([200, ""]);
      const { status, headers } = await ask("/style.css", {}, "DELETE");
      expect([status, headers.allow]).to.deep.equal([405, "GET, HEAD"]);
    }),
  );

  it(
    "show a directory by its index, at the path with the slash",
    serving(async (ask) => {
      expect((await ask("/")).text).to.equal("<h1>home</h1>");
      expect((await ask("/sub/")).text).to.equal("<h1>sub</h1>");
      const { status, headers } = await ask("/sub?a=b");
      expect([status, headers.location]).to.deep.equal([301, "/sub/?a=b"]);
      expect((await ask("/empty/")).status).to.equal(404);
      expect((await ask("/digits.bin/")).status).to.equal(404);
    }),
  );

  it(
    "show no directory without an index",
    serving(async (ask) => void expect((await ask("/")).status).to.equal(404), { index: false }),
  );

  it(
    "are found by names with spaces and other letters",
    serving(async (ask) => {
      expect((await ask(`/${encodeURIComponent("with space ü.txt")}`)).text).to.equal("spaced");
    }),
  );

  it("lie behind a route", () =>
    onClock(async ({ reactor }) => {
      const { ask } = await openSite(
        reactor,
        routes({ "GET /files/*": staticFiles(reactor, root) }),
      );
      expect((await ask({ path: "/files/digits.bin" })).text).to.equal("0123456789");
      expect((await ask({ path: "/files/sub" })).headers.location).to.equal("/files/sub/");
      expect((await ask({ path: "/files/" })).text).to.equal("<h1>home</h1>");
      expect((await ask({ path: "/files/..%2fsecret.txt" })).status).to.equal(404);
    }));

  describe("ranges", () => {
    const cases: Record<string, [status: number, text: string, range?: string]> = {
      "bytes=0-0": [206, "0", "bytes 0-0/10"],
      "bytes=2-4": [206, "234", "bytes 2-4/10"],
      "bytes=7-": [206, "789", "bytes 7-9/10"],
      "bytes=-3": [206, "789", "bytes 7-9/10"],
      "bytes=-30": [206, "0123456789", "bytes 0-9/10"],
      "bytes=5-100": [206, "56789", "bytes 5-9/10"],
      "bytes=10-": [416, "", "bytes */10"],
      "bytes=-0": [416, "", "bytes */10"],
      "bytes=4-2": [200, "0123456789"],
      "bytes=0-1,3-4": [200, "0123456789"],
      "bytes=-": [200, "0123456789"],
      "lines=0-1": [200, "0123456789"],
      nonsense: [200, "0123456789"],
    };
    for (const [range, [status, text, contentRange]] of Object.entries(cases)) {
      it(
        `answer ${range} with ${status}`,
        serving(async (ask) => {
          const answer = await ask("/digits.bin", { range });
          expect([answer.status, answer.text]).to.deep.equal([status, text]);
          expect(answer.headers["content-range"]).to.equal(contentRange);
          if (status === 206) expect(answer.headers["content-length"]).to.equal(`${text.length}`);
        }),
      );
    }

    it(
      "hold only for the version that the client has a part of",
      serving(async (ask) => {
        const { etag = "" } = (await ask("/digits.bin")).headers;
        const status = async (ifRange: string): Promise<number> =>
          (await ask("/digits.bin", { range: "bytes=0-1", "if-range": ifRange })).status;
        expect(await status(etag)).to.equal(206);
        expect(await status(MODIFIED_TEXT)).to.equal(206);
        expect(await status('"other"')).to.equal(200);
        expect(await status(`W/${etag}`)).to.equal(200);
        expect(await status("Thu, 01 Jan 2026 12:00:01 GMT")).to.equal(200);
      }),
    );
  });

  describe("conditions", () => {
    const etag = (): string => {
      const { mtimeMs, size } = statSync(join(root, "digits.bin"));
      return `"${Math.round(mtimeMs * 1000).toString(36)}-${size.toString(36)}"`;
    };
    const LATER = "Thu, 01 Jan 2026 12:00:01 GMT";
    const EARLIER = "Thu, 01 Jan 2026 11:59:59 GMT";
    const cases: Record<string, [status: number, headers: () => Record<string, string>]> = {
      "the same ETag": [304, () => ({ "if-none-match": etag() })],
      "the same ETag, weak": [304, () => ({ "if-none-match": `W/${etag()}` })],
      "a list with it": [304, () => ({ "if-none-match": `"a", ${etag()}` })],
      "any ETag": [304, () => ({ "if-none-match": "*" })],
      "another ETag": [200, () => ({ "if-none-match": '"a"' })],
      "another ETag, though not modified": [
        200,
        () => ({ "if-none-match": '"a"', "if-modified-since": LATER }),
      ],
      "not modified since": [304, () => ({ "if-modified-since": MODIFIED_TEXT })],
      "modified since": [200, () => ({ "if-modified-since": EARLIER })],
      "a date that is none": [200, () => ({ "if-modified-since": "yesterday" })],
      "If-Match with it": [200, () => ({ "if-match": etag() })],
      "If-Match with another": [412, () => ({ "if-match": '"a"' })],
      "If-Match with it, weak": [412, () => ({ "if-match": `W/${etag()}` })],
      "unmodified since": [200, () => ({ "if-unmodified-since": MODIFIED_TEXT })],
      "not unmodified since": [412, () => ({ "if-unmodified-since": EARLIER })],
    };
    for (const [what, [status, headers]] of Object.entries(cases)) {
      it(
        `${what}: ${status}`,
        serving(async (ask) => {
          const answer = await ask("/digits.bin", headers());
          expect(answer.status).to.equal(status);
          expect(answer.headers.etag).to.equal(etag());
          if (status !== 200) expect(answer.text).to.equal("");
        }),
      );
    }
  });

  describe("compression", () => {
    it(
      "is chosen by what the client takes, by its weights",
      serving(async (ask) => {
        const encoding = async (accept: string): Promise<string | undefined> =>
          (await ask("/packed.js", { "accept-encoding": accept })).headers["content-encoding"];
        expect(await encoding("gzip, br")).to.equal("br");
        expect(await encoding("gzip;q=1, br;q=0.5")).to.equal("gzip");
        expect(await encoding("br;q=0, gzip;q=0")).to.equal(undefined);
        expect(await encoding("*")).to.equal("br");
        expect(await encoding("*;q=0")).to.equal(undefined);
        expect(await encoding("deflate")).to.equal(undefined);
        expect(await encoding("gzip;q=0.5, identity")).to.equal(undefined);
      }),
    );

    it(
      "that lies beside a file is sent as it is, with an ETag of its own",
      serving(async (ask) => {
        const plain = await ask("/packed.js");
        const packed = await ask("/packed.js", { "accept-encoding": "br" });
        expect(packed.body).to.deep.equal(readFileSync(join(root, "packed.js.br")));
        expect(packed.headers["content-type"]).to.equal("text/javascript; charset=utf-8");
        expect(packed.headers.etag)
          .to.match(/^"[^"]+-br"$/)
          .and.not.equal(plain.headers.etag);
        expect([plain.headers.vary, packed.headers.vary]).to.deep.equal(
          Array(2).fill("accept-encoding"),
        );
        const part = { "accept-encoding": "br", range: "bytes=0-1" };
        expect((await ask("/packed.js", part)).body).to.have.lengthOf(2);
      }),
    );

    it(
      "that is older than the file is left alone",
      serving(async (ask) => {
        const { headers, text } = await ask("/stale.js", { "accept-encoding": "gzip" });
        expect([headers["content-encoding"], text]).to.deep.equal([undefined, "new"]);
      }),
    );

    it(
      "is done where there is none, with a weak ETag, for texts that are worth it",
      serving(async (ask) => {
        const packed = await ask("/style.css", { "accept-encoding": "gzip" });
        expect(zlib.gunzipSync(packed.body).toString()).to.equal(CSS);
        expect(packed.headers.etag).to.match(/^W\/"[^"]+-gzip"$/);
        expect(packed.headers["accept-ranges"]).to.equal(undefined);
        const again = { "accept-encoding": "gzip", "if-none-match": String(packed.headers.etag) };
        expect((await ask("/style.css", again)).status).to.equal(304);
        const part = await ask("/style.css", { "accept-encoding": "gzip", range: "bytes=0-1" });
        expect([part.status, part.text]).to.deep.equal([206, "p "]);
        for (const path of ["/small.css", "/big.bin"]) {
          const { headers } = await ask(path, { "accept-encoding": "gzip" });
          expect(headers["content-encoding"]).to.equal(undefined);
        }
      }),
    );

    it(
      "can be left out",
      serving(
        async (ask) => {
          for (const path of ["/packed.js", "/style.css"]) {
            const { headers } = await ask(path, { "accept-encoding": "gzip, br" });
            expect(headers["content-encoding"]).to.equal(undefined);
          }
        },
        { precompressed: false, compress: false },
      ),
    );
  });

  describe("what is not served", () => {
    const paths = [
      "/../secret.txt",
      "/%2e%2e/secret.txt",
      "/%2E%2E%2Fsecret.txt",
      "/sub/../../secret.txt",
      "/..%5csecret.txt",
      "/..\\secret.txt",
      "//secret.txt",
      "/sub//index.html",
      "/digits.bin%00.html",
      "/%c0%ae%c0%ae/secret.txt",
      "/%",
      "/./digits.bin",
      "/out.txt",
      "/outside/secret.txt",
      "/loop",
      "/.env",
      `/${"x".repeat(5000)}`,
      "/constructor",
    ];
    for (const path of paths) {
      it(
        path.slice(0, 40),
        serving(async (_ask, { dial }) => {
          // node:http's client would not send some of them.
          const client = dial().send(get(path, { connection: "close" }));
          await client.closed;
          expect(client.statuses).to.deep.equal(["404"]);
          expect(client.heard).not.to.include("secret");
        }),
      );
    }

    it(
      "but links that stay below the root, and .well-known, are",
      serving(async (ask) => {
        expect((await ask("/inside.bin")).text).to.equal("0123456789");
        expect((await ask("/.well-known/thing")).text).to.equal("known");
      }),
    );

    it(
      "but dotfiles are where they are allowed, which leads no further",
      serving(
        async (ask) => {
          expect((await ask("/.env")).text).to.equal("PASSWORD=1");
          expect((await ask("/..%2fsecret.txt")).status).to.equal(404);
        },
        { dotfiles: true },
      ),
    );

    it("and no path leads out of the root (fuzz)", async function () {
      this.timeout(120_000);
      const part = fc.constantFrom(
        "..",
        ".",
        "",
        "%2e",
        "%2E.",
        "%2f",
        "%5c",
        "\\",
        "%00",
        "sub",
        "outside",
        "secret.txt",
        "out.txt",
        "root",
        "%252e",
        "..;",
        "~",
        "con",
        "%c0%af",
        "%",
        "digits.bin",
        ":",
        "*",
        "?",
      );
      const path = fc.array(fc.tuple(part, fc.constantFrom("/", "", "//")), { maxLength: 8 });
      const reactor = createReactor("clock");
      const stopped = reactor.run();
      const { dial } = await openSite(reactor, staticFiles(reactor, root, { dotfiles: true }));
      await fc.assert(
        fc.asyncProperty(path, async (parts) => {
          const client = dial().send(get(`/${parts.flat().join("")}`, { connection: "close" }));
          await client.closed;
          expect(client.statuses).to.have.lengthOf(1);
          expect(client.statuses[0]).to.match(/^(?:200|301|404)$/);
          expect(client.heard).not.to.match(/\r\n\r\nsecret/);
          // A redirect stays here.
          expect(client.heard).not.to.match(/location: \/[/\\]/i);
        }),
        { numRuns: FUZZ_RUNS },
      );
      reactor.stop();
      await stopped;
    });
  });

  it("have Cache-Control by path, and types from elsewhere", () =>
    serving(
      async (ask) => {
        const { headers } = await ask("/sub/");
        expect([headers["cache-control"], headers["content-type"]]).to.deep.equal([
          "max-age=14",
          "text/x-mine",
        ]);
        expect((await ask("/digits.bin")).headers["content-type"]).to.match(/octet-stream/);
      },
      {
        cacheControl: (path) => `max-age=${path.length}`,
        mimeTypes: (name) => (name.endsWith(".html") ? "text/x-mine" : undefined),
      },
    )());

  it("are sent at the pace of the client, and cut off when they shrink", () =>
    onClock(async ({ reactor, errors }) => {
      const { dial, pass } = await openSite(reactor, staticFiles(reactor, root));
      file("root/shrinks.bin", Buffer.alloc(10_000_000));
      const client = dial();
      client.socket.pause();
      client.send(get("/shrinks.bin"));
      await pass(1);
      truncateSync(join(root, "shrinks.bin"), 10);
      client.socket.resume();
      await client.closed;
      expect(client.heard.length).to.be.lessThan(10_000_000);
      expect(errors.splice(0).map((error) => (error as { code?: string }).code)).to.deep.equal([
        "ERR_FILE_CHANGED",
      ]);
    }));

  it("refuse a root that is no path", () =>
    onClock(async ({ reactor }) => {
      expect(() => staticFiles(reactor, "")).to.throw("the path of a directory");
      await Promise.resolve();
    }));
});
