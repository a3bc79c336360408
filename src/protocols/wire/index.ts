/** The small services of old: for tests, and to see that a network works. */
export { Echo } from "./echo.ts";
