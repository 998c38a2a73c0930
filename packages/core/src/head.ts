import { Rejection } from './errors.ts'

/** The headers of a delivery, looked up by lower-case name; nothing joined, nothing dropped. */
export class Head {
  readonly #values = new Map<string, string | string[]>()

  constructor(rawHeaders: readonly string[]) {
    for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
      const name = (rawHeaders[i] as string).toLowerCase()
      const value = rawHeaders[i + 1] as string
      const before = this.#values.get(name)
      if (before === undefined) this.#values.set(name, value)
      else if (typeof before === 'string') this.#values.set(name, [before, value])
      else before.push(value)
    }
  }

  /** The value of a header that something is decided by: sent at most once. */
  once(name: string): string | undefined {
    const value = this.#values.get(name)
    if (Array.isArray(value)) throw new Rejection('header-repeated', name)
    return value
  }

  /** The value of a header that decides nothing: `undefined` when it was not sent exactly once. */
  hint(name: string | undefined): string | undefined {
    const value = name === undefined ? undefined : this.#values.get(name)
    return typeof value === 'string' ? value : undefined
  }

  /** All values of a list header, in order. */
  all(name: string): readonly string[] {
    const value = this.#values.get(name)
    return value === undefined ? [] : typeof value === 'string' ? [value] : value
  }

  /** Does a body follow (RFC 9112 section 6.3)? */
  announcesBody(): boolean {
    return (
      this.all('content-length').some((length) => length !== '0') || this.all('transfer-encoding').length > 0
    )
  }
}
