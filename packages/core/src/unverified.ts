import { Rejection } from './errors.ts'
import type { ReadingPlace } from './request.ts'

/** How much of deliveries that nobody has verified yet may be in memory. */
export interface UnverifiedLimits {
  deliveries: number
  bytes: number
}

/**
 * The deliveries of one receiver that are in memory and not verified yet. Beyond the limits the one that has been coming in the
 * longest is given up for the newest: an honest body is there within milliseconds, so those that hold on are the slow ones.
 * What counts is the memory that is taken, not the length that is declared: a promise costs its sender nothing.
 */
export class Unverified {
  readonly #limits: UnverifiedLimits
  /** Those still coming in, the oldest first. */
  readonly #coming = new Set<Place>()
  #deliveries = 0
  #bytes = 0

  constructor(limits: UnverifiedLimits) {
    this.#limits = limits
  }

  /** Takes a place for one more. Throws the `Rejection` `receiver-overloaded` when all others wait for keys. */
  enter(): Place {
    if (this.#deliveries >= this.#limits.deliveries && !this.#giveUpOldest()) throw overloaded()
    this.#deliveries++
    const place = new Place({
      grow: (bytes) => {
        this.#bytes += bytes
        while (this.#bytes > this.#limits.bytes && this.#giveUpOldest()) {}
      },
      arrived: () => this.#coming.delete(place),
      leave: (bytes) => {
        this.#coming.delete(place)
        this.#deliveries--
        this.#bytes -= bytes
      },
    })
    this.#coming.add(place)
    return place
  }

  #giveUpOldest(): boolean {
    const [oldest] = this.#coming
    oldest?.giveUp()
    return oldest !== undefined
  }
}

interface Room {
  grow(bytes: number): void
  arrived(): void
  leave(bytes: number): void
}

/** The place of one delivery, until it is verified or turned away. */
export class Place implements ReadingPlace {
  readonly #room: Room
  #bytes = 0
  #left = false
  /** Set by whoever reads the body: ends the reading. */
  onGivenUp: ((rejection: Rejection) => void) | undefined

  constructor(room: Room) {
    this.#room = room
  }

  take(bytes: number): void {
    if (this.#left) return
    this.#bytes += bytes
    this.#room.grow(bytes)
  }

  /** The whole body is there, of so many bytes: from now on it is not given up. */
  arrived(bytes: number): void {
    this.#room.arrived()
    // Bytes that somebody else has read take memory too.
    if (bytes > this.#bytes) this.take(bytes - this.#bytes)
  }

  giveUp(): void {
    this.leave()
    this.onGivenUp?.(overloaded())
  }

  /** Idempotent. */
  leave(): void {
    if (this.#left) return
    this.#left = true
    this.#room.leave(this.#bytes)
  }
}

const overloaded = (): Rejection => new Rejection('receiver-overloaded')
