import protobuf from "protobufjs/light.js";

/** The parts of TensorFlow's `event.proto` and `summary.proto` that training logs need; numbers are theirs. */
const descriptor = {
  nested: {
    Event: {
      oneofs: { what: { oneof: ["fileVersion", "summary", "sessionLog"] } },
      fields: {
        wallTime: { type: "double", id: 1 },
        step: { type: "int64", id: 2 },
        fileVersion: { type: "string", id: 3 },
        summary: { type: "Summary", id: 5 },
        sessionLog: { type: "SessionLog", id: 7 },
      },
    },
    SessionLog: { fields: { status: { type: "int32", id: 1 } } },
    Summary: { fields: { value: { rule: "repeated", type: "SummaryValue", id: 1 } } },
    SummaryValue: {
      oneofs: { value: { oneof: ["simpleValue", "histo"] } },
      fields: {
        tag: { type: "string", id: 1 },
        simpleValue: { type: "float", id: 2 },
        histo: { type: "HistogramProto", id: 5 },
      },
    },
    HistogramProto: {
      fields: {
        min: { type: "double", id: 1 },
        max: { type: "double", id: 2 },
        num: { type: "double", id: 3 },
        sum: { type: "double", id: 4 },
        sumSquares: { type: "double", id: 5 },
        bucketLimit: { rule: "repeated", type: "double", id: 6, options: { packed: true } },
        bucket: { rule: "repeated", type: "double", id: 7, options: { packed: true } },
      },
    },
  },
};

const eventType = protobuf.Root.fromJSON(descriptor).lookupType("Event");

/** Counts of parts, each up to its `bucketLimit`. */
export interface HistogramProto {
  readonly min: number;
  readonly max: number;
  readonly num: number;
  readonly sum: number;
  readonly sumSquares: number;
  readonly bucketLimit: readonly number[];
  readonly bucket: readonly number[];
}

/** A value of a summary, of one tag. */
export type SummaryValue = { readonly tag: string } & (
  | { readonly simpleValue: number }
  | { readonly histo: HistogramProto }
);

/** One event: what kind of file this is, that steps from here on are new, or values of a step. */
export type Event = { readonly wallTime: number; readonly step?: number } & (
  | { readonly fileVersion: string }
  | { readonly sessionLog: { readonly status: number } }
  | { readonly summary: { readonly value: readonly SummaryValue[] } }
);

export const encodeEvent = (event: Event): Uint8Array => eventType.encode(eventType.create(event)).finish();
