import type { Server } from 'node:http'
import { type Framework, frameworks, type Receive } from './frameworks.ts'
import { insertSqlite } from './insert-sqlite.ts'
import { libraries } from './libraries.ts'
import type { ServerOrder } from './order.ts'
import { ours } from './ours.ts'
import { type Add, addJob, insertPostgres } from './queues.ts'
import { hasSignature, verifiedId } from './verify.ts'

/** Makes the server of one rival. */
export type Rival = (order: ServerOrder) => Promise<Server>

const on =
  (framework: Framework, receive: (order: ServerOrder) => Receive | Promise<Receive>): Rival =>
  async (order) =>
    framework(await receive(order))

/** Reads the body and answers 200. */
const plain = (): Receive => () => 200

/** Checks the HMAC too. */
const hmac =
  ({ secret }: ServerOrder): Receive =>
  (headers, body) =>
    hasSignature(headers, body, secret) ? 200 : 401

/** Does all that can be done in memory: HMAC, age, `JSON.parse`, and the ids in a `Set`. */
const set = ({ secret }: ServerOrder): Receive => {
  const seen = new Set<string>()
  return (headers, body) => {
    const id = verifiedId(headers, body, secret)
    if (id === undefined) return 401
    seen.add(id)
    return 200
  }
}

/** The same, with the ids and the bytes in SQLite, one transaction for each request. */
const insert = async ({ secret, folder }: ServerOrder): Promise<Receive> => {
  const add = await insertSqlite(folder)
  return (headers, body) => {
    const id = verifiedId(headers, body, secret)
    if (id === undefined) return 401
    add(id, body)
    return 200
  }
}

/** The same, on another server. */
const add =
  (connect: (order: ServerOrder) => Add | Promise<Add>) =>
  async (order: ServerOrder): Promise<Receive> => {
    const record = await connect(order)
    return async (headers, body) => {
      const id = verifiedId(headers, body, order.secret)
      if (id === undefined) return 401
      await record(id, body)
      return 200
    }
  }

const { node, express, koa, fastify } = frameworks

/** Everything that can be measured, by name: the framework, and what it does with a delivery. */
export const rivals: Record<string, Rival> = {
  node: on(node, plain),
  express: on(express, plain),
  koa: on(koa, plain),
  fastify: on(fastify, plain),
  'node-hmac': on(node, hmac),
  'express-hmac': on(express, hmac),
  'koa-hmac': on(koa, hmac),
  'fastify-hmac': on(fastify, hmac),
  'express-set': on(express, set),
  'koa-set': on(koa, set),
  'fastify-set': on(fastify, set),
  'express-insert': on(express, insert),
  'fastify-insert': on(fastify, insert),
  'express-pg': on(
    express,
    add(({ postgresUrl }) => insertPostgres(postgresUrl)),
  ),
  'express-bullmq': on(
    express,
    add(({ redisPort }) => addJob(redisPort)),
  ),
  ...libraries,
  'express-memory': (order) => ours.express(order, 'memory'),
  'koa-memory': (order) => ours.koa(order, 'memory'),
  'fastify-memory': (order) => ours.fastify(order, 'memory'),
  'express-sqlite': (order) => ours.express(order, 'sqlite'),
  'koa-sqlite': (order) => ours.koa(order, 'sqlite'),
  'fastify-sqlite': (order) => ours.fastify(order, 'sqlite'),
  'fastify-sqlite-inline': (order) => ours.fastify(order, 'sqlite-inline'),
  'fastify-postgres': (order) => ours.fastify(order, 'postgres'),
}
