/** A server in a process of its own: writes its port, and ends with its input. */
import { Factory } from "skein/protocols";
import { createReactor } from "skein/reactor";
import { Adder } from "./sum.ts";

const reactor = createReactor("libuv");
reactor
  .listenTCP(0, Factory.forProtocol(Adder), { interface: "127.0.0.1" })
  .addCallback((port) => console.log(port.getHost().port));
process.stdin.on("end", () => process.exit()).resume();
void reactor.run();
