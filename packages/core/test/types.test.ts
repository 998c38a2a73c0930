/**
 * What the compiler promises to whoever writes a handler. `tsc` checks this file: `expectTypeOf` does nothing when it
 * runs, and a `@ts-expect-error` without an error is an error itself.
 */
import { describe, expectTypeOf, it } from 'vitest'
import {
  type AdvanceAiEvent,
  type AdvanceAiOpenData,
  advanceAi,
  type ErrorCode,
  type Handler,
  type HandlerContext,
  type HandlerMap,
  isKycWebhookError,
  type KycEvent,
  type PressEvent,
  type PressRecord,
  type Provider,
  press,
  type RejectionCode,
  type UipEvent,
  type UipOpenData,
  type UnknownType,
  uip,
} from '../src/index.ts'

describe('event.type in a switch tells what event.data is', () => {
  it('of ADVANCE.AI', () => {
    expectTypeOf<Handler<AdvanceAiEvent>>().toBeFunction()
    const handler: Handler<AdvanceAiEvent> = (event) => {
      switch (event.type) {
        case 'COMPLETED':
          return expectTypeOf(event.data).toEqualTypeOf<{ signatureId: string }>()
        case 'SUBMIT_COMPLETED':
        case 'OCR_COMPLETED':
        case 'CASE_MANUAL_CORRECTED':
          return expectTypeOf(event.data).toEqualTypeOf<AdvanceAiOpenData>()
        case 'BUSINESS_VERIFICATION_STATUS':
          expectTypeOf(event.data.updatedAt).toEqualTypeOf<number>()
          return expectTypeOf(event.data.id).toEqualTypeOf<string>()
        case 'AML_OGS_UPDATE':
          // Text whatever its size: a number would have lost its last digits.
          expectTypeOf(event.data.caseId).toEqualTypeOf<string>()
          // @ts-expect-error: no other event's fields are there.
          return event.data.signatureId
        case 'KYB_IDV_EMAIL':
          return expectTypeOf(event.data.directUrl).toEqualTypeOf<string | undefined>()
        case 'KYB_QNRE_EMAIL':
          return expectTypeOf(event.data.otpCode).toEqualTypeOf<string | undefined>()
        // @ts-expect-error: no page lists it, so it is a slip of the pen.
        case 'COMPLETE':
          return
        default:
          expectTypeOf(event.type).toEqualTypeOf<UnknownType>()
          expectTypeOf(event.type).toExtend<string>()
          return expectTypeOf(event.data).toEqualTypeOf<AdvanceAiOpenData>()
      }
    }
    expectTypeOf(handler).returns.toBeUnknown()
  })

  it('of UIP', () => {
    const handler: Handler<UipEvent> = (event) => {
      switch (event.type) {
        case 'identify':
          expectTypeOf(event.data.uip_id).toEqualTypeOf<string>()
          return expectTypeOf(event.data.name).toEqualTypeOf<string | undefined>()
        case 'sign':
          return expectTypeOf(event.data).toEqualTypeOf<{
            uip_id: string
            session_id: string
            audit_id: string
          }>()
        case 'message':
          // @ts-expect-error: signed or declined only the Audit API tells.
          return event.data.signed
        case 'test':
          return expectTypeOf(event.data.pong).toEqualTypeOf<string>()
        case 'step.completed':
          return expectTypeOf(event.data.stage).toEqualTypeOf<string | number | undefined>()
        case 'session.completed':
        case 'session.stopped':
        case 'session.failed':
          return expectTypeOf(event.data.session_id).toEqualTypeOf<string>()
        case 'authorize.completed':
        case 'delegation.revoked':
          return expectTypeOf(event.data).toEqualTypeOf<UipOpenData>()
        default:
          return expectTypeOf(event.data).toEqualTypeOf<UipOpenData>()
      }
    }
    expectTypeOf(handler).returns.toBeUnknown()
  })

  it('of PRESS, which documents one data for all types', () => {
    const handler: Handler<PressEvent> = (event) => {
      expectTypeOf(event.data).toEqualTypeOf<PressRecord>()
      expectTypeOf(event.data.uaekyc_id).toEqualTypeOf<string | undefined>()
      // Its types are not listed anywhere, so every one may be asked for.
      switch (event.type) {
        case 'ae.uaekyc.icp.immigration_entry.v1':
        case 'ae.uaekyc.icp.visa_extension.v1':
          return event.subject
        default:
          return event.time
      }
    }
    expectTypeOf(handler).returns.toBeUnknown()
  })

  it('of several providers, by event.provider first', () => {
    const handler = (event: PressEvent | UipEvent | AdvanceAiEvent) => {
      if (event.provider === 'uip' && event.type === 'sign') expectTypeOf(event.data.audit_id).toBeString()
      if (event.provider === 'press') expectTypeOf(event).toEqualTypeOf<PressEvent>()
      // @ts-expect-error: that is not a provider.
      if (event.provider === 'pres') return
    }
    expectTypeOf(handler).parameter(0).toExtend<KycEvent>()
  })
})

