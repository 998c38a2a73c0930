import { memoryEngine, type Receipt } from '@kyc-webhooks/core'
import type { EngineFixture } from '../../src/inbox-case.ts'
import { ModelStore } from '../../src/simulation/model-store.ts'
import { type BrokenEngine, type Fault, late } from './inbox-broken-engine.ts'
import { memoryContent } from './memory-content.ts'

/** Engines that share a store wrongly. */
export const shareFaults: Readonly<Record<string, BrokenEngine>> = {
  'keeps a store of its own': {
    noticedBy: 'shows one engine what another recorded',
    fault: () => memoryEngine(),
  },
  'makes a new store when others do so at the same time': {
    noticedBy: 'opens a new store several times at once',
    fault: () => memoryEngine(),
  },
  'remembers in front of the store what it knows': {
    noticedBy: 'records a delivery once when engines race',
    fault: unlessKnownHere(({ key, ...receipt }) => ({ ...receipt, key: undefined })),
  },
  'remembers in front of the store which nonces were used': {
    noticedBy: 'gives a nonce to one delivery when engines race',
    fault: unlessKnownHere(({ nonce, ...receipt }) => receipt),
  },
  'lets everybody run events': {
    noticedBy: 'lets one engine at a time run the events of a receiver',
    fault: (good) => ({
      async acquire(receiver, now) {
        await good.acquire(receiver, now)
        return true
      },
    }),
  },
  'turns everybody away when several ask': {
    noticedBy: 'gives the right to one of the engines that ask at once',
    fault: (good) => ({
      async acquire(receiver, now) {
        asking++
        await new Promise(setImmediate)
        const alone = asking === 1
        await new Promise(setImmediate)
        asking--
        return alone && good.acquire(receiver, now)
      },
    }),
  },
  'keeps the right when it closes': {
    noticedBy: 'frees the right when an engine closes, and counts what it left running',
    fault: () => ({ async close() {} }),
  },
  'settles for who lost the right': {
    noticedBy: 'changes nothing by a settlement of an engine that lost the right',
    fault: late(({ attempt }, { attempts }) => attempt < attempts),
  },
  'keeps heads in memory': {
    noticedBy: 'keeps heads when it is closed and opened again',
    fault: (good) => {
      let wrote = false
      return {
        commit(receipts, settlements) {
          wrote ||= settlements.some(({ head }) => head !== undefined)
          return good.commit(receipts, settlements)
        },
        head: async (keys) => (wrote ? good.head(keys) : undefined),
      }
    },
  },
}

let asking = 0

/** A fault in a receipt that this very engine did not record before. */
function unlessKnownHere(change: (receipt: Receipt) => Receipt): Fault {
  return (good) => {
    const known = new Set<string | undefined>()
    return {
      commit(receipts, settlements) {
        const changed = receipts.map((receipt) => {
          const names = [receipt.key, receipt.nonce?.key]
          const isKnown = names.some((name) => name !== undefined && known.has(name))
          for (const name of names) known.add(name)
          return isKnown ? receipt : change(receipt)
        })
        return good.commit(changed, settlements)
      },
    }
  }
}

/** A store that several engines share, each with this fault. Without one, it passes. */
export function sharedStore(fault: Fault = () => ({})): EngineFixture {
  const store = new ModelStore()
  return {
    async open() {
      const good = store.openEngine()
      await good.open()
      return { ...good, ...fault(good) }
    },
    content: () => memoryContent(store.rows),
    async destroy() {},
  }
}
