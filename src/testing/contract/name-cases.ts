import assert from "node:assert/strict";
import { isLoopback } from "../../core/ip-address.ts";
import { Deferred } from "../../defer/deferred.ts";
import { CancelledError, TimeoutError } from "../../defer/errors.ts";
import { Failure } from "../../defer/failure.ts";
import { succeed } from "../../defer/fired.ts";
import type { Reactor } from "../../reactor/capabilities.ts";
import { ReactorNotRunningError, UnknownHostError } from "../../reactor/errors.ts";
import type { NameResolver, ResolvedAddress } from "../../reactor/names.ts";
import type { ContractCase } from "./contract.ts";
import { listen, ProbeFactory } from "./probe.ts";
import type { World } from "./world.ts";

const UNKNOWN = "no-such-host.invalid";

/** Asks, and waits for what comes of it. */
async function outcomeOf(
  world: World,
  asked: Deferred<readonly ResolvedAddress[]>,
): Promise<readonly ResolvedAddress[] | Failure> {
  let outcome: readonly ResolvedAddress[] | Failure | undefined;
  asked.addBoth((result) => {
    outcome = result;
  });
  await world.until("there is an answer", () => outcome !== undefined);
  return outcome as readonly ResolvedAddress[] | Failure;
}

/** Installs a resolver by which every name is this machine; returns what it was asked. */
function installLoopback(reactor: Reactor<"names">): string[] {
  const asked: string[] = [];
  reactor.installNameResolver({
    resolve: (host) => {
      asked.push(host);
      return succeed([{ address: "127.0.0.1", family: 4, ttl: undefined }]);
    },
  });
  return asked;
}

