import * as simulator from '@kyc-webhooks/simulator'
import { expect, it } from 'vitest'

it('exports these names', () => {
  expect(Object.keys(simulator).sort()).toEqual([
    'ADVANCE_AI_EVENT_TYPES',
    'DISTURBANCES',
    'FLAWS',
    'LatencyHistogram',
    'MISHAPS',
    'PRESS_EVENT_NAMES',
    'PRESS_TYPES',
    'UIP_EVENT_NAMES',
    'advanceAiDrafts',
    'advanceAiEvents',
    'advanceAiSigner',
    'advanceAiSimulator',
    'createSigner',
    'createSimulator',
    'jsonDraft',
    'play',
    'pressDrafts',
    'pressEvents',
    'pressSigner',
    'pressSimulator',
    'simulators',
    'uipDrafts',
    'uipEvents',
    'uipSigner',
    'uipSimulator',
  ])
})
