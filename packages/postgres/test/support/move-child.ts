import { type Inbox, type Movable, moveInbox } from '@kyc-webhooks/core'
import { sqliteInbox } from '@kyc-webhooks/sqlite'
import { arriving } from '../../../testing/src/inbox-work.ts'
import { postgresInbox } from '../../src/index.ts'

// A process of its own for the tests of moves: `move-child.ts pour <file>` or `move-child.ts move <file> <url> <where to stop>`.

const [role = '', file = '', url = '', stopAt = ''] = process.argv.slice(2)
const from = sqliteInbox({ file })

function say(line: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(`${line}\n`, () => resolve()))
}

/** Says where it is, and stays there if it is told to. */
async function at(place: string): Promise<void> {
  await say(`at ${place}`)
  if (place === stopAt) await new Promise(() => setInterval(() => {}, 1_000))
}

/** Records without end, as a receiver does, and says what was acknowledged. */
async function pour(): Promise<void> {
  const stream = async (name: string) => {
    for (let n = 0; ; n++) {
      const id = `${name} ${n}`
      const outcome = await from
        .record(arriving(id))
        .catch((error: Error) => `refused: ${error.message}: ${id}`)
      await say(`${outcome} ${id}`)
      if (outcome !== 'recorded') await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  await Promise.all(['one', 'two', 'three'].map(stream))
}

/** Moves, and says between which steps it is. */
async function move(): Promise<void> {
  const to = postgresInbox({ connectionString: url, maxConnections: 2 })
  const counts = await moveInbox(watched(from), watched(to), { onProgress: () => void say('progress') })
  await say(`moved ${counts.events}`)
  await Promise.all([from.close(), to.close()])
}

function watched(inbox: Inbox): Inbox {
  const store = inbox.movable()
  const movable: Movable = {
    async handOver(to, take) {
      const departure = await store.handOver(to, async (move) => {
        await at('handing over')
        await take(move)
        await at('taken over')
      })
      await at('handed over')
      return departure
    },
    async takeOver(move) {
      const rows = async function* () {
        for await (const some of move.rows) {
          yield some
          await at('in the middle')
        }
      }
      await store.takeOver({ ...move, rows: rows() })
    },
    moveIn: (departure) => store.moveIn(departure),
  }
  return Object.create(inbox, { movable: { value: () => movable } })
}

await (role === 'pour' ? pour() : move())
