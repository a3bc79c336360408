/** A step of the preparation failed: `output` is what the tool behind it had to say. */
export class PrepareError extends Error {
  name = "PrepareError";

  constructor(message, output) {
    super(message);
    this.output = output;
  }
}
