/** An error as the system makes it. */
export function systemError(code: string, message: string = code): Error {
  return Object.assign(new Error(message), { code });
}
