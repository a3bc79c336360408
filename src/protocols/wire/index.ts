/** The small services of old: for tests, and to see that a network works. */
export { Chargen } from "./chargen.ts";
export { Daytime } from "./daytime.ts";
export { Discard } from "./discard.ts";
export { Echo } from "./echo.ts";
export { QOTD } from "./qotd.ts";
export { Time } from "./time.ts";
