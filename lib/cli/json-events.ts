import type { Writable } from "node:stream";

/** Writes one JSON object a line, the event's name first. NaN and infinities become `null`. */
export class JsonEvents {
  constructor(private readonly stream: Writable) {}

  write(event: string, fields: object): void {
    this.stream.write(`${JSON.stringify({ event, ...fields })}\n`);
  }
}
