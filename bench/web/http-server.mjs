/** The same page by node:http alone. */
import { createServer } from "node:http";
import { serving } from "../echo/serving.mjs";
import { page } from "./page.mjs";

const server = createServer(page);
server.listen(0, "127.0.0.1", () => serving(server.address().port));
