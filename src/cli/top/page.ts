/** The page of `reactor top --web`: all of it, with nothing from elsewhere. */
export const PAGE: string = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>reactor top</title>
<style>
  :root { color-scheme: light dark; font-family: system-ui, sans-serif; }
  body { margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
  table { border-collapse: collapse; width: 100%; }
  th, td { padding: 0.3rem 0.6rem; text-align: right; border-bottom: 1px solid #8884; }
  td { font-variant-numeric: tabular-nums; }
  .scroll { overflow-x: auto; }
</style>
<h1>reactor top</h1>
<p id="state" role="status">connecting…</p>
<div class="scroll"><table>
  <thead><tr id="heads"></tr></thead>
  <tbody id="processes"></tbody>
</table></div>
<h2>Open, and what the daemon says</h2>
<div class="scroll"><table><tbody id="others"></tbody></table></div>
<script>
  const size = (count) => {
    const units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let at = 0;
    for (; count >= 1000 && at < 4; at++) count /= 1024;
    return (at === 0 ? count.toFixed(0) : count.toFixed(1)) + " " + units[at];
  };
  const millis = (seconds) => (seconds * 1000).toFixed(1) + " ms";
  const columns = [
    ["process", (p) => p.id],
    ["pid", (p) => p.pid],
    ["state", (p) => p.state],
    ["up", (p) => p.upSeconds, (s) => Math.floor(s) + " s"],
    ["processor", (p) => p.cpu, (part) => (part * 100).toFixed(0) + " %"],
    ["memory", (p) => p.residentBytes, size],
    ["heap", (p) => p.heapBytes, size],
    ["loop delay", (p) => p.delayMeanSeconds, millis],
    ["at most", (p) => p.delayMaxSeconds, millis],
    ["connections", (p) => p.open["connection"] ?? 0],
    ["timers", (p) => p.open["delayed call"] ?? 0],
    ["in", (p) => p.receivedPerSecond, (count) => size(count) + "/s"],
    ["out", (p) => p.sentPerSecond, (count) => size(count) + "/s"],
  ];
  const element = (name, text) => {
    const made = document.createElement(name);
    // As text: names are the daemon's.
    made.textContent = text;
    return made;
  };
  const row = (cells) => {
    const made = document.createElement("tr");
    made.append(...cells.map((cell) => element("td", cell)));
    return made;
  };
  document.getElementById("heads").append(...columns.map(([head]) => element("th", head)));
  const say = (text) => (document.getElementById("state").textContent = text);
  const events = new EventSource("/events");
  events.addEventListener("error", () => say("not connected"));
  events.addEventListener("gone", ({ data }) => say(JSON.parse(data)));
  events.addEventListener("view", ({ data }) => {
    const processes = JSON.parse(data);
    say(processes.length === 1 ? "1 process" : processes.length + " processes");
    document.getElementById("processes").replaceChildren(
      ...processes.map((process) =>
        row(
          columns.map(([, value, text = String]) => {
            const found = value(process);
            return found === null ? "–" : text(found);
          }),
        ),
      ),
    );
    document.getElementById("others").replaceChildren(
      ...processes.flatMap(({ id, open, gauges }) => [
        ...Object.entries(open).map(([kind, count]) => row([id, kind, count])),
        ...Object.entries(gauges).flatMap(([name, values]) =>
          Object.entries(values).map(([key, value]) => row([id, name + ": " + key, value])),
        ),
      ]),
    );
  });
</script>
</html>
`;
