import { Head } from '../../src/head.ts'
import { advanceAi } from '../../src/providers/advance-ai.ts'
import { press } from '../../src/providers/press.ts'
import { type Credentials, readCredentials } from '../../src/steps/credentials.ts'

/** A signature of PRESS, and one of ADVANCE.AI. */
export const hex = 'b2462b366085e21e12e97a636f28b1e729ed7f31900c8f79067ad20c742585e7'
export const base64 = '3DLM8LjF8k06EV8b8K1CoHfuAPwm4RUkCiOib+hLATE='

export const pressHead = (signature: string, timestamp: string = '1774874700'): Head =>
  new Head(['X-Webhook-Signature', signature, 'X-Webhook-Timestamp', timestamp])

export const aaiHead = (signature: string, nonce: string = 'n-1'): Head =>
  new Head(['aai-signature', signature, 'aai-timestamp', '1774874700', 'aai-nonce', nonce])

export const readPress = (signature: string, timestamp?: string): Credentials =>
  readCredentials(press(), pressHead(signature, timestamp))

export const readAai = (signature: string, nonce?: string): Credentials =>
  readCredentials(advanceAi(), aaiHead(signature, nonce))
