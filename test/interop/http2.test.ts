import { once } from "node:events";
import http2 from "node:http2";
import { connectDuplex, serveDuplex } from "skein/interop";
import { bridged } from "../support/bridged.ts";

/** Unless it is given, it comes from the real clock. */
const DATE = "Thu, 01 Jan 1970 00:00:00 GMT";

describe("node:http2 over the bridge", () => {
  bridged(
    "makes several requests on one connection",
    async (reactor) => {
      const server = http2.createServer();
      let connections = 0;
      server.on("stream", (stream, headers) => {
        let body = "";
        stream.on("data", (data: Buffer) => (body += data.toString()));
        stream.on("end", () => {
          stream.respond({ ":status": 200, date: DATE });
          stream.end(`${headers[":path"]}: ${body}`);
        });
      });
      const port = await serveDuplex(reactor, 0, (socket) => {
        connections++;
        server.emit("connection", socket);
      });
      const client = http2.connect("http://status.example", {
        createConnection: () => connectDuplex(reactor, "127.0.0.1", port.getHost().port),
      });
      const ask = async (path: string): Promise<string> => {
        const stream = client.request({ ":path": path, ":method": "POST" });
        let text = "";
        stream.on("data", (data: Buffer) => (text += data.toString()));
        stream.end("body");
        await once(stream, "end");
        return text;
      };
      const answers = await Promise.all(["/one", "/two", "/three"].map(ask));
      const closed = once(client, "close");
      client.close();
      await closed;
      return [...answers, `${connections} connection`];
    },
    ["/one: body", "/two: body", "/three: body", "1 connection"],
  );

  bridged(
    "resets a stream, and goes on",
    async (reactor) => {
      const server = http2.createServer();
      server.on("stream", (stream, headers) => {
        if (headers[":path"] === "/bad") stream.close(http2.constants.NGHTTP2_REFUSED_STREAM);
        else {
          stream.respond({ date: DATE });
          stream.end("good");
        }
        stream.on("error", () => {});
      });
      const port = await serveDuplex(reactor, 0, (socket) => server.emit("connection", socket));
      const client = http2.connect("http://status.example", {
        createConnection: () => connectDuplex(reactor, "127.0.0.1", port.getHost().port),
      });
      const bad = client.request({ ":path": "/bad" });
      const [error] = (await once(bad, "error")) as [NodeJS.ErrnoException];
      const good = client.request({ ":path": "/good" });
      const [data] = (await once(good, "data")) as [Buffer];
      client.destroy();
      return [String(error.code), data.toString()];
    },
    ["ERR_HTTP2_STREAM_ERROR", "good"],
  );
});
