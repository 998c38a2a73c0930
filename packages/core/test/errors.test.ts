import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ERRORS, isKycWebhookError, KycWebhookError } from '../src/errors.ts'

const codes = Object.entries(ERRORS)
const documented = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8')

describe('every code', () => {
  it('has a section in docs/errors.md, and every section a code', () => {
    const sections = [...documented.matchAll(/^### `(.+)`$/gm)].map(([, code]) => code)
    expect(sections.sort()).toEqual(codes.map(([code]) => code).sort())
  })

  it.each(codes)('%s is documented with its status', (code, error) => {
    const [, section = ''] = documented.split(`### \`${code}\`\n`)
    const [, status] = /^\s*\*\*(\d+)\.\*\*/.exec(section) ?? []
    expect(status).toBe('status' in error ? String(error.status) : undefined)
  })

  it.each(codes)('%s is fit for a URL, a metric and a log line', (code, { message }) => {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)+$/)
    expect(message).toMatch(/^[\x20-\x7e]+$/)
  })
})

describe('an error', () => {
  it('has its code, and a message that begins with what the table says', () => {
    const cause = new Error('ENOENT')
    const error = new KycWebhookError('secret-missing', 'set `secret`', { cause })
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ name: 'KycWebhookError', code: 'secret-missing', cause })
    expect(error.message).toBe('The webhook secret is missing: set `secret`')
    expect(new KycWebhookError('secret-missing').message).toBe('The webhook secret is missing')
  })

  it('is told from others, by its code too', () => {
    const error = new KycWebhookError('inbox-full')
    expect(isKycWebhookError(error)).toBe(true)
    expect(isKycWebhookError(error, 'inbox-full')).toBe(true)
    expect(isKycWebhookError(error, 'inbox-unavailable')).toBe(false)
    for (const other of [new Error('x'), { code: 'inbox-full' }, undefined, null, 'inbox-full', 5]) {
      expect(isKycWebhookError(other)).toBe(false)
    }
  })

  it('is recognised when it comes from another copy of the package', async () => {
    const again = '../src/errors.ts?another-copy'
    const copy: typeof import('../src/errors.ts') = await import(again)
    expect(copy.KycWebhookError).not.toBe(KycWebhookError)
    const error: unknown = new copy.KycWebhookError('inbox-full')
    expect(error).not.toBeInstanceOf(KycWebhookError)
    expect(isKycWebhookError(error, 'inbox-full')).toBe(true)
  })

  it('shows its code when it is looked at', () => {
    expect(inspect(new KycWebhookError('inbox-full'))).toContain("code: 'inbox-full'")
  })
})
