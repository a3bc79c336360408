import { hasTwisted, PYTHON } from "../support/python.ts";
import { EchoServer } from "./serve.ts";

type Start = () => Promise<EchoServer>;

export const startOurs: Start = node("skein-server.mjs");

/** Those that there are, by name. */
export const peers: { name: string; start: Start }[] = [
  { name: "raw node:net", start: node("net-server.mjs") },
];

if (hasTwisted()) {
  const script = new URL("./twisted_server.py", import.meta.url).pathname;
  peers.push({ name: "Twisted", start: () => EchoServer.start(PYTHON, [script]) });
}

function node(module: string): Start {
  return () => EchoServer.startNode(new URL(module, import.meta.url));
}
