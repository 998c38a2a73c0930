import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { counted, patiently } from '../src/progress.ts'

/** What is written to standard error, which is no terminal here. */
function listen(): string[] {
  const written: string[] = []
  const { isTTY } = process.stderr
  process.stderr.isTTY = false
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.push(String(text))
    return true
  })
  onTestFinished(() => {
    process.stderr.isTTY = isTTY
    spy.mockRestore()
  })
  return written
}

async function* slowly(count: number, pauseMs: number) {
  for (let row = 1; row <= count; row++) {
    await delay(pauseMs)
    yield row
  }
}

test('what takes no second is not told', async () => {
  const written = listen()
  expect(await patiently('waiting', async () => 7)).toBe(7)
  for await (const _ of counted(slowly(3, 1))) void _
  await delay(1_500)
  expect(written).toEqual([])
})

test('what takes longer is told once for all, also when it fails', async () => {
  const written = listen()
  await expect(
    patiently('waiting', () => delay(1_500).then(() => Promise.reject(new Error('no')))),
  ).rejects.toThrow('no')
  expect(written).toEqual(['waiting\n'])
})

test('rows are counted, and passed on', async () => {
  const written = listen()
  const rows: number[] = []
  for await (const row of counted(slowly(4, 400))) rows.push(row)
  expect(rows).toEqual([1, 2, 3, 4])
  expect(written).toEqual([expect.stringMatching(/^[123] looked through\n$/)])
})
