import { expect } from "chai";
import fc from "fast-check";
import { encodeRedisCommand, RedisServer, RespDecoder } from "skein/protocols";
import { StringTransport } from "skein/testing";
import { cut, fuzz, sizes } from "../../support/fuzz.ts";

const name = fc.constantFrom(
  ..."GET SET SETNX MGET MSET APPEND STRLEN DEL EXISTS TYPE INCR DECR INCRBY DECRBY".split(" "),
  ..."EXPIRE PEXPIRE TTL PTTL PERSIST KEYS DBSIZE FLUSHALL PING ECHO AUTH HELLO SELECT".split(" "),
  ..."PUBLISH SUBSCRIBE UNSUBSCRIBE PSUBSCRIBE PUNSUBSCRIBE CLIENT COMMAND INFO BREW".split(" "),
);
const word = fc.oneof(
  fc.constantFrom("a", "b", "1", "-1", "9223372036854775807", "EX", "PX", "NX", "GET", "KEEPTTL"),
  fc.constantFrom("3", "2", "AUTH", "SETNAME", "*", "[a-", "a*b*", "\\", "0", "1e3"),
  fc.string({ maxLength: 4 }),
);
const commands = fc.array(fc.tuple(name, fc.array(word, { maxLength: 5 })), { maxLength: 20 });

describe("the server of RESP, whatever is said to it", () => {
  fuzz(
    "throws nothing, and answers in whole values",
    fc.property(commands, fc.uint8Array({ maxLength: 20 }), sizes, (said, noise, pieces) => {
      let now = 0;
      const server = new RedisServer({ seconds: () => now++ }, { maxMemoryBytes: 500 });
      const connection = server.buildProtocol();
      const transport = new StringTransport();
      connection?.makeConnection(transport);
      const bytes = said.map(([verb, words]) => encodeRedisCommand([verb, ...words]));
      for (const piece of cut(Buffer.concat([...bytes, noise]), pieces)) {
        connection?.dataReceived(piece);
      }
      expect(server.keys.bytes).to.be.at.most(1000);
      const decoder = new RespDecoder();
      decoder.push(transport.bytes());
      let values = 0;
      while (decoder.next() !== undefined) values++;
      expect(decoder.takeRest()).to.have.length(0);
      expect(values).to.be.at.least(said.length);
      connection?.connectionLost(transport.lose());
      expect(server.publish("a", "x")).to.equal(0);
    }),
  );
});
