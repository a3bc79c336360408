import net from "node:net";
import { serving } from "../echo/serving.mjs";

const port = Number(process.argv[2]);
const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
  const far = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
  near.pipe(far);
  far.pipe(near);
  near.on("error", () => far.destroy());
  far.on("error", () => near.destroy());
});
server.listen(0, "127.0.0.1", () => serving(server.address().port));
