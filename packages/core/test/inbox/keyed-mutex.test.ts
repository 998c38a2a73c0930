import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { KeyedMutex } from '../../src/inbox/keyed-mutex.ts'

it('lets one holder in at a time, in order of asking', async () => {
  const mutex = new KeyedMutex()
  const order: string[] = []
  const hold = async (name: string) => {
    const unlock = await mutex.lock('key')
    order.push(`${name} in`)
    await turn()
    order.push(`${name} out`)
    unlock()
  }
  await Promise.all([hold('a'), hold('b'), hold('c')])
  expect(order).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out'])
})

it('keeps keys apart, also those named like what every object has', async () => {
  const mutex = new KeyedMutex()
  const unlocks = await Promise.all(['a', 'b', '__proto__', 'constructor', ''].map((key) => mutex.lock(key)))
  expect(unlocks).toHaveLength(5)
})

it('can be unlocked twice without letting two in', async () => {
  const mutex = new KeyedMutex()
  const unlock = await mutex.lock('key')
  const entered: string[] = []
  const second = mutex.lock('key').then((unlock) => {
    entered.push('second')
    return unlock
  })
  void mutex.lock('key').then(() => entered.push('third'))
  unlock()
  unlock()
  await turn()
  expect(entered).toEqual(['second'])
  const unlockSecond = await second
  unlockSecond()
  await turn()
  expect(entered).toEqual(['second', 'third'])
})

it('keeps nothing of a key that nobody holds', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const mutex = new KeyedMutex()
  let count = 0
  const used = async () => {
    for (let i = 0; i < 50_000; i++) (await mutex.lock(`a subject of some length, number ${count++}`))()
    collect()
    return process.memoryUsage().heapUsed
  }
  const before = await used()
  expect((await used()) - before).toBeLessThan(2_000_000)
})
