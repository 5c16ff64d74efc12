/**
 * Reads the one binary form in which every transport carries an update (views/packet.py writes it).
 *
 * @typedef {{array: TypedArray, shape: number[], table?: string[], rows?: Uint16Array}} Column
 * @typedef {Float32Array | Int32Array | Uint16Array | Uint8Array} TypedArray
 * @typedef {Record<string, Record<string, Column>>} Sources
 * @typedef {{length: number, start: number, number: number, facts: Record<string, string>, stops: number[], still: Sources, steps: Sources,
 *   sentence: (step: number) => string}} Trace
 * @typedef {{view: string, settings: Record<string, unknown>, notices: string[], error: string, needs?: string, trace: Trace | null}} Update
 */

const MAGIC = 0x53564e43; // "CNVS" read as a little-endian number
const TYPES = { float32: Float32Array, int32: Int32Array, uint16: Uint16Array, uint8: Uint8Array };

let traces = 0; // that this page has asked for

/**
 * Ask for a trace. By its numbers Python knows what the page has, and leaves it out.
 * @param {object} event @param {Trace | null} shown what the page shows as it asks
 * @param {(event: object) => Promise<ArrayBuffer>} send @returns {Promise<Update>}
 */
export async function answerTo(event, shown, send) {
  return readPacket(await send({ ...event, number: ++traces, shown: shown?.number ?? 0 }), shown);
}

/**
 * @param {ArrayBuffer} buffer a whole packet
 * @param {Trace | null} before what the page showed when it asked: of that, the packet names only what stays
 * @returns {Update}
 */
export function readPacket(buffer, before = null) {
  const { header, start } = readHeader(buffer);
  return { ...header, trace: header.trace && readTrace(header.trace, buffer, start, before) };
}

/** What a packet says beside its trace. @param {ArrayBuffer} buffer */
export function readHeader(buffer) {
  const words = new DataView(buffer);
  if (buffer.byteLength < 8 || words.getUint32(0, true) !== MAGIC) {
    throw new Error("These bytes are not a Convoscope packet. Reload the page; a half-updated site can cause this.");
  }
  const start = 8 + words.getUint32(4, true);
  return { header: JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, start - 8))), start };
}

/** @returns {Trace} */
function readTrace(described, buffer, start, before) {
  const column = ({ dtype, shape, at, table, rows }) => {
    const count = shape.reduce((product, size) => product * size, 1);
    return { array: new TYPES[dtype](buffer, start + at, count), shape, table, rows: rows && column(rows).array };
  };
  const sources = (group, old) => {
    const columnsOf = (columns, source) => mapValues(columns, (one, name) => (one ? column(one) : old[source][name]));
    return mapValues(group, (columns, source) => (columns ? columnsOf(columns, source) : old[source]));
  };
  const gaps = column(described.sentences);
  const between = described.sentences.template.split("{}");
  return {
    length: described.length,
    start: Number(described.facts.start ?? 0), // the step with which it begins
    number: described.number ?? 0,
    facts: described.facts,
    stops: described.stops,
    still: sources(described.static, before?.still),
    steps: sources(described.steps, before?.steps),
    sentence: (step) => between.map((text, n) => (n ? textAt(gaps, step, n - 1) : "") + text).join(""),
  };
}

/** The text at (row, place) of a column of texts. */
function textAt({ array, shape, table }, row, place) {
  return table[array[row * shape[1] + place]];
}

/**
 * One row of a moving column: numbers as a view into the packet, texts as strings.
 * @param {Column} column of shape (T, n)
 */
export function rowOf({ array, shape, table, rows }, step) {
  const at = rows ? rows[step] : step;
  const row = array.subarray(at * shape[1], (at + 1) * shape[1]);
  return table ? Array.from(row, (code) => table[code]) : row;
}

/** Whether two steps have the same row of a moving column. @param {Column} column */
export function sameRow({ array, shape, rows }, one, other) {
  const [a, b] = rows ? [rows[one], rows[other]] : [one, other];
  if (a === b) return true;
  const width = shape[1];
  for (let n = 0; n < width; n++) if (array[a * width + n] !== array[b * width + n]) return false;
  return true;
}

/** A column that stays, as plain values or (texts) as strings. */
export function allOf({ array, table }) {
  return table ? Array.from(array, (code) => table[code]) : array;
}

/** @template A, B @param {Record<string, A>} table @param {(value: A, name: string) => B} change @returns {Record<string, B>} */
export function mapValues(table, change) {
  return Object.fromEntries(Object.entries(table).map(([name, value]) => [name, change(value, name)]));
}
