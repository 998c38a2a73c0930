import { getEventListeners } from 'node:events'
import { expect, it, vi } from 'vitest'
import { pause, waitAtMost } from '../../src/inbox/pause.ts'
import { duration, hang, pass, sleep, virtualTime } from './support.ts'

it('a pause ends with its time or with its signal, and leaves nothing behind', async () => {
  virtualTime()
  const alarm = new AbortController()
  expect(await duration(pause(500, alarm.signal))).toBe(500)
  setTimeout(() => alarm.abort(), 100)
  expect(await duration(pause(500, alarm.signal))).toBe(100)
  expect(await duration(pause(500, alarm.signal))).toBeLessThan(20)
  expect(getEventListeners(alarm.signal, 'abort')).toEqual([])
  expect(vi.getTimerCount()).toBe(0)
})

it('a wait ends with what it waits for or with its time, and leaves nothing behind', async () => {
  virtualTime()
  await expect(Promise.all([waitAtMost(500, sleep(100)), pass(200)])).resolves.toEqual([true, undefined])
  expect(vi.getTimerCount()).toBe(0)
  await expect(Promise.all([waitAtMost(500, hang()), pass(600)])).resolves.toEqual([false, undefined])
  await expect(waitAtMost(500, Promise.reject(new RangeError()))).rejects.toThrow(RangeError)
  expect(vi.getTimerCount()).toBe(0)
})
