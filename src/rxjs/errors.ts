/** Errors between Observables and the rest. */
import { SkeinError } from "../core/errors.ts";

/** An Observable has completed without a value, where one was wanted. */
export class EmptyObservableError extends SkeinError {
  override readonly name = "EmptyObservableError";
  readonly code = "ERR_EMPTY_OBSERVABLE";

  constructor() {
    super("the Observable has completed without a value");
  }
}
