/** What was asked for cannot be done here: one sentence for the user, and status 1. */
export class LaunchError extends Error {}