describe('handlers by type', () => {
  it('get the event of their type', () => {
    const handlers: HandlerMap<AdvanceAiEvent> = {
      COMPLETED: (event, context) => {
        expectTypeOf(event.data).toEqualTypeOf<{ signatureId: string }>()
        expectTypeOf(context).toEqualTypeOf<HandlerContext>()
      },
      AML_OGS_UPDATE: async ({ data }) => expectTypeOf(data.alertId).toEqualTypeOf<string>(),
      FRAUD_ALERT: ({ type, data }) => {
        expectTypeOf(type).toEqualTypeOf<string>()
        expectTypeOf(data).toEqualTypeOf<AdvanceAiOpenData>()
      },
    }
    expectTypeOf(handlers).toBeObject()
  })

  it('may be of any type at PRESS', () => {
    const handlers: HandlerMap<PressEvent> = {
      'ae.uaekyc.icp.immigration_entry.v1': ({ data }) => expectTypeOf(data).toEqualTypeOf<PressRecord>(),
      'ae.uaekyc.icp.visa_extension.v1': ({ data }) => expectTypeOf(data).toEqualTypeOf<PressRecord>(),
    }
    expectTypeOf(handlers).toBeObject()
  })

  it('that want another event do not compile', () => {
    const onlySign = (_: Extract<UipEvent, { type: 'sign' }>) => {}
    const ofAdvanceAi = (_: AdvanceAiEvent) => {}
    const handlers: HandlerMap<UipEvent> = {
      sign: onlySign,
      // @ts-expect-error: an identify is no sign.
      identify: onlySign,
      // @ts-expect-error: nor is it an event of another provider.
      message: ofAdvanceAi,
      // @ts-expect-error: a name is no handler.
      test: 'handleTest',
      'session.completed': undefined,
    }
    expectTypeOf(handlers).toBeObject()
  })
})

describe('other promises', () => {
  it('every provider is a provider, and every event an event', () => {
    expectTypeOf(press()).toExtend<Provider>()
    expectTypeOf(uip()).toExtend<Provider>()
    expectTypeOf(advanceAi()).toExtend<Provider>()
    expectTypeOf<PressEvent | UipEvent | AdvanceAiEvent>().toExtend<KycEvent>()
  })

  it('isKycWebhookError narrows', () => {
    const codeOf = (error: unknown) => (isKycWebhookError(error) ? error.code : undefined)
    expectTypeOf(codeOf).returns.toEqualTypeOf<ErrorCode | undefined>()
  })

  it('what is rejected has one of the codes of refusals and faults', () => {
    expectTypeOf<'signature-mismatch' | 'inbox-full'>().toExtend<RejectionCode>()
    expectTypeOf<'secret-missing'>().not.toExtend<RejectionCode>()
    // @ts-expect-error: that is no code.
    isKycWebhookError(new Error('x'), 'secret-mising')
  })
})
