/** What all four programs of the tutorial share: which stations there are, and what is printed. */
export interface Station {
  readonly name: string;
  readonly port: number;
}

/** Stations from a command line, `harbour=7201 …`; without one, those of stations.ts and one more. */
export function stationsFrom(args: readonly string[]): Station[] {
  const given = args.length > 0 ? args : ["harbour=7201", "ridge=7202", "meadow=7203", "quay=7204"];
  return given.map((arg) => {
    const [name = "", port] = arg.split("=");
    return { name, port: Number(port) };
  });
}

/** The number in an answer; undefined if there is none. */
export function readingIn(answer: string): number | undefined {
  return /^-?\d+(\.\d+)?$/.test(answer.trim()) ? Number(answer) : undefined;
}

/** A line for each station, in their order, and the mean of those that have answered. */
export function report(
  stations: readonly Station[],
  readings: readonly (number | undefined)[],
): string {
  const lines = stations.map(({ name }, i) => line(name, readings[i]));
  const known = readings.filter((reading) => reading !== undefined);
  const sum = known.reduce((total, reading) => total + reading, 0);
  return [...lines, line("mean", known.length > 0 ? sum / known.length : undefined)].join("\n");
}

function line(name: string, reading: number | undefined): string {
  return `${name.padEnd(8)} ${reading === undefined ? "no answer" : reading.toFixed(1)}`;
}
