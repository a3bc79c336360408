const text = "hello, world\n";
const large = Buffer.alloc(64 * 1024, "x");

/** A listener of node:http: a short page, a long one, and one that takes a body. */
export function page(request, response) {
  if (request.url === "/large") {
    response.writeHead(200, { "content-type": "text/plain", "content-length": large.length });
    response.end(large);
    return;
  }
  if (request.method === "POST") {
    let bytes = 0;
    request.on("data", (data) => (bytes += data.length));
    request.on("end", () => response.end(`${bytes}`));
    return;
  }
  response.writeHead(200, { "content-type": "text/plain", "content-length": text.length });
  response.end(text);
}
