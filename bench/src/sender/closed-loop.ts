import { Connection } from './connection.ts'
import type { Request } from './requests.ts'
import type { Tally } from './tally.ts'

/** Each connection sends its next request when the reply to the last is there. Returns what stops it. */
export function closedLoop(
  port: number,
  connections: number,
  next: () => Request | undefined,
  tally: Tally,
): () => void {
  const all = Array.from({ length: connections }, () => {
    let sentAt = 0
    const send = (): void => {
      const request = next()
      if (request === undefined) return
      sentAt = performance.now()
      connection.send(request)
    }
    const connection = new Connection(
      port,
      (status) => {
        if (tally.isOpen) tally.reply(status, performance.now() - sentAt)
        send()
      },
      () => {
        if (tally.isOpen) tally.unanswered()
        send()
      },
    )
    send()
    return connection
  })
  return () => {
    for (const connection of all) connection.close()
  }
}
