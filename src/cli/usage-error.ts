/** The command was used wrongly: one sentence for the user, and status 2. */
export class UsageError extends Error {}
