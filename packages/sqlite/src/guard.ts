import type { Guarded, PlainHash, Rehash, RewrittenRows, StoredDelivery } from '@kyc-webhooks/core'
import type Database from 'better-sqlite3'
import { eraser } from './eraser.ts'
import { sql } from './sql.ts'

/** Sealing and erasing, made at once by the thread that owns the connection. */
export type Guard = {
  [Method in keyof Guarded]: (...args: Parameters<Guarded[Method]>) => Awaited<ReturnType<Guarded[Method]>>
}

type DeliveryRow = Omit<StoredDelivery, 'headers' | 'context' | 'events'> & {
  headers: string
  context: string
}
interface HashRow {
  hash: Buffer
  digest?: Buffer | null
}
interface FactRow {
  seq: number
  receiver: string
  json: string
  subject: Buffer | null
}

export function guard(db: Database.Database): Guard {
  const seal = db.prepare<[], string>(sql.seal).pluck()
  const setSeal = db.prepare(sql.setSeal)
  const page = db.prepare<[{ after: number; limit: number }], DeliveryRow>(sql.deliveries)
  const unlookedPage = db.prepare<[{ after: number; limit: number }], DeliveryRow>(sql.unlookedDeliveries)
  const deliveryOf = db.prepare<[number], DeliveryRow>(sql.deliveryOf)
  const factsOf = db.prepare<[number], FactRow>(sql.factsOf)
  const rewriteDelivery = db.prepare(sql.rewriteDelivery)
  const rewriteEvent = db.prepare(sql.rewriteEvent)
  const rewriteQuarantined = db.prepare(sql.rewriteQuarantined)
  const redigest = db.prepare(sql.redigest)
  const rewriteUnverified = db.prepare(sql.rewriteUnverified)
  const plain = {
    key: db.prepare<[Buffer, number], HashRow>(sql.plainKeys),
    nonce: db.prepare<[Buffer, number], HashRow>(sql.plainNonces),
    head: db.prepare<[Buffer, number], HashRow>(sql.plainHeads),
  }
  const rehashed = {
    key: [db.prepare(sql.rekey), db.prepare(sql.forgetKey)],
    nonce: [db.prepare(sql.renonce), db.prepare(sql.forgetNonce)],
    head: [db.prepare(sql.rehead), db.prepare(sql.forgetHead)],
  } as const

  const replaceSeal = db.transaction((before: string | undefined, after: string) => {
    if (seal.get() === before) setSeal.run(after)
    return seal.get()
  })

  const rewrite = db.transaction(({ deliveries = [], quarantined = [], unverified = [] }: RewrittenRows) => {
    for (const { seq, body, headers, context, events } of deliveries) {
      rewriteDelivery.run(body, JSON.stringify(headers), JSON.stringify(context), seq)
      for (const { seq, json, subject } of events) {
        rewriteEvent.run(json, subject === undefined ? null : hex(subject), seq)
      }
    }
    for (const { seq, body, headers, context, digest } of quarantined) {
      rewriteQuarantined.run(body, JSON.stringify(headers), JSON.stringify(context), seq)
      redigest.run(hex(digest), seq)
    }
    for (const { seq, body, headers, context, digest } of unverified) {
      rewriteUnverified.run(body, JSON.stringify(headers), JSON.stringify(context), hex(digest), seq)
    }
  })

  const rehash = db.transaction((kind: keyof typeof rehashed, hashes: readonly Rehash[]) => {
    const [put, forget] = rehashed[kind]
    for (const { from, to, digest } of hashes) {
      const row = { from: hex(from), to: hex(to) }
      put.run(kind === 'head' ? row : { ...row, digest: digest === undefined ? null : hex(digest) })
      forget.run(row.from)
    }
  })

  return {
    seal: () => seal.get(),
    setSeal: (before, after) => replaceSeal.immediate(before, after),

    deliveries({ after, limit, unlooked = false, event }) {
      if (event !== undefined) return deliveryOf.all(event).map(stored)
      return (unlooked ? unlookedPage : page).all({ after, limit }).map(stored)
    },

    rewrite: (rows) => rewrite.immediate(rows),

    plainHashes: (kind, after, limit) =>
      plain[kind].all(hex(after), limit).map(({ hash, digest }): PlainHash => {
        const own = { hash: hash.toString('hex') }
        return digest === undefined || digest === null ? own : { ...own, digest: digest.toString('hex') }
      }),

    rehash: (kind, hashes) => rehash.immediate(kind, hashes),
    erase: eraser(db),

    overwrite() {
      // Else what was deleted stays readable in the log until later commits overwrite it. Not while another process reads.
      const [checkpoint] = db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[]
      return checkpoint?.busy === 0
    },
  }

  function stored({ seq, headers, context, ...row }: DeliveryRow): StoredDelivery {
    const events = factsOf
      .all(seq)
      .map(({ subject, ...fact }) => ({ ...fact, subject: subject?.toString('hex') ?? undefined }))
    return { ...row, seq, headers: JSON.parse(headers), context: JSON.parse(context), events }
  }
}

const hex = (digits: string): Buffer => Buffer.from(digits, 'hex')
