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
  load?: Partial<Pick<LoadOrder, 'bodyBytes' | 'loop' | 'warmup' | 'seconds'>>
  server?: Partial<ServerOrder>
  process?: ChildOptions
}

export interface Measurement {
  load: LoadReport
  used: Usage
  /** Replies of 200 a second. */
  rate: number
  /** Processor time of the server for each reply, in microseconds. */
  cpuUs: number
}

/** Starts the server and the sender, measures, ends both. */
export async function measure(settings: Settings, trial: Trial): Promise<Measurement> {
  const folder = trial.server?.folder ?? (await mkdtemp(join(settings.folder, 'server-')))
  const secret = `whsec_${randomUUID().replaceAll('-', '')}`
  const server = new Child(
    'server/server.ts',
    { rival: trial.rival, secret, folder, ...trial.server },
    trial.process,
  )
  try {
    const { port } = await server.hear('listening')
    return await underLoad(server, {
      port: Number(port),
      secret,
      scheme: trial.scheme ?? 'press',
      bodyBytes: 512,
      loop: { kind: 'closed', connections: 64 },
      warmup: settings.warmup,
      seconds: settings.seconds,
      ...trial.load,
    })
  } finally {
    await server.end()
    if (trial.server?.folder === undefined) await rm(folder, { recursive: true })
  }
}

async function underLoad(server: Child, order: LoadOrder): Promise<Measurement> {
  const sender = new Child('sender/sender.ts', order)
  try {
    await sender.hear('ready')
    sender.tell('go')
    await sender.hear('measuring')
    server.tell('begin')
    const before = cpuMs(server.pid)
    await sender.hear('measured')
    const after = cpuMs(server.pid)
    server.tell('end')
    const usage = (await server.hear('used')).usage as Usage
    const { report } = await sender.hear('report')
    // A busy server hears late that it began.
    return summed(report as LoadReport, {
      ...usage,
      cpuMs: after === undefined ? usage.cpuMs : after - (before ?? 0),
    })
  } finally {
    await sender.end()
  }
}

function summed(load: LoadReport, used: Usage): Measurement {
  const replies = load.accepted + load.refused
  return { load, used, rate: load.accepted / load.seconds, cpuUs: (used.cpuMs * 1_000) / replies }
}
