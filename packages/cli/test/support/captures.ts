import { createHmac } from 'node:crypto'
import {
  advanceAiSimulator,
  jsonDraft,
  type PrepareOptions,
  pressSimulator,
  uipSimulator,
} from '@kyc-webhooks/simulator'
import { type ProviderName, providerOf } from '../../src/providers.ts'
import type { Suspect } from '../../src/verify/suspect.ts'
import { secrets } from './secrets.ts'

const url = 'http://localhost/'

/** What is said in all captures: with what programs write in different ways. */
export const VALUE = {
  eventId: '1',
  eventType: 'é/<b>',
  event: 'identify',
  id: '7',
  data: { z: 1, a: [1, 2], s: 'عائشة' },
}

interface Making extends PrepareOptions {
  body?: string | Buffer
  /** What the sender signs with. @default the provider's secret of the tests */
  signedWith?: string
  scheme?: 'body' | 'timestamped'
  algorithm?: 'sha256' | 'sha512'
}

/** A capture that verifies, signed by the simulator, which shares no code with what verifies it. */
export function capture(name: ProviderName, making: Making = {}): Suspect {
  const { body = JSON.stringify(VALUE), signedWith = secrets[name], scheme, algorithm, ...preparing } = making
  const options = { url, secret: signedWith }
  const simulator = {
    press: () => pressSimulator(options),
    uip: () => uipSimulator({ ...options, ...(scheme && { scheme }) }),
    'advance-ai': () => advanceAiSimulator({ ...options, ...(algorithm && { algorithm }) }),
  }[name]()
  const draft = { ...jsonDraft('7', {}), body: Buffer.from(body) }
  const { headers, body: sent } = simulator.prepare(draft, preparing)
  const provider = providerOf(name, { ...(scheme && { scheme }), ...(algorithm && { algorithm }) })
  return { provider, secret: secrets[name], rawHeaders: Object.entries(headers).flat(), body: sent }
}

/** The same with another value of a header; `undefined` takes it away. */
export function withHeader(
  suspect: Suspect,
  name: string,
  change: (value: string) => string | undefined,
  as: string = name,
): Suspect {
  const { rawHeaders } = suspect
  const changed: string[] = []
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [key = '', value = ''] = rawHeaders.slice(at, at + 2)
    const now = key.toLowerCase() === name ? change(value) : value
    if (now !== undefined) changed.push(key.toLowerCase() === name ? as : key, now)
  }
  return { ...suspect, rawHeaders: changed }
}

/** PRESS, signed over something else than its pages say. */
export function pressOver(
  content: (time: string, body: string) => string,
  time = String(Math.floor(Date.now() / 1000)),
): Suspect {
  const suspect = capture('press')
  const signature = createHmac('sha256', suspect.secret)
    .update(content(time, suspect.body.toString()))
    .digest('hex')
  return withHeader(
    withHeader(suspect, 'x-webhook-timestamp', () => time),
    'x-webhook-signature',
    () => signature,
  )
}

export const withBody = (suspect: Suspect, change: (body: Buffer) => Buffer | string): Suspect => ({
  ...suspect,
  body: Buffer.from(change(suspect.body)),
})
