import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeTensor,
  headerLength,
  MAX_HEADER,
  parseHeader,
  parseSafetensors,
  toFloat,
  writeSafetensors,
} from "./safetensors.ts";
import { SafetensorsError } from "./safetensors-error.ts";
import { BYTES, type DType, floatTensor, type Tensor } from "./tensor.ts";

const tensors = new Map<string, Tensor>([
  ["a", floatTensor([2, 3], new Float32Array([1, 2, 3, 4, 5, 6]))],
  ["b", { dtype: "F16", shape: [3], data: new Uint16Array([0x3c00, 0xc000, 1]) }],
  ["empty", floatTensor([0, 4], new Float32Array(0))],
  ["scalar", { dtype: "I64", shape: [], data: new BigInt64Array([7n]) }],
]);
const file = writeSafetensors(tensors, { format: "pt" });

/** A file around a header given as an object or text, followed by `bytes` zero bytes. */
function fileOf(header: unknown, bytes = 0): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const out = new Uint8Array(8 + json.length + bytes);
  new DataView(out.buffer).setBigUint64(0, BigInt(json.length), true);
  out.set(json, 8);
  return out;
}

const f32 = (shape: unknown, start: unknown, end: unknown) => ({
  dtype: "F32",
  shape,
  data_offsets: [start, end],
});

