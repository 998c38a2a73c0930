import { expect, it } from 'vitest'
import * as core from '../src/index.ts'

it('the public names are these and no others', () => {
  expect(Object.keys(core).sort()).toEqual([
    'ERRORS',
    'KycWebhookError',
    'Rejection',
    'STEPS',
    'Unusable',
    'advanceAi',
    'answersAt',
    'base64Key',
    'consoleLogger',
    'createInbox',
    'createReceiver',
    'decodeJson',
    'defaultRetryPolicy',
    'defineProvider',
    'isKycWebhookError',
    'latestOnly',
    'memoryEngine',
    'memoryInbox',
    'nodeRequest',
    'parseBatch',
    'parseBinary',
    'parseCloudEvents',
    'parseStructured',
    'press',
    'sendReply',
    'silentLogger',
    'startWorker',
    'textKey',
    'uip',
    'unprefixedKey',
  ])
})
