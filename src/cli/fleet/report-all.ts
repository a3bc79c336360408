import type { ProcessStatistics } from "../../application/process-statistics.ts";
import { Deferred } from "../../defer/deferred.ts";
import type { ReactorTime } from "../../reactor/capabilities.ts";
import type { ClusterMember } from "./cluster-member.ts";

/** Who has not answered by then is busy, or starting: the others are not kept waiting. */
const ANSWER_SECONDS = 0.5;

/** A process as the fleet knows it. One that has not answered in time says nothing of itself. */
export interface MemberReport {
  readonly id: number;
  readonly pid: number | undefined;
  readonly ready: boolean;
  readonly statistics: ProcessStatistics | undefined;
}

/** Asks all processes at once how they fare. */
export function reportAll(
  clock: Pick<ReactorTime, "callLater">,
  members: Iterable<ClusterMember>,
): Deferred<readonly MemberReport[]> {
  const asked = [...members];
  const answers = new Map<number, ProcessStatistics>();
  const done = new Deferred<readonly MemberReport[]>();
  const reports = asked.map((member) => member.report());
  const finish = (): void => {
    if (deadline.active) deadline.cancel();
    for (const report of reports) if (!report.called) report.addErrback(() => {}).cancel();
    if (done.called) return;
    done.callback(
      asked.map(({ id, pid, ready }) => ({
        id,
        pid,
        ready: ready.called,
        statistics: answers.get(id),
      })),
    );
  };
  const deadline = clock.callLater(asked.length === 0 ? 0 : ANSWER_SECONDS, finish);
  for (const [i, report] of reports.entries()) {
    report.addCallback((statistics) => {
      answers.set((asked[i] as ClusterMember).id, statistics);
      if (answers.size === asked.length) finish();
    });
  }
  return done;
}
