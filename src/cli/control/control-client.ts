import { messageOf } from "../../core/errors.ts";
import type { Failure } from "../../defer/failure.ts";
import { ClientFactory } from "../../protocols/factory.ts";
import { LineReceiver } from "../../protocols/line-receiver.ts";
import type { Reactor } from "../../reactor/capabilities.ts";
import { ConnectionRefusedError } from "../../reactor/errors.ts";
import { readSnapshot } from "./read-snapshot.ts";
import type { Snapshot } from "./snapshot.ts";

/** What hundreds of processes have to say, and more. */
const SNAPSHOT_BYTES_MAX = 4 * 1024 * 1024;

/** Told of what a daemon says by its control socket. */
export interface Watching {
  snapshot(snapshot: Snapshot): void;
  /** No more will come, in words. Called once, last; not after `stop()`. */
  ended(why: string): void;
}

/** Watches a daemon; returns the way to end that. */
export function watchControl(
  reactor: Reactor<"unix">,
  name: string,
  every: number,
  told: Watching,
): () => void {
  let over = false;
  const end = (why: string): void => {
    if (over) return;
    over = true;
    told.ended(why);
  };
  class Client extends LineReceiver {
    override delimiter = "\n";
    override maxLength: number = SNAPSHOT_BYTES_MAX;

    override connectionMade(): void {
      this.sendLine(JSON.stringify({ every }));
    }

    override lineReceived(line: string): void {
      if (over) return;
      const said = readSnapshot(line);
      if (said === undefined) end("what listens there is no daemon's control socket");
      else if ("error" in said) end(`it refuses: ${said.error}`);
      else told.snapshot(said);
      if (over) this.transport.loseConnection();
    }

    override connectionLost(reason: Failure): void {
      end(`the daemon has gone (${messageOf(reason.value)})`);
    }
  }
  class Connecting extends ClientFactory {
    override buildProtocol(): Client {
      return new Client();
    }
    override clientConnectionFailed(_connector: unknown, reason: Failure): void {
      const absent = reason.check(ConnectionRefusedError) !== undefined;
      end(messageOf(reason.value) + (absent ? "; start the daemon with --control auto" : ""));
    }
  }
  const connector = reactor.connectUNIX(name, new Connecting());
  return () => {
    over = true;
    connector.disconnect();
  };
}
