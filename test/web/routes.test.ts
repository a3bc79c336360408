import { expect } from "chai";
import { Hono } from "hono";
import { routes, type Handler } from "skein/web";
import { bridged } from "../support/bridged.ts";
import { onClock } from "../support/on-clock.ts";
import { openSite } from "../support/web.ts";

const say =
  (text: string): Handler =>
  (_request, response, params) =>
    response.end(`${text} ${JSON.stringify(params)}`);

describe("routes", () => {
  it("choose by method and path, the first that fits", () =>
    onClock(async ({ reactor }) => {
      const table = routes({
        "GET /": say("home"),
        "GET /orders/new": say("new"),
        "GET /orders/:id": say("get"),
        "PUT /orders/:id": say("put"),
        "/files/*": say("files"),
        "GET /a/:b/c/:d": { fetch: (_request, { b, d }) => new Response(`${b} ${d}`) },
      });
      const { ask } = await openSite(reactor, table);
      const text = async (path: string, method = "GET"): Promise<string> => {
        const { status, headers, text: body } = await ask({ path, method });
        return status === 200 ? body : `${status} ${headers.allow ?? ""}`;
      };
      expect(await text("/?x=1")).to.equal("home {}");
      expect(await text("/orders/new")).to.equal("new {}");
      expect(await text("/orders/a%2Fb%20c")).to.equal('get {"id":"a/b c"}');
      expect(await text("/orders/7", "PUT")).to.equal('put {"id":"7"}');
      expect(await text("/files/a/b%20c")).to.equal('files {"*":"a/b%20c"}');
      expect(await text("/files/", "DELETE")).to.equal('files {"*":""}');
      expect(await text("/a/1/c/2")).to.equal("1 2");
      expect(await text("/orders/")).to.equal("404 ");
      expect(await text("/orders/7/")).to.equal("404 ");
      expect(await text("/files")).to.equal("404 ");
      expect(await text("/orders/7", "DELETE")).to.equal("405 GET, HEAD, PUT");
      expect(await text("/orders/%zz")).to.equal("400 ");
      expect(await text("/", "HEAD")).to.equal("");
    }));

  it("refuse what is no route", () => {
    const make = (pattern: string) => () => routes({ [pattern]: say("") });
    expect(make("GET orders")).to.throw('not "GET orders"');
    expect(make("get /")).to.throw("a route is");
    expect(make("/a/:/b")).to.throw("need names");
    expect(make("/:a/:a")).to.throw("each its own");
    expect(make("/*/b")).to.throw("at its end");
  });

  bridged(
    "may be a framework's: Hono's app, as it is",
    async (reactor) => {
      const app = new Hono();
      app.get("/teas/:name", (context) => context.json({ name: context.req.param("name") }));
      app.post("/teas", async (context) => context.text(await context.req.text(), 201));
      const { ask } = await openSite(reactor, app);
      const got = await ask({ path: "/teas/green" });
      const posted = await ask({ method: "POST", path: "/teas" }, "black");
      const none = await ask({ path: "/coffee" });
      return [got.text, `${posted.status} ${posted.text}`, String(none.status)];
    },
    ['{"name":"green"}', "201 black", "404"],
  );
});
