/** What the spinner's process does, until it is ended. */
import { withSignal } from "skein/defer";
import { LoopingCall } from "skein/task";
import { callFromThread, currentCall, type InReactor, workerReactor } from "skein/threads/worker";

export interface Screen {
  draw(text: string): void;
}

const FRAMES = ["|", "/", "-", "\\"];

export async function spin(message: string, screen: InReactor<Screen>): Promise<void> {
  const { signal } = currentCall();
  const reactor = await workerReactor();
  let turn = 0;
  const turning = new LoopingCall(reactor, () => {
    callFromThread(screen.draw, `\r${FRAMES[turn++ % FRAMES.length]} ${message}`);
  });
  // A process that is ended is gone. A simulated one is told by its signal.
  await withSignal(turning.start(0.1), signal);
}
