import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { LoadOrder, LoadReport, Scheme } from '../sender/order.ts'
import type { ServerOrder, Usage } from '../server/order.ts'
import { Child, type ChildOptions } from './child.ts'
import { cpuMs } from './cpu-time.ts'
import type { Settings } from './settings.ts'

/** One rival under one load. What is left out of `load` is a closed loop of 64 connections with bodies of half a KB. */
export interface Trial {
  rival: string
  scheme?: Scheme
  load?: Partial<Pick<LoadOrder, 'bodyBytes' | 'loop' | 'warmup' | 'seconds' | 'signLate'>>
  server?: Partial<ServerOrder>
  process?: ChildOptions
  /** Fills the server's folder before it starts. */
  fill?: (folder: string) => Promise<void>
  /** Let the server exit in good order: it has a profile to write. */
  endsItself?: boolean
  /** A second load at the same time, by a sender of its own. */
  beside?: Partial<LoadOrder>
  /** What to do while the load lasts. */
  meanwhile?: (server: Child, sender: Child) => Promise<void>
}

export interface Measurement {
  load: LoadReport
  used: Usage
  /** Replies of 200 a second. */
  rate: number
  /** Processor time of the server for each reply, in microseconds. */
  cpuUs: number
  /** What the second load's sender saw. */
  beside?: LoadReport
}

/** Starts the server and the senders, measures, ends them. */
export async function measure(settings: Settings, trial: Trial): Promise<Measurement> {
  const folder = trial.server?.folder ?? (await mkdtemp(join(settings.folder, 'server-')))
  await trial.fill?.(folder)
  const secret = `whsec_${randomUUID().replaceAll('-', '')}`
  const server = new Child(
    'server/server.ts',
    { rival: trial.rival, secret, folder, ...trial.server },
    trial.process,
  )
  const senders = ordersOf(settings, trial, secret).map((order) => new Child('sender/sender.ts', order))
  try {
    return await underLoad(server, senders, trial.meanwhile)
  } finally {
    await Promise.all(senders.map((sender) => sender.end()))
    if (trial.endsItself) await server.exit()
    else await server.end()
    if (trial.server?.folder === undefined) await rm(folder, { recursive: true })
  }
}

function ordersOf(
  { warmup, seconds, mostPerSecond }: Settings,
  { scheme = 'press', load, beside }: Trial,
  secret: string,
): LoadOrder[] {
  const order: LoadOrder = {
    secret,
    scheme,
    bodyBytes: 512,
    loop: { kind: 'closed', connections: 64 },
    warmup,
    seconds,
    mostPerSecond,
    ...load,
  }
  return beside === undefined ? [order] : [order, { ...order, ...beside }]
}

async function underLoad(
  server: Child,
  senders: readonly Child[],
  meanwhile: Trial['meanwhile'],
): Promise<Measurement> {
  const [first] = senders
  if (first === undefined) throw new Error('no load')
  const { port } = await server.hear('listening')
  await Promise.all(senders.map((sender) => sender.hear('ready')))
  for (const sender of senders) sender.tell('go', { port })
  await first.hear('measuring')
  server.tell('begin')
  const before = cpuMs(server.pid)
  await Promise.all([first.hear('measured'), meanwhile?.(server, first)])
  const after = cpuMs(server.pid)
  server.tell('end')
  const usage = (await server.hear('used')).usage as Usage
  const [load, beside] = await Promise.all(
    senders.map(async (sender) => (await sender.hear('report')).report as LoadReport),
  )
  if (load === undefined) throw new Error('no report')
  // A busy server hears late that it began.
  const used = { ...usage, cpuMs: after === undefined ? usage.cpuMs : after - (before ?? 0) }
  const cpuUs = (used.cpuMs * 1_000) / (load.accepted + load.refused)
  return { load, used, rate: load.accepted / load.seconds, cpuUs, ...(beside && { beside }) }
}
