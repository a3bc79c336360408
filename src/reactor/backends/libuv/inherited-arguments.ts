/**
 * What Node was started with, as workers start with it: without the program itself, which may be
 * among it as text. They would run that again, and so would theirs.
 */

/** Of which the program is text, or is read from the terminal. */
const OF_TEXT = /^(?:-e|--eval|-p|-pe|--print|-i|--interactive|--input-type)(?:=|$)/;
/** What loads modules into a thread. */
const OF_LOADING = /^(?:-r|--require|--import|--loader|--experimental-loader|-C|--conditions)(=|$)/;

/** For a process of its own. */
export function argumentsForProcess(): string[] {
  const { execArgv } = process;
  // Node keeps the text itself here; it is not known by its place, as in `-p -e TEXT`.
  const { _eval: text } = process as { _eval?: string };
  return execArgv.filter(
    (argument, at) =>
      argument !== text && !OF_TEXT.test(argument) && execArgv[at - 1] !== "--input-type",
  );
}

/**
 * For a thread: undefined where it can have all of them, as it has unless told. Else those that
 * load modules: others are of the whole process, and refused for one thread.
 */
export function argumentsForThread(): string[] | undefined {
  const { execArgv } = process;
  if (!execArgv.some((argument) => OF_TEXT.test(argument))) return undefined;
  return argumentsForProcess().filter((argument, at, all) => {
    const before = OF_LOADING.exec(all[at - 1] ?? "");
    return OF_LOADING.test(argument) || before?.[1] === "";
  });
}
