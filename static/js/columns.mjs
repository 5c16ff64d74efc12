/** Columns of a trace as BokehJS wants them: images become two-dimensional arrays of its own, everything else stays. */
import { allOf, mapValues } from "./packet.mjs";

/* global Bokeh */

/** Whether a source has the very columns that it had, or has none in either trace. */
export function isSame(columns, before) {
  if (columns === before) return true;
  const names = Object.keys(columns ?? {});
  return names.length === Object.keys(before ?? {}).length && names.every((name) => columns[name] === before?.[name]);
}

/**
 * A column that stays, as BokehJS wants it: an image column (n, H, W) becomes n two-dimensional arrays, and so does one
 * of coloured pixels (n, H, W, 4), whose four bytes are then one number.
 */
export function stillColumn(column) {
  const values = allOf(column);
  if (column.shape.length < 3) return values;
  const [count, height, width] = column.shape;
  const size = values.length / count;
  return Array.from({ length: count }, (_, n) => imageOf(values.slice(n * size, (n + 1) * size), height, width));
}

/** Images of several sizes: the column image holds all their cells, image_rows and image_columns the size of each. */
export function imagesOf({ image, image_rows: rows, image_columns: columns, ...others }) {
  let at = 0;
  const images = Array.from(rows.array, (height, n) => {
    const start = at;
    at += height * columns.array[n];
    return imageOf(image.array.slice(start, at), height, columns.array[n]);
  });
  return { image: images, ...mapValues(others, stillColumn) };
}

/** @param {Float32Array | Uint8Array} values with a buffer of their own: numbers, or pixels of one or four bytes */
export function imageOf(values, rows, columns) {
  const dtype = values instanceof Float32Array ? "float32" : values.length === rows * columns ? "uint8" : "uint32";
  return Bokeh.require("core/util/ndarray").ndarray(values.buffer, { dtype, shape: [rows, columns] });
}