describe("writing and reading", () => {
  it("gives back names, shapes, values and metadata", () => {
    const header = parseSafetensors(file);
    expect(header.metadata).toEqual({ format: "pt" });
    for (const [name, tensor] of tensors) {
      const entry = header.tensors.get(name)!;
      expect(decodeTensor(entry, file.subarray(entry.start, entry.end))).toEqual(tensor);
    }
  });

  it("aligns the data to 8 bytes", () => {
    expect(parseSafetensors(file).dataStart % 8).toBe(0);
  });

  it("keeps a tensor that is called __proto__", () => {
    const odd = new Map([["__proto__", floatTensor([1], new Float32Array([3]))]]);
    expect([...parseSafetensors(writeSafetensors(odd)).tensors.keys()]).toEqual(["__proto__"]);
  });

  it("copies the bytes, also those of a Node Buffer", () => {
    const bytes = Buffer.from([0, 0, 128, 63]);
    const tensor = toFloat(decodeTensor({ dtype: "F32", shape: [1] }, bytes));
    bytes.fill(0);
    expect([...tensor.data]).toEqual([1]);
  });

  it("takes any mixture of types and shapes", () => {
    const dtypes = Object.keys(BYTES) as DType[];
    const one = fc.record({
      dtype: fc.constantFrom(...dtypes),
      shape: fc.array(fc.nat(3), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(fc.dictionary(fc.string(), one, { maxKeys: 5 }), (described) => {
        const names = Object.keys(described).filter((name) => name !== "__metadata__");
        const made = new Map(names.map((name) => [name, zeros(described[name]!)]));
        const written = writeSafetensors(made);
        const { tensors: read } = parseSafetensors(written);
        expect(new Set(read.keys())).toEqual(new Set(names));
        for (const [name, entry] of read) {
          expect(decodeTensor(entry, written.subarray(entry.start, entry.end))).toEqual(made.get(name));
        }
      }),
      { seed: 11, numRuns: 300 },
    );
  });
});

function zeros({ dtype, shape }: { dtype: DType; shape: number[] }): Tensor {
  const size = shape.reduce((product, side) => product * side, 1) * BYTES[dtype];
  return decodeTensor({ dtype, shape }, new Uint8Array(size));
}

describe("toFloat", () => {
  it("widens halves and narrows doubles", () => {
    expect([...toFloat(tensors.get("b")!).data]).toEqual([1, -2, 2 ** -24]);
    const double: Tensor = { dtype: "F64", shape: [1], data: new Float64Array([0.1]) };
    expect([...toFloat(double).data]).toEqual([Math.fround(0.1)]);
  });

  it("refuses whole numbers", () => {
    expect(() => toFloat(tensors.get("scalar")!)).toThrow(SafetensorsError);
  });
});

/** Entries of tensors without numbers. */
const empty = (count: number, from = 0) =>
  Array.from(
    { length: count },
    (_, i) => `"${from + i}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`,
  ).join(",");

describe("bad files are refused with what was found", () => {
  const deep = `{"a":{"dtype":${"[".repeat(200_000)}${"]".repeat(200_000)}}}`;
  it.each([
    ["an empty file", new Uint8Array(0), "has 0 bytes"],
    ["a file without header", new Uint8Array(7), "has 7 bytes"],
    ["a huge header", fileOfLength(BigInt(MAX_HEADER) + 1n), "at most 100000000"],
    ["a header of 2^64 - 1 bytes", fileOfLength(0xffff_ffff_ffff_ffffn), "at most 100000000"],
    ["a header beyond the file", fileOfLength(1000n), "cut short"],
    ["no JSON", fileOf("nonsense"), "not valid JSON"],
    ["an array", fileOf([]), "not a JSON object"],
    ["metadata that is no map", fileOf({ __metadata__: { a: 1 } }), "__metadata__"],
    ["metadata that is a list", fileOf({ __metadata__: [] }), "__metadata__"],
    [
      "an unknown number format",
      fileOf({ a: { dtype: "F8_E4M3", shape: [], data_offsets: [0, 1] } }, 1),
      "F8_E4M3",
    ],
    ["a number format that is a deep array", fileOf(deep), "more than 128 deep"],
    ["a number format that is an array", fileOf({ a: { ...f32([1], 0, 4), dtype: ["F32"] } }, 4), "object"],
    ["nothing but brackets", fileOf("[".repeat(1_000_000)), "more than 128 deep"],
    ["a million tensors of nothing", fileOf(`{${empty(1_000_000)}}`), "more than 3000000 values"],
    ["lists in lists", fileOf(`{"a":{"x":[${"[],".repeat(3_000_000)}0]}}`), "more than 3000000 values"],
    [
      "a field twice",
      fileOf(`{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4),
      "twice",
    ],
    ["a tensor twice", fileOf(`{${[0, 0].map((i) => empty(1, i))}}`), "twice"],
    ["a byte order mark", fileOf(`\ufeff${JSON.stringify({ a: f32([1], 0, 4) })}`, 4), "not valid JSON"],
    ["a side of -0", fileOf(`{"a":{"dtype":"F32","shape":[-0],"data_offsets":[0,0]}}`), "whole one"],
    ["a side of 2.0", fileOf(`{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}`, 8), "whole one"],
    ["an offset of 8e0", fileOf(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8e0]}}`, 8), "whole one"],
    [
      "half a character in a name",
      fileOf(`{"\\ud800":${JSON.stringify(f32([1], 0, 4))}}`, 4),
      "lone surrogate",
    ],
    ["half a character in metadata", fileOf(`{"__metadata__":{"a":"\\udc00"}}`), "lone surrogate"],
    ["a name of Object's own as a number format", fileOf({ a: { dtype: "constructor" } }), "constructor"],
    ["a negative side", fileOf({ a: f32([-1], 0, 4) }, 4), "whole one"],
    ["a broken side", fileOf({ a: f32([0.5], 0, 2) }, 2), "whole one"],
    ["sides whose product overflows", fileOf({ a: f32([2 ** 52, 2 ** 52], 0, 4) }, 4), "needs"],
    ["too many sides", fileOf({ a: f32(Array(17).fill(1), 0, 4) }, 4), "no valid shape"],
    ["offsets backwards", fileOf({ a: f32([1], 4, 0) }, 4), "no valid data_offsets"],
    [
      "three offsets",
      fileOf({ a: { dtype: "F32", shape: [1], data_offsets: [0, 4, 8] } }, 8),
      "data_offsets",
    ],
    ["too few bytes for the shape", fileOf({ a: f32([2], 0, 4) }, 4), "needs 8 bytes"],
    ["an overlap", fileOf({ a: f32([2], 0, 8), b: f32([1], 4, 8) }, 8), "b overlaps a"],
    ["a hole", fileOf({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12), "hole of 4 bytes before b"],
    ["a file cut short", fileOf({ a: f32([1], 0, 4), b: f32([1], 4, 8) }, 6), "last complete tensor is a"],
    ["bytes after the end", fileOf({ a: f32([1], 0, 4) }, 5), "1 bytes follow"],
    ["null in place of a tensor", fileOf({ a: null }), "number format undefined"],
  ])("%s", (_, bytes, message) => {
    expect(() => parseSafetensors(bytes)).toThrow(SafetensorsError);
    expect(() => parseSafetensors(bytes)).toThrow(message);
  });

  it("keeps tensors of formats that are not read apart, by name and place", () => {
    const f4 = { dtype: "F4", shape: [2, 3], data_offsets: [4, 7] };
    const file = fileOf({ a: f32([1], 0, 4), b: f4 }, 7);
    const header = parseHeader(file.subarray(8, file.length - 7), file.length);
    expect([...header.tensors.keys()]).toEqual(["a"]);
    expect([...header.others]).toEqual([
      ["b", { dtype: "F4", shape: [2, 3], start: file.length - 3, end: file.length }],
    ]);
    expect(() => parseSafetensors(fileOf({ b: { ...f4, data_offsets: [0, 3] } }, 3))).toThrow(
      "b has the number format F4; headscope reads F64",
    );
  });

  it.each([
    ["U32", 4],
    ["U64", 8],
    ["C64", 8],
    ["F8_E8M0", 1],
    ["F6_E2M3", 0.75],
  ])("checks how many bytes %s needs", (dtype, bytes) => {
    const header = (size: number) => {
      const file = fileOf({ a: { dtype, shape: [4], data_offsets: [0, size] } }, size);
      return parseHeader(file.subarray(8, file.length - size), file.length);
    };
    expect(header(4 * bytes).others.size).toBe(1);
    expect(() => header(4 * bytes + 1)).toThrow("needs");
  });

  it("refuses bytes that do not fill the shape", () => {
    expect(() => decodeTensor({ dtype: "F32", shape: [2] }, new Uint8Array(4))).toThrow(SafetensorsError);
  });
});

function fileOfLength(length: bigint): Uint8Array {
  const out = new Uint8Array(16);
  new DataView(out.buffer).setBigUint64(0, length, true);
  return out;
}

describe("mutated files", () => {
  /** Reads as a caller would, and demands that all entries lie within the file. */
  function readAll(bytes: Uint8Array): void {
    const header = parseSafetensors(bytes);
    for (const entry of header.tensors.values()) {
      expect(entry.end).toBeLessThanOrEqual(bytes.length);
      decodeTensor(entry, bytes.subarray(entry.start, entry.end));
    }
  }

  function readOrRefuse(bytes: Uint8Array): void {
    try {
      readAll(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(SafetensorsError);
    }
  }

  it("are read or refused when bytes change", () => {
    const change = fc.tuple(fc.nat(file.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        const bytes = file.slice();
        for (const [at, value] of changes) bytes[at] = value;
        readOrRefuse(bytes);
      }),
      { seed: 12, numRuns: 4000 },
    );
  });

  it("are read or refused when cut or grown", () => {
    for (let length = 0; length < file.length; length++) {
      expect(() => parseSafetensors(file.subarray(0, length))).toThrow(SafetensorsError);
    }
    expect(() => parseSafetensors(fileOf("{}", 3))).toThrow(SafetensorsError);
  });

  it("are read or refused when the header holds any JSON", () => {
    const number = fc.oneof(fc.nat(20), fc.maxSafeInteger(), fc.double());
    const entry = fc.record(
      {
        dtype: fc.oneof(fc.constantFrom(...Object.keys(BYTES)), fc.string(), fc.jsonValue()),
        shape: fc.oneof(fc.array(number, { maxLength: 5 }), fc.jsonValue()),
        data_offsets: fc.oneof(fc.array(number, { maxLength: 3 }), fc.jsonValue()),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.oneof(entry, fc.jsonValue())),
        fc.nat(64),
        (header, bytes) => {
          readOrRefuse(fileOf(header, bytes));
        },
      ),
      { seed: 13, numRuns: 3000 },
    );
  });

  it("never make the header longer than the file", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), fc.nat(2 ** 31), (prefix, size) => {
        try {
          expect(8 + headerLength(prefix, size)).toBeLessThanOrEqual(size);
        } catch (error) {
          expect(error).toBeInstanceOf(SafetensorsError);
        }
      }),
      { seed: 14, numRuns: 2000 },
    );
  });

  it("keep the checks when the header is parsed apart from the file", () => {
    const json = new TextEncoder().encode(JSON.stringify({ a: f32([1], 0, 4) }));
    expect(parseHeader(json, 8 + json.length + 4).tensors.get("a")).toMatchObject({ start: 8 + json.length });
    expect(() => parseHeader(json, 8 + json.length)).toThrow(SafetensorsError);
  });
});
