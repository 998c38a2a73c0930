// Loaded before UIP's template, whose text stays as it is: gives it the port that is asked for, and what it takes for granted,
// a database and what the application does. A probe beside it counts rows, and that work.
const http = require('node:http')
const net = require('node:net')
const { setTimeout: delay } = require('node:timers/promises')

/** A database in the same data centre. */
const QUERY_MS = 20
const { PORT, PROBE_PORT } = process.env

const rows = []
const handled = []

const table = {
  async findOne({ audit_id }) {
    await delay(QUERY_MS)
    return rows.find((row) => row.audit_id === audit_id)
  },
  async create(row) {
    await delay(QUERY_MS)
    rows.push(row)
  },
}
globalThis.db = { identifications: table, signatures: table, messageSignatures: table }
const work = async (id) => void handled.push(id)
Object.assign(globalThis, { completeUserLogin: work, completeSignature: work, handleMessageSigned: work })
// The Audit API: nothing is asked of the real one.
globalThis.fetch = async () => Response.json({ audit: { signed_accepted: true } })

const { listen } = net.Server.prototype
net.Server.prototype.listen = function (port, ...rest) {
  return listen.call(this, port === 3000 ? Number(PORT) : port, '127.0.0.1', ...rest)
}

http
  .createServer((request, response) => {
    const id = new URL(request.url, 'http://localhost').searchParams.get('id')
    const stored = rows.filter(({ audit_id }) => audit_id === id)
    const sessions = new Set(stored.map(({ session_id }) => session_id))
    response.end(
      JSON.stringify({
        recorded: stored.length,
        handled: handled.filter((each) => sessions.has(each)).length,
      }),
    )
  })
  .listen(Number(PROBE_PORT))
