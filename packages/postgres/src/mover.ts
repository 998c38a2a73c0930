import type { Movable } from '@kyc-webhooks/core'
import { handOver, type Moving } from './hand-over.ts'
import { moveIn } from './move-in.ts'
import { takeOver } from './take-over.ts'
import type { Tickets } from './tickets.ts'

/** Moves of an inbox. @param prepare brings the tables up to date, whatever has become of the inbox */
export function mover(moving: Moving, prepare: () => Promise<Tickets>): Movable {
  return {
    async handOver(...args) {
      await prepare()
      return handOver(moving, ...args)
    },
    async takeOver(move) {
      await prepare()
      return takeOver(moving, move)
    },
    async moveIn(departure) {
      return moveIn(moving, await prepare(), departure)
    },
  }
}
