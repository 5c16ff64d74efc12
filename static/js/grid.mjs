/**
 * Where the cells of a grid stand in its unit square: row 0 at the top, the longer side filling it (as views/grid.py, to
 * which a test holds this). All shares are measured from the upper left corner.
 *
 * @typedef {import("./packet.mjs").Column} Column
 * @typedef {{left: number, top: number, width: number, height: number}} Rectangle
 */

/** Rows and columns of a grid of values: from its shape, or from the last cell's place. @returns {[number, number]} */
export function shapeOf({ value, row, column }) {
  return value.shape.length === 2 ? value.shape : [row.array.at(-1) + 1, column.array.at(-1) + 1];
}

/** @param {[number, number]} shape @returns {Rectangle} of one cell */
export function rectangleOf(row, column, [rows, columns]) {
  const side = Math.max(rows, columns);
  return { left: ((side - columns) / 2 + column) / side, top: ((side - rows) / 2 + row) / side, width: 1 / side, height: 1 / side };
}

/** The cell at a place of the unit square, or null beside the grid. @param {[number, number]} shape @returns {[number, number] | null} */
export function cellAt({ x, y }, [rows, columns]) {
  const side = Math.max(rows, columns);
  const [row, column] = [Math.floor(y * side - (side - rows) / 2), Math.floor(x * side - (side - columns) / 2)];
  return row < 0 || column < 0 || row >= rows || column >= columns ? null : [row, column];
}

/**
 * The output cell in whose window a cell of the input is nearest the middle, or null if no window reads that cell.
 * @param {{rows: Column, columns: Column}} links the outputs that each row and each column of the input feeds (views/meetings.py)
 * @returns {[number, number] | null} row and column
 */
export function windowOver({ rows, columns }, row, column) {
  const [down, across] = [fedBy(rows, row), fedBy(columns, column)];
  return down.length && across.length ? [down, across].map((fed) => fed[(fed.length - 1) >> 1]) : null;
}

/** The rows or columns of a grid that belong to one of another. @param {Column} column (n, m), after the last −1 */
export function fedBy({ array, shape }, n) {
  return [...array.subarray(n * shape[1], (n + 1) * shape[1])].filter((place) => place >= 0);
}
