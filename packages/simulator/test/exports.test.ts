import * as simulator from '@kyc-webhooks/simulator'
import { expect, it } from 'vitest'

it('exports these names', () => {
  expect(Object.keys(simulator).sort()).toEqual([
    'ADVANCE_AI_EVENT_TYPES',
    'PRESS_EVENT_NAMES',
    'PRESS_TYPES',
    'UIP_EVENT_NAMES',
    'advanceAiEvents',
    'advanceAiSimulator',
    'createSimulator',
    'jsonDraft',
    'pressEvents',
    'pressSimulator',
    'uipEvents',
    'uipSimulator',
  ])
})
