import type { KycEvent, Logger } from '@kyc-webhooks/core'
import { printable } from '@kyc-webhooks/core/engine'
import { indented, note, type Output, style } from '../output.ts'
import { visible } from '../visible.ts'
import type { Forwardable } from './forwarding.ts'

/** What is written of deliveries and events. */
export interface Printer {
  /** The receivers' log. */
  logger: Logger
  event(event: KycEvent, payload: boolean): void
  forwarded(event: KycEvent<string, string, Forwardable>, status: number, payload: boolean): void
}

/** What core tells of a delivery. */
interface DeliveryFields {
  provider: string
  status: number
  outcome?: string
  code?: string
  detail?: string
  deliveryId?: string
  events?: number
  durationMs?: number
}

export function printer(out: Output): Printer {
  const time = () => style('dim', new Date().toTimeString().slice(0, 8))

  function delivery(fields: DeliveryFields): void {
    const { provider, status, outcome, code, detail, deliveryId, durationMs } = fields
    const result = style(status < 300 ? 'green' : 'red', `${status} ${outcome ?? code}`)
    const rest = [deliveryId, detail && `(${detail})`, durationMs !== undefined && `${durationMs} ms`]
    out.line([time(), provider, result, ...rest.filter(Boolean)].join(' '))
    out.value({ kind: 'delivery', ...fields })
  }
  /** A delivery has a status. Of the rest, what is wrong goes to standard error. */
  const log = (isWrong: boolean) => (fields: object, message: string) => {
    if ('status' in fields) delivery(fields as DeliveryFields)
    else if (isWrong) note(`kyc-webhooks: ${message} ${JSON.stringify({ ...fields, stack: undefined })}`)
  }
  return {
    logger: {
      info: log(false),
      // That the inbox is not durable was said before.
      warn: (fields, message) => log('seq' in fields)(fields, message),
      error: log(true),
    },
    event(event, payload) {
      const { provider, type, id } = event
      out.line(`${time()} ${provider} event ${printable(type)} ${printable(id)}`)
      if (payload) out.line(indented(event))
      out.value({ kind: 'event', provider, type, id, ...(payload && { event }) })
    },
    forwarded({ provider, id, data }, status, payload) {
      out.line(`${time()} ${provider} forwarded ${printable(id)}: ${status}`)
      const body = Buffer.from(data.body, 'base64').toString('utf8')
      if (payload) out.line(visible(body))
      out.value({ kind: 'forwarded', provider, id, status, ...(payload && data) })
    },
  }
}