/** Names: who is asked about them, and what is answered. */
export const nameCases: readonly ContractCase<"tcp" | "names">[] = [
  {
    name: "names: localhost is this machine, in each family that it has",
    needs: ["names"],
    async run(world) {
      const { nameResolver } = world.reactor;
      for (const family of [undefined, 4] as const) {
        const options = family === undefined ? {} : { family };
        const found = await outcomeOf(world, nameResolver.resolve("localhost", options));
        assert.ok(!(found instanceof Failure));
        assert.ok(found.length > 0);
        for (const one of found) {
          assert.ok(isLoopback(one.address), one.address);
          assert.equal(one.family, one.address.includes(":") ? 6 : 4);
        }
        if (family === 4) world.log.push(...new Set(found.map(({ address }) => address)));
      }
    },
  },
  {
    name: "names: an address stands for itself, in its own family alone",
    needs: ["names"],
    async run(world) {
      const { nameResolver } = world.reactor;
      for (const address of ["10.1.2.3", "2001:db8::1"]) {
        const found = await outcomeOf(world, nameResolver.resolve(address));
        assert.ok(!(found instanceof Failure));
        world.log.push(...found.map((one) => `${one.address} ${one.family} ${one.ttl}`));
      }
      const failure = await outcomeOf(world, nameResolver.resolve("10.1.2.3", { family: 6 }));
      assert.ok(failure instanceof Failure && failure.check(UnknownHostError));
      assert.deepEqual(world.log, ["10.1.2.3 4 undefined", "2001:db8::1 6 undefined"]);
    },
  },
  {
    name: "names: one that means nothing is UnknownHost, and not for a while only",
    needs: ["names"],
    async run(world) {
      const { nameResolver } = world.reactor;
      for (const host of [UNKNOWN, UNKNOWN.toUpperCase(), `${UNKNOWN}.`, ""]) {
        const failure = await outcomeOf(world, nameResolver.resolve(host));
        assert.ok(failure instanceof Failure && failure.check(UnknownHostError), host);
        assert.equal((failure.value as UnknownHostError).temporary, false);
        world.log.push(failure.message);
      }
    },
  },
  {
    name: "names: who cancels gets CancelledError, and what comes later is dropped",
    needs: ["names"],
    async run(world) {
      await world.pass(0);
      const asked = world.reactor.nameResolver.resolve("localhost");
      asked.cancel();
      const failure = await outcomeOf(world, asked);
      assert.ok(failure instanceof Failure && failure.check(CancelledError));
      assert.deepEqual(world.reactor.inspect(), []);
      await world.pass(0.02);
    },
  },
  {
    name: "names: nothing is looked up before the reactor runs",
    needs: ["names"],
    async run(world) {
      const asked = world.reactor.nameResolver.resolve("localhost");
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal(asked.called, false);
      assert.ok(!((await outcomeOf(world, asked)) instanceof Failure));
    },
  },
  {
    name: "names: nothing is looked up while the reactor stops",
    needs: ["names"],
    async run(world) {
      let outcome: unknown;
      world.reactor.addSystemEventTrigger("during", "shutdown", () => {
        world.reactor.nameResolver.resolve("localhost").addBoth((result) => {
          outcome = result;
        });
      });
      await world.pass(0);
      await world.until("it runs", () => world.reactor.running);
      await world.close();
      assert.ok(outcome instanceof Failure && outcome.check(ReactorNotRunningError));
    },
  },
  {
    name: "names: a resolver that is installed is asked by connectTCP, but not about addresses",
    needs: ["tcp", "names"],
    async run(world) {
      const before = world.reactor.nameResolver;
      const asked = installLoopback(world.reactor);
      assert.notEqual(world.reactor.nameResolver, before);
      const port = await listen(world, new ProbeFactory());
      const [byName, byAddress] = [new ProbeFactory(), new ProbeFactory()];
      const connector = world.reactor.connectTCP(UNKNOWN, port.getHost().port, byName);
      world.reactor.connectTCP("127.0.0.1", port.getHost().port, byAddress);
      await world.until(
        "both are connected",
        () => byName.probes.length + byAddress.probes.length === 2,
      );
      world.log.push(...asked, JSON.stringify(byName.probes[0]?.transport.getPeer().type));
      assert.deepEqual(asked, [UNKNOWN]);
      assert.equal(connector.getDestination().host, UNKNOWN);
      const installed = world.reactor.installNameResolver(before);
      assert.notEqual(installed, before);
      const unknown = new ProbeFactory();
      world.reactor.connectTCP(UNKNOWN, port.getHost().port, unknown);
      await world.until("it has failed", () => unknown.failure !== undefined);
      assert.ok(unknown.failure?.check(UnknownHostError));
      world.log.push(unknown.failure?.message ?? "");
    },
  },
  {
    name: "names: giving up to connect gives up the question, and so does its timeout",
    needs: ["tcp", "names"],
    async run(world) {
      const resolver: NameResolver = {
        resolve: () => new Deferred(() => world.log.push("given up")),
      };
      world.reactor.installNameResolver(resolver);
      await world.pass(0);
      await world.until("it runs", () => world.reactor.running);
      const [first, second] = [new ProbeFactory(), new ProbeFactory()];
      world.reactor.connectTCP("tea.example", 7, first).stopConnecting();
      await world.until("the first has failed", () => first.failure !== undefined);
      assert.ok(first.failure?.check(CancelledError));
      world.reactor.connectTCP("tea.example", 7, second, { timeout: 0.02 });
      await world.until("the second has failed", () => second.failure !== undefined);
      assert.ok(second.failure?.check(TimeoutError));
      assert.deepEqual(world.log, ["given up", "given up"]);
    },
  },
  {
    name: "names: where one address refuses, the next is tried",
    needs: ["tcp", "names"],
    async run(world) {
      const port = await listen(world, new ProbeFactory());
      world.reactor.installNameResolver({
        resolve: () =>
          succeed([
            { address: "127.0.0.2", family: 4, ttl: 1 },
            { address: "127.0.0.1", family: 4, ttl: 1 },
          ]),
      });
      const client = new ProbeFactory();
      world.reactor.connectTCP("tea.example", port.getHost().port, client);
      await world.until("it is connected", () => client.probes.length === 1);
      const peer = client.probes[0]?.transport.getPeer();
      assert.equal(peer?.type === "TCP" && peer.host, "127.0.0.1");
      assert.deepEqual(client.events, ["start", "connecting"]);
    },
  },
];
