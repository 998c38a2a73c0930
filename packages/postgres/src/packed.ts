/**
 * Columns of a statement in one binary value, with the place of each cell. Arrays travel as text: the driver and the server
 * would escape, print and parse each cell, which takes longer than storing it.
 */
export class Packed {
  readonly #pieces: Uint8Array[] = []
  #length = 0

  /** Adds a column. Returns where its cells begin, from 1, and how many bytes they have: two arrays for `cell` in `sql.ts`. */
  column(cells: readonly (Uint8Array | string)[]): [starts: number[], lengths: number[]] {
    const pieces = cells.map((cell) => (typeof cell === 'string' ? Buffer.from(cell) : cell))
    const starts = pieces.map(({ length }) => {
      const start = this.#length + 1
      this.#length += length
      return start
    })
    this.#pieces.push(...pieces)
    return [starts, pieces.map(({ length }) => length)]
  }

  /** All cells, one after the other. */
  get bytes(): Buffer {
    return Buffer.concat(this.#pieces, this.#length)
  }
}
